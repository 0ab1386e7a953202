//! How a variable was stored, apart from what it means.

use graticule_array::{DType, Scalar};
use graticule_cftime::TimeUnits;
use graticule_storage::{FilterSpec, Location};

use crate::attrs::Attrs;
use crate::cf::RELATED;

/// How a variable was stored, or shall be. Never compared, and dropped by verbs that change the
/// values it describes, so that nothing is written with a scale that no longer fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoding {
    /// The type of the stored elements.
    pub dtype: Option<DType>,
    /// The stored value of missing cells (`_FillValue`).
    pub fill: Option<Scalar>,
    /// Further stored values that mean missing (`missing_value`).
    pub missing: Vec<Scalar>,
    /// Values are stored divided by this (`scale_factor`), in its stored type.
    pub scale: Option<Scalar>,
    /// Values are stored after this is subtracted (`add_offset`), in its stored type.
    pub offset: Option<Scalar>,
    /// Whether stored integers count as of the other signedness (`_Unsigned`).
    pub unsigned: Option<bool>,
    /// Units and calendar of stored times.
    pub time: Option<TimeUnits>,
    /// The shape of a stored chunk; `None` for contiguous data.
    pub chunks: Option<Vec<usize>>,
    /// What is done to the bytes of a chunk, in the order of writing.
    pub filters: Vec<FilterSpec>,
    /// Whether numbers are stored with the most significant byte first.
    pub big_endian: bool,
    /// Names and values of an enumeration.
    pub enumeration: Vec<(String, i64)>,
    /// The dimensions that can grow in the file.
    pub unlimited: Vec<String>,
    /// The file it comes from.
    pub origin: Option<Location>,
    /// Attributes that decoding took from the variable and that no field above holds
    /// (`coordinates`, `grid_mapping`, `units` of durations ...).
    pub extra: Attrs,
}

impl Encoding {
    /// What remains true of the storage after the values have changed: where they come from is
    /// history, packing and chunks no longer fit; units of time do if the values are still times.
    /// What the variable is to others (its bounds, its grid mapping) does not depend on them.
    #[must_use]
    pub fn after_change(&self, dtype: &DType) -> Self {
        let roles = self.extra.iter().filter(|(name, _)| RELATED.contains(&name.as_str()));
        let extra: Attrs = roles.map(|(name, value)| (name.clone(), value.clone())).collect();
        if !matches!(dtype, DType::Time(_)) {
            return Self { extra, ..Self::default() };
        }
        Self { time: self.time.clone(), extra, ..Self::default() }
    }

    /// What remains true after a part of the axes is gone, added or reordered: all but the chunks.
    #[must_use]
    pub fn after_reshape(&self) -> Self {
        Self { chunks: None, ..self.clone() }
    }
}
