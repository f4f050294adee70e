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
# # Chapter 2 · Modules and chains
#
# All the networks of this course, however different they look, are made of the same kind of brick. A brick takes an array, answers an array, and may hold numbers that can be learned. Such a brick is called a *module* or a *layer*. This chapter builds the first bricks and puts them together.
#
# **After this chapter you can**
#
# - write a dense layer, an embedding and a masking layer, and a chain of any modules;
# - say the shape of every array on its way through a network, and count the numbers that are learned;
# - prove that layers without a bend are one layer, and solve XOR with two layers by hand;
# - say what depth gives and what it does not give, with numbers that you measured;
# - choose the output unit and the loss that belong to a task.
#
# **You need** NumPy (shapes, `@`, indexing with an array), Python classes with `self`, and the weighted sum of chapter 1.
#
# **Time** about four hours: 108 minutes for the twelve exercises (48 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the slides on deep-learning modules (D3), the feed-forward part of the chapter on fundamentals (D2), and the layers and losses of the article on building blocks (D4). Section 2.15 lists what is wrong in them as printed in our copy.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses, optimizers, training

# %% [markdown]
# ## 2.1 What is a module?
#
# **The question.** D3 shows a jungle: perceptrons, recurrent nets, autoencoders, convolutional nets, residual nets, Turing machines. Must we learn each of them from the beginning?
#
# **The picture.** No. Here is one of them, taken apart.

# %% tags=["demo"]
rng = np.random.default_rng(0)
network = layers.Sequential(
    layers.Dense(64, 32, rng), activations.ReLU(), layers.Dense(32, 10, rng), activations.Softmax()
)
images = rng.uniform(0, 1, size=(5, 64))
answer = network.forward(images)
assert answer.shape == (5, 10)
np.testing.assert_allclose(answer.sum(axis=1), 1)
figures.modules.chain(network, images)

# %% [markdown]
# Four boxes stand in a row. Each box knows nothing of the others. It gets an array from the left and hands an array to the right. The number that stays the same all the way is 5: there are five examples, one in each row.
#
# **The mathematics.** A module is a function $h(x; w)$ of its input $x$ and of its own numbers $w$. D3 asks one thing of it: it must be differentiable almost everywhere, so that chapter 6 can ask it who is to blame. A chain of modules is a function in a function:
#
# $$y = h_4(h_3(h_2(h_1(x)))) .$$
#
# D2 calls such a network *feed-forward*: information flows in one direction, from the inputs to the outputs. Networks with loops come in chapter 12.
#
# **The code.** In this course a module is an object with these parts:
#
# | part | what it is |
# |---|---|
# | `forward(x)` | the answer to `x` |
# | `params` | a dictionary of arrays that can be learned; empty, or left out, if there are none |
# | `backward(dy)` | chapter 6; in this chapter only for two modules where it is short |
#
# D3's example of a chain: $\tanh(\text{ReLU}(x))$, written as one module or as two. It advises two, since a chain of simple modules is easier to debug. Does the order matter?

# %% tags=["demo"]
x = np.linspace(-3, 3, 13)
relu, tanh, sigmoid = activations.ReLU(), activations.Tanh(), activations.Sigmoid()
np.testing.assert_allclose(tanh.forward(relu.forward(x)), relu.forward(tanh.forward(x)))
print("tanh behind ReLU and ReLU behind tanh: the same answers")
off = np.abs(sigmoid.forward(relu.forward(x)) - relu.forward(sigmoid.forward(x)))
print(f"sigmoid behind ReLU and ReLU behind sigmoid: they differ by up to {off.max():.2f}")
assert off.max() > 0.4

# %% [markdown]
# D3's own example is one of the few in which the order makes no difference: tanh keeps the sign, so it may come before or after. In general the order is part of the network.
#
# **Remember.** A module takes an array and answers an array. A network is modules in an order.

# %% [markdown]
# ## 2.2 Dense: what does a fully connected layer compute?
#
# **The question.** A layer of 10 units looks at 64 pixels, for 5 images at once. Which arrays does it need, and of which shapes?
#
# **The picture.** One small layer in numbers. Pick a number of $y$ and find the row and the column that it comes from.

# %% tags=["demo"]
x = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 2.0], [-1.0, 1.0, 1.0], [2.0, -2.0, 0.0]])
weight, bias = np.array([[0.5, 1.0, -1.0], [-2.0, 0.5, 0.0]]), np.array([0.5, -1.0])
dense = layers.Dense(3, 2, np.random.default_rng(0))
dense.params = {"weight": weight, "bias": bias}
y = dense.forward(x)
assert y[0, 0] == 1.0 * 0.5 + 2.0 * 1.0 + (-1.0) * (-1.0) + 0.5
assert y.shape == (4, 2)
figures.modules.product(x, weight, bias)

# %% [markdown]
# **The mathematics.** As D3 prints it, with $N$ examples in the rows of $x$:
#
# $$y = x\,W^{\mathsf T} + b, \qquad (N, \text{inputs}) \cdot (\text{inputs}, \text{outputs}) + (\text{outputs},) = (N, \text{outputs}) .$$
#
# For the layer of the question: $(5, 64) \cdot (64, 10) + (10,) = (5, 10)$. Row $k$ of $W$ holds the weights of output $k$, so $W$ has the shape (outputs, inputs). PyTorch keeps it so as well. (D3 calls the number of inputs $M$ and the number of outputs $N$. In this course $N$ is always the number of examples.)
#
# D2 lets a dense layer end with an activation, and so does Keras. PyTorch and this course keep the two apart: the dense layer is linear, and the activation is a module of its own. What D2 calls an *activation layer* is that second module. It changes each number by itself and has, as a rule, nothing to learn.
#
# **The code.** What does a layer hold before it has learned anything? Biases of 0, and small random weights. If all weights were equal, all units would be equal, too, and would stay so (chapter 7). Chapter 7 also derives why their variance is 2/inputs. For now, see what it does to the size of the sums:

# %% tags=["demo"]
rng = np.random.default_rng(1)
for inputs in (4, 64, 1024):
    x = rng.normal(size=(500, inputs))
    plain = x @ rng.normal(size=(inputs, 50))
    careful = layers.Dense(inputs, 50, rng).forward(x)
    print(f"{inputs:5d} inputs: sums of size {plain.std():6.2f} with weights of size 1,", end=" ")
    print(f"{careful.std():.2f} with √(2/inputs)")
    assert abs(plain.std() / np.sqrt(inputs) - 1) < 0.15 and abs(careful.std() - np.sqrt(2)) < 0.25

# %% [markdown] exercise="ch02.dense" minutes=8 difficulty=1
# ### Exercise: the dense layer
# Write the constructor and `forward`.
#
# - `params["weight"]` starts as `rng.normal(size=(outputs, inputs))` times $\sqrt{2/\text{inputs}}$, drawn in one call. `params["bias"]` starts as zeros of shape (outputs,).
# - `forward` reads the arrays from `self.params` every time, since training replaces them there.
# - `x` may have more axes than two, for example (N, T, inputs). The last axis is always that of the inputs.
#
# The function below the class is what the check calls. Leave it as it is.
#
# <details><summary>Hint 1</summary>
#
# `weight.T` has the shape (inputs, outputs). Then `x @ weight.T` is right for two axes and for three.
# </details>
#
# <details><summary>Hint 2</summary>
#
# An array of shape (outputs,) is added to every row of an array (N, outputs). No loop is needed.
# </details>
#
# <details><summary>My result is: ValueError: matmul: Input operand 1 has a mismatch in its core dimension</summary>
#
# The inner sizes of the product differ. Write the shapes of both arrays beside the line. Did you forget `.T`?
# </details>
#
# <details><summary>My weights at the start differ from the expected ones</summary>
#
# The same seed gives the same numbers only if you draw in the same way: from the `rng` that you are given, not from a new one, in one call, `rng.normal(size=(outputs, inputs))`, and then the factor.
# </details>

# %% exercise="ch02.dense"
class Dense:
    """y = x Wᵀ + b, x (…, inputs) -> (…, outputs).

    params: weight (outputs, inputs), bias (outputs,).
    """

    def __init__(self, inputs, outputs, rng):
        """inputs, outputs: whole numbers; rng: a NumPy generator."""
        ### BEGIN SOLUTION
        weight = rng.normal(size=(outputs, inputs)) * np.sqrt(2 / inputs)
        self.params = {"weight": weight, "bias": np.zeros(outputs)}
        ### END SOLUTION

    def forward(self, x):
        """x (…, inputs) -> y (…, outputs)."""
        ### BEGIN SOLUTION
        return x @ self.params["weight"].T + self.params["bias"]
        ### END SOLUTION


def try_dense(inputs, outputs, rng, weight, bias, x):
    """Given, for the check: what your layer starts with, and its answer with other parameters."""
    layer = Dense(inputs, outputs, rng)
    start = dict(layer.params)
    layer.params["weight"], layer.params["bias"] = weight, bias
    return start["weight"], start["bias"], layer.forward(x)


# %% check="ch02.dense" points=4
check("ch02.dense", try_dense)

# %% [markdown]
# **Remember.** Dense is $x W^{\mathsf T} + b$. Rows of $x$ are examples, rows of $W$ are outputs.

# %% [markdown]
# ## 2.3 Feed-forward: what becomes of one example on its way?
#
# **The question.** A network with two hidden layers gets four numbers. What stands behind each module?
#
# **The picture.** Watch one example. Blue is above 0, orange below. What does each ReLU do to the orange cells?

# %% tags=["demo"]
rng = np.random.default_rng(9)
mlp = layers.Sequential(
    layers.Dense(4, 5, rng), activations.ReLU(),
    layers.Dense(5, 3, rng), activations.ReLU(),
    layers.Dense(3, 2, rng),
)
example = np.array([[0.5, -1.0, 2.0, 1.5]])
behind_relu = mlp.layers[1].forward(mlp.layers[0].forward(example))
assert (behind_relu == 0).any() and (behind_relu > 0).any()
figures.modules.passage(mlp, example)

