//! What the run says at its end.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::args::Args;
use crate::argued::Argued;
use crate::corpus::Category;
use crate::guard::Ended;
use crate::outcome::Outcome;

/// Differences that are printed of one entry; the report has all.
const SHOWN: usize = 3;

/// Longer texts are cut when they are printed.
const LONGEST: usize = 300;

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    argued: usize,
    skipped: usize,
}

/// Prints failures and the table, and writes the report if one is asked for.
pub(crate) fn finish(results: &[Ended], args: &Args) -> Result<(), String> {
    let argued = Argued::load();
    print!("{}", text(results, &argued));
    if let Some(path) = &args.report {
        let report = format!("{:#}\n", to_json(results, &argued));
        std::fs::write(path, report).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn count<'a>(results: impl Iterator<Item = &'a Ended>, argued: &Argued) -> Counts {
    let mut counts = Counts::default();
    for ended in results {
        match ended.outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed(_) => {
                counts.failed += 1;
                counts.argued += usize::from(argued.reason(&ended.entry).is_some());
            }
            Outcome::Skipped(_) => counts.skipped += 1,
        }
    }
    counts
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

fn text(results: &[Ended], argued: &Argued) -> String {
    let mut out = String::new();
    for ended in results {
        let Outcome::Failed(failures) = &ended.outcome else { continue };
        let _ = writeln!(out, "failed {}: {}", ended.entry.category.name(), ended.entry.key);
        if let Some(why) = argued.reason(&ended.entry) {
            let _ = writeln!(out, "    argued: {why}");
        }
        for failure in failures.iter().take(SHOWN) {
            let _ = writeln!(out, "    {}", cut(&failure.line()));
        }
        if failures.len() > SHOWN {
            let _ = writeln!(out, "    and {} more", failures.len() - SHOWN);
        }
    }
    let row = |name: &str, c: Counts| {
        let entries = c.passed + c.failed + c.skipped;
        format!(
            "{name:<11}{entries:>8}{:>8}{:>8}{:>8}{:>8}\n",
            c.passed, c.failed, c.argued, c.skipped
        )
    };
    out.push_str("category    entries  passed  failed  argued skipped\n");
    for category in Category::ALL {
        let these = || results.iter().filter(|e| e.entry.category == category);
        if these().next().is_some() {
            out.push_str(&row(category.name(), count(these(), argued)));
        }
    }
    let all = count(results.iter(), argued);
    let _ = writeln!(out, "{} passed, {} failed, {} skipped", all.passed, all.failed, all.skipped);
    out
}

fn to_json(results: &[Ended], argued: &Argued) -> Value {
    let numbers = |c: Counts| json!({"passed": c.passed, "failed": c.failed, "argued": c.argued, "skipped": c.skipped});
    let mut categories = serde_json::Map::new();
    for category in Category::ALL {
        let these = results.iter().filter(|e| e.entry.category == category);
        categories.insert(category.name().into(), numbers(count(these, argued)));
    }
    let entries = results.iter().map(|ended| {
        let mut entry = ended.outcome.to_json();
        entry["category"] = ended.entry.category.name().into();
        entry["entry"] = ended.entry.key.as_str().into();
        if let (Outcome::Failed(_), Some(why)) = (&ended.outcome, argued.reason(&ended.entry)) {
            entry["argued"] = why.into();
        }
        entry
    });
    let entries: Vec<Value> = entries.collect();
    json!({
        "total": numbers(count(results.iter(), argued)),
        "categories": categories,
        "entries": entries,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Entry;
    use crate::outcome::Failure;

    #[test]
    fn every_entry_is_counted_once() {
        let ended = |category, outcome| Ended {
            entry: Entry { category, key: "x.nc".into(), skip: None },
            outcome,
        };
        let results = [
            ended(Category::Read, Outcome::Passed),
            ended(Category::Read, Outcome::Failed(vec![Failure::whole("opening", "no")])),
            ended(Category::Malformed, Outcome::Skipped("x".into())),
        ];
        let text = text(&results, &Argued::default());
        assert!(text.ends_with("1 passed, 1 failed, 1 skipped\n"), "{text}");
        assert!(text.contains("failed read: x.nc\n    the file: opening: no\n"), "{text}");
        let report = to_json(&results, &Argued::default());
        assert_eq!(report["categories"]["read"]["failed"], 1);
        assert_eq!(report["entries"].as_array().unwrap().len(), 3);
    }
}
