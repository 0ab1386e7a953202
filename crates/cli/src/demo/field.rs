//! Synthetic daily fields like those of a sea-surface temperature analysis: smooth where the
//! ocean is smooth, noisy in the last digits, with land, ice and seasons. The same day always
//! gives the same bytes.

/// Grid rows, quarter-degree.
pub(crate) const LAT: usize = 720;
/// Grid columns, quarter-degree.
pub(crate) const LON: usize = 1440;

/// The fields of one day, row-major `(lat, lon)`; NaN on land (and, for ice, in warm water).
pub(crate) struct Day {
    pub(crate) sst: Vec<f32>,
    pub(crate) anom: Vec<f32>,
    pub(crate) err: Vec<f32>,
    pub(crate) ice: Vec<f32>,
}

/// What does not change from day to day.
pub(crate) struct Planet {
    /// Per cell: mean temperature, size of the seasons, two patterns of eddies; NaN on land.
    cells: Vec<[f32; 4]>,
}

/// Latitude of a row's centre, degrees north.
pub(crate) fn latitude(row: usize) -> f32 {
    -89.875 + 0.25 * row as f32
}

/// Longitude of a column's centre, degrees east.
pub(crate) fn longitude(column: usize) -> f32 {
    0.125 + 0.25 * column as f32
}

impl Planet {
    pub(crate) fn new() -> Self {
        let cell = |i: usize| {
            let (lat, lon) = (latitude(i / LON).to_radians(), longitude(i % LON).to_radians());
            if is_land(lat, lon) {
                return [f32::NAN; 4];
            }
            let mean = 30.0 * lat.cos().powi(2) - 1.9 + 1.5 * (2.0 * lon + 3.0 * lat).sin();
            let season = 6.0 * (2.0 * lat).sin();
            let eddy = |k: f32, l: f32| (k * lon + l * lat).sin() * (l * lon - k * lat).cos();
            [mean, season, eddy(23.0, 17.0), eddy(41.0, -29.0)]
        };
        Self { cells: (0..LAT * LON).map(cell).collect() }
    }

    /// The fields of a day, counted from the start of the archive.
    pub(crate) fn day(&self, day: usize) -> Day {
        let turn = (day as f32 / 365.25) * std::f32::consts::TAU;
        let (season, drift) = (-(turn + 0.5).cos(), 0.02 * day as f32 / 365.25);
        let (a, b) = ((turn * 7.0).sin(), (turn * 11.0).cos());
        let n = self.cells.len();
        let mut out = Day {
            sst: Vec::with_capacity(n),
            anom: Vec::with_capacity(n),
            err: Vec::with_capacity(n),
            ice: Vec::with_capacity(n),
        };
        for (i, [mean, swing, p, q]) in self.cells.iter().copied().enumerate() {
            let anom = a * p + b * q + drift + 0.02 * noise(day, i);
            let sst = mean + swing * season + anom;
            let frozen = sst < -1.0;
            // Not `max`, which would make land freeze: it prefers a number to NaN.
            out.sst.push(if sst < -1.8 { -1.8 } else { sst });
            out.anom.push(anom);
            out.err.push(0.12 + 0.08 * p * p + if mean.is_nan() { f32::NAN } else { 0.0 });
            out.ice.push(if frozen { (-(sst + 1.0) * 0.4).clamp(0.15, 1.0) } else { f32::NAN });
        }
        out
    }
}

/// Three continents and a polar cap out of a few waves: about a third of the globe.
fn is_land(lat: f32, lon: f32) -> bool {
    let shore = (2.0 * lon).sin() * lat.cos() + 0.6 * (3.0 * lon + 1.0).cos() * (2.0 * lat).sin();
    let detail = 0.15 * (11.0 * lon).sin() * (9.0 * lat).cos();
    shore + detail > 0.55 || lat < -1.33
}

/// A number between -1 and 1 that depends on day and cell only.
fn noise(day: usize, cell: usize) -> f32 {
    let mut x = (day as u32).wrapping_mul(0x9E37_79B9) ^ (cell as u32).wrapping_mul(0x85EB_CA6B);
    x ^= x >> 16;
    x = x.wrapping_mul(0x7FEB_352D);
    x ^= x >> 15;
    (x >> 8) as f32 / 8_388_608.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_same_each_time_and_has_land_sea_and_ice() {
        let planet = Planet::new();
        let (one, two) = (planet.day(3), planet.day(3));
        assert!(one.sst.iter().zip(&two.sst).all(|(a, b)| a.to_bits() == b.to_bits()));
        let sea = one.sst.iter().filter(|v| !v.is_nan()).count();
        assert!((LAT * LON / 2..LAT * LON * 9 / 10).contains(&sea), "{sea}");
        assert!(one.ice.iter().any(|v| !v.is_nan()));
    }
}
