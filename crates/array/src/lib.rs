//! TITLE array
