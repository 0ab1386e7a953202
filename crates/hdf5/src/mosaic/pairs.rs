//! Which elements of a source become which elements of a virtual dataset: the first selected
//! one the first, and so on, in row-major order.

use graticule_array::{Error, Region, Result};

use crate::header::to_usize;
use crate::selection::{Picked, Slab};

/// Rows that an irregular selection may be taken apart into.
const MOST_ROWS: usize = 1 << 18;

/// A stretch along one axis: where in the wanted box, where in the source, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) to: usize,
    pub(super) from: usize,
    pub(super) len: usize,
}

/// Stretches along an axis of the virtual dataset and the axis of the source that it shows;
/// without the one or the other where that axis has a single place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) to: Option<usize>,
    pub(super) from: Option<usize>,
    pub(super) stretches: Vec<Stretch>,
}

/// One axis of a selection.
#[derive(Clone, Copy, Debug)]
struct Line {
    slab: Slab,
    /// Places in all; `None` without limit.
    n: Option<u64>,
    /// Places that the array has.
    there: u64,
}

fn lines(picked: &Picked, dims: &[u64]) -> Option<Vec<Line>> {
    let line = |slab: Slab, dim: u64| {
        let n = slab.count.zip(slab.block).map(|(c, b)| c.saturating_mul(b));
        Line { slab, n, there: slab.places_below(dim) }
    };
    match picked {
        Picked::Slabs(slabs) if slabs.len() == dims.len() => {
            Some(slabs.iter().zip(dims).map(|(s, d)| line(*s, *d)).collect())
        }
        Picked::Everything => {
            let whole = |d: &u64| Slab { start: 0, stride: *d, count: Some(1), block: Some(*d) };
            Some(dims.iter().map(|d| line(whole(d), *d)).collect())
        }
        _ => None,
    }
}

/// Whether a selection has anything in a box; when in doubt it has.
pub(super) fn touches(to: &Picked, dims: &[u64], region: &Region) -> bool {
    let Some(lines) = lines(to, dims) else { return *to != Picked::Nothing };
    lines.iter().zip(region.axes()).all(|(line, (start, len))| {
        let (a, b) = (start as u64, start.saturating_add(len) as u64);
        line.slab.places_below(a) < line.slab.places_below(b).min(line.there)
    })
}

/// Pairs the axes of two regular selections; `None` if they have different shapes (lengths of
/// one left aside). An empty list of stretches means that nothing of the box is there.
pub(super) fn pairs(
    to: &Picked,
    to_dims: &[u64],
    from: &Picked,
    from_dims: &[u64],
    region: &Region,
) -> Option<Result<Vec<Pair>>> {
    let (to, from) = (lines(to, to_dims)?, lines(from, from_dims)?);
    let long = |all: &[Line]| -> Vec<(usize, Line)> {
        all.iter().copied().enumerate().filter(|(_, l)| l.n != Some(1)).collect()
    };
    let (wide_to, wide_from) = (long(&to), long(&from));
    let shape = |all: &[(usize, Line)]| -> Vec<Option<u64>> { all.iter().map(|l| l.1.n).collect() };
    if shape(&wide_to) != shape(&wide_from) {
        return None;
    }
    Some(paired(&to, &from, &wide_to, &wide_from, region))
}

fn paired(
    to: &[Line],
    from: &[Line],
    wide_to: &[(usize, Line)],
    wide_from: &[(usize, Line)],
    region: &Region,
) -> Result<Vec<Pair>> {
    let box_at = |axis: usize| {
        let start = region.start.get(axis).copied().unwrap_or(0) as u64;
        (start, start.saturating_add(region.len.get(axis).copied().unwrap_or(0) as u64))
    };
    let mut out = Vec::new();
    for ((to_axis, to), (from_axis, from)) in wide_to.iter().zip(wide_from) {
        let (start, end) = box_at(*to_axis);
        let mut k = to.slab.places_below(start);
        let last = to.slab.places_below(end).min(to.there).min(from.there);
        let mut stretches = Vec::new();
        while k < last {
            let len = to.slab.run(k).min(from.slab.run(k)).min(last - k);
            stretches.push(Stretch {
                to: to_usize(to.slab.place(k).saturating_sub(start))?,
                from: to_usize(from.slab.place(k))?,
                len: to_usize(len)?,
            });
            k += len;
        }
        out.push(Pair { to: Some(*to_axis), from: Some(*from_axis), stretches });
    }
    for (axis, line) in to.iter().enumerate().filter(|(_, l)| l.n == Some(1)) {
        let (start, end) = box_at(axis);
        let at = line.slab.place(0);
        let inside = line.there > 0 && (start..end).contains(&at);
        let stretch = Stretch { to: to_usize(at.saturating_sub(start))?, from: 0, len: 1 };
        let stretches = if inside { vec![stretch] } else { Vec::new() };
        out.push(Pair { to: Some(axis), from: None, stretches });
    }
    for (axis, line) in from.iter().enumerate().filter(|(_, l)| l.n == Some(1)) {
        let stretch = Stretch { to: 0, from: to_usize(line.slab.place(0))?, len: 1 };
        let stretches = if line.there > 0 { vec![stretch] } else { Vec::new() };
        out.push(Pair { to: None, from: Some(axis), stretches });
    }
    Ok(out)
}

