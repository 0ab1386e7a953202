//! TITLE netcdf3
