//! Dimensions: from dimension scales, references to them, and nothing at all.

use std::collections::HashMap;

use graticule_storage::RawDim;

use super::walk::{Leaf, Node};
use crate::describe::View;
use crate::element::HeapReader;
use crate::message::attribute::Attribute;
use crate::message::datatype::Class;
use crate::netcdf::attrs;

/// What a scale's NAME begins with if it is a dimension but not a variable.
const NOT_A_VARIABLE: &str = "This is a netCDF dimension but not a netCDF variable";
/// What stands in front of the name of a variable that has the name of a dimension which it
/// does not belong to.
const NOT_A_COORDINATE: &str = "_nc4_non_coord_";

/// The name under which readers know a dataset.
pub(super) fn shown_name(name: &str) -> &str {
    name.strip_prefix(NOT_A_COORDINATE).unwrap_or(name)
}

/// A dimension, and the group (by number, in the order of the walk) that declares it.
#[derive(Clone, Debug)]
pub(super) struct Dim {
    pub(super) dim: RawDim,
    pub(super) group: usize,
    /// The number it has among all dimensions of the file.
    pub(super) id: Option<i64>,
}

/// All dimensions of a file.
#[derive(Debug, Default)]
pub(super) struct Dims {
    pub(super) all: Vec<Dim>,
    by_address: HashMap<u64, usize>,
    by_id: HashMap<i64, usize>,
    groups: usize,
    view: View,
    /// For each group, the dimensions of each of its datasets.
    used: Vec<Vec<Vec<usize>>>,
}

fn is_scale(leaf: &Leaf) -> bool {
    leaf.attribute("CLASS").and_then(fixed_text).is_some_and(|t| t == "DIMENSION_SCALE")
}

fn fixed_text(attribute: &Attribute) -> Option<String> {
    let Ok(datatype) = &attribute.datatype else { return None };
    let Class::String { .. } = datatype.class else { return None };
    let bytes = attribute.value.get(..datatype.size)?;
    Some(crate::header::text_until_nul(bytes))
}

fn numbers(heap: &HeapReader<'_, '_>, attribute: Option<&Attribute>) -> Option<Vec<i64>> {
    let value = attrs::value(heap, attribute?).ok()?;
    let flat = value.reshape(&[value.len()]).ok()?;
    (0..flat.len()).map(|i| flat.get(&[i]).ok()?.as_i64()).collect()
}

impl Dims {
    /// Finds the scales, then gives every dataset its dimensions.
    pub(super) fn find(heap: &HeapReader<'_, '_>, root: &Node, view: View) -> Self {
        let mut dims = Self { view, ..Self::default() };
        dims.collect(heap, root);
        dims.assign(heap, root, 0);
        dims.stretch(root);
        dims
    }

    /// Whether the dataset with this header is a dimension scale.
    pub(super) fn is_scale_at(&self, address: u64) -> bool {
        self.by_address.contains_key(&address)
    }

    /// Whether a dataset only stands for a dimension.
    pub(super) fn is_dimension_only(leaf: &Leaf) -> bool {
        is_scale(leaf)
            && leaf
                .attribute("NAME")
                .and_then(fixed_text)
                .is_some_and(|t| t.starts_with(NOT_A_VARIABLE))
    }

    /// The dimensions of a dataset, by the number of its group and its place there.
    pub(super) fn of(&self, group: usize, dataset: usize) -> &[usize] {
        let used = self.used.get(group).and_then(|g| g.get(dataset));
        used.map_or(&[], Vec::as_slice)
    }

