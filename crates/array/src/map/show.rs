//! How operations print.

use std::fmt;

use super::MapOp;
use crate::scalar::Scalar;

/// One value as it is printed within an operation.
struct Shown<'a>(&'a Scalar);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Scalar::F16(v) => write!(f, "{v}"),
            Scalar::F32(v) => write!(f, "{v}"),
            Scalar::F64(v) => write!(f, "{v}"),
            Scalar::U64(v) => write!(f, "{v}"),
            Scalar::Bool(v) => write!(f, "{v}"),
            Scalar::C64(v) => write!(f, "{v}"),
            Scalar::C128(v) => write!(f, "{v}"),
            Scalar::Str(v) => write!(f, "{:?}", v.as_str()),
            Scalar::Time(v, _) | Scalar::Duration(v, _) => write!(f, "{v} {}", self.0.dtype()),
            other => match other.as_i64() {
                Some(v) => write!(f, "{v}"),
                None => f.write_str("..."),
            },
        }
    }
}

fn part(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&Scalar>) -> fmt::Result {
    value.map_or(Ok(()), |v| write!(f, ", {name} {}", Shown(v)))
}

impl fmt::Display for MapOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cast(to) => write!(f, "cast to {to}"),
            Self::Mask { values, to } => {
                write!(f, "mask to {to}")?;
                values.iter().try_for_each(|v| part(f, "missing", Some(v)))
            }
            Self::MaskOutside { values, min, max, to } => {
                write!(f, "mask to {to}")?;
                values.iter().try_for_each(|v| part(f, "missing", Some(v)))?;
                part(f, "min", min.as_ref())?;
                part(f, "max", max.as_ref())
            }
            Self::Decode { values, to, scale, offset } => {
                write!(f, "decode to {to}")?;
                values.iter().try_for_each(|v| part(f, "missing", Some(v)))?;
                part(f, "scale", scale.as_ref())?;
                part(f, "offset", offset.as_ref())
            }
            Self::With { op, scalar, scalar_first: true } => write!(f, "{} {op} x", Shown(scalar)),
            Self::With { op, scalar, .. } => write!(f, "x {op} {}", Shown(scalar)),
            Self::Neg => f.write_str("negative"),
            Self::Abs => f.write_str("abs"),
            Self::Not => f.write_str("not"),
            Self::IsMissing => f.write_str("isnull"),
            Self::NotMissing => f.write_str("notnull"),
            Self::FillMissing(fill) => write!(f, "fillna {}", Shown(fill)),
            Self::Clip { min, max } => {
                f.write_str("clip")?;
                part(f, "min", min.as_ref())?;
                part(f, "max", max.as_ref())
            }
            Self::Math(function) => write!(f, "{function}"),
            Self::RoundTo(decimals) => write!(f, "round to {decimals} decimals"),
            Self::Unsigned(true) => f.write_str("as unsigned"),
            Self::Unsigned(false) => f.write_str("as signed"),
            Self::Encode { scale, offset, fill, to, .. } => {
                write!(f, "encode as {to}")?;
                part(f, "offset", offset.as_ref())?;
                part(f, "scale", scale.as_ref())?;
                part(f, "missing", fill.as_ref())
            }
            Self::DecodeTime { units, decoder } => {
                write!(f, "decode times \"{units}\" ({}, {})", decoder.calendar(), decoder.unit())
            }
            Self::EncodeTime { units, to } => write!(f, "encode times as {to} \"{units}\""),
            Self::TimeField(field) | Self::TimeFieldOrNan(field) => write!(f, "{field}"),
            Self::DecodeDuration { nanos_per_step, .. } => {
                write!(f, "decode durations of {nanos_per_step} ns")
            }
            Self::EncodeDuration { nanos_per_step, to } => {
                write!(f, "encode durations as {to} of {nanos_per_step} ns")
            }
            Self::TextFrom(encoding) => write!(f, "text from {encoding}"),
            Self::TrimEnd => f.write_str("trim blanks"),
            Self::Lookup { values, to } => write!(f, "one of {} {to}", values.len()),
            Self::IsIn(values) => write!(f, "is one of {}", values.len()),
        }
    }
}
