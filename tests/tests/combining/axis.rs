use graticule::{DataArray, Dataset, ManyOptions, axis_report, session, survey_mfdataset};

/// Days since the beginning of 2001, in a 365-day calendar.
fn days(days: &[i64]) -> Dataset {
    let time: Vec<f64> = days.iter().map(|d| *d as f64).collect();
    let time = DataArray::new("time", "time", time)
        .with_attr("units", "days since 2001-01-01")
        .with_attr("calendar", "noleap");
    Dataset::new().with_session(&session()).with_coord_variable("time", time.variable()).with_var(
        "v",
        "time",
        vec![0.5f32; days.len()],
    )
}

#[test]
fn a_seeded_archive_is_described_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // Three gaps (one day, three days, one between files), a double day, a file out of order.
    let parts: [(&str, Vec<i64>); 5] = [
        ("a.nc", vec![0, 1, 3, 4]),
        ("b.nc", vec![8, 9, 10]),
        ("c.nc", vec![10, 11, 12]),
        ("d.nc", vec![16, 17]),
        ("e.nc", vec![14, 15]),
    ];
    for (name, part) in &parts {
        days(part).write(at(name)).unwrap();
    }
    let pattern = at("*.nc");
    let options = ManyOptions::new();
    let report = survey_mfdataset(pattern.to_str().unwrap(), "time", &options, &session()).unwrap();
    let text = report.to_string().replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(
        text,
        "time: 14 labels of 5 objects, 2001-01-01 to 2001-01-18, every day\n\
         3 gaps, 5 labels missing\n  \
         1 after 2001-01-02 (a.nc) and before 2001-01-04 (a.nc): 2001-01-03\n  \
         3 after 2001-01-05 (a.nc) and before 2001-01-09 (b.nc): 2001-01-06, 2001-01-07, 2001-01-08\n  \
         1 after 2001-01-13 (c.nc) and before 2001-01-15 (e.nc): 2001-01-14\n\
         1 label occurs twice or more\n  \
         2001-01-11 in b.nc and c.nc\n\
         1 object out of order\n  \
         e.nc begins at 2001-01-15, after d.nc at 2001-01-17\n"
    );
    assert_eq!((report.gaps.len(), report.missing(), report.duplicates.len()), (3, 5, 1));
}

#[test]
fn months_count_as_months() {
    // The middles of months of 2001 without May, then January 2002.
    let middles = [15, 45, 74, 105, 166, 196, 227, 258, 288, 319, 349, 380];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("months.nc");
    days(&middles).write(&path).unwrap();
    let ds = graticule::open_dataset(&path).unwrap();
    let report = axis_report(&[ds.isel("time", 0..6), ds.isel("time", 6..)], "time").unwrap();
    assert_eq!(report.step.as_deref(), Some("month"));
    assert_eq!((report.gaps.len(), &*report.gaps[0].labels), (1, &["2001-05".to_owned()][..]));
}

#[test]
fn a_regular_axis_has_nothing_to_say() {
    let part = |x: Vec<f64>| Dataset::new().with_coord("x", "x", x);
    let report = axis_report(&[part(vec![0.1, 0.2, 0.3]), part(vec![0.4, 0.5])], "x").unwrap();
    assert!(report.is_regular(), "{report}");
    let falling = axis_report(&[part(vec![3., 2.]), part(vec![1., 0.])], "x").unwrap();
    assert!(falling.is_regular(), "{falling}");
    let uneven = axis_report(&[part(vec![0.0, 1.0, 2.5])], "x").unwrap();
    assert_eq!(uneven.step, None);
    assert!(axis_report(&[Dataset::new()], "x").is_err());
}
