#!/usr/bin/env python3
"""Measures godream on an NVIDIA GPU beside PyTorch and writes its table of docs/performance.md.

    python3 docs/performance/gpu.py             all of it; says so and ends where there is no GPU
    python3 docs/performance/gpu.py --quick     a smoke run on tiny nets: its figures mean nothing
    python3 docs/performance/gpu.py --quick --engine xla:cpu --device cpu      the same without a GPU

The machine needs NVIDIA's driver and this Python torch with CUDA; bin/dream may have been built
elsewhere for its system (it needs no Go), and makes no other demands. XLA's CUDA plugin is the one that
"dream engines" finds or, failing that, JAX's: the Python package jax-cuda13-pjrt, which takes
NVIDIA's libraries from the packages that torch for CUDA 13 brings along.

Steps of VGG19 at full width to relu5_4: forward, L2 norm, the picture's gradient; ours also updates
the picture. Weights are random, from a seed, the same for both sides. In each precision every mode
of torch and ours take turns, each run a process of its own, after one of each that is thrown away.
TF32 and bfloat16 are what torch's flags and autocast make of them, and "dream bench --precision".

Then one dream is made in each precision, and again in float32 on a CPU: how alike they are.
"""
import argparse
import datetime
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from compare import ROOT, alternate, find_torch, our_step, printed, publish, seconds, table, take_weights, torch_step

MARKS = "<!-- gpu.py: begin -->\n", "<!-- gpu.py: end -->\n"
PRECISIONS = ("float32", "tf32", "bfloat16")
MODES = ("channels_last", "compile")
GPU, CPU = "xla:cuda", ("xla:cpu", "go")  # what dreams, and what may check it, the faster first


# The machine: what is here, and where XLA finds it.

def gpus():
    """The names of the GPUs that NVIDIA's driver shows, none where there is no driver."""
    if not shutil.which("nvidia-smi"):
        return []
    listed = subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"],
                            stdout=subprocess.PIPE, text=True)
    return listed.stdout.splitlines() if listed.returncode == 0 else []


def engines(a):
    """What "dream engines" finds, by name: the detail, or None."""
    return {e["name"]: e["detail"] if e["found"] else None for e in printed([a.dream, "engines", "--json"])}


def packages(*names):
    """The folders of the first of some Python packages that is installed."""
    for name in names:
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        if spec and spec.submodule_search_locations:
            return [Path(folder) for folder in spec.submodule_search_locations]
    return []


def borrow_plugin(a):
    """Without a CUDA plugin of its own, our program takes JAX's: by its folder in
    PJRT_PLUGIN_LIBRARY_PATH, beside the CPU plugin's, and NVIDIA's libraries by LD_LIBRARY_PATH
    and XLA_FLAGS, as JAX would."""
    found = engines(a)
    if a.engine != GPU or found[GPU]:
        return
    folders = packages("jax_plugins.xla_cuda13", "jax_plugins.xla_cuda12")[:1]
    if not folders:
        sys.exit("no CUDA plugin: run dream engines install cuda, or pip install jax-cuda13-pjrt")
    if found["xla:cpu"]:
        folders.append(Path(found["xla:cpu"]).parent)
    os.environ["PJRT_PLUGIN_LIBRARY_PATH"] = os.pathsep.join(map(str, folders))
    os.environ["GOPJRT_CUDA_CHECKS"] = "no"  # go-xla would look for NVIDIA's libraries in one place only
    nvidia = [part for folder in packages("nvidia") for part in sorted(folder.iterdir())]
    libraries = [str(part / "lib") for part in nvidia if (part / "lib").is_dir()]
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [os.environ.get("LD_LIBRARY_PATH"), *libraries]))
    for part in nvidia:
        if (part / "nvvm").is_dir():  # libdevice and ptxas
            os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_cuda_data_dir={part}".strip()
            break
    if not engines(a)[GPU]:
        sys.exit(f"{folders[0]} has no CUDA plugin that our program takes")


# Measuring.

