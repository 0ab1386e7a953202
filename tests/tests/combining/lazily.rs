use std::time::Instant;

use graticule::storage::CountingSource;
use graticule::{
    Array, CombineOptions, Compat, DType, DataArray, Dataset, Join, align, combine, concat, merge,
    merge_with, near,
};

use crate::{counted, lazily, pair};

#[test]
fn merging_lazy_datasets_reads_nothing() {
    let (a, sa) = lazily(&pair([1, 2], [1., 2.]), 1);
    let (b, sb) = lazily(&pair([1, 2], [1., 2.]).rename([("v", "w")]), 1);
    let both = merge(&[a.clone(), b]).unwrap();
    assert!(both.has("v") && both.has("w"));
    // The same expression is known to be equal; another one is not, and is not read either: it is
    // compared when it is computed.
    assert!(merge(&[a.clone(), a.clone()]).is_ok());
    let (c, sc) = lazily(&pair([1, 2], [1., 2.]), 1);
    let later = merge(&[a.clone(), c.clone()]).unwrap();
    let reads = || sa.iter().chain(&sb).chain(&sc).map(CountingSource::reads).sum::<u64>();
    assert_eq!(reads(), 0);
    assert_eq!(later["v"].values::<f32>().unwrap(), [1., 2.]);
    assert!(sa[0].reads() > 0 && sc[0].reads() > 0, "both were looked at");
    let options = CombineOptions::new().allow_compare_values();
    assert!(merge_with(&[a.clone(), c.clone()], &options).is_ok());
    assert!(reads() > 0);
    let (d, _) = lazily(&pair([1, 2], [1., 3.]), 1);
    let error = merge_with(&[a.clone(), d], &options).unwrap_err().to_string();
    assert!(error.contains("\"v\": it differs between dataset 1 and dataset 2"), "{error}");
    let (e, se) = lazily(&pair([1, 2], [1., 3.]), 1);
    let unread = merge(&[a.clone(), e]).unwrap();
    assert_eq!(unread["v"].isel("x", 0).item::<f32>().unwrap(), 1.0, "the part that is equal");
    assert_eq!(se[0].elements(), 1, "only what is asked for is compared");
    let error = unread["v"].values::<f32>().unwrap_err().to_string();
    assert!(error.contains("\"v\": it differs between dataset 1 and dataset 2"), "{error}");
    assert!(error.contains("allow_compare_values()"), "{error}");
    let over = merge_with(&[a, c], &CombineOptions::new().compat(Compat::Override)).unwrap();
    assert_eq!(over.losses().len(), 1, "not known to be the same");
}

/// More than is worth being read twice.
fn large(name: &str) -> (Dataset, Vec<CountingSource>) {
    lazily(&Dataset::new().with_var(name, "x", vec![0.5f64; 10_000]), 1000)
}

#[test]
fn large_variables_that_only_reading_could_compare_are_an_error() {
    let ((a, sa), (b, sb)) = (large("v"), large("v"));
    for error in [
        merge(&[a.clone(), b.clone()]).unwrap_err(),
        concat(&[a.clone().with_var("t", "t", vec![1]), b.with_var("t", "t", vec![2])], "t")
            .unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.contains("only reading could tell") && error.contains(": v;"), "{error}");
        assert!(error.contains("allow_compare_values()"), "{error}");
    }
    assert_eq!(sa[0].reads() + sb[0].reads(), 0);
}

/// A grid mapping and the like: a number without axes that each file has.
#[test]
fn scalars_of_files_go_together_unread() {
    let part = |t: i32, crs: i32| {
        let ds = Dataset::new().with_var("v", "t", vec![t as f32]).with_var("crs", (), crs);
        let (ds, sources) = lazily(&ds, 1);
        (ds.with_coord("t", "t", vec![t]), sources)
    };
    let ((a, sa), (b, sb), (c, _)) = (part(1, 7), part(2, 7), part(3, 8));
    let both = concat(&[a.clone(), b.clone()], "t").unwrap();
    let ordered = combine(&[b, a.clone()], &CombineOptions::new()).unwrap();
    assert_eq!(both["crs"].ndim(), 0);
    let told = both.provenance("crs").unwrap();
    assert_eq!(told.rule(), "equal in all 2");
    assert!(sa.iter().chain(&sb).all(|s| s.reads() == 0));
    assert_eq!(both["v"].values::<f32>().unwrap(), [1., 2.]);
    assert!(sa[1].reads() == 0 && sb[1].reads() == 0, "they are compared when they are asked for");
    assert_eq!(both["crs"].item::<i32>().unwrap(), 7);
    assert_eq!(ordered.compute().unwrap()["crs"].item::<i32>().unwrap(), 7);
    let odd = concat(&[a, c], "t").unwrap();
    assert_eq!(odd["v"].values::<f32>().unwrap(), [1., 3.]);
    let error = odd.compute().unwrap_err().to_string();
    assert!(error.contains("\"crs\": it differs between dataset 1 and dataset 2"), "{error}");
}

