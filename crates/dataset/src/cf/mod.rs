//! The CF conventions: what attributes say about stored values, and the way back.
//!
//! Decoding looks at metadata only. Each [`Coder`] takes the attributes that it understands from
//! a [`Draft`], moves them to the encoding, and asks for operations; these become nodes of the
//! variable's lazy array. The order of [`CODERS`] is the order of decoding, encoding runs it
//! backwards. A [`SetCoder`] sees all variables of a group together.

use std::fmt::Debug;

use graticule_array::{DType, Result};
use graticule_storage::StoredTypes;
use indexmap::IndexSet;

use crate::attrs::Attrs;
use crate::name::Name;

mod boolean;
mod bounds;
mod chars_dims;
mod classic;
mod complex;
mod coordinates;
mod draft;
mod duration;
mod enumeration;
mod mask;
mod numbers;
mod scale;
mod text;
mod time;
mod trim;
mod unsigned;
mod valid;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use draft::{Draft, Step};

pub(crate) use bounds::{inherit_units, shed_units};
pub(crate) use chars_dims::char_dims;
pub(crate) use coordinates::{RELATED, name_coordinates};
pub(crate) use mask::adopt_fill;

/// One convention about the values of one variable.
pub trait Coder: Send + Sync + Debug {
    /// The name by which options switch it off.
    fn name(&self) -> &'static str;

    /// Takes what it understands from the attributes, and asks for the operations that turn
    /// stored values into what they mean.
    ///
    /// # Errors
    /// If the attributes ask for what cannot be done. What is merely not understood is left
    /// alone, with a note.
    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()>;

    /// Puts back into the attributes what the encoding says, and asks for the operations that
    /// turn values into stored ones. By default there is nothing to do.
    ///
    /// # Errors
    /// If the values cannot be stored as the encoding says.
    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        let _ = (draft, cx);
        Ok(())
    }
}

/// What coders are told about where values go.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Whether the variable is a coordinate, which has no missing values.
    pub is_coord: bool,
    /// Which types the format stores.
    pub types: StoredTypes,
}

impl Target {
    /// Whether the format has neither texts nor truth values.
    fn is_classic(&self) -> bool {
        self.types != StoredTypes::All
    }

    /// Whether integers have 32 bits at most, and a sign.
    fn is_narrow(&self) -> bool {
        self.types == StoredTypes::Classic
    }
}

/// One convention about the variables of a group together.
pub trait SetCoder: Send + Sync + Debug {
    /// The name by which options switch it off.
    fn name(&self) -> &'static str;

    /// Runs before the variables are decoded.
    fn before(&self, set: &mut SetDraft, cx: &SetContext) {
        let _ = (set, cx);
    }

    /// Runs after the variables are decoded.
    fn after(&self, set: &mut SetDraft, cx: &SetContext) {
        let _ = (set, cx);
    }
}

/// The conventions about variables, in the order of decoding.
pub const CODERS: [&dyn Coder; 14] = [
    &enumeration::Enumeration,
    &complex::Complex,
    &text::Chars,
    &text::Strings,
    &unsigned::Unsigned,
    &mask::Mask,
    &trim::Trim,
    &valid::Valid::OfStored,
    &scale::Scale,
    &valid::Valid::OfUnpacked,
    &duration::Duration,
    &time::Time,
    &boolean::Boolean,
    &classic::Classic,
];

/// The conventions about groups, in the order of decoding.
pub const SET_CODERS: [&dyn SetCoder; 2] = [&bounds::Bounds, &coordinates::Coordinates];

/// Under this name the encoding lists what could not be decoded, and why. Never written.
pub const NOTES: &str = "notes";

/// Which numbers of time units (`days`, `seconds` ...) become lengths of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durations {
    /// None.
    Never,
    /// Those that an attribute `dtype = "timedelta64[..]"` declares.
    #[default]
    Declared,
    /// All.
    All,
}

/// Which variables become coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoordNames {
    /// Only those named like a dimension.
    Dimensions,
    /// Also those that a `coordinates` attribute names.
    #[default]
    Attribute,
    /// Also bounds, grid mappings, cell measures and what else attributes refer to.
    All,
}

