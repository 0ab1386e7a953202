//! Many files as one dataset.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use graticule_array::{Array, Error, Result};
use graticule_lazy::Session;
use graticule_storage::{Location, RawGroup};
use rayon::prelude::*;

use super::convert::same_value;
use super::decode::{Decoded, decode_group};
use super::detect::open_raw;
use super::options::OpenOptions;
use crate::archive::Learned;
use crate::attrs::{AttrValue, Attrs};
use crate::combine::{
    AxisReport, CombineAttrs, CombineOptions, History, LossKind, Meta, Part, PartData, Piece,
    Problems, axis_of, combine_pieces, same_values,
};
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::note::{NoteKind, grouped};

/// A function that every file's dataset goes through before they are combined.
pub type Preprocess = Arc<dyn Fn(Dataset) -> Result<Dataset> + Send + Sync>;

/// Files given by a pattern, a path, or a list of either.
///
/// ```
/// use graticule_dataset::FileList;
/// let list = FileList::from(["a.nc", "b.nc"]);
/// assert_eq!(list.resolve()?.len(), 2);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileList(Vec<String>);

impl FileList {
    /// The files: patterns (`*`, `?`, `[`) stand for what they match, in the order of names.
    ///
    /// # Errors
    /// If a pattern matches nothing, naming it; if the list is empty.
    pub fn resolve(&self) -> Result<Vec<Location>> {
        let mut files = Vec::with_capacity(self.0.len());
        for entry in &self.0 {
            if Location::is_pattern(entry) {
                files.extend(Location::glob(entry)?);
            } else {
                files.push(Location::new(entry));
            }
        }
        if files.is_empty() {
            return Err(Error::invalid("the list of files is empty"));
        }
        Ok(files)
    }
}

/// The entries, shortened.
impl fmt::Display for FileList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            [] => f.write_str("[]"),
            [one] => write!(f, "\"{one}\""),
            [first, rest @ ..] => write!(f, "[\"{first}\", and {} more]", rest.len()),
        }
    }
}

macro_rules! single {
    ($($type:ty)*) => {$(
        impl From<$type> for FileList {
            fn from(entry: $type) -> Self {
                Self(vec![AsRef::<std::path::Path>::as_ref(&entry).to_string_lossy().into_owned()])
            }
        }
    )*};
}

single!(&str &String String &std::path::Path std::path::PathBuf &std::path::PathBuf);

impl From<&Location> for FileList {
    fn from(entry: &Location) -> Self {
        Self::from(entry.path())
    }
}

macro_rules! lists {
    ($([$($n:tt)*] $type:ty;)*) => {$(
        impl<$($n)*> From<$type> for FileList {
            fn from(entries: $type) -> Self {
                Self(entries.iter().map(|e| AsRef::<std::path::Path>::as_ref(e).to_string_lossy().into_owned()).collect())
            }
        }
    )*};
}

lists! {
    [P: AsRef<std::path::Path>] Vec<P>;
    [P: AsRef<std::path::Path>] &Vec<P>;
    [P: AsRef<std::path::Path>] &[P];
    [P: AsRef<std::path::Path>, const N: usize] [P; N];
}

/// How many files are opened as one dataset.
#[derive(Clone, Default)]
#[must_use]
pub struct ManyOptions {
    pub(super) open: OpenOptions,
    pub(super) combine: CombineOptions,
    skip_bad: usize,
    pub(super) preprocess: Option<Preprocess>,
    pub(super) index: Option<PathBuf>,
}

impl ManyOptions {
    /// Everything is decoded; files are combined by their coordinates, strictly.
    pub fn new() -> Self {
        Self::default()
    }

    /// How each file is opened.
    pub fn open(mut self, options: OpenOptions) -> Self {
        self.open = options;
        self
    }

    /// How the files are combined.
    pub fn combine(mut self, options: CombineOptions) -> Self {
        self.combine = options;
        self
    }

    /// Leaves out files that cannot be opened, up to this number of them; they are listed under
    /// "notes" in the encoding of the dataset.
    pub fn skip_bad(mut self, at_most: usize) -> Self {
        self.skip_bad = at_most;
        self
    }

