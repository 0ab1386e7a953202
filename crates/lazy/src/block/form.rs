//! Operations on boxes as plain data, for their way to another process.

#[cfg(feature = "wire")]
use std::sync::Arc;

use graticule_array::{ChunkGrid, DType, LineOp};
#[cfg(feature = "wire")]
use graticule_array::{Error, Result};

use super::BlockFn;
use super::equal::Equal;
use super::line::Line;
use super::map_overlap::Overlap;
use super::reshape::{Merge, Split};
use super::scatter::Scatter;
#[cfg(feature = "wire")]
use crate::expr::LazyArray;

/// What an operation on boxes is as plain data.
///
/// ```
/// use graticule_lazy::BlockForm;
/// let form = BlockForm::named("threshold", 2.5f64.to_le_bytes());
/// assert_eq!(format!("{form:?}"), "BlockForm(\"threshold\")");
/// ```
#[derive(Clone)]
pub struct BlockForm(pub(crate) Form);

/// The operations of this crate, and those of others.
#[derive(Clone)]
#[cfg_attr(not(feature = "wire"), allow(dead_code))] // read by what sends them
pub(crate) enum Form {
    Line {
        op: LineOp,
        axis: usize,
    },
    Merge(Merge),
    Split(Split),
    Scatter(Scatter),
    Equal(Equal),
    Call {
        function: BlockFn,
        how: Call,
    },
    /// What a name that both sides know makes of a state.
    Named {
        name: String,
        state: Vec<u8>,
    },
}

/// How a function of the user is called.
#[derive(Clone)]
#[cfg_attr(not(feature = "wire"), allow(dead_code))] // read by what sends them
pub(crate) enum Call {
    Blocks { dtype: DType, grid: ChunkGrid },
    Overlap { dtype: DType, overlaps: Vec<Overlap>, closed: Vec<usize> },
    Apply { dtype: DType, loops: usize, runs: Vec<Vec<bool>>, made: Vec<usize> },
}

impl BlockForm {
    /// An operation that the other side makes of a state, by the function that it knows under
    /// this name.
    #[must_use]
    pub fn named(name: impl Into<String>, state: impl Into<Vec<u8>>) -> Self {
        Self(Form::Named { name: name.into(), state: state.into() })
    }

    /// The operation again, on inputs that may not be those that it came from.
    ///
    /// # Errors
    /// If the inputs do not fit, or it is one of another crate.
    #[cfg(feature = "wire")]
    pub(crate) fn on(self, inputs: &[LazyArray]) -> Result<LazyArray> {
        let op: Arc<dyn super::BlockOp> = match self.0 {
            Form::Line { op, axis } => Arc::new(Line::new(op, axis)),
            Form::Merge(merge) => Arc::new(merge),
            Form::Split(split) => Arc::new(split),
            Form::Scatter(scatter) => return LazyArray::block(Arc::new(scatter), inputs),
            Form::Equal(equal) => return LazyArray::block(Arc::new(equal), inputs),
            Form::Call { function, how } => {
                return match how {
                    Call::Blocks { dtype, grid } => {
                        super::map_blocks::again(function, inputs, dtype, grid)
                    }
                    Call::Overlap { dtype, overlaps, closed } => {
                        super::map_overlap::again(function, inputs, dtype, overlaps, closed)
                    }
                    Call::Apply { dtype, loops, runs, made } => {
                        super::apply::again(function, inputs, dtype, loops, runs, made)
                    }
                };
            }
            Form::Named { name, .. } => {
                return Err(Error::bug(format!("\"{name}\" was not looked up")));
            }
        };
        if inputs.len() != 1 {
            return Err(Error::corrupt(format!("{} of {} arrays", op.name(), inputs.len())));
        }
        LazyArray::block(op, inputs)
    }

    pub(super) fn line(line: &Line) -> Self {
        let (op, axis) = line.parts();
        Self(Form::Line { op: op.clone(), axis })
    }

    pub(super) fn call(function: &BlockFn, how: Call) -> Self {
        Self(Form::Call { function: function.clone(), how })
    }
}

impl std::fmt::Debug for BlockForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match &self.0 {
            Form::Line { op, .. } => op.to_string(),
            Form::Merge(merge) => format!("{merge:?}"),
            Form::Split(split) => format!("{split:?}"),
            Form::Scatter(scatter) => super::BlockOp::name(scatter),
            Form::Equal(equal) => super::BlockOp::name(equal),
            Form::Call { function, .. } => function.name().to_owned(),
            Form::Named { name, .. } => name.clone(),
        };
        f.debug_tuple("BlockForm").field(&name).finish()
    }
}
