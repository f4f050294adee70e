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
# # Chapter 12 · Computational units
#
# A dense layer connects everything with everything. It can learn anything, and it knows nothing: not that pixels have neighbors, not that words come in an order. The units of this chapter know such things before they have seen the first example.
#
# **After this chapter you can**
#
# - write a convolution in three ways, and its gradients;
# - say how many places a layer has, and how far an output of a whole stack sees;
# - write max pooling, an RNN with back-propagation through time, an LSTM, a GRU, attention with masks, layer normalization and SwiGLU;
# - measure how long a gradient lives in a recurrent layer, and say which gate keeps it alive;
# - choose between convolution, recurrence and attention for a sequence, with measurements instead of belief.
#
# **You need** the dense layer and its gradients (chapter 6), sigmoid, tanh and softmax (chapter 3), and `np.einsum`, which the text explains where it is first used.
#
# **Time** about five and a half hours: 178 minutes for the twelve exercises (62 points), the rest for reading and playing. It is a long chapter. Sections 12.1 to 12.8, 12.9 to 12.13, and 12.14 to 12.18 make three sittings.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the overview of units, losses and activations (D0) and the article on building blocks in PyTorch (D4); the normalization by lengths is from the slides on modules (D3). What they claim is measured here. Section 12.20 collects where they are wrong as printed in our copy.

# %% tags=["setup"]
import time

import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses, metrics, optimizers, training

# %% [markdown]
# ## 12.1 What is a unit for?
#
# **The question.** A network has learned to read digits in the middle of a picture. Somebody moves the paper a little. Does it still read?
#
# **The picture.** Real digits, 8 by 8, put into the middle of a field of 12 by 12, and moved by up to two places.

# %% tags=["demo"]
def placed(chosen, free, seed=5):
    """The digits in fields of 12 by 12, moved by up to `free` places -> (N, 1, 12, 12)."""
    moves = np.random.default_rng(seed).integers(2 - free, 3 + free, (len(chosen), 2))
    field = np.zeros((len(chosen), 1, 12, 12))
    for number, (digit, (row, column)) in enumerate(zip(chosen, moves)):
        field[number, 0, row : row + 8, column : column + 8] = DIGITS[digit]
    return field


from sklearn.datasets import load_digits

DIGITS = load_digits().images / 16
LABELS = load_digits().target
ORDER = np.random.default_rng(0).permutation(len(DIGITS))
TRAIN, TEST = ORDER[:640], ORDER[1000:1500]

FIVE = TEST[LABELS[TEST] == 5][:1]
views = {"in the middle": 0, "moved by 1": 1, "moved by 2": 2}
figures.units.images({name: placed(FIVE, free, 3)[0, 0] for name, free in views.items()})

# %% [markdown]
# **The measurement.** Three networks learn from 640 digits in the middle. Then they read 500 others: in the middle, moved by up to one place, moved by up to two. The layers are explained below. Now only the numbers count.

# %% tags=["demo"]
def learned(*made, seed=1):
    """A network of these layers after eight epochs with the digits in the middle."""
    network = layers.Sequential(*made)
    loss, adam = losses.CrossEntropy(), optimizers.Adam(0.005)
    rng = np.random.default_rng(seed)
    training.fit(network, loss, adam, placed(TRAIN, 0), LABELS[TRAIN], 8, 32, rng=rng)
    return network


def conv(*sizes, seed=2):
    return layers.Conv2d(*sizes, np.random.default_rng(seed))


def dense(*sizes, seed=3):
    return layers.Dense(*sizes, np.random.default_rng(seed))


def relu():
    return activations.ReLU()


flat, pool = layers.Flatten, layers.MaxPool2d
readers = {
    "dense": learned(flat(), dense(144, 32), relu(), dense(32, 10)),
    "one convolution": learned(conv(1, 12, 3), relu(), pool(2), flat(), dense(300, 10)),
    "pooled to one place": learned(
        conv(1, 8, 3), relu(), pool(2), conv(8, 32, 3), relu(), pool(3), flat(), dense(32, 10)
    ),
}
read = {}
for name, network in readers.items():
    answers = [training.predict(network, placed(TEST, free)) for free in (0, 1, 2)]
    read[name] = [metrics.accuracy(answer, LABELS[TEST]) for answer in answers]
    weights = sum(p.size for p in network.params.values())
    print(f"{name:20s} {weights:5d} parameters; right: {np.round(read[name], 2)}")
assert min(right[0] for right in read.values()) > 0.88  # in the middle all of them read
assert read["dense"][2] < 0.35 and read["one convolution"][2] < 0.4  # moved, these two do not
assert read["pooled to one place"][2] > read["dense"][2] + 0.1

# %% [markdown]
# Look closely, since many texts say less than the truth here. One convolution is *not* enough: behind it stands a dense layer again, and that one knows nothing of shifts. Only where everything has been pooled to one place does the network tolerate them, and then by far not perfectly. What each layer contributes is measured in sections 12.5 and 12.7.
#
# D0 says that this field needs "the mindset of an architect": you choose units by what they know.
#
# | unit | what it knows | section |
# |---|---|---|
# | convolution | neighbors belong together; the same pattern may come anywhere | 12.2 – 12.6 |
# | pooling | exactly where does not matter | 12.7 |
# | embedding | each symbol is a point in a space | 12.8 |
# | recurrence | steps come one after the other; there is a memory | 12.9 – 12.12 |
# | attention | anything may matter to anything, however far | 12.14 – 12.16 |
# | normalization | scale carries no meaning | 12.17 |
# | gate | one part decides how much of another passes | 12.18 |
#
# **Remember.** A unit is a dense layer with something known built in: fewer weights, and an assumption that must be true of your data.

# %% [markdown]
# ## 12.2 Convolution: the same small question at every place
#
# **The question.** You look for a step upwards in a signal. You do not know where. How can two weights find it anywhere?
#
# **The picture.** The weights are a small window, the *kernel*. It slides. At every place it asks the same question.

# %% tags=["demo"]
signal = [0, 1, 3, 3, 2, 2, 0]
figures.units.slide(signal, [-1, 1])

# %% [markdown]
# The answer is large and positive where the signal rises, negative where it falls, and 0 where nothing happens. A kernel is a pattern, and the answer says how well the window fits it.
#
# **The mathematics.** With one input channel and one kernel $w_0 \dots w_{K-1}$,
#
# $$y_l = b + \sum_{k=0}^{K-1} x_{l+k}\, w_k .$$
#
# Three things are added in practice. There are several *channels*: a stereo sound has two, a text with an embedding has dozens. A kernel looks at all of them at once, and each *output channel* has a kernel of its own. There is a *stride* $s$: only every $s$-th place is used. And there is *padding*: $p$ zeros in front and behind, so that the border gets its turn.
#
# $$y_{n,o,l} = b_o + \sum_{c}\sum_{k} x_{n,c,\,s l + k - p}\; w_{o,c,k}$$
#
# Shapes in this course: signals `x` (N, C, L), kernels `weight` (O, C, K), answers (N, O, places). The channels come second, as in PyTorch.
#
# One word of warning. Mathematicians turn the kernel round before they slide it. The libraries of deep learning do not, and call it a convolution all the same. A learned kernel does not care.

# %% tags=["demo"]
turned = np.convolve(signal, [-1, 1], mode="valid")
straight = np.correlate(signal, [-1, 1], mode="valid")
layer = layers.Conv1d(1, 1, 2, np.random.default_rng(0))
layer.params["weight"] = np.array([[[-1.0, 1.0]]])
answer = layer.forward(np.array([[signal]], float))[0, 0]
print("np.convolve", turned, "\nthe layer  ", answer)
np.testing.assert_allclose(answer, straight)
np.testing.assert_allclose(turned, -straight)  # for this kernel the turn changes the sign

# %% [markdown]
# **The code.** What does a convolution save? Count the weights from a signal of 64 entries to as many answers, and see what a shift does.

# %% tags=["demo"]
rng = np.random.default_rng(0)
small, wide = layers.Conv1d(1, 1, 5, rng, 1, 2), layers.Dense(64, 64, rng)
counts = [sum(p.size for p in unit.params.values()) for unit in (small, wide)]
print(f"{counts[0]} weights and biases in the convolution, {counts[1]} in the dense layer")
x = np.zeros((1, 1, 64))
x[0, 0, 20:30] = rng.normal(size=10)
late = np.roll(x, 7, axis=2)
moved = np.roll(small.forward(x), 7, axis=2)
np.testing.assert_allclose(small.forward(late), moved, atol=1e-12)  # shift first or last: the same
assert np.abs(wide.forward(late[0]) - np.roll(wide.forward(x[0]), 7)).max() > 0.1
assert counts == [6, 4160]

# %% [markdown]
# If the input moves by 7, the answers move by 7. That is called *equivariance*. It comes from using the same weights everywhere, and no training is needed for it.

# %% [markdown] exercise="ch12.conv1d" minutes=12 difficulty=2
# ### Exercise: a convolution by loops
# Write `conv1d(x, weight, bias, stride, padding)` for the formula above, for a whole batch.
#
# - Put `padding` zeros in front of every signal and as many behind it.
# - The window of place $l$ starts at `l * stride` of the padded signal. There are `(padded length − K) // stride + 1` places; what is left over at the end is not looked at.
# - The answer of output channel $o$ is the *sum* over all input channels and all K entries, plus `bias[o]`. The kernel is not turned round.
#
# Loops are fine. `x` stays as it is: pad a copy.
#
# <details><summary>Hint 1</summary>
#
# `np.pad(x, ((0, 0), (0, 0), (padding, padding)))` pads only the last axis. Make `y` with `np.zeros` and fill it place by place.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The window `x[:, :, start : start + K]` has the shape (N, C, K), and `weight[o]` has (C, K). Multiply them, and sum over the last two axes: N numbers are left.
# </details>
#
# <details><summary>My result has one place too few</summary>
#
# A kernel of 3 fits into a signal of 5 at the starts 0, 1 and 2. The difference of the lengths is 2; the places are one more.
# </details>
#
# <details><summary>My numbers are those of np.convolve, and the check wants others</summary>
#
# `np.convolve` turns the kernel round, as mathematics does. Here its first entry meets the first entry of the window.
# </details>

# %% exercise="ch12.conv1d"
def conv1d(x, weight, bias, stride, padding):
    """y[n, o, l] = bias[o] + Σ x[n, c, l·stride + k] · weight[o, c, k], over c and k, x padded.

    x (N, C, L), weight (O, C, K), bias (O,), stride and padding whole numbers -> y (N, O, places)
    """
    ### BEGIN SOLUTION
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    kernel = weight.shape[2]
    places = (x.shape[2] - kernel) // stride + 1
    y = np.zeros((len(x), len(weight), places))
    for place in range(places):
        start = place * stride
        window = x[:, :, start : start + kernel]
        for o in range(len(weight)):
            y[:, o, place] = (window * weight[o]).sum(axis=(1, 2)) + bias[o]
    return y
    ### END SOLUTION


# %% check="ch12.conv1d" points=4
check("ch12.conv1d", conv1d)

# %% [markdown]
# **Remember.** A kernel asks the same question at every place: few weights, and what moves in the input moves in the answer.

# %% [markdown]
# ## 12.3 Loops, windows, a matrix: three ways, one answer
#
# **The question.** A convolution is a sum of products. So is a matrix product. Is a convolution a dense layer in disguise?
#
# **The picture.** Yes. Here is its matrix. Every row holds the same numbers, one place farther to the right.

# %% tags=["demo"]
figures.units.matrix([1, -2, 1], 8)

# %% [markdown]
# So a convolution is a dense layer in which most weights are 0 and the others are shared. That is why all that you know of the dense layer holds for it, gradients included.
#
# **The mathematics.** A third way needs neither loops nor zeros. Make an array of all windows, `windows[n, c, l, k] = x[n, c, l + k]`, and multiply it with the kernels in one go:
#
# $$y_{n,o,l} = \sum_{c,k} \text{windows}_{n,c,l,k}\; w_{o,c,k} .$$
#
# That is what `np.einsum("nclk,ock->nol", windows, weight)` says. Each letter names an axis. Letters that are missing behind the arrow are summed over.
#
# **The code.** NumPy makes the array of windows without copying a number: neighbors in memory are read several times. Three ways, the same answer, and the time of each:

# %% tags=["demo"]
def by_loops(x, weight):
    (count, _, size), (outs, channels, kernel) = x.shape, weight.shape
    y = np.zeros((count, outs, size - kernel + 1))
    for n in range(count):
        for o in range(outs):
            for place in range(y.shape[2]):
                for c in range(channels):
                    for k in range(kernel):
                        y[n, o, place] += x[n, c, place + k] * weight[o, c, k]
    return y


def by_windows(x, weight):
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=2)
    return np.einsum("nclk,ock->nol", windows, weight, optimize=True)


def by_matrix(x, weight):
    (count, channels, size), (outs, _, kernel) = x.shape, weight.shape
    matrix = np.zeros((outs, size - kernel + 1, channels, size))
    for place in range(size - kernel + 1):
        matrix[:, place, :, place : place + kernel] = weight
    return (x.reshape(count, -1) @ matrix.reshape(-1, channels * size).T).reshape(count, outs, -1)


