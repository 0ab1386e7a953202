//! How a file stores a collection of features (CF 9.3).

use graticule_array::{Error, Result};

use super::numbers::counts;
use crate::dataset::Dataset;
use crate::name::Name;

/// How features share arrays (CF 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// One feature, or points: there is no dimension of features.
    Single,
    /// A dimension of features and one of elements, which all features share.
    Orthogonal,
    /// A dimension of features and one of elements; each feature has coordinates of its own, and
    /// shorter ones are padded.
    Incomplete,
    /// One feature after the other along one dimension; a variable counts the elements of each.
    Contiguous,
    /// Features interleaved along one dimension; a variable has the feature of each element.
    Indexed,
    /// Profiles one after the other, each of which belongs to the station or trajectory that an
    /// index variable gives.
    IndexedProfiles,
}

/// Where the elements of each feature are.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) representation: Representation,
    /// The dimension of features.
    pub(super) instance: Option<Name>,
    /// The dimension of elements of ragged arrays.
    pub(super) sample: Option<Name>,
    /// For ragged arrays, the positions of the elements of each feature.
    pub(super) members: Vec<Vec<usize>>,
    /// For indexed profiles, the dimension of profiles and those of each feature.
    pub(super) profiles: Option<(Name, Vec<Vec<usize>>)>,
    /// Variables that tell the layout, not the data.
    pub(super) helpers: Vec<Name>,
}

fn with_attr<'a>(set: &'a Dataset, attr: &str) -> Option<(&'a Name, &'a str)> {
    set.variables().find_map(|(name, var)| Some((name, var.attrs().text(attr)?.trim())))
}

impl Layout {
    pub(super) fn of(set: &Dataset) -> Result<Self> {
        let count = with_attr(set, "sample_dimension");
        let index = with_attr(set, "instance_dimension");
        match (count, index) {
            (Some((count, sample)), None) => Self::contiguous(set, count, sample),
            (None, Some((index, instance))) => Self::indexed(set, index, instance),
            (Some((count, sample)), Some((index, instance))) => {
                let runs = Self::contiguous(set, count, sample)?;
                let by = Self::indexed(set, index, instance)?;
                if runs.instance != by.sample {
                    return Err(Error::mismatch(format!(
                        "\"{count}\" counts along another dimension than \"{index}\" indexes"
                    )));
                }
                let gathered = |profiles: &Vec<usize>| -> Vec<usize> {
                    profiles
                        .iter()
                        .filter_map(|p| runs.members.get(*p))
                        .flatten()
                        .copied()
                        .collect()
                };
                let members = by.members.iter().map(gathered).collect();
                let profile = runs.instance.ok_or_else(|| Error::bug("profiles without a name"))?;
                Ok(Self {
                    representation: Representation::IndexedProfiles,
                    instance: by.instance,
                    sample: runs.sample,
                    members,
                    profiles: Some((profile, by.members)),
                    helpers: vec![index.clone()],
                })
            }
            (None, None) => Self::plain(set),
        }
    }

    fn contiguous(set: &Dataset, count: &Name, sample: &str) -> Result<Self> {
        let len = set.size_of(sample).ok_or_else(|| {
            crate::dims::no_dimension(sample, set.sizes()).in_variable(count.as_str())
        })?;
        let instance = set.find(count)?.dims().first().cloned();
        let mut start = 0usize;
        let mut members = Vec::new();
        for n in counts(set, count)? {
            let end = start.saturating_add(n.unwrap_or(0));
            if end > len {
                return Err(Error::invalid(format!(
                    "the counts of {} features add up to more than the {len} elements along \
                     \"{sample}\"",
                    members.len() + 1
                ))
                .in_variable(count.as_str()));
            }
            members.push((start..end).collect());
            start = end;
        }
        Ok(Self {
            representation: Representation::Contiguous,
            instance,
            sample: Some(sample.into()),
            members,
            profiles: None,
            helpers: vec![count.clone()],
        })
    }

    fn indexed(set: &Dataset, index: &Name, instance: &str) -> Result<Self> {
        let sample = set.find(index)?.dims().first().cloned();
        let numbers = counts(set, index)?;
        // Without variables along it, a dimension of features has no length.
        let most = numbers.iter().flatten().max().map_or(0, |m| m.saturating_add(1));
        let n = set.size_of(instance).unwrap_or(most.min(numbers.len()));
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); n];
        for (at, feature) in numbers.into_iter().enumerate() {
            let Some(feature) = feature else { continue };
            let list = members.get_mut(feature).ok_or_else(|| {
                Error::invalid(format!("element {at} belongs to feature {feature}, there are {n}"))
                    .in_variable(index.as_str())
            })?;
            list.push(at);
        }
        Ok(Self {
            representation: Representation::Indexed,
            instance: Some(instance.into()),
            sample,
            members,
            profiles: None,
            helpers: vec![index.clone()],
        })
    }

    fn plain(set: &Dataset) -> Result<Self> {
        let id = set.variables().find(|(_, v)| {
            v.attrs().text("cf_role").is_some_and(|r| {
                matches!(r.trim(), "timeseries_id" | "trajectory_id")
                    || (r.trim() == "profile_id" && with_role(set, "timeseries_id").is_none())
            })
        });
        let instance = match id {
            Some((_, var)) if var.ndim() == 1 => var.dims().first().cloned(),
            _ => None,
        };
        let representation = match &instance {
            None => Representation::Single,
            Some(instance) => {
                // Coordinates of their own along the elements make them incomplete.
                let own = set.coord_vars().any(|(_, v)| v.ndim() > 1 && v.dims().has(instance));
                if own { Representation::Incomplete } else { Representation::Orthogonal }
            }
        };
        Ok(Self {
            representation,
            instance,
            sample: None,
            members: Vec::new(),
            profiles: None,
            helpers: Vec::new(),
        })
    }
}

pub(super) fn with_role<'a>(set: &'a Dataset, role: &str) -> Option<&'a Name> {
    let mut all = set.variables();
    all.find(|(_, v)| v.attrs().text("cf_role").map(str::trim) == Some(role)).map(|(n, _)| n)
}
