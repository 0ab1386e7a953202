//! What sources ask the scheduler for, and where failures come from.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use graticule_array::{Array, ArrayMut, ChunkGrid, Error, ReduceParams, Region, Result, reduction};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{ChunkSink, ChunkSource, Limits, MemorySource, SinkInfo, SourceInfo};

/// How many are at work, and the most that were.
#[derive(Debug, Default)]
struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Crowd {
    fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(1));
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Debug)]
struct Polite {
    inner: MemorySource,
    limits: Limits,
    crowd: Arc<Crowd>,
}

impl ChunkSource for Polite {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        self.crowd.enter();
        self.inner.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}

#[derive(Debug)]
struct PoliteSink {
    info: SinkInfo,
    crowd: Arc<Crowd>,
}

impl ChunkSink for PoliteSink {
    fn info(&self) -> &SinkInfo {
        &self.info
    }

    fn write(&self, _: &Region, _: &Array) -> Result<()> {
        self.crowd.enter();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits { lock: Some("library"), ..Limits::default() }
    }
}

fn source(limits: &Limits, crowd: &Arc<Crowd>) -> LazyArray {
    let shape = [64, 16];
    let data = Array::from_vec(shape, (0..64 * 16).map(f64::from).collect::<Vec<_>>()).unwrap();
    let inner = MemorySource::with_grid(data, ChunkGrid::even(&shape, &[2, 16]));
    LazyArray::read(Arc::new(Polite { inner, limits: limits.clone(), crowd: crowd.clone() }))
}

fn session() -> Session {
    Session::builder().threads(4).memory(Memory::new(1 << 30)).cuts(256, 1).build()
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

#[test]
fn a_lock_domain_is_entered_by_one_at_a_time() {
    let crowd = Arc::new(Crowd::default());
    let limits = Limits { lock: Some("library"), ..Limits::default() };
    let (a, b) = (source(&limits, &crowd), source(&limits, &crowd));
    let outputs = [reduce(&a, "mean", &[0]), reduce(&b, "mean", &[1]), reduce(&a, "max", &[0, 1])];
    session().compute(&outputs).unwrap();
    assert_eq!(crowd.most.load(Ordering::SeqCst), 1);
    let info = SinkInfo {
        dtype: a.dtype().clone(),
        shape: a.shape().to_vec(),
        grid: ChunkGrid::even(a.shape(), &[2, 16]),
    };
    session().store(&[(a, Arc::new(PoliteSink { info, crowd: crowd.clone() }))]).unwrap();
    assert_eq!(crowd.most.load(Ordering::SeqCst), 1);
}

#[test]
fn sources_serve_as_many_as_they_can() {
    let crowd = Arc::new(Crowd::default());
    let limits = Limits { parallel: Some(2), ..Limits::default() };
    session().compute(&[reduce(&source(&limits, &crowd), "mean", &[0])]).unwrap();
    assert!(crowd.most.load(Ordering::SeqCst) <= 2);
    let free = Arc::new(Crowd::default());
    session().compute(&[reduce(&source(&Limits::default(), &free), "mean", &[0])]).unwrap();
    assert!(free.most.load(Ordering::SeqCst) <= 4);
}

/// A store that is slow to answer: it serves its guests when as many wait as it lets in.
#[derive(Debug)]
struct Slow {
    inner: MemorySource,
    most: usize,
    state: Mutex<Guests>,
    change: Condvar,
}

#[derive(Debug, Default)]
struct Guests {
    came: usize,
    inside: usize,
    most: usize,
    given_up: bool,
}

impl ChunkSource for Slow {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        let mut guests = self.state.lock().unwrap();
        guests.came += 1;
        guests.inside += 1;
        guests.most = guests.most.max(guests.inside);
        let wanted = guests.came.next_multiple_of(self.most);
        self.change.notify_all();
        let patience = Duration::from_secs(60);
        let few = |g: &mut Guests| g.came < wanted && !g.given_up;
        let (mut guests, late) = self.change.wait_timeout_while(guests, patience, few).unwrap();
        guests.given_up |= late.timed_out();
        guests.inside -= 1;
        drop(guests);
        self.inner.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        Limits { parallel: Some(self.most), ..Limits::default() }
    }
}

#[test]
fn slow_sources_are_asked_as_often_as_they_allow_and_never_more() {
    let shape = [64, 16];
    let data = Array::from_vec(shape, (0..64 * 16).map(f64::from).collect::<Vec<_>>()).unwrap();
    let inner = MemorySource::with_grid(data, ChunkGrid::even(&shape, &[1, 16]));
    let (state, change) = (Mutex::default(), Condvar::new());
    let store = Arc::new(Slow { inner, most: 32, state, change });
    let session = Session::builder().threads(48).memory(Memory::new(1 << 30)).cuts(128, 1).build();
    session.compute(&[reduce(&LazyArray::read(store.clone()), "mean", &[0])]).unwrap();
    let guests = store.state.lock().unwrap();
    // Two rounds of 32: were there ever fewer inside, the last of them would have given up.
    assert!(!guests.given_up);
    assert_eq!((guests.came, guests.most), (64, 32));
}

#[test]
fn stages_that_overlap_share_what_a_source_can_serve() {
    let crowd = Arc::new(Crowd::default());
    let limits = Limits { parallel: Some(2), ..Limits::default() };
    let x = source(&limits, &crowd);
    let outputs = [reduce(&x, "mean", &[0]), reduce(&source(&limits, &crowd), "mean", &[1])];
    session().compute(&outputs).unwrap();
    assert!(crowd.most.load(Ordering::SeqCst) <= 2);
}

/// Every box that holds a given row is damaged.
#[derive(Debug)]
struct Damaged(MemorySource, usize);

impl ChunkSource for Damaged {
    fn info(&self) -> &SourceInfo {
        self.0.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        if (region.start[0]..region.start[0] + region.len[0]).contains(&self.1) {
            return Err(Error::corrupt("a checksum is wrong").in_file("a.nc").in_variable("sst"));
        }
        self.0.read_into(region, out)
    }
}

#[test]
fn failures_of_reading_say_where() {
    let data = Array::from_vec([40, 8], vec![1.0f32; 320]).unwrap();
    let inner = MemorySource::with_grid(data, ChunkGrid::even(&[40, 8], &[5, 8]));
    let x = LazyArray::read(Arc::new(Damaged(inner, 23)));
    let session = Session::builder().threads(2).cuts(5 * 8 * 4, 1).build();
    let error = session.compute(&[reduce(&x, "mean", &[0])]).unwrap_err().to_string();
    for word in ["a.nc", "sst", "checksum", "[20, 0]", "[5, 8]"] {
        assert!(error.contains(word), "{word}: {error}");
    }
}
