# make dream   build, and dream on a picture       make test    run the tests
# make build   build bin/dream                     make check   run the checks
# make goldens remake what the tests compare with  make train   train the embedded net
#                                                  make clean   remove what was built

GO      ?= go
PYTHON  ?= python3
IMAGE   ?= docs/pictures/hills.jpg
OUT     ?= dream.png

# The pure-Go engine is six times faster with Go's SIMD instructions.
ifeq ($(shell $(GO) env GOARCH),amd64)
export GOEXPERIMENT := simd
endif

.PHONY: dream build engine test check goldens train clean

dream: engine
	bin/dream run $(IMAGE) -o $(OUT)

build:
	$(GO) build -o bin/dream ./kernel/cmd/dream

# XLA's plugin makes everything faster; without it the pure-Go engine serves.
engine: build
	@bin/dream engines install --quiet cpu || echo "going on without xla:cpu, on the pure-Go engine"

test: engine
	$(GO) test ./...

check:
	.ci/check

# Needs torch, torchvision, Pillow, numpy and safetensors.
goldens:
	$(PYTHON) dreamlib/testdata/goldens.py

# Some two hours on two cores; interrupted, it goes on from its last checkpoint.
train: engine
	$(GO) build -buildvcs=true -o bin/train ./models/train
	bin/train

clean:
	rm -rf bin training $(OUT)
