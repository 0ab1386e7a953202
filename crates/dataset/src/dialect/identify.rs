//! Which variables and dimensions of a file the words of a vocabulary mean.

use graticule_array::{DType, Error, Result};
use indexmap::IndexMap;

use super::vocabulary::CELLS;
use super::work::numbers;
use super::{Vocabulary, Word};
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::roles::{BOUNDS_ATTRS, related};
use crate::variable::Variable;

/// What was found of the words.
#[derive(Default)]
pub(super) struct Found {
    /// Variables that are not labels of a dimension of their own.
    pub(super) vars: IndexMap<Word, Name>,
    /// Dimensions, with their labels.
    pub(super) dims: Vec<(Word, Name)>,
    /// What could not be told.
    pub(super) notes: Vec<String>,
}

/// Parts of names that only bounds have.
const OF_BOUNDS: [&str; 6] = ["bnds", "bounds", "vertices", "verticies", "vertex", "corner"];

/// Finds what there is of the words.
///
/// # Errors
/// If several variables are equally a longitude, or a latitude.
pub(super) fn identify(set: &Dataset, words: &Vocabulary) -> Result<Found> {
    let set = &without_positions(set)?;
    let mut found = Found::default();
    let lon = position(set, words, Word::Lon, "longitude", &mut found.notes)?;
    let lat = position(set, words, Word::Lat, "latitude", &mut found.notes)?;
    for (word, name) in [(Word::Lat, &lat), (Word::Lon, &lon)] {
        found.vars.extend(name.clone().map(|n| (word, n)));
    }
    if let Some(time) = labels(set, words, Word::Time, "time", |_| true) {
        found.dims.push((Word::Time, time));
    }
    if let Some(lev) = labels(set, words, Word::Lev, "vertical", |v| !is_pressure(v)) {
        found.dims.push((Word::Lev, lev));
    }
    if let Some(plev) = labels(set, words, Word::Plev, "vertical", is_pressure) {
        found.dims.push((Word::Plev, plev));
    }
    horizontal(set, words, &mut found);
    cells(set, words, &mut found);
    Ok(found)
}

/// The dataset without labels that only count positions: their names mean no more than those of
/// dimensions without labels.
fn without_positions(set: &Dataset) -> Result<Dataset> {
    let counts = |name: &Name, var: &Variable| {
        matches!(&**var.dims(), [dim] if dim == name)
            && *var.dtype() == DType::I64
            && !["axis", "standard_name", "units"].iter().any(|a| var.attrs().has(a))
            && numbers(var).is_some_and(|v| v.iter().enumerate().all(|(i, n)| *n == i as f64))
    };
    set.map_vars(|name, var| Ok((!counts(name, var)).then(|| var.clone())))
}

fn is_pressure(var: &Variable) -> bool {
    var.attrs().text("standard_name").is_some_and(|s| s.trim() == "air_pressure")
        || crate::units::known(var)
            .is_some_and(|u| crate::units::parsed("Pa").is_ok_and(|pa| u.is_convertible_to(&pa)))
}

/// The longitudes or latitudes.
fn position(
    set: &Dataset,
    words: &Vocabulary,
    word: Word,
    kind: &str,
    notes: &mut Vec<String>,
) -> Result<Option<Name>> {
    let is_position = |name: &Name| {
        let lower = name.to_ascii_lowercase();
        set.variable(name).is_some_and(|v| v.dtype().is_real() && matches!(v.ndim(), 1 | 2))
            && !OF_BOUNDS.iter().any(|part| lower.contains(part))
    };
    let mut by_role: Vec<Name> = set.cf().names(kind).into_iter().filter(is_position).collect();
    if by_role.len() > 1 {
        // The labels of x and y are positions, too, once they are nominal.
        let labels = [words.name(Word::X), words.name(Word::Y)];
        let others: Vec<Name> =
            by_role.iter().filter(|n| !labels.contains(&n.as_str())).cloned().collect();
        if !others.is_empty() {
            by_role = others;
        }
    }
    let named = |among: &[Name]| words.names(word).find(|n| among.contains(n)).cloned();
    match &*by_role {
        [] => Ok(words.names(word).find(|n| is_position(n)).cloned()),
        [one] if words.name(Word::X) == one.as_str() || words.name(Word::Y) == one.as_str() => {
            // Beside nominal labels the positions themselves may say less clearly what they are.
            Ok(Some(words.names(word).find(|n| is_position(n)).unwrap_or(one).clone()))
        }
        [one] => Ok(Some(one.clone())),
        several => match named(several) {
            Some(name) => Ok(Some(name)),
            None => {
                let list: Vec<&str> = several.iter().map(Name::as_str).collect();
                // Those of the nodes, edges and faces of a mesh, which has no x and y.
                let on_points =
                    |n: &&Name| set.variable(n).is_some_and(|v| v.ndim() == 1 && !v.dims().has(n));
                if several.iter().filter(on_points).count() == several.len() {
                    notes.push(format!("{} are each a {kind} of other points", list.join(", ")));
                    return Ok(None);
                }
                Err(Error::mismatch(format!("several variables are a {kind}: {}", list.join(", ")))
                    .hint(format!("say which: Vocabulary::cmip().also(Word::{word:?}, [\"...\"])")))
            }
        },
    }
}

