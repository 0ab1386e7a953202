//! Where the lowest and the highest elements lie: positions and labels.

use std::sync::Arc;

use graticule_array::{DType, Error, MapOp, ReduceParams, Result, Scalar, ZipOp, reduction};

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over, no_dimension};
use crate::name::Name;
use crate::variable::Variable;

/// How labels of extremes are found.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct IdxOptions {
    skip: Option<bool>,
    fill: Option<Scalar>,
}

impl IdxOptions {
    /// Missing elements are left out, and lines of nothing else give a missing label.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether missing elements are left out; otherwise the first one wins.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.skip = Some(skip);
        self
    }

    /// The label of lines without elements.
    pub fn fill_value(mut self, label: impl Into<Scalar>) -> Self {
        self.fill = Some(label.into());
        self
    }
}

/// The positions of the extremes, in the row-major order of several dimensions.
fn positions(
    var: &Variable,
    highest: bool,
    over: &Dims,
    params: &ReduceParams,
) -> Result<Variable> {
    let by = reduction(if highest { "argmax" } else { "argmin" }, params)?;
    // In the order in which they are named, which is the order that positions count in.
    let dims = over.iter().filter(|d| var.dims().has(d));
    let order: Dims = var.dims().without(over).iter().chain(dims).cloned().collect();
    let axes: Vec<usize> = order.iter().filter_map(|d| var.axis(d)).collect();
    let kept = var.dims().without(over);
    let data = var.data().permute(&axes)?;
    let reduced: Vec<usize> = (kept.len()..order.len()).collect();
    Variable::new(kept, data.reduce(by, &reduced)?)
}

fn labels(
    set: &Dataset,
    var: &Variable,
    highest: bool,
    dim: &Name,
    options: &IdxOptions,
) -> Result<Variable> {
    let coord = set.variable(dim).ok_or_else(|| {
        Error::invalid(format!("the dimension \"{dim}\" has no labels"))
            .hint("give it a coordinate, or ask for positions: argmax, argmin")
    })?;
    let table = coord.in_memory().ok_or_else(|| {
        Error::invalid(format!("the labels \"{dim}\" are not in memory")).hint("load() them first")
    })?;
    let skips = options.skip.unwrap_or(var.dtype().is_float() || var.dtype().is_complex());
    let params =
        ReduceParams { skipna: Some(skips), min_count: Some(0), ..ReduceParams::default() };
    let places = positions(var, highest, &Dims::from(dim), &params)?;
    let mut values: Vec<Scalar> =
        (0..table.len()).map(|i| table.get(&[i])).collect::<Result<_>>()?;
    let mut to = if skips { table.dtype().with_missing() } else { table.dtype().clone() };
    let mut places = places;
    if let Some(fill) = options.fill.as_ref().filter(|_| skips) {
        // The fill value stands first, where the position of nothing leads to.
        values.insert(0, fill.clone());
        to = if fill.dtype().is_float() { to } else { table.dtype().clone() };
        places = places.mapped(MapOp::with(ZipOp::Add, Scalar::I64(1), false, &DType::I64)?)?;
    }
    places.mapped(MapOp::Lookup { values: values.into(), to })
}

impl Dataset {
    fn try_positions(&self, highest: bool, over: &Over, skip: Option<bool>) -> Result<Self> {
        let dims = over.names(self)?;
        let params = ReduceParams { skipna: skip, ..ReduceParams::default() };
        self.each_reduced(&dims, |var| {
            Ok(positions(var, highest, &dims, &params)?.with_attrs(var.attrs().clone()))
        })
    }

    fn try_labels(&self, highest: bool, dim: &Name, options: &IdxOptions) -> Result<Self> {
        if self.size_of(dim).is_none() {
            return Err(no_dimension(dim, self.sizes()));
        }
        let dims = Dims::from(dim);
        self.each_reduced(&dims, |var| {
            let made = labels(self, var, highest, dim, options)?;
            Ok(made.with_attrs(var.attrs().clone()))
        })
    }

