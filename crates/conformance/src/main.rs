//! Compares graticule with reference decodings over a corpus of real files.
//!
//! ```text
//! graticule-conformance --corpus DIR [--report FILE.json] [--jobs N]
//!                       [--only read|decode|multifile|operations|malformed] [--match TEXT]
//! ```
//!
//! The corpus describes itself (`MANIFEST.csv`, `reference/`, `operations/`); no file is known
//! by name. Every entry is checked in a worker process that may crash, hang or grow without
//! taking the run with it, is counted exactly once, and the run ends in a line
//! `N passed, N failed, N skipped`.

// A JSON value gives null for a key that it lacks; it does not panic.
#![allow(clippy::indexing_slicing)]
mod args;
mod argued;
mod check;
mod compare;
mod corpus;
mod guard;
mod outcome;
mod report;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    let ended = args::Args::parse(std::env::args().skip(1)).and_then(|args| {
        let corpus = corpus::Corpus::open(&args.corpus)?;
        if args.worker {
            return worker::serve(&corpus);
        }
        let entries = corpus.entries(&args)?;
        let results = guard::run(&entries, &args)?;
        report::finish(&results, &args)
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("graticule-conformance: {message}");
            ExitCode::from(2)
        }
    }
}
