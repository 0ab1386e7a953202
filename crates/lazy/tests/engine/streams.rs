//! Stages whose blocks follow each other: the same bits as whole lines, every chunk read once,
//! under budgets that hold no whole line.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, LineOp, MapOp, MathFn, Pick, ReduceParams, Selection,
    Window, WindowStat, ZipOp, reduction,
};
use graticule_lazy::{BlockFn, Boundary, Executor, LazyArray, Memory, Overlap, Serial, Session};
use graticule_storage::{ChunkSink, ChunkSource, MemorySink, MemorySource};

use crate::access::Counting;
use crate::random::Rng;

/// Small blocks, so that small arrays have many.
fn session(memory: u64) -> Session {
    Session::builder().threads(3).memory(Memory::new(memory)).cuts(1 << 17, 16).build()
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn window(len: usize, before: usize, stat: WindowStat) -> LineOp {
    LineOp::Window(Window { len, before, least: 1, stat })
}

fn sums() -> LineOp {
    LineOp::CumSum { skip_missing: true }
}

fn shifted(x: &LazyArray, axis: usize, by: usize) -> LazyArray {
    let n = x.shape()[axis];
    let part = x.select(&Selection::all(x.shape()).with(axis, Pick::span(0, n - by))).unwrap();
    let mut shape = x.shape().to_vec();
    shape[axis] = by;
    let gap = LazyArray::constant(Array::zeros(x.dtype(), &shape).unwrap());
    LazyArray::concat(&[gap, part], axis).unwrap()
}

/// What the array is in memory, and what the plan under a budget makes of it.
fn both(lazy: &LazyArray, memory: u64) -> (Array, Array, String) {
    let outputs = std::slice::from_ref(lazy);
    let all = session(1 << 40).compute(outputs).unwrap().remove(0);
    let small = session(memory);
    let plan = small.plan(outputs).unwrap_or_else(|e| panic!("{memory}: {e}"));
    (all, small.compute(outputs).unwrap().remove(0), plan.to_string())
}

type Made = fn(&LazyArray) -> LazyArray;

/// What looks at its neighbours along the first axis, and ends in something small.
const CASES: [(&str, Made); 9] = [
    ("last of sums", |x| reduce(&x.along(sums(), 0).unwrap(), "max", &[0])),
    ("slab means of sums", |x| reduce(&x.along(sums(), 0).unwrap(), "mean", &[1, 2])),
    ("spread of running means", |x| {
        reduce(&x.along(window(30, 29, WindowStat::Mean), 0).unwrap(), "std", &[0])
    }),
    ("departures from centred maxima", |x| {
        let highest = x.along(window(11, 5, WindowStat::Max), 0).unwrap();
        reduce(&x.zip(ZipOp::Sub, &highest).unwrap(), "mean", &[0])
    }),
    ("running means of sums", |x| {
        let sums = x.along(sums(), 0).unwrap();
        reduce(&sums.along(window(7, 3, WindowStat::Mean), 0).unwrap(), "max", &[0])
    }),
    ("sums of departures, later", |x| {
        let least = x.along(window(5, 2, WindowStat::Min), 0).unwrap();
        let sums = x.zip(ZipOp::Sub, &least).unwrap().along(sums(), 0).unwrap();
        reduce(&shifted(&sums, 0, 3), "mean", &[0])
    }),
    ("filled forwards", |x| {
        let carry = LineOp::Carry { backwards: false, limit: None };
        let gaps = x.map(MapOp::Math(MathFn::Ln)).unwrap().along(carry, 0).unwrap();
        reduce(&gaps.map(MapOp::Abs).unwrap(), "mean", &[0])
    }),
    ("expanding maxima", |x| {
        let n = x.shape()[0];
        reduce(&x.along(window(n, n - 1, WindowStat::Max), 0).unwrap(), "mean", &[0])
    }),
    ("steps", |x| {
        let n = x.shape()[0];
        let span =
            |start| x.select(&Selection::all(x.shape()).with(0, Pick::span(start, n - 1))).unwrap();
        reduce(&span(1).zip(ZipOp::Sub, &span(0)).unwrap(), "std", &[0])
    }),
];

#[test]
fn blocks_that_follow_each_other_give_the_same_bits_and_read_once() {
    let (shape, chunk) = ([480, 30, 40], [1, 30, 40]);
    let memory = 1_100_000; // of 2.3 MB
    for (name, made) in CASES {
        let source = Counting::new(&shape, &chunk);
        let lazy = made(&LazyArray::read(source.clone()));
        let (all, small, plan) = both(&lazy, memory);
        assert_eq!(all.to_packed(), small.to_packed(), "{name}: {plan}");
        // Neighbours in the next block are read with it where that is little.
        assert!(plan.contains("held") || name == "steps", "{name}: {plan}");
        let again = Counting::new(&shape, &chunk);
        let lazy = made(&LazyArray::read(again.clone()));
        let session = session(memory);
        session.compute(std::slice::from_ref(&lazy)).unwrap();
        let report = session.run_report();
        let (chunks, most) = again.touched();
        assert_eq!(again.reads() as u64, report.chunks, "{name}: {plan}");
        assert!((470..=480).contains(&chunks), "{name}: {chunks}");
        let again = report.chunks as usize - chunks;
        assert!(if name == "steps" { again < 24 } else { most == 1 }, "{name}: {plan}");
        assert!(report.peak_bytes <= memory, "{name}: {report:?}");
    }
}

/// Other executors get plans whose tasks need nothing of each other: they read neighbours again
/// instead of holding them.
#[test]
fn executors_that_do_not_walk_get_the_same_bits_within_the_same_budget() {
    let (shape, memory) = ([120, 30, 40], 1_100_000);
    let grid = ChunkGrid::even(&shape, &[1, 30, 40]);
    let values: Vec<f32> = (0..120 * 1200).map(|i| (i * 7919 % 1000) as f32).collect();
    let data = Array::from_vec(shape, values).unwrap();
    for (name, made) in CASES {
        // What is told how often it is read cannot be sent.
        let counting = Counting::new(&shape, &[1, 30, 40]);
        let plain = MemorySource::with_grid(data.clone(), grid.clone());
        let here = made(&LazyArray::read(counting.clone()));
        let sent = made(&LazyArray::read(Arc::new(plain)));
        let executors: [(&LazyArray, Arc<dyn Executor>); 2] =
            [(&here, Arc::new(Serial)), (&sent, Arc::new(crate::laws::Posted(7)))];
        for (lazy, executor) in executors {
            let one = std::slice::from_ref(lazy);
            let walked = session(memory).compute(one).unwrap();
            let builder = Session::builder().threads(3).memory(Memory::new(memory));
            let session = builder.cuts(1 << 17, 16).executor(executor).build();
            let plan = session.plan(one).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(plan.totals().peak_bytes <= memory, "{name}: {plan}");
            assert!(!plan.to_string().contains("held"), "{name}: {plan}");
            let before = counting.reads();
            let out = session.compute(one).unwrap();
            assert_eq!(out[0].to_packed(), walked[0].to_packed(), "{name}: {plan}");
            let read = counting.reads() - before;
            assert!(read == 0 || read == plan.totals().chunks, "{name}: {read}\n{plan}");
        }
    }
}

#[test]
fn what_is_written_needs_no_whole_lines() {
    for op in [sums(), window(25, 12, WindowStat::Std { ddof: 0.0 })] {
        for chunk in [[1, 30, 40], [10, 15, 20], [7, 30, 40]] {
            let source = Counting::new(&[200, 30, 40], &chunk);
            let lazy = LazyArray::read(source.clone()).along(op.clone(), 0).unwrap();
            let all = session(1 << 40).compute(std::slice::from_ref(&lazy)).unwrap().remove(0);
            let before = source.reads();
            let grid = ChunkGrid::even(lazy.shape(), &chunk);
            let sink = Arc::new(MemorySink::new(lazy.dtype(), grid).unwrap());
            let outputs = [(lazy.clone(), sink.clone() as Arc<dyn ChunkSink>)];
            let session = session(2 << 20);
            let plan = session.plan_store(&outputs).unwrap();
            session.store(&outputs).unwrap();
            let what = format!("{op} in {chunk:?}: {plan}");
            let (read, count) = (source.reads() - before, source.info().grid.count());
            assert_eq!(plan.totals().chunks, read, "{what}");
            // The ends of windows may be read again where that is little.
            assert!(read == count || (op != sums() && read <= count * 5 / 4), "{what}");
            assert_eq!(sink.take().to_packed(), all.to_packed(), "{what}");
        }
    }
}

#[test]
fn a_long_window_takes_itself_and_a_chunk() {
    // All is 4.8 MB, the window 200 kB.
    let source = Counting::new(&[6000, 200], &[50, 200]);
    let x = LazyArray::read(source.clone());
    let means = x.along(window(250, 249, WindowStat::Mean), 0).unwrap();
    let session = session(1_600_000);
    let lazy = reduce(&means, "max", &[0]);
    let plan = session.plan(std::slice::from_ref(&lazy)).unwrap();
    session.compute(&[lazy]).unwrap();
    assert!(source.reads() <= 120 * 5 / 4, "{} {plan}", source.reads());
    assert!(plan.totals().peak_bytes <= 1_600_000, "{plan}");
}

#[test]
fn neighbours_in_one_chunk_are_read_with_it() {
    let source = Counting::new(&[20, 60, 80], &[1, 60, 80]);
    let x = LazyArray::read(source.clone());
    let along =
        |axis: usize, pick: Pick| x.select(&Selection::all(x.shape()).with(axis, pick)).unwrap();
    let east = along(2, Pick::span(1, 79)).zip(ZipOp::Sub, &along(2, Pick::span(0, 79))).unwrap();
    let rolled = LazyArray::concat(&[along(2, Pick::span(79, 1)), along(2, Pick::span(0, 79))], 2);
    let apart = x.zip(ZipOp::Sub, &rolled.unwrap()).unwrap();
    for (lazy, reads) in [(reduce(&east, "std", &[0]), 20), (reduce(&apart, "std", &[0]), 20)] {
        let before = source.reads();
        let session = session(1 << 30);
        let plan = session.plan(std::slice::from_ref(&lazy)).unwrap();
        session.compute(&[lazy]).unwrap();
        assert_eq!((source.reads() - before, plan.totals().chunks), (reads, reads), "{plan}");
    }
}

/// Expressions of windows, sums, steps and stencils over each other.
fn random(rng: &mut Rng, x: &LazyArray, depth: usize) -> LazyArray {
    if depth == 0 {
        return x.clone();
    }
    let below = random(rng, x, depth - 1);
    match rng.below(8) {
        0 => below.along(sums(), 0).unwrap(),
        1 => {
            let len = 1 + rng.below(9);
            let stat = [WindowStat::Mean, WindowStat::Max, WindowStat::Count][rng.below(3)];
            below
                .along(window(len, rng.below(len), stat), 0)
                .unwrap()
                .map(MapOp::Cast(DType::F32))
                .unwrap()
        }
        2 => {
            let stencil = BlockFn::new("own", |parts| Ok(parts[0].clone()));
            let o = Overlap {
                axis: rng.below(2),
                before: rng.below(3),
                after: rng.below(3),
                boundary: [Boundary::Nearest, Boundary::Reflect][rng.below(2)].clone(),
            };
            LazyArray::map_overlap(stencil, &[below], DType::F32, &[o]).unwrap()
        }
        3 => shifted(&below, 0, 1 + rng.below(4)),
        4 => {
            let n = below.shape()[0];
            let from = rng.below(n / 3);
            let pick = Pick::span(from, n - from);
            below.select(&Selection::all(below.shape()).with(0, pick)).unwrap()
        }
        5 => {
            let other = random(rng, x, depth - 1);
            let n = below.shape()[0].min(other.shape()[0]);
            let first = |y: &LazyArray| {
                y.select(&Selection::all(y.shape()).with(0, Pick::span(0, n))).unwrap()
            };
            first(&below).zip(ZipOp::Sub, &first(&other)).unwrap()
        }
        6 => below.permute(&[1, 0]).unwrap().permute(&[1, 0]).unwrap(),
        _ => below.map(MapOp::Abs).unwrap(),
    }
}

#[test]
fn random_expressions_along_an_axis_do_not_depend_on_the_budget() {
    let mut walked = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let n = 20 + rng.below(100);
        let shape = [n, 1 + rng.below(40)];
        let chunk = [1 + rng.below(n / 3), 1 + rng.below(shape[1])];
        let source = Counting::new(&shape, &chunk);
        let x = LazyArray::read(source);
        let depth = 1 + rng.below(4);
        let made = random(&mut rng, &x, depth);
        let lazy = match rng.below(4) {
            0 => made,
            1 => reduce(&made, "mean", &[0]),
            2 => reduce(&made, "std", &[1]),
            _ => reduce(&made, "max", &[0, 1]),
        };
        let outputs = std::slice::from_ref(&lazy);
        let small = |memory: u64| {
            // Small blocks, so that there are several.
            Session::builder().threads(2).memory(Memory::new(memory)).cuts(1 << 8, 4).build()
        };
        let all = small(1 << 40).compute(outputs).unwrap().remove(0);
        for memory in [1 << 17, 1 << 15, 12 << 10] {
            let session = small(memory);
            let plan = match session.plan(outputs) {
                Ok(plan) => plan,
                Err(e) => {
                    assert!(e.is_over_budget(), "{seed}: {e}");
                    continue;
                }
            };
            let text = plan.to_string();
            let made = session.compute(outputs).unwrap_or_else(|e| panic!("{seed}: {e}\n{text}"));
            assert_eq!(made[0].to_packed(), all.to_packed(), "{seed}: {text}");
            let report = session.run_report();
            assert_eq!(report.chunks, plan.totals().chunks as u64, "{seed}: {text}");
            walked += u32::from(text.contains("held"));
        }
    }
    assert!(walked > 8, "only {walked} were walked");
}

#[test]
fn irregular_chunks_follow_each_other_too() {
    let lengths = [3, 1, 7, 2, 30, 5, 12, 40];
    let n = lengths.iter().sum::<usize>();
    let data = Array::from_vec([n, 50], (0..n * 50).map(|i| (i * 7919 % 1001) as f32).collect());
    let dims = vec![DimChunks::from_lengths(&lengths), DimChunks::even(20, 50)];
    let source = graticule_storage::MemorySource::with_grid(data.unwrap(), ChunkGrid::new(dims));
    let x = LazyArray::read(Arc::new(source));
    let made = x.along(sums(), 0).unwrap().along(window(9, 4, WindowStat::Mean), 0).unwrap();
    let lazy = reduce(&made, "mean", &[0]);
    let (all, small, plan) = both(&lazy, 24 << 10);
    assert_eq!(all.to_packed(), small.to_packed(), "{plan}");
}
