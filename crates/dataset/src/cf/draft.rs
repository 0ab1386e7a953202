//! One variable on its way between file and memory.

use graticule_array::{Array, DType, Error, MapOp, Result};
use graticule_lazy::LazyArray;

use crate::attrs::Attrs;
use crate::encoding::Encoding;
use crate::name::Name;

/// One operation that a coder asks for.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // a variable has a handful of steps, and files share them
pub enum Step {
    /// An elementwise operation.
    Map(MapOp),
    /// The last axis, of characters, becomes byte strings.
    JoinChars,
}

impl Step {
    fn apply(&self, data: &LazyArray) -> Result<LazyArray> {
        match self {
            Self::Map(op) => data.map(op.clone()),
            Self::JoinChars => data.join_chars(),
        }
    }

    fn apply_now(&self, data: &Array) -> Result<Array> {
        match self {
            Self::Map(op) => op.apply(data),
            Self::JoinChars => data.join_chars(),
        }
    }
}

/// A variable as a coder sees it: its type so far, its attributes, and the operations that the
/// coders before have asked for. Data is not touched, except where it is in memory already.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The variable's name.
    pub name: Name,
    /// The names of its axes.
    pub dims: Vec<Name>,
    /// The type of its elements after the steps so far.
    pub dtype: DType,
    /// The length of the last axis as stored; 0 without axes.
    pub last_len: usize,
    /// What describes it. Decoding takes away what it has understood.
    pub attrs: Attrs,
    /// How it is stored. Decoding adds what it has understood.
    pub encoding: Encoding,
    /// The values after the steps so far, where they are in memory.
    pub values: Option<Array>,
    /// What could not be decoded, and why.
    pub notes: Vec<String>,
    /// Whether all is as in the file it came from, and is to be written so.
    pub as_stored: bool,
    steps: Vec<Step>,
    /// The type before the last step.
    before: DType,
    /// The type before all steps.
    first: DType,
}

impl Draft {
    /// A variable of which nothing is coded yet.
    #[must_use]
    pub fn new(name: Name, dims: Vec<Name>, dtype: DType, last_len: usize, attrs: Attrs) -> Self {
        Self {
            name,
            dims,
            before: dtype.clone(),
            first: dtype.clone(),
            dtype,
            last_len,
            attrs,
            encoding: Encoding::default(),
            values: None,
            notes: Vec::new(),
            as_stored: false,
            steps: Vec::new(),
        }
    }

    /// The type of the elements before all operations.
    #[must_use]
    pub fn stored_dtype(&self) -> &DType {
        &self.first
    }

    /// The operations in their order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Asks for an elementwise operation.
    ///
    /// # Errors
    /// If it does not take elements of this type, or fails on the values in memory. Then the
    /// draft is as before.
    pub fn map(&mut self, op: MapOp) -> Result<()> {
        let dtype = op.result(&self.dtype)?;
        self.push(Step::Map(op), dtype)
    }

    /// Replaces the last operation, if it is elementwise, by one that does the same and more;
    /// `then` is what the values in memory still lack.
    ///
    /// # Errors
    /// As [`map`](Self::map), and if there is no such operation.
    pub(crate) fn remap_last(&mut self, op: MapOp, then: &MapOp) -> Result<()> {
        let dtype = op.result(&self.before)?;
        if self.last_map().is_none() {
            return Err(Error::bug("there is no operation to replace"));
        }
        if let Some(values) = &self.values {
            self.values = Some(then.apply(values)?);
        }
        self.steps.pop();
        self.steps.push(Step::Map(op));
        self.dtype = dtype;
        Ok(())
    }

    /// The last operation, if it is elementwise.
    pub(crate) fn last_map(&self) -> Option<&MapOp> {
        match self.steps.last() {
            Some(Step::Map(op)) => Some(op),
            _ => None,
        }
    }

    /// Asks for strings in place of the last axis, of characters.
    ///
    /// # Errors
    /// If the elements are not characters.
    pub fn join_chars(&mut self) -> Result<()> {
        if self.dtype != DType::Char || self.dims.is_empty() {
            return Err(Error::mismatch("only axes of characters become strings"));
        }
        self.push(Step::JoinChars, DType::Bytes(self.last_len))?;
        self.dims.pop();
        Ok(())
    }

    /// Puts values in memory in place of all so far.
    pub(crate) fn replace(&mut self, values: Array) {
        self.steps.clear();
        self.dtype = values.dtype().clone();
        self.before = self.dtype.clone();
        self.values = Some(values);
    }

    fn push(&mut self, step: Step, dtype: DType) -> Result<()> {
        if let Some(values) = &self.values {
            self.values = Some(step.apply_now(values)?);
        }
        self.steps.push(step);
        self.before = std::mem::replace(&mut self.dtype, dtype);
        Ok(())
    }

    /// Appends the operations to an array.
    ///
    /// # Errors
    /// If it is not of the type that this draft began with.
    pub fn apply(&self, data: LazyArray) -> Result<LazyArray> {
        self.steps.iter().try_fold(data, |data, step| step.apply(&data))
    }

    /// Applies the operations to values in memory.
    ///
    /// # Errors
    /// If they are not of the type that this draft began with, or do not fit into the result.
    pub fn apply_now(&self, values: Array) -> Result<Array> {
        self.steps.iter().try_fold(values, |values, step| step.apply_now(&values))
    }

    /// Whether both ask for the same operations.
    #[must_use]
    pub fn same_steps(&self, other: &Self) -> bool {
        self.steps == other.steps
    }
}
