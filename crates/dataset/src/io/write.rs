//! A dataset becomes a file.

use std::sync::Arc;

use graticule_array::{DType, Error, Result, Scalar, did_you_mean};
use graticule_lazy::{LazyArray, Session};
use graticule_storage::{
    Backend, ChunkSink, GroupWriter, Location, RawAttr, RawDim, RawSchema, RawVarSchema,
    StoredTypes,
};
use indexmap::IndexMap;

use super::storage::storage;
use super::write_options::WriteOptions;
use crate::attrs::Attrs;
use crate::cf::{self, Draft, SetDraft, Target};
use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::variable::Variable;

/// Times, durations and byte strings up to this size are looked at before they are stored.
const LOOKED_AT: usize = 256 << 20;

impl Dataset {
    /// Writes a file; its extension chooses the format. Values are stored as the encodings of the
    /// variables say, where these still fit: times in their units, packed numbers packed again.
    /// All variables are computed in one run, block by block. The file appears when it is
    /// complete, and replaces one of the same name.
    ///
    /// # Errors
    /// If the dataset carries a fault, no backend writes this extension, a value does not fit its
    /// packing, something cannot be read or computed, or the device refuses; then no file appears.
    pub fn write(&self, to: impl Into<Location>) -> Result<()> {
        self.write_with(to, &WriteOptions::default())
    }

    /// [`write`](Self::write) with options.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_with(&self, to: impl Into<Location>, options: &WriteOptions) -> Result<()> {
        write(self, &to.into(), options)
    }
}

fn write(set: &Dataset, to: &Location, options: &WriteOptions) -> Result<()> {
    set.sound()?;
    let session = set.session();
    let backend = choose(to, options, &session)?;
    refuse_own_source(set, to)?;
    let format = options.format.as_deref();
    let encoded = encode(set, options, backend.stored_types(format), &session)?;
    let schema = encoded.schema(set, options)?;
    let mut writer: Box<dyn GroupWriter> = backend.create_as(to, &schema, format)?;
    let mut outputs: Vec<(LazyArray, Arc<dyn ChunkSink>)> = Vec::new();
    for (draft, data) in encoded.set.vars.iter().zip(&encoded.data) {
        outputs.push((data.clone(), writer.sink(&draft.name)?));
    }
    let stored = session.store_with(&outputs, &options.run);
    stored.map_err(|e| e.context(format!("while writing {to}")))?;
    drop(outputs);
    writer.finish()
}

fn choose<'a>(
    to: &Location,
    options: &WriteOptions,
    session: &'a Session,
) -> Result<&'a Arc<dyn Backend>> {
    let all = session.backends();
    if let Some(name) = &options.backend {
        return all.iter().find(|b| b.name() == name).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|b| b.name()).collect();
            Error::not_found(format!("no backend \"{name}\" (there are {})", names.join(", ")))
        });
    }
    if let Some(format) = &options.format {
        return all.iter().find(|b| b.formats().contains(&format.as_str())).ok_or_else(|| {
            let names: Vec<&str> = all.iter().flat_map(|b| b.formats().iter().copied()).collect();
            let error = Error::not_found(format!(
                "no format \"{format}\" (there are {})",
                names.join(", ")
            ));
            match did_you_mean(format, names) {
                Some(hint) => error.hint(hint),
                None => error,
            }
        });
    }
    let extension = to.path().extension().map(|e| e.to_string_lossy().to_lowercase());
    let known: Vec<&str> = all.iter().flat_map(|b| b.writes().iter().copied()).collect();
    let hint = match known.len() {
        0 => "the dataset was made, not opened, so its session knows no format: write it with \
              to_netcdf(..) of graticule::ToNetcdf, or give it one with with_session(..)"
            .to_owned(),
        _ => format!("the extensions that can be written are .{}", known.join(", .")),
    };
    let Some(extension) = extension else {
        return Err(Error::invalid("the file name has no extension, which chooses the format")
            .in_file(to.path())
            .hint(hint));
    };
    all.iter().find(|b| b.writes().contains(&extension.as_str())).ok_or_else(|| {
        Error::unsupported(format!("no format is known for \".{extension}\""))
            .in_file(to.path())
            .hint(hint)
    })
}

