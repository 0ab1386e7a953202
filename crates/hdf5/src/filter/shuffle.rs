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
    match element {
        2 => planes::<2>(input, body, n, swap),
        4 => planes::<4>(input, body, n, swap),
        8 => planes::<8>(input, body, n, swap),
        _ => any(input, body, n, element, swap),
    }
}

fn planes<const N: usize>(input: &[u8], out: &mut [u8], n: usize, swap: bool) {
    let plane = |k: usize| {
        let k = if swap { N - 1 - k } else { k };
        &input[k * n..(k + 1) * n]
    };
    let (items, _) = out.as_chunks_mut::<N>();
    match N {
        2 => {
            let (a, b) = (plane(0), plane(1));
            for ((to, a), b) in items.iter_mut().zip(a).zip(b) {
                to[0] = *a;
                to[1] = *b;
            }
        }
        4 => {
            let (a, b, c, d) = (plane(0), plane(1), plane(2), plane(3));
            for ((((to, a), b), c), d) in items.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                to[0] = *a;
                to[1] = *b;
                to[2] = *c;
                to[3] = *d;
            }
        }
        _ => {
            // Blocks small enough that the lines being written stay in the first cache.
            const BLOCK: usize = 512;
            let mut start = 0;
            for block in items.chunks_mut(BLOCK) {
                for k in 0..N {
                    let from = &plane(k)[start..start + block.len()];
                    for (to, byte) in block.iter_mut().zip(from) {
                        to[k] = *byte;
                    }
                }
                start += block.len();
            }
        }
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
