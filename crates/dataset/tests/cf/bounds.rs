//! Bounds and cell methods through selections and reductions.

use graticule_dataset::{Attrs, DataArray, Dataset, Variable, mean};

/// Three months of means, with bounds as a coordinate.
fn months() -> Dataset {
    let time = Variable::new("time", vec![15.0, 45.0, 75.0])
        .unwrap()
        .with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let edges = vec![0.0, 31.0, 31.0, 59.0, 59.0, 90.0];
    let t = Variable::new(["time", "x"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [3, 2]))
        .unwrap()
        .with_attrs(Attrs::new().with("units", "K").with("cell_methods", "time: mean"));
    Dataset::new()
        .with_coord_variable("time", time)
        .with_coord("time_bnds", ["time", "nv"], (edges, [3, 2]))
        .with_variable("t", t)
}

fn values(x: &DataArray) -> Vec<f64> {
    x.values::<f64>().unwrap()
}

#[test]
fn bounds_travel_with_their_coordinate() {
    let ds = months();
    let t = ds.var("t");
    assert!(t.coords().has("time_bnds"), "an array has the bounds of its coordinates");
    assert_eq!(values(&t.sel("time", 45.0)["time_bnds"]), [31.0, 59.0]);
    assert_eq!(values(&t.isel("time", 1..)["time_bnds"]), [31.0, 59.0, 59.0, 90.0]);
    assert!(t.to_dataset().has("time_bnds"));
    let parts = [ds.isel("time", ..2), ds.isel("time", 2..)];
    let joined = graticule_dataset::concat(&parts, "time").unwrap();
    assert!(joined.is_coord("time_bnds"));
    assert_eq!(values(&joined["time_bnds"]), values(&ds["time_bnds"]));
}

#[test]
fn reductions_extend_bounds_to_the_union() {
    let ds = months();
    for made in [ds.var("t").mean("time"), ds.mean("time").var("t"), ds.var("t").mean(..)] {
        assert_eq!(values(&made["time"]), [45.0]);
        assert_eq!(values(&made["time_bnds"]), [0.0, 90.0]);
    }
    let bare = ds.var("t").reduce(mean().cell_methods(false), "time");
    assert!(!bare.coords().has("time") && !bare.coords().has("time_bnds"));
    assert_eq!(values(&ds.var("t").mean("x")["time_bnds"]), values(&ds["time_bnds"]));
}

#[test]
fn bounds_of_instants_extend_too() {
    let day = |n: i64| n * 86_400;
    let ticks = |values: Vec<i64>, shape: &[usize]| {
        use graticule_array::{Array, DType, TimeType};
        use graticule_cftime::{Calendar, TimeUnit};
        let time = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
        Array::from_vec(shape.to_vec(), values).unwrap().cast(&DType::Time(time)).unwrap()
    };
    let time = Variable::new("time", ticks(vec![day(1), day(3)], &[2]))
        .unwrap()
        .with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let edges = ticks(vec![day(0), day(2), day(2), day(4)], &[2, 2]);
    let ds = Dataset::new()
        .with_coord_variable("time", time)
        .with_coord("time_bnds", ["time", "nv"], edges)
        .with_var("t", "time", vec![1.0, 2.0]);
    let made = ds["t"].mean("time");
    assert_eq!(made.compute().unwrap()["time"].to_array().unwrap(), ticks(vec![day(2)], &[]));
    assert_eq!(made["time_bnds"].to_array().unwrap(), ticks(vec![day(0), day(4)], &[2]));
}

