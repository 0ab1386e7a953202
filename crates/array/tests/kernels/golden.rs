//! What NumPy gives for small inputs; golden.py writes the file.

use graticule_array::{
    Array, Cells, DType, MapOp, MathFn, ReduceParams, Scalar, ZipOp, promote, reduction,
};

const GOLDEN: &str = include_str!("golden.txt");

pub(crate) fn dtype(name: &str) -> DType {
    match name {
        "bool" => DType::Bool,
        "int8" => DType::I8,
        "int16" => DType::I16,
        "int32" => DType::I32,
        "int64" => DType::I64,
        "uint8" => DType::U8,
        "uint16" => DType::U16,
        "uint32" => DType::U32,
        "uint64" => DType::U64,
        "float16" => DType::F16,
        "float32" => DType::F32,
        "float64" => DType::F64,
        "complex64" => DType::C64,
        "complex128" => DType::C128,
        other => panic!("{other}"),
    }
}

const NAMES: [&str; 14] = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
];

fn array(dtype: &DType, text: &str) -> Array {
    let words: Vec<&str> = text.split_whitespace().collect();
    let n = vec![words.len()];
    let wide = if *dtype == DType::U64 {
        Array::from_vec(n, words.iter().map(|w| w.parse::<u64>().unwrap()).collect())
    } else if dtype.is_integer() || *dtype == DType::Bool {
        Array::from_vec(n, words.iter().map(|w| w.parse::<i64>().unwrap()).collect())
    } else {
        Array::from_vec(n, words.iter().map(|w| w.parse::<f64>().unwrap()).collect())
    };
    wide.unwrap().cast(dtype).unwrap()
}

/// Largest difference in units in the last place of the type of the arrays.
fn ulps(a: &Array, b: &Array) -> f64 {
    let digits = match a.dtype() {
        DType::F16 => 11,
        DType::F32 => 24,
        _ => 53,
    };
    let (x, y) = (a.cast(&DType::F64).unwrap(), b.cast(&DType::F64).unwrap());
    let (x, y) = (x.to_flat::<f64>().unwrap(), y.to_flat::<f64>().unwrap());
    let one = |(x, y): (&f64, &f64)| {
        if x == y && x.is_sign_negative() == y.is_sign_negative() || x.is_nan() && y.is_nan() {
            return 0.0;
        }
        let ulp = 2f64.powi(y.abs().log2().floor() as i32 + 1 - digits);
        if x == y { f64::INFINITY } else { (x - y).abs() / ulp }
    };
    x.iter().zip(&y).map(one).fold(0.0, f64::max)
}

#[track_caller]
fn same(line: &str, got: &Array, wanted_type: &str, wanted: &str, allowed: f64) {
    assert_eq!(got.dtype(), &dtype(wanted_type), "{line}");
    let wanted = array(got.dtype(), wanted);
    if got.dtype().is_float() {
        let ulps = ulps(got, &wanted);
        assert!(ulps <= allowed, "{line}\ngot {got:?}\n{ulps} ulp");
    } else {
        assert_eq!(got, &wanted, "{line}");
    }
}

fn lines(kind: &str) -> impl Iterator<Item = (&'static str, Vec<&'static str>, Vec<&'static str>)> {
    let kind = kind.to_owned();
    GOLDEN.lines().filter_map(move |line| {
        let mut parts = line.split('|').map(str::trim);
        let mut head = parts.next()?.split_whitespace();
        (head.next()? == kind).then(|| (line, head.collect(), parts.collect()))
    })
}

fn op(symbol: &str) -> ZipOp {
    // The file separates columns by "|".
    let symbol = if symbol == "or" { "|" } else { symbol };
    use ZipOp::*;
    let all = [
        Add, Sub, Mul, Div, FloorDiv, Rem, Pow, Min, Max, Atan2, Hypot, Eq, Ne, Lt, Le, Gt, Ge,
        And, Or, Xor, FMin, FMax, FMod, FloatPow, CopySign, NextAfter, LogAddExp, LogAddExp2,
        Heaviside, Ldexp, Gcd, Lcm, LeftShift, RightShift,
    ];
    all.into_iter().find(|op| op.symbol() == symbol).unwrap()
}

#[test]
fn types_promote_as_in_numpy() {
    let mut seen = 0;
    for (line, head, parts) in lines("promote") {
        for (b, wanted) in NAMES.iter().zip(parts[0].split_whitespace()) {
            assert_eq!(promote(&dtype(head[0]), &dtype(b)).unwrap(), dtype(wanted), "{line} {b}");
            seen += 1;
        }
    }
    assert_eq!(seen, 196);
}

#[test]
fn operations_have_the_types_of_numpy() {
    for (line, head, parts) in lines("type") {
        for (b, wanted) in NAMES.iter().zip(parts[0].split_whitespace()) {
            let got = op(head[0]).result(&dtype(head[1]), &dtype(b));
            match wanted {
                "-" => {
                    let refused = got.as_ref().is_err_and(graticule_array::Error::is_unsupported);
                    assert!(refused, "{line} with {b}: {got:?}");
                }
                wanted => assert_eq!(got.unwrap(), dtype(wanted), "{line} with {b}"),
            }
        }
    }
}

