//! A dataset as a source of boxes.

mod copy;
mod read;

use std::sync::{Arc, OnceLock};

use graticule_array::{ArrayMut, ChunkGrid, Error, Region, Result, Scalar, Shape};
use graticule_storage::{
    ChunkForm, ChunkSource, Gather, Limits, PackedChunk, Recipe, SourceDescriptor, SourceInfo,
    Storage,
};

use crate::blueprint::{Blueprint, Blueprints, Cut};
use crate::chunk::ChunkTable;
use crate::describe::{Description, Messages, View};
use crate::file::{FileHandle, begin};
use crate::header::{Header, to_usize};
use crate::message::layout::{Index, Layout};
use crate::meta::{Form, Meta};
use crate::mosaic::Mosaic;
use crate::recipe;

/// A dataset that can be read: small, for there may be one in each of thousands of files.
#[derive(Debug)]
pub(crate) struct DatasetSource {
    file: Arc<FileHandle>,
    is: Arc<Blueprint>,
    body: Body,
    /// Where its header lies, and how that was taken: for its recipe.
    header: u64,
    view: View,
}

#[derive(Debug)]
enum Body {
    /// The bytes themselves.
    Here(Box<[u8]>),
    /// One piece of the file.
    At(u64),
    /// Nothing was ever written.
    Nowhere,
    Chunked(Box<Chunked>),
    /// Pieces of other datasets.
    Virtual(Box<Mosaic>),
    /// Cannot be read, for this reason.
    Refused(Box<Error>),
}

#[derive(Debug)]
struct Chunked {
    index: Index,
    table: OnceLock<Box<Result<ChunkTable>>>,
}

impl Chunked {
    /// The table of chunks, read when it is first wanted.
    fn table(&self, meta: &Meta<'_>, cut: &Cut) -> Result<&ChunkTable> {
        let read = || ChunkTable::read(meta, &cut.chunks, self.index, &cut.dims, &cut.max);
        let table = self.table.get_or_init(|| Box::new(read()));
        (**table).as_ref().map_err(Clone::clone)
    }
}

impl DatasetSource {
    /// Makes a source of what was described. `shape` are the lengths of its dimensions where
    /// these are longer than what is stored.
    ///
    /// # Errors
    /// If parts of the description contradict each other.
    pub(crate) fn new(
        file: &Arc<FileHandle>,
        path: String,
        description: Description,
        shape: Option<&[usize]>,
        beyond: Option<Scalar>,
        known: &Blueprints,
    ) -> Result<Self> {
        let Description {
            space,
            datatype,
            element,
            layout,
            pipeline,
            fill,
            max,
            external,
            mosaic,
            header,
            view,
            ..
        } = description;
        let dims = space.dims().to_vec();
        let mut extent = Vec::with_capacity(dims.len());
        for d in &dims {
            extent.push(to_usize(*d)?);
        }
        extent.extend(&element.axes);
        let mut full: Shape = extent.clone();
        for (n, longer) in full.iter_mut().zip(shape.unwrap_or_default()) {
            *n = (*n).max(*longer);
        }
        let bytes = extent.iter().try_fold(element.stored, |n, l| n.checked_mul(*l));
        let mut grid = ChunkGrid::whole(&full);
        let mut cut = None;
        let mut file = file.clone();
        let body = match layout {
            Layout::Compact(data) => Body::Here(data.into()),
            Layout::Contiguous { address: None } => match external {
                None => Body::Nowhere,
                Some(pieces) => {
                    let total = bytes.ok_or_else(|| Error::corrupt("the data are too large"))?;
                    let form = Form { base: 0, ..file.form };
                    let bytes = pieces.bytes(file.bytes.location(), total as u64);
                    file = Arc::new(FileHandle {
                        bytes,
                        form,
                        settings: file.settings.clone(),
                        paths: Arc::default(),
                    });
                    Body::At(0)
                }
            },
            Layout::Contiguous { address: Some(at) } => {
                let fits = bytes.is_some_and(|n| {
                    let end = at.checked_add(file.form.base).and_then(|a| a.checked_add(n as u64));
                    end.is_some_and(|e| e <= file.bytes.len())
                });
                if fits || bytes == Some(0) {
                    Body::At(at)
                } else {
                    let why = Error::corrupt("the data reach beyond the end of the file");
                    Body::Refused(Box::new(why))
                }
            }
            Layout::Chunked(chunks, index) => {
                if chunks.shape.len() != dims.len() || chunks.element != datatype.size as u64 {
                    return Err(Error::corrupt(format!(
                        "chunks of shape {:?} and {} bytes an element do not fit the data",
                        chunks.shape, chunks.element
                    )));
                }
                let mut shape = Vec::with_capacity(extent.len());
                for n in &chunks.shape {
                    shape.push(to_usize(*n)?);
                }
                shape.extend(&element.axes);
                grid = ChunkGrid::even(&full, &shape);
                let counts = extent.iter().zip(&shape).map(|(n, c)| n.div_ceil((*c).max(1)));
                cut = Some(Cut {
                    bytes: chunks.bytes()?,
                    counts: counts.collect(),
                    chunks,
                    dims,
                    max,
                    shape,
                    pipeline,
                });
                Body::Chunked(Box::new(Chunked { index, table: OnceLock::new() }))
            }
            Layout::Virtual { .. } => match mosaic {
                Some(mosaic) => {
                    grid = mosaic.grid(&full);
                    Body::Virtual(Box::new(mosaic))
                }
                None => Body::Nowhere,
            },
        };
        let info = SourceInfo {
            dtype: element.dtype.clone(),
            shape: full,
            grid,
            whole_chunks: cut.as_ref().is_some_and(|c| !c.pipeline.is_empty()),
            fill: Some(fill.clone()),
        };
        let beyond = beyond.filter(|b| b.dtype() == info.dtype).unwrap_or_else(|| fill.clone());
        let is = known.share(Blueprint { path, info, extent, element, fill, beyond, cut });
        Ok(Self { file, is, body, header, view })
    }

