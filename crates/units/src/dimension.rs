//! Dimensions: the powers of the base units.

use std::fmt;

use crate::{Error, Result};

/// A base unit. The radian is one so that it prints, but angles are numbers: it never keeps two
/// units apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// Length, m.
    Metre,
    /// Mass, kg.
    Kilogram,
    /// Time, s.
    Second,
    /// Electric current, A.
    Ampere,
    /// Temperature, K.
    Kelvin,
    /// Amount of substance, mol.
    Mole,
    /// Luminous intensity, cd.
    Candela,
    /// Plane angle, rad.
    Radian,
}

impl Base {
    /// All of them, in the order in which they print.
    pub const ALL: [Self; 8] = [
        Self::Kilogram,
        Self::Metre,
        Self::Second,
        Self::Ampere,
        Self::Kelvin,
        Self::Mole,
        Self::Candela,
        Self::Radian,
    ];

    /// The symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Metre => "m",
            Self::Kilogram => "kg",
            Self::Second => "s",
            Self::Ampere => "A",
            Self::Kelvin => "K",
            Self::Mole => "mol",
            Self::Candela => "cd",
            Self::Radian => "rad",
        }
    }
}

/// Powers of the base units.
///
/// ```
/// use graticule_units::{Base, Unit};
/// let pressure = Unit::parse("hPa")?.dimension();
/// assert_eq!(pressure.power(Base::Second), -2);
/// assert_eq!(pressure.to_string(), "kg m-1 s-2");
/// # Ok::<(), graticule_units::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension([i16; 8]);

/// Powers beyond this are refused: no quantity has them.
const MAX_POWER: i16 = 999;

impl Dimension {
    pub(crate) fn of(base: Base) -> Self {
        let mut powers = [0; 8];
        if let Some(p) = powers.get_mut(Self::place(base)) {
            *p = 1;
        }
        Self(powers)
    }

    fn place(base: Base) -> usize {
        Base::ALL.iter().position(|b| *b == base).unwrap_or(0)
    }

    /// The power of a base unit.
    #[must_use]
    pub fn power(self, base: Base) -> i16 {
        self.0.get(Self::place(base)).copied().unwrap_or(0)
    }

    /// Whether there is nothing but angle in it.
    #[must_use]
    pub fn is_number(self) -> bool {
        self.same(Self::default())
    }

    /// Whether both are powers of the same base units, angles aside.
    #[must_use]
    pub fn same(self, other: Self) -> bool {
        Base::ALL.iter().filter(|b| **b != Base::Radian).all(|b| self.power(*b) == other.power(*b))
    }

    pub(crate) fn raised(self, power: i16) -> Result<Self> {
        self.each(|p| p.checked_mul(power))
    }

    /// The dimension whose `root`-th power this is, if there is one.
    pub(crate) fn root(self, root: i16) -> Option<Self> {
        if root == 0 || self.0.iter().any(|p| p % root != 0) {
            return None;
        }
        Some(Self(self.0.map(|p| p / root)))
    }

    pub(crate) fn times(self, other: Self) -> Result<Self> {
        let mut theirs = other.0.into_iter();
        self.each(|p| p.checked_add(theirs.next().unwrap_or(0)))
    }

    fn each(self, mut change: impl FnMut(i16) -> Option<i16>) -> Result<Self> {
        let mut made = self.0;
        for power in &mut made {
            let new = change(*power).filter(|p| p.abs() <= MAX_POWER);
            *power = new.ok_or_else(|| {
                Error::Meaningless(format!("a power beyond {MAX_POWER} is no unit"))
            })?;
        }
        Ok(Self(made))
    }
}

/// `kg m-1 s-2`; `1` for a number.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for base in Base::ALL {
            let power = self.power(base);
            if power == 0 {
                continue;
            }
            let space = if first { "" } else { " " };
            first = false;
            write!(f, "{space}{}", base.symbol())?;
            if power != 1 {
                write!(f, "{power}")?;
            }
        }
        if first { f.write_str("1") } else { Ok(()) }
    }
}
