//! Arrays: type, shape, and the elements packed, or one by one where they have no fixed size.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeSeq, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::array::Array;
use crate::dtype::DType;
use crate::packed::ByteOrder;
use crate::text::Text;

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_str().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map_or_else(Text::missing, Text::from))
    }
}

impl Serialize for Array {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut tuple = to.serialize_tuple(3)?;
        tuple.serialize_element(self.dtype())?;
        tuple.serialize_element(self.shape())?;
        tuple.serialize_element(&Elements(self))?;
        tuple.end()
    }
}

/// The elements of an array.
struct Elements<'a>(&'a Array);

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let array = self.0;
        match array.dtype() {
            DType::Str => {
                let view = array.view::<Text>().map_err(S::Error::custom)?;
                let mut seq = to.serialize_seq(Some(array.len()))?;
                view.iter().try_for_each(|text| seq.serialize_element(text))?;
                seq.end()
            }
            DType::List(of) => {
                let view = array.view::<Array>().map_err(S::Error::custom)?;
                let mut seq = to.serialize_seq(Some(array.len()))?;
                for item in view {
                    if item.dtype() != &**of {
                        let found = item.dtype();
                        return Err(S::Error::custom(format!("{found} in a list of {of}")));
                    }
                    seq.serialize_element(&(item.shape(), Elements(item)))?;
                }
                seq.end()
            }
            DType::Bytes(_) | DType::Opaque(_) | DType::Record(_) => {
                to.serialize_bytes(&array.to_flat::<u8>().map_err(S::Error::custom)?)
            }
            dtype => match array.to_packed() {
                Some(bytes) => to.serialize_bytes(&bytes),
                None => Err(S::Error::custom(format!("{dtype} elements do not travel"))),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Array {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_tuple(3, Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Array;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Array, A::Error> {
        let short = || A::Error::custom("an array that breaks off");
        let dtype: DType = parts.next_element()?.ok_or_else(short)?;
        let shape: Vec<usize> = parts.next_element()?.ok_or_else(short)?;
        parts.next_element_seed(Of { dtype: &dtype, shape })?.ok_or_else(short)
    }
}

/// Elements of a known type and number.
struct Of<'a> {
    dtype: &'a DType,
    shape: Vec<usize>,
}

impl Of<'_> {
    fn count<E: serde::de::Error>(&self) -> Result<usize, E> {
        let count = self.shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        count.ok_or_else(|| E::custom(format!("an array of the shape {:?}", self.shape)))
    }
}

impl<'de> DeserializeSeed<'de> for Of<'_> {
    type Value = Array;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Array, D::Error> {
        match self.dtype {
            DType::Str | DType::List(_) => from.deserialize_seq(self),
            _ => from.deserialize_bytes(self),
        }
    }
}

impl<'de> Visitor<'de> for Of<'_> {
    type Value = Array;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "elements of {}", self.dtype)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Array, E> {
        let size = self.dtype.size().ok_or_else(|| E::custom("elements of no size"))?;
        if self.count::<E>()?.checked_mul(size) != Some(bytes.len()) {
            let n = bytes.len();
            return Err(E::custom(format!("{n} bytes for {} {:?}", self.dtype, self.shape)));
        }
        Array::from_packed(self.dtype, &self.shape, bytes, ByteOrder::Little).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Array, A::Error> {
        let wanted = self.count::<A::Error>()?;
        let too_few = || A::Error::custom("an array that breaks off");
        let array = match self.dtype {
            DType::List(of) => {
                let mut items: Vec<Array> = Vec::new();
                for _ in 0..wanted {
                    items.push(seq.next_element_seed(Item(of))?.ok_or_else(too_few)?);
                }
                Array::from_vec(self.shape, items).and_then(|a| a.with_dtype(self.dtype.clone()))
            }
            _ => {
                let mut items: Vec<Text> = Vec::new();
                for _ in 0..wanted {
                    items.push(seq.next_element()?.ok_or_else(too_few)?);
                }
                Array::from_vec(self.shape, items)
            }
        };
        array.map_err(A::Error::custom)
    }
}

/// A list of elements of a known type: shape and elements.
struct Item<'a>(&'a DType);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Array;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Array, D::Error> {
        from.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Array;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Array, A::Error> {
        let short = || A::Error::custom("a list that breaks off");
        let shape: Vec<usize> = parts.next_element()?.ok_or_else(short)?;
        parts.next_element_seed(Of { dtype: self.0, shape })?.ok_or_else(short)
    }
}
