use graticule::testing::{assert_equal, datasets};
use graticule::{
    AlignOptions, Array, Calendar, CombineOptions, Compat, DType, DataArray, Dataset, Join, Method,
    ReindexOptions, TimeType, TimeUnit, Tolerance, align, broadcast, merge_with, near,
};
use proptest::prelude::*;

use crate::{Cells, cases, cells, flat, lazily};

/// The labels that a join makes of two lists.
fn joined(a: &[i32], b: &[i32], join: Join) -> Vec<i32> {
    match join {
        Join::Left => a.to_vec(),
        Join::Right => b.to_vec(),
        Join::Inner => a.iter().copied().filter(|v| b.contains(v)).collect(),
        _ if a == b => a.to_vec(),
        _ => {
            let mut all: Vec<i32> = a.iter().chain(b).copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        }
    }
}

fn restricted(of: &Cells, x: &[i32], y: &[i32]) -> Cells {
    of.iter().filter(|((i, j), _)| x.contains(i) && y.contains(j)).map(|(k, v)| (*k, *v)).collect()
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn aligned_values_are_those_of_their_labels(
        a in datasets(), b in datasets(), chunk in 1usize..4,
        join in prop::sample::select(vec![Join::Outer, Join::Inner, Join::Left, Join::Right]),
    ) {
        let (la, sa) = lazily(&a, chunk);
        let (lb, sb) = lazily(&b, chunk);
        let made = align(&[la, lb], &join.into()).unwrap();
        prop_assert!(sa.iter().chain(&sb).all(|s| s.reads() == 0));
        let labels = |ds: &Dataset, d: &str| ds[d].values::<i32>().unwrap();
        for dim in ["x", "y"] {
            // Equal labels stay as they are.
            let (own, other) = (labels(&a, dim), labels(&b, dim));
            let wanted = if own == other { own.clone() } else { joined(&own, &other, join) };
            prop_assert_eq!(&labels(&made[0], dim), &wanted);
            prop_assert_eq!(&labels(&made[1], dim), &wanted);
        }
        let (x, y) = (labels(&made[0], "x"), labels(&made[0], "y"));
        for (old, new) in [(&a, &made[0]), (&b, &made[1])] {
            prop_assert_eq!(cells(new, "a"), restricted(&cells(old, "a"), &x, &y));
            let kept = labels(old, "x").len() == x.len()
                && labels(old, "x").iter().all(|v| x.contains(v));
            let dtype = if kept { "int32" } else { "float64" };
            if x.iter().all(|v| labels(old, "x").contains(v)) {
                prop_assert_eq!(new["b"].dtype().to_string(), "int32", "nothing is missing");
            } else {
                prop_assert_eq!(new["b"].dtype().to_string(), dtype);
            }
        }
    }

    #[test]
    fn reindexing_looks_labels_up(
        a in datasets(),
        wanted in prop::collection::vec(-1i32..10, 0..7),
        method in prop::sample::select(vec![Method::Exact, Method::Nearest]),
        tolerance in 0u8..3,
    ) {
        let options = ReindexOptions::new().method(method).tolerance(f64::from(tolerance));
        let made = a.reindex_with([("x", wanted.clone().into())], &options).check().unwrap();
        let old = cells(&a, "a");
        let own = a["x"].values::<i32>().unwrap();
        let found = |label: i32| {
            let reach = if method == Method::Exact { 0 } else { i32::from(tolerance) };
            // Of two equally near ones the larger.
            own.iter().copied().filter(|o| (o - label).abs() <= reach)
                .min_by_key(|o| ((o - label).abs(), -o))
        };
        let b = flat(&made["b"]);
        let bs = a["b"].values::<i32>().unwrap();
        for (at, label) in wanted.iter().enumerate() {
            match found(*label) {
                Some(o) => {
                    let place = own.iter().position(|v| *v == o).unwrap();
                    prop_assert_eq!(b[at], f64::from(bs[place]));
                    let row = made.isel("x", at as i64);
                    let ys = a["y"].values::<i32>().unwrap();
                    let values = flat(&row["a"].transpose(["y"]));
                    for (y, v) in ys.iter().zip(values) {
                        let expected = old.get(&(o, *y)).copied().unwrap_or(f64::NAN);
                        prop_assert!(v == expected || v.is_nan() && expected.is_nan());
                    }
                }
                None => prop_assert!(b[at].is_nan()),
            }
        }
    }

    #[test]
    fn arithmetic_by_a_join_is_arithmetic_of_aligned_operands(
        a in datasets(), b in datasets(),
        join in prop::sample::select(vec![Join::Outer, Join::Inner, Join::Left, Join::Right]),
    ) {
        let sum = &a["a"].clone().with_join(join) + &b["a"];
        let (ca, cb) = (cells(&a, "a"), cells(&b, "a"));
        let both: Cells = ca.iter().filter_map(|(k, v)| Some((*k, v + cb.get(k)?))).collect();
        let sum = sum.with_name("s").to_dataset();
        prop_assert_eq!(cells(&sum, "s"), both);
        let exact = (&a["a"] + &b["a"]).check();
        let same = |d: &str| a[d].values::<i32>().unwrap() == b[d].values::<i32>().unwrap();
        prop_assert_eq!(exact.is_ok(), same("x") && same("y"));
    }

    #[test]
    fn merging_without_conflicts_is_the_union(a in datasets(), b in datasets()) {
        let options = CombineOptions::new().join(Join::Outer).compat(Compat::NoConflicts);
        let a = a.keep(["a"]).drop_vars("z");
        let b = b.keep(["a"]).drop_vars("z");
        let (ca, cb) = (cells(&a, "a"), cells(&b, "a"));
        let conflict = ca.iter().any(|(k, v)| cb.get(k).is_some_and(|o| o != v));
        match merge_with(&[a.clone(), b.clone()], &options) {
            Ok(both) => {
                prop_assert!(!conflict);
                let mut union = cb;
                union.extend(ca);
                prop_assert_eq!(cells(&both, "a"), union);
            }
            Err(why) => prop_assert!(conflict, "{why}"),
        }
        let first = a.combine_first(&b).check().unwrap();
        let mut union = cells(&b, "a");
        union.extend(cells(&a, "a"));
        prop_assert_eq!(cells(&first, "a"), union);
    }

    #[test]
    fn merging_parts_of_a_dataset_gives_it_back(a in datasets()) {
        let parts = [a.keep(["a"]), a.keep(["b"]), a.keep(["c"])];
        let both = merge_with(&parts, &CombineOptions::strict()).unwrap();
        prop_assert!(assert_equal(&both, &a).is_ok());
        prop_assert!(both.losses().is_empty());
    }
}

