//! Geographic coordinates about another pole.

use graticule_array::Result;

use super::{Parameters, turned};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rotated {
    /// Sine and cosine of the latitude of the grid's north pole.
    pole: (f64, f64),
    /// The longitude opposite to that of the grid's north pole.
    lon: f64,
    /// The longitude of the true north pole in the grid.
    grid_lon: f64,
}

impl Rotated {
    pub(super) fn new(given: &Parameters<'_>) -> Result<Self> {
        let pole = given.need("grid_north_pole_latitude")?.to_radians().sin_cos();
        let lon = given.need("grid_north_pole_longitude")? + 180.0;
        Ok(Self { pole, lon, grid_lon: given.get("north_pole_grid_longitude").unwrap_or(0.0) })
    }

    pub(super) fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        let (sin, cos) = self.pole;
        let [x, y, z] = point(turned(lon - self.lon), lat);
        let [lon, lat] = angles([sin * x + cos * z, y, sin * z - cos * x]);
        [turned(lon + self.grid_lon), lat]
    }

    pub(super) fn inverse(&self, lon: f64, lat: f64) -> [f64; 2] {
        let (sin, cos) = self.pole;
        let [x, y, z] = point(turned(lon - self.grid_lon), lat);
        let [lon, lat] = angles([sin * x - cos * z, y, sin * z + cos * x]);
        [turned(lon + self.lon), lat]
    }
}

/// The point of a unit sphere.
fn point(lon: f64, lat: f64) -> [f64; 3] {
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// The angles of a point, as exact at the poles as elsewhere.
fn angles([x, y, z]: [f64; 3]) -> [f64; 2] {
    [y.atan2(x).to_degrees(), z.atan2(x.hypot(y)).to_degrees()]
}
