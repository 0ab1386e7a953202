//! What runs tell of themselves.

use std::sync::{Arc, Mutex};

use graticule_array::{Array, ArrayMut, ChunkGrid, Error, LineOp, MapOp, Region, Result};
use graticule_array::{ReduceParams, reduction};
use graticule_lazy::{Event, LazyArray, Memory, Progress, RunOptions, Session, Status};
use graticule_storage::{ChunkSink, ChunkSource, MemorySink, MemorySource, SourceInfo};

use crate::access::Counting;

fn reduce(x: &LazyArray, name: &str, axes: &[usize]) -> LazyArray {
    x.reduce(reduction(name, &ReduceParams::default()).unwrap(), axes).unwrap()
}

fn session(memory: u64) -> Session {
    Session::builder().threads(2).memory(Memory::new(memory)).cuts(64 << 10, 8).build()
}

#[test]
fn plans_and_what_they_took_stand_side_by_side() {
    let source = Counting::new(&[300, 20, 50], &[10, 20, 50]);
    let x = LazyArray::read(source.clone()).map(MapOp::Abs).unwrap();
    let outputs = [
        reduce(&x, "mean", &[0]),
        reduce(&x.along(LineOp::CumSum { skip_missing: true }, 0).unwrap(), "max", &[0]),
    ];
    let session = session(1_500_000);
    let (_, analysis) = session.explain_analyze(&outputs).unwrap();
    let (planned, report) = (&analysis.planned, &analysis.report);
    let text = analysis.to_string();
    assert_eq!(report.tasks, planned.tasks, "{text}");
    assert_eq!(
        (report.chunks, report.bytes),
        (planned.chunks as u64, planned.bytes_read),
        "{text}"
    );
    assert_eq!(report.chunks as usize, source.reads());
    for (stage, (bytes, chunks)) in report.stages.iter().zip(&analysis.stages) {
        assert_eq!((stage.bytes, stage.chunks), (*bytes, *chunks as u64), "{text}");
        assert!(stage.begun <= stage.ended && stage.ended <= report.wall);
    }
    let names: Vec<&str> = report.operations.iter().map(|o| o.name.as_str()).collect();
    for name in ["read", "abs", "cumsum along 0", "mean over axes [0]", "merge"] {
        assert!(names.contains(&name) && text.contains(name), "{name}: {names:?}\n{text}");
    }
    let read: u64 = report.operations.iter().filter(|o| o.name == "read").map(|o| o.bytes).sum();
    assert_eq!(read, report.bytes);
    // Operations are parts of the tasks that they run in.
    let parts: f64 = report.operations.iter().map(|o| o.time.as_secs_f64()).sum();
    let tasks: f64 = report.stages.iter().map(|s| s.time.as_secs_f64()).sum();
    assert!(parts <= tasks, "{parts} s of {tasks} s");
    assert_eq!(report.spans.len(), report.tasks);
    let trace = report.to_trace();
    assert_eq!(trace.matches("\"ph\": \"X\"").count(), report.tasks);
}

#[derive(Debug, Default)]
struct Listener(Mutex<Vec<Status>>);

impl Progress for Listener {
    fn event(&self, event: &Event) {
        if let Event::Status(status) = event {
            self.0.lock().unwrap().push(status.clone());
        }
    }
}

#[test]
fn runs_tell_how_far_they_have_come() {
    let x = LazyArray::read(Counting::new(&[300, 20, 50], &[1, 20, 50]));
    let listener = Arc::new(Listener::default());
    let options = RunOptions { progress: Some(listener.clone()), ..RunOptions::default() };
    session(1 << 30).run(&[reduce(&x, "mean", &[0])], &options).unwrap();
    let told = listener.0.lock().unwrap();
    let last = told.last().unwrap();
    assert_eq!(last.chunks, (300, 300));
    assert_eq!(last.bytes, (1_200_000, 1_200_000));
    assert_eq!(last.tasks.0, last.tasks.1);
    assert_eq!(last.left, Some(std::time::Duration::ZERO));
    assert!(last.memory.0 <= last.memory.1);
}

/// Fails at its fifth chunk.
#[derive(Debug)]
struct Broken(SourceInfo);

impl ChunkSource for Broken {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn read_into(&self, region: &Region, _: ArrayMut<'_>) -> Result<()> {
        if region.start[0] <= 4 && region.start[0] + region.len[0] > 4 {
            return Err(Error::corrupt("chunk 4 is damaged"));
        }
        Ok(())
    }
}

#[test]
fn failures_leave_a_record() {
    let shape = [200, 30, 40];
    let data = Array::zeros(&graticule_array::DType::F32, &shape).unwrap();
    let template = MemorySource::with_grid(data, ChunkGrid::even(&shape, &[1, 30, 40]));
    let x = LazyArray::read(Arc::new(Broken(template.info().clone())));
    let session = session(1 << 30);
    assert!(session.post_mortem().is_none());
    session.compute(&[reduce(&x, "mean", &[0])]).unwrap_err();
    let record = session.post_mortem().unwrap();
    let text = record.to_string();
    assert!(text.contains("chunk 4 is damaged") && text.contains("stage 1   mean"), "{text}");
    assert!(!record.active.is_empty() && record.active[0].memory > 0, "{text}");
    assert!(record.events.iter().any(|e| e.contains("failed stage 1")), "{text}");
    let json = record.to_json();
    assert!(json.contains("\"active\": [{\"stage\": 1") && json.ends_with("}\n"), "{json}");
    let tight = Session::builder().threads(2).memory(Memory::new(1000)).build();
    tight.compute(&[reduce(&x, "mean", &[0])]).unwrap_err();
    let record = tight.post_mortem().unwrap();
    assert!(record.plan.is_none() && record.error.contains("budget"), "{record}");
}

#[test]
fn plans_are_pictures() {
    let x = LazyArray::read(Counting::new(&[30, 20], &[10, 20]));
    let mean = reduce(&x, "mean", &[0]);
    let all = mean.broadcast(&[None, Some(0)], &[30, 20]).unwrap();
    let anomaly = x.zip(graticule_array::ZipOp::Sub, &all).unwrap();
    let sink = MemorySink::new(anomaly.dtype(), ChunkGrid::even(&[30, 20], &[10, 20])).unwrap();
    let sink: Arc<dyn ChunkSink> = Arc::new(sink);
    let tight = Session::builder().threads(1).memory(Memory::new(60_000)).cuts(800, 1).build();
    let plan = tight.plan_store(&[(anomaly, sink)]).unwrap();
    let mermaid = plan.to_mermaid();
    let dot = plan.to_dot();
    for line in ["stage1 --> stage2", "stage3 --> sink3_0", "source1 --> stage1"] {
        assert!(mermaid.contains(line), "{mermaid}");
        assert!(dot.contains(&line.replace("-->", "->")), "{dot}");
    }
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("mean over axes [0]"));
    assert!(dot.starts_with("digraph plan {") && dot.ends_with("}\n"));
}
