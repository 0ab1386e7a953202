//! Variables as positions along a dimension, and back.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, Text, promote};

use super::{align, eager};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::name::Name;
use crate::variable::Variable;

impl Dataset {
    /// All data variables in one array, along a new first dimension that is labelled with their
    /// names. They are broadcast to the dimensions of all, and promoted to the type that holds
    /// each of them.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_var("a", "x", vec![1i16, 2]).with_var("b", (), 0.5f32);
    /// let all = ds.to_dataarray("variable");
    /// assert_eq!(all.dims().to_string(), "variable, x");
    /// assert_eq!(all.values::<f32>()?, [1.0, 2.0, 0.5, 0.5]);
    /// assert_eq!(all.to_dataset_along("variable")["b"].values::<f32>()?, [0.5, 0.5]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn to_dataarray(&self, dim: impl Into<Name>) -> DataArray {
        let dim = dim.into();
        let set = self.verb(|| format!("to_dataarray({dim:?})"), |ds| ds.try_to_dataarray(&dim));
        DataArray::of_main(set)
    }

    fn try_to_dataarray(&self, dim: &Name) -> Result<Self> {
        if self.size_of(dim).is_some() || self.has(dim) {
            return Err(Error::invalid(format!(
                "there is a dimension or variable \"{dim}\" already"
            ))
            .hint("give the new dimension another name"));
        }
        let vars: Vec<(&Name, &Variable)> = self.data_vars().collect();
        let Some((_, first)) = vars.first() else {
            return Err(Error::invalid("a dataset without data variables makes no array"));
        };
        let all: Vec<&Variable> = vars.iter().map(|(_, v)| *v).collect();
        let (dims, shape) = align::common_shape(&all)?;
        let mut dtype: DType = first.dtype().clone();
        for (name, var) in &vars {
            dtype = promote(&dtype, var.dtype()).map_err(|e| e.in_variable(name.as_str()))?;
        }
        let parts: Vec<_> = vars
            .iter()
            .map(|(_, var)| {
                let dims = Dims::from(dim).union(&dims);
                let full: Vec<usize> = [1].into_iter().chain(shape.iter().copied()).collect();
                let lone = (*var).clone().with_data(eager::cast(var.data(), &dtype)?)?;
                lone.spread(&dims, &full)
            })
            .collect::<Result<_>>()?;
        let data = eager::concat(&parts, 0)?;
        let attrs = all.iter().skip(1).fold(first.attrs().clone(), |a, v| a.merged(v.attrs()));
        let main = Variable::new(Dims::from(dim).union(&dims), data)?;
        let names: Vec<Text> = vars.iter().map(|(n, _)| Text::from(n.as_str())).collect();
        let labels = Variable::new(dim, Array::from_vec([names.len()], names)?)?;
        let mut made = self.0.emptied();
        made.insert(MAIN, main.with_attrs(attrs), false)?;
        made.insert(dim.clone(), labels, true)?;
        for (name, coord) in self.coord_vars() {
            made.adopt(name, coord.clone(), &self.0)?;
        }
        Ok(Self(Arc::new(made)))
    }
}

impl DataArray {
    /// The array that a verb of datasets made, or what carries its fault.
    pub(super) fn of_main(set: Dataset) -> Self {
        if set.has(MAIN) {
            return Self { set, name: None };
        }
        let fault = set.fault().cloned();
        let blank = Self::from_variable("", Variable::placeholder());
        match fault {
            Some(fault) => Self { set: blank.set.carrying(&fault), name: None },
            None => blank,
        }
    }

    /// One data variable for each label of a dimension, which goes away; the reverse of
    /// [`Dataset::to_dataarray`]. The labels become the names.
    #[track_caller]
    pub fn to_dataset_along(&self, dim: &str) -> Dataset {
        self.set.verb(
            || format!("to_dataset_along({dim:?})"),
            |set| set.try_split(dim).map_err(|e| self.named(e)),
        )
    }
}

impl Dataset {
    fn try_split(&self, dim: &str) -> Result<Self> {
        let main = self.find(MAIN)?;
        let len = main.size_of(dim).ok_or_else(|| no_dimension(dim, main.sizes()))?;
        let labels = self.variable(dim).filter(|v| v.ndim() == 1);
        let labels = labels.and_then(Variable::in_memory).ok_or_else(|| {
            Error::invalid(format!("dimension \"{dim}\" has no labels that could be names"))
                .hint("give it some: with_coord(..)")
        })?;
        let mut parts = self.0.emptied();
        parts.attrs = crate::Attrs::new();
        for position in 0..len {
            let label = labels.get(&[position])?;
            let name = match label.as_str() {
                Some(text) => Name::from(text),
                None => Name::from(crate::show::values::scalar_text(&label)),
            };
            if parts.vars.contains_key(&name) || (self.has(&name) && name != dim) {
                return Err(Error::invalid(format!(
                    "the label \"{name}\" of \"{dim}\" occurs twice, or is the name of a coordinate"
                )));
            }
            let var = main.picked(dim, &Pick::At(position))?;
            parts.insert(name, var, false)?;
        }
        for (name, coord) in self.coord_vars() {
            if !coord.dims().has(dim) {
                parts.adopt(name, coord.clone(), &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}
