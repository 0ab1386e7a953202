//! The ways in which verbs run over the variables of a dataset.

use std::sync::Arc;

use graticule_array::{Error, MapOp, Result};

use super::align;
use super::operand::Operand;
use crate::combine::Join;
use crate::combine::losses::{LossKind, Losses};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::name::Name;
use crate::variable::Variable;

impl Dataset {
    /// Each data variable through a function; coordinates stay.
    pub(crate) fn map_data(
        &self,
        mut change: impl FnMut(&Variable) -> Result<Variable>,
    ) -> Result<Self> {
        self.map_vars(|name, var| {
            Ok(Some(if self.is_coord(name) { var.clone() } else { change(var)? }))
        })
    }

    /// An elementwise operation on each data variable.
    pub(crate) fn try_map(&self, op: &MapOp) -> Result<Self> {
        self.map_data(|var| {
            let made = var.mapped(op.clone())?;
            let MapOp::Math(function) = op else { return Ok(made) };
            Ok(match crate::units::through(self.0.units, *function, var)? {
                Some(attrs) => made.with_attrs(attrs),
                None => made,
            })
        })
    }

    /// Each data variable together with its partner in another operand.
    pub(crate) fn pair(
        &self,
        other: &Operand,
        by_value: impl Fn(&Variable, &graticule_array::Scalar) -> Result<Variable>,
        by_variable: impl Fn(&Variable, &Variable) -> Result<Variable>,
    ) -> Result<Self> {
        let other_set = match other {
            Operand::Scalar(value) => return self.map_data(|var| by_value(var, value)),
            Operand::Array(array) => &array.set,
            Operand::Set(set) => set,
        };
        other_set.sound()?;
        let joined = align::joined(self, other_set)?;
        let (left, right) = joined.as_ref().map_or((self, other_set), |(a, b)| (a, b));
        match other {
            Operand::Set(_) if self.shares_variables(right) => {
                left.shared(right)?.pair_sets(right, by_variable)
            }
            Operand::Set(_) => left.pair_sets(right, by_variable),
            Operand::Array(_) | Operand::Scalar(_) => {
                let partner = right.find(MAIN)?;
                left.pair_with(right, |_| Ok(partner), by_variable)
            }
        }
    }

    /// Whether arithmetic takes the variables that both have.
    fn shares_variables(&self, other: &Self) -> bool {
        align::join_of(self, other).is_some_and(|options| options.join == Join::Inner)
    }

    /// The data variables that another dataset has, too; the others are counted as lost.
    fn shared(&self, other: &Self) -> Result<Self> {
        let is_data = |set: &Self, name: &Name| set.has(name) && !set.is_coord(name);
        let mut losses = Losses::default();
        for (set, partner, origin) in
            [(self, other, "the left operand"), (other, self, "the right operand")]
        {
            for (name, _) in set.data_vars().filter(|(n, _)| !is_data(partner, n)) {
                losses.add(LossKind::DroppedVariable, name.as_str(), "Join::Inner", origin, 1);
            }
        }
        let kept = self.map_vars(|name, var| {
            Ok((self.is_coord(name) || is_data(other, name)).then(|| var.clone()))
        })?;
        kept.with_losses(&losses)
    }

    fn pair_sets(
        &self,
        set: &Self,
        by_variable: impl Fn(&Variable, &Variable) -> Result<Variable>,
    ) -> Result<Self> {
        let lenient = self.shares_variables(set);
        let missing =
            align::only_in(self.data_vars().map(|(n, _)| n), |n| set.has(n) && !set.is_coord(n));
        let extra = align::only_in(set.data_vars().map(|(n, _)| n), |n| {
            lenient || self.has(n) && !self.is_coord(n)
        });
        if !missing.is_empty() || !extra.is_empty() {
            return Err(Error::mismatch(format!(
                "the datasets hold different variables: {} only on the left, {} only on the right",
                or_none(&missing),
                or_none(&extra)
            ))
            .hint("keep([..]) those they share, or with_join(Join::Inner)"));
        }
        self.pair_with(set, |name| set.find(name), by_variable)
    }

    fn pair_with<'a>(
        &self,
        other: &Self,
        partner: impl Fn(&Name) -> Result<&'a Variable>,
        by_variable: impl Fn(&Variable, &Variable) -> Result<Variable>,
    ) -> Result<Self> {
        let mut parts = align::merged_coords(self, other)?;
        for (name, var) in self.data_vars() {
            let made = partner(name).and_then(|p| by_variable(var, p));
            parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
        }
        Ok(Self(Arc::new(parts)))
    }
}

