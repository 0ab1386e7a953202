//! From stored elements to elements in memory.

use std::sync::Arc;

use graticule_array::{Array, ByteOrder, DType, Error, Field, RecordType, Result, Scalar, Text};

use crate::float;
use crate::heap::global::GlobalHeap;
use crate::message::datatype::{Class, Datatype, FloatFormat, Padding, Pointing};
use crate::meta::Meta;
use crate::reference::{self, Paths};

/// How the elements of a dataset or attribute become those of an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    /// The type in memory.
    pub(crate) dtype: DType,
    /// Bytes of an element in the file.
    pub(crate) stored: usize,
    /// Axes that each stored item has of its own (array types).
    pub(crate) axes: Vec<usize>,
    pub(crate) how: How,
    /// Names and values, if this is an enumeration.
    pub(crate) enumeration: Vec<(String, i64)>,
}

/// What must be done to the bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum How {
    /// Nothing but, perhaps, turning bytes round.
    Plain(ByteOrder),
    /// Integers that do not fill their bytes.
    Integer { order: ByteOrder, signed: bool, offset: u16, precision: u16 },
    /// Floats in a format that processors do not know.
    Float { order: ByteOrder, format: FloatFormat },
    /// Text filled up with something else than NUL.
    Text(Padding),
    /// Compound items with big-endian numbers inside.
    Record(Arc<[Turn]>),
    /// Text of fixed length, taken as text of any length.
    FixedText(Padding),
    /// Text of any length, in the global heap.
    HeapText,
    /// Places in the file, taken as the text that says what is there.
    Reference(Pointing),
    /// Sequences of any length, in the global heap.
    HeapList(Box<Element>),
}

/// A place in an item where numbers must be turned round.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turn {
    at: usize,
    count: usize,
    size: usize,
    inner: Option<Arc<[Turn]>>,
}

/// Where variable-length data is looked up.
pub(crate) struct HeapReader<'a, 'b> {
    pub(crate) meta: &'a Meta<'b>,
    pub(crate) heap: GlobalHeap,
    pub(crate) paths: Arc<Paths>,
}

impl<'a, 'b> HeapReader<'a, 'b> {
    /// `paths` are those of the file, found when they are first needed.
    pub(crate) fn new(meta: &'a Meta<'b>, paths: Arc<Paths>) -> Self {
        Self { meta, heap: GlobalHeap::default(), paths }
    }
}

fn integer(size: usize, signed: bool) -> Option<DType> {
    Some(match (size, signed) {
        (1, true) => DType::I8,
        (2, true) => DType::I16,
        (4, true) => DType::I32,
        (8, true) => DType::I64,
        (1, false) => DType::U8,
        (2, false) => DType::U16,
        (4, false) => DType::U32,
        (8, false) => DType::U64,
        _ => return None,
    })
}

impl Element {
    fn new(dtype: DType, stored: usize, how: How) -> Self {
        Self { dtype, stored, axes: Vec::new(), how, enumeration: Vec::new() }
    }

