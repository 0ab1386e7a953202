//! CF and time: what attributes mean, and what times of every calendar do.

use std::path::Path;

use graticule::cftime::TimeUnits;
use graticule::{
    Array, AttrValue, Attrs, DType, DataArray, Dataset, Encoding, OpenOptions, Scalar, Side,
    TextEnd, TimeType, TimeUnit, ToNetcdf, Unpacked, ValidRange, Variable, WriteOptions, concat,
    date_range, every, open_dataset, open_dataset_with, session,
};

const CALENDARS: [&str; 6] =
    ["standard", "proleptic_gregorian", "noleap", "all_leap", "360_day", "julian"];

fn raw(path: &Path) -> Dataset {
    open_dataset_with(path, &OpenOptions::undecoded(), &session()).unwrap()
}

/// Numbers of 16 bits that stand for temperatures.
fn packed(path: &Path) {
    let t = DataArray::new("t", "x", vec![-9i16, 0, 1000])
        .with_attr("scale_factor", 0.01f32)
        .with_attr("add_offset", 273.15f32)
        .with_attr("_FillValue", -9i16)
        .with_attr("valid_max", 999i16)
        .with_attr("units", "K");
    t.to_dataset().to_netcdf(path).unwrap();
}

#[test]
fn a5_attributes_keep_type_width_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let mut attrs = Attrs::new();
    attrs.set("short", vec![1i16, -2, 300]);
    attrs.set("empty", "");
    attrs.set("byte", 1i8);
    attrs.set("single", vec![0.1f32, f32::NAN]);
    attrs.set("double", 0.1f64);
    attrs.set("long", 1i64 << 60);
    attrs.set("a", "last in order, not in the alphabet");
    let var = Variable::new("x", vec![1.0f32]).unwrap().with_attrs(attrs.clone());
    Dataset::new().with_variable("v", var).to_netcdf(&path).unwrap();
    for opened in [raw(&path), open_dataset(&path).unwrap()] {
        let found = opened.variable("v").unwrap().attrs().clone();
        let own = |(name, _): &(&graticule::Name, &AttrValue)| attrs.has(name);
        let bits = |v: &AttrValue| (v.array().dtype().clone(), v.array().to_packed());
        let found: Vec<_> = found.iter().filter(own).map(|(n, v)| (n.clone(), bits(v))).collect();
        let wanted: Vec<_> = attrs.iter().map(|(n, v)| (n.clone(), bits(v))).collect();
        assert_eq!(found, wanted);
        let v = opened.variable("v").unwrap();
        assert_eq!(v.attrs().text("empty"), Some(""));
    }
}

#[test]
fn a6_packing_is_not_used_for_values_that_have_changed() {
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["a.nc", "b.nc"].map(|n| folder.path().join(n));
    packed(&from);
    (&open_dataset(&from).unwrap()["t"] + 1.0).to_dataset().to_netcdf(&to).unwrap();
    let stored = raw(&to);
    let t = stored.variable("t").unwrap();
    assert_eq!(t.dtype(), &DType::F32);
    assert!(!t.attrs().has("scale_factor") && !t.attrs().has("add_offset"), "{:?}", t.attrs());
    let values = stored["t"].values::<f32>().unwrap();
    assert!(values[0].is_nan());
    assert_eq!(values[1], 273.15f32 + 1.0);
}

