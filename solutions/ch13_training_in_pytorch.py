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
# # Chapter 13 · Training in PyTorch
#
# A training loop is five lines, and each of them can stand in the wrong place without any error message. This chapter builds the loop line by line, gives you a program with fourteen bugs to mend, and then does what comes after training: measuring, answering, saving, watching.
#
# **After this chapter you can**
#
# - write a training loop in PyTorch from memory, and say what each line needs from the one before;
# - find the bugs that raise no error: in batches, gradients, modes, means and axes;
# - measure a classifier with a table of counts, precision, recall, specificity and the area under the ROC curve;
# - evaluate, answer one example at a time, save a run and take it up again as if it had never stopped;
# - choose a device and a number format, and watch a run in TensorBoard.
#
# **You need** backpropagation (chapter 6), losses (chapter 4), optimizers (chapter 9), classes in Python. No PyTorch: this chapter begins with it.
#
# **Time** about four hours: 126 minutes for the eleven exercises (52 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like. In this chapter most exercises get tensors and models of PyTorch; those on metrics get NumPy arrays.
#
# The chapter follows an article on the building blocks in PyTorch (D4), whose listing ends in a training loop, and what the chapter on the fundamentals of deep learning (D2) says about metrics, evaluation, inference and monitoring. Where they are wrong as printed in our copy, a cell shows it; section 13.16 collects these places.

# %% tags=["setup"]
import numpy as np
import torch
from torch import nn

from autograder import check
from course_lib import figures

# %% [markdown]
# ## 13.1 Tensors: arrays with a type, a place and a memory
#
# **The question.** A tensor looks like a NumPy array. What does it know that an array does not?
#
# **The picture.** Three things, in one printed line each: the type of its numbers, the device where it lies, and whether it remembers how it was made.

# %% tags=["demo"]
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
weight = torch.tensor([0.5, -1.0], requires_grad=True)
y = (x @ weight).sum()
print("type  ", x.dtype, "  (NumPy would say", np.array([1.0]).dtype, ")")
print("place ", x.device)
print("memory", x.grad_fn, "and", y.grad_fn)
y.backward()
print("slope of y for each weight:", weight.grad)
assert x.dtype == torch.float32 and y.grad_fn is not None
np.testing.assert_allclose(weight.grad, x.sum(dim=0))  # computed by hand: the column sums

# %% [markdown]
# **The mathematics.** The memory is the graph of chapter 6. Each operation notes its inputs and its backward rule. `y.backward()` walks the graph in reverse and **adds** $\partial y/\partial w$ to `w.grad`:
#
# $$w.\text{grad} \leftarrow w.\text{grad} + \frac{\partial y}{\partial w} .$$
#
# The plus is no accident, and it is the source of the most frequent bug of all. Call it twice, and the sum is twice as large.
#
# **The code.** The three properties must fit. If they do not, PyTorch refuses at once, which is the best kind of bug.

# %% tags=["demo"]
(x @ weight).sum().backward()
np.testing.assert_allclose(weight.grad, 2 * x.sum(dim=0))  # added, not replaced

refused = {}
for what, attempt in {
    "float64 into a float32 layer": lambda: nn.Linear(2, 3)(torch.from_numpy(np.ones((1, 2)))),
    "float labels for classes": lambda: nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.ones(2)),
    "a graph into NumPy": lambda: y.numpy(),
}.items():
    try:
        attempt()
    except RuntimeError as problem:
        refused[what] = str(problem).split(". ")[0].partition("\n")[0]
        print(f"{what:30s} {refused[what][:66]}")
assert len(refused) == 3

shared = np.zeros(3)
seen = torch.from_numpy(shared)
shared[0] = 7.0
print("from_numpy shares its memory:", seen.tolist())
assert seen[0] == 7 and torch.tensor(shared).data_ptr() != seen.data_ptr()  # torch.tensor copies

# %% [markdown]
# What goes where:
#
# | what | type | how to get it |
# |---|---|---|
# | inputs, weights | `torch.float32` | `torch.tensor(x, dtype=torch.float32)` |
# | class numbers | `torch.int64` | `torch.tensor(labels, dtype=torch.int64)` |
# | a number for printing | a Python `float` | `loss.item()` |
# | back to NumPy | an array | `t.detach().cpu().numpy()` |
#
# And the device: take the graphics processor where there is one, and move **the model and each batch** there. Nothing else in the program changes.

# %% tags=["demo"]
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.Linear(2, 3).to(device)
answer_there = layer(x.to(device))
print(f"this notebook computes on: {device}; the answer lies on {answer_there.device}")
assert answer_there.device.type == device

# %% [markdown]
# **Remember.** A tensor has a type, a place and, if gradients are wanted, a memory. `backward` adds.

# %% [markdown]
# ## 13.2 Batches: shuffled, and never torn apart
#
# **The question.** Data sets are often stored class by class. Why must the examples be shuffled, and what can go wrong with it?
#
# **The picture.** Twelve examples of three kinds, in batches of four.

# %% tags=["demo"]
stored = np.repeat([0, 1, 2], 4)
order = np.random.default_rng(1).permutation(12)
figures.training.batches({"as stored": stored, "shuffled": stored[order]}, 4, "ABC")

# %% [markdown]
# Each step listens to its batch alone. As stored, the first step hears that everything is an A, the next that everything is a B.
#
# **The mathematics.** The gradient of a batch is a good guess of the whole gradient only if the batch is a fair sample:
#
# $$\mathbb{E}\left[\frac1B \sum_{i \in \text{batch}} \nabla L_i\right] = \frac1N \sum_{i=1}^{N} \nabla L_i .$$
#
# A random permutation makes every batch a fair sample, and shows every example exactly once in an epoch.
#
# **The code.** A small network on pictures of digits, three times: as stored (sorted by class), shuffled, and with inputs and labels shuffled **apart**, each with an order of its own.

# %% tags=["demo"]
from sklearn.datasets import load_digits


def digits(seed=0):
    """Digits as tensors: 1200 to train on, 597 to validate with; pixels between 0 and 1."""
    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    x = torch.tensor(x[order] / 16, dtype=torch.float32)
    labels = torch.tensor(labels[order], dtype=torch.int64)
    return (x[:1200], labels[:1200]), (x[1200:], labels[1200:])


(x_train, y_train), (x_val, y_val) = digits()


def small_network(seed=0, *inside):
    """64 pixels, 32 hidden units, 10 scores; `inside`: layers between ReLU and scores."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), *inside, nn.Linear(32, 10))


def accuracy_of(model, x=x_val, labels=y_val):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(dim=1) == labels).float().mean().item()


def learn(model, order_of, epochs=8, lr=0.3, size=32):
    """order_of(epoch) -> the orders of inputs and of labels. -> (losses, accuracies) by epoch."""
    optimizer, seen = torch.optim.SGD(model.parameters(), lr=lr), []
    for epoch in range(epochs):
        model.train()
        of_inputs, of_labels = order_of(epoch)
        for a, b in zip(x_train[of_inputs].split(size), y_train[of_labels].split(size)):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(a), b).backward()
            optimizer.step()
        loss = nn.functional.cross_entropy(model(x_val), y_val).item()
        seen.append((loss, accuracy_of(model)))
    return np.array(seen).T


by_class = y_train.argsort()
draw = torch.Generator().manual_seed(0)


def one_order(epoch):
    order = torch.randperm(1200, generator=draw)
    return order, order


orders = {
    "sorted by class": lambda epoch: (by_class, by_class),
    "shuffled together": one_order,
    "shuffled apart": lambda epoch: (one_order(0)[0], one_order(0)[0]),
}
learned = {name: learn(small_network(), order_of) for name, order_of in orders.items()}
for name, (losses_seen, accuracies) in learned.items():
    print(f"{name:18s} validation loss {losses_seen[-1]:6.3f}, accuracy {accuracies[-1]:.1%}")
assert learned["shuffled together"][1][-1] > 0.9
assert learned["sorted by class"][1][-1] < 0.5
assert abs(learned["shuffled apart"][0][-1] - np.log(10)) < 0.15  # it has learned nothing
loss_curves = {name: seen[0] for name, seen in learned.items()}
figures.training.curves(loss_curves, "validation loss", log=True)

# %% [markdown]
# Look at *shuffled apart*: no error, no explosion. The loss stands at $\ln 10 \approx 2.303$, which is what guessing among ten classes costs. **A loss that stands at $\ln K$ means that inputs and labels do not belong together**, or that no gradient arrives.


# %% [markdown] exercise="ch13.batches" minutes=8 difficulty=1
# ### Exercise: the batches of an epoch
# Write `batches(x, labels, batch_size, generator)`. Draw one random order with `torch.randperm(len(x), generator=generator)`, once in each call, and put inputs and labels into it. Then cut both into batches. Return a list of pairs `(inputs, labels)`. What is left over at the end is a smaller, last batch. `x` and `labels` stay as they are.
#
# The check calls the function twice with the same generator. It compares the order, so draw exactly once.
#
# <details><summary>Hint 1</summary>
#
# A tensor of indices reorders rows: `x[order]`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `t.split(3)` cuts a tensor into pieces of three rows; the last piece may be shorter. `zip` makes pairs of two lists.
# </details>
#
# <details><summary>My result is an error: too many values to unpack</summary>
#
# You return a pair of lists; asked for is a list of pairs. `list(zip(…, …))` makes one out of the other.
# </details>
#
# <details><summary>My result is shuffled, but in another order than expected</summary>
#
# Did you draw more than once, or without the generator? Each draw moves the generator on. One call, one draw.
# </details>

# %% exercise="ch13.batches"
def batches(x, labels, batch_size, generator):
    """The examples of one epoch in random order, as a list of batches.

    x: tensor (N, D); labels: tensor (N,); batch_size: a whole number; generator: a torch.Generator
    -> list of (inputs (B, D), labels (B,)), B = batch_size, in the last one perhaps fewer.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(x), generator=generator)
    return list(zip(x[order].split(batch_size), labels[order].split(batch_size)))
    ### END SOLUTION


