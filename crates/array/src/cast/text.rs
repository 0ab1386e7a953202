//! Text: byte strings and Unicode.

use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::text::Text;

/// Byte strings as slices, without their trailing NULs.
pub(crate) fn items(array: &Array) -> Result<Vec<Vec<u8>>> {
    let bytes = flat::<u8>(array)?;
    let n = array.dtype().planned_size();
    if n == 0 {
        return Ok(vec![Vec::new(); array.len()]);
    }
    Ok(bytes.chunks_exact(n).map(|item| trimmed(item).to_vec()).collect())
}

fn trimmed(item: &[u8]) -> &[u8] {
    let end = item.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
    item.get(..end).unwrap_or(item)
}

/// Between the text types other than to themselves.
pub(super) fn convert(array: &Array, to: &DType) -> Result<Array> {
    let shape = array.shape();
    match (array.dtype(), to) {
        (DType::Char | DType::Bytes(_), DType::Str) => {
            let text = |item: Vec<u8>| Text::from(String::from_utf8_lossy(&item).as_ref());
            let texts: Vec<Text> = items(array)?.into_iter().map(text).collect();
            Array::from_vec(shape, texts)
        }
        (DType::Str, DType::Bytes(n)) => {
            let texts = flat::<Text>(array)?;
            let items = texts.iter().map(|t| t.as_str().unwrap_or("").as_bytes());
            pack(items, *n, shape)
        }
        (DType::Char | DType::Bytes(_), DType::Bytes(n)) => {
            let items = items(array)?;
            pack(items.iter().map(Vec::as_slice), *n, shape)
        }
        (DType::Bytes(1), DType::Char) => {
            Array::from_vec(shape, array.to_flat::<u8>()?)?.with_dtype(DType::Char)
        }
        (from, _) => Err(Error::bug(format!("{from} passed as castable to {to}"))),
    }
}

/// Items padded with NUL to `n` bytes; an item that is longer is an error.
fn pack<'a>(items: impl Iterator<Item = &'a [u8]>, n: usize, shape: &[usize]) -> Result<Array> {
    let mut bytes = Vec::new();
    for item in items {
        if item.len() > n {
            return Err(Error::invalid(format!(
                "{:?} does not fit into {n} bytes",
                String::from_utf8_lossy(item)
            ))
            .hint(format!("cast to bytes{} or more", item.len())));
        }
        bytes.extend_from_slice(item);
        bytes.resize(bytes.len() + n - item.len(), 0);
    }
    let mut full = shape.to_vec();
    full.push(n);
    Array::from_vec(full, bytes)?.with_dtype(DType::Bytes(n))
}

impl Array {
    /// Characters `[.., n]` joined along their last axis to byte strings `[..]` of `n` bytes.
    ///
    /// # Errors
    /// If the elements are not characters, or there is no axis.
    pub fn join_chars(&self) -> Result<Self> {
        let n = match (self.dtype(), self.shape().last()) {
            (DType::Char, Some(n)) => *n,
            (DType::Char, None) => return Err(Error::invalid("a single char has no axis to join")),
            (other, _) => {
                return Err(Error::mismatch(format!("expected char elements, found {other}")));
            }
        };
        Array::from_vec(self.shape(), self.to_flat::<u8>()?)?.with_dtype(DType::Bytes(n))
    }
}
