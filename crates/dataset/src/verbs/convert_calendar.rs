//! The same data with its times in another calendar.

use graticule_array::{Array, DType, Error, Pick, Result, Scalar, TimeType};
use graticule_cftime::{AlignOn, Calendar, date_range_like};

use crate::combine::{FillValues, ReindexOptions};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::name::Name;
use crate::select::Selector;
use crate::variable::Variable;

/// To which calendar times are converted, what stays where it was, and what stands at times that
/// the other calendar has in addition.
///
/// ```
/// use graticule_cftime::{AlignOn, Calendar};
/// use graticule_dataset::{CalendarOptions, DataArray, date_range};
/// let days = date_range("2000-02-27").periods(4).freq("D").calendar("noleap");
/// let x = DataArray::new("x", "time", vec![1, 2, 3, 4]).with_coord("time", "time", days);
/// let options = CalendarOptions::new(Calendar::Standard).missing(-1);
/// let made = x.convert_calendar_with("time", options);
/// assert_eq!(made.values::<i32>()?, [1, 2, -1, 3, 4]);
/// let squeezed = CalendarOptions::new(Calendar::Day360).align_on(AlignOn::Year);
/// assert_eq!(x.convert_calendar_with("time", squeezed).len(), 4);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct CalendarOptions {
    to: Calendar,
    align_on: Option<AlignOn>,
    missing: Option<Scalar>,
}

impl CalendarOptions {
    /// To this calendar; dates stay what they are.
    pub fn new(to: Calendar) -> Self {
        Self { to, align_on: None, missing: None }
    }

    /// What stays where it was; to and from `360_day` it must be said.
    pub fn align_on(mut self, align_on: AlignOn) -> Self {
        self.align_on = Some(align_on);
        self
    }

    /// Puts this value at the times that the other calendar has in addition (29 February coming
    /// from `noleap`), so that the times stay as regular as they were, which they must have been.
    /// Times and durations are missing there whatever the value.
    pub fn missing(mut self, value: impl Into<Scalar>) -> Self {
        self.missing = Some(value.into());
        self
    }

    fn converted(&self, set: &Dataset, dim: &str) -> Result<Dataset> {
        let made = match self.align_on {
            Some(align_on) => converted(set, dim, self.to, align_on)?,
            None => by_date(set, dim, self.to)?,
        };
        let Some(value) = &self.missing else { return Ok(made) };
        let (values, kind) = times(set, dim)?;
        let ticks = values.to_flat::<i64>()?;
        let labels = date_range_like(&ticks, kind.unit, kind.calendar, self.to)
            .map_err(|e| Error::from(e).hint("fill in or drop times until they are regular"))?;
        let kind = TimeType { calendar: self.to, ..kind };
        let labels = Array::from_vec([labels.len()], labels)?.with_dtype(DType::Time(kind))?;
        let of_numbers = |(name, var): (&Name, &Variable)| {
            (var.dims().has(dim) && !var.dtype().is_temporal()).then(|| name.clone())
        };
        let fill = made.data_vars().filter_map(of_numbers);
        let fill = fill.fold(FillValues::missing(), |all, name| all.with(name, value.clone()));
        let options = ReindexOptions::new().fill_values(fill);
        made.reindex_with([(dim, Selector::List(labels))], &options).check()
    }
}

impl Dataset {
    /// Converts the times along a dimension, and all other times over it, to another calendar.
    /// What stays where it was is up to `align_on`: with [`AlignOn::Date`], times whose date does
    /// not exist in the other calendar are left out (29 February going to `noleap`); with the
    /// others, which are for `360_day`, so are days that fall on one that is there already.
    ///
    /// `360_day` shares no dates with the other calendars, so between these [`AlignOn::Date`] must
    /// be asked for by name: [`convert_calendar_on`](Self::convert_calendar_on).
    ///
    /// ```
    /// use graticule_array::{Array, DType, TimeType};
    /// use graticule_cftime::{Calendar, TimeUnit};
    /// use graticule_dataset::Dataset;
    /// let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    /// // 2000-02-28, 29 and 2000-03-01
    /// let days = vec![951_696_000i64, 951_782_400, 951_868_800];
    /// let times = Array::from_vec([3], days)?.with_dtype(DType::Time(kind))?;
    /// let ds = Dataset::new().with_coord("time", "time", times).with_var("v", "time", vec![1, 2, 3]);
    /// let out = ds.convert_calendar("time", Calendar::NoLeap);
    /// assert_eq!(out["v"].values::<i32>()?, [1, 3]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn convert_calendar(&self, dim: &str, to: Calendar) -> Self {
        self.verb(|| format!("convert_calendar({dim:?}, {to})"), |set| by_date(set, dim, to))
    }

    /// [`convert_calendar`](Self::convert_calendar), with what is to stay where it was.
    #[track_caller]
    pub fn convert_calendar_on(&self, dim: &str, to: Calendar, align_on: AlignOn) -> Self {
        self.verb(
            || format!("convert_calendar_on({dim:?}, {to}, {align_on:?})"),
            |set| converted(set, dim, to, align_on),
        )
    }

    /// [`convert_calendar`](Self::convert_calendar), as the options say.
    // By value, because it is made for the call.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn convert_calendar_with(&self, dim: &str, options: CalendarOptions) -> Self {
        self.verb(
            || format!("convert_calendar_with({dim:?}, {})", options.to),
            |set| options.converted(set, dim),
        )
    }
}

