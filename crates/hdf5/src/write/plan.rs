//! A checked schema: every name resolved, every layout decided.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use graticule_array::{DType, Error, RecordType, Result, Scalar, did_you_mean};
use graticule_storage::{RawAttr, RawDim, RawSchema, RawVarSchema};

use super::datatype;
use super::fill::default_fill;
use super::filter::Pipeline;
use super::layout::default_chunk;
use super::names::{check_attrs, check_names};
use super::pack::{element_size, in_heap};

/// The most axes that HDF5 knows.
const MAX_RANK: usize = 32;
/// What will be in the file.
#[derive(Debug)]
pub(super) struct Plan {
    /// Whether HDF5 is wanted more than NetCDF-4.
    pub(super) plain: bool,
    pub(super) dims: Vec<RawDim>,
    pub(super) attrs: Vec<RawAttr>,
    pub(super) types: Vec<NamedType>,
    pub(super) vars: Vec<VarPlan>,
}

/// A datatype with a name, which NetCDF-C demands of all but the simple ones.
#[derive(Debug)]
pub(super) struct NamedType {
    pub(super) name: String,
    pub(super) datatype: Vec<u8>,
    /// How many variables and fill values use it.
    pub(super) uses: u32,
}

/// One variable.
#[derive(Debug)]
pub(super) struct VarPlan {
    pub(super) name: String,
    /// The numbers of its dimensions.
    pub(super) dims: Vec<usize>,
    pub(super) shape: Vec<usize>,
    pub(super) unlimited: Vec<bool>,
    pub(super) dtype: DType,
    /// Bytes of an element in the file.
    pub(super) element: usize,
    pub(super) big_endian: bool,
    pub(super) attrs: Vec<RawAttr>,
    /// What `_FillValue` says.
    pub(super) fill: Option<Scalar>,
    /// What cells that are never written hold; `None` means zeros.
    pub(super) blank: Option<Scalar>,
    /// The number of its datatype, if that has a name.
    pub(super) named: Option<usize>,
    /// The shape of its chunks, unless it is contiguous.
    pub(super) chunk: Option<Vec<usize>>,
    pub(super) filters: Arc<Pipeline>,
}

impl VarPlan {
    /// The dimension whose coordinates these are, if they are any dimension's.
    pub(super) fn coordinate_of(&self, dims: &[RawDim]) -> Option<usize> {
        let first = *self.dims.first()?;
        dims.get(first).filter(|d| d.name == self.name).map(|_| first)
    }
}

impl Plan {
    pub(super) fn new(at: &Path, schema: &RawSchema) -> Result<Self> {
        check_names("dimension", schema.dims.iter().map(|d| d.name.as_str()))?;
        check_names("variable", schema.vars.iter().map(|v| v.name.as_str()))?;
        let known: HashMap<&str, usize> =
            schema.dims.iter().enumerate().map(|(i, d)| (d.name.as_str(), i)).collect();
        let mut attrs = schema.attrs.clone();
        // Who wrote the file is said anew.
        attrs.retain(|a| a.name != "_NCProperties");
        check_attrs(&attrs)?;
        let (types, vars) = (Vec::new(), Vec::new());
        let dims = schema.dims.clone();
        let mut plan = Self { plain: is_plain_hdf5(at), dims, attrs, types, vars };
        let mut taken: HashSet<String> = schema.dims.iter().map(|d| d.name.clone()).collect();
        taken.extend(schema.vars.iter().map(|v| v.name.clone()));
        for var in &schema.vars {
            let in_var = |e: Error| e.in_variable(&var.name);
            let (planned, datatype) = plan_var(at, schema, &known, var).map_err(in_var)?;
            let uses = 1 + u32::from(planned.fill.is_some());
            plan.name_parts(&mut taken, &var.dtype).map_err(in_var)?;
            let wanted = if var.storage.enumeration.is_empty() {
                type_name(&var.dtype, &var.name)
            } else {
                Some(format!("{}_enum_t", var.name))
            };
            let named = wanted.map(|w| plan.name_type(&mut taken, &w, datatype, uses));
            plan.name_attr_types(&mut taken, &planned.attrs).map_err(in_var)?;
            plan.vars.push(VarPlan { named, ..planned });
        }
        let attrs = plan.attrs.clone();
        plan.name_attr_types(&mut taken, &attrs)?;
        Ok(plan)
    }

