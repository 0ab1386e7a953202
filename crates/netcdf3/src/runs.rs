//! From a box to the runs of consecutive bytes that hold it.

use graticule_array::Region;

/// The runs of a box, in ascending order: all of one length.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    /// Bytes of one run.
    pub(crate) len: u64,
    /// Where the first run begins.
    first: u64,
    /// Number and distance of runs along each outer axis.
    outer: Vec<(u64, u64)>,
}

impl Runs {
    /// The runs of a box that is not empty; `None` if it reaches beyond any address.
    pub(crate) fn new(begin: u64, strides: &[u64], size: u64, region: &Region) -> Option<Self> {
        let mut first = begin;
        for (start, stride) in region.start.iter().zip(strides) {
            first = first.checked_add((*start as u64).checked_mul(*stride)?)?;
        }
        let mut axes: Vec<(u64, u64)> =
            region.len.iter().map(|l| *l as u64).zip(strides.iter().copied()).collect();
        let mut len = size;
        while let Some((n, stride)) = axes.last().copied() {
            if n != 1 && stride != len {
                break;
            }
            len = len.checked_mul(n)?;
            axes.pop();
        }
        let runs = Self { len, first, outer: axes };
        runs.checked_end()?;
        Some(runs)
    }

    fn checked_end(&self) -> Option<u64> {
        let mut last = self.first.checked_add(self.len)?;
        for (n, stride) in &self.outer {
            last = last.checked_add(n.checked_sub(1)?.checked_mul(*stride)?)?;
        }
        Some(last)
    }

    /// The first byte behind the last run.
    pub(crate) fn end(&self) -> u64 {
        self.checked_end().unwrap_or(u64::MAX)
    }

    /// Where the runs begin.
    pub(crate) fn offsets(&self) -> impl Iterator<Item = u64> + '_ {
        let total = self.outer.iter().fold(1u64, |n, (l, _)| n.saturating_mul(*l));
        (0..total).map(|flat| {
            let (mut rest, mut at) = (flat, self.first);
            for (n, stride) in self.outer.iter().rev() {
                at += (rest % n) * stride;
                rest /= n;
            }
            at
        })
    }
}

/// Cuts a box into boxes of at most `most` elements (at least one), in row-major order.
pub(crate) fn pieces(region: &Region, most: usize) -> Vec<Region> {
    // The axis to cut: those behind it fit whole, those before it are taken one by one.
    let mut inner = 1usize;
    let mut axis = region.ndim();
    let mut step = 1;
    for (i, len) in region.len.iter().enumerate().rev() {
        axis = i;
        step = (most / inner).clamp(1, (*len).max(1));
        inner = inner.saturating_mul(*len);
        if step < *len {
            break;
        }
    }
    let mut steps = vec![1; region.ndim()];
    for (i, (s, len)) in steps.iter_mut().zip(&region.len).enumerate() {
        if i >= axis {
            *s = if i == axis { step } else { *len };
        }
    }
    let counts: Vec<usize> = region.len.iter().zip(&steps).map(|(l, s)| l.div_ceil(*s)).collect();
    let total = counts.iter().product();
    (0..total)
        .map(|flat: usize| {
            let mut rest = flat;
            let mut piece = region.clone();
            let axes = piece.start.iter_mut().zip(&mut piece.len).zip(counts.iter().zip(&steps));
            for ((start, len), (n, step)) in axes.rev() {
                let at = (rest % n) * step;
                rest /= n;
                *start += at;
                *len = (*len - at).min(*step);
            }
            piece
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_inner_axes_are_one_run() {
        // i16 [4, 3, 5] without records: strides 30, 10, 2.
        let strides = [30, 10, 2];
        let all = Runs::new(100, &strides, 2, &Region::whole(&[4, 3, 5])).unwrap();
        assert_eq!((all.len, all.offsets().collect::<Vec<_>>()), (120, vec![100]));
        let rows = Runs::new(100, &strides, 2, &Region::new([1, 1, 0], [2, 2, 5])).unwrap();
        assert_eq!((rows.len, rows.offsets().collect::<Vec<_>>()), (20, vec![140, 170]));
        let one = Runs::new(100, &strides, 2, &Region::new([1, 1, 2], [2, 1, 1])).unwrap();
        assert_eq!((one.len, one.offsets().collect::<Vec<_>>()), (2, vec![144, 174]));
        assert_eq!(one.end(), 176);
    }

    #[test]
    fn addresses_that_overflow_are_refused() {
        assert!(Runs::new(u64::MAX - 3, &[4], 4, &Region::whole(&[1])).is_none());
        assert!(Runs::new(8, &[1 << 40], 4, &Region::new([1 << 30], [1])).is_none());
    }

    #[test]
    fn pieces_tile_the_box() {
        for most in 1..40 {
            let region = Region::new([1, 0, 2], [3, 4, 5]);
            let pieces = pieces(&region, most);
            assert_eq!(pieces.iter().map(Region::count).sum::<usize>(), 60);
            assert!(pieces.iter().all(|p| p.count() <= most));
            assert!(pieces.iter().all(|p| p.intersect(&region).as_ref() == Some(p)));
            for (i, a) in pieces.iter().enumerate() {
                assert!(pieces.iter().skip(i + 1).all(|b| a.intersect(b).is_none()));
            }
        }
        assert_eq!(pieces(&Region::new([], []), 5), [Region::new([], [])]);
    }
}
