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
# # Chapter 3 · Activations
#
# A layer adds up its inputs with weights. Layers of that kind on top of each other give nothing new: together they are one straight
# line. The activation is the bend between two layers. This chapter looks at fifteen bends, one softmax, and what each of them does
# to the gradient on its way back.
#
# **After this chapter you can**
#
# - write ten activations and their derivatives in NumPy, and keep them finite for any input;
# - turn a curve into a unit with `forward` and `backward`, also when the curve has a parameter that is learned;
# - measure saturated and dead units in a network, and say what caused them;
# - choose an activation for a hidden layer and for an output, and give a reason.
#
# **You need** NumPy arrays, the derivative of $e^x$ and the chain rule, and the dense layer of chapter 2.
#
# **Time** about three and a half hours: 102 minutes for the eleven exercises (46 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The course follows five texts. We call them by number: an overview of units, losses and activations (D0), the lecture
# slides *Deep Learning Basics* (D1), a chapter on the fundamentals of deep learning (D2), lecture slides on networks as
# modules (D3), and an article on the building blocks in PyTorch (D4). Where one of them is wrong as printed in our copy,
# a cell shows it; section 3.21 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses, optimizers, training

# %% [markdown]
# ## 3.1 Why bend at all?
#
# **The question.** A network of three layers, with nothing between them. What can it learn that one layer cannot?
#
# **The picture.** Three networks try to follow the same wave. They have the same layers, the same start and the same number of steps. Only what
# stands between the layers differs.

# %% tags=["demo"]
def network(activation, widths, inputs, outputs, seed=0):
    """Dense layers of these widths, each followed by its own activation; then a dense layer to the outputs."""
    rng, chain = np.random.default_rng(seed), []
    for width in widths:
        chain += [layers.Dense(inputs, width, rng), activation()]
        inputs = width
    return layers.Sequential(*chain, layers.Dense(inputs, outputs, rng))


x = np.linspace(-1, 1, 60)[:, None]
wave = np.sin(4 * x)
answers = {}
for name in ("Identity", "ReLU", "Tanh"):
    model = network(getattr(activations, name), (32, 32), 1, 1)
    training.fit(model, losses.MeanSquaredError(), optimizers.Adam(0.01), x, wave, epochs=300, batch_size=60)
    answers[name] = model.forward(x)
error = {name: np.mean((found - wave) ** 2) for name, found in answers.items()}
assert error["Identity"] > 0.2 and error["ReLU"] < 0.01 and error["Tanh"] < 0.01
figures.activations.fits(x[:, 0], wave[:, 0], answers)

# %% [markdown]
# **The mathematics.** Put one dense layer into the next and multiply out:
#
# $$W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2) .$$
#
# That is a single dense layer again. Ten layers of this kind are one layer that is expensive to compute. D1 calls the "linear" activation, the identity,
# forbidden inside a network for this reason.

# %% tags=["demo"]
rng = np.random.default_rng(0)
deep = network(activations.Identity, (8, 8, 8), inputs=4, outputs=2)
zero, steps = np.zeros((1, 4)), np.eye(4)
bias = deep.forward(zero)
weight = deep.forward(steps) - bias  # what each input adds, one row for each

examples = rng.normal(size=(100, 4))
np.testing.assert_allclose(deep.forward(examples), examples @ weight + bias, atol=1e-12)
print(f"four layers with {sum(array.size for array in deep.params.values())} numbers are one")
print(f"matrix of shape {weight.shape} and one bias of shape {bias.shape}")

# %% [markdown]
# D1 adds that a linear activation can make gradients vanish. It cannot: its derivative is 1, and a factor of 1 changes no gradient. What it lacks is the
# bend. We send a gradient through twenty units in a row, each with weight 1:

# %% tags=["demo"]
from course_lib.errata import ERRATA

shown = {row.name: row.show() for row in ERRATA if row.chapter == 3}


def told(name):
    """The numbers that an experiment on an erratum gave, in a line."""
    return ", ".join(f"{what} {number:.3g}" for what, number in shown[name].items())


print("what is left of a gradient of 1 after 20 units:", told("linear_vanishing"))
assert shown["linear_vanishing"]["linear"] == 1
assert shown["linear_vanishing"]["sigmoid"] < 1e-12

# %% [markdown]
# **What D1 asks of an activation**, and how far it holds in this chapter:
#
# | D1's wish | how strict | what we find |
# |---|---|---|
# | not linear | mandatory, but for input and output layers | yes: the picture above |
# | continuously differentiable | mandatory | too strict: ReLU has a corner and is the usual choice (3.6); D3 asks for "almost everywhere" |
# | monotonic | preferred | Swish, Mish and GELU are not, and work (3.12) |
# | bounded outputs | preferred | for outputs that must be a probability; inside, a bound means saturation (3.5) |
# | cheap | preferred | nearly all are, beside the layer they follow (3.14) |
#
# **Remember.** Without a bend, depth is an illusion.

# %% [markdown]
# ## 3.2 All curves on one page
#
# Here they all are, each with its slope. You will meet them one by one. Heaviside and sign are the perceptron's (chapter 1), SELU belongs to chapter 7.
#
# Look at the dashed lines first. The solid line is what the network says; the dashed one is what it can learn from. Where is it 0?

# %% tags=["demo"]
figures.activations.gallery()

# %% [markdown]
# D1 says that Heaviside and sign are not differentiable because they jump. What matters in practice: everywhere else their slope is 0, so no
# gradient ever comes through.

# %% tags=["demo"]
for kind in (activations.Heaviside, activations.Sign, activations.ReLU):
    unit = kind()
    unit.forward(np.random.default_rng(0).normal(size=1000))
    passed = np.mean(unit.backward(np.ones(1000)) != 0)
    print(f"{kind.__name__:10s} lets a gradient through for {passed:4.0%} of the inputs")
    assert (passed == 0) == (kind is not activations.ReLU)

# %% [markdown]
# ---
# # Part one: the squashers
# Curves that end on two plateaus.
#
# ## 3.3 Sigmoid: how does a number become a probability?
#
# **The question.** A score may be any number, a probability lies between 0 and 1. What carries one to the other, so that a higher score always
# means a higher probability?
#
# **The picture.**

# %% tags=["demo"]
figures.activations.value_and_slope(["Sigmoid", "Tanh"])

# %% [markdown]
# **The mathematics.**
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}, \qquad \sigma'(x) = \sigma(x)\,\bigl(1 - \sigma(x)\bigr) .$$
#
# The derivative uses the value itself. Once $\sigma$ is known, its slope costs one subtraction and one product. It is largest at $x = 0$, where it is
# $\tfrac12\cdot\tfrac12 = \tfrac14$. Read backwards, $\sigma$ answers the question "what is the score of a probability?": $x = \log\frac{p}{1-p}$, the log of the odds.
#
# **The code.** Formulas that are equal on paper are not equal in the computer. A 64-bit float ends near $10^{308}$, which is $e^{709}$.

# %% tags=["demo"]
x = np.array([-1000.0, 0.0, 1000.0])
with np.errstate(all="ignore"):
    e = np.exp(x)
    print("eˣ/(1 + eˣ)         ", e / (1 + e))
    print("e⁻ˣ/(1 + e⁻ˣ)², slope", np.exp(-x) / (1 + np.exp(-x)) ** 2)
    assert np.isnan((e / (1 + e))[2]) and np.isnan((np.exp(-x) / (1 + np.exp(-x)) ** 2)[0])

sigmoid_unit = activations.Sigmoid()
print("course_lib           ", sigmoid_unit.forward(x))
print("its slope            ", sigmoid_unit.backward(np.ones(3)))
assert np.isfinite(sigmoid_unit.slope).all()

# %% [markdown]
# The formula $1/(1 + e^{-x})$ has luck: for $x = -1000$ it divides 1 by infinity and lands on the right 0, with a warning on the way. Safe is only an exponential
# that cannot grow: $e^{-|x|}$ lies between 0 and 1 for every $x$.


# %% [markdown] exercise="ch03.sigmoid" minutes=9 difficulty=2
# ### Exercise: the sigmoid
# Write $\sigma$ and its derivative. `x` is an array of any shape; the answer has the same shape. Both must be right for −10 000 and for 10 000.
#
# <details><summary>Hint 1</summary>
#
# Multiply numerator and denominator of $1/(1 + e^{-x})$ by $e^{x}$. You get a second formula for the same curve. Which of the two is safe for positive $x$,
# which for negative?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Write $u = e^{-|x|}$. The denominator is $1 + u$ in both formulas. Only the numerator differs: 1 or $u$. `np.where` chooses.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The derivative does not need an exponential of its own. Call your function once, keep the answer $s$, and use $s(1 - s)$.
# </details>
#
# <details><summary>My result is nan for large inputs</summary>
#
# Somewhere inf is divided by inf. Print `np.exp` of your exponents: none may be above 1.
# </details>
#
# <details><summary>TypeError: only … arrays can be converted to Python scalars</summary>
#
# `math.exp` takes one number. `np.exp` takes an array of any shape.
# </details>
#
# <details><summary>ValueError: the truth value of an array … is ambiguous</summary>
#
# `if x >= 0:` asks one question about many numbers. `np.where` asks it for each entry.
# </details>
#
# <details><summary>My derivative is negative, or larger than ¼</summary>
#
# The rule $\sigma(1 - \sigma)$ takes the output twice. If you put $x$ into it, a large $x$ gives a large negative number.
# </details>

