//! Datasets whose computing is stopped from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graticule_array::{Array, ArrayMut, Region, Result};
use graticule_dataset::Dataset;
use graticule_lazy::{Event, LazyArray, Progress, RunOptions, StopFlag};
use graticule_storage::{ChunkSource, MemorySource, SourceInfo};

/// Asks for a stop when the tenth chunk is read.
#[derive(Debug)]
struct Stopping(MemorySource, Arc<AtomicUsize>, StopFlag);

impl ChunkSource for Stopping {
    fn info(&self) -> &SourceInfo {
        self.0.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        if self.1.fetch_add(1, Ordering::SeqCst) == 9 {
            self.2.stop();
        }
        self.0.read_into(region, out)
    }
}

#[derive(Debug, Default)]
struct Ends(AtomicUsize);

impl Progress for Ends {
    fn event(&self, event: &Event) {
        if matches!(event, Event::Finished) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[test]
fn a_stopped_computation_is_an_error_and_the_dataset_stays_usable() {
    let (reads, stop) = (Arc::new(AtomicUsize::new(0)), StopFlag::new());
    let data = Array::from_vec([1, 8192], vec![1.0f64; 8192]).unwrap();
    let part = |_| {
        let inner = MemorySource::new(data.clone());
        LazyArray::read(Arc::new(Stopping(inner, reads.clone(), stop.clone())))
    };
    let parts: Vec<LazyArray> = (0..64).map(part).collect();
    let ds = Dataset::new().with_var("x", ["t", "y"], LazyArray::concat(&parts, 0).unwrap());
    let mean = ds["x"].mean(["t", "y"]);
    let ends = Arc::new(Ends::default());
    let options =
        RunOptions { stop: Some(stop), progress: Some(ends.clone()), ..RunOptions::default() };
    let error = mean.compute_with(&options).unwrap_err();
    assert!(error.is_cancelled() && error.to_string().contains("\"x\""), "{error}");
    // Those that others were reading meanwhile are read to their end.
    assert!(reads.load(Ordering::SeqCst) < 40);
    assert_eq!(ends.0.load(Ordering::SeqCst), 1);
    let late = RunOptions { deadline: Some(Duration::ZERO), ..RunOptions::default() };
    assert!(ds.compute_with(&late).unwrap_err().is_cancelled());
    assert_eq!(mean.compute_with(&RunOptions::default()).unwrap().item::<f64>().unwrap(), 1.0);
}
