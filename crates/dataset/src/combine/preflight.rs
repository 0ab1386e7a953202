//! What every piece must be made of, before any of them is combined.

use graticule_array::Error;

use super::piece::Piece;
use super::problems::Problems;
use crate::compare::{DifferenceKind, Schema, VariableSchema};

/// What may differ between pieces that belong together: lengths, and how they are stored or
/// described.
const FREE: &[DifferenceKind] =
    &[DifferenceKind::Length, DifferenceKind::Chunks, DifferenceKind::Attribute];

/// Compares the schema of each piece with the one that was asked for.
pub(super) fn check(pieces: &[Piece], wanted: &Schema, problems: &mut Problems) {
    for piece in pieces {
        let found = wanted.differences(&piece.schema()).without(FREE);
        if !found.is_empty() {
            let what = format!("{}: other than the schema: {}", piece.origin, listed(&found));
            problems.push(Error::mismatch(what));
        }
    }
}

fn listed(found: &crate::compare::Differences) -> String {
    let texts: Vec<String> = found.iter().map(|d| d.told("the schema", "the file")).collect();
    texts.join("; ")
}

impl Piece {
    /// What it is made of.
    fn schema(&self) -> Schema {
        let variables = self.parts.iter().map(|part| VariableSchema {
            name: part.name().clone(),
            coord: self.is_coord(part.name()),
            dims: part.meta.dims.clone(),
            dtype: part.meta.dtype.clone(),
            chunks: part.meta.encoding.chunks.clone(),
            attrs: part.meta.attrs.clone(),
        });
        let sizes = self.dims().into_iter().filter_map(|d| Some((d.clone(), self.size_of(&d)?)));
        Schema { sizes: sizes.collect(), variables: variables.collect(), attrs: self.attrs.clone() }
    }
}
