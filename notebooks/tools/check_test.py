"""The check of notebooks, on notebooks with faults made on purpose; wants both kernels
in this Python's environment.

    python -m unittest check_test
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

CHECK = pathlib.Path(__file__).with_name("check.py")
KERNEL = {"kernelspec": {"name": "dream", "display_name": "Dream (Go)", "language": "go"}}
PICTURE = new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "x"})
PRINTED = new_output("stream", name="stdout", text="1\n")


def cell(source, *outputs, ran=1, **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=ran, metadata=metadata)


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "book.ipynb"

    def check(self, *cells, update=False):
        """The check's exit status and what it says of a notebook of such cells."""
        if cells:
            nbformat.write(new_notebook(cells=list(cells), metadata=KERNEL), self.path)
        done = subprocess.run([sys.executable, CHECK] + ["--update"] * update + [self.path], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def refuses(self, want, *cells):
        status, said = self.check(*cells)
        self.assertEqual(status, 1, said)
        self.assertIn(want, said)

    def test_same(self):
        status, said = self.check(
            new_markdown_cell("text"),
            cell("display.Image(picture.New(8, 8))", PICTURE),
            cell('fmt.Println("another word")', PRINTED),
            cell('os.ReadFile("/etc/passwd")', new_output("error", ename="Error", evalue="no", traceback=[]), tags=["raises-exception"]),
            cell("", ran=None))
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"(?m)^book.ipynb  \d+\.\d s  ok$")

    def test_answer(self):
        answer = new_markdown_cell("<details><summary>Answer</summary>\n\nSo:\n\n```go\nfmt.Println(1)\n```\n\n</details>")
        status, said = self.check(answer, cell("fmt.Println(1)", PRINTED))
        self.assertEqual(status, 0, said)
        self.refuses("cell 1: want its folded code in the cell below, to run there; found 'fmt.Println(2)'", answer, cell("fmt.Println(2)", PRINTED))

    def test_kernel_unnamed(self):
        nbformat.write(new_notebook(cells=[cell("1")]), self.path)
        status, said = self.check()
        self.assertEqual(status, 1)
        self.assertIn("names no kernel, want one of dream, gonb", said)

    def test_every_kernel(self):
        title = new_markdown_cell("# Both", metadata={"tags": ["every-kernel"]})
        status, said = self.check(title, cell("func main() {\n\tfmt.Println(1)\n}", PRINTED))
        self.assertEqual(status, 0, said)
        self.refuses("in the kernel gonb: cell 2, 'fmt.Println(1)': want no error; found", title, cell("fmt.Println(1)", PRINTED))

    def test_picture_missing(self):
        self.refuses("cell 2, 'x := 1': want display_data image/png text/plain; found no output",
                     cell("1", new_output("execute_result", {"text/plain": "1"}, execution_count=1)), cell("x := 1", PICTURE))

    def test_other_kind(self):
        self.refuses("cell 1, 'display.Text(\"x\")': want display_data image/png text/plain, stdout; found display_data text/plain, stdout; it says:\nword",
                     cell('display.Text("x")\nfmt.Println("word")', PICTURE, PRINTED))

    def test_error(self):
        self.refuses("cell 2, 'panic(\"no\")': want no error; found Panic: ", cell("x := 1"), cell('panic("no")'))

    def test_error_expected(self):
        self.refuses("cell 1, '1': want error Error; found execute_result text/plain",
                     cell("1", new_output("error", ename="Error", evalue="no", traceback=[]), tags=["raises-exception"]))

    def test_not_run(self):
        self.refuses("cell 1, 'x := 1': was committed without having run", cell("x := 1", ran=None))

    def test_no_notebook(self):
        self.path.write_text("{")
        self.refuses("book.ipynb")

    def test_no_kernel(self):
        book = new_notebook(cells=[cell("1")], metadata={"kernelspec": {"name": "nonesuch", "display_name": "x", "language": "go"}})
        nbformat.write(book, self.path)
        self.refuses("nonesuch")

    def test_update(self):
        status, said = self.check(cell("x := 1", ran=None), cell('fmt.Println("x is", x)\nos.WriteFile("x.txt", nil, 0o666)', PICTURE, ran=7,
                                                                   execution={"iopub.status.busy": "now"}), update=True)
        self.assertEqual(status, 0, said)
        self.assertEqual([p.name for p in self.path.parent.iterdir()], ["book.ipynb"], "what cells write goes away")
        once = self.path.read_bytes()
        book = nbformat.reads(once.decode(), as_version=4)
        self.assertEqual(book.cells[1].outputs, [{"output_type": "stream", "name": "stdout", "text": "x is 1\n"}])
        self.assertEqual(book.cells[1].execution_count, 2)
        self.assertEqual(book.cells[1].metadata, {})
        self.assertEqual(book.metadata.language_info, {"file_extension": ".go", "mimetype": "text/x-go", "name": "go"})
        self.assertEqual(self.check()[0], 0)
        self.check(update=True)
        self.assertEqual(self.path.read_bytes(), once, "written again it is the same")


if __name__ == "__main__":
    unittest.main()
