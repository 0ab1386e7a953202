//! What travels, what is refused, and what no bytes can do.
//!
//! With `GRATICULE_UPDATE` set, the committed messages are written anew instead of compared.

use std::path::Path;
use std::sync::Arc;

use graticule_array::{
    Array, Beyond, ChunkGrid, Complex64, Curve, DType, Field, Gaps, GroupRuns, Integral,
    Interpolation, LineOp, MapOp, MathFn, Pick, PolyFit, QuantileMethod, Quantiles, RecordType,
    ReduceParams, Region, Result, Scalar, Selection, Shape, Slope, Text, TextEncoding,
    WeightedQuantiles, Window, WindowStat, ZipOp, f16, reduction,
};
use graticule_lazy::{
    BlockFn, BlockForm, BlockOp, Boundary, LazyArray, Names, Overlap, Partial, Session,
};
use graticule_storage::{ChunkSource, ConcatSource, EvenSource, FillSource, MemorySource};
use proptest::prelude::*;

use crate::random::{self, Rng, bits};

fn session() -> Session {
    Session::builder().threads(1).names(names()).build()
}

fn names() -> Names {
    Names::default().function(function()).operation("later", |state| {
        let by: [u8; 1] = state.try_into().map_err(|_| graticule_array::Error::corrupt("state"))?;
        Ok(Arc::new(Later(by[0].into())))
    })
}

fn function() -> BlockFn {
    thread_local! {
        static KNOWN: BlockFn = BlockFn::new("negative", |parts| MapOp::Neg.apply(&parts[0]));
    }
    KNOWN.with(Clone::clone)
}

/// Each element is one that lies some way behind it.
#[derive(Debug)]
struct Later(usize);

impl BlockOp for Later {
    fn name(&self) -> String {
        format!("later by {}", self.0)
    }

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm::named("later", [self.0 as u8]))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let short = || graticule_array::Error::invalid("too short");
        let input = inputs.first().filter(|i| i.ndim() == 1).ok_or_else(short)?;
        let n = input.len().checked_sub(self.0).ok_or_else(short)?;
        Ok((input.dtype().clone(), ChunkGrid::whole(&[n])))
    }

    fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        Ok(Region::new([out.start[0] + self.0], out.len.clone()))
    }

    fn apply(&self, _: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        Ok(parts[0].clone())
    }
}

fn numbers(shape: &[usize]) -> LazyArray {
    let n: usize = shape.iter().product();
    let data = Array::from_vec(shape, (0..n).map(|i| i as f64 / 4.0).collect()).unwrap();
    let grid = ChunkGrid::even(shape, &vec![2; shape.len()]);
    LazyArray::read(Arc::new(MemorySource::with_grid(data, grid)))
}

