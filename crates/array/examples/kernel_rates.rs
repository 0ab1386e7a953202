//! How fast the hot kernels run on tiles, beside a plain copy.
//!
//! `cargo run --release -p graticule-array --example kernel_rates [filter]`
#![allow(clippy::unwrap_used)] // a program for developers

use std::hint::black_box;
use std::time::Instant;

use graticule_array::{Array, Cells, DType, MapOp, ReduceParams, Scalar, ZipOp, choose, reduction};

const TILE: usize = 8192;
/// Cells of a field of 0.25 degrees: the state of a mean over time.
const FIELD: usize = 721 * 1440;

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let rate = |name: &str, bytes: usize, run: &mut dyn FnMut()| {
        if !name.contains(&filter) {
            return;
        }
        let mut best = f64::INFINITY;
        let started = Instant::now();
        while started.elapsed().as_secs_f64() < 0.4 {
            let t = Instant::now();
            for _ in 0..16 {
                run();
            }
            best = best.min(t.elapsed().as_secs_f64() / 16.0);
        }
        println!("{name:<44} {:>9.0} MB/s of input", bytes as f64 / best / 1e6);
    };

    let noise = |i: usize| ((i * 7919) % 1000) as f32 * 0.25 - 100.0;
    let plain: Vec<f32> = (0..TILE).map(noise).collect();
    let gaps: Vec<f32> = (0..TILE).map(|i| if i % 7 == 3 { f32::NAN } else { noise(i) }).collect();
    let packed: Vec<i16> = (0..TILE).map(|i| (i * 31 % 20000) as i16 - 999).collect();
    let array = |v: &Vec<f32>| Array::from_vec(vec![TILE], v.clone()).unwrap();
    let (x, y, raw) =
        (array(&plain), array(&gaps), Array::from_vec(vec![TILE], packed.clone()).unwrap());

    rate("copy f32 tile", 4 * TILE, &mut || {
        black_box(black_box(&plain).to_vec());
    });
    let from: Vec<f32> = vec![1.0; FIELD];
    rate("copy f32 field", 4 * FIELD, &mut || {
        black_box(black_box(&from).to_vec());
    });
    let decode = |name: &str, raw: &Array, to: DType, values: Vec<Scalar>| {
        let number = |v: f64| if to == DType::F32 { Scalar::F32(v as f32) } else { Scalar::F64(v) };
        let op = MapOp::Decode {
            values: values.into(),
            scale: Some(number(0.01)),
            offset: Some(number(273.15)),
            to: to.clone(),
        };
        rate(name, raw.bytes(), &mut || {
            black_box(op.apply(black_box(raw)).unwrap());
        });
    };
    decode("decode i16 to f32, one fill", &raw, DType::F32, vec![Scalar::I16(-999)]);
    decode(
        "decode i16 to f32, two fills",
        &raw,
        DType::F32,
        vec![Scalar::I16(-999), Scalar::I16(77)],
    );
    decode("decode i16 to f64, one fill", &raw, DType::F64, vec![Scalar::I16(-999)]);
    decode(
        "decode i32 to f64, one fill",
        &raw.cast(&DType::I32).unwrap(),
        DType::F64,
        vec![Scalar::I16(-999)],
    );
    decode("decode f32 to f32, one fill", &x, DType::F32, vec![Scalar::F32(1.0)]);
    rate("cast f32 to f64", 4 * TILE, &mut || {
        black_box(black_box(&x).cast(&DType::F64).unwrap());
    });
    for (name, op) in [("sub", ZipOp::Sub), ("div", ZipOp::Div), ("less", ZipOp::Lt)] {
        rate(&format!("zip {name} f32"), 8 * TILE, &mut || {
            black_box(op.apply(black_box(&x), black_box(&y)).unwrap());
        });
    }
    let minus = MapOp::with(ZipOp::Sub, Scalar::F64(273.15), false, &DType::F32).unwrap();
    rate("with sub f32 scalar", 4 * TILE, &mut || {
        black_box(minus.apply(black_box(&x)).unwrap());
    });
    let cond = ZipOp::Lt.apply(&x, &y).unwrap();
    rate("choose f32", 9 * TILE, &mut || {
        black_box(choose(black_box(&cond), &x, &y).unwrap());
    });
    for name in ["count", "sum", "mean", "min", "max", "var", "argmax", "any", "first"] {
        let r = reduction(name, &ReduceParams::default()).unwrap();
        let mut one = r.start(&DType::F32, 1).unwrap();
        rate(&format!("{name} f32 One, with NaN"), 4 * TILE, &mut || {
            r.update(&mut one, black_box(&y), Cells::One(0), 0).unwrap();
        });
        let mut run = r.start(&DType::F32, TILE).unwrap();
        rate(&format!("{name} f32 Run, with NaN"), 4 * TILE, &mut || {
            r.update(&mut run, black_box(&y), Cells::Run(0), 0).unwrap();
        });
        let codes: Vec<u32> = (0..TILE).map(|i| (i / 62 % 12) as u32).collect();
        let mut each = r.start(&DType::F32, 12).unwrap();
        rate(&format!("{name} f32 Each, 12 groups"), 4 * TILE, &mut || {
            r.update(&mut each, black_box(&y), Cells::Each(&codes), 0).unwrap();
        });
    }
    let short = x.flat(0..64).unwrap();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let mut one = mean.start(&DType::F32, 1).unwrap();
    rate("mean f32 One, 64 elements", 256, &mut || {
        mean.update(&mut one, black_box(&short), Cells::One(0), 0).unwrap();
    });
    rate("cut 64 elements out of a tile", 256, &mut || {
        black_box(black_box(&x).flat(640..704).unwrap());
    });
    for name in ["mean", "var"] {
        let r = reduction(name, &ReduceParams::default()).unwrap();
        let mut field = r.start(&DType::F32, FIELD).unwrap();
        rate(
            &format!(
                "{name} f32 Run over a field, state of {} MB",
                r.bytes_per_cell(&DType::F32) * FIELD / 1_000_000
            ),
            4 * FIELD,
            &mut || {
                for start in (0..FIELD - TILE).step_by(TILE) {
                    r.update(&mut field, black_box(&y), Cells::Run(start), 0).unwrap();
                }
            },
        );
    }
    let whole = Array::from_vec(vec![FIELD], from.clone()).unwrap().reshape(&[721, 1440]).unwrap();
    let axes = [None, Some(0), Some(1)];
    rate("spread along time, in one piece", 4 * TILE, &mut || {
        black_box(whole.spread(&axes, &[4, 721, 1440], 9000..9000 + TILE).unwrap());
    });
    let turned = [None, Some(1), Some(0)];
    rate("spread transposed", 4 * TILE, &mut || {
        black_box(whole.spread(&turned, &[4, 1440, 721], 9000..9000 + TILE).unwrap());
    });
    let column = Array::from_vec(vec![721], vec![1.0f32; 721]).unwrap();
    rate("spread a column", 4 * TILE, &mut || {
        black_box(
            column.spread(&[None, Some(0), None], &[4, 721, 1440], 9000..9000 + TILE).unwrap(),
        );
    });
}
