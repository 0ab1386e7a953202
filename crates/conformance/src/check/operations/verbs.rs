//! The verbs that programs may use, by name. A verb that is not here fails its program.

use graticule::dataset::{Bins, Every, Operand, Over, bins, every};
use graticule::{
    CovOptions, DataArray, DataArrayGroupBy, DataArrayResample, Dataset, DatasetGroupBy,
    DatasetResample, DropNa, Origin, Reducer, Side,
};
use serde_json::Value;

use super::arguments::{array, dims, indexer, names, operand, over, register, scalar, selector};
use super::{Register, Registers, Step};
use crate::check::library;
use crate::corpus::Corpus;

fn unknown(verb: &str, on: &str) -> String {
    format!("the library has no verb \"{verb}\" on {on} yet")
}

fn argument<'a>(step: &Step<'a>, at: usize) -> Result<&'a Value, String> {
    step.args.get(at).ok_or_else(|| format!("{} needs {} arguments", step.verb, at + 1))
}

/// Functions of the package.
pub(crate) fn function(
    corpus: &Corpus,
    step: Step<'_>,
    registers: &Registers,
) -> Result<Register, String> {
    let message = |e: graticule::Error| e.to_string();
    match step.verb {
        "open_dataset" => {
            let file = argument(&step, 0)?.as_str().ok_or("open_dataset of no path")?;
            library::open_one(corpus, file).map(Register::Set).map_err(message)
        }
        "open_mfdataset" => {
            let files = files(corpus, argument(&step, 0)?)?;
            let options = library::combining(step.kw);
            library::open_many(corpus, &files, &options).map(Register::Set).map_err(message)
        }
        "where" => {
            let cond = register(argument(&step, 0)?.as_str().unwrap_or(""), registers)?;
            let Register::Array(cond) = cond else { return Err("where of no array".into()) };
            let (yes, no) = (argument(&step, 1)?, argument(&step, 2)?);
            let Operand::Array(yes) = operand(yes, registers)? else {
                return Err("where that chooses a number".into());
            };
            Ok(Register::Array(yes.where_else(cond, operand(no, registers)?)))
        }
        "concat" => {
            let dim = step.kw["dim"].as_str().ok_or("concat along no dimension")?;
            concat(argument(&step, 0)?, dim, registers)
        }
        "corr" | "cov" => {
            let arrays = [argument(&step, 0)?, argument(&step, 1)?];
            let [Operand::Array(a), Operand::Array(b)] =
                [operand(arrays[0], registers)?, operand(arrays[1], registers)?]
            else {
                return Err(format!("{} of something else than arrays", step.verb));
            };
            let over = over(&[], step.kw)?;
            Ok(Register::Array(match (step.verb, step.kw["ddof"].as_f64()) {
                ("corr", _) => a.corr(&b, over),
                (_, ddof) => a.cov_with(&b, over, &CovOptions::new().ddof(ddof.unwrap_or(1.0))),
            }))
        }
        verb => Err(unknown(verb, "the package")),
    }
}

/// Dimensions and whole numbers given by keyword.
fn steps_along<'a>(kw: &'a Value, options: &[&str]) -> Result<Vec<(&'a str, isize)>, String> {
    let given = kw.as_object().into_iter().flatten();
    given
        .filter(|(key, _)| !options.contains(&key.as_str()))
        .map(|(dim, by)| match by.as_i64() {
            Some(by) => Ok((dim.as_str(), by as isize)),
            None => Err(format!("{by} is no number of positions")),
        })
        .collect()
}

/// Datasets, or arrays of one name, one after the other along a dimension.
fn concat(list: &Value, dim: &str, registers: &Registers) -> Result<Register, String> {
    let mut name = None;
    let mut sets = Vec::new();
    for item in list.as_array().into_iter().flatten() {
        match register(item.as_str().unwrap_or_default(), registers)? {
            Register::Set(set) => sets.push(set),
            Register::Array(array) => {
                name = array.name().map(String::from);
                sets.push(array.to_dataset());
            }
            _ => return Err("concat of groupings".into()),
        }
    }
    let whole = graticule::concat(&sets, dim).map_err(|e| e.to_string())?;
    Ok(match name {
        Some(name) => Register::Array(whole.var(&name)),
        None => Register::Set(whole),
    })
}

