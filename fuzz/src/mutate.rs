//! Damage: one to a few changes of an input.

use crate::chance::Chance;

/// Inputs grow no longer than this.
const LONGEST: usize = 64 << 10;

/// Numbers at the edges of what parsers expect.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    i64::MAX as u64,
    i64::MAX as u64 + 1,
    u64::MAX,
];

/// A changed copy of `input`: bits flipped, bytes and edge numbers put in, parts doubled, moved,
/// cut out, ends cut off, parts of `other` and `words` spliced in.
#[must_use]
pub fn mutate(input: &[u8], other: &[u8], words: &[&str], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=[0, 0, 1, 2, 5].get(chance.below(5)).copied().unwrap_or(0) {
        change(&mut bytes, other, words, chance);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], chance: &mut Chance) {
    let n = bytes.len();
    if n == 0 {
        bytes.extend(other.iter().take(16));
        bytes.push(chance.number() as u8);
        return;
    }
    let at = chance.below(n);
    match chance.below(if words.is_empty() { 11 } else { 15 }) {
        0 | 1 => {
            if let Some(b) = bytes.get_mut(at) {
                *b ^= 1 << chance.below(8);
            }
        }
        2 => {
            if let Some(b) = bytes.get_mut(at) {
                *b = chance.number() as u8;
            }
        }
        3 | 4 => number(bytes, at, chance),
        5 => {
            // Counts and lengths that are nearly right.
            if let Some(b) = bytes.get_mut(at) {
                let step = 1 + chance.below(4) as u8;
                *b = if chance.below(2) == 0 { b.wrapping_add(step) } else { b.wrapping_sub(step) };
            }
        }
        6 => bytes.truncate(at),
        7 => {
            let len = 1 + chance.below(32);
            bytes.drain(at..at.saturating_add(len).min(n));
        }
        8 => {
            let (from, len) = (chance.below(n), 1 + chance.below(64));
            let part: Vec<u8> = bytes.iter().skip(from).take(len).copied().collect();
            put(bytes, at, &part, chance);
        }
        9 => {
            let (from, len) = (chance.below(other.len()), 1 + chance.below(64));
            let part: Vec<u8> = other.iter().skip(from).take(len).copied().collect();
            put(bytes, at, &part, chance);
        }
        10 => {
            let byte = if chance.below(2) == 0 { 0 } else { 0xff };
            let len = 1 + chance.below(16);
            bytes.iter_mut().skip(at).take(len).for_each(|b| *b = byte);
        }
        _ => {
            let word = chance.of(words).map_or("", |w| *w);
            put(bytes, at, word.as_bytes(), chance);
        }
    }
}

/// An edge number, or a small one, in one of the widths and orders.
fn number(bytes: &mut [u8], at: usize, chance: &mut Chance) {
    let value = match chance.below(3) {
        0 => chance.below(300) as u64,
        _ => chance.of(&NUMBERS).copied().unwrap_or(0),
    };
    let width = 1usize << chance.below(4);
    let at = if chance.below(2) == 0 { at - at % width } else { at };
    let ordered: Vec<u8> = if chance.below(2) == 0 {
        value.to_le_bytes().into_iter().take(width).collect()
    } else {
        value.to_be_bytes().into_iter().skip(8 - width).collect()
    };
    bytes.iter_mut().skip(at).zip(ordered).for_each(|(b, v)| *b = v);
}

/// Writes over what is there, or moves it away.
fn put(bytes: &mut Vec<u8>, at: usize, part: &[u8], chance: &mut Chance) {
    if chance.below(2) == 0 {
        bytes.splice(at..at, part.iter().copied());
    } else {
        bytes.iter_mut().skip(at).zip(part).for_each(|(b, p)| *b = *p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_repeatable_and_bounded() {
        let damage = |seed| {
            let mut chance = Chance::new(seed);
            let mut bytes = b"netcdf".to_vec();
            let mut all = Vec::new();
            for _ in 0..2000 {
                bytes = mutate(&bytes, b"other bytes", &["word"], &mut chance);
                all.extend_from_slice(&bytes);
            }
            assert!(bytes.len() <= LONGEST);
            all
        };
        assert!(damage(1) == damage(1));
        assert!(damage(1) != damage(2));
    }
}
