//! Seasons of one's own: months in a row, named by their initials.

use crate::error::{Error, Kind, Result, shorten};
use crate::{Calendar, DateTime, Field, MISSING, TimeUnit};

/// The initials of the months of two years, so that a season may span the end of a year.
const INITIALS: &str = "JFMAMJJASONDJFMAMJJASOND";

/// More seasons than this in a row are refused.
const MOST: i64 = 1 << 25;

/// Seasons: months in a row, named by their initials ("DJF", "JJAS", "NDJFM"). They may overlap,
/// leave months out, and span the end of a year.
///
/// ```
/// use graticule_cftime::Seasons;
/// let seasons = Seasons::parse(["DJFM", "MAMJ", "JJAS", "SOND"])?;
/// assert_eq!(seasons.of_month(3).collect::<Vec<_>>(), [0, 1]);
/// assert_eq!(seasons.overlap(), Some(("DJFM", "MAMJ")));
/// assert!(Seasons::parse(["DJA"]).is_err());
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seasons(Vec<Season>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Season {
    name: String,
    /// The first month, 0-11.
    first: i64,
    /// How many months.
    len: i64,
}

/// The seasons that times fall into, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonBins {
    /// For each time the season it falls into, if it falls into one.
    pub indices: Vec<Option<usize>>,
    /// The seasons in their order, without gaps: some may have no time.
    pub bins: Vec<SeasonBin>,
}

/// One season of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonBin {
    /// Which of the seasons it is.
    pub season: usize,
    /// The year it starts in.
    pub start_year: i64,
    /// The year it ends in.
    pub end_year: i64,
    /// The tick of the first day of its first month.
    pub start: i64,
    /// The tick of the first day of its last month.
    pub last_month: i64,
    /// The tick at which it is over: the first day of the month behind it.
    pub end: i64,
}

