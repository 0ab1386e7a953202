//! Records of a real and an imaginary part, which is how HDF5 files hold complex numbers.

use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::dtype::{DType, RecordType};
use crate::error::{Error, Result};

/// Names of the two parts: those of h5py and nc-complex, of MATLAB, and of IDL.
const PARTS: [(&str, &str); 3] = [("r", "i"), ("real", "imag"), ("re", "im")];

impl RecordType {
    /// The complex type whose bytes are those of this record: two floats of one type and nothing
    /// else, called `r` and `i`, `real` and `imag`, or `re` and `im`.
    ///
    /// ```
    /// use graticule_array::{DType, Field, RecordType};
    /// let part = |name: &str, offset| Field {
    ///     name: name.into(), offset, dtype: DType::F32, shape: vec![],
    /// };
    /// let record = RecordType { fields: vec![part("r", 0), part("i", 4)], size: 8 };
    /// assert_eq!(record.complex(), Some(DType::C64));
    /// ```
    #[must_use]
    pub fn complex(&self) -> Option<DType> {
        let [re, im] = &*self.fields else { return None };
        let named = PARTS.contains(&(&*re.name, &*im.name));
        let single = re.shape.is_empty() && im.shape.is_empty() && re.dtype == im.dtype;
        let size = re.dtype.size()?;
        let dense = (re.offset, im.offset, self.size) == (0, size, 2 * size);
        match re.dtype {
            DType::F32 if named && single && dense => Some(DType::C64),
            DType::F64 if named && single && dense => Some(DType::C128),
            _ => None,
        }
    }
}

/// Whether one of the types is a record that holds what the other is.
pub(super) fn alike(a: &DType, b: &DType) -> bool {
    match (a, b) {
        (DType::Record(record), complex) | (complex, DType::Record(record)) => {
            record.complex().is_some_and(|c| c == *complex)
        }
        _ => false,
    }
}

/// The same bits under the other type.
pub(super) fn cast(array: &Array, to: &DType) -> Result<Array> {
    let shape = array.shape();
    let parts = |bytes: &[u8]| -> Option<(f64, f64)> {
        let (re, im) = bytes.split_at_checked(8)?;
        Some((f64::from_le_bytes(re.try_into().ok()?), f64::from_le_bytes(im.try_into().ok()?)))
    };
    let halves = |bytes: &[u8]| -> Option<(f32, f32)> {
        let (re, im) = bytes.split_at_checked(4)?;
        Some((f32::from_le_bytes(re.try_into().ok()?), f32::from_le_bytes(im.try_into().ok()?)))
    };
    let odd = || Error::bug("a complex number of another length");
    match (array.dtype(), to) {
        (DType::Record(_), DType::C64) => {
            let bytes = super::flat::<u8>(array)?;
            let items = bytes.chunks_exact(8).map(|b| halves(b).map(|(r, i)| Complex32::new(r, i)));
            Array::from_vec(shape, items.collect::<Option<Vec<_>>>().ok_or_else(odd)?)
        }
        (DType::Record(_), DType::C128) => {
            let bytes = super::flat::<u8>(array)?;
            let items = bytes.chunks_exact(16).map(|b| parts(b).map(|(r, i)| Complex64::new(r, i)));
            Array::from_vec(shape, items.collect::<Option<Vec<_>>>().ok_or_else(odd)?)
        }
        (DType::C64, DType::Record(_)) => {
            let values = super::flat::<Complex32>(array)?;
            let parts = values.iter().flat_map(|v| [v.re, v.im]);
            items(shape, parts.flat_map(f32::to_le_bytes).collect(), to)
        }
        (DType::C128, DType::Record(_)) => {
            let values = super::flat::<Complex64>(array)?;
            let parts = values.iter().flat_map(|v| [v.re, v.im]);
            items(shape, parts.flat_map(f64::to_le_bytes).collect(), to)
        }
        _ => Err(odd()),
    }
}

fn items(shape: &[usize], bytes: Vec<u8>, to: &DType) -> Result<Array> {
    let mut full = shape.to_vec();
    full.push(to.planned_size());
    Array::from_vec(full, bytes)?.with_dtype(to.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::Field;

    fn record(names: (&str, &str), dtype: &DType, gap: usize) -> DType {
        let size = dtype.size().unwrap();
        let part = |name: &str, offset| Field {
            name: name.into(),
            offset,
            dtype: dtype.clone(),
            shape: Vec::new(),
        };
        let fields = vec![part(names.0, 0), part(names.1, size + gap)];
        DType::Record(RecordType { fields, size: 2 * size + gap }.into())
    }

    #[test]
    fn only_two_dense_floats_are_complex() {
        let complex = |d: DType| if let DType::Record(r) = d { r.complex() } else { None };
        assert_eq!(complex(record(("r", "i"), &DType::F32, 0)), Some(DType::C64));
        assert_eq!(complex(record(("real", "imag"), &DType::F64, 0)), Some(DType::C128));
        assert_eq!(complex(record(("i", "r"), &DType::F64, 0)), None);
        assert_eq!(complex(record(("r", "i"), &DType::F64, 8)), None);
        assert_eq!(complex(record(("r", "i"), &DType::I32, 0)), None);
        assert_eq!(complex(record(("x", "y"), &DType::F32, 0)), None);
    }

    #[test]
    fn bits_are_kept_both_ways() {
        let odd = f64::from_bits(0x7ff0_0000_0000_beef);
        let values = vec![Complex64::new(-0.0, odd), Complex64::new(f64::INFINITY, 5e-324)];
        let array = Array::from_vec([2, 1], values).unwrap();
        let to = record(("re", "im"), &DType::F64, 0);
        let made = array.cast(&to).unwrap();
        assert_eq!((made.dtype(), made.shape()), (&to, &[2, 1][..]));
        assert_eq!(made.cast(&DType::C128).unwrap().to_packed(), array.to_packed());
        let turned = made.reshape(&[1, 2]).unwrap().cast(&DType::C128).unwrap();
        assert_eq!(turned.shape(), [1, 2]);
        assert!(made.cast(&DType::C64).is_err() && made.cast(&DType::F64).is_err());
    }
}
