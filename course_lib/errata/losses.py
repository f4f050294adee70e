"""Errata on losses."""

import numpy as np

from course_lib import losses
from course_lib.errata.erratum import Erratum, sigmoid, softmax

__all__ = ["ROWS"]


def huber_robustness():
    """Best constant for 60 numbers around 0 and 40 errors of 20, which should be 0; spread of 2000 of 25 clean ones."""
    y = np.append(np.linspace(-1.5, 1.5, 60), np.full(40, 20.0))
    guesses, clean = np.linspace(-1, 21, 2201), np.random.default_rng(0).normal(size=(2000, 25))

    def best(loss):
        return float(guesses[np.argmin([loss.forward(np.full(100, guess), y) for guess in guesses])])

    center = np.median(clean, axis=1, keepdims=True)
    huber = center
    for _ in range(50):
        huber = huber + np.clip(clean - huber, -1, 1).mean(axis=1, keepdims=True)
    return {
        "Huber, best": best(losses.Huber()),
        "absolute, best": best(losses.MeanAbsoluteError()),
        "Huber, spread": float(huber.std()),
        "absolute, spread": float(center.std()),
    }


def absolute_error_corner():
    """|e| on the way from 1 with rate 0.3: the smallest and the last; and the last with a rate that shrinks."""

    def walk(rate):
        e, path = 1.0, []
        for step in range(100):
            e = e - rate(step) * np.sign(e)
            path.append(abs(e))
        return path

    fixed, shrinking = walk(lambda step: 0.3), walk(lambda step: 0.3 * 0.95**step)
    return {"smallest": float(min(fixed)), "last": float(fixed[-1]), "last, rate shrinks": float(shrinking[-1])}


def log_cosh_and_huber():
    """Largest distance from Huber for errors up to 10, for δ = 1 and δ = 3."""
    e = np.linspace(-10, 10, 2001)
    zero = np.zeros_like(e)
    curve = losses.LogCosh("none").forward(e, zero)
    return {f"δ = {delta}": float(abs(curve - losses.Huber(delta, "none").forward(e, zero)).max()) for delta in (1, 3)}


def log_cosh_speed():
    """Steps of gradient descent from an error of 5 to 10⁻⁶, rate 0.5."""

    def steps(loss):
        e, n = np.array([5.0]), 0
        while abs(e[0]) > 1e-6:
            loss.forward(e, np.zeros(1))
            e, n = e - 0.5 * loss.backward(), n + 1
        return float(n)

    return {"Huber": steps(losses.Huber()), "log-cosh": steps(losses.LogCosh())}


def percentage_outliers():
    """Best constant for the targets 1, 2 and five times 100."""
    y, guesses = np.array([1.0, 2, 100, 100, 100, 100, 100]), np.linspace(0, 110, 1101)

    def best(loss):
        return float(guesses[np.argmin([loss.forward(np.full(7, guess), y) for guess in guesses])])

    return {
        "percentage": best(losses.MeanAbsolutePercentageError()),
        "logarithmic": best(losses.MeanSquaredLogarithmicError()),
        "absolute": best(losses.MeanAbsoluteError()),
    }


def positive_counts():
    """Share of counts that are 0 at rate 1, and the Poisson loss of such a count; log-rate 0."""
    counts = np.random.default_rng(0).poisson(1.0, 100_000)
    return {"share of 0": float((counts == 0).mean()), "loss of 0": float(losses.PoissonNLL().forward([0.0], [0]))}


def cosine_sign():
    """Similarity to the target (0, 1) after 200 steps down from (1, 0.2), rate 0.5."""

    def similarity(sign):
        loss, x, target = losses.CosineSimilarity(), np.array([1.0, 0.2]), np.array([0.0, 1.0])
        for _ in range(200):
            loss.forward(x, target)
            x = x - 0.5 * sign * loss.backward()
        return 1 - float(loss.forward(x, target))

    return {"printed": similarity(-1), "mended": similarity(1)}  # the loss is 1 − similarity


def binary_cross_entropy_sign():
    """The loss of p = 0.8 for y = 1 and for y = 0."""
    loss = losses.BinaryCrossEntropy()
    return {
        "printed, y = 1": float(np.log(0.8)),
        "mended, y = 1": float(loss.forward([0.8], [1])),
        "printed, y = 0": float(np.log(1 - 0.8)),
        "mended, y = 0": float(loss.forward([0.8], [0])),
    }


