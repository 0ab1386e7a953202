//! What reading netCDF-4 and HDF5 costs below the data model. Prints one JSON line with CPU
//! seconds.
//!
//! usage: `reader metadata TIMES FILE...`       per file: open it and all its metadata
//!        `reader read TIMES FILE VARIABLE [THREADS]`   read the whole variable
//!        `reader limit TIMES CHUNKS ELEMENT SIZE`      inflate, unshuffle, pass once over it
//!        `reader index TIMES PATTERN INDEX`            per file: reopen it through an index
//!
//! With the feature `libnetcdf` also `netcdf-metadata`, `hdf5-metadata`, `netcdf-read` and
//! `hdf5-read`: the same work through the crates `netcdf` and `hdf5-metno`.
//!
//! CHUNKS is a file of packed chunks, each behind its length in four bytes, as `readers.py`
//! writes it; SIZE the bytes of a chunk. With several threads each reads an equal share of the
//! first axis, and `balance` is the CPU time of the busiest over the mean.

use graticule::{Array, Error, Location, Region, Result, Session};
use graticule_benches::{process_cpu, thread_cpu};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<usize>().map_err(|e| Error::invalid(e.to_string()));
    let line = match words.as_slice() {
        ["metadata", times, files @ ..] => metadata(number(times)?, files)?,
        ["read", times, file, variable] => read(number(times)?, file, variable, 1)?,
        ["read", times, file, variable, threads] => {
            read(number(times)?, file, variable, number(threads)?)?
        }
        ["limit", times, chunks, element, size] => {
            limit(number(times)?, chunks, number(element)?, number(size)?)?
        }
        ["index", times, pattern, index] => reopen(number(times)?, pattern, index)?,
        #[cfg(feature = "libnetcdf")]
        [what @ ("netcdf-metadata" | "hdf5-metadata"), times, file] => {
            let work = match *what {
                "netcdf-metadata" => graticule_benches::peers::netcdf_metadata,
                _ => graticule_benches::peers::hdf5_metadata,
            };
            let (cpu, attrs) = work(number(times)?, file)?;
            format!("{{\"cpu\": {cpu}, \"attributes\": {attrs}}}")
        }
        #[cfg(feature = "libnetcdf")]
        [what @ ("netcdf-read" | "hdf5-read"), times, file, variable] => {
            let work = match *what {
                "netcdf-read" => graticule_benches::peers::netcdf_read,
                _ => graticule_benches::peers::hdf5_read,
            };
            let (cpu, bytes) = work(number(times)?, file, variable)?;
            format!("{{\"cpu\": {cpu}, \"bytes\": {bytes}}}")
        }
        _ => {
            return Err(Error::invalid("no such thing to measure")
                .hint("metadata, read, limit or index, and what it needs; peers with libnetcdf"));
        }
    };
    println!("{line}");
    Ok(())
}

fn metadata(times: usize, files: &[&str]) -> Result<String> {
    let session = Session::builder().backends(graticule::backends()).build();
    let open = || -> Result<(usize, usize)> {
        let (mut vars, mut attrs) = (0, 0);
        for file in files {
            let group = graticule::open_raw(&Location::new(*file), &session)?;
            vars += group.vars.len();
            attrs += group.attrs.len() + group.vars.iter().map(|v| v.attrs.len()).sum::<usize>();
        }
        Ok((vars, attrs))
    };
    let (vars, attrs) = open()?;
    let start = thread_cpu();
    for _ in 0..times {
        open()?;
    }
    let each = (thread_cpu() - start) / (times * files.len()).max(1) as f64;
    Ok(format!("{{\"cpu\": {each}, \"variables\": {vars}, \"attributes\": {attrs}}}"))
}

fn reopen(times: usize, pattern: &str, index: &str) -> Result<String> {
    let options = graticule::ManyOptions::new().index(index);
    let session = Session::builder().backends(graticule::backends()).threads(1).build();
    let made = graticule::index_files_with(pattern, &options, &session)?;
    if let Some(problem) = made.problems.first() {
        return Err(problem.clone());
    }
    if made.plain > 0 {
        return Err(Error::unsupported(format!("{} files that no index holds", made.plain)));
    }
    let start = process_cpu();
    let mut known = 0;
    for _ in 0..times {
        known = graticule::index_files_with(pattern, &options, &session)?.known;
    }
    let each = (process_cpu() - start) / (times * made.files).max(1) as f64;
    let bytes = std::fs::metadata(index)?.len();
    Ok(format!(
        "{{\"cpu\": {each}, \"files\": {}, \"known\": {known}, \"bytes\": {bytes}}}",
        made.files
    ))
}

