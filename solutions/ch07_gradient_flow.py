# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Chapter 7 · How gradients flow
#
# Why deep networks stop learning, and what makes them learn.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, gradients, initializers, layers, losses, metrics, optimizers, training

# %% [markdown]
# ## 7.1 How deep is too deep?

# %% [markdown] exercise="ch07.gradient_norms" minutes=12 difficulty=2
# ### Exercise: the instrument
# Write `gradient_norms`. The network is a chain of layers without biases: from $h$ a layer makes $z = h W^T$ and then $\tanh z$, which is the next layer's $h$. The first $h$ is `x`.
#
# `dy` is the slope of the loss for the last layer's answers. Go forward, then back, and return one number for each layer: the norm of its weights' gradient, $\lVert \partial L/\partial W \rVert$, the root of the sum of the squares of all its entries. The first layer's number comes first.
#
# <details><summary>Hint 1</summary>
#
# Forward, keep every $h$ in a list, `x` in front. With L layers the list has L + 1 entries. Layer number l reads entry l and writes entry l + 1.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Backward, three lines for each layer, from the last to the first: $dz = d \cdot (1 - h_{\text{out}}^2)$, then the gradient $dz^T h_{\text{in}}$, then $d = dz\,W$ for the layer below.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.linalg.norm(table)` is the root of the sum of all squares of a table.
# </details>
#
# <details><summary>My result is right for one layer and wrong for more</summary>
#
# Three suspects: what is handed down is `dz @ weight`, not `d @ weight`; the list comes out from the last layer to the first; a layer's gradient needs what came *into* this layer.
# </details>

# %% exercise="ch07.gradient_norms"
def gradient_norms(x, weights, dy):
    """The norm of the gradient for each layer's weights, in a chain of layers tanh(h Wᵀ).

    x (N, D); weights: a list of L arrays (out, in), the first layer's first; dy (N, K) for the last layer's answers
    -> L numbers, the first layer's first.
    """
    ### BEGIN SOLUTION
    h = [x]
    for weight in weights:
        h.append(np.tanh(h[-1] @ weight.T))
    norms, d = np.zeros(len(weights)), dy
    for layer in reversed(range(len(weights))):
        dz = d * (1 - h[layer + 1] ** 2)
        norms[layer] = np.linalg.norm(dz.T @ h[layer])
        d = dz @ weights[layer]
    return norms
    ### END SOLUTION


# %% check="ch07.gradient_norms" points=4
check("ch07.gradient_norms", gradient_norms)

# %% [markdown]
# ## 7.2 Why not start with zeros?

# %% [markdown]
# ## 7.3 Glorot: how large must a weight be?

# %% [markdown] exercise="ch07.glorot" minutes=10 difficulty=2
# ### Exercise: Glorot's two initializers
# Write `glorot_normal` and `glorot_uniform`. Both have mean 0 and the variance $2/(\text{fan}_{in} + \text{fan}_{out})$. `shape` is (out, in), as always in this course.
#
# Draw all weights with **one** call of `rng.normal` or `rng.uniform`, with `size=shape`. Then the same generator gives the same weights, and others can repeat your experiment.
#
# <details><summary>Hint 1</summary>
#
# `rng.normal(mean, std, size)` wants the standard deviation, the root of the variance. `rng.uniform(low, high, size)` wants the two borders.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Numbers spread evenly from $-a$ to $a$ have the variance $a^2/3$. Solve $a^2/3 = 2/(\text{fan}_{in} + \text{fan}_{out})$ for $a$.
# </details>
#
# <details><summary>My result is right in its spread, but not "drawn with the given rng"</summary>
#
# Draw with the `rng` that was handed over, not with `np.random`, once, and in the shape that is asked for. Other orders give other numbers.
# </details>

# %% exercise="ch07.glorot"
def glorot_normal(shape, rng):
    """Normal weights with mean 0 and variance 2/(fan_in + fan_out).

    shape (out, in), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    n_out, n_in = shape
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), shape)
    ### END SOLUTION


def glorot_uniform(shape, rng):
    """Weights spread evenly from −a to a, with a for which the variance is 2/(fan_in + fan_out).

    shape (out, in), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    n_out, n_in = shape
    a = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-a, a, shape)
    ### END SOLUTION


