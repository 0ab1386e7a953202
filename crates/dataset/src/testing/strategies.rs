//! Random datasets, coordinates, calendars and chunkings for property tests.

use graticule_array::{Array, ChunkGrid, DType, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use proptest::prelude::*;
use proptest::sample::select;

use crate::data_array::DataArray;
use crate::dataset::Dataset;

/// Every calendar of CF.
pub fn calendars() -> BoxedStrategy<Calendar> {
    use Calendar::{AllLeap, Day360, Julian, NoLeap, ProlepticGregorian, Standard};
    select(vec![Standard, ProlepticGregorian, Julian, NoLeap, AllLeap, Day360]).boxed()
}

/// Rising labels without duplicates: `len` whole numbers below `below`.
pub fn labels(len: std::ops::Range<usize>, below: i32) -> BoxedStrategy<Vec<i32>> {
    let all: Vec<i32> = (0..below).collect();
    proptest::sample::subsequence(all, len).boxed()
}

/// Labels without duplicates, in any order.
pub fn shuffled_labels(len: std::ops::Range<usize>, below: i32) -> BoxedStrategy<Vec<i32>> {
    labels(len, below).prop_shuffle().boxed()
}

/// Rising instants of a random calendar and unit, as labels.
pub fn time_labels(len: std::ops::Range<usize>) -> BoxedStrategy<Array> {
    let units = select(TimeUnit::ALL.to_vec());
    let steps = prop::collection::vec(1i64..400, len);
    (calendars(), units, -50_000i64..50_000, steps)
        .prop_map(|(calendar, unit, start, steps)| {
            let per_day = 86_400_000_000_000 / unit.nanos();
            let ticks = steps.iter().scan(start, |day, step| {
                *day += step;
                Some(*day * per_day)
            });
            let ticks: Vec<i64> = ticks.collect();
            let array = Array::from_vec([ticks.len()], ticks);
            let dtype = DType::Time(TimeType { unit, calendar });
            array.and_then(|a| a.with_dtype(dtype)).unwrap_or_else(|_| Array::scalar(0i64))
        })
        .boxed()
}

/// Regular chunks of any size for a shape.
pub fn chunkings(shape: Vec<usize>) -> BoxedStrategy<ChunkGrid> {
    let sizes: Vec<_> = shape.iter().map(|n| 1..=(*n).max(1)).collect();
    sizes.prop_map(move |sizes| ChunkGrid::even(&shape, &sizes)).boxed()
}

/// Numbers with missing ones among them.
fn numbers(n: usize) -> BoxedStrategy<Vec<f64>> {
    let number = prop_oneof![8 => (-100i32..100).prop_map(f64::from), 1 => Just(f64::NAN)];
    prop::collection::vec(number, n).boxed()
}

/// An array `v` over labelled `x` and `y`, of numbers and missing ones.
pub fn arrays() -> BoxedStrategy<DataArray> {
    (shuffled_labels(1..6, 9), shuffled_labels(1..5, 9))
        .prop_flat_map(|(x, y)| {
            let values = numbers(x.len() * y.len());
            (Just(x), Just(y), values)
        })
        .prop_map(|(x, y, values)| {
            DataArray::new("v", ["x", "y"], (values, [x.len(), y.len()]))
                .with_coord("x", "x", x)
                .with_coord("y", "y", y)
        })
        .boxed()
}

/// A dataset over these labels of `x` and `y`: `a(x, y)`, `b(x)` of integers, a scalar `c`, a
/// coordinate `z(x)`, attributes.
pub fn datasets_over(x: Vec<i32>, y: Vec<i32>) -> BoxedStrategy<Dataset> {
    let (n, m) = (x.len(), y.len());
    let b = prop::collection::vec(-100i32..100, n);
    (numbers(n * m), b, -5i64..5, select(vec!["K", "degC"]))
        .prop_map(move |(a, b, c, units)| {
            let a = DataArray::new("a", ["x", "y"], (a, [n, m])).with_attr("units", units);
            Dataset::new()
                .with_coord("x", "x", x.clone())
                .with_coord("y", "y", y.clone())
                .with_coord("z", "x", x.iter().map(|v| f64::from(*v) / 2.0).collect::<Vec<_>>())
                .with_variable("a", a.variable())
                .with_var("b", "x", b)
                .with_var("c", (), c)
                .with_attr("title", "random")
        })
        .boxed()
}

/// A dataset as of [`datasets_over`], over random labels.
pub fn datasets() -> BoxedStrategy<Dataset> {
    (shuffled_labels(1..6, 9), shuffled_labels(1..5, 9))
        .prop_flat_map(|(x, y)| datasets_over(x, y))
        .boxed()
}
