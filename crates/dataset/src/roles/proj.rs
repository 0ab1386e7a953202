//! Between the parameters of Appendix F and those of PROJ strings.

use graticule_array::{Error, Result, did_you_mean};

use super::crs::{attr_of, numbers};
use crate::attrs::Attrs;

/// The name in CF, the name in PROJ, and pairs of parameters: that of PROJ, those of CF of which
/// the first present one counts.
struct Projection {
    cf: &'static str,
    proj: &'static str,
    parameters: &'static [(&'static str, &'static [&'static str])],
}

const ORIGIN_LON: (&str, &[&str]) = ("lon_0", &["longitude_of_projection_origin"]);
const CENTRAL: (&str, &[&str]) =
    ("lon_0", &["longitude_of_central_meridian", "longitude_of_projection_origin"]);
const ORIGIN_LAT: (&str, &[&str]) = ("lat_0", &["latitude_of_projection_origin"]);
const TRUE_LAT: (&str, &[&str]) = ("lat_ts", &["standard_parallel"]);
const SCALE: (&str, &[&str]) = ("k_0", &["scale_factor_at_projection_origin"]);
const HEIGHT: (&str, &[&str]) = ("h", &["perspective_point_height"]);

/// Standard parallels are written as `lat_1` and `lat_2`; a rotated pole has rules of its own.
const PROJECTIONS: [Projection; 17] = [
    Projection { cf: "albers_conical_equal_area", proj: "aea", parameters: &[ORIGIN_LAT, CENTRAL] },
    Projection { cf: "azimuthal_equidistant", proj: "aeqd", parameters: &[ORIGIN_LAT, ORIGIN_LON] },
    Projection { cf: "geostationary", proj: "geos", parameters: &[ORIGIN_LAT, ORIGIN_LON, HEIGHT] },
    Projection {
        cf: "lambert_azimuthal_equal_area",
        proj: "laea",
        parameters: &[ORIGIN_LAT, ORIGIN_LON],
    },
    Projection { cf: "lambert_conformal_conic", proj: "lcc", parameters: &[ORIGIN_LAT, CENTRAL] },
    Projection {
        cf: "lambert_cylindrical_equal_area",
        proj: "cea",
        parameters: &[CENTRAL, TRUE_LAT, SCALE],
    },
    Projection { cf: "latitude_longitude", proj: "longlat", parameters: &[] },
    Projection { cf: "mercator", proj: "merc", parameters: &[ORIGIN_LON, TRUE_LAT, SCALE] },
    Projection {
        cf: "oblique_mercator",
        proj: "omerc",
        parameters: &[
            ORIGIN_LAT,
            ("lonc", &["longitude_of_projection_origin"]),
            ("alpha", &["azimuth_of_central_line"]),
            SCALE,
        ],
    },
    Projection { cf: "orthographic", proj: "ortho", parameters: &[ORIGIN_LAT, ORIGIN_LON] },
    Projection {
        cf: "polar_stereographic",
        proj: "stere",
        parameters: &[
            ORIGIN_LAT,
            ("lon_0", &["straight_vertical_longitude_from_pole", "longitude_of_projection_origin"]),
            TRUE_LAT,
            SCALE,
        ],
    },
    Projection { cf: "rotated_latitude_longitude", proj: "ob_tran", parameters: &[] },
    Projection { cf: "sinusoidal", proj: "sinu", parameters: &[ORIGIN_LON] },
    Projection { cf: "stereographic", proj: "stere", parameters: &[ORIGIN_LAT, ORIGIN_LON, SCALE] },
    Projection {
        cf: "transverse_mercator",
        proj: "tmerc",
        parameters: &[ORIGIN_LAT, CENTRAL, ("k_0", &["scale_factor_at_central_meridian"])],
    },
    Projection {
        cf: "vertical_perspective",
        proj: "nsper",
        parameters: &[ORIGIN_LAT, ORIGIN_LON, HEIGHT],
    },
    Projection { cf: "healpix", proj: "healpix", parameters: &[] },
];

/// PROJ's name of an ellipsoid, its semi-major axis, and its inverse flattening (0: a sphere).
const ELLIPSOIDS: [(&str, &str, f64, f64); 7] = [
    ("WGS84", "WGS 84", 6_378_137.0, 298.257_223_563),
    ("GRS80", "GRS 1980", 6_378_137.0, 298.257_222_101),
    ("WGS72", "WGS 72", 6_378_135.0, 298.26),
    ("bessel", "Bessel 1841", 6_377_397.155, 299.152_812_8),
    ("airy", "Airy 1830", 6_377_563.396, 299.324_964_6),
    ("intl", "International 1924", 6_378_388.0, 297.0),
    ("sphere", "Sphere", 6_370_997.0, 0.0),
];

