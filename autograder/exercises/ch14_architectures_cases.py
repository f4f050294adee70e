"""Cases of chapter 14: small networks to be assembled, and the steps of the famous ones, from a seed."""

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import both_signs, grid


def _seed(rng):
    return int(rng.integers(0, 2**31))


def sentences(rng):
    """Ids of a text and a window; words come twice, and some texts are shorter than the window."""
    made = []
    for length, window in ((3, 1), (5, 2), (8, 2), (8, 3), (6, 1)):
        ids = rng.permutation(20)[:length]
        made.append(Case({"ids": ids, "window": window}, f"{length} words, a window of {window}"))
    for length in (4, 7):
        ids = rng.permutation(20)[:length]
        ids[2] = ids[1]
        made.append(Case({"ids": ids, "window": 2}, "the same word twice, side by side"))
    made.append(Case({"ids": rng.permutation(20)[:3], "window": 6}, "a text shorter than the window", "short"))
    made.append(Case({"ids": rng.permutation(20)[:1], "window": 2}, "a text of one word", "short"))
    return made


def word_counts(rng):
    """Counts (V, V), word vectors (V, D) and biases (V,); with the tag "zero" some pairs never occur."""
    made = []
    for words, features, zero in ((2, 3, False), (4, 2, False), (5, 3, False), (3, 4, True), (6, 2, True)):
        counts = grid(rng.uniform(0.5, 12, (words, words)))
        counts[0, 1], counts[1, 0] = 9.5, 1.5  # both sides of the largest
        if zero:
            counts[rng.integers(words), -1] = 0.0
            counts[-1, 0] = 0.0
        inputs = {
            "counts": counts,
            "word": grid(rng.normal(size=(words, features))),
            "context": grid(rng.normal(size=(words, features))),
            "word_bias": grid(rng.normal(size=words)),
            "context_bias": grid(rng.normal(size=words)),
            "largest": float(rng.choice([4.0, 8.0])),
        }
        made.append(Case(inputs, "pairs that never occur" if zero else "", "zero" if zero else ""))
    return made


def to_be_said_again(rng):
    """x (N, inputs), an upstream gradient, the sizes of an autoencoder and the seed of its weights."""
    made = []
    for n, inputs, hidden, features in ((1, 4, 5, 2), (3, 6, 8, 3), (5, 5, 7, 2), (8, 7, 9, 4)):
        sizes = {"inputs": inputs, "hidden": hidden, "features": features, "rng": _seed(rng)}
        x, dy = grid(rng.uniform(0, 1, (n, inputs))), grid(rng.normal(size=(n, inputs)))
        made.append(Case({**sizes, "x": x, "dy": dy}, f"the sizes {inputs}, {hidden}, {features}"))
    return made


def codes(rng):
    """mean, log variance and noise, all (N, code). A single example has log variances above 0 only."""
    made = []
    for n, code in ((1, 2), (3, 4), (5, 3), (8, 2)):
        signs = 1.0 if n == 1 else both_signs(rng, (n, code))
        made.append(
            Case(
                {
                    "mean": grid(rng.normal(size=(n, code))),
                    "log_var": grid(rng.uniform(0.3, 2.5, (n, code)) * signs),
                    "noise": grid(rng.uniform(0.2, 2, (n, code)) * both_signs(rng, (n, code))),
                }
            )
        )
    return made


def signals(rng):
    """x (L,), a kernel (K,), a stride and a padding; the last cases are padded."""
    made = []
    for length, width, stride, padding in (
        (2, 2, 2, 0), (3, 3, 1, 0), (4, 3, 2, 0), (3, 4, 3, 0), (4, 5, 2, 0),
        (3, 3, 1, 1), (4, 4, 2, 1), (5, 5, 3, 2), (6, 3, 2, 1),
    ):  # fmt: skip
        x = grid(rng.uniform(0.3, 2, length) * both_signs(rng, length))
        kernel = grid(rng.uniform(0.3, 2, width) * both_signs(rng, width))
        about = f"stride {stride}, padding {padding}"
        sizes = {"length": length, "kernel_size": width}
        made.append(
            Case(
                {**sizes, "x": x, "kernel": kernel, "stride": stride, "padding": padding},
                about,
                "padded" if padding else "",
            )
        )
    return made


