//! Mercator's projection (Snyder, chapter 7).

use graticule_array::{Error, Result};

use super::figure::Figure;
use super::{Parameters, turned};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mercator {
    figure: Figure,
    lon: f64,
    shift: [f64; 2],
    /// The radius of the equator in the plane.
    radius: f64,
}

impl Mercator {
    pub(super) fn new(given: &Parameters<'_>) -> Result<Self> {
        let figure = given.figure()?;
        let lon = given.need("longitude_of_projection_origin")?;
        let scale = match given.get("standard_parallel") {
            Some(parallel) => figure.parallel(parallel),
            None => given.get("scale_factor_at_projection_origin").unwrap_or(1.0),
        };
        if !scale.is_finite() || scale <= 0.0 {
            return Err(Error::invalid(format!("a plane of the scale {scale}")));
        }
        Ok(Self { figure, lon, shift: given.shift(), radius: figure.major * scale })
    }

    pub(super) fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        let [east, north] = self.shift;
        let x = self.radius * turned(lon - self.lon).to_radians();
        let y = -self.figure.half_colatitude(lat).ln();
        [east + x, north + self.radius * y]
    }

    pub(super) fn inverse(&self, x: f64, y: f64) -> [f64; 2] {
        let [east, north] = self.shift;
        let tangent = (-(y - north) / self.radius).exp();
        let lon = turned(((x - east) / self.radius).to_degrees() + self.lon);
        [lon, self.figure.latitude(tangent)]
    }
}
