//! Runs fuzz targets on any compiler, for a given time.
//!
//! Each target runs in a worker process of its own that mutates inputs, so that a crash, a hang
//! or a flood of memory ends only that worker. Whatever fails is kept in `fuzz/found`.

mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    match run::main() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("graticule-fuzz: {why}");
            ExitCode::from(2)
        }
    }
}
