//! The same work through the crates `netcdf` and `hdf5-metno`, which bind the C libraries.

use graticule::{Error, Result};
use hdf5_metno::types::{FixedAscii, TypeDescriptor, VarLenUnicode};
use hdf5_metno::{Attribute, Container, File};

use crate::thread_cpu;

fn failed(e: impl std::fmt::Display) -> Error {
    Error::io(e.to_string())
}

/// CPU seconds of one run of `work`, which is run once before.
///
/// # Errors
/// Those of `work`.
fn timed(times: usize, mut work: impl FnMut() -> Result<usize>) -> Result<(f64, usize)> {
    let found = work()?;
    let start = thread_cpu();
    for _ in 0..times {
        work()?;
    }
    Ok(((thread_cpu() - start) / times.max(1) as f64, found))
}

/// Opens a file by `netcdf` and gets all attributes: CPU seconds, and how many there are.
///
/// # Errors
/// If the library fails.
pub fn netcdf_metadata(times: usize, file: &str) -> Result<(f64, usize)> {
    timed(times, || {
        let file = netcdf::open(file).map_err(failed)?;
        let mut attrs = 0;
        for attr in file.attributes() {
            attr.value().map_err(failed)?;
            attrs += 1;
        }
        for var in file.variables() {
            for attr in var.attributes() {
                attr.value().map_err(failed)?;
                attrs += 1;
            }
        }
        Ok(attrs)
    })
}

/// Opens a file by `hdf5-metno` and gets all attributes but references: CPU seconds, and how
/// many there are.
///
/// # Errors
/// If the library fails.
pub fn hdf5_metadata(times: usize, file: &str) -> Result<(f64, usize)> {
    timed(times, || {
        let file = File::open(file).map_err(failed)?;
        let mut attrs = 0;
        for name in file.attr_names().map_err(failed)? {
            attrs += value(&file.attr(&name).map_err(failed)?)?;
        }
        for set in file.datasets().map_err(failed)? {
            for name in set.attr_names().map_err(failed)? {
                attrs += value(&set.attr(&name).map_err(failed)?)?;
            }
        }
        Ok(attrs)
    })
}

/// The types that netCDF's attributes have; 0 for others.
fn value(attr: &Attribute) -> Result<usize> {
    let kind = attr.dtype().and_then(|t| t.to_descriptor());
    match kind {
        Ok(TypeDescriptor::FixedAscii(_)) => {
            attr.read_raw::<FixedAscii<64>>().map_err(failed)?;
        }
        Ok(TypeDescriptor::VarLenUnicode | TypeDescriptor::VarLenAscii) => {
            attr.read_raw::<VarLenUnicode>().map_err(failed)?;
        }
        Ok(TypeDescriptor::Integer(_) | TypeDescriptor::Unsigned(_)) => {
            attr.read_raw::<i64>().map_err(failed)?;
        }
        Ok(TypeDescriptor::Float(_)) => {
            attr.read_raw::<f64>().map_err(failed)?;
        }
        _ => return Ok(0),
    }
    Ok(1)
}

/// Reads a whole variable by `netcdf`, each time into the same memory: CPU seconds, bytes.
///
/// # Errors
/// If the library fails, or the type is neither int16, int32 nor float32.
pub fn netcdf_read(times: usize, file: &str, variable: &str) -> Result<(f64, usize)> {
    use netcdf::types::{FloatType, IntType, NcVariableType};
    let file = netcdf::open(file).map_err(failed)?;
    let var = file.variable(variable).ok_or_else(|| Error::not_found(variable.to_owned()))?;
    let n = var.len();
    macro_rules! read {
        ($type:ty) => {{
            let mut out = vec![<$type>::default(); n];
            timed(times, || {
                var.get_values_into(&mut out, ..).map_err(failed)?;
                Ok(size_of_val(out.as_slice()))
            })
        }};
    }
    match var.vartype() {
        NcVariableType::Int(IntType::I16) => read!(i16),
        NcVariableType::Int(IntType::I32) => read!(i32),
        NcVariableType::Float(FloatType::F32) => read!(f32),
        other => Err(Error::unsupported(format!("{other:?}"))),
    }
}

/// Reads a whole variable by `hdf5-metno`, each time into the same memory: CPU seconds, bytes.
///
/// # Errors
/// If the library fails, or the type is neither int16, int32 nor float32.
pub fn hdf5_read(times: usize, file: &str, variable: &str) -> Result<(f64, usize)> {
    let file = File::open(file).map_err(failed)?;
    let set = file.dataset(variable).map_err(failed)?;
    let set: &Container = &set;
    let size = set.dtype().map_err(failed)?.size();
    let kind = set.dtype().and_then(|t| t.to_descriptor()).map_err(failed)?;
    macro_rules! read {
        ($type:ty) => {{
            let mut out = vec![<$type>::default(); set.size()];
            timed(times, || {
                set.read_into_raw(&mut out).map_err(failed)?;
                Ok(size_of_val(out.as_slice()))
            })
        }};
    }
    match (kind, size) {
        (TypeDescriptor::Integer(_), 2) => read!(i16),
        (TypeDescriptor::Integer(_), 4) => read!(i32),
        (TypeDescriptor::Float(_), 4) => read!(f32),
        (other, _) => Err(Error::unsupported(format!("{other:?}"))),
    }
}
