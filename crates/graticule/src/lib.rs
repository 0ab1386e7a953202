//! TITLE graticule

mod backends;

pub use backends::backends;
pub use graticule_array as array;
pub use graticule_cftime as cftime;
pub use graticule_storage as storage;
