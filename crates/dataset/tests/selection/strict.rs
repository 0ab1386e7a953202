//! Nothing gets lost unnoticed once strict() is said.

use graticule_dataset::{
    CombineOptions, DataArray, Dataset, Join, LossKind, align, concat_with, merge_with,
};

fn at(x: [i32; 2]) -> Dataset {
    Dataset::new().with_coord("x", "x", x.to_vec()).with_var("v", "x", vec![1.0f32, 2.0])
}

fn refused<T>(made: graticule_array::Result<T>, words: &str) {
    match made {
        Ok(_) => panic!("\"{words}\" passed"),
        Err(e) => assert!(e.to_string().contains(words), "{e}"),
    }
}

#[test]
fn an_empty_range_is_flagged() {
    let lat = Dataset::new()
        .with_coord("lat", "lat", vec![60.0, 40.0, 20.0])
        .with_coord("name", "lat", vec!["a", "b", "c"])
        .with_var("t", "lat", vec![1, 2, 3]);
    let strict = lat.strict();
    for (a, b) in [(70.0, 80.0), (41.0, 59.0), (-5.0, 5.0)] {
        assert_eq!(lat.sel("lat", a..=b).size_of("lat"), Some(0));
        refused(strict.sel("lat", a..=b).check(), "the labels go from 60.0 to 20.0");
        refused(strict["t"].sel("lat", a..=b).check(), "the selection may not be empty");
    }
    refused(strict.sel("lat", ..=70.0).check(), "..=70.0");
    refused(strict.stack("z", ["lat"]).sel("lat", 0.0..=1.0).check(), "strict()");
    // What is asked for by name, or not empty, is no loss.
    assert_eq!(strict.sel("lat", 30.0..=90.0).size_of("lat"), Some(2));
    assert_eq!(strict.isel("lat", 0..0).sel("lat", ..).size_of("lat"), Some(0));
    assert_eq!(strict.sel("name", "b".."c").size_of("lat"), Some(2));
}

#[test]
fn losses_of_verbs_are_faults() {
    let (a, b) = (at([1, 2]), at([2, 3]));
    for join in [Join::Inner, Join::Outer, Join::Left, Join::Right, Join::Override] {
        assert!((&a.clone().with_join(join) + &b).check().is_ok(), "{join:?}");
        refused((&a.strict().with_join(join) + &b).check(), "which strict() refuses");
        refused((&a.clone().with_join(join) + &b.strict()).check(), "which strict() refuses");
        refused(align(&[a.clone(), b.strict()], &join.into()), "which strict() refuses");
    }
    let other = b.rename([("v", "w")]);
    let inner = CombineOptions::new().join(Join::Inner);
    refused(merge_with(&[a.strict(), other.clone()], &inner), "which strict() refuses");
    let titled = |ds: &Dataset, t: &str| ds.clone().with_attr("title", t);
    let sets = [titled(&a.strict(), "one"), titled(&at([3, 4]), "two")];
    refused(concat_with(&sets, "x", &CombineOptions::new()), "attribute \"title\"");
    refused(a.strict().update(&at([2, 3])).check(), "which strict() refuses");
    assert!((&a.strict() + &at([1, 2])).check().is_ok());
}

#[test]
fn earlier_losses_count_and_strictness_lasts() {
    let merged =
        merge_with(&[at([1, 2]), at([2, 3]).rename([("v", "w")])], &Join::Inner.into_options());
    let merged = merged.unwrap();
    assert_eq!(merged.losses().count(LossKind::DroppedLabels), 2);
    refused(merged.strict().check(), "2 dropped labels");
    let later: DataArray =
        (&at([1, 2]).strict()["v"] * 2.0).sqrt().isel("x", 0..1).expand_dims("y");
    refused(later.sel("x", 7..=9).check(), "strict()");
    let mean = at([1, 2]).strict().mean("x").with_coord("z", "z", vec![1, 2]);
    refused(mean.sel("z", 7..=9).check(), "strict()");
}

trait IntoOptions {
    fn into_options(self) -> CombineOptions;
}

impl IntoOptions for Join {
    fn into_options(self) -> CombineOptions {
        CombineOptions::new().join(self)
    }
}
