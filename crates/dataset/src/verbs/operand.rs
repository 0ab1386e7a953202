//! The other side of a binary operation.

use graticule_array::{Complex32, Complex64, Scalar};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::fault::Fault;
use crate::units::UnitMode;

/// The other side of a binary operation: a number, an array or a dataset.
///
/// Numbers are weak: an array of `f32` times `2.0` stays `f32`.
#[derive(Clone, Debug)]
pub enum Operand {
    /// One value for every element.
    Scalar(Scalar),
    /// An array, broadcast by the names of its dimensions.
    Array(DataArray),
    /// A dataset, variable by variable.
    Set(Dataset),
}

/// What gives an array on the right of an array: everything but a dataset.
pub trait ArrayOperand: Into<Operand> {}

impl ArrayOperand for &DataArray {}
impl ArrayOperand for DataArray {}
impl ArrayOperand for Scalar {}
impl ArrayOperand for Operand {}

impl Operand {
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Scalar(_) => None,
            Self::Array(array) => array.fault(),
            Self::Set(set) => set.fault(),
        }
    }

    /// How much it makes arithmetic care about units.
    pub(crate) fn unit_mode(&self) -> UnitMode {
        match self {
            Self::Scalar(_) => UnitMode::Off,
            Self::Array(array) => array.unit_mode(),
            Self::Set(set) => set.unit_mode(),
        }
    }

    /// As it appears in the trail of a fault.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Scalar(value) => crate::show::values::scalar_text(value),
            Self::Array(array) => array.name().unwrap_or("..").to_owned(),
            Self::Set(_) => "..".to_owned(),
        }
    }
}

impl From<&DataArray> for Operand {
    fn from(array: &DataArray) -> Self {
        Self::Array(array.clone())
    }
}

impl From<DataArray> for Operand {
    fn from(array: DataArray) -> Self {
        Self::Array(array)
    }
}

impl From<&Dataset> for Operand {
    fn from(set: &Dataset) -> Self {
        Self::Set(set.clone())
    }
}

impl From<Dataset> for Operand {
    fn from(set: Dataset) -> Self {
        Self::Set(set)
    }
}

impl From<Scalar> for Operand {
    fn from(value: Scalar) -> Self {
        Self::Scalar(value)
    }
}

macro_rules! scalars {
    ($($type:ty)*) => {$(
        impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Self::Scalar(Scalar::from(value))
            }
        }

        impl ArrayOperand for $type {}
    )*};
}

scalars!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64 &str String);
