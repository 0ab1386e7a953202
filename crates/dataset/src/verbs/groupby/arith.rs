//! Groups with one value per group: each element meets the value of its group. The values are
//! picked by code as data streams through; groups are never gathered.

use std::ops::{Add, Div, Mul, Sub};
use std::panic::Location;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection, ZipOp};

use super::grouping::NO_GROUP;
use super::{DataArrayGroupBy, DatasetGroupBy, Grouping};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::index::LabelIndex;
use crate::name::Name;
use crate::roles;
use crate::select::{Label, Selector};
use crate::variable::Variable;
use crate::verbs::gather::gather;
use crate::verbs::operand::Operand;

impl DatasetGroupBy {
    #[track_caller]
    fn zip(&self, op: ZipOp, sign: &str, other: &Operand) -> Dataset {
        let place = Location::caller();
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return self.set.carrying(fault);
        }
        if self.fault().is_some() {
            return self.set.clone();
        }
        let step = format!("{sign} {}", other.text());
        self.set.settle(step, self.try_zip(op, other), place)
    }

    fn try_zip(&self, op: ZipOp, other: &Operand) -> Result<Dataset> {
        let grouping = self.grouping()?;
        grouping.check_apart("arithmetic")?;
        let set = self.with_group_only()?;
        let spread = match other {
            Operand::Scalar(_) => {
                return Err(Error::invalid("groups with a single number need no grouping")
                    .hint("use the operator on the object itself"));
            }
            Operand::Array(array) => Operand::Array(DataArray {
                set: grouping.gathered(&array.set)?,
                name: array.name.clone(),
            }),
            Operand::Set(set) => Operand::Set(grouping.gathered(set)?),
        };
        let made = set.try_zip(op, &spread)?;
        if grouping.name == grouping.dim || made.is_coord(&grouping.name) {
            return Ok(made);
        }
        let mut parts = (*made.0).clone();
        parts.insert(grouping.name.clone(), grouping.labels_of_elements()?, true)?;
        // Scalar coordinates come to lie along the grouped dimension, as in xarray.
        let scalars = self.set.coord_vars().filter(|(_, var)| var.ndim() == 0);
        for (name, var) in scalars {
            if let Some(len) = made.size_of(&grouping.dim).filter(|_| made.is_coord(name)) {
                parts.insert(name.clone(), var.expanded(&grouping.dim, len)?, true)?;
            }
        }
        Ok(Dataset(Arc::new(parts)))
    }

    /// The elements that belong to a group.
    fn with_group_only(&self) -> Result<Dataset> {
        let grouping = self.grouping()?;
        if grouping.codes.contains(&NO_GROUP) {
            return self.set.picked(&grouping.dim, &grouping.labelled());
        }
        Ok(self.set.clone())
    }
}

impl Grouping {
    /// The positions of the elements that belong to a group.
    fn labelled(&self) -> Pick {
        if !self.codes.contains(&NO_GROUP) {
            return Pick::all(self.codes.len());
        }
        let kept = self.codes.iter().enumerate().filter(|(_, c)| **c != NO_GROUP);
        Pick::List(kept.map(|(i, _)| i).collect())
    }

    /// The label of the group of each element that belongs to one.
    fn labels_of_elements(&self) -> Result<Variable> {
        let codes = self.codes.iter().filter(|c| **c != NO_GROUP);
        let pick = Pick::List(codes.map(|c| *c as usize).collect());
        let labels = self.labels.select(&Selection::new([pick]))?;
        Ok(Variable::new(&*self.dim, labels)?.with_attrs(self.attrs.clone()))
    }

    /// One value per element from one value per group; missing for groups that have none.
    fn gathered(&self, other: &Dataset) -> Result<Dataset> {
        let from = self.places_in(other)?;
        let mut parts = other.0.emptied();
        for (name, var) in other.variables() {
            // Bounds are those of the other operand's groups.
            if *name == self.name || *name == self.dim || roles::are_bounds(other, name) {
                continue;
            }
            let made = match var.axis(&self.name) {
                Some(axis) => {
                    let renamed =
                        |d: &Name| if *d == self.name { self.dim.clone() } else { d.clone() };
                    let dims: Dims = var.dims().iter().map(renamed).collect();
                    Variable::clone(var).with_dims_data(dims, gather(var.data(), axis, &from)?)?
                }
                None => var.clone(),
            };
            parts.adopt(name, made, &other.0)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }

    /// For each element that belongs to a group, the position of its group in `other`.
    fn places_in(&self, other: &Dataset) -> Result<Vec<Option<usize>>> {
        let Some(len) = other.size_of(&self.name) else {
            return Err(Error::mismatch(format!(
                "the other operand has no dimension \"{}\" with one value per group",
                self.name
            )));
        };
        let (_, index) = other.index_of(&self.name)?;
        let same = index.labels().is_some_and(|l| *l == self.labels);
        let at = match index.labels() {
            Some(theirs) if !same => self.found_in(theirs)?,
            _ => (0..self.len()).map(|code| Some(code).filter(|c| *c < len)).collect(),
        };
        let codes = self.codes.iter().filter(|c| **c != NO_GROUP);
        Ok(codes.map(|c| at.get(*c as usize).copied().flatten()).collect())
    }

    /// For each group the position of its label among others.
    fn found_in(&self, labels: &Array) -> Result<Vec<Option<usize>>> {
        let index = LabelIndex::new(labels)
            .ok_or_else(|| Error::unsupported(format!("labels of type {}", labels.dtype())))?;
        if labels.dtype().is_text() != self.labels.dtype().is_text() {
            return Err(Error::mismatch(format!(
                "the groups of \"{}\" are labelled by {}, those of the other operand by {}",
                self.name,
                self.labels.dtype(),
                labels.dtype()
            )));
        }
        let find = |code: usize| {
            let label = Selector::One(Label::from(self.labels.get(&[code])?));
            match index.pick(&self.name, &label) {
                Ok(Pick::At(position)) => Ok(Some(position)),
                Ok(_) => Err(Error::mismatch(format!(
                    "the other operand has more than one value for the group {label} of \"{}\"",
                    self.name
                ))),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(e),
            }
        };
        (0..self.len()).map(find).collect()
    }
}

impl DataArrayGroupBy {
    #[track_caller]
    fn zip(&self, op: ZipOp, sign: &str, other: &Operand) -> DataArray {
        let name = match other {
            Operand::Array(array) if array.name != self.name => None,
            _ => self.name.clone(),
        };
        DataArray { set: self.groups.zip(op, sign, other), name }
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:ident $sign:literal;)*) => {$(
        operators!(@by $trait $method $op $sign, DatasetGroupBy Dataset, Dataset &Dataset DataArray &DataArray);
        operators!(@by $trait $method $op $sign, DataArrayGroupBy DataArray, DataArray &DataArray);
    )*};
    (@by $trait:ident $method:ident $op:ident $sign:literal, $left:ident $out:ident, $($right:ty)*) => {$(
        impl $trait<$right> for &$left {
            type Output = $out;

            #[track_caller]
            fn $method(self, other: $right) -> $out {
                self.zip(ZipOp::$op, $sign, &other.into())
            }
        }

        impl $trait<$right> for $left {
            type Output = $out;

            #[track_caller]
            fn $method(self, other: $right) -> $out {
                self.zip(ZipOp::$op, $sign, &other.into())
            }
        }
    )*};
}

operators! {
    Add add Add "+";
    Sub sub Sub "-";
    Mul mul Mul "*";
    Div div Div "/";
}
