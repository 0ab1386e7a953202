//! How much arithmetic cares about units.

use std::fmt;
use std::sync::Arc;

use crate::data_array::DataArray;
use crate::dataset::Dataset;

/// How much arithmetic cares about the attribute `units`.
///
/// In all modes but `Off`, results carry the units that follow from those of the operands: sums
/// keep them, products multiply them, `sqrt` takes their root.
///
/// ```
/// use graticule_dataset::{DataArray, UnitMode};
/// let m = DataArray::new("a", "x", vec![1.0]).with_attr("units", "m");
/// let km = DataArray::new("b", "x", vec![1.0]).with_attr("units", "km");
/// let strict = (m.with_unit_mode(UnitMode::Strict) + &km).check().unwrap_err();
/// assert!(strict.to_string().contains("\"m\" and \"km\""));
///
/// let sum = m.with_unit_mode(UnitMode::Convert) + &km;
/// assert_eq!((sum.item::<f64>()?, sum.attrs().text("units")), (1001.0, Some("m")));
/// assert_eq!((&m * &km).attrs().text("units"), None);
/// assert_eq!((m.with_unit_mode(UnitMode::Warn) * &km).attrs().text("units"), Some("m km"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitMode {
    /// Units are text like any other attribute.
    #[default]
    Off,
    /// Operands of different units are combined as they are, and the encoding of the result has a
    /// note of it (see [`NOTES`](crate::cf::NOTES)).
    Warn,
    /// The right operand is converted to the units of the left one; where that is impossible it
    /// is an error.
    Convert,
    /// Operands of different units, or of which one has none, are an error.
    Strict,
}

impl fmt::Display for UnitMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Convert => "convert",
            Self::Strict => "strict",
        })
    }
}

impl Dataset {
    /// The same dataset, with arithmetic that cares more or less about units. Of two operands the
    /// stricter one decides.
    pub fn with_unit_mode(&self, mode: UnitMode) -> Self {
        let mut set = self.clone();
        let parts = Arc::make_mut(&mut set.0);
        parts.units = mode;
        parts.cache = crate::cache::Cache::default();
        set
    }

    /// How much arithmetic cares about units.
    #[must_use]
    pub fn unit_mode(&self) -> UnitMode {
        self.0.units
    }
}

impl DataArray {
    /// The same array, with arithmetic that cares more or less about units. Of two operands the
    /// stricter one decides.
    pub fn with_unit_mode(&self, mode: UnitMode) -> Self {
        Self { set: self.set.with_unit_mode(mode), name: self.name.clone() }
    }

    /// How much arithmetic cares about units.
    #[must_use]
    pub fn unit_mode(&self) -> UnitMode {
        self.set.unit_mode()
    }
}
