//! Datasets in short: what a source needs, so that reading needs no metadata of the file.
//!
//! The messages that describe a dataset are kept as they are, so that the parsers which read
//! files read recipes, too.

use std::sync::Arc;

use graticule_array::{Array, ByteOrder, DType, Error, Result, Scalar};
use graticule_storage::{ByteSource, Cursor, Recipe, push_counted, push_varint};

use crate::blueprint::{Blueprint, Blueprints};
use crate::chunk::ChunkTable;
use crate::dataset::DatasetSource;
use crate::describe::{Description, Messages, View};
use crate::element::{Element, HeapReader};
use crate::file::{FileHandle, Settings};
use crate::header::to_usize;
use crate::message::datatype::Datatype;
use crate::message::layout::Layout;
use crate::meta::{Form, Meta, Piece};
use crate::reference::Paths;

/// Changes whenever the meaning of the bytes does.
const VERSION: u8 = 1;

/// More axes than any dataset has.
const MOST_AXES: usize = 64;

/// The recipe of a dataset; `None` where values lie beside the data or refer to other objects,
/// which no recipe holds.
pub(crate) fn write(
    form: Form,
    view: View,
    is: &Blueprint,
    messages: &Messages,
    table: Option<&ChunkTable>,
) -> Option<Recipe> {
    if messages.external.is_some() || is.element.is_reference() {
        return None;
    }
    let mut kind = vec![VERSION, u8::from(view == View::Netcdf)];
    kind.extend([form.offset_size as u8, form.length_size as u8]);
    push_counted(&mut kind, is.path.as_bytes());
    push_counted(&mut kind, &messages.space);
    push_counted(&mut kind, &messages.datatype);
    for part in [messages.filters.as_deref(), messages.fill.as_deref()] {
        kind.push(u8::from(part.is_some()));
        push_counted(&mut kind, part.unwrap_or_default());
    }
    push_varint(&mut kind, is.info.shape.len() as u64);
    is.info.shape.iter().for_each(|n| push_varint(&mut kind, *n as u64));
    let longer = is.info.shape != is.extent;
    kind.push(u8::from(longer));
    if longer {
        push_counted(&mut kind, &is.beyond.fill(&[]).ok()?.to_packed()?);
    }
    let mut place = Vec::new();
    push_varint(&mut place, form.base);
    push_counted(&mut place, &messages.layout);
    match table {
        Some(table) => table.write(&mut place),
        None => ChunkTable::write_none(&mut place),
    }
    Some(Recipe { kind, place })
}

/// The dataset of a recipe.
///
/// # Errors
/// If the bytes are not a recipe.
pub(crate) fn read(
    bytes: &Arc<dyn ByteSource>,
    recipe: &Recipe,
    settings: &Settings,
    known: &Blueprints,
) -> Result<DatasetSource> {
    let mut c = Cursor::new(&recipe.kind, ByteOrder::Little);
    if c.u8()? != VERSION {
        return Err(Error::unsupported("a recipe of another version"));
    }
    let view = if c.u8()? == 0 { View::Plain } else { View::Netcdf };
    let (offset_size, length_size) = (usize::from(c.u8()?), usize::from(c.u8()?));
    if !matches!(offset_size, 2 | 4 | 8) || !matches!(length_size, 2 | 4 | 8) {
        return Err(Error::corrupt("a recipe with addresses of a strange size"));
    }
    let path = std::str::from_utf8(c.counted()?);
    let path = path.map_err(|_| Error::corrupt("a path that is not UTF-8"))?.to_owned();
    let (space, datatype) = (piece(&mut c)?, piece(&mut c)?);
    let filters = optional(&mut c)?.map(Piece::from);
    let fill = optional(&mut c)?;
    let axes = usize::try_from(c.varint()?).ok().filter(|n| *n <= MOST_AXES);
    let axes = axes.ok_or_else(|| Error::corrupt("a recipe with too many axes"))?;
    let shape = (0..axes).map(|_| to_usize(c.varint()?)).collect::<Result<Vec<usize>>>()?;
    let longer = c.u8()? != 0;
    let beyond = if longer { Some(c.counted()?) } else { None };
    let mut c = Cursor::new(&recipe.place, ByteOrder::Little);
    let form = Form { base: c.varint()?, offset_size, length_size };
    let layout = piece(&mut c)?;
    let laid = Layout::parse(&mut layout.cursor(), form)?;
    let table = match laid {
        Layout::Chunked(..) => ChunkTable::parse(&mut c)?,
        Layout::Virtual { .. } => return Err(Error::corrupt("a recipe of a virtual dataset")),
        Layout::Compact(_) | Layout::Contiguous { .. } => None,
    };
    let messages = Messages { space, datatype, layout, filters, fill, external: None };
    let meta = Meta::new(bytes, form, settings);
    let paths = Arc::<Paths>::default();
    let heap = HeapReader::new(&meta, paths.clone());
    let beyond = beyond.map(|b| value(&messages, view, b)).transpose()?;
    // A header at 0 is none: recipes are not made of recipes.
    let description = Description::of(&meta, &heap, &messages, 0, view)?;
    let shape = longer.then_some(shape.as_slice());
    let file = FileHandle { bytes: bytes.clone(), form, settings: settings.clone(), paths };
    let source = DatasetSource::new(&Arc::new(file), path, description, shape, beyond, known)?;
    Ok(match table {
        Some(table) => source.with_table(table),
        None => source,
    })
}

fn piece(c: &mut Cursor<'_>) -> Result<Piece> {
    Ok(c.counted()?.to_vec().into())
}

fn optional(c: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    let there = c.u8()? != 0;
    let bytes = c.counted()?;
    Ok(there.then(|| bytes.to_vec()))
}

/// A value of the type of the dataset.
fn value(messages: &Messages, view: View, bytes: &[u8]) -> Result<Scalar> {
    let datatype = Datatype::parse(&mut messages.datatype.cursor())?;
    let dtype: DType = match view {
        View::Plain => Element::of(&datatype)?.dtype,
        View::Netcdf => Element::for_netcdf(&datatype)?.dtype,
    };
    if dtype.size() != Some(bytes.len()) {
        return Err(Error::corrupt("a value of another type than its dataset"));
    }
    Array::from_packed(&dtype, &[], bytes, ByteOrder::Little)?.get(&[])
}
