//! Calendars, time units and dates of the CF conventions, as pure integer arithmetic.
//!
//! A time is a number of ticks (`i64`) of one [`TimeUnit`] since 1970-01-01T00:00 *of its own
//! [`Calendar`]*. One tick is reserved: [`MISSING`] says that there is no time. Everything else
//! here turns text, stored numbers and dates into ticks and back.
//!
//! ```
//! use graticule_cftime::{DateTime, TimeUnits};
//!
//! let units = TimeUnits::parse("days since 2000-02-27", Some("noleap"))?;
//! let decoder = units.decoder_for_ints()?;
//! let ticks = decoder.decode_i64(&[0, 1, 2])?;
//! let last = DateTime::from_ticks(ticks[2], decoder.unit(), decoder.calendar()).unwrap();
//! assert_eq!(last.iso(), "2000-03-01T00:00:00.000000");
//! # Ok::<(), graticule_cftime::Error>(())
//! ```

mod calendar;
mod date;
mod decode;
mod encode;
mod error;
mod frequency;
mod naive;
mod partial;
mod season;
mod unit;
mod units;
#[cfg(feature = "wire")]
mod wire;

pub use calendar::{Calendar, Date, REFORM_DAY};
pub use date::{
    AlignOn, DateTime, Field, convert_ticks, decimal_years, format_iso, format_short, season_name,
};
pub use decode::Decoder;
pub use encode::Encoded;
pub use error::{Error, Result};
pub use frequency::{
    Bins, Frequency, Origin, Period, Resample, Side, date_range, date_range_from, date_range_like,
    date_range_until,
};
pub use naive::{from_chrono, to_chrono};
pub use partial::{PartialDate, Resolution};
pub use season::{SeasonBin, SeasonBins, Seasons};
pub use unit::TimeUnit;
pub use units::{Step, TimeUnits};

/// The reserved tick that stands for a missing time (numpy's NaT).
pub const MISSING: i64 = i64::MIN;
