//! The terminals: what touches data, or leaves the labelled world.

use std::borrow::Borrow;
use std::sync::Arc;

use graticule_array::{Array, DType, Element, Error, Result, Scalar, ndarray::ArrayD};
use graticule_lazy::{Analysis, LazyArray, Plan, RunOptions, Session, Totals};

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;

/// Computes everything that is not in memory in several datasets, in one run.
fn compute_sets(
    session: &Session,
    sets: &[&Dataset],
    options: &RunOptions,
) -> Result<Vec<Dataset>> {
    for set in sets {
        set.sound()?;
    }
    let wanted: Vec<LazyArray> = sets.iter().flat_map(|set| set.lazy_data()).collect();
    let made = if wanted.is_empty() { Vec::new() } else { session.run(&wanted, options)? };
    let mut made = made.into_iter();
    sets.iter().map(|set| set.with_computed(&mut made)).collect()
}

impl Dataset {
    /// The data that is not in memory, in the order of the variables.
    fn lazy_data(&self) -> Vec<LazyArray> {
        let lazy = self.variables().map(|(_, v)| v.data()).filter(|d| d.as_constant().is_none());
        lazy.cloned().collect()
    }

    fn with_computed(&self, made: &mut impl Iterator<Item = Array>) -> Result<Self> {
        let done = self.map_vars(|_, var| {
            if var.in_memory().is_some() {
                return Ok(Some(var.clone()));
            }
            let data = made.next().ok_or_else(|| Error::bug("a run returned too few arrays"))?;
            var.clone().loaded(LazyArray::constant(data)).map(Some)
        })?;
        let mut done = done;
        let parts = Arc::make_mut(&mut done.0);
        parts.trail = self.0.trail.clone();
        parts.keep_indexes(&self.0);
        Ok(done)
    }

    /// Reads and computes all variables in one run that shares reads, and gives back a dataset
    /// in memory.
    ///
    /// # Errors
    /// The carried fault, or what goes wrong while reading and computing.
    pub fn compute(&self) -> Result<Self> {
        self.compute_with(&RunOptions::default())
    }

    /// [`compute`](Self::compute) that can be stopped from another thread, ends after a time limit,
    /// or tells its progress.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// use graticule_lazy::{RunOptions, StopFlag};
    /// let ds = Dataset::new().with_var("x", "t", vec![1.0, 2.0]);
    /// let stop = StopFlag::new(); // for another thread: `stop.clone().stop()`
    /// let options = RunOptions { stop: Some(stop), ..RunOptions::default() };
    /// assert_eq!(ds.compute_with(&options)?["x"].values::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`compute`](Self::compute); one that is
    /// [`is_cancelled`](graticule_array::Error::is_cancelled) if it was stopped.
    pub fn compute_with(&self, options: &RunOptions) -> Result<Self> {
        let mut done = compute_sets(&self.session(), &[self], options)?;
        done.pop().ok_or_else(|| Error::bug("a run without a result"))
    }

    /// The same as [`compute`](Self::compute), for a dataset that is not needed lazily any more.
    ///
    /// # Errors
    /// The carried fault, or what goes wrong while reading and computing.
    pub fn load(self) -> Result<Self> {
        self.compute()
    }

    /// Reads and computes some variables or coordinates; the others stay as they are. A
    /// coordinate that was too large to be read at opening can be selected by after this.
    ///
    /// # Errors
    /// The carried fault, a name that does not exist, or what goes wrong while computing.
    pub fn load_vars(&self, names: impl Into<Dims>) -> Result<Self> {
        self.sound()?;
        let names = names.into();
        for name in &names {
            self.find(name)?;
        }
        let wanted = self.map_vars(|name, var| Ok(names.has(name).then(|| var.clone())))?;
        let done = wanted.compute()?;
        let mut made =
            self.map_vars(|name, var| Ok(Some(done.variable(name).unwrap_or(var).clone())))?;
        Arc::make_mut(&mut made.0).keep_indexes(&self.0);
        Ok(made)
    }

