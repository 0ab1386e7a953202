//! The kinds of coordinates.

use std::fmt;
use std::str::FromStr;

use graticule_array::Error;

/// An axis of space and time, as the attribute `axis` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Axis {
    /// Time.
    T,
    /// Up or down.
    Z,
    /// South to north.
    Y,
    /// West to east.
    X,
}

impl Axis {
    /// All of them, in the order in which CF recommends dimensions.
    pub const ALL: [Self; 4] = [Self::T, Self::Z, Self::Y, Self::X];

    /// The letter.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::T => "T",
            Self::Z => "Z",
            Self::Y => "Y",
            Self::X => "X",
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

impl FromStr for Axis {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|a| a.letter().eq_ignore_ascii_case(text));
        found.ok_or_else(|| {
            Error::not_found(format!("no axis \"{text}\" (there are X, Y, Z and T)"))
        })
    }
}

/// A kind of coordinate that CF gives a meaning of its own (chapter 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Time (4.4).
    Time,
    /// Height, depth, pressure, model levels (4.3).
    Vertical,
    /// Latitude (4.1).
    Latitude,
    /// Longitude (4.2).
    Longitude,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Time, Self::Vertical, Self::Latitude, Self::Longitude];

    /// The word by which `cf()` finds it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Vertical => "vertical",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
        }
    }

    /// The axis along which coordinates of this kind usually run.
    #[must_use]
    pub fn axis(self) -> Axis {
        match self {
            Self::Time => Axis::T,
            Self::Vertical => Axis::Z,
            Self::Latitude => Axis::Y,
            Self::Longitude => Axis::X,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
