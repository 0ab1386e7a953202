//! Attributes: what describes a variable or a dataset, in order and with exact types.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, DType, Text};
use indexmap::IndexMap;

use crate::name::Name;

/// The value of an attribute: a text, a number, or a list of either, in its exact type.
///
/// ```
/// use graticule_dataset::AttrValue;
/// assert_eq!(AttrValue::from("degC").as_str(), Some("degC"));
/// assert_eq!(AttrValue::from(vec![1i16, 2]).to_string(), "[1, 2]");
/// assert_eq!(AttrValue::from(0.5f32).as_f64(), Some(0.5));
/// ```
#[derive(Clone)]
pub struct AttrValue(Array);

impl AttrValue {
    /// Takes an array as it is: no axis for a single value, one for a list.
    #[must_use]
    pub fn new(value: Array) -> Self {
        Self(value)
    }

    /// The value as an array.
    #[must_use]
    pub fn array(&self) -> &Array {
        &self.0
    }

    /// The text, if it is a single one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match (self.0.as_slice::<Text>(), self.0.len()) {
            (Some([text]), 1) => text.as_str(),
            _ => None,
        }
    }

    /// The number, if it is a single one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.0.item().ok()?.as_f64()
    }

    /// The integer, if it is a single one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.item().ok()?.as_i64()
    }

    /// The type of the value or values.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        self.0.dtype()
    }

    /// The elements as they print, without quotes.
    pub(crate) fn texts(&self) -> Vec<String> {
        let n = self.0.len();
        let Ok(flat) = self.0.reshape(&[n]) else { return Vec::new() };
        (0..n).map(|i| flat.get(&[i]).map_or_else(|e| e.to_string(), |s| show_scalar(&s))).collect()
    }
}

/// A scalar as it prints in attributes and messages: numbers plain, text without quotes.
pub(crate) fn show_scalar(value: &graticule_array::Scalar) -> String {
    crate::show::values::scalar_text(value)
}

impl PartialEq for AttrValue {
    /// Same type, shape and elements; NaN equals NaN.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
            || (self.0.dtype() == other.0.dtype()
                && self.0.shape() == other.0.shape()
                && self.texts() == other.texts())
    }
}

impl fmt::Display for AttrValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.as_str() {
            return f.write_str(text);
        }
        let texts = self.texts();
        match (self.0.ndim(), &*texts) {
            (0, [one]) => f.write_str(one),
            _ => write!(f, "[{}]", texts.join(", ")),
        }
    }
}

impl fmt::Debug for AttrValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Array> for AttrValue {
    fn from(value: Array) -> Self {
        Self(value)
    }
}

impl From<&str> for AttrValue {
    fn from(text: &str) -> Self {
        Self(Array::scalar(Text::from(text)))
    }
}

impl From<String> for AttrValue {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Vec<&str>> for AttrValue {
    fn from(texts: Vec<&str>) -> Self {
        let texts: Vec<Text> = texts.into_iter().map(Text::from).collect();
        Self(list(texts))
    }
}

fn list<T: graticule_array::Element>(values: Vec<T>) -> Array {
    Array::new(graticule_array::ndarray::Array1::from_vec(values).into_dyn())
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl From<$type> for AttrValue {
            fn from(value: $type) -> Self {
                Self(Array::scalar(value))
            }
        }

        impl From<Vec<$type>> for AttrValue {
            fn from(values: Vec<$type>) -> Self {
                Self(list(values))
            }
        }
    )*};
}

numbers!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

/// Attributes in order. Cloning shares them.
///
/// ```
/// use graticule_dataset::Attrs;
/// let attrs = Attrs::new().with("units", "K").with("valid_max", 330i16);
/// assert_eq!(attrs.text("units"), Some("K"));
/// assert_eq!(attrs.names().collect::<Vec<_>>(), ["units", "valid_max"]);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Attrs(Arc<IndexMap<Name, AttrValue>>);

impl Attrs {
    /// No attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AttrValue> {
        self.0.get(name)
    }

    /// The value of an attribute, if it is a single text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether there is such an attribute.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The same attributes with one added at the end, or replaced where it stands.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<AttrValue>) -> Self {
        self.set(name, value);
        self
    }

    /// The same attributes without one.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.remove(name);
        self
    }

    /// Adds an attribute at the end, or replaces it where it stands.
    pub fn set(&mut self, name: impl Into<Name>, value: impl Into<AttrValue>) {
        Arc::make_mut(&mut self.0).insert(name.into(), value.into());
    }

    /// Takes an attribute out, if it is there; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<AttrValue> {
        if self.has(name) { Arc::make_mut(&mut self.0).shift_remove(name) } else { None }
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &AttrValue)> {
        self.0.iter()
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.keys()
    }

    /// The number of attributes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are the same in memory.
    pub(crate) fn shares(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The attributes of both, except those whose values differ (xarray's `drop_conflicts`).
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        if Arc::ptr_eq(&self.0, &other.0) || other.is_empty() {
            return self.clone();
        }
        let mine = self.iter().filter(|(k, v)| other.get(k).is_none_or(|o| o == *v));
        let new = other.iter().filter(|(k, _)| !self.has(k));
        mine.chain(new).map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

impl<N: Into<Name>, V: Into<AttrValue>> FromIterator<(N, V)> for Attrs {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(Arc::new(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect()))
    }
}

impl fmt::Debug for Attrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_drops_conflicts_and_keeps_the_order() {
        let a = Attrs::new().with("units", "K").with("name", "sst").with("gap", f64::NAN);
        let b = Attrs::new().with("gap", f64::NAN).with("units", "degC").with("source", "x");
        let both = a.merged(&b);
        assert_eq!(both.names().collect::<Vec<_>>(), ["name", "gap", "source"]);
    }

    #[test]
    fn types_stay_exact() {
        let attrs = Attrs::new().with("range", vec![1i16, 2, 3]).with("empty", "");
        assert_eq!(attrs.get("range").unwrap().dtype(), &DType::I16);
        assert_eq!(attrs.text("empty"), Some(""));
        assert_ne!(AttrValue::from(1i16), AttrValue::from(1i32));
    }
}