impl DataArray {
    /// Converts the times along a dimension to another calendar; see
    /// [`Dataset::convert_calendar`].
    #[track_caller]
    pub fn convert_calendar(&self, dim: &str, to: Calendar) -> Self {
        self.verb(|| format!("convert_calendar({dim:?}, {to})"), |set| by_date(set, dim, to))
    }

    /// [`convert_calendar`](Self::convert_calendar), with what is to stay where it was.
    #[track_caller]
    pub fn convert_calendar_on(&self, dim: &str, to: Calendar, align_on: AlignOn) -> Self {
        self.verb(
            || format!("convert_calendar_on({dim:?}, {to}, {align_on:?})"),
            |set| converted(set, dim, to, align_on),
        )
    }

    /// [`convert_calendar`](Self::convert_calendar), as the options say.
    // By value, because it is made for the call.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn convert_calendar_with(&self, dim: &str, options: CalendarOptions) -> Self {
        self.verb(
            || format!("convert_calendar_with({dim:?}, {})", options.to),
            |set| options.converted(set, dim),
        )
    }
}

/// The times along a dimension, which are in memory.
pub(super) fn times<'a>(set: &'a Dataset, dim: &str) -> Result<(&'a Array, TimeType)> {
    if set.size_of(dim).is_none() {
        return Err(no_dimension(dim, set.sizes()));
    }
    let var = set.variable(dim).ok_or_else(|| {
        Error::invalid(format!("the dimension \"{dim}\" has no times to convert"))
    })?;
    let DType::Time(kind) = var.dtype() else {
        return Err(Error::mismatch(format!("\"{dim}\" holds {}, not times", var.dtype()))
            .hint("name the dimension of the times"));
    };
    let values = var.in_memory().ok_or_else(|| {
        Error::invalid(format!("the times \"{dim}\" are not in memory")).hint("load() them first")
    })?;
    Ok((values, *kind))
}

fn by_date(set: &Dataset, dim: &str, to: Calendar) -> Result<Dataset> {
    let (_, kind) = times(set, dim)?;
    if (kind.calendar == Calendar::Day360) != (to == Calendar::Day360) {
        return Err(Error::invalid(format!(
            "{} and {to} share no dates: say what is to stay where it was",
            kind.calendar
        ))
        .hint("convert_calendar_on(dim, calendar, AlignOn::Year), Random or Date"));
    }
    converted(set, dim, to, AlignOn::Date)
}

