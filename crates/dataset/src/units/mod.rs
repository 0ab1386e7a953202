//! Units of values: conversion, checked arithmetic, and what reductions make of them.

mod algebra;
mod convert;
mod mode;
mod reduce;

use graticule_array::{Error, Result};
use graticule_units::Unit;

use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::variable::Variable;

pub(crate) use algebra::{Side, combined, of_number, through};
pub use mode::UnitMode;
pub(crate) use reduce::reduced;

/// The attribute that says whether temperatures are differences (CF 1.11, section 3.1).
const METADATA: &str = "units_metadata";
/// Its value for differences.
const DIFFERENCE: &str = "temperature: difference";

/// The units that attributes name, read; `None` if they name none.
pub(crate) fn stated(attrs: &Attrs) -> Option<Result<Unit>> {
    Some(parsed(attrs.text("units")?))
}

/// The units of a variable, read; `None` if it has none. Instants and durations have their own.
pub(crate) fn of(var: &Variable) -> Option<Result<Unit>> {
    if var.dtype().is_temporal() { None } else { stated(var.attrs()) }
}

/// The units of a variable, if it has some that can be read.
pub(crate) fn known(var: &Variable) -> Option<Unit> {
    of(var)?.ok()
}

pub(crate) fn parsed(text: &str) -> Result<Unit> {
    Unit::parse(text).map_err(|e| Error::invalid(e.to_string()))
}

/// Whether values are differences between others, which have no zero of their own.
pub(crate) fn are_differences(attrs: &Attrs) -> bool {
    attrs.text(METADATA).is_some_and(|t| t.trim() == DIFFERENCE)
}

/// Other units in the attributes; what no longer holds with them goes.
pub(crate) fn replaced(attrs: &Attrs, unit: &str) -> Attrs {
    let mut attrs = attrs.clone();
    attrs.set("units", unit);
    for stale in ["valid_min", "valid_max", "valid_range", "actual_range"] {
        attrs.remove(stale);
    }
    attrs
}

impl DataArray {
    /// The units that the attribute `units` names.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let p = DataArray::new("p", "x", vec![1013.25]).with_attr("units", "hPa");
    /// assert_eq!(p.units()?.scale(), 100.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// The carried fault, if there are none, or if they cannot be read.
    pub fn units(&self) -> Result<Unit> {
        self.set.sound()?;
        match of(self.main()?) {
            Some(unit) => unit.map_err(|e| self.named(e)),
            None => Err(self.named(Error::not_found("there is no attribute \"units\""))),
        }
    }
}
