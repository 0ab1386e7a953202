//! From a schema to the header and the places of all data.

use std::collections::HashMap;

use graticule_array::{DType, Error, Result, Scalar};
use graticule_storage::{RawSchema, RawVarSchema};

use super::encode::{Encoder, check_name};
use crate::header::{Dimension, Header, Variable};
use crate::kind::Kind;
use crate::layout::{Layout, Place};
use crate::reader::Version;

/// The versions from the smallest to the largest.
const VERSIONS: [Version; 3] = [Version::Cdf1, Version::Cdf2, Version::Cdf5];

/// A variable to be written.
#[derive(Debug)]
pub(super) struct VarPlan {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The type of the blocks that come: `bool` is stored as bytes.
    pub(super) dtype: DType,
    /// The value of cells that are never written.
    pub(super) blank: Scalar,
    pub(super) place: Place,
}

/// A whole file.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) header: Vec<u8>,
    pub(super) vars: Vec<VarPlan>,
    /// Bytes of the file.
    pub(super) end: u64,
}

impl Plan {
    pub(super) fn new(schema: &RawSchema, version: Option<Version>) -> Result<Self> {
        let model = Model::new(schema)?;
        match version {
            Some(version) => model.plan(version),
            None => {
                let [rest @ .., last] = VERSIONS;
                let fits = rest.into_iter().find_map(|v| model.plan(v).ok());
                fits.map_or_else(|| model.plan(last), Ok)
            }
        }
    }
}

/// A schema in the words of the format.
struct Model<'a> {
    schema: &'a RawSchema,
    dims: Vec<Dimension>,
    records: u64,
    /// Dimensions and types of the variables.
    vars: Vec<(Vec<usize>, Kind)>,
}

impl<'a> Model<'a> {
    fn new(schema: &'a RawSchema) -> Result<Self> {
        let unlimited: Vec<&str> =
            schema.dims.iter().filter(|d| d.unlimited).map(|d| d.name.as_str()).collect();
        if unlimited.len() > 1 {
            return Err(Error::unsupported(format!(
                "the classic formats have one unlimited dimension at most, not \"{}\"",
                unlimited.join("\" and \"")
            ))
            .hint("name one with WriteOptions::unlimited, or write a NetCDF-4 file"));
        }
        // A length of 0 means the records, so the only empty dimension becomes theirs.
        let empty = schema.dims.iter().filter(|d| d.len == 0 && !d.unlimited);
        let empty: Vec<&str> = empty.map(|d| d.name.as_str()).collect();
        let record = match (unlimited.first(), empty.as_slice()) {
            (Some(name), []) => Some(*name),
            (None, [] | [_]) => empty.first().copied(),
            (_, names) => {
                return Err(Error::unsupported(format!(
                    "the classic formats cannot store the dimension \"{}\" of length 0",
                    names.join("\" and \"")
                ))
                .hint("write a NetCDF-4 file"));
            }
        };
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut dims = Vec::new();
        let mut records = 0;
        for (at, dim) in schema.dims.iter().enumerate() {
            check_name("dimension", &dim.name)?;
            if known.insert(&dim.name, at).is_some() {
                return Err(Error::invalid(format!("there are two dimensions \"{}\"", dim.name)));
            }
            let is_record = record == Some(dim.name.as_str());
            if is_record {
                records = dim.len as u64;
            }
            let len = if is_record { 0 } else { dim.len as u64 };
            dims.push(Dimension { name: dim.name.clone(), len });
        }
        let mut vars: Vec<(Vec<usize>, Kind)> = Vec::new();
        for (at, var) in schema.vars.iter().enumerate() {
            check_name("variable", &var.name)?;
            if schema.vars.iter().take(at).any(|v| v.name == var.name) {
                return Err(Error::invalid(format!("there are two variables \"{}\"", var.name)));
            }
            let axes = axes(var, &known, record).map_err(|e| e.in_variable(&var.name))?;
            let kind = Kind::of(&var.dtype).map_err(|e| e.in_variable(&var.name))?;
            vars.push((axes, kind));
        }
        Ok(Self { schema, dims, records, vars })
    }

    /// The header, with these beginnings of the variables' data.
    fn header(&self, version: Version, sizes: &[u64], begins: &[u64]) -> Result<Vec<u8>> {
        let mut encoder = Encoder::new(version);
        encoder.count(self.records)?;
        encoder.list(0x0a, self.dims.len())?;
        for dim in &self.dims {
            encoder.name(&dim.name)?;
            encoder.count(dim.len)?;
        }
        encoder.attributes(&self.schema.attrs, None)?;
        encoder.list(0x0b, self.vars.len())?;
        let places = sizes.iter().zip(begins);
        for ((var, (axes, kind)), (size, begin)) in
            self.schema.vars.iter().zip(&self.vars).zip(places)
        {
            let mut write = || -> Result<()> {
                encoder.name(&var.name)?;
                encoder.count(axes.len() as u64)?;
                axes.iter().try_for_each(|a| encoder.count(*a as u64))?;
                let fill = var.fill.as_ref().map(|f| (*kind, f));
                encoder.attributes(&var.attrs, fill)?;
                encoder.word(kind.number());
                encoder.size(*size);
                encoder.offset(*begin);
                Ok(())
            };
            write().map_err(|e| e.in_variable(&var.name))?;
        }
        Ok(encoder.bytes)
    }

