//! One ocean, written by six models.
//!
//! Four longitudes, three latitudes, two depths, two months; the temperature in each cell tells
//! which it is: `1000 t + 100 k + 10 j + i`.

use graticule_array::{Array, Element};
use graticule_dataset::{AttrValue, Attrs, Dataset, Dims, Variable};

pub(super) const LON: [f64; 4] = [45.0, 135.0, 225.0, 315.0];
pub(super) const LAT: [f64; 3] = [-60.0, 0.0, 60.0];
const LAT_EDGES: [f64; 4] = [-90.0, -30.0, 30.0, 90.0];
const DEPTH: [f64; 2] = [5.0, 15.0];

pub(super) type Pairs<'a> = &'a [(&'a str, &'a str)];

pub(super) fn var<T: Element>(
    dims: &[&str],
    shape: &[usize],
    values: Vec<T>,
    attrs: Pairs<'_>,
) -> Variable {
    let dims: Dims = dims.iter().copied().collect();
    let attrs: Attrs = attrs.iter().copied().collect();
    Variable::new(dims, Array::from_vec(shape.to_vec(), values).unwrap()).unwrap().with_attrs(attrs)
}

/// The temperature over (time, lev, y, x), where column `i` of row `j` is that of the truth's
/// `(row(j), column(i))`.
fn temperature(
    dims: &[&str],
    row: impl Fn(usize) -> usize,
    column: impl Fn(usize) -> usize,
) -> Variable {
    let mut values = Vec::new();
    for t in 0..2 {
        for k in 0..2 {
            for j in 0..3 {
                for i in 0..4 {
                    values.push((1000 * t + 100 * k + 10 * row(j) + column(i)) as f32);
                }
            }
        }
    }
    let attrs = [("standard_name", "sea_water_potential_temperature"), ("units", "degC")];
    var(dims, &[2, 2, 3, 4], values, &attrs)
}

/// Numbers for each cell, row by row.
fn grid(value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..3).flat_map(|j| (0..4).map(move |i| (j, i))).map(|(j, i)| value(j, i)).collect()
}

/// The corners of cells, counterclockwise from the lower left one, in another order.
fn corners(order: [usize; 4], shift: impl Fn(f64) -> f64) -> [Vec<f64>; 2] {
    let cells = (0..3).flat_map(|j| (0..4).map(move |i| (j, i)));
    let mut both = [Vec::new(), Vec::new()];
    for (j, i) in cells {
        let (west, east) = (LON[i] - 45.0, LON[i] + 45.0);
        let (south, north) = (LAT_EDGES[j], LAT_EDGES[j + 1]);
        let ring = [(west, south), (east, south), (east, north), (west, north)];
        for at in order {
            both[0].push(shift(ring[at].0));
            both[1].push(ring[at].1);
        }
    }
    both
}

fn time(dim: &str, bounds: &str) -> Variable {
    let attrs = [("units", "days since 2001-01-01"), ("calendar", "noleap"), ("bounds", bounds)];
    var(&[dim], &[2], vec![15.5, 45.0], &attrs)
}

fn time_bounds(dim: &str, ends: &str) -> Variable {
    var(&[dim, ends], &[2, 2], vec![0.0, 31.0, 31.0, 59.0], &[])
}

fn depth(dim: &str, factor: f64, attrs: Pairs<'_>) -> Variable {
    var(&[dim], &[2], DEPTH.map(|d| d * factor).to_vec(), attrs)
}

fn depth_bounds(dim: &str, ends: &str, factor: f64) -> Variable {
    var(&[dim, ends], &[2, 2], [0.0, 10.0, 10.0, 20.0].map(|d| d * factor).to_vec(), &[])
}

const DEEP: (&str, &str) = ("standard_name", "depth");

