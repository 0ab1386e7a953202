//! Pieces one after the other along a dimension: one flat array per variable.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, MapOp, Result, Scalar, promote};
use graticule_lazy::{LazyArray, Session};
use graticule_storage::{ChunkSource, ConcatSource};
use indexmap::{IndexMap, IndexSet};

use super::attrs::combine_attrs;
use super::losses::{History, LossKind, Losses};
use super::options::{CombineOptions, Compat, Lacking, Vars};
use super::piece::{Meta, Part, PartData, Piece};
use super::place::{filled, filled_type};
use super::problems::{Problems, few};
use super::statics::{Verdict, first_different, stored_alike};
use super::unify::{Unified, unify};
use crate::attrs::Attrs;
use crate::data_array::MAIN;
use crate::dataset::in_variable;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::stored::Stored;

/// What a concatenation is told beyond the pieces.
pub(super) struct Task<'a> {
    pub(super) dim: &'a Name,
    pub(super) options: &'a CombineOptions,
    pub(super) session: &'a Session,
    pub(super) may_read: bool,
    /// Dimensions on which the pieces do not agree, which has been said already.
    pub(super) clashing: &'a IndexSet<Name>,
}

/// Puts aligned pieces one after the other along `dim`, which they have or which is new. What
/// does not go together (variables that some pieces lack, types, dimensions, variables without
/// `dim` that differ) is added to the problems.
///
/// # Errors
/// If data cannot be read.
pub(super) fn concat(
    pieces: &[Piece],
    task: &Task<'_>,
    losses: &mut Losses,
    problems: &mut Problems,
) -> Result<Piece> {
    let Some(first) = pieces.first() else { return Err(Error::invalid("nothing to combine")) };
    let dim = task.dim;
    let is_new = pieces.iter().all(|p| p.size_of(dim).is_none());
    let leaves: Arc<[Arc<str>]> = pieces.iter().flat_map(Piece::leaves).collect();
    let mut job = Job {
        pieces,
        dim,
        is_new,
        options: task.options,
        task,
        losses,
        unread: Vec::new(),
        leaves: leaves.clone(),
        history: History::default(),
    };
    let mut parts = Vec::new();
    for (at, name) in names(pieces).into_iter().enumerate() {
        match job.variable(&name, at) {
            Ok(part) => parts.extend(part),
            Err(why) => problems.push(in_variable(why, &name)),
        }
    }
    let (unread, mut history) = (job.unread, job.history);
    let before = problems.len();
    if let Some(why) = super::merge::unread(&unread) {
        problems.push(why);
    }
    let asked = !matches!(task.options.data_vars, Vars::Different);
    if is_new && asked && problems.len() == before && !parts.iter().any(|p: &Part| p.has_dim(dim)) {
        problems.push(
            Error::invalid(format!("no variable lies along the new dimension \"{dim}\""))
                .hint("Vars::All concatenates all data variables"),
        );
    }
    let mut coords = (*first.coords).clone();
    for piece in pieces {
        if !Arc::ptr_eq(&piece.coords, &first.coords) {
            coords.extend(piece.coords.iter().cloned());
        }
    }
    coords.retain(|c| parts.iter().any(|p| p.name() == c));
    let mut origin = first.origin.clone();
    if leaves.len() > 1 {
        origin = format!("{} ... ({} files)", first.origin, leaves.len()).into();
    }
    for piece in pieces {
        for name in &piece.ignored {
            let rule = "CombineAttrs::Override";
            losses.add(LossKind::IgnoredAttribute, name.as_str(), rule, &piece.origin, 1);
        }
        losses.extend(&piece.history.losses);
    }
    let all: Vec<(&str, &Attrs)> = pieces.iter().map(|p| (&*p.origin, &p.attrs)).collect();
    let attrs = match combine_attrs(&all, "", task.options.attrs, losses) {
        Ok(attrs) => attrs,
        Err(why) => {
            problems.push(why);
            Attrs::new()
        }
    };
    // Whoever called adds the losses of all dimensions at the end.
    history.losses = Losses::default();
    Ok(Piece {
        origin,
        parts,
        coords: Arc::new(coords),
        attrs,
        ignored: Vec::new(),
        encoding: Arc::new(Encoding { origin: None, ..(*first.encoding).clone() }),
        leaves,
        history,
    })
}