# %% check="ch13.batches" points=3
check("ch13.batches", batches)

# %% [markdown]
# PyTorch has this ready: a `Dataset` answers `len(data)` and `data[i]`, and a `DataLoader` shuffles and cuts. It is what you will use outside of exercises.

# %% tags=["demo"]
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True)
sizes = [len(labels) for _, labels in loader]
print(f"{len(loader)} batches, the first of {sizes[0]} examples, the last of {sizes[-1]}")
assert sum(sizes) == 1200 and len(loader) == 38 and sizes[-1] == 16

# %% [markdown]
# **Remember.** One random order, used for inputs and labels. Each example once in an epoch.

# %% [markdown]
# ## 13.3 One step: five lines in their order
#
# **The question.** Clear, forward, loss, backward, step. What happens between the lines?
#
# **The picture.** One weight, one example: the prediction is $w x$, the loss $\tfrac12 (wx - 1)^2$, and $x = 1$. Watch `.grad`.

# %% tags=["demo"]
def watched_steps(steps=2, lr=0.5):
    """Line by line: (line, weight, .grad, loss)."""
    w = torch.tensor([-1.0], requires_grad=True)
    sgd, loss, seen = torch.optim.SGD([w], lr=lr), None, []

    def note(line):
        grad = 0.0 if w.grad is None else w.grad.item()
        seen.append((line, w.item(), grad, None if loss is None else loss.item()))

    for _ in range(steps):
        sgd.zero_grad()
        note(0)
        prediction = w * 1.0
        note(1)
        loss = ((prediction - 1) ** 2 / 2).sum()
        note(2)
        loss.backward()
        note(3)
        sgd.step()
        note(4)
    return seen


moments = watched_steps()
after_steps = [weight for line, weight, *_ in moments if line == 4]
np.testing.assert_allclose(after_steps, [0.0, 0.5])  # half of the way each time
figures.training.one_step(moments)

# %% [markdown]
# **The mathematics.** With plain gradient descent the last line does $w \leftarrow w - \eta\, w.\text{grad}$. It takes whatever lies in `.grad`, from whichever batch. So each line needs something from the one before:
#
# | line | reads | writes |
# |---|---|---|
# | `optimizer.zero_grad()` | | `.grad` is empty |
# | `prediction = model(x)` | weights | the graph |
# | `loss = loss_function(prediction, labels)` | prediction | the end of the graph |
# | `loss.backward()` | the graph | adds to `.grad` |
# | `optimizer.step()` | `.grad` | weights |
#
# The first line may also stand last, as D4's listing has it: what matters is that `.grad` is empty before `backward`.
#
# **The code.** The right order and three wrong ones on the digits, one of them at two rates.

