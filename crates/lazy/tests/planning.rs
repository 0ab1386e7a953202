//! What planning costs: nothing that grows with the number of chunks. Counted in allocations, and
//! in bytes held at one time; a test binary of its own, because it counts all of them.
//!
//! `cargo test --release -p graticule-lazy --test planning -- --nocapture` tells the processor
//! time, too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // tests

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use graticule_array::{
    ArrayMut, ChunkGrid, DType, Error, LineOp, MapOp, Pick, ReduceParams, Region, Result, Scalar,
    Selection, Window, WindowStat, ZipOp, reduction,
};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{ChunkSource, SourceInfo};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code)]
// SAFETY: passes everything on to the system's allocator and only counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Debug)]
struct Nothing(SourceInfo);

impl ChunkSource for Nothing {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
        Err(Error::bug("planning reads nothing"))
    }
}

/// Hours of packed numbers, `y` by `x` chunks of 4 MB a piece for each of `time` days.
fn source(time: usize, y: usize, x: usize) -> LazyArray {
    let shape = vec![time * 24, y * 300, x * 300];
    let grid = ChunkGrid::even(&shape, &[24, 300, 300]);
    let info = SourceInfo { dtype: DType::I16, shape, grid, whole_chunks: true, fill: None };
    let decode = MapOp::Decode {
        values: [Scalar::I16(-999)].into(),
        to: DType::F32,
        scale: Some(Scalar::F32(0.01)),
        offset: None,
    };
    LazyArray::read(Arc::new(Nothing(info))).map(decode).unwrap()
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn daily(t: &LazyArray, also: &[usize]) -> LazyArray {
    let codes: Arc<[u32]> = (0..t.shape()[0]).map(|hour| (hour / 24 % 365) as u32).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    t.reduce_grouped(mean, 0, codes, 365, also).unwrap()
}

/// What is planned: its name, and the outputs.
fn programs(time: usize, y: usize, x: usize) -> Vec<(&'static str, Vec<LazyArray>)> {
    let t = source(time, y, x);
    let shape = t.shape().to_vec();
    let all = Selection::all(&shape);
    let twice = t.zip(ZipOp::Mul, &t).unwrap();
    let window = Window { len: 72, before: 71, least: 1, stat: WindowStat::Mean };
    let rolling = t.along(LineOp::Window(window), 0).unwrap();
    let other = ChunkGrid::even(&shape, &[36, 200, 450]);
    let every = Pick::Range { start: 3, step: 1, len: shape[2] - 7 };
    vec![
        ("mean over everything", vec![reduce(&t, "mean", &[0, 1, 2])]),
        ("mean over time at a point", {
            let picks = all.clone().with(1, Pick::At(7)).with(2, Pick::At(9));
            vec![
                reduce(&t, "mean", &[0])
                    .select(&Selection::new(picks.picks()[1..].to_vec()))
                    .unwrap(),
            ]
        }),
        ("mean over space", vec![reduce(&t, "mean", &[1, 2])]),
        ("five statistics of squares", {
            let name = ["mean", "std", "min", "max", "sum"];
            name.iter().map(|n| reduce(&twice, n, &[0, 1, 2])).collect()
        }),
        ("mean of a shifted part", {
            vec![reduce(&t.select(&all.clone().with(2, every)).unwrap(), "mean", &[0, 1, 2])]
        }),
        ("maximum of a rolling mean", vec![reduce(&rolling, "max", &[0, 1, 2])]),
        ("std of anomalies from the mean", {
            let mean =
                reduce(&t, "mean", &[1, 2]).broadcast(&[Some(0), None, None], &shape).unwrap();
            vec![reduce(&t.zip(ZipOp::Sub, &mean).unwrap(), "std", &[0, 1, 2])]
        }),
        ("means of days of the year", vec![daily(&t, &[2])]),
        ("means of days of the year, over space", vec![daily(&t, &[1, 2])]),
        ("thirty doublings", {
            let add = |x: LazyArray, _| x.zip(ZipOp::Add, &x).unwrap();
            vec![reduce(&(0..30).fold(t.clone(), add), "mean", &[0, 1, 2])]
        }),
        ("mean of two chunkings", {
            let same = source(time, y, x).rechunk(other).unwrap();
            vec![reduce(&t.zip(ZipOp::Add, &same).unwrap(), "mean", &[0, 1, 2])]
        }),
    ]
}

/// Plans; gives allocations, bytes held at one time, and the chunks of the plan.
fn cost(session: &Session, name: &str, outputs: &[LazyArray]) -> (usize, usize, usize) {
    let (calls, before) = (CALLS.load(Ordering::Relaxed), NOW.load(Ordering::Relaxed));
    PEAK.store(before, Ordering::Relaxed);
    let start = Instant::now();
    let plan = session.plan(outputs).unwrap();
    let time = start.elapsed();
    let calls = CALLS.load(Ordering::Relaxed) - calls;
    let bytes = PEAK.load(Ordering::Relaxed) - before;
    println!("{name}: {} chunks, {calls} allocations, {bytes} B, {time:?}", plan.totals().chunks);
    (calls, bytes, plan.totals().chunks)
}

#[test]
fn a_hundred_million_chunks_cost_no_more_than_some_thousand() {
    let session = Session::builder().threads(8).memory(Memory::new(8 << 30)).build();
    let few = programs(10_000, 4, 5);
    let many = programs(10_000, 100, 100);
    for ((name, few), (_, many)) in few.iter().zip(&many) {
        cost(&session, name, few); // whatever is made once
        let (calls_few, ..) = cost(&session, name, few);
        let (calls, bytes, _) = cost(&session, name, many);
        assert!(bytes < 2 << 20, "{name}: {bytes} bytes");
        assert!(calls <= calls_few + calls_few / 4 + 50, "{name}: {calls} and {calls_few}");
    }
}
