//! The extensible array: the index of chunks along one unlimited dimension.

use graticule_array::{Error, Result};

use super::{Entry, Slot};
use crate::header::to_usize;
use crate::meta::{Meta, Piece, expect_signature};

struct Array<'a, 'b> {
    meta: &'a Meta<'b>,
    slot: Slot,
    /// Bytes of an offset inside the array, stored in front of blocks.
    offset_bytes: usize,
    page: u64,
    used: u64,
}

fn log2(n: u64) -> u32 {
    63 - n.max(1).leading_zeros()
}

/// Visits all chunks with their number.
pub(super) fn each(
    meta: &Meta<'_>,
    address: u64,
    chunk: u64,
    visit: &mut dyn FnMut(u64, Entry) -> Result<()>,
) -> Result<()> {
    let form = meta.form;
    let head = meta.up_to(address, 128)?;
    let mut c = head.cursor();
    expect_signature(&mut c, b"EAHD")?;
    c.skip(1)?;
    let client = c.u8()?;
    let slot = Slot::new(form, client, usize::from(c.u8()?), chunk)?;
    let bits = u32::from(c.u8()?);
    let in_index = u64::from(c.u8()?);
    let smallest = u64::from(c.u8()?);
    let pointers = u64::from(c.u8()?);
    let page_bits = u32::from(c.u8()?);
    c.skip(4 * form.length_size)?;
    let used = form.length(&mut c)?;
    c.skip(form.length_size)?;
    let index_block = form.address(&mut c)?;
    let n = c.position() + 4;
    meta.verified(&head.part(0..n), "the header of an extensible array")?;
    let Some(index_block) = index_block else { return Ok(()) };
    if bits > 64
        || page_bits >= 32
        || !smallest.is_power_of_two()
        || !pointers.is_power_of_two()
        || log2(smallest) > bits
    {
        return Err(Error::corrupt("the header of an extensible array makes no sense"));
    }
    let array =
        Array { meta, slot, offset_bytes: bits.div_ceil(8) as usize, page: 1 << page_bits, used };
    let super_blocks = 1 + bits - log2(smallest);
    let direct_super_blocks = 2 * log2(pointers);
    let direct_blocks = 2 * (pointers - 1);
    let indirect = super_blocks.saturating_sub(direct_super_blocks);
    let prefix = 6 + form.offset_size;
    let n = prefix as u64
        + in_index * slot.size as u64
        + (direct_blocks + u64::from(indirect)) * form.offset_size as u64;
    let body = meta.get(index_block, to_usize(n)?.saturating_add(4))?;
    let body = meta.verified(&body, "the index block of an extensible array")?;
    let mut c = body.cursor();
    expect_signature(&mut c, b"EAIB")?;
    c.seek(prefix)?;
    slot.each(meta, &mut c, 0, in_index, visit)?;
    let mut first = in_index;
    for level in 0..super_blocks {
        if first >= used {
            break;
        }
        let blocks = 1u64 << (level / 2);
        let each = smallest.checked_shl(level.div_ceil(2)).unwrap_or(u64::MAX);
        if level < direct_super_blocks {
            for _ in 0..blocks {
                let block = form.address(&mut c)?;
                array.data_block(block, first, each, None, visit)?;
                first = first.saturating_add(each);
            }
        } else {
            if let Some(at) = form.address(&mut c)? {
                array.super_block(at, first, blocks, each, visit)?;
            }
            first = first.saturating_add(blocks.saturating_mul(each));
        }
    }
    Ok(())
}

impl Array<'_, '_> {
    fn super_block(
        &self,
        at: u64,
        mut first: u64,
        blocks: u64,
        each: u64,
        visit: &mut dyn FnMut(u64, Entry) -> Result<()>,
    ) -> Result<()> {
        let form = self.meta.form;
        let prefix = 6 + form.offset_size + self.offset_bytes;
        let bitmap = if each > self.page { (each / self.page).div_ceil(8) } else { 0 };
        let n = (blocks.saturating_mul(bitmap))
            .saturating_add(blocks.saturating_mul(form.offset_size as u64))
            .saturating_add(prefix as u64);
        let body = self.meta.get(at, to_usize(n)?.saturating_add(4))?;
        let body = self.meta.verified(&body, "a super block of an extensible array")?;
        let mut c = body.cursor();
        expect_signature(&mut c, b"EASB")?;
        c.seek(prefix)?;
        let maps = c.position();
        let bitmap = to_usize(bitmap)?;
        c.skip(bitmap.saturating_mul(to_usize(blocks)?))?;
        for number in 0..to_usize(blocks)? {
            if first >= self.used {
                break;
            }
            let block = form.address(&mut c)?;
            let map = body.part(maps + number * bitmap..maps + (number + 1) * bitmap);
            self.data_block(block, first, each, Some(&map), visit)?;
            first = first.saturating_add(each);
        }
        Ok(())
    }

    fn data_block(
        &self,
        at: Option<u64>,
        first: u64,
        n: u64,
        map: Option<&Piece>,
        visit: &mut dyn FnMut(u64, Entry) -> Result<()>,
    ) -> Result<()> {
        let Some(at) = at else { return Ok(()) };
        let form = self.meta.form;
        expect_signature(&mut self.meta.up_to(at, 4)?.cursor(), b"EADB")?;
        let prefix = (6 + form.offset_size + self.offset_bytes) as u64;
        let size = self.slot.size as u64;
        let body = at.saturating_add(prefix);
        if n <= self.page {
            let end = to_usize(n.saturating_mul(size).saturating_add(prefix))?;
            let piece = self.meta.get(at, end.saturating_add(4))?;
            let piece = self.meta.verified(&piece, "a data block of an extensible array")?;
            let mut c = piece.cursor();
            c.seek(to_usize(prefix)?)?;
            return self.slot.each(self.meta, &mut c, first, n, visit);
        }
        let end = to_usize(prefix)?;
        self.meta.check(at, end + 4, end, "a data block of an extensible array")?;
        let bytes = self.page.saturating_mul(size);
        for number in 0..n / self.page {
            let start = first.saturating_add(number * self.page);
            if start >= self.used {
                break;
            }
            let byte = map.and_then(|m| m.get((number / 8) as usize).copied());
            if byte.is_some_and(|b| b >> (7 - number % 8) & 1 == 0) {
                continue;
            }
            let page = body.saturating_add(4).saturating_add(number * (bytes + 4));
            let piece = self.meta.get(page, to_usize(bytes)?.saturating_add(4))?;
            let piece = self.meta.verified(&piece, "a page of an extensible array")?;
            self.slot.each(self.meta, &mut piece.cursor(), start, self.page, visit)?;
        }
        Ok(())
    }
}
