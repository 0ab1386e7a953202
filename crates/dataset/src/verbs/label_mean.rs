//! Means of labels, rounded as NumPy rounds them.
//!
//! Labels are compared exactly, so that a mean that is better by half a digit would not align
//! with the same labels from elsewhere. NumPy adds in the labels' own precision, pair by pair.

use graticule_array::{Array, Element};

/// The mean of each row of `len` labels, if they are floats; missing ones are left out.
pub(super) fn row_means(rows: &Array, len: usize) -> Option<Array> {
    let count = rows.len().checked_div(len)?;
    if let Ok(values) = rows.to_flat::<f32>() {
        let mean = |row: &[f32]| {
            let (sum, n) = total(row, f32::is_nan, |a, b| a + b);
            (f64::from(sum) / n) as f32
        };
        return Array::from_vec([count], values.chunks(len).map(mean).collect()).ok();
    }
    let values = rows.to_flat::<f64>().ok()?;
    let mean = |row: &[f64]| {
        let (sum, n) = total(row, f64::is_nan, |a, b| a + b);
        sum / n
    };
    Array::from_vec([count], values.chunks(len).map(mean).collect()).ok()
}

fn total<T: Element + Copy>(
    row: &[T],
    gone: impl Fn(T) -> bool,
    add: impl Fn(T, T) -> T + Copy,
) -> (T, f64) {
    let zero = T::default();
    let there: Vec<T> = row.iter().map(|v| if gone(*v) { zero } else { *v }).collect();
    let n = row.iter().filter(|v| !gone(**v)).count();
    (pairwise(&there, add), n as f64)
}

/// NumPy's sum of elements that lie side by side: eight sums of every eighth element for up to
/// 128, halves of more.
fn pairwise<T: Element + Copy>(values: &[T], add: impl Fn(T, T) -> T + Copy) -> T {
    let n = values.len();
    if n < 8 {
        return values.iter().copied().reduce(add).unwrap_or_default();
    }
    if n > 128 {
        let half = n / 2 - (n / 2) % 8;
        let (a, b) = values.split_at(half);
        return add(pairwise(a, add), pairwise(b, add));
    }
    let mut chunks = values.chunks_exact(8);
    let mut sums: Vec<T> = chunks.next().unwrap_or_default().to_vec();
    for chunk in chunks.by_ref() {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum = add(*sum, *value);
        }
    }
    while sums.len() > 1 {
        sums = sums.chunks(2).filter_map(|pair| pair.iter().copied().reduce(add)).collect();
    }
    let whole = sums.first().copied().unwrap_or_default();
    chunks.remainder().iter().copied().fold(whole, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(labels: Vec<f32>) -> f32 {
        let n = labels.len();
        let rows = Array::from_vec([n], labels).unwrap();
        row_means(&rows, n).unwrap().to_flat::<f32>().unwrap()[0]
    }

    // Expected values are those of NumPy 2.4.
    #[test]
    fn rounding_is_that_of_numpy() {
        let labels = |n: usize| (0..n).map(|i| i as f32 * 0.1 + 0.05).collect::<Vec<f32>>();
        assert_eq!(mean(labels(5)).to_bits(), 1048576000);
        assert_eq!(mean(labels(50)).to_bits(), 1075838976);
        assert_eq!(mean(labels(130)).to_bits(), 1087373312);
        assert_eq!(mean(labels(1001)).to_bits(), 1112027955);
    }

    #[test]
    fn missing_labels_are_left_out() {
        assert_eq!(mean(vec![1.0, f32::NAN, 4.0]), 2.5);
        assert!(mean(vec![f32::NAN]).is_nan());
        let whole = Array::from_vec([2], vec![1, 2]).unwrap();
        assert!(row_means(&whole, 2).is_none());
        assert!(row_means(&whole, 0).is_none());
    }
}
