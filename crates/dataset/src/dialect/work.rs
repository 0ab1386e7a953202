//! A dataset while it is fixed.

use std::sync::Arc;

use graticule_array::{Array, DType, Result};
use graticule_lazy::LazyArray;

use super::{Applied, Vocabulary, Word};
use crate::attrs::Attrs;
use crate::cache::Cache;
use crate::combine::same_values;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

/// What is said of values that were not looked at.
pub(super) const UNSEEN: &str = " (unseen)";

/// A dataset between fixes, the words for its parts, and what was done to it.
pub(super) struct Work<'a> {
    pub(super) set: Dataset,
    pub(super) words: &'a Vocabulary,
    changes: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Work<'a> {
    pub(super) fn new(set: &Dataset, words: &'a Vocabulary) -> Self {
        Self { set: set.clone(), words, changes: Vec::new(), notes: Vec::new() }
    }

    /// Records a change.
    pub(super) fn changed(&mut self, what: impl Into<String>) {
        self.changes.push(what.into());
    }

    /// Records a change of values; if they were not in memory, it may be none.
    pub(super) fn revalued(&mut self, old: &Variable, what: impl Into<String>) {
        if old.in_memory().is_some() {
            self.changed(what);
        } else {
            self.changed(format!("{}{UNSEEN}", what.into()));
        }
    }

    /// Records what was left as it is.
    pub(super) fn left(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// What was recorded since the last time.
    pub(super) fn done(&mut self, fix: &str) -> Applied {
        Applied::new(fix, std::mem::take(&mut self.changes), std::mem::take(&mut self.notes))
    }

    /// The name of a word.
    pub(super) fn name(&self, word: Word) -> Name {
        self.words.name(word).into()
    }

    /// The variable of a word, with its name.
    pub(super) fn var(&self, word: Word) -> Option<(Name, Variable)> {
        let name = self.name(word);
        let var = self.set.variable(&name)?.clone();
        Some((name, var))
    }

    /// The dimension of a word, if there is one.
    pub(super) fn dim(&self, word: Word) -> Option<Name> {
        let name = self.name(word);
        self.set.size_of(&name).map(|_| name)
    }

    /// Puts a variable in the place of another or beside it; as a coordinate, if that was none.
    pub(super) fn put(&mut self, name: &Name, var: Variable) -> Result<()> {
        let coord = self.set.is_coord(name) || !self.set.has(name);
        let index = self.set.0.indexes.get(name).cloned();
        let same = self.set.variable(name).is_some_and(|old| same_data(old.data(), var.data()));
        let parts = Arc::make_mut(&mut self.set.0);
        parts.insert(name.clone(), var, coord)?;
        if let Some(index) = index.filter(|_| same) {
            parts.indexes.insert(name.clone(), index);
        }
        parts.cache = Cache::default();
        Ok(())
    }

    /// A function of one's own.
    pub(super) fn custom(&mut self, change: &dyn Fn(&Dataset) -> Dataset) -> Result<()> {
        let made = change(&self.set).check()?;
        let same = Arc::ptr_eq(&made.0, &self.set.0)
            || (made.attrs() == self.set.attrs()
                && made.0.coords == self.set.0.coords
                && made.variables().count() == self.set.variables().count()
                && made
                    .variables()
                    .all(|(n, v)| self.set.variable(n).is_some_and(|old| old.is_same(v))));
        if !same {
            self.changed("applied");
        }
        self.set = made;
        Ok(())
    }
}

/// Of the attributes only that which names the axis.
pub(super) fn axis_only(var: &Variable) -> Attrs {
    let axis = var.attrs().get("axis").cloned();
    axis.map(|axis| Attrs::new().with("axis", axis)).unwrap_or_default()
}

/// Whether two arrays are known to be the same.
pub(super) fn same_data(a: &LazyArray, b: &LazyArray) -> bool {
    if a.shape() != b.shape() || a.dtype() != b.dtype() {
        return false;
    }
    match (a.as_constant(), b.as_constant()) {
        (Some(x), Some(y)) => same_values(x, y),
        _ => a.id() == b.id(),
    }
}

/// Numbers in memory, as doubles.
pub(super) fn numbers(var: &Variable) -> Option<Vec<f64>> {
    var.in_memory().filter(|a| a.dtype().is_real()).and_then(|a| doubles(a).ok())
}

/// The elements as doubles.
pub(super) fn doubles(array: &Array) -> Result<Vec<f64>> {
    array.cast(&DType::F64)?.to_flat::<f64>()
}

/// Whether all numbers pass a test; `None` if they are not in memory. Missing ones pass.
pub(super) fn all_pass(var: &Variable, test: impl Fn(f64) -> bool) -> Option<bool> {
    Some(numbers(var)?.into_iter().all(|v| v.is_nan() || test(v)))
}
