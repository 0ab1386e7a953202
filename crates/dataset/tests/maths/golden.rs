//! What xarray gives for small inputs; golden.py writes the file.

use graticule_array::{Array, DType, Text};
use graticule_dataset::{
    CovOptions, Cumulative, DataArray, Dataset, DiffLabel, DropNa, Keep, PadMode, corr, cov, dot,
};

use crate::inputs::Inputs;

const GOLDEN: &str = include_str!("golden.txt");

/// Whole, in uneven chunks, element by element, in rows.
const CHUNKS: [Option<[usize; 2]>; 4] = [None, Some([4, 3]), Some([1, 1]), Some([6, 1])];

/// The result of a line of the file; `None` if its verb reads while it is called.
fn made(head: &[&str], from: &Inputs) -> (DataArray, bool) {
    let number = |i: usize| head[i].parse::<isize>().unwrap();
    let count = |i: usize| head[i].parse::<usize>().unwrap();
    let lazy = |made: DataArray| (made, true);
    let (f64s, f32s) = (DType::F64, DType::F32);
    let first = || from.named(head[1]);
    match head[0] {
        "shift" => lazy(first().shift("t", number(2))),
        "shift_filled" => lazy(first().shift_filled("t", number(2), 7)),
        "roll" => lazy(first().roll("t", number(2))),
        "roll_coords" => lazy(first().roll_coords("t", number(2))),
        "diff" => lazy(first().diff("t", count(2))),
        "diff_lower" => lazy(first().diff_labelled("t", count(2), DiffLabel::Lower)),
        "cumsum" => lazy(first().cumsum("t")),
        "cumsum_y" => lazy(first().cumsum("y")),
        "cumsum_strict" => lazy(first().cumulate(Cumulative::sum().skipna(false), "t")),
        "cumprod" => lazy(first().cumprod("t")),
        "rank" => lazy(first().rank("t")),
        "rank_pct" => lazy(first().rank_share("t")),
        "cov" => {
            let options = CovOptions::new().ddof(number(1) as f64);
            lazy(from.a(f64s).cov_with(&from.b(DType::F64), "t", &options))
        }
        "cov_all" => {
            let options = CovOptions::new().ddof(number(1) as f64);
            lazy(from.a(f64s).cov_with(&from.b(DType::F64), .., &options))
        }
        "cov_32" => lazy(cov(&from.a(f32s), &from.b(DType::F32), "t")),
        "corr" => lazy(corr(&from.a(f64s), &from.b(DType::F64), "t")),
        "corr_32" => lazy(corr(&from.a(f32s), &from.b(DType::F32), "t")),
        "corr_ints" => lazy(corr(&from.a(f32s), &from.n(), "t")),
        "corr_all" => lazy(corr(&from.a(f64s), &from.b(DType::F64), ..)),
        "cov_row" => lazy(cov(&from.a(f64s), &from.b(DType::F64).isel("y", 0), "t")),
        "cov_weighted" => {
            let options = CovOptions::new().weights(&from.w());
            lazy(from.a(f64s).cov_with(&from.b(DType::F64), "t", &options))
        }
        "corr_weighted" => {
            let options = CovOptions::new().weights(&from.w());
            lazy(from.a(f64s).corr_with(&from.b(DType::F64), "t", &options))
        }
        "dot" => lazy(from.named("whole").dot(&from.w(), ())),
        "dot_all" => lazy(from.named("whole").dot(&from.w(), ..)),
        "dot_t" => lazy(from.named("whole").dot(&from.b(f64s).fillna(0), "t")),
        "dot_nan" => lazy(from.a(f64s).dot(&from.w(), ())),
        "dot_ints" => lazy(dot([&from.n(), &from.n()], "t")),
        "dot_32" => {
            let (a, b) = (from.a(DType::F32).fillna(1.0), from.b(f32s).fillna(2.0));
            lazy(dot([&a, &b], ()))
        }
        "pad" => {
            let name = if head[1] == "f32" { "whole32" } else { head[1] };
            lazy(from.named(name).pad("t", count(3), count(4), mode(head[2])))
        }
        "sort" | "sort_down" => {
            let x = from.a(f64s).with_coord("t", "t", vec![3i64, 1, 2, 6, 5, 4]);
            lazy(if head[0] == "sort" { x.sortby("t") } else { x.sortby_descending("t") })
        }
        "sort_by_missing" => lazy(from.a(f64s).sortby(&messy())),
        "sort_two" => {
            let w = Inputs::new(None).w();
            lazy(from.a(f64s).sortby([&messy(), &w]))
        }
        "drop_duplicates" => {
            let keep = match head[1] {
                "first" => Keep::First,
                "last" => Keep::Last,
                _ => Keep::None,
            };
            let x = from.a(f64s).with_coord("t", "t", vec![1i64, 2, 1, 3, 2, 4]);
            lazy(x.drop_duplicates("t", keep))
        }
        "dropna" => {
            let x = from.a(f64s);
            let made = match head[1] {
                "any" => x.dropna("t"),
                "all" => x.where_(x["t"].ne_(30)).dropna_with("t", &DropNa::all()),
                "4" => x.dropna_with("t", &DropNa::thresh(4)),
                _ => x.dropna("y"),
            };
            (made.unwrap(), false)
        }
        "to_dataarray" => lazy(set(from).to_dataarray("variable")),
        "to_dataset" => {
            let back = set(from).to_dataarray("variable").to_dataset_along("variable");
            lazy(back.var(head[1]))
        }
        other => panic!("{other}"),
    }
}

