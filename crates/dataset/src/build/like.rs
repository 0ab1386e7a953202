//! Arrays and datasets like another one, filled with one value.

use graticule_array::{Error, Result, Scalar};
use graticule_lazy::LazyArray;

use super::generated::Sizes;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

/// The value in the type of a variable; numbers that are not whole do not become integers.
fn suited(value: &Scalar, var: &Variable) -> Result<LazyArray> {
    let array = value.fill(&[])?.cast(var.dtype())?;
    let (before, after) = (value.as_f64(), array.item()?.as_f64());
    let exact = var.dtype().is_integer() || *var.dtype() == graticule_array::DType::Bool;
    if exact && before.is_some() && before != after {
        return Err(Error::mismatch(format!("{} cannot hold {before:?}", var.dtype()))
            .hint("astype(\"float64\") first"));
    }
    Ok(LazyArray::constant(array))
}

impl Variable {
    fn full_like(&self, value: &Scalar) -> Result<Self> {
        let one = suited(value, self)?;
        let data = one.broadcast(&vec![None; self.ndim()], self.shape())?;
        self.changed(self.dims().clone(), data)
    }
}

macro_rules! like {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// The same shapes, types, coordinates and attributes, filled with one value. However
            /// large, it takes no memory: the value is held once.
            #[track_caller]
            pub fn full_like(&self, value: impl Into<Scalar>) -> Self {
                let value = value.into();
                self.verb(
                    || format!("full_like({})", crate::show::values::scalar_text(&value)),
                    |set| set.map_data(|var| var.full_like(&value)),
                )
            }

            /// [`full_like`](Self::full_like) with 0.
            #[track_caller]
            pub fn zeros_like(&self) -> Self {
                self.full_like(0i64)
            }

            /// [`full_like`](Self::full_like) with 1.
            #[track_caller]
            pub fn ones_like(&self) -> Self {
                self.full_like(1i64)
            }
        }
    )*};
}

like!(DataArray Dataset);

impl DataArray {
    /// An array of one value over dimensions of the given lengths, which is held once.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let flags = DataArray::full("flags", [("time", 1 << 40), ("lat", 720)], false);
    /// assert_eq!(flags.isel("time", -1).count(..).item::<i64>()?, 720);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn full(name: impl Into<Name>, sizes: impl Into<Sizes>, value: impl Into<Scalar>) -> Self {
        let sizes = sizes.into();
        let made = value.into().fill(&[]).and_then(|one| {
            let shape = sizes.shape();
            LazyArray::constant(one).broadcast(&vec![None; shape.len()], &shape)
        });
        Self::new(name, sizes.dims(), made)
    }
}
