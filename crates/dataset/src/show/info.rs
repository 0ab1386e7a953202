//! The header of a dataset in the manner of `ncdump -h`.

use std::fmt::Write as _;

use graticule_array::{Array, DType, Scalar};

use crate::attrs::{AttrValue, Attrs};
use crate::dataset::Dataset;
use crate::encoding::Encoding;

impl Dataset {
    /// Dimensions, variables and all attributes as CDL, in the manner of `ncdump -h`: of a file
    /// opened undecoded it says the same. Of a decoded one it shows the types after decoding (those
    /// that CDL does not know under their own names), and how a variable is stored in a comment.
    /// Reads nothing.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_attr("title", "a \"test\"");
    /// let header = ds.info("test");
    /// assert!(header.contains("x = 2 ;") && header.contains("int x(x) ;"));
    /// assert!(header.contains(r#":title = "a \"test\"" ;"#));
    /// ```
    #[must_use]
    pub fn info(&self, name: &str) -> String {
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        let _ = write_info(&mut out, self, name);
        out
    }
}

fn write_info(out: &mut String, ds: &Dataset, name: &str) -> std::fmt::Result {
    if let Some(fault) = ds.fault() {
        writeln!(out, "{}", fault.to_error())?;
    }
    writeln!(out, "netcdf {name} {{\ndimensions:")?;
    for (dim, len) in ds.sizes() {
        let unlimited = ds.encoding().unlimited.iter().any(|u| *u == **dim);
        let dim = escaped(dim);
        match unlimited {
            true => writeln!(out, "\t{dim} = UNLIMITED ; // ({len} currently)")?,
            false => writeln!(out, "\t{dim} = {len} ;")?,
        }
    }
    writeln!(out, "variables:")?;
    for (name, var) in ds.variables() {
        let dims: Vec<String> = var.dims().iter().map(|d| escaped(d)).collect();
        let (kind, shown) = (kind(var.dtype()), escaped(name));
        match dims.as_slice() {
            [] => writeln!(out, "\t{kind} {shown} ;")?,
            dims => writeln!(out, "\t{kind} {shown}({}) ;", dims.join(", "))?,
        }
        write_attrs(out, name, var.attrs())?;
        if let Some(stored) = stored(var.encoding(), var.dtype()) {
            writeln!(out, "\t\t// stored as {stored}")?;
        }
    }
    if !ds.attrs().is_empty() {
        writeln!(out, "\n// global attributes:")?;
        write_attrs(out, "", ds.attrs())?;
    }
    writeln!(out, "}}")
}

fn write_attrs(out: &mut String, of: &str, attrs: &Attrs) -> std::fmt::Result {
    for (name, value) in attrs.iter() {
        // Texts of netCDF-4's own kind, several of them.
        let listed = *value.array().dtype() == DType::Str && value.array().ndim() > 0;
        let kind = if listed { "string " } else { "" };
        let (of, name) = (escaped(of), escaped(name));
        writeln!(out, "\t\t{kind}{of}:{name} = {} ;", constant(value))?;
    }
    Ok(())
}

/// CDL's name of a type, if it has one.
fn kind(dtype: &DType) -> String {
    let name = match dtype {
        DType::I8 => "byte",
        DType::U8 => "ubyte",
        DType::I16 => "short",
        DType::U16 => "ushort",
        DType::I32 => "int",
        DType::U32 => "uint",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::Str => "string",
        // int64, uint64 and char are called alike; others CDL does not know.
        other => return other.to_string(),
    };
    name.to_owned()
}

/// A name with backslashes before what would end it.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, c) in name.chars().enumerate() {
        let inside = matches!(c, '.' | '-' | '+' | '@') || c.is_ascii_digit();
        let plain = c.is_alphabetic() || c == '_' || !c.is_ascii() || (inside && at > 0);
        if !plain {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Digits that give the same number again, and CDL's words for what has none.
fn real(value: f64, digits: String, suffix: &str) -> String {
    let text = if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        digits
    };
    text + suffix
}

/// Type, packing, fill, units of time, chunks and filters, where the file had them.
fn stored(encoding: &Encoding, dtype: &DType) -> Option<String> {
    let number = |s: &Scalar| s.fill(&[]).ok().map(|a| constant(&AttrValue::new(a)));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(encoding.dtype.iter().filter(|d| *d != dtype).map(ToString::to_string));
    let facts = [
        ("_FillValue", &encoding.fill),
        ("scale_factor", &encoding.scale),
        ("add_offset", &encoding.offset),
    ];
    for (name, value) in facts {
        parts.extend(value.as_ref().and_then(number).map(|v| format!("{name} {v}")));
    }
    parts.extend(encoding.time.as_ref().map(|t| format!("\"{}\"", t.text())));
    parts.extend(encoding.chunks.as_ref().map(|c| format!("chunks {c:?}")));
    parts.extend(encoding.filters.iter().map(|f| f.name.clone()));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A constant of CDL: text in quotes, numbers with the suffix of their type.
fn constant(value: &AttrValue) -> String {
    let array = value.array();
    let suffix = match array.dtype() {
        DType::I8 => "b",
        DType::U8 => "ub",
        DType::I16 => "s",
        DType::U16 => "us",
        DType::I32 => "",
        DType::U32 => "u",
        DType::I64 => "ll",
        DType::U64 => "ull",
        DType::F32 => "f",
        DType::F64 => "",
        _ => return texts(array).unwrap_or_else(|| value.to_string()),
    };
    if let Ok(large) = array.to_flat::<u64>()
        && *array.dtype() == DType::U64
    {
        let shown: Vec<String> = large.iter().map(|x| format!("{x}{suffix}")).collect();
        return shown.join(", ");
    }
    let numbers = array.cast(&DType::F64).and_then(|a| a.to_flat::<f64>());
    let whole = array.cast(&DType::I64).and_then(|a| a.to_flat::<i64>());
    let shown: Vec<String> = match (array.dtype(), numbers, whole) {
        (DType::F32, Ok(n), _) => {
            n.iter().map(|x| real(*x, format!("{:?}", *x as f32), suffix)).collect()
        }
        (DType::F64, Ok(n), _) => n.iter().map(|x| real(*x, format!("{x:?}"), suffix)).collect(),
        (_, _, Ok(n)) => n.iter().map(|x| format!("{x}{suffix}")).collect(),
        _ => return value.to_string(),
    };
    shown.join(", ")
}

fn texts(array: &Array) -> Option<String> {
    let texts = array.to_flat::<graticule_array::Text>().ok()?;
    let quote = |t: &graticule_array::Text| {
        let text = t.as_str().unwrap_or_default();
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("\"{escaped}\"")
    };
    Some(texts.iter().map(quote).collect::<Vec<_>>().join(", "))
}
