//! What is read: each chunk once.

use std::sync::Arc;

use graticule_array::{
    Array, ArrayMut, ChunkGrid, Pick, ReduceParams, Region, Result, Selection, reduction,
};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{ChunkSource, Limits, MemorySource, SourceInfo};
use std::sync::Mutex;

/// Counts how often each chunk is touched; claims that chunks are read whole.
#[derive(Debug)]
pub(crate) struct Counting {
    inner: MemorySource,
    info: SourceInfo,
    seen: Mutex<std::collections::HashMap<Vec<usize>, usize>>,
}

impl Counting {
    pub(crate) fn new(shape: &[usize], chunk: &[usize]) -> Arc<Self> {
        let n: usize = shape.iter().product();
        let data = Array::from_vec(shape, (0..n).map(|i| (i % 1000) as f32).collect()).unwrap();
        let grid = ChunkGrid::even(shape, chunk);
        let inner = MemorySource::with_grid(data, grid);
        let info = SourceInfo { whole_chunks: true, ..inner.info().clone() };
        Arc::new(Self { inner, info, seen: Mutex::default() })
    }

    /// How often chunks were read in all.
    pub(crate) fn reads(&self) -> usize {
        self.seen.lock().unwrap().values().sum()
    }

    /// The chunks touched, and the most that one was.
    pub(crate) fn touched(&self) -> (usize, usize) {
        let seen = self.seen.lock().unwrap();
        (seen.len(), seen.values().copied().max().unwrap_or(0))
    }
}

impl ChunkSource for Counting {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        for index in self.info.grid.covering(region).iter() {
            *self.seen.lock().unwrap().entry(index).or_default() += 1;
        }
        self.inner.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        Limits { stored: Some(1000), ..Limits::default() }
    }
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn session(memory: u64) -> Session {
    Session::builder().threads(2).memory(Memory::new(memory)).build()
}

#[test]
fn statistics_together_read_each_chunk_once() {
    for chunk in [[1, 30, 40], [7, 11, 40], [100, 5, 6]] {
        let source = Counting::new(&[100, 30, 40], &chunk);
        let x = LazyArray::read(source.clone());
        let all = ["mean", "std", "max"].map(|name| reduce(&x, name, &[0]));
        let session = session(1 << 30);
        let plan = session.plan(&all).unwrap();
        session.compute(&all).unwrap();
        let count = source.info().grid.count();
        assert_eq!(source.touched(), (count, 1), "{plan}");
        assert_eq!((plan.totals().chunks, plan.totals().bytes_read), (count, 480_000));
        assert_eq!(plan.totals().stored_bytes, 1000);
    }
}

#[test]
fn an_array_and_its_mean_read_each_chunk_once() {
    let source = Counting::new(&[100, 30, 40], &[1, 30, 40]);
    let x = LazyArray::read(source.clone());
    let both = [x.clone(), reduce(&x, "mean", &[0])];
    let out = session(1 << 30).compute(&both).unwrap();
    assert_eq!(source.touched(), (100, 1));
    assert_eq!(out[0].shape(), [100, 30, 40]);
}

#[test]
fn selections_read_only_what_they_need() {
    let picks: [(Pick, usize); 5] = [
        (Pick::At(17), 1),
        (Pick::span(10, 20), 2),
        (Pick::Range { start: 0, step: 25, len: 4 }, 4),
        (Pick::List([5, 95, 6, 96].into()), 2),
        (Pick::List([5, 6, 95, 96].into()), 2),
    ];
    for (pick, reads) in picks {
        let source = Counting::new(&[100, 30], &[10, 30]);
        let x = LazyArray::read(source.clone());
        let y = x.zip(graticule_array::ZipOp::Add, &x).unwrap();
        let s = Selection::new([pick.clone(), Pick::all(30)]);
        let out = session(1 << 30).compute(&[y.select(&s).unwrap()]).unwrap();
        let total: usize = source.seen.lock().unwrap().values().sum();
        assert_eq!(total, reads, "{pick:?}");
        let first = pick.get(0).unwrap() * 30 % 1000;
        assert_eq!(out[0].flat(0..1).unwrap().to_flat::<f32>().unwrap(), [2.0 * first as f32]);
    }
}

