//! Files: opening one or many, and writing.

mod convert;
mod decode;
mod detect;
mod file_names;
mod indexed;
mod many;
mod open;
mod options;
mod storage;
mod write;
mod write_options;

pub(crate) use convert::same_value;
pub use detect::{open_raw, open_raw_source};
pub use file_names::FilePattern;
pub use indexed::{IndexReport, index_files};
pub use many::{FileList, ManyOptions, Preprocess, open_mfdataset, survey_mfdataset};
pub(crate) use many::{decoded_piece, kept_attrs, same_encoding, same_meta};
pub(crate) use open::find as find_group;
pub use open::{open_dataset, open_groups, open_source};
pub use options::OpenOptions;
pub use write_options::{Compression, WriteOptions};
