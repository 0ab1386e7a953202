//! The checks, one per category.

mod malformed;
mod open;
mod read;
mod storage;

use crate::corpus::{Category, Corpus};
use crate::outcome::Outcome;

/// The difference of files whose reference lists HDF5 objects, which the library cannot yet.
pub(crate) const LISTING: &str = "HDF5 objects";

/// Checks one entry.
pub(crate) fn entry(corpus: &Corpus, category: Category, key: &str) -> Outcome {
    let result = match category {
        Category::Read => read::check(corpus, key),
        Category::Malformed => Ok(malformed::check(corpus, key)),
        Category::Decode | Category::Multifile | Category::Operations => {
            Ok(Outcome::failed("not compared", "the library cannot do this yet"))
        }
    };
    result.unwrap_or_else(|why| Outcome::failed("the reference cannot be used", why))
}
