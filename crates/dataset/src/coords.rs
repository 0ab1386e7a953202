//! The coordinates of an object.

use std::fmt;

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;

/// The coordinates of a dataset or a data array.
///
/// ```
/// use graticule_dataset::DataArray;
/// let t = DataArray::new("t", "x", vec![1.0, 2.0]).with_coord("x", "x", vec![10, 20]);
/// assert_eq!(t.coords().names().collect::<Vec<_>>(), ["x"]);
/// assert_eq!(t.coords().get("x").unwrap().values::<i32>()?, [10, 20]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Coords {
    set: Dataset,
}

impl Coords {
    pub(crate) fn of(set: &Dataset) -> Self {
        let only = set.map_vars(|name, var| Ok(set.is_coord(name).then(|| var.clone())));
        Self { set: only.unwrap_or_else(|_| set.clone()) }
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.set.coord_vars().map(|(name, _)| name)
    }

    /// Whether there is a coordinate of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.set.has(name)
    }

    /// A coordinate, with the coordinates on its dimensions.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<DataArray> {
        self.set.get(name)
    }

    /// The coordinates as a dataset without data variables.
    pub fn to_dataset(&self) -> Dataset {
        self.set.clone()
    }
}

impl fmt::Display for Coords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::text::coords(&self.set, &crate::DisplayOptions::of(&self.set)))
    }
}

impl fmt::Debug for Coords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