fn read(times: usize, file: &str, variable: &str, threads: usize) -> Result<String> {
    let session = Session::builder().backends(graticule::backends()).build();
    let group = graticule::open_raw(&Location::new(file), &session)?;
    let found = group.vars.iter().find(|v| v.name == variable);
    let source = &found.ok_or_else(|| Error::not_found(format!("no variable {variable}")))?.source;
    let info = source.info();
    let parts = shares(&info.shape, threads);
    // The index of chunks is read once, before the clock starts.
    source.read(&Region { start: vec![0; info.shape.len()], len: vec![1; info.shape.len()] })?;
    let work = |part: &Region| -> Result<(f64, usize)> {
        let mut out = Array::zeros(&info.dtype, &part.len)?;
        source.read_into(part, out.view_mut())?;
        let start = thread_cpu();
        for _ in 0..times {
            source.read_into(part, out.view_mut())?;
        }
        Ok((thread_cpu() - start, out.bytes()))
    };
    let spent: Vec<Result<(f64, usize)>> = std::thread::scope(|scope| {
        let started: Vec<_> = parts.iter().map(|part| scope.spawn(|| work(part))).collect();
        let lost = || Err(Error::bug("a thread ended early"));
        started.into_iter().map(|t| t.join().unwrap_or_else(|_| lost())).collect()
    });
    let spent: Vec<(f64, usize)> = spent.into_iter().collect::<Result<_>>()?;
    let total: f64 = spent.iter().map(|s| s.0).sum();
    let most = spent.iter().map(|s| s.0).fold(0.0, f64::max);
    let bytes: usize = spent.iter().map(|s| s.1).sum();
    let balance = most * spent.len() as f64 / total;
    Ok(format!(
        "{{\"cpu\": {}, \"bytes\": {bytes}, \"balance\": {balance}}}",
        total / times.max(1) as f64
    ))
}

/// Boxes of equal size along the first axis that can be cut.
fn shares(shape: &[usize], n: usize) -> Vec<Region> {
    let axis = shape.iter().position(|len| *len >= n).unwrap_or(0);
    let len = shape.get(axis).copied().unwrap_or(1);
    let cut = |k: usize| {
        let mut region = Region::whole(shape);
        if let (Some(start), Some(part)) = (region.start.get_mut(axis), region.len.get_mut(axis)) {
            *start = len * k / n;
            *part = len * (k + 1) / n - *start;
        }
        region
    };
    (0..n).map(cut).collect()
}

/// The least that any reader must do: by hand, into buffers that are used again.
fn limit(times: usize, chunks: &str, element: usize, size: usize) -> Result<String> {
    let packed = std::fs::read(chunks)?;
    let mut engine = libdeflater::Decompressor::new();
    let (mut plain, mut out) = (vec![0u8; size], vec![0u8; size]);
    let (mut bytes, mut seen) = (0usize, 0u64);
    let start = thread_cpu();
    for _ in 0..times {
        let mut rest = packed.as_slice();
        bytes = 0;
        while let Some((length, behind)) = rest.split_first_chunk::<4>() {
            let n = u32::from_le_bytes(*length) as usize;
            let Some((chunk, behind)) = behind.split_at_checked(n) else { break };
            rest = behind;
            let inflated = engine.zlib_decompress(chunk, &mut plain);
            inflated.map_err(|e| Error::corrupt(e.to_string()))?;
            unshuffle(&plain, &mut out, element);
            // One pass over the result.
            let words = out.as_chunks::<8>().0.iter();
            seen = words.fold(seen, |sum, w| sum.wrapping_add(u64::from_le_bytes(*w)));
            bytes += size;
        }
    }
    let each = (thread_cpu() - start) / times.max(1) as f64;
    Ok(format!("{{\"cpu\": {each}, \"bytes\": {bytes}, \"check\": {seen}}}"))
}

/// By steps of two bytes, which compilers turn into instructions on whole vectors.
fn unshuffle(from: &[u8], to: &mut [u8], element: usize) {
    const BLOCK: usize = 64;
    let n = from.len() / element.max(1);
    let planes: Vec<&[u8]> = from.chunks_exact(n.max(1)).collect();
    match planes.as_slice() {
        [a, b] => {
            for ((to, a), b) in to.as_chunks_mut::<2>().0.iter_mut().zip(*a).zip(*b) {
                *to = [*a, *b];
            }
        }
        // The sizes that are measured are multiples of the block.
        [a, b, c, d] => {
            let [a, b, c, d] = [a, b, c, d].map(|p| p.as_chunks::<BLOCK>().0);
            let rows = to.as_chunks_mut::<4>().0.as_chunks_mut::<BLOCK>().0.iter_mut();
            for ((((to, a), b), c), d) in rows.zip(a).zip(b).zip(c).zip(d) {
                let pairs = |low: &[u8; BLOCK], high: &[u8; BLOCK]| {
                    let mut out = [0u16; BLOCK];
                    for ((to, low), high) in out.iter_mut().zip(low).zip(high) {
                        *to = u16::from(*low) | u16::from(*high) << 8;
                    }
                    out
                };
                for ((to, low), high) in to.iter_mut().zip(pairs(a, b)).zip(pairs(c, d)) {
                    *to = (u32::from(low) | u32::from(high) << 16).to_le_bytes();
                }
            }
        }
        _ => to.copy_from_slice(from),
    }
}
