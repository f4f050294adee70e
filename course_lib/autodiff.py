"""A tiny reverse-mode autodiff: numbers that remember what they were made of."""

import math
from numbers import Real

__all__ = ["Scalar"]


class Scalar:
    """A number, and for each number it was made of (its parents) the slope ∂self/∂parent.

    `backward()` fills in `grad`, the derivative of the number it is called on, for everything that went into it.
    Works in NumPy arrays, too: `weight @ x` with entries that are Scalars. Linnainmaa (1976), Taylor expansion of
    the accumulated rounding error, doi:10.1007/BF01931367.
    """

    def __init__(self, value, parents=()):
        if not isinstance(value, Real):
            raise TypeError(f"value is {type(value).__name__}; expected a number: try float(value)")
        self.value = float(value)
        self.parents = tuple(parents)  # pairs (parent, slope)
        self.grad = 0.0

    def __add__(self, other):
        other = _scalar(other)
        return Scalar(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = _scalar(other)
        return Scalar(self.value * other.value, [(self, other.value), (other, self.value)])

    def __pow__(self, power):
        """selfᵖ for a plain number p: slope p·selfᵖ⁻¹."""
        if not isinstance(power, Real):
            raise TypeError(f"power is {type(power).__name__}; expected a number: try (x.log() * power).exp()")
        x, p = self.value, float(power)
        if (x < 0 and not p.is_integer()) or (x == 0 and p < 1 and p != 0):
            raise ValueError(f"{x} ** {p} has no value or no slope; expected a positive number: try adding a small one")
        return Scalar(x**p, [(self, p * x ** (p - 1) if p else 0.0)])

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -_scalar(other)

    def __truediv__(self, other):
        return self * _scalar(other) ** -1

    def __rsub__(self, other):
        return _scalar(other) - self

    def __rtruediv__(self, other):
        return _scalar(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        if self.value > 709:
            raise ValueError(
                f"exp({self.value}) is beyond float64; expected 709 at most: try the log of a ratio instead"
            )
        y = math.exp(self.value)
        return Scalar(y, [(self, y)])

    def log(self):
        if self.value <= 0:
            raise ValueError(f"log({self.value}) has no value; expected a positive number: try adding a small one")
        return Scalar(math.log(self.value), [(self, 1 / self.value)])

    def tanh(self):
        y = math.tanh(self.value)
        return Scalar(y, [(self, 1 - y**2)])

    def sigmoid(self):
        e = math.exp(-abs(self.value))
        y = (1 if self.value >= 0 else e) / (1 + e)
        return Scalar(y, [(self, e / (1 + e) ** 2)])

    def relu(self):
        return Scalar(max(0.0, self.value), [(self, float(self.value > 0))])

    def backward(self, memoize=True):
        """∂self/∂node into `node.grad` for every node that self was made of -> how many multiplications it took.

        A node's derivative is the sum, over all paths from self to it, of the product of the slopes on the way. With
        memoization each edge is multiplied once, onto what its upper end is known to get. Without it every product is
        worked out from its beginning: the same grads, but the number of paths can grow as 2ⁿ. Starts from 0 each time.
        """
        order = self._order()
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        return self._edge_by_edge(order) if memoize else self._path_by_path()

    def _edge_by_edge(self, order):
        multiplications = 0
        for node in order:
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                multiplications += 1
        return multiplications

    def _path_by_path(self):
        multiplications = 0
        paths: list[tuple[Scalar, tuple[float, ...]]] = [(self, ())]
        while paths:
            end, slopes = paths.pop()
            if slopes:
                end.grad += math.prod(slopes)
                multiplications += len(slopes)
            paths += [(parent, (*slopes, slope)) for parent, slope in end.parents]
        return multiplications

    def _order(self):
        """Everything self was made of, each node before its parents; no recursion, so a chain may be long."""
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, parents_done = stack.pop()
            if parents_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        return order[::-1]

    def __repr__(self):
        return f"Scalar(value={self.value:g}, grad={self.grad:g})"


def _scalar(x):
    return x if isinstance(x, Scalar) else Scalar(x)
