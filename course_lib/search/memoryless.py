"""Grid and random search: what was seen does not change what is tried next."""

import itertools
import math

import numpy as np

from course_lib.search.run import Run, affordable

__all__ = ["grid", "random"]


def grid(objective, space, budget, rng=None):
    """All combinations of n values of each range, n as large as the budget allows; nothing is drawn from rng.

    A range goes from end to end, in equal steps or equal factors; of a Choice come all options, of an Integer at
    most all numbers. The last range moves fastest.
    """
    run = Run(objective, space, budget, np.random.default_rng(0) if rng is None else rng)
    spans, n = run.space.values(), 1
    affordable(run.left, _size(spans, n), "every combination of options")
    while _size(spans, n) < _size(spans, n + 1) <= run.left:
        n += 1
    for values in itertools.product(*(span.ladder(n) for span in spans)):
        run.trial(dict(zip(run.space, values)))
    return run.result()


def random(objective, space, budget, rng):
    """Points drawn independently, as many as the budget allows.

    Bergstra and Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.
    """
    run = Run(objective, space, budget, rng)
    while run.left:
        run.trial(run.draw())
    return run.result()


def _size(spans, n):
    return math.prod(span.count(n) for span in spans)
