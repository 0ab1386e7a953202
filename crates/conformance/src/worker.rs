//! A worker: takes entries from its input, one JSON line each, and answers with one line each.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::check;
use crate::corpus::{Category, Corpus};
use crate::guard::usage;
use crate::outcome::Outcome;

/// Malformed files may not make memory grow by more than this.
const MALFORMED_KB: u64 = 256 << 10;

/// Answers until the input ends.
pub(crate) fn serve(corpus: &Corpus) -> Result<(), String> {
    let panicked: Arc<Mutex<String>> = Arc::default();
    let heard = panicked.clone();
    std::panic::set_hook(Box::new(move |info| {
        *heard.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
    }));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let request: Value = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        let category = request["category"].as_str().and_then(Category::from_name);
        let key = request["key"].as_str().unwrap_or_default();
        let Some(category) = category else { return Err(format!("bad request {line}")) };
        usage::forget_peak();
        let before = usage::resident_kb("self");
        let outcome = catch_unwind(AssertUnwindSafe(|| check::entry(corpus, category, key)));
        let mut outcome = outcome.unwrap_or_else(|_| {
            let message = panicked.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Outcome::failed("panicked", message)
        });
        let growth = usage::peak_kb("self").zip(before).map(|(p, b)| p.saturating_sub(b));
        if let (Category::Malformed, Some(kb @ MALFORMED_KB..)) = (category, growth) {
            outcome = Outcome::failed("memory", format!("grew by {} MB", kb >> 10));
        }
        let mut answer = outcome.to_json();
        answer["grown_kb"] = json!(growth);
        writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(|e| e.to_string())?;
    }
    Ok(())
}
