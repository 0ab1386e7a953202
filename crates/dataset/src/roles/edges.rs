//! Bounds for coordinates that have none.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result};

use super::Kind;
use super::related;
use crate::dataset::Dataset;
use crate::dims::Dims;
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
        self.verb(|| format!("add_bounds({key:?})"), |ds| ds.try_add_bounds(key))
    }

    fn try_add_bounds(&self, key: &str) -> Result<Self> {
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
        let edges = match points.dtype() {
            DType::Time(_) => {
                let ticks = points.clone().with_dtype(DType::I64)?.to_flat::<i64>()?;
                let between = |a: i64, b: i64| a.checked_add(b.checked_sub(a)? / 2);
                let cells = cells(
                    &ticks,
                    between,
                    |a, b| b.checked_sub(a),
                    i64::checked_sub,
                    i64::checked_add,
                );
                let cells =
                    cells.ok_or_else(|| wrong("its instants are not monotonic, or too few"))?;
                Array::from_vec([points.len(), 2], cells)?.with_dtype(points.dtype().clone())?
            }
            dtype if dtype.is_real() => {
                let numbers = points.cast(&DType::F64)?.to_flat::<f64>()?;
                let between = |a: f64, b: f64| Some(a + (b - a) / 2.0);
                let cells = cells(
                    &numbers,
                    between,
                    |a, b| Some(b - a),
                    |a, b| Some(a - b),
                    |a, b| Some(a + b),
                );
                let mut cells =
                    cells.ok_or_else(|| wrong("its values are not monotonic, or too few"))?;
                if is_latitude {
                    cells.iter_mut().for_each(|edge| *edge = edge.clamp(-90.0, 90.0));
                }
                let made = Array::from_vec([points.len(), 2], cells)?;
                if dtype.is_float() { made.cast(dtype)? } else { made }
            }
            other => return Err(wrong(&format!("its values are {other}"))),
        };
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

/// Pairs of edges half-way between strictly monotonic points; `None` if they are not, or fewer
/// than two.
fn cells<T: Copy + PartialOrd>(
    points: &[T],
    between: impl Fn(T, T) -> Option<T>,
    width: impl Fn(T, T) -> Option<T>,
    minus: impl Fn(T, T) -> Option<T>,
    plus: impl Fn(T, T) -> Option<T>,
) -> Option<Vec<T>> {
    let rising = points.windows(2).all(|w| matches!(w, [a, b] if a < b));
    let falling = points.windows(2).all(|w| matches!(w, [a, b] if a > b));
    let ([first, second, ..], [.., before, last], true) = (points, points, rising || falling)
    else {
        return None;
    };
    let inner: Option<Vec<T>> =
        points.windows(2).map(|w| if let [a, b] = w { between(*a, *b) } else { None }).collect();
    let inner = inner?;
    // Outwards as far as inwards.
    let head = minus(*first, minus(between(*first, *second)?, *first)?)?;
    let tail = plus(*last, width(between(*before, *last)?, *last)?)?;
    let starts = std::iter::once(head).chain(inner.iter().copied());
    let ends = inner.iter().copied().chain(std::iter::once(tail));
    Some(starts.zip(ends).flat_map(|(a, b)| [a, b]).collect())
}
