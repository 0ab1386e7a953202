use std::sync::Arc;

use graticule::array::DimChunks;
use graticule::lazy::LazyArray;
use graticule::storage::{ChunkSource, MemorySource};
use graticule::{
    Array, Calendar, ChunkGrid, DType, DataArray, Indexer, Reducer, Selector, TimeType, TimeUnit,
    count, max, mean, min, near, std, step, sum, var,
};

use crate::oracle::{Oracle, reduce};
use crate::rng::Rng;

/// What a test starts from: values of a type along time, lat and lon.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) dtype: DType,
    pub(crate) oracle: Oracle,
}

const REDUCTIONS: [&str; 7] = ["count", "sum", "mean", "min", "max", "var", "std"];
const FIELDS: [&str; 4] = ["month", "year", "season", "dayofyear"];
const DAY: i64 = 86_400;

fn calendar() -> TimeType {
    TimeType { unit: TimeUnit::Second, calendar: Calendar::Day360 }
}

impl Input {
    pub(crate) fn new(rng: &mut Rng, shape: [usize; 3]) -> Self {
        let dtype = rng.pick(&[DType::I16, DType::F32, DType::F64]);
        let n = shape.iter().product();
        let value = |rng: &mut Rng| match &dtype {
            DType::I16 => rng.below(2000) as f64 - 500.0,
            _ if rng.chance(0.1) => f64::NAN,
            DType::F32 => f64::from((0.5 + 3.0 * rng.unit()) as f32),
            _ => 0.5 + 3.0 * rng.unit(),
        };
        let values = (0..n).map(|_| value(rng)).collect();
        let mut day = rng.below(700) as i64;
        let stride = 1 + rng.below(40);
        let days = (0..shape[0]).map(|_| {
            day += 1 + rng.below(stride) as i64;
            day
        });
        let days = days.collect();
        let lats = (0..shape[1]).map(|i| 60.0 - 7.5 * i as f64).collect();
        let dims = ["time", "lat", "lon"].map(String::from).to_vec();
        Self { dtype, oracle: Oracle { dims, shape: shape.to_vec(), values, days, lats } }
    }

    fn array(&self) -> Array {
        let (shape, values) = (self.oracle.shape.clone(), self.oracle.values.iter());
        match &self.dtype {
            DType::I16 => Array::from_vec(shape, values.map(|v| *v as i16).collect()),
            DType::F32 => Array::from_vec(shape, values.map(|v| *v as f32).collect()),
            _ => Array::from_vec(shape, values.copied().collect()),
        }
        .unwrap()
    }

    pub(crate) fn source(&self, grid: ChunkGrid) -> Arc<dyn ChunkSource> {
        Arc::new(MemorySource::with_grid(self.array(), grid))
    }

    /// The same values read in chunks.
    pub(crate) fn read(&self, grid: ChunkGrid) -> DataArray {
        self.over(self.source(grid))
    }

    pub(crate) fn over(&self, source: Arc<dyn ChunkSource>) -> DataArray {
        let ticks = self.oracle.days.iter().map(|d| d * DAY).collect();
        let times = Array::from_vec([self.oracle.days.len()], ticks).unwrap();
        DataArray::new("v", ["time", "lat", "lon"], LazyArray::read(source))
            .with_coord("time", "time", times.with_dtype(DType::Time(calendar())).unwrap())
            .with_coord("lat", "lat", self.oracle.lats.clone())
    }

    pub(crate) fn grid(&self, rng: &mut Rng) -> ChunkGrid {
        let cut = |rng: &mut Rng, n: usize| {
            let mut lengths = Vec::new();
            let (mut left, longest) = (n, 1 + rng.below(n));
            while left > 0 {
                let next = 1 + rng.below(longest.min(left));
                lengths.push(next);
                left -= next;
            }
            DimChunks::from_lengths(&lengths)
        };
        let dims: Vec<DimChunks> = self.oracle.shape.iter().map(|n| cut(rng, *n)).collect();
        ChunkGrid::new(dims)
    }
}

