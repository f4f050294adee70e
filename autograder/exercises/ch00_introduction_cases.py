"""The cases of chapter 00, and the reference answers that course_lib has no unit for."""

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import BATCHES, Cases, both_signs, grid


def _away(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """Numbers of both signs, none of them near 0."""
    return grid(rng.uniform(0.25, 2, shape)) * both_signs(rng, shape)


# Weighted sums.


def one_example() -> Cases:
    """x (D,), weights (D,) and a bias."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for d in BATCHES:
            inputs = {"x": _away(rng, d), "weights": _away(rng, d), "bias": float(_away(rng, 1)[0])}
            cases.append(Case(inputs, "a single input" if d == 1 else f"{d} inputs"))
        return cases

    return make


def many_examples() -> Cases:
    """x (N, D), weights (D,) and a bias; once as many examples as inputs."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d in ((1, 2), (2, 1), (3, 2), (3, 3), (5, 4), (8, 3)):
            inputs = {"x": _away(rng, (n, d)), "weights": _away(rng, d), "bias": float(_away(rng, 1)[0])}
            about = "a single example" if n == 1 else "a single input" if d == 1 else ""
            cases.append(Case(inputs, about))
        return cases

    return make


def weighted_sum(_, inputs):
    return {"value": np.dot(inputs["x"], inputs["weights"]) + inputs["bias"]}


# The history.


def dated_events() -> Cases:
    """Years (N,) in the order of a table that is not sorted, kinds (N,), and what is asked for."""

    def make(rng: np.random.Generator) -> list[Case]:
        # The first two are whole in themselves: an event in the first year asked for, one in the last, both of the kind.
        edges = [([1958, 1986, 1958], [0, 0, 1]), ([2012, 1986, 2013, 1986, 2000], [1, 1, 1, 1, 0])]
        asked = [(0, 1958, 1986), (1, 1986, 2012)]
        cases = [
            Case(
                {"years": np.array(years), "kinds": np.array(kinds), "kind": kind, "first": first, "last": last}, EDGES
            )
            for (years, kinds), (kind, first, last) in zip(edges, asked)
        ]
        for n in (5, 8, 12):
            years = rng.permutation(np.append(rng.integers(1990, 2011, n - 2), [1960, 2020]))
            kinds = rng.permutation(np.resize(np.arange(3), n))
            kind = int(kinds[(years > 1985) & (years < 2015)][0])
            cases.append(Case({"years": years, "kinds": kinds, "kind": kind, "first": 1985, "last": 2015}))
        nothing = {"years": np.array([1943, 1958]), "kinds": np.array([0, 1]), "kind": 2, "first": 1940, "last": 1960}
        return [*cases, Case(nothing, "no event that fits")]

    return make


EDGES = "events in the first and in the last year"


def chosen_years(_, inputs):
    kind, first, last = (inputs[name] for name in ("kind", "first", "last"))
    every = zip(inputs["years"], inputs["kinds"])
    return {"value": np.array([year for year, its in every if its == kind and first <= year <= last], int)}


def years_and_decades() -> Cases:
    """Years (N,) of which some share a decade; then years on the borders, tagged "borders", and outside, "outside"."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [Case({"years": np.array([1943]), "first": 1940, "count": 2}, "a single event")]
        for n, first, count in ((3, 1950, 3), (5, 1980, 2), (8, 1940, 5)):
            years = first + 10 * rng.integers(0, count, n) + rng.integers(1, 9, n)
            years[:2] = first + 10 * int(rng.integers(0, count)) + np.array([2, 7])  # two of one decade, 7 rounds up
            cases.append(Case({"years": years, "first": first, "count": count}, "several events in one decade"))
        for told, first, count in (([1950], 1940, 2), ([1959, 1950], 1950, 2), ([1990, 1979, 1980, 1970], 1970, 3)):
            inputs = {"years": np.array(told), "first": first, "count": count}
            cases.append(Case(inputs, "years that end in 0 and in 9", "borders"))
        for told, first, count in (
            ([1939, 1943, 1952], 1940, 3),
            ([1965, 1943, 1960], 1940, 2),
            ([1935, 1949, 1922], 1940, 3),
        ):
            inputs = {"years": np.array(told), "first": first, "count": count}
            cases.append(Case(inputs, "years outside of the decades asked for", "outside"))
        return cases

    return make


def decades(_, inputs):
    number = np.floor_divide(inputs["years"] - inputs["first"], 10)
    return {"value": [int(np.count_nonzero(number == k)) for k in range(inputs["count"])]}


# Getting data ready.


def columns() -> Cases:
    """Training examples (N, D) whose columns differ in place and width, and new ones (M, D). Some columns of those
    tagged "constant" hold one number only."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d, new in ((3, 1, 1), (3, 2, 1), (5, 3, 3), (8, 2, 5)):
            train, others = _columns(rng, n, d, new)
            cases.append(Case({"train": train, "new": others}, "a single column" if d == 1 else ""))
        for n, d, new in ((3, 2, 1), (5, 3, 3)):
            train, others = _columns(rng, n, d, new)
            train[:, 0] = rng.integers(1, 5)
            cases.append(Case({"train": train, "new": others}, "a column that holds one number only", "constant"))
        return cases

    return make


def _columns(rng: np.random.Generator, n: int, d: int, new: int) -> tuple[np.ndarray, np.ndarray]:
    place = grid(rng.uniform(2, 6, d)) * both_signs(rng, d)
    width = np.resize([0.5, 3.0], d) * rng.uniform(0.8, 1.2, d)  # spreads below 1 and above
    spread = np.linspace(-1, 1, n)[:, None] + rng.uniform(-0.2, 0.2, (n, d))
    return rng.permuted(grid(place + width * spread), axis=0), grid(place + width * rng.uniform(0.5, 1.5, (new, d)))


def standardized(_, inputs):
    train, new = inputs["train"], inputs["new"]
    scaled = [
        (b - np.mean(a)) / (np.sqrt(np.mean((a - np.mean(a)) ** 2)) if np.ptp(a) else 1) for a, b in zip(train.T, new.T)
    ]
    return {"value": np.stack(scaled, axis=1)}


def labels_only() -> Cases:
    """Integer labels (N,) and the number of classes; the last classes do not occur in some."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [Case({"labels": np.array([1]), "classes": 3}, "a single label")]
        for n, k in ((2, 3), (3, 4), (5, 4), (8, 6)):
            labels = rng.permutation(np.resize(np.arange(k), n))
            cases.append(Case({"labels": labels, "classes": k}))
        for n, k in ((2, 4), (5, 3)):
            labels = rng.permutation(np.resize(np.arange(k - 1), n))
            cases.append(Case({"labels": labels, "classes": k}, "a last class that does not occur"))
        return cases

    return make


def one_hot(_, inputs):
    return {"value": [[float(label == k) for k in range(inputs["classes"])] for label in inputs["labels"]]}


def shuffled() -> Cases:
    """Examples (N, D), labels (N,), an order of them that is not its own inverse, and how many are for the test."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d, test in ((3, 1, 1), (4, 2, 1), (5, 2, 2), (8, 3, 3)):
            order = _turning(rng, n)
            inputs = {"x": _away(rng, (n, d)), "labels": 1 + rng.permutation(n), "order": order, "test": test}
            cases.append(Case(inputs, f"{n} examples, {test} of them for the test"))
        return cases

    return make


def _turning(rng: np.random.Generator, n: int) -> np.ndarray:
    """A permutation that is neither the plain order nor its own inverse, nor begins as the plain order does."""
    while True:
        order = rng.permutation(n)
        if order[0] and not np.array_equal(order[order], np.arange(n)):
            return order


def split(_, inputs):
    x, labels, order, test = (inputs[name] for name in ("x", "labels", "order", "test"))
    chosen, others = list(order)[:test], list(order)[test:]
    return {"x_train": x[others], "labels_train": labels[others], "x_test": x[chosen], "labels_test": labels[chosen]}


# The classifier.


def classes_of_different_size() -> Cases:
    """Examples (N, D) and labels (N,) in no order; every class occurs, one of them more often than the others."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d, k in ((3, 1, 2), (5, 2, 2), (8, 3, 3), (9, 2, 4)):
            labels = rng.permutation(np.append(np.arange(k), np.zeros(n - k, int)))
            x = grid(_away(rng, (n, d)) + 2 * labels[:, None])
            cases.append(Case({"x": x, "labels": labels, "classes": k}, "classes of different sizes"))
        return cases

    return make


def centers(_, inputs):
    x, labels = inputs["x"], inputs["labels"]
    return {"value": np.stack([np.mean(x[labels == k], axis=0) for k in range(inputs["classes"])])}


def points_and_centers() -> Cases:
    """Examples (N, D) and centers (K, D), no example nearly as near to a second center; then some exactly between
    two of them, tagged "ties"."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, k, d in ((1, 2, 1), (1, 3, 2), (3, 2, 2), (3, 3, 3), (5, 4, 2), (8, 5, 3)):
            about = "a single example" if n == 1 else ""
            cases.append(Case(dict(zip(("x", "centers"), _clear(rng, n, k, d))), about))
        # Along the axes the first center is nearer, in a straight line the second.
        shift = grid(rng.integers(-8, 8, 2) / 4)
        across = {"x": shift + np.array([[0.0, 0.0]]), "centers": shift + np.array([[3.25, 0.0], [2.0, 2.0]])}
        tie = {"x": shift + np.array([[1.0, 0.0]]), "centers": shift + np.array([[5.0, 0.0], [2.5, 0.0], [-0.5, 0.0]])}
        cases.append(Case(across, "a center straight ahead and one across"))
        return [*cases, Case(tie, "an example as near to one center as to another", "ties")]

    return make


def _clear(rng: np.random.Generator, n: int, k: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Examples and centers; for each example, the nearest center is nearer than the second by 0.25 or more."""
    while True:
        x, middle = grid(rng.uniform(-3, 3, (n, d))), grid(rng.uniform(-3, 3, (k, d)))
        near = np.sort(_distances(x, middle), axis=1)
        if np.all(near[:, 1] - near[:, 0] > 0.25):
            return x, middle


def _distances(x: np.ndarray, middle: np.ndarray) -> np.ndarray:
    return np.linalg.norm(x[:, None] - middle, axis=2)


def nearest(_, inputs):
    return {"value": np.argmin(_distances(inputs["x"], inputs["centers"]), axis=1)}


def guesses() -> Cases:
    """Predicted labels (N,) and the right ones (N,), of two and of more classes; all right and all wrong, too."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for right in (1, 0):
            label = int(rng.integers(1, 4))
            inputs = {"prediction": np.array([label if right else label + 2]), "target": np.array([label])}
            cases.append(Case(inputs, "a single example, right" if right else "a single example, wrong"))
        for n, wrong, k in ((3, 1, 4), (5, 2, 3), (8, 3, 2), (8, 5, 6)):
            target = rng.permutation(np.resize(np.arange(k), n))
            moved = np.zeros(n, int)
            moved[rng.permutation(n)[:wrong]] = 1
            cases.append(Case({"prediction": (target + moved) % k, "target": target}, f"{k} classes"))
        return cases

    return make