#[test]
fn a8_instants_are_equal_across_units_and_calendars_do_not_mix() {
    for calendar in CALENDARS {
        let time = date_range("1999-12-30T23").periods(4).freq("30min").calendar(calendar);
        let time = DataArray::new("time", "time", time);
        let coarse = time.to_array().unwrap();
        let DType::Time(kind) = *coarse.dtype() else { panic!("{}", coarse.dtype()) };
        let fine = DType::Time(TimeType { unit: TimeUnit::Nanosecond, ..kind });
        let ticks = coarse.cast(&fine).unwrap().with_dtype(DType::I64).unwrap();
        let mut later = ticks.to_flat::<i64>().unwrap();
        later[2] += 1;
        let of =
            |ticks: Array| DataArray::new("time", "time", ticks.with_dtype(fine.clone()).unwrap());
        let same = time.eq_(of(ticks)).values::<bool>().unwrap();
        assert_eq!(same, [true; 4], "{calendar}");
        let later = of(Array::from_vec([4], later).unwrap());
        let same = time.eq_(&later).values::<bool>().unwrap();
        assert_eq!(same, [true, true, false, true], "a nanosecond is a difference: {calendar}");
    }
    let of = |calendar| {
        DataArray::new("time", "time", date_range("2000-01-01").periods(3).calendar(calendar))
    };
    let (noleap, even) = (of("noleap"), of("360_day"));
    let set = |time: &DataArray| {
        Dataset::new().with_coord_variable("time", time.variable()).with_var(
            "v",
            "time",
            vec![1, 2, 3],
        )
    };
    let shifted = noleap.diff("time", 1);
    for fault in [
        (&noleap - &even).check().unwrap_err(),
        noleap.lt(&even).check().unwrap_err(),
        noleap.eq_(&even).check().unwrap_err(),
        (&set(&noleap)["v"] + &set(&even)["v"]).check().unwrap_err(),
        concat(&[set(&noleap), set(&even)], "time").and_then(Dataset::check).unwrap_err(),
    ] {
        let text = fault.to_string().to_lowercase();
        assert!(fault.is_mismatch(), "{text}");
        assert!(text.contains("360_day") || text.contains("day360"), "{text}");
    }
    // Lengths of time have no calendar.
    assert!((&even.isel("time", 1..) + &shifted).check().is_ok());
}

#[test]
fn h6_bins_are_the_same_in_every_calendar() {
    for calendar in CALENDARS {
        let hours = date_range("2000-01-01").periods(6).freq("h").calendar(calendar);
        let x = DataArray::new("x", "time", vec![1; 6]).with_coord("time", "time", hours);
        let bins = every("81min").closed(Side::Right).label(Side::Right).offset("3min");
        let count = x.resample("time", bins).count();
        assert_eq!(count.values::<i64>().unwrap(), [1, 1, 1, 2, 1], "{calendar}");
        let field = |name| count["time"].dt(name).values::<i64>().unwrap();
        let minutes: Vec<i64> =
            field("hour").iter().zip(field("minute")).map(|(h, m)| 60 * h + m).collect();
        assert_eq!(minutes, [3, 84, 165, 246, 327], "{calendar}");

        let days = date_range("2000-02-27").periods(9).freq("D").calendar(calendar);
        let days = DataArray::new("x", "time", vec![1.0; 9]).with_coord("time", "time", days);
        let sparse = days.isel("time", [0, 1, 8]).resample("time", "2D");
        let (count, mean) = (sparse.count(), sparse.mean());
        assert_eq!(count.values::<i64>().unwrap(), [2, 0, 0, 0, 1], "{calendar}");
        let gaps = mean.isnull().values::<bool>().unwrap();
        assert_eq!(gaps, [false, true, true, true, false], "{calendar}");
    }
    // Weekdays: Saturday and Sunday belong to the Friday before.
    let week = date_range("2000-01-06").periods(7).freq("D");
    let week = DataArray::new("x", "time", vec![1; 7]).with_coord("time", "time", week);
    assert_eq!(week.resample("time", "B").count().values::<i64>().unwrap(), [1, 3, 1, 1, 1]);
}

#[test]
fn l1_an_encoding_that_contradicts_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let v = Dataset::new().with_var("v", "x", vec![1.0, f64::NAN]);
    let encoding = |missing: i16| Encoding {
        dtype: Some(DType::I16),
        fill: Some(Scalar::I16(-9)),
        missing: vec![Scalar::I16(missing)],
        ..Encoding::default()
    };
    let write = |missing: i16| {
        let options = WriteOptions::new().encoding("v", encoding(missing));
        v.clone().with_session(&session()).write_with(&path, &options)
    };
    let text = write(-99).unwrap_err().to_string();
    assert!(text.contains("-99") && text.contains("\"v\"") && !path.exists(), "{text}");
    write(-9).unwrap();
    assert_eq!(raw(&path)["v"].values::<i16>().unwrap(), [1, -9]);
}

