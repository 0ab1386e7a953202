//! Damaged files: whatever the bytes are, opening and reading end with data or an error.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

#[allow(unreachable_pub)]
mod support;

use std::sync::Arc;

use graticule_array::Region;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::{Backend, MemoryBytes, OpenOptions};
use support::{Version, sample};

/// A small generator of numbers (xorshift): the same damage on every run.
struct Damage(u64);

impl Damage {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    fn apply(&mut self, bytes: &mut Vec<u8>) {
        let n = bytes.len();
        match self.below(5) {
            0 => bytes[self.below(n)] ^= 1 << self.below(8),
            1 => bytes.truncate(4 + self.below(n - 4)),
            2 => {
                let (from, to, len) = (self.below(n), self.below(n), self.below(40));
                let part: Vec<u8> = bytes.iter().skip(from).take(len).copied().collect();
                bytes.splice(to..to, part);
            }
            3 => {
                let at = self.below(n / 4) * 4;
                let word = [0u32, 1, 4, 0x7fff_ffff, 0x8000_0000, u32::MAX][self.below(6)];
                for (b, w) in bytes.iter_mut().skip(at).zip(word.to_be_bytes()) {
                    *b = w;
                }
            }
            _ => {
                let (at, len) = (self.below(n), self.below(12));
                bytes.drain(at..(at + len).min(n));
                bytes.resize(bytes.len().max(5), 0);
            }
        }
    }
}

/// Opens and reads everything; the number of variables that gave data.
fn survive(bytes: Vec<u8>) -> usize {
    let file = Arc::new(MemoryBytes::new("damaged.nc", bytes));
    let Ok(group) = Netcdf3Backend.open(file, &OpenOptions::default()) else { return 0 };
    let whole = group.vars.iter().filter(|var| {
        let shape = &var.source.info().shape;
        let _ = var.source.info().grid.count();
        let first = Region::new(vec![0; shape.len()], vec![1; shape.len()]);
        let _ = var.source.read(&first);
        var.source.read(&Region::whole(shape)).is_ok()
    });
    whole.count()
}

#[test]
fn damaged_files_are_survived() {
    let mut damage = Damage(0x9e37_79b9_7f4a_7c15);
    let (mut read, mut intact) = (0, 0);
    for version in [Version::Cdf1, Version::Cdf2, Version::Cdf5] {
        let original = sample(version).bytes();
        intact += survive(original.clone());
        for _ in 0..4000 {
            let mut bytes = original.clone();
            for _ in 0..=damage.below(3) {
                damage.apply(&mut bytes);
            }
            read += survive(bytes);
        }
    }
    assert_eq!(intact, 18);
    assert!(read > 0, "no damaged file was readable at all: the test damages too much");
}

#[test]
fn every_truncation_is_survived() {
    for version in [Version::Cdf1, Version::Cdf2, Version::Cdf5] {
        let original = sample(version).bytes();
        for n in 0..original.len() {
            survive(original[..n].to_vec());
        }
    }
}
