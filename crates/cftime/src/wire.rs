//! Serialisable forms of units and decoders. What does not follow from the types is checked.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::TimeUnits;

/// The attributes, and whether a clock without a sign was read as xarray reads it.
#[derive(Serialize, Deserialize)]
struct Attributes {
    units: String,
    calendar: Option<String>,
    misread: bool,
}

impl Attributes {
    fn read(&self) -> crate::Result<TimeUnits> {
        let units = TimeUnits::parse(&self.units, self.calendar.as_deref())?;
        Ok(if self.misread { units.as_read_by_xarray() } else { units })
    }
}

impl Serialize for TimeUnits {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (units, calendar) = (self.text().to_owned(), self.calendar_text().map(str::to_owned));
        let mut form = Attributes { units, calendar, misread: false };
        // Equal values of these types print alike; the text alone does not say how it was read.
        let same = |form: &Attributes| form.read().is_ok_and(|u| u.epoch() == self.epoch());
        if !same(&form) {
            form.misread = true;
            if !same(&form) {
                return Err(S::Error::custom(format!(
                    "the units \"{self}\" do not say their epoch"
                )));
            }
        }
        form.serialize(to)
    }
}

impl<'de> Deserialize<'de> for TimeUnits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Attributes::deserialize(from)?.read().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;
    use crate::{Calendar, DateTime, Step, TimeUnits};

    #[test]
    fn attributes_say_all_of_units() {
        let made = TimeUnits::new(Step::Hour, DateTime::day(1850, 1, 1), Calendar::NoLeap).unwrap();
        let clock = TimeUnits::parse("seconds since 2020-02-05 10:08:25 0:00", None).unwrap();
        let read = clock.as_read_by_xarray();
        assert_ne!(read.epoch(), clock.epoch());
        for (units, misread) in [(made, false), (clock, false), (read, true)] {
            let form = Attributes {
                units: units.text().into(),
                calendar: units.calendar_text().map(Into::into),
                misread,
            };
            let again = form.read().unwrap();
            assert_eq!((again.epoch(), again.step()), (units.epoch(), units.step()));
            assert_eq!(again.calendar(), units.calendar());
        }
    }
}
