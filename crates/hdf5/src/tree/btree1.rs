//! B-trees of version 1: names of old groups, and chunks.

use graticule_array::{Error, Result};

use crate::meta::{Meta, Piece, expect_signature};

/// Levels of a tree: enough for any number of entries.
const MOST_LEVELS: u8 = 32;

/// What a tree indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tree1 {
    /// Names: keys are offsets into a local heap.
    Names,
    /// Chunks of this many axes, the one of the element's bytes included.
    Chunks(usize),
}

impl Tree1 {
    fn key_size(self, meta: &Meta<'_>) -> usize {
        match self {
            Self::Names => meta.form.length_size,
            Self::Chunks(axes) => 8 + 8 * axes,
        }
    }

    /// Calls `visit` with the key and the address of every entry of the leaves, in order.
    ///
    /// # Errors
    /// If the tree does not follow the format, or `visit` fails.
    pub(crate) fn each(
        self,
        meta: &Meta<'_>,
        root: u64,
        visit: &mut dyn FnMut(&Piece, u64) -> Result<()>,
    ) -> Result<()> {
        // Nodes still to be read, with the level they must have.
        let mut open: Vec<(u64, Option<u8>)> = vec![(root, None)];
        let key_size = self.key_size(meta);
        let entry = key_size + meta.form.offset_size;
        let prefix = 8 + 2 * meta.form.offset_size;
        while let Some((address, expected)) = open.pop() {
            let head = meta.get(address, prefix)?;
            let mut c = head.cursor();
            expect_signature(&mut c, b"TREE")?;
            let (kind, level, n) = (c.u8()?, c.u8()?, usize::from(c.u16()?));
            if kind != u8::from(self != Self::Names) {
                return Err(Error::corrupt("a B-tree indexes something else than expected"));
            }
            if level > MOST_LEVELS || expected.is_some_and(|e| e != level) {
                return Err(Error::corrupt("the levels of a B-tree do not decrease"));
            }
            let body = meta.get(address.saturating_add(prefix as u64), n * entry)?;
            let first_child = open.len();
            for i in 0..n {
                let key = body.part(i * entry..i * entry + key_size);
                let child = body.part(i * entry + key_size..(i + 1) * entry);
                let Some(child) = meta.form.address(&mut child.cursor())? else { continue };
                if level == 0 {
                    meta.charge(16)?;
                    visit(&key, child)?;
                } else {
                    open.push((child, Some(level - 1)));
                }
            }
            // A stack turns the order round: turn it back.
            if let Some(children) = open.get_mut(first_child..) {
                children.reverse();
            }
        }
        Ok(())
    }
}