# %% tags=["demo"]
def learn_in_order(lines, lr=0.3, epochs=8, seed=0):
    """Training with the lines of a step in this order -> mean training loss of each epoch."""
    model, shuffled = small_network(seed), torch.Generator().manual_seed(seed)
    optimizer, means = torch.optim.SGD(model.parameters(), lr=lr), []
    for _ in range(epochs):
        order, seen = torch.randperm(1200, generator=shuffled), []
        for part in order.split(32):
            loss = nn.functional.cross_entropy(model(x_train[part]), y_train[part])
            do = {"zero": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
            for line in lines.split():
                do[line]()
            seen.append(loss.item())
        means.append(np.mean(seen))
    return np.array(means)


in_order = {
    "zero backward step": learn_in_order("zero backward step"),
    "zero step backward": learn_in_order("zero step backward"),
    "never zero, rate 0.3": learn_in_order("backward step"),
    "never zero, rate 0.01": learn_in_order("backward step", lr=0.01),
}
for name, means in in_order.items():
    print(f"{name:22s}", [f"{value:.2f}" for value in means])
assert in_order["zero backward step"][-1] < 0.3
assert in_order["zero step backward"][-1] > 2.2  # .grad is empty at every step: nothing moves
assert in_order["never zero, rate 0.3"][-1] > 1.5
assert in_order["never zero, rate 0.01"].min() < 1.0  # it does learn, for a while
try:
    learn_in_order("step zero backward", epochs=1)
except RuntimeError as problem:
    print("step zero backward:", str(problem)[:72], "…")
    refused_order = "modified by an inplace operation" in str(problem)
assert refused_order
figures.training.curves(in_order, "mean training loss")

# %% [markdown]
# Only one of the four wrong runs ends with an error: *step, zero, backward* steps with the gradient of the batch before, and then `backward` finds that the weights in its graph have changed. PyTorch notices that, in a network of two layers or more. *Zero, step, backward* says nothing and learns nothing.
#
# The missing `zero_grad` is the sly one. Adding up all gradients is momentum with $\beta = 1$, which never slows down. At a rate of 0.3 the loss grows. At 0.01 it falls nearly as it should, and then swings. One would look for the fault in the rate.
#
# That is what makes these bugs dangerous: the loss falls, and the result is worse than it should be. Nobody tells you.

# %% [markdown] exercise="ch13.train_step" minutes=8 difficulty=1
# ### Exercise: one training step
# Write `train_step(model, loss_function, optimizer, x, labels)`: one step of the optimizer on one batch. First put the model into training mode: it may come from an evaluation. Return the loss of the batch **before** the step, as a plain Python number.
#
# The loss function takes raw scores and class numbers, as `nn.CrossEntropyLoss()` does.
#
# <details><summary>Hint 1</summary>
#
# Six lines: `model.train()`, and the five lines of the picture. Then return.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `loss.item()` is the plain number. The tensor `loss` itself holds the whole graph.
# </details>
#
# <details><summary>My result is right at the first step and wrong at the second</summary>
#
# What lies in `.grad` when the second `backward` begins? It should be empty.
# </details>
#
# <details><summary>My result is an error about Long, or a float has no attribute 'backward'</summary>
#
# The loss function takes the scores first, then the labels; and the scores themselves, not their `argmax`. Keep the loss as a tensor until `backward` is done: `.item()` belongs to the `return`.
# </details>
#
# <details><summary>My weights do not move</summary>
#
# Between `backward` and `step` nothing may clear the gradients, and `step` must come last.
# </details>

# %% exercise="ch13.train_step"
def train_step(model, loss_function, optimizer, x, labels):
    """One step on one batch, in training mode.

    model: an nn.Module; loss_function(scores (N, K), labels (N,)) -> scalar tensor;
    optimizer: of the model's parameters; x: tensor (N, D); labels: tensor (N,) of class numbers
    -> the loss before the step, a plain number.
    """
    ### BEGIN SOLUTION
    model.train()
    optimizer.zero_grad()
    scores = model(x)
    loss = loss_function(scores, labels)
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% check="ch13.train_step" points=4
check("ch13.train_step", train_step)

# %% [markdown]
# **Remember.** The step takes whatever lies in `.grad`. Ask of each line: what does it read, and who wrote it?

# %% [markdown]
# ## 13.4 An epoch, and what its loss is the mean of
#
# **The question.** Each batch gives a mean loss. What is the loss of the epoch?
#
# **The picture.** Ten examples in batches of four: 4, 4 and 2. How much does each example weigh in the answer?

# %% tags=["demo"]
weights_of = {
    "mean of the three means": [[1 / 12] * 4, [1 / 12] * 4, [1 / 6] * 2],
    "mean over ten examples": [[1 / 10] * 4, [1 / 10] * 4, [1 / 10] * 2],
}
figures.training.shares(weights_of, "weight in the mean")

# %% [markdown]
# **The mathematics.** Batch $b$ has $n_b$ examples and the mean loss $\bar L_b$. The mean over all examples weighs each batch by its size:
#
# $$\bar L = \frac{\sum_b n_b \bar L_b}{\sum_b n_b} .$$
#
# With equal batches the two means agree. The last batch is the one that is not equal.
#
# **The code.** How wrong can it be? The validation digits in batches of 149: four full ones and a last one of one example.

# %% tags=["demo"]
model = small_network()
learn(model, one_order, epochs=3)
with torch.no_grad():
    each = nn.functional.cross_entropy(model(x_val), y_val, reduction="none")
worst_last = each.argsort()  # the hardest example comes last, alone
of_batches = [part.mean().item() for part in each[worst_last].split(149)]
right_mean, mean_of_means = each.mean().item(), float(np.mean(of_batches))
print("losses of the batches", [f"{value:.2f}" for value in of_batches])
print(f"mean over examples {right_mean:.3f}, mean of means {mean_of_means:.3f}")
assert [len(part) for part in each.split(149)] == [149] * 4 + [1]
assert mean_of_means > 2 * right_mean  # one example of 597 weighs a fifth

# %% [markdown]
# With shuffled batches it is seldom that bad. But then the number depends on the batch size and on the luck of the last batch, and two programs that should agree do not.

# %% [markdown] exercise="ch13.train_epoch" minutes=7 difficulty=2
# ### Exercise: one epoch
# Write `train_epoch(model, loss_function, optimizer, batches)`. Call your `train_step` for each batch, in order. Return the mean of the losses over all **examples**, as a plain number.
#
# `batches` is a list of pairs, as yours above. The check puts a right `train_step` in place of yours if yours is wrong, so a mistake there costs only once.
#
# <details><summary>Hint 1</summary>
#
# Keep two sums: of loss times number of examples, and of the number of examples. Divide at the end.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: batches of 4 and 1 with losses 1.0 and 6.0 have the mean $(4 \cdot 1 + 1 \cdot 6)/5 = 2$, not 3.5.
# </details>
#
# <details><summary>My result is a little too high or too low</summary>
#
# Is your last batch smaller? Then its loss must weigh less. See the picture above.
# </details>

# %% exercise="ch13.train_epoch"
def train_epoch(model, loss_function, optimizer, batches):
    """One step for each batch -> the mean loss over all examples, a plain number.

    model, loss_function, optimizer: as in train_step;
    batches: a list of (inputs (B, D), labels (B,)), where B may differ from batch to batch.
    """
    ### BEGIN SOLUTION
    total, count = 0.0, 0
    for x, labels in batches:
        loss = train_step(model, loss_function, optimizer, x, labels)
        total = total + loss * len(x)
        count = count + len(x)
    return total / count
    ### END SOLUTION


# %% check="ch13.train_epoch" points=3
check("ch13.train_epoch", train_epoch)

# %% [markdown]
# **Remember.** Say what a mean is over. Batches are not examples.

# %% [markdown]
# ## 13.5 A batch that does not fit: accumulate
#
# **The question.** The recipe says a batch of 512, and the memory holds 64. Can you take the same step all the same?
#
# **The picture.** Yes: let `backward` add, which it likes to do. Here is one run with whole batches of 120 and one with the same batches in pieces of 50, 50 and 20.

# %% tags=["demo"]
def learn_in_pieces(model, micro, epochs=6, lr=0.5, seed=0):
    """Batches of 120, each in pieces of `micro` examples -> the loss of every step."""
    optimizer, seen = torch.optim.SGD(model.parameters(), lr=lr), []
    shuffled = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for part in torch.randperm(1200, generator=shuffled).split(120):
            optimizer.zero_grad()
            total = 0.0
            for piece in part.split(micro):
                loss = nn.functional.cross_entropy(model(x_train[piece]), y_train[piece])
                loss = loss * len(piece) / len(part)
                loss.backward()
                total += loss.item()
            optimizer.step()
            seen.append(total)
    return np.array(seen)


whole = learn_in_pieces(small_network(), 120)
pieces = learn_in_pieces(small_network(), 50)
print(f"largest difference of {len(whole)} losses: {np.abs(whole - pieces).max():.1e}")
np.testing.assert_allclose(pieces, whole, atol=1e-3)
both = {"whole batches": whole, "in pieces": pieces}
figures.training.curves(both, "loss of the batch", x="step")

# %% [markdown]
# **The mathematics.** A batch of $N$ examples in pieces of $n_p$. The mean over the batch is a weighted sum of the pieces' means, and so is its gradient:
#
# $$\nabla \bar L = \sum_p \frac{n_p}{N}\, \nabla \bar L_p .$$
#
# So multiply each piece's loss by $n_p/N$, call `backward` on it at once (that frees its graph), and step once at the end.
#
# **One honest exception.** Batch normalization takes its mean over what it sees in one forward call. In pieces it sees the pieces, and the step is another one:

# %% tags=["demo"]
normed = [
    learn_in_pieces(small_network(0, nn.BatchNorm1d(32)), micro, epochs=1) for micro in (120, 50)
]
print("with batch normalization, first losses:", [f"{run[0]:.3f}" for run in normed])
assert abs(normed[0][0] - normed[1][0]) > 1e-3


# %% [markdown] exercise="ch13.accumulated_step" minutes=10 difficulty=3
# ### Exercise: one step in pieces
# Write `accumulated_step(model, loss_function, optimizer, x, labels, micro)`. Cut the batch into pieces of `micro` examples, in order; the last one may be smaller. Take **one** step, the same as with the whole batch. Return the mean loss of the whole batch before the step, as a plain number.
#
# The loss function gives the mean over what it is given. The model is in training mode already.
#
# <details><summary>Hint 1</summary>
#
# Clear once, before the pieces. Step once, after them. In between, only forward, loss and backward.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A piece of 2 out of 5 examples has the share 2/5. Multiply its loss by that before `backward`.
# </details>
#
# <details><summary>My result is right when the pieces are equal, and wrong otherwise</summary>
#
# You divide by the number of pieces. The share of a piece is its number of examples divided by that of the batch.
# </details>

# %% exercise="ch13.accumulated_step"
def accumulated_step(model, loss_function, optimizer, x, labels, micro):
    """One step on a batch that is seen in pieces of at most `micro` examples.

    x: tensor (N, D); labels: tensor (N,); loss_function: a mean over examples
    -> the mean loss of the N examples before the step, a plain number.
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    total = 0.0
    for a, b in zip(x.split(micro), labels.split(micro)):
        loss = loss_function(model(a), b) * (len(a) / len(x))
        loss.backward()
        total = total + loss.item()
    optimizer.step()
    return total
    ### END SOLUTION


# %% check="ch13.accumulated_step" points=4
check("ch13.accumulated_step", accumulated_step)

# %% [markdown]
# **Remember.** Gradients add, so a large batch can be seen in pieces. Each piece weighs its share.

# %% [markdown]
# ## 13.6 A program with fourteen bugs
#
# **The question.** A program runs, and the numbers are poor. Is it the idea, the rate, or a bug? How do you find out?
#
# **The picture.** D4 prints a network whose last layer is a softmax, and then the loss that applies a softmax itself. It runs without a complaint. Beside it, the same network without the softmax.

# %% tags=["demo"]
def learn_with(last, epochs=8, lr=0.1, seed=0):
    model = small_network(seed)
    model = nn.Sequential(*model, *last)
    optimizer, means = torch.optim.SGD(model.parameters(), lr=lr), []
    shuffled = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        seen = []
        for part in torch.randperm(1200, generator=shuffled).split(32):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(model(x_train[part]), y_train[part])
            loss.backward()
            optimizer.step()
            seen.append(loss.item())
        means.append(np.mean(seen))
    return np.array(means), accuracy_of(model)


once, right_once = learn_with([])
twice, right_twice = learn_with([nn.Softmax(dim=1)])
floor = np.log(1 + 9 / np.e)  # sure and right: a 1 and nine 0 go into another softmax
print(f"logits:         loss {once[-1]:.3f}, accuracy {right_once:.1%}")
print(f"softmax twice:  loss {twice[-1]:.3f}, accuracy {right_twice:.1%}; never below {floor:.3f}")
assert twice.min() > floor and once[-1] < 0.5 < right_once
assert right_twice < right_once - 0.05
figures.training.curves({"logits": once, "softmax twice": twice}, "mean training loss")

# %% [markdown]
# **The mathematics.** Probabilities lie between 0 and 1. A second softmax over $(1, 0, \dots, 0)$ gives the right class only $e/(e + K - 1)$. So the loss cannot fall below
#
# $$\ln\left(1 + \frac{K-1}{e}\right), \qquad K = 10:\ 1.461 .$$
#
# And its gradients are small from the start, because the first softmax flattens them.
#
# **The code.** Four questions find most bugs, before any long run. Ask them of every program that you write.

# %% tags=["demo"]
model = small_network()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

# 1. Is the loss of an untrained network near ln K?
first_loss = nn.functional.cross_entropy(model(x_train), y_train).item()
print(f"1. untrained: {first_loss:.3f}, ln 10 = {np.log(10):.3f}")
assert abs(first_loss - np.log(10)) < 0.2

# 2. Can it learn one batch by heart?
for _ in range(150):
    optimizer.zero_grad()
    by_heart = nn.functional.cross_entropy(model(x_train[:16]), y_train[:16])
    by_heart.backward()
    optimizer.step()
print(f"2. one batch of 16 by heart: {by_heart.item():.4f}")
assert by_heart < 0.05

# 3. Does each parameter get a gradient, and is it empty before?
optimizer.zero_grad()
assert all(p.grad is None or not p.grad.any() for p in model.parameters())
nn.functional.cross_entropy(model(x_train[:64]), y_train[:64]).backward()
print("3. gradients:", {name: f"{p.grad.norm():.2f}" for name, p in model.named_parameters()})
assert all(p.grad is not None and p.grad.any() for p in model.parameters())

# 4. Does an example depend on its neighbors in the batch?
marked = x_train[:8].clone().requires_grad_()
model(marked)[3].sum().backward()
touched = marked.grad.abs().sum(dim=1) > 0
print("4. answer 3 depends on the examples", touched.nonzero().flatten().tolist())
assert touched.tolist() == [i == 3 for i in range(8)]

# %% [markdown]
# And now yours. The next cell is a program with **fourteen** bugs. Three of them are those of D4's listing, in code of our own; the others are the most common ones of real projects. It is a page of code such as you will get from a colleague, or from a machine. Run it if you like: it fails at once, with the first of them.

# %% tags=["demo"]
class NeuralNetwork(nn.Module):
    def __init__(self, C):
        super().__init__()
        self.hidden = nn.Linear(input_size, 96)
        self.drop = nn.Dropout(0.3)
        self.norm = nn.BatchNorm1d(96)
        self.scores = nn.Linear(96, C)
        self.shares = nn.Softmax(dim=1)

    def forward(self, x):
        h = self.drop(torch.relu(self.hidden(x)))
        h = self.scores(self.norm(h))
        h = self.shares(h)


def split_data(x, labels, generator):
    x = x[torch.randperm(len(x), generator=generator)]
    labels = labels[torch.randperm(len(labels), generator=generator)]
    n = len(x) * 4 // 5
    return x, labels, x[n:], labels[n:]


def run_epoch(model, loss_function, optimizer, scheduler, batches):
    scheduler.step()
    total, count = 0.0, 0
    for x, labels in batches:
        loss = loss_function(model(x), labels.float())
        optimizer.step()
        loss.backward()
        total += loss
        count += 1
    return total / count


def measure_accuracy(model, x, labels):
    with torch.no_grad():
        prediction = model(x).argmax(dim=0)
    return (prediction == labels).float().mean().item()


try:
    NeuralNetwork(3)
except NameError as problem:
    print("NameError:", problem)


# %% [markdown] exercise="ch13.mend" minutes=35 difficulty=5
# ### Exercise: find fourteen bugs
# Copy the four pieces of the program from the cell above into the cell below, in place of what is there, and mend them. Each piece is to do what its docstring says. The check looks at each of the fourteen places on its own and **names the bugs that are left**, so you may mend one after the other and ask after each. Each bug is worth one point.
#
# What the check relies on:
#
# - `NeuralNetwork(input_size, C)` has the layers that you see, in the same order, but for what is a bug;
# - `split_data` draws one order with `torch.randperm(len(x), generator=generator)`; the first $\lfloor 4N/5 \rfloor$ examples of it are for training, the others for validation;
# - `run_epoch` calls `scheduler.step()` once an epoch, when the epoch's last batch is done; it calls `model`, `loss_function` and `optimizer` as in section 13.3, and is given models in any mode;
# - `measure_accuracy` is given a model in any mode, too; it may leave it in evaluation mode.
#
# The numbers that the check shows are counts of what it has seen: in how many of the batches the model was in training mode, how many steps used a gradient of their own batch, how many graphs were kept, and so on.
#
# <details><summary>Hint 1</summary>
#
# Three bugs are in the network, two in `split_data`, seven in `run_epoch`, two in `measure_accuracy`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Read each line of `run_epoch` with the table of section 13.3 beside it. Which line is missing, and which two are exchanged?
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two lines do something at the beginning that belongs elsewhere or is not there: who switches the mode, and when does the schedule move on? Then look at what is added up, and at what it is divided by.
# </details>
#
# <details><summary>My result is NameError: name 'input_size' is not defined</summary>
#
# That is bug number one. A constructor knows its arguments and the names of the notebook, and nothing else.
# </details>
#
# <details><summary>No bug is named any more, and yet a part is wrong</summary>
#
# Then you have mended it into another one. *The schedule*: two numbers, the steps before the first `scheduler.step()` and the calls of it; one call, behind the loop. *The mean*: each loss is a mean over its batch, so multiply it by the number of examples before you add it up. *Inputs and labels*: `split_data` returns x and labels for training first, then x and labels for validation.
# </details>
#
# <details><summary>I have mended a line, and the check still names its bug</summary>
#
# Run the cell again before you ask: the check sees the last version that was run.
# </details>

# %% exercise="ch13.mend"
class NeuralNetwork(nn.Module):
    """Dense (96 units), ReLU, dropout (0.3), batch normalization, dense.

    x (N, input_size) -> logits (N, C).
    """

    def __init__(self, input_size, C):
        """input_size: the number of features; C: the number of classes."""
        ### BEGIN SOLUTION
        super().__init__()
        self.hidden = nn.Linear(input_size, 96)
        self.drop = nn.Dropout(0.3)
        self.norm = nn.BatchNorm1d(96)
        self.scores = nn.Linear(96, C)
        ### END SOLUTION

    def forward(self, x):
        """x: tensor (N, input_size) -> logits, tensor (N, C)."""
        ### BEGIN SOLUTION
        h = self.drop(torch.relu(self.hidden(x)))
        return self.scores(self.norm(h))
        ### END SOLUTION


def split_data(x, labels, generator):
    """Four fifths of the examples, in random order, for training, the others for validation.

    x: tensor (N, D); labels: tensor (N,) -> x and labels for training, x and labels for validation.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(x), generator=generator)
    x, labels = x[order], labels[order]
    n = len(x) * 4 // 5
    return x[:n], labels[:n], x[n:], labels[n:]
    ### END SOLUTION


