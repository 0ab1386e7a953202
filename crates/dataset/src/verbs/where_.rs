//! Keeping values where a condition holds.

use graticule_array::{Array, MapOp, Result, Scalar, ZipOp, choose_type};
use graticule_lazy::LazyArray;

use super::eager;
use super::operand::Operand;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::variable::Variable;

/// `var` where `cond`, else missing.
pub(crate) fn or_missing(var: &Variable, cond: &Variable) -> Result<Variable> {
    let dtype = var.dtype().with_missing();
    let missing = Variable::new(Dims::none(), Array::missing(&dtype, &[])?)?;
    let wide = if *var.dtype() == dtype { var.clone() } else { var.mapped(MapOp::Cast(dtype))? };
    wide.chosen(cond, &missing)
}

/// `var` where `cond`, else `other`, in the type that holds both.
fn or_else(var: &Variable, cond: &Variable, other: &Variable) -> Result<Variable> {
    let dtype = choose_type(var.dtype(), other.dtype())?;
    let as_type = |v: &Variable| -> Result<Variable> {
        if *v.dtype() == dtype { Ok(v.clone()) } else { v.mapped(MapOp::Cast(dtype.clone())) }
    };
    as_type(var)?.chosen(cond, &as_type(other)?)
}

/// A number as a variable, in the type it takes beside `var`: a weak scalar.
pub(crate) fn weak(value: &Scalar, var: &Variable) -> Result<Variable> {
    // Complex numbers have no order, but sums.
    let op = if var.dtype().is_complex() { ZipOp::Add } else { ZipOp::Max };
    let dtype = MapOp::with(op, value.clone(), false, var.dtype())
        .and_then(|op| op.result(var.dtype()))
        .unwrap_or_else(|_| value.dtype());
    let data = LazyArray::constant(value.fill(&[])?);
    let data = if *data.dtype() == dtype { data } else { eager::map(&data, MapOp::Cast(dtype))? };
    Variable::new(Dims::none(), data)
}

fn fixed(value: &Scalar) -> Result<Variable> {
    Variable::new(Dims::none(), value.clone())
}

impl Dataset {
    /// Keeps values where a condition (of arrays or a dataset of truth values) holds; the others
    /// become missing. Integers and truth values become floats, which can be missing.
    #[track_caller]
    pub fn where_(&self, cond: impl Into<Operand>) -> Self {
        let cond = cond.into();
        if let (None, Some(fault)) = (self.fault(), cond.fault()) {
            return self.carrying(fault);
        }
        self.verb(
            || format!("where_({})", cond.text()),
            |ds| ds.pair(&cond, |v, s| or_missing(v, &fixed(s)?), or_missing),
        )
    }

    /// Keeps values where a condition holds; the others become `other`.
    #[track_caller]
    pub fn where_else(&self, cond: impl Into<Operand>, other: impl Into<Operand>) -> Self {
        let (cond, other) = (cond.into(), other.into());
        if let (None, Some(fault)) = (self.fault(), cond.fault().or(other.fault())) {
            return self.carrying(fault);
        }
        self.verb(
            || format!("where_else({}, {})", cond.text(), other.text()),
            |ds| ds.try_where_else(&cond, &other),
        )
    }

    fn try_where_else(&self, cond: &Operand, other: &Operand) -> Result<Self> {
        // Pass by way of the condition: its variables take the place of the data for a moment.
        let choice = |var: &Variable, test: &Variable| -> Result<Variable> {
            match other {
                Operand::Scalar(value) => or_else(var, test, &weak(value, var)?),
                Operand::Array(array) => or_else(var, test, array.main()?),
                Operand::Set(_) => Err(graticule_array::Error::unsupported(
                    "where_else with a dataset as the other values",
                )
                .hint("use an array or a number")),
            }
        };
        if let Operand::Array(array) = other {
            super::align::check_exact(self, &array.set)?;
        }
        self.pair(cond, |v, s| choice(v, &fixed(s)?), choice)
    }
}

impl DataArray {
    /// Keeps values where a condition holds; the others become missing. Integers and truth
    /// values become floats, which can be missing.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1i16, 2, 3]);
    /// let high = x.where_(x.gt(1));
    /// assert_eq!(high.count("t").item::<i64>()?, 2);
    /// assert_eq!(high.dtype().to_string(), "float32");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn where_(&self, cond: impl Into<Operand>) -> Self {
        let cond = cond.into();
        if let (None, Some(fault)) = (self.fault(), cond.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || format!("where_({})", cond.text()),
            |set| set.pair(&cond, |v, s| or_missing(v, &fixed(s)?), or_missing),
        )
    }

    /// Keeps values where a condition holds; the others become `other`.
    #[track_caller]
    pub fn where_else(&self, cond: impl Into<Operand>, other: impl Into<Operand>) -> Self {
        let (cond, other) = (cond.into(), other.into());
        if let (None, Some(fault)) = (self.fault(), cond.fault().or(other.fault())) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || format!("where_else({}, {})", cond.text(), other.text()),
            |set| set.try_where_else(&cond, &other),
        )
    }
}
