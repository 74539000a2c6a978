#!/usr/bin/env python3
"""Makes the goldens here and in ../vgg/testdata with torch_oracle.py beside it.

    python3 dreamlib/testdata/goldens.py

It needs torch, torchvision, Pillow, numpy and safetensors.

  picture.png                 what the goldens look at
  narrow.safetensors          VGG19, every width divided by 8, random, F16
  dreams/*.png                the article's dream; the name holds its settings

and in ../vgg/testdata

  activations.safetensors     every layer for the picture at 32x32, [c, h, w]
  gradients.safetensors       value and gradient at 48x48, L2 norm of features[:L]
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).parent
VGG = HERE.parent / "vgg" / "testdata"
DREAMS = [  # layers, octaves, octave scale, iterations, rate
    (10, 3, 2, 6, 0.2),
    (20, 3, 2, 6, 0.2),
    (30, 3, 2, 6, 0.2),
    (10, 100, 2, 1, 0.2),
    (30, 4, 1.5, 3, 0.4),
    (10, 0, 2, 10, 1),
]


def oracle(*args):
    subprocess.run([sys.executable, HERE / "torch_oracle.py", *map(str, args)], check=True)


def picture():
    """Shapes, a slope, flat regions and noise: something for every layer."""
    w, h = 120, 91
    y, x = np.mgrid[0:h, 0:w]
    base = np.stack([x * 2, y * 2, 255 - x - y], -1).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(base)
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, 50, 30], fill=(240, 240, 240))
    draw.ellipse([60, 20, 110, 70], fill=(200, 40, 30), outline=(10, 10, 60), width=4)
    for i in range(0, 60, 6):
        draw.line([i, 50, i + 20, 90], fill=(20, 90, 20), width=2)
    image = image.filter(ImageFilter.GaussianBlur(1))
    noise = np.random.default_rng(1).integers(-20, 21, (40, w, 3))
    out = np.array(image).astype(int)
    out[50:90] += noise
    Image.fromarray(out.clip(0, 255).astype(np.uint8)).save(HERE / "picture.png")


def main():
    picture()
    image, net = HERE / "picture.png", HERE / "narrow.safetensors"
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        oracle("weights", tmp / "w.safetensors", "--seed", 3, "--divide", 8)
        save_file({k: v.astype(np.float16) for k, v in load_file(tmp / "w.safetensors").items()}, net)
        oracle("activations", net, image, tmp / "a.npz", "--size", 32)
        acts = {k: v[0] for k, v in np.load(tmp / "a.npz").items()}
        save_file({k: np.ascontiguousarray(v) for k, v in acts.items()}, VGG / "activations.safetensors")
        grads = {}
        for layers in (10, 20, 30, 36):
            oracle("gradient", net, image, tmp / "g.npz", "--size", 48, "--layers", layers)
            g = np.load(tmp / "g.npz")
            grads[f"{layers}.loss"] = np.array([g["loss"]], np.float32)
            grads[f"{layers}.grad"] = np.ascontiguousarray(g["grad"][0])
        save_file(grads, VGG / "gradients.safetensors")
    (HERE / "dreams").mkdir(exist_ok=True)
    for layers, octaves, scale, iterations, rate in DREAMS:
        out = HERE / "dreams" / f"L{layers}_octaves{octaves}_scale{scale}_iterations{iterations}_lr{rate}.png"
        oracle("dream", net, image, out, "--layers", layers, "--octaves", octaves,
               "--octave-scale", scale, "--iterations", iterations, "--lr", rate)


main()
