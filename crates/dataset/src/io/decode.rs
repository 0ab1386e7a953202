//! One group of a file: coordinates read, conventions applied.

use std::sync::Arc;

use graticule_array::{Array, DType, Region, Result};
use graticule_lazy::{LazyArray, Session};
use graticule_storage::{ChunkSource, Location, RawGroup};
use rayon::prelude::*;

use super::convert::{self, stored_bytes};
use super::options::OpenOptions;
use crate::attrs::{AttrValue, Attrs};
use crate::cf::{self, Draft, SetDraft};
use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::note::NoteKind;
use crate::stored::Stored;
use crate::variable::Variable;

/// Coordinates of one axis up to this size are read at open.
const COORDS_READ: usize = 64 << 20;

/// All that is read at open, together.
const ALL_READ: usize = 128 << 20;

/// Other times stored as floats are read at open up to this size, for their tick depends on
/// their values.
const TIMES_READ: usize = 1 << 20;

/// A group of a file, decoded; data is still where it was.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) set: SetDraft,
    /// One per variable of `set`.
    pub(super) sources: Vec<Arc<dyn ChunkSource>>,
    /// The variables before they were decoded, if these were to be kept.
    pub(super) stored: Vec<Draft>,
    pub(super) unlimited: Vec<String>,
    pub(super) origin: Location,
    /// What could not be read although the rest could.
    pub(super) problems: Vec<String>,
    /// Whether its dimensions get no indexes.
    unindexed: bool,
}

/// Reads the small coordinates of a group and applies the conventions. `keep` is whether the
/// variables shall remember what they were.
pub(super) fn decode_group(
    group: RawGroup,
    origin: &Location,
    options: &OpenOptions,
    session: &Session,
    keep: bool,
) -> Result<Decoded> {
    let mut set = SetDraft { attrs: convert::attrs(group.attrs), ..SetDraft::default() };
    let mut sources = Vec::with_capacity(group.vars.len());
    let mut repeated: Vec<(Name, Name)> = Vec::new();
    for mut raw in group.vars {
        if options.drop.contains(&raw.name) {
            continue;
        }
        let draft = convert::draft(&mut raw);
        if let (Some(new), Some(old)) = (draft.dims.last(), raw.dims.last())
            && *new != **old
        {
            repeated.push((new.clone(), Name::from(old)));
        }
        set.vars.push(draft);
        sources.push(raw.source);
    }
    let mut cx = options.decoding.clone();
    if !cx.coding.off.contains(&"chars") {
        let mut found = cf::char_dims(&set.vars);
        // Under its new name a repeated dimension is still what it was.
        let own = |d: &Name| repeated.iter().find(|(new, _)| new == d).map(|(_, old)| old);
        let widths = found.clone();
        found.retain(|d| own(d).is_none_or(|old| widths.contains(old)));
        cx.coding.char_dims = found;
    }
    let stored = if keep { set.vars.clone() } else { Vec::new() };
    let mut problems: Vec<String> =
        group.problems.iter().map(|(path, why)| format!("{path}: {why}")).collect();
    problems.extend(read_small(&mut set, &sources, &cx, options.unindexed, session));
    let problems = problems.iter().map(|text| NoteKind::Unreadable.line(text)).collect();
    cf::decode_set(&mut set, &cx).map_err(|e| e.in_file(origin.path()))?;
    let unlimited = group.dims.into_iter().filter(|d| d.unlimited).map(|d| d.name).collect();
    let (origin, unindexed) = (origin.clone(), options.unindexed);
    Ok(Decoded { set, sources, stored, unlimited, origin, problems, unindexed })
}

/// Reads what decoding and indexing need to know, all together. What cannot be read stays
/// where it is, so that the rest of the file can be used.
fn read_small(
    set: &mut SetDraft,
    sources: &[Arc<dyn ChunkSource>],
    cx: &cf::SetContext,
    unindexed: bool,
    session: &Session,
) -> Vec<String> {
    let named = coordinate_names(set, cx);
    let time_bounds: Vec<String> = set
        .vars
        .iter()
        .filter(|v| v.attrs.text("units").is_some_and(|u| u.contains("since")))
        .filter_map(|v| v.attrs.text("bounds").map(str::to_owned))
        .collect();
    let mut total = 0usize;
    let mut wanted: Vec<usize> = Vec::new();
    for (at, (var, source)) in set.vars.iter().zip(sources).enumerate() {
        if !is_small(var, source.as_ref(), &named, &time_bounds, cx, unindexed) {
            continue;
        }
        let info = source.info();
        total = total.saturating_add(stored_bytes(&info.shape, info.dtype.planned_size()));
        // Lengths in damaged files are fantasies; many together must not exhaust the memory.
        if total <= ALL_READ {
            wanted.push(at);
        }
    }
    let read = |at: &usize| -> (usize, Result<Array>) {
        let data = sources.get(*at).map(|s| s.read(&Region::whole(&s.info().shape)));
        (*at, data.unwrap_or_else(|| Err(graticule_array::Error::bug("a source is missing"))))
    };
    let data: Vec<_> = match wanted.len() {
        0 | 1 => wanted.iter().map(read).collect(),
        _ => session.install(|| wanted.par_iter().map(read).collect()),
    };
    let mut problems = Vec::new();
    for (at, values) in data {
        let Some(var) = set.vars.get_mut(at) else { continue };
        match values {
            Ok(values) => var.values = Some(values),
            Err(why) => problems.push(format!("\"{}\" cannot be read: {why}", var.name)),
        }
    }
    problems
}

