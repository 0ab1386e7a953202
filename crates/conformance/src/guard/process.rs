//! One worker process and the watch over it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use super::usage;
use crate::args::Args;
use crate::corpus::Entry;
use crate::outcome::Outcome;

/// How much one entry may take.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) resident_kb: u64,
}

/// How often a busy worker is looked after.
const GLANCE: Duration = Duration::from_millis(50);

/// A worker process; it ends with this value.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
    listener: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts this program anew as a worker.
    pub(crate) fn start(args: &Args) -> Result<Self, String> {
        let mut program = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
        program.arg("--worker").arg("--corpus").arg(&args.corpus);
        Self::launch(program)
    }

    fn launch(mut program: Command) -> Result<Self, String> {
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("cannot start a worker: {e}"))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("a worker without output")?;
        let (send, answers) = channel();
        let listen = move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        };
        let listener = std::thread::Builder::new().spawn(listen).map_err(|e| e.to_string())?;
        Ok(Self { child, input, answers, listener: Some(listener) })
    }

    /// Has an entry checked; also says whether the worker can go on.
    pub(crate) fn check(&mut self, entry: &Entry, limits: &Limits) -> (Outcome, bool) {
        let request = json!({ "category": entry.category.name(), "key": entry.key });
        let process = self.child.id().to_string();
        let before = usage::cpu(&process).unwrap_or_default();
        let begun = Instant::now();
        let sent = self.input.as_mut().map(|i| writeln!(i, "{request}").and_then(|()| i.flush()));
        if !matches!(sent, Some(Ok(()))) {
            return (self.died(), false);
        }
        loop {
            match self.answers.recv_timeout(GLANCE) {
                Ok(line) => {
                    let answer = serde_json::from_str(&line).unwrap_or_default();
                    return (Outcome::from_json(&answer), true);
                }
                Err(RecvTimeoutError::Disconnected) => return (self.died(), false),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let cpu = usage::cpu(&process).unwrap_or_default().saturating_sub(before);
            let resident = usage::resident_kb(&process).unwrap_or(0);
            let exceeded = if cpu > limits.cpu {
                format!("stopped after {:.0} s of CPU", cpu.as_secs_f64())
            } else if begun.elapsed() > limits.wall {
                format!("stopped after {:.0} s", begun.elapsed().as_secs_f64())
            } else if resident > limits.resident_kb {
                format!("stopped at {} MB", resident >> 10)
            } else {
                continue;
            };
            self.stop();
            return (Outcome::failed("exceeded its limits", exceeded), false);
        }
    }

    fn died(&mut self) -> Outcome {
        let how = match self.child.wait() {
            Ok(status) => describe(status),
            Err(e) => e.to_string(),
        };
        Outcome::failed("the process died", how)
    }

    fn stop(&mut self) {
        // Both fail only if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None;
        self.stop();
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    status.to_string()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::corpus::Category;

    fn ending_of(script: &str) -> Result<(Outcome, bool), String> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("read request; {script}")]);
        let entry = Entry { category: Category::Malformed, key: "x".into(), skip: None };
        let limits = Limits {
            cpu: Duration::from_millis(300),
            wall: Duration::from_secs(60),
            resident_kb: 1 << 20,
        };
        Ok(Worker::launch(shell)?.check(&entry, &limits))
    }

    #[test]
    fn answers_crashes_and_hangs_are_told_apart() {
        let (outcome, alive) = ending_of(r#"echo '{"outcome":"passed"}'; read next"#).unwrap();
        assert_eq!((outcome, alive), (Outcome::Passed, true));
        let (outcome, alive) = ending_of("kill -SEGV $$").unwrap();
        assert_eq!((outcome, alive), (Outcome::failed("the process died", "signal 11"), false));
        let (outcome, alive) = ending_of("while :; do :; done").unwrap();
        let Outcome::Failed(failures) = outcome else { panic!("a hang passed") };
        assert_eq!((failures[0].what.as_str(), alive), ("exceeded its limits", false));
        assert!(failures[0].found.contains("CPU"));
    }
}
