//! Verbs that put objects together or compare them.

use graticule::dataset::{Lacking, Operand, ReindexOptions};
use graticule::{
    Array, CombineOptions, Compat, ConcatDim, DataArray, Dataset, Join, Selector, Vars,
};
use serde_json::Value;

use super::arguments::{array, operand, over, register, scalar};
use super::options::{either, given};
use super::{Register, Registers, Step};

// By value, because `map_err` gives it so.
#[allow(clippy::needless_pass_by_value)]
fn message(error: graticule::Error) -> String {
    error.to_string()
}

/// The objects of a list: all arrays, or datasets.
enum Objects {
    Arrays(Vec<DataArray>),
    Sets(Vec<Dataset>),
}

fn objects(list: &[Value], registers: &Registers) -> Result<Objects, String> {
    let found: Vec<Register> = list
        .iter()
        .map(|item| register(item.as_str().unwrap_or_default(), registers))
        .collect::<Result<_, _>>()?;
    let arrays: Option<Vec<DataArray>> = found
        .iter()
        .map(|r| if let Register::Array(a) = r { Some(a.clone()) } else { None })
        .collect();
    match arrays {
        Some(arrays) => Ok(Objects::Arrays(arrays)),
        None => {
            let set = |r| match r {
                Register::Set(set) => Ok(set),
                Register::Array(array) => Ok(array.to_dataset()),
                _ => Err("an object that is neither a dataset nor an array".to_owned()),
            };
            Ok(Objects::Sets(found.into_iter().map(set).collect::<Result<_, _>>()?))
        }
    }
}

fn join_of(name: &str) -> Result<Join, String> {
    Ok(match name {
        "exact" => Join::Exact,
        "outer" => Join::Outer,
        "inner" => Join::Inner,
        "left" => Join::Left,
        "right" => Join::Right,
        "override" => Join::Override,
        other => return Err(format!("the join {other}")),
    })
}

fn vars_of(value: &Value) -> Result<Vars, String> {
    Ok(match value.as_str() {
        Some("minimal") => Vars::Minimal,
        Some("different") => Vars::Different,
        Some("all") => Vars::All,
        None if value.is_array() => Vars::Only(super::arguments::names(value)?),
        _ => return Err(format!("the variables {value}")),
    })
}

/// The options of combining that keywords stand for. What they leave open is as in the
/// references, which are of the old defaults: outer joins that fill.
fn combining(kw: &Value, others: &[&str]) -> Result<CombineOptions, String> {
    let mut options = CombineOptions::new().join(Join::Outer).lacking(Lacking::Fill);
    for (key, value) in given(kw, others) {
        options = match (key, value.as_str()) {
            ("join", Some(name)) => options.join(join_of(name)?),
            ("compat", Some(name)) => options.compat(match name {
                "equals" => Compat::Equals,
                "identical" => Compat::Identical,
                "broadcast_equals" => Compat::BroadcastEquals,
                "no_conflicts" => Compat::NoConflicts,
                "override" => Compat::Override,
                "minimal" => Compat::Minimal,
                other => return Err(format!("the compat {other}")),
            }),
            ("data_vars", _) => options.data_vars(vars_of(value)?),
            ("coords", _) => options.coords(vars_of(value)?),
            ("fill_value", _) => options.fill_value(scalar(value)?),
            ("combine_attrs", _) => options,
            _ => return Err(format!("the option {key}={value}")),
        };
    }
    Ok(options.allow_compare_values())
}

fn dim_of(value: &Value, kw: &Value, registers: &Registers) -> Result<ConcatDim, String> {
    match value {
        Value::String(text) if text.starts_with('$') => match register(text, registers)? {
            Register::Array(labels) => Ok(ConcatDim::from(&labels)),
            _ => Err(format!("{text} is no dimension")),
        },
        Value::String(name) => Ok(ConcatDim::from(name.as_str())),
        Value::Array(list) => {
            let name = kw["name"].as_str().unwrap_or("concat_dim");
            Ok(ConcatDim::from(&DataArray::new(name, name, array(list)?)))
        }
        other => Err(format!("concat along {other}")),
    }
}

