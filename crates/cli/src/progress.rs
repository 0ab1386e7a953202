//! A progress line with throughput and time left; silent when not on a terminal.

use std::io::IsTerminal as _;

use graticule::{Event, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows a run's progress on standard error.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

const STYLE: &str =
    "{elapsed_precise} [{bar:32}] {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left";

impl Bar {
    pub(crate) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn event(&self, event: &Event) {
        match event {
            Event::Started { bytes, .. } => {
                self.0.reset();
                self.0.set_length(*bytes);
            }
            Event::Advanced { bytes, .. } => self.0.inc(*bytes),
            // Kinds of events that come later are not shown.
            Event::Finished | _ => self.0.finish_and_clear(),
        }
    }
}
