//! The N-d array of any element type.

use std::ops::Range;

use ndarray::{ArrayD, ArrayViewD, Axis, IxDyn, Slice};

use crate::array_mut::{ArrayMut, BufferMut};
use crate::buffer::{Buffer, Shared, each_buffer, map_buffer};
use crate::copy::{assign, take};
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::pages::zeroed;
use crate::region::{Region, Shape};
use crate::selection::{Pick, Selection};
use crate::spread::in_order;

/// An N-d array whose element type is a value. Cloning shares the storage.
///
/// ```
/// use graticule_array::{Array, DType};
/// let a = Array::from_vec(vec![2, 3], vec![1i16, 2, 3, 4, 5, 6])?;
/// assert_eq!(a.dtype(), &DType::I16);
/// assert_eq!(a.permute(&[1, 0])?.to_flat::<i16>()?, [1, 4, 2, 5, 3, 6]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
pub struct Array {
    dtype: DType,
    buffer: Buffer,
}

/// Axes of storage beyond those of the array: the bytes of an item.
fn item_axes(buffer: &Buffer) -> usize {
    usize::from(matches!(buffer, Buffer::Raw(_)))
}

impl Array {
    /// Takes an array of a Rust element type under the dtype it stands for by default.
    #[must_use]
    pub fn new<T: Element>(data: ArrayD<T>) -> Self {
        Self { dtype: T::dtype(), buffer: T::wrap(data.into_shared()) }
    }

    /// Takes elements in row-major order.
    ///
    /// # Errors
    /// If their number does not match the shape.
    pub fn from_vec<T: Element>(shape: impl Into<Shape>, data: Vec<T>) -> Result<Self> {
        let (shape, n) = (shape.into(), data.len());
        ArrayD::from_shape_vec(IxDyn(&shape), data)
            .map(Self::new)
            .map_err(|_| Error::mismatch(format!("{n} elements do not fill the shape {shape:?}")))
    }

    /// An array without axes, of one element.
    #[must_use]
    pub fn scalar<T: Element>(value: T) -> Self {
        Self::new(ArrayD::from_elem(IxDyn(&[]), value))
    }

    /// The same storage under another dtype that is held alike: `i64` as times or durations,
    /// `u8` as characters, `u8` with one more axis as byte strings, opaque items or records,
    /// lists as lists of another type.
    ///
    /// # Errors
    /// If the dtype is not held like this storage.
    pub fn with_dtype(self, dtype: DType) -> Result<Self> {
        let found = self.dtype;
        let buffer = match (self.buffer, &dtype) {
            (b @ Buffer::I64(_), DType::I64 | DType::Time(_) | DType::Duration(_)) => b,
            (Buffer::U8(d), DType::U8 | DType::Char) => Buffer::U8(d),
            (Buffer::U8(d) | Buffer::Raw(d), DType::Bytes(n) | DType::Opaque(n))
                if d.shape().last() == Some(n) =>
            {
                Buffer::Raw(d)
            }
            (Buffer::U8(d) | Buffer::Raw(d), DType::Record(r))
                if d.shape().last() == Some(&r.size) =>
            {
                Buffer::Raw(d)
            }
            (Buffer::Raw(d), DType::U8) => Buffer::U8(d),
            (b @ Buffer::List(_), DType::List(_)) => b,
            (b, _) if found == dtype => b,
            _ => {
                return Err(Error::mismatch(format!(
                    "{found} elements cannot be taken as {dtype}"
                )));
            }
        };
        Ok(Self { dtype, buffer })
    }

