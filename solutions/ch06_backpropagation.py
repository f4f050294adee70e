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
# # Chapter 6 · Backpropagation
#
# A network has answered, and the answer is wrong. Which of its thousand weights should move, which way, and how much? Backpropagation answers for all
# of them at once, at the price of about two more forward passes. Nearly everything that deep learning has learned, it learned this way.
#
# **After this chapter you can**
#
# - use the chain rule on paper, on a graph and in code, and say why slopes multiply along a road and add up where roads meet;
# - write the backward pass of an activation, of a dense layer, of softmax with cross-entropy, of a chain of layers and of a whole network;
# - check any gradient against measured slopes, and tell a mistake from rounding, from a corner and from a blind spot of the check;
# - build a tiny automatic differentiation, and say what PyTorch's `autograd` keeps, frees, adds up and refuses.
#
# **You need** NumPy arrays and matrix products, derivatives of $x^2$, $e^x$ and $\tanh x$, the dense layer of chapter 2, sigmoid, ReLU and softmax of
# chapter 3, the cross-entropy of chapter 4.
#
# **Time** about five hours: 133 minutes for the eleven exercises (53 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it
# looks like. Ask it as often as you like.
#
# The chapter follows section 5 of the slides *Deep Learning Basics* (D1), the chapter on fundamentals (D2) and the slides on networks as modules (D3).
# Where one of them is wrong as printed in our copy, a cell shows it; section 6.17 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, autodiff, figures, gradients, layers, losses, metrics

# %% [markdown]
# ## 6.1 What does a weight owe?
#
# **The question.** Take one weight and turn it up a little. Does the loss go up or down, and how fast?
#
# **The picture.** Below is the loss of a tiny network over one weight at a time, all others held still. Where the weight stands now, the curve has a
# slope. A step against the slope makes the loss smaller. That slope is the **derivative** of the loss for this weight. All derivatives together, one for
# each weight, are the **gradient**.

# %% tags=["demo"]
figures.backpropagation.nudge()

# %% [markdown]
# **A first method** needs no mathematics: nudge a weight, run the network, write down by how much the loss changed. Then the next weight. It works. It
# takes a forward pass for every weight, and a network has many weights. Let us see what the other method costs.

# %% tags=["demo"]
import time


