//! Every combination of indexers, chosen at random, against positions computed one by one.

use graticule_array::Array;
use graticule_dataset::{DataArray, Indexer, MissingDims, Selector, near, step};
use proptest::prelude::*;

/// An indexer together with the positions it stands for.
#[derive(Clone, Debug)]
enum Chosen {
    At(usize),
    Along(Vec<usize>),
    /// Positions over the dimension `p`.
    Points(Vec<usize>),
}

fn names() -> [&'static str; 3] {
    ["x", "y", "z"]
}

/// Values that tell their position: `100 i + 10 j + k`.
fn cube(lens: [usize; 3]) -> DataArray {
    let [n, m, l] = lens;
    let value = |i: usize| (100 * (i / (m * l)) + 10 * (i / l % m) + i % l) as i32;
    let data = Array::from_vec(vec![n, m, l], (0..n * m * l).map(value).collect()).unwrap();
    let mut cube = DataArray::new("cube", names(), super::tiles::lazy(data));
    for (dim, len) in names().into_iter().zip(lens) {
        // Falling labels on the second dimension.
        let label = |i: usize| if dim == "y" { 50.0 - i as f64 } else { 5.0 * i as f64 };
        cube = cube.with_coord(dim, dim, (0..len).map(label).collect::<Vec<f64>>());
    }
    cube
}

fn python(start: Option<i64>, stop: Option<i64>, step: i64, n: i64) -> Vec<usize> {
    let place = |v: i64, low: i64, high: i64| (if v < 0 { v + n } else { v }).clamp(low, high);
    let (mut i, end) = if step > 0 {
        (start.map_or(0, |v| place(v, 0, n)), stop.map_or(n, |v| place(v, 0, n)))
    } else {
        (start.map_or(n - 1, |v| place(v, -1, n - 1)), stop.map_or(-1, |v| place(v, -1, n - 1)))
    };
    let mut out = Vec::new();
    while if step > 0 { i < end } else { i > end } {
        out.push(i as usize);
        i += step;
    }
    out
}

/// An indexer along a dimension of length `n`; `points` is the length of `p`.
fn indexer(n: usize, points: usize) -> impl Strategy<Value = (Indexer, Chosen)> {
    let m = n as i64;
    let wrap = move |i: i64| i.rem_euclid(m) as usize;
    let list = |n: usize| prop::collection::vec(-(n as i64)..n as i64, 0..5);
    prop_oneof![
        (-m..m).prop_map(move |i| (Indexer::At(i), Chosen::At(wrap(i)))),
        (
            prop::option::of(-8i64..8),
            prop::option::of(-8i64..8),
            (-4i64..4).prop_filter("not zero", |s| *s != 0)
        )
            .prop_map(move |(start, stop, step)| {
                let at = python(start, stop, step, m);
                (Indexer::Range { start, stop, step }, Chosen::Along(at))
            }),
        list(n).prop_map(move |l| {
            let at = l.iter().map(|i| wrap(*i)).collect();
            (Indexer::List(l), Chosen::Along(at))
        }),
        prop::collection::vec(any::<bool>(), n).prop_map(|mask| {
            let on = mask.iter().enumerate().filter(|(_, m)| **m).map(|(i, _)| i).collect();
            (Indexer::Mask(mask), Chosen::Along(on))
        }),
        prop::collection::vec(-m..m, points).prop_map(move |l| {
            let at = l.iter().map(|i| wrap(*i)).collect();
            (Indexer::from(DataArray::new("", "p", l)), Chosen::Points(at))
        }),
    ]
}

