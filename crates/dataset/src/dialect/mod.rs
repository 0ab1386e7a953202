//! Files of many models in one dialect: small fixes that are put together.
//!
//! Archives such as CMIP hold the same quantities in many dialects: other names for the same
//! dimensions, longitudes of one or two axes, counted from -180 or from 0, bounds as pairs or as
//! corners. A [`Fix`] mends one such thing; [`Fixes`] is a list of them, which a dataset goes
//! through, or every file of many before they are combined. The fixes say what they changed: in a
//! [`FixLog`], and in the attribute `history`.

mod bounds;
mod broadcast;
mod coordinates;
mod dims;
mod identify;
mod log;
mod longitudes;
mod metadata;
mod nominal;
mod rename;
mod units;
mod vertices;
mod vocabulary;
mod work;

use std::fmt;
use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};

pub use log::{Applied, FixLog};
pub use metadata::Correction;
pub use vocabulary::{Vocabulary, Word};
use work::Work;

use crate::dataset::Dataset;
use crate::io::ManyOptions;

/// A function of a dataset that is a fix of one's own.
type Change = Arc<dyn Fn(&Dataset) -> Dataset + Send + Sync>;

/// One thing that is brought into the common dialect. Each does nothing where nothing is wrong,
/// so that a second time changes nothing.
///
/// Names of variables and dimensions are those of a [`Vocabulary`]: `x` here means its word for
/// [`Word::X`].
#[derive(Clone)]
#[non_exhaustive]
pub enum Fix {
    /// Variables and dimensions get the names of the vocabulary: found by what CF attributes say
    /// (axis, standard name, units, bounds), and by the other names of the vocabulary where
    /// they say nothing. A longitude that labels its own dimension becomes `lon(x)`, its labels
    /// those of `x`. Attributes that name others follow.
    Rename,
    /// Dimensions without labels get their positions as labels.
    PromoteEmptyDims,
    /// What describes other variables becomes a coordinate: words of the vocabulary, bounds, cell
    /// measures, what `coordinates` lists. Labels of the vertices of cells go.
    CorrectCoordinates,
    /// Positions and levels become numbers of double precision, so that those of two files can be
    /// equal. Whole numbers that label x and y stay.
    WidenCoords,
    /// Longitudes are counted from 0 up to 360, those of vertices within half a turn of their
    /// cell's; what lies beyond 1000 degrees is missing. Labels that are longitudes turn along,
    /// and the data with them.
    CorrectLon,
    /// Longitudes and latitudes get both horizontal dimensions, y before x.
    BroadcastLonLat,
    /// Coordinates are converted to the units that the vocabulary has for them: heights to m,
    /// pressures to Pa.
    CorrectUnits,
    /// Bounds of cells lose a time they do not depend on, get the dimensions of their coordinate
    /// before that of the vertices, and pairs their western and southern end first.
    ParseBounds,
    /// The four corners of cells run counterclockwise from the lower left one, as CF 7.1 wants
    /// it. The order is that of a cell of the middle row, which is read.
    SortVertexOrder,
    /// Cells with bounds but no corners get corners: those of rectangles.
    BoundsToVertices,
    /// Cells with corners but no bounds get bounds: the middles of their sides.
    VerticesToBounds,
    /// The attributes that say what coordinates are: axis, standard name, units, direction,
    /// bounds; bounds need none of their own.
    CorrectAttrs,
    /// The dimensions of all variables in the order of CF 2.4: time, vertical, y, x, vertices.
    OrderDims,
    /// Attributes of the dataset: see [`Correction`].
    FixMetadata(Vec<Correction>),
    /// Labels of x and y become nominal longitudes (those of the row nearest to the equator) and
    /// latitudes (the northernmost of each row): unique, rising, the data sorted along. Reads
    /// longitudes and latitudes.
    NominalXy,
    /// A function of one's own; see [`Fix::custom`].
    Custom {
        /// What the log calls it.
        name: String,
        /// The function.
        change: CustomFix,
    },
}

/// The function of a [`Fix::Custom`].
#[derive(Clone)]
pub struct CustomFix(Change);