# %% [markdown]
# **The mathematics.** Line by line, with the shape at the end of each line. $N$ examples, $D$ features, $H_1$ and $H_2$ hidden units, $K$ outputs:
#
# | line | shape |
# |---|---|
# | $h_1 = \max(x W_1^{\mathsf T} + b_1,\ 0)$ | $(N, D) \to (N, H_1)$ |
# | $h_2 = \max(h_1 W_2^{\mathsf T} + b_2,\ 0)$ | $(N, H_1) \to (N, H_2)$ |
# | $y = h_2 W_3^{\mathsf T} + b_3$ | $(N, H_2) \to (N, K)$ |
#
# This is a *multilayer perceptron*, an MLP. D4 points out what is new beside the perceptron of chapter 1: other activations than the step, and backpropagation in place of the perceptron rule. There is no ReLU behind the last layer. Its answers are *scores* that may be negative. Section 2.12 says what happens to them.
#
# **The code.** The rows do not meet. Ask for five examples at once or one after the other, and the answers are the same:

# %% tags=["demo"]
x = np.random.default_rng(3).normal(size=(5, 4))
together = mlp.forward(x)
alone = np.concatenate([mlp.forward(x[i : i + 1]) for i in range(5)])
np.testing.assert_allclose(together, alone, atol=1e-12)
print("shape of the answers:", together.shape)


# %% [markdown] exercise="ch02.feed_forward" minutes=8 difficulty=2
# ### Exercise: feed forward by hand
# Write the three lines of the table with NumPy alone. Return the two hidden layers behind their ReLU, and the output, in this order: `h1, h2, y`.
#
# <details><summary>Hint 1</summary>
#
# `np.maximum(array, 0)` is the ReLU of every entry. (`np.max` would look for one largest number.)
# </details>
#
# <details><summary>Hint 2</summary>
#
# Write the shape behind each line as a comment. When the check complains, compare it with `h1.shape`.
# </details>
#
# <details><summary>My output is right where it is positive and 0 elsewhere</summary>
#
# The last line has no ReLU.
# </details>
#
# <details><summary>My result is: TypeError: the function returned an array; expected 3 things</summary>
#
# Return all three at once, separated by commas.
# </details>

# %% exercise="ch02.feed_forward"
def feed_forward(x, weight1, bias1, weight2, bias2, weight3, bias3):
    """An MLP with two hidden layers of ReLUs and a linear output.

    x (N, D), weight1 (H1, D), bias1 (H1,), weight2 (H2, H1), bias2 (H2,),
    weight3 (K, H2), bias3 (K,)
    -> h1 (N, H1), h2 (N, H2), y (N, K)
    """
    ### BEGIN SOLUTION
    h1 = np.maximum(x @ weight1.T + bias1, 0)
    h2 = np.maximum(h1 @ weight2.T + bias2, 0)
    y = h2 @ weight3.T + bias3
    return h1, h2, y
    ### END SOLUTION


# %% check="ch02.feed_forward" points=4
check("ch02.feed_forward", feed_forward)

# %% [markdown]
# **Remember.** Feed-forward is one line for each layer. Write its shape beside it, and most mistakes show themselves.

# %% [markdown]
# ## 2.4 Counting: how many numbers does a network learn?
#
# **The question.** One hidden layer of 32, or three of 32? Which of them has more numbers to learn, and where do they sit?
#
# **The picture.** Each bar is one layer. Its biases are the thin rim on top.

# %% tags=["demo"]
three_hidden = [64, 32, 32, 32, 10]
figures.modules.counts({"one hidden layer": [64, 32, 10], "three hidden layers": three_hidden})

# %% [markdown]
# **The mathematics.** A dense layer from $D$ to $K$ has $K \cdot D$ weights and $K$ biases: one bias for each **output**, since it shifts the sum of that unit. Together $K(D + 1)$. Activations have none.
#
# **The code.** The arrays themselves say it. And one look at a larger network shows where numbers hide: in the first layer, behind the many inputs.

# %% tags=["demo"]
from itertools import pairwise

rng = np.random.default_rng(0)
photo = [224 * 224 * 3, 128, 10]  # a color photo, every pixel an input
first, last = ((wide + 1) * narrow for wide, narrow in pairwise(photo))
print(f"first layer {first:,}, last layer {last:,}: {first / (first + last):.2%} sit in the first")
assert first / (first + last) > 0.999
small = layers.Dense(64, 32, rng)
assert sum(array.size for array in small.params.values()) == 32 * (64 + 1)

# %% [markdown]
# That is why pictures are not read by dense layers alone: chapter 12 has the convolution, which uses the same few weights everywhere. D2 recalls how far this has gone: GPT-3 (Brown and others, 2020) has billions of such numbers; in its paper they are 175 billion.


# %% [markdown] exercise="ch02.count_parameters" minutes=5 difficulty=1
# ### Exercise: count the numbers
# `sizes` lists the widths of a chain of dense layers, from the inputs to the outputs: `[64, 32, 10]` stands for two layers, 64 → 32 and 32 → 10. Return a list with the count of each layer, weights and biases together, and the sum of all.
#
# <details><summary>Hint 1</summary>
#
# Three sizes make two layers. `zip(sizes, sizes[1:])` gives the pairs (64, 32) and (32, 10).
# </details>
#
# <details><summary>Hint 2</summary>
#
# For `[64, 32, 10]` the answer is `[2080, 330]` and `2410`.
# </details>
#
# <details><summary>My counts are all a little too small</summary>
#
# The biases are missing: one for each output of each layer.
# </details>

# %% exercise="ch02.count_parameters"
def count_parameters(sizes):
    """How many numbers a chain of dense layers learns.

    sizes: a list of two or more whole numbers -> the counts, a list with one number for each layer,
    and their sum, a whole number
    """
    ### BEGIN SOLUTION
    each = [inputs * outputs + outputs for inputs, outputs in zip(sizes, sizes[1:])]  # noqa: RUF007
    return each, sum(each)
    ### END SOLUTION


# %% check="ch02.count_parameters" points=3
check("ch02.count_parameters", count_parameters)

# %% [markdown]
# **Remember.** $K(D + 1)$ for each dense layer. Wide inputs are expensive.

# %% [markdown]
# ## 2.5 Sequential: when is a chain of modules a module?
#
# **The question.** Writing every line by hand gets long. Can a box hold the boxes, and behave like a box itself?
#
# **The picture.** Here one of the boxes in a chain is a chain itself. D3 says of such modules of modules that they are just as easy.

# %% tags=["demo"]
rng = np.random.default_rng(0)
chain = layers.Sequential(
    layers.Input(4),
    layers.Dense(4, 8, rng),
    activations.ReLU(),
    layers.Sequential(layers.Dense(8, 8, rng), activations.ReLU()),
    layers.Dense(8, 3, rng),
)
figures.modules.chain(chain, rng.normal(size=(5, 4)))

# %% [markdown]
# **The mathematics.** Functions of functions are functions. If $f$ and $g$ are modules, so is $g(f(x))$, and its numbers are those of both.
#
# **The code.** The box must say which array belongs to whom. In this course, as in PyTorch, the name of an array is the place of its module in the chain, a dot, and the name that the module gave it. Places count from 0, and modules without numbers have a place, too:

# %% tags=["demo"]
for name, array in chain.params.items():
    print(f"{name:12s} {array.shape}")
assert list(chain.params)[2:4] == ["3.0.weight", "3.0.bias"]  # a chain inside the chain

# %% [markdown]
# At the front stands an `Input`. D2 lists it among the layers: it says which shape an example must have. It changes nothing. It checks at the door, so that the mistake is named where it was made and not four layers later:

# %% tags=["demo"]
x = rng.normal(size=(5, 3))  # three features, where four are expected
said = {}
for name, model in (("with Input", chain), ("without", layers.Sequential(*chain.layers[3].layers))):
    try:
        model.forward(x if name == "with Input" else x[:, :2])
    except ValueError as problem:
        said[name] = str(problem)
        print(f"{name}: {problem}")
assert "expected (N, 4)" in said["with Input"]
right_shape = layers.Input(None, 28).forward(np.zeros((2, 17, 28)))  # None: any number of steps
assert right_shape.shape == (2, 17, 28)

# %% [markdown]
# Another mistake has no door: a `forward` that forgets its `return`, as D4's network does in our copy. Python then answers `None`, and the error comes later, in the loss.

# %% tags=["demo"]
from course_lib.errata import ERRATA

shown = {row.name: row.show() for row in ERRATA if row.document == "D4"}
for what, number in shown["unfinished_network"].items():
    print(f"{what:18s} {number:g}")
assert shown["unfinished_network"]["printed outputs"] == 0
assert shown["unfinished_network"]["mended outputs"] == 3


# %% [markdown] exercise="ch02.sequential" minutes=10 difficulty=3
# ### Exercise: a chain of modules
# Write `forward` and `params` of `Sequential`, for any number of modules. Here every module has `forward(x)` and a dictionary `params`, which may be empty, as that of the ReLU below.
#
# `params` is a *property*: it is read without parentheses and collects the arrays anew each time. The names are `"0.weight"`, `"0.bias"`, `"2.weight"` and so on: place, dot, the module's own name. Since a chain is a module, a chain inside a chain comes out by itself: the weight of module 1 of the chain at place 1 is `"1.1.weight"`.
#
# The classes below are given, for the check. `Network` is a *subclass* of your `Sequential` (2.11 says more) that puts your `Dense` of 2.2 into your chain. Leave them as they are.
#
# <details><summary>Hint 1</summary>
#
# `forward` is a loop in which the name `x` gets a new meaning at each step: what the module answered.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `for i, layer in enumerate(self.layers)` gives places and modules. `for name, array in layer.params.items()` gives what each holds.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `f"{i}.{name}"` is the new name. Begin with an empty dictionary before both loops.
# </details>
#
# <details><summary>My result is right, and the check does not like my names</summary>
#
# It compares a table with a row for each array, in the order of the alphabet: `0.bias`, `0.weight`, `1.1.bias`, `1.1.weight`. The first two columns are the places that your name tells, with −1 where it tells none. Print `list(self.params)`. Are the places counted from 0, and does the ReLU have one?
# </details>
#
# <details><summary>My result is: AttributeError: 'dict' object has no attribute 'sum'</summary>
#
# You keep whole dictionaries under your names. Each entry of `params` is one array: a second loop, over `layer.params.items()`, takes them out.
# </details>
#
# <details><summary>My answer is that of the first module</summary>
#
# The `return` stands inside the loop. Move it to the left.
# </details>

