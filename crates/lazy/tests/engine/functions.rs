//! Functions of the user on blocks, with overlap, over core axes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use graticule_array::{
    Array, ChunkGrid, DType, Error, MapOp, Pick, ReduceParams, Result, Scalar, Selection, ZipOp,
    reduction,
};
use graticule_lazy::{BlockFn, Boundary, LazyArray, Memory, Overlap, Session};
use graticule_storage::MemorySource;

fn session(threads: usize, memory: u64) -> Session {
    Session::builder().threads(threads).memory(Memory::new(memory)).cuts(2000, 4).build()
}

fn numbers(shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    let values = (0..n).map(|i| ((i * 7919) % 1009) as f64 / 7.0 - 60.0);
    Array::from_vec(shape, values.collect::<Vec<_>>()).unwrap()
}

fn source(array: &Array, chunk: &[usize]) -> LazyArray {
    let grid = ChunkGrid::even(array.shape(), chunk);
    LazyArray::read(Arc::new(MemorySource::with_grid(array.clone(), grid)))
}

fn shifted(a: &Array, row: usize, column: usize) -> Result<Array> {
    let (n, m) = (a.shape()[0], a.shape()[1]);
    a.select(&Selection::new([Pick::span(row, n - 2), Pick::span(column, m - 2)]))
}

/// The five-point Laplacian of all but the rim.
fn laplacian(parts: &[Array]) -> Result<Array> {
    let a = &parts[0];
    let mut sum = shifted(a, 0, 1)?;
    for (row, column) in [(2, 1), (1, 0), (1, 2)] {
        sum = ZipOp::Add.apply(&sum, &shifted(a, row, column)?)?;
    }
    let four = MapOp::with(ZipOp::Mul, Scalar::F64(4.0), false, &DType::F64)?;
    ZipOp::Sub.apply(&sum, &four.apply(&shifted(a, 1, 1)?)?)
}

#[test]
fn a_stencil_is_the_same_however_it_is_cut() {
    let (n, m) = (23, 31);
    let a = numbers(&[n, m]);
    let values = a.to_flat::<f64>().unwrap();
    let at = |boundary: &Boundary, i: isize, j: isize| -> f64 {
        let inside = |k: isize, n: usize| (0..n as isize).contains(&k);
        if let Boundary::Constant(Scalar::F64(c)) = boundary
            && !(inside(i, n) && inside(j, m))
        {
            return *c;
        }
        let fold = |k: isize, n: usize| -> usize {
            let n = n as isize;
            (match boundary {
                Boundary::Periodic => k.rem_euclid(n),
                _ => k.clamp(0, n - 1), // one step: the mirror image of the last is the last
            }) as usize
        };
        values[fold(i, n) * m + fold(j, m)]
    };
    let kinds = [
        Boundary::Periodic,
        Boundary::Nearest,
        Boundary::Reflect,
        Boundary::Constant(Scalar::F64(7.5)),
    ];
    for boundary in kinds {
        let overlap = |axis| Overlap { axis, before: 1, after: 1, boundary: boundary.clone() };
        let mut expected = Vec::new();
        for (i, j) in (0..n as isize).flat_map(|i| (0..m as isize).map(move |j| (i, j))) {
            let around = at(&boundary, i - 1, j)
                + at(&boundary, i + 1, j)
                + at(&boundary, i, j - 1)
                + at(&boundary, i, j + 1);
            expected.push(around - 4.0 * at(&boundary, i, j));
        }
        for chunk in [[23, 31], [5, 31], [4, 7], [1, 1]] {
            let f = BlockFn::new("laplacian", laplacian);
            let x = source(&a, &chunk);
            let y = LazyArray::map_overlap(f, &[x], DType::F64, &[overlap(0), overlap(1)]);
            let y = y.unwrap();
            for session in [session(1, 1 << 30), session(3, 1 << 30), session(2, 60_000)] {
                let out = session.compute(std::slice::from_ref(&y)).unwrap();
                assert_eq!(out[0].to_flat::<f64>().unwrap(), expected, "{boundary:?} {chunk:?}");
            }
            let part = Selection::new([Pick::At(22), Pick::span(3, 9)]);
            let out = session(1, 1 << 30).compute(&[y.select(&part).unwrap()]).unwrap();
            assert_eq!(out[0].to_flat::<f64>().unwrap(), expected[22 * m + 3..22 * m + 12]);
        }
    }
}

