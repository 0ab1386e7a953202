//! Many files with the help of an index.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;
use graticule_storage::Location;
use rayon::prelude::*;

use super::many::{FileList, ManyOptions, OPENED_AT_ONCE, learned_piece, preprocessed};
use crate::archive::{ArchiveIndex, Learned, Reopener, fingerprint};
use crate::combine::Piece;

/// What became of an index.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct IndexReport {
    /// The files that were asked for.
    pub files: usize,
    /// Those that the index knew as they are now; they were not opened.
    pub known: usize,
    /// Those that were opened and taken in.
    pub learned: usize,
    /// Those that were opened and that an index cannot hold; they are opened every time.
    pub plain: usize,
    /// Why some files cannot be opened.
    pub problems: Vec<Error>,
    /// Why the index was made anew, or could not be written.
    pub note: Option<String>,
}

/// What the files contribute, and what became of the index.
pub(super) struct Found {
    pub(super) pieces: Vec<Piece>,
    pub(super) report: IndexReport,
    index: ArchiveIndex,
    reopener: Reopener,
}

impl Found {
    /// Writes the index if something was learned, also while the pieces were combined. To be
    /// called once nothing more is learned; the report holds all that is left to say.
    pub(super) fn keep(self, at: &Path, locations: &[Location]) -> IndexReport {
        let Self { mut report, mut index, reopener, .. } = self;
        index.take_digests(&reopener);
        if index.is_changed() {
            let wanted: HashSet<Arc<str>> = locations.iter().map(|l| reopener.path(l)).collect();
            index.retain(|path| wanted.contains(path) || Path::new(path).exists());
            if let Err(why) = index.save(at) {
                report.note = Some(format!("the index {} was not written: {why}", at.display()));
            }
        }
        report
    }
}

/// Makes or updates the index that `options` name: opens the files that it does not know as they
/// are now, in parallel, and forgets files that are gone. Files need not go together.
///
/// # Errors
/// If the options name no index or it cannot be written, a pattern matches nothing, or the file
/// at the place of the index is none. Files that cannot be opened stand in the report.
pub fn index_files(
    files: impl Into<FileList>,
    options: &ManyOptions,
    session: &Session,
) -> Result<IndexReport> {
    let Some(at) = &options.index else {
        return Err(Error::invalid("no place for the index").hint("name it with .index(path)"));
    };
    let locations = files.into().resolve()?;
    // What becomes of the files does not matter to an index.
    let options = &options.clone().without_preprocess();
    let report = pieces(at, &locations, options, session)?.keep(at, &locations);
    match &report.note {
        Some(note) if !at.exists() => Err(Error::io(note.clone()).in_file(at)),
        _ => Ok(report),
    }
}

/// What a file contributes, and what is new of it.
struct Opened {
    piece: Piece,
    fresh: Option<Fresh>,
}

/// A file that the index did not know.
struct Fresh {
    location: Location,
    fingerprint: Option<(u64, i128)>,
    learned: Option<Learned>,
    /// What it contributes, if a function made something else of that.
    before: Option<Piece>,
}

/// What each file contributes, in the order given, and the problems of those that cannot be opened.
pub(super) fn pieces(
    at: &Path,
    locations: &[Location],
    options: &ManyOptions,
    session: &Session,
) -> Result<Found> {
    let (mut index, why) = ArchiveIndex::load(at, &options.open)?;
    let reopener = Reopener::new(session, &options.open, options.combine.attrs, &index);
    let mut report = IndexReport {
        files: locations.len(),
        note: why.map(|why| format!("the index {} was made anew: {why}", at.display())),
        ..IndexReport::default()
    };
    let mut pieces: Vec<Piece> = Vec::with_capacity(locations.len());
    let mut rest = locations;
    // The first file that opens is the model whose metadata the others share.
    while let Some((first, others)) = rest.split_first().filter(|_| pieces.is_empty()) {
        let opened = one(first, None, &index, &reopener, options, session);
        take(opened, &mut pieces, &mut index, &reopener, &mut report);
        rest = others;
    }
    if let Some(model) = pieces.first().filter(|_| !rest.is_empty()).cloned() {
        for some in rest.chunks(OPENED_AT_ONCE) {
            let open = |at: &Location| one(at, Some(&model), &index, &reopener, options, session);
            let opened: Vec<_> = session.install(|| some.par_iter().map(open).collect());
            for one in opened {
                take(one, &mut pieces, &mut index, &reopener, &mut report);
            }
        }
    }
    Ok(Found { pieces, report, index, reopener })
}

fn one(
    location: &Location,
    model: Option<&Piece>,
    index: &ArchiveIndex,
    reopener: &Reopener,
    options: &ManyOptions,
    session: &Session,
) -> Result<Opened> {
    // A function is given all of a file, not only what it does not share with others.
    let model = model.filter(|_| options.preprocess.is_none());
    if let Some(piece) = index.piece(location, model, reopener) {
        let piece = preprocessed(piece, location, options, session)?;
        return Ok(Opened { piece, fresh: None });
    }
    // Before it is opened: should it change meanwhile, it is opened again the next time.
    let fingerprint = fingerprint(location.path());
    let (piece, learned) = learned_piece(location, model, options, session)?;
    let before = options.preprocess.as_ref().map(|_| piece.clone());
    let piece = preprocessed(piece, location, options, session)?;
    let location = location.clone();
    Ok(Opened { piece, fresh: Some(Fresh { location, fingerprint, learned, before }) })
}

fn take(
    opened: Result<Opened>,
    pieces: &mut Vec<Piece>,
    index: &mut ArchiveIndex,
    reopener: &Reopener,
    report: &mut IndexReport,
) {
    let Opened { mut piece, fresh } = match opened {
        Ok(opened) => opened,
        Err(why) => return report.problems.push(why),
    };
    match fresh {
        None => report.known += 1,
        Some(Fresh { location, fingerprint: Some(at), learned: Some(learned), mut before }) => {
            let whole = before.as_mut().unwrap_or(&mut piece);
            if index.learn(&location, at, learned, whole, reopener) {
                report.learned += 1;
            } else {
                report.plain += 1;
            }
        }
        Some(_) => report.plain += 1,
    }
    pieces.push(piece);
}
