//! Labels that are not in memory: found by bisection, a block of them read at a time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, DType, Error, Pick, Result, Scalar, Selection};
use graticule_cftime::Resolution;
use graticule_lazy::{LazyArray, Session};

use super::query::{between, closes, parse_date, time_error};
use super::{Found, Index, LabelIndex, Query};
use crate::select::{Label, Method, Selector};

/// Labels read at a time.
const BLOCK: usize = 4096;

/// Labels of a list that are looked up one by one.
const MOST: usize = 1000;

/// An index over the labels of a dimension that were too many to be read at opening.
///
/// The conventions demand that the labels of a coordinate that is named like its dimension are
/// monotonic, so they are found by bisection. Every label that is read on the way is checked
/// against that; where it does not hold, the look-up fails and asks for the labels to be loaded.
#[derive(Clone, Debug)]
pub(crate) struct LazyLabels {
    data: LazyArray,
    session: Session,
    blocks: Arc<Mutex<BTreeMap<usize, LabelIndex>>>,
}

impl LazyLabels {
    pub(crate) fn new(data: LazyArray, session: Session) -> Self {
        Self { data, session, blocks: Arc::default() }
    }

    fn total(&self) -> usize {
        self.data.len()
    }

    fn count(&self) -> usize {
        self.total().div_ceil(BLOCK)
    }

    fn unsorted(coord: &str) -> Error {
        Error::invalid(format!("the labels of \"{coord}\" are not sorted"))
            .hint(format!("load_vars({coord:?}) first"))
    }

    /// One block of labels, which must agree with those read before.
    fn block(&self, coord: &str, at: usize) -> Result<LabelIndex> {
        let known = self.blocks.lock().unwrap_or_else(PoisonError::into_inner).get(&at).cloned();
        if let Some(block) = known {
            return Ok(block);
        }
        let start = at.saturating_mul(BLOCK);
        let len = BLOCK.min(self.total().saturating_sub(start));
        let part = self.data.select(&Selection::new([Pick::span(start, len)]))?;
        let read = self.session.compute(&[part]).map_err(|e| e.in_variable(coord))?;
        let labels =
            read.into_iter().next().ok_or_else(|| Error::bug("a read without a result"))?;
        let block = LabelIndex::new(&labels).ok_or_else(|| {
            Error::unsupported(format!("labels of type {} (\"{coord}\")", labels.dtype()))
        })?;
        if !block.is_monotonic() {
            return Err(Self::unsorted(coord));
        }
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.insert(at, block.clone());
        // First and last labels of all blocks read so far, in order, must be monotonic too.
        let mut ends = Vec::new();
        for b in blocks.values() {
            let labels = b.labels().ok_or_else(|| Error::bug("a block without labels"))?;
            let last = labels.len().saturating_sub(1);
            ends.push(labels.select(&Selection::new([Pick::List([0, last].into())]))?);
        }
        let joined = LabelIndex::new(&Array::concat(&ends, 0)?);
        if !joined.is_some_and(|j| j.is_monotonic()) {
            return Err(Self::unsorted(coord));
        }
        Ok(block)
    }

    fn is_falling(&self, coord: &str) -> Result<bool> {
        if self.count() == 0 {
            return Ok(false);
        }
        let (first, last) = (self.block(coord, 0)?, self.block(coord, self.count() - 1)?);
        let ends = [first.labels(), last.labels()].into_iter().flatten().cloned();
        let both = Array::concat(&ends.collect::<Vec<_>>(), 0)?;
        Ok(LabelIndex::new(&both).is_some_and(|b| b.is_falling()))
    }

    /// The rank of the first label of a block, counted from the lowest label.
    fn base(&self, block: usize, falling: bool) -> usize {
        let start = block.saturating_mul(BLOCK);
        if falling {
            self.total().saturating_sub(start.saturating_add(BLOCK).min(self.total()))
        } else {
            start
        }
    }

    /// How many labels lie below, given how many of a block do.
    fn rank(
        &self,
        coord: &str,
        falling: bool,
        below: impl Fn(&LabelIndex) -> Result<usize>,
    ) -> Result<usize> {
        let (mut low, mut high) = (0, self.count());
        // Blocks by rank: the lowest labels first.
        let block_at = |j: usize| if falling { self.count() - 1 - j } else { j };
        while low < high {
            let middle = low + (high - low) / 2;
            let at = block_at(middle);
            let block = self.block(coord, at)?;
            let rank = below(&block)?;
            if rank == block.len() {
                low = middle + 1;
            } else if rank > 0 {
                return Ok(self.base(at, falling) + rank);
            } else {
                high = middle;
            }
        }
        Ok(if low == self.count() { self.total() } else { self.base(block_at(low), falling) })
    }

    fn span(&self, coord: &str, label: &Scalar, falling: bool) -> Result<Range<usize>> {
        let from = self.rank(coord, falling, |b| Ok(b.span(coord, label)?.start))?;
        let to = self.rank(coord, falling, |b| Ok(b.span(coord, label)?.end))?;
        Ok(from..to.max(from))
    }

    fn pick(&self, ranks: Range<usize>, falling: bool) -> Pick {
        let len = ranks.end.saturating_sub(ranks.start);
        Pick::span(if falling { self.total() - ranks.end } else { ranks.start }, len)
    }

