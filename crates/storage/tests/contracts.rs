//! The suites, on the sources of this crate; and that the suites can fail.

#![allow(clippy::unwrap_used)] // a test may fail by panic

use std::sync::Arc;
use std::time::Duration;

use graticule_array::{Array, ArrayMut, ChunkGrid, Region, Result};
use graticule_storage::testing::{bytes_suite, source_suite};
use graticule_storage::{
    ByteSource, ChunkSource, ConcatSource, CountingBytes, CountingSource, FailingSource, FileBytes,
    HandlePool, Location, MemoryBytes, MemorySource, SourceInfo, ThrottledSource,
};

fn cube() -> Array {
    Array::from_vec(vec![4, 3, 5], (0..60).map(f64::from).collect()).unwrap()
}

fn source() -> Arc<dyn ChunkSource> {
    Arc::new(MemorySource::with_grid(cube(), ChunkGrid::even(&[4, 3, 5], &[2, 2, 2])))
}

#[test]
fn sources_in_memory_keep_their_promises() {
    source_suite(source().as_ref(), &cube()).unwrap();
    let point = Array::scalar(1.5f32);
    source_suite(&MemorySource::new(point.clone()), &point).unwrap();
    let none = Array::from_vec(vec![0, 3], Vec::<i32>::new()).unwrap();
    source_suite(&MemorySource::new(none.clone()), &none).unwrap();
    let text = Array::from_vec(vec![2], vec![graticule_array::Text::from("a"), "b".into()]);
    let text = text.unwrap();
    source_suite(&MemorySource::new(text.clone()), &text).unwrap();
}

#[test]
fn wrapped_and_concatenated_sources_keep_their_promises() {
    source_suite(&CountingSource::new(source()), &cube()).unwrap();
    source_suite(&FailingSource::new(source(), u64::MAX), &cube()).unwrap();
    source_suite(&ThrottledSource::locked(source(), "test", Duration::ZERO), &cube()).unwrap();
    let twice = Array::concat(&[cube(), cube()], 1).unwrap();
    source_suite(&ConcatSource::new(vec![source(), source()], 1).unwrap(), &twice).unwrap();
}

#[test]
fn reads_are_counted_and_fail_when_told_to() {
    let counted = CountingSource::new(source());
    counted.read(&Region::new([0, 0, 0], [1, 1, 3])).unwrap();
    assert_eq!((counted.reads(), counted.elements(), counted.bytes()), (1, 3, 24));
    counted.reset();
    assert_eq!(counted.regions(), []);
    let failing = FailingSource::new(source(), 2);
    let all = Region::whole(&[4, 3, 5]);
    assert!(failing.read(&all).is_ok());
    assert!(failing.read(&all).unwrap_err().is_io());
    assert!(failing.read(&all).is_ok());
    assert_eq!(failing.reads(), 3);
}

#[test]
fn simultaneous_reads_are_noticed() {
    let a = ThrottledSource::locked(source(), "test", Duration::from_millis(100));
    let b = ThrottledSource::locked(source(), "test", Duration::from_millis(100)).counted_with(&a);
    assert_eq!(a.limits().lock, Some("test"));
    let one = Region::new([0, 0, 0], [1, 1, 1]);
    a.read(&one).unwrap();
    b.read(&one).unwrap();
    assert_eq!(a.most_at_once(), 1);
    let gate = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        for source in [&a, &b] {
            scope.spawn(|| {
                gate.wait();
                source.read(&one).unwrap();
            });
        }
    });
    assert_eq!(b.most_at_once(), 2);
}

#[test]
fn byte_sources_keep_their_promises() {
    let bytes: Vec<u8> = (0..=255).collect();
    let memory = MemoryBytes::new("memory", bytes.clone());
    bytes_suite(&memory, &bytes).unwrap();
    bytes_suite(&MemoryBytes::new("empty", Vec::new()), &[]).unwrap();
    let counted = CountingBytes::new(Arc::new(memory));
    counted.read_vec(3, 9).unwrap();
    assert_eq!((counted.reads(), counted.bytes()), (1, 9));
    counted.reset();
    bytes_suite(&counted, &bytes).unwrap();
    let path = std::env::temp_dir().join(format!("graticule-contracts-{}", std::process::id()));
    std::fs::write(&path, &bytes).unwrap();
    let file = FileBytes::open(&Location::new(&path), &Arc::new(HandlePool::new(1))).unwrap();
    let result = bytes_suite(&file, &bytes);
    std::fs::remove_file(&path).unwrap();
    result.unwrap();
}

/// A source with a fault: it reads everything one step too far along the last axis.
#[derive(Debug)]
struct Shifted(Arc<dyn ChunkSource>);

impl ChunkSource for Shifted {
    fn info(&self) -> &SourceInfo {
        self.0.info()
    }
    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        let mut moved = region.clone();
        if let (Some(s), Some(l)) = (moved.start.last_mut(), region.len.last()) {
            *s = (*s + 1).min(5 - l);
        }
        self.0.read_into(&moved, out)
    }
}

#[test]
fn a_faulty_source_is_found_out() {
    let error = source_suite(&Shifted(source()), &cube()).unwrap_err();
    assert!(error.to_string().contains("holds other values"), "{error}");
    let wrong = Array::from_vec(vec![4, 3, 5], vec![0.5f64; 60]).unwrap();
    assert!(source_suite(source().as_ref(), &wrong).is_err());
    assert!(bytes_suite(&MemoryBytes::new("m", vec![1, 2, 3]), &[1, 2, 4]).is_err());
}
