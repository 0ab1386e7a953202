//! Sources as plain data: where a file lies, or what else a source is made of.

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Result, Scalar};
use graticule_storage::{
    ChunkSource, ConcatSource, EvenSource, FillSource, Limits, Location, LocationKind, Makeup,
    MemorySource, SourceDescriptor, SourceInfo,
};
use serde::{Deserialize, Serialize};

use super::MAX_INLINE;
use super::effort::Effort;
use super::far::{FarSource, Files};
use super::names::Names;

/// Sources of sources of sources: no deeper.
const MAX_DEPTH: usize = 8;

/// The one lock that sources share which had any: they are read one at a time.
const LOCK: &str = "sources of another process";

/// A source: what it holds, what the scheduler must respect, and how to make it again.
#[derive(Serialize, Deserialize)]
pub(super) struct SourceForm {
    dtype: DType,
    grid: ChunkGrid,
    whole_chunks: bool,
    fill: Option<Scalar>,
    parallel: Option<usize>,
    locked: bool,
    scratch: usize,
    stored: Option<u64>,
    body: Body,
}

#[derive(Serialize, Deserialize)]
enum Body {
    File(Place),
    Array(Array),
    /// Earlier sources of the list.
    Concat {
        parts: Vec<usize>,
        axis: usize,
        stacked: bool,
    },
    Named {
        name: String,
        state: Vec<u8>,
    },
    /// The fill value everywhere.
    Fill,
    /// Evenly spaced values.
    Even {
        start: f64,
        step: f64,
        first: i64,
        stride: i64,
    },
}

/// A variable of a file.
#[derive(Serialize, Deserialize)]
struct Place {
    backend: String,
    url: bool,
    location: String,
    path: String,
    length: u64,
    changed: i128,
    verify: bool,
    unpacked: u64,
}

/// The sources of a message; those that are one source here are one there.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) forms: Vec<SourceForm>,
    known: HashMap<usize, usize>,
    /// Bytes of arrays.
    inline: usize,
}

impl Sources {
    /// The number of a source in the list.
    pub(super) fn add(&mut self, source: &Arc<dyn ChunkSource>, names: &Names) -> Result<usize> {
        self.add_at(source, names, 0)
    }

    fn add_at(
        &mut self,
        source: &Arc<dyn ChunkSource>,
        names: &Names,
        depth: usize,
    ) -> Result<usize> {
        let address = Arc::as_ptr(source).cast::<()>() as usize;
        if let Some(known) = self.known.get(&address) {
            return Ok(*known);
        }
        let (info, limits) = (source.info(), source.limits());
        let body = match (source.descriptor(), source.makeup()) {
            (_, Makeup::Array(array)) => {
                self.count(&array)?;
                Body::Array(array)
            }
            (_, Makeup::Concat { parts, axis, stacked }) if depth < MAX_DEPTH => {
                let parts = parts.iter().map(|p| self.add_at(p, names, depth + 1));
                Body::Concat { parts: parts.collect::<Result<_>>()?, axis, stacked }
            }
            (_, Makeup::Fill) => Body::Fill,
            (_, Makeup::Even(EvenSource { start, step, first, stride })) => {
                Body::Even { start, step, first, stride }
            }
            (_, Makeup::Named { name, state }) => {
                names.check_known("source", &name)?;
                Body::Named { name, state }
            }
            (Some(found), _) => Body::File(Place::of(&found)?),
            (None, _) => {
                return Err(Error::unsupported(format!(
                    "a source of {} {:?} cannot be sent: {}",
                    info.dtype,
                    info.shape,
                    shortened(&format!("{source:?}"))
                ))
                .hint("give it a makeup under a registered name, or write it to a file"));
            }
        };
        self.forms.push(SourceForm {
            dtype: info.dtype.clone(),
            grid: info.grid.clone(),
            whole_chunks: info.whole_chunks,
            fill: info.fill.clone(),
            parallel: limits.parallel,
            locked: limits.lock.is_some(),
            scratch: limits.scratch,
            stored: limits.stored,
            body,
        });
        self.known.insert(address, self.forms.len() - 1);
        Ok(self.forms.len() - 1)
    }