def sum_over_instances():
    """How many times as long the gradient of a linear model becomes when each of its examples comes twice."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(32, 4)), rng.integers(0, 3, 32)

    def length(times, reduction):
        loss, xs = losses.CrossEntropy(reduction), np.tile(x, (times, 1))
        loss.forward(np.zeros((len(xs), 3)), np.tile(labels, times))
        return float(np.linalg.norm(loss.backward().T @ xs))

    return {"printed": length(2, "sum") / length(1, "sum"), "mended": length(2, "mean") / length(1, "mean")}


def multi_label():
    """Loss of an example of classes 1 and 2 of 3 after 2000 steps, and its smallest right probability."""
    target, loss = np.array([1.0, 1, 0]), losses.BinaryCrossEntropyWithLogits("sum")
    shared, separate = np.zeros(3), np.zeros(3)
    for _ in range(2000):
        shared = shared - 0.5 * (target.sum() * softmax(shared) - target)
        loss.forward(separate, target)
        separate = separate - 0.5 * loss.backward()
    return {
        "printed loss": float(-np.log(softmax(shared)) @ target),
        "mended loss": float(loss.forward(separate, target)),
        "printed probability": float(softmax(shared)[:2].min()),
        "mended probability": float(sigmoid(separate)[:2].min()),
    }


def kl_gradient():
    """For fixed targets: largest difference of the gradients, and how much each loss varies over 200 batches of 4."""
    rng = np.random.default_rng(0)
    ce, kl, gap, values = losses.CategoricalCrossEntropy(), losses.KLDivergence(), 0.0, []
    target = softmax(rng.normal(size=(4, 3)))
    for _ in range(200):
        p = softmax(rng.normal(size=(4, 3)))
        values.append((ce.forward(p, target), kl.forward(p, target)))
        gap = max(gap, abs(ce.backward() - kl.backward()).max())
    spread = np.std(values, axis=0)
    return {"gradients": float(gap), "spread of cross-entropy": float(spread[0]), "spread of KL": float(spread[1])}


def hinge_corner():
    """Jump of the hinge's slope at a margin of 0 and of 1."""
    loss = losses.Hinge("none")
    loss.forward(np.array([-1e-6, 1e-6, 1 - 1e-6, 1 + 1e-6]), np.ones(4))
    g = loss.backward()
    return {"at 0": float(g[1] - g[0]), "at 1": float(g[3] - g[2])}


def hinge_margin():
    """Distance of the nearest of 4 points from the line, which can be 2: hinge alone, and with weight decay."""
    x, target, loss = np.array([[2.0, 1], [2, -1], [-2, 1], [-2, -1]]), np.array([1, 1, -1, -1]), losses.Hinge()

    def street(decay):
        w = np.array([1.0, 0.5])
        for step in range(3000):
            loss.forward(x @ w, target)
            w = w - 0.1 / (1 + step / 300) * (x.T @ loss.backward() + decay * w)
        return float((target * (x @ w)).min() / np.linalg.norm(w))

    return {"alone": street(0.0), "with weight decay": street(0.1)}


def class_imbalance():
    """Share of a rare class that is found: 950 points around 0 against 50 around 1.5, spread 1, on a line."""
    rng = np.random.default_rng(0)
    x, y = np.append(rng.normal(size=950), rng.normal(size=50) + 1.5), np.arange(1000) >= 950
    inputs, weight = np.stack([x, np.ones(1000)], axis=1), np.where(y, 10.0, 1000 / 1900)

    def found(loss, weight):
        theta = np.zeros(2)
        for step in range(400):
            score = inputs @ theta
            if isinstance(loss, losses.Hinge):
                loss.forward(score, 2 * y - 1)
                g = loss.backward(weight / 1000)
            else:
                loss.forward(np.stack([np.zeros(1000), score], axis=1), y.astype(int))
                g = loss.backward(weight / 1000)[:, 1]
            theta = theta - 1 / (1 + step / 100) * g @ inputs
        return float((inputs @ theta > 0)[y].mean())

    one = np.ones(1000)
    return {
        "cross-entropy": found(losses.CrossEntropy("none"), one),
        "hinge": found(losses.Hinge("none"), one),
        "focal": found(losses.Focal(2.0, "none"), one),
        "cross-entropy, classes weighted": found(losses.CrossEntropy("none"), weight),
    }