    /// Names the datatypes of attributes that need it.
    fn name_attr_types(&mut self, taken: &mut HashSet<String>, attrs: &[RawAttr]) -> Result<()> {
        for attr in attrs {
            if let Some(wanted) = type_name(attr.value.dtype(), &attr.name.replace('/', "_")) {
                let datatype = datatype::encode(attr.value.dtype(), false)
                    .map_err(|e| e.context(format!("attribute \"{}\"", attr.name)))?;
                self.name_parts(taken, attr.value.dtype())?;
                self.name_type(taken, &wanted, datatype, 1);
            }
        }
        Ok(())
    }

    /// Names the datatypes that a datatype consists of, which NetCDF-C must meet before it.
    fn name_parts(&mut self, taken: &mut HashSet<String>, dtype: &DType) -> Result<()> {
        let parts: Vec<(&str, &DType)> = match dtype {
            DType::Record(r) => r.fields.iter().map(|f| (f.name.as_str(), &f.dtype)).collect(),
            DType::List(of) => vec![("item", &**of)],
            _ => return Ok(()),
        };
        for (name, part) in parts {
            if let Some(wanted) = type_name(part, &name.replace('/', "_")) {
                // Refuses what nests too deep.
                let datatype = datatype::encode(part, false)?;
                self.name_parts(taken, part)?;
                self.name_type(taken, &wanted, datatype, 0);
            }
        }
        Ok(())
    }

    /// Finds or makes a named datatype.
    fn name_type(
        &mut self,
        taken: &mut HashSet<String>,
        wanted: &str,
        datatype: Vec<u8>,
        uses: u32,
    ) -> usize {
        if let Some(found) = self.types.iter().position(|t| t.datatype == datatype) {
            self.types.iter_mut().skip(found).take(1).for_each(|t| t.uses += uses);
            return found;
        }
        let mut name = wanted.to_owned();
        for n in 1.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{wanted}_{n}");
        }
        self.types.push(NamedType { name, datatype, uses });
        self.types.len() - 1
    }
}

/// The name that a datatype should have, if NetCDF-4 demands one.
fn type_name(dtype: &DType, user: &str) -> Option<String> {
    match dtype {
        // The names by which NetCDF tools know complex numbers.
        DType::C64 => Some("_PFNC_FLOAT_COMPLEX_TYPE".to_owned()),
        DType::C128 => Some("_PFNC_DOUBLE_COMPLEX_TYPE".to_owned()),
        DType::Record(record) if is_complex(record) => type_name(&record.complex()?, user),
        DType::Record(_) | DType::Opaque(_) | DType::List(_) => Some(format!("{user}_t")),
        _ => None,
    }
}

/// Whether a record is the one as which complex numbers are written.
fn is_complex(record: &RecordType) -> bool {
    record.complex().is_some() && record.fields.iter().map(|f| &*f.name).eq(["r", "i"])
}

