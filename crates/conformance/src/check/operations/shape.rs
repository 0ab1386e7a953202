//! Verbs of selection and shape that datasets and arrays share.

use graticule::dataset::Operand;
use graticule::{DataArray, Dataset, Indexer, Selector, near};
use serde_json::Value;

use super::arguments::{array, indexer, names, operand, register, scalar, selector};
use super::options::{either, given, name_of};
use super::{Register, Registers, Step};

const OPTIONS: &[&str] = &["method", "tolerance", "drop", "missing_dims"];

/// The array that a text names, if it names a register.
fn array_of(value: &Value, registers: &Registers) -> Result<Option<DataArray>, String> {
    match value.as_str().filter(|s| s.starts_with('$')) {
        None => Ok(None),
        Some(name) => match register(name, registers)? {
            Register::Array(array) => Ok(Some(array)),
            _ => Err(format!("{name} is no array")),
        },
    }
}

/// What is selected along each dimension: named by keyword, or in a map.
fn along<'a>(step: &Step<'a>) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let map = step.args.first().filter(|v| v.is_object());
    given(map.unwrap_or(step.kw), OPTIONS)
}

fn positions(step: &Step<'_>, registers: &Registers) -> Result<Vec<(String, Indexer)>, String> {
    along(step)
        .map(|(dim, at)| {
            let at = match array_of(at, registers)? {
                Some(array) => Indexer::from(&array),
                None => indexer(at)?,
            };
            Ok((dim.to_owned(), at))
        })
        .collect()
}

fn labels(step: &Step<'_>, registers: &Registers) -> Result<Vec<(String, Selector)>, String> {
    along(step)
        .map(|(dim, at)| {
            let at = match array_of(at, registers)? {
                None => selector(at, step.kw)?,
                Some(array) => match step.kw["method"].as_str() {
                    None => Selector::from(&array),
                    Some("pad" | "ffill") => near(&array).pad().into(),
                    Some("backfill" | "bfill") => near(&array).backfill().into(),
                    Some(_) => match &step.kw["tolerance"] {
                        Value::Null => near(&array).into(),
                        far => near(&array).within(scalar(far)?).into(),
                    },
                },
            };
            Ok((dim.to_owned(), at))
        })
        .collect()
}

/// The dimensions of `transpose`, of which `...` stands for those not named.
fn order(step: &Step<'_>, own: &graticule::Dims) -> Result<Vec<String>, String> {
    let listed = match step.args {
        [Value::Array(list)] => list.as_slice(),
        list => list,
    };
    let named: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    if named.is_empty() {
        return Ok(own.iter().rev().map(ToString::to_string).collect());
    }
    let others = || own.iter().map(graticule::Name::as_str).filter(|d| !named.contains(d));
    let mut all = Vec::new();
    for name in &named {
        match *name {
            "..." => all.extend(others().map(String::from)),
            name => all.push(name.to_owned()),
        }
    }
    Ok(all)
}

/// Names given as arguments, in a list, or under a keyword.
fn all_names(step: &Step<'_>, key: &str) -> Result<Vec<String>, String> {
    match step.args {
        [] => names(step.kw.get(key).ok_or_else(|| format!("{} of nothing", step.verb))?),
        [one] => names(one),
        many => names(&Value::Array(many.to_vec())),
    }
}

/// A new coordinate: an array, values along dimensions, or one value.
enum Coord {
    Array(DataArray),
    Values(Vec<String>, graticule::Array),
}

