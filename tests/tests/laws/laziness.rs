use std::sync::Arc;

use graticule::storage::{CountingSource, FailingSource};
use graticule::{ChunkGrid, DataArray, Dataset, Session, compute, near};
use proptest::prelude::*;

use crate::cases;
use crate::program::{Input, Program};
use crate::rng::Rng;

fn input() -> Input {
    Input::new(&mut Rng::new(1), [24, 3, 4])
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn verbs_plans_and_displays_read_nothing(seed: u64, length in 1usize..5) {
        let mut rng = Rng::new(seed);
        let input = Input::new(&mut rng, [24, 3, 4]);
        let program = Program::new(&mut rng, &input, length);
        let counted = CountingSource::new(input.source(input.grid(&mut rng)));
        let x = program.apply(&input.over(Arc::new(counted.clone())));
        let set = x.clone().with_name("v").to_dataset();
        let shown = format!("{x}{x:?}{set}{set:?}{}", x.variable());
        prop_assert!(shown.len() > 50);
        x.explain().unwrap();
        set.estimate().unwrap();
        prop_assert_eq!(counted.reads(), 0, "{:?}", program.steps);
    }

    /// A read that fails is an error of the run, never a wrong value, and the session lives on.
    #[test]
    fn a_failed_read_fails_the_run(seed: u64, length in 1usize..5) {
        let mut rng = Rng::new(seed);
        let input = Input::new(&mut rng, [24, 3, 4]);
        let program = Program::new(&mut rng, &input, length);
        let session = Session::builder().threads(2).cuts(256, 3).build();
        let failing = FailingSource::new(input.source(input.grid(&mut rng)), 1);
        let x = program.apply(&input.over(Arc::new(failing.clone()))).with_session(&session);
        let first = x.to_array();
        if failing.reads() > 0 {
            prop_assert!(first.is_err());
            let again = x.to_array().unwrap();
            prop_assert_eq!(again.shape(), program.expected.shape.as_slice());
        }
    }
}

/// Everything that computes, on an array that carries a fault.
fn terminals(x: &DataArray) -> Vec<(&'static str, bool)> {
    let good = DataArray::new("good", "x", vec![1.0]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let set = x.to_dataset().with_session(&graticule::session());
    vec![
        ("check", x.clone().check().is_ok()),
        ("compute", x.compute().is_ok()),
        ("load", x.clone().load().is_ok()),
        ("to_array", x.to_array().is_ok()),
        ("values", x.values::<f64>().is_ok()),
        ("to_ndarray", x.to_ndarray::<f64>().is_ok()),
        ("item", x.sum(..).item::<f64>().is_ok()),
        ("scalar", x.scalar().is_ok()),
        ("texts", x.texts().is_ok()),
        ("explain", x.explain().is_ok()),
        ("estimate", x.estimate().is_ok()),
        ("together", compute([&good, x]).is_ok()),
        ("set compute", set.compute().is_ok()),
        ("set load", set.clone().load().is_ok()),
        ("set explain", set.explain().is_ok()),
        ("set estimate", set.estimate().is_ok()),
        ("set check", set.clone().check().is_ok()),
        ("set write", set.write(&path).is_ok()),
        ("set var", set.var("v").compute().is_ok()),
        ("a file", path.exists()),
    ]
}

/// Verbs on the way from a fault to a terminal.
fn later(x: &DataArray) -> Vec<DataArray> {
    let good = DataArray::new("good", "time", vec![1.0; 24]);
    vec![
        x.clone(),
        x.mean("time"),
        x.sum(..),
        x.isel("time", 0),
        x.sel("lat", near(50.0)),
        x.groupby("time.month").mean("time"),
        x.groupby("time.month") - &x.groupby("time.month").mean("time"),
        &good + x,
        x - 1.0,
        good.where_(x.gt(1.0)),
        good.where_else(good.gt(1.0), x),
        x.sqrt().with_name("other").with_attr("units", "K"),
        x.to_dataset().var("v"),
    ]
}

#[test]
fn no_terminal_of_a_faulted_array_succeeds() {
    let x = input().read(ChunkGrid::even(&[24, 3, 4], &[5, 3, 2]));
    let refused: Vec<_> = terminals(&x).into_iter().filter(|(_, ok)| !ok).map(|t| t.0).collect();
    assert_eq!(refused, ["to_ndarray", "scalar", "texts"], "of i16, one element, and text");
    let set: Dataset = x.to_dataset();
    let faulted = [
        x.isel("tme", 0),
        x.isel("time", 24),
        x.sel("lat", 1.25),
        x.sel("time", "1850-01"),
        x.sel("lat", near(1000.0).within(1.0)),
        x.mean("level"),
        x.groupby("time.mnth").mean("time"),
        x.groupby("lot").mean("time"),
        &x + DataArray::new("y", "time", vec![1.0]),
        set.var("w"),
        set["w"].clone(),
        x.coord("height"),
        DataArray::new("z", ["a", "b"], vec![1.0]),
    ];
    for (at, x) in faulted.iter().enumerate() {
        assert!(x.fault().is_some(), "case {at} is no fault: {x}");
        assert!(x.to_string().contains("fault"), "{x}");
        for (way, y) in later(x).iter().enumerate() {
            for (terminal, ok) in terminals(y) {
                assert!(!ok, "case {at}, way {way}: {terminal} succeeded");
            }
        }
    }
}
