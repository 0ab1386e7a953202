//! Statistics in which each element has a weight.

use std::fmt;
use std::sync::Arc;

use graticule_array::{
    Array, DType, Error, LineOp, MapOp, MathFn, Pick, Result, Scalar, Selection, WeightedQuantiles,
    ZipOp, promote,
};

use super::align;
use super::gather::as_type;
use super::quantile::Q;
use super::reduce::{Reducer, sum};
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over};
use crate::fault::Fault;
use crate::name::Name;
use crate::variable::Variable;

/// A dataset whose elements are weighted: by the cosine of latitude, the area of cells, the
/// days of months ... Weights are broadcast by name; where an element is missing, its weight
/// does not count.
///
/// ```
/// use graticule_dataset::DataArray;
/// let t = DataArray::new("t", ["lat", "lon"], (vec![1.0, 3.0, 5.0, f64::NAN], [2, 2]));
/// let area = DataArray::new("area", "lat", vec![2.0, 1.0]);
/// assert_eq!(t.weighted(&area).mean(..).item::<f64>()?, (2.0 + 6.0 + 5.0) / 5.0);
/// assert_eq!(t.weighted(&area).sum_of_weights("lat").values::<f64>()?, [3.0, 2.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DatasetWeighted {
    set: Dataset,
    weights: DataArray,
    skip: Option<bool>,
}

/// An array whose elements are weighted; see [`DatasetWeighted`].
#[derive(Clone)]
#[must_use]
pub struct DataArrayWeighted {
    weighted: DatasetWeighted,
    name: Option<Name>,
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stat {
    Sum,
    Mean,
    SumOfWeights,
    SumOfSquares,
    Var,
    Std,
}

impl Dataset {
    /// Gives each element the weight of an array that is broadcast by name. Weights must not be
    /// missing, and agree on the labels they share with the data.
    #[track_caller]
    pub fn weighted(&self, weights: &DataArray) -> DatasetWeighted {
        let set = match (self.fault(), weights.fault()) {
            (None, Some(fault)) => self.carrying(fault),
            _ => self.verb(
                || format!("weighted({})", weights.name().unwrap_or("..")),
                |set| check_weights(set, weights).map(|()| set.clone()),
            ),
        };
        DatasetWeighted { set, weights: weights.clone(), skip: None }
    }
}

impl DataArray {
    /// Gives each element the weight of an array; see [`Dataset::weighted`].
    #[track_caller]
    pub fn weighted(&self, weights: &DataArray) -> DataArrayWeighted {
        DataArrayWeighted { weighted: self.set.weighted(weights), name: self.name.clone() }
    }
}

fn check_weights(set: &Dataset, weights: &DataArray) -> Result<()> {
    align::check_exact(set, &weights.set)?;
    let var = weights.main()?;
    if !var.dtype().is_real() {
        return Err(Error::mismatch(format!("weights are numbers, found {}", var.dtype())));
    }
    let missing = match var.in_memory() {
        Some(values) => values.is_missing()?.to_flat::<bool>()?.contains(&true),
        None => false,
    };
    if missing {
        return Err(Error::invalid("weights must not be missing").hint("fill them: fillna(0)"));
    }
    Ok(())
}

impl DatasetWeighted {
    /// Whether missing elements are left out; they are by default.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.skip = Some(skip);
        self
    }

    #[track_caller]
    fn run(&self, word: &str, stat: Stat, over: &Over) -> Dataset {
        self.set.verb(|| format!("{word}({over})"), |set| self.reduced(set, stat, over))
    }

