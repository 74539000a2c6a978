#!/usr/bin/env python3
"""Writes pil_goldens.json beside itself: what Pillow and torchvision answer to the cases of pil_test.go and
codec_test.go. Needs Pillow 13, numpy and torchvision. Results are kept as CRC-32 of their bytes; the small
pictures of "files" are kept whole, as files and as the RGBA pixels that Pillow reads from them.
"""
import base64, io, json, os, zlib
import numpy as np
import torch
from PIL import Image, ImageChops, ImageFilter
from torchvision import transforms

FILTERS = [Image.BILINEAR, Image.BICUBIC, Image.LANCZOS]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def bytes_of(n, seed):
    """n bytes of a linear congruential generator; an odd seed gives only 0 and 255."""
    out, state = bytearray(n), seed
    for i in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = (state >> 31) * 255 if seed % 2 else state >> 24
    return bytes(out)


def picture(w, h, seed):
    return Image.frombytes("RGB", (w, h), bytes_of(w * h * 3, seed))


def crc(data):
    return zlib.crc32(data if isinstance(data, bytes) else data.tobytes())


def resizes():
    sizes = [(1, 1, 7, 5), (7, 5, 1, 1), (1, 9, 4, 2), (9, 1, 2, 4), (16, 12, 8, 6), (8, 6, 16, 12), (13, 11, 13, 5),
             (13, 11, 5, 11), (13, 11, 13, 11), (31, 17, 10, 23), (10, 23, 31, 17), (40, 3, 3, 40), (3, 40, 40, 3),
             (64, 48, 22, 22), (48, 64, 22, 22), (20, 60, 19, 20), (60, 20, 20, 19), (4000, 1, 3, 1), (1, 4000, 1, 3),
             (2, 2, 200, 1), (200, 1, 1, 200), (57, 45, 56, 44), (28, 22, 57, 45), (5, 30, 9, 18), (24, 40, 20, 30), (24, 40, 20, 32)]
    for w, h, w2, h2 in sizes:
        for f, pil in enumerate(FILTERS):
            for seed in (2, 3):
                yield [w, h, w2, h2, f, seed, crc(picture(w, h, seed).resize((w2, h2), pil))]


def float_resizes():
    for w, h, w2, h2 in [(9, 7, 4, 3), (4, 3, 9, 7), (5, 20, 6, 7), (1, 1, 3, 2), (23, 2, 2, 9)]:
        x = np.frombuffer(bytes_of(w * h, 2), np.uint8).reshape(h, w).astype(np.float32)
        for f, pil in enumerate(FILTERS):
            yield {"sizes": [w, h, w2, h2], "filter": f,
                   "want": np.asarray(Image.fromarray(x).resize((w2, h2), pil)).ravel().tolist()}


def blurs():
    for w, h in [(1, 1), (1, 30), (30, 1), (5, 4), (23, 19), (40, 31)]:
        for radius in (0, 0.3, 1, 2, 3.5, 10, 60):
            for seed in (2, 3):
                yield [w, h, radius, seed, crc(picture(w, h, seed).filter(ImageFilter.GaussianBlur(radius)))]


def blends():
    for alpha in (0, 0.25, 0.3, 0.6, 0.85, 1, -0.5, 1.5):
        yield [19, 13, alpha, crc(ImageChops.blend(picture(19, 13, 2), picture(19, 13, 4), alpha))]


def tensors():
    ramp = Image.frombytes("RGB", (256, 1), bytes(v for v in range(256) for _ in range(3)))
    x = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])(ramp).permute(1, 2, 0)
    # Sixteenths from -4 to 4, exact in float32.
    y = (torch.arange(129, dtype=torch.float32).reshape(1, 43, 3) - 64) / 16
    back = np.clip((y * torch.tensor(STD) + torch.tensor(MEAN)).numpy(), 0, 1)
    return {"to": crc(x.contiguous().numpy()), "from": crc(np.uint8(back * 255))}


def files():
    """Small pictures, all 21 x 15."""
    w, h = 21, 15
    y, x = np.mgrid[0:h, 0:w]
    smooth = np.stack([x * 12, y * 16, 255 - (x + y) * 6], -1).astype(np.uint8)
    rgb = Image.fromarray(smooth)
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray((x * 12).astype(np.uint8)))
    part = Image.new("P", (w, h), 0)
    part.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    part.paste(1, (4, 3, 15, 9))
    cases = [("444.jpg", rgb, dict(quality=90, subsampling=0)), ("422.jpg", rgb, dict(quality=90, subsampling=1)),
             ("420.jpg", rgb, dict(quality=90, subsampling=2)),
             ("progressive.jpg", rgb, dict(quality=90, progressive=True)),
             ("grey.jpg", rgb.convert("L"), dict(quality=90)), ("cmyk.jpg", rgb.convert("CMYK"), dict(quality=95)),
             ("lossy.webp", rgb, dict(quality=80)), ("lossy_alpha.webp", rgba, dict(quality=80)),
             ("lossless.webp", rgba, dict(lossless=True, exact=True)),
             ("rgb.png", rgb, {}), ("rgba.png", rgba, {}), ("grey_alpha.png", rgba.convert("LA"), {}),
             ("grey.png", rgb.convert("L"), {}), ("bits.png", rgb.convert("1"), {}),
             ("palette.png", rgb.quantize(8), {}), ("palette_alpha.png", part, dict(transparency=b"\x80\x40\xff")),
             ("palette.gif", rgb.quantize(8), {}), ("rgb.bmp", rgb, {}), ("rgb.tiff", rgb, {}),
             ("lzw.tiff", rgb, dict(compression="tiff_lzw"))]
    for name, image, options in cases:
        out = io.BytesIO()
        image.save(out, {"jpg": "JPEG"}.get(name.split(".")[1], name.split(".")[1]), **options)
        read = Image.open(io.BytesIO(out.getvalue())).convert("RGBA")
        yield {"name": name, "file": base64.b64encode(out.getvalue()).decode(),
               "rgba": base64.b64encode(zlib.compress(read.tobytes(), 9)).decode()}


goldens = {"resize": list(resizes()), "float": list(float_resizes()), "blur": list(blurs()), "blend": list(blends()),
           "files": list(files())}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pil_goldens.json")
with open(path, "w") as f:
    f.write("{\n")
    for name, cases in goldens.items():
        f.write(f'"{name}": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n],\n")
    f.write(f'"tensor": {json.dumps(tensors())}\n}}\n')