/// Paths relative to the corpus: a list, or a pattern.
fn files(corpus: &Corpus, value: &Value) -> Result<Vec<String>, String> {
    match value["glob"].as_str() {
        None => names(value),
        Some(pattern) => {
            let whole = corpus.path(pattern);
            let found = graticule_storage::Location::glob(&whole.to_string_lossy());
            let found = found.map_err(|e| e.to_string())?;
            let root = corpus.path("");
            let relative = found.iter().map(|l| l.path().strip_prefix(&root).unwrap_or(l.path()));
            Ok(relative.map(|p| p.to_string_lossy().into_owned()).collect())
        }
    }
}

/// A reduction by its name, with the options given by keyword.
fn reducer(verb: &str, kw: &Value) -> Option<Result<Reducer, String>> {
    let plain = match verb {
        "count" => graticule::count(),
        "sum" => graticule::sum(),
        "prod" => graticule::prod(),
        "mean" => graticule::mean(),
        "min" => graticule::min(),
        "max" => graticule::max(),
        "any" => graticule::any(),
        "all" => graticule::all(),
        "var" => graticule::var(),
        "std" => graticule::std(),
        "first" => graticule::first(),
        "last" => graticule::last(),
        _ => return None,
    };
    let options = kw.as_object().into_iter().flatten().filter(|(key, _)| *key != "dim");
    Some(options.into_iter().try_fold(plain, |made, (key, value)| {
        match (key.as_str(), value.as_bool(), value.as_f64()) {
            ("skipna", Some(on), _) => Ok(made.skipna(on)),
            ("keep_attrs", Some(on), _) => Ok(made.keep_attrs(on)),
            ("ddof", _, Some(n)) => Ok(made.ddof(n)),
            ("min_count", _, Some(n)) => Ok(made.min_count(n as usize)),
            _ => Err(format!("the option {key}={value} of {verb}")),
        }
    }))
}

fn key<'a>(step: &Step<'a>) -> Result<&'a str, String> {
    argument(step, 0)?.as_str().ok_or_else(|| format!("{} by no name", step.verb))
}

/// The intervals of `groupby_bins`.
fn intervals(step: &Step<'_>) -> Result<Bins, String> {
    let given = argument(step, 1)?;
    let numbers = || given.as_array().into_iter().flatten();
    let whole: Option<Vec<i64>> = numbers().map(Value::as_i64).collect();
    let made = match (given.as_u64(), whole) {
        (Some(count), _) => bins(count as usize),
        (None, Some(edges)) if !edges.is_empty() => bins(edges),
        _ => bins(numbers().filter_map(Value::as_f64).collect::<Vec<f64>>()),
    };
    let options = step.kw.as_object().into_iter().flatten();
    options.into_iter().try_fold(made, |made, (key, value)| {
        Ok(match (key.as_str(), value) {
            ("right", Value::Bool(on)) => made.right(*on),
            ("include_lowest", Value::Bool(on)) => made.include_lowest(*on),
            ("precision", Value::Number(n)) => made.precision(n.as_u64().unwrap_or(3) as usize),
            ("labels", Value::Array(_)) => made.labels(names(value)?),
            _ => return Err(format!("the option {key}={value} of groupby_bins")),
        })
    })
}

