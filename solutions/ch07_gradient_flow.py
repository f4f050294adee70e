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
# A network of thirty layers is easy to write and, begun carelessly, impossible to train. The gradient that should teach the first layer has to come back through all the others, and each of them multiplies it. This chapter measures what is left of it, and builds five things that keep it alive.
#
# **After this chapter you can**
#
# - measure how a signal goes forward and a gradient comes back, layer by layer, and say from one picture what is wrong;
# - derive how large first weights must be (Glorot, He, LeCun), and say which belongs to which activation;
# - explain why SELU keeps its own spread, and what breaks that;
# - clip gradients in two ways, and say which one keeps the direction;
# - write batch normalization forward and backward, with its two modes, and a shortcut around a layer;
# - make a network of thirty layers learn that refused to.
#
# **You need** the dense layer and its way back (chapter 6), the activations and their slopes (chapter 3), variances: of a sum of independent numbers, of a number times a constant.
#
# **Time** about four hours: 127 minutes for the twelve exercises (49 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows section 6 of the slides *Deep Learning Basics* (D1) and the chapter on fundamentals (D2). Where they are wrong as printed in our copy, a cell shows it; section 7.15 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, gradients, initializers, layers, losses, metrics

# %% [markdown]
# ## 7.1 How deep is too deep?
#
# **The question.** The loss stands at the top of thirty layers. The first layer must learn from it, too. How much of the gradient arrives there?
#
# **The code** that we need all through the chapter: a batch goes up through many equal layers, and a random gradient comes back down.

# %% tags=["demo"]
def flow(activation, initializer, depth=30, width=64, seed=0):
    """A batch up through layers without biases, and a random gradient of length 1 down again.

    -> the spread of the answers of each layer, the norm of the gradient at each layer's sums z
    """
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(64, width))
    steps, spreads, norms = [], [], []
    for _ in range(depth):
        weight, unit = initializer((width, width), rng), activation()
        h = unit.forward(h @ weight.T)
        steps.append((weight, unit))
        spreads.append(h.std())
    d = rng.normal(size=h.shape) / np.sqrt(h.size)
    for weight, unit in reversed(steps):
        dz = unit.backward(d)
        norms.append(np.linalg.norm(dz))
        d = dz @ weight
    return np.array(spreads), np.array(norms[::-1])


def sized(gain):
    """An initializer: normal weights with the variance gain/n, n the number of inputs."""
    return lambda shape, rng: rng.normal(0, np.sqrt(gain / shape[1]), shape)


# %% [markdown]
# **The picture.** The same network with ReLU three times. Only the size of its first weights differs: their variance is 1/n, 2/n or 4/n, with n = 64 inputs. Watch the gradient come back from the last layer, on the right, to the first, on the left.

# %% tags=["demo"]
back = {f"variance {gain}/n": flow(activations.ReLU, sized(gain))[1] for gain in (1, 2, 4)}
for name, norms in back.items():
    print(f"{name}: the first layer gets {norms[0] / norms[-1]:.2g} times what the last one gets")
assert back["variance 1/n"][0] < 1e-3 * back["variance 1/n"][-1]  # it vanishes
assert 0.1 < back["variance 2/n"][0] / back["variance 2/n"][-1] < 10
assert back["variance 4/n"][0] > 1e3 * back["variance 4/n"][-1]  # it explodes
figures.gradient_flow.coming_back(back, "norm of the gradient")

# %% [markdown]
# **The mathematics.** A layer makes $z = W h$ and $h' = \phi(z)$. On the way back (chapter 6)
#
# $$\frac{\partial L}{\partial h} = W^T \left( \phi'(z) \odot \frac{\partial L}{\partial h'} \right) .$$
#
# So every layer multiplies the gradient, once by slopes and once by weights. Thirty layers multiply thirty times. It takes very little to vanish or to explode:
#
# | factor of each layer | after 30 layers | |
# |---|---|---|
# | 0.25 | $9\cdot10^{-19}$ | nothing is left |
# | 0.9 | 0.04 | |
# | 1 | 1 | |
# | 1.1 | 17 | |
# | 2 | $1\cdot10^{9}$ | every step throws the weights away |
#
# The gradient **vanishes** where the factors are below 1: the first layers do not learn. It **explodes** where they are above 1: the first steps are so long that they destroy the network.
#
# Which of the two factors is to blame? D1 names the activation for both: the gradient vanishes where slopes are near 0, and explodes where the activation has high values. It also says that a *linear* activation may make gradients vanish, and that tanh may make them explode. Let us measure, twenty units in a row with weight 1:

# %% tags=["demo"]
from course_lib import errata

shown = {row.name: row.show() for row in errata.ERRATA}
chain, tanh = shown["linear_vanishing"], shown["tanh_exploding"]
print(f"20 linear units multiply by {chain['linear']:g}, 20 sigmoids by {chain['sigmoid']:.1g}")
print(f"the steepest slope of tanh is {tanh['one']:g}, of 20 in a row {tanh['20 in a row']:g};")
print(f"20 weights of 2 multiply by {tanh['20 weights of 2']:.2g}, whatever the activation is")
assert chain["linear"] == 1 and chain["sigmoid"] < 1e-10
assert tanh["one"] <= 1 and tanh["20 in a row"] <= 1 < tanh["20 weights of 2"]

steepest = {}
for unit in (activations.ReLU(), activations.GELU(), activations.SELU()):
    unit.forward(np.linspace(-5, 5, 10_001))
    steepest[type(unit).__name__] = round(float(unit.backward(np.ones(10_001)).max()), 2)
print("the steepest slopes:", steepest)
assert steepest["ReLU"] == 1 and steepest["GELU"] < 1.2 and steepest["SELU"] < 1.8

# %% [markdown]
# A linear unit changes no gradient: its slope is 1. The slope of tanh is never above 1, so tanh alone never enlarges one. A few activations are a little steeper than 1, in a small place. **What explodes are the weights.** Small slopes can make gradients vanish, and so can small weights.
#
# Before we repair anything we need an instrument. It is the first thing that people look at when a network does not learn.

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
# `np.linalg.norm(table)` is the root of the sum of all squares of a table. (With a second argument it is another norm.)
# </details>
#
# <details><summary>My result is right for one layer and wrong for more</summary>
#
# Three suspects: what is handed down is `dz @ weight`, not `d @ weight`; the list comes out from the last layer to the first; a layer's gradient needs what came *into* this layer.
# </details>