impl Seasons {
    /// Reads the names of seasons. A single initial that several months share ("J", "M", "A")
    /// stands for the month before the next season's initial, as in xarray.
    ///
    /// # Errors
    /// If there is none, or a name is not made of the initials of up to twelve months in a row.
    pub fn parse<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(|n| n.as_ref().to_owned()).collect();
        let mut seasons = Vec::with_capacity(names.len());
        for (i, name) in names.iter().enumerate() {
            let next = names.get(i + 1).or(names.first()).and_then(|n| n.chars().next());
            let first = first_month(name, next).map_err(|why| Error::season(name, why))?;
            seasons.push(Season { name: name.clone(), first, len: name.len() as i64 });
        }
        if seasons.is_empty() {
            return Err(Error::season("", "there are no seasons"));
        }
        Ok(Self(seasons))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none; never true of what was parsed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|s| s.name.as_str())
    }

    /// The seasons that a month (1-12) belongs to.
    pub fn of_month(&self, month: i64) -> impl Iterator<Item = usize> {
        let holds = move |s: &Season| (month - 1 - s.first).rem_euclid(12) < s.len;
        let within = (1..=12).contains(&month);
        self.0.iter().enumerate().filter(move |(_, s)| within && holds(s)).map(|(i, _)| i)
    }

    /// The names of the first two that share a month, if any do.
    pub fn overlap(&self) -> Option<(&str, &str)> {
        let name = |i: usize| self.0.get(i).map_or("", |s| s.name.as_str());
        let mut pairs: Vec<(usize, usize)> = (1..=12)
            .filter_map(|month| {
                let mut seasons = self.of_month(month);
                Some((seasons.next()?, seasons.next()?))
            })
            .collect();
        pairs.sort_unstable();
        pairs.first().map(|(a, b)| (name(*a), name(*b)))
    }

    /// The seasons of each year that times fall into. With `whole`, the first and the last are
    /// left out unless there are times in their first and in their last month.
    ///
    /// # Errors
    /// If seasons overlap, the ticks cannot hold a season's first day, or there would be more
    /// than 2^25 seasons.
    pub fn bins(
        &self,
        ticks: &[i64],
        unit: TimeUnit,
        calendar: Calendar,
        whole: bool,
    ) -> Result<SeasonBins> {
        if let Some((a, b)) = self.overlap() {
            return Err(Error::season(a, format!("it overlaps \"{b}\"; months would count twice")));
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|i| self.0.get(*i).map(|s| s.first));
        // For each month, the rank of its season in the year.
        let mut ranks = [None; 12];
        for (month, rank) in (1..).zip(ranks.iter_mut()) {
            let season = self.of_month(month).next();
            *rank = season.and_then(|s| order.iter().position(|o| *o == s));
        }
        let count = self.len() as i64;
        let (years, months) =
            (Field::Year.of_all(ticks, unit, calendar), Field::Month.of_all(ticks, unit, calendar));
        // Seasons are numbered through: year of the start times their number, plus the rank.
        let number = |year: i64, month: i64| -> Option<i64> {
            let rank = *usize::try_from(month - 1).ok().and_then(|m| ranks.get(m))?.as_ref()?;
            let first = order.get(rank).and_then(|i| self.0.get(*i))?.first;
            let starts = calendar.astronomical(year) - i64::from(month - 1 < first);
            Some(starts * count + rank as i64)
        };
        let numbers: Vec<Option<i64>> = years
            .iter()
            .zip(&months)
            .map(|(y, m)| if *y == MISSING { None } else { number(*y, *m) })
            .collect();
        let present = || numbers.iter().flatten().copied();
        let (Some(mut low), Some(mut high)) = (present().min(), present().max()) else {
            return Ok(SeasonBins { indices: vec![None; ticks.len()], bins: Vec::new() });
        };
        if whole {
            let season = |n: i64| self.ranked(&order, n).map(|(_, s)| s);
            let has = |n: i64, month: i64| {
                let mut all = numbers.iter().zip(&months);
                all.any(|(own, m)| *own == Some(n) && *m == month.rem_euclid(12) + 1)
            };
            let starts = season(low).is_some_and(|s| has(low, s.first));
            let ends = season(high).is_some_and(|s| has(high, s.first + s.len - 1));
            (low, high) = (low + i64::from(!starts), high - i64::from(!ends));
        }
        if high - low >= MOST {
            return Err(Kind::Range(format!("{} seasons in a row", high - low)).into());
        }
        let bins = (low..=high).map(|n| self.bin(&order, n, unit, calendar)).collect::<Result<_>>();
        let index = |n: Option<i64>| {
            let n = n.filter(|n| (low..=high).contains(n))?;
            usize::try_from(n - low).ok()
        };
        Ok(SeasonBins { indices: numbers.into_iter().map(index).collect(), bins: bins? })
    }

    /// The season of a number, and which one it is.
    fn ranked(&self, order: &[usize], number: i64) -> Option<(usize, &Season)> {
        let rank = usize::try_from(number.rem_euclid(self.len() as i64)).ok()?;
        let which = *order.get(rank)?;
        Some((which, self.0.get(which)?))
    }

    fn bin(
        &self,
        order: &[usize],
        number: i64,
        unit: TimeUnit,
        calendar: Calendar,
    ) -> Result<SeasonBin> {
        let (season, of) = self
            .ranked(order, number)
            .ok_or_else(|| Error::from(Kind::Range("a season without a name".into())))?;
        let year = number.div_euclid(self.len() as i64);
        // Months from the January of that year on.
        let first_day = |month: i64| {
            let in_year = month.rem_euclid(12) as u8 + 1;
            let date = DateTime::day(calendar.historical(year + month.div_euclid(12)), in_year, 1);
            date.to_ticks(unit, calendar)
        };
        let last = of.first + of.len - 1;
        Ok(SeasonBin {
            season,
            start_year: calendar.historical(year),
            end_year: calendar.historical(year + last.div_euclid(12)),
            start: first_day(of.first)?,
            last_month: first_day(last)?,
            end: first_day(last + 1)?,
        })
    }
}

/// The first month (0-11) of a season.
fn first_month(name: &str, next: Option<char>) -> std::result::Result<i64, String> {
    let wrong = || "expected the initials of up to twelve months in a row, such as \"DJF\"";
    if name.is_empty() || name.len() > 12 {
        return Err(wrong().into());
    }
    let text = match next {
        Some(next) if name.len() == 1 => format!("{name}{next}"),
        _ => name.to_owned(),
    };
    let found = INITIALS.find(&text);
    let alone = || {
        let once = name.len() == 1 && INITIALS.matches(name).count() == 2;
        INITIALS.find(name).filter(|_| once)
    };
    match found.or_else(alone) {
        Some(at) => Ok(at as i64 % 12),
        None if name.len() == 1 && INITIALS.contains(name) => {
            Err("several months have this initial".into())
        }
        None => Err(wrong().into()),
    }
}

