//! Functions along dimensions of their own, broadcast over all others.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, DType, Error, Region, Result, ndarray};
use graticule_lazy::{BlockFn, LazyArray};

use crate::attrs::Attrs;
use crate::combine::AlignOptions;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::{IntoDType, align};

/// What [`Dataset::apply_ufunc`] does with variables that lack a core dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingCore {
    /// It is an error.
    #[default]
    Raise,
    /// They stay as they are.
    Copy,
    /// They are left out.
    Drop,
}

type OfBlocks = dyn Fn(&[Array]) -> Result<Array> + Send + Sync;
type OfCells =
    dyn Fn(&[ndarray::ArrayViewD<'_, f64>], &mut ndarray::ArrayViewMutD<'_, f64>) + Send + Sync;

#[derive(Clone)]
enum Function {
    Blocks(Arc<OfBlocks>),
    Cells(Arc<OfCells>),
}

/// A function of whole lines, planes ... of its arguments, and what it makes of them. The
/// dimensions that it works on are its *core dimensions*: it always gets all of them, last and in
/// the order in which they are listed here. It is broadcast over all other dimensions, block by
/// block.
///
/// ```
/// use graticule_dataset::{DataArray, UserFn, apply_ufunc};
/// let x = DataArray::new("x", ["t", "y"], (vec![1.0, 10.0, 3.0, 30.0], [2, 2]));
/// // The difference of the last and the first value in time, for each y.
/// let span = UserFn::of_lines("span", |args, out| {
///     let line = &args[0];
///     out[[]] = line[[line.len() - 1]] - line[[0]];
/// });
/// let made = apply_ufunc(&span.input("t"), [&x]);
/// assert_eq!(made.values::<f64>()?, [2.0, 20.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct UserFn {
    name: Arc<str>,
    function: Function,
    inputs: Vec<Dims>,
    output: Vec<(Name, usize)>,
    excluded: Vec<Name>,
    dtype: DType,
    bad_dtype: Option<Error>,
    missing: MissingCore,
    keep_attrs: bool,
    join: Option<AlignOptions>,
}

impl fmt::Debug for UserFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserFn({})", self.name)
    }
}

impl UserFn {
    fn new(name: &str, function: Function) -> Self {
        Self {
            name: name.into(),
            function,
            inputs: Vec::new(),
            output: Vec::new(),
            excluded: Vec::new(),
            dtype: DType::F64,
            bad_dtype: None,
            missing: MissingCore::default(),
            keep_attrs: true,
            join: None,
        }
    }