# %% exercise="ch07.gradient_norms"
def gradient_norms(x, weights, dy):
    """The norm of the gradient for each layer's weights, in a chain of layers tanh(h Wᵀ).

    x (N, D); weights: a list of L arrays (out, in), the first layer's first;
    dy (N, K) for the last layer's answers -> L numbers, the first layer's first.
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
# Here is such a measurement, as you would make it before training: one number for each layer, and they should be of one size.

# %% tags=["demo"]
def weight_norms(initializer, depth=20, width=32):
    """What gradient_norms measures, by the layers of course_lib."""
    rng = np.random.default_rng(1)
    chain = []
    for _ in range(depth):
        dense = layers.Dense(width, width, rng)
        dense.params["weight"] = initializer((width, width), rng)
        chain += [dense, activations.Tanh()]
    network = layers.Sequential(*chain)
    y = network.forward(rng.normal(size=(64, width)))
    network.backward(rng.normal(size=y.shape) / np.sqrt(y.size))
    return np.array([np.linalg.norm(dense.grads["weight"]) for dense in chain[::2]])


curves = {f"variance {gain:g}/n": weight_norms(sized(gain)) for gain in (0.25, 1, 4)}
assert curves["variance 0.25/n"][0] < 1e-3 and curves["variance 0.25/n"][-1] < 1e-2
assert 0.1 < curves["variance 1/n"][0] / curves["variance 1/n"][-1] < 10
assert curves["variance 4/n"][0] > 5 * curves["variance 4/n"][-1]
figures.gradient_flow.through_layers(curves, "norm of the gradient")

# %% [markdown]
# In the lowest curve even the *last* layer has a small gradient. Its slopes are fine. But a weight's gradient is $dz^T h$, and the answers $h$ that come up to the last layer have vanished on their way. So two things must stay alive: the signal forward, and the gradient back.
#
# D1 lists six cures: better first weights (7.2 to 7.5), other activations (7.5, 7.6), clipping (7.7), batch normalization (7.8 to 7.10), skip connections (7.11, 7.12), and new kinds of neurons, which are the gates of chapter 12.
#
# **Remember.** Each layer multiplies the gradient by its slopes and by its weights. Thirty factors that are a little too small leave nothing, and a little too large destroy.

# %% [markdown]
# ## 7.2 Why not start with zeros?
#
# **The question.** Why must first weights come from a random generator? Why not all 0, and let training decide?
#
# **The picture.** Points in the plane, of one class where both coordinates have the same sign and of the other where they differ (the XOR of chapter 1). Eight hidden units with tanh, plain gradient descent. One line for each hidden unit: its weight for the first input. Three starts.

# %% tags=["demo"]
rng = np.random.default_rng(0)
points = rng.uniform(-1, 1, size=(200, 2))
classes = (points.prod(axis=1) > 0).astype(int)


def learn_xor(initializer, hidden=8, steps=600, lr=1.0):
    """-> the network, and the first weight of each hidden unit at every step"""
    rng = np.random.default_rng(3)
    network = layers.Sequential(
        layers.Dense(2, hidden, rng), activations.Tanh(), layers.Dense(hidden, 2, rng)
    )
    for name in ("0.weight", "2.weight"):
        network.params[name] = initializer(network.params[name].shape, rng)
    network.params["2.weight"][1] *= -1  # the two classes are not equal
    loss, seen = losses.CrossEntropy(), [network.params["0.weight"][:, 0].copy()]
    for _ in range(steps):
        loss.forward(network.forward(points), classes)
        network.backward(loss.backward())
        for name, p in network.params.items():
            network.params[name] = p - lr * network.grads[name]
        seen.append(network.params["0.weight"][:, 0].copy())
    return network, np.round(seen, 6)


starts = {
    "all 0": initializers.zeros,
    "all 1": lambda shape, rng: initializers.constant(shape, value=1.0),
    "random": lambda shape, rng: initializers.normal(shape, rng, std=1.0),
}
learned = {name: learn_xor(start) for name, start in starts.items()}
kinds = {name: len(np.unique(seen[-1])) for name, (_, seen) in learned.items()}
right = {name: metrics.accuracy(net.forward(points), classes) for name, (net, _) in learned.items()}
for name in starts:
    print(f"{name:6s} different hidden units at the end: {kinds[name]}, accuracy {right[name]:.0%}")
assert kinds == {"all 0": 1, "all 1": 1, "random": 8}
assert max(right["all 0"], right["all 1"]) < 0.8 < 0.9 < right["random"]
figures.gradient_flow.symmetry({name: seen for name, (_, seen) in learned.items()})

# %% [markdown]
# **The mathematics.** Take two hidden units with equal weights in and equal weights out. They give the same answer for every input. So they get the same gradient, make the same step, and are equal again. Nothing in gradient descent can ever tell them apart. Eight equal units can do what one unit can. This is **symmetry**, and only chance breaks it.
#
# Zero is worse still. With $W_2 = 0$ nothing comes back to the hidden layer, and with $W_1 = 0$ all its answers are 0, so $W_2$ gets no gradient either. Only the last biases move. The network answers the same for every point: that is what D2 says, and it is so.

# %% tags=["demo"]
zero, equal = learned["all 0"][0], learned["all 1"][0]
print("the largest weight after 600 steps from 0:", np.abs(zero.params["0.weight"]).max())
answers = zero.forward(points)
assert np.abs(zero.params["0.weight"]).max() == 0 and np.abs(zero.params["2.weight"]).max() == 0
np.testing.assert_allclose(answers, np.broadcast_to(answers[0], answers.shape))
rows = equal.params["0.weight"]
assert np.abs(rows - 1).max() > 0.05 and np.ptp(rows, axis=0).max() < 1e-6  # all together

# %% [markdown]
# D2 adds that such units are unlikely to end up different from each other. It is stronger than that: from equal weights they *never* do, up to rounding. Biases may start at 0, since random weights have broken the symmetry already.
#
# **Remember.** Equal units stay equal for ever. First weights must be random. The question that is left is how large.

# %% [markdown]
# ## 7.3 Glorot: how large must a weight be?
#
# **The question.** Random, with mean 0. But with which variance?
#
# **The picture.** Ten layers with tanh, and what the units of layers 1, 4, 7 and 10 answer for a batch. Weights too small: all answers crowd at 0. Too large: they sit at −1 and 1, where tanh is flat. In between there is a size for which the layers look alike.

# %% tags=["demo"]
def answers_of(initializer, wanted=(1, 4, 7, 10), width=128):
    rng = np.random.default_rng(0)
    h, found = rng.normal(size=(200, width)), []
    for layer in range(1, max(wanted) + 1):
        h = np.tanh(h @ initializer((width, width), rng).T)
        if layer in wanted:
            found.append(h)
    return found


rows = {"too small": sized(0.1), "Glorot": initializers.glorot_normal, "too large": sized(16)}
rows = {name: answers_of(initializer) for name, initializer in rows.items()}
saturated = {name: np.mean(np.abs(found[-1]) > 0.95) for name, found in rows.items()}
for name, share in saturated.items():
    print(f"{name:10s} {share:.0%} of the answers are beyond ±0.95")
assert rows["too small"][-1].std() < 1e-3 and rows["Glorot"][-1].std() > 0.15
assert saturated["too large"] > 0.5 and saturated["Glorot"] < 0.05
figures.gradient_flow.histograms(rows, (1, 4, 7, 10), 1.05)

# %% [markdown]
# **The mathematics.** One sum is $z = \sum_{j} w_j h_j$ over $\text{fan}_{in}$ inputs. The weights are independent of each other and of the inputs, with mean 0 and variance $\sigma^2$. Then every product has mean 0 and the mean square $\sigma^2\,\overline{h^2}$, and the variances of a sum add up:
#
# $$\operatorname{Var} z = \text{fan}_{in}\,\sigma^2\;\overline{h^2} .$$
#
# Near 0, tanh is a straight line of slope 1, so $\overline{h'^2} \approx \operatorname{Var} z$. **Forward** the signal keeps its size if $\text{fan}_{in}\,\sigma^2 = 1$.
#
# **Back** the sum runs the other way: an input collects from the $\text{fan}_{out}$ units that it goes to. The gradient keeps its size if $\text{fan}_{out}\,\sigma^2 = 1$.
#
# Both at once is possible only for a square layer. Glorot and Bengio (2010) took the middle, and so does everybody since:
#
# $$\sigma^2 = \frac{2}{\text{fan}_{in} + \text{fan}_{out}} .$$
#
# They wrote it for a uniform distribution, too. Numbers spread evenly over $[-a, a]$ have the variance $a^2/3$, so $a = \sqrt{6/(\text{fan}_{in} + \text{fan}_{out})}$.
#
# **The code.** Do the two formulas hold? A layer with 400 inputs and 100 outputs, three sizes of weights:

# %% tags=["demo"]
def factors(sigma2, fan_in=400, fan_out=100):
    """By what a linear layer multiplies the mean square: forward, and back."""
    rng = np.random.default_rng(0)
    weight = rng.normal(0, np.sqrt(sigma2), (fan_out, fan_in))
    h, dz = rng.normal(size=(500, fan_in)), rng.normal(size=(500, fan_out))
    return np.mean((h @ weight.T) ** 2), np.mean((dz @ weight) ** 2)


for name, sigma2 in {"1/in": 1 / 400, "1/out": 1 / 100, "Glorot": 2 / 500}.items():
    forward, backward = factors(sigma2)
    print(f"variance {name:7s} forward × {forward:.2f}, back × {backward:.2f}")
    np.testing.assert_allclose([forward, backward], [400 * sigma2, 100 * sigma2], rtol=0.06)
assert np.prod(factors(2 / 500)) < 1  # the middle of the two, not exact for either

# %% [markdown]
# A shape is (out, in) in this course, as in PyTorch. So $\text{fan}_{in}$ is the *second* number.

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
# **Remember.** Forward the sum runs over the inputs, back it runs over the outputs. Glorot's variance is 1 over the mean of the two.

# %% [markdown]
# ## 7.4 He: what does ReLU throw away?
#
# **The question.** Glorot assumed an activation that is a straight line near 0. ReLU has a corner there. What does it change?
#
# **The picture.** A symmetric sum before and after ReLU. Half of it becomes 0.

# %% tags=["demo"]
z = np.random.default_rng(0).normal(size=200_000)
h = activations.ReLU().forward(z)
np.testing.assert_allclose([np.mean(z**2), np.mean(h**2)], [1, 0.5], rtol=0.02)
figures.gradient_flow.half_thrown_away(z, h)

# %% [markdown]
# **The mathematics.** For a symmetric $z$ the negative half carries half of the mean square, and ReLU throws it away: $\overline{h^2} = \tfrac12 \operatorname{Var} z$. So one layer multiplies the mean square by $\tfrac12\,\text{fan}_{in}\,\sigma^2$. On the way back half of the slopes are 0, which halves it, too. He and others (2015) put in a 2:
#
# $$\sigma^2 = \frac{2}{\text{fan}_{in}} .$$
#
# They show that it matters little which of the two fans one takes, as long as it is the same in all layers: forward and backward factors then differ only at the two ends of the network. The uniform form has $a = \sqrt{6/\text{fan}_{in}}$.
#
# **The code.** Thirty square layers with ReLU. For these Glorot's variance is 1/n, half of what is needed. After 30 layers the size of the answers should be $2^{-30/2} \approx 3\cdot10^{-5}$ of what it was:

# %% tags=["demo"]
def rms(initializer, depth=30, width=256):
    """The root of the mean square of the answers of each layer, ReLU."""
    rng = np.random.default_rng(0)
    h, sizes = rng.normal(size=(64, width)), []
    for _ in range(depth):
        h = np.maximum(h @ initializer((width, width), rng).T, 0)
        sizes.append(np.sqrt(np.mean(h**2)))
    return np.array(sizes)


sizes = {"Glorot": rms(initializers.glorot_normal), "He": rms(initializers.he_normal)}
print(f"Glorot: theory {2.0**-15:.2g}, measured {sizes['Glorot'][-1]:.2g}")
print(f"He:     theory 1, measured {sizes['He'][-1]:.2g}")
assert 0.3 < sizes["Glorot"][-1] / 2.0**-15 < 3 and 0.3 < sizes["He"][-1] < 3
figures.gradient_flow.through_layers(sizes, "size of the answers")

# %% [markdown]
# Two remarks on the texts. D1 says that with Glorot a ReLU network has less *capacity* and underfits. Its capacity is the same: with other weights it computes the same functions. What is missing is a signal that gets through, and so a gradient that teaches. D2 says that He is Glorot with a factor of 2. That is so for square layers. In general Glorot counts both fans, He one.

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
    _, n_in = shape
    return rng.normal(0, np.sqrt(2 / n_in), shape)
    ### END SOLUTION


def he_uniform(shape, rng):
    """Weights spread evenly from −a to a, with a for which the variance is 2/fan_in.

    shape (out, in), rng a NumPy generator -> an array of this shape.
    """
    ### BEGIN SOLUTION
    _, n_in = shape
    a = np.sqrt(6 / n_in)
    return rng.uniform(-a, a, shape)
    ### END SOLUTION


# %% check="ch07.he" points=4
check("ch07.he", he_normal, he_uniform)

# %% [markdown]
# **Remember.** ReLU throws away half of the mean square in each layer, there and back. The 2 in He's variance gives it back.

# %% [markdown]
# ## 7.5 Every activation with every initializer
#
# **The question.** D1 has a table that says which initializer goes with which activation. Is it right? We can measure all pairs.
#
# **The picture.** How many times as large is the gradient at the first layer as at the last, after 30 layers? 1 is ideal. Orange explodes, purple vanishes.

# %% tags=["demo"]
units = {
    "sigmoid": activations.Sigmoid,
    "tanh": activations.Tanh,
    "ReLU": activations.ReLU,
    "ELU": activations.ELU,
    "GELU": activations.GELU,
    "SELU": activations.SELU,
}
starts = {
    "normal, 0.01": initializers.normal,
    "LeCun": initializers.lecun_normal,
    "Glorot": initializers.glorot_normal,
    "He": initializers.he_normal,
    "variance 4/n": sized(4),
}


def ratio(unit, start, depth=30):
    _, norms = flow(unit, start, depth)
    return norms[0] / norms[-1]


ratios = {
    name: {start: ratio(unit, initializer) for start, initializer in starts.items()}
    for name, unit in units.items()
}
assert 0.2 < ratios["ReLU"]["He"] < 5 and ratios["ReLU"]["Glorot"] < 1e-3
assert 0.02 < ratios["tanh"]["Glorot"] < 1 and 0.02 < ratios["tanh"]["He"] < 50
assert 0.5 < ratios["SELU"]["LeCun"] < 10 and ratios["SELU"]["He"] > 10
assert ratios["GELU"]["He"] < 0.9 and ratios["ELU"]["He"] > 2
assert max(ratios["sigmoid"].values()) < 1e-8  # no initializer saves the sigmoid
assert max(each["normal, 0.01"] for each in ratios.values()) < 1e-20
figures.gradient_flow.table(ratios, "gradient at layer 1 as a multiple of that at layer 30")

# %% [markdown]
# The layers are square here, so LeCun and Glorot are the same. Read it row by row:
#
# - **ReLU with He** is right on the spot, as derived. **tanh with Glorot** loses a little. **SELU with LeCun** gains a little.
# - For **GELU** even He is a little too small, for **ELU** it is a little too large. Both can live with it.
# - **The sigmoid vanishes with all of them.** Its slope is at most ¼, and no weight of reasonable size makes up for that. D1's table gives Glorot for the sigmoid. In a network of a few layers that does, in one of thirty it does not. This is why deep networks gave up the sigmoid in their hidden layers.
#
# And over the depth, the same factor at 2 to 50 layers. The axis is logarithmic, so equal factors in each layer give straight lines. The gray band is a factor of ten either way.

# %% tags=["demo"]
depths = (2, 5, 10, 20, 35, 50)
few = {name: starts[name] for name in ("Glorot", "He", "variance 4/n")}
some = {
    name: {start: {n: ratio(units[name], drawn, n) for n in depths} for start, drawn in few.items()}
    for name in ("sigmoid", "tanh", "ReLU", "SELU")
}
sigmoid, relu = some["sigmoid"]["Glorot"], some["ReLU"]
assert sigmoid[10] < 1e-4 and sigmoid[50] < 1e-15
assert relu["Glorot"][50] < 1e-4 * relu["Glorot"][10] and 0.1 < relu["He"][50] < 10
figures.gradient_flow.by_depth(some, "first to last")

# %% [markdown]
# And now by hand. Turn the size of the weights, the depth and the activation, and look for settings in which both curves stay in the band. $n\sigma^2 = 1$ is LeCun, 2 is He.

# %% tags=["demo"]
figures.gradient_flow.explorer()

# %% [markdown]
# - ReLU: how exactly must you hit $n\sigma^2 = 2$ for 60 layers? For 10?
# - tanh: set $n\sigma^2$ to 3. The answers keep a spread, since tanh cannot leave (−1, 1). What does the gradient do?
# - Find the sigmoid's best setting for 30 layers. Is it good enough?
# - Put the shortcuts in. What changes, and for which size of weights?
#
# **Remember.** Each activation has its own right size of weights. With the right one, ReLU, tanh and SELU can be deep. The sigmoid cannot.

# %% [markdown]
# ## 7.6 SELU: can an activation keep the spread by itself?
#
# **The question.** So far we fitted the weights to the activation. Klambauer and others (2017) turned it round: can an activation be made so that mean 0 and variance 1 come back by themselves, whatever small errors the weights have?
#
# **The mathematics.** ELU has a negative side, so its mean can be 0. Put two constants into it:
#
# $$\operatorname{SELU}(x) = \lambda \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}
# \qquad
# \operatorname{SELU}'(x) = \lambda \begin{cases} 1 & x > 0 \\ \alpha\, e^x & x \le 0 \end{cases}$$
#
# With LeCun's variance $1/\text{fan}_{in}$ a layer hands on $\operatorname{Var} z = \overline{h^2}$. If $h$ has mean 0 and variance 1, $z$ is nearly a standard normal number, as a sum of many. We want $h' = \operatorname{SELU}(z)$ to have mean 0 and mean square 1 again. Two equations for two unknowns. The first does not contain $\lambda$:
#
# $$\underbrace{\int_0^\infty\! z\,\varphi(z)\,dz}_{1/\sqrt{2\pi}} + \alpha \underbrace{\int_{-\infty}^0\! (e^z - 1)\,\varphi(z)\,dz}_{\sqrt e\,\Phi(-1) - \frac12} = 0,
# \qquad
# \lambda^2\Bigl(\tfrac12 + \alpha^2 \bigl[e^2\,\Phi(-2) - 2\sqrt e\,\Phi(-1) + \tfrac12\bigr]\Bigr) = 1 .$$
#
# $\varphi$ is the normal density, $\Phi$ its area up to a point. Solve the first for $\alpha$, then the second for $\lambda$:

# %% tags=["demo"]
import math


def area(z):
    """Φ(z), the share of a standard normal number below z."""
    return math.erfc(-z / math.sqrt(2)) / 2


below = math.sqrt(math.e) * area(-1) - 0.5
below_squared = math.e**2 * area(-2) - 2 * math.sqrt(math.e) * area(-1) + 0.5
alpha = -1 / math.sqrt(2 * math.pi) / below
scale = (0.5 + alpha**2 * below_squared) ** -0.5
print(f"α = {alpha:.10f}, λ = {scale:.10f}")
ours = activations.SELU
np.testing.assert_allclose([alpha, scale], [ours.alpha, ours.lambda_], rtol=1e-10)

# %% [markdown]
# **The picture.** Mean 0 and variance 1 are now handed on as they are: they are a **fixed point**. It is worth little if one falls off it. So start elsewhere, with other means and other variances (orange), and go on layer by layer. All paths lead towards mean 0 and variance 1 (the star). It *attracts*.

# %% tags=["demo"]
figures.gradient_flow.fixed_point([(0.0, 2.5), (0.7, 0.3), (-0.6, 0.8), (0.5, 1.7), (0.0, 0.1)])

# %% [markdown]
# D1 says that SELU "completely" solves vanishing and exploding gradients. Measure the other direction. On the way back each layer multiplies the mean square of the gradient by $\overline{\operatorname{SELU}'^2} = \lambda^2\bigl(\tfrac12 + \alpha^2 e^2\Phi(-2)\bigr)$:

# %% tags=["demo"]
slope_squared = scale**2 * (0.5 + alpha**2 * math.e**2 * area(-2))
grown = {n: ratio(activations.SELU, initializers.lecun_normal, n) for n in (30, 100)}
for n, measured in grown.items():
    print(f"{n} layers: gradient × {measured:.1f}, theory {slope_squared ** ((n - 1) / 2):.1f}")
np.testing.assert_allclose(slope_squared, 1.0716, atol=1e-3)
assert 1.5 < grown[30] < 6 and 8 < grown[100] < 120

# %% [markdown]
# Seven percent of the mean square in each layer. The signal has a fixed point, the gradient has none. For 30 layers that is harmless, for 100 it is a factor of thirty or more. A good solution, not a complete one.
#
# **What breaks it?** D1 lists three conditions: standardized inputs, LeCun's initializer, no skip connections. And plain dropout is not allowed: it sets answers to 0, which is not SELU's "off", and raises the variance. `AlphaDropout` drops to $-\lambda\alpha$ and repairs mean and variance (chapter 8). Thirty layers, each condition broken once:

# %% tags=["demo"]
def thirty(start=initializers.lecun_normal, shift=0.0, spread=1.0, dropout=None, skip=False):
    """Mean and spread after 30 layers of SELU, and how alike the examples are (correlation)."""
    rng = np.random.default_rng(0)
    h, unit = shift + spread * rng.normal(size=(200, 128)), activations.SELU()
    for _ in range(30):
        f = unit.forward(h @ start((128, 128), rng).T)
        f = dropout(0.1, rng).forward(f) if dropout else f
        h = h + f if skip else f
    alike = np.corrcoef(h[:50])
    return h.mean(), h.std(), (alike.sum() - 50) / (50 * 49)


cases = {
    "all conditions kept": thirty(),
    "He's initializer": thirty(initializers.he_normal),
    "plain dropout, 10%": thirty(dropout=layers.Dropout),
    "AlphaDropout, 10%": thirty(dropout=layers.AlphaDropout),
    "skip connections": thirty(skip=True),
    "inputs of spread 3": thirty(spread=3.0),
    "inputs with mean 5": thirty(shift=5.0),
}
for name, (mean, spread, alike) in cases.items():
    print(f"{name:22s} mean {mean:9.3f}   spread {spread:9.3g}   examples alike {alike:5.2f}")
spreads = {name: spread for name, (_, spread, _) in cases.items()}
back_at_1 = "all conditions kept", "AlphaDropout, 10%", "inputs with mean 5", "inputs of spread 3"
for name in back_at_1:
    assert abs(spreads[name] - 1) < 0.25
assert spreads["He's initializer"] > 3 and spreads["skip connections"] > 1000
assert 1.1 < spreads["plain dropout, 10%"] < 2
assert cases["inputs with mean 5"][2] > 0.3 > 0.15 > cases["all conditions kept"][2]

# %% [markdown]
# The last two lines surprise. Inputs that are *not* standardized come back close to mean 0 and spread 1: the fixed point attracts them, too. What breaks is something else. With a mean of 5 all examples point the same way, and the layers make the spread right without pulling them apart: after 30 layers the examples are still very much alike. Standardize your inputs, but for this reason.
#
# Two exercises: LeCun's initializer, and SELU itself.

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
# Two names for the shape's numbers do not fit four sizes, and `shape[1]` forgets the kernel. Multiply everything after the first size.
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
        """dy, the slope of the loss for what forward answered -> the slope for x, as dy's shape."""
        ### BEGIN SOLUTION
        return dy * self.slope
        ### END SOLUTION


