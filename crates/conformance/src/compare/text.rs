//! Text of every kind.

use graticule::array::{Array, DType, Text};

/// The bytes of characters, byte strings or opaque items, and the number of bytes of one.
pub(crate) fn bytes_of(data: &Array) -> Option<(Vec<u8>, usize)> {
    match data.dtype() {
        DType::Char => Some((data.to_flat::<u8>().ok()?, 1)),
        DType::Bytes(n) | DType::Opaque(n) => Some((data.to_flat::<u8>().ok()?, *n)),
        _ => None,
    }
}

/// The elements of an array of text in row-major order, without the NULs that pad them.
pub(crate) fn texts(data: &Array) -> Option<Vec<Option<String>>> {
    if let Ok(texts) = data.to_flat::<Text>() {
        return Some(texts.iter().map(|t| t.as_str().map(String::from)).collect());
    }
    let (bytes, size) = bytes_of(data)?;
    if size == 0 {
        return Some(vec![Some(String::new()); data.len()]);
    }
    let items = bytes.chunks(size).map(|item| {
        let end = item.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        Some(String::from_utf8_lossy(item.get(..end).unwrap_or(item)).into_owned())
    });
    Some(items.collect())
}

/// A text as the references print it: cut at 60 characters.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
