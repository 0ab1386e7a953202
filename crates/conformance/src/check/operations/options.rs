//! The options of verbs, from the keywords of a step.

use graticule::dataset::{Bins, Every, bins, every};
use graticule::{
    CalculusOptions, GapOptions, IdxOptions, InterpOptions, Interpolation, Origin, PadMode,
    PolyfitOptions, Q, QuantileMethod, QuantileOptions, Reducer, Side,
};
use serde_json::Value;

use super::Step;
use super::arguments::{names, scalar};
use super::verbs::argument;

/// A reduction by its name, with the options given by keyword.
pub(crate) fn reducer(verb: &str, kw: &Value) -> Option<Result<Reducer, String>> {
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

pub(crate) fn key<'a>(step: &Step<'a>) -> Result<&'a str, String> {
    argument(step, 0)?.as_str().ok_or_else(|| format!("{} by no name", step.verb))
}

/// The intervals of `groupby_bins`.
pub(crate) fn intervals(step: &Step<'_>) -> Result<Bins, String> {
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
pub(crate) fn resampling(kw: &Value) -> Result<(&str, Every), String> {
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

fn unknown_option(key: &str, value: &Value, verb: &str) -> String {
    format!("the option {key}={value} of {verb}")
}

/// Options that have a default, so that `null` means nothing.
pub(crate) fn given<'a>(
    kw: &'a Value,
    others: &'a [&str],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let all = kw.as_object().into_iter().flatten().map(|(k, v)| (k.as_str(), v));
    all.filter(|(key, value)| !others.contains(key) && !value.is_null())
}

/// An argument by its place or its name.
pub(crate) fn either<'a>(step: &Step<'a>, at: usize, key: &str) -> Option<&'a Value> {
    step.args.get(at).or_else(|| step.kw.get(key)).filter(|v| !v.is_null())
}

/// The name of a dimension or coordinate, by place or name.
pub(crate) fn name_of<'a>(step: &Step<'a>, at: usize, key: &str) -> Result<&'a str, String> {
    let found = either(step, at, key).and_then(|v| match v {
        Value::Array(list) if list.len() == 1 => list.first().and_then(Value::as_str),
        other => other.as_str(),
    });
    found.ok_or_else(|| format!("{} along no dimension", step.verb))
}

/// The quantiles, and how they are found.
pub(crate) fn quantiles(step: &Step<'_>) -> Result<(Q, QuantileOptions), String> {
    let q = either(step, 0, "q").ok_or("quantile of nothing")?;
    let q = match (q.as_f64(), q.as_array()) {
        (Some(one), _) => Q::from(one),
        (None, Some(list)) => Q::from(list.iter().filter_map(Value::as_f64).collect::<Vec<_>>()),
        (None, None) => return Err(format!("the quantile {q}")),
    };
    Ok((q, quantile_options(step)?))
}

/// How quantiles and medians are found.
pub(crate) fn quantile_options(step: &Step<'_>) -> Result<QuantileOptions, String> {
    let mut options = QuantileOptions::new();
    for (key, value) in given(step.kw, &["q", "dim", "keep_attrs"]) {
        options = match (key, value.as_bool(), value.as_str()) {
            ("skipna", Some(skip), _) => options.skipna(skip),
            ("method" | "interpolation", _, Some(name)) => {
                options.method(QuantileMethod::parse(name).map_err(|e| e.to_string())?)
            }
            _ => return Err(unknown_option(key, value, step.verb)),
        };
    }
    Ok(options)
}

/// How interpolation goes.
pub(crate) fn interpolation(kw: &Value) -> Result<InterpOptions, String> {
    let method = kw["method"].as_str().unwrap_or("linear");
    let method = match (method, kw["kwargs"]["order"].as_u64()) {
        ("polynomial" | "spline", Some(order)) => Interpolation::Spline(order.min(9) as u8),
        _ => Interpolation::parse(method).map_err(|e| e.to_string())?,
    };
    let options = InterpOptions::new().method(method);
    Ok(match &kw["kwargs"]["fill_value"] {
        Value::Null => options,
        Value::String(text) if text == "extrapolate" => options.extrapolate(),
        other => options.fill_value(other.as_f64().ok_or("a fill value that is no number")?),
    })
}

