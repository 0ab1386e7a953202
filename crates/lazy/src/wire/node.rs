//! One operation as plain data. Inputs are earlier nodes of the list, by number.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, Error, LineOp, MapOp, ReduceParams, Result, Selection, ZipOp,
};
use graticule_storage::ChunkSource;
use serde::{Deserialize, Serialize};

use super::effort::Effort;
use super::names::Names;
use crate::block::{BlockForm, Call, Equal, Form, Overlap, Scatter};
use crate::expr::{LazyArray, Op};

/// An operation and the nodes it works on.
#[derive(Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) op: NodeOp,
    pub(super) inputs: Vec<usize>,
}

/// As [`Op`]; sources are numbers in a list of their own.
#[derive(Serialize, Deserialize)]
pub(super) enum NodeOp {
    Read(usize),
    Const(Array),
    Select(Selection),
    Permute(Vec<usize>),
    Broadcast { axes: Vec<Option<usize>>, shape: Vec<usize> },
    Concat(usize),
    Map(Arc<MapOp>),
    Zip(ZipOp),
    Choose,
    JoinChars,
    Reduce { name: String, params: ReduceParams, axes: Vec<usize>, groups: Option<GroupForm> },
    Rechunk(ChunkGrid),
    Gather { axes: Vec<usize>, indices: Vec<Vec<usize>> },
    Line(LineOp, usize),
    Merge { first: usize, count: usize },
    Split { axis: usize, lens: Vec<usize> },
    Blocks { function: String, dtype: DType, grid: ChunkGrid },
    Overlap { function: String, dtype: DType, overlaps: Vec<Overlap>, closed: Vec<usize> },
    Apply { function: String, dtype: DType, loops: usize, runs: Vec<Vec<bool>>, made: Vec<usize> },
    Named { name: String, state: Vec<u8> },
    Scatter { pairs: Arc<[(usize, usize)]>, lens: Vec<usize>, kept: usize },
    Equal { name: String, origins: Vec<Arc<str>> },
}

#[derive(Serialize, Deserialize)]
pub(super) struct GroupForm {
    axis: usize,
    codes: Arc<[u32]>,
    count: usize,
}

impl NodeOp {
    /// The form of what neither reads nor holds anything.
    pub(super) fn of(op: &Op, names: &Names) -> Result<Self> {
        Ok(match op {
            Op::Read(_) | Op::Const(_) => return Err(Error::bug("a leaf has no form of its own")),
            Op::Kept(_) => return Err(Error::bug("what a plan keeps does not travel")),
            Op::Select(selection) => Self::Select(selection.clone()),
            Op::Permute(axes) => Self::Permute(axes.clone()),
            Op::Broadcast { axes, shape } => {
                Self::Broadcast { axes: axes.clone(), shape: shape.clone() }
            }
            Op::Concat { axis, .. } => Self::Concat(*axis),
            Op::Map(op) => Self::Map(op.clone()),
            Op::Zip(op) => Self::Zip(*op),
            Op::Choose => Self::Choose,
            Op::JoinChars => Self::JoinChars,
            Op::Reduce(spec) => {
                names.check_reduction(&*spec.reduction)?;
                let form = |g: &crate::expr::Groups| GroupForm {
                    axis: g.axis,
                    codes: g.codes.clone(),
                    count: g.count,
                };
                Self::Reduce {
                    name: spec.reduction.name().to_owned(),
                    params: spec.reduction.params().clone(),
                    axes: spec.axes.clone(),
                    groups: spec.groups.as_ref().map(form),
                }
            }
            Op::Rechunk(grid) => Self::Rechunk(grid.clone()),
            Op::Gather(gather) => Self::Gather {
                axes: gather.axes().to_vec(),
                indices: gather.indices().iter().map(|i| i.to_vec()).collect(),
            },
            Op::Block(block) => {
                let form = block.form().ok_or_else(|| {
                    let name = block.name();
                    Error::unsupported(format!(
                        "\"{name}\" is code of this process and cannot be sent"
                    ))
                    .hint("give the operation a form (BlockOp::form), and register its name")
                })?;
                Self::block(form.0, names)?
            }
        })
    }

    fn block(form: Form, names: &Names) -> Result<Self> {
        Ok(match form {
            Form::Line { op, axis } => Self::Line(op, axis),
            Form::Merge(merge) => Self::Merge { first: merge.first, count: merge.count },
            Form::Split(split) => Self::Split { axis: split.axis, lens: split.lens },
            Form::Scatter(Scatter { pairs, lens, kept }) => Self::Scatter { pairs, lens, kept },
            Form::Equal(Equal { name, origins }) => Self::Equal { name, origins },
            Form::Named { name, state } => {
                names.check_known("operation", &name)?;
                Self::Named { name, state }
            }
            Form::Call { function, how } => {
                names.check_function(&function)?;
                let function = function.name().to_owned();
                match how {
                    Call::Blocks { dtype, grid } => Self::Blocks { function, dtype, grid },
                    Call::Overlap { dtype, overlaps, closed } => {
                        Self::Overlap { function, dtype, overlaps, closed }
                    }
                    Call::Apply { dtype, loops, runs, made } => {
                        Self::Apply { function, dtype, loops, runs, made }
                    }
                }
            }
        })
    }