# %% check="ch07.selu" points=4
check("ch07.selu", SELU)

# %% [markdown]
# **Remember.** SELU and LeCun's variance hold mean 0 and variance 1 as a fixed point that attracts. He's weights, plain dropout and shortcuts break it.

# %% [markdown]
# ## 7.7 Clipping: may a gradient be cut?
#
# **The question.** The gradient explodes in one step of a hundred. Must this one step throw away what was learned in ninety-nine?
#
# **The picture.** Twenty layers with one unit each, all with the same weight $w$, no activation: the answer is $w^{20}x$. For $x = 1$ and the target 0.5 the loss is $\tfrac12(w^{20} - 0.5)^2$. Nearly flat on the left, a cliff on the right. The same rule with and without a limit for the gradient:

# %% tags=["demo"]
def cliff(w):
    return (w**20 - 0.5) ** 2 / 2


def descend(limit=np.inf, w=1.13, lr=0.008, steps=24):
    """The places of gradient descent; what is thrown far out stays where it landed."""
    places = [w]
    for _ in range(steps):
        g = (w**20 - 0.5) * 20 * w**19
        if abs(w) < 2:
            w = w - lr * np.clip(g, -limit, limit)
        places.append(w)
    return np.array(places)


paths = {"as it is": descend(), "gradient at most 1": descend(limit=1.0)}
print({name: f"ends at {path[-1]:.4g}" for name, path in paths.items()})
assert abs(paths["as it is"][-1]) > 5  # one step, and it is gone
np.testing.assert_allclose(paths["gradient at most 1"][-1], 0.5 ** (1 / 20), atol=1e-3)
figures.gradient_flow.cliff(paths, cliff, (0.7, 1.15))

