"""The losses of `losses.reinforcement` in PyTorch."""

import torch

from course_lib.activations_torch import LogSoftmax
from course_lib.losses.inputs import beside, matrix
from course_lib.losses_torch.base import Loss
from course_lib.validation import number


class BellmanMSE(Loss):
    """See `losses.BellmanMSE`."""

    def __init__(self, gamma=0.99, reduction="mean"):
        super().__init__(reduction)
        self.gamma = number("gamma", gamma, 0, 1, or_low=True)

    def forward(self, q, action, reward, next_q, done):
        taken = _taken("q", q, action)
        beside("q", q, q.shape[:1], reward=reward, done=done)
        beside("q", q, q.shape, next_q=next_q)
        best = torch.where(done.bool(), 0, next_q.detach().amax(dim=1))
        return self.reduce((taken - (reward.detach() + self.gamma * best).to(q.dtype)).square())


class PolicyGradient(Loss):
    """See `losses.PolicyGradient`."""

    def forward(self, logits, action, q):
        log_p = _taken("logits", logits, action, of=LogSoftmax())
        beside("logits", logits, logits.shape[:1], q=q)
        return self.reduce(-q.detach().to(logits.dtype) * log_p)


def _taken(first, scores, action, of=lambda x: x):
    """The entry for the action that was chosen in each row."""
    matrix(first, scores, "(N, A)")
    beside(first, scores, scores.shape[:1], action=action)
    if action.is_floating_point():
        raise TypeError(f"action is {action.dtype}; expected integers: try action.long()")
    return of(scores).gather(1, action[:, None].long())[:, 0]
