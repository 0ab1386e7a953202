//! Sorting along dimensions by labels, and leaving out repeated labels.

use graticule_array::{Array, DType, Error, Pick, Result};
use indexmap::IndexMap;

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::name::Name;
use crate::variable::Variable;

/// What to sort by: names of one-dimensional coordinates or variables, or arrays.
#[derive(Clone, Debug)]
pub struct SortKeys(Vec<Key>);

#[derive(Clone, Debug)]
enum Key {
    Name(Name),
    Array(DataArray),
}

impl<T: Into<Dims>> From<T> for SortKeys {
    fn from(names: T) -> Self {
        Self(names.into().iter().cloned().map(Key::Name).collect())
    }
}

impl From<&DataArray> for SortKeys {
    fn from(array: &DataArray) -> Self {
        Self(vec![Key::Array(array.clone())])
    }
}

impl<const N: usize> From<[&DataArray; N]> for SortKeys {
    fn from(arrays: [&DataArray; N]) -> Self {
        Self(arrays.into_iter().cloned().map(Key::Array).collect())
    }
}

impl SortKeys {
    fn text(&self) -> String {
        let texts: Vec<String> = self
            .0
            .iter()
            .map(|key| match key {
                Key::Name(name) => format!("{name:?}"),
                Key::Array(array) => array.name().unwrap_or("..").to_owned(),
            })
            .collect();
        texts.join(", ")
    }
}

/// Which of several equal labels [`Dataset::drop_duplicates`] keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The first one.
    #[default]
    First,
    /// The last one.
    Last,
    /// None of them: only labels that occur once stay.
    None,
}

impl Dataset {
    /// Sorts along the dimensions of one or more keys: names of one-dimensional coordinates, or
    /// arrays, in memory. Of several keys on one dimension the first counts most. The order of
    /// equal keys stays; missing ones come last. Only labels are looked at, data stays lazy.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("x", "x", vec![3, 1, 2])
    ///     .with_var("a", "x", vec![30.0, 10.0, 20.0]);
    /// assert_eq!(ds.sortby("x")["a"].values::<f64>()?, [10.0, 20.0, 30.0]);
    /// assert_eq!(ds.sortby_descending("x")["x"].values::<i32>()?, [3, 2, 1]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn sortby(&self, keys: impl Into<SortKeys>) -> Self {
        let keys = keys.into();
        self.verb(|| format!("sortby({})", keys.text()), |ds| ds.try_sort(&keys, true))
    }

    /// Sorts like [`sortby`](Self::sortby) from high to low; missing keys still come last.
    #[track_caller]
    pub fn sortby_descending(&self, keys: impl Into<SortKeys>) -> Self {
        let keys = keys.into();
        self.verb(|| format!("sortby_descending({})", keys.text()), |ds| ds.try_sort(&keys, false))
    }

    fn try_sort(&self, keys: &SortKeys, ascending: bool) -> Result<Self> {
        let mut by_dim: IndexMap<Name, Vec<Vec<Option<usize>>>> = IndexMap::new();
        for key in &keys.0 {
            let (name, var) = match key {
                Key::Name(name) => (name.clone(), self.sort_key(name)?),
                Key::Array(array) => {
                    array.set.sound()?;
                    super::align::check_exact(self, &array.set)?;
                    (Name::from(array.name().unwrap_or("the key")), array.main()?.clone())
                }
            };
            let [dim] = &**var.dims() else {
                return Err(Error::mismatch(format!(
                    "sorting needs keys of one dimension, \"{name}\" has ({})",
                    var.dims()
                )));
            };
            self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
            by_dim.entry(dim.clone()).or_default().push(ranks(&held(&name, &var)?)?);
        }
        let mut made = self.clone();
        for (dim, keys) in by_dim {
            let order = order(&keys, ascending, self.size_of(&dim).unwrap_or(0));
            if !order.iter().copied().eq(0..order.len()) {
                made = made.picked(&dim, &Pick::List(order.into()))?;
            }
        }
        Ok(made)
    }

    fn sort_key(&self, name: &Name) -> Result<Variable> {
        match (self.variable(name), self.size_of(name)) {
            (Some(var), _) => Ok(var.clone()),
            // A dimension without labels is in order.
            (None, Some(len)) => {
                let places: Vec<i64> = (0..len).filter_map(|i| i64::try_from(i).ok()).collect();
                Variable::new(name, places)
            }
            (None, None) => Err(self.missing_name(name)),
        }
    }

    /// Leaves out positions along a dimension whose label occurs before (or after, or elsewhere:
    /// see [`Keep`]).
    ///
    /// ```
    /// use graticule_dataset::{DataArray, Keep};
    /// let x = DataArray::new("x", "t", vec![1, 2, 3]).with_coord("t", "t", vec![10, 10, 20]);
    /// assert_eq!(x.drop_duplicates("t", Keep::First).values::<i32>()?, [1, 3]);
    /// assert_eq!(x.drop_duplicates("t", Keep::None).values::<i32>()?, [3]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn drop_duplicates(&self, dim: &str, keep: Keep) -> Self {
        self.verb(
            || format!("drop_duplicates({dim:?}, {keep:?})"),
            |ds| ds.try_drop_duplicates(dim, keep),
        )
    }

    fn try_drop_duplicates(&self, dim: &str, keep: Keep) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let Some(var) = self.variable(dim) else { return Ok(self.clone()) };
        let ranks = ranks(&held(&dim.into(), var)?)?;
        // Missing labels equal each other, as in pandas.
        let mut seen: IndexMap<Option<usize>, (usize, usize, usize)> = IndexMap::new();
        for (i, rank) in ranks.into_iter().enumerate() {
            let entry = seen.entry(rank).or_insert((i, i, 0));
            *entry = (entry.0, i, entry.2 + 1);
        }
        let mut kept: Vec<usize> = seen
            .values()
            .filter(|(_, _, n)| keep != Keep::None || *n == 1)
            .map(|(first, last, _)| if keep == Keep::Last { *last } else { *first })
            .collect();
        kept.sort_unstable();
        if kept.len() == len {
            Ok(self.clone())
        } else {
            self.picked(dim, &Pick::List(kept.into()))
        }
    }
}

