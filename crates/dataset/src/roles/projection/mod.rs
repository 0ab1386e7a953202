//! From longitudes and latitudes to the plane of a grid mapping, and back.
//!
//! Formulas: J. P. Snyder, Map Projections, USGS Professional Paper 1395 (1987), and for the
//! transverse Mercator projection the series of C. F. F. Karney, Transverse Mercator with an
//! accuracy of a few nanometers, J. Geodesy 85 (2011). Points outside of a projection are NaN.

mod figure;
mod lambert;
mod mercator;
mod polar;
mod rotated;
mod transverse;

use std::panic::Location;

use graticule_array::{Error, Result};

use super::find::Cf;
use super::{Axis, Crs};
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::verbs::{UserFn, apply_ufunc};
use figure::Figure;

/// A grid mapping, ready to compute with: angles are degrees, lengths metres.
///
/// ```
/// use graticule_dataset::Crs;
/// // The north pole of UPS, and a place on the meridian of 44 degrees.
/// let ups = "+proj=stere +lat_0=90 +k_0=0.994 +x_0=2000000 +y_0=2000000 +ellps=WGS84";
/// let projection = Crs::from_proj(ups)?.projection()?;
/// let [x, y] = projection.forward(44.0, 73.0);
/// assert!((x - 3320416.75).abs() < 0.01 && (y - 632668.43).abs() < 0.01);
/// let [lon, lat] = projection.inverse(x, y);
/// assert!((lon - 44.0).abs() < 1e-9 && (lat - 73.0).abs() < 1e-9);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Projection(Method);

#[derive(Clone, Debug, PartialEq)]
enum Method {
    Geographic,
    Lambert(lambert::Lambert),
    Mercator(mercator::Mercator),
    Polar(polar::Polar),
    Rotated(rotated::Rotated),
    Transverse(Box<transverse::Transverse>),
}

impl Projection {
    /// The place in the plane of a longitude and a latitude: x and y in metres; on a rotated grid
    /// its longitude and latitude in degrees.
    #[must_use]
    pub fn forward(&self, lon: f64, lat: f64) -> [f64; 2] {
        match &self.0 {
            Method::Geographic => [lon, lat],
            Method::Lambert(p) => p.forward(lon, lat),
            Method::Mercator(p) => p.forward(lon, lat),
            Method::Polar(p) => p.forward(lon, lat),
            Method::Rotated(p) => p.forward(lon, lat),
            Method::Transverse(p) => p.forward(lon, lat),
        }
    }

    /// The longitude, from -180 to 180, and the latitude of a place in the plane.
    #[must_use]
    pub fn inverse(&self, x: f64, y: f64) -> [f64; 2] {
        match &self.0 {
            Method::Geographic => [x, y],
            Method::Lambert(p) => p.inverse(x, y),
            Method::Mercator(p) => p.inverse(x, y),
            Method::Polar(p) => p.inverse(x, y),
            Method::Rotated(p) => p.inverse(x, y),
            Method::Transverse(p) => p.inverse(x, y),
        }
    }

    /// Whether the plane is measured in degrees.
    #[must_use]
    pub fn is_angular(&self) -> bool {
        matches!(self.0, Method::Geographic | Method::Rotated(_))
    }
}

/// The parameters of a grid mapping, by their names in CF.
struct Parameters<'a>(&'a Crs);

impl Parameters<'_> {
    fn need(&self, key: &str) -> Result<f64> {
        self.get(key).ok_or_else(|| {
            Error::invalid(format!("\"{}\" without {key}", self.0.grid_mapping_name()))
        })
    }

    fn get(&self, key: &str) -> Option<f64> {
        self.0.number(key)
    }

    /// The false easting and northing.
    fn shift(&self) -> [f64; 2] {
        ["false_easting", "false_northing"].map(|key| self.get(key).unwrap_or(0.0))
    }

    fn figure(&self) -> Result<Figure> {
        Figure::of(self.0)
    }
}