#[test]
fn without_a_boundary_the_ends_are_given_less() {
    let x = source(&numbers(&[40]), &[7]);
    let lengths = Arc::new(Mutex::new(Vec::new()));
    let seen = lengths.clone();
    // Gives all that it was given: the overlap is cut off.
    let f = BlockFn::new("same", move |parts| {
        seen.lock().unwrap().push(parts[0].len());
        Ok(parts[0].clone())
    });
    let overlap = Overlap { axis: 0, before: 2, after: 1, boundary: Boundary::None };
    let y = LazyArray::map_overlap(f, &[x], DType::F64, &[overlap]).unwrap();
    let session = Session::builder().threads(1).cuts(14 * 8, 1).build();
    let out = session.compute(std::slice::from_ref(&y)).unwrap();
    assert_eq!(out[0], numbers(&[40]));
    assert_eq!(*lengths.lock().unwrap(), [14 + 1, 2 + 14 + 1, 2 + 12]);
}

#[test]
fn blocks_are_chunks_exactly_once() {
    let a = numbers(&[10, 9]);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    let f = BlockFn::with_region("anomaly", move |parts, region| {
        seen.lock().unwrap().push(region.clone());
        let mean = reduction("mean", &ReduceParams::default())?;
        let x = LazyArray::constant(parts[0].clone());
        // Computing within a function uses the threads that are there.
        let mean = Session::default().compute(&[x.reduce(mean, &[0, 1])?])?;
        ZipOp::Sub.apply(&parts[0], &LazyArray::constant(mean[0].clone()).pad(parts[0].shape())?)
    });
    let y = LazyArray::map_blocks(f, &[source(&a, &[4, 9])], DType::F64).unwrap();
    let out = session(2, 1 << 30).compute(std::slice::from_ref(&y)).unwrap();
    assert_eq!(calls.lock().unwrap().len(), 3);
    let values = out[0].to_flat::<f64>().unwrap();
    for block in [0..36, 36..72, 72..90] {
        assert!(values[block].iter().sum::<f64>().abs() < 1e-9);
    }
    // A part of a block still is that block's part.
    let picks = Selection::new([Pick::span(5, 2), Pick::At(3)]);
    let part = session(2, 1 << 30).compute(&[y.select(&picks).unwrap()]).unwrap();
    assert_eq!(part[0], out[0].select(&picks).unwrap());
}

/// One value everywhere.
trait Pad {
    fn pad(&self, shape: &[usize]) -> Result<Array>;
}

impl Pad for LazyArray {
    fn pad(&self, shape: &[usize]) -> Result<Array> {
        let all = self.broadcast(&vec![None; shape.len()], shape)?;
        Ok(Session::default().compute(&[all])?[0].clone())
    }
}

#[test]
fn core_axes_are_whole_however_they_are_stored() {
    let (n, m) = (120, 15);
    let a = numbers(&[m, n]);
    let trend = |parts: &[Array]| -> Result<Array> {
        let rows = parts[0].to_flat::<f64>()?;
        let count = rows.len() / 120;
        let slope = |row: &[f64]| {
            let middle = 119.0 / 2.0;
            let (mut top, mut bottom) = (0.0, 0.0);
            for (t, v) in row.iter().enumerate() {
                top += (t as f64 - middle) * v;
                bottom += (t as f64 - middle).powi(2);
            }
            top / bottom
        };
        Array::from_vec([count], rows.chunks_exact(120).map(slope).collect::<Vec<_>>())
    };
    let expected = trend(std::slice::from_ref(&a)).unwrap();
    for chunk in [[m, n], [m, 1], [1, n], [4, 7]] {
        let f = BlockFn::new("trend", trend);
        let y = LazyArray::apply(f, &[source(&a, &chunk)], 1, DType::F64, &[]).unwrap();
        for memory in [1 << 30, 40_000] {
            let out = session(2, memory).compute(std::slice::from_ref(&y)).unwrap();
            assert_eq!(out[0], expected, "{chunk:?} {memory}");
        }
    }
}