    /// The variables that have the dimensions through a function that takes these away; the
    /// others are left out as far as they are data.
    pub(super) fn each_reduced(
        &self,
        dims: &Dims,
        change: impl Fn(&Variable) -> Result<Variable>,
    ) -> Result<Self> {
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            let touched = var.dims().iter().any(|d| dims.has(d));
            if !self.is_coord(name) {
                if touched || dims.is_empty() {
                    let made = change(var).map_err(|e| in_variable(e, name))?;
                    parts.insert(name.clone(), made, false)?;
                } else {
                    parts.adopt(name, var.clone(), &self.0)?;
                }
            } else if !touched {
                parts.adopt(name, var.clone(), &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

macro_rules! extremes {
    ($highest:literal, $arg:ident, $arg_with:ident, $indices:ident, $idx:ident, $idx_with:ident,
     $word:literal) => {
        impl Dataset {
            #[doc = concat!("The position of the first ", $word, " element along a dimension, \
                or in row-major order over several. Missing elements are left out; where all \
                are missing, computing is an error.")]
            #[track_caller]
            pub fn $arg(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("{}({over})", stringify!($arg)),
                    |set| set.try_positions($highest, &over, None),
                )
            }

            #[doc = concat!("The label of the first ", $word, " element along a dimension; \
                missing where all elements are.")]
            #[track_caller]
            pub fn $idx(&self, dim: &str) -> Self {
                self.$idx_with(dim, &IdxOptions::new())
            }

            #[doc = concat!("The label of the first ", $word, " element, with options.")]
            #[track_caller]
            pub fn $idx_with(&self, dim: &str, options: &IdxOptions) -> Self {
                self.verb(
                    || format!("{}({dim:?})", stringify!($idx)),
                    |set| set.try_labels($highest, &dim.into(), options),
                )
            }
        }

        impl DataArray {
            #[doc = concat!("The position of the first ", $word, " element along a dimension, \
                or in row-major order over several. Missing elements are left out; where all \
                are missing, computing is an error.")]
            #[track_caller]
            pub fn $arg(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("{}({over})", stringify!($arg)),
                    |set| set.try_positions($highest, &over, None),
                )
            }

            #[doc = concat!("The position of the first ", $word, " element; where missing \
                elements are not left out, the first of them wins.")]
            #[track_caller]
            pub fn $arg_with(&self, over: impl Into<Over>, skipna: bool) -> Self {
                let over = over.into();
                self.verb(
                    || format!("{}({over})", stringify!($arg)),
                    |set| set.try_positions($highest, &over, Some(skipna)),
                )
            }

            #[doc = concat!("The position of the first ", $word, " element over several \
                dimensions, as one array of positions for each.")]
            ///
            /// # Errors
            /// The carried fault, or a dimension that does not exist.
            pub fn $indices(&self, over: impl Into<Over>) -> Result<Vec<(Name, Self)>> {
                let over = over.into();
                let flat = self.$arg(over.clone()).check()?;
                self.apart(&flat, &over.names(&self.set)?)
            }

            #[doc = concat!("The label of the first ", $word, " element along a dimension; \
                missing where all elements are.")]
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "lon", vec![1.0, 5.0, f64::NAN])
            ///     .with_coord("lon", "lon", vec![10.0, 20.0, 30.0]);
            /// assert_eq!(x.idxmax("lon").item::<f64>()?, 20.0);
            /// assert_eq!(x.argmin("lon").item::<i64>()?, 0);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn $idx(&self, dim: &str) -> Self {
                self.$idx_with(dim, &IdxOptions::new())
            }

            #[doc = concat!("The label of the first ", $word, " element, with options.")]
            #[track_caller]
            pub fn $idx_with(&self, dim: &str, options: &IdxOptions) -> Self {
                let made = self.verb(
                    || format!("{}({dim:?})", stringify!($idx)),
                    |set| set.try_labels($highest, &dim.into(), options),
                );
                made.with_name(dim)
            }
        }
    };
}

