//! Element types of the C library as ours.

use std::sync::Arc;

use graticule_array::{ByteOrder, DType, Error, Field, RecordType, Result};
use netcdf::types::{CompoundType, EnumTypeValues, FloatType, IntType, NcVariableType};

/// Bytes in memory are in the order of this machine.
pub(crate) const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

/// Compounds inside compounds are followed this deep.
const MAX_DEPTH: usize = 16;

/// The dtype of a type, and the names of its values if it is an enumeration.
pub(crate) fn dtype(kind: &NcVariableType) -> Result<(DType, Vec<(String, i64)>)> {
    Ok(match kind {
        NcVariableType::Enum(e) => {
            let (dtype, values) = members(&e.fieldvalues);
            (dtype, e.fieldnames.iter().cloned().zip(values).collect())
        }
        other => (plain(other, 0)?, Vec::new()),
    })
}

fn plain(kind: &NcVariableType, depth: usize) -> Result<DType> {
    if depth > MAX_DEPTH {
        return Err(Error::unsupported(format!("compounds nested deeper than {MAX_DEPTH}")));
    }
    Ok(match kind {
        NcVariableType::Int(int) => match int {
            IntType::I8 => DType::I8,
            IntType::I16 => DType::I16,
            IntType::I32 => DType::I32,
            IntType::I64 => DType::I64,
            IntType::U8 => DType::U8,
            IntType::U16 => DType::U16,
            IntType::U32 => DType::U32,
            IntType::U64 => DType::U64,
        },
        NcVariableType::Float(FloatType::F32) => DType::F32,
        NcVariableType::Float(FloatType::F64) => DType::F64,
        NcVariableType::Char => DType::Char,
        NcVariableType::String => DType::Str,
        NcVariableType::Enum(e) => members(&e.fieldvalues).0,
        NcVariableType::Opaque(o) => DType::Opaque(o.size),
        NcVariableType::Compound(c) => DType::Record(Arc::new(record(c, depth)?)),
        NcVariableType::Vlen(v) => DType::List(Arc::new(plain(&v.basetype, depth + 1)?)),
    })
}

fn record(compound: &CompoundType, depth: usize) -> Result<RecordType> {
    let fields = compound.fields.iter().map(|field| {
        let dtype = plain(&field.basetype, depth + 1)?;
        if dtype.size().is_none() {
            return Err(Error::unsupported(format!(
                "member \"{}\" of compound \"{}\" is {dtype}, whose size varies",
                field.name, compound.name
            )));
        }
        let shape = field.arraydims.clone().unwrap_or_default();
        Ok(Field { name: field.name.clone(), offset: field.offset, dtype, shape })
    });
    Ok(RecordType { fields: fields.collect::<Result<_>>()?, size: compound.size })
}

fn members(values: &EnumTypeValues) -> (DType, Vec<i64>) {
    fn wide<T: Copy + Into<i64>>(values: &[T]) -> Vec<i64> {
        values.iter().map(|v| (*v).into()).collect()
    }
    match values {
        EnumTypeValues::I8(v) => (DType::I8, wide(v)),
        EnumTypeValues::I16(v) => (DType::I16, wide(v)),
        EnumTypeValues::I32(v) => (DType::I32, wide(v)),
        EnumTypeValues::I64(v) => (DType::I64, v.clone()),
        EnumTypeValues::U8(v) => (DType::U8, wide(v)),
        EnumTypeValues::U16(v) => (DType::U16, wide(v)),
        EnumTypeValues::U32(v) => (DType::U32, wide(v)),
        EnumTypeValues::U64(v) => (DType::U64, v.iter().map(|v| v.cast_signed()).collect()),
    }
}