    /// The way from a stored type to memory.
    ///
    /// # Errors
    /// If elements of the type cannot be represented.
    pub(crate) fn of(datatype: &Datatype) -> Result<Self> {
        let size = datatype.size;
        let opaque = || Self::new(DType::Opaque(size), size, How::Plain(ByteOrder::Little));
        Ok(match &datatype.class {
            Class::Integer { order, signed, offset, precision } => {
                whole(size, *order, *signed, *offset, *precision).unwrap_or_else(opaque)
            }
            Class::Bits { order, offset, precision } => {
                whole(size, *order, false, *offset, *precision).unwrap_or_else(opaque)
            }
            Class::Float { order: Some(order), format } => match float::standard(size, format) {
                Some(dtype) => Self::new(dtype, size, How::Plain(*order)),
                None => match float::nearest(size, format) {
                    Some(dtype) => {
                        Self::new(dtype, size, How::Float { order: *order, format: *format })
                    }
                    None => opaque(),
                },
            },
            Class::Float { order: None, .. } => opaque(),
            Class::Time => match integer(size, true) {
                Some(dtype) => Self::new(dtype, size, How::Plain(ByteOrder::Little)),
                None => opaque(),
            },
            Class::String { .. } if size == 1 => {
                Self::new(DType::Char, 1, How::Plain(ByteOrder::Little))
            }
            Class::String { padding: Padding::Nul, .. } => {
                Self::new(DType::Bytes(size), size, How::Plain(ByteOrder::Little))
            }
            Class::String { padding, .. } => {
                Self::new(DType::Bytes(size), size, How::Text(*padding))
            }
            Class::Opaque => opaque(),
            Class::Reference(kind) => Self::new(DType::Str, size, How::Reference(*kind)),
            Class::Compound { members } => {
                let mut fields = Vec::with_capacity(members.len());
                let mut turns = Vec::new();
                for member in members {
                    let inner = Self::member(&member.datatype)?;
                    turns.extend(inner.turn(member.offset));
                    fields.push(Field {
                        name: member.name.clone(),
                        offset: member.offset,
                        dtype: inner.dtype,
                        shape: inner.axes,
                    });
                }
                let dtype = DType::Record(Arc::new(RecordType { fields, size }));
                let how = if turns.is_empty() {
                    How::Plain(ByteOrder::Little)
                } else {
                    How::Record(turns.into())
                };
                Self::new(dtype, size, how)
            }
            Class::Enum { base, members } => enumeration(base, members, true)?,
            Class::Text { .. } => Self::new(DType::Str, size, How::HeapText),
            Class::Sequence { base } => {
                let base = Self::of(base)?;
                let dtype = DType::List(Arc::new(base.dtype.clone()));
                Self::new(dtype, size, How::HeapList(Box::new(base)))
            }
            Class::Array { base, dims } => {
                let mut inner = Self::of(base)?;
                let mut axes = dims.clone();
                axes.append(&mut inner.axes);
                inner.axes = axes;
                inner
            }
            Class::Complex { base } => match Self::of(base)? {
                Self { dtype: DType::F32, how: How::Plain(o), .. } => {
                    Self::new(DType::C64, size, How::Plain(o))
                }
                Self { dtype: DType::F64, how: How::Plain(o), .. } => {
                    Self::new(DType::C128, size, How::Plain(o))
                }
                _ => opaque(),
            },
        })
    }

