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
# # Chapter 0 · Introduction
#
# Welcome. In this course you build neural networks with your own hands: first in NumPy, where you see every number, then in PyTorch.
# Today is a short day. A network reads handwriting, you hear where the idea comes from, and you write ten small functions to learn how the course works.
#
# **After this chapter you can**
#
# - say what deep learning is, and name its families and what each is for;
# - work with this course: run cells, read the answer of a check, find the right hint;
# - use NumPy arrays for weighted sums, masks, counts, means and distances;
# - get a table of examples ready for learning, and measure a first classifier on examples it has never seen.
#
# **You need** Python: functions, lists, loops, slices. Some NumPy helps; what you need is explained. No calculus today.
#
# **Time** about two and a half hours: 58 minutes for the ten exercises (27 points), the rest for reading and playing.
#
# The course follows five texts. We call them by number: an overview of units, losses and activations (D0), the lecture
# slides *Deep Learning Basics* (D1), a chapter on the fundamentals of deep learning (D2), lecture slides on networks as
# modules (D3), and an article on the building blocks in PyTorch (D4). Where one of them is wrong or out of date, we say so and show why.
#
# **Run a cell** with Shift + Enter. Begin with the next one. Go on from top to bottom: later cells use what earlier ones made.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import figures, layers, losses, metrics, optimizers

np.set_printoptions(linewidth=100)  # a table is printed at most so wide

# %% [markdown]
# ## 0.1 What is deep learning?
#
# **The question.** How would you tell a computer what a 3 looks like?
#
# You could write rules: two arcs, open to the left. But every hand writes another 3, and the rules never end. So we do not write rules. We show examples, and the computer
# adjusts numbers until its answers are right.
#
# **The picture.** Here are eight of 1 797 digits, as people wrote them. A picture is a table of 8 × 8 numbers from 0 (blank) to 16 (ink).

# %% tags=["demo"]
from sklearn.datasets import load_digits

from course_lib import architectures, training

pictures, labels = load_digits(return_X_y=True)
print("the first picture, as the computer sees it:")
print(pictures[0].reshape(8, 8).astype(int))
assert pictures.shape == (1797, 64) and pictures.min() == 0 and pictures.max() == 16
figures.introduction.digits(pictures[:8], labels[:8])

# %% [markdown]
# **The code.** Ten lines. You are not expected to understand each of them today; at the end of the course you will have written what is behind them.

# %% tags=["demo"]
rng = np.random.default_rng(0)  # "random" numbers, the same ones each time
shuffled = rng.permutation(len(pictures))
for_test, for_training = shuffled[:360], shuffled[360:]
ink = pictures / 16
network = architectures.MLP([64, 32, 10], rng)  # 64 pixels -> 32 units -> 10 digits
loss, optimizer = losses.CrossEntropy(), optimizers.Adam(0.01)
training.fit(network, loss, optimizer, ink[for_training], labels[for_training], epochs=10, rng=rng)
scores = network.forward(ink[for_test])  # one score for each of the ten digits
read_as = scores.argmax(axis=1)  # the digit with the highest score
print(f"{np.mean(read_as == labels[for_test]):.1%} of {len(for_test)} new digits are read correctly")

# %% [markdown]
# Those 360 digits were never shown while it learned. Here are some of them, the first mistakes too. Would you have read them?

# %% tags=["demo"]
truth = labels[for_test]
missed = np.flatnonzero(read_as != truth)
shown = np.sort(np.append(np.flatnonzero(read_as == truth)[:4], missed[:4]))
assert np.mean(read_as == truth) > 0.95 and len(missed) > 4
captions = [f"{truth[i]}\nread as {read_as[i]}" for i in shown]
figures.introduction.digits(ink[for_test][shown], captions, wrong=np.flatnonzero(np.isin(shown, missed)))

# %% [markdown]
# **The mathematics**, in one line. The network is a chain of two layers, with a bend between them:
#
# $$\text{scores} = W_2\,\max(W_1 x + b_1,\;0) + b_2 .$$
#
# $x$ are the 64 pixels. $W_1, b_1, W_2, b_2$ are tables of numbers, which start at random. **Learning** is: look at some examples, measure how wrong the scores are (the **loss**), and move
# each of these numbers a little in the direction that makes the loss smaller. Again and again.

# %% tags=["demo"]
sizes = {name: array.shape for name, array in network.params.items()}
total = sum(array.size for array in network.params.values())
print(sizes, "together", total, "numbers, all of them learned")
assert total == 64 * 32 + 32 + 32 * 10 + 10

# %% [markdown]
# Three circles, one inside the other:
#
# | word | what it means |
# |---|---|
# | **artificial intelligence** | computers do what seems to need intelligence, by whatever means |
# | **machine learning** | … by numbers that are adjusted on examples, not by rules that somebody wrote |
# | **deep learning** | … with many layers, each of which works on what the layer before it found |
#
# D0 puts the difference to older machine learning like this: people used to work on the *features* (which numbers describe a digit?); now they work on the *architecture*
# (which blocks, in which order?), and the network finds the features. D1 adds that more data make it better. That can be measured:

# %% tags=["demo"]
def learned_from(n, seed=1):
    """Accuracy on the test digits after learning from n examples, the same number of steps for each n."""
    rng, chosen = np.random.default_rng(seed), for_training[:n]
    model = architectures.MLP([64, 32, 10], rng)
    epochs = 400 // -(-n // 32)  # about 400 steps
    training.fit(model, losses.CrossEntropy(), optimizers.Adam(0.01), ink[chosen], labels[chosen], epochs, rng=rng)
    return metrics.accuracy(model.forward(ink[for_test]), truth)


by_size = {n: learned_from(n) for n in (20, 100, 400, 1400)}
for n, right in by_size.items():
    print(f"learned from {n:5d} digits: {right:.1%} of the new ones are right")
assert by_size[20] < 0.7 < 0.8 < by_size[100] < 0.95 < by_size[1400]

# %% [markdown]
# **Remember.** Deep learning: layers of simple units, whose numbers are learned from examples. It is judged on examples that it has never seen.

# %% [markdown]
# ## 0.2 Does everything work here?
#
# **The question.** Before we blame our code: is the installation sound?
#
# The next cell tells the versions, looks for a graphics card (GPU), and asks a check for an answer. A GPU is nice to have. Nothing in this course needs one.

# %% tags=["demo"]
import platform
import sys
from importlib.metadata import version

import torch

print(f"Python      {platform.python_version()} on {platform.system()}")
for package in ("numpy", "scipy", "scikit-learn", "matplotlib", "torch", "ipywidgets"):
    print(f"{package:11s} {version(package)}")
print("GPU        ", torch.cuda.get_device_name() if torch.cuda.is_available() else "none; the CPU will do")

assert sys.version_info >= (3, 11)
assert np.allclose(torch.tensor([1.0, 2.0]).numpy() @ np.array([3.0, 4.0]), 11)
assert len(figures.topics()) > 1


def nothing_written(x, weights, bias):
    raise NotImplementedError


answer = check("ch00.weighted_sum", nothing_written)
assert answer.state == "not attempted"
print("check       answers:", answer.state)
print("all is well")

# %% [markdown]
# You see "all is well"? Then go on. If not, look under *Help by symptom* at the end of this page.

# %% [markdown]
# ## 0.3 How do checks and points work?
#
# **The question.** You wrote a function. Is it right? And if not, what is wrong with it?
#
# Each exercise has three cells: the **task**, with folded hints; a cell **for you**, which says `raise NotImplementedError()` where your code belongs; and a **check**. Run your cell,
# then the check. It compares your function with a reference on several inputs and gives one of four answers. Here are three of them, for three functions that we wrote badly on purpose.
# What they should compute is the weighted sum of a unit:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + w_D x_D + b .$$
#
# A large **weight** makes an input count much, a negative one makes it count against. The **bias** $b$ is added once.

