//! Seeded defects of time axes: all are found, and nothing is found on clean ones.

use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, Frequency, TimeUnit, date_range_from};
use graticule_dataset::{Attrs, Dataset, TimeAudit, Variable};

const DAY: i64 = 86_400;

fn instants(ticks: Vec<i64>, calendar: Calendar, shape: &[usize]) -> Array {
    let time = TimeType { unit: TimeUnit::Second, calendar };
    let flat = Array::from_vec(shape.to_vec(), ticks).unwrap();
    flat.with_dtype(DType::Time(time)).unwrap()
}

/// Regular times, and the end of the last.
fn regular(freq: &str, calendar: Calendar) -> Vec<i64> {
    let every = Frequency::parse(freq).unwrap();
    date_range_from(30 * 365 * DAY, 41, every, TimeUnit::Second, calendar).unwrap()
}

/// Times with bounds from each to the next.
fn bounded(times: &[i64], bounds: &[i64], calendar: Calendar) -> TimeAudit {
    let n = times.len();
    let time = Variable::new("time", instants(times.to_vec(), calendar, &[n])).unwrap();
    let time = time.with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let ds = Dataset::new().with_coord_variable("time", time).with_var(
        "time_bnds",
        ["time", "nv"],
        instants(bounds.to_vec(), calendar, &[n, 2]),
    );
    ds.cf().time_audit().unwrap()
}

const FREQUENCIES: [&str; 5] = ["D", "6h", "MS", "YS", "15min"];
const CALENDARS: [Calendar; 4] =
    [Calendar::Standard, Calendar::NoLeap, Calendar::Day360, Calendar::Julian];

fn clean(freq: &str, calendar: Calendar) -> (Vec<i64>, Vec<i64>) {
    let edges = regular(freq, calendar);
    let times: Vec<i64> = edges[..40].to_vec();
    let bounds = edges.windows(2).flat_map(|w| [w[0], w[1]]).collect();
    (times, bounds)
}

#[test]
fn clean_axes_are_left_in_peace() {
    for freq in FREQUENCIES {
        for calendar in CALENDARS {
            let (times, bounds) = clean(freq, calendar);
            let audit = bounded(&times, &bounds, calendar);
            assert!(audit.is_regular() && audit.bounds.count == 0, "{freq} {calendar}: {audit}");
        }
    }
}

#[test]
fn forty_defects_are_found() {
    let mut seeded = 0;
    for (f, freq) in FREQUENCIES.into_iter().enumerate() {
        for kind in 0..8 {
            let calendar = CALENDARS[(f + kind) % 4];
            let (mut times, mut bounds) = clean(freq, calendar);
            let at = 7 + 3 * kind;
            let step = times[at + 1] - times[at];
            match kind {
                // A step left out, and five of them.
                0 | 1 => {
                    let gone = if kind == 0 { 1 } else { 5 };
                    times.drain(at..at + gone);
                    bounds.drain(2 * at..2 * (at + gone));
                }
                2 => {
                    times[at] = times[at - 1];
                    (bounds[2 * at], bounds[2 * at + 1]) = (bounds[2 * at - 2], bounds[2 * at - 1]);
                }
                3 => times.swap(at, at + 1),
                4 => times[at] += step / 3,
                // A cell that ends early, one that overlaps the next, one without its instant.
                5 => bounds[2 * at + 1] -= step / 4,
                6 => bounds[2 * at + 1] += step / 4,
                _ => {
                    bounds[2 * at] += 2 * step;
                    bounds[2 * at + 1] += 2 * step;
                }
            }
            let audit = bounded(&times, &bounds, calendar);
            let found = match kind {
                0 => audit.gaps.len() == 1 && audit.gaps[0].absent == 1,
                1 => audit.gaps.len() == 1 && audit.gaps[0].absent == 5,
                2 => audit.duplicates.count == 1,
                3 => audit.backward.count == 1,
                4 => audit.irregular.count > 0,
                _ => audit.bounds.count > 0,
            };
            assert!(found, "{freq} {calendar} {kind}: {audit}");
            seeded += 1;
        }
    }
    assert_eq!(seeded, 40);
}

/// Bounds of finer units are the same instants, those of another calendar are not.
#[test]
fn bounds_count_in_their_own_unit_and_calendar() {
    let (times, bounds) = clean("MS", Calendar::NoLeap);
    let set = |unit: TimeUnit, calendar: Calendar, role: &str| {
        let per_second = unit.per_second();
        let edges = bounds.iter().map(|t| t * per_second).collect();
        let edges = Array::from_vec([40, 2], edges).unwrap();
        let edges = edges.with_dtype(DType::Time(TimeType { unit, calendar })).unwrap();
        let time = instants(times.clone(), Calendar::NoLeap, &[40]);
        let time = Variable::new("time", time).unwrap();
        let time = time.with_attrs(Attrs::new().with(role, "cells"));
        let ds = Dataset::new().with_coord_variable("time", time);
        ds.with_var("cells", ["time", "nv"], edges).cf().time_audit().unwrap()
    };
    assert!(set(TimeUnit::Millisecond, Calendar::NoLeap, "bounds").is_regular());
    let audit = set(TimeUnit::Second, Calendar::Day360, "bounds");
    assert!(audit.bounds.first[0].contains("360_day"), "{audit}");
    let audit = set(TimeUnit::Second, Calendar::NoLeap, "climatology");
    assert!(audit.climatology && audit.is_regular(), "{audit}");
    assert!(audit.to_string().contains("of a climatology"));
}
