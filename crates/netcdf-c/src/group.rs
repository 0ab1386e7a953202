//! Groups of the C library as ours.

use std::path::Path;
use std::sync::Arc;

use graticule_array::{ChunkGrid, Result, Shape};
use graticule_storage::{ChunkSource, FilterSpec, RawDim, RawGroup, RawVar, SourceInfo, Storage};
use netcdf::{Attribute, Dimension, Endianness, File, Group, Variable};

use crate::attribute::attribute;
use crate::element::dtype;
use crate::files::Files;
use crate::guard::guard;
use crate::plain;
use crate::source::CSource;

/// Groups are followed this deep.
const MAX_DEPTH: usize = 64;

/// Where variables of a file come from.
pub(crate) struct Origin<'a> {
    pub(crate) files: &'a Arc<Files>,
    pub(crate) path: &'a Path,
    /// The same file for the HDF5 library, which knows the filters; `None` for classic files.
    pub(crate) hdf5: Option<hdf5_metno::File>,
}

/// All groups of a file.
pub(crate) fn root(file: &File, origin: &Origin<'_>) -> Result<RawGroup> {
    let mut out = RawGroup::default();
    guard(|| {
        dims(&mut out, file.dimensions());
        attrs(&mut out, file.attributes(), "");
        vars(&mut out, file.variables(), origin, "");
        Ok(())
    })?;
    if let Some(root) = guard(|| Ok(file.root()))? {
        children(&mut out, &root, origin, "")?;
    }
    Ok(out)
}

fn children(out: &mut RawGroup, group: &Group<'_>, origin: &Origin<'_>, path: &str) -> Result<()> {
    if path.matches('/').count() >= MAX_DEPTH {
        let e = graticule_array::Error::unsupported(format!("groups deeper than {MAX_DEPTH}"));
        out.problems.push((path.to_owned(), e));
        return Ok(());
    }
    for child in guard(|| Ok(group.groups().collect::<Vec<_>>()))? {
        let name = guard(|| Ok(child.name()))?;
        let inside = format!("{path}{name}/");
        let mut raw = RawGroup { name, ..RawGroup::default() };
        guard(|| {
            dims(&mut raw, child.dimensions());
            attrs(&mut raw, child.attributes(), &inside);
            vars(&mut raw, child.variables(), origin, &inside);
            Ok(())
        })?;
        children(&mut raw, &child, origin, &inside)?;
        out.groups.push(raw);
    }
    Ok(())
}

fn dims<'f>(out: &mut RawGroup, found: impl Iterator<Item = Dimension<'f>>) {
    out.dims.extend(found.map(|d| dim(&d)));
}

fn dim(from: &Dimension<'_>) -> RawDim {
    RawDim { name: from.name(), len: from.len(), unlimited: from.is_unlimited() }
}

fn attrs<'f>(out: &mut RawGroup, found: impl Iterator<Item = Attribute<'f>>, path: &str) {
    for from in found {
        match attribute(&from) {
            Ok(attr) => out.attrs.push(attr),
            Err(e) => out.problems.push((format!("/{path}@{}", from.name()), e)),
        }
    }
}

fn vars<'f>(
    out: &mut RawGroup,
    found: impl Iterator<Item = Variable<'f>>,
    origin: &Origin<'_>,
    path: &str,
) {
    for from in found {
        let name = from.name();
        match guard(|| variable(out, &from, origin, path)) {
            Ok(var) => {
                // Of the dimensions of outer groups, those that are used.
                let used = from.dimensions().iter().map(dim);
                let used: Vec<_> =
                    used.filter(|u| !out.dims.iter().any(|d| d.name == u.name)).collect();
                out.dims.extend(used);
                out.vars.push(var);
            }
            Err(e) => out.problems.push((format!("/{path}{name}"), e)),
        }
    }
}

fn variable(
    group: &mut RawGroup,
    from: &Variable<'_>,
    origin: &Origin<'_>,
    path: &str,
) -> Result<RawVar> {
    let name = from.name();
    let inside = format!("{path}{name}");
    let (dtype, enumeration) = dtype(&from.vartype())?;
    let shape: Shape = from.dimensions().iter().map(Dimension::len).collect();
    let chunks = from.chunking().ok().flatten();
    let set = origin.hdf5.as_ref().and_then(|f| dataset(f, &inside));
    let filters = set.as_ref().map(hdf5_metno::Dataset::filters).unwrap_or_default();
    let filters: Vec<_> = filters.iter().map(filter).collect();
    let big_endian = matches!(from.endianness(), Ok(Endianness::Big));
    let mut attrs = Vec::new();
    for attr in from.attributes() {
        match attribute(&attr) {
            Ok(attr) => attrs.push(attr),
            Err(e) => group.problems.push((format!("/{inside}@{}", attr.name()), e)),
        }
    }
    let grid = match &chunks {
        Some(chunk) => ChunkGrid::even(&shape, chunk),
        None => ChunkGrid::whole(&shape),
    };
    let whole_chunks = !filters.is_empty();
    let info = SourceInfo { dtype, shape, grid, whole_chunks, fill: None };
    let source: Arc<dyn ChunkSource> = match set.as_ref().and_then(plain::fixed_strings) {
        Some(source) => source?,
        None => Arc::new(CSource::new(origin.files.clone(), origin.path, inside, info)),
    };
    Ok(RawVar {
        dims: from.dimensions().iter().map(Dimension::name).collect(),
        attrs,
        storage: Storage { chunks, filters, big_endian, enumeration },
        source,
        name,
    })
}

/// The dataset of a variable, which netCDF-4 stores under its own name or, where that is the
/// name of a dimension that it does not belong to, under a longer one.
fn dataset(file: &hdf5_metno::File, path: &str) -> Option<hdf5_metno::Dataset> {
    let (group, name) = path.rsplit_once('/').unwrap_or(("", path));
    let hidden = format!("{group}/_nc4_non_coord_{name}");
    file.dataset(&hidden).or_else(|_| file.dataset(path)).ok()
}

fn filter(from: &hdf5_metno::filters::Filter) -> FilterSpec {
    use hdf5_metno::filters::Filter;
    let (name, params) = match from {
        Filter::Deflate(level) => ("deflate".to_owned(), vec![u32::from(*level)]),
        Filter::Shuffle => ("shuffle".to_owned(), Vec::new()),
        Filter::Fletcher32 => ("fletcher32".to_owned(), Vec::new()),
        Filter::SZip(..) => ("szip".to_owned(), Vec::new()),
        Filter::NBit => ("nbit".to_owned(), Vec::new()),
        Filter::ScaleOffset(_) => ("scaleoffset".to_owned(), Vec::new()),
        Filter::User(id, params) => (format!("filter {id}"), params.clone()),
    };
    FilterSpec { name, id: u16::try_from(from.id()).ok(), params }
}
