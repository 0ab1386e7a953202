//! Names, numbers and texts as CDL.

use std::fmt::Write as _;

use graticule_array::{Array, DType, Error, Result, Scalar};
use graticule_storage::{RawAttr, RawSchema, RawVarSchema};

use crate::types;

/// A name with backslashes before what would end it.
fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.chars().enumerate() {
        let plain =
            c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | '@') || !c.is_ascii();
        if !plain || (i == 0 && (c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '@'))) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for part in bytes.utf8_chunks() {
        for c in part.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                c if (c as u32) < 32 || c as u32 == 127 => {
                    let _ = write!(out, "\\{:03o}", c as u32);
                }
                c => out.push(c),
            }
        }
        for byte in part.invalid() {
            let _ = write!(out, "\\{byte:03o}");
        }
    }
    out.push('"');
    out
}

fn float(text: String, finite: bool) -> String {
    match text.as_str() {
        "inf" => "Infinity".into(),
        "-inf" => "-Infinity".into(),
        _ if !finite => text,
        // A point tells a float from an integer.
        t if t.contains(['.', 'e']) => text,
        _ => text + ".",
    }
}

/// The shortest digits that give the same number again.
fn shortest(value: f64, plain: String, scientific: String) -> String {
    let size = value.abs();
    let usual = size == 0.0 || (1e-5..1e15).contains(&size) || !value.is_finite();
    float(if usual { plain } else { scientific }, value.is_finite())
}

/// A number or text; in attributes with the letters of its type.
fn scalar(value: &Scalar, letters: bool) -> Result<String> {
    let with = |text: String, suffix: &str| if letters { text + suffix } else { text };
    Ok(match value {
        Scalar::I8(v) => with(v.to_string(), "b"),
        Scalar::U8(v) => with(v.to_string(), "ub"),
        Scalar::I16(v) => with(v.to_string(), "s"),
        Scalar::U16(v) => with(v.to_string(), "us"),
        Scalar::I32(v) => v.to_string(),
        Scalar::U32(v) => with(v.to_string(), "u"),
        Scalar::I64(v) => with(v.to_string(), "ll"),
        Scalar::U64(v) => with(v.to_string(), "ull"),
        Scalar::F32(v) => with(shortest(f64::from(*v), v.to_string(), format!("{v:e}")), "f"),
        Scalar::F64(v) => shortest(*v, v.to_string(), format!("{v:e}")),
        Scalar::Str(v) => quoted(v.as_str().unwrap_or_default().as_bytes()),
        Scalar::Char(v) => quoted(&[*v]),
        Scalar::Bytes(bytes, DType::Opaque(_)) => {
            let hex: String = bytes.iter().map(|b| format!("{b:02X}")).collect();
            format!("0X{hex}")
        }
        Scalar::Bytes(bytes, _) => quoted(bytes),
        other => return Err(Error::unsupported(format!("{} as text", other.dtype()))),
    })
}

fn values(array: &Array, letters: bool) -> Result<Vec<String>> {
    let flat = array.reshape(&[array.len()])?;
    (0..flat.len()).map(|i| scalar(&flat.get(&[i])?, letters)).collect()
}

fn attribute(out: &mut String, var: &str, attr: &RawAttr) -> Result<()> {
    let listed = *attr.value.dtype() == DType::Str && attr.value.ndim() > 0;
    let kind = if listed { "string " } else { "" };
    let texts = values(&attr.value, true)?;
    let _ = writeln!(out, "\t\t{kind}{}:{} = {} ;", name(var), name(&attr.name), texts.join(", "));
    Ok(())
}

/// The fill value, which has the type of its variable.
fn fill(out: &mut String, var: &RawVarSchema, kind: &str, value: &Scalar) -> Result<()> {
    let named = value.as_i64().and_then(|v| {
        let found = var.storage.enumeration.iter().find(|(_, number)| *number == v);
        found.map(|(text, _)| name(text))
    });
    let typed = !var.storage.enumeration.is_empty() || matches!(var.dtype, DType::Str);
    let kind = if typed { format!("{kind} ") } else { String::new() };
    let text = named.map_or_else(|| scalar(value, !typed), Ok)?;
    let _ = writeln!(out, "\t\t{kind}{}:_FillValue = {text} ;", name(&var.name));
    Ok(())
}

