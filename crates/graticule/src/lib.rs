//! Labelled N-d arrays: thousands of NetCDF and HDF5 files as one lazy dataset.
//!
//! Opening reads headers and coordinates only. Verbs describe work and never fail; terminals
//! ([`Dataset::compute`], [`DataArray::values`], [`Dataset::write`] ...) plan it, run it in
//! bounded memory on all cores, and return the first error of the chain.
//!
//! ```
//! use graticule::{DataArray, Dataset, ToNetcdf, open_mfdataset};
//! # let folder = std::env::temp_dir().join(format!("graticule-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! for (name, day) in [("a.nc", 0), ("b.nc", 31)] {
//!     let sst = DataArray::new("sst", ["time", "lat"], (vec![day as f32, 20.5], [1, 2]));
//!     let time = DataArray::new("time", "time", vec![day])
//!         .with_attr("units", "days since 2001-01-01");
//!     Dataset::new()
//!         .with_coord_variable("time", time.variable())
//!         .with_variable("sst", sst.variable())
//!         .to_netcdf(folder.join(name))?;
//! }
//! let ds = open_mfdataset(folder.join("*.nc"))?;
//! let warmest = ds.var("sst").sel("time", "2001-02").max(..);
//! assert_eq!(warmest.item::<f32>()?, 31.0);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backends;
mod cdl;
mod combining;
mod open;
mod write;

pub use backends::backends;
pub use cdl::{from_cdl, to_cdl};
pub use combining::*;
pub use graticule_array as array;
pub use graticule_array::{
    Array, ArrayMut, ChunkGrid, DType, Error, Region, Result, Scalar, TimeType, did_you_mean,
};
pub use graticule_cftime as cftime;
pub use graticule_cftime::{Calendar, TimeUnit};
pub use graticule_dataset as dataset;
pub use graticule_dataset::{
    AlignOn, CalendarOptions, SeasonYear, Seasons, StandardNames, seasons,
};
pub use graticule_dataset::{
    Along, AttrValue, Attrs, Bins, Chunks, CombineOptions, Compat, Compression, Coords, DataArray,
    DataArrayGroupBy, DataArrayResample, Dataset, DatasetGroupBy, DatasetResample, Dims, Encoding,
    Every, Fault, FileList, FilePattern, Index, Indexer, Join, Label, LabelIndex, Labels, Lacking,
    ManyOptions, Name, Near, OpenOptions, Origin, Reducer, Selector, Side, Variable, WriteOptions,
    all, any, bins, combine, compute, compute_datasets, concat, count, every, first, last, max,
    mean, min, near, prod, std, step, sum, var,
};
pub use graticule_dataset::{Applied, Correction, CustomFix, Fix, FixLog, Fixes, Vocabulary, Word};
pub use graticule_dataset::{
    Axis, CellMethod, CellMethods, Cf, Crs, FeatureType, Features, Finding, Flag, Flags,
    Geometries, GridMapping, Kind, Projection, Report, Representation, Severity, TimeAudit,
    UnitMode,
};
pub use graticule_dataset::{
    Boundary, CalculusOptions, DataArrayCoarsen, DataArrayRolling, DataArrayWeighted,
    DatasetCoarsen, DatasetRolling, DatasetWeighted, GapOptions, IdxOptions, InterpOptions,
    Interpolation, PolyfitOptions, Q, QuantileMethod, QuantileOptions, polyval,
};
pub use graticule_dataset::{
    BuildIndex, Closed, Dates, FieldValues, Found, IndexCoord, IndexCoords, IntervalIndex, Locus,
    Longitudes, MissingDims, MultiIndex, PeriodicIndex, PointIndex, Query, RangeIndex, between,
    contains, dates, index_laws, inside, overlaps, touches,
};
pub use graticule_dataset::{CoordNames, Durations, TextEnd, Unpacked, ValidRange};
pub use graticule_dataset::{
    CovOptions, Cumulative, DiffLabel, DropNa, Keep, PadMode, SortKeys, corr, cov, dot,
};
pub use graticule_dataset::{DataTree, IndexReport, Note, NoteKind};
pub use graticule_dataset::{
    DateRange, Inclusive, RangeNumber, Sizes, arange, date_range, linspace,
};
pub use graticule_dataset::{
    DisplayOptions, MissingCore, OverlapBoundary, TrendOptions, UserFn, apply_ufunc,
};
pub use graticule_lazy as lazy;
pub use graticule_lazy::{
    Analysis, Assembly, Event, Executor, Graph, Memory, Partial, Plan, PostMortem, Progress,
    RunOptions, RunReport, Serial, Session, Status, StopFlag, Threads,
};
#[cfg(feature = "wire")]
pub use graticule_lazy::{Names, SentTask};
pub use graticule_storage as storage;
pub use graticule_storage::{Backend, ByteSource, ChunkSource, FilterSpec, Location, RawGroup};
pub use graticule_units as units;
pub use graticule_units::Unit;
pub use open::{index_files, index_files_with, open_datatree};
pub use open::{
    open_bytes, open_dataset, open_dataset_with, open_groups, open_mfdataset, open_mfdataset_with,
    open_raw, open_source_with, session,
};

pub use write::ToNetcdf;

#[doc = include_str!("../../../docs/guide.md")]
pub mod guide {}

#[doc = include_str!("../../../COMPARE.md")]
pub mod compare {}
