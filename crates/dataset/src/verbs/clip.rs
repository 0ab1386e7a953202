//! Limiting values to a range.

use graticule_array::{MapOp, Result, Scalar};

use crate::data_array::DataArray;
use crate::dataset::Dataset;

/// One end of the range that [`DataArray::clip`] limits values to: a number, or `..` for none.
#[derive(Clone, Debug)]
pub struct Limit(Option<Scalar>);

impl From<std::ops::RangeFull> for Limit {
    fn from(_: std::ops::RangeFull) -> Self {
        Self(None)
    }
}

impl<T: Into<Scalar>> From<Option<T>> for Limit {
    fn from(value: Option<T>) -> Self {
        Self(value.map(Into::into))
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl From<$type> for Limit {
            fn from(value: $type) -> Self {
                Self(Some(value.into()))
            }
        }
    )*};
}

numbers!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Scalar);

impl Limit {
    fn text(&self) -> String {
        self.0.as_ref().map_or_else(|| "..".into(), crate::show::values::scalar_text)
    }
}

impl Dataset {
    /// Limits values to the range from `min` to `max`; `..` leaves an end open. Missing values
    /// stay missing.
    #[track_caller]
    pub fn clip(&self, min: impl Into<Limit>, max: impl Into<Limit>) -> Self {
        let (min, max) = (min.into(), max.into());
        self.verb(|| format!("clip({}, {})", min.text(), max.text()), |ds| ds.try_clip(&min, &max))
    }

    fn try_clip(&self, min: &Limit, max: &Limit) -> Result<Self> {
        self.try_map(&MapOp::Clip { min: min.0.clone(), max: max.0.clone() })
    }
}

impl DataArray {
    /// Limits values to the range from `min` to `max`; `..` leaves an end open. Missing values
    /// stay missing.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![-5.0f32, 0.5, 9.0]);
    /// assert_eq!(x.clip(0, ..).values::<f32>()?, [0.0, 0.5, 9.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn clip(&self, min: impl Into<Limit>, max: impl Into<Limit>) -> Self {
        let (min, max) = (min.into(), max.into());
        self.verb(
            || format!("clip({}, {})", min.text(), max.text()),
            |set| set.try_clip(&min, &max),
        )
    }
}
