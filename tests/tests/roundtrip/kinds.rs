//! Complex numbers and enumerations of random bits: through a file, decoded, and stored again
//! both untouched and as if computed.

use graticule::array::{Complex32, Complex64};
use graticule::{Array, DType, Dataset, Encoding, Variable, open_dataset};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::corpus::computed;
use crate::{assert_alike, empty, folder, raw};

const INTEGERS: [DType; 8] =
    [DType::I8, DType::I16, DType::I32, DType::I64, DType::U8, DType::U16, DType::U32, DType::U64];

/// Lengths of up to three axes; without axes there is one value.
fn shapes() -> impl Strategy<Value = Vec<usize>> {
    vec(1usize..4, 0..4)
}

fn dims(shape: &[usize]) -> Vec<&'static str> {
    ["z", "y", "x"].into_iter().take(shape.len()).collect()
}

/// Stored, read and stored again in both ways: the same each time. Gives what is read.
fn survives(set: &Dataset) -> Dataset {
    let folder = folder();
    let [first, second, third] = ["a.nc", "b.nc", "c.nc"].map(|name| folder.path().join(name));
    set.write(&first).unwrap();
    let decoded = open_dataset(&first).unwrap();
    decoded.write(&second).unwrap();
    let decoded = computed(&decoded).unwrap();
    decoded.write(&third).unwrap();
    let stored = raw(&first);
    for copy in [raw(&second), raw(&third)] {
        assert_alike(&copy, &stored);
        for (name, var) in stored.variables() {
            let again = copy.variable(name).unwrap().encoding();
            assert_eq!(again.enumeration, var.encoding().enumeration, "{name}");
        }
    }
    decoded
}

/// Floats of any bits, the odd ones often.
fn bits() -> impl Strategy<Value = u64> {
    let odd = [
        f64::NAN.to_bits(),
        (-0.0f64).to_bits(),
        0x7ff0_0000_0000_beef,
        0xfff8_dead_0000_0001,
        0x7fa0_0001_ffc0_0002,
        f64::INFINITY.to_bits(),
        1,
    ];
    prop_oneof![any::<u64>(), select(odd.to_vec())]
}

/// An enumeration: values as stored, names for some of them and for others, and a fill value.
fn enumerations() -> impl Strategy<Value = (DType, Vec<i64>, Vec<i64>, bool)> {
    let values = vec(any::<i64>(), 27);
    (select(INTEGERS.to_vec()), values, vec(any::<i64>(), 0..4), any::<bool>())
}

/// What an integer type makes of numbers, shortened to what a double holds if some are missing.
fn held(dtype: &DType, numbers: &[i64], missing: bool) -> Array {
    let short = |v: &i64| if missing { (v >> 11).abs() } else { *v };
    let all: Vec<i64> = numbers.iter().map(short).collect();
    Array::from_vec([all.len()], all).unwrap().cast(dtype).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn complex_numbers_survive(shape in shapes(), parts in vec(bits(), 54)) {
        let n: usize = shape.iter().product();
        let double = |i: &usize| Complex64::new(f64::from_bits(parts[2 * i]), f64::from_bits(parts[2 * i + 1]));
        let wide: Vec<Complex64> = (0..n).map(|i| double(&i)).collect();
        let single = |b: u64| f32::from_bits((b >> 16) as u32);
        let narrow: Vec<Complex32> =
            (0..n).map(|i| Complex32::new(single(parts[2 * i]), single(parts[2 * i + 1]))).collect();
        let (wide, narrow) = (
            Array::from_vec(shape.clone(), wide).unwrap(),
            Array::from_vec(shape.clone(), narrow).unwrap(),
        );
        let set = empty()
            .with_var("wide", dims(&shape), wide.clone())
            .with_var("narrow", dims(&shape), narrow.clone());
        let found = survives(&set);
        for (name, expected) in [("wide", wide), ("narrow", narrow)] {
            let array = found[name].to_array().unwrap();
            prop_assert_eq!(array.dtype(), expected.dtype());
            prop_assert_eq!(array.shape(), expected.shape());
            prop_assert_eq!(array.to_packed(), expected.to_packed());
        }
    }

    #[test]
    fn enumerations_survive(
        shape in shapes(),
        (dtype, numbers, others, missing) in enumerations(),
        named in 0usize..5,
    ) {
        let n: usize = shape.iter().product();
        let values = held(&dtype, &numbers[..n], missing);
        // Some values have names and others not, and there are names that no value has.
        let whole = |a: &Array| a.cast(&DType::I64).unwrap().to_flat::<i64>().unwrap();
        let mut known: Vec<i64> = whole(&values).into_iter().take(named).collect();
        known.extend(whole(&held(&dtype, &others, missing)));
        known.sort_unstable();
        known.dedup();
        let table: Vec<(String, i64)> =
            known.iter().enumerate().map(|(i, v)| (format!("name {i}"), *v)).collect();
        let encoding = Encoding { enumeration: table.clone(), ..Encoding::default() };
        let mut var = Variable::new(dims(&shape), values.reshape(&shape).unwrap()).unwrap();
        if missing {
            let fill = values.get(&[0]).unwrap().fill(&[]).unwrap();
            var = var.with_attrs([("_FillValue", graticule::AttrValue::new(fill))].into_iter().collect());
        }
        let set = empty().with_variable("kind", var.with_encoding(encoding));
        let found = survives(&set);
        prop_assert_eq!(&found.variable("kind").unwrap().encoding().enumeration, &table);
        let array = found["kind"].to_array().unwrap();
        if missing {
            prop_assert!(array.dtype().is_float());
            let gaps = whole(&values).iter().filter(|v| **v == whole(&values)[0]).count();
            prop_assert_eq!(found["kind"].isnull().sum(..).item::<i64>().unwrap(), gaps as i64);
        } else {
            prop_assert_eq!(array.dtype(), &dtype);
            prop_assert_eq!(array.to_packed(), values.to_packed());
        }
    }
}

#[test]
fn a_name_without_a_place_is_refused() {
    let encoding = Encoding { enumeration: vec![("far".into(), 300)], ..Encoding::default() };
    let set = empty()
        .with_variable("kind", Variable::new("x", vec![1i8, 2]).unwrap().with_encoding(encoding));
    let folder = folder();
    let text = set.write(folder.path().join("a.nc")).unwrap_err().to_string();
    assert!(text.contains("300") && text.contains("int8") && text.contains("kind"), "{text}");
}
