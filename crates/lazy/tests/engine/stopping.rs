//! How soon runs end that are stopped, take too long, or fail: within a block, not behind it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use graticule_array::{
    Array, ArrayMut, Cells, ChunkGrid, DType, Error, ReduceParams, Reduction, Region, Result,
    State, reduction,
};
use graticule_lazy::{BlockFn, LazyArray, Memory, RunOptions, Serial, Session, StopFlag};
use graticule_storage::{ChunkSource, ConcatSource, MemorySource, SourceInfo};

type Act = dyn Fn(usize) -> Result<()> + Send + Sync;

/// Counts elements; does something at each update.
struct Acting {
    params: ReduceParams,
    updates: Arc<AtomicUsize>,
    act: Box<Act>,
}

impl std::fmt::Debug for Acting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acting")
    }
}

fn acting(act: impl Fn(usize) -> Result<()> + Send + Sync + 'static) -> Arc<Acting> {
    let (params, updates) = (ReduceParams::default(), Arc::default());
    Arc::new(Acting { params, updates, act: Box::new(act) })
}

impl Reduction for Acting {
    fn name(&self) -> &'static str {
        "acting"
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, _: &DType) -> Result<DType> {
        Ok(DType::F64)
    }

    fn start(&self, _: &DType, cells: usize) -> Result<State> {
        Ok(State::new(vec![Array::zeros(&DType::F64, &[cells])?]))
    }

    fn update(&self, _: &mut State, _: &Array, _: Cells<'_>, _: u64) -> Result<()> {
        (self.act)(self.updates.fetch_add(1, Ordering::SeqCst))
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, r: Range<usize>) -> Result<()> {
        into.join::<f64>(0, at, from, r, |a, b| a + b)
    }

    fn finish(&self, mut state: State, _: &DType) -> Result<Array> {
        state.take(0)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        8
    }
}

/// One task of one block of 8 MB.
fn one_block() -> LazyArray {
    let data = Array::zeros(&DType::F64, &[1_000_000]).unwrap();
    LazyArray::read(Arc::new(MemorySource::new(data)))
}

fn session() -> Session {
    Session::builder().threads(2).memory(Memory::new(1 << 30)).cuts(1 << 30, 1 << 20).build()
}

fn serial() -> Session {
    let serial = Arc::new(Serial);
    Session::builder().threads(1).cuts(1 << 30, 1 << 20).executor(serial).build()
}

#[test]
fn a_stop_is_heeded_at_the_next_tile() {
    for session in [session(), serial()] {
        let stop = StopFlag::new();
        let flag = stop.clone();
        let counts = acting(move |n| {
            if n == 3 {
                flag.stop();
            }
            Ok(())
        });
        let lazy = one_block().reduce(counts.clone(), &[0]).unwrap();
        assert_eq!(session.plan(std::slice::from_ref(&lazy)).unwrap().totals().tasks, 1);
        let options = RunOptions { stop: Some(stop), ..RunOptions::default() };
        let error = session.run(&[lazy], &options).unwrap_err();
        assert!(error.is_cancelled(), "{error}");
        assert_eq!(counts.updates.load(Ordering::SeqCst), 4);
    }
}

#[test]
fn a_time_limit_is_heeded_within_a_block() {
    let slow = acting(|_| {
        std::thread::sleep(Duration::from_millis(10));
        Ok(())
    });
    let lazy = one_block().reduce(slow.clone(), &[0]).unwrap();
    let deadline = Some(Duration::from_millis(40));
    let options = RunOptions { deadline, ..RunOptions::default() };
    let error = session().run(&[lazy], &options).unwrap_err();
    assert!(error.is_cancelled() && error.to_string().contains("40ms"), "{error}");
    // However slow the machine is: five tiles take longer than that. There are more than thirty.
    assert!(slow.updates.load(Ordering::SeqCst) <= 5);
}

/// A source of zeros that does something at each read.
struct Part {
    info: SourceInfo,
    act: Box<dyn Fn() -> Result<()> + Send + Sync>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part")
    }
}

