//! Chunks that nothing was done to are copied as they lie in their files.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use flate2::{Compression, write::ZlibEncoder};
use graticule::storage::{
    ChunkForm, FileBytes, HandlePool, PackedChunk, RawAttr, RawDim, RawSchema, RawVarSchema,
    Storage,
};
use graticule::{
    Array, Backend, DType, Dataset, FilterSpec, Location, Region, WriteOptions, open_dataset,
    open_mfdataset,
};

use super::folder;

const SHAPE: [usize; 3] = [2, 10, 8];
const CHUNK: [usize; 3] = [1, 5, 8];

fn hdf5() -> Arc<dyn Backend> {
    graticule::backends().into_iter().find(|b| b.name() == "hdf5").unwrap()
}

fn form(level: u32) -> ChunkForm {
    ChunkForm {
        dtype: DType::I16,
        big_endian: false,
        chunk: CHUNK.to_vec(),
        filters: vec![(2, vec![2]), (1, vec![level])],
    }
}

/// The chunks of a file, in row-major order.
fn blocks(times: usize) -> Vec<Region> {
    let start = |t, row| Region::new([t, row * CHUNK[1], 0], CHUNK);
    (0..times).flat_map(|t| [start(t, 0), start(t, 1)]).collect()
}

/// A chunk of equal elements whose bytes no writer of ours makes: they are not compressed at all.
fn loose(value: u8) -> PackedChunk {
    let mut shuffled = vec![value; 40];
    shuffled.extend([0; 40]);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(&shuffled).unwrap();
    PackedChunk { bytes: encoder.finish().unwrap(), skipped: 0 }
}

/// Two days of packed temperatures; chunk `i` of the file holds `first + i`.
fn file(at: &Path, day: f64, first: u8) {
    let dims = ["time", "lat", "lon"].iter().zip(SHAPE).map(|(name, len)| RawDim {
        name: (*name).to_owned(),
        len,
        unlimited: *name == "time",
    });
    let attr = |name: &str, value: Array| RawAttr { name: name.into(), value };
    let text = |t: &str| Array::scalar(graticule::array::Text::from(t));
    let filters = vec![FilterSpec::shuffle(), FilterSpec::deflate(4)];
    let schema = RawSchema {
        dims: dims.collect(),
        attrs: vec![attr("title", text("days"))],
        vars: vec![
            RawVarSchema {
                name: "time".into(),
                dims: vec!["time".into()],
                dtype: DType::F64,
                attrs: vec![attr("units", text("days since 2001-01-01"))],
                fill: None,
                storage: Storage::default(),
            },
            RawVarSchema {
                name: "t".into(),
                dims: ["time", "lat", "lon"].map(str::to_owned).to_vec(),
                dtype: DType::I16,
                attrs: vec![attr("scale_factor", Array::scalar(0.01f32)), attr("units", text("K"))],
                fill: None,
                storage: Storage { chunks: Some(CHUNK.to_vec()), filters, ..Storage::default() },
            },
        ],
    };
    let mut writer = hdf5().create(&Location::from(at), &schema).unwrap();
    let times = Array::from_vec([2], vec![day, day + 1.0]).unwrap();
    writer.sink("time").unwrap().write(&Region::whole(&[2]), &times).unwrap();
    let sink = writer.sink("t").unwrap();
    assert_eq!(sink.form(), Some(&form(4)));
    for (block, value) in blocks(2).iter().zip(first..) {
        sink.write_packed(block, &loose(value)).unwrap();
    }
    drop(sink);
    writer.finish().unwrap();
}

/// The stored chunks of `t`, as far as they have this form.
fn chunks(at: &Path, times: usize, form: &ChunkForm) -> Vec<Option<PackedChunk>> {
    let pool = Arc::new(HandlePool::new(4));
    let bytes = FileBytes::open(&Location::from(at), &pool).unwrap();
    let group = hdf5().open(Arc::new(bytes), &Default::default()).unwrap();
    let source = group.vars.into_iter().find(|v| v.name == "t").unwrap().source;
    blocks(times).iter().map(|b| source.packed(b, form).unwrap()).collect()
}

fn written(set: &Dataset, at: &Path) {
    set.write(at).unwrap();
}

#[test]
fn an_untouched_file_is_copied() {
    let dir = folder();
    let (from, to) = (dir.path().join("a.nc"), dir.path().join("b.nc"));
    file(&from, 0.0, 1);
    let set = open_dataset(&from).unwrap();
    assert_eq!(set.var("t").isel("lat", 7).isel("lon", 0).values::<f32>().unwrap(), [0.02, 0.04]);
    written(&set, &to);
    let expected: Vec<_> = (1..5).map(|v| Some(loose(v))).collect();
    assert_eq!(chunks(&to, 2, &form(4)), expected);
    assert!(open_dataset(&to).unwrap().identical(&set).unwrap());
}

#[test]
fn many_files_become_one_by_copying() {
    let dir = folder();
    for i in 0..3u8 {
        file(&dir.path().join(format!("in{i}.nc")), f64::from(i) * 2.0, i * 4 + 1);
    }
    let set = open_mfdataset(dir.path().join("in*.nc").to_str().unwrap()).unwrap();
    let to = dir.path().join("all.nc");
    written(&set, &to);
    let expected: Vec<_> = (1..13).map(|v| Some(loose(v))).collect();
    assert_eq!(chunks(&to, 6, &form(4)), expected);
    let again = open_dataset(&to).unwrap();
    assert!(again.equals(&set).unwrap());
    assert_eq!(again.var("t").attrs().text("units"), Some("K"));

    // Parts that end where chunks end, too.
    let part = dir.path().join("part.nc");
    written(&set.sel("time", "2001-01-02"..="2001-01-04"), &part);
    let expected: Vec<_> = (3..9).map(|v| Some(loose(v))).collect();
    assert_eq!(chunks(&part, 3, &form(4)), expected);
}

#[test]
fn what_was_touched_is_stored_anew() {
    let dir = folder();
    let from = dir.path().join("a.nc");
    file(&from, 0.0, 1);
    let set = open_dataset(&from).unwrap();
    let loose: Vec<_> = (1..5).map(|v| Some(loose(v))).collect();

    // Shifted against the chunks: the values are right, the bytes are others.
    let shifted = dir.path().join("shifted.nc");
    written(&set.isel("lat", [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]), &shifted);
    let found = open_dataset(&shifted).unwrap();
    assert_eq!(found.var("t").isel("lon", 0).isel("lat", 0).values::<f32>().unwrap(), [0.02, 0.04]);
    assert!(chunks(&shifted, 2, &form(4)).iter().flatten().all(|c| c.bytes.len() < 60));

    // Another level was asked for.
    let packed = dir.path().join("packed.nc");
    let options = WriteOptions::new().compression(graticule::Compression::Deflate(9));
    set.write_with(packed.as_path(), &options).unwrap();
    assert_ne!(chunks(&packed, 2, &form(9)), loose);
    assert!(open_dataset(&packed).unwrap().equals(&set).unwrap());

    // Other values.
    let twice = dir.path().join("twice.nc");
    written(&(&set * 2.0), &twice);
    let found = open_dataset(&twice).unwrap();
    assert_eq!(found.var("t").isel("lat", 0).isel("lon", 0).values::<f32>().unwrap(), [0.02, 0.06]);
}