/// An ellipsoid of [`ELLIPSOIDS`] by either of its names.
fn known_ellipsoid(name: &str) -> Option<&'static (&'static str, &'static str, f64, f64)> {
    let plain = |t: &str| t.replace([' ', '_', '-'], "").to_lowercase();
    ELLIPSOIDS.iter().find(|(p, n, ..)| plain(n) == plain(name) || plain(p) == plain(name))
}

/// The semi-major axis and the inverse flattening (0: a sphere) of an ellipsoid.
pub(super) fn ellipsoid_named(name: &str) -> Option<(f64, f64)> {
    known_ellipsoid(name).map(|(_, _, major, inverse)| (*major, *inverse))
}

pub(super) fn write(attrs: &Attrs) -> Result<String> {
    let name = attrs.text("grid_mapping_name").unwrap_or_default().trim();
    let known = PROJECTIONS.iter().find(|p| p.cf == name && p.cf != "healpix");
    let Some(projection) = known else {
        let error = Error::unsupported(format!("PROJ has no projection for \"{name}\""));
        return Err(match did_you_mean(name, PROJECTIONS.iter().map(|p| p.cf)) {
            Some(hint) => error.hint(hint),
            None => error,
        });
    };
    let mut out = vec![format!("+proj={}", projection.proj)];
    let one = |key: &str| numbers(attrs, key).first().copied();
    if matches!(projection.proj, "lcc" | "aea") {
        let parallels = numbers(attrs, "standard_parallel");
        if parallels.is_empty() {
            return Err(Error::invalid(format!("\"{name}\" without a standard_parallel")));
        }
        for (i, value) in parallels.iter().take(2).enumerate() {
            out.push(format!("+lat_{}={value}", i + 1));
        }
    }
    if projection.proj == "ob_tran" {
        let need =
            |key: &str| one(key).ok_or_else(|| Error::invalid(format!("\"{name}\" without {key}")));
        let (lat, lon) = (need("grid_north_pole_latitude")?, need("grid_north_pole_longitude")?);
        let turned = (lon + 180.0).rem_euclid(360.0);
        let grid = one("north_pole_grid_longitude").unwrap_or(0.0);
        out.push(format!("+o_proj=longlat +o_lat_p={lat} +o_lon_p={grid} +lon_0={turned}"));
    }
    for (proj, cf) in projection.parameters {
        if let Some(value) = cf.iter().find_map(|key| one(key)) {
            out.push(format!("+{proj}={value}"));
        }
    }
    if projection.proj == "geos" {
        let axis = |key: &str| attrs.text(key).map(|t| t.trim().to_ascii_lowercase());
        let sweep = axis("sweep_angle_axis").or_else(|| {
            axis("fixed_angle_axis").map(|fixed| if fixed == "x" { "y".into() } else { "x".into() })
        });
        out.extend(sweep.map(|s| format!("+sweep={s}")));
    }
    for (proj, cf) in [("x_0", "false_easting"), ("y_0", "false_northing")] {
        out.extend(one(cf).filter(|v| *v != 0.0).map(|v| format!("+{proj}={v}")));
    }
    write_figure(attrs, &mut out);
    if !matches!(projection.proj, "longlat" | "ob_tran" | "geos") {
        out.push("+units=m".into());
    }
    Ok(out.join(" "))
}

fn write_figure(attrs: &Attrs, out: &mut Vec<String>) {
    let one = |key: &str| numbers(attrs, key).first().copied();
    if let Some(radius) = one("earth_radius") {
        out.push(format!("+R={radius}"));
    } else if let Some(major) = one("semi_major_axis") {
        out.push(format!("+a={major}"));
        match (one("semi_minor_axis"), one("inverse_flattening")) {
            (Some(minor), _) => out.push(format!("+b={minor}")),
            (None, Some(inverse)) if inverse != 0.0 => out.push(format!("+rf={inverse}")),
            _ => out.push(format!("+b={major}")),
        }
    } else {
        let text = attrs.text("reference_ellipsoid_name").unwrap_or_default();
        out.extend(known_ellipsoid(text).map(|(proj, ..)| format!("+ellps={proj}")));
    }
    if let Some(meridian) = one("longitude_of_prime_meridian").filter(|m| *m != 0.0) {
        out.push(format!("+pm={meridian}"));
    }
    let shift = numbers(attrs, "towgs84");
    if !shift.is_empty() {
        let texts: Vec<String> = shift.iter().map(f64::to_string).collect();
        out.push(format!("+towgs84={}", texts.join(",")));
    }
}

