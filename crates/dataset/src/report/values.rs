//! Missing and valid values (2.5.1).

use graticule_array::{DType, Scalar};

use super::{Report, attr};
use crate::attrs::AttrValue;
use crate::dataset::Dataset;
use crate::variable::Variable;

pub(super) fn missing_and_valid(ds: &Dataset, report: &mut Report) {
    for (name, var) in ds.variables() {
        let attrs = var.attrs();
        if attrs.has("valid_range") && (attrs.has("valid_min") || attrs.has("valid_max")) {
            report.error(
                attr("2.5.1", name, "valid_range"),
                "must not stand beside valid_min or valid_max",
            );
        }
        let stored = var.encoding().dtype.as_ref().unwrap_or(var.dtype());
        let kept = [
            ("_FillValue", var.encoding().fill.as_ref()),
            ("missing_value", var.encoding().missing.first()),
        ];
        for (what, value) in kept {
            let dtype =
                value.map(Scalar::dtype).or_else(|| attrs.get(what).map(|v| v.dtype().clone()));
            if let Some(dtype) = dtype.filter(|d| differs(d, stored)) {
                report.error(
                    attr("2.5.1", name, what),
                    format!("is of type {dtype}, the variable is stored as {stored}"),
                );
            }
        }
        if let (Some(fill), Some(missing)) = (&var.encoding().fill, var.encoding().missing.first())
            && fill.as_f64() != missing.as_f64()
            && !(nan(fill) && nan(missing))
        {
            report.advice(attr("2.5.1", name, "missing_value"), "differs from _FillValue");
        }
        if let Some(range) = attrs.get("actual_range") {
            if range.array().len() != 2 {
                report.error(attr("2.5.1", name, "actual_range"), "must have two elements");
            }
            if range_outside(var, range) {
                report.error(
                    attr("2.5.1", name, "actual_range"),
                    "lies outside the range of valid values",
                );
            }
        }
    }
}

fn nan(value: &Scalar) -> bool {
    value.as_f64().is_some_and(f64::is_nan)
}

fn differs(found: &DType, stored: &DType) -> bool {
    let texts = |d: &DType| matches!(d, DType::Str | DType::Char | DType::Bytes(_));
    found != stored && !(texts(found) && texts(stored))
}

fn range_outside(var: &Variable, range: &AttrValue) -> bool {
    let numbers = |v: &AttrValue| {
        v.array().cast(&DType::F64).and_then(|a| a.to_flat::<f64>()).unwrap_or_default()
    };
    // Valid ranges are about packed values.
    if var.encoding().scale.is_some() || var.encoding().offset.is_some() {
        return false;
    }
    let attrs = var.attrs();
    let both = attrs.get("valid_range").map(numbers).unwrap_or_default();
    let low = attrs.get("valid_min").and_then(AttrValue::as_f64).or(both.first().copied());
    let high = attrs.get("valid_max").and_then(AttrValue::as_f64).or(both.get(1).copied());
    let actual = numbers(range);
    let below = low.zip(actual.first()).is_some_and(|(l, a)| *a < l);
    let above = high.zip(actual.get(1)).is_some_and(|(h, a)| *a > h);
    below || above
}
