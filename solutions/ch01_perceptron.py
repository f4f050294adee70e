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
# # Chapter 1 · From the neuron to the perceptron
#
# Multiply, add up, compare: that is all an artificial neuron does. This chapter builds one by hand, gives it a rule to learn by, proves that the rule
# must succeed where success is possible, and finds the first thing that it can never learn.
#
# **After this chapter you can**
#
# - set the weights of a neuron by hand so that it says AND, OR, NOT or "two of three";
# - read weights and a bias as a line that cuts the plane in two, and compute a whole layer of such units at once;
# - write the perceptron's learning rule, train it, and say beforehand how many mistakes it can make at most;
# - show by trying all weights that no single unit computes XOR;
# - tell the delta rule from the perceptron rule, and read digits with ten units.
#
# **You need** NumPy arrays and matrix products. No derivatives yet.
#
# **Time** about three hours: 111 minutes for the twelve exercises (45 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The course follows five texts. We call them by number: an overview of units, losses and activations (D0), the lecture
# slides *Deep Learning Basics* (D1), a chapter on the fundamentals of deep learning (D2), lecture slides on networks as
# modules (D3), and an article on the building blocks in PyTorch (D4). Where one of them is wrong as printed in our copy,
# a cell shows it; section 1.15 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, perceptron

# %% [markdown]
# ## 1.1 What did the first neuron leave out?
#
# **The question.** A nerve cell is a chemical plant with thousands of contacts. Which part of it would you keep if you had to write it down in one line?
#
# **The picture.** A nerve cell collects signals through its *dendrites*. They meet in the cell body, the *soma*. If they are strong enough together,
# the cell sends a pulse of its own down the *axon*, whose ends touch other cells at *synapses*. A synapse may be strong or weak, and it may
# excite the next cell or calm it down. D2 puts the number of our neurons at 86 billion, each in contact with a thousand others.
#
# Four words are kept. Inputs $x_i$ stand for the dendrites, weights $w_i$ for the synapses, a sum for the soma, and a step for the pulse.

# %% tags=["demo"]
figures.perceptron.unit(x=(1, 0, 1), weights=(1, 1, -1), bias=-1)

# %% [markdown]
# **What was left out.** Time, first of all: a real neuron fires again and again, and how often it fires matters. Chemistry, growth, sleep. And the picture
# runs in one direction, while a brain is full of loops. An artificial neuron is to a nerve cell what a paper plane is to a bird. It flies, though.
#
# D1 lists differences between brains and artificial networks. One of them is stated too strongly: an artificial network can be computed
# in parallel very well, since all units of a layer are independent (1.6, and every GPU).
#
# **Remember.** A unit multiplies, adds up and compares.

# %% [markdown]
# ## 1.2 McCulloch and Pitts: what can a cell work out that only says yes or no?
#
# **The question.** In 1943 a neurologist, Warren McCulloch, and a young logician, Walter Pitts, asked: if a cell can only fire or not fire, what can a net
# of such cells compute?
#
# **The mathematics.** Their neuron, in the form used today: inputs are 0 or 1. Every input has a weight, $+1$ if it excites and $-1$ if it inhibits. The neuron
# fires if the sum reaches a threshold $T$:
#
# $$y = \begin{cases} 1 & \text{if } \sum_i w_i x_i \ge T \\ 0 & \text{otherwise.} \end{cases}$$
#
# **The code.** `course_lib` has this neuron. Here it counts votes: it fires if at least two of three inputs are on.

# %% tags=["demo"]
two_of_three = perceptron.McCullochPitts(weights=(1, 1, 1), threshold=2)
votes = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1]])
print("votes ", votes.tolist())
print("answer", two_of_three.forward(votes).tolist())
assert two_of_three.forward(votes).tolist() == [0, 0, 1, 1]

# %% [markdown]
# Nothing is learned here. Who builds the net sets the weights and the threshold. The paper has one more rule: there, a single active inhibiting input silences the neuron,
# whatever the others say. A large negative weight does the same, so we lose nothing:

# %% tags=["demo"]
# two inputs excite, the third has a veto
vetoed = perceptron.McCullochPitts(weights=(1, 1, -2), threshold=1)
rows = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]])
assert vetoed.forward(rows).tolist() == [1, 1, 0, 0]
# with −1 it can be outvoted
assert perceptron.McCullochPitts((1, 1, -1), 1).forward(rows).tolist() == [1, 1, 1, 0]


# %% [markdown] exercise="ch01.mcculloch_pitts" minutes=8 difficulty=2
# ### Exercise: the neuron of 1943
# Write the neuron as a class. It is made with its weights and its threshold. `forward(x)` gets N examples at once, one in each row, and answers with N numbers, 0 or 1.
#
# <details><summary>Hint 1</summary>
#
# `__init__` only has to remember: what is stored on `self` is there when `forward` is called later.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x` is a table of shape (N, D), the weights have the shape (D,). The product `x @ weights` has the shape (N,): one sum for each row.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A comparison of an array with a number gives an array of `True` and `False`. They count as 1 and 0.
# </details>
#
# <details><summary>My answer is a single number</summary>
#
# You have added up all rows. Each row of x is an example of its own: sum along a row, not along everything.
# </details>
#
# <details><summary>AttributeError: the object has no attribute …</summary>
#
# `forward` reads something that `__init__` did not put on `self`.
# </details>

# %% exercise="ch01.mcculloch_pitts"
class McCullochPitts:
    def __init__(self, weights, threshold):
        """Keep them. weights (D,), negative where an input inhibits; threshold, a number."""
        ### BEGIN SOLUTION
        self.weights, self.threshold = np.array(weights), threshold
        ### END SOLUTION

    def forward(self, x):
        """1 where the weighted sum is at least the threshold, 0 elsewhere.

        x (N, D) of 0 and 1 -> (N,)
        """
        ### BEGIN SOLUTION
        total = x @ self.weights
        return np.where(total >= self.threshold, 1, 0)
        ### END SOLUTION


# %% check="ch01.mcculloch_pitts" points=3
check("ch01.mcculloch_pitts", McCullochPitts)

# %% [markdown]
# **Remember.** The neuron of 1943 adds up votes and compares with a threshold. At the threshold it fires.

# %% [markdown]
# ## 1.3 Gates by hand: which numbers make a neuron say AND?
#
# **The question.** AND, OR and NOT are the bricks of all logic. Can one neuron be each of them?
#
# **The picture.** Two inputs have four combinations, the corners of a square. A filled corner asks for a 1, an empty one for a 0. A neuron with two inputs cuts the square
# along a line and fires on one side of it.

# %% tags=["demo"]
neurons = {"AND": ((1, 1), 2), "OR": ((1, 1), 1), "A and not B": ((1, -1), 1)}
figures.perceptron.gates(neurons)

# %% [markdown]
# **The mathematics.** For AND with weights 1 and 1 the four sums are 0, 1, 1, 2. Only the last may reach the threshold, so $T$ must lie above 1 and not above 2. We take 2.
#
# **The code.** D1 tells the same with another choice: the threshold of its neuron C is always 1, and the connections change. For AND, C takes the mean of A and B,
# which is a weight of ½ each. For OR, it takes the mean of 2·A and 2·B. For NOT, "the output is reversed" before it reaches C. Why this third trick? Because with a
# threshold of 1 and the input A alone, no weight will do. When A is off, the sum is 0, and C must fire.

# %% tags=["demo"]
square = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
first, second = square.T
for weight, wanted in ((0.5, first & second), (1.0, first | second)):
    answer = perceptron.McCullochPitts((weight, weight), threshold=1).forward(square)
    assert np.array_equal(answer, wanted)

candidates = np.linspace(-5, 5, 1001)
off = [perceptron.McCullochPitts((w,), threshold=1).forward([0]) for w in candidates]
print(f"threshold 1, A off: {len(candidates)} weights tried, the neuron fires with {sum(off)}")
assert not any(off)


# %% [markdown] exercise="ch01.gates" minutes=10 difficulty=2
# ### Exercise: eight gates by hand
# Work with pencil and paper: for each gate write the table, the sums, and find numbers. `gate(name)` returns a list with the weights first and the threshold last, for example `[1, 1, 2]` for AND.
# Any numbers with which the neuron gives the right answer to every input count as right.
#
# | name | inputs | fires |
# |---|---|---|
# | `"AND"` | A, B | when both are on |
# | `"OR"` | A, B | when at least one is on |
# | `"NOT"` | A | when A is off |
# | `"NAND"` | A, B | always, except when both are on |
# | `"NOR"` | A, B | only when both are off |
# | `"A AND NOT B"` | A, B | only when A is on and B is off |
# | `"A IMPLIES B"` | A, B | always, except when A is on and B is off |
# | `"MAJORITY"` | A, B, C | when at least two are on |
#
# Give as many weights as there are inputs: two numbers for NOT, four for MAJORITY, three for the others.
#
# <details><summary>Hint 1</summary>
#
# A dictionary from names to lists is enough: one entry for each gate, looked up by its name.
# </details>
#
# <details><summary>Hint 2</summary>
#
# NAND is AND turned over. Take −1 for both weights. The sums are 0, −1, −1, −2, and all but the last must reach the threshold.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A threshold may be 0 or negative. A neuron with threshold 0 fires when nothing comes in.
# </details>
#
# <details><summary>The check says "at index 2". Which input is that?</summary>
#
# It compares the whole table of answers. With two inputs, index 0 is both off, 1 is B alone, 2 is A alone, 3 is both.
# </details>
#
# <details><summary>My answer has the wrong shape</summary>
#
# Count the numbers: one weight for each input, then the threshold.
# </details>

