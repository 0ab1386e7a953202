//! The files of the command line as one dataset.

use std::sync::Arc;

use graticule::{
    CombineOptions, Dataset, Error, Location, ManyOptions, Memory, OpenOptions, Result, Session,
};

use crate::args::Args;
use crate::output;
use crate::progress::Bar;

/// A session with the limits of the command line.
pub(crate) fn session(args: &Args) -> Result<Session> {
    let mut builder = Session::builder().backends(graticule::backends());
    builder = builder.progress(Arc::new(Bar::new()));
    if let Some(n) = args.threads {
        if n == 0 {
            return Err(Error::invalid("--threads must be at least 1"));
        }
        builder = builder.threads(n);
    }
    if let Some(size) = &args.memory {
        builder = builder.memory(size.parse::<Memory>()?);
    }
    Ok(builder.build())
}

/// Opens what the command line names, as one dataset, and keeps the wanted variables.
pub(crate) fn open(args: &Args) -> Result<Dataset> {
    open_in(args, &session(args)?)
}

pub(crate) fn open_in(args: &Args, session: &Session) -> Result<Dataset> {
    if args.files.is_empty() {
        return Err(Error::invalid("no files given").hint("name paths or quoted patterns"));
    }
    let ds = match args.files.as_slice() {
        [one] if !Location::is_pattern(one) && args.index.is_none() => {
            graticule::open_dataset_with(one.as_str(), &OpenOptions::new(), session)?
        }
        many => graticule::open_mfdataset_with(many.to_vec(), &combined(args), session)?,
    };
    if args.vars.is_empty() { Ok(ds) } else { ds.keep(args.vars.clone()).check() }
}

fn combined(args: &Args) -> ManyOptions {
    let options = match &args.concat_dim {
        Some(dim) => ManyOptions::new().combine(CombineOptions::nested(dim)),
        None => ManyOptions::new(),
    };
    match &args.index {
        Some(at) => options.index(at),
        None => options,
    }
}

/// `index`: makes or updates the index of an archive.
pub(crate) fn index(args: &Args) -> Result<()> {
    let at = args.output.as_ref().or(args.index.as_ref());
    let at = at.ok_or_else(|| {
        Error::invalid("no place for the index").hint("name it: -o archive.gratidx")
    })?;
    if args.files.is_empty() {
        return Err(Error::invalid("no files given").hint("name paths or quoted patterns"));
    }
    let options = ManyOptions::new().index(at);
    let report = graticule::index_files_with(args.files.clone(), &options, &session(args)?)?;
    let mut text = format!(
        "{} files: {} known, {} learned, {} that an index cannot hold, {} that cannot be opened\n",
        report.files,
        report.known,
        report.learned,
        report.plain,
        report.problems.len()
    );
    for line in report.note.iter().cloned().chain(report.problems.iter().map(ToString::to_string)) {
        text.push_str(&format!("{line}\n"));
    }
    output::print(&text)
}

/// `info`: the header of what the files hold, without reading their data; of one file with all
/// its groups.
pub(crate) fn info(args: &Args) -> Result<()> {
    let ds = open(args)?;
    if args.cf {
        return output::print(&conventions(&ds)?);
    }
    let mut text = ds.info(&args.files.join(" "));
    if let [one] = args.files.as_slice()
        && !Location::is_pattern(one)
    {
        for (path, group) in graticule::open_groups(one.as_str())?.iter().skip(1) {
            text.push_str(&group.info(path));
        }
    }
    output::print(&text)
}

/// What the CF attributes say, how regular the time axis is, and what is not as it should be.
fn conventions(ds: &Dataset) -> Result<String> {
    let cf = ds.cf();
    let mut text = cf.to_string();
    // A dataset need not have a time axis, nor one that was decoded.
    if let Ok(audit) = cf.time_audit() {
        text.push_str(&format!("time axis:\n  {}\n", audit.to_string().replace('\n', "\n  ")));
    }
    let report = cf.report()?;
    text.push_str("report:\n");
    for line in report.to_string().lines() {
        text.push_str(&format!("  {line}\n"));
    }
    Ok(text)
}
