//! The command line.

use std::path::{Path, PathBuf};

use crate::corpus::Category;

/// What the user asked for.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) corpus: PathBuf,
    pub(crate) report: Option<PathBuf>,
    pub(crate) only: Vec<Category>,
    /// Only entries whose name contains this text.
    pub(crate) matching: Option<String>,
    pub(crate) jobs: usize,
    /// Serve as a worker of another run.
    pub(crate) worker: bool,
}

const USAGE: &str = "usage: graticule-conformance --corpus DIR [--report FILE.json] [--jobs N] \
                     [--only read|decode|multifile|operations|malformed] [--match TEXT]";

impl Args {
    /// Reads the arguments behind the program's name.
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let mut out = Self {
            corpus: PathBuf::new(),
            report: None,
            only: Vec::new(),
            matching: None,
            jobs,
            worker: false,
        };
        let mut corpus = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
        let mut args = args.peekable();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value; {USAGE}"));
            match arg.as_str() {
                "--corpus" => corpus = Some(value()?.into()),
                "--report" => out.report = Some(value()?.into()),
                "--match" => out.matching = Some(value()?),
                "--jobs" => {
                    let text = value()?;
                    let jobs = text.parse().ok().filter(|n| *n > 0);
                    out.jobs = jobs.ok_or_else(|| format!("--jobs {text} is not a number"))?;
                }
                "--only" => {
                    let name = value()?;
                    let known = Category::from_name(&name);
                    out.only.push(known.ok_or_else(|| format!("no category {name}; {USAGE}"))?);
                }
                "--worker" => out.worker = true,
                "--help" | "-h" => return Err(USAGE.into()),
                other => return Err(format!("unknown argument {other}; {USAGE}")),
            }
        }
        let near = Path::new("../shared/data").to_path_buf();
        out.corpus = corpus.or_else(|| near.is_dir().then_some(near)).ok_or(USAGE)?;
        Ok(out)
    }
}
