//! A variable: named axes, data, attributes, storage; no coordinates.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result};
use graticule_lazy::LazyArray;

use crate::attrs::Attrs;
use crate::data::Data;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::stored::Stored;

/// N-d data with a name for each axis, attributes, and the way it was stored. Knows no
/// coordinates. Cloning is a reference count.
///
/// ```
/// use graticule_dataset::{Attrs, Variable};
/// let v = Variable::new(["time", "lat"], (vec![0.5f32; 6], [3, 2]))?
///     .with_attrs(Attrs::new().with("units", "K"));
/// assert_eq!(v.size_of("lat"), Some(2));
///
/// let twice = Variable::new(["x", "x"], (vec![0.0; 4], [2, 2]));
/// assert!(twice.unwrap_err().to_string().contains("\"x\" is listed twice"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Variable(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    dims: Dims,
    data: LazyArray,
    attrs: Attrs,
    encoding: Encoding,
    /// What it was in its file; holds only as long as nothing was touched.
    stored: Option<Arc<Stored>>,
}

impl Variable {
    /// Names the axes of some data.
    ///
    /// # Errors
    /// If the number of names and axes differ, a name is empty or listed twice.
    pub fn new(dims: impl Into<Dims>, data: impl Into<Data>) -> Result<Self> {
        let dims = dims.into();
        let data = data.into().into_lazy();
        let data = data.map_err(|e| e.context(format!("as the data of ({dims})")))?;
        Self::from_lazy(dims, data)
    }

    fn from_lazy(dims: Dims, data: LazyArray) -> Result<Self> {
        dims.check()?;
        if dims.len() != data.ndim() {
            return Err(Error::mismatch(format!(
                "{} dimension names ({dims}) for data of {} axes, shape {:?}",
                dims.len(),
                data.ndim(),
                data.shape()
            )));
        }
        Ok(Self(Arc::new(Inner {
            dims,
            data,
            attrs: Attrs::default(),
            encoding: Encoding::default(),
            stored: None,
        })))
    }

    /// What a faulted array shows where it never had data.
    pub(crate) fn placeholder() -> Self {
        Self(Arc::new(Inner {
            dims: Dims::none(),
            data: LazyArray::constant(Array::scalar(f64::NAN)),
            attrs: Attrs::default(),
            encoding: Encoding::default(),
            stored: None,
        }))
    }

    /// The names of the axes.
    #[must_use]
    pub fn dims(&self) -> &Dims {
        &self.0.dims
    }

    /// The data.
    #[must_use]
    pub fn data(&self) -> &LazyArray {
        &self.0.data
    }

    /// The data, if it is in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&Array> {
        self.0.data.as_constant()
    }

    /// The attributes.
    #[must_use]
    pub fn attrs(&self) -> &Attrs {
        &self.0.attrs
    }

    /// How it was stored.
    #[must_use]
    pub fn encoding(&self) -> &Encoding {
        &self.0.encoding
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        self.0.data.dtype()
    }

    /// The lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.0.data.shape()
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.0.dims.len()
    }

    /// Bytes that the elements take in memory, or would take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.data.bytes()
    }

    /// The axis of a dimension.
    #[must_use]
    pub fn axis(&self, dim: &str) -> Option<usize> {
        self.0.dims.axis(dim)
    }

    /// The length along a dimension.
    #[must_use]
    pub fn size_of(&self, dim: &str) -> Option<usize> {
        self.shape().get(self.axis(dim)?).copied()
    }

    /// Dimensions and their lengths, in the order of the axes.
    pub fn sizes(&self) -> impl Iterator<Item = (&crate::name::Name, usize)> + Clone {
        self.0.dims.iter().zip(self.shape().iter().copied())
    }

    /// The same variable with other attributes.
    pub fn with_attrs(mut self, attrs: Attrs) -> Self {
        Arc::make_mut(&mut self.0).attrs = attrs;
        self
    }

    /// The same variable stored in another way.
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        Arc::make_mut(&mut self.0).encoding = encoding;
        self
    }

    /// Other data over the same dimensions; attributes and encoding stay as they are.
    ///
    /// # Errors
    /// If the number of axes differs.
    pub fn with_data(self, data: LazyArray) -> Result<Self> {
        let dims = self.0.dims.clone();
        self.with_dims_data(dims, data)
    }

    /// Other dimensions and data; attributes and encoding stay as they are.
    ///
    /// # Errors
    /// If the number of names and axes differ, a name is empty or listed twice.
    pub fn with_dims_data(mut self, dims: Dims, data: LazyArray) -> Result<Self> {
        if dims.len() != data.ndim() || dims != self.0.dims {
            // All checks of a new variable; what it makes is not needed.
            let _ = Self::from_lazy(dims.clone(), data.clone())?;
        }
        let inner = Arc::make_mut(&mut self.0);
        inner.dims = dims;
        inner.data = data;
        Ok(self)
    }

    /// The same variable, which remembers what it was in its file.
    pub(crate) fn with_stored(mut self, stored: Arc<Stored>) -> Self {
        Arc::make_mut(&mut self.0).stored = Some(stored);
        self
    }

    /// What the variable was in its file, unless it was touched since.
    pub(crate) fn stored(&self) -> Option<&Stored> {
        self.0.stored.as_deref().filter(|s| s.fits(self))
    }

    /// The same values, computed.
    pub(crate) fn loaded(self, data: LazyArray) -> Result<Self> {
        let stored = self.stored().map(|s| Arc::new(s.loaded(data.clone())));
        let mut out = self.with_data(data)?;
        Arc::make_mut(&mut out.0).stored = stored;
        Ok(out)
    }

    /// New values over some dimensions: keeps the attributes and what of the encoding still fits.
    pub(crate) fn changed(&self, dims: Dims, data: LazyArray) -> Result<Self> {
        let encoding = self.encoding().after_change(data.dtype());
        self.clone().with_encoding(encoding).with_dims_data(dims, data)
    }

    /// Whether both share all their storage.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::text::variable(self, &crate::DisplayOptions::new()))
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