fn coord(name: &str, value: &Value, registers: &Registers) -> Result<Coord, String> {
    if let Some(array) = array_of(value, registers)? {
        return Ok(Coord::Array(array));
    }
    match value {
        Value::Array(list) => match list.as_slice() {
            [dims, Value::Array(values)] => {
                let inner = list.first().is_some_and(|v| v.is_string() || v.is_array());
                if inner
                    && (dims.is_string()
                        || dims.as_array().is_some_and(|d| d.iter().all(Value::is_string)))
                {
                    return Ok(Coord::Values(names(dims)?, array(values)?));
                }
                Ok(Coord::Values(vec![name.to_owned()], array(list)?))
            }
            values => Ok(Coord::Values(vec![name.to_owned()], array(values)?)),
        },
        one => {
            let value = scalar(one)?.fill(&[]).map_err(|e| e.to_string())?;
            Ok(Coord::Values(Vec::new(), value))
        }
    }
}

/// The order of dimensions that `transpose` goes by.
trait Order {
    fn order(&self) -> graticule::Dims;
}

impl Order for DataArray {
    fn order(&self) -> graticule::Dims {
        self.dims()
    }
}

impl Order for Dataset {
    /// That of the variable with most dimensions, then the others.
    fn order(&self) -> graticule::Dims {
        let longest = self.data_vars().map(|(_, v)| v.dims().clone()).max_by_key(|d| d.len());
        longest.map_or_else(|| self.dims(), |dims| dims.union(&self.dims()))
    }
}

