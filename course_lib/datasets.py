"""Small data: a few generated sets, and real ones that come with scikit-learn. Nothing is downloaded."""

import numpy as np


def line(rng, n=12, outlier=0.0):
    """Points near y = 2x + 1 with noise of standard deviation 0.4; the last point but one is lifted by `outlier`.

    -> x (n,) evenly from 0 to 4, y (n,)
    """
    x = np.linspace(0, 4, n)
    y = 2 * x + 1 + 0.4 * rng.normal(size=n)
    y[-2] += outlier
    return x, y


def counts(rng, n=80):
    """Whole numbers whose mean grows exponentially, e.g. calls in an hour x: Poisson with rate exp(1.3x − 1).

    -> x (n,) from 0 to 2.5, counts (n,) as floats
    """
    x = np.sort(rng.uniform(0, 2.5, size=n))
    return x, rng.poisson(np.exp(1.3 * x - 1)).astype(float)


def two_classes(rng, majority, minority, distance=2.0):
    """Two round clouds in the plane, `distance` standard deviations apart; they overlap.

    -> x (majority + minority, 2), integer labels (majority + minority,), 1 for the minority
    """
    x = rng.normal(size=(majority + minority, 2))
    labels = np.repeat([0, 1], [majority, minority])
    x[labels == 1, 0] += distance
    return x, labels


def iris():
    """Fisher's iris flowers (1936): four lengths, each scaled to mean 0 and standard deviation 1, and the species.

    -> x (150, 4), integer labels (150,) in {0, 1, 2}
    """
    from sklearn.datasets import load_iris

    x, labels = load_iris(return_X_y=True)
    return (x - x.mean(axis=0)) / x.std(axis=0), labels
