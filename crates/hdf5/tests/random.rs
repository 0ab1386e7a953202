//! Files of random layout, written from several threads, as Python reads them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use graticule_array::{Array, Complex32, DType, Field, RecordType, Region, Scalar, Text};
use graticule_hdf5::Hdf5Backend;
use graticule_storage::{
    Backend, ChunkSink, FilterSpec, Location, MemoryBytes, OpenOptions, RawAttr, RawDim, RawSchema,
    RawVarSchema, Storage,
};

/// A small generator of numbers, the same on each machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

fn record() -> DType {
    let field = |name: &str, offset, dtype, shape: &[usize]| Field {
        name: name.into(),
        offset,
        dtype,
        shape: shape.to_vec(),
    };
    let fields = vec![field("a", 0, DType::I32, &[]), field("b", 8, DType::F64, &[2])];
    DType::Record(Arc::new(RecordType { fields, size: 24 }))
}

fn dtypes() -> Vec<DType> {
    use DType::*;
    vec![I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Str, C64, record()]
}

fn ramp(dtype: &DType, shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    let counts = (0..n).map(|i| (i % 100) as u8);
    macro_rules! of {
        ($type:ty) => {
            Array::from_vec(shape.to_vec(), counts.map(|i| i as $type).collect::<Vec<_>>()).unwrap()
        };
    }
    match dtype {
        DType::I8 => of!(i8),
        DType::I16 => of!(i16),
        DType::I32 => of!(i32),
        DType::I64 => of!(i64),
        DType::U8 => of!(u8),
        DType::U16 => of!(u16),
        DType::U32 => of!(u32),
        DType::U64 => of!(u64),
        DType::F32 => of!(f32),
        DType::F64 => of!(f64),
        DType::Str => {
            let all = counts.map(|i| Text::from(i.to_string())).collect::<Vec<_>>();
            Array::from_vec(shape.to_vec(), all).unwrap()
        }
        DType::C64 => {
            let all = counts.map(|i| Complex32::new(i.into(), 0.0)).collect::<Vec<_>>();
            Array::from_vec(shape.to_vec(), all).unwrap()
        }
        DType::Record(_) => {
            let mut bytes = Vec::new();
            for i in counts {
                bytes.extend(u64::from(i).to_le_bytes());
                bytes.extend((-1.0f64).to_le_bytes());
                bytes.extend(f64::from(i).to_le_bytes());
            }
            let mut full = shape.to_vec();
            full.push(24);
            Array::from_vec(full, bytes).unwrap().with_dtype(dtype.clone()).unwrap()
        }
        other => panic!("no ramp of {other}"),
    }
}

fn random_schema(dice: &mut Dice) -> RawSchema {
    let dims: Vec<RawDim> = (0..1 + dice.below(5))
        .map(|i| RawDim {
            name: format!("d{i}"),
            len: 1 + dice.below([3, 20, 90][dice.0 as usize % 3]),
            unlimited: dice.below(4) == 0,
        })
        .collect();
    let mut vars = Vec::new();
    let mut add = |dice: &mut Dice, name: String, axes: Vec<usize>, dtype: DType| {
        let lengths: Vec<usize> = axes.iter().map(|a| dims[*a].len).collect();
        let mut filters = Vec::new();
        if dice.below(2) == 0 {
            filters.push(FilterSpec::shuffle());
        }
        if dice.below(2) == 0 {
            filters.push(FilterSpec::deflate(dice.below(13) as u32));
        }
        if dice.below(3) == 0 {
            filters.push(FilterSpec { name: "fletcher32".into(), id: None, params: vec![] });
        }
        let chunks =
            (dice.below(3) > 0).then(|| lengths.iter().map(|n| 1 + dice.below(n + 2)).collect());
        let long_name = Array::scalar(Text::from(format!("größe of {name}")));
        vars.push(RawVarSchema {
            fill: name.starts_with("unwritten").then_some(Scalar::I16(77)),
            name,
            dims: axes.iter().map(|a| dims[*a].name.clone()).collect(),
            dtype,
            attrs: vec![RawAttr { name: "long_name".into(), value: long_name }],
            storage: Storage {
                chunks,
                filters,
                big_endian: dice.below(4) == 0,
                ..Storage::default()
            },
        });
    };
    for i in 0..1 + dice.below(12) {
        let rank = dice.below(5);
        let mut axes: Vec<usize> = (0..rank).map(|_| dice.below(dims.len())).collect();
        // Large enough to have many chunks, small enough to be quick.
        while axes.iter().map(|a| dims[*a].len).product::<usize>() > 20_000 {
            axes.pop();
        }
        let kind = dice.below(dtypes().len() + 1);
        let (name, dtype) = match dtypes().get(kind) {
            Some(dtype) => (format!("v{i}"), dtype.clone()),
            None => (format!("unwritten{i}"), DType::I16),
        };
        add(dice, name, axes, dtype);
    }
    for (i, dim) in dims.iter().enumerate() {
        if dice.below(2) == 0 {
            let second = dice.below(dims.len());
            let axes = if dice.below(4) == 0 { vec![i, second] } else { vec![i] };
            add(dice, dim.name.clone(), axes, DType::F64);
        }
    }
    RawSchema { dims, attrs: Vec::new(), vars }
}

