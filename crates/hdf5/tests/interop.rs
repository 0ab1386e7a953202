//! Files that we write, as other software reads them: `ncdump`, and Python with netCDF4, h5py
//! and xarray (`$GRATICULE_PYTHON`, else `python3`). Says loudly what it had to skip.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Region, Scalar, Text};
use graticule_hdf5::Hdf5Backend;
use graticule_storage::{
    Backend, FilterSpec, Location, MemoryBytes, OpenOptions, RawAttr, RawDim, RawSchema,
    RawVarSchema, Storage,
};

fn dim(name: &str, len: usize, unlimited: bool) -> RawDim {
    RawDim { name: name.into(), len, unlimited }
}

fn attr(name: &str, value: Array) -> RawAttr {
    RawAttr { name: name.into(), value }
}

fn text(name: &str, value: &str) -> RawAttr {
    attr(name, Array::scalar(Text::from(value)))
}

fn var(name: &str, dims: &[&str], dtype: DType) -> RawVarSchema {
    RawVarSchema {
        name: name.into(),
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        dtype,
        attrs: Vec::new(),
        fill: None,
        storage: Storage::default(),
    }
}

fn packed(chunks: Option<Vec<usize>>, fletcher: bool) -> Storage {
    let mut filters = vec![FilterSpec::shuffle(), FilterSpec::deflate(4)];
    if fletcher {
        filters.push(FilterSpec { name: "fletcher32".into(), id: Some(3), params: vec![] });
    }
    Storage { chunks, filters, ..Storage::default() }
}

fn texts(of: &[&str]) -> Array {
    Array::from_vec([of.len()], of.iter().map(|t| Text::from(*t)).collect::<Vec<_>>()).unwrap()
}

/// Everything at once; `check.py` knows the same values.
fn schema() -> RawSchema {
    let mut air = var("air", &["time", "y", "x"], DType::I16);
    air.fill = Some(Scalar::I16(-99));
    air.attrs = vec![
        attr("scale_factor", Array::scalar(0.01f32)),
        attr("add_offset", Array::scalar(273.15f64)),
        text("coordinates", "lat lon"),
    ];
    air.storage = packed(Some(vec![2, 3, 5]), true);
    let mut time = var("time", &["time"], DType::F64);
    time.attrs = vec![text("units", "days since 2000-01-01"), text("bounds", "time_bnds")];
    let mut many = var("many", &["time", "big"], DType::I32);
    many.storage = packed(Some(vec![1, 2]), false);
    let mut big = var("big_endian", &["x"], DType::F32);
    big.storage.big_endian = true;
    let mut flags = var("flags", &["x"], DType::U8);
    flags.storage.enumeration = vec![("clear".into(), 0), ("cloud".into(), 7)];
    flags.fill = Some(Scalar::U8(7));
    let mut unwritten = var("unwritten", &["y"], DType::F32);
    unwritten.fill = Some(Scalar::F32(-1.0));
    let mut strings = var("names", &["y"], DType::Str);
    strings.attrs = vec![text("long_name", "größe")];
    let mut lon = var("lon", &["y", "x"], DType::F32);
    let table = (0..20_000).map(f64::from).collect::<Vec<_>>();
    lon.attrs = vec![text("units", "degrees_east"), text("axis", "X")];
    lon.attrs.push(attr("table", Array::from_vec([20_000], table).unwrap()));
    lon.attrs.extend((0..500).map(|i| attr(&format!("number{i}"), Array::scalar(i))));
    let mut log = var("log", &["time"], DType::Str);
    log.fill = Some(Scalar::from("none"));
    let mut letters = var("letters", &["y", "nv"], DType::Char);
    letters.fill = Some(Scalar::Char(b'-'));
    let ragged = var("ragged", &["y"], DType::List(DType::I16.into()));
    let mut wave = var("wave", &["x"], DType::C128);
    wave.attrs = vec![text("units", "V")];
    RawSchema {
        dims: vec![
            dim("time", 5, true),
            dim("y", 4, false),
            dim("x", 6, false),
            dim("nv", 2, false),
            dim("big", 5001, false),
            dim("unused", 3, false),
            dim("none", 0, false),
            dim("rows", 4, false),
        ],
        attrs: vec![
            text("title", "interoperability"),
            text("empty", ""),
            text("umlaut", "über"),
            text("long", &"0123456789".repeat(7000)),
            attr("list", texts(&["a", "", "gamma"])),
            attr("i8", Array::scalar(-5i8)),
            attr("u8", Array::scalar(250u8)),
            attr("i16", Array::from_vec([2], vec![-300i16, 300]).unwrap()),
            attr("u16", Array::scalar(65_000u16)),
            attr("i32", Array::from_vec([3], vec![1i32, 2, 3]).unwrap()),
            attr("u32", Array::scalar(4_000_000_000u32)),
            attr("i64", Array::scalar(-9_000_000_000i64)),
            attr("u64", Array::scalar(18_000_000_000_000_000_000u64)),
            attr("f32", Array::scalar(1.5f32)),
            attr("f64", Array::from_vec([2], vec![0.1f64, -2.5]).unwrap()),
            text("Conventions", "CF-1.8"),
        ],
        vars: vec![
            air,
            time,
            var("time_bnds", &["time", "nv"], DType::F64),
            var("lat", &["y", "x"], DType::F32),
            lon,
            var("y", &["y"], DType::I64),
            var("rows", &["rows", "x"], DType::U16),
            var("nv", &["x"], DType::I8),
            var("crs", &[], DType::I32),
            strings,
            letters,
            var("codes", &["y"], DType::Bytes(3)),
            var("truth", &["x"], DType::Bool),
            many,
            big,
            flags,
            unwritten,
            var("nothing", &["none", "x"], DType::F32),
            log,
            wave,
            ragged,
        ],
    }
}

