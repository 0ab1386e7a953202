//! Between the plain description of a file and labelled variables.

use graticule_array::Array;
use graticule_storage::{RawAttr, RawVar};

use crate::attrs::Attrs;
use crate::cf::Draft;
use crate::encoding::Encoding;
use crate::name::Name;

/// Attributes as a file stores them.
pub(super) fn attrs(raw: Vec<RawAttr>) -> Attrs {
    raw.into_iter().map(|a| (Name::from(a.name), a.value)).collect()
}

/// A variable of which nothing is decoded yet. A dimension that a variable repeats gets a new
/// name for each further axis, for axes are told apart by name.
pub(super) fn draft(raw: &mut RawVar) -> Draft {
    let info = raw.source.info();
    let mut dims: Vec<Name> = Vec::with_capacity(raw.dims.len());
    for dim in &raw.dims {
        let mut name = Name::from(dim);
        let mut n = 2;
        while dims.contains(&name) {
            name = Name::from(format!("{dim}_{n}"));
            n += 1;
        }
        dims.push(name);
    }
    let last_len = info.shape.last().copied().unwrap_or(0);
    let attrs = attrs(std::mem::take(&mut raw.attrs));
    let name = Name::from(std::mem::take(&mut raw.name));
    let mut draft = Draft::new(name, dims, info.dtype.clone(), last_len, attrs);
    let storage = std::mem::take(&mut raw.storage);
    draft.encoding = Encoding {
        chunks: storage.chunks,
        filters: storage.filters,
        big_endian: storage.big_endian,
        enumeration: storage.enumeration,
        ..Encoding::default()
    };
    draft
}

/// Bytes that reading all of an array would take.
pub(super) fn stored_bytes(shape: &[usize], size: usize) -> usize {
    shape.iter().fold(size, |n, l| n.saturating_mul(*l))
}

/// Whether two attribute values are the same, bit for bit.
pub(crate) fn same_value(a: &Array, b: &Array) -> bool {
    macro_rules! compare {
        ($($type:ty)*) => {
            $(if let (Some(x), Some(y)) = (a.as_slice::<$type>(), b.as_slice::<$type>()) {
                return x == y;
            })*
        };
    }
    if a.dtype() != b.dtype() || a.shape() != b.shape() {
        return false;
    }
    compare!(graticule_array::Text i8 i16 i32 i64 u8 u16 u32 u64 bool);
    if let (Some(x), Some(y)) = (a.as_slice::<f32>(), b.as_slice::<f32>()) {
        return x.iter().map(|v| v.to_bits()).eq(y.iter().map(|v| v.to_bits()));
    }
    if let (Some(x), Some(y)) = (a.as_slice::<f64>(), b.as_slice::<f64>()) {
        return x.iter().map(|v| v.to_bits()).eq(y.iter().map(|v| v.to_bits()));
    }
    a == b
}