pub(super) fn read(text: &str) -> Result<Attrs> {
    let short: String = text.chars().take(200).collect();
    let pairs: Vec<(&str, &str)> = text
        .split_whitespace()
        .map(|word| word.trim_start_matches('+'))
        .map(|word| word.split_once('=').unwrap_or((word, "")))
        .collect();
    let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    let number = |key: &str| -> Result<Option<f64>> {
        let Some(value) = get(key) else { return Ok(None) };
        let parsed = value.parse::<f64>().ok().filter(|v| v.is_finite());
        parsed.map(Some).ok_or_else(|| {
            Error::invalid(format!("\"+{key}={value}\" of \"{short}\" is no number"))
        })
    };
    let wanted = get("proj").or_else(|| get("init")).unwrap_or_default();
    let pole = number("lat_0")?.is_some_and(|lat| lat.abs() == 90.0);
    let projection = match wanted {
        "utm" => return utm(number("zone")?, get("south").is_some(), &pairs),
        "latlong" | "lonlat" | "latlon" => PROJECTIONS.iter().find(|p| p.proj == "longlat"),
        "stere" if pole => PROJECTIONS.iter().find(|p| p.cf == "polar_stereographic"),
        "stere" => PROJECTIONS.iter().find(|p| p.cf == "stereographic"),
        name => PROJECTIONS.iter().find(|p| p.proj == name && p.cf != "healpix"),
    };
    let projection = projection.ok_or_else(|| {
        let error = Error::unsupported(format!(
            "CF has no grid mapping for \"+proj={wanted}\" of \"{short}\""
        ));
        match did_you_mean(wanted, PROJECTIONS.iter().map(|p| p.proj)) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })?;
    let mut attrs = Attrs::new().with("grid_mapping_name", projection.cf);
    if matches!(projection.proj, "lcc" | "aea") {
        let both = [number("lat_1")?, number("lat_2")?].into_iter().flatten().collect();
        attrs.set("standard_parallel", attr_of(both));
    }
    if projection.proj == "ob_tran" {
        let pole = number("o_lat_p")?.ok_or_else(|| {
            Error::invalid(format!("\"{short}\" turns the globe without +o_lat_p"))
        })?;
        let lon = (number("lon_0")?.unwrap_or(0.0) - 180.0).rem_euclid(360.0);
        attrs.set("grid_north_pole_latitude", pole);
        attrs.set("grid_north_pole_longitude", lon);
        attrs.set("north_pole_grid_longitude", number("o_lon_p")?.unwrap_or(0.0));
    }
    for (proj, cf) in projection.parameters {
        let value = match number(proj)? {
            None if *proj == "k_0" => number("k")?,
            // What PROJ takes where nothing is said, and CF has no default for.
            None if *proj == "lon_0" => Some(0.0),
            None if *proj == "lat_0" => match (projection.proj, number("lat_2")?) {
                ("lcc", None) => number("lat_1")?,
                _ => Some(0.0),
            },
            other => other,
        };
        if let (Some(value), Some(cf)) = (value, cf.first()) {
            attrs.set(*cf, value);
        }
    }
    if projection.proj == "geos" {
        attrs.set("sweep_angle_axis", get("sweep").unwrap_or("y"));
    }
    for (proj, cf) in [("x_0", "false_easting"), ("y_0", "false_northing")] {
        if let Some(value) = number(proj)? {
            attrs.set(cf, value);
        }
    }
    read_figure(&mut attrs, &pairs)?;
    Ok(attrs)
}

