//! Byte shuffle: the first bytes of all elements, then the second bytes, and so on.
#![allow(clippy::indexing_slicing)] // a kernel: planes are cut to one length up front

/// Puts the bytes of elements together again. With `swap` each element comes out with its
/// bytes in the opposite order, which costs nothing here.
pub(crate) fn unshuffle(input: &[u8], out: &mut [u8], element: usize, swap: bool) {
    let total = input.len().min(out.len());
    let (input, out) = (&input[..total], &mut out[..total]);
    let n = total.checked_div(element).unwrap_or(0);
    if element < 2 || n == 0 {
        out.copy_from_slice(input);
        return;
    }
    let whole = n * element;
    let (body, tail) = out.split_at_mut(whole);
    tail.copy_from_slice(&input[whole..]);
    let input = &input[..whole];
    let plane = |k: usize| {
        let k = if swap { element - 1 - k } else { k };
        &input[k * n..(k + 1) * n]
    };
    match element {
        2 => two(plane(0), plane(1), body),
        4 => four([plane(0), plane(1), plane(2), plane(3)], body),
        8 => eight([0, 1, 2, 3, 4, 5, 6, 7].map(plane), body),
        _ => any(input, body, n, element, swap),
    }
}

fn two(a: &[u8], b: &[u8], out: &mut [u8]) {
    for ((to, a), b) in out.as_chunks_mut::<2>().0.iter_mut().zip(a).zip(b) {
        *to = [*a, *b];
    }
}

/// Elements that are put together at a time: by steps of two, which compilers turn into
/// instructions on whole vectors (six times as fast as byte by byte).
const BLOCK: usize = 64;

type Block<T> = [T; BLOCK];

fn pairs(low: &Block<u8>, high: &Block<u8>) -> Block<u16> {
    let mut out = [0; BLOCK];
    for ((to, low), high) in out.iter_mut().zip(low).zip(high) {
        *to = u16::from(*low) | u16::from(*high) << 8;
    }
    out
}

fn quads(low: &Block<u16>, high: &Block<u16>) -> Block<u32> {
    let mut out = [0; BLOCK];
    for ((to, low), high) in out.iter_mut().zip(low).zip(high) {
        *to = u32::from(*low) | u32::from(*high) << 16;
    }
    out
}

fn four(planes: [&[u8]; 4], out: &mut [u8]) {
    let [a, b, c, d] = planes.map(|p| p.as_chunks::<BLOCK>().0);
    let (items, _) = out.as_chunks_mut::<4>();
    let (blocks, rest) = items.as_chunks_mut::<BLOCK>();
    for ((((to, a), b), c), d) in blocks.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let numbers = quads(&pairs(a, b), &pairs(c, d));
        to.iter_mut().zip(numbers).for_each(|(to, n)| *to = n.to_le_bytes());
    }
    tail(planes, rest);
}

fn eight(planes: [&[u8]; 8], out: &mut [u8]) {
    let blocks = planes.map(|p| p.as_chunks::<BLOCK>().0);
    let (items, _) = out.as_chunks_mut::<8>();
    let (items, rest) = items.as_chunks_mut::<BLOCK>();
    for (at, to) in items.iter_mut().enumerate() {
        let [a, b, c, d, e, f, g, h] = blocks.map(|p| &p[at]);
        let low = quads(&pairs(a, b), &pairs(c, d));
        let high = quads(&pairs(e, f), &pairs(g, h));
        for ((to, low), high) in to.iter_mut().zip(low).zip(high) {
            *to = (u64::from(low) | u64::from(high) << 32).to_le_bytes();
        }
    }
    tail(planes, rest);
}

/// The last elements, which fill no block.
fn tail<const N: usize>(planes: [&[u8]; N], out: &mut [[u8; N]]) {
    let from = planes[0].len() - out.len();
    for (k, plane) in planes.iter().enumerate() {
        out.iter_mut().zip(&plane[from..]).for_each(|(to, byte)| to[k] = *byte);
    }
}

fn any(input: &[u8], out: &mut [u8], n: usize, element: usize, swap: bool) {
    for k in 0..element {
        let from = if swap { element - 1 - k } else { k };
        let plane = &input[from * n..(from + 1) * n];
        for (to, byte) in out.iter_mut().skip(k).step_by(element).zip(plane) {
            *to = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_size_comes_back() {
        for element in 1..12 {
            let n = 1301;
            let plain: Vec<u8> = (0..n * element + 3).map(|i| (i * 7 + i / 256) as u8).collect();
            let mut shuffled = plain.clone();
            if element > 1 {
                for i in 0..n {
                    for k in 0..element {
                        shuffled[k * n + i] = plain[i * element + k];
                    }
                }
            }
            let total = n * element;
            let mut out = vec![0; total];
            unshuffle(&shuffled[..total], &mut out, element, false);
            assert_eq!(out, plain[..total], "element of {element}");
            unshuffle(&shuffled[..total], &mut out, element, true);
            let swapped: Vec<u8> = plain[..total]
                .chunks(element)
                .flat_map(|e| e.iter().rev().copied().collect::<Vec<_>>())
                .collect();
            assert_eq!(out, swapped, "swapped element of {element}");
        }
    }
}
