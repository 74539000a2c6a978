"""Open a notebook of the dream kernel in headless Chromium, in JupyterLab and in
Notebook 7: run all its cells as a person would, look for the picture, and move the
handle between two. Open one that somebody else ran, whose scripts are not run: the
two lie side by side.

    python browser.py DREAM PICTURE [FOLDER FOR SCREENSHOTS]
"""

import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

import nbformat
from playwright.sync_api import sync_playwright

# Committed as it ran elsewhere, it bears no signature of this JupyterLab.
UNTRUSTED = pathlib.Path(__file__).resolve().parents[2] / "display" / "testdata" / "dream.ipynb"

# What serves notebooks, and where.
APPLICATIONS = {"jupyterlab": "lab/tree/", "notebook": "notebooks/"}

CELLS = [
    '// What the embedded net sees in the hills.\n'
    'model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})\n'
    'img, err := picture.Read("picture.jpg")\n'
    'img = picture.Resize(img, 320, 240, picture.Lanczos)\n'
    'err',
    'cfg, err := dreamlib.Preset("default")\n'
    'cfg.Octaves, cfg.Iterations = 2, 4\n'
    'steps, err := display.Text("beginning")\n'
    'result, err := dreamlib.Dream(ctx, model, img, cfg, func(p dreamlib.Progress) error {\n'
    '\tsteps.Text(fmt.Sprintf("step %d", p.Step))\n'
    '\treturn nil\n'
    '})\n'
    'result',
    'display.Compare(img, result)',
    'len(result.Values)',
]


def wait(what, found, seconds=60):
    """What found returns, once it is something."""
    end = time.time() + seconds
    while time.time() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise SystemExit(f"browser: no {what} in {seconds} s")


def serve(application, folder, environment):
    """Start an application; its process, address and token."""
    log = open(folder / "server.log", "w")
    token = secrets.token_hex(16)
    server = subprocess.Popen(
        [sys.executable, "-m", application, "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
         f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder / 'notebooks'}"],
        env=environment, stdout=log, stderr=subprocess.STDOUT)

    def address():
        if server.poll() is not None:
            raise SystemExit(f"browser: {application} ended: " + (folder / "server.log").read_text()[-2000:])
        for file in (folder / "runtime").glob("jpserver-*.json"):
            try:
                return json.loads(file.read_text())["url"]
            except (ValueError, KeyError):
                pass  # half written
        return None

    return server, wait(application, address), token


def run_all(page, url):
    """Run the notebook at url: what is shown, by cell, and how."""
    with page.expect_event("websocket", lambda socket: "/channels" in socket.url) as kernel:
        page.goto(url)
    # A click on Run All before the page has heard of the kernel runs nothing; then it asks for the history.
    kernel.value.wait_for_event("framereceived", lambda data: b"history_reply" in (data if isinstance(data, bytes) else data.encode()))
    cell = page.locator(".jp-Notebook .jp-CodeCell")
    cell.nth(len(CELLS) - 1).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cell.nth(len(CELLS) - 1).locator(".jp-OutputArea-executeResult").wait_for()
    picture = cell.nth(1).locator(".jp-OutputArea-executeResult img")
    picture.wait_for()
    handle = cell.nth(2).locator("figure.dream-compare input")
    handle.press("ArrowRight")
    return {
        "picture": size(picture),
        "handle": handle.input_value(),
        "before": cell.nth(2).locator("figure.dream-compare img").first.evaluate("i => i.style.clipPath"),
        "outputs": [cell.nth(i).locator(".jp-OutputArea-output").all_inner_texts() for i in range(len(CELLS))],
        "errors": page.locator('[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts(),
        "prompts": [p.strip() for p in page.locator(".jp-InputPrompt").all_inner_texts()[:len(CELLS)]],
    }


def size(picture):
    return picture.evaluate("async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }")


def look_untrusted(page, url):
    """Where the two pictures of a notebook that is not trusted lie, and how many handles there are."""
    page.goto(url)
    figure = page.locator("figure:has(img[alt=before])")
    figure.locator("img").nth(1).wait_for()
    return [figure.locator("img").nth(i).bounding_box() for i in range(2)], figure.locator("input").count()


def look(url, token, screenshot):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("browser: want chromium on PATH, as from Debian's package chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        page.set_default_timeout(90_000)
        try:
            ran = run_all(page, f"{url}dream.ipynb?token={token}")
            page.screenshot(path=screenshot)
            return ran, look_untrusted(page, f"{url}untrusted.ipynb?token={token}")
        except Exception:
            page.screenshot(path=screenshot)
            raise
        finally:
            browser.close()


def try_out(application, dream, picture, screenshot):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "notebooks").mkdir()
        shutil.copy(picture, folder / "notebooks" / "picture.jpg")
        environment = dict(os.environ, JUPYTER_DATA_DIR=str(folder / "data"), JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
                           JUPYTER_CONFIG_DIR=str(folder / "config"), IPYTHONDIR=str(folder / "ipython"))
        subprocess.run([dream, "kernel", "install"], env=environment, check=True, stdout=subprocess.DEVNULL)
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(code) for code in CELLS],
            metadata={"kernelspec": {"name": "dream", "display_name": "Dream (Go)", "language": "go"}})
        nbformat.write(notebook, folder / "notebooks" / "dream.ipynb")
        shutil.copy(UNTRUSTED, folder / "notebooks" / "untrusted.ipynb")
        server, url, token = serve(application, folder, environment)
        try:
            return look(url + APPLICATIONS[application], token, screenshot)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:  # as Notebook does now and then, its kernels ended
                server.kill()
                server.wait()


def judge(ran, boxes, handles):
    assert not ran["errors"], ran["errors"]
    assert ran["picture"] == [320, 240], f"the picture is {ran['picture']}, want 320x240"
    assert ran["outputs"][1][0].strip().startswith("step "), f"found {ran['outputs'][1]}, want the last step, in place"
    assert ran["handle"] == "51" and "49%" in ran["before"], f"the handle is at {ran['handle']}, shows {ran['before']}, want 51 of 100"
    assert ran["outputs"][3][-1].strip() == "8", f"found {ran['outputs'][3]}, want 8 steps"
    assert ran["prompts"] == ["[1]:", "[2]:", "[3]:", "[4]:"], ran["prompts"]
    assert handles == 0 and boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"], f"untrusted: {handles} handles, pictures at {boxes}"


def main(dream, picture, folder=tempfile.gettempdir()):
    for application in APPLICATIONS:
        screenshot = os.path.join(folder, f"dream-{application}.png")
        ran, (boxes, handles) = try_out(application, dream, picture, screenshot)
        judge(ran, boxes, handles)
        print(f"browser: {application}: ok, a picture of {ran['picture'][0]}x{ran['picture'][1]} pixels; {screenshot}")


if __name__ == "__main__":
    main(*sys.argv[1:])