#[test]
fn datasets_and_arrays_meet_by_a_join_in_both_orders() {
    let ds = Dataset::new()
        .with_coord("x", "x", vec![1, 2, 3])
        .with_var("a", "x", vec![1.0, 2.0, 3.0])
        .with_var("b", ["y", "x"], (vec![1.0; 6], [2, 3]));
    let part = DataArray::new("p", "x", vec![20.0, 40.0]).with_coord("x", "x", vec![2, 4]);
    assert!((&ds - &part).check().is_err() && (&part - &ds).check().is_err());
    let inner = ds.clone().with_join(Join::Inner) - &part;
    assert_eq!((flat(&inner["a"]), flat(&inner["b"])), (vec![-18.0], vec![-19.0, -19.0]));
    let before = part.clone().with_join(Join::Inner) - &ds;
    assert_eq!((flat(&before["a"]), before["b"].dims().to_string()), (vec![18.0], "x, y".into()));
    let outer = &ds.clone().with_join(Join::Outer) + &part;
    let filled = outer["a"].fillna(0);
    assert_eq!((outer.size_of("x"), flat(&filled)), (Some(4), vec![0.0, 22.0, 0.0, 0.0]));
    let zero = AlignOptions::new(Join::Outer).fill_value(0.0);
    assert_eq!(flat(&(ds.clone().with_join(zero) + &part)["a"]), [1.0, 22.0, 3.0, 40.0]);
    // Variables that only one side has are kept out, and counted.
    let shared = ds.clone().with_join(Join::Inner) + ds.keep(["a"]);
    assert_eq!((flat(&shared["a"]), shared.has("b")), (vec![2.0, 4.0, 6.0], false));
    assert_eq!(shared.losses().count(graticule::LossKind::DroppedVariable), 1);
    assert!((&ds + ds.keep(["a"])).check().is_err());
}

