//! Values as bytes of an index: little-endian, lengths first.

use std::sync::Arc;

use graticule_array::{Array, ByteOrder, DType, Error, Result, Shape, Text, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_storage::{Cursor, FilterSpec, RawAttr, Storage, push_varint};

use super::slice::Slice;

/// More axes than any array has.
const MOST_AXES: usize = 64;

/// Appends to bytes.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u8(&mut self, n: u8) {
        self.0.push(n);
    }

    pub(super) fn u64(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    /// A number that is mostly small: seven bits a byte.
    pub(super) fn size(&mut self, n: usize) {
        push_varint(&mut self.0, n as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.size(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.size(items.len());
        items.iter().for_each(|i| item(self, i));
    }

    pub(super) fn shape(&mut self, shape: &[usize]) {
        self.list(shape, |w, n| w.size(*n));
    }

    /// `None` for types that no index holds.
    pub(super) fn dtype(&mut self, dtype: &DType) -> Option<()> {
        let plain = PLAIN.iter().position(|d| d == dtype);
        match (plain, dtype) {
            (Some(at), _) => self.u8(at as u8),
            (None, DType::Bytes(n)) => {
                self.u8(32);
                self.size(*n);
            }
            (None, DType::Opaque(n)) => {
                self.u8(33);
                self.size(*n);
            }
            (None, DType::Duration(unit)) => {
                self.u8(34);
                self.u8(unit_number(*unit));
            }
            (None, DType::Time(time)) => {
                self.u8(35);
                self.u8(unit_number(time.unit));
                self.text(&time.calendar.to_string());
            }
            _ => return None,
        }
        Some(())
    }

    /// `None` for types that no index holds.
    pub(super) fn array(&mut self, array: &Array) -> Option<()> {
        self.dtype(array.dtype())?;
        self.shape(array.shape());
        if *array.dtype() == DType::Str {
            for text in array.to_flat::<Text>().ok()? {
                match text.as_str() {
                    Some(text) => {
                        self.u8(1);
                        self.text(text);
                    }
                    None => self.u8(0),
                }
            }
            return Some(());
        }
        let whole = array.reshape(array.shape()).ok()?;
        let packed = match array.dtype() {
            DType::Time(_) | DType::Duration(_) => {
                let ticks = whole.to_flat::<i64>().ok()?;
                ticks.iter().flat_map(|t| t.to_le_bytes()).collect()
            }
            _ => whole.to_packed()?,
        };
        // What does not come back the same is not kept.
        let back = unpacked(array.dtype(), array.shape(), &packed).ok()?;
        let same = match array.dtype() {
            DType::Time(_) | DType::Duration(_) => back == whole,
            _ => back.to_packed()? == packed,
        };
        same.then(|| self.bytes(&packed))
    }

    pub(super) fn attrs(&mut self, attrs: &[RawAttr]) -> Option<()> {
        self.size(attrs.len());
        attrs.iter().try_for_each(|a| {
            self.text(&a.name);
            self.array(&a.value)
        })
    }

    pub(super) fn storage(&mut self, storage: &Storage) {
        match &storage.chunks {
            Some(chunks) => {
                self.u8(1);
                self.shape(chunks);
            }
            None => self.u8(0),
        }
        self.list(&storage.filters, |w, f| {
            w.text(&f.name);
            w.size(f.id.map_or(0, |id| usize::from(id) + 1));
            w.list(&f.params, |w, p| w.size(*p as usize));
        });
        self.u8(u8::from(storage.big_endian));
        self.list(&storage.enumeration, |w, (name, value)| {
            w.text(name);
            w.u64(value.cast_unsigned());
        });
    }
}

/// Types without parameters; their place is their number.
const PLAIN: [DType; 16] = [
    DType::Bool,
    DType::I8,
    DType::I16,
    DType::I32,
    DType::I64,
    DType::U8,
    DType::U16,
    DType::U32,
    DType::U64,
    DType::F16,
    DType::F32,
    DType::F64,
    DType::C64,
    DType::C128,
    DType::Str,
    DType::Char,
];

const UNITS: [TimeUnit; 4] =
    [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];

fn unit_number(unit: TimeUnit) -> u8 {
    UNITS.iter().position(|u| *u == unit).unwrap_or(0) as u8
}

fn unpacked(dtype: &DType, shape: &[usize], bytes: &[u8]) -> Result<Array> {
    match dtype {
        DType::Time(_) | DType::Duration(_) => {
            Array::from_packed(&DType::I64, shape, bytes, ByteOrder::Little)?
                .with_dtype(dtype.clone())
        }
        _ => Array::from_packed(dtype, shape, bytes, ByteOrder::Little),
    }
}

/// Takes from bytes that may be damaged.
#[derive(Debug)]
pub(super) struct Reader<'a>(Cursor<'a>);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Cursor::new(bytes, ByteOrder::Little))
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        self.0.u8()
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.0.u64()
    }

    pub(super) fn size(&mut self) -> Result<usize> {
        usize::try_from(self.0.varint()?).map_err(|_| Error::corrupt("a number is too large"))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
        let n = self.size()?;
        self.0.take(n)
    }

    pub(super) fn digest(&mut self) -> Result<[u8; 32]> {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.take(32)?);
        Ok(out)
    }

    /// [`bytes`](Self::bytes) that stay where they are; `of` is what this reader reads.
    pub(super) fn slice(&mut self, of: &Arc<[u8]>) -> Result<Slice> {
        let n = self.size()?;
        let start = self.0.position();
        self.0.take(n)?;
        Ok(Slice::new(of, start..start + n))
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Error::corrupt("a text is not UTF-8"))
    }

    /// Items of at least one byte each.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let n = self.size()?;
        if n > self.0.remaining() {
            return Err(Error::corrupt(format!("a list of {n} items")));
        }
        (0..n).map(|_| item(self)).collect()
    }

    pub(super) fn shape(&mut self) -> Result<Shape> {
        let shape = self.list(Self::size)?;
        if shape.len() > MOST_AXES {
            return Err(Error::corrupt(format!("an array of {} axes", shape.len())));
        }
        Ok(shape)
    }

    fn unit(&mut self) -> Result<TimeUnit> {
        let at = usize::from(self.0.u8()?);
        UNITS.get(at).copied().ok_or_else(|| Error::corrupt("no such unit of time"))
    }

    pub(super) fn dtype(&mut self) -> Result<DType> {
        Ok(match self.0.u8()? {
            32 => DType::Bytes(self.element()?),
            33 => DType::Opaque(self.element()?),
            34 => DType::Duration(self.unit()?),
            35 => {
                let unit = self.unit()?;
                let calendar = Calendar::parse(self.text()?)
                    .map_err(|_| Error::corrupt("no such calendar"))?;
                DType::Time(TimeType { unit, calendar })
            }
            n => {
                let plain = PLAIN.get(usize::from(n));
                plain.cloned().ok_or_else(|| Error::corrupt(format!("no type has number {n}")))?
            }
        })
    }

    /// Bytes of an element.
    fn element(&mut self) -> Result<usize> {
        let n = self.size()?;
        if n > 16 << 20 { Err(Error::corrupt(format!("elements of {n} bytes"))) } else { Ok(n) }
    }

    pub(super) fn array(&mut self) -> Result<Array> {
        let (dtype, shape) = (self.dtype()?, self.shape()?);
        if dtype == DType::Str {
            let n = shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
            let n = n.filter(|n| *n <= self.0.remaining());
            let n = n.ok_or_else(|| Error::corrupt("too many texts"))?;
            let mut texts = Vec::with_capacity(n);
            for _ in 0..n {
                texts.push(match self.0.u8()? {
                    0 => Text::missing(),
                    _ => Text::from(self.text()?),
                });
            }
            return Array::from_vec(shape, texts);
        }
        let bytes = self.bytes()?;
        let size = dtype.size().unwrap_or(1);
        let needed = shape.iter().try_fold(size, |n, l| n.checked_mul(*l));
        // Lengths of no elements are not checked by the bytes there are.
        if needed != Some(bytes.len()) || shape.iter().any(|n| *n > isize::MAX as usize) {
            return Err(Error::corrupt("an array and its bytes do not agree"));
        }
        unpacked(&dtype, &shape, bytes)
    }

    pub(super) fn attrs(&mut self) -> Result<Vec<RawAttr>> {
        self.list(|r| Ok(RawAttr { name: r.text()?.to_owned(), value: r.array()? }))
    }

    pub(super) fn storage(&mut self) -> Result<Storage> {
        let chunks = if self.u8()? == 0 { None } else { Some(self.shape()?) };
        let narrow = |n: usize| u32::try_from(n).map_err(|_| Error::corrupt("a large parameter"));
        let filters = self.list(|r| {
            let name = r.text()?.to_owned();
            let id = r.size()?.checked_sub(1).and_then(|id| u16::try_from(id).ok());
            let params = r.list(|r| narrow(r.size()?))?;
            Ok(FilterSpec { name, id, params })
        })?;
        let big_endian = self.u8()? != 0;
        let enumeration = self.list(|r| Ok((r.text()?.to_owned(), r.u64()?.cast_signed())))?;
        Ok(Storage { chunks, filters, big_endian, enumeration })
    }
}

/// A checksum that notices any damage (not one that an enemy could not meet): two streams of
/// multiplied words, folded.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut sums = [bytes.len() as u64 ^ ODD, 0x6a09_e667_f3bc_c909];
    let mut mix = |at: usize, word: u64| {
        if let Some(sum) = sums.get_mut(at) {
            *sum = (*sum ^ word).wrapping_mul(ODD).rotate_left(29);
        }
    };
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        mix(at & 1, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(l, r)| *l = *r);
    mix(0, u64::from_le_bytes(last));
    let [a, b] = sums;
    let folded = u128::from(a ^ (a >> 32)) * u128::from(b | 1);
    (folded as u64) ^ ((folded >> 64) as u64) ^ b
}
