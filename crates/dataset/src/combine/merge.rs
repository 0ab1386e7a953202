//! Pieces side by side: different variables over the same dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;

use super::join;
use super::options::{CombineOptions, Compat};
use super::piece::Piece;
use super::problems::Problems;
use super::statics::first_different;

/// Pieces grouped by their data variables, where the groups share none; otherwise one group, so
/// that variables which some lack are noticed.
pub(super) fn groups(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let names = |p: &Piece| {
        let mut names: Vec<_> = p.data_vars().map(|v| v.name().clone()).collect();
        names.sort();
        names
    };
    let mut found: Vec<(Vec<_>, Vec<usize>)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let own = names(piece);
        match found.iter_mut().find(|(known, _)| *known == own) {
            Some((_, members)) => members.push(at),
            None => found.push((own, vec![at])),
        }
    }
    let disjoint = found.iter().enumerate().all(|(i, (a, _))| {
        found.iter().skip(i + 1).all(|(b, _)| a.iter().all(|n| b.binary_search(n).is_err()))
    });
    if !disjoint || found.len() == 1 {
        return vec![pieces];
    }
    let mut out: Vec<Vec<Piece>> = found.iter().map(|_| Vec::new()).collect();
    for (at, piece) in pieces.into_iter().enumerate() {
        let group = found.iter().position(|(_, members)| members.contains(&at)).unwrap_or(0);
        if let Some(members) = out.get_mut(group) {
            members.push(piece);
        }
    }
    out
}

/// Pieces with different variables as one. What they share must be equal.
///
/// # Errors
/// All at once: labels that the join does not bring together, variables that differ.
pub(super) fn merge(
    mut pieces: Vec<Piece>,
    options: &CombineOptions,
    session: &Session,
) -> Result<Piece> {
    if pieces.len() == 1 {
        return pieces.pop().ok_or_else(|| Error::bug("a piece is missing"));
    }
    let pieces = join::align(pieces, &[], options.join)?;
    let mut all = pieces.iter();
    let Some(first) = all.next() else { return Err(Error::invalid("nothing to combine")) };
    let mut whole = first.clone();
    let mut coords = (*whole.coords).clone();
    let mut problems = Problems::default();
    for piece in all {
        coords.extend(piece.coords.iter().cloned());
        for (at, part) in piece.parts.iter().enumerate() {
            let Some(known) = whole.find(part.name(), at) else {
                whole.parts.push(part.clone());
                continue;
            };
            if options.compat == Compat::Override {
                continue;
            }
            if first_different(&[(0, known), (1, part)], session)?.is_some() {
                problems.push(
                    Error::mismatch(format!(
                        "it differs between {} and {}",
                        whole.origin, piece.origin
                    ))
                    .in_variable(part.name().as_str())
                    .hint("Compat::Override takes the first file's"),
                );
            }
        }
    }
    problems.into_result("while merging")?;
    whole.coords = Arc::new(coords);
    Ok(whole)
}
