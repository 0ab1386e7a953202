//! Statistics of some elements that follow each other, and how two of them join.

/// `P` numbers that tell all about some elements; the first is how many are there.
pub(super) trait Monoid<const P: usize>: Copy + Default {
    /// Of no elements.
    const NONE: [f64; P];
    /// Of one element, which lies at `at`.
    fn of(x: f64, at: f64) -> [f64; P];
    /// Of both.
    fn join(earlier: [f64; P], later: [f64; P]) -> [f64; P];
}

/// Count and sum.
#[derive(Clone, Copy, Default)]
pub(super) struct Total;

impl Monoid<2> for Total {
    const NONE: [f64; 2] = [0.0, 0.0];

    #[inline(always)]
    fn of(x: f64, _: f64) -> [f64; 2] {
        if x.is_nan() { Self::NONE } else { [1.0, x] }
    }

    #[inline(always)]
    fn join(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
        [a[0] + b[0], a[1] + b[1]]
    }
}

macro_rules! folds {
    ($($name:ident: $unit:expr, |$a:ident, $b:ident| $join:expr;)*) => {$(
        /// Count and value.
        #[derive(Clone, Copy, Default)]
pub(super) struct $name;

        impl Monoid<2> for $name {
            const NONE: [f64; 2] = [0.0, $unit];

            #[inline(always)]
            fn of(x: f64, _: f64) -> [f64; 2] {
                if x.is_nan() { Self::NONE } else { [1.0, x] }
            }

            #[inline(always)]
            fn join(earlier: [f64; 2], later: [f64; 2]) -> [f64; 2] {
                let ($a, $b) = (earlier[1], later[1]);
                [earlier[0] + later[0], $join]
            }
        }
    )*};
}

folds! {
    Product: 1.0, |a, b| a * b;
    Lowest: f64::INFINITY, |a, b| if b < a { b } else { a };
    Highest: f64::NEG_INFINITY, |a, b| if b > a { b } else { a };
}

/// Count, mean and squared differences from the mean; joined as Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy, Default)]
pub(super) struct Moments;

impl Monoid<3> for Moments {
    const NONE: [f64; 3] = [0.0; 3];

    #[inline(always)]
    fn of(x: f64, _: f64) -> [f64; 3] {
        if x.is_nan() { Self::NONE } else { [1.0, x, 0.0] }
    }

    #[inline(always)]
    fn join(earlier: [f64; 3], later: [f64; 3]) -> [f64; 3] {
        let (a, b) = (earlier[0], later[0]);
        let n = a + b;
        let apart = later[1] - earlier[1];
        let mean = earlier[1] + apart * (b / n);
        let squares = earlier[2] + later[2] + apart * apart * (a * b / n);
        let both = [n, mean, squares];
        let one = if a == 0.0 { later } else { earlier };
        if a == 0.0 || b == 0.0 { one } else { both }
    }
}

/// Count, the first lowest or highest element, and where it lies.
#[derive(Clone, Copy, Default)]
pub(super) struct First<const HIGHEST: bool>;

impl<const HIGHEST: bool> Monoid<3> for First<HIGHEST> {
    const NONE: [f64; 3] = [0.0; 3];

    #[inline(always)]
    fn of(x: f64, at: f64) -> [f64; 3] {
        if x.is_nan() { Self::NONE } else { [1.0, x, at] }
    }

    #[inline(always)]
    fn join(earlier: [f64; 3], later: [f64; 3]) -> [f64; 3] {
        let beats = if HIGHEST { later[1] > earlier[1] } else { later[1] < earlier[1] };
        let take = later[0] > 0.0 && (earlier[0] == 0.0 || beats);
        let best = if take { later } else { earlier };
        [earlier[0] + later[0], best[1], best[2]]
    }
}
