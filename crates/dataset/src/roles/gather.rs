//! Compression by gathering (CF 8.2): arrays without the points that are always missing.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection};
use graticule_lazy::LazyArray;

use super::numbers::{cells, counts};
use crate::attrs::Attrs;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, no_dimension};
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::gather::gather;

impl Dataset {
    /// Puts the points of arrays compressed by gathering (attribute `compress`) back in their
    /// places, lazily; points that were left out are missing. The lists of points are read.
    ///
    /// ```
    /// use graticule_dataset::{Attrs, Dataset, Variable};
    /// let list = Variable::new("land", vec![1, 3])?
    ///     .with_attrs(Attrs::new().with("compress", "lat lon"));
    /// let ds = Dataset::new()
    ///     .with_coord("lat", "lat", vec![10.0, 20.0])
    ///     .with_coord("lon", "lon", vec![5.0, 6.0])
    ///     .with_coord_variable("land", list)
    ///     .with_var("t", "land", vec![280.0, 290.0]);
    /// let full = ds.uncompress()?;
    /// assert_eq!(full["t"].dims().to_string(), "lat, lon");
    /// assert_eq!(full["t"].sel("lat", 20.0).sel("lon", 6.0).item::<f64>()?, 290.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// The carried fault; if a list names a dimension without a length, holds a number twice or
    /// beyond the array, or cannot be read.
    pub fn uncompress(&self) -> Result<Self> {
        self.uncompress_to([])
    }

    /// [`uncompress`](Self::uncompress) with the lengths of dimensions that no variable has.
    ///
    /// # Errors
    /// As [`uncompress`](Self::uncompress).
    pub fn uncompress_to<'a>(
        &self,
        lengths: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> Result<Self> {
        self.sound()?;
        let given: Vec<(&str, usize)> = lengths.into_iter().collect();
        let lists: Vec<(Name, String)> = self
            .variables()
            .filter(|(name, var)| matches!(&**var.dims(), [d] if d == *name))
            .filter_map(|(name, var)| {
                Some((name.clone(), var.attrs().text("compress")?.to_owned()))
            })
            .collect();
        lists.iter().try_fold(self.clone(), |set, (list, text)| {
            set.unpacked(list, text, &given).map_err(|e| in_variable(e, list))
        })
    }

    fn unpacked(&self, list: &Name, text: &str, given: &[(&str, usize)]) -> Result<Self> {
        let dims: Dims = text.split_whitespace().collect();
        dims.check()?;
        let length = |d: &Name| {
            let given = given.iter().find(|(name, _)| d == name).map(|(_, n)| *n);
            self.size_of(d).or(given).ok_or_else(|| {
                no_dimension(d, self.sizes()).hint("give its length: uncompress_to([(.., ..)])")
            })
        };
        let lengths: Vec<usize> = dims.iter().map(length).collect::<Result<_>>()?;
        let total = cells(&lengths)?;
        let mut from: Vec<Option<usize>> = vec![None; total];
        for (at, point) in counts(self, list)?.into_iter().enumerate() {
            let Some(point) = point else { continue };
            let cell = from.get_mut(point).ok_or_else(|| {
                Error::invalid(format!(
                    "point {point} lies beyond the {total} cells of ({dims}), {lengths:?}"
                ))
            })?;
            if cell.replace(at).is_some() {
                return Err(Error::invalid(format!("point {point} is listed twice")));
            }
        }
        self.map_vars(|name, var| {
            if name == list {
                return Ok(None);
            }
            let Some(axis) = var.axis(list) else { return Ok(Some(var.clone())) };
            let flat = gather(var.data(), axis, &from)?;
            let data = flat.split_axis(axis, &lengths)?;
            let own: Dims = var
                .dims()
                .iter()
                .flat_map(|d| if d == list { dims.to_vec() } else { vec![d.clone()] })
                .collect();
            var.changed(own, data).map(Some)
        })
    }

    /// Compresses by gathering: in every variable that has these dimensions next to each other and
    /// in this order, they give way to one dimension of the points where `mask` is true. The mask
    /// is read. The reverse is [`uncompress`](Self::uncompress).
    ///
    /// # Errors
    /// The carried fault, or that of the mask; if the mask does not have exactly these dimensions.
    pub fn compress(
        &self,
        list: &str,
        dims: impl Into<Dims>,
        mask: &crate::DataArray,
    ) -> Result<Self> {
        self.sound()?;
        let dims = dims.into();
        if !mask.dims().same_set(&dims) || self.has(list) {
            return Err(Error::mismatch(format!(
                "the mask is over ({}), the dimensions to compress are ({dims}); \"{list}\" must be \
                 a new name",
                mask.dims()
            )));
        }
        let there = mask.transpose(dims.clone()).values::<bool>()?;
        let points: Vec<usize> =
            there.iter().enumerate().filter(|(_, t)| **t).map(|(i, _)| i).collect();
        let numbers: Vec<i32> = points
            .iter()
            .map(|p| i32::try_from(*p))
            .collect::<std::result::Result<_, _>>()
            .map_err(|_| Error::unsupported("a list of points beyond 32 bits"))?;
        let pick = Pick::List(points.into());
        let mut made = self.map_vars(|_, var| {
            let start = var.dims().iter().position(|d| Some(d) == dims.first());
            let Some(start) = start else { return Ok(Some(var.clone())) };
            let same = var.dims().iter().skip(start).take(dims.len()).eq(dims.iter());
            if !same {
                return Ok(Some(var.clone()));
            }
            let merged: LazyArray = var.data().merge_axes(start, dims.len())?;
            let data = merged.select(&Selection::all(merged.shape()).with(start, pick.clone()))?;
            let own: Dims = var
                .dims()
                .iter()
                .enumerate()
                .filter(|(i, _)| *i <= start || *i >= start + dims.len())
                .map(|(i, d)| if i == start { Name::from(list) } else { d.clone() })
                .collect();
            let encoding = var.encoding().after_reshape();
            var.clone().with_encoding(encoding).with_dims_data(own, data).map(Some)
        })?;
        let texts: Vec<&str> = dims.iter().map(Name::as_str).collect();
        let holder = Variable::new(list, Array::from_vec([numbers.len()], numbers)?)?
            .with_attrs(Attrs::new().with("compress", texts.join(" ")));
        Arc::make_mut(&mut made.0).insert(list, holder, true)?;
        Ok(made)
    }
}
