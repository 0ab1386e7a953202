//! Units as text.

use std::fmt;

use crate::factor::Factor;
use crate::unit::{Unit, Written};

/// Tidy and readable by UDUNITS: a number, then symbols with powers, then the zero.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written.text())?;
        if let Some(shift) = self.written.shift.filter(|s| !s.is_zero()) {
            write!(f, " @ {}", number_text(shift))?;
        }
        if let Some(reference) = &self.reference {
            write!(f, " since {reference}")?;
        }
        Ok(())
    }
}

impl Unit {
    /// The unit in base units: `0.5555555555555556 K @ 459.67` for `degF`.
    #[must_use]
    pub fn definition(&self) -> String {
        let base = self.dimension.to_string();
        let scaled = |scale: Factor, rest: &str| match (scale.is_one(), rest) {
            (true, _) => rest.to_owned(),
            (false, "1") => number_text(scale),
            (false, _) => format!("{} {rest}", number_text(scale)),
        };
        let mut text = match &self.log {
            None => scaled(self.scale, &base),
            Some(log) => {
                let inner = scaled(log.reference, &base);
                let inner = if inner.starts_with(|c: char| c.is_ascii_digit()) {
                    inner
                } else {
                    format!("1 {inner}")
                };
                scaled(self.scale, &format!("{}(re {inner})", log.base.word()))
            }
        };
        if !self.origin.is_zero() {
            text.push_str(&format!(" @ {}", number_text(self.origin)));
        }
        if let Some(reference) = &self.reference {
            text.push_str(&format!(" since {reference}"));
        }
        text
    }
}

impl Written {
    fn text(&self) -> String {
        let mut parts = Vec::new();
        // Alone, a symbol with a zero of its own (degC) means that zero; in a product it does not.
        let alone = self.size_only && matches!(&*self.symbols, [(_, 1)]);
        if !self.number.is_one() || self.symbols.is_empty() || alone {
            parts.push(number_text(self.number));
        }
        for (symbol, power) in &self.symbols {
            parts.push(match power {
                1 => symbol.clone(),
                // Signs that are no letters take their power with a circumflex.
                _ if !symbol.ends_with(char::is_alphabetic) => format!("{symbol}^{power}"),
                _ => format!("{symbol}{power}"),
            });
        }
        parts.join(" ")
    }
}

/// Short numbers plainly, long ones with an exponent as CF writes them: `1e-3`.
fn number_text(number: Factor) -> String {
    let value = number.value();
    let size = value.abs();
    if size != 0.0 && !(1e-2..1e6).contains(&size) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}
