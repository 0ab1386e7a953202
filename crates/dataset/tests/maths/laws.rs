//! Chains of verbs: the same bits for any chunks, and nothing read before it is computed.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType};
use graticule_dataset::{
    CombineOptions, DataArray, DiffLabel, Keep, OverlapBoundary, PadMode, Variable, concat_with,
};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};
use proptest::prelude::*;

const SHAPE: [usize; 2] = [13, 6];

fn values(seed: u64) -> Vec<f64> {
    (0..78u64)
        .map(|i| {
            let mixed = (i + 1).wrapping_mul(seed | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            if mixed % 9 == 0 { f64::NAN } else { (mixed % 1000) as f64 / 8.0 - 60.0 }
        })
        .collect()
}

fn array(seed: u64, chunk: [usize; 2]) -> (DataArray, CountingSource) {
    let data = Array::from_vec(SHAPE, values(seed)).unwrap();
    let source = MemorySource::with_grid(data, ChunkGrid::even(&SHAPE, &chunk));
    let counted = CountingSource::new(Arc::new(source));
    let lazy = LazyArray::read(Arc::new(counted.clone()));
    let made = DataArray::from_variable("x", Variable::new(["t", "y"], lazy).unwrap())
        .with_coord("t", "t", (0..13i64).map(|i| (i * 5) % 13).collect::<Vec<_>>())
        .with_coord("y", "y", vec![0.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
    (made, counted)
}

/// One verb of many, by a number.
fn step(x: &DataArray, which: usize, by: isize) -> DataArray {
    let n = by.unsigned_abs();
    match which {
        0 => x.shift("t", by),
        1 => x.roll("t", by),
        2 => x.roll_coords("y", by),
        3 => x.diff_labelled("t", n % 3, DiffLabel::Lower),
        4 => x.cumsum("t"),
        5 => x.rank("t"),
        6 => x.pad("t", n, 2, PadMode::reflect()),
        7 => x.pad("y", 1, n, PadMode::linear_ramp(0)),
        8 => x.pad("t", n, n, PadMode::missing()),
        9 => x.sortby("t"),
        10 => x.sortby_descending(["t", "y"]),
        11 => x.drop_duplicates("y", Keep::Last),
        12 => x.map_elements(move |v| v * 2.0 + by as f64),
        13 => x.map_overlap([("t", 1)], OverlapBoundary::Nearest, "float64", |block| {
            let v = block.view::<f64>()?;
            let n = block.shape()[0] - 2;
            let part = |s: usize| v.slice_axis(ndarray::Axis(0), (s..s + n).into()).to_owned();
            Ok(Array::new(part(2) - part(0)))
        }),
        14 => x.detrend("t"),
        15 => x.where_(x.gt(by as f64)),
        16 => x.fmax(by as f64).copysign(x),
        17 => x.transpose(["y", "..."]).transpose(["t", "y"]),
        18 => x.isel("t", 1..).isel("y", ..-1),
        19 => x
            .clone()
            .with_name("v")
            .to_dataset()
            .to_stacked_array("f", "t")
            .to_unstacked_dataset("f")
            .var("v"),
        20 => x.stack("z", ["y", "t"]).unstack("z").transpose(["t", "y"]),
        21 => {
            let half = x.shape()[0] / 2;
            let parts = [x.isel("t", ..half), x.isel("t", half..)];
            let rest = x.shape()[0] - half;
            let places = [(rest..rest + half).collect::<Vec<_>>(), (0..rest).collect()];
            let options = CombineOptions::new().positions(places);
            concat_with(&parts, "t", &options).unwrap_or_else(|_| x.clone())
        }
        _ => x.clip(-(n as f64), 50.0),
    }
}

use graticule_array::ndarray;

fn bits(x: &DataArray) -> Vec<u64> {
    x.astype(DType::F64).values::<f64>().unwrap().iter().map(|v| v.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn chains_do_not_notice_the_chunks(
        seed: u64,
        rows in 1usize..14,
        columns in 1usize..7,
        chain in prop::collection::vec((0usize..23, -4isize..5), 1..4),
    ) {
        let run = |x: DataArray| chain.iter().fold(x, |x, (which, by)| step(&x, *which, *by));
        let (whole, _) = array(seed, SHAPE);
        let (cut, counted) = array(seed, [rows, columns]);
        let (wanted, lazy) = (run(whole), run(cut));
        let shown = format!("{lazy}");
        prop_assert_eq!(counted.reads(), 0, "{}", shown);
        match (wanted.check(), lazy.check()) {
            (Ok(wanted), Ok(lazy)) => {
                prop_assert_eq!(lazy.shape(), wanted.shape());
                prop_assert_eq!(bits(&lazy), bits(&wanted), "{:?}", chain);
            }
            (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
            (a, b) => prop_assert!(false, "{:?} {:?}", a.err(), b.err()),
        }
    }
}

#[test]
fn missing_values_promote_as_in_xarray() {
    // The type of `x.where(..)` and of `x.shift(..)` for each type of element.
    for (dtype, wanted) in [
        ("bool", "float32"),
        ("int8", "float32"),
        ("int16", "float32"),
        ("int32", "float64"),
        ("int64", "float64"),
        ("uint8", "float32"),
        ("uint16", "float32"),
        ("uint32", "float64"),
        ("uint64", "float64"),
        ("float16", "float16"),
        ("float32", "float32"),
        ("float64", "float64"),
        ("complex64", "complex64"),
        ("complex128", "complex128"),
    ] {
        let x = DataArray::new("x", "t", vec![1.0, 0.0]).astype(dtype);
        let masked = x.where_(DataArray::new("c", "t", vec![true, false]));
        assert_eq!(masked.dtype().to_string(), wanted, "{dtype}");
        assert_eq!(x.shift("t", 1).dtype().to_string(), wanted, "{dtype}");
        assert_eq!(x.pad("t", 1, 0, PadMode::missing()).dtype().to_string(), wanted, "{dtype}");
        assert_eq!(masked.isnull().values::<bool>().unwrap(), [false, true], "{dtype}");
        // With a value for the gap nothing has to be promoted.
        let filled = x.where_else(DataArray::new("c", "t", vec![true, false]), 0);
        assert_eq!(filled.dtype().to_string(), if dtype == "bool" { "int64" } else { dtype });
        let kept = x.shift_filled("t", 1, if dtype == "bool" { 1i64 } else { 0 });
        assert!(kept.check().is_ok());
    }
    let text = DataArray::new("s", "t", vec!["a", "b"]).shift("t", 1);
    assert_eq!(text.texts().unwrap(), [None, Some("a".to_owned())]);
}
