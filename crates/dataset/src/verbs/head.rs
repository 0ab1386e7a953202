//! The first, the last, and every n-th position.

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::select::Indexer;

fn range(start: Option<i64>, stop: Option<i64>, step: i64) -> Indexer {
    Indexer::Range { start, stop, step }
}

fn wide(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The last `n` positions; -0 would be the beginning.
fn last(n: usize) -> Indexer {
    if n == 0 { range(Some(0), Some(0), 1) } else { range(Some(-wide(n)), None, 1) }
}

macro_rules! ends {
    ($($noun:ty)*) => {$(
        impl $noun {
            /// The first `n` positions along a dimension, or all if there are fewer.
            #[track_caller]
            pub fn head(&self, dim: &str, n: usize) -> Self {
                self.isel(dim, range(None, Some(wide(n)), 1))
            }

            /// The last `n` positions along a dimension, or all if there are fewer.
            #[track_caller]
            pub fn tail(&self, dim: &str, n: usize) -> Self {
                self.isel(dim, last(n))
            }

            /// Every `n`-th position along a dimension, from the first.
            #[track_caller]
            pub fn thin(&self, dim: &str, n: usize) -> Self {
                self.isel(dim, range(None, None, wide(n)))
            }
        }
    )*};
}

ends!(Dataset DataArray);
