//! Attributes of several objects.

use graticule_array::{Error, Result};
use indexmap::IndexMap;

use super::losses::{LossKind, Losses};
use super::options::CombineAttrs;
use crate::attrs::{AttrValue, Attrs};
use crate::name::Name;

/// Combines attributes; `of` is the variable they belong to, empty for the whole. What is passed
/// over is counted.
///
/// # Errors
/// If the policy asks for attributes that are the same, and they are not.
pub(crate) fn combine_attrs<'a>(
    all: &[(&'a str, &'a Attrs)],
    of: &str,
    policy: CombineAttrs,
    losses: &mut Losses,
) -> Result<Attrs> {
    let Some(((first_origin, first), rest)) = all.split_first() else { return Ok(Attrs::new()) };
    let label = |name: &Name| if of.is_empty() { name.to_string() } else { format!("{of}:{name}") };
    let what = || {
        if of.is_empty() {
            "the attributes".to_owned()
        } else {
            format!("the attributes of \"{of}\"")
        }
    };
    let others = || rest.iter().filter(|(_, attrs)| !attrs.shares(first));
    match policy {
        CombineAttrs::Override => {
            for (origin, attrs) in others() {
                for (name, value) in attrs.iter() {
                    if first.get(name) != Some(value) {
                        let rule = "CombineAttrs::Override";
                        losses.add(LossKind::IgnoredAttribute, label(name), rule, origin, 1);
                    }
                }
            }
            Ok((*first).clone())
        }
        CombineAttrs::Drop => {
            for (origin, attrs) in all {
                for name in attrs.names() {
                    let rule = "CombineAttrs::Drop";
                    losses.add(LossKind::IgnoredAttribute, label(name), rule, origin, 1);
                }
            }
            Ok(Attrs::new())
        }
        CombineAttrs::Identical => {
            for (origin, attrs) in others() {
                let same = attrs.len() == first.len()
                    && attrs.iter().all(|(name, value)| first.get(name) == Some(value));
                if !same {
                    let name = attrs.iter().find(|(n, v)| first.get(n) != Some(*v)).map(|(n, _)| n);
                    let name = name.or_else(|| first.names().find(|n| !attrs.has(n)));
                    return Err(Error::mismatch(format!(
                        "{} differ between {first_origin} and {origin}{}",
                        what(),
                        name.map(|n| format!(": {}", versus(first.get(n), attrs.get(n), n)))
                            .unwrap_or_default()
                    )));
                }
            }
            Ok((*first).clone())
        }
        CombineAttrs::NoConflicts => {
            let mut found: IndexMap<Name, (&str, AttrValue)> = IndexMap::new();
            for (origin, attrs) in all {
                for (name, value) in attrs.iter() {
                    match found.get(name) {
                        Some((known, old)) if old != value => {
                            return Err(Error::mismatch(format!(
                                "{} conflict between {known} and {origin}: {}",
                                what(),
                                versus(Some(old), Some(value), name)
                            ))
                            .hint("CombineAttrs::DropConflicts leaves such attributes out"));
                        }
                        Some(_) => {}
                        None => {
                            found.insert(name.clone(), (origin, value.clone()));
                        }
                    }
                }
            }
            Ok(found.into_iter().map(|(name, (_, value))| (name, value)).collect())
        }
        CombineAttrs::DropConflicts => {
            let mut found: IndexMap<Name, Option<AttrValue>> = IndexMap::new();
            for (origin, attrs) in all {
                for (name, value) in attrs.iter() {
                    match found.get_mut(name) {
                        Some(slot) if slot.as_ref() != Some(value) => {
                            let n = 1 + usize::from(slot.take().is_some());
                            let rule = "CombineAttrs::DropConflicts";
                            losses.add(LossKind::IgnoredAttribute, label(name), rule, origin, n);
                        }
                        Some(_) => {}
                        None => {
                            found.insert(name.clone(), Some(value.clone()));
                        }
                    }
                }
            }
            Ok(found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
        }
    }
}

fn versus(a: Option<&AttrValue>, b: Option<&AttrValue>, name: &Name) -> String {
    let text = |v: Option<&AttrValue>| v.map_or_else(|| "absent".into(), |v| format!("\"{v}\""));
    format!("{name} is {} and {}", text(a), text(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_keeps_what_it_says() {
        let a = Attrs::new().with("units", "K").with("title", "one");
        let b = Attrs::new().with("units", "K").with("title", "two").with("extra", 1);
        let run = |policy| {
            let mut losses = Losses::default();
            let made = combine_attrs(&[("a", &a), ("b", &b)], "", policy, &mut losses);
            let names = made
                .map(|m| m.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(" "));
            (names.map_err(|e| e.to_string()), losses.count(LossKind::IgnoredAttribute))
        };
        assert_eq!(run(CombineAttrs::Override), (Ok("units=K title=one".into()), 2));
        assert_eq!(run(CombineAttrs::Drop), (Ok(String::new()), 5));
        assert_eq!(run(CombineAttrs::DropConflicts), (Ok("units=K extra=1".into()), 2));
        let conflict = run(CombineAttrs::NoConflicts).0.unwrap_err();
        assert!(conflict.contains("title is \"one\" and \"two\""), "{conflict}");
        assert!(run(CombineAttrs::Identical).0.unwrap_err().contains("differ between a and b"));
    }
}
