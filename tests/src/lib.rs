//! Property laws, golden cases and end-to-end checks of the public API.
