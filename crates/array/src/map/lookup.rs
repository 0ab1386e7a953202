//! Elements of a table by their numbers.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::selection::{Pick, Selection};

/// The elements of a table, then one that is missing if the type has one.
pub(super) fn table(values: &[Scalar], to: &DType) -> Result<Array> {
    let mut parts = Vec::with_capacity(values.len() + 1);
    for value in values {
        parts.push(value.fill(&[1])?.cast(to)?);
    }
    if to.with_missing() == *to {
        parts.push(Array::missing(to, &[1])?);
    }
    if parts.is_empty() { Array::zeros(to, &[0]) } else { Array::concat(&parts, 0) }
}

/// The element that each number names; missing for numbers that name none.
pub(super) fn lookup(input: &Array, values: &[Scalar], to: &DType) -> Result<Array> {
    let table = table(values, to)?;
    let numbers = input.cast(&DType::I64)?.to_flat::<i64>()?;
    let place = |n: &i64| {
        let found = usize::try_from(*n).ok().filter(|n| *n < values.len());
        found.or((table.len() > values.len()).then_some(values.len())).ok_or_else(|| {
            Error::invalid(format!("no element {n} in a table of {} of {to}", values.len()))
        })
    };
    let places: Vec<usize> = numbers.iter().map(place).collect::<Result<_>>()?;
    table.select(&Selection::new([Pick::List(places.into())]))?.reshape(input.shape())
}

#[cfg(test)]
mod tests {
    use crate::{Array, DType, MapOp, Scalar, Text};

    #[test]
    fn numbers_name_elements() {
        let numbers = Array::from_vec([2, 2], vec![1i64, 0, -1, 1]).unwrap();
        let values = [Scalar::I32(7), Scalar::I32(9)].into();
        let op = MapOp::Lookup { values, to: DType::F64 };
        let made = op.apply(&numbers).unwrap();
        let flat = made.to_flat::<f64>().unwrap();
        assert_eq!((flat[0], flat[1], flat[3]), (9.0, 7.0, 9.0));
        assert!(flat[2].is_nan());
        assert_eq!(made.shape(), [2, 2]);
        let values = [Scalar::from("a"), Scalar::from("b")].into();
        let made = MapOp::Lookup { values, to: DType::Str }.apply(&numbers).unwrap();
        let texts = made.to_flat::<Text>().unwrap();
        assert_eq!((texts[0].as_str(), texts[2].as_str()), (Some("b"), None));
        let op = MapOp::Lookup { values: [Scalar::I32(7)].into(), to: DType::I32 };
        assert!(op.apply(&numbers).unwrap_err().to_string().contains("no element"));
        assert!(op.result(&DType::Str).is_err());
    }
}