    /// The stored lengths of its dimensions, without the axes of array types.
    pub(crate) fn stored_dims(&self) -> Vec<u64> {
        let n = self.is.extent.len().saturating_sub(self.is.element.axes.len());
        self.is.extent.iter().take(n).map(|d| *d as u64).collect()
    }

    /// How the data lie in the file.
    pub(crate) fn storage(&self) -> Storage {
        let mut out = Storage {
            big_endian: self.is.element.is_big_endian(),
            enumeration: self.is.element.enumeration.clone(),
            ..Storage::default()
        };
        if let Some(c) = &self.is.cut {
            out.chunks = Some(c.shape.clone());
            out.filters = c.pipeline.specs();
        }
        out
    }

    /// Makes a source of a recipe whose table of chunks is known.
    pub(crate) fn with_table(self, table: ChunkTable) -> Self {
        if let Body::Chunked(chunked) = &self.body {
            // It is new, so nothing can have been set.
            let _ = chunked.table.set(Box::new(Ok(table)));
        }
        self
    }

    /// The recipe of this dataset; `None` where data come from elsewhere.
    fn make_recipe(&self) -> Result<Option<Recipe>> {
        // A file that has to be unpacked first costs much more than its metadata.
        let whole = self.file.bytes.fingerprint().0 == self.file.bytes.len();
        if !whole || matches!(self.body, Body::Virtual(_) | Body::Refused(_)) {
            return Ok(None);
        }
        let (meta, _) = begin(&self.file.bytes, &self.file.settings)?;
        let messages = Messages::of(&meta, &Header::read(&meta, self.header)?)?;
        let table = match (&self.body, &self.is.cut) {
            (Body::Chunked(chunked), Some(cut)) => Some(chunked.table(&meta, cut)?),
            _ => None,
        };
        Ok(recipe::write(self.file.form, self.view, &self.is, &messages, table))
    }
}

/// Bytes read at a time into a buffer.
const PIECE: usize = 4 << 20;

impl ChunkSource for DatasetSource {
    fn info(&self) -> &SourceInfo {
        &self.is.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.read_region(region, &mut out).map_err(|e| {
            e.in_variable(self.is.path.as_str()).in_file(self.file.bytes.location().path())
        })
    }

    fn packed(&self, region: &Region, form: &ChunkForm) -> Result<Option<PackedChunk>> {
        self.packed_chunk(region, form).map_err(|e| {
            e.in_variable(self.is.path.as_str()).in_file(self.file.bytes.location().path())
        })
    }

    fn limits(&self) -> Limits {
        let (scratch, stored) = match &self.body {
            Body::Chunked(c) => {
                let table = c.table.get().and_then(|t| (**t).as_ref().ok());
                let scratch = match &self.is.cut {
                    Some(cut) if !cut.pipeline.is_empty() => cut.bytes.saturating_mul(3),
                    _ => 0,
                };
                let gathered = if self.file.bytes.is_near() { 0 } else { Gather::most_held() };
                (scratch.saturating_add(gathered), table.map(ChunkTable::stored))
            }
            Body::At(_) => {
                let n = self
                    .is
                    .extent
                    .iter()
                    .try_fold(self.is.element.stored, |n, l| n.checked_mul(*l));
                (PIECE, n.map(|n| n as u64))
            }
            Body::Here(data) => (0, Some(data.len() as u64)),
            Body::Virtual(_) => (PIECE, None),
            Body::Nowhere | Body::Refused(_) => (0, Some(0)),
        };
        Limits { parallel: None, lock: None, scratch, stored }
    }

    fn recipe(&self) -> Option<Recipe> {
        self.make_recipe().ok().flatten()
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(SourceDescriptor {
            backend: "hdf5".into(),
            location: self.file.bytes.location().clone(),
            path: self.is.path.clone(),
            fingerprint: self.file.bytes.fingerprint(),
            verify: self.file.settings.verify,
            unpacked: self.file.bytes.len(),
        })
    }
}
