//! The interval index: which interval contains a value.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, Scalar, Selection};

use super::build::{BuildIndex, IndexCoords};
use super::{Found, Index, LabelIndex, Query};
use crate::dims::Dims;
use crate::name::Name;
use crate::select::{Relation, Selector};

/// Which of its ends belong to an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closed {
    /// The lower end, not the upper one.
    #[default]
    Left,
    /// The upper end, not the lower one.
    Right,
    /// Both ends.
    Both,
    /// Neither end.
    Neither,
}

/// Where in its cell the label of a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locus {
    /// At the lower end.
    Start,
    /// In the middle: cells reach half-way to their neighbours.
    #[default]
    Center,
    /// At the upper end.
    End,
}

/// Finds cells by their bounds: the layer that a depth lies in, the month of a date.
///
/// It is built from a coordinate and its bounds, which have one dimension more, of length 2.
/// [`contains`](crate::contains) gives the interval that a value lies in (several, if intervals
/// overlap), as does a plain label; [`overlaps`](crate::overlaps), [`touches`](crate::touches)
/// and [`inside`](crate::inside) give those in that relation to a range.
///
/// ```
/// use graticule_dataset::{Closed, Dataset, IntervalIndex, contains, overlaps};
/// let ds = Dataset::new()
///     .with_coord("layer", "layer", vec![0.05, 0.25, 0.7])
///     .with_coord("layer_bnds", ["layer", "nv"], (vec![0.0, 0.1, 0.1, 0.4, 0.4, 1.0], [3, 2]))
///     .with_var("moisture", "layer", vec![0.2, 0.3, 0.4])
///     .set_xindex(["layer", "layer_bnds"], IntervalIndex::closed(Closed::Left));
/// assert_eq!(ds.sel("layer", contains(0.1))["moisture"].item::<f64>()?, 0.3);
/// assert_eq!(ds.sel("layer", overlaps(0.0, 0.1))["moisture"].values::<f64>()?, [0.2]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IntervalIndex {
    /// The labels of the intervals, and their ends with the lower first.
    points: Array,
    lower: Array,
    upper: Array,
    closed: Closed,
}

/// The recipe of an interval index, for [`set_xindex`](crate::Dataset::set_xindex).
#[derive(Clone, Copy, Debug)]
pub struct IntervalRecipe {
    closed: Closed,
    /// Where labels stand in cells that have no bounds.
    locus: Option<Locus>,
}

impl IntervalRecipe {
    /// For a coordinate alone, whose cells reach from label to label: where in its cell a label
    /// stands.
    ///
    /// ```
    /// use graticule_dataset::{Closed, DataArray, IntervalIndex, Locus, contains};
    /// let x: Vec<f64> = (0..10).map(|i| 0.2 * f64::from(i)).collect();
    /// let starts = IntervalIndex::closed(Closed::Left).labels_at(Locus::Start);
    /// let t = DataArray::new("t", "x", x.clone()).with_coord("x", "x", x).set_xindex("x", starts);
    /// assert_eq!(t.sel("x", contains(1.245)).item::<f64>()?, 6.0 * 0.2); // the cell from 1.2
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[must_use]
    pub fn labels_at(mut self, locus: Locus) -> Self {
        self.locus = Some(locus);
        self
    }
}

impl IntervalIndex {
    /// The recipe of an index over a coordinate and its bounds.
    #[must_use]
    pub fn closed(closed: Closed) -> IntervalRecipe {
        IntervalRecipe { closed, locus: None }
    }

    /// The order of an end of every interval to a label: its sign, or `None` where one is missing.
    fn orders(ends: &Array, coord: &str, label: &Scalar) -> Result<Vec<Option<i8>>> {
        // Ranks of the label among the ends tell the order exactly, for all types of labels.
        let index = LabelIndex::new(ends)
            .ok_or_else(|| Error::unsupported(format!("bounds of type {}", ends.dtype())))?;
        let span = index.span(coord, label)?;
        let ranks = index.positions_by_rank();
        let mut orders = vec![None; ends.len()];
        for (rank, position) in ranks.into_iter().enumerate() {
            let sign = if rank < span.start {
                -1
            } else if rank < span.end {
                0
            } else {
                1
            };
            if let Some(order) = orders.get_mut(position) {
                *order = Some(sign);
            }
        }
        Ok(orders)
    }

    fn related(
        &self,
        coord: &str,
        relation: Relation,
        a: &Scalar,
        b: &Scalar,
    ) -> Result<Vec<usize>> {
        // `low[i]` is the order of the lower end to `b`, `high[i]` that of the upper end to `a`.
        let low = Self::orders(&self.lower, coord, b)?;
        let high = Self::orders(&self.upper, coord, a)?;
        let (open_low, open_high) = match self.closed {
            Closed::Left => (false, true),
            Closed::Right => (true, false),
            Closed::Both => (false, false),
            Closed::Neither => (true, true),
        };
        let all: Vec<bool> = match relation {
            Relation::Contains => pairs(&low, &high, |l, h| {
                (l < 0 || (l == 0 && !open_low)) && (h > 0 || (h == 0 && !open_high))
            }),
            Relation::Overlaps => pairs(&low, &high, |l, h| l < 0 && h > 0),
            Relation::Touches => pairs(&low, &high, |l, h| l <= 0 && h >= 0),
            Relation::Inside => {
                let low = Self::orders(&self.lower, coord, a)?;
                let high = Self::orders(&self.upper, coord, b)?;
                pairs(&low, &high, |l, h| l >= 0 && h <= 0)
            }
        };
        Ok(all.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i).collect())
    }
}

