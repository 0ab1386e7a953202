//! Names of methods and parameters, in CF and in well-known text.

/// What a parameter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Lat,
    Lon,
    Parallel,
    Parallel1,
    Parallel2,
    Scale,
    East,
    North,
    Azimuth,
    Skew,
    Height,
    TopHeight,
    PoleLat,
    PoleLon,
    GridLon,
}

impl Role {
    /// Whether it is an angle, a length, or a number.
    pub(super) fn measure(self) -> Measure {
        match self {
            Self::Scale => Measure::Number,
            Self::East | Self::North | Self::Height | Self::TopHeight => Measure::Length,
            _ => Measure::Angle,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Angle,
    Length,
    Number,
}

/// A parameter as WKT2 names it, with its code at EPSG (0: none).
pub(super) type Parameter = (Role, &'static str, u32);

/// A method: its name in CF, in WKT2, its code (0: none), its parameters.
pub(super) struct Method {
    pub(super) cf: &'static str,
    pub(super) name: &'static str,
    pub(super) code: u32,
    pub(super) parameters: &'static [Parameter],
}

const LAT: Parameter = (Role::Lat, "Latitude of natural origin", 8801);
const LON: Parameter = (Role::Lon, "Longitude of natural origin", 8802);
const SCALE: Parameter = (Role::Scale, "Scale factor at natural origin", 8805);
const EAST: Parameter = (Role::East, "False easting", 8806);
const NORTH: Parameter = (Role::North, "False northing", 8807);
const FIRST: Parameter = (Role::Parallel1, "Latitude of 1st standard parallel", 8823);
const FALSE_ORIGIN: [Parameter; 6] = [
    (Role::Lat, "Latitude of false origin", 8821),
    (Role::Lon, "Longitude of false origin", 8822),
    FIRST,
    (Role::Parallel2, "Latitude of 2nd standard parallel", 8824),
    (Role::East, "Easting at false origin", 8826),
    (Role::North, "Northing at false origin", 8827),
];
const PLAIN: &[Parameter] = &[LAT, LON, EAST, NORTH];
const SCALED: &[Parameter] = &[LAT, LON, SCALE, EAST, NORTH];
const SATELLITE: &[Parameter] = &[LON, (Role::Height, "Satellite Height", 0), EAST, NORTH];

/// Methods in the order in which a writer tries them: of several for one name in CF, the first
/// whose parameters are there.
pub(super) const METHODS: [Method; 19] = [
    Method {
        cf: "albers_conical_equal_area",
        name: "Albers Equal Area",
        code: 9822,
        parameters: &FALSE_ORIGIN,
    },
    Method {
        cf: "azimuthal_equidistant",
        name: "Modified Azimuthal Equidistant",
        code: 9832,
        parameters: PLAIN,
    },
    Method {
        cf: "geostationary",
        name: "Geostationary Satellite (Sweep X)",
        code: 0,
        parameters: SATELLITE,
    },
    Method {
        cf: "geostationary",
        name: "Geostationary Satellite (Sweep Y)",
        code: 0,
        parameters: SATELLITE,
    },
    Method {
        cf: "lambert_azimuthal_equal_area",
        name: "Lambert Azimuthal Equal Area",
        code: 9820,
        parameters: PLAIN,
    },
    Method {
        cf: "lambert_conformal_conic",
        name: "Lambert Conic Conformal (2SP)",
        code: 9802,
        parameters: &FALSE_ORIGIN,
    },
    Method {
        cf: "lambert_conformal_conic",
        name: "Lambert Conic Conformal (1SP)",
        code: 9801,
        parameters: SCALED,
    },
    Method {
        cf: "lambert_cylindrical_equal_area",
        name: "Lambert Cylindrical Equal Area",
        code: 9835,
        parameters: &[FIRST, LON, EAST, NORTH],
    },
    Method {
        cf: "mercator",
        name: "Mercator (variant B)",
        code: 9805,
        parameters: &[FIRST, LON, EAST, NORTH],
    },
    Method { cf: "mercator", name: "Mercator (variant A)", code: 9804, parameters: SCALED },
    Method {
        cf: "oblique_mercator",
        name: "Hotine Oblique Mercator (variant B)",
        code: 9815,
        parameters: &[
            (Role::Lat, "Latitude of projection centre", 8811),
            (Role::Lon, "Longitude of projection centre", 8812),
            (Role::Azimuth, "Azimuth at projection centre", 8813),
            (Role::Skew, "Angle from Rectified to Skew Grid", 8814),
            (Role::Scale, "Scale factor at projection centre", 8815),
            (Role::East, "Easting at projection centre", 8816),
            (Role::North, "Northing at projection centre", 8817),
        ],
    },
    Method { cf: "orthographic", name: "Orthographic", code: 9840, parameters: PLAIN },
    Method {
        cf: "polar_stereographic",
        name: "Polar Stereographic (variant B)",
        code: 9829,
        parameters: &[
            (Role::Parallel, "Latitude of standard parallel", 8832),
            (Role::Lon, "Longitude of origin", 8833),
            EAST,
            NORTH,
        ],
    },
    Method {
        cf: "polar_stereographic",
        name: "Polar Stereographic (variant A)",
        code: 9810,
        parameters: SCALED,
    },
    Method {
        cf: "rotated_latitude_longitude",
        name: "Pole rotation (netCDF CF convention)",
        code: 0,
        parameters: &[
            (Role::PoleLat, "Grid north pole latitude (netCDF CF convention)", 0),
            (Role::PoleLon, "Grid north pole longitude (netCDF CF convention)", 0),
            (Role::GridLon, "North pole grid longitude (netCDF CF convention)", 0),
        ],
    },
    Method { cf: "sinusoidal", name: "Sinusoidal", code: 0, parameters: &[LON, EAST, NORTH] },
    Method { cf: "stereographic", name: "Stereographic", code: 0, parameters: SCALED },
    Method {
        cf: "transverse_mercator",
        name: "Transverse Mercator",
        code: 9807,
        parameters: SCALED,
    },
    Method {
        cf: "vertical_perspective",
        name: "Vertical Perspective",
        code: 9838,
        parameters: &[
            (Role::Lat, "Latitude of topocentric origin", 8834),
            (Role::Lon, "Longitude of topocentric origin", 8835),
            (Role::TopHeight, "Ellipsoidal height of topocentric origin", 8836),
            (Role::Height, "Viewpoint height", 8840),
        ],
    },
];

/// Letters and digits alone, in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Names of methods in WKT1 and in other texts, without what is no letter or digit.
const OTHERS: [(&str, &str); 16] = [
    ("albersconicequalarea", "Albers Equal Area"),
    ("azimuthalequidistant", "Modified Azimuthal Equidistant"),
    ("geostationarysatellite", "Geostationary Satellite (Sweep Y)"),
    ("lambertconformalconic2sp", "Lambert Conic Conformal (2SP)"),
    ("lambertconformalconic1sp", "Lambert Conic Conformal (1SP)"),
    ("lambertconformalconic", "Lambert Conic Conformal (2SP)"),
    ("cylindricalequalarea", "Lambert Cylindrical Equal Area"),
    ("mercator", "Mercator (variant A)"),
    ("mercator1sp", "Mercator (variant A)"),
    ("mercator2sp", "Mercator (variant B)"),
    ("hotineobliquemercatorazimuthcenter", "Hotine Oblique Mercator (variant B)"),
    ("polarstereographic", "Polar Stereographic (variant B)"),
    ("stereographicnorthpole", "Polar Stereographic (variant B)"),
    ("stereographicsouthpole", "Polar Stereographic (variant B)"),
    ("projobtranoprojlonglat", "Pole rotation (netCDF CF convention)"),
    ("gausskruger", "Transverse Mercator"),
];

/// A method by a name in either version.
pub(super) fn method(name: &str) -> Option<&'static Method> {
    let wanted = plain(name);
    let other = OTHERS.iter().find(|(n, _)| *n == wanted).map(|(_, n)| plain(n));
    let wanted = other.unwrap_or(wanted);
    METHODS.iter().find(|m| plain(m.name) == wanted)
}

/// What a parameter of a name in either version means.
pub(super) fn role(name: &str) -> Option<Role> {
    let wanted = plain(name);
    let named = METHODS.iter().flat_map(|m| m.parameters).find(|(_, n, _)| plain(n) == wanted);
    if let Some((role, ..)) = named {
        return Some(*role);
    }
    Some(match wanted.as_str() {
        "latitudeoforigin" | "latitudeofcenter" | "centralparallel" => Role::Lat,
        "centralmeridian" | "longitudeofcenter" => Role::Lon,
        "standardparallel1" => Role::Parallel1,
        "standardparallel2" => Role::Parallel2,
        "scalefactor" | "scalefactoroninitialline" => Role::Scale,
        "azimuth" | "azimuthofinitialline" => Role::Azimuth,
        "rectifiedgridangle" => Role::Skew,
        "satelliteheight" => Role::Height,
        _ => return None,
    })
}
