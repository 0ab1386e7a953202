//! Selection by position.

use std::sync::Arc;

use graticule_array::{DType, Error, Pick, Result, Selection};

use super::pointwise::{Points, count, in_memory};
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::no_dimension;
use crate::name::Name;
use crate::note::NoteKind;
use crate::select::Indexer;
use crate::variable::Variable;

/// What happens to positions along dimensions that do not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingDims {
    /// An error.
    #[default]
    Raise,
    /// They are left out, which [`Dataset::notes`] says.
    Warn,
    /// They are left out.
    Ignore,
}

impl Dataset {
    /// Selects by position along one dimension: one position (`0`, `-1`), a range (`0..10`,
    /// `-3..`), a range with a step ([`step`](crate::step)), a list (`[0, 3, 5]`), a mask (a
    /// vector of truth values) or an array of positions with dimensions of its own.
    ///
    /// One position drops the dimension and keeps its coordinate as a scalar. Ranges are clipped
    /// as in Python; single positions out of range are an error.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("x", "x", vec![10, 20, 30])
    ///     .with_var("a", "x", vec![1.0, 2.0, 3.0]);
    /// assert_eq!(ds.isel("x", -1)["a"].item::<f64>()?, 3.0);
    /// assert_eq!(ds.isel("x", 1..99).size_of("x"), Some(2));
    /// assert_eq!(ds.isel("x", vec![true, false, true]).size_of("x"), Some(2));
    /// assert!(ds.isel("x", 3).check().unwrap_err().to_string().contains("out of range"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("isel({dim:?}, {at})"), |ds| ds.try_isel(dim, &at))
    }

    pub(super) fn try_isel(&self, dim: &str, at: &Indexer) -> Result<Self> {
        self.try_isel_many(&[(dim.into(), at.clone())], MissingDims::Raise)
    }

    /// Selects by position along several dimensions. Arrays with dimensions are taken together,
    /// point by point; everything else independently. See [`isel`](Self::isel).
    ///
    /// ```
    /// use graticule_dataset::{DataArray, MissingDims};
    /// let t = DataArray::new("t", ["y", "x"], (vec![1, 2, 3, 4, 5, 6], [2, 3]));
    /// let corner = t.isel_many([("y", 0.into()), ("x", (1..).into())], MissingDims::Raise);
    /// assert_eq!(corner.values::<i32>()?, [2, 3]);
    ///
    /// let (y, x) = (DataArray::new("", "p", vec![0, 1]), DataArray::new("", "p", vec![2, -1]));
    /// let points = t.isel_many([("y", (&y).into()), ("x", (&x).into())], MissingDims::Raise);
    /// assert_eq!((points.dims().to_string(), points.values::<i32>()?), ("p".into(), vec![3, 6]));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn isel_many<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Indexer)>,
        missing_dims: MissingDims,
    ) -> Self {
        let by = named(by);
        self.verb(|| format!("isel_many({})", shown(&by)), |ds| ds.try_isel_many(&by, missing_dims))
    }

    fn try_isel_many(&self, by: &[(Name, Indexer)], missing: MissingDims) -> Result<Self> {
        let mut absent: Vec<&Name> = Vec::new();
        let mut picks: Vec<(&Name, Pick)> = Vec::new();
        let mut points: Vec<Points> = Vec::new();
        let mut arrays: Vec<&DataArray> = Vec::new();
        for (i, (dim, at)) in by.iter().enumerate() {
            if by.iter().take(i).any(|(d, _)| d == dim) {
                return Err(Error::invalid(format!("dimension \"{dim}\" is given twice")));
            }
            let Some(len) = self.size_of(dim) else {
                if missing == MissingDims::Raise {
                    return Err(no_dimension(dim, self.sizes()));
                }
                absent.push(dim);
                continue;
            };
            match at {
                Indexer::Along(array) if is_mask(array) => {
                    let own = array.dims();
                    if own.first() != Some(dim) || own.len() != 1 {
                        return Err(Error::mismatch(format!(
                            "the mask has the dimensions ({own}); expected ({dim})"
                        )));
                    }
                    let flags = in_memory(array)?.to_flat::<bool>()?;
                    picks.push((dim, Indexer::Mask(flags).pick(dim, len)?));
                }
                Indexer::Along(array) => {
                    points.push(positions(dim, len, array)?);
                    arrays.push(array);
                }
                other => picks.push((dim, other.pick(dim, len)?)),
            }
        }
        let mut ds = self.clone();
        for (dim, pick) in picks {
            ds = ds.picked(dim, &pick)?;
        }
        if !points.is_empty() {
            ds = ds.gathered(&points, None, &arrays)?;
        }
        if missing == MissingDims::Warn && !absent.is_empty() {
            let names: Vec<&str> = absent.iter().map(|d| d.as_str()).collect();
            let text = format!("positions along {} left out: no such dimension", names.join(", "));
            Arc::make_mut(&mut ds.0).note(NoteKind::MissingDimension, text);
        }
        Ok(ds)
    }

    /// Leaves out the positions along a dimension: one, a range, a list or a mask.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![0, 1, 2, 3]);
    /// assert_eq!(x.drop_isel("t", [0, -1]).values::<i32>()?, [1, 2]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn drop_isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("drop_isel({dim:?}, {at})"), |ds| ds.try_drop_isel(dim, &at))
    }

    fn try_drop_isel(&self, dim: &str, at: &Indexer) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let gone = match at {
            Indexer::Along(array) => Pick::List(positions(&dim.into(), len, array)?.at),
            other => other.pick(dim, len)?,
        };
        self.picked(dim, &rest(&gone, len)?)
    }

    /// The picked positions along a dimension, in every variable that has it.
    pub(crate) fn picked(&self, dim: &str, pick: &Pick) -> Result<Self> {
        let gone = matches!(pick, Pick::At(_));
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            let taken = var.picked(dim, pick).map_err(|e| in_variable(e, name))?;
            parts.adopt(name, taken, &self.0)?;
            if let Some(index) = self.0.indexes.get(name).filter(|_| var.dims().has(dim)) {
                match index.isel(std::slice::from_ref(pick)).filter(|_| !gone) {
                    Some(index) => {
                        parts.indexes.insert(name.clone(), index);
                    }
                    None => {
                        parts.indexes.shift_remove(name);
                    }
                }
            }
        }
        for joint in self.0.joints.iter().filter(|j| j.dims.has(dim)) {
            let vanishes = gone && joint.dims.len() == 1;
            match joint.picked(dim, pick).filter(|_| !vanishes) {
                Some(joint) => parts.put_joint(joint),
                None if vanishes => {}
                None => parts.note_dropped(joint),
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

/// All positions that are not picked.
///
/// # Errors
/// If they are too many to list.
pub(super) fn rest(gone: &Pick, len: usize) -> Result<Pick> {
    // What is left of a stretch at either end needs no list.
    if let Pick::Range { start, step: 1, len: n } = gone {
        let end = start.saturating_add(*n);
        if *n == 0 {
            return Ok(Pick::all(len));
        }
        if *start == 0 {
            return Ok(Pick::span(end.min(len), len.saturating_sub(end)));
        }
        if end >= len {
            return Ok(Pick::span(0, *start));
        }
    }
    let mut kept = vec![true; count(&[len])?];
    for i in (0..gone.len()).filter_map(|k| gone.get(k)) {
        if let Some(flag) = kept.get_mut(i) {
            *flag = false;
        }
    }
    let left = kept.iter().enumerate().filter(|(_, keep)| **keep).map(|(i, _)| i);
    Ok(Pick::List(left.collect()))
}

fn is_mask(array: &DataArray) -> bool {
    array.dtype() == DType::Bool
}

/// The positions along a dimension that an array holds.
fn positions(dim: &Name, len: usize, array: &DataArray) -> Result<Points> {
    let values = in_memory(array)?;
    if !values.dtype().is_integer() {
        return Err(Error::mismatch(format!(
            "positions along \"{dim}\" of type {}; expected integers or truth values",
            values.dtype()
        )));
    }
    let flat = values.cast(&DType::I64)?.to_flat::<i64>()?;
    let pick = Indexer::List(flat).pick(dim, len)?;
    let at = (0..pick.len()).filter_map(|k| pick.get(k)).collect();
    Ok(Points { dim: dim.clone(), dims: array.dims(), shape: array.shape(), at })
}

pub(super) fn named<N: Into<Name>, T>(by: impl IntoIterator<Item = (N, T)>) -> Vec<(Name, T)> {
    by.into_iter().map(|(n, t)| (n.into(), t)).collect()
}

pub(super) fn shown<T: std::fmt::Display>(by: &[(Name, T)]) -> String {
    by.iter().map(|(n, s)| format!("{n}: {s}")).collect::<Vec<_>>().join(", ")
}

impl DataArray {
    /// Selects by position along one dimension; see [`Dataset::isel`].
    #[track_caller]
    pub fn isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("isel({dim:?}, {at})"), |set| set.try_isel(dim, &at))
    }

    /// Selects by position along several dimensions; see [`Dataset::isel_many`].
    #[track_caller]
    pub fn isel_many<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Indexer)>,
        missing_dims: MissingDims,
    ) -> Self {
        let by = named(by);
        self.verb(
            || format!("isel_many({})", shown(&by)),
            |set| set.try_isel_many(&by, missing_dims),
        )
    }

    /// Leaves out positions along a dimension; see [`Dataset::drop_isel`].
    #[track_caller]
    pub fn drop_isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("drop_isel({dim:?}, {at})"), |set| set.try_drop_isel(dim, &at))
    }
}

impl Variable {
    /// The picked positions along a dimension; the variable itself if it has no such dimension.
    pub(crate) fn picked(&self, dim: &str, pick: &Pick) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let selection = Selection::all(self.shape()).with(axis, pick.clone());
        let data = self.data().select(&selection)?;
        if !matches!(pick, Pick::At(_)) {
            return self.clone().with_data(data);
        }
        let dims = self.dims().without(&[Name::from(dim)]);
        let encoding = self.encoding().after_reshape();
        self.clone().with_encoding(encoding).with_dims_data(dims, data)
    }
}