# %% exercise="ch02.sequential"
class Sequential:
    """y = fₙ(… f₂(f₁(x))), the modules in the order in which x meets them."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        """x, an array -> what the last module answers."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    @property
    def params(self):
        """The arrays of all modules in one dictionary: {"0.weight": array, …}."""
        ### BEGIN SOLUTION
        found = {}
        for i, layer in enumerate(self.layers):
            for name, array in layer.params.items():
                found[f"{i}.{name}"] = array
        return found
        ### END SOLUTION


class ReLU:
    """Given: a module that has nothing to learn."""

    def __init__(self):
        self.params = {}

    def forward(self, x):
        return np.maximum(x, 0)


class Network(Sequential):
    """Given, for the check: Dense, then a chain of ReLU and Dense, then ReLU."""

    def __init__(self, weight1, bias1, weight2, bias2):
        made = []
        for weight, bias in ((weight1, bias1), (weight2, bias2)):
            outputs, inputs = weight.shape
            layer = Dense(inputs, outputs, np.random.default_rng())
            layer.params["weight"], layer.params["bias"] = weight, bias
            made.append(layer)
        first, second = made
        super().__init__(first, Sequential(ReLU(), second), ReLU())

    @property
    def table(self):
        """A row for each array: both places in its name (−1: none) and the sum of its numbers."""
        rows = []
        for name, array in sorted(self.params.items()):
            places = [int(part) if part.isdigit() else -1 for part in name.split(".")[:-1]]
            rows.append([*[*places, -1, -1][:2], array.sum()])
        return np.array(rows)


# %% check="ch02.sequential" points=4
check("ch02.sequential", Network)

# %% [markdown]
# **Remember.** A chain of modules is a module: it has a `forward`, and its `params` are those of its parts. So it can be a part again.

# %% [markdown]
# ## 2.6 Collapse: what do layers without a bend add?
#
# **The question.** Does a network see more when it has more layers? Three networks look at a disk inside a ring: one linear layer, three linear layers, and three layers with ReLUs between them.
#
# **The picture.** All three were trained in the same way.

# %% tags=["demo"]
def network_of(depth, width, bend=activations.ReLU, seed=0, inputs=2):
    """So many hidden layers of equal width, a bend behind each, and one score at the end."""
    rng, links = np.random.default_rng(seed), []
    for _ in range(depth):
        links += [layers.Dense(inputs, width, rng), bend()]
        inputs = width
    return layers.Sequential(*links, layers.Dense(inputs, 1, rng))


def learned(model, x, labels, epochs=300):
    """The score of the model after its training, as a function of points (N, 2) -> (N,)."""
    loss, optimizer = losses.BinaryCrossEntropyWithLogits(), optimizers.Adam(0.02)
    target = labels[:, None].astype(float)
    training.fit(model, loss, optimizer, x, target, epochs=epochs, batch_size=len(x))
    return lambda points: model.forward(points)[:, 0]


def share_right(score, x, labels):
    return np.mean((score(x) > 0) == (labels == 1))


disk, ring_labels = figures.modules.rings()
three = {
    "one linear layer": learned(network_of(0, 8), disk, ring_labels),
    "three linear": learned(network_of(2, 8, activations.Identity), disk, ring_labels),
    "three with ReLU": learned(network_of(2, 8), disk, ring_labels),
}
shares = [share_right(score, disk, ring_labels) for score in three.values()]
assert shares[0] < 0.7 and abs(shares[1] - shares[0]) < 0.1 and shares[2] > 0.97
figures.modules.decisions(three, disk, ring_labels)

# %% [markdown]
# **The mathematics.** Put the second linear layer behind the first and multiply out. For one example as a column $x$:
#
# $$W_2(W_1 x + b_1) + b_2 = \underbrace{W_2 W_1}_{W}\,x + \underbrace{W_2 b_1 + b_2}_{b} .$$
#
# Two layers have become one. Repeat, and a hundred linear layers become one. Look at the order: $W_1$ meets $x$ first, so it stands next to $x$, and each further layer multiplies from the left. And look at $b_1$: it takes the same way as $x$ through all later layers.
#
# In rows, as in the code, the same thing reads $(xW_1^{\mathsf T} + b_1)W_2^{\mathsf T} + b_2 = x(W_2W_1)^{\mathsf T} + (W_2 b_1 + b_2)$. The weights to multiply are the same.
#
# **The code.** The middle network above has 105 numbers to learn. All it can ever do, three numbers do as well:

# %% tags=["demo"]
linear = network_of(2, 8, activations.Identity, seed=4)
numbers = sum(array.size for array in linear.params.values())
b = linear.forward(np.zeros((1, 2)))  # what 0 is answered
w = linear.forward(np.eye(2)) - b  # what each input adds to it
np.testing.assert_allclose(linear.forward(disk), disk @ w + b, atol=1e-12)
print(f"{numbers} numbers in three layers do what {w.size + b.size} numbers do")
assert (numbers, w.size + b.size) == (105, 3)


# %% [markdown] exercise="ch02.collapse" minutes=10 difficulty=3
# ### Exercise: many layers, one matrix
# `weights` and `biases` are lists with the arrays of a chain of linear layers, the first layer first. Return one weight and one bias, so that the single layer $x W^{\mathsf T} + b$ answers what the whole chain answers. There may be one layer, or many.
#
# <details><summary>Hint 1</summary>
#
# Begin with the arrays of the first layer. Then take in one layer after the other: what becomes of your weight, what becomes of your bias?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Write shapes. With $W_1$ of (4, 3) and $W_2$ of (2, 4) only one of the two products exists, and it has the shape (2, 3).
# </details>
#
# <details><summary>Hint 3</summary>
#
# The new bias needs the new layer's weight and the old bias: `w @ bias + b`. In a tuple assignment, both right sides are computed before any name changes.
# </details>
#
# <details><summary>My result is right for the weight and wrong for the bias</summary>
#
# Put $x = 0$ into two layers by hand. What does the second layer do with $b_1$?
# </details>

# %% exercise="ch02.collapse"
def collapse(weights, biases):
    """One linear layer that does what a chain of them does.

    weights: a list of arrays (outputs, inputs), the first layer's first;
    biases: a list of arrays (outputs,)
    -> weight (last outputs, first inputs), bias (last outputs,)
    """
    ### BEGIN SOLUTION
    weight, bias = weights[0], biases[0]
    for w, b in zip(weights[1:], biases[1:]):
        weight, bias = w @ weight, w @ bias + b
    return weight, bias
    ### END SOLUTION


# %% check="ch02.collapse" points=4
check("ch02.collapse", collapse)

# %% [markdown]
# D4 owes the non-linear boundaries of an MLP to two things: layers that are stacked, and the activations between them. This section took the second away, and nothing of the first was left.
#
# **Remember.** Linear behind linear is linear. The bend between the layers is what makes depth.

# %% [markdown]
# ## 2.7 XOR: what can a hidden layer see?
#
# **The question.** Chapter 1 proved that no single unit computes XOR: on if exactly one of two inputs is on. Two hidden units and one output unit do. But how do they see it?
#
# **The picture.** On the left the four corners as they come in. On the right the same corners behind a hidden layer of two ReLUs. The layer has laid the plane over itself, and two corners have become one.

# %% tags=["demo"]
hidden_weight, hidden_bias = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
hidden = np.maximum(corners @ hidden_weight.T + hidden_bias, 0)
print(hidden)
np.testing.assert_array_equal(hidden[1], hidden[2])  # 01 and 10 have become one point
figures.modules.hidden_space(hidden_weight, hidden_bias, [[1.0, -2.0]], [0.0])

# %% [markdown]
# **The mathematics.** Both hidden units add the two inputs. The first one, $h_1 = \max(x_1 + x_2, 0)$, counts how many are on. The second, $h_2 = \max(x_1 + x_2 - 1, 0)$, wakes only when both are. Behind them a line is enough, since the three points $(0, 0)$, $(1, 0)$, $(2, 1)$ do not lie on one line: then a line can cut off any of them.
#
# | corner | $h_1$ | $h_2$ | wanted |
# |---|---|---|---|
# | 0 0 | 0 | 0 | off |
# | 0 1 and 1 0 | 1 | 0 | on |
# | 1 1 | 2 | 1 | off |
#
# **The code.** One hidden unit is not enough, whatever its weights: its answer depends on one sum, $s = w_1x_1 + w_2x_2$, and it can only stay at 0 and then rise. So the two corners that are on would both need a larger $s$ than the two that are off, or both a smaller one. But both pairs have the same total, $w_1 + w_2$. That is the proof; here is the test. We let 68 921 of them try, each with the best output weight and bias that least squares can find. A squared error of 0 would be XOR, and 1 is what the answer ½ for all corners gets.

# %% tags=["demo"]
side = np.linspace(-2, 2, 41)
w1, w2, b1 = (grid.ravel() for grid in np.meshgrid(side, side, side))
alone = np.maximum(corners @ np.stack([w1, w2]) + b1, 0)  # (4, all)
wanted = np.array([0.0, 1.0, 1.0, 0.0])
centered = alone - alone.mean(axis=0)
spread = (centered**2).sum(axis=0)
explained = (wanted - 0.5) @ centered
left_over = 1.0 - explained**2 / np.where(spread > 1e-12, spread, 1)
print(f"{len(w1)} hidden units alone: the smallest sum of squared errors is {left_over.min():.3f}")
assert len(w1) == 68_921 and left_over.min() > 0.3


# %% [markdown] exercise="ch02.xor" minutes=12 difficulty=3
# ### Exercise: XOR by hand
# Find the numbers of a network 2 → 2 → 1 with ReLUs in the hidden layer and a linear output. Where the inputs agree its answer is `off`, where they differ it is `on`. Both are any numbers, for example −1 and 1, or 2 and −0.75.
#
# Any hidden layer of two ReLU units that works is right; that of the picture is one of them. What is left for you is the output layer. Do it on paper: three rows of the table above, three unknown numbers.
#
# The function below yours builds the network from your numbers and asks it. Leave it as it is.
#
# <details><summary>Hint 1</summary>
#
# Begin with the row 0 0: both hidden units are silent. So the output is its bias. What must the bias be?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Next the row 0 1: $h_1 = 1$ and $h_2 = 0$. The first output weight must lead from `off` to `on`. How high is that step?
# </details>
#
# <details><summary>Hint 3</summary>
#
# Last the row 1 1: $h_1 = 2$ has taken two steps, and the answer should be `off` again. The second output weight, with $h_2 = 1$, must take both back.
# </details>
#
# <details><summary>My result is right for 0 and 1 only</summary>
#
# Do your output weights and the output bias use `off` and `on`? Try `off = 2`, `on = 5` on paper.
# </details>
#
# <details><summary>My result is right at all corners but (1, 1)</summary>
#
# There the first unit says 2, not 1: a ReLU has no ceiling.
# </details>

