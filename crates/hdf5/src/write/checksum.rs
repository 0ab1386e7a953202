//! The two checksums of HDF5: one of its structures, one of its chunks.
#![allow(clippy::indexing_slicing)] // fixed positions in blocks of 12 bytes cut just before

/// Bob Jenkins' lookup3 ("hashlittle") with the initial value 0, which closes each structure.
pub(super) fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let mut s = [start; 3];
    let mut rest = bytes;
    while rest.len() > 12 {
        let (block, tail) = rest.split_at(12);
        add(&mut s, block);
        mix(&mut s);
        rest = tail;
    }
    if rest.is_empty() {
        return s[2];
    }
    let mut last = [0; 12];
    last[..rest.len()].copy_from_slice(rest);
    add(&mut s, &last);
    finish(&mut s);
    s[2]
}

fn add(s: &mut [u32; 3], block: &[u8]) {
    for (v, b) in s.iter_mut().zip(block.chunks_exact(4)) {
        *v = v.wrapping_add(u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    }
}

fn mix([a, b, c]: &mut [u32; 3]) {
    for (x, y, z) in [(4, 6, 8), (16, 19, 4)] {
        *a = a.wrapping_sub(*c) ^ c.rotate_left(x);
        *c = c.wrapping_add(*b);
        *b = b.wrapping_sub(*a) ^ a.rotate_left(y);
        *a = a.wrapping_add(*c);
        *c = c.wrapping_sub(*b) ^ b.rotate_left(z);
        *b = b.wrapping_add(*a);
    }
}

fn finish([a, b, c]: &mut [u32; 3]) {
    *c = (*c ^ *b).wrapping_sub(b.rotate_left(14));
    *a = (*a ^ *c).wrapping_sub(c.rotate_left(11));
    *b = (*b ^ *a).wrapping_sub(a.rotate_left(25));
    *c = (*c ^ *b).wrapping_sub(b.rotate_left(16));
    *a = (*a ^ *c).wrapping_sub(c.rotate_left(4));
    *b = (*b ^ *a).wrapping_sub(a.rotate_left(14));
    *c = (*c ^ *b).wrapping_sub(b.rotate_left(24));
}

/// Fletcher's checksum over big-endian 16-bit words, as the `fletcher32` filter appends it.
pub(super) fn fletcher32(bytes: &[u8]) -> u32 {
    let fold = |v: u32| (v & 0xffff) + (v >> 16);
    let (mut a, mut b) = (0u32, 0u32);
    let words = bytes.chunks_exact(2);
    let odd = words.remainder().first().copied();
    // 360 words keep both sums below 2^32 between the folds.
    for run in bytes.get(..bytes.len() & !1).unwrap_or_default().chunks(720) {
        for w in run.chunks_exact(2) {
            a += u32::from(w[0]) << 8 | u32::from(w[1]);
            b += a;
        }
        (a, b) = (fold(a), fold(b));
    }
    if let Some(last) = odd {
        a += u32::from(last) << 8;
        b += a;
        (a, b) = (fold(a), fold(b));
    }
    fold(b) << 16 | fold(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sums() {
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
        assert_eq!(fletcher32(&[0, 1]), 0x0001_0001);
        // Words 1, 2, 0x300: sums 1, 3, 0x303 and 1, 4, 0x307.
        assert_eq!(fletcher32(&[0, 1, 0, 2, 3]), 0x0307_0303);
    }
}
