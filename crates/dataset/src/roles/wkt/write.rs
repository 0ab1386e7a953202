//! Well-known text of a grid mapping.

use std::fmt::Write;

use graticule_array::{Error, Result, did_you_mean};

use super::methods::{METHODS, Measure, Method, Role};
use crate::roles::Crs;

const DEGREE: &str = "ANGLEUNIT[\"degree\",0.0174532925199433]";
const METRE: &str = "LENGTHUNIT[\"metre\",1]";
const LAT_LON: &str = "CS[ellipsoidal,2],AXIS[\"latitude\",north],AXIS[\"longitude\",east],";

pub(in super::super) fn write(crs: &Crs) -> Result<String> {
    let cf = crs.grid_mapping_name();
    if cf == "latitude_longitude" {
        return Ok(format!("GEOGCRS[{},{LAT_LON}{DEGREE}]", base(crs)?));
    }
    let mut last = None;
    for method in METHODS.iter().filter(|m| m.cf == cf) {
        match conversion(crs, method) {
            Ok(conversion) => return whole(crs, method, &conversion),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| {
        let error = Error::unsupported(format!("well-known text has no method for \"{cf}\""));
        match did_you_mean(cf, METHODS.iter().map(|m| m.cf)) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }))
}

fn whole(crs: &Crs, method: &Method, conversion: &str) -> Result<String> {
    let base = format!("BASEGEOGCRS[{}]", base(crs)?);
    if method.cf == "rotated_latitude_longitude" {
        let name = name(crs, "projected_crs_name");
        return Ok(format!("GEOGCRS[{name},{base},DERIVING{conversion},{LAT_LON}{DEGREE}]"));
    }
    // About a pole every direction is south, or north: meridians tell axes apart.
    let pole = crs.number("latitude_of_projection_origin").or(crs.number("standard_parallel"));
    let axes = match pole.filter(|_| method.cf == "polar_stereographic") {
        Some(pole) => {
            let (direction, along) = if pole < 0.0 { ("north", 0) } else { ("south", 180) };
            let axis = |name: &str, meridian: i32| {
                format!("AXIS[\"{name}\",{direction},MERIDIAN[{meridian},{DEGREE}]]")
            };
            format!("{},{}", axis("easting (X)", 90), axis("northing (Y)", along))
        }
        None => "AXIS[\"easting (X)\",east],AXIS[\"northing (Y)\",north]".to_owned(),
    };
    let name = name(crs, "projected_crs_name");
    Ok(format!("PROJCRS[{name},{base},{conversion},CS[Cartesian,2],{axes},{METRE}]"))
}

/// Quoted, with its own quotes doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn name(crs: &Crs, attr: &str) -> String {
    let attrs = crs.to_attrs();
    quoted(attrs.text(attr).map(str::trim).filter(|t| !t.is_empty()).unwrap_or("unknown"))
}

/// Name, datum and prime meridian of the geographic coordinates.
fn base(crs: &Crs) -> Result<String> {
    let attrs = crs.to_attrs();
    let given = attrs.text("reference_ellipsoid_name").unwrap_or("unknown");
    let wgs84 = (6_378_137.0, 6_378_137.0 * (1.0 - 1.0 / 298.257_223_563));
    let (ellipsoid, (major, minor)) = match crs.ellipsoid().or_else(|| crs.named_ellipsoid()) {
        Some(axes) => (given, axes),
        None => ("WGS 84", wgs84),
    };
    if !(major.is_finite() && minor.is_finite() && minor > 0.0 && major >= minor) {
        return Err(Error::invalid(format!("an earth with the axes {major} m and {minor} m")));
    }
    let stated = crs.number("inverse_flattening").filter(|_| crs.number("earth_radius").is_none());
    let inverse = match stated {
        Some(inverse) => inverse,
        None if major == minor => 0.0,
        // What was computed from an inverse flattening has more digits than it means.
        None => round(major / (major - minor)),
    };
    let meridian = crs.number("longitude_of_prime_meridian").unwrap_or(0.0);
    let meridian_name = match attrs.text("prime_meridian_name") {
        Some(name) => quoted(name),
        None if meridian == 0.0 => quoted("Greenwich"),
        None => quoted("unknown"),
    };
    Ok(format!(
        "{},DATUM[{},ELLIPSOID[{},{major},{inverse},{METRE}]],PRIMEM[{meridian_name},{meridian},{DEGREE}]",
        name(crs, "geographic_crs_name"),
        name(crs, "horizontal_datum_name"),
        quoted(ellipsoid),
    ))
}

