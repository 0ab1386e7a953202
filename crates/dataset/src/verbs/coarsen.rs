//! Blocks of neighbouring elements, each reduced to one.

use std::fmt;
use std::sync::Arc;

use graticule_array::{DType, Error, Result, TimeType};
use graticule_lazy::LazyArray;

use super::gather::gather;
use super::label_mean::row_means;
use super::quantile::{Q, QuantileOptions};
use super::reduce::{Reducer, all, any, count, first, last, max, mean, min, prod, std, sum, var};
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, no_dimension};
use crate::fault::Fault;
use crate::name::Name;
use crate::roles;
use crate::variable::Variable;
use graticule_cftime::{Calendar, Side, TimeUnit};

/// What becomes of elements that do not fill a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundary {
    /// It is an error if there are any.
    #[default]
    Exact,
    /// They are left out.
    Trim,
    /// Missing elements fill the block.
    Pad,
}

/// A dataset cut into blocks of neighbouring elements along one or more dimensions. A reduction
/// makes one element of each; coordinates are averaged, unless told otherwise.
///
/// ```
/// use graticule_dataset::{Boundary, DataArray};
/// let x = DataArray::new("x", "t", vec![1.0, 2.0, 6.0, 4.0, 9.0])
///     .with_coord("t", "t", vec![0, 1, 2, 3, 4]);
/// let pairs = x.coarsen("t", 2).boundary(Boundary::Trim).mean();
/// assert_eq!(pairs.values::<f64>()?, [1.5, 5.0]);
/// assert_eq!(pairs["t"].values::<f64>()?, [0.5, 2.5]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DatasetCoarsen {
    set: Dataset,
    blocks: Vec<(Name, usize)>,
    boundary: Boundary,
    side: Side,
    coords: Reducer,
    coord_by: Vec<(Name, Reducer)>,
}

/// An array cut into blocks; see [`DatasetCoarsen`].
#[derive(Clone)]
#[must_use]
pub struct DataArrayCoarsen {
    blocks: DatasetCoarsen,
    name: Option<Name>,
}

impl Dataset {
    /// Blocks of so many elements along a dimension.
    #[track_caller]
    pub fn coarsen(&self, dim: &str, len: usize) -> DatasetCoarsen {
        self.coarsen_over([(dim, len)])
    }

    /// Blocks along several dimensions at once.
    #[track_caller]
    pub fn coarsen_over<'a>(
        &self,
        blocks: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> DatasetCoarsen {
        let blocks: Vec<(Name, usize)> =
            blocks.into_iter().map(|(d, n)| (Name::from(d), n)).collect();
        let names: Vec<String> = blocks.iter().map(|(d, n)| format!("{d:?}: {n}")).collect();
        let set = self.verb(
            || format!("coarsen({})", names.join(", ")),
            |set| check(set, &blocks).map(|()| set.clone()),
        );
        let (boundary, side) = (Boundary::Exact, Side::Left);
        DatasetCoarsen { set, blocks, boundary, side, coords: mean(), coord_by: Vec::new() }
    }
}

fn check(set: &Dataset, blocks: &[(Name, usize)]) -> Result<()> {
    blocks.iter().map(|(d, _)| d).collect::<Dims>().check()?;
    for (dim, len) in blocks {
        if set.size_of(dim).is_none() {
            return Err(no_dimension(dim, set.sizes()));
        }
        if *len == 0 {
            return Err(Error::invalid(format!("blocks of no elements along \"{dim}\"")));
        }
    }
    Ok(())
}

impl DataArray {
    /// Blocks of so many elements along a dimension.
    #[track_caller]
    pub fn coarsen(&self, dim: &str, len: usize) -> DataArrayCoarsen {
        self.coarsen_over([(dim, len)])
    }

    /// Blocks along several dimensions at once.
    #[track_caller]
    pub fn coarsen_over<'a>(
        &self,
        blocks: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> DataArrayCoarsen {
        DataArrayCoarsen { blocks: self.set.coarsen_over(blocks), name: self.name.clone() }
    }
}