    /// An array of zeros (false, empty text, the first instant).
    ///
    /// # Errors
    /// If the array would be larger than memory addresses allow.
    pub fn zeros(dtype: &DType, shape: &[usize]) -> Result<Self> {
        fn make<T: Element>(shape: &[usize]) -> Result<Buffer> {
            let elements = zeroed::<T>(shape.iter().product());
            let made = ArrayD::from_shape_vec(IxDyn(shape), elements);
            let made = made.map_err(|_| Error::bug("zeros do not fill their shape"))?;
            Ok(T::wrap(made.into_shared()))
        }
        // Axes without elements do not excuse the others: strides are products of their lengths.
        let size = dtype.planned_size().max(1);
        let bytes = shape.iter().try_fold(size, |n, l| n.checked_mul((*l).max(1)));
        if bytes.is_none_or(|b| b > isize::MAX as usize) {
            return Err(Error::over_budget(format!("an array of {dtype} {shape:?} is too large")));
        }
        let buffer = match dtype {
            DType::Bool => make::<bool>(shape)?,
            DType::I8 => make::<i8>(shape)?,
            DType::I16 => make::<i16>(shape)?,
            DType::I32 => make::<i32>(shape)?,
            DType::I64 | DType::Time(_) | DType::Duration(_) => make::<i64>(shape)?,
            DType::U8 | DType::Char => make::<u8>(shape)?,
            DType::U16 => make::<u16>(shape)?,
            DType::U32 => make::<u32>(shape)?,
            DType::U64 => make::<u64>(shape)?,
            DType::F16 => make::<half::f16>(shape)?,
            DType::F32 => make::<f32>(shape)?,
            DType::F64 => make::<f64>(shape)?,
            DType::C64 => make::<num_complex::Complex32>(shape)?,
            DType::C128 => make::<num_complex::Complex64>(shape)?,
            DType::Str => {
                Buffer::Text(ArrayD::from_elem(IxDyn(shape), crate::Text::from("")).into_shared())
            }
            DType::Bytes(_) | DType::Opaque(_) | DType::Record(_) => {
                let mut full = shape.to_vec();
                full.push(dtype.planned_size());
                Buffer::Raw(ArrayD::from_elem(IxDyn(&full), 0).into_shared())
            }
            DType::List(of) => {
                let empty = Self::zeros(of, &[0])?;
                Buffer::List(ArrayD::from_elem(IxDyn(shape), empty).into_shared())
            }
        };
        Ok(Self { dtype: dtype.clone(), buffer })
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// The lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        let full = each_buffer!(&self.buffer, data => data.shape());
        full.get(..full.len() - item_axes(&self.buffer)).unwrap_or(full)
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    /// Bytes of memory that the elements take (text and lists: as planned).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.len().saturating_mul(self.dtype.planned_size())
    }

