//! Labels that differ by rounding, of which an inner join keeps few or none (3).

use graticule::{CombineOptions, DataArray, Dataset, Join, concat, merge};

/// Every tenth of a degree, in single and in double precision.
fn grids() -> (DataArray, DataArray) {
    let wide: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0).collect();
    let narrow: Vec<f32> = wide.iter().map(|v| *v as f32).collect();
    let ones = || DataArray::new("v", "lat", vec![1.0; 100]);
    (ones().with_coord("lat", "lat", wide), ones().with_coord("lat", "lat", narrow))
}

#[test]
fn rounded_labels_never_shrink_a_result() {
    let (a, b) = grids();
    let error = (&a + &b).check().unwrap_err().to_string();
    assert!(error.contains("\"lat\"") && error.contains("(lengths 100 and 100)"), "{error}");
    assert!(error.contains("first differ at position 1: 0.1 and 0.1"), "{error}");
    assert!(error.contains("differ by at most") && error.contains("use tolerance"), "{error}");
    let named = |v: &DataArray, name: &str| v.clone().with_name(name).to_dataset();
    assert!(merge(&[named(&a, "a"), named(&b, "b")]).is_err());
    assert!(concat(&[a.clone(), b.clone()], "run").is_err());
    // Asked for, the loss is counted.
    let inner = a.with_join(Join::Inner) + &b;
    let lost = 2 * (100 - inner.len());
    assert_eq!(inner.losses().count(graticule::LossKind::DroppedLabels), lost);
}

#[test]
fn files_of_rounded_grids_are_refused_or_joined_by_tolerance() {
    let at = |t: i32, shift: f64| {
        let lat: Vec<f64> = (0..10).map(|i| f64::from(i) / 10.0 + shift).collect();
        Dataset::new().with_coord("t", "t", vec![t]).with_coord("lat", "lat", lat).with_var(
            "v",
            ["t", "lat"],
            (vec![f64::from(t); 10], [1, 10]),
        )
    };
    let sets = [at(1, 0.0), at(2, 1e-14)];
    assert!(graticule::combine(&sets, &CombineOptions::new()).is_err());
    let near = CombineOptions::new().tolerance(graticule::Tolerance::Abs(1e-9));
    let all = graticule::combine(&sets, &near).unwrap();
    assert_eq!(all["v"].shape(), [2, 10]);
}
