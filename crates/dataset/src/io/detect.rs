//! Which backend opens a file, and what to say if none does.

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;
use graticule_storage as storage;
use graticule_storage::{
    Backend, BlockBytes, ByteSource, FileBytes, Location, OpenHint, RawGroup, is_packed, unpack,
};

/// Where HDF5 files may begin behind a block of the user's.
const LATER: [u64; 3] = [512, 1024, 2048];

/// Bytes fetched at a time where each read is a round trip: a megabyte takes about as long.
const BLOCK: usize = 256 << 10;

/// Opens a file with the first of the session's backends that recognises it.
///
/// # Errors
/// If there is no such file, no backend recognises it, or it is damaged.
pub fn open_raw(
    location: &Location,
    session: &Session,
    options: &storage::OpenOptions,
) -> Result<RawGroup> {
    refuse_url(location)?;
    let bytes: Arc<dyn ByteSource> = Arc::new(FileBytes::open(location, session.handles())?);
    open_raw_source(bytes, session, options)
}

/// [`open_raw`] of bytes from anywhere: in memory, behind a cache, or from a store of one's own.
/// Those that are not [near](ByteSource::is_near) are read through blocks that the session keeps.
///
/// # Errors
/// If no backend recognises the bytes, or they are damaged.
pub fn open_raw_source(
    bytes: Arc<dyn ByteSource>,
    session: &Session,
    options: &storage::OpenOptions,
) -> Result<RawGroup> {
    let location = bytes.location().clone();
    let bytes = if bytes.is_near() {
        bytes
    } else {
        Arc::new(BlockBytes::new(bytes, BLOCK, session.blocks()))
    };
    let mut first = piece(&bytes, 0)?;
    let mut bytes = bytes;
    if is_packed(&first) {
        bytes = unpack(bytes, options.unpacked, session.handles())?;
        first = piece(&bytes, 0)?;
    }
    let backend = choose(&bytes, first, session).map_err(|e| e.in_file(location.path()))?;
    backend.open(bytes, options).map_err(|e| e.in_file(location.path()))
}

fn refuse_url(location: &Location) -> Result<()> {
    match location.scheme() {
        Some(scheme) => {
            Err(Error::unsupported(format!("\"{location}\": {scheme} is not read by this build"))
                .hint("download the file first"))
        }
        None => Ok(()),
    }
}

/// The backend of bytes, `first` being those that they begin with.
fn choose<'a>(
    bytes: &Arc<dyn ByteSource>,
    mut first: Vec<u8>,
    session: &'a Session,
) -> Result<&'a Arc<dyn Backend>> {
    if bytes.is_empty() {
        return Err(Error::corrupt("the file is empty"));
    }
    let ask = |first: &[u8]| {
        let hint = OpenHint { location: bytes.location(), first, bytes };
        session.backends().iter().find(|b| b.recognises(&hint))
    };
    if let Some(backend) = ask(&first) {
        return Ok(backend);
    }
    let head = first.clone();
    for at in LATER {
        first.extend(piece(bytes, at)?);
    }
    ask(&first).ok_or_else(|| unknown(&head, session))
}

/// Up to 8 bytes at a place.
fn piece(bytes: &Arc<dyn ByteSource>, at: u64) -> Result<Vec<u8>> {
    let n = bytes.len().saturating_sub(at).min(8);
    if n == 0 {
        return Ok(Vec::new());
    }
    bytes.read_vec(at, usize::try_from(n).unwrap_or(0))
}

fn unknown(first: &[u8], session: &Session) -> Error {
    let names: Vec<&str> = session.backends().iter().map(|b| b.name()).collect();
    if names.is_empty() {
        return Error::unsupported("this session knows no file format")
            .hint("give it backends, or open through the graticule crate");
    }
    let looks =
        looks_like(first).unwrap_or_else(|| format!("the first bytes are {}", shown(first)));
    Error::unsupported(format!("not a known file format: {looks}"))
        .hint(format!("this build reads {}", names.join(", ")))
}

/// What well-known first bytes tell.
fn looks_like(first: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(first).trim_start().to_lowercase();
    let kinds: [(&[u8], &str); 10] = [
        (b"PK\x03\x04", "this looks like a zip archive; unpack it first"),
        (b"BZh", "this looks like bzip2; decompress it first"),
        (b"\xfd7zXZ", "this looks like xz; decompress it first"),
        (b"\x28\xb5\x2f\xfd", "this looks like zstd; decompress it first"),
        (b"GRIB", "this looks like GRIB"),
        (b"BUFR", "this looks like BUFR"),
        (b"\x0e\x03\x13\x01", "this looks like HDF4"),
        (b"\x89PNG", "this looks like a PNG image"),
        (b"II*\x00", "this looks like a TIFF image"),
        (b"%PDF", "this looks like PDF"),
    ];
    if let Some((_, what)) = kinds.iter().find(|(magic, _)| first.starts_with(magic)) {
        return Some((*what).to_owned());
    }
    let web = ["<!doct", "<html", "<?xml"].iter().any(|t| text.starts_with(t));
    if web {
        return Some("this looks like a web page, perhaps the message of a failed download".into());
    }
    let cdl = "this looks like CDL text, which a session with the CDL backend opens";
    text.starts_with("netcdf ").then(|| cdl.into())
}

/// Bytes as text where they are, else as numbers.
fn shown(bytes: &[u8]) -> String {
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) {
        return format!("\"{}\"", String::from_utf8_lossy(bytes));
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
}
