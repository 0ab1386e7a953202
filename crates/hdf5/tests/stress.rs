//! Many threads on many files: 32 threads open and read 200 files, some through sources that
//! they share, with fewer open handles than files; every value is compared. Other sizes, for slow
//! tools that look for races: `GRATICULE_STRESS=FILES,THREADS,READS`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graticule_array::{Array, DType, Region, Text};
use graticule_hdf5::{Hdf5Backend, create};
use graticule_storage::{
    Backend, FileBytes, FilterSpec, HandlePool, Location, OpenOptions, RawAttr, RawDim, RawGroup,
    RawSchema, RawVarSchema, Storage,
};

/// Files, threads, reads of each thread.
const SIZES: [usize; 3] = [200, 32, 120];
const SHAPE: [usize; 3] = [3, 17, 23];

/// The element at a place of a file's variable.
fn value(file: usize, var: usize, at: usize) -> i32 {
    (file * 7919 + var * 104_729 + at * 31) as i32 % 30_000
}

fn schema(file: usize) -> RawSchema {
    let packed = |chunks: [usize; 3], filters: Vec<FilterSpec>| Storage {
        chunks: Some(chunks.to_vec()),
        filters,
        ..Storage::default()
    };
    let sum = FilterSpec { name: "fletcher32".into(), id: Some(3), params: vec![] };
    let (shuffle, deflate) = (FilterSpec::shuffle(), FilterSpec::deflate(3));
    let storages = [
        packed([1, 17, 23], vec![shuffle.clone(), deflate.clone()]),
        packed([2, 5, 7], vec![shuffle, deflate, sum]),
        Storage { big_endian: file.is_multiple_of(3), ..Storage::default() },
        packed([1, 4, 23], vec![]),
    ];
    let var = |(number, storage): (usize, Storage)| RawVarSchema {
        name: format!("v{number}"),
        dims: ["t", "y", "x"].map(String::from).to_vec(),
        dtype: if number == 1 { DType::F64 } else { DType::I32 },
        attrs: (0..9)
            .map(|i| RawAttr {
                name: format!("a{i}"),
                value: Array::scalar(Text::from(format!("{file} {number} {i}"))),
            })
            .collect(),
        fill: None,
        storage,
    };
    RawSchema {
        dims: [("t", SHAPE[0], true), ("y", SHAPE[1], false), ("x", SHAPE[2], false)]
            .map(|(name, len, unlimited)| RawDim { name: name.into(), len, unlimited })
            .to_vec(),
        attrs: vec![],
        vars: storages.into_iter().enumerate().map(var).collect(),
    }
}

fn write(at: &Path, file: usize) {
    let mut writer = create(&Location::new(at), &schema(file)).unwrap();
    for number in 0..4 {
        let sink = writer.sink(&format!("v{number}")).unwrap();
        let n = SHAPE.iter().product::<usize>();
        let values: Vec<i32> = (0..n).map(|i| value(file, number, i)).collect();
        let all = Array::from_vec(SHAPE, values).unwrap();
        let all = if number == 1 { all.cast(&DType::F64).unwrap() } else { all };
        let grid = sink.info().grid.clone();
        for index in grid.covering(&Region::whole(&SHAPE)).iter() {
            let region = grid.region(&index);
            sink.write(&region, &all.region(&region).unwrap()).unwrap();
        }
    }
    writer.finish().unwrap();
}

/// Reads a box that `chance` chooses, and compares all of it.
fn check(group: &RawGroup, file: usize, chance: &mut impl FnMut(usize) -> usize) {
    let number = chance(4);
    let var = group.vars.iter().find(|v| v.name == format!("v{number}")).unwrap();
    let mut region = Region { start: Vec::new(), len: Vec::new() };
    for n in SHAPE {
        let start = chance(n);
        region.start.push(start);
        region.len.push(1 + chance(n - start));
    }
    let data = var.source.read(&region).unwrap().cast(&DType::I32).unwrap();
    let mut found = data.to_flat::<i32>().unwrap().into_iter();
    for t in 0..region.len[0] {
        for y in 0..region.len[1] {
            for x in 0..region.len[2] {
                let at = [t, y, x].into_iter().zip(&region.start).zip(SHAPE);
                let at = at.fold(0, |n, ((k, start), len)| n * len + k + start);
                assert_eq!(found.next(), Some(value(file, number, at)), "file {file} v{number}");
            }
        }
    }
    let chosen = chance(9);
    let attr = var.attrs.iter().find(|a| a.name == format!("a{chosen}")).unwrap();
    let text = attr.value.get(&[]).unwrap();
    assert_eq!(text, format!("{file} {number} {chosen}").into());
}

fn sizes() -> [usize; 3] {
    let given = std::env::var("GRATICULE_STRESS").unwrap_or_default();
    let given: Vec<usize> = given.split(',').filter_map(|n| n.parse().ok()).collect();
    given.try_into().unwrap_or(SIZES)
}

#[test]
fn many_threads_read_many_files() {
    let [files, threads, reads] = sizes();
    let folder = tempfile::tempdir().unwrap();
    let path = |file: usize| folder.path().join(format!("{file}.nc"));
    (0..files).for_each(|file| write(&path(file), file));
    let pool = Arc::new(HandlePool::new(files.div_ceil(10)));
    let backend = Hdf5Backend::new();
    let open = |file: usize| {
        let bytes = FileBytes::open(&Location::new(path(file)), &pool).unwrap();
        backend.open(Arc::new(bytes), &OpenOptions::default()).unwrap()
    };
    let shared: Vec<RawGroup> = (0..files).map(open).collect();
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (shared, open, done) = (&shared, &open, &done);
            scope.spawn(move || {
                let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ (thread as u64) << 17;
                let mut chance = |n: usize| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    (state % n as u64) as usize
                };
                for _ in 0..reads {
                    let file = chance(files);
                    if chance(3) == 0 {
                        check(&open(file), file, &mut chance);
                    } else {
                        check(&shared[file], file, &mut chance);
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(done.into_inner(), threads * reads);
}
