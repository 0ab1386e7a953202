//! Files that need to be survived: open them and read everything.

use graticule::array::Region;
use graticule_storage::RawGroup;

use super::{library, open};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

/// Data is read in pieces of about this many elements: what it takes to hold a whole variable
/// is the caller's affair, not the reader's.
const PIECE: usize = 1 << 20;

/// Passes if this returns at all; panics, hangs and floods are noticed from outside.
pub(crate) fn check(corpus: &Corpus, key: &str) -> Outcome {
    if let Ok(root) = open::raw(&corpus.path(key)) {
        read_all(&root);
    }
    // With conventions applied, which reads coordinates.
    let options = graticule::OpenOptions::new();
    let _ = graticule::dataset::open_groups(corpus.path(key), &options, &library::session());
    Outcome::Passed
}

fn read_all(group: &RawGroup) {
    for var in &group.vars {
        let shape = &var.source.info().shape;
        let row: usize = shape.iter().skip(1).fold(1, |n, l| n.saturating_mul(*l));
        let rows = shape.first().copied().unwrap_or(1);
        let step = (PIECE / row.max(1)).max(1);
        let mut start = 0;
        while start < rows {
            let mut region = Region::whole(shape);
            if let (Some(s), Some(l)) = (region.start.first_mut(), region.len.first_mut()) {
                (*s, *l) = (start, step.min(rows - start));
            }
            // An error ends the variable: the rest of a broken one is no better.
            if var.source.read(&region).is_err() {
                break;
            }
            start += step;
        }
    }
    group.groups.iter().for_each(read_all);
}
