use std::sync::Arc;

use graticule_array::{ChunkGrid, DType, Scalar};
use graticule_lazy::LazyArray;
use graticule_storage::MemorySource;

use crate::{Attrs, DataArray, Dataset, Encoding, Variable, compute, mean, std, sum};

fn temperatures() -> DataArray {
    DataArray::new("t2m", ["time", "lat"], (vec![1.0f32, 2.0, 3.0, 4.0, 5.0, f32::NAN], [3, 2]))
        .with_coord("time", "time", vec![10, 20, 30])
        .with_coord("lat", "lat", vec![60.0, 30.0])
        .with_coord("month", "time", vec![1, 2, 3])
        .with_coord("height", (), 2.0)
        .with_coord("area", ["time", "lat"], (vec![1i16; 6], [3, 2]))
        .with_attr("units", "K")
}

fn flat(array: &DataArray) -> Vec<f64> {
    array.values::<f64>().unwrap()
}

#[test]
fn operators_in_all_ownership_forms() {
    let a = DataArray::new("a", "x", vec![1.0f32, 2.0]);
    let b = DataArray::new("b", "x", vec![10.0f32, 20.0]);
    assert_eq!(flat(&(&a + &b)), [11.0, 22.0]);
    assert_eq!(flat(&(a.clone() + &b)), [11.0, 22.0]);
    assert_eq!(flat(&(&a + b.clone())), [11.0, 22.0]);
    assert_eq!(flat(&(a.clone() - b.clone())), [-9.0, -18.0]);
    assert_eq!(flat(&(2.0 * &a)), [2.0, 4.0]);
    assert_eq!(flat(&(10 - &a)), [9.0, 8.0]);
    assert_eq!(flat(&(1.0 / a.clone())), [1.0, 0.5]);
    assert_eq!(flat(&-(&a % 2)), [-1.0, -0.0]);
    assert_eq!((&a * 2.0).dtype(), DType::F32, "a number is weak");
    assert_eq!((&a * &b).name(), None, "of different names none stays");
    assert_eq!((&a * 2).name(), Some("a"));
    let n = DataArray::new("n", "x", vec![1i16, 2]);
    assert_eq!((&n / 2).dtype(), DType::F64);
    assert_eq!((&n * 2).dtype(), DType::I16);
    assert_eq!(flat(&n.pow(3)), [1.0, 8.0]);
    assert_eq!(flat(&n.floor_div(2)), [0.0, 1.0]);
}

#[test]
fn dims_broadcast_by_name_in_order_of_appearance() {
    let a = DataArray::new("a", ["x", "y"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]));
    let b = DataArray::new("b", ["z", "y"], (vec![10.0, 20.0, 30.0], [1, 3]));
    let both = &a * &b;
    assert_eq!(both.dims().to_string(), "x, y, z");
    assert_eq!(flat(&both), [10.0, 40.0, 90.0, 40.0, 100.0, 180.0]);
    let other = &b * &a;
    assert_eq!(other.dims().to_string(), "z, y, x");
    let e = (&a + DataArray::new("c", "y", vec![1.0])).check().unwrap_err();
    assert!(e.to_string().contains("along \"y\": lengths are 3 and 1"), "{e}");
}

#[test]
fn labels_must_agree_exactly() {
    let a = DataArray::new("a", "x", vec![1.0, 2.0]).with_coord("x", "x", vec![0.1, 0.2]);
    let b = DataArray::new("b", "x", vec![1.0, 2.0]).with_coord("x", "x", vec![0.1f32, 0.2]);
    let e = (&a + &b).check().unwrap_err().to_string();
    let place = "do not align along \"x\" (lengths 2 and 2): labels first differ at position 0";
    assert!(e.contains(place), "{e}");
    assert!(e.contains("they differ by at most 2.98") && e.contains("use tolerance"), "{e}");
    let c = DataArray::new("c", "x", vec![1.0, 2.0]);
    assert_eq!(flat(&(&a + &c)), [2.0, 4.0], "one side without labels");
}

#[test]
fn coordinates_of_both_are_merged() {
    let a = temperatures();
    let sum = &a + &a.isel("time", 0);
    assert_eq!(sum.dims().to_string(), "time, lat");
    assert_eq!(sum["time"].values::<i32>().unwrap(), [10, 20, 30], "labels win over a scalar");
    assert!(sum.coords().has("height") && sum.coords().has("lat"));
    assert!(!sum.coords().has("month"), "differing ones are left out");
    assert_eq!(sum.attrs().text("units"), Some("K"));
}