    fn reduced(&self, set: &Dataset, stat: Stat, over: &Over) -> Result<Dataset> {
        let weights = self.weights.main()?;
        let mut coords = align::merged_coords(set, &self.weights.set)?;
        // Weights may have dimensions that the data lack.
        for (dim, len) in weights.sizes() {
            coords.sizes.entry(dim.clone()).or_insert(len);
        }
        for (dim, len) in set.sizes() {
            coords.sizes.entry(dim.clone()).or_insert(len);
        }
        let coords = Dataset(Arc::new(coords));
        let dims = over.names(&coords)?;
        let mut parts = coords.0.emptied();
        for (name, var) in coords.coord_vars() {
            if !var.dims().iter().any(|d| dims.has(d)) {
                parts.adopt(name, var.clone(), &coords.0)?;
            }
        }
        let alone = set.data_vars().count() == 1;
        for (name, var) in set.data_vars() {
            if !alone && !var.dtype().is_real() {
                continue;
            }
            let made = self.statistic(var, weights, stat, &dims);
            parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }

    fn statistic(
        &self,
        var: &Variable,
        weights: &Variable,
        stat: Stat,
        over: &Dims,
    ) -> Result<Variable> {
        if !var.dtype().is_real() {
            return Err(Error::unsupported(format!("weighted statistics of {}", var.dtype())));
        }
        let to = result(stat, var.dtype(), weights.dtype())?;
        let (x, w) = (wide(var)?, wide(weights)?);
        let skip = self.skip.unwrap_or(true);
        let made = match stat {
            Stat::Sum => add(&x.zipped(ZipOp::Mul, &w)?, over, skip)?,
            Stat::SumOfWeights => total(&x, &w, over)?,
            Stat::Mean => mean(&x, &w, over, skip)?,
            Stat::SumOfSquares => squares(&x, &w, over, skip)?,
            Stat::Var | Stat::Std => {
                let var = squares(&x, &w, over, skip)?.zipped(ZipOp::Div, &total(&x, &w, over)?)?;
                if stat == Stat::Std { var.mapped(MapOp::Math(MathFn::Sqrt))? } else { var }
            }
        };
        let data = as_type(made.data(), &to)?;
        let encoding = var.encoding().after_change(&to);
        let name = match stat {
            Stat::Sum => "sum",
            Stat::Mean => "mean",
            Stat::Var => "var",
            Stat::Std => "std",
            Stat::SumOfWeights | Stat::SumOfSquares => "",
        };
        let own: Dims = over.iter().filter(|d| var.dims().has(d)).collect();
        let attrs = crate::roles::described(var.attrs(), name, &own, "");
        let attrs = crate::units::reduced(&attrs, name);
        Ok(made.with_data(data)?.with_attrs(attrs).with_encoding(encoding))
    }
}

/// The type of a result, whatever it is computed in.
fn result(stat: Stat, data: &DType, weights: &DType) -> Result<DType> {
    let both = promote(data, weights)?;
    Ok(match stat {
        Stat::Sum if both.is_unsigned_integer() => DType::U64,
        Stat::Sum if !both.is_float() => DType::I64,
        Stat::SumOfWeights if weights.is_float() => weights.clone(),
        _ if both.is_float() => both,
        _ => DType::F64,
    })
}

fn wide(var: &Variable) -> Result<Variable> {
    if *var.dtype() == DType::F64 { Ok(var.clone()) } else { var.mapped(MapOp::Cast(DType::F64)) }
}

fn add(var: &Variable, over: &Dims, skip: bool) -> Result<Variable> {
    let by: Reducer = sum().skipna(skip);
    var.reduced(&by, &by.build()?, over)
}

/// The sum of the weights of elements that are there; missing if it is 0.
fn total(x: &Variable, w: &Variable, over: &Dims) -> Result<Variable> {
    let there = x.mapped(MapOp::NotMissing)?.mapped(MapOp::Cast(DType::F64))?;
    let sum = add(&there.zipped(ZipOp::Mul, w)?, over, false)?;
    let zero = MapOp::with(ZipOp::Ne, Scalar::F64(0.0), false, &DType::F64)?;
    let missing = Variable::new(Dims::none(), Array::scalar(f64::NAN))?;
    sum.chosen(&sum.mapped(zero)?, &missing)
}

fn mean(x: &Variable, w: &Variable, over: &Dims, skip: bool) -> Result<Variable> {
    add(&x.zipped(ZipOp::Mul, w)?, over, skip)?.zipped(ZipOp::Div, &total(x, w, over)?)
}

fn squares(x: &Variable, w: &Variable, over: &Dims, skip: bool) -> Result<Variable> {
    let apart = x.zipped(ZipOp::Sub, &mean(x, w, over, skip)?)?;
    let square = apart.mapped(MapOp::Math(MathFn::Square))?;
    add(&square.zipped(ZipOp::Mul, w)?, over, skip)
}

impl DatasetWeighted {
    /// Weighted quantiles: linear between elements by the effective number of elements after
    /// Kish, as in xarray. Weights lie along the dimensions reduced over, and in memory. Several
    /// quantiles become the first dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>, over: impl Into<Over>) -> Dataset {
        let (q, over) = (q.into(), over.into());
        self.set.verb(
            || format!("quantile({:?}, {over})", q.values()),
            |set| self.try_quantile(set, &q, &over),
        )
    }

