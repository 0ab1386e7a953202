//! Geometries (CF 7.5): points, lines and polygons of any number of nodes.

use std::fmt;

use graticule_array::{DType, Error, Result};

use super::numbers::counts;
use super::{Cf, Crs, related};

/// What the nodes of a geometry make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One point or several.
    Point,
    /// One line or several.
    Line,
    /// One polygon or several, perhaps with holes.
    Polygon,
}

/// The geometries of a container variable, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometries {
    /// What they are.
    pub shape: Shape,
    /// The geometries in the order of the instance dimension.
    pub all: Vec<Geometry>,
    /// The reference system of the nodes, if the container names one.
    pub crs: Option<Crs>,
}

/// One geometry: its parts in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    /// Points, lines or rings.
    pub parts: Vec<Part>,
}

/// A point, a line or a ring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Positions along the X axis.
    pub x: Vec<f64>,
    /// Positions along the Y axis.
    pub y: Vec<f64>,
    /// Positions along the Z axis; empty without one.
    pub z: Vec<f64>,
    /// Whether it is a hole in the polygon before it.
    pub interior: bool,
}

impl Cf {
    /// The geometries of a variable that names them (attribute `geometry`), or of a container
    /// variable itself. Nodes and counts are read.
    ///
    /// # Errors
    /// If there is no such variable or container, it lacks what its type needs, or the counts do
    /// not fit the nodes.
    pub fn geometries(&self, of: &str) -> Result<Geometries> {
        self.set.sound()?;
        let var = self.set.find(of)?;
        let name = match related(var, "geometry") {
            Some(container) => container.trim(),
            None if var.attrs().has("geometry_type") => of,
            None => {
                return Err(Error::not_found(format!("\"{of}\" has no geometry")));
            }
        };
        self.read_geometries(name).map_err(|e| e.in_variable(name))
    }

    fn read_geometries(&self, container: &str) -> Result<Geometries> {
        let holder = self.set.find(container)?;
        let shape = match holder.attrs().text("geometry_type").unwrap_or_default().trim() {
            "point" => Shape::Point,
            "line" => Shape::Line,
            "polygon" => Shape::Polygon,
            other => {
                return Err(Error::invalid(format!(
                    "geometry_type = \"{other}\" is none of point, line, polygon"
                )));
            }
        };
        let [x, y, z] = self.nodes(related(holder, "node_coordinates").unwrap_or_default())?;
        let total = x.len();
        let listed = |attr: &str| -> Result<Option<Vec<usize>>> {
            let Some(name) = related(holder, attr) else { return Ok(None) };
            let numbers = counts(&self.set, name.trim())?;
            Ok(Some(numbers.into_iter().map(Option::unwrap_or_default).collect()))
        };
        // Without a count each node is a point of its own.
        let per_geometry = match listed("node_count")? {
            Some(counts) => counts,
            None if shape == Shape::Point => vec![1; total],
            None => vec![total],
        };
        let per_part = match (listed("part_node_count")?, shape) {
            (_, Shape::Point) => vec![1; total],
            (Some(counts), _) => counts,
            (None, _) => per_geometry.clone(),
        };
        let holes = listed("interior_ring")?.unwrap_or_default();
        let sum = |n: &[usize]| n.iter().fold(0usize, |a, b| a.saturating_add(*b));
        if sum(&per_geometry) != total || sum(&per_part) != total {
            return Err(Error::mismatch(format!(
                "{total} nodes, but the counts of geometries add up to {} and those of parts to {}",
                sum(&per_geometry),
                sum(&per_part)
            )));
        }
        let slice = |v: &[f64], from: usize, n: usize| -> Vec<f64> {
            v.get(from..from.saturating_add(n)).unwrap_or_default().to_vec()
        };
        let mut parts = per_part.iter().enumerate();
        let mut at = 0usize;
        let mut all = Vec::new();
        for nodes in per_geometry {
            let end = at + nodes;
            let mut geometry = Geometry::default();
            while at < end {
                let Some((number, n)) = parts.next() else { break };
                if at + n > end {
                    return Err(Error::mismatch(format!(
                        "part {number} of {n} nodes reaches beyond geometry {}",
                        all.len()
                    )));
                }
                if *n == 0 {
                    continue;
                }
                geometry.parts.push(Part {
                    x: slice(&x, at, *n),
                    y: slice(&y, at, *n),
                    z: slice(&z, at, *n),
                    interior: holes.get(number).is_some_and(|h| *h == 1),
                });
                at += n;
            }
            all.push(geometry);
        }
        let crs = if related(holder, "grid_mapping").is_some() {
            Some(self.crs(container)?)
        } else {
            None
        };
        Ok(Geometries { shape, all, crs })
    }

