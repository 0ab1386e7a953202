use super::*;
use crate::LineOp;
use proptest::prelude::*;

const STATS: &[WindowStat] = &[
    WindowStat::Count,
    WindowStat::Sum,
    WindowStat::Prod,
    WindowStat::Mean,
    WindowStat::Min,
    WindowStat::Max,
    WindowStat::Var { ddof: 0.0 },
    WindowStat::Std { ddof: 1.0 },
    WindowStat::ArgMin,
    WindowStat::ArgMax,
    WindowStat::Quantile { q: 0.5, method: Method::Linear },
];

fn run(window: Window, values: &[f64]) -> Vec<f64> {
    let input = Array::from_vec([values.len()], values.to_vec()).unwrap();
    LineOp::Window(window).apply(&input, 0).unwrap().to_flat::<f64>().unwrap()
}

/// The definition.
fn brute(window: Window, values: &[f64], at: usize) -> f64 {
    let first = at as i64 - window.before as i64;
    let inside: Vec<(i64, f64)> = (0..window.len as i64)
        .filter_map(|k| {
            let i = usize::try_from(first + k).ok()?;
            values.get(i).filter(|v| !v.is_nan()).map(|v| (k, *v))
        })
        .collect();
    if inside.len() < window.least.max(1) {
        return f64::NAN;
    }
    let n = inside.len() as f64;
    let all = || inside.iter().map(|(_, v)| *v);
    let mean = all().sum::<f64>() / n;
    let var = |ddof: f64| match n - ddof {
        over if over > 0.0 => all().map(|v| (v - mean).powi(2)).sum::<f64>() / over,
        _ => f64::NAN,
    };
    let low = all().fold(f64::INFINITY, f64::min);
    let high = all().fold(f64::NEG_INFINITY, f64::max);
    let place = |of: f64| inside.iter().find(|(_, v)| *v == of).unwrap().0 as f64;
    match window.stat {
        WindowStat::Count => n,
        WindowStat::Sum => all().sum(),
        WindowStat::Prod => all().product(),
        WindowStat::Mean => mean,
        WindowStat::Min => low,
        WindowStat::Max => high,
        WindowStat::Var { ddof } => var(ddof),
        WindowStat::Std { ddof } => var(ddof).sqrt(),
        WindowStat::ArgMin => place(low),
        WindowStat::ArgMax => place(high),
        WindowStat::Quantile { q, method } => {
            let mut sorted: Vec<f64> = all().collect();
            sorted.sort_by(f64::total_cmp);
            quantile_of_sorted(&sorted, q, method)
        }
    }
}

fn near(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn windows_are_their_definition_and_parts_the_whole(
        values in prop::collection::vec(
            prop_oneof![4 => (-9i32..9).prop_map(f64::from), 1 => Just(f64::NAN)], 1..40),
        len in 1usize..12, before in 0usize..12, least in 0usize..5, cut in 0usize..40,
    ) {
        let before = before.min(len - 1);
        let cut = cut.min(values.len());
        for stat in STATS {
            let window = Window { len, before, least, stat: *stat };
            let found = run(window, &values);
            for (at, made) in found.iter().enumerate() {
                let expected = brute(window, &values, at);
                prop_assert!(near(*made, expected), "{window:?} {at}: {made} not {expected}");
            }
            // Bit for bit, wherever the line is cut.
            let op = LineOp::Window(window);
            let n = values.len();
            for out in [0..cut, cut..n] {
                let needs = op.needs(out.clone(), n);
                let part = Array::from_vec([needs.len()], values[needs].to_vec()).unwrap();
                let made = op.apply_part(&part, 0, out.clone(), n).unwrap().to_flat::<f64>().unwrap();
                let same = made.iter().zip(&found[out]).all(|(a, b)| a.to_bits() == b.to_bits());
                prop_assert!(same, "{window:?} cut at {cut}");
            }
        }
    }
}

#[test]
fn large_offsets_keep_their_variance() {
    let values: Vec<f64> = (0..1000).map(|i| 1e8 + f64::from(i % 2)).collect();
    let window = Window { len: 100, before: 99, least: 100, stat: WindowStat::Var { ddof: 0.0 } };
    let made = run(window, &values);
    assert!(made[98].is_nan());
    assert!(made[99..].iter().all(|v| (v - 0.25).abs() < 1e-9));
}

#[test]
fn types_are_those_of_xarray() {
    let window = |stat| LineOp::Window(Window { len: 3, before: 2, least: 3, stat });
    let of = |stat, dtype| window(stat).result(&dtype, 5).unwrap().0;
    assert_eq!(of(WindowStat::Mean, DType::F32), DType::F32);
    assert_eq!(of(WindowStat::Sum, DType::I32), DType::F64);
    assert_eq!(of(WindowStat::Count, DType::F32), DType::F64);
    assert!(window(WindowStat::Sum).result(&DType::Str, 5).is_err());
    let bad = LineOp::Window(Window { len: 0, before: 0, least: 0, stat: WindowStat::Sum });
    assert!(bad.result(&DType::F64, 5).is_err());
}