#[test]
fn a_selection_below_a_mean_skips_the_rest() {
    let parts: Vec<_> = (0..50).map(|_| Counting::new(&[10, 8, 8], &[10, 4, 4])).collect();
    let lazy: Vec<_> = parts.iter().map(|p| LazyArray::read(p.clone())).collect();
    let x = LazyArray::concat(&lazy, 0).unwrap();
    let mean = reduce(&x, "mean", &[0]);
    let s = Selection::new([Pick::At(1), Pick::At(6)]);
    let point = mean.select(&s).unwrap();
    let plan = session(1 << 30).plan(std::slice::from_ref(&point)).unwrap();
    assert_eq!(plan.totals().chunks, 50, "{plan}");
    session(1 << 30).compute(&[point]).unwrap();
    assert!(parts.iter().all(|p| p.touched() == (1, 1)));
}

#[test]
fn passes_over_sorted_groups_read_little_twice() {
    let source = Counting::new(&[240, 60, 80], &[1, 60, 80]);
    let x = LazyArray::read(source.clone());
    let codes: Arc<[u32]> = (0..240).map(|i| i / 20).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let by_month = x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap();
    let all = session(1 << 30).compute(std::slice::from_ref(&by_month)).unwrap();
    let tight = session(12 << 20);
    let plan = tight.plan(std::slice::from_ref(&by_month)).unwrap();
    let out = tight.compute(&[by_month]).unwrap();
    assert_eq!(out[0].to_packed(), all[0].to_packed());
    assert!(plan.totals().chunks < 2 * 240, "{plan}");
}

#[test]
fn a_million_chunks_cost_nothing_to_plan() {
    let data = Array::zeros(&graticule_array::DType::I8, &[1]).unwrap();
    let grid = ChunkGrid::even(&[1], &[1]);
    #[derive(Debug)]
    struct Huge(SourceInfo);
    impl ChunkSource for Huge {
        fn info(&self) -> &SourceInfo {
            &self.0
        }
        fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
            Ok(())
        }
    }
    let template = MemorySource::with_grid(data, grid).info().clone();
    let shape = vec![100_000_000, 1000];
    let grid = ChunkGrid::even(&shape, &[1, 1000]);
    let info = SourceInfo { shape, grid, whole_chunks: true, ..template };
    let x = LazyArray::read(Arc::new(Huge(info)));
    let plan = session(1 << 30).plan(&[reduce(&x, "max", &[0, 1])]).unwrap();
    assert_eq!(plan.totals().chunks, 100_000_000);
}

#[test]
fn groups_that_nobody_asks_for_are_not_read() {
    let source = Counting::new(&[240, 60, 80], &[1, 60, 80]);
    let x = LazyArray::read(source.clone());
    let codes: Arc<[u32]> = (0..240).map(|i| i / 20).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let by_month = x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap();
    let session = Session::builder().threads(2).cuts(60 * 80 * 4, 4).build();
    let all = session.compute(std::slice::from_ref(&by_month)).unwrap();
    for (pick, groups) in [
        (Pick::At(3), 1),
        (Pick::span(10, 2), 2),
        (Pick::List([7, 2, 0].into()), 3),
        (Pick::Range { start: 11, step: -1, len: 12 }, 12),
        (Pick::List([5, 5].into()), 12),
    ] {
        let picks = Selection::new([pick.clone(), Pick::all(60), Pick::all(80)]);
        let some = by_month.select(&picks).unwrap();
        let before = source.reads();
        let plan = session.plan(std::slice::from_ref(&some)).unwrap();
        let out = session.compute(&[some]).unwrap();
        assert_eq!(out[0].to_packed(), all[0].select(&picks).unwrap().to_packed(), "{pick:?}");
        let read = source.reads() - before;
        assert_eq!((read, plan.totals().chunks), (groups * 20, groups * 20), "{pick:?}\n{plan}");
    }
}
