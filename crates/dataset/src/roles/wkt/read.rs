//! Grid mappings from well-known text.

use graticule_array::{Error, Result};

use super::methods::{Measure, Method, Role, method, plain, role};
use super::tree::{Node, parse};
use crate::attrs::Attrs;
use crate::roles::crs::attr_of;

const GEOGRAPHIC: [&str; 6] =
    ["GEOGCRS", "GEODCRS", "GEOGCS", "GEOGRAPHICCRS", "GEODETICCRS", "BASEGEOGCRS"];
const BASES: [&str; 4] = ["BASEGEOGCRS", "BASEGEODCRS", "GEOGCS", "GEOGCRS"];
const PROJECTED: [&str; 3] = ["PROJCRS", "PROJCS", "PROJECTEDCRS"];
const UNITS: [&str; 4] = ["ANGLEUNIT", "LENGTHUNIT", "SCALEUNIT", "UNIT"];

/// The attributes of a grid mapping variable; the text is among them as `crs_wkt`.
pub(in super::super) fn read(text: &str) -> Result<Attrs> {
    let tree = parse(text)?;
    let mut attrs = Attrs::new();
    horizontal(&tree, &mut attrs)?;
    attrs.set("crs_wkt", text);
    Ok(attrs)
}

fn horizontal(node: &Node, attrs: &mut Attrs) -> Result<()> {
    let keyword = node.keyword.as_str();
    // Of a compound system the horizontal part, of a bound one what is bound.
    if matches!(keyword, "COMPOUNDCRS" | "COMPD_CS" | "BOUNDCRS" | "SOURCECRS") {
        let parts = [&GEOGRAPHIC[..], &PROJECTED, &["SOURCECRS", "BOUNDCRS"]].concat();
        let part = node.child(&parts).ok_or_else(|| {
            Error::invalid(format!("well-known text: {keyword} without a horizontal system"))
        })?;
        return horizontal(part, attrs);
    }
    if PROJECTED.contains(&keyword) {
        return projected(node, attrs);
    }
    if !GEOGRAPHIC.contains(&keyword) {
        return Err(Error::unsupported(format!("{keyword} is no horizontal reference system")));
    }
    if let Some(deriving) = node.child(&["DERIVINGCONVERSION"]) {
        let base = node.child(&BASES).unwrap_or(node);
        let (found, values) = conversion(deriving, 1.0, angle(base))?;
        if found.cf != "rotated_latitude_longitude" {
            return Err(Error::unsupported(format!("a geographic system by \"{}\"", found.name)));
        }
        attrs.set("grid_mapping_name", found.cf);
        rotated(deriving, &values, attrs);
        named(node, "projected_crs_name", attrs);
        return figure(base, attrs);
    }
    attrs.set("grid_mapping_name", "latitude_longitude");
    figure(node, attrs)
}

fn projected(node: &Node, attrs: &mut Attrs) -> Result<()> {
    let base = node
        .child(&BASES)
        .ok_or_else(|| Error::invalid("well-known text: a projection of no geographic system"))?;
    if node.child(&["EXTENSION"]).is_some() {
        return Err(Error::unsupported("a projection whose EXTENSION says it is another one"));
    }
    // In WKT1 method and parameters stand in the system itself.
    let holder = node.child(&["CONVERSION"]).unwrap_or(node);
    let metre = node.child(&["UNIT"]).and_then(|u| u.numbers().next()).unwrap_or(1.0);
    let (method, values) = conversion(holder, metre, angle(base))?;
    attrs.set("grid_mapping_name", method.cf);
    parameters(method, &values, attrs)?;
    named(node, "projected_crs_name", attrs);
    figure(base, attrs)
}

fn named(node: &Node, attr: &str, attrs: &mut Attrs) {
    let is_known = |name: &&str| !matches!(*name, "unknown" | "unnamed" | "undefined" | "");
    if let Some(name) = node.text().filter(is_known) {
        attrs.set(attr, name);
    }
}

/// Radians of the angles of a geographic system.
fn angle(base: &Node) -> f64 {
    let unit = base.child(&["UNIT", "ANGLEUNIT"]).and_then(|u| u.numbers().next());
    unit.unwrap_or_else(|| 1.0f64.to_radians())
}

/// Values by their meaning.
type Values = Vec<(Role, f64)>;

/// The method, and the parameters in degrees and metres.
fn conversion(holder: &Node, metre: f64, radians: f64) -> Result<(&'static Method, Values)> {
    let named = holder.child(&["METHOD", "PROJECTION"]).and_then(Node::text);
    let named =
        named.ok_or_else(|| Error::invalid("well-known text: a conversion without a method"))?;
    let method = method(named)
        .ok_or_else(|| Error::unsupported(format!("CF has no grid mapping for \"{named}\"")))?;
    let mut values = Values::new();
    for parameter in holder.children("PARAMETER") {
        let (Some(name), Some(value)) = (parameter.text(), parameter.numbers().next()) else {
            return Err(Error::invalid("well-known text: a parameter without a name or a number"));
        };
        // Names of PROJ are read where their values are.
        let Some(role) = role(name) else { continue };
        let unit = parameter.child(&UNITS).and_then(|u| u.numbers().next());
        let value = match role.measure() {
            Measure::Angle => degrees(value, unit.unwrap_or(radians)),
            Measure::Length => value * unit.unwrap_or(metre),
            Measure::Number => value * unit.unwrap_or(1.0),
        };
        values.push((role, value));
    }
    Ok((method, values))
}

/// An angle in degrees; one that is given in degrees stays as it is.
fn degrees(value: f64, radians: f64) -> f64 {
    let degree = 1.0f64.to_radians();
    if (radians - degree).abs() < 1e-12 { value } else { value * (radians / degree) }
}

