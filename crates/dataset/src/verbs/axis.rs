//! The coordinate of a dimension as numbers to compute with.

use graticule_array::{Array, DType, Error, Result, TimeType};
use graticule_cftime::{Calendar, PartialDate, TimeUnit};

use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::name::Name;

/// A coordinate of one dimension in memory.
pub(crate) struct Axis {
    /// The dimension it runs along.
    pub(crate) dim: Name,
    /// The numbers; of times, ticks since the first.
    pub(crate) values: Vec<f64>,
    /// The type as stored.
    pub(crate) dtype: DType,
    /// Of times, the tick that counts as 0.
    origin: i64,
}

impl Axis {
    /// The coordinate of that name: of a dimension, or another one along a single dimension.
    pub(crate) fn new(set: &Dataset, name: &str) -> Result<Self> {
        let Some(var) = set.variable(name) else {
            if set.size_of(name).is_some() {
                return Err(Error::invalid(format!("the dimension \"{name}\" has no coordinate"))
                    .hint("give it one: with_coord(..)"));
            }
            return Err(no_dimension(name, set.sizes()));
        };
        let [dim] = &**var.dims() else {
            return Err(Error::mismatch(format!(
                "the coordinate \"{name}\" has the dimensions ({}); it must have one",
                var.dims()
            )));
        };
        let labels = var.in_memory().ok_or_else(|| {
            Error::invalid(format!("the coordinate \"{name}\" is not in memory"))
                .hint("load() it first")
        })?;
        let (values, origin) = match labels.dtype() {
            DType::Time(_) | DType::Duration(_) => {
                let ticks = labels.to_flat::<i64>()?;
                let missing = graticule_cftime::MISSING;
                let first = ticks.iter().copied().find(|t| *t != missing).unwrap_or(0);
                let apart = |t: &i64| {
                    if *t == missing {
                        f64::NAN
                    } else {
                        (i128::from(*t) - i128::from(first)) as f64
                    }
                };
                (ticks.iter().map(apart).collect(), first)
            }
            dtype if dtype.is_real() => (labels.cast(&DType::F64)?.to_flat::<f64>()?, 0),
            other => {
                return Err(Error::mismatch(format!(
                    "the coordinate \"{name}\" holds {other}; numbers or times are needed"
                )));
            }
        };
        let dtype = labels.dtype().clone();
        Ok(Self { dim: dim.clone(), values, dtype, origin })
    }

    /// Other labels as numbers of this coordinate: numbers, times, or dates as text.
    pub(crate) fn numbers(&self, labels: &Array) -> Result<Vec<f64>> {
        let flat = labels.reshape(&[labels.len()])?;
        let from_origin = |nanos: i128, unit: TimeUnit| {
            let origin = i128::from(self.origin) * i128::from(unit.nanos());
            (nanos - origin) as f64 / unit.nanos() as f64
        };
        let kinds = || {
            Error::mismatch(format!(
                "labels of type {} on a coordinate of {}",
                labels.dtype(),
                self.dtype
            ))
            .hint("give labels of the coordinate's type")
        };
        match (&self.dtype, flat.dtype()) {
            (DType::Time(own), DType::Time(given)) => {
                if own.calendar != given.calendar {
                    return Err(kinds().hint("bring both to one calendar first"));
                }
                let number = |t: &i64| {
                    if *t == graticule_cftime::MISSING {
                        return f64::NAN;
                    }
                    from_origin(i128::from(*t) * i128::from(given.unit.nanos()), own.unit)
                };
                Ok(flat.to_flat::<i64>()?.iter().map(number).collect())
            }
            (DType::Time(own), DType::Str) => {
                let parse = |i: usize| {
                    let text = flat.get(&[i])?;
                    let date = PartialDate::parse(text.as_str().unwrap_or_default())?;
                    let (start, _) =
                        date.interval(TimeUnit::Nanosecond, own.calendar).or_else(|_| {
                            Ok::<_, Error>(date.interval(own.unit, own.calendar).map(
                                |(a, b)| {
                                    let by = own.unit.nanos();
                                    (a.saturating_mul(by), b.saturating_mul(by))
                                },
                            )?)
                        })?;
                    Ok(from_origin(i128::from(start), own.unit))
                };
                (0..flat.len()).map(parse).collect()
            }
            (own, given) if own.is_real() && given.is_real() => {
                flat.cast(&DType::F64)?.to_flat::<f64>()
            }
            _ => Err(kinds()),
        }
    }

