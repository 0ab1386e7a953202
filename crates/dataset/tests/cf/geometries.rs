//! Geometry containers; the examples of CF 7.5.

use graticule_dataset::{Attrs, Dataset, Dims, Shape, Variable};

fn nodes(axis: &str, values: Vec<f64>) -> Variable {
    Variable::new("node", values).unwrap().with_attrs(Attrs::new().with("axis", axis))
}

fn container(pairs: &[(&str, &str)]) -> Variable {
    let attrs: Attrs = pairs.iter().copied().collect();
    Variable::new(Dims::none(), 0).unwrap().with_attrs(attrs)
}

fn with_data(ds: Dataset) -> Dataset {
    let data = Variable::new("instance", vec![1.0, 2.0]).unwrap();
    ds.with_variable(
        "someData",
        data.with_attrs(Attrs::new().with("geometry", "geometry_container")),
    )
}

#[test]
fn lines() {
    let ds = with_data(Dataset::new())
        .with_variable("x", nodes("X", vec![30.0, 10.0, 40.0, 50.0, 50.0]))
        .with_variable("y", nodes("Y", vec![10.0, 30.0, 40.0, 60.0, 50.0]))
        .with_var("node_count", "instance", vec![3, 2])
        .with_variable(
            "geometry_container",
            container(&[
                ("geometry_type", "line"),
                ("node_count", "node_count"),
                ("node_coordinates", "x y"),
            ]),
        );
    let all = ds.cf().geometries("someData").unwrap();
    assert_eq!((all.shape, all.all.len()), (Shape::Line, 2));
    assert_eq!(all.wkt(0).unwrap(), "LINESTRING (30 10, 10 30, 40 40)");
    assert_eq!(all.wkt(1).unwrap(), "LINESTRING (50 60, 50 50)");
    assert_eq!(all.wkt(2), None);
}

#[test]
fn polygons_with_holes() {
    let x = vec![20.0, 10.0, 0.0, 5.0, 10.0, 15.0, 20.0, 10.0, 0.0, 50.0, 40.0, 30.0];
    let y = vec![0.0, 15.0, 0.0, 5.0, 10.0, 5.0, 20.0, 35.0, 20.0, 0.0, 15.0, 0.0];
    let datum = Attrs::new()
        .with("grid_mapping_name", "latitude_longitude")
        .with("semi_major_axis", 6_378_137.0);
    let ds = with_data(Dataset::new())
        .with_variable("x", nodes("X", x))
        .with_variable("y", nodes("Y", y))
        .with_var("node_count", "instance", vec![9, 3])
        .with_var("part_node_count", "part", vec![3, 3, 3, 3])
        .with_var("interior_ring", "part", vec![0, 1, 0, 0])
        .with_variable("datum", Variable::new(Dims::none(), 0.0f32).unwrap().with_attrs(datum))
        .with_variable(
            "geometry_container",
            container(&[
                ("geometry_type", "polygon"),
                ("node_count", "node_count"),
                ("node_coordinates", "x y"),
                ("grid_mapping", "datum"),
                ("part_node_count", "part_node_count"),
                ("interior_ring", "interior_ring"),
            ]),
        );
    let all = ds.cf().geometries("geometry_container").unwrap();
    assert_eq!(all.all[0].parts.len(), 3);
    assert!(all.all[0].parts[1].interior);
    assert_eq!(
        all.wkt(0).unwrap(),
        "MULTIPOLYGON (((20 0, 10 15, 0 0, 20 0), (5 5, 10 10, 15 5, 5 5)), \
         ((20 20, 10 35, 0 20, 20 20)))"
    );
    assert_eq!(all.wkt(1).unwrap(), "POLYGON ((50 0, 40 15, 30 0, 50 0))");
    assert_eq!(all.crs.unwrap().number("semi_major_axis"), Some(6_378_137.0));
}

#[test]
fn what_does_not_fit_is_refused() {
    let make = |counts: Vec<i32>, kind: &str, coordinates: &str| {
        with_data(Dataset::new())
            .with_variable("x", nodes("X", vec![1.0, 2.0]))
            .with_variable("y", nodes("Y", vec![1.0, 2.0]))
            .with_var("n", "instance", counts)
            .with_variable(
                "geometry_container",
                container(&[
                    ("geometry_type", kind),
                    ("node_count", "n"),
                    ("node_coordinates", coordinates),
                ]),
            )
            .cf()
            .geometries("someData")
    };
    assert!(make(vec![1, 1], "point", "x y").is_ok());
    assert!(make(vec![1, 2], "point", "x y").is_err());
    assert!(make(vec![i32::MAX, i32::MAX], "line", "x y").is_err());
    assert!(make(vec![1, 1], "blob", "x y").unwrap_err().to_string().contains("blob"));
    assert!(make(vec![1, 1], "point", "x").is_err());
    assert!(make(vec![1, 1], "point", "x z").unwrap_err().is_not_found());
}
