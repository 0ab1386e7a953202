//! Random plans under random budgets, each in a process of its own: resident memory, seen from
//! outside, stays within the budget and a fixed base.
//!
//! Ten small plans by default. `GRATICULE_PLANS=200` runs as many large ones, over sources of 1
//! to 20 GB that are made up as they are read, under budgets from 64 MB to 1 GB; build with
//! `--release` for these.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use graticule_array::{
    Array, ArrayMut, ChunkGrid, DType, LineOp, MapOp, Pick, QuantileMethod, Quantiles,
    ReduceParams, Region, Result, Scalar, Selection, Window, WindowStat, ZipOp, reduction,
};
use graticule_lazy::{BlockFn, Boundary, LazyArray, Memory, Overlap, Session};
use graticule_storage::{ChunkSink, ChunkSource, Limits, SinkInfo, SourceInfo};

/// What a process may take beside its budget.
const BASE: u64 = 64 << 20;

/// What its threads take beside the plan's estimate: stacks, and what the allocator keeps for each.
const STACKS: u64 = 8 << 20;

/// A source of 16-bit numbers, made up as they are read.
#[derive(Debug)]
struct MadeUp(SourceInfo);

impl ChunkSource for MadeUp {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        // As one that inflates a chunk first.
        black_box(vec![1u8; self.limits().scratch]);
        let seed: usize = region.start.iter().sum();
        for (i, v) in out.typed::<i16>()?.iter_mut().enumerate() {
            *v = (seed.wrapping_mul(31).wrapping_add(i * 7) & 1023) as i16;
        }
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits { scratch: 2 * self.0.grid.largest().iter().product::<usize>(), ..Limits::default() }
    }
}

#[derive(Debug)]
struct Nowhere(SinkInfo);

impl ChunkSink for Nowhere {
    fn info(&self) -> &SinkInfo {
        &self.0
    }

