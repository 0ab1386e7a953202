//! The verbs that programs may use, by name. A verb that is not here fails its program.

use graticule::dataset::Operand;
use graticule::{CovOptions, DataArray, Dataset, DiffLabel, DropNa, Join};
use serde_json::Value;

use super::analysis::{analysis_of_array, analysis_of_set};
use super::arguments::{dims, names, operand, over, register, scalar};
use super::joining::{contracted, joining_of_array, joining_of_set, merged_into, of_several};
use super::options::{intervals, key, name_of, reducer, resampling};
use super::shape::{only_of_array, only_of_set, shape_of_array, shape_of_set};
use super::ufuncs::{of_two, ufunc};
use super::{Register, Registers, Step};
use crate::check::library;
use crate::corpus::Corpus;

pub(crate) fn unknown(verb: &str, on: &str) -> String {
    format!("the library has no verb \"{verb}\" on {on} yet")
}

pub(crate) fn argument<'a>(step: &Step<'a>, at: usize) -> Result<&'a Value, String> {
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
            Ok(Register::Array(match (operand(yes, registers)?, operand(no, registers)?) {
                (Operand::Array(yes), no) => yes.where_else(cond, no),
                (Operand::Scalar(yes), Operand::Array(no)) => no.where_else(cond.not(), yes),
                _ => return Err("where that chooses between numbers or datasets".into()),
            }))
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
        verb => of_several(&step, registers)?.ok_or_else(|| unknown(verb, "the package")),
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

pub(crate) use arithmetic;

/// Arithmetic with a dataset on the right.
trait WithSet: Sized {
    fn with_set(&self, verb: &str, other: &Dataset) -> Result<Self, String>;
}

impl WithSet for Dataset {
    fn with_set(&self, verb: &str, other: &Dataset) -> Result<Self, String> {
        let on = self.clone().with_join(Join::Inner);
        let made = match verb {
            "add" => on + other,
            "sub" => on - other,
            "mul" => on * other,
            _ => on / other,
        };
        Ok(made.with_join(Join::Exact))
    }
}

impl WithSet for DataArray {
    fn with_set(&self, _: &str, _: &Dataset) -> Result<Self, String> {
        Err("arithmetic of an array with a dataset".into())
    }
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
            if matches!(step.verb, "add" | "sub" | "mul" | "div")
                && let Operand::Set(set) = other()?
            {
                return on.with_set(step.verb, &set).map(Some);
            }
            // The labels that both have, as xarray's arithmetic takes them.
            let inner = || on.clone().with_join(Join::Inner);
            Ok(Some(match step.verb {
                "add" => arithmetic!(inner(), +, other()?).with_join(Join::Exact),
                "sub" => arithmetic!(inner(), -, other()?).with_join(Join::Exact),
                "mul" => arithmetic!(inner(), *, other()?).with_join(Join::Exact),
                "div" => arithmetic!(inner(), /, other()?).with_join(Join::Exact),
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
                    let dim = name_of(step, 0, "dim")?;
                    let n = step.args.get(1).or(step.kw.get("n")).and_then(Value::as_u64);
                    let n = n.unwrap_or(1) as usize;
                    match step.kw["label"].as_str() {
                        Some("lower") => on.diff_labelled(dim, n, DiffLabel::Lower),
                        _ => on.diff(dim, n),
                    }
                }
                "cumsum" => on.cumsum(over(step.args, step.kw)?),
                "cumprod" => on.cumprod(over(step.args, step.kw)?),
                "rank" => {
                    let dim = name_of(step, 0, "dim")?;
                    if step.kw["pct"].as_bool() == Some(true) {
                        on.rank_share(dim)
                    } else {
                        on.rank(dim)
                    }
                }
                "dropna" => {
                    let dim = name_of(step, 0, "dim")?;
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
                "rename" => {
                    let pairs = step.args.first().unwrap_or(step.kw).as_object();
                    let pairs = pairs.ok_or("rename of nothing")?.iter();
                    on.rename(pairs.map(|(from, to)| (from.as_str(), to.as_str().unwrap_or(""))))
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
    if let Some(made) = shape_of_set(set, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = only_of_set(set, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = joining_of_set(set, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = merged_into(set, &step, registers)? {
        return Ok(made);
    }
    match step.verb {
        "get" | "item" => match argument(&step, 0)? {
            Value::String(name) => Ok(Register::Array(set.var(name))),
            list => Ok(Register::Set(set.keep(dims(list)?))),
        },
        "groupby" => {
            let key = key(&step)?;
            Ok(Register::SetGroups(match key.starts_with('$') {
                true => match register(key, registers)? {
                    Register::Array(labels) => set.groupby(&labels),
                    _ => return Err(format!("groupby of {key}, which is no array")),
                },
                false => set.groupby(key),
            }))
        }
        "groupby_bins" => Ok(Register::SetGroups(set.groupby_bins(key(&step)?, intervals(&step)?))),
        "resample" => {
            let (dim, every) = resampling(step.kw)?;
            Ok(Register::SetBins(set.resample(dim, every)))
        }
        verb => match shared_on_set(set, &step, registers)? {
            Some(made) => Ok(Register::Set(made)),
            None => {
                analysis_of_set(set, &step, registers)?.ok_or_else(|| unknown(verb, "datasets"))
            }
        },
    }
}

/// Verbs of an array.
pub(crate) fn on_array(
    array: &DataArray,
    step: Step<'_>,
    registers: &Registers,
) -> Result<Register, String> {
    if let Some(made) = shape_of_array(array, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = only_of_array(array, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = joining_of_array(array, &step, registers)? {
        return Ok(made);
    }
    if let Some(made) = contracted(array, &step, registers)? {
        return Ok(made);
    }
    match step.verb {
        "get" | "item" => {
            let name = argument(&step, 0)?.as_str().ok_or("item of no name")?;
            Ok(Register::Array(match array.coords().has(name) {
                true => array.coord(name),
                // A field of the times of an array, as `x["time.month"]`.
                false => match name.rsplit_once('.') {
                    Some((coord, field)) => array.coord(coord).dt(field),
                    None => array.coord(name),
                },
            }))
        }
        "groupby" => {
            let key = key(&step)?;
            Ok(Register::ArrayGroups(match key.starts_with('$') {
                true => match register(key, registers)? {
                    Register::Array(labels) => array.groupby(&labels),
                    _ => return Err(format!("groupby of {key}, which is no array")),
                },
                false => array.groupby(key),
            }))
        }
        "groupby_bins" => {
            Ok(Register::ArrayGroups(array.groupby_bins(key(&step)?, intervals(&step)?)))
        }
        "resample" => {
            let (dim, every) = resampling(step.kw)?;
            Ok(Register::ArrayBins(array.resample(dim, every)))
        }
        "ufunc" if step.args.len() == 2 => {
            let name = argument(&step, 0)?.as_str().unwrap_or_default();
            let other = operand(argument(&step, 1)?, registers)?;
            // As NumPy's functions of arrays, it is called like the first of them.
            let made = of_two(array, name, other)?;
            Ok(Register::Array(made.with_name(array.name().unwrap_or_default())))
        }
        verb => match shared_on_array(array, &step, registers)? {
            Some(made) => Ok(Register::Array(made)),
            None => {
                analysis_of_array(array, &step, registers)?.ok_or_else(|| unknown(verb, "arrays"))
            }
        },
    }
}