/// How gaps are filled.
pub(crate) fn gaps(step: &Step<'_>) -> Result<GapOptions, String> {
    let mut options = GapOptions::new();
    for (key, value) in given(step.kw, &["dim", "keep_attrs"]) {
        options = match (key, value) {
            ("method", Value::String(name)) => {
                options.method(Interpolation::parse(name).map_err(|e| e.to_string())?)
            }
            ("limit", Value::Number(n)) => options.limit(n.as_u64().unwrap_or(0) as usize),
            ("max_gap", Value::Number(n)) => options.max_gap(n.as_f64().unwrap_or(0.0)),
            ("use_coordinate", Value::Bool(true)) => options,
            ("use_coordinate", Value::Bool(false)) => options.by_position(),
            ("fill_value", Value::String(text)) if text == "extrapolate" => options.extrapolate(),
            _ => return Err(unknown_option(key, value, step.verb)),
        };
    }
    Ok(options)
}

/// How derivatives and integrals are taken.
pub(crate) fn calculus(step: &Step<'_>) -> Result<CalculusOptions, String> {
    let mut options = CalculusOptions::new();
    for (key, value) in given(step.kw, &["coord"]) {
        options = match (key, value) {
            ("edge_order", Value::Number(n)) => options.edge_order(n.as_u64().unwrap_or(1) as u8),
            ("datetime_unit", Value::String(unit)) => options.datetime_unit(unit.as_str()),
            _ => return Err(unknown_option(key, value, step.verb)),
        };
    }
    Ok(options)
}

/// How labels of extremes are found.
pub(crate) fn extremes(step: &Step<'_>) -> Result<IdxOptions, String> {
    let mut options = IdxOptions::new();
    for (key, value) in given(step.kw, &["dim", "keep_attrs"]) {
        options = match (key, value) {
            ("skipna", Value::Bool(skip)) => options.skipna(*skip),
            ("fill_value", _) => options.fill_value(scalar(value)?),
            _ => return Err(unknown_option(key, value, step.verb)),
        };
    }
    Ok(options)
}

/// How polynomials are fitted.
pub(crate) fn fits(step: &Step<'_>) -> Result<PolyfitOptions, String> {
    let mut options = PolyfitOptions::new();
    for (key, value) in given(step.kw, &["dim", "deg"]) {
        options = match (key, value) {
            ("skipna", Value::Bool(skip)) => options.skipna(*skip),
            ("w", Value::Array(list)) => {
                options.weights(list.iter().filter_map(Value::as_f64).collect::<Vec<_>>())
            }
            _ => return Err(unknown_option(key, value, step.verb)),
        };
    }
    Ok(options)
}

/// How elements are put around an array.
pub(crate) fn padding(kw: &Value) -> Result<PadMode, String> {
    let mode = match kw["mode"].as_str().unwrap_or("constant") {
        "constant" => match &kw["constant_values"] {
            Value::Null => PadMode::missing(),
            value => PadMode::constant(scalar(value)?),
        },
        "edge" => PadMode::edge(),
        "linear_ramp" => PadMode::linear_ramp(match &kw["end_values"] {
            Value::Null => 0.into(),
            value => scalar(value)?,
        }),
        "maximum" => PadMode::maximum(),
        "minimum" => PadMode::minimum(),
        "mean" => PadMode::mean(),
        "median" => PadMode::median(),
        "reflect" => PadMode::reflect(),
        "symmetric" => PadMode::symmetric(),
        "wrap" => PadMode::wrap(),
        other => return Err(format!("padding by {other}")),
    };
    Ok(match (kw["stat_length"].as_u64(), kw["reflect_type"].as_str()) {
        (Some(length), _) => mode.stat_length(length as usize),
        (_, Some("odd")) => mode.odd(),
        _ => mode,
    })
}
