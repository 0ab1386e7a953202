//! Variables that are not concatenated: one for all files.

use std::sync::Arc;

use graticule_array::{Array, Error, Region, Result, Selection};
use graticule_lazy::Session;
use rayon::prelude::*;

use super::piece::{Part, PartData};
use super::values::same_values;

/// Variables are compared in boxes of about this size.
const BOX_BYTES: usize = 8 << 20;

/// A part and the number of the piece it belongs to.
pub(super) type Numbered<'a> = (usize, &'a Part);

/// How parts compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Same,
    /// The first piece that differs.
    Differs(usize),
    /// Only reading would tell, and that is not allowed.
    Unread,
}

/// The piece of the first part that does not equal the first of all. What is not in memory is
/// read in boxes, if that is allowed, from all files in parallel; where files agree on how values
/// are stored, stored values are compared, by their digests where their sources keep these.
///
/// # Errors
/// If data cannot be read.
pub(super) fn first_different(
    parts: &[Numbered<'_>],
    session: &Session,
    may_read: bool,
) -> Result<Verdict> {
    let Some(((_, first), rest)) = parts.split_first() else { return Ok(Verdict::Same) };
    let mut costly = Vec::new();
    for (at, part) in rest {
        let same = part.meta.dims == first.meta.dims
            && part.shape() == first.shape()
            && match (first.in_memory(), part.in_memory(), &first.data, &part.data) {
                (Some(a), Some(b), ..) => std::ptr::eq(a, b) || same_values(a, b),
                (_, _, PartData::Ready(a), PartData::Ready(b)) if a.id() == b.id() => true,
                _ => {
                    costly.push((*at, *part));
                    true
                }
            };
        if !same {
            return Ok(Verdict::Differs(*at));
        }
    }
    let costly = without_twins(first, costly, false, session);
    if costly.is_empty() {
        return Ok(Verdict::Same);
    }
    if !may_read {
        return Ok(Verdict::Unread);
    }
    let boxes = boxes(first);
    if boxes.len() > 1
        && let Some(region) = boxes.first()
        && let Some(at) = differs_in_box(first, &costly, region, session)?
    {
        return Ok(Verdict::Differs(at));
    }
    // Making digests costs what comparing does, and is not needed the next time. What is large
    // is looked into before all of it is read.
    let costly = without_twins(first, costly, true, session);
    if costly.is_empty() {
        return Ok(Verdict::Same);
    }
    for region in &boxes {
        if let Some(at) = differs_in_box(first, &costly, region, session)? {
            return Ok(Verdict::Differs(at));
        }
    }
    Ok(Verdict::Same)
}

/// The parts whose stored values do not have the digest of the first one's; with `read`, digests
/// are made where their sources keep them.
fn without_twins<'a>(
    first: &Part,
    others: Vec<Numbered<'a>>,
    read: bool,
    session: &Session,
) -> Vec<Numbered<'a>> {
    let PartData::Stored(source) = &first.data else { return others };
    if !others.iter().any(|(_, part)| stored_alike(first, part)) {
        return others;
    }
    let Some(wanted) = source.digest(read) else { return others };
    let differs = |(_, part): &Numbered<'_>| match &part.data {
        PartData::Stored(source) if stored_alike(first, part) => {
            source.digest(read) != Some(wanted)
        }
        _ => true,
    };
    if read {
        session.install(|| others.into_par_iter().filter(differs).collect())
    } else {
        others.into_iter().filter(differs).collect()
    }
}

fn differs_in_box(
    first: &Part,
    others: &[Numbered<'_>],
    region: &Region,
    session: &Session,
) -> Result<Option<usize>> {
    let plain = read(first, region, false, session)?;
    let decoded = read(first, region, true, session)?;
    let check = |(at, part): &Numbered<'_>| -> Result<Option<usize>> {
        let as_stored = stored_alike(first, part);
        let (wanted, found) = match (&part.data, as_stored) {
            (PartData::Stored(_), true) => (&plain, read(part, region, false, session)?),
            _ => (&decoded, read(part, region, true, session)?),
        };
        Ok((!same_values(wanted, &found)).then_some(*at))
    };
    // Expressions are computed by the session itself, which must not wait for its own threads.
    let (stored, ready): (Vec<_>, Vec<_>) =
        others.iter().copied().partition(|(_, p)| matches!(p.data, PartData::Stored(_)));
    let in_pool: Result<Vec<_>> = session.install(|| stored.par_iter().map(check).collect());
    let mut found: Vec<usize> = in_pool?.into_iter().flatten().collect();
    for part in &ready {
        found.extend(check(part)?);
    }
    Ok(found.into_iter().min())
}

/// Whether equal stored values mean equal values.
pub(super) fn stored_alike(a: &Part, b: &Part) -> bool {
    let both = matches!((&a.data, &b.data), (PartData::Stored(_), PartData::Stored(_)));
    both && (Arc::ptr_eq(&a.meta, &b.meta)
        || match (&a.meta.decode, &b.meta.decode) {
            (Some(x), Some(y)) => a.meta.dtype == b.meta.dtype && x.same_steps(y),
            (None, None) => true,
            _ => false,
        })
}

/// A box of a part, decoded or as stored.
fn read(part: &Part, region: &Region, decoded: bool, session: &Session) -> Result<Array> {
    let named = |e: Error| e.in_variable(part.name().as_str());
    match &part.data {
        PartData::Values(values) => values.select(&Selection::from_region(region)).map_err(named),
        PartData::Ready(data) => {
            let picked = data.select(&Selection::from_region(region)).map_err(named)?;
            let done = session.compute(&[picked]).map_err(named)?;
            done.into_iter().next().ok_or_else(|| Error::bug("nothing was computed"))
        }
        PartData::Stored(source) => {
            let mut raw = region.clone();
            for len in source.info().shape.iter().skip(region.ndim()) {
                raw.start.push(0);
                raw.len.push(*len);
            }
            let values = source.read(&raw).map_err(named)?;
            match (&part.meta.decode, decoded) {
                (Some(decode), true) => decode.apply_now(values).map_err(named),
                _ => Ok(values),
            }
        }
    }
}

/// Boxes of whole rows that cover a part.
fn boxes(part: &Part) -> Vec<Region> {
    let shape = part.shape();
    let (Some(rows), size) = (shape.first(), part.meta.dtype.planned_size().max(1)) else {
        return vec![Region::whole(shape)];
    };
    let row = shape.iter().skip(1).fold(size, |n, l| n.saturating_mul(*l)).max(1);
    let step = (BOX_BYTES / row).max(1);
    let mut out = Vec::new();
    let mut at = 0;
    while at < *rows {
        let mut region = Region::whole(shape);
        let n = step.min(rows - at);
        if let (Some(start), Some(len)) = (region.start.first_mut(), region.len.first_mut()) {
            (*start, *len) = (at, n);
        }
        out.push(region);
        at += n;
    }
    out
}
