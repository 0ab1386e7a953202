//! Reductions over dimensions, whole or by group; climatologies and anomalies.

use graticule::{DatasetGroupBy, Error, Reducer, Result};

use crate::args::Args;
use crate::open::open;
use crate::output::deliver;

/// A command that is a reduction, and which one.
type Reduction = (&'static str, fn() -> Reducer);

const REDUCERS: &[Reduction] = &[
    ("mean", graticule::mean),
    ("min", graticule::min),
    ("max", graticule::max),
    ("sum", graticule::sum),
    ("std", graticule::std),
    ("var", graticule::var),
    ("count", graticule::count),
];

/// `mean`, `min`, `max`, `sum`, `std`, `var`, `count`.
pub(crate) fn reduce(args: &Args) -> Result<()> {
    let reducer = REDUCERS.iter().find(|(name, _)| *name == args.command);
    let (_, reducer) = reducer.ok_or_else(|| Error::bug("a command without its reduction"))?;
    let (ds, dims) = (open(args)?, over(args));
    let result = match &args.by {
        Some(by) => ds.groupby(by.as_str()).reduce(reducer(), dims),
        None => ds.reduce(reducer(), dims),
    };
    deliver(args, result)
}

/// `climatology`: the mean of each month, or of each group of `--by`.
pub(crate) fn climatology(args: &Args) -> Result<()> {
    deliver(args, by_month(args)?.mean(()))
}

/// `anomaly`: values minus the mean of their group.
pub(crate) fn anomaly(args: &Args) -> Result<()> {
    let groups = by_month(args)?;
    let climatology = groups.mean(());
    deliver(args, groups - &climatology)
}

fn over(args: &Args) -> Vec<String> {
    if args.over.is_empty() { vec!["time".into()] } else { args.over.clone() }
}

fn by_month(args: &Args) -> Result<DatasetGroupBy> {
    Ok(open(args)?.groupby(args.by.as_deref().unwrap_or("time.month")))
}
