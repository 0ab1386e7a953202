//! Concatenation, of one list or of a nested one, and combination by coordinates.

use std::sync::Arc;

use graticule_array::{Error, Pick, Result};

use super::align::Labelled;
use super::merge::merge_with;
use super::options::{Along, CombineOptions};
use super::piece::{Meta, Part, Piece};
use super::{combine, combine_pieces, finish, pieces};
use crate::data::Data;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

/// The dimension to concatenate along: a name, or a name with labels.
///
/// ```
/// use graticule_dataset::{ConcatDim, DataArray};
/// let by_name = ConcatDim::from("member");
/// let with_labels = ConcatDim::from(("year", vec![1990, 1991]));
/// let of_an_array = ConcatDim::from(DataArray::new("run", "run", vec!["a", "b"]));
/// ```
#[derive(Clone, Debug)]
pub struct ConcatDim {
    name: Name,
    labels: Option<Result<(Name, Variable)>>,
}

macro_rules! names {
    ($($type:ty)*) => {$(
        impl From<$type> for ConcatDim {
            fn from(name: $type) -> Self {
                Self { name: name.into(), labels: None }
            }
        }
    )*};
}

names!(&str String &String Name &Name);

impl<N: Into<Name>, D: Into<Data>> From<(N, D)> for ConcatDim {
    fn from((name, labels): (N, D)) -> Self {
        let name = name.into();
        let labels = Variable::new(&name, labels).map(|v| (name.clone(), v));
        Self { name, labels: Some(labels) }
    }
}

/// The array's only dimension, with the array as a coordinate of its own name.
impl From<&DataArray> for ConcatDim {
    fn from(array: &DataArray) -> Self {
        let var = array.variable();
        let name = match &**var.dims() {
            [dim] => dim.clone(),
            _ => Name::from(array.name().unwrap_or_default()),
        };
        let coord = array.name().map_or_else(|| name.clone(), Name::from);
        let labels = match array.clone().check() {
            Err(fault) => Err(fault),
            Ok(_) if var.ndim() == 1 => Ok((coord, var)),
            Ok(_) => Err(Error::mismatch(format!(
                "labels of a new dimension have one dimension, \"{coord}\" has {}",
                var.ndim()
            ))),
        };
        Self { name, labels: Some(labels) }
    }
}

impl From<DataArray> for ConcatDim {
    fn from(array: DataArray) -> Self {
        Self::from(&array)
    }
}

/// Puts datasets or arrays one after the other along a dimension, existing or new, in the order
/// given. Labels of other dimensions must be the same, and what does not lie along the dimension
/// must be equal. Reads nothing, see [`combine`].
///
/// ```
/// use graticule_dataset::{DataArray, concat};
/// let a = DataArray::new("t", "x", vec![1, 2]).with_coord("x", "x", vec![10, 20]);
/// let b = DataArray::new("t", "x", vec![3, 4]).with_coord("x", "x", vec![10, 20]);
/// let runs = concat(&[a.clone(), b.clone()], ("run", vec!["one", "two"]))?;
/// assert_eq!(runs.dims().to_string(), "run, x");
/// assert_eq!(runs.sel("run", "two").values::<i32>()?, [3, 4]);
/// let longer = concat(&[a, b], "x")?;
/// assert_eq!(longer["x"].values::<i32>()?, [10, 20, 10, 20]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If there is none, one carries a fault, or they do not go together; all reasons at once.
pub fn concat<T: Labelled>(objects: &[T], dim: impl Into<ConcatDim>) -> Result<T> {
    concat_with(objects, dim, &CombineOptions::new())
}

