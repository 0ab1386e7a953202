//! The fractal heap: objects of any size in blocks that double, row by row.

use graticule_array::{Error, Result};

use crate::filter::Pipeline;
use crate::header::to_usize;
use crate::message::filters;
use crate::meta::{Meta, Piece, expect_signature};
use crate::tree::btree2::Tree2;

/// Levels of indirect blocks: more cannot be addressed.
const MOST_LEVELS: usize = 16;

/// A fractal heap's header.
#[derive(Debug)]
pub(crate) struct FractalHeap {
    width: u64,
    start: u64,
    largest_direct: u64,
    offset_bytes: usize,
    length_bytes: usize,
    id_length: usize,
    root: Option<u64>,
    root_rows: u32,
    huge_tree: Option<u64>,
    filters: Option<(Pipeline, u64, u32)>,
    /// Whether direct blocks have checksums.
    summed: bool,
}

fn log2(n: u64) -> u32 {
    63 - n.max(1).leading_zeros()
}

impl FractalHeap {
    pub(crate) fn read(meta: &Meta<'_>, address: u64) -> Result<Self> {
        let form = meta.form;
        let head = meta.up_to(address, 512)?;
        let mut c = head.cursor();
        expect_signature(&mut c, b"FRHP")?;
        c.skip(1)?;
        let (id_length, filter_length) = (usize::from(c.u16()?), usize::from(c.u16()?));
        let summed = c.u8()? & 2 != 0;
        let largest_managed = u64::from(c.u32()?);
        let _next_huge = form.length(&mut c)?;
        let huge_tree = form.address(&mut c)?;
        let _free = form.length(&mut c)?;
        let _free_manager = form.address(&mut c)?;
        c.skip(8 * form.length_size)?;
        let width = u64::from(c.u16()?);
        let start = form.length(&mut c)?;
        let largest_direct = form.length(&mut c)?;
        let bits = u32::from(c.u16()?);
        let _first_rows = c.u16()?;
        let root = form.address(&mut c)?;
        let root_rows = u32::from(c.u16()?);
        if width == 0
            || !start.is_power_of_two()
            || !largest_direct.is_power_of_two()
            || largest_direct < start
            || !(1..=64).contains(&bits)
            || root_rows > 64
        {
            return Err(Error::corrupt("the dimensions of a fractal heap make no sense"));
        }
        let mut filters = None;
        if filter_length > 0 {
            let size = form.length(&mut c)?;
            let mask = c.u32()?;
            let at = c.position();
            let chain = filters::parse(&mut c)?;
            c.seek(at.saturating_add(filter_length))?;
            filters = Some((Pipeline::new(&chain, 1, &meta.settings.codecs), size, mask));
        }
        let n = c.position() + 4;
        meta.verified(&head.part(0..n), "the header of a fractal heap")?;
        let offset_bytes = bits.div_ceil(8) as usize;
        let direct_bytes = log2(largest_direct).div_ceil(8).max(1) as usize;
        let managed_bytes = log2(largest_managed) as usize / 8 + 1;
        Ok(Self {
            width,
            start,
            largest_direct,
            offset_bytes,
            length_bytes: direct_bytes.min(managed_bytes),
            id_length,
            root,
            root_rows,
            huge_tree,
            filters,
            summed,
        })
    }