# %% tags=["demo"]
from IPython.display import display


def misread(x, weights, bias):
    return sum(bias)  # the bias is one number: there is nothing to go through


def added(x, weights, bias):
    return np.sum(x + weights) + bias  # each input + its weight


answers = [check("ch00.weighted_sum", attempt, points=2) for attempt in (nothing_written, misread, added)]
assert [answer.state for answer in answers] == ["not attempted", "could not run", "wrong"]
assert answers[2].mistakes[0].name == "inputs and weights are added, not multiplied"
display(*answers)

# %% [markdown]
# Read the last one slowly.
#
# - **0 of 2 points.** An exercise has one part or several. Each part gives its points if all its cases are right.
# - **The smallest case that is wrong**, with its inputs, your number and the expected one. You can compute it by hand.
# - **This looks like: …** The check knows common mistakes by name. It has tried them on the same inputs, and this one gives just your numbers.
# - **Try: …** A hint for this mistake. If there are more, they unfold.
# - **Read again** leads back to the section.
#
# The fourth answer is "right". It is yours to get.
#
# | good to know | |
# |---|---|
# | How often may I ask? | As often as you like. No check takes points away. |
# | What is graded? | The functions in your cells, with *other* inputs of the same kind. An answer that only fits the inputs you saw fails there. |
# | What costs nothing? | Prints, warnings, comments, another way to the same numbers, float32 or float64. |
# | May I add cells? | Yes. Locked cells are put back to what they were, if you change them by accident. |
# | Where is the reference? | From chapter 1 on in `course_lib`, for you to read. Try first: what you found yourself stays. |
# | Before you hand in | *Kernel → Restart Kernel and Run All Cells*. What works now will work for the grader. |

# %% [markdown] exercise="ch00.weighted_sum" minutes=5 difficulty=1
# ### Exercise: a weighted sum
# Write the sum above. Run the cell below it first without writing anything, and look at the answer. Then write a version that forgets the bias, and see whether the check finds out. Then
# make it right.
#
# <details><summary>Hint 1</summary>
#
# With lists you would go through the inputs with a loop and add up the products. That is right here, too.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For NumPy arrays of the same length, `x * weights` multiplies entry by entry. `np.sum` adds up the entries of an array. Even shorter: the operator for products of this kind is `@`.
# </details>
#
# <details><summary>NotImplementedError</summary>
#
# Did you delete the line that raises it? And did you run your cell again, after you had changed it?
# </details>
#
# <details><summary>My result is an array, not a number</summary>
#
# The products are not added up yet.
# </details>
#
# <details><summary>NameError: name 'np' is not defined</summary>
#
# The cell with the imports, near the top, has not been run in this session.
# </details>

# %% exercise="ch00.weighted_sum"
def weighted_sum(x, weights, bias):
    """The weighted sum of one unit: each input times its weight, all added up, plus the bias.

    x (D,), weights (D,), bias a number -> a number
    """
    ### BEGIN SOLUTION
    return x @ weights + bias
    ### END SOLUTION


# %% check="ch00.weighted_sum" points=2
check("ch00.weighted_sum", weighted_sum)

# %% [markdown]
# **Remember.** Write, run, check, read. "This looks like" names the mistake. Ask as often as you like.

# %% [markdown]
# ## 0.4 How does a network see many examples at once?
#
# **The question.** A network seldom looks at one example. It looks at 32, or at a thousand. Do we need a loop?
#
# **The picture.** A **batch** is a table: one row for each example, one column for each input. The first row, times the weights, gives the first sum.

# %% tags=["demo"]
figures.introduction.batch_shapes()

# %% [markdown]
# **The mathematics.** $x$ has the shape $(N, D)$: $N$ examples (rows), $D$ inputs (columns). Row $n$ gives
#
# $$z_n = \sum_{d=1}^{D} x_{nd}\,w_d + b, \qquad n = 1, \dots, N .$$
#
# We write shapes beside every function: `x (N, D), weights (D,) -> (N,)`. Most errors of a first month are errors of shape.
#
# **The code.** NumPy works on whole arrays. A pair of shapes of different lengths is lined up from the right, which is called **broadcasting**: a row of $D$ numbers is used for all $N$ rows.
# `axis` says along which direction to add up: axis 0 goes down the rows, axis 1 goes across the columns.

# %% tags=["demo"]
table = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])  # N = 2, D = 3
print("shape        ", table.shape)
print("down, axis 0 ", table.sum(axis=0))
print("across, 1    ", table.sum(axis=1))
print("all of it    ", table.sum())
print("a row for all", (table - np.array([1.0, 2.0, 3.0])).tolist())
assert table.sum(axis=0).shape == (3,) and table.sum(axis=1).shape == (2,)

# %% [markdown]
# Does it matter? We add up the rows of a larger table, once with loops and once with NumPy. The numbers agree; the times do not.

# %% tags=["demo"]
import time

large = np.random.default_rng(0).normal(size=(2000, 64))
began = time.perf_counter()
by_loops = []
for row in large:
    total = 0.0
    for number in row:
        total += number
    by_loops.append(total)
with_loops, began = time.perf_counter() - began, time.perf_counter()
by_numpy = large.sum(axis=1)
with_numpy = time.perf_counter() - began
np.testing.assert_allclose(by_loops, by_numpy, atol=1e-10)
print(f"loops {1000 * with_loops:.2f} ms, NumPy {1000 * with_numpy:.2f} ms: {with_loops / with_numpy:.0f} times as fast")
assert with_numpy < with_loops