# %% exercise="ch02.xor"
def xor_network(off, on):
    """A network 2 → 2 → 1 that says off where two inputs of 0 or 1 agree, on where they differ.

    off, on: numbers -> weight of the hidden layer, an array (2, 2), its bias (2,),
    weight of the output layer (1, 2), its bias (1,)
    """
    ### BEGIN SOLUTION
    hidden_weight = np.array([[1.0, 1.0], [1.0, 1.0]])
    hidden_bias = np.array([0.0, -1.0])
    step = on - off
    return hidden_weight, hidden_bias, np.array([[step, -2 * step]]), np.array([off])
    ### END SOLUTION


def ask_xor(x, off, on):
    """Given, for the check: your network's answers (N, 1), and the sizes of your arrays."""
    made = [np.asarray(array, float) for array in xor_network(off, on)]
    hidden_weight, hidden_bias, output_weight, output_bias = made
    hidden = np.maximum(x @ hidden_weight.T + hidden_bias, 0)
    answers = hidden @ output_weight.T + output_bias
    return answers, [size for array in made for size in array.shape]


# %% check="ch02.xor" points=4
check("ch02.xor", ask_xor)

# %% [markdown]
# Nobody needs to set these numbers by hand. Training finds them, if it starts at a good place. With two hidden units that is a matter of luck; with four it is likely, and with sixteen nearly sure. Twelve starts each:

# %% tags=["demo"]
xor_labels = np.array([0, 1, 1, 0])
solved = {}
for width in (2, 4, 16):
    models = [network_of(1, width, seed=seed) for seed in range(12)]
    runs = [learned(model, corners, xor_labels, epochs=200) for model in models]
    solved[width] = sum(share_right(score, corners, xor_labels) == 1 for score in runs)
    print(f"{width:2d} hidden units: XOR is learned from {solved[width]} of 12 starts")
assert solved[2] <= 5 < solved[4] and solved[16] >= 9

# %% [markdown]
# **Remember.** A hidden layer moves the points until a line is enough. Two units can be enough; more make it easier to find.

# %% [markdown]
# ## 2.8 Depth and width: how many pieces does a network have?
#
# **The question.** You may spend 24 hidden units. Is it better to put them into one wide layer or into many narrow ones?
#
# **The picture.** First with one input. A network of ReLUs is made of straight pieces, and each unit can bring a corner. Here two units fold the line from 0 to 1 like a sheet of paper. Behind them the same two units fold what came out. How many pieces are there after each fold?

# %% tags=["demo"]
line = np.linspace(0, 1, 1025)


def folding_network(depth):
    """Dense 1 → 2, ReLU, Dense 2 → 1, so many times, always with the same numbers."""
    rng, links = np.random.default_rng(0), []
    for _ in range(depth):
        two, one = layers.Dense(1, 2, rng), layers.Dense(2, 1, rng)
        two.params = {"weight": np.array([[1.0], [1.0]]), "bias": np.array([0.0, -0.5])}
        one.params = {"weight": np.array([[2.0, -4.0]]), "bias": np.zeros(1)}
        links += [two, activations.ReLU(), one]
    return layers.Sequential(*links)


curves = {}
for depth in (1, 2, 3, 4):
    curves[f"{2 * depth} units"] = (line, folding_network(depth).forward(line[:, None])[:, 0])
for depth, (_, curve) in enumerate(curves.values(), start=1):
    turns = np.sum(np.diff(np.sign(np.diff(curve))) != 0)
    assert turns + 1 == 2**depth
figures.modules.zigzags(curves)

# %% [markdown]
# **The mathematics.** One fold is
#
# $$t(x) = 2\,\max(x, 0) - 4\,\max(x - \tfrac12, 0) .$$
#
# Up to $\tfrac12$ only the first unit is awake: slope 2, from 0 up to 1. Beyond, both are: slope $2 - 4 = -2$, back down to 0. Every fold takes the whole way from 0 to 1 and runs over it twice, so the pieces double: $2^k$ pieces with $2k$ units. In *one* layer, $n$ units have $n$ corners and so at most $n + 1$ pieces. For the 1 024 pieces of ten folds one layer needs 1 023 units in place of 20. This is Telgarsky's example (2016), and the best-known argument for depth.


# %% [markdown] exercise="ch02.zigzag" minutes=10 difficulty=3
# ### Exercise: fold again and again
# Write `zigzag(x, depth)`: the fold $t$, applied `depth` times, each time to what came out before. Use ReLUs, `np.maximum(…, 0)`, as a network would. `x` is an array (N,) of numbers from 0 to 1, and so is the answer.
#
# <details><summary>Hint 1</summary>
#
# One fold is one line: two ReLUs with the output weights 2 and −4.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `for _ in range(depth):` and in it a line that gives a name a new value made of its old one.
# </details>
#
# <details><summary>My curve has the right height, and the number of teeth does not change</summary>
#
# Each fold must get what the fold before it answered, not the first `x` again.
# </details>
#
# <details><summary>My curve climbs to 1 and stays there</summary>
#
# With output weights 2 and −2 the slopes cancel beyond ½. The second weight must turn the slope around.
# </details>

# %% exercise="ch02.zigzag"
def zigzag(x, depth):
    """t(t(… t(x))), depth times, with t(x) = 2 max(x, 0) − 4 max(x − ½, 0).

    x an array (N,) of numbers from 0 to 1, depth a whole number, 1 or more -> an array (N,)
    """
    ### BEGIN SOLUTION
    for _fold in range(depth):
        x = 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)
    return x
    ### END SOLUTION


# %% check="ch02.zigzag" points=4
check("ch02.zigzag", zigzag)

# %% [markdown]
# **Do real networks fold like that?** The fold was set by hand. Let us draw the weights at random, as they are at the start of a training, and count the pieces of networks with the same number of units, in one layer or in layers of four:

# %% tags=["demo"]
def pieces(depth, width, seed):
    """Straight pieces of a random ReLU network with one input, from −3 to 3."""
    rng = np.random.default_rng(seed)
    h = np.linspace(-3, 3, 12_001)[:, None]
    awake = []
    for _ in range(depth):
        dense = layers.Dense(h.shape[1], width, rng)
        dense.params["bias"] = 0.5 * rng.normal(size=width)
        z = dense.forward(h)
        awake.append(z > 0)
        h = np.maximum(z, 0)
    pattern = np.concatenate(awake, axis=1)
    return 1 + np.sum((pattern[1:] != pattern[:-1]).any(axis=1))


