//! Resampling to seasons of one's own.

use graticule_array::{Error, Result};

use super::{DataArrayResample, DatasetResample, Targets, times};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::verbs::groupby::Grouping;
use crate::verbs::season::Seasons;

fn grouping(set: &Dataset, dim: &Name, by: &Seasons) -> Result<(Grouping, Targets)> {
    let (labels, coord) = times(set, dim)?;
    let (ticks, seasons, kind) = by.bins(labels)?;
    if seasons.bins.is_empty() {
        return Err(Error::invalid(format!("the times \"{dim}\" fill no season of {by}"))
            .hint("seasons([..]).drop_incomplete(false) keeps those that they fill in part"));
    }
    let cells = seasons.bins.iter().flat_map(|bin| [bin.start, bin.end]).collect();
    let labels = seasons.bins.iter().map(|bin| by.label(bin)).collect();
    let targets = Targets { dim: dim.clone(), times: ticks, labels, kind };
    Ok((targets.grouping(&seasons.indices, coord.attrs(), cells)?, targets))
}

impl Dataset {
    /// Puts the times along a dimension into the seasons of each year: `["DJF", "MAM", "JJA",
    /// "SON"]`, labelled by the first day of each. Seasons must not overlap; months of none are
    /// left out, and so are, unless told otherwise, the first and the last season if the times
    /// lack some of their months. See [`Seasons`].
    #[track_caller]
    pub fn resample_seasons(&self, dim: &str, by: impl Into<Seasons>) -> DatasetResample {
        let (dim, by) = (Name::from(dim), by.into());
        let mut targets = None;
        let groups = self.grouped(
            || format!("resample_seasons({dim:?}, [{by}])"),
            |set| {
                let (grouping, found) = grouping(set, &dim, &by)?;
                targets = Some(found);
                Ok(grouping)
            },
        );
        DatasetResample { groups, targets }
    }
}

impl DataArray {
    /// Puts the times along a dimension into seasons; see [`Dataset::resample_seasons`].
    #[track_caller]
    pub fn resample_seasons(&self, dim: &str, by: impl Into<Seasons>) -> DataArrayResample {
        DataArrayResample { bins: self.set.resample_seasons(dim, by), name: self.name.clone() }
    }
}
