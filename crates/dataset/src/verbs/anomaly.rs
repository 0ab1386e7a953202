//! Departures from the mean and from a trend.

use graticule_array::{DType, Error, Result};
use graticule_cftime::{Calendar, TimeUnit};

use super::apply::{UserFn, apply_ufunc};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Over, no_dimension};

mod student;

/// In what a linear trend is told.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct TrendOptions {
    per: Per,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Per {
    Unit(f64),
    Years(f64),
}

impl Default for TrendOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl TrendOptions {
    /// Per second along times and durations, per one along numbers.
    pub fn new() -> Self {
        Self { per: Per::Unit(1.0) }
    }

    /// Per so many seconds along times, or per so much along numbers.
    pub fn per(amount: f64) -> Self {
        Self { per: Per::Unit(amount) }
    }

    /// Per day.
    pub fn per_day() -> Self {
        Self::per(86_400.0)
    }

    /// Per mean year of the calendar: 365.2425 days in the standard one, 360 in `360_day` ...
    pub fn per_year() -> Self {
        Self { per: Per::Years(1.0) }
    }

    /// Per ten mean years of the calendar.
    pub fn per_decade() -> Self {
        Self { per: Per::Years(10.0) }
    }

    fn amount(self, dtype: &DType) -> Result<f64> {
        match (self.per, dtype) {
            (Per::Unit(amount), _) => Ok(amount),
            (Per::Years(years), DType::Time(time)) => Ok(years * 86_400.0 * days(time.calendar)),
            (Per::Years(_), other) => {
                Err(Error::mismatch(format!("a trend per year needs times, found {other}"))
                    .hint("TrendOptions::per(..) takes the amount along numbers"))
            }
        }
    }
}

/// Days of the mean year.
fn days(calendar: Calendar) -> f64 {
    match calendar {
        Calendar::Standard | Calendar::ProlepticGregorian => 365.2425,
        Calendar::Julian => 365.25,
        Calendar::NoLeap => 365.0,
        Calendar::AllLeap => 366.0,
        _ => 360.0,
    }
}

fn seconds(unit: TimeUnit) -> f64 {
    match unit {
        TimeUnit::Second => 1.0,
        TimeUnit::Millisecond => 1e-3,
        TimeUnit::Microsecond => 1e-6,
        TimeUnit::Nanosecond => 1e-9,
    }
}

/// A line through points: missing values of `y` count for nothing.
struct Fit {
    slope: f64,
    mean_x: f64,
    mean_y: f64,
    error: f64,
    p_value: f64,
}

fn fit<'a>(points: &(impl Iterator<Item = (&'a f64, &'a f64)> + Clone)) -> Fit {
    let pairs = || points.clone().filter(|(x, y)| !x.is_nan() && !y.is_nan());
    let n = pairs().count() as f64;
    let mean_x = pairs().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = pairs().map(|(_, y)| y).sum::<f64>() / n;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        let (dx, dy) = (x - mean_x, y - mean_y);
        (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
    }
    let slope = if n > 1.0 && xx > 0.0 { xy / xx } else { f64::NAN };
    let rest = (yy - slope * xy).max(0.0);
    let error = if n > 2.0 { (rest / (n - 2.0) / xx).sqrt() } else { f64::NAN };
    let p_value = student::two_sided(slope / error, n - 2.0);
    Fit { slope, mean_x, mean_y, error, p_value }
}