impl DatasetCoarsen {
    /// What becomes of elements that do not fill a block; by default they are an error.
    pub fn boundary(mut self, boundary: Boundary) -> Self {
        self.boundary = boundary;
        self
    }

    /// The side that blocks are counted from, so that what does not fill one lies on the other.
    pub fn side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// How coordinates are reduced; by their mean, if nothing else is said.
    pub fn coord_func(mut self, by: Reducer) -> Self {
        self.coords = by;
        self
    }

    /// How one coordinate is reduced.
    pub fn coord_func_of(mut self, coord: &str, by: Reducer) -> Self {
        self.coord_by.push((coord.into(), by));
        self
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.set.fault()
    }

    /// Where the elements of all blocks come from, along a dimension of length `n`.
    fn sources(&self, dim: &Name, n: usize, len: usize) -> Result<Vec<Option<usize>>> {
        let rest = n % len;
        let left = self.side == Side::Left;
        Ok(match self.boundary {
            Boundary::Exact if rest > 0 => {
                return Err(Error::mismatch(format!(
                    "blocks of {len} do not fill the dimension \"{dim}\" of length {n}"
                ))
                .hint("boundary(Boundary::Trim) or boundary(Boundary::Pad)"));
            }
            Boundary::Trim if left => (0..n - rest).map(Some).collect(),
            Boundary::Trim => (rest..n).map(Some).collect(),
            Boundary::Pad if rest > 0 => {
                let pad = std::iter::repeat_n(None, len - rest);
                if left {
                    (0..n).map(Some).chain(pad).collect()
                } else {
                    pad.chain((0..n).map(Some)).collect()
                }
            }
            _ => (0..n).map(Some).collect(),
        })
    }

    /// A variable with each block along a dimension of its own, behind the dimension of blocks.
    fn cut(&self, var: &Variable, inner: &[Name], outer: &[Name]) -> Result<Variable> {
        let mut made = var.clone();
        for (((dim, len), inner), outer) in self.blocks.iter().zip(inner).zip(outer) {
            let Some(axis) = made.axis(dim) else { continue };
            let n = made.size_of(dim).unwrap_or(0);
            let from = self.sources(dim, n, *len)?;
            let data = gather(made.data(), axis, &from)?;
            let data = data.split_axis(axis, &[from.len() / len, *len])?;
            let split = |d: &Name| match d == dim {
                true => vec![outer.clone(), inner.clone()],
                false => vec![d.clone()],
            };
            let dims: Dims = made.dims().iter().flat_map(split).collect();
            made = made.changed(dims, data)?;
        }
        Ok(made)
    }

    #[track_caller]
    fn run(&self, step: &str, by: &Statistic) -> Dataset {
        self.set.verb(|| step.to_owned(), |set| self.reduced(set, by))
    }

    fn reduced(&self, set: &Dataset, by: &Statistic) -> Result<Dataset> {
        let outer: Vec<Name> = self.blocks.iter().map(|(d, _)| d.clone()).collect();
        let inner: Vec<Name> =
            (0..outer.len()).map(|i| Name::from(format!("<block {i}>"))).collect();
        let over = Dims::from(&inner);
        let alone = set.data_vars().count() == 1;
        let mut parts = set.0.emptied();
        for (name, var) in set.variables() {
            let coord = set.is_coord(name);
            if !var.dims().iter().any(|d| outer.contains(d)) {
                parts.adopt(name, var.clone(), &set.0)?;
                continue;
            }
            // The mean of times falls between their ticks.
            let fine = if coord { finer_times(var)? } else { None };
            let var = fine.as_ref().unwrap_or(var);
            let made = self.cut(var, &inner, &outer).and_then(|cut| match (coord, by) {
                (true, _) if roles::are_bounds(set, name) => roles::united(&cut, &over).map(Some),
                (true, _) => self.coordinate(set, name, &cut, &over),
                (_, Statistic::Reduction(by)) => {
                    let reduction = by.build()?;
                    if !alone && !by.suits(&*reduction, var.dtype()) {
                        return Ok(None);
                    }
                    let made = cut.reduced(by, &reduction, &present(&cut, &over))?;
                    Ok(Some(made.with_attrs(by.described(var, &Dims::from(&outer), ""))))
                }
                (_, Statistic::Quantile(q, options)) => {
                    if !alone && !var.dtype().is_real() {
                        return Ok(None);
                    }
                    cut.quantiles(&Q::from(*q), &present(&cut, &over), *options).map(Some)
                }
            });
            if let Some(made) = made.map_err(|e| in_variable(e, name))? {
                parts.insert(name.clone(), made, coord)?;
            }
        }
        Ok(Dataset(Arc::new(parts)))
    }

