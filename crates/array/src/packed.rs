//! Elements from the bytes of a file: row-major, packed, in either byte order.
#![allow(clippy::indexing_slicing)] // offsets are checked once against the lengths, up front

use half::f16;
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::array_mut::ArrayMut;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::region::Region;

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Least significant byte first.
    #[default]
    Little,
    /// Most significant byte first.
    Big,
}

/// A type whose elements are a fixed number of bytes in a file.
trait Packed: Element + Copy {
    const SIZE: usize;
    fn read(bytes: &[u8], order: ByteOrder) -> Self;
    /// The elements as bytes, where memory and file may share their layout.
    fn plain(_: &mut [Self]) -> Option<&mut [u8]> {
        None
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Packed for $type {
            const SIZE: usize = size_of::<$type>();
            fn read(bytes: &[u8], order: ByteOrder) -> Self {
                let mut b = [0; size_of::<$type>()];
                b.copy_from_slice(bytes);
                match order {
                    ByteOrder::Little => Self::from_le_bytes(b),
                    ByteOrder::Big => Self::from_be_bytes(b),
                }
            }
            fn plain(s: &mut [Self]) -> Option<&mut [u8]> {
                Some(bytemuck::cast_slice_mut(s))
            }
        }
    )*};
}

numbers!(i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64);

impl Packed for bool {
    const SIZE: usize = 1;
    fn read(bytes: &[u8], _: ByteOrder) -> Self {
        bytes[0] != 0
    }
}

macro_rules! complex {
    ($($type:ty, $part:ty;)*) => {$(
        impl Packed for $type {
            const SIZE: usize = 2 * size_of::<$part>();
            fn read(bytes: &[u8], order: ByteOrder) -> Self {
                let (re, im) = bytes.split_at(size_of::<$part>());
                Self::new(<$part>::read(re, order), <$part>::read(im, order))
            }
        }
    )*};
}

complex! { Complex32, f32; Complex64, f64; }

impl ArrayMut<'_> {
    /// Fills this view with the box `from` of a chunk of shape `chunk`, whose elements lie
    /// packed and row-major in `bytes`. `from` has the shape of this view.
    ///
    /// # Errors
    /// If the bytes are too few, the box does not fit, or the elements have no fixed size.
    pub fn copy_packed(
        &mut self,
        bytes: &[u8],
        chunk: &[usize],
        from: &Region,
        order: ByteOrder,
    ) -> Result<()> {
        from.check_within(chunk)?;
        if from.len != self.shape() {
            return Err(Error::mismatch(format!(
                "a box of {:?} cannot fill a view of {:?}",
                from.len,
                self.shape()
            )));
        }
        let size = self.dtype().size().ok_or_else(|| {
            Error::unsupported(format!("{} elements have no fixed size", self.dtype()))
        })?;
        let needed = chunk.iter().try_fold(size, |n, l| n.checked_mul(*l));
        if needed.is_none_or(|n| n > bytes.len()) {
            return Err(Error::corrupt(format!(
                "a chunk of {} {chunk:?} needs more than the {} bytes there are",
                self.dtype(),
                bytes.len()
            )));
        }
        match self.dtype().clone() {
            DType::Bool => fill::<bool>(self, bytes, chunk, from, order),
            DType::I8 => fill::<i8>(self, bytes, chunk, from, order),
            DType::I16 => fill::<i16>(self, bytes, chunk, from, order),
            DType::I32 => fill::<i32>(self, bytes, chunk, from, order),
            DType::I64 | DType::Time(_) | DType::Duration(_) => {
                fill::<i64>(self, bytes, chunk, from, order)
            }
            DType::U8 | DType::Char => fill::<u8>(self, bytes, chunk, from, order),
            DType::U16 => fill::<u16>(self, bytes, chunk, from, order),
            DType::U32 => fill::<u32>(self, bytes, chunk, from, order),
            DType::U64 => fill::<u64>(self, bytes, chunk, from, order),
            DType::F16 => fill::<f16>(self, bytes, chunk, from, order),
            DType::F32 => fill::<f32>(self, bytes, chunk, from, order),
            DType::F64 => fill::<f64>(self, bytes, chunk, from, order),
            DType::C64 => fill::<Complex32>(self, bytes, chunk, from, order),
            DType::C128 => fill::<Complex64>(self, bytes, chunk, from, order),
            DType::Bytes(n) | DType::Opaque(n) => fill_items(self, bytes, chunk, from, n),
            DType::Record(r) => fill_items(self, bytes, chunk, from, r.size),
            DType::Str | DType::List(_) => Err(Error::bug("elements without a size passed")),
        }
    }
}

/// Items of several bytes are boxes with one more axis.
fn fill_items(
    out: &mut ArrayMut<'_>,
    bytes: &[u8],
    chunk: &[usize],
    from: &Region,
    n: usize,
) -> Result<()> {
    let (mut chunk, mut from) = (chunk.to_vec(), from.clone());
    chunk.push(n);
    from.start.push(0);
    from.len.push(n);
    fill::<u8>(out, bytes, &chunk, &from, ByteOrder::Little)
}

