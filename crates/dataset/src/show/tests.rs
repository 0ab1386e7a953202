use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graticule_array::{Array, ArrayMut, ChunkGrid, DType, Error, Region, Result, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_lazy::LazyArray;
use graticule_storage::{ChunkSource, SourceInfo};

use crate::{DataArray, Dataset, DisplayOptions};

/// A source that counts reads, and refuses them.
#[derive(Debug)]
struct Watched(SourceInfo, Arc<AtomicUsize>);

impl ChunkSource for Watched {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, _: &Region, _: ArrayMut<'_>) -> Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Err(Error::io("a display must not read"))
    }
}

fn times(n: usize) -> Array {
    let of = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let ticks: Vec<i64> = (0..n as i64).map(|d| d * 86_400).collect();
    Array::from_vec([n], ticks).unwrap().with_dtype(DType::Time(of)).unwrap()
}

#[test]
fn a_dataset_shows_like_xarrays_and_reads_nothing() {
    let reads = Arc::new(AtomicUsize::new(0));
    let shape = [365, 720, 1440];
    let info = SourceInfo {
        dtype: DType::F32,
        shape: shape.to_vec(),
        grid: ChunkGrid::even(&shape, &[1, 720, 1440]),
        whole_chunks: true,
        fill: None,
    };
    let source = Watched(info, reads.clone());
    let ds = Dataset::new()
        .with_coord("time", "time", times(365))
        .with_coord(
            "lat",
            "lat",
            (0..720).map(|i| -89.875 + 0.25 * f64::from(i)).collect::<Vec<_>>(),
        )
        .with_coord("zlev", (), 0.0f32)
        .with_var("sst", ["time", "lat", "lon"], LazyArray::read(Arc::new(source)))
        .with_var("name", "kind", vec!["a", "b"])
        .with_attr(
            "title",
            "NOAA/NCEI 1/4 Degree Daily Optimum Interpolation Sea Surface Temperature, v2.1",
        )
        .with_attr("levels", vec![1i16, 2]);
    let text = ds.to_string();
    let expected = "\
<graticule.Dataset> Size: 2GB
Dimensions:  (time: 365, lat: 720, lon: 1440, kind: 2)
Coordinates:
  * time     (time) datetime64[s] 3kB 1970-01-01 1970-01-02 ... 1970-12-31
  * lat      (lat) float64 6kB -89.88 -89.62 -89.38 -89.12 ... 89.38 89.62 89.88
    zlev     float32 4B 0.0
Data variables:
    sst      (time, lat, lon) float32 2GB ... chunks of (1, 720, 1440)
    name     (kind) str 64B 'a' 'b'
Attributes:
    title:    NOAA/NCEI 1/4 Degree Daily Optimum Interpolation Sea Surface Te...
    levels:   [1, 2]";
    assert_eq!(text, expected);
    assert_eq!(format!("{ds:?}"), text);
    let array = ds["sst"].isel("time", 0..10).to_string();
    assert!(
        array.starts_with("<graticule.DataArray 'sst' (time: 10, lat: 720, lon: 1440)> Size: 41MB\n[10368000 values of float32"),
        "{array}"
    );
    let _ = (ds.mean("time").to_string(), ds.coords().to_string(), ds.to_html());
    assert_eq!(reads.load(Ordering::Relaxed), 0);
}

#[test]
fn arrays_in_memory_show_their_values() {
    let x = DataArray::new("x", ["a", "b"], (vec![1.0, 2.5, f64::NAN, 4e-9], [2, 2])).with_coord(
        "b",
        "b",
        vec!["p", "q"],
    );
    let expected = "\
<graticule.DataArray 'x' (a: 2, b: 2)> Size: 32B
[[1.0, 2.5],
 [nan, 4e-09]]
Coordinates:
  * b        (b) str 64B 'p' 'q'";
    assert_eq!(x.to_string(), expected);
    let long = DataArray::new("", "x", (0..1000).collect::<Vec<i32>>());
    assert_eq!(
        long.to_string(),
        "<graticule.DataArray (x: 1000)> Size: 4kB\n[0, 1, 2, ..., 997, 998, 999]"
    );
    assert_eq!(Dataset::new().to_string().lines().last(), Some("    *empty*"));
}

#[test]
fn long_lists_leave_out_the_middle() {
    let ds = (0..40).fold(Dataset::new(), |ds, i| ds.with_var(format!("v{i}"), "x", vec![i]));
    let text = ds.to_string();
    assert!(text.contains("Data variables: (12/40)"), "{text}");
    assert!(text.contains("v5 ") && text.contains("\n    ...\n") && !text.contains("v20"));
    assert!(text.lines().all(|l| l.chars().count() <= 80));
}

#[test]
fn sizes_of_displays_are_values() {
    let mut ds = Dataset::new();
    for i in 0..20 {
        ds = ds.with_var(format!("variable_{i}"), "x", vec![f64::from(i); 100]);
    }
    let long = ds.display(&DisplayOptions::new().rows(40));
    let wide = ds.display(&DisplayOptions::new().width(200));
    let usual = ds.to_string();
    assert!(long.contains("variable_10") && !usual.contains("variable_10"));
    assert!(usual.lines().all(|l| l.chars().count() <= 80));
    assert!(wide.lines().any(|l| l.chars().count() > 150));
    let narrow = ds.display(&DisplayOptions::new().width(40).rows(4));
    assert!(narrow.lines().count() < 10 && narrow.contains("(4/20)"));
    assert_eq!(ds.to_string(), usual, "nothing is global");
}

#[test]
fn each_session_has_its_own_width() {
    let wide = graticule_lazy::Session::default().with_setting(DisplayOptions::new().width(160));
    let narrow =
        graticule_lazy::Session::default().with_setting(DisplayOptions::new().width(40).rows(3));
    let ds = (0..9).fold(Dataset::new(), |ds, i| {
        ds.with_var(format!("v{i}"), "x", (0..40).map(f64::from).collect::<Vec<_>>())
    });
    let longest = |text: String| text.lines().map(str::len).max().unwrap_or(0);
    let (w, n) = (ds.clone().with_session(&wide), ds.clone().with_session(&narrow));
    assert!(longest(w.to_string()) > 80 && longest(w["v1"].to_string()) > 80);
    assert!(longest(n.to_string()) < longest(ds.to_string()));
    assert!(n.to_string().lines().count() < ds.to_string().lines().count());
    assert!(longest(ds.to_string()) <= 80, "others are as they were");
    assert_eq!((&w * 2.0).to_string().lines().count(), ds.to_string().lines().count());
    // Asked for by name, the size is that.
    assert!(longest(w.display(&DisplayOptions::new().width(30))) < longest(ds.to_string()));
}
