//! Calls into the C libraries: their errors, and the panics of their bindings, as our errors.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use graticule_array::{Error, Result};

/// Runs a call of the bindings, which panic on names and types that they do not expect.
pub(crate) fn guard<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("no reason was given");
        Err(Error::unsupported(format!("the bindings of libnetcdf gave up: {text}")))
    })
}

/// An error of a C library.
pub(crate) fn refused(library: &str, error: impl Display) -> Error {
    Error::corrupt(format!("{library}: {error}"))
}
