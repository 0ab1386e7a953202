//! The runner itself, on a small corpus made here: every entry is counted, right ones pass, wrong
//! ones fail and say why.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

#[allow(unreachable_pub, dead_code)]
#[path = "../../netcdf3/tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Version, sample};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("graticule-corpus-{}", std::process::id()));
        std::fs::create_dir_all(path.join("reference")).unwrap();
        std::fs::create_dir_all(path.join("operations")).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn sha16(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// What the references say of the file that the reader's tests make.
fn reference() -> Value {
    let x: Vec<u8> = (0..5).flat_map(|v| f64::from(v).to_le_bytes()).collect();
    let short: Vec<u8> = (0..30i16).flat_map(i16::to_le_bytes).collect();
    let masked: Vec<u8> = (0..30u8).flat_map(|v| f32::from(v).to_le_bytes()).collect();
    json!({
        "open": {"engine": "netcdf4", "decode": "ok"},
        "groups": [{
            "path": "/",
            "dims": {"time": 3, "y": 2, "x": 5},
            "unlimited": ["time"],
            "attrs": {"title": "hello", "one": ["int32", 7], "three": ["int16", [1, 2, 3]]},
            "n_attrs": 6,
            "coords": ["time", "x"],
            "vars": {
                "x": {
                    "dims": ["x"], "shape": [5],
                    "raw": {"dtype": "float64", "sha": sha16(&x)},
                    "dec": {"dtype": "=raw", "n": 5, "min": 0.0, "max": 4.0, "mean": 2.0, "sum": 10.0,
                        "first": [0.0, 1.0, 2.0], "last": [2.0, 3.0, 4.0]},
                },
                "short": {
                    "dims": ["time", "y", "x"], "shape": [3, 2, 5],
                    "attrs": {"_FillValue": ["int16", -9]}, "removed": ["_FillValue"],
                    "raw": {"dtype": "int16", "sha": sha16(&short)},
                    "dec": {"dtype": "float32", "sha": sha16(&masked), "n": 30, "min": 0.0,
                        "max": 29.0, "mean": 14.5, "sum": 435.0, "first": [0.0, 1.0, 2.0],
                        "last": [27.0, 28.0, 29.0]},
                },
            },
        }],
    })
}

/// The mean over `y` and `time` of the made file.
fn program(verb: &str, tolerance: f64) -> Value {
    json!({
        "rtol": tolerance, "atol": 0.0,
        "steps": [
            {"set": "ds", "do": "open_dataset", "args": ["good.nc"]},
            {"set": "v", "on": "$ds", "do": "get", "args": ["short"]},
            {"set": "r", "on": "$v", "do": verb, "args": [["time", "y"]]},
        ],
        "result": {
            "kind": "DataArray", "dims": {"x": 5},
            "coords": {"x": {"dims": ["x"], "shape": [5], "dtype": "float64",
                "values": [0.0, 1.0, 2.0, 3.0, 4.0]}},
            "vars": {"short": {"dims": ["x"], "shape": [5], "dtype": "float32",
                "values": [12.5, 13.5, 14.5, 15.5, 16.500_001]}},
        },
    })
}

fn run(corpus: &Path, more: &[&str]) -> (String, Value) {
    let report = corpus.join("report.json");
    let output = Command::new(env!("CARGO_BIN_EXE_graticule-conformance"))
        .arg("--corpus")
        .arg(corpus)
        .arg("--report")
        .arg(&report)
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    (String::from_utf8(output.stdout).unwrap(), report)
}

fn outcome<'a>(report: &'a Value, category: &str, entry: &str) -> &'a Value {
    let entries = report["entries"].as_array().unwrap();
    entries.iter().find(|e| e["category"] == category && e["entry"] == entry).unwrap()
}

#[test]
fn every_entry_ends_once_and_differences_are_told() {
    let corpus = Folder::new();
    corpus.write(
        "MANIFEST.csv",
        "path,kind,features\n\
         good.nc,netCDF-3 classic,unlimited\n\
         wrong.nc,netCDF-3 classic,unlimited\n\
         cut.nc,netCDF-3 classic,malformed:truncated\n\
         store.zarr,Zarr,\n",
    );
    let bytes = sample(Version::Cdf1).bytes();
    corpus.write("good.nc", &bytes);
    corpus.write("wrong.nc", &bytes);
    corpus.write("cut.nc", &bytes[..bytes.len() / 2]);
    let mut wrong = reference();
    wrong["groups"][0]["vars"]["short"]["raw"]["sha"] = json!("0123456789abcdef");
    wrong["groups"][0]["vars"]["short"]["dec"]["n"] = json!(29);
    wrong["groups"][0]["attrs"]["one"] = json!(["int64", 7]);
    corpus.write("reference/good.nc.json", reference().to_string());
    corpus.write("reference/wrong.nc.json", wrong.to_string());
    corpus.write("reference/cut.nc.json", reference().to_string());
    corpus.write("reference/store.zarr.json", json!({"open": {"engine": "zarr"}}).to_string());
    corpus.write("operations/close.json", program("mean", 1e-6).to_string());
    corpus.write("operations/strict.json", program("mean", 1e-9).to_string());
    corpus.write("operations/new.json", program("frobnicate", 1e-6).to_string());

    let (text, report) = run(&corpus.0, &["--jobs", "2"]);
    assert!(text.ends_with("4 passed, 4 failed, 2 skipped\n"), "{text}");
    for (category, entry, expected) in [
        ("read", "good.nc", "passed"),
        ("decode", "good.nc", "passed"),
        ("read", "wrong.nc", "failed"),
        ("decode", "wrong.nc", "failed"),
        ("malformed", "cut.nc", "passed"),
        ("read", "store.zarr", "skipped"),
        ("decode", "store.zarr", "skipped"),
        ("operations", "close", "passed"),
        ("operations", "strict", "failed"),
        ("operations", "new", "failed"),
    ] {
        assert_eq!(outcome(&report, category, entry)["outcome"], expected, "{category} {entry}");
    }
    let failures = &outcome(&report, "read", "wrong.nc")["failures"];
    assert_eq!(failures[0]["what"], "attribute one");
    assert_eq!(failures[1]["variable"], "/short");
    assert_eq!(failures[1]["expected"], "0123456789abcdef");
    assert!(text.contains("no verb \"frobnicate\""), "{text}");

    let (text, _) = run(&corpus.0, &["--only", "malformed"]);
    assert!(text.ends_with("1 passed, 0 failed, 0 skipped\n"), "{text}");
}
