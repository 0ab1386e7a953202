//! Which group each element along a dimension belongs to.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection};

use super::key::GroupKey;
use crate::dataset::Dataset;
use crate::index::factorize;
use crate::name::Name;
use crate::show::values::element_text;
use crate::variable::Variable;
use crate::verbs::time_field::{field_of, parse_field};

/// The code of an element that belongs to no group.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// Codes along one dimension, and the label of each code in ascending order.
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
    /// The label of each element.
    pub(crate) by: Variable,
}

impl Grouping {
    pub(super) fn new(set: &Dataset, key: &GroupKey) -> Result<Self> {
        let (name, by) = match key {
            GroupKey::Name(text) => named(set, text)?,
            GroupKey::Labels(labels) => {
                labels.set.sound()?;
                crate::verbs::align::check_exact(set, &labels.set)?;
                (labels.name().unwrap_or("group").into(), labels.main()?.clone())
            }
        };
        let [dim] = &**by.dims() else {
            return Err(Error::unsupported(format!(
                "grouping by \"{name}\" over the dimensions ({}); it must have one dimension",
                by.dims()
            )));
        };
        let dim = dim.clone();
        match set.size_of(&dim) {
            Some(n) if by.shape() == [n] => {}
            Some(n) => {
                return Err(Error::mismatch(format!(
                    "{} labels for dimension \"{dim}\" of length {n}",
                    by.data().len()
                )));
            }
            None => return Err(crate::dims::no_dimension(&dim, set.sizes())),
        }
        if name != dim && set.size_of(&name).is_some() {
            return Err(Error::invalid(format!(
                "the groups would be called \"{name}\", which is a dimension already"
            ))
            .hint("rename that dimension"));
        }
        let labels = by.in_memory().ok_or_else(|| {
            Error::invalid(format!("the labels \"{name}\" to group by are not in memory"))
                .hint("load() them first")
        })?;
        let (codes, firsts) = factorize(labels).ok_or_else(|| {
            Error::unsupported(format!("grouping by \"{name}\" of type {}", labels.dtype()))
        })?;
        let labels = labels.select(&Selection::new([Pick::List(firsts.into())]))?;
        Ok(Self { name, dim, codes: codes.into(), labels, by })
    }

    /// The number of groups.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// The coordinate that labels the groups.
    pub(crate) fn coord(&self) -> Result<Variable> {
        let attrs = self.by.attrs().clone();
        Ok(Variable::new(&*self.name, self.labels.clone())?.with_attrs(attrs))
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
