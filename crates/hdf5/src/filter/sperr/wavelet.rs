//! The wavelet transform CDF 9/7 of planes and volumes, undone.
//!
//! Lifting steps after I. Daubechies and W. Sweldens, Factoring wavelet transforms into lifting
//! steps (1998), with the filter of A. Cohen, I. Daubechies and J.-C. Feauveau, Biorthogonal bases
//! of compactly supported wavelets (1992).
#![allow(clippy::indexing_slicing)] // a kernel: lines lie within the array that they are cut from

use std::f64::consts::SQRT_2;

/// Shorter lines are not transformed.
const SHORTEST: usize = 9;
/// Lines are not halved more often.
const MOST_LEVELS: usize = 6;

/// The filter, and from it the factors of the lifting steps.
const H: [f64; 5] =
    [0.602949018236, 0.266864118443, -0.078223266529, -0.016864118443, 0.026748757411];
const R0: f64 = H[0] - 2.0 * H[4] * H[1] / H[3];
const R1: f64 = H[2] - H[4] - H[4] * H[1] / H[3];
const S0: f64 = H[1] - H[3] - H[3] * R0 / R1;
const T0: f64 = H[0] - 2.0 * (H[2] - H[4]);
const ALPHA: f64 = H[4] / H[3];
const BETA: f64 = H[3] / R1;
const GAMMA: f64 = R1 / S0;
const DELTA: f64 = S0 / T0;
const EPSILON: f64 = SQRT_2 * T0;
const INVERSE: f64 = 1.0 / EPSILON;

/// How often which axes are halved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Levels {
    /// All axes together.
    Together(usize),
    /// The first two together, the third by itself.
    Apart { plane: usize, depth: usize },
}

impl Levels {
    pub(super) fn of([nx, ny, nz]: [usize; 3]) -> Self {
        let (plane, depth) = (halvings(nx.min(ny)), halvings(nz));
        if ny > 1 && nz > 1 && (plane == depth || plane.min(depth) >= 5) {
            Self::Together(plane.min(depth))
        } else {
            Self::Apart { plane, depth }
        }
    }
}

fn halvings(length: usize) -> usize {
    (0..MOST_LEVELS).take_while(|level| halved(length, *level) >= SHORTEST).count()
}

/// The length of the smooth part of a line that has been halved some times.
pub(super) fn halved(length: usize, times: usize) -> usize {
    (0..times).fold(length, |n, _| n - n / 2)
}

/// Undoes the transform of an array; the first of the lengths is that which changes fastest.
pub(super) fn undo(data: &mut [f64], shape: [usize; 3]) {
    let mut array =
        Transformed { data, shape, line: vec![0.0; shape.into_iter().fold(0, usize::max)] };
    match Levels::of(shape) {
        Levels::Together(levels) => {
            for level in (0..levels).rev() {
                let part = shape.map(|n| halved(n, level));
                array.columns(2, part);
                array.columns(1, part);
                array.columns(0, part);
            }
        }
        Levels::Apart { plane, depth } => {
            for level in (0..plane).rev() {
                let part = [halved(shape[0], level), halved(shape[1], level), shape[2]];
                array.columns(1, part);
                array.columns(0, part);
            }
            for level in (0..depth).rev() {
                array.columns(2, [shape[0], shape[1], halved(shape[2], level)]);
            }
        }
    }
}

struct Transformed<'a> {
    data: &'a mut [f64],
    shape: [usize; 3],
    line: Vec<f64>,
}

impl Transformed<'_> {
    /// Undoes one level along an axis, for all lines of the part at the beginning.
    fn columns(&mut self, axis: usize, part: [usize; 3]) {
        let steps = [1, self.shape[0], self.shape[0] * self.shape[1]];
        let (length, step) = (part[axis], steps[axis]);
        let line = &mut self.line[..length];
        let mut count = part;
        count[axis] = 1;
        for z in 0..count[2] {
            for y in 0..count[1] {
                for x in 0..count[0] {
                    let start = x + y * steps[1] + z * steps[2];
                    let column = || (start..).step_by(step).take(length);
                    for (to, i) in line.iter_mut().zip(column()) {
                        *to = self.data[i];
                    }
                    synthesise(line);
                    // Smooth and detailed values take turns.
                    let (even, odd) = line.split_at(length - length / 2);
                    for (i, place) in column().enumerate() {
                        self.data[place] = if i % 2 == 0 { even[i / 2] } else { odd[i / 2] };
                    }
                }
            }
        }
    }
}

/// Undoes the lifting steps of a line: its first half are the smooth values, then the details.
fn synthesise(line: &mut [f64]) {
    if line.len() < 4 {
        return;
    }
    let (even, odd) = line.split_at_mut(line.len() - line.len() / 2);
    odd.iter_mut().for_each(|v| *v *= -EPSILON);
    let last = even.len() - 1;
    even[0] = even[0] * INVERSE - 2.0 * DELTA * odd[0];
    for i in 1..last {
        even[i] = even[i] * INVERSE - DELTA * (odd[i - 1] + odd[i]);
    }
    even[last] = even[last] * INVERSE - DELTA * (odd[last - 1] + odd[odd.len() - 1]);
    lift_odd(even, odd, GAMMA);
    even[0] -= 2.0 * BETA * odd[0];
    for i in 1..last {
        even[i] -= BETA * (odd[i - 1] + odd[i]);
    }
    even[last] -= BETA * (odd[last - 1] + odd[odd.len() - 1]);
    lift_odd(even, odd, ALPHA);
}

/// Takes from each detail a share of its neighbours; the line goes on as its mirror image.
fn lift_odd(even: &[f64], odd: &mut [f64], factor: f64) {
    let last = odd.len() - 1;
    for (i, value) in odd.iter_mut().enumerate() {
        let next = if i == last { even.len() - 1 } else { i + 1 };
        *value -= factor * (even[i] + even[next]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_halved_down_to_nine() {
        for (length, levels) in [(1, 0), (8, 0), (9, 1), (16, 1), (17, 2), (128, 4), (9999, 6)] {
            assert_eq!(halvings(length), levels, "{length}");
        }
        assert_eq!((halved(9, 1), halved(9, 2), halved(10, 1)), (5, 3, 5));
        assert_eq!(Levels::of([64, 64, 64]), Levels::Together(3));
        assert_eq!(Levels::of([600, 600, 140]), Levels::Together(5));
        assert_eq!(Levels::of([64, 64, 9]), Levels::Apart { plane: 3, depth: 1 });
        assert_eq!(Levels::of([64, 64, 1]), Levels::Apart { plane: 3, depth: 0 });
    }

    #[test]
    fn a_smooth_line_without_details_is_constant() {
        // The smooth filter keeps the energy of a constant: each halving stretches it by sqrt 2.
        for length in [9, 10, 17, 100] {
            let mut line = vec![0.0; length];
            line[..length - length / 2].fill(SQRT_2);
            synthesise(&mut line);
            assert!(line.iter().all(|v| (v - 1.0).abs() < 1e-9), "{length}: {line:?}");
        }
    }
}