    /// A function of blocks: arrays of any type, which all have the same leading dimensions
    /// (of length 1 where an argument lacks them) and then their core dimensions. It gives an
    /// array with these leading dimensions and then those of its output.
    pub fn of_blocks(
        name: &str,
        function: impl Fn(&[Array]) -> Result<Array> + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, Function::Blocks(Arc::new(function)))
    }

    /// A function of one cell: for each position along all other dimensions it gets the core
    /// dimensions of each argument as `f64`, and fills those of the output.
    pub fn of_lines(
        name: &str,
        function: impl Fn(&[ndarray::ArrayViewD<'_, f64>], &mut ndarray::ArrayViewMutD<'_, f64>)
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self::new(name, Function::Cells(Arc::new(function)))
    }

    /// The core dimensions of the next argument; `()` for none.
    pub fn input(mut self, core: impl Into<Dims>) -> Self {
        self.inputs.push(core.into());
        self
    }

    /// The core dimensions of the result and their lengths; none by default.
    pub fn output<'a>(mut self, core: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        self.output = core.into_iter().map(|(name, len)| (name.into(), len)).collect();
        self
    }

    /// Core dimensions that may have another length in the output than in the inputs; their
    /// coordinates are dropped.
    pub fn excluding(mut self, dims: impl Into<Dims>) -> Self {
        self.excluded = dims.into().to_vec();
        self
    }

    /// The element type of the result; `float64` by default.
    pub fn dtype(mut self, dtype: impl Into<IntoDType>) -> Self {
        match dtype.into().get() {
            Ok(dtype) => self.dtype = dtype,
            Err(error) => self.bad_dtype = Some(error),
        }
        self
    }

    /// How the labels of the arguments are brought together; by default they must agree, unless
    /// an argument has been told otherwise ([`DataArray::with_join`]).
    ///
    /// ```
    /// use graticule_dataset::{DataArray, Join, UserFn, apply_ufunc};
    /// let at = |x: [i32; 2]| {
    ///     DataArray::new("v", "x", vec![1.0, 2.0]).with_coord("x", "x", x.to_vec())
    /// };
    /// let sum = UserFn::of_lines("sum", |args, out| out[[]] = args[0][[]] + args[1][[]]);
    /// let sum = sum.input(()).input(());
    /// assert!(apply_ufunc(&sum, [&at([1, 2]), &at([2, 3])]).check().is_err());
    /// let inner = apply_ufunc(&sum.join(Join::Inner), [&at([1, 2]), &at([2, 3])]);
    /// assert_eq!(inner.values::<f64>()?, [3.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn join(mut self, join: impl Into<AlignOptions>) -> Self {
        self.join = Some(join.into());
        self
    }

    /// What happens to the variables of a dataset that lack a core dimension.
    pub fn on_missing(mut self, what: MissingCore) -> Self {
        self.missing = what;
        self
    }

    /// Whether the result has the attributes of the arguments; it does by default.
    pub fn keep_attrs(mut self, keep: bool) -> Self {
        self.keep_attrs = keep;
        self
    }

    fn check(&self, count: usize) -> Result<()> {
        if let Some(error) = &self.bad_dtype {
            return Err(error.clone());
        }
        if self.inputs.len() != count {
            return Err(Error::mismatch(format!(
                "\"{}\" is declared for {} arguments and called with {count}",
                self.name,
                self.inputs.len()
            ))
            .hint("call input(..) once for each argument"));
        }
        let out: Dims = self.output.iter().map(|(name, _)| name).collect();
        out.check()?;
        self.inputs.iter().try_for_each(Dims::check)
    }
}

impl UserFn {
    /// The function as the engine calls it, with boxes of `loops` leading axes.
    fn bound(&self, loops: usize) -> BlockFn {
        let (of, made) = (self.clone(), self.output.iter().map(|(_, n)| *n).collect::<Vec<_>>());
        BlockFn::with_region(&*self.name, move |parts: &[Array], out: &Region| {
            let done = match &of.function {
                Function::Blocks(function) => function(parts),
                Function::Cells(function) => {
                    each_cell(parts, loops, &made, &**function)?.cast(&of.dtype)
                }
            };
            let place = || format!("in the block of {:?} from {:?}", out.len, out.start);
            let done = done.map_err(|e| e.context(place()))?;
            if done.shape() == out.len && done.dtype() == &of.dtype {
                return Ok(done);
            }
            Err(Error::mismatch(format!(
                "\"{}\" promised {} {:?} and made {} {:?}",
                of.name,
                of.dtype,
                out.len,
                done.dtype(),
                done.shape()
            ))
            .context(place()))
        })
    }
}

/// Runs a function of cells over the leading axes of its arguments, of which those of length 1
/// repeat.
fn each_cell(parts: &[Array], loops: usize, made: &[usize], function: &OfCells) -> Result<Array> {
    let leading = |part: &Array| part.shape().iter().take(loops).copied().collect::<Vec<_>>();
    let mut lens = vec![1; loops];
    for part in parts {
        for (to, n) in lens.iter_mut().zip(leading(part)) {
            *to = if *to == 1 { n } else { *to };
        }
    }
    let wide: Vec<Array> = parts.iter().map(|a| a.cast(&DType::F64)).collect::<Result<_>>()?;
    let mut views = Vec::with_capacity(wide.len());
    for part in &wide {
        views.push((part.view::<f64>()?, leading(part)));
    }
    let mut out = ndarray::ArrayD::<f64>::zeros([&lens[..], made].concat());
    for cell in ndarray::indices(ndarray::IxDyn(&lens)) {
        let at = |own: Option<&[usize]>| -> Vec<usize> {
            let cell = ndarray::Dimension::slice(&cell).iter().enumerate();
            cell.map(|(a, i)| match own {
                Some(own) if own.get(a) == Some(&1) => 0,
                _ => *i,
            })
            .collect()
        };
        let lines: Vec<_> = views
            .iter()
            .map(|(view, own)| {
                let places = at(Some(own));
                places.into_iter().fold(view.view(), |v, i| v.index_axis_move(ndarray::Axis(0), i))
            })
            .collect();
        let mut place = out.view_mut();
        for i in at(None) {
            place = place.index_axis_move(ndarray::Axis(0), i);
        }
        function(&lines, &mut place);
    }
    Ok(Array::new(out))
}