fn read_figure(attrs: &mut Attrs, pairs: &[(&str, &str)]) -> Result<()> {
    let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    let direct = [
        ("R", "earth_radius"),
        ("a", "semi_major_axis"),
        ("b", "semi_minor_axis"),
        ("rf", "inverse_flattening"),
        ("pm", "longitude_of_prime_meridian"),
    ];
    for (proj, cf) in direct {
        let Some(value) = get(proj) else { continue };
        match value.parse::<f64>() {
            Ok(value) => attrs.set(cf, value),
            Err(_) if proj == "pm" => attrs.set("prime_meridian_name", value),
            Err(_) => return Err(Error::invalid(format!("\"+{proj}={value}\" is no number"))),
        }
    }
    if let Some(name) = get("ellps").or_else(|| get("datum")) {
        let known = ELLIPSOIDS.iter().find(|(p, ..)| p.eq_ignore_ascii_case(name));
        if let Some((_, long, major, inverse)) = known {
            attrs.set("reference_ellipsoid_name", *long);
            attrs.set("semi_major_axis", *major);
            attrs.set("inverse_flattening", *inverse);
        } else {
            attrs.set("reference_ellipsoid_name", name);
        }
    }
    if let Some(text) = get("towgs84") {
        let shift: Vec<f64> = text.split(',').filter_map(|v| v.parse().ok()).collect();
        attrs.set("towgs84", attr_of(shift));
    }
    Ok(())
}

/// A zone of UTM is a transverse Mercator projection.
fn utm(zone: Option<f64>, south: bool, pairs: &[(&str, &str)]) -> Result<Attrs> {
    let zone = zone.filter(|z| (1.0..=60.0).contains(z) && z.fract() == 0.0);
    let zone = zone.ok_or_else(|| Error::invalid("\"+proj=utm\" without a +zone from 1 to 60"))?;
    let mut attrs = Attrs::new()
        .with("grid_mapping_name", "transverse_mercator")
        .with("latitude_of_projection_origin", 0.0)
        .with("longitude_of_central_meridian", zone * 6.0 - 183.0)
        .with("scale_factor_at_central_meridian", 0.9996)
        .with("false_easting", 500_000.0)
        .with("false_northing", if south { 10_000_000.0 } else { 0.0 });
    read_figure(&mut attrs, pairs)?;
    Ok(attrs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_projection_reads_what_it_writes() {
        let texts = [
            "+proj=aea +lat_1=20 +lat_2=60 +lat_0=40 +lon_0=-96 +a=6378137 +rf=298.257222101 +units=m",
            "+proj=aeqd +lat_0=10 +lon_0=20 +R=6371000 +units=m",
            "+proj=geos +lat_0=0 +lon_0=-75 +h=35786023 +sweep=x +a=6378137 +b=6356752.31414",
            "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +a=6378137 +rf=298.257222101 +units=m",
            "+proj=cea +lon_0=0 +lat_ts=30 +R=6371228 +units=m",
            "+proj=longlat +R=6371229",
            "+proj=merc +lon_0=110 +lat_ts=20 +R=6371200 +units=m",
            "+proj=omerc +lat_0=4 +lonc=115 +alpha=53.3 +k_0=0.99984 +R=6371000 +units=m",
            "+proj=ortho +lat_0=40 +lon_0=-100 +R=6371000 +units=m",
            "+proj=stere +lat_0=90 +lon_0=-45 +lat_ts=70 +R=6371000 +units=m",
            "+proj=stere +lat_0=-90 +lon_0=0 +k_0=0.994 +R=6371000 +units=m",
            "+proj=stere +lat_0=52 +lon_0=5 +k_0=0.9999 +R=6371000 +units=m",
            "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229",
            "+proj=sinu +lon_0=0 +R=6371007.181 +units=m",
            "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +R=6371000 +units=m",
            "+proj=nsper +lat_0=10 +lon_0=20 +h=3000000 +R=6371000 +units=m",
        ];
        for text in texts {
            assert_eq!(write(&read(text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn zones_datums_and_mistakes() {
        let utm = read("+proj=utm +zone=33 +datum=WGS84 +units=m").unwrap();
        assert_eq!(numbers(&utm, "longitude_of_central_meridian"), [15.0]);
        assert_eq!(utm.text("reference_ellipsoid_name"), Some("WGS 84"));
        assert!(read("+proj=utm +zone=99").is_err());
        assert!(read("+proj=lcc +lat_1=x").unwrap_err().to_string().contains("no number"));
        assert!(read("+proj=mercc").unwrap_err().to_string().contains("did you mean \"merc\"?"));
        assert!(read("").is_err());
        let cone = read("+proj=lcc +lat_1=25").unwrap();
        assert_eq!(numbers(&cone, "latitude_of_projection_origin"), [25.0]);
        assert_eq!(numbers(&cone, "longitude_of_central_meridian"), [0.0]);
        let named = Attrs::new()
            .with("grid_mapping_name", "latitude_longitude")
            .with("reference_ellipsoid_name", "GRS 1980");
        assert_eq!(write(&named).unwrap(), "+proj=longlat +ellps=GRS80");
    }
}