impl Fix {
    /// A function of one's own as a fix. A dataset it gives back as it is counts as not changed.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Fix, Fixes};
    /// let fix = Fix::custom("drop_scratch", |ds| {
    ///     if ds.has("scratch") { ds.drop_vars("scratch") } else { ds.clone() }
    /// });
    /// let ds = Dataset::new().with_var("scratch", "n", vec![1]).fix(&Fixes::new([fix]));
    /// assert!(!ds.has("scratch"));
    /// assert_eq!(ds.attrs().text("history"), Some("graticule: drop_scratch: applied"));
    /// ```
    pub fn custom(
        name: impl Into<String>,
        change: impl Fn(&Dataset) -> Dataset + Send + Sync + 'static,
    ) -> Self {
        Self::Custom { name: name.into(), change: CustomFix(Arc::new(change)) }
    }

    /// The name, as the log and [`Fixes::without`] have it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Rename => "rename",
            Self::PromoteEmptyDims => "promote_empty_dims",
            Self::CorrectCoordinates => "correct_coordinates",
            Self::WidenCoords => "widen_coords",
            Self::CorrectLon => "correct_lon",
            Self::BroadcastLonLat => "broadcast_lonlat",
            Self::CorrectUnits => "correct_units",
            Self::ParseBounds => "parse_bounds",
            Self::SortVertexOrder => "sort_vertex_order",
            Self::BoundsToVertices => "bounds_to_vertices",
            Self::VerticesToBounds => "vertices_to_bounds",
            Self::CorrectAttrs => "correct_attrs",
            Self::OrderDims => "order_dims",
            Self::FixMetadata(_) => "fix_metadata",
            Self::NominalXy => "nominal_xy",
            Self::Custom { name, .. } => name,
        }
    }

    fn run(&self, work: &mut Work<'_>) -> Result<()> {
        match self {
            Self::Rename => rename::rename(work),
            Self::PromoteEmptyDims => dims::promote(work),
            Self::CorrectCoordinates => coordinates::promote(work),
            Self::WidenCoords => coordinates::widen(work),
            Self::CorrectLon => longitudes::correct(work),
            Self::BroadcastLonLat => broadcast::lon_lat(work),
            Self::CorrectUnits => units::correct(work),
            Self::ParseBounds => bounds::parse(work),
            Self::SortVertexOrder => vertices::sort(work),
            Self::BoundsToVertices => vertices::from_bounds(work),
            Self::VerticesToBounds => vertices::to_bounds(work),
            Self::CorrectAttrs => coordinates::describe(work),
            Self::OrderDims => dims::order(work),
            Self::FixMetadata(corrections) => metadata::correct(work, corrections),
            Self::NominalXy => nominal::replace(work),
            Self::Custom { change: CustomFix(change), .. } => work.custom(change.as_ref()),
        }
    }
}

impl fmt::Debug for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for CustomFix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// A list of fixes and the vocabulary they use.
///
/// ```
/// use graticule_dataset::{Attrs, Dataset, Fixes, Variable};
/// let ocean = |lon: &str, values: Vec<f64>| {
///     let east = Attrs::new().with("units", "degrees_east");
///     let lon_var = Variable::new(lon, values).unwrap().with_attrs(east);
///     Dataset::new()
///         .with_coord_variable(lon, lon_var)
///         .with_coord("latitude", "latitude", vec![-30.0, 30.0])
///         .with_var("tos", ["latitude", lon], (vec![1.0, 2.0, 3.0, 4.0], [2, 2]))
/// };
/// let one = ocean("longitude", vec![-90.0, 90.0]).fix(&Fixes::cmip());
/// let other = ocean("nav_lon", vec![90.0, 270.0]).fix(&Fixes::cmip());
/// assert_eq!(one["tos"].dims().to_string(), "y, x");
/// assert_eq!(one["lon"].values::<f64>()?, other["lon"].values::<f64>()?);
/// assert_eq!(one["tos"].values::<f64>()?, [2.0, 1.0, 4.0, 3.0]);
/// assert!(one.attrs().text("history").unwrap().contains("correct_lon: lon counted from 0 to 360"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Fixes {
    steps: Vec<Fix>,
    vocabulary: Vocabulary,
    stamp: Option<String>,
    unknown: Option<String>,
}