# %% [markdown]
# **The mathematics.** With one weight there is one way to limit a gradient. With many there are two.
#
# - **By value** (Mikolov, 2012): every entry for itself, $g_i \leftarrow \min(\max(g_i, -c), c)$.
# - **By norm** (Pascanu, Mikolov and Bengio, 2013): if the whole arrow is too long, it is made shorter, $g \leftarrow g \cdot \min\bigl(1, c/\lVert g\rVert\bigr)$. The norm runs over *all* weights and biases of the network at once.
#
# D1 and D2 both say that clipping imposes a maximum (and a minimum) value on the gradient. That describes the first way. Look at what it does to a direction:

# %% tags=["demo"]
g = np.array([10.0, 1.0])
by_value = gradients.clip_by_value(g, 1.0)
by_norm = gradients.clip_by_norm(g, 1.0)
turned = shown["clipping"]
print(f"by value {by_value}, turned by {turned['by value']:.0f}°")
print(f"by norm  {by_norm.round(3)}, turned by {turned['by norm']:.0f}°")
assert turned["by value"] > 30 and turned["by norm"] < 0.01
figures.gradient_flow.arrows(g, by_value, by_norm, 1.0)

# %% [markdown]
# By value the weight that mattered ten times as much now counts the same as the other. By norm the direction is kept. Nearly all recipes today clip by norm.
#
# The price of both: D1 speaks of a bias. A mean of clipped gradients is not the clipped mean. If one batch in ten has a gradient of −20 and nine have +1, their mean is −1.1. Clipped at 1, the mean is +0.8, the opposite direction:

# %% tags=["demo"]
noisy = np.array([-20.0] + [1.0] * 9)
print("mean gradient", noisy.mean(), "  mean of the clipped ones", np.clip(noisy, -1, 1).mean())
assert noisy.mean() < 0 < np.clip(noisy, -1, 1).mean()

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

    grads: a dictionary of arrays, limit a number above 0
    -> a new dictionary with the same names and shapes.
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
# You probably have one norm for each array, or the largest of them. With the gradients $(3)$ and $(4)$ the global norm is 5, and for `max_norm = 1` the answer is $(0.6)$ and $(0.8)$.
# </details>

