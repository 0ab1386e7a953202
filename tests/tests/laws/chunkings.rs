use graticule::{ChunkGrid, DType, DataArray, Session};
use proptest::prelude::*;

use crate::cases;
use crate::oracle::SEASONS;
use crate::program::{Input, Program, Step};
use crate::rng::Rng;

fn numbers(x: &DataArray, session: &Session) -> Vec<f64> {
    let array = x.clone().with_session(session).to_array().unwrap();
    array.cast(&DType::F64).unwrap().to_flat().unwrap()
}

/// NaN is NaN, whichever.
fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| if v.is_nan() { 0x7ff8 << 48 } else { v.to_bits() }).collect()
}

fn check_labels(x: &DataArray, program: &Program) {
    assert!(x.fault().is_none(), "{x}");
    let expected = &program.expected;
    assert_eq!(x.dims().to_string(), expected.dims.join(", "), "{:?}", program.steps);
    assert_eq!(x.shape(), expected.shape, "{:?}", program.steps);
    if let Some(Step::Reduce { by: Some(by), .. }) = program.steps.last() {
        let groups = &x[*by];
        match *by {
            "season" => {
                let names: Vec<_> = groups.texts().unwrap().into_iter().flatten().collect();
                let wanted: Vec<_> = expected.days.iter().map(|d| SEASONS[*d as usize]).collect();
                assert_eq!(names, wanted);
            }
            _ => assert_eq!(groups.values::<i64>().unwrap(), expected.days),
        }
    } else if expected.axis("lat").is_some() {
        assert_eq!(x["lat"].values::<f64>().unwrap(), expected.lats, "{:?}", program.steps);
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn any_chunking_gives_what_plain_loops_give(
        seed: u64, time in 0usize..40, lat in 0usize..5, lon in 1usize..5, length in 1usize..5,
    ) {
        let mut rng = Rng::new(seed);
        let input = Input::new(&mut rng, [time, lat, lon]);
        let program = Program::new(&mut rng, &input, length);
        let small = Session::builder().threads(2).cuts(128, 2).build();
        let usual = Session::builder().threads(2).build();
        let x = program.apply(&input.read(ChunkGrid::whole(&input.oracle.shape)));
        check_labels(&x, &program);
        let whole = numbers(&x, &usual);
        // An f32 may fall to the other side of a rounding.
        let single = x.dtype() == DType::F32;
        let oracle_bound = if single { 2.5e-7 } else { 1e-12 };
        program.assert_near(&whole, &program.expected.values, oracle_bound);
        for session in [&small, &small, &usual] {
            let found = numbers(&program.apply(&input.read(input.grid(&mut rng))), session);
            if program.rounds() {
                program.assert_near(&found, &whole, oracle_bound);
            } else {
                prop_assert_eq!(bits(&found), bits(&whole), "{:?}", program.steps);
            }
        }
    }
}
