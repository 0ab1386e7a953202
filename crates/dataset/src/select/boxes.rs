//! Boxes and polygons of longitude and latitude.

use std::ops::RangeInclusive;
use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result};

use super::pointwise::count;
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::index::{BuildIndex as _, Found, IndexCoord, IndexCoords, PeriodicIndex, Query};
use crate::name::Name;
use crate::roles::Kind;
use crate::select::Selector;
use crate::variable::Variable;

impl Dataset {
    /// The coordinate of latitude or longitude, by its attributes or its name: of a dimension
    /// first.
    fn geo(&self, kind: Kind) -> Result<(Name, Variable)> {
        let coord = |name: Name| {
            let var = self.variable(&name).filter(|v| v.ndim() > 0 && v.dtype().is_real())?;
            Some((name, var.clone()))
        };
        let names = self.cf().names(kind.word());
        let mut found: Vec<_> = names.into_iter().filter_map(coord).collect();
        found.sort_by_key(|(name, _)| self.size_of(name).is_none());
        found.into_iter().next().ok_or_else(|| {
            let known: Vec<&str> = self.coord_vars().map(|(n, _)| n.as_str()).collect();
            Error::not_found(format!(
                "no coordinate of {kind} (there are {})",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            ))
            .hint(format!("its attribute standard_name should be \"{kind}\""))
        })
    }

