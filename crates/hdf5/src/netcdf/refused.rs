//! Files that the netCDF C library refuses, crashes on, or shows in part.
//!
//! Readers of such files fall back on showing them as HDF5 has them: fixed strings stay
//! bytes, truth values are truth values, and dimensions without names are numbered group by
//! group, as h5netcdf does. So do we. Each rule here was found with netCDF-C 4.9 and 4.10.

use graticule_storage::Location;

use crate::describe::Description;
use crate::external;
use crate::message::attribute::Attribute;
use crate::message::dataspace::Dataspace;
use crate::message::datatype::{Class, Datatype};

/// Strings in compounds that readers of netCDF do not survive.
const LONG_TEXT: usize = 16;

/// A dataset without a dataspace, a float of a size that C has no type for, a fixed string
/// with a fill value, compounds in arrays in compounds, or long strings in compounds.
pub(super) fn dataset(description: &Description) -> bool {
    let kind = &description.datatype;
    description.space == Dataspace::Null
        || match &kind.class {
            Class::Float { format, .. } => {
                kind.size > 8 || (kind.size == 2 && format.exponent.1 == 5)
            }
            Class::String { .. } => kind.size > 1 && description.filled,
            _ => has_arrays_of_compounds(kind) || has_long_text(kind),
        }
}

/// Readers of netCDF take fixed strings in compounds for single characters, and write over the
/// end of their memory where the strings are longer than what lies behind by chance.
fn has_long_text(kind: &Datatype) -> bool {
    let Class::Compound { members } = &kind.class else { return false };
    let long = |m: &Datatype| matches!(m.class, Class::String { .. }) && m.size >= LONG_TEXT;
    members.iter().any(|m| long(&m.datatype))
}

fn has_arrays_of_compounds(kind: &Datatype) -> bool {
    let Class::Compound { members } = &kind.class else { return false };
    members.iter().any(|m| match &m.datatype.class {
        Class::Array { base, .. } => matches!(base.class, Class::Compound { .. }),
        Class::Compound { .. } => has_arrays_of_compounds(&m.datatype),
        _ => false,
    })
}

/// A named compound type with an enumeration inside.
pub(super) fn named_type(kind: &Datatype) -> bool {
    let Class::Compound { members } = &kind.class else { return false };
    members.iter().any(|m| matches!(m.datatype.class, Class::Enum { .. }))
}

/// Numbers with two axes or more, or text that is not in the encoding it claims.
pub(super) fn attribute(attribute: &Attribute) -> bool {
    let Ok(kind) = &attribute.datatype else { return false };
    match &kind.class {
        Class::String { utf8: true, .. } => {
            let one = attribute.value.get(..kind.size).unwrap_or_default();
            std::str::from_utf8(one).is_err()
        }
        Class::String { .. } | Class::Text { .. } => false,
        _ => attribute.space.dims().len() > 1,
    }
}

/// A link into a file that is not there.
pub(super) fn link_to_file(of: &Location, name: &str) -> bool {
    external::existing(of, name).is_none()
}
