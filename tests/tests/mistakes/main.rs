//! Mistakes that people make: each is caught as it is made, before any data is read, by a message
//! that names what was asked, what there is, and mostly what to do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use graticule::lazy::LazyArray;
use graticule::storage::{CountingSource, MemorySource};
use graticule::*;

type Made = std::result::Result<(), Error>;

fn array(made: DataArray) -> Made {
    made.check().map(|_| ())
}

fn set(made: Dataset) -> Made {
    made.check().map(|_| ())
}

fn any<T>(made: Result<T>) -> Made {
    made.map(|_| ())
}

/// Temperatures that are still to be read: 24 months, two latitudes, three longitudes.
struct World {
    counted: CountingSource,
    t: DataArray,
    ds: Dataset,
}

fn world() -> World {
    let values = Array::from_vec([24, 2, 3], vec![280.0; 144]).unwrap();
    let counted = CountingSource::new(Arc::new(MemorySource::new(values)));
    let data = LazyArray::read(Arc::new(counted.clone()));
    let ds = Dataset::new()
        .with_coord("time", "time", date_range("2001-01-01").periods(24).freq("MS"))
        .with_coord("lat", "lat", vec![50.0, 60.0])
        .with_coord("lon", "lon", vec![0.0, 10.0, 20.0])
        .with_coord("station", "lat", vec!["a", "b"])
        .with_variable(
            "t",
            Variable::new(["time", "lat", "lon"], data)
                .unwrap()
                .with_attrs(Attrs::new().with("units", "K")),
        );
    World { counted, t: ds["t"].clone(), ds }
}

