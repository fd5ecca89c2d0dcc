"""Five training steps of a small convolutional network by Keras, in float64, for libs/finetuning.

Batch normalisation runs in inference mode throughout. Every case is computed twice: with normalisation layers whose
scale and offset are trained, and with the normalisation folded into the convolutions beforehand, which is another
parametrisation and so takes other steps. Needs tensorflow and keras beside requirements.txt.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from fixture import write

keras.config.set_floatx("float64")
rng = np.random.default_rng(11)
SIDE, BATCH, STEPS = 12, 4, 5
NORM = ["gamma", "beta", "moving_mean", "moving_variance"]


def conv(name, source, filters, size, stride=1, padding="valid", bias=True):
    shape = {"filters": filters, "size": [size, size], "stride": [stride, stride], "padding": padding}
    return {"kind": "conv", "name": name, "inputs": [source], **shape, "bias": bias, "activation": "linear"}


def norm(name, source, epsilon=1.001e-5):
    return {"kind": "batch-norm", "name": name, "inputs": [source], "epsilon": epsilon, "scale": True}


def relu(name, source):
    return {"kind": "activation", "name": name, "inputs": [source], "activation": "relu"}


def dense(name, source, units, activation):
    return {"kind": "dense", "name": name, "inputs": [source], "units": units, "activation": activation}


def network(logits):
    """ResNet's parts: padded strided convolution, max-pooling, a bottleneck with a projected and one with a plain shortcut."""
    layers = [
        {"kind": "zero-pad", "name": "conv1_pad", "inputs": ["images"], "padding": [[1, 1], [1, 1]]},
        conv("conv1_conv", "conv1_pad", 6, 3, stride=2),
        norm("conv1_bn", "conv1_conv"),
        relu("conv1_relu", "conv1_bn"),
        {"kind": "zero-pad", "name": "pool1_pad", "inputs": ["conv1_relu"], "padding": [[1, 1], [1, 1]]},
        {"kind": "max-pool", "name": "pool1_pool", "inputs": ["pool1_pad"], "size": [3, 3], "stride": [1, 1], "padding": "valid"},
        conv("conv2_block1_0_conv", "pool1_pool", 8, 1, stride=2),
        norm("conv2_block1_0_bn", "conv2_block1_0_conv"),
        conv("conv2_block1_1_conv", "pool1_pool", 4, 1, stride=2),
        norm("conv2_block1_1_bn", "conv2_block1_1_conv"),
        relu("conv2_block1_1_relu", "conv2_block1_1_bn"),
        conv("conv2_block1_2_conv", "conv2_block1_1_relu", 4, 3, padding="same"),
        norm("conv2_block1_2_bn", "conv2_block1_2_conv"),
        relu("conv2_block1_2_relu", "conv2_block1_2_bn"),
        conv("conv2_block1_3_conv", "conv2_block1_2_relu", 8, 1, bias=False),
        norm("conv2_block1_3_bn", "conv2_block1_3_conv"),
        {"kind": "add", "name": "conv2_block1_add", "inputs": ["conv2_block1_0_bn", "conv2_block1_3_bn"]},
        relu("conv2_block1_out", "conv2_block1_add"),
        conv("conv2_block2_1_conv", "conv2_block1_out", 4, 3, padding="same"),
        norm("conv2_block2_1_bn", "conv2_block2_1_conv"),
        relu("conv2_block2_1_relu", "conv2_block2_1_bn"),
        conv("conv2_block2_2_conv", "conv2_block2_1_relu", 8, 1),
        norm("conv2_block2_2_bn", "conv2_block2_2_conv"),
        {"kind": "add", "name": "conv2_block2_add", "inputs": ["conv2_block1_out", "conv2_block2_2_bn"]},
        relu("conv2_block2_out", "conv2_block2_add"),
        {"kind": "global-average-pool", "name": "avg_pool", "inputs": ["conv2_block2_out"]},
        dense("relevant_layer", "avg_pool", 7, "elu"),
        dense("logits", "relevant_layer", logits, "linear"),
    ]
    outputs = {"pooled": "avg_pool", "relevant_layer": "relevant_layer", "logits": "logits"}
    return {"inputShape": [SIDE, SIDE, 3], "layers": layers, "outputs": outputs}


