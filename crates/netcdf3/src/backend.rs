//! Recognising and opening classic files.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_storage::{
    Backend, ByteSource, ChunkSource, GroupWriter, Location, OpenHint, OpenOptions, RawDim,
    RawGroup, RawSchema, RawVar, Recipe, Storage, StoredTypes,
};

use crate::attribute::fill_value;
use crate::header::Header;
use crate::layout::Layout;
use crate::reader::Version;
use crate::source::Netcdf3Source;

pub(crate) const NAME: &str = "netcdf3";

/// The classic netCDF formats CDF-1, CDF-2 and CDF-5.
#[derive(Clone, Copy, Debug, Default)]
pub struct Netcdf3Backend;

impl Backend for Netcdf3Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        Version::from_magic(hint.first).is_some()
    }

    /// Reads the header. Variables whose data reach beyond the end of the file fail when they
    /// are read, not here.
    fn open(&self, bytes: Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup> {
        open(&bytes, options).map_err(|e| e.in_file(bytes.location().path()))
    }

    fn resume(
        &self,
        bytes: Arc<dyn ByteSource>,
        recipe: &Recipe,
        _: &OpenOptions,
    ) -> Result<Arc<dyn ChunkSource>> {
        let source = crate::recipe::read(&bytes, recipe);
        Ok(Arc::new(source.map_err(|e| e.in_file(bytes.location().path()))?))
    }

    fn writes(&self) -> &'static [&'static str] {
        &["nc3", "cdf"]
    }

    fn formats(&self) -> &'static [&'static str] {
        FORMATS
    }

    fn stored_types(&self, format: Option<&str>) -> StoredTypes {
        match format.and_then(version) {
            Some(Version::Cdf5) => StoredTypes::Cdf5,
            _ => StoredTypes::Classic,
        }
    }

    /// Writes the smallest version that holds the schema.
    fn create(&self, at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
        crate::write::create(at, schema, None)
    }

    fn create_as(
        &self,
        at: &Location,
        schema: &RawSchema,
        format: Option<&str>,
    ) -> Result<Box<dyn GroupWriter>> {
        let chosen = match format {
            None | Some("NETCDF3") => None,
            Some(name) => Some(version(name).ok_or_else(|| {
                Error::not_found(format!("there is no classic format \"{name}\""))
                    .in_file(at.path())
                    .hint(format!("the names are {}", FORMATS.join(", ")))
            })?),
        };
        crate::write::create(at, schema, chosen)
    }
}

/// What the variants are called. `NETCDF3` is the smallest of the first two that holds the data.
const FORMATS: &[&str] =
    &["NETCDF3", "NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"];

fn version(format: &str) -> Option<Version> {
    match format {
        "NETCDF3_CLASSIC" => Some(Version::Cdf1),
        "NETCDF3_64BIT" | "NETCDF3_64BIT_OFFSET" => Some(Version::Cdf2),
        "NETCDF3_64BIT_DATA" => Some(Version::Cdf5),
        _ => None,
    }
}

fn open(bytes: &Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup> {
    let header = Header::read(bytes.as_ref())?;
    let layout = Layout::new(&header, bytes.len())?;
    let dims = dimensions(&header, layout.records)?;
    let names: Vec<String> = header.dims.iter().map(|d| d.name.clone()).collect();
    let mut group = RawGroup { dims, attrs: header.attrs, ..RawGroup::default() };
    let mut seen = HashSet::new();
    for (var, place) in header.vars.into_iter().zip(layout.places) {
        if !options.only.is_empty() && !options.only.contains(&var.name) {
            continue;
        }
        if !seen.insert(var.name.clone()) {
            let twice = Error::corrupt("another variable of the file has the same name");
            group.problems.push((var.name.clone(), twice.in_variable(&var.name)));
            continue;
        }
        let fill = fill_value(var.kind, &var.attrs);
        let source = Netcdf3Source::new(bytes.clone(), var.name.clone(), var.kind, place, fill);
        group.vars.push(RawVar {
            name: var.name,
            dims: var.dims.iter().filter_map(|i| names.get(*i).cloned()).collect(),
            attrs: var.attrs,
            storage: Storage { big_endian: true, ..Storage::default() },
            source: Arc::new(source),
        });
    }
    Ok(group)
}

fn dimensions(header: &Header, records: usize) -> Result<Vec<RawDim>> {
    let mut known: HashMap<&str, u64> = HashMap::new();
    let mut dims = Vec::new();
    for dim in &header.dims {
        match known.insert(&dim.name, dim.len) {
            None => dims.push(RawDim {
                name: dim.name.clone(),
                len: if dim.is_record() { records } else { dim.len as usize },
                unlimited: dim.is_record(),
            }),
            // Variables refer to dimensions by name, so two lengths cannot be told apart.
            Some(len) if len != dim.len => {
                return Err(Error::corrupt(format!(
                    "the dimension \"{}\" is declared twice, with the lengths {len} and {}",
                    dim.name, dim.len
                )));
            }
            Some(_) => {}
        }
    }
    Ok(dims)
}
