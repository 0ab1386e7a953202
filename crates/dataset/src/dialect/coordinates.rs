//! Which variables are coordinates, and what their attributes say.

use std::sync::Arc;

use graticule_array::{DType, MapOp, Result};

use super::Word;
use super::vocabulary::CELLS;
use super::work::Work;
use crate::attrs::{AttrValue, Attrs};
use crate::name::Name;
use crate::roles::{BOUNDS_ATTRS, keyed, related};
use crate::variable::Variable;

pub(super) fn promote(work: &mut Work<'_>) -> Result<()> {
    let mut wanted: Vec<Name> = work.words.iter().map(|(_, name)| name.clone()).collect();
    let attrs = work.set.attrs();
    wanted.extend(words(attrs.text("coordinates").unwrap_or_default()));
    for (_, var) in work.set.variables() {
        for attr in BOUNDS_ATTRS.iter().chain(&["coordinates"]) {
            wanted.extend(words(related(var, attr).unwrap_or_default()));
        }
        let measures = keyed(related(var, "cell_measures").unwrap_or_default());
        wanted.extend(measures.into_iter().flat_map(|(_, names)| names).map(Name::from));
        if let Some(text) = related(var, "grid_mapping") {
            let pairs = keyed(text).into_iter();
            let names =
                pairs.flat_map(|(key, words)| if key.is_empty() { words } else { vec![key] });
            wanted.extend(names.map(Name::from));
        }
    }
    // What a file is about stays its data: the areas of a file of areas.
    let subject = work.set.attrs().text("variable_id").map(str::to_owned);
    let mut made: Vec<Name> = Vec::new();
    for name in wanted {
        let is_data = work.set.has(&name) && !work.set.is_coord(&name);
        if is_data && subject.as_deref() != Some(&name) && !made.contains(&name) {
            made.push(name);
        }
    }
    if made.is_empty() {
        return Ok(());
    }
    if made.len() == work.set.data_vars().count() {
        work.left("what would be coordinates are all the variables there are");
        return Ok(());
    }
    work.set = work.set.set_coords(&made).check()?;
    let list: Vec<&str> = made.iter().map(Name::as_str).collect();
    work.changed(format!("{} made coordinates", list.join(", ")));
    Ok(())
}

pub(super) fn widen(work: &mut Work<'_>) -> Result<()> {
    let labels = [(Word::X, true), (Word::Y, true)];
    let cells = CELLS.iter().skip(1).flat_map(|(c, b, v)| [Some(*c), Some(*b), *v]);
    let all = labels.into_iter().chain(cells.flatten().map(|w| (w, false)));
    let mut made = Vec::new();
    for (word, only_floats) in all {
        let Some((name, var)) = work.var(word) else { continue };
        let narrow = var.dtype().is_real() && *var.dtype() != DType::F64;
        if !narrow || (only_floats && !var.dtype().is_float()) {
            continue;
        }
        work.put(&name, var.mapped(MapOp::Cast(DType::F64))?)?;
        made.push(format!("{name} from {}", var.dtype()));
    }
    if !made.is_empty() {
        work.changed(made.join(", "));
    }
    Ok(())
}

fn words(text: &str) -> impl Iterator<Item = Name> {
    text.split_whitespace().map(Name::from)
}

/// The attributes that a coordinate shall have (`None`: shall not have).
type Wanted = Vec<(&'static str, Option<&'static str>)>;

pub(super) fn describe(work: &mut Work<'_>) -> Result<()> {
    let mut said = Vec::new();
    for (word, wanted) in coordinates(work) {
        let Some((name, var)) = work.var(word) else { continue };
        let mut attrs = var.attrs().clone();
        for (attr, value) in wanted {
            match value {
                Some(value) => attrs.set(attr, value),
                None => drop(attrs.remove(attr)),
            }
        }
        if attrs != *var.attrs() {
            said.push(format!("{name} ({})", difference(var.attrs(), &attrs)));
            work.relabel(&name, var.with_attrs(attrs));
        }
    }
    for (coord, bounds, vertices) in CELLS {
        let Some((name, var)) = work.var(coord) else { continue };
        let cells: Vec<Name> = [vertices, Some(bounds)]
            .into_iter()
            .flatten()
            .filter_map(|w| Some(work.var(w)?.0))
            .collect();
        for cell in &cells {
            if let Some(bare) = work.set.variable(cell).and_then(|b| undescribed(b, &var)) {
                said.push(format!("{cell} (described by {name})"));
                work.relabel(cell, bare);
            }
        }
        // Coordinates of two dimensions are bounded by the corners of their cells.
        let Some(first) = cells.first() else { continue };
        let known = BOUNDS_ATTRS.iter().find_map(|a| related(&var, a));
        if known.map(str::trim) != Some(first) {
            said.push(format!("{name} (bounds: {first})"));
            let mut encoding = var.encoding().clone();
            let mut attrs = var.attrs().clone();
            for attr in BOUNDS_ATTRS {
                encoding.extra.remove(attr);
                attrs.remove(attr);
            }
            encoding.extra.set("bounds", first.as_str());
            work.relabel(&name, var.with_attrs(attrs).with_encoding(encoding));
        }
    }
    if !said.is_empty() {
        work.changed(said.join(", "));
    }
    Ok(())
}

