"""Generators of cases for the losses of chapter 05.

As in `cases`: small ones first, multiples of 1/1024, batches of 1, 3, 5 or 8, nothing that is nearly at a kink unless it
is exactly there.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import LARGE, Cases, both_signs, grid

EDGE, LONG = "edge", "long"


def _until(draw: Callable[[], tuple], clear: Callable[..., bool]) -> tuple:
    """The first draw that keeps clear of what rounding could decide."""
    for _ in range(100_000):
        drawn = draw()
        if clear(*drawn):
            return drawn
    raise RuntimeError("no draw in 100 000 keeps clear: the demands contradict each other")


# Rankings.


def score_pairs() -> Cases:
    """Two scores for each example and which should be the larger: wrong order, inside the margin, beyond it, on it."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for apart, about in (
            (-1.25, "a pair in the wrong order"),
            (-0.375, "a pair in the wrong order by less than the margin"),
            (0.25, "a pair in the right order, inside the margin"),
            (2.0, "a pair in the right order, beyond the margin"),
            (0.75, "a pair exactly on the margin"),
        ):
            for side in (1.0, -1.0):
                second = grid(rng.normal(size=1))
                inputs = {"x1": second + side * apart, "x2": second, "target": np.array([side]), "margin": 0.75}
                cases.append(Case(inputs, about))
        for n, margin in ((3, 0.5), (5, 1.5), (8, 0.25)):
            target = both_signs(rng, n)
            gap = margin + grid(np.resize([-1.5, 1.0, -0.2], n) + rng.uniform(-0.125, 0.125, n))
            second = grid(rng.normal(size=n))
            cases.append(Case({"x1": second + target * gap, "x2": second, "target": target, "margin": margin}))
        return cases

    return make


def _relevance(rng: np.random.Generator, n: int, levels: int) -> np.ndarray:
    """Levels 0, 1, …, each there, in random order: some equal as soon as n is larger than levels; not in order."""
    (drawn,) = _until(
        lambda: (rng.permutation(np.resize(np.arange(levels), n)).astype(float),),
        lambda rank: not (np.diff(rank) <= 0).all() and not (np.diff(rank) >= 0).all(),
    )
    return drawn


