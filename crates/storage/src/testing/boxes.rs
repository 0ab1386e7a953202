//! Boxes worth trying.

use graticule_array::{ChunkGrid, Region};

/// A small generator of numbers (xorshift): the same boxes on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

/// Boxes within a shape that are worth reading: everything, corners, whole chunks and boxes
/// across their borders, empty ones, and a good number picked at random (but always the same).
#[must_use]
pub fn sample_boxes(grid: &ChunkGrid) -> Vec<Region> {
    let shape = grid.shape();
    let mut boxes = vec![Region::whole(&shape)];
    for axis in 0..shape.len() {
        for at_end in [false, true] {
            let mut empty = Region::whole(&shape);
            if let (Some(s), Some(l), Some(n)) =
                (empty.start.get_mut(axis), empty.len.get_mut(axis), shape.get(axis))
            {
                (*s, *l) = (if at_end { *n } else { 0 }, 0);
            }
            boxes.push(empty);
        }
    }
    if shape.contains(&0) {
        return boxes;
    }
    let ones = vec![1; shape.len()];
    boxes.push(Region::new(vec![0; shape.len()], ones.clone()));
    let last: Vec<usize> = shape.iter().map(|n| n - 1).collect();
    boxes.push(Region::new(last, ones));
    let counts = grid.counts();
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for _ in 0..8 {
        let index: Vec<usize> = counts.iter().map(|n| numbers.below(*n)).collect();
        boxes.push(grid.region(&index));
    }
    for _ in 0..40 {
        let start: Vec<usize> = shape.iter().map(|n| numbers.below(*n)).collect();
        let len: Vec<usize> =
            shape.iter().zip(&start).map(|(n, s)| 1 + numbers.below(n - s)).collect();
        boxes.push(Region::new(start, len));
    }
    boxes
}
