use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};

use crate::{DataArray, Dataset, std};

/// Days from a date on, with their numbers as values; labels in a calendar.
fn days(from: DateTime, n: usize, calendar: Calendar) -> DataArray {
    let unit = TimeUnit::Second;
    let start = from.to_ticks(unit, calendar).unwrap();
    let ticks: Vec<i64> = (0..n as i64).map(|d| start + d * 86_400).collect();
    let times = Array::from_vec([n], ticks).unwrap();
    let times = times.with_dtype(DType::Time(TimeType { unit, calendar })).unwrap();
    DataArray::new("v", ["time", "x"], ((0..2 * n).map(|i| i as f32).collect(), [n, 2]))
        .with_coord("time", "time", times)
        .with_coord("x", "x", vec![1.0, 2.0])
        .with_coord("height", (), 2.0)
        .with_attr("units", "K")
}

#[test]
fn a_climatology_and_its_anomaly() {
    let x = days(DateTime::day(2000, 1, 1), 731, Calendar::Standard);
    let clim = x.groupby("time.month").mean("time");
    assert_eq!(clim.dims().to_string(), "month, x");
    assert_eq!(clim["month"].values::<i64>().unwrap(), (1..=12).collect::<Vec<_>>());
    assert_eq!(clim.coords().names().collect::<Vec<_>>(), ["x", "height", "month"]);
    assert_eq!((clim.dtype(), clim.attrs().text("units")), (DType::F32, Some("K")));
    // January: days 0..=30 and 366..=396, twice each because of the two columns.
    assert_eq!(clim.isel("month", 0).isel("x", 0).item::<f32>().unwrap(), 2.0 * 198.0);
    let anomaly = x.groupby("time.month") - &clim;
    assert_eq!(anomaly.dims().to_string(), "time, x");
    assert_eq!(anomaly.name(), Some("v"));
    assert_eq!(anomaly["month"].dims().to_string(), "time");
    assert_eq!(anomaly["height"].dims().to_string(), "time", "as in xarray");
    let first = anomaly.isel("time", 0).isel("x", 0).item::<f64>().unwrap();
    assert_eq!(first, -396.0);
    let back = anomaly.groupby("time.month").mean("time");
    assert!(back.values::<f64>().unwrap().iter().all(|v| v.abs() < 1e-3));
}

#[test]
fn groups_stand_where_the_dimension_stood() {
    let x = days(DateTime::day(2000, 1, 1), 60, Calendar::NoLeap).transpose(["x", "time"]);
    let made = x.groupby("time.month").count("time");
    assert_eq!(made.dims().to_string(), "x, month");
    assert_eq!(made.values::<i64>().unwrap(), [31, 28, 1, 31, 28, 1]);
    assert_eq!(x.groupby("time.month").max(..).dims().to_string(), "month");
    assert_eq!(x.groupby("time.month").max(..).values::<f64>().unwrap(), [61.0, 117.0, 119.0]);
    let spread = x.groupby("time.month").reduce(std().ddof(1.0), ());
    assert!(spread.isel("month", 2).isel("x", 0).item::<f64>().unwrap().is_nan());
}

#[test]
fn seasons_are_text_in_order_of_the_alphabet() {
    let x = days(DateTime::day(2000, 1, 1), 360, Calendar::Day360);
    let made = x.groupby("time.season").count("time");
    let names: Vec<_> = made["season"].texts().unwrap().into_iter().flatten().collect();
    assert_eq!(names, ["DJF", "JJA", "MAM", "SON"]);
    assert_eq!(x.coord("time").dt("month").max(..).item::<i64>().unwrap(), 12);
    assert_eq!(
        x.coord("time").dt("season").isel("time", -1).texts().unwrap(),
        [Some("DJF".into())]
    );
}

#[test]
fn days_of_the_year_include_the_leap_day() {
    let x = days(DateTime::day(2000, 1, 1), 1461, Calendar::Standard);
    let made = x.groupby("time.dayofyear").count("time").isel("x", 0);
    assert_eq!(made.len(), 366);
    assert_eq!(made.isel("dayofyear", -1).item::<i64>().unwrap(), 1);
    let pairs = x.groupby("time.monthday").count("time").isel("x", 0);
    assert_eq!(pairs.sel("monthday", 301).item::<i64>().unwrap(), 4);
}