    /// The coordinates of nodes by axis.
    fn nodes(&self, names: &str) -> Result<[Vec<f64>; 3]> {
        let mut axes: [Vec<f64>; 3] = Default::default();
        let mut found = [false; 3];
        for (number, name) in names.split_whitespace().enumerate() {
            let var = self.set.find(name)?;
            let axis = match var.attrs().text("axis").map(str::trim) {
                Some("X") => 0,
                Some("Y") => 1,
                Some("Z") => 2,
                // Without the attribute that is demanded, the usual order.
                _ => number,
            };
            let values = self.set.var(name).to_array()?.cast(&DType::F64)?.to_flat::<f64>()?;
            if let (Some(slot), Some(seen)) = (axes.get_mut(axis), found.get_mut(axis)) {
                *slot = values;
                *seen = true;
            }
        }
        let [x, y, z] = &axes;
        if !matches!(found, [true, true, _]) {
            return Err(Error::invalid(
                "node_coordinates has to name a variable of the X axis and one of the Y axis",
            ));
        }
        if x.len() != y.len() || (!z.is_empty() && z.len() != x.len()) {
            return Err(Error::mismatch(format!(
                "{} positions along X and {} along Y",
                x.len(),
                y.len()
            )));
        }
        Ok(axes)
    }
}

impl Geometries {
    /// A geometry as well-known text: `POLYGON ((20 0, 10 15, 0 0, 20 0))`.
    #[must_use]
    pub fn wkt(&self, geometry: usize) -> Option<String> {
        let geometry = self.all.get(geometry)?;
        let deep = geometry.parts.iter().any(|p| !p.z.is_empty());
        let z = if deep { " Z" } else { "" };
        let texts: Vec<String> =
            geometry.parts.iter().map(|p| p.text(self.shape == Shape::Polygon)).collect();
        if texts.is_empty() {
            return Some(format!("{}{z} EMPTY", self.shape));
        }
        Some(match self.shape {
            Shape::Point if texts.len() == 1 => format!("POINT{z} ({})", texts.concat()),
            Shape::Point => format!("MULTIPOINT{z} (({}))", texts.join("), (")),
            Shape::Line if texts.len() == 1 => format!("LINESTRING{z} ({})", texts.concat()),
            Shape::Line => format!("MULTILINESTRING{z} (({}))", texts.join("), (")),
            Shape::Polygon => {
                let mut polygons: Vec<Vec<String>> = Vec::new();
                for (part, text) in geometry.parts.iter().zip(texts) {
                    match polygons.last_mut() {
                        Some(rings) if part.interior => rings.push(text),
                        _ => polygons.push(vec![text]),
                    }
                }
                let bodies: Vec<String> =
                    polygons.iter().map(|rings| format!("(({}))", rings.join("), ("))).collect();
                match &*bodies {
                    [one] => format!("POLYGON{z} {one}"),
                    _ => format!("MULTIPOLYGON{z} ({})", bodies.join(", ")),
                }
            }
        })
    }
}

impl Part {
    /// Nodes with commas; a ring ends where it began.
    fn text(&self, ring: bool) -> String {
        let mut nodes: Vec<String> = self
            .x
            .iter()
            .zip(&self.y)
            .enumerate()
            .map(|(i, (x, y))| match self.z.get(i) {
                Some(z) => format!("{x} {y} {z}"),
                None => format!("{x} {y}"),
            })
            .collect();
        if ring && nodes.first() != nodes.last() {
            nodes.extend(nodes.first().cloned());
        }
        nodes.join(", ")
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Point => "POINT",
            Self::Line => "LINESTRING",
            Self::Polygon => "POLYGON",
        })
    }
}