/// The variable without the number of its datatype, and its datatype.
fn plan_var(
    at: &Path,
    schema: &RawSchema,
    known: &HashMap<&str, usize>,
    var: &RawVarSchema,
) -> Result<(VarPlan, Vec<u8>)> {
    if var.dims.len() > MAX_RANK {
        let found = var.dims.len();
        return Err(Error::invalid(format!("{found} dimensions; HDF5 allows {MAX_RANK}")));
    }
    let mut dims = Vec::with_capacity(var.dims.len());
    for name in &var.dims {
        dims.push(*known.get(name.as_str()).ok_or_else(|| {
            let names = schema.dims.iter().map(|d| d.name.as_str());
            let e = Error::not_found(format!("its dimension \"{name}\" is not declared"));
            match did_you_mean(name, names) {
                Some(hint) => e.hint(hint),
                None => e,
            }
        })?);
    }
    let of = |f: &dyn Fn(&RawDim) -> usize| -> Vec<usize> {
        dims.iter().filter_map(|i| schema.dims.get(*i)).map(f).collect()
    };
    let shape = of(&|d| d.len);
    let unlimited: Vec<bool> = of(&|d| d.unlimited.into()).iter().map(|u| *u == 1).collect();
    let big_endian = var.storage.big_endian;
    let datatype = if var.storage.enumeration.is_empty() {
        datatype::encode(&var.dtype, big_endian)?
    } else {
        datatype::enumeration(&var.dtype, big_endian, &var.storage.enumeration)?
    };
    if var.dtype == DType::F16 && !is_plain_hdf5(at) {
        return Err(Error::unsupported("float16 elements, which NetCDF-4 does not know")
            .hint("cast to float32, or write a file with the extension .h5"));
    }
    let element = element_size(&var.dtype)
        .ok_or_else(|| Error::unsupported(format!("{} elements in a NetCDF-4 file", var.dtype)))?;
    let bytes = shape.iter().try_fold(element, |n, l| n.checked_mul(*l));
    if bytes.is_none_or(|n| n > isize::MAX as usize) {
        return Err(Error::invalid(format!("its shape {shape:?} is too large for any file")));
    }
    let mut attrs = var.attrs.clone();
    let given = attrs.iter().position(|a| a.name == "_FillValue").map(|i| attrs.remove(i));
    check_attrs(&attrs)?;
    let fill = match (&var.fill, given) {
        (Some(fill), _) => Some(fill.clone()),
        (None, Some(attr)) => Some(attr.value.item()?),
        (None, None) => None,
    };
    // Some files give characters a text, of which NetCDF-C takes the first.
    let fill = fill.map(|f| match (&var.dtype, f.as_str()) {
        (DType::Char, Some(text)) => Scalar::Char(text.bytes().next().unwrap_or(0)),
        _ => f,
    });
    // NetCDF-C does not know fill values of lists.
    let fill = fill.filter(|_| !matches!(var.dtype, DType::List(_)));
    if let Some(fill) = &fill
        && fill.dtype() != var.dtype
    {
        return Err(Error::mismatch(format!(
            "its fill value is {}, expected {}",
            fill.dtype(),
            var.dtype
        )));
    }
    let chunk = chunk_shape(var, &shape, &unlimited, element)?;
    // Texts and lists lie in the heap, where filters do not reach.
    let filtered = chunk.is_some() && !in_heap(&var.dtype);
    let filters = if filtered { var.storage.filters.as_slice() } else { &[] };
    let filters = Arc::new(Pipeline::new(filters, element)?);
    let blank = match &var.dtype {
        // A reference into the heap, which tools that copy files do not follow.
        dtype if in_heap(dtype) => None,
        dtype if var.storage.enumeration.is_empty() => fill.clone().or(default_fill(dtype)),
        _ => fill.clone(),
    };
    let planned = VarPlan {
        name: var.name.clone(),
        dims,
        shape,
        unlimited,
        dtype: var.dtype.clone(),
        element,
        big_endian,
        attrs,
        blank,
        fill,
        named: None,
        chunk,
        filters,
    };
    Ok((planned, datatype))
}

fn is_plain_hdf5(at: &Path) -> bool {
    let extension = at.extension().and_then(|e| e.to_str()).unwrap_or_default();
    ["h5", "hdf5", "he5"].iter().any(|e| e.eq_ignore_ascii_case(extension))
}

/// The shape of the chunks of a variable that must or should have some.
fn chunk_shape(
    var: &RawVarSchema,
    shape: &[usize],
    unlimited: &[bool],
    element: usize,
) -> Result<Option<Vec<usize>>> {
    let grows = unlimited.contains(&true);
    let filtered = !var.storage.filters.is_empty();
    // Filters ask for chunks; axes that can grow need them; nothing has none.
    if shape.is_empty() || (shape.contains(&0) && !grows) {
        return Ok(None);
    }
    let mut chunk = match &var.storage.chunks {
        Some(chunk) => chunk.clone(),
        None if grows || filtered => default_chunk(shape, unlimited, element),
        None => return Ok(None),
    };
    if chunk.len() != shape.len() || chunk.contains(&0) {
        let why = format!("chunks of {chunk:?} do not fit the shape {shape:?}");
        return Err(Error::mismatch(why).hint("give one length of at least 1 per dimension"));
    }
    // HDF5 refuses chunks longer than an axis that cannot grow.
    for ((c, n), grows) in chunk.iter_mut().zip(shape).zip(unlimited) {
        if !grows {
            *c = (*c).min((*n).max(1));
        }
    }
    let bytes = chunk.iter().try_fold(element, |n, l| n.checked_mul(*l));
    // A filter may add a few bytes.
    if bytes.is_none_or(|n| n > u32::MAX as usize - 64) {
        return Err(Error::invalid(format!("chunks of {chunk:?} exceed 4 GiB"))
            .hint("choose smaller chunks"));
    }
    Ok(Some(chunk))
}
