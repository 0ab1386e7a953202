//! Attributes: small named values of an object.

use graticule_array::{Error, Result};

use super::dataspace::Dataspace;
use super::datatype::Datatype;
use crate::header::{kind, text_until_nul};
use crate::meta::{Meta, Piece};

/// An attribute with its value as stored.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) datatype: Result<Datatype>,
    pub(crate) space: Dataspace,
    pub(crate) value: Piece,
}

impl Attribute {
    pub(crate) fn parse(meta: &Meta<'_>, body: &Piece) -> Result<Self> {
        let mut c = body.cursor();
        let (version, flags) = (c.u8()?, c.u8()?);
        if !(1..=3).contains(&version) {
            return Err(Error::unsupported(format!("attribute message version {version}")));
        }
        let sizes = [usize::from(c.u16()?), usize::from(c.u16()?), usize::from(c.u16()?)];
        c.skip(usize::from(version == 3))?;
        let mut parts = [c.position(); 3];
        for (at, n) in parts.iter_mut().zip(sizes) {
            *at = c.position();
            c.skip(n)?;
            if version == 1 {
                c.skip(n.next_multiple_of(8) - n)?;
            }
        }
        let [name_at, type_at, space_at] = parts;
        let [name_n, type_n, space_n] = sizes;
        let name = text_until_nul(&body.part(name_at..name_at + name_n));
        let mut datatype = Ok(body.part(type_at..type_at + type_n));
        let mut space = body.part(space_at..space_at + space_n);
        if version > 1 && flags & 1 != 0 {
            datatype = datatype.and_then(|d| crate::shared::follow(meta, &d, kind::DATATYPE));
        }
        if version > 1 && flags & 2 != 0 {
            space = crate::shared::follow(meta, &space, kind::DATASPACE)?;
        }
        let datatype = datatype.and_then(|d| Datatype::parse(&mut d.cursor()));
        let space = Dataspace::parse(&mut space.cursor(), meta.form)?;
        let value = body.part(c.position()..body.len());
        Ok(Self { name, datatype, space, value })
    }
}
