//! Files of libhdf5 that libnetcdf refuses: numbers and text, with dimensions by length.

use std::sync::Arc;

use graticule_array::{
    Array, ArrayMut, ChunkGrid, DType, Element, Error, Region, Result, Shape, Text,
};
use graticule_storage::{
    ChunkSource, Limits, RawAttr, RawDim, RawGroup, RawVar, SourceInfo, Storage,
};
use hdf5_metno::types::{
    FixedAscii, FixedUnicode, FloatSize, IntSize, TypeDescriptor, VarLenAscii, VarLenUnicode,
};
use hdf5_metno::{Container, Dataset, Group, H5Type, Hyperslab, SliceOrIndex};

use crate::guard::{guard, refused};
use crate::source::LOCK;

/// Groups are followed this deep: links may lead in circles.
const MAX_DEPTH: usize = 32;

/// Fixed strings are read into items of this length; longer ones are refused.
const LONGEST: usize = 1024;

/// All groups of a file.
pub(crate) fn root(file: &hdf5_metno::File) -> Result<RawGroup> {
    let group = guard(|| file.as_group().map_err(|e| refused("libhdf5", e)))?;
    let mut phony = 0;
    let mut out = read(&group, &mut phony, 0)?;
    out.name.clear();
    Ok(out)
}

fn read(group: &Group, phony: &mut usize, depth: usize) -> Result<RawGroup> {
    let name = group.name();
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut out = RawGroup { name, ..RawGroup::default() };
    if depth >= MAX_DEPTH {
        let e = Error::unsupported(format!("groups deeper than {MAX_DEPTH}"));
        out.problems.push((group.name(), e));
        return Ok(out);
    }
    for attr in group.attr_names().unwrap_or_default() {
        let read = guard(|| attribute(&attr, &*group.attr(&attr).map_err(h5)?));
        keep(&mut out.attrs, read, &mut out.problems, &group.name());
    }
    let members = group.member_names().map_err(h5)?;
    for member in members {
        if let Ok(set) = group.dataset(&member) {
            match guard(|| variable(&member, &set, &mut out, phony)) {
                Ok(var) => out.vars.push(var),
                Err(e) => out.problems.push((set.name(), e)),
            }
        } else if let Ok(child) = group.group(&member) {
            let mut child = read(&child, phony, depth + 1)?;
            child.name = member;
            out.groups.push(child);
        }
    }
    Ok(out)
}

fn h5(error: hdf5_metno::Error) -> Error {
    refused("libhdf5", error)
}

fn keep<T>(into: &mut Vec<T>, read: Result<T>, problems: &mut Vec<(String, Error)>, at: &str) {
    match read {
        Ok(value) => into.push(value),
        Err(e) => problems.push((at.to_owned(), e)),
    }
}

fn attribute(name: &str, from: &Container) -> Result<RawAttr> {
    let kind = kind(from)?;
    let shape: Shape = from.shape();
    let whole = Region::whole(&shape);
    Ok(RawAttr { name: name.to_owned(), value: read_box(from, &kind, &whole)? })
}

fn variable(name: &str, set: &Dataset, group: &mut RawGroup, phony: &mut usize) -> Result<RawVar> {
    let source = source(set)?;
    let shape = &source.info().shape;
    let chunks = set.chunk();
    let mut dims: Vec<String> = Vec::with_capacity(shape.len());
    for len in shape {
        // A length that occurs twice in one variable needs two dimensions.
        let free = |d: &&RawDim| d.len == *len && !dims.contains(&d.name);
        let known = group.dims.iter().find(free).map(|d| d.name.clone());
        dims.push(known.unwrap_or_else(|| {
            let name = format!("phony_dim_{phony}");
            *phony += 1;
            group.dims.push(RawDim { name: name.clone(), len: *len, unlimited: false });
            name
        }));
    }
    let mut attrs = Vec::new();
    for attr in set.attr_names().unwrap_or_default() {
        let read = guard(|| attribute(&attr, &*set.attr(&attr).map_err(h5)?));
        keep(&mut attrs, read, &mut group.problems, &set.name());
    }
    let storage = Storage { chunks, ..Storage::default() };
    Ok(RawVar { name: name.to_owned(), dims, attrs, storage, source })
}

/// The data of a dataset.
fn source(set: &Dataset) -> Result<Arc<dyn ChunkSource>> {
    let kind = kind(set)?;
    let shape: Shape = set.shape();
    let grid = match set.chunk() {
        Some(chunk) => ChunkGrid::even(&shape, &chunk),
        None => ChunkGrid::whole(&shape),
    };
    let whole_chunks = !set.filters().is_empty();
    let info = SourceInfo { dtype: kind.dtype.clone(), shape, grid, whole_chunks, fill: None };
    Ok(Arc::new(PlainSource { set: set.clone(), kind, info }))
}

/// The data of a dataset of fixed strings; `None` for any other. libnetcdf writes beyond its
/// buffers when it reads these.
pub(crate) fn fixed_strings(set: &Dataset) -> Option<Result<Arc<dyn ChunkSource>>> {
    let stored = set.dtype().and_then(|t| t.to_descriptor()).ok()?;
    // Strings of one byte are characters to libnetcdf.
    let fixed = match stored {
        TypeDescriptor::FixedAscii(n) | TypeDescriptor::FixedUnicode(n) => n > 1,
        _ => false,
    };
    fixed.then(|| source(set))
}

