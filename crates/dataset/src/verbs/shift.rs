//! Moving values along a dimension.

use graticule_array::{Error, Pick, Result, Scalar};
use graticule_lazy::LazyArray;

use super::eager;
use super::where_::weak;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::variable::Variable;

impl Dataset {
    /// Moves the data variables by a number of positions along a dimension, later for positive
    /// numbers; the gap becomes missing. Integers become floats, which can be missing. The
    /// coordinates stay where they are.
    #[track_caller]
    pub fn shift(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("shift({dim:?}, {by})"), |ds| ds.try_shift(dim, by, None))
    }

    /// Moves the data variables like [`shift`](Self::shift); the gap is filled with a value.
    #[track_caller]
    pub fn shift_filled(&self, dim: &str, by: isize, fill: impl Into<Scalar>) -> Self {
        let fill = fill.into();
        self.verb(
            || format!("shift_filled({dim:?}, {by}, ..)"),
            |ds| ds.try_shift(dim, by, Some(&fill)),
        )
    }

    fn try_shift(&self, dim: &str, by: isize, fill: Option<&Scalar>) -> Result<Self> {
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        self.map_data(|var| var.shifted(dim, by, fill))
    }

    /// Rotates the data variables by a number of positions along a dimension: what leaves at one
    /// end comes in at the other. The coordinates stay where they are.
    #[track_caller]
    pub fn roll(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("roll({dim:?}, {by})"), |ds| ds.try_roll(dim, by, false))
    }

    /// Rotates the data variables and the coordinates alike (xarray's `roll_coords=True`).
    #[track_caller]
    pub fn roll_coords(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("roll_coords({dim:?}, {by})"), |ds| ds.try_roll(dim, by, true))
    }

    fn try_roll(&self, dim: &str, by: isize, coords: bool) -> Result<Self> {
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        self.map_vars(|name, var| {
            Ok(Some(if self.is_coord(name) && !coords {
                var.clone()
            } else {
                var.rolled(dim, by)?
            }))
        })
    }
}

impl DataArray {
    /// Moves the values by a number of positions along a dimension, later for positive numbers;
    /// the gap becomes missing. Integers become floats, which can be missing. The coordinates
    /// stay where they are.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 2.0, 3.0]).shift("t", 1);
    /// assert_eq!(x.fillna(0.0).values::<f64>()?, [0.0, 1.0, 2.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn shift(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("shift({dim:?}, {by})"), |set| set.try_shift(dim, by, None))
    }

    /// Moves the values like [`shift`](Self::shift); the gap is filled with a value, which keeps
    /// the type of integers.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1i16, 2, 3]).shift_filled("t", -2, 0);
    /// assert_eq!(x.values::<i16>()?, [3, 0, 0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn shift_filled(&self, dim: &str, by: isize, fill: impl Into<Scalar>) -> Self {
        let fill = fill.into();
        self.verb(
            || format!("shift_filled({dim:?}, {by}, ..)"),
            |set| set.try_shift(dim, by, Some(&fill)),
        )
    }

    /// Rotates the values by a number of positions along a dimension: what leaves at one end
    /// comes in at the other. The coordinates stay where they are.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1, 2, 3]).roll("t", 1);
    /// assert_eq!(x.values::<i32>()?, [3, 1, 2]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn roll(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("roll({dim:?}, {by})"), |set| set.try_roll(dim, by, false))
    }

    /// Rotates the values and the coordinates alike (xarray's `roll_coords=True`).
    #[track_caller]
    pub fn roll_coords(&self, dim: &str, by: isize) -> Self {
        self.verb(|| format!("roll_coords({dim:?}, {by})"), |set| set.try_roll(dim, by, true))
    }
}

impl Variable {
    fn shifted(&self, dim: &str, by: isize, fill: Option<&Scalar>) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let len = self.size_of(dim).unwrap_or(0);
        let gap = by.unsigned_abs().min(len);
        let (dtype, fill) = match fill {
            None => {
                let dtype = self.dtype().with_missing();
                let missing = graticule_array::Array::missing(&dtype, &[])?;
                (dtype, LazyArray::constant(missing))
            }
            Some(value) => {
                let value = weak(value, self)?;
                let dtype = graticule_array::choose_type(self.dtype(), value.dtype())?;
                let data = eager::cast(value.data(), &dtype)?;
                (dtype, data)
            }
        };
        let kept = Pick::span(if by < 0 { gap } else { 0 }, len - gap);
        let kept = eager::cast(&eager::pick(self.data(), axis, kept)?, &dtype)?;
        if gap == 0 {
            return self.changed(self.dims().clone(), kept);
        }
        let mut shape = self.shape().to_vec();
        if let Some(n) = shape.get_mut(axis) {
            *n = gap;
        }
        let gap = eager::broadcast(&fill, &vec![None; shape.len()], &shape)?;
        let parts = if by < 0 { [kept, gap] } else { [gap, kept] };
        self.changed(self.dims().clone(), eager::concat(&parts, axis)?)
    }

    fn rolled(&self, dim: &str, by: isize) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let len = self.size_of(dim).unwrap_or(0);
        let signed = isize::try_from(len).map_err(|_| Error::invalid("an axis is too long"))?;
        if signed == 0 || by.rem_euclid(signed) == 0 {
            return Ok(self.clone());
        }
        let by = by.rem_euclid(signed).unsigned_abs();
        let tail = eager::pick(self.data(), axis, Pick::span(len - by, by))?;
        let head = eager::pick(self.data(), axis, Pick::span(0, len - by))?;
        self.clone().with_data(eager::concat(&[tail, head], axis)?)
    }
}
