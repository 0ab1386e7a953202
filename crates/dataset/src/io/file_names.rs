//! What the names of files say: `tas_{model}_{year:4}.nc`.

mod field;

use std::collections::HashSet;
use std::sync::Arc;

use graticule_array::{Error, Result, Scalar, did_you_mean};

use self::field::Field;
use super::many::{FileList, ManyOptions};
use crate::dataset::Dataset;
use crate::name::Name;

/// A pattern of file names, whose fields become coordinates, new dimensions or attributes of what
/// is opened.
///
/// | field | stands for | becomes |
/// |---|---|---|
/// | `{model}` | any text, as little as fits | text |
/// | `{year:4}` | four characters | a whole number if all are digits, else text |
/// | `{member:int}`, `{level:float}` | a number | an integer, a float |
/// | `{day:%Y%m%d}` | a date: `%Y %m %d %j %H %M %S` | a time of the standard calendar |
/// | `{}` | anything | nothing |
///
/// A field does not reach over `/`; as many folders are compared as the pattern has.
///
/// ```
/// use graticule_array::Scalar;
/// use graticule_dataset::FilePattern;
/// let cmip = "{var}_{table}_{model}_{experiment}_r{member:int}i{}_{grid}_{start:%Y%m}-{}.nc";
/// let pattern = FilePattern::new(cmip)?;
/// assert_eq!(pattern.glob(), "*_*_*_*_r*i*_*_??????-*.nc");
/// let name = "tas_Amon_MPI-ESM1-2-LR_historical_r3i1p1f1_gn_185001-186912.nc";
/// let found = pattern.read(name)?;
/// assert_eq!(found[2], ("model".into(), Scalar::Str("MPI-ESM1-2-LR".into())));
/// assert_eq!(found[4], ("member".into(), Scalar::I64(3)));
/// assert!(matches!(found[6].1, Scalar::Time(-3_786_825_600, _))); // 1850-01-01, in seconds
/// assert!(pattern.read("tas_Amon.nc").is_err());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FilePattern {
    text: Arc<str>,
    parts: Vec<Part>,
    along: Vec<Name>,
    attrs: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Field(Field),
}