    /// The labels around a rank: the position of the first, and their index.
    fn around(&self, coord: &str, rank: usize, falling: bool) -> Result<(usize, LabelIndex)> {
        let at = if falling { self.total().saturating_sub(rank) } else { rank };
        let from = at.saturating_sub(2);
        let to = at.saturating_add(2).min(self.total());
        let mut parts = Vec::new();
        for block in from / BLOCK..=to.saturating_sub(1) / BLOCK {
            let labels = self.block(coord, block)?;
            let labels = labels.labels().ok_or_else(|| Error::bug("a block without labels"))?;
            let start = block * BLOCK;
            let (a, b) = (from.max(start) - start, to.min(start + labels.len()) - start);
            parts.push(labels.select(&Selection::new([Pick::span(a, b.saturating_sub(a))]))?);
        }
        let near = LabelIndex::new(&Array::concat(&parts, 0)?);
        Ok((from, near.ok_or_else(|| Error::bug("labels that are none"))?))
    }

    fn one(&self, coord: &str, label: &Scalar, dates: bool) -> Result<Pick> {
        let falling = self.is_falling(coord)?;
        if let (DType::Time(of), Some(text), true) = (self.data.dtype(), label.as_str(), dates) {
            let partial = parse_date(coord, text)?;
            let finest = {
                let blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
                blocks.values().map(|b| b.resolution(*of)).max().unwrap_or(Resolution::Day)
            };
            if partial.resolution() < finest {
                // A period: all labels in it, if any.
                partial.interval(of.unit, of.calendar).map_err(|e| time_error(&e))?;
                let ranks = self.span(coord, label, falling)?;
                if !ranks.is_empty() {
                    return Ok(self.pick(ranks, falling));
                }
            }
        }
        let exact = |b: &LabelIndex| b.ranks(coord, label);
        let from = self.rank(coord, falling, |b| Ok(exact(b)?.start))?;
        let to = self.rank(coord, falling, |b| Ok(exact(b)?.end))?;
        match to.saturating_sub(from) {
            0 if self.total() == 0 => Err(Error::not_found(format!("\"{coord}\" has no labels"))),
            0 => Err(self.around(coord, from, falling)?.1.not_found(coord, label)),
            1 => Ok(Pick::At(if falling { self.total() - to } else { from })),
            _ => Ok(self.pick(from..to, falling)),
        }
    }

    fn near(
        &self,
        coord: &str,
        label: &Scalar,
        method: Method,
        tolerance: Option<&Scalar>,
    ) -> Result<usize> {
        let falling = self.is_falling(coord)?;
        let rank = self.rank(coord, falling, |b| Ok(b.ranks(coord, label)?.start))?;
        let (from, near) = self.around(coord, rank, falling)?;
        let tolerance = tolerance.map(|t| t.fill(&[])).transpose()?;
        let pick = near.list(coord, &label.fill(&[])?, method, tolerance.as_ref())?;
        pick.get(0).map(|i| from + i).ok_or_else(|| Error::bug("nothing near"))
    }

    fn list(
        &self,
        coord: &str,
        labels: &Array,
        method: Method,
        tolerance: Option<&Array>,
    ) -> Result<Pick> {
        let one = |i: usize| -> Result<Pick> {
            let label = if labels.ndim() == 0 { labels.item()? } else { labels.get(&[i])? };
            if method == Method::Exact {
                return self.one(coord, &label, false);
            }
            let own = |t: &Array| if t.ndim() == 0 { t.item() } else { t.get(&[i]) };
            let tolerance = tolerance.map(own).transpose()?;
            self.near(coord, &label, method, tolerance.as_ref()).map(Pick::At)
        };
        if labels.ndim() == 0 {
            return one(0);
        }
        if labels.len() > MOST {
            return Err(Error::invalid(format!(
                "{} labels of \"{coord}\", which is not in memory",
                labels.len()
            ))
            .hint(format!("load_vars({coord:?}) first")));
        }
        let mut list = Vec::with_capacity(labels.len());
        for i in 0..labels.len() {
            let pick = one(i)?;
            list.extend((0..pick.len()).filter_map(|k| pick.get(k)));
        }
        Ok(Pick::List(list.into()))
    }
}

impl Index for LazyLabels {
    fn kind(&self) -> &'static str {
        "labels read by need"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.total()]
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let (coord, selector) = query.only()?;
        let pick = match selector {
            Selector::One(label) => self.one(coord, label.value(), true)?,
            Selector::List(mask) if *mask.dtype() == DType::Bool => {
                crate::select::Indexer::Mask(mask.to_flat::<bool>()?).pick(coord, self.total())?
            }
            Selector::List(labels) => self.list(coord, labels, Method::Exact, None)?,
            Selector::Near(near) => {
                self.list(coord, &near.labels, near.method, near.tolerance.as_ref())?
            }
            Selector::Range { start: None, stop: None, .. } => Pick::all(self.total()),
            Selector::Range { start, stop, inclusive } => {
                let falling = self.is_falling(coord)?;
                let (start, stop) =
                    (start.as_ref().map(Label::value), stop.as_ref().map(Label::value));
                let a = start.map(|l| self.span(coord, l, falling)).transpose()?;
                let b = stop.map(|l| self.span(coord, l, falling)).transpose()?;
                let inclusive = closes(stop, *inclusive);
                self.pick(between(a, b, inclusive, self.total(), falling), falling)
            }
            other => {
                let what = format!("{other} of \"{coord}\", whose labels are not in memory");
                return Err(Error::unsupported(what).hint(format!("load_vars({coord:?}) first")));
            }
        };
        Ok(Found::pick(pick))
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let data = self.data.select(&Selection::new(picks)).ok()?;
        (data.ndim() == 1)
            .then(|| Arc::new(Self::new(data, self.session.clone())) as Arc<dyn Index>)
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let other = (other as &dyn std::any::Any).downcast_ref::<Self>();
        let same = other.is_some_and(|o| o.data.id() == self.data.id());
        (!same).then(|| "the labels are not in memory".to_owned())
    }
}
