//! The rules by which a value equals its reference.

pub(crate) mod attrs;
pub(crate) mod decoded;
pub(crate) mod dims;
pub(crate) mod dtype;
pub(crate) mod hash;
pub(crate) mod number;
pub(crate) mod result;
pub(crate) mod text;
pub(crate) mod time;

use crate::outcome::Failure;

/// Collects differences.
#[derive(Debug, Default)]
pub(crate) struct Differences(pub(crate) Vec<Failure>);

impl Differences {
    /// Notes a difference.
    #[allow(clippy::needless_pass_by_value)] // callers format in place
    pub(crate) fn add(
        &mut self,
        variable: &str,
        what: &str,
        expected: impl ToString,
        found: impl ToString,
    ) {
        self.0.push(Failure {
            variable: variable.into(),
            what: what.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        });
    }

    /// Notes a difference unless the two agree.
    #[allow(clippy::needless_pass_by_value)] // callers format in place
    pub(crate) fn demand(
        &mut self,
        agree: bool,
        variable: &str,
        what: &str,
        expected: impl ToString,
        found: impl ToString,
    ) {
        if !agree {
            self.add(variable, what, expected, found);
        }
    }
}
