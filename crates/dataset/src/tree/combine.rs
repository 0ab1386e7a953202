//! Trees put together, group by group.

use graticule_array::{Error, Result};
use indexmap::IndexMap;

use super::DataTree;
use crate::combine::{Along, CombineOptions, Lacking, combine, merge_with};
use crate::dataset::Dataset;
use crate::name::Name;

/// What the trees have under one path.
#[derive(Default)]
struct Group {
    sets: Vec<Dataset>,
    /// What some node holds itself; everything else is inherited.
    own: Vec<Name>,
}

/// Puts trees together group by group, as [`combine`](crate::combine()) does with datasets: a
/// group whose labels differ, or that has the dimension asked for, is concatenated; any other must
/// be equal in all, or have variables of other names. Reads nothing.
///
/// ```
/// use graticule_dataset::{CombineOptions, DataTree, Dataset, combine_datatrees};
/// let day = |t: i32| {
///     DataTree::from_groups([
///         ("/", Dataset::new().with_coord("time", "time", vec![t])),
///         ("/obs", Dataset::new().with_var("t2m", "time", vec![280.0 + f64::from(t)])),
///         ("/grid", Dataset::new().with_var("mask", "x", vec![0, 1])),
///     ])
/// };
/// let both = combine_datatrees(&[day(2)?, day(1)?], &CombineOptions::new())?;
/// assert_eq!(both.var("obs/t2m").values::<f64>()?, [281.0, 282.0]);
/// assert_eq!(both.var("grid/mask").values::<i32>()?, [0, 1]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If there are none, one carries a fault, some lack a group (unless
/// [`lacking`](CombineOptions::lacking) says otherwise), or the datasets of a group do not go
/// together; the message names the group.
pub fn combine_datatrees(trees: &[DataTree], options: &CombineOptions) -> Result<DataTree> {
    if trees.is_empty() {
        return Err(Error::invalid("nothing to combine"));
    }
    let mut groups: IndexMap<String, Group> = IndexMap::new();
    for tree in trees {
        let tree = tree.clone().check()?;
        let root = tree.path().trim_end_matches('/').len();
        for node in tree.subtree() {
            let path = node.path().get(root..).unwrap_or_default().to_owned();
            let group = groups.entry(path).or_default();
            group.sets.push(node.dataset().clone());
            for (name, _) in node.own_dataset().variables() {
                if !group.own.contains(name) {
                    group.own.push(name.clone());
                }
            }
        }
    }
    let mut made = Vec::with_capacity(groups.len());
    for (path, group) in groups {
        let missing = trees.len() - group.sets.len();
        let shown = if path.is_empty() { "/" } else { &path };
        match options.lacking {
            Lacking::Refuse if missing > 0 => {
                return Err(Error::mismatch(format!(
                    "{missing} of {} trees lack the group {shown}",
                    trees.len()
                ))
                .hint(
                    "Lacking::Fill takes it from those that have it, Lacking::Drop leaves it out",
                ));
            }
            Lacking::Drop if missing > 0 => continue,
            _ => {}
        }
        let set =
            group.combined(options).map_err(|e| e.context(format!("in the group {shown}")))?;
        made.push((path, set));
    }
    DataTree::from_groups(made)
}

impl Group {
    fn combined(self, options: &CombineOptions) -> Result<Dataset> {
        let lies_along = match &options.along {
            Along::Dim(dim) => {
                let has = |s: &Dataset| s.size_of(dim).is_some();
                let is_new = !self.sets.iter().any(has);
                // A new dimension is one of all groups that hold anything.
                self.sets.iter().any(has) || (is_new && !self.own.is_empty())
            }
            Along::Coords => self.labels_differ(),
        };
        let whole = if lies_along && self.sets.len() > 1 {
            combine(&self.sets, options)?
        } else {
            merge_with(&self.sets, options)?
        };
        let inherited = whole.variables().map(|(n, _)| n).filter(|n| !self.own.contains(n));
        let inherited: Vec<Name> = inherited.cloned().collect();
        if inherited.is_empty() { Ok(whole) } else { whole.drop_vars(inherited).check() }
    }

    fn labels_differ(&self) -> bool {
        let Some((first, rest)) = self.sets.split_first() else { return false };
        let mut indexes = first.indexes();
        indexes.any(|(name, index)| {
            rest.iter().any(|s| s.index(name).is_some_and(|o| !index.equals(&**o)))
        })
    }
}
