//! A chain of filters, run backwards.

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_storage::FilterSpec;

use super::scratch::{Scratch, room, with_scratch};
use super::{
    Call, ChunkCodec, Codecs, Decode, REGISTRY, StoredChunk, deflate, fletcher32, name_of, shuffle,
};
use crate::message::filters::Filter;

/// The filters of a dataset in the order of writing, ready to be undone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pipeline {
    steps: Vec<Step>,
    element: usize,
}

#[derive(Clone, Debug)]
struct Step {
    id: u16,
    name: String,
    params: Vec<u32>,
    action: Action,
}

/// What is done follows from the number of the filter.
impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.name == other.name && self.params == other.params
    }
}

#[derive(Clone, Debug)]
enum Action {
    Deflate,
    Shuffle,
    Fletcher32,
    Other(Decode),
    /// A codec from outside.
    Given(Arc<dyn ChunkCodec>),
    Unknown,
}

/// Where the bytes are between two steps.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Input { cut: usize },
    Between { slot: usize, cut: usize },
}

fn known(id: u16) -> Action {
    match id {
        1 => Action::Deflate,
        2 => Action::Shuffle,
        3 => Action::Fletcher32,
        id => match REGISTRY.iter().find(|e| e.id == id) {
            Some(entry) => Action::Other(entry.decode),
            None => Action::Unknown,
        },
    }
}

impl Pipeline {
    pub(crate) fn new(filters: &[Filter], element: usize, codecs: &Codecs) -> Self {
        let action = |id: u16| match codecs.find(id) {
            Some(codec) => Action::Given(codec.clone()),
            None => known(id),
        };
        let steps = filters.iter().map(|f| Step {
            id: f.id,
            name: name_of(f.id).map_or_else(|| f.name.clone(), str::to_owned),
            params: f.params.clone(),
            action: action(f.id),
        });
        Self { steps: steps.collect(), element }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether any filter is left under a mask.
    pub(crate) fn filters(&self, mask: u32) -> bool {
        self.active(mask).next().is_some()
    }

    /// The chain in neutral words.
    pub(crate) fn specs(&self) -> Vec<FilterSpec> {
        let spec = |s: &Step| FilterSpec {
            name: s.name.clone(),
            id: Some(s.id),
            params: s.params.clone(),
        };
        self.steps.iter().map(spec).collect()
    }

    /// The number and the parameters of each filter.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (u16, &[u32])> {
        self.steps.iter().map(|s| (s.id, s.params.as_slice()))
    }

    fn active(&self, mask: u32) -> impl DoubleEndedIterator<Item = &Step> {
        let on = move |i: usize| i >= 32 || mask >> i & 1 == 0;
        self.steps.iter().enumerate().filter(move |(i, _)| on(*i)).map(|(_, s)| s)
    }

    /// Whether a chunk of `size` bytes can come out of `stored` bytes: refuses to take memory
    /// for what a hostile file only claims.
    pub(crate) fn check_plausible(&self, stored: u64, size: usize, mask: u32) -> Result<()> {
        let inflates =
            self.active(mask).any(|s| !matches!(s.action, Action::Shuffle | Action::Fletcher32));
        let most = if inflates {
            stored.saturating_mul(deflate::BEST_RATIO as u64).saturating_add(1 << 20)
        } else {
            stored
        };
        if size as u64 <= most {
            return Ok(());
        }
        Err(Error::corrupt(format!("{stored} stored bytes cannot hold a chunk of {size}")))
    }

    /// Like [`decode`](Self::decode), into a buffer of its own.
    pub(crate) fn decode_vec(
        &self,
        stored: &[u8],
        mask: u32,
        size: usize,
        verify: bool,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        self.check_plausible(stored.len() as u64, size, mask)?;
        out.resize(size, 0);
        with_scratch(|scratch| self.decode(stored, mask, verify, None, scratch, out))
    }