# %% exercise="ch03.sigmoid"
def sigmoid(x):
    """σ(x) = 1/(1 + e⁻ˣ), entry by entry.

    x of any shape -> the same shape. Finite and right for x of any finite size.
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)
    ### END SOLUTION


def sigmoid_derivative(x):
    """The slope of the sigmoid at x, entry by entry. x is the input of the sigmoid, not its output.

    x of any shape -> the same shape. Finite and right for x of any finite size.
    """
    ### BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION


# %% check="ch03.sigmoid" points=4
check("ch03.sigmoid", sigmoid, sigmoid_derivative)

# %% [markdown]
# **Remember.** The sigmoid makes probabilities. Its slope is $\sigma(1-\sigma)$, never more than ¼.

# %% [markdown]
# ## 3.4 Tanh: what changes when 0 is in the middle?
#
# **The question.** The sigmoid answers ½ when it knows nothing. What if a unit should answer 0 then?
#
# **The mathematics.** Stretch the sigmoid to twice its height and move it down; that is the hyperbolic tangent:
#
# $$\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}} = 2\,\sigma(2x) - 1, \qquad \tanh' x = 1 - \tanh^2 x .$$
#
# It runs from −1 to 1, and at 0 its slope is 1: four times that of the sigmoid. The picture in 3.3 shows both.

# %% tags=["demo"]
x = np.linspace(-6, 6, 1201)
tanh_unit, sigmoid_unit = activations.Tanh(), activations.Sigmoid()
np.testing.assert_allclose(tanh_unit.forward(x), 2 * sigmoid_unit.forward(2 * x) - 1, atol=1e-12)
sigmoid_unit.forward(x)
print(f"steepest: sigmoid {sigmoid_unit.slope.max():.2f}, tanh {tanh_unit.slope.max():.2f}")
assert sigmoid_unit.slope.max() == 0.25 and tanh_unit.slope.max() == 1

# %% [markdown]
# **From a curve to a unit.** A network does not ask for the slope. It calls `forward(x)` on the way up and, on the way down, hands over `dy`: the
# gradient of the loss with respect to the unit's output. The unit answers with the gradient with respect to its input. By the chain rule, entry by entry,
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y}\,\frac{\partial y}{\partial x} = dy \cdot f'(x) .$$
#
# So `backward` needs something that only `forward` has seen. `forward` keeps it on `self`. D3 calls such a pair a module, and all units of this course have this shape. Ours keep the slope itself, so that one `backward` serves all curves:

# %% tags=["demo"]
import inspect

print(inspect.getsource(activations.Sigmoid))
print(inspect.getsource(inspect.getmro(activations.Sigmoid)[1]))


# %% [markdown] exercise="ch03.tanh" minutes=8 difficulty=2
# ### Exercise: tanh as a unit
# Write the class. `forward(x)` returns $\tanh x$ and keeps what `backward` will need. `backward(dy)` returns the gradient for $x$; `dy` has the shape of $x$.
#
# <details><summary>Hint 1</summary>
#
# NumPy has `np.tanh`, which is safe for every input. The work here is the pair of methods.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The slope is $1 - \tanh^2 x$. Is it easier to keep $x$ or to keep the answer?
# </details>
#
# <details><summary>Hint 3</summary>
#
# `backward` gets dy and nothing else. What does the chain rule multiply it by?
# </details>
#
# <details><summary>AttributeError: the object has no attribute …</summary>
#
# `backward` asks for something that `forward` did not keep. What is a name in `forward` is gone when it returns; `self.name` stays.
# </details>
#
# <details><summary>My gradient is the same whatever dy is</summary>
#
# Then it is the slope of the curve and not yet the gradient of the loss. Where does dy come in?
# </details>
#
# <details><summary>My gradient has numbers below −1 although the curve rises everywhere</summary>
#
# The square of the *output* is wanted, which is never above 1. The square of the input may be anything.
# </details>

# %% exercise="ch03.tanh"
class Tanh:
    def forward(self, x):
        """tanh x, entry by entry. x of any shape -> the same shape."""
        ### BEGIN SOLUTION
        self.y = np.tanh(x)
        return self.y
        ### END SOLUTION

    def backward(self, dy):
        """The gradient of the loss for the x that forward saw, given dy, its gradient for the output.

        dy in the shape of x -> the same shape.
        """
        ### BEGIN SOLUTION
        return dy * (1 - self.y**2)
        ### END SOLUTION


# %% check="ch03.tanh" points=4
check("ch03.tanh", Tanh)

# %% [markdown]
# **Remember.** Tanh is a sigmoid with 0 in the middle and slope 1 there. `backward` multiplies `dy` by the slope.

# %% [markdown]
# ## 3.5 Saturation: what is left of a gradient after ten layers?
#
# **The question.** A slope of ¼ at best does not sound bad. What do ten of them in a row do?
#
# **The picture.** Ten layers of a hundred units, random weights, random examples. We send a random gradient in at the top and measure its size at
# each layer on the way down. The weights are drawn so that the sums keep their size: variance $1/\text{inputs}$, and $2/\text{inputs}$ for ReLU, which throws half away
# (chapter 7 derives these numbers).

# %% tags=["demo"]
def deep_gradients(activation, gain, depth=10, width=100, seed=0):
    """Random layers with weights of variance gain²/width -> the chain, and the gradient's size below each layer."""
    rng = np.random.default_rng(seed)
    chain = layers.Sequential(*(part for _ in range(depth) for part in (layers.Dense(width, width, rng), activation())))
    for name, array in chain.params.items():
        if name.endswith("weight"):
            chain.params[name] = rng.normal(size=array.shape) * gain / np.sqrt(width)
    dy, sizes = rng.normal(size=chain.forward(rng.normal(size=(200, width))).shape), []
    for layer in reversed(chain.layers):
        dy = layer.backward(dy)
        if isinstance(layer, layers.Dense):
            sizes.append(np.sqrt(np.mean(dy**2)))
    return chain, sizes[::-1]


gains = {"Sigmoid": 1, "Tanh": 1, "ReLU": np.sqrt(2), "ELU": 1}
sizes = {name: deep_gradients(getattr(activations, name), gain)[1] for name, gain in gains.items()}
shrinks = {name: (size[0] / size[-1]) ** (1 / 9) for name, size in sizes.items()}
print("factor for each layer:", {name: round(float(factor), 2) for name, factor in shrinks.items()})
assert sizes["Sigmoid"][0] < 1e-6  # a millionth is left
assert sizes["Tanh"][0] > 0.1 and sizes["ReLU"][0] > 0.5
assert shrinks["Sigmoid"] < 0.25 < shrinks["Tanh"]
figures.activations.along_layers(sizes, "A gradient on its way down", "typical size of an entry")

# %% [markdown]
# Below ten sigmoids a millionth of the gradient is left. The first layers hear nothing and learn nothing: the **vanishing gradient** that D0, D1 and D3 warn of.
#
# That was with harmless weights. Weights grow in training. Make them four times as large, and the sums run out onto the plateaus. A unit there is **saturated**:
# it answers almost −1 or 1 for everything, and its slope is almost 0. D3 calls such units overconfident.

# %% tags=["demo"]
outputs, saturated = {}, {}
for label, kind, gain in (
    ("Tanh, harmless weights", activations.Tanh, 1),
    ("Tanh, weights × 4", activations.Tanh, 4),
    ("Sigmoid, weights × 4", activations.Sigmoid, 4),
):
    chain, _ = deep_gradients(kind, gain)
    units = [layer for layer in chain.layers if isinstance(layer, kind)]
    outputs[label] = np.concatenate([layer.forward(dense.y) for dense, layer in zip(chain.layers[::2], units)])
    saturated[label] = np.mean([layer.slope < 0.05 for layer in units])
    print(f"{label:24s} slope below 0.05 for {saturated[label]:.0%} of the outputs")
few, tanh_many, sigmoid_many = saturated.values()
assert few < 0.02 and tanh_many > 0.5 and sigmoid_many > 0.2
figures.activations.output_histograms(outputs)

# %% [markdown]
# **Can an activation make a gradient explode?** D1 says so of the tanh, and explains the explosion of gradients by activations with "high" regions. But the
# slope of tanh is never above 1, and that of the sigmoid never above ¼. They can only make a gradient smaller. What makes it larger is the weights. The same
# weights × 4, once with tanh and once with no activation at all:

# %% tags=["demo"]
grown = {name: deep_gradients(getattr(activations, name), 4)[1] for name in ("Identity", "Tanh", "Sigmoid")}
for name, size in grown.items():
    print(f"{name:9s} size below the first layer: {size[0]:12.3f}")
assert grown["Identity"][0] > 1e5 > 1e2 > grown["Tanh"][0] > 10  # the weights explode it, tanh holds it back
assert grown["Sigmoid"][0] < 1  # D1: the sigmoid's slope can prevent an explosion. It did.
print("largest slope of tanh:", told("tanh_exploding"))
assert shown["tanh_exploding"]["one"] <= 1 and shown["tanh_exploding"]["20 in a row"] <= 1

# %% [markdown]
# **Remember.** Squashers multiply the gradient by a number below 1, layer after layer. On a plateau the number is almost 0.

# %% [markdown]
# ---
# # Part two: the rectifiers
# Two straight lines that meet at 0.
#
# ## 3.6 ReLU: how simple may a bend be?
#
# **The question.** Plateaus cost gradients. Can one bend a line without a plateau on the side that matters?
#
# **The picture.**

# %% tags=["demo"]
figures.activations.value_and_slope(
    {
        "ReLU": activations.ReLU(),
        "leaky ReLU, α = 0.1": activations.LeakyReLU(0.1),
        "PReLU, α = −0.5": activations.PReLU(alpha=-0.5),
    }
)

# %% [markdown]
# **The mathematics.** The rectified linear unit is $\max(0, x)$. It is a gate that the input itself opens: what is positive passes, what is negative stops.
#
# $$\operatorname{ReLU}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}$$
#
# D1 prints the two cases the other way round, 1 for $z \le 0$ and 0 for $z > 0$. D3 prints the right cases under the wrong name: $\partial h/\partial w$, where it is $\partial h/\partial x$.
# With a weight in front, $h = \max(0, w x)$, the derivative for $w$ has the factor $x$:

# %% tags=["demo"]
print("largest difference from the measured slope:", told("relu_derivative"))
assert shown["relu_derivative"]["printed"] > 0.99 and shown["relu_derivative"]["mended"] < 1e-6
print("at w = 2, x = 3:", told("relu_wrong_variable"))
assert abs(shown["relu_wrong_variable"]["measured ∂h/∂w"] - 3) < 1e-6

# %% [markdown]
# **At 0 itself** there is a corner and no slope. D3: no harm, an input of exactly 0 is rare anyway. It is, for numbers that are spread out. It is not rare where
# zeros are made on purpose: a unit without bias that looks at a blank part of a picture gets exactly 0. So one needs a rule. Ours, and PyTorch's, is the slope 0.

# %% tags=["demo"]
from sklearn.datasets import load_digits

rng = np.random.default_rng(1)
sums = rng.normal(size=(1000, 100)) @ rng.normal(size=(100, 100))
print(f"exact zeros among {sums.size:,} random sums: {np.sum(sums == 0)}")

pictures = load_digits().images  # 8 × 8 pixels, 0 is blank
corner = pictures[:, :2, :2].reshape(-1, 4) @ rng.normal(size=(4, 20))  # 20 units see the upper left corner
print(f"exact zeros among sums over a corner of a picture: {np.mean(corner == 0):.0%}")
assert np.sum(sums == 0) == 0 and np.mean(corner == 0) > 0.3


# %% [markdown] exercise="ch03.relu" minutes=7 difficulty=1
# ### Exercise: ReLU as a unit
# Write the class, with `forward` and `backward` as before. Where $x$ is exactly 0, the slope is 0.
#
# <details><summary>Hint 1</summary>
#
# `forward` compares each entry with 0 and keeps the larger one. NumPy has a function for the larger of two arrays, entry by entry.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In `backward` each gate is open or closed. What did forward see that tells which?
# </details>
#
# <details><summary>My forward returns one number</summary>
#
# `np.max` looks for the largest entry of an array. `np.maximum` compares two arrays, or an array and a number.
# </details>
#
# <details><summary>My gradient is right in some entries only</summary>
#
# Look at the entries where dy is negative. The gate depends on x alone; a negative dy passes through an open gate as a negative number.
# </details>

# %% exercise="ch03.relu"
class ReLU:
    def forward(self, x):
        """max(x, 0), entry by entry. x of any shape -> the same shape."""
        ### BEGIN SOLUTION
        self.open = x > 0
        return np.maximum(x, 0)
        ### END SOLUTION

    def backward(self, dy):
        """The gradient of the loss for the x that forward saw; the slope at x = 0 is 0.

        dy in the shape of x, numbers of both signs -> the same shape.
        """
        ### BEGIN SOLUTION
        return dy * self.open
        ### END SOLUTION


# %% check="ch03.relu" points=3
check("ch03.relu", ReLU)

# %% [markdown]
# **Is it fast?** D3: "just a binary comparison". We time the bare formulas, value and slope.

# %% tags=["demo"]
import time