# %% exercise="ch01.gates"
def gate(name):
    """The numbers of the neuron that is this gate: its weights and, last, its threshold.

    name, a string of the table above -> a list of numbers, e.g. [1, 1, 2]
    """
    ### BEGIN SOLUTION
    table = {
        "AND": [1, 1, 2],
        "OR": [1, 1, 1],
        "NOT": [-1, 0],
        "NAND": [-1, -1, -1],
        "NOR": [-1, -1, 0],
        "A AND NOT B": [1, -1, 1],
        "A IMPLIES B": [-1, 1, 0],
        "MAJORITY": [1, 1, 1, 2],
    }
    return table[name]
    ### END SOLUTION


# %% check="ch01.gates" points=4
check("ch01.gates", gate)

# %% [markdown]
# McCulloch and Pitts went on: whatever can be said with AND, OR and NOT can be computed by a net of such neurons. For every row of a truth table that asks for a 1, take one neuron that
# fires for this row alone: $+1$ where the row has a 1, $-1$ where it has a 0, and for the threshold the number of its ones. A last neuron, an OR, collects
# them. The next cell does so for all 256 tables of three inputs:

# %% tags=["demo"]
cube = (np.arange(8)[:, None] >> np.arange(3)) & 1  # all rows of three bits
solved = 0
for number in range(256):
    wanted = (number >> np.arange(8)) & 1
    watched = cube[wanted == 1]
    watchers = [perceptron.McCullochPitts(2 * row - 1, row.sum()) for row in watched]
    seen_by = np.array([watcher.forward(cube) for watcher in watchers]).reshape(-1, 8).T
    found = np.zeros(8)  # the table that never says 1 needs no neuron
    if watchers:
        found = perceptron.McCullochPitts(np.ones(len(watchers)), 1).forward(seen_by)
    solved += np.array_equal(found, wanted)
print(f"two layers compute {solved} of 256 tables of three inputs")
assert solved == 256

# %% [markdown]
# So two layers can do everything that a truth table can say. Two questions stay open. Can *one* neuron, too? (1.11 says no.) And who sets all those numbers? (1.7: an algorithm.)
#
# **Remember.** One neuron is a gate, two layers are any table. The designer sets the numbers.

# %% [markdown]
# ## 1.4 Two steps: what comes out of a unit?
#
# **The question.** A unit ends with a step. Where exactly does it jump, and between which values?
#
# **The picture.** A filled dot belongs to the curve, an empty one does not.

# %% tags=["demo"]
figures.perceptron.steps()

# %% [markdown]
# **The mathematics.** Two steps were used, and $z$ stands for the sum that comes in:
#
# $$H(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases} \qquad\qquad \operatorname{sign}(z) = \begin{cases} 1 & z > 0 \\ 0 & z = 0 \\ -1 & z < 0 \end{cases}$$
#
# The first is named after Oliver Heaviside. At $z = 0$ conventions differ from book to book. Ours is the one of D1: $H(0) = 1$ and $\operatorname{sign}(0) = 0$.
#
# D1 also says that a perceptron can output any value between −1 and 1. With these steps it cannot. We feed in 1001 different values:

# %% tags=["demo"]
from course_lib.errata import ERRATA

shown = {row.name: row.show() for row in ERRATA if row.chapter == 1}
print({name: int(count) for name, count in shown["perceptron_output"].items()})
assert shown["perceptron_output"]["Heaviside"] == 2
assert shown["perceptron_output"]["sign"] == 3


# %% [markdown] exercise="ch01.heaviside" minutes=4 difficulty=1
# ### Exercise: Heaviside's step
# `z` is an array of any shape. The answer has the same shape and holds 0 and 1.
#
# <details><summary>Hint 1</summary>
#
# `np.where(condition, a, b)` takes, entry by entry, a where the condition holds and b elsewhere.
# </details>
#
# <details><summary>Hint 2</summary>
#
# On which side does 0 itself lie? Look at the dots of the picture.
# </details>
#
# <details><summary>ValueError: the truth value of an array … is ambiguous</summary>
#
# `if z >= 0:` asks one question about many numbers. Compare the whole array and choose entry by entry.
# </details>

# %% exercise="ch01.heaviside"
def heaviside(z):
    """1 where z ≥ 0, 0 elsewhere, entry by entry.

    z of any shape -> the same shape
    """
    ### BEGIN SOLUTION
    return np.where(z >= 0, 1.0, 0.0)
    ### END SOLUTION


# %% check="ch01.heaviside" points=2
check("ch01.heaviside", heaviside)


# %% [markdown] exercise="ch01.sign" minutes=4 difficulty=1
# ### Exercise: the sign
# The same with three values. NumPy has a function for it. Write it with comparisons first; you will understand the middle value better.
#
# <details><summary>Hint 1</summary>
#
# One `np.where` chooses between two values. A second one inside it chooses among the rest.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Or subtract: `z > 0` counts as 1 where it holds. What must be subtracted so that negative numbers give −1?
# </details>
#
# <details><summary>My answer is nan in one place</summary>
#
# $z/|z|$ is 0/0 at 0.
# </details>
#
# <details><summary>TypeError: numpy boolean subtract is not supported</summary>
#
# NumPy does not subtract `True` from `True`. Multiply one of them by 1.0 first, or use `np.where`.
# </details>

