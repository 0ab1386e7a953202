//! Numbers in attributes: exact conversion, and the packing that two of them describe.

use graticule_array::{DType, Scalar, f16};

use super::{Context, Unpacked};
use crate::attrs::Attrs;

/// The value as an element of `dtype`, if that holds it exactly.
pub(super) fn exactly(value: &Scalar, dtype: &DType) -> Option<Scalar> {
    if let Scalar::U64(v) = value
        && *dtype == DType::U64
    {
        return Some(Scalar::U64(*v));
    }
    if let Some(v) = value.as_i64() {
        return from_i64(v, dtype);
    }
    let v = value.as_f64()?;
    match dtype {
        DType::F64 => Some(Scalar::F64(v)),
        DType::F32 => Some(v as f32).filter(|f| f64::from(*f) == v).map(Scalar::F32),
        DType::F16 => Some(f16::from_f64(v)).filter(|f| f.to_f64() == v).map(Scalar::F16),
        DType::U64 if v == v.trunc() && (0.0..1.8e19).contains(&v) => Some(Scalar::U64(v as u64)),
        _ if v == v.trunc() && v.abs() < 9.2e18 => from_i64(v as i64, dtype),
        _ => None,
    }
}

fn from_i64(v: i64, dtype: &DType) -> Option<Scalar> {
    Some(match dtype {
        DType::Bool => Scalar::Bool(match v {
            0 => false,
            1 => true,
            _ => return None,
        }),
        DType::I8 => Scalar::I8(v.try_into().ok()?),
        DType::I16 => Scalar::I16(v.try_into().ok()?),
        DType::I32 => Scalar::I32(v.try_into().ok()?),
        DType::I64 => Scalar::I64(v),
        DType::U8 => Scalar::U8(v.try_into().ok()?),
        DType::U16 => Scalar::U16(v.try_into().ok()?),
        DType::U32 => Scalar::U32(v.try_into().ok()?),
        DType::U64 => Scalar::U64(v.try_into().ok()?),
        DType::F16 => Some(f16::from_f64(v as f64)).filter(|f| f.to_f64() == v as f64)?.into(),
        DType::F32 => Some(v as f32).filter(|f| f64::from(*f) as i128 == i128::from(v))?.into(),
        DType::F64 => Some(v as f64).filter(|f| *f as i128 == i128::from(v))?.into(),
        _ => return None,
    })
}

/// The same bits as an integer of the other signedness.
pub(super) fn reinterpret(value: &Scalar) -> Option<Scalar> {
    Some(match value {
        Scalar::I8(v) => Scalar::U8(v.cast_unsigned()),
        Scalar::I16(v) => Scalar::U16(v.cast_unsigned()),
        Scalar::I32(v) => Scalar::U32(v.cast_unsigned()),
        Scalar::I64(v) => Scalar::U64(v.cast_unsigned()),
        Scalar::U8(v) => Scalar::I8(v.cast_signed()),
        Scalar::U16(v) => Scalar::I16(v.cast_signed()),
        Scalar::U32(v) => Scalar::I32(v.cast_signed()),
        Scalar::U64(v) => Scalar::I64(v.cast_signed()),
        _ => return None,
    })
}

/// `scale_factor` and `add_offset`, at least one of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Packing {
    pub(super) scale: Option<Scalar>,
    pub(super) offset: Option<Scalar>,
}

/// The packing that attributes describe; `None` if there is none, or it is not one of numbers.
pub(super) fn packing(attrs: &Attrs) -> Option<Packing> {
    let number = |name: &str| -> Option<Option<Scalar>> {
        let Some(value) = attrs.get(name) else { return Some(None) };
        let value = value.array().item().ok()?;
        (value.dtype().is_real() && value.dtype() != DType::Bool).then_some(Some(value))
    };
    let packing = Packing { scale: number("scale_factor")?, offset: number("add_offset")? };
    (packing.scale.is_some() || packing.offset.is_some()).then_some(packing)
}

