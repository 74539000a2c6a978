"""Open a notebook of the dream kernel in JupyterLab in headless Chromium, run all
its cells as a person would, and look for the picture.

    python browser.py DREAM PICTURE [SCREENSHOT]
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

CELLS = [
    '// What the embedded net sees in the hills.\n'
    'net, err := models.Embedded()\n'
    'engine, err := dreamlib.OpenEngine("auto")\n'
    'model, err := dreamlib.NewModel(engine, net, dreamlib.ModelOptions{})\n'
    'picture, err := dreamlib.ReadImage("picture.jpg")\n'
    'picture = dreamlib.Resize(picture, 320, 240, dreamlib.Lanczos)\n'
    'err',
    'cfg, err := dreamlib.Preset("default")\n'
    'cfg.Octaves, cfg.Iterations = 2, 4\n'
    'steps, err := display.Text("beginning")\n'
    'result, err := dreamlib.Dream(ctx, model, picture, cfg, func(p dreamlib.Progress) error {\n'
    '\tsteps.Text(fmt.Sprintf("step %d", p.Step))\n'
    '\treturn nil\n'
    '})\n'
    'result',
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


def serve(folder, environment):
    """Start JupyterLab; its process and address."""
    log = open(folder / "lab.log", "w")
    token = secrets.token_hex(16)
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
         f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder / 'notebooks'}"],
        env=environment, stdout=log, stderr=subprocess.STDOUT)

    def address():
        if server.poll() is not None:
            raise SystemExit("browser: JupyterLab ended: " + (folder / "lab.log").read_text()[-2000:])
        for file in (folder / "runtime").glob("jpserver-*.json"):
            try:
                return json.loads(file.read_text())["url"]
            except (ValueError, KeyError):
                pass  # half written
        return None

    return server, wait("JupyterLab", address), token


def look(url, screenshot):
    """Run the notebook at url; give the outputs and the size of the picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("browser: want chromium on PATH")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        page.set_default_timeout(90_000)
        try:
            page.goto(url)
            page.locator(".jp-Notebook .jp-CodeCell").nth(2).wait_for()
            page.get_by_text("Dream (Go) | Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            cell = page.locator(".jp-Notebook .jp-CodeCell")
            cell.nth(2).locator(".jp-OutputArea-executeResult").wait_for()
            picture = cell.nth(1).locator(".jp-OutputArea-executeResult img")
            picture.wait_for()
            size = picture.evaluate("async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }")
            outputs = [cell.nth(i).locator(".jp-OutputArea-output").all_inner_texts() for i in range(3)]
            errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts()
            prompts = page.locator(".jp-InputPrompt").all_inner_texts()
        finally:
            page.screenshot(path=screenshot)
            browser.close()
    return size, outputs, errors, prompts


def main(dream, picture, screenshot):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "notebooks").mkdir()
        shutil.copy(picture, folder / "notebooks" / "picture.jpg")
        environment = dict(os.environ, JUPYTER_DATA_DIR=str(folder / "data"), JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
                           JUPYTER_CONFIG_DIR=str(folder / "config"), IPYTHONDIR=str(folder / "ipython"))
        subprocess.run([dream, "kernel", "install"], env=environment, check=True)
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(code) for code in CELLS],
            metadata={"kernelspec": {"name": "dream", "display_name": "Dream (Go)", "language": "go"}})
        nbformat.write(notebook, folder / "notebooks" / "dream.ipynb")
        server, url, token = serve(folder, environment)
        try:
            size, outputs, errors, prompts = look(f"{url}lab/tree/dream.ipynb?token={token}", screenshot)
        finally:
            server.terminate()
            server.wait(30)
        assert not errors, errors
        assert size == [320, 240], f"the picture is {size}, want 320x240"
        assert outputs[1][0].strip().startswith("step "), f"found {outputs[1]}, want the last step, in place"
        assert outputs[2][-1].strip() == "8", f"found {outputs[2]}, want 8 steps"
        assert [p.strip() for p in prompts[:3]] == ["[1]:", "[2]:", "[3]:"], prompts
        print(f"browser: ok, a picture of {size[0]}x{size[1]} pixels; {screenshot}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else os.path.join(tempfile.gettempdir(), "dream-browser.png"))