    /// The cells whose centre lies in a box of longitudes and latitudes in degrees, ends
    /// included. A box from 350 to 10 goes across the meridian of Greenwich, one from 170 to -170
    /// across the antimeridian; longitudes along a dimension are then labelled without a jump.
    ///
    /// Longitude and latitude are told by their attributes, else by their names. Where they have
    /// two dimensions, the smallest slab that holds all such cells is selected, and what lies
    /// outside the box is missing. Coordinates must be in memory; data is not read.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let lon: Vec<f64> = (0..36).map(|i| f64::from(i) * 10.0).collect();
    /// let t = DataArray::new("t", ["lat", "lon"], (vec![1.0; 3 * 36], [3, 36]))
    ///     .with_coord("lat", "lat", vec![60.0, 50.0, 40.0])
    ///     .with_coord("lon", "lon", lon);
    /// let europe = t.sel_box(-10.0..=30.0, 45.0..=70.0);
    /// assert_eq!(europe.shape(), [2, 5]);
    /// assert_eq!(europe["lon"].values::<f64>()?, [-10.0, 0.0, 10.0, 20.0, 30.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn sel_box(&self, lon: RangeInclusive<f64>, lat: RangeInclusive<f64>) -> Self {
        self.verb(|| format!("sel_box({lon:?}, {lat:?})"), |ds| ds.try_sel_box(&lon, &lat))
    }

    fn try_sel_box(&self, lon: &RangeInclusive<f64>, lat: &RangeInclusive<f64>) -> Result<Self> {
        let ends = [lon.start(), lon.end(), lat.start(), lat.end()];
        if let Some(bad) = ends.iter().find(|v| !v.is_finite()) {
            return Err(Error::invalid(format!("{bad} is no end of a box")));
        }
        let (x, xs) = self.geo(Kind::Longitude)?;
        let (y, ys) = self.geo(Kind::Latitude)?;
        if xs.ndim() == 1 && ys.ndim() == 1 && xs.dims() != ys.dims() {
            let (dim, index) = self.index_of(&y)?;
            let within = Selector::from(*lat.start()..=*lat.end());
            let rows = index.sel(&Query::of(&y, within))?.into_pick()?;
            return self.picked(&dim, &rows)?.sel_longitudes(&x, lon);
        }
        let (dims, shape) = crate::verbs::align::common_shape(&[&xs, &ys])?;
        let n = count(&shape)?;
        let xs = Places::new(&x, &xs, &dims, &shape)?;
        let ys = Places::new(&y, &ys, &dims, &shape)?;
        let (south, north) = (lat.start().min(*lat.end()), lat.start().max(*lat.end()));
        let width = width(lon);
        let inside = (0..n).map(|cell| {
            let (x, y) = (xs.at(cell), ys.at(cell));
            y >= south && y <= north && (x - lon.start()).rem_euclid(360.0) <= width
        });
        self.masked(&dims, &shape, &inside.collect::<Vec<bool>>())
    }

    /// The longitudes from one up to another, round the globe, without leaving an index behind.
    fn sel_longitudes(&self, coord: &Name, range: &RangeInclusive<f64>) -> Result<Self> {
        let var = self.coordinate(coord)?;
        let values = var.in_memory().cloned().ok_or_else(|| not_in_memory(coord))?;
        let (dims, name) = (var.dims().clone(), coord.clone());
        let dim = dims.first().cloned().ok_or_else(|| Error::bug("a longitude without an axis"))?;
        let coords =
            IndexCoords::new(vec![IndexCoord { name, dims, values, attrs: Attrs::new() }])?;
        let index = PeriodicIndex::longitude().build(&coords)?;
        let selector = Selector::from(*range.start()..=*range.end());
        let Found::Picks { picks, labels, .. } = index.sel(&Query::of(coord, selector))? else {
            return Err(Error::bug("points where a range was asked for"));
        };
        let mut ds = self.clone();
        for (_, pick) in &picks {
            ds = ds.picked(&dim, pick)?;
        }
        let Some((_, labels, _)) = labels else { return Ok(ds) };
        let changed = ds.coordinate(coord)?.clone();
        let changed = changed.with_data(graticule_lazy::LazyArray::constant(labels))?;
        let mut parts = (*ds.0).clone();
        parts.insert(coord.clone(), changed, true)?;
        parts.cache = crate::cache::Cache::default();
        Ok(Self(Arc::new(parts)))
    }

    /// The smallest slab that holds everything inside; what is not inside is missing.
    fn masked(&self, dims: &Dims, shape: &[usize], inside: &[bool]) -> Result<Self> {
        let mut bounds: Vec<Option<(usize, usize)>> = vec![None; shape.len()];
        for (flat, _) in inside.iter().enumerate().filter(|(_, on)| **on) {
            let mut rest = flat;
            for (bound, n) in bounds.iter_mut().zip(shape).rev() {
                let at = rest % n;
                rest /= n;
                *bound = Some(bound.map_or((at, at), |(a, b)| (a.min(at), b.max(at))));
            }
        }
        let mask = Variable::new(dims.clone(), Array::from_vec(shape, inside.to_vec())?)?;
        let (mut ds, mut mask) = (self.clone(), mask);
        for (dim, bound) in dims.iter().zip(bounds) {
            let pick = bound.map_or(Pick::span(0, 0), |(a, b)| Pick::span(a, b - a + 1));
            ds = ds.picked(dim, &pick)?;
            mask = mask.picked(dim, &pick)?;
        }
        if mask
            .in_memory()
            .and_then(|m| m.to_flat::<bool>().ok())
            .is_some_and(|m| m.iter().all(|on| *on))
        {
            return Ok(ds);
        }
        ds.map_data(|var| {
            if mask.dims().iter().all(|d| var.dims().has(d)) {
                crate::verbs::where_::or_missing(var, &mask)
            } else {
                Ok(var.clone())
            }
        })
    }

    /// Whether the centre of each cell lies in a polygon, given by its corners (longitude,
    /// latitude) in degrees. By the even-odd rule: holes and self-crossings count as one expects.
    /// Edges are straight in longitude and latitude; cells are looked for next to the polygon,
    /// however longitudes are counted.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("lat", "lat", vec![0.5, 1.5])
    ///     .with_coord("lon", "lon", vec![0.5, 1.5, 2.5]);
    /// let triangle = ds.polygon_mask(&[(0.0, 0.0), (3.0, 0.0), (0.0, 3.0)]);
    /// assert_eq!(triangle.values::<bool>()?, [true, true, false, true, false, false]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn polygon_mask(&self, corners: &[(f64, f64)]) -> DataArray {
        let made = self.verb(
            || format!("polygon_mask([{} corners])", corners.len()),
            |ds| ds.try_polygon_mask(corners),
        );
        match made.get("polygon") {
            Some(mask) if made.fault().is_none() => mask,
            _ => made.var("polygon"),
        }
    }

    fn try_polygon_mask(&self, corners: &[(f64, f64)]) -> Result<Self> {
        if corners.len() < 3 || corners.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return Err(Error::invalid("a polygon needs three corners at least, all finite"));
        }
        let (x, xs) = self.geo(Kind::Longitude)?;
        let (y, ys) = self.geo(Kind::Latitude)?;
        let (dims, shape) = crate::verbs::align::common_shape(&[&ys, &xs])?;
        let n = count(&shape)?;
        let xs = Places::new(&x, &xs, &dims, &shape)?;
        let ys = Places::new(&y, &ys, &dims, &shape)?;
        let west = corners.iter().map(|c| c.0).fold(f64::INFINITY, f64::min);
        let within = |cell: usize| {
            let lon = west + (xs.at(cell) - west).rem_euclid(360.0);
            in_polygon(lon, ys.at(cell), corners)
        };
        let inside: Vec<bool> = (0..n).map(within).collect();
        let mask = Variable::new(dims.clone(), Array::from_vec(shape.clone(), inside)?)?;
        let mut parts = self.0.emptied();
        parts.insert("polygon", mask, false)?;
        for (name, var) in self.coord_vars() {
            if var.dims().iter().all(|d| dims.has(d)) && name != "polygon" {
                parts.adopt(name, var.clone(), &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

/// A coordinate over cells that have more dimensions than it.
struct Places {
    values: Vec<f64>,
    /// For each dimension of the cells its length, and the step among the values.
    steps: Vec<(usize, usize)>,
}

impl Places {
    fn new(name: &Name, var: &Variable, dims: &Dims, shape: &[usize]) -> Result<Self> {
        let values = var.in_memory().ok_or_else(|| not_in_memory(name))?;
        let stride = |axis: usize| var.shape().iter().skip(axis + 1).product::<usize>();
        let step = |dim: &Name| var.axis(dim).map_or(0, stride);
        Ok(Self {
            values: values.cast(&DType::F64)?.to_flat::<f64>()?,
            steps: shape.iter().copied().zip(dims.iter().map(step)).collect(),
        })
    }

    /// The value at a cell, counted row-major.
    fn at(&self, mut cell: usize) -> f64 {
        let mut place = 0;
        for (len, step) in self.steps.iter().rev() {
            place += (cell % len) * step;
            cell /= len;
        }
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }
}

/// How many degrees a range of longitudes is wide.
fn width(lon: &RangeInclusive<f64>) -> f64 {
    let east = lon.end() - lon.start();
    if east >= 360.0 { 360.0 } else { east.rem_euclid(360.0) }
}

fn not_in_memory(name: &Name) -> Error {
    Error::invalid(format!("the values of \"{name}\" are not in memory"))
        .hint(format!("load_vars({name:?}) first"))
}

/// The even-odd rule: how many edges a ray to the east crosses.
fn in_polygon(x: f64, y: f64, corners: &[(f64, f64)]) -> bool {
    let next = corners.iter().skip(1).chain(corners.first());
    let crossings = corners.iter().zip(next).filter(|((x1, y1), (x2, y2))| {
        (*y1 > y) != (*y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    });
    crossings.count() % 2 == 1
}

impl DataArray {
    /// The cells in a box of longitudes and latitudes; see [`Dataset::sel_box`].
    #[track_caller]
    pub fn sel_box(&self, lon: RangeInclusive<f64>, lat: RangeInclusive<f64>) -> Self {
        self.verb(|| format!("sel_box({lon:?}, {lat:?})"), |set| set.try_sel_box(&lon, &lat))
    }

    /// Whether the centre of each cell lies in a polygon; see [`Dataset::polygon_mask`].
    #[track_caller]
    pub fn polygon_mask(&self, corners: &[(f64, f64)]) -> DataArray {
        self.set.polygon_mask(corners)
    }
}