#[test]
fn attributes_that_differ_are_dropped_and_packing_never_survives() {
    let packed = Encoding { scale: Some(Scalar::F64(0.01)), ..Encoding::default() };
    let var = Variable::new("x", vec![1.0f32]).unwrap().with_encoding(packed);
    let a = DataArray::from_variable("a", var).with_attr("units", "K").with_attr("long_name", "a");
    let b = a.clone().with_attr("units", "degC");
    let made = &a + &b;
    assert_eq!(made.attrs().names().collect::<Vec<_>>(), ["long_name"]);
    for changed in [made, &a + 1.0, a.mean("x"), a.sqrt(), a.where_(a.gt(0)), a.fillna(0.0)] {
        assert_eq!(changed.encoding(), Encoding::default());
    }
    assert!(a.isel("x", 0..1).encoding().scale.is_some(), "selection keeps values");
}

#[test]
fn reductions_keep_the_coordinates_that_still_fit() {
    let made = temperatures().mean("time");
    assert_eq!(made.dims().to_string(), "lat");
    assert_eq!(made.coords().names().collect::<Vec<_>>(), ["lat", "height"]);
    assert_eq!(flat(&made), [3.0, 3.0]);
    assert_eq!((made.dtype(), made.attrs().text("units")), (DType::F32, Some("K")));
    let all = temperatures().count(..);
    assert_eq!((all.item::<i64>().unwrap(), all.ndim()), (5, 0));
    let strict = temperatures().reduce(mean().skipna(false), ["time"]);
    assert!(flat(&strict)[1].is_nan());
    assert_eq!(flat(&temperatures().reduce(std().ddof(1.0), "time"))[0], 2.0);
    let few = temperatures().reduce(sum().min_count(3), "time");
    assert!(flat(&few)[1].is_nan() && flat(&few)[0] == 9.0);
    assert!(temperatures().reduce(mean().keep_attrs(false), ..).attrs().is_empty());
}

#[test]
fn datasets_reduce_what_has_the_dimension() {
    let ds = Dataset::new()
        .with_coord("time", "time", vec![1, 2])
        .with_var("a", ["time", "x"], (vec![1i16, 2, 3, 4], [2, 2]))
        .with_var("name", "time", vec!["p", "q"])
        .with_var("fixed", "x", vec![7, 8])
        .with_attr("title", "t");
    let made = ds.mean("time");
    assert_eq!(made.data_vars().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["a", "fixed"]);
    assert_eq!(flat(&made["a"]), [2.0, 3.0]);
    assert_eq!(made["a"].dtype(), DType::F64);
    assert_eq!(made["fixed"].dtype(), DType::I32);
    assert_eq!(made.attrs().text("title"), Some("t"));
    assert!(ds["name"].mean("time").fault().is_some(), "text has no mean");
    assert_eq!(ds.count("time")["name"].item::<i64>().unwrap(), 2);
    assert_eq!(ds.variance("time")["a"].values::<f64>().unwrap(), [1.0, 1.0]);
}

#[test]
fn where_promotes_only_if_something_may_be_missing() {
    let n = DataArray::new("n", "x", vec![1i16, 2, 3]);
    let masked = n.where_(n.ge(2));
    assert_eq!(masked.dtype(), DType::F32);
    assert!(flat(&masked)[0].is_nan());
    assert_eq!(n.where_else(n.ge(2), 0).dtype(), DType::I16);
    assert_eq!(flat(&n.where_else(n.ge(2), -&n)), [-1.0, 2.0, 3.0]);
    assert_eq!(flat(&masked.fillna(9)), [9.0, 2.0, 3.0]);
    assert_eq!(flat(&masked.fillna(&n)), [1.0, 2.0, 3.0]);
    let row = DataArray::new("ok", "y", vec![true, false]);
    assert_eq!(n.where_(&row).dims().to_string(), "x, y");
    let ds = Dataset::new().with_var("a", "x", vec![1.0, 2.0, 3.0]).with_var("b", "y", vec![1.0]);
    assert_eq!(ds.where_(n.lt(2))["b"].dims().to_string(), "y, x");
}

