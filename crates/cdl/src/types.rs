//! Element types by their names in CDL.

use graticule_array::{DType, Scalar};

/// What a variable or an attribute is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Plain(DType),
    /// A base integer and its names.
    Enum(DType, Vec<(String, i64)>),
    Opaque(usize),
    /// Sequences of any length.
    List(DType),
}

impl Type {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(Self::Plain(match name {
            "char" => DType::Char,
            "byte" => DType::I8,
            "short" => DType::I16,
            "int" | "long" | "integer" => DType::I32,
            "int64" => DType::I64,
            "ubyte" => DType::U8,
            "ushort" => DType::U16,
            "uint" => DType::U32,
            "uint64" => DType::U64,
            "float" | "real" => DType::F32,
            "double" => DType::F64,
            "string" => DType::Str,
            _ => return None,
        }))
    }

    pub(crate) fn dtype(&self) -> DType {
        match self {
            Self::Plain(dtype) | Self::Enum(dtype, _) => dtype.clone(),
            Self::Opaque(n) => DType::Opaque(*n),
            Self::List(of) => DType::List(std::sync::Arc::new(of.clone())),
        }
    }
}

/// The name of a type in CDL.
pub(crate) fn name(dtype: &DType) -> Option<&'static str> {
    Some(match dtype {
        DType::Char => "char",
        DType::I8 => "byte",
        DType::I16 => "short",
        DType::I32 => "int",
        DType::I64 => "int64",
        DType::U8 => "ubyte",
        DType::U16 => "ushort",
        DType::U32 => "uint",
        DType::U64 => "uint64",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::Str => "string",
        _ => return None,
    })
}

/// What stands in cells that were never written: netCDF's default fill values.
pub(crate) fn default_fill(dtype: &DType) -> Option<Scalar> {
    Some(match dtype {
        DType::I8 => Scalar::I8(-127),
        DType::Char => Scalar::Char(0),
        DType::I16 => Scalar::I16(-32767),
        DType::I32 => Scalar::I32(-2_147_483_647),
        DType::I64 => Scalar::I64(-9_223_372_036_854_775_806),
        DType::U8 => Scalar::U8(255),
        DType::U16 => Scalar::U16(65535),
        DType::U32 => Scalar::U32(4_294_967_295),
        DType::U64 => Scalar::U64(18_446_744_073_709_551_614),
        DType::F32 => Scalar::F32(9.969_21e36),
        DType::F64 => Scalar::F64(9.969_209_968_386_869e36),
        DType::Str => Scalar::from(""),
        _ => return None,
    })
}
