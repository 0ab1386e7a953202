//! Verbs of what stands between a verb and its reduction: groups, bins, windows, blocks, weights.

use graticule::dataset::Over;
use graticule::{
    DataArrayCoarsen, DataArrayGroupBy, DataArrayResample, DataArrayRolling, DataArrayWeighted,
    DatasetCoarsen, DatasetGroupBy, DatasetResample, DatasetRolling, DatasetWeighted,
    Interpolation,
};
use serde_json::Value;

use super::arguments::{names, over, register, scalar};
use super::options::{either, given, quantiles, reducer};
use super::verbs::{argument, unknown};
use super::{Register, Registers, Step};

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
            match step.verb {
                "cumsum" => return Ok(Register::$made(groups.cumsum())),
                "cumprod" => return Ok(Register::$made(groups.cumprod())),
                _ => {}
            }
            if matches!(step.verb, "quantile" | "median") {
                let at = usize::from(step.verb == "quantile");
                let over = match either(&step, at, "dim") {
                    None => Over::from(()),
                    Some(dim) => over(std::slice::from_ref(dim), &Value::Null)?,
                };
                return Ok(Register::$made(match step.verb {
                    "median" => groups.median(over),
                    _ => {
                        let (q, options) = quantiles(&step)?;
                        groups.quantile_with(q, over, options)
                    }
                }));
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
                "median" => bins.median(),
                "quantile" => bins.quantile(quantiles(&step)?.0),
                "interpolate" => {
                    let method = either(&step, 0, "kind").and_then(Value::as_str);
                    let method = Interpolation::parse(method.unwrap_or("linear"));
                    bins.interpolate(method.map_err(|e| e.to_string())?)
                }
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

/// What is done to moving windows.
macro_rules! window_verbs {
    ($name:ident, $windows:ty, $made:ident) => {
        /// Verbs of moving windows.
        pub(crate) fn $name(windows: &$windows, step: Step<'_>) -> Result<Register, String> {
            if let Some(by) = reducer(step.verb, step.kw) {
                return Ok(Register::$made(windows.reduce(by?)));
            }
            Ok(Register::$made(match step.verb {
                "median" => windows.median(),
                "argmax" => windows.argmax(),
                "argmin" => windows.argmin(),
                "construct" => {
                    let named = step.args.first().filter(|v| !v.is_null());
                    let named = named.or_else(|| step.kw.get("window_dim"));
                    let dims = match named {
                        Some(Value::Object(map)) => names(&map.values().cloned().collect())?,
                        Some(value) => names(value)?,
                        None => {
                            let options = [
                                "stride",
                                "fill_value",
                                "keep_attrs",
                                "sliding_window_view_kwargs",
                            ];
                            let all = given(step.kw, &options);
                            all.filter_map(|(_, v)| v.as_str().map(String::from)).collect()
                        }
                    };
                    let stride = step.kw["stride"].as_u64().unwrap_or(1) as usize;
                    let fill = match &step.kw["fill_value"] {
                        Value::Null => None,
                        value => Some(scalar(value)?),
                    };
                    windows.construct_with(dims, stride, fill.as_ref())
                }
                verb => return Err(unknown(verb, "moving windows")),
            }))
        }
    };
}

window_verbs!(on_set_windows, DatasetRolling, Set);
window_verbs!(on_array_windows, DataArrayRolling, Array);

/// What is done to blocks.
macro_rules! block_verbs {
    ($name:ident, $blocks:ty, $made:ident) => {
        /// Verbs of blocks of neighbours.
        pub(crate) fn $name(blocks: &$blocks, step: Step<'_>) -> Result<Register, String> {
            if let Some(by) = reducer(step.verb, step.kw) {
                return Ok(Register::$made(blocks.reduce(by?)));
            }
            Ok(Register::$made(match step.verb {
                "median" => blocks.median(),
                "construct" => {
                    let map = step.args.first().unwrap_or(step.kw);
                    let mut pairs = Vec::new();
                    for (dim, two) in given(map, &["keep_attrs"]) {
                        match names(two)?.as_slice() {
                            [outer, inner] => {
                                pairs.push((dim, outer.clone(), inner.clone()));
                            }
                            other => return Err(format!("blocks as {other:?}")),
                        }
                    }
                    blocks.construct(pairs.iter().map(|(d, a, b)| (*d, (a.as_str(), b.as_str()))))
                }
                verb => return Err(unknown(verb, "blocks")),
            }))
        }
    };
}

block_verbs!(on_set_blocks, DatasetCoarsen, Set);
block_verbs!(on_array_blocks, DataArrayCoarsen, Array);

/// What is done to weighted objects.
macro_rules! weighted_verbs {
    ($name:ident, $weighted:ty, $made:ident) => {
        /// Verbs of weighted objects.
        pub(crate) fn $name(weighted: &$weighted, step: Step<'_>) -> Result<Register, String> {
            let weighted = match step.kw["skipna"].as_bool() {
                Some(skip) => weighted.clone().skipna(skip),
                None => weighted.clone(),
            };
            if step.verb == "quantile" {
                let over = over(step.args.get(1..).unwrap_or_default(), step.kw)?;
                return Ok(Register::$made(weighted.quantile(quantiles(&step)?.0, over)));
            }
            let over = over(step.args, step.kw)?;
            Ok(Register::$made(match step.verb {
                "mean" => weighted.mean(over),
                "sum" => weighted.sum(over),
                "sum_of_weights" => weighted.sum_of_weights(over),
                "sum_of_squares" => weighted.sum_of_squares(over),
                "var" => weighted.var(over),
                "std" => weighted.std(over),
                verb => return Err(unknown(verb, "weighted objects")),
            }))
        }
    };
}

weighted_verbs!(on_set_weights, DatasetWeighted, Set);
weighted_verbs!(on_array_weights, DataArrayWeighted, Array);