fn set(from: &Inputs) -> Dataset {
    let ds = from.a(DType::F32).to_dataset();
    ds.assign("w", from.w()).assign("n", from.n())
}

fn messy() -> DataArray {
    DataArray::new("messy", "t", vec![3.0, f64::NAN, 1.0, 3.0, 2.0, 1.0])
}

fn mode(name: &str) -> PadMode {
    match name {
        "missing" => PadMode::missing(),
        "constant" => PadMode::constant(7),
        "edge" => PadMode::edge(),
        "linear_ramp" => PadMode::linear_ramp(-3),
        "maximum" => PadMode::maximum(),
        "maximum2" => PadMode::maximum().stat_length(2),
        "minimum" => PadMode::minimum(),
        "mean" => PadMode::mean(),
        "mean2" => PadMode::mean().stat_length(2),
        "median" => PadMode::median(),
        "median3" => PadMode::median().stat_length(3),
        "reflect" => PadMode::reflect(),
        "symmetric" => PadMode::symmetric(),
        "reflect_odd" => PadMode::reflect().odd(),
        "symmetric_odd" => PadMode::symmetric().odd(),
        "wrap" => PadMode::wrap(),
        other => panic!("{other}"),
    }
}

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(|w| w.parse().unwrap()).collect()
}

fn found(array: &Array) -> Vec<f64> {
    if *array.dtype() == DType::Str {
        let texts = array.to_flat::<Text>().unwrap();
        return texts.iter().map(|t| t.as_str().unwrap().len() as f64).collect();
    }
    array.cast(&DType::F64).unwrap().to_flat::<f64>().unwrap()
}

fn close(got: &[f64], wanted: &[f64], tolerance: f64) -> bool {
    got.len() == wanted.len()
        && got.iter().zip(wanted).all(|(x, y)| {
            x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= tolerance * y.abs().max(1.0)
        })
}

#[test]
fn verbs_give_what_xarray_gives() {
    for line in GOLDEN.lines() {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let head: Vec<&str> = parts[0].split_whitespace().collect();
        for chunks in CHUNKS {
            let from = Inputs::new(chunks);
            let (lazy, is_lazy) = made(&head, &from);
            let lazy = lazy.check().unwrap_or_else(|e| panic!("{line}\n{e}"));
            let text = format!("{lazy}");
            if is_lazy {
                assert_eq!(from.reads(), 0, "{line} read while it was described\n{text}");
            }
            let got = lazy.compute().unwrap();
            let sizes: Vec<String> =
                got.dims().iter().map(|d| format!("{d}:{}", got.size_of(d).unwrap())).collect();
            assert_eq!(sizes.join(" "), parts[1], "{line} in {chunks:?}");
            assert_eq!(got.dtype().to_string(), parts[2], "{line} in {chunks:?}");
            let values = found(&got.to_array().unwrap());
            let single = parts[2] == "float32" || head[0].ends_with("_32");
            let exact = !matches!(head[0].split('_').next(), Some("cov" | "corr" | "dot" | "pad"));
            let tolerance = if exact {
                0.0
            } else if single {
                2e-7
            } else {
                1e-14
            };
            assert!(
                close(&values, &numbers(parts[3]), tolerance),
                "{line}\nin {chunks:?} got {values:?}"
            );
            match got.coords().get("t").filter(|t| t.ndim() == 1) {
                Some(t) => assert_eq!(
                    format!("{:?}", found(&t.to_array().unwrap())),
                    format!("{:?}", numbers(parts[4])),
                    "{line}"
                ),
                None => assert_eq!(parts[4], "-", "{line}"),
            }
        }
    }
}
