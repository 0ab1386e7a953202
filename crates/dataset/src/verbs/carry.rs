//! Filling missing elements along a dimension.

use std::sync::Arc;

use graticule_array::{Beyond, Gaps, Interpolation, LineOp, Pick, Result, Selection};

use super::axis::Axis;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::variable::Variable;

/// How gaps are filled by interpolation.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct GapOptions {
    method: Interpolation,
    limit: Option<usize>,
    max_gap: Option<f64>,
    beyond: Beyond,
    by_position: bool,
}

impl GapOptions {
    /// Linear in the coordinate, between any two elements that are there.
    pub fn new() -> Self {
        Self::default()
    }

    /// How values between elements are found.
    pub fn method(mut self, method: Interpolation) -> Self {
        self.method = method;
        self
    }

    /// How many missing elements in a row are filled, counted from the first.
    pub fn limit(mut self, count: usize) -> Self {
        self.limit = Some(count);
        self
    }

    /// Gaps longer than this in the coordinate (in seconds on times), measured from the element
    /// before to the one behind, stay.
    pub fn max_gap(mut self, length: f64) -> Self {
        self.max_gap = Some(length);
        self
    }

    /// Fills before the first and behind the last element, too.
    pub fn extrapolate(mut self) -> Self {
        self.beyond = Beyond::Extrapolate;
        self
    }

    /// Counts positions instead of the coordinate.
    pub fn by_position(mut self) -> Self {
        self.by_position = true;
        self
    }
}

impl Dataset {
    /// Each data variable that has a dimension through an operation along it.
    fn each_line(&self, dim: &str, op: &LineOp) -> Result<Self> {
        if self.size_of(dim).is_none() {
            return Err(no_dimension(dim, self.sizes()));
        }
        self.map_data(|var| match var.axis(dim) {
            Some(at) => var.changed(var.dims().clone(), var.data().along(op.clone(), at)?),
            None => Ok(var.clone()),
        })
    }

    fn try_interpolate(&self, dim: &str, options: &GapOptions) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let (order, x): (Vec<usize>, Vec<f64>) =
            if options.by_position || self.variable(dim).is_none() {
                ((0..len).collect(), (0..len).map(|i| i as f64).collect())
            } else {
                let axis = Axis::new(self, dim)?;
                let (order, _) = axis.rising()?;
                let seconds = axis.in_unit(Some("s"))?;
                let x = order.iter().filter_map(|i| seconds.get(*i).copied()).collect();
                (order, x)
            };
        let op = LineOp::Gaps(Gaps {
            x: x.into(),
            method: options.method,
            limit: options.limit,
            max_gap: options.max_gap,
            beyond: options.beyond,
        });
        let sorted = order.iter().enumerate().all(|(i, o)| i == *o);
        let mut back = vec![0; order.len()];
        for (i, o) in order.iter().enumerate() {
            if let Some(to) = back.get_mut(*o) {
                *to = i;
            }
        }
        self.map_data(|var| {
            let Some(at) = var.axis(dim) else { return Ok(var.clone()) };
            let pick =
                |list: &[usize]| Selection::all(var.shape()).with(at, Pick::List(Arc::from(list)));
            let made = if sorted {
                var.data().along(op.clone(), at)?
            } else {
                let rising = var.data().select(&pick(&order))?;
                rising.along(op.clone(), at)?.select(&pick(&back))?
            };
            var.changed(var.dims().clone(), made)
        })
    }
}

macro_rules! verbs {
    ($type:ty) => {
        impl $type {
            /// Missing elements take the last one before them that is there.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "t", vec![1.0, f64::NAN, f64::NAN, 4.0]);
            /// assert_eq!(x.ffill("t").values::<f64>()?, [1.0, 1.0, 1.0, 4.0]);
            /// assert_eq!(x.bfill_limit("t", 1).count("t").item::<i64>()?, 3);
            /// assert_eq!(x.interpolate_na("t").values::<f64>()?, [1.0, 2.0, 3.0, 4.0]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn ffill(&self, dim: &str) -> Self {
                let op = LineOp::Carry { backwards: false, limit: None };
                self.verb(|| format!("ffill({dim:?})"), |set| set.each_line(dim, &op))
            }

            /// [`ffill`](Self::ffill) for so many elements in a row.
            #[track_caller]
            pub fn ffill_limit(&self, dim: &str, limit: usize) -> Self {
                let op = LineOp::Carry { backwards: false, limit: Some(limit) };
                self.verb(|| format!("ffill({dim:?}, {limit})"), |set| set.each_line(dim, &op))
            }

            /// Missing elements take the first one behind them that is there.
            #[track_caller]
            pub fn bfill(&self, dim: &str) -> Self {
                let op = LineOp::Carry { backwards: true, limit: None };
                self.verb(|| format!("bfill({dim:?})"), |set| set.each_line(dim, &op))
            }

            /// [`bfill`](Self::bfill) for so many elements in a row.
            #[track_caller]
            pub fn bfill_limit(&self, dim: &str, limit: usize) -> Self {
                let op = LineOp::Carry { backwards: true, limit: Some(limit) };
                self.verb(|| format!("bfill({dim:?}, {limit})"), |set| set.each_line(dim, &op))
            }

            /// Missing elements between others become interpolated along a dimension's
            /// coordinate (positions if it has none).
            #[track_caller]
            pub fn interpolate_na(&self, dim: &str) -> Self {
                self.interpolate_na_with(dim, &GapOptions::new())
            }

            /// [`interpolate_na`](Self::interpolate_na) with options.
            #[track_caller]
            pub fn interpolate_na_with(&self, dim: &str, options: &GapOptions) -> Self {
                self.verb(
                    || format!("interpolate_na({dim:?})"),
                    |set| set.try_interpolate(dim, options),
                )
            }
        }
    };
}

verbs!(Dataset);
verbs!(DataArray);

/// A variable through an operation along one of its dimensions.
pub(super) fn along(var: &Variable, op: LineOp, at: usize) -> Result<Variable> {
    var.changed(var.dims().clone(), var.data().along(op, at)?)
}
