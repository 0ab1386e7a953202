//! The metadata of the file: root group, datatypes, variables, dimension scales.
//!
//! Everything but the data lies at the front of the file. Sizes do not depend on addresses, so
//! it is encoded twice: once to learn where each object will lie, once for good.

use graticule_array::{DType, Result};

use super::attribute::{self, Surroundings};
use super::datatype;
use super::encoder::Encoder;
use super::header::{Datatype, Elsewhere, Header, NOWHERE};
use super::heap::Heap;
use super::pack::pack_scalar;
use super::plan::{Plan, VarPlan};

/// Bytes of the superblock.
const SUPERBLOCK: u64 = 48;

/// Where things lie; zero while unknown.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    root: u64,
    types: Vec<u64>,
    vars: Vec<u64>,
    /// Dimension scales, one per dimension: a variable or an object of its own.
    scales: Vec<u64>,
    heap: Vec<u64>,
    attributes: Vec<u64>,
    /// The data of each variable or the index of its chunks.
    pub(super) data: Vec<u64>,
}

/// The encoded objects.
#[derive(Debug, Default)]
struct Image {
    root: Vec<u8>,
    types: Vec<Vec<u8>>,
    vars: Vec<Vec<u8>>,
    /// One per dimension; empty where a variable is the scale.
    scales: Vec<Vec<u8>>,
    heap: Vec<Vec<u8>>,
    /// Those that are too long for the headers.
    attributes: Vec<Vec<u8>>,
}

impl Image {
    fn objects(&self) -> impl Iterator<Item = &Vec<u8>> {
        let rest = [&self.types, &self.vars, &self.scales, &self.heap, &self.attributes];
        std::iter::once(&self.root).chain(rest.into_iter().flatten())
    }
}

fn get(list: &[u64], i: usize) -> u64 {
    list.get(i).copied().unwrap_or(0)
}

/// Decides where the metadata lies; also says where it ends.
pub(super) fn place(plan: &Plan) -> Result<(Addresses, u64)> {
    let image = encode(plan, &Addresses::default())?;
    let mut end = SUPERBLOCK;
    let mut next = |bytes: &Vec<u8>| {
        let at = end;
        end += (bytes.len() as u64).next_multiple_of(8);
        at
    };
    let root = next(&image.root);
    let types = image.types.iter().map(&mut next).collect();
    let vars: Vec<u64> = image.vars.iter().map(&mut next).collect();
    let mut scales: Vec<u64> = image.scales.iter().map(&mut next).collect();
    let heap = image.heap.iter().map(&mut next).collect();
    let attributes = image.attributes.iter().map(&mut next).collect();
    for (var, at) in plan.vars.iter().zip(&vars) {
        let scale = var.coordinate_of(&plan.dims).and_then(|d| scales.get_mut(d));
        if let Some(scale) = scale {
            *scale = *at;
        }
    }
    Ok((Addresses { root, types, vars, scales, heap, attributes, data: Vec::new() }, end))
}