# %% [markdown] exercise="ch00.batch_sums" minutes=5 difficulty=1
# ### Exercise: a batch of weighted sums
# The same unit, for all examples of a batch: one number for each row, in the order of the rows.
#
# <details><summary>Hint 1</summary>
#
# Work it out by hand for a table with two rows and three columns. Which numbers are added up with each other: those of a row or those of a column?
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x * weights` uses the weights for every row. Then add up along one axis, and then add the bias.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `x @ v` of a table (N, D) and a vector (D,) does the products and the sums in one step.
# </details>
#
# <details><summary>My result has D numbers where N are expected</summary>
#
# You went down the columns. Take the other axis.
# </details>
#
# <details><summary>ValueError: matmul: … mismatch in its core dimension</summary>
#
# The inner sizes must agree: the D of the table and the D of the weights. In which order did you multiply?
# </details>

# %% exercise="ch00.batch_sums"
def batch_sums(x, weights, bias):
    """The weighted sum of each example.

    x (N, D), weights (D,), bias a number -> (N,)
    """
    ### BEGIN SOLUTION
    return np.sum(x * weights, axis=1) + bias
    ### END SOLUTION


# %% check="ch00.batch_sums" points=2
check("ch00.batch_sums", batch_sums)

# %% [markdown]
# **Remember.** A row is an example. Write the shape beside every line.

# %% [markdown]
# ## 0.5 How did we get here?
#
# **The question.** The artificial neuron is from 1943. Why do we hear of it only now?
#
# **The picture.** These are the events that D0 and D1 name, in one table, drawn as they stand there. A year that a text does not print is the year of the paper.

# %% tags=["demo"]
HISTORY = figures.introduction.HISTORY
figures.introduction.timeline()

# %% [markdown]
# Follow the marks from the top: far apart at first, then falling like a cliff. The table is data, so we can ask it.

# %% tags=["demo"]
years_told = np.array([event.year for event in HISTORY])
gaps = np.diff(years_told)
widest = int(gaps.argmax())
print(len(HISTORY), "events from", years_told[0], "to", years_told[-1])
print("the longest silence:", years_told[widest], "to", years_told[widest + 1])
print(f"half of all events are from {int(np.median(years_told))} or later, about the last tenth of the time")
assert (years_told[widest], years_told[widest + 1]) == (1965, 1986)
assert np.mean(years_told >= 2014) > 0.5

# %% [markdown]
# **The story in nine lines.**
#
# - **1943.** McCulloch and Pitts describe a neuron as a small logical machine: it answers 0 or 1. Nothing is learned (chapter 1).
# - **1958.** Rosenblatt's perceptron *learns* its weights. The machine had photocells for eyes and one layer. D1 prints 1957, the year of the laboratory's report; D2 prints 1958, the year of the paper.
# - **1960s and 1970s.** Deeper networks are tried. Training them is hard, and interest fades.
# - **1986.** Backpropagation becomes known: how to find out, for every weight in every layer, which way to move it (chapter 6). Recurrent and convolutional networks follow.
# - **1997.** The LSTM gives recurrent networks a longer memory. Ten years later they read text and speech.
# - **2006.** So far computers were too slow and data too few; the ideas had to wait. Now deep belief networks show that deep networks can be trained, at first without labels, and graphics processors turn out to be good at it. The name "deep learning" comes up.
# - **2012.** AlexNet wins the ImageNet contest of image recognition. D1 gives its errors: from 26 % down to 16 %. From here on the cliff.
# - **2015.** AlphaGo beats a professional at Go. The programs before it, says D1, were amateurs.
# - **2017 to today.** The Transformer, built of attention. GPT-3 and ChatGPT are Transformers; AlphaFold 2 uses attention, too, to predict the shape of proteins, about 90 % right (D1).
#
# The Turing Award of 2018 went to Yoshua Bengio, Geoffrey Hinton and Yann LeCun (D2). All three are in our table:

# %% tags=["demo"]
def told(events):
    for event in events:
        where = f"[{event.documents}]"
        print(f"{event.year}  {event.name:32s} {event.kind:9s} {where:8s} {event.people}")
        if event.note:
            print(f"      ({event.note})")


for name in ("Bengio", "Hinton", "LeCun"):
    found = figures.introduction.events(word=name)
    print(f"{name}: {len(found)} events, the first in {found[0].year}")
    assert len(found) >= 2
print()
told(figures.introduction.events(2006, 2012))

# %% [markdown]
# **Play.** Move the years, choose a kind, type a name, a title, or a text ("D0"). The kinds are
#
# | kind | |
# |---|---|
# | model | how units are put together |
# | unit | a part that models are built of |
# | training | how a model learns |
# | system | one model that made the news |

# %% tags=["demo"]
figures.introduction.history_explorer()

# %% [markdown]
# **The code.** To filter an array, compare it. A comparison gives True or False for each entry: a **mask**. Put into brackets, the mask picks the entries where it is True. `&` is "and", `|`
# is "or", and each comparison needs its own parentheses.

# %% tags=["demo"]
temperatures = np.array([3.0, 21.0, 17.5, 30.0])
mild = (temperatures > 10) & (temperatures < 25)
print(mild, "picks", temperatures[mild], "and", mild.sum(), "of them are True")
assert temperatures[mild].tolist() == [21.0, 17.5]


# %% [markdown] exercise="ch00.chosen_years" minutes=6 difficulty=2
# ### Exercise: filter the history
# A table of events has come as two arrays: the year of each event, and its kind as a whole number. Return the years of the events of one kind from `first` to `last`. Both borders
# belong to it. Keep the order of the table, and keep years that occur twice.
#
# <details><summary>Hint 1</summary>
#
# Three conditions must hold at once: one on the kind, two on the year. Each gives a mask of its own.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Join the masks with `&`, with parentheses around each comparison. Then pick from `years`.
# </details>
#
# <details><summary>ValueError: The truth value of an array with more than one element is ambiguous</summary>
#
# Python's `and`, and chains like `first <= years <= last`, want a single True or False. For arrays, write two comparisons and join them with `&`.
# Without its parentheses, `a == b & c <= d` is such a chain, too: Python reads `a == (b & c) <= d`.
# </details>
#
# <details><summary>My result has the length of the table</summary>
#
# A mask tells which events you want. It has still to be put into brackets after the array that it picks from.
# </details>

# %% exercise="ch00.chosen_years"
def chosen_years(years, kinds, kind, first, last):
    """The years of the events of this kind from first to last, both included, in the order of the table.

    years (N,), kinds (N,), whole numbers; kind, first, last whole numbers -> (M,), M of the N years
    """
    ### BEGIN SOLUTION
    return years[(kinds == kind) & (years >= first) & (years <= last)]
    ### END SOLUTION


# %% check="ch00.chosen_years" points=3
check("ch00.chosen_years", chosen_years)

# %% [markdown]
# **How many events in each decade?** A decade begins with a year that ends in 0: the 1950s are 1950 to 1959. NumPy's operator `//` divides and rounds down: `1957 // 10` is 195. Here is the answer for our
# table, made with NumPy's histogram.

# %% tags=["demo"]
edges = np.arange(1940, 2040, 10)
in_decade, _ = np.histogram(years_told, edges)
assert in_decade.sum() == len(HISTORY) and in_decade.argmax() == 7  # the 2010s
assert in_decade[7] > in_decade[:7].sum()  # more than in all the decades before
figures.introduction.per_decade(1940, in_decade)

# %% [markdown]
# A warning about such pictures: our table holds what two texts from the 2020s find important. It is honest about them, not about all of science.
#
# Counting has a trap in NumPy. Look at the last line, and at what you would have expected:

# %% tags=["demo"]
places = np.array([2, 0, 2, 2])
marks = np.zeros(4)
marks[places] += 1  # once for each place, not once for each mention
print("2 occurs three times, and its mark is", marks[2])
assert marks.tolist() == [1, 0, 1, 0]


# %% [markdown] exercise="ch00.decades" minutes=8 difficulty=2
# ### Exercise: count by decade
# Count the events of each decade. The first decade begins with the year `first`, and there are `count` decades in a row. Years before the first or after the last are not counted. Do not take `np.histogram` as it comes:
# its last bin holds one year too many.
#
# <details><summary>Hint 1</summary>
#
# For one decade: how many years are at least its first year, and smaller than that plus 10? A mask, and its sum.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Decade number k begins in `first + 10 * k`. A loop over k from 0 to count − 1 collects the counts in a list.
# </details>
#
# <details><summary>My counts are never above 1</summary>
#
# `counts[places] += 1` is the trap shown above.
# </details>
#
# <details><summary>My result has a wrong number at the end of the list</summary>
#
# A negative place counts from the end: a year before `first` gets the place −1. Or the year after the last decade has slipped in.
# </details>

# %% exercise="ch00.decades"
def decades(years, first, count):
    """How many of the years lie in each of `count` decades; decade k runs from first + 10k to first + 10k + 9.

    years (N,), first and count whole numbers -> (count,)
    """
    ### BEGIN SOLUTION
    starts = first + 10 * np.arange(count)
    return np.array([np.sum((years >= start) & (years < start + 10)) for start in starts])
    ### END SOLUTION


# %% check="ch00.decades" points=3
check("ch00.decades", decades)