# %% check="ch07.glorot" points=4
check("ch07.glorot", glorot_normal, glorot_uniform)

# %% [markdown]
# ## 7.4 He: what does ReLU throw away?

# %% [markdown] exercise="ch07.he" minutes=8 difficulty=2
# ### Exercise: He's two initializers
# Write `he_normal` and `he_uniform`: mean 0, variance $2/\text{fan}_{in}$. `shape` is (out, in). Draw with one call and `size=shape`, as before.
#
# <details><summary>Hint 1</summary>
#
# $\text{fan}_{in}$ is the number of terms in one sum $z$. In the shape (out, in) it is the second number.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the uniform one solve $a^2/3 = 2/\text{fan}_{in}$.
# </details>
#
# <details><summary>My result is right for square shapes only</summary>
#
# For a square shape the two fans are equal, so a mixed-up pair does not show. Try `he_normal((1000, 10), rng).std()`: it must be about $\sqrt{2/10} \approx 0.447$.
# </details>

# %% exercise="ch07.he"
def he_normal(shape, rng):
    """Normal weights with mean 0 and variance 2/fan_in.

    shape (out, in), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    n_out, n_in = shape
    return rng.normal(0, np.sqrt(2 / n_in), shape)
    ### END SOLUTION


def he_uniform(shape, rng):
    """Weights spread evenly from −a to a, with a for which the variance is 2/fan_in.

    shape (out, in), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    n_out, n_in = shape
    a = np.sqrt(6 / n_in)
    return rng.uniform(-a, a, shape)
    ### END SOLUTION


# %% check="ch07.he" points=4
check("ch07.he", he_normal, he_uniform)

# %% [markdown]
# ## 7.5 Every activation with every initializer

# %% [markdown]
# ## 7.6 SELU: can an activation keep the spread by itself?

