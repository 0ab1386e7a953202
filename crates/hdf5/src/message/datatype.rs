//! The type of an element, as the file describes it.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use crate::header::take_text;

/// Types inside types inside types: deeper than any real file.
const MOST_NESTED: usize = 24;

/// A type as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Datatype {
    pub(crate) size: usize,
    pub(crate) class: Class,
}

/// The classes of types.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Class {
    Integer { order: ByteOrder, signed: bool, offset: u16, precision: u16 },
    Float { order: Option<ByteOrder>, format: FloatFormat },
    Time,
    String { padding: Padding, utf8: bool },
    Bits { order: ByteOrder, offset: u16, precision: u16 },
    Opaque,
    Compound { members: Vec<Member> },
    Reference(Pointing),
    Enum { base: Box<Datatype>, members: Vec<(String, Vec<u8>)> },
    Sequence { base: Box<Datatype> },
    Text { padding: Padding },
    Array { base: Box<Datatype>, dims: Vec<usize> },
    Complex { base: Box<Datatype> },
}

/// Where the parts of a floating-point number lie, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FloatFormat {
    pub(crate) offset: u16,
    pub(crate) precision: u16,
    pub(crate) sign: u8,
    pub(crate) exponent: (u8, u8),
    pub(crate) mantissa: (u8, u8),
    pub(crate) bias: u32,
    /// 0: none, 1: the first bit is always set, 2: it is set and left out.
    pub(crate) norm: u8,
}

/// What references point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pointing {
    Object,
    /// A part of a dataset.
    Region,
    /// Since HDF5 1.12 one form serves objects, parts and attributes.
    Any,
}

/// How text is filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    Terminated,
    Nul,
    Space,
}

/// A member of a compound type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) offset: usize,
    pub(crate) datatype: Datatype,
}

impl Datatype {
    /// The number of its class as HDF5's library counts: text of any length is a string.
    pub(crate) fn class_number(&self) -> u8 {
        match self.class {
            Class::Integer { .. } => 0,
            Class::Float { .. } => 1,
            Class::Time => 2,
            Class::String { .. } | Class::Text { .. } => 3,
            Class::Bits { .. } => 4,
            Class::Opaque => 5,
            Class::Compound { .. } => 6,
            Class::Reference(_) => 7,
            Class::Enum { .. } => 8,
            Class::Sequence { .. } => 9,
            Class::Array { .. } => 10,
            Class::Complex { .. } => 11,
        }
    }

    pub(crate) fn parse(c: &mut Cursor<'_>) -> Result<Self> {
        Self::nested(c, 0)
    }

    fn nested(c: &mut Cursor<'_>, depth: usize) -> Result<Self> {
        if depth > MOST_NESTED {
            return Err(Error::corrupt("a type is nested too deeply"));
        }
        let head = c.u8()?;
        let (class, version) = (head & 15, head >> 4);
        let bits = c.uint(3)? as u32;
        let size = c.u32()? as usize;
        let order = if bits & 1 == 0 { ByteOrder::Little } else { ByteOrder::Big };
        let class = match class {
            0 => Class::Integer {
                order,
                signed: bits & 8 != 0,
                offset: c.u16()?,
                precision: c.u16()?,
            },
            1 => Class::Float {
                order: (bits & 0x40 == 0).then_some(order),
                format: FloatFormat {
                    offset: c.u16()?,
                    precision: c.u16()?,
                    sign: (bits >> 8) as u8,
                    exponent: (c.u8()?, c.u8()?),
                    mantissa: (c.u8()?, c.u8()?),
                    bias: c.u32()?,
                    norm: ((bits >> 4) & 3) as u8,
                },
            },
            2 => {
                c.skip(2)?;
                Class::Time
            }
            3 => Class::String { padding: padding(bits & 15), utf8: (bits >> 4) & 15 == 1 },
            4 => Class::Bits { order, offset: c.u16()?, precision: c.u16()? },
            5 => {
                c.skip((bits & 0xff) as usize)?;
                Class::Opaque
            }
            6 => compound(c, version, (bits & 0xffff) as usize, size, depth)?,
            7 => Class::Reference(match bits & 15 {
                0 => Pointing::Object,
                1 => Pointing::Region,
                2..=4 => Pointing::Any,
                kind => return Err(Error::unsupported(format!("HDF5 references of kind {kind}"))),
            }),
            8 => enumeration(c, version, (bits & 0xffff) as usize, depth)?,
            9 => {
                let base = Box::new(Self::nested(c, depth + 1)?);
                if bits & 15 == 1 {
                    Class::Text { padding: padding((bits >> 4) & 15) }
                } else {
                    Class::Sequence { base }
                }
            }
            10 => array(c, version, depth)?,
            11 => Class::Complex { base: Box::new(Self::nested(c, depth + 1)?) },
            _ => return Err(Error::unsupported(format!("HDF5 type class {class}"))),
        };
        let out = Self { size, class };
        out.check()?;
        Ok(out)
    }

