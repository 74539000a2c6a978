"""The public conformance suite, jupyter_kernel_test, over the dream kernel, with
every optional test that applies. Of its tests only test_recv_iopub_welcome_msg is
left out: zmq4's publisher does not tell who subscribes, which the welcome needs.

    JUPYTER_PATH=... python -m unittest conformance
"""

import os
import unittest

import jupyter_kernel_test

KERNEL = os.environ.get("DREAM_KERNEL", "dream")


class DreamKernel(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "a word of warning")'
    completion_samples = [
        {"text": "dreamlib.Dre", "matches": ["Dream"]},
        {"text": "strings.ToUp", "matches": ["ToUpper", "ToUpperSpecial"]},
        {"text": "fallth", "matches": ["fallthrough"]},
    ]
    complete_code_samples = ["1", "x := 3", "func f() {\n}", "import \"fmt\"", "for i := 0; i < 3; i++ { }", "dreamlib.Dream?"]
    incomplete_code_samples = ["func f() {", "x :=", "for {\n\tn++", "f(1,", "s := `abc", "/* a comment"]
    invalid_code_samples = ["}", "x := )", 'x := "abc', "func 3() {}"]
    code_page_something = "dreamlib.Dream?"
    code_generate_error = 'panic("no")'
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": '"dream"', "result": '"dream"'},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": "picture.New(8, 8)", "mime": "image/png"},
    ]
    code_display_data = [
        {"code": "display.Image(picture.New(8, 8))", "mime": "image/png"},
        {"code": 'display.HTML("<b>bold</b>")', "mime": "text/html"},
        {"code": 'display.Markdown("*slanted*")', "mime": "text/markdown"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "dreamlib.Dream"
    code_clear_output = "display.Clear(false)"


if __name__ == "__main__":
    unittest.main()
