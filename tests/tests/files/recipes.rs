//! What an index saves: reads, counted below the formats.

use std::path::Path;
use std::sync::{Arc, Mutex};

use graticule::storage::{CountingBytes, OpenHint, OpenOptions as RawOptions, RawGroup, Recipe};
use graticule::{
    Backend, ByteSource, ChunkSource, Compression, DataArray, Dataset, Encoding, ManyOptions,
    Session, WriteOptions, backends, open_mfdataset_with, survey_mfdataset,
};

use crate::new;

/// A format whose reads are counted.
#[derive(Debug)]
struct Counted {
    inner: Arc<dyn Backend>,
    all: Arc<Mutex<Vec<CountingBytes>>>,
}

impl Counted {
    fn counting(&self, bytes: Arc<dyn ByteSource>) -> Arc<dyn ByteSource> {
        let counting = CountingBytes::new(bytes);
        self.all.lock().unwrap().push(counting.clone());
        Arc::new(counting)
    }
}

impl Backend for Counted {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        self.inner.recognises(hint)
    }

    fn open(&self, bytes: Arc<dyn ByteSource>, how: &RawOptions) -> graticule::Result<RawGroup> {
        self.inner.open(self.counting(bytes), how)
    }

    fn resume(
        &self,
        bytes: Arc<dyn ByteSource>,
        recipe: &Recipe,
        how: &RawOptions,
    ) -> graticule::Result<Arc<dyn ChunkSource>> {
        self.inner.resume(self.counting(bytes), recipe, how)
    }
}

/// A session, and the reads and bytes since this was last asked.
fn counting() -> (Session, impl Fn() -> (u64, u64)) {
    let all: Arc<Mutex<Vec<CountingBytes>>> = Arc::default();
    let counted = |inner| Arc::new(Counted { inner, all: all.clone() }) as Arc<dyn Backend>;
    let session = Session::builder().backends(backends().into_iter().map(counted).collect());
    let session = session.threads(2).build();
    let cost = move || {
        let all = all.lock().unwrap();
        let cost = all.iter().fold((0, 0), |(n, b), c| (n + c.reads(), b + c.bytes()));
        all.iter().for_each(CountingBytes::reset);
        cost
    };
    (session, cost)
}

/// Two days of 30 x 40 numbers of two bytes, each a chunk or record, and a mask of a byte each.
fn write(path: &Path, day: i16, format: &str, compression: Compression, mask: i8) {
    let t: Vec<i16> = (0..2400).map(|i| i % 100 + day).collect();
    let chunked =
        |shape: &[usize]| Encoding { chunks: Some(shape.to_vec()), ..Encoding::default() };
    let options = WriteOptions::new()
        .format(format)
        .unlimited(["time"])
        .compression(compression)
        .encoding("t", chunked(&[1, 30, 40]))
        .encoding("mask", chunked(&[30, 40]))
        // As the netCDF library does: longer than the dimension is yet.
        .encoding("time", chunked(&[1024]))
        .encoding("long", chunked(&[512]));
    new()
        .with_variable("long", DataArray::new("long", "time", vec![day, day]).variable())
        .with_coord("time", "time", vec![i32::from(day), i32::from(day) + 1])
        .with_variable("t", DataArray::new("t", ["time", "y", "x"], (t, [2, 30, 40])).variable())
        .with_variable(
            "mask",
            DataArray::new("mask", ["y", "x"], (vec![mask; 1200], [30, 40])).variable(),
        )
        .write_with(path, &options)
        .unwrap();
}

/// Six files of three makes.
fn archive(folder: &Path) {
    for day in 0..6 {
        let (format, compression) = match day % 3 {
            0 => ("NETCDF4", Compression::None),
            1 => ("NETCDF4", Compression::Deflate(2)),
            _ => ("NETCDF3_64BIT", Compression::None),
        };
        write(&folder.join(format!("{day}.nc")), 2 * day, format, compression, 1);
    }
}

fn open(folder: &Path, options: &ManyOptions, session: &Session) -> graticule::Result<Dataset> {
    open_mfdataset_with(folder.join("*.nc"), options, session)
}

