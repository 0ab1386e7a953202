//! Comparisons and logic, as methods: Rust's operators must give a single `bool`.

use graticule_array::{MapOp, ZipOp};

use super::operand::Operand;
use crate::data_array::DataArray;
use crate::dataset::Dataset;

functions_of_two! {
    /// Where elements are greater.
    gt, Gt;
    /// Where elements are greater or equal.
    ge, Ge;
    /// Where elements are less.
    lt, Lt;
    /// Where elements are less or equal.
    le, Le;
    /// Where elements are equal; a missing one equals nothing.
    eq_, Eq;
    /// Where elements differ; a missing one differs from everything.
    ne_, Ne;
    /// Where both are true; on integers, bit by bit.
    and, And;
    /// Where one or both are true; on integers, bit by bit.
    or, Or;
    /// Where exactly one is true; on integers, bit by bit.
    xor, Xor;
}

impl DataArray {
    /// Where elements are false; on integers, all bits inverted.
    #[track_caller]
    pub fn not(&self) -> Self {
        self.verb(|| "not()".into(), |set| set.try_map(&MapOp::Not))
    }
}

impl Dataset {
    /// Where elements are false; on integers, all bits inverted.
    #[track_caller]
    pub fn not(&self) -> Self {
        self.verb(|| "not()".into(), |set| set.try_map(&MapOp::Not))
    }
}
