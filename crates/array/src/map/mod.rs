//! Operations on one array, element by element.

mod arithmetic;
mod decode;
mod encode;
mod is_in;
mod logic;
mod lookup;
mod math;
mod raw;
mod scalar;
mod show;
mod text;
mod time;

use std::sync::Arc;

use crate::array::Array;
use crate::cast::castable;
use crate::dtype::{DType, TimeType};
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::zip::{ZipOp, over_scalar};
use graticule_cftime::{Decoder, Field, TimeUnit, TimeUnits};

pub use math::MathFn;
pub(crate) use scalar::convert;
pub use text::TextEncoding;

/// An operation on each element, as plain data.
///
/// ```
/// use graticule_array::{Array, DType, MapOp, Scalar};
/// let packed = Array::from_vec(vec![3], vec![0i16, 10, -999])?;
/// let decode = MapOp::Decode {
///     values: [Scalar::I16(-999)].into(),
///     to: DType::F32,
///     scale: Some(Scalar::F32(0.5)),
///     offset: Some(Scalar::F32(1.0)),
/// };
/// let values = decode.apply(&packed)?.to_flat::<f32>()?;
/// assert_eq!(values[..2], [1.0, 6.0]);
/// assert!(values[2].is_nan());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum MapOp {
    /// Another element type; see [`Array::cast`].
    Cast(DType),
    /// Another element type, missing where the element as stored equals one of `values` (a NaN
    /// among them means NaN). In `int64` the least number stands for a missing one, which
    /// decoding of times and durations knows.
    Mask {
        /// What stands for a missing element.
        values: Arc<[Scalar]>,
        /// The type of the result, which has a missing value.
        to: DType,
    },
    /// [`MapOp::Mask`] to a float type, then times `scale`, then plus `offset`; each step is
    /// rounded in `to` (if `to` is `f32` and a scalar an `f64` that `f32` cannot hold, the step
    /// computes in `f64` and is rounded then, as NumPy does in place).
    Decode {
        /// What stands for a missing element.
        values: Arc<[Scalar]>,
        /// The float type of the result.
        to: DType,
        /// The factor.
        scale: Option<Scalar>,
        /// The summand.
        offset: Option<Scalar>,
    },
    /// A [`ZipOp`] with one scalar for all elements; see [`MapOp::with`].
    With {
        /// The operation.
        op: ZipOp,
        /// The other operand.
        scalar: Scalar,
        /// Whether the scalar is the left operand.
        scalar_first: bool,
    },
    /// Zero minus the element.
    Neg,
    /// The magnitude; of complex numbers a real number.
    Abs,
    /// Not: of truth values, or of the bits of integers.
    Not,
    /// Whether the element is missing.
    IsMissing,
    /// Whether the element is there.
    NotMissing,
    /// The scalar where the element is missing.
    FillMissing(Scalar),
    /// No less than `min`, no more than `max`; NaN stays.
    Clip {
        /// The least value.
        min: Option<Scalar>,
        /// The largest value.
        max: Option<Scalar>,
    },
    /// A mathematical function.
    Math(MathFn),
    /// Rounds to a number of decimals (negative: tens), halves to even, as NumPy computes it.
    RoundTo(i32),
    /// Takes the bits of signed integers as unsigned (`true`), or of unsigned as signed.
    Unsigned(bool),
    /// `(x - offset) / scale`, rounded half to even, in another type; missing elements become
    /// `fill`. A value outside that type is an error.
    Encode {
        /// The divisor.
        scale: Option<Scalar>,
        /// What is subtracted first.
        offset: Option<Scalar>,
        /// What stands for a missing element.
        fill: Option<Scalar>,
        /// The type to store.
        to: DType,
        /// The variable, for messages.
        name: Arc<str>,
    },
    /// Instants from numbers such as "hours since 1850-01-01": NaN, infinities and the least
    /// `int64` become missing.
    DecodeTime {
        /// The units, for printing.
        units: Arc<TimeUnits>,
        /// How numbers become ticks; also says the type of the result.
        decoder: Decoder,
    },
    /// Numbers of time units from instants, the reverse of [`MapOp::DecodeTime`]; `to` is a float
    /// type (missing is NaN) or `int64` (whole numbers only, missing is the least one).
    EncodeTime {
        /// The units of the numbers.
        units: Arc<TimeUnits>,
        /// The type of the numbers.
        to: DType,
    },
    /// A field of instants, as `int64`; a missing instant is an error, see
    /// [`MapOp::TimeFieldOrNan`].
    TimeField(Field),
    /// A field of instants, as `float64`; NaN where the instant is missing.
    TimeFieldOrNan(Field),
    /// Durations from numbers of a unit: NaN and the least `int64` become missing. Integers
    /// convert exactly or are an error; floats are cut off to whole ticks if `to` is ns, else
    /// they have to be whole.
    DecodeDuration {
        /// Nanoseconds of the number 1.
        nanos_per_step: i64,
        /// The unit of the result.
        to: TimeUnit,
    },
    /// Numbers of a unit from durations, the reverse of [`MapOp::DecodeDuration`]; `to` is a
    /// float type (missing is NaN) or `int64` (exact, missing is the least number).
    EncodeDuration {
        /// Nanoseconds of the number 1.
        nanos_per_step: i64,
        /// The type of the numbers.
        to: DType,
    },
    /// Text from characters or byte strings; trailing NULs are dropped.
    TextFrom(TextEncoding),
    /// The value of a list that each integer names, from 0 on; missing where there is none, which
    /// is an error if `to` has no missing value.
    Lookup {
        /// The values.
        values: Arc<[Scalar]>,
        /// The type of the result.
        to: DType,
    },
    /// Whether the element equals one of these; a missing one equals none.
    IsIn(Arc<[Scalar]>),
    /// [`MapOp::Mask`], and missing where the element as stored is below `min` or above `max`.
    MaskOutside {
        /// What stands for a missing element.
        values: Arc<[Scalar]>,
        /// The least valid element.
        min: Option<Scalar>,
        /// The largest valid element.
        max: Option<Scalar>,
        /// The type of the result, which has a missing value.
        to: DType,
    },
    /// Text without the blanks and NULs at its end.
    TrimEnd,
}