    /// A coordinate of the blocks; in memory if it was.
    fn coordinate(
        &self,
        set: &Dataset,
        name: &Name,
        cut: &Variable,
        over: &Dims,
    ) -> Result<Option<Variable>> {
        let own = self.coord_by.iter().find(|(coord, _)| coord == name);
        let wanted = own.map_or(&self.coords, |(_, by)| by);
        // Labels that have no mean keep the first of each block.
        let fallback = first();
        let suits = wanted.build()?.result(cut.dtype()).is_ok();
        let by = if suits { wanted } else { &fallback };
        let made = cut.reduced(by, &by.build()?, &present(cut, over))?;
        if set.variable(name).and_then(Variable::in_memory).is_none() {
            return Ok(Some(made));
        }
        if by.name() == "mean" && made.ndim() == 1 && cut.ndim() == 2 {
            let mut rows = set.session().compute(&[cut.data().clone()])?;
            let rows = rows.pop().ok_or_else(|| Error::bug("labels that were not computed"))?;
            let len = cut.shape().last().copied().unwrap_or(1);
            if let Some(labels) = row_means(&rows, len) {
                return Ok(Some(made.with_data(LazyArray::constant(labels))?));
            }
        }
        let mut computed = set.session().compute(&[made.data().clone()])?;
        let labels =
            computed.pop().ok_or_else(|| Error::bug("a coordinate that was not computed"))?;
        let labels = LazyArray::constant(labels);
        Ok(Some(made.with_data(labels)?))
    }

    /// Reduces each block.
    // By value, because it reads as a call: `reduce(std().ddof(1.0))`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer) -> Dataset {
        self.run(&by.to_string(), &Statistic::Reduction(by.clone()))
    }

    /// The median of each block.
    #[track_caller]
    pub fn median(&self) -> Dataset {
        self.run("median()", &Statistic::Quantile(0.5, QuantileOptions::median()))
    }

    /// The blocks themselves: each dimension as two, one of the blocks and one within them.
    /// Coordinates become such, too.
    #[track_caller]
    pub fn construct<'a>(
        &self,
        dims: impl IntoIterator<Item = (&'a str, (&'a str, &'a str))>,
    ) -> Dataset {
        let dims: Vec<(Name, (Name, Name))> =
            dims.into_iter().map(|(d, (a, b))| (d.into(), (a.into(), b.into()))).collect();
        self.set.verb(|| "construct(..)".into(), |set| self.constructed(set, &dims))
    }

    fn constructed(&self, set: &Dataset, dims: &[(Name, (Name, Name))]) -> Result<Dataset> {
        let find = |dim: &Name| {
            dims.iter().find(|(d, _)| d == dim).map(|(_, pair)| pair.clone()).ok_or_else(|| {
                Error::invalid(format!("no names for the blocks along \"{dim}\""))
                    .hint("give two: the dimension of blocks and the one within them")
            })
        };
        let pairs: Vec<(Name, Name)> =
            self.blocks.iter().map(|(d, _)| find(d)).collect::<Result<_>>()?;
        let (outer, inner): (Vec<Name>, Vec<Name>) = pairs.into_iter().unzip();
        let mut parts = set.0.emptied();
        for (name, var) in set.variables() {
            let touched = self.blocks.iter().any(|(d, _)| var.dims().has(d));
            if touched {
                let made = self.cut(var, &inner, &outer).map_err(|e| in_variable(e, name))?;
                let made = self.held(set, name, made)?;
                parts.insert(name.clone(), made, set.is_coord(name))?;
            } else {
                parts.adopt(name, var.clone(), &set.0)?;
            }
        }
        Ok(Dataset(Arc::new(parts)))
    }

    /// A coordinate that was in memory stays there.
    fn held(&self, set: &Dataset, name: &Name, made: Variable) -> Result<Variable> {
        let was = set.variable(name).and_then(Variable::in_memory).is_some();
        if !was || !set.is_coord(name) {
            return Ok(made);
        }
        let mut computed = set.session().compute(&[made.data().clone()])?;
        let data =
            computed.pop().ok_or_else(|| Error::bug("a coordinate that was not computed"))?;
        made.with_data(LazyArray::constant(data))
    }
}

