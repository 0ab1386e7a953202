//! Samples and features, and unstacking of few rows to many cells.

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid};
use graticule_dataset::{DataArray, Dataset};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};
use proptest::prelude::*;

fn data(shape: &[usize], from: i32) -> Array {
    let n: usize = shape.iter().product();
    Array::from_vec(shape.to_vec(), (from..from + n as i32).collect()).unwrap()
}

/// Variables over t (the samples) and any of the other dimensions.
fn dataset(lens: [usize; 3], dims: &[Vec<usize>]) -> Dataset {
    let names = ["t", "y", "z"];
    let mut ds = Dataset::new()
        .with_coord("y", "y", (0..lens[1]).map(|i| 10 - i as i32).collect::<Vec<_>>())
        .with_coord(
            "z",
            "z",
            (0..lens[2])
                .map(|i| format!("z{i}"))
                .collect::<Vec<String>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        )
        .with_coord("t", "t", (0..lens[0]).map(|i| i as f64).collect::<Vec<_>>());
    for (at, own) in dims.iter().enumerate() {
        let shape: Vec<usize> = own.iter().map(|d| lens[*d]).collect();
        let dims: Vec<&str> = own.iter().map(|d| names[*d]).collect();
        let values = super::tiles::lazy(data(&shape, 100 * at as i32));
        ds = ds.with_var(format!("v{at}"), dims, values);
    }
    ds
}

/// Orders of dimensions that hold the samples.
fn orders() -> impl Strategy<Value = Vec<usize>> {
    prop::sample::select(vec![
        vec![0],
        vec![0, 1],
        vec![1, 0],
        vec![2, 0],
        vec![0, 1, 2],
        vec![2, 0, 1],
        vec![1, 2, 0],
    ])
}

