//! The command line.

use std::path::PathBuf;

use graticule_fuzz::{TARGETS, Target, target};
use lexopt::Arg::Long;

pub(crate) const HELP: &str = "\
Usage: graticule-fuzz [--target NAME]... [--seconds N] [--seed N] [--jobs N] [--extra FOLDER]

  --target NAME    run this target (may be repeated); default: all
  --seconds N      CPU seconds, shared equally between the targets (60)
  --seed N         where chance begins (1)
  --jobs N         targets that run at the same time (1)
  --found FOLDER   where failing inputs are kept (fuzz/found)
  --extra FOLDER   files up to 64 KiB in it, and in folders in it, are further inputs to start from
  --list           names the targets";

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) targets: Vec<&'static Target>,
    pub(crate) seconds: f64,
    pub(crate) seed: u64,
    pub(crate) jobs: usize,
    pub(crate) found: PathBuf,
    pub(crate) extra: Option<PathBuf>,
    /// Where a worker leaves the input it is at.
    pub(crate) current: PathBuf,
    pub(crate) worker: bool,
    pub(crate) help: bool,
}

impl Args {
    pub(crate) fn parse() -> Result<Self, String> {
        let mut args = Self {
            targets: Vec::new(),
            seconds: 60.0,
            seed: 1,
            jobs: 1,
            found: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("found"),
            extra: None,
            current: PathBuf::new(),
            worker: false,
            help: false,
        };
        args.read().map_err(|e| e.to_string())?;
        if args.targets.is_empty() {
            args.targets = TARGETS.iter().collect();
        }
        Ok(args)
    }

    fn read(&mut self) -> Result<(), lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("target") => {
                    let name = parser.value()?.to_string_lossy().into_owned();
                    let known = target(&name);
                    self.targets.push(known.ok_or(format!("no target \"{name}\"; see --list"))?);
                }
                Long("seconds") => {
                    self.seconds = parser
                        .value()?
                        .to_string_lossy()
                        .parse()
                        .map_err(|e| format!("--seconds: {e}"))?;
                }
                Long("seed") => self.seed = number(&mut parser)?,
                Long("jobs") => self.jobs = (number(&mut parser)? as usize).clamp(1, 64),
                Long("found") => self.found = parser.value()?.into(),
                Long("extra") => self.extra = Some(parser.value()?.into()),
                Long("current") => self.current = parser.value()?.into(),
                Long("worker") => self.worker = true,
                Long("list") => {
                    for target in TARGETS {
                        println!("{:16} {}", target.name, target.what);
                    }
                    self.help = true;
                }
                Long("help") => self.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

fn number(parser: &mut lexopt::Parser) -> Result<u64, lexopt::Error> {
    let text = parser.value()?.to_string_lossy().into_owned();
    text.parse().map_err(|e| format!("\"{text}\": {e}").into())
}
