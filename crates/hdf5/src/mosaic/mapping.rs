//! The list of mappings of a virtual dataset, as stored.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::header::{take_text, to_usize};
use crate::meta::{Meta, Piece};
use crate::selection::Picked;

/// The source file is the file itself, whose name is left out.
const SAME_FILE: u8 = 4;
/// The name is that of an earlier mapping, whose number stands in its place.
const EARLIER_FILE: u8 = 1;
const EARLIER_PATH: u8 = 2;

/// Elements of a source dataset, and those of the virtual one that they become.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) file: Name,
    pub(super) path: Name,
    pub(super) from: Picked,
    pub(super) to: Picked,
}

impl Mapping {
    /// Whether the mapping stands for many sources, told apart by number.
    pub(super) fn is_numbered(&self) -> bool {
        self.file.0.len() + self.path.0.len() > 2
    }
}

/// A name, in parts between which a number is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name(Vec<String>);

impl Name {
    /// `%b` stands for a number, `%%` for a percent sign.
    fn parse(stored: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut letters = stored.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = if letter == '%' { letters.peek().copied() } else { None };
            if next == Some('b') {
                letters.next();
                parts.push(String::new());
                continue;
            }
            if next == Some('%') {
                letters.next();
            }
            if let Some(last) = parts.last_mut() {
                last.push(letter);
            }
        }
        Self(parts)
    }

    /// The name with a number put in.
    pub(super) fn name(&self, number: Option<u64>) -> String {
        match number {
            Some(number) => self.0.join(&number.to_string()),
            None => self.0.join("%b"),
        }
    }
}

/// Reads the mappings of a virtual dataset of `dims`.
///
/// # Errors
/// If they do not follow the format.
pub(super) fn read(meta: &Meta<'_>, stored: &Piece, dims: &[u64]) -> Result<Vec<Mapping>> {
    let body = meta.verified(stored, "the mappings of a virtual dataset")?;
    let mut c = body.cursor();
    let version = c.u8()?;
    if version > 1 {
        return Err(Error::unsupported(format!("virtual dataset mappings of version {version}")));
    }
    let n = meta.form.length(&mut c)?;
    let mut out: Vec<Mapping> = Vec::new();
    for _ in 0..n {
        meta.charge(64)?;
        let flags = if version == 1 { c.u8()? } else { 0 };
        let file = if flags & SAME_FILE != 0 {
            Name::parse(".")
        } else if flags & EARLIER_FILE != 0 {
            earlier(meta, &mut c, &out)?.file.clone()
        } else {
            Name::parse(&take_text(&mut c)?)
        };
        let path = if flags & EARLIER_PATH != 0 {
            earlier(meta, &mut c, &out)?.path.clone()
        } else {
            Name::parse(&take_text(&mut c)?)
        };
        let (from, to) = (Picked::parse(&mut c)?, Picked::parse(&mut c)?);
        let fits = match &to {
            Picked::Slabs(slabs) => slabs.len() == dims.len(),
            Picked::Blocks(blocks) => blocks.iter().all(|(a, _)| a.len() == dims.len()),
            Picked::Points(points) => points.iter().all(|p| p.len() == dims.len()),
            Picked::Nothing | Picked::Everything => true,
        };
        if !fits {
            return Err(Error::corrupt("a mapping has other dimensions than its virtual dataset"));
        }
        out.push(Mapping { file, path, from, to });
    }
    Ok(out)
}

fn earlier<'a>(meta: &Meta<'_>, c: &mut Cursor<'_>, all: &'a [Mapping]) -> Result<&'a Mapping> {
    let number = to_usize(meta.form.length(c)?)?;
    all.get(number).ok_or_else(|| Error::corrupt("a mapping refers to one that is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_into_names() {
        let name = Name::parse("f-%b-%%b%b.h5");
        assert_eq!(name.name(Some(12)), "f-12-%b12.h5");
        assert_eq!(Name::parse("100%.h5").name(None), "100%.h5");
    }
}