#[test]
fn stacked_dimensions_align_where_they_are_the_same() {
    let ds = Dataset::new()
        .with_coord("x", "x", vec![1, 2])
        .with_coord("y", "y", vec![1, 2, 3])
        .with_var("v", ["x", "y"], ((0..6).collect::<Vec<i32>>(), [2, 3]))
        .stack("z", ["x", "y"]);
    let same = align(&[ds.clone(), ds.clone()], &Join::Inner.into()).unwrap();
    assert!(assert_equal(&same[0], &ds).is_ok() && same[0].index("z").is_some());
    let error = align(&[ds.clone(), ds.isel("z", 1..)], &Join::Inner.into());
    assert!(error.is_err());
}

fn at(x: Vec<f64>) -> DataArray {
    DataArray::new("v", "x", x.clone()).with_coord("x", "x", x)
}

#[test]
fn tolerance_takes_the_labels_of_the_first() {
    let (a, b) = (at(vec![0.1, 0.2, 0.3]), at(vec![0.3 + 1e-14, 0.2, 0.1 - 1e-14]));
    let near = AlignOptions::new(Join::Outer).tolerance(Tolerance::Abs(1e-9));
    let made = align(&[a.clone(), b.clone()], &near).unwrap();
    assert_eq!(made[1]["x"].values::<f64>().unwrap(), [0.1, 0.2, 0.3]);
    assert_eq!(made[1].values::<f64>().unwrap(), [0.1 - 1e-14, 0.2, 0.3 + 1e-14]);
    let part = AlignOptions::new(Join::Inner).tolerance(Tolerance::Rel(0.01));
    assert_eq!(align(&[a, b], &part).unwrap()[0].len(), 3);
    // Two grids that differ by rounding are one.
    let grid = |shift: f64| (0..50).map(|i| f64::from(i) * 0.1 + shift).collect::<Vec<_>>();
    let exact = AlignOptions::new(Join::Exact).tolerance(Tolerance::Abs(1e-10));
    let one = align(&[at(grid(0.0)), at(grid(1e-14))], &exact).unwrap();
    assert_eq!(one[0]["x"].values::<f64>().unwrap(), one[1]["x"].values::<f64>().unwrap());
}

#[test]
fn an_ambiguous_tolerance_is_an_error() {
    let said = |tolerance| {
        let options = AlignOptions::new(Join::Outer).tolerance(tolerance);
        align(&[at(vec![0.0, 1.0, 2.0]), at(vec![0.1, 1.0])], &options).unwrap_err().to_string()
    };
    let text = said(Tolerance::Abs(0.6));
    assert!(text.contains("ambiguous along \"x\"") && text.contains("less than half"), "{text}");
    assert!(said(Tolerance::Rel(0.5)).contains("ambiguous"));
    assert!(said(Tolerance::Abs(-1.0)).contains("no tolerance"));
    assert!(said(Tolerance::Abs(f64::NAN)).contains("no tolerance"));
}

/// Instants as labels, in ticks of a unit since 1970.
fn times(ticks: Vec<i64>, unit: TimeUnit, calendar: Calendar) -> DataArray {
    let n = ticks.len();
    let time = Array::from_vec([n], ticks).unwrap();
    let time = time.with_dtype(DType::Time(TimeType { unit, calendar })).unwrap();
    DataArray::new("v", "t", (0..n as i32).collect::<Vec<_>>()).with_coord("t", "t", time)
}

#[test]
fn instants_join_whatever_their_ticks_but_not_across_calendars() {
    use Calendar::{Day360, NoLeap, ProlepticGregorian, Standard};
    let day = 86_400;
    let a = times(vec![0, day], TimeUnit::Second, NoLeap);
    let b = times(vec![1000 * day, 2000 * day], TimeUnit::Millisecond, NoLeap);
    let outer = align(&[a.clone(), b.clone()], &Join::Outer.into()).unwrap();
    assert_eq!(flat(&outer[0].fillna(-1)), [0.0, 1.0, -1.0]);
    assert_eq!(flat(&outer[1].fillna(-1)), [-1.0, 0.0, 1.0]);
    assert_eq!(flat(&(a.clone().with_join(Join::Inner) - &b)), [1.0]);
    let other = times(vec![0, day], TimeUnit::Second, Day360);
    let error = align(&[a.clone(), other.clone()], &Join::Outer.into()).unwrap_err().to_string();
    assert!(error.contains("array 1") && error.contains("array 2"), "{error}");
    let error = (&a + &other).check().unwrap_err().to_string();
    assert!(error.contains("noleap") && error.contains("360_day"), "{error}");
    let (c, d) = (
        times(vec![0], TimeUnit::Second, Standard),
        times(vec![0], TimeUnit::Second, ProlepticGregorian),
    );
    assert_eq!(flat(&(c + d)), [0.0]);
    // Within seconds.
    let late = times(vec![1, day], TimeUnit::Second, NoLeap);
    let near = AlignOptions::new(Join::Exact).tolerance(Tolerance::Abs(2.0));
    assert_eq!(flat(&(a.with_join(near) + late)), [0.0, 2.0]);
    let dates = b.reindex("t", vec!["1970-01-02", "1970-01-09"]);
    assert_eq!(flat(&dates.fillna(-1)), [0.0, -1.0]);
}

