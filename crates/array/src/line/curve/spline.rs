//! Interpolating splines of any degree in the basis of B-splines (de Boor 1978).

use crate::error::{Error, Result};

/// A spline through the values of lines that share their coordinates.
pub(super) struct Spline {
    degree: usize,
    knots: Vec<f64>,
    /// The factored matrix of basis functions at the coordinates, row by row, and its pivots.
    rows: Vec<Vec<f64>>,
    /// The first column of each row.
    starts: Vec<usize>,
    coefficients: Vec<f64>,
}

impl Spline {
    /// Through values at these rising coordinates.
    pub(super) fn new(x: &[f64], degree: usize) -> Result<Self> {
        let n = x.len();
        if degree == 0 || degree > 9 || n <= degree {
            return Err(Error::invalid(format!("a spline of degree {degree} through {n} values")));
        }
        let knots = knots(x, degree);
        let mut made = Self {
            degree,
            knots,
            rows: Vec::with_capacity(n),
            starts: Vec::with_capacity(n),
            coefficients: vec![0.0; n],
        };
        let mut basis = vec![0.0; degree + 1];
        for at in x {
            let span = made.span(*at);
            made.basis(span, *at, &mut basis);
            // Room for what elimination fills in: a row keeps its start.
            made.rows.push(basis.clone());
            made.starts.push(span - degree);
        }
        made.factor();
        Ok(made)
    }

    /// The interval of knots that a place lies in.
    fn span(&self, at: f64) -> usize {
        let n = self.knots.len() - self.degree - 1;
        self.knots.partition_point(|t| *t <= at).clamp(self.degree + 1, n) - 1
    }

    /// The basis functions that are not zero in a span.
    fn basis(&self, span: usize, at: f64, out: &mut [f64]) {
        out[0] = 1.0;
        for d in 1..=self.degree {
            let mut saved = 0.0;
            for (r, value) in out.iter_mut().enumerate().take(d) {
                let right = self.knots[span + r + 1];
                let left = self.knots[span + 1 + r - d];
                let part = if right > left { *value / (right - left) } else { 0.0 };
                *value = saved + (right - at) * part;
                saved = (at - left) * part;
            }
            out[d] = saved;
        }
    }

    /// Eliminates below the diagonal. The matrix is totally positive and banded, so that no
    /// pivoting is needed (de Boor and Pinkus 1977).
    fn factor(&mut self) {
        let n = self.rows.len();
        for k in 0..n {
            for i in k + 1..n.min(k + 1 + self.degree) {
                let Some(column) = k.checked_sub(self.starts[i]) else { continue };
                if column >= self.rows[i].len() {
                    continue;
                }
                let pivot = self.rows[k][k - self.starts[k]];
                let factor = self.rows[i][column] / pivot;
                self.rows[i][column] = factor;
                let end = self.starts[k] + self.rows[k].len();
                let width = end.saturating_sub(self.starts[i]);
                if self.rows[i].len() < width {
                    self.rows[i].resize(width, 0.0);
                }
                for j in k + 1..end {
                    let above = self.rows[k][j - self.starts[k]];
                    let start = self.starts[i];
                    self.rows[i][j - start] -= factor * above;
                }
            }
        }
    }

    /// Takes the values of a line.
    pub(super) fn fit(&mut self, y: &[f64]) {
        let n = self.rows.len();
        if y.iter().any(|v| v.is_nan()) {
            self.coefficients.fill(f64::NAN);
            return;
        }
        for (i, value) in y.iter().enumerate().take(n) {
            let first = self.starts[i];
            let below: f64 = (first..i)
                .map(|k| self.rows[i].get(k - first).unwrap_or(&0.0) * self.coefficients[k])
                .sum();
            self.coefficients[i] = value - below;
        }
        for i in (0..n).rev() {
            let (first, row) = (self.starts[i], &self.rows[i]);
            let end = (first + row.len()).min(n);
            let behind: f64 = (i + 1..end).map(|j| row[j - first] * self.coefficients[j]).sum();
            self.coefficients[i] = (self.coefficients[i] - behind) / row[i - first];
        }
    }

    /// The spline's value at a place; beyond the ends that of the outer pieces.
    pub(super) fn value(&self, at: f64) -> f64 {
        let span = self.span(at);
        let mut basis = [0.0; 10];
        self.basis(span, at, &mut basis[..=self.degree]);
        (0..=self.degree).map(|r| basis[r] * self.coefficients[span - self.degree + r]).sum()
    }
}

/// The knots that leave nothing to choose: for odd degrees the coordinates but for the outer
/// ones, for even ones the middles between them.
fn knots(x: &[f64], degree: usize) -> Vec<f64> {
    let n = x.len();
    let inner: Vec<f64> = if degree % 2 == 1 {
        let skip = degree.div_ceil(2);
        x[skip..n - skip].to_vec()
    } else {
        let middles: Vec<f64> = (1..n).map(|i| f64::midpoint(x[i], x[i - 1])).collect();
        let skip = degree / 2;
        middles[skip..middles.len() - skip].to_vec()
    };
    let ends = |at: f64| std::iter::repeat_n(at, degree + 1);
    ends(x[0]).chain(inner).chain(ends(x[n - 1])).collect()
}
