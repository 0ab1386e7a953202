//! B-trees of version 2: dense links and attributes, huge objects, chunks.

use graticule_array::{Error, Result};

use crate::header::to_usize;
use crate::meta::{Meta, Piece, expect_signature};

/// Levels of a tree: enough for any number of records.
const MOST_LEVELS: usize = 32;
/// Signature, version and type in front of a node, and the checksum behind it.
const NODE_PREFIX: usize = 6;
const NODE_OVERHEAD: usize = NODE_PREFIX + 4;

/// The header of a tree.
#[derive(Debug)]
pub(crate) struct Tree2 {
    /// What the records are.
    pub(crate) kind: u8,
    /// Bytes of a record.
    pub(crate) record_size: usize,
    node_size: usize,
    depth: usize,
    root: Option<(u64, usize)>,
    /// Per level, from the leaves: bytes of a count of all records below it.
    total_bytes: Vec<usize>,
    count_bytes: usize,
}

fn bytes_for(n: u64) -> usize {
    (63 - n.max(1).leading_zeros()) as usize / 8 + 1
}

impl Tree2 {
    pub(crate) fn read(meta: &Meta<'_>, address: u64) -> Result<Self> {
        let head = meta.up_to(address, 64)?;
        let mut c = head.cursor();
        expect_signature(&mut c, b"BTHD")?;
        c.skip(1)?;
        let kind = c.u8()?;
        let node_size = c.u32()? as usize;
        let (record_size, depth) = (usize::from(c.u16()?), usize::from(c.u16()?));
        c.skip(2)?;
        let root = meta.form.address(&mut c)?;
        let records = usize::from(c.u16()?);
        c.skip(meta.form.length_size)?;
        let n = c.position() + 4;
        meta.verified(&head.part(0..n), "the header of a B-tree")?;
        if record_size == 0 || depth > MOST_LEVELS || node_size < NODE_OVERHEAD + record_size {
            return Err(Error::corrupt("the header of a B-tree makes no sense"));
        }
        let mut most = ((node_size - NODE_OVERHEAD) / record_size) as u64;
        let count_bytes = bytes_for(most);
        let mut total_bytes = vec![0];
        for level in 1..=depth {
            let pointer = meta.form.offset_size
                + count_bytes
                + total_bytes.get(level - 1).copied().unwrap_or(0);
            let per_node =
                node_size.saturating_sub(NODE_OVERHEAD + pointer) / (record_size + pointer);
            let per_node = per_node as u64;
            most = (per_node + 1).saturating_mul(most).saturating_add(per_node);
            total_bytes.push(bytes_for(most));
        }
        let root = root.map(|r| (r, records));
        Ok(Self { kind, record_size, node_size, depth, root, total_bytes, count_bytes })
    }

    /// Calls `visit` with every record, in order within a node.
    ///
    /// # Errors
    /// If the tree does not follow the format, or `visit` fails.
    pub(crate) fn each(
        &self,
        meta: &Meta<'_>,
        visit: &mut dyn FnMut(&Piece) -> Result<()>,
    ) -> Result<()> {
        let Some((root, records)) = self.root else { return Ok(()) };
        let mut open = vec![(root, records, self.depth)];
        while let Some((address, n, level)) = open.pop() {
            let node = meta.up_to(address, self.node_size)?;
            let mut c = node.cursor();
            expect_signature(&mut c, if level == 0 { b"BTLF" } else { b"BTIN" })?;
            c.skip(2)?;
            let total = match level.checked_sub(1) {
                Some(below) => self.total_bytes.get(below).copied().unwrap_or(0),
                None => 0,
            };
            let pointer = meta.form.offset_size + self.count_bytes + total;
            let pointers = if level > 0 { n.saturating_add(1).saturating_mul(pointer) } else { 0 };
            let used = n.saturating_mul(self.record_size).saturating_add(pointers);
            let end = used.saturating_add(NODE_OVERHEAD);
            meta.verified(&node.part(0..end), "a node of a B-tree")?;
            for _ in 0..n {
                let at = c.position();
                c.skip(self.record_size)?;
                meta.charge(16)?;
                visit(&node.part(at..at + self.record_size))?;
            }
            if level == 0 {
                continue;
            }
            let below = level - 1;
            for _ in 0..=n {
                let child = meta.form.address(&mut c)?;
                let count = to_usize(c.uint(self.count_bytes)?)?;
                c.skip(if below > 0 { total } else { 0 })?;
                let child = child.ok_or_else(|| Error::corrupt("a B-tree node is missing"))?;
                open.push((child, count, below));
            }
        }
        Ok(())
    }
}
