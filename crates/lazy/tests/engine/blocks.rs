//! Operations on boxes: what they read, what they hold, what passes through them.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, LineOp, MapOp, Pick, ReduceParams, Selection, reduction,
};
use graticule_lazy::{BlockFn, LazyArray, Memory, Session};
use graticule_storage::{ChunkSink, ChunkSource, MemorySink, MemorySource};

use crate::access::Counting;
use crate::random::bits;

const SUMS: LineOp = LineOp::CumSum { skip_missing: true };

fn session(threads: usize, memory: u64) -> Session {
    Session::builder().threads(threads).memory(Memory::new(memory)).cuts(64 << 10, 8).build()
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

#[test]
fn whole_lines_of_a_chunked_axis_fit_into_any_budget() {
    for chunk in [[10, 20, 50], [200, 5, 10], [7, 13, 50]] {
        let source = Counting::new(&[200, 20, 50], &chunk);
        let x = LazyArray::read(source.clone());
        let sums = x.along(SUMS, 0).unwrap();
        let outputs = [
            reduce(&sums, "max", &[0]),
            reduce(&sums, "sum", &[1, 2]),
            reduce(&sums, "mean", &[0, 1, 2]),
            sums.select(&Selection::new([Pick::span(100, 30), Pick::all(20), Pick::all(50)]))
                .unwrap(),
        ];
        for output in &outputs {
            let all = session(2, 1 << 30).compute(std::slice::from_ref(output)).unwrap();
            let mut fits = 0;
            for memory in [4 << 20, 2 << 20, 1 << 20, 700_000] {
                let session = session(2, memory);
                let Ok(plan) = session.plan(std::slice::from_ref(output)) else { continue };
                let before = source.reads();
                let out = session.compute(std::slice::from_ref(output)).unwrap();
                assert_eq!(bits(&out[0]), bits(&all[0]), "{chunk:?} {memory}\n{plan}");
                let read = source.reads() - before;
                assert_eq!(plan.totals().chunks, read, "{chunk:?} {memory}\n{plan}");
                assert!(session.run_report().peak_bytes <= memory);
                fits += 1;
            }
            // The source alone is 800 kB, the sums as much again.
            assert!(fits >= 3, "{chunk:?} {output:?} fits only {fits} budgets");
        }
    }
}

#[test]
fn selections_pass_along_lines() {
    let source = Counting::new(&[100, 30, 40], &[10, 10, 10]);
    let x = LazyArray::read(source.clone());
    let sums = x.along(SUMS, 0).unwrap();
    let picks = Selection::new([Pick::span(5, 20), Pick::At(12), Pick::List([39, 3].into())]);
    let some = sums.select(&picks).unwrap();
    let out = session(2, 1 << 30).compute(&[some]).unwrap();
    // Three chunks of time from the beginning, one row, two columns.
    assert_eq!(source.reads(), 3 * 2);
    let whole = Session::default().compute(&[x]).unwrap();
    let expected = SUMS.apply(&whole[0], 0).unwrap().select(&picks).unwrap();
    assert_eq!(out[0], expected);
}

#[test]
fn points_are_read_by_chunk_once() {
    let source = Counting::new(&[50, 100, 200], &[50, 10, 20]);
    let x = LazyArray::read(source.clone());
    let rows: Vec<usize> = (0..40).map(|k| k % 4 * 30).collect();
    let columns: Vec<usize> = (0..40).map(|k| k % 2 * 150 + k / 4).collect();
    let points = x.gather(&[1, 2], &[rows.clone(), columns.clone()]).unwrap();
    assert_eq!(points.shape(), [50, 40]);
    let series = points.select(&Selection::new([Pick::At(7), Pick::all(40)])).unwrap();
    let session = session(2, 1 << 30);
    let plan = session.plan(std::slice::from_ref(&points)).unwrap();
    let out = session.compute(std::slice::from_ref(&points)).unwrap();
    assert_eq!(source.touched(), (4, 1), "{plan}");
    assert_eq!(plan.totals().chunks, 4, "{plan}");
    let out = [out[0].clone(), session.compute(&[series]).unwrap()[0].clone()];
    let value = |t: usize, k: usize| ((t * 100 + rows[k]) * 200 + columns[k]) % 1000;
    let expected: Vec<f32> = (0..50)
        .flat_map(|t| (0..40).map(move |k| (t, k)))
        .map(|(t, k)| value(t, k) as f32)
        .collect();
    assert_eq!(out[0].to_flat::<f32>().unwrap(), expected);
    assert_eq!(out[1].to_flat::<f32>().unwrap(), expected[7 * 40..8 * 40]);
}

#[test]
fn bad_points_are_refused_when_named() {
    let x = LazyArray::constant(Array::from_vec([2, 3], vec![0i32; 6]).unwrap());
    for (axes, indices) in [
        (vec![0], vec![vec![2]]),
        (vec![0, 0], vec![vec![0], vec![0]]),
        (vec![0, 1], vec![vec![0], vec![0, 1]]),
        (vec![2], vec![vec![0]]),
        (vec![], vec![]),
    ] {
        assert!(x.gather(&axes, &indices).is_err(), "{axes:?} {indices:?}");
    }
    assert!(x.along(SUMS, 2).is_err());
    assert!(x.merge_axes(1, 2).is_err() && x.merge_axes(0, 0).is_err());
    assert!(x.merge_axes(usize::MAX, 2).is_err());
    assert!(x.split_axis(1, &[2, 2]).is_err() && x.split_axis(2, &[1]).is_err());
    assert!(x.split_axis(1, &[usize::MAX, 5]).is_err());
}

#[test]
fn stacked_points_pass_to_the_axes() {
    let source = Counting::new(&[60, 80], &[10, 10]);
    let x = LazyArray::read(source.clone());
    let stacked = x.merge_axes(0, 2).unwrap();
    let picks = Selection::new([Pick::List([81, 4799, 80, 0].into())]);
    let out = session(1, 1 << 30).compute(&[stacked.select(&picks).unwrap()]).unwrap();
    assert_eq!(out[0].to_flat::<f32>().unwrap(), [81.0, 799.0, 80.0, 0.0]);
    assert_eq!(source.touched(), (2, 1));
    let one = stacked.select(&Selection::new([Pick::At(81)])).unwrap();
    assert_eq!(session(1, 1 << 30).compute(&[one]).unwrap()[0].to_flat::<f32>().unwrap(), [81.0]);
    let again = stacked.split_axis(0, &[6, 10, 80]).unwrap();
    let block = Selection::new([Pick::At(2), Pick::span(0, 10), Pick::span(10, 5)]);
    let before = source.reads();
    let out = session(1, 1 << 30).compute(&[again.select(&block).unwrap()]).unwrap();
    assert_eq!(out[0].shape(), [10, 5]);
    assert_eq!(
        out[0].flat(0..1).unwrap().to_flat::<f32>().unwrap(),
        [(20.0 * 80.0 + 10.0) % 1000.0]
    );
    assert_eq!(source.reads() - before, 1, "one chunk holds them all");
}

#[test]
fn threads_change_nothing_along_lines() {
    let shape = [97, 6, 30];
    let values: Vec<f64> = (0..97 * 180).map(|i| ((i * 7919) % 1009) as f64 / 7.0).collect();
    let array = Array::from_vec(shape, values).unwrap();
    for chunk in [[5, 6, 30], [97, 2, 7]] {
        let source = MemorySource::with_grid(array.clone(), ChunkGrid::even(&shape, &chunk));
        let x = LazyArray::read(Arc::new(source)).along(SUMS, 0).unwrap();
        let mean = reduce(&x, "mean", &[0, 1]);
        let one = session(1, 1 << 30).compute(std::slice::from_ref(&mean)).unwrap();
        for threads in [2, 3, 8] {
            let out = session(threads, 1 << 30).compute(std::slice::from_ref(&mean)).unwrap();
            assert_eq!(bits(&out[0]), bits(&one[0]));
        }
    }
}

#[test]
fn changing_chunks_reads_once_within_any_budget() {
    let shape = [300, 20, 50];
    for (chunk, to) in [([10, 20, 50], [300, 5, 5]), ([300, 5, 5], [10, 20, 50])] {
        let source = Counting::new(&shape, &chunk);
        let x = LazyArray::read(source.clone());
        let count = source.info().grid.count();
        let whole = Session::default().compute(std::slice::from_ref(&x)).unwrap();
        let sums = SUMS.apply(&whole[0], 0).unwrap();
        for (lazy, expected) in [(x.clone(), &whole[0]), (x.along(SUMS, 0).unwrap(), &sums)] {
            // 1.2 MB, and as much again for sums.
            for memory in [16 << 20, 1 << 20, 600_000] {
                let session = session(2, memory);
                let sink = MemorySink::new(lazy.dtype(), ChunkGrid::even(&shape, &to)).unwrap();
                let outputs = [(lazy.clone(), Arc::new(sink))];
                let outputs: Vec<(LazyArray, Arc<dyn ChunkSink>)> =
                    outputs.iter().map(|(l, s)| (l.clone(), s.clone() as _)).collect();
                let plan = session.plan_store(&outputs).unwrap();
                let before = source.reads();
                let sink =
                    Arc::new(MemorySink::new(lazy.dtype(), ChunkGrid::even(&shape, &to)).unwrap());
                session.store(&[(lazy.clone(), sink.clone())]).unwrap();
                let read = source.reads() - before;
                assert_eq!(bits(&sink.take()), bits(expected));
                assert_eq!(plan.totals().chunks, read, "{plan}");
                assert!(
                    read <= count * if memory < 1 << 20 { 2 } else { 1 },
                    "{memory}: {read} of {count} chunks\n{plan}"
                );
                assert!(session.run_report().peak_bytes <= memory);
            }
        }
    }
}

#[test]
fn reductions_over_different_axes_read_what_fits_once() {
    let source = Counting::new(&[200, 40, 50], &[10, 40, 50]);
    let x = LazyArray::read(source.clone());
    let both = [reduce(&x, "mean", &[0]), reduce(&x, "mean", &[1, 2]), reduce(&x, "max", &[0, 1])];
    let alone: Vec<_> = both
        .iter()
        .map(|b| session(1, 1 << 30).compute(std::slice::from_ref(b)).unwrap()[0].clone())
        .collect();
    for memory in [64 << 20, 1 << 20] {
        let before = source.reads();
        let session = session(2, memory);
        let plan = session.plan(&both).unwrap();
        let out = session.compute(&both).unwrap();
        for (found, expected) in out.iter().zip(&alone) {
            assert_eq!(bits(found), bits(expected));
        }
        let read = source.reads() - before;
        assert_eq!(plan.totals().chunks, read, "{plan}");
        assert_eq!(read, if memory == 64 << 20 { 20 } else { 60 }, "{plan}");
    }
}

#[test]
fn other_blocks_in_memory_read_once() {
    let shape = [300, 20, 50];
    let source = Counting::new(&shape, &[10, 20, 50]);
    let x = LazyArray::read(source.clone());
    let tall = x.rechunk(ChunkGrid::even(&shape, &[300, 5, 5])).unwrap();
    let doubled = tall.zip(graticule_array::ZipOp::Add, &tall).unwrap();
    let middle = BlockFn::new("same", |parts| Ok(parts[0].clone()));
    let blocks = LazyArray::map_blocks(middle, std::slice::from_ref(&tall), DType::F32).unwrap();
    for (lazy, memory) in [
        (tall.clone(), 3 << 20),
        (tall.map(MapOp::Neg).unwrap(), 3 << 20),
        (reduce(&tall, "sum", &[0, 1]), 2 << 20),
        (reduce(&doubled, "std", &[1]), 2 << 20),
        (reduce(&blocks, "mean", &[0]), 2 << 20),
    ] {
        let all = session(1, 1 << 30).compute(std::slice::from_ref(&lazy)).unwrap();
        let session = session(2, memory);
        let plan = session.plan(std::slice::from_ref(&lazy)).unwrap();
        let before = source.reads();
        let out = session.compute(std::slice::from_ref(&lazy)).unwrap();
        assert_eq!(bits(&out[0]), bits(&all[0]));
        let read = source.reads() - before;
        assert_eq!((plan.totals().chunks, read), (30, 30), "{plan}");
    }
}
