//! Well-known text of grid mappings: read as others write it, and what is written is read.

use graticule_dataset::{Attrs, Crs, Dataset, Variable};

#[test]
fn texts_of_proj_mean_the_same_places() {
    let cases = include_str!("wkt_of_proj.tsv").lines().filter(|l| !l.starts_with('#'));
    let mut count = 0;
    for case in cases {
        let fields: Vec<&str> = case.splitn(7, '\t').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let what = format!("{} {}", fields[0], fields[1]);
        let crs = Crs::from_wkt(fields[6]).unwrap_or_else(|e| panic!("{what}: {e}"));
        let projection = crs.projection().unwrap_or_else(|e| panic!("{what}: {e}"));
        let [x, y] = projection.forward(number(2), number(3));
        let far = (x - number(4)).abs().max((y - number(5)).abs());
        // Texts round the degree that is their unit to 15 digits.
        assert!(far < 1e-5, "{what}: {x} {y}\n{crs:?}");
        if fields[1] != "WKT1_ESRI" {
            assert_eq!(crs.epsg(), fields[0].parse().ok(), "{what}");
        }
        // The file's own text is kept; without it the parameters say the same.
        assert_eq!(crs.to_wkt().unwrap(), fields[6]);
        let mut attrs = crs.to_attrs();
        attrs.remove("crs_wkt");
        let own = Crs::from_attrs(&attrs).unwrap().to_wkt().unwrap();
        let [a, b] =
            Crs::from_wkt(&own).unwrap().projection().unwrap().forward(number(2), number(3));
        assert!((a - x).abs().max((b - y).abs()) < 1e-6, "{what}: {own}");
        // A variable that has nothing but the text is understood, too.
        let bare = Crs::from_attrs(&Attrs::new().with("spatial_ref", fields[6])).unwrap();
        assert_eq!(bare.projection().unwrap(), projection, "{what}");
        assert_eq!(bare.to_proj().unwrap(), crs.to_proj().unwrap());
        count += 1;
    }
    assert_eq!(count, 11);
}

const STRINGS: [&str; 18] = [
    "+proj=aea +lat_1=20 +lat_2=60 +lat_0=40 +lon_0=-96 +a=6378137 +rf=298.257222101 +units=m",
    "+proj=aeqd +lat_0=10 +lon_0=20 +R=6371000 +units=m",
    "+proj=geos +lat_0=0 +lon_0=-75 +h=35786023 +sweep=x +a=6378137 +rf=298.257222101",
    "+proj=geos +lat_0=0 +lon_0=0 +h=35785831 +sweep=y +a=6378169 +rf=295.488065897014",
    "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +a=6378137 +rf=298.257222101 +units=m",
    "+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +R=6371229 +units=m",
    "+proj=lcc +lat_1=30 +lat_2=60 +lat_0=40 +lon_0=-97 +R=6370000 +units=m",
    "+proj=cea +lon_0=0 +lat_ts=30 +R=6371228 +units=m",
    "+proj=longlat +R=6371229",
    "+proj=merc +lon_0=110 +lat_ts=20 +R=6371200 +units=m",
    "+proj=omerc +lat_0=4 +lonc=115 +alpha=53.3 +k_0=0.99984 +R=6371000 +units=m",
    "+proj=ortho +lat_0=40 +lon_0=-100 +R=6371000 +units=m",
    "+proj=stere +lat_0=90 +lon_0=-45 +lat_ts=70 +R=6371000 +units=m",
    "+proj=stere +lat_0=-90 +lon_0=0 +k_0=0.994 +R=6371000 +units=m",
    "+proj=stere +lat_0=52 +lon_0=5 +k_0=0.9999 +R=6371000 +units=m",
    "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229",
    "+proj=sinu +lon_0=0 +R=6371007.181 +units=m",
    "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +R=6371000 +units=m",
];

#[test]
fn what_is_written_is_read() {
    for text in STRINGS {
        let wkt = Crs::from_proj(text).unwrap().to_wkt().unwrap_or_else(|e| panic!("{text}: {e}"));
        let back = Crs::from_wkt(&wkt).unwrap_or_else(|e| panic!("{text}: {e}\n{wkt}"));
        assert_eq!(back.to_proj().unwrap(), text, "{wkt}");
        // A second time it is the same text.
        let mut attrs = back.to_attrs();
        attrs.remove("crs_wkt");
        assert_eq!(Crs::from_attrs(&attrs).unwrap().to_wkt().unwrap(), wkt);
        if std::env::var_os("GRATICULE_PRINT_WKT").is_some() {
            println!("WKT\t{text}\t{wkt}");
        }
    }
}

