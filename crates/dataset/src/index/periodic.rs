//! The periodic index: labels on a circle.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, Scalar, Selection};

use super::build::{BuildIndex, IndexCoords};
use super::{Found, Index, Query};
use crate::select::{Label, Method, Selector};

/// Labels closer than this part of the period are the same.
const SAME: f64 = 1e-12;

/// Finds labels on a circle: longitudes, months, hours of the day.
///
/// A label means every label that lies whole periods away. A range goes from its first end up to
/// its second, across the seam if need be: from 350 to 10 degrees of longitude are 20, and from
/// month 11 to 2 is the winter. Of equally near labels the one further up is taken.
///
/// ```
/// use graticule_dataset::{DataArray, PeriodicIndex, between, near};
/// let t = DataArray::new("t", "lon", (0..360).collect::<Vec<i32>>())
///     .with_coord("lon", "lon", (0..360).map(f64::from).collect::<Vec<_>>())
///     .set_xindex("lon", PeriodicIndex::longitude());
/// let seam = t.sel("lon", between(350.0, 10.0));
/// assert_eq!(seam.len(), 21);
/// assert_eq!(seam["lon"].values::<f64>()?[0], -10.0);
/// assert_eq!(t.sel("lon", near(-0.4)).item::<i32>()?, 0);
/// assert_eq!(t.sel("lon", -90.0).item::<i32>()?, 270);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PeriodicIndex {
    labels: Array,
    period: f64,
    unrolled: bool,
}

/// The recipe of a periodic index, for [`set_xindex`](crate::Dataset::set_xindex).
#[derive(Clone, Copy, Debug)]
pub struct PeriodicRecipe {
    period: f64,
    unrolled: bool,
}

impl PeriodicIndex {
    /// The recipe of an index over labels with this period; they keep their values.
    #[must_use]
    pub fn every(period: f64) -> PeriodicRecipe {
        PeriodicRecipe { period, unrolled: false }
    }

    /// The recipe of an index over longitudes in degrees. What a range selects is labelled
    /// without a jump: from 350 to 10 gives -10 to 10.
    #[must_use]
    pub fn longitude() -> PeriodicRecipe {
        PeriodicRecipe { period: 360.0, unrolled: true }
    }

    fn values(&self) -> Result<Vec<f64>> {
        self.labels.cast(&DType::F64)?.to_flat::<f64>()
    }

    fn number(&self, coord: &str, label: &Scalar) -> Result<f64> {
        let value = label.as_f64().filter(|v| v.is_finite()).ok_or_else(|| {
            Error::mismatch(format!(
                "the label {} of \"{coord}\", which is periodic: expected a number",
                super::query::quoted(label)
            ))
        })?;
        Ok(if *self.labels.dtype() == DType::F32 { f64::from(value as f32) } else { value })
    }

    /// How far up the circle `to` lies from `from`.
    fn up(&self, from: f64, to: f64) -> f64 {
        let far = (to - from).rem_euclid(self.period);
        if self.period - far <= SAME * self.period { 0.0 } else { far }
    }

    fn nearest(
        &self,
        coord: &str,
        label: &Scalar,
        method: Method,
        tolerance: Option<f64>,
    ) -> Result<usize> {
        let wanted = self.number(coord, label)?;
        let mut best: Option<(f64, bool, usize)> = None;
        for (i, value) in self.values()?.into_iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let above = self.up(wanted, value);
            let below = if above == 0.0 { 0.0 } else { self.period - above };
            let (far, is_above) = match method {
                Method::Pad => (below, false),
                Method::Backfill => (above, true),
                Method::Nearest | Method::Exact if above <= below => (above, true),
                Method::Nearest | Method::Exact => (below, false),
            };
            let better =
                best.is_none_or(|(known, up, _)| far < known || (far == known && is_above && !up));
            if better {
                best = Some((far, is_above, i));
            }
        }
        let limit = match method {
            Method::Exact => SAME * self.period,
            _ => tolerance.unwrap_or(f64::INFINITY),
        };
        match best {
            Some((far, _, at)) if far <= limit => Ok(at),
            Some((far, _, at)) => Err(Error::not_found(format!(
                "no label {} in \"{coord}\", modulo {}",
                super::query::quoted(label),
                self.period
            ))
            .hint(format!(
                "the nearest, {}, is {far} away",
                crate::show::values::element_text(&self.labels, &[at])
            ))),
            None => Err(Error::not_found(format!("\"{coord}\" has no labels"))),
        }
    }

    /// The labels from one end up to another: positions and unrolled labels.
    fn range(
        &self,
        coord: &str,
        start: Option<&Label>,
        stop: Option<&Label>,
        inclusive: bool,
    ) -> Result<Option<(Vec<usize>, Vec<f64>)>> {
        let (Some(start), Some(stop)) = (start, stop) else {
            return match (start, stop) {
                (None, None) => Ok(None),
                _ => Err(Error::invalid(format!(
                    "a range of \"{coord}\" needs both ends, for its labels go round a circle"
                ))),
            };
        };
        let (mut a, b) = (self.number(coord, start.value())?, self.number(coord, stop.value())?);
        if b < a {
            a = b - self.up(a, b);
        }
        let slack = SAME * self.period;
        let mut found: Vec<(f64, usize)> = Vec::new();
        for (i, value) in self.values()?.into_iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let far = self.up(a, value);
            let within = if inclusive { far <= b - a + slack } else { far < b - a - slack };
            if within {
                // Whole periods away from the label itself, so that no rounding creeps in.
                let turns = ((a + far - value) / self.period).round();
                found.push((value + turns * self.period, i));
            }
        }
        found.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        Ok(Some(found.into_iter().map(|(v, i)| (i, v)).unzip()))
    }
}