/// A mistake, and words that its message must hold.
type Case = (&'static str, Made, &'static [&'static str]);

fn selections(w: &World) -> Vec<Case> {
    let t = &w.t;
    vec![
        ("isel of no dimension", array(t.isel("tiem", 0)), &["tiem", "time"]),
        ("isel out of range", array(t.isel("lat", 2)), &["lat", "2", "out of range"]),
        ("isel far out of range", array(t.isel("time", -25)), &["time", "-25"]),
        ("isel with a short mask", array(t.isel("lat", vec![true])), &["lat", "1", "2"]),
        ("sel of no coordinate", array(t.sel("latitude", 50.0)), &["latitude", "lat"]),
        ("sel of no label", array(t.sel("lat", 55.0)), &["55", "nearest", "50"]),
        ("sel of text among numbers", array(t.sel("lat", "north")), &["lat", "north"]),
        ("sel of a number among times", array(t.sel("time", 3)), &["time", "3"]),
        ("sel of no date", array(t.sel("time", "2001-13")), &["2001-13"]),
        ("sel of a date outside", array(t.sel("time", "1999")), &["1999", "time"]),
        ("nearest beyond the tolerance", array(t.sel("lat", near(57.0).within(1.0))), &["57", "1"]),
        ("sel along no index", array(t.sel("station", "c")), &["station"]),
        ("drop_sel of no label", array(t.drop_sel("lat", [55.0])), &["55"]),
        ("drop_isel out of range", array(t.drop_isel("lat", [7])), &["lat", "7"]),
        ("head of no dimension", array(t.head("x", 2)), &["x", "lat"]),
        ("squeeze of a long dimension", array(t.squeeze("lat")), &["lat", "2"]),
        ("an unknown variable", array(w.ds.var("temp")), &["temp", "t"]),
        ("keep of an unknown variable", set(w.ds.keep(["u"])), &["u"]),
        (
            "where with another shape",
            array(t.where_(DataArray::new("m", "lat", vec![true; 3]))),
            &["lat", "2", "3"],
        ),
        (
            "where with numbers",
            array(t.where_(DataArray::new("m", "lat", vec![1.0, 0.0]))),
            &["bool"],
        ),
    ]
}

fn arithmetic(w: &World) -> Vec<Case> {
    let t = &w.t;
    let longer = DataArray::new("u", "lat", vec![1.0; 3]);
    let shifted =
        DataArray::new("u", "lat", vec![1.0, 2.0]).with_coord("lat", "lat", vec![50.0, 61.0]);
    let close =
        DataArray::new("u", "lat", vec![1.0; 2]).with_coord("lat", "lat", vec![50.0, 60.0 + 1e-9]);
    let texts = DataArray::new("s", "lat", vec!["a", "b"]);
    let noleap = DataArray::new("v", "time", vec![1.0; 24]).with_coord(
        "time",
        "time",
        date_range("2001-01-01").periods(24).freq("MS").calendar("noleap"),
    );
    vec![
        ("other lengths", array(t + &longer), &["lat", "2", "3"]),
        ("other labels", array(t + &shifted), &["lat", "60", "61"]),
        ("labels that nearly agree", array(t + &close), &["lat", "tolerance"]),
        ("numbers and texts", array(t + &texts), &["str"]),
        ("other calendars", array(t + &noleap), &["time", "calendar"]),
        ("the root of text", array(texts.sqrt()), &["str"]),
        ("not of numbers", array(t.not()), &["truth values"]),
        ("an unknown type", array(t.astype("flota32")), &["flota32"]),
        ("the month of a temperature", array(t.dt("month")), &["month", "times"]),
        ("an unknown field of time", array(t["time"].dt("mnth")), &["mnth", "month"]),
        ("dot over no dimension", array(t.dot(&longer, "height")), &["height"]),
        ("units of another kind", array(t.convert_units("m")), &["K", "m"]),
        ("unknown units", array(t.convert_units("klevin")), &["klevin"]),
        ("differences along nothing", array(t.diff("x", 1)), &["x"]),
        ("a shift along nothing", array(t.shift("x", 1)), &["x"]),
        ("a running sum along nothing", array(t.cumsum("x")), &["x"]),
    ]
}

fn analysis(w: &World) -> Vec<Case> {
    let t = &w.t;
    vec![
        ("a mean over no dimension", array(t.mean("tme")), &["tme", "time"]),
        ("a mean over a dimension twice", array(t.mean(["lat", "lat"])), &["lat", "twice"]),
        ("a mean of text", array(DataArray::new("s", "x", vec!["a"]).mean("x")), &["str"]),
        ("a quantile above one", array(t.quantile(90.0, "time")), &["90", "1"]),
        ("a quantile of nothing", array(t.quantile(f64::NAN, "time")), &["NaN"]),
        ("groups of no coordinate", array(t.groupby("season").mean("time")), &["season"]),
        ("groups of no field of time", array(t.groupby("time.mont").mean("time")), &["mont"]),
        ("groups over another dimension", array(t.groupby("time.month").mean("x")), &["x"]),
        ("an unknown frequency", array(t.resample("time", "1M").mean()), &["1M", "ME"]),
        ("resampling numbers", array(t.resample("lat", "MS").mean()), &["lat", "time"]),
        ("resampling nothing", array(t.resample("t", "MS").mean()), &["t"]),
        ("a window of no length", array(t.rolling("time", 0).mean()), &["0"]),
        ("a window along nothing", array(t.rolling("x", 3).mean()), &["x"]),
        ("blocks that do not fit", array(t.coarsen("lon", 2).mean()), &["lon", "3", "2"]),
        ("blocks of no length", array(t.coarsen("lon", 0).mean()), &["0"]),
        (
            "weights of text",
            array(t.weighted(&DataArray::new("w", "lat", vec!["a", "b"])).mean("lat")),
            &["str"],
        ),
        (
            "bins in no order",
            array(t.groupby_bins("lat", bins([60, 50])).mean("lat")),
            &["60", "50"],
        ),
        ("interpolation along nothing", array(t.interp("height", 2.0)), &["height"]),
        ("a slope along nothing", array(t.differentiate("height")), &["height"]),
        ("a fit along nothing", set(t.polyfit("height", 1)), &["height"]),
        ("the place of the extreme along nothing", array(t.idxmax("x")), &["x"]),
        (
            "a calendar of numbers",
            array(t.convert_calendar("lat", Calendar::NoLeap)),
            &["lat", "times"],
        ),
        (
            "a calendar without days in common",
            array(t.convert_calendar("time", Calendar::Day360)),
            &["360_day", "AlignOn"],
        ),
    ]
}

fn shapes(w: &World) -> Vec<Case> {
    let t = &w.t;
    let at = |x: [i32; 2]| DataArray::new("v", "x", vec![1, 2]).with_coord("x", "x", x.to_vec());
    let other = Dataset::new().with_coord("x", "x", vec![1]).with_var("v", "x", vec![1.0]);
    let clash = Dataset::new().with_coord("x", "x", vec![1]).with_var("v", "x", vec![2.0]);
    vec![
        (
            "too few values",
            array(DataArray::new("v", ["y", "x"], (vec![1, 2, 3], [2, 2]))),
            &["3", "4"],
        ),
        ("too few names", array(DataArray::new("v", "x", (vec![1, 2, 3, 4], [2, 2]))), &["1", "2"]),
        (
            "a dimension twice",
            array(DataArray::new("v", ["x", "x"], (vec![1, 2, 3, 4], [2, 2]))),
            &["x", "twice"],
        ),
        ("a dimension without a name", array(DataArray::new("v", "", vec![1])), &["empty"]),
        (
            "variables of other lengths",
            set(w.ds.clone().with_var("u", "lat", vec![1.0; 3])),
            &["lat", "2", "3"],
        ),
        (
            "a coordinate of another length",
            array(t.clone().with_coord("lev", "lon", vec![1, 2])),
            &["lon", "3", "2"],
        ),
        ("an order of unknown names", array(t.transpose(["lat", "lon", "tim"])), &["tim"]),
        ("renaming nothing", array(t.rename([("height", "z")])), &["height"]),
        ("renaming to a name in use", array(t.rename([("lat", "lon")])), &["lon"]),
        ("a dimension that is there", array(t.expand_dims("lat")), &["lat"]),
        ("stacking nothing", array(t.stack("z", ["lat", "height"])), &["height"]),
        ("unstacking what is not stacked", array(t.unstack("lat")), &["lat"]),
        ("sorting by nothing", array(t.sortby("height")), &["height"]),
        ("dropping an unknown variable", set(w.ds.drop_vars(["u"])), &["u"]),
        ("padding nothing", array(t.pad("x", 1, 1, PadMode::edge())), &["x"]),
        (
            "an exact join of other labels",
            any(align(&[at([1, 2]), at([2, 3])], &Join::Exact.into())),
            &["x", "1", "2"],
        ),
        ("two values for one cell", any(merge(&[other.clone(), clash])), &["v"]),
        ("joining nothing", any(concat::<Dataset>(&[], "x")), &["nothing"]),
        ("an index of duplicates", array(at([1, 1]).reindex("x", vec![1, 2])), &["x", "1"]),
        ("writing a format that is not known", other.write("a.xyz"), &["xyz"]),
        ("opening nothing", any(open_dataset("no/such/file.nc")), &["no/such/file.nc"]),
        ("a pattern that matches nothing", any(open_mfdataset("no/such/*.nc")), &["no/such/*.nc"]),
    ]
}

fn later_verbs(w: &World) -> Vec<Case> {
    let t = &w.t;
    let strict = t.strict();
    let (one, two) = (t.isel("time", 0..1), t.isel("time", 1..2));
    let with =
        |options: CombineOptions| any(concat_with(&[one.clone(), two.clone()], "time", &options));
    let moved = t.clone().with_coord("lat", "lat", vec![60.0, 70.0]);
    let sum = UserFn::of_lines("sum", |_, _| ()).input(()).input(());
    vec![
        (
            "an empty range, strictly",
            array(strict.sel("lat", 70.0..=80.0)),
            &["lat", "70", "50.0 to 60.0"],
        ),
        (
            "an empty year, strictly",
            array(strict.sel("time", dates().year(1999))),
            &["1999", "2001"],
        ),
        (
            "a lenient join, strictly",
            array(strict.with_join(Join::Inner) + &moved),
            &["dropped label", "lat"],
        ),
        ("a thirteenth month", array(t.sel("time", dates().month(13))), &["13", "1 to 12"]),
        (
            "the month of a latitude",
            array(t.sel("lat", dates().month(7))),
            &["month(7)", "float64"],
        ),
        ("sel_drop of no label", array(t.sel_drop("lat", 55.0)), &["55", "nearest", "50"]),
        ("isel_drop out of range", array(t.isel_drop("lon", 3)), &["lon", "3"]),
        (
            "samples that a variable lacks",
            array(w.ds.clone().with_var("s", "lat", vec![1.0; 2]).to_stacked_array("f", "time")),
            &["s", "time"],
        ),
        ("samples of no dimension", array(w.ds.to_stacked_array("f", "tiem")), &["tiem", "time"]),
        (
            "unstacking what holds no variables",
            set(t.to_unstacked_dataset("lat")),
            &["lat", "multi-index"],
        ),
        (
            "too few positions",
            with(CombineOptions::new().positions([[0]])),
            &["1 lists", "2 objects"],
        ),
        (
            "a position twice",
            with(CombineOptions::new().positions([[0], [0]])),
            &["0 occurs twice"],
        ),
        (
            "a position beyond",
            with(CombineOptions::new().positions([[0], [2]])),
            &["2 is out of range"],
        ),
        (
            "edges of labels in no order",
            array(
                t.isel("lon", [0, 2, 1])
                    .set_xindex("lon", IntervalIndex::closed(Closed::Left).labels_at(Locus::Start)),
            ),
            &["lon", "monotonic"],
        ),
        ("a function of other labels", array(apply_ufunc(&sum, [t, &moved])), &["lat", "50"]),
        ("a covariance of other labels", array(cov(t, &moved, "time")), &["lat", "50"]),
        ("a schema that is none", any(Schema::from_json("{}")), &["dims"]),
        (
            "a schema of no type",
            any(Schema::from_json(r#"{"dims":{},"variables":{"v":{"dims":[],"dtype":"flota"}}}"#)),
            &["v", "flota"],
        ),
        ("writing to no format", any(w.ds.write("a.nc")), &["to_netcdf"]),
    ]
}

#[test]
fn mistakes_are_caught_as_they_are_made() {
    let w = world();
    let groups = [selections(&w), arithmetic(&w), analysis(&w), shapes(&w), later_verbs(&w)];
    let cases: Vec<Case> = groups.into_iter().flatten().collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, made, words) in cases {
        match made {
            Ok(()) => wrong.push(format!("{name}: passed")),
            Err(error) => {
                let text = error.to_string();
                for word in words.iter().filter(|word| !text.contains(**word)) {
                    wrong.push(format!("{name}: does not say \"{word}\": {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(w.counted.reads(), 0, "a mistake was looked for in the data");
}
