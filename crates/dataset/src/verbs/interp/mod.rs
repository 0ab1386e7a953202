//! Interpolation to other labels.

mod at;
mod points;
#[cfg(test)]
mod tests;

use graticule_array::{Beyond, Interpolation};

/// How values between labels are found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[must_use]
pub struct InterpOptions {
    pub(super) method: Interpolation,
    pub(super) beyond: Beyond,
}

impl InterpOptions {
    /// Linear; missing beyond the outer labels.
    pub fn new() -> Self {
        Self::default()
    }

    /// How values between labels are found.
    pub fn method(mut self, method: Interpolation) -> Self {
        self.method = method;
        self
    }

    /// Goes on beyond the outer labels.
    pub fn extrapolate(mut self) -> Self {
        self.beyond = Beyond::Extrapolate;
        self
    }

    /// The value beyond the outer labels.
    pub fn fill_value(mut self, value: f64) -> Self {
        self.beyond = Beyond::Value(value);
        self
    }
}

impl From<Interpolation> for InterpOptions {
    fn from(method: Interpolation) -> Self {
        Self::new().method(method)
    }
}
