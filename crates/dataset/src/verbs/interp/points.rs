//! Interpolation at points: trajectories, stations.

use std::sync::Arc;

use graticule_array::{Array, Beyond, DType, Error, Interpolation, MapOp, Result, ZipOp};
use graticule_lazy::LazyArray;

use super::at::Targets;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::align;
use crate::verbs::gather::as_type;

impl Dataset {
    /// Values at points: each array gives the labels of one dimension, and all share one
    /// dimension, which takes the place of those interpolated along. Linear in all of them.
    #[track_caller]
    pub fn interp_points<'a>(
        &self,
        at: impl IntoIterator<Item = (&'a str, &'a DataArray)>,
    ) -> Self {
        let at: Vec<(Name, DataArray)> =
            at.into_iter().map(|(d, a)| (Name::from(d), a.clone())).collect();
        self.verb(|| "interp_points(..)".into(), |set| set.try_points(&at))
    }

    fn try_points(&self, at: &[(Name, DataArray)]) -> Result<Self> {
        let Some((_, first)) = at.first() else { return Ok(self.clone()) };
        for (_, labels) in at {
            labels.set.sound()?;
            align::check_exact(&first.set, &labels.set)?;
        }
        let points = first.dims();
        let [point] = &*points else {
            return Err(Error::mismatch(format!(
                "points along ({points}); their labels have one dimension"
            )));
        };
        if let Some((dim, other)) = at.iter().find(|(_, a)| a.dims() != points) {
            return Err(Error::mismatch(format!(
                "the labels of \"{dim}\" lie along ({}), those before along ({points})",
                other.dims()
            )));
        }
        let mut targets = Vec::with_capacity(at.len());
        for (dim, labels) in at {
            targets.push(Targets::new(self, dim, labels.main()?)?);
        }
        let gone: Dims = at.iter().map(|(d, _)| d).collect();
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            if gone.has(name) {
                continue;
            }
            if !var.dims().iter().any(|d| gone.has(d)) {
                parts.adopt(name, var.clone(), &self.0)?;
            } else if var.dtype().is_float() || var.dtype().is_integer() {
                let made = at_points(var, &gone, &targets, point);
                let made = made.map_err(|e| in_variable(e, name))?;
                parts.insert(name.clone(), made, self.is_coord(name))?;
            } else if !self.is_coord(name) {
                return Err(in_variable(
                    Error::unsupported(format!("interpolation of {}", var.dtype())),
                    name,
                ));
            }
        }
        for (dim, labels) in at {
            parts.insert(dim.clone(), labels.main()?.clone(), true)?;
            for (name, coord) in labels.set.coord_vars() {
                if !parts.vars.contains_key(name) {
                    parts.adopt(name, coord.clone(), &labels.set.0)?;
                }
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

/// The corners around each point, weighted by how near it is to them.
fn at_points(var: &Variable, gone: &Dims, targets: &[Targets], point: &Name) -> Result<Variable> {
    let mut own: Vec<(usize, &Targets)> =
        gone.iter().zip(targets).filter_map(|(d, t)| Some((var.axis(d)?, t))).collect();
    own.sort_by_key(|(axis, _)| *axis);
    let n = targets.first().map_or(0, Targets::len);
    let mut to = DType::F32;
    for (_, t) in &own {
        to = graticule_array::promote(&to, &t.result(var.dtype(), Interpolation::Linear)?)?;
    }
    let wide = as_type(var.data(), &DType::F64)?;
    let places: Vec<Vec<Option<(usize, usize, f64)>>> =
        own.iter().map(|(_, t)| t.places(Beyond::Missing)).collect();
    let there: Vec<bool> =
        (0..n).map(|i| places.iter().all(|p| p.get(i).is_some_and(Option::is_some))).collect();
    let axes: Vec<usize> = own.iter().map(|(a, _)| *a).collect();
    let mut sum: Option<LazyArray> = None;
    for corner in 0..1usize << own.len() {
        let mut weights = vec![1.0; n];
        let mut indices: Vec<Vec<usize>> = Vec::with_capacity(own.len());
        for (d, places) in places.iter().enumerate() {
            let upper = corner >> d & 1 == 1;
            let mut list = vec![0; n];
            for ((to, weight), place) in list.iter_mut().zip(&mut weights).zip(places) {
                let Some((lo, hi, part)) = *place else { continue };
                *to = if upper { hi } else { lo };
                *weight *= if upper { part } else { 1.0 - part };
            }
            indices.push(list);
        }
        let first = axes.first().copied().unwrap_or(0);
        let values = wide.gather(&axes, &indices)?;
        let weights = LazyArray::constant(Array::from_vec([n], weights)?);
        let weighted = values.zip(ZipOp::Mul, &along(&weights, first, values.shape())?)?;
        sum = Some(match sum {
            Some(before) => before.zip(ZipOp::Add, &weighted)?,
            None => weighted,
        });
    }
    let sum = sum.ok_or_else(|| Error::bug("points without a corner"))?;
    let first = axes.first().copied().unwrap_or(0);
    let cond = LazyArray::constant(Array::from_vec([n], there)?);
    let none = vec![None; sum.ndim()];
    let nan = LazyArray::constant(Array::scalar(f64::NAN)).broadcast(&none, sum.shape())?;
    let made = LazyArray::choose(&along(&cond, first, sum.shape())?, &sum, &nan)?;
    let made = if made.dtype() == &to { made } else { made.map(MapOp::Cast(to))? };
    let mut dims = Vec::new();
    for (axis, dim) in var.dims().iter().enumerate() {
        if axis == first {
            dims.push(point.clone());
        } else if !axes.contains(&axis) {
            dims.push(dim.clone());
        }
    }
    var.changed(dims.into(), made)
}

fn along(line: &LazyArray, axis: usize, shape: &[usize]) -> Result<LazyArray> {
    let axes: Vec<Option<usize>> =
        (0..shape.len()).map(|a| if a == axis { Some(0) } else { None }).collect();
    line.broadcast(&axes, shape)
}

impl DataArray {
    /// Values at points: each array gives the labels of one dimension, and all share one
    /// dimension, which takes the place of those interpolated along. Linear in all of them.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let t = DataArray::new("t", ["y", "x"], (vec![0.0, 1.0, 10.0, 11.0], [2, 2]))
    ///     .with_coord("y", "y", vec![0.0, 1.0])
    ///     .with_coord("x", "x", vec![0.0, 1.0]);
    /// let y = DataArray::new("y", "station", vec![0.5, 1.0]);
    /// let x = DataArray::new("x", "station", vec![0.5, 0.25]);
    /// let made = t.interp_points([("y", &y), ("x", &x)]);
    /// assert_eq!(made.values::<f64>()?, [5.5, 10.25]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn interp_points<'a>(
        &self,
        at: impl IntoIterator<Item = (&'a str, &'a DataArray)>,
    ) -> Self {
        let at: Vec<(Name, DataArray)> =
            at.into_iter().map(|(d, a)| (Name::from(d), a.clone())).collect();
        self.verb(|| "interp_points(..)".into(), |set| set.try_points(&at))
    }
}