#[test]
fn reductions_add_cell_methods() {
    let ds = months();
    let methods = |x: &DataArray| x.attrs().text("cell_methods").map(str::to_owned);
    let t = ds.var("t");
    assert_eq!(methods(&t.max("x")).as_deref(), Some("time: mean x: maximum"));
    assert_eq!(methods(&t.var(["time", "x"])).as_deref(), Some("time: mean time: x: variance"));
    assert_eq!(methods(&t.count("x")), None);
    assert_eq!(methods(&t.reduce(mean().cell_methods(false), "x")).as_deref(), Some("time: mean"));
    let plain = DataArray::new("n", "x", vec![1.0]);
    assert!(plain.mean("x").attrs().is_empty(), "what has no metadata stays bare");
    let months = DataArray::new("month", "time", vec![1, 2, 1]);
    assert_eq!(
        methods(&t.groupby(&months).mean(())).as_deref(),
        Some("time: mean time: mean within years time: mean over years")
    );
}

#[test]
fn blocks_have_the_bounds_of_their_cells() {
    let ds = months();
    for made in [
        ds.isel("time", ..2).coarsen("time", 2).mean(),
        ds.isel("time", ..2).var("t").coarsen("time", 2).mean().to_dataset(),
    ] {
        assert_eq!(values(&made["time_bnds"]), [0.0, 59.0]);
        assert_eq!(values(&made["time"]), [30.0]);
        assert_eq!(made["t"].attrs().text("cell_methods"), Some("time: mean time: mean"));
        assert_eq!(made["time"].attrs().names().collect::<Vec<_>>(), ["bounds"]);
    }
    let falling = ds.isel("time", [2, 1, 0]).isel("time", 1..);
    let made = falling.coarsen("time", 2).mean();
    assert_eq!(values(&made["time_bnds"]), [0.0, 59.0]);
}

#[test]
fn roles_outlive_a_change_of_values() {
    use graticule_dataset::Encoding;
    let extra = Attrs::new().with("grid_mapping", "crs").with("coordinates", "a b");
    let t = DataArray::new("t", "x", vec![1.0])
        .with_encoding(Encoding { extra, ..Encoding::default() });
    let made = (&t + 1.0).encoding();
    assert_eq!(made.extra.text("grid_mapping"), Some("crs"));
    assert!(!made.extra.has("coordinates"));
}

#[test]
fn weighted_means_and_medians_say_so() {
    let ds = months();
    let weights = DataArray::new("w", "x", vec![1.0, 3.0]);
    let methods = |x: &DataArray| x.attrs().text("cell_methods").map(str::to_owned);
    let t = ds.var("t");
    assert_eq!(methods(&t.weighted(&weights).mean("x")).as_deref(), Some("time: mean x: mean"));
    assert_eq!(methods(&t.median("x")).as_deref(), Some("time: mean x: median"));
}

/// Days of some years of a calendar without leap days, each from midnight to midnight.
fn daily(years: usize) -> Dataset {
    use graticule_dataset::date_range;
    let n = years * 365;
    let at = |start: &str| date_range(start).periods(n).freq("D").calendar("noleap").build();
    let (from, to) = (at("2001-01-01").unwrap(), at("2001-01-02").unwrap());
    let edges = [from, to].map(|a| DataArray::new("e", "time", a).expand_dims("nv").compute());
    let [from, to] = edges.map(Result::unwrap);
    let edges = graticule_dataset::concat(&[from.to_dataset(), to.to_dataset()], "nv").unwrap();
    let edges = edges.var("e").transpose(["time", "nv"]).compute().unwrap();
    let noon = date_range("2001-01-01T12").periods(n).freq("D").calendar("noleap");
    let time = DataArray::new("time", "time", noon).with_attr("bounds", "time_bnds");
    let t = DataArray::new("t", "time", (0..n).map(|i| i as f64).collect::<Vec<_>>())
        .with_attr("units", "K")
        .with_attr("cell_methods", "time: mean");
    Dataset::new()
        .with_coord_variable("time", time.variable())
        .with_coord_variable("time_bnds", edges.variable())
        .with_variable("t", t.variable())
}

