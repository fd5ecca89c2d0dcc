"""Ledoit–Wolf shrinkage and Mahalanobis distances by scikit-learn, for libs/linalg."""

import numpy as np
from sklearn.covariance import LedoitWolf

from fixture import write

rng = np.random.default_rng(20240501)
cases = []
for n, d, offset in [(12, 30, 0.0), (40, 8, 3.0), (6, 6, -1.0), (9, 3, 0.5)]:
    mixing = rng.normal(size=(d, d)) / np.sqrt(d)
    x = np.round(rng.normal(size=(n, d)) @ mixing + offset, 3)
    z = np.round(rng.normal(size=(3, d)) * 2, 3)
    for assume_centered in (False, True):
        fitted = LedoitWolf(assume_centered=assume_centered).fit(x)
        centres = np.stack([fitted.location_, fitted.location_ + 1])
        distances = np.stack(
            [np.einsum("ij,jk,ik->i", z - c, np.linalg.inv(fitted.covariance_), z - c) for c in centres], axis=1
        )
        cases.append(
            {
                "x": x.tolist(),
                "z": z.tolist(),
                "assumeCentered": assume_centered,
                "shrinkage": fitted.shrinkage_,
                "covariance": fitted.covariance_.tolist(),
                "centres": centres.tolist(),
                "squaredMahalanobis": distances.tolist(),
            }
        )

write("libs/linalg/src/fixtures/covariance.json", {"cases": cases})