    /// Notes an array that travels as it is.
    pub(super) fn count(&mut self, array: &Array) -> Result<()> {
        self.inline = self.inline.saturating_add(array.bytes());
        if self.inline <= MAX_INLINE {
            return Ok(());
        }
        Err(Error::over_budget(format!(
            "arrays in memory of more than {MAX_INLINE} bytes are too large to be sent, among them \
             {} {:?}",
            array.dtype(),
            array.shape()
        ))
        .hint("write them to a file, and open that"))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Place {
    fn of(found: &SourceDescriptor) -> Result<Self> {
        let at = &found.location;
        let url = match at.kind() {
            LocationKind::File => false,
            LocationKind::Url => true,
            _ => {
                return Err(Error::unsupported(format!(
                    "\"{at}\" names bytes in the memory of this process, which cannot be sent"
                ))
                .hint("write them to a file, and open that"));
            }
        };
        // Another process may stand in another folder.
        let path = match url {
            true => Ok(at.path().to_owned()),
            false => std::path::absolute(at.path()),
        };
        let path = path.map_err(|e| Error::io(e.to_string()).in_file(at.path()))?;
        let location = path.to_str().ok_or_else(|| {
            Error::unsupported("a file whose name is not UTF-8 cannot be sent").in_file(at.path())
        })?;
        Ok(Self {
            backend: found.backend.clone(),
            url,
            location: location.to_owned(),
            path: found.path.clone(),
            length: found.fingerprint.0,
            changed: found.fingerprint.1,
            verify: found.verify,
            unpacked: found.unpacked,
        })
    }

    fn find(self) -> Result<SourceDescriptor> {
        let location = Location::new(self.location);
        if (location.kind() == LocationKind::Url) != self.url {
            return Err(Error::corrupt(format!("\"{location}\" is another kind of place")));
        }
        Ok(SourceDescriptor {
            backend: self.backend,
            location,
            path: self.path,
            fingerprint: (self.length, self.changed),
            verify: self.verify,
            unpacked: self.unpacked,
        })
    }
}

/// The sources of a list.
pub(super) fn build(
    forms: Vec<SourceForm>,
    files: &Arc<Files>,
    names: &Names,
) -> Result<Vec<Arc<dyn ChunkSource>>> {
    let mut made: Vec<(Arc<dyn ChunkSource>, usize)> = Vec::with_capacity(forms.len());
    for form in forms {
        let next = form.build(&made, files, names)?;
        made.push(next);
    }
    Ok(made.into_iter().map(|(source, _)| source).collect())
}

impl SourceForm {
    fn build(
        self,
        made: &[(Arc<dyn ChunkSource>, usize)],
        files: &Arc<Files>,
        names: &Names,
    ) -> Result<(Arc<dyn ChunkSource>, usize)> {
        let shape = self.grid.shape();
        Effort::shape(&shape)?;
        let info = SourceInfo {
            dtype: self.dtype,
            shape,
            grid: self.grid,
            whole_chunks: self.whole_chunks,
            fill: self.fill,
        };
        let limits = Limits {
            parallel: self.parallel,
            lock: self.locked.then_some(LOCK),
            scratch: self.scratch,
            stored: self.stored,
        };
        let (source, depth): (Arc<dyn ChunkSource>, usize) = match self.body {
            Body::File(place) => {
                let source = FarSource::new(place.find()?, info.clone(), limits, files.clone());
                (Arc::new(source), 0)
            }
            Body::Array(array) => {
                check(&info, array.dtype(), array.shape())?;
                (Arc::new(MemorySource::with_grid(array, info.grid.clone())), 0)
            }
            Body::Concat { parts, axis, stacked } => {
                let earlier = |i: &usize| {
                    let found = made.get(*i).cloned();
                    found.ok_or_else(|| Error::corrupt(format!("no source {i} among the earlier")))
                };
                let (parts, depths): (Vec<_>, Vec<_>) =
                    parts.iter().map(earlier).collect::<Result<Vec<_>>>()?.into_iter().unzip();
                let depth = depths.into_iter().max().unwrap_or(0) + 1;
                if depth > MAX_DEPTH {
                    return Err(Error::corrupt("sources of sources that are nested too deeply"));
                }
                let pieces = parts.iter().map(|p| p.info().grid.count());
                if pieces.fold(0, usize::saturating_add) > 1 << 24 {
                    return Err(Error::over_budget("a source of too many pieces to be received"));
                }
                let all = match stacked {
                    true => ConcatSource::stacked(parts, axis)?,
                    false => ConcatSource::new(parts, axis)?,
                };
                (Arc::new(all), depth)
            }
            Body::Fill => (
                Arc::new(FillSource::new(info.dtype.clone(), info.grid.clone(), info.fill.clone())),
                0,
            ),
            Body::Even { start, step, first, stride } => {
                let len = info.shape.first().copied().unwrap_or(0);
                (Arc::new(EvenSource { start, step, first, stride }.of(len)), 0)
            }
            Body::Named { name, state } => (names.make_source(&name, &state)?, 0),
        };
        let found = source.info();
        check(&info, &found.dtype, &found.shape)?;
        if found.grid != info.grid {
            return Err(Error::corrupt("a source that is cut otherwise than it says"));
        }
        Ok((source, depth))
    }
}

fn check(info: &SourceInfo, dtype: &DType, shape: &[usize]) -> Result<()> {
    if info.dtype == *dtype && info.shape == shape {
        return Ok(());
    }
    Err(Error::corrupt(format!(
        "a source of {dtype} {shape:?} where {} {:?} was announced",
        info.dtype, info.shape
    )))
}
