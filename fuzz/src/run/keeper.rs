//! One target: its worker, started again behind each input that kills it.

use std::fmt;
use std::process::{Command, Stdio};

use graticule_fuzz::Target;

use super::args::Args;
use super::worker::save;

/// Workers that may die before a target is given up.
const MOST_DEATHS: u64 = 8;

/// How a target ended.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    name: &'static str,
    inputs: u64,
    kept: u64,
    seconds: f64,
    peak: u64,
    /// What happened and where the input is kept.
    pub(crate) found: Vec<String>,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:16} {:>10} inputs, {:>5} kept, {:>6.1} CPU s, peak {:>3} MiB, {} found",
            self.name,
            self.inputs,
            self.kept,
            self.seconds,
            self.peak >> 20,
            self.found.len()
        )?;
        self.found.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

/// Runs a target for so many CPU seconds.
pub(crate) fn run(target: &'static Target, seconds: f64, args: &Args) -> Result<Ran, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let current = folder.path().join("current");
    let mut ran = Ran { name: target.name, ..Ran::default() };
    for death in 0..MOST_DEATHS {
        let mut program = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
        program.args(["--worker", "--target", target.name, "--seconds", &seconds.to_string()]);
        program.args(["--seed", &args.seed.wrapping_add(death * 1000).to_string()]);
        program.arg("--current").arg(&current).arg("--found").arg(&args.found);
        if let Some(extra) = &args.extra {
            program.arg("--extra").arg(extra);
        }
        let output = program
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("cannot start a worker: {e}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        for line in text.lines() {
            match line.strip_prefix("ran\t") {
                Some(numbers) => ran.count(numbers),
                None => ran.found.push(line.replace('\t', ": ")),
            }
        }
        if output.status.success() {
            return Ok(ran);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let left = std::fs::read(&current).unwrap_or_default();
        let Some((length, input)) = left.split_first_chunk() else {
            return Err(format!("the worker of \"{}\" ended early: {said}", target.name));
        };
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(0);
        let input = input.get(..length).unwrap_or(input);
        let file = save(&args.found.join(target.name), input)?;
        let why = said.lines().last().unwrap_or("");
        ran.found.push(format!("died ({}) {why}: {}", output.status, file.display()));
        // What kills at once would only kill again.
        if text.contains("ended early") {
            break;
        }
    }
    Ok(ran)
}

impl Ran {
    fn count(&mut self, numbers: &str) {
        let mut fields = numbers.split('\t');
        let mut next = || fields.next().unwrap_or("");
        self.inputs += next().parse::<u64>().unwrap_or(0);
        self.kept = next().parse().unwrap_or(0);
        self.seconds += next().parse::<f64>().unwrap_or(0.0);
        self.peak = self.peak.max(next().parse().unwrap_or(0));
    }
}
