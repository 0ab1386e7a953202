use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Result};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

use crate::{
    DataArray, Dataset, MissingCore, OverlapBoundary as Boundary, UserFn, Variable, apply_ufunc,
};

const CHUNKS: [[usize; 2]; 4] = [[12, 5], [12, 1], [1, 5], [5, 2]];

fn values() -> Vec<f64> {
    (0..60).map(|i| f64::from((i * 37 + 11) % 23) * 0.25 - 2.0).collect()
}

fn table(chunks: [usize; 2]) -> (DataArray, CountingSource) {
    let data = Array::from_vec([12, 5], values()).unwrap();
    let source = MemorySource::with_grid(data, ChunkGrid::even(&[12, 5], &chunks));
    let counted = CountingSource::new(Arc::new(source));
    let lazy = LazyArray::read(Arc::new(counted.clone()));
    let array = DataArray::from_variable("x", Variable::new(["t", "y"], lazy).unwrap())
        .with_coord("t", "t", (0..12).map(|i| f64::from(i) * 0.5).collect::<Vec<_>>())
        .with_coord("y", "y", vec![1, 2, 3, 4, 5])
        .with_attr("units", "K");
    (array, counted)
}

/// Slope and intercept of each line over its coordinate.
fn trend() -> UserFn {
    UserFn::of_lines("trend", |args, out| {
        let (y, x) = (&args[0], &args[1]);
        let n = x.len() as f64;
        let (mx, my) = (x.sum() / n, y.sum() / n);
        let cov: f64 = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum();
        let var: f64 = x.iter().map(|x| (x - mx) * (x - mx)).sum();
        out[[0]] = cov / var;
        out[[1]] = my - mx * cov / var;
    })
    .input("t")
    .input("t")
    .output([("coef", 2)])
}

#[test]
fn a_trend_is_the_same_for_any_chunks() {
    let mut results = Vec::new();
    for chunks in CHUNKS {
        let (x, counted) = table(chunks);
        let made = apply_ufunc(&trend(), [&x, &x["t"]]);
        assert_eq!(made.dims().to_string(), "y, coef");
        assert_eq!(made.coords().names().collect::<Vec<_>>(), ["y"]);
        assert_eq!(counted.reads(), 0);
        results.push(made.values::<f64>().unwrap());
        assert!(made.explain().unwrap().to_string().contains("apply trend"));
        // One line only is read for one line of the result.
        let (x, counted) = table(chunks);
        apply_ufunc(&trend(), [&x, &x["t"]]).isel("y", 2).values::<f64>().unwrap();
        let wanted = if chunks[1] == 5 { 60 } else { 12 * chunks[1] as u64 };
        assert!(counted.elements() <= wanted, "{} elements", counted.elements());
    }
    assert!(results.iter().all(|r| *r == results[0]));
}

#[test]
fn functions_of_blocks_see_their_core_dimensions_last() {
    let (x, _) = table([5, 2]);
    let total = UserFn::of_blocks("total", |parts: &[Array]| {
        assert_eq!(parts[0].shape().last(), Some(&12), "the core dimension comes last");
        let view = parts[0].view::<f64>()?;
        let last = graticule_array::ndarray::Axis(parts[0].ndim() - 1);
        Ok(Array::new(view.sum_axis(last)))
    });
    let made = apply_ufunc(&total.input("t"), [&x]);
    assert_eq!(made.values::<f64>().unwrap(), x.sum("t").values::<f64>().unwrap());
    assert_eq!((made.name(), made.attrs().text("units")), (Some("x"), Some("K")));
}

#[test]
fn what_a_function_promises_is_checked() {
    let (x, _) = table([5, 2]);
    let wrong = UserFn::of_blocks("wrong", |parts: &[Array]| Ok(parts[0].clone())).input("t");
    let e = apply_ufunc(&wrong, [&x]).compute().unwrap_err().to_string();
    assert!(e.contains("\"wrong\" promised float64 [") && e.contains("the block of"), "{e}");
    let e = x.map_blocks("float32", |b| Ok(b * 2.0)).compute().unwrap_err().to_string();
    assert!(e.contains("made float64") && e.contains("float32"), "{e}");
    let e = x.map_blocks("float64", |b| Ok(b.transpose(["y", "t"]))).compute().unwrap_err();
    assert!(e.to_string().contains("keeps the dimensions (t, y)"), "{e}");
    let failing = |_: &DataArray| -> Result<DataArray> { Err(Error::invalid("no luck")) };
    let e = x.map_blocks("float64", failing).compute().unwrap_err().to_string();
    assert!(e.contains("no luck") && e.contains("in the block of"), "{e}");
    // Mistakes in the call are found at once.
    let named = |f: &UserFn| apply_ufunc(f, [&x]).check().unwrap_err().to_string();
    let f = || UserFn::of_lines("f", |_, _| {});
    assert!(named(&f()).contains("declared for 0 arguments and called with 1"));
    assert!(named(&f().input("tt")).contains("did you mean \"t\"?"));
    assert!(named(&f().input("t").output([("y", 2)])).contains("a dimension \"y\""));
    assert!(named(&f().input("t").output([("t", 3)])).contains("excluding(\"t\")"));
    assert!(named(&f().input("t").dtype("floot32")).contains("float32"));
    let ok = f().input("t").output([("t", 3)]).excluding("t");
    assert_eq!(apply_ufunc(&ok, [&x]).size_of("t"), Some(3));
}

