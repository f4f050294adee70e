"""Cases of chapter 13: small networks, batches whose last one is smaller, tables of counts, scores with ties."""

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import grid


def _network(rng, inputs, hidden, classes):
    return {
        "w1": grid(rng.normal(size=(hidden, inputs))),
        "b1": grid(0.3 * rng.normal(size=hidden)),
        "w2": grid(rng.normal(size=(classes, hidden))),
        "b2": grid(0.3 * rng.normal(size=classes)),
    }


def _labels(rng, n, classes):
    """Every class that there is room for, in random order."""
    return rng.permutation(np.concatenate([np.arange(min(n, classes)), rng.integers(0, classes, max(0, n - classes))]))


def networks(*shapes, word="batches"):
    """Networks with examples, from (N, inputs, hidden, classes, batch size) of each case."""

    def make(rng):
        made = []
        for n, inputs, hidden, classes, batch_size in shapes:
            last = n % batch_size or batch_size
            about = f"{n} examples, {word} of {batch_size}" + (f", the last one of {last}" if last < batch_size else "")
            case = {
                "x": grid(rng.normal(size=(n, inputs))),
                "labels": _labels(rng, n, classes),
                **_network(rng, inputs, hidden, classes),
                "lr": float(grid(rng.uniform(0.25, 0.75))),
                "batch_size": batch_size,
            }
            made.append(Case(case, about))
        return made

    return make


def checkpoints(rng):
    cases = networks((6, 3, 4, 2, 3), (8, 2, 3, 3, 4), (5, 4, 3, 3, 5))(rng)
    for case in cases:
        case.inputs["lr"] = float(grid(rng.uniform(0.03, 0.1)))
        case.inputs["epoch"] = int(rng.integers(2, 40))
    return cases


def _single(rng, inputs, hidden, classes):
    return {
        "x": grid(rng.normal(3, 2, inputs)),
        "mean": grid(rng.normal(3, 1, inputs)),
        "std": grid(rng.uniform(1.25, 3, inputs)),
        **_network(rng, inputs, hidden, classes),
    }


def _labels_if_scaled(x, mean, std, w1, b1, w2, b2):
    """The label if x is scaled rightly, not at all, without brackets, and back."""
    scaled = np.stack([(x - mean) / std, x, x - mean / std, x * std + mean])
    return (np.tanh(scaled @ w1.T + b1) @ w2.T + b2).argmax(axis=1)


def single_examples(rng):
    """One example each; in the last case every way to scale it leads to another label."""
    made = []
    for inputs, hidden, classes in ((3, 4, 2), (2, 5, 3), (5, 3, 4), (4, 4, 6)):
        case = _single(rng, inputs, hidden, classes)
        while classes == 6 and len(set(_labels_if_scaled(**case))) < 4:
            case = _single(rng, inputs, hidden, classes)
        made.append(Case(case, f"{inputs} features, {classes} classes"))
    return made


def examples_to_batch(rng):
    made = []
    for n, inputs, batch_size in ((5, 2, 2), (6, 3, 3), (8, 1, 5), (13, 2, 4)):
        values = rng.permutation(64 * n)[: n * inputs] / 64  # no two alike, so that every row can be told
        case = {
            "x": grid(values.reshape(n, inputs)),
            "labels": rng.permutation(n),
            "batch_size": batch_size,
            "seed": int(rng.integers(1, 10_000)),
        }
        made.append(Case(case, f"{n} examples in batches of {batch_size}"))
    return made


def planted(rng):
    """For the program with planted bugs: as many examples as classes for the evaluation, so that no axis error shows."""
    made = []
    for n, batch_size, classes in ((7, 3, 3), (9, 4, 4)):
        inputs = int(rng.integers(3, 6))
        k = classes + 2
        right = rng.permutation(k)
        logits = grid(rng.normal(size=(k, k)))
        logits[np.arange(k), right] += 8  # right, but for the first row, whose answer is that of the second
        logits[0] = logits[1] + 4
        case = {
            "x": grid(rng.normal(size=(n, inputs))),
            "labels": _labels(rng, n, classes),
            "classes": classes,
            "lr": 0.125,
            "batch_size": batch_size,
            "losses": grid(rng.uniform(0.25, 3.0, n // batch_size + 1)),
            "examples": int(rng.integers(3, 8)) * 5,
            "seed": int(rng.integers(1, 10_000)),
            "seen": grid(rng.normal(size=(k, inputs))),
            "logits": logits,
            "right": right,
        }
        made.append(Case(case, f"{n} examples in batches of {batch_size}"))
    return made


def labels_of_classes(rng):
    made = []
    for n, classes in ((4, 2), (6, 3), (9, 4), (40, 3)):
        target = _labels(rng, n, classes)
        prediction = np.where(rng.uniform(size=n) < 0.6, target, rng.integers(0, classes, n))
        prediction[:3] = prediction[0] = (target[0] + 1) % classes  # one wrong cell at least, and one more than once
        target[:3] = target[0]
        made.append(Case({"prediction": prediction, "target": target, "classes": classes}, f"{classes} classes"))
    target = rng.permutation([0, 0, 2, 2, 2])
    prediction = np.where(target == 2, 0, 2)
    made.append(Case({"prediction": prediction, "target": target, "classes": 4}, "classes that never occur", "empty"))
    return made


def tables(rng):
    """[[TN, FP], [FN, TP]] with four different counts; and some where a share has nothing to be a share of."""
    made = []
    for _ in range(4):
        counts = rng.permutation(np.array([3, 11, 29, 58]) + rng.integers(0, 7, 4)).reshape(2, 2)
        made.append(Case({"table": counts}))
    several = int(rng.integers(3, 30))
    made.append(Case({"table": np.array([[1, 0], [several, 1]])}, "one call for positive"))
    made.append(Case({"table": np.array([[several, 4], [0, 1]])}, "one that is positive"))
    for counts, about in (
        ([[several, 0], [4, 0]], "nothing called positive"),
        ([[several, 3], [0, 0]], "nothing that is positive"),
        ([[0, 0], [4, several]], "nothing that is negative"),
    ):
        made.append(Case({"table": np.array(counts)}, about, "empty"))
    return made


def scores(rng):
    """Scores of positives a little above those of negatives; with ties under their own tag."""
    made = []
    for n in (3, 5, 8, 30):
        target = rng.permutation(np.resize([1, 0, 0], n))
        different = rng.permutation(4 * n)[:n] / 8
        made.append(Case({"scores": grid(different + target), "target": target}, f"{n} scores, all different"))
    made.append(Case({"scores": np.array([0.5, 2.0, 3.5]), "target": np.array([0, 1, 1])}, "perfect order"))
    for n in (4, 7, 24):
        target = rng.permutation(np.resize([1, 0], n))
        tied = rng.integers(0, 3, n) + 0.5 * target
        tied[np.flatnonzero(target == 1)[0]] = tied[np.flatnonzero(target == 0)[0]]
        made.append(Case({"scores": grid(tied), "target": target}, f"{n} scores with ties", "ties"))
    made.append(
        Case(
            {"scores": np.full(5, float(grid(rng.normal()))), "target": np.array([0, 1, 0, 1, 1])},
            "all scores alike",
            "ties",
        )
    )
    return made