# %% exercise="ch01.sign"
def sign(z):
    """−1 where z < 0, 0 where z = 0, 1 where z > 0, entry by entry.

    z of any shape -> the same shape
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, np.where(z < 0, -1.0, 0.0))
    ### END SOLUTION


# %% check="ch01.sign" points=2
check("ch01.sign", sign)

# %% [markdown]
# Both steps are flat everywhere else. A small change of a weight changes no answer, so nobody can read from the answer which way to move. The perceptron rule (1.7) gets by without
# slopes; backpropagation (chapter 6) cannot, and therefore bends its units more gently (chapter 3).

# %% tags=["demo"]
for step in (activations.Heaviside(), activations.Sign()):
    step.forward(np.linspace(-2, 2, 101))
    assert not step.backward(np.ones(101)).any()

# %% [markdown]
# **Remember.** Heaviside says 0 or 1, and 1 at 0. The sign says −1, 0 or 1.

# %% [markdown]
# ## 1.5 The threshold logic unit: what does a bias do to a line?
#
# **The question.** Inputs need not be 0 and 1, weights need not be ±1. What does a unit with any weights do to the plane?
#
# **The picture.** Move the sliders. The blue side is where the unit fires. Find numbers for AND, OR and NAND. Then try XOR for a minute, and no longer.

# %% tags=["demo"]
figures.perceptron.cut_explorer()

# %% [markdown]
# **The mathematics.** The *threshold logic unit*, TLU for short, computes
#
# $$z = w_1 x_1 + \dots + w_D x_D + b, \qquad y = H(z) .$$
#
# Three things follow.
#
# - The bias $b$ is the threshold with its sign reversed: $\sum w_i x_i \ge T$ is the same as $\sum w_i x_i + b \ge 0$ with $b = -T$.
# - The border $z = 0$ is a straight line in the plane, a plane in space, and in general a *hyperplane*. The weights stand at a right angle to it and point to the side that fires.
# - All numbers may be multiplied by the same positive number, and no answer changes.
#
# D1 writes the sum without a bias and counts it among the inputs: an input $x_0$ that is always 1, whose weight is $b$. That is the same. Only, the weight of this input must be learned, too: left at 0, it sends every line
# through the origin.

# %% tags=["demo"]
grid = np.stack(np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-3, 3, 61)), axis=-1)
weights, offset = np.array([1.5, -0.5]), 0.75
reference = perceptron.ThresholdLogicUnit(weights, offset)

# the same border at any scale
stretched = perceptron.ThresholdLogicUnit(7 * weights, 7 * offset)
assert np.array_equal(reference.forward(grid), stretched.forward(grid))
# along the border the sum stays; along the weights it grows
on_border = -offset * weights / (weights @ weights)
along = np.array([-weights[1], weights[0]])
np.testing.assert_allclose((on_border + 2 * along) @ weights + offset, 0, atol=1e-12)
assert reference.forward(on_border + 0.01 * weights) == 1
assert reference.forward(on_border - 0.01 * weights) == 0
# the neuron of 1943 with threshold 2 is a unit with bias −2
old_gate = perceptron.McCullochPitts((1, 1), threshold=2)
new_gate = perceptron.ThresholdLogicUnit((1, 1), bias=-2)
assert np.array_equal(old_gate.forward(square), new_gate.forward(square))

# without a bias, no weights make AND: with both inputs off the sum is 0, and the step says 1
span = np.linspace(-3, 3, 25)
hits = 0
for one in span:
    for two in span:
        answer = perceptron.ThresholdLogicUnit((one, two), bias=0).forward(square)
        hits += np.array_equal(answer, first & second)
print(f"lines through the origin that compute AND: {hits} of {span.size**2}")
assert hits == 0


# %% [markdown] exercise="ch01.threshold_logic_unit" minutes=8 difficulty=2
# ### Exercise: the threshold logic unit
# Write the class. The inputs are now any numbers, and the bias is added. End with your own `heaviside`.
#
# <details><summary>Hint 1</summary>
#
# It is the neuron of 1.2 with two changes: what was compared with the threshold is now added to the bias and put through the step.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x @ weights` has the shape (N,). The bias is one number and is added to each.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Your `heaviside` works on arrays, so no loop is needed.
# </details>
#
# <details><summary>My unit fires too rarely, and the more so the larger the bias</summary>
#
# You have subtracted the bias. A threshold is subtracted, a bias is added.
# </details>

# %% exercise="ch01.threshold_logic_unit"
class ThresholdLogicUnit:
    def __init__(self, weights, bias):
        """Keep them. weights (D,), any numbers; bias, one number."""
        ### BEGIN SOLUTION
        self.weights, self.bias = np.array(weights), bias
        ### END SOLUTION

    def forward(self, x):
        """Heaviside's step of the weighted sum plus the bias: 1 where it is ≥ 0, else 0.

        x (N, D) -> (N,)
        """
        ### BEGIN SOLUTION
        return heaviside(x @ self.weights + self.bias)
        ### END SOLUTION


# %% check="ch01.threshold_logic_unit" points=3
check("ch01.threshold_logic_unit", ThresholdLogicUnit)

# %% [markdown]
# **Remember.** A unit is a line. The weights turn it, the bias shifts it.

# %% [markdown]
# ## 1.6 Several units: what does a layer see?
#
# **The question.** One unit says on which side of its line you are. What do three of them say together?
#
# **The picture.** Three lines cut the plane into seven regions. In each of them the three answers are different; they are written there.

# %% tags=["demo"]
three_lines = np.array([[1.0, 1.0], [1.0, -1.0], [0.0, 1.0]])
offsets = np.array([0.5, 0.25, -0.75])
figures.perceptron.regions(three_lines, offsets)

# %% [markdown]
# **The mathematics.** Put the weights of the units below one another, one row for each unit: a matrix $W$ of shape (units, D). Put the examples below one another, too: $X$ of shape (N, D). Then all
# sums of all units for all examples are one product,
#
# $$Z = X W^{\mathsf T} + b, \qquad Y = H(Z), \qquad \text{shapes: } (N, D) \cdot (D, \text{units}) + (\text{units},) = (N, \text{units}) .$$
#
# A perceptron, D1 says, is an input layer with a layer of TLUs on it. This is that layer.
#
# **The code.** No unit waits for another one. So a computer, and even more a graphics card, can do all at once:

# %% tags=["demo"]
import time

rng = np.random.default_rng(1)
many = perceptron.Perceptron(inputs=200, units=100, rng=rng)
many.params["bias"] = rng.normal(0, 0.1, 100)
examples = rng.normal(size=(500, 200))


def one_by_one():
    rows = zip(many.params["weight"], many.params["bias"])
    units = [perceptron.ThresholdLogicUnit(row, one) for row, one in rows]
    return np.stack([unit.forward(examples) for unit in units], axis=1)


def milliseconds(call, *arguments, repeats=5):
    """Time of the fastest of several calls: the least disturbed one."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*arguments)
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


assert np.array_equal(one_by_one(), many.forward(examples))
print(f"100 units one by one: {milliseconds(one_by_one):.2f} ms")
print(f"as one product:       {milliseconds(many.forward, examples):.2f} ms")

# %% [markdown]
# How many regions can lines make? Line number $n$ is cut by the $n - 1$ earlier ones into $n$ pieces, and each piece divides one region. So $n$ lines make at most $1 + 1 + 2 + \dots + n$ regions. For 1, 2, 3, 4 lines that
# is 2, 4, 7, 11. We count the different answers on a fine grid:

# %% tags=["demo"]
ends = np.linspace(-12, 12, 601)
plane = np.stack(np.meshgrid(ends, ends), axis=-1).reshape(-1, 2)
lines = np.array([[1.0, 1.0], [1.0, -1.0], [0.25, 1.0], [1.0, 0.25]])
shifts = np.array([0.5, 0.25, -1.5, 2.0])
counted = []
for n in range(1, 5):
    units_of = perceptron.Perceptron(2, n)
    units_of.params = {"weight": lines[:n], "bias": shifts[:n]}
    counted.append(len(np.unique(units_of.forward(plane), axis=0)))
print("regions of 1, 2, 3, 4 lines:", counted)
assert counted == [2, 4, 7, 11]


# %% [markdown] exercise="ch01.layer" minutes=6 difficulty=2
# ### Exercise: a layer of units
# All units, all examples, one product. Use your `heaviside`.
#
# <details><summary>Hint 1</summary>
#
# `weight` holds one unit in each row. Which of the two matrices must be transposed so that (N, D) meets (D, units)?
# </details>
#
# <details><summary>Hint 2</summary>
#
# An array (units,) added to a table (N, units) is added to each row. That is what you want: column j belongs to unit j.
# </details>
#
# <details><summary>ValueError: matmul: … mismatch in its core dimension</summary>
#
# Write the shapes below the product. The inner two numbers must both be D.
# </details>
#
# <details><summary>My answer has units in its rows</summary>
#
# You computed $W X^{\mathsf T}$. That is the right table lying on its side.
# </details>

# %% exercise="ch01.layer"
def layer(x, weight, bias):
    """The answers of several units to several examples: Heaviside's step of x Wᵀ + b.

    x (N, D), weight (units, D), bias (units,) -> (N, units)
    """
    ### BEGIN SOLUTION
    return heaviside(x @ weight.T + bias)
    ### END SOLUTION


# %% check="ch01.layer" points=3
check("ch01.layer", layer)

# %% [markdown]
# **Remember.** A layer is one matrix product and one step. Each unit is a row of $W$ and a column of $Y$.

# %% [markdown]
# ## 1.7 The perceptron rule: how does a line learn from a mistake?
#
# **The question.** Who sets the numbers? In 1957 Frank Rosenblatt, a psychologist at the Cornell Aeronautical Laboratory, let the unit find them by itself. His *Mark I* looked at 20 by 20 photocells, and motors
# turned its weights. (D2 places Rosenblatt at the Office of Naval Research. That office paid for the work.) What would you do after a mistake?
#
# **The picture.** The blue side is where the unit fires; filled points should lie there. Every frame is one mistake, the gray line is the one before. Watch how the line goes towards a filled point or away from a square, and how it
# sometimes spoils what was right.

# %% tags=["demo"]
figures.perceptron.learning()

# %% [markdown]
# **The mathematics.** Look at one example $x$ with its target $y$, 0 or 1, and the answer $\hat y$.
#
# | target $y$ | answer $\hat y$ | error $y - \hat y$ | what to do |
# |---|---|---|---|
# | 0 | 0 | 0 | nothing |
# | 1 | 1 | 0 | nothing |
# | 1 | 0 | +1 | the sum was too small: add $x$ to the weights |
# | 0 | 1 | −1 | the sum was too large: subtract $x$ from the weights |
#
# All four rows are one formula, with a *learning rate* $\eta > 0$ for the length of the step:
#
# $$w \leftarrow w + \eta\,(y - \hat y)\,x, \qquad b \leftarrow b + \eta\,(y - \hat y) .$$
#
# Why $x$? Because then the sum for this very example moves the right way. The new sum is
#
# $$z' = (w + \eta\,e\,x)\cdot x + b + \eta\,e = z + \eta\,e\,\bigl(\lVert x\rVert^2 + 1\bigr), \qquad e = y - \hat y ,$$
#
# and the bracket is at least 1. The example may still come out wrong, but it is less wrong. Inputs that were 0 had no part in the mistake; their weights stay.

# %% tags=["demo"]
def sum_of(learner, example):
    return (learner.params["weight"] @ example + learner.params["bias"])[0]


rng = np.random.default_rng(2)
pushes = 0
for _ in range(200):
    learner = perceptron.Perceptron(3, lr=0.3, rng=rng)
    example, wanted = rng.normal(size=3), rng.integers(0, 2, 1)
    old, e = sum_of(learner, example), wanted[0] - learner.forward(example)[0]
    learner.learn(example, wanted)
    push = 0.3 * e * (example @ example + 1)
    np.testing.assert_allclose(sum_of(learner, example), old + push, atol=1e-12)
    pushes += e != 0
