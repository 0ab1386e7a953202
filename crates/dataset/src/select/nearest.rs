//! Several points near a place.

use std::any::Any;

use graticule_array::{Array, Error, Result};
use graticule_lazy::LazyArray;

use super::pointwise::Points;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::index::PointIndex;
use crate::name::Name;
use crate::variable::Variable;

/// The coordinate that tells how far a point lies from the place.
const DISTANCE: &str = "distance";

impl Dataset {
    /// The `k` points nearest to a place, along a new dimension, nearest first; a coordinate
    /// `distance` tells how far away they are. The place has one number per coordinate of a
    /// [`PointIndex`], in the order in which it was built; metres on the globe.
    ///
    /// ```
    /// use graticule_dataset::{DataArray, PointIndex};
    /// let t = DataArray::new("t", "n", vec![1, 2, 3])
    ///     .with_coord("x", "n", vec![0.0, 3.0, 5.0])
    ///     .with_coord("y", "n", vec![0.0, 4.0, 0.0])
    ///     .set_xindex(["x", "y"], PointIndex::euclidean());
    /// let two = t.sel_nearest(["x", "y"], &[0.0, 0.0], 2, "near");
    /// assert_eq!(two.values::<i32>()?, [1, 2]);
    /// assert_eq!(two["distance"].values::<f64>()?, [0.0, 5.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn sel_nearest(&self, coords: impl Into<Dims>, place: &[f64], k: usize, dim: &str) -> Self {
        let coords = coords.into();
        self.verb(
            || format!("sel_nearest([{coords}], {place:?}, {k}, {dim:?})"),
            |ds| ds.around(&coords, place, dim, |index| index.nearest(place, k, None)),
        )
    }

    /// All points within a distance of a place, along a new dimension, nearest first; see
    /// [`sel_nearest`](Self::sel_nearest).
    #[track_caller]
    pub fn sel_within(
        &self,
        coords: impl Into<Dims>,
        place: &[f64],
        distance: f64,
        dim: &str,
    ) -> Self {
        let coords = coords.into();
        self.verb(
            || format!("sel_within([{coords}], {place:?}, {distance}, {dim:?})"),
            |ds| {
                let all = |index: &PointIndex| index.nearest(place, usize::MAX, Some(distance));
                ds.around(&coords, place, dim, all)
            },
        )
    }

    fn around(
        &self,
        coords: &Dims,
        place: &[f64],
        dim: &str,
        find: impl Fn(&PointIndex) -> Result<Vec<(usize, f64)>>,
    ) -> Result<Self> {
        let first = coords.first().ok_or_else(|| Error::invalid("no coordinates were named"))?;
        self.coordinate(first)?;
        let none = || {
            Error::invalid(format!("({coords}) have no index over points"))
                .hint("set_xindex([..], PointIndex::great_circle())")
        };
        let joint = self.joint(first).filter(|j| coords.iter().all(|c| j.place(c).is_some()));
        let joint = joint.ok_or_else(none)?;
        let index = (joint.index.as_ref() as &dyn Any).downcast_ref::<PointIndex>();
        if !joint.coords.iter().eq(coords.iter()) {
            return Err(Error::invalid(format!(
                "the index is over ({}), in this order",
                joint.coords.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
            )));
        }
        if place.iter().any(|v| !v.is_finite()) {
            return Err(Error::invalid(format!("{place:?} is not a place")));
        }
        let found = find(index.ok_or_else(none)?)?;
        let shape = joint.index.shape();
        let mut points = Vec::with_capacity(shape.len());
        let mut stride: usize = shape.iter().product();
        for (own, n) in joint.dims.iter().zip(&shape) {
            stride /= (*n).max(1);
            let at = found.iter().map(|(id, _)| (id / stride.max(1)) % (*n).max(1));
            points.push(Points {
                dim: own.clone(),
                dims: Dims::from(dim),
                shape: vec![found.len()],
                at: at.collect(),
            });
        }
        let far = found.iter().map(|(_, d)| *d).collect::<Vec<f64>>();
        let far = LazyArray::constant(Array::from_vec([found.len()], far)?);
        let mut ds = self.gathered(&points, None, &[])?;
        let parts = std::sync::Arc::make_mut(&mut ds.0);
        parts.insert(DISTANCE, Variable::new(Dims::from(dim), far)?, true)?;
        Ok(ds)
    }
}

impl DataArray {
    /// The `k` points nearest to a place; see [`Dataset::sel_nearest`].
    #[track_caller]
    pub fn sel_nearest(&self, coords: impl Into<Dims>, place: &[f64], k: usize, dim: &str) -> Self {
        let coords = coords.into();
        self.verb(
            || format!("sel_nearest([{coords}], {place:?}, {k}, {dim:?})"),
            |set| set.around(&coords, place, dim, |index| index.nearest(place, k, None)),
        )
    }

    /// All points within a distance of a place; see [`Dataset::sel_within`].
    #[track_caller]
    pub fn sel_within(
        &self,
        coords: impl Into<Dims>,
        place: &[f64],
        distance: f64,
        dim: &str,
    ) -> Self {
        let coords = coords.into();
        self.verb(
            || format!("sel_within([{coords}], {place:?}, {distance}, {dim:?})"),
            |set| {
                let all = |index: &PointIndex| index.nearest(place, usize::MAX, Some(distance));
                set.around(&coords, place, dim, all)
            },
        )
    }
}
