//! Nouns: what they hold, what they cost, when they are the same.

use std::time::Instant;

use graticule::{
    Array, DType, DataArray, Dataset, LossKind, TimeType, date_range, index_laws, open_mfdataset,
};

use crate::counted;

#[test]
fn a3_other_lengths_name_both_variables_and_sizes() {
    let ds = Dataset::new().with_var("a", "x", vec![1, 2, 3]).with_var("b", "x", vec![1, 2, 3, 4]);
    let text = ds.check().unwrap_err().to_string();
    for word in ["\"x\"", "3 in \"a\"", "4 in \"b\""] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn a2_coordinates_follow_the_dimensions_that_stay() {
    let t = DataArray::new("t", ["time", "y", "x"], (vec![1.0; 8], [2, 2, 2]))
        .with_coord("time", "time", vec![1, 2])
        .with_coord("lat", ["y", "x"], (vec![1., 2., 3., 4.], [2, 2]))
        .with_coord("height", (), 2.0);
    let mean = t.mean("time");
    let names: Vec<_> = mean.coords().names().map(ToString::to_string).collect();
    assert_eq!(names, ["lat", "height"]);
}

#[test]
fn a7_missing_values_promote_as_the_table_says() {
    use DType::{Bool, C64, C128, F16, F32, F64, I8, I16, I32, I64, Str, U8, U16, U32, U64};
    let table = [
        (Bool, F32),
        (I8, F32),
        (I16, F32),
        (I32, F64),
        (I64, F64),
        (U8, F32),
        (U16, F32),
        (U32, F64),
        (U64, F64),
        (F16, F16),
        (F32, F32),
        (F64, F64),
        (C64, C64),
        (C128, C128),
        (Str, Str),
    ];
    for (own, promoted) in table {
        let texts = DataArray::new("", "x", vec!["0", "1"]).to_array().unwrap();
        let values = if own == Str {
            texts
        } else {
            Array::from_vec([2], vec![0i8, 1]).unwrap().cast(&own).unwrap()
        };
        let x = DataArray::new("x", "x", values).with_coord("x", "x", vec![1, 2]);
        assert_eq!(x.reindex("x", vec![1, 3]).dtype(), promoted, "{own}");
        assert_eq!(x.reindex("x", vec![2, 1]).dtype(), own, "nothing is missing");
        assert_eq!(x.shift("x", 1).dtype(), promoted, "{own}");
    }
}

#[test]
fn a8_times_of_every_calendar_take_part_in_arithmetic() {
    for calendar in ["standard", "noleap", "360_day", "all_leap", "julian"] {
        let time = date_range("2000-01-01").periods(4).freq("2D").calendar(calendar);
        let time = DataArray::new("time", "time", time);
        let middle = time.isel("time", ..3) + time.diff("time", 1) * 0.5;
        let middle = middle.check().unwrap();
        assert!(
            matches!(middle.dtype(), DType::Time(TimeType { calendar: c, .. }) if c.name() == calendar || calendar == "standard")
        );
        assert_eq!(
            middle.dt("day").astype("int64").values::<i64>().unwrap(),
            [2, 4, 6],
            "{calendar}"
        );
    }
}

#[test]
fn a9_a_clone_is_a_reference_count() {
    let ds = (0..100).fold(Dataset::new(), |ds, i| ds.with_var(format!("v{i}"), "x", vec![i; 10]));
    let start = Instant::now();
    for _ in 0..1_000_000 {
        let _ = std::hint::black_box(ds.clone());
    }
    // A hundred variables copied each time would take minutes.
    assert!(start.elapsed().as_secs() < 10);
    let place = |ds: &Dataset| {
        ds.variable("v7").unwrap().in_memory().unwrap().as_slice::<i32>().unwrap().as_ptr()
    };
    assert_eq!(place(&ds), place(&ds.clone()));
    let more = ds.clone().with_var("w", "x", vec![0; 10]);
    assert_eq!((place(&more), ds.has("w")), (place(&ds), false), "changed copies share what stays");
}

#[test]
fn a10_levels_of_sameness() {
    let base = || {
        DataArray::new("v", "x", vec![1.0, f64::NAN])
            .with_coord("x", "x", vec![1, 2])
            .with_attr("units", "K")
    };
    let row = |other: DataArray| {
        let (a, b) = (base().to_dataset(), other.clone().with_name("v").to_dataset());
        assert_eq!(a.equals(&b).unwrap(), base().equals(&other.clone().with_name("v")).unwrap());
        (
            base().broadcast_equals(&other).unwrap(),
            base().equals(&other).unwrap(),
            base().identical(&other).unwrap(),
        )
    };
    let table = [
        ("itself", base(), (true, true, true)),
        ("another name", base().with_name("w"), (true, true, false)),
        ("another attribute", base().with_attr("units", "C"), (true, true, false)),
        ("one attribute more", base().with_attr("long_name", "v"), (true, true, false)),
        (
            "another encoding",
            base()
                .with_encoding(graticule::Encoding { chunks: Some(vec![1]), ..Default::default() }),
            (true, true, true),
        ),
        ("another value", base() + 1.0, (false, false, false)),
        ("no missing value", base().fillna(0.0), (false, false, false)),
        ("another label", base().with_coord("x", "x", vec![1, 3]), (false, false, false)),
        ("one coordinate more", base().with_coord("y", "x", vec![1, 2]), (false, false, false)),
        ("no index", base().drop_indexes("x"), (true, true, false)),
        ("another length", base().isel("x", ..1), (false, false, false)),
        ("more dimensions", base().expand_dims("y"), (true, false, false)),
    ];
    for (name, other, expected) in table {
        assert_eq!(row(other.clone()), expected, "{name}");
        let found = base().differences(&other).unwrap();
        if !expected.1 {
            assert!(!found.is_empty(), "{name} is not listed");
        }
    }
    // Close ones, and what differs at all.
    assert!(base().allclose(&(base() + 1e-9), 0.0, 1e-8).unwrap());
    assert!(!base().allclose(&(base() + 1e-7), 0.0, 1e-8).unwrap());
}

#[test]
fn a14_cells_of_labels_that_stand_at_their_ends() {
    use graticule::{Closed, IntervalIndex, Locus, contains, overlaps, touches};
    let labels = |n: i32| (0..n).map(|i| f64::from(i) * 0.2).collect::<Vec<_>>();
    let at = |x: Vec<f64>, locus| {
        let n = x.len() as i32;
        DataArray::new("v", "x", (0..n).collect::<Vec<_>>())
            .with_coord("x", "x", x)
            .set_xindex("x", IntervalIndex::closed(Closed::Left).labels_at(locus))
    };
    let one = |x: &DataArray, v: f64| x.sel("x", contains(v)).item::<i32>();
    let starts = at(labels(10), Locus::Start);
    assert_eq!(one(&starts, 1.245).unwrap(), 6, "the cell from 1.2");
    assert_eq!(one(&starts, 1.95).unwrap(), 9, "the last cell is as wide as the one before");
    assert!(one(&starts, 2.05).is_err() && one(&starts, -0.01).is_err());
    let ends = at(labels(10), Locus::End);
    assert_eq!(one(&ends, 1.245).unwrap(), 7, "the cell up to 1.4");
    assert_eq!(one(&at(labels(10), Locus::Center), 1.245).unwrap(), 6);
    assert_eq!(one(&at(labels(10), Locus::Center), 1.31).unwrap(), 7);
    // Falling labels: the lower end is the lower end.
    let mut falling = labels(10);
    falling.reverse();
    assert_eq!(one(&at(falling.clone(), Locus::Start), 1.245).unwrap(), 3, "1.2 at position 3");
    assert_eq!(one(&at(falling, Locus::End), 1.245).unwrap(), 2, "1.4 at position 2");
    assert_eq!(starts.sel("x", overlaps(0.3, 0.5)).values::<i32>().unwrap(), [1, 2]);
    assert_eq!(starts.sel("x", touches(0.0, 0.0)).values::<i32>().unwrap(), [0]);
    index_laws(starts.index("x").unwrap()).unwrap();
    // Edges for plots and areas: those of the cells, in the direction of the labels.
    let ds = Dataset::new().with_coord("lat", "lat", vec![90.0, 60.0, 30.0]);
    let edges = ds.add_bounds_at("lat", Locus::Start)["lat_bnds"].values::<f64>().unwrap();
    assert_eq!(edges, [90.0, 90.0, 90.0, 60.0, 60.0, 30.0], "not beyond the pole");
}

#[test]
fn d2_even_labels_are_rules() {
    use graticule::array::Pick;
    use graticule::{Index, LabelIndex};
    let lat: Vec<f64> = (0..721).map(|i| 90.0 - 0.25 * f64::from(i)).collect();
    let ds = Dataset::new().with_coord("lat", "lat", lat.clone()).with_var("v", "lat", lat.clone());
    let index = ds.index("lat").unwrap();
    assert!(index.describe().contains("evenly spaced"), "{}", index.describe());
    let plain = LabelIndex::new(&Array::from_vec([721], lat.clone()).unwrap()).unwrap();
    assert_eq!(plain.step(), Some(-0.25));
    // Every label, its neighbours in the last bit, and the middles between.
    for (at, label) in lat.iter().enumerate() {
        assert_eq!(plain.pick("lat", &(*label).into()).unwrap(), Pick::At(at));
        assert!(plain.pick("lat", &label.next_up().into()).is_err());
        assert!(plain.pick("lat", &label.next_down().into()).is_err());
        let near = plain.pick("lat", &graticule::near(*label + 0.1).into()).unwrap();
        assert_eq!(near, Pick::At(at));
    }
    // A slice keeps the step.
    let part = plain.isel(&[Pick::Range { start: 10, step: 3, len: 50 }]).unwrap();
    assert!(part.describe().contains("evenly spaced"));
    // One bit off is no rule, and found all the same.
    let mut odd = lat;
    odd[400] = odd[400].next_up();
    let odd = LabelIndex::new(&Array::from_vec([721], odd).unwrap()).unwrap();
    assert_eq!(odd.step(), None);
    assert_eq!(odd.pick("lat", &90.0.into()).unwrap(), Pick::At(0));
    let hours = date_range("2000-01-01").periods(1000).freq("6h");
    let hours = DataArray::new("t", "time", vec![0; 1000]).with_coord("time", "time", hours);
    assert!(hours.index("time").unwrap().describe().contains("evenly spaced"));
    assert_eq!(hours.sel("time", "2000-02").len(), 29 * 4);
}

#[test]
fn t1_a_display_reads_nothing_and_tells_what_is_lazy() {
    let (data, source) = counted(Array::zeros(&DType::F32, &[100, 50]).unwrap(), &[10, 50]);
    let lazy = DataArray::new("t", ["time", "x"], data).with_coord(
        "time",
        "time",
        (0..100).collect::<Vec<i32>>(),
    );
    let mixed =
        lazy.to_dataset().with_var("held", "time", vec![0.0; 100]).with_attr("title", "two");
    for text in [
        mixed.to_string(),
        format!("{lazy:?}"),
        mixed.to_html(),
        lazy.mean("x").to_string(),
        mixed.info("x"),
    ] {
        assert!(!text.is_empty());
    }
    assert_eq!(source.reads(), 0);
    let text = mixed.to_string();
    assert!(text.contains("* time") && text.contains("... chunks of (10, 50)"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let many = (0..40).fold(Dataset::new(), |ds, i| ds.with_var(format!("v{i}"), "x", vec![i]));
    assert!(many.to_string().lines().filter(|l| l.trim().starts_with('v')).count() <= 12);
}

#[test]
fn a6_and_z9_an_empty_ledger_is_said_to_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    use graticule::ToNetcdf;
    for x in 0..2 {
        let part = Dataset::new().with_coord("x", "x", vec![x]).with_var("v", "x", vec![x]);
        part.to_netcdf(folder.path().join(format!("{x}.nc"))).unwrap();
    }
    let ds = open_mfdataset(folder.path().join("*.nc")).unwrap().strict().check().unwrap();
    assert_eq!(ds.losses().count(LossKind::DroppedLabels), 0);
    assert!(ds.losses().to_string().contains("nothing was lost"));
}
