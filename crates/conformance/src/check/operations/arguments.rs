//! From the arguments of a step to those of the library.

use graticule::array::{Array, Scalar, Text};
use graticule::dataset::{Operand, Over};
use graticule::{Dims, Indexer, Label, Selector, near};
use serde_json::Value;

use super::{Register, Registers};

/// The register that a text such as `$x` names.
pub(crate) fn register(name: &str, registers: &Registers) -> Result<Register, String> {
    let name = name.strip_prefix('$').ok_or_else(|| format!("{name} is not a register"))?;
    registers.get(name).cloned().ok_or_else(|| format!("no register {name}"))
}

/// A number, truth value or text.
pub(crate) fn scalar(value: &Value) -> Result<Scalar, String> {
    match value {
        Value::Bool(b) => Ok(Scalar::from(*b)),
        Value::String(s) => Ok(Scalar::from(s.as_str())),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Ok(Scalar::from(i)),
            (None, Some(f)) => Ok(Scalar::from(f)),
            (None, None) => Err(format!("the number {n}")),
        },
        other => Err(format!("{other} where a single value is expected")),
    }
}

/// The other side of an operation: a register or a value.
pub(crate) fn operand(value: &Value, registers: &Registers) -> Result<Operand, String> {
    match value.as_str().filter(|s| s.starts_with('$')) {
        None => scalar(value).map(Operand::from),
        Some(name) => match register(name, registers)? {
            Register::Set(set) => Ok(Operand::from(set)),
            Register::Array(array) => Ok(Operand::from(array)),
            _ => Err(format!("{name} is a grouping")),
        },
    }
}

/// Names of dimensions or variables: one or a list.
pub(crate) fn names(value: &Value) -> Result<Vec<String>, String> {
    let text = |v: &Value| v.as_str().map(String::from).ok_or_else(|| format!("{v} is no name"));
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

pub(crate) fn dims(value: &Value) -> Result<Dims, String> {
    Ok(names(value)?.iter().map(String::as_str).collect())
}

/// The dimensions of a reduction: the first argument, or `dim`, or all.
pub(crate) fn over(args: &[Value], kw: &Value) -> Result<Over, String> {
    let given = args.first().or_else(|| kw.get("dim"));
    match given {
        None | Some(Value::Null) => Ok(Over::from(..)),
        Some(Value::String(text)) if text == "..." => Ok(Over::from(..)),
        Some(value) => Ok(Over::from(dims(value)?)),
    }
}

fn whole(value: &Value) -> Result<Option<i64>, String> {
    match value {
        Value::Null => Ok(None),
        other => other.as_i64().map(Some).ok_or_else(|| format!("{other} is no position")),
    }
}

/// The three parts of `{"slice": [start, stop, step]}`.
fn slice(value: &Value) -> Option<(&Value, &Value, &Value)> {
    match value.get("slice")?.as_array()?.as_slice() {
        [start, stop, step] => Some((start, stop, step)),
        _ => None,
    }
}

/// Positions for `isel`.
pub(crate) fn indexer(value: &Value) -> Result<Indexer, String> {
    if let Some((start, stop, step)) = slice(value) {
        let step = whole(step)?.unwrap_or(1);
        return Ok(Indexer::Range { start: whole(start)?, stop: whole(stop)?, step });
    }
    let position = |v: &Value| v.as_i64().ok_or_else(|| format!("{v} is no position"));
    match value {
        Value::Array(list) => {
            Ok(Indexer::List(list.iter().map(position).collect::<Result<_, _>>()?))
        }
        one => Ok(Indexer::At(position(one)?)),
    }
}

/// Values in one array: integers, else numbers, else text.
pub(crate) fn array(list: &[Value]) -> Result<Array, String> {
    let message = |e: graticule::Error| e.to_string();
    let shape = [list.len()];
    if let Some(ints) = list.iter().map(Value::as_i64).collect::<Option<Vec<_>>>() {
        return Array::from_vec(shape, ints).map_err(message);
    }
    if let Some(floats) = list.iter().map(Value::as_f64).collect::<Option<Vec<_>>>() {
        return Array::from_vec(shape, floats).map_err(message);
    }
    let texts = list.iter().map(|v| v.as_str().map(Text::from)).collect::<Option<Vec<_>>>();
    let texts = texts.ok_or_else(|| format!("a list of mixed values: {list:?}"))?;
    Array::from_vec(shape, texts).map_err(message)
}

/// Labels for `sel`.
pub(crate) fn selector(value: &Value, kw: &Value) -> Result<Selector, String> {
    if let Some((start, stop, step)) = slice(value) {
        if !step.is_null() {
            return Err("a label slice with a step".into());
        }
        let label = |v: &Value| match v {
            Value::Null => Ok(None),
            other => scalar(other).map(|s| Some(Label::from(s))),
        };
        return Ok(Selector::Range { start: label(start)?, stop: label(stop)?, inclusive: true });
    }
    let labels = match value {
        Value::Array(list) => Selector::List(array(list)?),
        one => Selector::One(Label::from(scalar(one)?)),
    };
    let Some(method) = kw["method"].as_str() else { return Ok(labels) };
    let labels = match value {
        Value::Array(list) => array(list)?,
        one => scalar(one)?.fill(&[]).map_err(|e| e.to_string())?,
    };
    let mut close = near(labels);
    close = match method {
        "nearest" => close,
        "pad" | "ffill" => close.pad(),
        "backfill" | "bfill" => close.backfill(),
        other => return Err(format!("the method {other}")),
    };
    if !kw["tolerance"].is_null() {
        close = close.within(scalar(&kw["tolerance"])?);
    }
    Ok(Selector::from(close))
}
