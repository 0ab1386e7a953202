//! How much displays show.

use crate::data_array::DataArray;
use crate::dataset::Dataset;

/// The size of a text display: a value, given to [`Dataset::display`] or to a session
/// ([`Session::with_setting`](graticule_lazy::Session::with_setting)), so that two programs in one
/// process do not disturb each other.
///
/// ```
/// use graticule_dataset::{DataArray, DisplayOptions};
/// let x = DataArray::new("x", "t", (0..1000).collect::<Vec<i32>>());
/// let wide = x.display(&DisplayOptions::new().elements(2000));
/// assert!(wide.contains("499, 500, 501") && !x.to_string().contains("500"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct DisplayOptions {
    pub(super) width: usize,
    pub(super) rows: usize,
    pub(super) elements: usize,
}

impl Default for DisplayOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl DisplayOptions {
    /// Lines of 80 characters, 12 variables or attributes, arrays of 200 elements.
    pub fn new() -> Self {
        Self { width: 80, rows: 12, elements: 200 }
    }

    /// The length of a line.
    pub fn width(mut self, characters: usize) -> Self {
        self.width = characters.max(20);
        self
    }

    /// How many coordinates, variables or attributes are listed before the middle is left out.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(2);
        self
    }

    /// Arrays in memory of more elements are cut in the middle.
    pub fn elements(mut self, elements: usize) -> Self {
        self.elements = elements;
        self
    }
}

impl DisplayOptions {
    /// Those of a dataset's session, or the usual ones.
    pub(crate) fn of(set: &Dataset) -> Self {
        let told = set.0.session.as_ref().and_then(graticule_lazy::Session::setting::<Self>);
        told.map_or_else(Self::new, |options| *options)
    }
}

impl Dataset {
    /// The text display, in a size of one's own. Reads nothing.
    #[must_use]
    pub fn display(&self, how: &DisplayOptions) -> String {
        super::text::dataset(self, how)
    }
}

impl DataArray {
    /// The text display, in a size of one's own. Reads nothing.
    #[must_use]
    pub fn display(&self, how: &DisplayOptions) -> String {
        super::text::data_array(self, how)
    }
}
