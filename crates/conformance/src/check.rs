//! The checks, one per category.

mod decode;
mod library;
mod malformed;
mod multifile;
mod objects;
mod open;
mod operations;
mod read;
mod storage;

use crate::corpus::{Category, Corpus};
use crate::outcome::Outcome;

/// Checks one entry.
pub(crate) fn entry(corpus: &Corpus, category: Category, key: &str) -> Outcome {
    let result = match category {
        Category::Read => read::check(corpus, key),
        Category::Malformed => Ok(malformed::check(corpus, key)),
        Category::Decode => decode::check(corpus, key),
        Category::Multifile => multifile::check(corpus, key),
        Category::Operations => operations::check(corpus, key),
    };
    result.unwrap_or_else(|why| Outcome::failed("the reference cannot be used", why))
}
