# make dream   build, and dream on a picture       make test    run the tests
# make build   build bin/dream                     make check   run the checks
# make bench   measure it beside PyTorch           make train   train the embedded net
# make jupyter test the kernel under Jupyter       make notebooks  run the notebooks
# make clean   remove what was built

GO      ?= go
PYTHON  ?= python3
IMAGE   ?= docs/pictures/hills.jpg
OUT     ?= dream.png

.PHONY: dream build engine test check bench train jupyter notebooks clean

dream: build
	bin/dream run $(IMAGE) -o $(OUT)

# Without this machine's paths, which all go commands here leave out, so that they share
# what they compile, and without what debuggers want.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)

build:
	$(GO) build -ldflags="-s -w" -o bin/dream ./kernel/cmd/dream

# XLA's plugin; without it the pure-Go engine serves.
engine: build
	@bin/dream engines install --quiet cpu || echo "going on without xla:cpu, on the pure-Go engine"

# Go's ten minutes a package are too few for XLA's compiler on processors that are busy.
test: engine
	$(GO) test -timeout 30m $(TESTFLAGS) ./...
	$(GO) -C models/train test -timeout 30m $(TESTFLAGS) ./...

check:
	.ci/check

# Against PyTorch where $(PYTHON) has torch, torchvision, Pillow and numpy; half an
# hour; then on an NVIDIA GPU, where there is one. BENCH=--quick GPU=--quick tries it
# out; docs/performance/compare.py and gpu.py name the rest.
bench: engine
	$(PYTHON) docs/performance/compare.py $(BENCH)
	$(PYTHON) docs/performance/gpu.py $(GPU)

# Some two hours on two cores; interrupted, it goes on from its last checkpoint.
train: engine
	$(GO) -C models/train build -buildvcs=true -o $(CURDIR)/bin/train
	bin/train

# The conformance suite, and a notebook in JupyterLab and in Notebook 7 in headless
# Chromium, which has to be there; Jupyter goes into .venv.
VENV         = .venv
REQUIREMENTS = kernel/jupyter/testdata/requirements.txt

jupyter: engine $(VENV)/installed
	bin/dream kernel install --prefix $(VENV)
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python kernel/jupyter/testdata/conformance.py
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python kernel/jupyter/testdata/browser.py bin/dream docs/pictures/hills.jpg

# Runs every notebook and compares with what is committed; UPDATE=1 writes them back
# as they ran instead. Both kernels are installed in .venv, for make notebooks and for
# .venv/bin/jupyter lab.
NOTEBOOKS = $(sort $(wildcard notebooks/*.ipynb)) $(wildcard kernel/display/testdata/*.ipynb)

notebooks: engine $(VENV)/installed
	bin/dream kernel install --prefix $(VENV)
	$(VENV)/bin/python notebooks/tools/gonb.py $(GO)
	$(VENV)/bin/python notebooks/tools/check.py $(if $(UPDATE),--update) $(NOTEBOOKS)

$(VENV)/installed: $(REQUIREMENTS)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet -r $(REQUIREMENTS)
	touch $@

clean:
	rm -rf bin training $(VENV) $(OUT)