/// A regular grid by the book; bounds are data variables, as files have them.
fn regular() -> Dataset {
    let east = [
        ("standard_name", "longitude"),
        ("units", "degrees_east"),
        ("axis", "X"),
        ("bounds", "lon_bnds"),
    ];
    let north = [
        ("standard_name", "latitude"),
        ("units", "degrees_north"),
        ("axis", "Y"),
        ("bounds", "lat_bnds"),
    ];
    let down = [DEEP, ("units", "m"), ("positive", "down"), ("axis", "Z"), ("bounds", "lev_bnds")];
    Dataset::new()
        .with_coord_variable("time", time("time", "time_bnds"))
        .with_coord_variable("lev", depth("lev", 1.0, &down))
        .with_coord_variable("lat", var(&["lat"], &[3], LAT.to_vec(), &north))
        .with_coord_variable("lon", var(&["lon"], &[4], LON.to_vec(), &east))
        .with_variable("time_bnds", time_bounds("time", "bnds"))
        .with_variable("lev_bnds", depth_bounds("lev", "bnds", 1.0))
        .with_variable(
            "lat_bnds",
            var(&["lat", "bnds"], &[3, 2], LAT_EDGES.windows(2).flatten().copied().collect(), &[]),
        )
        .with_variable(
            "lon_bnds",
            var(
                &["lon", "bnds"],
                &[4, 2],
                LON.iter().flat_map(|l| [l - 45.0, l + 45.0]).collect(),
                &[],
            ),
        )
        .with_variable("thetao", temperature(&["time", "lev", "lat", "lon"], |j| j, |i| i))
        .with_attr("source_id", "Regular-1")
}

/// NEMO's names, on dimensions without labels; corners in another order, centimetres.
fn nemo() -> Dataset {
    let [lons, lats] = corners([2, 1, 0, 3], |l| l);
    let down = [("units", "cm"), ("positive", "down"), ("bounds", "deptht_bounds"), DEEP];
    Dataset::new()
        .with_coord_variable("time_counter", time("time_counter", "time_counter_bounds"))
        .with_coord_variable("deptht", depth("deptht", 100.0, &down))
        .with_coord_variable(
            "nav_lat",
            var(
                &["y", "x"],
                &[3, 4],
                grid(|j, _| LAT[j]),
                &[("units", "degrees_north"), ("bounds", "bounds_lat")],
            ),
        )
        .with_coord_variable(
            "nav_lon",
            var(
                &["y", "x"],
                &[3, 4],
                grid(|_, i| LON[i]),
                &[("units", "degrees_east"), ("bounds", "bounds_lon")],
            ),
        )
        .with_variable("time_counter_bounds", time_bounds("time_counter", "axis_nbounds"))
        .with_variable("deptht_bounds", depth_bounds("deptht", "axis_nbounds", 100.0))
        .with_variable("bounds_lat", var(&["y", "x", "nvertex"], &[3, 4, 4], lats, &[]))
        .with_variable("bounds_lon", var(&["y", "x", "nvertex"], &[3, 4, 4], lons, &[]))
        .with_variable("thetao", temperature(&["time_counter", "deptht", "y", "x"], |j| j, |i| i))
        .with_attr("source_id", "Nemo-2")
}

/// Longitudes from -180, latitudes from the north, names in full.
fn signed() -> Dataset {
    let turned = [-135.0, -45.0, 45.0, 135.0];
    let lon = var(
        &["longitude"],
        &[4],
        turned.to_vec(),
        &[("units", "degrees_E"), ("bounds", "longitude_bnds")],
    );
    let lat = var(
        &["latitude"],
        &[3],
        LAT.iter().rev().copied().collect(),
        &[("units", "degrees_north"), ("bounds", "latitude_bnds")],
    );
    let edges = LAT_EDGES.windows(2).rev().flat_map(|w| [w[1], w[0]]).collect();
    Dataset::new()
        .with_coord_variable("time", time("time", "time_bnds"))
        .with_coord_variable(
            "olevel",
            depth(
                "olevel",
                0.001,
                &[DEEP, ("units", "km"), ("positive", "down"), ("bounds", "olevel_bounds")],
            ),
        )
        .with_coord_variable("latitude", lat)
        .with_coord_variable("longitude", lon)
        .with_variable("time_bnds", time_bounds("time", "nbnd"))
        .with_variable("olevel_bounds", depth_bounds("olevel", "nbnd", 0.001))
        .with_variable(
            "latitude_bnds",
            var(&["latitude", "nbnd"], &[3, 2], edges, &[("units", "degrees_north")]),
        )
        .with_variable(
            "longitude_bnds",
            var(
                &["longitude", "nbnd"],
                &[4, 2],
                turned.iter().flat_map(|l| [l - 45.0, l + 45.0]).collect(),
                &[],
            ),
        )
        .with_variable(
            "thetao",
            temperature(&["time", "olevel", "latitude", "longitude"], |j| 2 - j, |i| (i + 2) % 4),
        )
        .with_attr("source_id", "Signed-3")
}

