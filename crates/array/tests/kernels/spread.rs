//! Arrays seen under larger shapes.

use graticule_array::{Array, Region};
use proptest::prelude::*;

fn numbered(shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    Array::from_vec(shape.to_vec(), (0..n as i32).collect()).unwrap()
}

/// The elements of the spread array one by one.
fn slowly(a: &Array, axes: &[Option<usize>], shape: &[usize]) -> Vec<i32> {
    let n: usize = shape.iter().product();
    (0..n)
        .map(|at| {
            let mut rest = at;
            let mut own = vec![0; a.ndim()];
            for (axis, len) in axes.iter().zip(shape).rev() {
                if let Some(axis) = axis {
                    own[*axis] = rest % len;
                }
                rest /= len;
            }
            i32::try_from(a.get(&own).unwrap().as_i64().unwrap()).unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tiles_are_pieces_of_the_whole(
        lengths in proptest::collection::vec(1..12usize, 4),
        order in Just(vec![Some(0), Some(1), Some(2), None]).prop_shuffle(),
        strided in any::<bool>(),
        ends in (0.0..1.0f64, 0.0..1.0f64),
    ) {
        let mut own = vec![0; 3];
        for (axis, len) in order.iter().zip(&lengths) {
            if let Some(axis) = axis {
                own[*axis] = *len;
            }
        }
        let a = if strided {
            let larger: Vec<usize> = own.iter().map(|n| n + 2).collect();
            numbered(&larger).region(&Region::new([1, 1, 1], own.clone())).unwrap()
        } else {
            numbered(&own)
        };
        let all = slowly(&a, &order, &lengths);
        let n = all.len();
        let (x, y) = ((ends.0 * n as f64) as usize, (ends.1 * n as f64) as usize);
        let range = x.min(y)..x.max(y);
        let tile = a.spread(&order, &lengths, range.clone()).unwrap();
        prop_assert_eq!(tile.to_flat::<i32>().unwrap(), &all[range]);
    }
}

#[test]
fn single_elements_and_empty_shapes_spread() {
    let one = Array::scalar(7i32);
    let tile = one.spread(&[None, None], &[3, 4], 2..9).unwrap();
    assert_eq!(tile.to_flat::<i32>().unwrap(), [7; 7]);
    assert_eq!(one.spread(&[], &[], 0..1).unwrap().to_flat::<i32>().unwrap(), [7]);
    let none = numbered(&[0, 3]);
    assert!(none.spread(&[Some(0), Some(1)], &[0, 3], 0..0).unwrap().is_empty());
}

#[test]
fn wrong_axes_and_ranges_are_errors() {
    let a = numbered(&[2, 3]);
    assert!(a.spread(&[Some(0)], &[2], 0..1).unwrap_err().is_invalid());
    assert!(a.spread(&[Some(0), Some(0)], &[2, 2], 0..1).is_err());
    assert!(a.spread(&[Some(1), Some(0)], &[2, 3], 0..1).is_err());
    assert!(a.spread(&[Some(0), Some(1)], &[2, 3], 0..7).is_err());
    assert!(a.spread(&[None, Some(0), Some(1)], &[usize::MAX, 2, 3], 0..1).is_err());
}
