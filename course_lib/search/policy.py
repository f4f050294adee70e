"""Reinforcement learning: a policy draws points, and learns from how well they did."""

import numpy as np

from course_lib.search.run import Run, cost, whole
from course_lib.search.space import Choice
from course_lib.validation import number

__all__ = ["reinforcement"]


def reinforcement(objective, space, budget, rng, batch=10, lr=0.3):
    """θ ← θ + lr·mean over a batch of A·∇ log π(point), π a softmax of θ over the options of each Choice.

    A, the advantage, is the reward −value, less its mean over the batch and divided by its standard deviation.
    Williams (1992), REINFORCE, doi:10.1007/BF00992696; Zoph and Le (2017), arXiv:1611.01578.
    """
    run, lr, batch = Run(objective, space, budget, rng), number("lr", lr, 0, np.inf), whole("batch", batch, 2)
    for name, span in run.space.items():
        if not isinstance(span, Choice):
            raise TypeError(f"space[{name!r}] is {span}; expected Choice: try Choice([…]) with a few values of it")
    theta = {name: np.zeros(len(span)) for name, span in run.space.items()}
    while run.left:
        n = min(batch, run.left)
        drawn = {name: rng.choice(len(t), n, p=_softmax(t)) for name, t in theta.items()}
        points = [{name: span.options[drawn[name][i]] for name, span in run.space.items()} for i in range(n)]
        advantage = _advantage(np.array([cost(run.trial(point)) for point in points]))
        for name, t in theta.items():
            t += lr * _policy_gradient(t, drawn[name], advantage)
    return run.result()


def _policy_gradient(theta, drawn, advantage):
    """Gradient for θ of mean(A·log softmax(θ)[drawn]). theta (K,), drawn (n,), advantage (n,) -> (K,)"""
    one_hot = np.eye(len(theta))[drawn]
    return np.mean(advantage[:, None] * (one_hot - _softmax(theta)), axis=0)


def _advantage(costs):
    finite = np.isfinite(costs)
    if not finite.any():
        return np.zeros(len(costs))
    reward = -np.where(finite, costs, costs[finite].max())  # what failed is as bad as the worst of the rest
    return (reward - reward.mean()) / (reward.std() or 1.0)


def _softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()
