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
# **Time** about three hours: 111 minutes for the twelve exercises (46 points), the rest for reading and playing.
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
        """Keep them. weights (D,), whole numbers, negative where an input inhibits; threshold, a number."""
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
figures.perceptron.gates({"AND": ((1, 1), 2), "OR": ((1, 1), 1), "A and not B": ((1, -1), 1)})

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
off = [perceptron.McCullochPitts((weight,), threshold=1).forward([0]) for weight in candidates]
print(f"{len(candidates)} weights tried, threshold 1, A off: the neuron fires with {sum(off)} of them")
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
# | `"NAND"` | A, B | always but when both are on |
# | `"NOR"` | A, B | only when both are off |
# | `"A AND NOT B"` | A, B | only when A is on and B is off |
# | `"A IMPLIES B"` | A, B | always but when A is on and B is off |
# | `"MAJORITY"` | A, B, C | when at least two are on |
#
# Give as many weights as there are inputs: two numbers for NOT, four for MAJORITY, three for the others.
#
# <details><summary>Hint 1</summary>
#
# A dictionary from names to lists is enough: `{"AND": [1, 1, 2], …}[name]`.
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
    watchers = [perceptron.McCullochPitts(2 * row - 1, row.sum()) for row in cube[wanted == 1]]
    hidden = np.array([watcher.forward(cube) for watcher in watchers]).reshape(-1, 8).T
    fires_for_any = perceptron.McCullochPitts(np.ones(hidden.shape[1]), 1) if watchers else None
    found = fires_for_any.forward(hidden) if fires_for_any else np.zeros(8)
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
