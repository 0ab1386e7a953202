//! Times as text, durations as seconds, calendars under their other names.

use graticule::array::{Array, DType, MISSING_TICK};
use graticule::cftime::{Calendar, DateTime, TimeUnit};

/// The elements of an array of times as ISO text with six decimals, finer digits cut off.
pub(crate) fn iso(data: &Array) -> Option<Vec<Option<String>>> {
    let DType::Time(kind) = data.dtype() else { return None };
    let ticks = data.to_flat::<i64>().ok()?;
    let text = |tick: i64| DateTime::from_ticks(tick, kind.unit, kind.calendar).map(|t| t.iso());
    Some(ticks.into_iter().map(text).collect())
}

/// The elements of an array of durations as seconds; NaN where missing.
pub(crate) fn seconds(data: &Array) -> Option<Vec<f64>> {
    let DType::Duration(unit) = data.dtype() else { return None };
    let per_second = match unit {
        TimeUnit::Second => 1.0,
        TimeUnit::Millisecond => 1e3,
        TimeUnit::Microsecond => 1e6,
        TimeUnit::Nanosecond => 1e9,
    };
    let ticks = data.to_flat::<i64>().ok()?;
    let second = |t: i64| if t == MISSING_TICK { f64::NAN } else { t as f64 / per_second };
    Some(ticks.into_iter().map(second).collect())
}

/// The calendar that a reference names: `standard`, `Gregorian`, `cftime:DatetimeNoLeap` ...
pub(crate) fn calendar(name: &str) -> Option<Calendar> {
    let name = name.to_lowercase();
    let class = name.strip_prefix("cftime:datetime").or_else(|| name.strip_prefix("cftime:"));
    Some(match class.unwrap_or(&name) {
        "gregorian" | "standard" => Calendar::Standard,
        "prolepticgregorian" | "proleptic_gregorian" => Calendar::ProlepticGregorian,
        "noleap" | "365_day" => Calendar::NoLeap,
        "allleap" | "all_leap" | "366_day" => Calendar::AllLeap,
        "360day" | "360_day" => Calendar::Day360,
        "julian" => Calendar::Julian,
        other if other.starts_with("datetime64") => Calendar::Standard,
        _ => return None,
    })
}

/// Whether times of a dtype are of the calendar that a reference names. Dates of the standard
/// calendar and its extension backwards have one name in `datetime64`.
pub(crate) fn calendars_agree(name: &str, found: &DType) -> bool {
    let DType::Time(kind) = found else { return false };
    let modern = [Calendar::Standard, Calendar::ProlepticGregorian];
    match calendar(name) {
        None => true,
        Some(_) if name.starts_with("datetime64") => modern.contains(&kind.calendar),
        Some(wanted) => wanted == kind.calendar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graticule::array::TimeType;

    #[test]
    fn times_are_cut_to_microseconds() {
        let kind = TimeType { unit: TimeUnit::Nanosecond, calendar: Calendar::Day360 };
        let data = Array::from_vec([2], vec![1_999i64, MISSING_TICK]).unwrap();
        let data = data.with_dtype(DType::Time(kind)).unwrap();
        assert_eq!(iso(&data).unwrap(), [Some("1970-01-01T00:00:00.000001".to_owned()), None]);
        assert!(calendars_agree("360_day", data.dtype()));
        assert!(!calendars_agree("cftime:DatetimeNoLeap", data.dtype()));
    }
}