impl Fixes {
    /// These fixes, in this order, with the vocabulary [`Vocabulary::cmip`].
    pub fn new(steps: impl IntoIterator<Item = Fix>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            vocabulary: Vocabulary::cmip(),
            stamp: None,
            unknown: None,
        }
    }

    /// What makes files of all models of CMIP look alike (xMIP's `combined_preprocessing`): all
    /// fixes but [`Fix::NominalXy`], which reads data, in the order in which [`Fix`] lists them.
    pub fn cmip() -> Self {
        Self::new([
            Fix::Rename,
            Fix::PromoteEmptyDims,
            Fix::CorrectCoordinates,
            Fix::WidenCoords,
            Fix::CorrectLon,
            Fix::BroadcastLonLat,
            Fix::CorrectUnits,
            Fix::ParseBounds,
            Fix::SortVertexOrder,
            Fix::BoundsToVertices,
            Fix::VerticesToBounds,
            Fix::CorrectAttrs,
            Fix::OrderDims,
            Fix::FixMetadata(Correction::known()),
        ])
    }

    /// With one more fix at the end.
    pub fn then(mut self, fix: Fix) -> Self {
        self.steps.push(fix);
        self
    }

    /// Without the fixes of this name.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Fixes};
    /// let fixes = Fixes::cmip().without("broadcast_lonlat");
    /// assert!(fixes.steps().all(|fix| fix.name() != "broadcast_lonlat"));
    /// let e = Fixes::cmip().without("correct_lat").apply(&Dataset::new()).unwrap_err();
    /// assert!(e.to_string().contains("did you mean \"correct_lon\"?"));
    /// ```
    pub fn without(mut self, name: &str) -> Self {
        if self.steps.iter().all(|fix| fix.name() != name) {
            self.unknown.get_or_insert_with(|| name.to_owned());
        }
        self.steps.retain(|fix| fix.name() != name);
        self
    }

    /// With other names for things.
    pub fn with_vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// With a text before each line of the history, such as the date and time, as CF 2.6.2
    /// recommends. Without one, the same input gives the same output at any time.
    pub fn with_stamp(mut self, stamp: impl Into<String>) -> Self {
        self.stamp = Some(stamp.into());
        self
    }

    /// The fixes in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Fix> {
        self.steps.iter()
    }

    /// The names in use.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The fixed dataset, and what was done. The attribute `history` gets a line for each fix
    /// that changed something, unless it has this line already.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Fixes};
    /// let ds = Dataset::new().with_var("tos", ["nlat", "nlon"], (vec![0.0; 6], [2, 3]));
    /// let (fixed, log) = Fixes::cmip().apply(&ds)?;
    /// assert_eq!(fixed["x"].values::<i64>()?, [0, 1, 2]);
    /// assert_eq!(log.iter().next().unwrap().fix(), "rename");
    /// assert!(log.to_string().starts_with("rename: dimension nlat to y"));
    /// let (_, again) = Fixes::cmip().apply(&fixed)?;
    /// assert!(again.is_empty());
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// The carried fault; if a fix cannot tell what is meant, naming the candidates; if one of
    /// [`without`](Self::without) was not there.
    pub fn apply(&self, set: &Dataset) -> Result<(Dataset, FixLog)> {
        set.sound()?;
        if let Some(name) = &self.unknown {
            let all = Self::cmip();
            let known = all.steps().map(Fix::name).chain(self.steps().map(Fix::name));
            let error = Error::not_found(format!("there is no fix \"{name}\" to leave out"));
            return Err(match did_you_mean(name, known) {
                Some(hint) => error.hint(hint),
                None => error,
            });
        }
        let mut work = Work::new(set, &self.vocabulary);
        let mut log = FixLog::default();
        for fix in &self.steps {
            fix.run(&mut work).map_err(|e| e.context(format!("in fix {}", fix.name())))?;
            log.push(work.done(fix.name()));
        }
        let history = log.history(work.set.attrs().text("history"), self.stamp.as_deref());
        let fixed = match history {
            Some(history) => work.set.with_attr("history", history),
            None => work.set,
        };
        Ok((fixed, log))
    }
}

impl Dataset {
    /// The dataset in a common dialect; see [`Fixes`]. [`Fixes::apply`] also tells what was done.
    #[track_caller]
    pub fn fix(&self, fixes: &Fixes) -> Self {
        self.verb(|| "fix(..)".into(), |set| fixes.apply(set).map(|(fixed, _)| fixed))
    }
}

impl ManyOptions {
    /// Every file goes through these fixes first; see [`Fixes`] and
    /// [`preprocess`](Self::preprocess).
    ///
    /// ```no_run
    /// use graticule_dataset::{Fixes, ManyOptions, open_mfdataset};
    /// # let session = graticule_lazy::Session::default();
    /// let options = ManyOptions::new().fix(Fixes::cmip());
    /// let tos = open_mfdataset("CMIP6/*/tos_Omon_*.nc", &options, &session)?.var("tos");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn fix(self, fixes: Fixes) -> Self {
        self.preprocess(move |set| fixes.apply(&set).map(|(fixed, _)| fixed))
    }
}
