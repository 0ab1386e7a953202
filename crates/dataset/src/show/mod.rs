//! Displays of the nouns. None of them reads data.

pub(crate) mod text;
pub(crate) mod values;
