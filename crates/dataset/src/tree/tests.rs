use graticule_array::Result;

use super::DataTree;
use crate::dataset::Dataset;
use crate::verbs::mean;

/// A multi-resolution pyramid below common times, and a group beside it.
fn sample() -> DataTree {
    let root = Dataset::new()
        .with_coord("time", "time", vec![1, 2])
        .with_coord("note", "time", vec!["a", "b"])
        .with_attr("title", "pyramid");
    let level = |n: usize| {
        let values: Vec<f64> = (0..2 * n).map(|i| i as f64).collect();
        Dataset::new().with_coord("x", "x", (0..n as i32).collect::<Vec<_>>()).with_var(
            "t",
            ["time", "x"],
            (values, [2, n]),
        )
    };
    let groups = [
        ("/", root),
        ("/levels/0", level(4)),
        ("/levels/1", level(2)),
        ("/other", { Dataset::new().with_var("id", "station", vec![7, 8, 9]) }),
    ];
    DataTree::from_groups(groups).unwrap()
}

#[test]
fn paths_find_nodes_and_variables() -> Result<()> {
    let tree = sample();
    assert_eq!(tree.groups(), ["/", "/levels", "/other", "/levels/0", "/levels/1"]);
    let leaves = tree.leaves();
    let leaves: Vec<&str> = leaves.iter().map(DataTree::path).collect();
    assert_eq!(leaves, ["/other", "/levels/0", "/levels/1"]);
    assert_eq!(
        tree.children().map(|(n, _)| n.to_string()).collect::<Vec<_>>(),
        ["levels", "other"]
    );
    let level = tree.node("/levels/1")?;
    assert_eq!((level.name(), level.path(), level.is_leaf()), ("1", "/levels/1", true));
    assert_eq!(tree.var("levels/0/t").dims(), ["time", "x"].into());
    assert_eq!(tree.node("levels")?.var("1/t").values::<f64>()?, [0.0, 1.0, 2.0, 3.0]);
    let error = tree.node("/level").unwrap_err().to_string();
    assert!(error.contains("no group \"/level\"") && error.contains("\"/levels\""), "{error}");
    let error = tree.var("levels/0/q").compute().unwrap_err().to_string();
    assert!(error.contains("no variable \"q\""), "{error}");
    assert!(tree.var("nowhere/t").compute().unwrap_err().is_not_found());
    Ok(())
}

#[test]
fn indexed_coordinates_are_inherited_and_others_are_not() -> Result<()> {
    let tree = sample();
    let level = tree.node("levels/0")?;
    assert!(level.dataset().is_coord("time") && level.dataset().index("time").is_some());
    assert!(!level.dataset().has("note") && !level.own_dataset().has("time"));
    assert_eq!(level.var("t").sel("time", 2).sel("x", 3).item::<f64>()?, 7.0);
    Ok(())
}

#[test]
fn groups_that_do_not_fit_are_refused_with_advice() {
    let build = |root: Dataset, child: Dataset| {
        DataTree::from_groups([("/", root), ("/a", child)]).unwrap_err().to_string()
    };
    let x = |n: i32| Dataset::new().with_coord("x", "x", (0..n).collect::<Vec<_>>());
    let text = build(x(3), x(2));
    assert!(text.contains("group /a") && text.contains("length 2 here and 3 above"), "{text}");
    assert!(text.contains("open_groups"), "{text}");
    let text = build(x(2), Dataset::new().with_coord("x", "x", vec![5, 6]));
    assert!(text.contains("labels of \"x\" differ"), "{text}");
    let text = build(Dataset::new().with_var("a", (), 1), Dataset::new());
    assert!(text.contains("a variable and a group of the name \"a\""), "{text}");
    let twice = DataTree::from_groups([("/a", x(1)), ("a/", x(1))]).unwrap_err();
    assert!(twice.to_string().contains("two groups"), "{twice}");
}

#[test]
fn verbs_run_in_the_nodes_that_have_the_dimension() -> Result<()> {
    let tree = sample();
    let late = tree.sel("time", 2);
    assert_eq!(late.var("levels/1/t").values::<f64>()?, [2.0, 3.0]);
    assert_eq!(late.dataset()["note"].values::<graticule_array::Text>()?[0].as_str(), Some("b"));
    assert_eq!(late.var("other/id").values::<i32>()?, [7, 8, 9]);
    assert!(!late.node("levels/1")?.own_dataset().has("time"));
    let first = tree.isel("x", 0).mean("time");
    assert_eq!(first.var("levels/0/t").item::<f64>()?, 2.0);
    assert_eq!(first.var("levels/1/t").item::<f64>()?, 1.0);
    assert_eq!(tree.reduce(mean(), ..).var("levels/0/t").item::<f64>()?, 3.5);
    assert_eq!(tree.max("station").var("other/id").item::<i32>()?, 9);
    let both = tree.mean(["time", "x"]).compute()?;
    assert_eq!(both.var("levels/1/t").item::<f64>()?, 1.5);
    let lost = tree.sel("tme", 1);
    let error = lost.clone().check().unwrap_err().to_string();
    assert!(error.contains("no dimension \"tme\"") && error.contains("\"time\""), "{error}");
    assert!(lost.compute().is_err() && lost.mean("x").check().is_err());
    let out = tree.isel("x", 3).check().unwrap_err().to_string();
    assert!(out.contains("group /levels/1") && out.contains("out of range"), "{out}");
    Ok(())
}

#[test]
fn functions_map_over_nodes_with_something_in_them() -> Result<()> {
    let tree = sample();
    let named = tree.map(|path, set| set.with_attr("path", path));
    assert_eq!(named.node("levels/0")?.dataset().attrs().text("path"), Some("/levels/0"));
    assert!(named.node("levels")?.dataset().attrs().is_empty());
    assert_eq!(named.groups(), tree.groups());
    let sub = tree.node("levels")?.mean("x").compute()?;
    assert_eq!(sub.var("1/t").values::<f64>()?, [0.5, 2.5]);
    Ok(())
}

#[test]
fn displays_show_every_group_once() {
    let tree = sample();
    let text = tree.to_string();
    assert!(text.starts_with("<graticule.DataTree '/'>\nGroup: /\n"), "{text}");
    assert!(text.contains("├── Group: /levels\n│   ├── Group: /levels/0"), "{text}");
    assert!(text.contains("└── Group: /other\n        "), "{text}");
    assert_eq!(text.matches("* time").count(), 1, "{text}");
    assert!(tree.to_html().contains("Group: /levels/1"));
    let info = tree.info("file.nc");
    assert!(info.contains("netcdf file.nc {") && info.contains("netcdf /levels/1 {"), "{info}");
}