def milliseconds(call, *arguments, repeats=7):
    """Time of the fastest of several calls: the least disturbed one."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*arguments)
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def tanh_and_slope(x):
    y = np.tanh(x)
    return y, 1 - y**2


def sigmoid_and_slope(x):
    s = 1 / (1 + np.exp(-x))
    return s, s * (1 - s)


x = np.random.default_rng(2).normal(size=200_000)
taken = {
    "ReLU": milliseconds(lambda: (np.maximum(x, 0), x > 0)),
    "tanh": milliseconds(tanh_and_slope, x),
    "sigmoid": milliseconds(sigmoid_and_slope, x),
}
print({name: f"{time:.2f} ms for 200 000 numbers" for name, time in taken.items()})
assert taken["ReLU"] < min(taken["tanh"], taken["sigmoid"])

# %% [markdown]
# **Does it learn fast?** The same network of three hidden layers reads handwritten digits. How many steps until the loss is below 0.3?

# %% tags=["demo"]
digits, kinds = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(digits))
digits, kinds = digits[order] / 8 - 1, kinds[order]
train, new = (digits[:1200], kinds[:1200]), (digits[1200:], kinds[1200:])


def learn(activation, widths=(64, 64, 64), lr=0.1, epochs=8, seed=0, start=None):
    """A network that has read the 1200 digits `epochs` times, and its history; `start(params)` may change its start."""
    model = network(activation, widths, inputs=64, outputs=10, seed=seed)
    if start:
        start(model.params)
    rng, loss = np.random.default_rng(seed), losses.CrossEntropy()
    return model, training.fit(model, loss, optimizers.SGD(lr), *train, epochs=epochs, batch_size=40, rng=rng)


def accuracy(model):
    return float(np.mean(training.predict(model, new[0]).argmax(axis=1) == new[1]))


def smoothed(losses_of_steps, width=15):
    return np.convolve(losses_of_steps, np.ones(width) / width, "valid")


def glorot(params):
    """Dense starts with variance 2/inputs, which suits ReLU; half of it suits the squashers (chapter 7)."""
    for name in params:
        if name.endswith("weight"):
            params[name] = params[name] / np.sqrt(2)


curves, needed = {}, {}
for name in ("Sigmoid", "Tanh", "ReLU", "ELU"):
    model, history = learn(getattr(activations, name), start=glorot if name in ("Sigmoid", "Tanh") else None)
    curves[name] = smoothed(history["step_loss"])
    below = np.flatnonzero(curves[name] < 0.3)
    needed[name] = int(below[0]) if below.size else None
print("steps until the loss is below 0.3:", needed)
assert needed["Sigmoid"] is None and needed["ReLU"] < needed["Tanh"]  # D1: tanh is faster than the sigmoid
figures.activations.over_steps(curves, "Three hidden layers read digits", "loss")

# %% [markdown]
# ReLU needs fewer steps than tanh; Krizhevsky, Sutskever and Hinton (2012) reported a factor of six for their much larger network. The sigmoid does not get off the
# ground: three layers of it are enough to lose the gradient.
#
# D3 also calls ReLUs "very data efficient". Steps and data are two things. With few examples and enough steps, on new digits:

# %% tags=["demo"]
right = {}
print("examples        Tanh     ReLU")
for count in (100, 400):
    for name in ("Tanh", "ReLU"):
        found = []
        for seed in range(2):
            model = network(getattr(activations, name), (64,), inputs=64, outputs=10, seed=seed)
            rng, loss = np.random.default_rng(seed), losses.CrossEntropy()
            training.fit(model, loss, optimizers.Adam(0.003), digits[:count], kinds[:count], epochs=40, rng=rng)
            found.append(accuracy(model))
        right[name, count] = np.mean(found)
    print(f"{count:5d} {right['Tanh', count]:12.1%} {right['ReLU', count]:8.1%}")
assert all(abs(right["ReLU", count] - right["Tanh", count]) < 0.04 for count in (100, 400))

# %% [markdown]
# No difference here. What ReLU saves is steps.
#
# **A little history.** D0 dates ReLU to 2011 and its fame to 2012. The curve is older, its use in deep networks began about then:
#
# | year | who | what |
# |---|---|---|
# | 1969 | Fukushima | the same curve in a layered model of seeing |
# | 2010 | Nair, Hinton | rectified units in Boltzmann machines |
# | 2011 | Glorot, Bordes, Bengio | deep sparse rectifier networks |
# | 2012 | Krizhevsky, Sutskever, Hinton | the network known as AlexNet |
# | 2013, 2015 | Maas and others; He and others | leaky, then learned slopes |
# | 2015 | Clevert, Unterthiner, Hochreiter | ELU |
# | 2016, 2017, 2019 | Hendrycks, Gimpel; Ramachandran and others; Misra | GELU, Swish, Mish |
#
# **Remember.** ReLU lets the gradient pass whole or not at all. It is cheap, and on its open side nothing vanishes.

# %% [markdown]
# ## 3.7 Dead units: can a gate close for ever?
#
# **The question.** Where ReLU is closed, its slope is 0. What if it is closed for *every* example?
#
# **The picture.** One unit $\max(0, wx + b)$ learns $x^2$ from 21 points, with a rate that is too high. Watch the green line on the right.

# %% tags=["demo"]
figures.activations.dying_unit()

# %% [markdown]
# Each step was too long, and one of them put the whole line below 0. Now no point opens the gate. The gradient for $w$ and $b$ is exactly 0, the next step is 0, and so is
# every other. The unit is **dead**.
#
# D3 says that large gradients can kill a unit, which is what you saw. It then says that higher learning rates might help. They are what kills. And no rate brings a
# dead unit back: any number times 0 is 0. Two hundred such units:

# %% tags=["demo"]
print(told("dead_relu_rate"))
assert shown["dead_relu_rate"]["dead at rate 0.1"] == 0
assert shown["dead_relu_rate"]["dead at rate 1.5"] > 10
assert shown["dead_relu_rate"]["of these back at rate 300"] == 0

# %% [markdown]
# **Now in a network.** Three hidden layers, and a single first step at a rate that is far too high. Then training goes on calmly. We count the units
# that are silent, with a slope below 0.05 for all of 1200 examples, right after the bad step and at the end.

# %% tags=["demo"]
def silent(model):
    """Of each hidden layer, the share of the units whose slope is below 0.05 for every example."""
    model.forward(train[0])
    return np.array([np.mean((layer.slope < 0.05).all(axis=0)) for layer in model.layers if hasattr(layer, "slope")])


def after_a_shock(activation, rate, seeds=2, start=None):
    """Silent units after one step at `rate` and after calm training, layer by layer, and the loss then; means."""
    found = []
    for seed in range(seeds):
        model = network(activation, (64, 64, 64), inputs=64, outputs=10, seed=seed)
        if start:
            start(model.params)
        loss, rng = losses.CrossEntropy(), np.random.default_rng(seed)
        training.fit(model, loss, optimizers.SGD(rate), train[0][:40], train[1][:40], epochs=1, batch_size=40)
        shocked = silent(model)
        history = training.fit(model, loss, optimizers.SGD(0.05), *train, epochs=5, batch_size=40, rng=rng)
        found.append((shocked, silent(model), history["loss"][-1]))
    return [np.mean(each, axis=0) for each in zip(*found)]


rates = (0.1, 0.5, 1.0, 2.0)
shocks = {
    "ReLU": [after_a_shock(activations.ReLU, rate) for rate in rates],
    "LeakyReLU, α = 0.1": [after_a_shock(lambda: activations.LeakyReLU(0.1), rate) for rate in rates],
    "ELU": [after_a_shock(activations.ELU, rate) for rate in rates],
}
print("rate of the bad step            ", "".join(f"{rate:16g}" for rate in rates))
for name, rows in shocks.items():
    print(f"{name:20s} silent → end", "".join(f"   {s.mean():5.1%} → {e.mean():5.1%}" for s, e, _ in rows))
    print(f"{'':20s} loss then   ", "".join(f"{last:16.2f}" for *_, last in rows))
at_first, at_last, _ = shocks["ReLU"][-1]
print("ReLU after the largest step, layer by layer:", at_first.round(3), "→", at_last.round(3))

assert at_first.mean() > 0.2 > 0.05 > shocks["ReLU"][0][0].mean()  # the larger the step, the more it kills
assert at_last.mean() > 0.5 * at_first.mean()  # most of them stay dead,
assert at_last[0] >= at_first[0] > 0  # in the first layer all of them
assert all(s.max() == 0 for s, *_ in shocks["LeakyReLU, α = 0.1"])  # a leak of 0.1 is never below 0.05
last = {name: rows[-1][2] for name, rows in shocks.items()}
assert last["ReLU"] == max(last.values())  # and in the end ReLU is the worst off
figures.activations.over_steps(
    {name: (rates, [100 * row[0].mean() for row in rows]) for name, rows in shocks.items()},
    "What one bad step does",
    "silent units (%)",
    "rate of the bad step",
)

# %% [markdown]
# Of the dead ReLUs in the first layer none came back: their inputs are the digits, which stay as they are. In the upper layers some did. Their own weights did not move either; but the layers below went on learning, and
# so their inputs changed. The silent ELUs were far out on their plateau, with a slope that is small and not 0. They found the way back.
#
# **A small positive bias.** D3's second advice: start the bias at 0.1, so that the unit is more likely positive and a gradient flows. Three measurements.

# %% tags=["demo"]
def open_share(size, bias, units=200):
    rng = np.random.default_rng(3)
    sums = size * rng.normal(size=(50, 10)) @ (rng.normal(size=(10, units)) * np.sqrt(2 / 10)) + bias
    return np.mean(sums > 0)


def born_constant(bias, width=3, depth=20, networks=200):
    """Share of narrow, deep networks that give one and the same answer for all inputs before any training."""
    constant = 0
    for seed in range(networks):
        rng = np.random.default_rng(seed)
        z, unit = rng.normal(size=(50, width)), activations.ReLU()
        for _ in range(depth):
            z = unit.forward(z @ (rng.normal(size=(width, width)) * np.sqrt(2 / width)) + bias)
        constant += np.ptp(z, axis=0).max() < 1e-12
    return constant / networks


def bias_of(value):
    def start(params):
        for name in params:
            if name.endswith("bias"):
                params[name] = params[name] + value

    return start


print("bias                                    0      0.1")
opened = {size: [open_share(size, bias) for bias in (0, 0.1)] for size in (1.0, 0.1)}
for size, shares in opened.items():
    print("open gates, inputs of size {:<10g} {:6.0%} {:7.0%}".format(size, *shares))
born = [born_constant(bias) for bias in (0, 0.1)]
print("narrow deep networks born dead       {:6.0%} {:7.0%}".format(*born))
killed = [after_a_shock(activations.ReLU, 2.0, start=bias_of(bias))[0].mean() for bias in (0, 0.1)]
print("killed by one bad step               {:6.0%} {:7.0%}".format(*killed))
assert opened[1.0][1] - opened[1.0][0] < 0.06 < opened[0.1][1] - opened[0.1][0]
assert born[1] < 0.7 * born[0]
assert killed[1] > 0.7 * killed[0]

# %% [markdown]
# So D3's bias helps at the *start*: much where sums are small, little where they are of size 1, clearly in deep networks that are so narrow that all
# their gates may be closed by chance (Lu and others, 2020, study these). Against a step that is too long it does not protect.
#
# **Remember.** A ReLU that is closed for all examples gets no gradient. Prevent it with smaller steps, or with a negative side that is not flat.

# %% [markdown]
# ## 3.8 Leaky ReLU: what if the gate never quite closes?
#
# **The question.** A dead unit would need just a little slope to find its way back. Why not give it some?
#
# **The mathematics.** The negative side gets a small slope $\alpha$; the dashed line in 3.6 shows it.
#
# $$f(x) = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases} \qquad f'(x) = \begin{cases} 1 & x > 0 \\ \alpha & x \le 0 \end{cases}$$
#
# Maas and others (2013) took $\alpha = 0.01$, as PyTorch does; D1 calls 0.1 typical. The experiment in 3.7 used 0.1. D1 also writes the curve as $\max(\alpha x, x)$. That is shorter
# and right, as long as $\alpha \le 1$:

# %% tags=["demo"]
x = np.array([-2.0, -1.0, 1.0, 2.0])
for alpha in (0.1, 3.0):
    by_sign, by_max = activations.LeakyReLU(alpha).forward(x), np.maximum(alpha * x, x)
    print(f"α = {alpha}: by the sign {by_sign}, by the maximum {by_max}")
    assert np.array_equal(by_sign, by_max) == (alpha <= 1)


# %% [markdown] exercise="ch03.leaky_relu" minutes=6 difficulty=1
# ### Exercise: leaky ReLU
# Write value and derivative. $\alpha$ is any number from 0 on, also one above 1. Follow the definition at $x = 0$: the slope there is $\alpha$.
#
# <details><summary>Hint 1</summary>
#
# Both functions choose between two things by the sign of $x$. `np.where(condition, a, b)` does the choosing.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The derivative of $\alpha x$ for $x$ has no $x$ left in it.
# </details>
#
# <details><summary>My result is right except for large α</summary>
#
# Your code picks the larger of $\alpha x$ and $x$. For $\alpha = 4$ and $x = 1$ that is 4.
# </details>
#
# <details><summary>My derivative is wrong in one entry</summary>
#
# Look for an input that is exactly 0. Which of the two cases of the definition holds it?
# </details>

# %% exercise="ch03.leaky_relu"
def leaky_relu(x, alpha=0.01):
    """x where x > 0, alpha·x elsewhere.

    x of any shape, alpha ≥ 0 (it may be above 1) -> the shape of x.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, alpha * x)
    ### END SOLUTION


