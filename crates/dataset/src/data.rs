//! What can become the data of a variable.

use graticule_array::{Array, Element, Error, Result, Scalar, Text, ndarray};
use graticule_lazy::LazyArray;

/// Data for a variable, taken from owned values without a copy.
///
/// Converts from [`Array`], [`LazyArray`], an `ndarray` of any rank, a vector (one axis), a
/// vector with a shape (row-major), a number or a text (no axis).
///
/// ```
/// use graticule_dataset::Variable;
/// let v = Variable::new(["y", "x"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]))?;
/// assert_eq!(v.shape(), [2, 3]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Data(Result<LazyArray>);

impl Data {
    /// The array.
    ///
    /// # Errors
    /// If the values did not fill the shape they were given with.
    pub fn into_lazy(self) -> Result<LazyArray> {
        self.0
    }
}

impl From<LazyArray> for Data {
    fn from(data: LazyArray) -> Self {
        Self(Ok(data))
    }
}

impl From<&LazyArray> for Data {
    fn from(data: &LazyArray) -> Self {
        Self(Ok(data.clone()))
    }
}

impl From<Array> for Data {
    fn from(data: Array) -> Self {
        Self(Ok(LazyArray::constant(data)))
    }
}

impl From<Result<Array>> for Data {
    fn from(data: Result<Array>) -> Self {
        Self(data.map(LazyArray::constant))
    }
}

impl From<Result<LazyArray>> for Data {
    fn from(data: Result<LazyArray>) -> Self {
        Self(data)
    }
}

impl<T: Element, D: ndarray::Dimension> From<ndarray::Array<T, D>> for Data {
    fn from(data: ndarray::Array<T, D>) -> Self {
        Array::new(data.into_dyn()).into()
    }
}

impl From<Scalar> for Data {
    fn from(value: Scalar) -> Self {
        value.fill(&[]).into()
    }
}

impl<T, const N: usize> From<(Vec<T>, [usize; N])> for Data
where
    Vec<T>: Into<Data>,
{
    fn from((values, shape): (Vec<T>, [usize; N])) -> Self {
        let flat: Data = values.into();
        Self(flat.0.and_then(|lazy| match lazy.as_constant() {
            Some(array) => match array.reshape(&shape) {
                Ok(array) => Ok(LazyArray::constant(array)),
                Err(_) => Err(Error::mismatch(format!(
                    "{} values do not fill the shape {shape:?} of {} elements",
                    array.len(),
                    shape.iter().fold(1usize, |n, l| n.saturating_mul(*l))
                ))),
            },
            None => Err(Error::bug("a vector became a lazy array")),
        }))
    }
}

fn one_axis<T: Element>(values: Vec<T>) -> Data {
    Array::new(ndarray::Array1::from_vec(values).into_dyn()).into()
}

macro_rules! elements {
    ($($type:ty)*) => {$(
        impl From<Vec<$type>> for Data {
            fn from(values: Vec<$type>) -> Self {
                one_axis(values)
            }
        }

        impl<const N: usize> From<[$type; N]> for Data {
            fn from(values: [$type; N]) -> Self {
                one_axis(values.to_vec())
            }
        }

        impl From<$type> for Data {
            fn from(value: $type) -> Self {
                Array::scalar(value).into()
            }
        }
    )*};
}

elements!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Text);
elements!(graticule_array::f16 graticule_array::Complex32 graticule_array::Complex64);

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl From<Vec<$type>> for Data {
            fn from(values: Vec<$type>) -> Self {
                one_axis(values.into_iter().map(Text::from).collect())
            }
        }

        impl<const N: usize> From<[$type; N]> for Data {
            fn from(values: [$type; N]) -> Self {
                one_axis(values.into_iter().map(Text::from).collect())
            }
        }

        impl From<$type> for Data {
            fn from(value: $type) -> Self {
                Array::scalar(Text::from(value)).into()
            }
        }
    )*};
}

texts!(&str String);