/// What a selection must give: names of dimensions, shape and values.
fn brute(
    lens: [usize; 3],
    by: &[(usize, Chosen)],
    points: usize,
) -> (Vec<String>, Vec<usize>, Vec<i32>) {
    let of = |axis: usize| by.iter().find(|(a, _)| *a == axis).map(|(_, c)| c);
    let (mut dims, mut shape) = (Vec::new(), Vec::new());
    for (axis, n) in lens.iter().enumerate() {
        match of(axis) {
            None => {
                dims.push(names()[axis].to_owned());
                shape.push(*n);
            }
            Some(Chosen::At(_)) => {}
            Some(Chosen::Along(list)) => {
                dims.push(names()[axis].to_owned());
                shape.push(list.len());
            }
            Some(Chosen::Points(_)) if dims.contains(&"p".to_owned()) => {}
            Some(Chosen::Points(_)) => {
                dims.push("p".to_owned());
                shape.push(points);
            }
        }
    }
    let mut values = Vec::new();
    let total: usize = shape.iter().product();
    for flat in 0..total {
        let mut rest = flat;
        let mut at = vec![0; shape.len()];
        for (place, n) in at.iter_mut().zip(&shape).rev() {
            *place = rest % n;
            rest /= n;
        }
        let along = |name: &str| dims.iter().position(|d| d == name).map(|a| at[a]);
        let mut value = 0;
        for axis in 0..3 {
            let i = match of(axis) {
                None => along(names()[axis]).unwrap(),
                Some(Chosen::At(i)) => *i,
                Some(Chosen::Along(list)) => list[along(names()[axis]).unwrap()],
                Some(Chosen::Points(list)) => list[along("p").unwrap()],
            };
            value = value * 10 + i as i32;
        }
        values.push(value);
    }
    (dims, shape, values)
}

fn case() -> impl Strategy<Value = ([usize; 3], Vec<(usize, Indexer, Chosen)>, usize)> {
    ([1usize..6, 1usize..6, 1usize..6], 1usize..4).prop_flat_map(|(lens, points)| {
        let one = |axis: usize| {
            prop::option::of(indexer(lens[axis], points)).prop_map(move |c| (axis, c))
        };
        ((one(0), one(1), one(2)), Just(lens), Just(points)).prop_map(
            |((a, b, c), lens, points)| {
                let all = [a, b, c].into_iter();
                let chosen = all.filter_map(|(axis, c)| c.map(|(i, c)| (axis, i, c))).collect();
                (lens, chosen, points)
            },
        )
    })
}

proptest! {
    #![proptest_config(super::cases(400))]

    #[test]
    fn isel_is_brute_force((lens, by, points) in case()) {
        let picked = cube(lens).isel_many(
            by.iter().map(|(axis, i, _)| (names()[*axis], i.clone())),
            MissingDims::Raise,
        );
        let wanted: Vec<_> = by.iter().map(|(a, _, c)| (*a, c.clone())).collect();
        let (dims, shape, values) = brute(lens, &wanted, points);
        prop_assert_eq!(picked.dims().to_string(), dims.join(", "));
        prop_assert_eq!(picked.shape(), shape);
        prop_assert_eq!(picked.values::<i32>().unwrap(), values);
    }

    /// The same selections by label: positions become the labels that stand there.
    #[test]
    fn sel_is_isel_by_labels((lens, by, points) in case()) {
        let cube = cube(lens);
        let label = |axis: usize, i: usize| {
            cube[names()[axis]].values::<f64>().unwrap()[i]
        };
        let selectors: Vec<(&str, Selector)> = by.iter().map(|(axis, _, chosen)| {
            let all = |list: &[usize]| list.iter().map(|i| label(*axis, *i)).collect::<Vec<_>>();
            let selector = match chosen {
                Chosen::At(i) => near(label(*axis, *i) + 0.2).into(),
                Chosen::Along(list) => all(list).into(),
                Chosen::Points(list) => near(DataArray::new("", "p", all(list))).into(),
            };
            (names()[*axis], selector)
        }).collect();
        let wanted: Vec<_> = by.iter().map(|(a, _, c)| (*a, c.clone())).collect();
        let (dims, _, values) = brute(lens, &wanted, points);
        let picked = cube.sel_many(selectors);
        prop_assert_eq!(picked.dims().to_string(), dims.join(", "));
        prop_assert_eq!(picked.values::<i32>().unwrap(), values);
    }

    /// Ranges of labels in either order are the labels between.
    #[test]
    fn ranges_are_the_labels_between(
        labels in prop::collection::btree_set(-20i32..20, 1..12),
        falling: bool,
        a in -25i32..25,
        b in -25i32..25,
        inclusive: bool,
    ) {
        let mut labels: Vec<i32> = labels.into_iter().collect();
        if falling {
            labels.reverse();
        }
        let x = DataArray::new("x", "t", labels.clone()).with_coord("t", "t", labels.clone());
        let by: Selector = if inclusive { (a..=b).into() } else { (a..b).into() };
        let got = x.sel("t", by).values::<i32>().unwrap();
        let (low, high) = (a.min(b), a.max(b));
        let within = |v: &&i32| (low..=high).contains(*v) && (inclusive || **v != b);
        prop_assert_eq!(got, labels.iter().filter(within).copied().collect::<Vec<_>>());
    }

    /// Two selections one after the other are one of the picked positions.
    #[test]
    fn selections_compose((lens, by, _) in case(), back in 1i64..4) {
        let cube = cube(lens);
        let mut one = cube.clone();
        let mut steps = Vec::new();
        for (axis, indexer, chosen) in &by {
            if let Chosen::Along(list) = chosen {
                one = one.isel(names()[*axis], indexer.clone()).isel(names()[*axis], step(.., -back));
                let at: Vec<usize> = python(None, None, -back, list.len() as i64);
                steps.push((*axis, Chosen::Along(at.into_iter().map(|i| list[i]).collect())));
            }
        }
        let (_, _, values) = brute(lens, &steps, 0);
        prop_assert_eq!(one.values::<i32>().unwrap(), values);
    }
}