def keras_layer(spec):
    name, kind = spec["name"], spec["kind"]
    if kind == "conv":
        return keras.layers.Conv2D(
            spec["filters"], spec["size"], spec["stride"], spec["padding"],
            use_bias=spec["bias"], activation=spec["activation"], name=name,
        )
    if kind == "max-pool":
        return keras.layers.MaxPooling2D(spec["size"], spec["stride"], spec["padding"], name=name)
    return {
        "zero-pad": lambda: keras.layers.ZeroPadding2D(spec["padding"], name=name),
        "batch-norm": lambda: keras.layers.BatchNormalization(epsilon=spec["epsilon"], name=name),
        "activation": lambda: keras.layers.Activation(spec["activation"], name=name),
        "add": lambda: keras.layers.Add(name=name),
        "global-average-pool": lambda: keras.layers.GlobalAveragePooling2D(name=name),
        "dense": lambda: keras.layers.Dense(spec["units"], activation=spec["activation"], name=name),
    }[kind]()


def build(graph, frozen):
    values = {"images": keras.Input(graph["inputShape"])}
    for spec in graph["layers"]:
        layer = keras_layer(spec)
        layer.trainable = spec["name"] not in frozen
        inputs = [values[name] for name in spec["inputs"]]
        inference = {"training": False} if spec["kind"] == "batch-norm" else {}
        values[spec["name"]] = layer(inputs if spec["kind"] == "add" else inputs[0], **inference)
    return keras.Model(values["images"], values["logits"])


def variables(model):
    return {f"{layer.name}/{variable.name}": variable for layer in model.layers for variable in layer.weights}


def draw_weights(model):
    weights = {}
    for name, variable in variables(model).items():
        shape, part = tuple(variable.shape), name.split("/")[1]
        if part == "kernel":
            value = rng.normal(size=shape) * np.sqrt(1.4 / np.prod(shape[:-1]))
        elif part in ("gamma", "moving_variance"):
            value = rng.uniform(0.6, 1.4, size=shape)
        else:
            value = rng.normal(size=shape) * 0.2
        weights[name] = np.float32(np.round(value, 4)).astype(np.float64)
    return weights


def fold(graph, weights):
    """Every normalisation in the convolution before it: the kernel scaled by output channel, the offset in the bias."""
    weights, layers, renamed = dict(weights), {}, {}
    for spec in graph["layers"]:
        spec = {**spec, "inputs": [renamed.get(name, name) for name in spec["inputs"]]}
        if spec["kind"] != "batch-norm":
            layers[spec["name"]] = spec
            continue
        before = spec["inputs"][0]
        gamma, beta, mean, variance = (weights.pop(f"{spec['name']}/{part}") for part in NORM)
        scale = gamma / np.sqrt(variance + spec["epsilon"])
        bias = weights.get(f"{before}/bias", 0)
        weights[f"{before}/kernel"] = np.float32(weights[f"{before}/kernel"] * scale).astype(np.float64)
        weights[f"{before}/bias"] = np.float32(beta + (bias - mean) * scale).astype(np.float64)
        layers[before] = {**layers[before], "bias": True}
        renamed[spec["name"]] = before
    return {**graph, "layers": list(layers.values())}, weights


def binary(logits, labels):
    targets = keras.ops.cast(labels, "float64")[:, None]
    return keras.losses.BinaryCrossentropy(from_logits=True)(targets, logits)


def smoothed(logits, labels):
    targets = keras.ops.one_hot(labels, CLASSES, dtype="float64")
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)(targets, logits)


