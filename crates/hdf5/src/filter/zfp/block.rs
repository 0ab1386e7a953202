//! One block of ZFP.
#![allow(clippy::indexing_slicing)] // a kernel: blocks of 4, 16, 64 or 256 numbers, steps of 1, 4, 16, 64

use crate::filter::low_bits::LowBits;

/// What a stream spends on a block.
pub(super) struct Limits {
    pub(super) least_bits: u64,
    pub(super) most_bits: u64,
    pub(super) precision: u64,
    pub(super) exponent: i64,
    pub(super) reversible: bool,
}

/// The kinds of numbers; all are coded as integers.
pub(super) trait Number: Copy {
    const SIZE: usize;
    /// LowBits of an exponent; 0 for integers.
    const EXPONENT: u32;
    /// The number that stands for an integer in a block whose numbers are below two to the
    /// power of `exponent`.
    fn scaled(integer: i64, exponent: i64) -> Self;
    /// The number whose bits an integer holds, ordered as numbers are.
    fn same_bits(integer: i64) -> Self;
    fn write(self, to: &mut [u8]);
}

macro_rules! number {
    ($t:ty, $exponent:literal, $scaled:expr, $same:expr) => {
        impl Number for $t {
            const SIZE: usize = size_of::<$t>();
            const EXPONENT: u32 = $exponent;
            fn scaled(integer: i64, exponent: i64) -> Self {
                $scaled(integer, exponent)
            }
            fn same_bits(integer: i64) -> Self {
                $same(integer)
            }
            fn write(self, to: &mut [u8]) {
                to.copy_from_slice(&self.to_le_bytes());
            }
        }
    };
}

number!(i32, 0, |i, _| i as Self, |i| i as Self);
number!(i64, 0, |i, _| i, |i| i);
number!(f32, 8, |i: i64, e: i64| (power(e - 30) as f32) * (i as i32 as f32), |i: i64| {
    let bits = i as i32;
    f32::from_bits((if bits < 0 { bits ^ i32::MAX } else { bits }) as u32)
});
number!(f64, 11, |i: i64, e: i64| power(e - 62) * (i as f64), |i: i64| f64::from_bits(
    (if i < 0 { i ^ i64::MAX } else { i }) as u64
));

/// Two to the power of `e`, in two steps where one would leave the range.
fn power(e: i64) -> f64 {
    let e = e.clamp(-4000, 4000) as i32;
    2f64.powi(e / 2) * 2f64.powi(e - e / 2)
}

/// Numbers of a block in four dimensions.
const LARGEST: usize = 256;

/// A decoded block.
pub(super) struct Block<T> {
    rank: usize,
    /// The place of each coefficient, lowest frequency first.
    order: Vec<u8>,
    numbers: [i64; LARGEST],
    coefficients: [u64; LARGEST],
    values: Vec<T>,
}

impl<T: Number> Block<T> {
    pub(super) fn new(rank: usize) -> Self {
        Self {
            rank,
            order: order(rank),
            numbers: [0; LARGEST],
            coefficients: [0; LARGEST],
            values: vec![T::scaled(0, 0); 1 << (2 * rank)],
        }
    }

    /// Writes the beginning of a row of four.
    pub(super) fn put_row(&self, row: usize, to: &mut [u8]) {
        for (value, to) in self.values[4 * row..].iter().zip(to.chunks_exact_mut(T::SIZE)) {
            value.write(to);
        }
    }

    pub(super) fn decode(&mut self, bits: &mut LowBits<'_>, limits: &Limits) {
        let spent = if T::EXPONENT == 0 {
            let spent = self.integers(bits, limits, 0, limits.precision);
            self.values.iter_mut().zip(&self.numbers).for_each(|(v, n)| *v = T::scaled(*n, 0));
            spent
        } else {
            self.floats(bits, limits)
        };
        bits.skip(limits.least_bits.saturating_sub(spent) as usize);
    }

    fn floats(&mut self, bits: &mut LowBits<'_>, limits: &Limits) -> u64 {
        let mut spent = 1;
        if !bits.bit() {
            self.values.fill(T::scaled(0, 0));
            return spent;
        }
        if limits.reversible {
            spent += 1;
            if bits.bit() {
                // The bits of the floats themselves.
                spent = self.integers(bits, limits, spent, 64);
                let all = self.values.iter_mut().zip(&self.numbers);
                all.for_each(|(v, n)| *v = T::same_bits(*n));
                return spent;
            }
        }
        spent += u64::from(T::EXPONENT);
        let bias = (1i64 << (T::EXPONENT - 1)) - 1;
        let exponent = bits.read(T::EXPONENT) as i64 - bias;
        let above = (exponent - limits.exponent + 2 * (self.rank as i64 + 1)).max(0) as u64;
        spent = self.integers(bits, limits, spent, limits.precision.min(above));
        let all = self.values.iter_mut().zip(&self.numbers);
        all.for_each(|(v, n)| *v = T::scaled(*n, exponent));
        spent
    }

