//! Cubic pieces with a slope at each value.

/// The value of the Hermite cubic at a place.
pub(super) fn value(x: &[f64], y: &[f64], slopes: &[f64], at: f64) -> f64 {
    let n = x.len();
    if n == 1 {
        return y[0];
    }
    let i = x.partition_point(|v| *v <= at).clamp(1, n - 1) - 1;
    let h = x[i + 1] - x[i];
    let secant = (y[i + 1] - y[i]) / h;
    let s = at - x[i];
    let square = (3.0 * secant - 2.0 * slopes[i] - slopes[i + 1]) / h;
    let cube = (slopes[i] + slopes[i + 1] - 2.0 * secant) / (h * h);
    y[i] + s * (slopes[i] + s * (square + s * cube))
}

fn secants(x: &[f64], y: &[f64]) -> Vec<f64> {
    (1..x.len()).map(|i| (y[i] - y[i - 1]) / (x[i] - x[i - 1])).collect()
}

/// Slopes that are 0 at turning points and weighted harmonic means between.
pub(super) fn pchip(x: &[f64], y: &[f64], slopes: &mut Vec<f64>) {
    let n = x.len();
    slopes.clear();
    let m = secants(x, y);
    if n < 3 {
        slopes.resize(n, m.first().copied().unwrap_or(0.0));
        return;
    }
    let h = |i: usize| x[i + 1] - x[i];
    slopes.push(end(h(0), h(1), m[0], m[1]));
    for i in 1..n - 1 {
        let (a, b) = (m[i - 1], m[i]);
        let turns = a == 0.0 || b == 0.0 || (a > 0.0) != (b > 0.0);
        let (w1, w2) = (2.0 * h(i) + h(i - 1), h(i) + 2.0 * h(i - 1));
        let slope = if turns { 0.0 } else { (w1 + w2) / (w1 / a + w2 / b) };
        slopes.push(if a.is_nan() || b.is_nan() { f64::NAN } else { slope });
    }
    slopes.push(end(h(n - 2), h(n - 3), m[n - 2], m[n - 3]));
}

/// A one-sided slope of three points that keeps the shape.
fn end(h0: f64, h1: f64, m0: f64, m1: f64) -> f64 {
    let slope = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
    let sign = |v: f64| if v == 0.0 { 0.0 } else { v.signum() };
    if sign(slope) != sign(m0) {
        return if slope.is_nan() { slope } else { 0.0 };
    }
    if sign(m0) != sign(m1) && slope.abs() > 3.0 * m0.abs() { 3.0 * m0 } else { slope }
}

/// Slopes that weigh each side by how little the secants change on it.
pub(super) fn akima(x: &[f64], y: &[f64], modified: bool, slopes: &mut Vec<f64>) {
    let n = x.len();
    slopes.clear();
    let inner = secants(x, y);
    if n < 3 {
        slopes.resize(n, inner.first().copied().unwrap_or(0.0));
        return;
    }
    // Two more secants at each end, as if a parabola went on.
    let k = inner.len();
    let before = 2.0 * inner[0] - inner[1];
    let behind = 2.0 * inner[k - 1] - inner[k - 2];
    let mut m = vec![2.0 * before - inner[0], before];
    m.extend_from_slice(&inner);
    m.extend([behind, 2.0 * behind - inner[k - 1]]);
    let change = |i: usize| {
        let jump = (m[i + 1] - m[i]).abs();
        if modified { jump + 0.5 * (m[i + 1] + m[i]).abs() } else { jump }
    };
    let weights: Vec<(f64, f64)> = (0..n).map(|i| (change(i + 2), change(i))).collect();
    let largest = weights.iter().map(|(a, b)| a + b).fold(0.0, f64::max);
    for (i, (left, right)) in weights.iter().enumerate() {
        let both = left + right;
        let even = 0.5 * (m[i + 3] + m[i]);
        let slope = (left * m[i + 1] + right * m[i + 2]) / both;
        let flat = if modified { 0.0 } else { even };
        slopes.push(if both > 1e-9 * largest || both.is_nan() { slope } else { flat });
    }
}
