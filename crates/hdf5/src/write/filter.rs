//! The filters of a chunk, forwards.

use std::sync::{Mutex, PoisonError};

use graticule_array::{Error, Result};
use graticule_storage::FilterSpec;
use libdeflater::{CompressionLvl, Compressor};

use crate::filter::fletcher32_sum;

/// The most filters that HDF5 allows.
const MAX_FILTERS: usize = 32;

/// One step from elements to stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Shuffle,
    Deflate(u32),
    Fletcher32,
}

/// The filters of a variable, in the order of writing.
#[derive(Default)]
pub(super) struct Pipeline {
    steps: Vec<Step>,
    element: usize,
    /// Benches at rest; each serves one thread at a time.
    pool: Mutex<Vec<Bench>>,
}

/// What filtering a chunk takes and the next one can use again.
#[derive(Default)]
struct Bench {
    compressor: Option<Compressor>,
    shuffled: Vec<u8>,
    deflated: Vec<u8>,
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pipeline").field(&self.steps).finish()
    }
}

impl Pipeline {
    /// The filters as asked for, over elements of `element` bytes.
    ///
    /// # Errors
    /// If there is one that we cannot apply, or there are too many.
    pub(super) fn new(filters: &[FilterSpec], element: usize) -> Result<Self> {
        if filters.len() > MAX_FILTERS {
            return Err(Error::invalid(format!("{} filters, HDF5 allows 32", filters.len())));
        }
        let mut steps = Vec::with_capacity(filters.len());
        for filter in filters {
            let step = match (filter.id, filter.name.as_str()) {
                (Some(1), _) | (None, "deflate" | "gzip" | "zlib") => {
                    let level = filter.params.first().copied().unwrap_or(4);
                    if level > 12 {
                        return Err(Error::invalid(format!("deflate has no level {level}"))
                            .hint("levels go from 0 to 12"));
                    }
                    Step::Deflate(level)
                }
                (Some(2), _) | (None, "shuffle") => Step::Shuffle,
                (Some(3), _) | (None, "fletcher32") => Step::Fletcher32,
                (id, name) => {
                    let id = id.map(|id| format!(" ({id})")).unwrap_or_default();
                    let why = format!("writing with the filter \"{name}\"{id}");
                    return Err(Error::unsupported(why)
                        .hint("the filters that can be written are deflate, shuffle, fletcher32"));
                }
            };
            steps.push(step);
        }
        Ok(Self { steps, element, pool: Mutex::default() })
    }

    /// What the header says: identifier, whether optional, parameters.
    pub(super) fn described(&self) -> Vec<(u16, bool, Vec<u32>)> {
        let described = self.steps.iter().map(|step| match step {
            // HDF5 knows the levels of zlib only.
            Step::Deflate(level) => (1, true, vec![(*level).min(9)]),
            Step::Shuffle => (2, true, vec![self.element as u32]),
            Step::Fletcher32 => (3, false, Vec::new()),
        });
        described.collect()
    }

    /// Passes on the stored bytes of a chunk, and which filters were left out, one bit each.
    pub(super) fn apply<T>(
        &self,
        bytes: Vec<u8>,
        store: impl FnOnce(&[u8], u32) -> Result<T>,
    ) -> Result<T> {
        let pool = || self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let resting = pool().pop();
        let mut bench = resting.unwrap_or_default();
        let done = self.filtered(bytes, &mut bench, store);
        pool().push(bench);
        done
    }

    fn filtered<T>(
        &self,
        mut bytes: Vec<u8>,
        bench: &mut Bench,
        store: impl FnOnce(&[u8], u32) -> Result<T>,
    ) -> Result<T> {
        let mut skipped = 0;
        for (i, step) in self.steps.iter().enumerate() {
            match step {
                Step::Shuffle => {
                    shuffle(&bytes, self.element, &mut bench.shuffled);
                    std::mem::swap(&mut bytes, &mut bench.shuffled);
                }
                Step::Deflate(level) => {
                    if bench.deflate(&bytes, *level)? {
                        std::mem::swap(&mut bytes, &mut bench.deflated);
                    } else {
                        skipped |= 1 << i;
                    }
                }
                Step::Fletcher32 => {
                    let sum = fletcher32_sum(&bytes);
                    bytes.extend_from_slice(&sum.to_le_bytes());
                }
            }
        }
        store(&bytes, skipped)
    }
}

impl Bench {
    /// Compresses; false if that does not make the bytes fewer.
    fn deflate(&mut self, bytes: &[u8], level: u32) -> Result<bool> {
        let compressor = match &mut self.compressor {
            Some(c) => c,
            none => none.insert(Compressor::new(
                CompressionLvl::new(level as i32)
                    .map_err(|_| Error::bug(format!("deflate level {level}")))?,
            )),
        };
        self.deflated.resize(bytes.len(), 0);
        let Ok(n) = compressor.zlib_compress(bytes, &mut self.deflated) else { return Ok(false) };
        self.deflated.truncate(n);
        Ok(true)
    }
}

/// The first bytes of all elements, then the second ones, and so on.
fn shuffle(bytes: &[u8], element: usize, out: &mut Vec<u8>) {
    out.clear();
    out.reserve(bytes.len());
    match element {
        0 | 1 => out.extend_from_slice(bytes),
        2 => shuffle_sized::<2>(bytes, out),
        4 => shuffle_sized::<4>(bytes, out),
        8 => shuffle_sized::<8>(bytes, out),
        _ => {
            let count = bytes.len() / element;
            for plane in 0..element {
                out.extend(bytes.iter().skip(plane).step_by(element).take(count));
            }
            out.extend(bytes.iter().skip(count * element));
        }
    }
}

fn shuffle_sized<const N: usize>(bytes: &[u8], out: &mut Vec<u8>) {
    let (elements, rest) = bytes.as_chunks::<N>();
    for plane in 0..N {
        out.extend(elements.iter().map(|e| e.get(plane).copied().unwrap_or(0)));
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffling_gathers_the_planes() {
        let mut out = vec![9; 20];
        shuffle(&[1, 2, 3, 4, 5, 6], 2, &mut out);
        assert_eq!(out, [1, 3, 5, 2, 4, 6]);
        shuffle(&[1, 2, 3, 4, 5, 6], 3, &mut out);
        assert_eq!(out, [1, 4, 2, 5, 3, 6]);
    }

    #[test]
    fn what_does_not_shrink_is_stored_as_it_is() {
        let p = Pipeline::new(&[FilterSpec::shuffle(), FilterSpec::deflate(4)], 2).unwrap();
        let apply = |bytes| p.apply(bytes, |b, skipped| Ok((b.to_vec(), skipped))).unwrap();
        assert_eq!(apply(vec![7, 1, 9, 2]), (vec![7, 9, 1, 2], 0b10));
        let (bytes, skipped) = apply(vec![7; 4096]);
        assert!(bytes.len() < 64 && skipped == 0);
        assert_eq!(apply(vec![7, 1, 9, 2]), (vec![7, 9, 1, 2], 0b10));
    }

    #[test]
    fn unknown_filters_and_levels_are_refused() {
        let zstd = FilterSpec { name: "zstd".into(), id: Some(32015), params: vec![3] };
        assert!(Pipeline::new(&[zstd], 4).unwrap_err().is_unsupported());
        assert!(Pipeline::new(&[FilterSpec::deflate(13)], 4).unwrap_err().is_invalid());
        let many = vec![FilterSpec::shuffle(); 33];
        assert!(Pipeline::new(&many, 4).unwrap_err().is_invalid());
    }
}
