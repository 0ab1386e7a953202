//! Names of the vocabulary for variables and dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};
use indexmap::IndexMap;

use super::identify::identify;
use super::work::{Work, axis_only};
use super::{Vocabulary, Word};
use crate::attrs::Attrs;
use crate::cf::RELATED;
use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::name::Name;
use crate::variable::Variable;

/// Old names and new ones.
type Names = IndexMap<Name, Name>;

pub(super) fn rename(work: &mut Work<'_>) -> Result<()> {
    let found = identify(&work.set, work.words)?;
    for note in &found.notes {
        work.left(note);
    }
    unlabel(work, &found.dims)?;
    let new = |word: Word| Name::from(work.words.name(word));
    let (mut vars, mut dims) = (Names::new(), Names::new());
    for (word, name) in &found.vars {
        if work.set.has(name) && *name != new(*word) {
            vars.insert(name.clone(), new(*word));
        }
    }
    for (word, dim) in &found.dims {
        if *dim == new(*word) {
            continue;
        }
        dims.insert(dim.clone(), new(*word));
        // Labels that are longitudes or latitudes keep a name of their own.
        let is_position = found.vars.values().any(|n| n == dim);
        let labels = work.set.variable(dim).is_some_and(|v| v.ndim() == 1);
        if labels && !is_position {
            vars.insert(dim.clone(), new(*word));
        }
    }
    let positions: Vec<Name> = [Word::Lat, Word::Lon]
        .iter()
        .filter_map(|w| found.vars.get(w))
        .filter(|n| found.dims.iter().any(|(_, d)| d == *n))
        .filter(|n| dims.contains_key(*n) || vars.contains_key(*n))
        .cloned()
        .collect();
    if vars.is_empty() && dims.is_empty() {
        return Ok(());
    }
    let labels: Vec<(Name, Variable)> = positions
        .iter()
        .filter_map(|n| Some((dims.get(n).unwrap_or(n).clone(), work.set.variable(n)?.clone())))
        .collect();
    work.set = renamed(&work.set, &vars, &dims)?;
    for (dim, old) in labels {
        // What is to be said of positions is said of the variable that is only that.
        let labels = Variable::new(dim.clone(), old.data().clone())?.with_attrs(axis_only(&old));
        work.put(&dim, labels)?;
    }
    for (old, new) in &dims {
        let with = if vars.get(old) == Some(new) { " with its labels" } else { "" };
        work.changed(format!("dimension {old} to {new}{with}"));
    }
    for (old, new) in vars.iter().filter(|(old, new)| dims.get(*old) != Some(new)) {
        work.changed(format!("{old} to {new}"));
    }
    Ok(())
}

/// Drops labels of ends and corners: they mean nothing, and differ between files.
fn unlabel(work: &mut Work<'_>, dims: &[(Word, Name)]) -> Result<()> {
    for (word, dim) in dims {
        let labelled = matches!(word, Word::Bnds | Word::Vertex) && work.set.has(dim);
        if labelled && work.set.variable(dim).is_some_and(|v| v.ndim() == 1) {
            work.set = work.set.try_drop_vars(&dim.into())?;
            work.changed(format!("labels of {dim} dropped"));
        }
    }
    Ok(())
}