    fn write(&self, _: &Region, _: &Array) -> Result<()> {
        Ok(())
    }
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

/// One plan: its name, what it computes, the chunks to write it in if it is written, and the
/// budget.
fn plan_of(seed: u64, large: bool) -> (String, LazyArray, Option<Vec<usize>>, Memory, usize) {
    let mut rng = Rng(seed);
    // Most are small, so that the largest can be afforded.
    let share = rng.below(1000) as f64 / 999.0;
    let large_bytes = 1_000 + (19_000.0 * share.powi(30)) as usize;
    let bytes = if large { large_bytes } else { rng.between(10, 25) } * 1_000_000;
    let budget = if large { rng.between(64, 1000) } else { rng.between(24, 64) } as u64;
    let threads = rng.between(1, 4);
    let (rows, columns) = [(180, 360), (720, 1440), (361, 720)][rng.below(3)];
    let times = (bytes / 2 / rows / columns).max(40);
    let shape = vec![times, rows, columns];
    let chunk = [
        vec![1, rows, columns],
        vec![24.min(times), rows.div_ceil(2), columns.div_ceil(2)],
        vec![times.div_ceil(20), 60, 60],
    ][rng.below(3)]
    .clone();
    let grid = ChunkGrid::even(&shape, &chunk);
    let info = SourceInfo {
        dtype: DType::I16,
        shape: shape.clone(),
        grid,
        whole_chunks: true,
        fill: None,
    };
    let decode = MapOp::Decode {
        values: [Scalar::I16(-999)].into(),
        to: DType::F32,
        scale: Some(Scalar::F32(0.01)),
        offset: None,
    };
    let x = LazyArray::read(Arc::new(MadeUp(info))).map(decode).unwrap();
    let codes: Arc<[u32]> = (0..times).map(|i| (i % 365 / 31) as u32).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let other = vec![times.div_ceil(10), 45, 90];
    let window = |stat| LineOp::Window(Window { len: 30, before: 29, least: 1, stat });
    let (name, lazy, write) = match rng.below(12) {
        0 => ("time mean", reduce(&x, "mean", &[0]), None),
        1 => ("std of everything", reduce(&x, "std", &[0, 1, 2]), None),
        2 => ("zonal mean", reduce(&x, "mean", &[2]), None),
        3 => ("climatology", x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap(), None),
        4 => {
            let at: Arc<[usize]> = codes.iter().map(|c| *c as usize).collect();
            let climate = x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap();
            let picks = Selection::new([Pick::List(at), Pick::all(rows), Pick::all(columns)]);
            let anomaly = x.zip(ZipOp::Sub, &climate.select(&picks).unwrap()).unwrap();
            ("spread of anomalies", reduce(&anomaly, "std", &[0]), None)
        }
        5 => ("writing squares", x.zip(ZipOp::Mul, &x).unwrap(), Some(chunk)),
        6 => ("other chunks", x, Some(other)),
        7 => {
            let sums = x.along(LineOp::CumSum { skip_missing: true }, 0).unwrap();
            ("writing sums", sums, Some(chunk))
        }
        8 => {
            let quantile = LineOp::Quantile(Quantiles {
                q: [0.9].into(),
                method: QuantileMethod::Linear,
                skip_missing: true,
                keep_floats: true,
                groups: None,
            });
            ("quantile", x.along(quantile, 0).unwrap(), None)
        }
        9 => (
            "running maxima",
            reduce(&x.along(window(WindowStat::Max), 0).unwrap(), "mean", &[0]),
            None,
        ),
        10 => {
            let same = BlockFn::new("same", |parts| Ok(parts[0].clone()));
            let rims = [1, 2].map(|axis| {
                let boundary = if axis == 1 { Boundary::Nearest } else { Boundary::Periodic };
                Overlap { axis, before: 1, after: 1, boundary }
            });
            let smooth = LazyArray::map_overlap(same, std::slice::from_ref(&x), DType::F32, &rims);
            ("stencil", reduce(&smooth.unwrap(), "max", &[0]), None)
        }
        _ => {
            let list = |n: usize, by: usize| (0..1000).map(|k| k * by % n).collect::<Vec<_>>();
            let points = x.gather(&[1, 2], &[list(rows, 17), list(columns, 29)]).unwrap();
            ("points", reduce(&points, "mean", &[1]), None)
        }
    };
    let what = format!("{name} of {shape:?} in {:?}", lazy.grid().largest());
    (what, lazy, write, Memory::new(budget << 20), threads)
}

/// Runs one plan, says what was planned, and waits to be looked at.
#[test]
#[ignore = "runs in a process of its own"]
fn one_plan() {
    let Ok(seed) = std::env::var("GRATICULE_PLAN_SEED") else { return };
    let large = std::env::var_os("GRATICULE_PLANS").is_some();
    let (what, lazy, write, memory, threads) = plan_of(seed.parse().unwrap(), large);
    let session = Session::builder().threads(threads).memory(memory).build();
    let budget = session.memory();
    // Whoever started this looks at what the process takes without a plan.
    println!("\nready");
    let _ = std::io::stdin().read(&mut [0]);
    let projected = match &write {
        None => {
            let outputs = std::slice::from_ref(&lazy);
            session.plan(outputs).map(|p| (p, session.compute(outputs).map(|_| ())))
        }
        Some(chunk) => {
            let sink: Arc<dyn ChunkSink> = Arc::new(Nowhere(SinkInfo {
                dtype: lazy.dtype().clone(),
                shape: lazy.shape().to_vec(),
                grid: ChunkGrid::even(lazy.shape(), chunk),
            }));
            let outputs = [(lazy.clone(), sink)];
            session.plan_store(&outputs).map(|p| (p, session.store(&outputs)))
        }
    };
    match projected {
        Ok((plan, ran)) => {
            ran.unwrap();
            eprintln!("{plan}\n{}", session.run_report().peak_bytes);
            println!("\nplanned {} {budget} {threads} threads, {what}", plan.totals().peak_bytes);
        }
        Err(e) => {
            assert!(e.is_over_budget(), "{e}");
            println!("\nrefused 0 {budget} {what}: {e}");
        }
    }
    // Whoever started this looks at its memory now.
    let _ = std::io::stdin().read(&mut [0]);
}

/// The resident memory of a process: what it has (`VmRSS:`), or the most it had (`VmHWM:`).
fn resident(process: u32, which: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(which))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

#[test]
fn resident_memory_stays_within_the_budget() {
    if resident(std::process::id(), "VmRSS:").is_none() {
        eprintln!("skipped: this system does not tell resident memory");
        return;
    }
    let large = std::env::var("GRATICULE_PLANS").ok();
    let count: u64 = large.as_ref().map_or(10, |n| n.parse().unwrap());
    let (mut ran, mut close, mut under) = (0, 0, 0);
    for seed in 0..count {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["one_plan", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("GRATICULE_PLAN_SEED", seed.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines =
            BufReader::new(child.stdout.take().unwrap()).lines().map_while(std::io::Result::ok);
        let words = ["ready", "planned", "refused"];
        let mut lines = lines.filter(|l| words.iter().any(|w| l.starts_with(w)));
        assert_eq!(lines.next().as_deref(), Some("ready"), "seed {seed} did not begin");
        let idle = resident(child.id(), "VmRSS:").unwrap_or(0);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"!").unwrap();
        let line = lines.next().unwrap_or_default();
        let peak = resident(child.id(), "VmHWM:").unwrap_or(0);
        drop(stdin);
        assert!(child.wait().unwrap().success() && !line.is_empty(), "seed {seed} failed: {line}");
        let mut words = line.split_whitespace().skip(1);
        let mut number = || words.next().unwrap().parse::<u64>().unwrap();
        let (planned, budget) = (number(), number());
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let used = peak.saturating_sub(idle);
        println!(
            "{seed}: {} MB resident, {} for the plan, {line}",
            megabytes(peak),
            megabytes(used)
        );
        assert!(peak <= budget + BASE, "{} MB of {}: {line}", megabytes(peak), megabytes(budget));
        if planned > 0 {
            assert!(used <= planned + STACKS, "more than planned: {} MB, {line}", megabytes(used));
            ran += 1;
            close += u64::from(planned <= used + used * 3 / 10);
            under += u64::from(planned < used);
        }
    }
    println!("{ran} plans ran; the estimates of {close} were at most 30 % above, {under} below");
    assert!(ran * 10 >= count * 6, "only {ran} of {count} plans fitted");
}