#[test]
fn l2_to_l4_what_is_missing_and_of_which_type_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    packed(&path);
    let open = |options: OpenOptions| {
        let opened = open_dataset_with(path.as_path(), &options, &session()).unwrap();
        (opened["t"].dtype(), opened["t"].isnull().values::<bool>().unwrap())
    };
    let new = OpenOptions::new;
    assert_eq!(open(new()), (DType::F32, vec![true, false, false]));
    let valid = new().valid_range(ValidRange::Mask);
    assert_eq!(open(valid.clone()), (DType::F32, vec![true, false, true]));
    assert_eq!(open(valid.unpacked_as(Unpacked::F64)), (DType::F64, vec![true, false, true]));

    let short = DataArray::new("t", "x", vec![-32_767i16, 0, 1]);
    short.to_dataset().to_netcdf(&path).unwrap();
    assert_eq!(open(new()).0, DType::I16);
    assert_eq!(open(new().default_fills(true)), (DType::F32, vec![true, false, false]));
}

#[test]
fn l7_hours_under_units_of_days_come_back_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let [path, again] = ["a.nc", "b.nc"].map(|n| folder.path().join(n));
    for calendar in CALENDARS {
        for freq in ["h", "7min", "1s"] {
            let time = date_range("1999-12-30T05").periods(200).freq(freq).calendar(calendar);
            let time = DataArray::new("time", "time", time).with_attr("bounds", "time_bnds");
            let ends = [0, 1].map(|_| time.expand_dims("nv").to_dataset());
            let ends = concat(&ends, "nv").unwrap();
            let ends = ends["time"].transpose(["time", "nv"]).drop_attrs();
            let set = Dataset::new()
                .with_coord_variable("time", time.variable())
                .with_variable("time_bnds", ends.variable());
            let units = TimeUnits::parse("days since 1999-12-30", Some(calendar)).unwrap();
            let encoding = Encoding { time: Some(units), ..Encoding::default() };
            let options = WriteOptions::new().encoding("time", encoding);
            set.with_session(&session()).write_with(&path, &options).unwrap();
            let back = open_dataset(&path).unwrap();
            let same = back["time"].eq_(&time).all(..).item::<bool>().unwrap();
            assert!(same, "{calendar} {freq}");
            // Bounds leave units and calendar to what they bound.
            let attrs = raw(&path).variable("time_bnds").unwrap().attrs().clone();
            assert!(!attrs.has("units") && !attrs.has("calendar"), "{attrs:?}");
            assert!(back["time_bnds"].isel("nv", 1).eq_(&time).all(..).item::<bool>().unwrap());
            back.to_netcdf(&again).unwrap();
            assert_eq!(
                raw(&again)["time"].to_array().unwrap().to_packed(),
                raw(&path)["time"].to_array().unwrap().to_packed()
            );
        }
    }
}