/// All variables in the order of the first piece, then of those that have more.
fn names(pieces: &[Piece]) -> Vec<Name> {
    let mut seen: IndexMap<Name, ()> = IndexMap::new();
    for piece in pieces {
        for (at, part) in piece.parts.iter().enumerate() {
            let known = seen.get_index(at).is_some_and(|(n, ())| n == part.name());
            if !known && !seen.contains_key(part.name()) {
                seen.insert(part.name().clone(), ());
            }
        }
    }
    seen.into_keys().collect()
}

struct Job<'a> {
    pieces: &'a [Piece],
    dim: &'a Name,
    is_new: bool,
    options: &'a CombineOptions,
    task: &'a Task<'a>,
    losses: &'a mut Losses,
    unread: Vec<Name>,
    leaves: Arc<[Arc<str>]>,
    history: History,
}

impl Job<'_> {
    /// The variable of all pieces together; `None` if it is left out.
    fn variable(&mut self, name: &Name, at: usize) -> Result<Option<Part>> {
        let pieces = self.pieces;
        let found: Vec<Option<&Part>> = pieces.iter().map(|p| p.find(name, at)).collect();
        let parts: Vec<(usize, &Part)> =
            found.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i, p))).collect();
        let Some((_, first)) = parts.first().copied() else { return Ok(None) };
        let along = name == self.dim || parts.iter().any(|(_, p)| p.has_dim(self.dim));
        let lacking = found.iter().any(Option::is_none);
        let is_coord = pieces.iter().any(|p| p.is_coord(name));
        if lacking {
            match self.options.lacking {
                Lacking::Drop => {
                    let kind = LossKind::DroppedVariable;
                    let lost = parts.len();
                    let origin = parts.first().map_or("?", |(i, _)| self.origin(*i)).to_owned();
                    self.losses.add(kind, name.as_str(), "Lacking::Drop", &origin, lost);
                    return Ok(None);
                }
                Lacking::Refuse => return Err(self.lacking(&found)),
                Lacking::Fill => {}
            }
        }
        self.check_units(&parts)?;
        let policy = if is_coord { &self.options.coords } else { &self.options.data_vars };
        let all = match policy {
            Vars::All => true,
            Vars::Auto => self.is_new && !is_coord,
            Vars::Only(names) => names.iter().any(|n| *name == **n),
            Vars::Minimal | Vars::Different => false,
        };
        let is_labels = matches!(&*first.meta.dims, [d] if d == name);
        if along || (all && !is_labels) {
            return self.joined(name, &found, first);
        }
        if *policy == Vars::Different && !is_labels {
            let (session, may_read) = (self.task.session, self.task.may_read);
            return match first_different(&parts, session, may_read)? {
                Verdict::Same => self.one(name, &parts, first.clone(), 0),
                Verdict::Differs(_) | Verdict::Unread => self.joined(name, &found, first),
            };
        }
        if self.is_clashing(first) {
            return Ok(None);
        }
        let named = |at: usize| pieces.get(at).map_or_else(|| "?".into(), |p| p.origin.clone());
        let (session, may_read) = (self.task.session, self.task.may_read);
        match unify(&parts, self.options.compat, session, may_read, &named)? {
            Unified::One { part, passed_over } => self.one(name, &parts, part, passed_over),
            // Nothing is lost, and a number per file costs nothing.
            Unified::Differs(_) if first.shape().is_empty() => self.joined(name, &found, first),
            Unified::Differs(_) if self.is_new && is_coord => self.joined(name, &found, first),
            Unified::Differs(_) if self.options.compat == Compat::Minimal => {
                let kind = LossKind::DroppedVariable;
                let lost = parts.len();
                let origin = parts.first().map_or("?", |(i, _)| self.origin(*i)).to_owned();
                self.losses.add(kind, name.as_str(), "Compat::Minimal", &origin, lost);
                Ok(None)
            }
            Unified::Differs(other) => Err(self.differs(&parts, other)),
            Unified::Unread => {
                self.unread.push(name.clone());
                Ok(None)
            }
        }
    }

    fn is_clashing(&self, part: &Part) -> bool {
        part.meta.dims.iter().any(|d| self.task.clashing.contains(d))
    }

    /// A variable that is the same for all.
    fn one(
        &mut self,
        name: &Name,
        parts: &[(usize, &Part)],
        part: Part,
        passed_over: usize,
    ) -> Result<Option<Part>> {
        let at = parts.first().map_or(0, |(i, _)| *i);
        let origin = self.origin(at).to_owned();
        let kind = LossKind::OverriddenVariable;
        self.losses.add(kind, name.as_str(), "Compat::Override", &origin, passed_over);
        let attrs = self.attrs(name, parts.iter().copied())?;
        let rule = match (self.options.compat, passed_over) {
            (Compat::Override, n) if n > 0 => "the first one taken".to_owned(),
            (Compat::NoConflicts, _) => "filled from each other".to_owned(),
            _ => format!("equal in all {}", parts.len()),
        };
        let leaf: Vec<Arc<str>> =
            self.pieces.get(at).into_iter().flat_map(Piece::leaves).take(1).collect();
        self.history.record(name, rule, leaf.into());
        Ok(Some(part.with_attrs(attrs)))
    }

    fn attrs<'a>(
        &mut self,
        name: &Name,
        parts: impl Iterator<Item = (usize, &'a Part)>,
    ) -> Result<Attrs> {
        let pieces = self.pieces;
        let all: Vec<(&str, &Attrs)> = parts
            .map(|(i, p)| (pieces.get(i).map_or("?", |p| &*p.origin), &p.meta.attrs))
            .collect();
        let shown = if *name == MAIN { "the array" } else { name.as_str() };
        combine_attrs(&all, shown, self.options.attrs, self.losses)
    }

    fn origin(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("?", |p| &p.origin)
    }

    fn lacking(&self, found: &[Option<&Part>]) -> Error {
        let absent: Vec<usize> =
            found.iter().enumerate().filter(|(_, p)| p.is_none()).map(|(i, _)| i).collect();
        let files = few(absent.iter().map(|i| self.origin(*i)));
        Error::mismatch(format!("{} of {} files lack it: {files}", absent.len(), found.len()))
            .hint("Lacking::Fill makes it missing there, Lacking::Drop leaves it out")
    }

    fn differs(&self, parts: &[(usize, &Part)], other: usize) -> Error {
        let first = parts.first().map_or(0, |(i, _)| *i);
        let shape = |at: usize| parts.iter().find(|(i, _)| *i == at).map(|(_, p)| p.shape());
        let (a, b) = (shape(first).unwrap_or(&[]), shape(other).unwrap_or(&[]));
        let how = if a == b { String::new() } else { format!(", shapes {a:?} and {b:?}") };
        Error::mismatch(format!(
            "it does not lie along \"{}\" and differs between {} and {}{how}",
            self.dim,
            self.origin(first),
            self.origin(other)
        ))
        .hint("Compat::Override takes the first file's")
    }

    /// Numbers in other units are other quantities.
    fn check_units(&self, parts: &[(usize, &Part)]) -> Result<()> {
        let Some((a, first)) = parts.first() else { return Ok(()) };
        if self.options.compat == Compat::Override {
            return Ok(());
        }
        let units = |p: &Part| p.meta.attrs.text("units").map(|u| u.trim().to_owned());
        let wanted = units(first);
        let other = parts.iter().find(|(_, p)| {
            !Arc::ptr_eq(&p.meta, &first.meta) && units(p).is_some() && units(p) != wanted
        });
        match (other, &wanted) {
            (Some((b, part)), Some(wanted)) => Err(Error::mismatch(format!(
                "its units are \"{wanted}\" in {} and \"{}\" in {}",
                self.origin(*a),
                units(part).unwrap_or_default(),
                self.origin(*b)
            ))
            .hint("convert them in `preprocess`")),
            _ => Ok(()),
        }
    }

    /// The parts one after the other; what lacks the dimension is repeated along it.
    fn joined(
        &mut self,
        name: &Name,
        found: &[Option<&Part>],
        first: &Part,
    ) -> Result<Option<Part>> {
        let model = found.iter().flatten().find(|p| p.has_dim(self.dim)).unwrap_or(&first);
        let stacks = !model.has_dim(self.dim);
        let dims: Dims = if stacks {
            std::iter::once(self.dim).chain(model.meta.dims.iter()).cloned().collect()
        } else {
            model.meta.dims.clone()
        };
        let axis = dims.axis(self.dim).unwrap_or(0);
        self.check_dims(found, model, &dims)?;
        let mut dtype = self.common_type(found)?;
        if found.iter().flatten().any(|p| self.is_clashing(p)) {
            return Ok(None);
        }
        let is_coord = self.pieces.iter().any(|p| p.is_coord(name));
        let fill = self.options.fill.of(name, is_coord);
        if found.iter().any(Option::is_none) {
            dtype = filled_type(&dtype, fill)?;
        }
        let mut runs: Vec<LazyArray> = Vec::new();
        let mut untouched = None;
        let mut at = 0;
        while at < found.len() {
            let n = self.run_length(found, at, stacks);
            let run = found.get(at..at + n).unwrap_or_default();
            let data = match run.first() {
                Some(Some(part)) if n > 1 => {
                    let (stored, decoded) = merged(run, part, axis, stacks)?;
                    // All files as one: it may be written as it lies in them.
                    untouched = stored.filter(|_| n == found.len() && !stacks);
                    decoded
                }
                Some(Some(part)) => self.spread(part, &dims, self.len_of(at))?,
                _ => {
                    let hole = self.hole(&dims, &dtype, fill, at, found)?;
                    let kind = LossKind::FilledCells;
                    let origin = self.origin(at).to_owned();
                    self.losses.add(kind, name.as_str(), "Lacking::Fill", &origin, hole.len());
                    hole
                }
            };
            let data = cast(data, &dtype).map_err(|e| e.in_file(self.origin(at)))?;
            runs.push(data);
            at += n.max(1);
        }
        let data = concat_runs(&runs, axis)?;
        let meta = Meta {
            name: first.meta.name.clone(),
            dims,
            dtype,
            attrs: {
                let parts = found.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i, p)));
                self.attrs(name, parts)?
            },
            encoding: common_encoding(found, model),
            decode: None,
            stored: None,
        };
        let draft = model.meta.stored.as_deref().cloned();
        let untouched = untouched.zip(draft).map(|(stored, draft)| {
            let (dims, encoding) = (meta.dims.clone(), meta.encoding.clone());
            let attrs = model.meta.attrs.clone();
            Arc::new(Stored::joined(draft, stored, data.clone(), dims, attrs, encoding))
        });
        let verb = if self.is_new { "stacked along new" } else { "concatenated along" };
        let sources = if found.iter().all(Option::is_some) {
            self.leaves.clone()
        } else {
            let having = found.iter().zip(self.pieces).filter(|(p, _)| p.is_some());
            having.flat_map(|(_, piece)| piece.leaves()).collect()
        };
        self.history.record(name, format!("{verb} \"{}\"", self.dim), sources);
        Ok(Some(Part { untouched, ..Part::ready(meta, data) }))
    }

    fn len_of(&self, at: usize) -> usize {
        if self.is_new {
            1
        } else {
            self.pieces.get(at).and_then(|p| p.size_of(self.dim)).unwrap_or(1)
        }
    }

    /// How many parts from `at` on are stored alike, so that one source serves them.
    fn run_length(&self, found: &[Option<&Part>], at: usize, stacks: bool) -> usize {
        let Some(Some(first)) = found.get(at) else { return 1 };
        if (stacks && !self.is_new) || (!stacks && !first.has_dim(self.dim)) {
            return 1;
        }
        let same = |p: &&Option<&Part>| {
            p.is_some_and(|p| {
                p.meta.dims == first.meta.dims
                    && (stored_alike(first, p)
                        || (p.in_memory().is_some()
                            && first.in_memory().is_some()
                            && p.meta.dtype == first.meta.dtype))
            })
        };
        1 + found.iter().skip(at + 1).take_while(same).count()
    }

    fn check_dims(&self, found: &[Option<&Part>], model: &Part, dims: &Dims) -> Result<()> {
        for (at, part) in found.iter().enumerate() {
            let Some(part) = part else { continue };
            if Arc::ptr_eq(&part.meta, &model.meta) {
                continue;
            }
            let own = &part.meta.dims;
            let complete = dims.iter().all(|d| d == self.dim || own.has(d));
            if !complete || own.iter().any(|d| !dims.has(d)) {
                return Err(Error::mismatch(format!(
                    "its dimensions are ({}) in {} and ({own}) in {}",
                    model.meta.dims,
                    self.origin(
                        found
                            .iter()
                            .position(|p| p.is_some_and(|p| Arc::ptr_eq(&p.meta, &model.meta)))
                            .unwrap_or(0)
                    ),
                    self.origin(at)
                )));
            }
        }
        Ok(())
    }

    fn common_type(&self, found: &[Option<&Part>]) -> Result<DType> {
        let mut common: Option<(DType, usize)> = None;
        for (at, part) in found.iter().enumerate() {
            let Some(part) = part else { continue };
            common = Some(match common {
                None => (part.meta.dtype.clone(), at),
                Some((dtype, from)) if dtype == part.meta.dtype => (dtype, from),
                Some((dtype, from)) => {
                    let both = promote(&dtype, &part.meta.dtype).map_err(|_| {
                        Error::mismatch(format!(
                            "{dtype} in {} and {} in {} do not go together",
                            self.origin(from),
                            part.meta.dtype,
                            self.origin(at)
                        ))
                    })?;
                    (both, from)
                }
            });
        }
        common.map(|(dtype, _)| dtype).ok_or_else(|| Error::bug("a variable without parts"))
    }

    /// One part over these dimensions, repeated along the concatenated one if it lacks it.
    fn spread(&self, part: &Part, dims: &Dims, len: usize) -> Result<LazyArray> {
        let data = part.lazy()?;
        let own = &part.meta.dims;
        if own == dims {
            return Ok(data);
        }
        let axes: Vec<Option<usize>> = dims.iter().map(|d| own.axis(d)).collect();
        let shape: Vec<usize> = dims.iter().map(|d| part.size_of(d).unwrap_or(len)).collect();
        data.broadcast(&axes, &shape)
    }

    /// Missing values where a piece lacks the variable.
    fn hole(
        &self,
        dims: &Dims,
        dtype: &DType,
        fill: Option<&Scalar>,
        at: usize,
        found: &[Option<&Part>],
    ) -> Result<LazyArray> {
        let elsewhere = |d: &Name| found.iter().flatten().find_map(|p| p.size_of(d));
        let len = |d: &Name| {
            if d == self.dim { Some(self.len_of(at)) } else { elsewhere(d) }.unwrap_or(1)
        };
        let shape: Vec<usize> = dims.iter().map(len).collect();
        filled(dtype, fill, &shape)
    }
}