impl FilePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If a brace is not closed, a field stands there twice or is of no known kind, or two texts
    /// of any length follow each other.
    pub fn new(text: &str) -> Result<Self> {
        let wrong = |what: String| Error::invalid(format!("in the pattern \"{text}\": {what}"));
        let (mut parts, mut rest) = (Vec::new(), text);
        let mut names: Vec<Name> = Vec::new();
        while let Some((before, after)) = rest.split_once('{') {
            if before.contains('}') {
                return Err(wrong("a brace is closed that was not opened".into()));
            }
            let (inner, behind) =
                after.split_once('}').ok_or_else(|| wrong("a brace is not closed".into()))?;
            let field = Field::parse(inner).map_err(|e| e.context(format!("in \"{text}\"")))?;
            if let Some(name) = &field.name {
                if names.contains(name) {
                    return Err(wrong(format!("the field \"{name}\" stands there twice")));
                }
                names.push(name.clone());
            }
            if before.is_empty()
                && field.is_open()
                && matches!(parts.last(), Some(Part::Field(last)) if last.is_open())
            {
                return Err(wrong("nothing tells where one text ends and the next begins".into()));
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Field(field));
            rest = behind;
        }
        if rest.contains('}') {
            return Err(wrong("a brace is closed that was not opened".into()));
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { text: text.into(), parts, along: Vec::new(), attrs: Vec::new() })
    }

    /// Fields that become dimensions of length 1, along which files are then put together.
    ///
    /// # Errors
    /// If the pattern has no such field.
    pub fn along<N: Into<Name>>(mut self, names: impl IntoIterator<Item = N>) -> Result<Self> {
        self.along = self.known(names)?;
        Ok(self)
    }

    /// Fields that become attributes of the dataset.
    ///
    /// # Errors
    /// If the pattern has no such field.
    pub fn attrs<N: Into<Name>>(mut self, names: impl IntoIterator<Item = N>) -> Result<Self> {
        self.attrs = self.known(names)?;
        Ok(self)
    }

    fn known<N: Into<Name>>(&self, names: impl IntoIterator<Item = N>) -> Result<Vec<Name>> {
        let names: Vec<Name> = names.into_iter().map(Into::into).collect();
        match names.iter().find(|name| !self.fields().any(|field| field == *name)) {
            None => Ok(names),
            Some(unknown) => {
                let all: Vec<&str> = self.fields().map(Name::as_str).collect();
                let hint = did_you_mean(unknown.as_str(), all.iter().copied());
                let what = format!("the pattern \"{}\" has no field \"{unknown}\"", self.text);
                Err(Error::not_found(what)
                    .hint(hint.unwrap_or_else(|| format!("it has {}", all.join(", ")))))
            }
        }
    }

    /// The names of its fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => field.name.as_ref(),
            Part::Text(_) => None,
        })
    }

    /// The pattern of wildcards that finds its files: give it to
    /// [`open_mfdataset`](crate::open_mfdataset).
    #[must_use]
    pub fn glob(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend(text.chars().map(|c| match c {
                    '*' | '?' | '[' => format!("[{c}]"),
                    c => c.to_string(),
                })),
                Part::Field(field) => match field.width() {
                    Some(n) => out.extend(std::iter::repeat_n('?', n)),
                    None => out.push('*'),
                },
            }
        }
        out
    }

    /// What a path says, field by field.
    ///
    /// # Errors
    /// If its end does not follow the pattern.
    pub fn read(&self, path: &str) -> Result<Vec<(Name, Scalar)>> {
        let folders = self.text.matches('/').count();
        let start = path.rmatch_indices('/').nth(folders).map_or(0, |(at, _)| at + 1);
        let text = path.get(start..).unwrap_or(path);
        let mut found = Vec::new();
        if matches(&self.parts, text, 0, &mut HashSet::new(), &mut found) {
            found.reverse();
            return Ok(found);
        }
        Err(Error::invalid(format!("the name \"{text}\" does not follow \"{}\"", self.text))
            .hint(format!("files of this pattern are those of \"{}\"", self.glob())))
    }

    /// The dataset with what the name of its file says.
    fn label(&self, set: Dataset) -> Result<Dataset> {
        let origin = set.0.encoding.origin.as_ref().map(ToString::to_string);
        let mut set = set;
        for (name, value) in self.read(&origin.unwrap_or_default())? {
            let value = value.fill(&[])?;
            if self.attrs.contains(&name) {
                set = set.with_attr(name, value);
                continue;
            }
            if set.variable(&name).is_some() {
                return Err(Error::invalid(format!(
                    "the field \"{name}\" of the file name is also a variable of the file"
                )));
            }
            set = set.with_coord(name.clone(), (), value);
            if self.along.contains(&name) {
                set = set.expand_dims(&name);
            }
        }
        Ok(set)
    }
}

/// The files that the pattern stands for.
impl From<&FilePattern> for FileList {
    fn from(pattern: &FilePattern) -> Self {
        Self::from(pattern.glob())
    }
}

impl ManyOptions {
    /// Takes coordinates, new dimensions and attributes from the names of the files; before
    /// functions of [`preprocess`](Self::preprocess) that are given later.
    ///
    /// ```no_run
    /// use graticule_dataset::{FilePattern, ManyOptions, open_mfdataset};
    /// # let session = graticule_lazy::Session::default();
    /// let pattern = FilePattern::new("cmip/tas_{model}_{}.nc")?.along(["model"])?;
    /// let options = ManyOptions::new().file_names(&pattern);
    /// let all = open_mfdataset(&pattern, &options, &session)?; // tas(model, time, ..)
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn file_names(self, pattern: &FilePattern) -> Self {
        let pattern = pattern.clone();
        self.preprocess(move |set| pattern.label(set))
    }
}

/// Whether `text` from a place on is what the parts stand for; the values come last first.
/// Places that failed are not tried again.
fn matches(
    parts: &[Part],
    text: &str,
    at: usize,
    failed: &mut HashSet<(usize, usize)>,
    found: &mut Vec<(Name, Scalar)>,
) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let Some((part, parts)) = parts.split_first() else { return rest.is_empty() };
    if failed.contains(&(parts.len(), at)) {
        return false;
    }
    let good = match part {
        Part::Text(wanted) => {
            rest.starts_with(wanted) && matches(parts, text, at + wanted.len(), failed, found)
        }
        Part::Field(field) => field.candidates(rest).any(|(n, value)| {
            let good = matches(parts, text, at + n, failed, found);
            if good && let Some(name) = &field.name {
                let text = || Scalar::Str(rest.get(..n).unwrap_or_default().into());
                found.push((name.clone(), value.unwrap_or_else(text)));
            }
            good
        }),
    };
    if !good {
        failed.insert((parts.len(), at));
    }
    good
}
