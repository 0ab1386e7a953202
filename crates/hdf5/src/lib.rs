//! TITLE hdf5