/// The bounds of a coordinate as dates, and the attribute that names them.
fn told(ds: &Dataset, bounds: &str) -> Vec<String> {
    let cells = ds[bounds].compute().unwrap();
    let fields = ["year", "month", "day", "hour"].map(|f| cells.dt(f).values::<i64>().unwrap());
    let [y, m, d, h] = fields;
    let text = |i: usize| format!("{}-{:02}-{:02}T{:02}", y[i], m[i], d[i], h[i]);
    (0..y.len()).map(text).collect()
}

#[test]
fn bins_of_times_have_the_bounds_of_their_cells() {
    let ds = daily(2);
    let months = ds.resample("time", "MS").mean();
    assert_eq!(months["time_bnds"].dims().to_string(), "time, nv");
    let edges = told(&months, "time_bnds");
    assert_eq!(edges[..4], ["2001-01-01T00", "2001-02-01T00", "2001-02-01T00", "2001-03-01T00"]);
    assert_eq!(edges[46..], ["2002-12-01T00", "2003-01-01T00"]);
    assert_eq!(months.cf().bounds("time").unwrap().name(), Some("time_bnds"));
    assert_eq!(months["t"].attrs().text("cell_methods"), Some("time: mean time: mean"));
    // The ends of the cells, whatever the label.
    let ends = ds.resample("time", "ME").mean();
    assert_eq!(told(&ends, "time_bnds")[..2], edges[..2]);
    let medians = ds.resample("time", "MS").median();
    assert_eq!(told(&medians, "time_bnds"), edges);
    // Part of a month has part of its bounds, and a month without days the bin's.
    let gap = ds.isel("time", (10..20).chain(70..80).collect::<Vec<usize>>());
    let made = told(&gap.resample("time", "MS").mean(), "time_bnds");
    assert_eq!(made[..4], ["2001-01-11T00", "2001-01-21T00", "2001-02-01T00", "2001-03-01T00"]);
    let winters = ds.resample_seasons("time", ["DJF"]).mean();
    assert_eq!(told(&winters, "time_bnds"), ["2001-12-01T00", "2002-03-01T00"]);
    // Where only labels are taken, no bounds are left, nor their name.
    let filled = ds.resample("time", "12h").ffill();
    assert!(!filled.has("time_bnds") && filled["time"].attrs().is_empty());
    assert!(
        !ds.var("t")
            .resample("time", "MS")
            .reduce(mean().cell_methods(false), ())
            .coords()
            .has("time_bnds")
    );
}

/// CF 7.4: each group of a climatology runs over years.
#[test]
fn a_climatology_has_climatology_bounds() {
    let ds = daily(3);
    for made in [
        ds.groupby("time.month").mean("time"),
        ds.var("t").groupby("time.month").mean("time").to_dataset(),
    ] {
        assert_eq!(made["time"].dims().to_string(), "month");
        let edges = told(&made, "climatology_bounds");
        assert_eq!(
            edges[..4],
            ["2001-01-01T00", "2003-02-01T00", "2001-02-01T00", "2003-03-01T00"]
        );
        assert_eq!(edges[22..], ["2001-12-01T00", "2004-01-01T00"]);
        assert_eq!(told(&made, "time")[..2], ["2001-01-16T12", "2001-02-15T00"]);
        let bounds = made.cf().bounds("time").unwrap();
        assert_eq!(bounds.name(), Some("climatology_bounds"));
        assert_eq!(
            made["t"].attrs().text("cell_methods"),
            Some("time: mean time: mean within years time: mean over years")
        );
    }
    // Winters span the end of the year; the first one has two months.
    let winters = ds.groupby_seasons("time", ["DJFM", "MAM"]).mean("time");
    let edges = told(&winters, "climatology_bounds");
    assert_eq!(edges, ["2001-01-01T00", "2004-01-01T00", "2001-03-01T00", "2003-06-01T00"]);
    // Groups that follow each other are intervals.
    let years = ds.groupby("time.year").mean("time");
    assert_eq!(years["time"].dims().to_string(), "year");
    assert_eq!(told(&years, "time_bnds")[..2], ["2001-01-01T00", "2002-01-01T00"]);
    assert_eq!(years["t"].attrs().text("cell_methods"), Some("time: mean time: mean"));
    // Anomalies have the bounds of their own times.
    let anomaly = ds.groupby("time.month") - ds.groupby("time.month").mean("time");
    assert!(!anomaly.has("climatology_bounds"));
    assert_eq!(anomaly["time_bnds"].dims().to_string(), "time, nv");
    let months = ds.groupby("time.month").mean("time").swap_dims([("month", "time")]);
    assert_eq!(months["climatology_bounds"].dims().to_string(), "time, nv");
}