    /// The way to memory that netCDF takes: fixed strings of several bytes are text, and truth
    /// values are the integers they are stored as.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn for_netcdf(datatype: &Datatype) -> Result<Self> {
        let mut out = Self::of(datatype)?;
        match &datatype.class {
            Class::String { padding, .. } if datatype.size > 1 => {
                out.dtype = DType::Str;
                out.how = How::FixedText(*padding);
            }
            Class::Enum { base, members } if out.dtype == DType::Bool => {
                out = enumeration(base, members, false)?;
            }
            _ => {}
        }
        Ok(out)
    }

    /// A member of a compound: its bytes must keep their number, so what would change size
    /// stays opaque.
    fn member(datatype: &Datatype) -> Result<Self> {
        let inner = Self::of(datatype)?;
        let keeps = matches!(inner.how, How::Plain(_) | How::Record(_) | How::Text(_));
        if keeps && inner.dtype.size() == Some(inner.stored) {
            return Ok(inner);
        }
        let n = datatype.size;
        Ok(Self::new(DType::Opaque(n), n, How::Plain(ByteOrder::Little)))
    }

    /// What must be turned round if this is a member at an offset.
    fn turn(&self, at: usize) -> Option<Turn> {
        let count = self.axes.iter().product();
        match &self.how {
            How::Plain(ByteOrder::Big) if self.stored > 1 && self.dtype.is_complex() => {
                Some(Turn { at, count: 2 * count, size: self.stored / 2, inner: None })
            }
            How::Plain(ByteOrder::Big) if self.stored > 1 => {
                Some(Turn { at, count, size: self.stored, inner: None })
            }
            How::Record(turns) => {
                Some(Turn { at, count, size: self.stored, inner: Some(turns.clone()) })
            }
            _ => None,
        }
    }

    /// Whether elements are, or hold, references to objects.
    pub(crate) fn is_reference(&self) -> bool {
        match &self.how {
            How::Reference(_) => true,
            How::HeapList(base) => base.is_reference(),
            _ => false,
        }
    }

    /// The byte order, where the bytes need no more than being turned round.
    pub(crate) fn plain_order(&self) -> Option<ByteOrder> {
        if let How::Plain(order) = self.how { Some(order) } else { None }
    }

    /// Whether numbers are stored with the most significant byte first.
    pub(crate) fn is_big_endian(&self) -> bool {
        match self.how {
            How::Plain(order) | How::Integer { order, .. } | How::Float { order, .. } => {
                order == ByteOrder::Big && self.stored > 1
            }
            _ => false,
        }
    }

    /// The array of `shape` whose stored elements lie packed in `bytes`.
    ///
    /// # Errors
    /// If the bytes are too few, or refer to something that is not there.
    pub(crate) fn decode(
        &self,
        heap: &HeapReader<'_, '_>,
        bytes: &[u8],
        shape: &[usize],
    ) -> Result<Array> {
        let n = shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let needed = n.and_then(|n| n.checked_mul(self.stored)).and_then(|n| bytes.get(..n));
        let bytes = needed.ok_or_else(|| {
            Error::corrupt(format!(
                "{} stored bytes are too few for {} {shape:?}",
                bytes.len(),
                self.dtype
            ))
        })?;
        let items = bytes.chunks_exact(self.stored.max(1));
        let packed =
            |bytes: Vec<u8>| Array::from_packed(&self.dtype, shape, &bytes, ByteOrder::Little);
        match &self.how {
            How::Plain(order) => Array::from_packed(&self.dtype, shape, bytes, *order),
            How::Integer { order, signed, offset, precision } => {
                let size = self.dtype.planned_size();
                let mut out = Vec::with_capacity(items.len() * size);
                for item in items {
                    let bits = bits_of(item, *order);
                    let value = cut(bits, u32::from(*offset), u32::from(*precision), *signed);
                    out.extend(value.to_le_bytes().iter().take(size));
                }
                packed(out)
            }
            How::Float { order, format } => {
                let mut out = Vec::with_capacity(items.len() * 8);
                for item in items {
                    let value = float::decode(bits_of(item, *order), format);
                    if self.dtype == DType::F32 {
                        out.extend((value as f32).to_le_bytes());
                    } else {
                        out.extend(value.to_le_bytes());
                    }
                }
                packed(out)
            }
            How::Text(padding) => {
                let mut out = bytes.to_vec();
                for item in out.chunks_exact_mut(self.stored.max(1)) {
                    trim(item, *padding);
                }
                packed(out)
            }
            How::Record(turns) => {
                let mut out = bytes.to_vec();
                for item in out.chunks_exact_mut(self.stored.max(1)) {
                    turn_round(item, turns);
                }
                packed(out)
            }
            How::FixedText(padding) => {
                // Blanks are part of the text, as netCDF has it.
                let padding = if *padding == Padding::Space { Padding::Nul } else { *padding };
                let text = |item: &[u8]| {
                    let end = text_end(item, padding);
                    Text::from(&*String::from_utf8_lossy(item.get(..end).unwrap_or_default()))
                };
                Array::from_vec(shape, items.map(text).collect::<Vec<_>>())
            }
            How::HeapText => {
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    let found = heap_object(heap, item, 1)?;
                    out.push(match found {
                        Some(piece) => Text::from(crate::header::text_until_nul(&piece)),
                        None => Text::from(""),
                    });
                }
                Array::from_vec(shape, out)
            }
            How::Reference(kind) => {
                let shown = items.map(|item| reference::shown(heap, *kind, item).map(Text::from));
                Array::from_vec(shape, shown.collect::<Result<Vec<_>>>()?)
            }
            How::HeapList(base) => {
                let item_size = base.axes.iter().try_fold(base.stored, |n, a| n.checked_mul(*a));
                let item_size = item_size.unwrap_or(usize::MAX).max(1);
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    let found = heap_object(heap, item, item_size)?;
                    let bytes: &[u8] = found.as_deref().unwrap_or_default();
                    let mut shape = vec![bytes.len() / item_size];
                    shape.extend(&base.axes);
                    out.push(base.decode(heap, bytes, &shape)?);
                }
                Array::from_vec(shape, out)?.with_dtype(self.dtype.clone())
            }
        }
    }

    /// One value from its stored bytes.
    pub(crate) fn scalar(&self, heap: &HeapReader<'_, '_>, bytes: &[u8]) -> Result<Scalar> {
        self.decode(heap, bytes, &[])?.get(&[])
    }

    /// The value of what was never written and has no fill value of its own.
    pub(crate) fn zero(&self) -> Result<Scalar> {
        match self.how {
            How::HeapText | How::FixedText(_) | How::Reference(_) => {
                Ok(Scalar::Str(Text::from("")))
            }
            _ => Array::zeros(&self.dtype, &[])?.get(&[]),
        }
    }
}

