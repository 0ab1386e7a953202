//! Elements as the bytes of a file, and boxes of such bytes.
#![allow(clippy::indexing_slicing)] // offsets are checked once against the lengths, up front

use graticule_array::{Array, DType, Error, Result, Scalar, Text};

use super::datatype::HEAP_REF;
use super::heap::{Heap, Place, reference};
use graticule_storage::OutputFile as Output;

/// Whether elements are references into the heap.
pub(super) fn in_heap(dtype: &DType) -> bool {
    matches!(dtype, DType::Str | DType::List(_))
}

/// Bytes of one element in the file.
pub(super) fn element_size(dtype: &DType) -> Option<usize> {
    if in_heap(dtype) { Some(HEAP_REF) } else { dtype.size() }
}

/// Bytes of the numbers that an element consists of; 1 where order does not matter.
fn number_size(dtype: &DType) -> usize {
    match dtype {
        DType::C64 => 4,
        DType::C128 => 8,
        d if d.is_integer() || d.is_float() => d.size().unwrap_or(1),
        _ => 1,
    }
}

/// Elements of a fixed size, row-major.
pub(super) fn pack(array: &Array, big: bool) -> Result<Vec<u8>> {
    let whole = array.reshape(array.shape())?;
    let bytes = whole.to_packed();
    let mut bytes = bytes.ok_or_else(|| Error::bug(format!("packing {}", array.dtype())))?;
    let size = number_size(array.dtype());
    if big && size > 1 {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    Ok(bytes)
}

/// One value of a fixed size.
pub(super) fn pack_scalar(value: &Scalar, big: bool) -> Result<Vec<u8>> {
    pack(&value.fill(&[])?, big)
}

/// Elements of any type, row-major; texts and lists go to the heap in the file first.
pub(super) fn pack_into(output: &Output, array: &Array, big: bool) -> Result<Vec<u8>> {
    if !in_heap(array.dtype()) {
        return pack(array, big);
    }
    let mut heap = Heap::default();
    let places = put_items(&mut heap, array, big)?;
    let mut addresses = Vec::new();
    for collection in heap.into_collections() {
        addresses.push(output.append(&collection)?);
    }
    Ok(references(&places, &addresses))
}

/// Where texts and lists lie, and how many bytes or items they have; missing texts nowhere.
pub(super) type Places = Vec<Option<(Place, u32)>>;

/// Stores texts and lists.
pub(super) fn put_items(heap: &mut Heap, array: &Array, big: bool) -> Result<Places> {
    if *array.dtype() == DType::Str {
        let put = |text: &Text| {
            let text = text.as_str().map(|t| heap.put(t.as_bytes())).transpose()?;
            Ok(text.map(|place| (place, place.len())))
        };
        return array.view::<Text>()?.iter().map(put).collect();
    }
    let DType::List(of) = array.dtype() else {
        return Err(Error::bug(format!("{} elements in a heap", array.dtype())));
    };
    let put = |list: &Array| {
        if list.dtype() != &**of {
            let found = list.dtype();
            return Err(Error::mismatch(format!("a list of {found}, expected {of}")));
        }
        let count = u32::try_from(list.len())
            .map_err(|_| Error::unsupported("a list of more than 4 billion items"))?;
        Ok(Some((heap.put(&pack(list, big)?)?, count)))
    };
    array.view::<Array>()?.iter().map(put).collect()
}

/// The references to items, given the addresses of the collections.
pub(super) fn references(places: &Places, addresses: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(places.len().saturating_mul(HEAP_REF));
    for place in places {
        match place {
            Some((place, count)) => bytes.extend(reference(*place, *count, addresses)),
            None => bytes.extend([0; HEAP_REF]),
        }
    }
    bytes
}

/// A box within packed, row-major bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Within<'a> {
    /// The lengths of the axes of the bytes.
    pub(super) shape: &'a [usize],
    /// Where the box begins.
    pub(super) start: &'a [usize],
}

/// The box's runs of neighbouring elements: the first element of each, and their length.
pub(super) fn runs(within: Within<'_>, len: &[usize]) -> (impl Iterator<Item = usize>, usize) {
    let Within { shape, start } = within;
    let rank = shape.len().min(start.len()).min(len.len());
    // Trailing axes taken whole make one run with the axis before them.
    let mut inner = rank;
    let mut run = 1;
    while inner > 0 {
        inner -= 1;
        run *= len[inner];
        if len[inner] != shape[inner] {
            break;
        }
    }
    let mut strides = vec![1; rank];
    for axis in (1..rank).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    let base: usize = start.iter().zip(&strides).map(|(s, d)| s * d).sum();
    let outer = len[..inner].to_vec();
    let count: usize = if run == 0 { 0 } else { outer.iter().product() };
    let firsts = (0..count).map(move |row| {
        let (mut rest, mut at) = (row, base);
        for axis in (0..outer.len()).rev() {
            at += (rest % outer[axis]) * strides[axis];
            rest /= outer[axis];
        }
        at
    });
    (firsts, run)
}

/// Copies a box of lengths `len` from one packed buffer to another.
pub(super) fn copy_box(
    (from, from_in): (&[u8], Within<'_>),
    (to, to_in): (&mut [u8], Within<'_>),
    len: &[usize],
    element: usize,
) -> Result<()> {
    // Runs of both sides may differ: the rows of the last axis are common to both.
    let split = len.len().saturating_sub(1);
    let row = len.get(split).copied().unwrap_or(1);
    let whole = |w: Within<'_>| w.shape == len;
    if whole(from_in) && whole(to_in) && from.len() == to.len() {
        to.copy_from_slice(from);
        return Ok(());
    }
    let rows = |w: Within<'_>| {
        let rank = len.len();
        let mut strides = vec![1; rank];
        for axis in (1..rank).rev() {
            strides[axis - 1] = strides[axis] * w.shape[axis];
        }
        let base: usize = w.start.iter().zip(&strides).map(|(s, d)| s * d).sum();
        (base, strides)
    };
    let (from_base, from_strides) = rows(from_in);
    let (to_base, to_strides) = rows(to_in);
    let count: usize = if row == 0 { 0 } else { len[..split].iter().product() };
    for flat in 0..count {
        let (mut rest, mut a, mut b) = (flat, from_base, to_base);
        for axis in (0..split).rev() {
            let i = rest % len[axis];
            a += i * from_strides[axis];
            b += i * to_strides[axis];
            rest /= len[axis];
        }
        let source = from.get(a * element..(a + row) * element);
        let target = to.get_mut(b * element..(b + row) * element);
        let (Some(source), Some(target)) = (source, target) else {
            return Err(Error::bug("a box reaches beyond its bytes"));
        };
        target.copy_from_slice(source);
    }
    Ok(())
}
