//! Discrete sampling geometries (CF chapter 9): profiles, trajectories, time series.

use std::fmt;

use graticule_array::{Error, MapOp, Result};

use super::Cf;
use super::layout::{Layout, Representation, with_role};
use super::numbers::cells;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::gather::gather;

/// What a feature is (CF 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FeatureType {
    Point,
    TimeSeries,
    Trajectory,
    Profile,
    TimeSeriesProfile,
    TrajectoryProfile,
}

impl FeatureType {
    const ALL: [Self; 6] = [
        Self::Point,
        Self::TimeSeries,
        Self::Trajectory,
        Self::Profile,
        Self::TimeSeriesProfile,
        Self::TrajectoryProfile,
    ];

    /// The word of the attribute `featureType`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::TimeSeries => "timeSeries",
            Self::Trajectory => "trajectory",
            Self::Profile => "profile",
            Self::TimeSeriesProfile => "timeSeriesProfile",
            Self::TrajectoryProfile => "trajectoryProfile",
        }
    }

    /// The type that a word stands for, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.word().eq_ignore_ascii_case(word.trim()))
    }

    /// What the identifiers in a dataset tell, if it does not say.
    fn guess(set: &Dataset) -> Option<Self> {
        let has = |role: &str| with_role(set, role).is_some();
        match (has("timeseries_id"), has("trajectory_id"), has("profile_id")) {
            (true, _, true) => Some(Self::TimeSeriesProfile),
            (_, true, true) => Some(Self::TrajectoryProfile),
            (true, _, _) => Some(Self::TimeSeries),
            (_, true, _) => Some(Self::Trajectory),
            (_, _, true) => Some(Self::Profile),
            _ => None,
        }
    }
}

impl fmt::Display for FeatureType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A collection of features, however it is stored.
///
/// ```
/// use graticule_dataset::{Attrs, Dataset, FeatureType, Variable};
/// let count = Variable::new("profile", vec![2, 3])?
///     .with_attrs(Attrs::new().with("sample_dimension", "obs"));
/// let ds = Dataset::new()
///     .with_attr("featureType", "profile")
///     .with_var("lat", "profile", vec![40.0, 50.0])
///     .with_variable("rowSize", count)
///     .with_var("temp", "obs", vec![10.0, 9.0, 5.0, 4.0, 3.0]);
/// let profiles = ds.cf().features()?;
/// assert_eq!((profiles.feature_type(), profiles.len()), (FeatureType::Profile, 2));
/// let second = profiles.get(1)?;
/// assert_eq!(second["temp"].values::<f64>()?, [5.0, 4.0, 3.0]);
/// assert_eq!(second["lat"].item::<f64>()?, 50.0);
/// let padded = profiles.to_padded("level")?;
/// assert_eq!(padded["temp"].shape(), [2, 3]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Features {
    set: Dataset,
    kind: FeatureType,
    layout: Layout,
}

impl Cf {
    /// The features of a dataset of discrete sampling geometries. Counts and indices of ragged
    /// arrays are read, the data is not.
    ///
    /// # Errors
    /// The carried fault; if the dataset does not say what its features are; if counts or indices
    /// do not fit, or cannot be read.
    pub fn features(&self) -> Result<Features> {
        self.set.sound()?;
        let word = self.set.attrs().text("featureType").or(self.set.attrs().text("CF:featureType"));
        let kind = match word {
            Some(word) => FeatureType::from_word(word).ok_or_else(|| {
                let known: Vec<&str> = FeatureType::ALL.iter().map(|t| t.word()).collect();
                Error::invalid(format!("featureType = \"{word}\" is none of {}", known.join(", ")))
            })?,
            None => FeatureType::guess(&self.set).ok_or_else(|| {
                Error::not_found("no attribute \"featureType\", and no variable with a cf_role")
            })?,
        };
        Ok(Features { set: self.set.clone(), kind, layout: Layout::of(&self.set)? })
    }
}

impl Features {
    /// What the features are.
    #[must_use]
    pub fn feature_type(&self) -> FeatureType {
        self.kind
    }

    /// How they are stored.
    #[must_use]
    pub fn representation(&self) -> Representation {
        self.layout.representation
    }

    /// The number of features.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.layout.instance {
            _ if self.layout.sample.is_some() => self.layout.members.len(),
            Some(instance) => self.set.size_of(instance).unwrap_or(0),
            None => 1,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The dimension of features, if there is one.
    #[must_use]
    pub fn instance_dim(&self) -> Option<&str> {
        self.layout.instance.as_deref()
    }

    /// The number of elements of a feature of a ragged array.
    #[must_use]
    pub fn count(&self, feature: usize) -> Option<usize> {
        self.layout.members.get(feature).map(Vec::len)
    }

    /// The variable that identifies the features.
    #[must_use]
    pub fn id(&self) -> Option<DataArray> {
        let roles = match self.kind {
            FeatureType::Trajectory | FeatureType::TrajectoryProfile => {
                ["trajectory_id", "profile_id"]
            }
            FeatureType::Profile => ["profile_id", "timeseries_id"],
            _ => ["timeseries_id", "profile_id"],
        };
        roles.iter().find_map(|role| with_role(&self.set, role)).and_then(|n| self.set.get(n))
    }

