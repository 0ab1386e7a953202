//! Formats from outside: one type that opens, one that reads, and a session that knows them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule::array::Array;
use graticule::storage::testing::source_suite;
use graticule::storage::{FileBytes, HandlePool, OpenOptions as StorageOptions};
use graticule::{Backend, Location, OpenOptions, open_dataset, open_dataset_with};

use crate::dummy::Dummy;

/// A file that is known by its bytes, not by its name.
fn dummy_file(folder: &Path) -> PathBuf {
    let path = folder.join("a.nc");
    let mut bytes = b"DUMMY\x03\x00\x04\x00".to_vec();
    bytes.extend((0..12).flat_map(|n| (n as f32 / 2.0).to_le_bytes()));
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_format_from_outside_takes_less_than_sixty_lines() {
    let lines = include_str!("dummy.rs").lines().skip_while(|line| !line.starts_with("#["));
    assert!(lines.filter(|line| !line.is_empty()).count() < 60);
}

#[test]
fn a_session_opens_the_formats_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = dummy_file(folder.path());
    let why = format!("{:#}", open_dataset(&path).unwrap_err());
    assert!(why.contains("not a known file format"), "{why}");
    let mut all = graticule::backends();
    all.push(Arc::new(Dummy));
    let only: Vec<Arc<dyn Backend>> = vec![Arc::new(Dummy)];
    for backends in [all, only] {
        let session = graticule::session().with_backends(backends);
        let set = open_dataset_with(&path, &OpenOptions::new(), &session).unwrap();
        assert_eq!(set.var("t").mean("y").values::<f32>().unwrap(), [2.0, 2.5, 3.0, 3.5]);
        assert_eq!(set.var("t").isel("x", 1).values::<f32>().unwrap(), [0.5, 2.5, 4.5]);
    }
}

#[test]
fn it_keeps_the_promises_of_sources() {
    let folder = tempfile::tempdir().unwrap();
    let at = Location::new(dummy_file(folder.path()));
    let bytes = FileBytes::open(&at, &Arc::new(HandlePool::default())).unwrap();
    let root = Dummy.open(Arc::new(bytes), &StorageOptions::default()).unwrap();
    let values: Vec<f32> = (0..12).map(|n| n as f32 / 2.0).collect();
    let expected = Array::from_vec([3, 4], values).unwrap();
    source_suite(root.vars[0].source.as_ref(), &expected).unwrap();
}