    /// Labels of the type of this coordinate that these were given for: dates as text become
    /// times.
    pub(crate) fn labels(&self, given: &Array) -> Result<Array> {
        let (DType::Time(own), DType::Str) = (&self.dtype, given.dtype()) else {
            return Ok(given.clone());
        };
        let kind = TimeType { unit: TimeUnit::Nanosecond, ..*own };
        let ticks = self.numbers(given)?.into_iter().map(|v| {
            let nanos =
                (i128::from(self.origin) + v.floor() as i128) * i128::from(own.unit.nanos());
            let rest = (v - v.floor()) * own.unit.nanos() as f64;
            i64::try_from(nanos + rest.round() as i128).unwrap_or(graticule_cftime::MISSING)
        });
        Array::from_vec(given.shape().to_vec(), ticks.collect::<Vec<i64>>())?
            .with_dtype(DType::Time(kind))
    }

    /// The order in which the coordinate rises, and its numbers in that order.
    ///
    /// # Errors
    /// If a label is missing or occurs twice.
    pub(crate) fn rising(&self) -> Result<(Vec<usize>, Vec<f64>)> {
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        let value = |i: &usize| self.values.get(*i).copied().unwrap_or(f64::NAN);
        order.sort_by(|a, b| value(a).total_cmp(&value(b)));
        let sorted: Vec<f64> = order.iter().map(value).collect();
        let rises = sorted.iter().zip(sorted.iter().skip(1)).all(|(a, b)| a < b);
        if !rises || sorted.iter().any(|v| !v.is_finite()) {
            return Err(Error::invalid(format!(
                "the coordinate of \"{}\" has missing labels, or some that occur twice",
                self.dim
            ))
            .hint("drop them first: drop_duplicates(..)"));
        }
        Ok((order, sorted))
    }

    /// The numbers in a unit of time: the given one, else nanoseconds on the standard calendars
    /// and seconds on others, as xarray has it. Numbers that are not times stay.
    pub(crate) fn in_unit(&self, unit: Option<&str>) -> Result<Vec<f64>> {
        let (own, standard) = match &self.dtype {
            DType::Time(t) => {
                let standard =
                    matches!(t.calendar, Calendar::Standard | Calendar::ProlepticGregorian);
                (t.unit, standard)
            }
            DType::Duration(unit) => (*unit, true),
            _ => return Ok(self.values.clone()),
        };
        let nanos = match unit {
            Some(text) => unit_nanos(text)?,
            None if standard => 1.0,
            None => 1e9,
        };
        let by = own.nanos() as f64 / nanos;
        Ok(self.values.iter().map(|v| v * by).collect())
    }

    /// The numbers as xarray fits polynomials to them: of times, nanoseconds since 1970.
    pub(crate) fn for_fits(&self) -> Vec<f64> {
        let by = match &self.dtype {
            DType::Time(t) => t.unit.nanos() as f64,
            DType::Duration(unit) => unit.nanos() as f64,
            _ => return self.values.clone(),
        };
        self.values.iter().map(|v| (v + self.origin as f64) * by).collect()
    }
}

fn unit_nanos(text: &str) -> Result<f64> {
    Ok(match text {
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        "D" => 86_400e9,
        "W" => 604_800e9,
        other => {
            return Err(Error::invalid(format!("\"{other}\" is no unit of time"))
                .hint("there are ns, us, ms, s, m, h, D, W"));
        }
    })
}
