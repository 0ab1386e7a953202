//! The point index: the nearest of points in several coordinates, on the globe or in a plane.

use std::sync::{Arc, OnceLock};

use graticule_array::{Array, DType, Error, Pick, Result, Selection};

use super::build::{BuildIndex, IndexCoords};
use super::tree::{Near, Tree};
use super::{Found, Index, Query};
use crate::select::{Method, Selector};

/// The mean radius of the Earth in metres (IUGG: (2a + b) / 3 of GRS 80).
pub(crate) const EARTH_RADIUS: f64 = 6_371_008.771_415;

/// How far apart two points are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Metric {
    /// The root of the sum of squares of the differences, in the units of the coordinates.
    Euclidean,
    /// Metres along the surface of a sphere of this radius; latitude and longitude in degrees.
    GreatCircle { radius: f64 },
}

/// Finds the points nearest to some place among those that coordinates of any number of
/// dimensions describe: the cells of a curvilinear grid, stations, the nodes of a mesh.
///
/// With [`great_circle`](Self::great_circle) the coordinates are latitude and longitude, in that
/// order or told apart by their units, and distances are metres along the surface of the Earth:
/// the antimeridian and the poles are no borders. With [`euclidean`](Self::euclidean) they are
/// numbers of one unit. Points with a missing coordinate are never found. Of equally near points
/// the first one in memory order is taken.
///
/// Labels are looked up by [`near`](crate::near) alone. Points in arrays for which nothing lies
/// within the tolerance become missing; a single one is an error.
///
/// ```
/// use graticule_dataset::{DataArray, PointIndex, near};
/// let t = DataArray::new("t", ["y", "x"], (vec![1, 2, 3, 4], [2, 2]))
///     .with_coord("lat", ["y", "x"], (vec![80.0, 80.5, 81.0, 81.5], [2, 2]))
///     .with_coord("lon", ["y", "x"], (vec![0.1, 90.0, 180.0, 270.0], [2, 2]))
///     .set_xindex(["lat", "lon"], PointIndex::great_circle());
/// let at = t.sel_many([("lat", near(80.0).into()), ("lon", near(359.9).into())]);
/// assert_eq!(at.item::<i32>()?, 1);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PointIndex {
    metric: Metric,
    /// Which coordinate is the latitude: 0, or 1 if longitude comes first.
    latitude: usize,
    /// The values of each coordinate over all axes, of the type `f64`.
    coords: Arc<[Array]>,
    shape: Vec<usize>,
    tree: Arc<OnceLock<Tree>>,
}

/// What a query asks for.
struct Places {
    /// One number per coordinate.
    places: Vec<Vec<f64>>,
    /// How far away the nearest point may be.
    limits: Vec<Option<f64>>,
    /// Whether single labels were given.
    one: bool,
}

/// The recipe of a point index, for [`set_xindex`](crate::Dataset::set_xindex).
#[derive(Clone, Copy, Debug)]
pub struct PointRecipe(Metric);

impl PointIndex {
    /// The recipe of an index by distance on the Earth, a sphere of 6,371,008.8 m, over latitude
    /// and longitude in degrees.
    #[must_use]
    pub fn great_circle() -> PointRecipe {
        PointRecipe(Metric::GreatCircle { radius: EARTH_RADIUS })
    }

    /// The recipe of an index by distance on a sphere of another radius, in the units of which
    /// distances are.
    #[must_use]
    pub fn on_sphere(radius: f64) -> PointRecipe {
        PointRecipe(Metric::GreatCircle { radius })
    }

    /// The recipe of an index by straight distance, in the unit of the coordinates.
    #[must_use]
    pub fn euclidean() -> PointRecipe {
        PointRecipe(Metric::Euclidean)
    }

    /// The tree, built at the first look-up.
    fn tree(&self) -> Result<&Tree> {
        if let Some(tree) = self.tree.get() {
            return Ok(tree);
        }
        let columns = self.coords.iter().map(Array::to_flat::<f64>).collect::<Result<Vec<_>>>()?;
        let n = columns.first().map_or(0, Vec::len);
        let mut points = Vec::with_capacity(n.saturating_mul(self.space()));
        let mut place = Vec::with_capacity(columns.len());
        for row in 0..n {
            place.clear();
            place.extend(columns.iter().filter_map(|c| c.get(row).copied()));
            self.push_point(&place, &mut points);
        }
        Ok(self.tree.get_or_init(|| Tree::new(self.space(), &points)))
    }

