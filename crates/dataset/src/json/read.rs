//! From JSON to datasets.

use graticule_array::{Array, DType, Error, Result, Text, TimeType, f16};
use graticule_cftime::{Calendar, MISSING, PartialDate, TimeUnit};

use super::Json;
use crate::attrs::{AttrValue, Attrs};
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::IntoDType;

/// No name of a type has more bytes.
const LONGEST: usize = 200;

pub(super) fn dataset(json: &Json) -> Result<Dataset> {
    let vars = json.get("data_vars").ok_or_else(|| {
        Error::corrupt("no member \"data_vars\"").hint("the layout is that of xarray's to_dict")
    })?;
    let mut all = Vec::new();
    let mut coords = Vec::new();
    for (name, var) in json.get("coords").map_or(&[][..], Json::members) {
        coords.push(Name::from(name));
        all.push((name, var));
    }
    all.extend(vars.members().iter().map(|(name, var)| (name, var)));
    let made = all.into_iter().map(|(name, var)| {
        let made = variable(var, json.get("dims")).map_err(|e| e.in_variable(name.as_str()))?;
        Ok((Name::from(name), made))
    });
    let made = made.collect::<Result<Vec<_>>>()?;
    Dataset::from_parts(made, &coords, attrs(json.get("attrs"))?)
}

fn variable(json: &Json, sizes: Option<&Json>) -> Result<Variable> {
    let dims = dims(json)?;
    let data = json.get("data").ok_or_else(|| Error::corrupt("no member \"data\""))?;
    let dtype = json.get("dtype").and_then(Json::text).map(type_named).transpose()?;
    let mut array = array(data, dtype, Some(dims.len()))?;
    if array.is_empty() {
        // Lists of nothing do not tell their lengths.
        let len = |dim: &Name| match sizes.and_then(|s| s.get(dim)) {
            Some(Json::Number(text)) => text.parse().ok(),
            _ => None,
        };
        let shape: Option<Vec<usize>> = dims.iter().map(len).collect();
        if let Some(shape) = shape.filter(|s| s.contains(&0)) {
            array = array.reshape(&shape)?;
        }
    }
    Ok(Variable::new(dims, array)?.with_attrs(attrs(json.get("attrs"))?))
}

pub(super) fn dims(json: &Json) -> Result<Dims> {
    match json.get("dims") {
        Some(Json::List(names)) => Ok(names
            .iter()
            .map(|n| {
                n.text().map(Name::from).ok_or_else(|| Error::corrupt("a dimension is no text"))
            })
            .collect::<Result<Vec<_>>>()?
            .into()),
        Some(Json::Text(one)) => Ok(Dims::from(one.as_str())),
        _ => Err(Error::corrupt("no list \"dims\"")),
    }
}

/// The type of a name as numpy or [`super::write`] writes it.
pub(super) fn type_named(name: &str) -> Result<DType> {
    let bad = || Error::corrupt(format!("there is no type \"{name}\""));
    let inside = |prefix: &str| name.strip_prefix(prefix).and_then(|n| n.strip_suffix(']'));
    if let Some(unit) = inside("timedelta64[") {
        return Ok(DType::Duration(unit.parse()?));
    }
    if let Some(unit) = inside("datetime64[") {
        let unit: TimeUnit = unit.parse()?;
        return Ok(DType::Time(TimeType { unit, calendar: Calendar::Standard }));
    }
    if let Some((unit, calendar)) = inside("time[").and_then(|n| n.split_once(", ")) {
        let unit: TimeUnit = unit.parse()?;
        return Ok(DType::Time(TimeType { unit, calendar: Calendar::parse(calendar)? }));
    }
    let width = |prefix: &str| name.strip_prefix(prefix)?.parse::<usize>().ok();
    if let Some(n) = width("bytes") {
        return Ok(DType::Bytes(n));
    }
    if let Some(n) = width("opaque") {
        return Ok(DType::Opaque(n));
    }
    // Lists in lists are no deeper than their name is long.
    if let Some(of) = inside("list[").filter(|_| name.len() < LONGEST) {
        return Ok(DType::List(std::sync::Arc::new(type_named(of)?)));
    }
    match name.trim_start_matches(['<', '>', '|']) {
        "object" | "O" => Ok(DType::Str),
        text if text.starts_with('U') => Ok(DType::Str),
        other => IntoDType::from(other).get().map_err(|_| bad()),
    }
}

pub(super) fn attrs(json: Option<&Json>) -> Result<Attrs> {
    let mut out = Attrs::new();
    for (name, value) in json.map_or(&[][..], Json::members) {
        let read = || -> Result<Array> {
            match (value.get("dtype").and_then(Json::text), value.get("data")) {
                (Some(dtype), Some(data)) => array(data, Some(type_named(dtype)?), None),
                _ => array(value, None, None),
            }
        };
        let made = read().map_err(|e| e.context(format!("in the attribute \"{name}\"")))?;
        out.set(name, AttrValue::new(made));
    }
    Ok(out)
}

