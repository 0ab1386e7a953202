//! The transverse Mercator projection (Karney's series of the sixth order).

use graticule_array::{Error, Result};

use super::figure::Figure;
use super::{Parameters, turned};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Transverse {
    figure: Figure,
    lon: f64,
    shift: [f64; 2],
    /// The scaled radius of the rectifying sphere.
    radius: f64,
    /// The northing of the origin, over that radius.
    origin: f64,
    to_plane: [f64; 6],
    to_sphere: [f64; 6],
}

impl Transverse {
    pub(super) fn new(given: &Parameters<'_>) -> Result<Self> {
        let figure = given.figure()?;
        let lon = given
            .get("longitude_of_central_meridian")
            .map_or_else(|| given.need("longitude_of_projection_origin"), Ok)?;
        let scale = given.get("scale_factor_at_central_meridian").unwrap_or(1.0);
        let n = figure.n;
        let n2 = n * n;
        let mean =
            figure.major / (1.0 + n) * (1.0 + n2 / 4.0 + n2 * n2 / 64.0 + n2.powi(3) / 256.0);
        if !scale.is_finite() || scale <= 0.0 {
            return Err(Error::invalid(format!("a plane of the scale {scale}")));
        }
        let mut made = Self {
            figure,
            lon,
            shift: given.shift(),
            radius: mean * scale,
            origin: 0.0,
            to_plane: to_plane(n),
            to_sphere: to_sphere(n),
        };
        let lat = given.get("latitude_of_projection_origin").unwrap_or(0.0);
        let [_, north] = made.forward(made.lon, lat);
        let [_, shift] = made.shift;
        made.origin = (north - shift) / made.radius;
        Ok(made)
    }

    pub(super) fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        let (sin, cos) = turned(lon - self.lon).to_radians().sin_cos();
        let conformal = conformal(&self.figure, lat);
        let xi = conformal.atan2(cos);
        let eta = (sin / conformal.hypot(cos)).asinh();
        let [xi, eta] = series(&self.to_plane, xi, eta, 1.0);
        let [east, north] = self.shift;
        [east + self.radius * eta, north + self.radius * (xi - self.origin)]
    }

    pub(super) fn inverse(&self, x: f64, y: f64) -> [f64; 2] {
        let [east, north] = self.shift;
        let (xi, eta) = ((y - north) / self.radius + self.origin, (x - east) / self.radius);
        let [xi, eta] = series(&self.to_sphere, xi, eta, -1.0);
        let (sin, cos) = xi.sin_cos();
        let lon = turned(eta.sinh().atan2(cos).to_degrees() + self.lon);
        let psi = (sin / eta.sinh().hypot(cos)).asinh();
        // Towards the nearer pole, where the tangent is small.
        [lon, self.figure.latitude((-psi.abs()).exp()).copysign(psi)]
    }
}

/// The tangent of the conformal latitude.
fn conformal(figure: &Figure, lat: f64) -> f64 {
    let tan = lat.to_radians().tan();
    let sec = 1.0f64.hypot(tan);
    let sigma = (figure.e * (figure.e * tan / sec).atanh()).sinh();
    tan * 1.0f64.hypot(sigma) - sigma * sec
}

fn series(factors: &[f64; 6], xi: f64, eta: f64, sign: f64) -> [f64; 2] {
    let mut made = [xi, eta];
    let [x, y] = &mut made;
    for (j, factor) in factors.iter().enumerate() {
        let twice = 2.0 * (j + 1) as f64;
        let (sin, cos) = (twice * xi).sin_cos();
        *x += sign * factor * sin * (twice * eta).cosh();
        *y += sign * factor * cos * (twice * eta).sinh();
    }
    made
}

/// `n^first` times a polynomial in `n`.
fn polynomial(n: f64, first: i32, factors: &[f64]) -> f64 {
    n.powi(first) * factors.iter().rev().fold(0.0, |sum, f| sum * n + f)
}

/// Karney (2011), equation 35.
fn to_plane(n: f64) -> [f64; 6] {
    [
        polynomial(
            n,
            1,
            &[1.0 / 2.0, -2.0 / 3.0, 5.0 / 16.0, 41.0 / 180.0, -127.0 / 288.0, 7_891.0 / 37_800.0],
        ),
        polynomial(
            n,
            2,
            &[13.0 / 48.0, -3.0 / 5.0, 557.0 / 1_440.0, 281.0 / 630.0, -1_983_433.0 / 1_935_360.0],
        ),
        polynomial(
            n,
            3,
            &[61.0 / 240.0, -103.0 / 140.0, 15_061.0 / 26_880.0, 167_603.0 / 181_440.0],
        ),
        polynomial(n, 4, &[49_561.0 / 161_280.0, -179.0 / 168.0, 6_601_661.0 / 7_257_600.0]),
        polynomial(n, 5, &[34_729.0 / 80_640.0, -3_418_889.0 / 1_995_840.0]),
        polynomial(n, 6, &[212_378_941.0 / 319_334_400.0]),
    ]
}

/// Karney (2011), equation 36.
fn to_sphere(n: f64) -> [f64; 6] {
    [
        polynomial(
            n,
            1,
            &[
                1.0 / 2.0,
                -2.0 / 3.0,
                37.0 / 96.0,
                -1.0 / 360.0,
                -81.0 / 512.0,
                96_199.0 / 604_800.0,
            ],
        ),
        polynomial(
            n,
            2,
            &[1.0 / 48.0, 1.0 / 15.0, -437.0 / 1_440.0, 46.0 / 105.0, -1_118_711.0 / 3_870_720.0],
        ),
        polynomial(n, 3, &[17.0 / 480.0, -37.0 / 840.0, -209.0 / 4_480.0, 5_569.0 / 90_720.0]),
        polynomial(n, 4, &[4_397.0 / 161_280.0, -11.0 / 504.0, -830_251.0 / 7_257_600.0]),
        polynomial(n, 5, &[4_583.0 / 161_280.0, -108_847.0 / 3_991_680.0]),
        polynomial(n, 6, &[20_648_693.0 / 638_668_800.0]),
    ]
}