def leaky_relu_derivative(x, alpha=0.01):
    """The slope of `leaky_relu` at x; at x = 0 it is alpha.

    x of any shape, alpha ≥ 0 -> the shape of x.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1, alpha)
    ### END SOLUTION


# %% check="ch03.leaky_relu" points=3
check("ch03.leaky_relu", leaky_relu, leaky_relu_derivative)

# %% [markdown]
# **RReLU: and if the slope is thrown by dice?** In training every negative entry gets its own random slope; in evaluation all get the mean. The noise works against
# overfitting, as dropout does (chapter 8). D1 lets the slopes run "generally between 0 and 1", with the median for testing. Xu and others (2015) used slopes from 1/8 to 1/3, the
# pale fan in 3.2. For evenly spread numbers median and mean are the same.

# %% tags=["demo"]
unit = activations.RReLU(rng=np.random.default_rng(4))
x = np.full(100_000, -1.0)
slopes = -unit.forward(x)
print(f"training: slopes from {slopes.min():.3f} to {slopes.max():.3f}, ", end="")
print(f"mean {slopes.mean():.3f}, median {np.median(slopes):.3f}")
unit.training = False
print(f"evaluation: slope {-unit.forward(x[:1])[0]:.3f}, always")
assert slopes.min() >= 1 / 8 and slopes.max() <= 1 / 3
np.testing.assert_allclose([slopes.mean(), np.median(slopes), -unit.forward(x)[0]], 11 / 48, atol=2e-3)

# %% [markdown]
# **Remember.** A leak keeps a way back open. Choose the branch by the sign of $x$.

# %% [markdown]
# ## 3.9 PReLU: can the slope be learned?
#
# **The question.** 0.01 or 0.1? Why should you choose, when there is a gradient?
#
# **The mathematics.** In $f(x) = \alpha x$ for $x \le 0$, the output depends on $x$ and on $\alpha$. So there are two gradients. One goes down to the layer below, as always. The other
# stays here and moves $\alpha$:
#
# $$\frac{\partial y}{\partial \alpha} = \min(x, 0), \qquad \frac{\partial L}{\partial \alpha} = \sum_{i} dy_i\,\min(x_i, 0) .$$
#
# Why a sum? The same $\alpha$ serves all $N$ examples. When it moves, all their outputs move, and what they say about it adds up. He and others (2015) give each channel, each
# column of $x$, an $\alpha$ of its own and start at 0.25.
#
# **The code.** What is learned lies in a dictionary `params`; `backward` puts its gradient into `grads` under the same name. The optimizer walks through both.


# %% [markdown] exercise="ch03.prelu" minutes=12 difficulty=3
# ### Exercise: PReLU as a unit
# Here `x` is a table `(N, C)`: N examples, C channels. The constructor is given. `forward` must read the slopes from `self.params["alpha"]` each time, because learning changes them; they
# may become negative or larger than 1. `backward` returns the gradient for $x$ and leaves the gradient for the slopes in `self.grads["alpha"]`. As in the leaky ReLU, $x = 0$ belongs to the slope $\alpha$.
#
# <details><summary>Hint 1</summary>
#
# `alpha` has the shape `(C,)`, and NumPy spreads it over the rows of `(N, C)` by itself. `forward` looks almost like the last exercise.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gradient for the slopes: first one number for each entry of the table, dy times $\min(x, 0)$. Then add up what belongs to the same $\alpha$. Which axis holds the examples?
# </details>
#
# <details><summary>Hint 3</summary>
#
# No mean. If the loss is a mean over the examples, its 1/N came down inside dy already.
# </details>
#
# <details><summary>My gradient for the slope has the shape of x</summary>
#
# It is not added up yet. It must have the shape of `params["alpha"]`, or the optimizer cannot subtract it.
# </details>
#
# <details><summary>My value is right in a fresh unit and wrong in the check</summary>
#
# The check writes other slopes into `params["alpha"]`, as training would. Your forward may still use 0.25.
# </details>
#
# <details><summary>KeyError: 'alpha'</summary>
#
# After `backward` the check looks into `self.grads["alpha"]`, and nothing was put there. Do not move the slopes yourself: that is the optimizer's work.
# </details>

# %% exercise="ch03.prelu"
class PReLU:
    def __init__(self, channels=1):
        self.params = {"alpha": np.full(channels, 0.25)}
        self.grads = {}

    def forward(self, x):
        """x where x > 0, alpha·x elsewhere, with the alpha of its column.

        x (N, C), params alpha (C,) -> (N, C)
        """
        ### BEGIN SOLUTION
        self.x = x
        return np.where(x > 0, x, self.params["alpha"] * x)
        ### END SOLUTION

    def backward(self, dy):
        """The gradient for the x that forward saw; grads alpha (C,) gets the gradient for the slopes.

        dy (N, C) -> (N, C). The slope at x = 0 is alpha.
        """
        ### BEGIN SOLUTION
        self.grads["alpha"] = np.sum(dy * np.minimum(self.x, 0), axis=0)
        return dy * np.where(self.x > 0, 1, self.params["alpha"])
        ### END SOLUTION


# %% check="ch03.prelu" points=5
check("ch03.prelu", PReLU)

# %% [markdown]
# What does a network learn there? We let it read the digits and look at the slopes. And we time D1's remark that PReLU costs more than leaky ReLU and RReLU.

# %% tags=["demo"]
model, _ = learn(activations.PReLU)
learned = [float(array[0]) for name, array in model.params.items() if name.endswith("alpha")]
print("slopes of the three layers, from 0.25:", np.round(learned, 3))
assert sum(slope > 0.8 for slope in learned) == 2


def there_and_back(unit, x, dy):
    unit.forward(x)
    return unit.backward(dy)


x, dy = np.random.default_rng(5).normal(size=(2, 1000, 200))
units = {
    "LeakyReLU": activations.LeakyReLU(),
    "PReLU": activations.PReLU(),
    "RReLU": activations.RReLU(rng=np.random.default_rng(0)),
}
taken = {name: milliseconds(there_and_back, unit, x, dy) for name, unit in units.items()}
print({name: f"{time:.2f} ms" for name, time in taken.items()})
assert taken["LeakyReLU"] < min(taken["PReLU"], taken["RReLU"])

# %% [markdown]
# More than the leaky ReLU, yes: there is a second gradient to compute. RReLU throws a die for every entry, which costs more still. The slopes moved far: two of the three layers have nearly straightened
# their bend. These digits can almost be told apart without one.
#
# **Remember.** A parameter gets its own gradient: the sum, over everything it served, of `dy` times $\partial y/\partial\alpha$.

# %% [markdown]
# ---
# # Part three: round bends
#
# ## 3.10 ELU: can the negative side be round?
#
# **The question.** A leak goes down for ever: a very negative input gives a very negative output, which is noise to the next layer. Can the negative side carry gradient near 0 and still come to rest?
#
# **The picture.** Left of 0 the curve bends down and settles at $-\alpha$. Look at the slopes at 0.

# %% tags=["demo"]
figures.activations.value_and_slope(
    {f"ELU, α = {alpha:g}": activations.ELU(alpha) for alpha in (0.5, 1.0, 2.0)} | {"ReLU": activations.ReLU()}
)

# %% [markdown]
# **The mathematics.**
#
# $$f(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases} \qquad f'(x) = \begin{cases} 1 & x > 0 \\ \alpha\, e^x & x \le 0 \end{cases}$$
#
# D3 prints the case $\alpha = 1$. D1 says ELU is smooth everywhere. For $\alpha = 1$ it is: both slopes at 0 are 1. For any other $\alpha$ there is a corner, as you see above.
#
# D1 and D0 praise that its mean output is near 0, which brings the gradient closer to the natural one. Closer, yes:

# %% tags=["demo"]
print("jump of the slope at 0:", told("elu_smooth"))
assert shown["elu_smooth"]["α = 1"] < 0.01 and shown["elu_smooth"]["α = 0.3"] > 0.69

z = np.random.default_rng(6).normal(size=200_000)
means = {name: getattr(activations, name)().forward(z).mean() for name in ("ReLU", "LeakyReLU", "ELU", "Tanh")}
print("mean output for standard normal inputs:", {name: round(float(mean), 3) for name, mean in means.items()})
assert abs(means["Tanh"]) < 0.01 < means["ELU"] < means["ReLU"] / 2

# %% [markdown]
# **The code.** `np.where` computes both branches for all entries and then chooses. So $e^x$ is also taken of large positive $x$, where nobody wants it. A product with a mask is worse than
# wasteful:

# %% tags=["demo"]
x = np.array([-1.0, 1000.0])
with np.errstate(all="ignore"):
    masked = (x > 0) * x + (x <= 0) * (np.exp(x) - 1)
print("with a mask:", masked, "  course_lib:", activations.ELU().forward(x))
assert np.isnan(masked[1])  # 0 · inf


# %% [markdown] exercise="ch03.elu" minutes=8 difficulty=2
# ### Exercise: ELU
# Write value and derivative for any $\alpha > 0$. Large positive inputs must come out as they are. At $x = 0$ follow the definition: the slope there is $\alpha$.
#
# <details><summary>Hint 1</summary>
#
# Give the exponential only numbers that are not positive: `np.minimum(x, 0)`. On the left it changes nothing, on the right it prevents the overflow.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $e^x - 1$ with a tiny $x$ loses digits. `np.expm1(x)` does not.
# </details>
#
# <details><summary>My result is nan for large inputs</summary>
#
# A mask of zeros was multiplied by inf. Let `np.where` choose, and keep the exponent at 0 or below.
# </details>
#
# <details><summary>My curve jumps at 0</summary>
#
# At $x = 0$ the left branch must give 0: $\alpha(e^0 - 1)$. Look at the brackets.
# </details>

# %% exercise="ch03.elu"
def elu(x, alpha=1.0):
    """x where x > 0, alpha·(eˣ − 1) elsewhere.

    x of any shape, alpha > 0 -> the shape of x. Finite for x of any finite size.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    ### END SOLUTION


