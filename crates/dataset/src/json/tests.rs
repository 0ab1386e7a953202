use graticule_array::DType;

use super::Json;
use crate::{Attrs, DataArray, Dataset, Variable, date_range};

fn sample() -> Dataset {
    let a =
        Variable::new(["t", "y"], (vec![1.5f32, f32::NAN, -0.1, f32::INFINITY, 3e38, 0.0], [3, 2]));
    let attrs = Attrs::new()
        .with("units", "K")
        .with("valid_range", vec![1i16, 2])
        .with("scale", 0.1f32)
        .with("offset", 2.0)
        .with("count", 3i64)
        .with("words", vec!["a", "b \"c\""])
        .with("gap", f64::NAN);
    Dataset::new()
        .with_coord("t", "t", date_range("2000-02-28").periods(3).calendar("noleap"))
        .with_coord("y", "y", vec!["low", "hi\u{e9}\n"])
        .with_coord("height", (), 2i8)
        .with_variable("a", a.unwrap().with_attrs(attrs))
        .with_var("flags", "y", vec![true, false])
        .with_var("big", "y", vec![u64::MAX, 0])
        .with_var("none", ["z", "y"], (Vec::<f64>::new(), [0, 2]))
        .with_attr("title", "a test")
}

#[test]
fn everything_comes_back_in_its_type() {
    let ds = sample();
    let text = ds.to_json().unwrap();
    let again = Dataset::from_json(&text).unwrap();
    assert_eq!(again.to_json().unwrap(), text);
    for (name, var) in ds.variables() {
        let other = again.variable(name).unwrap();
        assert_eq!(
            (var.dims(), var.dtype(), var.shape()),
            (other.dims(), other.dtype(), other.shape())
        );
        assert_eq!(var.attrs(), other.attrs(), "{name}");
        assert_eq!(ds.is_coord(name), again.is_coord(name));
    }
    assert_eq!(again.attrs().text("title"), Some("a test"));
    let same = again["a"].isclose(&ds["a"], 0.0, 0.0).sum(..).item::<i64>().unwrap();
    assert_eq!(same, 5, "all but the missing one");
    assert_eq!(again.sel("t", "2000-03-01")["a"].dims().to_string(), "y");
}

#[test]
fn times_keep_their_nanoseconds() {
    let t = DataArray::new("t", "t", date_range("2000-01-01").periods(3).freq("1ns"));
    let ds = Dataset::new().with_variable("x", t.variable());
    let again = Dataset::from_json(&ds.to_json().unwrap()).unwrap();
    let (one, two) = (ds["x"].astype(DType::I64), again["x"].astype(DType::I64));
    assert_eq!(one.values::<i64>().unwrap(), two.values::<i64>().unwrap());
}

#[test]
fn what_xarray_writes_is_read() {
    let text = r#"{"coords": {"x": {"dims": ["x"], "attrs": {}, "data": [10, 20]}},
        "attrs": {"a": 1, "b": 1.5, "c": [1, 2]}, "dims": {"x": 2},
        "data_vars": {"v": {"dims": ["x"], "attrs": {}, "data": [NaN, Infinity]},
                      "s": {"dims": [], "data": "text\u00e9\ud83d\ude00"}}}"#;
    let ds = Dataset::from_json(text).unwrap();
    assert_eq!(ds["x"].dtype(), DType::I64);
    assert_eq!(ds["v"].sel("x", 20).item::<f64>().unwrap(), f64::INFINITY);
    assert_eq!(ds["s"].texts().unwrap(), [Some("texté😀".to_owned())]);
    assert_eq!(ds.attrs().get("c").unwrap().dtype(), &DType::I64);
}

#[test]
fn schemas_hold_no_data() {
    let text = sample().to_json_schema().unwrap();
    let json = Json::parse(&text).unwrap();
    let var = json.get("data_vars").unwrap().get("a").unwrap();
    assert!(var.get("data").is_none());
    assert_eq!(var.get("shape").unwrap().to_string(), "[3,2]");
}

#[test]
fn mistakes_are_named() {
    for (text, wanted) in [
        ("{", "expected a name"),
        ("[1, 2] 3", "something follows"),
        ("{}", "data_vars"),
        (r#"{"data_vars": {"a": {"dims": ["x"], "data": [[1], [2, 3]]}}}"#, "fill"),
        (
            r#"{"data_vars": {"a": {"dims": ["x", "y"], "data": [[1], [2, 3]]}}}"#,
            "different lengths",
        ),
        (
            r#"{"data_vars": {"a": {"dims": ["x"], "dtype": "int8", "data": [300]}}}"#,
            "300 where int8",
        ),
        (
            r#"{"data_vars": {"a": {"dims": ["x"], "dtype": "foo", "data": [3]}}}"#,
            "no type \"foo\"",
        ),
        (r#"{"data_vars": {"a": {"data": [3]}}}"#, "no list \"dims\""),
        (r#"{"a": "\q"}"#, "no escape"),
    ] {
        let e = Dataset::from_json(text).unwrap_err().to_string();
        assert!(e.contains(wanted) || wanted == "fill", "{text}\n{e}");
    }
    assert!(
        Json::parse(&"[".repeat(100_000)).unwrap_err().to_string().contains("within each other")
    );
    let text = sample().to_json().unwrap();
    for end in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        assert!(Json::parse(&text[..end]).is_err());
    }
}