/// A function of several objects, if it is one.
pub(crate) fn of_several(
    step: &Step<'_>,
    registers: &Registers,
) -> Result<Option<Register>, String> {
    let kw = step.kw;
    let list = || -> Result<Objects, String> {
        match step.args {
            [Value::Array(list), ..] => objects(list, registers),
            list => objects(list, registers),
        }
    };
    Ok(Some(match step.verb {
        "concat" => {
            let dim = either(step, 1, "dim").ok_or("concat along no dimension")?;
            let dim = dim_of(dim, kw, registers)?;
            let options = combining(kw, &["dim", "name", "positions", "create_index_for_new_dim"])?;
            match list()? {
                Objects::Arrays(arrays) => Register::Array(
                    graticule::concat_with(&arrays, dim, &options).map_err(message)?,
                ),
                Objects::Sets(sets) => {
                    Register::Set(graticule::concat_with(&sets, dim, &options).map_err(message)?)
                }
            }
        }
        "merge" => {
            let options = combining(kw, &[])?;
            Register::Set(
                match list()? {
                    Objects::Arrays(arrays) => graticule::merge_with(&arrays, &options),
                    Objects::Sets(sets) => graticule::merge_with(&sets, &options),
                }
                .map_err(message)?,
            )
        }
        "combine_by_coords" | "combine_nested" => {
            let options = combining(kw, &["concat_dim"])?;
            let sets = match list()? {
                Objects::Arrays(arrays) => arrays.iter().map(DataArray::to_dataset).collect(),
                Objects::Sets(sets) => sets,
            };
            let made = match kw["concat_dim"].as_str() {
                Some(dim) => graticule::concat_with(&sets, dim, &options),
                None => graticule::combine_by_coords(&sets, &options),
            };
            Register::Set(made.map_err(message)?)
        }
        "dot" => {
            let Objects::Arrays(arrays) = objects(step.args, registers)? else {
                return Err("dot of something else than arrays".into());
            };
            let over = match kw.get("dim") {
                None | Some(Value::Null) => graticule::dataset::Over::Default,
                Some(_) => over(&[], kw)?,
            };
            let name = arrays.first().and_then(|a| a.name().map(String::from));
            let made = graticule::dot(&arrays, over);
            Register::Array(made.with_name(name.unwrap_or_default()))
        }
        "polyval" => match objects(step.args, registers)? {
            Objects::Arrays(arrays) => match arrays.as_slice() {
                [at, coefficients] => Register::Array(graticule::polyval(at, coefficients)),
                _ => return Err("polyval needs two arrays".into()),
            },
            Objects::Sets(_) => return Err("polyval of datasets".into()),
        },
        "zeros_like" | "ones_like" | "full_like" => {
            let value = match step.verb {
                "zeros_like" => 0.into(),
                "ones_like" => 1.into(),
                _ => scalar(either(step, 1, "fill_value").ok_or("full_like of nothing")?)?,
            };
            let on = register(step.args.first().and_then(Value::as_str).unwrap_or(""), registers)?;
            match on {
                Register::Array(array) => Register::Array(array.full_like(value)),
                Register::Set(set) => Register::Set(set.full_like(value)),
                _ => return Err("like neither a dataset nor an array".into()),
            }
        }
        _ => return Ok(None),
    }))
}

/// Labels to reindex to.
fn labels(value: &Value, registers: &Registers) -> Result<Selector, String> {
    match value {
        Value::Array(list) => Ok(Selector::List(array(list)?)),
        Value::String(text) if text.starts_with('$') => match register(text, registers)? {
            Register::Array(labels) => Ok(Selector::from(&labels)),
            _ => Err(format!("{text} is no array of labels")),
        },
        one => {
            let label: Array = scalar(one)?.fill(&[1]).map_err(message)?;
            Ok(Selector::List(label))
        }
    }
}

fn reindexing(kw: &Value) -> Result<ReindexOptions, String> {
    let mut options = ReindexOptions::new();
    options = match kw["method"].as_str() {
        None => options,
        Some("nearest") => options.method(graticule::Method::Nearest),
        Some("pad" | "ffill") => options.method(graticule::Method::Pad),
        Some("backfill" | "bfill") => options.method(graticule::Method::Backfill),
        Some(other) => return Err(format!("the method {other}")),
    };
    if !kw["tolerance"].is_null() {
        options = options.tolerance(scalar(&kw["tolerance"])?);
    }
    if !kw["fill_value"].is_null() {
        options = options.fill_value(scalar(&kw["fill_value"])?);
    }
    Ok(options)
}

