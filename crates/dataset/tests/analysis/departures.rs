//! Departures from means and trends read their input at most twice, however small the budget, and
//! once where it fits.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_dataset::{DataArray, Variable};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{CountingSource, MemorySource};

const SHAPE: [usize; 3] = [400, 20, 30];

/// Days on a grid, behind a source that counts what is read of it.
fn days(session: &Session) -> (DataArray, Arc<CountingSource>) {
    let n: usize = SHAPE.iter().product();
    let values: Vec<f32> = (0..n).map(|i| (i * 7919 % 1013) as f32 * 0.01).collect();
    let array = Array::from_vec(SHAPE, values).unwrap();
    let source = MemorySource::with_grid(array, ChunkGrid::even(&SHAPE, &[1, 20, 30]));
    let counted = Arc::new(CountingSource::new(Arc::new(source)));
    let var = Variable::new(["time", "y", "x"], LazyArray::read(counted.clone())).unwrap();
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
    let ticks = (0..SHAPE[0] as i64).map(|d| d * 86_400).collect();
    let times = Array::from_vec([SHAPE[0]], ticks).unwrap().with_dtype(DType::Time(kind)).unwrap();
    let bare = DataArray::from_variable("v", var).with_coord("time", "time", times);
    (bare.with_session(session), counted)
}

type Verb = fn(&DataArray) -> DataArray;

const VERBS: [(&str, Verb); 5] = [
    ("anomaly", |x| x.anomaly("time").std("time")),
    ("anomaly by month", |x| {
        let months = x.groupby("time.month");
        (&months - &months.mean(())).std("time")
    }),
    ("standardised", |x| x.standardise("time").max("time")),
    ("standardised by month", |x| {
        let months = x.groupby("time.month");
        let centred = &months - &months.mean(());
        (&centred.groupby("time.month") / &months.std(())).max("time")
    }),
    ("detrended", |x| x.detrend("time").std("time")),
];

#[test]
fn departures_read_their_input_at_most_twice() {
    let all: usize = SHAPE.iter().product();
    for (name, verb) in VERBS {
        let mut found = Vec::new();
        for memory in [1 << 30, 600_000] {
            let memory = Memory::new(memory);
            let session = Session::builder().threads(2).memory(memory).cuts(1 << 15, 16).build();
            let (x, counted) = days(&session);
            let made = verb(&x).compute().unwrap_or_else(|e| panic!("{name}: {e}"));
            found.push(made.values::<f32>().unwrap());
            let times = counted.elements() as f64 / all as f64;
            assert!(times <= 2.0, "{name} under {memory}: {times} times");
        }
        assert_eq!(found[0], found[1], "{name}");
    }
}
