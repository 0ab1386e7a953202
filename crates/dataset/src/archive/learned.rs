//! What opening a file tells beside what it contributes to a dataset.

use std::sync::Arc;

use graticule_storage::{ChunkSource, Location, RawGroup, Recipe};

use super::class::Class;
use crate::attrs::Attrs;
use crate::combine::{PartData, Piece};

/// What an index may keep of a file.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(super) class: Class,
    /// After decoding.
    pub(crate) attrs: Attrs,
    pub(super) sources: Vec<Arc<dyn ChunkSource>>,
    /// Of the variables that are not read on opening.
    pub(super) recipes: Vec<Option<Recipe>>,
}

impl Learned {
    /// What a group tells; `None` if an index cannot hold it.
    pub(crate) fn of(group: &RawGroup) -> Option<Self> {
        let class = Class::of(group)?;
        let sources = group.vars.iter().map(|v| v.source.clone()).collect();
        Some(Self { class, attrs: Attrs::new(), sources, recipes: Vec::new() })
    }

    /// Adds how the variables are read that `piece` leaves in the file at `location`.
    pub(crate) fn with_recipes(mut self, piece: &Piece, location: &Location) -> Self {
        let recipe = |(source, data): (&Arc<dyn ChunkSource>, &PartData)| {
            // Links may lead into other files.
            let here = || source.descriptor().is_some_and(|d| d.location == *location);
            let stored = matches!(data, PartData::Stored(_));
            if stored && here() { source.recipe() } else { None }
        };
        let parts = piece.parts.iter().map(|p| &p.data);
        self.recipes = self.sources.iter().zip(parts).map(recipe).collect();
        self
    }
}