def timed(function, *arguments, least=3):
    """The answer, and the shortest of a few times in milliseconds."""
    seconds = []
    for _ in range(least):
        began = time.perf_counter()
        answer = function(*arguments)
        seconds.append(time.perf_counter() - began)
    return answer, 1000 * min(seconds)


rng = np.random.default_rng(1)
x, weight = rng.normal(size=(8, 4, 100)), rng.normal(size=(6, 4, 5))
layer = layers.Conv1d(4, 6, 5, rng)
layer.params["weight"] = weight
expected = layer.forward(x)
for way in (by_loops, by_matrix, by_windows):
    answer, took = timed(way, x, weight, least=1 if way is by_loops else 3)
    off = np.abs(answer - expected).max()
    print(f"{way.__name__:10s} {took:8.2f} ms   Δ {off:.0e}")
    assert off < 1e-10
filled, all_entries = 6 * 96 * 4 * 5, (6 * 96) * (4 * 100)
print(f"the matrix holds {all_entries} numbers, of which {filled / all_entries:.0%} are not 0")
window_view = np.lib.stride_tricks.sliding_window_view(x, 5, axis=2)
assert np.shares_memory(window_view, x) and window_view.size > 4 * x.size  # no copy was made

# %% [markdown]
# **Remember.** Loops to understand, the matrix to prove things, the window view to compute. They are the same map.

# %% [markdown]
# ## 12.4 How far does one output see?
#
# **The question.** Ten layers with kernels of 3. How much of the input does one number at the top depend on?
#
# **The picture.** First one layer, with all its options. Stride and dilation are both steps, but different ones: the *stride* leads from window to window, the *dilation* from entry to entry inside a window.

# %% tags=["demo"]
figures.units.windows(9, 3, stride=2, padding=1, dilation=2)

# %% [markdown]
# **The mathematics.** A kernel of $k$ entries with dilation $d$ reaches over $r = d\,(k-1) + 1$ places: there are $k$ entries and $k-1$ gaps between them. It starts at the padded border and moves by $s$ as long as it fits:
#
# $$\text{places} = \left\lfloor \frac{L + 2p - r}{s} \right\rfloor + 1 .$$
#
# And now layers upon layers. Going down from one output, the field gets wider with every layer.

# %% tags=["demo"]
figures.units.field([3, 3, 2], [1, 2, 1], [1, 1, 2])

# %% [markdown]
# Count upwards with two numbers: the field $F$, and the jump $J$ from one entry of a layer to the next, both counted in inputs. One input entry sees itself, so $F = 1$ and $J = 1$. A layer with reach $r$ widens the field by $r - 1$ jumps. Then its stride multiplies the jump:
#
# $$F \leftarrow F + d\,(k-1)\, J, \qquad J \leftarrow J\, s .$$
#
# **The code.** Measured, not believed. Send a gradient of 1 into one single output, and count which inputs hear of it.

# %% tags=["demo"]
def measured_field(kernel_sizes, strides, dilations, size=160):
    """How many inputs get a gradient from one output in the middle, with all weights 1."""
    stack, rng = [], np.random.default_rng(0)
    for k, s, d in zip(kernel_sizes, strides, dilations):
        stack.append(layers.Conv1d(1, 1, k, rng, s, 0, d))
        stack[-1].params["weight"] = np.ones((1, 1, k))
    network = layers.Sequential(*stack)
    dy = np.zeros_like(network.forward(np.zeros((1, 1, size))))
    dy[0, 0, dy.shape[2] // 2] = 1
    heard = network.backward(dy)[0, 0]
    touched = np.flatnonzero(heard)
    return touched[-1] - touched[0] + 1, heard[touched]


stacks = {
    "ten kernels of 3": ([3] * 10, [1] * 10, [1] * 10),
    "four of 3, each with stride 2": ([3] * 4, [2] * 4, [1] * 4),
    "five of 3, dilations 1 2 4 8 16": ([3] * 5, [1] * 5, [1, 2, 4, 8, 16]),
}
for name, stack in stacks.items():
    print(f"{name:32s} sees {measured_field(*stack)[0]} inputs")
assert [measured_field(*stack)[0] for stack in stacks.values()] == [21, 31, 63]
weights = measured_field(*stacks["ten kernels of 3"])[1]
middle = weights[5:16].sum() / weights.sum()
print(f"of the ten kernels' influence {middle:.0%} comes from the middle half of the field")
assert middle > 0.95

# %% [markdown]
# Without strides and dilation, the field grows by 2 with each layer: ten layers for 21 places. With strides or growing dilations it doubles. That is what D0 means by correlations at several scales.
#
# And a field has a middle. In the plain stack, with equal weights, nearly all influence comes from the inner half, for the same reason for which the sum of many dice is seldom extreme. Luo and others (2016) call it the *effective* receptive field.

# %% [markdown] exercise="ch12.sizes" minutes=10 difficulty=1
# ### Exercise: how many places, and how far they see
# Write two functions on whole numbers.
#
# - `places(size, kernel_size, stride, padding, dilation)`: how many places one layer has along one axis.
# - `receptive_field(kernel_sizes, strides, dilations)`: how many neighboring inputs one output of a whole stack sees. The three lists are equally long; the first layer comes first. Padding does not matter here.
#
# Both return a whole number.
#
# <details><summary>Hint 1</summary>
#
# Replace the kernel by its reach, $r = d\,(k - 1) + 1$. Then `places` is the old formula, with $2p$ more room. Round down with `//`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Walk through the layers with two numbers: the field, which starts as 1, and the distance of two neighbors counted in inputs, which starts as 1, too. Each layer first widens the field by $d\,(k - 1)$ times the distance. Then its stride multiplies the distance.
# </details>
#
# <details><summary>My field is too small as soon as there is a stride</summary>
#
# After a stride of 2, neighbors lie two inputs apart, and a kernel of 3 reaches over four inputs more, not two. Strides of several layers multiply.
# </details>

# %% exercise="ch12.sizes"
def places(size, kernel_size, stride, padding, dilation):
    """How many windows fit: five whole numbers -> a whole number."""
    ### BEGIN SOLUTION
    reach = dilation * (kernel_size - 1) + 1
    return (size + 2 * padding - reach) // stride + 1
    ### END SOLUTION


def receptive_field(kernel_sizes, strides, dilations):
    """How many inputs an output of a stack sees: three lists of whole numbers -> a whole number."""
    ### BEGIN SOLUTION
    field, distance = 1, 1
    for kernel_size, stride, dilation in zip(kernel_sizes, strides, dilations):
        field += dilation * (kernel_size - 1) * distance
        distance *= stride
    return field
    ### END SOLUTION


# %% check="ch12.sizes" points=4
check("ch12.sizes", places, receptive_field)

# %% [markdown]
# **Remember.** Reach first, then floor, then plus one. Fields add; strides multiply.

# %% [markdown]
# ## 12.5 Images: one view, one product
#
# **The question.** An image has two directions. What changes?
#
# **The picture.** Nothing but the number of loops. Three kernels of 3 by 3, and what each answers about the same digit. Where there are signs, red is positive and blue is negative.

# %% tags=["demo"]
digit = placed(FIVE, 0)
kernels = {
    "blurred": np.ones((3, 3)) / 9,
    "upper edges": np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "left edges": np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
}
sliding = layers.Conv2d(1, 3, 3, np.random.default_rng(0), 1, 1)
sliding.params["weight"] = np.stack([kernel[None] for kernel in kernels.values()])
maps = dict(zip(kernels, sliding.forward(digit)[0]))
assert maps["blurred"].max() <= digit.max()
figures.units.images({"the digit": digit[0, 0]} | maps)

# %% [markdown]
# **The mathematics.** Images are (N, C, H, W), kernels (O, C, K, L), answers (N, O, H′, W′). For H′ and W′ the formula of section 12.4 is used twice, once down and once to the right.
#
# $$y_{n,o,i,j} = b_o + \sum_{c,k,l} x_{n,c,\;s i + d k - p,\;s j + d l - p}\; w_{o,c,k,l}$$
#
# **The code.** The window view of an image has six axes. An example without any option, in three lines:

# %% tags=["demo"]
rng = np.random.default_rng(2)
x, weight = rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(4, 3, 2, 3))
windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), axis=(2, 3))
y = np.einsum("nchwkl,ockl->nohw", windows, weight)
print("windows", windows.shape, "-> answers", y.shape)
np.testing.assert_allclose(windows[1, 2, 3, 4], x[1, 2, 3:5, 4:7])  # the window at row 3, column 4
by_hand = np.sum(x[1, :, 3:5, 4:7] * weight[0])
np.testing.assert_allclose(y[1, 0, 3, 4], by_hand)

# %% [markdown]
# And the promise of equivariance again, on a digit. Away from the border, moving the image and then convolving is the same as convolving and then moving the answer. With stride 2 it holds for moves by even numbers only.

# %% tags=["demo"]
rng = np.random.default_rng(3)
whole, halved = layers.Conv2d(1, 4, 3, rng, 1, 1), layers.Conv2d(1, 4, 3, rng, 2, 1)
still = placed(TEST[:8], 0)


def off(layer, up, rows):
    """How far apart are: the answers to the image moved up, and the answers moved up."""
    moved = layer.forward(np.roll(still, -up, axis=2))
    return np.abs(moved - np.roll(layer.forward(still), -rows, axis=2)).max()


one, two = off(whole, 1, 1), off(halved, 2, 1)
between = min(off(halved, 1, 0), off(halved, 1, 1))
print(f"stride 1, moved by 1: Δ {one:.0e};  stride 2, moved by 2: Δ {two:.0e}")
print(f"stride 2, moved by 1: Δ {between:.2f} at best")
assert max(one, two) < 1e-12 and between > 0.1

# %% [markdown] exercise="ch12.conv2d" minutes=15 difficulty=3
# ### Exercise: the convolution of an image, without a loop
# Write `conv2d(x, weight, bias, stride, padding, dilation)`. The three options are whole numbers, the same down and to the right.
#
# 1. Pad the last two axes of `x` with zeros, on all four sides.
# 2. Make the view of all windows. A window must hold the *reach* of the kernel, `dilation * (K − 1) + 1` rows, and columns likewise. The kernel need not be square.
# 3. Keep every `stride`-th place, and inside the windows every `dilation`-th entry.
# 4. Multiply and sum; add the biases.
#
# <details><summary>Hint 1</summary>
#
# `np.lib.stride_tricks.sliding_window_view(x, (rows, columns), axis=(2, 3))` has six axes: N, C, the two of the places, the two inside the window. Slice the last four, `[:, :, ::a, ::b, ::c, ::d]`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Six axes against the four of the weights: `np.einsum("nchwkl,ockl->nohw", windows, weight)` sums over the letters that are not behind the arrow.
# </details>
#
# <details><summary>My result fails when the bias is added</summary>
#
# `bias` (O,) would be added along the last axis. `bias[:, None, None]` has the shape (O, 1, 1) and meets the channels.
# </details>
#
# <details><summary>My result is right without dilation and wrong with it</summary>
#
# Stride and dilation slice different axes: the stride the places (third and fourth axis), the dilation the entries inside a window (the last two). And the windows must be wide enough before they are sliced.
# </details>

# %% exercise="ch12.conv2d"
def conv2d(x, weight, bias, stride, padding, dilation):
    """The sum of each kernel times each window of x, plus the bias; the kernel is not turned round.

    x (N, C, H, W), weight (O, C, K, L), bias (O,); stride, padding, dilation whole numbers
    -> y (N, O, H', W')
    """
    ### BEGIN SOLUTION
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    reach = [dilation * (size - 1) + 1 for size in weight.shape[2:]]
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]
    return np.einsum("nchwkl,ockl->nohw", windows, weight) + bias[:, None, None]
    ### END SOLUTION


# %% check="ch12.conv2d" points=5
check("ch12.conv2d", conv2d)

# %% [markdown]
# **Remember.** Pad, view, slice, multiply. The stride slices the places, the dilation slices inside the windows.

# %% [markdown]
# ## 12.6 The way back: who was looked at by whom?
#
# **The question.** One pixel was looked at by several windows, one weight by all of them. What does each of them owe?
#
# **The picture.** A gradient of 1 at one single output, and what comes back to the input: the kernel itself, put where the window was. Two outputs side by side: two kernels, added where they overlap.

# %% tags=["demo"]
edge = layers.Conv2d(1, 1, 3, np.random.default_rng(0))
edge.params["weight"] = np.array([[[[1.0, 2, 1], [0, 1, 0], [-1, -2, -1]]]])
edge.forward(np.zeros((1, 1, 8, 10)))
backs = {}
pulled = {"one output": [(2, 2)], "two neighbors": [(2, 2), (2, 3)], "far apart": [(1, 1), (4, 6)]}
for name, outputs in pulled.items():
    dy = np.zeros((1, 1, 6, 8))
    for row, column in outputs:
        dy[0, 0, row, column] = 1
    backs[name] = edge.backward(dy)[0, 0]
np.testing.assert_allclose(backs["one output"][2:5, 2:5], edge.params["weight"][0, 0])  # not turned
figures.units.images(backs)

