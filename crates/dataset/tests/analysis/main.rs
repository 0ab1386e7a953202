//! The chunk law of analysis verbs: the same on data in memory and behind sources in any chunks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests

mod calendars;
mod chunks;
mod departures;
mod seasons;
mod stopping;

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_dataset::{
    Boundary, CalculusOptions, DataArray, Dataset, GapOptions, IdxOptions, InterpOptions,
    Interpolation, PolyfitOptions, QuantileMethod, QuantileOptions, Variable, every, std,
};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

/// 40 days on a small grid, with gaps.
fn data(dtype: &str) -> DataArray {
    let (n, ny, nx) = (40, 3, 5);
    let value = |i: usize| match i % 11 {
        3 => f64::NAN,
        _ => ((i * 37) % 101) as f64 * 0.5 - 20.0 + (i / (ny * nx)) as f64,
    };
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
    let ticks = Array::from_vec([n], (0..n as i64).map(|d| d * 86_400).collect()).unwrap();
    let times = ticks.with_dtype(DType::Time(kind)).unwrap();
    let values: Vec<f64> = (0..n * ny * nx).map(value).collect();
    DataArray::new("v", ["time", "y", "x"], (values, [n, ny, nx]))
        .astype(dtype)
        .compute()
        .unwrap()
        .with_coord("time", "time", times)
        .with_coord("y", "y", vec![-30.0, 0.0, 45.0])
        .with_coord("x", "x", vec![0.0, 1.0, 2.5, 4.0, 7.0])
        .with_coord("kind", "time", (0..n as i64).map(|d| d % 4).collect::<Vec<_>>())
}

/// The same array behind a source that is cut in chunks.
fn behind(x: &DataArray, chunk: [usize; 3]) -> DataArray {
    let array = x.variable().in_memory().unwrap().clone();
    let grid = ChunkGrid::even(array.shape(), &chunk);
    let source = MemorySource::with_grid(array, grid);
    let var = Variable::new(x.dims(), LazyArray::read(Arc::new(source))).unwrap();
    let bare = DataArray::from_variable("v", var);
    let names: Vec<String> = x.coords().names().map(ToString::to_string).collect();
    names
        .iter()
        .fold(bare, |made, name| made.with_coord_variable(name.as_str(), x.coord(name).variable()))
}

