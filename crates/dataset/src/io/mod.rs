//! Files: opening one or many, and writing.

mod convert;
mod decode;
mod detect;
mod many;
mod open;
mod options;
mod storage;
mod write;
mod write_options;

pub use detect::{open_raw, open_raw_source};
pub use many::{FileList, ManyOptions, Preprocess, open_mfdataset, survey_mfdataset};
pub use open::{open_dataset, open_groups, open_source};
pub use options::OpenOptions;
pub use write_options::{Compression, WriteOptions};
