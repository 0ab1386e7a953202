//! Flags by meaning; the examples of CF 3.5.

use graticule_dataset::{Attrs, DataArray, Dataset, Encoding};

fn held(x: &DataArray) -> Vec<bool> {
    x.values::<bool>().unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn values_are_exclusive() {
    let qc = DataArray::new("current_speed_qc", "t", vec![0i8, 1, 2, 1, -128])
        .with_attr("flag_values", vec![0i8, 1, 2])
        .with_attr("flag_meanings", "quality_good sensor_nonfunctional\n   outside_valid_range");
    let flags = qc.flags();
    assert_eq!(held(&flags.eq("quality_good")), [true, false, false, false, false]);
    assert_eq!(held(&flags.ne("quality_good")), [false, true, true, true, true]);
    let labels = flags.labels().texts().unwrap();
    assert_eq!(labels[1].as_deref(), Some("sensor_nonfunctional"));
    assert_eq!(labels[4], None);
    assert!(flags.eq("quality_good").attrs().is_empty());

    let data = DataArray::new("speed", "t", vec![1.0, 2.0, 3.0, 4.0, 5.0]);
    let by = data.groupby(flags.labels().compute().unwrap()).mean(());
    // Groups in the order of their labels; what means nothing is in no group.
    assert_eq!(by.values::<f64>().unwrap(), [3.0, 1.0, 3.0]);
}

#[test]
fn masks_are_independent() {
    let qc = DataArray::new("sensor_status_qc", "t", vec![1u8, 5, 63, 0])
        .with_attr("flag_masks", vec![1u8, 2, 4, 8, 16, 32])
        .with_attr(
            "flag_meanings",
            "low_battery processor_fault memory_fault disk_fault software_fault maintenance_required",
        );
    let flags = qc.flags();
    assert_eq!(held(&flags.eq("memory_fault")), [false, true, true, false]);
    assert_eq!(flags.count(..).values::<i64>().unwrap(), [3, 1, 2, 1, 1, 1]);
    assert!(flags.labels().check().unwrap_err().to_string().contains("together"));
    let each = flags.to_dataset();
    assert_eq!(each.data_vars().count(), 6);
    assert_eq!(held(&each["low_battery"]), [true, true, true, false]);
}

#[test]
fn many_bits_equal_a_brute_force_search() {
    let values: Vec<i64> =
        (0..200).map(|i: i64| i.wrapping_mul(2_654_435_761) ^ (i << 40)).collect();
    let bits: Vec<i64> = [0, 1, 2, 5, 9, 20, 31, 33, 62, 63].iter().map(|b| 1i64 << b).collect();
    let names: Vec<String> = (0..bits.len()).map(|i| format!("test_{i}")).collect();
    let qc = DataArray::new("qc", "t", values.clone())
        .with_attr("flag_masks", bits.clone())
        .with_attr("flag_meanings", names.join(" "));
    for (name, bit) in names.iter().zip(&bits) {
        let expected: Vec<bool> = values.iter().map(|v| v & bit != 0).collect();
        assert_eq!(held(&qc.flags().eq(name)), expected, "{name}");
    }
    let counted = qc.flags().count("t");
    assert_eq!(counted.dims().to_string(), "flag_meaning");
    assert_eq!(counted["flag_meaning"].texts().unwrap()[3].as_deref(), Some("test_3"));
}

#[test]
fn decoded_and_unsigned_flags_count_their_bits() {
    // A fill value made floats of the integers.
    let floats = DataArray::new("qc", "t", vec![1.0f32, 3.0, f32::NAN])
        .with_attr("flag_masks", vec![1i8, 2])
        .with_attr("flag_meanings", "a b");
    assert_eq!(held(&floats.flags().eq("b")), [false, true, false]);
    assert_eq!(held(&floats.flags().ne("b")), [true, false, true]);
    // Attributes of a variable that `_Unsigned` reinterprets are signed.
    let encoding = Encoding { unsigned: Some(true), ..Encoding::default() };
    let unsigned = DataArray::new("qc", "t", vec![200u8, 2])
        .with_attr("flag_values", vec![-56i8, 2])
        .with_attr("flag_meanings", "high low")
        .with_encoding(encoding);
    assert_eq!(held(&unsigned.flags().eq("high")), [true, false]);
    let signed = DataArray::new("qc", "t", vec![-128i8, 1])
        .with_attr("flag_masks", vec![-128i8, 1])
        .with_attr("flag_meanings", "top bottom");
    assert_eq!(held(&signed.flags().eq("top")), [true, false]);
}

#[test]
fn characters_are_flags_too() {
    let qc = DataArray::new("qc", "t", vec!["1", "4", "9"])
        .with_attr("flag_values", "1, 4, 9")
        .with_attr("flag_meanings", "good bad missing");
    assert_eq!(held(&qc.flags().is_in(["bad", "missing"])), [false, true, true]);
}

#[test]
fn what_is_wrong_is_told() {
    let none = DataArray::new("x", "t", vec![1]);
    assert!(none.flags().eq("a").check().unwrap_err().to_string().contains("flag_meanings"));
    assert!(none.flags().count(..).check().is_err());
    assert!(none.flags().to_dataset().check().is_err());
    let short = none.with_attr("flag_values", vec![1, 2, 3]).with_attr("flag_meanings", "a b");
    let e = short.flags().labels().check().unwrap_err().to_string();
    assert!(e.contains("3 \"flag_values\" for 2"), "{e}");
    let faulted = Dataset::new().var("nothing").flags().eq("a");
    assert!(faulted.check().unwrap_err().to_string().contains("nothing"));
    let attrs = Attrs::new().with("flag_meanings", "a").with("flag_values", vec![1]);
    let text = DataArray::new("x", "t", vec!["1"]).with_attrs(attrs);
    assert!(held(&text.flags().eq("a")) == [true]);
}

/// Quality as ACT and ARM have it: ten tests, a bit each, packed into 32-bit integers.
#[test]
fn ten_tests_in_bits_are_masks_of_their_own() {
    let tests = [
        "missing",
        "less_than",
        "greater_than",
        "between",
        "persistence",
        "difference",
        "delta",
        "iqr",
        "gesd",
        "step_change",
    ];
    // Each test fails where its own rule holds; what is packed must come out again.
    let fails =
        |test: usize, t: usize| (t * (test + 3) + test).is_multiple_of(test + 2) || t == test * 50;
    let packed = |t: usize| (0..10).filter(|k| fails(*k, t)).fold(0i32, |bits, k| bits | 1 << k);
    let n = 1000;
    let qc = DataArray::new("qc_temp", "t", (0..n).map(packed).collect::<Vec<i32>>())
        .with_attr("flag_masks", (0..10).map(|k| 1i32 << k).collect::<Vec<i32>>())
        .with_attr("flag_meanings", tests.join(" "));
    let flags = qc.flags();
    let counts = flags.count("t").values::<i64>().unwrap();
    for (k, name) in tests.iter().enumerate() {
        let expected: Vec<bool> = (0..n).map(|t| fails(k, t)).collect();
        assert_eq!(held(&flags.eq(name)), expected, "{name}");
        assert_eq!(counts[k], expected.iter().filter(|f| **f).count() as i64, "{name}");
    }
    let bad = flags.is_in(["missing", "gesd"]);
    let expected: Vec<bool> = (0..n).map(|t| fails(0, t) || fails(8, t)).collect();
    assert_eq!(held(&bad), expected);
    // A masked view: what fails no test, and its mean beside that of all.
    let temp = DataArray::new("temp", "t", (0..n).map(|t| t as f64).collect::<Vec<f64>>());
    let good = temp.where_(qc.eq_(0));
    let kept: Vec<f64> = (0..n).filter(|t| packed(*t) == 0).map(|t| t as f64).collect();
    assert_eq!(good.count(..).item::<i64>().unwrap(), kept.len() as i64);
}

#[test]
fn sixty_four_bits_of_either_sign() {
    let bits: Vec<u64> = (0..64).map(|k| 1u64 << k).collect();
    let values: Vec<u64> = (0..300u64).map(|t| t.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    let names: Vec<String> = (0..64).map(|k| format!("b{k}")).collect();
    let unsigned = DataArray::new("qc", "t", values.clone())
        .with_attr("flag_masks", bits.clone())
        .with_attr("flag_meanings", names.join(" "));
    let signed = |v: &[u64]| v.iter().map(|x| x.cast_signed()).collect::<Vec<i64>>();
    let negative = DataArray::new("qc", "t", signed(&values))
        .with_attr("flag_masks", signed(&bits))
        .with_attr("flag_meanings", names.join(" "));
    for (name, bit) in names.iter().zip(&bits) {
        let expected: Vec<bool> = values.iter().map(|v| v & bit != 0).collect();
        assert_eq!(held(&unsigned.flags().eq(name)), expected, "{name}");
        assert_eq!(held(&negative.flags().eq(name)), expected, "{name}");
    }
    assert_eq!(
        unsigned.flags().labels().check().is_err(),
        negative.flags().labels().check().is_err()
    );
}

#[test]
fn masked_values_beside_single_bits() {
    // CF 3.5, the mixed form: two bits of their own, and two bits that count together.
    let mask = [1u16, 2, 12, 12, 12, 0x8000];
    let value = [1u16, 2, 4, 8, 12, 0x8000];
    let names = ["battery", "fault", "offline", "calibration", "maintenance", "top"];
    let values: Vec<u16> = (0..=u16::MAX).step_by(257).collect();
    let qc = DataArray::new("qc", "t", values.clone())
        .with_attr("flag_masks", mask.to_vec())
        .with_attr("flag_values", value.to_vec())
        .with_attr("flag_meanings", names.join(" "));
    for ((name, mask), value) in names.iter().zip(mask).zip(value) {
        let expected: Vec<bool> = values.iter().map(|v| v & mask == value).collect();
        assert_eq!(held(&qc.flags().eq(name)), expected, "{name}");
    }
    let e = qc.flags().labels().check().unwrap_err().to_string();
    assert!(e.contains("can hold together"), "{e}");
}