    fn try_quantile(&self, set: &Dataset, q: &Q, over: &Over) -> Result<Dataset> {
        q.check()?;
        let dims = over.names(set)?;
        let weights = self.weights.main()?;
        let values = weights.in_memory().ok_or_else(|| {
            Error::invalid("the weights of quantiles are not in memory").hint("compute() them")
        })?;
        if let Some(other) = weights.dims().iter().find(|d| !dims.has(d)) {
            return Err(Error::unsupported(format!(
                "weights along \"{other}\" of quantiles over ({dims})"
            )));
        }
        let values = values.cast(&DType::F64)?;
        if values.to_flat::<f64>()?.iter().any(|w| *w < 0.0) {
            return Err(Error::invalid("negative weights of quantiles"));
        }
        let mut parts = set.0.emptied();
        for (name, var) in set.variables() {
            let touched = var.dims().iter().any(|d| dims.has(d));
            if set.is_coord(name) {
                if !touched {
                    parts.adopt(name, var.clone(), &set.0)?;
                }
                continue;
            }
            let made = self.quantiles_of(var, weights, &values, q, &dims);
            parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
        }
        parts.insert("quantile", q.coord()?, true)?;
        Ok(Dataset(Arc::new(parts)))
    }

    fn quantiles_of(
        &self,
        var: &Variable,
        weights: &Variable,
        values: &Array,
        q: &Q,
        over: &Dims,
    ) -> Result<Variable> {
        let (kept, data) = var.gathered_last(over)?;
        // The weight of each element of a line, in the order of the dimensions gathered.
        let gone: Vec<(&Name, usize)> = var.sizes().filter(|(d, _)| over.has(d)).collect();
        let shape: Vec<usize> = gone.iter().map(|(_, n)| *n).collect();
        let axes: Vec<Option<usize>> = gone.iter().map(|(d, _)| weights.axis(d)).collect();
        let total = shape.iter().product();
        let along = values.spread(&axes, &shape, 0..total)?.to_flat::<f64>()?;
        let op = LineOp::WeightedQuantile(WeightedQuantiles {
            q: q.values().into(),
            weights: along.into(),
            skip_missing: self.skip.unwrap_or(true),
        });
        let made = data.along(op, kept.len())?;
        if q.is_one() {
            let first = Selection::all(made.shape()).with(kept.len(), Pick::At(0));
            return var.changed(kept, made.select(&first)?);
        }
        let order: Vec<usize> = [kept.len()].into_iter().chain(0..kept.len()).collect();
        let dims = Dims::from("quantile").union(&kept);
        var.changed(dims, made.permute(&order)?)
    }
}

impl DataArrayWeighted {
    /// Weighted quantiles: linear between elements by the effective number of elements after
    /// Kish, as in xarray. Weights lie along the dimensions reduced over, and in memory. Several
    /// quantiles become the first dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>, over: impl Into<Over>) -> DataArray {
        DataArray { set: self.weighted.quantile(q, over), name: self.name.clone() }
    }
}

macro_rules! statistics {
    ($($(#[$doc:meta])* $name:ident $stat:ident;)*) => {
        impl DatasetWeighted {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, over: impl Into<Over>) -> Dataset {
                self.run(stringify!($name), Stat::$stat, &over.into())
            }
        )*}

        impl DataArrayWeighted {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, over: impl Into<Over>) -> DataArray {
                let set = self.weighted.run(stringify!($name), Stat::$stat, &over.into());
                DataArray { set, name: self.name.clone() }
            }
        )*}
    };
}

statistics! {
    /// The sum of elements times weights.
    sum Sum;
    /// The mean: the sum over the sum of weights; missing where that is 0.
    mean Mean;
    /// The sum of the weights of elements that are there; missing where it is 0.
    sum_of_weights SumOfWeights;
    /// The weighted sum of squared differences from the weighted mean.
    sum_of_squares SumOfSquares;
    /// The variance: the sum of squares over the sum of weights.
    var Var;
    /// The square root of the variance.
    std Std;
}

