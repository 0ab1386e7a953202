//! Where results go: a file, or the terminal.

use std::io::Write as _;
use std::time::Instant;

use graticule::{Dataset, Error, Result, Session};

use crate::args::Args;

/// Writes to standard output; a closed pipe (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::from),
    }
}

/// Computes a described result and writes it where the command line says, or shows its plan.
pub(crate) fn deliver(args: &Args, result: Dataset) -> Result<()> {
    let result = result.check()?;
    if args.explain {
        return print(&format!("{}\n", result.explain()?));
    }
    let started = Instant::now();
    let session = result.session();
    match &args.output {
        Some(path) => result.write(path.as_path())?,
        None => print(&format!("{}\n", result.compute()?))?,
    }
    if args.stats {
        print(&took(&session, started))?;
    }
    Ok(())
}

/// What the session's last run took, and the time since `started`.
pub(crate) fn took(session: &Session, started: Instant) -> String {
    let report = session.run_report();
    let seconds: Vec<String> =
        report.cpu.iter().map(|t| format!("{:.2}", t.as_secs_f64())).collect();
    format!(
        "read {:.1} MB in {} tasks; processor time of each thread {} s; accounted memory at most \
         {:.0} MB of {:.0} MB; wall time {:.2} s\n",
        report.bytes as f64 / 1e6,
        report.tasks,
        seconds.join(" + "),
        report.peak_bytes as f64 / 1e6,
        session.memory() as f64 / 1e6,
        started.elapsed().as_secs_f64(),
    )
}
