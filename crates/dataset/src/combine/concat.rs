//! Pieces one after the other along a dimension: one flat array per variable.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, MapOp, Result, promote};
use graticule_lazy::{LazyArray, Session};
use graticule_storage::{ChunkSource, ConcatSource};
use indexmap::IndexMap;

use super::join;
use super::options::{CombineOptions, Compat, DataVars, Lacking};
use super::piece::{Meta, Part, PartData, Piece};
use super::problems::{Problems, few};
use super::statics::{first_different, stored_alike};
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::name::Name;

/// Puts aligned pieces one after the other along `dim`, which they have or which is new.
///
/// # Errors
/// All at once: variables that some pieces lack, types or dimensions that do not go together,
/// variables without `dim` that differ.
pub(super) fn concat(
    pieces: &[Piece],
    dim: &Name,
    options: &CombineOptions,
    session: &Session,
) -> Result<Piece> {
    let Some(first) = pieces.first() else { return Err(Error::invalid("nothing to combine")) };
    let is_new = pieces.iter().all(|p| p.size_of(dim).is_none());
    let job = Job { pieces, dim, is_new, options, session };
    let mut problems = Problems::default();
    let mut parts = Vec::new();
    for (at, name) in names(pieces).into_iter().enumerate() {
        match job.variable(&name, at) {
            Ok(part) => parts.extend(part),
            Err(why) => problems.push(why.in_variable(name.as_str())),
        }
    }
    problems.into_result(&format!("while combining {} files along \"{dim}\"", pieces.len()))?;
    let mut coords = (*first.coords).clone();
    for piece in pieces {
        if !Arc::ptr_eq(&piece.coords, &first.coords) {
            coords.extend(piece.coords.iter().cloned());
        }
    }
    coords.retain(|c| parts.iter().any(|p| p.name() == c));
    let origin = format!("{} ... ({} files)", first.origin, pieces.len());
    Ok(Piece {
        origin: origin.into(),
        parts,
        coords: Arc::new(coords),
        attrs: first.attrs.clone(),
        encoding: Arc::new(Encoding { origin: None, ..(*first.encoding).clone() }),
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
    session: &'a Session,
}

impl Job<'_> {
    /// The variable of all pieces together; `None` if it is left out.
    fn variable(&self, name: &Name, at: usize) -> Result<Option<Part>> {
        let found: Vec<Option<&Part>> = self.pieces.iter().map(|p| p.find(name, at)).collect();
        let parts: Vec<(usize, &Part)> =
            found.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i, p))).collect();
        let Some((_, first)) = parts.first().copied() else { return Ok(None) };
        let along = parts.iter().any(|(_, p)| p.has_dim(self.dim));
        let lacking = found.iter().any(Option::is_none);
        let is_coord = self.pieces.iter().any(|p| p.is_coord(name));
        if lacking && (along || !is_coord) {
            match self.options.lacking {
                Lacking::Drop => return Ok(None),
                Lacking::Refuse => return Err(self.lacking(&found)),
                Lacking::Fill => {}
            }
        }
        self.check_units(&parts)?;
        if along {
            return self.joined(&found, first).map(Some);
        }
        let all = match self.options.data_vars {
            DataVars::All => true,
            DataVars::Auto => self.is_new,
            DataVars::Minimal => false,
        };
        if all && !is_coord {
            return self.joined(&found, first).map(Some);
        }
        if self.options.compat == Compat::Override {
            return Ok(Some(first.clone()));
        }
        match first_different(&parts, self.session)? {
            None => Ok(Some(first.clone())),
            // Nothing is lost, and a number per file costs nothing.
            Some(_) if first.shape().is_empty() || (self.is_new && is_coord) => {
                self.joined(&found, first).map(Some)
            }
            Some(other) => Err(self.differs(&parts, other)),
        }
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
    fn joined(&self, found: &[Option<&Part>], first: &Part) -> Result<Part> {
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
        if found.iter().any(Option::is_none) {
            dtype = dtype.with_missing();
        }
        let mut runs: Vec<LazyArray> = Vec::new();
        let mut at = 0;
        while at < found.len() {
            let n = self.run_length(found, at, stacks);
            let run = found.get(at..at + n).unwrap_or_default();
            let data = match run.first() {
                Some(Some(part)) if n > 1 => merged(run, part, axis, stacks)?,
                Some(Some(part)) => self.spread(part, &dims, self.len_of(at))?,
                _ => self.hole(&dims, &dtype, at, found)?,
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
            attrs: model.meta.attrs.clone(),
            encoding: common_encoding(found, model),
            decode: None,
        };
        Ok(Part::ready(meta, data))
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
        at: usize,
        found: &[Option<&Part>],
    ) -> Result<LazyArray> {
        let elsewhere = |d: &Name| found.iter().flatten().find_map(|p| p.size_of(d));
        let len = |d: &Name| {
            if d == self.dim { Some(self.len_of(at)) } else { elsewhere(d) }.unwrap_or(1)
        };
        let shape: Vec<usize> = dims.iter().map(len).collect();
        join::missing(dtype, &shape)
    }
}

/// Parts that are stored alike, or all in memory, as one array.
fn merged(run: &[Option<&Part>], first: &Part, axis: usize, stacks: bool) -> Result<LazyArray> {
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
        return Ok(LazyArray::constant(Array::concat(&arrays, axis)?));
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
    let data = LazyArray::read(Arc::new(source));
    first.meta.decode.as_ref().map_or(Ok(data.clone()), |decode| decode.apply(data.clone()))
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
fn concat_runs(runs: &[LazyArray], axis: usize) -> Result<LazyArray> {
    let arrays: Option<Vec<Array>> = runs.iter().map(|r| r.as_constant().cloned()).collect();
    match arrays {
        Some(arrays) => Ok(LazyArray::constant(Array::concat(&arrays, axis)?)),
        None => LazyArray::concat(runs, axis),
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
