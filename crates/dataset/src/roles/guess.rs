//! Axes of coordinates whose attributes do not name them.

use super::criteria::word;
use super::{Axis, Kind, are_bounds};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

impl Dataset {
    /// Adds the attributes that say what coordinates are (axis, standard name, units) where these
    /// are missing, guessed by name and type as cf-xarray's `guess_coord_axis` does. What
    /// attributes say already stays.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("lat_rho", "lat_rho", vec![10.0, 20.0])
    ///     .with_coord("nlon", "nlon", vec![1, 2])
    ///     .guess_coord_axis();
    /// assert_eq!(ds["lat_rho"].attrs().text("units"), Some("degrees_north"));
    /// assert_eq!(ds.cf().axis(graticule_dataset::Axis::X)?, "nlon");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn guess_coord_axis(&self) -> Self {
        self.verb(
            || "guess_coord_axis()".into(),
            |ds| {
                ds.map_vars(|name, var| {
                    let guess = ds.is_coord(name) && !are_bounds(ds, name) && !is_bounds(ds, name);
                    Ok(Some(if guess { guessed(name, var) } else { var.clone() }))
                })
            },
        )
    }
}

/// Whether any variable names this one as its bounds.
fn is_bounds(ds: &Dataset, name: &Name) -> bool {
    ds.variables().any(|(_, v)| {
        super::BOUNDS_ATTRS
            .iter()
            .any(|a| super::related(v, a).is_some_and(|t| t.trim() == &**name))
    })
}

fn guessed(name: &Name, var: &Variable) -> Variable {
    let own = matches!(&**var.dims(), [dim] if dim == name);
    let mut attrs = var.attrs().clone();
    let mut add = |attr: &str, value: &str| {
        if !attrs.has(attr) {
            attrs.set(attr, value);
        }
    };
    let known = ["axis", "standard_name", "units"].iter().any(|a| var.attrs().has(a));
    match kind(name, var) {
        Some(Kind::Time) => {
            add("standard_name", "time");
            if own {
                add("axis", "T");
            }
        }
        Some(kind @ (Kind::Latitude | Kind::Longitude)) if !known || own => {
            let north = kind == Kind::Latitude;
            // Degrees of another kind, such as those of a rotated grid, are something else.
            if !known {
                add("standard_name", kind.word());
                add("units", if north { "degrees_north" } else { "degrees_east" });
            }
            if own {
                add("axis", kind.axis().letter());
            }
        }
        Some(Kind::Vertical) if own => add("axis", "Z"),
        Some(_) => {}
        None => {
            if let Some(axis) = axis(name).filter(|_| own) {
                add("axis", axis.letter());
            }
        }
    }
    if attrs == *var.attrs() { var.clone() } else { var.clone().with_attrs(attrs) }
}

fn kind(name: &str, var: &Variable) -> Option<Kind> {
    if matches!(var.dtype(), graticule_array::DType::Time(_)) {
        return Some(Kind::Time);
    }
    let lower = name.to_ascii_lowercase();
    let word = word(&lower);
    let begins = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    if word == "t" || matches!(word, "min" | "hour" | "day" | "week" | "month" | "year") {
        return Some(Kind::Time);
    }
    if begins(&["time", "date"]) {
        return Some(Kind::Time);
    }
    let high = ["nav_lev", "gdep", "lev", "olev", "bottom_top", "sigma", "height", "hght"];
    if matches!(word, "z" | "zc" | "lv")
        || begins(&high)
        || begins(&["altitude", "depth", "isobaric", "pres", "plev", "isotherm"])
    {
        return Some(Kind::Vertical);
    }
    if begins(&["lat", "nav_lat", "gphi", "ylat"]) {
        return Some(Kind::Latitude);
    }
    begins(&["lon", "nav_lon", "glam", "xlon"]).then_some(Kind::Longitude)
}

fn axis(name: &str) -> Option<Axis> {
    match word(&name.to_ascii_lowercase()) {
        "x" | "i" | "nlon" | "rlon" | "ni" | "xc" | "xi" | "easting" => Some(Axis::X),
        "y" | "j" | "nlat" | "rlat" | "nj" | "yc" | "eta" | "northing" => Some(Axis::Y),
        _ => None,
    }
}
