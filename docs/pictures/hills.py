#!/usr/bin/env python3
"""Draws hills.jpg, the picture that the documentation dreams on.

    python3 hills.py          (needs numpy and Pillow)
"""
from pathlib import Path

import numpy as np
from PIL import Image

W, H = 576, 448
rng = np.random.default_rng(11)


def noise(w, h, octaves, persistence=0.55):
    """Value noise in 0..1: random grids, enlarged and added up."""
    out, weight, total = np.zeros((h, w)), 1.0, 0.0
    for o in range(octaves):
        cells = 2 ** (o + 2)
        grid = Image.fromarray(rng.random((cells * h // w + 2, cells + 2)).astype(np.float32))
        out += weight * np.asarray(grid.resize((w, h), Image.Resampling.BICUBIC))
        total, weight = total + weight, weight * persistence
    return out / total


def mix(a, b, t):
    return np.asarray(a) * (1 - t[..., None]) + np.asarray(b) * t[..., None]


y, x = np.mgrid[0:H, 0:W] / float(H)
sky = mix([70, 110, 190], [250, 205, 150], np.clip(y * 1.7, 0, 1))
sun = np.clip(1.0 - np.hypot(x - 0.93, y - 0.30) / 0.085, 0, 1)
glow = np.exp(-np.hypot(x - 0.93, y - 0.30) / 0.22)
sky = mix(sky, [255, 240, 200], np.clip(glow * 0.8 + np.minimum(sun * 8, 1), 0, 1))
cloud = np.clip((noise(W, H, 6) - 0.48) * 5, 0, 1) * np.clip(1.3 - y * 1.8, 0, 1)
picture = mix(sky, [252, 244, 238], cloud * 0.85)

for i, (base, height, near, far) in enumerate([
        (0.60, 0.20, (96, 112, 140), (140, 150, 170)),
        (0.70, 0.16, (64, 96, 84), (110, 135, 110)),
        (0.80, 0.14, (52, 92, 40), (110, 150, 60)),
        (0.92, 0.12, (30, 56, 26), (70, 110, 40))]):
    ridge = base - height * (noise(W, 4, 4 + i)[1] - 0.35) * 1.6
    inside = y > ridge[None, :]
    light = np.clip((noise(W, H, 7, 0.7) - 0.3) * 1.8, 0, 1) * np.clip(1 - (y - ridge[None, :]) * 2, 0.25, 1)
    picture = np.where(inside[..., None], mix(near, far, light), picture)

for _ in range(60):  # trees on the near hills
    tx, ty = rng.random() * W / H, 0.76 + rng.random() * 0.2
    size = 0.02 + 0.05 * (ty - 0.7)
    crown = np.hypot((x - tx) / 0.8, (y - ty + size * 1.2)) < size * (0.8 + 0.4 * noise(W, H, 5)[int(ty * H), int(tx * H) % W])
    trunk = (abs(x - tx) < size * 0.12) & (y > ty - size) & (y < ty + size * 0.5)
    shade = np.clip(0.5 + ((tx - x) + (ty - size - y)) / size * -0.25, 0, 1)
    picture = np.where(trunk[..., None], (60, 42, 30), picture)
    picture = np.where(crown[..., None], mix((22, 50, 20), (96, 140, 52), shade), picture)

picture += rng.normal(0, 4, (H, W, 1))
Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(Path(__file__).with_name("hills.jpg"), quality=88)