proptest! {
    #![proptest_config(super::cases(40))]

    #[test]
    fn stacked_arrays_come_back(
        lens in [1usize..4, 1usize..4, 1usize..4],
        dims in prop::collection::vec(orders(), 1..4),
    ) {
        let ds = dataset(lens, &dims);
        let stacked = ds.to_stacked_array("f", "t").check().unwrap();
        let width: usize = dims.iter().map(|d| d.iter().filter(|d| **d > 0).map(|d| lens[*d]).product::<usize>()).sum();
        prop_assert_eq!(stacked.shape(), vec![lens[0], width]);
        // Every element under its labels.
        let names = stacked["variable"].texts().unwrap();
        let values = stacked.values::<i32>().unwrap();
        for t in 0..lens[0] {
            let mut counts: HashMap<&str, usize> = HashMap::new();
            for f in 0..width {
                let name = names[f].as_deref().unwrap();
                let nth = counts.entry(name).or_default();
                let own = ds[name].isel("t", t);
                // Features run along the dimensions in the order of the dataset.
                let all = ds.dims();
                let names = all.iter().map(graticule_dataset::Name::as_str);
                let order: Vec<&str> = names.filter(|d| own.dims().has(d)).collect();
                let own = own.transpose(order).values::<i32>().unwrap();
                prop_assert_eq!(values[t * width + f], own[*nth]);
                *nth += 1;
            }
        }
        let back = stacked.to_unstacked_dataset("f").check().unwrap();
        for (name, var) in ds.data_vars() {
            let dims: Vec<String> = var.dims().iter().map(ToString::to_string).collect();
            let dims: Vec<&str> = dims.iter().map(String::as_str).collect();
            let made = back.var(name).transpose(dims).drop_vars(graticule_dataset::Dims::none());
            prop_assert!(made.values::<i32>().unwrap() == ds.var(name).values::<i32>().unwrap());
            for dim in var.dims() {
                prop_assert!(back[dim.as_str()].equals(&ds[dim.as_str()]).unwrap());
            }
        }
    }

    /// Rows at random places of a grid too large to list, against a map.
    #[test]
    fn few_rows_unstack_to_many_cells(
        rows in prop::collection::btree_set((0usize..2000, 0usize..3000), 1..60),
        filled in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut rows: Vec<(usize, usize)> = rows.into_iter().collect();
        // Any order, and every label of both levels at least once, so that the grid is large.
        let n = 2000;
        rows.extend((0..n).map(|i| (i, 3000 + i)));
        rows.sort_by_key(|r| (r.0 as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let values: Vec<i32> = (0..rows.len() as i32).collect();
        let ds = Dataset::new()
            .with_coord("a", "row", rows.iter().map(|r| r.0 as i32).collect::<Vec<_>>())
            .with_coord("b", "row", rows.iter().map(|r| r.1 as i32).collect::<Vec<_>>())
            .with_var("v", ["k", "row"], ([values.clone(), values.iter().map(|v| -v).collect()].concat(), [2, rows.len()]))
            .set_index("row", ["a", "b"]);
        let wide = if filled { ds.unstack_with("row", -9) } else { ds.unstack("row") }.check().unwrap();
        let shape = wide["v"].shape();
        prop_assert!(shape[1] * shape[2] > 1 << 20);
        let known: HashMap<(i32, i32), i32> =
            rows.iter().zip(&values).map(|(r, v)| ((r.0 as i32, r.1 as i32), *v)).collect();
        // A box of it, cell by cell.
        let part = wide.isel("a", 3..40).isel("b", 5..400)["v"].clone();
        let (a, b) = (part["a"].values::<i32>().unwrap(), part["b"].values::<i32>().unwrap());
        let missing = if filled { -9.0 } else { f64::NAN };
        let cells = part.astype("float64").values::<f64>().unwrap();
        for (i, cell) in cells.iter().enumerate() {
            let (k, place) = (i / (a.len() * b.len()), i % (a.len() * b.len()));
            let label = (a[place / b.len()], b[place % b.len()]);
            let sign = if k == 0 { 1.0 } else { -1.0 };
            let expected = known.get(&label).map_or(missing, |v| sign * f64::from(*v));
            prop_assert!(cell.to_bits() == expected.to_bits() || cell == &expected, "{:?}", label);
        }
        // And all of one row of labels.
        let (label, value) = known.iter().next().unwrap();
        let one = wide["v"].isel("k", 0).sel("a", label.0).sel("b", label.1);
        prop_assert_eq!(one.astype("float64").item::<f64>().unwrap(), f64::from(*value));
    }
}

#[test]
fn a_hundred_million_cells_are_stacked_and_unstacked_unread() {
    let n = 1_000;
    let values = MemorySource::with_grid(data(&[n, 10], 0), ChunkGrid::even(&[n, 10], &[100, 10]));
    let source = CountingSource::new(Arc::new(values));
    let lazy = LazyArray::read(Arc::new(source.clone()));
    let wide = DataArray::new("v", ["y", "x"], lazy);
    // Spread over ten thousand more: 1e8 cells.
    let wide = wide.expand_dims_with("z", (0..10_000).collect::<Vec<i32>>());
    let stacked = wide.stack("cell", ["z", "y", "x"]);
    assert_eq!(stacked.len(), 100_000_000);
    let back = stacked.unstack("cell");
    assert_eq!(back.shape(), [10_000, n, 10]);
    let features = wide.to_dataset().to_stacked_array("f", "y");
    assert_eq!(features.shape(), [n, 100_000]);
    assert_eq!(source.reads(), 0);
    assert_eq!(back.isel("z", 7).isel("y", 3).isel("x", 4).item::<i32>().unwrap(), 34);
    assert_eq!(source.reads(), 1);
}

#[test]
fn mistakes_with_samples_are_said() {
    let ds = dataset([2, 2, 2], &[vec![0, 1], vec![0]]);
    let fault = |made: DataArray| made.check().unwrap_err().to_string();
    assert!(fault(ds.to_stacked_array("f", "y")).contains("lacks the sample dimension \"y\""));
    assert!(fault(ds.to_stacked_array("f", "time")).contains("no dimension \"time\""));
    assert!(fault(ds.to_stacked_array("t", "t")).contains("taken"));
    assert!(fault(Dataset::new().to_stacked_array("f", ())).contains("without data variables"));
    let text = Dataset::new().with_var("a", "t", vec![1]).with_var("s", "t", vec!["x"]);
    assert!(fault(text.to_stacked_array("f", "t")).contains("str"));
    let e = ds["v0"].to_unstacked_dataset("t").check().unwrap_err().to_string();
    assert!(e.contains("no multi-index"), "{e}");
    let e = ds["v0"].stack("s", ["t", "y"]).to_unstacked_dataset("s").check().unwrap_err();
    assert!(e.to_string().contains("names of variables"), "{e}");
}
