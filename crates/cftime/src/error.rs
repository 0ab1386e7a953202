//! The error of this crate.

use crate::{Calendar, TimeUnit};

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with a calendar, a unit, a date or a text that should hold one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Kind>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Kind {
    #[error("unknown calendar {0:?}; {1}")]
    Calendar(String, &'static str),
    #[error("unknown tick {0:?}; expected one of \"s\", \"ms\", \"us\", \"ns\"")]
    Tick(String),
    #[error("cannot read {text:?} as time units: {why}")]
    Units { text: String, why: String },
    #[error("{step:?} is not a fixed length of time in the calendar {calendar}; {why}")]
    Inexact { step: String, calendar: Calendar, why: &'static str },
    #[error("there is no date {date} in the calendar {calendar}: {why}")]
    Date { date: String, calendar: Calendar, why: String },
    #[error("{what} does not fit into 64-bit ticks of {unit}")]
    Overflow { what: String, unit: TimeUnit },
    #[error("{what} is not a whole number of ticks of {unit}; use a finer tick")]
    Precision { what: String, unit: TimeUnit },
    #[error("cannot read {text:?} as a date: {why}")]
    Partial { text: String, why: String },
    #[error("cannot read {text:?} as a frequency: {why}")]
    Frequency { text: String, why: String },
    #[error("cannot read {text:?} as a season: {why}")]
    Season { text: String, why: String },
    #[error("cannot make a range of times: {0}")]
    Range(String),
}

impl Error {
    /// True if a time or duration does not fit into 64-bit ticks.
    pub fn is_overflow(&self) -> bool {
        matches!(*self.0, Kind::Overflow { .. })
    }

    /// True if a tick too coarse for the value was asked for.
    pub fn is_precision(&self) -> bool {
        matches!(*self.0, Kind::Precision { .. })
    }

    /// True if a date does not exist in its calendar.
    pub fn is_invalid_date(&self) -> bool {
        matches!(*self.0, Kind::Date { .. })
    }

    /// True if a text (calendar, units, date, frequency) could not be read.
    pub fn is_syntax(&self) -> bool {
        matches!(
            *self.0,
            Kind::Calendar(..)
                | Kind::Tick(_)
                | Kind::Units { .. }
                | Kind::Inexact { .. }
                | Kind::Partial { .. }
                | Kind::Frequency { .. }
                | Kind::Season { .. }
        )
    }

    pub(crate) fn date(date: &impl ToString, calendar: Calendar, why: impl Into<String>) -> Self {
        Kind::Date { date: date.to_string(), calendar, why: why.into() }.into()
    }

    pub(crate) fn units(text: &str, why: impl Into<String>) -> Self {
        Kind::Units { text: shorten(text), why: why.into() }.into()
    }

    pub(crate) fn partial(text: &str, why: impl Into<String>) -> Self {
        Kind::Partial { text: shorten(text), why: why.into() }.into()
    }

    pub(crate) fn overflow(what: &impl ToString, unit: TimeUnit) -> Self {
        Kind::Overflow { what: what.to_string(), unit }.into()
    }

    pub(crate) fn precision(what: &impl ToString, unit: TimeUnit) -> Self {
        Kind::Precision { what: what.to_string(), unit }.into()
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

/// Text from a file may be of any length; a message should not.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
