"""A small network trained by Adam in numpy, its gradients by complex steps instead of backpropagation, for libs/detectors."""

import numpy as np

from fixture import write

rng = np.random.default_rng(3)
sizes = [5, 4, 3, 1]
activations = ["elu", "relu", "linear"]
x = np.round(rng.normal(size=(6, 5)), 3)
y = np.array([0, 1, 1, 0, 1, 0])
layers = [(np.round(rng.normal(size=(o, i)) * 0.6, 3), np.round(rng.normal(size=o) * 0.2, 3)) for i, o in zip(sizes, sizes[1:])]
masks = [rng.choice([0.0, 2.0], size=(6, o)) for o in sizes[1:-1]]
shapes = [p.shape for layer in layers for p in layer]
flat = np.concatenate([p.ravel() for layer in layers for p in layer])


def loss_of(parameters, use_masks):
    offset, h = 0, x.astype(complex)
    parts = []
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(parameters[offset : offset + size].reshape(shape))
        offset += size
    for layer in range(3):
        h = h @ parts[2 * layer].T + parts[2 * layer + 1]
        if activations[layer] == "elu":
            h = np.where(h.real > 0, h, np.exp(h) - 1)
        elif activations[layer] == "relu":
            h = np.where(h.real > 0, h, 0)
        if use_masks and layer < 2:
            h = h * masks[layer]
    logit = h[:, 0]
    return np.mean(np.log(1 + np.exp(logit)) - y * logit)


def gradient_of(parameters, use_masks):
    step = 1e-30
    out = np.empty_like(parameters)
    for i in range(len(parameters)):
        moved = parameters.astype(complex)
        moved[i] += 1j * step
        out[i] = loss_of(moved, use_masks).imag / step
    return out


def adam(parameters, steps, rate=0.01, b1=0.9, b2=0.999, eps=1e-7):
    m = v = np.zeros_like(parameters)
    for t in range(1, steps + 1):
        g = gradient_of(parameters, False)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        parameters = parameters - rate * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps)
    return parameters


write(
    "libs/detectors/src/fixtures/dense-network.json",
    {
        "x": x.tolist(),
        "labels": y.tolist(),
        "layers": [{"weights": w.tolist(), "bias": b.tolist(), "activation": a} for (w, b), a in zip(layers, activations)],
        "masks": [m.tolist() for m in masks],
        "loss": loss_of(flat.astype(complex), False).real,
        "gradient": gradient_of(flat, False).tolist(),
        "maskedLoss": loss_of(flat.astype(complex), True).real,
        "maskedGradient": gradient_of(flat, True).tolist(),
        "afterTwentySteps": adam(flat, 20).tolist(),
    },
    packages=("numpy",),
)
