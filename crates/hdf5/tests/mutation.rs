//! Damaged files: bits flipped, bytes replaced, ends cut off. Whatever comes out, nothing may
//! panic, and nothing may ask for more memory than a box that the test itself allows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Region, Scalar};
use graticule_hdf5::{Hdf5Backend, create, list};
use graticule_storage::{
    Backend, ByteSource, FilterSpec, Location, MemoryBytes, OpenOptions, RawAttr, RawDim, RawGroup,
    RawSchema, RawVarSchema, Storage,
};

/// Damaged copies of each file; a fuzzer goes further.
const ROUNDS: u64 = 1200;

fn sample() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let at = Location::new(dir.path().join("sample.nc"));
    let attr = |name: &str, value: Array| RawAttr { name: name.into(), value };
    let var = |name: &str, dims: &[&str], dtype: DType, storage: Storage| RawVarSchema {
        name: name.into(),
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        dtype,
        attrs: vec![
            attr("units", Array::scalar(graticule_array::Text::from("K"))),
            attr("valid_range", Array::from_vec([2], vec![-5i16, 500]).unwrap()),
        ],
        fill: Some(Scalar::I16(-999)),
        storage,
    };
    let chunked = Storage {
        chunks: Some(vec![1, 10, 20]),
        filters: vec![FilterSpec::shuffle(), FilterSpec::deflate(4)],
        ..Storage::default()
    };
    let schema = RawSchema {
        dims: [("time", 3, true), ("y", 10, false), ("x", 20, false)]
            .map(|(name, len, unlimited)| RawDim { name: name.into(), len, unlimited })
            .to_vec(),
        attrs: vec![attr("title", Array::scalar(graticule_array::Text::from("a sample")))],
        vars: vec![var("t", &["time", "y", "x"], DType::I16, chunked)],
    };
    let mut file = create(&at, &schema).unwrap();
    let sink = file.sink("t").unwrap();
    let grid = ChunkGrid::even(&[3, 10, 20], &[1, 10, 20]);
    for time in 0..3 {
        let values = (0..200i16).map(|i| i * 3 + time as i16).collect();
        let block = Array::from_vec([1, 10, 20], values).unwrap();
        sink.write(&grid.region(&[time, 0, 0]), &block).unwrap();
    }
    drop(sink);
    file.finish().unwrap();
    std::fs::read(at.path()).unwrap()
}

fn read_all(group: &RawGroup) {
    for var in &group.vars {
        let shape = &var.source.info().shape;
        let len: Vec<usize> = shape.iter().map(|n| (*n).min(40)).collect();
        if len.iter().product::<usize>() < 1 << 20 {
            let _ = var.source.read(&Region::new(vec![0; len.len()], len));
        }
    }
    group.groups.iter().for_each(read_all);
}

fn try_all(bytes: Vec<u8>) {
    let bytes: Arc<dyn ByteSource> = Arc::new(MemoryBytes::new("damaged", bytes));
    // Without checksums more of the damage is reached.
    for verify in [false, true] {
        let options = OpenOptions { verify, ..OpenOptions::default() };
        if let Ok(group) = Hdf5Backend::new().open(bytes.clone(), &options) {
            read_all(&group);
        }
        let _ = list(&bytes, &options);
    }
}

/// A generator good enough to choose places: xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

#[test]
fn damaged_files_end_in_an_error_or_in_data() {
    let mut files = vec![sample()];
    // Small real files reach more of the format, where they are at hand.
    let named = std::env::var_os("GRATICULE_CORPUS").map(std::path::PathBuf::from);
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = named.into_iter().chain([beside]).find(|p| p.join("MANIFEST.csv").is_file());
    if let Some(root) = root {
        let text = std::fs::read_to_string(root.join("MANIFEST.csv")).unwrap();
        let rows = text.lines().filter(|l| l.contains(",HDF5,") && !l.starts_with('"'));
        let paths = rows.filter_map(|l| l.split(',').next()).map(|p| root.join(p));
        let small = paths.filter(|p| p.metadata().is_ok_and(|m| m.len() < 20_000));
        files.extend(small.step_by(9).filter_map(|p| std::fs::read(p).ok()));
    } else {
        eprintln!("SKIPPED in part: no corpus; set GRATICULE_CORPUS");
    }
    let rounds = (ROUNDS / files.len() as u64).max(40);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for file in &files {
        try_all(file.clone());
        for _ in 0..rounds {
            let mut bytes = file.clone();
            for _ in 0..=chance.below(4) {
                let at = chance.below(bytes.len());
                match chance.below(4) {
                    0 => bytes[at] ^= 1 << chance.below(8),
                    1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][chance.below(5)],
                    2 => bytes.iter_mut().skip(at).take(8).for_each(|b| *b = 0xff),
                    _ => {
                        let from = chance.below(bytes.len());
                        let n = chance.below(16).min(bytes.len() - from.max(at));
                        bytes.copy_within(from..from + n, at);
                    }
                }
            }
            if chance.below(8) == 0 {
                let n = chance.below(bytes.len());
                bytes.truncate(n);
                // A file that is shorter than it says is refused at once; one with a hole is not.
                if chance.below(4) > 0 {
                    bytes.resize(file.len(), 0);
                }
            }
            try_all(bytes);
        }
    }
}

#[test]
fn a_file_that_ends_early_is_refused_as_a_whole() {
    let whole = sample();
    let open = |bytes: &[u8]| {
        let bytes = MemoryBytes::new("short.nc", bytes);
        Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default())
    };
    assert!(open(&whole).is_ok());
    let error = open(&whole[..whole.len() - 1]).unwrap_err();
    assert!(error.is_corrupt());
    let (says, has) = (whole.len(), whole.len() - 1);
    let wanted = format!("truncated: the superblock says {says} bytes, the file has {has}");
    assert!(error.to_string().contains(&wanted), "{error}");
    assert!(error.to_string().contains("short.nc"), "{error}");
    // Bytes behind the end are no harm, and a block put in front moves the end.
    assert!(open(&[whole.as_slice(), b"more"].concat()).is_ok());
    let moved = [&[0; 512], whole.as_slice()].concat();
    assert!(open(&moved).is_ok());
    assert!(open(&moved[..moved.len() - 1]).is_err());
}

#[test]
fn metadata_whose_checksum_is_wrong_is_refused_unless_told_otherwise() {
    let whole = sample();
    let at = whole.windows(4).position(|w| w == b"OHDR").unwrap();
    let mut changed = whole;
    // The time of the last change, which nothing depends on.
    changed[at + 8] ^= 1;
    let open = |verify| {
        let bytes = MemoryBytes::new("changed.nc", changed.as_slice());
        let options = OpenOptions { verify, ..OpenOptions::default() };
        Hdf5Backend::new().open(Arc::new(bytes), &options)
    };
    let error = open(true).unwrap_err();
    assert!(error.is_corrupt());
    assert!(error.to_string().contains("the checksum of an object header"), "{error}");
    open(false).unwrap();
}
