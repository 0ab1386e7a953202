//! Expressions as text.

use std::fmt;

use super::LazyArray;

/// Short: operation, dtype, shape.
impl fmt::Debug for LazyArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LazyArray<{} {:?}: {}>", self.dtype(), self.shape(), self.op())
    }
}

/// Elements of an expression that are shown before the rest is left out.
const MAX_SHOWN: usize = 40;

/// All of it, from the outside in: `negative(select [0..3](read int16 [9]))`. Long ones are cut.
impl fmt::Display for LazyArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn show(x: &LazyArray, f: &mut fmt::Formatter<'_>, left: &mut usize) -> fmt::Result {
            let Some(rest) = left.checked_sub(1) else { return f.write_str("…") };
            *left = rest;
            write!(f, "{}", x.op())?;
            for (i, input) in x.inputs().iter().enumerate() {
                f.write_str(if i == 0 { "(" } else { "; " })?;
                show(input, f, left)?;
                if *left == 0 {
                    break;
                }
            }
            f.write_str(if x.inputs().is_empty() { "" } else { ")" })
        }
        show(self, f, &mut MAX_SHOWN.clone())
    }
}