print(f"{pushes} mistakes of 200: each moved its own sum by η(‖x‖² + 1) the right way")


# %% [markdown] exercise="ch01.perceptron_step" minutes=8 difficulty=2
# ### Exercise: learn from one example
# One unit, one example. Return the new weights and the new bias. Do not change the old ones in place.
#
# <details><summary>Hint 1</summary>
#
# First the answer of the unit: the sum `weight @ x + bias`, then your `heaviside`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The error is target minus answer: −1, 0 or 1. No `if` is needed: with an error of 0 the formula changes nothing.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The bias is the weight of an input that is always 1. Put 1 in the place of x.
# </details>
#
# <details><summary>My unit gets worse with every step</summary>
#
# Look at the sign. A unit that said 0 and should say 1 needs a larger sum.
# </details>
#
# <details><summary>The check says that I change an input in place</summary>
#
# `weight += …` writes into the caller's array. `weight + …` makes a new one.
# </details>

# %% exercise="ch01.perceptron_step"
def perceptron_step(weight, bias, x, target, lr):
    """The perceptron's rule for one unit with Heaviside's step and one example.

    weight (D,), bias a number, x (D,), target 0 or 1, lr a number
    -> new weight (D,), new bias
    """
    ### BEGIN SOLUTION
    error = target - heaviside(weight @ x + bias)
    return weight + lr * error * x, bias + lr * error
    ### END SOLUTION


# %% check="ch01.perceptron_step" points=4
check("ch01.perceptron_step", perceptron_step)

# %% [markdown]
# **Remember.** Only mistakes teach. Each adds its example to the weights or subtracts it.

# %% [markdown]
# ## 1.8 A sign in print: what if you walk the other way?
#
# **The question.** D1 prints the rule with a minus: $\theta \leftarrow \theta - \eta\,(y - \hat y)\,x$. Does it matter? After all, signs are a convention in many places.
#
# **The picture.** The same forty points, the same start, both signs.

# %% tags=["demo"]
figures.perceptron.two_signs()

# %% [markdown]
# With the minus, every mistake makes the same mistake worse, so it is made again in the next epoch, and the weights grow without end. Nothing ever turns them round. The course keeps such places in a table, each with an experiment.
# The one for this line:

# %% tags=["demo"]
numbers = shown["perceptron_rule"]
print("mistakes on 40 points after 50 passes:", {name: int(n) for name, n in numbers.items()})
assert numbers["mended"] == 0 and numbers["printed"] > 20

spots, wanted = figures.perceptron.two_groups(n=40)
printed = figures.perceptron.AsPrinted(2)  # the step as printed
lengths = []
for _ in range(6):
    printed.fit(spots, wanted, epochs=50)
    lengths.append(np.linalg.norm(printed.params["weight"]))
print("length of the weights after every 50 epochs:", [round(float(n)) for n in lengths])
assert np.all(np.diff(lengths) > 100)

# %% [markdown]
# Where may the minus come from? From gradient descent, $\theta \leftarrow \theta - \eta\,\partial L/\partial\theta$. The minus is right there, but then the other factor must be the slope of a loss. D1 calls the difference $y - \hat y$ itself the loss. That cannot be:
# a loss should be small when things go well, and this number is smallest, −1, for a mistake. A loss whose slope fits exists. With targets $t = 2y - 1$, which are −1 and +1, it is
#
# $$L = \max(0, -t z) : \quad \text{0 for a right answer, and how far } z \text{ is on the wrong side for a wrong one.}$$
#
# Its slope for $w$ is $-t\,x$ after a mistake and 0 otherwise. With $t = y - \hat y$ after a mistake, minus this slope is $(y - \hat y)\,x$: two minus signs, so a plus.

# %% tags=["demo"]
from functools import partial

from course_lib.gradients import numerical_gradient


def on_the_wrong_side(w, example, y):
    return max(0.0, -(2 * y - 1) * (w @ example))


rng = np.random.default_rng(3)
for _ in range(50):
    w, example, y = rng.normal(size=3), rng.normal(size=3), rng.integers(0, 2)
    slope = numerical_gradient(partial(on_the_wrong_side, example=example, y=y), w)
    answer = perceptron.ThresholdLogicUnit(w).forward(example)
    np.testing.assert_allclose(-slope, (y - answer) * example, atol=1e-6)
print("the rule is a step down the slope of max(0, −t z)")

# %% [markdown]
# **Remember.** Plus: towards what should have been 1. The rule goes down the slope of $\max(0, -tz)$.

# %% [markdown]
# ## 1.9 The whole perceptron: does it ever stop?
#
# **The question.** One mistake mended may be another one made. Show it all examples again and again; does that end?
#
# **The code.** One pass through all examples is an *epoch*. Count the mistakes of each epoch; when an epoch has none, nothing will ever change again, and learning is over.

# %% tags=["demo"]
some_gates = {"AND": first & second, "OR": first | second, "NAND": 1 - (first & second)}
for name, wanted in some_gates.items():
    learner = perceptron.Perceptron(inputs=2)
    history = learner.fit(square, wanted)
    (weights,), (bias,) = learner.params["weight"], learner.params["bias"]
    print(f"{name:5s} mistakes of each epoch {history}, weights {weights}, bias {bias:g}")
    assert history[-1] == 0 and np.array_equal(learner.forward(square)[:, 0], wanted)


# %% [markdown] exercise="ch01.perceptron" minutes=20 difficulty=4
# ### Exercise: the perceptron
# Write the class: a layer of units that learns. It keeps its numbers in `self.params`, a dictionary with `"weight"` (units, inputs) and `"bias"` (units,), both 0 at the start.
#
# - `forward(x)` gets examples (N, inputs) and answers (N, units), 0 or 1.
# - `fit(x, target, epochs)` goes through the examples in the order given, `epochs` times at most. It learns **after each single example**, and so the next example meets the new weights. Every unit compares its own answer with its own target. An example on which two units are wrong counts as two mistakes. `fit` stops after the first epoch
#   without any mistake. It returns the list of mistakes, one number for each epoch that was run, the last 0 included.
#
# <details><summary>Hint 1</summary>
#
# Two loops: one over the epochs, inside it one over the examples. The counter of mistakes starts at 0 in each epoch.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For one example `x[i]` of shape (inputs,), the sums of all units are `weight @ x[i] + bias`, of shape (units,). So is the error.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Unit j changes its row by lr · error[j] · x[i]. For all units at once that is a table of products, (units, inputs): `np.outer(error, x[i])`.
# </details>
#
# <details><summary>Hint 4</summary>
#
# `np.count_nonzero(error)` counts the wrong units. `break` leaves the loop over the epochs.
# </details>
#
# <details><summary>My list has other numbers, but the answers are right</summary>
#
# Are the weights changed after each example, or at the end of the epoch? And is an answer at a sum of exactly 0 a 1? At the start all sums are 0.
# </details>
#
# <details><summary>There are negative counts in my list, or learning stops too early</summary>
#
# The errors were added up with their signs, and +1 and −1 cancel. Count the errors that are not 0.
# </details>
#
# <details><summary>My list is one number too short, or has always `epochs` numbers</summary>
#
# Append first, then ask whether the count is 0.
# </details>
#
# <details><summary>ValueError: operands could not be broadcast together</summary>
#
# Print the shapes of error and of `x[i]`. Their product entry by entry is something else than the table of all products.
# </details>

# %% exercise="ch01.perceptron"
class Perceptron:
    def __init__(self, inputs, units=1, lr=1.0):
        """Weights (units, inputs) and biases (units,) of 0; lr, a number, is kept."""
        ### BEGIN SOLUTION
        self.lr = lr
        self.params = {"weight": np.zeros((units, inputs)), "bias": np.zeros(units)}
        ### END SOLUTION

    def forward(self, x):
        """x (N, inputs) -> (N, units), 0 or 1"""
        ### BEGIN SOLUTION
        return heaviside(x @ self.params["weight"].T + self.params["bias"])
        ### END SOLUTION

    def fit(self, x, target, epochs=100):
        """Learn from one example after the other until an epoch passes without a mistake.

        x (N, inputs), target (N, units) of 0 and 1 -> list of the mistakes of each epoch
        """
        ### BEGIN SOLUTION
        mistakes = []
        for _ in range(epochs):
            wrong = 0
            for xi, ti in zip(x, target):
                error = ti - heaviside(self.params["weight"] @ xi + self.params["bias"])
                self.params["weight"] = self.params["weight"] + self.lr * np.outer(error, xi)
                self.params["bias"] = self.params["bias"] + self.lr * error
                wrong += np.count_nonzero(error)
            mistakes.append(wrong)
            if wrong == 0:
                break
        return mistakes
        ### END SOLUTION


# %% check="ch01.perceptron" points=7
check("ch01.perceptron", Perceptron)

