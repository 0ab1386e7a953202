//! The values that NetCDF gives to cells that are never written.

use graticule_array::{DType, Scalar};

/// The default fill value of a type; `None` where it is zero.
pub(super) fn default_fill(dtype: &DType) -> Option<Scalar> {
    /// 15 x 2^119, which NetCDF prints as 9.96921e+36.
    const FLOAT: f64 = 9.969_209_968_386_869e36;
    Some(match dtype {
        DType::I8 => Scalar::I8(-127),
        DType::I16 => Scalar::I16(-32_767),
        DType::I32 => Scalar::I32(-2_147_483_647),
        DType::I64 => Scalar::I64(-9_223_372_036_854_775_806),
        DType::U8 => Scalar::U8(255),
        DType::U16 => Scalar::U16(65_535),
        DType::U32 => Scalar::U32(4_294_967_295),
        DType::U64 => Scalar::U64(18_446_744_073_709_551_614),
        DType::F32 => Scalar::F32(FLOAT as f32),
        DType::F64 => Scalar::F64(FLOAT),
        _ => return None,
    })
}
