"""Writes jpeg_goldens.json: small JPEG files, and the RGB pixels that Pillow reads from each, both in base64.

Needs Pillow, numpy and the programs of libjpeg-turbo (Debian: libjpeg-turbo-progs). Made with Pillow 13.0.0
(libjpeg-turbo 3.2.0) and cjpeg 2.1.5. Run it without arguments.
"""
import base64
import io
import json
import os
import subprocess
import tempfile

import numpy as np
from PIL import Image


def picture(w, h, seed=0):
    """Gradients with some noise: every coefficient is used."""
    y, x = np.mgrid[0:h, 0:w]
    smooth = np.stack([x * 255 // max(w - 1, 1), y * 255 // max(h - 1, 1), (x * 7 + y * 3) % 256], -1)
    noise = np.random.default_rng(seed).normal(0, 12, (h, w, 3))
    return Image.fromarray(np.clip(smooth + noise, 0, 255).astype(np.uint8))


def pillow(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", optimize=True, **options)
    return out.getvalue()


def cjpeg(image, *options, scans=None):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        if scans:
            script.write(scans)
            script.flush()
            options += ("-scans", script.name)
        ppm = io.BytesIO()
        image.save(ppm, "PPM")
        return subprocess.run(["cjpeg", "-optimize", *options], input=ppm.getvalue(), capture_output=True, check=True).stdout


def ycck(file):
    """Adobe's segment says that CMYK is stored as YCCK."""
    at = file.index(b"Adobe") + 11
    return file[:at] + b"\x02" + file[at + 1:]


def files():
    small = picture(21, 15)
    yield "444", pillow(small, quality=90, subsampling=0)
    yield "422", pillow(small, quality=90, subsampling=1)
    yield "420", pillow(small, quality=90, subsampling=2)
    yield "420 of two MCUs and a pixel", pillow(picture(33, 33), quality=60, subsampling=2)
    yield "quality 10", pillow(small, quality=10)
    yield "quality 100", pillow(picture(9, 17), quality=100, subsampling=0)
    yield "progressive", pillow(small, quality=85, progressive=True)
    yield "progressive 444", pillow(picture(17, 9), quality=95, progressive=True, subsampling=0)
    yield "restart", pillow(picture(40, 24), quality=50, restart_marker_blocks=1)
    yield "progressive restart", pillow(picture(40, 24), quality=50, restart_marker_rows=1, progressive=True)
    yield "grey", pillow(small.convert("L"), quality=80)
    yield "grey progressive", pillow(small.convert("L"), quality=80, progressive=True)
    yield "rgb", pillow(small, quality=80, keep_rgb=True)
    cmyk = pillow(small.convert("CMYK"), quality=85)
    yield "cmyk", cmyk
    yield "ycck", ycck(pillow(small.convert("CMYK"), quality=85, subsampling=2))
    yield "cmyk without a word from Adobe", cmyk[:2] + cmyk[cmyk.index(b"Adobe") + 12:]
    for w, h in (1, 1), (2, 2), (3, 5), (4, 1), (5, 2):
        yield f"{w} x {h}", pillow(picture(w, h), quality=75, subsampling=2)
    for sampling in "1x2", "4x1", "4x2", "2x4", "1x3", "2x2,1x2,2x1", "2x2,2x2,1x1", "4x1,2x1,1x1", "1x1,2x2,1x2":
        yield "sampling " + sampling, cjpeg(small, "-quality", "70", "-sample", sampling)
    yield "grey with sampling factors", cjpeg(small, "-grayscale", "-sample", "2x2")
    yield "16-bit tables", cjpeg(small, "-quality", "8")
    yield "a scan for each component", cjpeg(small, "-sample", "2x2", "-restart", "2B", scans="0;\n1;\n2;\n")
    yield "two components in a scan", cjpeg(small, "-sample", "2x1", scans="0 2;\n1;\n")
    yield "many refinements", cjpeg(small, "-quality", "95", scans="0: 0-0,0,3;\n1,2: 0-0,0,0;\n0: 0-0,3,2;\n0: 0-0,2,1;\n0: 0-0,1,0;\n"
                                    "0: 1-63,0,3;\n0: 1-63,3,2;\n0: 1-63,2,1;\n0: 1-9,1,0;\n0: 10-63,1,0;\n1: 1-63,0,0;\n2: 1-63,0,0;\n")


goldens = []
for name, file in files():
    read = Image.open(io.BytesIO(file)).convert("RGB")
    goldens.append({"name": name, "width": read.width, "height": read.height, "file": base64.b64encode(file).decode(),
                    "rgb": base64.b64encode(read.tobytes()).decode()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "jpeg_goldens.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(g) for g in goldens) + "\n]\n")