/// Times in memory in ticks as fine as xarray's: nanoseconds on the standard calendars, else
/// microseconds; as they are if these cannot hold them.
fn finer_times(var: &Variable) -> Result<Option<Variable>> {
    let (DType::Time(kind), Some(times)) = (var.dtype(), var.in_memory()) else { return Ok(None) };
    let unit = match kind.calendar {
        Calendar::Standard | Calendar::ProlepticGregorian => TimeUnit::Nanosecond,
        _ => TimeUnit::Microsecond,
    };
    match times.cast(&DType::Time(TimeType { unit, ..*kind })) {
        Ok(fine) => Ok(Some(var.clone().with_data(LazyArray::constant(fine))?)),
        Err(_) => Ok(None),
    }
}

/// What is computed of each block.
enum Statistic {
    Reduction(Reducer),
    Quantile(f64, QuantileOptions),
}

fn present(var: &Variable, dims: &Dims) -> Dims {
    dims.iter().filter(|d| var.dims().has(d)).collect()
}

named_reductions! {
    DatasetCoarsen, DataArrayCoarsen, "of each block",
    count sum prod mean min max any all var std first last
}

impl DataArrayCoarsen {
    /// What becomes of elements that do not fill a block; by default they are an error.
    pub fn boundary(mut self, boundary: Boundary) -> Self {
        self.blocks = self.blocks.boundary(boundary);
        self
    }

    /// The side that blocks are counted from, so that what does not fill one lies on the other.
    pub fn side(mut self, side: Side) -> Self {
        self.blocks = self.blocks.side(side);
        self
    }

    /// How coordinates are reduced; by their mean, if nothing else is said.
    pub fn coord_func(mut self, by: Reducer) -> Self {
        self.blocks = self.blocks.coord_func(by);
        self
    }

    /// How one coordinate is reduced.
    pub fn coord_func_of(mut self, coord: &str, by: Reducer) -> Self {
        self.blocks = self.blocks.coord_func_of(coord, by);
        self
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.blocks.fault()
    }

    fn named(&self, set: Dataset) -> DataArray {
        DataArray { set, name: self.name.clone() }
    }

    /// Reduces each block.
    #[track_caller]
    pub fn reduce(&self, by: Reducer) -> DataArray {
        self.named(self.blocks.reduce(by))
    }

    /// The median of each block.
    #[track_caller]
    pub fn median(&self) -> DataArray {
        self.named(self.blocks.median())
    }

    /// The blocks themselves: each dimension as two, one of the blocks and one within them.
    #[track_caller]
    pub fn construct<'a>(
        &self,
        dims: impl IntoIterator<Item = (&'a str, (&'a str, &'a str))>,
    ) -> DataArray {
        self.named(self.blocks.construct(dims))
    }
}

impl fmt::Debug for DatasetCoarsen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |(d, n): &(Name, usize)| format!("{d}: {n}");
        let blocks: Vec<String> = self.blocks.iter().map(text).collect();
        write!(f, "<graticule.DatasetCoarsen, {}>", blocks.join(", "))
    }
}

