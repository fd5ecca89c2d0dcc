"""The detector benchmark's peers: scikit-learn and numpy on the rows that the benchmark wrote to a folder.

Usage: python detectors.py FOLDER; prints one line of JSON.
"""

import importlib.metadata
import json
import pathlib
import sys
import time
import warnings

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])


def load(name):
    return np.load(folder / f"{name}.npy")


def fastest_seconds(run, runs=7, budget=4.0):
    fastest, started = float("inf"), time.perf_counter()
    for i in range(runs):
        if i > 0 and time.perf_counter() - started > budget:
            break
        before = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - before)
    return fastest


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def grid_search():
    return GridSearchCV(
        LogisticRegression(class_weight="balanced", max_iter=10000),
        {"C": [10, 2, 0.9, 0.4, 0.1], "tol": [1e-4, 1e-3]},
        cv=3,
        scoring="neg_log_loss",
        n_jobs=-1,
    ).fit(x, y)


figures = {}
x, y, batch = load("tutorial"), load("irrelevant").astype(int), load("batch")

grid_search()  # joblib's workers are started once and for all: not counted
figures["gridSearch.seconds"] = fastest_seconds(grid_search)
found = grid_search()
figures["gridSearch.c"], figures["gridSearch.tol"] = found.best_params_["C"], found.best_params_["tol"]
figures["gridSearch.logLoss"] = -found.best_score_
figures["mlp.365.fitSeconds"] = fastest_seconds(
    lambda: MLPClassifier((256, 128), batch_size=16, max_iter=4, random_state=1).fit(x, y)
)

for n in (365, 1600, 5000):
    bank, labels = unit(load(f"bank-{n}").astype(np.float64)), load(f"labels-{n}").astype(int)

    def mds():
        means = np.stack([bank[labels == k].mean(axis=0) for k in (0, 1)])
        estimate = LedoitWolf(assume_centered=True, store_precision=False).fit(bank - means[labels])
        return means, np.linalg.inv(estimate.covariance_)

    figures[f"mds.{n}.fitSeconds"] = fastest_seconds(mds)

means, precision = mds()


def mds_score(rows):
    differences = unit(rows.astype(np.float64))[:, None, :] - means[None]
    return np.einsum("nkd,nkd->nk", differences @ precision, differences).min(axis=1)


figures["mds.msPerImage.batch200"] = fastest_seconds(lambda: mds_score(batch)) / 200 * 1000
figures["mds.msPerImage.single"] = fastest_seconds(lambda: mds_score(batch[:1]), runs=21) * 1000

for n in (365, 5000):
    bank = load(f"bank-{n}").astype(np.float64)

    def vim():
        centred = bank - bank.mean(axis=0)
        return np.linalg.eigh(centred.T @ centred / n)

    figures[f"vim.{n}.fitSeconds"] = fastest_seconds(vim)

bank = unit(load("bank-10000"))
neighbours = NearestNeighbors(n_neighbors=50, algorithm="brute").fit(bank)
figures["knn.msPerImage.batch200"] = fastest_seconds(lambda: neighbours.kneighbors(unit(batch))) / 200 * 1000
figures["knn.msPerImage.single"] = fastest_seconds(lambda: neighbours.kneighbors(unit(batch[:1])), runs=21) * 1000

versions = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")}
print(json.dumps({"figures": figures, "versions": versions}))