def run_epoch(model, loss_function, optimizer, scheduler, batches):
    """One step for each batch, in training mode, then one of the scheduler.

    batches: a list of (inputs (B, D), labels (B,)) -> the mean loss over all examples, a number.
    """
    ### BEGIN SOLUTION
    model.train()
    total, count = 0.0, 0
    for x, labels in batches:
        optimizer.zero_grad()
        loss = loss_function(model(x), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        count += len(x)
    scheduler.step()
    return total / count
    ### END SOLUTION


def measure_accuracy(model, x, labels):
    """In evaluation mode: the share of the N examples whose largest score is the right one.

    x: tensor (N, D); labels: tensor (N,) -> a plain number.
    """
    ### BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        prediction = model(x).argmax(dim=1)
    return (prediction == labels).float().mean().item()
    ### END SOLUTION


# %% check="ch13.mend" points=14
check("ch13.mend", NeuralNetwork, split_data, run_epoch, measure_accuracy)

# %% [markdown]
# **Remember.** Untrained loss near $\ln K$; one batch by heart; gradients there, and empty before; no example looks at another. Four questions, one minute.

# %% [markdown]
# ## 13.7 Which mistakes? A table of four counts
#
# **The question.** A model finds 90 % of all answers right. Is that good?
#
# **The picture.** Is this digit an eight? One in ten is. A trained network says yes where its probability is above 0.3. Beside it, in the printed numbers, a "model" that never says yes.

# %% tags=["demo"]
from course_lib import metrics

model = small_network()
learn(model, one_order, epochs=8, lr=0.1)
with torch.no_grad():
    scores_of_8 = model(x_val).softmax(dim=1)[:, 8].numpy()
is_8 = (y_val == 8).numpy().astype(int)
says_8 = (scores_of_8 > 0.3).astype(int)
never_says = np.zeros_like(is_8)
for name, prediction in {"the network": says_8, "never says yes": never_says}.items():
    print(f"{name:15s}", end="")
    for metric in (metrics.accuracy, metrics.precision, metrics.recall, metrics.specificity):
        print(f"  {metric.__name__} {metric(prediction, is_8):.3f}", end="")
    print()
assert metrics.accuracy(never_says, is_8) > 0.88 and metrics.recall(never_says, is_8) == 0
assert metrics.recall(says_8, is_8) > 0.3
figures.training.confusion(metrics.confusion(says_8, is_8), ["no eight", "an eight"])

# %% [markdown]
# **The mathematics.** Of two classes, call one positive. A **confusion table** counts four things, rows for what is true, columns for what was predicted:
#
# | | predicted negative | predicted positive |
# |---|---|---|
# | **true negative** | TN | FP, a false alarm |
# | **true positive** | FN, a miss | TP |
#
# Every metric is a share of some of them:
#
# $$\text{accuracy} = \frac{TP + TN}{\text{all}}, \quad \text{precision} = \frac{TP}{TP + FP}, \quad \text{recall} = \frac{TP}{TP + FN}, \quad \text{specificity} = \frac{TN}{TN + FP} .$$
#
# Precision looks down a **column**: of what was called positive, how much is? Recall (medicine says *sensitivity*) and specificity look along a **row**: of what is positive, how much was found; of what is negative, how much was left in peace?
#
# **The code.** With $K$ classes the table has $K$ rows and columns, and tells which class is taken for which.

# %% tags=["demo"]
with torch.no_grad():
    answers = model(x_val).argmax(dim=1).numpy()
ten = metrics.confusion(answers, y_val.numpy(), 10)
assert np.trace(ten) / ten.sum() == metrics.accuracy(answers, y_val.numpy())
np.testing.assert_array_equal(ten.sum(axis=1), np.bincount(y_val))  # rows are what is true
figures.training.confusion(ten, list("0123456789"))


# %% [markdown] exercise="ch13.confusion" minutes=7 difficulty=1
# ### Exercise: the table
# Write `confusion(prediction, target, classes)` for NumPy arrays of class numbers. At row `t` and column `p` it counts how often `t` was true and `p` predicted. The table has `classes` rows and columns, also where a class does not occur.
#
# <details><summary>Hint 1</summary>
#
# Begin with a table of zeros, `np.zeros((classes, classes), int)`, and go through the pairs.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A loop over `zip(prediction, target)` is fine. Without a loop, `np.add.at(table, indices, 1)` adds 1 at every pair of indices; `indices` is a pair of arrays, rows first.
# </details>
#
# <details><summary>My result is a table whose numbers are too small</summary>
#
# `table[target, prediction] += 1` with arrays adds only once for each different cell. Use a loop, or `np.add.at`.
# </details>

# %% exercise="ch13.confusion"
def confusion(prediction, target, classes):
    """How often target t was predicted as p, at row t and column p.

    prediction, target: arrays (N,) of class numbers from 0 to classes − 1
    -> array (classes, classes) of counts.
    """
    ### BEGIN SOLUTION
    table = np.zeros((classes, classes), int)
    np.add.at(table, (target, prediction), 1)
    return table
    ### END SOLUTION


# %% check="ch13.confusion" points=3
check("ch13.confusion", confusion)

# %% [markdown] exercise="ch13.rates" minutes=10 difficulty=2
# ### Exercise: four metrics
# Write `accuracy`, `precision`, `recall` and `specificity`. Each takes the table of two classes, an array `[[TN, FP], [FN, TP]]` of counts, and returns a number from 0 to 1. Where there is nothing to take a share of (0 divided by 0), precision, recall and specificity are 0.
#
# <details><summary>Hint 1</summary>
#
# Unpack first: `(tn, fp), (fn, tp) = table`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# With TN 50, FP 5, FN 10, TP 15: accuracy 65/80, precision 15/20, recall 15/25, specificity 50/55.
# </details>
#
# <details><summary>My result is nan in the last parts</summary>
#
# Nothing was called positive, so TP + FP is 0. Divide by `max(tp + fp, 1)`: then it is 0/1. The numerator is 0 anyway.
# </details>

# %% exercise="ch13.rates"
def accuracy(table):
    """(TP + TN) / all. table [[TN, FP], [FN, TP]], array (2, 2) of counts -> a number."""
    ### BEGIN SOLUTION
    return np.trace(table) / np.sum(table)
    ### END SOLUTION


def precision(table):
    """TP / (TP + FP), 0 where nothing was called so. table [[TN, FP], [FN, TP]] -> a number."""
    ### BEGIN SOLUTION
    (_, fp), (_, tp) = table
    return tp / max(tp + fp, 1)
    ### END SOLUTION


def recall(table):
    """TP / (TP + FN), 0 where nothing is positive. table [[TN, FP], [FN, TP]] -> a number."""
    ### BEGIN SOLUTION
    (_, _), (fn, tp) = table
    return tp / max(tp + fn, 1)
    ### END SOLUTION


def specificity(table):
    """TN / (TN + FP), 0 where nothing is negative. table [[TN, FP], [FN, TP]] -> a number."""
    ### BEGIN SOLUTION
    (tn, fp), (_, _) = table
    return tn / max(tn + fp, 1)
    ### END SOLUTION


# %% check="ch13.rates" points=5
check("ch13.rates", accuracy, precision, recall, specificity)

# %% [markdown]
# **Remember.** Where positives are rare, accuracy praises whoever says no. Precision is a column, recall and specificity are rows.

# %% [markdown]
# ## 13.8 All thresholds at once: the ROC curve and its area
#
# **The question.** A score becomes an answer at a threshold. Which threshold? And can a model be judged without one?
#
# **The picture.** Lower the threshold, and more positives are found, at the price of more false alarms. Each threshold is a point of the curve on the right: to the right the share of false alarms among the negatives (1 − specificity), upward the recall. It is called the *ROC curve*, receiver operating characteristic, a name from the days of radar; $\text{AUC}$ is the area under the curve.

# %% tags=["demo"]
half = [metrics.recall(scores_of_8 > t, is_8) for t in (0.9, 0.5, 0.1, 0.02)]
print("recall at the thresholds 0.9, 0.5, 0.1, 0.02:", [f"{value:.2f}" for value in half])
assert half == sorted(half)  # lower thresholds never find fewer
figures.training.separation(scores_of_8, is_8, 0.2)

# %% [markdown]
# **The mathematics.** The area under this curve has a meaning without any threshold (Hanley and McNeil, 1982). Draw one positive and one negative at random. The area is the chance that the positive scores higher, a tie counting one half:
#
# $$\text{AUC} = P(s_+ > s_-) + \tfrac12 P(s_+ = s_-) = \frac{1}{P N}\sum_{i \in +}\ \sum_{j \in -} \left( [s_i > s_j] + \tfrac12 [s_i = s_j] \right),$$
#
# with $P$ positives and $N$ negatives; a bracket is 1 where what stands in it is true, and 0 elsewhere. Guessing gives ½, perfect order gives 1.
#
# **The code.** The same number twice: from the pairs, and by adding up trapezoids under the curve. And a score that is squeezed by any growing function keeps its area: only the order counts.

# %% tags=["demo"]
thresholds_seen = [np.inf, *np.unique(scores_of_8)[::-1]]
points = np.array(
    [
        (1 - metrics.specificity(scores_of_8 >= t, is_8), metrics.recall(scores_of_8 >= t, is_8))
        for t in thresholds_seen
    ]
)
trapezoids = np.sum(np.diff(points[:, 0]) * (points[1:, 1] + points[:-1, 1]) / 2)
area = metrics.roc_auc(scores_of_8, is_8)
print(f"from the pairs {area:.6f}, under the curve {trapezoids:.6f}")
np.testing.assert_allclose(area, trapezoids, rtol=1e-12)
squeezed = np.log(scores_of_8.astype(float))
np.testing.assert_allclose(metrics.roc_auc(squeezed, is_8), area, atol=1e-3)
assert metrics.roc_auc(np.full(597, 0.3), is_8) == 0.5  # all alike: every pair is a tie


# %% [markdown] exercise="ch13.roc_auc" minutes=10 difficulty=3
# ### Exercise: the area, with ties
# Write `roc_auc(scores, target)` by the sum over pairs. `target` holds 0 and 1, both of them at least once. Equal scores count one half.
#
# <details><summary>Hint 1</summary>
#
# Split the scores first: those with target 1, those with target 0.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `positives[:, None] - negatives` has one number for each pair, shape (P, N). Its sign says who scores higher.
# </details>
#
# <details><summary>My result is right without ties and too low with them</summary>
#
# `>` gives a tie nothing. Add half of the share of pairs that are equal.
# </details>

# %% exercise="ch13.roc_auc"
def roc_auc(scores, target):
    """The chance that a positive scores higher than a negative, a tie counting one half.

    scores: array (N,) of numbers; target: array (N,) of 0 and 1 -> a number from 0 to 1.
    """
    ### BEGIN SOLUTION
    positives, negatives = scores[target == 1], scores[target == 0]
    difference = positives[:, None] - negatives
    return np.mean(difference > 0) + np.mean(difference == 0) / 2
    ### END SOLUTION


# %% check="ch13.roc_auc" points=4
check("ch13.roc_auc", roc_auc)

# %% [markdown]
# **Remember.** The area judges the order of the scores. The threshold is a decision about costs, and comes afterwards.

# %% [markdown]
# ## 13.9 Evaluation: the same weights, another mode
#
# **The question.** You evaluate the same model on the same data twice. May the answers differ?
#
# **The picture.** A network with dropout, evaluated twenty times in each mode.

# %% tags=["demo"]
model = small_network(0, nn.Dropout(0.5))
learn(model, one_order, epochs=6)


def asked(training, times=20):
    """The validation accuracy of the same weights, asked many times."""
    seen = []
    for _ in range(times):
        model.train(training)
        with torch.no_grad():
            seen.append((model(x_val).argmax(dim=1) == y_val).float().mean().item())
    return seen


torch.manual_seed(0)
modes = {"training mode": asked(True), "evaluation mode": asked(False)}
assert len(set(modes["evaluation mode"])) == 1 and len(set(modes["training mode"])) > 5
assert max(modes["training mode"]) < modes["evaluation mode"][0]
figures.training.repeats(modes, "validation accuracy")

# %% [markdown]
# **The mathematics.** Two layers behave differently. Dropout throws away units only in training. Batch normalization uses the batch's mean in training and its running mean in evaluation, and **while it is in training mode every forward call moves the running mean**, also one on validation data:

# %% tags=["demo"]
normed = small_network(0, nn.BatchNorm1d(32))
before = normed[2].running_mean.clone()
with torch.no_grad():
    normed.train()(x_val)
moved = (normed[2].running_mean - before).abs().max().item()
with torch.no_grad():
    normed.eval()(x_val)
print(f"a look at the validation set in training mode moved the running mean by {moved:.3f}")
assert moved > 0.01 and not torch.equal(normed[2].running_mean, before)

# %% [markdown]
# **The code.** Two different things, often confused: `model.eval()` changes what layers do. `torch.no_grad()` changes whether a graph is kept. An evaluation wants both.

# %% tags=["demo"]
with torch.no_grad():
    quiet = model.eval()(x_val)
loud = model.eval()(x_val)
assert quiet.grad_fn is None and loud.grad_fn is not None  # eval() alone keeps the graph
torch.testing.assert_close(quiet, loud)  # and both answer the same
model.train()
with torch.no_grad():
    assert not torch.equal(model(x_val), model(x_val))  # no_grad alone leaves dropout on


# %% [markdown] exercise="ch13.evaluate" minutes=10 difficulty=3
# ### Exercise: an evaluation loop
# Write `evaluate(model, loss_function, x, labels, batch_size)`. Go through the examples in order, in batches (the last may be smaller), in evaluation mode and without gradients. Return two plain numbers: the mean loss and the accuracy, both over all examples. At the end the model is in the mode in which you found it.
#
# <details><summary>Hint 1</summary>
#
# `model.training` is True or False. Note it first, and call `model.train(noted)` at the end.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Keep three sums: loss times number of examples, number of right answers, number of examples.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The answer is the largest score of each row: `scores.argmax(dim=1)`, shape (B,), to be compared with the labels.
# </details>
#
# <details><summary>My result is near, and another one each time</summary>
#
# Dropout is on. Where do you switch the mode: before the first batch?
# </details>

# %% exercise="ch13.evaluate"
def evaluate(model, loss_function, x, labels, batch_size):
    """Mean loss and accuracy in evaluation mode; the mode is as before afterwards.

    loss_function: a mean over examples; x: tensor (N, D); labels: tensor (N,)
    -> (loss, accuracy), plain numbers.
    """
    ### BEGIN SOLUTION
    before = model.training
    model.eval()
    total, right = 0.0, 0
    with torch.no_grad():
        for a, b in zip(x.split(batch_size), labels.split(batch_size)):
            scores = model(a)
            total += loss_function(scores, b).item() * len(a)
            right += (scores.argmax(dim=1) == b).sum().item()
    model.train(before)
    return total / len(x), right / len(x)
    ### END SOLUTION


# %% check="ch13.evaluate" points=5
check("ch13.evaluate", evaluate)

# %% [markdown]
# **Remember.** `eval()` for the layers, `no_grad()` for the graph. Give the mode back.

# %% [markdown]
# ## 13.10 Inference: a thousand at once, or one at a time
#
# **The question.** The model is trained. Sometimes a file with a million examples waits for answers (batch), sometimes one user does (online). Is that the same thing?
#
# **The picture.** The same network, the same examples, in batches of different sizes.

# %% tags=["demo"]
import time

from course_lib import training_torch

model = small_network().to(device)
many = torch.rand(2048, 64, generator=torch.Generator().manual_seed(0)).to(device)
sizes = [1, 4, 16, 64, 256, 1024]
speeds, told = [], []
for size in sizes:
    count, seconds = min(2048, 128 * size), []
    for _ in range(4):  # the first time is slower; the fastest tells what is possible
        began = time.perf_counter()
        answers_of_size = training_torch.predict(model, many[:count], size)
        seconds.append(time.perf_counter() - began)
    told.append(answers_of_size[:128])
    speeds.append(count / min(seconds))
for one_size in told[1:]:
    torch.testing.assert_close(one_size, told[0], rtol=1e-4, atol=1e-5)  # the answers are the same
print("a second:", ", ".join(f"{size}: {speed:,.0f}" for size, speed in zip(sizes, speeds)))
figures.training.throughput(sizes, {"this network": speeds}, device)

# %% [markdown]
# Every call costs the same short time of administration, whatever its size. The examples of a batch share it. So a service that waits a few milliseconds and answers the users who came together is far faster over all, though a little slower for the first of them.
#
# **The mathematics.** What the model saw in training it must see now. If the training set was scaled, feature by feature,
#
# $$\tilde x = \frac{x - \mu}{\sigma}, \qquad \mu, \sigma \text{ of the training set},$$
#
# then these two vectors are part of the model. They are saved with it, and they are **not** computed anew from what comes in. Of one single example the standard deviation would be 0.
#
# **The code.** One picture through a model that was trained on scaled pixels. Without scaling, some answers change.

# %% tags=["demo"]
mean_pixel, std_pixel = x_train.mean(dim=0), x_train.std(dim=0) + 0.1
scaled_train, scaled_val = ((part - mean_pixel) / std_pixel for part in (x_train, x_val))
model = small_network()
adam = torch.optim.Adam(model.parameters(), lr=0.01)
training_torch.fit(
    model, nn.CrossEntropyLoss(), adam, scaled_train, y_train, epochs=6,
    rng=torch.Generator().manual_seed(0),
)  # fmt: skip
with_scaling, without = accuracy_of(model, scaled_val), accuracy_of(model, x_val)
print(f"accuracy on scaled pixels {with_scaling:.1%}; on pixels as they come {without:.1%}")
assert with_scaling > 0.9 and without < with_scaling - 0.05


# %% [markdown] exercise="ch13.answer" minutes=9 difficulty=2
# ### Exercise: answer one user
# Write `answer(model, x, mean, std)` for one example `x` of shape (D,), as it comes in. Scale it with the mean and the standard deviation of the training set, both of shape (D,). Ask the model, which takes batches (N, D) and answers with logits (N, K). Return the class number with the largest score and its probability, both plain numbers.
#
# The model may come in any mode. It answers in evaluation mode; you may leave it there.
#
# <details><summary>Hint 1</summary>
#
# `x[None]` is a batch of one example, shape (1, D).
# </details>
#
# <details><summary>Hint 2</summary>
#
# `logits.softmax(dim=1)` gives probabilities along each row. The largest is `.max()`, its place `.argmax()`; `.item()` makes plain numbers.
# </details>
#
# <details><summary>My result is always a probability of 1</summary>
#
# Along which axis is your softmax? Axis 0 is the batch, and with one example each column has one number only.
# </details>

# %% exercise="ch13.answer"
def answer(model, x, mean, std):
    """The likeliest class of one example and its probability.

    model: (N, D) -> logits (N, K); x, mean, std: tensors (D,)
    -> (class number, probability), plain numbers.
    """
    ### BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        logits = model(((x - mean) / std)[None])
    probabilities = logits.softmax(dim=1)[0]
    return probabilities.argmax().item(), probabilities.max().item()
    ### END SOLUTION


# %% check="ch13.answer" points=3
check("ch13.answer", answer)

# %% [markdown]
# **Remember.** Batches for throughput, single calls for waiting users. Whatever was done to the training inputs is part of the model.

# %% [markdown]
# ## 13.11 Saving a run, and taking it up again
#
# **The question.** The machine goes down in epoch 6 of 12. What must be on the disk so that the run goes on as if nothing had happened?
#
# **The picture.** Three ways to go on, with momentum: everything saved; the weights only; and the run that never stopped.

# %% tags=["demo"]
import copy


def a_run(seed):
    model = small_network(seed)
    return model, torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.95)


