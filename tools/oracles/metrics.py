"""Rates, areas, beta distribution and quantiles by scikit-learn, scipy and numpy, for libs/metrics."""

import numpy as np
from scipy.special import gammaln
from scipy.stats import beta, binomtest
from sklearn.metrics import average_precision_score, confusion_matrix, log_loss, roc_auc_score, roc_curve

from fixture import write

rng = np.random.default_rng(11)


def rates(id_scores, ood_scores):
    """Error rates by looking at every threshold there is. Novel iff score > threshold."""
    values = np.unique(np.concatenate([id_scores, ood_scores]))
    thresholds = np.concatenate([[-np.inf], values])
    false_alarms = np.array([(id_scores > t).mean() for t in thresholds])
    misses = np.array([(ood_scores <= t).mean() for t in thresholds])
    return {
        "missRateAtFalseAlarm1": misses[false_alarms <= 0.01].min(),
        "missRateAtFalseAlarm5": misses[false_alarms <= 0.05].min(),
        "missRateAtFalseAlarm20": misses[false_alarms <= 0.20].min(),
        "falseAlarmRateAtDetection95": false_alarms[1 - misses >= 0.95 - 1e-12].min(),
        "falseAlarmRateAtDetection80": false_alarms[1 - misses >= 0.80 - 1e-12].min(),
    }


scores = []
for n, m, digits, shift in [(40, 25, 1, 1.0), (100, 60, 6, 1.5), (20, 20, 0, 0.5), (7, 3, 1, 3.0), (5, 5, 0, -1.0), (1, 1, 0, 0.0)]:
    a = np.round(rng.normal(size=n), digits) + 0.0
    b = np.round(rng.normal(size=m) + shift, digits) + 0.0
    y = np.r_[np.zeros(n), np.ones(m)]
    s = np.r_[a, b]
    fpr, tpr, _ = roc_curve(y, s, drop_intermediate=False)
    scores.append(
        {
            "inDistribution": a.tolist(),
            "novel": b.tolist(),
            "auroc": roc_auc_score(y, s),
            "averagePrecision": average_precision_score(y, s),
            "falseAlarmRates": fpr.tolist(),
            "detectionRates": tpr.tolist(),
            **rates(a, b),
        }
    )

betas = [
    {"x": x, "a": a, "b": b, "cdf": beta.cdf(x, a, b)}
    for a, b in [(1, 1), (0.5, 0.5), (13, 388), (1, 299), (20, 381), (3.5, 0.2), (2000, 8000), (1e-3, 5), (50, 1)]
    for x in (1e-6, 0.01, 0.05, 0.2, 0.5, 0.9, 0.999)
]
beta_quantiles = [
    {"p": p, "a": a, "b": b, "x": beta.ppf(p, a, b)}
    for a, b in [(1, 1), (0.5, 0.5), (13, 388), (1, 299), (3, 4), (2000, 8000), (50, 1)]
    for p in (1e-4, 0.025, 0.5, 0.95, 0.975, 0.9999)
]
intervals = []
for k, n, confidence in [(0, 10, 0.95), (10, 10, 0.95), (3, 60, 0.95), (1, 1, 0.9), (20, 400, 0.99), (199, 1000, 0.95)]:
    found = binomtest(k, n).proportion_ci(confidence_level=confidence, method="exact")
    intervals.append({"events": k, "trials": n, "confidence": confidence, "low": found.low, "high": found.high})

labels = rng.integers(0, 3, size=12)
probabilities = rng.dirichlet([1, 1, 1], size=12)
probabilities[0] = np.eye(3)[(labels[0] + 1) % 3]
values = np.round(rng.normal(size=31), 2)
counts, edges = np.histogram(values, bins=7)

write(
    "libs/metrics/src/fixtures/metrics.json",
    {
        "scores": scores,
        "betas": betas,
        "betaQuantiles": beta_quantiles,
        "logGammas": [{"x": x, "value": gammaln(x)} for x in (1e-5, 0.5, 1, 1.5, 2, 10, 14.99, 15, 401, 1e6)],
        "intervals": intervals,
        "classification": {
            "labels": labels.tolist(),
            "probabilities": probabilities.tolist(),
            "logLoss": log_loss(labels, probabilities, labels=[0, 1, 2]),
            "confusion": confusion_matrix(labels, probabilities.argmax(axis=1), labels=[0, 1, 2]).tolist(),
            "accuracy": (labels == probabilities.argmax(axis=1)).mean(),
        },
        "values": values.tolist(),
        "quantiles": [{"q": q, "value": np.quantile(values, q)} for q in (0, 0.025, 0.1, 0.5, 0.77, 1)],
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    },
)
