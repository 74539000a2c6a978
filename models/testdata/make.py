#!/usr/bin/env python3
"""Writes the weight files of this folder, each as another version of torch or another program would.

    python3 make.py        needs torch, torchvision, safetensors; overwrites the files beside it

All hold the same VGG11 of 1 to 8 channels (widths divided by 64). The last line that is printed is the SHA-256 of
its weights as little-endian float32 in the order of torchvision's state_dict, features alone, which load_test.go
holds the files against.
"""
import collections
import hashlib
import os
import torch
from safetensors.torch import save_file
from torchvision.models.vgg import make_layers

CHANNELS = [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]


def network():
    torch.manual_seed(0)
    net = torch.nn.Module()
    net.features = make_layers([c if c == "M" else c // 64 for c in CHANNELS])
    net.classifier = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.ReLU(), torch.nn.Dropout(),
                                         torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Dropout(),
                                         torch.nn.Linear(4, 3))
    for m in net.features:
        if isinstance(m, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="relu")
            torch.nn.init.normal_(m.bias, std=0.02)
    return net


def rebuild_v1(tensor, protocol):
    """How torch wrote a tensor before 0.4, in the files that torchvision still publishes."""
    storage = torch.storage.TypedStorage(wrap_storage=tensor.untyped_storage(), dtype=tensor.dtype, _internal=True)
    return torch._utils._rebuild_tensor, (storage, tensor.storage_offset(), tuple(tensor.size()), tensor.stride())


def checkpoint(net):
    """What torch's ImageNet example keeps: a wrapper's prefix, an optimiser, and numbers beside the weights."""
    optimiser = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
    state = collections.OrderedDict((k.replace("features.", "features.module.", 1), v) for k, v in net.state_dict().items())
    return {"epoch": 90, "arch": "vgg11", "state_dict": state, "best_acc1": torch.tensor(1.5), "optimizer": optimiser.state_dict()}


def timm_names(state):
    names = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2", "classifier.6": "head.fc"}
    return {next((k.replace(old, new) for old, new in names.items() if k.startswith(old)), k): v for k, v in state.items()}


os.chdir(os.path.dirname(os.path.abspath(__file__)))
net = network()
state = net.state_dict()
plain = {k: v.clone() for k, v in state.items()}

torch.save(state, "zip.pth")
torch.save(state, "zip_protocol4.pth", pickle_protocol=4)
torch.save(dict(net.named_parameters()), "zip_parameters.pth")
torch.save(checkpoint(net), "zip_checkpoint.pth")
torch.save(net.to(memory_format=torch.channels_last).state_dict(), "zip_channels_last.pth")
net.to(memory_format=torch.contiguous_format)
torch.serialization.set_crc32_options(False)
torch.save(state, "zip_no_crc.pth")
torch.save(state, "legacy.pth", _use_new_zipfile_serialization=False)
reduce = torch.Tensor.__reduce_ex__
torch.Tensor.__reduce_ex__ = rebuild_v1
torch.save(collections.OrderedDict(plain), "legacy_rebuild_v1.pth", _use_new_zipfile_serialization=False)
torch.Tensor.__reduce_ex__ = reduce

save_file(plain, "f32.safetensors")
save_file({k: v.half() for k, v in plain.items()}, "f16.safetensors")
save_file({k: v.bfloat16() for k, v in plain.items()}, "bf16.safetensors")
save_file(timm_names(plain), "timm.safetensors")

features = b"".join(v.numpy().tobytes() for k, v in plain.items() if k.startswith("features."))
print(hashlib.sha256(features).hexdigest())
