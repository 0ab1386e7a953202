//! Grouping by seasons of one's own.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Text};
use graticule_cftime::Field;

use super::grouping::{Grouping, NO_GROUP, free_name, in_memory, key_dim};
use super::{DataArrayGroupBy, DatasetGroupBy};
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::season::{Seasons, instants};

impl Dataset {
    /// Groups the elements along a dimension by seasons of its times, in the order that they are
    /// given: `["JF", "MAM", "JJAS", "OND"]`. They may overlap: an element then counts in each of
    /// its seasons. The groups are called `season`; elements of no season are left out.
    #[track_caller]
    pub fn groupby_seasons(&self, times: &str, by: impl Into<Seasons>) -> DatasetGroupBy {
        let by = by.into();
        let step = || format!("groupby_seasons({times:?}, [{by}])");
        let mut found = None;
        let spread = self.verb(step, |set| {
            let (made, grouping) = grouped(set, times, &by)?;
            found = Some(grouping);
            Ok(made)
        });
        DatasetGroupBy { set: spread, grouping: found.map(Arc::new) }
    }

    /// The year that the season of each time counts to, along the times' dimension: missing for
    /// times of no season, and of one that is incomplete unless these are kept.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, SeasonYear, date_range, seasons};
    /// let months = date_range("2000-11").periods(4).freq("MS");
    /// let ds = Dataset::new().with_coord("time", "time", months);
    /// let winters = seasons(["DJF"]).year(SeasonYear::End);
    /// let years = ds.season_year("time", winters).values::<f64>()?;
    /// assert!(years[0].is_nan());
    /// assert_eq!(years[1..], [2001.0, 2001.0, 2001.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn season_year(&self, times: &str, by: impl Into<Seasons>) -> DataArray {
        let by = by.into();
        let made = self.verb(
            || format!("season_year({times:?}, [{by}])"),
            |set| {
                let (_, dim, labels) = source(set, times)?;
                let (_, bins, _) = by.bins(labels)?;
                let year =
                    |i: &Option<usize>| i.and_then(|i| bins.bins.get(i)).map(|bin| by.year_of(bin));
                let years: Vec<Option<i64>> = bins.indices.iter().map(year).collect();
                let n = years.len();
                let all: Option<Vec<i64>> = years.iter().copied().collect();
                let data = match all {
                    Some(years) => Array::from_vec([n], years)?,
                    None => {
                        let number = |y: &Option<i64>| y.map_or(f64::NAN, |y| y as f64);
                        Array::from_vec([n], years.iter().map(number).collect::<Vec<f64>>())?
                    }
                };
                Ok(set.clone().with_var("season_year", &dim, data))
            },
        );
        made.var("season_year")
    }
}

impl DataArray {
    /// Groups the elements along a dimension by seasons; see [`Dataset::groupby_seasons`].
    #[track_caller]
    pub fn groupby_seasons(&self, times: &str, by: impl Into<Seasons>) -> DataArrayGroupBy {
        let groups = self.set.groupby_seasons(times, by);
        DataArrayGroupBy { groups, name: self.name.clone() }
    }

    /// The year that the season of each time counts to; see [`Dataset::season_year`].
    #[track_caller]
    pub fn season_year(&self, times: &str, by: impl Into<Seasons>) -> Self {
        self.set.season_year(times, by)
    }
}

/// The times of that name, along one dimension and in memory.
fn source<'a>(set: &'a Dataset, times: &str) -> Result<(&'a Variable, Name, &'a Array)> {
    let var = set.find(times)?;
    let name = Name::from(times);
    let dim = key_dim(set, &name, var)?;
    Ok((var, dim, in_memory(&name, var)?))
}

/// The set with each element once for each of its seasons, and the groups of these.
fn grouped(set: &Dataset, times: &str, by: &Seasons) -> Result<(Dataset, Grouping)> {
    let (_, dim, labels) = source(set, times)?;
    let seasons = by.parsed()?;
    let name = Name::from("season");
    free_name(set, &name, &dim)?;
    let (ticks, kind) = instants(labels)?;
    let overlapping = seasons.overlap().is_some();
    let of_month: Vec<Vec<u32>> =
        (0..=12).map(|m| seasons.of_month(m).map(|s| s as u32).collect()).collect();
    let (mut codes, mut from) = (Vec::new(), Vec::new());
    for (i, month) in Field::Month.of_all(&ticks, kind.unit, kind.calendar).iter().enumerate() {
        let own = usize::try_from(*month).ok().and_then(|m| of_month.get(m));
        let own = own.map_or(&[][..], Vec::as_slice);
        codes.extend_from_slice(own);
        if own.is_empty() {
            codes.push(NO_GROUP);
        }
        if overlapping {
            from.extend(std::iter::repeat_n(i, own.len().max(1)));
        }
    }
    if codes.iter().all(|c| *c == NO_GROUP) {
        return Err(Error::invalid(format!("no time of \"{times}\" lies in a season of {by}")));
    }
    let copies: Option<Arc<[usize]>> = overlapping.then(|| from.into());
    let made = match &copies {
        Some(from) => set.picked(&dim, &Pick::List(from.clone()))?,
        None => set.clone(),
    };
    let names: Vec<Text> = seasons.names().map(Text::from).collect();
    let names = Array::from_vec([names.len()], names)?;
    let mut grouping = Grouping::of_codes(name, dim, codes, names, Attrs::default());
    grouping.copies = copies;
    Ok((made, grouping))
}
