//! Values in other units.

use graticule_array::{DType, Error, MapOp, MathFn, Result, Scalar, ZipOp};
use graticule_lazy::LazyArray;
use graticule_units::{Conversion, LogBase, Step, Unit};

use super::{are_differences, of, parsed, replaced};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::roles::related;
use crate::variable::Variable;

impl DataArray {
    /// The values in other units, lazily; the attribute `units` becomes the text given.
    ///
    /// Each step of the conversion rounds on its own, as in `x * 1.8 + 32.0`. Temperatures that
    /// `units_metadata` calls differences convert without an offset.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let t = DataArray::new("t", "x", vec![273.15, 300.0]).with_attr("units", "K");
    /// let c = t.convert_units("degC");
    /// assert_eq!((c.values::<f64>()?[0], c.attrs().text("units")), (0.0, Some("degC")));
    /// let e = t.convert_units("m s-1").check().unwrap_err();
    /// assert!(e.to_string().contains("\"K\" (K) cannot be converted to \"m s-1\" (m s-1)"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn convert_units(&self, to: &str) -> Self {
        self.verb(
            || format!("convert_units({to:?})"),
            |set| set.try_convert_units(&MAIN.into(), to, false),
        )
    }

    /// [`convert_units`](Self::convert_units) with the conversion folded into the decoding of the
    /// stored numbers: one pass over the data, whose last digit may differ.
    #[track_caller]
    pub fn convert_units_folded(&self, to: &str) -> Self {
        self.verb(
            || format!("convert_units_folded({to:?})"),
            |set| set.try_convert_units(&MAIN.into(), to, true),
        )
    }
}

impl Dataset {
    /// One variable or coordinate in other units, lazily, together with its bounds; see
    /// [`DataArray::convert_units`].
    ///
    /// ```
    /// use graticule_dataset::{Attrs, Dataset, Variable};
    /// let lev = Variable::new("lev", vec![1000.0, 850.0])?
    ///     .with_attrs(Attrs::new().with("units", "hPa"));
    /// let ds = Dataset::new().with_coord_variable("lev", lev).convert_units("lev", "Pa");
    /// assert_eq!(ds.sel("lev", 85000.0).var("lev").item::<f64>()?, 85000.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn convert_units(&self, name: &str, to: &str) -> Self {
        self.verb(
            || format!("convert_units({name:?}, {to:?})"),
            |ds| ds.try_convert_units(&name.into(), to, false),
        )
    }

    fn try_convert_units(&self, name: &Name, to: &str, fold: bool) -> Result<Self> {
        let var = self.find(name)?;
        let unit = match of(var) {
            Some(unit) => unit?,
            None if var.dtype().is_temporal() => {
                return Err(Error::unsupported(format!(
                    "values of type {} have no units to convert",
                    var.dtype()
                )));
            }
            None => {
                return Err(Error::invalid("there is no attribute \"units\" to convert from")
                    .hint("say it: with_attr(\"units\", \"...\")"));
            }
        };
        let target = parsed(to)?;
        let conversion = between(&unit, &target, are_differences(var.attrs()))?;
        let bounds: Vec<Name> = ["bounds", "climatology"]
            .iter()
            .filter_map(|r| related(var, r))
            .map(Name::from)
            .collect();
        self.map_vars(|other, var| {
            let own_units = || of(var).is_none_or(|u| u.is_ok_and(|u| u.is_same_as(&unit)));
            if other != name && !(bounds.contains(other) && own_units()) {
                return Ok(Some(var.clone()));
            }
            let made = var.converted(&conversion, fold)?;
            let attrs = if other == name || var.attrs().has("units") {
                replaced(var.attrs(), to)
            } else {
                var.attrs().clone()
            };
            Ok(Some(made.with_attrs(attrs)))
        })
    }
}

pub(super) fn between(from: &Unit, to: &Unit, differences: bool) -> Result<Conversion> {
    let made =
        if differences { from.conversion_of_differences(to) } else { from.conversion_to(to) };
    made.map_err(|e| Error::mismatch(e.to_string()))
}

impl Variable {
    /// The values after a conversion; attributes stay.
    pub(super) fn converted(&self, conversion: &Conversion, fold: bool) -> Result<Self> {
        if conversion.is_identity() {
            return Ok(self.clone());
        }
        if !self.dtype().is_real() {
            return Err(Error::unsupported(format!("units of values of type {}", self.dtype())));
        }
        if fold && let Some((scale, offset)) = conversion.as_affine() {
            return self.changed(self.dims().clone(), self.data().fold_affine(scale, offset)?);
        }
        // Labels in memory stay in memory, so that they can be selected by.
        if let Some(values) = self.in_memory().filter(|_| self.ndim() <= 1) {
            let mut values = values.clone();
            for step in conversion.steps() {
                values = operation(*step, values.dtype())?.apply(&values)?;
            }
            return self.changed(self.dims().clone(), LazyArray::constant(values));
        }
        let mut data = self.data().clone();
        for step in conversion.steps() {
            data = data.map(operation(*step, data.dtype())?)?;
        }
        self.changed(self.dims().clone(), data)
    }
}

fn operation(step: Step, dtype: &DType) -> Result<MapOp> {
    let with = |op: ZipOp, by: f64| MapOp::with(op, Scalar::F64(by), false, dtype);
    Ok(match step {
        Step::Multiply(by) => with(ZipOp::Mul, by)?,
        Step::Add(by) => with(ZipOp::Add, by)?,
        Step::Divide(by) => with(ZipOp::Div, by)?,
        Step::Logarithm(LogBase::Two) => MapOp::Math(MathFn::Log2),
        Step::Logarithm(LogBase::E) => MapOp::Math(MathFn::Ln),
        Step::Logarithm(LogBase::Ten) => MapOp::Math(MathFn::Log10),
        Step::Exponential(LogBase::Two) => MapOp::Math(MathFn::Exp2),
        Step::Exponential(LogBase::E) => MapOp::Math(MathFn::Exp),
        Step::Exponential(LogBase::Ten) => MapOp::with(ZipOp::Pow, Scalar::F64(10.0), true, dtype)?,
    })
}