def some_epochs(model, optimizer, first, last):
    """Epochs first to last − 1, each shuffled by its own number -> losses by step."""
    seen = []
    for epoch in range(first, last):
        order = torch.randperm(1200, generator=torch.Generator().manual_seed(epoch))
        for part in order.split(240):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x_train[part]), y_train[part])
            loss.backward()
            optimizer.step()
            seen.append(loss.item())
    return seen


model, optimizer = a_run(0)
first_half = some_epochs(model, optimizer, 0, 6)
at_six = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
never_stopped = first_half + some_epochs(model, optimizer, 6, 12)

resumed = {}
for name in ("everything", "weights only"):
    model, optimizer = a_run(99)  # another start, as a new process would have it
    for unit, state in zip((model, optimizer), at_six[: 1 if name == "weights only" else 2]):
        unit.load_state_dict(state)
    resumed[name] = first_half + some_epochs(model, optimizer, 6, 12)
off = {name: np.abs(np.subtract(run, never_stopped)).max() for name, run in resumed.items()}
print({name: f"largest difference {value:.1e}" for name, value in off.items()})
np.testing.assert_allclose(resumed["everything"], never_stopped, rtol=1e-4)
assert off["weights only"] > 0.02
figures.training.curves(
    {"never stopped": never_stopped, **resumed}, "loss",
    x="step", mark=30.5, mark_words="saved here",
)  # fmt: skip