    /// The number of dimensions of the space that the tree is in.
    fn space(&self) -> usize {
        match self.metric {
            Metric::Euclidean => self.coords.len(),
            Metric::GreatCircle { .. } => 3,
        }
    }

    /// A place in the space of the tree: on the globe, the point of the unit sphere.
    fn push_point(&self, place: &[f64], out: &mut Vec<f64>) {
        match self.metric {
            Metric::Euclidean => out.extend_from_slice(place),
            Metric::GreatCircle { .. } => {
                let at = |i: usize| place.get(i).copied().unwrap_or(f64::NAN).to_radians();
                let (lat, lon) = (at(self.latitude), at(1 - self.latitude));
                out.extend([lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]);
            }
        }
    }

    /// The squared distance in the space of the tree that corresponds to a distance.
    fn square(&self, distance: f64) -> f64 {
        match self.metric {
            Metric::Euclidean => distance * distance,
            Metric::GreatCircle { radius } => {
                // The chord; beyond half the circumference everything is within.
                let half = (distance / radius / 2.0).min(std::f64::consts::FRAC_PI_2);
                let chord = 2.0 * half.sin();
                chord * chord
            }
        }
    }

    /// The distance of a squared distance in the space of the tree.
    fn distance(&self, square: f64) -> f64 {
        match self.metric {
            Metric::Euclidean => square.sqrt(),
            Metric::GreatCircle { radius } => 2.0 * radius * (square.sqrt() / 2.0).min(1.0).asin(),
        }
    }

    fn find(&self, place: &[f64], k: usize, within: Option<f64>) -> Result<Vec<Near>> {
        if place.len() != self.coords.len() {
            return Err(Error::mismatch(format!(
                "{} numbers for a place of {} coordinates",
                place.len(),
                self.coords.len()
            )));
        }
        if let Some(limit) = within.filter(|l| l.is_nan() || *l < 0.0) {
            return Err(Error::invalid(format!("the distance {limit} is not a length")));
        }
        let mut target = Vec::with_capacity(3);
        self.push_point(place, &mut target);
        if target.iter().any(|v| !v.is_finite()) {
            return Ok(Vec::new());
        }
        // A little more than asked for; what lies beyond is sorted out by the true distance.
        let limit = within.map_or(f64::INFINITY, |l| self.square(l) * (1.0 + 1e-12) + 1e-30);
        let mut found = self.tree()?.nearest(&target, k, limit);
        if let Some(within) = within {
            found.retain(|n| self.distance(n.square) <= within * (1.0 + 1e-12));
        }
        Ok(found)
    }

    /// The `k` points nearest to a place, one number per coordinate: their positions in memory
    /// order and their distances, nearest first; fewer if fewer lie within the tolerance.
    ///
    /// # Errors
    /// If the place has another number of coordinates, or the tolerance is negative.
    pub fn nearest(
        &self,
        place: &[f64],
        k: usize,
        tolerance: Option<f64>,
    ) -> Result<Vec<(usize, f64)>> {
        let found = self.find(place, k, tolerance)?;
        Ok(found.into_iter().map(|n| (n.id, self.distance(n.square))).collect())
    }