#[test]
fn comparisons_logic_and_maths() {
    let a = DataArray::new("a", "x", vec![1.0, 2.0, f64::NAN]);
    let truth = |x: DataArray| x.values::<bool>().unwrap();
    assert_eq!(truth(a.gt(1)), [false, true, false]);
    assert_eq!(truth(a.ne_(&a)), [false, false, true]);
    assert_eq!(truth(a.ge(1).and(a.lt(2)).not()), [false, true, true]);
    assert_eq!(truth(a.isnull().or(a.eq_(1))), [true, false, true]);
    assert_eq!(flat(&DataArray::new("a", (), -2.25).abs().sqrt()), [1.5]);
    assert_eq!(flat(&DataArray::new("a", "x", vec![0.5, 1.5, 2.5]).round(0)), [0.0, 2.0, 2.0]);
    assert_eq!(a.clip(.., 1.5).sum("x").item::<f64>().unwrap(), 2.5);
    assert!(a.astype("flot32").fault().unwrap().to_string().contains("did you mean \"float32\""));
    assert_eq!(truth(DataArray::new("t", "x", vec!["a", "b"]).eq_("b")), [false, true]);
}

#[test]
fn datasets_meet_arrays_numbers_and_datasets() {
    let ds = Dataset::new().with_var("a", "x", vec![1.0, 2.0]).with_var("b", "y", vec![3.0]);
    let sum = &ds + &DataArray::new("w", "x", vec![10.0, 20.0]);
    assert_eq!(flat(&sum["a"]), [11.0, 22.0]);
    assert_eq!((flat(&sum["b"]), sum["b"].dims().to_string()), (vec![13.0, 23.0], "y, x".into()));
    assert_eq!(flat(&(&ds - &ds)["a"]), [0.0, 0.0]);
    assert_eq!(flat(&(2.0 * &ds)["b"]), [6.0]);
    let e = (&ds - &ds.keep(["a"])).check().unwrap_err();
    assert!(e.to_string().contains("\"b\" only on the left"), "{e}");
    let before = &ds["a"] - &ds;
    assert_eq!(flat(&before["a"]), [0.0, 0.0]);
    assert_eq!(
        (flat(&before["b"]), before["b"].dims().to_string()),
        (vec![-2.0, -1.0], "x, y".into())
    );
    assert!(ds["a"].gt(&ds).fault().is_some(), "a method gives an array");
}

#[test]
fn conflicting_sizes_name_both_variables() {
    let e = Dataset::new()
        .with_var("a", "x", vec![1, 2, 3])
        .with_var("b", "x", vec![1, 2, 3, 4])
        .check()
        .unwrap_err();
    assert!(e.to_string().contains("\"x\": 3 in \"a\", 4 in \"b\""), "{e}");
    assert!(Dataset::new().with_var("", "x", vec![1]).fault().is_some());
    assert!(Dataset::new().with_var("a", ["x", "x"], (vec![1], [1, 1])).fault().is_some());
    assert!(Dataset::new().with_var("a", ["x", "y"], vec![1]).fault().is_some());
    let replaced = Dataset::new().with_var("a", "x", vec![1, 2]).with_var("a", "x", vec![1, 2, 3]);
    assert_eq!(replaced.check().unwrap().size_of("x"), Some(3), "nothing else held the size");
}

#[test]
fn variables_named_like_a_dimension_become_coordinates() {
    let ds = Dataset::new().with_var("x", "x", vec![1, 2]).with_var("a", "x", vec![3, 4]);
    assert!(ds.is_coord("x") && ds.index("x").is_some());
    let later = Dataset::new().with_var("y", (), 5).with_var("b", ["x", "y"], (vec![1], [1, 1]));
    assert!(later.is_coord("y") && later.index("y").is_none());
}

