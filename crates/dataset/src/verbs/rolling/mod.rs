//! Statistics of moving windows.

mod construct;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::Location;

use graticule_array::{Error, LineOp, QuantileMethod, Result, Window, WindowStat};

use super::gather::gather;
use super::quantile::{Q, QuantileOptions};
use super::reduce::{Reducer, count, max, mean, min, prod, std, sum, var};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::fault::Fault;
use crate::name::Name;
use crate::roles;
use crate::variable::Variable;

/// A dataset seen through windows that move along one or more dimensions. A window ends at its
/// element, or has it in the middle ([`center`](Self::center); of an even number the extra
/// element lies before it). Missing elements do not count; windows with fewer elements than
/// [`min_periods`](Self::min_periods) (by default all) are missing.
///
/// ```
/// use graticule_dataset::DataArray;
/// let x = DataArray::new("x", "t", vec![1.0, 2.0, 6.0, 4.0]);
/// let means = x.rolling("t", 3).center(true).min_periods(2).mean();
/// assert_eq!(means.values::<f64>()?, [1.5, 3.0, 4.0, 5.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DatasetRolling {
    set: Dataset,
    windows: Vec<Span>,
    least: Option<usize>,
}

/// An array seen through moving windows; see [`DatasetRolling`].
#[derive(Clone)]
#[must_use]
pub struct DataArrayRolling {
    windows: DatasetRolling,
    name: Option<Name>,
}

/// A window along one dimension.
#[derive(Clone, Debug)]
struct Span {
    dim: Name,
    len: usize,
    center: bool,
}

impl Span {
    /// How many elements lie before the one that the window belongs to.
    fn before(&self) -> usize {
        if self.center { self.len / 2 } else { self.len.saturating_sub(1) }
    }
}

fn check(set: &Dataset, windows: &[Span]) -> Result<()> {
    let dims: Dims = windows.iter().map(|w| &w.dim).collect();
    dims.check()?;
    for window in windows {
        if set.size_of(&window.dim).is_none() {
            return Err(no_dimension(&window.dim, set.sizes()));
        }
        if window.len == 0 {
            return Err(Error::invalid(format!(
                "a window of no elements along \"{}\"",
                window.dim
            )));
        }
    }
    Ok(())
}

impl Dataset {
    /// Windows of so many elements that move along a dimension.
    #[track_caller]
    pub fn rolling(&self, dim: &str, len: usize) -> DatasetRolling {
        self.rolling_over([(dim, len)])
    }

    /// Windows that move along several dimensions at once.
    #[track_caller]
    pub fn rolling_over<'a>(
        &self,
        windows: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> DatasetRolling {
        let span = |(dim, len): (&str, usize)| Span { dim: dim.into(), len, center: false };
        let windows: Vec<Span> = windows.into_iter().map(span).collect();
        let names: Vec<String> =
            windows.iter().map(|w| format!("{:?}: {}", w.dim, w.len)).collect();
        let set = self.verb(
            || format!("rolling({})", names.join(", ")),
            |set| check(set, &windows).map(|()| set.clone()),
        );
        DatasetRolling { set, windows, least: None }
    }

    /// Windows that hold all elements up to each one.
    #[track_caller]
    pub fn cumulative(&self, dim: &str) -> DatasetRolling {
        let len = self.size_of(dim).unwrap_or(1).max(1);
        self.rolling(dim, len).min_periods(1)
    }
}

impl DataArray {
    /// Windows of so many elements that move along a dimension.
    #[track_caller]
    pub fn rolling(&self, dim: &str, len: usize) -> DataArrayRolling {
        self.rolling_over([(dim, len)])
    }

    /// Windows that move along several dimensions at once.
    #[track_caller]
    pub fn rolling_over<'a>(
        &self,
        windows: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> DataArrayRolling {
        DataArrayRolling { windows: self.set.rolling_over(windows), name: self.name.clone() }
    }

    /// Windows that hold all elements up to each one.
    #[track_caller]
    pub fn cumulative(&self, dim: &str) -> DataArrayRolling {
        DataArrayRolling { windows: self.set.cumulative(dim), name: self.name.clone() }
    }
}

impl DatasetRolling {
    /// Whether windows have their element in the middle.
    pub fn center(mut self, center: bool) -> Self {
        self.windows.iter_mut().for_each(|w| w.center = center);
        self
    }

    /// Whether windows along one dimension have their element in the middle.
    pub fn center_along(mut self, dim: &str, center: bool) -> Self {
        let along = self.windows.iter_mut().filter(|w| w.dim == dim);
        along.for_each(|w| w.center = center);
        self
    }

    /// How many elements a window needs, so as not to be missing.
    pub fn min_periods(mut self, count: usize) -> Self {
        self.least = Some(count);
        self
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.set.fault()
    }