fn rotated(deriving: &Node, values: &Values, attrs: &mut Attrs) {
    let get = |wanted: Role| values.iter().find(|(r, _)| *r == wanted).map(|(_, v)| *v);
    // The parameters of PROJ's own method, all in degrees.
    let own = |wanted: &str| {
        let found = |p: &&Node| p.text().is_some_and(|t| plain(t) == wanted);
        deriving.children("PARAMETER").find(found).and_then(|p| p.numbers().next())
    };
    let pole_lon = || own("lon0").map(|lon| (lon + 180.0).rem_euclid(360.0));
    let all = [
        ("grid_north_pole_latitude", get(Role::PoleLat).or_else(|| own("olatp"))),
        ("grid_north_pole_longitude", get(Role::PoleLon).or_else(pole_lon)),
        ("north_pole_grid_longitude", get(Role::GridLon).or_else(|| own("olonp"))),
    ];
    for (key, value) in all {
        if let Some(value) = value {
            attrs.set(key, value);
        }
    }
}

fn parameters(method: &Method, values: &Values, attrs: &mut Attrs) -> Result<()> {
    let get = |wanted: Role| values.iter().find(|(r, _)| *r == wanted).map(|(_, v)| *v);
    let lon_key = match method.cf {
        "polar_stereographic" => "straight_vertical_longitude_from_pole",
        "albers_conical_equal_area"
        | "lambert_conformal_conic"
        | "lambert_cylindrical_equal_area"
        | "transverse_mercator" => "longitude_of_central_meridian",
        _ => "longitude_of_projection_origin",
    };
    let mut lat = get(Role::Lat);
    let scale = get(Role::Scale);
    let mut parallels: Vec<f64> =
        [Role::Parallel, Role::Parallel1, Role::Parallel2].into_iter().filter_map(get).collect();
    match method.cf {
        "polar_stereographic" => {
            // WKT1 calls the standard parallel the origin's latitude.
            let origin = lat.filter(|l| l.abs() != 90.0);
            if let (true, Some(parallel)) = (parallels.is_empty(), origin) {
                parallels.push(parallel);
            }
            let side = parallels.first().copied().or(lat);
            lat = side.map(|p| 90.0f64.copysign(p));
        }
        "lambert_conformal_conic" if parallels.is_empty() => {
            if scale.is_some_and(|s| s != 1.0) {
                return Err(Error::unsupported("a Lambert cone with a scale, which CF cannot say")
                    .hint("give it two standard parallels"));
            }
            parallels.extend(lat);
        }
        // Those parallels are latitudes of other things.
        "mercator" | "lambert_cylindrical_equal_area" | "sinusoidal" => lat = None,
        _ => {}
    }
    if let Some(lat) = lat {
        attrs.set("latitude_of_projection_origin", lat);
    }
    if let Some(lon) = get(Role::Lon) {
        attrs.set(lon_key, lon);
    }
    if !parallels.is_empty() {
        attrs.set("standard_parallel", attr_of(parallels));
    } else if let Some(scale) = scale.filter(|_| method.cf != "lambert_conformal_conic") {
        let tmerc = method.cf == "transverse_mercator";
        let key = if tmerc {
            "scale_factor_at_central_meridian"
        } else {
            "scale_factor_at_projection_origin"
        };
        attrs.set(key, scale);
    }
    let rest = [
        ("azimuth_of_central_line", Role::Azimuth),
        ("perspective_point_height", Role::Height),
        ("false_easting", Role::East),
        ("false_northing", Role::North),
    ];
    for (key, role) in rest {
        if let Some(value) = get(role) {
            attrs.set(key, value);
        }
    }
    if method.cf == "geostationary" {
        attrs.set("latitude_of_projection_origin", 0.0);
        let axis = if method.name.ends_with("(Sweep X)") { "x" } else { "y" };
        attrs.set("sweep_angle_axis", axis);
    }
    Ok(())
}

/// Datum, ellipsoid and prime meridian.
fn figure(base: &Node, attrs: &mut Attrs) -> Result<()> {
    named(base, "geographic_crs_name", attrs);
    let datum = base.child(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"]);
    let datum = datum.ok_or_else(|| Error::invalid("well-known text: no datum"))?;
    named(datum, "horizontal_datum_name", attrs);
    let ellipsoid = datum
        .child(&["ELLIPSOID", "SPHEROID"])
        .ok_or_else(|| Error::invalid("well-known text: a datum without an ellipsoid"))?;
    named(ellipsoid, "reference_ellipsoid_name", attrs);
    let mut axes = ellipsoid.numbers();
    let (Some(major), Some(inverse)) = (axes.next(), axes.next()) else {
        return Err(Error::invalid("well-known text: an ellipsoid without two numbers"));
    };
    let metre = ellipsoid.child(&UNITS).and_then(|u| u.numbers().next()).unwrap_or(1.0);
    if inverse == 0.0 {
        attrs.set("earth_radius", major * metre);
    } else {
        attrs.set("semi_major_axis", major * metre);
        attrs.set("inverse_flattening", inverse);
    }
    if let Some(meridian) = base.child(&["PRIMEM"]) {
        let unit = meridian.child(&UNITS).and_then(|u| u.numbers().next());
        if let Some(lon) = meridian.numbers().next() {
            attrs.set(
                "longitude_of_prime_meridian",
                degrees(lon, unit.unwrap_or_else(|| angle(base))),
            );
        }
        named(meridian, "prime_meridian_name", attrs);
    }
    if let Some(shift) = datum.child(&["TOWGS84"]) {
        attrs.set("towgs84", attr_of(shift.numbers().collect()));
    }
    Ok(())
}