def elu_derivative(x, alpha=1.0):
    """The slope of `elu` at x; at x = 0 it is alpha.

    x of any shape, alpha > 0 -> the shape of x.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
    ### END SOLUTION


# %% check="ch03.elu" points=4
check("ch03.elu", elu, elu_derivative)

# %% [markdown]
# **Remember.** ELU keeps a slope on the left, rests at $-\alpha$, and is smooth for $\alpha = 1$ only.

# %% [markdown]
# ## 3.11 Softplus: can the whole corner be round?
#
# **The question.** Which smooth curve has the sigmoid for its slope: 0 on the left, 1 on the right, and a soft change between?
#
# **The picture.**

# %% tags=["demo"]
figures.activations.value_and_slope(["Softplus", "ReLU", "Sigmoid"])

# %% [markdown]
# **The mathematics.** Softplus is $\log(1 + e^x)$, and its derivative is the sigmoid (Dugas and others, 2000). It lies above ReLU everywhere, most at 0, by $\log 2$. Its outputs are always positive, which is useful where a network must predict
# a spread or a rate.
#
# **The code.** The formula fails twice, once on each side:

# %% tags=["demo"]
x = np.array([-50.0, 0.0, 1000.0])
with np.errstate(over="ignore"):
    plain = np.log(1 + np.exp(x))
stable = activations.Softplus().forward(x)
print("as it stands", plain)
print("rearranged  ", stable)
assert plain[0] == 0 and np.isinf(plain[2])
np.testing.assert_allclose(stable, [np.exp(-50.0), np.log(2), 1000.0])

# %% [markdown]
# On the right $e^{1000}$ is infinite, though the answer is 1000. On the left $1 + e^{-50}$ is rounded to 1, and the logarithm of 1 is 0, though the answer is about $2\cdot10^{-22}$. Take the
# larger term out of the bracket, as in $\log(1 + e^x) = x + \log(e^{-x} + 1)$ for positive $x$:
#
# $$\log(1 + e^x) = \max(x, 0) + \log\bigl(1 + e^{-|x|}\bigr) .$$


# %% [markdown] exercise="ch03.softplus" minutes=8 difficulty=3
# ### Exercise: softplus
# Write value and derivative. Right at 10 000, where the answer is 10 000, and right at −60, where it is tiny but not 0.
#
# <details><summary>Hint 1</summary>
#
# Start from the formula above with $e^{-|x|}$: no exponential can overflow in it.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.log1p(u)` is $\log(1 + u)$ and keeps its digits when $u$ is tiny.
# </details>
#
# <details><summary>Hint 3</summary>
#
# You have written the derivative before, in 3.3: you may call your function. When your work is graded, a mistake in it costs points only once, there.
# </details>
#
# <details><summary>My result is inf for large inputs</summary>
#
# Some exponent is still positive. Put $-|x|$ there and pay with $\max(x, 0)$ outside.
# </details>
#
# <details><summary>My result is exactly 0 far below 0</summary>
#
# $1 + 10^{-26}$ is 1 in the computer. Do not let that sum happen.
# </details>

# %% exercise="ch03.softplus"
def softplus(x):
    """log(1 + eˣ), entry by entry.

    x of any shape -> the same shape. Finite for large x, and exact to many digits far below 0.
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    ### END SOLUTION


def softplus_derivative(x):
    """The slope of `softplus` at x.

    x of any shape -> the same shape. Finite and right for x of any finite size.
    """
    ### BEGIN SOLUTION
    return sigmoid(x)
    ### END SOLUTION


# %% check="ch03.softplus" points=4
check("ch03.softplus", softplus, softplus_derivative)

# %% [markdown]
# **Remember.** Softplus is a ReLU without a corner; its slope is the sigmoid. Take the large exponential out of the logarithm.

# %% [markdown]
# ## 3.12 Swish: may the curve go down before it goes up?
#
# **The question.** ReLU multiplies $x$ by 0 or by 1. What if the gate were soft, and opened by $x$ itself?
#
# **The picture.** $\beta$ says how sharp the gate is.

# %% tags=["demo"]
figures.activations.value_and_slope(
    {f"Swish, β = {beta:g}": activations.Swish(beta) for beta in (0.0, 1.0, 5.0)} | {"ReLU": activations.ReLU()}
)

# %% [markdown]
# **The mathematics.** Swish (Ramachandran and others, 2017) is $x\,\sigma(\beta x)$. By the product rule, with $\sigma$ short for $\sigma(\beta x)$,
#
# $$\frac{\partial y}{\partial x} = \sigma + \beta x\,\sigma(1 - \sigma), \qquad \frac{\partial y}{\partial \beta} = x^2\,\sigma(1 - \sigma) .$$
#
# For $\beta = 1$ it is also called SiLU, and the slope is D3's $\sigma(x)(1 + x - x\sigma(x))$. For $\beta = 0$ it is the line $x/2$, for $\beta \to \infty$ ReLU. It is not monotonic: it has a dip. D1 prefers
# monotonic curves and adds that it is no strict duty. Rightly so:

# %% tags=["demo"]
x = np.linspace(-8, 8, 16_001)
swish_unit = activations.Swish()
y = swish_unit.forward(x)
slope = swish_unit.backward(np.ones_like(x))
s = activations.Sigmoid().forward(x)
np.testing.assert_allclose(slope, s * (1 + x - x * s), atol=1e-12)  # D3's formula
print(f"lowest point {y.min():.4f} at x = {x[y.argmin()]:.3f}, slope there {slope[y.argmin()]:.4f}")
assert y.min() < -0.278 and abs(slope[y.argmin()]) < 1e-3
for beta in (0.0, 200.0):
    curve = activations.Swish(beta).forward(x)
    print(f"β = {beta:g}: at most {np.abs(curve - (x / 2 if beta == 0 else np.maximum(x, 0))).max():.4f} away from", end=" ")
    print("x/2" if beta == 0 else "ReLU")
    np.testing.assert_allclose(curve, x / 2 if beta == 0 else np.maximum(x, 0), atol=0.002)


# %% [markdown] exercise="ch03.swish" minutes=12 difficulty=4
# ### Exercise: Swish with a learned β
# One $\beta$ serves all entries of $x$, of whatever shape. The constructor is given: `params["beta"]` is an array of shape `(1,)`. `backward` returns the gradient for $x$ and leaves the gradient for $\beta$ in
# `self.grads["beta"]`, in the same shape `(1,)`.
#
# <details><summary>Hint 1</summary>
#
# In `forward`, read β from `self.params` and compute $s = \sigma(\beta x)$ once. Keep it together with $x$. You may call your `sigmoid` of 3.3.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $x$ stands in two places, in front and inside. The product rule gives two terms; the second has the inner derivative of $\beta x$ for $x$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For β: one number for each entry, dy times $x^2 s(1 - s)$. Add them all up, then `.reshape(1)`.
# </details>
#
# <details><summary>My gradient for x is right when β is 1 and wrong otherwise</summary>
#
# The inner derivative is missing. D3's formula does not show it, because it is 1 there.
# </details>
#
# <details><summary>My gradient for β is right but for its shape</summary>
#
# `np.sum` gives a plain number. Equal names in `params` and `grads` are to have equal shapes.
# </details>
#
# <details><summary>KeyError: 'beta'</summary>
#
# After `backward` the check looks into `self.grads["beta"]`, and nothing was put there.
# </details>

# %% exercise="ch03.swish"
class Swish:
    def __init__(self):
        self.params = {"beta": np.array([1.0])}
        self.grads = {}

    def forward(self, x):
        """x·σ(βx), entry by entry. x of any shape, params beta (1,) -> the shape of x."""
        ### BEGIN SOLUTION
        self.x = x
        self.gate = sigmoid(self.params["beta"] * x)
        return x * self.gate
        ### END SOLUTION

    def backward(self, dy):
        """The gradient for the x that forward saw; grads beta (1,) gets the gradient for β.

        dy in the shape of x -> the same shape.
        """
        ### BEGIN SOLUTION
        bend = self.x * self.gate * (1 - self.gate)
        self.grads["beta"] = np.sum(dy * self.x * bend).reshape(1)
        return dy * (self.gate + self.params["beta"] * bend)
        ### END SOLUTION


# %% check="ch03.swish" points=5
check("ch03.swish", Swish)

# %% [markdown]
# **Mish** (Misra, 2019) has almost the same shape: $x\tanh(\log(1 + e^x))$. D0 lists Mish and Swish as activations with learnable parameters. Swish has β; Mish has nothing to learn:

# %% tags=["demo"]
print("parameters beside x:", told("mish_parameters"))
assert shown["mish_parameters"]["mish"] == 0 and shown["mish_parameters"]["swish"] == 1
for kind in (activations.Mish, activations.Swish, activations.PReLU):
    print(f"{kind.__name__:6s} params {getattr(kind(), 'params', {})}")
assert not hasattr(activations.Mish(), "params")
away = np.abs(activations.Mish().forward(x) - activations.Swish().forward(x)).max()
print(f"Mish and Swish differ by at most {away:.2f}")
assert away < 0.25

# %% [markdown]
# **Remember.** Swish is $x$ times a soft gate. Where $x$ appears twice, the slope has two terms.

# %% [markdown]
# ## 3.13 GELU: what if the gate is a probability?
#
# **The question.** Dropout multiplies an input by 0 or 1 at random (chapter 8). What if the chance of a 1 depended on how large the input is, and one took the mean of all that randomness?
#
# **The mathematics.** Let the gate be open with probability $\Phi(x)$, the chance that a standard normal number lies below $x$. The mean output is GELU (Hendrycks and Gimpel, 2016):
#
# $$\operatorname{GELU}(x) = x\,\Phi(x), \qquad \Phi(x) = \tfrac12\Bigl(1 + \operatorname{erf}\frac{x}{\sqrt2}\Bigr), \qquad \Phi'(x) = \varphi(x) = \frac{e^{-x^2/2}}{\sqrt{2\pi}} .$$
#
# The error function erf was slow once, so the authors gave a form with tanh:
#
# $$\tfrac12 x\,\Bigl(1 + \tanh\bigl(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\bigr)\Bigr) .$$
#
# **The picture.** How far off is it, and how far off is a Swish with $\beta = 1.702$?

# %% tags=["demo"]
figures.activations.gelu_forms()

# %% tags=["demo"]
rng = np.random.default_rng(7)
x = np.array([-2.0, -0.5, 0.5, 2.0])
opened = rng.normal(size=(400_000, 1)) < x  # a gate for each trial, open with probability Φ(x)
print("mean of x · random gate", (x * opened).mean(axis=0).round(3))
print("GELU                   ", activations.GELU().forward(x).round(3))
np.testing.assert_allclose((x * opened).mean(axis=0), activations.GELU().forward(x), atol=0.005)

span = np.linspace(-8, 8, 4001)
off = np.abs(activations.GELU("tanh").forward(span) - activations.GELU().forward(span)).max()
print(f"tanh form: at most {off:.5f} away")
assert 4e-4 < off < 5e-4


# %% [markdown] exercise="ch03.gelu" minutes=11 difficulty=3
# ### Exercise: GELU in both forms
# Write the exact value, the tanh form, and the derivative of the exact form. NumPy has no error function. Python has: `math.erf`, for one number at a time.
#
# <details><summary>Hint 1</summary>
#
# `np.vectorize(math.erf)` makes a function for arrays out of a function for numbers. Import `math` inside your function or in a cell of your own.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $x\,\Phi(x)$ has $x$ in two places. The product rule gives $\Phi(x)$ and one more term, with the density.
# </details>
#
# <details><summary>My value is off by less than 0.001</summary>
#
# The two forms have changed places: the exact one needs erf, the other one tanh.
# </details>
#
# <details><summary>My value is right at 0 and wrong elsewhere</summary>
#
# Check the argument of erf: $x/\sqrt2$, not $x$. And `math.erf` runs from −1 to 1, a probability from 0 to 1.
# </details>
#
# <details><summary>TypeError: only … arrays can be converted to Python scalars</summary>
#
# `math.erf` takes one number. Hint 1 makes a function for arrays out of it.
# </details>