/// The loop dimensions, then the core dimensions of an argument; those it lacks have length 1.
fn arranged(var: &Variable, loops: &[(Name, usize)], core: &Dims) -> Result<LazyArray> {
    let dims: Dims = loops.iter().map(|(name, _)| name).chain(core).collect();
    let shape: Vec<usize> = dims.iter().map(|dim| var.size_of(dim).unwrap_or(1)).collect();
    var.spread(&dims, &shape)
}

impl UserFn {
    /// The result for some variables, over the loop dimensions in order of appearance.
    fn of_variables(&self, vars: &[&Variable]) -> Result<Variable> {
        let mut loops: Vec<(Name, usize)> = Vec::new();
        let mut cores: Vec<(Name, usize)> = Vec::new();
        for (var, core) in vars.iter().zip(&self.inputs) {
            for dim in core {
                let len = var.size_of(dim).ok_or_else(|| no_dimension(dim, var.sizes()))?;
                agreed(&mut cores, dim, len)?;
            }
            for (dim, len) in var.sizes().filter(|(d, _)| !core.has(d)) {
                agreed(&mut loops, dim, len)?;
            }
        }
        for (name, len) in &self.output {
            if loops.iter().any(|(d, _)| d == name) {
                return Err(Error::mismatch(format!(
                    "\"{}\" makes a dimension \"{name}\", which an argument has already",
                    self.name
                )));
            }
            let before = cores.iter().find(|(d, _)| d == name);
            if let Some((_, old)) = before.filter(|(_, old)| old != len)
                && !self.excluded.contains(name)
            {
                return Err(Error::mismatch(format!(
                    "\"{}\" changes the length of \"{name}\" from {old} to {len}",
                    self.name
                ))
                .hint(format!("say so: excluding(\"{name}\")")));
            }
        }
        let inputs: Vec<LazyArray> = vars
            .iter()
            .zip(&self.inputs)
            .map(|(var, core)| arranged(var, &loops, core))
            .collect::<Result<_>>()?;
        let made: Vec<usize> = self.output.iter().map(|(_, n)| *n).collect();
        let bound = self.bound(loops.len());
        let data = LazyArray::apply(bound, &inputs, loops.len(), self.dtype.clone(), &made)?;
        let dims: Dims = loops.iter().chain(&self.output).map(|(name, _)| name).collect();
        let attrs = match vars.split_first() {
            Some((first, rest)) if self.keep_attrs => {
                rest.iter().fold(first.attrs().clone(), |a, v| a.merged(v.attrs()))
            }
            _ => Attrs::default(),
        };
        Ok(Variable::new(dims, data)?.with_attrs(attrs))
    }
}

fn agreed(sizes: &mut Vec<(Name, usize)>, dim: &Name, len: usize) -> Result<()> {
    match sizes.iter().find(|(d, _)| d == dim) {
        Some((_, known)) if *known != len => {
            Err(Error::mismatch(format!("dimension \"{dim}\" has the lengths {known} and {len}")))
        }
        Some(_) => Ok(()),
        None => {
            sizes.push((dim.clone(), len));
            Ok(())
        }
    }
}

