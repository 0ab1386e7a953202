//! What plans say, word for word.

use std::sync::Arc;

use graticule_array::{
    ArrayMut, ChunkGrid, DType, MapOp, Pick, ReduceParams, Region, Result, Scalar, Selection,
    ZipOp, reduction,
};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{ChunkSource, Limits, SourceInfo};

#[derive(Debug)]
struct Days(SourceInfo);

impl ChunkSource for Days {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits { stored: Some(1_600_000_000), scratch: 3 << 20, ..Limits::default() }
    }
}

/// 1,000 days of packed temperatures.
fn sst() -> LazyArray {
    let shape = vec![1000, 720, 1440];
    let grid = ChunkGrid::even(&shape, &[1, 720, 1440]);
    let info = SourceInfo { dtype: DType::I16, shape, grid, whole_chunks: true, fill: None };
    let mask = MapOp::Mask { values: [Scalar::I16(-999)].into(), to: DType::F32 };
    let x = LazyArray::read(Arc::new(Days(info))).map(mask).unwrap();
    let scale = MapOp::with(ZipOp::Mul, Scalar::F32(0.01), false, &DType::F32).unwrap();
    x.map(scale).unwrap()
}

fn monthly(x: &LazyArray) -> LazyArray {
    let codes: Arc<[u32]> = (0..1000).map(|i| i % 365 / 31).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap()
}

fn explain(x: &LazyArray, megabytes: u64) -> String {
    let memory = Memory::new(megabytes * 1_000_000);
    let session = Session::builder().threads(2).memory(memory).build();
    session.plan(std::slice::from_ref(x)).unwrap().to_string()
}

#[test]
fn a_mean_over_time() {
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let x = sst().reduce(mean, &[0]).unwrap();
    let expected = "\
reads     2.1 GB in 1,000 chunks of 1 source, 1.6 GB on disk
memory    peak 78.0 MB of 1.0 GB, 2 threads
stage 1   mean over axes [0]
          63 tasks: 1 column × 63 runs of 8 blocks, block [2, 720, 1440]
          20.1 MB per task, 16.6 MB per column
  source  int16 [1000, 720, 1440] in [1, 720, 1440]
  steps   read → decode to float32, missing -999, scale 0.01
rules     fuse_decode";
    assert_eq!(explain(&x, 1000), expected);
}

#[test]
fn a_climatology_within_256_megabytes() {
    let expected = "\
reads     2.1 GB in 1,004 chunks of 1 source, 1.6 GB on disk
memory    peak 228 MB of 256 MB, 2 threads
stage 1   mean by 12 groups of axis 0
          126 tasks: 1 column × 2 passes over the groups × 63 runs of 8 blocks, block [2, 720, 1440]
          32.6 MB per task, 99.5 MB per column
  source  int16 [1000, 720, 1440] in [1, 720, 1440]
  steps   read → decode to float32, missing -999, scale 0.01
rules     fuse_decode";
    assert_eq!(explain(&monthly(&sst()), 256), expected);
}

#[test]
fn the_spread_of_anomalies() {
    let x = sst();
    let at: Arc<[usize]> = (0..1000).map(|i| i % 365 / 31).collect();
    let picks = Selection::new([Pick::List(at), Pick::all(720), Pick::all(1440)]);
    let anomaly = x.zip(ZipOp::Sub, &monthly(&x).select(&picks).unwrap()).unwrap();
    let std = reduction("std", &ReduceParams::default()).unwrap();
    let expected = "\
reads     4.1 GB in 2,000 chunks of 1 source, 3.2 GB on disk
memory    peak 360 MB of 1.0 GB, 2 threads
stage 1   mean by 12 groups of axis 0
          63 tasks: 1 column × 63 runs of 8 blocks, block [2, 720, 1440]
          32.6 MB per task, 199 MB per column
  source  int16 [1000, 720, 1440] in [1, 720, 1440]
  steps   read → decode to float32, missing -999, scale 0.01
stage 2   std over axes [0]
          63 tasks: 1 column × 63 runs of 8 blocks, block [2, 720, 1440]
          45.2 MB per task, 33.2 MB per column
  source  int16 [1000, 720, 1440] in [1, 720, 1440]
  steps   read → decode to float32, missing -999, scale 0.01 → -
rules     fuse_decode";
    assert_eq!(explain(&anomaly.reduce(std, &[0]).unwrap(), 1000), expected);
}