# %% exercise="ch03.gelu"
def gelu(x):
    """x·Φ(x), exactly, with the error function. x of any shape -> the same shape."""
    ### BEGIN SOLUTION
    import math

    erf = np.vectorize(math.erf, otypes=[float])
    return x / 2 * (1 + erf(x / math.sqrt(2)))
    ### END SOLUTION


def gelu_tanh(x):
    """½x·(1 + tanh(√(2/π)·(x + 0.044715x³))). x of any shape -> the same shape."""
    ### BEGIN SOLUTION
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    ### END SOLUTION


def gelu_derivative(x):
    """The slope of the exact `gelu` at x. x of any shape -> the same shape."""
    ### BEGIN SOLUTION
    import math

    erf = np.vectorize(math.erf, otypes=[float])
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return (1 + erf(x / math.sqrt(2))) / 2 + x * density
    ### END SOLUTION


# %% check="ch03.gelu" points=5
check("ch03.gelu", gelu, gelu_tanh, gelu_derivative)

# %% [markdown]
# **Remember.** GELU is $x$ times the probability of a normal number below $x$. Both forms are in use: take the one that your model was trained with.

# %% [markdown]
# ## 3.14 Play, and a table that computes itself
#
# Choose curves (hold Ctrl or ⌘ for several), move $x$, change $\alpha$ or $\beta$ for those that have one. Try these:
#
# - Move $x$ to −4. Which curves still pass a gradient?
# - Find the $x$ at which Swish stops falling. What does its tangent look like there?
# - Lower the parameter to 0.1. Which curve comes close to ReLU, and which to a straight line?

# %% tags=["demo"]
figures.activations.explorer()

# %% [markdown]
# **The properties** that D1 and D3 talk about, measured. *Smooth* means that the slope does not jump at 0. *Center* is the mean
# output for standard normal inputs. *Cost* is the time of forward and backward beside that of the dense layer in front of it, 512 inputs and 512 outputs.

# %% tags=["demo"]
def properties(name):
    """Range, monotone, bounded, smooth, largest slope, center and cost of one activation."""
    unit, x = figures.activations.make(name), np.linspace(-30, 30, 60_001)
    value, slope = unit.forward(x), unit.backward(np.ones_like(x))
    low, high = value.min(), value.max()
    far = unit.forward(np.array([-1e4, 1e4]))  # a curve that goes on growing has no bound
    low, high = -np.inf if far.min() < 2 * low - 1 else low, np.inf if far.max() > 2 * high + 1 else high
    step = np.diff(unit.forward(np.array([-1e-9, 1e-9])))
    jump = np.diff(unit.backward(np.ones(2)))
    return {
        "low": low,
        "high": high,
        "monotone": bool(np.all(np.diff(value) >= 0)),
        "bounded": bool(np.isfinite([low, high]).all()),
        "smooth": bool(abs(step) < 1e-3 and abs(jump) < 1e-3),
        "slope": slope.max(),
        "center": unit.forward(normal).mean(),
        "cost": milliseconds(there_and_back, unit, normal, normal, repeats=3),
    }


rng = np.random.default_rng(8)
normal = rng.normal(size=(200, 512))
dense_cost = milliseconds(there_and_back, layers.Dense(512, 512, rng), normal, normal, repeats=3)
names = ("Heaviside", "Sign", "Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "RReLU", "PReLU", "ELU", "SELU")
names += ("Softplus", "Swish", "Mish", "GELU")
table = {name: properties(name) for name in names}


def written(number):
    return f"{number + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−").replace("inf", "∞")


print("activation        range        monotone bounded smooth  slope ≤  center  cost")
for name, row in table.items():
    yes = ["yes" if row[key] else "no" for key in ("monotone", "bounded", "smooth")]
    print(f"{name:11s} {written(row['low']):>6s} … {written(row['high']):<6s}", end="   ")
    print("{:9s}{:8s}{:6s}".format(*yes), end="")
    print(f"{row['slope']:8.2f} {written(row['center']):>8s} {row['cost'] / dense_cost:5.0%}")

assert {name for name, row in table.items() if row["bounded"]} == {"Heaviside", "Sign", "Sigmoid", "Tanh"}
assert {name for name, row in table.items() if not row["monotone"]} == {"Swish", "Mish", "GELU"}
assert {name for name, row in table.items() if row["smooth"]} == {
    *("Identity", "Sigmoid", "Tanh", "ELU", "Softplus", "Swish", "Mish", "GELU")
}
assert {name for name, row in table.items() if abs(row["center"]) < 0.02} == {"Sign", "Identity", "Tanh", "SELU"}
assert all(row["cost"] < dense_cost for name, row in table.items() if name != "GELU")

# %% [markdown]
# So D1's wish for cheap activations is granted by all but one; the layer costs more. Our exact GELU is slow because NumPy has no error function and we go through Python, number by number. In PyTorch it is nearly as quick as the others (3.16).
#
# **And which one trains best?** D1 compares the rectifiers: leaky usually better than ReLU, ELU better but slower, PReLU good with many data. D0 is calmer: cross-validate a couple of them. One network, one rate, three
# starts for each:

# %% tags=["demo"]
scores = {}
for name in ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "RReLU", "PReLU", "ELU", "SELU", "Softplus", "Swish", "Mish"):
    kind, found, began = getattr(activations, name), [], time.perf_counter()
    for seed in range(3):
        make = (lambda: activations.RReLU(rng=np.random.default_rng(9))) if name == "RReLU" else kind
        model, history = learn(make, epochs=6, seed=seed)
        found.append((accuracy(model), history["loss"][-1]))
    scores[name] = np.array(found)
    right, last = scores[name].mean(axis=0)
    print(f"{name:10s} right on new digits {right:6.1%} ± {scores[name][:, 0].std():5.1%}, ", end="")
    print(f"training loss {last:6.3f}, {(time.perf_counter() - began) / 3:.2f} s")
good = [scores[name][:, 0].mean() for name in scores if name not in ("Sigmoid", "Softplus")]
assert scores["Sigmoid"][:, 0].mean() < 0.5  # three layers of it are too many
assert max(good) - min(good) < 0.04  # the others are within a few percent of each other

# %% [markdown]
# But for the sigmoid and the softplus, all lie within two percent of each other, and the luck of the start moves most of them by about half a percent. One run decides nothing. D3 says the same of
# many modules: they work comparably. D1's default for hidden layers is ELU; that is a fine choice, and so are the others.
#
# | D1 on the rectifiers | what we saw | where |
# |---|---|---|
# | only ReLU is sensitive to dying | yes: a leak is never silent, and a silent ELU comes back | 3.7 |
# | the others do not vanish | not in ten layers, with weights of the right size | 3.5 |
# | all but SELU explode | no slope of theirs is far above 1; the weights explode | 3.5 |
# | leaky usually better than ReLU | no difference on the digits | here |
# | RReLU against overfitting, PReLU with many data | our task is too small to tell | – |
# | ELU better but slower | a little better, within the luck of the start; the exponential costs more than a comparison, and little beside the layer | here |
# | SELU better than ELU, with more constraints | the best of this list, by little | here, and chapter 7 |
#
# **Remember.** Choose a family by its gradient. Choose within the family by measuring, with several starts.

# %% [markdown]
# ## 3.15 Centering: why should the middle be 0?
#
# **The question.** D3 gives a rule of thumb: pick centered nonlinearities. The output of one module is the input of the next. What goes wrong if all of it is positive?
#
# **The picture.** Two weights, learned by gradient descent: once from inputs around 0, once from the same inputs moved to the side. The star is the goal.

# %% tags=["demo"]
figures.activations.zigzag()

# %% [markdown]
# **The mathematics.** For one example, the gradient for the weights of a unit is $dz \cdot x$: one number times the inputs. If all inputs are positive, all entries have the same sign. The step can
# raise all weights or lower all weights. If one should rise and another fall, the path must zigzag (LeCun and others, 1998).

# %% tags=["demo"]
rng = np.random.default_rng(10)
sums, dz = rng.normal(size=(500, 20)), rng.normal(size=(500, 1))
agree = {}
for name in ("Sigmoid", "ReLU", "ELU", "Tanh"):
    inputs = getattr(activations, name)().forward(sums)
    signs = np.sign(dz * inputs)
    agree[name] = np.mean([len(set(row[row != 0])) == 1 for row in signs])
    print(f"{name:8s} all entries of the gradient have one sign for {agree[name]:4.0%} of the examples")
assert agree["Sigmoid"] == agree["ReLU"] == 1 and agree["Tanh"] == agree["ELU"] == 0

# %% [markdown]
# The second trouble is D3's example. A ReLU gives very positive numbers, about 10 000. What does the next ReLU see? A sum of positive numbers with random weights, which is far above or far below 0, and for *all* examples alike. It is always open, and bends nothing, or always closed:
# dead.

# %% tags=["demo"]
rng = np.random.default_rng(11)
weights = rng.normal(size=(100, 400)) / 10
stuck = {}
spread = rng.normal(size=(300, 100))
for label, inputs in {
    "around 0": spread,
    "around 2": spread + 2,
    "around 5": spread + 5,
    "around 10 000": spread + 10_000,
}.items():
    z = inputs @ weights
    stuck[label] = np.mean((z > 0).all(axis=0)), np.mean((z <= 0).all(axis=0))
    print("inputs {:14s} always open {:4.0%}, dead {:4.0%}".format(label, *stuck[label]))
assert sum(stuck["around 0"]) == 0 and min(stuck["around 10 000"]) > 0.4
assert sum(stuck["around 2"]) < sum(stuck["around 5"]) < sum(stuck["around 10 000"])

# %% [markdown]
# How far from center do networks go by themselves? The mean over the spread of the outputs, layer by layer, at the start:

# %% tags=["demo"]
offset = {}
for name, gain in {"Sigmoid": 1, "Tanh": 1, "ReLU": np.sqrt(2), "ELU": 1}.items():
    chain, _ = deep_gradients(getattr(activations, name), gain)
    offset[name] = []
    for dense, layer in zip(chain.layers[::2], chain.layers[1::2]):
        y = layer.forward(dense.y)
        offset[name].append(np.mean(np.abs(y.mean(axis=0))) / y.std(axis=0).mean())
assert min(offset["Sigmoid"][1:]) > 2 and offset["Tanh"][-1] < 0.5 < offset["ReLU"][-1]
figures.activations.along_layers(offset, "How far from center?", "mean / spread of a unit")

# %% [markdown]
# The sigmoid is the worst: its outputs stay near ½ while their spread dies out, so that by layer 10 all examples look alike. Tanh is the best. ELU lies between tanh and ReLU, as D1 and D0 say. This is why D3 prefers tanh to the sigmoid in the middle layers.
# ReLU breaks the rule of thumb and is
# used all the same: small weights at the start (chapter 7) and normalization put its inputs back to the center.
#
# **Remember.** What leaves one layer enters the next. Outputs around 0 let each weight move its own way.

# %% [markdown]
# ## 3.16 The same in PyTorch
#
# Beside the folder `course_lib/activations/` lies `course_lib/activations_torch/`: same files, same names, same order. The twin writes only the forward step. Its gradient comes from PyTorch's automatic
# differentiation and so is a second opinion on the slopes derived by hand.

# %% tags=["demo"]
import torch

from course_lib import activations_torch

print(inspect.getsource(activations.ELU))
print(inspect.getsource(activations_torch.ELU))


# %% tags=["demo"]
def twin_there_and_back(twin, x, dy):
    x.grad = None
    y = twin(x)
    y.backward(dy)
    if x.is_cuda:
        torch.cuda.synchronize()
    return y


