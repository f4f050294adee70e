"""The loss of `losses.adversarial` in PyTorch."""

from course_lib.losses.adversarial import both_or_one
from course_lib.losses.inputs import beside
from course_lib.losses_torch.base import Loss
from course_lib.validation import one_of


class Wasserstein(Loss):
    """See `losses.Wasserstein`."""

    def __init__(self, side="critic", reduction="mean"):
        super().__init__(reduction)
        self.side = one_of("side", side, ("critic", "generator"))

    def forward(self, fake, real=None):
        both_or_one(self.side, real)
        if real is None:
            return self.reduce(-fake)
        beside("fake", fake, fake.shape, real=real)
        return self.reduce(fake - real)
