#!/usr/bin/env bash
# Holds the README to its word: its example is the one in the tree, and prints what it says.
# usage: tests/readme.sh FOLDER_OF_RELEASE_BINARIES
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
binaries="$(realpath "$1")"
cd "$here"
cargo build --release --quiet -p graticule --example climatology
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
"$binaries/graticule" demo --days 60 --dir sst --keep >/dev/null
"$binaries/examples/climatology" >output
python3 - "$here" <<'PYTHON'
import pathlib, re, sys
here = pathlib.Path(sys.argv[1])
readme = (here / "README.md").read_text()
blocks = re.findall(r"```(\w*)\n(.*?)```", readme, re.S)
code = [text for kind, text in blocks if kind == "rust"]
example = (here / "crates/graticule/examples/climatology.rs").read_text()
expected = example.split("\n\n", 1)[1]
if code != [expected]:
    sys.exit("README.md: its example is not crates/graticule/examples/climatology.rs")
if not any(text == open("output").read() for _, text in blocks):
    sys.exit("README.md: the example now prints\n" + open("output").read())
print("1 passed, 0 failed")
PYTHON
