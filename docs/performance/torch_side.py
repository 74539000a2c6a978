#!/usr/bin/env python3
"""PyTorch's side of compare.py: the same work, each run a process of its own.

  torch_side.py weights OUT.pth [--net vgg19] [--divide 1] [--seed 0]
      random weights under torchvision's names: He-initialised kernels, biases of 0.02. --divide
      divides every width and leaves the classifier out.
  torch_side.py step W.pth [--size 224] [--layers 36] [--steps 5] [--warmup 1]
                     [--mode eager|channels_last|compile] [--precision float32] [--device cpu]
      forward to features[:layers], its L2 norm, the picture's gradient. Prints one JSON object.
      compile is channels_last too; bfloat16 and float16 are autocast, tf32 is a GPU's.
  torch_side.py dream W.pth IMAGE OUT.png [--layers 23] [--width 600] [--octaves 4] [--iterations 10]
      the work of gordicaleksa/pytorch-deepdream at its defaults, channels_last: steps of 0.09
      along the mean square's gradient, smoothed by three Gaussians and standardised, jitter 32.

Needs torch; for dream numpy and Pillow too.
"""
import argparse
import json
import random
import time

import torch
from torch.nn import functional as F

BLOCKS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}  # convolutions in each
WIDTHS = (64, 128, 256, 512, 512)
CLASSIFIER = {0: (4096, 512 * 7 * 7), 3: (4096, 4096), 6: (1000, 4096)}
AUTOCAST = {"bfloat16": torch.bfloat16, "float16": torch.float16}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def network(net, divide):
    """torchvision's vgg.features."""
    layers, inputs = [], 3
    for count, width in zip(BLOCKS[net], WIDTHS):
        for _ in range(count):
            layers += [torch.nn.Conv2d(inputs, width // divide, 3, padding=1), torch.nn.ReLU(inplace=True)]
            inputs = width // divide
        layers.append(torch.nn.MaxPool2d(2))
    return torch.nn.Sequential(*layers)


def weights(a):
    torch.manual_seed(a.seed)
    saved = {}
    for name, value in network(a.net, a.divide).state_dict().items():
        if value.dim() == 4:
            torch.nn.init.kaiming_normal_(value, mode="fan_in", nonlinearity="relu")
        else:
            torch.nn.init.normal_(value, std=0.02)
        saved["features." + name] = value
    if a.divide == 1:  # only to make the file as large as a published one
        for i, shape in CLASSIFIER.items():
            saved[f"classifier.{i}.weight"] = torch.randn(shape) * 0.01
            saved[f"classifier.{i}.bias"] = torch.zeros(shape[0])
    torch.save(saved, a.out)


def load(path, layers, device="cpu"):
    """features[:layers], without ever holding the classifier in memory."""
    saved = torch.load(path, map_location="cpu", mmap=True)
    saved = {k.removeprefix("features."): v for k, v in saved.items() if k.startswith("features.")}
    net = network("vgg19" if len(saved) == 32 else "vgg16", 64 // len(saved["0.bias"]))
    net.load_state_dict(saved)
    return net[:layers].requires_grad_(False).to(device, memory_format=torch.channels_last)


def peak_memory():
    """The most that this process has held, in 10^6 bytes, or None where the system does not say."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return None


def gradient(net, x, precision):
    x = x.detach().requires_grad_(True)
    with torch.autocast(x.device.type, AUTOCAST.get(precision), enabled=precision in AUTOCAST):
        value = net(x).float().norm()
    (g,) = torch.autograd.grad(value, x)
    return value.item(), g.flatten()[0].item()  # waits for both


def step(a):
    torch.manual_seed(0)
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = a.precision == "tf32"
    torch.backends.cudnn.benchmark = True  # choose the fastest of a GPU's convolutions, as XLA does
    net = load(a.weights, a.layers, a.device)
    x = torch.randn(1, 3, a.size, a.size, device=a.device).to(memory_format=torch.channels_last)
    if a.mode == "eager":
        net, x = net.to(memory_format=torch.contiguous_format), x.contiguous()
    if a.mode == "compile":
        net = torch.compile(net)
    took = []
    for _ in range(1 + a.warmup + a.steps):
        began = time.perf_counter()
        gradient(net, x, a.precision)
        took.append(time.perf_counter() - began)
    rest = sorted(took[1 + a.warmup:])
    median = (rest[(len(rest) - 1) // 2] + rest[len(rest) // 2]) / 2
    print(json.dumps({"torch": torch.__version__, "mode": a.mode, "precision": a.precision, "size": a.size,
                      "first_s": took[0], "best_s": rest[0], "median_s": median, "peak_rss_mb": peak_memory()}))


def blur(g, sigma, taps=9):
    """The mean of three Gaussian blurs of 0.5, 1 and 2 times sigma."""
    at = torch.arange(taps) - taps // 2
    padded = F.pad(g, [taps // 2] * 4, mode="reflect")
    parts = []
    for factor in (0.5, 1, 2):
        line = torch.exp(-(at / (sigma * factor)) ** 2 / 2)
        square = torch.outer(line, line) / line.sum() ** 2
        parts.append(F.conv2d(padded, square.expand(3, 1, taps, taps), groups=3))
    return sum(parts) / 3


def climb(net, x, low, high, iteration, iterations):
    shift = [random.randint(-32, 32) for _ in range(2)]
    x = torch.roll(x, shift, (2, 3)).requires_grad_(True)
    (g,) = torch.autograd.grad(net(x).square().mean(), x)
    g = blur(g, (iteration + 1) / iterations * 2 + 0.5)
    x = x.detach() + 0.09 * (g - g.mean()) / g.std()
    return torch.roll(torch.clamp(x, low, high), [-s for s in shift], (2, 3))


def dream(a):
    import numpy as np
    from PIL import Image
    random.seed(0)
    net = load(a.weights, a.layers)
    mean, std = torch.tensor(MEAN).view(1, 3, 1, 1), torch.tensor(STD).view(1, 3, 1, 1)
    low, high = -mean / std, (1 - mean) / std
    picture = Image.open(a.image).convert("RGB")
    height = picture.height * a.width // picture.width
    x = torch.from_numpy(np.array(picture.resize((a.width, height), Image.Resampling.BILINEAR))).float() / 255
    x = ((x.permute(2, 0, 1)[None] - mean) / std).contiguous(memory_format=torch.channels_last)
    for octave in reversed(range(a.octaves)):
        size = [round(side / 1.8 ** octave) for side in (height, a.width)]
        x = F.interpolate(x, size, mode="bilinear", align_corners=False)
        for i in range(a.iterations):
            x = climb(net, x, low, high, i, a.iterations)
    y = ((x * std + mean)[0].permute(1, 2, 0) * 255).round().byte().numpy()
    Image.fromarray(y).save(a.out)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = p.add_subparsers(required=True)
    s = commands.add_parser("weights")
    s.set_defaults(run=weights)
    s.add_argument("out")
    s.add_argument("--net", choices=BLOCKS, default="vgg19")
    s.add_argument("--divide", type=int, default=1)
    s.add_argument("--seed", type=int, default=0)
    s = commands.add_parser("step")
    s.set_defaults(run=step)
    s.add_argument("weights")
    for name, default in (("size", 224), ("layers", 36), ("steps", 5), ("warmup", 1)):
        s.add_argument("--" + name, type=int, default=default)
    s.add_argument("--mode", choices=["eager", "channels_last", "compile"], default="eager")
    s.add_argument("--precision", choices=["float32", "tf32", *AUTOCAST], default="float32")
    s.add_argument("--device", default="cpu")
    s = commands.add_parser("dream")
    s.set_defaults(run=dream)
    for name in ("weights", "image", "out"):
        s.add_argument(name)
    for name, default in (("layers", 23), ("width", 600), ("octaves", 4), ("iterations", 10)):
        s.add_argument("--" + name, type=int, default=default)
    return p.parse_args()


if __name__ == "__main__":
    a = arguments()
    a.run(a)
