//! Values at times of another calendar, by the part of the year that has passed.

use graticule_array::{Array, DType, Error, Result};
use graticule_cftime::decimal_years;

use super::convert_calendar::{replaced, times};
use super::interp::InterpOptions;
use crate::data::Data;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::roles;
use crate::variable::Variable;

macro_rules! verbs {
    ($type:ty) => {
        impl $type {
            /// Values at times of another calendar, linear in decimal years (the year plus the
            /// part of it that has passed), so that years of 360 and of 365 days have their ends
            /// in common. Made for data whose time of day does not matter. Beyond the outer times
            /// values are missing. Other times along the dimension, bounds among them, would be of
            /// the wrong calendar and go.
            ///
            /// ```
            /// use graticule_dataset::{DataArray, date_range};
            /// let even = date_range("2001-01-01").periods(3).freq("YS").calendar("360_day");
            /// let x = DataArray::new("x", "time", vec![0.0, 1.0, 2.0]).with_coord("time", "time", even);
            /// let other = date_range("2001-07-02T12").periods(2).freq("184D").calendar("noleap");
            /// let made = x.interp_calendar("time", other).values::<f64>()?;
            /// assert!((made[0] - 0.5).abs() < 1e-9 && made[1] > 1.0);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn interp_calendar(&self, dim: &str, at: impl Into<Data>) -> Self {
                let at = at.into().into_lazy();
                self.verb(
                    || format!("interp_calendar({dim:?}, ..)"),
                    |set| interpolated(set, dim, Variable::new(dim, at?)?),
                )
            }
        }
    };
}

verbs!(Dataset);
verbs!(DataArray);

fn interpolated(set: &Dataset, dim: &str, at: Variable) -> Result<Dataset> {
    let (values, kind) = times(set, dim)?;
    let (DType::Time(to), Some(target)) = (at.dtype().clone(), at.in_memory()) else {
        return Err(Error::mismatch(format!("the new times are {} or not in memory", at.dtype()))
            .hint("date_range(..).calendar(..) makes times of any calendar"));
    };
    let decimal = |ticks: Vec<i64>, of: graticule_array::TimeType| {
        let years = decimal_years(&ticks, of.unit, of.calendar);
        Variable::new(dim, Array::from_vec([years.len()], years)?)
    };
    let from = decimal(values.to_flat::<i64>()?, kind)?;
    let onto = decimal(target.to_flat::<i64>()?, to)?;
    let others = set.variables().filter(|(name, var)| {
        *name != dim && var.dims().has(dim) && matches!(var.dtype(), DType::Time(_))
    });
    let others: Vec<Name> = others.map(|(name, _)| name.clone()).collect();
    let mut kept = set.drop_vars(others).check()?;
    kept = replaced(&kept, dim, from)?;
    let made = kept.try_interp(dim, &onto, InterpOptions::new())?;
    let mut attrs = set.variable(dim).map(|v| v.attrs().clone()).unwrap_or_default();
    for attr in roles::BOUNDS_ATTRS {
        attrs.remove(attr);
    }
    made.with_coord_variable(dim, at.with_attrs(attrs)).check()
}
