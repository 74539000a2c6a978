"""Run notebooks without a browser, and compare with what is committed: no errors,
and in every cell the same kinds of output. Pixels and words may differ.

    python check.py [--update] NOTEBOOK...

--update writes the notebooks back as they ran. A cell that is meant to fail has the
tag raises-exception. Each notebook runs on a copy of its folder, so what cells write
is gone afterwards, and without Go's module proxy: what cells need is there.
"""

import argparse
import copy
import html
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

import jupyter_client
import nbclient
import nbformat

CELL_SECONDS = 300
MAX_BYTES = 2 << 20  # of a notebook: its pictures are small


class Failure(Exception):
    pass


def kinds(outputs):
    """What outputs are, in order: MIME types, names of errors, streams. What is
    printed has no place in the order: GoNB sends it another way than pictures."""
    shown, streams = [], set()
    for o in outputs:
        if o.output_type == "stream":
            streams.add(o.name)
        elif o.output_type == "error":
            shown.append(f"error {o.ename}")
        else:
            shown.append(" ".join([o.output_type] + sorted(o.data)))
    return shown + sorted(streams)


def compare(committed, ran):
    """Complain about the first cell whose outputs are of other kinds."""
    for number, (old, new) in enumerate(zip(committed.cells, ran.cells), 1):
        if old.cell_type != "code":
            continue
        want, found = kinds(old.outputs), kinds(new.outputs)
        if old.source.strip() and old.execution_count is None:
            raise Failure(f"cell {number}, {title(old)}: was committed without having run")
        if want != found:
            raise Failure(f"cell {number}, {title(old)}: want {', '.join(want) or 'no output'}; found {', '.join(found) or 'no output'}"
                          + said(new.outputs))


def title(cell):
    """The first line of a cell that tells something."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return repr(next((line for line in lines if line not in ("", "%%")), ""))


def said(outputs):
    """What a cell printed, as an explanation; GoNB says in HTML what the compiler does."""
    text = "\n".join(o.text if o.output_type == "stream" else plain(o.data.get("text/html", ""))
                     for o in outputs if o.output_type != "error").strip()
    return f"; it says:\n{text[-2000:]}" if text else ""


def plain(page):
    """The text of a piece of HTML, without empty lines."""
    text = html.unescape(re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", "", page, flags=re.DOTALL))
    return "\n".join(line for line in text.splitlines() if line.strip())


def run(notebook, folder, log):
    """Run all cells; the notebook with its outputs. What the kernel logs goes to log."""
    ran = copy.deepcopy(notebook)
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = nbclient.NotebookClient(ran, timeout=CELL_SECONDS, startup_timeout=120, record_timing=False, coalesce_streams=True,
                                     resources={"metadata": {"path": str(folder)}})
    try:
        client.execute(stderr=log)
    except nbclient.exceptions.CellExecutionError as err:
        number, cell = next((n, c) for n, c in enumerate(ran.cells, 1) if any(o.output_type == "error" for o in c.get("outputs", []))
                            and "raises-exception" not in c.metadata.get("tags", []))
        raise Failure(f"cell {number}, {title(cell)}: want no error; found {err.ename}: {err.evalue}{said(cell.outputs)}") from None
    except nbclient.exceptions.CellTimeoutError:
        raise Failure(f"a cell took more than {CELL_SECONDS} s") from None
    except nbclient.exceptions.DeadKernelError as err:
        log.seek(0)
        raise Failure(f"the kernel died: {err}; it logged:\n{log.read().decode(errors='replace')[-2000:]}") from None
    return ran


def tidy(notebook):
    """Leave in a notebook only what depends on its cells."""
    kernel = notebook.metadata.kernelspec
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": kernel.display_name, "language": "go", "name": kernel.name},
        "language_info": {"file_extension": ".go", "mimetype": "text/x-go", "name": "go"},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, 1):
        cell.setdefault("id", f"cell-{number}")
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter", "collapsed")})


def write(notebook, path):
    """Put a notebook in its place, whole."""
    tidy(notebook)
    nbformat.validate(notebook)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    if part.stat().st_size > MAX_BYTES:
        part.unlink()
        raise Failure(f"takes more than {MAX_BYTES} bytes with its outputs: show smaller pictures")
    part.replace(path)


def check(path, update):
    if path.stat().st_size > MAX_BYTES:
        raise Failure(f"{path.stat().st_size} bytes, want at most {MAX_BYTES}")
    committed = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as log:
        folder = shutil.copytree(path.parent, pathlib.Path(scratch) / path.parent.name, ignore=shutil.ignore_patterns("*.ipynb", "tools"))
        ran = run(committed, folder, log)
    if update:
        write(ran, path)
    else:
        compare(committed, ran)


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--update", action="store_true", help="write the notebooks back")
    flags.add_argument("notebooks", nargs="+", type=pathlib.Path)
    args = flags.parse_args()
    os.environ.update(GOPROXY="off", GOSUMDB="off")
    failed, begin = 0, time.monotonic()
    for path in args.notebooks:
        start = time.monotonic()
        try:
            check(path.resolve(), args.update)
            verdict = "written" if args.update else "ok"
        except (Failure, OSError, ValueError, nbformat.ValidationError, jupyter_client.kernelspec.NoSuchKernel) as err:
            failed += 1
            verdict = f"FAILED: {err}"
        print(f"{path.name}  {time.monotonic() - start:.1f} s  {verdict}", flush=True)
    print(f"{len(args.notebooks)} notebooks, {failed} failed, {time.monotonic() - begin:.0f} s")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