def milliseconds(call, *arguments, repeats=7):
    """The shortest time of several calls, in milliseconds."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*arguments)
        taken.append(1000 * (time.perf_counter() - start))
    return min(taken)


rng = np.random.default_rng(0)
model = layers.Sequential(layers.Dense(64, 64, rng), activations.ReLU(), layers.Dense(64, 10, rng))
loss, x, labels = losses.CrossEntropy(), rng.normal(size=(100, 64)), rng.integers(0, 10, size=100)


def forward():
    return loss.forward(model.forward(x), labels)


def there_and_back():
    forward()
    model.backward(loss.backward())


weights = sum(p.size for p in model.params.values())
once, both = milliseconds(forward), milliseconds(there_and_back)
print(f"{weights} weights and biases")
print(f"one forward pass           {once:8.2f} ms")
print(f"nudging each of them       {weights * once:8.0f} ms")
print(f"forward and backward pass  {both:8.2f} ms, and all {weights} slopes are known")
assert weights == 4810 and weights * once > 100 * both

# %% [markdown]
# D1 tells training with backpropagation in four steps, and every training loop that you will meet has them:
#
# | step | what happens | in code |
# |---|---|---|
# | 1 forward pass | the network answers, and **keeps what it computed on the way** | `model.forward(x)` |
# | 2 error measurement | the loss turns answer and target into one number | `loss.forward(…)` |
# | 3 backward pass | the slopes of the loss, from the output back to the input | `model.backward(loss.backward())` |
# | 4 weight update | a small step against the slope, $\theta \leftarrow \theta - \eta\,\partial L/\partial\theta$ | `optimizer.step(…)` |
#
# Here $\theta$ (theta) stands for any weight or bias, $L$ for the loss and $\eta$ (eta) for the learning rate, the length of the step.
#
# A word about words. D1 speaks of "the gradients of the weights with respect to the loss function". It is the other way round: the gradient *of the loss*
# *with respect to the weights*. The loss is what changes, the weights are what is moved.
#
# **A little history.** D1 says that Rumelhart, Hinton and Williams improved the algorithm, D2 speaks of a rediscovery. Both are right: the idea was found
# several times.
#
# | year | who | what |
# |---|---|---|
# | 1676 | Leibniz | the chain rule |
# | 1960, 1961 | Kelley; Bryson | slopes carried backward through time, to steer rockets |
# | 1970 | Linnainmaa | reverse accumulation for any program, in a master's thesis |
# | 1974 | Werbos | proposes it in his thesis, and later for training networks |
# | 1986 | Rumelhart, Hinton, Williams | hidden units learn useful features by it; from here on everybody uses it |
#
# **Remember.** The gradient has one slope for each weight. Backpropagation finds them all for the price of a few forward passes.

# %% [markdown]
# ---
# # Part one: the chain rule
#
# ## 6.2 The chain rule: how do slopes travel through functions?
#
# **The question.** $x$ goes through a function $H$, the result through $G$, that result through $F$. If $x$ moves by 0.1, by how much does the end move?
#
# **The picture.** Each function stretches or shrinks a small change by its own slope. One after the other, these factors multiply.

# %% tags=["demo"]
figures.backpropagation.chain()

# %% [markdown]
# **The mathematics.** D1 writes the rule for three functions, D2 for two:
#
# $$\frac{\partial\, F(G(H(x)))}{\partial x} = \frac{\partial F}{\partial G}\cdot\frac{\partial G}{\partial H}\cdot\frac{\partial H}{\partial x},
# \qquad h(x) = f(g(x)) \;\Rightarrow\; h'(x) = f'(g(x))\,g'(x) .$$
#
# Mind the place at which each slope is taken. $f'$ stands at $g(x)$, at the number that *arrived* there. It does not stand at $x$. So the numbers of the forward
# pass are needed again on the way back, and this is why D1 says that the forward pass keeps its intermediate results.

# %% tags=["demo"]
x = 0.5
h = x**2 + 1
g = np.tanh(h)
f = 3 * g

at_arrival = 3 * (1 - np.tanh(h) ** 2) * 2 * x
all_at_x = 3 * (1 - np.tanh(x) ** 2) * 2 * x
measured = (3 * np.tanh((x + 1e-5) ** 2 + 1) - 3 * np.tanh((x - 1e-5) ** 2 + 1)) / 2e-5
print(f"measured                                 {measured:.6f}")
print(f"each slope where its number arrived      {at_arrival:.6f}")
print(f"all slopes taken at x, a common mistake  {all_at_x:.6f}")
np.testing.assert_allclose(at_arrival, measured, rtol=1e-8)
assert abs(all_at_x - measured) > 1

# %% [markdown]
# One habit makes the rest of this chapter easy. Write the computation as a list of small steps, one operation each. Then walk the list from the bottom to the
# top, and for each step ask: *what does this number do to the next one?* We write $dz$ for "the slope of the loss for $z$", as the code will.
#
# | forward | backward |
# |---|---|
# | $u = x^2 + 1$ | $dx = du \cdot 2x$ |
# | $v = \tanh u$ | $du = dv \cdot (1 - v^2)$ |
# | $L = 3v$ | $dv = 3$ |
#
# Read the right column from below.

# %% [markdown] exercise="ch06.neuron" minutes=8 difficulty=1
# ### Exercise: one neuron
# A neuron with one input answers $p$, and should have answered $y$:
#
# $$z = w x + b, \qquad p = \tanh z, \qquad L = (p - y)^2 .$$
#
# All of them are single numbers. Return the loss and its three slopes $\partial L/\partial w$, $\partial L/\partial b$, $\partial L/\partial x$, in this order.
# Write the table of steps on paper first. The slope of $\tanh$ is $1 - \tanh^2$.
#
# <details><summary>Hint 1</summary>
#
# From the bottom: how fast does $L$ change with $p$? Call it `dp`. How fast does $p$ change with $z$? Multiply, and you have `dz`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# From $z$ there are three ways to go on: to $w$, to $b$, to $x$. Each takes `dz` with it and one more factor. What does $z$ do when $b$ grows by 1?
# </details>
#
# <details><summary>My slope for b is right and that for w is wrong</summary>
#
# They differ by one factor, $\partial z/\partial w$. In $z = wx + b$, what stands beside $w$?
# </details>
#
# <details><summary>My slopes have the wrong sign</summary>
#
# Where $p$ is too high, raising $b$ makes it worse: the slope for $b$ must be positive there.
# </details>

# %% exercise="ch06.neuron"
def neuron(x, w, b, y):
    """The loss (tanh(w·x + b) − y)² and its slopes for w, b and x.

    x, w, b, y numbers -> (loss, d_w, d_b, d_x), numbers.
    """
    ### BEGIN SOLUTION
    p = np.tanh(w * x + b)
    dp = 2 * (p - y)
    dz = dp * (1 - p**2)
    return (p - y) ** 2, dz * x, dz, dz * w
    ### END SOLUTION


# %% check="ch06.neuron" points=4
check("ch06.neuron", neuron)

# %% [markdown]
# **Remember.** Along a chain slopes multiply. Each slope is taken at the number that arrived there on the way forward.

# %% [markdown]
# ## 6.3 A graph: what if a number is used twice?
#
# **The question.** D2 says: with $n$ layers, the derivative is the product of $n$ derivatives. But in a network every hidden unit feeds several others.
# Which product is meant?
#
# **The picture.** Four lines of code, drawn as a **graph**: a node for each number, an arrow to each number made from it. On each arrow stands its slope.

# %% tags=["demo"]
a, b = autodiff.Scalar(2.0), autodiff.Scalar(3.0)
c = a * b
d = c + a
L = d * c
figures.backpropagation.graph(
    L,  # each number with the place where it is drawn
    {"a": (a, 0, 1), "b": (b, 0, 0), "c = a·b": (c, 1, 0), "d = c + a": (d, 2, 1), "L = d·c": (L, 3, 0)},
)

# %% [markdown]
# From $a$ to $L$ lead three roads. If $a$ grows, it changes $L$ on all three of them at once, so the three effects add up:
#
# | road | product of its slopes |
# |---|---|
# | $a \to d \to L$ | $1 \cdot 6 = 6$ |
# | $a \to c \to d \to L$ | $3 \cdot 1 \cdot 6 = 18$ |
# | $a \to c \to L$ | $3 \cdot 8 = 24$ |
# | together | $48$ |
#
# **The mathematics.** The derivative of the output for a node is the **sum over all roads** of the **product of the slopes** along the road:
#
# $$\frac{\partial L}{\partial a} = \sum_{\text{roads } a \to L}\ \prod_{\text{arrows of the road}} \text{slope} .$$
#
# D2's product is right for a chain, where there is one road. For layers with several units it becomes a product of *matrices*, and a matrix product is nothing
# else than a sum over roads.

# %% tags=["demo"]
def all_roads(node, target):
    """The products of slopes along every road from the node down to the target."""
    if node is target:
        return [1.0]
    return [slope * rest for parent, slope in node.parents for rest in all_roads(parent, target)]


def value(a, b):
    c = a * b
    return (c + a) * c


roads = all_roads(L, a)
measured = (value(2 + 1e-5, 3) - value(2 - 1e-5, 3)) / 2e-5
print("products along the roads:", sorted(roads), "sum", sum(roads))
print(f"measured: {measured:.4f}")
np.testing.assert_allclose(sum(roads), measured, rtol=1e-8)
assert all(abs(one - measured) > 1 for one in roads)  # no single product is the derivative

# the same through matrices: 3 inputs, 4 hidden numbers, 1 output; twelve roads, four from each input
rng = np.random.default_rng(0)
first, second = rng.normal(size=(4, 3)), rng.normal(size=(1, 4))
by_roads = [sum(second[0, h] * first[h, i] for h in range(4)) for i in range(3)]
np.testing.assert_allclose((second @ first)[0], by_roads)

# %% [markdown]
# **Which end first?** One can multiply a road's slopes from the input's end or from the output's end. The product is the same. The work is not.
#
# | | forward mode | reverse mode |
# |---|---|---|
# | starts at | one input | one output |
# | each node holds | $\partial\,\text{node}/\partial\,\text{this input}$ | $\partial\,\text{output}/\partial\,\text{node}$ |
# | one sweep gives | the slopes of *all outputs* for *one input* | the slopes of *one output* for *all inputs* |
# | sweeps for a million weights and one loss | a million | **one** |
#
# Training has one loss and many weights. That decides it. **Backpropagation is reverse mode on the graph of a network.**
#
# **Remember.** Along a road, multiply. Where roads meet, add.

# %% [markdown]
# ## 6.4 Memoization: why is the backward pass so cheap?
#
# **The question.** Each further layer multiplies the number of roads by its width. A network with 20 layers of 10 units has $10^{20}$ of them between an input and the loss.
# How can any computer walk them all?
#
# **The picture.** Two families of graphs. On the left a chain. On the right every number is used twice by the next. We count multiplications: once road by road, each
# product worked out from its beginning; once with memory, where every node adds up what comes from above *before* it hands anything on.

# %% tags=["demo"]
def chain_of(depth):
    start = node = autodiff.Scalar(0.3)
    for _ in range(depth):
        node = node.tanh()
    return start, node


def doubling(depth):
    start = node = autodiff.Scalar(0.3)
    for _ in range(depth):
        node = node + node
    return start, node


depths = list(range(1, 15))
counts = {}
for family in (chain_of, doubling):
    counts[family] = []
    for depth in depths:
        start, end = family(depth)
        kept, grad = end.backward(memoize=True), start.grad
        lost = end.backward(memoize=False)
        np.testing.assert_allclose(start.grad, grad)  # the same gradient
        counts[family].append((kept, lost))

print("depth     chain: with, without      used twice: with, without")
for depth in (1, 2, 4, 8, 14):
    (kept, lost), (kept2, lost2) = counts[chain_of][depth - 1], counts[doubling][depth - 1]
    print(f"{depth:5d} {kept:14d} {lost:8d} {kept2:19d} {lost2:11d}")

for depth, (kept, lost), (kept2, lost2) in zip(depths, counts[chain_of], counts[doubling]):
    assert kept == depth and lost == depth * (depth + 1) // 2
    assert kept2 == 2 * depth and lost2 == sum(k * 2**k for k in range(1, depth + 1))

figures.backpropagation.roads(depths, counts[chain_of], counts[doubling])

# %% [markdown]
# With memory the cost is the number of **arrows**. Without, it is the total length of all **roads**: quadratic for the chain, exponential where numbers are used
# twice. D1 calls the trick **memoization**: the backward pass can reuse what it has computed.
#
# **In a network** of width 3, from the loss back to the inputs, the same count:

# %% tags=["demo"]
from itertools import pairwise


def net_of(depth, width=3):
    rng = np.random.default_rng(depth)
    h = np.array([autodiff.Scalar(v) for v in rng.normal(size=width)])
    inputs = list(h)
    for _ in range(depth):
        weight = np.array([[autodiff.Scalar(v) for v in row] for row in rng.normal(size=(width, width))])
        h = np.array([z.tanh() for z in weight @ h])
    return inputs, sum(h[1:], h[0])


print("layers      with memory   road by road   ratio")
ratio = []
for depth in (1, 2, 3, 4, 5):
    inputs, out = net_of(depth)
    kept = out.backward(memoize=True)
    grads = [node.grad for node in inputs]
    lost = out.backward(memoize=False)
    np.testing.assert_allclose([node.grad for node in inputs], grads)
    ratio.append(lost / kept)
    print(f"{depth:6d} {kept:16d} {lost:14d} {ratio[-1]:7.0f}")
# about × 3 for each layer: the width
assert all(later > 2.5 * sooner for sooner, later in pairwise(ratio[1:]))

# %% [markdown]
# **The price is memory.** Every number of the forward pass must be kept until the backward pass has used it. It grows with the depth and with the batch. In training this is what fills a graphics card,
# much more than the weights do.

# %% tags=["demo"]
def kept_bytes(depth, batch, width=64):
    rng = np.random.default_rng(0)
    pairs = [(layers.Dense(width, width, rng), activations.Tanh()) for _ in range(depth)]
    net = layers.Sequential(*(layer for pair in pairs for layer in pair))
    net.forward(np.ones((batch, width)))
    # each dense layer keeps x, each activation its slopes
    kept = sum(layer.x.nbytes if hasattr(layer, "x") else layer.slope.nbytes for layer in net.layers)
    return kept, sum(p.nbytes for p in net.params.values())


for depth, batch in ((2, 32), (4, 32), (4, 1024)):
    kept, own = kept_bytes(depth, batch)
    print(f"{depth} layers, {batch:4d} examples: kept {kept / 1024:5.0f} KiB, weights {own / 1024:4.0f} KiB")
assert kept_bytes(4, 32)[0] == 2 * kept_bytes(2, 32)[0]
assert kept_bytes(4, 1024)[0] == 32 * kept_bytes(4, 32)[0]
assert kept_bytes(4, 1024)[0] > 10 * kept_bytes(4, 1024)[1]

# %% [markdown] exercise="ch06.reverse_sweep" minutes=12 difficulty=3
# ### Exercise: the reverse sweep
# A graph of $n$ nodes, numbered so that every arrow leads from a smaller number to a larger one. The last node is the output. The table `slopes` holds the arrows:
# `slopes[i, j]` is the slope of the arrow **from node j into node i** ($j < i$), and 0 where there is no arrow. From every node some road leads to the output.
#
# Return the slope of the output for each node, and the number of multiplications that it took, **one for each arrow**.
#
# <details><summary>Hint 1</summary>
#
# The output's slope for itself is 1. Start with an array of zeros and put this 1 in.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Go through the nodes from the last to the first. When a node's turn comes, everything that was made of it has had its turn before. So its slope is complete, and it can
# hand `gradient[i] * slopes[i, j]` to each node j that goes into it.
# </details>
#
# <details><summary>My result is right for chains and too small for forks</summary>
#
# A node that goes into two others hears of the loss twice. Is it `=` or `+=` in your line?
# </details>
#
# <details><summary>All my slopes are 0 except the last few</summary>
#
# You probably start at node 0. It has nothing to hand on yet. Or your loop stops before it comes to the output: the last node has the number $n - 1$.
# </details>

# %% exercise="ch06.reverse_sweep"
def reverse_sweep(slopes):
    """∂output/∂node for all nodes of a graph by one sweep from the output back.

    slopes (n, n): slopes[i, j] = ∂node i/∂node j for an arrow from j into i, j < i; 0 without one.
    -> (gradient (n,), the number of multiplications, one for each arrow). gradient[n − 1] is 1.
    """
    ### BEGIN SOLUTION
    gradient = np.zeros(len(slopes))
    gradient[-1] = 1
    multiplications = 0
    for i in reversed(range(len(slopes))):
        for j in np.flatnonzero(slopes[i]):
            gradient[j] += gradient[i] * slopes[i, j]
            multiplications += 1
    return gradient, multiplications
    ### END SOLUTION


# %% check="ch06.reverse_sweep" points=5
check("ch06.reverse_sweep", reverse_sweep)

# %% [markdown]
# **Remember.** Walk from the output back; let each node collect everything before it hands anything on. Then each arrow costs one multiplication, however many roads
# there are.

# %% [markdown]
# ## 6.5 D1's network: nine derivatives by hand
#
# **The question.** D1's example has two inputs, two hidden units with a sigmoid, one linear output and the squared error. That makes nine parameters. Can you find all nine slopes
# with a pencil?
#
# **The picture.** Watch the four steps. Blue values go forward. Orange slopes come back.

# %% tags=["demo"]
figures.backpropagation.backward_wave()

# %% [markdown]
# **The mathematics.** $z_j = \sum_i \theta_{x_i,h_j} x_i + b_{h_j}$, then $h_j = \sigma(z_j)$, then $z_o = \sum_j \theta_{h_j,o} h_j + b_o$ and $o = z_o$, since the output is linear, and $L = (y - o)^2$ for one example. D1 walks one road and numbers
# its five links:
#
# $$\frac{\partial L}{\partial\theta_{x_1,h_1}} =
# \underbrace{\frac{\partial L}{\partial o}}_{(1)}\;
# \underbrace{\frac{\partial o}{\partial z_o}}_{(2)}\;
# \underbrace{\frac{\partial z_o}{\partial h_1}}_{(3)}\;
# \underbrace{\frac{\partial h_1}{\partial z_1}}_{(4)}\;
# \underbrace{\frac{\partial z_1}{\partial\theta_{x_1,h_1}}}_{(5)}$$
#
# | link | what | why |
# |---|---|---|
# | (1) | $-2(y - o)$ | the square, and $o$ stands there with a minus |
# | (2) | $1$ | the output unit is linear |
# | (3) | $\theta_{h_1,o}$ | the weight that $h_1$ is multiplied by |
# | (4) | $h_1(1 - h_1)$ | the slope of the sigmoid, by its output |
# | (5) | $x_1$ | the input that the weight is multiplied by |
#
# The other eight need no new ideas. They leave the road earlier, or take the other branch:
#
# | parameter | slope | links |
# |---|---|---|
# | $b_o$ | $do = -2(y - o)$ | (1)(2) |
# | $\theta_{h_1,o},\ \theta_{h_2,o}$ | $do\, h_1,\quad do\, h_2$ | (1)(2), then the input of that weight |
# | $b_{h_1},\ b_{h_2}$ | $dz_j = do\,\theta_{h_j,o}\,h_j(1 - h_j)$ | (1)(2)(3)(4) |
# | $\theta_{x_i,h_j}$, four of them | $dz_j\, x_i$ | (1)(2)(3)(4)(5) |
#
# See how $do$ stands in all nine and each $dz_j$ in three: that is the memoization of 6.4. Now with numbers, those of the picture. Every line is one link, and then each of the nine is *measured*.

# %% tags=["demo"]
start = figures.backpropagation.START
x, y = np.array(start["x"]), start["y"]
names = ("hidden_weight", "hidden_bias", "output_weight", "output_bias")
theta = {name: np.array(start[name]) for name in names}


def sigmoid_of(z):
    return 1 / (1 + np.exp(-z))


def loss_of(hidden_weight, hidden_bias, output_weight, output_bias):
    h = sigmoid_of(hidden_weight @ x + hidden_bias)
    return (y - (output_weight @ h + output_bias)) ** 2


# forward, everything kept
x1, x2 = x
z1 = 0.5 * x1 - 0.25 * x2 + 0.25
z2 = -1.0 * x1 + 0.75 * x2 + 0.5
h1, h2 = sigmoid_of(z1), sigmoid_of(z2)
o = 2.0 * h1 - 1.0 * h2 - 0.5
print(f"z1 {z1:.4f}  z2 {z2:.4f}  h1 {h1:.4f}  h2 {h2:.4f}  o {o:.4f}  loss {(y - o) ** 2:.4f}")

# backward, link by link
do = -2 * (y - o) * 1  # (1)(2)
dz1 = do * 2.0 * h1 * (1 - h1)  # (3)(4)
dz2 = do * -1.0 * h2 * (1 - h2)
by_hand = {
    "hidden_weight": np.array([[dz1 * x1, dz1 * x2], [dz2 * x1, dz2 * x2]]),
    "hidden_bias": np.array([dz1, dz2]),
    "output_weight": np.array([do * h1, do * h2]),
    "output_bias": np.array(do),
}

print("parameter             by hand   measured")
for name, slopes in by_hand.items():

    def loss_with(p, name=name):
        return loss_of(**theta | {name: p})

    measured = gradients.numerical_gradient(loss_with, theta[name])
    for i in np.ndindex(slopes.shape):
        print(f"{name + str(list(i) or ''):20s} {slopes[i]:8.4f}   {measured[i]:8.4f}")
    np.testing.assert_allclose(slopes, measured, rtol=1e-7)
assert sum(slopes.size for slopes in by_hand.values()) == 9

# %% [markdown]
# **What the slide on memoization prints.** D1 shows two of these products and marks the factors that they share. In our copy the marked factors stand below a fraction bar, so that the road of five links reads
# $\frac{(1)(2)(3)(4)(5)}{(2)(4)}$. That is a division. A brace is meant: these factors need not be computed again.

# %% tags=["demo"]
links = np.array([-2 * (y - o), 1.0, 2.0, h1 * (1 - h1), x1])
meant, printed = links.prod(), links.prod() / (links[1] * links[3])
print(f"measured                  {by_hand['hidden_weight'][0, 0]:.4f}")
print(f"product of the five links {meant:.4f}")
print(f"with the fraction bar     {printed:.4f}")
np.testing.assert_allclose(meant, by_hand["hidden_weight"][0, 0])
assert printed > 2 * meant

# %% [markdown]
# **Step four**, the update: subtract the learning rate times the slope, from all nine at once. D1 calls it gradient descent. The loss must fall, if the step is small enough.

# %% tags=["demo"]
for rate in (0.01, 0.1, 1.0):
    moved = {name: theta[name] - rate * by_hand[name] for name in theta}
    print(f"rate {rate:4g}: loss {loss_of(**theta):.4f} -> {loss_of(**moved):.4f}")

small = {name: theta[name] - 0.01 * by_hand[name] for name in theta}
promised = -0.01 * sum(np.sum(slopes**2) for slopes in by_hand.values())
assert loss_of(**small) < loss_of(**theta)
# nearly what the slopes promise
np.testing.assert_allclose(loss_of(**small) - loss_of(**theta), promised, rtol=0.15)
assert loss_of(**moved) > loss_of(**theta)  # rate 1: too long a step

# %% [markdown]
# D1 prints the loss for $n$ examples, $\frac1n\sum_i (y_i - o_i)^2$, and differentiates it for one. With $n$ examples every slope is the mean of the $n$ slopes: link (1) carries $1/n$. D2 says the same of the
# mini-batch. That is all that changes.

# %% [markdown] exercise="ch06.two_two_one" minutes=15 difficulty=3
# ### Exercise: D1's network
# Write the loss of D1's network for one example, and all nine slopes. $\sigma(z) = 1/(1 + e^{-z})$; the output is linear; the loss is $(y - o)^2$ without a ½.
#
# `hidden_weight[j, i]` leads from input $i$ to hidden unit $j$, so that `hidden_weight @ x` are both sums at once. Every gradient has the shape of its parameter.
#
# <details><summary>Hint 1</summary>
#
# Forward first, and give everything a name: `z`, `h`, `o`. Then backward in the reverse order: `do`, `dh`, `dz`. Both `h` and `dh` are arrays of two.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `do` is one number. `dh` is `do` times the two output weights. From `dh` to `dz` there is the sigmoid: $h(1 - h)$, entry by entry.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Four hidden weights: entry $(j, i)$ is $dz_j x_i$. The function `np.outer` makes such a table of all products.
# </details>
#
# <details><summary>My hidden weights are right on the diagonal only</summary>
#
# Your table is transposed: `np.outer(x, dz)` has the inputs in its rows.
# </details>
#
# <details><summary>My output slopes are right, all the hidden ones are too large</summary>
#
# The sigmoid's slope is missing. It is at most ¼, so without it the hidden slopes are at least four times too large.
# </details>

# %% exercise="ch06.two_two_one"
def two_two_one(x, y, hidden_weight, hidden_bias, output_weight, output_bias):
    """The loss (y − o)² of D1's network for one example, and its slopes for the nine parameters.

    x (2,), y a number, hidden_weight (2, 2), hidden_bias (2,), output_weight (2,), output_bias a number
    -> (loss, d_hidden_weight (2, 2), d_hidden_bias (2,), d_output_weight (2,), d_output_bias).
    """
    ### BEGIN SOLUTION
    h = 1 / (1 + np.exp(-(hidden_weight @ x + hidden_bias)))
    o = output_weight @ h + output_bias

    do = 2 * (o - y)
    dz = do * output_weight * h * (1 - h)
    return (y - o) ** 2, np.outer(dz, x), dz, do * h, do
    ### END SOLUTION


# %% check="ch06.two_two_one" points=6
check("ch06.two_two_one", two_two_one)

# %% [markdown]
# **Play.** Move the inputs, the target and two of the weights. Find settings in which
#
# - all orange numbers are nearly 0 (what is the loss there?);
# - nothing reaches $h_1$, though the loss is large (which weight is 0?);
# - $h_1$ hears of the loss, but its weights hardly do (what is the value of $h_1$ then?).

# %% tags=["demo"]
figures.backpropagation.network_explorer()

# %% [markdown]
# D1 ends: the process continues until a minimum is reached, "which corresponds to the optimal set of parameters". A minimum it may be. The best one it need not be. Six networks of this form learn the four
# points of XOR, each from another random start, until their gradients have all but vanished:

# %% tags=["demo"]
xor_x, xor_y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def learn_xor(seed, steps=4000, rate=0.3):
    rng = np.random.default_rng(seed)
    net = layers.Sequential(layers.Dense(2, 2, rng), activations.Sigmoid(), layers.Dense(2, 1, rng))
    loss = losses.MeanSquaredError()
    for _ in range(steps):
        value = loss.forward(net.forward(xor_x), xor_y)
        net.backward(loss.backward())
        for name, p in net.params.items():
            p -= rate * net.grads[name]
    return value, max(np.abs(g).max() for g in net.grads.values())


ends = np.array([learn_xor(seed) for seed in range(6)])
print("loss at the end:       ", ends[:, 0].round(3))
print("largest slope that is left:", ends[:, 1].max().round(4))
assert ends[:, 1].max() < 0.01  # all of them have come to rest,
assert ends[:, 0].min() < 0.001 and ends[:, 0].max() > 0.1  # and one of them at a bad place

# %% [markdown]
# D2 is the more careful one: reliable if the loss is convex, else "only a local minimum" may be found. Backpropagation gives the slope of where you stand. It says nothing about the landscape beyond.
#
# **Remember.** Keep everything on the way forward. On the way back, each parameter's slope is what arrives at its unit, times what the parameter was multiplied by.

# %% [markdown]
# ---
# # Part two: is this gradient right?
#
# ## 6.6 Measuring: how would we know a gradient without any formula?
#
# **The question.** You have derived a gradient, and typed it. A sign may be wrong. The loss still falls, only more slowly, and nobody will ever tell you. How do you find out?
#
# Measure it. It is the slow method of 6.1, and slow is fine for a test. For each entry: a small step up, a small step down, the difference of the two losses, divided by the distance.
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h}, \qquad e_i = \text{1 at entry } i \text{ and 0 elsewhere.}$$
#
# **The picture.** How wrong is a measured slope, for steps from 1 down to $10^{-12}$?

# %% tags=["demo"]
figures.backpropagation.step_sizes()

# %% [markdown]
# **The mathematics.** Two errors work against each other.
#
# - *Bending.* A one-sided difference $(f(x+h) - f(x))/h$ is off by about $\tfrac h2 f''$. The central one is off by about $\tfrac{h^2}6 f'''$: in the Taylor series of $f(x+h) - f(x-h)$ all even terms cancel. Halve the step, and the one
#   error halves, the other falls to a quarter.
# - *Rounding.* $f$ is known to about 16 digits. The difference of two nearly equal numbers loses most of them, and the small $h$ below the line blows up what is left: about $10^{-16}|f|/h$.
#
# Their sum is smallest near $h = 10^{-5}$ for the central difference in 64 bits. In 32 bits there are seven digits to start with; there is no good step at all.

# %% tags=["demo"]
f, slope = np.sin, np.cos(1.0)
print("step     one-sided error   central error")
found = {}
for h in (0.2, 0.1, 0.05):
    found[h] = abs((f(1 + h) - f(1)) / h - slope), abs((f(1 + h) - f(1 - h)) / (2 * h) - slope)
    print("{:5g} {:17.6f} {:15.6f}".format(h, *found[h]))
for coarse, fine in ((0.2, 0.1), (0.1, 0.05)):
    assert 1.8 < found[coarse][0] / found[fine][0] < 2.2  # half the step, half the error
    assert 3.8 < found[coarse][1] / found[fine][1] < 4.2  # half the step, a quarter of the error

tiny = abs((f(1 + 1e-13) - f(1 - 1e-13)) / 2e-13 - slope)
good = abs((f(1 + 1e-5) - f(1 - 1e-5)) / 2e-5 - slope)
print(f"h = 1e-5: {good:.1e}    h = 1e-13: {tiny:.1e}")
assert good < 1e-9 and tiny > 1e-5

# %% [markdown] exercise="ch06.numerical_gradient" minutes=10 difficulty=2
# ### Exercise: measure a gradient
# Write central differences for any function `f` of an array `x` of any shape. One entry is nudged at a time, by exactly `step`, up and down.
#
# A function cannot be handed over to the check. So below your function stands another one, `slopes_of_valley`, that calls yours on the function $f(x) = (\sum_i a_i x_i)^2 + \sum_i a_i x_i^3$. Leave it as it is; it
# is what the check calls. The check takes **large** steps on purpose, so that one can see which differences you take.
#
# <details><summary>Hint 1</summary>
#
# `np.ndindex(x.shape)` runs through all indices of an array of any shape: `()` for a number, `(0,)`, `(1,)`, … for a vector, `(0, 0)`, `(0, 1)`, … for a table.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `up = x.copy()` and `down = x.copy()` inside the loop. `up[i] += step`, and `down` likewise. Then x itself is never touched.
# </details>
#
# <details><summary>My first entry is right and the others are off</summary>
#
# The nudge of the first entry is still there while you measure the second. Begin each entry with a fresh copy.
# </details>
#
# <details><summary>All my slopes are 0</summary>
#
# `up = x` makes no copy. Both names mean the same array, and both nudges cancel in it.
# </details>
#
# <details><summary>My result is twice too large, or far too small</summary>
#
# The two places are `2 * step` apart. `/ 2 * step` divides by two and then multiplies.
# </details>

# %% exercise="ch06.numerical_gradient"
def numerical_gradient(f, x, step=1e-5):
    """(f(x + step·eᵢ) − f(x − step·eᵢ)) / (2·step) for each entry i of x: central differences.

    f: an array like x -> one number; x an array of floats of any shape
    -> the gradient, of x's shape. x itself is not changed.
    """
    ### BEGIN SOLUTION
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += step
        below[i] -= step
        slopes[i] = (f(above) - f(below)) / (2 * step)
    return slopes
    ### END SOLUTION


def slopes_of_valley(x, weight, step):
    """Given, for the check: your measurement of f(x) = (Σ weight·x)² + Σ weight·x³ at x."""

    def f(at):
        return np.sum(weight * at) ** 2 + np.sum(weight * at**3)

    return numerical_gradient(f, x, step)


# %% check="ch06.numerical_gradient" points=4
check("ch06.numerical_gradient", slopes_of_valley)

# %% [markdown]
# **Remember.** Central differences, one entry at a time, 64 bits, $h$ near $10^{-5}$.

# %% [markdown]
# ## 6.7 Gradient checking done well
#
# **The question.** The derived slope is 0.501, the measured one 0.500. Is that a mistake?
#
# It depends on the size of the slopes, on the digits, and on whether there is a corner nearby. Six rules make a check that neither cries wolf nor sleeps. Each has its cell.
#
# **Rule 1: compare relatively.** An error of 0.001 is dust beside a slope of 500, and total failure beside 0.0005. Divide by the larger of the two, and never by less than a small `eps`, as below that only rounding is left:
#
# $$\text{error}_i = \frac{|g_i - n_i|}{\max(|g_i|,\, |n_i|,\, \varepsilon)} .$$
#
# Look at the **worst** entry and at *where* it is. A mean hides one wrong entry among a thousand right ones. As a rule of thumb in 64 bits: below $10^{-6}$ right, above $10^{-3}$ wrong, between them look closer.

# %% tags=["demo"]
rng = np.random.default_rng(0)
n = rng.normal(size=1000)
g = n.copy()
g[321] *= 1.5  # one wrong entry
n[7], g[7] = 1e-12, 3e-12  # and one that is 0 but for rounding

relative = abs(g - n) / np.maximum(np.maximum(abs(g), abs(n)), 1e-4)
without_eps = abs(g - n) / np.maximum(abs(g), abs(n))
print(f"worst {relative.max():.3f} at {relative.argmax()}; the mean is {relative.mean():.5f}")
print(f"without eps the worst is {without_eps.max():.3f} at {without_eps.argmax()}, which is dust")
assert relative.argmax() == 321 and relative.mean() < 1e-3 and without_eps.argmax() == 7


# %% [markdown] exercise="ch06.check_gradient" minutes=10 difficulty=2
# ### Exercise: compare two gradients
# Write the second half of a gradient check. Given a derived gradient and a measured one, find the worst entry by the relative error
#
# $$\frac{|g - n|}{\max(|g|,\, |n|,\, \varepsilon)}$$
#
# and return this error and the index of the entry, as a tuple: `(2,)` in a vector, `(0, 3)` in a table. If two entries are equally bad, take the first in reading order. An entry that is `nan` is the worst of all: the error is then `nan`, at the place of the first `nan`.
#
# <details><summary>Hint 1</summary>
#
# `np.maximum` takes the larger of two arrays, entry by entry. You have three things to compare: use it twice.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `errors.argmax()` gives a flat position. `np.unravel_index(position, errors.shape)` turns it into an index.
# </details>
#
# <details><summary>My result is nan where nothing is wrong</summary>
#
# Both entries are 0, and you divide 0 by 0. The `eps` below the line prevents it.
# </details>
#
# <details><summary>My index is a single number for a table</summary>
#
# That is the flat position. See the second hint.
# </details>

# %% exercise="ch06.check_gradient"
def check_gradient(gradient, numerical, eps=1e-4):
    """The worst relative error |g − n| / max(|g|, |n|, eps) of two gradients, and where it is.

    gradient, numerical: arrays of one shape, with one axis or more
    -> (error, index), index a tuple of whole numbers. A nan counts as the worst.
    """
    ### BEGIN SOLUTION
    scale = np.maximum(np.maximum(np.abs(gradient), np.abs(numerical)), eps)
    errors = np.abs(gradient - numerical) / scale
    worst = np.unravel_index(errors.argmax(), errors.shape)
    return errors[worst], worst
    ### END SOLUTION


# %% check="ch06.check_gradient" points=4
check("ch06.check_gradient", check_gradient)


# %% [markdown]
# `course_lib.gradients.check_gradient(f, x, gradient)` does both halves at once. We use it from here on.
#
# **Rule 2: check in 64 bits.** The same right gradient, once with everything in 32 bits:

# %% tags=["demo"]
def worst_error(dtype, step):
    """Relative error of a right gradient of log-cosh, measured in this precision."""
    x = np.linspace(-2, 2, 9).astype(dtype)
    unit, zero = losses.LogCosh("sum"), np.zeros_like(x)
    unit.forward(x, zero)
    gradient, n = unit.backward(), np.zeros(9)
    for i in range(9):
        higher, lower = x.copy(), x.copy()
        higher[i], lower[i] = x[i] + dtype(step), x[i] - dtype(step)
        rise = float(unit.forward(higher, zero)) - float(unit.forward(lower, zero))
        n[i] = rise / (float(higher[i]) - float(lower[i]))
    return np.max(abs(gradient - n) / np.maximum(np.maximum(abs(gradient), abs(n)), 1e-4))


in_64, in_32 = worst_error(np.float64, 1e-5), worst_error(np.float32, 1e-5)
best_32 = min(worst_error(np.float32, h) for h in (1e-1, 1e-2, 1e-3, 1e-4))
print(f"64 bits, h = 1e-5: {in_64:.1e}")
print(f"32 bits, h = 1e-5: {in_32:.1e}   best step: {best_32:.1e}")
assert in_64 < 1e-6 and in_32 > 1e-3 and best_32 > 1e-6

# %% [markdown]
# **Rule 3: mind the corners.** A central difference that reaches over the corner of a ReLU measures a mixture of both slopes.

# %% tags=["demo"]
figures.backpropagation.kink()

# %% tags=["demo"]
relu, x = activations.ReLU(), np.array([-1.0, 3e-6, 2.0])


def total(at):
    return relu.forward(at).sum()


total(x)
gradient = relu.backward(np.ones(3))
error, where = gradients.check_gradient(total, x, gradient, step=1e-5)
closer, _ = gradients.check_gradient(total, x, gradient, step=1e-6)
print(f"h = 1e-5: error {error:.2f} at entry {where}, where x = {x[where]:g}")
print(f"h = 1e-6: error {closer:.1e}")
assert error > 0.3 and where == (1,) and closer < 1e-6

# %% [markdown]
# So when one entry fails: look at its input. If it lies within $h$ of a corner, move the input or shrink the step. A real mistake stays, a corner goes away. D1 asks that activations be *continuously differentiable*; ReLU is not, and
# trains well. It is enough that corners are rare. How rare?

# %% tags=["demo"]
rng = np.random.default_rng(1)
sums = layers.Dense(64, 64, rng).forward(rng.normal(size=(1000, 64)))
print(f"of {sums.size} sums {np.sum(sums == 0)} are exactly 0, {np.sum(abs(sums) < 1e-5)} within 1e-5 of it")
assert np.sum(sums == 0) == 0 and np.mean(abs(sums) < 1e-5) < 1e-4


# %% [markdown]
# **Rule 4: a random gradient from above.** To check a layer one needs *one* number, so one sums its outputs, $f(x) = \sum y$. That means $dy = 1$ everywhere, and it has a blind spot. Here are two wrong backward passes. The first is for a softmax: it answers 0,
# always. The second is for a dense layer: it hands each example the gradient of another one.

# %% tags=["demo"]
class DeadSoftmax(activations.Softmax):
    def backward(self, dy):
        return np.zeros_like(dy)


class MixedUp(layers.Dense):
    """Exchanges the examples on the way back."""

    def backward(self, dy):
        return super().backward(dy[::-1])


def error_of(unit, x, dy):
    """The worst relative error of unit.backward when the loss is Σ dy·y."""
    unit.forward(x)
    gradient = unit.backward(dy)
    return gradients.check_gradient(lambda at: np.sum(dy * unit.forward(at)), x, gradient)[0]


rng = np.random.default_rng(2)
x, ones, random = rng.normal(size=(4, 3)), np.ones((4, 3)), rng.normal(size=(4, 3))
errors = {}
for unit in (activations.Softmax(), DeadSoftmax(), layers.Dense(3, 3, rng), MixedUp(3, 3, rng)):
    name = type(unit).__name__
    errors[name] = error_of(unit, x, ones), error_of(unit, x, random)
    print("{:12s} dy = 1: {:.0e}   random dy: {:.0e}".format(name, *errors[name]))
assert all(max(errors[name]) < 1e-6 for name in ("Softmax", "Dense"))
assert all(errors[name][0] < 1e-6 and errors[name][1] > 0.1 for name in ("DeadSoftmax", "MixedUp"))

# %% [markdown]
# Both pass with $dy = 1$. The outputs of a softmax always sum to 1, so the sum has no slope at all; and a `dy` that is the same everywhere cannot tell examples apart. With a random `dy` both are caught.
#
# **Rule 5: sizes that differ, more than one example, random weights.** Three more blind spots, each with the mistake that hides in it:

# %% tags=["demo"]
class Transposed(layers.Dense):
    """Hands dy back through Wᵀ instead of W."""

    def backward(self, dy):
        super().backward(dy)
        weight = self.params["weight"]
        return dy @ weight.T


class Averaged(layers.Dense):
    """Averages the weights' gradient over the examples."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["weight"] = self.grads["weight"] / len(dy)
        return dx