units = [4, 8, 12, 16, 20, 24]
starts = range(20)
counted = {
    "folds by hand": [2.0 ** (n // 2) for n in units],
    "random, one layer": [np.mean([pieces(1, n, seed) for seed in starts]) for n in units],
    "random, layers of 4": [np.mean([pieces(n // 4, 4, seed) for seed in starts]) for n in units],
}
for name, counts in counted.items():
    print(f"{name:23s}", "  ".join(f"{count:6.1f}" for count in counts))
assert counted["random, one layer"][-1] <= units[-1] + 1
assert counted["random, layers of 4"][-1] < counted["random, one layer"][-1]
assert counted["folds by hand"][-1] > 100 * counted["random, one layer"][-1]
figures.modules.piece_counts(units, counted)

# %% [markdown]
# This is not what one reads in many introductions. Depth *can* give exponentially many pieces. Random deep networks do not have them: about one piece for each unit, and the narrow deep ones even fewer. Boris Hanin and David Rolnick (2019) found the same, also for trained networks. The good of depth is not the number of pieces alone.
#
# **Now in the plane.** What do trained networks of several sizes make of two spirals? Rows are the number of hidden layers, columns the units in each.

# %% tags=["demo"]
arms, arm_labels = figures.modules.spirals()
sizes = [(depth, width) for depth in (1, 2, 3) for width in (2, 4, 8, 16)]
spiral_scores = {}
for depth, width in sizes:
    model = network_of(depth, width, seed=2)
    spiral_scores[depth, width] = learned(model, arms, arm_labels)
found = {size: share_right(score, arms, arm_labels) for size, score in spiral_scores.items()}
assert all(found[depth, 2] < 0.92 for depth in (1, 2, 3))  # two units a layer: never enough
assert all(found[depth, 16] > 0.97 for depth in (1, 2, 3))  # sixteen: enough at every depth
figures.modules.grid_of_decisions(spiral_scores, arms, arm_labels)

# %% [markdown]
# Width helps in every row. Depth helps in the column of 8, where there is width to work with. In the column of 4 the start decides, and in the first column nothing helps. And our question about 24 units?

# %% tags=["demo"]
for depth, width in ((1, 24), (2, 12), (3, 8)):
    model = network_of(depth, width, seed=2)
    share = share_right(learned(model, arms, arm_labels), arms, arm_labels)
    numbers = sum(array.size for array in model.params.values())
    print(f"{depth} × {width:2d} units, {numbers:3d} numbers to learn: {share:.0%} right")
    assert share > 0.97

# %% [markdown]
# On this task all three do it; the wide one with half the numbers. There is no general answer. There is a limit, though, and it shows in the first column. Jesse Johnson (2019) has proved it: if no hidden layer is wider than the input, the regions of a network are never islands. They all run out to infinity. We test it where an island is needed, on the disk in its ring, with the best of four starts:

# %% tags=["demo"]
best, silent = {}, {2: 0, 3: 0}
for width in (2, 3):
    for depth in (1, 2, 3):
        models = [network_of(depth, width, seed=seed) for seed in range(4)]
        runs = [learned(model, disk, ring_labels, epochs=220) for model in models]
        best[width, depth] = max(share_right(score, disk, ring_labels) for score in runs)
        silent[width] += sum(np.ptp(score(disk)) < 1e-6 for score in runs)
    row = "   ".join(f"depth {depth}: {best[width, depth]:4.0%}" for depth in (1, 2, 3))
    print(f"{width} units a layer   {row}   ({silent[width]} of 12 say the same everywhere)")
assert max(best[2, depth] for depth in (1, 2, 3)) < 0.94  # no island, however deep
assert min(best[3, depth] for depth in (1, 2, 3)) > 0.95
assert silent[2] > silent[3]

# %% [markdown]
# Three lines can fence a disk, two cannot, and no depth makes up for it. The brackets show a second weakness of narrow layers: if all units of one layer sleep for all points, nothing comes through any more (chapter 3 calls them dead).
#
# **Remember.** Corners come from units, about one each. Depth lets them be folded, if there is width to fold. It does not happen by itself.

# %% [markdown]
# ## 2.9 Embedding: how does a word become numbers?
#
# **The question.** A dense layer multiplies. What is three times *cat*? Words, users and cities have numbers (*ids*) only as names; their size means nothing.
#
# **The picture.** So each of them gets a row of numbers of its own, in a table. To embed a text is to copy rows.

# %% tags=["demo"]
vocabulary = ["the", "big", "small", "cat", "dog", "horse", "sees", "hears"]
table = layers.Embedding(8, 3, np.random.default_rng(5))
sentence = np.array([vocabulary.index(word) for word in ("the", "dog", "sees", "the", "cat")])
rows = table.forward(sentence)
np.testing.assert_array_equal(rows[0], rows[3])  # "the", both times
figures.modules.lookup(table.params["weight"], sentence.tolist(), vocabulary)

# %% [markdown]
# **The mathematics.** It is a dense layer without a bias, in disguise. Write id $i$ as a row $e_i$ with a single 1 at place $i$. Then $e_i W$ is row $i$ of $W$. Nobody computes all those products with 0; we look the row up:
#
# $$y_n = W_{\text{ids}_n}, \qquad (N, T) \to (N, T, \text{features}) .$$
#
# Now backwards. `dy` says for each number of $y$ how fast the loss grows with it (chapter 6 computes it; here it is given). Which numbers of the table moved the loss? Only the rows that were copied out. If a word occurs twice, its row has two places where it is to blame, and both are added:
#
# $$dW_i = \sum_{n:\ \text{ids}_n = i} dy_n .$$
#
# This is called *scatter-add*, and it is the whole backward pass. The ids have no gradient: there is no word between 3 and 4.
#
# **The code.** The trap is in the word *twice*. NumPy's `grads[ids] += dy` reads all rows first and writes them back afterwards. Of two additions to one row, one is lost:

# %% tags=["demo"]
ids, dy = np.array([3, 1, 3]), np.array([[1.0], [10.0], [100.0]])
one_hot = np.eye(4)[ids]  # (3, 4)
lost, kept = np.zeros((4, 1)), np.zeros((4, 1))
lost[ids] += dy
np.add.at(kept, ids, dy)
print("with +=   ", lost[:, 0], "\nwith add.at", kept[:, 0])
assert lost[3, 0] == 100 and kept[3, 0] == 101
np.testing.assert_allclose(one_hot.T @ dy, kept)  # what a dense layer would have found


# %% [markdown] exercise="ch02.embedding" minutes=10 difficulty=3
# ### Exercise: an embedding, there and back
# The constructor is given. Write `forward(ids)` and let it keep the ids. Write `backward(dy)`: it leaves the gradient of the table in `self.grads["weight"]`, of the same shape as the table, and returns nothing. Plain sums, no means. Each call starts from zeros: nothing is carried over from the call before.
#
# <details><summary>Hint 1</summary>
#
# An array of whole numbers as an index takes rows: `weight[ids]`. It works for ids of any shape.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.zeros_like(weight)` is a table of zeros to add into. `np.add.at(table, ids, dy)` adds every time; a loop over all ids does so, too.
# </details>
#
# <details><summary>My gradient is right until a word occurs twice</summary>
#
# You have `grads[ids] += dy` or `grads[ids] = dy`. Run the cell above again and look at row 3.
# </details>
#
# <details><summary>My result is: KeyError: 'weight'</summary>
#
# After `backward` the check looks into `self.grads["weight"]` and finds nothing. What you return is not looked at: store it there.
# </details>
#
# <details><summary>My gradient has the shape of dy</summary>
#
# It must have the shape of the table: one row for every word there is, most of them 0.
# </details>

# %% exercise="ch02.embedding"
class Embedding:
    """y = weight[ids], ids (…) -> (…, features); params weight (count, features)."""

    def __init__(self, count, features, rng):
        self.params = {"weight": rng.normal(size=(count, features))}
        self.grads = {}

    def forward(self, ids):
        """ids, whole numbers of any shape (…) -> y (…, features). Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.ids = ids
        return self.params["weight"][ids]
        ### END SOLUTION

    def backward(self, dy):
        """dy (…, features). Leaves grads["weight"] (count, features)."""
        ### BEGIN SOLUTION
        self.grads["weight"] = np.zeros_like(self.params["weight"])
        np.add.at(self.grads["weight"], self.ids, dy)
        ### END SOLUTION


# %% check="ch02.embedding" points=4
check("ch02.embedding", Embedding)

# %% [markdown]
# An id of −1 would be a silent mistake: NumPy takes the last row. The course's own layer refuses it.

# %% tags=["demo"]
try:
    table.forward(np.array([2, -1]))
except IndexError as problem:
    print(problem)
    refused = True
assert refused

# %% [markdown]
# **What do the rows mean?** At first nothing: they are random. D2 says that words of the same meaning will be close. Let us see. A tiny language has the form *the (big or small) animal sees or hears the …*. A network, embedding and dense, learns to guess the next word. Watch the eight rows, as points of the plane:

# %% tags=["demo"]
def tiny_text(rng, sentences=300):
    words = []
    for _ in range(sentences):
        for verb in (rng.choice(["sees", "hears"]), None):
            words += ["the"] + ([rng.choice(["big", "small"])] if rng.random() < 0.5 else [])
            words += [rng.choice(["cat", "dog", "horse"])] + ([verb] if verb else [])
    return np.array([vocabulary.index(word) for word in words])


rng = np.random.default_rng(1)
text = tiny_text(rng)
guesser = layers.Sequential(layers.Embedding(8, 2, rng), layers.Dense(2, 8, rng))
adam, seen = optimizers.Adam(0.05), [guesser.params["0.weight"].copy()]
for _ in range(6):
    loss = losses.CrossEntropy()
    training.fit(guesser, loss, adam, text[:-1], text[1:], epochs=10, batch_size=256)
    seen.append(guesser.params["0.weight"].copy())


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


at = {word: seen[-1][i] for i, word in enumerate(vocabulary)}
for pair in (("cat", "dog"), ("sees", "hears"), ("big", "small"), ("cat", "hears")):
    print(f"cosine of {pair[0]} and {pair[1]}: {cosine(at[pair[0]], at[pair[1]]):.2f}")
assert cosine(at["cat"], at["dog"]) > 0.8 and cosine(at["sees"], at["hears"]) > 0.8
assert cosine(at["cat"], at["hears"]) < 0.8
assert cosine(at["big"], at["small"]) > 0.8
figures.modules.words(seen, vocabulary, [0, 1, 1, 2, 2, 2, 3, 3])

# %% [markdown]
# Words that are *used* alike have come together. That is a little less than D2 says: *big* and *small* are neighbors, too, and they mean the opposite. (In our language one can always stand for the other. In real texts, too, opposites keep similar company.) Closeness in such a table means the same company, not the same meaning. Chapter 14 does this with real vectors, Word2Vec.
#
# **Remember.** An embedding copies rows. Its gradient goes back to the rows that were copied, and repeated ones collect.

# %% [markdown]
# ## 2.10 Masking: what if something is missing?
#
# **The question.** A batch is one array, and all its rows are equally long. Sentences are not. What shall stand in the places behind a short sentence, and how does the network know?
#
# **The picture.** Three patients were measured on up to four days: temperature and pulse, as deviations from normal. The days that are missing are filled up with a value that no measurement has, here −9.

# %% tags=["demo"]
days = np.array([
    [[0.5, 2.0], [1.5, -1.0], [0.0, 1.0], [-9.0, -9.0]],
    [[2.0, 0.0], [-9.0, -9.0], [-9.0, -9.0], [-9.0, -9.0]],
    [[-1.0, 1.0], [0.0, 0.0], [1.0, 3.0], [0.5, 0.5]],
])
door = layers.Masking(-9.0)
filled = door.forward(days)
assert door.mask.sum(axis=1).tolist() == [3, 1, 4] and (filled[~door.mask] == 0).all()
figures.modules.padded(days, door.mask, ["patient 0", "patient 1", "patient 2"])

# %% [markdown]
# **The mathematics.** A step is *missing* if **all** its features equal the value. The mask has one entry for each step, $(N, T)$, True where the step is present:
#
# $$\text{mask}_{nt} = \text{any}_d\,(x_{ntd} \ne \text{value}), \qquad y_{ntd} = \text{mask}_{nt}\; x_{ntd} .$$
#
# D2 says that a missing value *could be coded as 0*. Look at patient 2 on day 1: both deviations are 0, which is a perfectly normal day. With the value 0 that day would vanish. So choose a value that cannot be measured.
#
# **The code.** Zeros are not enough. Behind the next dense layer a missing step is no longer 0: it is the bias. So the mask itself must travel to the place where steps are combined.

# %% tags=["demo"]
with_zero = layers.Masking(0.0)
with_zero.forward(days)
assert not with_zero.mask[2, 1]  # a real day, lost
dense = layers.Dense(2, 2, np.random.default_rng(0))
dense.params["bias"] = np.array([0.75, -0.5])
behind = dense.forward(filled)
print("a missing step behind the dense layer:", behind[1, 3])
np.testing.assert_allclose(behind[~door.mask], np.tile([0.75, -0.5], (4, 1)))


# %% [markdown] exercise="ch02.masking" minutes=8 difficulty=2
# ### Exercise: a masking layer
# Write `forward(x)` for `x` of shape (N, T, D). It leaves `self.mask`, an array (N, T) of True and False, and answers `x` with 0 at all features of the missing steps. `self.value` is what stands for missing. Do not change `x` itself.
#
# Write `backward(dy)` as well. A missing step was answered with 0 whatever stood there, so nothing goes back to it; all else goes back unchanged.
#
# <details><summary>Hint 1</summary>
#
# `x != self.value` is a table (N, T, D). A step is present if any of its features differs: `.any(axis=-1)`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `mask[..., None]` has the shape (N, T, 1) and fits to (N, T, D). `np.where(condition, this, that)` chooses entry by entry.
# </details>
#
# <details><summary>My layer drops a step that has one feature of that value</summary>
#
# You ask whether all features differ. Ask whether any does.
# </details>

# %% exercise="ch02.masking"
class Masking:
    """y = x where a step is present, 0 where all its features equal value.

    x (N, T, D) -> y (N, T, D).
    """

    def __init__(self, value):
        self.value = value
        self.params = {}

    def forward(self, x):
        """x (N, T, D) -> y (N, T, D). Leaves mask (N, T), True where a step is present."""
        ### BEGIN SOLUTION
        self.mask = (x != self.value).any(axis=-1)
        return np.where(self.mask[..., None], x, 0)
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, T, D) -> the gradient for x (N, T, D)."""
        ### BEGIN SOLUTION
        return np.where(self.mask[..., None], dy, 0)
        ### END SOLUTION


# %% check="ch02.masking" points=4
check("ch02.masking", Masking)

# %% [markdown]
# Now combine. The simplest summary of a sequence is the mean of its steps. With and without the mask, for the patient of one day:

# %% tags=["demo"]
plain = filled.mean(axis=1)
counted_days = door.mask.sum(axis=1, keepdims=True)
fair = filled.sum(axis=1) / counted_days
print("divided by 4 days:", plain[1], "  by the days that are there:", fair[1])
np.testing.assert_allclose(fair[1], [2.0, 0.0])
np.testing.assert_allclose(plain[1], fair[1] / 4)


# %% [markdown] exercise="ch02.masked_mean" minutes=7 difficulty=2
# ### Exercise: the mean of what is there
# For each example the mean over its present steps: `x` (N, T, D) and `mask` (N, T) of True and False give (N, D). What stands at the missing steps is arbitrary and must have no influence. An example without any step gets zeros.
#
# <details><summary>Hint 1</summary>
#
# True counts as 1 and False as 0. `mask[..., None]` has the shape (N, T, 1).
# </details>
#
# <details><summary>Hint 2</summary>
#
# The sum over the steps is `.sum(axis=1)`. The number of present steps of each example is `mask.sum(axis=1, keepdims=True)`, of shape (N, 1).
# </details>
#
# <details><summary>My result is nan for one example</summary>
#
# It has no step, and 0/0 is nan. Divide by at least 1: `np.maximum(count, 1)`.
# </details>

# %% exercise="ch02.masked_mean"
def masked_mean(x, mask):
    """The mean over the present steps of each example; zeros where there is none.

    x (N, T, D), mask (N, T) of True and False -> an array (N, D)
    """
    ### BEGIN SOLUTION
    total = (x * mask[..., None]).sum(axis=1)
    count = mask.sum(axis=1, keepdims=True)
    return total / np.maximum(count, 1)
    ### END SOLUTION


# %% check="ch02.masked_mean" points=3
check("ch02.masked_mean", masked_mean)

# %% [markdown]
# **Remember.** Pad with a value that cannot occur, and take the mask along. A zero is a number; only the mask says *missing*.

# %% [markdown]
# ## 2.11 Lambda and subclass: what if no module does what you need?
#
# **The question.** You need the distance between two answers, or a network that looks at a picture *and* at a table. No layer in the list does it. Must you leave the world of modules?
#
# **The picture.** No. Here is a module that no list has: two inputs of different kinds, each with a way of its own, and one answer.

# %% tags=["demo"]
rng = np.random.default_rng(0)
of_pixels = layers.Sequential(layers.Dense(64, 16, rng), activations.ReLU())
of_table = layers.Sequential(layers.Dense(5, 4, rng))
figures.modules.branches(of_pixels, of_table, rng.normal(size=(3, 64)), rng.normal(size=(3, 5)))

# %% [markdown]
# There are two doors. A *Lambda layer* wraps a function. A *subclass* is a class of your own.
#
# | you need | take |
# |---|---|
# | a formula, nothing to learn, any number of inputs | `Lambda` |
# | parameters, a state, or modules put together in a new way | a subclass |
#
# **The code.** A Lambda with one input, and one with two. To go backward it needs the derivative as a second function, since nobody can guess it from the first:

# %% tags=["demo"]
sine = layers.Lambda(np.sin, lambda dy, x: dy * np.cos(x))
x = np.array([[0.0, 1.0, 2.0]])
sine.forward(x)
measured = (np.sin(x + 1e-6) - np.sin(x - 1e-6)) / 2e-6
np.testing.assert_allclose(sine.backward(np.ones((1, 3))), measured, atol=1e-8)

distance = layers.Lambda(lambda a, b: np.sqrt(((a - b) ** 2).sum(axis=1)))
a, b = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[3.0, 4.0], [1.0, 1.0]])
np.testing.assert_allclose(distance.forward(a, b), [5, 0])
try:
    distance.backward(np.ones(2))
except ValueError as problem:
    print(problem)
    told = True
assert told

# %% [markdown]
# A subclass takes over what a class can do and adds to it. D2: it adds new states and new computations. The smallest useful one only gives a chain a name and fixed sizes:

# %% tags=["demo"]
class DigitReader(layers.Sequential):
    """64 pixels -> 10 scores."""

    def __init__(self, rng):
        super().__init__(layers.Dense(64, 16, rng), activations.ReLU(), layers.Dense(16, 10, rng))

    def guess(self, x):
        return self.forward(x).argmax(axis=1)


reader = DigitReader(np.random.default_rng(0))
print(list(reader.params), reader.guess(np.zeros((2, 64))))
assert isinstance(reader, layers.Sequential) and len(reader.params) == 4

# %% [markdown]
# `forward` and `params` came from `Sequential`; `guess` is new. In PyTorch every network is a subclass of `nn.Module`, as D4's is.
#
# **The mathematics.** Back to the module with two inputs. Each goes through a branch of its own, and the answers are put side by side:
#
# $$y = [\,f_{\text{left}}(a)\ \ f_{\text{right}}(b)\,], \qquad (N, A),\ (N, B) \to (N, L + R) .$$


# %% [markdown] exercise="ch02.two_inputs" minutes=8 difficulty=3
# ### Exercise: a module with two inputs
# `left` and `right` are any two modules, each with `forward(x)` and a dictionary `params`. Write `forward(a, b)`: `a` goes through the left one, `b` through the right one, and the two answers (N, L) and (N, R) stand side by side in an array (N, L + R), the left one first.
#
# Write `params`, too: the left module's arrays under `"left."` and its own name, as `"left.weight"`, the right one's under `"right."`. What `params` does not tell, no optimizer will ever change.
#
# The class below yours puts your `Dense` and your `Sequential` into the branches. Leave it as it is.
#
# <details><summary>Hint 1</summary>
#
# `np.concatenate([first, second], axis=1)` puts two tables side by side.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The names are made as in `Sequential`, with the side in place of the number: `f"left.{name}"`.
# </details>
#
# <details><summary>My result is an array of shape (2N, …)</summary>
#
# You join along the examples, axis 0: the right answers lie below the left ones. Side by side is axis 1.
# </details>
#
# <details><summary>My forward is right, and the check does not like my names</summary>
#
# It compares a table with a row for each array: 0 for left or 1 for right, then the place inside that branch, with −1 where the name tells none. Print `list(self.params)`: expected are `left.weight`, `left.bias`, `right.0.weight`, `right.0.bias`.
# </details>

# %% exercise="ch02.two_inputs"
class TwoInputs:
    """y = the left module's answer to a, and beside it the right module's answer to b."""

    def __init__(self, left, right):
        self.left, self.right = left, right

    def forward(self, a, b):
        """a (N, A), b (N, B) -> y (N, L + R)."""
        ### BEGIN SOLUTION
        return np.concatenate([self.left.forward(a), self.right.forward(b)], axis=1)
        ### END SOLUTION

    @property
    def params(self):
        """The arrays of both modules: {"left.weight": array, …, "right.0.weight": array, …}."""
        ### BEGIN SOLUTION
        found = {}
        for side, module in (("left", self.left), ("right", self.right)):
            for name, array in module.params.items():
                found[f"{side}.{name}"] = array
        return found
        ### END SOLUTION


class PictureAndTable(TwoInputs):
    """Given, for the check: a dense layer on the left; dense and ReLU on the right."""

    def __init__(self, left_weight, left_bias, right_weight, right_bias):
        made = []
        for weight, bias in ((left_weight, left_bias), (right_weight, right_bias)):
            outputs, inputs = weight.shape
            layer = Dense(inputs, outputs, np.random.default_rng())
            layer.params["weight"], layer.params["bias"] = weight, bias
            made.append(layer)
        super().__init__(made[0], Sequential(made[1], ReLU()))

    @property
    def table(self):
        """A row for each array: 0 left or 1 right, its place there (−1: none), the sum of all."""
        rows = []
        for name, array in sorted(self.params.items()):
            side, *inside = [*name.split(".")[:-1], "", ""]
            place = int(inside[0]) if inside[0].isdigit() else -1
            rows.append([{"left": 0, "right": 1}.get(side, -1), place, array.sum()])
        return np.array(rows)


# %% check="ch02.two_inputs" points=4
check("ch02.two_inputs", PictureAndTable)

# %% [markdown]
# **Remember.** A formula is a Lambda, everything else is a class with `forward` and `params`.

# %% [markdown]
# ## 2.12 Outputs: what should the last layer say?
#
# **The question.** The last dense layer answers scores: any numbers, of both signs. A price may be any number. A probability may not. What stands between the scores and what the network says?
#
# **The picture.** Four tasks, the same kind of scores, four answers.

# %% tags=["demo"]
four_tasks = {
    "regression": (["degrees"], [-1.0]),
    "binary": (["spam"], [0.8]),
    "multi-label": (["beach", "sunset", "dog"], [2.5, 1.0, -1.2]),
    "multi-class": (["cat", "dog", "bird"], [2.5, 1.0, -1.2]),
}
same_scores = np.array([four_tasks["multi-class"][1]])
labels_of, classes_of = activations.Sigmoid(), activations.Softmax()
assert labels_of.forward(same_scores).sum() > 1.5  # beach and sunset may both be true
np.testing.assert_allclose(classes_of.forward(same_scores).sum(), 1)
figures.modules.heads(four_tasks)

# %% [markdown]
# **The mathematics.** With one score $z$, or the scores $z_1 \dots z_K$ of an example:
#
# $$\text{sigmoid: } p = \frac{1}{1 + e^{-z}}, \qquad \text{softmax: } p_k = \frac{e^{z_k}}{e^{z_1} + \dots + e^{z_K}} .$$
#
# The sigmoid turns one score into the probability of a yes. The softmax turns $K$ scores into $K$ probabilities that add up to 1. (Chapter 3 is about both, and about very large scores. In this chapter the scores are small.)
#
# | task | example | output unit | decision | loss | who says so |
# |---|---|---|---|---|---|
# | regression | degrees, prices | none: the score itself | the score | squared or absolute error | D2, D3 ("Euclidean"), D4 |
# | binary | spam or not | one sigmoid | yes if $p > \tfrac12$ | binary cross-entropy | D3, D4 |
# | multi-label | beach? sunset? dog? | a sigmoid for each label | yes for each $p > \tfrac12$ | binary cross-entropy for each label | follows from the row above |
# | multi-class | cat, dog or bird | one softmax over all | the largest | cross-entropy | D2, D3, D4 |
#
# **The code.** Why these pairs, and not others? Each row of the table gets its test.
#
# *First test: what is pulled back.* Of each pair take output unit and loss together and look at the gradient for the scores. It is the same expression in all rows, if the regression takes the squared error: **prediction minus target**, times a constant. Whoever is wrong by much is pulled by much.

# %% tags=["demo"]
rng = np.random.default_rng(2)
raw = rng.normal(size=(5, 3))
chosen = rng.integers(0, 3, size=5)
yes_or_no = rng.integers(0, 2, size=(5, 3)).astype(float)
prices = rng.normal(size=(5, 3))
rows_of_table = {
    "regression": (losses.MeanSquaredError(), raw, prices, prices, 2 / raw.size),
    "multi-label": (
        losses.BinaryCrossEntropyWithLogits(), activations.Sigmoid().forward(raw),
        yes_or_no, yes_or_no, 1 / raw.size,
    ),
    "multi-class": (
        losses.CrossEntropy(), activations.Softmax().forward(raw), chosen, np.eye(3)[chosen], 1 / 5,
    ),
}
for task, (loss, prediction, given, target, factor) in rows_of_table.items():
    loss.forward(raw, given)
    np.testing.assert_allclose(loss.backward(), factor * (prediction - target), atol=1e-12)
    print(f"{task:12s} the gradient is (prediction − target) times {factor:.3f}")

# %% [markdown]
# The two cross-entropies here take the scores themselves and have their sigmoid or softmax inside.
#
# *Second test: the wrong loss behind the right unit.* A sigmoid with the squared error: the network is quite sure, and wrong. How strongly is it pulled?

# %% tags=["demo"]
z, target = np.array([[-8.0]]), np.array([[1.0]])
squash, squared = activations.Sigmoid(), losses.MeanSquaredError()
squared.forward(squash.forward(z), target)
weak = abs(squash.backward(squared.backward())).item()
entropy = losses.BinaryCrossEntropyWithLogits()
entropy.forward(z, target)
strong = abs(entropy.backward()).item()
print(f"probability {squash.forward(z).item():.4f}, target 1")
print(f"pull with the squared error {weak:.5f}, with the cross-entropy {strong:.3f}")
assert strong > 0.99 and weak < 0.001

# %% [markdown]
# *Third test: the unit twice.* D4's network puts a softmax in front of a loss that has one inside. Ten classes, a network that is perfectly sure and right:

# %% tags=["demo"]
double = shown["softmax_before_cross_entropy"]
print(f"as printed {double['printed']:.3f}, mended {double['mended']:.3f}")
assert double["printed"] > 1.4 and double["mended"] < 1e-6  # it can never come near 0

# %% [markdown]
# *Fourth test: softmax for several labels.* A picture shows beach *and* sunset. A softmax gives them a total of 1 to share, so no scores whatever can make both of them sure:

# %% tags=["demo"]
tried = np.stack(np.meshgrid(*[np.linspace(-6, 6, 25)] * 3), axis=-1).reshape(-1, 3)
both = np.array([1.0, 1.0, 0.0])
lowest = {}
for name, unit in (("softmax", activations.Softmax()), ("sigmoids", activations.Sigmoid())):
    p = np.clip(unit.forward(tried), 1e-12, 1 - 1e-12)
    each = -both * np.log(p) - (1 - both) * np.log(1 - p)
    lowest[name] = each.mean(axis=1).min()
    print(f"{name:8s} the lowest loss of {len(tried)} triples of scores: {lowest[name]:.3f}")
assert lowest["softmax"] > 0.45 and lowest["sigmoids"] < 0.01

# %% [markdown]
# *Fifth test: sigmoids for one class of many.* Here we expected a failure. Three species of iris, 150 flowers, the same network with both heads, trained on every second flower, from three starts:

# %% tags=["demo"]
from course_lib import datasets

flowers, species = datasets.iris()
train, held_out = slice(0, None, 2), slice(1, None, 2)
share, sums = {"softmax": [], "sigmoids": []}, []
for seed in range(3):
    for name in share:
        rng = np.random.default_rng(seed)
        first, last = layers.Dense(4, 16, rng), layers.Dense(16, 3, rng)
        model = layers.Sequential(first, activations.ReLU(), last)
        one = name == "softmax"
        loss = losses.CrossEntropy() if one else losses.BinaryCrossEntropyWithLogits()
        target = species[train] if one else np.eye(3)[species[train]]
        adam = optimizers.Adam(0.02)
        training.fit(model, loss, adam, flowers[train], target, epochs=60, batch_size=75)
        raw = model.forward(flowers[held_out])
        share[name].append(np.mean(raw.argmax(axis=1) == species[held_out]))
        if not one:
            sums.extend(activations.Sigmoid().forward(raw).sum(axis=1))
for name, seen in share.items():
    print(f"{name:8s} right {np.mean(seen):.1%} of the flowers it has not seen")
print(f"the three sigmoids of a flower add up to between {min(sums):.2f} and {max(sums):.2f}")
assert min(np.mean(share["softmax"]), np.mean(share["sigmoids"])) > 0.88
assert abs(np.mean(share["softmax"]) - np.mean(share["sigmoids"])) < 0.06
assert max(sums) - min(sums) > 0.1

# %% [markdown]
# Both decide about equally well: the largest score wins either way. What the sigmoids cannot give is *probabilities*: those of a flower do not add up to 1. If you only need the decision it hardly matters. If somebody reads the probabilities, take the softmax.
#
# *Sixth test: why ½?* A hundred thousand cases whose true probabilities we know. Which border makes the fewest mistakes? And which costs least, if a false alarm is four times as bad as a miss?

# %% tags=["demo"]
rng = np.random.default_rng(4)
p = rng.uniform(0, 1, 100_000)
happened = rng.uniform(0, 1, 100_000) < p
borders = np.linspace(0.05, 0.95, 19)
misses = np.array([np.mean(happened & (p <= border)) for border in borders])
alarms = np.array([np.mean(~happened & (p > border)) for border in borders])
fewest, cheapest = borders[np.argmin(misses + alarms)], borders[np.argmin(misses + 4 * alarms)]
print(f"fewest mistakes at {fewest:.2f}, the lowest price at {cheapest:.2f}")
assert abs(fewest - 0.5) < 0.06 and abs(cheapest - 0.8) < 0.06

# %% [markdown]
# So ½ is right if both mistakes are equally bad. Otherwise the border moves, and the network stays as it is: that is what probabilities are good for. (What a sigmoid or a ReLU does at the output of a regression is tested in 3.19. Squared or absolute error is a question of outliers, in chapter 4.)


# %% [markdown] exercise="ch02.output_head" minutes=12 difficulty=4
# ### Exercise: choose the output
# From scores and the name of a task make the prediction and the decision, as the table says.
#
# | `task` | `scores` | prediction | decision |
# |---|---|---|---|
# | `"regression"` | (N, K) | the scores, unchanged | the same |
# | `"binary"` | (N,) | probability of yes, (N,) | 1 where it is above ½, else 0, (N,) |
# | `"multi-label"` | (N, K) | a probability for each label, (N, K) | 1 where it is above ½, else 0, (N, K) |
# | `"multi-class"` | (N, K) | probabilities, each row adds up to 1, (N, K) | number of the largest, from 0, (N,) |
#
# Scores lie between −3 and 3 here.
#
# <details><summary>Hint 1</summary>
#
# Four tasks, but only three kinds of output: binary and multi-label do the same to each score.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the softmax keep the axis of the sum, so that each row is divided by its own: `e / e.sum(axis=1, keepdims=True)`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `prediction > 0.5` is an array of True and False, which counts as 1 and 0. `scores.argmax(axis=1)` finds the largest of each row.
# </details>
#
# <details><summary>My rows of probabilities do not add up to 1</summary>
#
# Either these are sigmoids, or the sum runs over the examples (axis 0), or over the whole table.
# </details>

# %% exercise="ch02.output_head"
def output_head(scores, task):
    """What a network says and decides, from the scores of its last layer.

    scores (N,) for "binary", (N, K) for the other tasks;
    task: "regression", "binary", "multi-label" or "multi-class"
    -> prediction, an array like scores, and decision, (N,) for "multi-class", else like scores
    """
    ### BEGIN SOLUTION
    if task == "regression":
        return scores, scores
    if task == "multi-class":
        e = np.exp(scores)
        return e / e.sum(axis=1, keepdims=True), scores.argmax(axis=1)
    p = 1 / (1 + np.exp(-scores))
    return p, p > 0.5
    ### END SOLUTION


# %% check="ch02.output_head" points=6
check("ch02.output_head", output_head)

# %% [markdown]
# **Remember.** Ask what the answer may be: any number, a yes for each label, or one class of many. Then unit, decision and loss are fixed.

# %% [markdown]
# ## 2.13 Play
#
# Choose the number of hidden layers, the units in each, the start, the bend and the points. A network is trained each time you let a slider go, for 250 steps.

# %% tags=["demo"]
figures.modules.depth_and_width()

# %% [markdown]
# - Set the bend to *none*. Does any depth help?
# - Find the smallest width at which one hidden layer gets all points of the rings right. Try several starts.
# - With two units in each layer, go from 1 to 4 layers. Why does it get worse, not better? (See 2.8.)
# - Compare 1 × 24 with 3 × 8 on the spirals: the same number of units. Which has more numbers to learn?

# %% [markdown]
# ## 2.14 The same in PyTorch
#
# **The question.** Everything of this chapter lies in `course_lib/layers/basic.py`. Beside it lies `course_lib/layers_torch/basic.py`: the same names in the same order, for PyTorch. How far apart are their answers, and which is faster?
#
# **The code.** First the two embeddings, one above the other:

# %% tags=["demo"]
import inspect
import time

import torch

from course_lib import activations_torch, layers_torch

print(inspect.getsource(layers.Embedding.forward))
print(inspect.getsource(layers_torch.Embedding.forward))

# %% [markdown]
# The twin has no `backward`: PyTorch finds it by itself, as chapter 6 explains. It is an independent witness for the scatter-add. Each unit of the chapter, its twin on the CPU and, where there is one, on the GPU: the largest difference of the answers and of the gradients, and the time of a forward pass.

# %% tags=["demo"]
DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def milliseconds(call, repeats=5):
    """Time of the fastest of several calls: the least disturbed one."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - start)
    return 1e3 * min(taken)


def compare(name, unit, twin, x, rng):
    """Value and gradients of a module and of its twin, which gets the same numbers."""
    y = unit.forward(x)
    dy = rng.normal(size=y.shape)
    dx = unit.backward(dy)
    for device in DEVICES:
        moved = twin.to(device, torch.float64)
        for key, p in moved.named_parameters():
            p.data = torch.tensor(unit.params[key], device=device)
        moved.zero_grad()
        there = torch.tensor(x, device=device, requires_grad=x.dtype.kind == "f")
        theirs = moved(there)
        theirs.backward(torch.tensor(dy, device=device))
        off = np.abs(theirs.detach().cpu().numpy() - y).max()
        pairs = [(p.grad, unit.grads[key]) for key, p in moved.named_parameters()]
        pairs += [(there.grad, dx)] if dx is not None else []
        turned = max(np.abs(theirs.cpu().numpy() - ours).max() for theirs, ours in pairs)
        print(f"{name:24s} {device:>5s} {off:9.1e} {turned:11.1e} ", end="")
        with torch.no_grad():
            fast = milliseconds(lambda moved=moved, there=there: moved(there))
        print(f"{milliseconds(lambda: unit.forward(x)):9.2f} ms {fast:7.2f} ms")
        assert off < 1e-10 and turned < 1e-9


rng, none = np.random.default_rng(0), torch.Generator()
vectors, steps = rng.normal(size=(2000, 64)), rng.normal(size=(200, 30, 16))
steps[:, 20:] = 0
print("module                  device   Δ value  Δ gradient       NumPy    PyTorch")
compare("Input", layers.Input(64), layers_torch.Input(64), vectors, rng)
compare("Dense", layers.Dense(64, 32, rng), layers_torch.Dense(64, 32, none), vectors, rng)
compare(
    "Embedding", layers.Embedding(500, 32, rng), layers_torch.Embedding(500, 32, none),
    rng.integers(0, 500, size=(200, 30)), rng,
)
compare("Masking", layers.Masking(0.0), layers_torch.Masking(0.0), steps, rng)
compare(
    "Lambda", layers.Lambda(np.sin, lambda dy, x: dy * np.cos(x)), layers_torch.Lambda(torch.sin),
    vectors, rng,
)
ours = layers.Sequential(layers.Dense(64, 64, rng), activations.ReLU(), layers.Dense(64, 10, rng))
theirs = layers_torch.Sequential(
    layers_torch.Dense(64, 64, none), activations_torch.ReLU(), layers_torch.Dense(64, 10, none)
)
assert [name for name, _ in theirs.named_parameters()] == list(ours.params)  # the same names
compare("Dense, ReLU, Dense", ours, theirs, vectors, rng)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# And PyTorch's own `torch.nn`, which the twins do not use: a second opinion on the names and on the numbers.

# %% tags=["demo"]
first, last = torch.nn.Linear(64, 64), torch.nn.Linear(64, 10)
own = torch.nn.Sequential(first, torch.nn.ReLU(), last).double()
own.load_state_dict({name: torch.tensor(array) for name, array in ours.params.items()})
off = np.abs(own(torch.tensor(vectors)).detach().numpy() - ours.forward(vectors)).max()
print(f"torch.nn with our numbers, under the same names: Δ {off:.1e}")
assert off < 1e-10

# %% [markdown]
# **Remember.** The arrays have the same names and the same shapes on both sides. So what was learned here can be loaded there.

# %% [markdown]
# ## 2.15 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D4 | softmax at the end of the network, and `CrossEntropyLoss` behind it | scores: that loss has its softmax inside, and a second one keeps it from ever coming near 0 | 2.12 |
# | D4 | a `forward` without `return`, and an `input_size` that is defined nowhere | return the answer; make the size an argument | 2.5 |
# | D2 | missing values may be coded as 0 | any value that cannot be measured; with 0 a real step of zeros is lost, and the mask is needed all the same | 2.10 |
# | D2 | words of the same meaning come close | words that are used alike do, opposites among them | 2.9 |
#
# Where the texts only choose another convention: D2's dense layer has its activation inside, ours does not (2.2); D3 writes $N$ for the number of outputs, we for the number of examples (2.2).

# %% [markdown]
# ## 2.16 The chapter on one screen
#
# | module | forward | shapes | learns |
# |---|---|---|---|
# | Input | $x$, after a look at its shape | $(N, \dots)$ | nothing |
# | Dense | $x W^{\mathsf T} + b$ | $(N, D) \to (N, K)$ | $K(D + 1)$ |
# | activation | each number by itself | unchanged | nothing, as a rule |
# | Embedding | rows $W_{\text{ids}}$ | $(N, T) \to (N, T, \text{features})$ | count · features |
# | Masking | 0 where all features are missing; the mask | $(N, T, D)$, mask $(N, T)$ | nothing |
# | Lambda | any formula, any number of inputs | as you like | nothing |
# | Sequential | one behind the other | as its modules | what they learn |
#
# | task | output unit | loss |
# |---|---|---|
# | regression | none | squared or absolute error |
# | binary, multi-label | sigmoid for each | binary cross-entropy |
# | multi-class | one softmax | cross-entropy |
#
# - A network is modules in an order. A chain is a module again.
# - Linear behind linear collapses: $W = W_2 W_1$, $b = W_2 b_1 + b_2$.
# - XOR: two ReLUs move the corners until a line is enough.
# - Depth can double the pieces with each layer; random networks have about one for each unit, or fewer.
# - No hidden layer wider than the input: no islands, at any depth.
# - Repeated ids collect their gradients: scatter-add.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. A dense layer has 20 inputs and 5 outputs. Which shapes do its arrays have, and how many numbers are they?</summary>
#
# The weight (5, 20), the bias (5,): 105 numbers.
# </details>
#
# <details><summary>2. Somebody takes the ReLUs out of a network of ten dense layers. What is left?</summary>
#
# A single dense layer's worth: one matrix and one bias, at the price of ten.
# </details>
#
# <details><summary>3. Why can two hidden ReLUs solve XOR, and one cannot?</summary>
#
# One unit sees one sum, and its answer stays 0 and then only rises; XOR must rise and fall again. With two, the three places behind the hidden layer do not lie on one line, and so a line can separate them.
# </details>
#
# <details><summary>4. A word occurs three times in a batch. What is the gradient of its row, and what of a word that does not occur?</summary>
#
# The sum of the three gradients that arrive; and 0.
# </details>
#
# <details><summary>5. Pictures may show several of 20 things at once. Which output unit, which decision, which loss?</summary>
#
# 20 sigmoids, a yes where the probability is above ½, and a binary cross-entropy for each label.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>ValueError: matmul: Input operand 1 has a mismatch in its core dimension</summary>
#
# Two inner sizes differ. Print the shape behind each module, one line for each. The first line that you did not expect is the place. An `Input` at the front finds it earlier.
# </details>
#
# <details><summary>My network learns nothing that a straight line could not do</summary>
#
# Is there a bend between the layers? Print the chain. Two dense layers one behind the other, with nothing between them, are one.
# </details>
#
# <details><summary>Part of my network never changes while it learns</summary>
#
# Print `list(network.params)`. A module that is kept in a plain list, or under a name that `params` does not tell, is invisible to the optimizer.
# </details>
#
# <details><summary>My loss stops far from 0 although everything is classified rightly</summary>
#
# Look for a softmax or a sigmoid that is there twice: once as your last module, once inside the loss.
# </details>
#
# <details><summary>My network is worse on short sentences than on long ones</summary>
#
# Somewhere the padding is counted. A mean over all T steps shrinks short ones; a dense layer turns zeros into its bias.
# </details>

# %% [markdown]
# ### Where to read more
#
# - David Rumelhart, Geoffrey Hinton and Ronald Williams, 1986, *Learning Representations by Back-Propagating Errors* (hidden layers that find their own features).
# - Yoshua Bengio, Réjean Ducharme, Pascal Vincent and Christian Jauvin, 2003, *A Neural Probabilistic Language Model* (the embedding).
# - Matus Telgarsky, 2016, *Benefits of Depth in Neural Networks* (the folds of 2.8).
# - Boris Hanin and David Rolnick, 2019, *Deep ReLU Networks Have Surprisingly Few Activation Patterns*.
# - Jesse Johnson, 2019, *Deep, Skinny Neural Networks Are Not Universal Approximators* (no islands).
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, 2016, *Deep Learning*, chapter 6.
