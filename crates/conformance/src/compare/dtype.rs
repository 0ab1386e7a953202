//! Element types under the names that the references give them.

use graticule::array::DType;

use super::hash;

/// The families in which widths and spellings are not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Bytes,
    Text,
    Record,
    Time,
    Duration,
}

fn family_of_name(name: &str) -> Option<Family> {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    Some(match name {
        _ if name.strip_prefix('S').is_some_and(digits) => Family::Bytes,
        _ if name.strip_prefix('U').is_some_and(digits) => Family::Text,
        "str/object" | "str" => Family::Text,
        _ if name.starts_with('{') || name.starts_with('[') => Family::Record,
        _ if name.starts_with("datetime64") || name.starts_with("cftime") => Family::Time,
        _ if name.starts_with("timedelta") => Family::Duration,
        _ => return None,
    })
}

fn family_of(dtype: &DType) -> Option<Family> {
    Some(match dtype {
        DType::Char | DType::Bytes(_) => Family::Bytes,
        DType::Str => Family::Text,
        DType::Record(_) => Family::Record,
        DType::Time(_) => Family::Time,
        DType::Duration(_) => Family::Duration,
        _ => return None,
    })
}

/// Whether a dtype is the one that the reference names. Lists have no name of their own.
pub(crate) fn agrees(name: &str, found: &DType) -> bool {
    if matches!(found, DType::List(_) | DType::Opaque(_)) {
        return !matches!(family_of_name(name), Some(Family::Bytes | Family::Record));
    }
    match (family_of_name(name), family_of(found)) {
        (Some(a), Some(b)) => a == b,
        // The values are then compared as long doubles.
        (None, None) if name == hash::LONG_DOUBLE => *found == DType::F64,
        (None, None) => name == found.to_string(),
        // The reference leaves complex numbers the compound items that they are stored as.
        (Some(Family::Record), None) => found.is_complex(),
        _ => false,
    }
}

/// Whether the reference names compound items, of which no values are compared.
pub(crate) fn is_record(name: &str) -> bool {
    family_of_name(name) == Some(Family::Record)
}

/// Whether values of this dtype are compared at all: those of compound items hold undefined
/// padding, those of lists are compared by presence.
pub(crate) fn has_values(dtype: &DType) -> bool {
    !matches!(dtype, DType::Record(_) | DType::List(_) | DType::Opaque(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_text_are_told_apart_and_widths_are_not() {
        assert!(agrees("S5", &DType::Bytes(9)) && agrees("S1", &DType::Char));
        assert!(agrees("U12", &DType::Str) && agrees("str/object", &DType::Str));
        assert!(!agrees("U12", &DType::Bytes(12)) && !agrees("S3", &DType::Str));
        assert!(agrees("float128", &DType::F64) && !agrees("float128", &DType::F32));
        assert!(agrees("[('r', '<f8'), ('i', '<f8')]", &DType::C128));
        assert!(agrees("float32", &DType::F32) && !agrees("float64", &DType::F32));
        assert!(!agrees("int8", &DType::Char) && !agrees("uint8", &DType::I8));
    }
}
