//! What the names of files say.

use std::path::Path;

use graticule::array::Scalar;
use graticule::{DataArray, Dataset, FilePattern, ManyOptions, open_mfdataset_with, session};

use crate::new;

/// One model's months of a year, as CMIP names its files.
fn model_file(folder: &Path, model: &str, member: usize, year: usize) {
    let months: Vec<f64> = (0..12).map(|m| (12 * (year - 1850) + m) as f64 * 30.0).collect();
    let first = (100 * model.len() + 10 * member + year - 1850) as f32;
    let time = DataArray::new("time", "time", months)
        .with_attr("units", "days since 1850-01-01")
        .with_attr("calendar", "360_day");
    let tas = (0..12).map(|m| first + m as f32 / 16.0).collect::<Vec<_>>();
    let name = format!("tas_Amon_{model}_historical_r{member}i1p1f1_gn_{year}01-{year}12.nc");
    new()
        .with_coord_variable("time", time.variable())
        .with_variable("tas", DataArray::new("tas", "time", tas).variable())
        .write(folder.join(name))
        .unwrap();
}

const CMIP: &str = "tas_{table}_{model}_{experiment}_r{member:int}i{}_{}_{}.nc";

#[test]
fn fields_become_dimensions_coordinates_and_attributes() {
    let folder = tempfile::tempdir().unwrap();
    for model in ["MPI-ESM1-2-LR", "CanESM5"] {
        for member in [1, 12] {
            for year in [1850, 1851] {
                model_file(folder.path(), model, member, year);
            }
        }
    }
    let text = format!("{}/{CMIP}", folder.path().display());
    let pattern = FilePattern::new(&text).unwrap();
    let pattern = pattern.along(["model", "member"]).unwrap().attrs(["experiment"]).unwrap();
    let options = ManyOptions::new().file_names(&pattern);
    let index = folder.path().join("index");
    for options in [options.clone(), options.clone().index(&index), options.index(&index)] {
        check(&open_mfdataset_with(&pattern, &options, &session()).unwrap());
    }
}

fn check(all: &Dataset) {
    let sizes = ["model", "member", "time"].map(|dim| all.size_of(dim));
    assert_eq!(sizes, [Some(2), Some(2), Some(24)]);
    assert_eq!(all.var("member").values::<i64>().unwrap(), [1, 12]);
    assert_eq!(all.var("table").to_array().unwrap().get(&[]).unwrap(), Scalar::Str("Amon".into()));
    assert_eq!(all.attrs().get("experiment").unwrap().as_str(), Some("historical"));
    let one = all.var("tas").sel("model", "CanESM5").sel("member", 12).sel("time", "1851-01");
    assert_eq!(one.values::<f32>().unwrap(), [700.0 + 120.0 + 1.0]);
}

#[test]
fn names_that_do_not_follow_are_named() {
    let folder = tempfile::tempdir().unwrap();
    model_file(folder.path(), "CanESM5", 1, 1850);
    let open = |pattern: &str| {
        let pattern = FilePattern::new(pattern).unwrap();
        let files = format!("{}/*.nc", folder.path().display());
        let options = ManyOptions::new().file_names(&pattern);
        open_mfdataset_with(files, &options, &session()).map(|_| ()).unwrap_err().to_string()
    };
    let why = open("pr_{model}.nc");
    assert!(why.contains("tas_Amon_CanESM5") && why.contains("does not follow"), "{why}");
    let why = open("{tas}_Amon_{}.nc");
    assert!(why.contains("also a variable"), "{why}");
}

#[test]
fn wrong_patterns_are_refused_when_they_are_made() {
    for (text, part) in [
        ("a_{b.nc", "not closed"),
        ("a_b}.nc", "not opened"),
        ("{a}{b}.nc", "where one text ends"),
        ("{a}_{a}.nc", "twice"),
        ("{a:five}.nc", "no kind"),
        ("{a:0}.nc", "no kind"),
        ("{a:%Q}.nc", "%Q"),
        ("{a:%m%d}.nc", "no year"),
        ("{a b}.nc", "no name"),
    ] {
        let why = FilePattern::new(text).unwrap_err().to_string();
        assert!(why.contains(part), "{text}: {why}");
    }
    let pattern = FilePattern::new("{model}_{year:4}.nc").unwrap();
    let why = pattern.along(["modle"]).unwrap_err().to_string();
    assert!(why.contains("did you mean \"model\""), "{why}");
}

fn read(pattern: &str, path: &str) -> Option<Vec<String>> {
    let found = FilePattern::new(pattern).unwrap().read(path).ok()?;
    let shown = |value: &Scalar| match value {
        Scalar::Str(text) => text.as_str().unwrap_or_default().to_owned(),
        Scalar::I64(n) => format!("i{n}"),
        Scalar::F64(n) => format!("f{n}"),
        Scalar::Time(seconds, _) => format!("t{seconds}"),
        other => format!("{other:?}"),
    };
    Some(found.iter().map(|(_, value)| shown(value)).collect())
}

#[test]
fn fields_take_what_is_theirs() {
    for (pattern, path, expected) in [
        ("{a}_{b}.nc", "x_y_z.nc", Some(vec!["x", "y_z"])),
        ("{a}_{year:4}.nc", "/data/x_y_1999.nc", Some(vec!["x_y", "i1999"])),
        ("{a}_{year:4}.nc", "x_19.nc", None),
        ("{code:3}.nc", "ab1.nc", Some(vec!["ab1"])),
        ("{a:int}{b}", "-12x", Some(vec!["i-12", "x"])),
        ("{a:int}{b:int}", "123", Some(vec!["i12", "i3"])),
        ("z{level:float}m", "z1.5e1m", Some(vec!["f15"])),
        ("z{level:float}m", "znanm", None),
        ("{day:%Y%m%d}.nc", "19700102.nc", Some(vec!["t86400"])),
        ("{day:%Y%j%H}.nc", "197000301.nc", Some(vec!["t176400"])),
        ("{day:%Y-%m}.nc", "1970-13.nc", None),
        ("{run}/{day:%Y}.nc", "/a/hist/1970.nc", Some(vec!["hist", "t0"])),
        ("{a}.nc", "b/c.nc", Some(vec!["c"])),
        ("{}{a:4}", "éabcd", Some(vec!["abcd"])),
        ("{a}", "", None),
    ] {
        let expected: Option<Vec<String>> =
            expected.map(|all| all.into_iter().map(str::to_owned).collect());
        assert_eq!(read(pattern, path), expected, "{pattern} {path}");
    }
    // No pattern takes for ever.
    let hard = "{a}x{b}x{c}x{d}x{e}x{f}x{g}x{h}x!";
    assert!(read(hard, &"x".repeat(1000)).is_none());
}
