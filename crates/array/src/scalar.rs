//! One value of any element type.

use std::sync::Arc;

use half::f16;
use ndarray::{ArrayD, IxDyn};
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::dtype::{DType, TimeType};
use crate::error::{Error, Result};
use crate::region::Shape;
use crate::text::Text;
use graticule_cftime::TimeUnit;

/// One value with its type.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Scalar {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F16(f16),
    F32(f32),
    F64(f64),
    C64(Complex32),
    C128(Complex64),
    Time(i64, TimeType),
    Duration(i64, TimeUnit),
    Str(Text),
    Char(u8),
    /// A byte string, an opaque item or a record: its bytes and its type.
    #[cfg_attr(feature = "wire", serde(deserialize_with = "crate::wire::item"))]
    Bytes(Arc<[u8]>, DType),
    List(Array),
}

impl PartialEq for Array {
    /// Same dtype, shape and elements; NaN differs from NaN.
    fn eq(&self, other: &Self) -> bool {
        macro_rules! same {
            ($($type:ty)*) => {
                $(if let (Ok(a), Ok(b)) = (self.view::<$type>(), other.view::<$type>()) {
                    return a == b;
                })*
            };
        }
        if self.dtype() != other.dtype() || self.shape() != other.shape() {
            return false;
        }
        same!(bool i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64 Complex32 Complex64 Text Array);
        false
    }
}

impl Scalar {
    /// The type of the value.
    #[must_use]
    pub fn dtype(&self) -> DType {
        match self {
            Self::Bool(_) => DType::Bool,
            Self::I8(_) => DType::I8,
            Self::I16(_) => DType::I16,
            Self::I32(_) => DType::I32,
            Self::I64(_) => DType::I64,
            Self::U8(_) => DType::U8,
            Self::U16(_) => DType::U16,
            Self::U32(_) => DType::U32,
            Self::U64(_) => DType::U64,
            Self::F16(_) => DType::F16,
            Self::F32(_) => DType::F32,
            Self::F64(_) => DType::F64,
            Self::C64(_) => DType::C64,
            Self::C128(_) => DType::C128,
            Self::Time(_, t) => DType::Time(*t),
            Self::Duration(_, u) => DType::Duration(*u),
            Self::Str(_) => DType::Str,
            Self::Char(_) => DType::Char,
            Self::Bytes(_, dtype) => dtype.clone(),
            Self::List(of) => DType::List(Arc::new(of.dtype().clone())),
        }
    }

    /// The value as `f64`, if it is a real number or a truth value.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        Some(match self {
            Self::F16(v) => v.to_f64(),
            Self::F32(v) => f64::from(*v),
            Self::F64(v) => *v,
            Self::U64(v) => *v as f64,
            other => other.as_i64()? as f64,
        })
    }

    /// The value as `i64`, if it is an integer or a truth value that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        Some(match self {
            Self::Bool(v) => i64::from(*v),
            Self::I8(v) => i64::from(*v),
            Self::I16(v) => i64::from(*v),
            Self::I32(v) => i64::from(*v),
            Self::I64(v) => *v,
            Self::U8(v) => i64::from(*v),
            Self::U16(v) => i64::from(*v),
            Self::U32(v) => i64::from(*v),
            Self::U64(v) => i64::try_from(*v).ok()?,
            _ => return None,
        })
    }

    /// The value as text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { text.as_str() } else { None }
    }

    /// An array full of this value.
    ///
    /// # Errors
    /// If the array would be larger than memory addresses allow.
    pub fn fill(&self, shape: &[usize]) -> Result<Array> {
        // The check of the size is the one of `zeros`; an empty shape costs nothing.
        let probe: Shape = shape.iter().map(|n| (*n).min(1)).collect();
        Array::zeros(&self.dtype(), &probe)?;
        if shape
            .iter()
            .try_fold(16usize, |n, l| n.checked_mul(*l))
            .is_none_or(|b| b > isize::MAX as usize)
        {
            return Err(Error::over_budget(format!("an array {shape:?} is too large")));
        }
        macro_rules! full {
            ($v:expr) => {
                Array::new(ArrayD::from_elem(IxDyn(shape), $v.clone()))
            };
        }
        Ok(match self {
            Self::Bool(v) => full!(v),
            Self::I8(v) => full!(v),
            Self::I16(v) => full!(v),
            Self::I32(v) => full!(v),
            Self::I64(v) => full!(v),
            Self::U8(v) => full!(v),
            Self::U16(v) => full!(v),
            Self::U32(v) => full!(v),
            Self::U64(v) => full!(v),
            Self::F16(v) => full!(v),
            Self::F32(v) => full!(v),
            Self::F64(v) => full!(v),
            Self::C64(v) => full!(v),
            Self::C128(v) => full!(v),
            Self::Time(v, _) | Self::Duration(v, _) => full!(v).with_dtype(self.dtype())?,
            Self::Str(v) => full!(v),
            Self::Char(v) => full!(v).with_dtype(DType::Char)?,
            Self::Bytes(bytes, dtype) => {
                let n: usize = shape.iter().product();
                let mut full = shape.to_vec();
                full.push(bytes.len());
                Array::from_vec(full, bytes.repeat(n))?.with_dtype(dtype.clone())?
            }
            Self::List(of) => full!(of).with_dtype(self.dtype())?,
        })
    }
}

