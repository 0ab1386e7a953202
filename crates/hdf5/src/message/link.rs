//! Links: the names of objects in a group.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::meta::Form;

/// A named link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) name: String,
    /// When it was made, counted in its group; `None` if that is not tracked.
    pub(crate) order: Option<i64>,
    pub(crate) target: Target,
}

/// What a link points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The object header at an address.
    Hard(u64),
    /// A path in this file.
    Soft(String),
    /// A path in another file.
    External { file: String, path: String },
    /// Something that only an application understands.
    User(u8),
}

impl Link {
    pub(crate) fn parse(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        let (version, flags) = (c.u8()?, c.u8()?);
        if version != 1 {
            return Err(Error::unsupported(format!("link message version {version}")));
        }
        let kind = if flags & 8 != 0 { c.u8()? } else { 0 };
        let order = if flags & 4 != 0 { Some(c.i64()?) } else { None };
        c.skip(usize::from(flags & 0x10 != 0))?;
        let length = crate::header::to_usize(c.uint(1 << (flags & 3))?)?;
        let name = String::from_utf8_lossy(c.take(length)?).into_owned();
        let target = match kind {
            0 => Target::Hard(
                form.address(c)?
                    .ok_or_else(|| Error::corrupt(format!("the link \"{name}\" leads nowhere")))?,
            ),
            1 => {
                let n = usize::from(c.u16()?);
                Target::Soft(crate::header::text_until_nul(c.take(n)?))
            }
            64 => {
                let n = usize::from(c.u16()?);
                let mut inner = Cursor::new(c.take(n)?, graticule_array::ByteOrder::Little);
                inner.skip(1)?;
                let file = crate::header::take_text(&mut inner)?;
                Target::External { file, path: crate::header::text_until_nul(inner.rest()) }
            }
            kind => Target::User(kind),
        };
        Ok(Self { name, order, target })
    }
}

/// Where the links of a group (or the attributes of an object) lie when they are many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dense {
    /// The fractal heap that holds them.
    pub(crate) heap: Option<u64>,
    /// The tree of their names.
    pub(crate) names: Option<u64>,
    /// Whether the order of creation is tracked.
    pub(crate) ordered: bool,
}

impl Dense {
    /// The link-info message.
    pub(crate) fn links(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        Self::parse(c, form, 8)
    }

    /// The attribute-info message.
    pub(crate) fn attributes(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        Self::parse(c, form, 2)
    }

    fn parse(c: &mut Cursor<'_>, form: Form, width: usize) -> Result<Self> {
        c.skip(1)?;
        let flags = c.u8()?;
        c.skip(if flags & 1 != 0 { width } else { 0 })?;
        let heap = form.address(c)?;
        let names = form.address(c)?;
        Ok(Self { heap, names, ordered: flags & 1 != 0 })
    }
}
