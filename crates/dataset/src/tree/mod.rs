//! A tree of datasets: the groups of a file.

mod combine;
mod open;
mod show;
#[cfg(test)]
mod tests;
mod verbs;

use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use indexmap::IndexMap;

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;

pub use combine::combine_datatrees;
pub use open::open_datatree;

/// A dataset with further datasets below it, by name: what hierarchical files hold.
///
/// A node sees the indexed coordinates of those above it, so labels select in all nodes alike;
/// where both have a dimension, its labels are the same. A value like the other nouns: clones
/// share, verbs give back changed trees and carry faults.
///
/// ```
/// use graticule_dataset::{DataTree, Dataset};
/// let tree = DataTree::from_groups([
///     ("/", Dataset::new().with_coord("x", "x", vec![10, 20, 30])),
///     ("/fine", Dataset::new().with_var("a", "x", vec![1.0, 2.0, 3.0])),
///     ("/fine/finest", Dataset::new().with_var("b", "y", vec![5.0, 7.0])),
/// ])?;
/// assert_eq!(tree.groups(), ["/", "/fine", "/fine/finest"]);
/// assert_eq!(tree.var("fine/a").sel("x", 20).item::<f64>()?, 2.0);
/// let mean = tree.sel("x", 20..=30).mean("x");
/// assert_eq!(mean.var("fine/a").item::<f64>()?, 2.5);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DataTree(Arc<Node>);

#[derive(Clone)]
struct Node {
    /// From the root, which is "/".
    path: String,
    /// What the node itself holds.
    own: Dataset,
    /// With what it inherits.
    full: Dataset,
    children: IndexMap<Name, DataTree>,
}

/// Construction.
impl DataTree {
    /// A tree of one node.
    pub fn new(set: Dataset) -> Self {
        let full = set.clone();
        Self(Arc::new(Node { path: "/".into(), own: set, full, children: IndexMap::new() }))
    }

    /// The tree of these groups: pairs of a path ("/", "/forecast/model1") and what the group
    /// holds. Groups that only lie on the way to others may be left out.
    ///
    /// # Errors
    /// If two groups have one path, a group and a variable beside it have one name, or a group
    /// has other lengths or labels along a dimension than one above it.
    pub fn from_groups<P: AsRef<str>>(
        groups: impl IntoIterator<Item = (P, Dataset)>,
    ) -> Result<Self> {
        let mut root = Draft::default();
        for (path, set) in groups {
            let path = path.as_ref();
            let parts = path.split('/').filter(|p| !p.is_empty());
            let place =
                parts.fold(&mut root, |at, name| at.children.entry(name.into()).or_default());
            if place.set.replace(set).is_some() {
                return Err(Error::invalid(format!("there are two groups \"{path}\"")));
            }
        }
        root.build("/", None)
    }

    /// The groups of the tree with their paths, parents first; the opposite of
    /// [`from_groups`](Self::from_groups).
    #[must_use]
    pub fn to_groups(&self) -> Vec<(String, Dataset)> {
        self.subtree().into_iter().map(|t| (t.path().to_owned(), t.0.own.clone())).collect()
    }
}

/// A node whose place is not settled yet.
#[derive(Default)]
struct Draft {
    set: Option<Dataset>,
    children: IndexMap<Name, Draft>,
}

impl Draft {
    fn build(self, path: &str, above: Option<&Dataset>) -> Result<DataTree> {
        let own = self.set.unwrap_or_default();
        let full = match above {
            Some(above) => inherit(&own, above).map_err(|e| e.context(format!("group {path}")))?,
            None => own.clone(),
        };
        let base = path.trim_end_matches('/');
        let mut children = IndexMap::new();
        for (name, child) in self.children {
            if own.has(&name) {
                return Err(Error::invalid(format!(
                    "group {path} holds a variable and a group of the name \"{name}\""
                )));
            }
            let child = child.build(&format!("{base}/{name}"), Some(&full))?;
            children.insert(name, child);
        }
        Ok(DataTree(Arc::new(Node { path: path.to_owned(), own, full, children })))
    }
}

