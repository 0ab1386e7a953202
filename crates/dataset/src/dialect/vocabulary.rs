//! One name for each thing.

use indexmap::IndexMap;

use crate::name::Name;

/// What a vocabulary has a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Word {
    /// The dimension and coordinate of time.
    Time,
    /// The vertical dimension and coordinate: depths, heights, model levels.
    Lev,
    /// The vertical dimension and coordinate, if these are pressures.
    Plev,
    /// The dimension from south to north, and its labels.
    Y,
    /// The dimension from west to east, and its labels.
    X,
    /// Latitudes.
    Lat,
    /// Longitudes.
    Lon,
    /// The dimension of the two ends of a cell.
    Bnds,
    /// The dimension of the corners of a cell.
    Vertex,
    /// The ends of cells in time.
    TimeBounds,
    /// The vertical ends of cells.
    LevBounds,
    /// The vertical ends of cells in pressures.
    PlevBounds,
    /// The southern and northern ends of cells.
    LatBounds,
    /// The western and eastern ends of cells.
    LonBounds,
    /// The latitudes of the corners of cells.
    LatVertices,
    /// The longitudes of the corners of cells.
    LonVertices,
}

/// Coordinates, their bounds, and their corners.
pub(super) const CELLS: [(Word, Word, Option<Word>); 5] = [
    (Word::Time, Word::TimeBounds, None),
    (Word::Lev, Word::LevBounds, None),
    (Word::Plev, Word::PlevBounds, None),
    (Word::Lat, Word::LatBounds, Some(Word::LatVertices)),
    (Word::Lon, Word::LonBounds, Some(Word::LonVertices)),
];

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    name: Name,
    others: Vec<Name>,
    units: Option<String>,
}

/// One name for each [`Word`], the other names that files have for it, and the units wanted.
///
/// Other names only count where attributes do not tell what a variable is.
///
/// ```
/// use graticule_dataset::{Dataset, Fix, Fixes, Vocabulary, Word};
/// let words = Vocabulary::cmip().named(Word::X, "column").also(Word::X, ["spalte"]);
/// let ds = Dataset::new().with_var("t", "spalte", vec![1.0, 2.0]);
/// let fixed = ds.fix(&Fixes::new([Fix::Rename]).with_vocabulary(words));
/// assert_eq!(fixed["t"].dims().to_string(), "column");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Vocabulary(IndexMap<Word, Entry>);

impl Vocabulary {
    /// The names that xMIP made common for CMIP (its spelling of `lon_verticies` included), with
    /// heights in m and pressures in Pa.
    pub fn cmip() -> Self {
        let table: [(Word, &str, &[&str]); 16] = [
            (Word::Time, "time", &["t", "Time", "TIME", "time_counter", "times"]),
            (
                Word::Lev,
                "lev",
                &[
                    "olevel", "olev", "zlev", "level", "depth", "deptht", "depthu", "depthv",
                    "depthw", "z_t", "st_ocean", "nav_lev",
                ],
            ),
            (Word::Plev, "plev", &["pressure", "pres", "isobaric", "plevel"]),
            (Word::Y, "y", &["j", "nj", "yh", "nlat", "jm", "south_north", "eta_rho", "grid_yt"]),
            (Word::X, "x", &["i", "ni", "xh", "nlon", "im", "west_east", "xi_rho", "grid_xt"]),
            (
                Word::Lat,
                "lat",
                &["latitude", "nav_lat", "TLAT", "geolat", "geolat_t", "lat_rho", "XLAT"],
            ),
            (
                Word::Lon,
                "lon",
                &["longitude", "nav_lon", "TLONG", "geolon", "geolon_t", "lon_rho", "XLONG"],
            ),
            (Word::Bnds, "bnds", &["axis_nbounds", "d2", "nb2", "nbnd", "nbnds", "bound", "tbnd"]),
            (Word::Vertex, "vertex", &["nvertex", "vertices", "nvertices", "ncorners", "corner"]),
            (Word::TimeBounds, "time_bounds", &["time_bnds", "time_counter_bounds", "time_bound"]),
            (
                Word::LevBounds,
                "lev_bounds",
                &["lev_bnds", "deptht_bounds", "olevel_bounds", "zlev_bnds", "depth_bnds"],
            ),
            (Word::PlevBounds, "plev_bounds", &["plev_bnds"]),
            (
                Word::LatBounds,
                "lat_bounds",
                &["lat_bnds", "latitude_bnds", "bounds_lat", "bounds_nav_lat", "y_bnds"],
            ),
            (
                Word::LonBounds,
                "lon_bounds",
                &["lon_bnds", "longitude_bnds", "bounds_lon", "bounds_nav_lon", "x_bnds"],
            ),
            (Word::LatVertices, "lat_verticies", &["vertices_latitude", "lat_vertices"]),
            (Word::LonVertices, "lon_verticies", &["vertices_longitude", "lon_vertices"]),
        ];
        let entry = |(word, name, others): (Word, &str, &[&str])| {
            let others = others.iter().copied().map(Name::from).collect();
            let units = match word {
                Word::Lev => Some("m".to_owned()),
                Word::Plev => Some("Pa".to_owned()),
                _ => None,
            };
            (word, Entry { name: name.into(), others, units })
        };
        Self(table.into_iter().map(entry).collect())
    }

    /// With another name for a word. The old one becomes one of the other names.
    pub fn named(mut self, word: Word, name: impl Into<Name>) -> Self {
        if let Some(entry) = self.0.get_mut(&word) {
            let old = std::mem::replace(&mut entry.name, name.into());
            entry.others.insert(0, old);
        }
        self
    }

    /// With more names that files have for a word; they come before those it has.
    pub fn also<N: Into<Name>>(mut self, word: Word, others: impl IntoIterator<Item = N>) -> Self {
        if let Some(entry) = self.0.get_mut(&word) {
            let new: Vec<Name> = others.into_iter().map(Into::into).collect();
            entry.others.splice(0..0, new);
        }
        self
    }

    /// With other units for a coordinate; `None` leaves it as it is.
    pub fn in_units(mut self, word: Word, units: Option<&str>) -> Self {
        if let Some(entry) = self.0.get_mut(&word) {
            entry.units = units.map(str::to_owned);
        }
        self
    }

    /// The name for a word.
    #[must_use]
    pub fn name(&self, word: Word) -> &str {
        self.0.get(&word).map_or("", |e| e.name.as_str())
    }

    /// The units for a word, if it has some.
    #[must_use]
    pub fn units(&self, word: Word) -> Option<&str> {
        self.0.get(&word)?.units.as_deref()
    }

    /// The name for a word, then those that files have for it.
    pub fn names(&self, word: Word) -> impl Iterator<Item = &Name> {
        self.0.get(&word).into_iter().flat_map(|e| std::iter::once(&e.name).chain(&e.others))
    }

    /// The words, with the name of each.
    pub fn iter(&self) -> impl Iterator<Item = (Word, &Name)> {
        self.0.iter().map(|(word, entry)| (*word, &entry.name))
    }
}
