"""A loss for two networks, of which one invents what the other one judges."""

from course_lib.losses.base import Loss
from course_lib.losses.inputs import alike
from course_lib.validation import one_of


class Wasserstein(Loss):
    """fake − real for the critic, −fake for the generator, mean over all elements.

    fake and real are the critic's scores, of one shape. side "critic": forward(fake, real), and backward() -> the
    gradients for fake and for real. side "generator": forward(fake), and backward() -> the gradient for fake.
    What the critic gains is a distance only while it is Lipschitz: clip its weights or penalize its gradient.
    Arjovsky, Chintala and Bottou (2017), Wasserstein GAN, arXiv:1701.07875.
    """

    def __init__(self, side="critic", reduction="mean"):
        super().__init__(reduction)
        self.side = one_of("side", side, ("critic", "generator"))

    def forward(self, fake, real=None):
        both_or_one(self.side, real)
        fake, *rest = alike(fake=fake) if real is None else alike(fake=fake, real=real)
        return self.reduce(fake - rest[0] if rest else -fake)

    def backward(self, dy=1.0):
        each = self.upstream(dy)
        return (each, -each) if self.side == "critic" else -each


def both_or_one(side, real):
    if (real is None) == (side == "critic"):
        wanted = "forward(fake, real)" if real is None else "forward(fake)"
        raise ValueError(f"side is {side!r} and real was {'not ' * (real is None)}given; expected {wanted}")