    /// Keeps what is learned of the files in an index at this path, and opens only those that the
    /// index does not know as they are now. The index is made if there is none, and takes in new
    /// and changed files; a damaged one is made anew. Values are the same with it and without it.
    ///
    /// ```no_run
    /// use graticule_dataset::{ManyOptions, open_mfdataset};
    /// # let session = graticule_lazy::Session::default();
    /// let options = ManyOptions::new().index("archive.gratidx");
    /// let first = open_mfdataset("archive/*.nc", &options, &session)?; // opens every file
    /// let again = open_mfdataset("archive/*.nc", &options, &session)?; // opens none
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn index(mut self, at: impl Into<PathBuf>) -> Self {
        self.index = Some(at.into());
        self
    }

    /// A function that every file's dataset goes through first, in parallel; several go in the
    /// order given. The file it comes from is `origin` in the encoding of the dataset.
    pub fn preprocess(
        mut self,
        f: impl Fn(Dataset) -> Result<Dataset> + Send + Sync + 'static,
    ) -> Self {
        self.preprocess = Some(match self.preprocess.take() {
            Some(first) => Arc::new(move |set| first(set).and_then(&f)),
            None => Arc::new(f),
        });
        self
    }
}

impl ManyOptions {
    pub(super) fn without_preprocess(self) -> Self {
        Self { preprocess: None, ..self }
    }
}

impl fmt::Debug for ManyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyOptions")
            .field("open", &self.open)
            .field("combine", &self.combine)
            .field("skip_bad", &self.skip_bad)
            .field("preprocess", &self.preprocess.is_some())
            .field("index", &self.index)
            .finish()
    }
}

/// Opens many files as one dataset. Metadata and coordinates are read in parallel; every variable
/// becomes one array over all files, whose data is read when it is computed. Values are decoded
/// as each file says, also where scales, fill values or time units differ between files.
///
/// # Errors
/// All problems of all files at once: files that cannot be opened, and reasons why they do not
/// go together.
pub fn open_mfdataset(
    files: impl Into<FileList>,
    options: &ManyOptions,
    session: &Session,
) -> Result<Dataset> {
    open(&files.into(), options, session)
}

fn skipped_path(error: &Error) -> String {
    error.file().map_or_else(|| "a file".to_owned(), |f| f.display().to_string())
}

/// What an error says, without the file.
fn without(error: &Error, path: &str) -> String {
    let text = error.to_string();
    let start = format!("{path}: ");
    text.strip_prefix(&start).unwrap_or(&text).to_owned()
}

fn open(files: &FileList, options: &ManyOptions, session: &Session) -> Result<Dataset> {
    let locations = files.resolve()?;
    let mut notes = Vec::new();
    let (whole, skipped) = match &options.index {
        None => {
            let (pieces, skipped) = pieces(&locations, options, session);
            (combined(files, pieces, &skipped, options, session), skipped)
        }
        Some(at) => {
            let mut found = super::indexed::pieces(at, &locations, options, session)?;
            let pieces = std::mem::take(&mut found.pieces);
            let whole = combined(files, pieces, &found.report.problems, options, session);
            let report = found.keep(at, &locations);
            notes.extend(report.note.map(|text| NoteKind::IndexFile.line(text)));
            (whole, report.problems)
        }
    };
    let n = locations.len() - skipped.len();
    let mut whole = whole?;
    if n > 1 {
        Arc::make_mut(&mut whole.encoding).origin = None;
    }
    let paths: Vec<String> = skipped.iter().map(skipped_path).collect();
    let said = skipped.iter().zip(&paths).map(|(e, path)| (path.as_str(), without(e, path)));
    notes.extend(grouped(NoteKind::SkippedFile, said));
    if !notes.is_empty() {
        let lines: Vec<&str> = notes.iter().map(String::as_str).collect();
        Arc::make_mut(&mut whole.encoding).extra.set(crate::cf::NOTES, lines);
        for file in &paths {
            whole.history.losses.add(LossKind::SkippedFile, file.as_str(), "skip_bad", file, 1);
        }
        if options.combine.strict {
            whole.history.losses.refuse()?;
        }
    }
    let set = whole.into_dataset()?;
    Ok(set.with_session(session).with_origin(&format!("open_mfdataset({files})")))
}

