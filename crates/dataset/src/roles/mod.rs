//! What variables are for each other: axes, bounds, measures, methods, mappings.
//!
//! CF says it in attributes. [`Cf`], the view that `cf()` gives, finds variables by role and
//! reads these attributes into values.

mod axis;
mod bounds;
mod cell_methods;
mod criteria;
mod crs;
mod edges;
mod features;
mod find;
mod flags;
mod formula;
mod formulas;
mod gather;
mod geometry;
mod guess;
mod layout;
mod numbers;
mod proj;
mod projection;
mod related;
mod standard_names;
mod vertices;
mod wkt;

pub use axis::{Axis, Kind};
pub(crate) use bounds::{
    BOUNDS_ATTRS, are_bounds, attached, bounds_of, collapsed, intervals, middle, united,
};
pub(crate) use cell_methods::described;
pub use cell_methods::{CellMethod, CellMethods, Interval, Scope};
pub(crate) use criteria::is_parametric;
pub use crs::{Crs, GridMapping};
pub(crate) use edges::edges_of;
pub use features::{FeatureType, Features};
pub use find::Cf;
pub use flags::{Flag, FlagValue, Flags};
pub use geometry::{Geometries, Geometry, Part, Shape};
pub use layout::Representation;
pub use projection::Projection;
pub(crate) use related::{keyed, related};
pub use standard_names::StandardNames;