# %% [markdown]
# **The mathematics.** Nothing but the chain rule, and the rule of chapter 6: what is used several times collects a sum.
#
# - A weight $w_{o,c,k,m}$ was used at every place of every example. Its gradient is the sum of $dy$ times the $x$ that it met, over all of them.
# - A bias was added at every place of every example. Its gradient is the sum of $dy$ over all of them.
# - A pixel was used by every window that contains it. Its gradient is the sum of $dy$ times the weight that it met there.
#
# $$dw_{o,c,k,m} = \sum_{n,i,j} dy_{n,o,i,j}\; x_{n,c,\,si+k,\,sj+m} \qquad dx_{n,c,\,si+k,\,sj+m} \mathrel{+}= \sum_{o} dy_{n,o,i,j}\; w_{o,c,k,m}$$
#
# This is without padding and without dilation. The columns of the kernel are called $m$ here. The second line is a step of a loop: it starts from $dx = 0$ and is done for every place $(i, j)$ and every entry $(k, m)$.
#
# **The code.** The way back of a convolution is a layer of its own: it makes images larger. It is called a *transposed* convolution (D3's "deconvolutional nets" are built of it). It is not an inverse: it brings back the shape, not the numbers.

# %% tags=["demo"]
rng = np.random.default_rng(4)
down = layers.Conv2d(3, 5, 3, rng, 2, 1)
up = layers.ConvTranspose2d(5, 3, 3, rng, 2, 1)
up.params["weight"], up.params["bias"] = down.params["weight"].copy(), np.zeros(3)
x = rng.normal(size=(2, 3, 9, 7))
y = down.forward(x)
dy = rng.normal(size=y.shape)
np.testing.assert_allclose(up.forward(dy), down.backward(dy), atol=1e-12)  # the same map
back = up.forward(y)
print("down:", x.shape, "->", y.shape, "  up:", back.shape, "  back to x:", np.allclose(back, x))
assert back.shape == x.shape and not np.allclose(back, x, atol=0.1)
# transposed, in the sense of matrices: the product of dy with A x is that of Aᵀ dy with x
np.testing.assert_allclose(np.sum(dy * y), np.sum(up.forward(dy) * x))

# %% [markdown] exercise="ch12.conv2d_gradients" minutes=18 difficulty=4
# ### Exercise: the gradients of a convolution
# Write `conv2d_gradients(x, weight, dy, stride)` for a convolution without padding and without dilation. It returns three arrays: the gradients for `x`, for `weight` and for the bias, each of the shape of what it belongs to. All are plain sums, no means.
#
# Loop over the entries $(k, m)$ of the kernel only. Entry $(k, m)$ met the rows $k, k + s, k + 2s, \dots$ of `x`, one for each row of places, and the columns $m, m + s, m + 2s, \dots$. With rows and columns for the last two numbers of `dy.shape`, this part of `x` is `x[:, :, k : k + stride * rows : stride, m : m + stride * columns : stride]`; it has the shape (N, C, rows, columns).
#
# <details><summary>Hint 1</summary>
#
# For one $(k, m)$ the convolution is a dense layer at every place: y[n, o] = weight[o, c]·x[n, c], summed over c. You know its two gradients from chapter 6. Write them as `np.einsum`, with the places as two more letters.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Name the axes: `dy` is `nohw`, the part is `nchw`, `weight[:, :, k, m]` is `oc`. For the weights `o` and `c` must be left, so `n`, `h` and `w` are summed. For what goes back to the part `n`, `c`, `h` and `w` must be left, so only `o` is summed.
# </details>
#
# <details><summary>My gradient for x is right at the corners only</summary>
#
# An entry in the middle is looked at by several windows. Each of them sends something back: use `+=`, and start from zeros.
# </details>
#
# <details><summary>My three results have each other's shapes</summary>
#
# Then all three are there, in another order. It is: for `x`, for `weight`, for the bias.
# </details>
#
# <details><summary>My result is right for stride 1 only</summary>
#
# The same slice, with its step, serves for reading `x` and for adding to `dx`. Without the step it takes neighbors that were never looked at by this entry.
# </details>

# %% exercise="ch12.conv2d_gradients"
def conv2d_gradients(x, weight, dy, stride):
    """The gradients of a convolution without padding for its input, its weights and its biases.

    x (N, C, H, W), weight (O, C, K, L), dy (N, O, rows, columns), stride a whole number
    -> three arrays: dx (N, C, H, W), dweight (O, C, K, L), dbias (O,)
    """
    ### BEGIN SOLUTION
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    rows, columns = dy.shape[2:]
    for k in range(weight.shape[2]):
        for m in range(weight.shape[3]):
            met = (..., slice(k, k + stride * rows, stride), slice(m, m + stride * columns, stride))
            dweight[:, :, k, m] = np.einsum("nohw,nchw->oc", dy, x[met])
            dx[met] += np.einsum("nohw,oc->nchw", dy, weight[:, :, k, m])
    return dx, dweight, dy.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% check="ch12.conv2d_gradients" points=7
check("ch12.conv2d_gradients", conv2d_gradients)

# %% [markdown]
# **Remember.** Forward gathers, backward scatters: the same slices, read on the way there, added to on the way back.

# %% [markdown]
# ## 12.7 Pooling: what may be forgotten?
#
# **The question.** A convolution says where an edge is, to the pixel. To name the digit we need not know it that well. How do we forget it?
#
# **The picture.** The upper edges of the digit, and each window of 2 by 2 summed up by one number: its largest, or its mean.

# %% tags=["demo"]
edges = np.maximum(maps["upper edges"], 0)[None, None]
pooled = {
    "upper edges": edges[0, 0],
    "largest of 2 by 2": layers.MaxPool2d(2).forward(edges)[0, 0],
    "mean of 2 by 2": layers.AveragePool2d(2).forward(edges)[0, 0],
    "largest of 4 by 4": layers.MaxPool2d(4).forward(edges)[0, 0],
}
assert pooled["mean of 2 by 2"].max() < pooled["largest of 2 by 2"].max() == edges.max()
figures.units.images(pooled)

# %% [markdown]
# **The mathematics.** There are no weights. Average pooling, from LeCun's network of 1989, passes a $k^2$-th of the gradient to every entry of a window. Max pooling passes all of it to the largest entry, and 0 to the others.
#
# **The code.** How much do the answers change if the image moves by one pixel? Take the features of 200 digits, before and after pooling.

# %% tags=["demo"]
feature = layers.Sequential(
    layers.Conv2d(1, 8, 3, np.random.default_rng(5), 1, 1), activations.ReLU()
)
still = placed(TEST[:200], 0)
before, after = (feature.forward(np.roll(still, shift, axis=3)) for shift in (0, 1))


def changed(layer):
    """The mean change of the answers by a shift of one pixel, relative to their size."""
    a, b = (before, after) if layer is None else (layer.forward(before), layer.forward(after))
    return np.linalg.norm(a - b) / np.linalg.norm(a)


drift = {"not pooled": changed(None)}
for size in (2, 4, 12):
    drift[f"largest of {size} by {size}"] = changed(layers.MaxPool2d(size))
    drift[f"mean of {size} by {size}"] = changed(layers.AveragePool2d(size))
for name, share in drift.items():
    print(f"{name:20s} {share:.0%} of the answer changes")
assert drift["largest of 2 by 2"] < 0.8 * drift["not pooled"]
assert drift["largest of 4 by 4"] < drift["largest of 2 by 2"]
assert max(drift["largest of 12 by 12"], drift["mean of 12 by 12"]) < 1e-9  # one place is left

# %% [markdown]
# So a pooling of 2 by 2 helps a little, not a lot. Only where one single place is left is a shift forgotten entirely. Forgetting is also a loss: after that nobody can say where the edge was.

# %% [markdown] exercise="ch12.max_pool2d" minutes=15 difficulty=3
# ### Exercise: max pooling, there and back
# The constructor is given: square windows of `kernel_size` rows and columns that start every `stride` places. No padding; what the last whole window leaves over is not looked at.
#
# `forward(x)` answers the largest entry of each window. `backward(dy)` gives the whole `dy` of a window to its largest entry. Of several equal ones the *first* takes it, row after row. An entry that is the largest of several windows collects from all of them.
#
# <details><summary>Hint 1</summary>
#
# Loop over the places (i, j). The window is `x[:, :, i*s : i*s + k, j*s : j*s + k]`. Its maximum over the last two axes is (N, C).
# </details>
#
# <details><summary>Hint 2</summary>
#
# Reshape a window to (N, C, k·k) and take `argmax(axis=2)`: of equal entries it names the first. Entry number `at` of the flat window lies `at // k` rows down and `at % k` columns to the right.
# </details>
#
# <details><summary>Hint 3</summary>
#
# To write into one entry for each image and channel at once, index with four arrays: `n, c = np.ogrid[: x.shape[0], : x.shape[1]]`, then `dx[n, c, row, column] += …` with `row` and `column` of shape (N, C).
# </details>
#
# <details><summary>My gradient is too large where entries are equal</summary>
#
# A comparison with the maximum, `window == largest`, is true for all of them. Only the first may take the gradient: use `argmax`.
# </details>

