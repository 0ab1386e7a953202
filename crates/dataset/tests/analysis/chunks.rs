//! Blocks on request: which they are, that they change no value, and that mistakes are said.

use std::sync::{Arc, Mutex};

use graticule_array::{Array, ChunkGrid, DType, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_dataset::{Chunks, DataArray, Dataset, every};
use graticule_lazy::LazyArray;
use graticule_storage::{
    ChunkSource, CountingSource, FillSource, MemorySource, SourceInfo, ThrottledSource,
};

/// Days from 2001 on of fields that are stored in these chunks and decoded as wholes.
fn fields(shape: [usize; 3], chunk: &ChunkGrid) -> (Dataset, CountingSource) {
    #[derive(Debug)]
    struct Packed(FillSource, SourceInfo);
    impl ChunkSource for Packed {
        fn info(&self) -> &SourceInfo {
            &self.1
        }
        fn read_into(
            &self,
            region: &graticule_array::Region,
            out: graticule_array::ArrayMut<'_>,
        ) -> graticule_array::Result<()> {
            self.0.read_into(region, out)
        }
    }
    let fill = FillSource::new(DType::F32, chunk.clone(), None);
    let info = SourceInfo { whole_chunks: true, ..fill.info().clone() };
    let source = CountingSource::new(Arc::new(Packed(fill, info)));
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let days: Vec<i64> = (0..shape[0] as i64).map(|d| (11_323 + d) * 86_400).collect();
    let days = Array::from_vec([shape[0]], days).unwrap().with_dtype(DType::Time(kind)).unwrap();
    let data = LazyArray::read(Arc::new(source.clone()));
    let set = Dataset::new()
        .with_coord("time", "time", days)
        .with_var("t", ["time", "lat", "lon"], data)
        .with_var("n", "lat", vec![1; shape[1]]);
    (set, source)
}

fn daily() -> (Dataset, CountingSource) {
    let shape = [365, 720, 1440];
    fields(shape, &ChunkGrid::even(&shape, &[1, 720, 1440]))
}

fn blocks(ds: &Dataset) -> Vec<Vec<usize>> {
    assert!(ds.fault().is_none(), "{:?}", ds.fault());
    let data = ds["t"].variable().data().clone();
    let dims = data.grid().dims().iter();
    dims.map(|d| (0..d.count()).map(|i| d.chunk(i).1).collect()).collect()
}

#[test]
fn blocks_are_those_that_were_asked_for() {
    let (ds, source) = daily();
    let auto = blocks(&ds.chunk("time", "auto"));
    assert_eq!((auto[0][0], &*auto[1], &*auto[2]), (8, &[720][..], &[1440][..]));
    let halves = blocks(&ds.chunk_many([("time", "16MB".into()), ("lat", 360.into())]));
    assert_eq!((halves[0][0], &*halves[1]), (7, &[360, 360][..]));
    assert_eq!(blocks(&ds.chunk("time", 100))[0], [100, 100, 100, 65]);
    assert_eq!(blocks(&ds.chunk("time", -1))[0], [365]);
    assert_eq!(blocks(&ds.chunk("time", [5, 360]))[0], [5, 360]);
    let months = blocks(&ds.chunk("time", every("MS")));
    assert_eq!(months[0], [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    // What is smaller than a chunk of the file is not cut.
    assert_eq!(blocks(&ds.chunk_many([("lat", "1kB".into()), ("lon", "1kB".into())]))[1], [720]);
    assert_eq!(source.reads(), 0);
}

#[test]
fn chunks_that_follow_no_rule_are_joined_and_what_is_contiguous_is_cut() {
    let shape = [40, 512, 1024];
    let uneven: Vec<graticule_array::DimChunks> = vec![
        graticule_array::DimChunks::from_lengths(&[3, 5, 9, 1, 22]),
        graticule_array::DimChunks::even(512, 512),
        graticule_array::DimChunks::even(1024, 1024),
    ];
    // 2 MiB each, so that 16 are 32 MiB.
    let (ds, _) = fields(shape, &ChunkGrid::new(uneven));
    assert_eq!(blocks(&ds.chunk("time", "auto"))[0], [8, 10, 22]);
    let all = Array::zeros(&DType::F32, &[40, 512, 1024]).unwrap();
    let source = MemorySource::new(all);
    let plain = ThrottledSource::new(Arc::new(source), Default::default(), Default::default());
    let ds = Dataset::new().with_var("t", ["time", "lat", "lon"], LazyArray::read(Arc::new(plain)));
    assert_eq!(blocks(&ds.chunk("time", "auto"))[0], [16, 16, 8]);
    let square = blocks(&ds.chunk_many(["time", "lat", "lon"].map(|d| (d, "1MiB".into()))));
    assert_eq!((square[0][0], square[1][0], square[2][0]), (1, 256, 1024));
}

#[test]
fn functions_see_these_blocks_and_values_stay() {
    let values: Vec<f64> = (0..60).map(f64::from).collect();
    let source = MemorySource::new(Array::from_vec([12, 5], values.clone()).unwrap());
    let x = DataArray::new("x", ["t", "y"], LazyArray::read(Arc::new(source)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let lens = seen.clone();
    let y = x.chunk("t", 5).map_blocks(DType::F64, move |part: &DataArray| {
        lens.lock().unwrap().push(part.variable().shape().to_vec());
        Ok(part.clone())
    });
    assert_eq!(y.values::<f64>().unwrap(), values);
    let mut seen = seen.lock().unwrap().clone();
    seen.sort();
    assert_eq!(seen, [vec![2, 5], vec![5, 5], vec![5, 5]]);
    for chunks in [Chunks::from(1), 7.into(), "auto".into(), "20B".into(), [1, 11].into()] {
        let y = x.chunk("t", chunks);
        assert_eq!(y.values::<f64>().unwrap(), values);
        assert_eq!(y.mean("t").values::<f64>().unwrap(), x.mean("t").values::<f64>().unwrap());
    }
}

#[test]
fn mistakes_are_said() {
    let (ds, source) = daily();
    let cases: [(Dataset, &[&str]); 7] = [
        (ds.chunk("tiem", 5), &["no dimension \"tiem\"", "did you mean \"time\"?"]),
        (ds.chunk("time", 0), &["chunks of length 0 along \"time\" of length 365", "-1"]),
        (ds.chunk("time", -2), &["length -2"]),
        (ds.chunk("time", [100, 200]), &["add up to 365", "\"time\"", "[100, 200]"]),
        (ds.chunk("time", [365, 0]), &["at least 1"]),
        (ds.chunk("time", "big"), &["\"big\" is no size of chunks", "\"50MB\""]),
        (ds.chunk("lat", every("MS")), &["\"lat\" has no times"]),
    ];
    for (made, words) in &cases {
        let text = made.fault().unwrap().to_string();
        assert!(words.iter().all(|w| text.contains(w)), "{text}");
    }
    assert_eq!(source.reads(), 0);
}
