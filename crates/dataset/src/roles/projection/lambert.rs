//! Lambert's conformal conic projection (Snyder, chapter 15).

use graticule_array::{Error, Result};

use super::figure::Figure;
use super::{Parameters, turned};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lambert {
    figure: Figure,
    lon: f64,
    shift: [f64; 2],
    /// The constant of the cone.
    n: f64,
    /// The radius of the parallel whose half colatitude has the tangent 1.
    radius: f64,
    /// The radius of the origin.
    origin: f64,
}

impl Lambert {
    pub(super) fn new(given: &Parameters<'_>) -> Result<Self> {
        let figure = given.figure()?;
        let lon = given
            .get("longitude_of_central_meridian")
            .map_or_else(|| given.need("longitude_of_projection_origin"), Ok)?;
        let (first, second) = match &*given.0.numbers("standard_parallel") {
            [one] => (*one, *one),
            [one, other] => (*one, *other),
            _ => {
                return Err(Error::invalid(
                    "\"lambert_conformal_conic\" needs one standard_parallel or two",
                ));
            }
        };
        let lat = given.get("latitude_of_projection_origin").unwrap_or(first);
        let n = if (first - second).abs() < 1e-10 {
            first.to_radians().sin()
        } else {
            let (m1, m2) = (figure.parallel(first), figure.parallel(second));
            let (t1, t2) = (figure.half_colatitude(first), figure.half_colatitude(second));
            (m1.ln() - m2.ln()) / (t1.ln() - t2.ln())
        };
        if !n.is_finite() || n.abs() < 1e-10 || first.abs() >= 90.0 || second.abs() >= 90.0 {
            return Err(Error::invalid(format!(
                "no cone touches the parallels of {first} and {second} degrees"
            )));
        }
        let scale = given.get("scale_factor_at_projection_origin").unwrap_or(1.0);
        let unit = figure.parallel(first) / (n * figure.half_colatitude(first).powf(n));
        let radius = figure.major * unit * scale;
        let origin = radius * figure.half_colatitude(lat).powf(n);
        Ok(Self { figure, lon, shift: given.shift(), n, radius, origin })
    }

    pub(super) fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        let rho = self.radius * self.figure.half_colatitude(lat).powf(self.n);
        let (sin, cos) = (self.n * turned(lon - self.lon)).to_radians().sin_cos();
        let [east, north] = self.shift;
        [east + rho * sin, north + self.origin - rho * cos]
    }

    pub(super) fn inverse(&self, x: f64, y: f64) -> [f64; 2] {
        let [east, north] = self.shift;
        let side = self.n.signum();
        let (x, y) = (side * (x - east), side * (self.origin - (y - north)));
        let tangent = (x.hypot(y) / self.radius.abs()).powf(1.0 / self.n);
        let lon = turned(x.atan2(y).to_degrees() / self.n + self.lon);
        [lon, self.figure.latitude(tangent)]
    }
}