fn converted(set: &Dataset, dim: &str, to: Calendar, align_on: AlignOn) -> Result<Dataset> {
    let (values, kind) = times(set, dim)?;
    if kind.calendar == to {
        return Ok(set.clone());
    }
    let target = DType::Time(TimeType { calendar: to, ..kind });
    let ticks = align_on.convert(&values.to_flat::<i64>()?, kind.unit, kind.calendar, to);
    let missing = graticule_cftime::MISSING;
    let mut kept = Vec::with_capacity(ticks.len());
    for (i, tick) in ticks.iter().enumerate() {
        let again = kept.last().and_then(|last| ticks.get(*last)) == Some(tick);
        if *tick != missing && !(again && align_on != AlignOn::Date) {
            kept.push(i);
        }
    }
    let labels: Vec<i64> = kept.iter().filter_map(|i| ticks.get(*i).copied()).collect();
    let labels = Array::from_vec([labels.len()], labels)?.with_dtype(target.clone())?;
    let mut out = set.picked(dim, &Pick::List(kept.into()))?;
    // Bounds and other times over the dimension must be in the same calendar.
    let others = set.variables().filter(|(name, var)| {
        *name != dim && var.dims().has(dim) && *var.dtype() == DType::Time(kind)
    });
    let others: Vec<_> = others.map(|(name, _)| name.clone()).collect();
    for name in others {
        let Some(var) = out.variable(&name) else { continue };
        let Some(old) = var.in_memory() else {
            return Err(Error::invalid(format!("the times \"{name}\" are not in memory"))
                .hint("load() or drop them first"));
        };
        let new = align_on.convert(&old.to_flat::<i64>()?, kind.unit, kind.calendar, to);
        let new = Array::from_vec(old.shape().to_vec(), new)?.with_dtype(target.clone())?;
        out = replaced(&out, &name, Variable::new(var.dims(), new)?)?;
    }
    let label = Variable::new(dim, labels)?;
    replaced(&out, dim, label)
}

/// The set with other data under a name; attributes stay.
pub(super) fn replaced(set: &Dataset, name: &str, var: Variable) -> Result<Dataset> {
    let attrs = set.variable(name).map(|v| v.attrs().clone()).unwrap_or_default();
    let var = var.with_attrs(attrs);
    let set = set.clone();
    let out = if set.is_coord(name) {
        set.with_coord_variable(name, var)
    } else {
        set.with_variable(name, var)
    };
    out.check()
}

#[cfg(test)]
mod tests {
    use graticule_cftime::{DateTime, Frequency, TimeUnit, date_range_from};

    use super::*;

    fn daily(calendar: Calendar, year: i64, days: usize) -> Dataset {
        let start = DateTime::day(year, 1, 1).to_ticks(TimeUnit::Second, calendar).unwrap();
        let every = Frequency::parse("D").unwrap();
        let ticks = date_range_from(start, days, every, TimeUnit::Second, calendar).unwrap();
        let kind = TimeType { unit: TimeUnit::Second, calendar };
        let times = Array::from_vec([days], ticks).unwrap().with_dtype(DType::Time(kind)).unwrap();
        let values: Vec<i64> = (0..days as i64).collect();
        Dataset::new().with_coord("time", "time", times).with_var("v", "time", values)
    }

    #[test]
    fn dates_that_do_not_exist_go() {
        let out = daily(Calendar::Standard, 2000, 366).convert_calendar("time", Calendar::NoLeap);
        let values = out["v"].values::<i64>().unwrap();
        assert_eq!(values.len(), 365);
        assert_eq!(values[58..61], [58, 60, 61]);
        assert!(
            matches!(out.variable("time").unwrap().dtype(), DType::Time(k) if k.calendar == Calendar::NoLeap)
        );
    }

    #[test]
    fn years_of_365_days_are_squeezed_into_360() {
        let from = daily(Calendar::NoLeap, 2001, 365);
        assert!(from.convert_calendar("time", Calendar::Day360).check().is_err());
        let out = from.convert_calendar_on("time", Calendar::Day360, AlignOn::Year);
        let values = out["v"].values::<i64>().unwrap();
        assert_eq!(values.len(), 360);
        // The days that xarray leaves out too.
        let gone = (0..365).filter(|d| !values.contains(d)).collect::<Vec<i64>>();
        assert_eq!(gone, [36, 109, 182, 255, 328]);
        let back = out.convert_calendar_on("time", Calendar::NoLeap, AlignOn::Year);
        assert_eq!(back.size_of("time"), Some(360));
    }

    #[test]
    fn five_days_are_drawn_the_same_way_each_time() {
        let from = daily(Calendar::Standard, 2000, 366);
        let on = |seed| from.convert_calendar_on("time", Calendar::Day360, AlignOn::Random(seed));
        let values = on(7)["v"].values::<i64>().unwrap();
        assert_eq!(values.len(), 360);
        assert!(!values.contains(&59), "the leap day goes");
        assert_eq!(values, on(7)["v"].values::<i64>().unwrap());
        assert_ne!(values, on(8)["v"].values::<i64>().unwrap());
        let long = daily(Calendar::Day360, 2001, 360);
        let out = long.convert_calendar_on("time", Calendar::NoLeap, AlignOn::Random(1));
        assert_eq!(out["v"].values::<i64>().unwrap(), (0..360).collect::<Vec<_>>());
    }
}