#[test]
fn names_units_and_meridians() {
    let paris = r#"COMPD_CS["x",PROJCS["a ""b""",GEOGCS["NTF (Paris)",DATUM["NTF",SPHEROID["Clarke 1880 (IGN)",6378249.2,293.466021293627],TOWGS84[-168,-60,320,0,0,0,0]],PRIMEM["Paris",2.5969213],UNIT["grad",0.015707963267949]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",50],PARAMETER["standard_parallel_2",55],PARAMETER["latitude_of_origin",52],PARAMETER["central_meridian",0],PARAMETER["false_easting",600],PARAMETER["false_northing",200],UNIT["kilometre",1000]],VERT_CS["z",VERT_DATUM["z",2005],UNIT["m",1]]]"#;
    let crs = Crs::from_wkt(paris).unwrap();
    let near = |key: &str, wanted: f64| {
        let found = crs.numbers(key)[0];
        assert!((found - wanted).abs() < 1e-9, "{key}: {found}");
    };
    near("standard_parallel", 45.0);
    near("latitude_of_projection_origin", 46.8);
    near("longitude_of_prime_meridian", 2.337_229_17);
    near("false_easting", 600_000.0);
    assert_eq!(crs.numbers("towgs84")[..3], [-168.0, -60.0, 320.0]);
    let attrs = crs.to_attrs();
    assert_eq!(attrs.text("projected_crs_name"), Some("a \"b\""));
    assert_eq!(attrs.text("prime_meridian_name"), Some("Paris"));
    assert_eq!(attrs.text("reference_ellipsoid_name"), Some("Clarke 1880 (IGN)"));
}

#[test]
fn a_mapping_in_a_dataset_is_found_by_its_text() {
    let text = Crs::from_proj(STRINGS[12]).unwrap().to_wkt().unwrap();
    let holder = Variable::new(graticule_dataset::Dims::none(), 0i32).unwrap();
    let ds = Dataset::new()
        .with_var("ice", ["y", "x"], (vec![0.0; 4], [2, 2]))
        .with_variable("crs", holder.with_attrs(Attrs::new().with("crs_wkt", text)));
    let ice = ds.variable("ice").unwrap().clone();
    let ds = ds.with_variable("ice", ice.with_attrs(Attrs::new().with("grid_mapping", "crs")));
    assert_eq!(ds.cf().crs("ice").unwrap().to_proj().unwrap(), STRINGS[12]);
}

#[test]
fn damage_and_what_cf_cannot_say_are_told() {
    let wrong = |text: &str| Crs::from_wkt(text).unwrap_err().to_string();
    assert!(wrong("PROJCRS[").contains("expected"));
    assert!(wrong("VERTCRS[\"z\",VDATUM[\"z\"]]").contains("no horizontal"));
    assert!(wrong("GEOGCRS[\"x\"]").contains("no datum"));
    let base =
        r#"GEOGCS["x",DATUM["x",SPHEROID["x",6371000,0]],UNIT["degree",0.0174532925199433]]"#;
    assert!(wrong(&format!("PROJCS[\"x\",{base},PROJECTION[\"Robinson\"]]")).contains("Robinson"));
    assert!(wrong(&format!("PROJCS[\"x\",{base}]")).contains("without a method"));
    let scaled = format!(
        "PROJCS[\"x\",{base},PROJECTION[\"Lambert_Conformal_Conic_1SP\"],PARAMETER[\"latitude_of_origin\",46],PARAMETER[\"scale_factor\",0.9]]"
    );
    assert!(wrong(&scaled).contains("scale"));
    let web = format!(
        "PROJCS[\"x\",{base},PROJECTION[\"Mercator_1SP\"],EXTENSION[\"PROJ4\",\"+proj=merc +a=6378137 +b=6378137\"]]"
    );
    assert!(wrong(&web).contains("EXTENSION"));
    let none = Attrs::new().with("grid_mapping_name", "healpix");
    assert!(Crs::from_attrs(&none).unwrap().to_wkt().is_err());
    let geos = Crs::from_proj("+proj=geos +lon_0=0 +R=6371000").unwrap();
    assert!(geos.to_wkt().unwrap_err().to_string().contains("perspective_point_height"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 300, ..Default::default() })]

    /// Damaged texts are errors or other mappings, and nothing worse.
    #[test]
    fn damage_does_no_harm(which in 0usize..18, at in 0usize..2000, with in "[\\[\\]\",A-Z0-9.eé-]{0,3}") {
        let mut text = Crs::from_proj(STRINGS[which]).unwrap().to_wkt().unwrap();
        let at = at % (text.len() + 1);
        if text.is_char_boundary(at) {
            text.replace_range(at..(at + 2).min(text.len()), &with);
        }
        if let Ok(crs) = Crs::from_wkt(&text) {
            let _ = crs.projection().map(|p| p.inverse(p.forward(1.0, 2.0)[0], 3.0));
            let _ = crs.to_proj();
        }
    }
}
