//! A million tiny chunks, one task for each: what the engine itself costs.

use std::sync::Arc;

use graticule::array::{ReduceParams, reduction};
use graticule::lazy::{Event, LazyArray, Memory, Progress, RunOptions, Session};
use graticule::storage::{ChunkSource, SourceInfo};
use graticule::{Array, ArrayMut, ChunkGrid, DType, Error, Region, Result};

const CHUNKS: usize = 1_000_000;
const LENGTH: usize = 64;

/// Numbers that are made up as they are read.
#[derive(Debug)]
struct MadeUp(SourceInfo);

fn fill(start: usize, out: &mut [f32]) {
    for (i, v) in out.iter_mut().enumerate() {
        *v = ((start + i) & 1023) as f32;
    }
}

impl ChunkSource for MadeUp {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        fill(region.start.iter().sum(), out.typed::<f32>()?.as_slice_mut().unwrap_or(&mut []));
        Ok(())
    }
}

/// Adds up what it is told.
#[derive(Debug, Default)]
struct Told(std::sync::atomic::AtomicUsize);

impl Progress for Told {
    fn event(&self, event: &Event) {
        if let Event::Advanced { tasks, .. } = event {
            self.0.fetch_add(*tasks, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

/// The mean of all.
pub(crate) fn run(name: &str, session: &Session) -> Result<f64> {
    let all = CHUNKS * LENGTH;
    if name == "tasks_bare" {
        let (mut chunk, mut sum) = (vec![0f32; LENGTH], 0f64);
        for start in (0..all).step_by(LENGTH) {
            fill(start, &mut chunk);
            sum += chunk.iter().map(|x| f64::from(*x)).sum::<f64>();
        }
        return Ok(sum / all as f64);
    }
    let info = SourceInfo {
        dtype: DType::F32,
        shape: vec![all],
        grid: ChunkGrid::even(&[all], &[LENGTH]),
        whole_chunks: true,
        fill: None,
    };
    let x = LazyArray::read(Arc::new(MadeUp(info)));
    let mean = x.reduce(reduction("mean", &ReduceParams::default())?, &[0])?;
    // Blocks of one chunk, runs of one block.
    let builder = Session::builder().threads(session.threads()).memory(Memory::new(1 << 30));
    let session = builder.cuts(LENGTH * 4, 1).build();
    let told = Arc::new(Told::default());
    let progress: Option<Arc<dyn Progress>> =
        (name == "tasks_told").then(|| told.clone() as Arc<dyn Progress>);
    let options = RunOptions { progress, ..RunOptions::default() };
    let out: Vec<Array> = session.run(&[mean], &options)?;
    let tasks = session.run_report().tasks;
    if tasks != CHUNKS {
        return Err(Error::invalid(format!("{tasks} tasks instead of {CHUNKS}")));
    }
    out.first()
        .ok_or_else(|| Error::invalid("no result"))?
        .to_flat::<f32>()?
        .first()
        .map_or_else(|| Err(Error::invalid("an empty result")), |mean| Ok(f64::from(*mean)))
}
