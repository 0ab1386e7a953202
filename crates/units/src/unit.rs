//! A unit and the algebra of units.

use std::str::FromStr;

use crate::dimension::{Base, Dimension};
use crate::factor::Factor;
use crate::{Error, Result, parse};

/// The base of a logarithmic unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogBase {
    /// `lb`, base 2.
    Two,
    /// `ln`, base e.
    E,
    /// `lg` and `log`, base 10.
    Ten,
}

impl LogBase {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Two => "lb",
            Self::E => "ln",
            Self::Ten => "lg",
        }
    }
}

/// A physical unit: what it measures, how large it is, where its zero is, and how it was written.
///
/// ```
/// use graticule_units::Unit;
/// let a = Unit::parse("W/(m2 sr)")?;
/// assert_eq!(a.to_string(), "W m-2 sr-1");
/// assert_eq!(a.definition(), "kg s-3 rad-2");
/// assert!(Unit::parse("millibar")?.is_same_as(&Unit::parse("hPa")?));
/// assert!(Unit::parse("kelvn").unwrap_err().to_string().contains("did you mean \"kelvin\"?"));
/// # Ok::<(), graticule_units::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Unit {
    /// The powers of the base units; of a logarithmic unit those of its reference.
    pub(crate) dimension: Dimension,
    /// The size in base units; of a logarithmic unit the size of a step.
    pub(crate) scale: Factor,
    /// Where zero lies above the zero of the base units, counted in this unit.
    pub(crate) origin: Factor,
    pub(crate) log: Option<Log>,
    /// What follows `since`, verbatim.
    pub(crate) reference: Option<String>,
    pub(crate) written: Written,
}

/// The quantity whose logarithm counts: `lg(re 1 mW)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    pub(crate) base: LogBase,
    pub(crate) reference: Factor,
}

/// How a unit was written, tidied: `1e-3 kg m-2`.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) number: Factor,
    pub(crate) symbols: Vec<(String, i16)>,
    /// The zero, if it was given with `@` and no symbol implies it.
    pub(crate) shift: Option<Factor>,
    /// Whether a symbol stands for its size alone, without the zero that it implies.
    pub(crate) size_only: bool,
}

/// A product of more different symbols than this is refused.
const MAX_SYMBOLS: usize = 64;

impl Unit {
    /// Reads a unit in the grammar of UDUNITS-2: `kg m-2 s-1`, `W/(m^2.sr)`, `K @ 273.15`,
    /// `0.1 lg(re 1e-18 m3)`, `days since 1970-01-01`. Unlike there, spaces around it, Unicode
    /// minus signs in exponents, `dB` and `psu` are understood.
    ///
    /// # Errors
    /// Naming what is unknown or does not fit, with the name that was probably meant.
    pub fn parse(text: &str) -> Result<Self> {
        parse::unit(text)
    }

    /// The unit of pure numbers, `1`.
    pub fn one() -> Self {
        Self::of(Dimension::default(), Factor::ONE, None)
    }

    pub(crate) fn number(value: Factor) -> Self {
        let mut unit = Self::of(Dimension::default(), value, None);
        unit.written.number = value;
        unit
    }

    pub(crate) fn base(base: Base) -> Self {
        Self::of(Dimension::of(base), Factor::ONE, Some(base.symbol()))
    }

    fn of(dimension: Dimension, scale: Factor, symbol: Option<&str>) -> Self {
        let symbols = symbol.map(|s| vec![(s.to_owned(), 1)]).unwrap_or_default();
        Self {
            dimension,
            scale,
            origin: Factor::ZERO,
            log: None,
            reference: None,
            written: Written { number: Factor::ONE, symbols, shift: None, size_only: false },
        }
    }

    /// The same unit, called by a symbol.
    pub(crate) fn called(mut self, symbol: &str) -> Self {
        self.written = Written {
            number: Factor::ONE,
            symbols: vec![(symbol.to_owned(), 1)],
            shift: None,
            size_only: false,
        };
        self
    }

    /// The same unit times a number that a prefix stands for.
    pub(crate) fn prefixed(mut self, prefix: Factor, symbol: &str) -> Result<Self> {
        let origin = prefix.inverse().map(|p| self.origin.times(p));
        self.origin = origin.ok_or_else(|| Error::Meaningless("a prefix of 0".into()))?;
        self.scale = self.scale.times(prefix);
        Ok(self.called(symbol))
    }