/// The dimension whose labels are of a kind, or that has one of the names.
fn labels(
    set: &Dataset,
    words: &Vocabulary,
    word: Word,
    kind: &str,
    suits: impl Fn(&Variable) -> bool,
) -> Option<Name> {
    let own = |name: &Name| {
        set.variable(name)
            .filter(|v| matches!(&**v.dims(), [dim] if dim == name))
            .is_some_and(&suits)
    };
    let by_role: Vec<Name> = set.cf().names(kind).into_iter().filter(|n| own(n)).collect();
    match &*by_role {
        [one] => Some(one.clone()),
        [] => {
            let bare = |n: &&Name| set.size_of(n).is_some() && (own(n) || !set.has(n));
            words.names(word).find(bare).cloned()
        }
        several => words.names(word).find(|n| several.contains(n)).cloned(),
    }
}

/// The dimensions from west to east and from south to north.
fn horizontal(set: &Dataset, words: &Vocabulary, found: &mut Found) {
    let dims_of = |word: Word| -> Dims {
        let var = found.vars.get(&word).and_then(|n| set.variable(n));
        var.map_or_else(Dims::none, |v| v.dims().clone())
    };
    let (lon, lat) = (dims_of(Word::Lon), dims_of(Word::Lat));
    let of_axis = |letter: &str, word: Word| -> Option<Name> {
        let own =
            set.cf().names(letter).into_iter().find_map(|n| match &**set.variable(&n)?.dims() {
                [dim] => Some(dim.clone()),
                _ => None,
            });
        // A dimension without labels may be named like what labels it elsewhere.
        let position = if word == Word::X { Word::Lon } else { Word::Lat };
        let bare = words.names(position).filter(|n| !set.has(n));
        let mut named = words.names(word).chain(bare);
        own.or_else(|| {
            named.find_map(|n| {
                let same = |d: &&Name| d.eq_ignore_ascii_case(n);
                set.sizes().map(|(d, _)| d).find(same).cloned()
            })
        })
    };
    let (x, y) = match (&*lon, &*lat) {
        ([x], [y]) if x == y => {
            found.notes.push(format!("longitudes and latitudes share \"{x}\": no x and y"));
            return;
        }
        ([x], [y]) => (Some(x.clone()), Some(y.clone())),
        ([a, b], _) | (_, [a, b]) => {
            let is = |dim: &Name, letter: &str, word: Word| {
                words.names(word).any(|n| n == dim)
                    || set.cf().names(letter).iter().any(|n| {
                        set.variable(n).is_some_and(|v| matches!(&**v.dims(), [d] if d == dim))
                    })
            };
            let a_is_x = is(a, "X", Word::X) && !is(a, "Y", Word::Y);
            let b_is_y = is(b, "Y", Word::Y) && !is(b, "X", Word::X);
            let turned = a_is_x || b_is_y;
            if turned {
                (Some(a.clone()), Some(b.clone()))
            } else {
                (Some(b.clone()), Some(a.clone()))
            }
        }
        ([x], _) => (Some(x.clone()), of_axis("Y", Word::Y).filter(|y| y != x)),
        (_, [y]) => (of_axis("X", Word::X).filter(|x| x != y), Some(y.clone())),
        _ => (of_axis("X", Word::X), of_axis("Y", Word::Y)),
    };
    if x.is_some() && x == y {
        return;
    }
    let taken =
        |d: &Option<Name>| d.as_ref().is_some_and(|d| found.dims.iter().any(|(_, t)| t == d));
    if taken(&x) || taken(&y) {
        found.notes.push("positions along time or height: no x and y".to_owned());
        return;
    }
    found.dims.extend(y.map(|y| (Word::Y, y)));
    found.dims.extend(x.map(|x| (Word::X, x)));
}

/// Bounds and corners of the coordinates found, and their dimensions.
fn cells(set: &Dataset, words: &Vocabulary, found: &mut Found) {
    for (word, bounds, vertices) in CELLS {
        let of_dims = found.dims.iter().find(|(w, _)| *w == word).map(|(_, n)| n);
        let Some(name) = found.vars.get(&word).or(of_dims).cloned() else { continue };
        let Some(coord) = set.variable(&name) else { continue };
        let named = BOUNDS_ATTRS.iter().filter_map(|a| related(coord, a)).map(str::trim);
        let mut candidates: Vec<Name> = named.map(Name::from).collect();
        for suffix in ["bnds", "bounds", "vertices", "verticies", "corners"] {
            candidates.push(format!("{name}_{suffix}").into());
            candidates.push(format!("{suffix}_{name}").into());
        }
        for word in [Some(bounds), vertices].into_iter().flatten() {
            candidates.extend(words.names(word).cloned());
        }
        for candidate in candidates {
            let Some(var) = set.variable(&candidate).filter(|_| candidate != name) else {
                continue;
            };
            let Some((dim, len)) = corner_dim(set, var, coord) else { continue };
            let (as_word, dim_word) = match (len, vertices) {
                (2, _) => (bounds, Word::Bnds),
                (3.., Some(vertices)) => (vertices, Word::Vertex),
                _ => continue,
            };
            if found.vars.contains_key(&as_word) {
                continue;
            }
            found.vars.insert(as_word, candidate);
            if !found.dims.iter().any(|(_, d)| *d == dim) {
                found.dims.push((dim_word, dim));
            }
        }
    }
}

/// The dimension of the ends or corners of cells: a short one that their coordinate does not
/// have. Where there are several, it is the last, as CF 7.1 has it, but no time.
fn corner_dim(set: &Dataset, bounds: &Variable, coord: &Variable) -> Option<(Name, usize)> {
    let times = set.cf().names("time");
    let short = |(dim, len): &(&Name, usize)| {
        !coord.dims().has(dim) && !times.contains(dim) && (2..=8).contains(len)
    };
    bounds.sizes().filter(short).last().map(|(d, n)| (d.clone(), n))
}