/// What happens to values outside of `valid_min` and `valid_max`, or `valid_range`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValidRange {
    /// They stay, as in xarray.
    #[default]
    Keep,
    /// They are missing. Bounds count in the units of the stored numbers, unless these are
    /// integers and the bounds floats: then of the unpacked ones (NetCDF Users Guide, Attribute
    /// Conventions).
    Mask,
}

/// The float type that packed numbers become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unpacked {
    /// What the types of `scale_factor` and `add_offset` say, by the rules of xarray.
    #[default]
    ByAttributes,
    /// `float32`; each step is computed as exactly as its factor and then rounded.
    F32,
    /// `float64`.
    F64,
}

/// What does not count at the end of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextEnd {
    /// NULs, which pad arrays of characters.
    #[default]
    Nuls,
    /// Blanks, too.
    Blanks,
}

/// What coders of variables are told.
#[derive(Clone, Debug)]
pub struct Context {
    /// Whether instants are decoded.
    pub times: bool,
    /// Which lengths of time are decoded.
    pub durations: Durations,
    /// Whether an offset from UTC without a sign ("0:00" after a time of day) is read as xarray
    /// reads it, which takes it for the time of day.
    pub xarray_zones: bool,
    /// Whether values outside of their valid range are missing.
    pub valid_range: ValidRange,
    /// Whether the default fill values of netCDF mean missing where no attribute says what does.
    pub default_fills: bool,
    /// The float type of unpacked numbers.
    pub unpacked: Unpacked,
    /// What is cut off the end of text.
    pub text_end: TextEnd,
    /// Names of coders that are switched off.
    pub off: Vec<&'static str>,
    /// Dimensions that only serve as last axes of characters.
    pub char_dims: Vec<Name>,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            times: true,
            durations: Durations::default(),
            xarray_zones: true,
            valid_range: ValidRange::default(),
            default_fills: false,
            unpacked: Unpacked::default(),
            text_end: TextEnd::default(),
            off: Vec::new(),
            char_dims: Vec::new(),
        }
    }
}

impl Context {
    fn is_char_dim(&self, dim: &Name) -> bool {
        self.char_dims.contains(dim)
    }
}

/// What coders of groups are told.
#[derive(Clone, Debug, Default)]
pub struct SetContext {
    /// What coders of variables are told.
    pub coding: Context,
    /// Which variables become coordinates.
    pub coords: CoordNames,
}

/// The variables of a group on their way between file and memory.
#[derive(Clone, Debug, Default)]
pub struct SetDraft {
    /// The group's attributes.
    pub attrs: Attrs,
    /// Its variables.
    pub vars: Vec<Draft>,
    /// The names of those that are coordinates.
    pub coords: IndexSet<Name>,
    /// The attribute `coordinates` of the group, if it had one.
    pub stored_coordinates: Option<String>,
}

/// Runs the coders over one variable.
///
/// # Errors
/// The coder's, naming the variable.
pub(crate) fn decode_variable(draft: &mut Draft, cx: &Context) -> Result<()> {
    let stored: DType = draft.dtype.clone();
    for coder in CODERS.iter().filter(|c| !cx.off.contains(&c.name())) {
        coder.decode(draft, cx).map_err(|e| e.in_variable(&*draft.name))?;
    }
    draft.encoding.dtype.get_or_insert(stored);
    Ok(())
}

/// Runs the coders over one variable, backwards.
///
/// # Errors
/// The coder's, naming the variable.
pub(crate) fn encode_variable(draft: &mut Draft, cx: &Target) -> Result<()> {
    for coder in CODERS.iter().rev() {
        coder.encode(draft, cx).map_err(|e| e.in_variable(&*draft.name))?;
    }
    Ok(())
}

/// Runs all coders over a group.
///
/// # Errors
/// A coder's, naming the variable.
pub(crate) fn decode_set(set: &mut SetDraft, cx: &SetContext) -> Result<()> {
    let on = |c: &&&dyn SetCoder| !cx.coding.off.contains(&c.name());
    SET_CODERS.iter().filter(on).for_each(|c| c.before(set, cx));
    for draft in &mut set.vars {
        decode_variable(draft, &cx.coding)?;
    }
    SET_CODERS.iter().filter(on).for_each(|c| c.after(set, cx));
    Ok(())
}