impl DataArrayWeighted {
    /// Whether missing elements are left out; they are by default.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.weighted = self.weighted.skipna(skip);
        self
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.weighted.fault()
    }
}

impl DatasetWeighted {
    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.set.fault()
    }
}

impl fmt::Debug for DatasetWeighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<graticule.DatasetWeighted by {}>", self.weights.dims())
    }
}

impl fmt::Debug for DataArrayWeighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<graticule.DataArrayWeighted by {}>", self.weighted.weights.dims())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> (DataArray, DataArray) {
        let values = (0..12).map(|i| if i == 4 { f64::NAN } else { f64::from(i * i) });
        let x = DataArray::new("g", ["a", "b"], (values.collect::<Vec<_>>(), [3, 4])).with_coord(
            "b",
            "b",
            vec![0, 1, 2, 3],
        );
        (x, DataArray::new("w", "a", vec![1.0, 2.0, 3.0]))
    }

    fn near(found: &DataArray, expected: &[f64]) {
        let found = found.astype("float64").values::<f64>().unwrap();
        let close = |(a, b): (&f64, &f64)| {
            (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1.0)
        };
        assert!(found.iter().zip(expected).all(close), "{found:?} is not {expected:?}");
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn statistics_are_those_of_xarray() {
        let (x, w) = grid();
        let by = x.weighted(&w);
        near(&by.mean("a"), &[48.0, 49.0, 62.666_666_667, 78.333_333_333]);
        near(&by.mean(..), &[60.545_454_545_454_55]);
        near(&by.sum("a"), &[192.0, 294.0, 376.0, 470.0]);
        near(&by.std("a"), &[27.712_812_921, 32.984_845, 38.827_252_743, 44.701_478_971]);
        near(&by.var(..), &[1_544.975_206_611_57]);
        near(&by.sum_of_weights("a"), &[4.0, 6.0, 6.0, 6.0]);
        near(&by.sum_of_squares("a"), &[3072.0, 6528.0, 9_045.333_333_3, 11_989.333_333_3]);
        near(&by.clone().skipna(false).mean("a"), &[f64::NAN, 49.0, 62.666_667, 78.333_333]);
        near(&x.weighted(&(&w * 0.0)).mean("a"), &[f64::NAN; 4]);
        let single = x.astype("float32").weighted(&w.astype("float32"));
        assert_eq!(single.std(["a", "b"]).dtype(), DType::F32);
        near(&single.std(["a", "b"]), &[39.306_175_23]);
        near(&by.quantile(0.5, ..), &[62.846_153_846]);
        assert_eq!(by.quantile([0.1, 0.5], "a").dims().to_string(), "quantile, b");
        assert_eq!(by.mean("a").coords().names().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn weights_bring_their_dimensions() {
        let x = DataArray::new("g", ["a", "b"], ((0..6).collect::<Vec<i32>>(), [3, 2]));
        let w = DataArray::new("w", "c", vec![1.0, 3.0]).with_coord("c", "c", vec![5, 6]);
        let made = x.weighted(&w).sum("a");
        assert_eq!(made.dims().to_string(), "b, c");
        near(&made, &[6.0, 18.0, 9.0, 27.0]);
        let whole = x.weighted(&DataArray::new("w", "a", vec![1, 2, 3])).sum("a");
        assert_eq!((whole.dtype(), whole.values::<i64>().unwrap()), (DType::I64, vec![16, 22]));
        let set = x.to_dataset().with_var("t", "b", vec![1.0, 2.0]);
        let made = set.weighted(&DataArray::new("w", "a", vec![1, 2, 3])).mean("a");
        near(&made["t"], &[1.0, 2.0]);
    }

    #[test]
    fn mistakes_are_named_at_once() {
        let (x, w) = grid();
        let fails = |d: DataArray| d.check().unwrap_err().to_string();
        assert!(fails(x.weighted(&w).mean("c")).contains("no dimension \"c\""));
        let holes = DataArray::new("w", "a", vec![1.0, f64::NAN, 1.0]);
        assert!(fails(x.weighted(&holes).mean("a")).contains("fillna(0)"));
        let short = DataArray::new("w", "a", vec![1.0, 2.0]);
        assert!(fails(x.weighted(&short).mean("a")).contains("lengths are 3 and 2"));
    }
}