def _list(rng: np.random.Generator, n: int, levels: int, spread: float, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores and relevance: pairs in the wrong order and in the right one, of these some beyond the margin."""

    def draw() -> tuple:
        scores, rank = grid(spread * rng.normal(size=n)), _relevance(rng, n, levels)
        gap = (scores[:, None] - scores)[rank[:, None] > rank]
        return scores, rank, gap

    scores, rank, _ = _until(
        draw,
        lambda scores, rank, gap: (
            (np.abs(gap - margin) > 0.02).all()
            and (gap > margin).any()
            and (gap < 0).any()
            and (n < 4 or ((gap > 0) & (gap < margin)).any())
        ),
    )
    return scores, rank


def lists(levels: int, name: str = "relevance", long: int = 0) -> Cases:
    """Lists (N,) of scores, how relevant each item is, and a margin; `levels` degrees of relevance at most."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []

        def add(scores, relevance, margin, about="", tag=""):
            inputs = {"scores": np.asarray(scores), name: np.asarray(relevance, float), "margin": margin}
            cases.append(Case(inputs, about, tag))

        for first in (0.25, -0.75, 2.5):
            low = grid(rng.normal(size=1))[0]
            up = rng.permutation(2)
            add(np.array([low + first, low])[up], np.array([1.0, 0.0])[up], 1.0, "two items")
        # one pair is exactly on the margin, one beyond it, one inside
        add([0.5, -0.5, -1.0, 0.25], [1.0, 0.0, 0.0, 0.0], 1.0, "a pair exactly on the margin")
        for n, few, margin in ((3, 2, 0.5), (5, 3, 1.0), (8, 4, 0.25), (8, 3, 2.0)):
            add(*_list(rng, n, min(few, levels), 1.2 * max(margin, 0.6), margin), margin)
        if long:
            scores = (rng.permutation(4 * long)[:long] - 2 * long) / 1024
            margin = 0.5 + 2.0**-12  # no difference of two scores is this
            add(scores, rng.integers(0, levels, long), margin, f"a list of {long}", LONG)
        for n in (1, 3, 5):
            add(grid(rng.normal(size=n)), np.full(n, float(rng.integers(levels))), 1.0, "no item above another", EDGE)
        return cases

    return make


def logistic_lists(large: float) -> Cases:
    """Lists (N,) of scores and how relevant each item is; also scores of the size `large`."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for gap in (0.75, -1.5):
            low, up = grid(rng.normal(size=1))[0], rng.permutation(2)
            inputs = {"scores": np.array([low + gap, low])[up], "relevance": np.array([1.0, 0.0])[up]}
            cases.append(Case(inputs, "two items"))
        for n, levels in ((3, 2), (5, 3), (8, 4)):
            scores, relevance = _list(rng, n, levels, 1.2, 0.5)
            cases.append(Case({"scores": scores, "relevance": relevance}))
        for n in (1, 3):
            inputs = {"scores": grid(rng.normal(size=n)), "relevance": np.full(n, 2.0)}
            cases.append(Case(inputs, "no item above another", EDGE))
        for n, levels in ((2, 2), (5, 3)):
            scores, relevance = (
                _list(rng, n, levels, 1.2, 0.5) if n > 2 else (np.array([-0.5, 0.75]), np.arange(1, -1, -1))
            )
            inputs = {"scores": grid(scores) * large, "relevance": np.asarray(relevance, float)}
            cases.append(Case(inputs, f"scores around {large:g}", LARGE))
        return cases

    return make


# Embeddings.

SHAPES = ((1, 2), (3, 4), (5, 3), (8, 2))


def embedded_pairs() -> Cases:
    """Pairs of points (N, D), alike (+1) or not (−1), nearer and farther than the margin, and a pair of equal points."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for alike, far in ((1.0, False), (-1.0, False), (-1.0, True)):
            x2, away = grid(rng.normal(size=(1, 2))), np.array([[0.375, -0.5]])  # a length of 0.625
            inputs = {"x1": x2 + (1 + far) * away, "x2": x2, "target": np.array([alike]), "margin": 1.0}
            cases.append(Case(inputs, ("alike" if alike > 0 else "not alike") + (", beyond the margin" if far else "")))
        for (n, d), margin in zip(SHAPES[1:], (1.5, 0.75, 2.0)):
            target = both_signs(rng, n)
            reach = np.resize([0.5, 1.4, 0.7], n)[:, None]
            x2 = grid(rng.normal(size=(n, d)))
            (error,) = _until(
                partial(_around, rng, (n, d), reach * margin),
                partial(_off, lambda error, margin: _length(error) - margin, margin),
            )
            target[:2] = -1  # one nearer than the margin, one beyond
            target[2] = 1
            cases.append(Case({"x1": x2 + error, "x2": x2, "target": target, "margin": margin}))
        for n in (1, 3):
            x2 = grid(rng.normal(size=(n, 3)))
            x1 = x2 + np.array([[0.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, -0.25]])[:n]
            inputs = {"x1": x1, "x2": x2, "target": np.array([-1.0, -1.0, 1.0])[:n], "margin": 1.0}
            cases.append(Case(inputs, "two equal points that should not be alike", EDGE))
        return cases

    return make


def _around(rng: np.random.Generator, shape: tuple[int, int], *reaches: np.ndarray) -> tuple:
    """For each reach vectors of these lengths, in random directions."""
    return tuple(grid(_directions(rng, *shape) * reach) for reach in reaches)


def _off(slack: Callable[..., np.ndarray], margin: float, *vectors: np.ndarray) -> bool:
    """Whether no example is near its kink."""
    return bool((np.abs(slack(*vectors, margin)) > 0.05).all())


def _directions(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    x = rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def triplets() -> Cases:
    """Anchors, positives and negatives (N, D): some triplets pay and some do not; also at the kink, and equal points."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []

        def add(anchor, near, far, margin, about="", tag=""):
            inputs = {"anchor": anchor, "positive": anchor + near, "negative": anchor + far, "margin": margin}
            cases.append(Case(inputs, about, tag))

        for place, about in (([[0.0, 0.5]], "a triplet that pays"), ([[-3.0, 4.0]], "a triplet that is in order")):
            add(grid(rng.normal(size=(1, 2))), np.array([[0.75, 1.0]]), np.array(place), 0.5, about)
        for (n, d), margin in zip(SHAPES[1:], (0.5, 1.0, 0.25)):
            reach = np.resize([0.6, 2.5, 0.8], n)[:, None]
            near, far = _until(
                partial(_around, rng, (n, d), np.ones((n, 1)), reach * rng.uniform(0.9, 1.1, (n, 1))),
                partial(_off, lambda near, far, margin: _length(near) - _length(far) + margin, margin),
            )
            add(grid(rng.normal(size=(n, d))), near, far, margin)
        for n in (1, 3):
            near = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, -0.25]])[:n]
            far = np.array([[0.25, 0.0], [1.5, 0.0], [0.0, 0.0]])[:n]
            add(grid(rng.normal(size=(n, 2))), near, far, 0.5, "equal points", EDGE)
        add(grid(rng.normal(size=(1, 2))), np.array([[0.0, 1.0]]), np.array([[1.5, 0.0]]), 0.5, "hinge exactly 0", EDGE)
        return cases

    return make


def _length(x: np.ndarray) -> np.ndarray:
    return np.linalg.norm(x, axis=-1)


def _cosines(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    return (x1 * x2).sum(axis=1) / np.maximum(_length(x1) * _length(x2), 1e-9)


def directed_pairs() -> Cases:
    """Pairs of vectors (N, D) of many lengths, alike (+1) or not (−1), and a margin for the cosine."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for first, second, alike, about in (
            ([[3.0, 4.0]], [[4.0, 3.0]], 1.0, "alike"),
            ([[3.0, 4.0]], [[12.0, 5.0]], -1.0, "not alike, and the cosine is above the margin"),
            ([[3.0, 4.0]], [[2.0, -1.0]], -1.0, "not alike, and the cosine is below the margin"),
        ):
            turn = rng.permutation(2)
            inputs = {"x1": np.array(first)[:, turn], "x2": np.array(second)[:, turn]}
            cases.append(Case({**inputs, "target": np.array([alike]), "margin": 0.25}, about))
        for (n, d), margin in zip(SHAPES[1:], (0.0, 0.25, 0.5)):
            target = np.resize([-1.0, 1.0, -1.0], n)

            def draw(n=n, d=d):
                first, lengths = _directions(rng, n, d), rng.uniform(0.75, 3, (2, n, 1))
                mix = np.resize([1.2, -0.6, -1.2, 0.5, 1.0], n)[:, None]
                second = mix * first + _directions(rng, n, d)
                return grid(first * lengths[0]), grid(second * lengths[1])

            x1, x2 = _until(
                draw,
                lambda x1, x2, margin=margin: (
                    (np.abs(_cosines(x1, x2) - margin) > 0.05).all()
                    and np.abs(_cosines(x1, x2)).max() < 0.95
                    and _length(x2).min() > 0.4
                    and ((_cosines(x1, x2) > margin) & (np.resize([1, 0, 1], len(x1)) == 1)).any()
                    and ((_cosines(x1, x2) < margin) & (np.resize([1, 0, 1], len(x1)) == 1)).any()
                ),
            )
            cases.append(Case({"x1": x1, "x2": x2, "target": target, "margin": margin}))
        for n in (1, 3):
            x1 = np.array([[0.5, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.5]])[:n]
            x2 = np.array([[0.0, -2.0, 0.0], [0.75, 1.0, 0.0], [0.0, 0.5, 0.0]])[:n]
            target = np.array([-1.0, 1.0, -1.0])[:n]
            cases.append(
                Case({"x1": x1, "x2": x2, "target": target, "margin": 0.0}, "a cosine exactly at the margin", EDGE)
            )
        return cases

    return make


def two_views() -> Cases:
    """Two views (N, D) of N things, rows of many lengths, and a temperature; tiny ones are large logits."""

    def make(rng: np.random.Generator) -> list[Case]:
        def draw(n, d, like, rival=False):
            first, lengths = _directions(rng, n, d), rng.uniform(0.5, 3, (2, n, 1))
            second = like * first + _directions(rng, n, d)
            if rival:  # nearer to the first one than its own partner
                second[1] = first[0] + 0.3 * _directions(rng, 1, d)[0]
            return grid(first * lengths[0]), grid(second * lengths[1])

        def clear(x1, x2):
            """No two similarities of a row or a column are close; some partner overflows, and is far from the best."""
            s = x1 @ x2.T / np.outer(_length(x1), _length(x2))
            gaps = [np.diff(np.sort(s, axis=axis), axis=axis).min() for axis in (0, 1)]
            hard = (np.diag(s) > 0.4) & (s.max(axis=1) - np.diag(s) > 0.4)
            return _length(x2).min() > 0.3 and min(gaps) > 0.02 and hard.any()

        cases = []
        for (n, d), temperature in (((2, 3), 0.5), ((3, 4), 0.25), ((5, 3), 0.5), ((8, 6), 0.125)):
            x1, x2 = _until(partial(draw, n, d, 0.8), lambda x1, x2: _length(x2).min() > 0.3)
            cases.append(Case({"x1": x1, "x2": x2, "temperature": temperature}))
        for n, d in ((2, 3), (3, 4)):
            x1, x2 = _until(partial(draw, n, d, 0.5, rival=True), clear)
            inputs = {"x1": x1, "x2": x2, "temperature": 2.0**-11}
            cases.append(Case(inputs, "a tiny temperature, and so huge logits", LARGE))
        return cases

    return make


# Masks.


def masks() -> Cases:
    """Probabilities and masks (N, H, W), and smooth; the last cases are of empty masks."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for (n, h, w), smooth in (
            ((1, 2, 2), 1.0),
            ((1, 2, 3), 0.5),
            ((3, 2, 4), 2.0),
            ((5, 3, 2), 1.0),
            ((8, 4, 3), 0.25),
        ):
            p = grid(rng.uniform(0.05, 0.95, (n, h, w)))
            target = np.zeros((n, h * w))
            for i in range(n):
                target[i, rng.permutation(h * w)[: 1 + i % (h * w - 1)]] = 1
            cases.append(Case({"prediction": p, "target": target.reshape(n, h, w), "smooth": smooth}))
        for n in (1, 3):
            p, target = np.zeros((n, 2, 3)), np.zeros((n, 2, 3))
            p[1:] = grid(rng.uniform(0.05, 0.95, (n - 1, 2, 3)))
            target[2:, 0, :2] = 1
            inputs = {"prediction": p, "target": target, "smooth": 0.5}
            cases.append(Case(inputs, "an empty mask, predicted empty", EDGE))
        return cases

    return make


# Rewards.


def transitions() -> Cases:
    """Values q and next_q (N, A), actions, rewards, whether the episode ended, and gamma."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for (n, a), gamma in (((1, 3), 0.5), ((1, 2), 0.75), ((3, 4), 0.875), ((5, 3), 0.5), ((8, 2), 0.9375)):
            action = rng.integers(0, a, n)
            done = rng.permutation(np.arange(n) < n // 3).astype(float) if n > 1 else np.zeros(1)

            def draw(n=n, a=a):
                q, next_q, reward = (
                    grid(rng.normal(size=(n, a))),
                    grid(rng.normal(size=(n, a))),
                    grid(rng.normal(size=n)),
                )
                return q, next_q, reward

            q, next_q, reward = _until(
                draw,
                lambda q, next_q, reward, action=action, done=done, gamma=gamma, n=n: (
                    (np.abs(q[np.arange(n), action] - reward - gamma * (1 - done) * next_q.max(axis=1)) > 0.1).all()
                    and (np.abs(next_q.max(axis=1)) > 0.1).all()
                    and (next_q.argmax(axis=1) != action).any()
                ),
            )
            cases.append(
                Case({"q": q, "action": action, "reward": reward, "next_q": next_q, "done": done, "gamma": gamma})
            )
        for n in (1, 3):
            inputs = {
                "q": grid(rng.normal(size=(n, 3))),
                "action": rng.integers(0, 3, n),
                "reward": grid(rng.uniform(0.5, 1.5, n)) * 2,
                "next_q": grid(rng.uniform(1, 2, (n, 3))),
                "done": np.ones(n),
                "gamma": 0.75,
            }
            cases.append(Case(inputs, "steps that ended the episode", EDGE))
        return cases

    return make


def actions_and_weights(large: float) -> Cases:
    """Logits (N, A), actions (N,) and weights q (N,) of both signs; also logits of the size `large`."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, a in ((1, 3), (1, 2), (3, 4), (5, 3), (8, 2)):
            drawn = partial(_policy, rng, n, a)
            logits, action, q = _until(drawn, _no_cancelling)
            cases.append(Case({"logits": logits, "action": action, "q": q}))
        for n, taken, others in ((1, 0.75, [-0.5, 1.0]), (3, 0.5, [-0.5, 0.0, 1.0])):
            logits = rng.permuted(np.tile([taken, *others], (n, 1)), axis=1)
            action = (logits == taken).argmax(axis=1)  # its exponential overflows, and beside the best it is 0
            logits -= np.resize([0.0, 3.0, 0.0], n)[:, None]
            q = grid(rng.uniform(0.5, 2, n)) * np.resize([1.0, -1.0, 1.0], n)
            inputs = {"logits": logits * large, "action": action, "q": q}
            cases.append(Case(inputs, f"logits around ±{large:g}", LARGE))
        return cases

    return make


def _policy(rng: np.random.Generator, n: int, a: int) -> tuple:
    logits = grid(rng.uniform(-2, 2, (n, a)))
    if n == 1:
        logits = np.abs(logits) + 0.5  # a logarithm of logits is a number here, which names the mistake
    signs = both_signs(rng, n) if n > 1 else np.ones(1)
    return logits, rng.integers(0, a, n), grid(rng.uniform(0.5, 2, n)) * signs


def _no_cancelling(logits: np.ndarray, action: np.ndarray, q: np.ndarray) -> bool:
    """Whether gains and losses do not cancel in the mean, where float32 would lose its digits."""
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    each = q * log_p[np.arange(len(q)), action]
    return bool(abs(each.sum()) > 0.2 * np.abs(each).sum())
