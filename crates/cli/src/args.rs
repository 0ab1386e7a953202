//! The command line, parsed.

use std::path::PathBuf;

use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    pub(crate) command: String,
    pub(crate) files: Vec<String>,
    pub(crate) over: Vec<String>,
    pub(crate) by: Option<String>,
    pub(crate) vars: Vec<String>,
    pub(crate) sel: Vec<(String, String)>,
    pub(crate) isel: Vec<(String, String)>,
    pub(crate) nearest: bool,
    pub(crate) output: Option<PathBuf>,
    pub(crate) memory: Option<String>,
    pub(crate) threads: Option<usize>,
    pub(crate) explain: bool,
    pub(crate) stats: bool,
    pub(crate) concat_dim: Option<String>,
    pub(crate) days: usize,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) keep: bool,
    pub(crate) cf: bool,
    pub(crate) index: Option<PathBuf>,
}

pub(crate) const USAGE: &str = "\
graticule: thousands of NetCDF and HDF5 files as one dataset

usage: graticule COMMAND FILES... [options]     FILES are paths or quoted patterns (\"sst/*.nc\")

  info         show dimensions, coordinates, variables and attributes, many files as one
  mean | min | max | sum | std | var | count    reduce --over DIMS, optionally --by time.month
  climatology  mean of each month (--by time.dayofyear, time.season ...: of each such group)
  anomaly      values minus their climatology
  select       take a part: --sel time=1991..2020 --isel zlev=0 --var sst
  index        make or update an index of an archive: index \"a/*.nc\" -o archive.gratidx
  demo         make a synthetic archive of daily files and run the main job on it

what to compute
  --over DIMS      dimensions to reduce, separated by commas (default: time)
  --by GROUPS      a time component (time.month, time.season, time.year ...) or a coordinate
  --var NAMES      only these variables
  --sel DIM=A..B   by label, both ends included; DIM=A one label; times may be partial: 2001-03
  --nearest        take the nearest label where --sel names one that is not there
  --isel DIM=A..B  by position, from 0, the end excluded; DIM=I one position
  --index F        open the files through an index, which is made if there is none
  --concat DIM     put the files one after the other along DIM, in the order given

info
  --cf             what the CF attributes mean (axes, units, calendars, mappings), an audit of the
                   time axis, and what is not as the CF conventions say

how
  -o, --output F   write the result to F (NetCDF-4); without it the result is printed
  --memory SIZE    never use more, e.g. 256MB, 8GiB (default: half of what is available)
  --threads N      (default: all cores)
  --explain        print the plan (bytes to read, peak memory, tasks) instead of running it
  --stats          print what the run took

demo
  --days N         files to make (default: 365)
  --dir DIR        where (default: a new folder in the temporary directory)
  --keep           leave the files there

  -h, --help       this text
  -V, --version
";

impl Args {
    /// Parses the process's arguments.
    pub(crate) fn parse() -> Result<Self, String> {
        Self::parse_from(lexopt::Parser::from_env()).map_err(|e| e.to_string())
    }

    fn parse_from(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        let mut args = Self { days: 365, ..Self::default() };
        while let Some(arg) = parser.next()? {
            match arg {
                Long("over") => args.over.extend(names(&parser.value()?.string()?)),
                Long("by") => args.by = Some(parser.value()?.string()?),
                Long("var") => args.vars.extend(names(&parser.value()?.string()?)),
                Long("sel") => args.sel.push(pair(&parser.value()?.string()?)?),
                Long("isel") => args.isel.push(pair(&parser.value()?.string()?)?),
                Long("nearest") => args.nearest = true,
                Long("concat") => args.concat_dim = Some(parser.value()?.string()?),
                Short('o') | Long("output") => args.output = Some(parser.value()?.into()),
                Long("memory") => args.memory = Some(parser.value()?.string()?),
                Long("threads") => args.threads = Some(parser.value()?.parse()?),
                Long("explain") => args.explain = true,
                Long("stats") => args.stats = true,
                Long("days") => args.days = parser.value()?.parse()?,
                Long("dir") => args.dir = Some(parser.value()?.into()),
                Long("keep") => args.keep = true,
                Long("cf") => args.cf = true,
                Long("index") => args.index = Some(parser.value()?.into()),
                Short('h') | Long("help") => args.command = "help".into(),
                Short('V') | Long("version") => args.command = "version".into(),
                Value(v) if args.command.is_empty() => args.command = v.string()?,
                Value(v) => args.files.push(v.string()?),
                other => return Err(other.unexpected()),
            }
        }
        Ok(args)
    }
}

fn names(text: &str) -> impl Iterator<Item = String> {
    text.split(',')
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

fn pair(text: &str) -> Result<(String, String), lexopt::Error> {
    match text.split_once('=') {
        Some((dim, what)) if !dim.is_empty() && !what.is_empty() => {
            Ok((dim.trim().to_owned(), what.trim().to_owned()))
        }
        _ => Err(format!("expected DIM=LABEL or DIM=FROM..TO, found \"{text}\"").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, lexopt::Error> {
        Args::parse_from(lexopt::Parser::from_args(words))
    }

    #[test]
    fn commands_files_and_options_in_any_order() {
        let a = parse(&["mean", "a.nc", "--over", "time, lat", "-o", "out.nc", "b*.nc"]).unwrap();
        assert_eq!((a.command.as_str(), a.files.len()), ("mean", 2));
        assert_eq!(a.over, ["time", "lat"]);
        assert_eq!(a.output, Some("out.nc".into()));
    }

    #[test]
    fn mistakes_are_named() {
        let e = parse(&["select", "a.nc", "--sel", "time"]).unwrap_err().to_string();
        assert!(e.contains("DIM=FROM..TO") && e.contains("\"time\""), "{e}");
        assert!(parse(&["mean", "--threads", "many"]).is_err());
        assert!(parse(&["mean", "--ovr", "x"]).is_err());
    }
}
