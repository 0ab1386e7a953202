//! Values between those of a line: interpolation of one coordinate.
#![allow(clippy::indexing_slicing)] // numerical loops over buffers of one length

mod cubic;
mod spline;

use std::sync::Arc;

use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result, did_you_mean};
use spline::Spline;

/// How values between given ones are found; the names are SciPy's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Interpolation {
    /// On the straight line between two neighbours.
    #[default]
    Linear,
    /// The nearest value, of two equally near the first.
    Nearest,
    /// The value before.
    Zero,
    /// A spline of this degree through all values, without knots at the second and the last but
    /// one for odd degrees.
    Spline(u8),
    /// Cubic pieces that keep the shape (Fritsch and Butland 1984).
    Pchip,
    /// Cubic pieces after Akima (1970).
    Akima,
    /// Cubic pieces after Akima, modified against overshoots.
    Makima,
}

impl Interpolation {
    /// All methods that have a name.
    pub const ALL: &[(&'static str, Self)] = &[
        ("linear", Self::Linear),
        ("slinear", Self::Linear),
        ("nearest", Self::Nearest),
        ("zero", Self::Zero),
        ("quadratic", Self::Spline(2)),
        ("cubic", Self::Spline(3)),
        ("quintic", Self::Spline(5)),
        ("pchip", Self::Pchip),
        ("akima", Self::Akima),
        ("makima", Self::Makima),
    ];

    /// The method of that name.
    ///
    /// # Errors
    /// If there is none, naming near ones.
    pub fn parse(name: &str) -> Result<Self> {
        let names = || Self::ALL.iter().map(|(n, _)| *n);
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, m)| *m).ok_or_else(|| {
            let hint = did_you_mean(name, names())
                .unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
            Error::not_found(format!("no interpolation \"{name}\"")).hint(hint)
        })
    }

    /// How many values it takes.
    #[must_use]
    pub fn least(self) -> usize {
        match self {
            Self::Nearest | Self::Zero => 1,
            Self::Linear | Self::Pchip | Self::Akima | Self::Makima => 2,
            Self::Spline(degree) => usize::from(degree) + 1,
        }
    }
}

/// What stands before the first and behind the last given value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Beyond {
    /// Nothing: missing.
    #[default]
    Missing,
    /// This value.
    Value(f64),
    /// What the first and last pieces give there.
    Extrapolate,
}

/// Values of each line at other places along its coordinate.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Curve {
    /// The coordinate of the elements; rises.
    pub x: Arc<[f64]>,
    /// The places wanted, in any order; a missing one gives a missing value.
    pub at: Arc<[f64]>,
    /// How values between elements are found.
    pub method: Interpolation,
    /// What stands beyond the ends.
    pub beyond: Beyond,
}

impl Curve {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if !input.is_real() {
            return Err(Error::unsupported(format!("interpolation of {input} elements")));
        }
        if self.x.len() != len {
            let n = self.x.len();
            return Err(Error::mismatch(format!("{n} coordinates for lines of {len} elements")));
        }
        check_rising(&self.x)?;
        if len < self.method.least() {
            return Err(Error::invalid(format!(
                "{:?} interpolation needs {} elements, found {len}",
                self.method,
                self.method.least()
            )));
        }
        Ok((DType::F64, self.at.len()))
    }

    pub(super) fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        let lines = input.cast(&DType::F64)?;
        let mut pieces = Pieces::new(&self.x, self.method)?;
        by_line::<f64, f64>(&lines, axis, self.at.len(), |line, made| {
            pieces.fit(&self.x, line);
            for (at, to) in self.at.iter().zip(made) {
                *to = pieces.value(&self.x, line, *at, self.beyond);
            }
            Ok(())
        })
    }
}

pub(super) fn check_rising(x: &[f64]) -> Result<()> {
    if x.iter().zip(x.iter().skip(1)).all(|(a, b)| a < b) && x.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    Err(Error::bug("the coordinate of an interpolation does not rise"))
}

/// The curve through the values of a line.
pub(super) struct Pieces {
    method: Interpolation,
    /// Of cubic pieces: the slope at each value.
    slopes: Vec<f64>,
    spline: Option<Spline>,
}

impl Pieces {
    /// For lines with these coordinates.
    pub(super) fn new(x: &[f64], method: Interpolation) -> Result<Self> {
        let spline = match method {
            Interpolation::Spline(degree) => Some(Spline::new(x, degree.into())?),
            _ => None,
        };
        Ok(Self { method, slopes: Vec::new(), spline })
    }

    /// Takes the values of a line.
    pub(super) fn fit(&mut self, x: &[f64], y: &[f64]) {
        match self.method {
            Interpolation::Pchip => cubic::pchip(x, y, &mut self.slopes),
            Interpolation::Akima => cubic::akima(x, y, false, &mut self.slopes),
            Interpolation::Makima => cubic::akima(x, y, true, &mut self.slopes),
            Interpolation::Spline(_) => {
                if let Some(spline) = &mut self.spline {
                    spline.fit(y);
                }
            }
            _ => {}
        }
    }