#[test]
fn dimensions_of_points_stand_as_in_xarray() {
    let data = Array::from_vec([2, 3, 4, 5], (0..120).collect::<Vec<i32>>()).unwrap();
    let t = DataArray::new("t", ["a", "b", "c", "d"], super::tiles::lazy(data));
    let p = |dims: &[&str]| {
        let n = 1 << dims.len();
        let at = Array::from_vec(vec![2; dims.len()], (0..n).map(|i| i % 2).collect::<Vec<i64>>());
        Indexer::from(DataArray::new("", dims, at))
    };
    let dims = |by: Vec<(&str, Indexer)>| {
        t.isel_many(by, MissingDims::Raise).check().unwrap().dims().to_string()
    };
    assert_eq!(dims(vec![("b", p(&["p"])), ("d", p(&["p"]))]), "a, p, c");
    assert_eq!(dims(vec![("c", p(&["p"])), ("b", p(&["q"]))]), "a, q, p, d");
    assert_eq!(dims(vec![("d", p(&["q"])), ("b", p(&["p"]))]), "a, p, c, q");
    assert_eq!(dims(vec![("d", p(&["q", "p"])), ("b", p(&["p"]))]), "a, p, c, q");
    assert_eq!(dims(vec![("c", p(&["a"])), ("b", p(&["p"]))]), "a, p, d");
    assert_eq!(dims(vec![("a", 0.into()), ("d", p(&["p"]))]), "b, c, p");
    assert_eq!(dims(vec![("d", p(&["q", "p"]))]), "a, b, c, q, p");
    // Along a dimension that the array has, the points run with it.
    let run = t.isel("c", DataArray::new("", "a", vec![3, 1])).isel("b", 0).isel("d", 0);
    assert_eq!(run.values::<i32>().unwrap(), [15, 65]);
    let both = t.isel_many([("b", p(&["p"])), ("d", p(&["q", "p"]))], MissingDims::Raise);
    let both = both.isel("a", 1).isel("c", 2);
    // At (p, q): b = p, d = p.
    assert_eq!(both.values::<i32>().unwrap(), [70, 70, 91, 91]);
    let named = DataArray::new("", "p", vec![0, 2])
        .with_coord("p", "p", vec!["first", "second"])
        .with_coord("height", "p", vec![7, 9]);
    let at = t.isel("d", &named);
    assert_eq!(at["height"].values::<i32>().unwrap(), [7, 9], "coordinates of points come along");
    assert_eq!(
        at.sel("p", "second").isel("a", 0).isel("b", 0).values::<i32>().unwrap(),
        [2, 7, 12, 17]
    );
}
