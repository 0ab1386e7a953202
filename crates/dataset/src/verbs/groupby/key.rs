//! What to group by.

use std::fmt;

use crate::data_array::DataArray;
use crate::name::Name;

/// What to group by: the name of a coordinate or variable, a field of one that holds times
/// (`"time.month"`), or an array of labels.
#[derive(Clone, Debug)]
pub enum GroupKey {
    /// A name, or a name and a field.
    Name(Name),
    /// Labels along one dimension.
    Labels(Box<DataArray>),
}

impl From<&str> for GroupKey {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}

impl From<String> for GroupKey {
    fn from(name: String) -> Self {
        Self::Name(name.into())
    }
}

impl From<&String> for GroupKey {
    fn from(name: &String) -> Self {
        Self::Name(name.into())
    }
}

impl From<&DataArray> for GroupKey {
    fn from(labels: &DataArray) -> Self {
        Self::Labels(Box::new(labels.clone()))
    }
}

impl From<DataArray> for GroupKey {
    fn from(labels: DataArray) -> Self {
        Self::Labels(Box::new(labels))
    }
}

/// As it is written in a call.
impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?}"),
            Self::Labels(labels) => f.write_str(labels.name().unwrap_or("..")),
        }
    }
}
