//! Which variables are coordinates, and how files say so.

use super::{CoordNames, Draft, SetCoder, SetContext, SetDraft};
use indexmap::IndexSet;

use crate::name::Name;
use crate::note::NoteKind;

/// Attributes that name variables describing another one, beside `coordinates`.
pub(crate) const RELATED: [&str; 10] = [
    "bounds",
    "grid_mapping",
    "climatology",
    "geometry",
    "node_coordinates",
    "node_count",
    "part_node_count",
    "interior_ring",
    "cell_measures",
    "formula_terms",
];

/// The `coordinates` attribute of variables and of the file; on request also bounds, grid
/// mappings and their like. A variable named like a dimension is a coordinate by itself.
#[derive(Debug)]
pub(super) struct Coordinates;

impl SetCoder for Coordinates {
    fn name(&self) -> &'static str {
        "coordinates"
    }

    fn after(&self, set: &mut SetDraft, cx: &SetContext) {
        for var in &set.vars {
            if set.vars.iter().any(|v| v.dims.contains(&var.name)) {
                set.coords.insert(var.name.clone());
            }
        }
        if cx.coords == CoordNames::Dimensions {
            return;
        }
        let known: Vec<Name> = set.vars.iter().map(|v| v.name.clone()).collect();
        let mut found = Vec::new();
        let mut add = |names: &mut dyn Iterator<Item = &str>| {
            found.extend(names.filter_map(|n| known.iter().find(|k| *k == n).cloned()));
        };
        for var in &mut set.vars {
            if let Some(text) = var.attrs.text("coordinates").map(str::to_owned) {
                add(&mut text.split_whitespace());
                var.attrs.remove("coordinates");
                var.encoding.extra.set("coordinates", text);
            }
            if cx.coords != CoordNames::All {
                continue;
            }
            for attr in RELATED {
                let Some(text) = var.attrs.text(attr).map(str::to_owned) else { continue };
                let names = related_names(attr, &text);
                if names.iter().all(|n| known.iter().any(|k| k == n.as_str())) {
                    add(&mut names.iter().map(String::as_str));
                    var.attrs.remove(attr);
                    var.encoding.extra.set(attr, text);
                } else {
                    let text = format!("{attr} = \"{text}\" names variables that do not exist");
                    var.notes.push(NoteKind::IgnoredAttribute.line(text));
                }
            }
        }
        if let Some(text) = set.attrs.text("coordinates").map(str::to_owned) {
            add(&mut text.split_whitespace());
            set.attrs.remove("coordinates");
            set.stored_coordinates = Some(text);
        }
        set.coords.extend(found);
    }
}

/// The variables that an attribute such as "area: areacella" or "crs: x y" names.
fn related_names(attr: &str, text: &str) -> Vec<String> {
    let text = text.replace(" :", ":");
    let words: Vec<&str> = text.split_whitespace().collect();
    let keyed = matches!(attr, "grid_mapping" | "cell_measures" | "formula_terms");
    let wanted = |word: &&&str| -> bool {
        if !keyed || words.len() < 2 {
            return true;
        }
        word.ends_with(':') == (attr == "grid_mapping")
    };
    words.iter().filter(wanted).map(|w| w.trim_end_matches(':').to_owned()).collect()
}

/// Before writing: each variable names its coordinates, as it did in its file or as its
/// dimensions say; what no variable names stands in the attributes of the file.
/// `stored` is what they were in the file the dataset came from.
pub(crate) fn name_coordinates(set: &mut SetDraft, stored: Option<&str>) {
    let dims: IndexSet<Name> = set.vars.iter().flat_map(|v| v.dims.iter().cloned()).collect();
    let mut loose: Vec<Name> =
        set.coords.iter().filter(|c| !dims.contains(*c) && !c.contains(' ')).cloned().collect();
    loose.sort();
    let coords: Vec<(Name, Vec<Name>)> = set
        .vars
        .iter()
        .filter(|v| loose.contains(&v.name))
        .map(|v| (v.name.clone(), v.dims.clone()))
        .collect();
    let mut related: Vec<String> = Vec::new();
    let known: Vec<Name> = set.vars.iter().map(|v| v.name.clone()).collect();
    for var in &mut set.vars {
        for attr in RELATED {
            let kept = var.attrs.get(attr).filter(|_| var.as_stored).cloned();
            if let Some(value) = kept.or_else(|| var.encoding.extra.remove(attr)) {
                let names = value.as_str().map(|t| related_names(attr, t)).unwrap_or_default();
                // What a verb has dropped since is not named any more.
                if var.as_stored || names.iter().all(|n| known.iter().any(|k| k == n.as_str())) {
                    related.extend(names);
                    var.attrs.set(attr, value);
                }
            }
        }
    }
    loose.retain(|c| !related.iter().any(|r| *c == **r));
    // Bounds, areas and their like have the coordinates of what they describe.
    let named_by = |attr: &str, var: &Draft| {
        var.attrs.text(attr).map(|t| related_names(attr, t)).unwrap_or_default()
    };
    let describe: Vec<String> =
        set.vars.iter().flat_map(|v| RELATED.iter().flat_map(|a| named_by(a, v))).collect();
    // What the file named for all its variables it names again, if that is still there.
    let there = |word: &str| known.iter().any(|k| *k == word);
    let filed: Vec<&str> = stored.unwrap_or_default().split_whitespace().collect();
    let filed = if filed.iter().all(|word| there(word)) { filed } else { Vec::new() };
    let mut named: Vec<String> = Vec::new();
    for var in &mut set.vars {
        if var.as_stored {
            let text = var.attrs.text("coordinates").unwrap_or_default();
            named.extend(text.split_whitespace().map(str::to_owned));
            continue;
        }
        let kept = var.encoding.extra.remove("coordinates");
        let own: Vec<&str> = coords
            .iter()
            .filter(|(name, dims)| {
                !coords.iter().any(|(c, _)| *c == var.name)
                    && !describe.iter().any(|d| var.name == **d)
                    && !var.dims.contains(&var.name)
                    && loose.contains(name)
                    && !filed.contains(&name.as_str())
                    && dims.iter().all(|d| var.dims.contains(d))
            })
            .map(|(name, _)| name.as_str())
            .collect();
        let mut own = own;
        own.sort_unstable();
        let text = match kept.as_ref().and_then(|k| k.as_str()) {
            Some(text) => text.to_owned(),
            None => own.join(" "),
        };
        named.extend(text.split_whitespace().map(str::to_owned));
        if !text.is_empty() {
            var.attrs.set("coordinates", text);
        }
    }
    loose.retain(|c| !named.iter().any(|n| *c == **n));
    let more: Vec<&str> = loose.iter().map(Name::as_str).filter(|c| !filed.contains(c)).collect();
    let all: Vec<&str> = filed.into_iter().chain(more).collect();
    if !all.is_empty() && !set.attrs.has("coordinates") {
        set.attrs.set("coordinates", all.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::related_names;

    #[test]
    fn keyed_lists_name_their_variables() {
        assert_eq!(related_names("bounds", "time_bnds"), ["time_bnds"]);
        assert_eq!(related_names("grid_mapping", "crs"), ["crs"]);
        assert_eq!(related_names("grid_mapping", "crs: x y wgs: lat lon"), ["crs", "wgs"]);
        assert_eq!(related_names("cell_measures", "area : areacella"), ["areacella"]);
        assert_eq!(related_names("formula_terms", "a: ap b: b ps: ps"), ["ap", "b", "ps"]);
    }
}
