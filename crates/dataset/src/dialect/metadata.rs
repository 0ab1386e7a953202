//! Attributes of the dataset.

use graticule_array::Result;

use super::work::Work;
use crate::attrs::AttrValue;
use crate::name::Name;

/// Attributes of a dataset that are set where others have certain values.
///
/// ```
/// use graticule_dataset::{Correction, Dataset, Fix, Fixes};
/// let fix = Correction::new([("source_id", "GFDL-CM4")]).set("branch_time_in_parent", 91250.0);
/// let ds = Dataset::new().with_attr("source_id", "GFDL-CM4");
/// let fixed = ds.fix(&Fixes::new([Fix::FixMetadata(vec![fix])]));
/// assert_eq!(fixed.attrs().get("branch_time_in_parent").unwrap().as_f64(), Some(91250.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Correction {
    when: Vec<(Name, Vec<String>)>,
    set: Vec<(Name, Value)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    /// This value.
    Is(AttrValue),
    /// That of another attribute, where there is none yet.
    Of(Name),
}

impl Correction {
    /// For datasets with these attributes; for all, if none are given.
    pub fn new<N: Into<Name>, V: Into<String>>(when: impl IntoIterator<Item = (N, V)>) -> Self {
        let when = when.into_iter().map(|(n, v)| (n.into(), vec![v.into()])).collect();
        Self { when, set: Vec::new() }
    }

    /// For datasets in which an attribute is one of several texts, beside what was asked before.
    pub fn and_one_of<'a>(
        mut self,
        attr: impl Into<Name>,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.when.push((attr.into(), texts.into_iter().map(str::to_owned).collect()));
        self
    }

    /// Sets an attribute.
    pub fn set(mut self, attr: impl Into<Name>, value: impl Into<AttrValue>) -> Self {
        self.set.push((attr.into(), Value::Is(value.into())));
        self
    }

    /// Gives an attribute the value of another one, if it is not there and the other one is.
    pub fn set_from(mut self, attr: impl Into<Name>, other: impl Into<Name>) -> Self {
        self.set.push((attr.into(), Value::Of(other.into())));
        self
    }

    /// Those that [`Fixes::cmip`](super::Fixes::cmip) makes: the names that CMIP6 gave to
    /// attributes of CMIP5, and the branch times of GFDL-CM4, whose errata are published at
    /// <https://errata.es-doc.org>.
    #[must_use]
    pub fn known() -> Vec<Self> {
        let all = || Self::new::<Name, String>([]);
        let gfdl = || Self::new([("source_id", "GFDL-CM4")]);
        vec![
            all().set_from("source_id", "model_id"),
            all().set_from("institution_id", "institute_id"),
            all().set_from("activity_id", "project_id"),
            gfdl()
                .and_one_of("experiment_id", ["1pctCO2", "abrupt-4xCO2", "historical"])
                .set("branch_time_in_parent", 91_250.0),
            gfdl()
                .and_one_of("experiment_id", ["ssp245", "ssp585"])
                .set("branch_time_in_child", 60_225.0),
        ]
    }
}

pub(super) fn correct(work: &mut Work<'_>, corrections: &[Correction]) -> Result<()> {
    for correction in corrections {
        let attrs = work.set.attrs().clone();
        let is = |(attr, texts): &(Name, Vec<String>)| {
            attrs.text(attr).is_some_and(|t| texts.iter().any(|x| x == t.trim()))
        };
        if !correction.when.iter().all(is) {
            continue;
        }
        for (attr, value) in &correction.set {
            let value = match value {
                Value::Is(value) => Some(value),
                Value::Of(other) => attrs.get(other).filter(|_| !attrs.has(attr)),
            };
            if let Some(value) = value.filter(|v| attrs.get(attr) != Some(v)) {
                work.changed(format!("{attr} is {value}"));
                work.set = work.set.clone().with_attr(attr.clone(), value.clone());
            }
        }
    }
    Ok(())
}
