//! What fuzzing once found stays repaired, and every target runs from its seeds.

use graticule_fuzz::{Chance, TARGETS, mutate};

/// Mutations of each target; the runner goes further.
const ROUNDS: usize = 200;

#[test]
fn what_was_found_is_survived() {
    for target in TARGETS {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/found/");
        let entries = std::fs::read_dir(format!("{folder}{}", target.name));
        for entry in entries.into_iter().flatten().flatten() {
            let input = std::fs::read(entry.path()).unwrap_or_default();
            eprintln!("{} {}", target.name, entry.path().display());
            (target.run)(&input);
        }
    }
}

#[test]
fn every_target_survives_damage() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has nothing to start from", target.name);
        let mut chance = Chance::new(7);
        let mut traces = std::collections::HashSet::new();
        for seed in &seeds {
            traces.insert((target.run)(seed));
        }
        for _ in 0..ROUNDS {
            let seed = chance.of(&seeds).cloned().unwrap_or_default();
            let other = chance.of(&seeds).cloned().unwrap_or_default();
            traces.insert((target.run)(&mutate(&seed, &other, target.words, &mut chance)));
        }
        assert!(traces.len() > 1, "{} behaves the same whatever it is given", target.name);
    }
}