/// The dimension and the bins of `resample`.
fn resampling(kw: &Value) -> Result<(&str, Every), String> {
    let mut given = None;
    let mut options = Vec::new();
    for (key, value) in kw.as_object().into_iter().flatten() {
        match (key.as_str(), value.as_str()) {
            ("closed" | "label" | "origin" | "offset", Some(text)) => {
                options.push((key.as_str(), text));
            }
            (dim, Some(frequency)) => given = Some((dim, every(frequency))),
            (key, None) => return Err(format!("the option {key}={value} of resample")),
        }
    }
    let (dim, made) = given.ok_or("resample along no dimension")?;
    let side = |text: &str| match text {
        "left" => Ok(Side::Left),
        "right" => Ok(Side::Right),
        other => Err(format!("the side {other}")),
    };
    let made = options.into_iter().try_fold(made, |made, (key, text)| {
        Ok::<_, String>(match (key, text) {
            ("closed", _) => made.closed(side(text)?),
            ("label", _) => made.label(side(text)?),
            ("offset", _) => made.offset(text),
            (_, "start_day") => made.origin(Origin::StartDay),
            (_, "start") => made.origin(Origin::Start),
            (_, "epoch") => made.origin(Origin::Epoch),
            (_, "end") => made.origin(Origin::End),
            (_, "end_day") => made.origin(Origin::EndDay),
            _ => made.origin_at(text),
        })
    })?;
    Ok((dim, made))
}

/// Applies `isel` or `sel` along each dimension named by keyword.
fn select<T: Clone>(
    start: &T,
    step: &Step<'_>,
    by: impl Fn(T, &str, &Value) -> Result<T, String>,
) -> Result<T, String> {
    let options = ["method", "tolerance", "drop"];
    let given = step.kw.as_object().into_iter().flatten();
    let mut given = given.filter(|(dim, _)| !options.contains(&dim.as_str()));
    given.try_fold(start.clone(), |made, (dim, at)| by(made, dim, at))
}

/// An operator whose other side is a register or a number.
macro_rules! arithmetic {
    ($on:expr, $operator:tt, $other:expr) => {
        match $other {
            Operand::Scalar(value) => $on $operator value,
            Operand::Array(array) => $on $operator &array,
            Operand::Set(_) => return Err("arithmetic of an array with a dataset".into()),
        }
    };
}

/// NumPy's functions of one argument under our names.
macro_rules! ufunc {
    ($on:expr, $name:expr) => {
        Ok(Some(match $name {
            "abs" | "absolute" => $on.abs(),
            "fabs" => $on.fabs(),
            "cbrt" => $on.cbrt(),
            "exp2" => $on.exp2(),
            "reciprocal" => $on.reciprocal(),
            "arcsinh" => $on.asinh(),
            "arccosh" => $on.acosh(),
            "arctanh" => $on.atanh(),
            "rint" => $on.rint(),
            "signbit" => $on.signbit(),
            "isinf" => $on.isinf(),
            "negative" => -$on,
            "logical_not" => $on.logical_not(),
            "invert" | "bitwise_not" => $on.not(),
            "bitwise_count" => $on.bitwise_count(),
            "real" => $on.real(),
            "imag" => $on.imag(),
            "conj" | "conjugate" => $on.conj(),
            "angle" => $on.angle(),
            "sqrt" => $on.sqrt(),
            "square" => $on.square(),
            "exp" => $on.exp(),
            "expm1" => $on.expm1(),
            "log" => $on.ln(),
            "log2" => $on.log2(),
            "log10" => $on.log10(),
            "log1p" => $on.log1p(),
            "sin" => $on.sin(),
            "cos" => $on.cos(),
            "tan" => $on.tan(),
            "arcsin" => $on.asin(),
            "arccos" => $on.acos(),
            "arctan" => $on.atan(),
            "sinh" => $on.sinh(),
            "cosh" => $on.cosh(),
            "tanh" => $on.tanh(),
            "floor" => $on.floor(),
            "ceil" => $on.ceil(),
            "trunc" => $on.trunc(),
            "sign" => $on.sign(),
            "deg2rad" | "radians" => $on.radians(),
            "rad2deg" | "degrees" => $on.degrees(),
            "isfinite" => $on.isfinite(),
            "isnan" => $on.isnull(),
            other => return Err(unknown(other, "numbers")),
        }))
    };
}

