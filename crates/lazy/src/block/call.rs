//! Functions of the user: called with arrays, whatever they do becomes a result or an error.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use graticule_array::{Array, Error, Region, Result};

/// What a user's function is given beside the arrays is the box of the result that it makes.
type Body = dyn Fn(&[Array], &Region) -> Result<Array> + Send + Sync;

/// A function of the user, and what plans and errors call it. Cheap to clone; it may be called
/// from several threads at once, and may compute other arrays.
///
/// ```
/// use graticule_array::{MapOp, MathFn};
/// use graticule_lazy::BlockFn;
/// let root = BlockFn::new("root", |parts| MapOp::Math(MathFn::Sqrt).apply(&parts[0]));
/// assert_eq!(format!("{root:?}"), "root");
/// ```
#[derive(Clone)]
pub struct BlockFn {
    name: Arc<str>,
    body: Arc<Body>,
}

impl BlockFn {
    /// A function of arrays.
    pub fn new(
        name: impl AsRef<str>,
        body: impl Fn(&[Array]) -> Result<Array> + Send + Sync + 'static,
    ) -> Self {
        Self::with_region(name, move |parts, _| body(parts))
    }

    /// A function of arrays and of the box of the result that it makes.
    pub fn with_region(
        name: impl AsRef<str>,
        body: impl Fn(&[Array], &Region) -> Result<Array> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.as_ref().into(), body: Arc::new(body) }
    }

    /// What plans call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both are one function, not only of one name.
    #[cfg(feature = "wire")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.body, &other.body)
    }

    /// Calls the function. A panic becomes an error.
    pub(crate) fn call(&self, parts: &[Array], region: &Region) -> Result<Array> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.body)(parts, region)));
        made.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let text = text.unwrap_or_else(|| "no message".into());
            Err(Error::invalid(format!("the function {} panicked: {text}", self.name)))
        })
    }
}

impl fmt::Debug for BlockFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