fn pairs(low: &[Option<i8>], high: &[Option<i8>], test: impl Fn(i8, i8) -> bool) -> Vec<bool> {
    let both = low.iter().zip(high);
    both.map(|(l, h)| l.zip(*h).is_some_and(|(l, h)| test(l, h))).collect()
}

impl Index for IntervalIndex {
    fn kind(&self) -> &'static str {
        "intervals"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.points.len()]
    }

    fn labels(&self) -> Option<&Array> {
        Some(&self.points)
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let (coord, selector) = query.only()?;
        let one = |at: Vec<usize>, label: &Scalar| match at.as_slice() {
            [] => Err(Error::not_found(format!(
                "no interval of \"{coord}\" contains {}",
                super::query::quoted(label)
            ))),
            [one] => Ok(Pick::At(*one)),
            more => Ok(Pick::List(more.into())),
        };
        let pick = match selector {
            Selector::One(label) => {
                let label = label.value();
                one(self.related(coord, Relation::Contains, label, label)?, label)?
            }
            Selector::Intervals(Relation::Contains, label, _) => {
                let label = label.value();
                one(self.related(coord, Relation::Contains, label, label)?, label)?
            }
            Selector::Intervals(relation, a, b) => {
                Pick::List(self.related(coord, *relation, a.value(), b.value())?.into())
            }
            Selector::List(labels) if labels.ndim() == 1 && *labels.dtype() != DType::Bool => {
                let mut list = Vec::with_capacity(labels.len());
                for i in 0..labels.len() {
                    let label = labels.get(&[i])?;
                    let at = self.related(coord, Relation::Contains, &label, &label)?;
                    let pick = one(at, &label)?;
                    list.extend((0..pick.len()).filter_map(|k| pick.get(k)));
                }
                Pick::List(list.into())
            }
            other => {
                let labels = LabelIndex::new(&self.points)
                    .ok_or_else(|| Error::unsupported("labels of this type"))?;
                labels.pick(coord, other)?
            }
        };
        Ok(Found::pick(pick))
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        if matches!(picks.first()?, Pick::At(_)) {
            return None;
        }
        let selection = Selection::new(picks);
        let select = |a: &Array| a.select(&selection).ok();
        Some(Arc::new(Self {
            points: select(&self.points)?,
            lower: select(&self.lower)?,
            upper: select(&self.upper)?,
            closed: self.closed,
        }))
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let Some(other) = (other as &dyn std::any::Any).downcast_ref::<Self>() else {
            // Plain labels are the same if the labels of the intervals are.
            return LabelIndex::new(&self.points)?.difference(other);
        };
        if self.closed != other.closed {
            return Some("other ends belong to the intervals".into());
        }
        let ends = [
            ("labels", &self.points, &other.points),
            ("lower ends", &self.lower, &other.lower),
            ("upper ends", &self.upper, &other.upper),
        ];
        ends.into_iter().find_map(|(what, a, b)| {
            let why = super::query::difference(a, b).unwrap_or_else(|e| Some(e.to_string()))?;
            Some(format!("{what}: {why}"))
        })
    }

    fn describe(&self) -> String {
        let closed = format!("{:?}", self.closed).to_lowercase();
        format!("intervals ({}, closed: {closed})", self.points.len())
    }
}

impl BuildIndex for IntervalRecipe {
    /// The bounds are needed to build it only.
    fn covers(&self, coords: &IndexCoords) -> (Vec<Name>, Dims) {
        let first = coords.coords().first();
        let name = first.map(|c| c.name.clone());
        (name.into_iter().collect(), first.map_or_else(Dims::none, |c| c.dims.clone()))
    }

    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
        let wrong = || {
            Error::mismatch(format!(
                "intervals need a coordinate of one dimension and its bounds of two, the last of \
                 length 2; these have the dimensions ({}) and lengths {:?}",
                coords.dims(),
                coords.shape()
            ))
        };
        let (points, bounds) = match (coords.coords(), self.locus) {
            ([points], Some(locus)) if points.values.ndim() == 1 => {
                let bounds = crate::roles::edges_of(&points.values, locus);
                (points, bounds.map_err(|e| e.in_variable(&*points.name))?)
            }
            ([points, bounds], _) if points.dims.first() == bounds.dims.first() => {
                (points, bounds.values.clone())
            }
            _ => return Err(wrong()),
        };
        if points.values.ndim() != 1 || bounds.shape() != [points.values.len(), 2] {
            return Err(wrong());
        }
        let end = |k: usize| {
            let n = points.values.len();
            bounds.select(&Selection::new([Pick::all(n), Pick::At(k)]))
        };
        let (first, second) = (end(0)?, end(1)?);
        // Bounds may be stored from high to low.
        let smaller = graticule_array::ZipOp::Min.apply(&first, &second)?;
        let larger = graticule_array::ZipOp::Max.apply(&first, &second)?;
        Ok(Arc::new(IntervalIndex {
            points: points.values.clone(),
            lower: smaller,
            upper: larger,
            closed: self.closed,
        }))
    }
}