/// Puts datasets or arrays one after the other along a dimension, as the options say.
///
/// # Errors
/// As [`concat()`].
pub fn concat_with<T: Labelled>(
    objects: &[T],
    dim: impl Into<ConcatDim>,
    options: &CombineOptions,
) -> Result<T> {
    let dim = dim.into();
    let labels = dim.labels.transpose()?;
    let Some(first) = objects.first() else { return Err(Error::invalid("nothing to concatenate")) };
    let sets: Vec<Dataset> = objects.iter().map(|o| o.set().clone()).collect();
    let pieces = pieces(objects)?;
    let session = sets.iter().find_map(|s| s.0.session.clone()).unwrap_or_default();
    let options = options.clone().along(Along::Dim(dim.name.to_string()));
    let may_read = options.compare.unwrap_or(false);
    let mut whole = combine_pieces(pieces, &options, &session, may_read)?;
    let order = match &options.positions {
        Some(positions) => Some(order_of(positions, &sets, &dim.name)?),
        None => None,
    };
    let coord = labels.as_ref().map_or_else(|| dim.name.clone(), |(coord, _)| coord.clone());
    if let Some((coord, labels)) = labels {
        // The labels are those of the result: they do not move with what is put there.
        let place = |places: &Vec<Vec<usize>>| places.iter().flatten().copied().collect();
        let labels = match options.positions.as_ref().map(place) {
            Some(moved) => labels.picked(&dim.name, &Pick::List(moved))?,
            None => labels,
        };
        relabel(&mut whole, &dim.name, coord, &labels)?;
    }
    let mut made = finish(whole, &sets, &options, first.set())?.with_joints_of(&sets, &dim.name);
    if let Some(order) = order {
        made = made.picked(&dim.name, &order)?;
    }
    let is_new = sets.iter().all(|s| s.size_of(&dim.name).is_none());
    if options.unindexed && is_new {
        Arc::make_mut(&mut made.0).indexes.shift_remove(&coord);
    }
    Ok(T::renamed(objects, first.with_set(made)))
}

/// Which element of the objects one after the other stands at each position.
fn order_of(positions: &[Vec<usize>], sets: &[Dataset], dim: &Name) -> Result<Pick> {
    let wrong = |why: String| Error::invalid(format!("positions along \"{dim}\": {why}"));
    if positions.len() != sets.len() {
        let (n, m) = (positions.len(), sets.len());
        return Err(wrong(format!("{n} lists for {m} objects")));
    }
    let total = positions.iter().map(Vec::len).sum();
    let mut order: Vec<Option<usize>> = vec![None; total];
    let mut next = 0;
    for (at, (list, set)) in positions.iter().zip(sets).enumerate() {
        let len = set.size_of(dim).unwrap_or(1);
        if list.len() != len {
            let n = list.len();
            return Err(wrong(format!("{n} for the {len} of object {}", at + 1)));
        }
        for place in list {
            match order.get_mut(*place) {
                Some(slot @ None) => *slot = Some(next),
                Some(Some(_)) => return Err(wrong(format!("{place} occurs twice"))),
                None => {
                    return Err(wrong(format!("{place} is out of range (there are {total})")));
                }
            }
            next += 1;
        }
    }
    // Every place is taken once, so none is left.
    Ok(Pick::List(order.into_iter().flatten().collect()))
}

/// Gives the concatenated dimension its labels.
fn relabel(whole: &mut Piece, dim: &Name, coord: Name, labels: &Variable) -> Result<()> {
    let len = whole.size_of(dim).unwrap_or(0);
    if labels.shape() != [len] {
        return Err(Error::mismatch(format!(
            "{} labels for the {len} positions of \"{dim}\"",
            labels.shape().first().copied().unwrap_or(0)
        )));
    }
    whole.parts.retain(|p| *p.name() != coord && p.name() != dim);
    let meta = Meta {
        name: coord.clone(),
        dims: dim.into(),
        dtype: labels.dtype().clone(),
        attrs: labels.attrs().clone(),
        encoding: labels.encoding().clone(),
        decode: None,
        stored: None,
    };
    whole.parts.insert(0, Part::ready(meta, labels.data().clone()));
    Arc::make_mut(&mut whole.coords).insert(coord);
    Ok(())
}

/// Datasets in a nested list: a grid of tiles of any number of dimensions.
///
/// ```
/// use graticule_dataset::{Dataset, Nested};
/// let tile = || Nested::from(Dataset::new());
/// let rows = Nested::from(vec![Nested::from(vec![tile(), tile()])]);
/// assert_eq!(rows.shape()?, [1, 2]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Nested {
    /// One dataset.
    One(Dataset),
    /// A list along the next dimension.
    Many(Vec<Nested>),
}

impl From<Dataset> for Nested {
    fn from(set: Dataset) -> Self {
        Self::One(set)
    }
}

impl From<&Dataset> for Nested {
    fn from(set: &Dataset) -> Self {
        Self::One(set.clone())
    }
}

