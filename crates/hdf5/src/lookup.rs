//! From the path of an object to where its header lies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::Result;

use crate::group;
use crate::header::Header;
use crate::message::link::Target;
use crate::meta::Meta;

/// Soft links that lead to soft links.
const MOST_HOPS: usize = 16;
/// What a step costs of the effort that a file may ask for.
const EFFORT: u64 = 1024;

/// Links by name.
type Names = Arc<HashMap<String, Target>>;

/// The links of groups that were looked into before.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<HashMap<u64, Names>>);

impl Seen {
    fn links(&self, meta: &Meta<'_>, group: u64) -> Result<Names> {
        // Whatever was remembered is true, so poison carries no news.
        let known = |seen: &Self| {
            let map = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            map.get(&group).cloned()
        };
        if let Some(links) = known(self) {
            return Ok(links);
        }
        let header = Header::read(meta, group)?;
        let links = group::links(meta, &header)?;
        let names: Names = Arc::new(links.into_iter().map(|l| (l.name, l.target)).collect());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(group, names.clone());
        Ok(names)
    }

    /// The header of the object at a path, from `group` on (or from `root`, if the path begins
    /// there); `None` if there is none.
    ///
    /// # Errors
    /// If a group on the way cannot be read.
    pub(crate) fn find(
        &self,
        meta: &Meta<'_>,
        root: u64,
        group: u64,
        path: &str,
    ) -> Result<Option<u64>> {
        self.hop(meta, root, group, path, 0)
    }

    fn hop(
        &self,
        meta: &Meta<'_>,
        root: u64,
        group: u64,
        path: &str,
        hops: usize,
    ) -> Result<Option<u64>> {
        if hops > MOST_HOPS {
            return Ok(None);
        }
        let mut here = if path.starts_with('/') { root } else { group };
        for part in path.split('/').filter(|p| !p.is_empty() && *p != ".") {
            meta.charge(EFFORT)?;
            let next = match self.links(meta, here)?.get(part) {
                Some(Target::Hard(address)) => Some(*address),
                Some(Target::Soft(to)) => self.hop(meta, root, here, to, hops + 1)?,
                _ => None,
            };
            match next {
                Some(address) => here = address,
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }
}