impl Packing {
    /// The type of the unpacked values, as asked for.
    pub(super) fn unpacked(&self, packed: &DType, cx: &Context) -> DType {
        match (self.float_type(packed), cx.unpacked) {
            (DType::F32 | DType::F64, Unpacked::F32) => DType::F32,
            (DType::F32 | DType::F64, Unpacked::F64) => DType::F64,
            (own, _) => own,
        }
    }

    /// The type of the unpacked values, as xarray chooses it: both of one float type, that type
    /// (but `f64` for integers of 4 bytes, which `f32` cannot hold); any other offset, `f64`;
    /// a scale alone, its type.
    pub(super) fn float_type(&self, packed: &DType) -> DType {
        match (&self.scale, &self.offset) {
            (Some(scale), Some(offset))
                if scale.dtype() == offset.dtype()
                    && matches!(scale.dtype(), DType::F32 | DType::F64) =>
            {
                let wide = packed.is_integer() && packed.size() == Some(4);
                if wide { DType::F64 } else { scale.dtype() }
            }
            (_, Some(_)) => DType::F64,
            (Some(scale), None) => scale.dtype(),
            (None, None) => packed.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_values_convert() {
        assert_eq!(exactly(&Scalar::F64(-999.0), &DType::I16), Some(Scalar::I16(-999)));
        assert_eq!(exactly(&Scalar::F64(1e20), &DType::F32), None);
        assert_eq!(exactly(&Scalar::F32(1e20), &DType::F64), Some(Scalar::F64(f64::from(1e20f32))));
        assert_eq!(exactly(&Scalar::I32(70_000), &DType::I16), None);
        assert_eq!(exactly(&Scalar::F64(f64::NAN), &DType::I16), None);
        assert_eq!(exactly(&Scalar::I64(i64::MAX), &DType::F64), None);
        assert_eq!(exactly(&Scalar::U64(u64::MAX), &DType::U64), Some(Scalar::U64(u64::MAX)));
        assert_eq!(exactly(&"x".into(), &DType::I16), None);
    }

    #[test]
    fn float_types_are_those_of_xarray() {
        let f32s = |v: f32| Some(Scalar::F32(v));
        let f64s = |v: f64| Some(Scalar::F64(v));
        let ints = |v: i32| Some(Scalar::I32(v));
        let cases = [
            (DType::I16, f32s(0.1), f32s(1.0), DType::F32),
            (DType::I32, f32s(0.1), f32s(1.0), DType::F64),
            (DType::I64, f32s(0.1), f32s(1.0), DType::F32),
            (DType::I16, f64s(0.1), f64s(1.0), DType::F64),
            (DType::F32, f64s(0.1), f64s(1.0), DType::F64),
            (DType::I16, f32s(0.1), f64s(1.0), DType::F64),
            (DType::I32, f32s(0.1), ints(3), DType::F64),
            (DType::I16, f32s(0.1), None, DType::F32),
            (DType::I32, f32s(0.1), None, DType::F32),
            (DType::I16, f64s(0.1), None, DType::F64),
            (DType::I16, None, f32s(1.0), DType::F64),
            (DType::I16, ints(2), None, DType::I32),
            (DType::I8, f32s(0.1), f32s(1.0), DType::F32),
            (DType::U8, f64s(0.1), f64s(1.0), DType::F64),
            (DType::U16, f32s(0.1), f32s(1.0), DType::F32),
            (DType::U32, f32s(0.1), f32s(1.0), DType::F64),
            (DType::U64, f64s(0.1), f64s(1.0), DType::F64),
            (DType::F32, f32s(0.1), f32s(1.0), DType::F32),
            (DType::F64, f32s(0.1), f32s(1.0), DType::F32),
            (DType::F32, None, f64s(1.0), DType::F64),
            (DType::F32, f64s(0.1), f32s(1.0), DType::F64),
            (DType::I16, f64s(0.1), f32s(1.0), DType::F64),
        ];
        for (packed, scale, offset, expected) in cases {
            let packing = Packing { scale, offset };
            assert_eq!(packing.float_type(&packed), expected, "{packed} {packing:?}");
        }
    }
}
