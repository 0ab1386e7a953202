//! What the source files must look like.

use std::path::{Path, PathBuf};

use crate::workspace;

/// Beyond this a file holds more than one idea.
const LONGEST: usize = 700;

/// Types that make a static an owner of state.
const OWNERS: &[&str] =
    &["Mutex", "RwLock", "OnceLock", "LazyLock", "OnceCell", "LazyCell", "Lazy<", "thread_local!"];

/// Statics that may stay although they look like owners: (end of path, name, reason).
const ALLOWED: &[(&str, &str, &str)] = &[
    ("lazy/src/session/mod.rs", "Weak", "finds the default session again, does not keep it alive"),
    ("hdf5/src/filter/scratch.rs", "thread_local!", "buffers that only save their allocation"),
    ("lazy/src/session/lease.rs", "thread_local!", "which runs this thread works for right now"),
    ("array/src/watch.rs", "thread_local!", "who watches this thread's work, while it lasts"),
];

fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    for krate in std::fs::read_dir(workspace().join("crates")).unwrap() {
        walk(&krate.unwrap().path().join("src"), &mut out);
    }
    out.sort();
    out
}

/// The declarations of statics in a source text that own something.
fn owning_statics(text: &str) -> Vec<String> {
    let code = text.lines().map(str::trim).filter(|l| !l.starts_with("//"));
    let starts = code.filter(|l| {
        let item = l.strip_prefix("pub(crate) ").or(l.strip_prefix("pub ")).unwrap_or(l);
        item.starts_with("static ") || item.contains("thread_local!")
    });
    starts.filter(|l| OWNERS.iter().any(|o| l.contains(o))).map(String::from).collect()
}

#[test]
fn files_are_short() {
    let files = sources();
    assert!(files.len() > 50, "the sources were not found");
    let long = files.iter().filter_map(|path| {
        let lines = std::fs::read_to_string(path).unwrap().lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines", path.display()))
    });
    let long: Vec<_> = long.collect();
    assert!(long.is_empty(), "files of more than {LONGEST} lines: {}", long.join(", "));
}

#[test]
fn no_static_owns_state() {
    let mut wrong = Vec::new();
    let mut stale: Vec<_> = ALLOWED.iter().collect();
    for path in sources() {
        for line in owning_statics(&std::fs::read_to_string(&path).unwrap()) {
            let here =
                |(end, name, _): &(&str, &str, &str)| path.ends_with(end) && line.contains(name);
            if !ALLOWED.iter().any(here) {
                wrong.push(format!("{}: {line}", path.display()));
            }
            stale.retain(|entry| !here(entry));
        }
    }
    assert!(wrong.is_empty(), "state belongs to a session, not to a static: {wrong:#?}");
    assert!(stale.is_empty(), "nothing needs these exceptions any more: {stale:#?}");
}

#[test]
fn an_owning_static_is_found() {
    let found = owning_statics(
        "// static A: Mutex<u8>\nstatic N: u8 = 1;\npub static POOL: OnceLock<Pool> = x;\n\
         thread_local! { static S: u8 }\nfn f(s: &'static Mutex<u8>) {}",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}