/// Verbs that datasets and arrays share.
macro_rules! shared_verbs {
    ($name:ident, $type:ty) => {
        fn $name(
            on: &$type,
            step: &Step<'_>,
            registers: &Registers,
        ) -> Result<Option<$type>, String> {
            if let Some(by) = reducer(step.verb, step.kw) {
                return Ok(Some(on.reduce(by?, over(step.args, step.kw)?)));
            }
            let other = || operand(argument(step, 0)?, registers);
            Ok(Some(match step.verb {
                "sel" => select(on, step, |made, dim, at| {
                    Ok(made.sel(dim, selector(at, step.kw)?))
                })?,
                "isel" => select(on, step, |made, dim, at| Ok(made.isel(dim, indexer(at)?)))?,
                "add" => arithmetic!(on, +, other()?),
                "sub" => arithmetic!(on, -, other()?),
                "mul" => arithmetic!(on, *, other()?),
                "div" => arithmetic!(on, /, other()?),
                "pow" => on.pow(other()?),
                "mod" => arithmetic!(on, %, other()?),
                "floordiv" => on.floor_div(other()?),
                "xor" => on.xor(other()?),
                "gt" => on.gt(other()?),
                "ge" => on.ge(other()?),
                "lt" => on.lt(other()?),
                "le" => on.le(other()?),
                "eq" => on.eq_(other()?),
                "ne" => on.ne_(other()?),
                "and" => on.and(other()?),
                "or" => on.or(other()?),
                "not" => on.not(),
                "neg" => -on,
                "isnull" => on.isnull(),
                "notnull" => on.notnull(),
                "fillna" => on.fillna(other()?),
                "where" => match step.args.get(1) {
                    None => on.where_(other()?),
                    Some(no) => on.where_else(other()?, operand(no, registers)?),
                },
                "clip" => {
                    let limit = |at: usize, key: &str| {
                        let value = step.args.get(at).unwrap_or(&step.kw[key]);
                        if value.is_null() { Ok(None) } else { scalar(value).map(Some) }
                    };
                    on.clip(limit(0, "min")?, limit(1, "max")?)
                }
                "round" => {
                    let decimals = step.args.first().and_then(Value::as_i64).unwrap_or(0);
                    on.round(decimals as i32)
                }
                "astype" => on.astype(argument(step, 0)?.as_str().ok_or("astype of no name")?),
                "transpose" => on.transpose(dims(&Value::Array(step.args.to_vec()))?),
                "squeeze" => on.squeeze(over(step.args, step.kw)?),
                "drop_vars" => on.drop_vars(dims(argument(step, 0)?)?),
                "abs" => on.abs(),
                "shift" => steps_along(step.kw, &["fill_value"])?.into_iter().try_fold(
                    on.clone(),
                    |made, (dim, by)| match &step.kw["fill_value"] {
                        Value::Null => Ok::<_, String>(made.shift(dim, by)),
                        fill => Ok(made.shift_filled(dim, by, scalar(fill)?)),
                    },
                )?,
                "roll" => {
                    let both = step.kw["roll_coords"].as_bool() == Some(true);
                    let steps = steps_along(step.kw, &["roll_coords"])?;
                    steps.into_iter().fold(on.clone(), |made, (dim, by)| {
                        if both { made.roll_coords(dim, by) } else { made.roll(dim, by) }
                    })
                }
                "diff" => {
                    let dim = argument(step, 0)?.as_str().ok_or("diff along no dimension")?;
                    let n = step.args.get(1).or(step.kw.get("n")).and_then(Value::as_u64);
                    on.diff(dim, n.unwrap_or(1) as usize)
                }
                "cumsum" => on.cumsum(over(step.args, step.kw)?),
                "cumprod" => on.cumprod(over(step.args, step.kw)?),
                "rank" => {
                    let dim = argument(step, 0)?.as_str().ok_or("rank along no dimension")?;
                    if step.kw["pct"].as_bool() == Some(true) {
                        on.rank_share(dim)
                    } else {
                        on.rank(dim)
                    }
                }
                "dropna" => {
                    let dim = argument(step, 0)?.as_str().ok_or("dropna along no dimension")?;
                    let which = match (step.kw["how"].as_str(), step.kw["thresh"].as_u64()) {
                        (_, Some(count)) => DropNa::thresh(count as usize),
                        (Some("all"), _) => DropNa::all(),
                        _ => DropNa::any(),
                    };
                    on.dropna_with(dim, &which).map_err(|e| e.to_string())?
                }
                "sortby" => {
                    let keys = dims(argument(step, 0)?)?;
                    match step.kw["ascending"].as_bool() {
                        Some(false) => on.sortby_descending(keys),
                        _ => on.sortby(keys),
                    }
                }
                // How data is held does not change what it is.
                "load" | "compute" | "chunk" | "copy" | "persist" => on.clone(),
                "expand_dims" => on.expand_dims(argument(step, 0)?.as_str().ok_or("no name")?),
                "rename" => {
                    let pairs = step.args.first().unwrap_or(step.kw).as_object();
                    let pairs = pairs.ok_or("rename of nothing")?.iter();
                    on.rename(pairs.map(|(from, to)| (from.as_str(), to.as_str().unwrap_or(""))))
                }
                "assign_coords" => {
                    let given = step.kw.as_object().into_iter().flatten();
                    given.into_iter().try_fold(on.clone(), |made, (name, value)| match value {
                        Value::Array(list) => {
                            Ok(made.with_coord(name.as_str(), name.as_str(), array(list)?))
                        }
                        other => Err(format!("assign_coords of {other}")),
                    })?
                }
                "ufunc" => {
                    return ufunc!(on, argument(step, 0)?.as_str().unwrap_or_default());
                }
                _ => return Ok(None),
            }))
        }
    };
}

