//! Many sources seen as one: the same variable in thousands of files.

use std::sync::Arc;

use graticule_array::{ArrayMut, ChunkGrid, DType, DimChunks, Error, Region, Result, Shape, go_on};

use crate::form::{ChunkForm, PackedChunk};
use crate::source::{ChunkSource, Limits, Makeup, SourceInfo};

#[cfg(test)]
mod tests;

/// Sources of one dtype, one after the other along an axis.
///
/// The list is flat whatever the number of sources: a box finds its first part by binary
/// search, and a part costs a pointer and a number.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Array, Region};
/// use graticule_storage::{ChunkSource, ConcatSource, MemorySource};
///
/// let part = |values: Vec<i16>| -> Arc<dyn ChunkSource> {
///     Arc::new(MemorySource::new(Array::from_vec([values.len()], values).unwrap()))
/// };
/// let all = ConcatSource::new(vec![part(vec![1, 2]), part(vec![3, 4, 5])], 0)?;
/// assert_eq!(all.info().shape, [5]);
/// assert_eq!(all.read(&Region::new([1], [3]))?.to_flat::<i16>()?, [2, 3, 4]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Debug)]
pub struct ConcatSource {
    info: SourceInfo,
    axis: usize,
    /// Whether the axis is new: each part is one index of it.
    stacked: bool,
    parts: Box<[Arc<dyn ChunkSource>]>,
    /// Where each part begins along the axis, and the end of the last.
    starts: Box<[usize]>,
    limits: Limits,
}

impl ConcatSource {
    /// Puts sources one after the other along an axis that all of them have.
    ///
    /// # Errors
    /// If there are none, or dtypes or the lengths of other axes differ.
    pub fn new(parts: Vec<Arc<dyn ChunkSource>>, axis: usize) -> Result<Self> {
        Self::build(parts, axis, false)
    }

    /// Puts sources one after the other along a new axis: each is one index of it.
    ///
    /// # Errors
    /// If there are none, or dtypes or shapes differ.
    pub fn stacked(parts: Vec<Arc<dyn ChunkSource>>, axis: usize) -> Result<Self> {
        Self::build(parts, axis, true)
    }

    /// The sources in their order.
    #[must_use]
    pub fn parts(&self) -> &[Arc<dyn ChunkSource>] {
        &self.parts
    }

    /// The axis along which they follow one another.
    #[must_use]
    pub fn axis(&self) -> usize {
        self.axis
    }

    fn build(parts: Vec<Arc<dyn ChunkSource>>, axis: usize, stacked: bool) -> Result<Self> {
        let first = parts.first().ok_or_else(|| Error::invalid("nothing to concatenate"))?.info();
        let rank = first.shape.len() + usize::from(stacked);
        if axis >= rank {
            return Err(Error::invalid(format!("no axis {axis} in an array of {rank} axes")));
        }
        let mut starts = Vec::with_capacity(parts.len() + 1);
        let mut end = 0usize;
        starts.push(0);
        for part in &parts {
            let info = part.info();
            if info.dtype != first.dtype || !fits(&info.shape, &first.shape, axis, stacked) {
                return Err(differs(first, info, axis));
            }
            let len = if stacked { 1 } else { info.shape.get(axis).copied().unwrap_or(0) };
            end = end
                .checked_add(len)
                .ok_or_else(|| Error::over_budget("the concatenated axis is too long"))?;
            starts.push(end);
        }
        let grid = joined_grid(&parts, axis, stacked);
        let info = SourceInfo {
            dtype: first.dtype.clone(),
            shape: grid.shape(),
            grid,
            whole_chunks: parts.iter().any(|p| p.info().whole_chunks),
            fill: first.fill.clone().filter(|_| parts.iter().all(|p| p.info().fill == first.fill)),
        };
        let limits = joined_limits(&parts);
        Ok(Self { info, axis, stacked, parts: parts.into(), starts: starts.into(), limits })
    }

    /// The part of the shape `region` that source `part` fills: its own region, and where it
    /// goes relative to `region`.
    fn piece(&self, part: usize, region: &Region) -> Option<(Region, Region)> {
        let (from, to) = (*self.starts.get(part)?, *self.starts.get(part + 1)?);
        let (start, len) = (*region.start.get(self.axis)?, *region.len.get(self.axis)?);
        let (lo, hi) = (start.max(from), start.checked_add(len)?.min(to));
        let n = hi.checked_sub(lo)?;
        let (mut inside, mut out) = (region.clone(), Region::whole(&region.len));
        *inside.start.get_mut(self.axis)? = lo - from;
        *inside.len.get_mut(self.axis)? = n;
        *out.start.get_mut(self.axis)? = lo - start;
        *out.len.get_mut(self.axis)? = n;
        Some((inside, out))
    }
}

