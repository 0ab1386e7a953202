//! Reductions: positions, and those of the user.

use std::ops::Range;
use std::sync::Arc;

use graticule_array::{
    Array, Cells, ChunkGrid, DType, ReduceParams, Reduction, Result, State, reduction,
};
use graticule_lazy::{LazyArray, Session};
use graticule_storage::MemorySource;

use crate::random::{Rng, assert_close, random_values, reduce_whole};

fn source(array: &Array, chunk: &[usize]) -> LazyArray {
    let grid = ChunkGrid::even(array.shape(), chunk);
    LazyArray::read(Arc::new(MemorySource::with_grid(array.clone(), grid)))
}

#[test]
fn positions_count_along_all_reduced_axes() {
    let mut rng = Rng::new(3);
    for shape in [[2, 9_000], [9_000, 2], [60, 50]] {
        // Few values, so that there are ties.
        let x = random_values(&mut rng, &DType::I16, &shape);
        let codes: [Arc<[u32]>; 2] =
            [0, 1].map(|axis| (0..shape[axis]).map(|i| (i * 7 % 2) as u32).collect());
        let chunks = [shape, [shape[0].div_ceil(3), shape[1].div_ceil(2)]];
        for name in ["argmin", "last"] {
            let r = reduction(name, &ReduceParams::default()).unwrap();
            for (axis, also) in [
                (None, vec![0]),
                (None, vec![1]),
                (None, vec![0, 1]),
                (Some(1), vec![]),
                (Some(1), vec![0]),
            ] {
                let groups = axis.map(|a: usize| (a, &codes[a][..], 2));
                let expected = reduce_whole(&*r, &x, &also, groups).unwrap();
                for chunk in chunks {
                    let lazy = source(&x, &chunk);
                    let found = match axis {
                        None => lazy.reduce(r.clone(), &also),
                        Some(a) => lazy.reduce_grouped(r.clone(), a, codes[a].clone(), 2, &also),
                    };
                    let found = found.unwrap();
                    let out = Session::default().compute(std::slice::from_ref(&found)).unwrap();
                    assert_eq!(out[0], expected, "{name} {shape:?} {chunk:?} {found:?}");
                }
            }
        }
    }
}

/// The root of the mean of the squares.
#[derive(Debug)]
struct Rms(ReduceParams);

impl Reduction for Rms {
    fn name(&self) -> &'static str {
        "rms"
    }

    fn params(&self) -> &ReduceParams {
        &self.0
    }

    fn result(&self, _: &DType) -> Result<DType> {
        Ok(DType::F64)
    }

    fn start(&self, _: &DType, cells: usize) -> Result<State> {
        Ok(State::new(vec![Array::zeros(&DType::F64, &[cells])?; 2]))
    }

    fn update(&self, s: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        let tile = tile.cast(&DType::F64)?.to_flat::<f64>()?;
        let (squares, counts) = s.pair::<f64, f64>(0)?;
        for (i, x) in tile.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
            let Some(cell) = cells.of(i) else { continue };
            squares[cell] += x * x;
            counts[cell] += 1.0;
        }
        Ok(())
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, r: Range<usize>) -> Result<()> {
        into.join::<f64>(0, at, from, r.clone(), |a, b| a + b)?;
        into.join::<f64>(1, at, from, r, |a, b| a + b)
    }

    fn finish(&self, mut s: State, _: &DType) -> Result<Array> {
        let (squares, counts) = s.pair::<f64, f64>(0)?;
        let roots = squares.iter().zip(counts.iter()).map(|(s, n)| (s / n).sqrt());
        let roots: Vec<f64> = roots.collect();
        Array::from_vec([roots.len()], roots)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        16
    }
}

#[test]
fn a_reduction_of_the_user_is_one_like_any_other() {
    let mut rng = Rng::new(8);
    let shape = [300, 8, 11];
    let x = random_values(&mut rng, &DType::F32, &shape);
    let rms: Arc<dyn Reduction> = Arc::new(Rms(ReduceParams::default()));
    let codes: Arc<[u32]> = (0..300).map(|i| i / 25).collect();
    for chunk in [shape, [7, 8, 11], [50, 3, 4]] {
        let lazy = source(&x, &chunk);
        let session = Session::builder().threads(3).cuts(3000, 4).build();
        let outputs = [
            lazy.reduce(rms.clone(), &[0]).unwrap(),
            lazy.reduce(rms.clone(), &[0, 1, 2]).unwrap(),
            lazy.reduce_grouped(rms.clone(), 0, codes.clone(), 12, &[2]).unwrap(),
        ];
        let expected = [
            reduce_whole(&*rms, &x, &[0], None).unwrap(),
            reduce_whole(&*rms, &x, &[0, 1, 2], None).unwrap(),
            reduce_whole(&*rms, &x, &[2], Some((0, &codes, 12))).unwrap(),
        ];
        for (found, expected) in session.compute(&outputs).unwrap().iter().zip(&expected) {
            assert_close(found, expected, "rms");
        }
    }
}
