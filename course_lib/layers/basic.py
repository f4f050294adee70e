"""The layers of every chapter, and the two that build a network of others: `Sequential` and `Residual`."""

from collections.abc import MutableMapping
from typing import Any

import numpy as np

from course_lib.layers.sizes import last_axis, whole
from course_lib.validation import floats, upstream

__all__ = ["Input", "Dense", "Embedding", "Masking", "Lambda", "Sequential", "Residual", "Flatten"]  # noqa: RUF022


class Layer:
    """What layers share: `params` to learn, after backward their `grads` under the same names, and `buffers` to keep.

    x is float64 or float32, and so are the answers; parameters are float64 and take part in x's dtype.
    `training` is True until somebody sets it to False.
    """

    y: Any = None  # what forward answered

    def __init__(self):
        self.params, self.grads, self.buffers, self.training = {}, {}, {}, True

    def param(self, name, x):
        """The parameter in x's dtype."""
        return self.params[name].astype(x.dtype, copy=False)


class Container:
    """A layer made of others: their arrays under prefixed names, as "0.weight"; setting `training` sets theirs.

    children: name -> layer, which has forward and backward, and may have params, grads, buffers, training.
    """

    y: Any = None

    def __init__(self, children):
        self.children = children
        for name, layer in children.items():
            if not (hasattr(layer, "forward") and hasattr(layer, "backward")):
                raise TypeError(
                    f"layer {name} is a {type(layer).__name__}; expected an object with forward and backward"
                )
        if len({id(layer) for layer in children.values()}) < len(children):
            raise ValueError("a layer stands twice in the chain and would forget its first x; expected one of each")
        self.training = True

    @property
    def params(self):
        return Joined(self.children, "params")

    @property
    def grads(self):
        return Joined(self.children, "grads")

    @property
    def buffers(self):
        return Joined(self.children, "buffers")

    @property
    def training(self):
        return self._training

    @training.setter
    def training(self, training):
        self._training = training
        for layer in self.children.values():
            layer.training = training


class Joined(MutableMapping):
    """One dictionary that reads and writes those of several layers: "0.weight" is "weight" of layer "0"."""

    def __init__(self, children, kind):
        self.parts = {name: getattr(layer, kind, {}) for name, layer in children.items()}

    def __getitem__(self, name):
        layer, _, inner = name.partition(".")
        return self.parts[layer][inner]

    def __setitem__(self, name, array):
        layer, _, inner = name.partition(".")
        self.parts[layer][inner] = array

    def __delitem__(self, name):
        layer, _, inner = name.partition(".")
        del self.parts[layer][inner]

    def __iter__(self):
        return (f"{layer}.{inner}" for layer, part in self.parts.items() for inner in part)

    def __len__(self):
        return sum(len(part) for part in self.parts.values())

    def __repr__(self):
        return repr(dict(self))


class Input(Layer):
    """y = x, where x is (N, *shape); None stands for any size, as in Input(None, 28). ValueError for other shapes.

    The ids of an Embedding may pass, too; whole numbers have no gradient, so backward answers None.
    """

    def __init__(self, *shape):
        super().__init__()
        self.shape = tuple(size if size is None else whole("a size of Input", size) for size in shape)

    def forward(self, x):
        self.y = np.array(x)
        example_shape(self.y, self.shape)
        return self.y

    def backward(self, dy):
        if self.y is not None and self.y.dtype.kind in "iu":
            return None
        return upstream(dy, self.y).copy()


class Dense(Layer):
    """y = x Wᵀ + b, x (…, inputs) -> (…, outputs); weight (outputs, inputs), bias (outputs,).

    The weights start normal with variance 2/inputs, which suits ReLU; the biases start at 0.
    He et al. (2015), Delving deep into rectifiers, arXiv:1502.01852.
    """

    def __init__(self, inputs, outputs, rng):
        super().__init__()
        self.inputs, self.outputs = whole("inputs", inputs), whole("outputs", outputs)
        weight = generator(rng).normal(size=(outputs, inputs)) * np.sqrt(2 / inputs)
        self.params = {"weight": weight, "bias": np.zeros(outputs)}

    def forward(self, x):
        self.x = floats("x", x, axes=1).copy()
        last_axis("x", self.x, self.inputs)
        self.y = self.x @ self.param("weight", self.x).T + self.param("bias", self.x)
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        each_dy, each_x = dy.reshape(-1, self.outputs), self.x.reshape(-1, self.inputs)
        self.grads["weight"] = each_dy.T @ each_x
        self.grads["bias"] = each_dy.sum(axis=0)
        return dy @ self.param("weight", dy)