def dense_error(kind, n, inputs, outputs, weight=None):
    """The worst error of the gradients for x and for the weights, a failure counting as infinite."""
    rng = np.random.default_rng(3)
    unit = kind(inputs, outputs, rng)
    x, dy = rng.normal(size=(n, inputs)), rng.normal(size=(n, outputs))
    if weight is not None:
        unit.params["weight"] = weight(unit.params["weight"])

    def with_weight(at):
        return np.sum(dy * (x @ at.T + unit.params["bias"]))

    try:
        first = error_of(unit, x, dy)
    except ValueError:  # shapes that do not fit
        return np.inf
    second, _ = gradients.check_gradient(with_weight, unit.params["weight"], unit.grads["weight"])
    return max(first, second)


hidden = {
    "Wᵀ for W: symmetric weights": dense_error(Transposed, 4, 3, 3, lambda w: w + w.T),
    "Wᵀ for W: weights all 0": dense_error(Transposed, 4, 3, 3, np.zeros_like),
    "mean for sum: one example": dense_error(Averaged, 1, 3, 2),
}
seen = {
    "Wᵀ for W: random weights": dense_error(Transposed, 4, 3, 3),
    "Wᵀ for W: 3 inputs, 2 outputs": dense_error(Transposed, 4, 3, 2),
    "mean for sum: four examples": dense_error(Averaged, 4, 3, 2),
}
for name, error in (hidden | seen).items():
    print(f"{name:34s} error {error:8.1e}  {'caught' if error > 1e-3 else 'NOT SEEN'}")
