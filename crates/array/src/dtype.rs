//! The closed list of element types.

use std::fmt;
use std::sync::Arc;

use graticule_cftime::{Calendar, TimeUnit};

/// The type of an array's elements, as a value.
///
/// ```
/// use graticule_array::DType;
/// assert_eq!(DType::F32.to_string(), "float32");
/// assert_eq!(DType::F32.size(), Some(4));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// Truth values.
    Bool,
    /// Signed integers of 1 byte.
    I8,
    /// Signed integers of 2 bytes.
    I16,
    /// Signed integers of 4 bytes.
    I32,
    /// Signed integers of 8 bytes.
    I64,
    /// Unsigned integers of 1 byte.
    U8,
    /// Unsigned integers of 2 bytes.
    U16,
    /// Unsigned integers of 4 bytes.
    U32,
    /// Unsigned integers of 8 bytes.
    U64,
    /// IEEE half precision.
    F16,
    /// IEEE single precision.
    F32,
    /// IEEE double precision.
    F64,
    /// Complex numbers of two `f32`.
    C64,
    /// Complex numbers of two `f64`.
    C128,
    /// Instants: `i64` ticks since 1970-01-01T00:00 of their own calendar; [`MISSING_TICK`] is missing.
    Time(TimeType),
    /// Lengths of time: `i64` ticks; [`MISSING_TICK`] is missing.
    Duration(TimeUnit),
    /// Unicode text of any length, or missing.
    Str,
    /// One byte of text, as netCDF's `NC_CHAR`.
    Char,
    /// Byte strings of a fixed length, padded with NUL.
    Bytes(usize),
    /// Opaque items of a fixed number of bytes.
    Opaque(usize),
    /// Compound items; their bytes are laid out as the record type says.
    Record(Arc<RecordType>),
    /// Sequences of any length, each an array of its own.
    List(Arc<DType>),
}

/// The reserved tick of a missing instant or duration.
pub const MISSING_TICK: i64 = i64::MIN;

/// Unit and calendar of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeType {
    /// The length of a tick.
    pub unit: TimeUnit,
    /// The calendar that the ticks count in.
    pub calendar: Calendar,
}

/// The layout of a compound item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordType {
    /// The members, in order of their offsets.
    pub fields: Vec<Field>,
    /// Bytes of one item, padding included.
    pub size: usize,
}

/// One member of a compound item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The member's name.
    pub name: String,
    /// Where its bytes begin within the item.
    pub offset: usize,
    /// The type of its elements; little-endian in memory.
    pub dtype: DType,
    /// The lengths of its dimensions; empty for a single value.
    pub shape: Vec<usize>,
}

/// Families of element types that operations ask for.
impl DType {
    /// Bytes of one element in memory; `None` for text and lists, whose size varies.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        Some(match self {
            Self::Bool | Self::I8 | Self::U8 | Self::Char => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C64 => 8,
            Self::Time(_) | Self::Duration(_) => 8,
            Self::C128 => 16,
            Self::Bytes(n) | Self::Opaque(n) => *n,
            Self::Record(r) => r.size,
            Self::Str | Self::List(_) => return None,
        })
    }

    /// Bytes of one element for planning; text and lists count as 32.
    #[must_use]
    pub fn planned_size(&self) -> usize {
        self.size().unwrap_or(32)
    }

    /// Whether this is one of the integer types.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.is_signed_integer() || self.is_unsigned_integer()
    }

    /// Whether this is one of `i8`, `i16`, `i32`, `i64`.
    #[must_use]
    pub fn is_signed_integer(&self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }

    /// Whether this is one of `u8`, `u16`, `u32`, `u64`.
    #[must_use]
    pub fn is_unsigned_integer(&self) -> bool {
        matches!(self, Self::U8 | Self::U16 | Self::U32 | Self::U64)
    }

    /// Whether this is `f16`, `f32` or `f64`.
    #[must_use]
    pub fn is_float(&self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// Whether this is one of the complex types.
    #[must_use]
    pub fn is_complex(&self) -> bool {
        matches!(self, Self::C64 | Self::C128)
    }

    /// Whether arithmetic on real numbers is defined: integers, floats, bool.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.is_integer() || self.is_float() || matches!(self, Self::Bool)
    }

    /// Whether elements are instants or durations.
    #[must_use]
    pub fn is_temporal(&self) -> bool {
        matches!(self, Self::Time(_) | Self::Duration(_))
    }

    /// Whether elements are text of any kind.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Str | Self::Char | Self::Bytes(_))
    }

    /// The type that holds these values and a missing one: small integers and bool become
    /// `f32`, larger integers `f64`; types with a missing value of their own stay.
    #[must_use]
    pub fn with_missing(&self) -> Self {
        match self {
            Self::Bool | Self::I8 | Self::I16 | Self::U8 | Self::U16 => Self::F32,
            Self::I32 | Self::I64 | Self::U32 | Self::U64 => Self::F64,
            other => other.clone(),
        }
    }
}

/// NumPy's names where it has one.
impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Bool => "bool",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::C64 => "complex64",
            Self::C128 => "complex128",
            Self::Time(t) => match t.calendar {
                Calendar::Standard | Calendar::ProlepticGregorian => {
                    return write!(f, "datetime64[{}]", unit_name(t.unit));
                }
                other => return write!(f, "time[{}, {other:?}]", unit_name(t.unit)),
            },
            Self::Duration(u) => return write!(f, "timedelta64[{}]", unit_name(*u)),
            Self::Str => "str",
            Self::Char => "char",
            Self::Bytes(n) => return write!(f, "bytes{n}"),
            Self::Opaque(n) => return write!(f, "opaque{n}"),
            Self::Record(_) => "record",
            Self::List(of) => return write!(f, "list[{of}]"),
        };
        f.write_str(name)
    }
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}