/// Nothing but names to go by; positions are data variables of single precision, whose corners
/// run clockwise.
fn nameless() -> Dataset {
    let [lons, lats] = corners([0, 3, 2, 1], |l| l);
    let single = |v: Vec<f64>| v.into_iter().map(|x| x as f32).collect::<Vec<_>>();
    Dataset::new()
        .with_coord_variable("time", time("time", "time_bnds"))
        .with_coord_variable(
            "lev",
            depth("lev", 1.0, &[DEEP, ("units", "meters"), ("cartesian_axis", "Z")]),
        )
        .with_variable("lev_bnds", depth_bounds("lev", "d2", 1.0))
        .with_variable("time_bnds", time_bounds("time", "d2"))
        .with_variable("lat", var(&["nlat", "nlon"], &[3, 4], single(grid(|j, _| LAT[j])), &[]))
        .with_variable("lon", var(&["nlat", "nlon"], &[3, 4], single(grid(|_, i| LON[i])), &[]))
        .with_variable(
            "lat_bnds",
            var(&["nlat", "nlon", "vertices"], &[3, 4, 4], single(lats), &[]),
        )
        .with_variable(
            "lon_bnds",
            var(&["nlat", "nlon", "vertices"], &[3, 4, 4], single(lons), &[]),
        )
        .with_variable("thetao", temperature(&["time", "lev", "nlat", "nlon"], |j| j, |i| i))
        .with_attr("model_id", "Nameless-4")
}

/// Numbered cells, axes in another order, corners that repeat in time and lie a turn away.
fn numbered() -> Dataset {
    let [lons, lats] = corners([1, 2, 3, 0], |l| if l >= 180.0 { l - 360.0 } else { l });
    let twice = |v: &[f64]| [v, v].concat();
    let signed = |l: f64| if l > 180.0 { l - 360.0 } else { l };
    let positions = [
        ("coordinates", "latitude longitude"),
        ("units", "degC"),
        ("standard_name", "sea_water_potential_temperature"),
        ("cell_methods", "time: mean i: j: mean"),
    ];
    let field = Dataset::new()
        .with_variable("thetao", temperature(&["time", "lev", "j", "i"], |j| j, |i| i))
        .transpose(["lev", "i", "time", "j"]);
    let field = field.variable("thetao").unwrap().clone();
    Dataset::new()
        .with_coord_variable("time", time("time", "time_bnds"))
        .with_coord_variable(
            "lev",
            depth(
                "lev",
                1.0,
                &[DEEP, ("units", "m"), ("positive", "down"), ("bounds", "lev_bnds")],
            ),
        )
        .with_coord("i", "i", vec![1i32, 2, 3, 4])
        .with_coord("j", "j", vec![1i32, 2, 3])
        .with_coord("bnds", "bnds", vec![0i32, 1])
        .with_variable("time_bnds", time_bounds("time", "bnds"))
        .with_variable("lev_bnds", depth_bounds("lev", "bnds", 1.0))
        .with_variable(
            "latitude",
            var(
                &["j", "i"],
                &[3, 4],
                grid(|j, _| LAT[j]),
                &[
                    ("standard_name", "latitude"),
                    ("units", "degrees_north"),
                    ("bounds", "vertices_latitude"),
                ],
            ),
        )
        .with_variable(
            "longitude",
            var(
                &["j", "i"],
                &[3, 4],
                grid(|_, i| signed(LON[i])),
                &[
                    ("standard_name", "longitude"),
                    ("units", "degrees_east"),
                    ("bounds", "vertices_longitude"),
                ],
            ),
        )
        .with_variable(
            "vertices_latitude",
            var(&["time", "j", "i", "vertices"], &[2, 3, 4, 4], twice(&lats), &[]),
        )
        .with_variable(
            "vertices_longitude",
            var(&["time", "j", "i", "vertices"], &[2, 3, 4, 4], twice(&lons), &[]),
        )
        .with_variable("thetao", field.with_attrs(positions.iter().copied().collect()))
        .with_attr("source_id", "Numbered-5")
}

