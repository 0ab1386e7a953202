//! The arrays that `&ds["name"]` has been asked for.

use std::sync::OnceLock;

use crate::data_array::DataArray;
use crate::name::Name;

/// An append-only list, so that references into it live as long as the dataset. Lists are as
/// short as the number of names a program spells out. A clone starts empty.
#[derive(Default)]
pub(crate) struct Cache(OnceLock<Box<Entry>>);

struct Entry {
    name: Name,
    array: DataArray,
    next: Cache,
}

impl Cache {
    pub(crate) fn get_or_make(&self, name: &str, make: impl Fn() -> DataArray) -> &DataArray {
        let mut slot = self;
        loop {
            let entry = slot.0.get_or_init(|| {
                Box::new(Entry { name: name.into(), array: make(), next: Self::default() })
            });
            if entry.name == name {
                return &entry.array;
            }
            slot = &entry.next;
        }
    }
}

impl Clone for Cache {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Drop for Cache {
    /// Takes the list apart in a loop: a long one would exhaust the stack.
    fn drop(&mut self) {
        let mut rest = self.0.take();
        while let Some(mut entry) = rest {
            rest = entry.next.0.take();
        }
    }
}