shared_verbs!(shared_on_set, Dataset);
shared_verbs!(shared_on_array, DataArray);

/// Verbs of a dataset.
pub(crate) fn on_set(
    set: &Dataset,
    step: Step<'_>,
    registers: &Registers,
) -> Result<Register, String> {
    match step.verb {
        "get" | "item" => match argument(&step, 0)? {
            Value::String(name) => Ok(Register::Array(set.var(name))),
            list => Ok(Register::Set(set.keep(dims(list)?))),
        },
        "groupby" => {
            let key = argument(&step, 0)?.as_str().ok_or("groupby of no name")?;
            Ok(Register::SetGroups(set.groupby(key)))
        }
        "groupby_bins" => Ok(Register::SetGroups(set.groupby_bins(key(&step)?, intervals(&step)?))),
        "resample" => {
            let (dim, every) = resampling(step.kw)?;
            Ok(Register::SetBins(set.resample(dim, every)))
        }
        verb => match shared_on_set(set, &step, registers)? {
            Some(made) => Ok(Register::Set(made)),
            None => Err(unknown(verb, "datasets")),
        },
    }
}

/// Verbs of an array.
pub(crate) fn on_array(
    array: &DataArray,
    step: Step<'_>,
    registers: &Registers,
) -> Result<Register, String> {
    match step.verb {
        "get" | "item" => {
            let name = argument(&step, 0)?.as_str().ok_or("item of no name")?;
            Ok(Register::Array(array.coord(name)))
        }
        "groupby" => {
            let key = argument(&step, 0)?.as_str().ok_or("groupby of no name")?;
            Ok(Register::ArrayGroups(array.groupby(key)))
        }
        "groupby_bins" => {
            Ok(Register::ArrayGroups(array.groupby_bins(key(&step)?, intervals(&step)?)))
        }
        "resample" => {
            let (dim, every) = resampling(step.kw)?;
            Ok(Register::ArrayBins(array.resample(dim, every)))
        }
        "ufunc" if step.args.len() == 2 => {
            let other = operand(argument(&step, 1)?, registers)?;
            Ok(Register::Array(match argument(&step, 0)?.as_str().unwrap_or_default() {
                "maximum" => array.maximum(other),
                "minimum" => array.minimum(other),
                "arctan2" => array.atan2(other),
                "hypot" => array.hypot(other),
                "power" => array.pow(other),
                "add" => arithmetic!(array, +, other),
                "subtract" => arithmetic!(array, -, other),
                "multiply" => arithmetic!(array, *, other),
                "divide" | "true_divide" => arithmetic!(array, /, other),
                "remainder" | "mod" => arithmetic!(array, %, other),
                "floor_divide" => array.floor_div(other),
                "float_power" => array.float_power(other),
                "fmod" => array.fmod(other),
                "fmin" => array.fmin(other),
                "fmax" => array.fmax(other),
                "copysign" => array.copysign(other),
                "nextafter" => array.nextafter(other),
                "logaddexp" => array.logaddexp(other),
                "logaddexp2" => array.logaddexp2(other),
                "heaviside" => array.heaviside(other),
                "ldexp" => array.ldexp(other),
                "gcd" => array.gcd(other),
                "lcm" => array.lcm(other),
                "bitwise_and" => array.and(other),
                "bitwise_or" => array.or(other),
                "bitwise_xor" => array.xor(other),
                "left_shift" => arithmetic!(array, <<, other),
                "right_shift" => arithmetic!(array, >>, other),
                "logical_and" => array.logical_and(other),
                "logical_or" => array.logical_or(other),
                "logical_xor" => array.logical_xor(other),
                "equal" => array.eq_(other),
                "not_equal" => array.ne_(other),
                "less" => array.lt(other),
                "less_equal" => array.le(other),
                "greater" => array.gt(other),
                "greater_equal" => array.ge(other),
                "isclose" => array.isclose(other, 1e-5, 1e-8),
                name => return Err(unknown(name, "pairs of numbers")),
            }))
        }
        verb => match shared_on_array(array, &step, registers)? {
            Some(made) => Ok(Register::Array(made)),
            None => Err(unknown(verb, "arrays")),
        },
    }
}