    /// Decodes a chunk into exactly `out`. With `swap`, the bytes of each element of that many
    /// bytes come out in the opposite order.
    ///
    /// # Errors
    /// If a filter is unknown, or the bytes are not what it writes.
    pub(crate) fn decode(
        &self,
        stored: &[u8],
        mask: u32,
        verify: bool,
        swap: Option<usize>,
        scratch: &mut Scratch,
        out: &mut [u8],
    ) -> Result<()> {
        let mut at = At::Input { cut: stored.len() };
        let mut swap = swap;
        let mut left = self.active(mask).count();
        if left == 0 {
            return finish(stored, swap, out);
        }
        for step in self.active(mask).rev() {
            left -= 1;
            let Scratch { between, engine, .. } = &mut *scratch;
            let [first, second] = between;
            let (input, cut, spare, spare_slot): (&[u8], usize, &mut Vec<u8>, usize) = match at {
                At::Input { cut } => (stored, cut, first, 0),
                At::Between { slot: 0, cut } => (first, cut, second, 1),
                At::Between { cut, .. } => (second, cut, first, 0),
            };
            let input = input.get(..cut).unwrap_or(input);
            let last = left == 0;
            match &step.action {
                Action::Fletcher32 => {
                    let cut = fletcher32::strip(input, verify)?.len();
                    at = match at {
                        At::Input { .. } => At::Input { cut },
                        At::Between { slot, .. } => At::Between { slot, cut },
                    };
                    continue;
                }
                Action::Deflate if last => {
                    deflate::exact(engine, input, out)?;
                    if let Some(n) = swap {
                        swap_in_place(out, n);
                    }
                    return Ok(());
                }
                Action::Deflate => {
                    // The usual chain has only a shuffle left, which keeps the size.
                    let n = out.len();
                    let keeps = |s: &Step| matches!(s.action, Action::Shuffle);
                    if self.active(mask).take(left).all(keeps) {
                        let spare = room(spare, n);
                        deflate::exact(engine, input, spare)?;
                        at = At::Between { slot: spare_slot, cut: n };
                        continue;
                    }
                    deflate::grow(engine, input, n.saturating_add(64), spare)?;
                }
                Action::Shuffle => {
                    let element = step.params.first().map_or(self.element, |n| *n as usize);
                    if last {
                        if input.len() != out.len() {
                            return finish(input, swap, out);
                        }
                        let fused = swap == Some(element);
                        shuffle::unshuffle(input, out, element, fused);
                        if fused {
                            swap = None;
                        }
                        if let Some(n) = swap {
                            swap_in_place(out, n);
                        }
                        return Ok(());
                    }
                    let to = room(spare, input.len());
                    shuffle::unshuffle(input, to, element, false);
                    at = At::Between { slot: spare_slot, cut: input.len() };
                    continue;
                }
                Action::Other(decode) => {
                    let call =
                        Call { params: &step.params, size: out.len(), element: self.element };
                    spare.clear();
                    decode(&call, input, spare)
                        .map_err(|e| e.context(format!("filter {} ({})", step.name, step.id)))?;
                }
                Action::Given(codec) => {
                    let chunk = StoredChunk {
                        bytes: input,
                        params: &step.params,
                        chunk_size: out.len(),
                        element_size: self.element,
                    };
                    *spare = codec
                        .decode(&chunk)
                        .map_err(|e| e.context(format!("filter {} ({})", step.name, step.id)))?;
                }
                Action::Unknown => {
                    let name = if step.name.is_empty() { "without a name" } else { &step.name };
                    let e = Error::unsupported(format!("HDF5 filter {} ({name})", step.id));
                    return Err(e.hint("give the backend a codec for it: Hdf5Backend::with_codec"));
                }
            }
            at = At::Between { slot: spare_slot, cut: spare.len() };
        }
        let [first, second] = &scratch.between;
        let (data, cut) = match at {
            At::Input { cut } => (stored, cut),
            At::Between { slot: 0, cut } => (first.as_slice(), cut),
            At::Between { cut, .. } => (second.as_slice(), cut),
        };
        finish(data.get(..cut).unwrap_or(data), swap, out)
    }
}

fn finish(data: &[u8], swap: Option<usize>, out: &mut [u8]) -> Result<()> {
    let data = data.get(..out.len()).ok_or_else(|| {
        Error::corrupt(format!("{} bytes where a chunk has {}", data.len(), out.len()))
    })?;
    out.copy_from_slice(data);
    if let Some(n) = swap {
        swap_in_place(out, n);
    }
    Ok(())
}

/// Turns the bytes of each element round.
pub(crate) fn swap_in_place(bytes: &mut [u8], element: usize) {
    match element {
        0 | 1 => {}
        2 => bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|e| e.reverse()),
        4 => bytes.as_chunks_mut::<4>().0.iter_mut().for_each(|e| e.reverse()),
        8 => bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|e| e.reverse()),
        n => bytes.chunks_exact_mut(n).for_each(<[u8]>::reverse),
    }
}
