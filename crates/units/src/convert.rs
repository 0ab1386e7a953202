//! From one unit to another.

use crate::factor::Factor;
use crate::unit::{Log, LogBase, Unit};
use crate::{Error, Result};

/// One operation of a conversion, on every value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Times a number.
    Multiply(f64),
    /// Plus a number.
    Add(f64),
    /// Divided by a number.
    Divide(f64),
    /// The logarithm to a base.
    Logarithm(LogBase),
    /// The base to the power of the value.
    Exponential(LogBase),
}

/// How values in one unit become values in another: few operations, each exact where floating
/// point allows it (`mm` to `m` divides by 1000; `degF` to `degC` is `(x × 5 - 160) / 9`).
///
/// ```
/// use graticule_units::{Step, Unit};
/// let c = Unit::parse("hPa")?.conversion_to(&Unit::parse("Pa")?)?;
/// assert_eq!(c.steps(), [Step::Multiply(100.0)]);
/// assert_eq!(c.apply(1013.25), 101325.0);
/// # Ok::<(), graticule_units::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Conversion(Vec<Step>);

impl Conversion {
    /// The operations in their order; none if the values stay as they are.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether the values stay as they are.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_empty()
    }

    /// The converted value.
    #[must_use]
    pub fn apply(&self, value: f64) -> f64 {
        self.0.iter().fold(value, |x, step| match step {
            Step::Multiply(by) => x * by,
            Step::Add(by) => x + by,
            Step::Divide(by) => x / by,
            Step::Logarithm(LogBase::Two) => x.log2(),
            Step::Logarithm(LogBase::E) => x.ln(),
            Step::Logarithm(LogBase::Ten) => x.log10(),
            Step::Exponential(LogBase::Two) => x.exp2(),
            Step::Exponential(LogBase::E) => x.exp(),
            Step::Exponential(LogBase::Ten) => 10f64.powf(x),
        })
    }

    /// Factor and summand, if the conversion is no more than these; applying them rounds a little
    /// differently from the steps.
    #[must_use]
    pub fn as_affine(&self) -> Option<(f64, f64)> {
        self.0.iter().try_fold((1.0, 0.0), |(scale, offset), step| match step {
            Step::Multiply(by) => Some((scale * by, offset * by)),
            Step::Add(by) => Some((scale, offset + by)),
            Step::Divide(by) => Some((scale / by, offset / by)),
            Step::Logarithm(_) | Step::Exponential(_) => None,
        })
    }

    /// `(x * mul + add) / div`, leaving out what does nothing.
    fn push_affine(&mut self, scale: Factor, offset: Factor) {
        let (mul, div) = scale.as_ratio();
        // The summand comes before the division, so it is enlarged by the divisor.
        let by = Factor::decimal(&format!("{div:e}")).unwrap_or(Factor::ONE);
        let add = offset.times(by).value();
        let one = |x: f64| (x - 1.0).abs() == 0.0;
        if !one(mul) {
            self.0.push(Step::Multiply(mul));
        }
        if add != 0.0 {
            self.0.push(Step::Add(add));
        }
        if !one(div) {
            self.0.push(Step::Divide(div));
        }
    }
}

impl Unit {
    /// How values in this unit become values in another.
    ///
    /// # Errors
    /// If they measure different things, or count from different instants.
    pub fn conversion_to(&self, to: &Self) -> Result<Conversion> {
        if !self.is_convertible_to(to) {
            return Err(self.inconvertible(to));
        }
        let mut made = Conversion(Vec::new());
        let same_log = match (&self.log, &to.log) {
            (None, None) => true,
            (Some(a), Some(b)) => a.base == b.base && a.reference.same(b.reference),
            _ => false,
        };
        if same_log {
            made.push_between(self, to)?;
            return Ok(made);
        }
        // To the quantity itself in base units, and back.
        match &self.log {
            Some(log) => {
                made.push_between(self, &Self::one())?;
                made.0.push(Step::Exponential(log.base));
                made.push_affine(log.reference, Factor::ZERO);
            }
            None => made.push_affine(self.scale, self.origin.times(self.scale)),
        }
        match &to.log {
            Some(log) => {
                made.push_affine(inverse(log)?, Factor::ZERO);
                made.0.push(Step::Logarithm(log.base));
                made.push_between(&Self::one(), to)?;
            }
            None => made.push_between(&Self::one(), to)?,
        }
        Ok(made)
    }

    /// How differences between values in this unit become differences in another: without zeros.
    ///
    /// # Errors
    /// As [`conversion_to`](Self::conversion_to).
    ///
    /// ```
    /// use graticule_units::Unit;
    /// let c = Unit::parse("degC")?.conversion_of_differences(&Unit::parse("K")?)?;
    /// assert!(c.is_identity());
    /// # Ok::<(), graticule_units::Error>(())
    /// ```
    pub fn conversion_of_differences(&self, to: &Self) -> Result<Conversion> {
        if !self.is_convertible_to(to) {
            return Err(self.inconvertible(to));
        }
        self.of_differences().conversion_to(&to.of_differences())
    }

    fn inconvertible(&self, to: &Self) -> Error {
        if self.dimension.same(to.dimension) {
            return Error::Meaningless(format!(
                "\"{self}\" and \"{to}\" do not count from the same instant"
            ));
        }
        Error::Inconvertible {
            from: self.to_string(),
            from_dimension: self.dimension.to_string(),
            to: to.to_string(),
            to_dimension: to.dimension.to_string(),
        }
    }
}

impl Conversion {
    /// Between the scales and zeros of two units, whatever they count.
    fn push_between(&mut self, from: &Unit, to: &Unit) -> Result<()> {
        let per = to
            .scale
            .inverse()
            .ok_or_else(|| Error::Meaningless(format!("\"{to}\" has no size")))?;
        let scale = from.scale.times(per);
        let offset = from.origin.times(scale).plus(to.origin.negated());
        self.push_affine(scale, offset);
        Ok(())
    }
}

fn inverse(log: &Log) -> Result<Factor> {
    log.reference.inverse().ok_or_else(|| Error::Meaningless("a logarithm relative to 0".into()))
}
