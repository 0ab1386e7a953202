//! Files that need to be survived: open them and read everything.

use graticule::array::Region;
use graticule_storage::RawGroup;

use super::{library, open};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

/// Stored data is read in pieces of about this many elements: what it takes to hold a whole
/// variable is the caller's affair, not the reader's.
const PIECE: usize = 1 << 20;

/// Pieces of one variable that may fail before the rest of it is left alone: a header can claim
/// any number of them.
const FAILURES: usize = 64;

/// Variables up to this many bytes are also computed with conventions applied.
const COMPUTED: usize = 32 << 20;

/// Passes if this returns at all; panics, hangs and floods are noticed from outside.
pub(crate) fn check(corpus: &Corpus, key: &str) -> Outcome {
    let path = corpus.path(key);
    if let Ok(root) = open::raw(&path) {
        read_all(&root);
    }
    let (options, session) = (graticule::OpenOptions::new(), library::session());
    if let Ok(groups) = graticule::dataset::open_groups(path, &options, &session) {
        let vars = groups.iter().flat_map(|(_, group)| group.variables());
        for (_, var) in vars.filter(|(_, var)| var.bytes() <= COMPUTED) {
            // An error is as good as data.
            let _ = session.compute(&[var.data().clone()]);
        }
    }
    Outcome::Passed
}

fn read_all(group: &RawGroup) {
    for var in &group.vars {
        let shape = &var.source.info().shape;
        let row: usize = shape.iter().skip(1).fold(1, |n, l| n.saturating_mul(*l));
        let rows = shape.first().copied().unwrap_or(1);
        let step = (PIECE / row.max(1)).max(1);
        let (mut start, mut failures) = (0, 0);
        while start < rows && failures < FAILURES {
            let mut region = Region::whole(shape);
            if let (Some(s), Some(l)) = (region.start.first_mut(), region.len.first_mut()) {
                (*s, *l) = (start, step.min(rows - start));
            }
            failures += usize::from(var.source.read(&region).is_err());
            start = start.saturating_add(step);
        }
    }
    group.groups.iter().for_each(read_all);
}