    /// The number of the feature whose identifier prints as this text.
    ///
    /// # Errors
    /// If there are no identifiers, they cannot be read, or none is this one.
    pub fn find(&self, id: &str) -> Result<usize> {
        let ids = self.id().ok_or_else(|| Error::not_found("no variable has a cf_role"))?;
        let values = crate::AttrValue::new(ids.to_array()?).texts();
        values.iter().position(|v| v.trim() == id).ok_or_else(|| {
            let known: Vec<&str> = values.iter().take(12).map(|v| v.trim()).collect();
            Error::not_found(format!("no feature \"{id}\" (the first are {})", known.join(", ")))
        })
    }

    /// One feature: its elements along one dimension, what describes it without any. Data stays
    /// lazy; of features padded with missing values the coordinates are read, to cut them.
    /// The profiles of a station or trajectory remain a collection, with features of their own.
    ///
    /// # Errors
    /// If there is no such feature, or coordinates cannot be read.
    pub fn get(&self, feature: usize) -> Result<Dataset> {
        if feature >= self.len() {
            return Err(Error::invalid(format!(
                "feature {feature} of {}, which are counted from 0",
                self.len()
            )));
        }
        let at = i64::try_from(feature).unwrap_or(i64::MAX);
        let mut set = self.set.clone();
        if let (Some(sample), Some(members)) =
            (&self.layout.sample, self.layout.members.get(feature))
        {
            set = match contiguous(members) {
                Some(range) => set.isel(sample, range),
                None => set.isel(sample, positions(members)),
            };
        }
        if let Some((profile, lists)) = &self.layout.profiles {
            let list = lists.get(feature).cloned().unwrap_or_default();
            set = set.isel(profile, positions(&list)).with_attr("featureType", "profile");
        }
        if let Some(instance) = self.layout.instance.as_ref().filter(|i| set.size_of(i).is_some()) {
            set = set.isel(instance, at);
        }
        let set = set.drop_vars(self.layout.helpers.iter().collect::<Dims>()).check()?;
        match self.layout.representation {
            Representation::Incomplete => trimmed(&set),
            _ => Ok(set),
        }
    }

    /// All features one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Result<Dataset>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Ragged arrays as arrays of features and elements, lazily: `element` is the name of the new
    /// dimension, as long as the longest feature; shorter ones are padded with missing values.
    /// Other representations stay as they are.
    ///
    /// # Errors
    /// If the name is taken, or the result would have too many cells.
    pub fn to_padded(&self, element: &str) -> Result<Dataset> {
        let (Some(sample), Some(instance)) = (&self.layout.sample, &self.layout.instance) else {
            return Ok(self.set.clone());
        };
        if self.set.size_of(element).is_some() || self.set.has(element) {
            return Err(Error::invalid(format!("\"{element}\" is there already")));
        }
        let longest = self.layout.members.iter().map(Vec::len).max().unwrap_or(0);
        let lengths = [self.layout.members.len(), longest];
        let mut from: Vec<Option<usize>> = Vec::with_capacity(cells(&lengths)?);
        for members in &self.layout.members {
            let padding = longest - members.len();
            from.extend(members.iter().map(|m| Some(*m)));
            from.extend(std::iter::repeat_n(None, padding));
        }
        let made = self.set.map_vars(|name, var| {
            if self.layout.helpers.contains(name) {
                return Ok(None);
            }
            let Some(axis) = var.axis(sample) else { return Ok(Some(var.clone())) };
            let flat = gather(var.data(), axis, &from)?;
            let data = flat.split_axis(axis, &lengths)?;
            let dims: Dims = var
                .dims()
                .iter()
                .flat_map(|d| match d {
                    d if d == sample => vec![instance.clone(), Name::from(element)],
                    d => vec![d.clone()],
                })
                .collect();
            var.changed(dims, data).map_err(|e| in_variable(e, name)).map(Some)
        })?;
        Ok(made)
    }
}

fn contiguous(members: &[usize]) -> Option<std::ops::Range<i64>> {
    let (first, last) = (*members.first()?, *members.last()?);
    let dense = last.checked_sub(first)?.checked_add(1)? == members.len()
        && members.windows(2).all(|w| matches!(w, [a, b] if a < b));
    let range = i64::try_from(first).ok()?..i64::try_from(last).ok()?.checked_add(1)?;
    dense.then_some(range)
}

fn positions(members: &[usize]) -> Vec<i64> {
    members.iter().filter_map(|m| i64::try_from(*m).ok()).collect()
}

/// Without the elements at the end whose coordinates are all missing.
fn trimmed(set: &Dataset) -> Result<Dataset> {
    let mut set = set.clone();
    for dim in &set.dims() {
        let own: Vec<(Name, Variable)> = set
            .coord_vars()
            .filter(|(_, v)| matches!(&**v.dims(), [d] if d == dim))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let mut used = 0usize;
        let mut told = false;
        for (name, var) in &own {
            if var.dtype().with_missing() != *var.dtype() {
                continue;
            }
            let there = set.var(name).verb(|| "trim".into(), |s| s.try_map(&MapOp::NotMissing));
            let there = there.values::<bool>()?;
            told = true;
            used = used.max(there.iter().rposition(|t| *t).map_or(0, |at| at + 1));
        }
        if told && set.size_of(dim).is_some_and(|n| used < n) {
            set = set.isel(dim, ..i64::try_from(used).unwrap_or(i64::MAX)).check()?;
        }
    }
    Ok(set)
}
