//! Single numbers and what is counted over many.

use graticule::array::{Array, DType, Scalar, f16};
use serde_json::Value;

/// A number, exact.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::Int(i), Self::Float(f)) | (Self::Float(f), Self::Int(i)) => *i as f64 == *f,
        }
    }
}

impl Number {
    /// A number of a reference, whose text is the shortest that gives the dtype's value back.
    pub(crate) fn of_json(value: &Value, dtype: &str) -> Option<Self> {
        let float = match value {
            Value::Null => f64::NAN,
            Value::Bool(b) => return Some(Self::Int(i128::from(*b))),
            Value::String(s) => s.parse().ok()?,
            Value::Number(n) => match (n.as_i64(), n.as_u64()) {
                (Some(i), _) => return Some(Self::Int(i.into())),
                (None, Some(u)) => return Some(Self::Int(u.into())),
                (None, None) => n.as_f64()?,
            },
            Value::Array(_) | Value::Object(_) => return None,
        };
        Some(Self::Float(match dtype {
            "float32" => f64::from(float as f32),
            "float16" => f16::from_f64(float).to_f64(),
            _ => float,
        }))
    }

    /// An element.
    pub(crate) fn of_scalar(value: &Scalar) -> Option<Self> {
        match value {
            Scalar::U64(v) => Some(Self::Int((*v).into())),
            other => match other.as_i64() {
                Some(i) => Some(Self::Int(i.into())),
                None => other.as_f64().map(Self::Float),
            },
        }
    }

    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(i) => i as f64,
            Self::Float(f) => f,
        }
    }
}

/// The elements as `f64` in row-major order, if they are numbers or truth values.
pub(crate) fn floats(data: &Array) -> Option<Vec<f64>> {
    macro_rules! widen {
        ($($dtype:ident $type:ty;)*) => {
            match data.dtype() {
                $(DType::$dtype => {
                    Some(data.to_flat::<$type>().ok()?.into_iter().map(|v| v as f64).collect())
                })*
                DType::F16 => {
                    Some(data.to_flat::<f16>().ok()?.into_iter().map(f16::to_f64).collect())
                }
                DType::Bool => {
                    Some(data.to_flat::<bool>().ok()?.into_iter().map(f64::from).collect())
                }
                _ => None,
            }
        };
    }
    widen! {
        I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64; F32 f32; F64 f64;
    }
}

/// What the references count over the numbers of a variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    pub(crate) n: usize,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) sum: f64,
}

impl Summary {
    /// Over everything that is not missing.
    pub(crate) fn of(values: &[f64]) -> Self {
        let start = Self { n: 0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0 };
        values.iter().filter(|v| !v.is_nan()).fold(start, |s, v| Self {
            n: s.n + 1,
            min: s.min.min(*v),
            max: s.max.max(*v),
            sum: s.sum + v,
        })
    }

    pub(crate) fn mean(&self) -> f64 {
        self.sum / self.n as f64
    }
}

/// Whether two sums or means agree: the order of summation is free. `scale` is the largest
/// magnitude that was added, times how often.
pub(crate) fn sums_agree(expected: f64, found: f64, scale: f64, tolerance: f64) -> bool {
    expected == found
        || (expected.is_nan() && found.is_nan())
        || (expected - found).abs() <= tolerance * scale
        // Sums that overflow have no digits left to compare.
        || (!expected.is_finite() && !found.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn integers_stay_exact_and_floats_take_their_width() {
        let big = i64::MAX - 1;
        assert_eq!(Number::of_json(&json!(big), "int64"), Number::of_scalar(&Scalar::I64(big)));
        assert_ne!(
            Number::of_json(&json!(i64::MAX), "int64"),
            Number::of_scalar(&Scalar::I64(big))
        );
        assert_eq!(Number::of_json(&json!(0.1), "float32"), Number::of_scalar(&Scalar::F32(0.1)));
        assert_ne!(Number::of_json(&json!(0.1), "float64"), Number::of_scalar(&Scalar::F32(0.1)));
        assert_eq!(Number::of_json(&json!("-inf"), "float64"), Some(Number::Float(-f64::INFINITY)));
    }

    #[test]
    fn missing_values_do_not_count() {
        let s = Summary::of(&[1.0, f64::NAN, 3.0]);
        assert_eq!((s.n, s.min, s.max, s.sum, s.mean()), (2, 1.0, 3.0, 4.0, 2.0));
    }
}
