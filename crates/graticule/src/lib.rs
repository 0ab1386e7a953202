//! TITLE graticule