# %% [markdown]
# Three experiments with it.
#
# **The learning rate does nothing here.** From a start at 0 the weights are the rate times a sum of examples. Another rate stretches all of them alike, and no answer changes (1.5). With random starting weights it matters a little.
#
# **The order matters.** Other orders make other mistakes, and end at other lines.
#
# **Equal starts are no trouble in one layer.** D1 warns that units with equal starting weights all compute the same, and asks for random ones. They do compute the same at first. But each has a target of its own, makes mistakes of its own, and so they part at once. The warning is right
# for *hidden* units, which have no target of their own (chapters 2 and 7).

# %% tags=["demo"]
spots, wanted = figures.perceptron.two_groups()
histories = []
for rate in (0.0625, 1.0, 16.0):
    histories.append(perceptron.Perceptron(2, lr=rate).fit(spots, wanted))
    print(f"learning rate {rate:6g}: mistakes of each epoch {histories[-1]}")
assert histories[0] == histories[1] == histories[2]

dice = [np.random.default_rng(seed) for seed in range(40)]
orders = [sum(perceptron.Perceptron(2).fit(spots, wanted, rng=rng)) for rng in dice]
print(f"40 orders: between {min(orders)} and {max(orders)} mistakes")
assert max(orders) > min(orders)

pair = perceptron.Perceptron(2, units=2)  # both start at 0
pair.fit(square, np.stack([first & second, first | second], axis=1))
print("two units that started alike:", *(pair.params[name].tolist() for name in pair.params))
assert not np.array_equal(*pair.params["weight"])

# %% [markdown]
# **Remember.** Epoch after epoch until one has no mistakes. From zero, the learning rate only stretches the weights.

# %% [markdown]
# ## 1.10 Margins: how many mistakes can there be?
#
# **The question.** Can you promise that learning ends, and say when, before you begin?
#
# **The picture.** Yes. Follow the length of the weights. With every mistake it must grow at least so much (dotted) and can grow only so much (dashed). The two walls meet, and behind this point there is no room for another mistake.

# %% tags=["demo"]
figures.perceptron.walls()

# %% [markdown]
# **The mathematics.** Count the bias as one more weight: write $v = (w, b)$ and $\tilde x = (x, 1)$, so that $z = v \cdot \tilde x$. With targets $t = \pm1$ an example is right if $t z > 0$. Let $R$ be the length of the
# longest $\tilde x$. Suppose that some $v^*$ of length 1 separates the classes, and that every example keeps a distance from its border:
#
# $$t_i\; v^* \cdot \tilde x_i \ge \gamma > 0 \quad\text{for all } i .$$
#
# This $\gamma$ is the *margin*. Now start at $v = 0$ with $\eta = 1$. Each mistake adds $t\,\tilde x$ to $v$.
#
# 1. **It grows.** Each mistake raises $v \cdot v^*$ by $t\,\tilde x \cdot v^* \ge \gamma$. After $k$ mistakes $v \cdot v^* \ge k\gamma$. As $v^*$ has length 1, $\lVert v\rVert \ge k\gamma$.
# 2. **It does not grow fast.** $\lVert v + t\tilde x\rVert^2 = \lVert v\rVert^2 + 2\,t\,v\cdot\tilde x + \lVert\tilde x\rVert^2$. The middle term is not positive, for it was a mistake. So the square grows by at most $R^2$, and after $k$ mistakes $\lVert v\rVert \le \sqrt k\,R$.
#
# Together $k\gamma \le \sqrt k\,R$, and so
#
# $$k \le \left(\frac R\gamma\right)^2 .$$
#
# That is Novikoff's theorem of 1962. It counts all mistakes of all epochs. It knows nothing of the number of examples or of inputs: a wide gap is all that helps.
#
# **The code.** Any line $(w, b)$ with all examples on their right side will do as $v^*$. Divide by its length:
#
# $$\gamma = \min_i \frac{t_i\,(w \cdot x_i + b)}{\sqrt{\lVert w\rVert^2 + b^2}}, \qquad R = \max_i \sqrt{\lVert x_i\rVert^2 + 1} .$$
#
# In the plane, the distance of a point from a line is divided by $\lVert w\rVert$ alone. Here the bias belongs to the weights, and so it stands under the root.


# %% [markdown] exercise="ch01.margin" minutes=12 difficulty=3
# ### Exercise: the margin and the bound
# Compute $\gamma$ and $(R/\gamma)^2$ for a given line. If an example lies on the wrong side, or on the line, the margin is negative or 0, and there is no bound: return the margin all the same, and `np.inf` as the bound.
#
# <details><summary>Hint 1</summary>
#
# One sum for each example, `x @ weight + bias`, times its target. Which of the N numbers is the margin made from?
# </details>
#
# <details><summary>Hint 2</summary>
#
# The length has the bias in it: the root of all squared weights and the squared bias.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For R, square x, sum along each row, add 1 for the constant input, take the largest, take the root.
# </details>
#
# <details><summary>My margin doubles when I double the line</summary>
#
# The division by the length is missing.
# </details>
#
# <details><summary>My bound is finite although an example is wrong</summary>
#
# The square hides the minus sign of the margin. Ask whether the margin is positive before you divide.
# </details>

# %% exercise="ch01.margin"
def margin(weight, bias, x, target):
    """The margin γ of a line, and the bound (R/γ)² on the mistakes; np.inf where γ ≤ 0.

    weight (D,), bias a number, x (N, D), target (N,) of −1 and +1 -> two numbers.
    The bias is the weight of an input 1: it counts in the length of the line, the 1 in R.
    """
    ### BEGIN SOLUTION
    length = np.sqrt(np.sum(weight**2) + bias**2)
    nearest = np.min(target * (x @ weight + bias)) / length
    radius = np.sqrt(np.max(np.sum(x**2, axis=1)) + 1)
    return nearest, (radius / nearest) ** 2 if nearest > 0 else np.inf
    ### END SOLUTION


# %% check="ch01.margin" points=5
check("ch01.margin", margin)

# %% [markdown]
# Is the promise kept? We draw 80 sets with margins of all sizes and compare what was allowed with what was made. The bound always holds, and it is generous: it must hold for the most spiteful order of the examples.

# %% tags=["demo"]
allowed, made = [], []
rng = np.random.default_rng(4)
for seed in range(80):
    inputs, gap = int(rng.integers(2, 25)), float(rng.choice([0.02, 0.1, 0.3, 0.6]))
    spots, wanted, separator = figures.perceptron.signs(200, inputs, gap, seed)
    free = np.min((2 * wanted - 1) * (spots @ separator))
    allowed.append((inputs + 1) / free**2)  # every example has the length √(inputs + 1)
    learner = perceptron.Perceptron(inputs)
    history = learner.fit(spots, wanted, epochs=10_000)
    assert history[-1] == 0
    made.append(sum(history))
assert np.all(np.array(made) <= allowed)
figures.perceptron.bounds(allowed, made)

# %% [markdown]
# And where no line separates, there is no $\gamma$, and the proof says nothing. That is the next section.
#
# **Remember.** Mistakes in all are at most $(R/\gamma)^2$. A wide gap makes learning easy.

# %% [markdown]
# ## 1.11 XOR: what can no single unit do?
#
# **The question.** "One or the other, not both." Have you found numbers for it in 1.5?
#
# **The picture.** The two filled corners lie across from each other, and so do the two empty ones. Wherever the line goes, at least one corner is on the wrong side.

# %% tags=["demo"]
figures.perceptron.cut(w1=1.0, w2=1.0, bias=-0.5, gate="XOR")

# %% [markdown]
# **The mathematics.** Suppose a unit computes XOR. Its four answers say
#
# $$b < 0, \qquad w_1 + b \ge 0, \qquad w_2 + b \ge 0, \qquad w_1 + w_2 + b < 0 .$$
#
# Add the first and the last: $w_1 + w_2 + 2b < 0$. Add the middle two: $w_1 + w_2 + 2b \ge 0$. Both cannot be. So no such unit exists. Marvin Minsky and Seymour Papert made this example famous in their book *Perceptrons* of 1969.
#
# **The code.** A proof that convinces is one thing, a search that finds nothing is another. Let all three numbers run through a grid and see which tables come out.


# %% [markdown] exercise="ch01.count_lines" minutes=12 difficulty=3
# ### Exercise: try all lines
# $w_1$, $w_2$ and $b$ each run through all of `values`, independently of each other. Count for how many of these lines the unit gives the right answer to **every** example.
#
# <details><summary>Hint 1</summary>
#
# Three loops, one inside the other. With G values there are G·G·G lines.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For one line: the sums of all examples are `w1 * x[:, 0] + w2 * x[:, 1] + b`. Put them through your `heaviside`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.all(answers == target)` is `True` if every answer is right, and `True` counts as 1.
# </details>
#
# <details><summary>I find lines that compute XOR</summary>
#
# Then a line counts although one of its answers is wrong. Print the four answers of one that you found.
# </details>
#
# <details><summary>My counts are a little too small or too large</summary>
#
# On a grid many sums are exactly 0. There the step is 1.
# </details>

