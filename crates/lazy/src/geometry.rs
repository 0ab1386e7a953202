//! Selections seen through operations that move axes.

use graticule_array::{Pick, Selection};

/// The axes that stay after a selection, in order.
pub(crate) fn staying(selection: &Selection) -> Vec<usize> {
    let picks = selection.picks().iter().enumerate();
    picks.filter(|(_, p)| !matches!(p, Pick::At(_))).map(|(a, _)| a).collect()
}

/// A selection of a permuted array: the picks of the array below, and the order of what
/// stays of its axes.
pub(crate) fn through_permute(axes: &[usize], selection: &Selection) -> (Selection, Vec<usize>) {
    let places: Vec<Option<usize>> = axes.iter().copied().map(Some).collect();
    let (picks, places) = through_broadcast(&places, axes.len(), selection);
    (picks, places.into_iter().flatten().collect())
}

/// A selection of a broadcast array: the picks of the array below (of `ndim` axes), and for
/// each axis that stays, the staying axis below that it runs along.
pub(crate) fn through_broadcast(
    axes: &[Option<usize>],
    ndim: usize,
    selection: &Selection,
) -> (Selection, Vec<Option<usize>>) {
    let mut below = vec![Pick::span(0, 0); ndim];
    for (axis, pick) in axes.iter().zip(selection.picks()) {
        if let Some(to) = axis.and_then(|a| below.get_mut(a)) {
            *to = pick.clone();
        }
    }
    let below = Selection::new(below);
    let kept = staying(&below);
    let places = staying(selection).into_iter().map(|a| {
        let from = axes.get(a).copied().flatten()?;
        kept.iter().position(|k| *k == from)
    });
    let places = places.collect();
    (below, places)
}

/// A stretch of a pick along a concatenation that lies in one piece.
#[derive(Debug, PartialEq)]
pub(crate) struct Segment {
    /// The piece.
    pub(crate) piece: usize,
    /// What to pick along it.
    pub(crate) pick: Pick,
    /// Where the stretch begins in the result.
    pub(crate) at: usize,
}

/// Cuts a pick along pieces that begin at `starts`.
pub(crate) fn concat_segments(starts: &[usize], pick: &Pick) -> Vec<Segment> {
    let find = |i: usize| starts.partition_point(|s| *s <= i).saturating_sub(1);
    let origin = |piece: usize| starts.get(piece).copied().unwrap_or(0);
    let mut out: Vec<Segment> = Vec::new();
    match pick {
        Pick::At(i) => {
            let piece = find(*i);
            out.push(Segment { piece, pick: Pick::At(i - origin(piece)), at: 0 });
        }
        Pick::Range { start, step: 1, len } => {
            let (mut at, end) = (*start, start + len);
            while at < end {
                let piece = find(at);
                let stop = starts.get(piece + 1).copied().unwrap_or(end).clamp(at + 1, end);
                let pick = Pick::span(at - origin(piece), stop - at);
                out.push(Segment { piece, pick, at: at - start });
                at = stop;
            }
        }
        _ => {
            let mut indices: Vec<usize> = Vec::new();
            let mut current = 0;
            for (k, i) in (0..pick.len()).filter_map(|k| Some((k, pick.get(k)?))) {
                let piece = find(i);
                if !indices.is_empty() && piece != current {
                    let at = k - indices.len();
                    out.push(Segment {
                        piece: current,
                        pick: list(std::mem::take(&mut indices)),
                        at,
                    });
                }
                current = piece;
                indices.push(i - origin(piece));
            }
            if !indices.is_empty() {
                let at = pick.len() - indices.len();
                out.push(Segment { piece: current, pick: list(indices), at });
            }
        }
    }
    out
}

/// Indices as a pick: an even stride is a range.
pub(crate) fn list(indices: Vec<usize>) -> Pick {
    let steps = indices.iter().zip(indices.iter().skip(1)).map(|(a, b)| *b as isize - *a as isize);
    let mut steps = steps.collect::<Vec<_>>();
    steps.dedup();
    match (indices.first(), steps.as_slice()) {
        (Some(first), []) => Pick::span(*first, indices.len()),
        (Some(first), [step]) if *step != 0 => {
            Pick::Range { start: *first, step: *step, len: indices.len() }
        }
        _ => Pick::List(indices.into()),
    }
}

/// The only piece of a concatenation that a selection needs, and the pick in it.
pub(crate) fn single_piece(
    starts: &[usize],
    part: &Selection,
    axis: usize,
) -> Option<(usize, Pick)> {
    let pick = part.picks().get(axis)?;
    let Some((low, high)) = pick.bounds() else { return Some((0, Pick::span(0, 0))) };
    let find = |i: usize| starts.partition_point(|s| *s <= i).saturating_sub(1);
    let piece = find(low);
    if find(high) != piece {
        return None;
    }
    let origin = starts.get(piece).copied()?;
    let inside = match pick {
        Pick::At(i) => Pick::At(i - origin),
        Pick::Range { start, step, len } => {
            Pick::Range { start: start - origin, step: *step, len: *len }
        }
        Pick::List(list) => Pick::List(list.iter().map(|i| i - origin).collect()),
    };
    Some((piece, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_are_cut_along_pieces() {
        let starts = [0, 4, 4, 10];
        let cut = |p: Pick| {
            let segments = concat_segments(&starts, &p);
            segments.into_iter().map(|s| (s.piece, s.pick, s.at)).collect::<Vec<_>>()
        };
        assert_eq!(
            cut(Pick::span(2, 9)),
            [(0, Pick::span(2, 2), 0), (2, Pick::span(0, 6), 2), (3, Pick::span(0, 1), 8)]
        );
        assert_eq!(cut(Pick::At(4)), [(2, Pick::At(0), 0)]);
        assert_eq!(
            cut(Pick::Range { start: 8, step: -3, len: 3 }),
            [(2, Pick::Range { start: 4, step: -3, len: 2 }, 0), (0, Pick::span(2, 1), 2)]
        );
    }
}
