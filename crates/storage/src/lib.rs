//! TITLE storage
