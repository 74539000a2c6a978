#!/usr/bin/env python3
"""Draws haze.jpg: soft gray clouds with nothing in them, for a net to see its classes in.

    python3 haze.py           (needs numpy and Pillow)
"""
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 224
rng = np.random.default_rng(5)


def noise(octaves, persistence=0.6):
    """Value noise about 0: random grids, enlarged and added up."""
    out = np.zeros((SIZE, SIZE))
    for o in range(octaves):
        cells = 2 ** (o + 2)
        grid = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32))
        out += persistence**o * np.asarray(grid.resize((SIZE, SIZE), Image.Resampling.BICUBIC))
    return out


gray = noise(6)
picture = np.stack([128 + 4 * gray + 3 * noise(6) for _ in range(3)], -1)
Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(Path(__file__).with_name("haze.jpg"), quality=90)
