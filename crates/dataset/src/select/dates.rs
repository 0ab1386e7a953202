//! Instants by fields of their date, whatever the rest of it.

use std::fmt;
use std::ops::{Range, RangeInclusive};

use graticule_array::{Array, DType, Error, MapOp, Pick, Result};
use graticule_cftime::Field;

use super::Selector;

/// What a field of a date may be: one number, several, or a range of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValues(Vec<i64>);

impl From<i32> for FieldValues {
    fn from(one: i32) -> Self {
        Self(vec![one.into()])
    }
}

impl From<Vec<i32>> for FieldValues {
    fn from(list: Vec<i32>) -> Self {
        Self(list.into_iter().map(Into::into).collect())
    }
}

impl<const N: usize> From<[i32; N]> for FieldValues {
    fn from(list: [i32; N]) -> Self {
        list.to_vec().into()
    }
}

/// More numbers than any field has are cut off: an empty range and an endless one are mistakes
/// that are reported alike.
const MOST: usize = 100_000;

impl From<RangeInclusive<i32>> for FieldValues {
    fn from(range: RangeInclusive<i32>) -> Self {
        Self(range.take(MOST).map(Into::into).collect())
    }
}

impl From<Range<i32>> for FieldValues {
    fn from(range: Range<i32>) -> Self {
        Self(range.take(MOST).map(Into::into).collect())
    }
}

/// Instants by fields of their date: see [`dates`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Dates(Vec<(Field, Vec<i64>)>);

/// All instants at first; each field that is given narrows them down. For `sel`, in any calendar:
/// every July, the first of each month, the hours from 9 to 17.
///
/// ```
/// use graticule_dataset::{DataArray, date_range, dates};
/// let time = date_range("2000-01-01").periods(48).freq("MS");
/// let t = DataArray::new("t", "time", (0..48).collect::<Vec<i32>>()).with_coord("time", "time", time);
/// assert_eq!(t.sel("time", dates().month(7)).values::<i32>()?, [6, 18, 30, 42]);
/// let winters = dates().month([12, 1, 2]).year(2001..=2002);
/// assert_eq!(t.sel("time", winters).values::<i32>()?, [12, 13, 23, 24, 25, 35]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub fn dates() -> Dates {
    Dates::default()
}

impl Dates {
    fn with(mut self, field: Field, values: FieldValues) -> Self {
        self.0.push((field, values.0));
        self
    }

    /// Those of these years.
    pub fn year(self, years: impl Into<FieldValues>) -> Self {
        self.with(Field::Year, years.into())
    }

    /// Those of these months, January being 1.
    pub fn month(self, months: impl Into<FieldValues>) -> Self {
        self.with(Field::Month, months.into())
    }

    /// Those of these days of the month.
    pub fn day(self, days: impl Into<FieldValues>) -> Self {
        self.with(Field::Day, days.into())
    }

    /// Those of these days of the year, the first being 1.
    pub fn dayofyear(self, days: impl Into<FieldValues>) -> Self {
        self.with(Field::DayOfYear, days.into())
    }

    /// Those of these hours of the day.
    pub fn hour(self, hours: impl Into<FieldValues>) -> Self {
        self.with(Field::Hour, hours.into())
    }

    /// Those of these minutes of the hour.
    pub fn minute(self, minutes: impl Into<FieldValues>) -> Self {
        self.with(Field::Minute, minutes.into())
    }

    /// The positions of the labels that have all fields.
    pub(crate) fn pick(&self, coord: &str, labels: &Array) -> Result<Pick> {
        if !matches!(labels.dtype(), DType::Time(_)) {
            return Err(Error::mismatch(format!(
                "{self} asks for times, and the labels of \"{coord}\" are {}",
                labels.dtype()
            )));
        }
        let mut wanted = vec![true; labels.len()];
        for (field, values) in &self.0 {
            let (low, high) = limits(*field);
            if values.is_empty() {
                return Err(Error::invalid(format!("no {} is asked for", field.name())));
            }
            if let Some(wrong) = values.iter().find(|v| **v < low || **v > high) {
                return Err(Error::invalid(format!(
                    "the {} {wrong} for \"{coord}\": expected {low} to {high}",
                    field.name()
                )));
            }
            let found = MapOp::TimeField(*field).apply(labels)?;
            // Fields of missing times are missing, too.
            let found = found.cast(&DType::F64)?.to_flat::<f64>()?;
            for (flag, value) in wanted.iter_mut().zip(found) {
                *flag &= values.iter().any(|v| *v as f64 == value);
            }
        }
        let list: Vec<usize> =
            wanted.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i).collect();
        Ok(Pick::List(list.into()))
    }
}

/// The least and the greatest number that a field has in some calendar.
fn limits(field: Field) -> (i64, i64) {
    match field {
        Field::Month => (1, 12),
        Field::Day => (1, 31),
        Field::DayOfYear => (1, 366),
        Field::Hour => (0, 23),
        Field::Minute => (0, 59),
        _ => (i64::MIN, i64::MAX),
    }
}

/// As it is written in a call.
impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dates()")?;
        for (field, values) in &self.0 {
            match values.as_slice() {
                [one] => write!(f, ".{}({one})", field.name())?,
                [first, .., last] if values.len() > 12 => {
                    write!(f, ".{}([{first}, .., {last}])", field.name())?;
                }
                list => write!(f, ".{}({list:?})", field.name())?,
            }
        }
        Ok(())
    }
}

impl From<Dates> for Selector {
    fn from(dates: Dates) -> Self {
        Self::Dates(dates)
    }
}
