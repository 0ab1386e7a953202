//! Other calendars. Expected values are those of xarray 2026.9.

use graticule_cftime::{AlignOn, Calendar};
use graticule_dataset::{CalendarOptions, DataArray, Dataset, date_range};

fn daily(calendar: &str, start: &str, n: usize) -> DataArray {
    let time = date_range(start).periods(n).freq("D").calendar(calendar);
    DataArray::new("v", "time", (0..n).map(|i| i as f64).collect::<Vec<_>>())
        .with_coord("time", "time", time)
}

fn gaps(x: &DataArray) -> Vec<usize> {
    let values = x.values::<f64>().unwrap();
    values.iter().enumerate().filter(|(_, v)| v.is_nan()).map(|(i, _)| i).collect()
}

#[test]
fn missing_dates_are_inserted_on_request() {
    let all = |to| CalendarOptions::new(to).missing(f64::NAN);
    let x = daily("noleap", "2000-01-01", 365);
    let made =
        x.convert_calendar_with("time", CalendarOptions::new(Calendar::Standard).missing(-1.0));
    assert_eq!(made.size_of("time"), Some(366));
    assert_eq!(made.values::<f64>().unwrap()[57..62], [57.0, 58.0, -1.0, 59.0, 60.0]);
    let even = daily("360_day", "2001-01-01", 360);
    let by_year = all(Calendar::Standard).align_on(AlignOn::Year);
    assert_eq!(gaps(&even.convert_calendar_with("time", by_year)), [36, 108, 182, 254, 328]);
    let by_date = all(Calendar::NoLeap).align_on(AlignOn::Date);
    let made = even.convert_calendar_with("time", by_date.clone());
    assert_eq!(gaps(&made), [30, 89, 150, 211, 242, 303, 364]);
    let to_even = daily("standard", "2001-01-15", 60);
    let made = to_even.convert_calendar_with("time", all(Calendar::Day360).align_on(AlignOn::Date));
    assert_eq!((made.size_of("time"), gaps(&made)), (Some(61), vec![44, 45]));
    // What fills nothing changes nothing; whole numbers stay whole.
    let leap = daily("all_leap", "2000-01-01", 366);
    let made = leap.convert_calendar_with("time", all(Calendar::Standard));
    assert!(gaps(&made).is_empty());
    let whole = x
        .astype("int16")
        .convert_calendar_with("time", CalendarOptions::new(Calendar::Standard).missing(-9));
    assert_eq!(whole.values::<i16>().unwrap()[59], -9);
    let uneven = x.isel("time", [0, 1, 5]);
    let e = uneven.convert_calendar_with("time", all(Calendar::Standard)).check().unwrap_err();
    assert!(e.to_string().contains("regular"), "{e}");
    let e = x.convert_calendar_with("time", all(Calendar::Day360)).check().unwrap_err();
    assert!(e.to_string().contains("share no dates"), "{e}");
}

/// Bounds go along; at dates that are inserted they are missing.
#[test]
fn bounds_are_of_the_new_calendar() {
    let x = daily("noleap", "2000-02-27", 4).to_dataset().add_bounds("time");
    let options = CalendarOptions::new(Calendar::Standard).missing(-1.0);
    let made = x.convert_calendar_with("time", options).compute().unwrap();
    assert_eq!(made["time_bnds"].shape(), [5, 2]);
    assert_eq!(made["time_bnds"].dtype(), made["time"].dtype());
    assert_eq!(
        made["time_bnds"].isnull().any("bnds").values::<bool>().unwrap(),
        [false, false, true, false, false]
    );
    let days = made["time_bnds"].isel("time", ..2).dt("day").values::<i64>().unwrap();
    assert_eq!(days, [26, 27, 27, 28]);
}

#[test]
fn values_by_the_part_of_the_year_are_those_of_xarray() {
    let time = date_range("2000-01-01").periods(12).freq("MS").calendar("noleap");
    let squares: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
    let x = DataArray::new("x", "time", squares).with_coord("time", "time", time);
    let near = |made: &DataArray, expected: &[f64]| {
        let found = made.values::<f64>().unwrap();
        let same = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-9;
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(same), "{found:?}");
    };
    let even = date_range("2000-01-20").periods(8).freq("37D").calendar("360_day");
    let made = x.interp_calendar("time", even);
    near(
        &made,
        &[
            0.6214157706090323,
            3.7619047619082906,
            10.001388888894402,
            19.42741935484102,
            31.717129629639857,
            46.83333333332753,
            64.76342592591537,
            86.43100358420756,
        ],
    );
    assert_eq!(made["time"].dtype().to_string(), "time[s, Day360]");
    let standard = date_range("1999-12-30").periods(6).freq("61D");
    near(
        &x.interp_calendar("time", standard),
        &[
            f64::NAN,
            3.9827283372362072,
            15.923497267759352,
            35.818670309654934,
            63.19619249071576,
            98.87969328398839,
        ],
    );
    let e = x.interp_calendar("time", vec![1.0]).check().unwrap_err().to_string();
    assert!(e.contains("date_range"), "{e}");
    let numbers = Dataset::new().with_coord("t", "t", vec![1, 2]);
    assert!(numbers.interp_calendar("t", date_range("2000").periods(2)).check().is_err());
}