def blocks(rng):
    """x (N, inputs), an upstream gradient, the sizes of a residual block and the seed of its weights.

    In one of them all sizes are the same, so that no shape gives a mistake away.
    """
    made = []
    for n, inputs, hidden, outputs in (
        (1, 3, 4, 3), (3, 4, 6, 4), (5, 6, 3, 6), (8, 5, 5, 5), (1, 3, 5, 4), (3, 5, 4, 2), (5, 2, 6, 5)
    ):  # fmt: skip
        sizes = {"inputs": inputs, "hidden": hidden, "outputs": outputs, "rng": _seed(rng)}
        x, dy = grid(rng.normal(size=(n, inputs))), grid(rng.normal(size=(n, outputs)))
        changes = inputs != outputs
        about = f"the sizes {inputs}, {hidden}, {outputs}"
        made.append(Case({**sizes, "x": x, "dy": dy}, about, "wider" if changes else ""))
    return made


def episodes(rng):
    """Rewards (T,), which steps end an episode (T,), γ; q (N, actions), uniform numbers and random actions (N,)."""
    made = []
    for steps, n, actions, gamma in ((2, 1, 3, 0.5), (3, 3, 2, 0.875), (5, 5, 4, 0.75), (8, 8, 3, 0.9375)):
        ends = np.zeros(steps)
        ends[-1] = 1.0
        inputs = {
            "rewards": grid(rng.uniform(0.25, 2, steps) * both_signs(rng, steps)),
            "ends": ends,
            "gamma": gamma,
            **_choices(rng, n, actions),
        }
        made.append(Case(inputs, "one episode"))
    for steps, cuts in ((4, [1]), (7, [2, 4]), (6, [0, 3])):
        ends = np.zeros(steps)
        ends[cuts] = 1.0
        inputs = {
            "rewards": grid(rng.uniform(0.25, 2, steps) * both_signs(rng, steps)),
            "ends": ends,
            "gamma": 0.75,
            **_choices(rng, 6, 3),
        }
        made.append(Case(inputs, "several episodes in a row", "several"))
    return made


def _choices(rng, n, actions):
    q = grid(rng.normal(size=(n, actions)))
    q[np.arange(n), rng.integers(0, actions, n)] += 4  # the best action is no near thing
    epsilon = 0.375
    u = np.resize([0.125, 0.625, 0.875, 0.25], n) + grid(rng.uniform(-0.09, 0.09, n))
    u[-1] = 0.625 if n == 1 else epsilon  # exactly at the border
    random_action = (q.argmax(axis=1) + rng.integers(1, actions, n)) % actions
    return {"q": q, "u": u, "random_action": random_action, "epsilon": epsilon}


def memories(rng):
    """Patterns (n, units) of −1 and 1, a weight (units, units), a state (units,) and an order to visit the units."""
    made = []
    for n, units in ((1, 4), (2, 5), (3, 7), (2, 9)):
        made.append(Case(_memory(rng, n, units), f"{n} pattern(s) of {units} units"))
    for n, units in ((2, 5), (3, 6)):
        inputs = _memory(rng, n, units)
        alone = int(rng.integers(units))
        inputs["weight"][alone] = inputs["weight"][:, alone] = 0.0
        inputs["state"][alone] = -1.0 if units == 5 else 1.0
        made.append(Case(inputs, "a unit whose field is 0", "tie"))
    return made


