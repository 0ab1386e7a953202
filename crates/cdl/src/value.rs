//! Values of attributes and data, from words to arrays.

use std::str::FromStr;
use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result, Scalar, Text};

use crate::types::Type;

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Word(String),
    Text(Vec<u8>),
    List(Vec<Value>),
}

fn wrong(value: &Value, wanted: &str) -> Error {
    let text = match value {
        Value::Word(word) => word.clone(),
        Value::Text(bytes) => format!("\"{}\"", String::from_utf8_lossy(bytes)),
        Value::List(_) => "{..}".to_owned(),
    };
    Error::corrupt(format!("{text} where {wanted} is expected"))
}

/// A number without the letters of its type.
fn digits(word: &str) -> &str {
    word.trim_end_matches(['u', 'U', 'l', 'L', 'b', 'B', 's', 'S'])
}

fn integer<T: TryFrom<i128>>(value: &Value, fill: Option<T>) -> Result<T> {
    let bad = || wrong(value, "an integer of this type");
    match value {
        Value::Word(word) if word == "_" => fill.ok_or_else(bad),
        Value::Word(word) => {
            let low = word.to_ascii_lowercase();
            let hex = low.strip_prefix("0x").map(|h| h.trim_end_matches(['u', 'l']));
            let number = match hex {
                Some(hex) => i128::from_str_radix(hex, 16).ok(),
                None => i128::from_str(digits(word)).ok(),
            };
            number.and_then(|n| T::try_from(n).ok()).ok_or_else(bad)
        }
        Value::Text(bytes) => match bytes.as_slice() {
            [one] => T::try_from(i128::from(*one)).map_err(|_| bad()),
            _ => Err(bad()),
        },
        Value::List(_) => Err(bad()),
    }
}

fn float<T: FromStr + Copy>(value: &Value, fill: Option<T>) -> Result<T> {
    let bad = || wrong(value, "a number");
    let Value::Word(word) = value else { return Err(bad()) };
    if word == "_" {
        return fill.ok_or_else(bad);
    }
    let low = word.to_ascii_lowercase();
    let sign = if low.starts_with('-') { "-" } else { "" };
    let plain = match low.trim_start_matches(['-', '+']) {
        "nan" | "nanf" => "nan".to_owned(),
        "infinity" | "infinityf" | "inf" | "inff" => format!("{sign}inf"),
        _ => digits(low.trim_end_matches(['f', 'd'])).to_owned(),
    };
    plain.parse().map_err(|_| bad())
}

fn text(value: &Value) -> Result<Text> {
    match value {
        Value::Text(bytes) => Ok(Text::from(&*String::from_utf8_lossy(bytes))),
        Value::Word(word) if word == "NIL" || word == "_" => Ok(Text::from("")),
        other => Err(wrong(other, "a text")),
    }
}

/// All values as one axis. `_` is the fill value.
pub(crate) fn array(of: &Type, values: &[Value], fill: Option<&Scalar>) -> Result<Array> {
    let n = values.len();
    let filled = |dtype: &DType| -> Option<Scalar> {
        fill.cloned().and_then(|s| s.fill(&[1]).ok()?.cast(dtype).ok()?.item().ok())
    };
    macro_rules! whole {
        ($variant:ident $type:ty) => {{
            let fill = match filled(&DType::$variant) {
                Some(Scalar::$variant(v)) => Some(v),
                _ => None,
            };
            let made: Result<Vec<$type>> = values.iter().map(|v| integer(v, fill)).collect();
            Array::from_vec([n], made?)
        }};
    }
    macro_rules! real {
        ($variant:ident $type:ty) => {{
            let fill = match filled(&DType::$variant) {
                Some(Scalar::$variant(v)) => Some(v),
                _ => None,
            };
            let made: Result<Vec<$type>> = values.iter().map(|v| float(v, fill)).collect();
            Array::from_vec([n], made?)
        }};
    }
    match of {
        Type::Enum(base, names) => {
            let by_name = |value: &Value| match value {
                Value::Word(word) => {
                    let found = names.iter().find(|(name, _)| name == word);
                    found.map_or_else(|| value.clone(), |(_, v)| Value::Word(v.to_string()))
                }
                other => other.clone(),
            };
            let plain: Vec<Value> = values.iter().map(by_name).collect();
            array(&Type::Plain(base.clone()), &plain, fill)
        }
        Type::Opaque(size) => opaque(*size, values),
        Type::List(item) => {
            let lists = values.iter().map(|value| match value {
                Value::List(items) => array(&Type::Plain(item.clone()), items, None),
                other => Err(wrong(other, "a list in braces")),
            });
            let lists = lists.collect::<Result<Vec<Array>>>()?;
            Array::from_vec([n], lists)?.with_dtype(DType::List(Arc::new(item.clone())))
        }
        Type::Plain(dtype) => match dtype {
            DType::I8 => whole!(I8 i8),
            DType::I16 => whole!(I16 i16),
            DType::I32 => whole!(I32 i32),
            DType::I64 => whole!(I64 i64),
            DType::U8 => whole!(U8 u8),
            DType::U16 => whole!(U16 u16),
            DType::U32 => whole!(U32 u32),
            DType::U64 => whole!(U64 u64),
            DType::F32 => real!(F32 f32),
            DType::F64 => real!(F64 f64),
            DType::Str => {
                Array::from_vec([n], values.iter().map(text).collect::<Result<Vec<_>>>()?)
            }
            other => Err(Error::unsupported(format!("data of type {other}"))),
        },
    }
}