    /// The operation on inputs, by the builders that users build with.
    pub(super) fn on(
        self,
        inputs: &[LazyArray],
        sources: &[Arc<dyn ChunkSource>],
        names: &Names,
        effort: &mut Effort,
    ) -> Result<LazyArray> {
        let wanted = match &self {
            Self::Read(_) | Self::Const(_) => Some(0),
            Self::Zip(_) | Self::Scatter { .. } => Some(2),
            Self::Choose => Some(3),
            Self::Concat(_)
            | Self::Equal { .. }
            | Self::Blocks { .. }
            | Self::Overlap { .. }
            | Self::Apply { .. }
            | Self::Named { .. } => None,
            _ => Some(1),
        };
        if wanted.is_some_and(|n| n != inputs.len()) {
            return Err(Error::corrupt(format!("an operation on {} inputs", inputs.len())));
        }
        let at = |i: usize| inputs.get(i).ok_or_else(|| Error::bug("an input was lost"));
        match self {
            Self::Read(i) => match sources.get(i) {
                Some(source) => Ok(LazyArray::read(source.clone())),
                None => Err(Error::corrupt(format!("no source {i} of {}", sources.len()))),
            },
            Self::Const(array) => Ok(LazyArray::constant(array)),
            Self::Select(selection) => {
                selection.check(at(0)?.shape())?;
                effort.select(&selection)?;
                at(0)?.select(&selection)
            }
            Self::Permute(axes) => at(0)?.permute(&axes),
            Self::Broadcast { axes, shape } => {
                Effort::shape(&shape)?;
                at(0)?.broadcast(&axes, &shape)
            }
            Self::Concat(axis) => {
                effort.meet(inputs, Some(axis))?;
                LazyArray::concat(inputs, axis)
            }
            Self::Map(op) => at(0)?.map((*op).clone()),
            Self::Zip(op) => {
                effort.meet(inputs, None)?;
                at(0)?.zip(op, at(1)?)
            }
            Self::Choose => {
                effort.meet(inputs, None)?;
                LazyArray::choose(at(0)?, at(1)?, at(2)?)
            }
            Self::JoinChars => at(0)?.join_chars(),
            Self::Reduce { name, params, axes, groups } => {
                let reduction = names.find_reduction(&name, &params)?;
                match groups {
                    None => at(0)?.reduce(reduction, &axes),
                    Some(g) => {
                        Effort::groups(g.count)?;
                        at(0)?.reduce_grouped(reduction, g.axis, g.codes, g.count, &axes)
                    }
                }
            }
            Self::Rechunk(grid) => at(0)?.rechunk(grid),
            Self::Gather { axes, indices } => at(0)?.gather(&axes, &indices),
            Self::Named { name, state } => {
                LazyArray::block(names.make_operation(&name, &state)?, inputs)
            }
            other => {
                effort.meet(inputs, None)?;
                BlockForm(other.form(names)?).on(inputs)
            }
        }
    }

    /// The operation on boxes.
    fn form(self, names: &Names) -> Result<Form> {
        let call = |name: String, how| -> Result<Form> {
            Ok(Form::Call { function: names.find_function(&name)?, how })
        };
        match self {
            Self::Line(op, axis) => {
                match &op {
                    LineOp::Quantile(of) => Effort::groups(of.groups.as_ref().map_or(1, |g| g.1))?,
                    LineOp::GroupRuns(of) => Effort::groups(of.groups)?,
                    _ => {}
                }
                Ok(Form::Line { op, axis })
            }
            Self::Merge { first, count } => Ok(Form::Merge(crate::block::Merge { first, count })),
            Self::Split { axis, lens } => {
                Effort::shape(&lens)?;
                Ok(Form::Split(crate::block::Split { axis, lens }))
            }
            Self::Scatter { pairs, lens, kept } => {
                Effort::shape(&lens)?;
                Ok(Form::Scatter(Scatter { pairs, lens, kept }))
            }
            Self::Equal { name, origins } => Ok(Form::Equal(Equal { name, origins })),
            Self::Blocks { function, dtype, grid } => call(function, Call::Blocks { dtype, grid }),
            Self::Overlap { function, dtype, overlaps, closed } => {
                call(function, Call::Overlap { dtype, overlaps, closed })
            }
            Self::Apply { function, dtype, loops, runs, made } => {
                call(function, Call::Apply { dtype, loops, runs, made })
            }
            _ => Err(Error::bug("this is no operation on boxes")),
        }
    }
}