#[test]
fn labels_that_are_missing_leave_elements_out() {
    let x = DataArray::new("v", "t", vec![1.0, 2.0, 3.0, 4.0])
        .with_coord("t", "t", vec![0, 1, 2, 3])
        .with_coord("g", "t", vec![2.0, f64::NAN, 1.0, 2.0]);
    let means = x.groupby("g").mean("t");
    assert_eq!(means["g"].values::<f64>().unwrap(), [1.0, 2.0]);
    assert_eq!(means.values::<f64>().unwrap(), [3.0, 2.5]);
    let anomaly = x.groupby("g") - &means;
    assert_eq!(anomaly["t"].values::<i32>().unwrap(), [0, 2, 3]);
    assert_eq!(anomaly.values::<f64>().unwrap(), [-1.5, 0.0, 1.5]);
}

#[test]
fn a_dimension_can_be_grouped_by_its_own_labels() {
    let x = DataArray::new("v", "lat", vec![1.0, 2.0, 3.0]).with_coord("lat", "lat", vec![5, 5, 1]);
    let made = x.groupby("lat").sum("lat");
    assert_eq!(
        (made["lat"].values::<i32>().unwrap(), made.values::<f64>().unwrap()),
        (vec![1, 5], vec![3.0, 3.0])
    );
    let labels = DataArray::new("kind", "lat", vec!["b", "a", "b"]);
    assert_eq!(x.groupby(&labels).sum("lat").values::<f64>().unwrap(), [2.0, 4.0]);
}

#[test]
fn groups_that_the_other_operand_lacks_are_missing() {
    let x = days(DateTime::day(2000, 1, 1), 91, Calendar::Standard).isel("x", 0);
    let clim = x.groupby("time.month").mean("time").sel("month", 2..=3);
    let anomaly = x.groupby("time.month") - &clim;
    assert_eq!((anomaly.len(), anomaly.count("time").item::<i64>().unwrap()), (91, 60));
    assert!(anomaly.isel("time", 30).item::<f64>().unwrap().is_nan());
    assert_eq!(anomaly.isel("time", 31).item::<f64>().unwrap(), -28.0);
}

#[test]
fn mistakes_are_named_at_once() {
    let x = days(DateTime::day(2000, 1, 1), 400, Calendar::Standard);
    let fails = |d: DataArray| d.check().unwrap_err().to_string();
    let text = fails(x.groupby("time.moth").mean("time"));
    assert!(text.contains("did you mean \"month\"?") && text.contains("at   groupby"), "{text}");
    assert!(fails(x.groupby("tme.month").mean("time")).contains("did you mean \"time\"?"));
    assert!(fails(x.groupby("x.month").mean("time")).contains("field of times"));
    assert!(fails(x.groupby("time.month").mean("x")).contains("include \"time\""));
    assert!(fails(x.groupby("time.month").mean("lat")).contains("no dimension \"lat\""));
    let clim = x.groupby("time.month").mean("time");
    let text = fails(x.groupby("time.season") - &clim);
    assert!(text.contains("no dimension \"season\""), "{text}");
    let ds = Dataset::new().with_var("month", "month", vec![1]).with_variable("v", x.variable());
    let ds = ds.with_coord_variable("time", x.coord("time").variable());
    assert!(
        ds.groupby("time.month").fault().unwrap().to_string().contains("is a dimension already")
    );
}

#[test]
fn datasets_group_all_their_variables() {
    let x = days(DateTime::day(2000, 1, 1), 60, Calendar::Standard);
    let ds = x.to_dataset().with_var("fixed", "x", vec![1, 2]);
    let made = ds.groupby("time.month").mean("time");
    assert_eq!(made["v"].dims().to_string(), "month, x");
    assert_eq!(made["fixed"].dims().to_string(), "month, x", "repeated, as in xarray");
    let anomaly = ds.keep(["v"]).groupby("time.month") - made.keep(["v"]);
    assert_eq!(anomaly["v"].dims().to_string(), "time, x");
    assert_eq!(
        ds.groupby("time.month").to_string(),
        "<graticule.DatasetGroupBy, 2 groups along \"time\" by \"month\": 1, 2>"
    );
}
