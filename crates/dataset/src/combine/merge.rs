//! Pieces side by side: different variables over the same dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;
use indexmap::IndexMap;

use super::align::Labelled;
use super::attrs::combine_attrs;
use super::join;
use super::losses::{LossKind, Losses};
use super::options::{CombineOptions, Compat};
use super::piece::{Meta, Part, Piece};
use super::problems::{Problems, few};
use super::unify::{Unified, unify};
use crate::attrs::Attrs;
use crate::dataset::Dataset;
use crate::name::Name;

/// Puts the variables of several datasets or arrays into one dataset. Shared dimensions must
/// have the same labels, and variables that more than one object has must be equal. Reads
/// nothing: where only reading could tell whether variables are equal, that is an error which
/// lists them, unless [`allow_compare_values`](CombineOptions::allow_compare_values) is said.
///
/// ```
/// use graticule_dataset::{Dataset, merge};
/// let a = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("a", "x", vec![0.1, 0.2]);
/// let b = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("b", "x", vec![0.3, 0.4]);
/// let both = merge(&[a, b])?;
/// assert!(both.has("a") && both.has("b"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If an object carries a fault or an array has no name, and if they do not go together: all
/// reasons at once.
pub fn merge<T: Labelled>(objects: &[T]) -> Result<Dataset> {
    merge_with(objects, &CombineOptions::new())
}

/// Puts the variables of several datasets or arrays into one dataset, as the options say.
///
/// ```
/// use graticule_dataset::{CombineOptions, Compat, DataArray, Join, merge_with};
/// let at = |name: &str, x: [i32; 2], v: [f32; 2]| {
///     DataArray::new(name, "x", v.to_vec()).with_coord("x", "x", x.to_vec())
/// };
/// let options = CombineOptions::new().join(Join::Outer).compat(Compat::NoConflicts);
/// let both = merge_with(&[at("v", [1, 2], [1., 2.]), at("v", [2, 3], [2., 3.])], &options)?;
/// assert_eq!(both["v"].values::<f32>()?, [1., 2., 3.]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// As [`merge`].
pub fn merge_with<T: Labelled>(objects: &[T], options: &CombineOptions) -> Result<Dataset> {
    let mut sets = Vec::with_capacity(objects.len());
    let mut pieces = Vec::with_capacity(objects.len());
    for (at, object) in objects.iter().enumerate() {
        let set = object.named_set().check()?;
        pieces.push(Piece::of(&set, &object.origin(at)));
        sets.push(set);
    }
    let Some(first) = sets.first() else { return Ok(Dataset::new()) };
    let session = sets.iter().find_map(|s| s.0.session.clone()).unwrap_or_default();
    let mut problems = Problems::default();
    let may_read = options.compare.unwrap_or(false);
    let whole = merge_pieces(pieces, options, &session, may_read, &mut problems)?;
    problems.into_result(&format!("while merging {} objects", sets.len()))?;
    let whole = whole.ok_or_else(|| Error::bug("nothing was merged"))?;
    super::finish(whole, &sets, options, first)
}

/// Pieces grouped by their data variables, where the groups share none; otherwise one group, so
/// that variables which some lack are noticed.
pub(super) fn groups(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let names = |p: &Piece| {
        let mut names: Vec<_> = p.data_vars().map(|v| v.name().clone()).collect();
        names.sort();
        names
    };
    let mut found: Vec<(Vec<_>, Vec<usize>)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let own = names(piece);
        match found.iter_mut().find(|(known, _)| *known == own) {
            Some((_, members)) => members.push(at),
            None => found.push((own, vec![at])),
        }
    }
    let disjoint = found.iter().enumerate().all(|(i, (a, _))| {
        found.iter().skip(i + 1).all(|(b, _)| a.iter().all(|n| b.binary_search(n).is_err()))
    });
    if !disjoint || found.len() == 1 {
        return vec![pieces];
    }
    let mut group_of = vec![0; pieces.len()];
    for (group, (_, members)) in found.iter().enumerate() {
        for at in members {
            if let Some(slot) = group_of.get_mut(*at) {
                *slot = group;
            }
        }
    }
    let mut out: Vec<Vec<Piece>> = found.iter().map(|_| Vec::new()).collect();
    for (piece, group) in pieces.into_iter().zip(group_of) {
        if let Some(members) = out.get_mut(group) {
            members.push(piece);
        }
    }
    out
}

