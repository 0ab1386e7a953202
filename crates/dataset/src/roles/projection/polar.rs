//! The stereographic projection of a pole (Snyder, chapter 21).

use graticule_array::{Error, Result};

use super::figure::Figure;
use super::{Parameters, turned};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Polar {
    figure: Figure,
    lon: f64,
    shift: [f64; 2],
    /// 1 about the north pole, -1 about the south pole.
    side: f64,
    /// The radius of the parallel whose half colatitude has the tangent 1.
    radius: f64,
}

impl Polar {
    pub(super) fn new(given: &Parameters<'_>) -> Result<Self> {
        let figure = given.figure()?;
        let lon = given
            .get("straight_vertical_longitude_from_pole")
            .map_or_else(|| given.need("longitude_of_projection_origin"), Ok)?;
        let parallel = given.get("standard_parallel");
        let pole = given
            .get("latitude_of_projection_origin")
            .or(parallel)
            .map_or_else(|| given.need("latitude_of_projection_origin"), Ok)?;
        let side = if pole < 0.0 { -1.0 } else { 1.0 };
        let at_pole = {
            let e = figure.e;
            2.0 * figure.major / ((1.0 + e).powf(1.0 + e) * (1.0 - e).powf(1.0 - e)).sqrt()
        };
        let radius = match parallel.map(f64::abs).filter(|p| (p - 90.0).abs() > 1e-10) {
            Some(parallel) if parallel < 90.0 => {
                figure.major * figure.parallel(parallel) / figure.half_colatitude(parallel)
            }
            Some(parallel) => {
                return Err(Error::invalid(format!("a parallel of {parallel} degrees")));
            }
            None => at_pole * given.get("scale_factor_at_projection_origin").unwrap_or(1.0),
        };
        if !radius.is_finite() || radius <= 0.0 {
            return Err(Error::invalid(format!("a plane of the scale {}", radius / at_pole)));
        }
        Ok(Self { figure, lon, shift: given.shift(), side, radius })
    }

    pub(super) fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        let rho = self.radius * self.figure.half_colatitude(self.side * lat);
        let (sin, cos) = turned(lon - self.lon).to_radians().sin_cos();
        let [east, north] = self.shift;
        [east + rho * sin, north - self.side * rho * cos]
    }

    pub(super) fn inverse(&self, x: f64, y: f64) -> [f64; 2] {
        let [east, north] = self.shift;
        let (x, y) = (x - east, self.side * (north - y));
        let lat = self.side * self.figure.latitude(x.hypot(y) / self.radius);
        [turned(x.atan2(y).to_degrees() + self.lon), lat]
    }
}