/// One verb, for the array and for its oracle.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Isel {
        dim: String,
        at: Indexer,
        positions: Vec<usize>,
        one: bool,
    },
    Sel {
        dim: String,
        labels: Selector,
        positions: Vec<usize>,
        one: bool,
    },
    Scalar(char, f64),
    Zip(char, Oracle),
    Where(f64),
    Math(&'static str),
    Reduce {
        name: &'static str,
        over: Vec<String>,
        by: Option<&'static str>,
        skip: bool,
        ddof: f64,
    },
    Anomaly(&'static str),
}

fn operate(op: char, a: f64, b: f64) -> f64 {
    match op {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        _ => a / b,
    }
}

/// A function of an f32 is computed as one.
fn function(name: &str, v: f64, of: &DType) -> f64 {
    match name {
        "exp" if *of == DType::F32 => f64::from((v as f32).exp()),
        "sin" if *of == DType::F32 => f64::from((v as f32).sin()),
        "abs" => v.abs(),
        "sqrt" => v.sqrt(),
        "square" => v * v,
        "floor" => v.floor(),
        "exp" => v.exp(),
        _ => v.sin(),
    }
}

fn reducer(name: &str) -> Reducer {
    match name {
        "count" => count(),
        "sum" => sum(),
        "mean" => mean(),
        "min" => min(),
        "max" => max(),
        "var" => var(),
        _ => std(),
    }
}

impl Step {
    /// Whether results depend on the order of sums.
    pub(crate) fn rounds(&self) -> bool {
        match self {
            Self::Reduce { name, .. } => matches!(*name, "sum" | "mean" | "var" | "std"),
            Self::Anomaly(_) => true,
            _ => false,
        }
    }

    pub(crate) fn apply(&self, x: &DataArray) -> DataArray {
        match self {
            Self::Isel { dim, at, .. } => x.isel(dim, at.clone()),
            Self::Sel { dim, labels, .. } => x.sel(dim, labels.clone()),
            Self::Scalar('+', v) => x + *v,
            Self::Scalar('-', v) => x - *v,
            Self::Scalar('*', v) => x * *v,
            Self::Scalar(_, v) => x / *v,
            Self::Zip(op, other) => {
                let data = Array::from_vec(other.shape.clone(), other.values.clone()).unwrap();
                let y = DataArray::new("y", other.dims.clone(), data);
                match op {
                    '+' => x + y,
                    '-' => x - y,
                    '*' => x * y,
                    _ => x / y,
                }
            }
            Self::Where(above) => x.where_(x.gt(*above)),
            Self::Math("abs") => x.abs(),
            Self::Math("sqrt") => x.sqrt(),
            Self::Math("square") => x * x,
            Self::Math("floor") => x.floor(),
            Self::Math("exp") => x.exp(),
            Self::Math(_) => x.sin(),
            Self::Reduce { name, over, by, skip, ddof } => {
                let how = reducer(name).skipna(*skip).ddof(*ddof);
                match by {
                    Some(by) => x.groupby(format!("time.{by}")).reduce(how, over),
                    None => x.reduce(how, over),
                }
            }
            Self::Anomaly(by) => {
                let groups = x.groupby(format!("time.{by}"));
                &groups - &groups.mean("time")
            }
        }
    }

    /// The same for the oracle; `dtype` is that of the result.
    fn expect(&self, x: &Oracle, from: &DType, dtype: &DType) -> Oracle {
        let made = match self {
            Self::Isel { dim, positions, one, .. } | Self::Sel { dim, positions, one, .. } => {
                x.select(dim, positions, *one)
            }
            Self::Scalar(op, v) => x.map(|a| operate(*op, a, *v)),
            Self::Zip(op, other) => x.zip(other, |a, b| operate(*op, a, b)),
            Self::Where(above) => x.map(|v| if v > *above { v } else { f64::NAN }),
            Self::Math(name) => x.map(|v| function(name, v, from)),
            Self::Reduce { name, over, by, skip, ddof } => {
                x.reduce(over, *by, |list| reduce(name, *skip, *ddof, list))
            }
            Self::Anomaly(by) => x.anomaly(by, from),
        };
        made.rounded_to(dtype)
    }

    /// A step that `x` has the dimensions for.
    fn random(rng: &mut Rng, x: &Oracle, dtype: &DType, last: bool) -> Option<Self> {
        let dims = x.dims.clone();
        let some = |rng: &mut Rng| -> Vec<String> {
            let mut over: Vec<String> = dims.iter().filter(|_| rng.chance(0.5)).cloned().collect();
            over.extend(dims.first().filter(|_| over.is_empty()).cloned());
            over
        };
        let integer = *dtype == DType::I16;
        Some(match rng.below(if last { 12 } else { 8 }) {
            0 => {
                let dim = rng.pick(&dims);
                isel(rng, &dim, x.size(&dim))
            }
            1 => return sel_lat(rng, x),
            2 => return sel_time(rng, x),
            3 if integer => Self::Scalar(rng.pick(&['*', '/']), rng.pick(&[0.5, 3.0, -0.1])),
            3 => Self::Scalar(rng.pick(&['+', '-', '*', '/']), rng.pick(&[0.5, 3.0, -1.25])),
            4 | 5 => {
                let mut on = some(rng);
                on.reverse();
                if x.axis("run").is_none() && rng.chance(0.2) {
                    on.insert(0, "run".into());
                }
                let size = |d: &String| x.axis(d).map_or(2, |a| x.shape[a]);
                let shape: Vec<usize> = on.iter().map(size).collect();
                let values = (0..shape.iter().product()).map(|_| 1.0 + rng.unit()).collect();
                let (days, lats) = (Vec::new(), Vec::new());
                let other = Oracle { dims: on, shape, values, days, lats };
                Self::Zip(rng.pick(&['+', '-', '*', '/']), other)
            }
            6 => Self::Where(1.75),
            7 if integer => Self::Math("abs"),
            7 => Self::Math(rng.pick(&["abs", "sqrt", "square", "floor", "exp", "sin"])),
            8 | 9 => {
                let (name, ddof) = (rng.pick(&REDUCTIONS), rng.below(2) as f64);
                Self::Reduce { name, over: some(rng), by: None, skip: rng.chance(0.8), ddof }
            }
            10 if x.axis("time").is_some() => {
                let mut over = some(rng);
                over.retain(|d| d != "time");
                over.push("time".into());
                let (name, by) = (rng.pick(&REDUCTIONS), Some(rng.pick(&FIELDS)));
                Self::Reduce { name, over, by, skip: rng.chance(0.8), ddof: 0.0 }
            }
            11 if x.axis("time").is_some() => Self::Anomaly(rng.pick(&FIELDS)),
            _ => return None,
        })
    }
}

fn isel(rng: &mut Rng, dim: &str, n: usize) -> Step {
    let (at, positions, one): (Indexer, Vec<usize>, bool) = match rng.below(4) {
        0 if n > 0 => {
            let at = rng.below(n);
            let from_end = rng.chance(0.5);
            let index = if from_end { at as i64 - n as i64 } else { at as i64 };
            (index.into(), vec![at], true)
        }
        1 if n > 0 => {
            let list: Vec<usize> = (0..rng.below(2 * n)).map(|_| rng.below(n)).collect();
            (list.clone().into(), list, false)
        }
        2 => {
            let by = 1 + rng.below(3);
            let back: Vec<usize> = (0..n).rev().step_by(by).collect();
            (step(.., -(by as i64)), back, false)
        }
        _ => {
            let start = rng.below(n + 1);
            let stop = start + rng.below(n + 1 - start);
            ((start..stop).into(), (start..stop).collect(), false)
        }
    };
    Step::Isel { dim: dim.into(), at, positions, one }
}

fn sel_lat(rng: &mut Rng, x: &Oracle) -> Option<Step> {
    let lats = &x.lats;
    let falling = lats.windows(2).all(|w| w[0] > w[1]);
    if x.axis("lat").is_none() || lats.is_empty() || !falling {
        return None;
    }
    let (i, j) = (rng.below(lats.len()), rng.below(lats.len()));
    let (i, j) = (i.min(j), i.max(j));
    let (labels, positions, one): (Selector, Vec<usize>, bool) = match rng.below(3) {
        0 => (lats[i].into(), vec![i], true),
        1 => {
            // The nearest of labels that are 7.5 or more apart.
            let off = lats[i] + 3.0 * (rng.unit() - 0.5);
            (near(off).into(), vec![i], true)
        }
        _ => ((lats[j] - 0.1..=lats[i] + 0.1).into(), (i..=j).collect(), false),
    };
    Some(Step::Sel { dim: "lat".into(), labels, positions, one })
}

fn sel_time(rng: &mut Rng, x: &Oracle) -> Option<Step> {
    let rising = x.days.windows(2).all(|w| w[0] < w[1]);
    if x.axis("time").is_none() || x.days.is_empty() || !rising {
        return None;
    }
    let month = |d: i64| d.div_euclid(30);
    let text = |m: i64| format!("{:04}-{:02}", 1970 + m.div_euclid(12), m.rem_euclid(12) + 1);
    let (a, b) = (month(rng.pick(&x.days)), month(rng.pick(&x.days)));
    let (a, b) = (a.min(b), a.max(b));
    let within = |of: &dyn Fn(i64) -> bool| -> Vec<usize> {
        (0..x.days.len()).filter(|i| of(month(x.days[*i]))).collect()
    };
    let (labels, positions): (Selector, _) = match rng.below(3) {
        0 => (text(a).into(), within(&|m| m == a)),
        1 => {
            let year = a.div_euclid(12);
            (format!("{}", 1970 + year).into(), within(&|m| m.div_euclid(12) == year))
        }
        _ => ((text(a)..text(b)).into(), within(&|m| a <= m && m <= b)),
    };
    Some(Step::Sel { dim: "time".into(), labels, positions, one: false })
}

/// Some verbs, the last of which may be a reduction, and what they give.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    pub(crate) expected: Oracle,
    /// What rounding is measured against: the size of what goes into sums.
    scale: f64,
}