def focal_confidence():
    """The factor (1 − p)² where the model is surely wrong, unsure, and surely right; p that of the true class."""
    p = {"surely wrong": 0.01, "unsure": 0.5, "surely right": 0.99}
    logits = np.log([[q, 1 - q] for q in p.values()])
    labels = np.zeros(3, int)
    factor = losses.Focal(2.0, "none").forward(logits, labels) / losses.CrossEntropy("none").forward(logits, labels)
    return dict(zip(p, map(float, factor)))


def clip_loss():
    """4 pictures and texts, similarity 0.3 with the partner, 0 with others: all partners are found; then 0.5 more.

    Symmetric cross-entropy over similarities/τ, τ = 0.07 (Radford et al., 2021, arXiv:2103.00020), beside the
    cosine embedding loss of all 16 pairs: 1 − s for partners, max(0, s) for others.
    """
    loss, partner = losses.CrossEntropy(), np.arange(4)

    def info_nce(s):
        return float(loss.forward(s / 0.07, partner) + loss.forward(s.T / 0.07, partner)) / 2

    def cosine_embedding(s):
        return float(np.where(np.eye(4) == 1, 1 - s, np.maximum(0, s)).mean())

    s = 0.3 * np.eye(4)
    return {
        "printed": cosine_embedding(s),
        "printed, all 0.5 more": cosine_embedding(s + 0.5),
        "mended": info_nce(s),
        "mended, all 0.5 more": info_nce(s + 0.5),
    }


ROWS = (
    Erratum(
        "D1",
        4,
        "Huber is more robust than the absolute error",
        "less robust; more precise on clean data",
        huber_robustness,
    ),
    Erratum(
        "D1",
        4,
        "the absolute error is hard to optimize for its corner at 0",
        "because its pull does not fade, so the rate must shrink",
        absolute_error_corner,
    ),
    Erratum(
        "D1",
        4,
        "log-cosh is a smooth approximation of Huber",
        "for δ = 1, within log 2 − ½; not for other δ",
        log_cosh_and_huber,
    ),
    Erratum("D1", 4, "log-cosh is faster to optimize than Huber", "it needs as many steps or more", log_cosh_speed),
    Erratum(
        "D0",
        4,
        "percentage and logarithmic errors greatly mitigate outliers",
        "large ones; small targets rule them",
        percentage_outliers,
    ),
    Erratum(
        "D0",
        4,
        "Poisson regression is for counts that can only be positive",
        "counts may be 0; the rate is positive",
        positive_counts,
    ),
    Erratum(
        "D2",
        4,
        "cosine similarity as a loss",
        "1 − similarity: what is minimized must be small for the like",
        cosine_sign,
    ),
    Erratum(
        "D1",
        4,
        "binary cross-entropy is log p for y = 1, log(1 − p) for y = 0",
        "−log p and −log(1 − p)",
        binary_cross_entropy_sign,
    ),
    Erratum(
        "D1",
        4,
        "cross-entropy and focal loss as sums over the instances",
        "as means: or the step grows with the batch",
        sum_over_instances,
    ),
    Erratum(
        "D1",
        4,
        "categorical cross-entropy for instances of two or more classes",
        "one binary cross-entropy for each class",
        multi_label,
    ),
    Erratum(
        "D0",
        4,
        "KL divergence is less stable than cross-entropy in small batches",
        "for fixed targets they differ by a constant, and their gradients are the same",
        kl_gradient,
    ),
    Erratum("D1", 4, "the hinge is not differentiable at zero", "at a margin of 1", hinge_corner),
    Erratum("D1", 4, "the hinge maximizes the margin", "together with weight decay", hinge_margin),
    Erratum(
        "D1",
        4,
        "hinge and focal loss are less sensitive to the class distribution",
        "not on their own: weight the classes",
        class_imbalance,
    ),
    Erratum(
        "D0",
        4,
        "focal loss gives more weight where the model is less confident",
        "where the true class has a low probability: most where it is surely wrong",
        focal_confidence,
    ),
    Erratum(
        "D0",
        5,
        "CLIP trains with the cosine embedding loss",
        "with the symmetric cross-entropy over cosine similarities (InfoNCE)",
        clip_loss,
    ),
)