/// The layout of Argo profiles: matrices of characters with a fill value, flags of one character,
/// names of dimensions that say their length.
#[test]
fn l10_profiles_of_characters_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let [path, again] = ["a.nc", "b.nc"].map(|n| folder.path().join(n));
    let chars = |text: &[u8], shape: &[usize]| {
        let bytes = Array::from_vec(shape.to_vec(), text.to_vec()).unwrap();
        bytes.with_dtype(DType::Char).unwrap()
    };
    let fill = |v: Variable| {
        let blank = AttrValue::new(chars(b" ", &[]));
        v.with_attrs([("_FillValue", blank)].into_iter().collect())
    };
    let var = |dims: &[&str], data: Array| fill(Variable::new(dims.to_vec(), data).unwrap());
    let set = Dataset::new()
        .with_variable("PLATFORM", var(&["N_PROF", "STRING8"], chars(b"6900001 690     ", &[2, 8])))
        .with_variable("PRES_QC", var(&["N_PROF", "N_LEVELS"], chars(b"114 9 ", &[2, 3])))
        .with_var("PRES", ["N_PROF", "N_LEVELS"], (vec![1.0f32; 6], [2, 3]))
        .with_variable("MODE", var(&["N_PROF"], chars(b"RD", &[2])));
    set.to_netcdf(&path).unwrap();
    let opened = open_dataset(&path).unwrap();
    let texts = |ds: &Dataset, name: &str| -> Vec<Option<String>> {
        ds[name].texts().unwrap().into_iter().map(|t| t.map(|t| t.to_string())).collect()
    };
    let some = |t: &str| Some(t.to_owned());
    assert_eq!(texts(&opened, "PLATFORM"), [some("6900001 "), some("690     ")]);
    assert_eq!(texts(&opened, "PRES_QC")[..4], [some("1"), some("1"), some("4"), None]);
    let short = OpenOptions::new().text_end(TextEnd::Blanks);
    let short = open_dataset_with(path.as_path(), &short, &session()).unwrap();
    assert_eq!(texts(&short, "PLATFORM"), [some("6900001"), some("690")]);
    opened.to_netcdf(&again).unwrap();
    let (a, b) = (raw(&path), raw(&again));
    assert!(a.identical(&b).unwrap(), "{a} {b}");
    for (name, var) in a.variables() {
        let other = b.variable(name).unwrap();
        assert_eq!((var.dims(), var.dtype()), (other.dims(), other.dtype()), "{name}");
        let packed = |ds: &Dataset| ds[name.as_str()].to_array().unwrap().to_packed();
        assert_eq!(packed(&a), packed(&b), "{name}");
    }
}

#[test]
fn l14_vertices_are_shared_only_between_cells_that_touch() {
    let bounded = |edges: Vec<f64>| {
        let x = Variable::new("x", vec![1.0, 3.0, 5.0]).unwrap();
        Dataset::new()
            .with_coord_variable("x", x.with_attrs(Attrs::new().with("bounds", "x_bnds")))
            .with_var("x_bnds", ["x", "nv"], (edges, [3, 2]))
    };
    let whole = bounded(vec![0.0, 2.0, 2.0, 4.0, 4.0, 6.0]);
    assert_eq!(whole.cf().vertices("x").unwrap().values::<f64>().unwrap(), [0.0, 2.0, 4.0, 6.0]);
    for torn in [vec![0.0, 2.0, 2.5, 4.0, 4.0, 6.0], vec![0.0, 2.0, 4.0, 2.0, 4.0, 6.0]] {
        let text = bounded(torn).cf().vertices("x").unwrap_err().to_string();
        assert!(text.contains("contiguous"), "{text}");
    }
    let bare = Dataset::new().with_coord("x", "x", vec![1.0, 3.0, 5.0]);
    let guessed = bare.add_bounds("x");
    assert_eq!(guessed["x_bnds"].values::<f64>().unwrap(), [0.0, 2.0, 2.0, 4.0, 4.0, 6.0]);
    let uneven = Dataset::new().with_coord("x", "x", vec![1.0, 5.0, 3.0]);
    assert!(uneven.add_bounds("x").check().is_err(), "neither rising nor falling");
}

/// One operation from stored numbers to other units, where a conversion on its own takes more.
#[test]
fn m2_a_conversion_is_one_with_the_decoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    packed(&path);
    let t = open_dataset(&path).unwrap()["t"].clone();
    let (apart, folded) = (t.convert_units("degC"), t.convert_units_folded("degC"));
    let steps = |x: &DataArray| x.explain().unwrap().to_string().matches("decode to").count();
    assert_eq!((steps(&t), steps(&apart), steps(&folded)), (1, 1, 1));
    let tasks = |x: &DataArray| x.explain().unwrap().to_string();
    assert!(tasks(&apart).contains("x + -273.15") || tasks(&apart).contains("x - 273.15"));
    assert!(!tasks(&folded).contains("273.15 "), "{}", tasks(&folded));
    assert!(!tasks(&folded).contains("x +") && !tasks(&folded).contains("x -"));
    let (a, b) = (apart.values::<f32>().unwrap(), folded.values::<f32>().unwrap());
    assert!(a[0].is_nan() && b[0].is_nan());
    assert!(a.iter().zip(&b).skip(1).all(|(a, b)| (a - b).abs() < 1e-4), "{a:?} {b:?}");
    assert_eq!(folded.attrs().text("units"), Some("degC"));
}
