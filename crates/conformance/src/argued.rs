//! Differences that the project argues for: a table in `docs/known-differences.md`.

use std::path::Path;

use crate::corpus::Entry;

/// Rows `| category | entry | why |`. A known difference is still a failed entry; the list only
/// explains.
#[derive(Debug, Default)]
pub(crate) struct Argued(Vec<(String, String, String)>);

impl Argued {
    /// The table of this repository; empty if it is not there.
    pub(crate) fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/known-differences.md");
        Self::parse(&std::fs::read_to_string(path).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let rows = text.lines().filter_map(|line| {
            let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
            let mut cells = inner.split('|').map(|c| c.trim().trim_matches('`').to_owned());
            let row = (cells.next()?, cells.next()?, cells.next()?);
            let known = crate::corpus::Category::from_name(&row.0).is_some();
            known.then_some(row)
        });
        Self(rows.collect())
    }

    /// Why our result for this entry is right although it differs.
    pub(crate) fn reason(&self, entry: &Entry) -> Option<&str> {
        let row = self
            .0
            .iter()
            .find(|(category, key, _)| *category == entry.category.name() && *key == entry.key);
        row.map(|(_, _, why)| why.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Category;

    #[test]
    fn rows_explain_single_entries() {
        let text = "| category | entry | why |\n|---|---|---|\n| read | `a/b.nc` | ours is right |";
        let argued = Argued::parse(text);
        let entry = |category| Entry { category, key: "a/b.nc".into(), skip: None };
        assert_eq!(argued.reason(&entry(Category::Read)), Some("ours is right"));
        assert_eq!(argued.reason(&entry(Category::Decode)), None);
    }
}
