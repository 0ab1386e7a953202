use std::fs;
use std::sync::Arc;

use graticule::{
    CombineOptions, Compat, DType, Encoding, ManyOptions, Scalar, Session, WriteOptions, backends,
    open_mfdataset, open_mfdataset_with, session,
};

use crate::day_file;

#[test]
fn files_follow_their_times_whatever_their_names_and_units() {
    let folder = tempfile::tempdir().unwrap();
    day_file(&folder.path().join("z.nc"), 0, "2001-01-01");
    day_file(&folder.path().join("b.nc"), 0, "2001-01-03");
    day_file(&folder.path().join("a.nc"), 1, "2001-01-03");
    let ds = open_mfdataset(folder.path().join("*.nc").to_str().unwrap()).unwrap();
    assert_eq!(ds.size_of("time"), Some(6));
    let t = ds["t"].isel("lat", 0);
    assert_eq!(t.values::<f32>().unwrap(), [0.0, 2.0, 0.0, 2.0, 1.0, 3.0]);
    assert_eq!(t.sel("time", "2001-01-04").values::<f32>().unwrap(), [1.0, 3.0]);
}

#[test]
fn every_file_is_decoded_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    for (name, day, scale) in [("a.nc", 0, 0.5f32), ("b.nc", 1, 0.25), ("c.nc", 2, 0.25)] {
        let plain = folder.path().join(format!("plain-{name}"));
        day_file(&plain, day, "2001-01-01");
        let packed = Encoding {
            dtype: Some(DType::I16),
            scale: Some(Scalar::F32(scale)),
            fill: Some(Scalar::I16(-1 - day as i16)),
            ..Encoding::default()
        };
        let ds = graticule::open_dataset(&plain).unwrap();
        let options = WriteOptions::new().encoding("t", packed);
        ds.write_with(folder.path().join(name), &options).unwrap();
        fs::remove_file(plain).unwrap();
    }
    let list: Vec<_> = ["a.nc", "b.nc", "c.nc"].map(|n| folder.path().join(n)).into();
    let ds = open_mfdataset(list).unwrap();
    let got = ds["t"].values::<f32>().unwrap();
    assert_eq!(got, [0., 1., 2., 3., 1., 2., 3., 4., 2., 3., 4., 5.]);
    // No packing of one file stands for all.
    assert_eq!(ds.variable("t").unwrap().encoding().scale, None);
    let back = folder.path().join("all.nc");
    ds.write(&back).unwrap();
    assert_eq!(graticule::open_dataset(&back).unwrap()["t"].values::<f32>().unwrap(), got);
}

#[test]
fn all_problems_are_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |n: usize| folder.path().join(format!("{n:03}.nc"));
    for n in 0..40 {
        day_file(&at(n), n as i32, "2001-01-01");
    }
    for n in [3, 17, 31] {
        fs::write(at(n), b"").unwrap();
    }
    let pattern = folder.path().join("*.nc");
    let pattern = pattern.to_str().unwrap();
    let error = open_mfdataset(pattern).unwrap_err().to_string();
    for part in ["3 of 40 files", "003.nc", "017.nc", "031.nc"] {
        assert!(error.contains(part), "{error}");
    }
    let skip = |n| open_mfdataset_with(pattern, &ManyOptions::new().skip_bad(n), &session());
    assert!(skip(2).is_err());
    assert_eq!(skip(3).unwrap().size_of("time"), Some(74));

    let none = open_mfdataset(folder.path().join("x*.nc").to_str().unwrap()).unwrap_err();
    assert!(none.is_not_found() && none.to_string().contains("x*.nc"), "{none}");
    day_file(&at(3), 4, "2001-01-01");
    for n in [17, 31] {
        fs::remove_file(at(n)).unwrap();
    }
    let overlap = open_mfdataset(pattern).unwrap_err().to_string();
    assert!(overlap.contains("003.nc") && overlap.contains("004.nc"), "{overlap}");
}

#[test]
fn preprocess_runs_on_every_file() {
    let folder = tempfile::tempdir().unwrap();
    for day in 0..3 {
        day_file(&folder.path().join(format!("{day}.nc")), day, "2001-01-01");
    }
    let pattern = folder.path().join("*.nc");
    let first_only = ManyOptions::new().preprocess(|ds| Ok(ds.isel("time", 0..1)));
    let ds = open_mfdataset_with(pattern.to_str().unwrap(), &first_only, &session()).unwrap();
    assert_eq!(ds["t"].isel("lat", 1).values::<f32>().unwrap(), [1.0, 2.0, 3.0]);
    let failing = ManyOptions::new().preprocess(|ds| ds.isel("tim", 0).check());
    let error = open_mfdataset_with(pattern.to_str().unwrap(), &failing, &session()).unwrap_err();
    assert!(
        error.to_string().contains("1.nc") && error.to_string().contains("preprocess"),
        "{error}"
    );
    let nested = ManyOptions::new().combine(CombineOptions::nested("run").compat(Compat::Override));
    let list: Vec<_> = (0..2).map(|_| folder.path().join("0.nc")).collect();
    let ds = open_mfdataset_with(list, &nested, &session()).unwrap();
    assert_eq!(ds.size_of("run"), Some(2));
}

/// The pool keeps far fewer files open than there are.
#[cfg(target_os = "linux")]
#[test]
fn few_files_are_open_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let n = 400;
    for day in 0..n {
        day_file(&folder.path().join(format!("{day:04}.nc")), day, "2001-01-01");
    }
    let own = Session::builder().threads(2).backends(backends()).build();
    let pattern = folder.path().join("*.nc");
    let ds = open_mfdataset_with(pattern.to_str().unwrap(), &ManyOptions::new(), &own).unwrap();
    let open_here = || {
        let handles = fs::read_dir("/proc/self/fd").unwrap().flatten();
        handles
            .filter(|f| fs::read_link(f.path()).is_ok_and(|p| p.starts_with(folder.path())))
            .count()
    };
    assert!(open_here() <= 200, "{}", open_here());
    let sum: f64 = ds["t"].isel("lat", 0).sum("time").item().unwrap();
    assert_eq!(sum, f64::from((0..n).map(|d| 2 * d + 2).sum::<i32>()));
    assert!(open_here() <= 200, "{}", open_here());
    assert!(Arc::strong_count(own.handles()) > 1, "files share the pool");
}