impl DataArray {
    /// The positions along a dimension as numbers: seconds since the first for times and
    /// durations, the labels themselves for numbers, 0, 1, 2 ... without labels.
    fn positions(&self, dim: &str) -> Result<(Self, DType)> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.main_sizes()))?;
        let Some(labels) = self.set.get(dim) else {
            let counted: Vec<f64> = (0..len).map(|i| i as f64).collect();
            return Ok((Self::new("", dim, counted), DType::F64));
        };
        let dtype = labels.dtype();
        let numbers = match &dtype {
            DType::Time(time) => {
                (&labels - labels.isel(dim, 0)).astype(DType::F64) * seconds(time.unit)
            }
            DType::Duration(unit) => labels.astype(DType::F64) * seconds(*unit),
            _ => labels.astype(DType::F64),
        };
        Ok((numbers.check()?, dtype))
    }

    fn main_sizes(&self) -> impl Iterator<Item = (&crate::Name, usize)> + Clone {
        self.set.sizes()
    }

    /// The linear trend along a dimension, in a dataset: `slope`, the `intercept` at the first
    /// label, the `standard_error` of the slope and the `p_value` of the test that there is no
    /// trend (two-sided, Student's t). Missing values are left out. Along times the slope is per
    /// second.
    #[track_caller]
    pub fn linear_trend(&self, dim: &str) -> Dataset {
        self.linear_trend_with(dim, TrendOptions::new())
    }

    /// The linear trend per day, per decade ...; see [`linear_trend`](Self::linear_trend).
    ///
    /// ```
    /// use graticule_dataset::{DataArray, TrendOptions, date_range};
    /// let time = date_range("1990-01-01").periods(240).freq("MS").calendar("360_day");
    /// let warming: Vec<f64> = (0..240).map(|i| 280.0 + 0.2 * f64::from(i) / 120.0).collect();
    /// let t = DataArray::new("t", "time", warming).with_coord("time", "time", time);
    /// let trend = t.linear_trend_with("time", TrendOptions::per_decade());
    /// assert!((trend["slope"].item::<f64>()? - 0.2).abs() < 1e-12);
    /// assert!(trend["p_value"].item::<f64>()? < 1e-6);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn linear_trend_with(&self, dim: &str, options: TrendOptions) -> Dataset {
        self.set.verb(
            || format!("linear_trend({dim:?})"),
            |_| self.try_trend(dim, options).map_err(|e| self.named(e)),
        )
    }

    fn try_trend(&self, dim: &str, options: TrendOptions) -> Result<Dataset> {
        let (x, labels) = self.positions(dim)?;
        let per = options.amount(&labels)?;
        let function = UserFn::of_lines("linear_trend", move |args, out| {
            if let [y, x] = args {
                let made = fit(&x.iter().zip(y));
                let first = x.iter().next().copied().unwrap_or(0.0);
                let at_first = made.mean_y + made.slope * (first - made.mean_x);
                let results = [made.slope * per, at_first, made.error * per, made.p_value];
                out.iter_mut().zip(results).for_each(|(to, v)| *to = v);
            }
        });
        let function = function.input(dim).input(dim).output([("<trend>", 4)]).keep_attrs(false);
        let all = apply_ufunc(&function, [self, &x]).check()?;
        let mut made = all.coords().to_dataset();
        for (i, name) in ["slope", "intercept", "standard_error", "p_value"].into_iter().enumerate()
        {
            let position = i64::try_from(i).unwrap_or(0);
            made = made.with_variable(name, all.isel("<trend>", position).variable());
        }
        made.check()
    }

    /// What is left when the linear trend along a dimension is taken off. The mean goes too.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 3.0, 2.0, 4.0]).detrend("t");
    /// assert!((x.sum("t").item::<f64>()?).abs() < 1e-12);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn detrend(&self, dim: &str) -> Self {
        self.array_verb(|| format!("detrend({dim:?})"), |array| array.try_detrend(dim))
    }

    fn try_detrend(&self, dim: &str) -> Result<Self> {
        let (x, _) = self.positions(dim)?;
        let len = self.size_of(dim).unwrap_or(0);
        let function = UserFn::of_lines("detrend", |args, out| {
            if let [y, x] = args {
                let made = fit(&x.iter().zip(y));
                for (to, (x, y)) in out.iter_mut().zip(x.iter().zip(y)) {
                    *to = y - (made.mean_y + made.slope * (x - made.mean_x));
                }
            }
        });
        let float = match self.dtype() {
            DType::F32 => DType::F32,
            _ => DType::F64,
        };
        let function = function.input(dim).input(dim).output([(dim, len)]).dtype(float);
        let made = apply_ufunc(&function, [self, &x]).transpose(self.dims()).check()?;
        Ok(made.with_attrs(self.attrs()).with_name(self.name.clone().unwrap_or_else(|| "".into())))
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// The departures from the mean over dimensions.
            #[track_caller]
            pub fn anomaly(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("anomaly({over})"),
                    |set| (set - set.mean(over.names(set)?)).check(),
                )
            }

            /// The departures from the mean over dimensions, divided by the standard deviation
            /// (of the population: `ddof` 0).
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "t", vec![1.0, 3.0]).standardise("t");
            /// assert_eq!(x.values::<f64>()?, [-1.0, 1.0]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn standardise(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("standardise({over})"),
                    |set| {
                        let dims = over.names(set)?;
                        ((set - set.mean(&dims)) / set.std(&dims)).check()
                    },
                )
            }
        }
    )*};
}

verbs!(DataArray Dataset);