const REINDEX: &[&str] = &["method", "tolerance", "copy", "fill_value"];

macro_rules! joining {
    ($name:ident, $type:ty, $Made:ident) => {
        /// A verb with another object, if it is one.
        pub(crate) fn $name(
            on: &$type,
            step: &Step<'_>,
            registers: &Registers,
        ) -> Result<Option<Register>, String> {
            let kw = step.kw;
            let other = || -> Result<$type, String> {
                let name = step.args.first().or_else(|| kw.get("other"));
                match register(name.and_then(Value::as_str).unwrap_or(""), registers)? {
                    Register::$Made(other) => Ok(other),
                    _ => Err(format!("{} with an object of another kind", step.verb)),
                }
            };
            Ok(Some(Register::$Made(match step.verb {
                "reindex" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let by = given(map, REINDEX)
                        .map(|(dim, at)| Ok((dim.to_owned(), labels(at, registers)?)))
                        .collect::<Result<Vec<_>, String>>()?;
                    on.reindex_with(by, &reindexing(kw)?)
                }
                "reindex_like" => {
                    let other = operand(step.args.first().unwrap_or(&Value::Null), registers)?;
                    let other: Dataset = match other {
                        Operand::Array(array) => array.coords().to_dataset(),
                        Operand::Set(set) => set,
                        Operand::Scalar(_) => return Err("the labels of a number".into()),
                    };
                    on.reindex_like_with(other, &reindexing(kw)?)
                }
                "combine_first" => on.combine_first(&other()?),
                "broadcast_like" => {
                    // The dimensions of the other one come first.
                    let both = graticule::broadcast(&[other()?, on.clone()]).map_err(message)?;
                    both.into_iter().next_back().ok_or("broadcasting of nothing")?
                }
                "equals" | "identical" | "broadcast_equals" => {
                    let other = other()?;
                    let same = match step.verb {
                        "equals" => on.equals(&other),
                        "identical" => on.identical(&other),
                        _ => on.broadcast_equals(&other),
                    };
                    return Ok(Some(Register::Value(Value::Bool(same.map_err(message)?))));
                }
                _ => return Ok(None),
            })))
        }
    };
}

joining!(joining_of_set, Dataset, Set);
joining!(joining_of_array, DataArray, Array);

/// Joining that only arrays have.
pub(crate) fn contracted(
    array: &DataArray,
    step: &Step<'_>,
    registers: &Registers,
) -> Result<Option<Register>, String> {
    if step.verb != "dot" {
        return Ok(None);
    }
    let Objects::Arrays(others) = objects(step.args.get(..1).unwrap_or_default(), registers)?
    else {
        return Err("dot of something else than an array".into());
    };
    let over = match either(step, 1, "dim") {
        None => graticule::dataset::Over::Default,
        Some(dim) => over(std::slice::from_ref(dim), &Value::Null)?,
    };
    let made = graticule::dot(std::iter::once(array).chain(&others), over);
    Ok(Some(Register::Array(made.with_name(array.name().unwrap_or_default()))))
}

/// Joining that only datasets have.
pub(crate) fn merged_into(
    set: &Dataset,
    step: &Step<'_>,
    registers: &Registers,
) -> Result<Option<Register>, String> {
    if !matches!(step.verb, "merge" | "update") {
        return Ok(None);
    }
    let other = step.args.first().or_else(|| step.kw.get("other"));
    let other = match operand(other.unwrap_or(&Value::Null), registers)? {
        Operand::Set(other) => other,
        Operand::Array(array) => array.to_dataset(),
        Operand::Scalar(_) => return Err(format!("{} with a number", step.verb)),
    };
    if step.verb == "update" {
        return Ok(Some(Register::Set(set.update(&other))));
    }
    let options = combining(step.kw, &["other", "overwrite_vars"])?;
    let made = graticule::merge_with(&[set.clone(), other], &options).map_err(message)?;
    Ok(Some(Register::Set(made)))
}
