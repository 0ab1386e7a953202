//! Where the values of two variables differ.

use graticule_array::{Array, DType, MapOp, Region, Result, Selection, ZipOp};
use graticule_lazy::Session;

use crate::combine::equality::Alike;
use crate::combine::same_values;
use crate::show::values::element_text;
use crate::variable::Variable;

/// Variables are compared in boxes of about this size.
const BOX_BYTES: usize = 16 << 20;

/// How values differ.
pub(super) struct Mismatch {
    pub(super) count: usize,
    /// `[time: 3, x: 0]: 1.0 and 2.0`
    pub(super) first: String,
    /// The largest distance between numbers that are both there.
    pub(super) apart: Option<f64>,
}

/// Compares two variables of the same dimensions and shape, box by box.
///
/// # Errors
/// If data cannot be read.
pub(super) fn mismatch(
    a: &Variable,
    b: &Variable,
    alike: Alike,
    session: &Session,
) -> Result<Option<Mismatch>> {
    let mut found: Option<Mismatch> = None;
    for region in boxes(a) {
        let selection = Selection::from_region(&region);
        let parts = [a.data().select(&selection)?, b.data().select(&selection)?];
        let parts = session.compute(&parts)?;
        let [x, y] = &*parts else { continue };
        let differ = differing(x, y, alike);
        let Some(at) = differ.iter().position(|d| *d) else { continue };
        let count = differ.iter().filter(|d| **d).count();
        let apart = apart(x, y);
        match &mut found {
            Some(known) => {
                known.count = known.count.saturating_add(count);
                known.apart = known.apart.into_iter().chain(apart).reduce(f64::max);
            }
            None => {
                let index = unravel(at, x.shape());
                let place = a.dims().iter().zip(&index).zip(&region.start);
                let place: Vec<String> =
                    place.map(|((dim, i), start)| format!("{dim}: {}", start + i)).collect();
                let (left, right) = (element_text(x, &index), element_text(y, &index));
                let first = format!("[{}]: {left} and {right}", place.join(", "));
                found = Some(Mismatch { count, first, apart });
            }
        }
    }
    Ok(found)
}

/// Which elements are not alike.
fn differing(x: &Array, y: &Array, alike: Alike) -> Vec<bool> {
    let test = || -> Result<Vec<bool>> {
        let missing = |v: &Array| MapOp::IsMissing.apply(v);
        let equal = match alike {
            Alike::Close { rel, abs } if x.dtype().is_real() && y.dtype().is_real() => {
                let wide = |v: &Array| v.cast(&DType::F64)?.to_flat::<f64>();
                let close = |(p, q): (f64, f64)| {
                    p == q || ((p - q).abs() <= abs + rel * q.abs() && (p - q).is_finite())
                };
                wide(x)?.into_iter().zip(wide(y)?).map(close).collect()
            }
            _ => ZipOp::Eq.apply(x, y)?.to_flat::<bool>()?,
        };
        let both = ZipOp::And.apply(&missing(x)?, &missing(y)?)?.to_flat::<bool>()?;
        Ok(equal.iter().zip(&both).map(|(same, gone)| !same && !gone).collect())
    };
    test().unwrap_or_else(|_| {
        // Types without comparison, or of different kinds: one by one, as they print.
        if x.dtype() == y.dtype() && same_values(x, y) {
            return Vec::new();
        }
        let text = |v: &Array, at: usize| element_text(v, &unravel(at, v.shape()));
        (0..x.len()).map(|at| x.dtype() != y.dtype() || text(x, at) != text(y, at)).collect()
    })
}

fn apart(x: &Array, y: &Array) -> Option<f64> {
    if !x.dtype().is_real() || !y.dtype().is_real() {
        return None;
    }
    let wide = |v: &Array| v.cast(&DType::F64).ok()?.to_flat::<f64>().ok();
    let pairs = wide(x)?.into_iter().zip(wide(y)?);
    pairs.map(|(p, q)| (p - q).abs()).filter(|d| !d.is_nan()).reduce(f64::max)
}

fn unravel(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|len| {
            let len = (*len).max(1);
            let i = at % len;
            at /= len;
            i
        })
        .collect();
    index.reverse();
    index
}

/// Boxes of whole rows that cover a variable.
fn boxes(var: &Variable) -> Vec<Region> {
    let shape = var.shape();
    let Some(rows) = shape.first().copied() else { return vec![Region::whole(shape)] };
    let size = var.dtype().planned_size().max(1);
    let row = shape.iter().skip(1).fold(size, |n, l| n.saturating_mul(*l)).max(1);
    let step = (BOX_BYTES / row).max(1);
    (0..rows)
        .step_by(step)
        .map(|at| {
            let mut region = Region::whole(shape);
            if let (Some(start), Some(len)) = (region.start.first_mut(), region.len.first_mut()) {
                (*start, *len) = (at, step.min(rows - at));
            }
            region
        })
        .collect()
}