#[test]
fn numbers_are_weak_as_in_numpy() {
    let scalars = [
        Scalar::Bool(true),
        Scalar::I64(2),
        Scalar::F64(2.5),
        Scalar::C128(graticule_array::Complex64::new(0.0, 2.5)),
    ];
    for (line, head, parts) in lines("weak") {
        let (op, array) = (op(head[0]), dtype(head[1]));
        let sides = scalars.iter().flat_map(|s| [(s, false), (s, true)]);
        for ((scalar, first), wanted) in sides.zip(parts[0].split_whitespace()) {
            // NumPy orders complex numbers by their real parts; we do not.
            let complex = array.is_complex() || scalar.dtype().is_complex();
            if complex && ["min", "max", "<", ">"].iter().any(|w| head[0].contains(w)) {
                continue;
            }
            // The number in front of powers of two is never a scalar here.
            if first && op == ZipOp::Ldexp {
                continue;
            }
            let got = MapOp::with(op, scalar.clone(), first, &array).and_then(|m| m.result(&array));
            let got = got.as_ref().map_or("-".into(), ToString::to_string);
            assert_eq!(got, wanted, "{line} with {scalar:?}, first {first}");
        }
    }
}

#[test]
fn pairs_give_the_values_of_numpy() {
    for (line, head, parts) in lines("zip") {
        let op = op(head[0]);
        let (a, b) = (array(&dtype(head[1]), parts[0]), array(&dtype(head[2]), parts[1]));
        let rounded = [
            ZipOp::Pow,
            ZipOp::FloatPow,
            ZipOp::Atan2,
            ZipOp::Hypot,
            ZipOp::LogAddExp,
            ZipOp::LogAddExp2,
        ];
        let allowed = if rounded.contains(&op) { 1.0 } else { 0.0 };
        let got = op.apply(&a, &b).unwrap();
        same(line, &got, parts[2], parts[3], allowed);
        // A scalar on either side is an array of it.
        let scalar = b.get(&[0]).unwrap();
        let full = scalar.fill(b.shape()).unwrap();
        let with = |first| MapOp::With { op, scalar: scalar.clone(), scalar_first: first };
        let same_bits = |x: &Array, y: &Array| format!("{x:?}") == format!("{y:?}");
        let right = op.apply(&a, &full).unwrap();
        assert!(same_bits(&with(false).apply(&a).unwrap(), &right), "{line}");
        if let Ok(left) = op.apply(&full, &a) {
            assert!(same_bits(&with(true).apply(&a).unwrap(), &left), "{line}");
        }
    }
}

#[test]
fn functions_give_the_values_of_numpy() {
    for (line, head, parts) in lines("math") {
        let function = MathFn::parse(head[0]).unwrap();
        let x = array(&dtype(head[1]), parts[0]);
        // NumPy's vector code and the system's differ in the last digit.
        let exact = [
            "sqrt",
            "square",
            "floor",
            "ceil",
            "rint",
            "trunc",
            "sign",
            "reciprocal",
            "fabs",
            "spacing",
        ];
        let allowed = if exact.contains(&head[0]) { 0.0 } else { 2.0 };
        same(line, &MapOp::Math(function).apply(&x).unwrap(), parts[1], parts[2], allowed);
    }
}

#[test]
fn rounding_is_that_of_numpy() {
    for (line, head, parts) in lines("round") {
        let x = array(&dtype(head[1]), parts[0]);
        let got = MapOp::RoundTo(head[0].parse().unwrap()).apply(&x).unwrap();
        same(line, &got, parts[1], parts[2], 0.0);
    }
}

#[test]
fn casts_are_those_of_numpy() {
    for (line, head, parts) in lines("cast") {
        let x = array(&dtype(head[0]), parts[0]);
        same(line, &x.cast(&dtype(head[1])).unwrap(), head[1], parts[1], 0.0);
    }
}

#[test]
fn decoding_rounds_each_step_as_numpy() {
    for (line, head, parts) in lines("decode") {
        let (raw, to) = (dtype(head[0]), dtype(head[1]));
        let number = |text: &str| {
            let v = Scalar::F64(text.parse().unwrap()).fill(&[1]).unwrap();
            Some(v.cast(&to).unwrap().item().unwrap())
        };
        let decode = MapOp::Decode {
            values: [Scalar::I16(-32768)].into(),
            to: to.clone(),
            scale: number(head[2]),
            offset: number(head[3]),
        };
        let got = decode.apply(&array(&raw, parts[0])).unwrap();
        same(line, &got, head[1], parts[1], 0.0);
    }
}

#[test]
fn reductions_give_the_values_of_numpy() {
    for (line, head, parts) in lines("reduce") {
        let x = array(&dtype(head[3]), parts[0]);
        let params = ReduceParams {
            skipna: Some(head[1] == "1"),
            ddof: head[2].parse().unwrap(),
            min_count: None,
        };
        let r = reduction(head[0], &params).unwrap();
        let mut state = r.start(x.dtype(), 1).unwrap();
        r.update(&mut state, &x, Cells::One(0), 0).unwrap();
        let got = r.finish(state, x.dtype()).unwrap();
        let allowed = if ["min", "max"].contains(&head[0]) { 0.0 } else { 1.0 };
        same(line, &got, parts[1], parts[2], allowed);
        assert_eq!(got.dtype(), &r.result(x.dtype()).unwrap(), "{line}");
    }
}