/// To nine decimals.
fn round(value: f64) -> f64 {
    format!("{value:.9}").parse().unwrap_or(value)
}

fn conversion(crs: &Crs, method: &Method) -> Result<String> {
    let mut out =
        format!("CONVERSION[\"unknown\",METHOD[{}{}]", quoted(method.name), id(method.code));
    for (role, name, code) in method.parameters {
        let value = value(crs, method, *role)?;
        let unit = match role.measure() {
            Measure::Angle => DEGREE,
            Measure::Length => METRE,
            Measure::Number => "SCALEUNIT[\"unity\",1]",
        };
        write!(out, ",PARAMETER[{},{value},{unit}{}]", quoted(name), id(*code))
            .map_err(|_| Error::bug("a text could not be written"))?;
    }
    out.push(']');
    Ok(out)
}

fn id(code: u32) -> String {
    if code == 0 { String::new() } else { format!(",ID[\"EPSG\",{code}]") }
}

fn value(crs: &Crs, method: &Method, role: Role) -> Result<f64> {
    let missing = |key: &str| Error::invalid(format!("\"{}\" without {key}", method.cf));
    let number = |key: &str| crs.number(key);
    let need = |key: &str| number(key).ok_or_else(|| missing(key));
    let parallels = crs.numbers("standard_parallel");
    let parallel = || parallels.first().copied().ok_or_else(|| missing("standard_parallel"));
    match role {
        Role::Lat => match (number("latitude_of_projection_origin"), method.name) {
            (Some(lat), "Lambert Conic Conformal (1SP)") if parallel()? != lat => {
                Err(Error::invalid("a cone whose parallel is not that of its origin"))
            }
            (Some(lat), _) => Ok(lat),
            (None, "Mercator (variant A)" | "Transverse Mercator") => Ok(0.0),
            (None, "Lambert Conic Conformal (1SP)") => parallel(),
            (None, _) => Err(missing("latitude_of_projection_origin")),
        },
        Role::Lon => [
            "longitude_of_central_meridian",
            "straight_vertical_longitude_from_pole",
            "longitude_of_projection_origin",
        ]
        .iter()
        .find_map(|key| number(key))
        .ok_or_else(|| missing("longitude_of_projection_origin")),
        Role::Parallel => {
            let pole = number("latitude_of_projection_origin").unwrap_or(0.0);
            // Some files leave out the sign.
            parallel().map(|p| if pole < 0.0 { -p.abs() } else { p })
        }
        Role::Parallel1 => parallel(),
        // A cone that touches at one parallel, which is not that of its origin, cuts there twice.
        Role::Parallel2 => match (&*parallels, number("latitude_of_projection_origin")) {
            ([_, second, ..], _) => Ok(*second),
            ([one], Some(lat)) if lat != *one => Ok(*one),
            _ => Err(missing("a second standard_parallel")),
        },
        Role::Scale => {
            let keys = ["scale_factor_at_projection_origin", "scale_factor_at_central_meridian"];
            Ok(keys.iter().find_map(|key| number(key)).unwrap_or(1.0))
        }
        Role::East => Ok(number("false_easting").unwrap_or(0.0)),
        Role::North => Ok(number("false_northing").unwrap_or(0.0)),
        Role::Azimuth | Role::Skew => need("azimuth_of_central_line"),
        Role::TopHeight => Ok(0.0),
        Role::Height => {
            let attrs = crs.to_attrs();
            let axis = |key: &str| attrs.text(key).map(|t| t.trim().to_ascii_lowercase());
            let sweeps_x = axis("sweep_angle_axis").map(|a| a == "x");
            let sweeps_x = sweeps_x.or_else(|| axis("fixed_angle_axis").map(|a| a == "y"));
            if method.name.ends_with("(Sweep X)") && sweeps_x != Some(true) {
                return Err(missing("a sweep_angle_axis x"));
            }
            need("perspective_point_height")
        }
        Role::PoleLat => need("grid_north_pole_latitude"),
        Role::PoleLon => need("grid_north_pole_longitude"),
        Role::GridLon => Ok(number("north_pole_grid_longitude").unwrap_or(0.0)),
    }
}
