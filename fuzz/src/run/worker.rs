//! The worker: mutates, runs, and keeps what behaves in a new way.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use graticule_fuzz::{Chance, Target, mutate};

use super::args::Args;
use super::limit;

/// CPU seconds that one input may take. Honest ones take milliseconds.
const MOST_SECONDS: f64 = 10.0;

/// Inputs that are kept to start from.
const MOST_KEPT: usize = 4000;

/// Ways to end that are remembered: all of them would take the memory that is for the target.
const MOST_SEEN: usize = 1 << 20;

/// Larger files are too slow to be worth it.
const LARGEST: u64 = 64 << 10;

/// A failing input: the worker goes on behind it.
const PANICKED: &str = "panicked";

/// Runs the one target for its time. Failing inputs are told line by line: what happened and,
/// behind a tab, the file in which the input stands.
pub(crate) fn main(args: &Args) -> Result<(), String> {
    let target = *args.targets.first().ok_or("a worker without a target")?;
    std::panic::set_hook(Box::new(|_| {}));
    let at = Arc::new(AtomicU64::new(0));
    watch(&at);
    let mut worker = Worker::new(target, args)?;
    let mut chance = Chance::new(args.seed);
    let mut n = 0u64;
    for input in starts(target, args) {
        at.store(n + 1, Ordering::Relaxed);
        worker.try_one(input, true)?;
        n += 1;
    }
    if worker.kept.is_empty() {
        return Err(format!("the target \"{}\" has no input to start from", target.name));
    }
    let mut used = cpu_seconds();
    while used < args.seconds {
        for _ in 0..64 {
            let empty = Vec::new();
            // New finds are worth more than old ones.
            let last = worker.kept.len().saturating_sub(1 + chance.below(16));
            // Most of what is kept fails early: the seeds are what reaches deep.
            let whole = worker.kept.get(..worker.seeds).unwrap_or_default();
            let from = if chance.below(2) == 0 { whole } else { worker.kept.as_slice() };
            let old = chance.of(from).unwrap_or(&empty);
            let input =
                if chance.below(4) == 0 { worker.kept.get(last).unwrap_or(old) } else { old };
            let other = chance.of(&worker.kept).unwrap_or(&empty);
            let input = mutate(input, other, target.words, &mut chance);
            n += 1;
            at.store(n, Ordering::Relaxed);
            worker.try_one(input, false)?;
        }
        used = cpu_seconds();
    }
    println!("ran\t{n}\t{}\t{used:.1}\t{}", worker.kept.len(), limit::peak());
    Ok(())
}

struct Worker<'a> {
    target: &'a Target,
    current: File,
    found: PathBuf,
    seen: HashSet<u64>,
    /// What mutation starts from; the seeds come first, and stay.
    kept: Vec<Vec<u8>>,
    seeds: usize,
    panics: HashSet<String>,
}

impl<'a> Worker<'a> {
    fn new(target: &'a Target, args: &Args) -> Result<Self, String> {
        let current = File::create(&args.current).map_err(|e| e.to_string())?;
        let found = args.found.join(target.name);
        let (seen, kept, panics) = (HashSet::new(), Vec::new(), HashSet::new());
        Ok(Self { target, current, found, seen, kept, seeds: 0, panics })
    }

    fn try_one(&mut self, input: Vec<u8>, keep: bool) -> Result<(), String> {
        self.leave(&input).map_err(|e| format!("cannot note the input: {e}"))?;
        let place = Arc::new(std::sync::Mutex::new(String::new()));
        let noted = place.clone();
        std::panic::set_hook(Box::new(move |info| {
            if let Ok(mut place) = noted.lock() {
                *place = info.location().map(ToString::to_string).unwrap_or_default();
            }
        }));
        match catch_unwind(AssertUnwindSafe(|| (self.target.run)(&input))) {
            Ok(trace) => {
                if self.seen.len() >= MOST_SEEN {
                    self.seen.clear();
                }
                if !self.seen.insert(trace) && !keep {
                    return Ok(());
                }
                if keep {
                    self.seeds += 1;
                } else if self.kept.len() >= self.seeds + MOST_KEPT {
                    let at = self.seeds + self.seen.len() % MOST_KEPT;
                    self.kept.swap_remove(at);
                }
                self.kept.push(input);
            }
            Err(_) => {
                let place = place.lock().map(|p| p.clone()).unwrap_or_default();
                if self.panics.insert(place.clone()) {
                    let file = save(&self.found, &input)?;
                    println!("{PANICKED} at {place}\t{}", file.display());
                }
            }
        }
        Ok(())
    }

    /// Writes down the input first, for a worker that dies cannot.
    fn leave(&mut self, input: &[u8]) -> std::io::Result<()> {
        let length = (input.len() as u64).to_le_bytes();
        self.current.seek(SeekFrom::Start(0))?;
        self.current.write_all(&[&length, input].concat())
    }
}

/// What mutation starts from: the seeds, what was found before, and further files.
fn starts(target: &Target, args: &Args) -> Vec<Vec<u8>> {
    let mut out = (target.seeds)();
    let mut folders = vec![args.found.join(target.name)];
    folders.extend(args.extra.clone());
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => folders.push(path),
                Ok(meta) if meta.len() <= LARGEST => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    out.extend(paths.iter().filter_map(|p| std::fs::read(p).ok()));
    out
}

/// Keeps an input under a name that its bytes give it.
pub(crate) fn save(folder: &Path, input: &[u8]) -> Result<PathBuf, String> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let path = folder.join(format!("{:016x}", hasher.finish()));
    let done = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, input));
    done.map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(path)
}

/// Ends the process when one input takes too long.
#[allow(clippy::disallowed_methods)] // a watch over the only thread that works here
fn watch(at: &Arc<AtomicU64>) {
    let at = at.clone();
    std::thread::spawn(move || {
        let (mut last, mut since) = (0, cpu_seconds());
        let mut changed = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let now = at.load(Ordering::Relaxed);
            if now != last {
                (last, since, changed) = (now, cpu_seconds(), Instant::now());
            }
            // Time that others take from this process does not count, unless nothing moves.
            let busy = cpu_seconds() - since > MOST_SECONDS;
            if busy || changed.elapsed() > Duration::from_secs(300) {
                println!("too slow");
                std::process::abort();
            }
        }
    });
}

/// CPU seconds of this process so far.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold spaces, and ends with the last parenthesis.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse::<u64>().ok()).sum();
    if ticks == 0 && fields.is_empty() {
        // Without /proc the clock has to do.
        return std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0.0, |d| d.as_secs_f64());
    }
    ticks as f64 / 100.0
}
