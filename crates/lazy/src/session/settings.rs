//! Settings that a session carries for the crates above.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use super::{Inner, Session};

/// One value of each type.
pub(super) type Settings = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

impl Session {
    /// The same threads, budget, handles and formats, with a setting for what is computed by
    /// them: one value of each type, of the crate that heeds it. Other sessions do not see it.
    ///
    /// ```
    /// use graticule_lazy::Session;
    /// #[derive(Debug, PartialEq)]
    /// struct Width(usize);
    /// let (wide, plain) = (Session::default().with_setting(Width(120)), Session::default());
    /// assert_eq!(wide.setting::<Width>().as_deref(), Some(&Width(120)));
    /// assert_eq!(plain.setting::<Width>(), None);
    /// ```
    #[must_use]
    pub fn with_setting<T: Any + Send + Sync>(&self, value: T) -> Self {
        let mut inner: Inner = (*self.0).clone();
        inner.settings.insert(TypeId::of::<T>(), Arc::new(value));
        Self(Arc::new(inner))
    }

    /// The setting of a type, if there is one.
    #[must_use]
    pub fn setting<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.settings.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }
}