impl ChunkSource for ConcatSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        region.check_within(&self.info.shape)?;
        if region.is_empty() {
            return Ok(());
        }
        let start = region.start.get(self.axis).copied().unwrap_or(0);
        let end = start + region.len.get(self.axis).copied().unwrap_or(0);
        let first = self.starts.partition_point(|s| *s <= start).saturating_sub(1);
        for (at, source) in self.parts.iter().enumerate().skip(first) {
            if self.starts.get(at).is_none_or(|s| *s >= end) {
                break;
            }
            let Some((mut inside, to)) = self.piece(at, region) else { continue };
            if inside.is_empty() {
                continue;
            }
            go_on()?;
            if self.stacked {
                inside.start.remove(self.axis);
                inside.len.remove(self.axis);
                let block = source.read(&inside)?.reshape(&to.len)?;
                out.region(&to)?.assign(&block)?;
            } else {
                source.read_into(&inside, out.region(&to)?)?;
            }
        }
        Ok(())
    }

    fn packed(&self, region: &Region, form: &ChunkForm) -> Result<Option<PackedChunk>> {
        let Some(start) = region.start.get(self.axis).copied() else { return Ok(None) };
        let at = self.starts.partition_point(|s| *s <= start).saturating_sub(1);
        let whole = self.piece(at, region).filter(|(inside, _)| inside.len == region.len);
        match (whole, self.parts.get(at)) {
            // A part lacks the axis: its chunks have another shape, if the same bytes.
            (Some((inside, _)), Some(part)) if !self.stacked => part.packed(&inside, form),
            _ => Ok(None),
        }
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn makeup(&self) -> Makeup {
        Makeup::Concat { parts: self.parts.to_vec(), axis: self.axis, stacked: self.stacked }
    }
}

fn fits(shape: &[usize], first: &[usize], axis: usize, stacked: bool) -> bool {
    shape.len() == first.len()
        && shape.iter().zip(first).enumerate().all(|(i, (a, b))| a == b || (i == axis && !stacked))
}

fn differs(first: &SourceInfo, other: &SourceInfo, axis: usize) -> Error {
    let text = |dtype: &DType, shape: &Shape| format!("{dtype} {shape:?}");
    Error::mismatch(format!(
        "{} cannot be concatenated with {} along axis {axis}",
        text(&other.dtype, &other.shape),
        text(&first.dtype, &first.shape)
    ))
}

/// Chunks of the parts one after the other along the axis; along the others the borders that
/// all parts share, so that no block cuts a chunk of any part.
fn joined_grid(parts: &[Arc<dyn ChunkSource>], axis: usize, stacked: bool) -> ChunkGrid {
    let Some(first) = parts.first().map(|p| &p.info().grid) else { return ChunkGrid::whole(&[]) };
    let mut dims: Vec<DimChunks> = Vec::with_capacity(first.dims().len() + 1);
    for (i, dim) in first.dims().iter().enumerate() {
        let others = parts.iter().skip(1).filter_map(|p| p.info().grid.dims().get(i));
        dims.push(if i == axis && !stacked {
            joined_chunks(parts.iter().filter_map(|p| p.info().grid.dims().get(i)))
        } else {
            let mut shared = dim.clone();
            for other in others {
                if *other != shared {
                    shared = shared_borders(&shared, other);
                }
            }
            shared
        });
    }
    if stacked {
        dims.insert(axis.min(dims.len()), DimChunks::even(1, parts.len()));
    }
    ChunkGrid::new(dims)
}

/// Even chunks stay even where every part but the last ends on a border.
fn joined_chunks<'a>(dims: impl Iterator<Item = &'a DimChunks> + Clone) -> DimChunks {
    let total: usize = dims.clone().map(DimChunks::len).sum();
    let size = dims.clone().map(DimChunks::longest).max().unwrap_or(1).max(1);
    let mut at = 0;
    let even = dims.clone().all(|d| {
        let starts_on_border = at % size == 0 || d.is_empty();
        at += d.len();
        let full = match d {
            DimChunks::Even { size: own, offset: 0, len } => *own == size || *len <= size.min(*own),
            _ => d.is_empty() || d.count() == 1,
        };
        starts_on_border && full
    });
    if even {
        return DimChunks::even(size, total);
    }
    let mut cuts = vec![0];
    let mut base = 0;
    for dim in dims {
        let own = (0..dim.count()).map(|i| dim.chunk(i)).filter(|(_, n)| *n > 0);
        cuts.extend(own.map(|(start, n)| base + start + n));
        base += dim.len();
    }
    DimChunks::Cuts(cuts.into())
}

fn shared_borders(a: &DimChunks, b: &DimChunks) -> DimChunks {
    let others = b.cuts();
    let cuts: Vec<usize> =
        a.cuts().into_iter().filter(|c| others.binary_search(c).is_ok()).collect();
    DimChunks::Cuts(cuts.into())
}

/// One lock domain of any part holds for all; a read of a block touches few parts, so scratch
/// is the largest of them.
fn joined_limits(parts: &[Arc<dyn ChunkSource>]) -> Limits {
    let mut joined = Limits { stored: Some(0), ..Limits::default() };
    for part in parts {
        let own = part.limits();
        joined.lock = joined.lock.or(own.lock);
        joined.scratch = joined.scratch.max(own.scratch);
        joined.stored = joined.stored.zip(own.stored).map(|(a, b)| a.saturating_add(b));
        joined.parallel = match (joined.parallel, own.parallel) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    joined
}