impl Dataset {
    /// A function of each data variable, with its coordinates; the dataset of what it makes. The
    /// coordinates are those of the results.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_var("a", "x", vec![1.0, -2.0]).with_var("b", "x", vec![3.0, 4.0]);
    /// let top = ds.map(|array| array.abs().max("x"));
    /// assert_eq!(top["a"].item::<f64>()?, 2.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn map(&self, mut function: impl FnMut(&DataArray) -> DataArray) -> Self {
        self.verb(
            || "map(..)".into(),
            |set| set.filter_arrays(|array| function(array).check().map(Some)),
        )
    }

    /// The dataset through a function of one's own, to keep a chain of verbs in one line.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// fn to_celsius(ds: &Dataset) -> Dataset {
    ///     ds - 273.15
    /// }
    /// let ds = Dataset::new().with_var("t", "x", vec![273.15]);
    /// assert_eq!(ds.pipe(to_celsius)["t"].values::<f64>()?, [0.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn pipe<R>(&self, function: impl FnOnce(&Self) -> R) -> R {
        function(self)
    }

    /// [`filter_arrays`](Self::filter_arrays) that leaves none out.
    pub(crate) fn map_arrays(
        &self,
        mut change: impl FnMut(&DataArray) -> Result<DataArray>,
    ) -> Result<Self> {
        self.filter_arrays(|array| change(array).map(Some))
    }

    /// Each data variable as an array through a function, which may leave it out.
    pub(crate) fn filter_arrays(
        &self,
        mut change: impl FnMut(&DataArray) -> Result<Option<DataArray>>,
    ) -> Result<Self> {
        let mut parts = self.0.emptied();
        let mut vars = Vec::new();
        for (name, var) in self.data_vars() {
            let array = DataArray::from_set(self, name, var);
            let made = change(&array).and_then(|made| {
                let Some(made) = made else { return Ok(None) };
                let frame = Dataset(Arc::new(parts.clone()));
                parts = align::merged_coords(&frame, &made.set)?;
                made.main().cloned().map(Some)
            });
            let made = made.map_err(|e| in_variable(e, name))?;
            vars.extend(made.map(|var| (name.clone(), var)));
        }
        parts.attrs = self.0.attrs.clone();
        for (name, var) in vars {
            parts.insert(name.clone(), var, false).map_err(|e| in_variable(e, &name))?;
        }
        Ok(Self(Arc::new(parts)))
    }
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

impl DataArray {
    /// The array through a function of one's own, to keep a chain of verbs in one line.
    pub fn pipe<R>(&self, function: impl FnOnce(&Self) -> R) -> R {
        function(self)
    }

    /// This array together with another operand. An array keeps its name if both have the same.
    pub(crate) fn pair(
        &self,
        other: &Operand,
        by_value: impl Fn(&Variable, &graticule_array::Scalar) -> Result<Variable>,
        by_variable: impl Fn(&Variable, &Variable) -> Result<Variable>,
    ) -> Result<Self> {
        let name = match other {
            Operand::Array(array) if array.name != self.name => None,
            _ => self.name.clone(),
        };
        if let Operand::Set(_) = other {
            return Err(Error::mismatch("an array with a dataset on its right gives a dataset")
                .hint("put the dataset on the left, use an operator, or select a variable"));
        }
        Ok(Self { set: self.set.pair(other, by_value, by_variable)?, name })
    }

    /// Each data variable of a dataset together with this array, which comes first.
    pub(crate) fn pair_before(
        &self,
        set: &Dataset,
        by_variable: impl Fn(&Variable, &Variable) -> Result<Variable>,
    ) -> Result<Dataset> {
        self.set.sound()?;
        let joined = align::joined(&self.set, set)?;
        let (left, right) = joined.as_ref().map_or((&self.set, set), |(a, b)| (a, b));
        let mut parts = align::merged_coords(left, right)?;
        let main = left.find(MAIN)?;
        parts.attrs = right.attrs().clone();
        for (name, var) in right.data_vars() {
            let made = by_variable(main, var);
            parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }

    /// An array of a single new variable with the coordinates of this one that suit it.
    pub(crate) fn with_main(&self, var: Variable) -> Result<Self> {
        let mut parts = self.set.0.emptied();
        let dims = var.dims().clone();
        parts.insert(MAIN, var, false)?;
        for (name, coord) in self.set.coord_vars() {
            if coord.dims().iter().all(|d| dims.has(d)) {
                parts.adopt(name, coord.clone(), &self.set.0)?;
            }
        }
        Ok(Self { set: Dataset(Arc::new(parts)), name: self.name.clone() })
    }
}
