//! Any expression, chunking, number of threads and budget: the values of the eager oracle, and
//! the same bits.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, MapOp, Pick, ReduceParams, Result, Selection, ZipOp, reduction,
};
use graticule_lazy::{
    Assembly, BlockFn, Executor, Graph, LazyArray, Memory, Partial, Plan, RunOptions, Serial,
    Session,
};
use graticule_storage::{MemorySink, MemorySource};
use proptest::prelude::*;

use crate::random::{self, Pair, Rng, assert_close, bits};

fn session(threads: usize, memory: u64) -> Session {
    Session::builder().threads(threads).memory(Memory::new(memory)).build()
}

/// Blocks so small that the smallest arrays have many.
fn small_blocks(threads: usize, memory: u64) -> Session {
    let builder = Session::builder().threads(threads).memory(Memory::new(memory));
    builder.cuts(64, 3).build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn expressions_compute_what_the_oracle_computes(seed: u64, depth in 1usize..7) {
        let pair = random::expression(&mut Rng::new(seed), depth);
        for session in [session(2, 1 << 30), small_blocks(2, 1 << 30)] {
            let out = session.compute(std::slice::from_ref(&pair.lazy)).unwrap();
            let what = format!("seed {seed} depth {depth} {:?}", pair.lazy);
            assert_close(&out[0], &pair.eager, &what);
            let plan = session.plan(std::slice::from_ref(&pair.lazy)).unwrap();
            if pair.lazy.is_lazy() {
                let read = session.run_report().chunks;
                assert_eq!(plan.totals().chunks as u64, read, "{what}\n{plan}");
            }
        }
    }

    /// Rules, blocks and tiles leave every rounding where it was.
    #[test]
    fn without_sums_the_bits_are_the_oracles(seed: u64, depth in 1usize..9) {
        let pair = random::expression(&mut Rng::plain(seed), depth);
        let one = std::slice::from_ref(&pair.lazy);
        let before = Graph::new(one);
        let after = before.optimize().unwrap();
        let (x, y) = (&before.outputs()[0], &after.outputs()[0]);
        prop_assert_eq!((x.dtype(), x.shape()), (y.dtype(), y.shape()), "{}\n{}", before, after);
        let out = small_blocks(2, 1 << 30).compute(one).unwrap();
        prop_assert_eq!(bits(&out[0]), bits(&pair.eager), "{}\n{}", before, after);
        // Rules find nothing more in what they made.
        let again = after.optimize().unwrap();
        prop_assert_eq!(again.to_string(), after.to_string());
    }

    #[test]
    fn storing_is_computing(seed: u64, depth in 1usize..5) {
        let mut rng = Rng::new(seed);
        let pair = random::expression(&mut rng, depth);
        let session = small_blocks(2, 1 << 30);
        let out = session.compute(std::slice::from_ref(&pair.lazy)).unwrap();
        let grid = random::random_grid(&mut rng, pair.lazy.shape());
        let sink = Arc::new(MemorySink::new(pair.lazy.dtype(), grid).unwrap());
        session.store(&[(pair.lazy.clone(), sink.clone())]).unwrap();
        prop_assert_eq!(bits(&sink.take()), bits(&out[0]));
    }

    #[test]
    fn company_changes_nothing(seed: u64) {
        let mut rng = Rng::new(seed);
        let a = random::expression(&mut rng, 3);
        let Ok(b) = random::reduced(&mut rng, &a) else { return Ok(()) };
        let Ok(c) = random::reduced(&mut rng, &a) else { return Ok(()) };
        let session = small_blocks(2, 1 << 30);
        let all = session.compute(&[a.lazy.clone(), b.lazy.clone(), c.lazy.clone()]).unwrap();
        for (pair, together) in [a, b, c].iter().zip(&all) {
            let alone = session.compute(std::slice::from_ref(&pair.lazy)).unwrap();
            prop_assert_eq!(bits(&alone[0]), bits(together));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn neither_threads_nor_budget_change_a_bit(seed: u64, depth in 1usize..5) {
        let mut rng = Rng::new(seed);
        let a = random::expression(&mut rng, depth);
        let Ok(pair) = random::reduced(&mut rng, &a) else { return Ok(()) };
        let whole = small_blocks(1, 1 << 30).compute(std::slice::from_ref(&pair.lazy)).unwrap();
        for (threads, memory) in [(2, 1 << 30), (3, 16000), (8, 4000), (2, 1500), (1, 700)] {
            let session = small_blocks(threads, memory);
            match session.compute(std::slice::from_ref(&pair.lazy)) {
                Ok(out) => prop_assert_eq!(bits(&out[0]), bits(&whole[0]), "{} B", memory),
                Err(e) => prop_assert!(e.is_over_budget(), "{}", e),
            }
        }
    }
}

/// Sends every task and its result through bytes, as to another process: in a random order, and
/// now and then twice.
#[derive(Debug)]
pub(crate) struct Posted(pub(crate) u64);

impl Executor for Posted {
    fn name(&self) -> &'static str {
        "posted"
    }

    fn run(&self, session: &Session, plan: &Plan, _: &RunOptions) -> Result<Vec<Array>> {
        let there = Session::builder().threads(1).memory(Memory::new(session.memory())).build();
        let assembly = Assembly::new(plan);
        let mut rng = Rng::new(self.0);
        for stage in 0..plan.stages() {
            assert!(assembly.is_ready(stage), "{stage} of {plan}");
            let mut tasks: Vec<usize> = (0..plan.tasks(stage)).collect();
            let twice = rng.below(plan.tasks(stage));
            tasks.extend(tasks.get(twice).copied());
            while !tasks.is_empty() {
                let task = tasks.swap_remove(rng.below(tasks.len()));
                let bytes = assembly.encode_task(session, stage, task)?;
                let made = there.run_task(&bytes)?.encode()?;
                assembly.add(stage, task, Partial::decode(&made)?)?;
            }
        }
        assembly.finish()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// One expression, whoever computes it, with however little, and wherever it was sent.
    #[test]
    fn whoever_computes_it_the_bits_are_the_same(seed: u64, depth in 1usize..7) {
        let mut rng = Rng::new(seed);
        let a = random::expression(&mut rng, depth);
        let pair = if rng.below(2) == 0 { random::reduced(&mut rng, &a).unwrap_or(a) } else { a };
        let one = std::slice::from_ref(&pair.lazy);
        let first = small_blocks(1, 1 << 30);
        let whole = first.compute(one).unwrap();
        let what = format!("seed {seed} depth {depth} {:?}", pair.lazy);
        assert_close(&whole[0], &pair.eager, &what);
        for threads in [2, 3, 8] {
            let out = small_blocks(threads, 1 << 30).compute(one).unwrap();
            prop_assert_eq!(bits(&out[0]), bits(&whole[0]), "{} threads, {}", threads, what);
        }
        for memory in [20_000, 4000, 1500] {
            match small_blocks(2, memory).compute(one) {
                Ok(out) => prop_assert_eq!(bits(&out[0]), bits(&whole[0]), "{} B", memory),
                Err(e) => prop_assert!(e.is_over_budget(), "{}", e),
            }
        }
        let executors: [Arc<dyn Executor>; 2] = [Arc::new(Serial), Arc::new(Posted(seed))];
        for executor in executors {
            let name = executor.name().to_owned();
            let session = Session::builder().threads(2).memory(Memory::new(1 << 30));
            let session = session.cuts(64, 3).executor(executor).build();
            let out = session.compute(one).unwrap();
            prop_assert_eq!(bits(&out[0]), bits(&whole[0]), "{}, {}", name, what);
        }
        let bytes = first.encode(one).unwrap();
        let there = small_blocks(3, 1 << 30);
        let again = there.decode(&bytes).unwrap();
        prop_assert_eq!(&there.encode(&again).unwrap(), &bytes, "{}", what);
        prop_assert_eq!(bits(&there.compute(&again).unwrap()[0]), bits(&whole[0]), "{}", what);
        if pair.lazy.is_lazy() {
            let plan = first.plan(one).unwrap();
            let sent = there.decode_plan(&first.encode_plan(&plan).unwrap()).unwrap();
            prop_assert_eq!(sent.to_string(), plan.to_string(), "{}", what);
        }
    }
}

/// A reduction over many blocks, several runs, with sums that depend on their order.
fn long_sum(seed: u64, grouped: bool) -> Pair {
    let mut rng = Rng::new(seed);
    let shape = [500, 6, 50];
    let eager = random::random_values(&mut rng, &DType::F64, &shape);
    let grid = ChunkGrid::even(&shape, &[1 + rng.below(3), 6, 50]);
    let lazy = LazyArray::read(Arc::new(MemorySource::with_grid(eager.clone(), grid)));
    let name = ["mean", "std", "sum"][rng.below(3)];
    let r = reduction(name, &ReduceParams::default()).unwrap();
    let also: &[usize] = [&[][..], &[1], &[2]][rng.below(3)];
    if grouped {
        let codes: Arc<[u32]> = (0..500).map(|i| (i / 31 % 12) as u32).collect();
        let lazy = lazy.reduce_grouped(r.clone(), 0, codes.clone(), 12, also).unwrap();
        let eager = random::reduce_whole(&*r, &eager, also, Some((0, &codes, 12))).unwrap();
        return Pair { lazy, eager };
    }
    let mut axes = also.to_vec();
    axes.insert(0, 0);
    let eager = random::reduce_whole(&*r, &eager, &axes, None).unwrap();
    Pair { lazy: lazy.reduce(r, &axes).unwrap(), eager }
}

#[test]
fn threads_and_budgets_leave_the_bits_alone() {
    let mut budgets_that_fit = 0;
    for seed in 0..12 {
        let pair = long_sum(seed, seed % 2 == 0);
        let session = |threads, memory| {
            let builder = Session::builder().threads(threads).memory(Memory::new(memory));
            builder.cuts(5000, 8).build()
        };
        let whole = session(1, 1 << 30).compute(std::slice::from_ref(&pair.lazy)).unwrap();
        assert_close(&whole[0], &pair.eager, &format!("seed {seed}"));
        for threads in [1, 2, 3, 8] {
            for memory in [1 << 30, 400_000, 200_000, 120_000, 100_000, 80_000] {
                let session = session(threads, memory);
                match session.compute(std::slice::from_ref(&pair.lazy)) {
                    Ok(out) => {
                        assert_eq!(bits(&out[0]), bits(&whole[0]), "{threads} threads, {memory} B");
                        let report = session.run_report();
                        assert!(report.peak_bytes <= memory, "{report:?}");
                        budgets_that_fit += usize::from(memory < 1 << 30);
                    }
                    Err(e) => assert!(e.is_over_budget(), "{e}"),
                }
            }
        }
    }
    assert!(budgets_that_fit > 50, "only {budgets_that_fit}");
}

#[test]
fn anomalies_are_two_streams() {
    let mut rng = Rng::new(5);
    let shape = [365, 4, 40];
    let x = random::random_values(&mut rng, &DType::F32, &shape);
    let codes: Arc<[u32]> = (0..365).map(|i| i / 31).collect();
    let source = MemorySource::with_grid(x.clone(), ChunkGrid::even(&shape, &[1, 4, 40]));
    let lazy = LazyArray::read(Arc::new(source));
    let params = ReduceParams::default();
    let mean = reduction("mean", &params).unwrap();
    let clim = lazy.reduce_grouped(mean.clone(), 0, codes.clone(), 12, &[]).unwrap();
    let at: Arc<[usize]> = codes.iter().map(|c| *c as usize).collect();
    let picks = Selection::new([Pick::List(at), Pick::all(4), Pick::all(40)]);
    let anomaly = lazy.zip(ZipOp::Sub, &clim.select(&picks).unwrap()).unwrap();
    let std = anomaly.reduce(reduction("std", &params).unwrap(), &[0]).unwrap();
    let bytes = 365 * 4 * 40 * 4;
    for (memory, times) in [(400_000, 2), (1 << 30, 1)] {
        // What fits is read once.
        let plan = small_blocks(2, memory).plan(std::slice::from_ref(&std)).unwrap();
        assert_eq!(plan.totals().bytes_read, times * bytes, "{plan}");
    }
    let session = session(2, 1 << 30);
    let expected = {
        let clim = random::reduce_whole(&*mean, &x, &[], Some((0, &codes, 12))).unwrap();
        let a = ZipOp::Sub.apply(&x, &clim.select(&picks).unwrap()).unwrap();
        random::reduce_whole(&*reduction("std", &params).unwrap(), &a, &[0], None).unwrap()
    };
    let out = session.compute(&[std, clim]).unwrap();
    assert_close(&out[0], &expected, "std of anomaly");
}

#[test]
fn doubled_doubles_are_computed_once_each() {
    let one = LazyArray::read(Arc::new(MemorySource::new(Array::scalar(1.0f64))));
    let add = |x: LazyArray, _| x.zip(ZipOp::Add, &x).unwrap();
    let x = (0..60).fold(one, add);
    let session = session(2, 1 << 30);
    let out = session.compute(std::slice::from_ref(&x)).unwrap();
    assert_eq!(out[0].to_flat::<f64>().unwrap(), [(60.0f64).exp2()]);
    let again = session.decode(&session.encode(&[x]).unwrap()).unwrap();
    assert_eq!(session.compute(&again).unwrap()[0], out[0]);
}

#[test]
fn text_passes_through() {
    let letters: Vec<u8> = (0..20 * 4).map(|i| b'a' + (i % 26) as u8).collect();
    let chars = Array::from_vec([20, 4], letters.clone()).unwrap().with_dtype(DType::Char).unwrap();
    let source = MemorySource::with_grid(chars, ChunkGrid::even(&[20, 4], &[3, 2]));
    let names = LazyArray::read(Arc::new(source)).join_chars().unwrap();
    let both = LazyArray::concat(&[names.clone(), names], 0).unwrap();
    let picks = Selection::new([Pick::List([39, 0, 20, 7].into())]);
    let some = both.select(&picks).unwrap();
    let texts: Vec<graticule_array::Text> = ["x", "", "yz"].map(Into::into).to_vec();
    let texts = Array::from_vec([3], texts).unwrap();
    let source = MemorySource::with_grid(texts.clone(), ChunkGrid::even(&[3], &[2]));
    let texts_lazy = LazyArray::read(Arc::new(source));
    let out = small_blocks(2, 1 << 30).compute(&[some, both, texts_lazy]).unwrap();
    let expected: Vec<u8> =
        [19, 0, 0, 7].iter().flat_map(|i| letters[i * 4..i * 4 + 4].to_vec()).collect();
    assert_eq!(out[0].to_flat::<u8>().unwrap(), expected);
    assert_eq!(out[1].to_flat::<u8>().unwrap(), letters.repeat(2));
    assert_eq!(out[2], texts);
}

#[test]
fn compute_within_compute_does_not_wait_for_itself() {
    let session = session(2, 1 << 30);
    let inner = session.clone();
    let sum = reduction("sum", &ReduceParams::default()).unwrap();
    let ones = Array::from_vec([100], vec![1.0f64; 100]).unwrap();
    let x = LazyArray::constant(ones).reduce(sum, &[0]).unwrap();
    let out = session.install(|| inner.compute(std::slice::from_ref(&x)).unwrap());
    assert_eq!(out[0].to_flat::<f64>().unwrap(), [100.0]);
}

#[test]
fn compute_within_compute_shares_the_memory_of_the_run_around_it() {
    let memory = 24 << 20;
    let session = session(2, memory);
    let inner = session.clone();
    let mean = || reduction("mean", &ReduceParams::default()).unwrap();
    let granted = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = granted.clone();
    let function = BlockFn::new("nested", move |parts| {
        let rest = LazyArray::constant(parts[0].clone()).reduce(mean(), &[0, 1]).unwrap();
        // Of its own: as much as the whole budget if it were alone.
        let long = Array::from_vec([400_000], vec![1.0f64; 400_000]).unwrap();
        let long = LazyArray::constant(long).map(MapOp::Abs).unwrap();
        let (out, analysis) = inner.explain_analyze(&[rest, long])?;
        assert_eq!(out[0].to_flat::<f64>()?, [2.0]);
        seen.lock().unwrap().push(analysis.planned.peak_bytes);
        Ok(parts[0].clone())
    });
    let values = Array::from_vec([40, 5000], vec![2.0f64; 200_000]).unwrap();
    let grid = ChunkGrid::even(&[40, 5000], &[4, 5000]);
    let x = LazyArray::read(Arc::new(MemorySource::with_grid(values, grid)));
    let made = LazyArray::map_blocks(function, &[x], DType::F64).unwrap();
    let lazy = made.reduce(mean(), &[0]).unwrap();
    let outer = session.plan(std::slice::from_ref(&lazy)).unwrap().totals().peak_bytes;
    let out = session.compute(std::slice::from_ref(&lazy)).unwrap();
    assert_eq!(out[0].to_flat::<f64>().unwrap(), vec![2.0; 5000]);
    let granted = granted.lock().unwrap();
    assert!(!granted.is_empty() && granted.iter().all(|g| g + outer / 4 <= memory), "{granted:?}");
    let report = session.run_report();
    assert!(report.peak_bytes <= memory, "{report:?}");
    assert!(report.peak_bytes > granted[0], "what is lent counts: {report:?}");
}

#[test]
fn compute_within_compute_is_refused_where_the_run_around_it_needs_the_memory() {
    let session = session(1, 4 << 20);
    let inner = session.clone();
    let long = LazyArray::constant(Array::scalar(1.0f64)).broadcast(&[None], &[180_000]).unwrap();
    let long = long.map(MapOp::Abs).unwrap();
    session.compute(std::slice::from_ref(&long)).unwrap(); // alone it fits
    let function = BlockFn::new("greedy", move |parts| {
        inner.compute(std::slice::from_ref(&long))?;
        Ok(parts[0].clone())
    });
    let x = LazyArray::constant(Array::from_vec([150_000], vec![1.0f64; 150_000]).unwrap());
    let made = LazyArray::map_blocks(function, &[x], DType::F64).unwrap();
    let error = session.compute(&[made]).unwrap_err();
    assert!(error.is_over_budget(), "{error}");
    assert!(error.to_string().contains("within a run"), "{error}");
}