    /// The object with an identifier.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn get(&self, meta: &Meta<'_>, id: &[u8]) -> Result<Piece> {
        let id = Piece::from(id.to_vec());
        let mut c = id.cursor();
        let head = c.u8()?;
        match (head >> 4) & 3 {
            0 => {
                let offset = c.uint(self.offset_bytes)?;
                let length = to_usize(c.uint(self.length_bytes)?)?;
                self.managed(meta, offset, length)
            }
            1 => self.huge(meta, &id),
            2 => {
                let long = self.id_length > 17;
                let low = if long { usize::from(c.u8()?) } else { 0 };
                let n = usize::from(head & 15);
                let n = if long { (n << 8 | low) + 1 } else { n + 1 };
                Ok(c.take(n)?.to_vec().into())
            }
            _ => Err(Error::corrupt("an identifier of no known kind in a fractal heap")),
        }
    }

    fn row_size(&self, row: u32) -> u64 {
        self.start.checked_shl(row.saturating_sub(1)).unwrap_or(u64::MAX)
    }

    fn direct_rows(&self) -> u32 {
        log2(self.largest_direct) - log2(self.start) + 2
    }

    fn managed(&self, meta: &Meta<'_>, offset: u64, length: usize) -> Result<Piece> {
        let lost = || Error::corrupt(format!("no object at {offset} of a fractal heap"));
        let mut address = self.root.ok_or_else(lost)?;
        if self.root_rows == 0 {
            let stored = self.filters.as_ref().map(|(_, size, mask)| (*size, *mask));
            return self.object(meta, address, stored, self.start, offset, length);
        }
        let (mut rows, mut base) = (self.root_rows, 0u64);
        let prefix = 5 + meta.form.offset_size + self.offset_bytes;
        for _ in 0..MOST_LEVELS {
            meta.charge(64)?;
            let mut row_start = base;
            let mut found = None;
            for row in 0..rows {
                let size = self.row_size(row);
                let row_end = row_start.saturating_add(size.saturating_mul(self.width));
                if offset < row_end {
                    let column = offset.saturating_sub(row_start) / size;
                    found = Some((row, column, size, row_start + column * size));
                    break;
                }
                row_start = row_end;
            }
            let (row, column, size, start) = found.ok_or_else(lost)?;
            let direct_rows = self.direct_rows().min(rows);
            let plain = meta.form.offset_size as u64;
            let direct = match self.filters {
                Some(_) => plain + meta.form.length_size as u64 + 4,
                None => plain,
            };
            let is_direct = row < direct_rows;
            let at = if is_direct {
                (u64::from(row) * self.width + column) * direct
            } else {
                let before = u64::from(direct_rows) * self.width;
                before * direct + (u64::from(row - direct_rows) * self.width + column) * plain
            };
            let block = meta.get(address, prefix)?;
            expect_signature(&mut block.cursor(), b"FHIB")?;
            let entries = (u64::from(direct_rows) * self.width).saturating_mul(direct);
            let more = (u64::from(rows - direct_rows) * self.width).saturating_mul(plain);
            let end = to_usize(entries.saturating_add(more))?.saturating_add(prefix);
            meta.check(address, end.saturating_add(4), end, "an indirect block of a fractal heap")?;
            let at = address.saturating_add(prefix as u64).saturating_add(at);
            let width = if is_direct { direct } else { plain };
            let entry = meta.get(at, width as usize)?;
            let mut c = entry.cursor();
            address = meta.form.address(&mut c)?.ok_or_else(lost)?;
            if is_direct {
                let stored = match self.filters {
                    Some(_) => Some((meta.form.length(&mut c)?, c.u32()?)),
                    None => None,
                };
                return self.object(meta, address, stored, size, offset - start, length);
            }
            base = start;
            rows = log2(size / self.start.max(1) / self.width.max(1)) + 1;
        }
        Err(Error::corrupt("a fractal heap is nested too deeply"))
    }

    fn object(
        &self,
        meta: &Meta<'_>,
        address: u64,
        stored: Option<(u64, u32)>,
        size: u64,
        offset: u64,
        length: usize,
    ) -> Result<Piece> {
        if offset.checked_add(length as u64).is_none_or(|end| end > size) {
            return Err(Error::corrupt("an object reaches over its block in a fractal heap"));
        }
        match (&self.filters, stored) {
            (Some((pipeline, _, _)), Some((n, mask))) => {
                let raw = meta.get(address, to_usize(n)?)?;
                let mut block = Vec::new();
                pipeline.decode_vec(&raw, mask, to_usize(size)?, true, &mut block)?;
                let at = to_usize(offset)?;
                let part = block.get(at..at.saturating_add(length));
                let part = part.ok_or_else(|| Error::corrupt("a heap block is too short"))?;
                Ok(part.to_vec().into())
            }
            _ => {
                if self.summed {
                    let sum_at = 5 + meta.form.offset_size + self.offset_bytes;
                    let what = "a direct block of a fractal heap";
                    meta.check(address, to_usize(size)?, sum_at, what)?;
                }
                meta.get(address.saturating_add(offset), length)
            }
        }
    }

    fn huge(&self, meta: &Meta<'_>, id: &Piece) -> Result<Piece> {
        let form = meta.form;
        let direct = form.offset_size + form.length_size;
        let room = self.id_length.saturating_sub(1);
        let mut c = id.cursor();
        c.skip(1)?;
        let needed = if self.filters.is_some() { direct + 4 + form.length_size } else { direct };
        let (address, n, filtered) = if room >= needed {
            let (address, n) = (form.address(&mut c)?, form.length(&mut c)?);
            let filtered = match self.filters {
                Some(_) => Some((c.u32()?, form.length(&mut c)?)),
                None => None,
            };
            (address, n, filtered)
        } else {
            let wanted = c.uint(room.min(form.length_size).min(8))?;
            let tree = self.huge_tree.ok_or_else(|| Error::corrupt("no tree of huge objects"))?;
            let mut found = None;
            Tree2::read(meta, tree)?.each(meta, &mut |record| {
                let mut c = record.cursor();
                let (address, n) = (form.address(&mut c)?, form.length(&mut c)?);
                let filtered = match self.filters {
                    Some(_) => Some((c.u32()?, form.length(&mut c)?)),
                    None => None,
                };
                if form.length(&mut c)? == wanted {
                    found = Some((address, n, filtered));
                }
                Ok(())
            })?;
            found.ok_or_else(|| Error::corrupt("a huge object is missing from its tree"))?
        };
        let address = address.ok_or_else(|| Error::corrupt("a huge object has no address"))?;
        let raw = meta.get(address, to_usize(n)?)?;
        match (&self.filters, filtered) {
            (Some((pipeline, _, _)), Some((mask, size))) => {
                let mut out = Vec::new();
                pipeline.decode_vec(&raw, mask, to_usize(size)?, true, &mut out)?;
                Ok(out.into())
            }
            _ => Ok(raw),
        }
    }
}
