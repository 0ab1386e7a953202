//! What a variable was in its file, so that it can be written again untouched.

use std::fmt;

use graticule_array::{Pick, Selection};
use graticule_lazy::LazyArray;

use crate::attrs::Attrs;
use crate::cf::Draft;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::io::same_encoding;
use crate::name::Name;
use crate::variable::Variable;

/// A variable before it was decoded, and what decoding made of it.
#[derive(Clone)]
pub(crate) struct Stored {
    /// The variable as the file has it.
    draft: Draft,
    /// Its stored data.
    data: LazyArray,
    /// What the variable holds as long as nobody has touched it.
    decoded: LazyArray,
    dims: Dims,
    attrs: Attrs,
    encoding: Encoding,
}

impl Stored {
    /// Remembers what was stored alike in many files, as `data`, and what decoding made of it.
    /// `attrs` are those that decoding gave the variable of the first.
    pub(crate) fn joined(
        draft: Draft,
        data: LazyArray,
        decoded: LazyArray,
        dims: Dims,
        attrs: Attrs,
        encoding: Encoding,
    ) -> Self {
        Self { draft, data, decoded, dims, attrs, encoding }
    }

    /// Remembers that decoding made `var` of a stored variable.
    pub(crate) fn new(draft: Draft, data: LazyArray, var: &Variable) -> Self {
        let (dims, attrs) = (var.dims().clone(), var.attrs().clone());
        Self::joined(draft, data, var.data().clone(), dims, attrs, var.encoding().clone())
    }

    /// Whether the variable holds what was decoded or a selection of it, to be stored as it was.
    pub(crate) fn fits(&self, var: &Variable) -> bool {
        *var.dims() == self.dims
            && same_encoding(var.encoding(), &self.encoding)
            && self.part(var).is_some()
    }

    /// What is left of the stored data.
    fn part(&self, var: &Variable) -> Option<LazyArray> {
        let mut picks = var.data().selected_from(&self.decoded)?.picks().to_vec();
        if picks.iter().any(|pick| matches!(pick, Pick::At(_))) {
            return None;
        }
        // Characters that became texts have an axis more.
        picks.extend(self.data.shape().iter().skip(picks.len()).map(|n| Pick::all(*n)));
        self.data.select(&Selection::new(picks)).ok()
    }

    /// The same with the decoded values in memory.
    pub(crate) fn loaded(&self, decoded: LazyArray) -> Self {
        Self { decoded, ..self.clone() }
    }

    /// The stored form of a variable that [`fits`](Self::fits): its attributes are those of the
    /// file, but for what was changed since.
    pub(crate) fn restore(&self, name: &Name, var: &Variable) -> (Draft, LazyArray) {
        let mut draft = self.draft.clone();
        draft.name = name.clone();
        draft.as_stored = true;
        draft.encoding.time.clone_from(&self.encoding.time);
        draft.encoding.unlimited.clone_from(&self.encoding.unlimited);
        if *var.attrs() != self.attrs {
            let mut attrs = Attrs::new();
            for (key, value) in self.draft.attrs.iter() {
                match (var.attrs().get(key), self.attrs.get(key)) {
                    (Some(now), _) => attrs.set(key.clone(), now.clone()),
                    // Decoding took it; nobody else did.
                    (None, None) => attrs.set(key.clone(), value.clone()),
                    (None, Some(_)) => {}
                }
            }
            for (key, value) in var.attrs().iter() {
                attrs.set(key.clone(), value.clone());
            }
            draft.attrs = attrs;
        }
        (draft, self.part(var).unwrap_or_else(|| self.data.clone()))
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored as {:?}", self.data)
    }
}
