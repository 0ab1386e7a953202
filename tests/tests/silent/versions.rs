//! One of several versions of a variable taken without a word (5); a variable that some files
//! lack, which makes the others missing (6).

use graticule::{
    CombineOptions, Compat, Lacking, LossKind, ManyOptions, open_mfdataset, open_mfdataset_with,
    session,
};

use crate::new;

#[test]
fn versions_that_differ_are_an_error_or_counted() {
    let folder = tempfile::tempdir().unwrap();
    for (name, t, mask) in [("a.nc", 1, 0), ("b.nc", 2, 0), ("c.nc", 3, 7)] {
        new()
            .with_coord("t", "t", vec![t])
            .with_var("v", "t", vec![f64::from(t)])
            .with_var("mask", "y", vec![mask, 0, 0])
            .write(folder.path().join(name))
            .unwrap();
    }
    let pattern = folder.path().join("*.nc").to_str().unwrap().to_owned();
    let error = open_mfdataset(pattern.as_str()).unwrap_err().to_string();
    assert!(
        error.contains("\"mask\"") && error.contains("a.nc") && error.contains("c.nc"),
        "{error}"
    );
    let over = ManyOptions::new().combine(CombineOptions::new().compat(Compat::Override));
    let ds = open_mfdataset_with(pattern.as_str(), &over, &session()).unwrap();
    assert!(ds.losses().count(LossKind::OverriddenVariable) >= 1, "{}", ds.losses());
    assert_eq!(ds.losses().iter().next().unwrap().name(), "mask");
    let told = ds.provenance("mask").unwrap();
    assert_eq!(told.rule(), "the first one taken");
    assert!(told.sources().all(|s| s.ends_with("a.nc")) && told.sources().count() == 1);
    assert_eq!(ds.provenance("v").unwrap().sources().count(), 3);
}

#[test]
fn a_variable_that_some_lack_leaves_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (name, t) in [("a.nc", 1), ("b.nc", 2), ("c.nc", 3)] {
        let ds = new().with_coord("t", "t", vec![t]).with_coord("x", "x", vec![1, 2]).with_var(
            "v",
            ["t", "x"],
            (vec![f64::from(t), 0.5], [1, 2]),
        );
        let ds = if name == "b.nc" { ds } else { ds.with_var("w", "t", vec![f64::from(t)]) };
        ds.write(folder.path().join(name)).unwrap();
    }
    let pattern = folder.path().join("*.nc").to_str().unwrap().to_owned();
    let error = open_mfdataset(pattern.as_str()).unwrap_err().to_string();
    assert!(error.contains("\"w\": 1 of 3 files lack it") && error.contains("b.nc"), "{error}");
    for options in [
        CombineOptions::new().lacking(Lacking::Fill),
        CombineOptions::new().lacking(Lacking::Fill).compat(Compat::Override),
    ] {
        let many = ManyOptions::new().combine(options);
        let ds = open_mfdataset_with(pattern.as_str(), &many, &session()).unwrap();
        assert_eq!(ds["v"].values::<f64>().unwrap(), [1.0, 0.5, 2.0, 0.5, 3.0, 0.5]);
        let w = ds["w"].values::<f64>().unwrap();
        assert!(w[0] == 1.0 && w[1].is_nan() && w[2] == 3.0);
        assert_eq!(ds.losses().count(LossKind::FilledCells), 1);
    }
}
