//! Datasets as JSON and back: xarray's `to_dict` layout, with exact types.

mod read;
mod schema;
mod syntax;
mod write;

use graticule_array::Result;

use crate::dataset::Dataset;

pub(crate) use syntax::Json;

impl Dataset {
    /// The dataset as JSON in the layout of xarray's `to_dict`: `coords`, `attrs`, `dims` and
    /// `data_vars`, each variable with its `dims`, `attrs`, `dtype` and nested lists of `data`.
    /// Missing numbers and texts are `null`, infinities and times are texts. Computes everything.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![1i16, 2]).with_var("a", "x", vec![0.5, f64::NAN]);
    /// let text = ds.to_json()?;
    /// assert!(text.contains(r#""data":[0.5,null]"#));
    /// let again = Dataset::from_json(&text)?;
    /// assert_eq!(again["x"].dtype().to_string(), "int16");
    /// assert_eq!(again.to_json()?, text);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// The carried fault, what goes wrong while computing, or elements that have no text.
    pub fn to_json(&self) -> Result<String> {
        Ok(write::dataset(&self.compute()?, true)?.to_string())
    }

    /// The dataset as JSON without the data: names, dimensions, types, shapes, attributes. Reads
    /// nothing.
    ///
    /// # Errors
    /// The carried fault.
    pub fn to_json_schema(&self) -> Result<String> {
        self.sound()?;
        Ok(write::dataset(self, false)?.to_string())
    }

    /// A dataset from JSON in the layout of [`to_json`](Self::to_json), or of xarray's `to_dict`:
    /// without a `dtype`, whole numbers are `int64` and others `float64`.
    ///
    /// # Errors
    /// If the text is not JSON, or not in this layout; the message names the variable.
    pub fn from_json(text: &str) -> Result<Self> {
        read::dataset(&Json::parse(text)?)
    }
}

#[cfg(test)]
mod tests;
