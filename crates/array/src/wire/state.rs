//! What reductions remember, on its way to where it is merged.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::array::Array;
use crate::reduce::State;

impl Serialize for State {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_parts().serialize(to)
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (parts, seen) = <(Vec<Array>, u64)>::deserialize(from)?;
        let alike = |p: &Array| p.ndim() == 1 && parts.first().is_some_and(|f| f.len() == p.len());
        if parts.iter().all(alike) {
            Ok(Self::from_parts(parts, seen))
        } else {
            Err(D::Error::custom("a reduction's state of parts that differ in length"))
        }
    }
}
