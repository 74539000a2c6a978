#!/usr/bin/env python3
"""Measures godream beside PyTorch and writes the table of docs/performance.md.

    make bench                      all of it, some 30 minutes; PYTHON=python3 names the one with torch
    make bench BENCH=--quick        a smoke run on tiny nets: its figures mean nothing
    make bench BENCH="--only steps --sizes 224 --rounds 5"

Every figure is the median of runs that alternate between the sides, each a process of its own,
after one run of each that is thrown away. Both sides read the same weights: VGG19 and VGG16 at
full width, random unless --vgg19 and --vgg16 name files. A ratio is ours to the fastest of
PyTorch's float32 modes; bfloat16 is there for information.

The table always goes to standard output; it replaces the one in docs/performance.md when all of
it was measured, and not by --quick. Where torch cannot be imported, only our side runs. gpu.py
beside this file does the same on an NVIDIA GPU.
"""
import argparse
import datetime
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = HERE.parent / "performance.md"
MARKS = "<!-- compare.py: begin -->\n", "<!-- compare.py: end -->\n"
TORCH_SIDE = HERE / "torch_side.py"
ORACLE = ROOT / "dreamlib" / "testdata" / "torch_oracle.py"

WORKS = ("steps", "classic", "pytorch")
MODES = ("eager", "channels_last", "compile", "bfloat16")
PATIENCE = 1200  # seconds that one of torch's runs may take; a compiler may not come back at all

# The project's targets: the largest ratio of ours to torch's.
TARGETS = {"xla": 0.55, "go": 2.0, "classic": 0.40, "pytorch": 0.45, "memory": 1.0}


# Running: each function runs one process and returns what it measured.

def printed(command):
    """What a command says in JSON."""
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=PATIENCE).stdout)


def timed(command):
    """A whole process: seconds from start to end, and its peak memory."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.stderr.buffer.write(said)
        raise subprocess.CalledProcessError(process.returncode, command[0])
    unit = 1 if sys.platform == "darwin" else 1024
    return {"seconds": time.perf_counter() - began, "peak_rss_mb": used.ru_maxrss * unit / 1e6}


def our_step(a, engine, size, precision="float32"):
    return printed([a.dream, "bench", "--engine", engine, "--model", a.vgg19, "--layer", "relu5_4",
                    "--size", str(size), "--steps", str(a.steps), "--precision", precision, "--json"])


def torch_step(a, mode, size, precision="float32"):
    if mode == "bfloat16":
        mode, precision = "channels_last", mode
    return printed([sys.executable, TORCH_SIDE, "step", a.vgg19, "--size", str(size), "--steps", str(a.steps),
                    "--mode", mode, "--precision", precision, "--device", a.device])


def our_dream(a, preset, layer, net, octaves, iterations, *more):
    return timed([a.dream, "run", a.picture, "-o", a.folder / "ours.png", "--preset", preset,
                  "--model", net, "--layer", layer, "--octaves", str(octaves), "--iterations", str(iterations), *more])


def torch_dream(a, script, net, *more):
    return timed([sys.executable, script, "dream", net, a.picture, a.folder / "torch.png", *more])


# Measuring: the sides of one work in turn.

def alternate(what, sides, rounds):
    """The medians of all that each side measures. A mode of torch that does not work is left out."""
    runs = {}
    for turn in range(rounds + 1):
        for name, run in list(sides.items()):
            print(f"{what}: {name}, {f'run {turn} of {rounds}' if turn else 'warm-up'}", file=sys.stderr)
            try:
                found = run()
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                if name.startswith("ours"):
                    sys.exit(f"{what}: {name} failed")
                print(f"{what}: {name} does not work here: left out", file=sys.stderr)
                del sides[name]
                runs.pop(name, None)
                continue
            if turn:
                runs.setdefault(name, []).append(found)
    return {name: medians(found) for name, found in runs.items()}


def medians(runs):
    numbers = [k for k, v in runs[0].items() if isinstance(v, (int, float))]
    return runs[0] | {k: statistics.median(run[k] for run in runs) for k in numbers}


def steps(a):
    """Steps of VGG19 to relu5_4. Rows of the two tables."""
    rows, modes = [], []
    for size in a.sizes:
        sides = {"ours": lambda: our_step(a, a.engine, size)}
        if a.engine != "go":
            sides["ours, pure Go"] = lambda: our_step(a, "go", size)
        if a.torch:
            sides |= {mode: lambda mode=mode: torch_step(a, mode, size) for mode in a.modes}
        found = alternate(f"{size} px", sides, a.rounds)
        best = fastest(found)
        work = f"one step at {size} px, {{}}"
        rows.append(row(work.format(a.engine), found.get(best), found["ours"], "median_s", TARGETS["xla"], best))
        rows.append(row("its peak memory", found.get(best), found["ours"], "peak_rss_mb", TARGETS["memory"], best))
        if "ours, pure Go" in found:
            rows.append(row(work.format("go"), found.get(best), found["ours, pure Go"], "median_s", TARGETS["go"], best))
            rows.append(row("its peak memory", found.get(best), found["ours, pure Go"], "peak_rss_mb", TARGETS["memory"], best))
        modes.append([f"{size} px"] + [seconds(found[m]["median_s"]) if m in found else "-" for m in MODES])
    return rows, modes


def fastest(found):
    """The name of torch's fastest float32 mode."""
    return min((m for m in MODES if m in found and m != "bfloat16"), key=lambda m: found[m]["median_s"], default=None)


