//! Files that change while they are read: every run that met one is an error that names it.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use graticule_array::{ArrayMut, ChunkGrid, DType, ReduceParams, Region, Result, reduction};
use graticule_lazy::{LazyArray, Serial, Session, Threads};
use graticule_storage::{ByteSource, ChunkSource, ConcatSource, FileBytes, Location, SourceInfo};

const NUMBERS: usize = 1000;

/// What is done when so many reads were made.
struct Injection {
    after: usize,
    reads: AtomicUsize,
    act: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

/// A file of plain numbers.
struct Plain {
    info: SourceInfo,
    bytes: FileBytes,
    injection: Arc<Injection>,
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plain")
    }
}

impl ChunkSource for Plain {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        if self.injection.reads.fetch_add(1, Ordering::SeqCst) == self.injection.after
            && let Some(act) = self.injection.act.lock().unwrap().take()
        {
            act();
        }
        let mut bytes = vec![0; region.count() * 8];
        self.bytes.read_at(region.start[0] as u64 * 8, &mut bytes)?;
        for (to, from) in out.typed::<f64>()?.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *to = f64::from_le_bytes(*from);
        }
        Ok(())
    }
}

fn write(path: &Path, value: f64) {
    let bytes: Vec<u8> = (0..NUMBERS).flat_map(|_| value.to_le_bytes()).collect();
    std::fs::write(path, bytes).unwrap();
}

/// Files as an archive has them: written a while ago.
fn archive(folder: &Path, count: usize) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    let paths: Vec<PathBuf> = (0..count).map(|i| folder.join(format!("{i:03}.bin"))).collect();
    for path in &paths {
        write(path, 1.0);
        File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    paths
}

fn overwrite(path: &Path) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(NUMBERS as u64 * 4)).unwrap();
    file.write_all(&7.0f64.to_le_bytes()).unwrap();
}

fn append(path: &Path) {
    File::options().append(true).open(path).unwrap().write_all(&[0; 8]).unwrap();
}

fn truncate(path: &Path) {
    File::options().write(true).open(path).unwrap().set_len(NUMBERS as u64 * 4).unwrap();
}

fn replace(path: &Path) {
    let other = path.with_extension("new");
    write(&other, 2.0);
    std::fs::rename(other, path).unwrap();
}

fn recreate(path: &Path) {
    std::fs::remove_file(path).unwrap();
    write(path, 3.0);
}

fn touch(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now()).unwrap();
}

fn mean(session: &Session, paths: &[PathBuf], injection: &Arc<Injection>) -> LazyArray {
    let parts = paths.iter().map(|path| -> Arc<dyn ChunkSource> {
        let bytes = FileBytes::open(&Location::new(path), session.handles()).unwrap();
        let grid = ChunkGrid::even(&[NUMBERS], &[NUMBERS / 4]);
        let (dtype, shape) = (DType::F64, vec![NUMBERS]);
        let info = SourceInfo { dtype, shape, grid, whole_chunks: true, fill: None };
        Arc::new(Plain { info, bytes, injection: injection.clone() })
    });
    let all = ConcatSource::new(parts.collect(), 0).unwrap();
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    LazyArray::read(Arc::new(all)).reduce(mean, &[0]).unwrap()
}

#[test]
fn every_change_while_computing_is_found() {
    let top = std::env::temp_dir().join(format!("graticule-changing-{}", std::process::id()));
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 6] = [
        ("overwrite", overwrite),
        ("append", append),
        ("truncate", truncate),
        ("replace", replace),
        ("recreate", recreate),
        ("touch", touch),
    ];
    let mut injected = 0;
    // More files than handles are kept, and few.
    for count in [3, 130] {
        for (name, change) in changes {
            // In the first file, which may have been read by then, and in the last.
            let few = [(0, 0), (0, count * 2), (count - 1, 1), (count - 1, count - 1)];
            for (at, after) in if count > 3 { &few[1..2] } else { &few[..] } {
                let (at, after) = (*at, *after);
                for threads in [true, false] {
                    let folder = top.join(format!("{injected}"));
                    let paths = archive(&folder, count);
                    let victim = paths[at].clone();
                    let builder = Session::builder().threads(2).cuts(NUMBERS * 2, 1);
                    let session = match threads {
                        true => builder.executor(Arc::new(Threads)).build(),
                        false => builder.executor(Arc::new(Serial)).build(),
                    };
                    let path = victim.clone();
                    let act: Box<dyn FnOnce() + Send> = Box::new(move || change(&path));
                    let (reads, act) = (AtomicUsize::new(0), Mutex::new(Some(act)));
                    let injection = Arc::new(Injection { after, reads, act });
                    let what = format!("{name} of file {at} of {count} after {after} reads");
                    let error = session.compute(&[mean(&session, &paths, &injection)]);
                    let error = error.expect_err(&what);
                    assert!(error.is_changed(), "{what}: {error}");
                    assert_eq!(error.file(), Some(&*victim), "{what}");
                    injected += 1;
                    std::fs::remove_dir_all(&folder).unwrap();
                }
            }
        }
    }
    assert_eq!(injected, 60);
    // Nothing is said of files that stay as they are, even if they are removed meanwhile.
    let paths = archive(&top, 3);
    let session = Session::builder().threads(2).build();
    let gone = paths.clone();
    let act: Box<dyn FnOnce() + Send> =
        Box::new(move || gone.iter().for_each(|p| std::fs::remove_file(p).unwrap()));
    let act = Mutex::new(Some(act));
    let injection = Arc::new(Injection { after: 1, reads: AtomicUsize::new(0), act });
    let out = session.compute(&[mean(&session, &paths, &injection)]).unwrap();
    assert_eq!(out[0].to_flat::<f64>().unwrap(), [1.0]);
    std::fs::remove_dir_all(&top).unwrap();
}
