//! Texts as ncdump prints them, and what this crate prints, read again.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use graticule_array::{Array, DType, Region, Scalar, Text};
use graticule_cdl::{CdlBackend, parse};
use graticule_storage::{
    Backend, MemoryBytes, OpenHint, OpenOptions, RawGroup, RawSchema, RawVarSchema,
};

const SAMPLE: &str = include_str!("sample.cdl");

fn all(group: &RawGroup, var: &str) -> Array {
    let var = group.vars.iter().find(|v| v.name == var).unwrap();
    var.source.read(&Region::whole(&var.source.info().shape)).unwrap()
}

#[test]
fn everything_that_ncdump_prints() {
    let root = parse(SAMPLE).unwrap();
    let dims: Vec<(&str, usize, bool)> =
        root.dims.iter().map(|d| (d.name.as_str(), d.len, d.unlimited)).collect();
    assert_eq!(dims, [("time", 3, true), ("x", 2, false), ("len", 5, false), ("a b", 1, false)]);
    assert_eq!(all(&root, "time").to_flat::<f64>().unwrap(), [0.0, 1.5, -2e10]);
    let a = all(&root, "a").to_flat::<f32>().unwrap();
    assert_eq!(a[..3], [1.0, 2.5, -999.0]);
    assert!(a[3].is_nan() && a[4] == f32::INFINITY && a[5] == f32::NEG_INFINITY);
    assert_eq!(all(&root, "n").to_flat::<i16>().unwrap(), [1, -32767, 3, 4, 5, 6]);
    let names = all(&root, "names");
    assert_eq!((names.dtype(), names.shape()), (&DType::Char, &[3, 5][..]));
    assert_eq!(names.to_flat::<u8>().unwrap(), b"ab\0\0\0c\"d\0\0hello");
    let words = all(&root, "words").to_flat::<Text>().unwrap();
    assert_eq!(words[0].as_str(), Some("one, two"));
    assert_eq!(words[1].as_str(), Some("line\nbreak \u{e9}"));
    assert_eq!(all(&root, "big").to_flat::<u64>().unwrap(), [u64::MAX]);
    assert_eq!(all(&root, "scalar").to_flat::<i64>().unwrap(), [-9_223_372_036_854_775_808]);
    assert_eq!(all(&root, "never").to_flat::<u8>().unwrap(), [255; 6]);
    let cloud = root.vars.iter().find(|v| v.name == "cloud").unwrap();
    assert_eq!(cloud.storage.enumeration[1], ("Cumulo nimbus".to_owned(), 7));
    assert_eq!(all(&root, "cloud").to_flat::<i8>().unwrap(), [0, 7, 127]);
    assert_eq!(all(&root, "blob").get(&[0]).unwrap(), {
        Scalar::Bytes([0xab, 0xcd, 0].into(), DType::Opaque(3))
    });
    let rows = all(&root, "rows").to_flat::<Array>().unwrap();
    assert_eq!(rows[0].to_flat::<i32>().unwrap(), [1, 2, 3]);
    assert_eq!(rows[1].len(), 0);
    let storage = &root.vars.iter().find(|v| v.name == "n").unwrap().storage;
    assert_eq!((storage.chunks.as_deref(), storage.filters.len()), (Some(&[1, 2][..]), 2));
    let group = &root.groups[0];
    assert_eq!((group.name.as_str(), group.groups[0].name.as_str()), ("forecast", "deep"));
    assert_eq!(all(group, "b").to_flat::<i32>().unwrap(), [7, 8]);
    assert_eq!(group.vars[0].dims, ["x"]);
}