/// All files as one.
fn combined(
    files: &FileList,
    pieces: Vec<Piece>,
    skipped: &[Error],
    options: &ManyOptions,
    session: &Session,
) -> Result<Piece> {
    let n = pieces.len();
    if skipped.len() > options.skip_bad || n == 0 {
        return Err(refuse(pieces, skipped, options, session));
    }
    let may_read = options.combine.compare.unwrap_or(true);
    combine_pieces(pieces, &options.combine, session, may_read)
        .map_err(|e| e.context(format!("in open_mfdataset({files}), {n} files")))
}

/// What the labels of many files along a dimension look like, in the order given: the step,
/// gaps, labels that occur twice, files that are out of order. Reads headers and coordinates,
/// or the index that the options name; the files need not go together otherwise.
///
/// # Errors
/// If more files cannot be opened than the options let out, or none has labels there.
pub fn survey_mfdataset(
    files: impl Into<FileList>,
    dim: &str,
    options: &ManyOptions,
    session: &Session,
) -> Result<AxisReport> {
    let locations = files.into().resolve()?;
    let (pieces, skipped) = match &options.index {
        None => pieces(&locations, options, session),
        Some(at) => {
            let mut found = super::indexed::pieces(at, &locations, options, session)?;
            let pieces = std::mem::take(&mut found.pieces);
            (pieces, found.keep(at, &locations).problems)
        }
    };
    if skipped.len() > options.skip_bad || pieces.is_empty() {
        return Err(refuse(pieces, &skipped, options, session));
    }
    axis_of(&pieces, dim)
}

/// Files that are opened in parallel before what they contribute is set aside: many, so that
/// no thread waits long for the last of them.
pub(super) const OPENED_AT_ONCE: usize = 1024;

/// What each file contributes, in the order given, and the problems of those that cannot be opened.
fn pieces(
    locations: &[Location],
    options: &ManyOptions,
    session: &Session,
) -> (Vec<Piece>, Vec<Error>) {
    let mut problems = Vec::new();
    let mut pieces: Vec<Piece> = Vec::with_capacity(locations.len());
    // The first file that opens is the model whose metadata the others share.
    let mut rest = locations.iter();
    for location in rest.by_ref() {
        match piece(location, None, options, session) {
            Ok(piece) => {
                pieces.push(piece);
                break;
            }
            Err(why) => problems.push(why),
        }
    }
    let rest = rest.as_slice();
    if let Some(model) = pieces.first().filter(|_| !rest.is_empty()).cloned() {
        let open = |at: &Location| piece(at, Some(&model), options, session);
        for some in rest.chunks(OPENED_AT_ONCE) {
            let opened: Vec<Result<Piece>> =
                session.install(|| some.par_iter().map(open).collect());
            for piece in opened {
                match piece {
                    Ok(piece) => pieces.push(piece),
                    Err(why) => problems.push(why),
                }
            }
        }
    }
    (pieces, problems)
}

/// Why some files cannot be opened, and why the others do not go together.
fn refuse(
    pieces: Vec<Piece>,
    unopened: &[Error],
    options: &ManyOptions,
    session: &Session,
) -> Error {
    let what =
        format!("{} of {} files cannot be opened", unopened.len(), unopened.len() + pieces.len());
    let mut all = Problems::default();
    if pieces.len() > 1 {
        // First, because long lists are cut at the end.
        let may_read = options.combine.compare.unwrap_or(true);
        all.extend(combine_pieces(pieces, &options.combine, session, may_read).err());
    }
    all.extend(unopened.iter().cloned());
    all.into_result(&what).err().unwrap_or_else(|| Error::invalid("no file could be opened"))
}

fn piece(
    location: &Location,
    model: Option<&Piece>,
    options: &ManyOptions,
    session: &Session,
) -> Result<Piece> {
    let group = group(location, options, session)?;
    let decoded = decode_group(group, location, &options.open, session, model.is_none())?;
    if options.preprocess.is_some() {
        return changed(decoded.into_dataset(session)?, location, options);
    }
    Ok(decoded.into_piece(&location.to_string(), model, options.combine.attrs))
}