fn sequence(shape: &[usize], dtype: &DType) -> Array {
    let n: usize = shape.iter().product();
    macro_rules! numbers {
        ($type:ty) => {
            Array::from_vec(shape.to_vec(), (0..n).map(|i| i as $type).collect::<Vec<_>>()).unwrap()
        };
    }
    match dtype {
        DType::I8 => numbers!(i8),
        DType::I16 => numbers!(i16),
        DType::I32 => numbers!(i32),
        DType::I64 => numbers!(i64),
        DType::U8 => Array::from_vec(shape.to_vec(), [0u8, 7].repeat(n / 2)).unwrap(),
        DType::U16 => numbers!(u16),
        DType::F32 => numbers!(f32),
        DType::F64 => numbers!(f64),
        DType::Bool => Array::from_vec(shape.to_vec(), [true, false].repeat(n / 2)).unwrap(),
        DType::Str => {
            let all = ["north", "", "süd", "w"].iter().cycle().take(n);
            let all = all.map(|t| Text::from(*t)).collect::<Vec<_>>();
            Array::from_vec(shape.to_vec(), all).unwrap()
        }
        DType::Char => Array::from_vec(shape.to_vec(), b"abcdefgh"[..n].to_vec())
            .unwrap()
            .with_dtype(DType::Char)
            .unwrap(),
        DType::Bytes(3) => Array::from_vec([n, 3], b"abcde\0f\0\0xyz"[..3 * n].to_vec())
            .unwrap()
            .with_dtype(DType::Bytes(3))
            .unwrap(),
        DType::C128 => {
            let all = (0..n).map(|i| graticule_array::Complex64::new(i as f64, -1.0));
            Array::from_vec(shape.to_vec(), all.collect::<Vec<_>>()).unwrap()
        }
        DType::List(_) => {
            let list = |i: usize| Array::from_vec([i], (0..i as i16).collect::<Vec<_>>()).unwrap();
            Array::from_vec(shape.to_vec(), (0..n).map(list).collect::<Vec<_>>())
                .unwrap()
                .with_dtype(dtype.clone())
                .unwrap()
        }
        other => panic!("no sequence of {other}"),
    }
}

fn write(path: &Path, schema: &RawSchema) {
    let mut writer = graticule_hdf5::create(&Location::new(path), schema).unwrap();
    for var in schema.vars.iter().filter(|v| v.name != "unwritten") {
        let sink = writer.sink(&var.name).unwrap();
        let info = sink.info().clone();
        let data = sequence(&info.shape, &info.dtype);
        let all = info.grid.covering(&Region::whole(&info.shape));
        // Half of the blocks one by one, the other half in a second round.
        let blocks: Vec<_> = all.iter().collect();
        for parity in [1, 0] {
            for index in blocks.iter().skip(parity).step_by(2) {
                let region = info.grid.region(index);
                sink.write(&region, &data.region(&region).unwrap()).unwrap();
            }
        }
    }
    writer.finish().unwrap();
}

/// The output of a program; `None` if it is not installed.
fn run(program: &str, args: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(args).output() {
        Ok(output) => output,
        Err(e) => {
            eprintln!("SKIPPED: {program} cannot be run: {e}");
            return None;
        }
    };
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if err.contains("ModuleNotFoundError") {
        eprintln!("SKIPPED: {program} lacks a module: {err}");
        return None;
    }
    let out: Vec<String> = out.lines().map(|l| l.chars().take(400).collect()).collect();
    let out = out.join("\n");
    assert!(output.status.success(), "{program} {args:?} failed:\n{out}\n{err}");
    Some(out)
}

