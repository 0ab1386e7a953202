//! Labelled N-d arrays: variables, data arrays and datasets over lazy data.
//!
//! The nouns are [`Variable`], [`DataArray`], [`Dataset`] and [`Coords`]. Verbs give back changed
//! copies and never fail: an error is carried as a [`Fault`] and returned by whatever touches
//! data.

mod archive;
mod attrs;
mod build;
mod cache;
pub mod cf;
mod combine;
mod compare;
mod compute;
mod coords;
mod data;
mod data_array;
mod dataset;
mod dialect;
mod dims;
mod encoding;
mod fault;
mod index;
mod io;
mod json;
mod name;
mod note;
mod report;
mod roles;
mod select;
mod show;
mod stored;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tree;
mod units;
mod variable;
mod verbs;

#[doc(hidden)]
pub use archive::{index_body, parse_index};
pub use attrs::{AttrValue, Attrs};
pub use build::{DateRange, Inclusive, RangeNumber, Sizes, arange, date_range, linspace};
pub use cf::{CoordNames, Durations, TextEnd, Unpacked, ValidRange};
pub use combine::{
    AlignOptions, Along, CombineAttrs, CombineOptions, Compat, ConcatDim, FillValues, Join,
    Labelled, Lacking, Loss, LossKind, Losses, Nested, Overlap, Provenance, Tolerance, Vars, align,
    broadcast, combine, combine_by_coords, combine_nested, concat, concat_with, merge, merge_with,
};
pub use compare::{Difference, DifferenceKind, Differences, Schema, VariableSchema};
pub use compute::{compute, compute_datasets};
pub use coords::Coords;
pub use data::Data;
pub use data_array::DataArray;
pub use dataset::Dataset;
pub use dialect::{Applied, Correction, CustomFix, Fix, FixLog, Fixes, Vocabulary, Word};
pub use dims::{Dims, Over};
pub use encoding::Encoding;
pub use fault::Fault;
pub use graticule_array::{Interpolation, QuantileMethod};
pub use graticule_cftime::{AlignOn, Origin, Side};
pub use graticule_lazy::Boundary as OverlapBoundary;
pub use index::{
    BuildIndex, Closed, Found, Index, IndexCoord, IndexCoords, IntervalIndex, IntervalRecipe,
    Joined, LabelIndex, Locus, MultiIndex, MultiRecipe, PeriodicIndex, PeriodicRecipe, PointIndex,
    PointRecipe, Query, RangeIndex, index_laws,
};
pub use io::{
    Compression, FileList, FilePattern, IndexReport, ManyOptions, OpenOptions, Preprocess,
    WriteOptions, index_files, open_dataset, open_groups, open_mfdataset, open_raw,
    open_raw_source, open_source,
};
pub use name::Name;
pub use note::{Note, NoteKind};
pub use report::{Finding, Places, Report, Severity, TimeAudit, TimeGap};
pub use roles::{
    Axis, CellMethod, CellMethods, Cf, Crs, FeatureType, Features, Flag, FlagValue, Flags,
    Geometries, Geometry, GridMapping, Interval, Kind, Part, Projection, Representation, Scope,
    Shape, StandardNames,
};
pub use select::{
    Dates, FieldValues, Indexer, Label, Labels, Longitudes, Method, MissingDims, Near, Relation,
    Selector, between, contains, dates, inside, near, overlaps, step, touches,
};
pub use show::options::DisplayOptions;
pub use tree::{DataTree, combine_datatrees, open_datatree};
pub use units::UnitMode;
pub use variable::Variable;
pub use verbs::{
    Bins, DataArrayGroupBy, DataArrayResample, DatasetGroupBy, DatasetResample, Every, GroupKey,
    IntoDType, Limit, Operand, Reducer, all, any, bins, count, every, first, last, max, mean, min,
    prod, std, sum, var,
};
pub use verbs::{
    Boundary, CalculusOptions, CovOptions, Cumulative, DataArrayCoarsen, DataArrayRolling,
    DataArrayWeighted, DatasetCoarsen, DatasetRolling, DatasetWeighted, DiffLabel, DropNa,
    GapOptions, IdxOptions, InterpOptions, Keep, PadMode, PolyfitOptions, Q, QuantileOptions,
    SortKeys, corr, cov, dot, polyval,
};

pub use combine::{AxisReport, Disorder, Duplicate, Gap, ReindexOptions, axis_report};
pub use io::survey_mfdataset;
pub use verbs::Chunks;
pub use verbs::operand::ArrayOperand;
pub use verbs::{CalendarOptions, SeasonYear, Seasons, seasons};
pub use verbs::{MissingCore, TrendOptions, UserFn, apply_ufunc};
