//! Covariance and correlation of two arrays over the positions where both have a value.

use graticule_array::{DType, MapOp, MathFn, Result, ZipOp};

use super::align;
use super::operand::Operand;
use crate::data_array::DataArray;
use crate::dims::Over;

/// How covariances and correlations are computed.
#[derive(Clone, Debug)]
#[must_use]
pub struct CovOptions {
    ddof: f64,
    weights: Option<DataArray>,
}

impl Default for CovOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl CovOptions {
    /// One degree of freedom is taken off, and nothing is weighted.
    pub fn new() -> Self {
        Self { ddof: 1.0, weights: None }
    }

    /// What is taken off the number of pairs before the covariance is divided by it; 1 by
    /// default. Correlations do not depend on it.
    pub fn ddof(mut self, ddof: f64) -> Self {
        self.ddof = ddof;
        self
    }

    /// Weights for the pairs, broadcast by name.
    pub fn weights(mut self, weights: &DataArray) -> Self {
        self.weights = Some(weights.clone());
        self
    }
}

/// The covariance of two arrays; see [`DataArray::cov`].
#[track_caller]
pub fn cov(a: &DataArray, b: &DataArray, over: impl Into<Over>) -> DataArray {
    a.cov(b, over)
}

/// The Pearson correlation of two arrays; see [`DataArray::corr`].
#[track_caller]
pub fn corr(a: &DataArray, b: &DataArray, over: impl Into<Over>) -> DataArray {
    a.corr(b, over)
}

impl DataArray {
    /// The covariance with another array over dimensions (`..` for all), of the pairs in which
    /// neither value is missing; one degree of freedom is taken off. A `float64` array. Labels
    /// must agree, unless an array has been told how to join them ([`with_join`](Self::with_join)).
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 2.0, 3.0, f64::NAN]);
    /// let y = DataArray::new("y", "t", vec![2.0, 4.0, 6.0, 100.0]);
    /// assert_eq!(x.cov(&y, "t").item::<f64>()?, 2.0);
    /// assert!((x.corr(&y, "t").item::<f64>()? - 1.0).abs() < 1e-15);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn cov(&self, other: &Self, over: impl Into<Over>) -> Self {
        let over = over.into();
        self.moments(other, &over, &CovOptions::new(), false)
    }

    /// The covariance with options: other degrees of freedom, weights.
    #[track_caller]
    pub fn cov_with(&self, other: &Self, over: impl Into<Over>, options: &CovOptions) -> Self {
        let over = over.into();
        self.moments(other, &over, options, false)
    }

    /// The Pearson correlation with another array over dimensions (`..` for all), of the pairs
    /// in which neither value is missing.
    #[track_caller]
    pub fn corr(&self, other: &Self, over: impl Into<Over>) -> Self {
        let over = over.into();
        self.moments(other, &over, &CovOptions::new(), true)
    }

    /// The correlation with options: weights.
    #[track_caller]
    pub fn corr_with(&self, other: &Self, over: impl Into<Over>, options: &CovOptions) -> Self {
        let over = over.into();
        self.moments(other, &over, options, true)
    }

    #[track_caller]
    fn moments(&self, other: &Self, over: &Over, options: &CovOptions, normal: bool) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        let word = if normal { "corr" } else { "cov" };
        self.array_verb(
            || format!("{word}({}, {over})", other.name().unwrap_or("..")),
            |a| a.try_moments(other, over, options, normal),
        )
    }

    fn try_moments(
        &self,
        other: &Self,
        over: &Over,
        options: &CovOptions,
        normal: bool,
    ) -> Result<Self> {
        match align::joined_arrays(self, other)? {
            Some((a, b)) => a.aligned_moments(&b, over, options, normal),
            None => self.aligned_moments(other, over, options, normal),
        }
    }

    fn aligned_moments(
        &self,
        other: &Self,
        over: &Over,
        options: &CovOptions,
        normal: bool,
    ) -> Result<Self> {
        align::check_exact(&self.set, &other.set)?;
        let (a, b) = (self.wide()?, other.wide()?);
        let together = a.notnull().and(b.notnull()).check()?;
        let dims = over.names(&together.set)?;
        let (a, b) = (a.where_(&together), b.where_(&together));
        let weights = options.weights.as_ref().map(Self::wide).transpose()?;
        let mean = |x: &Self| match &weights {
            None => x.mean(&dims),
            Some(w) => (x * w).sum(&dims) / w.where_(&together).sum(&dims),
        };
        let (da, db) = (&a - mean(&a), &b - mean(&b));
        let joint = mean(&(da.conjugate()? * &db));
        let made = if normal {
            let spread = |d: &Self| mean(&d.abs().square()).sqrt();
            let ratio = joint / (spread(&da) * spread(&db));
            let float = |x: &Self| x.dtype().with_missing();
            ratio.astype(graticule_array::promote(&float(self), &float(other))?)
        } else {
            let pairs = together.sum(&dims).astype(DType::F64);
            joint * (&pairs / (&pairs - options.ddof))
        };
        let name = self.name.clone().filter(|_| self.name == other.name);
        Ok(Self { name, ..made.check()? })
    }

    /// In double precision, so that little is lost between the steps.
    fn wide(&self) -> Result<Self> {
        let to = if self.dtype().is_complex() { DType::C128 } else { DType::F64 };
        self.clone().astype(to).check()
    }

    fn conjugate(&self) -> Result<Self> {
        if !self.dtype().is_complex() {
            return Ok(self.clone());
        }
        let set = self.set.try_map(&MapOp::Math(MathFn::Conj))?;
        Ok(Self { set, name: self.name.clone() })
    }

    /// The sum of products with another array over the dimensions that both have, or over some
    /// (`..` for all); a missing value makes the sum missing. The products are summed block by
    /// block: the broadcast product is never held as a whole.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let m = DataArray::new("m", ["y", "x"], (vec![1.0, 2.0, 3.0, 4.0], [2, 2]));
    /// let v = DataArray::new("v", "x", vec![10.0, 1.0]);
    /// assert_eq!(m.dot(&v, ()).values::<f64>()?, [12.0, 34.0]);
    /// assert_eq!(m.dot(&v, ..).item::<f64>()?, 46.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn dot(&self, other: &Self, over: impl Into<Over>) -> Self {
        dot([self, other], over)
    }
}

