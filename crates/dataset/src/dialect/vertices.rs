//! Corners of cells: their order, and between corners and bounds.

use graticule_array::{Error, MapOp, Pick, Result, Scalar, Selection, ZipOp};

use super::Word;
use super::bounds::{end, stacked};
use super::work::{Work, doubles};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// Longitudes and latitudes of corners over the same cells, four each.
struct Corners {
    lon: (Name, Variable),
    lat: (Name, Variable),
}

/// The corners, their own dimension the last.
fn corners(work: &Work<'_>) -> Result<Option<Corners>> {
    let (Some(lon), Some(lat)) = (work.var(Word::LonVertices), work.var(Word::LatVertices)) else {
        return Ok(None);
    };
    let vertex = work.name(Word::Vertex);
    let four = |v: &Variable| v.ndim() >= 2 && v.size_of(&vertex) == Some(4) && v.dtype().is_real();
    if !four(&lon.1) || !four(&lat.1) || !lon.1.dims().same_set(lat.1.dims()) {
        return Ok(None);
    }
    let cells = lon.1.dims().without(std::slice::from_ref(&vertex));
    let dims = cells.union(&Dims::from(vertex));
    let lon = (lon.0, lon.1.transposed(&dims)?);
    let lat = (lat.0, lat.1.transposed(&dims)?);
    Ok(Some(Corners { lon, lat }))
}

pub(super) fn sort(work: &mut Work<'_>) -> Result<()> {
    let Some(Corners { lon, lat }) = corners(work)? else { return Ok(()) };
    let Some(order) = order(work, &lon.1, &lat.1)? else {
        work.left(format!("{} and {}: no cell tells their order", lon.0, lat.0));
        return Ok(());
    };
    if order == [0, 1, 2, 3] {
        return Ok(());
    }
    for (name, var) in [&lon, &lat] {
        let axis = var.ndim().saturating_sub(1);
        let pick = Selection::all(var.shape()).with(axis, Pick::List(order.into()));
        let made = var.changed(var.dims().clone(), var.data().select(&pick)?)?;
        work.put(name, made)?;
    }
    let [a, b, c, d] = order;
    work.changed(format!("{} and {} in the order {a} {b} {c} {d}", lon.0, lat.0));
    Ok(())
}

