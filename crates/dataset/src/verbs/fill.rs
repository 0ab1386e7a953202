//! Replacing missing values.

use graticule_array::{MapOp, Result, Scalar};

use super::operand::Operand;
use super::where_::weak;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::variable::Variable;

fn with_value(var: &Variable, value: &Scalar) -> Result<Variable> {
    if !var.dtype().is_float() && var.dtype().is_real() && value.as_f64().is_some() {
        // Integers and truth values are never missing.
        return Ok(var.clone());
    }
    let weak = weak(value, var)?;
    let value = match weak.in_memory() {
        Some(array) => array.item()?,
        None => value.clone(),
    };
    var.mapped(MapOp::FillMissing(value))
}

fn with_variable(var: &Variable, other: &Variable) -> Result<Variable> {
    let there = var.mapped(MapOp::NotMissing)?;
    let dtype = graticule_array::choose_type(var.dtype(), other.dtype())?;
    let as_type = |v: &Variable| -> Result<Variable> {
        if *v.dtype() == dtype { Ok(v.clone()) } else { v.mapped(MapOp::Cast(dtype.clone())) }
    };
    as_type(var)?.chosen(&there, &as_type(other)?)
}

impl Dataset {
    /// Replaces missing values by a number, or by the values of an array or a dataset.
    #[track_caller]
    pub fn fillna(&self, value: impl Into<Operand>) -> Self {
        let value = value.into();
        if let (None, Some(fault)) = (self.fault(), value.fault()) {
            return self.carrying(fault);
        }
        self.verb(
            || format!("fillna({})", value.text()),
            |ds| ds.pair(&value, with_value, with_variable),
        )
    }
}

impl DataArray {
    /// Replaces missing values by a number, or by the values of an array.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0f32, f32::NAN]).fillna(0);
    /// assert_eq!(x.values::<f32>()?, [1.0, 0.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn fillna(&self, value: impl Into<Operand>) -> Self {
        let value = value.into();
        if let (None, Some(fault)) = (self.fault(), value.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || format!("fillna({})", value.text()),
            |set| set.pair(&value, with_value, with_variable),
        )
    }
}