impl Error {
    fn season(name: &str, why: impl Into<String>) -> Self {
        Kind::Season { text: shorten(name), why: why.into() }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(names: &[&str]) -> Vec<i64> {
        Seasons::parse(names).unwrap().0.iter().map(|s| s.first + 1).collect()
    }

    #[test]
    fn names_are_initials_of_months_in_a_row() {
        assert_eq!(first(&["DJF", "MAM", "JJA", "SON"]), [12, 3, 6, 9]);
        assert_eq!(first(&["DJFM", "MAMJ", "JJAS", "SOND"]), [12, 3, 6, 9]);
        assert_eq!(first(&["J", "FM", "AMJJ", "A", "SOND"]), [1, 2, 4, 8, 9]);
        assert_eq!(first(&["JFMAMJJASOND"]), [1]);
        assert_eq!(first(&["D", "F"]), [12, 2]);
        for wrong in ["", "djf", "DF", "JFMAMJJASONDJ", "Winter", "é"] {
            assert!(Seasons::parse([wrong]).is_err(), "{wrong}");
        }
        assert!(Seasons::parse(["J", "D"]).unwrap_err().to_string().contains("several months"));
        assert!(Seasons::parse(Vec::<String>::new()).is_err());
        assert_eq!(Seasons::parse(["DJF", "JJA"]).unwrap().overlap(), None);
    }

    /// Every month of some years, with the seasons found by walking back to the first month.
    #[test]
    fn seasons_of_each_year_in_every_calendar() {
        let unit = TimeUnit::Second;
        let lists: [&[&str]; 5] = [
            &["DJF", "MAM", "JJA", "SON"],
            &["SON", "DJF", "JJA"],
            &["NDJFM", "JJAS"],
            &["JFMAMJJASOND"],
            &["NDJ", "FMA", "MJJ", "ASO"],
        ];
        for calendar in Calendar::ALL {
            let begin = DateTime::day(-2, 1, 1);
            let months: Vec<(i64, i64)> =
                (0..60).map(|m| (calendar.astronomical(begin.year) + m / 12, m % 12)).collect();
            let tick = |(year, month): &(i64, i64), day: u8| {
                let date = DateTime::day(calendar.historical(*year), *month as u8 + 1, day);
                date.to_ticks(unit, calendar).unwrap()
            };
            let mut ticks: Vec<i64> = months.iter().map(|m| tick(m, 15)).collect();
            ticks.push(MISSING);
            for names in lists {
                let seasons = Seasons::parse(names).unwrap();
                for whole in [false, true] {
                    let made = seasons.bins(&ticks, unit, calendar, whole).unwrap();
                    assert_eq!(made.indices.last(), Some(&None));
                    for (i, (year, month)) in months.iter().enumerate() {
                        let own = made.indices[i].map(|b| &made.bins[b]);
                        let Some(season) = seasons.of_month(month + 1).next() else {
                            assert_eq!(own, None);
                            continue;
                        };
                        let of = &seasons.0[season];
                        let back = (month - of.first).rem_euclid(12);
                        let at = year * 12 + month - back;
                        let complete = i as i64 >= back && i as i64 + of.len - 1 - back < 60;
                        match own {
                            None => assert!(whole && !complete, "{names:?} {year} {month}"),
                            Some(bin) => {
                                assert!(!whole || complete);
                                assert_eq!(bin.season, season);
                                let start = (at.div_euclid(12), at.rem_euclid(12));
                                assert_eq!(bin.start, tick(&start, 1));
                                assert_eq!(bin.start_year, calendar.historical(start.0));
                                assert!(bin.start <= ticks[i] && ticks[i] < bin.end);
                                assert!(bin.last_month < bin.end && bin.start <= bin.last_month);
                            }
                        }
                    }
                    assert!(made.bins.windows(2).all(|w| w[0].end <= w[1].start));
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let seasons = Seasons::parse(["DJFM", "MAM"]).unwrap();
        let (unit, calendar) = (TimeUnit::Second, Calendar::NoLeap);
        let e = seasons.bins(&[0], unit, calendar, true).unwrap_err();
        assert!(e.is_syntax() && e.to_string().contains("overlaps"), "{e}");
        let all = Seasons::parse(["DJF", "MAM", "JJA", "SON"]).unwrap();
        assert!(all.bins(&[i64::MIN + 1, i64::MAX], unit, calendar, false).is_err());
        let whole = Seasons::parse(["DJF"]).unwrap();
        assert_eq!(whole.bins(&[MISSING], unit, calendar, true).unwrap().bins.len(), 0);
        // A January alone is no whole winter.
        assert_eq!(whole.bins(&[0], unit, calendar, true).unwrap().bins.len(), 0);
    }
}
