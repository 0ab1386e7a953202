//! Assignment to a part of an array, as a new array.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection, ZipOp, choose_type};
use graticule_lazy::LazyArray;

use super::isel::{named, shown};
use super::pointwise::count;
use super::{Indexer, Selector};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::index::Query;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::Operand;

impl DataArray {
    /// The same array with other values in a region given by labels (xarray's
    /// `array.loc[..] = value`), as a new array; lazy data stays lazy.
    ///
    /// A value without some of the dimensions repeats along them. Where a list names a label
    /// twice, the last value wins. A number takes the type of the array where its kind allows;
    /// other values take the common type.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let t = DataArray::new("t", ["y", "x"], (vec![1, 2, 3, 4, 5, 6], [2, 3]))
    ///     .with_coord("x", "x", vec![10, 20, 30]);
    /// let changed = t.with_region([("x", (20..=30).into())], 0);
    /// assert_eq!(changed.values::<i32>()?, [1, 0, 0, 4, 0, 0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn with_region<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Selector)>,
        value: impl Into<Operand>,
    ) -> Self {
        let (by, value) = (named(by), value.into());
        if let (None, Some(fault)) = (self.fault(), value.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || format!("with_region({}, {})", shown(&by), value.text()),
            |set| {
                let place = |(coord, labels): &(Name, Selector)| -> Result<(Name, Pick)> {
                    let (dim, index) = set.index_of(coord)?;
                    let found = index.sel(&Query::of(coord, labels.clone()))?;
                    Ok((dim, found.into_pick()?))
                };
                set.assigned(&by.iter().map(place).collect::<Result<Vec<_>>>()?, &value)
            },
        )
    }

    /// The same array with other values in a region given by positions (xarray's
    /// `array[..] = value`); see [`with_region`](Self::with_region).
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let t = DataArray::new("t", "x", vec![1, 2, 3, 4]);
    /// let some = DataArray::new("", "x", vec![7, 8]);
    /// assert_eq!(t.with_iregion([("x", [3, 0].into())], some).values::<i32>()?, [8, 2, 3, 7]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn with_iregion<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Indexer)>,
        value: impl Into<Operand>,
    ) -> Self {
        let (by, value) = (named(by), value.into());
        if let (None, Some(fault)) = (self.fault(), value.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || format!("with_iregion({}, {})", shown(&by), value.text()),
            |set| {
                let place = |(dim, at): &(Name, Indexer)| -> Result<(Name, Pick)> {
                    let len = set.size_of(dim).ok_or_else(|| no_dimension(dim, set.sizes()))?;
                    Ok((dim.clone(), at.pick(dim, len)?))
                };
                set.assigned(&by.iter().map(place).collect::<Result<Vec<_>>>()?, &value)
            },
        )
    }
}

impl Dataset {
    fn assigned(&self, by: &[(Name, Pick)], value: &Operand) -> Result<Self> {
        let main = self.find(MAIN)?;
        for (i, (dim, _)) in by.iter().enumerate() {
            if by.iter().take(i).any(|(d, _)| d == dim) {
                return Err(Error::invalid(format!("dimension \"{dim}\" is given twice")));
            }
            main.axis(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        }
        let value = match value {
            Operand::Scalar(value) => crate::verbs::where_::weak(value, main)?,
            Operand::Array(array) => {
                let mut part = self.clone();
                for (dim, pick) in by {
                    part = part.picked(dim, pick)?;
                }
                let own = part.find(MAIN)?;
                if let Some(stranger) = array.dims().iter().find(|d| !own.dims().has(d)) {
                    return Err(Error::mismatch(format!(
                        "the values have the dimension \"{stranger}\", the region has ({})",
                        own.dims()
                    )));
                }
                crate::verbs::align::check_exact(&part, &array.set)?;
                array.main()?.clone()
            }
            Operand::Set(_) => return Err(Error::unsupported("a dataset as values of a region")),
        };
        let made = assign(main, by, &value)?;
        self.map_vars(|name, var| Ok(Some(if name == MAIN { made.clone() } else { var.clone() })))
    }
}

/// `var` with `value` at the picked positions.
fn assign(var: &Variable, by: &[(Name, Pick)], value: &Variable) -> Result<Variable> {
    let mut inside: Option<Variable> = None;
    let mut value = value.clone();
    for (dim, pick) in by {
        let n = var.size_of(dim).unwrap_or(0);
        // The last value given for each position.
        let mut from: Vec<Option<usize>> = vec![None; count(&[n])?];
        for k in 0..pick.len() {
            if let Some(slot) = pick.get(k).and_then(|at| from.get_mut(at)) {
                *slot = Some(k);
            }
        }
        let there: Vec<bool> = from.iter().map(Option::is_some).collect();
        let there = Variable::new(Dims::from(dim), Array::from_vec([n], there)?)?;
        inside = Some(match inside {
            Some(others) => others.zipped(ZipOp::And, &there)?,
            None => there,
        });
        if let Some(axis) = value.axis(dim) {
            if value.size_of(dim) == Some(0) {
                return Ok(var.clone());
            }
            // Elsewhere any element will do: it is not taken.
            let list: Arc<[usize]> = from.iter().map(|k| k.unwrap_or(0)).collect();
            let picks = Selection::all(value.shape()).with(axis, Pick::List(list));
            let data = value.data().select(&picks)?;
            value = value.clone().with_data(data)?;
        } else if pick.is_empty() {
            return Ok(var.clone());
        }
    }
    let everywhere = || Variable::new(Dims::none(), LazyArray::constant(Array::scalar(true)));
    let inside = inside.map_or_else(everywhere, Ok)?;
    let dtype = choose_type(var.dtype(), value.dtype())?;
    let as_type = |v: &Variable| -> Result<Variable> {
        if *v.dtype() == dtype {
            return Ok(v.clone());
        }
        v.mapped(graticule_array::MapOp::Cast(dtype.clone()))
    };
    // The array first, so that the order of its dimensions stays.
    let (dims, shape) = crate::verbs::align::common_shape(&[var, &inside, &value])?;
    let made = crate::verbs::eager::choose(
        &inside.spread(&dims, &shape)?,
        &as_type(&value)?.spread(&dims, &shape)?,
        &as_type(var)?.spread(&dims, &shape)?,
    )?;
    var.changed(dims, made)
}
