# Everything CI runs
check:
    bash .ci/run

test:
    cargo test --workspace

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Compare with the reference decodings of a corpus of real files
conformance corpus="../shared/data":
    cargo run --release -p graticule-conformance -- --corpus {{corpus}}

# Time graticule beside xarray + dask + flox and CDO (makes a Python venv, needs the cdo package)
bench days="1000":
    bash benches/run.sh {{days}}

# Run fuzz targets (all, or one: just fuzz 600 hdf5)
fuzz seconds="300" target="":
    cargo run --release -p graticule-fuzz -- --seconds {{seconds}} {{ if target == "" { "" } else { "--target " + target } }}

# Run random plans in processes of their own and look at their resident memory
memory plans="200":
    GRATICULE_PLANS={{plans}} cargo test --release -p graticule-lazy --test resident -- --nocapture