/// Data that is still in a file cannot replace it.
fn refuse_own_source(set: &Dataset, to: &Location) -> Result<()> {
    let same = |at: &Location| {
        let full = |l: &Location| std::fs::canonicalize(l.path()).ok();
        at == to || full(at).is_some_and(|a| Some(a) == full(to))
    };
    for (name, var) in set.variables() {
        if var.data().is_lazy() && var.encoding().origin.as_ref().is_some_and(same) {
            return Err(Error::invalid(format!(
                "\"{name}\" is still to be read from this file, which would be replaced"
            ))
            .in_file(to.path())
            .hint("load() the dataset first, or write elsewhere"));
        }
    }
    Ok(())
}

/// Variables ready to be stored.
struct Encoded {
    set: SetDraft,
    /// One per variable of `set`.
    data: Vec<LazyArray>,
}

fn encode(
    set: &Dataset,
    options: &WriteOptions,
    types: StoredTypes,
    session: &Session,
) -> Result<Encoded> {
    let mut drafts = SetDraft {
        attrs: set.attrs().clone(),
        vars: Vec::new(),
        coords: set.coord_vars().map(|(name, _)| name.clone()).collect(),
        stored_coordinates: None,
    };
    if let Some(unknown) = options.encoding.keys().find(|n| !set.has(n)) {
        return Err(Error::not_found(format!("no variable \"{unknown}\" to encode")));
    }
    for (name, given) in &options.encoding {
        check_missing(given).map_err(|e| e.in_variable(name))?;
    }
    let untouched = |name: &Name, var: &Variable| {
        let free = types == StoredTypes::All && !options.encoding.contains_key(&**name);
        var.stored().filter(|_| free).map(|stored| stored.restore(name, var))
    };
    let mut stored: Vec<_> = set.variables().map(|(name, var)| untouched(name, var)).collect();
    let looked = look(set, &stored, session)?;
    for (((name, var), values), stored) in set.variables().zip(looked).zip(&mut stored) {
        drafts.vars.push(match stored {
            Some((draft, _)) => {
                let mut draft = draft.clone();
                cf::adopt_fill(&mut draft);
                draft
            }
            None => draft(name, var, options, values),
        });
    }
    cf::name_coordinates(&mut drafts, set.encoding().extra.text("coordinates"));
    cf::inherit_units(&mut drafts.vars);
    let mut data = Vec::with_capacity(drafts.vars.len());
    for ((draft, (_, var)), stored) in drafts.vars.iter_mut().zip(set.variables()).zip(stored) {
        if let Some((_, as_it_was)) = stored {
            data.push(as_it_was);
            continue;
        }
        let is_coord = draft.dims.contains(&draft.name);
        cf::encode_variable(draft, &Target { is_coord, types })?;
        data.push(match draft.values.take() {
            Some(values) => LazyArray::constant(values),
            None => draft.apply(var.data().clone()).map_err(|e| e.in_variable(&*draft.name))?,
        });
    }
    cf::shed_units(&mut drafts.vars);
    Ok(Encoded { set: drafts, data })
}

/// What is missing is stored as one value, so that an encoding that is asked for cannot name two.
/// That of a file may: they were told apart there, and mean the same.
fn check_missing(given: &Encoding) -> Result<()> {
    let Some(fill) = &given.fill else { return Ok(()) };
    let number = |s: &Scalar| s.as_f64();
    let same = |other: &Scalar| {
        other == fill || number(other).is_some_and(|v| number(fill) == Some(v)) || {
            let nan = |s: &Scalar| number(s).is_some_and(f64::is_nan);
            nan(other) && nan(fill)
        }
    };
    match given.missing.iter().find(|other| !same(other)) {
        Some(other) => Err(Error::invalid(format!(
            "_FillValue is to be {fill:?} and missing_value {other:?}, but missing values are \
             stored as one number"
        ))
        .hint("leave one of the two out, or make them equal")),
        None => Ok(()),
    }
}