impl MapOp {
    /// `op` with a scalar as one operand. A number is weak: it takes the type of the array where
    /// its kind allows (`f32` times `2.0` stays `f32`; an integer array times `2.0` is `f64`).
    /// Times and durations keep their own type.
    ///
    /// ```
    /// use graticule_array::{DType, MapOp, Scalar, ZipOp};
    /// let twice = MapOp::with(ZipOp::Mul, Scalar::F64(2.0), false, &DType::F32)?;
    /// assert_eq!(twice.result(&DType::F32)?, DType::F32);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the operation is not defined for the types, or an integer does not fit into those of
    /// the array.
    pub fn with(op: ZipOp, scalar: Scalar, scalar_first: bool, array: &DType) -> Result<Self> {
        let scalar = scalar::weak(op, scalar, array)?;
        let with = Self::With { op, scalar, scalar_first };
        with.result(array)?;
        Ok(with)
    }

    /// The type of the result.
    ///
    /// # Errors
    /// If the operation is not defined for the type.
    pub fn result(&self, input: &DType) -> Result<DType> {
        let need = |ok: bool, wanted: &str| {
            if ok { Ok(()) } else { Err(self.undefined(input, wanted)) }
        };
        let number = input.is_real() || input.is_complex();
        Ok(match self {
            Self::Cast(to) => {
                castable(input, to)?;
                to.clone()
            }
            Self::Mask { to, .. } => {
                castable(input, to)?;
                decode::gap(to)?;
                to.clone()
            }
            Self::MaskOutside { to, .. } => {
                need(input.is_real(), "real numbers")?;
                castable(input, to)?;
                decode::gap(to)?;
                to.clone()
            }
            Self::Decode { to, .. } => {
                need(input.is_real(), "real numbers")?;
                if !to.is_float() {
                    return Err(Error::unsupported(format!("cannot decode to {to}"))
                        .hint("decode to float32 or float64"));
                }
                to.clone()
            }
            Self::With { op, scalar, scalar_first: true } => op.result(&scalar.dtype(), input)?,
            Self::With { op, scalar, .. } => op.result(input, &scalar.dtype())?,
            Self::Neg => {
                let ok = (number && *input != DType::Bool) || matches!(input, DType::Duration(_));
                need(ok, "numbers or durations")?;
                input.clone()
            }
            Self::Abs => {
                need(number || matches!(input, DType::Duration(_)), "numbers or durations")?;
                match input {
                    DType::C64 => DType::F32,
                    DType::C128 => DType::F64,
                    other => other.clone(),
                }
            }
            Self::Not => {
                need(input.is_integer() || *input == DType::Bool, "truth values or integers")?;
                input.clone()
            }
            Self::IsMissing | Self::NotMissing => DType::Bool,
            Self::FillMissing(fill) => {
                castable(&fill.dtype(), input)?;
                input.clone()
            }
            Self::Clip { min, max } => {
                need(input.is_real() || input.is_temporal(), "real numbers or times")?;
                for bound in [min, max].into_iter().flatten() {
                    castable(&bound.dtype(), input)?;
                }
                input.clone()
            }
            Self::Math(function) => function.result(input)?,
            Self::RoundTo(_) => {
                need(input.is_real(), "real numbers")?;
                if *input == DType::Bool { DType::F16 } else { input.clone() }
            }
            Self::Unsigned(unsigned) => raw::reinterpreted(input, *unsigned),
            Self::Encode { to, .. } => {
                need(input.is_real(), "real numbers")?;
                if !to.is_integer() && !to.is_float() {
                    return Err(Error::unsupported(format!("cannot encode {input} as {to}")));
                }
                to.clone()
            }
            Self::DecodeTime { decoder, .. } => {
                need(input.is_real(), "real numbers")?;
                DType::Time(TimeType { unit: decoder.unit(), calendar: decoder.calendar() })
            }
            Self::EncodeTime { to, .. } => {
                need(matches!(input, DType::Time(_)), "times")?;
                time::stored(to)?;
                to.clone()
            }
            Self::TimeField(_) | Self::TimeFieldOrNan(_) => {
                need(matches!(input, DType::Time(_)), "times")?;
                if matches!(self, Self::TimeField(_)) { DType::I64 } else { DType::F64 }
            }
            Self::DecodeDuration { to, .. } => {
                need(input.is_real(), "real numbers")?;
                DType::Duration(*to)
            }
            Self::EncodeDuration { to, .. } => {
                need(matches!(input, DType::Duration(_)), "durations")?;
                time::stored(to)?;
                to.clone()
            }
            Self::TextFrom(_) | Self::TrimEnd => {
                need(input.is_text(), "char, bytes or text")?;
                DType::Str
            }
            Self::Lookup { values, to } => {
                need(input.is_integer(), "integers")?;
                for value in &**values {
                    castable(&value.dtype(), to)?;
                }
                to.clone()
            }
            Self::IsIn(values) => {
                need(input.is_real() || input.is_temporal() || *input == DType::Str, "labels")?;
                is_in::check(values, input)?;
                DType::Bool
            }
        })
    }

