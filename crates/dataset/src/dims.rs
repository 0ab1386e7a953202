//! Lists of dimension names, and the choice of dimensions that a verb runs over.

use std::fmt;
use std::ops::{Deref, RangeFull};
use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};

use crate::name::Name;

/// An ordered list of names: the dimensions of a variable, or the names that a verb is given.
///
/// ```
/// use graticule_dataset::Dims;
/// let dims = Dims::from(["lat", "lon"]);
/// assert_eq!(dims.axis("lon"), Some(1));
/// assert_eq!(dims.to_string(), "lat, lon");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Dims(Arc<[Name]>);

impl Dims {
    /// No dimensions: those of a scalar.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::from([]))
    }

    /// The axis of a dimension.
    #[must_use]
    pub fn axis(&self, dim: &str) -> Option<usize> {
        self.0.iter().position(|d| d == dim)
    }

    /// Whether the dimension is among these.
    #[must_use]
    pub fn has(&self, dim: &str) -> bool {
        self.axis(dim).is_some()
    }

    /// Checks that no name is empty or listed twice.
    ///
    /// # Errors
    /// Naming the first such dimension.
    pub fn check(&self) -> Result<()> {
        for (axis, dim) in self.0.iter().enumerate() {
            if dim.is_empty() {
                return Err(Error::invalid(format!("the name of dimension {axis} is empty")));
            }
            if self.0.iter().take(axis).any(|d| d == dim) {
                return Err(Error::invalid(format!(
                    "dimension \"{dim}\" is listed twice in ({self}); each axis needs a name of its own"
                )));
            }
        }
        Ok(())
    }

    /// Whether both list the same names, in any order.
    #[must_use]
    pub fn same_set(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|d| other.has(d))
    }

    /// These dimensions, then those of `other` that are new.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.iter().all(|d| self.has(d)) {
            return self.clone();
        }
        let fresh = other.iter().filter(|d| !self.has(d));
        Self(self.iter().chain(fresh).cloned().collect())
    }

    /// These dimensions without the given ones.
    #[must_use]
    pub fn without(&self, gone: &[Name]) -> Self {
        self.iter().filter(|d| !gone.contains(d)).cloned().collect()
    }
}

impl Deref for Dims {
    type Target = [Name];

    fn deref(&self) -> &[Name] {
        &self.0
    }
}

impl fmt::Display for Dims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, dim) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{dim}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Dims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({self})")
    }
}

impl<N: Into<Name>> FromIterator<N> for Dims {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

impl<'a> IntoIterator for &'a Dims {
    type Item = &'a Name;
    type IntoIter = std::slice::Iter<'a, Name>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<()> for Dims {
    fn from((): ()) -> Self {
        Self::none()
    }
}

impl From<&Dims> for Dims {
    fn from(dims: &Dims) -> Self {
        dims.clone()
    }
}

macro_rules! one_name {
    ($($type:ty)*) => {$(
        impl From<$type> for Dims {
            fn from(name: $type) -> Self {
                Self([Name::from(name)].into())
            }
        }

        impl From<$type> for Over {
            fn from(name: $type) -> Self {
                Self::Named(name.into())
            }
        }
    )*};
}

macro_rules! many_names {
    ($([$($n:tt)*] $type:ty;)*) => {$(
        impl<$($n)*> From<$type> for Dims {
            fn from(names: $type) -> Self {
                names.into_iter().map(Name::from).collect()
            }
        }

        impl<$($n)*> From<$type> for Over {
            fn from(names: $type) -> Self {
                Self::Named(names.into())
            }
        }
    )*};
}

one_name!(&str String &String Name &Name);
many_names! {
    [const N: usize] [&str; N];
    [const N: usize] [String; N];
    [const N: usize] [Name; N];
    [] &[&str];
    [] &[String];
    [] &[Name];
    [] Vec<&str>;
    [] Vec<String>;
    [] Vec<Name>;
    [] &Vec<String>;
    [] &Vec<Name>;
}

impl<'a> From<&&'a str> for Name {
    fn from(text: &&'a str) -> Self {
        Self::from(*text)
    }
}

/// The dimensions that a verb runs over: some by name, or all with `..`.
///
/// ```
/// use graticule_dataset::Over;
/// assert_eq!(Over::from("time").to_string(), "\"time\"");
/// assert_eq!(Over::from(["lat", "lon"]).to_string(), "[\"lat\", \"lon\"]");
/// assert_eq!(Over::from(..).to_string(), "..");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Every dimension there is.
    All,
    /// What the verb takes by itself: for a grouped object the grouped dimension, else all.
    Default,
    /// These dimensions.
    Named(Dims),
}

impl From<RangeFull> for Over {
    fn from(_: RangeFull) -> Self {
        Self::All
    }
}

impl From<()> for Over {
    fn from((): ()) -> Self {
        Self::Default
    }
}

impl From<Dims> for Over {
    fn from(dims: Dims) -> Self {
        Self::Named(dims)
    }
}

impl From<&Dims> for Over {
    fn from(dims: &Dims) -> Self {
        Self::Named(dims.clone())
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str(".."),
            Self::Default => f.write_str("()"),
            Self::Named(dims) => match &**dims {
                [one] => write!(f, "{one:?}"),
                more => write!(f, "{more:?}"),
            },
        }
    }
}

/// The error for a dimension that does not exist among `sizes`.
pub(crate) fn no_dimension<'a>(
    dim: &str,
    sizes: impl Iterator<Item = (&'a Name, usize)> + Clone,
) -> Error {
    let list: Vec<String> = sizes.clone().map(|(d, n)| format!("{d}: {n}")).collect();
    let known = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let error = Error::not_found(format!("no dimension \"{dim}\" ({known})"));
    match did_you_mean(dim, sizes.map(|(d, _)| d.as_str())) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_and_empty_names_are_refused() {
        let twice = Dims::from(["x", "y", "x"]).check().unwrap_err();
        assert!(twice.to_string().contains("\"x\" is listed twice"), "{twice}");
        assert!(Dims::from([""]).check().is_err());
        assert!(Dims::from(["x", "X"]).check().is_ok());
    }

    #[test]
    fn union_keeps_the_order_of_first_appearance() {
        let dims = Dims::from(["x", "y"]).union(&Dims::from(["y", "z"]));
        assert_eq!(dims, Dims::from(["x", "y", "z"]));
    }
}
