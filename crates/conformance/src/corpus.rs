//! The corpus: its manifest, its references, and the entries they make.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::args::Args;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    /// Structure and stored values.
    Read,
    /// Decoded values.
    Decode,
    /// What several files make together.
    Multifile,
    /// Results of analysis programs.
    Operations,
    /// Files that only need to be survived.
    Malformed,
}

impl Category {
    pub(crate) const ALL: [Self; 5] =
        [Self::Read, Self::Decode, Self::Multifile, Self::Operations, Self::Malformed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Decode => "decode",
            Self::Multifile => "multifile",
            Self::Operations => "operations",
            Self::Malformed => "malformed",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// One thing that passes, fails or is skipped.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) category: Category,
    pub(crate) key: String,
    /// Why there is nothing to check, if so.
    pub(crate) skip: Option<String>,
}

/// Kinds of files that no backend reads yet.
const WITHOUT_BACKEND: [&str; 3] = ["Zarr", "zip", "other"];

/// The ways in which each set of files is opened.
const WAYS: [&str; 3] = ["default", "minimal", "nested"];

/// A folder in the format of the corpus.
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    dir: PathBuf,
}

struct Row {
    path: String,
    kind: String,
    features: String,
}

impl Corpus {
    pub(crate) fn open(dir: &Path) -> Result<Self, String> {
        let corpus = Self { dir: dir.to_path_buf() };
        if corpus.dir.join("MANIFEST.csv").is_file() {
            Ok(corpus)
        } else {
            Err(format!("{} holds no MANIFEST.csv", dir.display()))
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.dir.join(relative)
    }

    fn json(&self, relative: &str) -> Result<Value, String> {
        let path = self.dir.join(relative);
        let text = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// The reference of a file.
    pub(crate) fn reference(&self, path: &str) -> Result<Value, String> {
        self.json(&format!("reference/{path}.json"))
    }

    /// An analysis program with its result.
    pub(crate) fn program(&self, name: &str) -> Result<Value, String> {
        self.json(&format!("operations/{name}.json"))
    }

    /// The sets of files that are opened as one, if the corpus has any.
    pub(crate) fn sets(&self) -> Result<Vec<Value>, String> {
        if !self.dir.join("reference/MULTIFILE.json").exists() {
            return Ok(Vec::new());
        }
        match self.json("reference/MULTIFILE.json")? {
            Value::Array(sets) => Ok(sets),
            _ => Err("MULTIFILE.json is not a list".into()),
        }
    }

    fn rows(&self) -> Result<Vec<Row>, String> {
        let path = self.dir.join("MANIFEST.csv");
        let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        let mut lines = text.lines().map(fields);
        let header = lines.next().unwrap_or_default();
        let column = |name: &str| {
            let at = header.iter().position(|h| h == name);
            at.ok_or_else(|| format!("MANIFEST.csv has no column {name}"))
        };
        let (path, kind, features) = (column("path")?, column("kind")?, column("features")?);
        let get = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
        Ok(lines
            .filter(|row| row.len() > 1)
            .map(|row| Row {
                path: get(&row, path),
                kind: get(&row, kind),
                features: get(&row, features),
            })
            .collect())
    }

    /// All entries that the arguments ask for, in the order of the categories.
    pub(crate) fn entries(&self, args: &Args) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for row in self.rows()? {
            self.file_entries(&row, &mut entries)?;
        }
        for set in self.sets()? {
            let name = set["set"].as_str().unwrap_or_default();
            for way in WAYS.into_iter().filter(|way| !set[*way].is_null()) {
                let skip = set[way]["skip"].as_str().map(String::from);
                let key = format!("{name} ({way})");
                entries.push(Entry { category: Category::Multifile, key, skip });
            }
        }
        let programs = std::fs::read_dir(self.dir.join("operations")).into_iter().flatten();
        let programs = programs.filter_map(|e| e.ok()?.file_name().into_string().ok());
        for key in programs.filter_map(|n| n.strip_suffix(".json").map(String::from)) {
            entries.push(Entry { category: Category::Operations, key, skip: None });
        }
        let asked = |e: &Entry| {
            (args.only.is_empty() || args.only.contains(&e.category))
                && args.matching.as_ref().is_none_or(|text| e.key.contains(text))
        };
        entries.retain(asked);
        entries.sort_by(|a, b| (a.category, &a.key).cmp(&(b.category, &b.key)));
        Ok(entries)
    }

    fn file_entries(&self, row: &Row, out: &mut Vec<Entry>) -> Result<(), String> {
        let reference = self.reference(&row.path)?;
        let key = || row.path.clone();
        let without = WITHOUT_BACKEND.contains(&row.kind.as_str());
        let skip = without.then(|| format!("no backend reads {} yet", row.kind));
        if is_malformed(row, &reference) {
            out.push(Entry { category: Category::Malformed, key: key(), skip });
            return Ok(());
        }
        out.push(Entry { category: Category::Read, key: key(), skip: skip.clone() });
        let skip = skip.or_else(|| {
            (!has_decoded(&reference)).then(|| "the reference has no decoded values".to_owned())
        });
        out.push(Entry { category: Category::Decode, key: key(), skip });
        Ok(())
    }
}

fn is_malformed(row: &Row, reference: &Value) -> bool {
    let objects = reference["h5"]["objs"].as_array().is_some_and(|o| !o.is_empty());
    row.features.contains("malformed:") || (reference["open"]["engine"].is_null() && !objects)
}

fn has_decoded(reference: &Value) -> bool {
    let groups = reference["groups"].as_array().into_iter().flatten();
    let mut vars = groups.filter_map(|g| g["vars"].as_object()).flat_map(|vars| vars.values());
    vars.any(|var| !var["dec"].is_null())
}

/// The fields of a line of comma-separated values; a field in quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match (c, out.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => out.push(String::new()),
            (c, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_may_hold_commas() {
        assert_eq!(fields("a,\"b,c\",,d"), ["a", "b,c", "", "d"]);
    }
}
