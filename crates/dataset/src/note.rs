//! Warnings as values: what opening and verbs did that a user might not expect.
//!
//! They stand as lines of text among the encodings, where displays show them and writing leaves
//! them out; each ends in the number of its kind, by which it is found again.

use std::fmt;

use graticule_array::{Error, Result};

use crate::attrs::{AttrValue, Attrs};
use crate::cf::NOTES;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// Values that could not be decoded and are as the file stores them.
    LeftAsStored,
    /// An attribute without sense that was not followed.
    IgnoredAttribute,
    /// A part of a file that cannot be read.
    Unreadable,
    /// A file that was left out.
    SkippedFile,
    /// An index of files that was made anew, or could not be written.
    IndexFile,
    /// An index over coordinates that could not follow them.
    DroppedIndex,
    /// A dimension that is not there, and was left out of what was asked for.
    MissingDimension,
    /// Data that had to be read by a verb that otherwise reads nothing.
    EarlyRead,
    /// Units that do not go together, or are unknown.
    Units,
    /// Anything else.
    Other,
}

const KINDS: [(NoteKind, &str, &str); 10] = [
    (NoteKind::LeftAsStored, "G1", "left as stored"),
    (NoteKind::IgnoredAttribute, "G2", "ignored attribute"),
    (NoteKind::Unreadable, "G3", "unreadable part"),
    (NoteKind::SkippedFile, "G4", "skipped file"),
    (NoteKind::IndexFile, "G5", "index of files"),
    (NoteKind::DroppedIndex, "G6", "dropped index"),
    (NoteKind::MissingDimension, "G7", "missing dimension"),
    (NoteKind::EarlyRead, "G8", "early read"),
    (NoteKind::Units, "G9", "units"),
    (NoteKind::Other, "G0", "note"),
];

impl NoteKind {
    fn row(self) -> (&'static str, &'static str) {
        let found = KINDS.iter().find(|(kind, ..)| *kind == self);
        found.map_or(("G0", "note"), |(_, id, words)| (id, words))
    }

    /// Its number, by which documents speak of it.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().0
    }

    /// What it is in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().1
    }

    /// The line that stands for a note.
    pub(crate) fn line(self, text: impl fmt::Display) -> String {
        self.line_of(text, 1)
    }

    /// The line that stands for so many notes.
    pub(crate) fn line_of(self, text: impl fmt::Display, count: usize) -> String {
        match count {
            1 => format!("{text} ({})", self.id()),
            n => format!("{text} ({} ×{n})", self.id()),
        }
    }
}

/// Something that opening or a verb did and a user might not expect.
///
/// ```
/// use graticule_dataset::{Dataset, MissingDims, NoteKind};
/// let ds = Dataset::new().with_var("t", "x", vec![1, 2, 3]);
/// let first = ds.isel_many([("x", 0.into()), ("depth", 0.into())], MissingDims::Warn);
/// let notes = first.notes();
/// assert_eq!((notes.len(), notes[0].kind()), (1, NoteKind::MissingDimension));
/// assert_eq!(notes[0].to_string(), "G7 positions along depth left out: no such dimension");
/// let refused = first.refuse_notes([NoteKind::MissingDimension]);
/// assert!(refused.fault().unwrap().to_string().contains("depth"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    kind: NoteKind,
    text: String,
    count: usize,
    first: Option<Name>,
}

impl Note {
    fn parse(line: &str, of: Option<&Name>) -> Self {
        let other = || (NoteKind::Other, line, 1);
        let parts = || {
            let (text, mark) = line.strip_suffix(')')?.rsplit_once(" (")?;
            let (id, count) = mark.split_once(" ×").unwrap_or((mark, "1"));
            let (kind, ..) = KINDS.iter().find(|(_, known, _)| *known == id)?;
            Some((*kind, text, count.parse().ok()?))
        };
        let (kind, text, count) = parts().unwrap_or_else(other);
        Self { kind, text: text.to_owned(), count, first: of.cloned() }
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> NoteKind {
        self.kind
    }

    /// What happened.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How often: the number of files, variables or verbs that say the same.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The first variable that it is about; `None` if it is about the dataset.
    #[must_use]
    pub fn variable(&self) -> Option<&Name> {
        self.first.as_ref()
    }
}

/// `G1 t: times are left as numbers: ... (×3)`.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind.id())?;
        if let Some(name) = &self.first {
            write!(f, "{name}: ")?;
        }
        f.write_str(&self.text)?;
        if self.count > 1 {
            write!(f, " (×{})", self.count)?;
        }
        Ok(())
    }
}

/// The lines among the extras of an encoding.
pub(crate) fn lines(extra: &Attrs) -> Vec<String> {
    let Some(value) = extra.get(NOTES) else { return Vec::new() };
    let texts = value.array().to_flat::<graticule_array::Text>().unwrap_or_default();
    texts.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect()
}

