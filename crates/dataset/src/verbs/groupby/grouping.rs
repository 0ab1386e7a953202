//! Which group each element along a dimension belongs to.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Reduction, Result, Selection};
use graticule_lazy::LazyArray;

use super::key::GroupKey;
use crate::attrs::Attrs;
use crate::dataset::Dataset;
use crate::index::factorize;
use crate::name::Name;
use crate::show::values::element_text;
use crate::variable::Variable;
use crate::verbs::gather::gather;
use crate::verbs::time_field::{field_of, parse_field};

/// The code of an element that belongs to no group.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// Codes along one dimension, and the label of each code.
#[derive(Debug)]
pub(crate) struct Grouping {
    /// The name of the groups' dimension and coordinate.
    pub(crate) name: Name,
    /// The grouped dimension.
    pub(crate) dim: Name,
    /// The group of each element along it.
    pub(crate) codes: Arc<[u32]>,
    /// The label of each group.
    pub(crate) labels: Array,
    /// The attributes of the labels.
    pub(crate) attrs: Attrs,
    /// The groups that have elements, if some have none.
    pub(crate) filled: Option<Filled>,
    /// Of groups that overlap, which share elements: the element that each one is a copy of.
    pub(crate) copies: Option<Arc<[usize]>>,
    /// Of bins, the interval of each, as an array of two columns.
    pub(crate) cells: Option<Array>,
}

/// Groups renumbered so that each has an element.
#[derive(Debug)]
pub(crate) struct Filled {
    /// The group of each element among those that have any.
    pub(crate) codes: Arc<[u32]>,
    /// How many groups have elements.
    pub(crate) count: usize,
    /// For each group its number among those; `None` for an empty one.
    pub(crate) place: Vec<Option<usize>>,
}

impl Grouping {
    pub(crate) fn new(set: &Dataset, key: &GroupKey) -> Result<Self> {
        let (name, by) = key.resolve(set)?;
        let dim = key_dim(set, &name, &by)?;
        free_name(set, &name, &dim)?;
        let labels = in_memory(&name, &by)?;
        let (codes, firsts) = factorize(labels).ok_or_else(|| {
            Error::unsupported(format!("grouping by \"{name}\" of type {}", labels.dtype()))
        })?;
        let labels = labels.select(&Selection::new([Pick::List(firsts.into())]))?;
        Ok(Self::of_codes(name, dim, codes, labels, by.attrs().clone()))
    }

    /// From the group of each element; groups may be empty.
    pub(crate) fn of_codes(
        name: Name,
        dim: Name,
        codes: Vec<u32>,
        labels: Array,
        attrs: Attrs,
    ) -> Self {
        let filled = Filled::new(&codes, labels.len());
        Self { name, dim, codes: codes.into(), labels, attrs, filled, copies: None, cells: None }
    }

    /// Refuses what needs each element to belong to one group.
    pub(super) fn check_apart(&self, what: &str) -> Result<()> {
        if self.copies.is_some() {
            return Err(Error::unsupported(format!(
                "{what} of groups that overlap: an element belongs to several of \"{}\"",
                self.name
            ))
            .hint("group by seasons that do not share months"));
        }
        Ok(())
    }

    /// The number of groups.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// The periods that a climatology of these groups runs over, in the words of CF 7.4: groups
    /// of one month of all years give `years`. Empty for groups that are no climatology.
    pub(crate) fn periods(&self) -> &'static str {
        match self.name.as_str() {
            _ if self.name == self.dim => "",
            "month" | "season" | "quarter" | "dayofyear" | "week" => "years",
            "hour" | "minute" => "days",
            _ => "",
        }
    }

    /// A reduction of each group along an axis, and over other axes; empty groups are missing,
    /// whatever the reduction gives for no elements, if `gaps` says so.
    pub(super) fn reduce(
        &self,
        data: &LazyArray,
        reduction: &Arc<dyn Reduction>,
        axis: usize,
        others: &[usize],
        gaps: bool,
    ) -> Result<LazyArray> {
        let Some(filled) = self.filled.as_ref().filter(|_| gaps) else {
            return data.reduce_grouped(
                reduction.clone(),
                axis,
                self.codes.clone(),
                self.len(),
                others,
            );
        };
        let (codes, count) = (filled.codes.clone(), filled.count);
        let some = data.reduce_grouped(reduction.clone(), axis, codes, count, others)?;
        let gone = others.iter().filter(|a| **a < axis).count();
        gather(&some, axis - gone, &filled.place)
    }

    /// The coordinate that labels the groups.
    pub(crate) fn coord(&self) -> Result<Variable> {
        Ok(Variable::new(&*self.name, self.labels.clone())?.with_attrs(self.attrs.clone()))
    }
}