def compare(names, x, dy, tolerance=1e-10):
    """Value, gradient and time of each activation and of its twin, on every device there is."""
    devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    print("activation  device   Δ value  Δ gradient      NumPy    PyTorch")
    for name in names:
        reference = getattr(activations, name)()
        value, gradient = reference.forward(x), reference.backward(dy)
        ours = milliseconds(there_and_back, reference, x, dy, repeats=3)
        for device in devices:
            inputs = torch.tensor(x, device=device, requires_grad=True)
            upstream = torch.tensor(dy, device=device)
            twin = getattr(activations_torch, name)().to(device, torch.float64)
            theirs = milliseconds(twin_there_and_back, twin, inputs, upstream, repeats=3)
            off = np.abs(twin_there_and_back(twin, inputs, upstream).detach().cpu().numpy() - value).max()
            turned = np.abs(inputs.grad.cpu().numpy() - gradient).max()
            print(f"{name:11s} {device:>6s} {off:9.1e} {turned:11.1e} {ours:7.2f} ms {theirs:7.2f} ms")
            assert off < tolerance and turned < tolerance
    if "cuda" not in devices:
        print("no GPU here: the CPU only")


x, dy = np.random.default_rng(12).normal(size=(2, 200, 250))
compare([name for name in names if name != "RReLU"], 2 * x, dy)

# %% [markdown]
# The differences are rounding in the last digits of a 64-bit float. RReLU is missing from the list because its twin throws other dice.

# %% [markdown]
# ---
# # Part four: the softmax
# It looks at a whole row of numbers at once.
#
# ## 3.17 Softmax: how do scores become shares?
#
# **The question.** Three classes got the scores 3, 1 and 0. How sure should we be of the first? And of the others?
#
# **The picture.** The same four scores, turned into shares that sum to 1, at three temperatures.

# %% tags=["demo"]
figures.activations.temperatures()

# %% [markdown]
# **The mathematics.** Make every score positive, then divide by the sum:
#
# $$p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} .$$
#
# The $z_i$ are called logits. $T$ is the temperature, usually 1. Near $T = 0$ the largest logit takes everything; that is the argmax, of which softmax is a soft version (Bridle, 1990). For large $T$ all shares become equal.
# What counts is differences: add 5 to all logits, and every $e^{z_i}$ gets the factor $e^5$, above and below the line. With two classes it is the sigmoid of the difference.

# %% tags=["demo"]
softmax_unit = activations.Softmax()
z = np.array([[3.0, 1.0, 0.0]])
np.testing.assert_allclose(softmax_unit.forward(z + 5), softmax_unit.forward(z))  # only differences count
for temperature in (0.05, 1.0, 1000.0):
    print(f"T = {temperature:<5g}", softmax_unit.forward(z / temperature).round(3))
np.testing.assert_allclose(softmax_unit.forward(z / 0.05), [[1, 0, 0]], atol=1e-9)
np.testing.assert_allclose(softmax_unit.forward(z / 1000), np.full((1, 3), 1 / 3), atol=1e-3)

pair = np.random.default_rng(13).normal(size=(100, 2))
two = softmax_unit.forward(pair)[:, 0]
np.testing.assert_allclose(two, activations.Sigmoid().forward(pair[:, 0] - pair[:, 1]))

# %% [markdown]
# **The code.** The freedom to add a constant is also the cure for overflow. D3: subtract the largest logit. Then the largest exponent is 0, and no exponential exceeds 1. Small ones may become 0, which does no harm.

# %% tags=["demo"]
z = np.array([[1000.0, 999.0, 0.0]])
with np.errstate(all="ignore"):
    plain = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
print("as it stands", plain)
print("shifted     ", softmax_unit.forward(z).round(3))
assert np.isnan(plain).any() and np.isfinite(softmax_unit.probs).all()


# %% [markdown] exercise="ch03.softmax" minutes=9 difficulty=2
# ### Exercise: the softmax
# Each row of `logits` is one example and becomes a row of shares. Divide the logits by the temperature first. Rows may lie anywhere: one around 8000, the next around −8000.
#
# <details><summary>Hint 1</summary>
#
# Shift every row by its own maximum. `keepdims=True` keeps the maxima as a column `(N, 1)`, which NumPy spreads over the row.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The sum in the denominator runs over the classes of one row. It needs an axis, and keepdims again.
# </details>
#
# <details><summary>My result is nan for large logits</summary>
#
# inf/inf, or 0/0. The first happens without a shift. The second happens when you shift by the maximum of the whole table: a row far below it has nothing left.
# </details>
#
# <details><summary>My rows do not sum to 1</summary>
#
# Print `result.sum(axis=1)`. If the columns sum to 1 instead, the axis is wrong; if the whole table does, it is missing.
# </details>
#
# <details><summary>ValueError: operands could not be broadcast together</summary>
#
# A maximum or a sum along the rows has the shape (N,), which NumPy lays beside the columns. `keepdims=True` makes it (N, 1).
# </details>

# %% exercise="ch03.softmax"
def softmax(logits, temperature=1.0):
    """Shares of every row: exp(z/T) divided by the row's sum of exp(z/T).

    logits (N, K), temperature T > 0 -> (N, K); every row sums to 1. Finite for logits of any finite size.
    """
    ### BEGIN SOLUTION
    shifted = (logits - logits.max(axis=1, keepdims=True)) / temperature
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="ch03.softmax" points=4
check("ch03.softmax", softmax)

# %% [markdown]
# **Is a share a probability?** The numbers sum to 1, but does "90 %" mean right in nine of ten cases? D3 warns that outputs of this kind tend to be overconfident. We train two networks on 300 digits for a long time: one with the true
# labels, one where a fifth of the labels was drawn by lot. The new digits, on which we ask, are labeled in the same way.

# %% tags=["demo"]
sure, right = {}, {}
for mistakes in (0.0, 0.2):
    rng = np.random.default_rng(14)
    by_lot = rng.uniform(size=len(kinds)) < mistakes
    labels = np.where(by_lot, rng.integers(0, 10, len(kinds)), kinds)
    model = network(activations.ReLU, (64,), inputs=64, outputs=10)
    loss, optimizer = losses.CrossEntropy(), optimizers.Adam(0.003)
    training.fit(model, loss, optimizer, digits[:300], labels[:300], epochs=120, rng=rng)
    logits = training.predict(model, new[0])
    for temperature in (1.0, 2.0):
        probs = activations.Softmax().forward(logits / temperature)
        sure[mistakes, temperature] = probs.max(axis=1).mean()
        right[mistakes, temperature] = np.mean(probs.argmax(axis=1) == labels[1200:])
        print(f"{mistakes:.0%} of the labels by lot, T = {temperature:g}: ", end="")
        print(f"says {sure[mistakes, temperature]:.0%}, is right in {right[mistakes, temperature]:.0%}")

assert abs(sure[0.0, 1.0] - right[0.0, 1.0]) < 0.03  # clean labels: honest
assert sure[0.2, 1.0] > right[0.2, 1.0] + 0.1  # it learned its mistakes by heart: overconfident
assert abs(sure[0.2, 2.0] - right[0.2, 2.0]) < 0.05  # honest again,
assert right[0.2, 1.0] == right[0.2, 2.0]  # and not one answer has changed

# %% [markdown]
# With clean labels it is honest. Where it has learned mistakes by heart, it is overconfident, as D3 says. A higher temperature, applied after training, mends that and changes not one answer (Guo and others, 2017, call it
# temperature scaling).
#
# **Remember.** Softmax compares. Only differences of logits count, so subtract the largest. A share is not yet a well-founded probability.

# %% [markdown]
# ## 3.18 Softmax backward: who pays when one share grows?
#
# **The question.** Raise one logit. Its share grows. Where does it come from?
#
# **The picture.** The right panel holds the slope of every share for every logit. Blue is positive, red is negative, each row sums to 0. Move the logits: when are all slopes near 0? What does a low temperature do?

# %% tags=["demo"]
figures.activations.softmax_explorer()

# %% [markdown]
# **The mathematics.** Every share depends on every logit, so the derivative is a table, the Jacobian:
#
# $$\frac{\partial p_i}{\partial z_j} = p_i\,\bigl([i = j] - p_j\bigr),$$
#
# where $[i = j]$ is 1 on the diagonal and 0 beside it. On the diagonal stands $p_i(1 - p_i)$, as for a sigmoid. Beside it stands $-p_i p_j$: the others pay, each in proportion to what it has.
#
# `backward` needs $dy$ times this table. With $K$ classes the table has $K^2$ numbers for each example. Multiply out, and they are not needed:
#
# $$\frac{\partial L}{\partial z_j} = \sum_i dy_i\, p_i\bigl([i = j] - p_j\bigr) = p_j\,\Bigl(dy_j - \sum_i p_i\, dy_i\Bigr) .$$
#
# In words: compare what the loss asks of this share with the average of what it asks of all shares, weighted by the shares.


# %% [markdown] exercise="ch03.softmax_gradient" minutes=12 difficulty=4
# ### Exercise: the Jacobian of the softmax, and the way around it
# Both functions get the shares, not the logits. First the whole table for one row `p`. Then the product with `dy` for a batch, without any table.
#
# <details><summary>Hint 1</summary>
#
# `np.eye(K)` is $[i = j]$ as a table. A column `p[:, None]` multiplies rows, a row `p` is subtracted from rows. Which of the two is $p_i$, and which $p_j$?
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the second function: one weighted sum for each row, kept as a column `(N, 1)`. Subtract it from dy, then multiply by the shares.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Test yourself: for one row, `dy @ softmax_jacobian(p)` must be equal to `softmax_gradient` of that row.
# </details>
#
# <details><summary>My rows of the Jacobian do not sum to 0</summary>
#
# The shares always sum to 1, so their changes sum to 0. Look at the diagonal: $p_i(1 - p_i)$; and at the sign beside it.
# </details>
#
# <details><summary>My gradient is right when dy has a single 1 in a row, and wrong otherwise</summary>
#
# You may have used a shortcut for one class. dy may hold any numbers; the sum runs over the whole row.
# </details>

# %% exercise="ch03.softmax_gradient"
def softmax_jacobian(p):
    """∂p_i/∂z_j = p_i·([i = j] − p_j), for the shares p of one example.

    p (K,), positive, sum 1 -> (K, K), row i for share i, column j for logit j
    """
    ### BEGIN SOLUTION
    return p[:, None] * (np.eye(len(p)) - p)
    ### END SOLUTION


def softmax_gradient(probs, dy):
    """The gradient of the loss for the logits, given dy, its gradient for the shares.

    probs, dy (N, K) -> (N, K). Rows do not mix. dy may hold any numbers.
    """
    ### BEGIN SOLUTION
    return probs * (dy - np.sum(probs * dy, axis=1, keepdims=True))
    ### END SOLUTION


# %% check="ch03.softmax_gradient" points=5
check("ch03.softmax_gradient", softmax_jacobian, softmax_gradient)

# %% [markdown]
# How much does the way around save? And: softmax can be saturated too. When one share is almost 1, every entry of the table is almost 0. A loss that only compares shares then stops teaching, however wrong the answer. Chapter 4 puts the logarithm in front, and
# the trouble is gone.

# %% tags=["demo"]
rng = np.random.default_rng(15)
probs, dy = rng.dirichlet(np.ones(200), size=100), rng.normal(size=(100, 200))
unit = activations.Softmax()
unit.probs = probs


def with_tables():
    return np.einsum("ni,nij->nj", dy, unit.jacobian())


np.testing.assert_allclose(with_tables(), unit.backward(dy), atol=1e-15)
slow, quick = milliseconds(with_tables, repeats=3), milliseconds(unit.backward, dy, repeats=3)
print(f"100 examples of 200 classes: {slow:.1f} ms with the tables, {quick:.2f} ms without")
assert slow > 10 * quick