# %% exercise="ch07.clip_by_norm"
def clip_by_norm(grads, max_norm):
    """All gradients times min(1, max_norm/‖g‖), g all of them taken together as one vector.

    grads: a dictionary of arrays, max_norm a number above 0
    -> a new dictionary with the same names and shapes.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: g * scale for name, g in grads.items()}
    ### END SOLUTION


# %% check="ch07.clip_by_norm" points=4
check("ch07.clip_by_norm", clip_by_norm)

# %% [markdown]
# **Remember.** Clipping is a seat belt: it does nothing on most steps, and saves the run on a few. By norm keeps the direction, by value turns it.

# %% [markdown]
# ## 7.8 Batch normalization: why not set the spread anew in each layer?
#
# **The question.** Initializers set the spread once, before training. The weights move on. Could a layer set its own spread, at every step?
#
# **The picture.** Thirty layers with ReLU whose weights are far too small (standard deviation 0.01), with and without a normalization before each ReLU.

# %% tags=["demo"]
def with_norm(std, norm=True, depth=30, width=64):
    """The spread of the answers of each layer."""
    rng = np.random.default_rng(0)
    h, spreads = rng.normal(size=(128, width)), []
    for _ in range(depth):
        z = h @ rng.normal(0, std, (width, width)).T
        h = np.maximum(layers.BatchNorm(width).forward(z) if norm else z, 0)
        spreads.append(h.std())
    return np.array(spreads)


spreads = {
    "without": with_norm(0.01, norm=False),
    "batch normalization": with_norm(0.01),
    "the same, weights 100 times as large": with_norm(1.0),
}
assert spreads["without"][-1] < 1e-20
assert min(spreads["batch normalization"]) > 0.4 and max(spreads["batch normalization"]) < 0.8
first, second = list(spreads.values())[1:]
assert np.abs(first / second - 1).max() < 0.3
figures.gradient_flow.through_layers(spreads, "spread of the answers")

# %% [markdown]
# **The mathematics.** Ioffe and Szegedy (2015). For each feature, over the examples of the batch:
#
# $$\mu = \frac1N \sum_n x_n, \qquad \sigma^2 = \frac1N \sum_n (x_n - \mu)^2, \qquad
# \hat x_n = \frac{x_n - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y_n = \gamma\, \hat x_n + \beta .$$
#
# $\gamma$ (`weight`) begins with 1 and $\beta$ (`bias`) with 0, and both are learned. They let the network have another mean and spread where that is better; with $\gamma = \sqrt{\sigma^2+\varepsilon}$ and $\beta = \mu$ even the old ones. D2 mentions only mean 0 and standard deviation 1; that is $\hat x$, not yet the layer's answer.
#
# D1 divides by $\sigma$. A ReLU that is off for the whole batch answers 0 for all examples. Its $\sigma$ is 0:

# %% tags=["demo"]
constant = shown["batch_norm"]
print(f"a constant feature / σ: {constant['printed']}, / √(σ² + ε): {constant['mended']:g}")
assert np.isnan(constant["printed"]) and constant["mended"] == 0

# %% [markdown]
# A consequence: multiply all weights before the layer by 100, and nothing changes, but for the small $\varepsilon$. The size of the first weights hardly matters any more. And a bias before it is useless: $\mu$ takes it away.

# %% tags=["demo"]
rng = np.random.default_rng(0)
x, weight, bias = rng.normal(size=(64, 10)), rng.normal(size=(5, 10)), rng.normal(size=5)
norm = layers.BatchNorm(5)
z = x @ weight.T
small, large, shifted = norm.forward(z), norm.forward(100 * z), norm.forward(z + bias)
np.testing.assert_allclose(large, small, atol=1e-4)
np.testing.assert_allclose(shifted, small, atol=1e-10)
norm.params = {"weight": np.sqrt(z.var(axis=0) + norm.eps), "bias": z.mean(axis=0)}
np.testing.assert_allclose(norm.forward(z), z, atol=1e-10)  # γ and β can undo it

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
# **Remember.** Over the examples (axis 0), each feature for itself. $\varepsilon$ stands under the root. $\gamma$ and $\beta$ give back what the normalization has taken.

# %% [markdown]
# ## 7.9 Batch normalization, backward: who moved the mean?
#
# **The question.** On the way back we need $\partial L/\partial x$. It is tempting to say: $\hat x = (x - \mu)/\text{std}$, so divide by std and be done. What is forgotten?
#
# **The picture.** One feature, six examples. Move one x, and see how *all* six $\hat x$ move, for they share $\mu$ and $\sigma$. On the diagonal each x moves its own $\hat x$ up. Off it, it pulls the others along.

# %% tags=["demo"]
feature = np.array([0.5, 1.0, 1.5, 2.5, 3.0, 5.0])
norm = layers.BatchNorm(1)
norm.forward(feature[:, None])
slopes = np.array([norm.backward(row[:, None])[:, 0] for row in np.eye(6)])  # row i: those of x_hat[i]

x_hat, std = norm.x_hat[:, 0], norm.std.item()
formula = (np.eye(6) - 1 / 6 - np.outer(x_hat, x_hat) / 6) / std
np.testing.assert_allclose(slopes, formula, atol=1e-12)
np.testing.assert_allclose(slopes.sum(axis=1), 0, atol=1e-12)
figures.gradient_flow.slopes_of_batch(slopes, feature)

# %% [markdown]
# **The mathematics.** Call the slope for $\hat x_n$ by the name $g_n = \gamma\, \partial L/\partial y_n$. There are three roads from $x_n$ to the loss:
#
# 1. straight, through its own $\hat x_n$: $\; g_n/\text{std}$;
# 2. through $\mu$. If $x_n$ grows by 1, $\mu$ grows by $\frac1N$, and every $\hat x_m$ falls by $\frac1N/\text{std}$: $\; -\frac1N\sum_m g_m/\text{std}$;
# 3. through $\sigma$. The variance grows by $\frac2N(x_n - \mu)$, so std grows by $\frac1N \hat x_n$, and every $\hat x_m$ shrinks by $\hat x_m/\text{std}$ times that: $\; -\frac1N\,\hat x_n \sum_m g_m \hat x_m/\text{std}$.
#
# (On road 3 the mean moves too, but $\sum (x_m - \mu) = 0$ takes it out.) Roads that meet add up:
#
# $$\frac{\partial L}{\partial x_n} = \frac{1}{\text{std}}\Bigl( g_n - \overline{g} - \hat x_n\, \overline{g\,\hat x} \Bigr),
# \qquad \frac{\partial L}{\partial \gamma} = \sum_n \frac{\partial L}{\partial y_n}\,\hat x_n,
# \qquad \frac{\partial L}{\partial \beta} = \sum_n \frac{\partial L}{\partial y_n} .$$
#
# In words: from the slopes take away what shifts all alike and what stretches all alike. The layer undoes shifts and stretches anyway, so a gradient in these two directions would be lost.

# %% tags=["demo"]
rng = np.random.default_rng(0)
x, dy = rng.normal(2, 3, size=(8, 4)), rng.normal(size=(8, 4))
norm = layers.BatchNorm(4)
norm.forward(x)
dx = norm.backward(dy)
shift, stretch = dx.sum(axis=0), (dx * norm.x_hat).sum(axis=0)
print(f"sum of dx over the batch {np.abs(shift).max():.1e}, of dx·x̂ {np.abs(stretch).max():.1e}")
np.testing.assert_allclose(shift, 0, atol=1e-10)
np.testing.assert_allclose(stretch, 0, atol=1e-4)  # not exactly: there is ε
measured = gradients.numerical_gradient(lambda x: np.sum(dy * layers.BatchNorm(4).forward(x)), x)
np.testing.assert_allclose(dx, measured, atol=1e-6)
assert np.abs(dy / norm.std - measured).max() > 0.05  # "divide by std" is far off

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
# D1 lists batch normalization among the cures of vanishing and exploding gradients. Forward it is one, as we saw. What about the way back? Thirty layers of Dense, BatchNorm, activation:

# %% tags=["demo"]
def norms_back(unit, norm=True, depth=30, width=64):
    """The norm of the gradient at the sums of each layer."""
    rng = np.random.default_rng(0)
    chain = []
    for _ in range(depth):
        chain.append(layers.Dense(width, width, rng))  # He's weights
        chain += [layers.BatchNorm(width)] * norm + [unit()]
    d = rng.normal(size=(128, width))
    for layer in chain:
        d = layer.forward(d)
    d, norms = rng.normal(size=d.shape) / np.sqrt(d.size), []
    for layer in reversed(chain):
        d = layer.backward(d)
        norms += [np.linalg.norm(d)] * isinstance(layer, layers.Dense)
    return np.array(norms[::-1])


curves = {
    "ReLU, normalized": norms_back(activations.ReLU),
    "tanh, normalized": norms_back(activations.Tanh),
    "ReLU, He only": norms_back(activations.ReLU, norm=False),
}
growth = {name: (norms[0] / norms[-1]) ** (1 / 29) for name, norms in curves.items()}
for name, factor in growth.items():
    print(f"{name:18s} each layer × {factor:.3f}, 29 of them × {factor**29:.3g}")
assert 1.13 < growth["ReLU, normalized"] < 1.26 and 1.04 < growth["tanh, normalized"] < 1.15
assert 0.9 < growth["ReLU, He only"] < 1.1
figures.gradient_flow.through_layers(curves, "norm of the gradient")

# %% [markdown]
# At the start of training batch normalization makes gradients **explode**, by about 20 percent in each layer with ReLU. Yang and others (2019) found it. Where does it come from? With He's weights the way back through weights and ReLU has the factor 1. But the answers of a ReLU do not have mean 0: of their mean square $\tfrac12$ the mean makes up $\tfrac1{2\pi}$, and only $\tfrac12(1 - \tfrac1\pi)$ is spread. So the next sums have the variance $1 - \tfrac1\pi$ over the batch, and the gradient is divided by its root: $1/\sqrt{1 - 1/\pi} \approx 1.21$ in every layer. Ten layers make a factor of 6 of it, thirty a factor of two hundred. Section 7.13 shows that this hurts, and the cure is the shortcut of section 7.11.
#
# **Remember.** x reaches the loss on three roads: straight, through the mean, through the spread. Each takes away one direction, and $\sum dx = 0$ is a quick test.

# %% [markdown]
# ## 7.10 Training and evaluation: what if there is no batch?
#
# **The question.** The network is in service, and one picture arrives. One. What is its mean over the batch?
#
# The batch of one has $x - \mu = 0$. Whatever the picture shows, the answer would be $\beta$. And in a larger batch the answer for *your* picture would depend on whose pictures came along.

# %% tags=["demo"]
rng = np.random.default_rng(0)
norm, mine = layers.BatchNorm(3), np.array([[1.0, 2.0, 3.0]])
others = rng.normal(0, 1, size=(4, 3)), rng.normal(4, 3, size=(4, 3))
company = [norm.forward(np.vstack([mine, batch]))[0] for batch in others]
print("my answer in two batches:", company[0].round(2), company[1].round(2))
assert np.abs(company[0] - company[1]).max() > 0.1
alone = (mine - mine.mean(axis=0)) / np.sqrt(mine.var(axis=0) + 1e-5)
assert np.abs(alone).max() == 0  # what the formula makes of a batch of one

# %% [markdown]
# **The way out.** A layer with two modes. In training it takes the batch's mean and variance, and beside that keeps **running averages** of both. In evaluation it takes these. Each example then has an answer of its own, and the same one tomorrow.
#
# $$m \leftarrow (1 - \text{momentum})\, m + \text{momentum}\cdot \mu_{\text{batch}},
# \qquad v \leftarrow (1 - \text{momentum})\, v + \text{momentum}\cdot \tfrac{N}{N-1}\,\sigma^2_{\text{batch}}$$
#
# They begin with $m = 0$ and $v = 1$. The $N/(N-1)$ makes the variance an honest estimate for *all* data. (In PyTorch `momentum` is the share of the new batch, 0.1. Keras calls the other share momentum, 0.99.)
#
# **The picture.** A feature with mean 2 in batches of 16: each batch says something else, and the running averages settle.

# %% tags=["demo"]
averages, batch_means = {"momentum 0.1": [], "momentum 0.5": []}, []
units = {name: layers.BatchNorm(1, momentum=float(name[-3:])) for name in averages}
for _ in range(60):
    batch = rng.normal(2, 3, size=(16, 1))
    batch_means.append(batch.mean())
    for name, unit in units.items():
        unit.forward(batch)
        averages[name].append(unit.buffers["running_mean"].item())
late = {name: np.std(curve[30:]) for name, curve in averages.items()}
assert averages["momentum 0.1"][2] < 1.6  # after three batches it has hardly left 0
assert late["momentum 0.1"] < late["momentum 0.5"] < np.std(batch_means)
assert abs(np.mean(averages["momentum 0.1"][30:]) - 2) < 0.6
figures.gradient_flow.running(batch_means, averages, 2.0, "mean")

# %% [markdown]
# A small momentum is steady and late, a large one quick and restless. After $t$ batches the start still has the weight $(1 - \text{momentum})^t$: with 0.1, a third after ten batches. Who evaluates after three batches evaluates mostly the start.
#
# D1 says that the population statistics are computed at the end of training, by averaging over the training data. The paper does describe it so. Practically all libraries keep running averages instead, which need no second pass.

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
    """Batch normalization of C features: by the batch in training, by running statistics later."""

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
        """dy (N, C), after forward in training -> dx (N, C); self.grads: weight, bias, both (C,)"""
        ### BEGIN SOLUTION
        dx, d_weight, d_bias = batch_norm_backward(dy, self.x_hat, self.std, self.params["weight"])
        self.grads["weight"], self.grads["bias"] = d_weight, d_bias
        return dx
        ### END SOLUTION


# %% check="ch07.batch_norm" points=6
check("ch07.batch_norm", BatchNorm)

# %% [markdown]
# **Remember.** Training: the batch's statistics, and the running ones move. Evaluation: the running ones, and nothing moves. Forgetting to switch is the classic bug with this layer.

# %% [markdown]
# ## 7.11 Residual connections: is there a way around?
#
# **The question.** All repairs so far make thirty factors *nearly* 1. Could they be 1 plus something, by construction?
#
# **The picture.** Lead x around the layer and add it to what comes out. Solid: the way there. Dashed: the way back. The numbers are measured: the size of what comes back on each road, for a layer with small weights.

# %% tags=["demo"]
rng = np.random.default_rng(0)
inner = layers.Sequential(layers.Dense(64, 64, rng), activations.ReLU())
inner.params["0.weight"] = rng.normal(0, 0.05, (64, 64))
x, dy = rng.normal(size=(32, 64)), rng.normal(size=(32, 64))
dy /= np.linalg.norm(dy)
skip = layers.Residual(inner)
skip.forward(x)
dx = skip.backward(dy)
through = np.linalg.norm(dx - dy)
assert 0.15 < through < 0.5
figures.gradient_flow.shortcut(np.linalg.norm(dy), through)

# %% [markdown]
# **The mathematics.** $y = x + f(x)$ (He and others, 2016). Back:
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} + f'(x)^T\,\frac{\partial L}{\partial y} .$$
#
# The first term is the gradient itself, unchanged, however bad $f$ is. Through thirty such layers goes one road on which nothing is multiplied at all. In one dimension: a plain chain multiplies thirty numbers $a$, a chain with shortcuts thirty numbers $1 + a$. For small $a$ the first is nothing, the second is near 1.
#
# **The code.** ReLU layers with weights that are far too small, 0.05 (He would be 0.18). And He's weights, which are right for the plain chain:

# %% tags=["demo"]
def gradient_at_each(std, shortcut, depth=30, width=64):
    rng = np.random.default_rng(0)
    chain = []
    for _ in range(depth):
        dense = layers.Dense(width, width, rng)
        dense.params["weight"] = rng.normal(0, std, (width, width))
        block = layers.Sequential(dense, activations.ReLU())
        chain.append(layers.Residual(block) if shortcut else block)
    h = rng.normal(size=(64, width))
    for layer in chain:
        h = layer.forward(h)
    d, norms = rng.normal(size=h.shape) / np.sqrt(h.size), []
    for layer in reversed(chain):
        d = layer.backward(d)
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])


small, he_std = 0.05, np.sqrt(2 / 64)
curves = {
    "plain, 0.05": gradient_at_each(small, False),
    "shortcuts, 0.05": gradient_at_each(small, True),
    "shortcuts, He": gradient_at_each(he_std, True),
}
for name, norms in curves.items():
    print(f"{name:16s} gradient at the first layer {norms[0]:.2g}")
assert curves["plain, 0.05"][0] < 1e-12 and 0.5 < curves["shortcuts, 0.05"][0] < 100
assert curves["shortcuts, He"][0] > 1000
figures.gradient_flow.through_layers(curves, "norm of the gradient")

# %% [markdown]
# Look at the third curve. With He's weights $f$ is as large as $x$, so $x + f(x)$ at least doubles the mean square in every layer: now *that* explodes. With shortcuts the branch must be small at the start: small weights, or a batch normalization in it, or a last $\gamma$ that begins with 0. One repair can spoil another. Measure again after each.

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
    return y, dx, layer.grads.get("weight", np.zeros_like(weight))  # 0: nobody asked the layer


# %% check="ch07.residual" points=4
check("ch07.residual", around_a_layer)

# %% [markdown]
# **Remember.** $1 + a$ instead of $a$. The shortcut carries the gradient down unchanged, and the layers learn what to add.

# %% [markdown]
# ## 7.12 A block: how do shortcuts stay small?
#
# **The question.** Shortcuts want small branches. But weights move, and tomorrow the branch may be large. Who keeps it in bounds?
#
# **The picture.** Put a batch normalization at the *beginning* of each branch: normalize, ReLU, weights. Thirty such blocks with He's weights, and beside them thirty shortcuts around ReLU layers with the same weights, which exploded in the last section.

# %% tags=["demo"]
def blocks(normalized, depth=30, width=64):
    """-> the spread of the answers, and the norm of the gradient, block by block"""
    rng, chain, spreads, norms = np.random.default_rng(0), [], [], []
    for _ in range(depth):
        dense = layers.Dense(width, width, rng)  # He's weights
        branch = [layers.BatchNorm(width), activations.ReLU(), dense]
        branch = branch if normalized else [dense, activations.ReLU()]
        chain.append(layers.Residual(layers.Sequential(*branch)))
    h = rng.normal(size=(128, width))
    for layer in chain:
        h = layer.forward(h)
        spreads.append(h.std())
    d = rng.normal(size=h.shape) / np.sqrt(h.size)
    for layer in reversed(chain):
        d = layer.backward(d)
        norms.append(np.linalg.norm(d))
    return np.array(spreads), np.array(norms[::-1])


measured = {"shortcuts": blocks(False), "shortcuts, normalized branches": blocks(True)}
for name, (spreads, norms) in measured.items():
    print(f"{name:31s} spread at the end {spreads[-1]:8.2g}, gradient at the start {norms[0]:8.2g}")
spreads, norms = measured["shortcuts, normalized branches"]
np.testing.assert_allclose(spreads, np.sqrt(1 + np.arange(1, 31)), rtol=0.25)  # as derived below
assert norms[0] < 40 and measured["shortcuts"][1][0] > 1e4
figures.gradient_flow.through_layers(
    {name: norms for name, (_, norms) in measured.items()}, "norm of the gradient"
)

# %% [markdown]
# **The mathematics.** However large the signal on the straight road has become, the branch sees it normalized, and with He's weights answers with a mean square of 1. So each block *adds* 1 to the variance, where before it multiplied: after $l$ blocks it is $1 + l$, and the spread $\sqrt{1 + l}$. The cell above asserts it. On the way back the branch of block $l$ divides by that spread, so its share gets smaller and smaller beside the straight road. A sum instead of a product: for thirty blocks a factor of about ten, not of a million.
#
# This block is He and others' second one (2016, *Identity Mappings in Deep Residual Networks*). Nothing at all stands on its straight road.

# %% [markdown] exercise="ch07.block" minutes=15 difficulty=4
# ### Exercise: a block, there and back
# Write $y = x + \operatorname{ReLU}(\operatorname{BN}(x))\,W^T$ and its way back, in training. Call **your** `batch_norm_forward` and `batch_norm_backward`. There is no other bias than `beta`. ReLU has the slope 0 where its input is 0 or below.
#
# `weight` (D, D) is $W$, `gamma` and `beta` (D,) belong to the normalization, and `dy` is the slope of the loss for y. Return five things: y, and the gradients for x, weight, gamma and beta.
#
# <details><summary>Hint 1</summary>
#
# Forward has three lines: the normalization (its `y` is ReLU's input; call it `n`, and keep the other two), ReLU (call it `h`), and the sum.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Back through the branch, in reverse: weights, `dy @ weight`; ReLU, times `n > 0`; normalization, your function, which answers three things.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The gradient for x comes on two roads. The weight's gradient is made of `dy` and of what the weight was multiplied by.
# </details>
#
# <details><summary>My result for x is wrong and the other gradients are right</summary>
#
# Did you add `dy`, the straight road? Did you take the first of the three answers of `batch_norm_backward`?
# </details>

# %% exercise="ch07.block"
def block(x, weight, gamma, beta, eps, dy):
    """x + ReLU(BN(x)) Wᵀ in training, there and back.

    x (N, D), weight (D, D), gamma (D,), beta (D,), eps a number, dy (N, D)
    -> (y (N, D), dx (N, D), d_weight (D, D), d_gamma (D,), d_beta (D,)).
    """
    ### BEGIN SOLUTION
    n, x_hat, std = batch_norm_forward(x, gamma, beta, eps)
    h = np.maximum(n, 0)
    y = x + h @ weight.T

    dn = dy @ weight * (n > 0)
    dx, d_gamma, d_beta = batch_norm_backward(dn, x_hat, std, gamma)
    return y, dy + dx, dy.T @ h, d_gamma, d_beta
    ### END SOLUTION


# %% check="ch07.block" points=5
check("ch07.block", block)

# %% [markdown]
# **Remember.** Normalize, ReLU, weights, and x around it all. Products of factors became a sum of shares: this is what very deep networks are made of.

# %% [markdown]
# ## 7.13 Thirty layers that will not learn, until you make them
#
# **The question.** Handwritten digits, 8 × 8 pixels, standardized. A network of thirty layers with 32 units each, ReLU, and weights from a normal distribution with standard deviation 0.05, which looks reasonable. Eight epochs. What does it learn?
#
# **The picture.** Nothing. The first row below is that network. Each other row repairs it with one of **your** parts: what you wrote in this notebook, not the course's. A part that is not written yet leaves its row empty. Come back as you go on.

# %% tags=["demo"]
from course_lib import optimizers, training
from course_lib.architectures.data import digits

(train_x, train_labels), (test_x, test_labels) = digits(np.random.default_rng(0))
center, width = train_x.mean(axis=0), train_x.std(axis=0) + 1e-3
train_x, test_x = (train_x - center) / width, (test_x - center) / width


def small_weights(shape, rng):
    return rng.normal(0, 0.05, shape)


def tower(block, last=initializers.glorot_normal, depth=30, units=32, seed=0):
    """Thirty layers: `block(dense)` makes the list of layers that stand for one of them."""
    rng, chain = np.random.default_rng(seed), []
    for inputs in (64, *[units] * (depth - 2)):
        chain += block(layers.Dense(inputs, units, rng), rng)
    chain.append(layers.Dense(units, 10, rng))
    chain[-1].params["weight"] = last((10, units), rng)
    return layers.Sequential(*chain)


def drawn_with(initializer, dense, rng):
    dense.params["weight"] = initializer(dense.params["weight"].shape, rng)
    return dense


def attempt(block, clip=None, epochs=8):
    """Train the tower -> (loss of each step, test accuracy), or None while a part is missing."""
    try:
        model = tower(block)
        with np.errstate(all="ignore"):  # some of them explode, and that is what we want to see
            history = training.fit(
                model, losses.CrossEntropy(), optimizers.Momentum(0.02), train_x, train_labels,
                epochs, 64, clip=clip, rng=np.random.default_rng(0),
            )
            right = metrics.accuracy(training.predict(model, test_x), test_labels)
        return history["step_loss"], right
    except NotImplementedError:
        return None
    except ValueError as problem:
        if "inf" not in str(problem):
            raise
        return np.full(100, np.inf), 0.0  # the loss refuses infinite answers: it has exploded


# %% tags=["demo"]
def as_it_is(dense, rng):
    return [drawn_with(small_weights, dense, rng), activations.ReLU()]


def with_he(dense, rng):
    return [drawn_with(he_normal, dense, rng), activations.ReLU()]


def with_selu(dense, rng):
    return [drawn_with(lecun_normal, dense, rng), SELU()]


def with_batch_norm(dense, rng):
    units = len(dense.params["bias"])
    return [drawn_with(small_weights, dense, rng), BatchNorm(units), activations.ReLU()]


def with_shortcut(dense, rng):
    plain = as_it_is(dense, rng)
    return plain if dense.inputs != dense.outputs else [Residual(layers.Sequential(*plain))]


def with_both(dense, rng):
    branch = [BatchNorm(dense.inputs), activations.ReLU(), drawn_with(small_weights, dense, rng)]
    whole = layers.Residual(layers.Sequential(*branch))
    return [dense] if dense.inputs != dense.outputs else [whole]


def your_clip(grads):
    return clip_by_norm(grads, 1.0)


results = {
    "as it is": attempt(as_it_is),
    "your He": attempt(with_he),
    "your SELU, LeCun": attempt(with_selu),
    "the same, your clipping": attempt(with_selu, your_clip),
    "your BatchNorm": attempt(with_batch_norm),
    "your Residual": attempt(with_shortcut),
    "your BatchNorm in branches": attempt(with_both),
}
guess = np.bincount(test_labels).max() / len(test_labels)
for name, result in results.items():
    if result is None:
        print(f"{name:27s} not written yet")
    else:
        late = max(result[0][50:])
        print(f"{name:27s} {result[1]:6.1%} of the digits; highest loss after step 50: {late:.1f}")
figures.gradient_flow.board(results, guess)

# %% tags=["demo"]
help_with = "does not learn as it should: ask the check of that part above what is wrong"
at_least = {"your He": 0.2, "your BatchNorm": 0.2}
at_least |= {"the same, your clipping": 0.7, "your Residual": 0.85}
at_least |= {"your BatchNorm in branches": 0.85}
assert results["as it is"][1] < 0.2
for name, accuracy in at_least.items():
    assert results[name] is None or results[name][1] > accuracy, f"{name} {help_with}"


def before_training(initializer, unit, shortcut=False):
    """The norm of the first layer's gradient, and how alike the digits are where they arrive."""
    def block(dense, rng):
        made = [drawn_with(initializer, dense, rng), unit()]
        around = shortcut and dense.inputs == dense.outputs
        return [layers.Residual(layers.Sequential(*made))] if around else made

    model, loss = tower(block), losses.CrossEntropy()
    h = test_x
    for layer in model.layers[:-1]:
        h = layer.forward(h)
    loss.forward(model.layers[-1].forward(h), test_labels)
    model.backward(loss.backward())
    h = h - h.mean(axis=1, keepdims=True)
    h = h / np.linalg.norm(h, axis=1, keepdims=True)
    return np.linalg.norm(model.grads["0.weight"]), np.mean(h @ h.T)


