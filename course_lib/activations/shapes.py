"""Shapes of x that are refused, by an activation and its twin in the same words."""


def meets_features(x, size):
    if x.ndim == 0 or x.shape[-1] != size:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected {size} features in the last axis")


def meets_channels(x, channels):
    """The shape in which a parameter of this many channels meets x (N, C, …); one channel meets every x."""
    if channels == 1:
        return ()
    if x.ndim < 2 or x.shape[1] != channels:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected {channels} channels in the second axis")
    return (channels, *[1] * (x.ndim - 2))
