//! Verbs of datasets over all nodes of a tree.

use std::panic::Location;

use graticule_array::{Result, did_you_mean};

use super::{DataTree, Draft};
use crate::compute::compute_datasets;
use crate::dataset::Dataset;
use crate::dims::{Dims, Over, no_dimension};
use crate::select::{Indexer, Selector};
use crate::verbs::{
    Reducer, all, any, count, first, last, max, mean, min, named_reductions, prod, reduction_doc,
    std, sum,
};

impl DataTree {
    /// Every node's dataset through a function, which is given the path too. Nodes without
    /// anything of their own stay as they are.
    ///
    /// ```
    /// use graticule_dataset::{DataTree, Dataset};
    /// let tree = DataTree::new(Dataset::new().with_var("a", "x", vec![1.0, 2.0]));
    /// let twice = tree.map(|_, set| &set * 2.0);
    /// assert_eq!(twice.var("a").values::<f64>()?, [2.0, 4.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn map(&self, change: impl Fn(&str, Dataset) -> Dataset) -> Self {
        let place = Location::caller();
        let change = |node: &Self| match node.0.own.variables().next() {
            Some(_) => change(node.path(), node.0.full.clone()),
            None => node.0.own.clone(),
        };
        self.rebuilt(&change, place)
    }

    /// Changes every node, then lets it inherit anew: what it has from above is not its own.
    fn rebuilt(
        &self,
        change: &dyn Fn(&Self) -> Dataset,
        place: &'static Location<'static>,
    ) -> Self {
        let draft = self.changed(change, None);
        draft
            .build(self.path(), None)
            .unwrap_or_else(|error| Self::new(self.0.full.faulted(error, "map(..)".into(), place)))
    }

    fn changed(&self, change: &dyn Fn(&Self) -> Dataset, above: Option<&Dataset>) -> Draft {
        let mut set = change(self);
        if let Some(above) = above
            && set.fault().is_none()
        {
            let inherited = above.coord_vars().map(|(n, _)| n).filter(|n| !self.0.own.has(n));
            let names: Vec<&str> =
                inherited.filter(|n| set.has(n)).map(crate::name::Name::as_str).collect();
            if !names.is_empty() {
                set = set.drop_vars(names);
            }
        }
        let children = self.0.children.iter();
        let children =
            children.map(|(name, t)| (name.clone(), t.changed(change, Some(&self.0.full))));
        Draft { set: Some(set), children: children.collect() }
    }

    /// A verb along dimensions, in those nodes that have them. A dimension that no node has is
    /// a fault of the root.
    fn along(
        &self,
        dims: &Dims,
        place: &'static Location<'static>,
        step: impl Fn() -> String,
        verb: impl Fn(&Dataset, &Dims) -> Dataset,
    ) -> Self {
        let nodes = self.subtree();
        let has = |dim: &str| nodes.iter().any(|t| t.0.full.size_of(dim).is_some());
        if let Some(lost) = dims.iter().find(|d| !has(d)) {
            let known: Vec<&str> =
                nodes.iter().flat_map(|t| t.0.full.sizes().map(|(d, _)| d.as_str())).collect();
            let mut error = no_dimension(lost, self.0.full.sizes());
            if let Some(hint) = did_you_mean(lost, known) {
                error = error.hint(hint);
            }
            return Self::new(self.0.full.faulted(error, step(), place));
        }
        let change = |node: &Self| {
            let here: Dims =
                dims.iter().filter(|d| node.0.full.size_of(d).is_some()).cloned().collect();
            if here.is_empty() { node.0.full.clone() } else { verb(&node.0.full, &here) }
        };
        self.rebuilt(&change, place)
    }

    /// Selects by label along a dimension in all nodes that have it; see [`Dataset::sel`].
    #[track_caller]
    pub fn sel(&self, dim: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        let step = || format!("sel({dim:?}, ..)");
        self.along(&Dims::from(dim), Location::caller(), step, |set, _| {
            set.sel(dim, labels.clone())
        })
    }

    /// Selects by position along a dimension in all nodes that have it; see [`Dataset::isel`].
    #[track_caller]
    pub fn isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        let step = || format!("isel({dim:?}, {at})");
        self.along(&Dims::from(dim), Location::caller(), step, |set, _| set.isel(dim, at.clone()))
    }

    /// Reduces all nodes over those of the dimensions that they have; see [`Dataset::reduce`].
    #[track_caller]
    #[allow(clippy::needless_pass_by_value)] // given by value as to datasets
    pub fn reduce(&self, how: Reducer, dims: impl Into<Over>) -> Self {
        let place = Location::caller();
        match dims.into() {
            Over::All | Over::Default => {
                self.rebuilt(&|node| node.0.full.reduce(how.clone(), ..), place)
            }
            Over::Named(dims) => {
                let step = || format!("reduce({}, {dims:?})", how.name());
                self.along(&dims, place, step, |set, here| set.reduce(how.clone(), here.clone()))
            }
        }
    }

    /// The first fault of any node, with the node's path.
    ///
    /// # Errors
    /// That fault.
    pub fn check(self) -> Result<Self> {
        for node in self.subtree() {
            let sound = node.0.full.sound().and_then(|()| node.0.own.sound());
            sound.map_err(|e| e.context(format!("group {}", node.path())))?;
        }
        Ok(self)
    }

    /// Reads and computes all nodes in one run, and gives back a tree in memory.
    ///
    /// # Errors
    /// A carried fault, or what goes wrong while reading and computing.
    pub fn compute(&self) -> Result<Self> {
        let tree = self.clone().check()?;
        let nodes = tree.subtree();
        let sets: Vec<Dataset> = nodes.iter().map(|t| t.0.own.clone()).collect();
        let made = compute_datasets(&sets)?;
        let paths = nodes.iter().map(|t| t.path().to_owned());
        let root = tree.path().trim_end_matches('/').len();
        let below = paths.map(|p| p.get(root..).unwrap_or_default().to_owned());
        Self::from_groups(below.zip(made))
    }
}

named_reductions!(
    @all DataTree -> DataTree, "of each node over dimensions, in all that have them", "",
    (, dims: impl Into<Over>), (, dims), count sum prod mean min max any all std first last
);
