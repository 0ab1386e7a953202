//! Displays of the nouns. None of them reads data.

mod cf;
pub(crate) mod html;
mod info;
pub(crate) mod options;
pub(crate) mod text;
pub(crate) mod values;

#[cfg(test)]
mod tests;
