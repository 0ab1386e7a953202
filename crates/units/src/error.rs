//! What can be wrong with a unit.

/// Why a text is no unit, or two units do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name that is in no table.
    #[error("\"{text}\" is no unit: \"{name}\" is unknown{}", hint.as_ref().map(|h| format!("; did you mean \"{h}\"?")).unwrap_or_default())]
    Unknown {
        /// The whole text.
        text: String,
        /// The part that is unknown.
        name: String,
        /// A name that looks like it.
        hint: Option<String>,
    },
    /// A text that does not follow the grammar.
    #[error("\"{text}\" is no unit: {reason} (at character {at})")]
    Syntax {
        /// The whole text.
        text: String,
        /// What is wrong.
        reason: String,
        /// The position of the first character that does not fit, from 1.
        at: usize,
    },
    /// Two units of different dimensions.
    #[error("\"{from}\" ({from_dimension}) cannot be converted to \"{to}\" ({to_dimension})")]
    Inconvertible {
        /// The unit of the values.
        from: String,
        /// Its dimension.
        from_dimension: String,
        /// The wanted unit.
        to: String,
        /// The dimension of that.
        to_dimension: String,
    },
    /// An operation without meaning for these units.
    #[error("{0}")]
    Meaningless(String),
}
