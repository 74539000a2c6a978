#!/usr/bin/env python3
"""Time cells of both kernels, from the request until the kernel is idle again, and
count pictures that GoNB loses.

    make notebooks                              # builds, and installs both kernels in .venv
    .venv/bin/python docs/performance/notebooks.py [--runs 5] [--pictures 50]
"""

import argparse
import pathlib
import statistics
import time

import jupyter_client

ROOT = pathlib.Path(__file__).resolve().parents[2]

DREAM = [
    ("1+1", "1+1"),
    ("x := 3", "x := 3"),
    ("x * 2", "x * 2"),
    ("fib(15), 1973 calls", "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(15)"),
    ("embedded net opened, its weights read", 'model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})\nmodel.Ready(ctx)'),
    ("a picture of 224x224 read", 'photo, err := picture.Read("hills.jpg")\n'
     "photo = picture.Resize(photo, 224, 224, picture.Lanczos)\n"
     'cfg, err := dreamlib.Preset("default")\ncfg.Octaves, cfg.Iterations = 1, 3'),
    ("first dream, 224x224, 3 steps", "result, err := dreamlib.Dream(ctx, model, photo, cfg, nil)"),
    ("the same again", "result, err = dreamlib.Dream(ctx, model, photo, cfg, nil)"),
    ("whole default preset, 224x224", 'cfg, err = dreamlib.Preset("default")\nresult, err = dreamlib.Dream(ctx, model, photo, cfg, nil)'),
    ("the result shown", "result"),
]

IMPORTS = """import (
	"context"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/display"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
"""

GONB = [
    ("imports and a function declared", IMPORTS),
    ("an empty cell, all of it linked in", "%%\n_ = 1"),
    ("net opened, dream of the whole default preset, 224x224, picture shown", """%%
model := must(dreamlib.Open(ctx, "embedded", dreamlib.Options{}))
photo := picture.Resize(must(picture.Read("hills.jpg")), 224, 224, picture.Lanczos)
result := must(dreamlib.Dream(ctx, model, photo, must(dreamlib.Preset("default")), nil))
must(display.Image(result))
"""),
    ("package sweep declared", 'import "github.com/seed2310110f/godream/kernel/sweep"'),
    ("an empty cell, package sweep and its server linked in too", "%%\n_ = sweep.Done"),
]

# A cell that shows a picture and ends at once.
OURS = '%%\nmust(display.Image(picture.New(64, 64)))'
THEIRS = '%%\nmust(0, gonbui.DisplayImage(picture.New(64, 64).NRGBA()))'


class Kernel:
    """A kernel that runs in the folder of the recipes, where there is a picture."""

    def __init__(self, name):
        self.manager = jupyter_client.KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(ROOT / "kernel" / "recipes"), stderr=open("/dev/null", "w"))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(120)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code):
        """Seconds until the kernel is idle, and how many things were shown."""
        shown = []

        def look(message):
            if message["msg_type"] == "error":
                raise SystemExit("notebooks: " + "\n".join(message["content"]["traceback"]))
            shown.append(message["msg_type"] in ("display_data", "execute_result"))

        start = time.perf_counter()
        self.client.execute_interactive(code, output_hook=look, timeout=300)
        return time.perf_counter() - start, sum(shown)


def table(name, cells, runs):
    """Time the cells in new kernels, one run of all after another."""
    seconds = {label: [] for label, _ in cells}
    for _ in range(runs):
        with Kernel(name) as kernel:
            for label, code in cells:
                seconds[label].append(kernel.run(code)[0])
    for label, _ in cells:
        s = seconds[label]
        print(f"{name:6} {label:80} {1000 * statistics.median(s):7.0f} ms  ({1000 * min(s):.0f} to {1000 * max(s):.0f})", flush=True)


def lost(pictures):
    """How many pictures GoNB loses when their cells end at once."""
    with Kernel("gonb") as kernel:
        kernel.run(IMPORTS)
        kernel.run('%noautoget\nimport "github.com/janpfeifer/gonb/gonbui"')
        for label, code in ("display.Image", OURS), ("gonbui.DisplayImage without Sync", THEIRS):
            missing = sum(kernel.run(code)[1] != 1 for _ in range(pictures))
            print(f"{label}: {missing} of {pictures} lost", flush=True)


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--runs", type=int, default=5, help="kernels started for each table")
    flags.add_argument("--pictures", type=int, default=0, help="shown in GoNB to see how many are lost")
    args = flags.parse_args()
    for name, cells in ("dream", DREAM), ("gonb", GONB):
        if args.runs:
            table(name, cells, args.runs)
    if args.pictures:
        lost(args.pictures)


if __name__ == "__main__":
    main()
