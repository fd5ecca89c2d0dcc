"""What an exported backbone version sees in photos, in plain Python: pip install onnxruntime numpy pillow.

python onnx.py boats-3.onnx photo.jpg...
"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

filters = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "nearest": Image.Resampling.NEAREST,
}


def read_photo(path):
    """Upright, in RGB, on white where it is transparent: as Outsider decodes photos."""
    photo = ImageOps.exif_transpose(Image.open(path))
    if photo.has_transparency_data:
        photo = photo.convert("RGBA")
        photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo)
    return photo.convert("RGB")


def prepare(photo, how):
    """[height, width, 3] float32, as the file's own preprocessing says."""
    height, width = how["size"]
    box = None  # "stretch": the whole photo, whatever its shape
    if how["fit"] == "centre-crop":
        # The largest centred rectangle of the shape that is asked for, and of it the share that is kept.
        scale = min(photo.width / width, photo.height / height) * how.get("cropShare", 1)
        w, h = width * scale, height * scale
        left, top = (photo.width - w) / 2, (photo.height - h) / 2
        box = (left, top, left + w, top + h)
    pixels = np.asarray(photo.resize((width, height), filters[how["interpolation"]], box=box), dtype=np.float32)
    if how["channelOrder"] == "bgr":
        pixels = pixels[:, :, ::-1]
    return (pixels * np.float32(how["scale"]) - np.float32(how["mean"])) / np.float32(how["std"])


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
classes = json.loads(about["outsider.classes"])
preprocessing = json.loads(about["outsider.preprocessing"])

for path in sys.argv[2:]:
    images = prepare(read_photo(path), preprocessing)[np.newaxis]  # any number of photos at once: [n, height, width, 3]
    relevant_layer, logits = session.run(["relevant_layer", "logits"], {"images": images})
    likeliest = int(logits[0].argmax())
    print(f"{path}: {classes[likeliest]}, probability {softmax(logits[0])[likeliest]:.4f}")
    print(f"  logits {np.array2string(logits[0], precision=4)}")
    print(f"  relevant layer [{relevant_layer.shape[1]}] {np.array2string(relevant_layer[0, :4], precision=4)}…")