    /// The positions in memory order of all points within a distance of a place.
    ///
    /// # Errors
    /// If the place has another number of coordinates, or the distance is negative.
    pub fn within(&self, place: &[f64], distance: f64) -> Result<Vec<usize>> {
        let all = self.find(place, usize::MAX, Some(distance))?;
        let mut ids: Vec<usize> = all.into_iter().map(|n| n.id).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// The positions along the axes of a position in memory order.
    fn unravel(&self, mut id: usize) -> Vec<usize> {
        let mut at: Vec<usize> = Vec::with_capacity(self.shape.len());
        for n in self.shape.iter().rev() {
            at.push(id % (*n).max(1));
            id /= (*n).max(1);
        }
        at.reverse();
        at
    }

    /// The places that a query asks for, and how far away points may be.
    fn places(query: &Query) -> Result<Places> {
        let mut places: Vec<Vec<f64>> = Vec::new();
        let mut limits: Vec<Option<f64>> = Vec::new();
        let mut one = true;
        for (coord, selector) in query.all()?.into_iter().enumerate() {
            let name = query.name(coord);
            let Selector::Near(near) = selector else {
                return Err(Error::invalid(format!(
                    "\"{name}\" is one of the coordinates of points, which are found by distance"
                ))
                .hint("near(..)"));
            };
            if near.method != Method::Nearest {
                return Err(Error::unsupported(format!(
                    "pad() and backfill() among points (\"{name}\")"
                )));
            }
            if !near.labels.dtype().is_real() {
                return Err(Error::mismatch(format!(
                    "the label of \"{name}\" is of type {}; expected a number",
                    near.labels.dtype()
                )));
            }
            let values = near.labels.cast(&DType::F64)?.to_flat::<f64>()?;
            one &= near.labels.ndim() == 0;
            if coord > 0 && values.len() != places.len() {
                return Err(Error::mismatch(format!(
                    "{} labels of \"{name}\" for {} of \"{}\"",
                    values.len(),
                    places.len(),
                    query.name(0)
                )));
            }
            let each = match &near.tolerance {
                None => vec![None; values.len()],
                Some(t) => {
                    let all = t.cast(&DType::F64)?.to_flat::<f64>()?;
                    let at = |i: usize| if t.ndim() == 0 { all.first() } else { all.get(i) };
                    (0..values.len()).map(|i| at(i).copied()).collect()
                }
            };
            for (i, (value, limit)) in values.into_iter().zip(each).enumerate() {
                match places.get_mut(i) {
                    Some(place) => place.push(value),
                    None => places.push(vec![value]),
                }
                // The strictest of the tolerances holds.
                match limits.get_mut(i) {
                    Some(known) => {
                        *known = match (*known, limit) {
                            (Some(a), Some(b)) => Some(a.min(b)),
                            (a, b) => a.or(b),
                        }
                    }
                    None => limits.push(limit),
                }
            }
        }
        Ok(Places { places, limits, one })
    }
}

impl Index for PointIndex {
    fn kind(&self) -> &'static str {
        "points"
    }

    fn shape(&self) -> Vec<usize> {
        self.shape.clone()
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let Places { places, limits, one } = Self::places(query)?;
        if !query.is_pointwise() && !one {
            return Err(Error::invalid(
                "lists of labels among points: which of them belong together is not said",
            )
            .hint("give arrays with a dimension: near(&DataArray::new(\"\", \"points\", ..))"));
        }
        let mut axes = vec![Vec::with_capacity(places.len()); self.shape.len()];
        let mut missing = vec![false; places.len()];
        for (i, (place, limit)) in places.iter().zip(&limits).enumerate() {
            let found = self.find(place, 1, *limit)?;
            let at = match found.first() {
                Some(near) => self.unravel(near.id),
                None if query.is_pointwise() => {
                    if let Some(flag) = missing.get_mut(i) {
                        *flag = true;
                    }
                    vec![0; self.shape.len()]
                }
                None => return Err(self.nothing_near(query, place, *limit)),
            };
            for (axis, at) in axes.iter_mut().zip(at) {
                axis.push(at);
            }
        }
        if query.is_pointwise() {
            if missing.iter().all(|m| *m) && self.is_empty() && !missing.is_empty() {
                return Err(Error::not_found("there are no points at all"));
            }
            let any = missing.contains(&true);
            return Ok(Found::Points { axes, missing: if any { missing } else { Vec::new() } });
        }
        let at = axes.iter().map(|a| a.first().copied().unwrap_or(0)).map(Pick::At);
        Ok(Found::picks(at.enumerate().collect()))
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let selection = Selection::new(picks);
        let picked =
            self.coords.iter().map(|a| a.select(&selection)).collect::<Result<Vec<_>>>().ok()?;
        let shape = selection.shape();
        (!shape.is_empty()).then(|| {
            let made = Self { coords: picked.into(), shape, tree: Arc::default(), ..self.clone() };
            Arc::new(made) as Arc<dyn Index>
        })
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let Some(other) = (other as &dyn std::any::Any).downcast_ref::<Self>() else {
            return Some(format!("one is an index of points, the other of {}", other.kind()));
        };
        if self.metric != other.metric {
            return Some("distances are measured in different ways".into());
        }
        if self.shape != other.shape || self.coords.len() != other.coords.len() {
            return Some(format!("shapes are {:?} and {:?}", self.shape, other.shape));
        }
        let differ = |(a, b): (&Array, &Array)| !crate::verbs::align::equal_values(a, b);
        self.coords.iter().zip(other.coords.iter()).any(differ).then(|| "the points differ".into())
    }

