//! The `graticule` command: the main jobs on many files as one dataset, from a shell.

mod args;
mod demo;
mod open;
mod output;
mod progress;
mod reduce;
mod select;

use std::process::ExitCode;

use args::{Args, USAGE};
use graticule::{Error, Result};

fn main() -> ExitCode {
    let outcome = Args::parse().map_err(Error::invalid).and_then(|args| run(&args));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("graticule: {}", without_source_lines(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error without the places in this program's own source, which tell a shell's user nothing.
fn without_source_lines(error: &Error) -> String {
    let text = error.to_string();
    let told: Vec<&str> = text.lines().filter(|line| !line.starts_with("  in   ")).collect();
    told.join("\n")
}

/// A command's name, and what runs it.
type Command = (&'static str, fn(&Args) -> Result<()>);

const COMMANDS: &[Command] = &[
    ("info", open::info),
    ("mean", reduce::reduce),
    ("min", reduce::reduce),
    ("max", reduce::reduce),
    ("sum", reduce::reduce),
    ("std", reduce::reduce),
    ("var", reduce::reduce),
    ("count", reduce::reduce),
    ("climatology", reduce::climatology),
    ("anomaly", reduce::anomaly),
    ("select", select::select),
    ("index", open::index),
    ("demo", demo::demo),
    ("help", help),
    ("version", version),
];

fn run(args: &Args) -> Result<()> {
    if args.command.is_empty() {
        return help(args);
    }
    match COMMANDS.iter().find(|(name, _)| *name == args.command) {
        Some((_, command)) => command(args),
        None => {
            let names = COMMANDS.iter().map(|(name, _)| *name);
            let hint = graticule::did_you_mean(&args.command, names)
                .unwrap_or_else(|| "graticule --help lists the commands".into());
            Err(Error::invalid(format!("no command \"{}\"", args.command)).hint(hint))
        }
    }
}

fn help(_: &Args) -> Result<()> {
    output::print(USAGE)
}

fn version(_: &Args) -> Result<()> {
    output::print(concat!("graticule ", env!("CARGO_PKG_VERSION"), "\n"))
}
