//! Virtual datasets: put together from pieces of others, in this file and in other files.

mod draw;
mod grid;
mod mapping;
mod pairs;
mod sources;

use std::sync::{Arc, Mutex, OnceLock};

use graticule_array::{Error, Result};

use self::mapping::Mapping;
use self::sources::Files;
use crate::dataset::DatasetSource;
use crate::describe::View;
use crate::element::HeapReader;
use crate::meta::Meta;
use crate::selection::{Picked, Slab};

/// Source datasets in all that one virtual dataset may lead to through other virtual ones.
const MOST_NESTED: u64 = 100_000;
/// Numbered sources that one mapping may stand for.
const MOST_NUMBERED: u64 = 1_000_000;

/// A virtual dataset: the pieces it consists of, each with the place it takes.
#[derive(Debug)]
pub(crate) struct Mosaic {
    pieces: Vec<Piece>,
    files: Files,
    /// The lengths of its dimensions, as far as the sources reach now.
    pub(crate) dims: Vec<u64>,
    /// One read at a time opens sources; reading them is free of locks.
    opening: Mutex<()>,
}

/// A part of a source dataset, and where it is seen.
#[derive(Debug)]
struct Piece {
    file: String,
    path: String,
    from: Picked,
    to: Picked,
    /// `None` inside: there is no such source, so its part has the fill value.
    source: OnceLock<Result<Option<Arc<DatasetSource>>>>,
}

impl Piece {
    fn new(mapping: &Mapping, number: Option<u64>, to: Picked) -> Self {
        Self {
            file: mapping.file.name(number),
            path: mapping.path.name(number),
            from: mapping.from.clone(),
            to,
            source: OnceLock::new(),
        }
    }
}

impl Mosaic {
    /// Reads the mappings, which lie in the global heap, and finds how far unlimited ones
    /// reach. `dims` are the stored lengths.
    ///
    /// # Errors
    /// If the mappings do not follow the format, or ask for too much.
    pub(crate) fn read(
        heap: &HeapReader<'_, '_>,
        address: Option<u64>,
        index: u32,
        dims: &[u64],
        view: View,
    ) -> Result<Self> {
        let meta = heap.meta;
        let mappings = match address {
            Some(address) => mapping::read(meta, &heap.heap.get(meta, address, index)?, dims)?,
            None => Vec::new(),
        };
        let weight = meta.nested.get().saturating_mul(mappings.len() as u64 + 1);
        if meta.nested.get() > 1 && weight > MOST_NESTED {
            return Err(Error::unsupported("virtual datasets that lead to so many others"));
        }
        let files = Files::new(meta, view, weight.max(2));
        let mut out =
            Self { pieces: Vec::new(), files, dims: dims.to_vec(), opening: Mutex::new(()) };
        let mut grown: Vec<Option<u64>> = vec![None; dims.len()];
        for mapping in mappings {
            meta.charge(256)?;
            let Some((axis, slab)) = mapping.to.unlimited() else {
                out.pieces.push(Piece::new(&mapping, None, mapping.to.clone()));
                continue;
            };
            let end = if let Some((source_axis, source_slab)) = mapping.from.unlimited() {
                let piece = Piece::new(&mapping, None, mapping.to.clone());
                let end = match out.source(&piece)? {
                    Some(source) => {
                        let there = source.stored_dims().get(source_axis).copied().unwrap_or(0);
                        slab.end_of(source_slab.places_below(there))
                    }
                    None => 0,
                };
                out.pieces.push(piece);
                end
            } else {
                out.numbered(meta, &mapping, axis, slab)?
            };
            if let Some(grown) = grown.get_mut(axis) {
                *grown = Some(grown.unwrap_or(0).max(end));
            }
        }
        let least = out.pieces.iter().map(|p| p.to.ends());
        let least = least.fold(vec![0; dims.len()], |mut all: Vec<u64>, ends| {
            all.iter_mut().zip(ends).for_each(|(a, e)| *a = e.max(*a));
            all
        });
        for ((dim, grown), least) in out.dims.iter_mut().zip(grown).zip(least) {
            if let Some(end) = grown {
                *dim = end.max(least);
            }
        }
        Ok(out)
    }

    /// The pieces of a mapping whose sources are numbered: as many as are there. Returns where
    /// the last one ends.
    fn numbered(
        &mut self,
        meta: &Meta<'_>,
        mapping: &Mapping,
        axis: usize,
        slab: Slab,
    ) -> Result<u64> {
        let mut end = 0;
        for number in 0..MOST_NUMBERED {
            meta.charge(1024)?;
            let block = slab.block.unwrap_or(1);
            let start = slab.start.saturating_add(slab.stride.saturating_mul(number));
            let one = Slab { start, stride: block, count: Some(1), block: Some(block) };
            let Picked::Slabs(mut slabs) = mapping.to.clone() else { break };
            if let Some(place) = slabs.get_mut(axis) {
                *place = one;
            }
            let piece = Piece::new(mapping, Some(number), Picked::Slabs(slabs));
            if self.source(&piece)?.is_none() {
                break;
            }
            self.pieces.push(piece);
            end = start.saturating_add(block);
            if !mapping.is_numbered() {
                break;
            }
        }
        Ok(end)
    }

    fn source<'a>(&self, piece: &'a Piece) -> Result<Option<&'a Arc<DatasetSource>>> {
        let found = match piece.source.get() {
            Some(found) => found,
            None => {
                let _one = self.opening.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                piece.source.get_or_init(|| self.files.dataset(&piece.file, &piece.path))
            }
        };
        found.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}