assert max(hidden.values()) < 1e-6 and min(seen.values()) > 0.1


# %% [markdown]
# **Rule 6: for large networks, random directions.** Measuring every entry takes two forward passes for each. One direction takes two in all. Choose a random $v$ and compare the slope *along* $v$ with what the gradient says about it:
#
# $$\frac{f(\theta + h v) - f(\theta - h v)}{2h} \approx \sum_i g_i v_i .$$
#
# If the gradient is right, this holds for every $v$. If an entry is off, it fails for nearly every $v$.

# %% tags=["demo"]
rng = np.random.default_rng(4)
net = layers.Sequential(layers.Dense(64, 64, rng), activations.Tanh(), layers.Dense(64, 10, rng))
loss, x, labels = losses.CrossEntropy(), rng.normal(size=(20, 64)), rng.integers(0, 10, size=20)
loss.forward(net.forward(x), labels)
net.backward(loss.backward())
right = {name: g.copy() for name, g in net.grads.items()}
before = {name: p.copy() for name, p in net.params.items()}


def directional_error(grads, rng, step=1e-5):
    """|measured − promised| over the larger, along one random direction of unit length."""
    v = {name: rng.normal(size=p.shape) for name, p in before.items()}
    length = np.sqrt(sum(np.sum(part**2) for part in v.values()))
    values = []
    for sign in (1, -1):
        for name in before:
            net.params[name] = before[name] + sign * step / length * v[name]
        values.append(loss.forward(net.forward(x), labels))
    measured = (values[0] - values[1]) / (2 * step)
    promised = sum(np.sum(grads[name] * v[name]) for name in v) / length
    return abs(measured - promised) / max(abs(measured), abs(promised), 1e-6)


largest = np.unravel_index(np.abs(right["2.weight"]).argmax(), right["2.weight"].shape)
one_off = {name: g.copy() for name, g in right.items()}
one_off["2.weight"][largest] *= 2
spoiled = {
    "right": right,
    "signs of one bias reversed": right | {"0.bias": -right["0.bias"]},
    "first weights halved": right | {"0.weight": right["0.weight"] / 2},
    "the largest of 640 entries doubled": one_off,
}
for name, grads in spoiled.items():
    directions = np.random.default_rng(5)
    found = [directional_error(grads, directions) for _ in range(5)]
    print(f"{name:36s} worst of 5 directions {max(found):.1e}")
    assert max(found) < 1e-5 if name == "right" else max(found) > 1e-3
print(f"10 forward passes instead of {2 * sum(p.size for p in before.values())}")

# %% [markdown]
# A direction says *that* something is wrong, not *where*. Then go entry by entry, on a small network.
#
# **Remember.** Relative error at the worst entry, 64 bits, away from corners, random `dy`, uneven shapes and several examples, random directions for what is large.

# %% [markdown]
# ---
# # Part three: layers that go back
#
# ## 6.8 An activation backward: what must be kept?
#
# **The question.** From here on every building block is an object with two methods. `forward(x)` answers $y$. `backward(dy)` gets the slope of the loss for $y$ and answers the slope for $x$. What must the object remember in between?
#
# **The picture.** The same gradient of 1 comes back at six places. An activation lets through as much as it is steep there.

# %% tags=["demo"]
figures.backpropagation.gates()

# %% [markdown]
# **The mathematics.** An activation works entry by entry, so there is one road from each $x$ to its $y$: $dx = dy \cdot f'(x)$. For the sigmoid, $f'(x) = \sigma(x)(1 - \sigma(x)) = y(1 - y)$.
#
# **The code.** The slope can be had from the *output* alone. So `forward` keeps $y$, and `backward` computes no exponential. Tanh is the same with $1 - y^2$. ReLU needs one bit for each entry: was it open?

