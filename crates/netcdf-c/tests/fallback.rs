//! What the native readers refuse is asked of the C libraries.
#![cfg(feature = "libnetcdf")]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use graticule_array::{Array, Error, Result};
use graticule_hdf5::Hdf5Backend;
use graticule_netcdf_c::{NetcdfCBackend, WithFallback};
use graticule_storage::{
    Backend, ByteSource, FileBytes, HandlePool, Location, MemoryBytes, OpenHint, OpenOptions,
    RawAttr, RawDim, RawGroup, RawSchema, RawVarSchema, Storage,
};

/// A reader that recognises everything and reads nothing.
#[derive(Debug)]
struct Refuses;

impl Backend for Refuses {
    fn name(&self) -> &'static str {
        "refuses"
    }

    fn recognises(&self, _: &OpenHint<'_>) -> bool {
        true
    }

    fn open(&self, _: Arc<dyn ByteSource>, _: &OpenOptions) -> Result<RawGroup> {
        Err(Error::unsupported("anything"))
    }
}

fn written(folder: &tempfile::TempDir) -> Arc<dyn ByteSource> {
    let at = Location::new(folder.path().join("a.nc"));
    let title = RawAttr { name: "n".into(), value: Array::scalar(7i32) };
    let schema = RawSchema {
        dims: vec![RawDim { name: "x".into(), len: 3, unlimited: false }],
        attrs: vec![title],
        vars: vec![RawVarSchema {
            name: "v".into(),
            dims: vec!["x".into()],
            dtype: graticule_array::DType::F64,
            attrs: Vec::new(),
            fill: None,
            storage: Storage::default(),
        }],
    };
    let mut file = Hdf5Backend::new().create(&at, &schema).unwrap();
    let sink = file.sink("v").unwrap();
    let values = Array::from_vec([3], vec![1.0, 2.5, -4.0]).unwrap();
    sink.write(&graticule_array::Region::whole(&[3]), &values).unwrap();
    drop(sink);
    file.finish().unwrap();
    Arc::new(FileBytes::open(&at, &Arc::new(HandlePool::default())).unwrap())
}

fn check(group: &RawGroup) {
    assert_eq!(group.attrs.first().unwrap().value.to_flat::<i32>().unwrap(), [7]);
    let var = group.vars.iter().find(|v| v.name == "v").unwrap();
    let part = graticule_array::Region::new([1], [2]);
    assert_eq!(var.source.read(&part).unwrap().to_flat::<f64>().unwrap(), [2.5, -4.0]);
}

#[test]
fn our_files_open_in_the_c_library() {
    let folder = tempfile::tempdir().unwrap();
    check(&NetcdfCBackend::new().open(written(&folder), &OpenOptions::default()).unwrap());
}

#[test]
fn refusals_go_to_the_c_library() {
    let folder = tempfile::tempdir().unwrap();
    let backend = WithFallback::new(Arc::new(Refuses));
    check(&backend.open(written(&folder), &OpenOptions::default()).unwrap());
}

#[test]
fn what_both_refuse_is_the_error_of_the_native_reader() {
    let bytes: Arc<dyn ByteSource> = Arc::new(MemoryBytes::new("memory", *b"CDF\x01"));
    let error = WithFallback::new(Arc::new(Refuses)).open(bytes, &OpenOptions::default());
    assert!(error.unwrap_err().to_string().contains("anything"));
}

#[test]
fn the_native_reader_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let backend = WithFallback::new(Arc::new(Hdf5Backend::new()));
    let group = backend.open(written(&folder), &OpenOptions::default()).unwrap();
    check(&group);
    assert_eq!(group.vars.first().unwrap().source.limits().lock, None);
}
