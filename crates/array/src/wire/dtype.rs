//! Element types, as a list of tokens: what is nested costs no stack to read.

use std::sync::Arc;

use graticule_cftime::TimeUnit;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::dtype::{DType, Field, RecordType, TimeType};

/// Types nested deeper are refused.
const MAX_DEPTH: usize = 16;

#[derive(Serialize, Deserialize)]
enum Token {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
    C64,
    C128,
    Time(TimeType),
    Duration(TimeUnit),
    Str,
    Char,
    Bytes(usize),
    Opaque(usize),
    /// So many fields follow, each with its type behind it.
    Record {
        size: usize,
        fields: usize,
    },
    Field {
        name: String,
        offset: usize,
        shape: Vec<usize>,
    },
    /// The type of the elements follows.
    List,
}

fn flatten(dtype: &DType, to: &mut Vec<Token>) {
    to.push(match dtype {
        DType::Bool => Token::Bool,
        DType::I8 => Token::I8,
        DType::I16 => Token::I16,
        DType::I32 => Token::I32,
        DType::I64 => Token::I64,
        DType::U8 => Token::U8,
        DType::U16 => Token::U16,
        DType::U32 => Token::U32,
        DType::U64 => Token::U64,
        DType::F16 => Token::F16,
        DType::F32 => Token::F32,
        DType::F64 => Token::F64,
        DType::C64 => Token::C64,
        DType::C128 => Token::C128,
        DType::Time(time) => Token::Time(*time),
        DType::Duration(unit) => Token::Duration(*unit),
        DType::Str => Token::Str,
        DType::Char => Token::Char,
        DType::Bytes(n) => Token::Bytes(*n),
        DType::Opaque(n) => Token::Opaque(*n),
        DType::Record(record) => {
            to.push(Token::Record { size: record.size, fields: record.fields.len() });
            for field in &record.fields {
                let (name, shape) = (field.name.clone(), field.shape.clone());
                to.push(Token::Field { name, offset: field.offset, shape });
                flatten(&field.dtype, to);
            }
            return;
        }
        DType::List(of) => {
            to.push(Token::List);
            return flatten(of, to);
        }
    });
}

fn build(tokens: &mut impl Iterator<Item = Token>, depth: usize) -> Result<DType, &'static str> {
    if depth > MAX_DEPTH {
        return Err("an element type that is nested too deeply");
    }
    Ok(match tokens.next().ok_or("an element type that breaks off")? {
        Token::Bool => DType::Bool,
        Token::I8 => DType::I8,
        Token::I16 => DType::I16,
        Token::I32 => DType::I32,
        Token::I64 => DType::I64,
        Token::U8 => DType::U8,
        Token::U16 => DType::U16,
        Token::U32 => DType::U32,
        Token::U64 => DType::U64,
        Token::F16 => DType::F16,
        Token::F32 => DType::F32,
        Token::F64 => DType::F64,
        Token::C64 => DType::C64,
        Token::C128 => DType::C128,
        Token::Time(time) => DType::Time(time),
        Token::Duration(unit) => DType::Duration(unit),
        Token::Str => DType::Str,
        Token::Char => DType::Char,
        Token::Bytes(n) => DType::Bytes(n),
        Token::Opaque(n) => DType::Opaque(n),
        Token::Record { size, fields: count } => {
            let mut fields = Vec::new();
            for _ in 0..count {
                let Some(Token::Field { name, offset, shape }) = tokens.next() else {
                    return Err("a record without its fields");
                };
                let dtype = build(tokens, depth + 1)?;
                let bytes = shape.iter().try_fold(dtype.planned_size(), |n, l| n.checked_mul(*l));
                let end = bytes.and_then(|n| n.checked_add(offset));
                let inside =
                    dtype.size().map_or(offset <= size, |_| end.is_some_and(|n| n <= size));
                if !inside {
                    return Err("a field beyond its record");
                }
                fields.push(Field { name, offset, dtype, shape });
            }
            DType::Record(Arc::new(RecordType { fields, size }))
        }
        Token::Field { .. } => return Err("a field without a record"),
        Token::List => DType::List(Arc::new(build(tokens, depth + 1)?)),
    })
}

impl Serialize for DType {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut tokens = Vec::new();
        flatten(self, &mut tokens);
        tokens.serialize(to)
    }
}

impl<'de> Deserialize<'de> for DType {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut tokens = Vec::<Token>::deserialize(from)?.into_iter();
        let dtype = build(&mut tokens, 0).map_err(D::Error::custom)?;
        match tokens.next() {
            None => Ok(dtype),
            Some(_) => Err(D::Error::custom("an element type with something behind it")),
        }
    }
}