# %% tags=["demo"]
x, dy = np.linspace(-3, 3, 7), np.linspace(1, 2, 7)
slope_from_output = {
    activations.Sigmoid(): lambda y: y * (1 - y),
    activations.Tanh(): lambda y: 1 - y**2,
    activations.ReLU(): lambda y: y > 0,
}
for unit, from_output in slope_from_output.items():
    y = unit.forward(x)
    np.testing.assert_allclose(unit.backward(dy), dy * from_output(y))
    assert error_of(unit, x[x != 0], dy[x != 0]) < 1e-6
print("sigmoid, tanh and ReLU: the output is all that backward needs")


# %% [markdown] exercise="ch06.sigmoid" minutes=6 difficulty=1
# ### Exercise: the sigmoid, there and back
# Write both methods. `forward` keeps on `self` exactly what `backward` reads. `backward(dy)` is called after `forward`, and `dy` has the shape of `y`. Far out, for $|x|$ up to 1 000, the answers must still be numbers, and right.
#
# <details><summary>Hint 1</summary>
#
# `self.y = …` in forward. In backward: the slope $y(1 - y)$, times what came from above.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two formulas are the same on paper, $1/(1 + e^{-x})$ and $e^x/(1 + e^x)$. What does each of them give for $x = 1\,000$ and for $x = -1\,000$? (NumPy may warn of an overflow where the answer is right all the same.)
# </details>
#
# <details><summary>My gradient is right only where dy is 1</summary>
#
# You return the slope. The chain rule wants the slope times `dy`.
# </details>

# %% exercise="ch06.sigmoid"
class Sigmoid:
    """y = 1/(1 + e⁻ˣ), entry by entry. x of any shape."""

    def forward(self, x):
        """x -> y, of the same shape. Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.y = 1 / (1 + np.exp(-x))
        return self.y
        ### END SOLUTION

    def backward(self, dy):
        """dy, the slope of the loss for y -> the slope for the last forward's x; both of y's shape."""
        ### BEGIN SOLUTION
        return dy * self.y * (1 - self.y)
        ### END SOLUTION


# %% check="ch06.sigmoid" points=4
check("ch06.sigmoid", Sigmoid)

# %% [markdown]
# **Remember.** `backward` = what came from above, times the layer's own slope. Keep what the slope is made of.

# %% [markdown]
# ## 6.9 A dense layer backward: three questions, one dy
#
# **The question.** A dense layer, $y = x W^T + b$, has three things that the loss can be asked about: the input, the weights, the biases. One `dy` comes from above. What are the three answers?
#
# **The picture.** Shapes decide almost everything. A gradient has the shape of what it belongs to, and there is only one way to make that shape from `dy` and the other factor.

# %% tags=["demo"]
figures.backpropagation.shapes()

# %% [markdown]
# **The mathematics.** Write one output of one example: $y_{nk} = \sum_d x_{nd} W_{kd} + b_k$. Now ask for each letter where it occurs, and sum over these places, since roads add up.
#
# - $x_{nd}$ occurs in all outputs $k$ of its own example: $\quad dx_{nd} = \sum_k dy_{nk} W_{kd}$, so $dx = dy\, W$.
# - $W_{kd}$ occurs in output $k$ of *all* examples: $\quad dW_{kd} = \sum_n dy_{nk} x_{nd}$, so $dW = dy^T x$.
# - $b_k$ occurs in output $k$ of all examples, with slope 1: $\quad db_k = \sum_n dy_{nk}$.
#
# There is no $1/N$ in these sums. If the loss is a mean, its $1/N$ came down with `dy`.
#
# **The code**, in loops, to see that the sums are what they say:

# %% tags=["demo"]
rng = np.random.default_rng(5)
dense = layers.Dense(3, 2, rng)
x, dy = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
dense.forward(x)
dx = dense.backward(dy)

by_examples = sum(np.outer(dy[n], x[n]) for n in range(5))  # one table for each example, all added
np.testing.assert_allclose(dense.grads["weight"], by_examples)
np.testing.assert_allclose(dense.grads["bias"], dy[0] + dy[1] + dy[2] + dy[3] + dy[4])
for_output_1, for_output_2 = dense.params["weight"]
np.testing.assert_allclose(dx[0], dy[0, 0] * for_output_1 + dy[0, 1] * for_output_2)
assert error_of(dense, x, dy) < 1e-6
print("dW is a sum of", len(x), "outer products, one for each example")

# %% [markdown]
# **What D3 says.** For the linear module it prints $dh/dx = w$, and "no activation saturation, hence strong and stable gradients". The first is the layer's *own* slope; what is handed on is `dy` times it. The second is half right: the slope does not depend on $x$, so no
# input can saturate it. Strong and stable it is only if $W$ is of the right size. Twenty linear layers, with weights of three sizes:

# %% tags=["demo"]
def after_linear(scale, depth=20, width=64):
    """The length of dx over that of dy behind so many linear layers."""
    rng = np.random.default_rng(6)
    net = layers.Sequential(*(layers.Dense(width, width, rng) for _ in range(depth)))
    for name, p in net.params.items():
        if name.endswith("weight"):
            net.params[name] = scale * rng.normal(size=p.shape) / np.sqrt(width)
    dy = rng.normal(size=(1, width))
    net.forward(rng.normal(size=(1, width)))
    small = np.linalg.norm(net.backward(dy)) / np.linalg.norm(dy)
    net.forward(1e6 * rng.normal(size=(1, width)))
    large = np.linalg.norm(net.backward(dy)) / np.linalg.norm(dy)
    np.testing.assert_allclose(large, small)  # a million times the input: no saturation, D3 is right
    return small


left = {scale: after_linear(scale) for scale in (0.5, 1.0, 2.0)}
for scale, ratio in left.items():
    print(f"weights {scale:g} times the careful size: {ratio:.1e} of the gradient is left")
assert left[0.5] < 1e-5 and 0.1 < left[1.0] < 10 and left[2.0] > 1e5  # stable: it depends

# %% [markdown]
# Chapter 7 is about the careful size.

# %% [markdown] exercise="ch06.dense" minutes=12 difficulty=2
# ### Exercise: the dense layer backward
# The constructor is given. Write `forward(x)`, as in chapter 2, and let it keep what `backward` will read. Then write `backward(dy)`: put the gradients for weights and biases into `self.grads["weight"]` and
# `self.grads["bias"]`, and return the gradient for `x`. Sums over the examples, no means.
#
# <details><summary>Hint 1</summary>
#
# Write the shapes beside each array: `x` (N, inputs), `dy` (N, outputs), `weight` (outputs, inputs). Which product of two of them has the shape (N, inputs)?
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the weights you need (outputs, inputs) from (N, outputs) and (N, inputs). The N must disappear: it stands in the middle of a matrix product, where it is summed over.
# </details>
#
# <details><summary>My weights' gradient has the wrong shape</summary>
#
# You have `x.T @ dy`. Exchange the two.
# </details>
#
# <details><summary>The check complains of a missing 'weight'</summary>
#
# It looks into `self.grads` after `backward` and finds nothing under this name. The gradients for the parameters are not returned; they are left there.
# </details>
#
# <details><summary>My gradients are right for one example only</summary>
#
# Either a mean stands where a sum belongs, or the biases' gradient still has one row for each example.
# </details>

# %% exercise="ch06.dense"
class Dense:
    """y = x Wᵀ + b, x (N, inputs) -> (N, outputs); params weight (outputs, inputs), bias (outputs,)."""

    def __init__(self, inputs, outputs, rng):
        weight = np.random.default_rng(rng).normal(size=(outputs, inputs))
        self.params = {"weight": weight, "bias": np.zeros(outputs)}
        self.grads = {}

    def forward(self, x):
        """x (N, inputs) -> y (N, outputs). Keeps what backward needs."""
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.params["weight"].T + self.params["bias"]
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, outputs) -> the gradient for x (N, inputs).

        Leaves grads["weight"] (outputs, inputs) and grads["bias"] (outputs,), sums over the N examples.
        """
        ### BEGIN SOLUTION
        self.grads["weight"] = dy.T @ self.x
        self.grads["bias"] = dy.sum(axis=0)
        return dy @ self.params["weight"]
        ### END SOLUTION


# %% check="ch06.dense" points=5
check("ch06.dense", Dense)

# %% [markdown]
# **Remember.** A gradient has the shape of what it belongs to. What is shared by the examples collects a sum over them.

# %% [markdown]
# ## 6.10 Softmax with cross-entropy: why do they go back together?
#
# **The question.** The softmax has a backward pass, the cross-entropy has one. Put one behind the other, and it works. Why does every library join them into one step?
#
# **The picture.** The gradient for the true class's logit, by both ways, as that logit falls farther and farther behind.

# %% tags=["demo"]
figures.backpropagation.long_way()

# %% [markdown]
# **The mathematics.** Two links. The loss of one example with true class $c$ is $-\log p_c$, so $dp_c = -1/p_c$, and the other $dp$ are 0. The softmax has a full table of slopes, since every logit moves every share:
#
# $$\frac{\partial p_j}{\partial z_i} = p_j(\delta_{ij} - p_i), \qquad \delta_{ij} = 1 \text{ if } i = j \text{, else } 0 .$$
#
# Multiply: $dz_i = dp_c \cdot p_c(\delta_{ic} - p_i) = -\frac1{p_c}\,p_c(\delta_{ic} - p_i) = p_i - \delta_{ic}$. The $p_c$ **cancels**. On paper that is pretty. In a computer it is the difference between an answer and none: where $p_c$ is rounded to 0, the long way computes $\frac10 \cdot 0$.
#
# What is left is the simplest gradient there is, **probabilities minus target**, divided by $N$ for the mean. Above 0 for classes that got too much, below 0 for the true one, and the row sums to 0.

# %% tags=["demo"]
logits, labels = np.array([[2.0, 0.5, -1.0], [0.0, -800.0, 3.0]]), np.array([0, 1])
loss, softmax = losses.CrossEntropy(), activations.Softmax()
value = loss.forward(logits, labels)
together = loss.backward()

probs = softmax.forward(logits)
with np.errstate(divide="ignore", invalid="ignore"):
    dp = np.where(np.eye(3)[labels] == 1, -1 / probs, 0) / 2
    long_way = probs * (dp - (dp * probs).sum(axis=1, keepdims=True))
print(f"loss {value:.2f}\nlong way\n{long_way.round(4)}\ntogether\n{together.round(4)}")

np.testing.assert_allclose(long_way[0], together[0])  # where nothing vanishes both agree,
assert np.isnan(long_way[1]).any() and np.isfinite(together).all()  # where p became 0 one is left
np.testing.assert_allclose(together.sum(axis=1), 0, atol=1e-12)


# %% [markdown] exercise="ch06.softmax_cross_entropy" minutes=12 difficulty=3
# ### Exercise: softmax with cross-entropy
# Write it as one unit. `forward(logits, labels)` answers the mean over the examples of $-\log p_{\text{true}}$, the natural logarithm, with $p$ the softmax of each row. `backward(dy)` answers the gradient for the logits. `dy` is one number: the slope of the final number for this
# loss. It is 1 if the loss is the last node, and 0.25 if the final number is a quarter of this loss.
#
# Logits may be as large as ±2 000. Nothing may overflow, and no logarithm may meet a 0.
#
# <details><summary>Hint 1</summary>
#
# Subtract each row's largest logit. Then $\log p = z - \log\sum e^{z}$ with the shifted $z$: no exponential above 1, and no logarithm of 0.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `log_p[np.arange(N), labels]` picks the true class of each row. Keep the probabilities and the labels for `backward`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# $p - t$, where $t$ has a single 1 in each row: `np.eye(K)[labels]`. Then 1/N. Then `dy`.
# </details>
#
# <details><summary>My value is inf</summary>
#
# You take the logarithm of a softmax that was rounded to 0. Stay with logarithms from the beginning; see the first hint.
# </details>
#
# <details><summary>My gradient is N times too large</summary>
#
# The loss is a mean, so each example has only 1/N of the pull.
# </details>

