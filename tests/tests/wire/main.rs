//! Tasks in other processes: this test's own binary, started anew, gets bytes and gives bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use graticule::lazy::{LazyArray, RunOptions};
use graticule::{
    Array, Assembly, Compression, DType, DataArray, Dataset, Encoding, Executor, Partial, Plan,
    Scalar, Session, WriteOptions, backends, open_mfdataset,
};

/// Does tasks until its input ends: a length, and so many bytes, each time; answers in lines.
#[test]
#[ignore = "runs in a process of its own"]
fn worker() {
    if std::env::var_os("GRATICULE_WORKER").is_none() {
        return;
    }
    let session = Session::builder().threads(1).backends(backends()).build();
    let mut input = std::io::stdin().lock();
    let mut length = [0; 8];
    while input.read_exact(&mut length).is_ok() {
        let mut bytes = vec![0; u64::from_le_bytes(length) as usize];
        input.read_exact(&mut bytes).unwrap();
        match session.run_task(&bytes).and_then(|made| made.encode()) {
            Ok(made) => println!("\nmade {}", hex(&made)),
            Err(error) => println!("\nfailed {}", hex(error.to_string().as_bytes())),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    digits.map(|d| u8::from_str_radix(std::str::from_utf8(d).unwrap(), 16).unwrap()).collect()
}

struct Worker {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Worker {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["worker", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("GRATICULE_WORKER", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, to, from: BufReader::new(from) }
    }

    /// What a task made, or its error; `None` if the process is gone.
    fn run(&mut self, task: &[u8]) -> Option<Result<Vec<u8>, String>> {
        self.to.write_all(&(task.len() as u64).to_le_bytes()).ok()?;
        self.to.write_all(task).ok()?;
        self.to.flush().ok()?;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(made) = line.strip_prefix("made ") {
                return Some(Ok(unhex(made.trim())));
            }
            if let Some(error) = line.strip_prefix("failed ") {
                return Some(Err(String::from_utf8(unhex(error.trim())).unwrap()));
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the tasks of plans in so many processes, from the last to the first, and kills one of
/// the processes on the way.
#[derive(Debug)]
struct Processes {
    count: usize,
    kills: bool,
    /// Tasks that were done in them, and processes that were started.
    done: Mutex<(usize, usize)>,
}

impl Processes {
    fn new(count: usize, kills: bool) -> Arc<Self> {
        Arc::new(Self { count, kills, done: Mutex::default() })
    }
}

impl Executor for Processes {
    fn name(&self) -> &'static str {
        "processes"
    }

    fn run(&self, session: &Session, plan: &Plan, _: &RunOptions) -> graticule::Result<Vec<Array>> {
        let assembly = Assembly::new(plan);
        for stage in 0..plan.stages() {
            let left = Mutex::new((0..plan.tasks(stage)).collect::<Vec<_>>());
            let work = |number: usize| -> graticule::Result<()> {
                let mut worker = Worker::start();
                self.done.lock().unwrap().1 += 1;
                let mut kills = self.kills && number == 0;
                loop {
                    let Some(task) = left.lock().unwrap().pop() else { return Ok(()) };
                    let bytes = assembly.encode_task(session, stage, task)?;
                    if std::mem::take(&mut kills) {
                        worker.child.kill().unwrap();
                        worker.child.wait().unwrap();
                    }
                    match worker.run(&bytes) {
                        Some(Ok(made)) => {
                            assembly.add(stage, task, Partial::decode(&made)?)?;
                            self.done.lock().unwrap().0 += 1;
                        }
                        Some(Err(text)) => return Err(graticule::Error::io(text)),
                        None => {
                            left.lock().unwrap().push(task);
                            worker = Worker::start();
                            self.done.lock().unwrap().1 += 1;
                        }
                    }
                }
            };
            std::thread::scope(|scope| {
                let threads: Vec<_> =
                    (0..self.count).map(|n| scope.spawn(move || work(n))).collect();
                threads.into_iter().try_for_each(|t| t.join().unwrap())
            })?;
        }
        assembly.finish()
    }
}

/// Six files of 40 days: packed temperatures, compressed.
fn write_files(folder: &Path) {
    for file in 0..6u16 {
        let days: Vec<f64> = (0..40).map(|d| f64::from(file * 40 + d)).collect();
        let time = DataArray::new("time", "time", days).with_attr("units", "days since 2001-01-01");
        let value = |i: usize| ((i * 7919 + usize::from(file) * 31) % 4001) as f32 * 0.01 + 260.0;
        let values: Vec<f32> =
            (0..40 * 8 * 9).map(|i| if i % 97 == 0 { f32::NAN } else { value(i) }).collect();
        let t = DataArray::new("t", ["time", "lat", "lon"], (values, [40, 8, 9]));
        let encoding = Encoding {
            dtype: Some(DType::I16),
            scale: Some(Scalar::F32(0.01)),
            offset: Some(Scalar::F32(280.0)),
            fill: Some(Scalar::I16(i16::MIN)),
            chunks: Some(vec![5, 8, 9]),
            ..Encoding::default()
        };
        Dataset::new()
            .with_session(&graticule::session())
            .with_coord_variable("time", time.variable())
            .with_variable("t", t.variable())
            .write_with(
                folder.join(format!("{file}.nc")),
                &WriteOptions::new().compression(Compression::Deflate(1)).encoding("t", encoding),
            )
            .unwrap();
    }
}

fn session(executor: Option<Arc<dyn Executor>>) -> Session {
    let builder = Session::builder().threads(2).backends(backends()).cuts(4000, 4);
    match executor {
        Some(executor) => builder.executor(executor).build(),
        None => builder.build(),
    }
}

#[test]
fn other_processes_give_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    let t = open_mfdataset(folder.path().join("*.nc")).unwrap().var("t").clone();
    let outputs: Vec<LazyArray> = [
        t.mean("time"),
        t.groupby("time.month").std("time"),
        (t.groupby("time.month") - t.groupby("time.month").mean("time")).max(["lat", "lon"]),
        (&t * 1.8 + 32.0).isel("lat", 3),
        t.rolling("time", 7).mean().min("time"),
    ]
    .iter()
    .map(DataArray::data)
    .collect();
    let here = session(None).compute(&outputs).unwrap();
    for (count, kills) in [(1, false), (2, true)] {
        let processes = Processes::new(count, kills);
        let apart = session(Some(processes.clone()));
        let there = apart.compute(&outputs).unwrap();
        for (a, b) in here.iter().zip(&there) {
            assert_eq!(a.to_packed(), b.to_packed());
        }
        let (done, started) = *processes.done.lock().unwrap();
        assert_eq!(done, apart.plan(&outputs).unwrap().totals().tasks);
        assert!(!kills || started > count, "{started}");
    }
    // The whole expression elsewhere, of files that it names.
    let elsewhere = session(None);
    let bytes = elsewhere.encode(&outputs).unwrap();
    let again = session(None).decode(&bytes).unwrap();
    for (a, b) in here.iter().zip(&elsewhere.compute(&again).unwrap()) {
        assert_eq!(a.to_packed(), b.to_packed());
    }
    // A file that is another one now.
    write_files(folder.path());
    let later = session(None).decode(&bytes).unwrap();
    let error = elsewhere.compute(&later).unwrap_err().to_string();
    assert!(error.contains("has changed") && error.contains(".nc"), "{error}");
    // A session that does not know the format.
    let without = Session::builder().threads(1).build();
    let error = without.compute(&without.decode(&bytes).unwrap()).unwrap_err().to_string();
    assert!(error.contains("does not read hdf5"), "{error}");
}

#[test]
fn an_error_elsewhere_is_an_error_here() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    let t = open_mfdataset(folder.path().join("*.nc")).unwrap().var("t").clone();
    let mean = t.mean("time").data();
    std::fs::remove_file(folder.path().join("4.nc")).unwrap();
    let session = session(Some(Processes::new(1, false)));
    let error = session.compute(&[mean]).unwrap_err().to_string();
    assert!(error.contains("4.nc"), "{error}");
}
