//! The table of standard names (CF 3.3, Appendix B): canonical units and aliases.

use std::collections::BTreeMap;

use graticule_array::did_you_mean;

use crate::attrs::Attrs;
use crate::dataset::Dataset;
use crate::variable::Variable;

/// Written from the table that the CF community publishes (CC0) by `standard_names.py`, which
/// tells its form.
const TABLE: &str = include_str!("standard_names.txt");

/// The table of standard names: about 5000 names with their canonical units, and names that stand
/// for others since these were mended.
///
/// ```
/// use graticule_dataset::StandardNames;
/// let names = StandardNames::cf();
/// assert_eq!(names.canonical_units("air_temperature"), Some("K"));
/// assert_eq!(names.alias_of("sea_surface_elevation"), Some("sea_surface_height_above_geoid"));
/// assert!(!names.has("air_temprature"));
/// assert_eq!(names.similar("air_temprature").as_deref(), Some("did you mean \"air_temperature\"?"));
/// ```
#[derive(Clone, Debug)]
pub struct StandardNames {
    version: &'static str,
    names: BTreeMap<String, Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// Canonical units; empty for names of text and flags.
    Units(&'static str),
    AliasOf(&'static str),
}

impl StandardNames {
    /// The table that comes with this crate. Reading it takes about a millisecond; keep it for
    /// many questions.
    #[must_use]
    pub fn cf() -> Self {
        let mut lines = TABLE.lines();
        let version = lines.next().unwrap_or_default();
        let units: Vec<&'static str> = lines.next().unwrap_or_default().split('\t').collect();
        let mut names = BTreeMap::new();
        let mut before = String::new();
        for line in lines {
            let (Some(shared), Some((rest, entry))) =
                (line.bytes().next(), line.get(1..).and_then(|l| l.split_once('\t')))
            else {
                continue;
            };
            before.truncate(usize::from(shared.saturating_sub(b'A')));
            before.push_str(rest);
            let entry = match entry.strip_prefix('=') {
                Some(name) => Entry::AliasOf(name),
                None => {
                    let own = entry.parse().ok().and_then(|i: usize| units.get(i));
                    Entry::Units(own.copied().unwrap_or_default())
                }
            };
            names.insert(before.clone(), entry);
        }
        Self { version, names }
    }

    /// The number of the table's version.
    #[must_use]
    pub fn version(&self) -> &str {
        self.version
    }

    /// How many names there are, aliases among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether there is such a name or alias.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The name that an alias stands for; none for what is no alias.
    #[must_use]
    pub fn alias_of(&self, name: &str) -> Option<&str> {
        match self.names.get(name)? {
            Entry::AliasOf(to) => Some(to),
            Entry::Units(_) => None,
        }
    }

    /// The name itself, or the one that an alias stands for.
    #[must_use]
    pub fn current<'a>(&'a self, name: &'a str) -> &'a str {
        // An alias of an alias does not occur; a circle must not hang.
        self.alias_of(name).map_or(name, |to| self.alias_of(to).unwrap_or(to))
    }

    /// The canonical units of a name or an alias: empty for names of text and flags, which have
    /// none, and no answer for names that are not there.
    #[must_use]
    pub fn canonical_units(&self, name: &str) -> Option<&str> {
        match self.names.get(self.current(name))? {
            Entry::Units(units) => Some(units),
            Entry::AliasOf(_) => None,
        }
    }

    /// "did you mean ...?", if a name is spelt almost like this one.
    #[must_use]
    pub fn similar(&self, name: &str) -> Option<String> {
        did_you_mean(name, self.names.keys().map(String::as_str))
    }
}

impl Dataset {
    /// Gives each variable with a standard name, and without units, its canonical units
    /// (cf-xarray's `add_canonical_attributes`). Names of text and flags have none.
    ///
    /// ```
    /// use graticule_dataset::{Attrs, Dataset, Variable};
    /// let t = Variable::new("x", vec![273.0])?
    ///     .with_attrs(Attrs::new().with("standard_name", "air_temperature"));
    /// let ds = Dataset::new().with_variable("t", t).add_canonical_units();
    /// assert_eq!(ds["t"].attrs().text("units"), Some("K"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn add_canonical_units(&self) -> Self {
        self.verb(
            || "add_canonical_units()".into(),
            |set| {
                let table = StandardNames::cf();
                set.map_vars(|_, var| Ok(Some(table.described(var))))
            },
        )
    }
}

impl StandardNames {
    fn described(&self, var: &Variable) -> Variable {
        let attrs: &Attrs = var.attrs();
        // Times have their units in the encoding.
        let without = !attrs.has("units") && !var.dtype().is_temporal();
        let name = attrs.text("standard_name").and_then(|t| t.split_whitespace().next());
        let units = name.filter(|_| without).and_then(|n| self.canonical_units(n));
        match units.filter(|u| !u.is_empty()) {
            Some(units) => var.clone().with_attrs(attrs.clone().with("units", units)),
            None => var.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = StandardNames::cf();
        assert!(table.len() > 5500 && table.version().parse::<u32>().is_ok(), "{}", table.len());
        for (name, entry) in &table.names {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
            match entry {
                Entry::Units(units) if !units.is_empty() => {
                    assert!(graticule_units::Unit::parse(units).is_ok(), "{name}: {units}");
                }
                Entry::Units(_) => {}
                Entry::AliasOf(to) => {
                    assert!(table.canonical_units(to).is_some(), "{name} -> {to}");
                }
            }
        }
    }

    /// One hundred names of all fields of the table.
    #[test]
    fn a_hundred_names_have_their_units() {
        let table = StandardNames::cf();
        let mut seen = 0;
        for line in include_str!("frequent_names.txt").lines() {
            let (units, names) = line.split_once(": ").unwrap();
            for name in names.split(' ') {
                assert_eq!(table.canonical_units(name), Some(units), "{name}");
                seen += 1;
            }
        }
        assert!(seen >= 100, "{seen}");
        assert_eq!(table.canonical_units("region"), Some(""));
        assert_eq!(table.canonical_units("air_temprature"), None);
    }
}
