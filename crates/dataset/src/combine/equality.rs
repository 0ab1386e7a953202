//! Whether arrays hold the same values: told without reading where that is possible.

use graticule_array::{MapOp, Result, ZipOp, reduction};
use graticule_lazy::{LazyArray, Session};

use super::values::same_values;

/// Which values count as the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Alike {
    /// Equal ones; a missing one equals a missing one.
    Equal,
    /// Equal ones; a missing one equals everything.
    NoConflict,
    /// Ones that differ by no more than `abs + rel * |b|`; missing ones are alike.
    Close { rel: f64, abs: f64 },
}

/// Whether two arrays of one shape hold the same values, as far as can be told without reading:
/// arrays in memory are compared, and one expression equals itself.
pub(crate) fn known(a: &LazyArray, b: &LazyArray, alike: Alike) -> Option<bool> {
    if a.shape() != b.shape() {
        return Some(false);
    }
    if a.is_empty() || a.id() == b.id() {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (a.as_constant(), b.as_constant()) {
        if same_values(x, y) {
            return Some(true);
        }
        if alike == Alike::Equal {
            return Some(false);
        }
        let test = test(a, b, alike).ok()?;
        let done = Session::default().compute(&[test]).ok()?;
        return done.first().and_then(|a| a.item().ok()).and_then(|s| s.as_f64()).map(|v| v != 0.0);
    }
    None
}

/// A truth value that says whether two arrays of one shape hold the same values.
///
/// # Errors
/// If the types cannot be compared.
pub(crate) fn test(a: &LazyArray, b: &LazyArray, alike: Alike) -> Result<LazyArray> {
    let missing = |x: &LazyArray| x.map(MapOp::IsMissing);
    let same = match alike {
        Alike::Equal | Alike::NoConflict => a.zip(ZipOp::Eq, b)?,
        Alike::Close { rel, abs } => {
            use graticule_array::DType::F64;
            let (x, y) = (a.map(MapOp::Cast(F64))?, b.map(MapOp::Cast(F64))?);
            let equal = x.zip(ZipOp::Eq, &y)?;
            let apart = x.zip(ZipOp::Sub, &y)?.map(MapOp::Abs)?;
            let with = |x: LazyArray, op, value: f64| {
                let op = MapOp::with(op, value.into(), false, x.dtype())?;
                x.map(op)
            };
            let room = with(with(y.map(MapOp::Abs)?, ZipOp::Mul, rel)?, ZipOp::Add, abs)?;
            // Infinite ones are close only to themselves.
            let finite = with(apart.clone(), ZipOp::Lt, f64::INFINITY)?;
            apart.zip(ZipOp::Le, &room)?.zip(ZipOp::And, &finite)?.zip(ZipOp::Or, &equal)?
        }
    };
    let excused = match alike {
        Alike::NoConflict => missing(a)?.zip(ZipOp::Or, &missing(b)?)?,
        _ => missing(a)?.zip(ZipOp::And, &missing(b)?)?,
    };
    let axes: Vec<usize> = (0..same.ndim()).collect();
    same.zip(ZipOp::Or, &excused)?.reduce(reduction("all", &Default::default())?, &axes)
}

/// Whether two arrays hold the same values; reads what is not in memory.
///
/// # Errors
/// If data cannot be read.
pub(crate) fn same(a: &LazyArray, b: &LazyArray, alike: Alike, session: &Session) -> Result<bool> {
    if let Some(known) = known(a, b, alike) {
        return Ok(known);
    }
    let Ok(test) = test(a, b, alike) else {
        // Types without comparison: as they are in memory.
        let done = session.compute(&[a.clone(), b.clone()])?;
        return Ok(match &*done {
            [x, y] => same_values(x, y),
            _ => false,
        });
    };
    let done = session.compute(&[test])?;
    let value = done.first().and_then(|a| a.item().ok()).and_then(|s| s.as_f64());
    Ok(value.is_some_and(|v| v != 0.0))
}

/// Whether each pair of arrays holds the same values; all that has to be read is, in one run.
///
/// # Errors
/// If data cannot be read.
pub(crate) fn all_same(
    pairs: &[(LazyArray, LazyArray)],
    alike: Alike,
    session: &Session,
) -> Result<Vec<bool>> {
    let mut verdicts = Vec::with_capacity(pairs.len());
    let mut open = Vec::new();
    for (at, (a, b)) in pairs.iter().enumerate() {
        let verdict = match known(a, b, alike) {
            Some(known) => known,
            None => match test(a, b, alike) {
                Ok(test) => {
                    open.push((at, test));
                    true
                }
                Err(_) => same(a, b, alike, session)?,
            },
        };
        verdicts.push(verdict);
    }
    if open.is_empty() {
        return Ok(verdicts);
    }
    let tests: Vec<LazyArray> = open.iter().map(|(_, test)| test.clone()).collect();
    for ((at, _), done) in open.iter().zip(session.compute(&tests)?) {
        if let Some(slot) = verdicts.get_mut(*at) {
            *slot = done.item()?.as_f64().is_some_and(|v| v != 0.0);
        }
    }
    Ok(verdicts)
}