impl<T: Into<Nested>> From<Vec<T>> for Nested {
    fn from(list: Vec<T>) -> Self {
        Self::Many(list.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Nested>, const N: usize> From<[T; N]> for Nested {
    fn from(list: [T; N]) -> Self {
        Self::Many(list.into_iter().map(Into::into).collect())
    }
}

impl Nested {
    /// The lengths of the list and of the lists in it.
    ///
    /// # Errors
    /// If the lists of one level have different lengths.
    pub fn shape(&self) -> Result<Vec<usize>> {
        let Self::Many(list) = self else { return Ok(Vec::new()) };
        let mut inner: Option<Vec<usize>> = None;
        for (at, item) in list.iter().enumerate() {
            let shape = item.shape()?;
            match &inner {
                Some(first) if *first != shape => {
                    return Err(Error::mismatch(format!(
                        "the nested list is not a grid: entry 1 has the shape {first:?}, entry {} {shape:?}",
                        at + 1
                    )));
                }
                Some(_) => {}
                None => inner = Some(shape),
            }
        }
        Ok(std::iter::once(list.len()).chain(inner.unwrap_or_default()).collect())
    }
}

/// Combines a grid of datasets: the lists of each level along their dimension, in the order
/// given; `None` as a dimension merges the entries of that level.
///
/// ```
/// use graticule_dataset::{CombineOptions, Dataset, combine_nested};
/// let tile = |v: i32| Dataset::new().with_var("v", ["y", "x"], (vec![v], [1, 1]));
/// let grid = [[tile(1), tile(2), tile(3)], [tile(4), tile(5), tile(6)]];
/// let all = combine_nested(grid, [Some("y"), Some("x")], &CombineOptions::new())?;
/// assert_eq!(all["v"].values::<i32>()?, [1, 2, 3, 4, 5, 6]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If the list is not a grid of as many levels as there are dimensions, one carries a fault, or
/// they do not go together.
pub fn combine_nested<'a>(
    sets: impl Into<Nested>,
    dims: impl IntoIterator<Item = Option<&'a str>>,
    options: &CombineOptions,
) -> Result<Dataset> {
    let (sets, dims) = (sets.into(), dims.into_iter().collect::<Vec<_>>());
    let shape = sets.shape()?;
    if shape.len() != dims.len() {
        return Err(Error::mismatch(format!(
            "{} dimensions for a nested list of {} levels",
            dims.len(),
            shape.len()
        )));
    }
    level(sets, &dims, options)
}

fn level(sets: Nested, dims: &[Option<&str>], options: &CombineOptions) -> Result<Dataset> {
    match (sets, dims.split_first()) {
        (Nested::One(set), _) => set.check(),
        (Nested::Many(list), Some((dim, rest))) => {
            let inner: Vec<Dataset> =
                list.into_iter().map(|item| level(item, rest, options)).collect::<Result<_>>()?;
            match dim {
                Some(dim) => concat_with(&inner, *dim, options),
                None => merge_with(&inner, options),
            }
        }
        (Nested::Many(_), None) => Err(Error::bug("a nested list has more levels than its shape")),
    }
}

/// Combines datasets by the labels of their coordinates, in the order of the labels; those with
/// different variables are merged. The whole extent of the labels of each counts: overlaps,
/// duplicates and holes in the grid are errors that name the datasets, unless
/// [`overlap`](CombineOptions::overlap) says what to take.
///
/// ```
/// use graticule_dataset::{CombineOptions, Dataset, Overlap, combine_by_coords};
/// let part = |t: [i32; 2], v: [f32; 2]| {
///     Dataset::new().with_coord("t", "t", t.to_vec()).with_var("v", "t", v.to_vec())
/// };
/// let sets = [part([2, 3], [2.5, 3.]), part([1, 2], [1., 2.])];
/// let e = combine_by_coords(&sets, &CombineOptions::new()).unwrap_err();
/// assert!(e.to_string().contains("dataset 2 and dataset 1 have overlapping labels"), "{e}");
/// let mean = combine_by_coords(&sets, &CombineOptions::new().overlap(Overlap::Average))?;
/// assert_eq!(mean["v"].values::<f32>()?, [1.0, 2.25, 3.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If there are none, one carries a fault, or they do not go together; all reasons at once.
pub fn combine_by_coords(sets: &[Dataset], options: &CombineOptions) -> Result<Dataset> {
    combine(sets, &options.clone().along(Along::Coords))
}