fn fill<T: Packed>(
    out: &mut ArrayMut<'_>,
    bytes: &[u8],
    chunk: &[usize],
    from: &Region,
    order: ByteOrder,
) -> Result<()> {
    if from.is_empty() {
        return Ok(());
    }
    let view = out.typed::<T>()?;
    // Trailing axes taken whole are one run of memory in the chunk.
    let rank = chunk.len();
    let mut inner = rank;
    let mut run = 1;
    while inner > 0 {
        inner -= 1;
        run *= from.len[inner];
        if from.len[inner] != chunk[inner] {
            break;
        }
    }
    let stride_of = |axis: usize| chunk[axis + 1..].iter().product::<usize>();
    let base: usize = from.start.iter().enumerate().map(|(a, s)| s * stride_of(a)).sum();
    // Where a row begins in the chunk, counted over the axes before `axes`.
    let begin_of = |row: usize, axes: usize| {
        let (mut rest, mut at) = (row, base);
        for axis in (0..axes).rev() {
            at += (rest % from.len[axis]) * stride_of(axis);
            rest /= from.len[axis];
        }
        at
    };
    if let Some(flat) = view.as_slice_mut() {
        let outer: usize = from.len[..inner].iter().product();
        for (row, to) in (0..outer).zip(flat.chunks_exact_mut(run)) {
            let at = begin_of(row, inner);
            copy_run(to, &bytes[at * T::SIZE..(at + run) * T::SIZE], order);
        }
        return Ok(());
    }
    // Row by row: a view into a wider array has pieces of memory along its last axis.
    let run = from.len[rank - 1];
    for (row, mut to) in view.rows_mut().into_iter().enumerate() {
        let at = begin_of(row, rank - 1);
        let bytes = &bytes[at * T::SIZE..(at + run) * T::SIZE];
        if let Some(to) = to.as_slice_mut() {
            copy_run(to, bytes, order);
        } else {
            for (to, from) in to.iter_mut().zip(bytes.chunks_exact(T::SIZE)) {
                *to = T::read(from, order);
            }
        }
    }
    Ok(())
}

fn copy_run<T: Packed>(to: &mut [T], bytes: &[u8], order: ByteOrder) {
    let native = cfg!(target_endian = "little") == (order == ByteOrder::Little) || T::SIZE == 1;
    if native && let Some(plain) = T::plain(to) {
        plain.copy_from_slice(bytes);
        return;
    }
    for (to, from) in to.iter_mut().zip(bytes.chunks_exact(T::SIZE)) {
        *to = T::read(from, order);
    }
}

impl Array {
    /// Elements that lie packed and row-major in `bytes`.
    ///
    /// # Errors
    /// If the bytes are too few or the elements have no fixed size.
    pub fn from_packed(
        dtype: &DType,
        shape: &[usize],
        bytes: &[u8],
        order: ByteOrder,
    ) -> Result<Self> {
        let needed = shape.iter().try_fold(dtype.size().unwrap_or(1), |n, l| n.checked_mul(*l));
        if needed.is_none_or(|n| n > bytes.len()) {
            return Err(Error::corrupt(format!(
                "{dtype} {shape:?} needs more than the {} bytes there are",
                bytes.len()
            )));
        }
        let mut out = Self::zeros(dtype, shape)?;
        out.view_mut().copy_packed(bytes, shape, &Region::whole(shape), order)?;
        Ok(out)
    }

    /// The elements packed in row-major order, little-endian; `None` for text and lists.
    #[must_use]
    pub fn to_packed(&self) -> Option<Vec<u8>> {
        macro_rules! pack {
            ($($type:ty)*) => {
                $(if let Ok(view) = self.view::<$type>() {
                    let mut bytes = Vec::with_capacity(size_of::<$type>() * view.len());
                    let mut add = |run: &[$type]| match cfg!(target_endian = "little") {
                        true => bytes.extend_from_slice(bytemuck::cast_slice(run)),
                        false => run.iter().for_each(|v| bytes.extend(v.to_le_bytes())),
                    };
                    match view.as_slice() {
                        Some(all) => add(all),
                        None => view.rows().into_iter().for_each(|row| match row.as_slice() {
                            Some(run) => add(run),
                            None => row.iter().for_each(|v| add(std::slice::from_ref(v))),
                        }),
                    }
                    return Some(bytes);
                })*
            };
        }
        if let Ok(view) = self.view::<bool>() {
            return Some(view.iter().map(|v| u8::from(*v)).collect());
        }
        pack!(i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64);
        let pair = |re: &[u8], im: &[u8]| [re, im].concat();
        if let Ok(view) = self.view::<Complex32>() {
            return Some(
                view.iter().flat_map(|v| pair(&v.re.to_le_bytes(), &v.im.to_le_bytes())).collect(),
            );
        }
        let view = self.view::<Complex64>().ok()?;
        Some(view.iter().flat_map(|v| pair(&v.re.to_le_bytes(), &v.im.to_le_bytes())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_chunks_land_where_they_belong() {
        let bytes: Vec<u8> = (0..24i16).flat_map(i16::to_be_bytes).collect();
        let mut whole = Array::zeros(&DType::I16, &[4, 5, 6]).unwrap();
        let from = Region::new([0, 1, 1], [2, 2, 3]);
        whole
            .view_mut()
            .region(&Region::new([1, 1, 2], [2, 2, 3]))
            .unwrap()
            .copy_packed(&bytes, &[2, 3, 4], &from, ByteOrder::Big)
            .unwrap();
        let expected = Array::from_packed(&DType::I16, &[2, 3, 4], &bytes, ByteOrder::Big)
            .unwrap()
            .region(&from)
            .unwrap();
        let got = whole.region(&Region::new([1, 1, 2], [2, 2, 3])).unwrap();
        assert_eq!(got, expected);
        assert_eq!(expected.to_flat::<i16>().unwrap()[..3], [5, 6, 7]);
    }

    #[test]
    fn too_few_bytes_are_an_error() {
        assert!(
            Array::from_packed(&DType::F64, &[2], &[0; 15], ByteOrder::Little)
                .unwrap_err()
                .is_corrupt()
        );
        assert!(
            Array::from_packed(&DType::F64, &[usize::MAX, 3], &[0; 15], ByteOrder::Little).is_err()
        );
    }
}
