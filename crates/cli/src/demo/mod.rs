//! `graticule demo`: a synthetic archive of daily files, and the main job on it.

mod archive;
mod field;

use std::path::{Path, PathBuf};
use std::time::Instant;

use graticule::{Error, Result, Session};

use crate::args::Args;
use crate::open::{open_in, session};
use crate::output::{print, took};

/// Makes the archive, then opens it as one dataset, and computes a mean, a climatology and the
/// spread of the anomalies, saying what each took.
pub(crate) fn demo(args: &Args) -> Result<()> {
    if args.days == 0 {
        return Err(Error::invalid("--days must be at least 1"));
    }
    let folder = Folder::new(args)?;
    let session = session(args)?;
    let started = Instant::now();
    print(&format!(
        "making {} daily files of 4 packed variables on 720 x 1440 cells in {}\n",
        args.days,
        folder.path.display()
    ))?;
    let bytes = archive::make(&folder.path, args.days, &session)?;
    print(&format!(
        "{:.0} MB in {:.1} s\n\n",
        bytes as f64 / 1e6,
        started.elapsed().as_secs_f64()
    ))?;
    main_job(args, &folder.path, &session)
}

fn main_job(args: &Args, folder: &Path, session: &Session) -> Result<()> {
    let pattern = folder.join("*.nc").to_string_lossy().into_owned();
    let many = Args { files: vec![pattern.clone()], vars: Vec::new(), ..args.clone() };
    let started = Instant::now();
    let ds = open_in(&many, session)?;
    let per_file = started.elapsed().as_secs_f64() * 1e3 / args.days as f64;
    print(&format!("open_mfdataset(\"{pattern}\")   {per_file:.2} ms per file\n{ds}\n\n"))?;

    let sst = ds.var("sst");
    let groups = sst.groupby("time.month");
    let climatology = groups.mean(());
    let spread = (&groups - &climatology).std("time");
    print(&format!("the plan of the climatology\n{}\n\n", climatology.explain()?))?;
    for (what, result) in [
        ("mean over time        sst.mean(\"time\")", sst.mean("time")),
        ("monthly climatology   sst.groupby(\"time.month\").mean()", climatology),
        ("spread of anomalies   (groups - climatology).std(\"time\")", spread),
    ] {
        let started = Instant::now();
        let done = result.compute()?;
        print(&format!("{what}\n{done}\n{}\n", took(session, started)))?;
    }
    Ok(())
}

/// The archive's folder, removed at the end unless asked to stay.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn new(args: &Args) -> Result<Self> {
        let path = args.dir.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("graticule-demo-{}", std::process::id()))
        });
        let fresh = !path.exists();
        std::fs::create_dir_all(&path).map_err(|e| Error::from(e).in_file(&path))?;
        // What was there before is never removed.
        Ok(Self { path, keep: args.keep || !fresh })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing more can be done about a folder that does not go away.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
