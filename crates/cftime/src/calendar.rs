//! The calendars of the CF conventions.

/// A calendar of the CF conventions (section 4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Calendar {
    /// Mixed Julian/Gregorian with the gap of October 1582 (`standard`, `gregorian`).
    Standard,
    /// Gregorian rules extended to all years (`proleptic_gregorian`).
    ProlepticGregorian,
    /// Every year has 365 days (`noleap`, `365_day`).
    NoLeap,
    /// Every year has 366 days (`all_leap`, `366_day`).
    AllLeap,
    /// Twelve months of 30 days (`360_day`).
    Day360,
    /// A leap year every fourth year (`julian`).
    Julian,
    /// No calendar: perpetual or climatological time (`none`).
    None,
}
