use std::path::{Path, PathBuf};

use graticule::{DataArray, open_dataset, open_mfdataset};

use crate::{assert_same, empty, folder};

/// One day of packed numbers: `raw x scale + offset`, at `time` in `units`.
struct Day {
    time: f64,
    units: &'static str,
    raw: [i16; 2],
    scale: f32,
    offset: f32,
    fill: i16,
}

impl Default for Day {
    fn default() -> Self {
        let units = "days since 2001-01-01";
        Self { time: 0.0, units, raw: [100, -100], scale: 0.01, offset: 0.0, fill: -999 }
    }
}

impl Day {
    fn write(&self, path: &Path) -> PathBuf {
        let time = DataArray::new("time", "time", vec![self.time]).with_attr("units", self.units);
        let sst = DataArray::new("sst", ["time", "lat"], (self.raw.to_vec(), [1, 2]))
            .with_attr("_FillValue", self.fill)
            .with_attr("scale_factor", self.scale)
            .with_attr("add_offset", self.offset);
        let set = empty()
            .with_coord_variable("time", time.variable())
            .with_coord("lat", "lat", vec![10.0, 20.0])
            .with_variable("sst", sst.variable())
            .with_var("ice", ["time", "lat"], (vec![0i8, 1], [1, 2]));
        set.write(path).unwrap();
        path.to_path_buf()
    }

    fn decoded(&self) -> [f32; 2] {
        let one = |raw: i16| match raw == self.fill {
            true => f32::NAN,
            false => f32::from(raw) * self.scale + self.offset,
        };
        self.raw.map(one)
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn times_give_the_order_whatever_that_of_the_files() {
    let folder = folder();
    let days: Vec<Day> =
        (0..6).map(|d| Day { time: f64::from(d), raw: [d as i16, -7], ..Day::default() }).collect();
    let names = ["d.nc", "a.nc", "f.nc", "b.nc", "e.nc", "c.nc"];
    let files: Vec<PathBuf> =
        days.iter().zip(names).map(|(day, name)| day.write(&folder.path().join(name))).collect();
    let whole = open_mfdataset(&files).unwrap().compute().unwrap();
    let wanted: Vec<f32> = days.iter().flat_map(Day::decoded).collect();
    assert_eq!(bits(&whole["sst"].values().unwrap()), bits(&wanted));
    for turn in 0..files.len() {
        let mut list = files.clone();
        list.rotate_left(turn);
        list.swap(0, 3);
        assert_same(&open_mfdataset(&list).unwrap(), &whole);
    }
    let pattern = folder.path().join("*.nc");
    assert_same(&open_mfdataset(&*pattern).unwrap(), &whole);
}

/// Each file packs in its own way, and counts time from another day in another unit.
#[test]
fn files_of_different_packing_and_units_are_decoded_exactly() {
    let folder = folder();
    let days = [
        Day::default(),
        Day { time: 24.0, units: "hours since 2001-01-01", scale: 0.02, ..Day::default() },
        Day { time: 0.0, units: "days since 2001-01-03", offset: 273.15, ..Day::default() },
        Day { time: 3.0, raw: [-999, 7], fill: 7, ..Day::default() },
        Day { time: 4.0 * 86_400.0, units: "seconds since 2001-01-01", ..Day::default() },
        Day { time: 5.0, raw: [-999, 32_767], scale: 0.001, offset: -1.0, ..Day::default() },
    ];
    let list: Vec<PathBuf> = days
        .iter()
        .enumerate()
        .map(|(i, day)| day.write(&folder.path().join(format!("{i}.nc"))))
        .collect();
    let whole = open_mfdataset(&list).unwrap();
    let wanted: Vec<f32> = days.iter().flat_map(Day::decoded).collect();
    assert_eq!(bits(&whole["sst"].values().unwrap()), bits(&wanted));
    let third = whole["sst"].sel("time", "2001-01-03");
    assert_eq!(bits(&third.values().unwrap()), bits(&days[2].decoded()));
    assert_eq!(whole["time"].dt("day").values::<i64>().unwrap(), [1, 2, 3, 4, 5, 6]);
    let again = folder.path().join("whole.nc");
    whole.write(&again).unwrap();
    assert_same(&open_dataset(&again).unwrap(), &whole);
}

#[test]
fn one_error_names_every_file_that_does_not_fit() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let day = |n: i32| Day { time: f64::from(n), ..Day::default() };
    let mut list: Vec<PathBuf> =
        (0..4).map(|n| day(n).write(&at(&format!("good-{n}.nc")))).collect();
    let fits = open_mfdataset(&list).unwrap();
    assert_eq!(fits.size_of("time"), Some(4));

    std::fs::write(at("text.nc"), "time,sst\n").unwrap();
    std::fs::write(at("nothing.nc"), "").unwrap();
    list.extend([at("text.nc"), at("nothing.nc"), at("absent.nc")]);
    let found = open_mfdataset(&list).unwrap_err().to_string();
    for name in ["text.nc", "nothing.nc", "absent.nc"] {
        assert!(found.contains(name), "{name} is not named: {found}");
    }
    list.truncate(4);

    let time = |n: f64| DataArray::new("time", "time", vec![n]).with_attr("units", day(0).units);
    let one = empty().with_coord_variable("time", time(9.0).variable());
    let lats = |n: usize| (0..n).map(|i| 10.0 * (i + 1) as f64).collect::<Vec<_>>();
    let lacking = at("lacking.nc");
    let ice = (vec![0i8, 1], [1, 2]);
    let set = one.clone().with_coord("lat", "lat", lats(2)).with_var("ice", ["time", "lat"], ice);
    set.write(&lacking).unwrap();
    let wide = at("wide.nc");
    let sst = DataArray::new("sst", ["time", "lat"], (vec![1i16, 2, 3], [1, 3]));
    one.with_coord("lat", "lat", lats(3))
        .with_variable("sst", sst.variable())
        .write(&wide)
        .unwrap();
    let twice = day(2).write(&at("twice.nc"));
    let mut both = list.clone();
    both.extend([twice.clone(), at("text.nc")]);
    let found = open_mfdataset(&both).unwrap_err().to_string();
    for name in ["good-2.nc", "twice.nc", "text.nc", "1 of 6 files"] {
        assert!(found.contains(name), "{name} is not named: {found}");
    }
    for (bad, what) in [(&wide, "lat"), (&lacking, "sst"), (&twice, "time")] {
        let mut list = list.clone();
        list.insert(1, bad.clone());
        let found = open_mfdataset(&list).map(|ds| ds.to_string()).unwrap_err().to_string();
        let name = bad.file_name().unwrap().to_str().unwrap();
        assert!(found.contains(name) && found.contains(what), "{name}: {found}");
    }
}