# %% exercise="ch06.softmax_cross_entropy"
class SoftmaxCrossEntropy:
    """The mean of −log softmax(logits)[true class] over the examples, in nats."""

    def forward(self, logits, labels):
        """logits (N, K), integer labels (N,) -> float. Keeps what backward needs."""
        ### BEGIN SOLUTION
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p, self.labels = np.exp(log_p), labels
        return -log_p[np.arange(len(labels)), labels].mean()
        ### END SOLUTION

    def backward(self, dy=1.0):
        """dy, one number: the slope of the final number for this loss -> the gradient (N, K)."""
        ### BEGIN SOLUTION
        target = np.eye(self.p.shape[1])[self.labels]
        return dy * (self.p - target) / len(target)
        ### END SOLUTION


# %% check="ch06.softmax_cross_entropy" points=4
check("ch06.softmax_cross_entropy", SoftmaxCrossEntropy)

# %% [markdown]
# **Remember.** Softmax and cross-entropy go back as one: probabilities minus target. Cancel on paper, not in floating point.

# %% [markdown]
# ## 6.11 A chain of layers: who hands what to whom?
#
# **The question.** D3 builds networks from modules as from bricks. Every brick can go forward and backward. What does the box around them have to know?
#
# **The picture.** Nothing but the order.

# %% tags=["demo"]
figures.backpropagation.layer_chain()

# %% [markdown]
# Forward: each layer gets what the one before it answered. Backward: each layer gets what the one *behind* it answered. The box does not know what a layer computes, how many parameters it has, or what it keeps. So a box of layers has `forward` and `backward`
# like a layer, and can stand in another box. This is the whole architecture of a deep-learning library.

# %% [markdown] exercise="ch06.sequential" minutes=8 difficulty=2
# ### Exercise: a chain of layers
# Write `forward` and `backward` of `Sequential`, for any number of layers. Layers are objects with `forward(x)` and `backward(dy)`.
#
# The function below the class is what the check calls. It puts **your** `Dense` and **your** `Sigmoid` in your chain. Do 6.8 and 6.9 first, and leave the function as it is.
#
# <details><summary>Hint 1</summary>
#
# Forward is a loop in which `x` is replaced by what the layer answers.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Backward is the same loop with `dy`, over `reversed(self.layers)`.
# </details>
#
# <details><summary>Forward is right, and only the gradients are not</summary>
#
# Run the checks of 6.8 and 6.9 again: a chain is as good as its links. If both are green, look at what your loop hands on and what it returns at its end.
# </details>
#
# <details><summary>I get an error about shapes that do not fit</summary>
#
# Print the shape of what is handed over at each layer. If the first layer gets a `dy` with as many columns as there are classes, you go back from the wrong end.
# </details>

# %% exercise="ch06.sequential"
class Sequential:
    """y = fₙ(… f₂(f₁(x))), the layers in the order in which x meets them."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        """x -> the last layer's answer."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def backward(self, dy):
        """dy, the slope of the loss for what forward answered -> the slope for x."""
        ### BEGIN SOLUTION
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy
        ### END SOLUTION


def chain(x, dy, weight1, bias1, weight2, bias2):
    """Given, for the check: your Dense, Sigmoid, Dense in your Sequential, there and back."""
    first = Dense(weight1.shape[1], weight1.shape[0], 0)
    last = Dense(weight2.shape[1], weight2.shape[0], 0)
    first.params, last.params = {"weight": weight1, "bias": bias1}, {"weight": weight2, "bias": bias2}
    network = Sequential(first, Sigmoid(), last)
    y = network.forward(x)
    dx = network.backward(dy)
    grads = [layer.grads.get(name) for layer in (first, last) for name in ("weight", "bias")]
    return y, dx, *grads


# %% check="ch06.sequential" points=4
check("ch06.sequential", chain)

# %% [markdown]
# **Remember.** Forward in order, backward in reverse order, and each answer is the next one's input.

# %% [markdown]
# ## 6.12 A whole network, there and back
#
# **The question.** Now without any objects: a classifier with one hidden layer, in one function. What are its lines?
#
# **The picture** is a table with a mirror in its middle. Read the left side down, the right side up. Every line has its partner.
#
# | forward | backward |
# |---|---|
# | $z_1 = x W_1^T + b_1$ | $dW_1 = dz_1^T x, \quad db_1 = \sum_n dz_1$ |
# | $h = \max(z_1, 0)$ | $dz_1 = dh \cdot [z_1 > 0]$ |
# | $z_2 = h W_2^T + b_2$ | $dW_2 = dz_2^T h, \quad db_2 = \sum_n dz_2, \quad dh = dz_2 W_2$ |
# | $L = \text{mean of } {-\log \text{softmax}(z_2)_{\text{true}}}$ | $dz_2 = (p - t)/N$ |
#
# There is no $dx$ in the first line: nobody learns the input. So the backward pass costs between one and two times the forward pass, and comes nearer to two the deeper the network is, if we count the multiplications in matrix products:

# %% tags=["demo"]
def products(n, sizes):
    """Multiplications of the matrix products, forward and backward."""
    pairs = list(pairwise(sizes))
    there = sum(n * a * b for a, b in pairs)
    back = there + sum(n * a * b for a, b in pairs[1:])  # dW for each layer, dx for all but the first
    return there, back


for sizes in ((64, 64, 10), (64, 64, 64, 64, 10)):
    there, back = products(100, sizes)
    name = " → ".join(map(str, sizes))
    print(f"{name:24s} forward {there:9,d}   backward {back:9,d}   ratio {back / there:.2f}")
    assert 1 < back / there < 2


# %% [markdown] exercise="ch06.mlp" minutes=20 difficulty=4
# ### Exercise: a whole network by hand
# Write all lines of the table: dense, ReLU, dense, softmax with cross-entropy (natural logarithm, mean over the examples). Return the loss and the four gradients. ReLU has slope 0 where its input is exactly 0.
#
# Logits may be in the thousands, so take the shifted form of 6.10 for the loss. Use nothing but NumPy here. When it is right, you have written backpropagation.
#
# <details><summary>Hint 1</summary>
#
# Do the forward lines first, all four, and let the check confirm the loss. Each line of the backward pass can be found by its shape.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `dz2` has the shape (N, K), and it already holds the 1/N. From there on there are only sums over the examples.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The gate: `dz1 = dh * (z1 > 0)`. Where the unit was closed, nothing passes.
# </details>
#
# <details><summary>My second layer is right and my first is not</summary>
#
# Three suspects on the road from $dz_2$ to $dW_1$: $W_2$ (not transposed), the gate (decided by $z_1$), and the last product (with $x$, not with $h$).
# </details>
#
# <details><summary>My gradients are all N times too large, or too small</summary>
#
# The 1/N belongs in one place: `dz2`.
# </details>

# %% exercise="ch06.mlp"
def mlp_gradients(x, labels, weight1, bias1, weight2, bias2):
    """The loss of a classifier Dense, ReLU, Dense, and its gradients for all parameters.

    x (N, D), integer labels (N,), weight1 (H, D), bias1 (H,), weight2 (K, H), bias2 (K,)
    -> (loss, d_weight1 (H, D), d_bias1 (H,), d_weight2 (K, H), d_bias2 (K,)).
    The loss is the mean cross-entropy.
    """
    ### BEGIN SOLUTION
    z1 = x @ weight1.T + bias1
    h = np.maximum(z1, 0)
    z2 = h @ weight2.T + bias2
    shifted = z2 - z2.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(labels)), labels].mean()

    dz2 = (np.exp(log_p) - np.eye(len(bias2))[labels]) / len(labels)
    dz1 = dz2 @ weight2 * (z1 > 0)
    return loss, dz1.T @ x, dz1.sum(axis=0), dz2.T @ h, dz2.sum(axis=0)
    ### END SOLUTION


# %% check="ch06.mlp" points=7
check("ch06.mlp", mlp_gradients)

# %% [markdown]
# **Remember.** The backward pass is the forward pass read from below, each line replaced by its slope.

# %% [markdown]
# ## 6.13 Does it learn to read?
#
# **The question.** Are these few lines enough for a real task?
#
# 1 797 handwritten digits of 8 × 8 pixels; 500 of them are kept away for the test. The four steps of D1 stand in the loop below, one line each. The layers are those of `course_lib`; your own have the same methods, and you may put them here in a cell of your own.

# %% tags=["demo"]
from course_lib.architectures.data import digits

(train_x, train_labels), (test_x, test_labels) = digits(np.random.default_rng(0))


def classifier(rng, relu=activations.ReLU, last=layers.Dense):
    return layers.Sequential(layers.Dense(64, 128, rng), relu(), last(128, 10, rng))


def train(seed=0, epochs=30, rate=0.2, batch=32):
    rng = np.random.default_rng(seed)
    model = classifier(rng)
    loss, history = losses.CrossEntropy(), {"train": [], "test": []}
    for _ in range(epochs):
        order, total = rng.permutation(len(train_x)), 0.0
        for i in range(0, len(order), batch):
            chosen = order[i : i + batch]
            logits = model.forward(train_x[chosen])  # 1 forward pass
            total += loss.forward(logits, train_labels[chosen]) * len(chosen)  # 2 error measurement
            model.backward(loss.backward())  # 3 backward pass
            for name, p in model.params.items():  # 4 weight update
                p -= rate * model.grads[name]
        history["train"].append(total / len(train_x))
        history["test"].append(loss.forward(model.forward(test_x), test_labels))
    return model, history


started = time.perf_counter()
model, history = train()
seconds = time.perf_counter() - started
predicted = model.forward(test_x).argmax(axis=1)
accuracy = metrics.accuracy(model.forward(test_x), test_labels)
print(f"test accuracy {accuracy:.1%} after {seconds:.1f} s")
assert accuracy > 0.97
figures.backpropagation.histories(history, "cross-entropy", log=True)

# %% tags=["demo"]
figures.backpropagation.mistakes(test_x, test_labels, predicted)

# %% [markdown]
# Look at the ones it reads wrongly. Some of them you would not be sure of either.
#
# Is it luck? Five starts, and what becomes of the accuracy if the gradient is spoiled in one of the ways that the checks of this chapter name:

# %% tags=["demo"]
class NoGate(activations.ReLU):
    """Lets the gradient through closed units, too."""

    def backward(self, dy):
        return dy


class NoBlame(layers.Dense):
    """Hands every hidden unit the same blame, whatever its weight."""

    def backward(self, dy):
        dx = super().backward(dy)
        return np.broadcast_to(dx.mean(axis=1, keepdims=True), dx.shape)


def accuracy_of(seed, relu=activations.ReLU, last=layers.Dense, sign=1):
    rng = np.random.default_rng(seed)
    net, loss = classifier(rng, relu, last), losses.CrossEntropy()
    for _ in range(10):
        order = rng.permutation(len(train_x))
        for chosen in np.split(order, range(32, len(order), 32)):
            loss.forward(net.forward(train_x[chosen]), train_labels[chosen])
            net.backward(sign * loss.backward())
            for name, p in net.params.items():
                p -= 0.2 * net.grads[name]
    return metrics.accuracy(net.forward(test_x), test_labels)


right = [accuracy_of(seed) for seed in range(5)]
no_gate = [accuracy_of(seed, relu=NoGate) for seed in range(3)]
no_blame = [accuracy_of(seed, last=NoBlame) for seed in range(3)]
with np.errstate(all="ignore"):
    reversed_sign = accuracy_of(0, sign=-1)
table = {"right": right, "no gate": no_gate, "blame shared equally": no_blame}
table["sign reversed"] = [reversed_sign]
for name, found in table.items():
    print(f"{name:22s}", "  ".join(f"{one:.1%}" for one in found))
assert min(right) > 0.95 and reversed_sign < 0.2
assert np.mean(no_gate) > 0.95  # wrong, and hardly to be told from the right one
assert 0.85 < np.mean(no_blame) < np.mean(right) - 0.02  # wrong, and learns all the same

# %% [markdown]
# Only the reversed sign is plain to see. The other two gradients are **wrong, and the network learns**. Without the gate nobody would notice. With the blame shared equally it reads nine digits of ten, and you would look for the fault in the learning rate. This is why
# gradients are *checked* and not just tried.
#
# **Remember.** "The loss falls" proves nothing. Check the gradient.

# %% [markdown]
# ---
# # Part four: let the machine do it
#
# ## 6.14 A tiny autodiff: can the numbers do it themselves?
#
# **The question.** All backward passes were made in the same way: each step's slopes, in reverse order. Could a number *remember* what it was made of, and do that itself?
#
# **The picture.** One neuron, written as plain arithmetic with such numbers. The graph was never declared. It grew while the line was computed.