# %% [markdown]
# **Where the texts and the papers disagree.**
#
# | text | says | the papers |
# |---|---|---|
# | D1, D2 | perceptron 1957; 1958 | report 1957, paper 1958 |
# | D2 | Rosenblatt was at the Office of Naval Research | it paid for the work; he was at the Cornell Aeronautical Laboratory |
# | D1 | AlexNet's error was 16 % | 15.3 % in the contest, and 26.2 % for the second best |
# | D0 | max pooling 2007 | that paper used it; taking a maximum over places is older |
# | D1 | DALL-E 2 is based on GPT-3 | its paper builds on CLIP and diffusion |
#
# **Remember.** The ideas are old. Data, computers and the ways to train came together around 2012.

# %% [markdown]
# ## 0.6 Which kinds of networks are there, and what is each for?
#
# **The question.** Why is there more than one kind of network?
#
# Because data have shapes. Pixels have neighbors, words have an order, a table of measurements has neither. An architecture builds in what we know about the data, and need not learn it.
#
# **The picture.** Twelve places in a row, each with a few numbers. We change the input at one place (column) and see at which places the output changes (row). Dark means: it does.

# %% tags=["demo"]
T, D = 12, 4
rng = np.random.default_rng(1)
sequence = rng.normal(size=(1, T, D))
dense, conv = layers.Dense(T * D, T * D, rng), layers.Conv1d(D, D, 3, rng, padding=1)
recurrent, attention = layers.RNN(D, D, rng), layers.MultiHeadAttention(D, 2, rng)
families = {
    "dense": lambda s: dense.forward(s.reshape(1, -1)).reshape(1, T, D),
    "convolution": lambda s: conv.forward(s.swapaxes(1, 2)).swapaxes(1, 2),
    "recurrent": recurrent.forward,
    "attention": attention.forward,
}


def reach(family):
    """How much each output place (row) moves when an input place (column) is changed."""
    moved, before = np.zeros((T, T)), family(sequence)
    for place in range(T):
        changed = sequence.copy()
        changed[0, place] += 0.1
        moved[:, place] = np.abs(family(changed) - before)[0].max(axis=1)
    return moved


reaches = {name: reach(family) for name, family in families.items()}
i, j = np.indices((T, T))
assert np.all(reaches["dense"] > 0) and np.all(reaches["attention"] > 0)  # everything hears everything
assert np.array_equal(reaches["convolution"] > 0, np.abs(i - j) <= 1)  # only the neighbors
assert np.array_equal(reaches["recurrent"] > 0, j <= i)  # only the past
figures.introduction.who_hears_whom(reaches)

# %% [markdown]
# D1 names three kinds by the mechanism of their units; the fourth, attention, is at the heart of the Transformer.
#
# - **Dense layers (MLP, multi-layer perceptron).** Everything is joined with everything, each pair by a weight of its own. For tables of measurements, and as the last layers of nearly everything.
# - **Convolutional networks (CNN).** Each place looks at its neighbors, and all places share the same few weights. For images, sound, and other data on a grid. D0: stacked with pooling, they see at several scales; they read time series and, with an embedding, text as well.
# - **Recurrent networks (RNN, LSTM, GRU).** They read one step after the other and carry a memory along. For sequences.
# - **Attention (Transformer).** Every place looks at every other and computes, from the data, whom to listen to. For text first, today also for images and much else.
#
# What this buys can be counted and measured.

# %% tags=["demo"]
def learned_numbers(layer):
    return sum(array.size for array in layer.params.values())


for name, layer in (("dense", dense), ("convolution", conv), ("recurrent", recurrent), ("attention", attention)):
    print(f"{name:12s} {learned_numbers(layer):5d} learned numbers for {T} places")
assert learned_numbers(dense) == (T * D) ** 2 + T * D  # grows with the square of the length
assert learned_numbers(conv) == 3 * D * D + D  # does not depend on the length

# a convolution does not care where a thing is: move the input, and the output moves along
middle = np.zeros((1, D, T))
middle[0, :, 4:7] = sequence[0, 4:7].T
moved_on = np.roll(middle, 2, axis=2)
np.testing.assert_allclose(conv.forward(moved_on), np.roll(conv.forward(middle), 2, axis=2), atol=1e-12)

# a recurrent network remembers the first step at the last one, but faintly
fades = reaches["recurrent"][-1, 0] / reaches["recurrent"][-1, -1]
print(f"of what the last step hears from itself, it hears {fades:.1e} from the first")
assert 0 < fades < 0.01

# attention does not know the order: shuffle the places, and the answers are shuffled, nothing else
places = rng.permutation(T)
np.testing.assert_allclose(attention.forward(sequence[:, places]), attention.forward(sequence)[:, places], atol=1e-12)

# %% [markdown]
# Each gift has its price. The convolution cannot hear far in one layer: it needs a stack of them. The memory of the plain recurrent network fades, which is why the LSTM was invented. Attention is blind to the order, so
# Transformers add a code for the position. And the recurrent network must wait for each step before it can do the next. D0 advises against LSTMs for this reason and says that convolutions train
# much faster. We measure one pass over 32 sequences of 200 steps:

