//! How to open files.

use graticule_storage as storage;

use crate::cf::{Context, CoordNames, Durations, SetContext, TextEnd, Unpacked, ValidRange};

/// How a file is opened and decoded. The default decodes everything that CF describes.
///
/// ```
/// use graticule_dataset::{CoordNames, OpenOptions};
/// let raw_times = OpenOptions::new().decode_times(false).decode_coords(CoordNames::All);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct OpenOptions {
    pub(crate) decoding: SetContext,
    pub(crate) storage: storage::OpenOptions,
    pub(crate) drop: Vec<String>,
    pub(crate) group: Option<String>,
    pub(crate) unindexed: bool,
}

impl OpenOptions {
    /// Everything is decoded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is decoded: values as stored, all attributes in place.
    pub fn undecoded() -> Self {
        Self::new()
            .decode_times(false)
            .mask_and_scale(false)
            .decode_coords(CoordNames::Dimensions)
            .concat_characters(false)
            .without("boolean")
            .without("complex")
    }

    /// Whether numbers with units such as "days since 1850-01-01" become instants; `false` also
    /// leaves lengths of time as numbers.
    pub fn decode_times(mut self, on: bool) -> Self {
        self.decoding.coding.times = on;
        self.decoding.coding.durations = if on { Durations::Declared } else { Durations::Never };
        self
    }

    /// Which numbers of `days`, `seconds` ... become lengths of time.
    pub fn decode_durations(mut self, which: Durations) -> Self {
        self.decoding.coding.durations = which;
        self
    }

    /// Whether `_FillValue`, `missing_value`, `scale_factor`, `add_offset` and `_Unsigned` are
    /// applied.
    pub fn mask_and_scale(self, on: bool) -> Self {
        self.switch(&["unsigned", "mask", "valid_range", "scale"], on)
    }

    /// Which variables become coordinates.
    pub fn decode_coords(mut self, names: CoordNames) -> Self {
        self.decoding.coords = names;
        self
    }

    /// Whether arrays of characters become strings.
    pub fn concat_characters(self, on: bool) -> Self {
        self.switch(&["chars", "strings", "trim"], on)
    }

    /// Switches one coder off by its name; see [`CODERS`](crate::cf::CODERS).
    pub fn without(self, coder: &'static str) -> Self {
        self.switch(&[coder], false)
    }

    fn switch(mut self, coders: &[&'static str], on: bool) -> Self {
        let off = &mut self.decoding.coding.off;
        off.retain(|c| !coders.contains(c));
        if !on {
            off.extend(coders);
        }
        self
    }

    /// Whether offsets from UTC without a sign, as in "2020-02-05 10:08:25 0:00", are taken as
    /// xarray takes them (for the time of day) rather than as UDUNITS does. The default is
    /// xarray's reading.
    pub fn xarray_zones(mut self, on: bool) -> Self {
        self.decoding.coding.xarray_zones = on;
        self
    }

    /// What happens to values outside of `valid_min`, `valid_max` or `valid_range`; they stay by
    /// default.
    ///
    /// ```
    /// use graticule_dataset::{OpenOptions, ValidRange};
    /// let only_valid = OpenOptions::new().valid_range(ValidRange::Mask);
    /// ```
    pub fn valid_range(mut self, what: ValidRange) -> Self {
        self.decoding.coding.valid_range = what;
        self
    }

    /// Whether the default fill values of netCDF (-32767 of `int16`, 9.96921e36 of floats ...)
    /// mean missing in variables without `_FillValue` and `missing_value`; they do not by
    /// default. Numbers of one byte have none.
    pub fn default_fills(mut self, on: bool) -> Self {
        self.decoding.coding.default_fills = on;
        self
    }

    /// The float type that packed numbers become; by default what their attributes say.
    pub fn unpacked_as(mut self, what: Unpacked) -> Self {
        self.decoding.coding.unpacked = what;
        self
    }

    /// What does not count at the end of text; NULs by default.
    pub fn text_end(mut self, what: TextEnd) -> Self {
        self.decoding.coding.text_end = what;
        self
    }

    /// Leaves variables out.
    pub fn drop_variables<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.drop.extend(names.into_iter().map(Into::into));
        self
    }

    /// The group to open, as a path from the root: "forecast/model1".
    pub fn group(mut self, path: impl Into<String>) -> Self {
        self.group = Some(path.into());
        self
    }

    /// Whether the labels of dimensions are read at opening and become their indexes; they are by
    /// default. Without, no label is read before one is looked for (by bisection then), and
    /// nothing is aligned by labels that were not loaded.
    ///
    /// ```
    /// use graticule_dataset::OpenOptions;
    /// let headers_only = OpenOptions::new().default_indexes(false);
    /// ```
    pub fn default_indexes(mut self, on: bool) -> Self {
        self.unindexed = !on;
        self
    }

    /// Whether checksums stored beside the data are verified; they are by default.
    pub fn verify(mut self, on: bool) -> Self {
        self.storage.verify = on;
        self
    }

    /// The most bytes that a file compressed as a whole (`.nc.gz`) may unpack to; 8 GiB by
    /// default.
    pub fn unpacked(mut self, at_most: u64) -> Self {
        self.storage.unpacked = at_most;
        self
    }

    /// What coders are told.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.decoding.coding
    }
}