first = {
    "as it is": before_training(small_weights, activations.ReLU),
    "He": before_training(initializers.he_normal, activations.ReLU),
    "SELU, LeCun": before_training(initializers.lecun_normal, activations.SELU),
    "shortcuts": before_training(small_weights, activations.ReLU, shortcut=True),
}
for name, (norm, alike) in first.items():
    print(f"{name:12s} gradient of the first layer {norm:8.1e}, digits alike {alike:.2f}")
assert first["as it is"][0] < 1e-15 < 1e-4 < min(norm for norm, _ in list(first.values())[1:])
assert min(first["He"][1], first["shortcuts"][1]) > 0.9 > 0.5 > first["SELU, LeCun"][1]

# %% [markdown]
# Read it with care:
#
# - **As it is** it stays at the accuracy of guessing. The cell above says why: the gradient of its first layer is about $10^{-20}$.
# - **He's variance** makes it learn, slowly. The gradient arrives. It would be tempting to explain the slowness by the last column: after thirty ReLUs all digits look nearly the same, with a correlation near 1. But with shortcuts they look the same, too, and there it does no harm. So this is not the reason. A good story is not yet a measurement.
# - **SELU without clipping** learns for fifty steps and is then thrown back, here to losses as high as those of guessing. **With clipping**, all else the same, it is among the three best.
# - **BatchNorm** starts from the *bad* weights and learns all the same. It does not get far: its gradients explode on the way back (section 7.9). **In the branches** of shortcuts, as in section 7.12, the same layer is among the best.
# - **The shortcut** is the simplest of all, one `x +`, with the bad weights left as they are. It is as good as any here. Very deep networks have been built with it ever since, mostly together with a normalization, as in the last row.
#
# These are one task, one depth, one learning rate, one start. What carries over is the manner: measure the signal and the gradient, find the factor, repair it, and measure again.
#
# **Remember.** A network that does not learn is not always a network that cannot. Look at the gradient of its first layer.