#[test]
fn after_reopening_a_chunk_is_one_read() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let with = ManyOptions::new().index(folder.path().join("archive.gratidx"));
    let (session, cost) = counting();
    let plain = open(folder.path(), &ManyOptions::new(), &session).unwrap();
    let wanted = plain["t"].values::<i16>().unwrap();
    drop(open(folder.path(), &with, &session).unwrap());
    cost();
    let again = open(folder.path(), &with, &session).unwrap();
    assert_eq!(cost(), (0, 0), "opening: even the masks are compared without reading");
    for (time, bytes) in [(0, 2400), (1, 2400), (4, 2400), (5, 2400), (9, 0)] {
        let one = again["t"].isel("time", time).values::<i16>().unwrap();
        let (reads, read) = cost();
        assert_eq!(reads, 1, "time {time}");
        assert!(bytes == 0 || read == bytes, "time {time}: {read} bytes");
        assert_eq!(one, wanted[time as usize * 1200..][..1200]);
    }
    let fresh = open(folder.path(), &with, &session).unwrap();
    assert_eq!(fresh["t"].values::<i16>().unwrap(), wanted);
    // Two chunks of four files; the records of the classic ones lie close to each other.
    let (reads, _) = cost();
    assert!((8..=12).contains(&reads), "{reads}");
    assert_eq!(fresh["mask"].values::<i8>().unwrap(), [1; 1200]);
    assert_eq!(cost().0, 1);
}

#[test]
fn digests_tell_masks_that_differ_from_those_that_do_not() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let with = ManyOptions::new().index(folder.path().join("archive.gratidx"));
    let (session, cost) = counting();
    drop(open(folder.path(), &with, &session).unwrap());
    assert!(cost().0 > 0);
    // A file whose mask is another: only then is anything read again, and its name is told.
    write(&folder.path().join("4.nc"), 8, "NETCDF4", Compression::Deflate(2), 2);
    let plain = open(folder.path(), &ManyOptions::new(), &session).unwrap_err().to_string();
    for _ in 0..2 {
        let error = open(folder.path(), &with, &session).unwrap_err().to_string();
        assert_eq!(error, plain);
        assert!(error.contains("mask") && error.contains("4.nc"), "{error}");
    }
    write(&folder.path().join("4.nc"), 8, "NETCDF4", Compression::Deflate(2), 1);
    drop(open(folder.path(), &with, &session).unwrap());
    cost();
    drop(open(folder.path(), &with, &session).unwrap());
    assert_eq!(cost(), (0, 0));
}

#[test]
fn functions_and_surveys_are_served_from_an_index() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let index = folder.path().join("archive.gratidx");
    let (session, cost) = counting();
    let change = |options: ManyOptions| {
        options.preprocess(|set| {
            let name = set.encoding().origin.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_default();
            let attr = name.rsplit('/').next().unwrap_or_default().to_owned();
            Ok((set.isel("time", 0..1) * 2).drop_vars(["mask"]).with_attr("from", attr))
        })
    };
    let described = |set: Dataset| {
        let set = set.compute().unwrap();
        let vars = set.variables().map(|(n, v)| format!("{n} {v:?} {:?}", v.encoding()));
        format!("{:?} {:?} {}", set.to_string(), set.encoding(), vars.collect::<String>())
    };
    let plain = change(ManyOptions::new());
    let wanted = described(open(folder.path(), &plain, &session).unwrap());
    let with = change(ManyOptions::new().index(&index));
    assert_eq!(described(open(folder.path(), &with, &session).unwrap()), wanted);
    cost();
    let again = open(folder.path(), &with, &session).unwrap();
    assert_eq!(cost(), (0, 0));
    assert_eq!(described(again), wanted);
    let bad = ManyOptions::new().index(&index).preprocess(|_| Err(graticule::Error::invalid("no")));
    let error = open(folder.path(), &bad, &session).unwrap_err().to_string();
    assert!(error.contains("in preprocess"), "{error}");

    cost();
    let files = folder.path().join("*.nc");
    let options = ManyOptions::new().index(&index);
    let axis = survey_mfdataset(&files, "time", &options, &session).unwrap();
    assert_eq!(cost(), (0, 0));
    let plain = survey_mfdataset(&files, "time", &ManyOptions::new(), &session).unwrap();
    assert_eq!(axis.to_string(), plain.to_string());
}
