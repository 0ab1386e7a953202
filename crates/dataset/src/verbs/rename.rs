//! Other names for variables and dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

/// Which names an old name may stand for.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Both,
    Vars,
    Dims,
}

impl Dataset {
    /// Renames variables, coordinates and dimensions: pairs of old and new names.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("a", "x", vec![3, 4]);
    /// let ds = ds.rename([("x", "lon"), ("a", "b")]);
    /// assert!(ds.index("lon").is_some() && ds.has("b") && ds.size_of("x").is_none());
    /// ```
    #[track_caller]
    pub fn rename<A: Into<Name>, B: Into<Name>>(
        &self,
        names: impl IntoIterator<Item = (A, B)>,
    ) -> Self {
        let names = pairs(names);
        self.verb(|| format!("rename({names:?})"), |ds| ds.try_rename(&names, What::Both))
    }

    /// Renames variables and coordinates, not dimensions.
    #[track_caller]
    pub fn rename_vars<A: Into<Name>, B: Into<Name>>(
        &self,
        names: impl IntoIterator<Item = (A, B)>,
    ) -> Self {
        let names = pairs(names);
        self.verb(|| format!("rename_vars({names:?})"), |ds| ds.try_rename(&names, What::Vars))
    }

    /// Renames dimensions, not variables.
    #[track_caller]
    pub fn rename_dims<A: Into<Name>, B: Into<Name>>(
        &self,
        names: impl IntoIterator<Item = (A, B)>,
    ) -> Self {
        let names = pairs(names);
        self.verb(|| format!("rename_dims({names:?})"), |ds| ds.try_rename(&names, What::Dims))
    }

    fn try_rename(&self, names: &[(Name, Name)], what: What) -> Result<Self> {
        for (i, (old, new)) in names.iter().enumerate() {
            let known = (what != What::Dims && self.has(old) && *old != MAIN)
                || (what != What::Vars && self.size_of(old).is_some());
            if !known {
                return Err(if what == What::Dims {
                    crate::dims::no_dimension(old, self.sizes())
                } else {
                    self.missing_name(old)
                });
            }
            let moves_away = names.iter().any(|(o, _)| o == new);
            let taken = what != What::Dims && self.has(new) && !moves_away;
            if taken || names.iter().take(i).any(|(_, n)| n == new) {
                return Err(Error::invalid(format!(
                    "\"{old}\" cannot be renamed to \"{new}\": that name is taken"
                )));
            }
        }
        let renamed = |name: &Name| {
            names
                .iter()
                .find(|(old, _)| old == name)
                .map_or_else(|| name.clone(), |(_, n)| n.clone())
        };
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            let key = if what == What::Dims { name.clone() } else { renamed(name) };
            let made = if what == What::Vars || !var.dims().iter().any(|d| renamed(d) != *d) {
                var.clone()
            } else {
                let dims = var.dims().iter().map(renamed).collect();
                Variable::clone(var).with_dims_data(dims, var.data().clone())?
            };
            parts.insert(key.clone(), made, self.is_coord(name))?;
            if let Some(index) =
                self.0.indexes.get(name).filter(|_| parts.indexes.contains_key(&key))
            {
                parts.indexes.insert(key, index.clone());
            }
        }
        for joint in &self.0.joints {
            let coord = |n: &Name| if what == What::Dims { n.clone() } else { renamed(n) };
            let dim = |n: &Name| if what == What::Vars { n.clone() } else { renamed(n) };
            parts.put_joint(joint.renamed(coord, dim));
        }
        Ok(Self(Arc::new(parts)))
    }
}

fn pairs<A: Into<Name>, B: Into<Name>>(
    names: impl IntoIterator<Item = (A, B)>,
) -> Vec<(Name, Name)> {
    names.into_iter().map(|(a, b)| (a.into(), b.into())).collect()
}

impl DataArray {
    /// Renames the coordinates and dimensions: pairs of old and new names. The array's own name
    /// is changed by [`with_name`](Self::with_name).
    #[track_caller]
    pub fn rename<A: Into<Name>, B: Into<Name>>(
        &self,
        names: impl IntoIterator<Item = (A, B)>,
    ) -> Self {
        let names = pairs(names);
        self.verb(|| format!("rename({names:?})"), |set| set.try_rename(&names, What::Both))
    }
}