    /// The number of elements in a window.
    fn full(&self) -> usize {
        self.windows.iter().fold(1, |n, w| n.saturating_mul(w.len))
    }

    /// Reduces each window: by `count`, `sum`, `prod`, `mean`, `min`, `max`, `var` or `std`.
    // By value, because it reads as a call: `reduce(std().ddof(1.0))`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer) -> Dataset {
        let ddof = by.params().ddof;
        let stat = match by.name() {
            "count" => Some(WindowStat::Count),
            "sum" => Some(WindowStat::Sum),
            "prod" => Some(WindowStat::Prod),
            "mean" => Some(WindowStat::Mean),
            "min" => Some(WindowStat::Min),
            "max" => Some(WindowStat::Max),
            "var" => Some(WindowStat::Var { ddof }),
            "std" => Some(WindowStat::Std { ddof }),
            _ => None,
        };
        let strict = by.params().skipna == Some(false);
        self.run(&by.to_string(), Location::caller(), |set| match stat {
            Some(stat) => self.reduced(set, &By::Stat(stat, by.clone()), strict),
            None => Err(Error::unsupported(format!("moving windows have no {by}"))),
        })
    }

    /// Quantiles of each window; several become a last dimension `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: f64, method: QuantileMethod) -> Dataset {
        self.run(&format!("quantile({q})"), Location::caller(), |set| {
            Q::from(q).check()?;
            self.reduced(set, &By::Quantile(q, method), false)
        })
    }

    /// The median of each window.
    #[track_caller]
    pub fn median(&self) -> Dataset {
        self.quantile(0.5, QuantileMethod::Linear)
    }

    /// The position within each window of its first lowest element.
    #[track_caller]
    pub fn argmin(&self) -> Dataset {
        self.run("argmin()", Location::caller(), |set| {
            self.reduced(set, &By::Place(WindowStat::ArgMin), false)
        })
    }

    /// The position within each window of its first highest element.
    #[track_caller]
    pub fn argmax(&self) -> Dataset {
        self.run("argmax()", Location::caller(), |set| {
            self.reduced(set, &By::Place(WindowStat::ArgMax), false)
        })
    }

    fn run(
        &self,
        step: &str,
        place: &'static Location<'static>,
        body: impl FnOnce(&Dataset) -> Result<Dataset>,
    ) -> Dataset {
        if self.fault().is_some() {
            return self.set.clone();
        }
        self.set.settle(step.to_owned(), body(&self.set), place)
    }

    fn reduced(&self, set: &Dataset, by: &By, strict: bool) -> Result<Dataset> {
        let full = self.full();
        let least = if strict { full } else { self.least.unwrap_or(full) };
        if least > full {
            let text =
                format!("min_periods({least}) of windows of {full} elements: none has so many");
            return Err(Error::invalid(text).hint(format!("ask for at most {full}")));
        }
        let made = set.map_data(|var| {
            let windows: Vec<&Span> =
                self.windows.iter().filter(|w| var.dims().has(&w.dim)).collect();
            let made = match &*windows {
                [] => return Ok(var.clone()),
                [one] => moved(var, one, least, by),
                many => spread(var, many, least, by),
            }?;
            let By::Stat(_, reducer) = by else { return Ok(made) };
            let over: Dims = windows.iter().map(|w| &w.dim).collect();
            Ok(made.with_attrs(reducer.described(var, &over, "")))
        })?;
        self.bounded(set, made)
    }

    /// Bounds that are coordinates become those of the windows: from the first cell of each to
    /// the last.
    fn bounded(&self, set: &Dataset, mut made: Dataset) -> Result<Dataset> {
        for (_, coord) in set.coord_vars() {
            let Some((name, cells)) = roles::intervals(set, coord) else { continue };
            let Some(span) = self.windows.iter().find(|w| cells.axis(&w.dim) == Some(0)) else {
                continue;
            };
            let n = cells.size_of(&span.dim).unwrap_or(0);
            let at = |i: usize| {
                let first = i.saturating_sub(span.before());
                let last = i.saturating_add(span.len - 1).saturating_sub(span.before());
                let last = last.min(n.saturating_sub(1));
                [Some(first), Some(last)]
            };
            let ends: Vec<Option<usize>> = (0..n).flat_map(at).collect();
            let cut = gather(cells.data(), 0, &ends)?.split_axis(0, &[n, 2])?;
            let dims = [&*span.dim, "<window>"]
                .into_iter()
                .chain(cells.dims().iter().skip(1).map(|d| &**d));
            let cut = cells.changed(dims.collect(), cut)?;
            made = made.with_coord_variable(name, roles::united(&cut, &Dims::from("<window>"))?);
        }
        Ok(made)
    }
}