# %% tags=["demo"]
S = autodiff.Scalar
w, x, b = S(0.5), S(2.0), S(-0.25)
wx = w * x
z = wx + b
p = z.tanh()
places = {"w": (w, 0, 2), "x": (x, 0, 1), "b": (b, 0, 0)}
places |= {"w·x": (wx, 1, 1.5), "z": (z, 2, 0.75), "p = tanh z": (p, 3, 0.75)}
figures.backpropagation.graph(p, places)

# %% [markdown]
# **The idea.** A `Scalar` holds a value, and for each number it was made of (a *parent*) the slope. Python lets a class say what `+` and `*` mean: `a + b` calls `a.__add__(b)`. So
#
# - `a + b` makes a Scalar with the parents `(a, 1)` and `(b, 1)`;
# - `a * b` makes a Scalar with the parents `(a, b.value)` and `(b, a.value)`;
# - `a.tanh()` makes one with the parent `(a, 1 − y²)`.
#
# `backward()` then is the reverse sweep of 6.4. One thing is new: nobody has numbered the nodes. We need an order in which each node comes **before its parents**, so that its slope is complete when its turn comes. Go deep: put a node on a list *after* all its parents are
# on it. Read from behind, that list is such an order. It is called a topological order.

# %% tags=["demo"]
a = S(0.5)
u = a.tanh()
v = u * u  # u is used twice here,
L = v * a + u.exp()  # and once more here; a twice
products = L.backward()
measured = gradients.numerical_gradient(lambda a: np.tanh(a) ** 2 * a + np.exp(np.tanh(a)), np.array(0.5))
print(f"{products} multiplications, slope {a.grad:.6f}, measured {measured:.6f}")
np.testing.assert_allclose(a.grad, measured, rtol=1e-8)


# %% [markdown] exercise="ch06.scalar" minutes=20 difficulty=4
# ### Exercise: numbers that remember
# Write the class. The constructor and subtraction are given. `parents` holds pairs `(parent, slope)`: the Scalar it was made of, and the slope of this number for that one, a plain number.
#
# Sums and products are always taken of two Scalars. `backward()` is called once, on the output: it puts into `.grad` of every number that the output was made of the slope of the output for it. The output's own `.grad` becomes 1. Numbers that take no part keep 0.
#
# <details><summary>Hint 1</summary>
#
# A sum is a new Scalar with the value of the sum and the parents `(self, 1.0)` and `(other, 1.0)`. The product is of the same form. Whose slope is whose value?
# </details>
#
# <details><summary>Hint 2</summary>
#
# For `backward`, a helper inside the method: `visit(node)` returns at once if the node was seen; else it marks it, visits its parents, and *then* appends it to the list `order`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Give the output its 1. Then take the nodes of the list from behind. Each adds its own grad, times the slope, to the grad of each of its parents.
# </details>
#
# <details><summary>My gradient is right, except where a number is used twice</summary>
#
# If it is too small: `=` in place of `+=`, or a node whose turn came before everything had arrived. If it is too large: a node handed its grad on twice, the second time with the first part still in it.
# </details>
#
# <details><summary>I get a RecursionError</summary>
#
# Does your walk remember which nodes it has seen? And do the parents of a number really lie before it?
# </details>

# %% exercise="ch06.scalar"
class Scalar:
    """A number that remembers what it was made of.

    value: a float; grad: the slope of an output for this number, 0.0 at first.
    """

    def __init__(self, value, parents=()):
        self.value = float(value)
        self.parents = list(parents)  # pairs (parent, slope)
        self.grad = 0.0

    def __add__(self, other):
        """self + other, another Scalar -> Scalar"""
        ### BEGIN SOLUTION
        return Scalar(self.value + other.value, [(self, 1.0), (other, 1.0)])
        ### END SOLUTION

    def __mul__(self, other):
        """self · other, another Scalar -> Scalar"""
        ### BEGIN SOLUTION
        return Scalar(self.value * other.value, [(self, other.value), (other, self.value)])
        ### END SOLUTION

    def __sub__(self, other):
        return self + other * Scalar(-1.0)

    def exp(self):
        """e to the power of self -> Scalar"""
        ### BEGIN SOLUTION
        y = np.exp(self.value)
        return Scalar(y, [(self, y)])
        ### END SOLUTION

    def tanh(self):
        """tanh(self) -> Scalar"""
        ### BEGIN SOLUTION
        y = np.tanh(self.value)
        return Scalar(y, [(self, 1 - y**2)])
        ### END SOLUTION

    def backward(self):
        """Put ∂self/∂node into the grad of each node that self was made of, and 1 into self.grad."""
        ### BEGIN SOLUTION
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
        ### END SOLUTION


# %% check="ch06.scalar" points=6
check("ch06.scalar", Scalar)


# %% [markdown]
# **It trains.** D1's network again, from Scalars. No backward pass is written anywhere. NumPy's `@` works too, as it only needs `+` and `*`.

# %% tags=["demo"]
def scalars(array):
    return np.vectorize(S, otypes=[object])(array)


def stepped(array, rate=0.2):
    """New Scalars, a step against the slope away."""
    return np.vectorize(lambda p: S(p.value - rate * p.grad), otypes=[object])(array)


def answer(parameters, x):
    hidden_weight, hidden_bias, output_weight, output_bias = parameters
    h = np.array([z.tanh() for z in hidden_weight @ x + hidden_bias])
    return output_weight @ h + output_bias[0]


rng = np.random.default_rng(3)
parameters = [scalars(rng.normal(size=shape)) for shape in ((3, 2), (3,), (3,), (1,))]
errors = []
for _ in range(150):
    total = sum(((answer(parameters, x) - y) ** 2 for x, y in zip(xor_x, xor_y[:, 0])), S(0.0)) / 4
    total.backward()
    errors.append(total.value)
    parameters = [stepped(each) for each in parameters]
print("XOR:", [round(answer(parameters, x).value, 2) for x in xor_x])
print(f"loss {errors[0]:.3f} -> {errors[-1]:.5f}")
assert errors[-1] < 0.01 < errors[0]

# %% [markdown]
# **And the price.** One Python object for each number is slow. Real libraries make the nodes arrays, so that one node stands for a million multiplications. The same dense layer, once each way:

# %% tags=["demo"]
rng = np.random.default_rng(7)
weight, x, dy = rng.normal(size=(20, 20)), rng.normal(size=(5, 20)), rng.normal(size=(5, 20))


def by_scalars():
    leaves = scalars(weight)
    np.sum(scalars(x) @ leaves.T * dy).backward()
    return np.vectorize(lambda node: node.grad)(leaves)


dense = layers.Dense(20, 20, rng)
dense.params["weight"] = weight


def by_arrays():
    dense.forward(x)
    dense.backward(dy)
    return dense.grads["weight"]


np.testing.assert_allclose(by_scalars(), by_arrays())
slow, fast = milliseconds(by_scalars, repeats=2), milliseconds(by_arrays)
print(f"Scalars {slow:.1f} ms, arrays {fast:.3f} ms: {slow / fast:.0f} times")
assert slow > 20 * fast

# %% [markdown]
# **Remember.** Reverse-mode autodiff is three things: remember parents and slopes, put the nodes in order, sweep back and add up.

# %% [markdown]
# ## 6.15 The same in PyTorch
#
# PyTorch's `autograd` is such an autodiff with arrays for nodes. Beside `course_lib/layers/` lies `course_lib/layers_torch/`: same names, same order. The twin of a layer has no `backward`, as nobody needs to write one.

# %% tags=["demo"]
import inspect

import torch

from course_lib import activations_torch, layers_torch, losses_torch

print(inspect.getsource(layers.Dense))
print(inspect.getsource(layers_torch.Dense))


# %% [markdown]
# Value, gradients and time of what you wrote in this chapter, beside autograd:

# %% tags=["demo"]
DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def twin_of(model, device):
    """The same layers in PyTorch, with the same numbers."""
    made = []
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            twin = layers_torch.Dense(layer.inputs, layer.outputs, torch.Generator())
            for name, p in layer.params.items():
                getattr(twin, name).data = torch.tensor(p)
        else:
            twin = getattr(activations_torch, type(layer).__name__)()
        made.append(twin)
    return layers_torch.Sequential(*made).to(device, torch.float64)


def compare(name, model, x, labels):
    """One forward and backward pass of a classifier and of its twin."""
    loss, twin_loss = losses.CrossEntropy(), losses_torch.CrossEntropy()

    def ours():
        value = loss.forward(model.forward(x), labels)
        model.backward(loss.backward())
        return value

    value = ours()
    for device in DEVICES:
        twin = twin_of(model, device)
        at, target = torch.tensor(x, device=device), torch.tensor(labels, device=device)

        def theirs(twin=twin, at=at, target=target):
            twin.zero_grad()
            answer = twin_loss(twin(at), target)
            answer.backward()
            if at.is_cuda:
                torch.cuda.synchronize()
            return answer.item()

        off = abs(theirs() - value)
        grads = {key: p.grad.cpu().numpy() for key, p in twin.named_parameters()}
        turned = max(np.abs(grads[key] - model.grads[key]).max() for key in grads)
        print(f"{name:22s} {device:>5s} {off:9.1e} {turned:11.1e} ", end="")
        print(f"{milliseconds(ours):9.2f} ms {milliseconds(theirs):7.2f} ms")
        assert off < 1e-10 and turned < 1e-10


rng = np.random.default_rng(8)
x, labels = rng.normal(size=(1000, 64)), rng.integers(0, 10, size=1000)
last = layers.Dense(64, 10, rng)
print("network               device   Δ value  Δ gradient       NumPy    PyTorch")
compare("dense", layers.Sequential(last), x, labels)
for unit in (activations.Sigmoid, activations.ReLU):
    network = layers.Sequential(layers.Dense(64, 64, rng), unit(), last)
    compare(f"dense, {unit.__name__}, dense", network, x, labels)
hidden = [layer for _ in range(4) for layer in (layers.Dense(64, 64, rng), activations.Tanh())]
compare("four times dense, tanh", layers.Sequential(*hidden, last), x, labels)
if "cuda" not in DEVICES:
    print("no GPU here: the CPU only")


# %% [markdown]
# The whole training again, with autograd, from the same weights and on the same batches:

# %% tags=["demo"]
def train_torch(seed=0, epochs=30, rate=0.2, batch=32, device="cpu"):
    rng = np.random.default_rng(seed)
    model, loss = twin_of(classifier(rng), device), losses_torch.CrossEntropy()
    x, labels = torch.tensor(train_x, device=device), torch.tensor(train_labels, device=device)
    history = []
    for _ in range(epochs):
        order, total = torch.tensor(rng.permutation(len(x)), device=device), 0.0
        for chosen in order.split(batch):
            value = loss(model(x[chosen]), labels[chosen])  # 1 and 2
            model.zero_grad()
            value.backward()  # 3
            with torch.no_grad():  # 4: the update itself is no part of the graph
                for p in model.parameters():
                    p -= rate * p.grad
            total += value.item() * len(chosen)
        history.append(total / len(x))
    return model, history


for device in DEVICES:
    started = time.perf_counter()
    twin, twin_history = train_torch(device=device)
    theirs = time.perf_counter() - started
    with torch.no_grad():
        answers = twin(torch.tensor(test_x, device=device)).cpu().numpy()
    off = np.max(np.abs(np.array(twin_history) - history["train"]))
    twin_accuracy = metrics.accuracy(answers, test_labels)
    print(f"PyTorch, {device}: test accuracy {twin_accuracy:.1%} after {theirs:.1f} s")
    print(f"NumPy:        test accuracy {accuracy:.1%} after {seconds:.1f} s")
    print(f"largest difference of the losses {off:.1e}")
    assert twin_accuracy > 0.97 and off < 1e-6

# %% [markdown]
# The two runs stay together to many digits through 1 230 steps. For a network this small PyTorch is usually the slower one on a CPU: each operation costs some microseconds of bookkeeping. With large arrays, and on a graphics card, it is the other way round.
#
# **Remember.** Autograd computes the gradients that you derived. It saves you the work, not the understanding.

# %% [markdown]
# ## 6.16 What does autograd do with the graph?
#
# **The question.** You call `loss.backward()`, and gradients appear. What happened in between? And what do the error messages mean? Eight short experiments.
#
# **1. The graph is built while the forward pass runs.** Each result has a `grad_fn`, the function that will send its gradient back, and that one knows the next ones.

