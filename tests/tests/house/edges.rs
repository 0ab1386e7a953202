//! The direction of dependencies between the crates of the workspace.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::workspace;

/// What each crate may depend on, in a normal or build dependency. The prefix is left out.
const ALLOWED: &[(&str, &[&str])] = &[
    ("cftime", &[]),
    ("units", &[]),
    ("array", &["cftime"]),
    ("storage", &["array"]),
    ("lazy", &["array", "storage"]),
    ("dataset", &["cftime", "units", "array", "storage", "lazy"]),
    ("netcdf3", &["array", "storage"]),
    ("hdf5", &["array", "storage"]),
    ("netcdf-c", &["array", "storage"]),
    ("cdl", &["array", "storage"]),
    ("zarr", &["array", "storage"]),
    (
        "graticule",
        &[
            "cftime", "units", "array", "storage", "lazy", "dataset", "netcdf3", "hdf5",
            "netcdf-c", "zarr", "cdl",
        ],
    ),
    ("cli", &["graticule"]),
    ("plot", &["graticule"]),
    ("conformance", &["graticule", "storage", "hdf5"]),
    ("tests", &["graticule", "storage"]),
    ("benches", &["graticule", "storage"]),
    ("fuzz", &["graticule", "netcdf3", "hdf5"]),
];

/// Packages whose own tests may depend on anything: nobody uses them, or, for `netcdf-c`, they
/// are there to compare the others with.
const LEAVES: &[&str] = &["conformance", "tests", "benches", "cli", "fuzz", "netcdf-c"];

fn role(package: &str) -> &str {
    package.strip_prefix("graticule-").unwrap_or(package)
}

/// The edges of a `cargo metadata` listing that the table does not allow.
fn forbidden(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().unwrap();
    let members: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let from = role(package["name"].as_str().unwrap());
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == from) else {
            wrong.push(format!("{from} is not in the table"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap();
            if !members.contains(name) {
                continue;
            }
            let to = role(name);
            let testing = dependency["features"].as_array().unwrap().iter().any(|f| f == "testing");
            let ok = match dependency["kind"].as_str() {
                // In tests, too, a crate may ask for a feature of its own, and use what the types
                // of those below it are made of.
                Some("dev") => {
                    let below = |crates: &[&str]| crates.contains(&to);
                    let further = ALLOWED.iter().filter(|(name, _)| allowed.contains(name));
                    LEAVES.contains(&from)
                        || to == from
                        || below(allowed)
                        || further.map(|(_, crates)| *crates).any(below)
                        || (to == "storage" && testing)
                }
                _ => allowed.contains(&to),
            };
            if !ok {
                let kind = dependency["kind"].as_str().unwrap_or("normal");
                wrong.push(format!("{from} -> {to} ({kind})"));
            }
        }
    }
    wrong
}

#[test]
fn crates_depend_only_in_the_direction_of_the_table() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(metadata["packages"].as_array().unwrap().len() > 10, "the listing is incomplete");
    let wrong = forbidden(&metadata);
    assert!(wrong.is_empty(), "edges that the table of crates forbids: {}", wrong.join(", "));
}

#[test]
fn a_forbidden_edge_is_found() {
    let package = |name: &str, to: &str, kind: Value, features: &[&str]| {
        serde_json::json!({
            "name": name,
            "dependencies": [{"name": to, "kind": kind, "features": features}],
        })
    };
    let found = |packages: Vec<Value>| forbidden(&serde_json::json!({ "packages": packages }));
    let lazy = || package("graticule-lazy", "rayon", Value::Null, &[]);
    let storage = || package("graticule-storage", "graticule-array", Value::Null, &[]);
    let normal = package("graticule-netcdf3", "graticule-lazy", Value::Null, &[]);
    assert_eq!(found(vec![lazy(), normal]), ["netcdf3 -> lazy (normal)"]);
    let build = package("graticule-array", "graticule-storage", "build".into(), &[]);
    assert_eq!(found(vec![storage(), build]), ["array -> storage (build)"]);
    let dev = package("graticule-netcdf3", "graticule-lazy", "dev".into(), &["testing"]);
    assert_eq!(found(vec![lazy(), dev]), ["netcdf3 -> lazy (dev)"]);
    let suite = package("graticule-cftime", "graticule-storage", "dev".into(), &["testing"]);
    assert_eq!(found(vec![storage(), suite]), [""; 0]);
    assert_eq!(
        found(vec![package("graticule-new", "x", Value::Null, &[])]),
        ["new is not in the table"]
    );
}