/// What is computed of each window.
enum By {
    Stat(WindowStat, Reducer),
    Quantile(f64, QuantileMethod),
    Place(WindowStat),
}

/// Windows along one dimension, which move without being laid out.
fn moved(var: &Variable, span: &Span, least: usize, by: &By) -> Result<Variable> {
    let stat = match by {
        By::Stat(stat, _) | By::Place(stat) => *stat,
        By::Quantile(q, method) => WindowStat::Quantile { q: *q, method: *method },
    };
    let window = Window { len: span.len, before: span.before(), least, stat };
    let axis = var.axis(&span.dim).ok_or_else(|| Error::bug("a window without its dimension"))?;
    super::carry::along(var, LineOp::Window(window), axis)
}

/// Windows along several dimensions, laid out along new ones and reduced.
fn spread(var: &Variable, windows: &[&Span], least: usize, by: &By) -> Result<Variable> {
    let mut laid = var.clone();
    let mut dims = Vec::new();
    for (i, span) in windows.iter().enumerate() {
        let dim = Name::from(format!("<window {i}>"));
        laid = construct::laid_out(&laid, span, &dim, 1, None)?;
        dims.push(dim);
    }
    let dims = Dims::from(dims);
    let counts = laid.reduced(&count(), &count().build()?, &dims)?;
    let made = match by {
        By::Stat(_, by) => laid.reduced(by, &by.build()?, &dims)?,
        By::Quantile(q, method) => {
            let options = QuantileOptions { method: *method, ..QuantileOptions::median() };
            laid.quantiles(&Q::from(*q), &dims, options)?
        }
        By::Place(_) => {
            return Err(Error::unsupported("positions within windows of several dimensions")
                .hint("roll along one dimension"));
        }
    };
    let enough = graticule_array::MapOp::with(
        graticule_array::ZipOp::Ge,
        graticule_array::Scalar::I64(i64::try_from(least.max(1)).unwrap_or(i64::MAX)),
        false,
        counts.dtype(),
    )?;
    let to = match by {
        By::Stat(WindowStat::Count, _) => graticule_array::DType::F64,
        _ => var.dtype().with_missing(),
    };
    let made = made.clone().with_data(super::gather::as_type(made.data(), &to)?)?;
    let missing = Variable::new((), graticule_array::Array::missing(&to, &[])?)?;
    let shown = made.chosen(&counts.mapped(enough)?, &missing)?;
    Ok(shown.with_attrs(var.attrs().clone()))
}

named_reductions! {
    DatasetRolling, DataArrayRolling, "of each window",
    count sum prod mean min max var std
}

impl DataArrayRolling {
    /// Whether windows have their element in the middle.
    pub fn center(mut self, center: bool) -> Self {
        self.windows = self.windows.center(center);
        self
    }

    /// Whether windows along one dimension have their element in the middle.
    pub fn center_along(mut self, dim: &str, center: bool) -> Self {
        self.windows = self.windows.center_along(dim, center);
        self
    }

    /// How many elements a window needs, so as not to be missing.
    pub fn min_periods(mut self, count: usize) -> Self {
        self.windows = self.windows.min_periods(count);
        self
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.windows.fault()
    }

    fn named(&self, set: Dataset) -> DataArray {
        DataArray { set, name: self.name.clone() }
    }

    /// Reduces each window: by `count`, `sum`, `prod`, `mean`, `min`, `max`, `var` or `std`.
    #[track_caller]
    pub fn reduce(&self, by: Reducer) -> DataArray {
        self.named(self.windows.reduce(by))
    }

    /// A quantile of each window.
    #[track_caller]
    pub fn quantile(&self, q: f64, method: QuantileMethod) -> DataArray {
        self.named(self.windows.quantile(q, method))
    }

    /// The median of each window.
    #[track_caller]
    pub fn median(&self) -> DataArray {
        self.named(self.windows.median())
    }

    /// The position within each window of its first lowest element.
    #[track_caller]
    pub fn argmin(&self) -> DataArray {
        self.named(self.windows.argmin())
    }

    /// The position within each window of its first highest element.
    #[track_caller]
    pub fn argmax(&self) -> DataArray {
        self.named(self.windows.argmax())
    }
}

impl fmt::Debug for DatasetRolling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |w: &Span| format!("{}: {}", w.dim, w.len);
        let windows: Vec<String> = self.windows.iter().map(text).collect();
        write!(f, "<graticule.DatasetRolling, {}>", windows.join(", "))
    }
}

impl fmt::Debug for DataArrayRolling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.windows);
        f.write_str(&text.replacen("DatasetRolling", "DataArrayRolling", 1))
    }
}