# %% exercise="ch01.count_lines"
def count_lines(x, target, values):
    """How many triples (w1, w2, b) of numbers from values answer every example rightly.

    x (N, 2), target (N,) of 0 and 1, values (G,) -> a whole number from 0 to G³
    """
    ### BEGIN SOLUTION
    count = 0
    for w1 in values:
        for w2 in values:
            for b in values:
                answers = heaviside(w1 * x[:, 0] + w2 * x[:, 1] + b)
                count += np.all(answers == target)
    return count
    ### END SOLUTION


# %% check="ch01.count_lines" points=4
check("ch01.count_lines", count_lines)

# %% [markdown]
# Here are all 16 tables of two inputs and the number of lines on a grid of 21 · 21 · 21 that compute each:

# %% tags=["demo"]
side = np.linspace(-2.5, 2.5, 21)
all_lines = np.stack(np.meshgrid(side, side, side, indexing="ij"), axis=-1).reshape(-1, 3)
every_line = perceptron.Perceptron(2, units=len(all_lines))
every_line.params = {"weight": all_lines[:, :2], "bias": all_lines[:, 2]}
number = (1 << np.arange(4)) @ every_line.forward(square).astype(int)
tally = np.bincount(number, minlength=16)
assert tally.sum() == 21**3 and np.flatnonzero(tally == 0).tolist() == [6, 9]
figures.perceptron.table_counts(tally)

# %% [markdown]
# Fourteen tables have their lines. XOR and its opposite have none. With more inputs it gets worse: of the tables of three inputs, single units compute 104 of 256, and of four inputs 1 882 of 65 536. We find them all with small whole numbers for weights. (These
# counts are known; for few inputs, whole numbers up to 3 are enough.)

# %% tags=["demo"]
from itertools import product


def tables_of_one_unit(inputs, largest):
    """How many tables units have whose weights are whole numbers up to `largest`."""
    rows = np.array(list(product((0, 1), repeat=inputs)))
    weights = np.array(list(product(range(-largest, largest + 1), repeat=inputs)))
    sums = weights @ rows.T
    found = set()
    for threshold in range(sums.min(), sums.max() + 2):
        found.update(((sums >= threshold) @ (1 << np.arange(2**inputs))).tolist())
    return len(found)


for inputs, largest, known in ((2, 1, 14), (3, 2, 104), (4, 3, 1882)):
    count, tables = tables_of_one_unit(inputs, largest), 2 ** 2**inputs
    print(f"{inputs} inputs: {count:5d} of {tables:6d} tables, {count / tables:5.1%}")
    assert count == known

# %% [markdown]
# What does the perceptron do when it is asked for the impossible? It turns in a circle. On XOR its weights come back to where they have been, and from there all repeats, forever:

# %% tags=["demo"]
exclusive = first ^ second
learner, visited = perceptron.Perceptron(2), []
for epoch in range(20):
    (missed,) = learner.fit(square, exclusive, epochs=1)
    state = [*learner.params["weight"][0].tolist(), float(learner.params["bias"][0])]
    assert missed > 0
    if state in visited:
        before = visited.index(state) + 1
        print(f"after epoch {epoch + 1} the weights are those after epoch {before}: {state}")
        break
    visited.append(state)
assert state in visited

# %% [markdown]
# The way out was shown in 1.3: two layers. One unit says OR, another says AND, and a third fires if the first does and the second does not. D1 calls this a *multilayer perceptron*. What was missing in 1969 was not the network, it was a rule by which the units in the middle
# learn: nobody tells them their targets. Chapter 6 has the rule.

# %% tags=["demo"]
middle = perceptron.Perceptron(2, units=2)
middle.params = {"weight": np.ones((2, 2)), "bias": np.array([-1.0, -2.0])}  # OR and AND
last = perceptron.ThresholdLogicUnit((1, -1), bias=-1)  # the first and not the second
assert np.array_equal(last.forward(middle.forward(square)), exclusive)

# %% [markdown]
# **Remember.** One unit is one line, and no line separates the corners of XOR. Two layers do.

# %% [markdown]
# ## 1.12 The delta rule: what changes if the unit admits how far off it is?
#
# **The question.** The perceptron hears "wrong" and not "how wrong". A narrow miss and a wild one teach the same. Can a unit learn from the distance?
#
# **The mathematics.** In 1960 Bernard Widrow and Ted Hoff compared the target with the sum *before* the step. For one layer with sums $Z = XW^{\mathsf T} + b$ and targets $T$, write $E = T - Z$. Go down the mean of $\tfrac12 E^2$:
#
# $$W \leftarrow W + \frac\eta N\, E^{\mathsf T} X, \qquad b \leftarrow b + \frac\eta N \sum_n E_n .$$
#
# This is the *delta rule*, and it is your first gradient descent. Two things have changed. The error $E$ is no longer −1, 0 or 1 but how much is missing, and so examples that are right teach, too: their sums are pulled to the target, also down to it. And a whole batch of examples gives one step, with the mean
# of their wishes.


# %% [markdown] exercise="ch01.delta_rule" minutes=9 difficulty=3
# ### Exercise: one step of the delta rule
# All units, all examples, one step. Errors are targets minus sums, without any step function. Both the weights and the biases move by lr times the **mean over the N examples**.
#
# <details><summary>Hint 1</summary>
#
# The sums are those of 1.6: `x @ weight.T + bias`, of shape (N, units). The error has that shape, too.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The weights need a table (units, D). The error is (N, units), x is (N, D). Which product sums over the N examples?
# </details>
#
# <details><summary>Hint 3</summary>
#
# Divide that product by N. For the biases, take the mean of the error along the axis of the examples.
# </details>
#
# <details><summary>My step grows when I give the same examples twice</summary>
#
# You take a sum over the examples. A mean stays.
# </details>
#
# <details><summary>My weights come out in the shape (D, units)</summary>
#
# That is the transpose of what is asked for: exchange the two factors of the product.
# </details>

# %% exercise="ch01.delta_rule"
def delta_rule(weight, bias, x, target, lr):
    """One step down the mean over the examples of ½(target − z)², z = x Wᵀ + b.

    weight (units, D), bias (units,), x (N, D), target (N, units), lr a number
    -> new weight, new bias
    """
    ### BEGIN SOLUTION
    error = target - (x @ weight.T + bias)
    return weight + lr * error.T @ x / len(x), bias + lr * error.mean(axis=0)
    ### END SOLUTION


# %% check="ch01.delta_rule" points=4
check("ch01.delta_rule", delta_rule)

# %% [markdown]
# **Which rule is better?** It depends on the data. On the left a line separates the classes, but some filled points lie very far away. The delta rule cannot leave them alone: their sums are far above the target of 1, so it turns the line until it cuts through the others. On the right the classes overlap,
# and no line is without mistakes.

# %% tags=["demo"]
from course_lib import datasets


def by_delta(x, target, lr, steps):
    """One unit, targets −1 and +1, many steps from 0 -> weight (D,), bias."""
    weight, bias = np.zeros((1, x.shape[1])), np.zeros(1)
    for _ in range(steps):
        weight, bias = perceptron.delta_rule(weight, bias, x, 2.0 * target[:, None] - 1, lr)
    return weight[0], float(bias[0])


def wrong(line, x, target):
    return np.mean(perceptron.ThresholdLogicUnit(*line).forward(x) != target)


def line_of(learner):
    return learner.params["weight"][0], float(learner.params["bias"][0])


rng = np.random.default_rng(4)
center = np.repeat([[-1.0, 0.0], [0.6, 0.0], [9.0, 0.0]], [40, 30, 30], axis=0)
scatter = np.where(center[:, :1] > 5, [0.5, 1.0], [0.25, 1.0])
apart = center + scatter * rng.normal(size=(100, 2))
apart_target = (center[:, 0] > 0).astype(float)
mixed, mixed_target = datasets.two_classes(rng, majority=100, minority=100)
shuffled = rng.permutation(200)
mixed, mixed_target = mixed[shuffled], mixed_target[shuffled].astype(float)

learner = perceptron.Perceptron(2)
assert learner.fit(apart, apart_target, epochs=100)[-1] == 0
found_apart = {"perceptron rule": line_of(learner)}
found_apart["delta rule"] = by_delta(apart, apart_target, lr=0.03, steps=3000)
learner = perceptron.Perceptron(2)
learner.fit(mixed, mixed_target, epochs=50)
found_mixed = {"perceptron rule": line_of(learner)}
found_mixed["delta rule"] = by_delta(mixed, mixed_target, lr=0.1, steps=1000)
for name, line in found_apart.items():
    print(f"{name:16s} wrong on the left {wrong(line, apart, apart_target):5.1%}")
