//! Along which dimension pieces follow one another, and in which order.

use std::cmp::Ordering;
use std::collections::HashMap;

use graticule_array::{Array, Error};

use super::piece::Piece;
use super::problems::Problems;
use super::values::{Extent, extent, rounding, same_values};
use crate::name::Name;

/// The dimensions whose labels differ between pieces. Labels that differ by no more than
/// rounding do not count: they are a matter of joining. Dimensions that some pieces label and
/// others do not are a problem.
pub(super) fn differing_dims(pieces: &[Piece], problems: &mut Problems) -> Vec<Name> {
    let Some(first) = pieces.first() else { return Vec::new() };
    let mut found = Vec::new();
    for dim in first.dims() {
        let Some(labels) = first.labels(&dim) else { continue };
        let mut differs = false;
        for piece in pieces.iter().skip(1) {
            let Some(other) = piece.labels(&dim) else {
                if piece.size_of(&dim).is_none() {
                    continue;
                }
                problems.push(
                    Error::mismatch(format!(
                        "{} labels \"{dim}\", {} does not",
                        first.origin, piece.origin
                    ))
                    .hint("give the dimension to combine along"),
                );
                break;
            };
            let (Some(a), Some(b)) = (labels.in_memory(), other.in_memory()) else { continue };
            if !std::ptr::eq(a, b) && !same_values(a, b) && rounding(a, b).is_none() {
                differs = true;
                break;
            }
        }
        if differs {
            found.push(dim);
        }
    }
    found
}

/// The pieces in the order of their labels along `dim`. Pieces without labels there come last.
/// Labels that are not in order within a piece, directions that differ, and labels that more than
/// one piece covers are problems; of the last kind only if `apart` is asked for.
pub(super) fn by_labels(
    pieces: Vec<Piece>,
    dim: &str,
    apart: bool,
    problems: &mut Problems,
) -> Vec<Piece> {
    let mut placed: Vec<(Option<Extent>, Piece)> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let labels = piece.labels(dim).and_then(|p| p.in_memory());
        match labels.map_or_else(|| Err(Error::mismatch("no labels")), extent) {
            Ok(extent) => placed.push((extent, piece)),
            Err(why) => {
                problems.push(why.in_variable(dim).in_file(&*piece.origin));
                placed.push((None, piece));
            }
        }
    }
    let rising = direction(&placed, dim, problems);
    placed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => {
            let order = a.first.compare(&b.first).unwrap_or(Ordering::Equal);
            if rising { order } else { order.reverse() }
        }
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    if apart {
        check_apart(&placed, dim, rising, problems);
    }
    placed.into_iter().map(|(_, piece)| piece).collect()
}

fn direction(placed: &[(Option<Extent>, Piece)], dim: &str, problems: &mut Problems) -> bool {
    let known = |up: bool| {
        placed.iter().find(|(e, _)| e.as_ref().and_then(|e| e.rising) == Some(up)).map(|(_, p)| p)
    };
    match (known(true), known(false)) {
        (Some(up), Some(down)) => {
            problems.push(Error::mismatch(format!(
                "the labels of \"{dim}\" rise in {} and fall in {}",
                up.origin, down.origin
            )));
            true
        }
        (_, down) => down.is_none(),
    }
}

/// Pieces whose labels reach into those of any piece before them.
fn check_apart(
    placed: &[(Option<Extent>, Piece)],
    dim: &str,
    rising: bool,
    problems: &mut Problems,
) {
    let wanted = if rising { Ordering::Less } else { Ordering::Greater };
    // The piece that reaches farthest so far.
    let mut far: Option<(&Extent, &Piece)> = None;
    for (extent, piece) in placed {
        let Some(own) = extent else { continue };
        // A piece that runs the other way has been reported.
        if own.rising.is_some_and(|r| r != rising) {
            continue;
        }
        if let Some((other, left)) = far
            && other.last.compare(&own.first) != Some(wanted)
        {
            let same = other.first == own.first && other.last == own.last;
            let what = if same { "the same" } else { "overlapping" };
            problems.push(
                Error::mismatch(format!(
                    "{} and {} have {what} labels of \"{dim}\": {} and {}",
                    left.origin,
                    piece.origin,
                    span(left, dim),
                    span(piece, dim)
                ))
                .hint("Overlap::KeepFirst, KeepLast or Average say what to take"),
            );
        }
        if far.is_none_or(|(other, _)| other.last.compare(&own.last) == Some(wanted)) {
            far = Some((own, piece));
        }
    }
}

/// "2001-01-01 to 2001-12-31".
fn span(piece: &Piece, dim: &str) -> String {
    let Some(labels) = piece.labels(dim).and_then(|p| p.in_memory()) else { return "?".into() };
    let text = |at: usize| {
        labels.get(&[at]).map_or_else(|_| "?".into(), |s| crate::attrs::show_scalar(&s))
    };
    match labels.len() {
        0 => "none".into(),
        1 => text(0),
        n => format!("{} to {}", text(0), text(n - 1)),
    }
}

/// Pieces grouped by their labels along `others`: those that differ only along `dim` together.
pub(super) fn rows(pieces: Vec<Piece>, dim: &Name, others: &[&Name]) -> Vec<Vec<Piece>> {
    let others: Vec<&Name> = others.iter().filter(|o| **o != dim).copied().collect();
    let labels = |p: &Piece, other: &Name| p.labels(other).and_then(|l| l.in_memory()).cloned();
    let signs: Vec<(String, String)> =
        pieces.iter().map(|p| others.iter().map(|o| sign(labels(p, o).as_ref())).unzip()).collect();
    // Labels of different types may be equal all the same.
    let alike = signs.iter().all(|(types, _)| signs.first().is_some_and(|(t, _)| t == types));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for (piece, (_, ends)) in pieces.into_iter().zip(signs) {
        let candidates = known.entry(if alike { ends } else { String::new() }).or_default();
        let same_row = |row: &usize| {
            let first = rows.get(*row).and_then(|r| r.first());
            first.is_some_and(|first| {
                others.iter().all(|other| match (labels(first, other), labels(&piece, other)) {
                    (Some(a), Some(b)) => same_values(&a, &b),
                    (a, b) => a.is_none() && b.is_none(),
                })
            })
        };
        let found = candidates.iter().copied().find(same_row);
        match found.and_then(|row| rows.get_mut(row)) {
            Some(row) => row.push(piece),
            None => {
                candidates.push(rows.len());
                rows.push(vec![piece]);
            }
        }
    }
    rows
}

/// The type of labels, and text of their number and ends: equal for equal labels of one type.
fn sign(labels: Option<&Array>) -> (String, String) {
    let Some(labels) = labels else { return ("-".into(), "-".into()) };
    let end = |at: usize| {
        let item = labels.flat(at..at + 1).and_then(|one| one.item());
        let Ok(v) = item else { return String::new() };
        match v.as_f64() {
            // Zero has two signs.
            Some(number) if labels.dtype().is_float() => format!("{:?}", number + 0.0),
            _ => format!("{v:?}"),
        }
    };
    let ends = match labels.len() {
        0 => String::new(),
        n => format!("{} {}", end(0), end(n - 1)),
    };
    (format!("{:?} ", labels.dtype()), format!("{:?} {ends}; ", labels.shape()))
}
