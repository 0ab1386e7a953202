//! Variables in short: what a source needs, so that reading needs no header.

use std::sync::Arc;

use graticule_array::{Array, ByteOrder, Error, Result};
use graticule_storage::{ByteSource, ChunkSource, Cursor, Recipe, push_counted, push_varint};

use crate::kind::Kind;
use crate::layout::Place;
use crate::source::Netcdf3Source;

/// Changes whenever the meaning of the bytes does.
const VERSION: u8 = 1;

/// More axes than any variable has.
const MOST_AXES: u64 = 1024;

/// The recipe of a variable.
pub(crate) fn write(of: &Netcdf3Source) -> Option<Recipe> {
    // A file that has to be unpacked first costs much more than its header.
    if of.bytes.fingerprint().0 != of.bytes.len() {
        return None;
    }
    let mut kind = vec![VERSION, of.kind.number() as u8, u8::from(of.place.by_record)];
    push_counted(&mut kind, of.name.as_bytes());
    push_counted(&mut kind, &of.info().fill.as_ref()?.fill(&[]).ok()?.to_packed()?);
    let mut place = Vec::new();
    push_varint(&mut place, of.place.begin);
    push_varint(&mut place, of.place.shape.len() as u64);
    of.place.shape.iter().for_each(|n| push_varint(&mut place, *n as u64));
    if of.place.by_record {
        push_varint(&mut place, of.place.strides.first().copied()?);
    }
    Some(Recipe { kind, place })
}

/// The variable of a recipe.
///
/// # Errors
/// If the bytes are not a recipe.
pub(crate) fn read(bytes: &Arc<dyn ByteSource>, recipe: &Recipe) -> Result<Netcdf3Source> {
    let mut c = Cursor::new(&recipe.kind, ByteOrder::Little);
    if c.u8()? != VERSION {
        return Err(Error::unsupported("a recipe of another version"));
    }
    let kind = Kind::from_number(c.u8()?.into())?;
    let by_record = c.u8()? != 0;
    let name = std::str::from_utf8(c.counted()?);
    let name = name.map_err(|_| Error::corrupt("a name that is not UTF-8"))?.to_owned();
    let fill = c.counted()?;
    if fill.len() as u64 != kind.size() {
        return Err(Error::corrupt("a fill value of another type than its variable"));
    }
    let fill = Array::from_packed(&kind.dtype(), &[], fill, ByteOrder::Little)?.get(&[])?;
    let mut c = Cursor::new(&recipe.place, ByteOrder::Little);
    let begin = c.varint()?;
    let axes = c.varint()?;
    if axes > MOST_AXES || (by_record && axes == 0) {
        return Err(Error::corrupt(format!("a recipe of {axes} axes")));
    }
    let too_large = || Error::corrupt("a recipe of a variable of more than 2^63 bytes");
    let length = |c: &mut Cursor<'_>| usize::try_from(c.varint()?).map_err(|_| too_large());
    let shape = (0..axes).map(|_| length(&mut c)).collect::<Result<Vec<usize>>>()?;
    let mut strides = Vec::with_capacity(shape.len());
    let mut size = kind.size();
    for len in shape.iter().skip(usize::from(by_record)).rev() {
        strides.push(size);
        let larger = size.checked_mul(*len as u64).filter(|n| *n <= i64::MAX as u64);
        size = larger.ok_or_else(too_large)?;
    }
    if by_record {
        let record = c.varint()?;
        let records = shape.first().copied().unwrap_or(0) as u64;
        let whole = record.checked_mul(records).filter(|n| *n <= i64::MAX as u64);
        // Records lie behind each other, or any number of them would fit into one byte.
        if whole.is_none() || record < size {
            return Err(too_large());
        }
        strides.push(record);
    }
    strides.reverse();
    let place = Place { begin, shape, strides, by_record };
    Ok(Netcdf3Source::new(bytes.clone(), name, kind, place, fill))
}
