//! The canonical units of frequent standard names.
//!
//! An excerpt of the standard name table: what most files hold, so that a wrong unit is found
//! without the whole table of some 5000 names. Names that are not here are not judged.

/// Units, then the names that have them.
const TABLE: &[(&str, &str)] = &[
    (
        "K",
        "air_temperature air_potential_temperature surface_temperature sea_surface_temperature \
         sea_water_temperature sea_water_potential_temperature sea_water_conservative_temperature \
         dew_point_temperature soil_temperature brightness_temperature toa_brightness_temperature \
         sea_surface_skin_temperature sea_surface_foundation_temperature virtual_temperature \
         equivalent_potential_temperature wet_bulb_temperature",
    ),
    (
        "Pa",
        "air_pressure surface_air_pressure air_pressure_at_mean_sea_level \
         air_pressure_at_sea_level sea_water_pressure surface_downward_eastward_stress \
         surface_downward_northward_stress water_vapor_partial_pressure_in_air \
         reference_air_pressure_for_atmosphere_vertical_coordinate",
    ),
    (
        "m s-1",
        "eastward_wind northward_wind x_wind y_wind wind_speed wind_speed_of_gust \
         eastward_sea_water_velocity northward_sea_water_velocity sea_water_x_velocity \
         sea_water_y_velocity upward_air_velocity upward_sea_water_velocity sea_water_speed \
         sea_ice_x_velocity sea_ice_y_velocity speed_of_sound_in_sea_water",
    ),
    (
        "W m-2",
        "surface_downwelling_shortwave_flux_in_air surface_upwelling_shortwave_flux_in_air \
         surface_downwelling_longwave_flux_in_air surface_upwelling_longwave_flux_in_air \
         toa_outgoing_longwave_flux toa_outgoing_shortwave_flux toa_incoming_shortwave_flux \
         surface_upward_latent_heat_flux surface_upward_sensible_heat_flux \
         surface_net_downward_shortwave_flux surface_net_downward_longwave_flux",
    ),
    (
        "kg m-2 s-1",
        "precipitation_flux rainfall_flux snowfall_flux water_evapotranspiration_flux \
         water_evaporation_flux convective_precipitation_flux runoff_flux",
    ),
    (
        "kg m-2",
        "precipitation_amount snowfall_amount surface_snow_amount \
         atmosphere_mass_content_of_water_vapor soil_moisture_content \
         atmosphere_mass_content_of_cloud_liquid_water",
    ),
    (
        "1",
        "specific_humidity relative_humidity humidity_mixing_ratio cloud_area_fraction \
         sea_ice_area_fraction land_area_fraction area_fraction surface_albedo \
         sea_water_practical_salinity mass_fraction_of_cloud_liquid_water_in_air \
         ocean_sigma_coordinate ocean_s_coordinate atmosphere_sigma_coordinate \
         atmosphere_hybrid_sigma_pressure_coordinate normalized_difference_vegetation_index \
         sea_surface_wave_directional_spread soil_moisture",
    ),
    ("1e-3", "sea_water_salinity sea_surface_salinity sea_ice_salinity"),
    (
        "m",
        "altitude height depth geopotential_height surface_altitude sea_floor_depth_below_geoid \
         sea_surface_height_above_geoid sea_surface_height_above_mean_sea_level \
         sea_surface_wave_significant_height sea_ice_thickness surface_snow_thickness \
         tropopause_altitude atmosphere_boundary_layer_thickness visibility_in_air \
         ocean_mixed_layer_thickness_defined_by_sigma_theta thickness_of_rainfall_amount \
         lwe_thickness_of_precipitation_amount height_above_reference_ellipsoid \
         projection_x_coordinate projection_y_coordinate surface_roughness_length",
    ),
    ("m2 s-2", "geopotential surface_geopotential"),
    ("m2", "cell_area"),
    ("kg m-3", "sea_water_density air_density mass_concentration_of_chlorophyll_in_sea_water"),
    ("s", "sea_surface_wave_mean_period sea_surface_swell_wave_period"),
    ("degree_north", "latitude"),
    ("degree_east", "longitude"),
    (
        "degree",
        "wind_from_direction wind_to_direction solar_zenith_angle sensor_zenith_angle \
         grid_latitude grid_longitude platform_azimuth_angle",
    ),
    ("s-1", "atmosphere_relative_vorticity divergence_of_wind"),
    ("Pa s-1", "lagrangian_tendency_of_air_pressure"),
    ("S m-1", "sea_water_electrical_conductivity"),
    ("m3 s-1", "water_volume_transport_in_river_channel"),
    ("mol m-3", "mole_concentration_of_dissolved_molecular_oxygen_in_sea_water"),
];

/// The canonical units of a standard name, if it is in the excerpt.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    TABLE.iter().find(|(_, names)| names.split_whitespace().any(|n| n == name)).map(|(u, _)| *u)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_units_can_be_read() {
        for (units, _) in TABLE {
            assert!(graticule_units::Unit::parse(units).is_ok(), "{units}");
        }
        assert_eq!(canonical("air_temperature"), Some("K"));
        assert_eq!(canonical("air_temprature"), None);
    }
}