/// Lines that differ only in what `name_of` cuts off become one, which names the first of them.
pub(crate) fn grouped<'a>(
    kind: NoteKind,
    said: impl IntoIterator<Item = (&'a str, String)>,
) -> Vec<String> {
    let mut groups: Vec<(String, &str, usize)> = Vec::new();
    for (name, text) in said {
        match groups.iter_mut().find(|(known, ..)| *known == text) {
            Some((_, _, count)) => *count += 1,
            None => groups.push((text, name, 1)),
        }
    }
    let line = |(text, first, count): (String, &str, usize)| {
        kind.line_of(format!("left out {first}: {text}"), count)
    };
    groups.into_iter().map(line).collect()
}

impl crate::dataset::Parts {
    /// Remembers what a verb did that its user might not expect.
    pub(crate) fn note(&mut self, kind: NoteKind, text: impl fmt::Display) {
        let mut all = lines(&self.encoding.extra);
        let line = kind.line(text);
        if !all.contains(&line) {
            all.push(line);
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.encoding.extra.set(NOTES, AttrValue::from(all));
    }
}

impl Dataset {
    /// What opening and verbs did to the dataset and its variables that a user might not expect:
    /// parts of a file that could not be read, values left as they are stored, indexes that were
    /// dropped. What is said more than once is one note that counts.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut out: Vec<Note> = Vec::new();
        let of_variables = self.variables().flat_map(|(name, var)| {
            let all = lines(&var.encoding().extra).into_iter();
            all.map(move |line| (Some(name), line))
        });
        let own = lines(&self.encoding().extra).into_iter().map(|line| (None, line));
        for (of, line) in own.chain(of_variables) {
            let note = Note::parse(&line, of);
            match out.iter_mut().find(|n| n.kind == note.kind && n.text == note.text) {
                Some(known) => known.count += note.count,
                None => out.push(note),
            }
        }
        out
    }

    fn try_refuse_notes(&self, kinds: &[NoteKind]) -> Result<Self> {
        let refused: Vec<String> =
            self.notes().iter().filter(|n| kinds.contains(&n.kind)).map(Note::to_string).collect();
        match refused.split_first() {
            None => Ok(self.clone()),
            Some((first, rest)) => {
                let error = Error::invalid(format!("a note that is refused: {first}"));
                Err(rest.iter().fold(error, |e, line| e.context(line.as_str())))
            }
        }
    }

    /// Makes notes of some kinds errors: a fault, if the dataset has any.
    #[track_caller]
    pub fn refuse_notes(&self, kinds: impl IntoIterator<Item = NoteKind>) -> Self {
        let kinds: Vec<NoteKind> = kinds.into_iter().collect();
        self.verb(|| format!("refuse_notes({kinds:?})"), |set| set.try_refuse_notes(&kinds))
    }
}

impl DataArray {
    /// What opening and verbs did to the array and its coordinates that a user might not expect.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.set.notes();
        for note in &mut notes {
            if note.first.as_deref() == Some(crate::data_array::MAIN) {
                note.first.clone_from(&self.name);
            }
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again_and_counted() {
        for (kind, id, _) in KINDS {
            let note = Note::parse(&kind.line_of("what (there) was", 12), None);
            assert_eq!((note.kind(), note.text(), note.count()), (kind, "what (there) was", 12));
            assert_eq!(note.to_string(), format!("{id} what (there) was (×12)"));
        }
        for line in ["as it came", "odd (G77)", "odd (G1 ×many)", ""] {
            assert_eq!(Note::parse(line, None).text(), line);
        }
        let many = (0..10_000).map(|_| ("a.nc", "no format".to_owned()));
        let lines = grouped(NoteKind::SkippedFile, many);
        assert_eq!(lines, ["left out a.nc: no format (G4 ×10000)"]);
        let ds = Dataset::new().with_variable("v", {
            let var = crate::Variable::new("x", vec![1]).unwrap();
            let mut encoding = var.encoding().clone();
            encoding.extra.set(NOTES, AttrValue::from(vec![&*lines[0], "odd (G1)"]));
            var.with_encoding(encoding)
        });
        let notes: Vec<String> = ds.notes().iter().map(ToString::to_string).collect();
        assert_eq!(notes, ["G4 v: left out a.nc: no format (×10000)", "G1 v: odd"]);
        assert_eq!(ds["v"].notes().len(), 2);
        assert!(ds.refuse_notes([NoteKind::Units]).fault().is_none());
        let fault = ds.refuse_notes([NoteKind::LeftAsStored]).fault().unwrap().to_string();
        assert!(fault.contains("G1 v: odd"), "{fault}");
    }
}
