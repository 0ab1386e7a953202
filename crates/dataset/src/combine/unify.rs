//! One variable out of several that should be the same.

use std::sync::Arc;

use graticule_array::{MapOp, Result};
use graticule_lazy::{LazyArray, Session};

use super::equality::{self, Alike};
use super::later;
use super::options::Compat;
use super::piece::{Meta, Part};
use super::statics::{Numbered, Verdict, first_different};
use crate::dims::Dims;

/// What several variables of one name become.
pub(super) enum Unified {
    /// This one, and the piece it comes from; how many others were passed over.
    One { part: Part, passed_over: usize },
    /// They differ from this piece on.
    Differs(usize),
    /// Only reading would tell.
    Unread,
}

/// Brings variables of one name to one, as the policy says. What must not be read to compare it is
/// compared later, if it is small; `origins` names the pieces for that.
///
/// # Errors
/// If data cannot be read, or types do not go together.
pub(super) fn unify(
    parts: &[Numbered<'_>],
    compat: Compat,
    session: &Session,
    may_read: bool,
    origins: &dyn Fn(usize) -> Arc<str>,
) -> Result<Unified> {
    let Some(((_, first), rest)) = parts.split_first() else { return Ok(Unified::Unread) };
    let one = |part: Part, passed_over: usize| Ok(Unified::One { part, passed_over });
    match compat {
        Compat::Override => {
            // Those that are known to be the same are no loss.
            let lost = rest.iter().filter(|other| {
                !matches!(
                    first_different(&[(0, first), **other], session, false),
                    Ok(Verdict::Same)
                )
            });
            one((*first).clone(), lost.count())
        }
        Compat::Identical | Compat::Equals | Compat::Minimal => {
            if compat == Compat::Identical
                && let Some((at, _)) = rest.iter().find(|(_, p)| !same_attrs(&p.meta, &first.meta))
            {
                return Ok(Unified::Differs(*at));
            }
            match first_different(parts, session, may_read)? {
                Verdict::Same => one((*first).clone(), 0),
                Verdict::Differs(at) => Ok(Unified::Differs(at)),
                // Whether to leave it out has to be known now.
                Verdict::Unread if compat == Compat::Minimal => Ok(Unified::Unread),
                Verdict::Unread => Ok(match later::checked(parts, origins)? {
                    Some(part) => Unified::One { part, passed_over: 0 },
                    None => Unified::Unread,
                }),
            }
        }
        Compat::BroadcastEquals | Compat::NoConflicts => {
            spread(first, rest, compat, session, may_read)
        }
    }
}

fn same_attrs(a: &Meta, b: &Meta) -> bool {
    a.attrs == b.attrs
}

/// Compares after broadcasting; the result has the dimensions of all.
fn spread(
    first: &Part,
    rest: &[Numbered<'_>],
    compat: Compat,
    session: &Session,
    may_read: bool,
) -> Result<Unified> {
    let mut dims = first.meta.dims.clone();
    let mut shape: Vec<usize> = first.shape().to_vec();
    for (at, part) in rest {
        let union = dims.union(&part.meta.dims);
        for dim in union.iter().skip(dims.len()) {
            shape.push(part.size_of(dim).unwrap_or(1));
        }
        dims = union;
        let fits = dims.iter().zip(&shape).all(|(d, n)| part.size_of(d).is_none_or(|m| m == *n));
        if !fits {
            return Ok(Unified::Differs(*at));
        }
    }
    let mut whole = over(first, &dims, &shape)?;
    let alike = if compat == Compat::NoConflicts { Alike::NoConflict } else { Alike::Equal };
    for (at, part) in rest {
        let other = over(part, &dims, &shape)?;
        match equality::known(&whole, &other, alike) {
            Some(true) => {}
            Some(false) => return Ok(Unified::Differs(*at)),
            None if !may_read => return Ok(Unified::Unread),
            None => {
                if !equality::same(&whole, &other, alike, session)? {
                    return Ok(Unified::Differs(*at));
                }
            }
        }
        if compat == Compat::NoConflicts && whole.id() != other.id() {
            whole = filled_from(&whole, &other)?;
        }
    }
    let meta = Meta {
        dims,
        dtype: whole.dtype().clone(),
        decode: None,
        stored: None,
        encoding: first.meta.encoding.after_reshape(),
        ..(*first.meta).clone()
    };
    Ok(Unified::One { part: Part::ready(meta, whole), passed_over: 0 })
}

fn over(part: &Part, dims: &Dims, shape: &[usize]) -> Result<LazyArray> {
    let axes: Vec<Option<usize>> = dims.iter().map(|d| part.meta.dims.axis(d)).collect();
    crate::verbs::eager::broadcast(&part.lazy()?, &axes, shape)
}

/// The values of the first, those of the second where they are missing.
pub(crate) fn filled_from(a: &LazyArray, b: &LazyArray) -> Result<LazyArray> {
    use crate::verbs::eager;
    let dtype = graticule_array::choose_type(a.dtype(), b.dtype())?;
    let cast = |x: &LazyArray| {
        if *x.dtype() == dtype { Ok(x.clone()) } else { eager::map(x, MapOp::Cast(dtype.clone())) }
    };
    let there = eager::map(a, MapOp::NotMissing)?;
    eager::choose(&there, &cast(a)?, &cast(b)?)
}