/// How elements are read, and what they become.
#[derive(Clone, Debug)]
struct Kind {
    dtype: DType,
    stored: TypeDescriptor,
}

fn kind(from: &Container) -> Result<Kind> {
    let stored = from.dtype().and_then(|t| t.to_descriptor()).map_err(h5)?;
    let dtype = match &stored {
        TypeDescriptor::Integer(size) => match size {
            IntSize::U1 => DType::I8,
            IntSize::U2 => DType::I16,
            IntSize::U4 => DType::I32,
            IntSize::U8 => DType::I64,
        },
        TypeDescriptor::Unsigned(size) => match size {
            IntSize::U1 => DType::U8,
            IntSize::U2 => DType::U16,
            IntSize::U4 => DType::U32,
            IntSize::U8 => DType::U64,
        },
        TypeDescriptor::Float(FloatSize::U4) => DType::F32,
        TypeDescriptor::Float(FloatSize::U8) => DType::F64,
        TypeDescriptor::Boolean => DType::Bool,
        TypeDescriptor::VarLenAscii | TypeDescriptor::VarLenUnicode => DType::Str,
        TypeDescriptor::FixedAscii(n) | TypeDescriptor::FixedUnicode(n) if *n <= LONGEST => {
            DType::Str
        }
        other => return Err(Error::unsupported(format!("elements of type {other}"))),
    };
    Ok(Kind { dtype, stored })
}

fn read_box(from: &Container, kind: &Kind, region: &Region) -> Result<Array> {
    match (&kind.dtype, &kind.stored) {
        (DType::I8, _) => numbers::<i8>(from, region),
        (DType::I16, _) => numbers::<i16>(from, region),
        (DType::I32, _) => numbers::<i32>(from, region),
        (DType::I64, _) => numbers::<i64>(from, region),
        (DType::U8, _) => numbers::<u8>(from, region),
        (DType::U16, _) => numbers::<u16>(from, region),
        (DType::U32, _) => numbers::<u32>(from, region),
        (DType::U64, _) => numbers::<u64>(from, region),
        (DType::F32, _) => numbers::<f32>(from, region),
        (DType::F64, _) => numbers::<f64>(from, region),
        (DType::Bool, _) => numbers::<bool>(from, region),
        (_, TypeDescriptor::VarLenAscii) => texts::<VarLenAscii>(from, region),
        (_, TypeDescriptor::VarLenUnicode) => texts::<VarLenUnicode>(from, region),
        (_, TypeDescriptor::FixedAscii(_)) => texts::<FixedAscii<LONGEST>>(from, region),
        (_, TypeDescriptor::FixedUnicode(_)) => texts::<FixedUnicode<LONGEST>>(from, region),
        (dtype, _) => Err(Error::unsupported(format!("{dtype} elements through libhdf5"))),
    }
}

fn values<T: H5Type + Clone>(from: &Container, region: &Region) -> Result<Vec<T>> {
    if region.ndim() == 0 {
        return Ok(vec![from.read_scalar::<T>().map_err(h5)?]);
    }
    let slab: Vec<SliceOrIndex> = region
        .axes()
        .map(|(start, count)| SliceOrIndex::SliceCount { start, step: 1, count, block: 1 })
        .collect();
    let read = from.read_slice::<T, _, ndarray::IxDyn>(Hyperslab::from(slab));
    Ok(read.map_err(h5)?.iter().cloned().collect())
}

fn numbers<T: H5Type + Element + Copy>(from: &Container, region: &Region) -> Result<Array> {
    Array::from_vec(region.len.clone(), values::<T>(from, region)?)
}

/// Strings of the bindings as bytes: their text is unsound where a file holds no UTF-8.
trait Bytes: H5Type + Clone {
    fn bytes(&self) -> &[u8];
}

impl<const N: usize> Bytes for FixedAscii<N> {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<const N: usize> Bytes for FixedUnicode<N> {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Bytes for VarLenAscii {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Bytes for VarLenUnicode {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

fn texts<T: Bytes>(from: &Container, region: &Region) -> Result<Array> {
    let found = values::<T>(from, region)?;
    let text = found.iter().map(|t| Text::from(String::from_utf8_lossy(t.bytes()).into_owned()));
    let text = text.collect();
    Array::from_vec(region.len.clone(), text)
}

/// A dataset of libhdf5.
#[derive(Debug)]
struct PlainSource {
    set: Dataset,
    kind: Kind,
    info: SourceInfo,
}

impl ChunkSource for PlainSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        if region.is_empty() {
            return Ok(());
        }
        let read = guard(|| read_box(&self.set, &self.kind, region));
        out.assign(&read.map_err(|e| e.in_variable(self.set.name()))?)
    }

    fn limits(&self) -> Limits {
        Limits { parallel: Some(1), lock: Some(LOCK), ..Limits::default() }
    }
}
