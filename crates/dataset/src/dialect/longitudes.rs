//! Longitudes from 0 up to 360.

use graticule_array::{Array, DType, MapOp, Result, Scalar, ZipOp};

use super::Word;
use super::broadcast::spread;
use super::vocabulary::CELLS;
use super::work::{Work, all_pass, same_data};
use crate::dims::Dims;
use crate::name::Name;
use crate::select::Longitudes;
use crate::variable::Variable;

/// Degrees beyond this are marks of something missing.
const BEYOND: f64 = 1000.0;

pub(super) fn correct(work: &mut Work<'_>) -> Result<()> {
    for word in [Word::Lat, Word::Lon] {
        let vertices = CELLS.iter().find(|(w, ..)| *w == word).map(|(_, b, v)| [Some(*b), *v]);
        let all = [Some(word)].into_iter().chain(vertices.into_iter().flatten()).flatten();
        for word in all {
            unfill(work, word)?;
        }
    }
    let before = work.var(Word::Lon);
    wrap(work)?;
    let (Some((name, old)), Some((x, labels))) = (before, work.var(Word::X)) else {
        return Ok(());
    };
    // Labels that are the longitudes turn with them, and the data along.
    let is_lon = matches!(&**labels.dims(), [dim] if *dim == x)
        && (same_data(old.data(), labels.data())
            || labels.attrs().text("standard_name") == Some("longitude"));
    if is_lon && all_pass(&labels, in_turn) == Some(false) {
        work.set = work.set.convert_lon(&x, Longitudes::Positive).check()?;
        work.changed(format!("{x} as {name}, with the data along it in their order"));
    }
    Ok(())
}

/// The labels that positions over y and x repeat, if they do; else the variable itself.
fn known(work: &Work<'_>, word: Word, var: &Variable) -> Result<Variable> {
    let labels = match word {
        Word::Lon => work.var(Word::X),
        Word::Lat => work.var(Word::Y),
        _ => None,
    };
    let Some((_, labels)) = labels.filter(|_| var.in_memory().is_none() && var.ndim() == 2) else {
        return Ok(var.clone());
    };
    let dims: Vec<&Name> = var.dims().iter().collect();
    let fits = labels.ndim() == 1 && labels.dims().iter().all(|d| var.dims().has(d));
    let repeats = fits && spread(work, &labels, &dims)?.data().id() == var.data().id();
    Ok(if repeats { labels } else { var.clone() })
}

fn in_turn(lon: f64) -> bool {
    (0.0..360.0).contains(&lon)
}

/// What is no angle is missing.
fn unfill(work: &mut Work<'_>, word: Word) -> Result<()> {
    let Some((name, var)) = work.var(word).filter(|(_, v)| v.dtype().is_float()) else {
        return Ok(());
    };
    let known = known(work, word, &var)?;
    if all_pass(&known, |v| v.abs() <= BEYOND) == Some(true) {
        return Ok(());
    }
    let near = var.mapped(MapOp::Abs)?;
    let near = near.mapped(MapOp::with(ZipOp::Le, Scalar::F64(BEYOND), false, var.dtype())?)?;
    let none = Array::scalar(f64::NAN).cast(var.dtype())?;
    let made = var.chosen(&near, &Variable::new(Dims::none(), none)?)?;
    let made = made.with_attrs(var.attrs().clone());
    work.put(&name, made)?;
    work.revalued(&var, format!("{name} beyond {BEYOND} degrees missing"));
    Ok(())
}

fn wrap(work: &mut Work<'_>) -> Result<()> {
    let Some((name, var)) = work.var(Word::Lon).filter(|(_, v)| v.dtype().is_real()) else {
        return Ok(());
    };
    if all_pass(&known(work, Word::Lon, &var)?, in_turn) != Some(true) {
        let var = if var.dtype().is_float() { var } else { var.mapped(MapOp::Cast(DType::F64))? };
        // The remainder of what lies just below 0 rounds to a whole turn: hence twice.
        let turn = MapOp::with(ZipOp::Rem, Scalar::F64(360.0), false, var.dtype())?;
        let made = var.mapped(turn.clone())?.mapped(turn)?;
        work.put(&name, made.with_attrs(var.attrs().clone()))?;
        work.revalued(&var, format!("{name} counted from 0 to 360"));
    }
    for word in [Word::LonBounds, Word::LonVertices] {
        follow(work, word)?;
    }
    Ok(())
}

/// Bounds and vertices within half a turn of their cell's longitude.
pub(super) fn follow(work: &mut Work<'_>, word: Word) -> Result<()> {
    let (Some((_, lon)), Some((name, ends))) = (work.var(Word::Lon), work.var(word)) else {
        return Ok(());
    };
    let fits = ends.dtype().is_real() && lon.dims().iter().all(|d| ends.dims().has(d));
    if !fits {
        return Ok(());
    }
    let turns = turns(&lon, &ends)?;
    if all_pass(&turns, |t| t == 0.0) == Some(true) {
        return Ok(());
    }
    let made = ends.zipped(ZipOp::Add, &turns)?.transposed(ends.dims())?;
    let made = if made.dtype() == ends.dtype() || !ends.dtype().is_float() {
        made
    } else {
        made.mapped(MapOp::Cast(ends.dtype().clone()))?
    };
    work.put(&name, made.with_attrs(ends.attrs().clone()))?;
    work.revalued(&turns, format!("{name} within half a turn of their cells"));
    Ok(())
}

/// The degrees of whole turns between ends of cells and their middles.
fn turns(lon: &Variable, ends: &Variable) -> Result<Variable> {
    let with = |var: Variable, op: ZipOp, by: f64| {
        let op = MapOp::with(op, Scalar::F64(by), false, var.dtype())?;
        var.mapped(op)
    };
    let apart = lon.zipped(ZipOp::Sub, ends)?;
    let whole = with(apart, ZipOp::Div, 360.0)?.mapped(MapOp::RoundTo(0))?;
    with(whole, ZipOp::Mul, 360.0)?.transposed(ends.dims())
}

/// The name of a variable's dimension of ends or corners: the last one its coordinate lacks.
pub(super) fn own_dim(cells: &Variable, coord: &Variable) -> Option<Name> {
    cells.dims().iter().rev().find(|d| !coord.dims().has(d)).cloned()
}
