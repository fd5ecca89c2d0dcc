"""Activations of Keras' backbones under weights that both sides compute from a hash, and two tiny Keras .h5 files.

Needs tensorflow-cpu (2.21) and keras (3.15). `--h5 FOLDER` also writes the whole networks in the legacy .h5 layout.
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
from keras import applications
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

from fixture import ROOT, write

TARGET = "libs/finetuning/src/fixtures/"
PROBES, ENTRIES = 4, 8


def mix(x):
    """MurmurHash3's finalizer on uint32."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x85EBCA6B)
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def scatter(name, length, low, high):
    """Uniform float32 numbers that depend on the name and the position alone: FNV-1a of the name, then mix."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        index = np.arange(1, length + 1, dtype=np.uint32) * np.uint32(0x9E3779B9)
        bits = mix(index ^ np.uint32(seed)) >> np.uint32(8)
    return (low + (high - low) * (bits.astype(np.float64) / 2**24)).astype(np.float32)


def limits(part, shape):
    if part in ("kernel", "depthwise_kernel"):
        fan_in = shape[0] * shape[1] * (shape[2] if part == "kernel" else 1)
        bound = np.sqrt(6 / fan_in)
        return -bound, bound
    return {"gamma": (0.6, 1.0), "moving_variance": (0.5, 1.5)}.get(part, (-0.2, 0.2))


def set_weights(model):
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            part = weight.path.split("/")[-1]
            if isinstance(layer, keras.layers.DepthwiseConv2D) and part == "kernel":
                part = "depthwise_kernel"
            shape = tuple(weight.shape)
            values.append(scatter(f"{layer.name}/{part}", int(np.prod(shape)), *limits(part, shape)).reshape(shape))
        layer.set_weights(values)


def blocks_of(name, model):
    """The layers at which a block ends, and the last one."""
    names = [layer.name for layer in model.layers]
    ends = {
        "resnet50": lambda n: n == "pool1_pool" or n.endswith("_out"),
        "vgg16": lambda n: n.endswith("_pool"),
        "inception_v3": lambda n: n.startswith("max_pooling2d") or (n.startswith("mixed") and "_" not in n),
        "mobilenet_v2": lambda n: n in ("Conv1_relu", "out_relu")
        or n.endswith("_add")
        or (n.endswith("_project_BN") and n.replace("_project_BN", "_add") not in names),
    }[name]
    return [n for n in names if ends(n)] + [names[-1]]


def summary(name, value):
    flat = value.astype(np.float64).ravel()
    at = [int(i) for i in np.sort(np.random.default_rng(len(flat)).choice(len(flat), min(ENTRIES, len(flat)), False))]
    return {
        "shape": list(value.shape),
        "norm": float(np.linalg.norm(flat)),
        "largest": float(np.abs(flat).max()),
        # Scalar products with scattered vectors: every entry counts.
        "probes": [float(flat @ scatter(f"probe{p}", len(flat), -1, 1).astype(np.float64)) for p in range(PROBES)],
        "entries": [[i, float(flat[i])] for i in at],
    }


BUILDERS = {
    "resnet50": (applications.ResNet50, 64),
    "vgg16": (applications.VGG16, 64),
    "inception_v3": (applications.InceptionV3, 139),
    "mobilenet_v2": (applications.MobileNetV2, 96),
}


def write_activations(h5_folder):
    backbones = {}
    for name, (build, side) in BUILDERS.items():
        keras.backend.clear_session()
        model = build(weights=None, include_top=False, pooling="avg", input_shape=(side, side, 3))
        set_weights(model)
        ends = blocks_of(name, model)
        image = scatter("image", side * side * 3, -1, 1).reshape(1, side, side, 3)
        values = keras.Model(model.input, [model.get_layer(end).output for end in ends])(image, training=False)
        blocks = {end: summary(end, keras.ops.convert_to_numpy(value)[0]) for end, value in zip(ends, values)}
        for end, block in blocks.items():
            print(name, end, block["shape"], "rms", block["norm"] / np.sqrt(np.prod(block["shape"])))
        backbones[name] = {
            "side": side,
            "layers": [layer.name for layer in model.layers],
            "blocks": blocks,
        }
        if h5_folder:
            with h5py.File(pathlib.Path(h5_folder) / f"{name}.h5", "w") as file:
                save_weights_to_hdf5_group(file, model)
    write(TARGET + "backbones.json", {"backbones": backbones}, ("numpy", "keras", "tensorflow-cpu"))


def write_h5_files():
    """The layout of Keras' official files, twice: names that say everything, and the oldest ones, told by position."""

    def store(group, attribute, names):
        group.attrs[attribute] = np.array([n.encode() for n in names])

    layers = {
        "input_1": {},
        "conv2d_7": {"conv2d_7/kernel:0": (3, 3, 2, 4)},
        "batch_normalization_7": {
            f"batch_normalization_7/{part}:0": (4,) for part in ("beta", "moving_mean", "moving_variance")
        },
        "narrow_depthwise": {"narrow_depthwise/depthwise_kernel:0": (3, 3, 4, 1)},
        "conv2d_10": {"conv2d_10/kernel:0": (1, 1, 4, 3), "conv2d_10/bias:0": (3,)},
    }
    oldest = {
        "block1_conv1": {"block1_conv1_W_1:0": (3, 3, 2, 4), "block1_conv1_b_1:0": (4,)},
        "bn1": {f"bn1_{part}:0": (4,) for part in ("gamma", "beta", "running_mean", "running_std")},
    }
    for file_name, content in (("keras-named.h5", layers), ("keras-oldest.h5", oldest)):
        path = ROOT / TARGET / file_name
        with h5py.File(path, "w") as file:
            store(file, "layer_names", content)
            file.attrs["backend"] = b"tensorflow"
            file.attrs["keras_version"] = b"2.2.4"
            for layer, weights in content.items():
                group = file.create_group(layer)
                store(group, "weight_names", weights)
                for weight, shape in weights.items():
                    group[weight] = scatter(weight, int(np.prod(shape)), -1, 1).reshape(shape)
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    (ROOT / TARGET).mkdir(parents=True, exist_ok=True)
    write_h5_files()
    write_activations(sys.argv[2] if sys.argv[1:2] == ["--h5"] else None)