# %% [markdown]
# **The mathematics.** A step reads more than the weights. The state of a run is
#
# | what | where it is |
# |---|---|
# | weights, running means of batch normalization | `model.state_dict()` |
# | velocities, Adam's means, its count of steps, the rate | `optimizer.state_dict()` |
# | where the schedule is | `scheduler.state_dict()` |
# | how many epochs are done | a number |
# | random numbers still to come (shuffling, dropout) | the generators' states |
#
# Above, each epoch makes its own generator from its number. So the epoch is enough to shuffle alike.
#
# **The code.** A `state_dict` is a dictionary of tensors, and it **points** to the weights, it does not copy them. And of files: `torch.load(…, weights_only=True)` reads tensors and numbers. Without it, a file may hold any Python object, and loading it may run any program. Load only what you trust, or only weights.

# %% tags=["demo"]
import tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory()
place = Path(folder.name) / "numbers.pt"
torch.save({"threes": torch.full((2, 3), 3.0), "name": "a test"}, place)
print(torch.load(place, weights_only=True))

model, optimizer = a_run(0)
pointing = model.state_dict()["0.weight"]
kept = pointing.clone()
some_epochs(model, optimizer, 0, 1)
assert torch.equal(pointing, model.state_dict()["0.weight"]) and not torch.equal(kept, pointing)
print("the dictionary has changed with the training; the copy has not")


class Sly:
    """What a stranger's file may hold: loading it runs a function."""

    def __reduce__(self):
        return print, ("loading this file ran a program",)


torch.save(Sly(), Path(folder.name) / "gift.pt")
try:
    torch.load(Path(folder.name) / "gift.pt", weights_only=True)
except Exception as problem:
    print("refused:", type(problem).__name__)
    refused_gift = True
assert refused_gift


# %% [markdown] exercise="ch13.checkpoint" minutes=12 difficulty=3
# ### Exercise: save and take up again
# Write `save_checkpoint(path, model, optimizer, epoch)` and `load_checkpoint(path, model, optimizer)`. The second is given a new model and a new optimizer of the same kind. It makes both the same as those that were saved and returns the epoch.
#
# The check trains with Adam, saves, lets the first run go on, loads into a second one, and compares what comes later.
#
# <details><summary>Hint 1</summary>
#
# Put three things into one dictionary and give it to `torch.save(…, path)`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Loading is two calls of `load_state_dict`: the model's and the optimizer's. Each changes its object in place.
# </details>
#
# <details><summary>My result is an `UnpicklingError`: "Weights only load failed"</summary>
#
# You have saved the model or the optimizer as an object. Save what their `state_dict()` returns: tensors and numbers.
# </details>
#
# <details><summary>My result is right at first and drifts away afterwards</summary>
#
# The weights came back, the optimizer's memory did not. Adam's running means are part of the run.
# </details>