assert wrong(found_apart["perceptron rule"], apart, apart_target) == 0
assert wrong(found_apart["delta rule"], apart, apart_target) > 0.1
figures.perceptron.two_rules(
    {
        "Separable, some far away": (apart, apart_target, found_apart),
        "Overlapping": (mixed, mixed_target, found_mixed),
    }
)

# %% [markdown]
# On the overlapping classes the perceptron never settles: every wrong example throws the line about. We follow both for sixty epochs and test them on new points.

# %% tags=["demo"]
goals = 2 * mixed_target[:, None] - 1
fresh, fresh_target = datasets.two_classes(np.random.default_rng(5), 5000, 5000)
learner, weight, bias = perceptron.Perceptron(2), np.zeros((1, 2)), np.zeros(1)
curves = {"perceptron rule": [], "delta rule": []}
for _ in range(60):
    learner.fit(mixed, mixed_target, epochs=1)
    for _ in range(10):
        weight, bias = perceptron.delta_rule(weight, bias, mixed, goals, lr=0.1)
    now = {"perceptron rule": line_of(learner), "delta rule": (weight[0], float(bias[0]))}
    for name, line in now.items():
        curves[name].append(100 * wrong(line, fresh, fresh_target))
spread = {name: np.ptp(values[-20:]) for name, values in curves.items()}
print({name: f"{values[-1]:.1f} % wrong in the end" for name, values in curves.items()})
assert spread["perceptron rule"] > 1 > spread["delta rule"]
assert np.mean(curves["delta rule"][-20:]) < np.mean(curves["perceptron rule"][-20:])
figures.perceptron.over_epochs(curves, "percent wrong on new points")

# %% [markdown]
# | | perceptron rule | delta rule |
# |---|---|---|
# | learns from | mistakes | how far the sum is from the target |
# | a line separates | finds one, after at most $(R/\gamma)^2$ mistakes | goes to the least squares, which may be wrong on some |
# | the classes overlap | never settles | settles |
# | learning rate | does not matter (from 0) | too large and it explodes |
# | needs a slope | no | yes: of the sum |
#
# D1 says that the delta rule was slow and could end in suboptimal solutions. In one layer there is nothing suboptimal to end in: $E^2$ is a bowl with a single lowest place, and every start leads there. The trouble begins with a second layer, where the units in the middle have no target.

# %% tags=["demo"]
arrived = []
for seed in range(10):
    rng = np.random.default_rng(seed)
    weight, bias = rng.normal(0, 5, (1, 2)), rng.normal(0, 5, 1)
    for _ in range(2000):
        weight, bias = perceptron.delta_rule(weight, bias, mixed, goals, lr=0.2)
    arrived.append([*weight[0], *bias])
print("ten starts, one goal:", np.round(arrived[0], 4))
np.testing.assert_allclose(arrived, np.tile(arrived[0], (10, 1)), atol=1e-8)
# it is the least-squares line
exact = np.linalg.lstsq(np.column_stack([mixed, np.ones(200)]), goals[:, 0], rcond=None)[0]
np.testing.assert_allclose(arrived[0], exact, atol=1e-8)

# %% [markdown]
# **Remember.** The perceptron corrects mistakes, the delta rule distances. The one ends where a line separates, the other always, if its steps are short enough.

# %% [markdown]
# ## 1.13 Digits: how do ten units agree on one answer?
#
# **The question.** Rosenblatt's machine looked at pictures. Can a layer of ten units read digits?
#
# **The picture.** scikit-learn brings 1 797 handwritten digits of 8 by 8 pixels. Two thirds of them are for learning, the others for testing.

# %% tags=["demo"]
from sklearn.datasets import load_digits

pixels, digit = load_digits(return_X_y=True)
mix = np.random.default_rng(0).permutation(len(digit))
pixels, digit = pixels[mix] / 16, digit[mix]
seen, seen_digit = pixels[:1200], digit[:1200]
unseen, unseen_digit = pixels[1200:], digit[1200:]
figures.perceptron.digits(seen[:20], seen_digit[:20])

# %% [markdown]
# **The code.** One unit for each digit, its target 1 for its own digit and 0 for all others:

# %% tags=["demo"]
ten = perceptron.Perceptron(inputs=64, units=10)
history = ten.fit(seen, np.eye(10)[seen_digit], epochs=20, rng=np.random.default_rng(1))
firing = ten.forward(unseen).sum(axis=1)
for count in range(3):
    print(f"{count} units fire for {np.mean(firing == count):6.1%} of the new digits")
scores = unseen @ ten.params["weight"].T + ten.params["bias"]
exactly_right = np.mean((ten.forward(unseen) == np.eye(10)[unseen_digit]).all(axis=1))
largest_right = np.mean(scores.argmax(axis=1) == unseen_digit)
print(f"all ten units right: {exactly_right:.1%}; the largest sum right: {largest_right:.1%}")
assert np.mean(firing == 1) < 0.95 and largest_right > exactly_right + 0.03

# %% [markdown]
# Ten units that decide each for itself do not always agree: sometimes none fires, sometimes two. Take the largest sum instead, and it gets better at once. But then train for that, too.
#
# **The mathematics.** Let every class $k$ have a score $s_k = w_k \cdot x + b_k$, and let the largest score win. If the wrong class wins, two rows learn and no others. The true class receives the example, the winner gives it away:
#
# $$w_\text{true} \leftarrow w_\text{true} + x, \quad b_\text{true} \leftarrow b_\text{true} + 1, \qquad w_\text{winner} \leftarrow w_\text{winner} - x, \quad b_\text{winner} \leftarrow b_\text{winner} - 1 .$$
#
# No target is 0 or 1 any more. It is of no importance whether a score is positive; what counts is who is ahead.


# %% [markdown] exercise="ch01.multiclass_step" minutes=10 difficulty=3
# ### Exercise: a contest of classes
# One example, all classes. Return the new weights and biases, and leave the old ones as they are. If the true class wins, nothing changes. At equal scores the first of them wins, as `np.argmax` has it. There is no learning rate: it is 1.
#
# <details><summary>Hint 1</summary>
#
# All scores at once: `weight @ x + bias`, of shape (K,). `argmax` gives the number of the winner.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Copy first: `weight.copy()`. Then change two rows of the copies.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Do you need an `if`? If winner and true class are the same row, adding x and subtracting x cancel.
# </details>
#
# <details><summary>My answer is right for mistakes and wrong for right answers</summary>
#
# A right answer must change nothing. Is there an `else` too many?
# </details>
#
# <details><summary>The check says that I change an input in place</summary>
#
# `weight[label] += x` writes into the array you were given. Make a copy first.
# </details>

# %% exercise="ch01.multiclass_step"
def multiclass_step(weight, bias, x, label):
    """The multi-class perceptron's rule for one example.

    weight (K, D), bias (K,), x (D,), label a whole number from 0 to K − 1
    -> new weight, new bias
    """
    ### BEGIN SOLUTION
    winner = np.argmax(weight @ x + bias)
    weight, bias = weight.copy(), bias.copy()
    if winner != label:
        weight[label], weight[winner] = weight[label] + x, weight[winner] - x
        bias[label], bias[winner] = bias[label] + 1, bias[winner] - 1
    return weight, bias
    ### END SOLUTION


# %% check="ch01.multiclass_step" points=4
check("ch01.multiclass_step", multiclass_step)

# %% [markdown]
# The three rules of this chapter on the digits. The perceptrons and the contest get twenty epochs, the delta rule two thousand steps:

# %% tags=["demo"]
scored = np.zeros((10, 65))  # the last column holds the biases
longer = np.column_stack([seen, np.ones(len(seen))])
slips = []
shuffle = np.random.default_rng(1)
for _ in range(20):
    slips.append(0)
    for one in shuffle.permutation(len(longer)):
        pull = np.eye(10)[seen_digit[one]] - np.eye(10)[(scored @ longer[one]).argmax()]
        scored += np.outer(pull, longer[one])
        slips[-1] += int(pull.any())

delta = np.zeros((10, 64)), np.zeros(10)
for _ in range(2000):
    delta = perceptron.delta_rule(*delta, seen, np.eye(10)[seen_digit], lr=0.05)


def read(weight, bias):
    """The share of new digits whose own score is the largest."""
    return np.mean((unseen @ weight.T + bias).argmax(axis=1) == unseen_digit)


results = {
    "ten perceptrons, largest sum": read(*ten.params.values()),
    "delta rule, largest sum": read(*delta),
    "contest of classes": read(scored[:, :64], scored[:, 64]),
}
for name, share in results.items():
    print(f"{name:30s} {share:6.1%} of the new digits right")
print("mistakes of the contest in the epochs:", *slips)
assert min(results.values()) > 0.9 and results["contest of classes"] > 0.93
assert slips[-1] < slips[0] / 4

# %% [markdown]
# Each row of weights is a picture of 8 by 8 itself. Violet pixels speak for the digit, orange ones against it. The 0 objects to ink in the middle.