#[test]
fn attributes_have_their_exact_types() {
    let root = parse(SAMPLE).unwrap();
    let attr = |name: &str| {
        let found = root.attrs.iter().find(|a| a.name == name);
        found.unwrap_or_else(|| panic!("no {name}")).value.clone()
    };
    let types = [
        ("b", DType::I8),
        ("ub", DType::U8),
        ("s", DType::I16),
        ("us", DType::U16),
        ("i", DType::I32),
        ("u", DType::U32),
        ("ll", DType::I64),
        ("ull", DType::U64),
        ("f", DType::F32),
        ("d", DType::F64),
        ("gap", DType::F32),
    ];
    for (name, dtype) in types {
        assert_eq!(attr(name).dtype(), &dtype, "{name}");
    }
    assert_eq!(attr("s").to_flat::<i16>().unwrap(), [1, 2, -3]);
    assert_eq!(attr("d").to_flat::<f64>().unwrap(), [1e20]);
    assert_eq!(attr("title").item().unwrap().as_str(), Some("two\npieces"));
    assert_eq!(attr("list").shape(), [2]);
    assert!(root.attrs.iter().all(|a| a.name != "_Format"));
}

#[test]
fn only_this_text_is_recognised() {
    let knows = |text: &str| {
        let bytes: Arc<dyn graticule_storage::ByteSource> =
            Arc::new(MemoryBytes::new("x", text.as_bytes().to_vec()));
        let first = bytes.read_vec(0, text.len().min(8)).unwrap();
        let location = bytes.location().clone();
        CdlBackend::new().recognises(&OpenHint {
            location: &location,
            first: &first,
            bytes: &bytes,
        })
    };
    assert!(knows("netcdf x {}") && knows("// made by hand\n\n  netcdf x {\n}"));
    assert!(!knows("netcdfx") && !knows("CDF\x01....") && !knows("{\"netcdf\": 1}") && !knows(""));
}

#[test]
fn what_is_no_cdl_names_the_line() {
    let cases = [
        ("netcdf x {\ndimensions:\n y = ;\n}", "line 3"),
        ("netcdf x {\nvariables:\n int a(y) ;\n}", "there is no dimension \"y\""),
        ("netcdf x {\nvariables:\n foo a ;\n}", "there is no type \"foo\""),
        ("netcdf x {\nvariables:\n byte a ;\ndata:\n a = 300 ;\n}", "300 where an integer"),
        ("netcdf x {\ndata:\n a = 1 ;\n}", "not declared"),
        ("netcdf x {\ndimensions: x = 1 ;\nvariables: int a(x) ;\ndata: a = 1, 2 ;\n}", "too many"),
        ("netcdf x {", "found the end"),
        ("netcdf x { variables: int a ; a:b = \"open", "does not end"),
        (
            "netcdf x { dimensions: x = 99999999999 ; variables: int a(x) ; data: a = 1 ; }",
            "do not fill",
        ),
        ("other x {}", "does not begin with"),
        ("netcdf x { types: compound c { int a ; } ; }", "compound"),
    ];
    for (text, wanted) in cases {
        let e = parse(text).unwrap_err().to_string();
        assert!(e.contains(wanted), "{text}\n{e}");
    }
    let deep = format!("netcdf x {{ {}", "group: g { ".repeat(10_000));
    assert!(parse(&deep).unwrap_err().to_string().contains("within each other"));
    let braces = format!("netcdf x {{ variables: int a ; data: a = {} ; }}", "{".repeat(100_000));
    assert!(parse(&braces).is_err());
    let huge = "netcdf x { dimensions: x = 4000000000 ; variables: double a(x, x) ; }";
    assert_eq!(parse(huge).unwrap().vars[0].source.info().shape, [4_000_000_000; 2]);
    // Every beginning of a text is an error or a shorter text, never a panic.
    for end in (0..SAMPLE.len()).filter(|i| SAMPLE.is_char_boundary(*i)) {
        let _ = parse(&SAMPLE[..end]);
    }
}

