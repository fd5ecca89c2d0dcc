"""The training benchmark's peer: Keras `fit` of the tutorial's network on images that are already decoded and augmented.

Usage: python training.py [--weights FILE.h5] [--images FILE.npy --labels FILE.npy] [--warm-up N] [--steps N] [--batch N]
Images: [(warm-up + steps) · batch, 224, 224, 3] float32; without, they come from a seeded generator.
Prints one line of JSON.
"""

import argparse
import json
import os
import sys
import time

for name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
    del os.environ[name]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

FIRST_TRAINED_LAYER = 80


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights")
    parser.add_argument("--images")
    parser.add_argument("--labels")
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--batch", type=int, default=16)
    return parser.parse_args()


def read_photos(arguments):
    count = (arguments.warm_up + arguments.steps) * arguments.batch
    rng = np.random.default_rng(1)
    if arguments.images:
        images = np.load(arguments.images)
    else:
        images = rng.normal(0, 60, size=(count, 224, 224, 3)).astype(np.float32)
    labels = np.load(arguments.labels) if arguments.labels else rng.integers(0, 2, size=count)
    if images.shape != (count, 224, 224, 3) or images.dtype != np.float32 or labels.shape != (count,):
        sys.exit(f"wanted {count} images [224, 224, 3] float32 and as many labels, got {images.shape} and {labels.shape}")
    return images, labels.astype(np.float32)


def build(weights):
    backbone = keras.applications.ResNet50(weights=None, include_top=False, pooling="avg", input_shape=(224, 224, 3))
    if weights:
        backbone.load_weights(weights)
    for layer in backbone.layers[:FIRST_TRAINED_LAYER]:
        layer.trainable = False
    images = keras.Input((224, 224, 3))
    # Batch normalisation in inference mode.
    x = keras.layers.Flatten()(backbone(images, training=False))
    x = keras.layers.Dropout(0.5)(x)
    x = keras.layers.Dense(2048, activation="elu", name="relevant_layer")(x)
    x = keras.layers.Dropout(0.5)(x)
    model = keras.Model(images, keras.layers.Dense(1, activation="sigmoid")(x))
    rate = keras.optimizers.schedules.InverseTimeDecay(1e-4, decay_steps=1, decay_rate=1e-6)
    model.compile(keras.optimizers.SGD(rate, momentum=0.9, nesterov=True), "binary_crossentropy", metrics=["accuracy"])
    return model, backbone.layers[FIRST_TRAINED_LAYER].name


class StepTimes(keras.callbacks.Callback):
    """When each step ended, and its loss so far."""

    def __init__(self):
        super().__init__()
        self.seconds, self.losses = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(float(logs["loss"]))
        self.seconds.append(time.perf_counter())


def peak_mebibytes():
    """The most memory that this process ever held; where the system does not say, null."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


arguments = read_arguments()
if arguments.warm_up < 1 or arguments.steps < 3:
    sys.exit("at least 1 warm-up step and 3 measured steps")
images, labels = read_photos(arguments)
model, first_trained = build(arguments.weights)
times = StepTimes()
model.fit(images, labels, batch_size=arguments.batch, epochs=1, shuffle=False, verbose=0, callbacks=[times])
spent = times.seconds[-1] - times.seconds[arguments.warm_up - 1]
steps = np.diff(times.seconds)[arguments.warm_up - 1 :]

print(
    json.dumps(
        {
            "imagesPerSecond": arguments.steps * arguments.batch / spent,
            "fastestStepImagesPerSecond": arguments.batch / float(steps.min()),
            "peakMiB": peak_mebibytes(),
            "firstTrainedLayer": first_trained,
            "trainedParameters": int(sum(np.prod(v.shape) for v in model.trainable_variables)),
            "lastLoss": times.losses[-1],
            "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "devices": [device.device_type for device in tf.config.get_visible_devices()],
            "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
        }
    )
)
