//! What the process allocates while plans run: at most the plan's projection, which is at most
//! the budget. A test binary of its own, because it counts all allocations.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // tests

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graticule_array::{
    Array, ArrayMut, ChunkGrid, DType, LineOp, MapOp, Pick, QuantileMethod, Quantiles,
    ReduceParams, Region, Result, Scalar, Selection, Window, WindowStat, ZipOp, reduction,
};
use graticule_lazy::{BlockFn, Boundary, LazyArray, Memory, Overlap, Session};
use graticule_storage::{ChunkSink, ChunkSource, SinkInfo, SourceInfo};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code)]
// SAFETY: passes everything on to the system's allocator and only counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bookkeeping of the plan and the threads, which no plan counts.
const BASE: usize = 1 << 20;

/// Made-up values, so that the data itself takes no memory.
#[derive(Debug)]
struct MadeUp(SourceInfo);

impl MadeUp {
    fn lazy(shape: &[usize], chunk: &[usize]) -> LazyArray {
        let grid = ChunkGrid::even(shape, chunk);
        let shape = shape.to_vec();
        let whole_chunks = true;
        let info = SourceInfo { dtype: DType::I16, shape, grid, whole_chunks, fill: None };
        LazyArray::read(Arc::new(Self(info)))
    }
}