# %% exercise="ch12.max_pool2d"
class MaxPool2d:
    """The largest of each window: x (N, C, H, W) -> (N, C, (H − k) // s + 1, (W − k) // s + 1)."""

    def __init__(self, kernel_size, stride):
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x):
        """x (N, C, H, W) -> y (N, C, rows, columns). Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.x, k, s = x, self.kernel_size, self.stride
        rows, columns = [(size - k) // s + 1 for size in x.shape[2:]]
        y = np.zeros((*x.shape[:2], rows, columns))
        for i, j in np.ndindex(rows, columns):
            y[:, :, i, j] = x[:, :, i * s : i * s + k, j * s : j * s + k].max(axis=(2, 3))
        return y
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, C, rows, columns) -> the gradient for x (N, C, H, W)."""
        ### BEGIN SOLUTION
        k, s, dx = self.kernel_size, self.stride, np.zeros_like(self.x)
        n, c = np.ogrid[: dx.shape[0], : dx.shape[1]]
        for i, j in np.ndindex(*dy.shape[2:]):
            window = self.x[:, :, i * s : i * s + k, j * s : j * s + k]
            at = window.reshape(*window.shape[:2], -1).argmax(axis=2)
            dx[n, c, i * s + at // k, j * s + at % k] += dy[:, :, i, j]
        return dx
        ### END SOLUTION


# %% check="ch12.max_pool2d" points=5
check("ch12.max_pool2d", MaxPool2d)

# %% [markdown]
# **Remember.** Max pooling keeps the strongest answer and forgets where exactly it was. The gradient goes to the winner.

# %% [markdown]
# ## 12.8 Symbols: how does text get channels?
#
# **The question.** D0 says that text is a time series of symbols, and that you can read it by an embedding and a few convolutions. What is an embedding?
#
# **The picture.** A table with one row for each symbol. Looking up row 7 is the same as multiplying a one-hot vector, all 0 but a 1 at place 7, with the table. Nobody multiplies, since it would be a waste.

# %% tags=["demo"]
rng = np.random.default_rng(6)
text = "the units"
alphabet = sorted(set("the units add"))  # two letters more than the text has
ids = np.array([[alphabet.index(letter) for letter in text]])
table = layers.Embedding(len(alphabet), 5, rng)
points = table.forward(ids)
one_hot = np.eye(len(alphabet))[ids]
both = {"nine letters, one-hot": one_hot[0], "the table": table.params["weight"]}
figures.units.images(both | {"nine letters, looked up": points[0]})

# %% [markdown]
# **The mathematics** is the product of the first two, a dense layer without a bias. **The code** says so, and shows three more things: a row's gradient collects over its uses, rows that were not used get none, and a convolution reads three letters at a time.

# %% tags=["demo"]
np.testing.assert_allclose(points, one_hot @ table.params["weight"])  # a dense layer, in effect

table.backward(np.ones_like(points))
uses = np.bincount(ids[0], minlength=len(alphabet))
np.testing.assert_allclose(table.grads["weight"][:, 0], uses)  # a row collects over its uses
assert uses.min() == 0 < uses.max() == 2

reading = layers.Conv1d(5, 4, 3, rng)
seen = reading.forward(points.swapaxes(1, 2))  # (N, T, D) -> (N, D, T): channels second
print(f"{text!r}: ids {ids.shape} -> points {points.shape} -> three letters at a time {seen.shape}")
assert seen.shape == (1, 4, len(text) - 2)

# %% [markdown]
# Chapter 2 has you write the layer. Here note the exchange of axes: an embedding puts the features last, (N, T, D), and so do recurrent layers and attention. A convolution wants them second, (N, C, T).
#
# **The twin.** The layers of this part, and the same in PyTorch: largest difference of the answers and of the gradient for the input, and the time of both for one pass there and back.

# %% tags=["demo"]
import torch

from course_lib import activations_torch, layers_torch

DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def twin_of(layer, *made, module=layers_torch, device="cpu", **named):
    """The same layer in PyTorch, with the same numbers."""
    twin = getattr(module, type(layer).__name__)(*made, **named).to(device, torch.float64)
    with torch.no_grad():
        for name, p in getattr(layer, "params", {}).items():
            twin.get_parameter(name).copy_(torch.tensor(p))
    return twin


def compare(layer, x, *made, module=layers_torch, **named):
    """Print how far layer and twin are apart, there and back, and how long each takes."""
    dy = np.random.default_rng(0).normal(size=layer.forward(x).shape)

    def ours():
        return layer.forward(x), layer.backward(dy)

    (y, dx), here = timed(ours)
    for device in DEVICES:
        twin = twin_of(layer, *made, module=module, device=device, **named)
        upstream = torch.tensor(dy, device=device)

        def theirs(twin=twin, upstream=upstream, device=device):
            at = torch.tensor(x, device=device, requires_grad=True)
            answer = twin(at)
            answer.backward(upstream)
            return answer.detach().cpu().numpy(), at.grad.cpu().numpy()

        (their_y, their_dx), there = timed(theirs)
        value, gradient = np.abs(y - their_y).max(), np.abs(dx - their_dx).max()
        name = type(layer).__name__
        print(f"{name:18s} {device:5s} Δ {value:.0e}  Δ gradient {gradient:.0e}  ", end="")
        print(f"NumPy {here:7.2f} ms, PyTorch {there:7.2f} ms")
        assert max(value, gradient) < 1e-9


rng, generator = np.random.default_rng(7), torch.Generator()
signals, pictures = rng.normal(size=(16, 4, 128)), rng.normal(size=(16, 3, 24, 24))
compare(layers.Conv1d(4, 8, 5, rng), signals, 4, 8, 5, generator)
options = (2, 1, 2)
compare(layers.Conv2d(3, 8, 3, rng, *options), pictures, 3, 8, 3, generator, *options)
compare(layers.ConvTranspose2d(3, 8, 3, rng, 2), pictures, 3, 8, 3, generator, 2)
compare(layers.MaxPool2d(2), pictures, 2)
compare(layers.AveragePool2d(2), pictures, 2)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** An embedding is a dense layer for one-hot symbols that looks up instead of multiplying.

# %% [markdown]
# ## 12.9 Recurrence: the same layer at every step
#
# **The question.** A convolution sees a window. A sentence may need its first word at its last. What can remember?
#
# **The picture.** A state. At each step the same layer makes a new state from the input and the old one. Here the input is a single 1 at step 2 and then nothing; four units of one recurrent layer go on from it.

# %% tags=["demo"]
rng = np.random.default_rng(3)
echo = layers.RNN(1, 4, rng)
turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
echo.params |= {"hidden_weight": 0.95 * turn, "bias": np.zeros(4)}
echo.params["input_weight"] = np.array([[1.0], [0.5], [-1.0], [0.25]])
pulse = np.zeros((1, 30, 1))
pulse[0, 2, 0] = 1
states = echo.forward(pulse)[0]
assert np.abs(states[:2]).max() == 0 and np.linalg.norm(states[-1]) > 0.1  # it still knows
rows = {"input": pulse[0, :, 0]} | {f"unit {k}": states[:, k] for k in range(4)}
figures.units.cell(rows, marks=(2,))

# %% [markdown]
# **The mathematics.** With input weights $W$ (H, D), hidden weights $U$ (H, H) and a bias,
#
# $$h_t = \tanh(W x_t + U h_{t-1} + b), \qquad h_0 = 0 \text{ before the first step.}$$
#
# The same three parameters serve all steps. Sequences are (N, T, D), the states of all steps (N, T, H). In code the examples are rows, so $W x_t$ becomes `x[:, t] @ W.T`, and $U^\top da_t$ becomes `da @ U`.
#
# For the way back, unroll the loop in your mind: T layers, one behind the other, that happen to share their weights. A state $h_t$ has two uses, the answer of its own step and the next step. So two gradients meet in it. With $dh$ for what comes back from the later step, from the last step to the first:
#
# $$da_t = (dy_t + dh)\,(1 - h_t^2), \qquad dh \leftarrow U^\top da_t .$$
#
# The input of each step gets $dx_t = W^\top da_t$. Each parameter's gradient is a sum over the steps, and over the examples: $dW = \sum_t da_t x_t^\top$, $dU = \sum_t da_t h_{t-1}^\top$, $db = \sum_t da_t$. This is back-propagation through time (Werbos, 1990).
#
# **The code.** The chain in your hands: a gradient that enters at the last step only, and the reference against central differences.

# %% tags=["demo"]
from course_lib import gradients

rng = np.random.default_rng(9)
small = layers.RNN(2, 3, rng)
x, pull = rng.normal(size=(1, 4, 2)), np.zeros((1, 4, 3))
pull[0, -1] = rng.normal(size=3)
small.forward(x)
dx = small.backward(pull)
measured = gradients.numerical_gradient(lambda at: np.sum(pull * small.forward(at)), x)
np.testing.assert_allclose(dx, measured, atol=1e-8)
print("gradient for x, step by step:", np.linalg.norm(dx[0], axis=1).round(3))
assert np.linalg.norm(dx[0, 0]) > 0  # the first step hears of the last one

# %% [markdown] exercise="ch12.rnn" minutes=25 difficulty=4
# ### Exercise: a recurrent layer, and back through time
# The constructor is given; the check sets the parameters. Write both ways.
#
# - `forward(x)` answers the states of *all* steps, (N, T, H). Before the first step the state is 0.
# - `backward(dy)` gets a gradient for each of these states, (N, T, H). It leaves the gradients of the three parameters in `self.grads`, plain sums over examples and steps, and returns the gradient for `x`.
#
# <details><summary>Hint 1</summary>
#
# Keep all states, with the zeros of the start in front: an array (N, T + 1, H) in which entry t is the state *before* step t. Then `h[:, 1:]` is the answer.
# </details>
#
# <details><summary>Hint 2</summary>
#
# On the way back carry `dh`, what later steps want of this state; it starts as 0. At step t: `da = (dy[:, t] + dh) * (1 − h²)` with the state after step t, and then `dh = da @ U`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Collect the `da` of all steps in an array (N, T, H). After the loop each gradient is one sum: `np.einsum("nta,ntd->ad", da, x)` for the input weights, and the states *before* each step for the hidden weights. The gradient for `x` is `da @ W`, for all steps at once.
# </details>
#
# <details><summary>My forward pass is right and the gradient for x only at the last step</summary>
#
# Then nothing travels back through time. Is `dh` set at the end of each turn of the loop, and added at the beginning of the next?
# </details>

# %% exercise="ch12.rnn"
class RNN:
    """h_t = tanh(W x_t + U h_{t−1} + b), x (N, T, D) -> (N, T, H), h before the first step 0.

    params input_weight W (H, D), hidden_weight U (H, H), bias b (H,); grads under the same names.
    """

    def __init__(self, inputs, hidden):
        self.params = {
            "input_weight": np.zeros((hidden, inputs)),
            "hidden_weight": np.zeros((hidden, hidden)),
            "bias": np.zeros(hidden),
        }
        self.grads = {}

    def forward(self, x):
        """x (N, T, D) -> the states of all steps (N, T, H). Keeps what backward needs."""
        ### BEGIN SOLUTION
        W, U, b = (self.params[name] for name in ("input_weight", "hidden_weight", "bias"))
        self.x, self.h = x, np.zeros((x.shape[0], x.shape[1] + 1, b.size))
        for t in range(x.shape[1]):
            self.h[:, t + 1] = np.tanh(x[:, t] @ W.T + self.h[:, t] @ U.T + b)
        return self.h[:, 1:].copy()
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, T, H) -> the gradient for x (N, T, D). Leaves those of the parameters in grads."""
        ### BEGIN SOLUTION
        W, U = self.params["input_weight"], self.params["hidden_weight"]
        da, dh = np.zeros_like(dy), 0
        for t in reversed(range(dy.shape[1])):
            da[:, t] = (dy[:, t] + dh) * (1 - self.h[:, t + 1] ** 2)
            dh = da[:, t] @ U
        self.grads["input_weight"] = np.einsum("nta,ntd->ad", da, self.x)
        self.grads["hidden_weight"] = np.einsum("nta,nth->ah", da, self.h[:, :-1])
        self.grads["bias"] = da.sum(axis=(0, 1))
        return da @ W
        ### END SOLUTION


# %% check="ch12.rnn" points=7
check("ch12.rnn", RNN)

# %% [markdown]
# **Remember.** An RNN is a deep network with one layer that is used T times. Its gradient walks back through all of them.

# %% [markdown]
# ## 12.10 How long does a gradient live?
#
# **The question.** The gradient walks back through T steps. Each multiplies it. What is left?
#
# **The picture.** One RNN of 16 units with PyTorch's usual start, 9 steps, random inputs. A gradient of size 1 enters at the last step.

# %% tags=["demo"]
def walked_back(unit, x):
    """Of a loss at the last step: at each step the size of d loss/d h, and tanh's mean slope."""
    h = unit.forward(x)[0]
    dh = np.ones(h.shape[1]) / np.sqrt(h.shape[1])
    sizes = []
    for t in reversed(range(len(h))):
        sizes.append(np.linalg.norm(dh))
        dh = ((1 - h[t] ** 2) * dh) @ unit.params["hidden_weight"]
    return np.array(sizes[::-1]), (1 - h**2).mean(axis=1)


rng = np.random.default_rng(10)
fresh = layers.RNN(4, 16, rng)
sizes, slopes = walked_back(fresh, rng.normal(size=(1, 9, 4)))
print(f"after 8 steps back {sizes[0]:.0e} of the gradient is left")
assert sizes[0] < 0.02
figures.units.back_through_time(sizes, slopes)

# %% [markdown]
# **The mathematics.** One step back multiplies by $U^\top \mathrm{diag}(1 - h_t^2)$. The slope of tanh is at most 1, and the size of $U$ does the rest. If $U$ shrinks every vector to $s$ times its length, then after $T$ steps at most $s^T$ is left. If it stretches, the gradient may explode.
#
# **The code.** Hidden weights that turn and stretch by exactly $s$; inputs so small that tanh is straight. Then theory and measurement must agree.

# %% tags=["demo"]
rng = np.random.default_rng(11)
turn, _ = np.linalg.qr(rng.normal(size=(16, 16)))
faint, left = 1e-5 * rng.normal(size=(1, 31, 4)), {}
for s in (0.8, 1.0, 1.2):
    unit = layers.RNN(4, 16, rng)
    unit.params |= {"hidden_weight": s * turn, "bias": np.zeros(16)}
    left[s] = walked_back(unit, faint)[0][0]
    print(f"s = {s}: {left[s]:10.4g} is left after 30 steps, theory {s**30:10.4g}")
    np.testing.assert_allclose(left[s], s**30, rtol=1e-3)
strong = layers.RNN(4, 16, rng)
strong.params |= {"hidden_weight": turn, "bias": np.zeros(16)}
bent = walked_back(strong, 3 * rng.normal(size=(1, 31, 4)))[0][0]
print(f"s = 1.0 with inputs of size 3: {bent:.1e} is left, since tanh is flat there")
assert bent < 1e-3

# %% [markdown]
# So even perfect hidden weights do not help where tanh is flat. Exploding gradients can be clipped (chapter 7). Vanished ones cannot be brought back. What is needed is a road for the gradient on which nothing multiplies by a small number.
#
# **Remember.** T steps multiply the gradient T times. Below 1 it is gone soon, above 1 it explodes, and flat tanhs kill it in any case.

# %% [markdown]
# ## 12.11 LSTM: a cell with three doors
#
# **The question.** How can a state be kept for a hundred steps, unless there is a reason to change it?
#
# **The picture.** Add instead of transforming. A *cell* $c$ is kept as it is; doors decide what is written, what is kept, and what is shown. This LSTM has one unit and was set by hand: it is told to remember a value when the second input says so, and to show it when the third says so.

# %% tags=["demo"]
hand = layers.LSTM(3, 1, np.random.default_rng(0))
weights = np.zeros((4, 3))
weights[0, 1], weights[1, 1] = 12, -12  # "write" opens the input gate and closes the forget gate
weights[2, 0], weights[3, 2] = 2, 12  # the candidate is the value; "show" opens the output gate
doors = {"input_weight": weights, "hidden_weight": np.zeros((4, 1))}
hand.params |= doors | {"bias": np.array([-6.0, 6, 0, -6])}
steps = 30
orders = np.zeros((1, steps, 3))
orders[0, :, 0] = 0.8 * np.sin(np.arange(steps))  # the values go on and on
orders[0, 4, 1] = orders[0, 20, 1] = 1  # write at steps 4 and 20
orders[0, 14, 2] = orders[0, 27, 2] = 1  # show at steps 14 and 27
shown = hand.forward(orders)[0, :, 0]
cell = hand.c[0, 1:, 0]
i, f, g, o = hand.ifgo[0].T
assert abs(cell[14] - cell[4]) < 0.1 and cell[27] > 0.5  # ten steps later it is still there
assert shown[14] * orders[0, 4, 0] > 0.1 > 10 * abs(shown[13])  # hidden until it is shown
rows = {"value": orders[0, :, 0], "input gate": i, "forget gate": f, "cell": cell}
figures.units.cell(rows | {"output gate": o, "state": shown}, marks=(4, 14, 20, 27))