# %% tags=["demo"]
middle_of_zero = scored[0, :64].reshape(8, 8)[3:5, 3:5]
assert middle_of_zero.mean() < 0
figures.perceptron.templates(scored[:, :64])

# %% [markdown]
# One layer reads about 95 of 100 digits. A network with a hidden layer reads more than 97 (chapter 6), and a convolutional one more still (chapter 14).
#
# **Remember.** With several classes the largest score wins. On a mistake the true class gains the example and the winner loses it.

# %% [markdown]
# ## 1.14 The same in PyTorch
#
# The steps have twins in PyTorch, and a layer is the same product. We compare the answers and the time, on the graphics card where there is one. And the delta rule: PyTorch finds the slope by itself. Chapter 6 shows how.

# %% tags=["demo"]
import torch

from course_lib import activations_torch

devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
rng = np.random.default_rng(6)
# examples, weights of 200 units, biases
layer_of = rng.normal(size=(2000, 300)), rng.normal(size=(200, 300)), rng.normal(size=200)


def finished(device, answer):
    """A graphics card works on while Python goes on: wait before reading the clock."""
    if device == "cuda":
        torch.cuda.synchronize()
    return answer


def by_numpy(unit, x, weight, bias):
    return unit.forward(x @ weight.T + bias)


def by_torch(unit, device, x, weight, bias):
    return finished(device, unit(x @ weight.T + bias))


print("unit       device  different      NumPy    PyTorch")
for name in ("Heaviside", "Sign"):
    unit, twin = getattr(activations, name)(), getattr(activations_torch, name)()
    answer, took = by_numpy(unit, *layer_of), milliseconds(by_numpy, unit, *layer_of)
    for device in devices:
        there = [torch.tensor(array, device=device) for array in layer_of]
        differing = int((by_torch(twin, device, *there).cpu().numpy() != answer).sum())
        theirs = milliseconds(by_torch, twin, device, *there)
        print(f"{name:10s} {device:>6s} {differing:10d} {took:7.2f} ms {theirs:7.2f} ms")
        assert differing <= 2  # a sum within rounding of 0 may fall on either side
if "cuda" not in devices:
    print("no GPU here: the CPU only")


# %% tags=["demo"]
def delta_rule_of_torch(device, weight, bias, x, target, lr):
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    half_square = 0.5 * (x @ weight.T + bias - target) ** 2
    half_square.sum(dim=1).mean().backward()  # PyTorch finds the slopes
    with torch.no_grad():
        return finished(device, (weight - lr * weight.grad, bias - lr * bias.grad))


given = rng.normal(size=(10, 64)), rng.normal(size=10), seen, np.eye(10)[seen_digit]
ours = perceptron.delta_rule(*given, lr=0.1)
took = milliseconds(perceptron.delta_rule, *given, 0.1)
for device in devices:
    there = [torch.tensor(array, device=device) for array in given]
    theirs = delta_rule_of_torch(device, *there, 0.1)
    off = max(np.abs(a - b.cpu().numpy()).max() for a, b in zip(ours, theirs))
    other = milliseconds(delta_rule_of_torch, device, *there, 0.1)
    print(f"{device}: difference {off:.1e}, NumPy {took:.2f} ms, PyTorch {other:.2f} ms")
    assert off < 1e-10

# %% [markdown]
# ---
# ## 1.15 Errata of this chapter
#
# Each line is as printed in our copy of the text. The cell runs the experiments of the first two once more.

# %% tags=["demo"]
for row in ERRATA:
    if row.chapter == 1:
        numbers = ", ".join(f"{name}: {value:.4g}" for name, value in row.show().items())
        print(f"{row.document}  {row.printed}\n    → {row.mended}\n      ({numbers})")
assert len(shown) == 2

# %% [markdown]
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | $\theta \leftarrow \theta - \eta(y - \hat y)x$ | plus | 1.8 |
# | D1 | a perceptron outputs any value between −1 and 1 | 0 or 1 with Heaviside; −1, 0 or 1 with the sign | 1.4 |
# | D1 | the difference $y - \hat y$ is the loss | $\max(0, -tz)$ is a loss with this rule for its slope | 1.8 |
# | D1 | units of one layer that start alike stay alike | only hidden ones; here each has its own target | 1.9 |
# | D1 | the delta rule may end in suboptimal solutions | in one layer there is one lowest place | 1.12 |
# | D1 | artificial networks work only one thing after the other | the units of a layer are computed at once | 1.6 |
# | D2 | Rosenblatt, a researcher at the Office of Naval Research | at the Cornell Aeronautical Laboratory; the Office paid | 1.7 |

# %% [markdown]
# ## 1.16 The chapter on one screen
#
# | unit or rule | formula | keep in mind |
# |---|---|---|
# | McCulloch–Pitts | 1 if $\sum w_i x_i \ge T$ | set by hand; AND 2, OR 1, NOT: weight −1 and 0 |
# | Heaviside | 1 if $z \ge 0$, else 0 | 1 at 0 |
# | sign | −1, 0, 1 | 0 at 0 |
# | TLU | $H(w \cdot x + b)$ | a line; $b = -T$ |
# | layer | $H(XW^{\mathsf T} + b)$ | (N, D) → (N, units) |
# | perceptron rule | $w \leftarrow w + \eta(y - \hat y)x$ | after each example; only mistakes teach |
# | margin | $\gamma = \min t\,z / \sqrt{\lVert w\rVert^2 + b^2}$ | at most $(R/\gamma)^2$ mistakes |
# | delta rule | $W \leftarrow W + \tfrac\eta N E^{\mathsf T}X$ | before the step; least squares |
# | several classes | true $+x$, winner $-x$ | the largest score wins |
#
# - A unit is a line. What no line separates, no unit learns: XOR.
# - Two layers compute every table, but the perceptron rule cannot train the first of them.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. A neuron has the weights 1, 1, 1. Which thresholds make it AND, OR and "at least two"?</summary>
#
# 3, 1 and 2.
# </details>
#
# <details><summary>2. What does the bias do to the line, and what do the weights?</summary>
#
# The bias shifts it, the weights turn it: they stand at a right angle to it and point to the side that fires.
# </details>
#
# <details><summary>3. The target is 0 and the unit says 1. What does the perceptron rule do to the weights and to the bias?</summary>
#
# The error is −1: it subtracts η·x from the weights and η from the bias. The sum for this example falls.
# </details>
#
# <details><summary>4. You halve the margin and keep the lengths of the examples. How many mistakes may there be now?</summary>
#
# Four times as many: the bound is $(R/\gamma)^2$.
# </details>
#
# <details><summary>5. Why can no unit compute XOR, in one line?</summary>
#
# Both "on" corners give $w_1 + w_2 + 2b \ge 0$, both "off" corners give $w_1 + w_2 + 2b < 0$.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My perceptron never stops making mistakes</summary>
#
# Perhaps no line separates the classes: then it never will, and the delta rule is the better choice. Perhaps the sign of the rule is reversed: then the weights grow and grow. Print their length (1.8).
# </details>
#
# <details><summary>It learns OR, but not AND</summary>
#
# The bias does not learn. Without it, a sum of 0 always gives 1 when all inputs are off.
# </details>
#
# <details><summary>All answers are 1, whatever I do</summary>
#
# With weights of 0 every sum is 0, and the step says 1. Are the weights ever changed? Print them after one mistake.
# </details>
#
# <details><summary>My targets are −1 and 1, and nothing is learned</summary>
#
# Heaviside's unit answers 0 and 1, so a target of −1 is never reached and every example counts as a mistake. Use `(target + 1) / 2`, or a unit with the sign.
# </details>
#
# <details><summary>Another learning rate changes nothing</summary>
#
# That is right for the perceptron rule from a start at 0 (1.9).
# </details>
#
# <details><summary>My delta rule gives huge numbers, then nan</summary>
#
# The learning rate is too large for the size of the inputs. Divide it by ten, or scale the inputs.
# </details>
#
# <details><summary>For some digits none of my units fires</summary>
#
# Every unit decides for itself. Take the largest sum (1.13).
# </details>

# %% [markdown]
# ### Where to read more
#
# - Warren McCulloch and Walter Pitts, 1943, *A Logical Calculus of the Ideas Immanent in Nervous Activity*.
# - Donald Hebb, 1949, *The Organization of Behavior*.
# - Frank Rosenblatt, 1958, *The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain*, Psychological Review.
# - Bernard Widrow and Marcian Hoff, 1960, *Adaptive Switching Circuits*.
# - Albert Novikoff, 1962, *On Convergence Proofs on Perceptrons*.
# - Marvin Minsky and Seymour Papert, 1969, *Perceptrons: An Introduction to Computational Geometry*, MIT Press.
# - Yoav Freund and Robert Schapire, 1999, *Large Margin Classification Using the Perceptron Algorithm*, Machine Learning.
# - Michael Collins, 2002, *Discriminative Training Methods for Hidden Markov Models*, EMNLP; for the multi-class rule at work.
