"""Five losses over two weights, each with its own difficulty, and the paths that optimizers take on them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Surface:
    """A loss over two weights: value (…, 2) -> (…), gradient (…, 2) -> (…, 2); start and lowest are points."""

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    lowest: tuple[tuple[float, float], ...]
    window: tuple[float, float, float, float] = (-2.5, 2.5, -2.0, 2.0)

    @property
    def depth(self) -> float:
        return float(self.value(np.array(self.lowest[0])))


def quadratic(name, curvature, start, window=(-2.5, 2.5, -2.0, 2.0)):
    """½Σhᵢwᵢ², lowest at 0."""
    h = np.array(curvature, float)
    return Surface(name, lambda w: np.sum(h * w**2, axis=-1) / 2, lambda w: h * w, start, ((0.0, 0.0),), window)


def turned(surface, degrees):
    """The same surface, its start and its lowest points turned around 0, against the clock."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cosine, sine], [-sine, cosine]])  # of rows: w @ turn
    return Surface(
        f"turned {surface.name}",
        lambda w: surface.value(w @ turn.T),
        lambda w: surface.gradient(w @ turn.T) @ turn,
        tuple(surface.start @ turn),
        tuple(tuple(lowest @ turn) for lowest in surface.lowest),
        (-2.5, 2.5, -2.5, 2.5),
    )


def saddle_slope(w):
    x, y = w[..., 0], w[..., 1]
    return np.stack([x, y**3 / 2 - y], axis=-1)


def plateau_slope(w, width=0.75):
    return w / width**2 * np.exp(-np.sum(w**2, axis=-1, keepdims=True) / (2 * width**2))


SURFACES = {
    surface.name: surface
    for surface in (
        quadratic("bowl", (1.0, 2.0), (-2.1, 1.6)),
        quadratic("ravine", (1.0, 40.0), (-2.1, 0.7), (-2.5, 2.5, -1.0, 1.0)),
        Surface(
            "saddle",
            lambda w: w[..., 0] ** 2 / 2 - w[..., 1] ** 2 / 2 + w[..., 1] ** 4 / 8,
            saddle_slope,
            (-2.1, 0.01),
            ((0.0, 2**0.5), (0.0, -(2**0.5))),
        ),
        Surface(
            "plateau",
            lambda w: 1 - np.exp(-np.sum(w**2, axis=-1) / (2 * 0.75**2)),
            plateau_slope,
            (-2.0, 1.0),
            ((0.0, 0.0),),
        ),
        Surface(
            "many minima",
            lambda w: np.sum(0.2 * w**2 + 0.25 * (1 - np.cos(4 * w)), axis=-1),
            lambda w: 0.4 * w + np.sin(4 * w),
            (-2.2, 1.7),
            ((0.0, 0.0),),
        ),
    )
}


def path(optimizer, surface, steps, start=None, noise=0.0, rng=None):
    """The points that an optimizer visits, its start first: (steps + 1, 2). Gradients may be off by noise."""
    p = np.array(surface.start if start is None else start, float)
    state, visited = optimizer.init(p), [p]
    for t in range(1, steps + 1):
        g = surface.gradient(p) + (noise * rng.normal(size=2) if noise else 0.0)
        p = optimizer.update(p, g, state, optimizer.lr, t)
        visited.append(p)
    return np.array(visited)
