//! Grid mappings (CF 5.6 and Appendix F) as descriptions of coordinate reference systems.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result};

use super::find::Cf;
use super::{keyed, proj, related, wkt};
use crate::attrs::{AttrValue, Attrs};
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// A coordinate reference system: the name of a grid mapping and its parameters in CF's words.
///
/// ```
/// use graticule_dataset::Crs;
/// let crs = Crs::from_proj("+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +R=6371229 +units=m")?;
/// assert_eq!(crs.grid_mapping_name(), "lambert_conformal_conic");
/// assert_eq!(crs.number("longitude_of_central_meridian"), Some(265.0));
/// assert_eq!(crs.to_proj()?, "+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +R=6371229 +units=m");
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Crs {
    attrs: Attrs,
}

/// A grid mapping of a variable: which one, and for which coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct GridMapping {
    /// The variable that holds the parameters.
    pub name: Name,
    /// The coordinates that it is about; empty in the simple form, where it is about all.
    pub coordinates: Vec<Name>,
    /// The description.
    pub crs: Crs,
}

impl Crs {
    /// From the attributes of a grid mapping variable.
    ///
    /// # Errors
    /// If there is neither `grid_mapping_name` nor well-known text among them.
    pub fn from_attrs(attrs: &Attrs) -> Result<Self> {
        let known = ["grid_mapping_name", "crs_wkt", "spatial_ref"];
        if !known.iter().any(|k| attrs.text(k).is_some_and(|t| !t.trim().is_empty())) {
            return Err(Error::invalid(
                "no attribute \"grid_mapping_name\": this variable describes no grid mapping",
            ));
        }
        Ok(Self { attrs: attrs.clone() })
    }

    /// From a PROJ string, `+proj=stere +lat_0=90 ...`.
    ///
    /// # Errors
    /// If the projection is none that CF has a name for, or a parameter is no number.
    pub fn from_proj(text: &str) -> Result<Self> {
        Ok(Self { attrs: proj::read(text)? })
    }

    /// From well-known text: of version 2 (2019, 2015) or 1, as PROJ, GDAL and ESRI write it. Of
    /// a compound system the horizontal part counts.
    ///
    /// ```
    /// use graticule_dataset::Crs;
    /// let utm = Crs::from_wkt(
    ///     r#"PROJCS["UTM 33N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],
    ///     PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],
    ///     PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],
    ///     PARAMETER["false_easting",500000],UNIT["metre",1]]"#,
    /// )?;
    /// assert_eq!(utm.grid_mapping_name(), "transverse_mercator");
    /// assert_eq!(utm.number("longitude_of_central_meridian"), Some(15.0));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the text is damaged, or its method none that CF has a name for.
    pub fn from_wkt(text: &str) -> Result<Self> {
        Ok(Self { attrs: wkt::read(text)? })
    }

    /// Well-known text of version 2: that of the file, or one made of the parameters. Without an
    /// ellipsoid the earth is that of WGS 84.
    ///
    /// ```
    /// use graticule_dataset::Crs;
    /// let crs = Crs::from_proj("+proj=merc +lon_0=110 +lat_ts=20 +R=6371200 +units=m")?;
    /// let text = crs.to_wkt()?;
    /// assert!(text.starts_with("PROJCRS[\"unknown\",BASEGEOGCRS["));
    /// assert!(text.contains("METHOD[\"Mercator (variant B)\",ID[\"EPSG\",9805]]"));
    /// assert_eq!(Crs::from_wkt(&text)?.to_proj()?, "+proj=merc +lon_0=110 +lat_ts=20 +R=6371200 +units=m");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no method for the grid mapping, or a parameter is missing.
    pub fn to_wkt(&self) -> Result<String> {
        match self.wkt() {
            Some(text) => Ok(text.to_owned()),
            None => wkt::write(self),
        }
    }

    /// With the parameters of its well-known text, if it has only that.
    pub(super) fn spelled(&self) -> Result<Self> {
        match self.wkt() {
            Some(text) if self.grid_mapping_name().is_empty() => Self::from_wkt(text),
            _ => Ok(self.clone()),
        }
    }

    /// The attributes of the variable that describes it.
    #[must_use]
    pub fn to_attrs(&self) -> Attrs {
        self.attrs.clone()
    }

    /// A PROJ string.
    ///
    /// # Errors
    /// If PROJ has no projection of this name, or a parameter is missing.
    pub fn to_proj(&self) -> Result<String> {
        proj::write(&self.spelled()?.attrs)
    }

    /// The name of the grid mapping in Appendix F; empty if only well-known text is given.
    #[must_use]
    pub fn grid_mapping_name(&self) -> &str {
        self.attrs.text("grid_mapping_name").unwrap_or_default().trim()
    }