impl DataArray {
    /// Sorts along the dimensions of one or more keys; see [`Dataset::sortby`].
    #[track_caller]
    pub fn sortby(&self, keys: impl Into<SortKeys>) -> Self {
        let keys = keys.into();
        self.verb(|| format!("sortby({})", keys.text()), |set| set.try_sort(&keys, true))
    }

    /// Sorts like [`sortby`](Self::sortby) from high to low; missing keys still come last.
    #[track_caller]
    pub fn sortby_descending(&self, keys: impl Into<SortKeys>) -> Self {
        let keys = keys.into();
        self.verb(
            || format!("sortby_descending({})", keys.text()),
            |set| set.try_sort(&keys, false),
        )
    }

    /// Leaves out positions with repeated labels; see [`Dataset::drop_duplicates`].
    #[track_caller]
    pub fn drop_duplicates(&self, dim: &str, keep: Keep) -> Self {
        self.verb(
            || format!("drop_duplicates({dim:?}, {keep:?})"),
            |set| set.try_drop_duplicates(dim, keep),
        )
    }
}

/// The values of a key, which must be in memory: sorting reads nothing.
fn held(name: &Name, var: &Variable) -> Result<Array> {
    var.in_memory().cloned().ok_or_else(|| {
        Error::unsupported(format!("\"{name}\" is not in memory, and sorting reads nothing"))
            .hint("load it first: load_vars(..), or compute() of the key")
    })
}

/// Of each element the rank of its value; equal values share one, missing ones have none.
fn ranks(values: &Array) -> Result<Vec<Option<usize>>> {
    let Some((codes, _)) = crate::index::factorize(values) else {
        return match values.dtype() {
            DType::Char => byte_ranks(values),
            dtype => Err(Error::unsupported(format!("elements of type {dtype} have no order"))),
        };
    };
    Ok(codes.into_iter().map(|c| (c != u32::MAX).then_some(c as usize)).collect())
}

fn byte_ranks(values: &Array) -> Result<Vec<Option<usize>>> {
    let bytes = values.to_flat::<u8>()?;
    Ok(bytes.into_iter().map(|b| Some(usize::from(b))).collect())
}

/// The positions in order of the keys, the first of which counts most; stable.
fn order(keys: &[Vec<Option<usize>>], ascending: bool, len: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| {
        let orders = keys.iter().map(|key| {
            let (x, y) = (key.get(*a).copied().flatten(), key.get(*b).copied().flatten());
            match (x, y) {
                (Some(x), Some(y)) if ascending => x.cmp(&y),
                (Some(x), Some(y)) => y.cmp(&x),
                // Missing ones come last either way.
                (x, y) => x.is_none().cmp(&y.is_none()),
            }
        });
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    places
}
