//! Positions along an axis, of which some have nothing to take from.

use graticule_array::{Array, DType, MapOp, Pick, Result, Scalar, Selection};
use graticule_lazy::LazyArray;

use super::eager;

/// The elements at `from` along an axis; missing where that is `None`. The type becomes one that
/// has a missing value if any is needed.
pub(crate) fn gather(data: &LazyArray, axis: usize, from: &[Option<usize>]) -> Result<LazyArray> {
    gather_or(data, axis, from, None)
}

/// [`gather`] with a value in place of missing ones.
pub(crate) fn gather_or(
    data: &LazyArray,
    axis: usize,
    from: &[Option<usize>],
    fill: Option<&Scalar>,
) -> Result<LazyArray> {
    let list: Pick = Pick::List(from.iter().map(|i| i.unwrap_or(0)).collect());
    let selection = |pick: Pick| Selection::all(data.shape()).with(axis, pick);
    if from.iter().all(Option::is_some) {
        return data.select(&selection(contiguous(from).unwrap_or(list)));
    }
    let (dtype, fill) = match fill {
        None => {
            let dtype = data.dtype().with_missing();
            (dtype.clone(), Array::missing(&dtype, &[])?)
        }
        Some(value) => (data.dtype().clone(), value.fill(&[])?.cast(data.dtype())?),
    };
    let mut shape = data.shape().to_vec();
    let empty = shape.get(axis) == Some(&0);
    if let Some(n) = shape.get_mut(axis) {
        *n = from.len();
    }
    let none = vec![None; shape.len()];
    let missing = LazyArray::constant(fill).broadcast(&none, &shape)?;
    if empty {
        return Ok(missing);
    }
    let there: Vec<bool> = from.iter().map(Option::is_some).collect();
    let there = Array::from_vec([from.len()], there)?;
    let along: Vec<Option<usize>> =
        (0..shape.len()).map(|a| if a == axis { Some(0) } else { None }).collect();
    let cond = LazyArray::constant(there).broadcast(&along, &shape)?;
    let taken = as_type(&data.select(&selection(list))?, &dtype)?;
    eager::choose(&cond, &taken, &missing)
}

/// Positions that follow each other, as a range.
fn contiguous(from: &[Option<usize>]) -> Option<Pick> {
    let start = from.first().copied().flatten()?;
    let runs = from.iter().enumerate().all(|(i, at)| *at == start.checked_add(i));
    runs.then(|| Pick::span(start, from.len()))
}

/// The data in another type.
pub(crate) fn as_type(data: &LazyArray, dtype: &DType) -> Result<LazyArray> {
    if data.dtype() == dtype {
        Ok(data.clone())
    } else {
        eager::map(data, MapOp::Cast(dtype.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graticule_lazy::Session;

    fn gathered(values: Vec<i16>, from: &[Option<usize>]) -> Array {
        let n = values.len();
        let data = LazyArray::constant(Array::from_vec([n], values).unwrap());
        let made = gather(&data, 0, from).unwrap();
        Session::default().compute(&[made]).unwrap().remove(0)
    }

    #[test]
    fn what_is_not_there_is_missing() {
        let made = gathered(vec![1, 2, 3], &[Some(2), Some(0)]);
        assert_eq!(made.to_flat::<i16>().unwrap(), [3, 1]);
        let made = gathered(vec![1, 2, 3], &[Some(2), None, Some(2)]).to_flat::<f32>().unwrap();
        assert!(made[0] == 3.0 && made[1].is_nan() && made[2] == 3.0);
        let made = gathered(Vec::new(), &[None, None]);
        assert!(made.to_flat::<f32>().unwrap().iter().all(|v| v.is_nan()));
    }
}