/// What a file contributes after the function that the options may have for it.
pub(super) fn preprocessed(
    piece: Piece,
    location: &Location,
    options: &ManyOptions,
    session: &Session,
) -> Result<Piece> {
    if options.preprocess.is_none() {
        return Ok(piece);
    }
    let set = piece.into_dataset().map_err(|e| e.in_file(location.path()))?;
    changed(set.with_session(session).with_origin(&location.to_string()), location, options)
}

fn changed(set: Dataset, location: &Location, options: &ManyOptions) -> Result<Piece> {
    let set = match &options.preprocess {
        Some(change) => change(set)
            .and_then(Dataset::check)
            .map_err(|e| e.in_file(location.path()).context("in preprocess"))?,
        None => set,
    };
    Ok(Piece::of(&set, &location.to_string()))
}

/// The wanted group of a file.
fn group(location: &Location, options: &ManyOptions, session: &Session) -> Result<RawGroup> {
    let root = open_raw(location, session, &options.open.storage)?;
    match options.open.group.as_deref() {
        None => Ok(root),
        Some(path) => super::open::find(root, path).map_err(|e| e.in_file(location.path())),
    }
}

/// [`piece`], with what an index may keep of the file.
pub(super) fn learned_piece(
    location: &Location,
    model: Option<&Piece>,
    options: &ManyOptions,
    session: &Session,
) -> Result<(Piece, Option<Learned>)> {
    let mut group = group(location, options, session)?;
    group.vars.retain(|v| !options.open.drop.contains(&v.name));
    let mut learned = Learned::of(&group);
    let decoded = decode_group(group, location, &options.open, session, model.is_none())?;
    if let Some(learned) = &mut learned {
        learned.attrs = decoded.set.attrs.clone();
    }
    let learned = learned.filter(|_| decoded.problems.is_empty());
    let policy = options.combine.attrs;
    let piece = decoded.into_piece(&location.to_string(), model, policy);
    let learned = learned.map(|l| l.with_recipes(&piece, location));
    Ok((piece, learned))
}

/// What a group contributes that stands for a class of files.
pub(crate) fn decoded_piece(
    group: RawGroup,
    options: &OpenOptions,
    session: &Session,
    model: Option<&Piece>,
) -> Result<Piece> {
    let nowhere = Location::memory("index");
    let decoded = decode_group(group, &nowhere, options, session, model.is_none())?;
    if let Some(problem) = decoded.problems.first() {
        return Err(Error::corrupt(problem.clone()));
    }
    Ok(decoded.into_piece("index", model, CombineAttrs::Override))
}

impl Decoded {
    /// What this file contributes. What it has in common with the model is shared.
    fn into_piece(self, origin: &str, model: Option<&Piece>, policy: CombineAttrs) -> Piece {
        let mut parts = Vec::with_capacity(self.sources.len());
        let mut stored = self.stored.into_iter().map(Arc::new);
        let unlimited = &self.unlimited;
        for (at, (mut draft, source)) in self.set.vars.into_iter().zip(self.sources).enumerate() {
            let values = draft.values.take();
            let twin = model.and_then(|m| m.parts.get(at));
            let data = match values {
                Some(values) => PartData::Values(shared_values(values, twin)),
                None => PartData::Stored(source),
            };
            let mut encoding = std::mem::take(&mut draft.encoding);
            encoding.unlimited = unlimited
                .iter()
                .filter(|u| draft.dims.iter().any(|d| *d == ***u))
                .cloned()
                .collect();
            encoding.extra = super::decode::noted(encoding.extra, &draft.notes);
            let attrs = std::mem::take(&mut draft.attrs);
            let dims: Dims = draft.dims.iter().cloned().collect();
            draft.notes = Vec::new();
            let meta = Meta {
                name: draft.name.clone(),
                dims,
                dtype: draft.dtype.clone(),
                attrs,
                encoding,
                decode: Some(draft),
                stored: stored.next(),
            };
            let meta = match twin {
                Some(twin) if same_meta(&twin.meta, &meta) => twin.meta.clone(),
                _ => Arc::new(meta),
            };
            parts.push(Part::new(meta, data));
        }
        let coords = Arc::new(self.set.coords);
        let coords = match model {
            Some(model) if *model.coords == *coords => model.coords.clone(),
            _ => coords,
        };
        let same = |name: &Name, value: &AttrValue| {
            let known = model.and_then(|m| m.attrs.get(name));
            known.is_some_and(|known| same_value(known.array(), value.array()))
        };
        let own: Vec<_> = self.set.attrs.iter().map(|(n, v)| (n, v, same(n, v))).collect();
        let (attrs, ignored) = kept_attrs(&own, model, policy);
        let encoding = match model {
            // The origin is only kept of a file that is alone.
            Some(model) if model.encoding.unlimited == self.unlimited => model.encoding.clone(),
            _ => Arc::new(Encoding {
                origin: Some(self.origin),
                unlimited: self.unlimited,
                ..Encoding::default()
            }),
        };
        Piece {
            origin: origin.into(),
            parts,
            coords,
            attrs,
            ignored,
            encoding,
            leaves: Arc::default(),
            history: History::default(),
        }
    }
}