impl Program {
    pub(crate) fn new(rng: &mut Rng, input: &Input, length: usize) -> Self {
        let mut x = input.read(ChunkGrid::whole(&input.oracle.shape));
        let (mut steps, mut now, mut scale) = (Vec::new(), input.oracle.clone(), 0.0);
        for at in 0..length {
            if now.dims.is_empty() {
                break;
            }
            let before = x.dtype();
            let last = at + 1 == length;
            let Some(step) = Step::random(rng, &now, &before, last) else { continue };
            // The least of nothing is no value.
            if matches!(step, Step::Reduce { name: "min" | "max", .. }) && now.values.is_empty() {
                continue;
            }
            x = step.apply(&x);
            let made = step.expect(&now, &before, &x.dtype());
            if step.rounds() {
                let most =
                    now.values.iter().filter(|v| !v.is_nan()).fold(0.0f64, |a, v| a.max(v.abs()));
                scale = match step {
                    Step::Reduce { name: "var" | "std", .. } => most * most,
                    Step::Reduce { name: "mean", .. } | Step::Anomaly(_) => most,
                    _ => most * now.values.len() as f64,
                };
            }
            now = made;
            steps.push(step);
        }
        Self { steps, expected: now, scale }
    }

    pub(crate) fn apply(&self, x: &DataArray) -> DataArray {
        self.steps.iter().fold(x.clone(), |x, step| step.apply(&x))
    }

    /// Whether results may differ by the rounding of sums.
    pub(crate) fn rounds(&self) -> bool {
        self.steps.iter().any(Step::rounds)
    }

    /// Equal up to `relative` of what was summed, if anything was; else equal but for the
    /// rounding of functions.
    #[track_caller]
    pub(crate) fn assert_near(&self, found: &[f64], expected: &[f64], relative: f64) {
        assert_eq!(found.len(), expected.len(), "{:?}", self.steps);
        let spread = matches!(self.steps.last(), Some(Step::Reduce { name: "std", .. }));
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            // Of a deviation, the square has the error of a sum.
            let (a, b) = if spread { (f * f, e * e) } else { (*f, *e) };
            let near = (a - b).abs() <= relative * (self.scale + b.abs());
            let same = f == e || (f.is_nan() && e.is_nan());
            assert!(near || same, "element {i} is {f}, not {e}: {:?}", self.steps);
        }
    }
}