#[test]
fn inputs_of_length_one_are_for_all() {
    let a = numbers(&[6, 5]);
    let row = numbers(&[1, 5]);
    let f = BlockFn::new("outer", |parts| {
        let (n, m) = (parts[0].shape()[0], parts[0].shape()[1]);
        let (x, y) = (parts[0].to_flat::<f64>()?, parts[1].to_flat::<f64>()?);
        assert_eq!(parts[1].shape(), [1, m]);
        let out = (0..n * m).flat_map(|i| [x[i] + y[i % m], x[i] - y[i % m]]);
        Array::from_vec([n, m, 2], out.collect::<Vec<_>>())
    });
    let inputs = [source(&a, &[2, 2]), source(&row, &[1, 3])];
    let y = LazyArray::apply(f, &inputs, 2, DType::F64, &[2]).unwrap();
    assert_eq!(y.shape(), [6, 5, 2]);
    let (x, z) = (a.to_flat::<f64>().unwrap(), row.to_flat::<f64>().unwrap());
    let out = session(2, 1 << 30).compute(std::slice::from_ref(&y)).unwrap();
    let expected: Vec<f64> = (0..30).flat_map(|i| [x[i] + z[i % 5], x[i] - z[i % 5]]).collect();
    assert_eq!(out[0].to_flat::<f64>().unwrap(), expected);
    let picks = Selection::new([Pick::List([5, 0].into()), Pick::At(3), Pick::At(1)]);
    let part = session(2, 1 << 30).compute(&[y.select(&picks).unwrap()]).unwrap();
    assert_eq!(part[0].to_flat::<f64>().unwrap(), [expected[28 * 2 + 1], expected[3 * 2 + 1]]);
    let bad = [source(&a, &[2, 2]), source(&numbers(&[5, 5]), &[5, 5])];
    let f = BlockFn::new("never", |parts| Ok(parts[0].clone()));
    assert!(LazyArray::apply(f, &bad, 2, DType::F64, &[]).unwrap_err().is_mismatch());
}

#[test]
fn what_goes_wrong_in_a_function_is_told() {
    let x = source(&numbers(&[8]), &[4]);
    let panics = BlockFn::new("careless", |_| panic!("no such luck"));
    let fails = BlockFn::new("careful", |_| Err(Error::invalid("not today")));
    let lies = BlockFn::new("liar", |parts| parts[0].cast(&DType::F32));
    for (f, words) in [
        (panics, ["careless", "no such luck"]),
        (fails, ["careful", "not today"]),
        (lies, ["liar", "float32"]),
    ] {
        let made = [
            LazyArray::map_blocks(f.clone(), std::slice::from_ref(&x), DType::F64).unwrap(),
            LazyArray::apply(f.clone(), std::slice::from_ref(&x), 1, DType::F64, &[]).unwrap(),
            LazyArray::map_overlap(
                f,
                std::slice::from_ref(&x),
                DType::F64,
                &[Overlap { axis: 0, before: 1, after: 0, boundary: Boundary::Reflect }],
            )
            .unwrap(),
        ];
        for y in made {
            let error = session(2, 1 << 30).compute(&[y]).unwrap_err().to_string();
            assert!(words.iter().all(|w| error.contains(w)), "{error}");
        }
    }
    let far = Overlap { axis: 0, before: 9, after: 0, boundary: Boundary::Periodic };
    let f = BlockFn::new("never", |parts| Ok(parts[0].clone()));
    assert!(LazyArray::map_overlap(f, &[x], DType::F64, &[far]).is_err());
}

#[test]
fn computing_within_a_function_does_not_wait_for_itself() {
    let outer = session(2, 1 << 30);
    let inner = outer.clone();
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = calls.clone();
    let f = BlockFn::new("nested", move |parts| {
        seen.fetch_add(1, Ordering::Relaxed);
        let x = source(&parts[0], &[3]);
        let sum = reduction("sum", &ReduceParams::default())?;
        let total = inner.compute(&[x.reduce(sum, &[0])?])?;
        Array::concat(&vec![total[0].reshape(&[1])?; parts[0].len()], 0)
    });
    let a = numbers(&[4000]);
    let y = LazyArray::map_blocks(f, &[source(&a, &[40])], DType::F64).unwrap();
    let out = outer.compute(&[y]).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 100);
    let values = a.to_flat::<f64>().unwrap();
    let first: f64 = values[..40].iter().sum();
    assert!((out[0].to_flat::<f64>().unwrap()[39] - first).abs() < 1e-9);
}
