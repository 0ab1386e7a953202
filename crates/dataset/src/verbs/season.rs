//! Seasons to group by or to resample to.

use std::fmt;

use graticule_array::{Array, DType, Error, Result, TimeType};
use graticule_cftime::{SeasonBin, SeasonBins};

/// The year that a season belongs to which spans the end of a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SeasonYear {
    /// The year of its first month, as in xarray: the winter of December 2000 is that of 2000.
    #[default]
    Start,
    /// The year of its last month, as in CDO: the winter of December 2000 is that of 2001.
    End,
}

/// Seasons by their names, the initials of months in a row: "DJF", "JJAS", "NDJFM". They may leave
/// months out and, to group by, overlap. Made by [`seasons`], or of a list of names.
///
/// ```
/// use graticule_dataset::{DataArray, date_range, seasons};
/// let months = date_range("2000-01").periods(36).freq("MS").calendar("noleap");
/// let x = DataArray::new("x", "time", (0..36).collect::<Vec<i32>>()).with_coord("time", "time", months);
/// let by_season = x.groupby_seasons("time", ["DJF", "JJAS"]).count("time");
/// assert_eq!(by_season.values::<i64>()?, [9, 12]);
/// // Two winters are whole; those that begin and end the series are not.
/// let winters = x.resample_seasons("time", ["DJF"]).mean();
/// assert_eq!(winters.values::<f64>()?, [12.0, 24.0]);
/// let all = x.resample_seasons("time", seasons(["DJF"]).drop_incomplete(false)).count();
/// assert_eq!(all.values::<i64>()?, [2, 3, 3, 1]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Seasons {
    names: Vec<String>,
    drop_incomplete: bool,
    year: SeasonYear,
}

/// Seasons of these names; see [`Seasons`].
pub fn seasons(names: impl Into<Seasons>) -> Seasons {
    names.into()
}

impl Seasons {
    /// Whether seasons at the ends of the data that lack their first or last month are left out,
    /// where seasons of each year count; they are by default.
    pub fn drop_incomplete(mut self, drop: bool) -> Self {
        self.drop_incomplete = drop;
        self
    }

    /// The year that a season belongs to which spans the end of a year. Resampled seasons are
    /// labelled by the first day of their first month, or with [`SeasonYear::End`] of their last.
    pub fn year(mut self, year: SeasonYear) -> Self {
        self.year = year;
        self
    }

    /// The seasons, if their names can be read.
    pub(super) fn parsed(&self) -> Result<graticule_cftime::Seasons> {
        Ok(graticule_cftime::Seasons::parse(&self.names)?)
    }

    /// The seasons of each year, the ticks that they are in, and their type.
    pub(super) fn bins(&self, times: &Array) -> Result<(Vec<i64>, SeasonBins, TimeType)> {
        let (ticks, kind) = instants(times)?;
        let bins = self.parsed()?.bins(&ticks, kind.unit, kind.calendar, self.drop_incomplete)?;
        Ok((ticks, bins, kind))
    }

    /// The label of a season of one year.
    pub(super) fn label(&self, bin: &SeasonBin) -> i64 {
        match self.year {
            SeasonYear::Start => bin.start,
            SeasonYear::End => bin.last_month,
        }
    }

    /// The year that it counts to.
    pub(super) fn year_of(&self, bin: &SeasonBin) -> i64 {
        match self.year {
            SeasonYear::Start => bin.start_year,
            SeasonYear::End => bin.end_year,
        }
    }
}

/// Times as ticks.
pub(super) fn instants(times: &Array) -> Result<(Vec<i64>, TimeType)> {
    match *times.dtype() {
        DType::Time(kind) => Ok((times.to_flat::<i64>()?, kind)),
        ref other => Err(Error::mismatch(format!("seasons are of times; the labels are {other}"))),
    }
}

macro_rules! names {
    ($([$($generic:tt)*] $type:ty;)*) => {$(
        impl<$($generic)*> From<$type> for Seasons {
            fn from(names: $type) -> Self {
                let names = names.iter().map(|n| String::from(&**n)).collect();
                Self { names, drop_incomplete: true, year: SeasonYear::Start }
            }
        }
    )*};
}

names! {
    [const N: usize] [&str; N];
    [] &[&str];
    [] Vec<&str>;
    [] Vec<String>;
}

/// The names.
impl fmt::Display for Seasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))
    }
}