/// A group's dataset together with the indexed coordinates of what lies above it.
fn inherit(own: &Dataset, above: &Dataset) -> Result<Dataset> {
    let hint = "open_groups gives the groups one by one, as they are";
    for (dim, len) in own.sizes() {
        if let Some(known) = above.size_of(dim).filter(|n| *n != len) {
            let what = format!("dimension \"{dim}\" has the length {len} here and {known} above");
            return Err(Error::mismatch(what).hint(hint));
        }
    }
    let mut parts = (*own.0).clone();
    parts.cache = crate::cache::Cache::default();
    for (name, index) in above.indexes() {
        if let Some(mine) = own.index(name) {
            if let Some(difference) = mine.difference(index.as_ref()) {
                let what =
                    format!("the labels of \"{name}\" differ from those above: {difference}");
                return Err(Error::mismatch(what).hint(hint));
            }
            continue;
        }
        if let Some(var) = above.variable(name).filter(|_| !own.has(name)) {
            parts.adopt(name, var.clone(), &above.0)?;
            parts.indexes.insert(name.clone(), index.clone());
        }
    }
    Ok(Dataset(Arc::new(parts)))
}

/// Facts and places.
impl DataTree {
    /// The path of this node from the root of the file.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The name of this node; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.path.rsplit('/').next().unwrap_or_default()
    }

    /// The dataset of this node, with the coordinates that it inherits.
    pub fn dataset(&self) -> &Dataset {
        &self.0.full
    }

    /// The dataset of this node without what it inherits.
    pub fn own_dataset(&self) -> &Dataset {
        &self.0.own
    }

    /// The nodes directly below, with their names.
    pub fn children(&self) -> impl Iterator<Item = (&Name, &Self)> {
        self.0.children.iter()
    }

    /// Whether nothing lies below.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.0.children.is_empty()
    }

    /// This node and all below it, level by level.
    #[must_use]
    pub fn subtree(&self) -> Vec<Self> {
        let mut out = vec![self.clone()];
        let mut at = 0;
        while let Some(node) = out.get(at).cloned() {
            out.extend(node.0.children.values().cloned());
            at += 1;
        }
        out
    }

    /// The nodes below which nothing lies.
    #[must_use]
    pub fn leaves(&self) -> Vec<Self> {
        self.subtree().into_iter().filter(Self::is_leaf).collect()
    }

    /// The paths of this node and all below it, level by level.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.subtree().iter().map(|t| t.path().to_owned()).collect()
    }

    /// The node at a path from this one: "forecast/model1"; "" and "/" are the node itself.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Self> {
        let parts = path.split('/').filter(|p| !p.is_empty() && *p != ".");
        let mut at = self;
        for part in parts {
            at = at.0.children.get(part)?;
        }
        Some(at.clone())
    }

    /// The node at a path from this one.
    ///
    /// # Errors
    /// If there is none, naming those there are.
    pub fn node(&self, path: &str) -> Result<Self> {
        self.get(path).ok_or_else(|| {
            let known = self.groups();
            let shown: Vec<&str> = known.iter().take(12).map(String::as_str).collect();
            let list = shown.join(", ");
            let error = Error::not_found(format!("no group \"{path}\" (there are {list})"));
            let full = format!("/{}", path.trim_matches('/'));
            match did_you_mean(&full, known.iter().map(String::as_str)) {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }

    /// A variable or coordinate by its path from this node: "forecast/t2m"; faulted if there is
    /// none.
    #[track_caller]
    pub fn var(&self, path: &str) -> DataArray {
        let (group, name) = path.rsplit_once('/').unwrap_or(("", path));
        match self.node(group) {
            Ok(node) => node.0.full.var(name),
            Err(error) => {
                let place = std::panic::Location::caller();
                DataArray::faulted_from(&self.0.full, name, error, place)
            }
        }
    }

    /// Bytes that all variables of all nodes take in memory, or would take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.subtree().iter().map(|t| t.0.own.bytes()).fold(0, usize::saturating_add)
    }
}