impl ChunkSource for MadeUp {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        let seed: usize = region.start.iter().sum();
        for (i, v) in out.typed::<i16>()?.iter_mut().enumerate() {
            *v = ((seed * 31 + i * 7) % 1009) as i16;
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Nowhere(SinkInfo);

impl ChunkSink for Nowhere {
    fn info(&self) -> &SinkInfo {
        &self.0
    }

    fn write(&self, _: &Region, _: &Array) -> Result<()> {
        Ok(())
    }
}

fn decoded(shape: &[usize], chunk: &[usize]) -> LazyArray {
    let decode = MapOp::Decode {
        values: [Scalar::I16(-999)].into(),
        to: DType::F32,
        scale: Some(Scalar::F32(0.01)),
        offset: Some(Scalar::F32(273.15)),
    };
    MadeUp::lazy(shape, chunk).map(decode).unwrap()
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn monthly(x: &LazyArray, name: &str) -> LazyArray {
    let codes: Arc<[u32]> = (0..x.shape()[0]).map(|i| i as u32 % 365 / 31).collect();
    let r = reduction(name, &ReduceParams::default()).unwrap();
    x.reduce_grouped(r, 0, codes, 12, &[]).unwrap()
}

fn anomaly(x: &LazyArray) -> LazyArray {
    let clim = monthly(x, "mean");
    let at: Arc<[usize]> = (0..x.shape()[0]).map(|i| i % 365 / 31).collect();
    let rest = x.shape()[1..].iter().map(|n| Pick::all(*n));
    let picks: Vec<Pick> = std::iter::once(Pick::List(at)).chain(rest).collect();
    x.zip(ZipOp::Sub, &clim.select(&Selection::new(picks)).unwrap()).unwrap()
}

/// Operations on boxes, of arrays that are cut along and across.
fn along_lines(x: &LazyArray, tiles: &LazyArray) -> Vec<(&'static str, LazyArray, bool)> {
    let sums = LineOp::CumSum { skip_missing: true };
    let window = |stat| LineOp::Window(Window { len: 30, before: 29, least: 30, stat });
    let median = LineOp::Quantile(Quantiles {
        q: [0.5, 0.9].into(),
        method: QuantileMethod::Linear,
        skip_missing: true,
        keep_floats: true,
        groups: None,
    });
    let along = |x: &LazyArray, op: &LineOp| x.along(op.clone(), 0).unwrap();
    let points: Vec<usize> = (0..500).map(|k| k * 7 % 90).collect();
    let columns: Vec<usize> = (0..500).map(|k| k * 13 % 180).collect();
    let points = tiles.gather(&[1, 2], &[points, columns]).unwrap();
    let mirror = Overlap { axis: 1, before: 2, after: 2, boundary: Boundary::Reflect };
    let same = BlockFn::new("same", |parts| Ok(parts[0].clone()));
    let padded =
        LazyArray::map_overlap(same, std::slice::from_ref(x), DType::F32, &[mirror]).unwrap();
    vec![
        ("last of sums", reduce(&along(x, &sums), "max", &[0]), false),
        ("mean of sums", reduce(&along(tiles, &sums), "mean", &[1, 2]), false),
        ("writing sums", along(x, &sums), true),
        ("median over time", along(x, &median), false),
        ("median of tiles", along(tiles, &median), false),
        ("most of running means", reduce(&along(x, &window(WindowStat::Mean)), "max", &[0]), false),
        ("writing running maxima", along(tiles, &window(WindowStat::Max)), true),
        (
            "mean of ranks",
            reduce(&along(tiles, &LineOp::Rank { share: true }), "mean", &[0]),
            false,
        ),
        ("points", points, false),
        ("with overlap", reduce(&padded, "std", &[0]), false),
        ("stacked", reduce(&x.merge_axes(1, 2).unwrap(), "mean", &[0]), false),
        ("rechunked", x.rechunk(ChunkGrid::even(x.shape(), &[200, 10, 10])).unwrap(), true),
    ]
}

#[test]
fn peaks_stay_below_projections_and_projections_below_budgets() {
    let x = decoded(&[200, 90, 180], &[1, 90, 180]);
    let tiles = decoded(&[200, 90, 180], &[50, 30, 30]);
    let cases: Vec<(&str, LazyArray, bool)> = vec![
        ("time mean", reduce(&x, "mean", &[0]), false),
        ("global mean", reduce(&x, "mean", &[0, 1, 2]), false),
        ("zonal mean", reduce(&tiles, "mean", &[2]), false),
        ("time std of tiles", reduce(&tiles, "std", &[0]), false),
        ("monthly mean", monthly(&x, "mean"), false),
        ("monthly std of tiles", monthly(&tiles, "std"), false),
        ("std of anomaly", reduce(&anomaly(&x), "std", &[0]), false),
        ("writing the anomaly", anomaly(&x), true),
        (
            "a month in memory",
            x.select(&Selection::new([Pick::span(31, 28), Pick::all(90), Pick::all(180)])).unwrap(),
            false,
        ),
    ];
    let mut cases = cases;
    cases.extend(along_lines(&x, &tiles));
    let mut ran = 0;
    for (name, lazy, write) in &cases {
        for (threads, memory) in
            [(1, 1 << 30), (2, 1 << 30), (8, 64 << 20), (2, 8 << 20), (2, 6 << 20)]
        {
            let session = Session::builder().threads(threads).memory(Memory::new(memory)).build();
            // The pool itself is no part of a plan.
            session.install(|| ());
            let sink: Arc<dyn ChunkSink> = Arc::new(Nowhere(SinkInfo {
                dtype: lazy.dtype().clone(),
                shape: lazy.shape().to_vec(),
                grid: ChunkGrid::even(lazy.shape(), &vec![60; lazy.ndim()]),
            }));
            let outputs = [(lazy.clone(), sink)];
            let plan = if *write {
                session.plan_store(&outputs)
            } else {
                session.plan(std::slice::from_ref(lazy))
            };
            let plan = match plan {
                Ok(plan) => plan,
                Err(e) => {
                    assert!(e.is_over_budget() && memory <= 8 << 20, "{name}: {e}");
                    continue;
                }
            };
            let (before, projected) = (NOW.load(Ordering::Relaxed), plan.totals().peak_bytes);
            PEAK.store(before, Ordering::Relaxed);
            if *write {
                session.store(&outputs).unwrap();
            } else {
                session.compute(std::slice::from_ref(lazy)).unwrap();
            }
            let peak = (PEAK.load(Ordering::Relaxed) - before) as u64;
            let report = session.run_report();
            let what =
                format!("{name}, {threads} threads, {memory} B: {peak} B; {report:?}\n{plan}");
            assert!(projected <= memory, "{what}");
            assert!(report.peak_bytes <= projected, "{what}");
            assert!(peak <= projected + BASE as u64, "{what}");
            ran += 1;
        }
    }
    assert!(ran > 35, "only {ran} plans fitted");
}