# %% [markdown] exercise="ch07.lecun_normal" minutes=7 difficulty=2
# ### Exercise: LeCun's initializer, for kernels too
# Write `lecun_normal`: normal, mean 0, variance $1/\text{fan}_{in}$. This time the shape may also be that of a convolution: (out, in, *kernel), for example (8, 3, 5, 5) for 8 outputs, 3 input channels and kernels of 5 × 5 places (chapter 12). One output is a sum over all input channels *and* all places of the kernel.
#
# Draw with one call and `size=shape`.
#
# <details><summary>Hint 1</summary>
#
# For (8, 3, 5, 5) one output adds up 3 · 5 · 5 = 75 products. How many for (out, in)?
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.prod` multiplies the numbers of a list or a tuple, and `shape[1:]` is all of it but the first.
# </details>
#
# <details><summary>My result is right for dense layers and wrong for kernels</summary>
#
# `n_out, n_in = shape` fails for four sizes, and `shape[1]` forgets the kernel. Multiply everything after the first size.
# </details>

# %% exercise="ch07.lecun_normal"
def lecun_normal(shape, rng):
    """Normal weights with mean 0 and variance 1/fan_in.

    shape (out, in) or (out, in, *kernel), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    fan_in = np.prod(shape[1:])
    return rng.normal(0, np.sqrt(1 / fan_in), shape)
    ### END SOLUTION


# %% check="ch07.lecun_normal" points=3
check("ch07.lecun_normal", lecun_normal)

# %% [markdown] exercise="ch07.selu" minutes=9 difficulty=2
# ### Exercise: SELU, there and back
# Write `forward` and `backward` of `SELU`. The two constants stand in the class: `self.lambda_` and `self.alpha`. (The underscore is there since `lambda` is a word of Python.)
#
# At exactly $x = 0$ the left branch counts: the slope there is $\lambda\alpha$. Inputs of several thousand must give finite answers.
#
# <details><summary>Hint 1</summary>
#
# $\lambda$ stands before the brace. It multiplies both branches, of the value and of the slope.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Give the exponential only `np.minimum(x, 0)`: on the left that is $x$, on the right it is 0 and cannot overflow. Then let `np.where(x > 0, …, …)` choose.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `forward` keeps the slope on `self`, and `backward` multiplies it by `dy`.
# </details>
#
# <details><summary>My result is nan for large inputs</summary>
#
# A mask of 0 was multiplied by $e^{5000} = \infty$. Choose with `np.where`, and keep the exponent at 0 or below.
# </details>

# %% exercise="ch07.selu"
class SELU:
    """λx where x > 0, λα(eˣ − 1) elsewhere."""

    lambda_, alpha = 1.0507009873554805, 1.6732632423543772

    def forward(self, x):
        """x of any shape -> the values, of the same shape. Keep what backward needs."""
        ### BEGIN SOLUTION
        below = np.minimum(x, 0)
        self.slope = self.lambda_ * np.where(x > 0, 1, self.alpha * np.exp(below))
        return self.lambda_ * np.where(x > 0, x, self.alpha * (np.exp(below) - 1))
        ### END SOLUTION

    def backward(self, dy):
        """dy, the slope of the loss for what forward answered, of the same shape -> the slope for x."""
        ### BEGIN SOLUTION
        return dy * self.slope
        ### END SOLUTION


# %% check="ch07.selu" points=4
check("ch07.selu", SELU)

# %% [markdown]
# ## 7.7 Clipping: may a gradient be cut?

# %% [markdown] exercise="ch07.clip_by_value" minutes=5 difficulty=1
# ### Exercise: clip by value
# Write `clip_by_value`. `grads` is a dictionary of arrays, as a layer keeps its gradients: `{"weight": …, "bias": …}`. Answer a new dictionary with the same names, in which every entry below `-limit` has become `-limit` and every entry above `limit` has become `limit`. The arrays that came in stay as they are.
#
# <details><summary>Hint 1</summary>
#
# `np.clip(g, low, high)` does it for one array.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A dictionary is built from another one with `{name: … for name, g in grads.items()}`.
# </details>
#
# <details><summary>My result is an error: "dict has no attribute …"</summary>
#
# `grads` is not an array but a dictionary of them. Take one array at a time.
# </details>

# %% exercise="ch07.clip_by_value"
def clip_by_value(grads, limit):
    """Every entry cut to the range from −limit to limit.

    grads: a dictionary of arrays, limit a number above 0 -> a dictionary with the same names and shapes.
    """
    ### BEGIN SOLUTION
    return {name: np.clip(g, -limit, limit) for name, g in grads.items()}
    ### END SOLUTION


# %% check="ch07.clip_by_value" points=2
check("ch07.clip_by_value", clip_by_value)

# %% [markdown] exercise="ch07.clip_by_norm" minutes=10 difficulty=3
# ### Exercise: clip by the global norm
# Write `clip_by_norm`. All arrays of `grads` together are **one** long arrow. Its norm is the root of the sum of the squares of *all* entries of *all* arrays. If the norm is above `max_norm`, multiply every array by `max_norm / norm`; otherwise leave them as they are. A gradient of zeros stays a gradient of zeros. Answer a new dictionary.
#
# <details><summary>Hint 1</summary>
#
# First one number for the whole dictionary: add up `np.sum(g**2)` over the arrays, then take the root once.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Ask for `norm > max_norm` before you divide. Then nothing is ever divided by 0, and nothing is ever made longer.
# </details>
#
# <details><summary>My result is right when there is one array and wrong when there are two</summary>
#
# You probably have one norm for each array. With the gradients $(3)$ and $(4)$ the global norm is 5, and for `max_norm = 1` the answer is $(0.6)$ and $(0.8)$.
# </details>

# %% exercise="ch07.clip_by_norm"
def clip_by_norm(grads, max_norm):
    """All gradients times min(1, max_norm/‖g‖), g all of them taken together as one vector.

    grads: a dictionary of arrays, max_norm a number above 0 -> a dictionary with the same names and shapes.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: g * scale for name, g in grads.items()}
    ### END SOLUTION


# %% check="ch07.clip_by_norm" points=4
check("ch07.clip_by_norm", clip_by_norm)

# %% [markdown]
# ## 7.8 Batch normalization: why not set the spread anew in each layer?

# %% [markdown] exercise="ch07.batch_norm_forward" minutes=10 difficulty=2
# ### Exercise: batch normalization, forward
# Write the four lines for a table `x` (N, C): N examples, C features. `weight` is $\gamma$ and `bias` is $\beta$, one number for each feature. The variance is $\sigma^2 = \frac1N\sum(x-\mu)^2$, with $N$, not $N - 1$.
#
# Return three things: `y`, and for the way back `x_hat` and `std` $= \sqrt{\sigma^2 + \varepsilon}$.
#
# <details><summary>Hint 1</summary>
#
# Over what is the mean taken? Each feature is normalized by itself, over the examples. In a table (N, C) that is `axis=0`, and the mean has the shape (C,).
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x.var(axis=0)` divides by N. $\varepsilon$ goes under the root.
# </details>
#
# <details><summary>My result is nan for one feature</summary>
#
# This feature is the same for all examples, so its $\sigma$ is 0, and 0/0 is nan. With $\varepsilon$ under the root the division gives 0.
# </details>

