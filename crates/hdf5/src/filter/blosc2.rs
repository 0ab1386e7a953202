//! Blosc (version 2): a frame around chunks, whose arrays may be cut into blocks of several
//! dimensions.

mod blocks;
mod chunk;

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use self::blocks::Blocks;
use super::Call;

const MARK: &[u8] = b"\x9e\xa8b2frame\0";
/// Set in the offset of a chunk that is not stored, for all its bytes follow from its kind.
const NOT_STORED: u64 = 1 << 63;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    if !input.starts_with(MARK) {
        return chunk::decode(input, call.room(), out);
    }
    let frame = Frame::parse(input)?;
    if frame.total > call.room() {
        return Err(Error::corrupt("blosc2: a frame holds more than a chunk"));
    }
    match &frame.blocks {
        None => frame.chunks(input, frame.total, out),
        Some(blocks) => {
            let padded = blocks.padded_bytes(frame.element)?;
            // Blocks at the edge are stored whole, so less than twice as much in each dimension.
            if padded > call.room().saturating_mul(16) {
                return Err(Error::corrupt("blosc2: the blocks hold more than a chunk"));
            }
            let mut data = Vec::new();
            frame.chunks(input, padded, &mut data)?;
            blocks.gather(&data, frame.element, call.room(), out)
        }
    }
}

/// What the header of a frame says.
struct Frame {
    header: usize,
    /// Bytes of all its chunks, as stored and as decoded.
    stored: usize,
    total: usize,
    element: usize,
    chunk: usize,
    blocks: Option<Blocks>,
}

impl Frame {
    fn parse(input: &[u8]) -> Result<Self> {
        let number = |at: usize, width: usize| -> Result<usize> {
            let mut c = Cursor::new(input, ByteOrder::Big);
            c.seek(at)?;
            let n = if width == 8 { c.u64()? } else { u64::from(c.u32()?) };
            usize::try_from(n).map_err(|_| Error::corrupt("blosc2: a size in the frame"))
        };
        let header = number(11, 4)?;
        let inside = input.get(..header).ok_or_else(|| {
            Error::corrupt("blosc2: the header reaches over the end of its frame")
        })?;
        Ok(Self {
            header,
            total: number(30, 8)?,
            stored: number(39, 8)?,
            element: number(48, 4)?.max(1),
            chunk: number(58, 4)?,
            blocks: Blocks::find(inside)?,
        })
    }

    /// Decodes the chunks one after the other, to `most` bytes at most.
    fn chunks(&self, input: &[u8], most: usize, out: &mut Vec<u8>) -> Result<()> {
        let n = self.total.div_ceil(self.chunk.max(1));
        let Some(behind) = self.header.checked_add(self.stored).and_then(|at| input.get(at..))
        else {
            return Err(Error::corrupt("blosc2: the frame ends before its chunks do"));
        };
        // Where the chunks begin is written in one more chunk behind them.
        let mut offsets = Vec::new();
        chunk::decode(behind, input.len(), &mut offsets)?;
        let mut c = Cursor::new(&offsets, ByteOrder::Little);
        for number in 0..n {
            let offset = c.u64()?;
            let left = self.total.saturating_sub(number.saturating_mul(self.chunk));
            if offset & NOT_STORED != 0 {
                let bytes = left.min(self.chunk);
                if out.len().saturating_add(bytes) > most {
                    return Err(Error::corrupt("blosc2: more bytes than the frame says"));
                }
                let kind = (offset >> 56) as u8 & 7;
                chunk::repeated(kind, &[], self.element, bytes, out)?;
                continue;
            }
            let at = usize::try_from(offset).ok().and_then(|o| o.checked_add(self.header));
            let chunk = at.and_then(|at| input.get(at..));
            let chunk = chunk.ok_or_else(|| Error::corrupt("blosc2: a chunk is not there"))?;
            chunk::decode(chunk, most.saturating_sub(out.len()), out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(size: usize) -> Call<'static> {
        Call { params: &[], size, element: 4 }
    }

    /// A frame with one chunk of 9 x 7 numbers of two bytes, shuffled, as hdf5plugin 7.1 writes it.
    const FRAME: &str = "9ea862326672616d6500d2000000a5cf000000000000015ba412009103d3000000000000007ed300\
         0000000000006bd200000002d20000007ed20000007ed10000d10001c2d806000000000001010000\
         0000000000000093cd0011de0001a462326e64d20000006bdc0001c60000003597000292d3000000\
         0000000009d3000000000000000792d200000009d20000000792d200000009d20000000700db0000\
         00037c5632050125027e0000007e0000006b00000000000000000101000000000000000000240000\
         003f00000000010203040506090a0b0c0d0e0f121314151617181b1c1d1e1f20212425262728292a\
         2d2e2f30313233363738393a3b3c3f40414243444548494a4b4c4d4e000000000501070808000000\
         0800000028000000000000000001000000000000000000000000000000000000940193cd0006de00\
         00dc0000ce00000023d80000000000000000000000000000000000";

    fn from_hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks_exact(2);
        digits.map(|d| u8::from_str_radix(str::from_utf8(d).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn a_frame_is_read() {
        let mut out = Vec::new();
        decode(&call(126), &from_hex(FRAME), &mut out).unwrap();
        let expected = (0..9u8).flat_map(|y| (0..7u8).flat_map(move |x| [9 * y + x, 0]));
        assert_eq!(out, expected.collect::<Vec<u8>>());
    }

    #[test]
    fn damaged_frames_are_errors() {
        let mut frame = MARK.to_vec();
        frame.resize(100, 0);
        let mut out = Vec::new();
        decode(&call(400), &frame, &mut out).unwrap_err();
        frame.iter_mut().skip(10).for_each(|b| *b = 0xff);
        assert!(decode(&call(400), &frame, &mut out).unwrap_err().is_corrupt());
        decode(&call(400), &frame[..12], &mut out).unwrap_err();
        decode(&call(400), &[], &mut out).unwrap_err();
    }
}
