//! Parts by label and by position.

use graticule::{Dataset, Error, Indexer, Result, Selector, near};

use crate::args::Args;
use crate::open::open;
use crate::output::deliver;

/// `select`: `--sel` and `--isel`, in the order given.
pub(crate) fn select(args: &Args) -> Result<()> {
    let mut ds = open(args)?;
    for (dim, what) in &args.isel {
        ds = ds.isel(dim.as_str(), positions(what)?);
    }
    for (dim, what) in &args.sel {
        let labels = labels(&ds, dim, what, args.nearest);
        refuse_nothing(&ds, dim, &labels)?;
        ds = ds.sel(dim.as_str(), labels);
    }
    deliver(args, ds)
}

/// A range without labels is lawful in a program; in a shell it is a mistake.
fn refuse_nothing(ds: &Dataset, dim: &str, labels: &Selector) -> Result<()> {
    // The coordinate alone: what was lost when files were combined is another matter.
    let Some(coord) = ds.variable(dim) else { return Ok(()) };
    let alone = Dataset::new().with_coord_variable(dim, coord.clone());
    alone.strict().sel(dim, labels.clone()).check().map(|_| ())
}

/// `A..B`, `A..`, `..B`, `I` or `I,J,K`.
fn positions(text: &str) -> Result<Indexer> {
    let number = |t: &str| {
        t.trim().parse::<i64>().map_err(|_| Error::invalid(format!("\"{t}\" is not a position")))
    };
    let bound = |t: &str| if t.is_empty() { Ok(None) } else { number(t).map(Some) };
    if let Some((from, to)) = text.split_once("..") {
        return Ok(Indexer::Range { start: bound(from)?, stop: bound(to)?, step: 1 });
    }
    if text.contains(',') {
        return Ok(Indexer::List(text.split(',').map(number).collect::<Result<_>>()?));
    }
    number(text).map(Indexer::At)
}

/// Labels as the coordinate holds them: numbers along numbers, text along text and times.
fn labels(ds: &Dataset, dim: &str, text: &str, nearest: bool) -> Selector {
    let numeric = ds.variable(dim).is_some_and(|v| v.dtype().is_real());
    let number = |t: &str| if numeric { t.trim().parse::<f64>().ok() } else { None };
    if let Some((from, to)) = text.split_once("..") {
        return match (number(from), number(to)) {
            (Some(a), Some(b)) => (a..=b).into(),
            (Some(a), None) if to.is_empty() => (a..).into(),
            (None, Some(b)) if from.is_empty() => (..=b).into(),
            _ if from.is_empty() => (..=to).into(),
            _ if to.is_empty() => (from..).into(),
            _ => (from..=to).into(),
        };
    }
    match (number(text), nearest) {
        (Some(a), true) => near(a).into(),
        (Some(a), false) => a.into(),
        (None, true) => near(text).into(),
        (None, false) => text.into(),
    }
}