# %% tags=["demo"]
def milliseconds(call, *arguments, repeats=5):
    """Time of the fastest of several calls: the least disturbed one."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        call(*arguments)
        taken.append(1000 * (time.perf_counter() - began))
    return min(taken)


rng = np.random.default_rng(2)
long = rng.normal(size=(32, 200, 16))
lstm, wide = layers.LSTM(16, 16, rng), layers.Conv1d(16, 16, 3, rng, padding=1)
waiting, at_once = milliseconds(lstm.forward, long), milliseconds(wide.forward, long.swapaxes(1, 2).copy())
print(f"LSTM {waiting:.1f} ms: 200 steps, one after the other")
print(f"convolution {at_once:.1f} ms: all places at once")
assert at_once < waiting

# %% [markdown]
# **High-level architectures.** D1's word for networks that are put together from these parts:
#
# | architecture | how it works | what it is for |
# |---|---|---|
# | **autoencoder** | an encoder squeezes the input into a few numbers, a decoder makes the input of them again | finding a short description without labels; removing noise |
# | **GAN** | one network makes data, a second one tells them from real data; they learn against each other | making new pictures that look real |
# | **Transformer** | layers of attention and dense layers | text, and more and more everything |
#
# An autoencoder is quick to train. Ours turns 64 pixels into 8 numbers, and the 8 numbers into 64 pixels. Above what went in, below what came out:

# %% tags=["demo"]
squeezer, progress = architectures.train_autoencoder(seed=0, code=8, epochs=15)
some = ink[:8]
again = squeezer.forward(some)
blind = np.mean((ink - ink.mean(axis=0)) ** 2)  # the error of always answering the mean picture
print(f"mean squared error on new digits {progress['error'][-1]:.3f}; always the mean picture {blind:.3f}")
assert squeezer.encoder.forward(some).shape == (8, 8) and progress["error"][-1] < blind / 3
display(figures.introduction.digits(some, labels[:8], "64 pixels in"))
display(figures.introduction.digits(again, labels[:8], "64 pixels out of 8 numbers"))

# %% [markdown]
# D3 shows a "jungle" of further names: Hopfield networks, Boltzmann machines, residual networks, Neural Turing Machines. You will build many of them in chapter 14. They are all made of the same
# modules, and that is why this course teaches the modules.
#
# D0's advice for the beginning: start with a simple network, and do not jump to the Transformer.
#
# **Remember.** An architecture says who listens to whom. Choose the one that fits the shape of your data.

# %% [markdown]
# ## 0.7 Who builds it?
#
# **The question.** Universities or companies?
#
# D1 names a handful of organizations that are active today:
#
# | organization | known for, in our texts |
# |---|---|
# | **Google** | TensorFlow; PaLM, which uses the SwiGLU activation (D0); it owns **DeepMind**: AlphaGo, AlphaFold 2 |
# | **OpenAI** | GPT-3 and its variants, DALL-E 2, ChatGPT; CLIP (D0) |
# | **Meta** | PyTorch, which this course uses |
# | others | Microsoft, NVIDIA, IBM, Amazon, Baidu |
#
# D2 adds makers of hardware: a graphics processor has more than 20 billion transistors, and the Wafer Scale Engine 2 of Cerebras, a single chip as large as a plate, has 2.6 trillion.
#
# Our table knows for each event whether the paper came from one of them.

# %% tags=["demo"]
def share_of_companies(events):
    return np.mean([event.organization != "" for event in events])


early, late = figures.introduction.events(last=2012), figures.introduction.events(first=2013)
print(f"to 2012:   {share_of_companies(early):.0%} of {len(early)} events come from the companies above")
print(f"from 2013: {share_of_companies(late):.0%} of {len(late)}, among them all systems:")
systems = [event for event in late if event.kind == "system"]
for event in systems:
    print(f"  {event.year}  {event.name:12s} {event.organization}")
assert share_of_companies(early) == 0 and share_of_companies(late) > 0.5
assert share_of_companies(systems) == 1

# %% [markdown]
# The ideas came from universities (and from Bell Labs, where LeCun worked in 1989). The large systems come from companies, which have the computers. The table holds what our texts mention; open models from
# elsewhere are not in it, and the list will have changed when you read this.
#
# **Remember.** TensorFlow is Google's, PyTorch came from Meta. Both are free for you to use.

# %% [markdown]
# ## 0.8 Is a network a brain?
#
# **The question.** Networks are "inspired by the brain". How far does that go?
#
# **The picture.** On the left a nerve cell, on the right a unit of a network. Compare them part for part.

# %% tags=["demo"]
figures.introduction.neuron_and_unit()

# %% [markdown]
# | nerve cell | unit |
# |---|---|
# | dendrites receive signals | inputs $x$ |
# | a synapse is strong or weak, helps or inhibits | a weight $w$, large or small, positive or negative |
# | the cell body collects | the sum $\sum w_d x_d + b$ |
# | above a threshold it fires | the activation: 1 if $z \ge 0$, else 0 |
# | the axon carries the signal on | the output, an input of the next layer |
#
# **What got lost.** A nerve cell does not send a number. It sends **spikes**, in time. The simplest model of this: a voltage that leaks, rises with the current that comes in, and fires at 1. We count its spikes for
# many currents:

# %% tags=["demo"]
currents = np.linspace(0, 3, 31)
rates = np.array([len(figures.introduction.spikes(current)) for current in currents])  # in one second
assert np.all(rates[currents <= 1] == 0) and np.all(np.diff(rates[currents > 1.05]) > 0)
figures.introduction.firing(currents, rates)

# %% [markdown]
# Silent up to a threshold, then more and more: the rate looks much like ReLU, the most common activation today (chapter 3). So a unit is a caricature of a nerve cell's *rate*. When the spikes come, how the
# cell tires, its chemistry, its shape: all of that is left out.
#
# **An AI brain.** D1 asks which architecture does a task like that of which part of the brain. It names four lobes and the cerebellum. The labels of its picture are not in our copy; the drawing here
# places the architectures by what each region is usually said to do.

# %% tags=["demo"]
figures.introduction.brain_map()

# %% [markdown]
# | part | what it is said to do | architectures for similar tasks |
# |---|---|---|
# | frontal lobe | planning, deciding, speaking | deep reinforcement learning; RNNs and Transformers for producing language |
# | parietal lobe | touch, space, putting senses together | CNNs, RNNs, Transformers |
# | occipital lobe | seeing | CNNs; GANs, variational autoencoders (VAEs) and Transformers to imagine pictures |
# | temporal lobe | hearing, understanding speech, memory | CNNs, RNNs, Transformers |
# | cerebellum | balance, timing of movements | deep reinforcement learning |
#
# Be careful with this table. Regions work together, and each takes part in many tasks. A CNN was inspired by the visual cortex; a Transformer by no part of the brain. D1 itself adds that the brain is not fully understood,
# that no single algorithm can do all of this, and that designs will change.
#
# **How far apart are they?** D2 counts 86 billion neurons with about 1 000 contacts each. GPT-3 has 175 billion learned numbers.

# %% tags=["demo"]
contacts = 86e9 * 1000
print(f"the brain has {contacts:.1e} contacts, {contacts / 175e9:.0f} times the weights of GPT-3")
assert 400 < contacts / 175e9 < 600

# %% [markdown]
# Other textbooks say up to ten thousand contacts each. And a contact is no weight: comparing the two numbers tells about size, not about ability. D2 also says that glial cells outnumber neurons by ten to one. That was the textbook
# number for long; counting gave about one to one (Azevedo and others, 2009).
#
# D1 lists three differences. We try them.
#
# **1. "A network's connections are fixed after training, the brain keeps learning."** One can go on training. But then something happens that does not happen to you: it forgets.

# %% tags=["demo"]
rng = np.random.default_rng(0)
pupil = architectures.MLP([64, 32, 10], rng)


def lesson(chosen):
    mine = for_training[np.isin(labels[for_training], chosen)]
    training.fit(pupil, losses.CrossEntropy(), optimizers.Adam(0.01), ink[mine], labels[mine], epochs=10, rng=rng)


def knows(chosen):
    asked = for_test[np.isin(labels[for_test], chosen)]
    return metrics.accuracy(pupil.forward(ink[asked]), labels[asked])


low, high = range(0, 5), range(5, 10)
lesson(low)
before = knows(low)
lesson(high)
after = knows(low)
print(f"digits 0 to 4: {before:.0%} right; after a lesson on 5 to 9 only: {after:.0%} (and {knows(high):.0%} of those)")
assert before > 0.95 and after < 0.1 and knows(high) > 0.95

# %% [markdown]
# It is called *catastrophic forgetting*. Nobody who learns about 5 to 9 forgets 0 to 4.
#
# **2. "Brains work in parallel, networks one step after the other."** Layers do wait for one another. But within a layer, all units and all examples can be computed at once, in any order. That is what graphics
# processors do, and why they matter.

# %% tags=["demo"]
first_layer = network.layers[0]
examples = ink[:100]
together = first_layer.forward(examples)
one_by_one = np.zeros_like(together)
weight, bias = first_layer.params["weight"], first_layer.params["bias"]
for unit in rng.permutation(32):  # any order
    for row in rng.permutation(100):
        one_by_one[row, unit] = examples[row] @ weight[unit] + bias[unit]
np.testing.assert_allclose(together, one_by_one, atol=1e-12)
print("3200 sums, in any order or all at once: the same numbers")

# %% [markdown]
# **3. "A brain has many abilities, a network one task."** True of every network in this course. Large language models do many tasks; whether that is like a brain is an open question.
#
# Does it matter? D2 answers with the airplane: it has wings, as birds do, but no feathers, and it flies.
#
# **Remember.** A unit is a caricature of a nerve cell. Good for ideas, bad as a proof.

# %% [markdown]
# ## 0.9 What does data need before a network sees it?
#
# **The question.** A table of measurements has arrived. May we begin?
#
# Not yet. Three things come first: one scale for all columns, labels in a form that a network can aim at, and examples that are kept aside. We take 178 wines from three growers, with 13 measurements each.
# The task is to tell the grower.
#
# **The picture.** A mark for each wine. On the left as measured: one column drowns all others. On the right, each column has been moved and stretched.

# %% tags=["demo"]
from sklearn.datasets import load_wine

wine = load_wine()
cellar = np.random.default_rng(0).permutation(len(wine.data))
tasted, bottled = cellar[:48], cellar[48:]  # 48 for the test, 130 to learn from
shift, stretch = wine.data[bottled].mean(axis=0), wine.data[bottled].std(axis=0)
even = (wine.data - shift) / stretch
names_of = [name.replace("_", " ").split("/")[0] for name in wine.feature_names]
assert wine.data.std(axis=0).max() > 1000 * wine.data.std(axis=0).min()
np.testing.assert_allclose(even[bottled].std(axis=0), 1)
figures.introduction.column_ranges({"as measured": wine.data, "standardized": even}, names_of)

# %% [markdown]
# Proline is measured in hundreds, hue in tenths. A method that looks at distances sees proline and nothing else. The simplest classifier, which you will write in 0.10, shows what this costs:

# %% tags=["demo"]
import warnings

from sklearn.neighbors import NearestCentroid


def grower_known(x, learn, ask):
    """Which share of the wines `ask` is told correctly after learning from the wines `learn`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NearestCentroid().fit(x[learn], wine.target[learn]).score(x[ask], wine.target[ask])