/// The object that a stored sequence or text refers to; `None` for an empty one.
fn heap_object(
    heap: &HeapReader<'_, '_>,
    item: &[u8],
    item_size: usize,
) -> Result<Option<crate::meta::Piece>> {
    let mut c = graticule_storage::Cursor::new(item, ByteOrder::Little);
    let n = c.u32()? as usize;
    let address = heap.meta.form.address(&mut c)?;
    let index = c.u32()?;
    let Some(address) = address.filter(|a| *a != 0) else { return Ok(None) };
    if n == 0 {
        return Ok(None);
    }
    let piece = heap.heap.get(heap.meta, address, index)?;
    let wanted = n.checked_mul(item_size).filter(|w| *w <= piece.len());
    let wanted = wanted.ok_or_else(|| {
        Error::corrupt(format!("a sequence of {n} items reaches beyond its object"))
    })?;
    Ok(Some(piece.part(0..wanted)))
}

fn whole(
    size: usize,
    order: ByteOrder,
    signed: bool,
    offset: u16,
    precision: u16,
) -> Option<Element> {
    if let Some(dtype) = integer(size, signed)
        && usize::from(precision) == 8 * size
        && offset == 0
    {
        return Some(Element::new(dtype, size, How::Plain(order)));
    }
    // The smallest integer that holds the bits, or the same size if that is one.
    let bytes = usize::from(precision).div_ceil(8).next_power_of_two().max(size.min(8));
    let dtype = integer(bytes.next_power_of_two(), signed)?;
    (size <= 16)
        .then(|| Element::new(dtype, size, How::Integer { order, signed, offset, precision }))
}

fn enumeration(base: &Datatype, members: &[(String, Vec<u8>)], truth: bool) -> Result<Element> {
    let mut out = Element::of(base)?;
    let Class::Integer { order, signed, .. } = base.class else {
        return Ok(out);
    };
    for (name, value) in members {
        let bits = bits_of(value, order);
        let bits = cut(bits, 0, (8 * value.len().min(8)) as u32, signed);
        out.enumeration.push((name.clone(), bits as i64));
    }
    let is =
        |i: usize, name: &str| out.enumeration.iter().any(|(n, v)| n == name && *v == i as i64);
    // What h5py writes for truth values.
    if truth && base.size == 1 && members.len() == 2 && is(0, "FALSE") && is(1, "TRUE") {
        out.dtype = DType::Bool;
        out.enumeration.clear();
    }
    Ok(out)
}

/// Up to 16 bytes as a number.
pub(crate) fn bits_of(item: &[u8], order: ByteOrder) -> u128 {
    let join = |n: u128, b: &u8| n << 8 | u128::from(*b);
    match order {
        ByteOrder::Little => item.iter().take(16).rev().fold(0, join),
        ByteOrder::Big => item.iter().take(16).fold(0, join),
    }
}

/// Some of the bits of a number, with its sign if it has one.
fn cut(bits: u128, offset: u32, precision: u32, signed: bool) -> u64 {
    let precision = precision.clamp(1, 64);
    let value = (bits.checked_shr(offset).unwrap_or(0)) as u64;
    let up = 64 - precision;
    if signed { (((value << up) as i64) >> up) as u64 } else { (value << up) >> up }
}

/// Where the text ends.
fn text_end(item: &[u8], padding: Padding) -> usize {
    let last = |unlike: u8| item.iter().rposition(|b| *b != unlike).map_or(0, |p| p + 1);
    match padding {
        Padding::Terminated => item.iter().position(|b| *b == 0).unwrap_or(item.len()),
        Padding::Space => last(b' '),
        Padding::Nul => last(0),
    }
}

/// Leaves NUL behind the text only.
fn trim(item: &mut [u8], padding: Padding) {
    let end = text_end(item, padding);
    item.iter_mut().skip(end).for_each(|b| *b = 0);
}

fn turn_round(item: &mut [u8], turns: &[Turn]) {
    for turn in turns {
        let rest = item.get_mut(turn.at..).unwrap_or_default();
        for part in rest.chunks_exact_mut(turn.size.max(1)).take(turn.count) {
            match &turn.inner {
                Some(inner) => turn_round(part, inner),
                None => part.reverse(),
            }
        }
    }
}