# %% [markdown]
# **The mathematics.** Four maps of the same form. Three are gates, between 0 and 1; one is a candidate, between −1 and 1:
#
# $$i, f, o = \sigma(W x_t + U h_{t-1} + b), \qquad g = \tanh(W x_t + U h_{t-1} + b),$$
# $$c_t = f \circ c_{t-1} + i \circ g, \qquad h_t = o \circ \tanh c_t .$$
#
# A ring ∘ multiplies entry by entry. Each of the four has rows of its own in $W$ (4H, D), $U$ (4H, H) and $b$ (4H,). The order of these blocks is a convention: **i, f, g, o** here and in PyTorch. A wrong order is a silent mistake, since all shapes fit.
#
# On the straight way back from $c_t$ to $c_{t-1}$ there is a single factor, $f$. No weights, no tanh. Where the forget gate is open, the gradient passes as it is. There is a winding road, too, through $h$ and the gates, and it has both.
#
# The LSTM of 1997, the date that D0 gives, had no forget gate: its cell only ever added. Gers, Schmidhuber and Cummins gave it one in 2000.

# %% tags=["demo"]
long = layers.LSTM(2, 5, np.random.default_rng(12))
x = np.random.default_rng(13).normal(size=(1, 8, 2))
long.forward(x)
swapped = layers.LSTM(2, 5, np.random.default_rng(12))
order = np.r_[0:10, 15:20, 10:15]  # the blocks as i, f, o, g
swapped.params = {name: p[order] for name, p in long.params.items()}
apart = np.abs(swapped.forward(x) - long.forward(x)).max()
print(f"the same weights read in another order: no error, and answers that are off by {apart:.2f}")
assert apart > 0.05

# %% [markdown] exercise="ch12.lstm" minutes=15 difficulty=3
# ### Exercise: the LSTM forward
# Write `lstm(x, input_weight, hidden_weight, bias)`. It returns two arrays (N, T, H): the states $h$ and the cells $c$ after every step. Before the first step both are 0.
#
# The rows of the weights and of the bias hold four blocks of H rows, in the order **i, f, g, o**: input gate, forget gate, candidate, output gate. (PyTorch has the same order; other libraries have others.)
#
# <details><summary>Hint 1</summary>
#
# One sum makes all four at once: `x[:, t] @ input_weight.T`, plus the same with `h` and the hidden weights, plus the bias. It is (N, 4H), and `np.split(…, 4, axis=1)` cuts it into i, f, g, o.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gates i, f, o go through a sigmoid, the candidate g through tanh. First the new cell, `f * c + i * g`, then the new state from the *new* cell, `o * np.tanh(c)`. Collect them in lists and join them with `np.stack(…, axis=1)`.
# </details>
#
# <details><summary>My first step is right and the second is wrong</summary>
#
# In the first step h and c are 0, so what depends on them does not show. Does the next step get both of them? Do the hidden weights meet h, not c? Does f multiply the old cell?
# </details>