#[test]
fn netcdf_c_reads_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.nc");
    write(&path, &schema());
    let path = path.to_str().unwrap();
    let Some(dump) = run("ncdump", &["-h", "-s", path]) else { return };
    for line in [
        "time = UNLIMITED ; // (5 currently)",
        "short air(time, y, x) ;",
        "air:_FillValue = -99s ;",
        "air:scale_factor = 0.01f ;",
        "air:_ChunkSizes = 2, 3, 5 ;",
        "air:_DeflateLevel = 4 ;",
        "air:_Shuffle = \"true\" ;",
        "air:_Fletcher32 = \"true\" ;",
        "ubyte enum flags_enum_t {clear = 0, cloud = 7} ;",
        "flags_enum_t flags(x) ;",
        "ushort rows(rows, x) ;",
        "byte nv(x) ;",
        "string names(y) ;",
        "big_endian:_Endianness = \"big\" ;",
        ":title = \"interoperability\" ;",
        "string :list = \"a\", \"\", \"gamma\" ;",
        ":u16 = 65000US ;",
        ":f64 = 0.1, -2.5 ;",
    ] {
        assert!(dump.contains(line), "ncdump does not say \"{line}\":\n{dump}");
    }
    // NetCDF-C 4.9.0 crashes on fixed strings, whoever wrote them.
    let all: Vec<String> = schema().vars.into_iter().map(|v| v.name).collect();
    let named: Vec<&str> = all.iter().map(String::as_str).filter(|n| *n != "codes").collect();
    let Some(dump) = run("ncdump", &["-v", &named.join(","), path]) else { return };
    for line in ["flags = clear, _, clear", "unwritten = _, _, _, _", "crs = 0", "\"süd\""] {
        assert!(dump.contains(line), "ncdump does not say \"{line}\":\n{dump}");
    }
}

#[test]
fn we_read_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.nc");
    let schema = schema();
    write(&path, &schema);
    let bytes = MemoryBytes::new("all.nc", std::fs::read(&path).unwrap());
    let group = Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default()).unwrap();
    assert!(group.problems.is_empty(), "{:?}", group.problems);
    assert_eq!(group.dims, schema.dims);
    assert_eq!(group.attrs, schema.attrs);
    assert_eq!(group.vars.len(), schema.vars.len());
    for (found, expected) in group.vars.iter().zip(&schema.vars) {
        let name = &expected.name;
        assert_eq!((&found.name, &found.dims), (name, &expected.dims));
        let user: Vec<_> = found.attrs.iter().filter(|a| a.name != "_FillValue").collect();
        assert!(user.iter().copied().eq(&expected.attrs), "{name}: {user:?}");
        assert_eq!(found.storage.enumeration, expected.storage.enumeration);
        let info = found.source.info();
        let data = found.source.read(&Region::whole(&info.shape)).unwrap();
        let mut wanted = sequence(&info.shape, &expected.dtype);
        if name == "unwritten" {
            wanted = Scalar::F32(-1.0).fill(&info.shape).unwrap();
        }
        if expected.dtype == DType::Bool {
            // The coder above tells truth values from numbers.
            wanted = Array::from_vec([6], vec![1i8, 0, 1, 0, 1, 0]).unwrap();
        }
        // NetCDF-4 knows complex numbers as records, and fixed strings as text.
        if let (DType::C128, DType::Record(_)) = (wanted.dtype(), data.dtype()) {
            assert_eq!(data.to_flat::<u8>().unwrap(), wanted.to_packed().unwrap());
            continue;
        }
        if let (DType::Bytes(3), DType::Str) = (wanted.dtype(), data.dtype()) {
            wanted = texts(&["abc", "de", "f", "xyz"]);
        }
        assert_eq!(data, wanted, "{name}");
    }
}

#[test]
fn hdf5_tools_read_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.nc");
    let mut schema = schema();
    // h5repack of HDF5 1.10 fails on long attributes of the root, whoever wrote them.
    schema.attrs.retain(|a| a.name != "long");
    write(&path, &schema);
    let copy = folder.path().join("copy.nc");
    let (path, copy) = (path.to_str().unwrap(), copy.to_str().unwrap());
    if run("h5dump", &[path]).is_some() && run("h5repack", &[path, copy]).is_some() {
        run("h5diff", &[path, copy]);
    }
}

#[test]
fn python_reads_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.nc");
    write(&path, &schema());
    let python = std::env::var("GRATICULE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/check.py");
    run(&python, &[script, path.to_str().unwrap()]);
}

#[test]
fn the_grid_of_many_chunks_is_what_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let at = Location::new(folder.path().join("grid.nc"));
    let mut writer = graticule_hdf5::create(&at, &schema()).unwrap();
    let sink = writer.sink("many").unwrap();
    assert_eq!(sink.info().grid, ChunkGrid::even(&[5, 5001], &[1, 2]));
    assert!(sink.info().grid.count() > 10_000);
}