    /// The powers of the base units.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// Whether it measures pure numbers (angles and fractions among them), not logarithms.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.dimension.is_number() && self.log.is_none()
    }

    /// Whether it is the number 1.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.is_number() && self.scale.is_one() && self.origin.is_zero()
    }

    /// The size in base units: 1000 for `km`.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale.value()
    }

    /// The zero in base units: 273.15 for `degC`.
    #[must_use]
    pub fn zero(&self) -> f64 {
        self.origin.times(self.scale).value()
    }

    /// Whether its zero is not that of the base units, as that of `degC`.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        !self.origin.is_zero()
    }

    /// The base of its logarithm, if it is logarithmic.
    #[must_use]
    pub fn log_base(&self) -> Option<LogBase> {
        self.log.map(|l| l.base)
    }

    /// What follows `since` in a unit of instants: `1970-01-01`.
    #[must_use]
    pub fn reference_time(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Whether values in this unit are values in the other, unchanged.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let logs = match (&self.log, &other.log) {
            (None, None) => true,
            (Some(a), Some(b)) => a.base == b.base && a.reference.same(b.reference),
            _ => false,
        };
        logs && self.dimension.same(other.dimension)
            && self.scale.same(other.scale)
            && (self.origin.is_zero() == other.origin.is_zero())
            && self.origin.times(self.scale).same(other.origin.times(other.scale))
            && self.reference == other.reference
    }

    /// Whether values in this unit can be told in the other.
    #[must_use]
    pub fn is_convertible_to(&self, other: &Self) -> bool {
        self.dimension.same(other.dimension) && self.reference == other.reference
    }

    /// The product. Zeros that are not absolute (`degC`) do not survive it.
    ///
    /// # Errors
    /// For logarithmic units, except times a number, and for powers that no quantity has.
    pub fn times(&self, other: &Self) -> Result<Self> {
        let log = match (&self.log, &other.log) {
            (None, None) => None,
            (Some(log), None) if other.is_number() => Some(*log),
            (None, Some(log)) if self.is_number() => Some(*log),
            _ => return Err(self.no_product()),
        };
        let size_only = self.written.size_only
            || other.written.size_only
            || self.has_offset()
            || other.has_offset();
        let mut made = Self {
            dimension: self.dimension.times(other.dimension)?,
            scale: self.scale.times(other.scale),
            origin: Factor::ZERO,
            log,
            reference: None,
            written: self.written.times(&other.written)?,
        };
        let value = made.scale.value();
        if !value.is_finite() || value == 0.0 {
            return Err(Error::Meaningless(format!("a unit of {value} is none")));
        }
        made.written.size_only = size_only;
        Ok(made)
    }

    /// The quotient.
    ///
    /// # Errors
    /// As [`times`](Self::times).
    pub fn per(&self, other: &Self) -> Result<Self> {
        self.times(&other.power(-1)?)
    }

    /// A power.
    ///
    /// # Errors
    /// For logarithmic units, and for powers that no quantity has.
    pub fn power(&self, power: i16) -> Result<Self> {
        if power == 1 {
            return Ok(self.clone());
        }
        if self.log.is_some() {
            return Err(self.no_product());
        }
        let beyond = || Error::Meaningless(format!("the power {power} of \"{self}\" is no unit"));
        let mut written = self.written.raised(power).ok_or_else(beyond)?;
        written.size_only = self.written.size_only || self.has_offset();
        Ok(Self {
            dimension: self.dimension.raised(power)?,
            scale: self.scale.raised(power).ok_or_else(beyond)?,
            origin: Factor::ZERO,
            log: None,
            reference: None,
            written,
        })
    }

    /// The unit whose `root`-th power this is, if there is one.
    #[must_use]
    pub fn root(&self, root: i16) -> Option<Self> {
        if self.log.is_some() || root <= 0 {
            return None;
        }
        let dimension = self.dimension.root(root)?;
        let scale = self.scale.root(root)?;
        let written = self.written.root(root).unwrap_or_else(|| {
            let base = |b: &Base| {
                Some((b.symbol().to_owned(), dimension.power(*b))).filter(|(_, p)| *p != 0)
            };
            Written {
                number: scale,
                symbols: Base::ALL.iter().filter_map(base).collect(),
                shift: None,
                size_only: false,
            }
        });
        Some(Self { dimension, scale, origin: Factor::ZERO, log: None, reference: None, written })
    }

    /// The unit of differences between values in this unit: its size without its zero.
    pub fn of_differences(&self) -> Self {
        let mut unit = self.clone();
        unit.written.size_only |= unit.has_offset();
        unit.origin = Factor::ZERO;
        unit.reference = None;
        unit.written.shift = None;
        unit
    }

    /// The same unit with another zero, counted in this unit (`K @ 273.15`).
    pub(crate) fn shifted(&self, zero: Factor) -> Self {
        let mut unit = self.clone();
        unit.origin = self.origin.plus(zero);
        unit.written.shift = Some(self.written.shift.map_or(zero, |s| s.plus(zero)));
        unit
    }

    /// The logarithm of values in this unit.
    pub(crate) fn logarithm(&self, base: LogBase) -> Result<Self> {
        if self.log.is_some() {
            return Err(self.no_product());
        }
        let symbol = format!("{}(re {self})", base.word());
        let log = Some(Log { base, reference: self.scale });
        Ok(Self { log, ..Self::of(self.dimension, Factor::ONE, Some(&symbol)) })
    }

    fn no_product(&self) -> Error {
        Error::Meaningless(format!(
            "\"{self}\" counts a logarithm, of which there are no products, powers or logarithms"
        ))
    }
}

impl Written {
    fn times(&self, other: &Self) -> Result<Self> {
        let mut symbols = self.symbols.clone();
        for (symbol, power) in &other.symbols {
            match symbols.iter_mut().find(|(s, _)| s == symbol) {
                Some((_, sum)) => *sum = sum.saturating_add(*power),
                None => symbols.push((symbol.clone(), *power)),
            }
        }
        symbols.retain(|(_, p)| *p != 0);
        if symbols.len() > MAX_SYMBOLS {
            return Err(Error::Meaningless(format!(
                "a product of more than {MAX_SYMBOLS} different units"
            )));
        }
        Ok(Self { number: self.number.times(other.number), symbols, shift: None, size_only: false })
    }

    fn raised(&self, power: i16) -> Option<Self> {
        let raise = |(s, p): &(String, i16)| Some((s.clone(), p.checked_mul(power)?));
        let mut symbols = self.symbols.iter().map(raise).collect::<Option<Vec<_>>>()?;
        symbols.retain(|(_, p)| *p != 0);
        Some(Self { number: self.number.raised(power)?, symbols, shift: None, size_only: false })
    }

    fn root(&self, root: i16) -> Option<Self> {
        if self.symbols.iter().any(|(_, p)| p % root != 0) {
            return None;
        }
        let symbols = self.symbols.iter().map(|(s, p)| (s.clone(), p / root)).collect();
        Some(Self { number: self.number.root(root)?, symbols, shift: None, size_only: false })
    }
}

impl FromStr for Unit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}
