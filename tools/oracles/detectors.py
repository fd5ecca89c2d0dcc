"""Scores of the detectors by their formulas, in numpy, scipy and scikit-learn (float64), for libs/detectors.

Explicit inverses, full eigendecompositions and loops over images: slow and obvious. Higher = more novel.
"""

import numpy as np
from scipy.special import logsumexp
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from fixture import write

CLASSES = 4


def make(rng, n, d, relu):
    """Features that float32 holds exactly, so that both sides read the same numbers."""
    patterns = rng.normal(size=(CLASSES, d)) * 1.2
    labels = np.arange(n) % CLASSES
    mixing = rng.normal(size=(d, d)) / np.sqrt(d)

    def activate(x):
        x = np.maximum(x, 0) if relu else np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
        return np.round(x * 256) / 256

    x = activate(patterns[labels] + rng.normal(size=(n, d)) @ mixing)
    known = activate(patterns[np.arange(12) % CLASSES] + rng.normal(size=(12, d)) @ mixing)
    novel = activate(rng.normal(size=(12, d)) * 1.5)
    weights = np.round((patterns - patterns.mean(0)).T / np.sqrt(d) * 256) / 256
    bias = np.round(rng.normal(size=CLASSES) * 256) / 256
    return {"x": x, "labels": labels, "z": np.vstack([known, novel]), "weights": weights, "bias": bias}


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def quadratic(z, centre, covariance):
    inverse = np.linalg.inv(covariance)
    return np.array([(row - centre) @ inverse @ (row - centre) for row in z])


def scores_of(x, labels, z, weights, bias, k, dimensions):
    logits, fit_logits = z @ weights + bias, x @ weights + bias
    n = len(x)
    ordered = np.sort(logits, axis=1)
    p = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
    predicted = logits.argmax(1)
    mean = x.mean(0)

    def gen(top):
        q = np.sort(p, axis=1)[:, -top:]
        return (q**0.1 * (1 - q) ** 0.1).sum(1)

    def scaled(row):
        positive = np.sort(np.maximum(row, 0))[::-1]
        top = positive[: len(row) - int(np.round(len(row) * 0.85))]
        return row * np.exp(positive.sum() / top.sum())

    def boundaries(i):
        c = predicted[i]
        gaps = [
            (logits[i, c] - logits[i, j]) / np.linalg.norm(weights[:, c] - weights[:, j])
            for j in range(CLASSES)
            if j != c
        ]
        return np.mean(gaps) / np.linalg.norm(z[i] - mean)

    u, v = unit(x), unit(z)
    class_means = np.stack([u[labels == c].mean(0) for c in range(CLASSES)])
    within = LedoitWolf(assume_centered=True).fit(u - class_means[labels]).covariance_
    to_classes = np.stack([quadratic(v, m, within) for m in class_means], axis=1).min(1)
    shares = np.bincount(labels) / n
    offsets = class_means - u.mean(0)
    between = sum(share * np.outer(o, o) for share, o in zip(shares, offsets))

    origin = -np.linalg.pinv(weights.T) @ bias
    _, vectors = np.linalg.eigh((x - origin).T @ (x - origin))
    minor = vectors[:, ::-1][:, dimensions:]
    alpha = fit_logits.max(1).mean() / np.linalg.norm((x - origin) @ minor, axis=1).mean()
    residual = np.linalg.norm((z - origin) @ minor, axis=1)

    guides = u * logsumexp(fit_logits, axis=1)[:, None]
    guidance = np.sort(v @ guides.T, axis=1)[:, -k:].mean(1)

    scaler = StandardScaler().fit(x)
    principal = PCA().fit(scaler.transform(x))
    kept = np.searchsorted(np.cumsum(principal.explained_variance_ratio_), 0.9) + 1
    standard = scaler.transform(z)
    inside = standard @ principal.components_[:kept].T

    fit_shares = (x > 0).mean(1)
    ceiling = np.percentile(x, 90)
    return {
        "msp": logsumexp(ordered[:, :-1], axis=1) - ordered[:, -1],
        "max-logit": -logits.max(1),
        "energy": -logsumexp(logits, axis=1),
        "energy at T = 2": -2 * logsumexp(logits / 2, axis=1),
        "gen": gen(CLASSES),
        "gen, top 2": gen(2),
        "react": -logsumexp(np.minimum(z, ceiling) @ weights + bias, axis=1),
        "scale": -logsumexp(np.stack([scaled(row) for row in z]) @ weights + bias, axis=1),
        "fdbd": -np.array([boundaries(i) for i in range(len(z))]),
        "nci": -(
            ((z - mean) * weights.T[predicted]).sum(1) / np.linalg.norm(z - mean, axis=1) + 1e-4 * np.abs(z).sum(1)
        ),
        "mds": to_classes,
        "rmds": to_classes - quadratic(v, u.mean(0), within + between),
        "vim": alpha * residual - logsumexp(logits, axis=1),
        "knn": NearestNeighbors(n_neighbors=k, algorithm="brute").fit(u).kneighbors(v)[0][:, -1],
        "nnguide": -guidance * logsumexp(logits, axis=1),
        "neco": -np.linalg.norm(inside, axis=1) / np.linalg.norm(standard, axis=1),
        "active-share": np.abs((z > 0).mean(1) - fit_shares.mean()) / fit_shares.std(),
    }


def main():
    rng = np.random.default_rng(20240502)
    cases = []
    for name, n, d, relu, k, dimensions in [
        ("fewer images than dimensions", 28, 40, False, 3, 7),
        ("more images than dimensions", 96, 20, False, 5, 6),
        ("after a ReLU", 48, 24, True, 4, 6),
    ]:
        data = make(rng, n, d, relu)
        scores = {key: value.tolist() for key, value in scores_of(**data, k=k, dimensions=dimensions).items()}
        arrays = {key: value.tolist() for key, value in data.items()}
        cases.append({"name": name, "classes": CLASSES, "k": k, "dimensions": dimensions, **arrays, "scores": scores})
    write("libs/detectors/src/fixtures/detectors.json", {"cases": cases})


if __name__ == "__main__":
    main()