/// Applies a function along its core dimensions, broadcast over the others. The arguments must
/// agree on the labels they share.
///
/// Nothing is read here. A core dimension that is stored in many chunks is put together for
/// each block of the others, within the memory budget, as `explain` tells.
#[track_caller]
pub fn apply_ufunc<'a>(
    function: &UserFn,
    arrays: impl IntoIterator<Item = &'a DataArray>,
) -> DataArray {
    let arrays: Vec<&DataArray> = arrays.into_iter().collect();
    let Some((first, rest)) = arrays.split_first() else {
        return DataArray::new("", (), f64::NAN).array_verb(
            || format!("apply_ufunc({})", function.name),
            |_| Err(Error::invalid("a function of no arrays")),
        );
    };
    if let (None, Some(fault)) = (first.fault(), rest.iter().find_map(|a| a.fault())) {
        return DataArray { set: first.set.carrying(fault), name: first.name.clone() };
    }
    first.array_verb(|| format!("apply_ufunc({})", function.name), |_| function.of_arrays(&arrays))
}

impl UserFn {
    /// The arguments with the labels that this function, one of them or the session asks for.
    fn aligned(&self, arrays: &[&DataArray]) -> Result<Vec<DataArray>> {
        let owned: Vec<DataArray> = arrays.iter().map(|a| (*a).clone()).collect();
        let told = || arrays.iter().find_map(|a| align::join_of(&a.set, &a.set));
        let Some(mut options) = self.join.clone().or_else(|| told().map(Arc::unwrap_or_clone))
        else {
            return Ok(owned);
        };
        let also = options.exclude.iter().flat_map(|dims| dims.iter());
        options.exclude = Some(self.excluded.iter().chain(also).collect());
        crate::combine::align(&owned, &options)
    }

    fn of_arrays(&self, arrays: &[&DataArray]) -> Result<DataArray> {
        self.check(arrays.len())?;
        let arrays = self.aligned(arrays)?;
        let mut frame: Option<Dataset> = None;
        for array in &arrays {
            // Along excluded dimensions there is nothing to agree on.
            let coords = array.set.map_vars(|name, var| {
                let free = var.dims().iter().any(|d| self.excluded.contains(d));
                Ok((array.set.is_coord(name) && !free).then(|| var.clone()))
            })?;
            frame = Some(match frame {
                None => coords,
                Some(so_far) => Dataset(Arc::new(align::merged_coords(&so_far, &coords)?)),
            });
        }
        let vars = arrays.iter().map(|a| a.main()).collect::<Result<Vec<_>>>()?;
        let made = self.of_variables(&vars)?;
        let name = arrays.first().and_then(|a| a.name.clone());
        let name = name.filter(|n| arrays.iter().all(|a| a.name.as_ref() == Some(n)));
        let frame = frame.unwrap_or_default();
        let mut parts = frame.0.emptied();
        parts.insert(crate::data_array::MAIN, made.clone(), false)?;
        for (coord, var) in frame.coord_vars() {
            let fits = var.sizes().all(|(d, n)| made.size_of(d) == Some(n));
            if fits && !var.dims().iter().any(|d| self.excluded.contains(d)) {
                parts.adopt(coord, var.clone(), &frame.0)?;
            }
        }
        Ok(DataArray { set: Dataset(Arc::new(parts)), name })
    }
}

impl Dataset {
    /// [`apply_ufunc`] of each data variable by itself.
    #[track_caller]
    pub fn apply_ufunc(&self, function: &UserFn) -> Self {
        self.verb(
            || format!("apply_ufunc({})", function.name),
            |set| {
                function.check(1)?;
                set.filter_arrays(|array| {
                    let core = function.inputs.first().cloned().unwrap_or_else(Dims::none);
                    let lacks = core.iter().any(|d| !array.dims().has(d));
                    match (lacks, function.missing) {
                        (true, MissingCore::Copy) => Ok(Some(array.clone())),
                        (true, MissingCore::Drop) => Ok(None),
                        _ => function.of_arrays(&[array]).map(Some),
                    }
                })
            },
        )
    }
}
