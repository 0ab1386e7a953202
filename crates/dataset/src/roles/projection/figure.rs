//! The figure of the earth.

use std::f64::consts::FRAC_PI_2;

use graticule_array::{Error, Result};

use super::Crs;

/// An ellipsoid, or a sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figure {
    /// The semi-major axis in metres.
    pub(super) major: f64,
    /// The eccentricity.
    pub(super) e: f64,
    /// The third flattening, `(a - b) / (a + b)`.
    pub(super) n: f64,
}

impl Figure {
    pub(super) fn of(crs: &Crs) -> Result<Self> {
        let wgs84 = (6_378_137.0, 6_378_137.0 * (1.0 - 1.0 / 298.257_223_563));
        let (a, b) = crs.ellipsoid().or_else(|| crs.named_ellipsoid()).unwrap_or(wgs84);
        if !(a.is_finite() && b.is_finite() && b > 0.0 && a >= b) {
            return Err(Error::invalid(format!("an earth with the axes {a} m and {b} m")));
        }
        let ratio = b / a;
        let e = ((1.0 - ratio) * (1.0 + ratio)).sqrt();
        Ok(Self { major: a, e, n: (a - b) / (a + b) })
    }

    /// How much shorter a parallel is than the equator.
    pub(super) fn parallel(&self, lat: f64) -> f64 {
        let (sin, cos) = lat.to_radians().sin_cos();
        let es = self.e * sin;
        cos / (1.0 - es * es).sqrt()
    }

    /// The tangent of half the conformal colatitude.
    pub(super) fn half_colatitude(&self, lat: f64) -> f64 {
        let half = (45.0 - lat / 2.0).to_radians();
        half.tan() * (self.e * (self.e * lat.to_radians().sin()).atanh()).exp()
    }

    /// The latitude of a half colatitude's tangent.
    pub(super) fn latitude(&self, tangent: f64) -> f64 {
        let mut lat = FRAC_PI_2 - 2.0 * tangent.atan();
        // Each step gains two digits on the figure of the earth.
        for _ in 0..30 {
            let grown = tangent * (-self.e * (self.e * lat.sin()).atanh()).exp();
            let next = FRAC_PI_2 - 2.0 * grown.atan();
            let step = (next - lat).abs();
            lat = next;
            // Not a number, too, ends here.
            if step.is_nan() || step < 1e-16 {
                break;
            }
        }
        lat.to_degrees()
    }
}
