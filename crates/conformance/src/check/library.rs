//! The library as the checks use it: one session, opening by what the references did.

use std::path::PathBuf;

use graticule::{
    CombineOptions, Compat, Dataset, Join, Lacking, ManyOptions, OpenOptions, Session, Vars,
};
use serde_json::Value;

use crate::corpus::Corpus;

/// A session with all formats of the facade.
pub(crate) fn session() -> Session {
    Session::builder().backends(graticule::backends()).build()
}

/// How the reference was decoded: where the default failed it says what was left out.
pub(crate) fn decoding(reference: &Value) -> OpenOptions {
    match reference["open"]["retry"].as_str() {
        None => OpenOptions::new(),
        Some("decode_times=False") => OpenOptions::new().decode_times(false),
        Some("decode_times=False, mask_and_scale=False") => {
            OpenOptions::new().decode_times(false).mask_and_scale(false)
        }
        // The text of an error: nothing was decoded.
        Some(_) => OpenOptions::undecoded(),
    }
}

/// The options that keyword arguments of `open_mfdataset` stand for.
pub(crate) fn combining(kw: &Value) -> ManyOptions {
    let mut options = match (kw["combine"].as_str(), kw["concat_dim"].as_str()) {
        (Some("nested"), Some(dim)) => CombineOptions::nested(dim),
        _ => CombineOptions::new(),
    };
    if kw["compat"] == "override" {
        options = options.compat(Compat::Override);
    }
    options = match kw["join"].as_str() {
        Some("outer") => options.join(Join::Outer).lacking(Lacking::Fill),
        Some("inner") => options.join(Join::Inner),
        Some("override") => options.join(Join::Override),
        _ => options,
    };
    options = match kw["data_vars"].as_str() {
        Some("minimal") => options.data_vars(Vars::Minimal),
        Some("all") => options.data_vars(Vars::All),
        _ => options,
    };
    ManyOptions::new().combine(options)
}

/// Opens files as one dataset.
pub(crate) fn open_many(
    corpus: &Corpus,
    files: &[String],
    options: &ManyOptions,
) -> graticule::Result<Dataset> {
    let paths: Vec<PathBuf> = files.iter().map(|f| corpus.path(f)).collect();
    graticule::dataset::open_mfdataset(paths, options, &session())
}

/// Opens one file.
pub(crate) fn open_one(corpus: &Corpus, file: &str) -> graticule::Result<Dataset> {
    graticule::dataset::open_dataset(corpus.path(file), &OpenOptions::new(), &session())
}
