//! Comparing arrays in memory, and the order of labels.

use std::cmp::Ordering;

use graticule_array::{Array, DType, Error, MISSING_TICK, Result, Text};

pub(crate) use graticule_array::same_values;

/// A label that can be put in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    /// Integers; times as nanoseconds.
    Int(i128),
    Real(f64),
    Text(Text),
}

impl Key {
    /// `None` for NaN and for labels of different kinds.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (a, b) => a.real()?.partial_cmp(&b.real()?),
        }
    }

    /// An order of all labels of one kind; NaN equals itself and comes last.
    pub(crate) fn rank(&self, other: &Self) -> Ordering {
        self.compare(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
    }

    pub(crate) fn is_nan(&self) -> bool {
        matches!(self, Self::Real(v) if v.is_nan())
    }

    /// The distance between two numbers or instants; infinite for other labels.
    pub(crate) fn apart(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.abs_diff(*b) as f64,
            (Self::Real(a), Self::Real(b)) => {
                let apart = (a - b).abs();
                if apart.is_nan() { f64::INFINITY } else { apart }
            }
            _ => f64::INFINITY,
        }
    }

    fn real(&self) -> Option<f64> {
        match self {
            Self::Int(v) => Some(*v as f64),
            Self::Real(v) => Some(*v),
            Self::Text(_) => None,
        }
    }
}

/// From where to where labels run.
#[derive(Clone, Debug)]
pub(crate) struct Extent {
    pub(crate) first: Key,
    pub(crate) last: Key,
    /// `None` for a single label.
    pub(crate) rising: Option<bool>,
}

/// The extent of labels along one axis; `None` if there are none.
///
/// # Errors
/// If they neither rise nor fall throughout, or have no order.
pub(crate) fn extent(labels: &Array) -> Result<Option<Extent>> {
    let keys = keys(labels)?;
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return Ok(None) };
    let mut rising = None;
    for (a, b) in keys.iter().zip(keys.iter().skip(1)) {
        let up = match a.compare(b) {
            Some(Ordering::Less) => true,
            Some(Ordering::Greater) => false,
            Some(Ordering::Equal) => return Err(Error::mismatch("a label occurs twice in a row")),
            None => return Err(Error::mismatch("a label is missing")),
        };
        if rising.is_some_and(|r| r != up) {
            return Err(Error::mismatch("the labels neither rise nor fall throughout"));
        }
        rising = Some(up);
    }
    if first.compare(first).is_none() {
        return Err(Error::mismatch("a label is missing"));
    }
    Ok(Some(Extent { first: first.clone(), last: last.clone(), rising }))
}

pub(crate) fn keys(labels: &Array) -> Result<Vec<Key>> {
    let ints = |per: i128| -> Result<Vec<Key>> {
        let ticks = labels.to_flat::<i64>()?;
        if labels.dtype().is_temporal() && ticks.contains(&MISSING_TICK) {
            return Err(Error::mismatch("a label is missing"));
        }
        Ok(ticks.into_iter().map(|t| Key::Int(i128::from(t) * per)).collect())
    };
    match labels.dtype() {
        DType::Time(t) => ints(i128::from(t.unit.nanos())),
        DType::Duration(u) => ints(i128::from(u.nanos())),
        DType::I64 => ints(1),
        DType::U64 => {
            Ok(labels.to_flat::<u64>()?.into_iter().map(|v| Key::Int(i128::from(v))).collect())
        }
        d if d.is_integer() || *d == DType::Bool => {
            let wide = labels.cast(&DType::I64)?.to_flat::<i64>()?;
            Ok(wide.into_iter().map(|v| Key::Int(i128::from(v))).collect())
        }
        d if d.is_float() => {
            let wide = labels.cast(&DType::F64)?.to_flat::<f64>()?;
            Ok(wide.into_iter().map(Key::Real).collect())
        }
        d if d.is_text() => {
            let text = labels.cast(&DType::Str)?.to_flat::<Text>()?;
            Ok(text.into_iter().map(Key::Text).collect())
        }
        other => Err(Error::unsupported(format!("labels of {other} have no order"))),
    }
}

/// How far apart two sets of real labels of one length are, if that is no more than a small
/// part of the distance between neighbours: rounding rather than another place.
pub(crate) fn rounding(a: &Array, b: &Array) -> Option<f64> {
    if a.shape() != b.shape() || !a.dtype().is_float() || !b.dtype().is_float() {
        return None;
    }
    let wide = |v: &Array| v.cast(&DType::F64).ok()?.to_flat::<f64>().ok();
    let (a, b) = (wide(a)?, wide(b)?);
    let apart = a.iter().zip(&b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    let step = a.iter().zip(a.iter().skip(1)).map(|(x, y)| (x - y).abs()).fold(f64::MAX, f64::min);
    let size = a.iter().map(|x| x.abs()).fold(0.0, f64::max);
    (apart <= 1e-3 * step.min(size.max(f64::MIN_POSITIVE)) || apart <= 1e-6 * size).then_some(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reals(values: &[f64]) -> Array {
        Array::from_vec([values.len()], values.to_vec()).unwrap()
    }

    #[test]
    fn extents_need_an_order() {
        let up = extent(&reals(&[1.0, 2.0, 5.0])).unwrap().unwrap();
        assert_eq!((up.rising, up.last), (Some(true), Key::Real(5.0)));
        assert_eq!(extent(&reals(&[3.0, 2.0])).unwrap().unwrap().rising, Some(false));
        assert!(extent(&reals(&[1.0, 3.0, 2.0])).is_err());
        assert!(extent(&reals(&[1.0, 1.0])).is_err());
        assert!(extent(&reals(&[f64::NAN])).is_err());
        assert!(extent(&reals(&[])).unwrap().is_none());
    }

    #[test]
    fn equality_ignores_how_nan_is_written() {
        assert!(same_values(&reals(&[f64::NAN, 1.0]), &reals(&[-f64::NAN, 1.0])));
        assert!(!same_values(&reals(&[1.0]), &reals(&[1.0, 1.0])));
    }

    #[test]
    fn rounding_is_told_from_other_places() {
        let exact = reals(&[0.1, 0.2, 0.3]);
        let rounded = reals(&[0.1 + 1e-9, 0.2, 0.3]);
        assert!(rounding(&exact, &rounded).is_some());
        assert!(rounding(&exact, &reals(&[0.4, 0.5, 0.6])).is_none());
    }
}
