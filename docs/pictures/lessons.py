#!/usr/bin/env python3
"""Takes a picture out of each lesson, as small as notebooks/README.md shows them.

    make build && python3 docs/pictures/lessons.py
"""
import base64
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH = 128

# Which of a lesson's PNG pictures, from 0.
CHOSEN = {"01": 2, "02": 2, "03": 3, "04": 0, "05": 2, "06": 1, "07": 9}


def pictures(notebook):
    """The PNG pictures that cells of a notebook show, in order."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [o.get("data", {}) for c in cells for o in c.get("outputs", [])]
    return [base64.b64decode(data["image/png"]) for data in outputs if "image/png" in data]


with tempfile.TemporaryDirectory() as scratch:
    whole = pathlib.Path(scratch) / "whole.png"
    for number, index in CHOSEN.items():
        notebook, = (ROOT / "notebooks").glob(f"{number}-*.ipynb")
        whole.write_bytes(pictures(notebook)[index])
        subprocess.run([ROOT / "bin" / "dream", "run", whole, "--iterations", "0", "--octaves", "1", "--width", str(WIDTH),
                        "--quality", "85", "-o", ROOT / "docs" / "pictures" / f"lesson-{number}.jpg"], check=True)
