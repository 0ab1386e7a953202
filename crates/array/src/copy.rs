//! Copying between arrays: row by row wherever rows are pieces of memory on both sides.
#![allow(clippy::indexing_slicing)] // ndarray's axes and indices, which the callers have checked

use ndarray::{
    ArrayD, ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, Axis, Dimension, Ix2, Ix3, Ix4,
    IxDyn, Slice,
};

use crate::element::Element;

/// Finding a shorter row takes longer than copying its elements one by one.
const SHORT: usize = 16;

/// Copies all elements; both have one shape.
pub(crate) fn assign<T: Clone>(to: &mut ArrayViewMutD<'_, T>, from: &ArrayViewD<'_, T>) {
    if to.is_standard_layout() && from.is_standard_layout() {
        to.assign(from);
        return;
    }
    // Walking along a known number of axes is several times faster.
    macro_rules! known {
        ($($dims:ty)*) => {
            $(if let (Ok(to), Ok(from)) = (
                to.view_mut().into_dimensionality::<$dims>(),
                from.view().into_dimensionality::<$dims>(),
            ) {
                return assign_rows(to, &from);
            })*
        };
    }
    known!(Ix2 Ix3 Ix4);
    assign_rows(to.view_mut(), from);
}

fn assign_rows<T: Clone, D: Dimension>(mut to: ArrayViewMut<'_, T, D>, from: &ArrayView<'_, T, D>) {
    let in_rows = from.shape().last().is_some_and(|n| *n >= SHORT)
        && from.strides().last() == Some(&1)
        && to.strides().last() == Some(&1);
    if !in_rows {
        to.assign(from);
        return;
    }
    for (mut to, from) in to.rows_mut().into_iter().zip(from.rows()) {
        match (to.as_slice_mut(), from.to_slice()) {
            (Some(to), Some(from)) => to.clone_from_slice(from),
            _ => to.assign(&from),
        }
    }
}

/// The elements at these places along an axis, in their order; row-major.
pub(crate) fn take<T: Element>(from: &ArrayViewD<'_, T>, axis: usize, list: &[usize]) -> ArrayD<T> {
    let mut shape = from.shape().to_vec();
    shape[axis] = list.len();
    let mut out = ArrayD::from_elem(IxDyn(&shape), T::default());
    let follows = |a: &usize, b: &usize| a + 1 == *b;
    let runs = || list.chunk_by(follows);
    if axis + 1 == shape.len() && runs().count() * SHORT > list.len() {
        for (mut to, from) in out.rows_mut().into_iter().zip(from.rows()) {
            for (to, i) in to.iter_mut().zip(list) {
                *to = from[*i].clone();
            }
        }
        return out;
    }
    let mut at = 0;
    for run in runs() {
        let part = from.slice_axis(Axis(axis), Slice::from(run[0]..run[0] + run.len()));
        let mut to = out.slice_axis_mut(Axis(axis), Slice::from(at..at + run.len()));
        assign(&mut to, &part);
        at += run.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(shape: &[usize]) -> ArrayD<i64> {
        let count = shape.iter().product::<usize>() as i64;
        ArrayD::from_shape_vec(IxDyn(shape), (0..count).collect()).unwrap()
    }

    #[test]
    fn picked_places_are_those_of_ndarray() {
        let lists: [&[usize]; 6] =
            [&[], &[2], &[0, 0, 1, 2, 2], &[2, 1, 0], &[0, 1, 2], &[1, 2, 0, 1]];
        for shape in [vec![3, 4, 20], vec![4, 3, 9], vec![5, 40, 3], vec![3]] {
            let all = numbers(&shape);
            let turned = all.view().reversed_axes().as_standard_layout().into_owned();
            let axis = shape.iter().position(|n| *n == 3).unwrap();
            for view in [all.view(), turned.view().reversed_axes()] {
                for list in lists {
                    let got = take(&view, axis, list);
                    assert_eq!(got, view.select(Axis(axis), list), "{shape:?} {list:?}");
                    assert!(got.is_standard_layout());
                }
            }
        }
    }

    #[test]
    fn boxes_are_copied_whatever_their_strides() {
        let from = numbers(&[6, 5, 30]);
        for (rows, step) in [(0..4, 1), (1..6, 2)] {
            let part = from.slice_axis(Axis(0), Slice::from(rows).step_by(step));
            let part = part.slice_axis(Axis(2), Slice::from(3..29));
            let mut wide = ArrayD::zeros(IxDyn(&[part.shape()[0], 9, 40]));
            let mut to = wide.slice_axis_mut(Axis(1), Slice::from(2..7));
            let mut to = to.slice_axis_mut(Axis(2), Slice::from(7..33));
            assign(&mut to, &part);
            assert_eq!(to, part);
            let turned = part.clone().reversed_axes();
            let mut back = ArrayD::zeros(turned.raw_dim());
            assign(&mut back.view_mut(), &turned);
            assert_eq!(back, turned);
        }
    }
}