/// Parts that are stored alike, or all in memory, as one array: as it is stored, unless that was
/// decoded when it was opened, and decoded.
fn merged(
    run: &[Option<&Part>],
    first: &Part,
    axis: usize,
    stacks: bool,
) -> Result<(Option<LazyArray>, LazyArray)> {
    if first.in_memory().is_some() {
        let mut arrays = run.iter().flatten().filter_map(|p| p.in_memory()).map(|a| {
            if !stacks {
                return Ok(a.clone());
            }
            let mut shape = a.shape().to_vec();
            shape.insert(axis.min(shape.len()), 1);
            a.reshape(&shape)
        });
        let arrays: Vec<Array> = arrays.by_ref().collect::<Result<_>>()?;
        return Ok((None, LazyArray::constant(Array::concat(&arrays, axis)?)));
    }
    let sources: Vec<Arc<dyn ChunkSource>> = run
        .iter()
        .flatten()
        .filter_map(|p| match &p.data {
            PartData::Stored(source) => Some(source.clone()),
            PartData::Values(_) | PartData::Ready(_) => None,
        })
        .collect();
    let source = if stacks {
        ConcatSource::stacked(sources, axis)?
    } else {
        ConcatSource::new(sources, axis)?
    };
    let stored = LazyArray::read(Arc::new(source));
    let decoded = match &first.meta.decode {
        Some(decode) => decode.apply(stored.clone())?,
        None => stored.clone(),
    };
    Ok((Some(stored), decoded))
}