    /// The elements as a typed view.
    ///
    /// # Errors
    /// If the elements are not held as `T`.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        Ok(self.typed::<T>()?.view())
    }

    fn typed<T: Element>(&self) -> Result<&Shared<T>> {
        T::peek(&self.buffer).ok_or_else(|| {
            Error::mismatch(format!("expected {} elements, found {}", T::dtype(), self.dtype))
        })
    }

    /// The elements in row-major order, if held so and as `T`.
    #[must_use]
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        T::peek(&self.buffer)?.as_slice()
    }

    /// The elements for writing, in row-major order; copies first if shared or strided.
    ///
    /// # Errors
    /// If the elements are not held as `T`.
    pub fn as_slice_mut<T: Element>(&mut self) -> Result<&mut [T]> {
        let found = self.dtype.clone();
        let wrong = || Error::mismatch(format!("expected {} elements, found {found}", T::dtype()));
        let data = T::peek_mut(&mut self.buffer).ok_or_else(wrong)?;
        if !data.is_standard_layout() {
            *data = data.as_standard_layout().into_owned().into_shared();
        }
        data.as_slice_mut().ok_or_else(|| Error::bug("a standard layout is not contiguous"))
    }

    /// The elements in row-major order, copied.
    ///
    /// # Errors
    /// If the elements are not held as `T`.
    pub fn to_flat<T: Element>(&self) -> Result<Vec<T>> {
        Ok(in_order(&self.view::<T>()?))
    }

    /// The elements in row-major order, without a copy if this is the only owner.
    ///
    /// # Errors
    /// If the elements are not held as `T`.
    pub fn into_flat<T: Element>(mut self) -> Result<Vec<T>> {
        if let Some(data) = T::peek_mut(&mut self.buffer) {
            let empty = ArrayD::from_elem(IxDyn(&[0]), T::default()).into_shared();
            let owned = std::mem::replace(data, empty);
            if owned.is_standard_layout() {
                let (flat, start) = owned.into_owned().into_raw_vec_and_offset();
                if start.unwrap_or(0) == 0 {
                    return Ok(flat);
                }
                return Ok(flat.into_iter().skip(start.unwrap_or(0)).collect());
            }
            return Ok(in_order(&owned.view()));
        }
        self.to_flat()
    }

    /// A writable view; copies first if the storage is shared.
    pub fn view_mut(&mut self) -> ArrayMut<'_> {
        macro_rules! arms {
            ($($variant:ident)*) => {
                match &mut self.buffer {
                    $(Buffer::$variant(data) => BufferMut::$variant(data.view_mut()),)*
                }
            };
        }
        let buffer = arms!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F16 F32 F64 C64 C128 Text Raw List);
        ArrayMut { dtype: self.dtype.clone(), buffer }
    }

    pub(crate) fn copy_into(&self, out: &mut BufferMut<'_>) -> Result<()> {
        macro_rules! arms {
            ($($variant:ident)*) => {
                match (out, &self.buffer) {
                    $((BufferMut::$variant(to), Buffer::$variant(from)) => assign(to, &from.view()),)*
                    _ => return Err(Error::bug("equal dtypes are stored differently")),
                }
            };
        }
        arms!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F16 F32 F64 C64 C128 Text Raw List);
        Ok(())
    }

    pub(crate) fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    pub(crate) fn rewrap(&self, buffer: Buffer) -> Self {
        Self { dtype: self.dtype.clone(), buffer }
    }

    /// The box `region`, sharing the storage.
    ///
    /// # Errors
    /// If the region does not lie within the array.
    pub fn region(&self, region: &Region) -> Result<Self> {
        region.check_within(self.shape())?;
        Ok(self.rewrap(map_buffer!(&self.buffer, data => {
            let mut part = data.clone();
            for (axis, (start, len)) in region.axes().enumerate() {
                part.slice_axis_inplace(Axis(axis), Slice::from(start..start + len));
            }
            part
        })))
    }

    /// The picked elements; shares the storage unless a pick is a list.
    ///
    /// # Errors
    /// If the selection does not fit the shape.
    pub fn select(&self, selection: &Selection) -> Result<Self> {
        selection.check(self.shape())?;
        Ok(self.rewrap(map_buffer!(&self.buffer, data => {
            let mut part = data.clone();
            let mut axis = 0;
            for pick in selection.picks() {
                match pick {
                    Pick::At(i) => {
                        part.index_axis_inplace(Axis(axis), *i);
                        continue;
                    }
                    Pick::Range { start, step, len } => {
                        part.slice_axis_inplace(Axis(axis), pick_slice(*start, *step, *len));
                    }
                    Pick::List(list) => {
                        part = take(&part.view(), axis, list).into_shared();
                    }
                }
                axis += 1;
            }
            part
        })))
    }

    /// The axes in another order, sharing the storage.
    ///
    /// # Errors
    /// If `axes` is not a permutation of the axes.
    pub fn permute(&self, axes: &[usize]) -> Result<Self> {
        let n = self.ndim();
        let mut seen: Vec<usize> = axes.to_vec();
        seen.sort_unstable();
        if seen.iter().copied().ne(0..n) {
            return Err(Error::invalid(format!("{axes:?} is not an order of {n} axes")));
        }
        let mut full = axes.to_vec();
        full.extend(n..n + item_axes(&self.buffer));
        Ok(self.rewrap(map_buffer!(&self.buffer, data => {
            data.clone().permuted_axes(IxDyn(&full))
        })))
    }

    /// The elements in row-major order under another shape; shares the storage if it is
    /// contiguous.
    ///
    /// # Errors
    /// If the number of elements differs.
    pub fn reshape(&self, shape: &[usize]) -> Result<Self> {
        let mut full = shape.to_vec();
        if item_axes(&self.buffer) == 1 {
            full.extend(each_buffer!(&self.buffer, data => data.shape().last().copied()));
        }
        let wrong =
            |_| Error::mismatch(format!("{:?} cannot be reshaped to {shape:?}", self.shape()));
        Ok(self.rewrap(map_buffer!(&self.buffer, data => {
            if data.is_standard_layout() {
                data.clone().into_shape_with_order(IxDyn(&full)).map_err(wrong)?
            } else {
                let flat = in_order(&data.view());
                ArrayD::from_shape_vec(IxDyn(&full), flat).map_err(wrong)?.into_shared()
            }
        })))
    }

    /// Elements `range` of the row-major order as an array of one axis; shares the storage if
    /// it is contiguous.
    ///
    /// # Errors
    /// If the range reaches beyond the end.
    pub fn flat(&self, range: Range<usize>) -> Result<Self> {
        let whole = self.ndim() == 1 && range == (0..self.len());
        if whole && self.lies_under(&[Some(0)], self.shape()) {
            return Ok(self.clone());
        }
        self.reshape(&[self.len()])?
            .region(&Region::new([range.start], [range.end.saturating_sub(range.start)]))
    }

    /// Puts arrays of one dtype one after the other along an axis.
    ///
    /// # Errors
    /// If there are none, or dtypes or other axes differ.
    pub fn concat(parts: &[Self], axis: usize) -> Result<Self> {
        let first = parts.first().ok_or_else(|| Error::invalid("nothing to concatenate"))?;
        let mut shape = first.shape().to_vec();
        let along = shape.get_mut(axis).ok_or_else(|| {
            Error::invalid(format!("no axis {axis} in an array of {} axes", first.ndim()))
        })?;
        *along = parts.iter().map(|p| p.shape().get(axis).copied().unwrap_or(0)).sum();
        let mut out = Self::zeros(&first.dtype, &shape)?;
        let mut start = vec![0; shape.len()];
        for part in parts {
            let region = Region::new(start.clone(), part.shape());
            out.view_mut().region(&region)?.assign(part)?;
            if let Some(s) = start.get_mut(axis) {
                *s += part.shape().get(axis).copied().unwrap_or(0);
            }
        }
        Ok(out)
    }
}

