//! What operations along lines take beside their input and their result.

use super::{LineOp, WindowStat};
use crate::dtype::DType;

/// Bytes of the wide elements that kernels compute in.
const WIDE: usize = 8;

impl LineOp {
    /// Bytes that computing `made` elements from `needed` ones of this type takes at most beside
    /// both. `packed`: whether the needed ones lie in one piece of memory, in row-major order.
    #[must_use]
    pub fn scratch(&self, input: &DType, needed: usize, made: usize, packed: bool) -> usize {
        let single = matches!(input, DType::F32 | DType::F64);
        // Whether the kernel takes the elements as they are, and makes those of the result.
        let (takes, makes) = match self {
            Self::CumSum { .. } | Self::CumProd { .. } => {
                (single || matches!(input, DType::I64 | DType::U64), true)
            }
            Self::Window(window) => match window.stat {
                WindowStat::Quantile { .. } => (*input == DType::F64, *input == DType::F64),
                WindowStat::Count | WindowStat::ArgMin | WindowStat::ArgMax => (single, true),
                _ => (single, single),
            },
            Self::Quantile(_) => (single, *input == DType::F64),
            _ => (false, false),
        };
        let size = if takes { input.planned_size() } else { WIDE };
        let before = if takes && packed { 0 } else { needed.saturating_mul(size) };
        let behind = if makes { 0 } else { made.saturating_mul(WIDE) };
        before.saturating_add(behind)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Window;
    use super::*;

    #[test]
    fn what_lies_in_one_piece_is_not_copied() {
        let mean = LineOp::Window(Window { len: 3, before: 2, least: 1, stat: WindowStat::Mean });
        assert_eq!(mean.scratch(&DType::F32, 100, 90, true), 0);
        assert_eq!(mean.scratch(&DType::F32, 100, 90, false), 400);
        assert_eq!(mean.scratch(&DType::I16, 100, 90, true), 800 + 720);
        let ranks = LineOp::Rank { share: false };
        assert_eq!(ranks.scratch(&DType::F64, 100, 100, true), 1600);
    }
}