    /// Inner types must fit into outer ones.
    fn check(&self) -> Result<()> {
        let fits = match &self.class {
            Class::Array { base, dims } => {
                dims.iter().try_fold(base.size, |n, d| n.checked_mul(*d)) == Some(self.size)
            }
            Class::Enum { base, .. } => base.size == self.size,
            Class::Complex { base } => base.size.checked_mul(2) == Some(self.size),
            Class::Integer { offset, precision, .. } | Class::Bits { offset, precision, .. } => {
                let end = usize::from(*offset) + usize::from(*precision);
                *precision > 0 && end.div_ceil(8) <= self.size
            }
            Class::Float { format: f, .. } => {
                let top = |(at, n): (u8, u8)| u32::from(at) + u32::from(n);
                let end = top(f.exponent).max(top(f.mantissa)).max(u32::from(f.sign) + 1);
                end as usize <= self.size.saturating_mul(8)
            }
            _ => true,
        };
        if fits && self.size > 0 {
            return Ok(());
        }
        Err(Error::corrupt(format!("a type of {} bytes does not hold its parts", self.size)))
    }
}

fn padding(code: u32) -> Padding {
    match code {
        0 => Padding::Terminated,
        2 => Padding::Space,
        _ => Padding::Nul,
    }
}

/// A name, in old versions padded with NUL to a multiple of 8 bytes.
fn name(c: &mut Cursor<'_>, version: u8) -> Result<String> {
    let start = c.position();
    let name = take_text(c)?;
    if version < 3 {
        let over = (c.position() - start) % 8;
        c.skip(if over == 0 { 0 } else { 8 - over })?;
    }
    Ok(name)
}

fn compound(c: &mut Cursor<'_>, version: u8, n: usize, size: usize, depth: usize) -> Result<Class> {
    let mut members = Vec::new();
    let width = (1..8).find(|w| size >> (8 * w) == 0).unwrap_or(8);
    for _ in 0..n {
        let name = name(c, version)?;
        let offset = c.uint(if version < 3 { 4 } else { width })?;
        let mut dims: Vec<usize> = Vec::new();
        if version == 1 {
            let rank = usize::from(c.u8()?).min(4);
            c.skip(3 + 4 + 4)?;
            let all = [c.u32()?, c.u32()?, c.u32()?, c.u32()?];
            dims.extend(all.iter().take(rank).map(|d| *d as usize));
        }
        let mut datatype = Datatype::nested(c, depth + 1)?;
        if !dims.is_empty() {
            let total = dims.iter().try_fold(datatype.size, |n, d| n.checked_mul(*d));
            let total = total.ok_or_else(|| Error::corrupt("an array type is too large"))?;
            let base = Box::new(datatype);
            datatype = Datatype { size: total, class: Class::Array { base, dims } };
        }
        let offset = crate::header::to_usize(offset)?;
        if offset.checked_add(datatype.size).is_none_or(|end| end > size) {
            return Err(Error::corrupt(format!("member \"{name}\" lies outside its compound")));
        }
        members.push(Member { name, offset, datatype });
    }
    Ok(Class::Compound { members })
}

fn enumeration(c: &mut Cursor<'_>, version: u8, n: usize, depth: usize) -> Result<Class> {
    let base = Box::new(Datatype::nested(c, depth + 1)?);
    let mut names = Vec::new();
    for _ in 0..n {
        names.push(name(c, version)?);
    }
    let mut members = Vec::new();
    for name in names {
        members.push((name, c.take(base.size)?.to_vec()));
    }
    Ok(Class::Enum { base, members })
}

fn array(c: &mut Cursor<'_>, version: u8, depth: usize) -> Result<Class> {
    let rank = usize::from(c.u8()?);
    if rank > super::dataspace::MOST_AXES {
        return Err(Error::corrupt(format!("an array type of {rank} dimensions")));
    }
    c.skip(if version < 3 { 3 } else { 0 })?;
    let mut dims = Vec::with_capacity(rank);
    for _ in 0..rank {
        dims.push(c.u32()? as usize);
    }
    c.skip(if version < 3 { 4 * rank } else { 0 })?;
    Ok(Class::Array { base: Box::new(Datatype::nested(c, depth + 1)?), dims })
}