impl fmt::Debug for DataArrayCoarsen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.blocks);
        f.write_str(&text.replacen("DatasetCoarsen", "DataArrayCoarsen", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(x: &DataArray, expected: &[f64]) {
        let found = x.astype("float64").values::<f64>().unwrap();
        let near = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-6;
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(near),
            "{found:?} is not {expected:?}"
        );
    }

    fn ten() -> DataArray {
        DataArray::new("v", "x", (0..10).map(|i| i as f32).collect::<Vec<_>>())
            .with_coord("x", "x", (0..10).collect::<Vec<i32>>())
            .with_coord("l", "x", (0..10).map(f64::from).collect::<Vec<_>>())
            .with_coord("s", "x", vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn boundaries_and_sides() {
        let by = |boundary, side| ten().coarsen("x", 3).boundary(boundary).side(side);
        let trim = by(Boundary::Trim, Side::Left);
        same(&trim.mean(), &[1.0, 4.0, 7.0]);
        assert_eq!(trim.mean().dtype(), DType::F32);
        same(&trim.mean().coord("x"), &[1.0, 4.0, 7.0]);
        assert_eq!(trim.mean().coord("x").dtype(), DType::F64);
        assert!(trim.mean().set.index("x").is_some(), "labels stay in memory");
        assert_eq!(trim.mean().coord("s").texts().unwrap()[1].as_deref(), Some("d"));
        same(&by(Boundary::Trim, Side::Right).mean(), &[2.0, 5.0, 8.0]);
        same(&by(Boundary::Pad, Side::Left).mean(), &[1.0, 4.0, 7.0, 9.0]);
        same(&by(Boundary::Pad, Side::Left).count(), &[3.0, 3.0, 3.0, 1.0]);
        let right = by(Boundary::Pad, Side::Right);
        same(&right.sum(), &[0.0, 6.0, 15.0, 24.0]);
        same(&right.mean().coord("l"), &[0.0, 2.0, 5.0, 8.0]);
        same(&trim.median(), &[1.0, 4.0, 7.0]);
        same(&trim.clone().coord_func(max()).mean().coord("x"), &[2.0, 5.0, 8.0]);
        let own = trim.coord_func_of("x", min()).mean();
        assert_eq!(own.coord("x").values::<i32>().unwrap(), [0, 3, 6]);
        same(&own.coord("l"), &[1.0, 4.0, 7.0]);
        let ints = ten().astype("int32").coarsen("x", 3).boundary(Boundary::Pad);
        assert_eq!((ints.max().dtype(), ints.count().dtype()), (DType::F64, DType::I64));
    }

    #[test]
    fn times_have_means_between_their_ticks() {
        let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
        let times = graticule_array::Array::from_vec([2], vec![0i64, 1]).unwrap();
        let x = DataArray::new("v", "t", vec![1, 2]).with_coord(
            "t",
            "t",
            times.with_dtype(DType::Time(kind)).unwrap(),
        );
        let made = x.coarsen("t", 2).mean().coord("t");
        let ticks = made.variable().in_memory().unwrap().to_flat::<i64>().unwrap();
        assert_eq!(ticks, [500_000_000]);
    }

    #[test]
    fn several_dimensions_and_blocks_themselves() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        let g = DataArray::new("g", ["y", "x"], (values, [4, 6]));
        let made = g.coarsen_over([("y", 2), ("x", 3)]).mean();
        assert_eq!(made.dims().to_string(), "y, x");
        same(&made, &[4.0, 7.0, 16.0, 19.0]);
        same(&g.coarsen_over([("x", 3), ("y", 4)]).std(), &[6.757_711_3, 6.757_711_3]);
        let laid = ten().coarsen("x", 5).construct([("x", ("a", "b"))]);
        assert_eq!(laid.dims().to_string(), "a, b");
        assert_eq!(laid.coord("x").shape(), [2, 5]);
        same(&laid.isel("a", 1).coord("l"), &[5.0, 6.0, 7.0, 8.0, 9.0]);
    }

    #[test]
    fn mistakes_are_named_at_once() {
        let fails = |d: DataArray| d.check().unwrap_err().to_string();
        assert!(fails(ten().coarsen("x", 3).mean()).contains("Boundary::Trim"));
        assert!(fails(ten().coarsen("y", 3).mean()).contains("no dimension \"y\""));
        assert!(fails(ten().coarsen("x", 0).mean()).contains("no elements"));
        assert!(fails(ten().coarsen("x", 2).construct([])).contains("no names"));
    }
}