# %% [markdown]
# ## 7.14 The same in PyTorch
#
# **The question.** Does the twin, with its gradients from autograd, agree with what we derived by hand? Largest difference and times, on the GPU where there is one.

# %% tags=["demo"]
import time

import torch

from course_lib import activations_torch, gradients_torch, initializers_torch, layers_torch

device = "cuda" if torch.cuda.is_available() else "cpu"


def milliseconds(call, *arguments, repeats=3):
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        call(*arguments)
        if device == "cuda":
            torch.cuda.synchronize()
        taken.append(1e3 * (time.perf_counter() - started))
    return min(taken)


def compare(name, ours, twin, x, dy):
    """One unit there and back: the largest difference of value and gradient, and both times."""
    tx = torch.tensor(x, device=device, requires_grad=True)
    tdy = torch.tensor(dy, device=device)
    y, ty = ours.forward(x), twin(tx)
    dx = ours.backward(dy)
    (tdx,) = torch.autograd.grad(ty, tx, tdy)
    off = max(np.abs(y - ty.detach().cpu().numpy()).max(), np.abs(dx - tdx.cpu().numpy()).max())
    here = milliseconds(lambda: (ours.forward(x), ours.backward(dy)))
    there = milliseconds(lambda: torch.autograd.grad(twin(tx), tx, tdy))
    print(f"{name:12s} {device}  Δ {off:.1e}   NumPy {here:6.2f} ms, PyTorch {there:6.2f} ms")
    assert off < 1e-9