fn coordinates(work: &Work<'_>) -> Vec<(Word, Wanted)> {
    const FOREIGN: [&str; 3] = ["cartesian_axis", "_CoordinateAxisType", "grads_dim"];
    let foreign = || FOREIGN.map(|a| (a, None));
    let position = |word: Word, name: &'static str, units: &'static str| {
        let mut wanted: Wanted = vec![("standard_name", Some(name)), ("units", Some(units))];
        // Only labels of a dimension are an axis.
        if work.var(word).is_some_and(|(n, v)| !matches!(&**v.dims(), [d] if *d == n)) {
            wanted.push(("axis", None));
        }
        wanted.extend(foreign());
        wanted
    };
    let axis = |letter: &'static str| {
        let mut wanted: Wanted = vec![("axis", Some(letter))];
        wanted.extend(foreign());
        wanted
    };
    // Labels that repeat the positions are described by them.
    let labels = |word: Word, of: Word, letter: &'static str, name: &str| {
        let mut wanted = axis(letter);
        let is = |(_, v): (Name, Variable)| {
            v.attrs().text("standard_name").is_some_and(|s| s == name)
                || v.attrs().text("units").is_some_and(|u| u.starts_with("degree"))
                    && !v.attrs().has("standard_name")
        };
        if work.var(of).is_some() && work.var(word).is_some_and(is) {
            wanted.extend([("standard_name", None), ("units", None), ("bounds", None)]);
        }
        wanted
    };
    let mut lev = axis("Z");
    if let Some((_, var)) = work.var(Word::Lev)
        && !var.attrs().has("positive")
        && var.attrs().text("standard_name").is_some_and(|s| s.starts_with("depth"))
    {
        lev.push(("positive", Some("down")));
    }
    let mut plev = axis("Z");
    plev.extend([("positive", Some("down")), ("standard_name", Some("air_pressure"))]);
    vec![
        (Word::Time, axis("T")),
        (Word::Lev, lev),
        (Word::Plev, plev),
        (Word::Y, labels(Word::Y, Word::Lat, "Y", "latitude")),
        (Word::X, labels(Word::X, Word::Lon, "X", "longitude")),
        (Word::Lat, position(Word::Lat, "latitude", "degrees_north")),
        (Word::Lon, position(Word::Lon, "longitude", "degrees_east")),
    ]
}

/// Bounds without the attributes that only repeat what their coordinate says (CF 7.1).
fn undescribed(bounds: &Variable, coord: &Variable) -> Option<Variable> {
    let same_units = match (crate::units::known(bounds), crate::units::known(coord)) {
        (Some(a), Some(b)) => a.is_same_as(&b),
        (None, _) => !bounds.attrs().has("units"),
        (Some(_), None) => false,
    };
    if !same_units {
        return None;
    }
    let mut attrs = bounds.attrs().clone();
    for attr in ["units", "standard_name", "long_name", "axis", "positive"] {
        attrs.remove(attr);
    }
    (attrs != *bounds.attrs()).then(|| bounds.clone().with_attrs(attrs))
}

/// What was set to what, and what went.
fn difference(old: &Attrs, new: &Attrs) -> String {
    let set = new.iter().filter(|(n, v)| old.get(n) != Some(v));
    let gone = old.iter().filter(|(n, _)| !new.has(n));
    let text = |(n, v): (&Name, &AttrValue)| format!("{n}: {v}");
    let all: Vec<String> = set.map(text).chain(gone.map(|(n, _)| format!("no {n}"))).collect();
    all.join(", ")
}

impl Work<'_> {
    /// Puts a variable of the same values in the place of another.
    fn relabel(&mut self, name: &Name, var: Variable) {
        let parts = Arc::make_mut(&mut self.set.0);
        if let Some(held) = parts.vars.get_mut(name) {
            *held = var;
        }
        parts.cache = crate::cache::Cache::default();
    }
}