impl Array {
    /// The element at an index.
    ///
    /// # Errors
    /// If the index does not lie within the array.
    pub fn get(&self, index: &[usize]) -> Result<Scalar> {
        let outside =
            || Error::invalid(format!("no element at {index:?} in an array of {:?}", self.shape()));
        macro_rules! at {
            ($type:ty) => {
                self.view::<$type>()?.get(IxDyn(index)).cloned().ok_or_else(outside)?
            };
        }
        Ok(match self.dtype() {
            DType::Bool => Scalar::Bool(at!(bool)),
            DType::I8 => Scalar::I8(at!(i8)),
            DType::I16 => Scalar::I16(at!(i16)),
            DType::I32 => Scalar::I32(at!(i32)),
            DType::I64 => Scalar::I64(at!(i64)),
            DType::U8 => Scalar::U8(at!(u8)),
            DType::U16 => Scalar::U16(at!(u16)),
            DType::U32 => Scalar::U32(at!(u32)),
            DType::U64 => Scalar::U64(at!(u64)),
            DType::F16 => Scalar::F16(at!(f16)),
            DType::F32 => Scalar::F32(at!(f32)),
            DType::F64 => Scalar::F64(at!(f64)),
            DType::C64 => Scalar::C64(at!(Complex32)),
            DType::C128 => Scalar::C128(at!(Complex64)),
            DType::Time(t) => Scalar::Time(at!(i64), *t),
            DType::Duration(u) => Scalar::Duration(at!(i64), *u),
            DType::Str => Scalar::Str(at!(Text)),
            DType::Char => Scalar::Char(at!(u8)),
            DType::List(_) => Scalar::List(at!(Array)),
            dtype @ (DType::Bytes(_) | DType::Opaque(_) | DType::Record(_)) => {
                let region = crate::Region::new(index, vec![1; index.len()]);
                let item = self.region(&region).map_err(|_| outside())?;
                Scalar::Bytes(item.to_flat::<u8>()?.into(), dtype.clone())
            }
        })
    }

    /// The only element of an array of one.
    ///
    /// # Errors
    /// If there is not exactly one element.
    pub fn item(&self) -> Result<Scalar> {
        if self.len() == 1 {
            self.get(&vec![0; self.ndim()])
        } else {
            Err(Error::mismatch(format!(
                "expected exactly one element, found the shape {:?}",
                self.shape()
            )))
        }
    }
}

macro_rules! from {
    ($($type:ty, $variant:ident;)*) => {$(
        impl From<$type> for Scalar {
            fn from(v: $type) -> Self {
                Self::$variant(v.into())
            }
        }
    )*};
}

from! {
    bool, Bool; i8, I8; i16, I16; i32, I32; i64, I64; u8, U8; u16, U16; u32, U32; u64, U64;
    f16, F16; f32, F32; f64, F64; Complex32, C64; Complex64, C128; &str, Str; String, Str;
}
