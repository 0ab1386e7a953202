//! What goes wrong, and what is said about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graticule_array::{ArrayMut, ChunkGrid, DType, Error, ReduceParams, Region, Result, reduction};
use graticule_lazy::{Event, LazyArray, Memory, Progress, RunOptions, Session, StopFlag};
use graticule_storage::{ChunkSource, SourceInfo};

type Behaviour = dyn Fn(&Region) -> Result<()> + Send + Sync;

/// A source of zeros that does something at each read.
struct Odd {
    info: SourceInfo,
    reads: AtomicUsize,
    behaviour: Box<Behaviour>,
}

impl std::fmt::Debug for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Odd")
    }
}

impl Odd {
    fn new(behaviour: impl Fn(&Region) -> Result<()> + Send + Sync + 'static) -> Arc<Self> {
        let shape = vec![1000, 100, 100];
        let grid = ChunkGrid::even(&shape, &[1, 100, 100]);
        let info = SourceInfo { dtype: DType::F64, shape, grid, whole_chunks: true, fill: None };
        Arc::new(Self { info, reads: AtomicUsize::new(0), behaviour: Box::new(behaviour) })
    }

    fn mean(self: &Arc<Self>) -> LazyArray {
        let mean = reduction("mean", &ReduceParams::default()).unwrap();
        LazyArray::read(self.clone()).reduce(mean, &[0]).unwrap()
    }
}

impl ChunkSource for Odd {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, _: ArrayMut<'_>) -> Result<()> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        (self.behaviour)(region)
    }
}

fn session() -> Session {
    Session::builder().threads(3).memory(Memory::new(1 << 30)).build()
}

#[test]
fn the_first_error_stops_the_run() {
    let source = Odd::new(|r| {
        let bad = r.start[0] <= 300 && 300 < r.start[0] + r.len[0];
        if bad { Err(Error::corrupt("bad chunk").in_file("day300.nc")) } else { Ok(()) }
    });
    let error = session().compute(&[source.mean()]).unwrap_err();
    assert!(error.is_corrupt(), "{error}");
    assert_eq!(error.file().unwrap().to_str(), Some("day300.nc"));
    assert!(source.reads.load(Ordering::Relaxed) < 30);
}

#[test]
fn a_panic_becomes_an_error() {
    let source = Odd::new(|r| {
        assert!(r.start[0] == 0, "no such day");
        Ok(())
    });
    let session = session();
    let error = session.compute(&[source.mean()]).unwrap_err();
    assert!(error.is_bug() && error.to_string().contains("no such day"), "{error}");
    // The session goes on.
    let fine = Odd::new(|_| Ok(()));
    session.compute(&[fine.mean()]).unwrap();
}

#[test]
fn what_cannot_fit_is_refused_before_reading() {
    let source = Odd::new(|_| Ok(()));
    let small = Session::builder().threads(2).memory(Memory::new(50_000)).build();
    let error = small.compute(&[source.mean()]).unwrap_err();
    assert!(error.is_over_budget(), "{error}");
    let text = error.to_string();
    assert!(text.contains("mean") && text.contains("50.0 kB"), "{text}");
    assert_eq!(source.reads.load(Ordering::Relaxed), 0);
    // The whole array is 80 MB.
    let small = Session::builder().threads(2).memory(Memory::new(50_000_000)).build();
    let error = small.compute(&[LazyArray::read(source.clone())]).unwrap_err();
    assert!(error.is_over_budget(), "{error}");
    assert_eq!(source.reads.load(Ordering::Relaxed), 0);
}

#[test]
fn runs_stop_on_request_and_in_time() {
    let source = Odd::new(|_| Ok(()));
    let stop = StopFlag::new();
    stop.stop();
    let options = RunOptions { stop: Some(stop), ..RunOptions::default() };
    let error = session().run(&[source.mean()], &options).unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    let slow = Odd::new(|_| {
        std::thread::sleep(Duration::from_millis(20));
        Ok(())
    });
    let options = RunOptions { deadline: Some(Duration::from_millis(50)), ..RunOptions::default() };
    let error = session().run(&[slow.mean()], &options).unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert!(slow.reads.load(Ordering::Relaxed) < 40);
}

#[derive(Debug, Default)]
struct Log(std::sync::Mutex<Vec<Event>>);

impl Progress for Log {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[test]
fn events_add_up_to_what_was_planned() {
    let log = Arc::new(Log::default());
    let options = RunOptions { progress: Some(log.clone()), ..RunOptions::default() };
    let source = Odd::new(|_| Ok(()));
    let session = session();
    session.run(&[source.mean()], &options).unwrap();
    let events = log.0.lock().unwrap();
    assert_eq!(events.first(), Some(&Event::Started { tasks: 10, bytes: 80_000_000 }));
    assert_eq!(events.last(), Some(&Event::Finished));
    let advanced = events.iter().filter_map(|e| match e {
        Event::Advanced { tasks, bytes } => Some((*tasks, *bytes)),
        _ => None,
    });
    let sum = advanced.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert_eq!(sum, (10, 80_000_000));
    let report = session.run_report();
    assert_eq!((report.tasks, report.bytes, report.cpu.len()), (10, 80_000_000, 3));
}

#[test]
fn endless_expressions_are_refused() {
    let mut x = Odd::new(|_| Ok(())).mean();
    let error = loop {
        match x.map(graticule_array::MapOp::Neg) {
            Ok(next) => x = next,
            Err(e) => break e,
        }
    };
    assert!(error.is_unsupported(), "{error}");
    session().compute(&[x]).unwrap();
}