    /// What [`compute`](Self::compute) would read and run. Reads nothing.
    ///
    /// # Errors
    /// The carried fault, or why it cannot be run (over budget, unsupported).
    pub fn explain(&self) -> Result<Plan> {
        self.sound()?;
        self.session().plan(&self.lazy_data())
    }

    /// Bytes to read, peak memory and tasks of [`compute`](Self::compute). Reads nothing.
    ///
    /// # Errors
    /// The carried fault, or why it cannot be run.
    pub fn estimate(&self) -> Result<Totals> {
        Ok(self.explain()?.totals())
    }

    /// [`compute`](Self::compute), and what was planned beside what it took.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn explain_analyze(&self) -> Result<(Self, Analysis)> {
        self.sound()?;
        let (made, analysis) = self.session().explain_analyze(&self.lazy_data())?;
        Ok((self.with_computed(&mut made.into_iter())?, analysis))
    }
}

impl DataArray {
    /// Reads and computes the array and its coordinates, and gives back an array in memory.
    ///
    /// # Errors
    /// The carried fault, or what goes wrong while reading and computing.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 2.0]);
    /// assert_eq!((&x * 2.0).compute()?.values::<f64>()?, [2.0, 4.0]);
    /// let e = x.mean("time").compute().unwrap_err();
    /// assert!(e.to_string().starts_with("variable \"x\": no dimension \"time\" (t: 2)"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn compute(&self) -> Result<Self> {
        self.compute_with(&RunOptions::default())
    }

    /// [`compute`](Self::compute) that can be stopped from another thread, ends after a time limit,
    /// or tells its progress.
    ///
    /// # Errors
    /// As [`compute`](Self::compute); one that is
    /// [`is_cancelled`](graticule_array::Error::is_cancelled) if it was stopped.
    pub fn compute_with(&self, options: &RunOptions) -> Result<Self> {
        let set = self.set.compute_with(options).map_err(|e| self.named(e))?;
        Ok(Self { set, name: self.name.clone() })
    }

    /// The same as [`compute`](Self::compute), for an array that is not needed lazily any more.
    ///
    /// # Errors
    /// The carried fault, or what goes wrong while reading and computing.
    pub fn load(self) -> Result<Self> {
        self.compute()
    }

    /// The elements, read and computed.
    ///
    /// # Errors
    /// The carried fault, or what goes wrong while reading and computing.
    pub fn to_array(&self) -> Result<Array> {
        self.set.sound()?;
        let data = self.main()?.data();
        if let Some(array) = data.as_constant() {
            return Ok(array.clone());
        }
        let made = self.session().compute(std::slice::from_ref(data));
        let mut made = made.map_err(|e| self.named(e))?;
        made.pop().ok_or_else(|| Error::bug("a run without a result"))
    }

    /// The elements in row-major order, read and computed, as a Rust type that can hold each of
    /// them without loss.
    ///
    /// # Errors
    /// The carried fault, what goes wrong while computing, or a value that does not fit.
    pub fn values<T: Element>(&self) -> Result<Vec<T>> {
        self.to_array()?.to_vec::<T>().map_err(|e| self.named(e))
    }

    /// The elements as an `ndarray`, read and computed; their type must be exactly `T`.
    ///
    /// # Errors
    /// The carried fault, what goes wrong while computing, or another element type.
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>> {
        Ok(self.to_array()?.view::<T>().map_err(|e| self.named(e))?.to_owned())
    }

    /// The only element, read and computed.
    ///
    /// # Errors
    /// If there is more than one element or none, and as for [`values`](Self::values).
    pub fn item<T: Element>(&self) -> Result<T> {
        self.set.sound()?;
        let n = self.len();
        if n != 1 {
            return Err(self.named(Error::mismatch(format!(
                "item() needs exactly one element, found {n} ({})",
                self.dims()
            ))));
        }
        let values = self.values::<T>()?;
        values.into_iter().next().ok_or_else(|| Error::bug("an element was lost"))
    }

    /// The only element, read and computed, with its type.
    ///
    /// # Errors
    /// If there is more than one element or none, and as for [`to_array`](Self::to_array).
    pub fn scalar(&self) -> Result<Scalar> {
        self.to_array()?.item().map_err(|e| self.named(e))
    }

    /// The texts in row-major order, read and computed, characters of a fixed length among them;
    /// missing ones are `None`.
    ///
    /// # Errors
    /// The carried fault, what goes wrong while computing, or elements that are no texts.
    pub fn texts(&self) -> Result<Vec<Option<String>>> {
        let mut array = self.to_array()?;
        if matches!(array.dtype(), DType::Char | DType::Bytes(_)) {
            array = array.cast(&DType::Str).map_err(|e| self.named(e))?;
        }
        if *array.dtype() != DType::Str {
            return Err(self.named(Error::mismatch(format!(
                "expected text, found elements of type {}",
                array.dtype()
            ))));
        }
        let texts = array.to_flat::<graticule_array::Text>()?;
        Ok(texts.into_iter().map(|t| t.as_str().map(str::to_owned)).collect())
    }

    /// What [`compute`](Self::compute) would read and run. Reads nothing.
    ///
    /// # Errors
    /// The carried fault, or why it cannot be run (over budget, unsupported).
    pub fn explain(&self) -> Result<Plan> {
        self.set.explain().map_err(|e| self.named(e))
    }

    /// Bytes to read, peak memory and tasks of [`compute`](Self::compute). Reads nothing.
    ///
    /// # Errors
    /// The carried fault, or why it cannot be run.
    pub fn estimate(&self) -> Result<Totals> {
        Ok(self.explain()?.totals())
    }

    /// [`compute`](Self::compute), and what was planned beside what it took.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 2.0, 6.0]);
    /// let (mean, analysis) = x.mean("t").explain_analyze()?;
    /// assert_eq!(mean.item::<f64>()?, 3.0);
    /// println!("{analysis}");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn explain_analyze(&self) -> Result<(Self, Analysis)> {
        let (set, analysis) = self.set.explain_analyze().map_err(|e| self.named(e))?;
        Ok((Self { set, name: self.name.clone() }, analysis))
    }
}

