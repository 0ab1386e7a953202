//! Calendars, time units and dates of the CF conventions, as pure integer arithmetic.

mod calendar;
mod unit;

pub use calendar::Calendar;
pub use unit::TimeUnit;
