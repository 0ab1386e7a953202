//! Standing scenarios: what their plans say, word for word, and that they read what they say.
//!
//! With `GRATICULE_UPDATE` set, the texts are written anew instead of compared.

use std::path::Path;
use std::sync::Arc;

use graticule_array::{
    ChunkGrid, DType, LineOp, MapOp, Pick, QuantileMethod, Quantiles, ReduceParams, Scalar,
    Selection, Window, WindowStat, ZipOp, reduction,
};
use graticule_lazy::{BlockFn, Boundary, LazyArray, Memory, Overlap, Plan, Session};
use graticule_storage::{ChunkSink, MemorySink};

use crate::access::Counting;

const SHAPE: [usize; 3] = [365, 60, 120];

fn session() -> Session {
    Session::builder().threads(2).memory(Memory::new(8_000_000)).cuts(500_000, 16).build()
}

fn daily() -> (Arc<Counting>, LazyArray) {
    let source = Counting::new(&SHAPE, &[1, 60, 120]);
    let x = LazyArray::read(source.clone());
    let scale = MapOp::with(ZipOp::Mul, Scalar::F32(0.5), false, &DType::F32).unwrap();
    (source, x.map(scale).unwrap())
}

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn monthly(x: &LazyArray) -> LazyArray {
    let codes: Arc<[u32]> = (0..365).map(|i| (i / 31) as u32).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    x.reduce_grouped(mean, 0, codes, 12, &[]).unwrap()
}

/// Compares a plan's text with the committed one, and the chunks and bytes it names with those
/// that were read.
fn check(name: &str, plan: &Plan, session: &Session, sources: &[&Counting]) {
    let (planned, report) = (plan.totals(), session.run_report());
    let read: usize = sources.iter().map(|s| s.reads()).sum();
    assert_eq!(planned.chunks, read, "{name}: chunks planned and read\n{plan}");
    assert_eq!(report.chunks, read as u64, "{name}: chunks told and read\n{plan}");
    assert_eq!(planned.bytes_read, report.bytes, "{name}: bytes planned and read\n{plan}");
    let plan = plan.to_string();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/scenarios");
    let file = folder.join(format!("{name}.txt"));
    if std::env::var_os("GRATICULE_UPDATE").is_some() {
        std::fs::write(&file, format!("{plan}\n")).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(format!("{plan}\n"), expected, "{name}");
}

fn computed(name: &str, outputs: &[LazyArray], sources: &[&Counting]) {
    let session = session();
    let plan = session.plan(outputs).unwrap();
    session.compute(outputs).unwrap();
    check(name, &plan, &session, sources);
}

fn stored(name: &str, output: &LazyArray, chunk: &[usize], sources: &[&Counting]) {
    let session = session();
    let grid = ChunkGrid::even(output.shape(), chunk);
    let sink = || -> Arc<dyn ChunkSink> {
        Arc::new(MemorySink::new(output.dtype(), grid.clone()).unwrap())
    };
    let plan = session.plan_store(&[(output.clone(), sink())]).unwrap();
    session.store(&[(output.clone(), sink())]).unwrap();
    check(name, &plan, &session, sources);
}

#[test]
fn climatology_and_spread_of_anomalies() {
    let (source, x) = daily();
    computed("monthly_climatology", &[monthly(&x)], &[&source]);
    let (source, x) = daily();
    let at: Arc<[usize]> = (0..365).map(|i| i / 31).collect();
    let picks = Selection::new([Pick::List(at), Pick::all(60), Pick::all(120)]);
    let anomaly = x.zip(ZipOp::Sub, &monthly(&x).select(&picks).unwrap()).unwrap();
    computed("anomaly_spread", &[reduce(&anomaly, "std", &[0])], &[&source]);
}

#[test]
fn several_statistics() {
    let (source, x) = daily();
    let all = ["mean", "std", "max", "count"].map(|name| reduce(&x, name, &[0]));
    computed("statistics_in_one_pass", &all, &[&source]);
    let (a, u) = daily();
    let (b, v) = daily();
    let mean = |x: &LazyArray, y: &LazyArray| reduce(&x.zip(ZipOp::Mul, y).unwrap(), "mean", &[0]);
    computed("quadratic_means", &[mean(&u, &u), mean(&v, &v), mean(&u, &v)], &[&a, &b]);
}

#[test]
fn a_selection_of_a_mean() {
    let (source, x) = daily();
    let mean = reduce(&x, "mean", &[0, 2]);
    let band = mean.select(&Selection::new([Pick::span(20, 10)])).unwrap();
    computed("selected_mean", &[band], &[&source]);
}

#[test]
fn running_means_and_quantiles() {
    let (source, x) = daily();
    let window = Window { len: 30, before: 29, least: 30, stat: WindowStat::Mean };
    let running = x.along(LineOp::Window(window), 0).unwrap();
    computed("running_mean", &[reduce(&running, "max", &[0])], &[&source]);
    let (source, x) = daily();
    let quantile = LineOp::Quantile(Quantiles {
        q: [0.9].into(),
        method: QuantileMethod::Linear,
        skip_missing: true,
        keep_floats: true,
        groups: None,
    });
    computed("quantile_over_time", &[x.along(quantile, 0).unwrap()], &[&source]);
}

#[test]
fn other_chunks_on_disk() {
    let (source, x) = daily();
    stored("rechunk", &x, &[365, 10, 10], &[&source]);
}

#[test]
fn points_and_stencils() {
    let source = Counting::new(&SHAPE, &[73, 10, 20]);
    let x = LazyArray::read(source.clone());
    let rows: Vec<usize> = (0..50).map(|k| k * 7 % 60).collect();
    let columns: Vec<usize> = (0..50).map(|k| k * 11 % 40).collect();
    computed("series_at_points", &[x.gather(&[1, 2], &[rows, columns]).unwrap()], &[&source]);
    let (source, x) = daily();
    let around = |axis, boundary| Overlap { axis, before: 1, after: 1, boundary };
    let same = BlockFn::new("smooth", |parts| Ok(parts[0].clone()));
    let rims = [around(1, Boundary::Nearest), around(2, Boundary::Periodic)];
    let smooth = LazyArray::map_overlap(same, &[x], DType::F32, &rims).unwrap();
    computed("stencil", &[reduce(&smooth, "mean", &[0])], &[&source]);
}