/// The attributes that a file contributes under a policy, and the names of those that are not
/// kept. With each of its own stands whether the model has the same.
pub(crate) fn kept_attrs(
    own: &[(&Name, &AttrValue, bool)],
    model: Option<&Piece>,
    policy: CombineAttrs,
) -> (Attrs, Vec<Name>) {
    let all = || own.iter().map(|(n, v, _)| ((*n).clone(), (*v).clone())).collect();
    let Some(model) = model else { return (all(), Vec::new()) };
    if own.len() == model.attrs.len() && own.iter().all(|(_, _, same)| *same) {
        return (model.attrs.clone(), Vec::new());
    }
    if policy != CombineAttrs::Override {
        return (all(), Vec::new());
    }
    // Only those of the first file are kept, and the names of the others.
    let shared = |name: &Name| model.attrs.names().find(|n| *n == name).cloned();
    let others = own.iter().filter(|(_, _, same)| !same).map(|(name, _, _)| *name);
    (model.attrs.clone(), others.map(|n| shared(n).unwrap_or_else(|| n.clone())).collect())
}

/// The model's values where they are the same: latitudes and longitudes exist once.
fn shared_values(values: Array, twin: Option<&Part>) -> Arc<Array> {
    match twin.map(|t| &t.data) {
        Some(PartData::Values(known))
            if known.dtype() == values.dtype() && same_values(known, &values) =>
        {
            known.clone()
        }
        _ => Arc::new(values),
    }
}

pub(crate) fn same_meta(a: &Meta, b: &Meta) -> bool {
    a.name == b.name
        && a.dims == b.dims
        && a.dtype == b.dtype
        && same_attrs(&a.attrs, &b.attrs)
        && same_encoding(&a.encoding, &b.encoding)
        && match (&a.decode, &b.decode) {
            (Some(x), Some(y)) => x.same_steps(y),
            _ => false,
        }
}

fn same_attrs(a: &Attrs, b: &Attrs) -> bool {
    a.len() == b.len()
        && a.iter().zip(b.iter()).all(|((m, x), (n, y))| m == n && same_value(x.array(), y.array()))
}

/// Whether both store alike, wherever they come from. NaN as a fill value is the same as NaN.
pub(crate) fn same_encoding(a: &Encoding, b: &Encoding) -> bool {
    let bits = |e: &Encoding| {
        let text = |s: &graticule_array::Scalar| {
            (s.as_f64().map(f64::to_bits), s.as_str().map(str::to_owned))
        };
        (e.fill.as_ref().map(text), e.missing.iter().map(text).collect::<Vec<_>>())
    };
    a.dtype == b.dtype
        && a.scale == b.scale
        && a.offset == b.offset
        && a.unsigned == b.unsigned
        && a.time == b.time
        && a.chunks == b.chunks
        && a.filters == b.filters
        && a.big_endian == b.big_endian
        && a.enumeration == b.enumeration
        && a.unlimited == b.unlimited
        && same_attrs(&a.extra, &b.extra)
        && bits(a) == bits(b)
}
