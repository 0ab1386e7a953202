//! What other units cost where numbers are packed: decoding alone, decoding with the conversion
//! folded into it, and decoding with the conversion as an operation of its own. Prints CPU
//! milliseconds of one thread, the least of some rounds, and the ratio to decoding alone.
//!
//! usage: `units [ROUNDS [NUMBERS]]`     21 rounds of 4,000,000 numbers if nothing is said
//!
//! `units 1 NUMBERS ACTION` under `valgrind --tool=callgrind` counts the instructions of one.

use graticule::array::MapOp;
use graticule::lazy::LazyArray;
use graticule::{Array, DType, DataArray, Error, Result, Scalar, Session};
use graticule_benches::process_cpu;

/// What is measured, by name.
type Action = (&'static str, fn(&DataArray) -> DataArray);

const ACTIONS: [Action; 3] = [
    ("plain", DataArray::clone),
    ("folded", |t| t.convert_units_folded("degC")),
    ("apart", |t| t.convert_units("degC")),
];

/// Temperatures of 16 bits, some of them missing.
fn packed(numbers: usize) -> Result<DataArray> {
    let raw: Vec<i16> = (0..numbers).map(|i| (i % 20_011) as i16).collect();
    let t = LazyArray::constant(Array::from_vec([numbers], raw)?).map(MapOp::Decode {
        values: [Scalar::I16(7)].into(),
        to: DType::F32,
        scale: Some(Scalar::F32(0.01)),
        offset: Some(Scalar::F32(200.0)),
    })?;
    let session = Session::builder().threads(1).build();
    let t = DataArray::new("t", "x", t).with_attr("units", "K");
    Ok(t.to_dataset().with_session(&session).var("t"))
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: usize| match words.get(at) {
        Some(word) => word.parse::<usize>().map_err(|e| Error::invalid(e.to_string())),
        None => Ok(or),
    };
    let (rounds, numbers) = (number(0, 21)?.max(1), number(1, 4_000_000)?);
    let t = packed(numbers)?;
    if let Some(action) = words.get(2) {
        if let Some((_, run)) = ACTIONS.iter().find(|(name, _)| name == action) {
            println!("{}", run(&t).to_array()?.len());
        }
        return Ok(());
    }
    let made: Vec<DataArray> = ACTIONS.iter().map(|(_, run)| run(&t)).collect();
    let mut least = vec![f64::INFINITY; made.len()];
    // The actions take turns, so that a busy moment does not hit one alone.
    for _ in 0..rounds {
        for (made, least) in made.iter().zip(&mut least) {
            let start = process_cpu();
            std::hint::black_box(made.to_array()?);
            *least = least.min((process_cpu() - start) * 1e3);
        }
    }
    let plain = least.first().copied().unwrap_or(f64::NAN);
    for ((name, _), ms) in ACTIONS.iter().zip(&least) {
        println!("{name:8}{ms:>9.2} ms ({:.3})", ms / plain);
    }
    Ok(())
}