def classic(a):
    """The article's dream as a whole process, against the oracle."""
    count = ["--octaves", str(a.octaves), "--iterations", str(a.iterations or 6)]
    sides = {"ours": lambda: our_dream(a, "classic", "30", a.vgg19, a.octaves, a.iterations or 6)}
    if a.torch:
        sides["torch"] = lambda: torch_dream(a, ORACLE, a.vgg19, "--layers", "30", *count)
    return whole(f"`dream run --preset classic --layer 30 --octaves {a.octaves}`, start to file", "classic", sides, a)


def pytorch(a):
    """pytorch-deepdream's dream as a whole process, against the same written in torch."""
    octaves, iterations = a.octaves + 1, a.iterations or 10
    sides = {"ours": lambda: our_dream(a, "pytorch", "relu4_3", a.vgg16, octaves, iterations, "--width", str(a.width))}
    if a.torch:
        sides["torch"] = lambda: torch_dream(a, TORCH_SIDE, a.vgg16, "--width", str(a.width),
                                             "--octaves", str(octaves), "--iterations", str(iterations))
    return whole("`dream run --preset pytorch`, VGG16, start to file", "pytorch", sides, a)


def whole(work, name, sides, a):
    found = alternate(name, sides, a.rounds)
    return [row(work, found.get("torch"), found["ours"], "seconds", TARGETS[name]),
            row("its peak memory", found.get("torch"), found["ours"], "peak_rss_mb", TARGETS["memory"])]


# Writing.

def row(work, theirs, ours, key, target, mode=None):
    """One work: theirs may be None, and so may a memory that the system does not tell."""
    show = megabytes if key == "peak_rss_mb" else seconds
    other, mine = theirs and theirs[key], ours[key]
    return [work, (show(other) + (f", {mode}" if mode else "")) if other else "-", show(mine) if mine else "-",
            f"{mine / other:.2f}" if other and mine else "-", f"{target:.2f}"]


def seconds(s):
    return f"{s:.3f} s" if s < 1 else f"{s:.2f} s"


