use graticule::testing::{assert_equal, datasets_over};
use graticule::{
    CombineOptions, Compat, DataArray, Dataset, Join, Lacking, Nested, Overlap, Vars, combine,
    combine_by_coords, combine_nested, concat, concat_with,
};
use proptest::prelude::*;

use crate::{cases, flat, lazily, pair};

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn concatenating_the_parts_gives_the_whole_back(
        ds in datasets_over(vec![1, 3, 4, 7, 8], vec![2, 5, 6]),
        cuts in prop::sample::subsequence(vec![1i64, 2, 3, 4], 0..4),
        chunk in 1usize..4,
    ) {
        let ends = cuts.iter().copied().chain([5]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let parts: Vec<_> = starts.zip(ends).map(|(a, b)| ds.isel("x", a..b)).collect();
        let (lazy, sources): (Vec<_>, Vec<_>) = parts.iter().map(|p| {
            let (p, mut sources) = lazily(p, chunk);
            // What is not concatenated stays in memory, so that it can be compared.
            let last = sources.pop();
            (p.with_variable("c", ds.variable("c").unwrap().clone()), (sources, last))
        }).unzip();
        let whole = concat(&lazy, "x").unwrap();
        prop_assert!(sources.iter().flat_map(|(s, _)| s).all(|s| s.reads() == 0));
        prop_assert!(assert_equal(&whole, &ds).is_ok(), "{:?}", assert_equal(&whole, &ds));
        // Labels tell the order, whatever the order given.
        let mut shuffled = parts.clone();
        shuffled.reverse();
        let ordered = combine_by_coords(&shuffled, &CombineOptions::new()).unwrap();
        prop_assert!(assert_equal(&ordered, &ds).is_ok());
    }

    #[test]
    fn stacking_along_a_new_dimension_keeps_every_part(
        a in datasets_over(vec![1, 3], vec![2, 5, 6]),
        b in datasets_over(vec![1, 3], vec![2, 5, 6]),
        join in prop::sample::select(vec![Join::Exact, Join::Outer, Join::Inner]),
    ) {
        let options = CombineOptions::new().join(join);
        let both = concat_with(&[a.clone(), b.clone()], ("run", vec!["one", "two"]), &options);
        if a["a"].attrs() != b["a"].attrs() {
            let error = both.unwrap_err().to_string();
            prop_assert!(error.contains("its units are"), "{error}");
            return Ok(());
        }
        let both = both.unwrap();
        for (name, part) in [("one", &a), ("two", &b)] {
            let back = both.sel("run", name).drop_vars("run");
            prop_assert!(assert_equal(&back, part).is_ok());
        }
    }

    #[test]
    fn tiles_fill_a_grid_in_any_order(
        ds in datasets_over(vec![1, 3, 4], vec![2, 5, 6]),
        order in Just((0..4).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let tile = |k: usize| {
            let half = |at: usize| if at == 0 { 0..1 } else { 1..3 };
            ds.keep(["a"]).drop_vars("z").isel("x", half(k / 2)).isel("y", half(k % 2))
        };
        let tiles: Vec<_> = order.iter().map(|k| tile(*k)).collect();
        let whole = combine_by_coords(&tiles, &CombineOptions::new()).unwrap();
        let expected = ds.keep(["a"]).drop_vars("z");
        prop_assert!(assert_equal(&whole, &expected).is_ok());
        let rows = [[tile(0), tile(1)], [tile(2), tile(3)]];
        let nested = combine_nested(rows, [Some("x"), Some("y")], &CombineOptions::new()).unwrap();
        prop_assert!(assert_equal(&nested, &expected).is_ok());
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// `positions`: the element `k` of all objects one after the other goes to `positions[k]`.
    #[test]
    fn positions_say_where_each_element_goes(
        lens in prop::collection::vec(0usize..4, 1..4),
        seed in any::<u64>(),
    ) {
        let n: usize = lens.iter().sum();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|i| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut start = 0;
        let (mut parts, mut positions) = (Vec::new(), Vec::new());
        for len in lens {
            let own: Vec<i32> = (start..start + len).map(|i| i as i32).collect();
            let labels: Vec<f64> = own.iter().map(|i| f64::from(*i) * 0.5).collect();
            parts.push(
                Dataset::new().with_coord("x", "x", labels).with_var("v", "x", own),
            );
            positions.push(order[start..start + len].to_vec());
            start += len;
        }
        let options = CombineOptions::new().positions(positions);
        let made = concat_with(&parts, "x", &options).unwrap();
        let (mut values, mut labels) = (vec![0; n], vec![0.0; n]);
        for (k, place) in order.iter().enumerate() {
            values[*place] = k as i32;
            labels[*place] = k as f64 * 0.5;
        }
        prop_assert_eq!(made["v"].values::<i32>().unwrap(), values);
        prop_assert_eq!(made["x"].values::<f64>().unwrap(), labels);
        if n > 0 {
            let back = made.sel("x", 0.0)["v"].item::<i32>().unwrap();
            prop_assert_eq!(back, 0, "the index moved along");
        }
    }
}

#[test]
fn positions_that_do_not_fit_are_refused() {
    let at = |x: [i32; 2]| DataArray::new("v", "x", x.to_vec());
    let with = |positions: Vec<Vec<usize>>| {
        let options = CombineOptions::new().positions(positions);
        concat_with(&[at([1, 2]), at([3, 4])], "x", &options).map(|a| a.values::<i32>().unwrap())
    };
    assert_eq!(with(vec![vec![3, 1], vec![0, 2]]).unwrap(), [3, 2, 4, 1]);
    for (positions, words) in [
        (vec![vec![0, 1]], "1 lists for 2 objects"),
        (vec![vec![0, 1], vec![2]], "1 for the 2 of object 2"),
        (vec![vec![0, 1], vec![1, 2]], "1 occurs twice"),
        (vec![vec![0, 1], vec![2, 4]], "4 is out of range (there are 4)"),
    ] {
        let error = with(positions).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    // Labels of a new dimension stand where they are given.
    let options = CombineOptions::new().positions([[1], [0]]);
    let runs = concat_with(&[at([1, 2]), at([3, 4])], ("run", vec!["a", "b"]), &options).unwrap();
    assert_eq!(runs.sel("run", "a").values::<i32>().unwrap(), [3, 4]);
}

#[test]
fn a_new_dimension_gets_an_index_if_asked() {
    let one = || Dataset::new().with_var("v", (), 1).with_coord("run", (), 5);
    let labelled = ("run", vec!["a", "b"]);
    for (on, index) in [(true, true), (false, false)] {
        let options = CombineOptions::new().create_index(on);
        let made = concat_with(&[one(), one()], labelled.clone(), &options).unwrap();
        assert_eq!(made.index("run").is_some(), index);
        assert!(made.is_coord("run"), "the labels stay");
        let scalar = concat_with(&[one(), one()], "run", &options).unwrap();
        assert_eq!(scalar.index("run").is_some(), index);
    }
    // An existing dimension keeps its index.
    let options = CombineOptions::new().create_index(false);
    let made = concat_with(&[pair([1, 2], [1., 2.]), pair([3, 4], [3., 4.])], "x", &options);
    assert!(made.unwrap().index("x").is_some());
}

/// `s`: data without the dimension; `k`: a coordinate without it.
fn part(t: i32, s: f64, k: f64) -> Dataset {
    Dataset::new()
        .with_coord("t", "t", vec![t])
        .with_coord("lat", "lat", vec![1, 2])
        .with_coord("k", "lat", vec![k, k])
        .with_var("v", ["t", "lat"], (vec![f64::from(t), -1.0], [1, 2]))
        .with_var("s", "lat", vec![s, s])
}

/// The dimensions of `s` and `k` in the result, or that there is none.
fn shapes(dim: &str, differ: bool, options: &CombineOptions) -> String {
    let last = if dim == "t" { 2 } else { 1 };
    let sets = [part(1, 1.0, 1.0), part(last, 1.0 + f64::from(differ), 1.0 + f64::from(differ))];
    match concat_with(&sets, dim, options) {
        Ok(all) => {
            let dims = |n: &str| all.variable(n).map_or("-".into(), |v| format!("({})", v.dims()));
            format!("{} {}", dims("s"), dims("k"))
        }
        Err(_) => "error".into(),
    }
}

#[test]
fn which_variables_are_concatenated() {
    let new = CombineOptions::new;
    let vars = |v: Vars| new().data_vars(v.clone()).coords(v);
    let only = || Vars::Only(vec!["s".into()]);
    // Existing dimension and new one, values that are equal and that differ. As xarray 2026.07
    // has it, but for coordinates that differ along a new dimension: we keep all.
    let table = [
        ("auto", new(), ["(lat) (lat)", "error", "(run, lat) (lat)", "(run, lat) (run, lat)"]),
        ("minimal", vars(Vars::Minimal), ["(lat) (lat)", "error", "error", "error"]),
        (
            "different",
            vars(Vars::Different),
            ["(lat) (lat)", "(t, lat) (t, lat)", "(lat) (lat)", "(run, lat) (run, lat)"],
        ),
        (
            "all",
            vars(Vars::All),
            [
                "(t, lat) (t, lat)",
                "(t, lat) (t, lat)",
                "(run, lat) (run, lat)",
                "(run, lat) (run, lat)",
            ],
        ),
        (
            "only",
            vars(only()),
            ["(t, lat) (lat)", "error", "(run, lat) (lat)", "(run, lat) (run, lat)"],
        ),
        (
            "override",
            new().compat(Compat::Override),
            ["(lat) (lat)", "(lat) (lat)", "(run, lat) (lat)", "(run, lat) (lat)"],
        ),
        (
            "drop",
            new().compat(Compat::Minimal),
            ["(lat) (lat)", "- -", "(run, lat) (lat)", "(run, lat) (run, lat)"],
        ),
    ];
    for (name, options, expected) in table {
        let found = [("t", false), ("t", true), ("run", false), ("run", true)]
            .map(|(dim, differ)| shapes(dim, differ, &options));
        assert_eq!(found, expected.map(str::to_owned), "{name}");
    }
}

#[test]
fn a_scalar_coordinate_becomes_the_dimension() {
    let at = |t: i32| DataArray::new("v", "x", vec![t, t]).with_coord("t", (), t);
    let all = concat(&[at(3), at(5)], "t").unwrap();
    assert_eq!(all.dims().to_string(), "t, x");
    assert_eq!(all.sel("t", 5).values::<i32>().unwrap(), [5, 5]);
    let same = concat(&[at(3), at(3)], "t").unwrap();
    assert_eq!(same["t"].values::<i32>().unwrap(), [3, 3]);
}

#[test]
fn arrays_of_different_names_have_none() {
    let at = |name: &str| DataArray::new(name, "x", vec![1, 2]);
    assert_eq!(concat(&[at("a"), at("a")], "r").unwrap().name(), Some("a"));
    assert_eq!(concat(&[at("a"), at("b")], "r").unwrap().name(), None);
    let labels = DataArray::new("year", "r", vec![1990, 1991]);
    let all = concat(&[at("a"), at("a")], &labels).unwrap();
    assert_eq!(all["year"].dims().to_string(), "r");
    let few = concat(&[at("a"), at("a")], ("r", vec![1])).unwrap_err().to_string();
    assert!(few.contains("1 labels for the 2 positions"), "{few}");
}

#[test]
fn overlaps_are_resolved_as_asked() {
    let sets = [pair([3, 4], [30., 40.]), pair([1, 2], [1., 2.]), pair([2, 3], [20., 31.])];
    let error = combine_by_coords(&sets, &CombineOptions::new()).unwrap_err().to_string();
    assert!(error.contains("dataset 2 and dataset 3"), "{error}");
    assert!(error.contains("dataset 3 and dataset 1"), "all overlaps at once: {error}");
    let with = |overlap| {
        let options = CombineOptions::new().overlap(overlap);
        let all = combine(&sets, &options).unwrap();
        assert_eq!(all["x"].values::<i32>().unwrap(), [1, 2, 3, 4]);
        assert_eq!(all.losses().count(graticule::LossKind::DroppedLabels), 2);
        flat(&all["v"])
    };
    assert_eq!(with(Overlap::KeepFirst), [1., 2., 30., 40.]);
    assert_eq!(with(Overlap::KeepLast), [1., 20., 31., 40.]);
    assert_eq!(with(Overlap::Average), [1., 11., 30.5, 40.]);
}

/// A collision that lies behind the neighbour in order is found, too.
#[test]
fn an_extent_within_another_is_an_overlap() {
    let long = Dataset::new().with_coord("x", "x", vec![1, 9]).with_var("v", "x", vec![1., 9.]);
    let sets = [long, pair([2, 3], [2., 3.]), pair([4, 5], [4., 5.])];
    let error = combine_by_coords(&sets, &CombineOptions::new()).unwrap_err().to_string();
    assert!(error.contains("dataset 1 and dataset 2"), "{error}");
    assert!(error.contains("dataset 1 and dataset 3"), "{error}");
}

#[test]
fn problems_of_different_kinds_are_said_together() {
    let odd = Dataset::new()
        .with_coord("t", "t", vec![2])
        .with_coord("lat", "lat", vec![1, 3])
        .with_coord("k", "lat", vec![1.0, 1.0])
        .with_var("v", ["t", "lat"], (vec![0.0, 0.0], [1, 2]));
    let late = part(3, 2.0, 1.0);
    let error = concat(&[part(1, 1.0, 1.0), odd, late], "t").unwrap_err().to_string();
    for part in ["labels of \"lat\" differ", "\"s\": 1 of 3 files lack it"] {
        assert!(error.contains(part), "{error}");
    }
    let texts = part(4, 1.0, 2.0).with_var("v", ["t", "lat"], (vec!["a", "b"], [1, 2]));
    let error = concat(&[part(1, 1.0, 1.0), texts], "t").unwrap_err().to_string();
    assert!(error.contains("\"v\"") && error.contains("\"k\""), "{error}");
}

#[test]
fn nested_lists_must_be_grids() {
    let tile = |v: i32| Dataset::new().with_var("v", ["y", "x"], (vec![v], [1, 1]));
    let ragged = Nested::from(vec![vec![tile(1)], vec![tile(2), tile(3)]]);
    let new = CombineOptions::new();
    let error = combine_nested(ragged, [Some("y"), Some("x")], &new).unwrap_err().to_string();
    assert!(error.contains("not a grid"), "{error}");
    assert!(combine_nested(vec![tile(1)], [Some("y"), Some("x")], &new).is_err());
    let other = Dataset::new().with_var("w", ["y", "x"], (vec![7], [1, 1]));
    let both = combine_nested([[tile(1), other]], [Some("y"), None], &new).unwrap();
    assert!(both.has("v") && both.has("w"));
}

#[test]
fn missing_variables_follow_the_policy() {
    let full = pair([1, 2], [1., 2.]).with_var("n", "x", vec![1i16, 2]);
    let sets = [full, pair([3, 4], [3., 4.])];
    let fill = CombineOptions::new().lacking(Lacking::Fill);
    let all = concat_with(&sets, "x", &fill).unwrap();
    assert_eq!(flat(&all["v"]), [1., 2., 3., 4.], "other variables are not touched");
    assert_eq!(all["n"].dtype().to_string(), "float32");
    let zero = concat_with(&sets, "x", &fill.fill_value(0)).unwrap();
    assert_eq!(zero["n"].values::<i16>().unwrap(), [1, 2, 0, 0]);
}

#[test]
fn trees_are_combined_group_by_group() {
    use graticule::{DataTree, combine_datatrees};
    let day = |t: i32, mask: i32| {
        DataTree::from_groups([
            ("/", Dataset::new().with_coord("time", "time", vec![t]).with_attr("title", "days")),
            ("/obs", Dataset::new().with_var("t2m", "time", vec![f64::from(t)])),
            ("/obs/flags", Dataset::new().with_var("bad", "time", vec![t > 1])),
            ("/grid", Dataset::new().with_var("mask", "x", vec![mask, 1])),
        ])
        .unwrap()
    };
    let all =
        combine_datatrees(&[day(3, 0), day(1, 0), day(2, 0)], &CombineOptions::new()).unwrap();
    assert_eq!(all.groups(), day(1, 0).groups());
    assert_eq!(all.var("obs/t2m").values::<f64>().unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(all.var("obs/flags/bad").values::<bool>().unwrap(), [false, true, true]);
    assert_eq!(all.var("grid/mask").values::<i32>().unwrap(), [0, 1]);
    assert!(!all.node("obs").unwrap().own_dataset().has("time"), "inherited still");
    assert_eq!(all.sel("time", 2..=3).var("obs/t2m").len(), 2);
    let new = CombineOptions::new;
    let e = combine_datatrees(&[day(1, 0), day(2, 5)], &new()).unwrap_err().to_string();
    assert!(e.contains("in the group /grid") && e.contains("\"mask\""), "{e}");
    let few = DataTree::from_groups(day(2, 0).to_groups().into_iter().take(2)).unwrap();
    let trees = [day(1, 0), few];
    let e = combine_datatrees(&trees, &new()).unwrap_err().to_string();
    assert!(e.contains("1 of 2 trees lack the group /"), "{e}");
    let dropped = combine_datatrees(&trees, &new().lacking(Lacking::Drop)).unwrap();
    assert_eq!(dropped.groups().len(), 2);
    let nested =
        combine_datatrees(&[day(3, 0), day(1, 0)], &CombineOptions::nested("time")).unwrap();
    assert_eq!(nested.var("obs/t2m").values::<f64>().unwrap(), [3.0, 1.0], "in the order given");
    assert_eq!(nested.var("grid/mask").ndim(), 1);
    assert!(combine_datatrees(&[], &new()).is_err());
    let faulted = day(1, 0).mean("nothing");
    assert!(combine_datatrees(&[day(2, 0), faulted], &new()).is_err());
}