# %% tags=["demo"]
def told(function, depth=0):
    print("  " * depth + type(function).__name__)
    for following, _ in function.next_functions:
        if following is not None:
            told(following, depth + 1)


w, b = torch.tensor(0.5, requires_grad=True), torch.tensor(-0.25, requires_grad=True)
x = torch.tensor(2.0)
p = torch.tanh(w * x + b)
told(p.grad_fn)
assert x.grad_fn is None and type(p.grad_fn).__name__.startswith("Tanh")

# %% [markdown]
# `AccumulateGrad` is a leaf: a tensor that you made and that wants a gradient. `x` does not want one, so there is no branch for it, and no work.
#
# **2. What the slopes need is saved.** Tanh keeps its output, as you did in 6.8. A product keeps the other factor, if somebody wants it.

# %% tags=["demo"]
product = w * x
print(f"tanh saved its result: {p.grad_fn._saved_result.item():.4f}")
print(f"the product saved x:   {product.grad_fn._saved_other.item():.4f}")
assert p.grad_fn._saved_result.item() == p.item()
assert product.grad_fn._saved_other.item() == 2.0
assert product.grad_fn._saved_self is None  # x wants no gradient, so w is not kept

# %% [markdown]
# **3. After `backward` what was saved is freed.** A second call finds nothing. `retain_graph=True` keeps it, at the price of the memory.

# %% tags=["demo"]
p.backward()
try:
    p.backward()
    raise AssertionError("the graph was expected to be gone")
except RuntimeError as error:
    print("second time:", str(error)[:72], "…")

# %% [markdown]
# **4. Gradients add up.** `backward` does `+=` into `.grad`, as your Scalar does, and nobody sets it to 0 in between. So every training loop has a `zero_grad()`. Who forgets it trains with the sum of all gradients so far.

# %% tags=["demo"]
w = torch.tensor(3.0, requires_grad=True)
for times in (1, 2, 3):
    (w**2).backward()
    print(f"after {times} backward: grad {w.grad.item():g}")
assert w.grad.item() == 3 * 6.0

# it can be of use: two half batches give the gradient of the whole one
x, y = torch.randn(8, 3, generator=torch.Generator().manual_seed(0)), torch.ones(8)
weight = torch.zeros(3, requires_grad=True)
((x @ weight - y) ** 2).mean().backward()
whole, weight.grad = weight.grad, None
for half in (slice(0, 4), slice(4, 8)):
    (((x[half] @ weight - y[half]) ** 2).mean() / 2).backward()
torch.testing.assert_close(weight.grad, whole)
print("two halves accumulated: the gradient of the whole batch")

# %% [markdown]
# **5. The graph is new each time.** So a forward pass may hold `if` and `for`, and each example may take another road.

# %% tags=["demo"]
def bent(x):
    steps = 0
    while x < 10:  # how often depends on the value
        x, steps = 2 * x, steps + 1
    return x, steps


for start in (1.0, 4.0):
    x = torch.tensor(start, requires_grad=True)
    y, steps = bent(x)
    y.backward()
    print(f"x = {start:g}: doubled {steps} times, slope {x.grad.item():g}")
    assert x.grad.item() == 2**steps

# %% [markdown]
# **6. No graph where none is wanted.** Inside `torch.no_grad()` nothing is remembered: for answering, and for the weight update itself. `detach()` cuts one tensor off: the number goes on, the gradient does not come back.

# %% tags=["demo"]
w = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    silent = w * w
cut = w * w.detach()
cut.backward()
print("inside no_grad:", silent.grad_fn, "  slope of w·w with one factor detached:", w.grad.item())
assert silent.grad_fn is None and w.grad.item() == 3.0  # 6 without the cut

# %% [markdown]
# **7. What is saved must not be changed.** If a number is overwritten before the backward pass has used it, the slopes would be wrong. Autograd counts the changes of each tensor and refuses. Your NumPy layers do not notice: that is why `course_lib`'s dense layer keeps a *copy* of `x`.

# %% tags=["demo"]
w = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.exp(w)  # exp keeps its result
y.add_(1)  # … which is changed in place
try:
    y.sum().backward()
    raise AssertionError("autograd was expected to notice")
except RuntimeError as error:
    print("autograd:", str(error)[:96], "…")


class Careless:
    """A product with a weight of 2; keeps x itself, not a copy."""

    def forward(self, x):
        self.x = x
        return 2 * x

    def weight_gradient(self, dy):
        return float(np.sum(dy * self.x))


x = np.ones(3)
unit = Careless()
unit.forward(x)
x *= 100  # somebody uses the array again
print("careless NumPy: gradient", unit.weight_gradient(np.ones(3)), "instead of 3.0, and no word")
assert unit.weight_gradient(np.ones(3)) == 300.0

dense, x = layers.Dense(3, 1, np.random.default_rng(0)), np.ones((1, 3))
dense.forward(x)
x *= 100
dense.backward(np.ones((1, 1)))
np.testing.assert_allclose(dense.grads["weight"], 1.0)

# %% [markdown]
# **8. It checks itself as you do.** `torch.autograd.gradcheck` compares with central differences, and wants 64 bits. And since a backward pass is made of operations too, it can be differentiated again: `create_graph=True`.

# %% tags=["demo"]
x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(torch.tanh, (x,))

at = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
(first,) = torch.autograd.grad(torch.tanh(at), at, create_graph=True)
(second,) = torch.autograd.grad(first, at)
y = np.tanh(0.5)
print(f"tanh at 0.5: first slope {first.item():.6f}, second {second.item():.6f}")
np.testing.assert_allclose([first.item(), second.item()], [1 - y**2, -2 * y * (1 - y**2)])

# %% [markdown]
# | yours | autograd |
# |---|---|
# | `parents`, pairs of number and slope | `grad_fn.next_functions`, and what is saved to compute the slope |
# | `order`, each node before its parents | counts for each node how many gradients are still to come; its turn is when none is missing |
# | `parent.grad += …` | `AccumulateGrad` at the leaves; between them only as long as needed |
# | the graph stays until Python forgets it | freed by `backward`, unless `retain_graph=True` |
# | nodes are numbers | nodes are arrays, on any device |
#
# **Remember.** Built while you compute, freed when you go back, added up at the leaves, silent under `no_grad`.

# %% [markdown]
# ## 6.17 Errata of this chapter
#
# Each line is as printed in our copy of the text. But for the first, which is a matter of words, each has a cell above that fails for the printed form and holds for the mended one.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | the gradients of the weights with respect to the loss | the gradient of the loss with respect to the weights | 6.1 |
# | D1 | the shared factors of a derivative below a fraction bar | they are factors, computed once and used again | 6.5 |
# | D1 | a minimum is reached, which is the optimal set of parameters | a minimum; another start may find a better one | 6.5 |
# | D1 | activations must be continuously differentiable | almost everywhere is enough; corners are rare | 6.7 |
# | D2 | with $n$ layers the derivative is the product of $n$ derivatives | a sum of such products over all roads; a product of matrices | 6.3 |
# | D3 | linear modules give strong and stable gradients | no saturation; strength depends on the size of $W$ | 6.9 |

# %% [markdown]
# ## 6.18 The chapter on one screen
#
# | block | forward keeps | gradient for the input | for the parameters |
# |---|---|---|---|
# | $y = f(x)$, entry by entry | $y$ or $x$ | $dy \cdot f'(x)$ | |
# | $y = xW^T + b$ | $x$ | $dy\,W$ | $dW = dy^T x$, $\ db = \sum_n dy$ |
# | softmax and cross-entropy | $p$, labels | $(p - t)/N$ | |
# | chain of layers | | last layer first | each layer its own |
# | a number used twice | | the sum of what comes back | |
#
# - Along a road multiply, where roads meet add.
# - Each slope is taken at the number that arrived on the way forward: keep it.
# - Each node hands on when it is complete. Then the cost is one multiplication per arrow.
# - A gradient has the shape of what it belongs to. What is shared collects a sum.
# - Check: central differences, 64 bits, relative error at the worst entry, random `dy`.
# - A wrong gradient may still learn. Only a check tells.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Why does backpropagation start at the loss and not at the inputs?</summary>
#
# There is one loss and there are many weights. A sweep that starts at the loss gives its slopes for all of them. A sweep that starts at a weight gives the slopes for that weight only.
# </details>
#
# <details><summary>2. A number is used in three places. What is the slope of the loss for it?</summary>
#
# The sum of what comes back from the three places.
# </details>
#
# <details><summary>3. A dense layer has 5 inputs and 2 outputs and sees 8 examples. Which shapes have dy, dW, db and dx?</summary>
#
# (8, 2), (2, 5), (2,), (8, 5).
# </details>
#
# <details><summary>4. Your softmax passes the gradient check with dy = 1 everywhere. Why does that say nothing?</summary>
#
# The outputs sum to 1 whatever the logits are. So the sum has slope 0, and a backward that answers 0 passes. Take a random dy.
# </details>
#
# <details><summary>5. What does the forward pass have to keep, and when may it forget it?</summary>
#
# What the slopes are made of: the input of a dense layer, the output of a sigmoid or tanh, the open gates of a ReLU, the probabilities of a softmax. Until the backward pass has used it.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My gradient is right but for a factor of N</summary>
#
# The mean of the loss belongs in one place, the loss's own backward. N times too large: it is missing. N times too small: a layer averages again.
# </details>
#
# <details><summary>My gradient has the wrong shape</summary>
#
# It must have the shape of its parameter. Write the shapes beside every product. Usually the two factors are exchanged, or the sum over the examples is missing for a bias.
# </details>
#
# <details><summary>My check fails for one entry only</summary>
#
# Look at the numbers there. Near a corner of a ReLU? Shrink the step or move the input. Both slopes tiny? Rounding; that is what `eps` is for. Neither: an index mistake.
# </details>
#
# <details><summary>My check fails everywhere by a little, about one in a thousand</summary>
#
# Something is computed in 32 bits, or the step is too large or too small. Or the function is random: dropout must be off, and the batch the same in every call.
# </details>
#
# <details><summary>My check passes, and the network does not learn</summary>
#
# Then the gradient is not the trouble. Look at the learning rate, at the sign of the update, at whether the gradients are set to 0 in between, and whether inputs and labels belong together.
# </details>
#
# <details><summary>My network learns, but slower than others do</summary>
#
# Check the gradient all the same. 6.13 shows two wrong ones that learn.
# </details>
#
# <details><summary>My gradients are all 0</summary>
#
# Dead ReLUs, saturated sigmoids, an output weight of 0 everywhere, a `detach` or `no_grad` in the way, or a walk that starts at the wrong end.
# </details>
#
# <details><summary>My gradients grow with every step (PyTorch)</summary>
#
# They add up in `.grad`. Call `zero_grad()` before each `backward()`.
# </details>
#
# <details><summary>"Trying to backward through the graph a second time"</summary>
#
# What the graph had saved was freed by the first `backward`. Compute the loss anew. If you kept a loss from an earlier step, a running sum say, add `loss.item()` and not `loss`.
# </details>
#
# <details><summary>"… has been modified by an inplace operation"</summary>
#
# A number that the backward pass needs was overwritten: `+=`, a method with an underscore at its end, or an assignment into a slice. Write `y = y + 1` instead.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Seppo Linnainmaa, 1976, *Taylor Expansion of the Accumulated Rounding Error*, BIT Numerical Mathematics.
# - Paul Werbos, 1974, *Beyond Regression: New Tools for Prediction and Analysis in the Behavioral Sciences*, PhD thesis, Harvard University.
# - David E. Rumelhart, Geoffrey E. Hinton and Ronald J. Williams, 1986, *Learning Representations by Back-Propagating Errors*, Nature.
# - Andreas Griewank and Andrea Walther, 2008, *Evaluating Derivatives: Principles and Techniques of Algorithmic Differentiation*, SIAM.
# - Atılım Güneş Baydin, Barak A. Pearlmutter, Alexey Andreyevich Radul and Jeffrey Mark Siskind, 2018, *Automatic Differentiation in Machine Learning: a Survey*, Journal of Machine Learning Research.
# - Adam Paszke and others, 2017, *Automatic Differentiation in PyTorch*, NIPS Autodiff Workshop.
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, 2016, *Deep Learning*, MIT Press; section 6.5.
