//! Text from bytes.

use std::fmt;

use crate::array::Array;
use crate::cast::items;
use crate::dtype::DType;
use crate::error::Result;
use crate::text::Text;

/// What the bytes of a text mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum TextEncoding {
    /// UTF-8; bytes that are not become U+FFFD.
    #[default]
    Utf8,
    /// ISO 8859-1: each byte is the character of its number.
    Latin1,
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "latin-1",
        })
    }
}

/// Characters or byte strings as text, without their trailing NULs.
pub(super) fn decode(input: &Array, encoding: TextEncoding) -> Result<Array> {
    if *input.dtype() == DType::Str || encoding == TextEncoding::Utf8 {
        return input.cast(&DType::Str);
    }
    let latin = |item: Vec<u8>| Text::from(item.into_iter().map(char::from).collect::<String>());
    let texts: Vec<Text> = items(input)?.into_iter().map(latin).collect();
    Array::from_vec(input.shape(), texts)
}

/// Text without blanks at its end.
pub(super) fn trim_end(input: &Array) -> Result<Array> {
    let texts = input.cast(&DType::Str)?.to_flat::<Text>()?;
    let short = |text: &Text| match text.as_str() {
        Some(all) => match all.trim_end_matches([' ', '\0']) {
            short if short.len() == all.len() => text.clone(),
            short => Text::from(short),
        },
        None => text.clone(),
    };
    Array::from_vec(input.shape(), texts.iter().map(short).collect())
}