fn reduced(name: &str, x: &LazyArray, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

/// One expression for every operation, by its name.
fn everything() -> Vec<(String, LazyArray)> {
    let x = numbers(&[4, 6]);
    let line = numbers(&[6]);
    let coordinate: Arc<[f64]> = (0..6).map(f64::from).collect();
    let codes: Arc<[u32]> = [0, 1, 0, u32::MAX, 1, 0].into();
    let mut out: Vec<(String, LazyArray)> = Vec::new();
    let mut add = |name: &str, made: Result<LazyArray>| out.push((name.into(), made.unwrap()));
    add("read", Ok(x.clone()));
    add("constant", Ok(LazyArray::constant(Array::scalar(2.5f32))));
    let picks = [Pick::List([3, 0, 0].into()), Pick::Range { start: 5, step: -2, len: 3 }];
    add("select", x.select(&Selection::new(picks)));
    add("select one", x.select(&Selection::new([Pick::At(2), Pick::all(6)])));
    add("permute", x.permute(&[1, 0]));
    add("broadcast", line.broadcast(&[None, Some(0)], &[3, 6]));
    add("concat", LazyArray::concat(&[x.clone(), numbers(&[3, 6]), x.clone()], 0));
    add("rechunk", x.rechunk(ChunkGrid::even(&[4, 6], &[3, 5])));
    add("choose", LazyArray::choose(&x.zip(ZipOp::Lt, &x).unwrap(), &x, &x));
    add("gather", x.gather(&[0, 1], &[vec![3, 0], vec![5, 1]]));
    add("merge", x.merge_axes(0, 2));
    add("split", x.split_axis(1, &[2, 3]));
    add("grouped", {
        let r = reduction("std", &ReduceParams { ddof: 1.0, ..ReduceParams::default() }).unwrap();
        x.reduce_grouped(r, 1, codes.clone(), 2, &[0])
    });
    for name in graticule_array::reduction_names() {
        let of =
            if matches!(name, "any" | "all") { x.zip(ZipOp::Lt, &x).unwrap() } else { x.clone() };
        add(name, Ok(reduced(name, &of, &[0])));
    }
    for op in [ZipOp::Add, ZipOp::Pow, ZipOp::FloorDiv, ZipOp::Eq] {
        add(&op.to_string(), x.zip(op, &x));
    }
    let quiet = f64::from_bits(0x7ff8_dead_beef_0001);
    for op in [
        MapOp::Cast(DType::F32),
        MapOp::Mask { values: [Scalar::F64(quiet), Scalar::F64(-0.0)].into(), to: DType::F32 },
        MapOp::Decode {
            values: [Scalar::F32(f32::from_bits(0x7fc0_1234))].into(),
            to: DType::F32,
            scale: Some(Scalar::F64(0.1)),
            offset: None,
        },
        MapOp::with(ZipOp::Mul, Scalar::F64(1.8), true, &DType::F64).unwrap(),
        MapOp::Neg,
        MapOp::IsMissing,
        MapOp::FillMissing(Scalar::F64(0.0)),
        MapOp::Clip { min: Some(Scalar::F64(1.0)), max: None },
        MapOp::Math(MathFn::Sqrt),
        MapOp::RoundTo(1),
        MapOp::Encode {
            scale: Some(Scalar::F64(0.5)),
            offset: None,
            fill: Some(Scalar::I16(-9)),
            to: DType::I16,
            name: "t".into(),
        },
        MapOp::DecodeDuration {
            nanos_per_step: 1_000_000_000,
            to: graticule_cftime::TimeUnit::Nanosecond,
        },
        MapOp::IsIn([Scalar::F64(1.0)].into()),
        MapOp::MaskOutside {
            values: [Scalar::F64(1.0)].into(),
            min: Some(Scalar::F64(-2.0)),
            max: None,
            to: DType::F64,
        },
    ] {
        let name = op.to_string();
        add(&name, x.map(op));
    }
    let units =
        graticule_cftime::TimeUnits::parse("hours since 1850-01-01", Some("noleap")).unwrap();
    let decoder = units.decoder_for_unseen_floats().unwrap();
    let times = x.map(MapOp::DecodeTime { units: Arc::new(units.clone()), decoder }).unwrap();
    add("times", Ok(times.clone()));
    add("field", times.map(MapOp::TimeField(graticule_cftime::Field::Month)));
    add("numbers of times", times.map(MapOp::EncodeTime { units: units.into(), to: DType::F64 }));
    let chars =
        Array::from_vec([2, 3], b"abcxyz".to_vec()).unwrap().with_dtype(DType::Char).unwrap();
    let text = LazyArray::constant(chars).join_chars().unwrap();
    add("text", text.map(MapOp::TextFrom(TextEncoding::Latin1)));
    add("bare text", text.map(MapOp::TrimEnd));
    let lookup = [Scalar::Str("a".into()), Scalar::Str(Text::missing())];
    let places = LazyArray::constant(Array::from_vec([3], vec![0i32, 1, 7]).unwrap());
    add("lookup", places.map(MapOp::Lookup { values: lookup.into(), to: DType::Str }));
    let window = |stat| LineOp::Window(Window { len: 3, before: 1, least: 1, stat });
    for op in [
        LineOp::CumSum { skip_missing: true },
        LineOp::CumProd { skip_missing: false },
        window(WindowStat::Mean),
        window(WindowStat::Quantile { q: 0.25, method: QuantileMethod::Hazen }),
        LineOp::Quantile(Quantiles {
            q: [0.5, 0.9].into(),
            method: QuantileMethod::Linear,
            skip_missing: true,
            keep_floats: false,
            groups: Some((codes.clone(), 2)),
        }),
        LineOp::Rank { share: true },
        LineOp::Carry { backwards: true, limit: Some(2) },
        LineOp::Gaps(Gaps {
            x: coordinate.clone(),
            method: Interpolation::Spline(3),
            limit: None,
            max_gap: Some(2.0),
            beyond: Beyond::Value(9.0),
        }),
        LineOp::Curve(Curve {
            x: coordinate.clone(),
            at: [0.5, f64::NAN, 7.0].into(),
            method: Interpolation::Akima,
            beyond: Beyond::Extrapolate,
        }),
        LineOp::PolyFit(PolyFit {
            x: coordinate.clone(),
            degree: 2,
            weights: None,
            skip_missing: true,
        }),
        LineOp::Slope(Slope { x: coordinate.clone(), sharp_ends: true }),
        LineOp::Integral(Integral { x: coordinate.clone(), to: DType::F64 }),
        LineOp::GroupRuns(GroupRuns {
            codes: codes.clone(),
            groups: 2,
            product: false,
            skip_missing: true,
        }),
        LineOp::WeightedQuantile(WeightedQuantiles {
            q: [0.5].into(),
            weights: coordinate.clone(),
            skip_missing: true,
        }),
    ] {
        let name = op.to_string();
        add(&name, x.along(op, 1));
    }
    let f = function;
    add("map blocks", LazyArray::map_blocks(f(), std::slice::from_ref(&x), DType::F64));
    let around =
        Overlap { axis: 1, before: 1, after: 1, boundary: Boundary::Constant(Scalar::F64(0.0)) };
    let one = std::slice::from_ref(&x);
    add("overlap", LazyArray::map_overlap(f(), one, DType::F64, &[around]));
    let closed = Overlap { axis: 0, before: 1, after: 0, boundary: Boundary::Periodic };
    add("closed overlap", LazyArray::map_overlap(f(), one, DType::F64, &[closed]));
    add("apply", LazyArray::apply(f(), one, 1, DType::F64, &[6]));
    add("later", LazyArray::block(Arc::new(Later(2)), std::slice::from_ref(&line)));
    let parts: Vec<Arc<dyn ChunkSource>> = (0..3)
        .map(|i| -> Arc<dyn ChunkSource> {
            Arc::new(MemorySource::new(Array::from_vec([2], vec![i, 10 * i]).unwrap()))
        })
        .collect();
    let whole = ConcatSource::new(parts.clone(), 0).unwrap();
    add("sources in a row", Ok(LazyArray::read(Arc::new(whole))));
    let stacked = ConcatSource::stacked(parts, 1).unwrap();
    add("sources in a stack", Ok(LazyArray::read(Arc::new(stacked))));
    let nines = ChunkGrid::even(&[5, 4], &[2, 4]);
    let nines = FillSource::new(DType::I16, nines, Some(Scalar::I16(9)));
    add("one value everywhere", Ok(LazyArray::read(Arc::new(nines))));
    let zeros = FillSource::new(DType::F64, ChunkGrid::whole(&[3]), None);
    add("zero everywhere", Ok(LazyArray::read(Arc::new(zeros))));
    let even = EvenSource { start: -0.0, step: 0.1, first: 7, stride: -2 };
    add("evenly spaced", Ok(LazyArray::read(Arc::new(even.of(5)))));
    let none = LazyArray::constant(Array::from_vec([4, 1], vec![f64::NAN; 4]).unwrap());
    add("scatter", x.scatter(&none, [(1, 5), (2, 0), (7, 5)], &[2, 2, 2]));
    let same = [line.clone(), numbers(&[6])];
    add("first if equal", LazyArray::first_if_equal(&same, "x", vec!["a".into(), "b".into()]));
    for array in every_type() {
        let name = format!("{} {:?}", array.dtype(), array.shape());
        add(&name, Ok(LazyArray::read(Arc::new(MemorySource::new(array)))));
    }
    out
}

/// Arrays of all element types, each with the values that get lost first.
fn every_type() -> Vec<Array> {
    use graticule_cftime::{Calendar, TimeUnit};
    let of = |a: Array, dtype: DType| a.with_dtype(dtype).unwrap();
    let ticks = || Array::from_vec([2], vec![i64::MIN, 7]).unwrap();
    let time =
        graticule_array::TimeType { unit: TimeUnit::Microsecond, calendar: Calendar::Day360 };
    let record = RecordType {
        fields: vec![Field { name: "a".into(), offset: 0, dtype: DType::I16, shape: vec![2] }],
        size: 5,
    };
    let bytes = |n: usize| Array::from_vec([2, n], (0..2 * n as u8).collect()).unwrap();
    let list = Array::from_vec(
        [2],
        vec![
            Array::from_vec([0], Vec::<f32>::new()).unwrap(),
            Array::from_vec([2], vec![-0.0f32, f32::from_bits(0xffc0_0001)]).unwrap(),
        ],
    );
    vec![
        Array::from_vec([2], vec![true, false]).unwrap(),
        Array::from_vec([1, 2], vec![i8::MIN, 5]).unwrap(),
        Array::from_vec([2], vec![i16::MIN, 5]).unwrap(),
        Array::from_vec([2], vec![i32::MIN, 5]).unwrap(),
        Array::from_vec([2], vec![i64::MIN, 5]).unwrap(),
        Array::from_vec([2], vec![u8::MAX, 5]).unwrap(),
        Array::from_vec([2], vec![u16::MAX, 5]).unwrap(),
        Array::from_vec([2], vec![u32::MAX, 5]).unwrap(),
        Array::from_vec([2], vec![u64::MAX, 5]).unwrap(),
        Array::from_vec([2], vec![f16::from_bits(0x7e01), f16::ONE]).unwrap(),
        Array::from_vec([2], vec![f32::from_bits(0x7fc0_4321), f32::INFINITY]).unwrap(),
        Array::from_vec([2], vec![f64::from_bits(0x7ff8_0000_0000_4321), -0.0]).unwrap(),
        Array::from_vec([1], vec![Complex64::new(f64::from_bits(0xfff8_0000_0000_0001), 1.0)])
            .unwrap(),
        of(ticks(), DType::Time(time)),
        of(ticks(), DType::Duration(TimeUnit::Nanosecond)),
        Array::from_vec([3], vec![Text::from(""), Text::missing(), Text::from("ä\u{0}")]).unwrap(),
        of(Array::from_vec([2], vec![0u8, b'x']).unwrap(), DType::Char),
        of(bytes(3), DType::Bytes(3)),
        of(bytes(4), DType::Opaque(4)),
        of(bytes(5), DType::Record(record.into())),
        of(list.unwrap(), DType::List(Arc::new(DType::F32))),
        Array::zeros(&DType::F64, &[0, 7]).unwrap(),
    ]
}

/// A number of 64 bits that stands for bytes.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn every_operation_travels_as_it_did_before() {
    let (here, there) = (session(), session());
    let mut text = String::from("version 2\n");
    for (name, x) in everything() {
        let bytes = here.encode(std::slice::from_ref(&x)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let again = there.decode(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(there.encode(&again).unwrap(), bytes, "{name}");
        assert_eq!((again[0].dtype(), again[0].shape()), (x.dtype(), x.shape()), "{name}");
        assert_eq!(again[0].grid(), x.grid(), "{name}");
        let (a, b) = (here.compute(&[x]).unwrap(), there.compute(&again).unwrap());
        let values = |a: &Array| here.encode(&[LazyArray::constant(a.clone())]).unwrap();
        assert_eq!(values(&a[0]), values(&b[0]), "{name}");
        text.push_str(&format!("{:016x} {:5} {name}\n", fingerprint(&bytes), bytes.len()));
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/wire.txt");
    if std::env::var_os("GRATICULE_UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, known, "a message has changed: raise the version, and update the file");
}

#[test]
fn what_is_shared_is_sent_once() {
    let x = numbers(&[40, 6]);
    let one = session().encode(&[reduced("mean", &x, &[0])]).unwrap().len();
    let many = ["mean", "std", "max"].map(|name| reduced(name, &x, &[0]));
    let all = session().encode(&many).unwrap();
    assert!(all.len() < one + 60, "{} and {one}", all.len());
    let again = session().decode(&all).unwrap();
    assert_eq!(session().plan(&again).unwrap().stages(), 1);
}

#[test]
fn what_cannot_travel_is_refused_by_name() {
    #[derive(Debug)]
    struct Mine(MemorySource);
    impl ChunkSource for Mine {
        fn info(&self) -> &graticule_storage::SourceInfo {
            self.0.info()
        }
        fn read_into(&self, r: &Region, out: graticule_array::ArrayMut<'_>) -> Result<()> {
            self.0.read_into(r, out)
        }
    }
    let plain = Session::builder().threads(1).build();
    let x = numbers(&[4]);
    let refused = |x: LazyArray| plain.encode(&[x]).unwrap_err().to_string();
    let closure = LazyArray::map_blocks(function(), std::slice::from_ref(&x), DType::F64).unwrap();
    let text = refused(closure.clone());
    assert!(text.contains("\"negative\"") && text.contains("Names::function"), "{text}");
    let text = refused(LazyArray::block(Arc::new(Later(1)), std::slice::from_ref(&x)).unwrap());
    assert!(text.contains("no operation \"later\""), "{text}");
    let source = Mine(MemorySource::new(Array::from_vec([1], vec![1u8]).unwrap()));
    let text = refused(LazyArray::read(Arc::new(source)));
    assert!(text.contains("Mine") && text.contains("makeup"), "{text}");
    let large = Array::zeros(&DType::U8, &[300 << 20]).unwrap();
    let text = refused(LazyArray::constant(large));
    assert!(text.contains("too large to be sent"), "{text}");
    // Another function under a known name is not the known one.
    let other = BlockFn::new("negative", |parts| MapOp::Abs.apply(&parts[0]));
    let other = LazyArray::map_blocks(other, std::slice::from_ref(&x), DType::F64).unwrap();
    let text = session().encode(&[other]).unwrap_err().to_string();
    assert!(text.contains("another function"), "{text}");
    // The other side has to know it, too.
    let bytes = session().encode(&[closure]).unwrap();
    let text = plain.decode(&bytes).unwrap_err().to_string();
    assert!(text.contains("no function \"negative\""), "{text}");
}

#[test]
fn other_messages_and_versions_are_refused() {
    let here = session();
    let x = reduced("mean", &numbers(&[4]), &[0]);
    let bytes = here.encode(std::slice::from_ref(&x)).unwrap();
    let error = |bytes: &[u8]| here.decode(bytes).unwrap_err().to_string();
    assert!(error(b"").contains("too short"));
    assert!(error(b"CDF\x01....").contains("GRTW"));
    let mut newer = bytes.clone();
    newer[4] = 9;
    assert!(error(&newer).contains("version 9"), "{}", error(&newer));
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(error(&longer).contains("left over"), "{}", error(&longer));
    for n in 0..bytes.len() {
        here.decode(&bytes[..n]).unwrap_err();
    }
    assert!(here.run_task(&bytes).unwrap_err().to_string().contains("kind 1"));
    assert!(Partial::decode(&bytes).is_err() && here.decode_plan(&bytes).is_err());
}

/// Small messages that ask for much.
#[test]
fn little_cannot_ask_for_much() {
    let here = session();
    let error = |x: LazyArray| {
        let bytes = here.encode(&[x]).unwrap();
        assert!(bytes.len() < 2000);
        here.decode(&bytes).unwrap_err().to_string()
    };
    let long = |n: usize| LazyArray::constant(Array::scalar(1.0)).broadcast(&[None], &[n]).unwrap();
    let text = error(long(usize::MAX / 2));
    assert!(text.contains("an array of 1 axes"), "{text}");
    let cut = |n, k| long(n).rechunk(ChunkGrid::even(&[n], &[k])).unwrap();
    let pieces = vec![cut(1 << 16, 1); 300];
    assert!(error(LazyArray::concat(&pieces, 0).unwrap()).contains("too many pieces"));
}

#[test]
fn results_of_other_tasks_are_not_added() {
    use graticule_lazy::Assembly;
    let here = Session::builder().threads(1).cuts(64, 3).build();
    let codes: Arc<[u32]> = (0..60).map(|i| i / 7).collect();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let grouped = numbers(&[60, 3]).reduce_grouped(mean, 0, codes, 9, &[]).unwrap();
    let plan = here.plan(&[grouped, reduced("max", &numbers(&[8, 8]), &[1])]).unwrap();
    assert!(plan.stages() == 2 && plan.tasks(0) > 2, "{plan}");
    let assembly = Assembly::new(&plan);
    for (stage, task) in [(0, 0), (1, 0)] {
        let other = assembly.run_task(1 - stage, task).unwrap();
        let text = assembly.add(stage, task, other).unwrap_err().to_string();
        assert!(text.contains("does not belong to its task"), "{text}");
    }
    let text = assembly.run_task(0, plan.tasks(0)).unwrap_err().to_string();
    assert!(text.contains("no task"), "{text}");
    let text = assembly.finish().unwrap_err().to_string();
    assert!(text.contains("were not run"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    /// Whatever arrives is an expression or an error.
    #[test]
    fn damaged_messages_do_no_harm(seed: u64) {
        let mut rng = Rng::new(seed);
        let all = everything();
        let here = session();
        let x = match rng.below(2) {
            0 => all[rng.below(all.len())].1.clone(),
            _ => random::expression(&mut rng, 4).lazy,
        };
        let bytes = here.encode(&[x]).unwrap();
        for _ in 0..60 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + rng.below(3) {
                let at = 7 + rng.below(damaged.len() - 7);
                damaged[at] = match rng.below(3) {
                    0 => 0xff,
                    1 => damaged[at] ^ (1 << rng.below(8)),
                    _ => rng.below(256) as u8,
                };
            }
            if let Ok(made) = here.decode(&damaged) {
                let again = here.encode(&made).unwrap();
                prop_assert_eq!(here.encode(&here.decode(&again).unwrap()).unwrap(), again);
            }
        }
    }
}

#[test]
fn the_same_bits_from_a_task_of_nothing_else() {
    // No groups, no elements, several passes: the corners of what a task is.
    let empty = reduced("sum", &numbers(&[0, 3]), &[0]);
    let here = Session::builder().threads(1).cuts(64, 3).build();
    let posted = Session::builder()
        .threads(1)
        .cuts(64, 3)
        .executor(Arc::new(crate::laws::Posted(1)))
        .build();
    let a = here.compute(std::slice::from_ref(&empty)).unwrap();
    assert_eq!(bits(&posted.compute(&[empty]).unwrap()[0]), bits(&a[0]));
}
