//! Whether elements are among some values.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::text::Text;

/// Checks that values of these types can be among elements of that one.
pub(super) fn check(values: &[Scalar], input: &DType) -> Result<()> {
    let fits = |v: &Scalar| match (input, v) {
        (DType::Str, Scalar::Str(_)) | (DType::Duration(_), Scalar::Duration(..)) => true,
        (DType::Time(a), Scalar::Time(_, b)) => a.calendar == b.calendar,
        (input, v) => input.is_real() && v.as_f64().is_some(),
    };
    match values.iter().find(|v| !fits(v)) {
        None => Ok(()),
        Some(v) => Err(Error::mismatch(format!(
            "a value of type {} is never among elements of type {input}",
            v.dtype()
        ))),
    }
}

/// Whether each element equals one of the values; missing ones equal none.
pub(super) fn is_in(input: &Array, values: &[Scalar]) -> Result<Array> {
    fn flags<T: Ord>(elements: &[T], mut values: Vec<T>, there: impl Fn(&T) -> bool) -> Vec<bool> {
        values.sort_unstable();
        elements.iter().map(|e| there(e) && values.binary_search(e).is_ok()).collect()
    }
    let ticks = |nanos: i64| -> Vec<i64> {
        // A value between two ticks of the elements equals none of them.
        let one = |v: &Scalar| {
            let (tick, unit) = match v {
                Scalar::Time(tick, of) => (*tick, of.unit),
                Scalar::Duration(tick, unit) => (*tick, *unit),
                _ => return None,
            };
            let wide = i128::from(tick) * i128::from(unit.nanos());
            let whole = wide % i128::from(nanos) == 0;
            i64::try_from(wide / i128::from(nanos)).ok().filter(|_| whole)
        };
        values.iter().filter_map(one).collect()
    };
    let found = match input.dtype() {
        DType::Str => {
            let texts: Vec<Text> = values
                .iter()
                .filter_map(|v| if let Scalar::Str(t) = v { Some(t.clone()) } else { None })
                .collect();
            flags(&input.to_flat::<Text>()?, texts, |t| !t.is_missing())
        }
        DType::Time(of) => {
            flags(&input.to_flat::<i64>()?, ticks(of.unit.nanos()), |t| *t != crate::MISSING_TICK)
        }
        DType::Duration(of) => {
            flags(&input.to_flat::<i64>()?, ticks(of.nanos()), |t| *t != crate::MISSING_TICK)
        }
        dtype if dtype.is_float() => {
            // Zeros of both signs are equal; NaN equals nothing.
            let bits = |v: f64| (v + 0.0).to_bits();
            let own = |v: &Scalar| {
                let v = v.as_f64()?;
                let v = if *dtype == DType::F32 { f64::from(v as f32) } else { v };
                (!v.is_nan()).then(|| bits(v))
            };
            let elements = input.cast(&DType::F64)?.to_flat::<f64>()?;
            let elements: Vec<u64> = elements.into_iter().map(bits).collect();
            flags(&elements, values.iter().filter_map(own).collect(), |_| true)
        }
        DType::U64 => {
            let own = |v: &Scalar| match v {
                Scalar::U64(v) => Some(*v),
                v => whole(v).and_then(|v| u64::try_from(v).ok()),
            };
            flags(&input.to_flat::<u64>()?, values.iter().filter_map(own).collect(), |_| true)
        }
        _ => {
            let elements = input.cast(&DType::I64)?.to_flat::<i64>()?;
            flags(&elements, values.iter().filter_map(whole).collect(), |_| true)
        }
    };
    Array::from_vec(input.shape(), found)
}

/// A number without a fraction as an integer.
fn whole(value: &Scalar) -> Option<i64> {
    let from_real =
        || value.as_f64().filter(|v| v.fract() == 0.0 && v.abs() < 9.2e18).map(|v| v as i64);
    value.as_i64().or_else(from_real)
}

#[cfg(test)]
mod tests {
    use crate::{Array, MapOp, Scalar, Text};

    fn found(input: &Array, values: Vec<Scalar>) -> Vec<bool> {
        MapOp::IsIn(values.into()).apply(input).unwrap().to_flat::<bool>().unwrap()
    }

    #[test]
    fn elements_among_values() {
        let whole = Array::from_vec([4], vec![1i16, 2, 3, 2]).unwrap();
        assert_eq!(found(&whole, vec![2.into(), 9.into()]), [false, true, false, true]);
        assert_eq!(found(&whole, vec![2.5.into(), 3.0.into()]), [false, false, true, false]);
        let real = Array::from_vec([4], vec![0.1f32, -0.0, f32::NAN, 5.0]).unwrap();
        let values = vec![Scalar::F64(0.1), 0.0.into(), f64::NAN.into()];
        assert_eq!(found(&real, values), [true, true, false, false]);
        let text = Array::from_vec([2], vec![Text::from("a"), Text::from("b")]).unwrap();
        assert_eq!(found(&text, vec!["b".into()]), [false, true]);
        assert_eq!(found(&text, Vec::new()), [false, false]);
        assert!(MapOp::IsIn([Scalar::from(1)].into()).apply(&text).is_err());
        let large = Array::from_vec([1], vec![u64::MAX]).unwrap();
        assert_eq!(found(&large, vec![Scalar::U64(u64::MAX)]), [true]);
        assert_eq!(found(&large, vec![(-1).into()]), [false]);
    }
}
