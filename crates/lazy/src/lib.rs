//! TITLE lazy