impl ChunkSource for Part {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
        (self.act)()
    }
}

/// Many files, read in one block.
fn files<F>(count: usize, act: impl Fn(usize) -> F) -> LazyArray
where
    F: Fn() -> Result<()> + Send + Sync + 'static,
{
    let shape = vec![1, 10];
    let grid = ChunkGrid::whole(&shape);
    let info = SourceInfo { dtype: DType::F64, shape, grid, whole_chunks: true, fill: None };
    let part = |i: usize| -> Arc<dyn ChunkSource> {
        Arc::new(Part { info: info.clone(), act: Box::new(act(i)) })
    };
    let all = ConcatSource::new((0..count).map(part).collect(), 0).unwrap();
    LazyArray::read(Arc::new(all))
}

fn mean(x: &LazyArray) -> LazyArray {
    x.reduce(reduction("mean", &ReduceParams::default()).unwrap(), &[0]).unwrap()
}

#[test]
fn reading_many_files_stops_at_the_next() {
    let (stop, reads) = (StopFlag::new(), Arc::new(AtomicUsize::new(0)));
    let x = files(500, |_| {
        let (stop, reads) = (stop.clone(), reads.clone());
        move || {
            if reads.fetch_add(1, Ordering::SeqCst) == 6 {
                stop.stop();
            }
            Ok(())
        }
    });
    let options = RunOptions { stop: Some(stop), ..RunOptions::default() };
    assert!(session().run(&[mean(&x)], &options).unwrap_err().is_cancelled());
    assert_eq!(reads.load(Ordering::SeqCst), 7);
}

#[test]
fn when_one_task_fails_those_after_it_end_and_those_before_it_do_not() {
    // Two tasks run side by side; one of them reads 3000 files that take a millisecond each.
    let run = |fails: usize| {
        let (reads, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let x = files(6000, |i| {
            let (reads, begun) = (reads.clone(), begun.clone());
            move || {
                if i / 3000 != fails {
                    begun.store(true, Ordering::SeqCst);
                    reads.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_micros(300));
                    return Ok(());
                }
                while !begun.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
                Err(Error::corrupt("damaged").in_file(format!("{i}.nc")))
            }
        });
        let session = Session::builder().threads(2).memory(Memory::new(1 << 30));
        let session = session.cuts(3000 * 80, 1).build();
        assert_eq!(session.plan(&[mean(&x)]).unwrap().totals().tasks, 2);
        let error = session.compute(&[mean(&x)]).unwrap_err();
        assert!(error.is_corrupt(), "{error}");
        (error.file().unwrap().to_str().unwrap().to_owned(), reads.load(Ordering::SeqCst))
    };
    let (file, others) = run(0);
    assert!(file == "0.nc" && others < 2500, "{file}, {others} others read");
    let (file, others) = run(1);
    assert_eq!((file.as_str(), others), ("3000.nc", 3000));
}

#[test]
fn runs_within_a_run_end_with_it() {
    let stop = StopFlag::new();
    let session = session();
    let inner_updates = Arc::new(AtomicUsize::new(0));
    let (inner, flag, seen) = (session.clone(), stop.clone(), inner_updates.clone());
    let f = BlockFn::new("nested", move |parts| {
        let (flag, seen) = (flag.clone(), seen.clone());
        let counts = acting(move |n| {
            seen.fetch_add(1, Ordering::SeqCst);
            if n == 1 {
                flag.stop();
            }
            Ok(())
        });
        inner.compute(&[one_block().reduce(counts, &[0])?])?;
        Ok(parts[0].clone())
    });
    let x = LazyArray::read(Arc::new(MemorySource::new(Array::from_vec([1], vec![1.0]).unwrap())));
    let y = LazyArray::map_blocks(f, &[x], DType::F64).unwrap();
    let options = RunOptions { stop: Some(stop), ..RunOptions::default() };
    let error = session.run(&[y], &options).unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(inner_updates.load(Ordering::SeqCst), 2);
}
