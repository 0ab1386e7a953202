use graticule::testing::{
    arrays, assert_allclose, assert_chunks_equal, assert_equal, assert_identical, datasets,
    time_labels,
};
use graticule::{DataArray, Dataset, DifferenceKind, Schema};
use proptest::prelude::*;

use crate::{cases, lazily};

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn measures_agree_with_the_list_of_differences(a in datasets(), b in datasets()) {
        prop_assert!(a.identical(&a).unwrap() && a.differences(&a).unwrap().is_empty());
        prop_assert_eq!(a.equals(&b).unwrap(), assert_equal(&a, &b).is_ok());
        prop_assert_eq!(a.identical(&b).unwrap(), assert_identical(&a, &b).is_ok());
        let (lazy, _) = lazily(&a, 2);
        prop_assert!(lazy.identical(&a).unwrap());
        let close = a.allclose(&b, 0.0, 1.0).unwrap();
        prop_assert_eq!(close, assert_allclose(&a, &b, 0.0, 1.0).is_ok());
        prop_assert!(assert_chunks_equal(&lazy, &lazy).is_ok());
    }

    #[test]
    fn a_changed_cell_is_named(a in arrays(), at in 0usize..20) {
        let mut values = a.values::<f64>().unwrap();
        let at = at % values.len();
        values[at] = if values[at].is_nan() { 0.0 } else { values[at] + 0.5 };
        let shape = [a.shape()[0], a.shape()[1]];
        let b = DataArray::new("v", ["x", "y"], (values, shape))
            .with_coord("x", "x", a["x"].values::<i32>().unwrap())
            .with_coord("y", "y", a["y"].values::<i32>().unwrap());
        let found = a.differences(&b).unwrap();
        prop_assert_eq!(found.len(), 1);
        let text = found.to_string();
        let place = format!("first at [x: {}, y: {}]", at / shape[1], at % shape[1]);
        prop_assert!(text.contains("1 of") && text.contains(&place), "{text}");
    }

    #[test]
    fn instants_equal_themselves(time in time_labels(1..6)) {
        let array = DataArray::new("t", "t", time.clone());
        prop_assert!(array.equals(&array).unwrap());
        let reversed = array.isel("t", graticule::step(.., -1));
        prop_assert_eq!(array.equals(&reversed).unwrap(), time.len() == 1);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn schemas_survive_their_text(ds in datasets(), calendar in graticule::testing::calendars()) {
        let time = graticule::date_range("2000-01-01").periods(3).freq("D").calendar(calendar.name());
        let ds = ds
            .with_coord("when", "when", time)
            .with_var("text", "when", vec!["a", "b", "c"])
            .with_var("flag", "when", vec![true, false, true])
            .with_attr("valid", vec![1i16, 2])
            .with_attr("empty", "")
            .with_attr("gap", f32::NAN);
        let chunked = graticule::Encoding { chunks: Some(vec![2]), ..Default::default() };
        let v = ds.variable("flag").unwrap().clone().with_encoding(chunked);
        let schema = ds.with_variable("flag", v).schema();
        let text = schema.to_json().unwrap();
        let again = Schema::from_json(&text).unwrap();
        prop_assert!(again.differences(&schema).is_empty(), "{:?}", again.differences(&schema));
        prop_assert_eq!(again.to_json().unwrap(), text);
    }
}

#[test]
fn a_schema_of_a_damaged_text_is_an_error() {
    let deep = format!(
        r#"{{"dims":{{}},"variables":{{"v":{{"dims":[],"dtype":"{}"}}}}}}"#,
        "list[".repeat(50_000)
    );
    for bad in ["", "[]", "{}", r#"{"dims":{"x":-1},"variables":{}}"#, deep.as_str()] {
        assert!(Schema::from_json(bad).is_err(), "{bad:.40}");
    }
}

#[test]
fn a_schema_lists_just_what_changed() {
    let base = |n: usize| {
        (0..40).fold(Dataset::new(), |ds, i| {
            let v = DataArray::new("v", "x", vec![0.0f32; n]).with_attr("units", "K");
            ds.with_variable(format!("v{i}"), v.variable())
        })
    };
    let changed = base(3).drop_vars("v7").with_var("v9", "x", vec![0i16; 3]).with_variable(
        "v11",
        DataArray::new("", "x", vec![0.0f32; 3]).with_attr("units", "C").variable(),
    );
    let found = base(3).schema().differences(&changed.schema());
    let kinds: Vec<_> = found.iter().map(|d| (d.kind(), d.name())).collect();
    use DifferenceKind::{Attribute, DType, OnlyLeft};
    // The attribute of v9 is gone with the old variable.
    assert_eq!(kinds, [(OnlyLeft, "v7"), (DType, "v9"), (Attribute, "v9"), (Attribute, "v11")]);
    assert!(base(3).schema().differences(&base(3).schema()).is_empty());
}

#[test]
fn the_list_is_short_whatever_differs() {
    let many =
        |v: f64| (0..100).fold(Dataset::new(), |ds, i| ds.with_var(format!("v{i}"), "x", vec![v]));
    let error = assert_equal(&many(0.0), &many(1.0)).unwrap_err().to_string();
    assert!(error.lines().count() <= 40 && error.contains("and 62 more"), "{error}");
    assert_eq!(
        assert_equal(&many(0.0).keep(["v3"]), &many(1.5).keep(["v3"])).unwrap_err().to_string(),
        "1 difference between left and right:\n  \"v3\": 1 of 1 values differ, by at most 1.5; \
         first at [x: 0]: 0.0 and 1.5"
    );
}
