//! Bounds and cell methods through selections and reductions.

use graticule_dataset::{Attrs, DataArray, Dataset, Variable, mean};

/// Three months of means, with bounds as a coordinate.
fn months() -> Dataset {
    let time = Variable::new("time", vec![15.0, 45.0, 75.0])
        .unwrap()
        .with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let edges = vec![0.0, 31.0, 31.0, 59.0, 59.0, 90.0];
    let t = Variable::new(["time", "x"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [3, 2]))
        .unwrap()
        .with_attrs(Attrs::new().with("units", "K").with("cell_methods", "time: mean"));
    Dataset::new()
        .with_coord_variable("time", time)
        .with_coord("time_bnds", ["time", "nv"], (edges, [3, 2]))
        .with_variable("t", t)
}

fn values(x: &DataArray) -> Vec<f64> {
    x.values::<f64>().unwrap()
}

#[test]
fn bounds_travel_with_their_coordinate() {
    let ds = months();
    let t = ds.var("t");
    assert!(t.coords().has("time_bnds"), "an array has the bounds of its coordinates");
    assert_eq!(values(&t.sel("time", 45.0)["time_bnds"]), [31.0, 59.0]);
    assert_eq!(values(&t.isel("time", 1..)["time_bnds"]), [31.0, 59.0, 59.0, 90.0]);
    assert!(t.to_dataset().has("time_bnds"));
    let parts = [ds.isel("time", ..2), ds.isel("time", 2..)];
    let joined = graticule_dataset::concat(&parts, "time").unwrap();
    assert!(joined.is_coord("time_bnds"));
    assert_eq!(values(&joined["time_bnds"]), values(&ds["time_bnds"]));
}

#[test]
fn reductions_extend_bounds_to_the_union() {
    let ds = months();
    for made in [ds.var("t").mean("time"), ds.mean("time").var("t"), ds.var("t").mean(..)] {
        assert_eq!(values(&made["time"]), [45.0]);
        assert_eq!(values(&made["time_bnds"]), [0.0, 90.0]);
    }
    let bare = ds.var("t").reduce(mean().cell_methods(false), "time");
    assert!(!bare.coords().has("time") && !bare.coords().has("time_bnds"));
    assert_eq!(values(&ds.var("t").mean("x")["time_bnds"]), values(&ds["time_bnds"]));
}

#[test]
fn bounds_of_instants_extend_too() {
    let day = |n: i64| n * 86_400;
    let ticks = |values: Vec<i64>, shape: &[usize]| {
        use graticule_array::{Array, DType, TimeType};
        use graticule_cftime::{Calendar, TimeUnit};
        let time = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
        Array::from_vec(shape.to_vec(), values).unwrap().cast(&DType::Time(time)).unwrap()
    };
    let time = Variable::new("time", ticks(vec![day(1), day(3)], &[2]))
        .unwrap()
        .with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let edges = ticks(vec![day(0), day(2), day(2), day(4)], &[2, 2]);
    let ds = Dataset::new()
        .with_coord_variable("time", time)
        .with_coord("time_bnds", ["time", "nv"], edges)
        .with_var("t", "time", vec![1.0, 2.0]);
    let made = ds["t"].mean("time");
    assert_eq!(made.compute().unwrap()["time"].to_array().unwrap(), ticks(vec![day(2)], &[]));
    assert_eq!(made["time_bnds"].to_array().unwrap(), ticks(vec![day(0), day(4)], &[2]));
}

#[test]
fn reductions_add_cell_methods() {
    let ds = months();
    let methods = |x: &DataArray| x.attrs().text("cell_methods").map(str::to_owned);
    let t = ds.var("t");
    assert_eq!(methods(&t.max("x")).as_deref(), Some("time: mean x: maximum"));
    assert_eq!(methods(&t.var(["time", "x"])).as_deref(), Some("time: mean time: x: variance"));
    assert_eq!(methods(&t.count("x")), None);
    assert_eq!(methods(&t.reduce(mean().cell_methods(false), "x")).as_deref(), Some("time: mean"));
    let plain = DataArray::new("n", "x", vec![1.0]);
    assert!(plain.mean("x").attrs().is_empty(), "what has no metadata stays bare");
    let months = DataArray::new("month", "time", vec![1, 2, 1]);
    assert_eq!(
        methods(&t.groupby(&months).mean(())).as_deref(),
        Some("time: mean time: mean within years time: mean over years")
    );
}

#[test]
fn blocks_have_the_bounds_of_their_cells() {
    let ds = months();
    for made in [
        ds.isel("time", ..2).coarsen("time", 2).mean(),
        ds.isel("time", ..2).var("t").coarsen("time", 2).mean().to_dataset(),
    ] {
        assert_eq!(values(&made["time_bnds"]), [0.0, 59.0]);
        assert_eq!(values(&made["time"]), [30.0]);
        assert_eq!(made["t"].attrs().text("cell_methods"), Some("time: mean time: mean"));
        assert_eq!(made["time"].attrs().names().collect::<Vec<_>>(), ["bounds"]);
    }
    let falling = ds.isel("time", [2, 1, 0]).isel("time", 1..);
    let made = falling.coarsen("time", 2).mean();
    assert_eq!(values(&made["time_bnds"]), [0.0, 59.0]);
}

#[test]
fn roles_outlive_a_change_of_values() {
    use graticule_dataset::Encoding;
    let extra = Attrs::new().with("grid_mapping", "crs").with("coordinates", "a b");
    let t = DataArray::new("t", "x", vec![1.0])
        .with_encoding(Encoding { extra, ..Encoding::default() });
    let made = (&t + 1.0).encoding();
    assert_eq!(made.extra.text("grid_mapping"), Some("crs"));
    assert!(!made.extra.has("coordinates"));
}

#[test]
fn weighted_means_and_medians_say_so() {
    let ds = months();
    let weights = DataArray::new("w", "x", vec![1.0, 3.0]);
    let methods = |x: &DataArray| x.attrs().text("cell_methods").map(str::to_owned);
    let t = ds.var("t");
    assert_eq!(methods(&t.weighted(&weights).mean("x")).as_deref(), Some("time: mean x: mean"));
    assert_eq!(methods(&t.median("x")).as_deref(), Some("time: mean x: median"));
}
