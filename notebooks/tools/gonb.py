"""Build GoNB and goimports in the versions that go.mod here pins, and make GoNB a
kernel of this Python's environment, with godream in reach of its cells, which need no
module proxy.

    python gonb.py [GO]
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parent
MODULE = TOOLS.parent.parent


def spec(go, tools):
    """GoNB's kernel specification. Cells get a workspace with this module in it,
    so they import it without fetching anything."""
    environment = {
        "GOFLAGS": f"{flags(go)} -ldflags=-w".strip(),  # without what debuggers want, a cell is linked in half the time
        "PATH": f"{tools}:{pathlib.Path(ask(go, 'GOROOT')) / 'bin'}:${{PATH}}",  # GoNB runs goimports and go
    }
    return {
        "argv": [str(tools / "gonb"), "--kernel", "{connection_file}", f"-go_work={MODULE}"],
        "display_name": "Go (gonb)",
        "language": "go",
        "interrupt_mode": "message",
        "env": environment,
    }


def fetch(go):
    """Fetch what a workspace wants beside the modules that dream is built of: the
    go.mod file of everything that any of their own requires."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"GOWORK": str(pathlib.Path(folder) / "go.work"), "GOFLAGS": flags(go)}
        for command in ["work", "init", MODULE], ["list", "-m", "all"]:
            subprocess.run([go] + command, check=True, stdout=subprocess.DEVNULL, env=environment)


def flags(go):
    """Those of every go command, without what workspaces refuse."""
    return " ".join(f for f in ask(go, "GOFLAGS").split() if not f.startswith("-mod="))


def ask(go, name):
    return subprocess.run([go, "env", name], check=True, capture_output=True, text=True).stdout.strip()


def main(go="go"):
    prefix = pathlib.Path(sys.prefix)
    tools = prefix / "libexec" / "gonb"
    tools.mkdir(parents=True, exist_ok=True)
    subprocess.run([go, "build", "-C", TOOLS, "-o", f"{tools}/", "tool"], check=True)
    fetch(go)
    folder = prefix / "share" / "jupyter" / "kernels" / "gonb"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps(spec(go, tools), indent=2) + "\n")
    print(f"gonb: installed in {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