# %% exercise="ch12.lstm"
def lstm(x, input_weight, hidden_weight, bias):
    """c = f∘c + i∘g and h = o∘tanh(c) at every step; i, f, o sigmoids and g tanh of W x + U h + b.

    x (N, T, D), input_weight W (4H, D), hidden_weight U (4H, H), bias b (4H,),
    blocks of rows in the order i, f, g, o
    -> two arrays: the states h (N, T, H) and the cells c (N, T, H)
    """
    ### BEGIN SOLUTION
    h = c = np.zeros((len(x), hidden_weight.shape[1]))
    states, cells = [], []
    for t in range(x.shape[1]):
        a = x[:, t] @ input_weight.T + h @ hidden_weight.T + bias
        i, f, g, o = np.split(a, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        cells.append(c)
    return np.stack(states, axis=1), np.stack(cells, axis=1)
    ### END SOLUTION


# %% check="ch12.lstm" points=5
check("ch12.lstm", lstm)

# %% [markdown]
# **Remember.** The cell adds, the gates multiply. Straight from cell to cell the gradient meets nothing but the forget gate.

# %% [markdown]
# ## 12.12 GRU: the same idea with fewer doors
#
# **The question.** Three gates and a second state: is all of that needed?
#
# **The picture.** One unit, set by hand once more. It must keep a value until it is told to take a new one. One gate is enough: it says how much of the old state stays.

# %% tags=["demo"]
hand = layers.GRU(2, 1, np.random.default_rng(0))
hand.params |= {
    "input_weight": np.array([[0.0, 0], [0, -12], [2, 0]]), "hidden_weight": np.zeros((3, 1)),
    "bias": np.array([0.0, 6, 0]), "hidden_bias": np.zeros(1),
}
state = hand.forward(orders[..., :2])[0, :, 0]  # the same values and the same orders to write
keeps = hand.rzn[0, :, 1]
assert state[19] * state[4] > 0.8 * state[4] ** 2 and state[20] * state[19] < 0  # kept, replaced
figures.units.cell({"value": orders[0, :, 0], "update gate": keeps, "state": state}, marks=(4, 20))

# %% [markdown]
# **The mathematics.** The GRU has one state and two gates. The update gate $z$ says how much of the old state stays. The reset gate $r$ says how much of it the candidate $n$ may see.
#
# $$r, z = \sigma(W x_t + b + U h_{t-1}), \qquad n = \tanh\big(W_n x_t + b_n + r \circ (U_n h_{t-1} + c)\big),$$
# $$h_t = (1 - z) \circ n + z \circ h_{t-1} .$$
#
# Two conventions differ from text to text, and both are silent. First, here and in PyTorch $z$ *keeps*; elsewhere it lets the new in. Second, here and in PyTorch $r$ acts *after* the product with $U_n$, so there is a bias $c$ within its reach; in the paper of 2014 it acts on $h_{t-1}$ before. Blocks of rows: **r, z, n**.
#
# D0 gives a paper of 2014 for the GRU, *On the Properties of Neural Machine Translation*. The unit comes from an earlier paper of the same year and the same group, *Learning Phrase Representations using RNN Encoder–Decoder*.

# %% [markdown] exercise="ch12.gru" minutes=12 difficulty=3
# ### Exercise: the GRU forward
# Write `gru(x, input_weight, hidden_weight, bias, hidden_bias)`. It returns the states (N, T, H); before the first step the state is 0.
#
# - The rows hold three blocks of H rows, in the order **r, z, n**: reset gate, update gate, candidate.
# - The update gate keeps: $h \leftarrow (1 - z)\,n + z\,h$.
# - The reset gate acts *after* the product: $n = \tanh\big(W_n x + b_n + r\,(U_n h + c)\big)$, with `hidden_bias` for $c$. The gates have no second bias.
#
# <details><summary>Hint 1</summary>
#
# Compute the two products apart, since the candidate must treat them differently: that of the input (with its bias) and that of the old state, both (N, 3H). Cut each into three.
# </details>
#
# <details><summary>Hint 2</summary>
#
# r and z are sigmoids of the sums of their two pieces. Only then can you write n: the candidate's piece of `a`, plus r times (the candidate's piece of `u`, plus `hidden_bias`).
# </details>
#
# <details><summary>My result is right after one step and wrong after two</summary>
#
# In the first step h is 0, so U does not show. Look at the reset gate: it multiplies U h + c, not h before the product.
# </details>

# %% exercise="ch12.gru"
def gru(x, input_weight, hidden_weight, bias, hidden_bias):
    """h = (1 − z)∘n + z∘h; r and z sigmoids of W x + b + U h, n = tanh(W x + b + r∘(U h + c)).

    x (N, T, D), input_weight W (3H, D), hidden_weight U (3H, H), bias b (3H,),
    blocks of rows in the order r, z, n; hidden_bias c (H,)
    -> the states h (N, T, H)
    """
    ### BEGIN SOLUTION
    h, states = np.zeros((len(x), len(hidden_bias))), []
    for t in range(x.shape[1]):
        ar, az, an = np.split(x[:, t] @ input_weight.T + bias, 3, axis=1)
        ur, uz, un = np.split(h @ hidden_weight.T, 3, axis=1)
        r = 1 / (1 + np.exp(-ar - ur))
        z = 1 / (1 + np.exp(-az - uz))
        n = np.tanh(an + r * (un + hidden_bias))
        h = (1 - z) * n + z * h
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


# %% check="ch12.gru" points=4
check("ch12.gru", gru)

# %% [markdown]
# **The measurement.** Now all three side by side. How large is the derivative of the last state for the state $k$ steps before? State means all that is handed on: for the LSTM both $h$ and $c$. Fresh weights, 60 steps, random inputs. Autograd does it, as a witness that knows nothing of our formulas.

# %% tags=["demo"]
def sizes_of(kind, open_gate=None):
    """The size of d last state/d earlier state, 0 to 59 steps back, relative to that of 0 steps."""
    hidden, generator = 16, torch.Generator().manual_seed(0)
    unit = getattr(layers_torch, kind)(4, hidden, generator).double()
    if open_gate is not None:
        with torch.no_grad():
            unit.bias[hidden : 2 * hidden] += open_gate  # the forget gate, or the update gate
    a = torch.randn(1, 60, 4, generator=generator).double() @ unit.input_weight.mT + unit.bias
    both = 2 if kind == "LSTM" else 1  # only the LSTM hands on a second state
    state, states = torch.zeros(1, both * hidden, dtype=torch.float64), []
    for step in a.unbind(1):
        h, c = state.split(hidden, 1) if both == 2 else (state, state)
        state = torch.cat(unit.cell(step, h, c)[:both], 1)
        states.append(state)
    squares = 0
    for entry in states[-1][0]:
        slopes = torch.autograd.grad(entry, states, retain_graph=True)
        squares = squares + np.array([float((slope**2).sum()) for slope in slopes])
    sizes = np.sqrt(squares)[::-1]
    return sizes / sizes[0]


left = {
    "RNN": sizes_of("RNN"),
    "LSTM": sizes_of("LSTM"),
    "LSTM, forget gate open": sizes_of("LSTM", 3.0),
    "GRU": sizes_of("GRU"),
    "GRU, update gate open": sizes_of("GRU", 3.0),
}
for name, size in left.items():
    print(f"{name:24s} 10 steps {size[10]:.0e}   30 steps {size[30]:.0e}   59 steps {size[59]:.0e}")
assert max(left[name][30] for name in ("RNN", "LSTM", "GRU")) < 1e-4  # fresh ones all forget
assert min(left["LSTM, forget gate open"][30], left["GRU, update gate open"][30]) > 0.03
figures.units.lives_of_gradients(left)

# %% [markdown]
# This is not what one usually reads. With fresh weights the LSTM forgets nearly as fast as the RNN: its forget gate starts near ½, and $(\tfrac12)^{30}$ is a billionth. What keeps the gradient alive is not the LSTM as such; it is an *open* forget gate. It may learn to open it. Or you open it from the start, by a positive bias: that is what Gers and others advised in 2000, and Jozefowicz and others found again in 2015. (At the far end the open LSTM's curve even rises: what comes by the winding road through $h$ is added.)
#
# **The twin.** The three layers beside their twins:

# %% tags=["demo"]
rng, generator = np.random.default_rng(14), torch.Generator()
sequences = rng.normal(size=(8, 30, 5))
for kind in ("RNN", "LSTM", "GRU"):
    compare(getattr(layers, kind)(5, 12, rng), sequences, 5, 12, generator)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** A gate that keeps is a road for gradients. Check where it starts: ½ is not open.

# %% [markdown]
# ## 12.13 Convolution or LSTM?
#
# **The question.** D0 advises against the LSTM where possible: convolutions train much faster, since all places are computed at once, and "tend to perform on par". Is it so?
#
# Two tasks, made so that we know what is needed. Sequences of 20 symbols.
#
# - *A word, anywhere.* Does the word "0 2 1" occur? Three neighbors decide, wherever they are.
# - *Which came first?* Two marks, one in the first third and one in the last third. Their order decides, and between them lies noise.

# %% tags=["demo"]
STEPS, SYMBOLS = 20, 6


def word_anywhere(rng, count):
    symbols, word = rng.integers(0, 4, (count, STEPS)), np.array([0, 2, 1])
    for number in np.flatnonzero(rng.random(count) < 0.5):  # into about half of them, by hand
        at = rng.integers(0, STEPS - 2)
        symbols[number, at : at + 3] = word
    windows = np.lib.stride_tricks.sliding_window_view(symbols, 3, axis=1)
    return np.eye(SYMBOLS)[symbols], (windows == word).all(axis=2).any(axis=1).astype(int)


def which_first(rng, count):
    symbols, labels = rng.integers(0, 4, (count, STEPS)), rng.integers(0, 2, count)
    rows = np.arange(count)
    symbols[rows, rng.integers(4, 8, count)] = 4 + labels
    symbols[rows, rng.integers(STEPS - 8, STEPS - 4, count)] = 5 - labels
    return np.eye(SYMBOLS)[symbols], labels


def channels_second():
    def turn(x):
        return x.swapaxes(1, 2).copy()

    return layers.Lambda(turn, lambda dy, x: turn(dy))


def last_state():
    def spread(dy, x):
        dx = np.zeros_like(x)
        dx[:, -1] = dy
        return dx

    return layers.Lambda(lambda x: x[:, -1].copy(), spread)


def convolutions(rng, kernel, dilations):
    """Convolutions one behind the other, then the largest answer of all places, then two logits."""
    made, channels, size = [channels_second()], SYMBOLS, STEPS
    for dilation in dilations:
        padding = dilation * (kernel - 1) // 2 if len(dilations) > 1 else 0
        made += [layers.Conv1d(channels, 16, kernel, rng, 1, padding, dilation), activations.ReLU()]
        channels, size = 16, size + 2 * padding - dilation * (kernel - 1)
    end = [layers.MaxPool1d(size), layers.Flatten(), layers.Dense(16, 2, rng)]
    return layers.Sequential(*made, *end)


def recurrent(rng):
    return layers.Sequential(layers.LSTM(SYMBOLS, 16, rng), last_state(), layers.Dense(16, 2, rng))


models = {
    "convolution, sees 5": lambda rng: convolutions(rng, 5, [1]),
    "convolutions, see 31": lambda rng: convolutions(rng, 3, [1, 2, 4, 8]),
    "LSTM": recurrent,
}
curves = {}
for task in (word_anywhere, which_first):
    data = np.random.default_rng(15)
    (x, labels), held_out = task(data, 480), task(data, 480)
    title = task.__name__.replace("_", " ")
    curves[title] = {}
    commoner = np.bincount(held_out[1]).max() / 480
    print(f"{title}: always saying the commoner class is right for {commoner:.0%}")
    for name, make in models.items():
        rng = np.random.default_rng(1)
        model, began = make(rng), time.perf_counter()
        history = training.fit(
            model, losses.CrossEntropy(), optimizers.Adam(0.02), x, labels, 12, 32,
            validation=held_out, metrics={"accuracy": metrics.accuracy}, rng=rng,
        )
        curves[title][name] = history["validation_accuracy"]
        weights = sum(p.size for p in model.params.values())
        print(f"  {name:22s} {weights:5d} parameters, right {curves[title][name][-1]:.0%}", end="")
        print(f", {time.perf_counter() - began:.1f} s")
found, ordered = curves["word anywhere"], curves["which first"]
assert found["convolution, sees 5"][4] > 0.9 and found["LSTM"][4] < 0.8  # after five epochs
assert max(found["LSTM"]) > 0.9  # it comes later
assert ordered["convolution, sees 5"][-1] < 0.62 < 0.95 < ordered["LSTM"][-1]
assert min(found["convolutions, see 31"][-1], ordered["convolutions, see 31"][-1]) > 0.93
figures.units.learning(curves)

# %% [markdown]
# So "on par" is right here, with a condition. Where the answer is local, all three end near 100 %. The small convolution is there after a few epochs, and its epochs are the cheapest. The LSTM says the commoner class for about five epochs, and falls back once: it must carry its finding through all the steps behind it, and has to learn that first. But what lies outside the field does not exist for a convolution: at the second task the small one guesses, however long you train it. Dilated convolutions that see all 20 steps do both tasks. So D0's advice holds if you check one number first, the receptive field.
#
# And "faster"? Look at the seconds that were printed. In our runs, in NumPy on one core, the deep stack took about as long as the LSTM. The point of D0 is the number of things that must wait for each other: T steps for the LSTM, as many as there are layers for the convolutions. That shows with long sequences and with libraries that use all cores:

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
for device in DEVICES:
    print(device, " steps   LSTM, ms   four convolutions, ms")
    chain = layers_torch.LSTM(16, 32, generator).to(device)
    stack = torch.nn.Sequential(
        layers_torch.Conv1d(16, 32, 3, generator, 1, 1),
        *(layers_torch.Conv1d(32, 32, 3, generator, 1, d, d) for d in (2, 4, 8)),
    ).to(device)
    for steps in (32, 128, 512):
        x = torch.randn(8, steps, 16, generator=generator).to(device)

        def once(net, x):
            answer = net(x).sum().item()  # .item() waits until the device has done it
            return answer

        with torch.no_grad():
            _, slow = timed(once, chain, x)
            _, fast = timed(once, stack, x.mT.contiguous())
        print(f"{device:>{len(device)}} {steps:6d} {slow:10.2f} {fast:14.2f}")
waiting = {"LSTM": 512, "convolutions": 4}
assert waiting["LSTM"] == 128 * waiting["convolutions"]  # products that must wait for each other
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** First ask how far the answer lies. Inside a field that you can afford: convolutions. Beyond it, or of unknown distance: a state with an open gate, or attention.

# %% [markdown]
# ## 12.14 Attention: look wherever you like
#
# **The question.** A state must carry everything, for later. Could a step instead go back and look, once it knows what it needs?
#
# **The picture.** A sentence. Each word has a *key*, what it can be found by, and a *value*, what it tells. "It" has a *query*: who here is an animal? The table says how much each word looks at each.

# %% tags=["demo"]
words = ["the", "cat", "saw", "a", "mat", "and", "it", "slept"]
ANIMAL, THING, DEED, LITTLE = np.eye(4)
kinds = {"cat": ANIMAL, "mat": THING, "saw": DEED, "slept": DEED, "it": LITTLE}
key = np.array([kinds.get(word, LITTLE) for word in words])
wishes = {"it": 4 * ANIMAL, "slept": 3 * ANIMAL + 2 * LITTLE, "saw": 3 * ANIMAL + 3 * THING}
query = np.array([2 * wishes.get(word, np.zeros(4)) for word in words])
look = layers.ScaledDotProductAttention()
look.forward(query, key, key)
everywhere = look.weights.copy()
look.forward(query, key, key, np.tri(len(words), dtype=bool))
backwards = look.weights.copy()
np.testing.assert_allclose(everywhere.sum(axis=1), 1)
assert everywhere[words.index("it")].argmax() == words.index("cat")
assert np.all(np.triu(backwards, 1) == 0)  # with a causal mask nobody sees what comes later
tables = {"all may look": everywhere, "no looking ahead": backwards}
figures.units.weights_of_attention(tables, words, words)

# %% [markdown]
# **The mathematics.** The score of query $q_t$ for key $k_s$ is their product, which is large where they point the same way. A softmax over the keys turns scores into weights, and the answer is the weighted mean of the values:
#
# $$\text{weights} = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt D}\right), \qquad Y = \text{weights}\; V .$$
#
# Q is (T, D), K is (S, D), V is (S, V) (its number of features bears the same letter), the weights (T, S). Why the root? If the features are independent, with mean 0 and spread 1, a sum of D products has the spread $\sqrt D$. Without the root the softmax gets harder with every feature: one weight is nearly 1, the others are nearly 0, and then so is its gradient.

# %% tags=["demo"]
rng = np.random.default_rng(16)
for features in (4, 64, 1024):
    q, k = rng.normal(size=(400, features)), rng.normal(size=(16, features))
    spreads, largest, slopes = {}, {}, {}
    for name, scores in {"plain": q @ k.T, "scaled": q @ k.T / np.sqrt(features)}.items():
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        spreads[name], largest[name] = scores.std(), p.max(axis=1).mean()
        slopes[name] = (p * (1 - p)).mean()  # how much a weight moves with its own score
    print(f"D = {features:4d}: spread of the scores {spreads['plain']:5.1f}", end="")
    print(f", scaled {spreads['scaled']:.2f}; largest weight {largest['plain']:.2f}", end="")
    print(f", scaled {largest['scaled']:.2f}")
    np.testing.assert_allclose(spreads["plain"], np.sqrt(features), rtol=0.2)
assert largest["plain"] > 0.9 and largest["scaled"] < 0.4
assert slopes["plain"] < slopes["scaled"] / 3  # nearly no gradient passes a hard softmax

# %% [markdown]
# **The code.** Three things follow from the formula. Attention does not know the order of what it looks at. It reaches any distance in one step. And it costs T times S scores.

# %% tags=["demo"]
x = rng.normal(size=(1, 40, 8))
shuffled = rng.permutation(40)
y = look.forward(x, x, x)
mixed = x[:, shuffled]
np.testing.assert_allclose(look.forward(x, mixed, mixed), y, atol=1e-12)  # no order
y = look.forward(x, x, x)
dy = np.zeros_like(y)
dy[0, -1] = 1
_, _, heard = look.backward(dy)
sizes = np.linalg.norm(heard[0], axis=1)
np.testing.assert_allclose(sizes, np.sqrt(8) * look.weights[0, -1])  # its weight, however far away
print(f"from 39 steps back {sizes[0]:.3f}, from 1 step back {sizes[-2]:.3f}")
print("scores to compute for 40 steps:", look.weights.size, " for 400:", 400 * 400)
assert look.weights.size == 1600

# %% [markdown]
# A *mask* closes doors before the softmax: its scores become $-\infty$, its weights 0, and the others still sum to 1. In this course True means may look. (Some libraries have it the other way round.) A query that may look nowhere has no weights at all; the reference answers zeros.

# %% [markdown] exercise="ch12.attention" minutes=15 difficulty=4
# ### Exercise: scaled dot-product attention
# Write `attention(query, key, value, mask=None)`. The last two axes are steps and features; there may be batch axes in front, the same for all.
#
# - The scores are divided by $\sqrt{D}$, with D the number of features of a query.
# - The softmax runs over the keys, and scores may be large.
# - `mask`, where there is one, holds booleans of the shape of the scores. **True means may look.** A key that may not be looked at has weight 0, and the other weights of the query sum to 1.
# - A query that may look nowhere has seen nothing: its answer is zeros.
#
# <details><summary>Hint 1</summary>
#
# `np.swapaxes(key, -1, -2)` turns the last two axes of a key, with or without a batch. `query @ …` then has the shape of the scores, (…, T, S).
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where(mask, scores, -np.inf)` closes the doors, since the exponential of −∞ is 0. Do that before the softmax, so that the weights sum to 1.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For the row of a query that may look nowhere all scores are −∞. Subtract 0 instead of its maximum, and divide by 1 instead of its sum, which is 0. `np.where` does both.
# </details>
#
# <details><summary>My result is nan for some rows</summary>
#
# Either an exponential overflowed, and you subtract the largest score of the row first. Or the row is masked altogether, and −∞ − (−∞) is nan.
# </details>

# %% exercise="ch12.attention"
def attention(query, key, value, mask=None):
    """softmax(query keyᵀ / √D) value over the keys that the mask lets through; zeros if none.

    query (…, T, D), key (…, S, D), value (…, S, V);
    mask (…, T, S) of booleans, True where a query may look, or None
    -> an array (…, T, V)
    """
    ### BEGIN SOLUTION
    scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(query.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(largest == -np.inf, 0, largest))
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1, total)
    return weights @ value
    ### END SOLUTION


# %% check="ch12.attention" points=6
check("ch12.attention", attention)

# %% [markdown]
# **Remember.** Fit of query and key, shared out by a softmax, mean of the values. Divide by $\sqrt D$, mask before the softmax.

# %% [markdown]
# ## 12.15 Masks: who may look where?
#
# **The question.** A model is to predict the next word. In training the whole sentence lies before it. What keeps it from reading the answer?
#
# **The picture.** Rows look, columns are looked at; dark means may look. No step looks ahead. And there is a second reason for masks: the sequences of a batch are filled up to the same length, and nobody should look at the filling.

# %% tags=["demo"]
whole = np.tri(6)
short = whole * (np.arange(6) < 4)
assert whole.sum() == 21 and not short[:, 4:].any()
figures.units.images({"6 real steps": whole, "4 real steps, 2 of filling": short})

# %% [markdown]
# **The mathematics.** Step $i$, a row, may look at step $j$, a column, if $j \le i$ and $j < \text{length}$.
#
# **The code.** Does a causal mask keep what it promises? Change the last step and see which answers move. And two sequences in a batch must answer as each would alone.

# %% tags=["demo"]
rng = np.random.default_rng(17)
x = rng.normal(size=(1, 6, 4))
other = x.copy()
other[0, -1] += 1
causal = np.tri(6, dtype=bool)
free = np.abs(look.forward(x, x, x) - look.forward(other, other, other)).max(axis=(0, 2))
masked = look.forward(x, x, x, causal) - look.forward(other, other, other, causal)
kept = np.abs(masked).max(axis=(0, 2))
print("without a mask", free.round(3), "\nwith          ", kept.round(3))
assert free.min() > 0 and kept[:-1].max() == 0 < kept[-1]

filled = np.concatenate([x[:, :4], 99 * np.ones((1, 2, 4))], axis=1)  # two steps of filling
real = np.arange(6) < 4
alone = look.forward(x[:, :4], x[:, :4], x[:, :4])
together = look.forward(filled, filled, filled, np.tile(real, (6, 1)))
np.testing.assert_allclose(together[:, :4], alone)
nowhere = look.forward(x, x, x, np.zeros((6, 6), bool))
assert not nowhere.any()  # nothing was seen

# %% [markdown] exercise="ch12.may_look" minutes=6 difficulty=2
# ### Exercise: a causal mask for sequences of several lengths
# Write `may_look(lengths, steps)`. It returns booleans (N, steps, steps). Entry [n, i, j] says whether, in sequence n, step i (the row) may look at step j (the column). It may if j is not after i, and if step j exists: j < `lengths[n]`.
#
# Rows beyond the length get the same treatment; their answers are thrown away anyway.
#
# <details><summary>Hint 1</summary>
#
# Let broadcasting do it. With `np.arange(steps)` for the columns j, and the same numbers as a column for the rows i, `j <= i` is a table (steps, steps).
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.asarray(lengths)[:, None, None]` has the shape (N, 1, 1). Compared with j it gives (N, 1, steps). Join the two with `&`.
# </details>
#
# <details><summary>My result has the triangle on the wrong side</summary>
#
# Rows look, columns are looked at. Row 0 has a single True, in column 0.
# </details>

# %% exercise="ch12.may_look"
def may_look(lengths, steps):
    """True where step i (row) may look at step j (column): j ≤ i and j < length.

    lengths (N,) whole numbers, steps a whole number -> an array of booleans (N, steps, steps)
    """
    ### BEGIN SOLUTION
    j = np.arange(steps)
    past = j <= j[:, None]
    real = j < np.asarray(lengths)[:, None, None]
    return past & real
    ### END SOLUTION


# %% check="ch12.may_look" points=3
check("ch12.may_look", may_look)

# %% [markdown]
# **Remember.** A mask is a table: rows look, columns are looked at, True may look.

# %% [markdown]
# ## 12.16 Many heads, and a block
#
# **The question.** One softmax gives one answer: a mean. What if a word must look at two things, for two reasons?
#
# **The picture.** Three heads on the same seven steps, with fresh weights.

# %% tags=["demo"]
rng = np.random.default_rng(18)
heads = layers.MultiHeadAttention(12, 3, rng)
x = rng.normal(size=(2, 7, 12))
y = heads.forward(x)
one = heads.attention.weights[0]
assert np.abs(one[0] - one[1]).max() > 0.05  # the heads look elsewhere
steps = [str(step) for step in range(7)]
figures.units.weights_of_attention({f"head {h + 1}": one[h] for h in range(3)}, steps, steps)

# %% [markdown]
# **The mathematics.** Cut the features into heads. Each head makes its own queries, keys and values from the same input, looks on its own, and the answers are put side by side and mixed by one more dense layer. That is multi-head attention. A transformer block is: normalize, look, add; normalize, think (two dense layers, each step by itself), add. The additions are the skip connections of chapter 7.
#
# **The code.** Two things that follow:

# %% tags=["demo"]
block = layers.TransformerBlock(12, 3, 24, rng)
order = rng.permutation(7)
np.testing.assert_allclose(block.forward(x[:, order]), block.forward(x)[:, order], atol=1e-12)
for name in block.params:
    if name.startswith(("attention.output", "dense.2")):
        block.params[name] = np.zeros_like(block.params[name])
np.testing.assert_allclose(block.forward(x), x)  # what is added is 0: the block lets x pass

# %% [markdown]
# The first says: shuffle the steps, and the answers are shuffled likewise. The block knows no order. So the order must be put into the input, as a *position encoding*; chapter 14 does that and trains a small transformer on text.
#
# D0 gives 2017 for "self attention and transformers". Attention itself is older: Bahdanau, Cho and Bengio let an RNN look back at its input in 2014. New in 2017 was to leave out the RNN.
#
# **The twin.** Attention takes three inputs; here all three are the same sequence.

# %% tags=["demo"]
class SelfAttention(layers.ScaledDotProductAttention):
    """The same x for query, key and value, so that it can stand beside the other layers."""

    def forward(self, x):
        return super().forward(x, x, x)

    def backward(self, dy):
        return sum(super().backward(dy))


class TwinSelfAttention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.look = layers_torch.ScaledDotProductAttention()

    def forward(self, x):
        return self.look(x, x, x)


class Twins:
    SelfAttention = TwinSelfAttention


sequences, generator = rng.normal(size=(8, 40, 12)), torch.Generator()
compare(SelfAttention(), sequences, module=Twins)
compare(layers.MultiHeadAttention(12, 3, rng), sequences, 12, 3, generator)
compare(layers.TransformerBlock(12, 3, 24, rng), sequences, 12, 3, 24, generator)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** Heads look for different reasons. A block looks, thinks, and adds; it knows no order.

# %% [markdown]
# ## 12.17 Normalization: the mean over what?
#
# **The question.** Batch, layer, instance, group: four names, one formula. What is the difference?
#
# **The picture.** Move one single entry (red), and see which answers move with it (blue). Those share a mean. Three examples, four channels, three places.

# %% tags=["demo"]
rng = np.random.default_rng(19)
x = rng.normal(size=(3, 4, 3))
pushed = x.copy()
pushed[0, 0, 0] += 0.5
norms = {
    "Batch": layers.BatchNorm(4),
    "Layer": layers.GroupNorm(1, 4),  # one group: the whole example
    "Instance": layers.InstanceNorm(4),
    "Group of 2": layers.GroupNorm(2, 4),
}
moved = {
    name: np.abs(norm.forward(x) - norm.forward(pushed)) > 1e-9 for name, norm in norms.items()
}
assert [int(table.sum()) for table in moved.values()] == [9, 12, 3, 6]
assert not any(moved[name][1:].any() for name in ("Layer", "Instance", "Group of 2"))
figures.units.normalized_together(moved)

# %% [markdown]
# | layer | mean and variance over | of a batch, it needs | year |
# |---|---|---|---|
# | batch | examples and places, for each channel | several examples, and running averages for later | 2015 |
# | layer | all of one example; in sequences the features of one step | nothing | 2016 |
# | instance | the places of one channel of one example | nothing | 2016 |
# | group | the places of a few channels of one example | nothing | 2018 |
#
# One more convention: `layers.LayerNorm` goes along the *last* axis only, as PyTorch's does. For (N, D) that is the whole example. For (N, T, D) each step is normalized by itself.
#
# **The mathematics.** Forward, with one weight and one bias for each feature:
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y = w\,\hat x + b, \qquad \sigma^2 = \tfrac1D \textstyle\sum (x - \mu)^2 .$$
#
# On the way back $x$ has three roads to $\hat x_i$: directly, through $\mu$, and through $\sigma^2$. With $g = dy \circ w$ they add up to
#
# $$dx = \frac{1}{\sqrt{\sigma^2+\varepsilon}}\Big(g - \overline{g} - \hat x\;\overline{g \hat x}\Big),$$
#
# where a bar is the mean over the same entries as $\mu$. Read it: what would only shift all entries, or only stretch them, is taken out of the gradient. $\hat x$ would not have noticed it.
#
# **The code.** An example in two batches, in other company; and what D3 lists as "batch $\ell_1$ and $\ell_2$ normalization".

# %% tags=["demo"]
rng = np.random.default_rng(20)
example = rng.normal(size=(1, 4))
calm, wild = rng.normal(size=(7, 4)), 10 + 5 * rng.normal(size=(7, 4))
batch, layer = layers.BatchNorm(4), layers.LayerNorm(4)
for name, norm in {"batch": batch, "layer": layer}.items():
    one, two = (norm.forward(np.vstack([example, company]))[0] for company in (calm, wild))
    print(f"{name} norm: {one.round(2)} in calm company, {two.round(2)} in wild company")
    assert (np.abs(one - two).max() > 0.5) == (name == "batch")
try:
    batch.forward(example)
except ValueError as refusal:
    print("a batch of 1:", str(refusal).partition(";")[0])
else:
    raise AssertionError("a batch of one value has no variance")

x, dy = rng.normal(size=(5, 6)), rng.normal(size=(5, 6))
lengths = {"L1": layers.L1Norm(), "L2": layers.L2Norm()}
sums = {"L1": np.abs(lengths["L1"].forward(x)).sum(axis=1)}
sums["L2"] = (lengths["L2"].forward(x) ** 2).sum(axis=1)
for name, norm in lengths.items():
    np.testing.assert_allclose(sums[name], 1)
    np.testing.assert_allclose(norm.forward(10 * x), norm.forward(x))  # scale carries no meaning
    norm.forward(x)
    along = (norm.backward(dy) * x).sum(axis=1)
    np.testing.assert_allclose(along, 0, atol=1e-12)  # so the gradient never points along x
assert np.abs(lengths["L2"].forward(x).mean(axis=1)).max() > 0.1  # but nothing is centered

# %% [markdown]
# D3's two divide each example by the sum of its sizes, or by its length. They take off no mean, have no weights, and in spite of the word "batch" in D3 each example stands for itself. The cosine similarity of chapter 4 is an L2 normalization and a product.

# %% [markdown] exercise="ch12.layer_norm" minutes=20 difficulty=4
# ### Exercise: layer normalization, there and back
# The constructor is given. `x` has features along its last axis and any axes before: (N, D) or (N, T, D).
#
# - `forward(x)`: mean and variance of each row along the last axis. The variance is the plain mean of the squared deviations (`np.var`), and `eps` stands under the root. Then scale and shift by `weight` and `bias`.
# - `backward(dy)`: leaves `grads["weight"]` and `grads["bias"]`, both (D,), plain sums over *all* axes but the last. Returns the gradient for `x`.
#
# <details><summary>Hint 1</summary>
#
# Keep x̂ and the root $s = \sqrt{\sigma^2 + \varepsilon}$. `keepdims=True` lets (N, 1) be subtracted from (N, D), with any number of axes.
# </details>
#
# <details><summary>Hint 2</summary>
#
# On the way back `dy` first passes the weights, `g = dy * weight`. Then the formula above: three terms, divided by s. Its means run along the last axis.
# </details>
#
# <details><summary>My gradients for weight and bias have the wrong shape for x of three axes</summary>
#
# `sum(axis=0)` leaves (T, D). Sum over `tuple(range(dy.ndim - 1))`, or reshape to rows first.
# </details>

# %% exercise="ch12.layer_norm"
class LayerNorm:
    """y = weight · (x − mean) / √(variance + eps) + bias, row by row: x (…, D) -> y (…, D)."""

    def __init__(self, features, eps):
        self.params = {"weight": np.ones(features), "bias": np.zeros(features)}
        self.grads, self.eps = {}, eps

    def forward(self, x):
        """x (…, D) -> y (…, D). Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.params["weight"] * self.x_hat + self.params["bias"]
        ### END SOLUTION

    def backward(self, dy):
        """dy (…, D) -> the gradient for x (…, D). Leaves grads["weight"] and grads["bias"] (D,)."""
        ### BEGIN SOLUTION
        rows = tuple(range(dy.ndim - 1))
        self.grads["weight"] = (dy * self.x_hat).sum(axis=rows)
        self.grads["bias"] = dy.sum(axis=rows)
        g = dy * self.params["weight"]
        mean = g.mean(axis=-1, keepdims=True)
        along = (g * self.x_hat).mean(axis=-1, keepdims=True)
        return (g - mean - self.x_hat * along) / self.std
        ### END SOLUTION


# %% check="ch12.layer_norm" points=6
check("ch12.layer_norm", LayerNorm)

# %% [markdown]
# **The twin.** All six:

# %% tags=["demo"]
rng = np.random.default_rng(21)
maps, rows = rng.normal(size=(8, 6, 10, 10)), rng.normal(size=(64, 30))
compare(layers.BatchNorm(6), maps, 6)
compare(layers.InstanceNorm(6), maps, 6)
compare(layers.GroupNorm(2, 6), maps, 2, 6)
compare(layers.LayerNorm(30), rows, 30)
compare(layers.L1Norm(), rows)
compare(layers.L2Norm(), rows)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** One formula; the name says what shares a mean. Only batch normalization looks at the neighbors in the batch.

# %% [markdown]
# ## 12.18 Gates without time: GLU, SwiGLU, Maxout
#
# **The question.** The LSTM's gates multiply. Does that help without any sequence?
#
# **The picture.** Units of a single input. Left and middle: a gate times a value. Right: Maxout takes the largest of several lines.

# %% tags=["demo"]
line = np.linspace(-3, 3, 121)[:, None]
made = {"GLU": activations.GLU(1, 1, rng=rng), "SwiGLU": activations.SwiGLU(1, 1, rng=rng)}
parts = {}
for name, unit in made.items():
    unit.params = {
        "gate_weight": np.array([[2.0]]), "gate_bias": np.zeros(1),
        "value_weight": np.array([[0.5]]), "value_bias": np.ones(1),
    }
    answer = unit.forward(line)[:, 0]
    parts[name] = {"gate": unit.open[:, 0], "value": unit.value[:, 0]}, answer
    np.testing.assert_allclose(answer, unit.open[:, 0] * unit.value[:, 0])
largest = activations.Maxout(1, 1, 4, rng=rng)
tangents = np.array([-2.0, -1.0, 1.0, 2.0])  # of x²/2
largest.params = {"weight": tangents.reshape(1, 4, 1), "bias": -(tangents.reshape(1, 4) ** 2) / 2}
pieces = {  # a name that begins with _ stays out of the legend
    "_" * k + "pieces": line[:, 0] * slope - slope**2 / 2 for k, slope in enumerate(tangents)
}
parts["Maxout"] = pieces, largest.forward(line)[:, 0]
assert np.all(np.diff(parts["Maxout"][1], 2) > -1e-9)  # the largest of lines is always convex
assert parts["GLU"][0]["gate"].max() < 1 < parts["SwiGLU"][0]["gate"].max()  # a share, and no share
figures.units.gates_of_one_input(line[:, 0], parts)

# %% [markdown]
# **The mathematics.** Two linear maps of the same input. One becomes the gate, one is the value:
#
# $$\text{GLU}(x) = \sigma(Wx + b) \circ (Vx + c), \qquad \text{SwiGLU}(x) = \text{Swish}(Wx + b) \circ (Vx + c), \qquad \text{Swish}(z) = z\,\sigma(z).$$
#
# GLU's gate is a share between 0 and 1, like the gates of an LSTM. SwiGLU's gate has no upper bound, so the unit can multiply two things that it has computed. D0 names PaLM as a model that uses it.
#
# Maxout, $\max_j (W_j x + b_j)$, bends where its lines cross. With the pieces $x$ and $0$ it is ReLU, with $x$ and $-x$ it is $|x|$.
#
# For the backward pass: a product hands each factor `dy` times the other one. And the slope of Swish has two terms, by the product rule:
#
# $$\frac{d}{dz}\, z\,\sigma(z) = \sigma(z) + z\,\sigma(z)\,(1 - \sigma(z)) = \sigma(z)\,\big(1 + z\,(1 - \sigma(z))\big).$$
#
# **The code.** Where does multiplying help? Learn the product of two inputs, with about the same number of parameters.

# %% tags=["demo"]
def product_error(make, seed, steps=240):
    """The mean squared error of x₁·x₂ on new points, after some steps of Adam."""
    rng = np.random.default_rng(seed)
    x, new = rng.uniform(-2, 2, (2, 256, 2))
    network, loss = make(rng), losses.MeanSquaredError()
    target, adam = x[:, :1] * x[:, 1:], optimizers.Adam(0.02)
    training.fit(network, loss, adam, x, target, steps // 8, 32, rng=rng)
    return float(np.mean((network.forward(new) - new[:, :1] * new[:, 1:]) ** 2))


bent = {
    "ReLU": lambda rng: layers.Sequential(
        layers.Dense(2, 12, rng), activations.ReLU(), layers.Dense(12, 1, rng)
    ),
    "Maxout": lambda rng: layers.Sequential(
        activations.Maxout(2, 7, rng=rng), layers.Dense(7, 1, rng)
    ),
    "GLU": lambda rng: layers.Sequential(activations.GLU(2, 7, rng=rng), layers.Dense(7, 1, rng)),
    "SwiGLU": lambda rng: layers.Sequential(
        activations.SwiGLU(2, 7, rng=rng), layers.Dense(7, 1, rng)
    ),
}
errors = {}
for name, make in bent.items():
    weights = sum(p.size for p in make(np.random.default_rng(0)).params.values())
    errors[name] = [product_error(make, seed) for seed in range(3)]
    told = ", ".join(f"{error:.4f}" for error in errors[name])
    print(f"{name:7s} {weights} parameters, error of three runs: {told}")
assert np.median(errors["SwiGLU"]) < np.median(errors["ReLU"]) / 2

# %% [markdown] exercise="ch12.swiglu" minutes=15 difficulty=3
# ### Exercise: SwiGLU, there and back
# The check sets the four parameters: `gate_weight` and `value_weight` (M, D), `gate_bias` and `value_bias` (M,). Write `forward(x)` for x (N, D), and `backward(dy)` for dy (N, M). The gradients of the parameters go into `self.grads` under the same names, plain sums over the examples; `backward` returns the gradient for `x`.
#
# The gate comes from `gate_weight` and `gate_bias` and is bent by Swish, $z\,\sigma(z)$. The value is not bent.
#
# <details><summary>Hint 1</summary>
#
# Keep four things: x, the gate's sum z, its sigmoid s, and the value v. The answer is z·s·v.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A product of two factors: each gets dy times the other. So the value's gradient is dy·z·s. The gate's is dy·v times the slope of Swish, $s\,(1 + z\,(1 - s))$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# From there on each branch is a dense layer: `d.T @ x` for its weights, the sum of d over the examples for its bias, and `d @ weight` for x. The two gradients for x are added.
# </details>
#
# <details><summary>My result is right forward, and the gate's gradients are wrong</summary>
#
# Swish is itself a product, z times σ(z). Its slope has two terms. Check it at z = 0: it is ½.
# </details>

# %% exercise="ch12.swiglu"
class SwiGLU:
    """Swish(x Wᵀ + b) ∘ (x Vᵀ + c): x (N, D) -> (N, M).

    params gate_weight W (M, D), gate_bias b (M,), value_weight V (M, D), value_bias c (M,);
    grads under the same names.
    """

    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x):
        """x (N, D) -> y (N, M). Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.x = x
        self.z = x @ self.params["gate_weight"].T + self.params["gate_bias"]
        self.s = 1 / (1 + np.exp(-self.z))
        self.value = x @ self.params["value_weight"].T + self.params["value_bias"]
        return self.z * self.s * self.value
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, M) -> the gradient for x (N, D). Leaves those of the parameters in grads."""
        ### BEGIN SOLUTION
        d_value = dy * self.z * self.s
        d_gate = dy * self.value * self.s * (1 + self.z * (1 - self.s))
        for name, d in (("gate", d_gate), ("value", d_value)):
            self.grads[name + "_weight"] = d.T @ self.x
            self.grads[name + "_bias"] = d.sum(axis=0)
        return d_gate @ self.params["gate_weight"] + d_value @ self.params["value_weight"]
        ### END SOLUTION


# %% check="ch12.swiglu" points=6
check("ch12.swiglu", SwiGLU)

# %% [markdown]
# **The twin.** All three:

# %% tags=["demo"]
rng, generator = np.random.default_rng(22), torch.Generator()
rows = rng.normal(size=(64, 20))
for kind in ("GLU", "SwiGLU"):
    unit = getattr(activations, kind)(20, 30, rng=rng)
    compare(unit, rows, 20, 30, module=activations_torch, rng=generator)
maxout = activations.Maxout(20, 30, 3, rng=rng)
compare(maxout, rows, 20, 30, 3, module=activations_torch, rng=generator)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** A gate multiplies: each factor's gradient carries the other factor.

# %% [markdown]
# ## 12.19 Play
#
# Move the sliders and watch where the windows lie. Count the places before you look at the title.

# %% tags=["demo"]
figures.units.explorer()

# %% [markdown]
# - Which padding gives a kernel of 5 as many places as there are entries? And a kernel of 3 with dilation 2?
# - Which entries are looked at most often, which least? What does padding change about that?
# - With stride 3 and a kernel of 2, is there an entry that nobody ever looks at?

# %% [markdown]
# ## 12.20 Errata of this chapter
#
# Each line is as printed in our copy of the text. The first four have cells above that measure them; the others are dates and titles that anyone can look up.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D0 | convolutions tend to perform on par with the LSTM | as long as what matters lies inside their receptive field | 12.13 |
# | D0 | the LSTM dates from 1997 | without its forget gate, which came in 2000; and only an open one keeps gradients alive | 12.11, 12.12 |
# | D3 | batch $\ell_1$, $\ell_2$ normalization | each example is divided by its own length; nothing is taken over the batch, nothing is centered | 12.17 |
# | D0 | convolution and pooling learn correlations at several scales | what grows is the field: by addition in a plain stack, by doubling only with strides, pooling or dilation | 12.4 |
# | D0 | the GRU from *On the Properties of Neural Machine Translation* | from *Learning Phrase Representations using RNN Encoder–Decoder*, earlier in 2014 | 12.12 |
# | D0 | self attention and transformers, 2017 | attention over the steps of a sequence dates from 2014; new was to use nothing else | 12.16 |
# | D0 | *Handwritten Digit Recognition with a Back-Propagation* | the title ends with *Network* | 12.7 |
#
# D4 lists the same layers with a formula for each. In our copy the column of the formulas is empty. The mathematics of sections 12.2 to 12.17 fills it.

# %% [markdown]
# ## 12.21 The chapter on one screen
#
# | unit | formula | shapes |
# |---|---|---|
# | convolution | $y_{o,l} = b_o + \sum_{c,k} x_{c,\,sl+dk-p}\, w_{o,c,k}$ | (N, C, L) → (N, O, places) |
# | max pooling | largest of a window; the first winner takes the gradient | (N, C, H, W) → (N, C, H′, W′) |
# | embedding | a row of a table | (N, T) → (N, T, D) |
# | RNN | $h_t = \tanh(W x_t + U h_{t-1} + b)$ | (N, T, D) → (N, T, H) |
# | LSTM | $c_t = f c_{t-1} + i g,\ h_t = o \tanh c_t$; order i, f, g, o | (N, T, D) → (N, T, H) |
# | GRU | $h_t = (1-z)\, n + z\, h_{t-1}$; order r, z, n; r after the product | (N, T, D) → (N, T, H) |
# | attention | $\mathrm{softmax}(QK^\top/\sqrt D)\,V$; True may look | (T, D), (S, D), (S, V) → (T, V) |
# | layer norm | $w\,(x-\mu)/\sqrt{\sigma^2+\varepsilon} + b$ along the last axis | (…, D) → (…, D) |
# | SwiGLU | $\text{Swish}(Wx+b) \circ (Vx+c)$ | (N, D) → (N, M) |
#
# - Places: $\lfloor (L + 2p - d(k-1) - 1)/s \rfloor + 1$. Field: $F \mathrel{+}= d(k-1)J$, then $J \mathrel{\times}= s$.
# - A convolution is a dense layer with shared weights and many zeros. It moves with its input.
# - One step back through an RNN multiplies the gradient by $U^\top$ and the slope of tanh. From cell to cell of an LSTM it meets the forget gate only. With fresh weights that gate is half closed.
# - Before you replace an LSTM by convolutions, compute their receptive field.
# - Attention reaches any distance in one step, knows no order, and costs T·S scores.
# - Batch, layer, instance, group: the same formula, other axes.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. A convolution with kernel 3 and stride 1 should keep the length of its input. Which padding does it need? And with dilation 4?</summary>
#
# The reach minus 1, shared by the two sides: 1. With dilation 4 the reach is 9, and the padding 4.
# </details>
#
# <details><summary>2. Why is the gradient of a convolution's weights a sum over places, and that of its input a sum over windows?</summary>
#
# Both collect over their uses. A weight was used at every place; a pixel was used by every window that contains it.
# </details>
#
# <details><summary>3. Which number decides whether an LSTM passes its gradient over fifty steps?</summary>
#
# The forget gate: about its fiftieth power is left. At ½ that is nothing, near 1 nearly everything.
# </details>
#
# <details><summary>4. You shuffle the words of a sentence and give them to attention without positions. What happens to the answers?</summary>
#
# They are shuffled in the same way, and otherwise unchanged. Attention knows no order.
# </details>
#
# <details><summary>5. A model runs with one example at a time. Which normalization makes trouble in training, and why do the others not?</summary>
#
# Batch normalization: its mean is over the examples, and one example has no spread. The others take their mean inside each example.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My network with convolutions complains about the shape of the dense layer behind them</summary>
#
# Print the shape before `Flatten`. It is (N, O, H′, W′), and the dense layer needs O·H′·W′ inputs. Compute H′ and W′ with your `places`, layer by layer.
# </details>
#
# <details><summary>My weights come from another library, all shapes fit, and the answers are wrong</summary>
#
# Look for silent conventions. The order of the gates (i, f, g, o or another), the meaning of the GRU's z, the place of its reset gate, channels second or last, a kernel that is turned round, a mask that means the opposite.
# </details>
#
# <details><summary>My recurrent network learns what happened lately and nothing from long ago</summary>
#
# Measure the gradient as in section 12.12. Open the forget gate by a bias of 1 to 3, shorten the way (attention, dilated convolutions), or clip if the gradient explodes.
# </details>
#
# <details><summary>My attention gives nan</summary>
#
# Either a row is masked altogether and −∞ − (−∞) is nan, or the scores overflow since the largest was not subtracted. Are the sequences of length 0 removed?
# </details>
#
# <details><summary>My model is perfect in training and useless when it has to write a text by itself</summary>
#
# Is the causal mask missing, or turned the wrong way? Then it read the next word instead of predicting it. Change the last word, as in section 12.15, and see whether earlier answers move.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Yann LeCun and others, 1989, *Backpropagation Applied to Handwritten Zip Code Recognition* (shared weights).
# - Alexander Waibel and others, 1989, *Phoneme Recognition Using Time-Delay Neural Networks* (convolution in time).
# - Paul Werbos, 1990, *Backpropagation Through Time: What It Does and How to Do It*.
# - Sepp Hochreiter and Jürgen Schmidhuber, 1997, *Long Short-Term Memory*; with the forget gate: Felix Gers and others, 2000, *Learning to Forget*.
# - Kyunghyun Cho and others, 2014, *Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation* (GRU).
# - Shaojie Bai, Zico Kolter and Vladlen Koltun, 2018, *An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling* (D0's advice, measured on large tasks).
# - Ashish Vaswani and others, 2017, *Attention Is All You Need*.
# - Yuxin Wu and Kaiming He, 2018, *Group Normalization* (the four side by side).
# - Wenjie Luo and others, 2016, *Understanding the Effective Receptive Field in Deep Convolutional Neural Networks*.
# - Noam Shazeer, 2020, *GLU Variants Improve Transformer*.
