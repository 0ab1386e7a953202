use super::*;
use crate::data_array::DataArray;

/// Two values at two times, and a latitude.
fn part(times: [i32; 2], sst: [f32; 2]) -> Dataset {
    Dataset::new()
        .with_coord("time", "time", times.to_vec())
        .with_coord("lat", "lat", vec![10.0, 20.0, 30.0])
        .with_var("sst", "time", sst.to_vec())
        .with_var("depth", "lat", vec![1.0f32, 2.0, f32::NAN])
}

fn strict(sets: &[Dataset]) -> Result<Dataset> {
    combine(sets, &CombineOptions::new())
}

#[test]
fn labels_tell_the_order() {
    let all = strict(&[part([5, 6], [5., 6.]), part([1, 2], [1., 2.]), part([3, 4], [3., 4.])]);
    let all = all.unwrap();
    assert_eq!(all["sst"].values::<f32>().unwrap(), [1., 2., 3., 4., 5., 6.]);
    assert_eq!(all["time"].values::<i32>().unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(all["depth"].dims(), crate::Dims::from("lat"), "equal values are kept once");

    let falling = strict(&[part([2, 1], [2., 1.]), part([4, 3], [4., 3.])]).unwrap();
    assert_eq!(falling["time"].values::<i32>().unwrap(), [4, 3, 2, 1]);
}

#[test]
fn overlaps_duplicates_and_disorder_name_both_sides() {
    let said = |sets: &[Dataset]| strict(sets).unwrap_err().to_string();
    let overlap = said(&[part([1, 3], [0., 0.]), part([2, 4], [0., 0.])]);
    assert!(overlap.contains("dataset 1 and dataset 2 have overlapping labels"), "{overlap}");
    assert!(overlap.contains("1 to 3 and 2 to 4"), "{overlap}");
    let shared = said(&[part([1, 2], [0., 0.]), part([2, 3], [0., 0.])]);
    assert!(shared.contains("overlapping"), "{shared}");
    let same = said(&[part([1, 2], [0., 0.]), part([1, 2], [0., 0.]), part([3, 4], [0., 0.])]);
    assert!(same.contains("dataset 1 and dataset 2 have the same labels"), "{same}");
    let mixed = said(&[part([1, 2], [0., 0.]), part([9, 8], [0., 0.])]);
    assert!(mixed.contains("rise in dataset 1 and fall in dataset 2"), "{mixed}");
    let none = said(&[part([1, 2], [0., 0.]), part([1, 2], [0., 0.])]);
    assert!(none.contains("no coordinate tells the order"), "{none}");
}

#[test]
fn what_does_not_lie_along_the_dimension_must_be_equal() {
    let a = part([1, 2], [0., 0.]);
    let b = part([3, 4], [0., 0.]).with_var("depth", "lat", vec![1.0f32, 2.5, 3.0]);
    let error = strict(&[a.clone(), b.clone()]).unwrap_err();
    assert_eq!(error.variable(), Some("depth"));
    let text = error.to_string();
    assert!(text.contains("differs between dataset 1 and dataset 2"), "{text}");
    let loose = CombineOptions::new().compat(Compat::Override);
    let all = combine(&[a.clone(), b], &loose).unwrap();
    assert_eq!(all["depth"].values::<f32>().unwrap()[..2], [1.0, 2.0]);

    // Numbers without axes are all kept.
    let with_base = |set: Dataset, base: i32| set.with_var("base", (), base);
    let all = strict(&[with_base(a, 7), with_base(part([3, 4], [0., 0.]), 8)]).unwrap();
    assert_eq!(all["base"].values::<i32>().unwrap(), [7, 7, 8, 8]);
}

#[test]
fn units_that_differ_are_not_mixed() {
    let with_units = |times, units: &str| {
        let sst = DataArray::new("sst", "time", vec![1.0f32, 2.0]).with_attr("units", units);
        part(times, [0., 0.]).with_variable("sst", sst.variable())
    };
    let error = strict(&[with_units([1, 2], "K"), with_units([3, 4], "degC")]).unwrap_err();
    assert!(error.to_string().contains("\"K\" in dataset 1 and \"degC\" in dataset 2"), "{error}");
    assert!(strict(&[with_units([1, 2], "K"), with_units([3, 4], "K ")]).is_ok());
}

#[test]
fn lacking_variables_follow_the_policy() {
    let full = part([1, 2], [1., 2.]).with_var("ice", "time", vec![1i16, 2]);
    let sets = [full, part([3, 4], [3., 4.])];
    let error = strict(&sets).unwrap_err().to_string();
    assert!(error.contains("\"ice\": 1 of 2 files lack it: dataset 2"), "{error}");
    let with = |lacking| combine(&sets, &CombineOptions::new().lacking(lacking)).unwrap();
    let filled = with(Lacking::Fill)["ice"].values::<f32>().unwrap();
    assert_eq!(filled[..2], [1.0, 2.0]);
    assert!(filled[2].is_nan() && filled[3].is_nan());
    assert!(!with(Lacking::Drop).has("ice"));
}

#[test]
fn other_labels_are_joined_as_asked() {
    let at = |time: i32, lats: Vec<f64>, t: Vec<f32>| {
        let n = lats.len();
        Dataset::new()
            .with_coord("lat", "lat", lats)
            .with_var("t", ["time", "lat"], (t, [1, n]))
            .with_coord("time", "time", vec![time])
    };
    let a = at(1, vec![10.0, 20.0], vec![1., 2.]);
    let b = at(2, vec![20.0, 30.0], vec![3., 4.]);
    let join = |how| combine(&[a.clone(), b.clone()], &CombineOptions::nested("time").join(how));
    assert!(join(Join::Exact).unwrap_err().to_string().contains("the labels of \"lat\" differ"));
    let inner = join(Join::Inner).unwrap();
    assert_eq!(inner["t"].values::<f32>().unwrap(), [2., 3.]);
    let outer = join(Join::Outer).unwrap();
    assert_eq!(outer["lat"].values::<f64>().unwrap(), [10., 20., 30.]);
    let t = outer["t"].values::<f32>().unwrap();
    assert_eq!((t[0], t[1], t[4], t[5]), (1., 2., 3., 4.));
    assert!(t[2].is_nan() && t[3].is_nan());
    let first = join(Join::Override).unwrap();
    assert_eq!(first["lat"].values::<f64>().unwrap(), [10., 20.]);

    let near = at(2, vec![10.0 + 1e-9, 20.0], vec![3., 4.]);
    let error = strict(&[a.clone(), near]).unwrap_err().to_string();
    assert!(error.contains("they differ by at most 1.0"), "{error}");
    assert!(error.contains("use tolerance: Tolerance::Abs(1e-8)"), "{error}");
}

#[test]
fn a_new_dimension_stacks() {
    let sets = [part([1, 2], [1., 2.]), part([1, 2], [3., 4.])];
    let all = concat(&sets, "member").unwrap();
    assert_eq!(all["sst"].dims(), crate::Dims::from(["member", "time"]));
    assert_eq!(all["sst"].values::<f32>().unwrap(), [1., 2., 3., 4.]);
    assert_eq!(all["time"].dims(), crate::Dims::from("time"));
}

#[test]
fn tiles_and_different_variables_go_together() {
    let tile = |x: i32, y: i32| {
        let v = vec![(10 * x + y) as f32];
        Dataset::new().with_coord("x", "x", vec![x]).with_coord("y", "y", vec![y]).with_var(
            "v",
            ["x", "y"],
            (v, [1, 1]),
        )
    };
    let all = strict(&[tile(1, 2), tile(0, 0), tile(1, 0), tile(0, 2)]).unwrap();
    assert_eq!(all["v"].values::<f32>().unwrap(), [0., 2., 10., 12.]);

    let sst = |t: i32| Dataset::new().with_coord("t", "t", vec![t]).with_var("sst", "t", vec![t]);
    let ice = |t: i32| Dataset::new().with_coord("t", "t", vec![t]).with_var("ice", "t", vec![-t]);
    let all = strict(&[sst(1), ice(2), sst(2), ice(1)]).unwrap();
    assert_eq!(all["sst"].values::<i32>().unwrap(), [1, 2]);
    assert_eq!(all["ice"].values::<i32>().unwrap(), [-1, -2]);
}

#[test]
fn types_widen_and_times_take_the_finer_tick() {
    use graticule_array::{Array, TimeType};
    use graticule_cftime::{Calendar, TimeUnit};
    let at = |ticks: Vec<i64>, unit, calendar, v: Dataset| {
        let time = Array::from_vec([ticks.len()], ticks).unwrap();
        let dtype = graticule_array::DType::Time(TimeType { unit, calendar });
        v.with_coord("time", "time", time.with_dtype(dtype).unwrap())
    };
    let whole = Dataset::new().with_var("n", "time", vec![1i16]);
    let real = Dataset::new().with_var("n", "time", vec![2.5f32]);
    let a = at(vec![1], TimeUnit::Second, Calendar::NoLeap, whole);
    let b = at(vec![1500], TimeUnit::Millisecond, Calendar::NoLeap, real.clone());
    let all = strict(&[b, a.clone()]).unwrap();
    assert_eq!(all["n"].values::<f32>().unwrap(), [1.0, 2.5]);
    let time = all.variable("time").unwrap().in_memory().unwrap().to_flat::<i64>().unwrap();
    assert_eq!(time, [1000, 1500]);
    let other = at(vec![5], TimeUnit::Second, Calendar::Day360, real);
    let error = strict(&[a, other]).unwrap_err().to_string();
    assert!(error.contains("dataset 1") && error.contains("dataset 2"), "{error}");
}