/// ndarray counts a negative step from the end of the range.
fn pick_slice(start: usize, step: isize, len: usize) -> Slice {
    let (start, span) = (start as isize, len.saturating_sub(1) as isize * step);
    match (len, step) {
        (0, _) => Slice::new(start, Some(start), 1),
        (_, 1..) => Slice::new(start, Some(start + span + 1), step),
        _ => Slice::new(start + span, Some(start + 1), step),
    }
}

impl<T: Element> From<ArrayD<T>> for Array {
    fn from(data: ArrayD<T>) -> Self {
        Self::new(data)
    }
}

impl Default for Array {
    fn default() -> Self {
        Self::scalar(0.0f64)
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Array<{} {:?}>", self.dtype, self.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_follow_their_steps() {
        let a = Array::from_vec([10], (0..10i32).collect::<Vec<_>>()).unwrap();
        let pick = |p: Pick| a.select(&Selection::new([p])).unwrap().to_flat::<i32>().unwrap();
        assert_eq!(pick(Pick::Range { start: 8, step: -3, len: 3 }), [8, 5, 2]);
        assert_eq!(pick(Pick::Range { start: 1, step: 4, len: 3 }), [1, 5, 9]);
        assert_eq!(pick(Pick::Range { start: 9, step: -1, len: 0 }), [0i32; 0]);
        assert_eq!(pick(Pick::List([3, 3, 0].into())), [3, 3, 0]);
        assert_eq!(pick(Pick::At(7)), [7]);
    }

    #[test]
    fn byte_strings_keep_their_items_whole() {
        let bytes = Array::from_vec([2, 3], b"abcdef".to_vec()).unwrap();
        let names = bytes.with_dtype(DType::Bytes(3)).unwrap();
        assert_eq!(names.shape(), [2]);
        let second = names.select(&Selection::new([Pick::At(1)])).unwrap();
        assert_eq!(second.to_flat::<u8>().unwrap(), b"def");
        assert_eq!(Array::concat(&[names.clone(), names], 0).unwrap().shape(), [4]);
    }
}