# %% exercise="ch13.checkpoint"
def save_checkpoint(path, model, optimizer, epoch):
    """Write the weights, the optimizer's state and the epoch, a number, into the file `path`."""
    ### BEGIN SOLUTION
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(saved, path)
    ### END SOLUTION


def load_checkpoint(path, model, optimizer):
    """Make model and optimizer what they were when they were saved -> the epoch, a number."""
    ### BEGIN SOLUTION
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    return saved["epoch"]
    ### END SOLUTION


# %% check="ch13.checkpoint" points=4
check("ch13.checkpoint", save_checkpoint, load_checkpoint)

# %% [markdown]
# **Remember.** Weights, optimizer, epoch, generators. Test it: stop, load, and compare with a run that did not stop.

# %% [markdown]
# ## 13.12 Half as many bits: mixed precision
#
# **The question.** A number of 32 bits takes twice the memory and, on a graphics processor, many times the time of one of 16 bits. What is lost with 16?
#
# **The picture.** Bits for the size of a number, and bits for its exactness.

# %% tags=["demo"]
bits = {torch.float32: (8, 23), torch.float16: (5, 10), torch.bfloat16: (8, 7)}
formats = {}
for kind, (exponent, fraction) in bits.items():
    info = torch.finfo(kind)
    assert info.bits == 1 + exponent + fraction and info.eps == 2.0**-fraction
    formats[info.dtype] = exponent, fraction, info.max, info.eps
figures.training.number_formats(formats)

# %% [markdown]
# **The mathematics.** A number with $f$ bits of fraction has a relative step of $2^{-f}$. In bfloat16 that is $1/128$: less than three decimal digits. Two things go wrong, and each has its cure.
#
# - **Small steps vanish.** At a weight of 1, bfloat16 cannot take a step below about 0.004. So the weights stay in float32.
# - **Small gradients vanish.** float16 has no positive numbers below about $6 \cdot 10^{-8}$. So the loss is multiplied by a large number before `backward` and the gradients divided by it afterwards (*loss scaling*; Micikevicius and others, 2018). bfloat16 has the range of float32 and needs no scaling.

# %% tags=["demo"]
one = torch.tensor(1.0, dtype=torch.bfloat16)
assert one + 0.003 == one and torch.tensor(1.0) + 0.003 != 1.0
total = torch.tensor(0.0, dtype=torch.bfloat16)
for _ in range(1000):
    total += 1
print("1 added a thousand times in bfloat16:", total.item())  # 256 + 1 is rounded to 256
assert total == 256
tiny = torch.tensor(1e-8)
assert tiny.half() == 0 and tiny.bfloat16() > 0 and (tiny * 1024).half().float() / 1024 > 0

# %% [markdown]
# **The code.** `torch.autocast` chooses for each operation: matrix products in 16 bits, losses and sums in 32. The weights stay as they are. `backward` is called outside of it.

# %% tags=["demo"]
def learn_mixed(mixed, epochs=6, seed=0):
    model, shuffled = small_network(seed).to(device), torch.Generator().manual_seed(seed)
    optimizer, began = torch.optim.SGD(model.parameters(), lr=0.3), time.perf_counter()
    for _ in range(epochs):
        for part in torch.randperm(1200, generator=shuffled).split(32):
            optimizer.zero_grad()
            with torch.autocast(device, torch.bfloat16, enabled=mixed):
                scores = model(x_train[part].to(device))
                loss = nn.functional.cross_entropy(scores, y_train[part].to(device))
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - began
    kinds = scores.dtype, loss.dtype, model[0].weight.dtype, model[0].weight.grad.dtype
    return accuracy_of(model.cpu()), seconds, kinds


plain, mixed = learn_mixed(False), learn_mixed(True)
for name, (right, seconds, _) in {"float32": plain, "mixed": mixed}.items():
    print(f"{name:8s} accuracy {right:.1%}, {seconds:.2f} s on {device}")
print("scores, loss, weights, gradients:", *(str(kind).removeprefix("torch.") for kind in mixed[2]))
assert mixed[2] == (torch.bfloat16, torch.float32, torch.float32, torch.float32)
assert abs(plain[0] - mixed[0]) < 0.05

# %% [markdown]
# The accuracy is nearly the same. The time is not the point on such a small network, nor on most CPUs, where changing the type costs more than the product saves. On a graphics processor with wide layers it is: see section 13.14.
#
# **Remember.** Products in 16 bits, weights and sums in 32. bfloat16 keeps the range, float16 needs its loss scaled.

# %% [markdown]
# ## 13.13 Watching a run: TensorBoard
#
# **The question.** The run takes a night. How do you see in the evening whether it is worth the night?
#
# **The picture.** TensorBoard shows what a program has written into *event files*: numbers over the steps, and how the weights are distributed. This cell trains for eight epochs, writes such files, and reads them back with TensorBoard's own reader.

# %% tags=["demo"]
from course_lib import metrics_torch

logs = Path(folder.name) / "runs" / "first"
monitor = training_torch.TensorBoardMonitor(logs)
model = small_network()
history = training_torch.fit(
    model, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.3), x_train, y_train,
    epochs=8, validation=(x_val, y_val), metrics={"accuracy": metrics_torch.accuracy},
    callbacks=[monitor], rng=torch.Generator().manual_seed(0),
)  # fmt: skip
monitor.close()

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

reader = EventAccumulator(str(logs), size_guidance={"tensors": 0}).Reload()
written = {
    tag: np.array([make_ndarray(event.tensor_proto) for event in reader.Tensors(tag)])
    for tag in ("loss", "validation_loss", "step_loss")
}
print("files:", [path.name.split(".tfevents")[0] + ".tfevents…" for path in logs.iterdir()])
print("in them:", ", ".join(reader.Tags()["tensors"]))
for tag, values in written.items():
    np.testing.assert_allclose(values, history[tag], rtol=1e-6)
assert len(written["step_loss"]) == 8 * 38
folder.cleanup()
by_epoch = {tag: written[tag] for tag in ("loss", "validation_loss")}
figures.training.curves(by_epoch, "loss, as read from the file")

# %% [markdown]
# **The code.** Outside of a notebook, you would start the page beside the run and open the address that it prints:
#
# ```
# tensorboard --logdir runs
# ```
#
# This is what it shows: two runs, at two rates, each in a folder of its own beneath `runs`. The pale lines are what was written, the strong ones are smoothed by the page.

# %% tags=["demo"]
figures.training.tensorboard_page()

# %% [markdown]
# Give each run a folder of its own: TensorBoard draws all that lie beneath `runs` over each other. What to look at, in this order:
#
# | curve | what it tells |
# |---|---|
# | training loss, by step | does it learn at all; does it explode |
# | validation loss, by epoch | does it learn more than the examples by heart |
# | learning rate | was applied what was planned (chapter 10) |
# | histograms of the weights | do they grow without end, or not move at all |
#
# And after training? Go on watching: the mean of what comes in, and the share of each answer. Where they move away from those of the validation set, the world has changed, and the accuracy with it, long before anybody tells you the right labels.
#
# **Remember.** Write while you train, not afterwards. What nobody looks at needs no curve.

# %% [markdown]
# ## 13.14 The twins, and the CPU against the GPU
#
# **The question.** The course's own loop in NumPy and the one in PyTorch: is it the same training? And what does a device bring?
#
# **The picture.** Same weights, same order, 38 steps, with the largest difference of all losses and the time of both.

# %% tags=["demo"]
from course_lib import activations, layers, losses, optimizers, training

twin = small_network().double()
rng = np.random.default_rng(0)
reference = layers.Sequential(
    layers.Dense(64, 32, rng), activations.ReLU(), layers.Dense(32, 10, rng)
)
for name, p in reference.params.items():
    number, kind = name.split(".")
    value = twin.get_submodule(number).get_parameter(kind).detach().numpy()
    p[...] = value if p.shape == value.shape else value.T
x64 = x_train.double()

began = time.perf_counter()
ours = training.fit(
    reference, losses.CrossEntropy(), optimizers.SGD(0.3), x64.numpy(), y_train.numpy(), epochs=1
)
ours_seconds = time.perf_counter() - began
began = time.perf_counter()
sgd = torch.optim.SGD(twin.parameters(), lr=0.3)
theirs = training_torch.fit(twin, nn.CrossEntropyLoss(), sgd, x64, y_train, epochs=1)
twin_seconds = time.perf_counter() - began
off = np.abs(np.subtract(ours["step_loss"], theirs["step_loss"])).max()
print(f"38 steps: Δ {off:.1e}; NumPy {1e3 * ours_seconds:.1f} ms, ", end="")
print(f"PyTorch on the CPU {1e3 * twin_seconds:.1f} ms")
assert off < 1e-10