#[test]
fn reshaping_verbs() {
    let a = temperatures();
    let turned = a.transpose(["lat", "time"]);
    assert_eq!(turned.dims().to_string(), "lat, time");
    assert_eq!(turned.shape(), [2, 3]);
    assert_eq!(a.transpose(()).dims().to_string(), "lat, time");
    assert_eq!(turned["area"].dims().to_string(), "lat, time");
    let renamed = a.rename([("lat", "y")]);
    assert_eq!(renamed.sel("y", 30.0).shape(), [3]);
    assert!(a.rename([("lat", "time")]).fault().is_some());
    let step = a.isel("time", 1).expand_dims("time");
    assert_eq!(step.dims().to_string(), "time, lat");
    assert_eq!(step["time"].values::<i32>().unwrap(), [20]);
    let members = a.mean(..).expand_dims_with("member", vec![1, 2]);
    assert_eq!(flat(&members), [3.0, 3.0]);
    let ds = a.to_dataset();
    assert_eq!(ds.data_vars().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["t2m"]);
    let ds = ds.reset_coords("height").set_coords("height").drop_vars(["area", "month"]);
    assert!(ds.is_coord("height") && !ds.has("area"));
    assert!(ds.reset_coords("lat").fault().is_some());
    let more = ds.assign("kelvin", &ds["t2m"] + 273.15);
    assert_eq!(more.data_vars().count(), 2);
    assert_eq!(ds.drop_dims("lat").data_vars().count(), 0);
}

#[test]
fn an_array_may_be_called_like_its_coordinate() {
    let a = temperatures();
    let lat = &a["lat"] * 2.0;
    assert_eq!((lat.name(), flat(&lat)), (Some("lat"), vec![120.0, 60.0]));
    assert_eq!(flat(&lat["lat"]), [60.0, 30.0]);
    assert!(lat.to_dataset().fault().is_some());
    let weights = a["lat"].radians().cos();
    assert_eq!((&a * &weights).dims().to_string(), "time, lat");
}

#[test]
fn several_arrays_in_one_run() {
    let a = temperatures();
    let made = compute([&a.mean("time"), &a.max("time")]).unwrap();
    assert_eq!(flat(&made[1]), [5.0, 4.0]);
    assert!(compute([&a, &a.mean("nope")]).is_err());
    assert!(compute(Vec::<DataArray>::new()).unwrap().is_empty());
}

#[test]
fn values_are_owned_shared_and_cheap_to_clone() {
    fn sound<T: Send + Sync + Clone + 'static>() {}
    sound::<Dataset>();
    sound::<DataArray>();
    sound::<crate::DatasetGroupBy>();
    sound::<crate::Fault>();
    sound::<Attrs>();
    let ds = (0..100).fold(Dataset::new(), |ds, i| ds.with_var(format!("v{i}"), "x", vec![i; 9]));
    assert_eq!(ds.clone().data_vars().count(), 100);
    let (first, again) = (&ds["v7"], &ds["v7"]);
    assert!(std::ptr::eq(first, again), "asked for twice, made once");
    assert!(std::sync::Arc::ptr_eq(&ds.0, &ds.clone().0));
}

/// The same dataset, its data variables behind sources that are cut in chunks.
fn chunked(ds: &Dataset, chunk: usize) -> Dataset {
    ds.map_vars(|name, var| {
        let Some(array) = var.in_memory().filter(|_| !ds.is_coord(name)) else {
            return Ok(Some(var.clone()));
        };
        let grid = ChunkGrid::even(array.shape(), &vec![chunk; array.ndim()]);
        let source = MemorySource::with_grid(array.clone(), grid);
        var.clone().with_data(LazyArray::read(Arc::new(source))).map(Some)
    })
    .unwrap()
}

