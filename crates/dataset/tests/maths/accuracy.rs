//! How exact the elementwise functions are: a million arguments each, against the mathematical
//! library of the system and against results in extended precision (accuracy.py).

use graticule_array::{Array, DType};
use graticule_dataset::{DataArray, Operand};

const EXPECTED: &str = include_str!("accuracy.txt");

/// The generator of SplitMix64.
fn word(seed: u64, at: u64) -> u64 {
    let z = seed.wrapping_add((at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn arguments(seed: u64, low: f64, high: f64, near: bool, count: u64) -> Vec<f64> {
    let argument = |at: u64| {
        let w = word(seed, at);
        let x = low + (w >> 11) as f64 * 2f64.powi(-53) * (high - low);
        let halvings = if near && at % 2 == 1 { (w % 40) as i32 } else { 0 };
        x * 2f64.powi(-halvings)
    };
    (0..count).map(argument).collect()
}

/// The steps between two floats of one kind.
fn apart(a: i64, b: i64) -> u64 {
    let place = |bits: i64| if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits };
    place(a).abs_diff(place(b))
}

fn ulps(a: f64, b: f64) -> u64 {
    if a.is_nan() && b.is_nan() { 0 } else { apart(a.to_bits() as i64, b.to_bits() as i64) }
}

fn ulps_32(a: f32, b: f32) -> u64 {
    let wide = |v: f32| i64::from(v.to_bits() as i32) << 32;
    if a.is_nan() && b.is_nan() { 0 } else { apart(wide(a), wide(b)) >> 32 }
}

type Of = (fn(&DataArray) -> DataArray, fn(f64) -> f64);
type OfTwo = (fn(&DataArray, Operand) -> DataArray, fn(f64, f64) -> f64);

enum Function {
    One(Of),
    Two(OfTwo),
}

fn function(name: &str) -> Function {
    use Function::{One, Two};
    match name {
        "sqrt" => One((DataArray::sqrt, f64::sqrt)),
        "cbrt" => One((DataArray::cbrt, f64::cbrt)),
        "exp" => One((DataArray::exp, f64::exp)),
        "exp2" => One((DataArray::exp2, f64::exp2)),
        "expm1" => One((DataArray::expm1, f64::exp_m1)),
        "log" => One((DataArray::ln, f64::ln)),
        "log2" => One((DataArray::log2, f64::log2)),
        "log10" => One((DataArray::log10, f64::log10)),
        "log1p" => One((DataArray::log1p, f64::ln_1p)),
        "sin" => One((DataArray::sin, f64::sin)),
        "cos" => One((DataArray::cos, f64::cos)),
        "tan" => One((DataArray::tan, f64::tan)),
        "arcsin" => One((DataArray::asin, f64::asin)),
        "arccos" => One((DataArray::acos, f64::acos)),
        "arctan" => One((DataArray::atan, f64::atan)),
        "sinh" => One((DataArray::sinh, f64::sinh)),
        "cosh" => One((DataArray::cosh, f64::cosh)),
        "tanh" => One((DataArray::tanh, f64::tanh)),
        // Those of the standard library cancel near 0.
        "arcsinh" => One((DataArray::asinh, libm::asinh)),
        "arccosh" => One((DataArray::acosh, libm::acosh)),
        "arctanh" => One((DataArray::atanh, libm::atanh)),
        "power" => Two((|a, b| a.pow(b), f64::powf)),
        "hypot" => Two((|a, b| a.hypot(b), f64::hypot)),
        "arctan2" => Two((|a, b| a.atan2(b), f64::atan2)),
        other => panic!("no function {other}"),
    }
}

fn array(values: Vec<f64>) -> DataArray {
    DataArray::new("x", "x", Array::from_vec([values.len()], values).unwrap())
}

#[test]
fn functions_are_within_one_unit_in_the_last_place() {
    let mut wrong = Vec::new();
    for (at, line) in EXPECTED.lines().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, low, high, near, count, sum] = words[..] else { panic!("{line}") };
        let (low, high): (f64, f64) = (low.parse().unwrap(), high.parse().unwrap());
        let count: u64 = count.parse().unwrap();
        let (seed, near) = (at as u64, near == "1");
        let x = arguments(seed, low, high, near, count);
        let y = arguments(1000 + seed, low, high, near, count);
        let (made, libm): (Vec<f64>, Vec<f64>) = match function(name) {
            Function::One((verb, of)) => {
                (verb(&array(x.clone())).values().unwrap(), x.iter().map(|x| of(*x)).collect())
            }
            Function::Two((verb, of)) => (
                verb(&array(x.clone()), array(y.clone()).into()).values().unwrap(),
                x.iter().zip(&y).map(|(x, y)| of(*x, *y)).collect(),
            ),
        };
        let pairs = made.iter().zip(&libm).filter(|(_, b)| b.is_finite());
        let worst = pairs.map(|(a, b)| ulps(*a, *b)).max().unwrap_or(0);
        if worst > 1 {
            wrong.push(format!("{name} is up to {worst} ulp from libm"));
        }
        // What all are off together: the sum of the bits is that of the exact results.
        let total = made.iter().fold(0u64, |sum, v| sum.wrapping_add(v.to_bits()));
        let off = total.wrapping_sub(sum.parse().unwrap()) as i64;
        if off.unsigned_abs() > count / 10 {
            wrong.push(format!("{name} is off by {} ulp in the mean", off as f64 / count as f64));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn functions_of_single_precision_are_within_one_unit_of_it() {
    let mut wrong = Vec::new();
    for (at, line) in EXPECTED.lines().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let (low, high): (f64, f64) = (words[1].parse().unwrap(), words[2].parse().unwrap());
        // Beyond this, results leave the range of f32.
        let (low, high) = (low.max(-80.0), high.min(80.0));
        let Function::One((verb, of)) = function(words[0]) else { continue };
        let x: Vec<f32> = arguments(at as u64, low, high, words[3] == "1", 100_000)
            .into_iter()
            .map(|v| v as f32)
            .collect();
        let single = DataArray::new("x", "x", x.clone());
        assert_eq!(verb(&single).dtype(), DType::F32);
        let made = verb(&single).values::<f32>().unwrap();
        let wide = made.iter().zip(&x).map(|(a, x)| (*a, of(f64::from(*x)) as f32));
        let worst = wide.filter(|(_, b)| b.is_finite()).map(|(a, b)| ulps_32(a, b)).max();
        if worst.unwrap_or(0) > 1 {
            wrong.push(format!("{} is up to {worst:?} ulp off", words[0]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn halves_are_rounded_to_even() {
    let x = DataArray::new("x", "x", vec![-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.125, 0.375]);
    assert_eq!(x.rint().values::<f64>().unwrap(), [-2.0, -2.0, -0.0, 0.0, 2.0, 2.0, 0.0, 0.0]);
    assert_eq!(x.round(2).isel("x", 6..).values::<f64>().unwrap(), [0.12, 0.38]);
    let tens = DataArray::new("x", "x", vec![15.0, 25.0, -35.0]);
    assert_eq!(tens.round(-1).values::<f64>().unwrap(), [20.0, 20.0, -40.0]);
}