/// The values of those variables whose stored form depends on them, computed together.
fn look(
    set: &Dataset,
    stored: &[Option<(Draft, LazyArray)>],
    session: &Session,
) -> Result<Vec<Option<graticule_array::Array>>> {
    let wanted = |var: &Variable| {
        let from_chars = var.encoding().dtype == Some(DType::Char);
        let depends = match var.dtype() {
            DType::Time(_) | DType::Duration(_) | DType::Bytes(_) => true,
            DType::Str => from_chars || var.encoding().extra.has("_Encoding"),
            _ => false,
        };
        depends && var.bytes() <= LOOKED_AT || var.in_memory().is_some()
    };
    let wanted: Vec<bool> =
        set.variables().zip(stored).map(|((_, v), s)| s.is_none() && wanted(v)).collect();
    let data = set.variables().map(|(_, v)| v.data());
    let chosen: Vec<LazyArray> =
        data.zip(&wanted).filter(|(_, w)| **w).map(|(d, _)| d.clone()).collect();
    let mut computed = session.compute(&chosen)?.into_iter();
    Ok(wanted.iter().map(|w| if *w { computed.next() } else { None }).collect())
}

fn draft(
    name: &Name,
    var: &Variable,
    options: &WriteOptions,
    values: Option<graticule_array::Array>,
) -> Draft {
    let last = var.shape().last().copied().unwrap_or(0);
    let dims = var.dims().to_vec();
    let mut draft = Draft::new(name.clone(), dims, var.dtype().clone(), last, var.attrs().clone());
    draft.encoding = match options.encoding.get(&**name) {
        Some(given) => given.clone(),
        None => var.encoding().clone(),
    };
    draft.encoding.extra.remove(cf::NOTES);
    draft.values = values;
    cf::adopt_fill(&mut draft);
    draft
}

impl Encoded {
    fn schema(&self, set: &Dataset, options: &WriteOptions) -> Result<RawSchema> {
        let unlimited = options.unlimited.as_ref().unwrap_or(&set.encoding().unlimited);
        for dim in options.unlimited.iter().flatten() {
            if set.size_of(dim).is_none() {
                return Err(Error::not_found(format!("no dimension \"{dim}\" to be unlimited")));
            }
        }
        let mut dims: IndexMap<Name, usize> = set.sizes().map(|(d, n)| (d.clone(), n)).collect();
        let mut vars = Vec::with_capacity(self.data.len());
        for (draft, data) in self.set.vars.iter().zip(&self.data) {
            for (dim, len) in draft.dims.iter().zip(data.shape()) {
                let known = *dims.entry(dim.clone()).or_insert(*len);
                if known != *len {
                    return Err(Error::mismatch(format!(
                        "the dimension \"{dim}\" of characters has the length {len} here and {known} elsewhere"
                    ))
                    .in_variable(&*draft.name));
                }
            }
            let grows = draft.dims.iter().any(|d| unlimited.iter().any(|u| *d == **u));
            let given = options.encoding.contains_key(&*draft.name);
            let compression = if given && !draft.encoding.filters.is_empty() {
                super::write_options::Compression::Auto
            } else {
                options.compression
            };
            vars.push(RawVarSchema {
                name: draft.name.to_string(),
                dims: draft.dims.iter().map(ToString::to_string).collect(),
                dtype: data.dtype().clone(),
                attrs: raw_attrs(&draft.attrs),
                fill: draft.encoding.fill.clone(),
                storage: storage(
                    &draft.encoding,
                    data.dtype(),
                    data.shape(),
                    data.grid(),
                    compression,
                    grows,
                ),
            });
        }
        let dims = dims.into_iter().map(|(name, len)| RawDim {
            unlimited: unlimited.iter().any(|u| name == **u),
            name: name.to_string(),
            len,
        });
        Ok(RawSchema { dims: dims.collect(), attrs: raw_attrs(&self.set.attrs), vars })
    }
}

fn raw_attrs(attrs: &Attrs) -> Vec<RawAttr> {
    let raw = |(name, value): (&Name, &crate::attrs::AttrValue)| RawAttr {
        name: name.to_string(),
        value: value.array().clone(),
    };
    attrs.iter().map(raw).collect()
}