for lead in (0.0, 5.0, 20.0):  # class 0 is wrong and leads
    unit.forward(np.array([[lead, 0.0, 0.0]]))
    pull = np.abs(unit.backward(np.array([[0.0, -1.0, 0.0]]))).max()
    print(f"lead of the wrong class {lead:4g}: the gradient is at most {pull:.1e}")
assert pull < 1e-8

# %% [markdown]
# **Remember.** When one share grows, the others pay. `backward` is $p\,(dy - \sum p\,dy)$, and no table is needed.

# %% [markdown]
# ## 3.19 Where each belongs
#
# D1 ends its section with a table of usages, and D3 adds a few words. We test the surprising entries.

# %% tags=["demo"]
print("in the hidden layers of a network that reads digits")
hidden = {}
for name in ("Softmax", "Sigmoid", "Tanh", "ReLU"):
    model, history = learn(getattr(activations, name), widths=(64, 64), epochs=6)
    hidden[name] = accuracy(model)
    print(f"  {name:8s} right {hidden[name]:6.1%}")
assert hidden["Softmax"] < 0.3 < hidden["Sigmoid"] < 0.9 < min(hidden["Tanh"], hidden["ReLU"])

print("at the output of a regression whose targets run from −2 to 2")
x = np.linspace(-2, 2, 80)[:, None]
leftover = {}
for name in ("Identity", "Tanh", "Sigmoid", "ReLU"):
    model = network(activations.Tanh, (32,), 1, 1, seed=1)
    with_output = layers.Sequential(*model.layers, getattr(activations, name)())
    training.fit(with_output, losses.MeanSquaredError(), optimizers.Adam(0.02), x, x, epochs=60, batch_size=80)
    leftover[name] = np.mean((with_output.forward(x) - x) ** 2)
    print(f"  {name:8s} mean squared error {leftover[name]:.3f}")
assert leftover["Identity"] < 0.02 < 0.1 < min(leftover["Tanh"], leftover["Sigmoid"], leftover["ReLU"])

print("several labels may be right at once")
scores_of = np.array([[4.0, 3.0, -5.0]])  # beach: yes, sunset: yes, dog: no
print("  sigmoids", activations.Sigmoid().forward(scores_of).round(2), " softmax", end=" ")
print(activations.Softmax().forward(scores_of).round(2))
assert np.all(activations.Sigmoid().forward(scores_of)[0, :2] > 0.9)
assert np.any(activations.Softmax().forward(scores_of)[0, :2] < 0.5)

# %% [markdown]
# | activation | hidden layer, says D1 | output, says D1 | what we add |
# |---|---|---|---|
# | linear | forbidden | regression | right: it collapses (3.1). It is also the output of classifiers in practice: logits go straight into the loss (chapter 4) |
# | sigmoid | rarely | binary and multi-label classification | right; inside gates of recurrent units it is at home (chapter 12) |
# | softmax | forbidden | one class of many | as a hidden layer it failed above. Inside attention it is the heart of the matter (chapter 12), so "forbidden" and "only at the output" are too strict |
# | tanh | situational | rarely, for regression | good in small and recurrent networks; as an output only for targets within ±1 |
# | ReLU | yes | rarely, for regression | the default, also for D3; as an output only for targets that are never negative, and there it can die |
# | leaky, PReLU, ELU | – | – | where units die |
# | softplus | – | – | outputs that must be positive |
# | Swish, GELU | – | – | large networks; most Transformers use GELU or a gated Swish (chapter 12) |
#
# The range of an output must match the range of the targets. D1's rule to standardize the targets of a regression is a good one with a linear output, too.
#
# **Remember.** Inside, think of the gradient. At the output, think of the range.

# %% [markdown]
# ## 3.20 Softmax in PyTorch

# %% tags=["demo"]
print(inspect.getsource(activations_torch.Softmax))
z, dy = np.random.default_rng(16).normal(size=(2, 2000, 50))
compare(["Softmax", "LogSoftmax"], 3 * z, dy)

# %% [markdown]
# ---
# ## 3.21 Errata of this chapter
#
# Each line is as printed in our copy of the text. The cell runs the experiment of each of them once more.

# %% tags=["demo"]
for row in ERRATA:
    if row.chapter == 3:
        numbers = ", ".join(f"{name}: {number:.3g}" for name, number in row.show().items())
        print(f"{row.document}  {row.printed}\n    → {row.mended}\n      ({numbers})")
assert len(shown) == 7

# %% [markdown]
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | ReLU′ = 1 for z ≤ 0, 0 for z > 0 | the other way round | 3.6 |
# | D1 | a linear activation can make gradients vanish | its slope is 1; what it lacks is the bend | 3.1 |
# | D1 | tanh can make gradients explode | its slope is at most 1; the weights do | 3.5 |
# | D1 | ELU is smooth everywhere | for α = 1 | 3.10 |
# | D1 | leaky ReLU is max(αz, z) | for α up to 1 | 3.8 |
# | D3 | ReLU: ∂h/∂w = 1 | ∂h/∂x; for a weight, x comes as a factor | 3.6 |
# | D3 | higher learning rates might help against dead neurons | they kill more, and bring none back | 3.7 |
# | D0 | Mish has learnable parameters | it has none; Swish with β and PReLU do | 3.12 |

# %% [markdown]
# ## 3.22 The chapter on one screen
#
# | activation | value | slope | keep in mind |
# |---|---|---|---|
# | sigmoid | $1/(1 + e^{-x})$ | $\sigma(1 - \sigma) \le \tfrac14$ | probabilities; vanishes in depth |
# | tanh | $2\sigma(2x) - 1$ | $1 - \tanh^2 \le 1$ | centered; saturates |
# | ReLU | $\max(x, 0)$ | 1 or 0 | the default; can die |
# | leaky, PReLU | $x$ or $\alpha x$ | 1 or $\alpha$ | branch by the sign of $x$; $\alpha$ may be learned |
# | ELU | $x$ or $\alpha(e^x - 1)$ | 1 or $\alpha e^x$ | nearer to center; smooth for $\alpha = 1$ |
# | softplus | $\log(1 + e^x)$ | $\sigma(x)$ | always positive |
# | Swish | $x\,\sigma(\beta x)$ | $\sigma + \beta x\sigma(1 - \sigma)$ | a dip; $\beta$ may be learned |
# | GELU | $x\,\Phi(x)$ | $\Phi + x\varphi$ | two forms |
# | softmax | $e^{z_i}/\sum_j e^{z_j}$ | $p_i([i = j] - p_j)$ | a row at a time; shift by the maximum |
#
# - `forward` keeps what `backward` needs. `backward` multiplies `dy` by the slope.
# - A parameter's gradient is a sum over all that it served.
# - No exponential with a positive exponent.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Why can a network of twenty linear layers not learn a wave?</summary>
#
# Multiplied out, twenty linear layers are one linear layer. A straight line stays a straight line.
# </details>
#
# <details><summary>2. What is left of a gradient of 1 below ten sigmoids, at the very best?</summary>
#
# With weights of size 1, at most $(1/4)^{10}$, about a millionth. Larger weights help against that and push the units onto their plateaus.
# </details>
#
# <details><summary>3. A ReLU is closed for every example. What does a higher learning rate do for it?</summary>
#
# Nothing. Its gradient is 0, and any rate times 0 is 0. It can only come back if the layers below change its inputs.
# </details>
#
# <details><summary>4. Why is the gradient for PReLU's slope a sum and not a mean?</summary>
#
# One slope serves all examples, so all their effects add up. If the loss is a mean, its 1/N is in dy already.
# </details>
#
# <details><summary>5. Softmax of [1000, 999]: what goes wrong, what mends it, and why may one do that?</summary>
#
# $e^{1000}$ is infinite. Subtract the largest logit first. A constant added to all logits multiplies numerator and denominator by the same number.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My activations are nan</summary>
#
# Look for inf/inf, 0·inf or inf − inf: an exponential with a positive exponent, or a mask multiplied by something infinite. Use $e^{-|x|}$, `np.where`, and the row maximum in a softmax.
# </details>
#
# <details><summary>NumPy warns of an overflow, but my numbers are right</summary>
#
# `np.where` computes both branches. The one you do not want overflowed. Keep its exponent below 0, for instance with `np.minimum(x, 0)`.
# </details>
#
# <details><summary>The loss does not move at all</summary>
#
# Print the size of the gradient below each layer, as in 3.5. Tiny at the bottom: it vanishes; change the activation or the weights' start. Exactly 0: units are dead, or a step function is in the way.
# </details>
#
# <details><summary>Many of my hidden units are always 0</summary>
#
# Count them over the whole training set, as in 3.7. Lower the learning rate, center the inputs, or take an activation whose negative side is not flat.
# </details>
#
# <details><summary>My tanh units only say −1 or 1</summary>
#
# They are saturated. The inputs or the weights are too large: standardize the inputs, start with smaller weights (chapter 7).
# </details>
#
# <details><summary>My gradient check fails at a single entry</summary>
#
# Is the input there exactly 0, at a corner? Central differences give the mean of both slopes, the rule gives one of them. Check a little to the side.
# </details>
#
# <details><summary>My parameter does not learn</summary>
#
# Is its gradient in `grads` under the same name and in the same shape? Does `forward` read it from `params` each time?
# </details>
#
# <details><summary>My network is sure of everything</summary>
#
# Softmax shares are not well-founded probabilities by themselves. Compare confidence with accuracy on new examples, and choose a temperature there (3.17).
# </details>
#
# <details><summary>My regression cannot reach some of the targets</summary>
#
# Look at the activation of the output: a sigmoid ends at 0 and 1, tanh at ±1, ReLU at 0. Use a linear output.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Yann LeCun, Léon Bottou, Genevieve Orr and Klaus-Robert Müller, 1998, *Efficient BackProp*.
# - John Bridle, 1990, *Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to Statistical Pattern Recognition*.
# - Vinod Nair and Geoffrey Hinton, 2010, *Rectified Linear Units Improve Restricted Boltzmann Machines*, ICML.
# - Xavier Glorot, Antoine Bordes and Yoshua Bengio, 2011, *Deep Sparse Rectifier Neural Networks*, AISTATS.
# - Andrew Maas, Awni Hannun and Andrew Ng, 2013, *Rectifier Nonlinearities Improve Neural Network Acoustic Models*.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, 2015, *Delving Deep into Rectifiers* (PReLU), ICCV.
# - Bing Xu, Naiyan Wang, Tianqi Chen and Mu Li, 2015, *Empirical Evaluation of Rectified Activations in Convolutional Network* (RReLU).
# - Djork-Arné Clevert, Thomas Unterthiner and Sepp Hochreiter, 2016, *Fast and Accurate Deep Network Learning by Exponential Linear Units*, ICLR.
# - Dan Hendrycks and Kevin Gimpel, 2016, *Gaussian Error Linear Units*.
# - Prajit Ramachandran, Barret Zoph and Quoc Le, 2017, *Searching for Activation Functions* (Swish).
# - Diganta Misra, 2019, *Mish: A Self Regularized Non-Monotonic Activation Function*.
# - Chuan Guo, Geoff Pleiss, Yu Sun and Kilian Weinberger, 2017, *On Calibration of Modern Neural Networks*, ICML.
# - Lu Lu, Yeonjong Shin, Yanhui Su and George Karniadakis, 2020, *Dying ReLU and Initialization: Theory and Numerical Examples*.
# - Shiv Ram Dubey, Satish Kumar Singh and Bidyut Baran Chaudhuri, 2022, *Activation Functions in Deep Learning: A Comprehensive Survey and Benchmark*, Neurocomputing.