impl Crs {
    /// The grid mapping as something to compute with: geographic and rotated grids, Lambert's
    /// conformal conic, Mercator, polar stereographic, and transverse Mercator. Without an
    /// ellipsoid the earth is that of WGS 84.
    ///
    /// # Errors
    /// For other grid mappings, and if a parameter is missing or impossible.
    pub fn projection(&self) -> Result<Projection> {
        let spelled = self.spelled()?;
        let given = Parameters(&spelled);
        Ok(Projection(match spelled.grid_mapping_name() {
            "latitude_longitude" => Method::Geographic,
            "rotated_latitude_longitude" => Method::Rotated(rotated::Rotated::new(&given)?),
            "lambert_conformal_conic" => Method::Lambert(lambert::Lambert::new(&given)?),
            "mercator" => Method::Mercator(mercator::Mercator::new(&given)?),
            "polar_stereographic" => Method::Polar(polar::Polar::new(&given)?),
            "transverse_mercator" => {
                Method::Transverse(Box::new(transverse::Transverse::new(&given)?))
            }
            other => {
                return Err(Error::unsupported(format!(
                    "coordinates of \"{other}\" are not computed"
                ))
                .hint("hand to_proj() or to_wkt() on to PROJ"));
            }
        }))
    }
}

/// A difference of longitudes, from -180 up to 180.
fn turned(degrees: f64) -> f64 {
    if (-180.0..=180.0).contains(&degrees) {
        return degrees;
    }
    let made = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    if made < -180.0 { made + 360.0 } else { made }
}

impl Cf {
    /// The longitudes and latitudes of the grid of a variable, lazily: those of its grid mapping
    /// at its coordinates X and Y, over their dimensions.
    ///
    /// # Errors
    /// As [`crs`](Self::crs), [`axis`](Self::axis) and [`Crs::projection`].
    pub fn lon_lat(&self, of: &str) -> Result<[DataArray; 2]> {
        let projection = self.crs(of)?.projection()?;
        let view = self.set.var(of).cf();
        let along = |axis: Axis| -> Result<DataArray> {
            let array = self.set.var(&view.axis(axis)?);
            let has_units = array.attrs().has("units");
            Ok(if has_units && !projection.is_angular() { array.convert_units("m") } else { array })
        };
        let (x, y) = (along(Axis::X)?, along(Axis::Y)?);
        let one = |at: usize, [name, long, units]: [&str; 3]| -> Result<DataArray> {
            let projection = projection.clone();
            let function = UserFn::of_lines(name, move |args, out| {
                let [Some(y), Some(x)] = [0, 1].map(|i| args.get(i).and_then(|a| a.first())) else {
                    return;
                };
                let [lon, lat] = projection.inverse(*x, *y);
                out.fill(if at == 0 { lon } else { lat });
            });
            let made = apply_ufunc(&function.input(()).input(()), [&y, &x]);
            let attrs = Attrs::new().with("standard_name", long).with("units", units);
            made.with_name(name).with_attrs(attrs).check()
        };
        Ok([
            one(0, ["lon", "longitude", "degrees_east"])?,
            one(1, ["lat", "latitude", "degrees_north"])?,
        ])
    }
}

impl Dataset {
    /// Adds the longitudes and latitudes of the grid of a variable as coordinates `lon` and `lat`;
    /// see [`Cf::lon_lat`].
    ///
    /// ```
    /// use graticule_dataset::{Crs, Dataset};
    /// let crs = Crs::from_proj("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18")?;
    /// let ds = Dataset::new()
    ///     .with_coord("rlat", "rlat", vec![-5.0, 0.0])
    ///     .with_coord("rlon", "rlon", vec![0.0, 5.0, 10.0])
    ///     .with_var("tas", ["rlat", "rlon"], (vec![280.0; 6], [2, 3]))
    ///     .with_crs("rotated_pole", &crs, "tas")
    ///     .add_lon_lat("tas");
    /// let origin = ds["lat"].isel("rlat", 1).isel("rlon", 0).item::<f64>()?;
    /// assert!((origin - 50.75).abs() < 1e-9);
    /// assert_eq!(ds["lon"].dims().to_string(), "rlat, rlon");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn add_lon_lat(&self, of: &str) -> Self {
        if self.fault().is_some() {
            return self.clone();
        }
        let place = Location::caller();
        let made = self.cf().lon_lat(of).and_then(|both| {
            both.iter().zip(["lon", "lat"]).try_fold(self.clone(), |set, (array, name)| {
                if set.has(name) {
                    return Err(Error::invalid(format!("there is a variable \"{name}\" already")));
                }
                set.with_coord_variable(name, array.variable()).check()
            })
        });
        self.settle(format!("add_lon_lat({of:?})"), made, place)
    }
}