impl Filled {
    fn new(codes: &[u32], groups: usize) -> Option<Self> {
        let mut place: Vec<Option<usize>> = vec![None; groups];
        for code in codes {
            if let Some(seen) = place.get_mut(*code as usize) {
                *seen = Some(0);
            }
        }
        if place.iter().all(Option::is_some) {
            return None;
        }
        let mut count = 0;
        for number in place.iter_mut().flatten() {
            *number = count;
            count += 1;
        }
        let renumber = |code: &u32| {
            let found = place.get(*code as usize).copied().flatten();
            found.map_or(NO_GROUP, |number| number as u32)
        };
        Some(Self { codes: codes.iter().map(renumber).collect(), count, place })
    }
}

/// The labels, which must be in memory.
pub(super) fn in_memory<'a>(name: &Name, by: &'a Variable) -> Result<&'a Array> {
    by.in_memory().ok_or_else(|| {
        Error::invalid(format!("the labels \"{name}\" to group by are not in memory"))
            .hint("load() them first")
    })
}

/// The dimension that labels run along.
pub(super) fn key_dim(set: &Dataset, name: &Name, by: &Variable) -> Result<Name> {
    let [dim] = &**by.dims() else {
        return Err(Error::unsupported(format!(
            "grouping by \"{name}\" over the dimensions ({}); it must have one dimension",
            by.dims()
        )));
    };
    match set.size_of(dim) {
        Some(n) if by.shape() == [n] => Ok(dim.clone()),
        Some(n) => Err(Error::mismatch(format!(
            "{} labels for dimension \"{dim}\" of length {n}",
            by.data().len()
        ))),
        None => Err(crate::dims::no_dimension(dim, set.sizes())),
    }
}

/// Checks that the groups can have a dimension of this name.
pub(super) fn free_name(set: &Dataset, name: &Name, dim: &Name) -> Result<()> {
    if name != dim && set.size_of(name).is_some() {
        return Err(Error::invalid(format!(
            "the groups would be called \"{name}\", which is a dimension already"
        ))
        .hint("rename that dimension"));
    }
    Ok(())
}

impl GroupKey {
    /// The name of the labels, and the labels.
    pub(super) fn resolve(&self, set: &Dataset) -> Result<(Name, Variable)> {
        match self {
            Self::Name(text) => named(set, text),
            Self::Labels(labels) => {
                labels.set.sound()?;
                crate::verbs::align::check_exact(set, &labels.set)?;
                Ok((labels.name().unwrap_or("group").into(), labels.main()?.clone()))
            }
        }
    }
}

/// A variable by its name, or a field of one.
fn named(set: &Dataset, text: &Name) -> Result<(Name, Variable)> {
    if let Some(var) = set.variable(text) {
        return Ok((text.clone(), var.clone()));
    }
    let Some((var, field)) = text.rsplit_once('.') else {
        return Err(set.missing_name(text));
    };
    let field_name = Name::from(field);
    let field = parse_field(field)?;
    let var = set.find(var)?;
    if var.in_memory().is_none() {
        return Err(
            Error::invalid("the times to group by are not in memory").hint("load() them first")
        );
    }
    Ok((field_name, field_of(var, field)?))
}

impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.len();
        let show = |i: usize| element_text(&self.labels, &[i]);
        let shown: Vec<String> = if n <= 6 {
            (0..n).map(show).collect()
        } else {
            (0..3).map(show).chain(["...".to_owned()]).chain((n - 2..n).map(show)).collect()
        };
        write!(f, "{n} groups along \"{}\" by \"{}\": {}", self.dim, self.name, shown.join(", "))
    }
}
