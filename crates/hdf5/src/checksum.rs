//! The checksum that closes each structure of HDF5.
#![allow(clippy::indexing_slicing)] // fixed positions in blocks of 12 bytes cut just before

/// Bob Jenkins' lookup3 ("hashlittle") with the initial value 0, which closes each structure.
pub(crate) fn lookup3(bytes: &[u8]) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sums() {
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
    }
}