#[test]
fn blocks_come_with_their_labels() {
    for chunks in CHUNKS {
        let (x, counted) = table(chunks);
        let made = x.map_blocks("float64", |block| Ok(block * &block["t"] + &block["y"]));
        assert_eq!(counted.reads(), 0);
        let wanted = (&x * &x["t"] + &x["y"]).values::<f64>().unwrap();
        assert_eq!(made.values::<f64>().unwrap(), wanted, "{chunks:?}");
    }
    let (x, _) = table([5, 2]);
    let ds = x.to_dataset().with_var("z", "y", vec![1.0; 5]);
    let twice = ds.map_blocks("float64", |block| Ok(block * 2));
    assert_eq!(twice["z"].values::<f64>().unwrap(), [2.0; 5]);
}

/// The five-point Laplacian in the interior of a block.
fn laplacian(block: &Array) -> Result<Array> {
    let v = block.view::<f64>()?;
    let (h, w) = (block.shape()[0], block.shape()[1]);
    let mut out = Vec::new();
    for i in 1..h - 1 {
        for j in 1..w - 1 {
            let around = v[[i - 1, j]] + v[[i + 1, j]] + v[[i, j - 1]] + v[[i, j + 1]];
            out.push(around - 4.0 * v[[i, j]]);
        }
    }
    Array::from_vec([h - 2, w - 2], out)
}

#[test]
fn stencils_do_not_notice_the_chunks() {
    let value = |i: usize, j: usize| values()[(i % 12) * 5 + j % 5];
    let mut wanted = Vec::new();
    for i in 12..24 {
        for j in 5..10 {
            let around = value(i - 1, j) + value(i + 1, j) + value(i, j - 1) + value(i, j + 1);
            wanted.push(around - 4.0 * value(i, j));
        }
    }
    for chunks in CHUNKS {
        let (x, counted) = table(chunks);
        let made = x.map_overlap([("t", 1), ("y", 1)], Boundary::Periodic, "float64", laplacian);
        assert_eq!(counted.reads(), 0);
        assert_eq!(made.values::<f64>().unwrap(), wanted, "{chunks:?}");
        assert_eq!(made["t"].len(), 12);
        // A part of the result has the same values.
        assert_eq!(made.isel("t", 4..6).values::<f64>().unwrap(), wanted[20..30]);
    }
}

#[test]
fn boundaries_of_stencils() {
    let x = DataArray::new("x", "t", vec![1.0, 2.0, 4.0]);
    let sum = |block: &Array| {
        let v = block.to_flat::<f64>()?;
        let at = |i: isize| v.get(i as usize).copied().unwrap_or(0.0);
        let made: Vec<f64> = (0..v.len() as isize).map(|i| at(i - 1) + at(i) + at(i + 1)).collect();
        Array::from_vec([made.len()], made)
    };
    let with = |b: Boundary| x.map_overlap([("t", 1)], b, "float64", sum).values::<f64>().unwrap();
    assert_eq!(with(Boundary::None), [3.0, 7.0, 6.0]);
    assert_eq!(with(Boundary::Constant(10i64.into())), [13.0, 7.0, 16.0]);
    assert_eq!(with(Boundary::Nearest), [4.0, 7.0, 10.0]);
    assert_eq!(with(Boundary::Reflect), [4.0, 7.0, 10.0], "the edge is repeated");
    assert_eq!(with(Boundary::Periodic), [7.0, 7.0, 7.0]);
}

#[test]
fn functions_of_elements_keep_the_precision() {
    let x = DataArray::new("x", "t", vec![1.0f32, 2.0]);
    assert_eq!(x.map_elements(|v| v * 2.0).dtype(), DType::F32);
    let n = DataArray::new("n", "t", vec![1i8, 2]);
    assert_eq!(n.map_elements(|v| v * 0.5).values::<f64>().unwrap(), [0.5, 1.0]);
    let text = DataArray::new("s", "t", vec!["a"]);
    assert!(text.map_elements(|v| v).check().unwrap_err().is_unsupported());
}

#[test]
fn variables_without_the_core_dimension() {
    let (x, _) = table([5, 2]);
    let ds = x.to_dataset().with_var("z", "y", vec![1.0; 5]);
    let sum = UserFn::of_lines("sum", |args, out| out[[]] = args[0].sum()).input("t");
    assert!(ds.apply_ufunc(&sum).check().is_err());
    let copied = ds.apply_ufunc(&sum.clone().on_missing(MissingCore::Copy));
    assert_eq!(copied["z"].values::<f64>().unwrap(), [1.0; 5]);
    assert_eq!(copied["x"].dims().to_string(), "y");
    let dropped = ds.apply_ufunc(&sum.on_missing(MissingCore::Drop));
    assert!(!dropped.has("z") && dropped.has("x"));
}

#[test]
fn maps_over_variables() {
    let (x, _) = table([5, 2]);
    let ds: Dataset = x.to_dataset().with_var("z", "y", vec![1.0, 5.0, 2.0, 0.0, 4.0]);
    let made = ds.map(|array| array.max("y"));
    assert_eq!(made["z"].item::<f64>().unwrap(), 5.0);
    assert!(made.coords().has("t") && !made.coords().has("y"));
    let e = ds.map(|array| array.max("t")).check().unwrap_err().to_string();
    assert!(e.contains("variable \"z\""), "{e}");
    assert_eq!(ds.pipe(|ds| ds.sizes().count()), 2);
}