def train(graph, weights, frozen, images, labels, loss_of, optimizer, rates=None):
    model = build(graph, frozen)
    for name, variable in variables(model).items():
        variable.assign(weights[name])
    trained = model.trainable_variables
    if isinstance(optimizer, keras.optimizers.AdamW):
        optimizer.exclude_from_weight_decay(var_list=[variable for variable in trained if len(variable.shape) < 2])
    names = {id(variable): name for name, variable in variables(model).items()}
    losses, used = [], []
    for step in range(STEPS):
        if rates is not None:
            optimizer.learning_rate.assign(rates[step])
        used.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
        with tf.GradientTape() as tape:
            logits = model(images[step])
            loss = loss_of(logits, labels[step])
        gradients = tape.gradient(loss, [variable.value for variable in trained])
        if step == 0:
            first = {names[id(v)]: g.numpy() for v, g in zip(trained, gradients)}
            first_logits = logits.numpy()
        optimizer.apply(gradients, trained)
        losses.append(float(loss))
    final = {name: variable.numpy() for name, variable in variables(model).items()}
    for name in weights:
        moved = not np.array_equal(final[name], weights[name])
        if moved != (name in first):
            raise SystemExit(f"{name} moved: {moved}, trained: {name in first}")
    return {
        "learningRates": used,
        "losses": losses,
        "initialLogits": digits(first_logits),
        "firstGradients": tensors(first),
        "finalWeights": tensors({name: final[name] for name in first}),
    }


def digits(array):
    return [float(f"{value:.8g}") for value in np.asarray(array).ravel()]


def tensors(named):
    return {name: {"shape": list(array.shape), "data": digits(array)} for name, array in named.items()}


CLASSES, SMOOTHING, FROZEN_UNTIL = 3, 0.1, "conv2_block1_0_conv"
SGD = {"learningRate": 0.005, "decay": 0.1, "momentum": 0.9}
ADAMW = {"weightDecay": 0.05, "rates": [0.001, 0.002, 0.003, 0.002, 0.001]}
images = np.round(rng.normal(size=(STEPS, BATCH, SIDE, SIDE, 3)), 2)
binary_labels = rng.integers(0, 2, size=(STEPS, BATCH))
class_labels = rng.integers(0, CLASSES, size=(STEPS, BATCH))

cases = []
for kind in ("sgd", "adamw"):
    graph = network(1 if kind == "sgd" else CLASSES)
    weights = draw_weights(build(graph, ()))
    for folded in (False, True):
        if folded:
            graph, weights = fold(graph, weights)
        names = [spec["name"] for spec in graph["layers"]]
        frozen = names[: names.index(FROZEN_UNTIL)] if kind == "adamw" else []
        if kind == "sgd":
            schedule = keras.optimizers.schedules.InverseTimeDecay(SGD["learningRate"], 1, SGD["decay"])
            optimizer = keras.optimizers.SGD(schedule, momentum=SGD["momentum"], nesterov=True)
            result = train(graph, weights, frozen, images, binary_labels, binary, optimizer)
            settings = {"optimizer": "sgd", **SGD, "loss": "binary-cross-entropy", "labels": binary_labels.tolist()}
        else:
            optimizer = keras.optimizers.AdamW(ADAMW["rates"][0], weight_decay=ADAMW["weightDecay"])
            result = train(graph, weights, frozen, images, class_labels, smoothed, optimizer, ADAMW["rates"])
            settings = {
                "optimizer": "adamw",
                "weightDecay": ADAMW["weightDecay"],
                "loss": "softmax-cross-entropy",
                "labelSmoothing": SMOOTHING,
                "labels": class_labels.tolist(),
            }
        name = f"{kind}, batch norm {'folded away' if folded else 'in inference mode'}"
        print(name, result["losses"])
        cases.append({"name": name, **settings, "frozen": frozen, "graph": graph, "initialWeights": tensors(weights), **result})

write(
    "libs/finetuning/src/training/fixtures/training.json",
    {"batch": BATCH, "images": [digits(batch) for batch in images], "cases": cases},
    packages=("numpy", "tensorflow-cpu", "keras"),
)