#[test]
fn joined_data_reads_just_what_it_needs() {
    let part = |x: std::ops::Range<i32>| {
        let values: Vec<f32> = x.clone().map(|v| v as f32).collect();
        let labels: Vec<i32> = x.collect();
        let (data, source) = counted(Array::from_vec([values.len()], values).unwrap(), &[10]);
        let var = DataArray::new("v", "x", data).with_coord("x", "x", labels);
        (var, source)
    };
    let ((a, sa), (b, sb)) = (part(0..100), part(50..150));
    let inner = align(&[a.clone(), b.clone()], &Join::Inner.into()).unwrap();
    let outer = align(&[a, b], &Join::Outer.into()).unwrap();
    assert_eq!(sa.reads() + sb.reads(), 0);
    let some = inner[0].sel("x", 60..80).load().unwrap();
    assert_eq!(some.len(), 20);
    assert_eq!(sa.elements(), 20, "of 100 in chunks of 10");
    let late = outer[0].sel("x", 120..=149);
    assert!(late.load().unwrap().values::<f32>().unwrap().iter().all(|v| v.is_nan()));
    assert_eq!(sa.elements(), 20, "holes are not read");
}

/// A terabyte that must never be touched.
fn terabyte() -> Dataset {
    let big = graticule::lazy::LazyArray::constant(Array::scalar(0.0f32));
    let data = big.broadcast(&[None, None, None], &[40_000, 2500, 2500]).unwrap();
    Dataset::new()
        .with_coord("x", "x", (0..2500).collect::<Vec<i32>>())
        .with_coord("t", "t", (0..40_000).collect::<Vec<i32>>())
        .with_var("v", ["t", "y", "x"], data)
        .with_var("s", (), 1)
}

#[test]
fn verbs_that_combine_cost_nothing_on_a_terabyte() {
    let ds = terabyte();
    assert!(ds.bytes() > 990_000_000_000);
    let other = ds.keep(["v"]).rename([("v", "w")]);
    let height = DataArray::new("h", (), 2.0);
    let start = Instant::now();
    let made = [
        ds.assign("u", &ds["v"]),
        ds.rename([("v", "u"), ("x", "lon")]),
        ds.assign_coord("h", &height),
        ds.set_coords("s"),
        ds.set_coords("s").reset_coords("s"),
        ds.expand_dims("run"),
        ds.drop_vars("s"),
        ds.update(&other),
        ds.combine_first(&other),
        merge(&[ds.clone(), other.clone()]).unwrap(),
        concat(&[ds.clone(), ds.clone()], "run").unwrap(),
        combine(std::slice::from_ref(&ds), &CombineOptions::new()).unwrap(),
        ds.reindex("x", (0..3000).step_by(3).collect::<Vec<i32>>()),
        ds.reindex("x", near(vec![0.4, 7.6])),
        align(&[ds.clone(), ds.isel("x", 7..)], &Join::Inner.into()).unwrap().remove(0),
        &ds.keep(["v"]) + &ds["v"],
    ];
    // Memory is the witness that nothing was computed; time only shows gross mistakes.
    assert!(start.elapsed().as_secs() < 20);
    for set in made {
        let set = set.check().unwrap();
        for (name, var) in set.data_vars() {
            assert!(var.bytes() < 100 || var.in_memory().is_none(), "{name} was computed");
        }
    }
    assert_eq!(ds["v"].dtype(), DType::F32);
}