    fn plan(&self, version: Version) -> Result<Plan> {
        for (var, (_, kind)) in self.schema.vars.iter().zip(&self.vars) {
            if kind.number() > 6 && version != Version::Cdf5 {
                let what = format!("only CDF-5 of the classic formats stores {}", var.dtype);
                return Err(Error::unsupported(what)
                    .in_variable(&var.name)
                    .hint("write NETCDF3_64BIT_DATA (CDF-5) or NetCDF-4"));
            }
            if var.fill.as_ref().is_some_and(|f| Kind::of(&f.dtype()).ok() != Some(*kind)) {
                return Err(
                    Error::mismatch("the fill value is of another type").in_variable(&var.name)
                );
            }
        }
        let n = self.vars.len();
        let variable = |(axes, kind): &(Vec<usize>, Kind)| Variable {
            name: String::new(),
            dims: axes.clone(),
            attrs: Vec::new(),
            kind: *kind,
            begin: 0,
        };
        let shape = Header {
            records: Some(self.records),
            dims: self.dims.clone(),
            attrs: Vec::new(),
            vars: self.vars.iter().map(variable).collect(),
        };
        let layout = Layout::new(&shape, u64::MAX)?;
        let front = self.header(version, &vec![0; n], &vec![0; n])?.len() as u64;
        let too_large = || Error::unsupported("the file would be larger than 2^63 bytes");
        let size = |place: &Place, kind: Kind| {
            let inner = place.shape.iter().skip(usize::from(place.by_record));
            let size = inner.fold(kind.size(), |n, l| n.saturating_mul(*l as u64));
            size.checked_next_multiple_of(4).ok_or_else(too_large)
        };
        let places = layout.places.iter().zip(&self.vars);
        let sizes: Vec<u64> = places.map(|(p, (_, kind))| size(p, *kind)).collect::<Result<_>>()?;
        let mut begins = vec![0; n];
        let mut end = front;
        // Variables without records first, then the first record of each of the others.
        for by_record in [false, true] {
            let slots = begins.iter_mut().zip(&layout.places).zip(&sizes);
            for ((begin, _), size) in slots.filter(|((_, p), _)| p.by_record == by_record) {
                *begin = end;
                end = end.checked_add(*size).ok_or_else(too_large)?;
            }
        }
        self.check_sizes(version, &layout, &sizes, &begins)?;
        let per_record = layout.places.iter().filter(|p| p.by_record);
        let record = per_record.filter_map(|p| p.strides.first()).next().copied();
        if let Some(record) = record {
            let first = begins.iter().zip(&layout.places).filter(|(_, p)| p.by_record);
            let first = first.map(|(b, _)| *b).min().unwrap_or(end);
            let all = record.checked_mul(self.records).ok_or_else(too_large)?;
            // A single record variable is not padded between records, but the file is.
            let all = all.checked_next_multiple_of(4).ok_or_else(too_large)?;
            end = first.checked_add(all).filter(|e| *e < 1 << 63).ok_or_else(too_large)?;
        }
        let header = self.header(version, &sizes, &begins)?;
        let named = self.schema.vars.iter().zip(&self.vars);
        let vars =
            named.zip(layout.places).zip(begins).map(|(((var, (_, kind)), place), begin)| {
                VarPlan {
                    name: var.name.clone(),
                    kind: *kind,
                    dtype: var.dtype.clone(),
                    blank: var.fill.clone().unwrap_or_else(|| kind.default_fill()),
                    place: Place { begin, ..place },
                }
            });
        Ok(Plan { header, vars: vars.collect(), end })
    }

    /// What the versions with small numbers cannot address.
    fn check_sizes(
        &self,
        version: Version,
        layout: &Layout,
        sizes: &[u64],
        begins: &[u64],
    ) -> Result<()> {
        let hint = "write NETCDF3_64BIT_DATA (CDF-5) or NetCDF-4";
        let last = begins.iter().copied().max().unwrap_or(0);
        if version == Version::Cdf1 && last > i32::MAX as u64 {
            return Err(Error::unsupported(format!(
                "data would begin at byte {last}; CDF-1 (NETCDF3_CLASSIC) reaches 2^31 - 1"
            ))
            .hint("write NETCDF3_64BIT or NetCDF-4"));
        }
        if version == Version::Cdf5 {
            return Ok(());
        }
        let most = u64::from(u32::MAX) - 3;
        for ((var, size), begin) in self.schema.vars.iter().zip(sizes).zip(begins) {
            // Only the last may be larger, for nothing lies behind it.
            let is_last = *begin == last && !layout.places.iter().any(|p| p.by_record);
            if *size > most && !is_last {
                let what = format!(
                    "{size} bytes are more than a variable of CDF-1 and CDF-2 may take ({most})"
                );
                return Err(Error::unsupported(what).in_variable(&var.name).hint(hint));
            }
        }
        Ok(())
    }
}

/// The numbers of a variable's dimensions; that of the records may only come first.
fn axes(
    var: &RawVarSchema,
    known: &HashMap<&str, usize>,
    record: Option<&str>,
) -> Result<Vec<usize>> {
    let mut axes = Vec::with_capacity(var.dims.len());
    for (at, dim) in var.dims.iter().enumerate() {
        let number = known
            .get(dim.as_str())
            .ok_or_else(|| Error::not_found(format!("the schema has no dimension \"{dim}\"")))?;
        if at > 0 && record == Some(dim.as_str()) {
            return Err(Error::unsupported(format!(
                "the classic formats want the unlimited dimension \"{dim}\" first"
            ))
            .hint("transpose the variable, make the dimension fixed, or write a NetCDF-4 file"));
        }
        axes.push(*number);
    }
    Ok(axes)
}