extremes!(true, argmax, argmax_with, argmax_indices, idxmax, idxmax_with, "highest");
extremes!(false, argmin, argmin_with, argmin_indices, idxmin, idxmin_with, "lowest");

impl DataArray {
    /// One array of positions per dimension from positions in row-major order.
    fn apart(&self, flat: &Self, dims: &Dims) -> Result<Vec<(Name, Self)>> {
        let mut stride: i64 = 1;
        let mut made = Vec::with_capacity(dims.len());
        for dim in dims.iter().rev() {
            let len = i64::try_from(self.size_of(dim).unwrap_or(1).max(1)).unwrap_or(i64::MAX);
            let down = MapOp::with(ZipOp::FloorDiv, Scalar::I64(stride), false, &DType::I64)?;
            let within = MapOp::with(ZipOp::Rem, Scalar::I64(len), false, &DType::I64)?;
            let array = flat.verb(
                || format!("positions along {dim:?}"),
                |set| set.try_map(&down)?.try_map(&within),
            );
            made.push((dim.clone(), array.with_name(dim.as_str())));
            stride = stride.saturating_mul(len);
        }
        made.reverse();
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> DataArray {
        let g = f64::NAN;
        let values = vec![1.0, g, 7.0, 3.0, g, 7.0];
        DataArray::new("v", ["a", "b"], (values, [2, 3]))
            .with_coord("a", "a", vec![10, 20])
            .with_coord("b", "b", vec!["x", "y", "z"])
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn labels_of_extremes() {
        let x = grid();
        let made = x.idxmax("a");
        assert_eq!((made.name(), made.dtype()), (Some("a"), DType::F64));
        let flat = made.values::<f64>().unwrap();
        assert_eq!((flat[0], flat[2]), (20.0, 10.0), "of equal ones the first");
        assert!(flat[1].is_nan());
        let filled = x.idxmax_with("a", &IdxOptions::new().fill_value(-9));
        assert_eq!(filled.astype("int64").values::<i64>().unwrap(), [20, -9, 10]);
        let whole = x.fillna(0).astype("int32").idxmin("a");
        assert_eq!((whole.dtype(), whole.values::<i32>().unwrap()), (DType::I32, vec![10, 10, 10]));
        let text = x.idxmax("b").texts().unwrap();
        assert_eq!(text, [Some("z".to_owned()), Some("z".to_owned())]);
        let first = x.idxmax_with("b", &IdxOptions::new().skipna(false)).texts().unwrap();
        assert_eq!(first[0].as_deref(), Some("y"));
    }

    #[test]
    fn positions_of_extremes() {
        let x = grid();
        assert_eq!(x.argmax("b").values::<i64>().unwrap(), [2, 2]);
        assert_eq!(x.argmax(..).item::<i64>().unwrap(), 2);
        assert_eq!(x.argmax(["b", "a"]).item::<i64>().unwrap(), 4, "in the order as named");
        let parts = x.argmin_indices(["a", "b"]).unwrap();
        let at: Vec<i64> = parts.iter().map(|(_, p)| p.item::<i64>().unwrap()).collect();
        assert_eq!((at, parts[1].0.as_str()), (vec![0, 0], "b"));
        assert!(x.argmax("a").compute().unwrap_err().to_string().contains("all missing"));
        let set = x.to_dataset().with_var("n", "b", vec![3, 2, 1]);
        assert_eq!(set.argmin("b")["n"].item::<i64>().unwrap(), 2);
        let e = x.idxmax("c").check().unwrap_err().to_string();
        assert!(e.contains("no dimension \"c\""), "{e}");
        assert!(x.drop_vars("a").idxmax("a").check().unwrap_err().to_string().contains("argmax"));
    }
}