/// Pieces with different variables as one; `None` if there are none. What does not go together
/// is added to the problems.
///
/// # Errors
/// If data cannot be read.
pub(super) fn merge_pieces(
    mut pieces: Vec<Piece>,
    options: &CombineOptions,
    session: &Session,
    may_read: bool,
    problems: &mut Problems,
) -> Result<Option<Piece>> {
    if pieces.len() <= 1 {
        return Ok(pieces.pop());
    }
    let mut losses = Losses::default();
    let clashing = join::align(&mut pieces, &[], &options.labels(), &mut losses, problems);
    let mut job = Merge { options, session, may_read, problems, losses, unread: Vec::new() };
    let mut having: IndexMap<Name, Vec<(usize, &Part)>> = IndexMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        for part in &piece.parts {
            having.entry(part.name().clone()).or_default().push((at, part));
        }
    }
    let mut whole: Option<Piece> = None;
    let mut history = super::losses::History::default();
    let mut parts = Vec::with_capacity(having.len());
    for (name, members) in &having {
        let split = members.iter().any(|(_, p)| p.meta.dims.iter().any(|d| clashing.contains(d)));
        if split {
            continue;
        }
        if let Some((part, rule, from)) = job.variable(name, members, &pieces)? {
            let sources: Vec<Arc<str>> = from
                .iter()
                .filter_map(|i| pieces.get(*i))
                .flat_map(|p| p.leaves().collect::<Vec<_>>())
                .collect();
            let known = match (&*from, rule) {
                // Made of several before: that is the better story.
                ([at], "taken") => pieces.get(*at).and_then(|p| p.history.provenance.get(name)),
                _ => None,
            };
            match known {
                Some(p) => history.record(name, p.rule.clone(), p.sources.clone()),
                None => {
                    let rule = match rule {
                        "equal" => format!("equal in all {}", members.len()),
                        other => other.to_owned(),
                    };
                    history.record(name, rule, sources.into());
                }
            }
            parts.push(part);
        }
    }
    job.report_unread();
    let mut losses = job.losses;
    let all: Vec<(&str, &Attrs)> = pieces.iter().map(|p| (&*p.origin, &p.attrs)).collect();
    let attrs = match combine_attrs(&all, "", options.attrs, &mut losses) {
        Ok(attrs) => attrs,
        Err(why) => {
            problems.push(why);
            Attrs::new()
        }
    };
    for piece in &pieces {
        losses.extend(&piece.history.losses);
    }
    if let Some(first) = pieces.first() {
        let mut coords = (*first.coords).clone();
        for piece in pieces.iter().skip(1) {
            coords.extend(piece.coords.iter().cloned());
        }
        coords.retain(|c| parts.iter().any(|p| p.name() == c));
        history.losses = losses;
        whole = Some(Piece {
            origin: first.origin.clone(),
            coords: Arc::new(coords),
            attrs,
            ignored: first.ignored.clone(),
            encoding: first.encoding.clone(),
            leaves: pieces.iter().flat_map(|p| p.leaves().collect::<Vec<_>>()).collect(),
            history,
            parts,
        });
    }
    Ok(whole)
}

struct Merge<'a> {
    options: &'a CombineOptions,
    session: &'a Session,
    may_read: bool,
    problems: &'a mut Problems,
    losses: Losses,
    unread: Vec<Name>,
}

impl Merge<'_> {
    /// The variable of all pieces together, the rule, and the pieces its values come from.
    fn variable(
        &mut self,
        name: &Name,
        members: &[(usize, &Part)],
        pieces: &[Piece],
    ) -> Result<Option<(Part, &'static str, Vec<usize>)>> {
        let origin = |at: usize| pieces.get(at).map_or("?", |p| &*p.origin);
        let Some((at, first)) = members.first().copied() else { return Ok(None) };
        if members.len() == 1 {
            return Ok(Some((first.clone(), "taken", vec![at])));
        }
        // Labels were brought together before; they are the same now.
        let is_labels = matches!(&*first.meta.dims, [d] if d == name);
        let compat = self.options.compat;
        let unified = if is_labels && first.in_memory().is_some() {
            Unified::One { part: first.clone(), passed_over: 0 }
        } else {
            let named = |at: usize| pieces.get(at).map_or_else(|| "?".into(), |p| p.origin.clone());
            unify(members, compat, self.session, self.may_read, &named)?
        };
        match unified {
            Unified::One { part, passed_over } => {
                let lost = LossKind::OverriddenVariable;
                let rule = "Compat::Override";
                self.losses.add(lost, name.as_str(), rule, origin(at), passed_over);
                let attrs: Vec<(&str, &Attrs)> =
                    members.iter().map(|(i, p)| (origin(*i), &p.meta.attrs)).collect();
                let policy = self.options.attrs;
                let attrs = match combine_attrs(&attrs, name, policy, &mut self.losses) {
                    Ok(attrs) => attrs,
                    Err(why) => {
                        self.problems.push(why);
                        return Ok(None);
                    }
                };
                let part = part.with_attrs(attrs);
                let all = || members.iter().map(|(i, _)| *i).collect();
                Ok(Some(match compat {
                    Compat::Override if passed_over > 0 => (part, "the first one taken", vec![at]),
                    Compat::NoConflicts if !is_labels => (part, "filled from each other", all()),
                    _ => (part, "equal", vec![at]),
                }))
            }
            Unified::Differs(_) if compat == Compat::Minimal => {
                let rule = "Compat::Minimal";
                let n = members.len();
                self.losses.add(LossKind::DroppedVariable, name.as_str(), rule, origin(at), n);
                Ok(None)
            }
            Unified::Differs(other) => {
                let how = match compat {
                    Compat::NoConflicts => "has other values",
                    Compat::Identical => "is not identical",
                    _ => "differs",
                };
                self.problems.push(
                    Error::mismatch(format!(
                        "it {how} between {} and {}",
                        origin(at),
                        origin(other)
                    ))
                    .in_variable(name.as_str())
                    .hint("Compat::Override takes the first one"),
                );
                Ok(None)
            }
            Unified::Unread => {
                self.unread.push(name.clone());
                Ok(None)
            }
        }
    }

    fn report_unread(&mut self) {
        if let Some(why) = unread(&self.unread) {
            self.problems.push(why);
        }
    }
}

/// The error for variables that only reading could compare.
pub(super) fn unread(names: &[Name]) -> Option<Error> {
    if names.is_empty() {
        return None;
    }
    let list = few(names.iter().map(Name::as_str));
    Some(
        Error::invalid(format!(
            "only reading could tell whether these variables are the same in all: {list}"
        ))
        .hint("allow_compare_values() reads them, Compat::Override takes the first one"),
    )
}

impl Part {
    /// The same part with other attributes.
    pub(super) fn with_attrs(self, attrs: Attrs) -> Self {
        if self.meta.attrs.shares(&attrs) {
            return self;
        }
        Self { meta: Arc::new(Meta { attrs, ..(*self.meta).clone() }), ..self }
    }
}
