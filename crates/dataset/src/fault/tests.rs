use graticule_array::Error;

use crate::{DataArray, Dataset, mean};

fn sound() -> Dataset {
    Dataset::new()
        .with_coord("time", "time", vec![1, 2, 3])
        .with_var("sst", ["time", "x"], (vec![1.0; 6], [3, 2]))
        .with_origin("open_mfdataset(\"sst/*.nc\")")
}

#[test]
fn the_trail_names_the_verb_its_past_and_its_place() {
    let line = line!() + 1;
    let faulted = sound()["sst"].isel("time", 0..2).mean("tme").sqrt();
    let text = faulted.fault().unwrap().to_string();
    assert_eq!(
        text,
        format!(
            "variable \"sst\": no dimension \"tme\" (time: 2, x: 2); did you mean \"time\"?\n  \
             at   mean(\"tme\")\n  \
             after isel(\"time\", 0..2) of open_mfdataset(\"sst/*.nc\")\n  \
             in   {}:{line}",
            file!()
        )
    );
    assert_eq!(faulted.dims().to_string(), "time, x", "facts of the last valid object");
    assert!(faulted.to_string().starts_with("fault: variable \"sst\""));
}

#[test]
fn operators_know_where_they_stand() {
    let a = DataArray::new("a", "x", vec![1.0]);
    let b = DataArray::new("b", "x", vec![1.0, 2.0]);
    let line = line!() + 1;
    let sum = &a + &b;
    assert_eq!(sum.fault().unwrap().place().line(), line);
    let line = line!() + 1;
    let missing = &sound()["sts"];
    let fault = missing.fault().unwrap();
    assert_eq!(fault.place().line(), line);
    assert!(fault.to_string().contains("did you mean \"sst\"?"), "{fault}");
}

/// Law: no terminal of a faulted object gives a result, whatever verbs come in between.
#[test]
fn no_terminal_of_a_faulted_object_succeeds() {
    let first = |e: Error| assert!(e.to_string().contains("at   mean(\"nope\")"), "{e}");
    let ds = sound().mean("nope");
    let sets = [
        ds.clone(),
        ds.isel("time", 99),
        ds.sel("time", 5).mean("also not there"),
        &ds + 1.0,
        &sound() + &ds,
        ds.where_(true),
        sound().where_(&ds),
        sound().where_else(true, &ds),
        sound().fillna(&ds),
        sound().assign("a", &ds["sst"]),
        ds.groupby("time").mean("time"),
        sound().groupby("time") - &ds,
        ds.groupby("time") - sound(),
        ds.rename([("a", "b")]).drop_vars("c").keep(["d"]).transpose("e").expand_dims("f"),
        ds.clone().with_var("b", "x", vec![1]).with_coord("c", "x", vec![2]).with_attr("a", 1),
        ds.sqrt().gt(0).and(true).not().astype("nothing").clip(0, 1).round(2),
        ds.head("q", 1).tail("q", 1).thin("q", 0).squeeze("q").set_coords("q").reset_coords("q"),
        ds.reduce(mean(), "q").drop_dims("q").drop_sel("q", 1),
    ];
    for set in sets {
        first(set.compute().unwrap_err());
        first(set.explain().unwrap_err());
        first(set.estimate().unwrap_err());
        first(crate::compute_datasets([&set]).unwrap_err());
        first(set.clone().load().unwrap_err());
        first(set.clone().check().unwrap_err());
        assert!(!set.to_string().is_empty() && !set.to_html().is_empty());
        first(set["sst"].compute().unwrap_err());
        first(set.var("nothing").values::<f64>().unwrap_err());
        first(set["nothing"].values::<f64>().unwrap_err());
    }
    let good = sound()["sst"].clone();
    let bad = good.mean("nope");
    let arrays = [
        bad.clone(),
        &bad - &good,
        &good - &bad,
        2.0 * &bad,
        -&bad,
        bad.dt("month"),
        good.where_(&bad),
        good.where_else(&bad, 0.0),
        good.where_else(good.gt(0), &bad),
        good.fillna(&bad),
        good.atan2(&bad),
        bad.coord("lat"),
        good.groupby(&bad).mean(()),
        good.groupby("time") - &bad,
        bad.isel("nope", 0).sel("nope", 1).sum("nope").isnull().with_name("other"),
        bad["time"].clone(),
    ];
    for array in arrays {
        first(array.compute().unwrap_err());
        first(array.values::<f64>().unwrap_err());
        first(array.item::<f64>().unwrap_err());
        first(array.scalar().unwrap_err());
        first(array.texts().unwrap_err());
        first(array.to_array().unwrap_err());
        first(array.to_ndarray::<f64>().unwrap_err());
        first(array.explain().unwrap_err());
        first(array.estimate().unwrap_err());
        first(array.clone().load().unwrap_err());
        first(array.clone().check().unwrap_err());
        first(crate::compute([&good, &array]).unwrap_err());
        first(array.to_dataset().compute().unwrap_err());
    }
}

#[test]
fn long_chains_stay_short_to_tell_and_to_drop() {
    let mut x = DataArray::new("x", "t", vec![1.0, 2.0]);
    for _ in 0..20_000 {
        x = x.isel("t", ..);
    }
    let text = x.mean("nope").fault().unwrap().to_string();
    assert!(text.len() < 400, "{text}");
    let ds = sound();
    for i in 0..2_000 {
        assert!(ds[&*format!("missing{i}")].fault().is_some());
    }
}