    /// The curve's value at a place.
    pub(super) fn value(&self, x: &[f64], y: &[f64], at: f64, beyond: Beyond) -> f64 {
        let n = x.len();
        if at.is_nan() || n == 0 {
            return f64::NAN;
        }
        if at < x[0] || at > x[n - 1] {
            match beyond {
                Beyond::Missing => return f64::NAN,
                Beyond::Value(value) => return value,
                Beyond::Extrapolate => {}
            }
        }
        match self.method {
            Interpolation::Linear if n == 1 => y[0],
            Interpolation::Linear => {
                let hi = x.partition_point(|v| *v < at).clamp(1, n - 1);
                let slope = (y[hi] - y[hi - 1]) / (x[hi] - x[hi - 1]);
                slope * (at - x[hi - 1]) + y[hi - 1]
            }
            Interpolation::Nearest => y[nearest(x, at)],
            Interpolation::Zero => y[x.partition_point(|v| *v <= at).clamp(1, n) - 1],
            Interpolation::Spline(_) => {
                self.spline.as_ref().map_or(f64::NAN, |spline| spline.value(at))
            }
            _ => cubic::value(x, y, &self.slopes, at),
        }
    }
}

/// The position of the nearest coordinate, of two equally near ones the first.
pub(super) fn nearest(x: &[f64], at: f64) -> usize {
    let hi = x.partition_point(|v| *v < at).min(x.len() - 1);
    if hi > 0 && at - x[hi - 1] <= x[hi] - at { hi - 1 } else { hi }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    // Expected values are those of SciPy through xarray 2026.9.
    #[test]
    fn methods_are_those_of_scipy() {
        let n = f64::NAN;
        let y = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        for (name, expected) in [
            ("linear", [3.0, 2.0, 2.5, 2.5, 7.0, 9.0, n, n]),
            ("nearest", [3.0, 3.0, 1.0, 4.0, 5.0, 9.0, n, n]),
            ("zero", [3.0, 3.0, 1.0, 4.0, 5.0, 9.0, n, n]),
            (
                "cubic",
                [
                    3.0,
                    0.689_027_777_777_777_9,
                    2.560_972_222_222_222,
                    3.512_222_222_222_222_4,
                    6.895_416_666_666_665,
                    9.0,
                    n,
                    n,
                ],
            ),
            (
                "quadratic",
                [
                    3.0,
                    1.195_906_432_748_538,
                    2.412_280_701_754_386,
                    3.403_508_771_929_825,
                    6.856_725_146_198_829,
                    9.0,
                    n,
                    n,
                ],
            ),
            ("pchip", [3.0, 1.4375, 2.5, 2.5, 6.652_272_727_272_727, 9.0, n, n]),
            (
                "akima",
                [
                    3.0,
                    1.358_552_631_578_947_3,
                    2.578_947_368_421_052_7,
                    2.5,
                    6.607_954_545_454_545,
                    9.0,
                    n,
                    n,
                ],
            ),
            (
                "makima",
                [
                    3.0,
                    1.425_582_627_118_644,
                    2.652_542_372_881_356,
                    2.569_767_441_860_465_2,
                    6.595_343_137_254_902,
                    9.0,
                    n,
                    n,
                ],
            ),
        ] {
            let op = LineOp::Curve(Curve {
                x: [0.0, 1.0, 2.0, 4.0, 8.0, 9.0].into(),
                at: [0.0, 0.5, 1.5, 3.0, 8.5, 9.0, 10.0, -1.0].into(),
                method: Interpolation::parse(name).unwrap(),
                beyond: Beyond::Missing,
            });
            let input = Array::from_vec([6], y.to_vec()).unwrap();
            let found = op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap();
            let near = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-12;
            assert!(found.iter().zip(&expected).all(near), "{name}: {found:?}");
        }
    }

    #[test]
    fn beyond_the_ends_is_what_was_asked_for() {
        let run = |beyond| {
            let op = LineOp::Curve(Curve {
                x: [0.0, 1.0].into(),
                at: [-1.0, 2.0].into(),
                method: Interpolation::Linear,
                beyond,
            });
            let input = Array::from_vec([2], vec![1i16, 3]).unwrap();
            op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap()
        };
        assert!(run(Beyond::Missing).iter().all(|v| v.is_nan()));
        assert_eq!(run(Beyond::Value(7.0)), [7.0, 7.0]);
        assert_eq!(run(Beyond::Extrapolate), [-1.0, 5.0]);
    }

    #[test]
    fn splines_reproduce_polynomials_of_their_degree() {
        for degree in [1u8, 2, 3, 4, 5] {
            let x: Vec<f64> = (0..12).map(|i| f64::from(i * i) * 0.1 + f64::from(i)).collect();
            let f = |v: f64| (0..=i32::from(degree)).map(|p| (v * 0.1).powi(p)).sum::<f64>();
            let at: Vec<f64> = (0..40).map(|i| f64::from(i) * 0.5).collect();
            let input = Array::from_vec([12], x.iter().map(|v| f(*v)).collect()).unwrap();
            let op = LineOp::Curve(Curve {
                x: x.into(),
                at: at.clone().into(),
                method: Interpolation::Spline(degree),
                beyond: Beyond::Extrapolate,
            });
            let found = op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap();
            for (v, found) in at.iter().zip(found) {
                assert!((found - f(*v)).abs() < 1e-9 * f(*v).abs().max(1.0), "{degree} at {v}");
            }
        }
    }
}