type Verb = (&'static str, fn(&DataArray) -> Dataset);

fn set(x: DataArray) -> Dataset {
    x.with_name("made").to_dataset()
}

/// Verbs that give the same bits whatever the chunks.
const EXACT: &[Verb] = &[
    ("rolling mean", |x| set(x.rolling("time", 7).min_periods(2).mean())),
    ("rolling std, centered", |x| {
        set(x.rolling("time", 6).center(true).min_periods(3).reduce(std().ddof(1.0)))
    }),
    ("rolling max along x", |x| set(x.rolling("x", 3).min_periods(1).max())),
    ("rolling median", |x| set(x.rolling("time", 5).min_periods(1).median())),
    ("rolling argmin", |x| set(x.rolling("time", 5).min_periods(1).argmin())),
    ("rolling over two", |x| set(x.rolling_over([("time", 4), ("x", 2)]).min_periods(1).max())),
    ("construct", |x| set(x.rolling("time", 3).construct_with("w", 2, None))),
    ("cumulative", |x| set(x.cumulative("time").sum())),
    ("coarsen max", |x| {
        set(x.coarsen_over([("time", 7), ("x", 2)]).boundary(Boundary::Trim).max())
    }),
    ("coarsen, padded", |x| set(x.coarsen("time", 7).boundary(Boundary::Pad).count())),
    ("quantile", |x| set(x.quantile([0.1, 0.5, 0.9], "time"))),
    ("quantile over two", |x| {
        let options = QuantileOptions::new().method(QuantileMethod::MedianUnbiased);
        set(x.quantile_with(0.3, ["time", "x"], options))
    }),
    ("median", |x| set(x.median("x"))),
    ("ffill", |x| set(x.ffill("time"))),
    ("bfill, limited", |x| set(x.bfill_limit("time", 1))),
    ("interpolate_na", |x| set(x.interpolate_na_with("x", &GapOptions::new().limit(1)))),
    ("interp", |x| set(x.interp("x", vec![0.5, 6.0, 9.0]).interp("y", vec![10.0]))),
    ("interp, cubic", |x| {
        set(x.interp_with("time", vec!["0001-01-01", "1970-01-04T12"], Interpolation::Spline(3)))
    }),
    ("interp, nearest", |x| {
        set(x.interp_with("x", vec![0.4, 8.0], InterpOptions::from(Interpolation::Nearest)))
    }),
    ("differentiate", |x| {
        set(x.differentiate_with("time", &CalculusOptions::new().datetime_unit("D").edge_order(2)))
    }),
    ("cumulative_integrate", |x| set(x.cumulative_integrate("x"))),
    ("polyfit", |x| x.polyfit_with("time", 2, &PolyfitOptions::new())),
    ("idxmax", |x| set(x.idxmax_with("time", &IdxOptions::new()))),
    ("argmin", |x| set(x.fillna(0).argmin(["time", "x"]))),
    ("resample max", |x| set(x.resample("time", "9D").max())),
    ("resample quantile", |x| set(x.resample("time", "MS").quantile(0.2))),
    ("resample ffill", |x| set(x.resample("time", "12h").ffill())),
    ("resample interpolate", |x| {
        set(x.resample("time", every("36h")).interpolate(InterpOptions::new()))
    }),
    ("groupby_bins", |x| set(x.groupby_bins("kind", [-1, 0, 2, 9]).min("time"))),
    ("groupby median", |x| set(x.groupby("time.month").median("time"))),
    ("groupby cumsum", |x| set(x.groupby("kind").cumsum())),
    ("anomaly", |x| set(x.groupby("kind") - x.groupby("kind").max("time"))),
];

/// Verbs that add floats up block by block.
const NEAR: &[Verb] = &[
    ("weighted mean", |x| {
        let area = x.coord("y").radians().cos();
        set(x.weighted(&area).mean(["y", "x"]))
    }),
    ("weighted std", |x| {
        let area = x.coord("y").radians().cos();
        set(x.weighted(&area).std(["y", "time"]))
    }),
    ("integrate", |x| set(x.integrate("x"))),
    ("coarsen mean", |x| set(x.coarsen_over([("time", 8), ("x", 5)]).mean())),
    ("resample mean", |x| set(x.resample("time", "MS").mean())),
];

fn numbers(ds: &Dataset) -> Vec<(String, Vec<f64>)> {
    let done = ds.compute().unwrap();
    done.data_vars()
        .map(|(name, var)| {
            let array = var.in_memory().unwrap();
            (name.to_string(), array.cast(&DType::F64).unwrap().to_flat::<f64>().unwrap())
        })
        .collect()
}

fn check(verbs: &[Verb], same: fn(f64, f64) -> bool) {
    for dtype in ["float64", "float32"] {
        let whole = data(dtype);
        for (name, verb) in verbs {
            let expected = verb(&whole);
            let found = numbers(&expected);
            for chunk in [[1, 3, 5], [7, 2, 2], [40, 1, 1], [13, 3, 4]] {
                let lazy = verb(&behind(&whole, chunk));
                for (var, made) in lazy.data_vars() {
                    let other = expected.variable(var).unwrap();
                    assert_eq!(made.dims(), other.dims(), "{name}");
                    assert_eq!(made.dtype(), other.dtype(), "{name}");
                }
                for ((var, a), (_, b)) in found.iter().zip(numbers(&lazy)) {
                    let equal = a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(*a, *b));
                    assert!(equal, "{name} of {dtype} in chunks {chunk:?}: {var}\n{a:?}\n{b:?}");
                }
            }
        }
    }
}

#[test]
fn chunks_do_not_change_a_bit() {
    check(EXACT, |a, b| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()));
}

#[test]
fn chunks_hardly_change_sums() {
    // Results of single precision may fall on either side of a rounding.
    check(NEAR, |a, b| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 2e-7 * a.abs().max(1e-3));
}

/// Building verbs reads nothing; computing reads the chunks that hold what is asked for.
#[test]
fn verbs_read_nothing_until_computed() {
    let whole = data("float32");
    let array = whole.variable().in_memory().unwrap().clone();
    let grid = ChunkGrid::even(array.shape(), &[8, 3, 5]);
    let source = MemorySource::with_grid(array, grid);
    let counted = Arc::new(CountingSource::new(Arc::new(source)));
    let var = Variable::new(whole.dims(), LazyArray::read(counted.clone())).unwrap();
    let bare = DataArray::from_variable("v", var);
    let x = ["time", "y", "x", "kind"]
        .iter()
        .fold(bare, |made, name| made.with_coord_variable(*name, whole.coord(name).variable()));
    for (name, verb) in EXACT.iter().chain(NEAR) {
        let made = verb(&x);
        let _ = made.to_string();
        assert_eq!(counted.reads(), 0, "{name}");
    }
    let early = x.rolling("time", 3).mean().isel("time", 16..20);
    let _ = early.compute().unwrap();
    assert_eq!(counted.elements(), 6 * 3 * 5, "four days, and two before for the window");
    let chunk = 8 * 3 * 5;
    counted.reset();
    let _ = x.interp("time", "1970-01-03T12").compute().unwrap();
    assert!(counted.elements() <= chunk, "{} elements", counted.elements());
    counted.reset();
    let _ = x.resample("time", "8D").mean().isel("time", 0).compute().unwrap();
    assert!(counted.elements() <= 5 * chunk, "{} elements", counted.elements());
}
