//! Another coordinate in the place of a dimension.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::name::Name;

impl Dataset {
    pub(crate) fn try_swap_dims(&self, pairs: &[(Name, Name)]) -> Result<Self> {
        for (i, (old, new)) in pairs.iter().enumerate() {
            self.size_of(old).ok_or_else(|| no_dimension(old, self.sizes()))?;
            if pairs.iter().take(i).any(|(o, n)| o == old || n == new) {
                return Err(Error::invalid(format!("\"{old}\" or \"{new}\" is listed twice")));
            }
            let moves_away = pairs.iter().any(|(o, _)| o == new);
            if self.size_of(new).is_some() && !moves_away && old != new {
                return Err(Error::invalid(format!("there is a dimension \"{new}\" already")));
            }
            if let Some(var) = self.variable(new).filter(|_| *new != MAIN && old != new)
                && **var.dims() != *std::slice::from_ref(old)
            {
                return Err(Error::mismatch(format!(
                    "\"{new}\" cannot replace \"{old}\": it has the dimensions ({})",
                    var.dims()
                )));
            }
        }
        let renamed = |dim: &Name| {
            let pair = pairs.iter().find(|(old, _)| old == dim);
            pair.map_or_else(|| dim.clone(), |(_, new)| new.clone())
        };
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            let coord = self.is_coord(name) || pairs.iter().any(|(_, new)| new == name);
            if var.dims().iter().all(|d| renamed(d) == *d) {
                parts.adopt(name, var.clone(), &self.0)?;
                continue;
            }
            let dims = var.dims().iter().map(renamed).collect();
            let made = var.clone().with_dims_data(dims, var.data().clone())?;
            parts.insert(name.clone(), made, coord)?;
        }
        for joint in self.0.joints.iter().filter(|j| j.dims.iter().any(|d| renamed(d) != *d)) {
            let kept = |c: &Name| parts.indexes.get(c).is_none();
            if joint.coords.iter().all(kept) {
                parts.put_joint(joint.renamed(Name::clone, renamed));
            } else {
                parts.note_dropped(joint);
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// Puts other coordinates in the place of dimensions: pairs of a dimension and the
            /// one-dimensional coordinate along it that becomes its index (or a new name). The
            /// old labels stay as a coordinate.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "n", vec![1.0, 2.0])
            ///     .with_coord("n", "n", vec![0, 1])
            ///     .with_coord("depth", "n", vec![10.0, 20.0])
            ///     .swap_dims([("n", "depth")]);
            /// assert_eq!(x.sel("depth", 20.0).item::<f64>()?, 2.0);
            /// assert_eq!(x["n"].dims().to_string(), "depth");
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn swap_dims<A: Into<Name>, B: Into<Name>>(
                &self,
                pairs: impl IntoIterator<Item = (A, B)>,
            ) -> Self {
                let pairs: Vec<(Name, Name)> =
                    pairs.into_iter().map(|(a, b)| (a.into(), b.into())).collect();
                self.verb(|| format!("swap_dims({pairs:?})"), |set| set.try_swap_dims(&pairs))
            }
        }
    )*};
}

verbs!(DataArray Dataset);