/// The dataset under other names, with the attributes that mention them.
fn renamed(set: &Dataset, vars: &Names, dims: &Names) -> Result<Dataset> {
    let taken = |old: &Name, new: &Name| {
        Error::invalid(format!("\"{old}\" cannot be renamed to \"{new}\": that name is taken"))
            .hint("rename what has it first, or choose another name: Vocabulary::named")
    };
    for (i, (old, new)) in vars.iter().enumerate() {
        if (set.has(new) && !vars.contains_key(new)) || vars.values().take(i).any(|n| n == new) {
            return Err(taken(old, new));
        }
    }
    for (old, new) in dims {
        let other = set.size_of(new).filter(|_| !dims.contains_key(new));
        if other.is_some_and(|n| Some(n) != set.size_of(old)) {
            return Err(taken(old, new));
        }
    }
    let to = |names: &Names, name: &Name| names.get(name).unwrap_or(name).clone();
    let both: Names = dims.iter().chain(vars).map(|(a, b)| (a.clone(), b.clone())).collect();
    let mut parts = set.0.emptied();
    for (name, var) in set.variables() {
        let key = to(vars, name);
        let mut made = var.clone();
        if var.dims().iter().any(|d| dims.contains_key(d)) {
            let dims = var.dims().iter().map(|d| to(dims, d)).collect();
            made = made.with_dims_data(dims, var.data().clone())?;
        }
        if let Some(attrs) = mentioning(made.attrs(), &both) {
            made = made.with_attrs(attrs);
        }
        if let Some(encoding) = stored(made.encoding(), &both) {
            made = made.with_encoding(encoding);
        }
        parts.insert(key.clone(), made, set.is_coord(name))?;
        let index = set.0.indexes.get(name).filter(|_| parts.indexes.contains_key(&key));
        if let Some(index) = index {
            parts.indexes.insert(key, index.clone());
        }
    }
    for joint in &set.0.joints {
        parts.put_joint(joint.renamed(|n| to(vars, n), |d| to(dims, d)));
    }
    if let Some(encoding) = stored(&parts.encoding, &both) {
        parts.encoding = encoding;
    }
    Ok(Dataset(Arc::new(parts)))
}

/// Attributes that mention renamed variables, if there are any.
fn mentioning(attrs: &Attrs, names: &Names) -> Option<Attrs> {
    let mut made = attrs.clone();
    let lists = RELATED.iter().chain(&["coordinates", "ancillary_variables", "cell_methods"]);
    for attr in lists {
        let Some(text) = attrs.text(attr) else { continue };
        let methods = *attr == "cell_methods";
        // Keys are names in methods and in the extended form of grid mappings.
        let keys = methods || *attr == "grid_mapping";
        let new = reworded(text, names, keys, !methods);
        if new != text {
            made.set(*attr, new);
        }
    }
    (made != *attrs).then_some(made)
}

fn stored(encoding: &Encoding, names: &Names) -> Option<Encoding> {
    let extra = mentioning(&encoding.extra, names);
    let grows = encoding.unlimited.iter().any(|d| names.contains_key(&**d));
    if extra.is_none() && !grows {
        return None;
    }
    let mut made = encoding.clone();
    made.extra = extra.unwrap_or(made.extra);
    for dim in &mut made.unlimited {
        if let Some(new) = names.get(&**dim) {
            *dim = new.as_str().to_owned();
        }
    }
    Some(made)
}

/// A text with other names for the words before a colon (`keys`) and for the others (`plain`);
/// what stands in parentheses is a comment.
fn reworded(text: &str, names: &Names, keys: bool, plain: bool) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let bare = word.strip_suffix(':').unwrap_or(word);
        let wanted = if bare.len() < word.len() { keys } else { plain };
        let opened = word.matches('(').count();
        match names.get(bare).filter(|_| wanted && depth == 0 && opened == 0) {
            Some(new) => {
                out.push_str(new);
                out.push_str(piece.get(bare.len()..).unwrap_or_default());
            }
            None => out.push_str(piece),
        }
        depth = (depth + opened).saturating_sub(word.matches(')').count());
    }
    out
}

/// Whether a word of the vocabulary names ends or corners.
pub(super) fn is_of_cells(words: &Vocabulary, dim: &str) -> bool {
    [Word::Bnds, Word::Vertex].iter().any(|w| words.name(*w) == dim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_attributes_follow() {
        let names: Names = [("nav_lon".into(), "lon".into()), ("t".into(), "time".into())].into();
        let methods = "t: mean (interval: 1 t comment: t: x) area: sum where t";
        assert_eq!(
            reworded(methods, &names, true, false),
            "time: mean (interval: 1 t comment: t: x) area: sum where t"
        );
        assert_eq!(reworded("nav_lat  nav_lon\nt", &names, false, true), "nav_lat  lon\ntime");
        assert_eq!(reworded("t: nav_lon", &names, false, true), "t: lon");
    }
}
