//! Physical units as UDUNITS-2 writes them: parsing, dimensional analysis, exact conversion.
//!
//! ```
//! use graticule_units::Unit;
//! let flux: Unit = "kg m-2 s-1".parse()?;
//! let amount = flux.times(&"86400 s".parse()?)?;
//! assert!(amount.is_convertible_to(&"g/cm^2".parse()?));
//!
//! let to_celsius = Unit::parse("degF")?.conversion_to(&Unit::parse("degC")?)?;
//! assert_eq!(to_celsius.apply(212.0), 100.0);
//! # Ok::<(), graticule_units::Error>(())
//! ```

mod convert;
mod dimension;
mod error;
mod factor;
mod format;
mod names;
mod parse;
mod table;
mod unit;

pub use convert::{Conversion, Step};
pub use dimension::{Base, Dimension};
pub use error::Error;
pub use unit::{LogBase, Unit};

/// A result whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
