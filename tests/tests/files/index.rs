//! Archives reopened through an index: the same values, and no file opened twice.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use graticule::{
    Dataset, ManyOptions, OpenOptions, WriteOptions, index_files, open_dataset,
    open_mfdataset_with, session,
};

use crate::day_file;

fn open(folder: &Path, options: &ManyOptions) -> graticule::Result<Dataset> {
    open_mfdataset_with(folder.join("*.nc"), options, &session())
}

fn described(set: &Dataset) -> String {
    let set = set.compute().unwrap();
    let vars = set.variables().map(|(n, v)| format!("{n} {v:?} {:?}", v.encoding()));
    format!("{:?}\n{:?}\n{:?}", set.to_string(), set.encoding(), vars.collect::<Vec<_>>())
}

/// Files of several formats, chunk shapes and packings, and one with other attributes.
fn archive(folder: &Path) {
    for day in 0..6 {
        let path = folder.join(format!("{day}.nc"));
        day_file(&path, 2 * day, "2001-01-01");
        let set = open_dataset(&path).unwrap().load().unwrap();
        let other = folder.join("other");
        match day {
            2 => set.write_with(&other, &WriteOptions::new().format("NETCDF3_64BIT")).unwrap(),
            4 => {
                let warm = set.map_attrs_of("t");
                warm.write_with(&other, &WriteOptions::new().format("NETCDF4")).unwrap();
            }
            _ => continue,
        }
        fs::rename(other, path).unwrap();
    }
}

trait Renamed {
    fn map_attrs_of(&self, name: &str) -> Dataset;
}

impl Renamed for Dataset {
    /// Other attributes, another packing.
    fn map_attrs_of(&self, name: &str) -> Dataset {
        let mut encoding = self.variable(name).unwrap().encoding().clone();
        encoding.dtype = Some(graticule::DType::I16);
        encoding.scale = Some(graticule::Scalar::F64(0.5));
        let var = self.variable(name).unwrap().clone().with_encoding(encoding);
        self.clone().with_variable(name, var).with_attr("title", "packed")
    }
}

#[test]
fn values_are_the_same_with_and_without_an_index() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let index = folder.path().join("archive.gratidx");
    let plain = open(folder.path(), &ManyOptions::new()).unwrap();
    let with = ManyOptions::new().index(&index);
    let first = open(folder.path(), &with).unwrap();
    assert_eq!(described(&first), described(&plain));
    let again = open(folder.path(), &with).unwrap();
    assert_eq!(described(&again), described(&plain));
    let report = index_files(folder.path().join("*.nc"), &index).unwrap();
    assert_eq!((report.files, report.known, report.learned, report.plain), (6, 6, 0, 0));
    // Lazily, too: labels select, and only then is a file opened.
    let one = again["t"].sel("time", "2001-01-05T12:00").sel("lat", 20.0);
    assert_eq!(one.item::<f32>().unwrap(), 7.0);
}

#[test]
fn new_changed_and_lost_files_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let index = folder.path().join("archive.gratidx");
    let files = folder.path().join("*.nc");
    let counts = || {
        let report = index_files(&files, &index).unwrap();
        (report.known, report.learned, report.problems.len())
    };
    assert_eq!(counts(), (0, 6, 0));
    let before = fs::read(&index).unwrap();
    assert_eq!(counts(), (6, 0, 0));
    assert_eq!(fs::read(&index).unwrap(), before, "nothing was learned");
    day_file(&folder.path().join("6.nc"), 12, "2001-01-01");
    assert_eq!(counts(), (6, 1, 0));
    // The same length, another time of change.
    let changed = folder.path().join("1.nc");
    let file = fs::File::options().append(true).open(&changed).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(1000)).unwrap();
    assert_eq!(counts(), (6, 1, 0));
    let with = ManyOptions::new().index(&index);
    let set = open(folder.path(), &with).unwrap();
    // A file that changes behind an open dataset is refused, not mixed with what is known of it.
    day_file(&changed, 2, "1999-01-01");
    let error = set["t"].isel("time", 2).values::<f32>().unwrap_err().to_string();
    assert!(error.contains("changed") && error.contains("1.nc"), "{error}");
    fs::remove_file(&changed).unwrap();
    fs::write(folder.path().join("7.nc"), b"CDF\x01 not really").unwrap();
    assert_eq!(counts(), (6, 0, 1));
    let size = |path: &Path| path.metadata().unwrap().len();
    assert!(size(&index) < 10_000, "{} bytes for six small files", size(&index));
}

#[test]
fn a_damaged_index_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let index = folder.path().join("archive.gratidx");
    let with = ManyOptions::new().index(&index);
    let wanted = described(&open(folder.path(), &with).unwrap());
    let whole = fs::read(&index).unwrap();
    let mut damaged = whole.clone();
    let middle = whole.len() / 2;
    *damaged.get_mut(middle).unwrap() ^= 4;
    for bytes in [damaged.as_slice(), &whole[..middle], &whole[..20]] {
        fs::write(&index, bytes).unwrap();
        let set = open(folder.path(), &with).unwrap();
        let notes = set.encoding().extra.text("notes").unwrap_or_default().to_owned();
        assert!(notes.contains("made anew"), "{notes}");
        assert_eq!(fs::read(&index).unwrap(), whole);
        assert_eq!(described(&open(folder.path(), &with).unwrap()), wanted);
    }
    // Other options decode other values: the index serves one set of options at a time.
    let raw = ManyOptions::new().index(&index).open(OpenOptions::new().decode_times(false));
    let set = open(folder.path(), &raw).unwrap();
    assert_eq!(set["time"].isel("time", 1).item::<f64>().unwrap(), 0.5);
    fs::write(&index, "my notes").unwrap();
    let error = index_files(folder.path().join("*.nc"), &index).unwrap_err().to_string();
    assert!(error.contains("not an index"), "{error}");
}
