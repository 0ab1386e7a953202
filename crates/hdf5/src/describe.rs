//! What the messages of a dataset say together.

use graticule_array::{Error, Result, Scalar};

use crate::element::{Element, HeapReader};
use crate::external::Pieces;
use crate::filter::Pipeline;
use crate::header::{Header, kind};
use crate::message::dataspace::Dataspace;
use crate::message::datatype::Datatype;
use crate::message::layout::Layout;
use crate::message::{fill, filters};
use crate::meta::{Meta, Piece};
use crate::mosaic::Mosaic;

/// Elements of more bytes are refused.
const LARGEST_ELEMENT: u64 = 16 << 20;

/// Whose idea of element types counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// HDF5's own.
    Plain,
    /// NetCDF's: fixed strings are text, truth values are integers.
    #[default]
    Netcdf,
}

/// A dataset's shape, type, storage and fill value.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) space: Dataspace,
    pub(crate) datatype: Datatype,
    pub(crate) element: Element,
    pub(crate) layout: Layout,
    pub(crate) pipeline: Pipeline,
    pub(crate) fill: Scalar,
    /// Whether the fill value was chosen by the writer.
    pub(crate) filled: bool,
    /// The largest lengths.
    pub(crate) max: Vec<Option<u64>>,
    /// Where the data lie, if in other files.
    pub(crate) external: Option<Pieces>,
    /// The pieces of a virtual dataset.
    pub(crate) mosaic: Option<Mosaic>,
    /// Where its header lies, and how that was taken.
    pub(crate) header: u64,
    pub(crate) view: View,
}

/// The messages of a dataset that say what and where its data are.
#[derive(Clone, Debug)]
pub(crate) struct Messages {
    pub(crate) space: Piece,
    pub(crate) datatype: Piece,
    pub(crate) layout: Piece,
    pub(crate) filters: Option<Piece>,
    /// The fill value, if the writer chose one.
    pub(crate) fill: Option<Vec<u8>>,
    pub(crate) external: Option<Piece>,
}

impl Messages {
    /// Those of a header, wherever they lie.
    ///
    /// # Errors
    /// If one is missing or cannot be read.
    pub(crate) fn of(meta: &Meta<'_>, header: &Header) -> Result<Self> {
        let mut fill = match header.body(meta, kind::FILL)? {
            Some(body) => fill::parse(&mut body.cursor())?,
            None => None,
        };
        if fill.is_none()
            && let Some(body) = header.body(meta, kind::FILL_OLD)?
        {
            fill = fill::parse_old(&mut body.cursor())?;
        }
        Ok(Self {
            space: header.needed(meta, kind::DATASPACE, "dataspace")?,
            datatype: header.needed(meta, kind::DATATYPE, "datatype")?,
            layout: header.needed(meta, kind::LAYOUT, "layout")?,
            filters: header.body(meta, kind::FILTERS)?,
            fill,
            external: header.body(meta, kind::EXTERNAL_FILES)?,
        })
    }
}

impl Description {
    /// Reads the messages of a dataset.
    ///
    /// # Errors
    /// If one is missing or does not follow the format.
    pub(crate) fn read(
        meta: &Meta<'_>,
        heap: &HeapReader<'_, '_>,
        header: &Header,
        view: View,
    ) -> Result<Self> {
        Self::of(meta, heap, &Messages::of(meta, header)?, header.address, view)
    }

    /// What messages say together, `header` being where they were found.
    ///
    /// # Errors
    /// If one does not follow the format.
    pub(crate) fn of(
        meta: &Meta<'_>,
        heap: &HeapReader<'_, '_>,
        messages: &Messages,
        header: u64,
        view: View,
    ) -> Result<Self> {
        let space = Dataspace::parse(&mut messages.space.cursor(), meta.form)?;
        let datatype = Datatype::parse(&mut messages.datatype.cursor())?;
        let element = match view {
            View::Plain => Element::of(&datatype)?,
            View::Netcdf => Element::for_netcdf(&datatype)?,
        };
        // Elements are held one by one (as fill values): their size must be one that a file of
        // this length could have.
        if element.stored as u64 > meta.bytes.len().clamp(1 << 16, LARGEST_ELEMENT) {
            return Err(Error::corrupt(format!("elements of {} bytes", element.stored)));
        }
        let mut layout = Layout::parse(&mut messages.layout.cursor(), meta.form)?;
        if space == Dataspace::Null {
            layout = Layout::Contiguous { address: None };
        }
        let pipeline = match &messages.filters {
            Some(body) => {
                let chain = filters::parse(&mut body.cursor())?;
                Pipeline::new(&chain, datatype.size, &meta.settings.codecs)
            }
            None => Pipeline::new(&[], datatype.size, &meta.settings.codecs),
        };
        let value = messages.fill.as_ref();
        let filled = value.is_some();
        let fill = match value.filter(|v| v.len() >= element.stored) {
            Some(bytes) => element.scalar(heap, bytes).or_else(|_| element.zero())?,
            None => element.zero()?,
        };
        let mut space = space;
        let mut mosaic = None;
        if let Layout::Virtual { address, index } = layout {
            let found = Mosaic::read(heap, address, index, space.dims(), view)?;
            if let Dataspace::Simple { dims, .. } = &mut space {
                dims.clone_from(&found.dims);
            }
            mosaic = Some(found);
        }
        let max = match &space {
            Dataspace::Simple { max, .. } => max.clone(),
            _ => Vec::new(),
        };
        if space.count().is_none() {
            return Err(Error::corrupt(format!("an array of shape {:?}", space.dims())));
        }
        let external = &messages.external;
        let external = external.as_ref().map(|body| Pieces::parse(meta, body)).transpose()?;
        Ok(Self {
            space,
            datatype,
            element,
            layout,
            pipeline,
            fill,
            filled,
            max,
            external,
            mosaic,
            header,
            view,
        })
    }

    /// The current lengths; `None` where there is no dataspace to speak of.
    pub(crate) fn shape(&self) -> Option<Vec<u64>> {
        (self.space != Dataspace::Null).then(|| self.space.dims().to_vec())
    }
}
