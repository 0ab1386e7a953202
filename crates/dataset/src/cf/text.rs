//! Characters and strings.

use graticule_array::{Array, DType, Error, MapOp, Result, Scalar, Text, TextEncoding};

use super::{Coder, Context, Draft, Target};
use crate::note::NoteKind;

/// Where decoding keeps the name of the axis of characters.
pub(super) const CHAR_DIM: &str = "char_dim_name";

/// Axes of characters become byte strings, where no variable uses the dimension otherwise.
#[derive(Debug)]
pub(super) struct Chars;

impl Coder for Chars {
    fn name(&self) -> &'static str {
        "chars"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        let Some(dim) = draft.dims.last().cloned() else { return Ok(()) };
        if draft.dtype != DType::Char || draft.last_len == 0 || !cx.is_char_dim(&dim) {
            return Ok(());
        }
        draft.encoding.extra.set(CHAR_DIM, dim.as_str());
        draft.join_chars()
    }

    fn encode(&self, draft: &mut Draft, _: &Target) -> Result<()> {
        let DType::Bytes(width) = draft.dtype else { return Ok(()) };
        let old = draft.encoding.extra.remove(CHAR_DIM);
        let Some(values) = draft.values.clone() else {
            return Err(Error::unsupported("byte strings this large cannot be stored"));
        };
        let name = match old.as_ref().and_then(|n| n.as_str()) {
            Some(name) => fitting(name, width),
            None => format!("string{width}"),
        };
        draft.replace(values.with_dtype(DType::U8)?.with_dtype(DType::Char)?);
        draft.dims.push(name.into());
        // A fill value of one character is stored as such; of more, it cannot be.
        draft.encoding.fill = draft.encoding.fill.take().and_then(|f| char_of(&f));
        Ok(())
    }
}

/// A dimension of characters named after its width keeps to that.
fn fitting(name: &str, width: usize) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == name.len() || name.get(stem.len()..) == Some(&*width.to_string()) {
        return name.to_owned();
    }
    format!("{stem}{width}")
}

pub(super) fn char_of(fill: &Scalar) -> Option<Scalar> {
    if let Scalar::Char(_) = fill {
        return Some(fill.clone());
    }
    match fill.as_str()?.as_bytes() {
        [] => Some(Scalar::Char(0)),
        [one] => Some(Scalar::Char(*one)),
        _ => None,
    }
}

/// Byte strings become text where `_Encoding` says how.
#[derive(Debug)]
pub(super) struct Strings;

impl Coder for Strings {
    fn name(&self) -> &'static str {
        "strings"
    }

    fn decode(&self, draft: &mut Draft, _: &Context) -> Result<()> {
        if !matches!(draft.dtype, DType::Char | DType::Bytes(_)) {
            return Ok(());
        }
        let Some(encoding) = draft.attrs.text("_Encoding").map(str::to_owned) else {
            return Ok(());
        };
        let Some(known) = text_encoding(&encoding) else {
            let text = format!("text in \"{encoding}\" is left as bytes");
            draft.notes.push(NoteKind::LeftAsStored.line(text));
            return Ok(());
        };
        draft.map(MapOp::TextFrom(known))?;
        draft.attrs.remove("_Encoding");
        draft.encoding.extra.set("_Encoding", encoding);
        Ok(())
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        let encoding = draft.encoding.extra.remove("_Encoding");
        let from_chars = draft.encoding.dtype == Some(DType::Char);
        if draft.dtype != DType::Str || !(from_chars || cx.is_classic() || encoding.is_some()) {
            return Ok(());
        }
        let Some(values) = &draft.values else {
            if cx.is_classic() {
                return Err(Error::unsupported("texts this large cannot be stored as characters"));
            }
            return Ok(());
        };
        let latin = encoding.as_ref().and_then(|e| e.as_str()).and_then(text_encoding)
            == Some(TextEncoding::Latin1);
        let bytes: Vec<Vec<u8>> = values
            .to_flat::<Text>()?
            .iter()
            .map(|t| encoded(t.as_str().unwrap_or_default(), latin))
            .collect();
        // One character per element needs no axis of its own.
        let single = draft.encoding.dtype == Some(DType::Char)
            && !draft.encoding.extra.has(CHAR_DIM)
            && bytes.iter().all(|b| b.len() <= 1);
        let width = bytes.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let flat = bytes
            .iter()
            .flat_map(|b| b.iter().copied().chain(std::iter::repeat_n(0, width - b.len())));
        let mut shape = values.shape().to_vec();
        let chars: Vec<u8> = flat.collect();
        if single {
            draft.replace(Array::from_vec(shape, chars)?.with_dtype(DType::Char)?);
            draft.encoding.fill = draft.encoding.fill.take().and_then(|f| char_of(&f));
        } else {
            shape.push(width);
            draft.replace(Array::from_vec(shape, chars)?.with_dtype(DType::Bytes(width))?);
        }
        match encoding {
            Some(encoding) => draft.attrs.set("_Encoding", encoding),
            None if !from_chars => draft.attrs.set("_Encoding", "utf-8"),
            None => {}
        }
        Ok(())
    }
}

fn encoded(text: &str, latin: bool) -> Vec<u8> {
    if latin && text.chars().all(|c| u32::from(c) < 256) {
        return text.chars().map(|c| c as u32 as u8).collect();
    }
    text.as_bytes().to_vec()
}

/// The encoding of text that a name means.
fn text_encoding(name: &str) -> Option<TextEncoding> {
    match name.to_ascii_lowercase().replace(['_', ' '], "-").as_str() {
        "utf-8" | "utf8" | "ascii" | "us-ascii" => Some(TextEncoding::Utf8),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => Some(TextEncoding::Latin1),
        _ => None,
    }
}