    /// The dimensions that a group declares, in the order of their numbers.
    pub(super) fn declared(&self, group: usize) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        for (i, dim) in self.all.iter().enumerate() {
            if dim.group == group {
                out.push(i);
            }
        }
        out.sort_by_key(|i| self.all.get(*i).and_then(|d| d.id).unwrap_or(i64::MAX));
        out
    }

    fn collect(&mut self, heap: &HeapReader<'_, '_>, node: &Node) {
        let group = self.groups;
        self.groups += 1;
        for leaf in node.datasets.iter().filter(|l| is_scale(l)) {
            let Some(len) = leaf.lengths().first().and_then(|n| usize::try_from(*n).ok()) else {
                continue;
            };
            let unlimited = leaf.most().first().is_some_and(Option::is_none);
            let id = numbers(heap, leaf.attribute("_Netcdf4Dimid"));
            let id = id.and_then(|n| n.first().copied());
            let number = self.all.len();
            let dim = RawDim { name: leaf.name.clone(), len, unlimited };
            self.all.push(Dim { dim, group, id });
            self.by_address.insert(leaf.address, number);
            if let Some(id) = id {
                self.by_id.insert(id, number);
            }
        }
        for child in &node.groups {
            self.collect(heap, child);
        }
    }

    /// `phony`: how many dimensions without names the groups above have.
    fn assign(&mut self, heap: &HeapReader<'_, '_>, node: &Node, phony: usize) {
        let group = self.used.len();
        let phony = match self.view {
            View::Plain => self.make_phony(group, node, phony),
            View::Netcdf => phony,
        };
        self.used.push(Vec::new());
        let mut all = Vec::with_capacity(node.datasets.len());
        for leaf in &node.datasets {
            let found = self.dims_of(heap, leaf, group);
            all.push(found);
        }
        if let Some(used) = self.used.get_mut(group) {
            *used = all;
        }
        for child in &node.groups {
            self.assign(heap, child, phony);
        }
    }

    fn dims_of(&mut self, heap: &HeapReader<'_, '_>, leaf: &Leaf, group: usize) -> Vec<usize> {
        let lengths = leaf.lengths();
        let most = leaf.most();
        let rank = lengths.len();
        let mut found: Vec<Option<usize>> = vec![None; rank];
        if let Some(own) = self.by_address.get(&leaf.address)
            && let Some(first) = found.first_mut()
        {
            *first = Some(*own);
        }
        if let Some(listed) = self.listed(heap, leaf)
            && listed.len() == rank
        {
            for (to, from) in found.iter_mut().zip(listed) {
                *to = to.or(from);
            }
        }
        if found.iter().any(Option::is_none)
            && let Some(ids) = numbers(heap, leaf.attribute("_Netcdf4Coordinates"))
            && ids.len() == rank
        {
            for (to, id) in found.iter_mut().zip(ids) {
                *to = to.or(self.by_id.get(&id).copied());
            }
        }
        // Array types bring axes of their own.
        let axes = leaf.description.as_ref().map(|d| d.element.axes.clone()).unwrap_or_default();
        let inner = axes.iter().map(|n| (*n as u64, Some(*n as u64)));
        let outer = lengths.iter().copied().zip(most.iter().copied());
        found.resize(rank + axes.len(), None);
        let mut out = Vec::with_capacity(found.len());
        for (found, (len, most)) in found.into_iter().zip(outer.chain(inner)) {
            let dim = found.unwrap_or_else(|| self.anonymous(group, len, most.is_none(), &out));
            out.push(dim);
        }
        out
    }

    /// The scales that the references of a dataset lead to.
    fn listed(&self, heap: &HeapReader<'_, '_>, leaf: &Leaf) -> Option<Vec<Option<usize>>> {
        let list = attrs::addresses(heap, leaf.attribute("DIMENSION_LIST")?).ok()?;
        let each = list.view::<graticule_array::Array>().ok()?;
        let first = |of: &graticule_array::Array| -> Option<usize> {
            let bytes = of.to_flat::<u8>().ok()?;
            let address = bytes.get(..heap.meta.form.offset_size)?;
            let address = address.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
            self.by_address.get(&address).copied()
        };
        Some(each.iter().map(first).collect())
    }

    /// A dimension without a name: shared by the datasets of a group that have an axis of this
    /// length, but never used twice by one of them.
    fn anonymous(&mut self, group: usize, len: u64, unlimited: bool, used: &[usize]) -> usize {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        // As netCDF has it: fixed axes of length 0 are never shared.
        let shared = len > 0 || unlimited;
        let plain = self.view == View::Plain;
        let shared = shared || plain;
        let same = |d: &Dim| {
            d.group == group && d.dim.len == len && (plain || d.dim.unlimited == unlimited)
        };
        let mut all = self.all.iter().enumerate();
        if let Some((found, _)) = all.find(|(i, d)| shared && same(d) && !used.contains(i)) {
            return found;
        }
        let name = format!("phony_dim_{}", self.all.len());
        self.all.push(Dim { dim: RawDim { name, len, unlimited }, group, id: None });
        self.all.len() - 1
    }

    /// Unlimited dimensions are as long as the longest variable along them.
    fn stretch(&mut self, root: &Node) {
        let mut longest: HashMap<usize, u64> = HashMap::new();
        let mut group = 0;
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            for (place, leaf) in node.datasets.iter().enumerate() {
                if Self::is_dimension_only(leaf) {
                    continue;
                }
                for (dim, len) in self.of(group, place).iter().zip(leaf.lengths()) {
                    let longest = longest.entry(*dim).or_default();
                    *longest = len.max(*longest);
                }
            }
            group += 1;
            // In the order of the walk: the first child next.
            open.extend(node.groups.iter().rev());
        }
        for (number, len) in longest {
            if let Some(d) = self.all.get_mut(number)
                && d.dim.unlimited
                && let Ok(len) = usize::try_from(len)
            {
                d.dim.len = len;
            }
        }
    }
}
