//! Changing the type of the elements.

use graticule_array::{DType, Error, MapOp, Result, did_you_mean};

use crate::data_array::DataArray;
use crate::dataset::Dataset;

/// An element type as a value, or by numpy's name (`"float32"`, `"int16"`, `"f4"`).
#[derive(Clone, Debug)]
pub struct IntoDType(Result<DType>);

const NAMES: [(&str, &str, DType); 16] = [
    ("bool", "?", DType::Bool),
    ("int8", "i1", DType::I8),
    ("int16", "i2", DType::I16),
    ("int32", "i4", DType::I32),
    ("int64", "i8", DType::I64),
    ("uint8", "u1", DType::U8),
    ("uint16", "u2", DType::U16),
    ("uint32", "u4", DType::U32),
    ("uint64", "u8", DType::U64),
    ("float16", "f2", DType::F16),
    ("float32", "f4", DType::F32),
    ("float64", "f8", DType::F64),
    ("complex64", "c8", DType::C64),
    ("complex128", "c16", DType::C128),
    ("str", "U", DType::Str),
    ("float", "d", DType::F64),
];

impl From<DType> for IntoDType {
    fn from(dtype: DType) -> Self {
        Self(Ok(dtype))
    }
}

impl From<&DType> for IntoDType {
    fn from(dtype: &DType) -> Self {
        Self(Ok(dtype.clone()))
    }
}

impl From<&str> for IntoDType {
    fn from(text: &str) -> Self {
        let found = NAMES.iter().find(|(long, short, _)| *long == text || *short == text);
        Self(found.map(|(_, _, dtype)| dtype.clone()).ok_or_else(|| {
            let error = Error::invalid(format!("no element type is called \"{text}\""));
            match did_you_mean(text, NAMES.iter().map(|(long, _, _)| *long)) {
                Some(hint) => error.hint(hint),
                None => error.hint("try \"float32\""),
            }
        }))
    }
}

impl IntoDType {
    pub(crate) fn get(&self) -> Result<DType> {
        self.0.clone()
    }

    pub(super) fn text(&self) -> String {
        self.0.as_ref().map_or_else(|_| "..".into(), ToString::to_string)
    }
}

impl Dataset {
    /// Converts the data variables to another element type, as numpy's `astype`.
    #[track_caller]
    pub fn astype(&self, dtype: impl Into<IntoDType>) -> Self {
        let dtype = dtype.into();
        self.verb(
            || format!("astype({})", dtype.text()),
            |ds| ds.try_map(&MapOp::Cast(dtype.0.clone()?)),
        )
    }
}

impl DataArray {
    /// Converts to another element type, as numpy's `astype`.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.9, -1.9]).astype("int16");
    /// assert_eq!(x.values::<i16>()?, [1, -1]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn astype(&self, dtype: impl Into<IntoDType>) -> Self {
        let dtype = dtype.into();
        self.verb(
            || format!("astype({})", dtype.text()),
            |ds| ds.try_map(&MapOp::Cast(dtype.0.clone()?)),
        )
    }
}