def steps(a):
    """Rows of the table: one for each size and precision."""
    rows = []
    for size in a.sizes:
        for precision in a.precisions:
            sides = {"ours": lambda: our_step(a, a.engine, size, precision)}
            if a.torch:
                sides |= {mode: lambda mode=mode: torch_step(a, mode, size, precision) for mode in a.modes}
            found = alternate(f"{size} px, {precision}", sides, a.rounds)
            theirs = [found[mode]["median_s"] if mode in found else None for mode in MODES]
            ours, best = found["ours"]["median_s"], min(filter(None, theirs), default=None)
            rows.append([f"{size} px", precision, *(milliseconds(s) for s in theirs), milliseconds(ours),
                         f"{ours / best:.2f}" if best else "-", seconds(found["ours"]["first_s"])])
    return rows


def milliseconds(s):
    return f"{1e3 * s:.1f} ms" if s else "-"


def dreams(a):
    """Rows of the other table: dreams on the GPU against the same in float32 on a CPU."""
    checker = next(name for name in CPU if engines(a)[name])
    rows = []
    for precision in a.precisions:
        out = a.folder / f"{precision}.png"
        made = [a.dream, "run", a.picture, "-o", out, "--engine", a.engine, "--precision", precision, "--width", str(a.width)]
        subprocess.run([*made, *a.dreaming], check=True, stdout=subprocess.DEVNULL)
        again = subprocess.run([a.dream, "redo", out, "--engine", checker, "--precision", "float32"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        alike = re.search(r"[\d.]+ dB|identical", again.stdout + again.stderr)
        if not alike:
            sys.exit(f"dream redo: {again.stderr}")
        rows.append([precision, checker, alike.group()])
    return rows


# The command.

def page(a, rows, likeness):
    version = f"PyTorch {a.torch}" if a.torch else "PyTorch not installed"
    text = (f"{datetime.date.today()}, {a.device_name}, {version}; one step of VGG19 to relu5_4, "
            f"medians of {a.rounds} alternating runs of {a.steps} steps.\n\n")
    text += table(["size", "precision", *MODES, f"ours, {a.engine}", "ratio", "our first step"], rows)
    text += "\nThe default dream in each precision, against the same in float32 on a CPU:\n\n"
    return text + table(["precision", "checked on", "PSNR"], likeness)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--quick", action="store_true", help="tiny nets, one short run of each")
    p.add_argument("--sizes", nargs="+", type=int, default=[512, 1024, 2048], help="of the steps, in pixels")
    p.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=PRECISIONS)
    p.add_argument("--modes", nargs="*", choices=MODES, default=MODES, help="of torch's steps")
    p.add_argument("--steps", type=int, default=20, help="in each run")
    p.add_argument("--rounds", type=int, default=3, help="runs of each side that count")
    p.add_argument("--engine", default=GPU, help="ours")
    p.add_argument("--device", default="cuda", help="torch's")
    p.add_argument("--vgg19", help="weights, a .pth file for both sides")
    p.add_argument("--picture", default=ROOT / "docs/pictures/hills.jpg", help="for the dreams")
    p.add_argument("--dream", default=ROOT / "bin/dream", help="our program")
    a = p.parse_args()
    a.divide, a.width, a.dreaming = 1, 512, []
    if a.quick:
        a.sizes, a.steps, a.rounds, a.divide = [64], 1, 1, 8
        a.width, a.dreaming = 100, ["--octaves", "1", "--iterations", "2"]
    if a.engine != GPU:
        a.precisions = [p for p in a.precisions if p != "tf32"]  # a GPU's
    return a


def main():
    a = arguments()
    names = gpus()
    if a.engine == GPU and not names:
        print("no NVIDIA GPU here: skipped", file=sys.stderr)
        return
    a.device_name = names[0] if a.engine == GPU else "no GPU"
    a.torch = find_torch()
    borrow_plugin(a)
    with tempfile.TemporaryDirectory() as folder:
        a.folder = Path(folder)
        take_weights(a, ["vgg19"])
        text = page(a, steps(a), dreams(a))
    print(text, end="")
    if a.engine == GPU and a.torch and not a.quick and (set(a.precisions), set(a.modes)) == (set(PRECISIONS), set(MODES)):
        publish(text, MARKS)


if __name__ == "__main__":
    main()
