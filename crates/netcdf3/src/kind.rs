//! The external types of the format and their default fill values.

use graticule_array::{DType, Error, Result, Scalar};

/// An external type, by the number that the header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Byte,
    Char,
    Short,
    Int,
    Float,
    Double,
    UByte,
    UShort,
    UInt,
    Int64,
    UInt64,
}

impl Kind {
    /// The type with this number; the last five exist in CDF-5, but older versions are read
    /// generously.
    pub(crate) fn from_number(number: u32) -> Result<Self> {
        Ok(match number {
            1 => Self::Byte,
            2 => Self::Char,
            3 => Self::Short,
            4 => Self::Int,
            5 => Self::Float,
            6 => Self::Double,
            7 => Self::UByte,
            8 => Self::UShort,
            9 => Self::UInt,
            10 => Self::Int64,
            11 => Self::UInt64,
            _ => return Err(Error::corrupt(format!("there is no type with the number {number}"))),
        })
    }

    /// The number of this type in headers.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Byte => 1,
            Self::Char => 2,
            Self::Short => 3,
            Self::Int => 4,
            Self::Float => 5,
            Self::Double => 6,
            Self::UByte => 7,
            Self::UShort => 8,
            Self::UInt => 9,
            Self::Int64 => 10,
            Self::UInt64 => 11,
        }
    }

    /// The type that stores elements of `dtype`; truth values are bytes.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn of(dtype: &DType) -> Result<Self> {
        Ok(match dtype {
            DType::I8 | DType::Bool => Self::Byte,
            DType::Char => Self::Char,
            DType::I16 => Self::Short,
            DType::I32 => Self::Int,
            DType::F32 => Self::Float,
            DType::F64 => Self::Double,
            DType::U8 => Self::UByte,
            DType::U16 => Self::UShort,
            DType::U32 => Self::UInt,
            DType::I64 => Self::Int64,
            DType::U64 => Self::UInt64,
            other => {
                let what = format!("the classic netCDF formats cannot store {other}");
                return Err(Error::unsupported(what).hint("write a NetCDF-4 file"));
            }
        })
    }

    /// Bytes of one element.
    pub(crate) fn size(self) -> u64 {
        match self {
            Self::Byte | Self::Char | Self::UByte => 1,
            Self::Short | Self::UShort => 2,
            Self::Int | Self::UInt | Self::Float => 4,
            Self::Double | Self::Int64 | Self::UInt64 => 8,
        }
    }

    /// The type of elements in memory.
    pub(crate) fn dtype(self) -> DType {
        match self {
            Self::Byte => DType::I8,
            Self::Char => DType::Char,
            Self::Short => DType::I16,
            Self::Int => DType::I32,
            Self::Float => DType::F32,
            Self::Double => DType::F64,
            Self::UByte => DType::U8,
            Self::UShort => DType::U16,
            Self::UInt => DType::U32,
            Self::Int64 => DType::I64,
            Self::UInt64 => DType::U64,
        }
    }

    /// What the netCDF library writes where nobody has written.
    pub(crate) fn default_fill(self) -> Scalar {
        /// Exact in single precision: 15 * 2^119.
        const FLOAT: f32 = f32::from_bits(0x7cf0_0000);
        match self {
            Self::Byte => Scalar::I8(-127),
            Self::Char => Scalar::Char(0),
            Self::Short => Scalar::I16(-32_767),
            Self::Int => Scalar::I32(-2_147_483_647),
            Self::Float => Scalar::F32(FLOAT),
            Self::Double => Scalar::F64(f64::from(FLOAT)),
            Self::UByte => Scalar::U8(255),
            Self::UShort => Scalar::U16(65_535),
            Self::UInt => Scalar::U32(4_294_967_295),
            Self::Int64 => Scalar::I64(-9_223_372_036_854_775_806),
            Self::UInt64 => Scalar::U64(18_446_744_073_709_551_614),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_fill_values_are_those_of_the_library() {
        assert_eq!(Kind::Double.default_fill().as_f64(), Some(9.969_209_968_386_869e36));
        for number in 1..=11 {
            let kind = Kind::from_number(number).unwrap();
            assert_eq!(kind.default_fill().dtype(), kind.dtype());
            assert_eq!((kind.number(), Kind::of(&kind.dtype()).unwrap()), (number, kind));
            assert_eq!(kind.dtype().size(), Some(kind.size() as usize));
        }
        assert!(Kind::from_number(12).unwrap_err().is_corrupt());
    }
}
