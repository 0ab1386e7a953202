//! How to write files.

use std::collections::BTreeMap;

use graticule_lazy::RunOptions;

use crate::encoding::Encoding;

/// How chunks of variables are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As in the file a variable comes from; new variables of 1 MiB and more are shuffled and
    /// deflated at level 2, smaller ones are not compressed.
    #[default]
    Auto,
    /// Not at all.
    None,
    /// Shuffled and deflated at this level, 1 to 12; netCDF's levels end at 9.
    Deflate(u32),
}

/// How a dataset is written.
///
/// ```
/// use graticule_dataset::{Compression, Encoding, WriteOptions};
/// let small = WriteOptions::new()
///     .compression(Compression::Deflate(5))
///     .encoding("t2m", Encoding { chunks: Some(vec![24, 180, 360]), ..Encoding::default() })
///     .unlimited(["time"]);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct WriteOptions {
    pub(crate) compression: Compression,
    pub(crate) encoding: BTreeMap<String, Encoding>,
    pub(crate) unlimited: Option<Vec<String>>,
    pub(crate) backend: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) run: RunOptions,
}

impl WriteOptions {
    /// As the variables' encodings say.
    pub fn new() -> Self {
        Self::default()
    }

    /// How variables are compressed whose encoding is not given here.
    pub fn compression(mut self, how: Compression) -> Self {
        self.compression = how;
        self
    }

    /// The encoding of one variable, in place of its own.
    pub fn encoding(mut self, variable: impl Into<String>, encoding: Encoding) -> Self {
        self.encoding.insert(variable.into(), encoding);
        self
    }

    /// The dimensions that can grow in the file, in place of those of the dataset's source.
    pub fn unlimited<N: Into<String>>(mut self, dims: impl IntoIterator<Item = N>) -> Self {
        self.unlimited = Some(dims.into_iter().map(Into::into).collect());
        self
    }

    /// The backend that writes, by name, in place of the one that the extension chooses.
    pub fn backend(mut self, name: impl Into<String>) -> Self {
        self.backend = Some(name.into());
        self
    }

    /// How computing what is written can be stopped, and who is told of its progress. Nothing
    /// appears under the file's name if it is stopped.
    pub fn run(mut self, options: RunOptions) -> Self {
        self.run = options;
        self
    }

    /// The format, by the name that netCDF's libraries give it, in place of the one that the
    /// extension chooses: `NETCDF4`, `NETCDF3_CLASSIC` (CDF-1), `NETCDF3_64BIT` (CDF-2),
    /// `NETCDF3_64BIT_DATA` (CDF-5), or `NETCDF3` for the smallest classic one that holds the data.
    pub fn format(mut self, name: impl Into<String>) -> Self {
        self.format = Some(name.into());
        self
    }

    /// Whether a backend or a format is named, so that the extension does not matter.
    #[must_use]
    pub fn chooses_format(&self) -> bool {
        self.backend.is_some() || self.format.is_some()
    }
}