impl Index for PeriodicIndex {
    fn kind(&self) -> &'static str {
        "periodic"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.labels.len()]
    }

    fn labels(&self) -> Option<&Array> {
        Some(&self.labels)
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let (coord, selector) = query.only()?;
        let many = |labels: &Array, method: Method, tolerance: Option<&Array>| -> Result<Pick> {
            let limit = |i: usize| -> Result<Option<f64>> {
                let Some(t) = tolerance else { return Ok(None) };
                let own = if t.ndim() == 0 { t.item()? } else { t.get(&[i])? };
                match own.as_f64().filter(|v| *v >= 0.0) {
                    Some(limit) => Ok(Some(limit)),
                    None => {
                        Err(Error::invalid(format!("a tolerance for \"{coord}\" is no length")))
                    }
                }
            };
            if labels.ndim() == 0 {
                return self.nearest(coord, &labels.item()?, method, limit(0)?).map(Pick::At);
            }
            let one = |i: usize| self.nearest(coord, &labels.get(&[i])?, method, limit(i)?);
            Ok(Pick::List((0..labels.len()).map(one).collect::<Result<Vec<_>>>()?.into()))
        };
        let pick = match selector {
            Selector::One(label) => {
                Pick::At(self.nearest(coord, label.value(), Method::Exact, None)?)
            }
            Selector::List(mask) if *mask.dtype() == DType::Bool => {
                crate::select::Indexer::Mask(mask.to_flat::<bool>()?).pick(coord, self.len())?
            }
            Selector::List(labels) => many(labels, Method::Exact, None)?,
            Selector::Near(near) => many(&near.labels, near.method, near.tolerance.as_ref())?,
            Selector::Range { start, stop, inclusive } => {
                match self.range(coord, start.as_ref(), stop.as_ref(), *inclusive)? {
                    None => Pick::all(self.len()),
                    Some((at, unrolled)) => {
                        let contiguous = at.iter().zip(at.iter().skip(1)).all(|(a, b)| a + 1 == *b);
                        let pick = match at.first() {
                            Some(first) if contiguous => Pick::span(*first, at.len()),
                            _ => Pick::List(at.into()),
                        };
                        if !self.unrolled {
                            return Ok(Found::pick(pick));
                        }
                        let labels = Array::from_vec([unrolled.len()], unrolled)?;
                        let labels = labels.cast(self.labels.dtype())?;
                        let index = Self { labels: labels.clone(), ..self.clone() };
                        return Ok(Found::Picks {
                            picks: vec![(0, pick)],
                            fixed: Vec::new(),
                            labels: Some((0, labels, Arc::new(index))),
                        });
                    }
                }
            }
            other => {
                return Err(Error::unsupported(format!(
                    "{other} of \"{coord}\", which is periodic"
                )));
            }
        };
        Ok(Found::pick(pick))
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let labels = self.labels.select(&Selection::new(picks)).ok()?;
        (labels.ndim() == 1).then(|| Arc::new(Self { labels, ..self.clone() }) as Arc<dyn Index>)
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let theirs = other.labels()?;
        super::query::difference(&self.labels, theirs).unwrap_or_else(|e| Some(e.to_string()))
    }

    fn describe(&self) -> String {
        format!("periodic ({}, every {})", self.labels.len(), self.period)
    }
}

impl BuildIndex for PeriodicRecipe {
    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
        let coord = coords.only()?;
        let (name, labels) = (&coord.name, &coord.values);
        if !(self.period > 0.0 && self.period.is_finite()) {
            return Err(Error::invalid(format!("{} is not a period", self.period)));
        }
        if labels.ndim() != 1 || !labels.dtype().is_real() {
            return Err(Error::mismatch(format!(
                "\"{name}\" ({}, {} axes) cannot be periodic: expected numbers of one dimension",
                labels.dtype(),
                labels.ndim()
            )));
        }
        let (labels, period, unrolled) = (labels.clone(), self.period, self.unrolled);
        Ok(Arc::new(PeriodicIndex { labels, period, unrolled }))
    }
}