/// Computes several arrays in one run that shares what they read, in the session of the first.
///
/// # Errors
/// The first carried fault, or what goes wrong while reading and computing.
///
/// ```
/// use graticule_dataset::{DataArray, compute};
/// let x = DataArray::new("x", "t", vec![1.0, 2.0, 6.0]);
/// let made = compute([x.mean("t"), x.max("t")])?;
/// assert_eq!(made[0].item::<f64>()?, 3.0);
/// assert_eq!(made[1].item::<f64>()?, 6.0);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub fn compute<A: Borrow<DataArray>>(
    arrays: impl IntoIterator<Item = A>,
) -> Result<Vec<DataArray>> {
    let arrays: Vec<DataArray> = arrays.into_iter().map(|a| a.borrow().clone()).collect();
    let Some(session) = arrays.first().map(DataArray::session) else { return Ok(Vec::new()) };
    for array in &arrays {
        array.set.sound().map_err(|e| match array.name() {
            Some(name) => in_variable(e, &name.into()),
            None => e,
        })?;
    }
    let sets: Vec<&Dataset> = arrays.iter().map(|a| &a.set).collect();
    let made = compute_sets(&session, &sets, &RunOptions::default())?;
    let named = made.into_iter().zip(&arrays);
    Ok(named.map(|(set, a)| DataArray { set, name: a.name.clone() }).collect())
}

/// Computes several datasets in one run that shares what they read, in the session of the first.
///
/// # Errors
/// The first carried fault, or what goes wrong while reading and computing.
pub fn compute_datasets<D: Borrow<Dataset>>(
    datasets: impl IntoIterator<Item = D>,
) -> Result<Vec<Dataset>> {
    let sets: Vec<Dataset> = datasets.into_iter().map(|d| d.borrow().clone()).collect();
    let Some(session) = sets.first().map(Dataset::session) else { return Ok(Vec::new()) };
    compute_sets(&session, &sets.iter().collect::<Vec<_>>(), &RunOptions::default())
}
