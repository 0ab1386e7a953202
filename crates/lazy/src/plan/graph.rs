//! A plan as a picture.

use std::fmt::Write as _;

use super::explain::{action, chain};
use super::{Action, Output, Plan};
use crate::session::Memory;

/// Boxes and arrows between them.
struct Picture {
    boxes: Vec<(String, String, Shape)>,
    arrows: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Source,
    Work,
    Result,
}

impl Plan {
    /// The plan as a graph in the DOT language of Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let picture = self.picture();
        let mut out = String::from("digraph plan {\n  rankdir=LR;\n");
        for (name, lines, shape) in &picture.boxes {
            let shape = match shape {
                Shape::Source => "cylinder",
                Shape::Work => "box",
                Shape::Result => "ellipse",
            };
            let text = lines.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = writeln!(out, "  {name} [shape={shape}, label=\"{text}\"];");
        }
        for (from, to) in &picture.arrows {
            let _ = writeln!(out, "  {from} -> {to};");
        }
        out.push_str("}\n");
        out
    }

    /// The plan as a Mermaid flowchart.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let picture = self.picture();
        let mut out = String::from("flowchart LR\n");
        for (name, lines, shape) in &picture.boxes {
            let (open, close) = match shape {
                Shape::Source => ("[(", ")]"),
                Shape::Work => ("[", "]"),
                Shape::Result => ("([", "])"),
            };
            let text = lines.replace('"', "#quot;").replace('\n', "<br/>");
            let _ = writeln!(out, "  {name}{open}\"{text}\"{close}");
        }
        for (from, to) in &picture.arrows {
            let _ = writeln!(out, "  {from} --> {to}");
        }
        out
    }

    fn picture(&self) -> Picture {
        let mut picture = Picture { boxes: Vec::new(), arrows: Vec::new() };
        for (i, stage) in self.stages.iter().enumerate() {
            let name = format!("stage{}", i + 1);
            if let Some(example) = &stage.reads.example {
                let source = format!("source{}", i + 1);
                let mut text = example.clone();
                if stage.reads.sources > 1 {
                    let _ = write!(text, "\nand {} more", stage.reads.sources - 1);
                }
                let bytes = Memory::new(stage.reads.bytes);
                let _ = write!(text, "\n{bytes} in {} chunks", stage.reads.chunks);
                picture.boxes.push((source.clone(), text, Shape::Source));
                picture.arrows.push((source, name.clone()));
            }
            let mut text = format!("stage {}", i + 1);
            for consumer in &stage.consumers {
                let steps = chain(&consumer.input);
                if !steps.is_empty() {
                    let _ = write!(text, "\n{}", steps.join(" → "));
                }
                let _ = write!(text, "\n{}", action(consumer));
            }
            let memory = Memory::new(stage.fit.task_bytes);
            let _ = write!(text, "\n{} tasks of {memory}", stage.tasks());
            picture.boxes.push((name.clone(), text, Shape::Work));
            let mut made: Vec<usize> =
                stage.needs.iter().filter_map(|s| self.slots.get(*s)).map(|s| s.made_by).collect();
            made.sort_unstable();
            made.dedup();
            for by in made {
                picture.arrows.push((format!("stage{}", by + 1), name.clone()));
            }
            for (k, _) in stage
                .consumers
                .iter()
                .enumerate()
                .filter(|(_, c)| matches!(c.action, Action::Write(_, None)))
            {
                let sink = format!("sink{}_{k}", i + 1);
                picture.boxes.push((sink.clone(), "written".into(), Shape::Result));
                picture.arrows.push((name.clone(), sink));
            }
        }
        for (i, output) in self.outputs.iter().enumerate() {
            let name = format!("result{}", i + 1);
            match output {
                Output::Stored => {}
                Output::Ready(array) => {
                    let text = format!("{} {:?} in memory", array.dtype(), array.shape());
                    picture.boxes.push((name, text, Shape::Result));
                }
                Output::Slot(slot) => {
                    let Some(slot) = self.slots.get(*slot) else { continue };
                    let text = format!("result {} {:?}", slot.dtype, slot.shape);
                    picture.boxes.push((name.clone(), text, Shape::Result));
                    picture.arrows.push((format!("stage{}", slot.made_by + 1), name));
                }
            }
        }
        picture
    }
}