/// The names that `coordinates` attributes list.
fn coordinate_names(set: &SetDraft, cx: &cf::SetContext) -> Vec<String> {
    if cx.coords == cf::CoordNames::Dimensions {
        return Vec::new();
    }
    let texts = set.vars.iter().map(|v| &v.attrs).chain([&set.attrs]);
    let texts = texts.filter_map(|a| a.text("coordinates"));
    texts.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

fn is_small(
    var: &Draft,
    source: &dyn ChunkSource,
    named: &[String],
    time_bounds: &[String],
    cx: &cf::SetContext,
    unindexed: bool,
) -> bool {
    let info = source.info();
    let bytes = stored_bytes(&info.shape, info.dtype.planned_size());
    let joins = var.dtype == DType::Char
        && var.dims.last().is_some_and(|d| cx.coding.char_dims.contains(d));
    let axes = var.dims.len() - usize::from(joins);
    let own = var.dims.first() == Some(&var.name);
    if !unindexed && axes == 1 && (own || named.iter().any(|n| var.name == **n)) {
        return bytes <= COORDS_READ;
    }
    bytes <= TIMES_READ
        && info.dtype.is_float()
        && cx.coding.times
        && (var.attrs.text("units").is_some_and(|u| u.contains("since"))
            || time_bounds.iter().any(|b| var.name == **b))
}

impl Decoded {
    /// The dataset of this group alone.
    pub(super) fn into_dataset(self, session: &Session) -> Result<Dataset> {
        let mut vars = Vec::with_capacity(self.sources.len());
        let mut stored = self.stored.into_iter();
        for (draft, source) in self.set.vars.into_iter().zip(self.sources) {
            let raw = LazyArray::read(source);
            let data = match &draft.values {
                Some(values) => LazyArray::constant(values.clone()),
                None => draft.apply(raw.clone())?,
            };
            let name = draft.name.clone();
            let mut var = variable(draft, data, &self.origin, &self.unlimited)?;
            if let Some(stored) = stored.next() {
                var = var.clone().with_stored(Arc::new(Stored::new(stored, raw, &var)));
            }
            vars.push((name, var));
        }
        let coords: Vec<Name> = self.set.coords.into_iter().collect();
        let mut extra = Attrs::new();
        if let Some(text) = self.set.stored_coordinates {
            extra.set("coordinates", text);
        }
        let encoding = Encoding {
            origin: Some(self.origin.clone()),
            unlimited: self.unlimited,
            extra: noted(extra, &self.problems),
            ..Encoding::default()
        };
        let mut set = Dataset::from_parts(vars, &coords, self.set.attrs)
            .map_err(|e| e.in_file(self.origin.path()))?;
        if self.unindexed {
            // Times stored as reals had to be read to be decoded.
            Arc::make_mut(&mut set.0).indexes.clear();
        }
        Ok(set.with_encoding(encoding).with_session(session))
    }
}

/// A decoded variable over its data.
pub(super) fn variable(
    draft: Draft,
    data: LazyArray,
    origin: &Location,
    unlimited: &[String],
) -> Result<Variable> {
    let mut encoding = draft.encoding;
    encoding.unlimited =
        unlimited.iter().filter(|u| draft.dims.iter().any(|d| *d == ***u)).cloned().collect();
    encoding.origin = Some(origin.clone());
    encoding.extra = noted(encoding.extra, &draft.notes);
    let var = Variable::new(draft.dims, data).map_err(|e| e.in_variable(draft.name.as_str()))?;
    Ok(var.with_attrs(draft.attrs).with_encoding(encoding))
}

/// Notes go where the display of encodings finds them, and where writing leaves them out.
pub(super) fn noted(extra: Attrs, notes: &[String]) -> Attrs {
    if notes.is_empty() {
        return extra;
    }
    let texts: Vec<&str> = notes.iter().map(String::as_str).collect();
    extra.with(cf::NOTES, AttrValue::from(texts))
}