def _memory(rng, n, units):
    """The order leads to another end than all at once, or than from the first unit to the last."""
    patterns = rng.permuted(np.tile(np.resize([1.0, -1.0], units), (n, 1)), axis=1)
    while True:
        half = np.triu(grid(rng.uniform(0.1, 1, (units, units))) * both_signs(rng, (units, units)), 1)
        weight, state = half + half.T, both_signs(rng, units)
        order = rng.permutation(units)
        after, in_order, without_noting = state.copy(), state.copy(), np.sign(weight @ state)
        for i in order:
            after[i] = np.sign(weight[i] @ after)
        for i in range(units):
            in_order[i] = np.sign(weight[i] @ in_order)
        if (after != without_noting).any() and (after != in_order).any() and abs(state @ weight @ state) > 0.2:
            return {"patterns": patterns, "weight": weight, "state": state, "order": order}


def seen_and_dreamed(rng):
    """Visible units (N, V) of 0 and 1, the parameters, and the uniform numbers to draw with."""
    made = []
    for n, visible, hidden in ((1, 3, 2), (3, 4, 3), (5, 6, 4), (8, 3, 5)):
        about = f"{n} example(s), {visible} visible and {hidden} hidden units"
        made.append(Case(_dream(rng, n, visible, hidden), about))
    return made


def _dream(rng, n, visible, hidden):
    """What is dreamed differs from what is seen, on average, too."""
    while True:
        v = rng.integers(0, 2, (n, visible)).astype(float)
        weight, a, b = (grid(rng.normal(size=shape)) for shape in ((hidden, visible), visible, hidden))
        hidden_u, visible_u = (grid(rng.uniform(0.02, 0.98, (n, units))) for units in (hidden, visible))
        drawn = hidden_u < 1 / (1 + np.exp(-(v @ weight.T + b)))
        dreamed = visible_u < 1 / (1 + np.exp(-(drawn @ weight + a)))
        if abs((dreamed - v).mean(axis=0)).max() > 0.1:
            return {
                "v": v,
                "weight": weight,
                "visible_bias": a,
                "hidden_bias": b,
                "hidden_u": hidden_u,
                "visible_u": visible_u,
            }


def tapes(rng):
    """A memory (rows, width), a key (width,), its strength; shares of rows, and what moves the head.

    With the tag "great" a strength of 4096, and a key near the first row.
    """
    made = []
    for rows, width, great in ((3, 2, False), (4, 3, False), (6, 4, False), (7, 3, False), (4, 3, True), (5, 2, True)):
        memory = grid(rng.uniform(0.25, 2, (rows, width)) * both_signs(rng, (rows, width)))
        key = grid(rng.uniform(0.25, 2, width) * both_signs(rng, width))
        memory[-1] = 3 * memory[0]  # of the same direction, and longer
        if great:
            key = 0.5 * memory[0]
            memory[1:-1] = memory[0] * np.resize(np.eye(width), (rows - 2, width))  # no angle above 90°
        inputs = {
            "memory": memory,
            "key": key,
            "strength": 4096.0 if great else float(grid(rng.uniform(1.5, 5))),
            "found": _shares(rng, rows),
            "before": _shares(rng, rows),
            "gate": float(grid(rng.uniform(0.1, 0.4) + 0.5 * (rows % 2))),
            "shift": _shares(rng, 3),
            "sharpness": float(grid(rng.uniform(1.5, 4))),
        }
        made.append(Case(inputs, f"{rows} rows" + (", a strength of 4096" if great else ""), "great" if great else ""))
    return made


def _shares(rng, n):
    shares = grid(0.05 + (1 - 0.05 * n) * rng.dirichlet(np.ones(n)))
    shares[np.argmax(shares)] += 1 - shares.sum()
    return shares


def sequences(rng):
    """x (N, T, features), an upstream gradient, the sizes of a block and the seed of its weights."""
    made = []
    for n, steps, features, heads, hidden in ((1, 3, 4, 2, 6), (3, 4, 6, 3, 5), (2, 5, 4, 1, 8), (5, 2, 6, 2, 7)):
        inputs = {"features": features, "heads": heads, "hidden": hidden, "rng": _seed(rng)}
        shape = (n, steps, features)
        x, dy = grid(rng.normal(size=shape)), grid(rng.normal(size=shape))
        made.append(Case({**inputs, "x": x, "dy": dy}, f"{steps} steps"))
    return made
