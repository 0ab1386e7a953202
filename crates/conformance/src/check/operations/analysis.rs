//! Analysis verbs that datasets and arrays share.

use graticule::cftime::AlignOn;
use graticule::{Boundary, DataArray, Dataset, Keep, PadMode, Reducer, Side};
use serde_json::Value;

use super::arguments::{array, dims, operand, over, register, scalar};
use super::options::{
    calculus, either, extremes, fits, gaps, given, interpolation, name_of, padding,
    quantile_options, quantiles, reducer,
};
use super::{Register, Registers, Step};
use graticule::dataset::Operand;

/// The windows or blocks along dimensions named by keyword, or in a map.
fn lengths<'a>(step: &Step<'a>, options: &'a [&str]) -> Result<Vec<(&'a str, usize)>, String> {
    let map = step.args.first().filter(|v| v.is_object());
    let named = given(map.unwrap_or(step.kw), options);
    let length = |(dim, n): (&'a str, &Value)| match n.as_u64() {
        Some(n) => Ok((dim, n as usize)),
        None => Err(format!("{n} elements along {dim}")),
    };
    named.map(length).collect()
}

/// The boundary and the side of blocks.
fn edges(kw: &Value) -> Result<(Boundary, Side), String> {
    let boundary = match kw["boundary"].as_str().unwrap_or("exact") {
        "exact" => Boundary::Exact,
        "trim" => Boundary::Trim,
        "pad" => Boundary::Pad,
        other => return Err(format!("the boundary {other}")),
    };
    match kw["side"].as_str().unwrap_or("left") {
        "left" => Ok((boundary, Side::Left)),
        "right" => Ok((boundary, Side::Right)),
        other => Err(format!("the side {other}")),
    }
}

/// How coordinates of blocks are reduced: all alike, and by name.
type CoordFuncs = (Option<Reducer>, Vec<(String, Reducer)>);

fn coord_funcs(kw: &Value) -> Result<CoordFuncs, String> {
    let of = |name: &Value| {
        let found = reducer(name.as_str().unwrap_or_default(), &Value::Null);
        found.unwrap_or_else(|| Err(format!("coordinates by {name}")))
    };
    Ok(match &kw["coord_func"] {
        Value::Null => (None, Vec::new()),
        Value::Object(map) => {
            let own = map.iter().map(|(name, by)| Ok((name.clone(), of(by)?)));
            (None, own.collect::<Result<_, String>>()?)
        }
        one => (Some(of(one)?), Vec::new()),
    })
}

/// How many elements are put before and behind a dimension.
fn pair(value: &Value) -> Result<(usize, usize), String> {
    let wrong = || format!("{value} elements of padding");
    match value {
        Value::Array(list) => match list.as_slice() {
            [a, b] => {
                let (a, b) = (a.as_u64(), b.as_u64());
                Ok((a.ok_or_else(wrong)? as usize, b.ok_or_else(wrong)? as usize))
            }
            _ => Err(wrong()),
        },
        one => one.as_u64().map(|n| (n as usize, n as usize)).ok_or_else(wrong),
    }
}

/// What the names of options of `interp` are.
const INTERP: &[&str] = &["method", "assume_sorted", "kwargs", "method_non_numeric"];