/// The elements of nested lists in order, and the lengths of the lists. `ndim` is the number of
/// axes where it is known (of empty lists it cannot be seen).
fn flattened(json: &Json, ndim: Option<usize>) -> Result<(Vec<&Json>, Vec<usize>)> {
    let mut level = vec![json];
    let mut shape = Vec::new();
    while ndim.is_none_or(|n| shape.len() < n) {
        let lists = level.iter().filter(|v| matches!(v, Json::List(_))).count();
        if lists == 0 && !(level.is_empty() && ndim.is_some()) {
            break;
        }
        let mut inner = Vec::new();
        let mut len = None;
        for value in &level {
            let Json::List(items) = value else {
                return Err(Error::corrupt("lists and values are mixed"));
            };
            if *len.get_or_insert(items.len()) != items.len() {
                return Err(Error::corrupt("rows of different lengths"));
            }
            inner.extend(items);
        }
        shape.push(len.unwrap_or(0));
        level = inner;
    }
    Ok((level, shape))
}

fn array(json: &Json, dtype: Option<DType>, ndim: Option<usize>) -> Result<Array> {
    let (values, shape) = flattened(json, ndim)?;
    let dtype = dtype.unwrap_or_else(|| guessed(&values));
    typed(&dtype, &values)?.reshape(&shape)
}

/// The type of values that do not say it.
fn guessed(values: &[&Json]) -> DType {
    let all = |test: fn(&Json) -> bool| !values.is_empty() && values.iter().all(|v| test(v));
    let whole = |v: &Json| matches!(v, Json::Number(text) if text.parse::<i64>().is_ok());
    let number = |v: &Json| match v {
        Json::Number(_) | Json::Null => true,
        Json::Text(text) => matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity"),
        _ => false,
    };
    if all(|v| matches!(v, Json::Bool(_))) {
        DType::Bool
    } else if all(whole) {
        DType::I64
    } else if values.iter().all(|v| number(v)) {
        DType::F64
    } else {
        DType::Str
    }
}

fn wrong(value: &Json, dtype: &DType) -> Error {
    Error::corrupt(format!("{value} where {dtype} is expected"))
}

fn typed(dtype: &DType, values: &[&Json]) -> Result<Array> {
    let n = values.len();
    let bad = |v: &Json| wrong(v, dtype);
    macro_rules! numbers {
        ($type:ty) => {{
            let read = |v: &&Json| match v {
                Json::Number(text) => text.parse::<$type>().map_err(|_| bad(v)),
                other => Err(bad(other)),
            };
            Array::from_vec([n], values.iter().map(read).collect::<Result<Vec<_>>>()?)
        }};
    }
    macro_rules! floats {
        ($type:ty) => {{
            let read = |v: &&Json| match v {
                Json::Null => Ok(<$type>::NAN),
                Json::Number(text) => text.parse::<$type>().map_err(|_| bad(v)),
                Json::Text(text) => match text.as_str() {
                    "NaN" => Ok(<$type>::NAN),
                    "Infinity" => Ok(<$type>::INFINITY),
                    "-Infinity" => Ok(<$type>::NEG_INFINITY),
                    _ => Err(bad(v)),
                },
                other => Err(bad(other)),
            };
            Array::from_vec([n], values.iter().map(read).collect::<Result<Vec<$type>>>()?)
        }};
    }
    match dtype {
        DType::Bool => {
            let read = |v: &&Json| match v {
                Json::Bool(v) => Ok(*v),
                other => Err(bad(other)),
            };
            Array::from_vec([n], values.iter().map(read).collect::<Result<Vec<_>>>()?)
        }
        DType::I8 => numbers!(i8),
        DType::I16 => numbers!(i16),
        DType::I32 => numbers!(i32),
        DType::I64 => numbers!(i64),
        DType::U8 => numbers!(u8),
        DType::U16 => numbers!(u16),
        DType::U32 => numbers!(u32),
        DType::U64 => numbers!(u64),
        DType::F16 => floats!(f16),
        DType::F32 => floats!(f32),
        DType::F64 => floats!(f64),
        DType::Str => {
            let read = |v: &&Json| match v {
                Json::Null => Ok(Text::missing()),
                Json::Text(text) => Ok(Text::from(text.as_str())),
                other => Err(bad(other)),
            };
            Array::from_vec([n], values.iter().map(read).collect::<Result<Vec<_>>>()?)
        }
        DType::Duration(_) => {
            let read = |v: &&Json| match v {
                Json::Null => Ok(MISSING),
                Json::Number(text) => text.parse::<i64>().map_err(|_| bad(v)),
                other => Err(bad(other)),
            };
            let ticks = values.iter().map(read).collect::<Result<Vec<_>>>()?;
            Array::from_vec([n], ticks)?.with_dtype(dtype.clone())
        }
        DType::Time(kind) => {
            let read = |v: &&Json| -> Result<i64> {
                match v {
                    Json::Null => Ok(MISSING),
                    Json::Text(text) => {
                        Ok(PartialDate::parse(text)?.start().to_ticks(kind.unit, kind.calendar)?)
                    }
                    other => Err(bad(other)),
                }
            };
            let ticks = values.iter().map(read).collect::<Result<Vec<_>>>()?;
            Array::from_vec([n], ticks)?.with_dtype(dtype.clone())
        }
        other => Err(Error::unsupported(format!("{other} from JSON"))),
    }
}
