//! Datatype messages.

use graticule_array::{DType, Error, Result};

use super::encoder::Encoder;

/// How deep records may nest.
const DEPTH: usize = 16;

/// Bytes of a reference into the global heap: length, collection, index.
pub(super) const HEAP_REF: usize = 16;

/// A fixed-point number.
fn integer(size: u32, signed: bool, big: bool) -> Encoder {
    // Single bytes have no order.
    let bits = u8::from(big && size > 1) | u8::from(signed) << 3;
    let e = Encoder::new().u8(0x10).bytes(&[bits, 0, 0]).u32(size);
    e.u16(0).u16(8 * size as u16)
}

/// An IEEE number of `exponent` and `mantissa` bits behind one sign bit.
fn float(exponent: u8, mantissa: u8, big: bool) -> Encoder {
    let bits = 1 + exponent + mantissa;
    let e = Encoder::new().u8(0x11).bytes(&[0x20 | u8::from(big), bits - 1, 0]);
    let e = e.u32(u32::from(bits / 8)).u16(0).u16(bits.into());
    e.bytes(&[mantissa, exponent, 0, mantissa]).u32((1 << (exponent - 1)) - 1)
}

/// Which bytes follow a text shorter than its place.
#[derive(Clone, Copy)]
pub(super) enum Padding {
    /// A NUL ends the text.
    Terminated = 0,
    /// NULs fill the place, which the text may fill too.
    Nul = 1,
}

/// A string of a fixed number of bytes.
pub(super) fn string(len: usize, padding: Padding, utf8: bool) -> Result<Vec<u8>> {
    let len = u32::try_from(len).map_err(|_| Error::invalid("a text exceeds 4 GiB"))?;
    let bits = padding as u8 | u8::from(utf8) << 4;
    Ok(Encoder::new().u8(0x13).bytes(&[bits, 0, 0]).u32(len).done())
}

/// A UTF-8 string of any length, in the global heap.
pub(super) fn long_string() -> Vec<u8> {
    let e = Encoder::new().u8(0x19).bytes(&[1, 1, 0]).u32(HEAP_REF as u32);
    e.bytes(&integer(1, false, false).done()).done()
}

/// A reference to an object.
pub(super) fn object_reference() -> Vec<u8> {
    Encoder::new().u8(0x17).bytes(&[0, 0, 0]).u32(8).done()
}

/// Lists of items of any number, in the global heap.
fn lists(of: &[u8]) -> Vec<u8> {
    Encoder::new().u8(0x19).bytes(&[0, 0, 0]).u32(HEAP_REF as u32).bytes(of).done()
}

/// Lists of references to objects.
pub(super) fn reference_lists() -> Vec<u8> {
    lists(&object_reference())
}

/// The compound of `REFERENCE_LIST`: who uses a dimension, and on which axis.
pub(super) fn reference_list_entry() -> Vec<u8> {
    let dataset = Member { name: "dataset", offset: 0, datatype: object_reference() };
    let axis = integer(4, false, false).done();
    compound(16, &[dataset, Member { name: "dimension", offset: 8, datatype: axis }])
}

struct Member<'a> {
    name: &'a str,
    offset: usize,
    datatype: Vec<u8>,
}

