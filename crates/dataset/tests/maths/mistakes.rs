//! Mistakes in whole plans: names, types, units, calendars, labels, lengths, chunks, sizes. All are
//! caught before anything is read, and say which operand, what was expected, and what to do.

use std::sync::Arc;

use graticule_array::{Array, DType, Result, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_dataset::{
    Boundary, CombineOptions, DataArray, Dataset, InterpOptions, Interpolation, PadMode, UnitMode,
    UserFn, apply_ufunc, bins, combine, combine_by_coords, concat, cov, dot, every, merge, polyval,
};
use graticule_lazy::{LazyArray, Memory, Session};
use graticule_storage::{CountingSource, FillSource, MemorySource};

fn times(calendar: Calendar, n: usize) -> Array {
    let kind = TimeType { unit: TimeUnit::Second, calendar };
    let ticks = (0..n as i64).map(|d| d * 86_400).collect::<Vec<_>>();
    Array::from_vec([n], ticks).unwrap().with_dtype(DType::Time(kind)).unwrap()
}

fn lazy(data: Array, counts: &mut Vec<CountingSource>) -> LazyArray {
    let source = CountingSource::new(Arc::new(MemorySource::new(data)));
    counts.push(source.clone());
    LazyArray::read(Arc::new(source))
}

fn text<T>(made: Result<T>) -> String {
    made.err().map_or_else(|| "NO FAULT".into(), |e| e.to_string())
}

fn of(array: &DataArray) -> String {
    array.fault().map_or_else(|| "NO FAULT".into(), ToString::to_string)
}

fn set(set: &Dataset) -> String {
    set.fault().map_or_else(|| "NO FAULT".into(), ToString::to_string)
}

#[test]
#[allow(clippy::too_many_lines)] // a table
fn sixty_mistakes_are_caught_before_anything_is_read() {
    let mut counts = Vec::new();
    let t = DataArray::new(
        "t2m",
        ["time", "lat"],
        lazy(Array::from_vec([4, 3], vec![280.0f32; 12]).unwrap(), &mut counts),
    )
    .with_coord("time", "time", times(Calendar::Standard, 4))
    .with_coord("lat", "lat", vec![10.0, 20.0, 30.0])
    .with_attr("units", "K");
    let moved = DataArray::new(
        "z",
        ["time", "lat"],
        lazy(Array::from_vec([4, 3], vec![1.0f32; 12]).unwrap(), &mut counts),
    )
    .with_coord("time", "time", times(Calendar::Standard, 4))
    .with_coord("lat", "lat", vec![10.0, 20.5, 30.0])
    .with_attr("units", "m");
    let short = DataArray::new(
        "short",
        ["time", "lat"],
        lazy(Array::from_vec([4, 2], vec![1.0f32; 8]).unwrap(), &mut counts),
    );
    let noleap = DataArray::new(
        "noleap",
        ["time", "lat"],
        lazy(Array::from_vec([4, 3], vec![1.0f32; 12]).unwrap(), &mut counts),
    )
    .with_coord("time", "time", times(Calendar::NoLeap, 4))
    .with_coord("lat", "lat", vec![10.0, 20.0, 30.0]);
    let words = DataArray::new(
        "names",
        "lat",
        lazy(
            Array::from_vec([3], ["a", "b", "c"].map(graticule_array::Text::from).to_vec())
                .unwrap(),
            &mut counts,
        ),
    );
    let when = DataArray::new("when", "lat", times(Calendar::Standard, 3));
    let ds = Dataset::new()
        .with_variable("t2m", t.variable())
        .with_coord("time", "time", times(Calendar::Standard, 4))
        .with_coord("lat", "lat", vec![10.0, 20.0, 30.0]);
    let strict = |x: &DataArray| x.clone().with_unit_mode(UnitMode::Strict);
    let same = UserFn::of_blocks("same", |parts: &[Array]| Ok(parts[0].clone()));
    let huge = DataArray::new(
        "huge",
        ["a", "b"],
        LazyArray::read(Arc::new(FillSource::new(
            DType::F64,
            graticule_array::ChunkGrid::even(&[1 << 40, 1 << 40], &[1024, 1024]),
            None,
        ))),
    );
    let tight = Session::builder().threads(1).memory(Memory::new(20_000)).build();
    let cases: Vec<(&str, String, &[&str])> = vec![
        // Names.
        (
            "reduce",
            of(&t.mean("lta")),
            &[
                "\"t2m\"",
                "no dimension \"lta\"",
                "time: 4, lat: 3",
                "did you mean \"lat\"?",
                "mean(\"lta\")",
                "mistakes.rs:",
            ],
        ),
        ("reduce two", of(&t.mean(["time", "lon"])), &["no dimension \"lon\"", "time: 4, lat: 3"]),
        ("variable", of(&ds["t2n"]), &["no variable \"t2n\"", "did you mean \"t2m\"?"]),
        (
            "rename",
            set(&ds.rename([("t2n", "t")])),
            &["no variable \"t2n\"", "did you mean \"t2m\"?"],
        ),
        ("drop", set(&ds.drop_vars("t2n")), &["no variable \"t2n\"", "did you mean \"t2m\"?"]),
        (
            "transpose",
            of(&t.transpose(["lon", "lat"])),
            &["no dimension \"lon\"", "time: 4, lat: 3"],
        ),
        (
            "rolling",
            of(&t.rolling("tiem", 3).mean()),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "coarsen",
            of(&t.coarsen("tiem", 2).mean()),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "diff",
            of(&t.diff("tiem", 1)),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "shift",
            of(&t.shift("tiem", 1)),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "pad",
            of(&t.pad("tiem", 1, 1, PadMode::edge())),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "cumsum",
            of(&t.cumsum("tiem")),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "groupby",
            of(&t.groupby("time.mnth").mean("time")),
            &["no field \"mnth\"", "did you mean \"month\"?"],
        ),
        (
            "groupby key",
            of(&t.groupby("tiem.month").mean("time")),
            &["no variable \"tiem\"", "did you mean \"time\"?"],
        ),
        ("sortby", of(&t.sortby("lta")), &["no variable \"lta\"", "did you mean \"lat\"?"]),
        (
            "quantile",
            of(&t.quantile(0.5, "tiem")),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "polyfit",
            set(&t.polyfit("tiem", 1)),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        (
            "interp",
            of(&t.interp("lta", vec![11.0])),
            &["no dimension \"lta\"", "did you mean \"lat\"?"],
        ),
        (
            "integrate",
            of(&t.integrate("tiem")),
            &["no dimension \"tiem\"", "time: 4, lat: 3", "did you mean \"time\"?"],
        ),
        ("field", of(&t["time"].dt("mnth")), &["no field \"mnth\"", "did you mean \"month\"?"]),
        // Types.
        (
            "mean of text",
            of(&words.mean("lat")),
            &["\"names\"", "\"mean\" is not defined for str", "numbers"],
        ),
        (
            "text + number",
            of(&(&words + 1.0)),
            &["\"names\"", "str and float64", "cast one of them first"],
        ),
        ("sqrt of text", of(&words.sqrt()), &["\"sqrt\" is not defined for str", "cast"]),
        (
            "time + time",
            of(&(&when + &when)),
            &["\"when\"", "datetime64[s] and datetime64[s]", "subtract times"],
        ),
        ("time * 2", of(&(&when * 2.0)), &["datetime64[s] and float64", "as a duration"]),
        (
            "std of times",
            of(&when.std("lat")),
            &["\"std\" is not defined for datetime64[s]", "cast to int64"],
        ),
        ("where number", of(&t.where_(&t)), &["must be bool, found float32", "compare first"]),
        ("astype", of(&t.astype("flaot64")), &["\"flaot64\"", "did you mean \"float64\"?"]),
        (
            "dt of numbers",
            of(&t.dt("month")),
            &["\"month\" is a field of times", "float32", "decoded"],
        ),
        ("bits of floats", of(&t.all_bits(3)), &["float32 have no bits", "cast"]),
        ("text < number", of(&words.lt(3.0)), &["str and float64", "cast one"]),
        ("fill", of(&t.fillna("none")), &["from str to float32"]),
        (
            "resample by numbers",
            of(&t.resample("lat", "MS").mean()),
            &["\"MS\" needs times", "float64"],
        ),
        // Units.
        (
            "units",
            of(&(strict(&t)
                + strict(&moved.clone().with_coord("lat", "lat", vec![10.0, 20.0, 30.0])))),
            &["\"K\" and \"m\" differ", "convert_units(\"K\")"],
        ),
        (
            "no unit",
            of(&(strict(&t) + DataArray::new("x", "lat", vec![1.0, 2.0, 3.0]))),
            &["one operand has no units", "with_attr(\"units\""],
        ),
        ("exp of kelvin", of(&strict(&t).exp()), &["pure numbers", "\"K\"", "divide by"]),
        ("convert", of(&t.convert_units("kg")), &["\"K\" (K) cannot be converted to \"kg\" (kg)"]),
        ("unit", of(&t.convert_units("kelvni")), &["\"kelvni\"", "did you mean \"kelvin\"?"]),
        // Calendars.
        ("calendars", of(&(&t + &noleap)), &["\"time\"", "standard and noleap", "with_join"]),
        (
            "calendar",
            of(&t.convert_calendar("lat", Calendar::NoLeap)),
            &["\"lat\" holds float64", "the dimension of the times"],
        ),
        (
            "frequency",
            of(&t.resample("time", "2 fortnights").mean()),
            &["\"2 fortnights\"", "expected a multiple", "\"3h\""],
        ),
        ("time units", of(&(t["time"].clone() - noleap["time"].clone())), &["standard and noleap"]),
        // Labels and lengths.
        ("labels", of(&(&t + &moved)), &["\"lat\"", "position 1: 20.0 and 20.5", "Join::Inner"]),
        ("lengths", of(&(&t + &short)), &["\"lat\"", "3 and 2", "select the same part"]),
        (
            "merge",
            text(merge(&[t.to_dataset(), moved.with_name("t2m").to_dataset()])),
            &["\"lat\"", "dataset 1", "dataset 2", "20.0 and 20.5", "Join::Outer"],
        ),
        (
            "concat dim",
            text(concat(&[t.clone(), short.clone()], "time")),
            &[
                "\"lat\" has the length 3 in array 1 (\"t2m\") and 2 in array 2 (\"short\")",
                "Lacking::Fill",
            ],
        ),
        (
            "concat types",
            text(concat(&[words.clone(), when.clone()], "lat")),
            &["str in array 1 (\"names\")", "datetime64[s] in array 2 (\"when\")"],
        ),
        ("combine", text(combine(&[], &CombineOptions::default())), &["nothing to combine"]),
        (
            "by coords",
            text(combine_by_coords(
                &[short.to_dataset(), short.to_dataset()],
                &CombineOptions::default(),
            )),
            &["dataset 1, dataset 2", "give the dimension"],
        ),
        ("dot", of(&dot([&t, &short], "lat")), &["\"lat\"", "3 and 2"]),
        (
            "coordinate",
            of(&t.clone().with_coord("lat", "lat", vec![1.0, 2.0])),
            &["conflicting sizes", "\"lat\"", "3 in", "2 in"],
        ),
        (
            "variable length",
            set(&ds.clone().with_var("v", "lat", vec![1.0])),
            &["conflicting sizes", "3 in \"t2m\", 1 in \"v\""],
        ),
        (
            "interp of text",
            of(&t.interp("lat", vec!["a"])),
            &["str on a coordinate of float64", "labels of the coordinate"],
        ),
        (
            "bins",
            of(&t.groupby_bins("lat", bins(vec![3.0])).mean("lat")),
            &["1 edges", "two or more"],
        ),
        (
            "polyval",
            of(&polyval(&t, &DataArray::new("c", "deg", vec![1.0]))),
            &["no coordinate \"degree\""],
        ),
        // Arguments.
        ("window", of(&t.rolling("time", 0).mean()), &["no elements along \"time\""]),
        (
            "min_periods",
            of(&t.rolling("time", 3).min_periods(4).mean()),
            &["min_periods(4) of windows of 3", "at most 3"],
        ),
        (
            "block",
            of(&t.coarsen("time", 3).boundary(Boundary::Exact).mean()),
            &["blocks of 3", "\"time\" of length 4", "Boundary::Trim"],
        ),
        ("q", of(&t.quantile(1.5, "time")), &["1.5 does not lie between 0 and 1", "0.95"]),
        (
            "spline",
            of(&t.interp_with(
                "time",
                times(Calendar::Standard, 2),
                InterpOptions::from(Interpolation::Spline(9)),
            )),
            &["needs 10 elements, found 4"],
        ),
        // Chunks and sizes.
        ("chunks", of(&t.chunk("time", [3, 2])), &["[3, 2] along \"time\"", "add up to 4"]),
        (
            "chunk of nothing",
            of(&t.chunk("time", 0)),
            &["length 0 along \"time\" of length 4", "-1"],
        ),
        ("chunks by", of(&t.chunk("lat", every("MS"))), &["needs times", "float64"]),
        (
            "core",
            of(&apply_ufunc(&same.clone().input("lon").output([("lon", 3)]), [&t])),
            &["no dimension \"lon\""],
        ),
        (
            "weighted",
            of(&t.weighted(&DataArray::new("w", "lat", vec![1.0; 3])).mean("tiem")),
            &["no dimension \"tiem\"", "did you mean \"time\"?"],
        ),
        (
            "weights",
            of(&t.weighted(&DataArray::new("w", "lat", vec![1.0; 2])).mean("lat")),
            &["\"lat\"", "3 and 2"],
        ),
        ("cov", of(&cov(&t, &t, "tiem")), &["no dimension \"tiem\"", "did you mean \"time\"?"]),
        ("swap", of(&t.swap_dims([("lta", "x")])), &["\"lta\"", "did you mean \"lat\"?"]),
        ("head", of(&t.head("tiem", 2)), &["no dimension \"tiem\"", "did you mean \"time\"?"]),
        ("where text", of(&t.where_(&words)), &["must be bool, found str", "compare first"]),
        (
            "too large",
            text((&huge + &huge.rename([("a", "c"), ("b", "d")])).explain()),
            &["budget"],
        ),
        (
            "memory",
            text(tight.plan(&[huge.variable().data().clone()])),
            &["memory budget is 20.0 kB", "write the result to a file"],
        ),
    ];
    for (what, text, words) in &cases {
        let place = text.contains("mistakes.rs:") || !text.contains("\n  in   ");
        assert!(place, "{what}: {text}\nsays not where it was made");
        for word in *words {
            assert!(text.contains(word), "{what}: {text}\nlacks {word}");
        }
    }
    assert!(cases.len() >= 60, "{}", cases.len());
    assert!(counts.iter().all(|c| c.reads() == 0), "no mistake costs a read");
}