#[test]
fn labels_of_different_kinds_do_not_join() {
    let numbers = at(vec![1.0, 2.0]);
    let texts = DataArray::new("v", "x", vec![1.0]).with_coord("x", "x", vec!["a"]);
    for join in [Join::Exact, Join::Outer, Join::Inner, Join::Left] {
        assert!(align(&[numbers.clone(), texts.clone()], &join.into()).is_err(), "{join:?}");
    }
    let twice = at(vec![1.0, 1.0]);
    let error = align(&[numbers, twice], &Join::Outer.into()).unwrap_err().to_string();
    assert!(error.contains("occurs twice"), "{error}");
}

#[test]
fn every_dimension_that_differs_is_said() {
    let tile = |x: i32, y: i32| {
        Dataset::new().with_coord("x", "x", vec![x]).with_coord("y", "y", vec![y]).with_var(
            "v",
            ["x", "y"],
            (vec![1], [1, 1]),
        )
    };
    let error = align(&[tile(1, 1), tile(2, 2)], &Join::Exact.into()).unwrap_err().to_string();
    assert!(error.contains("labels of \"x\"") && error.contains("labels of \"y\""), "{error}");
    let error = (tile(1, 1) + tile(2, 2)).check().unwrap_err().to_string();
    assert!(error.contains("along \"x\"") && error.contains("along \"y\""), "{error}");
    let excluded = AlignOptions::new(Join::Exact).exclude(["x", "y"]);
    assert!(align(&[tile(1, 1), tile(2, 2)], &excluded).is_ok());
}

#[test]
fn override_needs_equal_lengths() {
    let (a, b, c) = (at(vec![1.0, 2.0]), at(vec![5.0, 6.0]), at(vec![1.0]));
    let over = AlignOptions::new(Join::Override);
    let made = align(&[a.clone(), b], &over).unwrap();
    assert_eq!(made[1]["x"].values::<f64>().unwrap(), [1.0, 2.0]);
    assert_eq!(made[1].losses().to_string().lines().count(), 1);
    assert!(align(&[a, c], &over).unwrap_err().to_string().contains("length 2"));
}

#[test]
fn fill_values_go_by_variable() {
    let ds = Dataset::new()
        .with_coord("x", "x", vec![1, 2])
        .with_var("n", "x", vec![5i16, 6])
        .with_var("t", "x", vec![0.5f32, 0.6]);
    let fill = graticule::FillValues::all(0).with("t", -1.0);
    let options = ReindexOptions::new().fill_values(fill);
    let made = ds.reindex_with([("x", vec![2, 9].into())], &options);
    assert_eq!(made["n"].values::<i16>().unwrap(), [6, 0]);
    assert_eq!(made["t"].values::<f32>().unwrap(), [0.6, -1.0]);
    let array = ds.var("t").reindex_with([("x", vec![9].into())], &options);
    assert_eq!(array.values::<f32>().unwrap(), [-1.0]);
}

#[test]
fn pad_and_backfill_follow_the_order_of_the_labels() {
    let rising = at(vec![10.0, 20.0, 30.0]);
    let falling =
        DataArray::new("v", "x", vec![1.0, 2.0, 3.0]).with_coord("x", "x", vec![30.0, 20.0, 10.0]);
    let wanted = vec![35.0, 25.0, 15.0, 5.0];
    let text = |a: DataArray| format!("{:?}", flat(&a.fillna(0)));
    assert_eq!(text(rising.reindex("x", near(wanted.clone()).pad())), "[30.0, 20.0, 10.0, 0.0]");
    let back = near(wanted.clone()).backfill();
    assert_eq!(text(rising.reindex("x", back)), "[0.0, 30.0, 20.0, 10.0]");
    assert_eq!(text(falling.reindex("x", near(wanted.clone()).pad())), "[0.0, 1.0, 2.0, 3.0]");
    let back = near(wanted.clone()).backfill();
    assert_eq!(text(falling.reindex("x", back)), "[1.0, 2.0, 3.0, 0.0]");
    assert_eq!(text(falling.reindex("x", near(wanted))), "[1.0, 1.0, 2.0, 3.0]");
}