v64, right = x_val.double(), y_val.numpy()
judged = training.evaluate(
    reference, losses.CrossEntropy(), v64.numpy(), right, {"accuracy": metrics.accuracy}
)
twin_judged = training_torch.evaluate(
    twin, nn.CrossEntropyLoss(), v64, y_val, {"accuracy": metrics_torch.accuracy}
)
print("evaluated:", {name: f"{value:.4f}" for name, value in judged.items()})
for name, value in judged.items():
    assert abs(value - twin_judged[name]) < 1e-9
one_by_one = training.predict(reference, v64[:50].numpy(), batch_size=1)
np.testing.assert_allclose(one_by_one, training.predict(reference, v64[:50].numpy()))

labels_a, labels_b = rng.integers(0, 2, 20_000), rng.integers(0, 2, 20_000)
scores = rng.integers(0, 500, 20_000) / 500
tensors = [torch.as_tensor(array).to(device) for array in (labels_a, labels_b, scores)]
for name in ("accuracy", "precision", "recall", "sensitivity", "specificity", "roc_auc"):
    first, first_tensor = (scores, tensors[2]) if name == "roc_auc" else (labels_a, tensors[0])
    began = time.perf_counter()
    here = getattr(metrics, name)(first, labels_b)
    middle = time.perf_counter()
    there = float(getattr(metrics_torch, name)(first_tensor, tensors[1]))
    end = time.perf_counter()
    print(f"{name:12s} {device}  Δ {abs(here - there):.1e}", end="")
    print(f"  {1e3 * (middle - began):6.2f} ms, twin {1e3 * (end - middle):6.2f} ms")
    assert abs(here - there) < 1e-9

# %% [markdown]
# Two more metrics of D2: the cross-entropy of probabilities, and the cosine similarity, which compares directions and forgets lengths.

# %% tags=["demo"]
p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
a, b = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[2.0, 4.0], [1.0, 0.0]])
pairs = {
    "cross_entropy": (p, np.array([0, 1])),
    "cosine_similarity": (a, b),
}
for name, (prediction, target) in pairs.items():
    here = getattr(metrics, name)(prediction, target)
    as_tensors = torch.as_tensor(prediction), torch.as_tensor(target)
    there = float(getattr(metrics_torch, name)(*as_tensors))
    print(f"{name:18s} {here:.4f}, Δ {abs(here - there):.1e}")
    assert abs(here - there) < 1e-9
np.testing.assert_allclose(metrics.cosine_similarity(a, b), 0.5)  # parallel: 1, at right angles: 0

# %% [markdown]
# **The mathematics.** A device is fast where there is much to do at once. A step on it costs about
#
# $$t = t_\text{start} + \frac{\text{operations}}{\text{speed}} .$$
#
# On a graphics processor the start takes longer and the operations take far less. So a small network gains nothing there, and may even lose. A wide one gains much.
#
# **The code.** One step of a narrow and of a wide network, on the CPU and, where there is one, on the GPU; there also with mixed precision. The first steps are not counted: they load the device's programs. `synchronize` waits until the device has done what it was asked; without it you would measure how long asking takes.

# %% tags=["demo"]
def seconds_a_step(width, where, mixed=False, steps=10, examples=256):
    """The mean time of a training step of a network with two hidden layers of this width."""
    torch.manual_seed(0)
    hidden = nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()
    net = nn.Sequential(*hidden, nn.Linear(width, 10)).to(where)
    x = torch.randn(examples, 64).to(where)
    labels = torch.randint(10, (examples,)).to(where)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad()
        with torch.autocast(where, torch.bfloat16, enabled=mixed):
            loss = nn.functional.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(3):
        step()
    if where == "cuda":
        torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(steps):
        loss = step()
    if where == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - began) / steps, loss.item()


for width in (32, 1024):
    measured = {"cpu": seconds_a_step(width, "cpu")}
    if device == "cuda":
        measured["cuda"] = seconds_a_step(width, "cuda")
        measured["cuda, mixed"] = seconds_a_step(width, "cuda", mixed=True)
        assert abs(measured["cuda"][1] - measured["cpu"][1]) < 5e-3
    for where, (seconds, loss) in measured.items():
        print(f"width {width:4d}  {where:12s} {1e3 * seconds:7.2f} ms a step, loss {loss:.4f}")
    assert all(abs(loss - np.log(10)) < 0.3 for _, loss in measured.values())
if device == "cpu":
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** Move the model once and each batch when it is needed. Measure with the device waited for.

# %% [markdown]
# ## 13.15 Play
#
# Two classes of scores, each a bell. Move the threshold, their distance, and how rare the positives are.

# %% tags=["demo"]
figures.training.thresholds()

# %% [markdown]
# - Move the threshold only. Which numbers change, and which one does not?
# - Make positives rare (5 of 405). Does the area change? Does the precision? (Precision is TP / (TP + FP); read them from the title.)
# - Distance 0: what does the curve look like, and why not exactly straight?

# %% [markdown]
# ## 13.16 Errata of this chapter
#
# Each line is as printed in our copy of the text, and is measured again here.

# %% tags=["demo"]
from course_lib.errata import ERRATA

shown = {row.name: row.show() for row in ERRATA if row.document == "D4"}
for name, numbers in shown.items():
    print(name, {what: round(value, 3) for what, value in numbers.items()})
twice, unfinished = shown["softmax_before_cross_entropy"], shown["unfinished_network"]
assert twice["printed"] > 1.4 and twice["mended"] < 1e-6  # sure and right, and yet a loss of 1.46
assert unfinished["printed is built"] == unfinished["printed outputs"] == 0

# %% [markdown]
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D4 | `nn.Softmax` as the last layer, before `nn.CrossEntropyLoss` | logits: the loss applies the softmax itself, and with two of them cannot fall below $\ln(1 + (K-1)/e)$ | 13.6 |
# | D4 | `forward` ends without `return` | it returns its answer; without, every prediction is None | 13.6 |
# | D4 | a first layer of `input_size` inputs, a name that is defined nowhere | an argument of the constructor | 13.6 |
#
# One more remark on D4's listing, which is no error: it clears the gradients at the end of the step. That is right as well, see section 13.3.

# %% [markdown]
# ## 13.17 The chapter on one screen
#
# ```
# for epoch in range(epochs):
#     model.train()
#     for x, labels in batches:                  # one random order for both
#         x, labels = x.to(device), labels.to(device)
#         optimizer.zero_grad()
#         loss = loss_function(model(x), labels) # logits in, class numbers in
#         loss.backward()
#         optimizer.step()
#         seen.append((loss.item(), len(x)))     # numbers, for a weighted mean
#     scheduler.step()
#     model.eval()
#     with torch.no_grad():
#         validate(model)
#     save(model, optimizer, scheduler, epoch)
# ```
#
# - `backward` adds to `.grad`; `step` takes what lies there.
# - A loss that stands at $\ln K$: inputs and labels torn apart, or no gradient.
# - Untrained loss near $\ln K$; one batch by heart; gradients there; no example looks at another.
# - Precision is a column, recall and specificity are rows of the table. Accuracy forgets the rare class.
# - The area under the ROC curve: the chance that a positive scores higher, ties one half.
# - `eval()` for the layers, `no_grad()` for the graph.
# - Scaling belongs to the model. So does the optimizer to the run.
# - Products in 16 bits, weights and sums in 32.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Your loss stands at 2.30 with ten classes. Name two causes.</summary>
#
# It is $\ln 10$, the loss of guessing. Inputs and labels do not belong together (shuffled apart), or the weights do not move: the gradients are cleared before the step, or the step comes before `backward`.
# </details>
#
# <details><summary>2. What happens if zero_grad is missing?</summary>
#
# The gradients of all batches add up, like momentum that never fades. The loss falls at first and then swings.
# </details>
#
# <details><summary>3. Why is the mean of the batches' losses not the loss of the epoch?</summary>
#
# The last batch is smaller, and its examples would count more. Weigh each batch by its number of examples.
# </details>
#
# <details><summary>4. One model has more recall, another more precision. Which one is better?</summary>
#
# It depends on what a miss and a false alarm cost, and perhaps they are the same model at two thresholds. The ROC curve shows all of them.
# </details>
#
# <details><summary>5. After loading, the loss is right at once and then goes another way. What was not saved?</summary>
#
# The optimizer's state: velocities, Adam's means. Or the order of the batches: the epoch and the generator.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My GPU runs out of memory after some hundred steps</summary>
#
# Something keeps graphs alive. Look for `total += loss` without `.item()`, for lists of tensors, and for an evaluation without `no_grad`.
# </details>
#
# <details><summary>Expected all tensors to be on the same device</summary>
#
# The model was moved and the batch was not, or the other way round. Move each batch in the loop, and make new tensors with `device=x.device`.
# </details>
#
# <details><summary>My validation accuracy jumps although nothing has changed</summary>
#
# The model is in training mode: dropout is on, or batch normalization uses the batch. Call `model.eval()`.
# </details>
#
# <details><summary>My training accuracy is fine and the service answers nonsense</summary>
#
# Compare one example bit by bit on both ways. Most often the scaling differs, the channels are in another order, or the mode is wrong.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Adam Paszke and others, 2019, *PyTorch: An Imperative Style, High-Performance Deep Learning Library*.
# - Paulius Micikevicius and others, 2018, *Mixed Precision Training*.
# - James Hanley and Barbara McNeil, 1982, *The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve*.
# - Jacob Yerushalmy, 1947, *Statistical Problems in Assessing Methods of Medical Diagnosis* (sensitivity and specificity).
# - Andrej Karpathy, 2019, *A Recipe for Training Neural Networks* (how bugs are found).
