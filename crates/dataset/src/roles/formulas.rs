//! The formulas of Appendix D.

use graticule_array::{Error, Result, did_you_mean};

use super::formula::Terms;
use crate::data_array::DataArray;

/// What a formula gives.
pub(super) struct Computed {
    pub(super) values: DataArray,
    pub(super) units: Option<String>,
    pub(super) standard_name: Option<&'static str>,
    pub(super) is_pressure: bool,
}

type Formula = fn(&Terms<'_>) -> Result<Computed>;

/// Standard names of coordinates and their formulas, in the order of the appendix.
pub(super) const FORMULAS: [(&str, Formula); 12] = [
    ("atmosphere_ln_pressure_coordinate", ln_pressure),
    ("atmosphere_sigma_coordinate", sigma),
    ("atmosphere_hybrid_sigma_pressure_coordinate", hybrid_sigma_pressure),
    ("atmosphere_hybrid_sigma_ln_pressure_coordinate", hybrid_sigma_ln_pressure),
    ("atmosphere_hybrid_height_coordinate", hybrid_height),
    ("atmosphere_sleve_coordinate", sleve),
    ("ocean_sigma_coordinate", ocean_sigma),
    ("ocean_s_coordinate", ocean_s),
    ("ocean_s_coordinate_g1", ocean_s_g1),
    ("ocean_s_coordinate_g2", ocean_s_g2),
    ("ocean_sigma_z_coordinate", ocean_sigma_z),
    ("ocean_double_sigma_coordinate", ocean_double_sigma),
];

pub(super) fn evaluate(name: &str, terms: &Terms<'_>) -> Result<Computed> {
    let Some((_, formula)) = FORMULAS.iter().find(|(n, _)| *n == name) else {
        let error = Error::unsupported(format!("Appendix D has no formula for \"{name}\""));
        return Err(match did_you_mean(name, FORMULAS.iter().map(|(n, _)| *n)) {
            Some(hint) => error.hint(hint),
            None => error,
        });
    };
    formula(terms)
}

fn pressure(values: DataArray, like: &DataArray) -> Result<Computed> {
    let units = like.attrs().text("units").map(str::to_owned);
    Ok(Computed { values, units, standard_name: Some("air_pressure"), is_pressure: true })
}

/// Heights over the datum that the standard name of a term tells (Table D.1 among others).
fn height(values: DataArray, like: &DataArray) -> Result<Computed> {
    const DATUMS: [(&str, &str); 9] = [
        ("surface_altitude", "altitude"),
        ("altitude_at_top_of_atmosphere_model", "altitude"),
        ("surface_height_above_geopotential_datum", "height_above_geopotential_datum"),
        (
            "height_above_geopotential_datum_at_top_of_atmosphere_model",
            "height_above_geopotential_datum",
        ),
        ("_geoid", "altitude"),
        ("_geopotential_datum", "height_above_geopotential_datum"),
        ("_reference_ellipsoid", "height_above_reference_ellipsoid"),
        ("_mean_sea_level", "height_above_mean_sea_level"),
        ("_sea_level", "height_above_mean_sea_level"),
    ];
    let attrs = like.attrs();
    let name = attrs.text("standard_name").unwrap_or_default().trim();
    let datum = DATUMS.iter().find(|(end, _)| name.ends_with(end)).map(|(_, datum)| *datum);
    let units = attrs.text("units").map(str::to_owned);
    Ok(Computed { values, units, standard_name: datum, is_pressure: false })
}

/// p = p0 · exp(-lev)
fn ln_pressure(t: &Terms<'_>) -> Result<Computed> {
    let (p0, lev) = (t.need("p0")?, t.need("lev")?);
    pressure((-lev).exp() * &p0, &p0)
}

/// p = ptop + sigma · (ps - ptop)
fn sigma(t: &Terms<'_>) -> Result<Computed> {
    let (ps, sigma) = (t.need("ps")?, t.need("sigma")?);
    let top = t.like("ptop", &ps)?;
    pressure(sigma * (&ps - &top) + top, &ps)
}

/// p = a · p0 + b · ps, or ap + b · ps
fn hybrid_sigma_pressure(t: &Terms<'_>) -> Result<Computed> {
    let (ps, b) = (t.need("ps")?, t.need("b")?);
    let fixed = if t.has("ap") {
        t.need_like("ap", &ps)?
    } else {
        t.need("a")? * t.need_like("p0", &ps)?
    };
    pressure(fixed + b * &ps, &ps)
}

/// p = p0 · eta · (ps / p0)^b
fn hybrid_sigma_ln_pressure(t: &Terms<'_>) -> Result<Computed> {
    let (ps, eta) = (t.need("ps")?, t.need("eta")?);
    let p0 = t.need_like("p0", &ps)?;
    pressure(eta * &p0 * (&ps / &p0).pow(t.get("b")?), &ps)
}

/// z = a + b · orog
fn hybrid_height(t: &Terms<'_>) -> Result<Computed> {
    let a = t.need("a")?;
    let orog = t.like("orog", &a)?;
    let mut made = height(&a + t.get("b")? * &orog, &orog)?;
    made.units = a.attrs().text("units").map(str::to_owned).or(made.units);
    Ok(made)
}

/// z = a · ztop + b1 · zsurf1 + b2 · zsurf2
fn sleve(t: &Terms<'_>) -> Result<Computed> {
    let top = t.need("ztop")?;
    let large = t.get("b1")? * t.like("zsurf1", &top)?;
    let small = t.get("b2")? * t.like("zsurf2", &top)?;
    height(t.need("a")? * &top + large + small, &top)
}

/// z = eta + sigma · (depth + eta)
fn ocean_sigma(t: &Terms<'_>) -> Result<Computed> {
    let (depth, sigma) = (t.need("depth")?, t.need("sigma")?);
    let eta = t.like("eta", &depth)?;
    height(sigma * (&eta + &depth) + eta, &depth)
}

/// z = eta · (1 + s) + depth_c · s + (depth - depth_c) · C, with C from s, a and b
fn ocean_s(t: &Terms<'_>) -> Result<Computed> {
    let (depth, s) = (t.need("depth")?, t.need("s")?);
    let (a, b) = (t.need("a")?, t.get("b")?);
    let eta = t.like("eta", &depth)?;
    let critical = t.like("depth_c", &depth)?;
    let surface = (1.0 - &b) * (&a * &s).sinh() / a.sinh();
    let bottom = &b * ((&a * (&s + 0.5)).tanh() / (2.0 * (&a * 0.5).tanh()) - 0.5);
    let stretched = surface + bottom;
    let z = &eta * (1.0 + &s) + &critical * &s + (&depth - &critical) * stretched;
    height(z, &depth)
}

/// z = S + eta · (1 + S / depth), with S = depth_c · s + (depth - depth_c) · C
fn ocean_s_g1(t: &Terms<'_>) -> Result<Computed> {
    let (depth, s, c) = (t.need("depth")?, t.need("s")?, t.need("C")?);
    let eta = t.like("eta", &depth)?;
    let critical = t.like("depth_c", &depth)?;
    let still = &critical * &s + (&depth - &critical) * &c;
    height(&still + &eta * (1.0 + &still / &depth), &depth)
}

/// z = eta + (eta + depth) · S, with S = (depth_c · s + depth · C) / (depth_c + depth)
fn ocean_s_g2(t: &Terms<'_>) -> Result<Computed> {
    let (depth, s, c) = (t.need("depth")?, t.need("s")?, t.need("C")?);
    let eta = t.like("eta", &depth)?;
    let critical = t.like("depth_c", &depth)?;
    let share = (&critical * &s + &depth * &c) / (&critical + &depth);
    height(&eta + (&eta + &depth) * share, &depth)
}

/// z = eta + sigma · (min(depth_c, depth) + eta) where sigma is defined, else zlev
fn ocean_sigma_z(t: &Terms<'_>) -> Result<Computed> {
    let (depth, sigma) = (t.need("depth")?, t.need("sigma")?);
    let eta = t.like("eta", &depth)?;
    let critical = t.need_like("depth_c", &depth)?;
    let levels = t.need_like("zlev", &depth)?;
    let upper = &eta + &sigma * (critical.minimum(&depth) + &eta);
    // Older files define both everywhere and count the levels of sigma.
    let mut defined = sigma.notnull();
    if t.has("nsigma") {
        let near = t.numbers()?.lt(t.need("nsigma")?);
        defined = defined.and(levels.isnull().or(near));
    }
    height(upper.where_else(&defined, &levels), &depth)
}

/// z = sigma · f for levels up to k_c, below f + (sigma - 1) · (depth - f)
fn ocean_double_sigma(t: &Terms<'_>) -> Result<Computed> {
    let (depth, sigma) = (t.need("depth")?, t.need("sigma")?);
    let (z1, z2) = (t.need_like("z1", &depth)?, t.need_like("z2", &depth)?);
    let (a, href) = (t.like("a", &depth)?, t.like("href", &depth)?);
    let width = &z1 - &z2;
    let bend = (2.0 * &a / &width * (&depth - &href)).tanh();
    let f = 0.5 * (&z1 + &z2) + 0.5 * &width * bend;
    let upper = &sigma * &f;
    let lower = &f + (&sigma - 1.0) * (&depth - &f);
    // Levels are counted from 1.
    let near = (t.numbers()? + 1).le(t.need("k_c")?);
    height(upper.where_else(&near, &lower), &depth)
}