    fn describe(&self) -> String {
        let how = match self.metric {
            Metric::Euclidean => "straight distance",
            Metric::GreatCircle { .. } => "great-circle distance",
        };
        format!("points ({}, {how})", self.len())
    }
}

impl PointIndex {
    fn nothing_near(&self, query: &Query, place: &[f64], limit: Option<f64>) -> Error {
        let texts = place.iter().enumerate().map(|(i, v)| format!("{} {v}", query.name(i)));
        let place_text = texts.collect::<Vec<_>>().join(", ");
        let nearest = self.nearest(place, 1, None).ok().and_then(|n| n.first().copied());
        let unit = if matches!(self.metric, Metric::Euclidean) { "" } else { " m" };
        let limit = limit.map(|l| format!(" within {l}{unit}")).unwrap_or_default();
        let error = Error::not_found(format!("no point{limit} of {place_text}"));
        match nearest {
            Some((_, far)) => error.hint(format!("the nearest is {far:.6}{unit} away")),
            None => error.hint("all points have a missing coordinate"),
        }
    }
}

/// Whether units say that a coordinate is a longitude, or a latitude.
fn is_longitude(units: Option<&str>) -> Option<bool> {
    let units = units?.to_ascii_lowercase().replace('_', "");
    match units.trim() {
        "degreeseast" | "degreeeast" | "degreese" | "degreee" => Some(true),
        "degreesnorth" | "degreenorth" | "degreesn" | "degreen" => Some(false),
        _ => None,
    }
}

impl BuildIndex for PointRecipe {
    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
        let list = coords.coords();
        if let Some(strange) = list.iter().find(|c| !c.values.dtype().is_real()) {
            return Err(Error::mismatch(format!(
                "the coordinate \"{}\" of points is of type {}; expected numbers",
                strange.name,
                strange.values.dtype()
            )));
        }
        if coords.dims().is_empty() {
            return Err(Error::invalid("an index over single values has nothing to find"));
        }
        let mut latitude = 0;
        if let Metric::GreatCircle { radius } = self.0 {
            let [first, second] = list else {
                return Err(Error::invalid(format!(
                    "distances on the globe need latitude and longitude, not {} coordinates",
                    list.len()
                )));
            };
            if !(radius > 0.0 && radius.is_finite()) {
                return Err(Error::invalid(format!("the radius {radius} is not a length")));
            }
            let swapped = is_longitude(first.attrs.text("units")) == Some(true)
                || is_longitude(second.attrs.text("units")) == Some(false);
            latitude = usize::from(swapped);
            let lat = if swapped { second } else { first };
            let values = lat.values.cast(&DType::F64)?.to_flat::<f64>()?;
            if let Some(bad) = values.iter().find(|v| v.abs() > 90.001) {
                return Err(Error::invalid(format!("the latitude {bad} in \"{}\"", lat.name))
                    .hint("give latitude first, then longitude, in degrees"));
            }
        }
        let one = |at: usize| coords.spread(at)?.cast(&DType::F64);
        let values = (0..list.len()).map(one).collect::<Result<Vec<Array>>>()?;
        Ok(Arc::new(PointIndex {
            metric: self.0,
            latitude,
            coords: values.into(),
            shape: coords.shape().to_vec(),
            tree: Arc::default(),
        }))
    }
}