    /// Reads the integers of a block; `spent` bits of it were read before. Returns what is spent
    /// then.
    fn integers(
        &mut self,
        bits: &mut LowBits<'_>,
        limits: &Limits,
        spent: u64,
        precision: u64,
    ) -> u64 {
        let width = 8 * T::SIZE as u32;
        let (mut spent, mut precision) = (spent, precision);
        if limits.reversible {
            let n = if width == 32 { 5 } else { 6 };
            precision = bits.read(n) + 1;
            spent += u64::from(n);
        }
        let n = self.order.len();
        let room = limits.most_bits.saturating_sub(spent);
        let coefficients = &mut self.coefficients[..n];
        coefficients.fill(0);
        spent += planes(bits, room, precision, width, coefficients);
        // From base -2 to two's complement, and from order of frequency to that of places.
        let mask = if width == 32 { 0xaaaa_aaaa } else { 0xaaaa_aaaa_aaaa_aaaa };
        for (place, c) in self.order.iter().zip(coefficients) {
            let value = (*c ^ mask).wrapping_sub(mask);
            self.numbers[usize::from(*place)] =
                if width == 32 { i64::from(value as u32 as i32) } else { value as i64 };
        }
        for axis in (0..self.rank).rev() {
            let step = 1 << (2 * axis);
            for start in (0..n).filter(|i| i / step % 4 == 0) {
                let line = [0, 1, 2, 3].map(|k| start + k * step);
                lift(&mut self.numbers, line, limits.reversible, width);
            }
        }
        spent
    }
}

/// Reads bit planes, the highest first; returns the bits read.
fn planes(bits: &mut LowBits<'_>, room: u64, precision: u64, width: u32, out: &mut [u64]) -> u64 {
    let lowest = u64::from(width).saturating_sub(precision) as u32;
    let (mut left, mut n) = (room, 0usize);
    let size = out.len();
    for plane in (lowest..width).rev() {
        if left == 0 {
            break;
        }
        // The coefficients that are known to be other than zero, bit by bit ...
        let known = (n as u64).min(left);
        left -= known;
        for part in out[..known as usize].chunks_mut(64) {
            let mut x = bits.read(part.len() as u32);
            for value in part {
                *value |= (x & 1) << plane;
                x >>= 1;
            }
        }
        // ... then the others, in runs of zeros that end in a one.
        while n < size && left > 0 {
            left -= 1;
            if !bits.bit() {
                break;
            }
            while n < size - 1 && left > 0 {
                left -= 1;
                if bits.bit() {
                    break;
                }
                n += 1;
            }
            out[n] |= 1 << plane;
            n += 1;
        }
    }
    room - left
}

/// Undoes the transform along one line of four.
fn lift(numbers: &mut [i64; LARGEST], line: [usize; 4], reversible: bool, width: u32) {
    // All arithmetic wraps at the width of the numbers.
    let cut = |n: i64| if width == 32 { i64::from(n as i32) } else { n };
    let [mut x, mut y, mut z, mut w] = line.map(|i| numbers[i]);
    let add = |a: &mut i64, b: i64| *a = cut(a.wrapping_add(b));
    let take = |a: &mut i64, b: i64| *a = cut(a.wrapping_sub(b));
    let double = |a: &mut i64| *a = cut(a.wrapping_shl(1));
    if reversible {
        add(&mut w, z);
        add(&mut z, y);
        add(&mut w, z);
        add(&mut y, x);
        add(&mut z, y);
        add(&mut w, z);
    } else {
        add(&mut y, w >> 1);
        take(&mut w, y >> 1);
        add(&mut y, w);
        double(&mut w);
        take(&mut w, y);
        add(&mut z, x);
        double(&mut x);
        take(&mut x, z);
        add(&mut y, z);
        double(&mut z);
        take(&mut z, y);
        add(&mut w, x);
        double(&mut x);
        take(&mut x, w);
    }
    for (i, value) in line.into_iter().zip([x, y, z, w]) {
        numbers[i] = value;
    }
}

/// The places of a block by frequency: the sum of the frequencies counts first, then that of
/// their squares.
fn order(rank: usize) -> Vec<u8> {
    let mut all: Vec<u8> = (0..=u8::MAX).take(1 << (2 * rank)).collect();
    all.sort_by_key(|place| {
        let digits = [place & 3, place >> 2 & 3, place >> 4 & 3, place >> 6];
        let digits = &digits[..rank];
        let sum: u8 = digits.iter().sum();
        let squares: u8 = digits.iter().map(|n| n * n).sum();
        (sum, squares, digits.iter().max() == Some(&3), turn(digits))
    });
    all
}

/// The order of places with the same frequencies in different dimensions: by the dimension of the
/// largest frequency that there is once, then by that of the next one, counted on from there.
fn turn(digits: &[u8]) -> [usize; 3] {
    let rank = digits.len();
    let once = |frequency: u8| {
        let mut at = digits.iter().enumerate().filter(|(_, d)| **d == frequency).map(|(i, _)| i);
        at.next().filter(|_| at.next().is_none())
    };
    let mut single = (0..4).rev().filter_map(once);
    let Some(first) = single.next() else {
        // Two pairs, or all alike: by the partner of the first dimension.
        let partner = digits.iter().skip(1).position(|d| *d == digits[0]);
        let high = digits.iter().max() == Some(&digits[0]);
        return [partner.unwrap_or(0), usize::from(!high), 0];
    };
    let mut on = single.map(|at| (at + rank - first) % rank);
    let (second, third) = (on.next().unwrap_or(0), on.next().unwrap_or(0));
    [first, second, usize::from(third != second % 3 + 1)]
}
