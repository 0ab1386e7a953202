//! What one file or dataset contributes: small, for there may be thousands.

use std::sync::Arc;

use graticule_array::{Array, DType, Result};
use graticule_lazy::LazyArray;
use graticule_storage::ChunkSource;
use indexmap::IndexSet;

use super::losses::History;
use crate::attrs::Attrs;
use crate::cf::Draft;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::stored::Stored;
use crate::variable::Variable;

/// What is known of a variable without its data. Files that agree share it.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    pub(crate) name: Name,
    pub(crate) dims: Dims,
    /// After decoding.
    pub(crate) dtype: DType,
    pub(crate) attrs: Attrs,
    pub(crate) encoding: Encoding,
    /// How stored values become what they mean; `None` for data that is decoded already.
    pub(crate) decode: Option<Draft>,
    /// The variable before it was decoded, where it may be written as it was.
    pub(crate) stored: Option<Arc<Draft>>,
}

/// The data of a variable in one file.
#[derive(Clone, Debug)]
pub(crate) enum PartData {
    /// As stored; decoded together with those of other files.
    Stored(Arc<dyn ChunkSource>),
    /// Decoded, in memory.
    Values(Arc<Array>),
    /// Decoded.
    Ready(LazyArray),
}

/// A variable of one file.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) meta: Arc<Meta>,
    pub(crate) data: PartData,
    /// What it was in its files, as long as nothing was touched.
    pub(crate) untouched: Option<Arc<Stored>>,
}

/// What one file or dataset contributes.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its name in messages.
    pub(crate) origin: Arc<str>,
    pub(crate) parts: Vec<Part>,
    pub(crate) coords: Arc<IndexSet<Name>>,
    pub(crate) attrs: Attrs,
    /// Attributes whose values were not kept because the first file's count.
    pub(crate) ignored: Vec<Name>,
    /// That of the first piece counts; pieces of many files share one.
    pub(crate) encoding: Arc<Encoding>,
    /// What it was put together from; empty for a single file.
    pub(crate) leaves: Arc<[Arc<str>]>,
    /// How it was put together.
    pub(crate) history: History,
}

impl Part {
    pub(crate) fn name(&self) -> &Name {
        &self.meta.name
    }

    /// The lengths of the axes after decoding.
    pub(crate) fn shape(&self) -> &[usize] {
        match &self.data {
            PartData::Values(values) => values.shape(),
            PartData::Ready(data) => data.shape(),
            PartData::Stored(source) => {
                let shape = &source.info().shape;
                // Joined characters have lost their axis.
                shape.get(..self.meta.dims.len()).unwrap_or(shape)
            }
        }
    }

    pub(crate) fn size_of(&self, dim: &str) -> Option<usize> {
        self.shape().get(self.meta.dims.axis(dim)?).copied()
    }

    pub(crate) fn has_dim(&self, dim: &str) -> bool {
        self.meta.dims.has(dim)
    }

    /// The values, where they are in memory.
    pub(crate) fn in_memory(&self) -> Option<&Array> {
        match &self.data {
            PartData::Values(values) => Some(values),
            PartData::Ready(data) => data.as_constant(),
            PartData::Stored(_) => None,
        }
    }

    /// The decoded data.
    pub(crate) fn lazy(&self) -> Result<LazyArray> {
        match (&self.data, &self.meta.decode) {
            (PartData::Values(values), _) => Ok(LazyArray::constant((**values).clone())),
            (PartData::Ready(data), _) => Ok(data.clone()),
            (PartData::Stored(source), None) => Ok(LazyArray::read(source.clone())),
            (PartData::Stored(source), Some(decode)) => {
                decode.apply(LazyArray::read(source.clone()))
            }
        }
    }

    pub(crate) fn new(meta: Arc<Meta>, data: PartData) -> Self {
        Self { meta, data, untouched: None }
    }

