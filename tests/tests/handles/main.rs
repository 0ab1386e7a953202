//! Thousands of files in a process that may have few of them open.

#![cfg(target_os = "linux")] // the shell sets the limit
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

use std::path::Path;
use std::process::Command;

use graticule::{
    CombineOptions, DataArray, Dataset, ManyOptions, open_dataset, open_mfdataset_with, session,
};

const FILES: usize = 2000;
const LIMIT: usize = 64;

/// Where the files are, in the process that has the limit.
const FOLDER: &str = "GRATICULE_TEST_FOLDER";

/// Two steps of `x` that sum to 10.
fn write_hdf5(path: &Path) {
    let x = DataArray::new("x", ["time", "lat"], (vec![1i32, 2, 3, 4], [2, 2]));
    let set = Dataset::new().with_variable("x", x.variable()).with_session(&session());
    set.write(path).unwrap();
}

/// The same in the classic format, which nothing writes so far.
fn write_classic(path: &Path) {
    let mut bytes = b"CDF\x01\0\0\0\0".to_vec();
    let mut words = |list: &[i32]| bytes.extend(list.iter().flat_map(|w| w.to_be_bytes()));
    let (time, lat, x) = (i32::from_be_bytes(*b"time"), i32::from_be_bytes(*b"lat\0"), 0x7800_0000);
    words(&[10, 2, 4, time, 2, 3, lat, 2]); // dimensions: list, count, names and lengths
    words(&[0, 0]); // no attributes
    words(&[11, 1, 1, x, 2, 0, 1, 0, 0, 4, 16, 0]); // the variable; its data begins here:
    let end = bytes.len() as i32;
    let at = bytes.len() - 4;
    bytes[at..].copy_from_slice(&end.to_be_bytes());
    bytes.extend([1i32, 2, 3, 4].iter().flat_map(|v| v.to_be_bytes()));
    std::fs::write(path, bytes).unwrap();
}

fn open_all(folder: &str, format: &str) {
    let options = ManyOptions::new().combine(CombineOptions::nested("time"));
    let pattern = format!("{folder}/{format}-*.nc");
    let set = open_mfdataset_with(pattern, &options, &session()).unwrap();
    assert_eq!(set.size_of("time"), Some(2 * FILES));
    assert_eq!(set["x"].sum(..).item::<i64>().unwrap(), 10 * FILES as i64);
}

fn open_each(folder: &str, format: &str) {
    let path = |i: usize| format!("{folder}/{format}-{i:04}.nc");
    let kept: Vec<Dataset> = (0..2 * LIMIT).map(|i| open_dataset(path(i)).unwrap()).collect();
    for set in &kept {
        assert_eq!(set["x"].max(..).item::<i32>().unwrap(), 4);
    }
}

fn with_the_limit(folder: &str) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|l| l.starts_with("Max open files")).unwrap();
    assert!(line.contains(&format!(" {LIMIT} ")), "the limit is not in place: {line}");
    for format in ["hdf5", "classic"] {
        open_all(folder, format);
        open_each(folder, format);
    }
}

#[test]
fn two_thousand_files_need_few_handles() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return with_the_limit(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |format: &str, i: usize| folder.path().join(format!("{format}-{i:04}.nc"));
    write_hdf5(&path("hdf5", 0));
    write_classic(&path("classic", 0));
    for format in ["hdf5", "classic"] {
        for i in 1..FILES {
            let (from, to) = (path(format, 0), path(format, i));
            if std::fs::hard_link(&from, &to).is_err() {
                std::fs::copy(&from, &to).unwrap();
            }
        }
    }
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "two_thousand_files_need_few_handles", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "with {LIMIT} open files: {text}");
}

#[test]
fn datasets_share_the_threads_and_handles_of_the_default_session() {
    if std::env::var(FOLDER).is_ok() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    write_hdf5(&path);
    let (a, b) = (open_dataset(&*path).unwrap(), open_dataset(&*path).unwrap());
    assert!(std::sync::Arc::ptr_eq(a.session().handles(), b.session().handles()));
}
