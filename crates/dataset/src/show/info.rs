//! The header of a dataset in the manner of `ncdump -h`.

use std::fmt::Write as _;

use graticule_array::{Array, DType, Scalar};

use crate::attrs::{AttrValue, Attrs};
use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::name::Name;

impl Dataset {
    /// Dimensions, variables and all attributes in the manner of `ncdump -h`, with the types
    /// after decoding; how a variable is stored stands in a comment. Reads nothing.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_attr("title", "a \"test\"");
    /// let header = ds.info("test");
    /// assert!(header.contains("x = 2 ;") && header.contains("int32 x(x) ;"));
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
    writeln!(out, "dataset {name} {{\ndimensions:")?;
    for (dim, len) in ds.sizes() {
        let unlimited = ds.encoding().unlimited.iter().any(|u| *u == **dim);
        match unlimited {
            true => writeln!(out, "\t{dim} = UNLIMITED ; // ({len} currently)")?,
            false => writeln!(out, "\t{dim} = {len} ;")?,
        }
    }
    writeln!(out, "variables:")?;
    for (name, var) in ds.coord_vars().chain(ds.data_vars()) {
        let dims: Vec<&str> = var.dims().iter().map(Name::as_str).collect();
        match dims.as_slice() {
            [] => writeln!(out, "\t{} {name} ;", var.dtype())?,
            dims => writeln!(out, "\t{} {name}({}) ;", var.dtype(), dims.join(", "))?,
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
        writeln!(out, "\t\t{of}:{name} = {} ;", constant(value))?;
    }
    Ok(())
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
        DType::U32 => "u",
        DType::I64 => "ll",
        DType::U64 => "ull",
        DType::F32 => "f",
        DType::F64 => "",
        _ => return texts(array).unwrap_or_else(|| value.to_string()),
    };
    let numbers = array.cast(&DType::F64).and_then(|a| a.to_flat::<f64>());
    let whole = array.cast(&DType::I64).and_then(|a| a.to_flat::<i64>());
    let shown: Vec<String> = match (array.dtype(), numbers, whole) {
        (DType::F32, Ok(n), _) => n.iter().map(|x| format!("{:?}{suffix}", *x as f32)).collect(),
        (DType::F64, Ok(n), _) => n.iter().map(|x| format!("{x:?}")).collect(),
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
