//! The native reader first, the C libraries for what it refuses.

use std::sync::{Arc, OnceLock};

use graticule_array::{ArrayMut, Error, Region, Result};
use graticule_storage::{
    Backend, ByteSource, ChunkForm, ChunkSource, GroupWriter, Limits, Location, OpenHint,
    OpenOptions, PackedChunk, RawGroup, RawSchema, RawVar, Recipe, SourceDescriptor, SourceInfo,
    StoredTypes,
};

use crate::backend::NetcdfCBackend;

/// A native backend that asks the C libraries where it must refuse: whole files, variables that
/// it cannot describe, and chunks whose filter it does not know. Damaged bytes are not passed on:
/// the C libraries may crash on them.
#[derive(Clone, Debug)]
pub struct WithFallback {
    native: Arc<dyn Backend>,
    other: NetcdfCBackend,
}

impl WithFallback {
    /// `native`, with the C libraries behind it.
    #[must_use]
    pub fn new(native: Arc<dyn Backend>) -> Self {
        Self { native, other: NetcdfCBackend::new() }
    }
}

impl Backend for WithFallback {
    fn name(&self) -> &'static str {
        self.native.name()
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        self.native.recognises(hint)
    }

    fn open(&self, bytes: Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup> {
        match self.native.open(bytes.clone(), options) {
            Ok(mut group) => {
                let refused = has_refusals(&group);
                let whole =
                    Arc::new(Lazily { bytes, other: self.other.clone(), at: OnceLock::new() });
                if refused && let Ok(other) = whole.get() {
                    fill_in(&mut group, other);
                }
                wrap(&mut group, "", &whole);
                Ok(group)
            }
            Err(e) if e.is_unsupported() => self.other.open(bytes, options).map_err(|_| e),
            Err(e) => Err(e),
        }
    }

    fn resume(
        &self,
        bytes: Arc<dyn ByteSource>,
        recipe: &Recipe,
        options: &OpenOptions,
    ) -> Result<Arc<dyn ChunkSource>> {
        let native = self.native.resume(bytes.clone(), recipe, options)?;
        let found = native.descriptor().map(|d| d.path).unwrap_or_default();
        let (groups, name) = found.rsplit_once('/').unwrap_or(("", &found));
        let groups: String =
            groups.split('/').filter(|g| !g.is_empty()).map(|g| format!("{g}/")).collect();
        let whole = Lazily { bytes, other: self.other.clone(), at: OnceLock::new() };
        let (name, whole) = (name.to_owned(), Arc::new(whole));
        Ok(Arc::new(FallbackSource { native, groups, name, whole }))
    }

    fn writes(&self) -> &'static [&'static str] {
        self.native.writes()
    }

    fn formats(&self) -> &'static [&'static str] {
        self.native.formats()
    }

    fn stored_types(&self, format: Option<&str>) -> StoredTypes {
        self.native.stored_types(format)
    }

    fn create(&self, at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
        self.native.create(at, schema)
    }

    fn create_as(
        &self,
        at: &Location,
        schema: &RawSchema,
        format: Option<&str>,
    ) -> Result<Box<dyn GroupWriter>> {
        self.native.create_as(at, schema, format)
    }
}

fn has_refusals(group: &RawGroup) -> bool {
    group.problems.iter().any(|(_, e)| e.is_unsupported()) || group.groups.iter().any(has_refusals)
}

/// Adds the variables that only the other reader could describe.
fn fill_in(group: &mut RawGroup, other: &RawGroup) {
    for var in &other.vars {
        if !group.vars.iter().any(|v| v.name == var.name) {
            group.vars.push(var.clone());
            let name = format!("/{}", var.name);
            group.problems.retain(|(path, _)| !path.ends_with(&name));
        }
    }
    for dim in &other.dims {
        if !group.dims.iter().any(|d| d.name == dim.name) {
            group.dims.push(dim.clone());
        }
    }
    for child in &mut group.groups {
        if let Some(twin) = other.groups.iter().find(|g| g.name == child.name) {
            fill_in(child, twin);
        }
    }
}

fn wrap(group: &mut RawGroup, path: &str, whole: &Arc<Lazily>) {
    for var in &mut group.vars {
        var.source = Arc::new(FallbackSource {
            native: var.source.clone(),
            groups: path.to_owned(),
            name: var.name.clone(),
            whole: whole.clone(),
        });
    }
    for child in &mut group.groups {
        wrap(child, &format!("{path}{}/", child.name), whole);
    }
}

/// The file as the other reader sees it, opened when first asked for.
#[derive(Debug)]
struct Lazily {
    bytes: Arc<dyn ByteSource>,
    other: NetcdfCBackend,
    at: OnceLock<Result<RawGroup>>,
}

impl Lazily {
    fn get(&self) -> Result<&RawGroup> {
        let open = || self.other.open(self.bytes.clone(), &OpenOptions::default());
        self.at.get_or_init(open).as_ref().map_err(Error::clone)
    }
}

/// A variable of the native reader.
#[derive(Debug)]
struct FallbackSource {
    native: Arc<dyn ChunkSource>,
    /// The groups above it, each followed by `/`.
    groups: String,
    name: String,
    whole: Arc<Lazily>,
}

impl FallbackSource {
    fn other(&self) -> Option<&RawVar> {
        let mut group = self.whole.get().ok()?;
        for name in self.groups.split_terminator('/') {
            group = group.groups.iter().find(|g| g.name == name)?;
        }
        group.vars.iter().find(|v| v.name == self.name)
    }
}

impl ChunkSource for FallbackSource {
    fn info(&self) -> &SourceInfo {
        self.native.info()
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        let shape = Region::whole(&out.shape());
        let error = match self.native.read_into(region, out.region(&shape)?) {
            Err(e) if e.is_unsupported() => e,
            done => return done,
        };
        match self.other() {
            Some(var) if var.source.info().shape == self.info().shape => {
                var.source.read_into(region, out).map_err(|_| error)
            }
            _ => Err(error),
        }
    }

    fn packed(&self, region: &Region, form: &ChunkForm) -> Result<Option<PackedChunk>> {
        self.native.packed(region, form)
    }

    fn limits(&self) -> Limits {
        self.native.limits()
    }

    fn recipe(&self) -> Option<Recipe> {
        self.native.recipe()
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        self.native.descriptor()
    }
}
