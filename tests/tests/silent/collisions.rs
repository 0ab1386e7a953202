//! Datasets whose first labels collide, one of which overwrites the other (4).

use graticule::{CombineOptions, Dataset, combine_by_coords};

fn part(x: Vec<i32>, v: f64) -> Dataset {
    let n = x.len();
    Dataset::new().with_coord("x", "x", x).with_var("v", "x", vec![v; n])
}

#[test]
fn a_collision_is_an_error_that_names_both() {
    let cases = [
        ("the first label", vec![part(vec![1, 2], 1.0), part(vec![1, 5], 2.0)]),
        ("one value in common", vec![part(vec![1, 2], 1.0), part(vec![2, 3], 2.0)]),
        ("one within the other", vec![part(vec![1, 9], 1.0), part(vec![3, 4], 2.0)]),
    ];
    for (what, sets) in cases {
        let error = combine_by_coords(&sets, &CombineOptions::new()).unwrap_err().to_string();
        assert!(error.contains("dataset 1 and dataset 2"), "{what}: {error}");
    }
}

#[test]
fn the_same_labels_twice_among_others_are_an_error() {
    let sets = [part(vec![1, 2], 1.0), part(vec![3, 4], 2.0), part(vec![1, 2], 3.0)];
    let error = combine_by_coords(&sets, &CombineOptions::new()).unwrap_err().to_string();
    assert!(error.contains("dataset 1 and dataset 3 have the same labels"), "{error}");
}

#[test]
fn a_tile_that_is_missing_is_an_error() {
    let tile = |x: i32, y: i32| {
        Dataset::new().with_coord("x", "x", vec![x]).with_coord("y", "y", vec![y]).with_var(
            "v",
            ["x", "y"],
            (vec![1.0], [1, 1]),
        )
    };
    let sets = [tile(0, 0), tile(0, 1), tile(1, 0)];
    assert!(combine_by_coords(&sets, &CombineOptions::new()).is_err());
}