/// Writes unions of blocks, some of them twice.
fn fill(sink: &dyn ChunkSink, seed: u64) {
    let mut dice = Dice(seed);
    let info = sink.info();
    let data = ramp(&info.dtype, &info.shape);
    let all = info.grid.covering(&Region::whole(&info.shape));
    let mut put = |span: usize, first: &[usize]| {
        let last: Vec<usize> =
            first.iter().zip(&all.len).map(|(f, n)| (f + dice.below(span)).min(n - 1)).collect();
        let (start, end) = (info.grid.region(first), info.grid.region(&last));
        let len = end.axes().zip(&start.start).map(|((s, l), first)| s + l - first);
        let region = Region::new(start.start.clone(), len.collect::<Vec<_>>());
        sink.write(&region, &data.region(&region).unwrap()).unwrap();
    };
    for index in all.iter().step_by(7) {
        put(3, &index);
    }
    for index in all.iter() {
        put(1, &index);
    }
}

fn write(path: &Path, seed: u64) -> RawSchema {
    let schema = random_schema(&mut Dice(seed));
    let mut writer = graticule_hdf5::create(&Location::new(path), &schema).unwrap();
    let written = schema.vars.iter().filter(|v| !v.name.starts_with("unwritten"));
    let sinks: Vec<_> = written.map(|v| writer.sink(&v.name).unwrap()).collect();
    std::thread::scope(|scope| {
        for sink in &sinks {
            scope.spawn(move || fill(&**sink, seed + 1));
            scope.spawn(move || fill(&**sink, seed + 2));
        }
    });
    writer.finish().unwrap();
    schema
}

#[test]
fn we_read_files_of_random_layout() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=200 {
        let path = folder.path().join("a.nc");
        let schema = write(&path, seed * 0x9e37_79b9);
        let bytes = MemoryBytes::new("a.nc", std::fs::read(&path).unwrap());
        let group = Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default()).unwrap();
        assert!(group.problems.is_empty(), "{:?}", group.problems);
        assert_eq!(group.dims, schema.dims, "seed {seed}");
        assert_eq!(group.vars.len(), schema.vars.len());
        for (found, expected) in group.vars.iter().zip(&schema.vars) {
            let what = format!("seed {seed}, variable {}", expected.name);
            assert_eq!((&found.name, &found.dims), (&expected.name, &expected.dims), "{what}");
            let info = found.source.info();
            // NetCDF-4 knows complex numbers as records.
            let complex = expected.dtype == DType::C64 && matches!(info.dtype, DType::Record(_));
            assert!(complex || info.dtype == expected.dtype, "{what}: {}", info.dtype);
            let user = found.attrs.iter().filter(|a| a.name != "_FillValue");
            assert!(user.eq(&expected.attrs), "{what}: {:?}", found.attrs);
            if info.dtype.is_real() {
                let big = expected.storage.big_endian && info.dtype.size() != Some(1);
                assert_eq!(found.storage.big_endian, big, "{what}");
            }
            if expected.fill.is_some() {
                assert_eq!(info.fill, expected.fill, "{what}");
            }
            let data = found.source.read(&Region::whole(&info.shape)).unwrap();
            let wanted = match &expected.fill {
                Some(fill) => fill.fill(&info.shape).unwrap(),
                None => ramp(&expected.dtype, &info.shape),
            };
            if complex {
                assert_eq!(data.to_flat::<u8>().unwrap(), wanted.to_packed().unwrap(), "{what}");
            } else {
                assert_eq!(data, wanted, "{what}");
            }
        }
    }
}

#[test]
fn python_reads_files_of_random_layout() {
    let folder = tempfile::tempdir().unwrap();
    let python = std::env::var("GRATICULE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/ramps.py");
    let mut run = Command::new(&python);
    run.arg(script);
    for seed in 1..=60 {
        let path = folder.path().join(format!("{seed}.nc"));
        write(&path, seed * 0x9e37_79b9);
        run.arg(path);
    }
    let output = match run.output() {
        Ok(output) => output,
        Err(e) => return eprintln!("SKIPPED: {python} cannot be run: {e}"),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ModuleNotFoundError") {
        return eprintln!("SKIPPED: {python} lacks a module: {said}");
    }
    if !output.status.success() {
        let kept = folder.keep();
        panic!("{said}\nthe files are in {}", kept.display());
    }
}