fn compound(size: usize, members: &[Member<'_>]) -> Vec<u8> {
    let offset_bytes = (size.max(1).ilog2() / 8 + 1) as usize;
    let e = Encoder::new().u8(0x36).u16(members.len() as u16).u8(0).u32(size as u32);
    members
        .iter()
        .fold(e, |e, m| e.name(m.name).uint(m.offset as u64, offset_bytes).bytes(&m.datatype))
        .done()
}

/// Whether a value of an enumeration is one of its integers; those of `u64` are held by their bits.
fn holds(base: &DType, value: i64) -> bool {
    match base {
        DType::I64 | DType::U64 => true,
        base => {
            let bits = 8 * base.size().unwrap_or(1) as u32;
            let (low, high) = match base.is_unsigned_integer() {
                true => (0, (1i64 << bits) - 1),
                false => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
            };
            (low..=high).contains(&value)
        }
    }
}

/// An enumeration of names and values over an integer type.
pub(super) fn enumeration(base: &DType, big: bool, table: &[(String, i64)]) -> Result<Vec<u8>> {
    let size = match base {
        base if base.is_integer() => base.size().unwrap_or(1),
        DType::Bool => 1,
        other => {
            return Err(Error::invalid(format!("an enumeration needs integers, not {other}")));
        }
    };
    let count = u16::try_from(table.len())
        .map_err(|_| Error::invalid("an enumeration has more than 65535 values"))?;
    if let Some((name, value)) = table.iter().find(|(_, value)| !holds(base, *value)) {
        return Err(Error::invalid(format!(
            "{base} has no place for {value}, which is \"{name}\""
        ))
        .hint("write the enumeration over a wider integer"));
    }
    let e = Encoder::new().u8(0x38).u16(count).u8(0).u32(size as u32).bytes(&encode(base, big)?);
    let e = table.iter().fold(e, |e, (name, _)| e.name(name));
    let e = table.iter().fold(e, |e, (_, value)| {
        let bytes = value.to_le_bytes();
        let low = bytes.iter().take(size);
        if big {
            e.bytes(&low.rev().copied().collect::<Vec<_>>())
        } else {
            e.bytes(&low.copied().collect::<Vec<_>>())
        }
    });
    Ok(e.done())
}

/// The datatype of elements of a dtype.
///
/// # Errors
/// If NetCDF-4 files cannot hold such elements.
pub(super) fn encode(dtype: &DType, big: bool) -> Result<Vec<u8>> {
    nested(dtype, big, DEPTH)
}

fn nested(dtype: &DType, big: bool, depth: usize) -> Result<Vec<u8>> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Error::unsupported(format!("records nested more than {DEPTH} deep")))?;
    Ok(match dtype {
        DType::Bool | DType::I8 => integer(1, true, big).done(),
        DType::I16 => integer(2, true, big).done(),
        DType::I32 => integer(4, true, big).done(),
        DType::I64 => integer(8, true, big).done(),
        DType::U8 => integer(1, false, big).done(),
        DType::U16 => integer(2, false, big).done(),
        DType::U32 => integer(4, false, big).done(),
        DType::U64 => integer(8, false, big).done(),
        DType::F16 => float(5, 10, big).done(),
        DType::F32 => float(8, 23, big).done(),
        DType::F64 => float(11, 52, big).done(),
        DType::C64 | DType::C128 => {
            let part = if *dtype == DType::C64 { DType::F32 } else { DType::F64 };
            let size = part.size().unwrap_or(8);
            let re = Member { name: "r", offset: 0, datatype: nested(&part, big, depth)? };
            let im = Member { name: "i", offset: size, datatype: nested(&part, big, depth)? };
            compound(2 * size, &[re, im])
        }
        DType::Char => string(1, Padding::Terminated, false)?,
        DType::Bytes(0) => return Err(Error::invalid("byte strings of length 0 have no place")),
        DType::Bytes(n) => string(*n, Padding::Nul, false)?,
        DType::Str => long_string(),
        DType::Opaque(n) => {
            let n = u32::try_from(*n).ok().filter(|n| *n > 0);
            let n =
                n.ok_or_else(|| Error::invalid("opaque items of a length that has no place"))?;
            Encoder::new().u8(0x15).bytes(&[0, 0, 0]).u32(n).done()
        }
        DType::Record(record) => {
            if record.fields.is_empty() || record.fields.len() > usize::from(u16::MAX) {
                return Err(Error::unsupported("a record without members, or with too many"));
            }
            let mut members = Vec::with_capacity(record.fields.len());
            for field in &record.fields {
                // The bytes of a record are kept as they are, and are little-endian.
                let mut datatype = nested(&field.dtype, false, depth)?;
                let Some(size) = field.dtype.size() else {
                    let what = format!("the member \"{}\" of type {}", field.name, field.dtype);
                    return Err(Error::unsupported(format!("writing {what} of a record")));
                };
                if !field.shape.is_empty() {
                    datatype = array(size, &field.shape, &datatype)?;
                }
                members.push(Member { name: &field.name, offset: field.offset, datatype });
            }
            compound(record.size, &members)
        }
        DType::List(of) if of.size().is_some() => lists(&nested(of, big, depth)?),
        DType::Time(_) | DType::Duration(_) => {
            return Err(Error::unsupported(format!("{dtype} elements in a NetCDF-4 file"))
                .hint("encode them as numbers with units first"));
        }
        other => return Err(Error::unsupported(format!("{other} elements in a NetCDF-4 file"))),
    })
}

fn array(size: usize, shape: &[usize], base: &[u8]) -> Result<Vec<u8>> {
    let bytes = shape.iter().try_fold(size, |n, l| n.checked_mul(*l));
    let bytes = bytes.and_then(|n| u32::try_from(n).ok());
    let rank = u8::try_from(shape.len());
    let (Some(bytes), Ok(rank)) = (bytes, rank) else {
        return Err(Error::invalid(format!("a member of shape {shape:?} has no place")));
    };
    let e = Encoder::new().u8(0x3a).bytes(&[0, 0, 0]).u32(bytes).u8(rank);
    Ok(shape.iter().fold(e, |e, n| e.u32(*n as u32)).bytes(base).done())
}