/// The name of the type of a variable, and its declaration if it needs one.
fn type_of(var: &RawVarSchema) -> Result<(String, Option<String>)> {
    let base = types::name(&var.dtype).map(str::to_owned);
    if let Some(base) = base.as_ref().filter(|_| !var.storage.enumeration.is_empty()) {
        let own = format!("{}_t", var.name);
        let members: Vec<String> =
            var.storage.enumeration.iter().map(|(n, v)| format!("{} = {v}", name(n))).collect();
        let text = format!("  {base} enum {} {{{}}} ;", name(&own), members.join(", "));
        return Ok((name(&own), Some(text)));
    }
    match (base, &var.dtype) {
        (Some(base), _) => Ok((base, None)),
        (None, DType::Opaque(n)) => {
            let own = format!("opaque_{n}");
            let text = format!("  opaque({n}) {own} ;");
            Ok((own, Some(text)))
        }
        (None, other) => Err(Error::unsupported(format!("{other} as text")).in_variable(&var.name)),
    }
}

/// The rows of characters as texts, without the NULs at their ends.
fn rows(array: &Array) -> Result<Vec<String>> {
    let row = array.shape().last().copied().unwrap_or(1).max(1);
    let bytes = array.reshape(&[array.len()])?.to_flat::<u8>()?;
    Ok(bytes
        .chunks(row)
        .map(|row| {
            let end = row.iter().rposition(|b| *b != 0).map_or(0, |i| i + 1);
            quoted(row.get(..end).unwrap_or_default())
        })
        .collect())
}

fn data(out: &mut String, var: &RawVarSchema, array: &Array) -> Result<()> {
    if array.is_empty() {
        return Ok(());
    }
    let texts = match (&var.dtype, var.storage.enumeration.as_slice()) {
        (DType::Char, _) => rows(array)?,
        (_, []) => values(array, false)?,
        (_, names) => {
            let flat = array.cast(&DType::I64)?.reshape(&[array.len()])?.to_flat::<i64>()?;
            let text = |v: &i64| {
                let found = names.iter().find(|(_, value)| value == v);
                found.map_or_else(|| v.to_string(), |(n, _)| name(n))
            };
            flat.iter().map(text).collect()
        }
    };
    let _ = write!(out, "\n {} =", name(&var.name));
    let per_line = array.shape().last().copied().unwrap_or(1).clamp(1, 12);
    for (i, text) in texts.iter().enumerate() {
        let gap = if i % per_line == 0 && texts.len() > per_line { "\n  " } else { " " };
        let end = if i + 1 == texts.len() { " ;\n" } else { "," };
        let _ = write!(out, "{gap}{text}{end}");
    }
    Ok(())
}

/// The whole file.
pub(super) fn file(title: &str, schema: &RawSchema, arrays: &[Array]) -> Result<String> {
    let mut out = format!("netcdf {} {{\n", name(title));
    let typed = schema.vars.iter().map(type_of).collect::<Result<Vec<_>>>()?;
    let mut declared: Vec<&String> = typed.iter().filter_map(|(_, text)| text.as_ref()).collect();
    declared.dedup();
    if !declared.is_empty() {
        out.push_str("types:\n");
        for text in declared {
            let _ = writeln!(out, "{text}");
        }
    }
    if !schema.dims.is_empty() {
        out.push_str("dimensions:\n");
    }
    for dim in &schema.dims {
        let _ = match dim.unlimited {
            true => writeln!(out, "\t{} = UNLIMITED ; // ({} currently)", name(&dim.name), dim.len),
            false => writeln!(out, "\t{} = {} ;", name(&dim.name), dim.len),
        };
    }
    if !schema.vars.is_empty() {
        out.push_str("variables:\n");
    }
    for (var, (kind, _)) in schema.vars.iter().zip(&typed) {
        let dims: Vec<String> = var.dims.iter().map(|d| name(d)).collect();
        let dims = if dims.is_empty() { String::new() } else { format!("({})", dims.join(", ")) };
        let _ = writeln!(out, "\t{kind} {}{dims} ;", name(&var.name));
        if let Some(value) = &var.fill {
            fill(&mut out, var, kind, value)?;
        }
        for attr in &var.attrs {
            match attr.value.item() {
                Ok(value) if attr.name == "_FillValue" => fill(&mut out, var, kind, &value)?,
                _ => attribute(&mut out, &var.name, attr)?,
            }
        }
    }
    if !schema.attrs.is_empty() {
        out.push_str("\n// global attributes:\n");
    }
    for attr in &schema.attrs {
        attribute(&mut out, "", attr)?;
    }
    if arrays.iter().any(|a| !a.is_empty()) {
        out.push_str("data:\n");
    }
    for (var, array) in schema.vars.iter().zip(arrays) {
        data(&mut out, var, array).map_err(|e| e.in_variable(&var.name))?;
    }
    out.push_str("}\n");
    Ok(out)
}