/// What is done to a grouping: reductions, and arithmetic with one value per group.
macro_rules! group_verbs {
    ($name:ident, $groups:ty, $made:ident, $kind:literal) => {
        /// Verbs of a grouping.
        pub(crate) fn $name(
            groups: &$groups,
            step: Step<'_>,
            registers: &Registers,
        ) -> Result<Register, String> {
            if let Some(by) = reducer(step.verb, step.kw) {
                let over = match (step.args.first(), step.kw.get("dim")) {
                    (None, None) => Over::from(()),
                    _ => over(step.args, step.kw)?,
                };
                return Ok(Register::$made(groups.reduce(by?, over)));
            }
            let other = argument(&step, 0)?.as_str().unwrap_or_default();
            let Register::$made(other) = register(other, registers)? else {
                return Err(format!("arithmetic of {} with something else", $kind));
            };
            match step.verb {
                "add" => Ok(Register::$made(groups + &other)),
                "sub" => Ok(Register::$made(groups - &other)),
                "mul" => Ok(Register::$made(groups * &other)),
                "div" => Ok(Register::$made(groups / &other)),
                verb => Err(unknown(verb, $kind)),
            }
        }
    };
}

group_verbs!(on_set_groups, DatasetGroupBy, Set, "groups of a dataset");
group_verbs!(on_array_groups, DataArrayGroupBy, Array, "groups of an array");

/// What is done to bins of time: reductions, and values at their labels.
macro_rules! bin_verbs {
    ($name:ident, $bins:ty, $made:ident) => {
        /// Verbs of bins of time.
        pub(crate) fn $name(bins: &$bins, step: Step<'_>) -> Result<Register, String> {
            if let Some(by) = reducer(step.verb, step.kw) {
                let over = match (step.args.first(), step.kw.get("dim")) {
                    (None, None) => Over::from(()),
                    _ => over(step.args, step.kw)?,
                };
                return Ok(Register::$made(bins.reduce(by?, over)));
            }
            Ok(Register::$made(match step.verb {
                "ffill" | "pad" => bins.ffill(),
                "bfill" | "backfill" => bins.bfill(),
                "nearest" => bins.nearest(),
                "asfreq" => bins.asfreq(),
                verb => return Err(unknown(verb, "bins of time")),
            }))
        }
    };
}

bin_verbs!(on_set_bins, DatasetResample, Set);
bin_verbs!(on_array_bins, DataArrayResample, Array);