    pub(crate) fn ready(meta: Meta, data: LazyArray) -> Self {
        Self::new(Arc::new(meta), PartData::Ready(data))
    }

    /// Other data under the same description, except for the type.
    pub(crate) fn with_data(&self, data: LazyArray) -> Self {
        let meta = if *data.dtype() == self.meta.dtype && self.meta.decode.is_none() {
            self.meta.clone()
        } else {
            Arc::new(Meta { dtype: data.dtype().clone(), decode: None, ..(*self.meta).clone() })
        };
        Self::new(meta, PartData::Ready(data))
    }

    fn into_variable(self) -> Result<Variable> {
        let data = self.lazy().map_err(|e| e.in_variable(self.name().as_str()))?;
        let var = Variable::new(self.meta.dims.clone(), data)?
            .with_attrs(self.meta.attrs.clone())
            .with_encoding(self.meta.encoding.clone());
        Ok(match self.untouched {
            Some(stored) => var.with_stored(stored),
            None => var,
        })
    }
}

impl Piece {
    /// The variable of this name; `at` is where it is looked for first.
    pub(crate) fn find(&self, name: &str, at: usize) -> Option<&Part> {
        let guess = self.parts.get(at).filter(|p| *p.name() == *name);
        guess.or_else(|| self.parts.iter().find(|p| *p.name() == *name))
    }

    pub(crate) fn is_coord(&self, name: &str) -> bool {
        self.coords.contains(name)
    }

    /// The length of a dimension.
    pub(crate) fn size_of(&self, dim: &str) -> Option<usize> {
        self.parts.iter().find_map(|p| p.size_of(dim))
    }

    /// The dimensions in order of first appearance.
    pub(crate) fn dims(&self) -> IndexSet<Name> {
        self.parts.iter().flat_map(|p| p.meta.dims.iter().cloned()).collect()
    }

    /// The labels of a dimension, where they are in memory.
    pub(crate) fn labels(&self, dim: &str) -> Option<&Part> {
        let part = self.find(dim, 0)?;
        (matches!(&*part.meta.dims, [d] if *d == *dim) && part.in_memory().is_some())
            .then_some(part)
    }

    pub(crate) fn data_vars(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|p| !self.is_coord(p.name()))
    }

    /// The contribution of a dataset.
    pub(crate) fn of(set: &Dataset, origin: &str) -> Self {
        let parts = set.variables().map(|(name, var)| {
            let meta = Meta {
                name: name.clone(),
                dims: var.dims().clone(),
                dtype: var.dtype().clone(),
                attrs: var.attrs().clone(),
                encoding: var.encoding().clone(),
                decode: None,
                stored: None,
            };
            Part::ready(meta, var.data().clone())
        });
        let coords = set.coord_vars().map(|(name, _)| name.clone()).collect();
        Self {
            origin: origin.into(),
            parts: parts.collect(),
            coords: Arc::new(coords),
            attrs: set.attrs().clone(),
            ignored: Vec::new(),
            encoding: Arc::new(set.encoding().clone()),
            leaves: Arc::default(),
            history: History { losses: set.losses(), ..History::default() },
        }
    }

    /// The files or operands that it was put together from.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = Arc<str>> + '_ {
        let own = self.leaves.is_empty().then(|| self.origin.clone());
        self.leaves.iter().cloned().chain(own)
    }

    /// The dataset that this is.
    pub(crate) fn into_dataset(self) -> Result<Dataset> {
        let coords: Vec<Name> = self.coords.iter().cloned().collect();
        let vars = self.parts.into_iter().map(|p| Ok((p.name().clone(), p.into_variable()?)));
        let vars = vars.collect::<Result<Vec<_>>>()?;
        let mut set = Dataset::from_parts(vars, &coords, self.attrs)?
            .with_encoding(Arc::unwrap_or_clone(self.encoding));
        Arc::make_mut(&mut set.0).history = Arc::new(self.history);
        Ok(set)
    }
}