# %% exercise="ch07.batch_norm_forward"
def batch_norm_forward(x, weight, bias, eps):
    """weight · x̂ + bias with x̂ = (x − μ)/√(σ² + ε), μ and σ² of each feature over the batch.

    x (N, C), weight (C,), bias (C,), eps a number -> (y (N, C), x_hat (N, C), std (C,)).
    """
    ### BEGIN SOLUTION
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    return weight * x_hat + bias, x_hat, std
    ### END SOLUTION


# %% check="ch07.batch_norm_forward" points=4
check("ch07.batch_norm_forward", batch_norm_forward)

# %% [markdown]
# ## 7.9 Batch normalization, backward: who moved the mean?

# %% [markdown] exercise="ch07.batch_norm_backward" minutes=18 difficulty=5
# ### Exercise: batch normalization, backward
# Write the way back in training. Given are `dy` (N, C), what forward kept (`x_hat`, `std`) and `weight` ($\gamma$). Return the gradients for `x`, for `weight` and for `bias`. The gradients for `weight` and `bias` are plain sums over the examples: a mean, if there is one, is in `dy` already.
#
# <details><summary>Hint 1</summary>
#
# Begin with the easy two. $y = \gamma \hat x + \beta$ for each feature: which sums over the examples are $\partial L/\partial\beta$ and $\partial L/\partial\gamma$?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Then $g = dy \cdot \gamma$, the slope for $\hat x$. From it two things are taken off: its mean over the batch, and $\hat x$ times the mean of $g \cdot \hat x$. Last comes the division by `std`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Try it on one feature with three examples. If you shift all three x by the same amount, y does not change. So the three numbers of your dx must add up to 0.
# </details>
#
# <details><summary>My result for x is wrong by far, the other two are right</summary>
#
# Look at the two means: `axis=0`, means and not sums, both subtracted, the second one times `x_hat`. And the first line must be `dy * weight`.
# </details>

# %% exercise="ch07.batch_norm_backward"
def batch_norm_backward(dy, x_hat, std, weight):
    """The gradients of batch normalization in training.

    dy (N, C), x_hat (N, C), std (C,), weight (C,) -> (dx (N, C), d_weight (C,), d_bias (C,)).
    """
    ### BEGIN SOLUTION
    g = dy * weight
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / std
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)
    ### END SOLUTION


# %% check="ch07.batch_norm_backward" points=5
check("ch07.batch_norm_backward", batch_norm_backward)

# %% [markdown]
# ## 7.10 Training and evaluation: what if there is no batch?

# %% [markdown] exercise="ch07.batch_norm" minutes=15 difficulty=4
# ### Exercise: a layer with two modes
# Write `forward` and `backward` of `BatchNorm`. Call **your** `batch_norm_forward` and `batch_norm_backward`; do those first.
#
# In training (`self.training` is True): normalize with the batch, and move both running statistics towards it, by the share `momentum`:
#
# $$\text{running} \leftarrow (1 - \text{momentum})\cdot\text{running} + \text{momentum}\cdot\text{batch} .$$
#
# For the running variance take the batch's variance with $N - 1$: `x.var(axis=0, ddof=1)`. In evaluation: normalize with the running statistics, and change nothing. `backward` is asked in training only; it writes `self.grads["weight"]` and `self.grads["bias"]` and returns the gradient for x.
#
# <details><summary>Hint 1</summary>
#
# In evaluation the formula is the same, with `self.running_mean` and `self.running_var` in the places of $\mu$ and $\sigma^2$: `weight · (x − running_mean)/√(running_var + ε) + bias`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `batch_norm_forward` returns three things. Keep two of them on `self`, since `backward` needs them.
# </details>
#
# <details><summary>My result is right in training and wrong in evaluation</summary>
#
# Print the running statistics after a few batches. Do they still say 0 and 1? Then they were never moved. Do they change when you evaluate? They must not.
# </details>
#
# <details><summary>My result for the running variance is a little too small</summary>
#
# By the factor $(N-1)/N$? Then the $N - 1$ is missing. `x.var(axis=0, ddof=1)` has it.
# </details>