#[test]
fn reindexing_mistakes_are_found_early() {
    let a = at(vec![1.0, 2.0]);
    let said = |a: DataArray| a.check().unwrap_err().to_string();
    assert!(said(a.reindex("y", vec![1.0])).contains("no dimension \"y\""));
    assert!(said(a.reindex("x", vec!["a"])).contains("the labels of \"x\" are float64"));
    assert!(said(at(vec![1.0, 1.0]).reindex("x", vec![1.0])).contains("occurs twice"));
    assert!(said(a.reindex("x", 1.0..2.0)).contains("must be a list"));
    assert!(said(a.reindex("x", near(vec![1.0]).within(-1.0))).contains("must not be negative"));
}

#[test]
fn broadcasting_repeats_lazily() {
    let x = DataArray::new("a", "x", vec![1, 2]).with_coord("x", "x", vec![10, 20]);
    let y = DataArray::new("b", "y", vec![5, 6, 7]).with_coord("y", "y", vec![1, 2, 3]);
    let both = broadcast(&[x.clone(), y]).unwrap();
    assert_eq!(both[0].dims().to_string(), "x, y");
    assert_eq!(both[0].values::<i32>().unwrap(), [1, 1, 1, 2, 2, 2]);
    assert_eq!(both[0].coords().names().count(), 2);
    let shifted = x.clone().with_coord("x", "x", vec![10, 21]);
    assert!(broadcast(&[x, shifted]).is_err());
}

#[test]
fn a_session_says_how_arithmetic_joins() {
    use graticule::{AlignOptions, Session, UserFn, apply_ufunc, corr, cov};
    let lenient = Session::default().with_setting(AlignOptions::new(Join::Inner));
    let plain = Session::default();
    let at = |x: [i32; 3], session: &Session| {
        DataArray::new("v", "x", x.map(f64::from).to_vec())
            .with_coord("x", "x", x.to_vec())
            .with_session(session)
    };
    let (a, b) = (at([1, 2, 3], &lenient), at([2, 3, 4], &plain));
    assert_eq!((&a + &b).values::<f64>().unwrap(), [4.0, 6.0]);
    assert!((&b - &a).check().is_err(), "the left operand's session counts");
    assert!((at([1, 2, 3], &plain) + &b).check().is_err(), "others are as strict as ever");
    // The operand's own word counts more.
    assert_eq!((a.clone().with_join(Join::Left) + &b).len(), 3);
    let sum = UserFn::of_lines("sum", |args, out| out[[]] = args[0][[]] + args[1][[]]);
    let sum = sum.input(()).input(());
    assert_eq!(apply_ufunc(&sum, [&a, &b]).values::<f64>().unwrap(), [4.0, 6.0]);
    assert_eq!(apply_ufunc(&sum.join(Join::Outer), [&b, &a]).len(), 4);
    assert_eq!(cov(&a, &b, "x").item::<f64>().unwrap(), 0.5);
    assert_eq!(corr(&b.clone().with_join(Join::Inner), &a, "x").item::<f64>().unwrap(), 1.0);
    assert!(cov(&b, &at([1, 2, 3], &plain), "x").check().is_err());
}