macro_rules! shape {
    ($name:ident, $type:ty, $Made:ident) => {
        /// A verb of selection or shape, if it is one.
        pub(crate) fn $name(
            on: &$type,
            step: &Step<'_>,
            registers: &Registers,
        ) -> Result<Option<Register>, String> {
            let kw = step.kw;
            let message = |e: graticule::Error| e.to_string();
            // Coordinates that became scalars go if so asked for.
            let dropped = |made: $type| match kw["drop"].as_bool() {
                Some(true) => {
                    let scalar = |name: &&graticule::Name| {
                        let ndim = |of: &$type| of.coords().get(name).map(|c| c.ndim());
                        ndim(&made) == Some(0) && ndim(on).is_some_and(|n| n > 0)
                    };
                    let coords = made.coords();
                    let gone: Vec<_> = coords.names().filter(scalar).cloned().collect();
                    made.drop_vars(gone)
                }
                _ => made,
            };
            Ok(Some(Register::$Made(match step.verb {
                "isel" => dropped(on.isel_many(
                    positions(step, registers)?,
                    graticule::dataset::MissingDims::Raise,
                )),
                "sel" => dropped(on.sel_many(labels(step, registers)?)),
                "loc" | "drop_isel" | "drop_sel" => {
                    let mut made = on.clone();
                    for (dim, at) in labels(step, registers)? {
                        made = match step.verb {
                            "drop_sel" => made.drop_sel(&dim, at),
                            "loc" => made.sel(&dim, at),
                            _ => break,
                        };
                    }
                    if step.verb == "drop_isel" {
                        for (dim, at) in positions(step, registers)? {
                            made = made.drop_isel(&dim, at);
                        }
                    }
                    made
                }
                "where" if kw.get("other").is_some_and(|v| !v.is_null()) => {
                    let cond = either(step, 0, "cond").unwrap_or(&Value::Null);
                    let other = operand(&kw["other"], registers)?;
                    on.where_else(operand(cond, registers)?, other)
                }
                "swap_dims" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let pairs = given(map, &[]).map(|(a, b)| (a, b.as_str().unwrap_or("")));
                    on.swap_dims(pairs.collect::<Vec<_>>())
                }
                "where" if kw["drop"].as_bool() == Some(true) => {
                    let cond = either(step, 0, "cond").unwrap_or(&Value::Null);
                    let cond = array_of(cond, registers)?.ok_or("where of no condition")?;
                    on.where_drop(cond).map_err(message)?
                }
                "isin" => {
                    let list = either(step, 0, "test_elements").unwrap_or(&Value::Null);
                    match (array_of(list, registers)?, list) {
                        (Some(list), _) => on.isin(&list),
                        (None, Value::Array(list)) => on.isin(array(list)?),
                        (None, one) => on.isin(scalar(one)?.fill(&[1]).map_err(message)?),
                    }
                }
                "stack" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let mut made = on.clone();
                    for (into, from) in given(map, &["create_index"]) {
                        made = match names(from)?.as_slice() {
                            [all] if all == "..." => {
                                let own = made.dims();
                                made.stack(into, own)
                            }
                            listed => made.stack(into, listed),
                        };
                    }
                    made
                }
                "unstack" => {
                    let listed = match either(step, 0, "dim") {
                        None => on.dims().iter().map(ToString::to_string).collect(),
                        Some(value) => names(value)?,
                    };
                    let fill = match &kw["fill_value"] {
                        Value::Null => None,
                        value => Some(scalar(value)?),
                    };
                    let all = either(step, 0, "dim").is_none();
                    listed.iter().fold(on.clone(), |made, dim| {
                        let next = match &fill {
                            None => made.unstack(dim),
                            Some(fill) => made.unstack_with(dim, fill.clone()),
                        };
                        // Without a name, all dimensions that are stacked.
                        if all && next.fault().is_some() { made } else { next }
                    })
                }
                "set_index" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let append = kw["append"].as_bool() == Some(true);
                    let mut made = on.clone();
                    for (dim, by) in given(map, &["append"]) {
                        let by = names(by)?;
                        made = if append {
                            made.append_index(dim, by)
                        } else {
                            made.set_index(dim, by)
                        };
                    }
                    made
                }
                "reset_index" => {
                    let listed = all_names(step, "dims_or_levels")?;
                    match kw["drop"].as_bool() {
                        Some(true) => on.reset_index(&listed).drop_vars(&listed),
                        _ => on.reset_index(&listed),
                    }
                }
                "reorder_levels" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let mut made = on.clone();
                    for (dim, order) in given(map, &[]) {
                        made = made.reorder_levels(dim, names(order)?);
                    }
                    made
                }
                "transpose" | "T" => on.transpose(order(step, &on.order())?),
                "squeeze" => {
                    let made = on.squeeze(super::arguments::over(step.args, kw)?);
                    dropped(made)
                }
                "drop_vars" | "drop" => on.drop_vars(all_names(step, "names")?),
                "expand_dims" => {
                    let map = step.args.first().filter(|v| v.is_object());
                    let mut made = on.clone();
                    match (map, step.args.first().or_else(|| kw.get("dim"))) {
                        (None, Some(value)) if !value.is_null() => {
                            let listed = names(value)?;
                            made = listed.iter().rev().fold(made, |made, d| made.expand_dims(d));
                        }
                        (map, _) => {
                            let all: Vec<_> = given(map.unwrap_or(kw), &["axis"]).collect();
                            for (dim, value) in all.into_iter().rev() {
                                made = match value {
                                    Value::Array(list) => made.expand_dims_with(dim, array(list)?),
                                    one => {
                                        let n = one.as_u64().ok_or("a length that is no number")?;
                                        let labels: Vec<i64> = (0..n as i64).collect();
                                        made.expand_dims_with(dim, labels).drop_vars(dim)
                                    }
                                };
                            }
                        }
                    }
                    made
                }
                "assign_coords" => {
                    let map = step.args.first().filter(|v| v.is_object()).unwrap_or(kw);
                    let mut made = on.clone();
                    for (name, value) in map.as_object().into_iter().flatten() {
                        made = match coord(name, value, registers)? {
                            Coord::Array(array) => made.with_coord_variable(
                                name.as_str(),
                                array.check().map_err(message)?.variable(),
                            ),
                            Coord::Values(dims, values) => {
                                made.with_coord(name.as_str(), dims, values)
                            }
                        };
                    }
                    made
                }
                "fillna" if step.args.is_empty() => on.fillna(operand(&kw["value"], registers)?),
                _ => return Ok(None),
            })))
        }
    };
}

shape!(shape_of_set, Dataset, Set);
shape!(shape_of_array, DataArray, Array);

