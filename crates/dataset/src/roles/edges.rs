//! Bounds for coordinates that have none.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, MapOp, Result, ZipOp};

use super::Kind;
use super::related;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::index::Locus;
use crate::name::Name;
use crate::variable::Variable;

/// The dimension of the two bounds of a cell.
const VERTEX: &str = "bnds";

impl Dataset {
    /// Gives a coordinate bounds half-way between its points (iris' `guess_bounds`); those of
    /// latitudes end at the poles. They become a coordinate `NAME_bnds`, so that they travel with
    /// it. The coordinate is found by name or by its role.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("lat", "lat", vec![-80.0, 0.0, 80.0]).add_bounds("lat");
    /// let edges = ds["lat_bnds"].values::<f64>()?;
    /// assert_eq!(edges, [-90.0, -40.0, -40.0, 40.0, 40.0, 90.0]);
    /// assert_eq!(ds.cf().bounds("latitude")?.name(), Some("lat_bnds"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn add_bounds(&self, key: &str) -> Self {
        self.verb(|| format!("add_bounds({key:?})"), |ds| ds.try_add_bounds(key, Locus::Center))
    }

    /// Gives a coordinate bounds that reach from point to point, where the points stand at the
    /// lower or at the upper ends of their cells; see [`add_bounds`](Self::add_bounds).
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Locus};
    /// let ds = Dataset::new().with_coord("hour", "hour", vec![0, 6, 12]);
    /// let edges = |locus| ds.add_bounds_at("hour", locus)["hour_bnds"].values::<f64>();
    /// assert_eq!(edges(Locus::Start)?, [0.0, 6.0, 6.0, 12.0, 12.0, 18.0]);
    /// assert_eq!(edges(Locus::End)?, [-6.0, 0.0, 0.0, 6.0, 6.0, 12.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn add_bounds_at(&self, key: &str, locus: Locus) -> Self {
        self.verb(
            || format!("add_bounds_at({key:?}, {locus:?})"),
            |ds| ds.try_add_bounds(key, locus),
        )
    }

    fn try_add_bounds(&self, key: &str, locus: Locus) -> Result<Self> {
        let cf = self.cf();
        let name = if self.is_coord(key) { Name::from(key) } else { cf.name(key)? };
        let coord = self.find(&name)?;
        let wrong = |why: &str| Error::invalid(format!("bounds of \"{name}\": {why}"));
        if related(coord, "bounds").is_some() {
            return Err(wrong("it has some already"));
        }
        let ([dim], Some(points)) = (&**coord.dims(), coord.in_memory()) else {
            return Err(wrong("it must be in memory and have one dimension"));
        };
        let is_latitude =
            cf.coordinates().get(&Kind::Latitude).is_some_and(|names| names.contains(&name));
        let mut edges = edges_of(points, locus).map_err(|e| wrong(&e.to_string()))?;
        if is_latitude && points.dtype().is_real() {
            let limit = |op, value: f64| {
                let op = MapOp::with(op, value.into(), false, edges.dtype())?;
                Ok::<_, Error>(op)
            };
            let (low, high) = (limit(ZipOp::Max, -90.0)?, limit(ZipOp::Min, 90.0)?);
            edges = high.apply(&low.apply(&edges)?)?;
        }
        let bounds = format!("{name}_{VERTEX}");
        if self.has(&bounds) {
            return Err(wrong(&format!("\"{bounds}\" is there already")));
        }
        let dims: Dims = [dim.clone(), Name::from(VERTEX)].into_iter().collect();
        let mut encoding = coord.encoding().clone();
        encoding.extra.set("bounds", bounds.as_str());
        let mut parts = (*self.0).clone();
        if let Some(held) = parts.vars.get_mut(&name) {
            *held = held.clone().with_encoding(encoding);
        }
        parts.insert(bounds, Variable::new(dims, edges)?, true)?;
        parts.cache = crate::cache::Cache::default();
        Ok(Self(Arc::new(parts)))
    }
}

/// The edges of cells around points, in pairs, in the direction of the points.
///
/// # Errors
/// If the points are not strictly monotonic, fewer than two, or of a type without distances.
pub(crate) fn edges_of(points: &Array, locus: Locus) -> Result<Array> {
    let wrong = |what: &str| Error::invalid(format!("its {what} are not monotonic, or too few"));
    match points.dtype() {
        DType::Time(_) => {
            let ticks = points.clone().with_dtype(DType::I64)?.to_flat::<i64>()?;
            let steps = Steps {
                between: |a: i64, b: i64| a.checked_add(b.checked_sub(a)? / 2),
                minus: i64::checked_sub,
                plus: i64::checked_add,
            };
            let cells = cells(&ticks, locus, &steps).ok_or_else(|| wrong("instants"))?;
            Array::from_vec([points.len(), 2], cells)?.with_dtype(points.dtype().clone())
        }
        dtype if dtype.is_real() => {
            let numbers = points.cast(&DType::F64)?.to_flat::<f64>()?;
            let steps = Steps {
                between: |a: f64, b: f64| Some(a + (b - a) / 2.0),
                minus: |a, b| Some(a - b),
                plus: |a, b| Some(a + b),
            };
            let cells = cells(&numbers, locus, &steps).ok_or_else(|| wrong("values"))?;
            let made = Array::from_vec([points.len(), 2], cells)?;
            if dtype.is_float() { made.cast(dtype) } else { Ok(made) }
        }
        other => Err(Error::invalid(format!("its values are {other}"))),
    }
}

/// How to reckon with points.
struct Steps<T> {
    between: fn(T, T) -> Option<T>,
    minus: fn(T, T) -> Option<T>,
    plus: fn(T, T) -> Option<T>,
}

/// Pairs of edges; `None` if the points are not strictly monotonic, or fewer than two.
fn cells<T: Copy + PartialOrd>(points: &[T], locus: Locus, steps: &Steps<T>) -> Option<Vec<T>> {
    let rising = points.windows(2).all(|w| matches!(w, [a, b] if a < b));
    let falling = points.windows(2).all(|w| matches!(w, [a, b] if a > b));
    let ([first, second, ..], [.., before, last], true) = (points, points, rising || falling)
    else {
        return None;
    };
    let Steps { between, minus, plus } = steps;
    // Outwards as far as inwards.
    let edges: Vec<T> = match locus {
        Locus::Center => {
            let inner = points.windows(2).map(|w| match w {
                [a, b] => between(*a, *b),
                _ => None,
            });
            let head = minus(*first, minus(between(*first, *second)?, *first)?)?;
            let tail = plus(*last, minus(*last, between(*before, *last)?)?)?;
            let all = std::iter::once(Some(head)).chain(inner).chain([Some(tail)]);
            all.collect::<Option<_>>()?
        }
        // The point is the first of its edges in the direction of the points.
        Locus::Start if rising => edges_after(points, plus(*last, minus(*last, *before)?)?),
        Locus::End if falling => edges_after(points, plus(*last, minus(*last, *before)?)?),
        Locus::Start | Locus::End => {
            let head = minus(*first, minus(*second, *first)?)?;
            std::iter::once(head).chain(points.iter().copied()).collect()
        }
    };
    let pairs = edges.iter().zip(edges.iter().skip(1));
    Some(pairs.flat_map(|(a, b)| [*a, *b]).collect())
}

fn edges_after<T: Copy>(points: &[T], tail: T) -> Vec<T> {
    points.iter().copied().chain([tail]).collect()
}