/// The order of the corners of a cell near the middle that has some. One for all cells, so that
/// neighbours go on sharing the corners they share.
fn order(work: &Work<'_>, lon: &Variable, lat: &Variable) -> Result<Option<[usize; 4]>> {
    /// Cells of an unstructured grid that are looked at.
    const SOME: usize = 256;
    let n = lon.shape().first().copied().unwrap_or(0);
    for part in [2, 4] {
        let middle = n / part;
        let rows = if lon.ndim() > 2 {
            Pick::At(middle)
        } else {
            let start = middle.saturating_sub(SOME / 2);
            Pick::span(start, SOME.min(n.saturating_sub(start)))
        };
        if n == 0 {
            return Ok(None);
        }
        let row =
            |var: &Variable| var.data().select(&Selection::all(var.shape()).with(0, rows.clone()));
        let made = work.set.session().compute(&[row(lon)?, row(lat)?])?;
        let [lons, lats] = &*made else { return Err(Error::bug("two arrays were computed")) };
        let (lons, lats) = (doubles(lons)?, doubles(lats)?);
        let cells: Vec<(&[f64], &[f64])> = lons.chunks_exact(4).zip(lats.chunks_exact(4)).collect();
        let (before, after) = cells.split_at(cells.len() / 2);
        let found = after
            .iter()
            .chain(before.iter().rev())
            .find_map(|(x, y)| counterclockwise((*x).try_into().ok()?, (*y).try_into().ok()?));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The order in which four corners run counterclockwise from the lower of the two on the left;
/// `None` if they do not span a cell.
fn counterclockwise(lons: [f64; 4], lats: [f64; 4]) -> Option<[usize; 4]> {
    let [first, ..] = lons;
    let near = |lon: f64| lon - 360.0 * ((lon - first) / 360.0).round();
    let lons = lons.map(near);
    let (x, y) = (lons.iter().sum::<f64>() / 4.0, lats.iter().sum::<f64>() / 4.0);
    let mut points: Vec<(usize, f64, f64)> =
        lons.iter().zip(&lats).enumerate().map(|(i, (a, b))| (i, a - x, b - y)).collect();
    if !points.iter().all(|(_, a, b)| a.is_finite() && b.is_finite()) {
        return None;
    }
    let angle = |p: &(usize, f64, f64)| p.2.atan2(p.1);
    points.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    let next = points.iter().cycle().skip(1);
    let area: f64 = points.iter().zip(next).map(|(a, b)| a.1 * b.2 - a.2 * b.1).sum();
    if area < 1e-9 {
        return None;
    }
    let mut by_lon = points.clone();
    by_lon.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
    let start = by_lon.iter().take(2).min_by(|a, b| a.2.total_cmp(&b.2))?.0;
    let at = points.iter().position(|p| p.0 == start)?;
    points.rotate_left(at);
    let order: Vec<usize> = points.iter().map(|p| p.0).collect();
    order.try_into().ok()
}

pub(super) fn from_bounds(work: &mut Work<'_>) -> Result<()> {
    let (lon, lat) = (work.name(Word::LonVertices), work.name(Word::LatVertices));
    if work.set.has(&lon) || work.set.has(&lat) {
        return Ok(());
    }
    let (Some((_, lons)), Some((_, lats))) = (work.var(Word::LonBounds), work.var(Word::LatBounds))
    else {
        return Ok(());
    };
    let (bnds, vertex) = (work.name(Word::Bnds), work.name(Word::Vertex));
    let grid: Dims = [work.name(Word::Y), work.name(Word::X), bnds.clone()].into_iter().collect();
    let pairs = |v: &Variable| v.size_of(&bnds) == Some(2) && v.dims().same_set(&grid);
    if !pairs(&lons) || !pairs(&lats) {
        work.left("bounds that are no pairs over y and x");
        return Ok(());
    }
    let (lons, lats) = (lons.transposed(&grid)?, lats.transposed(&grid)?);
    let side = |var: &Variable, op: ZipOp| end(var, 0)?.zipped(op, &end(var, 1)?);
    let (west, east) = (side(&lons, ZipOp::Min)?, side(&lons, ZipOp::Max)?);
    let (south, north) = (side(&lats, ZipOp::Min)?, side(&lats, ZipOp::Max)?);
    let lons = stacked(&[west.clone(), east.clone(), east, west], &vertex)?;
    let lats = stacked(&[south.clone(), south, north.clone(), north], &vertex)?;
    work.put(&lon, lons)?;
    work.put(&lat, lats)?;
    work.changed(format!("{lon} and {lat} of rectangles"));
    Ok(())
}

pub(super) fn to_bounds(work: &mut Work<'_>) -> Result<()> {
    let (lon, lat) = (work.name(Word::LonBounds), work.name(Word::LatBounds));
    let Some(Corners { lon: (_, lons), lat: (_, lats) }) = corners(work)? else { return Ok(()) };
    if work.set.has(&lon) || work.set.has(&lat) {
        return Ok(());
    }
    let bnds = work.name(Word::Bnds);
    let middle = |var: &Variable, a: usize, b: usize| -> Result<Variable> {
        let sum = end(var, a)?.zipped(ZipOp::Add, &end(var, b)?)?;
        let half = MapOp::with(ZipOp::Mul, Scalar::F64(0.5), false, sum.dtype())?;
        sum.mapped(half)
    };
    let lons = stacked(&[middle(&lons, 0, 3)?, middle(&lons, 1, 2)?], &bnds)?;
    let lats = stacked(&[middle(&lats, 0, 1)?, middle(&lats, 2, 3)?], &bnds)?;
    work.put(&lon, lons)?;
    work.put(&lat, lats)?;
    work.changed(format!("{lon} and {lat} between corners"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::counterclockwise;

    #[test]
    fn any_order_of_corners_is_told() {
        let cell = [(358.0, 10.0), (2.0, 10.0), (2.0, 12.0), (358.0, 12.0)];
        for a in 0..4 {
            for b in 0..4 {
                for c in 0..4 {
                    let d = 6usize.wrapping_sub(a + b + c);
                    let held = [a, b, c, d];
                    if (0..4).any(|i| !held.contains(&i)) {
                        continue;
                    }
                    let order =
                        counterclockwise(held.map(|i| cell[i].0), held.map(|i| cell[i].1)).unwrap();
                    assert_eq!(order.map(|i| held[i]), [0, 1, 2, 3], "{held:?}");
                }
            }
        }
        assert_eq!(counterclockwise([1.0; 4], [2.0; 4]), None);
        assert_eq!(counterclockwise([f64::NAN; 4], [2.0; 4]), None);
        assert_eq!(counterclockwise([0.0, 1.0, 2.0, 3.0], [0.0; 4]), None);
    }
}
