//! The target that the environment variable `TARGET` names.

#![no_main]

use std::sync::LazyLock;

use graticule_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

static CHOSEN: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("TARGET").expect("set TARGET to the name of a target");
    target(&name).expect("no such target")
});

fuzz_target!(|bytes: &[u8]| {
    (CHOSEN.run)(bytes);
});
