//! Values and names as the bytes of a header.

use graticule_array::{Array, DType, Error, Result, Scalar, Text};
use graticule_storage::RawAttr;

use crate::kind::Kind;
use crate::reader::Version;

/// Types that only CDF-5 has become the nearest older type that holds their values.
fn older(kind: Kind) -> Kind {
    match kind {
        Kind::UByte => Kind::Short,
        Kind::UShort | Kind::UInt | Kind::Int64 | Kind::UInt64 => Kind::Int,
        kind => kind,
    }
}

/// The bytes of a header in one version of the format.
#[derive(Debug)]
pub(super) struct Encoder {
    version: Version,
    pub(super) bytes: Vec<u8>,
}

impl Encoder {
    pub(super) fn new(version: Version) -> Self {
        let number = match version {
            Version::Cdf1 => 1,
            Version::Cdf2 => 2,
            Version::Cdf5 => 5,
        };
        Self { version, bytes: vec![b'C', b'D', b'F', number] }
    }

    /// A tag or type: four bytes in every version.
    pub(super) fn word(&mut self, n: u32) {
        self.bytes.extend(n.to_be_bytes());
    }

    /// A count, length or index.
    ///
    /// # Errors
    /// If the version has no room for it.
    pub(super) fn count(&mut self, n: u64) -> Result<()> {
        if self.version == Version::Cdf5 {
            self.bytes.extend(n.to_be_bytes());
            return Ok(());
        }
        let n = i32::try_from(n).map_err(|_| {
            Error::unsupported(format!("this classic format counts to 2^31 - 1, not to {n}"))
                .hint("write NETCDF3_64BIT_DATA (CDF-5) or NetCDF-4")
        })?;
        self.bytes.extend(n.to_be_bytes());
        Ok(())
    }

    /// The size of a variable, which nobody needs: all ones where it has no room.
    pub(super) fn size(&mut self, n: u64) {
        if self.version == Version::Cdf5 {
            self.bytes.extend(n.to_be_bytes());
        } else {
            self.word(u32::try_from(n).unwrap_or(u32::MAX));
        }
    }

    /// A place in the file.
    pub(super) fn offset(&mut self, n: u64) {
        if self.version == Version::Cdf1 {
            self.word(u32::try_from(n).unwrap_or(u32::MAX));
        } else {
            self.bytes.extend(n.to_be_bytes());
        }
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    pub(super) fn name(&mut self, name: &str) -> Result<()> {
        self.count(name.len() as u64)?;
        self.padded(name.as_bytes());
        Ok(())
    }

    /// The beginning of a list of `n` items.
    pub(super) fn list(&mut self, tag: u32, n: usize) -> Result<()> {
        self.word(if n == 0 { 0 } else { tag });
        self.count(n as u64)
    }

    /// Attributes, `_FillValue` among them where a value is given.
    pub(super) fn attributes(
        &mut self,
        attrs: &[RawAttr],
        fill: Option<(Kind, &Scalar)>,
    ) -> Result<()> {
        self.list(0x0c, attrs.len() + usize::from(fill.is_some()))?;
        for attr in attrs {
            self.attribute(attr)
                .map_err(|e| e.context(format!("in the attribute \"{}\"", attr.name)))?;
        }
        if let Some((kind, fill)) = fill {
            self.name("_FillValue")?;
            self.word(kind.number());
            self.count(1)?;
            self.padded(&packed(&fill.fill(&[])?)?);
        }
        Ok(())
    }

    fn attribute(&mut self, attr: &RawAttr) -> Result<()> {
        check_name("attribute", &attr.name)?;
        self.name(&attr.name)?;
        let value = &attr.value;
        if *value.dtype() == DType::Str {
            let texts = value.to_flat::<Text>()?;
            let [text] = texts.as_slice() else {
                return Err(Error::unsupported("the classic formats have no lists of texts")
                    .hint("join them to one text, or write a NetCDF-4 file"));
            };
            let text = text.as_str().unwrap_or_default();
            self.word(Kind::Char.number());
            self.count(text.len() as u64)?;
            self.padded(text.as_bytes());
            return Ok(());
        }
        if value.ndim() > 1 {
            return Err(Error::unsupported("attributes have one axis at most"));
        }
        let given = Kind::of(value.dtype())?;
        let kind = if self.version == Version::Cdf5 { given } else { older(given) };
        let stored = if kind == given { value.clone() } else { narrowed(value, kind)? };
        self.word(kind.number());
        self.count(stored.len() as u64)?;
        self.padded(&packed(&stored)?);
        Ok(())
    }
}

/// The same numbers in another type.
fn narrowed(value: &Array, kind: Kind) -> Result<Array> {
    let stored = value.cast(&kind.dtype())?;
    let same = |a: &Array, b: &Array| -> Result<bool> {
        Ok(a.cast(&DType::F64)?.to_flat::<f64>()? == b.cast(&DType::F64)?.to_flat::<f64>()?)
    };
    // In 64 bits a number may have no neighbour in floating point: back and forth is exact.
    if same(value, &stored)? && stored.cast(value.dtype())? == *value {
        return Ok(stored);
    }
    Err(Error::unsupported(format!(
        "this classic format has no {}, and {} does not hold the values",
        value.dtype(),
        kind.dtype()
    ))
    .hint("write NETCDF3_64BIT_DATA (CDF-5) or NetCDF-4"))
}

/// Elements as bytes, most significant first, row-major.
pub(super) fn packed(array: &Array) -> Result<Vec<u8>> {
    let whole = array.reshape(array.shape())?;
    let bytes = whole.to_packed();
    let mut bytes = bytes.ok_or_else(|| Error::bug(format!("packing {}", array.dtype())))?;
    match array.dtype().size() {
        Some(2) => bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|e| e.reverse()),
        Some(4) => bytes.as_chunks_mut::<4>().0.iter_mut().for_each(|e| e.reverse()),
        Some(8) => bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|e| e.reverse()),
        _ => {}
    }
    Ok(bytes)
}

/// Checks a name against the rules of the classic formats.
pub(super) fn check_name(kind: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.contains('/') && kind != "attribute" {
        "contains \"/\""
    } else if name.contains(char::is_control) {
        "contains a control character"
    } else if name.ends_with(' ') {
        "ends with a space"
    } else if name.len() > 256 {
        "is longer than 256 bytes"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("the {kind} name \"{name}\" {wrong}"))
        .hint(format!("rename the {kind} before writing")))
}