fn opaque(size: usize, values: &[Value]) -> Result<Array> {
    let mut bytes = Vec::new();
    for value in values {
        let Value::Word(word) = value else { return Err(wrong(value, "0X and digits")) };
        let hex = word.get(2..).filter(|_| word.to_ascii_lowercase().starts_with("0x"));
        let hex = hex.ok_or_else(|| wrong(value, "0X and digits"))?.as_bytes();
        if hex.len() > size.saturating_mul(2) {
            return Err(wrong(value, &format!("an item of {size} bytes")));
        }
        let start = bytes.len();
        for pair in hex.chunks(2) {
            let pair = std::str::from_utf8(pair).ok();
            let byte = pair.and_then(|p| u8::from_str_radix(p, 16).ok());
            bytes.push(byte.ok_or_else(|| wrong(value, "0X and digits"))?);
        }
        bytes.resize(start + size, 0);
    }
    Array::from_vec([values.len(), size], bytes)?.with_dtype(DType::Opaque(size))
}

/// An attribute whose type is not written: text, or the widest type of its numbers.
pub(crate) fn attribute(of: Option<&Type>, values: &[Value]) -> Result<Array> {
    let is_text = |v: &Value| matches!(v, Value::Text(_));
    match of {
        None | Some(Type::Plain(DType::Char)) if values.iter().all(is_text) => {
            // Pieces of one text.
            let mut all = Vec::new();
            for value in values {
                if let Value::Text(bytes) = value {
                    all.extend_from_slice(bytes);
                }
            }
            Ok(Array::scalar(Text::from(&*String::from_utf8_lossy(&all))))
        }
        Some(of) => {
            let made = array(of, values, None)?;
            let single = made.len() == 1 && of.dtype() != DType::Str;
            if single { made.reshape(&[]) } else { Ok(made) }
        }
        None => {
            let widest = values.iter().map(word_type).max_by_key(|(rank, _)| *rank);
            let (_, dtype) = widest.ok_or_else(|| Error::corrupt("an attribute of no value"))?;
            attribute(Some(&Type::Plain(dtype)), values)
        }
    }
}

/// The type that the letters of a number stand for, and its rank among the others.
fn word_type(value: &Value) -> (u8, DType) {
    let Value::Word(word) = value else { return (0, DType::I8) };
    let low = word.to_ascii_lowercase();
    let hex = low.starts_with("0x");
    let bare = low.trim_start_matches(['-', '+']);
    let special = bare.starts_with("nan") || bare.starts_with("inf");
    let real = special || low.contains('.') || bare.contains('e') || low.ends_with('f');
    if real && !hex {
        return if low.ends_with('f') && bare != "inf" { (8, DType::F32) } else { (9, DType::F64) };
    }
    match low
        .trim_start_matches(|c: char| !c.is_ascii_alphabetic() || (hex && c.is_ascii_hexdigit()))
    {
        "b" => (0, DType::I8),
        "ub" => (1, DType::U8),
        "s" => (2, DType::I16),
        "us" => (3, DType::U16),
        "u" | "ul" => (5, DType::U32),
        "ll" | "l" if low.ends_with("ll") => (6, DType::I64),
        "ull" => (7, DType::U64),
        "d" => (9, DType::F64),
        _ => {
            let wide = integer::<i32>(value, None).is_err() && integer::<i64>(value, None).is_ok();
            if wide { (6, DType::I64) } else { (4, DType::I32) }
        }
    }
}

/// Characters of an array whose rows have `row` elements: texts fill the rows, or follow each
/// other where there are other numbers of them.
pub(crate) fn characters(values: &[Value], count: usize, row: usize) -> Result<Array> {
    let mut bytes: Vec<u8> = Vec::new();
    let rows = count.checked_div(row).unwrap_or(0);
    for value in values {
        match value {
            Value::Text(text) if values.len() == rows || text.len() >= row => {
                let start = bytes.len();
                bytes.extend_from_slice(text);
                if values.len() == rows {
                    bytes.resize(start.saturating_add(row), 0);
                }
            }
            Value::Text(text) => bytes.extend_from_slice(text),
            Value::Word(word) if word == "_" => bytes.push(0),
            other => bytes.push(integer::<u8>(other, None)?),
        }
    }
    if bytes.len() > count {
        return Err(Error::corrupt(format!("{} characters for {count} places", bytes.len())));
    }
    bytes.resize(count, 0);
    Array::from_vec([count], bytes)?.with_dtype(DType::Char)
}
