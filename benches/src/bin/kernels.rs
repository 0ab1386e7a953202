//! What is in memory: each workload through the public API, through the array crate's kernels
//! alone, and the least that the machine needs for it. A server, so that another program can
//! run it in turn with its peers.
//!
//! usage: `kernels [DAYS]`, then lines `WAY WORKLOAD THREADS` on the input, where WAY is `api`,
//! `kernel` or `limit`. Each is answered by a line of JSON: CPU and wall seconds of one run and a
//! number to compare; `null` where there is no such way. `kernels DAYS WAY WORKLOAD THREADS`
//! runs one and ends.
//!
//! The arrays are time x lat x lon (days x 181 x 360) of the same values in every program: see
//! `noise`.

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

use graticule::array::{Cells, MapOp, ReduceParams, Window, WindowStat, ZipOp, choose, reduction};
use graticule::{Array, DType, DataArray, Error, Result, Scalar, Session, date_range};
use graticule_benches::{process_cpu, thread_cpu};

const LAT: usize = 181;
const LON: usize = 360;

/// Elements of a tile of the kernels.
const TILE: usize = 8192;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let days = words.first().map_or(Ok(1096), |w| number(w))?;
    if let Some(request) = words.get(1..).filter(|r| !r.is_empty()) {
        println!("{}", Data::new(days)?.answer(&request.join(" "))?);
        return Ok(());
    }
    let data = Data::new(days)?;
    println!("{{\"ready\": {}}}", data.plain.len());
    for line in std::io::stdin().lock().lines() {
        println!("{}", data.answer(&line?)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn number(text: &str) -> Result<usize> {
    text.parse().map_err(|e| Error::invalid(format!("{text}: {e}")))
}

/// The value of element `i`, and whether it is missing where a tenth of all are.
fn noise(i: usize) -> (f32, bool) {
    let hash = (i as u32).wrapping_mul(2_654_435_761);
    let hash = (hash ^ (hash >> 15)).wrapping_mul(2_246_822_519);
    let hash = hash ^ (hash >> 13);
    ((hash >> 8) as f32 * (20.0 / 16_777_216.0) + 10.0, hash.is_multiple_of(10))
}

/// The arrays, and a session for each number of threads.
struct Data {
    days: usize,
    plain: Array,
    gaps: Array,
    wide: Array,
    time: DataArray,
    sessions: Vec<Session>,
}

impl Data {
    fn new(days: usize) -> Result<Self> {
        let shape = [days, LAT, LON];
        let n = days * LAT * LON;
        let plain = Array::from_vec(shape, (0..n).map(|i| noise(i).0).collect::<Vec<f32>>())?;
        let gap = |i| match noise(i) {
            (_, true) => f32::NAN,
            (x, _) => x,
        };
        let gaps = Array::from_vec(shape, (0..n).map(gap).collect::<Vec<f32>>())?;
        let wide = gaps.cast(&DType::F64)?;
        let time = DataArray::new("time", "time", date_range("2000-01-01").periods(days).freq("D"));
        let sessions = (1..=2).map(|n| Session::builder().threads(n).build()).collect();
        Ok(Self { days, plain, gaps, wide, time, sessions })
    }

    fn answer(&self, request: &str) -> Result<String> {
        let words: Vec<&str> = request.split_whitespace().collect();
        let [way, name, threads] = words.as_slice() else {
            return Err(Error::invalid(format!("\"{request}\" is not WAY WORKLOAD THREADS")));
        };
        let threads = number(threads)?;
        let (before, start) = (process_cpu(), Instant::now());
        let made = match *way {
            "api" => self.api(name, threads)?,
            "kernel" => self.kernel(name)?,
            "limit" => self.limit(name, threads),
            _ => return Err(Error::invalid(format!("no way \"{way}\""))),
        };
        let (wall, after) = (start.elapsed().as_secs_f64(), process_cpu());
        let Some(Made { check, cpu, bytes }) = made else { return Ok("null".to_owned()) };
        let cpu = cpu.unwrap_or(after - before);
        let check = if check.is_nan() { "null".to_owned() } else { check.to_string() };
        Ok(format!(
            "{{\"cpu\": {cpu:.6}, \"wall\": {wall:.6}, \"bytes\": {bytes}, \"check\": {check}}}"
        ))
    }

    fn labelled(&self, array: &Array, threads: usize) -> Result<DataArray> {
        let session = self.sessions.get(threads.saturating_sub(1));
        let session = session.ok_or_else(|| Error::invalid(format!("{threads} threads")))?;
        Ok(DataArray::new("x", ["time", "lat", "lon"], array.clone())
            .with_coord_variable("time", self.time.variable())
            .with_session(session))
    }

    /// The array that a workload is about.
    fn input(&self, name: &str) -> &Array {
        match name {
            _ if name.ends_with("_f64") => &self.wide,
            "mean" | "scale_mean" | "where_mean" | "vorticity" | "vorticity_mean" => &self.plain,
            _ => &self.gaps,
        }
    }

    /// Through the public API, computed and dropped.
    fn api(&self, name: &str, threads: usize) -> Result<Option<Made>> {
        let x = self.labelled(self.input(name), threads)?;
        let (verb, dim) = split(name);
        let made = match verb {
            "mean" => x.mean(..),
            "nanmean" => x.mean(dim),
            "std" => x.std(..),
            "scale_mean" => (&x * 1.8 + 32.0).mean(..),
            "where_mean" => x.where_(x.gt(15.0)).mean(..),
            "groupby_month" => x.groupby("time.month").mean(()),
            "anomaly_std" => {
                let groups = x.groupby("time.month");
                (&groups - &groups.mean(())).std("time")
            }
            "rolling30" => x.rolling("time", 30).mean(),
            "quantile90" => x.quantile(0.9, "time"),
            "vorticity" => curl(&x, &self.labelled(&self.gaps, threads)?),
            "vorticity_mean" => curl(&x, &self.labelled(&self.gaps, threads)?).mean(..),
            _ => return Ok(None),
        };
        let made = made.compute()?;
        Made::of(&made.to_array()?)
    }

    /// Through the kernels of the array crate, tile by tile on one thread.
    fn kernel(&self, name: &str) -> Result<Option<Made>> {
        let x = self.input(name);
        let (verb, dim) = split(name);
        let cell = LAT * LON;
        match verb {
            "mean" | "std" => fold(x, verb, 1, |_| Cells::One(0), Ok),
            "nanmean" => match dim {
                "time" => fold_rows(x, "mean", cell),
                "lat" => {
                    let rows = |i: usize| Cells::Run(i / LAT * LON);
                    fold_by(x, "mean", self.days * LON, LON, rows)
                }
                _ => fold_by(x, "mean", self.days * LAT, LON, Cells::One),
            },
            "scale_mean" => {
                let scale = MapOp::with(ZipOp::Mul, Scalar::F64(1.8), false, x.dtype())?;
                let shift = MapOp::with(ZipOp::Add, Scalar::F64(32.0), false, x.dtype())?;
                fold(x, "mean", 1, |_| Cells::One(0), |t| shift.apply(&scale.apply(&t)?))
            }
            "where_mean" => {
                let test = MapOp::with(ZipOp::Gt, Scalar::F64(15.0), false, x.dtype())?;
                let missing = Array::missing(x.dtype(), &[TILE])?;
                fold(
                    x,
                    "mean",
                    1,
                    |_| Cells::One(0),
                    |t| choose(&test.apply(&t)?, &t, &missing.flat(0..t.len())?),
                )
            }
            "rolling30" => {
                let stat = WindowStat::Mean;
                let window = Window { len: 30, before: 29, least: 30, stat };
                Made::of(&graticule::array::LineOp::Window(window).apply(x, 0)?)
            }
            _ => Ok(None),
        }
    }

    /// One pass over the input by hand, its halves on two threads: the read bandwidth.
    fn limit(&self, name: &str, threads: usize) -> Option<Made> {
        let x = self.input(name);
        let passes = |threads: usize| match (x.as_slice::<f32>(), x.as_slice::<f64>()) {
            (Some(x), _) => pass(x, threads, |sum: u32, v| sum.wrapping_add(v.to_bits())),
            (_, Some(x)) => pass(x, threads, |sum: u64, v| sum.wrapping_add(v.to_bits())),
            _ => 0.0,
        };
        let cpu = passes(threads.max(1));
        Some(Made { check: f64::NAN, cpu: Some(cpu), bytes: x.bytes() })
    }
}

/// What a run made: a number to compare, its CPU time if it is known better than from outside,
/// and the bytes of the result.
struct Made {
    check: f64,
    cpu: Option<f64>,
    bytes: usize,
}

impl Made {
    /// The sum of some elements that are there.
    fn of(array: &Array) -> Result<Option<Self>> {
        let step = (array.len() / 1000).max(1);
        let some: Vec<usize> = (0..array.len()).step_by(step).collect();
        let at = graticule::array::Pick::List(some.into());
        let flat = array.reshape(&[array.len()])?;
        let picked = flat.select(&graticule::array::Selection::new(vec![at]))?;
        let picked = picked.cast(&DType::F64)?.to_flat::<f64>()?;
        let check = picked.iter().filter(|x| !x.is_nan()).sum();
        Ok(Some(Self { check, cpu: None, bytes: array.bytes() }))
    }
}

/// `nanmean_lat_f32` is `nanmean` along `lat`.
fn split(name: &str) -> (&str, &str) {
    let name = name.trim_end_matches("_f32").trim_end_matches("_f64");
    match name.strip_prefix("nanmean_") {
        Some(dim) => ("nanmean", dim),
        None => (name, ""),
    }
}

/// Relative vorticity on a regular grid, by differences to the next point.
fn curl(v: &DataArray, u: &DataArray) -> DataArray {
    (v.roll("lon", -1) - v) / 0.5 - (u.roll("lat", -1) - u) / 0.25
}

/// Folds tiles of the whole array, each changed first.
fn fold(
    x: &Array,
    name: &str,
    cells: usize,
    cell: impl Fn(usize) -> Cells<'static>,
    change: impl Fn(Array) -> Result<Array>,
) -> Result<Option<Made>> {
    let by = reduction(name, &ReduceParams::default())?;
    let mut state = by.start(x.dtype(), cells)?;
    for start in (0..x.len()).step_by(TILE) {
        let tile = change(x.flat(start..(start + TILE).min(x.len()))?)?;
        by.update(&mut state, &tile, cell(start), start as u64)?;
    }
    Made::of(&by.finish(state, x.dtype())?)
}

/// Folds rows of `len` elements.
fn fold_by(
    x: &Array,
    name: &str,
    cells: usize,
    len: usize,
    cell: impl Fn(usize) -> Cells<'static>,
) -> Result<Option<Made>> {
    let by = reduction(name, &ReduceParams::default())?;
    let mut state = by.start(x.dtype(), cells)?;
    for row in 0..x.len() / len {
        by.update(&mut state, &x.flat(row * len..(row + 1) * len)?, cell(row), 0)?;
    }
    Made::of(&by.finish(state, x.dtype())?)
}

/// Folds along the first axis: tile by tile of the cells, over all rows.
fn fold_rows(x: &Array, name: &str, cells: usize) -> Result<Option<Made>> {
    let by = reduction(name, &ReduceParams::default())?;
    let mut state = by.start(x.dtype(), cells)?;
    for start in (0..cells).step_by(TILE) {
        let end = (start + TILE).min(cells);
        for row in 0..x.len() / cells {
            let tile = x.flat(row * cells + start..row * cells + end)?;
            by.update(&mut state, &tile, Cells::Run(start), 0)?;
        }
    }
    Made::of(&by.finish(state, x.dtype())?)
}

/// Adds up the bits of all elements in lanes; gives the CPU seconds of all threads.
fn pass<T: Copy + Sync, A: Copy + Default>(
    x: &[T],
    threads: usize,
    add: impl Fn(A, T) -> A + Copy + Send + Sync,
) -> f64 {
    let part = |x: &[T]| {
        let begun = thread_cpu();
        let mut lanes = [A::default(); 64];
        for row in x.as_chunks::<64>().0 {
            for (lane, v) in lanes.iter_mut().zip(row) {
                *lane = add(*lane, *v);
            }
        }
        black_box(&lanes);
        thread_cpu() - begun
    };
    let share = x.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let part = &part;
        let running: Vec<_> = x.chunks(share).map(|x| scope.spawn(move || part(x))).collect();
        running.into_iter().filter_map(|t| t.join().ok()).sum()
    })
}
