//! How a graph becomes stages: before and after, as text.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, MapOp, ReduceParams, Scalar, ZipOp, reduction};
use graticule_storage::MemorySource;

use crate::expr::LazyArray;
use crate::graph::Graph;
use crate::session::{Memory, Session};

fn source(shape: &[usize], chunk: &[usize]) -> LazyArray {
    let data = Array::zeros(&DType::I16, shape).unwrap();
    let grid = ChunkGrid::even(shape, chunk);
    LazyArray::read(Arc::new(MemorySource::with_grid(data, grid)))
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

/// The stages of the plan, without what they take.
fn stages(outputs: &[LazyArray], memory: u64) -> String {
    let session = Session::builder().threads(2).memory(Memory::new(memory)).cuts(1000, 4).build();
    let plan = session.plan(outputs).unwrap().to_string();
    let takes = |l: &&str| {
        l.starts_with("stage")
            || l.starts_with("  steps")
            || (l.contains(" task") && l.contains("block "))
    };
    plan.lines().filter(takes).collect::<Vec<_>>().join("\n")
}

/// A chain of elementwise steps is one pass over each block.
#[test]
fn fuse_chains_of_steps() {
    let mask = MapOp::Mask { values: [Scalar::I16(-9)].into(), to: DType::F32 };
    let by = |op, v: f32| MapOp::with(op, Scalar::F32(v), false, &DType::F32).unwrap();
    let x = source(&[100, 10], &[10, 10]).map(mask).unwrap();
    let x = x.map(by(ZipOp::Mul, 0.5)).unwrap().map(by(ZipOp::Add, 270.0)).unwrap();
    let x = reduce(&x.map(MapOp::Abs).unwrap().map(by(ZipOp::Sub, 1.0)).unwrap(), "mean", &[0]);
    assert_eq!(
        Graph::new(std::slice::from_ref(&x)).to_string(),
        "\
%1  read int16 [100, 10]
%2  mask to float32, missing -9 %1  float32 [100, 10]
%3  x * 0.5 %2                    float32 [100, 10]
%4  x + 270 %3                    float32 [100, 10]
%5  abs %4                        float32 [100, 10]
%6  x - 1 %5                      float32 [100, 10]
%7  mean over axes [0] %6         float32 [10]
out %7"
    );
    assert_eq!(
        stages(&[x], 1 << 20),
        "\
stage 1   mean over axes [0]
          2 tasks: 1 column × 2 runs of 1 block, block [50, 10]
  steps   read → decode to float32, missing -9, scale 0.5, offset 270 → abs → x - 1"
    );
}

/// What is asked for together and shares its blocks is one stage.
#[test]
fn share_stages() {
    let x = source(&[100, 10], &[10, 10]);
    let both = [reduce(&x, "mean", &[0]), reduce(&x, "max", &[0])];
    assert_eq!(
        stages(&both, 1 << 20),
        "\
stage 1   mean over axes [0], max over axes [0]
          2 tasks: 1 column × 2 runs of 1 block, block [50, 10]
  steps   read
  steps   read"
    );
}

/// A reduction over many blocks is cut into runs, each a partial result; by constants, so that a
/// smaller budget cuts columns, and leaves the runs alone.
#[test]
fn split_reductions() {
    let x = reduce(&source(&[100, 200], &[10, 200]), "mean", &[0]);
    let cut = |budget| {
        let text = stages(std::slice::from_ref(&x), budget);
        text.lines().nth(1).unwrap_or_default().trim().to_owned()
    };
    assert_eq!(cut(1 << 20), "20 tasks: 1 column × 20 runs of 1 block, block [5, 200]");
    assert_eq!(cut(30_000), "40 tasks: 2 columns × 20 runs of 1 block, block [5, 200]");
}

/// Blocks follow the chunks: small ones are worked on together, large ones apart.
#[test]
fn choose_blocks() {
    let block = |chunk: &[usize]| {
        let text = stages(&[reduce(&source(&[100, 200], chunk), "sum", &[0, 1])], 1 << 20);
        text.lines().nth(1).unwrap_or_default().split("block [").last().unwrap().to_owned()
    };
    assert_eq!(block(&[1, 10]), "2, 200]");
    assert_eq!(block(&[20, 7]), "20, 21]");
    assert_eq!(block(&[100, 200]), "5, 200]");
}
