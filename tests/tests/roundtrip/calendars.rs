use graticule::{DType, DataArray, Dataset, open_dataset};

use crate::{assert_alike, assert_same, empty, folder, raw};

const CALENDARS: [&str; 7] =
    ["standard", "gregorian", "proleptic_gregorian", "noleap", "all_leap", "360_day", "julian"];

const UNITS: [&str; 6] = [
    "days since 1850-01-01",
    "hours since 1900-01-01 00:00:0.0",
    "seconds since 1970-01-01T00:00:00Z",
    "minutes since 2000-02-28 12:00",
    "milliseconds since 2001-01-01",
    "days since 2000-01-01 06:00:00",
];

/// Times as a file has them: numbers with units, and bounds that have none of their own.
fn times(units: &str, calendar: &str, floats: bool) -> Dataset {
    let time = match floats {
        true => DataArray::new("time", "time", vec![0.25, 58.5, 59.0, 60.0, 36_500.75]),
        false => DataArray::new("time", "time", vec![0i32, 58, 59, 60, 36_500]),
    };
    let time = time
        .with_attr("units", units)
        .with_attr("calendar", calendar)
        .with_attr("bounds", "time_bnds");
    let bounds: Vec<f64> = (0..10).map(f64::from).collect();
    empty()
        .with_coord_variable("time", time.variable())
        .with_var("time_bnds", ["time", "nv"], (bounds, [5, 2]))
        .with_var("x", "time", vec![1.5f32, 2.5, 3.5, 4.5, 5.5])
}

#[test]
fn times_of_all_calendars_survive() {
    for calendar in CALENDARS {
        for units in UNITS {
            for floats in [false, true] {
                let folder = folder();
                let (a, b) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
                let set = times(units, calendar, floats);
                set.write(&a).unwrap();
                let decoded = open_dataset(&a).unwrap();
                assert!(matches!(decoded["time"].dtype(), DType::Time(_)), "{units} {calendar}");
                assert!(matches!(decoded["time_bnds"].dtype(), DType::Time(_)));
                decoded.write(&b).unwrap();
                assert_alike(&raw(&b), &raw(&a));
                assert_same(&open_dataset(&b).unwrap(), &decoded);
            }
        }
    }
}

#[test]
fn selected_times_keep_units_and_instants() {
    let folder = folder();
    let (a, b) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
    times(UNITS[0], "noleap", true).write(&a).unwrap();
    let late = open_dataset(&a).unwrap().isel("time", -2..);
    late.write(&b).unwrap();
    assert_eq!(raw(&b)["time"].values::<f64>().unwrap(), [60.0, 36_500.75]);
    assert_eq!(raw(&b)["time"].attrs().text("units"), Some(UNITS[0]));
    assert_same(&open_dataset(&b).unwrap(), &late);
}
