//! Classes: files whose metadata is the same except for lengths and global attributes.

use std::sync::Arc;

use graticule_array::{
    Array, ArrayMut, ChunkGrid, DType, DimChunks, Error, Region, Result, Scalar, Shape,
};
use graticule_storage::{
    ChunkSource, MemorySource, RawAttr, RawDim, RawGroup, RawVar, SourceInfo, Storage,
};

use super::codec::{Reader, Writer};

/// What the files of a class have in common, as stored.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    /// The global attributes of its first file.
    pub(super) attrs: Vec<RawAttr>,
    /// Dimensions that can grow.
    pub(super) unlimited: Vec<String>,
    pub(super) vars: Vec<ClassVar>,
}

/// A variable of a class, as stored.
#[derive(Clone, Debug)]
pub(super) struct ClassVar {
    pub(super) name: String,
    pub(super) dims: Vec<String>,
    pub(super) attrs: Vec<RawAttr>,
    pub(super) storage: Storage,
    pub(super) dtype: DType,
    pub(super) whole_chunks: bool,
    pub(super) fill: Option<Scalar>,
    /// The name of the backend and the path inside the file.
    pub(super) backend: String,
    pub(super) path: String,
    /// The lengths and chunks in the first file of the class.
    pub(super) first: (Shape, Shape),
    /// What the first file of the class holds, where opening reads it.
    pub(super) raw: Option<Array>,
}

impl Class {
    /// What a group has in common with others like it; `None` if an index cannot hold it.
    pub(crate) fn of(group: &RawGroup) -> Option<Self> {
        if !group.problems.is_empty() {
            return None;
        }
        let mut vars = Vec::with_capacity(group.vars.len());
        for var in &group.vars {
            let (info, found) = (var.source.info(), var.source.descriptor()?);
            let limits = var.source.limits();
            if limits.parallel.is_some() || limits.lock.is_some() {
                return None;
            }
            let chunk = full_chunk(&info.grid)?;
            vars.push(ClassVar {
                name: var.name.clone(),
                dims: var.dims.clone(),
                attrs: var.attrs.clone(),
                storage: var.storage.clone(),
                dtype: info.dtype.clone(),
                whole_chunks: info.whole_chunks,
                fill: info.fill.clone(),
                backend: found.backend,
                path: found.path,
                first: (info.shape.clone(), chunk),
                raw: None,
            });
        }
        let unlimited = group.dims.iter().filter(|d| d.unlimited).map(|d| d.name.clone());
        Some(Self { attrs: group.attrs.clone(), unlimited: unlimited.collect(), vars })
    }

    /// What tells it from other classes; `None` if an index cannot hold it.
    pub(crate) fn key(&self) -> Option<Vec<u8>> {
        let mut out = Writer::default();
        out.list(&self.unlimited, |w, name| w.text(name));
        out.size(self.vars.len());
        self.vars.iter().try_for_each(|var| var.write(&mut out))?;
        Some(out.0)
    }

    /// The whole class. Arrays of the first file stand behind the variables.
    pub(super) fn write(&self, out: &mut Writer) -> Option<()> {
        out.bytes(&self.key()?);
        out.attrs(&self.attrs)?;
        for var in &self.vars {
            out.shape(&var.first.0);
            out.shape(&var.first.1);
            match &var.raw {
                Some(raw) => {
                    out.u8(1);
                    out.array(raw)?;
                }
                None => out.u8(0),
            }
        }
        Some(())
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self> {
        let mut key = Reader::new(from.bytes()?);
        let unlimited = key.list(|r| Ok(r.text()?.to_owned()))?;
        let mut vars = key.list(ClassVar::read)?;
        let attrs = from.attrs()?;
        for var in &mut vars {
            var.first = (from.shape()?, from.shape()?);
            check_shape(var, &var.first.0, &var.first.1)?;
            var.raw = if from.u8()? == 0 { None } else { Some(from.array()?) };
        }
        Ok(Self { attrs, unlimited, vars })
    }

    /// The class as a group: its first file, as far as opening looks at it.
    pub(super) fn group(&self) -> RawGroup {
        let vars = self.vars.iter().map(|var| RawVar {
            name: var.name.clone(),
            dims: var.dims.clone(),
            attrs: var.attrs.clone(),
            storage: var.storage.clone(),
            source: match &var.raw {
                Some(raw) => Arc::new(MemorySource::new(raw.clone())) as Arc<dyn ChunkSource>,
                None => Arc::new(Outline(var.info(&var.first.0, &var.first.1))),
            },
        });
        let dims = self.unlimited.iter();
        let dims = dims.map(|name| RawDim { name: name.clone(), len: 0, unlimited: true });
        RawGroup {
            dims: dims.collect(),
            attrs: self.attrs.clone(),
            vars: vars.collect(),
            ..RawGroup::default()
        }
    }
}

/// The shape of a full chunk, which may be longer than an axis; `None` for chunks of many shapes.
pub(super) fn full_chunk(grid: &ChunkGrid) -> Option<Shape> {
    let size = |cuts: &DimChunks| match cuts {
        DimChunks::Even { size, offset: 0, .. } => Some(*size),
        _ => None,
    };
    grid.dims().iter().map(size).collect()
}

/// Whether these can be the lengths and chunks of a variable.
pub(super) fn check_shape(var: &ClassVar, shape: &[usize], chunk: &[usize]) -> Result<()> {
    if shape.len() == var.dims.len() && chunk.len() == shape.len() {
        return Ok(());
    }
    Err(Error::corrupt("a shape does not fit its variable").in_variable(&var.name))
}

/// A source of which only the outline is known.
#[derive(Debug)]
struct Outline(SourceInfo);

impl ChunkSource for Outline {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
        Err(Error::corrupt("the index lacks values that opening wants"))
    }

    fn read(&self, _: &Region) -> Result<Array> {
        Err(Error::corrupt("the index lacks values that opening wants"))
    }
}

impl ClassVar {
    fn write(&self, out: &mut Writer) -> Option<()> {
        out.text(&self.name);
        out.list(&self.dims, |w, d| w.text(d));
        out.attrs(&self.attrs)?;
        out.storage(&self.storage);
        out.dtype(&self.dtype)?;
        out.u8(u8::from(self.whole_chunks));
        match &self.fill {
            Some(fill) => {
                out.u8(1);
                out.array(&fill.fill(&[]).ok()?)?;
            }
            None => out.u8(0),
        }
        out.text(&self.backend);
        out.text(&self.path);
        Some(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            name: from.text()?.to_owned(),
            dims: from.list(|r| Ok(r.text()?.to_owned()))?,
            attrs: from.attrs()?,
            storage: from.storage()?,
            dtype: from.dtype()?,
            whole_chunks: from.u8()? != 0,
            fill: if from.u8()? == 0 { None } else { Some(from.array()?.item()?) },
            backend: from.text()?.to_owned(),
            path: from.text()?.to_owned(),
            first: (Shape::new(), Shape::new()),
            raw: None,
        })
    }

    /// What a source of this variable says of itself in a file of this shape.
    pub(super) fn info(&self, shape: &[usize], chunk: &[usize]) -> SourceInfo {
        SourceInfo {
            dtype: self.dtype.clone(),
            shape: shape.to_vec(),
            // A damaged index may hold chunks of no length.
            grid: ChunkGrid::even(shape, &chunk.iter().map(|n| (*n).max(1)).collect::<Shape>()),
            whole_chunks: self.whole_chunks,
            fill: self.fill.clone(),
        }
    }
}