/// Verbs of shape that only datasets have.
pub(crate) fn only_of_set(
    set: &Dataset,
    step: &Step<'_>,
    registers: &Registers,
) -> Result<Option<Register>, String> {
    Ok(Some(Register::Set(match step.verb {
        "to_array" | "to_dataarray" => {
            let dim = either(step, 0, "dim").and_then(Value::as_str).unwrap_or("variable");
            let made = set.to_dataarray(dim);
            return Ok(Some(Register::Array(match step.kw["name"].as_str() {
                Some(name) => made.with_name(name),
                None => made,
            })));
        }
        "set_coords" => set.set_coords(all_names(step, "names")?),
        "reset_coords" => {
            let listed = match (step.args.is_empty(), step.kw.get("names")) {
                (true, None) => {
                    let free = |(name, _): &(&graticule::Name, _)| set.size_of(name).is_none();
                    set.coord_vars().filter(free).map(|(n, _)| n.to_string()).collect()
                }
                _ => all_names(step, "names")?,
            };
            match step.kw["drop"].as_bool() {
                Some(true) => set.drop_vars(listed),
                _ => set.reset_coords(listed),
            }
        }
        "drop_dims" => set.drop_dims(all_names(step, "drop_dims")?),
        "rename_vars" | "rename_dims" => {
            let pairs = step.args.first().unwrap_or(step.kw).as_object();
            let pairs = pairs.ok_or("rename of nothing")?.iter();
            let pairs = pairs.map(|(from, to)| (from.as_str(), to.as_str().unwrap_or("")));
            match step.verb {
                "rename_vars" => set.rename_vars(pairs),
                _ => set.rename_dims(pairs),
            }
        }
        "assign" => {
            let map = step.args.first().filter(|v| v.is_object()).unwrap_or(step.kw);
            let mut made = set.clone();
            for (name, value) in map.as_object().into_iter().flatten() {
                made = match operand(value, registers)? {
                    Operand::Array(array) => made.assign(name.as_str(), array),
                    Operand::Scalar(value) => made.with_var(
                        name.as_str(),
                        (),
                        value.fill(&[]).map_err(|e| e.to_string())?,
                    ),
                    Operand::Set(_) => return Err("assign of a dataset".into()),
                };
            }
            made
        }
        _ => return Ok(None),
    })))
}

/// Verbs of shape that only arrays have.
pub(crate) fn only_of_array(
    array: &DataArray,
    step: &Step<'_>,
    _: &Registers,
) -> Result<Option<Register>, String> {
    Ok(Some(Register::Array(match step.verb {
        "rename" if step.args.first().is_some_and(|v| v.is_string() || v.is_null()) => {
            array.clone().with_name(step.args.first().and_then(Value::as_str).unwrap_or(""))
        }
        "to_dataset" => {
            let made = match either(step, 0, "dim").and_then(Value::as_str) {
                Some(dim) => array.to_dataset_along(dim),
                None => match step.kw["name"].as_str() {
                    Some(name) => array.clone().with_name(name).to_dataset(),
                    None => array.to_dataset(),
                },
            };
            return Ok(Some(Register::Set(made)));
        }
        "reset_coords" => {
            if step.kw["drop"].as_bool() != Some(true) {
                let listed = all_names(step, "names")?;
                return Ok(Some(Register::Set(array.to_dataset().reset_coords(listed))));
            }
            match (step.args.is_empty(), step.kw.get("names")) {
                (true, None) => {
                    let free = |n: &&graticule::Name| array.size_of(n).is_none();
                    let coords = array.coords();
                    let gone: Vec<_> = coords.names().filter(free).cloned().collect();
                    array.drop_vars(gone)
                }
                _ => array.drop_vars(all_names(step, "names")?),
            }
        }
        "dt" => array.dt(name_of(step, 0, "field")?),
        verb => match verb.strip_prefix("dt.") {
            Some(field) => array.dt(field),
            None => return Ok(None),
        },
    })))
}
