//! From datasets to JSON.

use graticule_array::{Array, DType, Error, Result, Scalar};
use graticule_cftime::{MISSING, TimeUnit, format_iso};

use super::Json;
use crate::attrs::Attrs;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

pub(super) fn dataset(ds: &Dataset, data: bool) -> Result<Json> {
    let variables = |vars: Vec<(&Name, &Variable)>| -> Result<Json> {
        let made = vars.into_iter().map(|(name, var)| {
            let made = variable(var, data).map_err(|e| e.in_variable(name.as_str()))?;
            Ok((name.to_string(), made))
        });
        made.collect::<Result<Vec<_>>>().map(Json::Object)
    };
    let sizes = ds.sizes().map(|(dim, len)| (dim.to_string(), Json::Number(len.to_string())));
    Ok(object([
        ("coords", variables(ds.coord_vars().collect())?),
        ("attrs", attrs(ds.attrs())?),
        ("dims", Json::Object(sizes.collect())),
        ("data_vars", variables(ds.data_vars().collect())?),
    ]))
}

/// The name of a type, calendar and all.
pub(super) fn type_name(dtype: &DType) -> String {
    match dtype {
        DType::Time(t) => format!("time[{}, {}]", t.unit, t.calendar.name()),
        other => other.to_string(),
    }
}

fn variable(var: &Variable, data: bool) -> Result<Json> {
    let dims = Json::List(var.dims().iter().map(|d| Json::Text(d.to_string())).collect());
    let shape = var.shape().iter().map(|n| Json::Number(n.to_string()));
    let mut members = vec![
        ("dims".to_owned(), dims),
        ("attrs".to_owned(), attrs(var.attrs())?),
        ("dtype".to_owned(), Json::Text(type_name(var.dtype()))),
    ];
    if data {
        let array = var.in_memory().ok_or_else(|| Error::bug("data is not in memory"))?;
        members.push(("data".to_owned(), values(array)?));
    } else {
        members.push(("shape".to_owned(), Json::List(shape.collect())));
    }
    Ok(Json::Object(members))
}

/// Attributes; those that are neither texts, `int64` nor `float64` with their type beside.
pub(super) fn attrs(attrs: &Attrs) -> Result<Json> {
    let made = attrs.iter().map(|(name, value)| {
        let array = value.array();
        let plain = values(array).map_err(|e| e.context(format!("in the attribute \"{name}\"")))?;
        let usual = match array.dtype() {
            DType::Str | DType::I64 => true,
            DType::F64 => float_text(&plain),
            _ => false,
        };
        let value = match usual {
            true => plain,
            false => object([("dtype", Json::Text(type_name(array.dtype()))), ("data", plain)]),
        };
        Ok((name.to_string(), value))
    });
    made.collect::<Result<Vec<_>>>().map(Json::Object)
}

/// Whether numbers are seen to be no integers, nor missing.
fn float_text(value: &Json) -> bool {
    match value {
        Json::Number(text) => text.contains(['.', 'e']),
        Json::List(items) => !items.is_empty() && items.iter().all(float_text),
        _ => false,
    }
}

/// Nested lists, row by row.
fn values(array: &Array) -> Result<Json> {
    let flat = array.reshape(&[array.len()])?;
    let mut items = Vec::with_capacity(flat.len());
    for i in 0..flat.len() {
        items.push(scalar(&flat.get(&[i])?)?);
    }
    for len in array.shape().iter().skip(1).rev() {
        let rows = items.len().checked_div(*len).unwrap_or(0);
        let mut items_left = items.into_iter();
        items = (0..rows).map(|_| Json::List(items_left.by_ref().take(*len).collect())).collect();
    }
    match array.shape() {
        [] => items.pop().ok_or_else(|| Error::bug("a scalar without a value")),
        _ => Ok(Json::List(items)),
    }
}

fn float(value: f64, text: String) -> Json {
    match value {
        v if v.is_nan() => Json::Null,
        v if v.is_infinite() => Json::Text(if v > 0.0 { "Infinity" } else { "-Infinity" }.into()),
        _ => Json::Number(text),
    }
}

fn scalar(value: &Scalar) -> Result<Json> {
    Ok(match value {
        Scalar::Bool(v) => Json::Bool(*v),
        Scalar::F16(v) => float(v.to_f64(), format!("{:?}", v.to_f32())),
        Scalar::F32(v) => float(f64::from(*v), format!("{v:?}")),
        Scalar::F64(v) => float(*v, format!("{v:?}")),
        Scalar::U64(v) => Json::Number(v.to_string()),
        Scalar::Str(v) => v.as_str().map_or(Json::Null, |t| Json::Text(t.to_owned())),
        Scalar::Time(MISSING, _) | Scalar::Duration(MISSING, _) => Json::Null,
        Scalar::Time(tick, t) => {
            let mut text = format_iso(*tick, t.unit, t.calendar);
            if t.unit == TimeUnit::Nanosecond && tick.rem_euclid(1000) != 0 {
                // The form has microseconds.
                text.push_str(&format!("{:03}", tick.rem_euclid(1000)));
            }
            Json::Text(text)
        }
        Scalar::Duration(tick, _) => Json::Number(tick.to_string()),
        other => match other.as_i64() {
            Some(v) => Json::Number(v.to_string()),
            None => return Err(Error::unsupported(format!("{} as JSON", other.dtype()))),
        },
    })
}