macro_rules! analysis {
    ($name:ident, $type:ty, $Made:ident, $Windows:ident, $Blocks:ident, $Weights:ident) => {
        /// A verb of analysis, if it is one.
        pub(crate) fn $name(
            on: &$type,
            step: &Step<'_>,
            registers: &Registers,
        ) -> Result<Option<Register>, String> {
            let kw = step.kw;
            Ok(Some(Register::$Made(match step.verb {
                "rolling" => {
                    let windows = lengths(step, &["center", "min_periods"])?;
                    let dims: Vec<&str> = windows.iter().map(|(d, _)| *d).collect();
                    let mut made = on.rolling_over(windows);
                    if let Some(n) = kw["min_periods"].as_u64() {
                        made = made.min_periods(n as usize);
                    }
                    for dim in dims {
                        let center = match &kw["center"] {
                            Value::Object(map) => map.get(dim).and_then(Value::as_bool),
                            other => other.as_bool(),
                        };
                        made = made.center_along(dim, center.unwrap_or(false));
                    }
                    return Ok(Some(Register::$Windows(made)));
                }
                "cumulative" => {
                    let mut made = on.cumulative(name_of(step, 0, "dim")?);
                    if let Some(n) = kw["min_periods"].as_u64() {
                        made = made.min_periods(n as usize);
                    }
                    return Ok(Some(Register::$Windows(made)));
                }
                "coarsen" => {
                    let options = ["boundary", "side", "coord_func"];
                    let (boundary, side) = edges(kw)?;
                    let blocks = on.coarsen_over(lengths(step, &options)?);
                    let mut blocks = blocks.boundary(boundary).side(side);
                    let (all, own) = coord_funcs(kw)?;
                    if let Some(by) = all {
                        blocks = blocks.coord_func(by);
                    }
                    for (name, by) in own {
                        blocks = blocks.coord_func_of(&name, by);
                    }
                    return Ok(Some(Register::$Blocks(blocks)));
                }
                "weighted" => {
                    let weights = either(step, 0, "weights").and_then(Value::as_str);
                    let Register::Array(weights) = register(weights.unwrap_or(""), registers)?
                    else {
                        return Err("weights that are no array".into());
                    };
                    return Ok(Some(Register::$Weights(on.weighted(&weights))));
                }
                "polyfit" => {
                    let degree = either(step, 1, "deg").and_then(Value::as_u64);
                    let degree = degree.ok_or("polyfit of no degree")? as usize;
                    let dim = name_of(step, 0, "dim")?;
                    return Ok(Some(Register::Set(on.polyfit_with(dim, degree, &fits(step)?))));
                }
                "quantile" => {
                    let (q, options) = quantiles(step)?;
                    let behind = step.args.get(1..).unwrap_or_default();
                    on.quantile_with(q, over(behind, kw)?, options)
                }
                "median" => on.median_with(over(step.args, kw)?, quantile_options(step)?),
                "idxmax" | "idxmin" => {
                    let dim = match either(step, 0, "dim") {
                        Some(_) => name_of(step, 0, "dim")?.to_owned(),
                        None => on.dims().first().map(|d| d.as_str().to_owned()).unwrap_or_default(),
                    };
                    let options = extremes(step)?;
                    match step.verb {
                        "idxmax" => on.idxmax_with(&dim, &options),
                        _ => on.idxmin_with(&dim, &options),
                    }
                }
                "argmax" => on.argmax(over(step.args, kw)?),
                "argmin" => on.argmin(over(step.args, kw)?),
                "interp" => {
                    let options = interpolation(kw)?;
                    let map = step.args.first().filter(|v| v.is_object());
                    let mut points = Vec::new();
                    let mut made = on.clone();
                    for (dim, at) in given(map.unwrap_or(kw), INTERP) {
                        made = match at {
                            Value::Array(list) => made.interp_with(dim, array(list)?, options),
                            Value::String(text) if text.starts_with('$') => {
                                let Register::Array(labels) = register(text, registers)? else {
                                    return Err(format!("{text} is no array of labels"));
                                };
                                let own = labels.dims().iter().all(|d| d == dim);
                                if !own {
                                    points.push((dim, labels));
                                    continue;
                                }
                                made.interp_with(dim, labels.data(), options)
                            }
                            one => made.interp_with(dim, scalar(one)?, options),
                        };
                    }
                    match points.is_empty() {
                        true => made,
                        false => made.interp_points(points.iter().map(|(d, a)| (*d, a))),
                    }
                }
                "interp_like" => {
                    let other = operand(step.args.first().unwrap_or(&Value::Null), registers)?;
                    let options = interpolation(kw)?;
                    on.interp_like(&like(other)?, options)
                }
                "integrate" => on.integrate_with(name_of(step, 0, "coord")?, &calculus(step)?),
                "cumulative_integrate" => {
                    on.cumulative_integrate_with(name_of(step, 0, "coord")?, &calculus(step)?)
                }
                "differentiate" => {
                    on.differentiate_with(name_of(step, 0, "coord")?, &calculus(step)?)
                }
                "ffill" | "bfill" => {
                    let dim = name_of(step, 0, "dim")?;
                    let limit = either(step, 1, "limit").and_then(Value::as_u64);
                    match (step.verb, limit) {
                        ("ffill", None) => on.ffill(dim),
                        ("ffill", Some(n)) => on.ffill_limit(dim, n as usize),
                        (_, None) => on.bfill(dim),
                        (_, Some(n)) => on.bfill_limit(dim, n as usize),
                    }
                }
                "interpolate_na" => {
                    on.interpolate_na_with(name_of(step, 0, "dim")?, &gaps(step)?)
                }
                "pad" => {
                    let options = [
                        "mode",
                        "stat_length",
                        "constant_values",
                        "end_values",
                        "reflect_type",
                        "keep_attrs",
                    ];
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let map = map.get("pad_width").unwrap_or(map);
                    let mode: PadMode = padding(kw)?;
                    let mut made = on.clone();
                    for (dim, widths) in given(map, &options) {
                        let (before, behind) = pair(widths)?;
                        made = made.pad(dim, before, behind, mode.clone());
                    }
                    made
                }
                "drop_duplicates" => {
                    let keep = match &kw["keep"] {
                        Value::String(text) if text == "last" => Keep::Last,
                        Value::Bool(false) => Keep::None,
                        _ => Keep::First,
                    };
                    let all = dims(either(step, 0, "dim").ok_or("drop_duplicates of nothing")?)?;
                    all.iter().fold(on.clone(), |made, dim| made.drop_duplicates(dim, keep))
                }
                "head" | "tail" | "thin" => {
                    let map = step.args.first().filter(|v| v.is_object());
                    let all = step.args.first().and_then(Value::as_u64);
                    let named: Vec<(String, usize)> = match all {
                        Some(n) => {
                            on.dims().iter().map(|d| (d.to_string(), n as usize)).collect()
                        }
                        None => given(map.unwrap_or(kw), &[])
                            .map(|(d, n)| (d.to_owned(), n.as_u64().unwrap_or(5) as usize))
                            .collect(),
                    };
                    named.iter().fold(on.clone(), |made, (dim, n)| match step.verb {
                        "head" => made.head(dim, *n),
                        "tail" => made.tail(dim, *n),
                        _ => made.thin(dim, *n),
                    })
                }
                "convert_calendar" => {
                    let to = step.args.first().or_else(|| kw.get("calendar"));
                    let to = to.and_then(Value::as_str).ok_or("a calendar without a name")?;
                    let to = graticule::Calendar::parse(to).map_err(|e| e.to_string())?;
                    let dim = kw["dim"].as_str().unwrap_or("time");
                    match kw["align_on"].as_str() {
                        None => on.convert_calendar(dim, to),
                        Some("date") => on.convert_calendar_on(dim, to, AlignOn::Date),
                        Some("year") => on.convert_calendar_on(dim, to, AlignOn::Year),
                        Some(other) => return Err(format!("calendars aligned on {other}")),
                    }
                }
                "assign_attrs" | "drop_attrs" | "drop_encoding" | "unify_chunks" => on.clone(),
                _ => return Ok(None),
            })))
        }
    };
}

trait Like: Sized {
    fn like(other: Operand) -> Result<Self, String>;
}

impl Like for DataArray {
    fn like(other: Operand) -> Result<Self, String> {
        match other {
            Operand::Array(array) => Ok(array),
            _ => Err("the labels of something else than an array".into()),
        }
    }
}

impl Like for Dataset {
    fn like(other: Operand) -> Result<Self, String> {
        match other {
            Operand::Set(set) => Ok(set),
            Operand::Array(array) => Ok(array.coords().to_dataset()),
            Operand::Scalar(_) => Err("the labels of a number".into()),
        }
    }
}

fn like<T: Like>(other: Operand) -> Result<T, String> {
    T::like(other)
}

analysis!(analysis_of_set, Dataset, Set, SetWindows, SetBlocks, SetWeights);
analysis!(analysis_of_array, DataArray, Array, ArrayWindows, ArrayBlocks, ArrayWeights);
