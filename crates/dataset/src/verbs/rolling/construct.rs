//! Windows laid out along a new dimension.

use graticule_array::{Error, Result, Scalar};
use graticule_lazy::LazyArray;

use super::{DataArrayRolling, DatasetRolling, Span};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::eager;
use crate::verbs::gather::gather_or;

/// A variable with the elements of each window along a new last dimension.
pub(super) fn laid_out(
    var: &Variable,
    span: &Span,
    dim: &Name,
    stride: usize,
    fill: Option<&Scalar>,
) -> Result<Variable> {
    let axis = var.axis(&span.dim).ok_or_else(|| Error::bug("a window without its dimension"))?;
    let n = var.size_of(&span.dim).unwrap_or(0);
    let before = span.before();
    let mut parts: Vec<LazyArray> = Vec::with_capacity(span.len);
    // All elements of a window are of one type, which has a missing value if any needs it.
    let data = match fill {
        None if n > 0 && span.len > 1 => {
            super::super::gather::as_type(var.data(), &var.dtype().with_missing())?
        }
        _ => var.data().clone(),
    };
    for k in 0..span.len {
        let from: Vec<Option<usize>> = (0..n)
            .step_by(stride)
            .map(|i| (i + k).checked_sub(before).filter(|at| *at < n))
            .collect();
        let part = gather_or(&data, axis, &from, fill)?;
        let mut shape = part.shape().to_vec();
        let axes: Vec<Option<usize>> = (0..shape.len()).map(Some).chain([None]).collect();
        shape.push(1);
        parts.push(eager::broadcast(&part, &axes, &shape)?);
    }
    let joined = LazyArray::concat(&parts, var.ndim())?;
    var.changed(var.dims().union(&Dims::from(dim)), joined)
}

impl DatasetRolling {
    /// The windows themselves: each along a new last dimension, one for each dimension that
    /// windows move along. What lies beyond the ends is missing.
    #[track_caller]
    pub fn construct(&self, window_dims: impl Into<Dims>) -> Dataset {
        self.construct_with(window_dims, 1, None)
    }

    /// Every `stride`-th window, with a value in place of what lies beyond the ends.
    #[track_caller]
    pub fn construct_with(
        &self,
        window_dims: impl Into<Dims>,
        stride: usize,
        fill: Option<&Scalar>,
    ) -> Dataset {
        let names = window_dims.into();
        self.set.verb(
            || format!("construct({names:?})"),
            |set| self.laid_out(set, &names, stride, fill),
        )
    }

    fn laid_out(
        &self,
        set: &Dataset,
        names: &Dims,
        stride: usize,
        fill: Option<&Scalar>,
    ) -> Result<Dataset> {
        if names.len() != self.windows.len() {
            return Err(Error::mismatch(format!(
                "{} dimensions ({names}) for windows along {}",
                names.len(),
                self.windows.len()
            )));
        }
        names.check()?;
        if let Some(taken) = names.iter().find(|d| set.size_of(d).is_some() || set.has(d)) {
            return Err(Error::invalid(format!("there is a \"{taken}\" already"))
                .hint("give the windows' dimension another name"));
        }
        if stride == 0 {
            return Err(Error::invalid("a stride of 0"));
        }
        set.map_vars(|name, var| {
            let mut made = var.clone();
            for (span, dim) in self.windows.iter().zip(names) {
                if !made.dims().has(&span.dim) {
                    continue;
                }
                made = if set.is_coord(name) {
                    let n = made.size_of(&span.dim).unwrap_or(0);
                    let list: Vec<usize> = (0..n).step_by(stride).collect();
                    match stride {
                        1 => made,
                        _ => made.picked(&span.dim, &graticule_array::Pick::List(list.into()))?,
                    }
                } else {
                    laid_out(&made, span, dim, stride, fill)?
                };
            }
            Ok(Some(made))
        })
    }
}

impl DataArrayRolling {
    /// The windows themselves: each along a new last dimension, one for each dimension that
    /// windows move along. What lies beyond the ends is missing.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1, 2, 3]);
    /// let windows = x.rolling("t", 2).construct_with("w", 1, Some(&0.into()));
    /// assert_eq!(windows.values::<i32>()?, [0, 1, 1, 2, 2, 3]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn construct(&self, window_dims: impl Into<Dims>) -> DataArray {
        self.named(self.windows.construct(window_dims))
    }

    /// Every `stride`-th window, with a value in place of what lies beyond the ends.
    #[track_caller]
    pub fn construct_with(
        &self,
        window_dims: impl Into<Dims>,
        stride: usize,
        fill: Option<&Scalar>,
    ) -> DataArray {
        self.named(self.windows.construct_with(window_dims, stride, fill))
    }
}
