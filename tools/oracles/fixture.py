"""Writes the small JSON fixtures that tests compare with: the data, and the script and versions that made it."""

import importlib.metadata
import json
import pathlib
import platform
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def write(path, data, packages=("numpy", "scipy", "scikit-learn")):
    """Write `data` to `path`, relative to the repository root."""
    made_by = {
        "script": "tools/oracles/" + pathlib.Path(sys.argv[0]).name,
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
    }
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"madeBy": made_by, **data}, allow_nan=False) + "\n")
    print(path, target.stat().st_size, "bytes")
