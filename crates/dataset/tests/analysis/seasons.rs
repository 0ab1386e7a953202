//! Seasons of one's own: as xarray has them, and by brute force.

use graticule_dataset::{DataArray, Dataset, SeasonYear, date_range, seasons};

fn days(calendar: &str, start: &str, count: usize) -> DataArray {
    let time = date_range(start).periods(count).freq("D").calendar(calendar);
    DataArray::new("v", "time", (0..count).map(|i| i as f64).collect::<Vec<_>>())
        .with_coord("time", "time", time)
}

/// Labels with the sum and the count of each, as the committed file has them.
fn told(labels: &[String], sum: &DataArray, count: &DataArray) -> String {
    let sums = sum.values::<f64>().unwrap();
    let counts = count.values::<i64>().unwrap();
    let number = |v: &f64, n: &i64| if *n == 0 { "nan".to_owned() } else { format!("{v}") };
    let cell = |i: usize| format!("{}={}/{}", labels[i], number(&sums[i], &counts[i]), counts[i]);
    (0..labels.len()).map(cell).collect::<Vec<_>>().join(" ")
}

fn dates(x: &DataArray) -> Vec<String> {
    let parts = ["year", "month", "day"].map(|f| x["time"].dt(f).values::<i64>().unwrap());
    (0..parts[0].len())
        .map(|i| format!("{:04}-{:02}-{:02}", parts[0][i], parts[1][i], parts[2][i]))
        .collect()
}

fn names(x: &DataArray) -> Vec<String> {
    x["season"].texts().unwrap().into_iter().flatten().map(|t| t.to_string()).collect()
}

#[test]
fn seasons_are_those_of_xarray_in_every_calendar() {
    let mut checked = 0;
    for line in include_str!("seasons.txt").lines().filter(|l| !l.starts_with('#')) {
        let (head, expected) = line.split_once(" : ").unwrap();
        let words: Vec<&str> = head.split(' ').collect();
        let [verb, calendar, start, count, list] = words[..] else { panic!("{line}") };
        let list: Vec<&str> = list.split(',').collect();
        let x = days(calendar, start, count.parse().unwrap());
        let found = match verb {
            "groupby" => {
                let by = x.groupby_seasons("time", list);
                let sum = by.sum("time");
                told(&names(&sum), &sum, &by.count("time"))
            }
            _ => {
                let by = seasons(list).drop_incomplete(verb == "whole");
                let bins = x.resample_seasons("time", by);
                let sum = bins.sum();
                told(&dates(&sum), &sum, &bins.count())
            }
        };
        assert_eq!(found, expected, "{head}");
        checked += 1;
    }
    assert!(checked > 200, "{checked}");
}

#[test]
fn the_first_winter_of_three_years_is_not_whole() {
    let x = days("standard", "2000-01-01", 1096);
    let four = ["DJF", "MAM", "JJA", "SON"];
    let made = x.resample_seasons("time", four).mean();
    assert_eq!(dates(&made)[0], "2000-03-01");
    assert!(dates(&made).contains(&"2000-12-01".to_owned()));
    let ends = seasons(["DJF"]).year(SeasonYear::End);
    let made = x.resample_seasons("time", ends.clone()).count();
    assert_eq!(dates(&made), ["2001-02-01", "2002-02-01"]);
    assert_eq!(made.values::<i64>().unwrap(), [90, 90]);
    let years = x.season_year("time", ends.drop_incomplete(false));
    let by_year = x.groupby(&years).count("time");
    assert_eq!(by_year["season_year"].values::<f64>().unwrap(), [2000.0, 2001.0, 2002.0, 2003.0]);
    assert_eq!(by_year.values::<i64>().unwrap(), [60, 90, 90, 31]);
    let years = x.season_year("time", seasons(four).drop_incomplete(false));
    assert_eq!(years.values::<i64>().unwrap()[0], 1999);
}

#[test]
fn overlapping_seasons_equal_brute_force() {
    let x = days("noleap", "1999-05-20", 900);
    let months = x["time"].dt("month").values::<i64>().unwrap();
    let values = x.values::<f64>().unwrap();
    let lists: [(&str, &[i64]); 4] = [
        ("NDJFM", &[11, 12, 1, 2, 3]),
        ("FMAM", &[2, 3, 4, 5]),
        ("JFMAMJJASOND", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        ("JJ", &[6, 7]),
    ];
    let by = x.groupby_seasons("time", lists.map(|(name, _)| name));
    let (means, medians) =
        (by.mean("time").values::<f64>().unwrap(), by.median("time").values::<f64>().unwrap());
    for (i, (name, own)) in lists.iter().enumerate() {
        let of: Vec<f64> =
            values.iter().zip(&months).filter_map(|(v, m)| own.contains(m).then_some(*v)).collect();
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        assert!((means[i] - mean).abs() < 1e-9 * mean.abs(), "{name}: {} {mean}", means[i]);
        let middle = (of[(of.len() - 1) / 2] + of[of.len() / 2]) / 2.0;
        assert!((medians[i] - middle).abs() < 1e-9, "{name}");
    }
    let e = (by.clone() - by.mean("time")).check().unwrap_err().to_string();
    assert!(e.contains("overlap"), "{e}");
    assert!(by.cumsum().check().is_err());
    let apart = x.groupby_seasons("time", ["DJF", "MAM", "JJA", "SON"]);
    let anomaly = apart.clone() - apart.mean("time");
    assert!(anomaly.groupby("season").mean("time").values::<f64>().unwrap()[0].abs() < 1e-9);
}

#[test]
fn mistakes_are_named_before_anything_is_read() {
    let x = days("360_day", "2000-01-01", 60);
    let fails = |d: DataArray| d.check().unwrap_err().to_string();
    assert!(fails(x.groupby_seasons("time", ["DFJ"]).mean("time")).contains("\"DFJ\""));
    let e = fails(x.resample_seasons("time", ["DJFM", "MAM"]).mean());
    assert!(e.contains("overlaps \"MAM\""), "{e}");
    let e = fails(x.resample_seasons("time", ["JJA"]).mean());
    assert!(e.contains("drop_incomplete"), "{e}");
    assert!(fails(x.groupby_seasons("time", ["JJA"]).mean("time")).contains("JJA"));
    assert!(fails(x.groupby_seasons("tme", ["JJA"]).mean("time")).contains("time"));
    let numbers = Dataset::new().with_coord("t", "t", vec![1, 2]).with_var("v", "t", vec![1, 2]);
    assert!(numbers.groupby_seasons("t", ["DJF"]).mean("t").check().is_err());
    assert!(numbers.resample_seasons("t", ["DJF"]).mean().check().is_err());
    assert!(fails(numbers.season_year("t", ["DJF"])).contains("times"));
}
