"""Logistic regression, stratified folds and the tutorial's grid search by scikit-learn, for libs/detectors."""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from fixture import write

warnings.filterwarnings("ignore", category=FutureWarning)
rng = np.random.default_rng(7)


def sample(n, d, classes, shares, separation):
    """Overlapping classes of unequal size, in mixed order, as non-negative features."""
    y = rng.choice(classes, size=n, p=shares)
    y[:classes] = rng.permutation(classes)
    centres = rng.normal(size=(classes, d)) * separation / np.sqrt(d)
    x = np.maximum(0, 0.4 + centres[y] + 0.5 * rng.normal(size=(n, d)))
    return np.round(x, 2), y


fits = []
for n, d, classes, shares in [(40, 60, 2, [0.7, 0.3]), (80, 6, 2, [0.75, 0.25]), (70, 5, 3, [0.5, 0.3, 0.2]), (30, 40, 4, [0.25] * 4)]:
    x, y = sample(n, d, classes, shares, 1.2)
    z, _ = sample(4, d, classes, shares, 1.2)
    exacts = []
    for c in (10, 0.1):
        for balanced in (True, False):
            exact = LogisticRegression(C=c, tol=1e-10, max_iter=100000, class_weight="balanced" if balanced else None).fit(x, y)
            exacts.append(
                {
                    "c": c,
                    "balanced": balanced,
                    "logLoss": log_loss(y, exact.predict_proba(x)),
                    "probabilities": exact.predict_proba(z).tolist(),
                }
            )
    fits.append({"x": x.tolist(), "z": z.tolist(), "labels": y.tolist(), "classes": classes, "exact": exacts})

folds = []
for n, k in [(17, 2), (40, 3), (31, 5)]:
    y = rng.choice(3, size=n, p=[0.2, 0.5, 0.3])
    assigned = np.empty(n, dtype=int)
    for fold, (_, test) in enumerate(StratifiedKFold(k).split(np.zeros(n), y)):
        assigned[test] = fold
    folds.append({"labels": y.tolist(), "folds": k, "assigned": assigned.tolist()})

grids = []
for n, d, separation in [(60, 80, 1.6), (54, 90, 2.5), (90, 20, 1.0)]:
    x, y = sample(n, d, 2, [0.75, 0.25], separation)
    search = GridSearchCV(
        LogisticRegression(class_weight="balanced", max_iter=10000),
        {"C": [10, 2, 0.9, 0.4, 0.1], "tol": [1e-4, 1e-3]},
        cv=3,
        scoring="neg_log_loss",
    ).fit(x, y)
    grids.append(
        {
            "x": x.tolist(),
            "labels": y.tolist(),
            "logLosses": (-search.cv_results_["mean_test_score"]).tolist(),
            "best": {"c": search.best_params_["C"], "tol": search.best_params_["tol"]},
            "refitLogLoss": log_loss(y, search.predict_proba(x)),
        }
    )

write("libs/detectors/src/fixtures/logistic-regression.json", {"fits": fits, "folds": folds, "grids": grids})