/// The description of what was read, as if to write it.
fn schema(root: &RawGroup) -> RawSchema {
    let vars = root.vars.iter().map(|v| RawVarSchema {
        name: v.name.clone(),
        dims: v.dims.clone(),
        dtype: v.source.info().dtype.clone(),
        attrs: v.attrs.clone(),
        fill: None,
        storage: v.storage.clone(),
    });
    RawSchema { dims: root.dims.clone(), attrs: root.attrs.clone(), vars: vars.collect() }
}

#[test]
fn what_is_printed_is_read_again() {
    let mut root = parse(SAMPLE).unwrap();
    root.vars.retain(|v| v.name != "rows");
    let (backend, text) = CdlBackend::to_text();
    let mut writer = backend.create(&"sample.cdl".into(), &schema(&root)).unwrap();
    for var in &root.vars {
        let data = all(&root, &var.name);
        let sink = writer.sink(&var.name).unwrap();
        sink.write(&Region::whole(data.shape()), &data).unwrap();
    }
    writer.finish().unwrap();
    let text = text.take().unwrap();
    let again = parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let same = |a: &Array, b: &Array| format!("{:?}", dump(a)) == format!("{:?}", dump(b));
    assert_eq!(again.dims, root.dims);
    assert_eq!(again.vars.len(), root.vars.len());
    for (one, two) in root.vars.iter().zip(&again.vars) {
        assert_eq!((&one.name, &one.dims), (&two.name, &two.dims));
        assert!(same(&all(&root, &one.name), &all(&again, &one.name)), "{}\n{text}", one.name);
        assert_eq!(one.storage.enumeration, two.storage.enumeration);
        for (a, b) in one.attrs.iter().zip(&two.attrs) {
            assert!(
                a.name == b.name && same(&a.value, &b.value),
                "{}:{}\n{text}",
                one.name,
                a.name
            );
        }
    }
    for (a, b) in root.attrs.iter().zip(&again.attrs) {
        assert!(a.name == b.name && same(&a.value, &b.value), "{}\n{text}", a.name);
    }
    // ncgen, where it is installed, takes the text.
    let folder = std::env::temp_dir().join(format!("graticule-cdl-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sample.cdl"), &text).unwrap();
    match std::process::Command::new("ncgen")
        .args(["-4", "-o", "sample.nc", "sample.cdl"])
        .current_dir(&folder)
        .output()
    {
        Err(_) => eprintln!("skipped: ncgen is not installed"),
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success() && said.is_empty(), "{said}\n{text}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn dump(array: &Array) -> (String, Vec<usize>, Vec<Scalar>) {
    let flat = array.reshape(&[array.len()]).unwrap();
    let values = (0..flat.len()).map(|i| flat.get(&[i]).unwrap()).collect();
    (array.dtype().to_string(), array.shape().to_vec(), values)
}

#[test]
fn the_backend_reads_files() {
    let bytes = Arc::new(MemoryBytes::new("s.cdl", SAMPLE.as_bytes().to_vec()));
    let only = OpenOptions { only: vec!["n".into()], ..OpenOptions::default() };
    assert_eq!(CdlBackend::new().open(bytes, &only).unwrap().vars.len(), 1);
}

#[test]
fn damaged_texts_never_panic() {
    let mut state = 1u64;
    let mut random = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % n
    };
    let signs = b"{}()=;,:*\"'\\/ _-.0x9fN\n\xc3";
    for _ in 0..3000 {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for _ in 0..=random(4) {
            let (at, from) = (random(bytes.len()), random(bytes.len()));
            match random(4) {
                0 => bytes[at] = signs[random(signs.len())],
                1 => {
                    let end = (at + random(30)).min(bytes.len());
                    bytes.drain(at..end);
                }
                2 => bytes.insert(at, signs[random(signs.len())]),
                _ => {
                    let piece = bytes[from..(from + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        if let Ok(root) = parse(&String::from_utf8_lossy(&bytes)) {
            for var in root.vars.iter().filter(|v| v.source.info().shape.iter().all(|n| *n < 100)) {
                let _ = var.source.read(&Region::whole(&var.source.info().shape));
            }
        }
    }
}