    fn undefined(&self, input: &DType, wanted: &str) -> Error {
        Error::unsupported(format!("\"{self}\" is not defined for {input}"))
            .hint(format!("it works on {wanted}; cast first"))
    }

    /// The operation as [`apply`](Self::apply) does it, on an array that may be overwritten if
    /// nobody else holds it.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_owned(&self, input: Array) -> Result<Array> {
        let Self::With { op, scalar, scalar_first } = self else { return self.apply(&input) };
        match over_scalar(*op, input, scalar, *scalar_first)? {
            Ok(made) => Ok(made),
            Err(input) => self.apply(&input),
        }
    }

    /// The operation on each element.
    ///
    /// # Errors
    /// If it is not defined for the type of the array, or a value does not fit into the result.
    pub fn apply(&self, input: &Array) -> Result<Array> {
        let result = self.result(input.dtype())?;
        match self {
            Self::Cast(to) => input.cast(to),
            Self::Mask { values, to } => decode::mask(input, values, to),
            Self::MaskOutside { values, min, max, to } => {
                decode::mask_outside(input, values, min.as_ref(), max.as_ref(), to)
            }
            Self::Decode { values, to, scale, offset } => {
                decode::decode(input, values, to, scale.as_ref(), offset.as_ref())
            }
            Self::With { op, scalar, scalar_first } => {
                op.apply_scalar(input, scalar, *scalar_first)
            }
            Self::Neg => arithmetic::negative(input),
            Self::Abs => arithmetic::magnitude(input, &result),
            Self::Not => logic::not(input),
            Self::IsMissing => input.is_missing(),
            Self::NotMissing => logic::not(&input.is_missing()?),
            Self::FillMissing(fill) => logic::fill_missing(input, fill),
            Self::Clip { min, max } => arithmetic::clip(input, min.as_ref(), max.as_ref()),
            Self::Math(function) => function.apply(input),
            Self::RoundTo(decimals) => arithmetic::round_to(input, *decimals),
            Self::Unsigned(unsigned) => raw::reinterpret(input, *unsigned),
            Self::Encode { scale, offset, fill, to, name } => {
                encode::encode(input, scale.as_ref(), offset.as_ref(), fill.as_ref(), to, name)
            }
            Self::DecodeTime { decoder, .. } => time::decode(input, decoder),
            Self::EncodeTime { units, to } => time::encode(input, units, to),
            Self::TimeField(field) => time::field(input, *field),
            Self::TimeFieldOrNan(field) => time::field_or_nan(input, *field),
            Self::DecodeDuration { nanos_per_step, to } => {
                time::decode_duration(input, *nanos_per_step, *to)
            }
            Self::EncodeDuration { nanos_per_step, to } => {
                time::encode_duration(input, *nanos_per_step, to)
            }
            Self::TextFrom(encoding) => text::decode(input, *encoding),
            Self::TrimEnd => text::trim_end(input),
            Self::Lookup { values, to } => lookup::lookup(input, values, to),
            Self::IsIn(values) => is_in::is_in(input, values),
        }
    }
}
