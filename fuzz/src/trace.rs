//! What a target saw, boiled down to a number.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What happened while a target ran. Two inputs with the same trace went, as far as can be told
/// from outside, the same way; so the runner keeps only one of them.
#[derive(Debug, Default)]
pub struct Trace(DefaultHasher);

impl Trace {
    /// Notes how something ended: errors by their text without its numbers and names.
    pub fn note<T, E: Display>(&mut self, result: &Result<T, E>) {
        match result {
            Ok(_) => 1u8.hash(&mut self.0),
            Err(e) => self.text(&e.to_string()),
        }
    }

    /// Notes an error or any other text, without numbers and quoted names.
    pub fn text(&mut self, text: &str) {
        let mut quoted = false;
        for c in text.chars().take(400) {
            quoted ^= c == '"';
            if !quoted && !c.is_ascii_digit() {
                c.hash(&mut self.0);
            }
        }
    }

    /// Notes a small fact.
    pub fn fact(&mut self, fact: impl Hash) {
        fact.hash(&mut self.0);
    }

    /// The number that stands for all that was noted.
    #[must_use]
    pub fn finish(&self) -> u64 {
        self.0.finish()
    }
}
