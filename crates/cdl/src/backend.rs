//! CDL as a format to open and to write.

use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Error, Result};
use graticule_storage::{
    Backend, ByteSource, GroupWriter, Location, OpenHint, OpenOptions, RawGroup, RawSchema,
};

use crate::write::Writer;

/// Texts longer than this are not read: they take many times their length in memory.
const LONGEST: u64 = 1 << 30;

/// The CDL that a backend made by [`CdlBackend::to_text`] has written.
#[derive(Clone, Debug, Default)]
pub struct CdlText(Arc<Mutex<Option<String>>>);

impl CdlText {
    /// Takes the text out, if it was written.
    #[must_use]
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn put(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// The text form of netCDF.
///
/// ```
/// use std::sync::Arc;
/// use graticule_cdl::CdlBackend;
/// use graticule_storage::{Backend, MemoryBytes, OpenOptions};
/// let text = "netcdf t { dimensions: x = 2 ; variables: short a(x) ; data: a = 1, _ ; }";
/// let bytes = Arc::new(MemoryBytes::new("t.cdl", text.as_bytes().to_vec()));
/// let root = CdlBackend::new().open(bytes, &OpenOptions::default())?;
/// assert_eq!(root.vars[0].dims, ["x"]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CdlBackend {
    text: Option<CdlText>,
}

impl CdlBackend {
    /// Reads texts and writes files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes no files: what is written is put aside as text, whatever its location.
    #[must_use]
    pub fn to_text() -> (Self, CdlText) {
        let text = CdlText::default();
        (Self { text: Some(text.clone()) }, text)
    }
}

impl Backend for CdlBackend {
    fn name(&self) -> &'static str {
        "cdl"
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        let plain = |b: &u8| b.is_ascii_graphic() || b.is_ascii_whitespace();
        let first = hint.first.get(..6).unwrap_or(hint.first);
        if !first.iter().all(plain) {
            return false;
        }
        // Comments may stand before the first word.
        let n = usize::try_from(hint.bytes.len().min(4096)).unwrap_or(0);
        let Ok(head) = hint.bytes.read_vec(0, n) else { return false };
        let head = String::from_utf8_lossy(&head);
        let lines = head.lines().map(str::trim_start);
        let mut words = lines.filter(|l| !l.is_empty() && !l.starts_with("//"));
        words.next().is_some_and(|l| {
            l.strip_prefix("netcdf").is_some_and(|rest| rest.starts_with([' ', '\t', '{']))
        })
    }

    fn open(&self, bytes: Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup> {
        let path = bytes.location().path().to_path_buf();
        if bytes.len() > LONGEST {
            return Err(Error::unsupported("a text of more than 1 GiB")
                .hint("make a netCDF file of it with ncgen")
                .in_file(&path));
        }
        let all = bytes.read_vec(0, usize::try_from(bytes.len()).unwrap_or(0))?;
        let text = String::from_utf8(all)
            .map_err(|_| Error::corrupt("the text is not UTF-8").in_file(&path))?;
        let mut root = crate::parse::parse(&text).map_err(|e| e.in_file(&path))?;
        if !options.only.is_empty() {
            root.vars.retain(|v| options.only.contains(&v.name));
        }
        Ok(root)
    }

    fn writes(&self) -> &'static [&'static str] {
        &["cdl"]
    }

    fn formats(&self) -> &'static [&'static str] {
        &["CDL"]
    }

    fn create(&self, at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
        Ok(Box::new(Writer::new(at, schema, self.text.clone())?))
    }
}
