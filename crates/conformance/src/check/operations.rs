//! Analysis programs: each is run lazily as its files are stored, lazily over other chunks, and
//! on data in memory; all three results are compared.

mod analysis;
mod arguments;
mod groups;
mod joining;
mod options;
mod shape;
mod ufuncs;
mod verbs;

use std::collections::HashMap;

use graticule::{
    ChunkGrid, DataArray, DataArrayCoarsen, DataArrayGroupBy, DataArrayResample, DataArrayRolling,
    DataArrayWeighted, Dataset, DatasetCoarsen, DatasetGroupBy, DatasetResample, DatasetRolling,
    DatasetWeighted, Variable,
};
use serde_json::Value;

use crate::compare::Differences;
use crate::compare::result::{Found, Item, Tolerance, compare};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

/// What a register holds.
#[derive(Clone)]
pub(crate) enum Register {
    Set(Dataset),
    Array(DataArray),
    SetGroups(DatasetGroupBy),
    ArrayGroups(DataArrayGroupBy),
    SetBins(DatasetResample),
    ArrayBins(DataArrayResample),
    SetWindows(DatasetRolling),
    ArrayWindows(DataArrayRolling),
    SetBlocks(DatasetCoarsen),
    ArrayBlocks(DataArrayCoarsen),
    SetWeights(DatasetWeighted),
    ArrayWeights(DataArrayWeighted),
    /// A result that is no array.
    Value(Value),
}

/// The registers of a running program.
pub(crate) type Registers = HashMap<String, Register>;

/// One step: what is done to what, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) verb: &'a str,
    pub(crate) args: &'a [Value],
    pub(crate) kw: &'a Value,
}

/// How the data that a program opens comes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Stored,
    Chunked,
    Whole,
}

impl Way {
    const ALL: [Self; 3] = [Self::Stored, Self::Chunked, Self::Whole];

    /// The opened dataset, its data cut or loaded.
    fn apply(self, set: Dataset) -> graticule::Result<Dataset> {
        match self {
            Self::Stored => Ok(set),
            Self::Whole => set.load(),
            Self::Chunked => {
                let mut cut = set.clone();
                for (name, var) in set.data_vars() {
                    // About a third along each axis, so that borders fall where none are stored.
                    let chunk: Vec<usize> = var.shape().iter().map(|n| n / 3 + 1).collect();
                    let grid = ChunkGrid::even(var.shape(), &chunk);
                    let var = var.clone().with_data(var.data().rechunk(grid)?)?;
                    cut = cut.with_variable(name.clone(), var);
                }
                cut.check()
            }
        }
    }
}

pub(crate) fn check(corpus: &Corpus, key: &str) -> Result<Outcome, String> {
    let program = corpus.program(key)?;
    let mut outcome = Outcome::of(Vec::new());
    for way in Way::ALL {
        outcome = check_way(corpus, &program, way)?;
        if outcome != Outcome::Passed {
            break;
        }
    }
    Ok(outcome)
}

fn check_way(corpus: &Corpus, program: &Value, way: Way) -> Result<Outcome, String> {
    let mut registers = Registers::new();
    let mut last = None;
    for (i, step) in program["steps"].as_array().into_iter().flatten().enumerate() {
        match run(corpus, step, &registers, way) {
            Ok(value) => {
                let name = step["set"].as_str().unwrap_or_default();
                registers.insert(name.to_owned(), value.clone());
                last = Some(value);
            }
            Err(why) => {
                return Ok(Outcome::failed("step", format!("{way:?}, {i}, {step}: {why}")));
            }
        }
    }
    let last = last.ok_or("a program without steps")?;
    if let Register::Value(found) = &last {
        let mut out = Differences::default();
        let expected = &program["result"]["value"];
        out.demand(expected == found, "", "value", expected, found);
        return Ok(Outcome::of(out.0));
    }
    let found = match compute(&last) {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::failed("computing", format!("{way:?}: {why}"))),
    };
    let tolerance = Tolerance {
        relative: program["rtol"].as_f64().unwrap_or_default(),
        absolute: program["atol"].as_f64().unwrap_or_default(),
    };
    let mut out = Differences::default();
    compare(&program["result"], &found, tolerance, &mut out);
    Ok(Outcome::of(out.0))
}

fn run(corpus: &Corpus, step: &Value, registers: &Registers, way: Way) -> Result<Register, String> {
    let verb = step["do"].as_str().ok_or("a step without a verb")?;
    let args = step["args"].as_array().map(Vec::as_slice).unwrap_or_default();
    let call = Step { verb, args, kw: &step["kw"] };
    let Some(on) = step["on"].as_str() else {
        return match verbs::function(corpus, call, registers)? {
            Register::Set(set) if verb.starts_with("open") => {
                way.apply(set).map(Register::Set).map_err(|e| e.to_string())
            }
            other => Ok(other),
        };
    };
    match arguments::register(on, registers)? {
        Register::Set(set) => verbs::on_set(&set, call, registers),
        Register::Array(array) => verbs::on_array(&array, call, registers),
        Register::SetGroups(groups) => groups::on_set_groups(&groups, call, registers),
        Register::ArrayGroups(groups) => groups::on_array_groups(&groups, call, registers),
        Register::SetBins(bins) => groups::on_set_bins(&bins, call),
        Register::ArrayBins(bins) => groups::on_array_bins(&bins, call),
        Register::SetWindows(windows) => groups::on_set_windows(&windows, call),
        Register::ArrayWindows(windows) => groups::on_array_windows(&windows, call),
        Register::SetBlocks(blocks) => groups::on_set_blocks(&blocks, call),
        Register::ArrayBlocks(blocks) => groups::on_array_blocks(&blocks, call),
        Register::SetWeights(weighted) => groups::on_set_weights(&weighted, call),
        Register::ArrayWeights(weighted) => groups::on_array_weights(&weighted, call),
        Register::Value(value) => Err(format!("\"{}\" of {value}", call.verb)),
    }
}

fn item(var: &Variable) -> Result<Item, String> {
    let data = var.in_memory().ok_or("a result that is not in memory")?.clone();
    Ok(Item { dims: var.dims().iter().map(|d| d.as_str().to_owned()).collect(), data })
}

fn items<'a>(
    vars: impl Iterator<Item = (&'a graticule::Name, &'a Variable)>,
) -> Result<std::collections::BTreeMap<String, Item>, String> {
    vars.map(|(name, var)| Ok((name.as_str().to_owned(), item(var)?))).collect()
}

fn compute(register: &Register) -> Result<Found, String> {
    let message = |e: graticule::Error| e.to_string();
    match register {
        Register::Set(set) => {
            let set = set.compute().map_err(message)?;
            Ok(Found { coords: items(set.coord_vars())?, vars: items(set.data_vars())? })
        }
        Register::Array(array) => {
            let array = array.compute().map_err(message)?;
            let coords = array.coords().to_dataset();
            let name = array.name().unwrap_or("result").to_owned();
            let vars = [(name, item(&array.variable())?)].into();
            Ok(Found { coords: items(coords.coord_vars())?, vars })
        }
        _ => Err("the program ends in a grouping".into()),
    }
}