# %% exercise="ch07.batch_norm"
class BatchNorm:
    """Batch normalization of C features: by the batch in training, by running statistics in evaluation."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        """Given. channels: the number C."""
        self.eps, self.momentum, self.training = eps, momentum, True
        self.params = {"weight": np.ones(channels), "bias": np.zeros(channels)}
        self.grads = {}
        self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)

    def forward(self, x):
        """x (N, C) -> y (N, C)"""
        weight, bias = self.params["weight"], self.params["bias"]
        ### BEGIN SOLUTION
        if not self.training:
            return weight * (x - self.running_mean) / np.sqrt(self.running_var + self.eps) + bias
        y, self.x_hat, self.std = batch_norm_forward(x, weight, bias, self.eps)
        keep, share = 1 - self.momentum, self.momentum
        self.running_mean = keep * self.running_mean + share * x.mean(axis=0)
        self.running_var = keep * self.running_var + share * x.var(axis=0, ddof=1)
        return y
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, C), after a forward in training -> dx (N, C), and self.grads "weight" (C,) and "bias" (C,)"""
        ### BEGIN SOLUTION
        dx, d_weight, d_bias = batch_norm_backward(dy, self.x_hat, self.std, self.params["weight"])
        self.grads["weight"], self.grads["bias"] = d_weight, d_bias
        return dx
        ### END SOLUTION


# %% check="ch07.batch_norm" points=6
check("ch07.batch_norm", BatchNorm)

# %% [markdown]
# ## 7.11 Residual connections: is there a way around?

# %% [markdown] exercise="ch07.residual" minutes=8 difficulty=2
# ### Exercise: the shortcut
# Write `forward` and `backward` of `Residual`, which stands around any layer that keeps the shape of its input. A layer is an object with `forward(x)` and `backward(dy)`; its `backward` returns the gradient for its x and keeps those for its parameters.
#
# The class and the function below it are given, for the check: a layer $\tanh(xW^T)$, and your shortcut around it. Leave them as they are.
#
# <details><summary>Hint 1</summary>
#
# $y = x + f(x)$. Let the layer compute $f(x)$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# x goes into y on two roads: straight, and through the layer. What comes back on two roads is added. The straight road brings back `dy`.
# </details>
#
# <details><summary>My result is right for x and wrong for the layer's weight</summary>
#
# Call the layer's `backward` once, and with `dy`. It keeps the gradients of its own parameters while it answers.
# </details>

# %% exercise="ch07.residual"
class Residual:
    """y = x + f(x), f a layer that keeps x's shape. x (N, D) -> y (N, D)"""

    def __init__(self, layer):
        """Given. The parameters are those of the layer."""
        self.layer = layer
        self.params, self.grads = layer.params, layer.grads

    def forward(self, x):
        """x (N, D) -> x + f(x) (N, D)"""
        ### BEGIN SOLUTION
        return x + self.layer.forward(x)
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, D) -> dx (N, D)"""
        ### BEGIN SOLUTION
        return dy + self.layer.backward(dy)
        ### END SOLUTION


class TanhLayer:
    """Given: tanh(x Wᵀ), x (N, D)."""

    def __init__(self, weight):
        self.params, self.grads = {"weight": weight}, {}

    def forward(self, x):
        self.x, self.y = x, np.tanh(x @ self.params["weight"].T)
        return self.y

    def backward(self, dy):
        dz = dy * (1 - self.y**2)
        self.grads["weight"] = dz.T @ self.x
        return dz @ self.params["weight"]


def around_a_layer(x, dy, weight):
    """Given: your shortcut around a TanhLayer, there and back."""
    layer = TanhLayer(weight)
    network = Residual(layer)
    y = network.forward(x)
    dx = network.backward(dy)
    return y, dx, layer.grads["weight"]


# %% check="ch07.residual" points=4
check("ch07.residual", around_a_layer)

