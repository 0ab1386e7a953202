//! Chapter 6: labels and alternative coordinates.

use super::{example, texts};

/// 6.1: a region by name, as a coordinate.
#[test]
fn a_region_by_name() {
    let ds = example(
        r#"dimensions: time = 1 ; lat = 2 ; lbl = 1 ;
           variables: float transport(time, lat, lbl) ; transport:units = "W" ;
             transport:coordinates = "geo_region" ;
             transport:standard_name = "northward_ocean_heat_transport" ;
             double time(time) ; time:long_name = "time" ; time:units = "days since 1990-01-01" ;
             float lat(lat) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             string geo_region(lbl) ; geo_region:standard_name = "region" ;
           data: geo_region = "atlantic_ocean" ; lat = 10, 20 ; time = 0 ; transport = 1, 2 ;"#,
    );
    assert!(ds["transport"].coords().has("geo_region"));
    let index = ds.var("transport").swap_dims([("lbl", "geo_region")]);
    assert_eq!(index.sel("geo_region", "atlantic_ocean").values::<f32>().unwrap(), [1.0, 2.0]);
}

/// 6.1.2: two labels for each taxon.
#[test]
fn taxa() {
    let ds = example(
        r#"dimensions: time = 1 ; strlen = 20 ; taxon = 2 ;
           variables: float time(time) ; time:standard_name = "time" ;
             time:units = "days since 2019-01-01" ;
             float abundance(time, taxon) ; abundance:units = "m-3" ;
             abundance:standard_name = "number_concentration_of_biological_taxon_in_sea_water" ;
             abundance:coordinates = "taxon_lsid taxon_name" ;
             char taxon_name(taxon, strlen) ; taxon_name:standard_name = "biological_taxon_name" ;
             char taxon_lsid(taxon, strlen) ; taxon_lsid:standard_name = "biological_taxon_lsid" ;
           data: time = 0 ; abundance = 5, 6 ; taxon_name = "Calanus one", "Calanus two" ;
             taxon_lsid = "urn:lsid:a:b:1", "urn:lsid:a:b:2" ;"#,
    );
    assert_eq!(texts(&ds["taxon_name"])[1], texts(&ds["abundance"]["taxon_name"])[1]);
    let by_name = ds.var("abundance").groupby("taxon_name").sum("taxon");
    assert_eq!(by_name.values::<f32>().unwrap(), [5.0, 6.0]);
}

/// 6.2: levels by number beside their heights.
#[test]
fn alternative_coordinates() {
    let ds = example(
        r#"dimensions: sigma = 2 ; lat = 1 ;
           variables: float xwind(sigma, lat) ; xwind:coordinates = "model_level" ;
             xwind:units = "m s-1" ; xwind:standard_name = "x_wind" ;
             float sigma(sigma) ; sigma:long_name = "sigma" ; sigma:positive = "down" ; sigma:units = "1" ;
             int model_level(sigma) ; model_level:long_name = "model level number" ;
             model_level:positive = "up" ;
             float lat(lat) ; lat:units = "degrees_north" ;
           data: xwind = 1, 2 ; sigma = 0.2, 0.8 ; model_level = 10, 20 ; lat = 0 ;"#,
    );
    let by_level = ds.var("xwind").swap_dims([("sigma", "model_level")]);
    assert_eq!(by_level.sel("model_level", 20).values::<f32>().unwrap(), [2.0]);
}