rng = np.random.default_rng(0)
x, dy = rng.normal(size=(256, 128)), rng.normal(size=(256, 128))
compare("SELU", activations.SELU(), activations_torch.SELU(), x, dy)
compare("BatchNorm", layers.BatchNorm(128), layers_torch.BatchNorm(128).double().to(device), x, dy)
skip = layers_torch.Residual(activations_torch.SELU())
compare("Residual", layers.Residual(activations.SELU()), skip, x, dy)

# %% tags=["demo"]
grads = {"weight": rng.normal(size=(256, 512)), "bias": rng.normal(size=256)}
tensors = {name: torch.tensor(g, device=device) for name, g in grads.items()}
for name, limit in (("clip_by_value", 0.5), ("clip_by_norm", 1.0)):
    ours, twin = getattr(gradients, name), getattr(gradients_torch, name)
    mine, theirs = ours(grads, limit), twin(tensors, limit)
    off = max(np.abs(mine[part] - theirs[part].cpu().numpy()).max() for part in grads)
    here, there = milliseconds(ours, grads, limit), milliseconds(twin, tensors, limit)
    print(f"{name:14s} {device}  Δ {off:.1e}   NumPy {here:6.2f} ms, PyTorch {there:6.2f} ms")
    assert off < 1e-9

for name in ("glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal"):
    generator = torch.Generator(device=device).manual_seed(0)
    shape = (300, 500)
    ours, twin = getattr(initializers, name), getattr(initializers_torch, name)
    mine, theirs = ours(shape, rng), twin(shape, generator).cpu().numpy()
    off = abs(mine.std() / theirs.std() - 1)
    here = milliseconds(ours, shape, rng)
    there = milliseconds(twin, shape, generator)
    print(f"{name:14s} {device}  spreads differ by {off:.2%}", end="   ")
    print(f"NumPy {here:6.2f} ms, PyTorch {there:6.2f} ms")
    assert off < 0.02  # other numbers, the same distribution
if device == "cpu":
    print("no GPU here: the CPU only")

# %% [markdown]
# And PyTorch's own layers, in both modes. `model.train()` and `model.eval()` set the mode of all layers in a model; forgetting the second is the classic bug of section 7.10.

# %% tags=["demo"]
norm, own = layers.BatchNorm(4), torch.nn.BatchNorm1d(4).double()
for _ in range(5):
    batch = rng.normal(1, 2, size=(16, 4))
    theirs = own(torch.tensor(batch)).detach().numpy()
    np.testing.assert_allclose(norm.forward(batch), theirs, atol=1e-10)
norm.training = False
own.eval()
one = rng.normal(size=(1, 4))
theirs = own(torch.tensor(one)).detach().numpy()
np.testing.assert_allclose(norm.forward(one), theirs, atol=1e-10)
np.testing.assert_allclose(norm.buffers["running_var"], own.running_var.numpy(), atol=1e-10)
print("five batches in training, one example in evaluation: the same as torch.nn.BatchNorm1d")

# %% [markdown]
# **Remember.** Two derivations, by hand and by autograd, agree to the last digits. In PyTorch, clipping stands between `loss.backward()` and `optimizer.step()`.

# %% [markdown]
# ## 7.15 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | a linear activation can lead to vanishing gradients | its slope is 1; weights do that | 7.1 |
# | D1 | tanh suffers from exploding gradients; they come from an activation with high values | its slope is at most 1; the weights explode | 7.1 |
# | D1 | with Glorot a ReLU network has a smaller capacity | the same capacity; half of the signal is lost in each layer | 7.4 |
# | D1 | Glorot is a good choice for the sigmoid | not in deep networks: no initializer makes up for slopes of at most ¼ | 7.5 |
# | D1 | SELU completely solves vanishing and exploding gradients | the signal has a fixed point; the gradient grows by 3.5% in each layer | 7.6 |
# | D2 | clipping imposes a maximum and a minimum value on the gradient | that is clipping by value, which turns it; by norm keeps the direction | 7.7 |
# | D1 | $\hat x = (x - \mu)/\sigma$ | $\hat x = (x - \mu)/\sqrt{\sigma^2 + \varepsilon}$ | 7.8 |
# | D1 | batch normalization reduces exploding gradients | it removes what weights of a wrong size do; with ReLU it adds about 20% in each layer of its own, at the start | 7.9 |
# | D2 | with zero weights hidden units are *unlikely* to become unique | they never do: equal units get equal gradients | 7.2 |

# %% [markdown]
# ## 7.16 The chapter on one screen
#
# | what | formula | keeps alive |
# |---|---|---|
# | Glorot | variance $2/(\text{fan}_{in} + \text{fan}_{out})$ | tanh |
# | He | variance $2/\text{fan}_{in}$ | ReLU and its kin |
# | LeCun | variance $1/\text{fan}_{in}$ | SELU |
# | SELU | $\lambda x$; $\lambda\alpha(e^x - 1)$ for $x \le 0$ | mean 0 and variance 1 of the signal |
# | clip by value | $\min(\max(g_i, -c), c)$ | the run, not the direction |
# | clip by norm | $g \cdot \min(1, c/\lVert g\rVert)$ | the run and the direction |
# | batch normalization | $\gamma\,(x - \mu)/\sqrt{\sigma^2 + \varepsilon} + \beta$ | the spread, whatever the weights are |
# | its way back | $\bigl(g - \overline g - \hat x\,\overline{g \hat x}\bigr)/\text{std}$ | |
# | shortcut | $x + f(x)$, back $dy + f'^T dy$ | the gradient |
# | block | $x + \operatorname{ReLU}(\operatorname{BN}(x))\,W^T$ | both, whatever the weights are |
#
# - Each layer multiplies the gradient by slopes and by weights; thirty factors vanish or explode.
# - Equal units stay equal: first weights are random.
# - A uniform distribution on $[-a, a]$ has the variance $a^2/3$.
# - Batch normalization: the batch in training, running averages in evaluation.
# - Shortcuts want small branches.
# - Measure the gradient of the first layer before you blame the learning rate.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Why does tanh never make a gradient explode, and what does?</summary>
#
# Its slope is at most 1, so it can only shrink what comes back. Weights multiply too, and large ones enlarge in every layer.
# </details>
#
# <details><summary>2. Where does the 2 in He's variance come from?</summary>
#
# ReLU sets half of a symmetric sum to 0 and so halves the mean square, forward and back. Twice the variance makes it good.
# </details>
#
# <details><summary>3. A gradient (10, 1) is clipped at 1. What is left, by value and by norm?</summary>
#
# By value (1, 1), turned by 39°. By norm about (0.995, 0.0995), the same direction.
# </details>
#
# <details><summary>4. Why must the sum of dx over the batch be 0 in batch normalization?</summary>
#
# Shift a feature by the same amount for all examples: the mean takes it away, and no answer changes. So the loss has no slope in this direction.
# </details>
#
# <details><summary>5. Why is the way back through a shortcut a sum, and why does that help?</summary>
#
# x goes into y on two roads, and what comes back on two roads is added: dy plus what the layer sends. The first term is never multiplied, so it cannot vanish.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My loss stays where it began, at log of the number of classes</summary>
#
# The first layers get no gradient. Print the norm of each layer's gradient. If they fall from the last to the first, look at initializer and activation (7.5), or put shortcuts in.
# </details>
#
# <details><summary>My loss is nan after a few steps</summary>
#
# The gradient explodes. Print its norm before the step. Clip it by norm, lower the learning rate, and check the size of the first weights.
# </details>
#
# <details><summary>My network is good in training and bad in evaluation, on the same data</summary>
#
# Batch normalization or dropout is in the wrong mode, or the running statistics have not settled. Was `training` set to False? Were there enough batches?
# </details>
#
# <details><summary>My accuracy falls when the batches are small</summary>
#
# The batch's mean and variance are then very noisy, and batch normalization passes the noise on. Take larger batches, or layer normalization (chapter 12).
# </details>
#
# <details><summary>All my hidden units learn the same thing</summary>
#
# They began the same. Are the first weights random, or did an initializer for biases get the weights?
# </details>

# %% [markdown]
# ### Where to read more
#
# - Xavier Glorot and Yoshua Bengio, 2010, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*.
# - Kaiming He and others, 2015, *Delving Deep into Rectifiers*; 2016, *Deep Residual Learning for Image Recognition* and *Identity Mappings in Deep Residual Networks*.
# - Günter Klambauer and others, 2017, *Self-Normalizing Neural Networks*.
# - Razvan Pascanu, Tomas Mikolov and Yoshua Bengio, 2013, *On the Difficulty of Training Recurrent Neural Networks*.
# - Sergey Ioffe and Christian Szegedy, 2015, *Batch Normalization*.
# - Greg Yang and others, 2019, *A Mean Field Theory of Batch Normalization*.