/// Labels that differ in their case are the same: the rules of an index of one's own.
#[test]
fn an_index_of_ones_own_says_what_labels_are_the_same() {
    use std::any::Any;
    use std::sync::Arc;

    use graticule::array::Pick;
    use graticule::{BuildIndex, Error, Found, Index, IndexCoords, Query, Result};

    #[derive(Debug)]
    struct AnyCase(Vec<String>);

    impl AnyCase {
        fn of(index: &dyn Index) -> Option<&Self> {
            (index as &dyn Any).downcast_ref()
        }
        fn place(&self, code: &str) -> Option<usize> {
            self.0.iter().position(|c| c == code)
        }
    }

    impl Index for AnyCase {
        fn kind(&self) -> &'static str {
            "any case"
        }
        fn shape(&self) -> Vec<usize> {
            vec![self.0.len()]
        }
        fn sel(&self, query: &Query) -> Result<Found> {
            let (_, selector) = query.only()?;
            let code = selector.to_string().to_lowercase();
            let at = self.place(code.trim_matches('"'));
            Ok(Found::pick(Pick::At(at.ok_or_else(|| Error::not_found("no such code"))?)))
        }
        fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
            let pick = picks.first()?;
            Some(Arc::new(Self(
                (0..pick.len()).map(|k| self.0[pick.get(k).unwrap()].clone()).collect(),
            )))
        }
        fn difference(&self, other: &dyn Index) -> Option<String> {
            (Self::of(other).map(|o| &o.0) != Some(&self.0)).then(|| "the codes differ".into())
        }
        fn join(&self, other: &dyn Index, how: Join) -> Result<graticule::dataset::Joined> {
            let other = Self::of(other).ok_or_else(|| Error::unsupported("another kind"))?;
            let mut codes: Vec<&String> = match how {
                Join::Right => other.0.iter().collect(),
                _ => self.0.iter().collect(),
            };
            match how {
                Join::Inner => codes.retain(|c| other.place(c).is_some()),
                Join::Outer => codes.extend(other.0.iter().filter(|c| self.place(c).is_none())),
                _ => {}
            }
            Ok(graticule::dataset::Joined {
                left: Some(codes.iter().map(|c| self.place(c)).collect()),
                right: Some(codes.iter().map(|c| other.place(c)).collect()),
                index: Some(Arc::new(Self(codes.into_iter().cloned().collect()))),
            })
        }
        fn reindex_like(&self, other: &dyn Index) -> Result<Vec<Option<usize>>> {
            let other = Self::of(other).ok_or_else(|| Error::unsupported("another kind"))?;
            Ok(other.0.iter().map(|c| self.place(c)).collect())
        }
    }

    #[derive(Debug)]
    struct Recipe;

    impl BuildIndex for Recipe {
        fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
            let texts = coords.only()?.values.to_flat::<graticule::array::Text>()?;
            let lower = texts.iter().map(|t| t.as_str().unwrap_or_default().to_lowercase());
            Ok(Arc::new(AnyCase(lower.collect())))
        }
    }

    let at = |codes: Vec<&str>, from: i32| {
        let values: Vec<i32> = (from..from + codes.len() as i32).collect();
        DataArray::new("v", "code", values)
            .with_coord("code", "code", codes)
            .set_xindex("code", Recipe)
    };
    let (a, b) = (at(vec!["YHZ", "YUL", "YVR"], 1), at(vec!["yvr", "yhz", "ywg"], 10));
    let joined = |how: Join| {
        let made = align(&[a.clone(), b.clone()], &how.into()).unwrap();
        let values = |i: usize| flat(&made[i].fillna(-1));
        let codes = made[0]["code"].texts().unwrap();
        assert_eq!(codes, made[1]["code"].texts().unwrap());
        assert_eq!(made[0].index("code").unwrap().kind(), "any case");
        (codes.into_iter().map(Option::unwrap).collect::<Vec<_>>().join(" "), values(0), values(1))
    };
    assert_eq!(joined(Join::Inner), ("YHZ YVR".into(), vec![1., 3.], vec![11., 10.]));
    assert_eq!(joined(Join::Left), ("YHZ YUL YVR".into(), vec![1., 2., 3.], vec![11., -1., 10.]));
    assert_eq!(joined(Join::Right).1, [3., 1., -1.]);
    let outer = joined(Join::Outer);
    assert_eq!(outer.0, "YHZ YUL YVR ywg", "as the first object that has it writes it");
    assert_eq!(outer.2, [11., -1., 10., 12.]);
    assert!(align(&[a.clone(), b.clone()], &Join::Exact.into()).is_err());
    assert_eq!(flat(&(a.clone().with_join(Join::Inner) * &b)), [11., 30.]);
    let same = at(vec!["yhz", "YUL", "yvr"], 5);
    assert_eq!(flat(&(&a + &same)), [6., 8., 10.], "equal by the rules of the index");
    assert_eq!(flat(&b.reindex_like(&a).fillna(-1)), [11., -1., 10.]);
}
