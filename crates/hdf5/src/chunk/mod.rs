//! Where the chunks of a dataset lie.

mod extensible_array;
mod fixed_array;
mod table;

pub(crate) use table::{ChunkTable, Entry};

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::meta::{Form, Meta};

/// What the array indices store for a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// Whether size and mask follow the address.
    filtered: bool,
    /// Bytes of the whole slot.
    size: usize,
    /// Bytes of a chunk that went through no filter.
    chunk: u64,
}

impl Slot {
    fn new(form: Form, client: u8, size: usize, chunk: u64) -> Result<Self> {
        let filtered = client == 1;
        let least = form.offset_size + if filtered { 5 } else { 0 };
        if client > 1 || size < least || size > least + 8 {
            return Err(Error::corrupt("an index of chunks has entries of a strange size"));
        }
        Ok(Self { filtered, size, chunk })
    }

    fn parse(self, form: Form, c: &mut Cursor<'_>) -> Result<Option<Entry>> {
        let address = form.address(c)?;
        let (size, mask) = if self.filtered {
            (c.uint(self.size - form.offset_size - 4)?, c.u32()?)
        } else {
            (self.chunk, 0)
        };
        Ok(address.map(|address| Entry { address, size, mask }))
    }

    /// Visits `n` slots that lie one after the other, the first being number `first`.
    fn each(
        self,
        meta: &Meta<'_>,
        c: &mut Cursor<'_>,
        first: u64,
        n: u64,
        visit: &mut dyn FnMut(u64, Entry) -> Result<()>,
    ) -> Result<()> {
        for i in 0..n {
            if let Some(entry) = self.parse(meta.form, c)? {
                visit(first.saturating_add(i), entry)?;
            }
        }
        Ok(())
    }
}