#[test]
fn windows_have_the_bounds_of_their_cells() {
    let ds = daily(1).isel("time", ..6);
    let made = ds.rolling("time", 3).mean();
    let edges = told(&made, "time_bnds");
    assert_eq!(edges[..2], ["2001-01-01T00", "2001-01-02T00"]);
    assert_eq!(edges[4..8], ["2001-01-01T00", "2001-01-04T00", "2001-01-02T00", "2001-01-05T00"]);
    let middle = told(&ds.rolling("time", 4).center(true).mean(), "time_bnds");
    assert_eq!(middle[4..6], ["2001-01-01T00", "2001-01-05T00"]);
    assert_eq!(middle[10..], ["2001-01-04T00", "2001-01-07T00"]);
    let months = self::months();
    assert_eq!(values(&months.var("t").rolling("time", 2).var()["time_bnds"])[2..4], [0.0, 59.0]);
    assert_eq!(months.var("t").rolling("time", 2).var().attrs().text("units"), Some("K2"));
}

/// Vertices of cells, and the cells between vertices, are each other's inverse.
#[test]
fn vertices_and_bounds_are_inverse() {
    let n = 4;
    let corner = |y: usize, x: usize| (y * 10 + x * x) as f64;
    let corners: Vec<f64> = (0..=2).flat_map(|y| (0..=n).map(move |x| corner(y, x))).collect();
    let given = DataArray::new("c", ["a", "b"], (corners.clone(), [3, n + 1]));
    let ds = Dataset::new()
        .with_coord("lon", ["y", "x"], (vec![0.0; 2 * n], [2, n]))
        .add_bounds_of_vertices("lon", &given);
    let bounds = ds.cf().bounds("lon").unwrap();
    assert_eq!((bounds.name(), bounds.shape()), (Some("lon_bnds"), vec![2, n, 4]));
    assert_eq!(values(&bounds)[..4], [corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0)]);
    let back = ds.cf().vertices("lon").unwrap();
    assert_eq!(values(&back), corners);
    assert_eq!(back.dims().to_string(), "y_vertices, x_vertices");
    // Turned the other way round they are the same vertices.
    let turned = ds["lon_bnds"].isel("bnds", [0, 3, 2, 1]).variable().clone();
    let turned = ds.clone().with_coord_variable("lon_bnds", turned);
    assert_eq!(values(&turned.cf().vertices("lon").unwrap()), corners);
    // Cells apart from each other share none.
    let gap = Dataset::new().with_coord_variable(
        "x",
        Variable::new("x", vec![0.0, 1.0]).unwrap().with_attrs(Attrs::new().with("bounds", "b")),
    );
    let gap = gap.with_var("b", ["x", "nv"], (vec![0.0, 0.4, 0.6, 1.0], [2, 2]));
    assert!(gap.cf().vertices("x").unwrap_err().to_string().contains("do not touch"));
    assert!(ds.add_bounds_of_vertices("lon", &back.isel("y_vertices", 0)).check().is_err());
    let line = Dataset::new().with_coord("x", "x", vec![1, 2]);
    let edges = DataArray::new("e", "v", vec![0.5, 1.5, 2.5]);
    let line = line.add_bounds_of_vertices("x", &edges);
    assert_eq!(values(&line.cf().vertices("x").unwrap()), [0.5, 1.5, 2.5]);
}
