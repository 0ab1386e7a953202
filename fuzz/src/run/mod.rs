//! The runner: workers, and the watch over them.

mod args;
mod keeper;
mod limit;
mod worker;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use args::Args;
use keeper::Ran;

/// Runs what the command line asks for; `false` if anything was found.
pub(crate) fn main() -> Result<bool, String> {
    let args = Args::parse()?;
    if args.help {
        println!("{}", args::HELP);
        return Ok(true);
    }
    if args.worker {
        return worker::main(&args).map(|()| true);
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Result<Ran, String>>> = Mutex::default();
    let share = args.seconds / args.targets.len().max(1) as f64;
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| {
                while let Some(target) = args.targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ran = keeper::run(target, share, &args);
                    if let Ok(ran) = &ran {
                        println!("{ran}");
                    }
                    results.lock().map(|mut all| all.push(ran)).unwrap_or_default();
                }
            });
        }
    });
    let results = results.into_inner().map_err(|_| "a thread of the runner died")?;
    let mut clean = true;
    for ran in results {
        clean &= ran?.found.is_empty();
    }
    Ok(clean)
}