/// Law: a verb gives the same on data in memory and on data behind a source, in any chunks.
#[test]
fn lazy_and_eager_agree() {
    let n = 3 * 4 * 5;
    let values = |f: fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    let ds = Dataset::new()
        .with_coord("t", "t", vec![0, 1, 2])
        .with_coord("g", "t", vec![1, 0, 1])
        .with_coord("y", "y", vec![3.0, 2.0, 1.0, 0.0])
        .with_coord("area", ["t", "y"], ((0..12).collect::<Vec<i32>>(), [3, 4]))
        .with_var("a", ["t", "y", "x"], (values(|i| (i * 7 % 11) as f64 - 3.0), [3, 4, 5]))
        .with_var(
            "b",
            ["t", "y", "x"],
            (values(|i| if i % 4 == 0 { f64::NAN } else { i as f64 }), [3, 4, 5]),
        )
        .with_var("n", ["x", "t"], ((0..15).map(|i| i as i16 - 7).collect::<Vec<_>>(), [5, 3]));
    type Verb = fn(&Dataset) -> Dataset;
    let verbs: &[Verb] = &[
        |ds| ds.isel("t", [2, 0, 0]).isel("x", crate::step(.., -2)),
        |ds| ds.sel("y", 1.0..=2.0).isel("t", -1),
        |ds| ds + 1.5,
        |ds| 2 - ds,
        |ds| ds * &ds["n"],
        |ds| ds / &ds.isel("t", 1).drop_vars(["t", "g"]),
        |ds| ds - &ds.mean("t"),
        |ds| ds.where_(ds["b"].gt(20)),
        |ds| ds.where_else(ds["n"].lt(0), -1.0),
        |ds| ds.fillna(0).abs().sqrt().round(2),
        |ds| ds.fillna(&ds["a"]),
        |ds| ds.gt(1).and(ds.lt(9)),
        |ds| ds.clip(-1, 5).astype("float32"),
        |ds| ds.mean("t"),
        |ds| ds.mean(["t", "x"]),
        |ds| ds.sum(..),
        |ds| ds.reduce(std().ddof(1.0), "x"),
        |ds| ds.count("y").max("t"),
        |ds| ds.groupby("g").mean("t"),
        |ds| ds.groupby("g").sum(..),
        |ds| ds.keep(["a", "b"]).groupby("g") - ds.keep(["a", "b"]).groupby("g").mean("t"),
        |ds| ds.transpose(["x", "y"]).thin("x", 2),
        |ds| ds.expand_dims_with("member", vec![1, 2]).mean("member"),
        |ds| ds.rename([("t", "time")]).isnull().any("time"),
    ];
    for (i, verb) in verbs.iter().enumerate() {
        let eager = verb(&ds).compute().unwrap();
        for chunk in [1, 2, 3, 64] {
            let lazy = verb(&chunked(&ds, chunk)).compute().unwrap();
            assert_eq!(eager.coords().to_string(), lazy.coords().to_string(), "verb {i}");
            for (name, var) in eager.variables() {
                let other = lazy.variable(name).unwrap();
                assert_eq!((var.dims(), var.dtype()), (other.dims(), other.dtype()), "verb {i}");
                let text = |v: &Variable| v.in_memory().unwrap().cast(&DType::F64).unwrap();
                let (x, y) = (text(var), text(other));
                let (x, y) = (x.to_flat::<f64>().unwrap(), y.to_flat::<f64>().unwrap());
                let near = |a: &f64, b: &f64| {
                    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * a.abs()
                };
                assert!(x.iter().zip(&y).all(|(a, b)| near(a, b)), "verb {i}, {name}: {x:?} {y:?}");
            }
        }
    }
}

#[test]
fn large_coordinates_stay_out_of_memory_until_loaded() {
    let ds = Dataset::new().with_var("a", "x", vec![1.0, 2.0, 3.0]);
    let lat = chunked(&Dataset::new().with_var("l", "x", vec![10, 20, 30]), 2);
    let ds = ds.with_coord("x", "x", lat["l"].data());
    assert!(ds.is_coord("x") && ds.index("x").is_none());
    assert_eq!(ds.sel("x", 20)["a"].item::<f64>().unwrap(), 2.0, "found by reading few labels");
    let e =
        ds.clone().with_coord("x", "x", (&lat["l"] % 30).data()).sel("x", 20).check().unwrap_err();
    assert!(e.to_string().contains("\"x\" are not sorted; load_vars(\"x\") first"), "{e}");
    let ds = ds.with_coord("y", "x", lat["l"].data());
    let e = ds.sel("y", 20).check().unwrap_err();
    assert!(e.to_string().contains("not in memory; load_vars(\"y\") or load() first"), "{e}");
    let loaded = ds.load_vars("x").unwrap();
    assert_eq!(loaded.sel("x", 20)["a"].item::<f64>().unwrap(), 2.0);
    assert!(ds.load_vars("z").is_err());
}

#[test]
fn untouched_variables_stay_as_they_are() {
    let ds = Dataset::new()
        .with_var("a", "t", vec![1i16, 2])
        .with_var("k", "x", vec![1i16, 2])
        .with_var("s", "x", vec!["p", "q"])
        .with_var("z", (), 3i32);
    let sum = ds.sum("t");
    let dtype = |name: &str| sum[name].dtype().to_string();
    assert_eq!(
        [dtype("a"), dtype("k"), dtype("s"), dtype("z")],
        ["int64", "int16", "str", "int64"]
    );
    assert!(!ds.sum("x").has("s"));
    assert_eq!(ds.count("t")["k"].values::<i64>().unwrap(), [1, 1]);
}
