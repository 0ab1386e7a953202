//! What both sides know by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use graticule_array::{Error, ReduceParams, Reduction, Result, did_you_mean, reduction};
use graticule_storage::ChunkSource;

use crate::block::{BlockFn, BlockOp};

type MakeReduction = Arc<dyn Fn(&ReduceParams) -> Arc<dyn Reduction> + Send + Sync>;
type MakeOperation = Arc<dyn Fn(&[u8]) -> Result<Arc<dyn BlockOp>> + Send + Sync>;
type MakeSource = Arc<dyn Fn(&[u8]) -> Result<Arc<dyn ChunkSource>> + Send + Sync>;

/// Functions, reductions, operations and sources of the user, by the names under which they
/// travel: code stays where it is, so the sessions of both sides have to know them.
///
/// ```
/// use graticule_array::{Array, DType, MapOp};
/// use graticule_lazy::{BlockFn, LazyArray, Names, Session};
/// let abs = BlockFn::new("abs", |parts| MapOp::Abs.apply(&parts[0]));
/// let session = Session::builder().names(Names::default().function(abs.clone())).build();
/// let x = LazyArray::constant(Array::from_vec([2], vec![-1.0f64, 2.0])?);
/// let known = LazyArray::map_blocks(abs, &[x.clone()], DType::F64)?;
/// let again = session.decode(&session.encode(&[known])?)?;
/// assert_eq!(session.compute(&again)?[0].to_flat::<f64>()?, [1.0, 2.0]);
/// let closure = BlockFn::new("double", |parts| MapOp::Abs.apply(&parts[0]));
/// let unknown = LazyArray::map_blocks(closure, &[x], DType::F64)?;
/// assert!(session.encode(&[unknown]).unwrap_err().to_string().contains("\"double\""));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Names {
    functions: BTreeMap<String, BlockFn>,
    reductions: BTreeMap<String, MakeReduction>,
    operations: BTreeMap<String, MakeOperation>,
    sources: BTreeMap<String, MakeSource>,
}

impl Names {
    /// Knows a function by its own name.
    pub fn function(mut self, function: BlockFn) -> Self {
        self.functions.insert(function.name().to_owned(), function);
        self
    }

    /// Knows a reduction by its name.
    pub fn reduction(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&ReduceParams) -> Arc<dyn Reduction> + Send + Sync + 'static,
    ) -> Self {
        self.reductions.insert(name.into(), Arc::new(make));
        self
    }

    /// Knows an operation on boxes, made of the state that its
    /// [`form`](BlockOp::form) names.
    pub fn operation(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&[u8]) -> Result<Arc<dyn BlockOp>> + Send + Sync + 'static,
    ) -> Self {
        self.operations.insert(name.into(), Arc::new(make));
        self
    }

    /// Knows a source, made of the state that its [`makeup`](ChunkSource::makeup) names.
    pub fn source(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&[u8]) -> Result<Arc<dyn ChunkSource>> + Send + Sync + 'static,
    ) -> Self {
        self.sources.insert(name.into(), Arc::new(make));
        self
    }

    /// Checks that a function goes by its name here.
    pub(crate) fn check_function(&self, function: &BlockFn) -> Result<()> {
        let name = function.name();
        match self.functions.get(name) {
            Some(known) if known.is(function) => Ok(()),
            Some(_) => Err(Error::unsupported(format!(
                "another function than this \"{name}\" is registered under its name"
            ))),
            None => Err(Error::unsupported(format!(
                "the function \"{name}\" is code of this process and cannot be sent"
            ))
            .hint("register it with Names::function in the sessions of both sides")),
        }
    }

    /// Checks that a name and parameters say all of a reduction.
    pub(crate) fn check_reduction(&self, of: &dyn Reduction) -> Result<()> {
        let name = of.name();
        let again = self.find_reduction(name, of.params());
        if again.is_ok_and(|r| format!("{r:?}") == format!("{of:?}")) {
            return Ok(());
        }
        Err(Error::unsupported(format!(
            "the reduction \"{name}\" is code of this process and cannot be sent"
        ))
        .hint("register it with Names::reduction in the sessions of both sides"))
    }

    pub(crate) fn find_function(&self, name: &str) -> Result<BlockFn> {
        find(&self.functions, "function", name).cloned()
    }

    pub(crate) fn find_reduction(
        &self,
        name: &str,
        params: &ReduceParams,
    ) -> Result<Arc<dyn Reduction>> {
        match self.reductions.get(name) {
            Some(make) => Ok(make(params)),
            None => reduction(name, params),
        }
    }

    pub(crate) fn make_operation(&self, name: &str, state: &[u8]) -> Result<Arc<dyn BlockOp>> {
        find(&self.operations, "operation", name)?(state)
    }

    pub(crate) fn make_source(&self, name: &str, state: &[u8]) -> Result<Arc<dyn ChunkSource>> {
        find(&self.sources, "source", name)?(state)
    }

    /// Checks that an operation or a source goes by its name here.
    pub(crate) fn check_known(&self, what: &str, name: &str) -> Result<()> {
        let known = if what == "source" {
            self.sources.contains_key(name)
        } else {
            self.operations.contains_key(name)
        };
        if known { Ok(()) } else { Err(unknown(what, name, None)) }
    }
}

fn find<'a, T>(known: &'a BTreeMap<String, T>, what: &str, name: &str) -> Result<&'a T> {
    let near = || did_you_mean(name, known.keys().map(String::as_str));
    known.get(name).ok_or_else(|| unknown(what, name, near()))
}

fn unknown(what: &str, name: &str, near: Option<String>) -> Error {
    Error::not_found(format!("this session knows no {what} \"{name}\""))
        .hint(near.unwrap_or_else(|| format!("register it with Names::{what}")))
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("functions", &self.functions.keys())
            .field("reductions", &self.reductions.keys())
            .field("operations", &self.operations.keys())
            .field("sources", &self.sources.keys())
            .finish()
    }
}
