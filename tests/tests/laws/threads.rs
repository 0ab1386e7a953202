use graticule::{DataArray, Memory, Session};
use proptest::prelude::*;

use crate::cases;
use crate::program::{Input, Program};
use crate::rng::Rng;

/// Small blocks and runs, so that small arrays have many.
fn session(threads: usize, memory: u64) -> Session {
    Session::builder().threads(threads).memory(Memory::new(memory)).cuts(256, 3).build()
}

fn bits(x: &DataArray, session: &Session) -> graticule::Result<Vec<u8>> {
    Ok(x.clone().with_session(session).to_array()?.to_packed().unwrap())
}

const ROOMY: u64 = 1 << 30;

/// The same bits with any number of threads and any budget that is enough; how many of the
/// small budgets were.
fn check(input: &Input, program: &Program, grid: graticule::ChunkGrid) -> usize {
    check_with(input, program, grid, session)
}

fn check_with(
    input: &Input,
    program: &Program,
    grid: graticule::ChunkGrid,
    session: impl Fn(usize, u64) -> Session,
) -> usize {
    let x = program.apply(&input.read(grid));
    let whole = bits(&x, &session(1, ROOMY)).unwrap();
    let peak = session(2, ROOMY).plan(&[x.data()]).unwrap().totals().peak_bytes;
    let mut fits = 0;
    for threads in 1..=3 {
        for memory in [ROOMY, peak, peak * 3 / 4, peak / 2, peak / 3, peak / 6, 64] {
            match bits(&x, &session(threads, memory)) {
                Ok(found) => {
                    assert_eq!(found, whole, "{threads} threads, {memory} B: {:?}", program.steps);
                    fits += usize::from(memory < peak);
                }
                Err(e) => assert!(e.is_over_budget() && memory < ROOMY, "{e}"),
            }
        }
    }
    fits
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn threads_and_budgets_leave_the_bits_alone(
        seed: u64, time in 0usize..30, lat in 0usize..5, lon in 1usize..6, length in 1usize..4,
    ) {
        let mut rng = Rng::new(seed);
        let input = Input::new(&mut rng, [time, lat, lon]);
        let program = Program::new(&mut rng, &input, length);
        check(&input, &program, input.grid(&mut rng));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Rows long enough to be summed in lanes, some longer than what is computed at once.
    #[test]
    fn long_rows_keep_their_bits_too(
        seed: u64, time in 1usize..12, lat in 1usize..4, lon in 20usize..600, length in 1usize..3,
    ) {
        let mut rng = Rng::new(seed);
        let shape = if rng.chance(0.5) { [time, lat, lon] } else { [lon, lat, time] };
        let input = Input::new(&mut rng, shape);
        let program = Program::new(&mut rng, &input, length);
        let session = |threads, memory| {
            Session::builder().threads(threads).memory(Memory::new(memory)).cuts(1 << 15, 3).build()
        };
        check_with(&input, &program, input.grid(&mut rng), session);
    }
}

#[test]
fn small_budgets_are_enough_in_many_cases() {
    let mut fits = 0;
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let input = Input::new(&mut rng, [120, 4, 8]);
        let program = Program::new(&mut rng, &input, 2);
        fits += check(&input, &program, graticule::ChunkGrid::even(&[120, 4, 8], &[3, 2, 8]));
    }
    // Else hardly any of these budgets would be less than the plan takes by itself.
    assert!(fits > 30, "only {fits}");
}