class Embedding(Layer):
    """y = weight[ids], ids (…) -> (…, features); weight (count, features), standard normal at first.

    Ids go from 0 to count − 1; IndexError beyond. As a product of one-hot rows and weight, without the products. Only
    rows whose id occurred have a gradient; an id that occurs twice collects both. Ids have none: backward answers None.
    Bengio et al. (2003), A neural probabilistic language model.
    """

    def __init__(self, count, features, rng):
        super().__init__()
        self.count, self.features = whole("count", count), whole("features", features)
        self.params = {"weight": generator(rng).normal(size=(count, features))}

    def forward(self, ids):
        self.ids = np.array(ids)
        whole_ids(self.ids.dtype, self.ids.dtype.kind in "iu")
        outside = self.ids[(self.ids < 0) | (self.ids >= self.count)]
        if outside.size:
            raise IndexError(f"ids holds {outside[0]}; expected 0 to count − 1 = {self.count - 1}")
        self.y = np.take(self.params["weight"], self.ids, axis=0)
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        self.grads["weight"] = np.zeros_like(self.params["weight"])
        np.add.at(self.grads["weight"], self.ids, dy)  # weight[ids] += dy would count a repeated id once


class Masking(Layer):
    """y = x where a step is present, 0 where it is missing: where all its features equal value; x (…, T, D) or (…, D).

    `mask` (…, T) says what is present, for a loss or an attention to leave out the rest. As in Keras.
    """

    def __init__(self, value=0.0):
        super().__init__()
        if not np.isfinite(value):
            raise ValueError(f"value is {value}; expected a finite number: try np.nan_to_num on x first")
        self.value = float(value)

    def forward(self, x):
        x = floats("x", x, axes=1)
        self.mask = (x != self.value).any(axis=-1)
        self.y = np.where(self.mask[..., None], x, 0)
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        return np.where(self.mask[..., None], dy, 0)


class Lambda(Layer):
    """y = function(x), or function(x1, x2, …); backward answers gradient(dy, x), or gradient(dy, x1, x2, …).

    Lambda(np.sin, lambda dy, x: dy * np.cos(x)). The twin takes tensors and needs no gradient.
    """

    def __init__(self, function, gradient=None):
        super().__init__()
        self.function, self.gradient = function, gradient

    def forward(self, *inputs):
        self.inputs = [np.array(x) for x in inputs]
        self.y = np.array(self.function(*self.inputs))
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        if self.gradient is None:
            raise ValueError("Lambda has no gradient; expected Lambda(function, gradient) with gradient(dy, x)")
        return self.gradient(dy, *self.inputs)


class Sequential(Container):
    """y = f_n(… f_2(f_1(x))): forward from the first layer to the last, backward from the last to the first.

    The layers' parameters are "0.weight", "0.bias", "1.weight", …; a network of one's own is a subclass:

        class Classifier(Sequential):
            def __init__(self, rng): super().__init__(Dense(4, 8, rng), Lambda(f, df), Dense(8, 3, rng))
    """

    def __init__(self, *layers):
        if not layers or isinstance(layers[0], (list, tuple)):
            raise TypeError("Sequential got no layers or a list; expected layers: try Sequential(*layers)")
        super().__init__({str(i): layer for i, layer in enumerate(layers)})
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy


class Residual(Container):
    """y = x + f(x), f the layer, which keeps x's shape: the gradient passes it on a road of its own, dy + f's.

    The parameters are "layer.weight" and so on. He et al. (2016), Deep residual learning, arXiv:1512.03385.
    """

    def __init__(self, layer):
        super().__init__({"layer": layer})
        self.layer = layer

    def forward(self, x):
        x = floats("x", x)
        f = self.layer.forward(x)
        unchanged_shape(x, f)
        self.y = x + f
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        return dy + self.layer.backward(dy)


class Flatten(Layer):
    """x (N, …) -> (N, D), each example's entries in one row, the last axis fastest."""

    def forward(self, x):
        x = floats("x", x, axes=1)
        self.shape = x.shape
        self.y = x.reshape(len(x), -1).copy()
        return self.y

    def backward(self, dy):
        return upstream(dy, self.y).reshape(self.shape).copy()


def generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; expected a generator: try np.random.default_rng(0)")
    return rng


def example_shape(x, shape):
    sizes = tuple(x.shape[1:])
    if x.ndim != 1 + len(shape) or any(size not in (wanted, None) for size, wanted in zip(shape, sizes)):
        expected = ", ".join(["N", *("any" if size is None else str(size) for size in shape)])
        raise ValueError(f"x has shape {tuple(x.shape)}; expected ({expected}), N examples: try reshape")


def whole_ids(dtype, right):
    if not right:
        raise TypeError(f"ids is {dtype}; expected whole numbers, one for each word: try ids.astype(int)")


def unchanged_shape(x, f):
    if x.shape != f.shape:
        shapes = f"the layer made {tuple(f.shape)} of {tuple(x.shape)}"
        raise ValueError(f"{shapes}; expected x's own shape: x + f(x) adds entry by entry")
