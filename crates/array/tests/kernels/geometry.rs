//! Laws of selections and chunk grids.

use graticule_array::{Array, ChunkGrid, DType, DimChunks, Pick, Region, Selection};
use proptest::prelude::*;

/// A pick that fits an axis of length `n`, from any three numbers.
fn pick(n: usize, kind: usize, a: usize, b: usize) -> Pick {
    if n == 0 {
        return Pick::span(0, 0);
    }
    match kind % 5 {
        0 => Pick::At(a % n),
        1 => {
            let start = a % n;
            Pick::span(start, b % (n - start + 1))
        }
        2 => {
            let (start, step) = (a % n, 1 + b % 3);
            Pick::Range { start, step: step as isize, len: 1 + (n - 1 - start) / step }
        }
        3 => {
            let (start, step) = (a % n, 1 + b % 3);
            Pick::Range { start, step: -(step as isize), len: 1 + start / step }
        }
        _ => Pick::List((0..b % 5).map(|i| (a + i * 7) % n).collect()),
    }
}

fn picks(shape: &[usize], seeds: &[(usize, usize, usize)]) -> Selection {
    let picks: Vec<Pick> =
        shape.iter().zip(seeds).map(|(n, (kind, a, b))| pick(*n, *kind, *a, *b)).collect();
    Selection::new(picks)
}

fn seeds() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    proptest::collection::vec((0..5usize, 0..100usize, 0..100usize), 3)
}

fn numbered(shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    Array::from_vec(shape.to_vec(), (0..n as i64).collect()).unwrap()
}

fn chunks(n: usize, kind: usize, size: usize, from: usize) -> DimChunks {
    match kind % 3 {
        0 => DimChunks::even(size, n),
        1 => DimChunks::even(size, n + from).select(&Pick::span(from, n)),
        _ => {
            let first = size.min(n);
            DimChunks::from_lengths(&[first, (n - first) / 3, n - first - (n - first) / 3])
        }
    }
}

fn grid() -> impl Strategy<Value = (ChunkGrid, ChunkGrid, Vec<usize>)> {
    let axis = (1..30usize, (0..3usize, 1..9usize, 0..9usize), (0..3usize, 1..9usize, 0..9usize));
    proptest::collection::vec(axis, 1..4).prop_map(|axes| {
        let one = |n: usize, (kind, size, from): (usize, usize, usize)| chunks(n, kind, size, from);
        let a: Vec<DimChunks> = axes.iter().map(|(n, a, _)| one(*n, *a)).collect();
        let b: Vec<DimChunks> = axes.iter().map(|(n, _, b)| one(*n, *b)).collect();
        (ChunkGrid::new(a), ChunkGrid::new(b), axes.iter().map(|(n, ..)| *n).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn composing_is_selecting_twice(
        shape in proptest::collection::vec(0..7usize, 3),
        first in seeds(),
        second in seeds(),
    ) {
        let a = numbered(&shape);
        let inner = picks(&shape, &first);
        let outer = picks(&inner.shape(), &second);
        let twice = a.select(&inner).unwrap().select(&outer).unwrap();
        let once = a.select(&inner.then(&outer).unwrap()).unwrap();
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.shape(), &outer.shape()[..]);
    }

    #[test]
    fn a_cover_holds_all_that_is_picked(
        shape in proptest::collection::vec(0..7usize, 3),
        seeds in seeds(),
    ) {
        let a = numbered(&shape);
        let selection = picks(&shape, &seeds);
        let (region, rest) = selection.cover();
        let covered = a.region(&region).unwrap().select(&rest).unwrap();
        prop_assert_eq!(covered, a.select(&selection).unwrap());
    }

    #[test]
    fn restricting_is_taking_a_box_of_the_result(
        shape in proptest::collection::vec(1..7usize, 3),
        seeds in seeds(),
        cut in 0.0..1.0f64,
    ) {
        let a = numbered(&shape);
        let selection = picks(&shape, &seeds);
        let len: Vec<usize> = selection.shape().iter().map(|n| (*n as f64 * cut) as usize).collect();
        let start: Vec<usize> = selection.shape().iter().zip(&len).map(|(n, l)| n - l).collect();
        let region = Region::new(start, len);
        let direct = a.select(&selection).unwrap().region(&region).unwrap();
        let through = a.select(&selection.restrict(&region).unwrap()).unwrap();
        prop_assert_eq!(direct, through);
    }

    #[test]
    fn the_chunks_of_a_grid_tile_its_space((grid, _, shape) in grid()) {
        prop_assert_eq!(grid.shape(), shape.clone());
        let all = grid.covering(&Region::whole(&shape));
        prop_assert_eq!(all.iter().count(), grid.count());
        let mut seen = vec![0u32; shape.iter().product()];
        for index in all.iter() {
            let region = grid.region(&index);
            prop_assert!(!region.is_empty());
            region.check_within(&shape).unwrap();
            for (len, longest) in region.len.iter().zip(grid.largest()) {
                prop_assert!(*len <= longest);
            }
            let whole = numbered(&shape);
            for at in whole.region(&region).unwrap().to_flat::<i64>().unwrap() {
                seen[at as usize] += 1;
            }
        }
        prop_assert!(seen.iter().all(|n| *n == 1));
    }

    #[test]
    fn a_cover_of_chunks_is_the_least((grid, _, shape) in grid(), from in 0.0..1.0f64, to in 0.0..1.0f64) {
        let start: Vec<usize> = shape.iter().map(|n| (*n as f64 * from * 0.99) as usize).collect();
        let len: Vec<usize> =
            shape.iter().zip(&start).map(|(n, s)| 1 + ((n - s - 1) as f64 * to) as usize).collect();
        let region = Region::new(start, len);
        let covering: Vec<Vec<usize>> = grid.covering(&region).iter().collect();
        for index in grid.covering(&Region::whole(&shape)).iter() {
            let meets = grid.region(&index).intersect(&region).is_some();
            prop_assert_eq!(meets, covering.contains(&index));
        }
    }

    #[test]
    fn a_meet_refines_both_and_commutes((a, b, shape) in grid()) {
        let meet = a.meet(&b);
        let cuts = |g: &ChunkGrid| g.dims().iter().map(DimChunks::cuts).collect::<Vec<_>>();
        prop_assert_eq!(cuts(&meet), cuts(&b.meet(&a)));
        prop_assert_eq!(cuts(&a.meet(&a)), cuts(&a));
        prop_assert_eq!(meet.shape(), shape);
        for ((m, a), b) in cuts(&meet).iter().zip(cuts(&a)).zip(cuts(&b)) {
            prop_assert!(m.iter().all(|c| a.contains(c) || b.contains(c)));
            prop_assert!(a.iter().chain(&b).all(|c| m.contains(c)));
        }
    }

    #[test]
    fn chunks_follow_a_selection((grid, _, shape) in grid(), seeds in seeds()) {
        let mut seeds = seeds;
        seeds.truncate(shape.len());
        let selection = picks(&shape, &seeds);
        // A grid has one cut per axis; an axis picked at one index is gone.
        let chosen = grid.select(&selection);
        prop_assert_eq!(chosen.shape(), selection.shape());
    }
}

#[test]
fn an_axis_without_elements_does_not_excuse_the_others() {
    let large = 1usize << 40;
    for dtype in [DType::Bool, DType::F64, DType::Str, DType::Bytes(3)] {
        assert!(Array::zeros(&dtype, &[0, large, large]).is_err(), "{dtype}");
        assert!(Array::zeros(&dtype, &[large, 0]).unwrap().is_empty(), "{dtype}");
    }
}
