//! One scenario of the benchmarks in a process of its own, so that its CPU time and its peak
//! memory can be taken from outside. Prints one JSON line.
//!
//! usage: `scenario NAME PATTERN [VARIABLE] [--memory SIZE] [--threads N]`
//!
//! `limit_open`, `limit_pass` and `limit_pass2` do the least that the job needs, by hand: open every
//! file; read every chunk of one variable, or of two, into a reused buffer (pread, inflate, unshuffle)
//! and pass over it once. `tasks`, `tasks_told` and `tasks_bare` are the engine on a million chunks
//! of 64 numbers each, one task for each: alone, with a sink for progress, and a loop that only
//! fills and adds them up.

use std::time::Instant;

use graticule::{Dataset, Error, Memory, Result, Session};

#[path = "../tasks.rs"]
mod tasks;

/// The other variable of scenarios of two.
const SECOND: &str = "anom";

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let mut take =
        |what: &str| words.next().ok_or_else(|| Error::invalid(format!("no {what} given")));
    let (name, pattern) = (take("scenario")?, take("pattern")?);
    let mut rest: Vec<String> = words.collect();
    let mut option = |flag: &str| {
        let at = rest.iter().position(|w| w == flag)?;
        let pair: Vec<String> = rest.drain(at..(at + 2).min(rest.len())).collect();
        pair.into_iter().nth(1)
    };
    let (memory, threads) = (option("--memory"), option("--threads"));
    let variable = rest.first().map_or("sst", String::as_str);
    let mut builder = Session::builder().backends(graticule::backends());
    if let Some(size) = memory {
        builder = builder.memory(size.parse::<Memory>()?);
    }
    if let Some(n) = threads.and_then(|n| n.parse().ok()) {
        builder = builder.threads(n);
    }
    let session = builder.build();

    let started = Instant::now();
    let check = match name.as_str() {
        "limit_open" => limit_open(&pattern, &session)?,
        "limit_pass" => limit_pass(&pattern, &[variable], &session)?,
        "limit_pass2" => limit_pass(&pattern, &[variable, SECOND], &session)?,
        "tasks" | "tasks_told" | "tasks_bare" => tasks::run(&name, &session)?,
        _ => {
            let options = graticule::ManyOptions::new();
            let ds = graticule::open_mfdataset_with(pattern.as_str(), &options, &session)?;
            run(&name, &ds, variable)?
        }
    };
    let wall = started.elapsed().as_secs_f64();
    let check = if check.is_nan() { "null".to_owned() } else { check.to_string() };
    println!("{{\"wall\": {wall:.3}, \"peak_mb\": {:.1}, \"check\": {check}}}", peak_mb());
    Ok(())
}

fn run(name: &str, ds: &Dataset, variable: &str) -> Result<f64> {
    let data = ds.var(variable);
    let result = match name {
        "open" => return Ok(ds.size_of("time").unwrap_or(0) as f64),
        "global_mean" => data.mean(..),
        "time_mean" => data.mean("time"),
        "climatology" => data.groupby("time.month").mean(()),
        "anomaly_std" => {
            let groups = data.groupby("time.month");
            (&groups - &groups.mean(())).std("time")
        }
        "rolling_mean" => data.rolling("time", 30).mean().mean("time"),
        "quantile" => data.quantile(0.9, "time"),
        "quadratic" => return quadratic(ds, variable),
        "vorticity" => vorticity(ds, variable),
        "point" => data.sel("lat", graticule::near(10.125)).sel("lon", graticule::near(200.125)),
        _ => return Err(Error::invalid(format!("no scenario {name}"))),
    };
    if std::env::var_os("EXPLAIN").is_some() {
        eprintln!("{}", result.explain_analyze()?.1);
    }
    result.compute()?.mean(..).item::<f64>()
}

/// The means of u*u, v*v and u*v over time, in one run.
fn quadratic(ds: &Dataset, variable: &str) -> Result<f64> {
    let (u, v) = (ds.var(variable), ds.var(SECOND));
    let all = Dataset::new()
        .with_session(&ds.session())
        .assign("uu", (&u * &u).mean("time"))
        .assign("vv", (&v * &v).mean("time"))
        .assign("uv", (&u * &v).mean("time"))
        .compute()?;
    let mean = |name: &str| all.var(name).mean(..).item::<f64>();
    Ok(mean("uu")? + mean("vv")? + mean("uv")?)
}

/// The mean over time of dv/dx - du/dy in grid steps, periodic in longitude.
fn vorticity(ds: &Dataset, variable: &str) -> graticule::DataArray {
    let (u, v) = (ds.var(variable), ds.var(SECOND));
    let east = v.roll("lon", -1) - v.roll("lon", 1);
    let north = u.roll("lat", -1) - u.roll("lat", 1);
    (east - north).mean("time")
}

fn limit_open(pattern: &str, session: &Session) -> Result<f64> {
    let files = graticule::Location::glob(pattern)?;
    let mut vars = 0;
    for file in &files {
        vars += graticule::open_raw(file, session)?.vars.len();
    }
    Ok(vars as f64)
}

fn limit_pass(pattern: &str, variables: &[&str], session: &Session) -> Result<f64> {
    let (mut sums, mut counts): (Vec<f64>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut chunk = graticule::Array::default();
    for file in &graticule::Location::glob(pattern)? {
        let raw = graticule::open_raw(file, session)?;
        for variable in variables {
            let var = raw.vars.iter().find(|v| v.name == *variable);
            let source =
                &var.ok_or_else(|| Error::not_found(format!("no variable {variable}")))?.source;
            let info = source.info();
            if chunk.shape() != info.shape {
                chunk = graticule::Array::zeros(&info.dtype, &info.shape)?;
                sums = vec![0.0; chunk.len()];
                counts = vec![0; chunk.len()];
            }
            source.read_into(&graticule::Region::whole(&info.shape), chunk.view_mut())?;
            let packed = chunk.as_slice::<i16>();
            let packed = packed.ok_or_else(|| Error::unsupported("not int16"))?;
            for ((x, sum), n) in packed.iter().zip(&mut sums).zip(&mut counts) {
                let valid = *x != -999;
                let value = f64::from(f32::from(*x) * 0.01);
                *sum += if valid { value } else { 0.0 };
                *n += u32::from(valid);
            }
        }
    }
    let means = sums.iter().zip(&counts).filter(|(_, n)| **n > 0).map(|(s, n)| s / f64::from(*n));
    let (total, cells) = means.fold((0.0, 0u32), |(t, c), m| (t + m, c + 1));
    Ok(total / f64::from(cells))
}

/// The highest resident memory so far, where the system tells.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kb.unwrap_or(f64::NAN) / 1024.0
}