raw, scaled = grower_known(wine.data, bottled, tasted), grower_known(even, bottled, tasted)
print(f"as measured {raw:.0%} right, standardized {scaled:.0%}")
assert raw < 0.85 and scaled > 0.95

# %% [markdown]
# **The mathematics.** To **standardize** a column, subtract its mean $\mu$ and divide by its standard deviation $\sigma$:
#
# $$\tilde x = \frac{x - \mu}{\sigma}, \qquad \mu = \frac1N \sum_n x_n, \qquad \sigma = \sqrt{\frac1N \sum_n (x_n - \mu)^2} .$$
#
# Afterwards it has mean 0 and standard deviation 1. One rule is easily broken: $\mu$ and $\sigma$ are learned from data, so they come **from the training examples only**. New examples are scaled with the same two numbers.


# %% [markdown] exercise="ch00.standardize" minutes=7 difficulty=2
# ### Exercise: standardize
# Scale new examples with the means and standard deviations of the training examples, column by column. Divide by $N$ under the root, not by $N - 1$. A column that holds the same number for all training examples has the
# standard deviation 0: divide such a column by 1, so that it is only moved.
#
# <details><summary>Hint 1</summary>
#
# `train.mean(axis=…)` gives one number for each column, if you choose the axis that goes down the rows. `std` works in the same way.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two rows of D numbers, and broadcasting does the rest: `new - row` subtracts the row from each example.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For the constant columns: `np.where(condition, this, that)` chooses entry by entry.
# </details>
#
# <details><summary>My result is nan, inf or huge in one column</summary>
#
# 0/0 gives nan, 1/0 inf, and division by a tiny number something huge. Look at the standard deviation of that column.
# </details>
#
# <details><summary>My result is slightly too small, most of all for few examples</summary>
#
# You divide by N − 1 somewhere. `np.std` divides by N unless it is told `ddof=1`.
# </details>

# %% exercise="ch00.standardize"
def standardize(train, new):
    """The new examples, each column scaled by mean and standard deviation of the training examples' column.

    A column whose standard deviation is 0 is divided by 1. train (N, D), new (M, D) -> (M, D)
    """
    ### BEGIN SOLUTION
    spread = train.std(axis=0)
    return (new - train.mean(axis=0)) / np.where(spread > 0, spread, 1)
    ### END SOLUTION


# %% check="ch00.standardize" points=4
check("ch00.standardize", standardize)

# %% [markdown]
# **Labels.** The growers are called 0, 1, 2. These are names, not amounts: grower 2 is not twice grower 1, and the mean of 0 and 2 is not grower 1. A network gets one output for each class, and as its target a row with
# a 1 at the right class and 0 elsewhere: **one-hot**.
#
# | label | one-hot of 3 classes |
# |---|---|
# | 0 | 1 0 0 |
# | 2 | 0 0 1 |
#
# Now no class is nearer to one than to another:

# %% tags=["demo"]
as_numbers, as_rows = np.arange(3.0)[:, None], np.eye(3)
for name, codes in (("numbers", as_numbers), ("one-hot", as_rows)):
    apart = np.linalg.norm(codes[:, None] - codes, axis=2)
    print(f"{name}: class 0 is {apart[0, 1]:.2f} from class 1 and {apart[0, 2]:.2f} from class 2")
assert np.isclose(apart[0, 1], apart[0, 2])


# %% [markdown] exercise="ch00.one_hot" minutes=5 difficulty=1
# ### Exercise: one-hot labels
# Make the table from the labels. A class that does not occur has a column all the same.
#
# <details><summary>Hint 1</summary>
#
# Begin with `np.zeros` of the right shape. In row n, one entry becomes 1. Which?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Without a loop: compare the labels, as a column, with 0, 1, …, classes − 1, as a row. Or index with two lists: row numbers and labels.
# </details>
#
# <details><summary>My result has too many ones</summary>
#
# `table[:, labels]` means all rows, for each of these columns. Give a list of row numbers in place of the colon.
# </details>
#
# <details><summary>IndexError: index … is out of bounds</summary>
#
# Labels are counted from 0 to classes − 1. How many columns has your table?
# </details>