/// The sum of products of several arrays: over the dimensions that more than one of them has
/// (`()`), over some, or over all (`..`). See [`DataArray::dot`].
///
/// ```
/// use graticule_dataset::{DataArray, dot};
/// let a = DataArray::new("a", "x", vec![1, 2, 3]);
/// assert_eq!(dot([&a, &a, &a], "x").item::<i32>()?, 36);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[track_caller]
pub fn dot<'a>(
    arrays: impl IntoIterator<Item = &'a DataArray>,
    over: impl Into<Over>,
) -> DataArray {
    let (arrays, over) = (arrays.into_iter().collect::<Vec<_>>(), over.into());
    let Some((first, rest)) = arrays.split_first() else {
        return DataArray::new("", (), 1.0).array_verb(
            || "dot([])".into(),
            |_| Err(graticule_array::Error::invalid("a product of no arrays")),
        );
    };
    if let (None, Some(fault)) = (first.fault(), rest.iter().find_map(|a| a.fault())) {
        return DataArray { set: first.set.carrying(fault), name: first.name.clone() };
    }
    first.array_verb(|| format!("dot(.., {over})"), |_| contracted(&arrays, &over))
}

fn contracted(arrays: &[&DataArray], over: &Over) -> Result<DataArray> {
    let mut product: Option<DataArray> = None;
    for array in arrays {
        product = Some(match product {
            None => (*array).clone(),
            Some(so_far) => so_far.pair(
                &Operand::from(*array),
                |v, _| Ok(v.clone()),
                |a, b| a.zipped(ZipOp::Mul, b),
            )?,
        });
    }
    let product = product.unwrap_or_else(|| DataArray::new("", (), 1.0));
    let dtype = product.dtype();
    let shared = |dim: &&crate::name::Name| arrays.iter().filter(|a| a.dims().has(dim)).count() > 1;
    let dims = match over {
        Over::Default => product.dims().iter().filter(shared).collect(),
        named => named.names(&product.set)?,
    };
    let by = if dtype == DType::Bool { super::any() } else { super::sum().skipna(false) };
    let made = product.reduce(by, dims);
    // Like a product of matrices, in the type of the elements.
    let made = if made.dtype() == dtype { made } else { made.astype(dtype) };
    made.check()
}
