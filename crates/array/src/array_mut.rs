//! A mutable box of an array, which sources fill.

use half::f16;
use ndarray::{ArrayViewMutD, Axis, Slice};
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::scalar::Scalar;
use crate::text::Text;

/// A writable, possibly strided view of an [`Array`] or of a box of one.
pub struct ArrayMut<'a> {
    pub(crate) dtype: DType,
    pub(crate) buffer: BufferMut<'a>,
}

pub(crate) enum BufferMut<'a> {
    Bool(ArrayViewMutD<'a, bool>),
    I8(ArrayViewMutD<'a, i8>),
    I16(ArrayViewMutD<'a, i16>),
    I32(ArrayViewMutD<'a, i32>),
    I64(ArrayViewMutD<'a, i64>),
    U8(ArrayViewMutD<'a, u8>),
    U16(ArrayViewMutD<'a, u16>),
    U32(ArrayViewMutD<'a, u32>),
    U64(ArrayViewMutD<'a, u64>),
    F16(ArrayViewMutD<'a, f16>),
    F32(ArrayViewMutD<'a, f32>),
    F64(ArrayViewMutD<'a, f64>),
    C64(ArrayViewMutD<'a, Complex32>),
    C128(ArrayViewMutD<'a, Complex64>),
    Text(ArrayViewMutD<'a, Text>),
    Raw(ArrayViewMutD<'a, u8>),
    List(ArrayViewMutD<'a, Array>),
}

macro_rules! each_mut {
    ($buffer:expr, $data:ident => $body:expr) => {
        match $buffer {
            BufferMut::Bool($data) => $body,
            BufferMut::I8($data) => $body,
            BufferMut::I16($data) => $body,
            BufferMut::I32($data) => $body,
            BufferMut::I64($data) => $body,
            BufferMut::U8($data) => $body,
            BufferMut::U16($data) => $body,
            BufferMut::U32($data) => $body,
            BufferMut::U64($data) => $body,
            BufferMut::F16($data) => $body,
            BufferMut::F32($data) => $body,
            BufferMut::F64($data) => $body,
            BufferMut::C64($data) => $body,
            BufferMut::C128($data) => $body,
            BufferMut::Text($data) => $body,
            BufferMut::Raw($data) => $body,
            BufferMut::List($data) => $body,
        }
    };
}

macro_rules! map_mut {
    ($buffer:expr, $data:ident => $body:expr) => {
        match $buffer {
            BufferMut::Bool($data) => BufferMut::Bool($body),
            BufferMut::I8($data) => BufferMut::I8($body),
            BufferMut::I16($data) => BufferMut::I16($body),
            BufferMut::I32($data) => BufferMut::I32($body),
            BufferMut::I64($data) => BufferMut::I64($body),
            BufferMut::U8($data) => BufferMut::U8($body),
            BufferMut::U16($data) => BufferMut::U16($body),
            BufferMut::U32($data) => BufferMut::U32($body),
            BufferMut::U64($data) => BufferMut::U64($body),
            BufferMut::F16($data) => BufferMut::F16($body),
            BufferMut::F32($data) => BufferMut::F32($body),
            BufferMut::F64($data) => BufferMut::F64($body),
            BufferMut::C64($data) => BufferMut::C64($body),
            BufferMut::C128($data) => BufferMut::C128($body),
            BufferMut::Text($data) => BufferMut::Text($body),
            BufferMut::Raw($data) => BufferMut::Raw($body),
            BufferMut::List($data) => BufferMut::List($body),
        }
    };
}

impl<'a> ArrayMut<'a> {
    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// The lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        let mut shape = each_mut!(&self.buffer, data => data.shape().to_vec());
        if matches!(self.buffer, BufferMut::Raw(_)) {
            shape.pop();
        }
        shape
    }

    /// The typed view; byte strings, opaque items and records have one more axis of bytes.
    ///
    /// # Errors
    /// If the elements are of another type.
    pub fn typed<T: Element>(&mut self) -> Result<&mut ArrayViewMutD<'a, T>> {
        let found = self.dtype.clone();
        T::view_mut(&mut self.buffer).ok_or_else(|| {
            Error::mismatch(format!("expected {} elements, found {found}", T::dtype()))
        })
    }

    /// The box `region` of this view.
    ///
    /// # Errors
    /// If the region does not lie within the view.
    pub fn region(&mut self, region: &Region) -> Result<ArrayMut<'_>> {
        region.check_within(&self.shape())?;
        let buffer = map_mut!(&mut self.buffer, data => {
            let mut view = data.view_mut();
            for (axis, (start, len)) in region.axes().enumerate() {
                view.slice_axis_inplace(Axis(axis), Slice::from(start..start + len));
            }
            view
        });
        Ok(ArrayMut { dtype: self.dtype.clone(), buffer })
    }

    /// Copies all elements of an array of the same dtype and shape.
    ///
    /// # Errors
    /// If dtype or shape differ.
    pub fn assign(&mut self, from: &Array) -> Result<()> {
        if from.dtype() != &self.dtype || from.shape() != self.shape() {
            return Err(Error::mismatch(format!(
                "cannot copy {} {:?} into {} {:?}",
                from.dtype(),
                from.shape(),
                self.dtype,
                self.shape()
            )));
        }
        from.copy_into(&mut self.buffer)
    }

    /// Sets every element to `value`.
    ///
    /// # Errors
    /// If the value is of another type.
    pub fn fill(&mut self, value: &Scalar) -> Result<()> {
        macro_rules! arms {
            ($($variant:ident)*) => {
                match (&mut self.buffer, value) {
                    $((BufferMut::$variant(to), Scalar::$variant(v)) => to.fill(v.clone()),)*
                    (BufferMut::I64(to), Scalar::Time(v, _) | Scalar::Duration(v, _)) => {
                        to.fill(*v);
                    }
                    (BufferMut::U8(to), Scalar::Char(v)) => to.fill(*v),
                    (BufferMut::Text(to), Scalar::Str(v)) => to.fill(v.clone()),
                    (BufferMut::Raw(to), Scalar::Bytes(bytes, _)) => {
                        for mut item in to.rows_mut() {
                            item.iter_mut().zip(bytes.iter()).for_each(|(to, b)| *to = *b);
                        }
                    }
                    _ => return Err(Error::bug("equal dtypes are stored differently")),
                }
            };
        }
        if value.dtype() != self.dtype {
            return Err(Error::mismatch(format!(
                "cannot fill {} elements with a value of {}",
                self.dtype,
                value.dtype()
            )));
        }
        arms!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F16 F32 F64 C64 C128 List);
        Ok(())
    }

    /// The memory of all elements in row-major order as little-endian bytes, where any bytes
    /// are legal elements and the view is contiguous: a place to decode numbers into.
    #[must_use]
    pub fn packed_bytes_mut(&mut self) -> Option<&mut [u8]> {
        macro_rules! arms {
            ($($variant:ident)*) => {
                match &mut self.buffer {
                    $(BufferMut::$variant(data) => {
                        data.as_slice_mut().map(bytemuck::cast_slice_mut)
                    })*
                    BufferMut::Bool(_) | BufferMut::Text(_) | BufferMut::List(_) => None,
                }
            };
        }
        if cfg!(target_endian = "big") {
            return None;
        }
        arms!(I8 I16 I32 I64 U8 U16 U32 U64 F16 F32 F64 C64 C128 Raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_and_packed_bytes() {
        let mut a = Array::zeros(&DType::I16, &[2, 3]).unwrap();
        a.view_mut().region(&Region::new([0, 1], [2, 2])).unwrap().fill(&7i16.into()).unwrap();
        assert_eq!(a.to_flat::<i16>().unwrap(), [0, 7, 7, 0, 7, 7]);
        assert!(a.view_mut().fill(&7i32.into()).unwrap_err().is_mismatch());
        assert_eq!(a.view_mut().packed_bytes_mut().unwrap()[..4], [0, 0, 7, 0]);
        assert!(
            a.view_mut().region(&Region::new([0, 1], [2, 2])).unwrap().packed_bytes_mut().is_none()
        );
        let dtype = DType::Bytes(2);
        let mut b = Array::zeros(&dtype, &[2]).unwrap();
        b.view_mut().fill(&Scalar::Bytes((*b"ab").into(), dtype)).unwrap();
        assert_eq!(b.to_flat::<u8>().unwrap(), b"abab");
    }
}