def megabytes(mb):
    return f"{mb:.0f} MB"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def processor():
    """The processor's name, where the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "a processor without a name"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "a processor without a name")


def page(a, rows, modes):
    """All of it as Markdown."""
    version = f"PyTorch {a.torch}" if a.torch else "PyTorch not installed"
    text = (f"{datetime.date.today()}, {version}, {a.threads} threads of {processor()}; "
            f"medians of {a.rounds} alternating runs.\n\n")
    text += table(["work", "PyTorch", "ours", "ratio", "target"], rows)
    if a.torch and modes:
        text += "\nPyTorch's modes, seconds for the same step; bfloat16 is autocast, for information:\n\n"
        text += table(["size", *MODES], modes)
    return text


def publish(text, marks=MARKS):
    """Puts text between the marks of docs/performance.md."""
    before, rest = PAGE.read_text().split(marks[0])
    _, after = rest.split(marks[1])
    PAGE.write_text(before + marks[0] + text + marks[1] + after)


# The command.

def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--quick", action="store_true", help="tiny nets, one short run of each")
    p.add_argument("--only", nargs="+", choices=WORKS, default=WORKS, help="measure only these")
    p.add_argument("--sizes", nargs="+", type=int, default=[224, 512, 1024], help="of the steps, in pixels")
    p.add_argument("--modes", nargs="+", choices=MODES, default=MODES, help="of torch's steps")
    p.add_argument("--steps", type=int, default=5, help="in each run")
    p.add_argument("--rounds", type=int, default=3, help="runs of each side that count")
    p.add_argument("--threads", type=int, default=min(2, os.cpu_count()), help="for both sides")
    p.add_argument("--engine", default="xla:cpu", help="ours for the steps, beside the pure-Go engine; whole dreams take what auto takes")
    p.add_argument("--vgg19", help="weights, a .pth file for both sides")
    p.add_argument("--vgg16", help="likewise, for preset pytorch")
    p.add_argument("--picture", default=ROOT / "docs/pictures/hills.jpg", help="for the whole dreams")
    p.add_argument("--dream", default=ROOT / "bin/dream", help="our program")
    a = p.parse_args()
    a.device = "cpu"
    a.octaves, a.iterations, a.width, divide = 3, None, 600, 1
    if a.quick:
        a.sizes, a.steps, a.rounds = [64], 1, 1
        a.octaves, a.iterations, a.width, divide = 1, 1, 120, 8
    a.divide = divide
    return a


def find_torch():
    """torch's version, or None with a word about it."""
    if all(map(importlib.util.find_spec, ("torch", "torchvision", "PIL", "numpy"))):
        from importlib.metadata import version
        return version("torch").split("+")[0]
    print("PyTorch is not installed: measuring our side alone", file=sys.stderr)
    return None


def take_weights(a, nets=("vgg19", "vgg16")):
    """Fills in the weights that no flag names: drawn once, for both sides."""
    for net in nets:
        if getattr(a, net):
            continue
        if not a.torch:
            setattr(a, net, f"random:variant={net},divide={a.divide}")
            continue
        path = a.folder / f"{net}.pth"
        subprocess.run([sys.executable, TORCH_SIDE, "weights", path, "--net", net, "--divide", str(a.divide)], check=True)
        setattr(a, net, path)


def limit_threads(a):
    """Both sides, and all that they start, have the same processors."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:a.threads])
    os.environ |= {"OMP_NUM_THREADS": str(a.threads), "GOMAXPROCS": str(a.threads)}


def main():
    a = arguments()
    a.torch = find_torch()
    limit_threads(a)
    rows, modes = [], []
    with tempfile.TemporaryDirectory() as folder:
        a.folder = Path(folder)
        take_weights(a)
        if "steps" in a.only:
            rows, modes = steps(a)
        if "classic" in a.only:
            rows += classic(a)
        if "pytorch" in a.only:
            rows += pytorch(a)
    text = page(a, rows, modes)
    print(text, end="")
    if a.torch and not a.quick and (set(a.only), set(a.modes)) == (set(WORKS), set(MODES)):
        publish(text)


if __name__ == "__main__":
    main()