/// Elements that follow each other along the last axis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) start: Vec<u64>,
    pub(super) len: u64,
}

/// A selection taken apart into rows, in order.
///
/// # Errors
/// If there are too many.
pub(super) fn rows(picked: &Picked, dims: &[u64]) -> Result<Vec<Row>> {
    let mut out = Vec::new();
    match picked {
        Picked::Nothing => {}
        Picked::Points(points) => {
            out.extend(points.iter().map(|p| Row { start: p.clone(), len: 1 }));
        }
        Picked::Blocks(blocks) => {
            for (first, last) in blocks {
                let slab = |(a, b): (&u64, &u64)| {
                    let block = b.saturating_sub(*a).saturating_add(1);
                    Slab { start: *a, stride: block, count: Some(1), block: Some(block) }
                };
                let slabs: Vec<Slab> = first.iter().zip(last).map(slab).collect();
                regular(&Picked::Slabs(slabs), dims, &mut out)?;
            }
            out.sort();
        }
        Picked::Everything | Picked::Slabs(_) => regular(picked, dims, &mut out)?,
    }
    Ok(out)
}

fn regular(picked: &Picked, dims: &[u64], out: &mut Vec<Row>) -> Result<()> {
    let Some(lines) = lines(picked, dims) else { return Ok(()) };
    let count = |l: &Line| l.n.unwrap_or(l.there);
    let Some((last, outer)) = lines.split_last() else { return Ok(()) };
    let mut place = vec![0u64; outer.len()];
    if lines.iter().any(|l| count(l) == 0) {
        return Ok(());
    }
    loop {
        let mut k = 0;
        while k < count(last) {
            let len = last.slab.run(k).min(count(last) - k);
            let mut start: Vec<u64> =
                place.iter().zip(outer).map(|(k, l)| l.slab.place(*k)).collect();
            start.push(last.slab.place(k));
            out.push(Row { start, len });
            if out.len() > MOST_ROWS {
                return Err(Error::unsupported("a virtual dataset with so irregular mappings"));
            }
            k += len;
        }
        let mut axis = outer.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            let (Some(p), Some(line)) = (place.get_mut(axis), outer.get(axis)) else {
                return Ok(());
            };
            *p += 1;
            if *p < count(line) {
                break;
            }
            *p = 0;
        }
    }
}

/// Told of a place in the virtual dataset, one in the source, and a number of elements.
pub(super) type VisitRow<'a> = dyn FnMut(&[u64], &[u64], u64) -> Result<()> + 'a;

/// Calls `visit` with the start in the virtual dataset, that in the source, and the number of
/// elements, for stretches that are rows in both.
///
/// # Errors
/// As `visit`.
pub(super) fn zip_rows(to: &[Row], from: &[Row], visit: &mut VisitRow<'_>) -> Result<()> {
    let (mut to, mut from) = (to.iter().cloned(), from.iter().cloned());
    let (mut a, mut b) = (to.next(), from.next());
    while let (Some(left), Some(right)) = (&mut a, &mut b) {
        let n = left.len.min(right.len);
        visit(&left.start, &right.start, n)?;
        for row in [&mut *left, &mut *right] {
            row.len -= n;
            if let Some(last) = row.start.last_mut() {
                *last = last.saturating_add(n);
            }
        }
        if left.len == 0 {
            a = to.next();
        }
        if b.as_ref().is_some_and(|r| r.len == 0) {
            b = from.next();
        }
    }
    Ok(())
}
