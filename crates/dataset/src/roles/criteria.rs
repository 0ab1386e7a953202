//! How attributes tell what kind of coordinate a variable is.
//!
//! In tiers: what a variable says of itself outright, its standard name, its units, and at last
//! its name. A later tier counts only where no variable passes an earlier one.

use graticule_array::DType;
use graticule_units::{Base, Unit};

use super::axis::{Axis, Kind};
use crate::variable::Variable;

/// The number of tiers; see [`is_axis`] and [`is_kind`].
pub(super) const TIERS: usize = 4;

/// Whether a variable passes the tier's test for an axis.
pub(super) fn is_axis(axis: Axis, tier: usize, name: &str, var: &Variable) -> bool {
    let attr = |key: &str| var.attrs().text(key).map(str::trim);
    match tier {
        0 => {
            ["axis", "cartesian_axis", "grads_dim"]
                .iter()
                .any(|k| attr(k).is_some_and(|a| a.eq_ignore_ascii_case(axis.letter())))
                || attr("_CoordinateAxisType").is_some_and(|t| match axis {
                    Axis::X => t == "GeoX",
                    Axis::Y => t == "GeoY",
                    Axis::Z => matches!(t, "GeoZ" | "Height" | "Pressure"),
                    Axis::T => t == "Time",
                })
        }
        1 => attr("standard_name").is_some_and(|s| match axis {
            Axis::X => matches!(
                s,
                "projection_x_coordinate" | "grid_longitude" | "projection_x_angular_coordinate"
            ),
            Axis::Y => matches!(
                s,
                "projection_y_coordinate" | "grid_latitude" | "projection_y_angular_coordinate"
            ),
            Axis::Z => is_kind(Kind::Vertical, 1, name, var),
            Axis::T => s == "time",
        }),
        2 => match axis {
            Axis::T | Axis::Z => is_kind(kind_of(axis), 2, name, var),
            Axis::X | Axis::Y => false,
        },
        _ => match axis {
            Axis::X => {
                matches!(word(name), "x" | "xc" | "ni" | "xi" | "rlon" | "nlon" | "i" | "easting")
            }
            Axis::Y => {
                matches!(word(name), "y" | "yc" | "nj" | "eta" | "rlat" | "nlat" | "j" | "northing")
            }
            Axis::Z | Axis::T => is_kind(kind_of(axis), 3, name, var),
        },
    }
}

fn kind_of(axis: Axis) -> Kind {
    Kind::ALL.into_iter().find(|k| k.axis() == axis).unwrap_or(Kind::Time)
}

/// Whether a variable passes the tier's test for a kind of coordinate.
pub(super) fn is_kind(kind: Kind, tier: usize, name: &str, var: &Variable) -> bool {
    let attr = |key: &str| var.attrs().text(key).map(str::trim);
    match tier {
        0 => {
            attr("_CoordinateAxisType").is_some_and(|t| match kind {
                Kind::Time => t == "Time",
                Kind::Vertical => matches!(t, "GeoZ" | "Height" | "Pressure"),
                Kind::Latitude => t == "Lat",
                Kind::Longitude => t == "Lon",
            }) || attr("axis").is_some_and(|a| match kind {
                Kind::Time => a == "T",
                Kind::Vertical => a == "Z",
                Kind::Latitude | Kind::Longitude => false,
            })
        }
        1 => attr("standard_name").is_some_and(|s| match kind {
            Kind::Time => s == "time",
            Kind::Vertical => is_vertical_name(s),
            Kind::Latitude => s == "latitude",
            Kind::Longitude => s == "longitude",
        }),
        2 => match kind {
            Kind::Time => matches!(var.dtype(), DType::Time(_)) || since(attr("units")),
            Kind::Vertical => {
                attr("positive")
                    .is_some_and(|p| p.eq_ignore_ascii_case("up") || p.eq_ignore_ascii_case("down"))
                    || (var.ndim() <= 1 && var.dims().has(name) && is_pressure(attr("units")))
            }
            Kind::Latitude => attr("units").is_some_and(|u| is_degree(u, ["north", "n"])),
            Kind::Longitude => attr("units").is_some_and(|u| is_degree(u, ["east", "e"])),
        },
        _ => {
            let word = word(name);
            match kind {
                Kind::Time => matches!(word, "time" | "t" | "date" | "datetime"),
                Kind::Vertical => {
                    matches!(word, "z" | "zc" | "lev" | "level" | "plev" | "height" | "depth")
                        || matches!(word, "altitude" | "pressure" | "nav_lev" | "olevel")
                }
                Kind::Latitude => matches!(word, "lat" | "latitude" | "nav_lat" | "gphi" | "yt"),
                Kind::Longitude => matches!(word, "lon" | "longitude" | "nav_lon" | "glam" | "xt"),
            }
        }
    }
}

/// A name without its number: `lat_1` is a `lat`.
pub(super) fn word(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
}

fn since(units: Option<&str>) -> bool {
    units.is_some_and(|u| u.split_whitespace().any(|w| w.eq_ignore_ascii_case("since")))
}

fn is_pressure(units: Option<&str>) -> bool {
    let Some(Ok(unit)) = units.map(Unit::parse) else { return false };
    let d = unit.dimension();
    d.power(Base::Kilogram) == 1 && d.power(Base::Metre) == -1 && d.power(Base::Second) == -2
}

/// The spellings of 4.1 and 4.2: `degrees_north`, `degree_N`, `degreesN` ...
fn is_degree(units: &str, towards: [&str; 2]) -> bool {
    let units = units.to_ascii_lowercase();
    let Some(rest) = units.strip_prefix("degree") else { return false };
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let (bare, rest) = match rest.strip_prefix('_') {
        Some(rest) => (false, rest),
        None => (true, rest),
    };
    let [long, short] = towards;
    rest == short || (rest == long && !bare)
}

/// Standard names of vertical coordinates: those of the parametric ones end alike.
fn is_vertical_name(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "air_pressure",
        "height",
        "depth",
        "altitude",
        "geopotential_height",
        "model_level_number",
        "height_above_geopotential_datum",
        "height_above_reference_ellipsoid",
        "height_above_mean_sea_level",
        "height_above_sea_floor",
        "depth_below_geoid",
        "air_potential_temperature",
        "sea_water_pressure",
        "sea_water_sigma_theta",
    ];
    NAMES.contains(&name) || is_parametric(name)
}

/// Whether a standard name is one of Appendix D: a coordinate that a formula turns into a height
/// or pressure.
pub(crate) fn is_parametric(name: &str) -> bool {
    super::formulas::FORMULAS.iter().any(|(n, _)| *n == name)
}