/// The bytes at the front of a file that ends at `end`.
pub(super) fn front(plan: &Plan, addresses: &Addresses, end: u64) -> Result<Vec<u8>> {
    let superblock = Encoder::new().bytes(b"\x89HDF\r\n\x1a\n").bytes(&[2, 8, 8, 0]);
    let superblock = superblock.u64(0).u64(NOWHERE).u64(end).u64(addresses.root);
    let mut out = superblock.checksummed();
    for object in encode(plan, addresses)?.objects() {
        out.extend_from_slice(object);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    Ok(out)
}

fn encode(plan: &Plan, at: &Addresses) -> Result<Image> {
    let mut around = Surroundings {
        heap: Heap::default(),
        addresses: &at.heap,
        types: &plan.types,
        types_at: &at.types,
        plain: plan.plain,
    };
    let mut elsewhere = Elsewhere { addresses: &at.attributes, ..Elsewhere::default() };
    let root = root(plan, at, &mut around)?.done(&mut elsewhere)?;
    let mut image = Image { root, ..Image::default() };
    for named in &plan.types {
        let header = Header::new().datatype(&Datatype::Own(named.datatype.clone()))?;
        image.types.push(header.references(named.uses + 1)?.done(&mut elsewhere)?);
    }
    for (i, var) in plan.vars.iter().enumerate() {
        let header =
            variable(plan, at, i, var, &mut around).map_err(|e| e.in_variable(&var.name))?;
        image.vars.push(header.done(&mut elsewhere).map_err(|e| e.in_variable(&var.name))?);
    }
    for (i, dim) in plan.dims.iter().enumerate() {
        image.scales.push(if scale_variable(plan, i) {
            Vec::new()
        } else {
            pure_dimension(plan, at, i)
                .and_then(|header| header.done(&mut elsewhere))
                .map_err(|e| e.context(format!("dimension {}", dim.name)))?
        });
    }
    image.heap = around.heap.into_collections();
    image.attributes = elsewhere.stored;
    Ok(image)
}

/// Whether a variable is the scale of a dimension.
fn scale_variable(plan: &Plan, dim: usize) -> bool {
    plan.vars.iter().any(|v| v.coordinate_of(&plan.dims) == Some(dim))
}

fn root(plan: &Plan, at: &Addresses, around: &mut Surroundings<'_>) -> Result<Header> {
    let pure = (0..plan.dims.len()).filter(|i| !scale_variable(plan, *i));
    // In the order in which NetCDF-C wants to meet them.
    let mut links: Vec<(String, u64)> = Vec::new();
    links.extend(plan.types.iter().enumerate().map(|(i, t)| (t.name.clone(), get(&at.types, i))));
    for (i, var) in plan.vars.iter().enumerate() {
        let is_scale = var.coordinate_of(&plan.dims).is_some();
        let hidden = !is_scale && plan.dims.iter().any(|d| d.name == var.name);
        let prefix = if hidden { "_nc4_non_coord_" } else { "" };
        links.push((format!("{prefix}{}", var.name), get(&at.vars, i)));
    }
    for i in pure {
        let name = plan.dims.get(i).map(|d| d.name.clone()).unwrap_or_default();
        links.push((name, get(&at.scales, i)));
    }
    let mut header = Header::new().link_info(links.len() as u64)?;
    for (i, (name, address)) in links.iter().enumerate() {
        header = header.link(name, i as u64, *address)?;
    }
    let version = env!("CARGO_PKG_VERSION");
    let by = format!("version=2,graticule={version}");
    header = attribute::put_text(header, "_NCProperties", by.as_bytes())?;
    for attr in &plan.attrs {
        header = attribute::put(header, attr, around)?;
    }
    Ok(header)
}

fn variable(
    plan: &Plan,
    at: &Addresses,
    i: usize,
    var: &VarPlan,
    around: &mut Surroundings<'_>,
) -> Result<Header> {
    let datatype = match var.named.and_then(|t| Some((t, plan.types.get(t)?))) {
        Some((t, _)) => Datatype::Named(get(&at.types, t)),
        None => Datatype::Own(datatype::encode(&var.dtype, var.big_endian)?),
    };
    let blank = var.blank.as_ref().map(|b| pack_scalar(b, var.big_endian)).transpose()?;
    let mut header = Header::new()
        .dataspace(&var.shape, &var.unlimited)?
        .datatype(&datatype)?
        .fill(var.chunk.is_some(), blank.as_deref())?;
    let data = at.data.get(i).copied().unwrap_or(NOWHERE);
    header = match &var.chunk {
        Some(chunk) => {
            let chunk: Vec<u32> = chunk.iter().map(|n| *n as u32).collect();
            header.chunked(data, &chunk, var.element as u32)?
        }
        None => {
            let bytes = var.shape.iter().product::<usize>() * var.element;
            header.contiguous(data, bytes as u64)?
        }
    };
    header = header.filters(&var.filters.described())?;
    match var.coordinate_of(&plan.dims) {
        Some(dim) => {
            header = scale(header, plan, at, dim, &var.name)?;
            if var.dims.len() > 1 {
                // Only this says what the other axes of a scale are.
                let ids: Vec<i32> = var.dims.iter().map(|d| *d as i32).collect();
                header = numbers(header, "_Netcdf4Coordinates", Some(ids.len()), &ids)?;
            }
        }
        None if !var.dims.is_empty() => {
            let mut lists = Vec::new();
            for dim in &var.dims {
                lists.extend(around.refer(&get(&at.scales, *dim).to_le_bytes(), 1)?);
            }
            let kind = Datatype::Own(datatype::reference_lists());
            header = header.attribute("DIMENSION_LIST", &kind, Some(&[var.dims.len()]), &lists)?;
        }
        None => {}
    }
    header = attribute::put_fill(header, var, &datatype, around)?;
    for attr in &var.attrs {
        header = attribute::put(header, attr, around)?;
    }
    Ok(header)
}

/// A dimension without coordinates: a dataset that is never written.
fn pure_dimension(plan: &Plan, at: &Addresses, dim: usize) -> Result<Header> {
    let Some(raw) = plan.dims.get(dim) else { return Ok(Header::new()) };
    // NetCDF-C uses big-endian floats for these.
    let datatype = datatype::encode(&DType::F32, true)?;
    let header = Header::new()
        .dataspace(&[raw.len], &[raw.unlimited])?
        .datatype(&Datatype::Own(datatype))?
        .fill(raw.unlimited, None)?;
    let header = if raw.unlimited {
        header.chunked(NOWHERE, &[1], 4)?
    } else {
        header.contiguous(NOWHERE, (raw.len as u64).saturating_mul(4))?
    };
    let name = format!("This is a netCDF dimension but not a netCDF variable.{:10}", raw.len);
    scale(header, plan, at, dim, &name)
}

/// The attributes of a dimension scale.
fn scale(header: Header, plan: &Plan, at: &Addresses, dim: usize, name: &str) -> Result<Header> {
    let header = attribute::put_terminated(header, "CLASS", "DIMENSION_SCALE")?;
    let header = attribute::put_terminated(header, "NAME", name)?;
    let header = numbers(header, "_Netcdf4Dimid", None, &[dim as i32])?;
    let mut users = Vec::new();
    for (i, var) in plan.vars.iter().enumerate() {
        if var.coordinate_of(&plan.dims).is_some() {
            continue;
        }
        for (axis, _) in var.dims.iter().enumerate().filter(|(_, d)| **d == dim) {
            let entry = Encoder::new().u64(get(&at.vars, i)).u32(axis as u32).u32(0);
            users.push(entry.done());
        }
    }
    // A dimension of thousands of users exceeds a header; readers get by without.
    if users.is_empty() || users.len() > 4000 {
        return Ok(header);
    }
    let kind = Datatype::Own(datatype::reference_list_entry());
    header.attribute("REFERENCE_LIST", &kind, Some(&[users.len()]), &users.concat())
}

fn numbers(header: Header, name: &str, len: Option<usize>, values: &[i32]) -> Result<Header> {
    let datatype = Datatype::Own(datatype::encode(&DType::I32, false)?);
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let shape = len.map(|n| [n]);
    header.attribute(name, &datatype, shape.as_ref().map(<[usize; 1]>::as_slice), &bytes)
}
