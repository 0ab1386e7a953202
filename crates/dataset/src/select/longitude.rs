//! Longitudes counted in another way.

use graticule_array::{Array, DType, Error, Pick, Result, Selection};
use graticule_lazy::LazyArray;

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;

/// How longitudes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longitudes {
    /// From 0 up to, not including, 360.
    Positive,
    /// From -180 up to, not including, 180.
    Signed,
}

impl Longitudes {
    /// The whole turns to add to a longitude.
    fn turns(self, lon: f64) -> f64 {
        let low = match self {
            Self::Positive => 0.0,
            Self::Signed => -180.0,
        };
        -((lon - low) / 360.0).floor()
    }
}

impl Dataset {
    /// Counts the longitudes of a coordinate in another way; if it is the coordinate of a
    /// dimension, data and coordinates are put in rising order of the new longitudes. Bounds
    /// that the coordinate's attribute `bounds` names turn with it. The coordinate must be in
    /// memory; data is not read.
    ///
    /// ```
    /// use graticule_dataset::{DataArray, Longitudes};
    /// let t = DataArray::new("t", "lon", vec![1, 2, 3, 4])
    ///     .with_coord("lon", "lon", vec![0.0, 90.0, 180.0, 270.0])
    ///     .convert_lon("lon", Longitudes::Signed);
    /// assert_eq!(t["lon"].values::<f64>()?, [-180.0, -90.0, 0.0, 90.0]);
    /// assert_eq!(t.values::<i32>()?, [3, 4, 1, 2]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn convert_lon(&self, coord: &str, to: Longitudes) -> Self {
        self.verb(
            || format!("convert_lon({coord:?}, {to:?})"),
            |ds| ds.try_convert_lon(&coord.into(), to),
        )
    }

    fn try_convert_lon(&self, coord: &Name, to: Longitudes) -> Result<Self> {
        let var = self.coordinate(coord)?.clone();
        let labels = var.in_memory().ok_or_else(|| {
            Error::invalid(format!("the longitudes of \"{coord}\" are not in memory"))
                .hint(format!("load_vars({coord:?}) first"))
        })?;
        if !labels.dtype().is_real() {
            return Err(Error::mismatch(format!(
                "\"{coord}\" is of type {}; longitudes are numbers of degrees",
                labels.dtype()
            )));
        }
        let shape = labels.shape().to_vec();
        let values = labels.cast(&DType::F64)?.to_flat::<f64>()?;
        let turns: Vec<f64> = values.iter().map(|v| to.turns(*v)).collect();
        let moved: Vec<f64> = values.iter().zip(&turns).map(|(v, t)| v + 360.0 * t).collect();
        let made = Array::from_vec(shape, moved.clone())?.cast(labels.dtype())?;
        let mut parts = (*self.0).clone();
        let changed = var.clone().with_data(LazyArray::constant(made))?;
        parts.insert(coord.clone(), changed, true)?;
        let bounds = var.attrs().text("bounds").map(Name::from);
        if let Some(name) = bounds
            && let Some(bounds) = self.variable(&name)
            && let Some(data) = bounds.in_memory().filter(|b| b.dtype().is_real())
            && bounds.dims().iter().take(var.ndim()).eq(var.dims().iter())
        {
            let corners = data.len() / turns.len().max(1);
            let flat = data.cast(&DType::F64)?.to_flat::<f64>()?;
            let turned = flat
                .iter()
                .enumerate()
                .map(|(i, v)| v + 360.0 * turns.get(i / corners.max(1)).copied().unwrap_or(0.0));
            let turned = Array::from_vec(data.shape(), turned.collect::<Vec<f64>>())?;
            let turned = LazyArray::constant(turned.cast(data.dtype())?);
            parts.insert(name.clone(), bounds.clone().with_data(turned)?, self.is_coord(&name))?;
        }
        parts.cache = crate::cache::Cache::default();
        let ds = Self(std::sync::Arc::new(parts));
        let [dim] = &**var.dims() else { return Ok(ds) };
        if dim != coord {
            return Ok(ds);
        }
        let mut order: Vec<usize> = (0..moved.len()).collect();
        order.sort_by(|a, b| match (moved.get(*a), moved.get(*b)) {
            (Some(x), Some(y)) => x.total_cmp(y),
            _ => a.cmp(b),
        });
        ds.in_order(dim, &order)
    }

    /// The positions along a dimension in another order: as two ranges put together if it is a
    /// rotation, so that whole chunks are read.
    pub(crate) fn in_order(&self, dim: &Name, order: &[usize]) -> Result<Self> {
        let n = order.len();
        let first = order.first().copied().unwrap_or(0);
        if order.iter().enumerate().all(|(i, at)| *at == i) {
            return Ok(self.clone());
        }
        let rotated = order.iter().enumerate().all(|(i, at)| *at == (first + i) % n.max(1));
        if !rotated {
            return self.picked(dim, &Pick::List(order.into()));
        }
        let mut made = self.map_vars(|_, var| {
            let Some(axis) = var.axis(dim) else { return Ok(Some(var.clone())) };
            let all = Selection::all(var.shape());
            let part = |start: usize, len: usize| {
                var.data().select(&all.clone().with(axis, Pick::span(start, len)))
            };
            let (low, high) = (part(first, n - first)?, part(0, first)?);
            let data = match (low.as_constant(), high.as_constant()) {
                (Some(a), Some(b)) => {
                    LazyArray::constant(Array::concat(&[a.clone(), b.clone()], axis)?)
                }
                _ => LazyArray::concat(&[low, high], axis)?,
            };
            var.clone().with_data(data).map(Some)
        })?;
        // Indexes that are not made anew follow as through any selection.
        let pick = Pick::List(order.into());
        let parts = std::sync::Arc::make_mut(&mut made.0);
        for joint in self.0.joints.iter().filter(|j| j.dims.has(dim)) {
            match joint.picked(dim, &pick) {
                Some(joint) => parts.put_joint(joint),
                None => parts.note_dropped(joint),
            }
        }
        Ok(made)
    }
}

impl DataArray {
    /// Counts the longitudes of a coordinate in another way; see [`Dataset::convert_lon`].
    #[track_caller]
    pub fn convert_lon(&self, coord: &str, to: Longitudes) -> Self {
        self.verb(
            || format!("convert_lon({coord:?}, {to:?})"),
            |set| set.try_convert_lon(&coord.into(), to),
        )
    }
}
