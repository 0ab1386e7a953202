//! The fixed array: the index of chunks whose number cannot change.

use graticule_array::{Error, Result};

use super::{Entry, Slot};
use crate::header::to_usize;
use crate::meta::{Meta, expect_signature};

/// Visits all chunks with their number.
pub(super) fn each(
    meta: &Meta<'_>,
    address: u64,
    chunk: u64,
    visit: &mut dyn FnMut(u64, Entry) -> Result<()>,
) -> Result<()> {
    let form = meta.form;
    let head = meta.up_to(address, 32)?;
    let mut c = head.cursor();
    expect_signature(&mut c, b"FAHD")?;
    c.skip(1)?;
    let client = c.u8()?;
    let slot = Slot::new(form, client, usize::from(c.u8()?), chunk)?;
    let page_bits = u32::from(c.u8()?);
    let total = form.length(&mut c)?;
    let block = form.address(&mut c)?;
    let n = c.position() + 4;
    meta.verified(&head.part(0..n), "the header of a fixed array")?;
    let Some(block) = block else { return Ok(()) };
    let page = 1u64.checked_shl(page_bits).ok_or_else(|| Error::corrupt("a page is too large"))?;
    let prefix = 6 + form.offset_size;
    let size = slot.size as u64;
    expect_signature(&mut meta.up_to(block, 4)?.cursor(), b"FADB")?;
    if total <= page {
        let n = to_usize(total.saturating_mul(size))?;
        let body = meta.get(block, n.saturating_add(prefix + 4))?;
        let body = meta.verified(&body, "a fixed array")?;
        let mut c = body.cursor();
        c.seek(prefix)?;
        return slot.each(meta, &mut c, 0, total, visit);
    }
    let pages = total.div_ceil(page);
    let n = to_usize(pages.div_ceil(8))?.saturating_add(prefix);
    let head = meta.get(block, n.saturating_add(4))?;
    let bitmap = meta.verified(&head, "a fixed array")?.part(prefix..n);
    let mut at = block.saturating_add(head.len() as u64);
    for number in 0..pages {
        let first = number * page;
        let n = page.min(total - first);
        let bytes = n.saturating_mul(size);
        let byte = bitmap.get((number / 8) as usize).copied().unwrap_or(0);
        // Bits are counted from the most significant one.
        if byte >> (7 - number % 8) & 1 != 0 {
            let body = meta.get(at, to_usize(bytes)?.saturating_add(4))?;
            let body = meta.verified(&body, "a page of a fixed array")?;
            slot.each(meta, &mut body.cursor(), first, n, visit)?;
        }
        at = at.saturating_add(bytes).saturating_add(4);
    }
    Ok(())
}