# %% exercise="ch00.one_hot"
def one_hot(labels, classes):
    """A row for each label, 1 at the label's place and 0 elsewhere.

    labels (N,), whole numbers from 0 to classes − 1 -> (N, classes)
    """
    ### BEGIN SOLUTION
    rows = np.zeros((len(labels), classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows
    ### END SOLUTION


# %% check="ch00.one_hot" points=2
check("ch00.one_hot", one_hot)

# %% [markdown]
# **Keep some aside.** A network may learn its examples by heart. So we judge it on others: the **test** examples. They must be chosen by chance. The table of wines is sorted by grower, as many tables are. Look at what happens
# if we simply take the last 48 for the test:

# %% tags=["demo"]
rows = np.arange(len(wine.data))
sorted_split = grower_known(even, rows[:-48], rows[-48:])
print("growers of the last 48:", np.unique(wine.target[-48:]))
print(f"{sorted_split:.0%} right with the last 48 as the test, {scaled:.0%} with 48 taken by chance")
assert sorted_split == 0 and set(wine.target[-48:]) == {2} and 2 not in wine.target[:-48]

# %% [markdown]
# Training never saw grower 2. Chance comes from a **permutation**: the numbers 0 to N − 1 in a random order. It says who comes first, second, and so on.

# %% tags=["demo"]
letters = np.array(["a", "b", "c", "d"])
who_comes = np.array([2, 0, 3, 1])
print(letters[who_comes], "first comes number 2, which is c")
assert "".join(letters[who_comes]) == "cadb"


# %% [markdown] exercise="ch00.split" minutes=6 difficulty=2
# ### Exercise: training and test
# Split a table and its labels. The first `test` numbers of `order` say which examples are for the test, the others which are for training. Keep both parts in the order in which `order` names them.
#
# <details><summary>Hint 1</summary>
#
# Cut `order` in two, not the table: `order[:test]` and what comes after.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x[places]` takes the rows with these numbers, in this order. The labels are taken in the same way.
# </details>
#
# <details><summary>My result is right for x and wrong for the labels</summary>
#
# Row and label must stay together. Index both with the same list of numbers.
# </details>
#
# <details><summary>TypeError: the function returned …; expected 4</summary>
#
# Return four arrays, separated by commas, in the order of the docstring.
# </details>

# %% exercise="ch00.split"
def split(x, labels, order, test):
    """The examples for training and for the test; the first `test` numbers of order are the places of the test's.

    x (N, D), labels (N,), order (N,) a permutation of 0 … N − 1, 1 ≤ test < N
    -> x_train (N − test, D), labels_train (N − test,), x_test (test, D), labels_test (test,)
    """
    ### BEGIN SOLUTION
    first, rest = order[:test], order[test:]
    return x[rest], labels[rest], x[first], labels[first]
    ### END SOLUTION


# %% check="ch00.split" points=4
check("ch00.split", split)

# %% [markdown]
# **Remember.** Scale with what training knows. Names become one-hot rows. Split by chance, and keep the test out of everything else.

# %% [markdown]
# ## 0.10 What is the simplest classifier that learns?
#
# **The question.** The network of 0.1 reads 97 % of the digits. Is that much? We need something to compare with, as simple as can be.
#
# **The idea.** For each class, take the mean of its training examples: its **center**. A new example gets the class of the nearest center. That is all. You will write it below, in a few lines.
#
# **The picture.** The ten centers of the digits. A mean of pictures is a picture:

# %% tags=["demo"]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    simplest = NearestCentroid().fit(ink[for_training], labels[for_training])
guessed = simplest.predict(ink[for_test])
figures.introduction.digits(simplest.centroids_, range(10), "The mean 0, the mean 1, …")

# %% tags=["demo"]
most_common = np.bincount(labels[for_training]).argmax()
results = {
    "always the most common digit": np.mean(truth == most_common),
    "the nearest center": np.mean(truth == guessed),
    "the network of 0.1": np.mean(truth == read_as),
}
for name, right in results.items():
    print(f"{name:30s} {right:.1%} right, {round((1 - right) * len(truth)):3d} mistakes")
lazy, near, deep = results.values()
assert lazy < 0.15 and 0.85 < near < 0.95 < deep

# %% [markdown]
# The network makes about a third of the mistakes. Where does the nearest center fail? A class may be written in two ways, and then the mean is neither of them.

# %% tags=["demo"]
fooled = np.flatnonzero((guessed != truth) & (read_as == truth))[:6]
captions = [f"{truth[i]}\nnearest: {guessed[i]}" for i in fooled]
assert len(fooled) == 6 and (1 - deep) < 0.5 * (1 - near)
figures.introduction.digits(ink[for_test][fooled], captions, "Read by the network, not by the nearest center")

# %% [markdown]
# **The mathematics.** With $N_k$ examples in class $k$,
#
# $$c_k = \frac{1}{N_k} \sum_{n:\,y_n = k} x_n, \qquad \text{class}(x) = \arg\min_k \lVert x - c_k \rVert, \qquad \lVert v \rVert = \sqrt{v_1^2 + \dots + v_D^2} .$$
#
# $\lVert x - c \rVert$ is the distance in a straight line, and $\arg\min$ is the place of the smallest number.

# %% [markdown] exercise="ch00.class_centers" minutes=5 difficulty=2
# ### Exercise: the centers
# Row $k$ of the answer is the mean of the examples whose label is $k$. Every class has at least one example.
#
# <details><summary>Hint 1</summary>
#
# For one class: a mask picks its rows out of x. Their mean, down the rows, is the center.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Do so for each k in `range(classes)` and collect the rows: `np.stack` or `np.array` makes a table of a list of rows.
# </details>
#
# <details><summary>My result has the shape (K,)</summary>
#
# `mean()` without an axis averages over everything. A center has D numbers.
# </details>
#
# <details><summary>My result grows with the number of examples</summary>
#
# Added up, but not divided. By the size of which group?
# </details>
#
# <details><summary>My last row is nan, with the warning "Mean of empty slice"</summary>
#
# No example has the label you asked for. The labels are 0 to classes − 1: did you count from 1?
# </details>
#
# <details><summary>ValueError: setting an array element with a sequence</summary>
#
# The rows you collected have different lengths. Did you average along axis 1, each example by itself? The mean of a class goes down its rows.
# </details>

# %% exercise="ch00.class_centers"
def class_centers(x, labels, classes):
    """Row k is the mean of the examples with label k.

    x (N, D), labels (N,), whole numbers from 0 to classes − 1, each of them at least once -> (classes, D)
    """
    ### BEGIN SOLUTION
    return np.stack([x[labels == k].mean(axis=0) for k in range(classes)])
    ### END SOLUTION


# %% check="ch00.class_centers" points=2
check("ch00.class_centers", class_centers)


# %% [markdown] exercise="ch00.nearest_center" minutes=8 difficulty=3
# ### Exercise: the nearest center
# For each example the number of the nearest center, in a straight line. The number is that of its row in `centers`, counted from 0. If two are equally near, the smaller number.
#
# <details><summary>Hint 1</summary>
#
# For one example: subtract it from all centers, square, add up along each row. The place of the smallest number is the answer. `np.argmin` finds it.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The square root may be left out: where the square is smallest, the distance is smallest.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A loop over the examples is fine. Without one: `x[:, None] - centers` has the shape (N, K, D), every example minus every center.
# </details>
#
# <details><summary>My result is not made of whole numbers</summary>
#
# `min` answers how near, `argmin` answers which.
# </details>
#
# <details><summary>ValueError: operands could not be broadcast together</summary>
#
# x (N, D) and centers (K, D) do not fit on top of each other. Take one example at a time, or give x a further axis.
# </details>

# %% exercise="ch00.nearest_center"
def nearest_center(x, centers):
    """For each example the number of the nearest center (straight-line distance); of equally near ones the smallest.

    x (N, D), centers (K, D) -> (N,), whole numbers from 0 to K − 1
    """
    ### BEGIN SOLUTION
    distances = np.sum((x[:, None] - centers) ** 2, axis=2)
    return np.argmin(distances, axis=1)
    ### END SOLUTION


# %% check="ch00.nearest_center" points=3
check("ch00.nearest_center", nearest_center)

# %% [markdown]
# **How good is it?** The **accuracy** is the share of examples whose predicted label is the right one, a number from 0 to 1. Chapter 13 has more ways to measure, for classes of which some are rare.


# %% [markdown] exercise="ch00.share_right" minutes=3 difficulty=1
# ### Exercise: the accuracy
# The share of predictions that equal their target.
#
# <details><summary>Hint 1</summary>
#
# Comparing two arrays of labels gives True and False.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In a sum, True counts 1 and False 0. And in a mean?
# </details>
#
# <details><summary>My result is larger than 1</summary>
#
# It is a count, or it is in percent.
# </details>

# %% exercise="ch00.share_right"
def share_right(prediction, target):
    """Which share of the predicted labels is right.

    prediction (N,), target (N,), whole numbers -> a number from 0 to 1
    """
    ### BEGIN SOLUTION
    return np.mean(prediction == target)
    ### END SOLUTION


# %% check="ch00.share_right" points=2
check("ch00.share_right", share_right)

# %% [markdown]
# With `split`, `standardize`, `class_centers`, `nearest_center` and `share_right` you have a whole machine for learning. Add a cell with the + button and put them together on the wines. You should come near the 98 % of the demo above.
#
# **Remember.** Begin with the simplest thing that works. Only then ask how much a network adds.

# %% [markdown]
# ## 0.11 The same in PyTorch
#
# **The question.** If NumPy does it all, what is PyTorch for?
#
# For three things: it computes gradients by itself, it uses graphics processors, and it holds ready-made parts. In this course every unit has a **twin**: `course_lib.layers` in NumPy, `course_lib.layers_torch` in PyTorch, the same names in the same order. At the
# end of each topic we put them side by side, and print the difference and the times. Here is the network of 0.1:

# %% tags=["demo"]
from course_lib import activations_torch, layers_torch


def twin_of(network, device):
    """The layers of a network in PyTorch, with the same numbers."""
    parts = []
    for layer in network.layers:
        if isinstance(layer, layers.Dense):
            twin = layers_torch.Dense(layer.inputs, layer.outputs, torch.Generator())
            for name, array in layer.params.items():
                getattr(twin, name).data = torch.tensor(array)
        else:
            twin = getattr(activations_torch, type(layer).__name__)()
        parts.append(twin)
    return layers_torch.Sequential(*parts).to(device, torch.float64)


def answer_of(model, x):
    with torch.no_grad():
        y = model(x)
    if y.is_cuda:
        torch.cuda.synchronize()
    return y


devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
wide_network = architectures.MLP([64, 512, 512, 10], np.random.default_rng(3))
print("network       device  difference      NumPy    PyTorch")
for name, model in (("of 0.1", network), ("a wider one", wide_network)):
    expected, ours = model.forward(ink), milliseconds(model.forward, ink)
    for device in devices:
        twin, pixels = twin_of(model, device), torch.tensor(ink, device=device)
        theirs = milliseconds(answer_of, twin, pixels)
        difference = np.abs(answer_of(twin, pixels).cpu().numpy() - expected).max()
        print(f"{name:12s} {device:>7s} {difference:11.1e} {ours:7.2f} ms {theirs:7.2f} ms")
        assert difference < 1e-10
if "cuda" not in devices:
    print("no GPU here: the CPU only")

# %% [markdown]
# The differences are rounding in the last digits. On the CPU the two are about equally fast: the work is the same multiplication of tables.
#
# **Remember.** The same mathematics twice: NumPy to understand, PyTorch to work with.

# %% [markdown]
# ## 0.12 Where does the road go?
#
# | chapter | question |
# |---|---|
# | 1 perceptron | What can one unit learn, and what can it not? |
# | 2 modules | How are networks put together? |
# | 3 activations | What bends a layer, and what does that do to learning? |
# | 4, 5 losses | What does "wrong" mean, in numbers? |
# | 6 backpropagation | How does every weight find out which way to go? |
# | 7 gradient flow | Why do deep networks fail to learn, and what mends it? |
# | 8 overfitting | How do we keep a network from learning by heart? |
# | 9, 10 optimizers, schedules | How large is a step, and in which direction? |
# | 11 hyperparameters | Who chooses all the numbers that are not learned? |
# | 12 units | What is inside convolution, recurrence, attention? |
# | 13 training in PyTorch | How is it done for real? |
# | 14 architectures | What can be built of all this? |
#
# Each chapter stands on the ones before it.

# %% [markdown]
# ## 0.13 The chapter on one screen
#
# | idea | in a line |
# |---|---|
# | deep learning | layers of simple units, whose numbers are learned from examples |
# | a unit | $z = \sum_d w_d x_d + b$, then an activation |
# | a batch | a row for each example, a column for each input: (N, D) |
# | a loss | how wrong, as one number; learning makes it smaller |
# | history | neuron 1943, perceptron 1958, backpropagation 1986, AlexNet 2012, Transformer 2017 |
# | dense (MLP) | everything hears everything, with its own weight |
# | convolution (CNN) | neighbors, with shared weights: images |
# | recurrence (RNN, LSTM) | the past, step by step: sequences |
# | attention (Transformer) | everything, weighted by the data: text and more |
# | brain | a unit is a caricature of a nerve cell's rate |
# | standardize | $(x - \mu)/\sigma$ for each column, $\mu$ and $\sigma$ from training |
# | one-hot | names, not amounts |
# | test | chosen by chance, never learned from |
# | checks | not attempted, could not run, wrong, right; "this looks like" names the mistake |

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. What is learned in a network, and what is chosen by people?</summary>
#
# Learned are the weights and biases. People choose the architecture, the loss, the data, and how to train.
# </details>
#
# <details><summary>2. x has the shape (32, 64). What do you get from x.sum(axis=1), and what does it mean?</summary>
#
# The shape (32,): for each of the 32 examples, the sum of its 64 inputs.
# </details>
#
# <details><summary>3. Which architecture shares its weights between places, and what is it good for?</summary>
#
# The convolution. What it has learned at one place it knows at all places: good for images and sound.
# </details>
#
# <details><summary>4. Why are new examples scaled with the mean of the training examples, and not with their own?</summary>
#
# The scaling is part of what was learned. A single new example would always become 0 under its own mean, and a test that takes part in the preparation is no test any more.
# </details>
#
# <details><summary>5. Name one thing that a unit shares with a nerve cell, and two that it lacks.</summary>
#
# It adds up weighted inputs and answers once a threshold is passed. It has no spikes in time, no chemistry, it does not tire; and a network forgets when it learns something new.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>ModuleNotFoundError: No module named …</summary>
#
# The notebook runs in another Python than the one the course was installed in. Start JupyterLab with `make lab`, and choose the kernel *Python 3*.
# </details>
#
# <details><summary>NameError: name … is not defined</summary>
#
# A cell above has not been run in this session. *Run → Run All Above Selected Cell* does it.
# </details>
#
# <details><summary>The check still says "not attempted yet"</summary>
#
# Run the cell with your function again, then the check. The check sees what was run, not what is written. And the line `raise NotImplementedError()` must go.
# </details>
#
# <details><summary>My function is right, and the check says "could not run"</summary>
#
# Read the message: it is the error that your function raises on the check's inputs. Do you use a variable that exists in your notebook, but not inside the function?
# </details>
#
# <details><summary>It worked yesterday</summary>
#
# Names live until the kernel stops. A variable that you deleted from the page may still have been in memory. *Kernel → Restart Kernel and Run All Cells* shows the truth.
# </details>
#
# <details><summary>My shapes do not fit</summary>
#
# Print the shape of each array. Write it as a comment beside the line. Where do the shapes differ from the docstring?
# </details>
#
# <details><summary>There are no sliders, only a picture</summary>
#
# The page is shown without a running kernel, or ipywidgets is missing. In 0.2 you see whether it is installed. Then run the cell again.
# </details>
#
# <details><summary>A cell runs and runs</summary>
#
# Stop it with the square button above (*Interrupt*). No cell of this course needs a minute.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Warren McCulloch and Walter Pitts, 1943, *A Logical Calculus of the Ideas Immanent in Nervous Activity*.
# - Frank Rosenblatt, 1958, *The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain*.
# - David Rumelhart, Geoffrey Hinton and Ronald Williams, 1986, *Learning Representations by Back-Propagating Errors*, Nature.
# - Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton, 2012, *ImageNet Classification with Deep Convolutional Neural Networks*, NeurIPS.
# - Yann LeCun, Yoshua Bengio and Geoffrey Hinton, 2015, *Deep Learning*, Nature: nine pages by the three of the award.
# - Jürgen Schmidhuber, 2015, *Deep Learning in Neural Networks: An Overview*: long, with much history.
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, 2016, *Deep Learning*, MIT Press: the textbook.
# - Michael McCloskey and Neal Cohen, 1989, *Catastrophic Interference in Connectionist Networks: The Sequential Learning Problem*.
# - Frederico Azevedo and others, 2009, *Equal Numbers of Neuronal and Nonneuronal Cells Make the Human Brain an Isometrically Scaled-Up Primate Brain*.
# - Demis Hassabis, Dharshan Kumaran, Christopher Summerfield and Matthew Botvinick, 2017, *Neuroscience-Inspired Artificial Intelligence*, Neuron.
# - Robert Tibshirani, Trevor Hastie, Balasubramanian Narasimhan and Gilbert Chu, 2002, *Diagnosis of Multiple Cancer Types by Shrunken Centroids of Gene Expression*: the nearest center at serious work.