/// A rotated start: cells begin at 180 degrees, bounds of two numbers over both axes, ends first.
fn shifted() -> Dataset {
    let at = |i: usize| (i + 2) % 4;
    let ends = |low: &dyn Fn(usize, usize) -> [f64; 2]| -> Vec<f64> {
        let both = |end: usize| grid(|j, i| low(j, i)[end]);
        [both(0), both(1)].concat()
    };
    let lat_ends = ends(&|j, _| [LAT_EDGES[j], LAT_EDGES[j + 1]]);
    let lon_ends = ends(&|_, i| [LON[at(i)] - 45.0, LON[at(i)] + 45.0]);
    Dataset::new()
        .with_coord_variable("t", time("t", "time_bounds"))
        .with_coord_variable(
            "zlev",
            depth(
                "zlev",
                1.0,
                &[
                    DEEP,
                    ("units", "m"),
                    ("axis", "Z"),
                    ("positive", "down"),
                    ("bounds", "zlev_bnds"),
                ],
            ),
        )
        .with_coord_variable(
            "geolat",
            var(
                &["yh", "xh"],
                &[3, 4],
                grid(|j, _| LAT[j]),
                &[("units", "degree_north"), ("axis", "Y"), ("bounds", "lat_ends")],
            ),
        )
        .with_coord_variable(
            "geolon",
            var(
                &["yh", "xh"],
                &[3, 4],
                grid(|_, i| LON[at(i)]),
                &[("units", "degree_east"), ("axis", "X"), ("bounds", "lon_ends")],
            ),
        )
        .with_variable("time_bounds", time_bounds("t", "nv"))
        .with_variable("zlev_bnds", depth_bounds("zlev", "nv", 1.0))
        .with_variable("lat_ends", var(&["nv", "yh", "xh"], &[2, 3, 4], lat_ends, &[]))
        .with_variable("lon_ends", var(&["nv", "yh", "xh"], &[2, 3, 4], lon_ends, &[]))
        .with_variable("thetao", temperature(&["t", "zlev", "yh", "xh"], |j| j, at))
        .with_attr("source_id", "Shifted-6")
        .with_attr("history", "2001-01-01 made")
}

pub(super) fn all() -> [(&'static str, Dataset); 6] {
    [
        ("regular", regular()),
        ("nemo", nemo()),
        ("signed", signed()),
        ("nameless", nameless()),
        ("numbered", numbered()),
        ("shifted", shifted()),
    ]
}

/// The same without attributes that differ for good reasons: whose file it is, what was done.
pub(super) fn anonymous(ds: &Dataset) -> Dataset {
    let names: Vec<_> = ds.variables().map(|(n, _)| n.clone()).collect();
    let mut made = ds.clone().with_attrs(Attrs::new());
    for name in names {
        let var = made.variable(&name).unwrap().clone();
        let mut attrs = var.attrs().clone();
        attrs.remove("cell_methods");
        attrs.remove("coordinates");
        attrs.remove("long_name");
        let extra: Attrs =
            var.encoding().extra.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        let mut both: Attrs = attrs;
        // Where a coordinate names its bounds does not matter.
        if let Some(bounds) = extra.get("bounds") {
            both.set("bounds", AttrValue::from(bounds.to_string()));
        }
        let sorted: std::collections::BTreeMap<_, _> = both.iter().collect();
        let sorted: Attrs = sorted.into_iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        both = sorted;
        let var = var.with_attrs(both);
        made = if made.is_coord(&name) {
            made.with_coord_variable(name, var)
        } else {
            made.with_variable(name, var)
        };
    }
    made
}