/// The array in another type; at once where it is in memory.
pub(super) fn cast(data: LazyArray, to: &DType) -> Result<LazyArray> {
    match data.as_constant() {
        _ if data.dtype() == to => Ok(data),
        Some(values) => Ok(LazyArray::constant(values.cast(to)?)),
        None => data.map(MapOp::Cast(to.clone())),
    }
}

/// Arrays one after the other; at once where all are in memory.
pub(super) fn concat_runs(runs: &[LazyArray], axis: usize) -> Result<LazyArray> {
    let arrays: Option<Vec<Array>> = runs.iter().map(|r| r.as_constant().cloned()).collect();
    match (arrays, runs) {
        (_, [one]) => Ok(one.clone()),
        (Some(arrays), _) => Ok(LazyArray::constant(Array::concat(&arrays, axis)?)),
        (None, _) => LazyArray::concat(runs, axis),
    }
}

/// How the whole may be stored: as the parts, as far as they agree. A packing that differs
/// between files fits none of the others.
fn common_encoding(found: &[Option<&Part>], model: &Part) -> Encoding {
    let mut encoding = Encoding { origin: None, ..model.meta.encoding.clone() };
    for part in found.iter().flatten() {
        if Arc::ptr_eq(&part.meta, &model.meta) {
            continue;
        }
        let other = &part.meta.encoding;
        let packed_alike = encoding.dtype == other.dtype
            && encoding.scale == other.scale
            && encoding.offset == other.offset
            && encoding.unsigned == other.unsigned;
        if !packed_alike {
            encoding.dtype = None;
            encoding.scale = None;
            encoding.offset = None;
            encoding.unsigned = None;
            encoding.fill = None;
            encoding.missing = Vec::new();
        }
        if encoding.chunks != other.chunks {
            encoding.chunks = None;
        }
    }
    encoding
}