    /// A parameter that is one number.
    #[must_use]
    pub fn number(&self, parameter: &str) -> Option<f64> {
        match &*self.numbers(parameter) {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// A parameter that is a list of numbers, such as `standard_parallel`.
    #[must_use]
    pub fn numbers(&self, parameter: &str) -> Vec<f64> {
        numbers(&self.attrs, parameter)
    }

    /// The semi-major and semi-minor axes of the ellipsoid in metres, if they are given.
    #[must_use]
    pub fn ellipsoid(&self) -> Option<(f64, f64)> {
        if let Some(radius) = self.number("earth_radius") {
            return Some((radius, radius));
        }
        let major = self.number("semi_major_axis")?;
        let minor = match (self.number("semi_minor_axis"), self.number("inverse_flattening")) {
            (Some(minor), _) => minor,
            (None, Some(inverse)) if inverse != 0.0 => major * (1.0 - 1.0 / inverse),
            _ => major,
        };
        Some((major, minor))
    }

    /// The axes of the ellipsoid that is named, if it is a known one.
    pub(super) fn named_ellipsoid(&self) -> Option<(f64, f64)> {
        let name = self.attrs.text("reference_ellipsoid_name")?;
        let (major, inverse) = proj::ellipsoid_named(name)?;
        let flat = if inverse == 0.0 { 0.0 } else { 1.0 / inverse };
        Some((major, major * (1.0 - flat)))
    }

    /// The well-known text, where the file has it.
    #[must_use]
    pub fn wkt(&self) -> Option<&str> {
        self.attrs.text("crs_wkt").or_else(|| self.attrs.text("spatial_ref"))
    }

    /// The code in the EPSG registry, where the file has it.
    #[must_use]
    pub fn epsg(&self) -> Option<u32> {
        for key in ["epsg_code", "spatial_epsg", "epsg", "EPSG_code"] {
            if let Some(value) = self.attrs.get(key) {
                let digits = value.to_string();
                let digits = digits.rsplit(':').next().unwrap_or_default().trim();
                if let Ok(code) = digits.parse() {
                    return Some(code);
                }
            }
        }
        // The last identifier is that of the whole.
        let wkt = self.wkt()?;
        let at = wkt.rfind("\"EPSG\"")?;
        let rest = wkt.get(at + 6..)?;
        let digits: String = rest
            .chars()
            .skip_while(|c| matches!(c, ',' | '"' | ' '))
            .take_while(char::is_ascii_digit)
            .collect();
        // An identifier of a part is followed by more than closing brackets.
        let tail = rest
            .trim_start_matches([',', '"', ' '])
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let whole = tail.chars().all(|c| matches!(c, '"' | ']' | ')' | ' ' | '\n' | '\r' | '\t'));
        if whole { digits.parse().ok() } else { None }
    }
}

pub(super) fn numbers(attrs: &Attrs, name: &str) -> Vec<f64> {
    let Some(value) = attrs.get(name) else { return Vec::new() };
    if let Some(text) = value.as_str() {
        return text.split([' ', ',']).filter_map(|w| w.parse().ok()).collect();
    }
    let wide = value.array().cast(&DType::F64).and_then(|a| a.to_flat::<f64>());
    wide.unwrap_or_default()
}

impl Cf {
    /// The grid mappings of a variable; several in the extended form
    /// (`"crsOSGB: x y crsWGS84: lat lon"`).
    ///
    /// # Errors
    /// If there is no such variable, it names no grid mapping, or the one it names is not there or
    /// describes none.
    pub fn grid_mappings(&self, of: &str) -> Result<Vec<GridMapping>> {
        self.set.sound()?;
        let text = related(self.set.find(of)?, "grid_mapping")
            .ok_or_else(|| Error::not_found(format!("\"{of}\" has no grid mapping")))?;
        keyed(text)
            .into_iter()
            .flat_map(|(key, words)| match (key.is_empty(), words) {
                (true, words) => words.into_iter().map(|w| (w, Vec::new())).collect::<Vec<_>>(),
                (false, words) => vec![(key, words)],
            })
            .map(|(name, coordinates)| {
                let crs = Crs::from_attrs(self.set.find(&name)?.attrs())
                    .map_err(|e| e.in_variable(name.as_str()))?;
                let coordinates = coordinates.into_iter().map(Name::from).collect();
                Ok(GridMapping { name: name.into(), coordinates, crs })
            })
            .collect()
    }

    /// The grid mapping of a variable: the only one, or the first one in the extended form.
    ///
    /// # Errors
    /// As [`grid_mappings`](Self::grid_mappings).
    pub fn crs(&self, of: &str) -> Result<Crs> {
        let first = self.grid_mappings(of)?.into_iter().next();
        first
            .map(|m| m.crs)
            .ok_or_else(|| Error::not_found(format!("\"{of}\" has no grid mapping")))
    }
}

impl Dataset {
    /// Describes the coordinate reference system of some variables: adds a variable `name` that
    /// holds the parameters, and the attribute `grid_mapping` to each of them.
    ///
    /// ```
    /// use graticule_dataset::{Crs, Dataset};
    /// let crs = Crs::from_proj("+proj=longlat +R=6371229")?;
    /// let ds = Dataset::new().with_var("t", "x", vec![1.0]).with_crs("crs", &crs, "t");
    /// assert_eq!(ds.cf().crs("t")?.number("earth_radius"), Some(6371229.0));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn with_crs(&self, name: &str, crs: &Crs, vars: impl Into<Dims>) -> Self {
        let vars = vars.into();
        self.verb(
            || format!("with_crs({name:?}, .., {vars})"),
            |ds| {
                for var in &vars {
                    ds.find(var)?;
                }
                let mut made = ds.map_vars(|other, var| {
                    if !vars.has(other) {
                        return Ok(Some(var.clone()));
                    }
                    let mut encoding = var.encoding().clone();
                    encoding.extra.remove("grid_mapping");
                    let attrs = var.attrs().clone().with("grid_mapping", name);
                    Ok(Some(var.clone().with_encoding(encoding).with_attrs(attrs)))
                })?;
                let holder = Variable::new(Dims::none(), Array::scalar(0i32))?;
                Arc::make_mut(&mut made.0).insert(name, holder.with_attrs(crs.to_attrs()), true)?;
                Ok(made)
            },
        )
    }
}

/// The value of an attribute that holds one number or several.
pub(super) fn attr_of(numbers: Vec<f64>) -> AttrValue {
    match &*numbers {
        [one] => AttrValue::from(*one),
        _ => AttrValue::from(numbers),
    }
}
