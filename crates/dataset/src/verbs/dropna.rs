//! Leaving out positions that have missing values. Reads data: how many stay depends on it.

use graticule_array::{DType, Error, Pick, Result};

use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};

/// Which positions [`Dataset::dropna_with`] leaves out.
///
/// ```
/// use graticule_dataset::{DataArray, DropNa};
/// let x = DataArray::new("x", ["t", "y"], (vec![1.0, f64::NAN, f64::NAN, f64::NAN], [2, 2]));
/// assert_eq!(x.dropna("t")?.size_of("t"), Some(0));
/// assert_eq!(x.dropna_with("t", &DropNa::all())?.size_of("t"), Some(1));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct DropNa {
    all: bool,
    thresh: Option<usize>,
    subset: Option<Dims>,
}

impl DropNa {
    /// Positions where any value is missing: the default.
    pub fn any() -> Self {
        Self::default()
    }

    /// Positions where all values are missing.
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Positions with fewer values than this that are not missing.
    pub fn thresh(count: usize) -> Self {
        Self { thresh: Some(count), ..Self::default() }
    }

    /// Looks at these variables only.
    pub fn subset(mut self, names: impl Into<Dims>) -> Self {
        self.subset = Some(names.into());
        self
    }
}

impl Dataset {
    /// Leaves out the positions along a dimension where any data variable has a missing value.
    /// Reads the data.
    ///
    /// # Errors
    /// The carried fault, a dimension that does not exist, or what goes wrong while reading.
    pub fn dropna(&self, dim: &str) -> Result<Self> {
        self.dropna_with(dim, &DropNa::any())
    }

    /// Leaves out positions along a dimension: where all values are missing, or too many, in
    /// some of the variables. Reads the data.
    ///
    /// # Errors
    /// The carried fault, a dimension or variable that does not exist, or what goes wrong while
    /// reading.
    pub fn dropna_with(&self, dim: &str, which: &DropNa) -> Result<Self> {
        self.sound()?;
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let names: Dims = match &which.subset {
            Some(names) => names.clone(),
            None => self.data_vars().map(|(n, _)| n).collect(),
        };
        let (mut counts, mut cells) = (vec![0i64; len], 0i64);
        let mut wanted = Vec::new();
        for name in &names {
            let var = self.find(name)?;
            if !var.dims().has(dim) {
                continue;
            }
            let per_position = var.data().len().checked_div(len).unwrap_or(0);
            cells = cells.saturating_add(i64::try_from(per_position).unwrap_or(i64::MAX));
            let others: Dims = var.dims().iter().filter(|d| *d != dim).collect();
            let array = DataArray::from_variable(name, var.clone()).with_session(&self.session());
            wanted.push(array.count(others));
        }
        for made in crate::compute(&wanted)? {
            for (total, here) in counts.iter_mut().zip(made.astype(DType::I64).values::<i64>()?) {
                *total = total.saturating_add(here);
            }
        }
        let needed = match (which.thresh, which.all) {
            (Some(count), _) => i64::try_from(count).unwrap_or(i64::MAX),
            (None, true) => i64::from(cells > 0),
            (None, false) => cells,
        };
        let kept: Vec<usize> =
            counts.iter().enumerate().filter(|(_, n)| **n >= needed).map(|(i, _)| i).collect();
        if kept.len() == len {
            return Ok(self.clone());
        }
        let mut made = self.picked(dim, &Pick::List(kept.into()))?;
        std::sync::Arc::make_mut(&mut made.0).trail = self.0.trail.then(format!("dropna({dim:?})"));
        Ok(made)
    }
}

impl DataArray {
    /// Leaves out the positions along a dimension where any value is missing. Reads the data.
    ///
    /// # Errors
    /// The carried fault, a dimension that does not exist, or what goes wrong while reading.
    pub fn dropna(&self, dim: &str) -> Result<Self> {
        self.dropna_with(dim, &DropNa::any())
    }

    /// Leaves out positions along a dimension: where all values are missing, or too many. Reads
    /// the data.
    ///
    /// # Errors
    /// The carried fault, a dimension that does not exist, a subset (there is one variable
    /// only), or what goes wrong while reading.
    pub fn dropna_with(&self, dim: &str, which: &DropNa) -> Result<Self> {
        if which.subset.is_some() {
            return Err(self.named(Error::invalid("an array has no subset of variables")));
        }
        let which = DropNa { subset: Some(Dims::from(MAIN)), ..which.clone() };
        let set = self.set.dropna_with(dim, &which).map_err(|e| self.named(e))?;
        Ok(Self { set, name: self.name.clone() })
    }
}
