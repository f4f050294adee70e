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
# # Chapter 14 · The network jungle
#
# Autoencoder, Hopfield net, GAN, neural Turing machine, transformer: the names make a jungle. The parts do not. You know them all by now: dense layers, convolutions, recurrences, attention, a few activations and losses. This chapter puts them together, trains each famous network on something small, and looks at what it has learned.
#
# **After this chapter you can**
#
# - say for each of twenty-one architectures what it is for, what it grew from, and who published it when;
# - assemble an autoencoder, a residual block and a transformer block from given layers, with their way back;
# - write the one step that made a network famous: the drawn code of the variational autoencoder, the recall of a Hopfield net, contrastive divergence, the moving head of a neural Turing machine;
# - make the training pairs of Word2Vec and the loss of GloVe;
# - tell from a measurement whether a network has learned, and against what it should be compared.
#
# **You need** layers and `Sequential` (chapter 2), losses (chapters 4 and 5), what `forward` and `backward` do (chapter 6), convolution, recurrence and attention (chapter 12).
#
# **Time** about five hours: 126 minutes for the eleven exercises (56 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the lecture slides *Deep Learning Basics* (D1, section 1), the slides on networks of modules (D3) and the overview of units (D0). Where they are wrong as printed in our copy, or where a measurement says something else, a cell shows it; section 14.21 collects these places.
#
# Many networks here learn for a few seconds only, so that you need not wait. Each section says what was shortened.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers

# %% [markdown]
# ## 14.1 The map of the jungle
#
# **The question.** D3 lists more than a dozen networks on one slide and says in its last line that they all rely on modules. How do they hang together?
#
# **The picture.** One lane for each family, one mark for each network, at the year of its paper. An arrow says: this grew from that. There are twenty-two marks: the perceptron, with which it began, and the twenty-one networks of this chapter. The map is drawn from a table, `figures.architectures.JUNGLE`, with people and papers. The years after 2005 have more room, because more happened.

# %% tags=["demo"]
jungle = {plant.name: plant for plant in figures.architectures.JUNGLE}
for plant in jungle.values():
    older = [jungle[parent].year for parent in plant.parents]
    assert all(year <= plant.year for year in older), plant.name  # nobody is older than a parent
late = [plant.name for plant in jungle.values() if plant.year >= 2012]
print(f"{len(jungle)} networks, {len(late)} of them from 2012 on")
assert len(late) >= len(jungle) / 2
figures.architectures.jungle_map()

# %% [markdown]
# **What is the same everywhere.** A network answers, a loss says how wrong the answer is, the gradient goes back, an optimizer takes a step. Only three things differ from plant to plant: *what is joined to what*, *what is asked*, and *where the target comes from*. The last of the three surprises most people. Most of the jungle needs no labels at all.
#
# | target | networks |
# |---|---|
# | a person's label | MLP, CNN, RNN, LSTM, GRU, residual net, transfer learning |
# | the input itself | autoencoder, denoising autoencoder, variational autoencoder, deconvolutional net, neural Turing machine (copying) |
# | the neighbors in a text | Word2Vec, GloVe, transformer |
# | none: an energy | Hopfield net, restricted Boltzmann machine |
# | another network's verdict | GAN, Wasserstein GAN |
# | rewards | deep Q-learning, policy gradient |
#
# A date says when the paper came out that the name is known by. The idea is often older. D0 prints 1989 for the convolution, 1997 for the LSTM, 2013 for Word2Vec, 2014 for GRU and GloVe, 2017 for the transformer; the map agrees, and a cell says so.

# %% tags=["demo"]
in_d0 = {"CNN": 1989, "LSTM": 1997, "transfer learning": 2012, "Word2Vec": 2013, "GRU": 2014}
in_d0 |= {"GloVe": 2014, "transformer": 2017}
assert {name: jungle[name].year for name in in_d0} == in_d0
for name in in_d0:
    print(f"{name:18s} {jungle[name].year}  {jungle[name].people}\n{'':20s}{jungle[name].paper}")

# %% [markdown]
# **Remember.** All networks are made of the same modules. Ask of each: what is joined, what is asked, where does the target come from?

# %% [markdown]
# ## 14.2 MLP and CNN: the same digits, two ways to look
#
# **The question.** The multi-layer perceptron (Rumelhart, Hinton and Williams, 1986) joins everything with everything. The convolutional network (LeCun and others, 1989) looks at neighbors only. Which one is better at reading digits?
#
# **The picture.** Both learn 1297 small digits and are asked about 500 new ones. Then the same once more, with one change: the 64 pixels of all pictures are put into another order, the same for all.

# %% tags=["demo"]
import time

import torch

from course_lib import architectures, architectures_torch, losses, metrics, optimizers, training
from course_lib.architectures import data
from course_lib.architectures_torch import supervised

began = time.perf_counter()
mlp, mlp_history = architectures.train_mlp(epochs=8)
cnn, cnn_history = architectures_torch.train_cnn(epochs=5)
print(f"both have learned in {time.perf_counter() - began:.1f} seconds")
assert mlp.forward(np.zeros((3, 64))).shape == cnn(torch.zeros(3, 1, 8, 8)).shape == (3, 10)

# %% tags=["demo"]
order = torch.tensor(np.random.default_rng(0).permutation(64))


def shuffled(images):
    """The 64 pixels of each image in another order, the same for all images."""
    return images.flatten(1)[:, order].reshape(images.shape)


(x, labels), (test_x, test_labels) = supervised.digit_images(0, 1, 8, 8)
mixed = (shuffled(x), labels), (shuffled(test_x), test_labels)
rng = torch.Generator().manual_seed(0)
mixed_history = supervised.train_classifier(architectures_torch.CNN(10, rng), *mixed, rng, 5, 0.005)
rng = np.random.default_rng(0)
known, asked = ((images.flatten(1).numpy(), answers.numpy()) for images, answers in mixed)
mlp_mixed = training.fit(
    architectures.MLP((64, 64, 10), rng), losses.CrossEntropy(), optimizers.Adam(0.003), *known, 8,
    validation=asked, metrics={"accuracy": metrics.accuracy}, rng=rng,
)
accuracies = {
    "MLP": mlp_history["validation_accuracy"],
    "CNN": cnn_history["validation_accuracy"],
    "MLP, shuffled pixels": mlp_mixed["validation_accuracy"],
    "CNN, shuffled pixels": mixed_history["validation_accuracy"],
}
sizes = {
    "MLP": sum(p.size for p in mlp.params.values()),
    "CNN": sum(p.numel() for p in cnn.parameters()),
}
for name, seen in accuracies.items():
    print(f"{name:22s} {seen[-1]:.1%} of the new digits after {len(seen)} epochs")
print("parameters:", sizes)
assert accuracies["MLP"][-1] > 0.93 and accuracies["CNN"][-1] > 0.93
assert sizes["CNN"] < sizes["MLP"] / 2
slower = np.mean(accuracies["CNN"]) - np.mean(accuracies["CNN, shuffled pixels"])
print(f"mean over the epochs: shuffling costs the CNN {100 * slower:.1f} points")
assert slower > 0.02
assert abs(accuracies["MLP, shuffled pixels"][-1] - accuracies["MLP"][-1]) < 0.03
figures.architectures.curves({"accuracy on new digits": accuracies})

# %% [markdown]
# On digits this small neither of them wins. The CNN needs less than half of the parameters. And it needs the neighborhood: with shuffled pixels it learns more slowly and stays behind, since its kernels look at pixels that are no longer neighbors. The MLP does not notice: it has no idea of "beside".
#
# **The mathematics** of both is behind you (chapters 2, 6 and 12). What is new is only how to say it: an architecture is a *claim about the data*. A convolution claims that neighbors belong together, and that what is worth seeing here is worth seeing there. Where the claim is true, it saves parameters. Where it is false, it costs accuracy.
#
# **Remember.** An architecture is a claim about the data. Shuffle the pixels, and you see which claim was made.

# %% [markdown]
# ## 14.3 Word2Vec: a word is known by its neighbors
#
# **The question.** A network wants numbers and a text has words. Which numbers should stand for *goat*, so that *goat* is near *horse* and far from *hammer*? (Mikolov and others, 2013.)
#
# **The picture.** Nobody tells the network which words are alike. It reads 800 sentences of a made-up language and guesses, from a word, which words stand beside it. (Shortened: three epochs in place of five.)

# %% tags=["demo"]
word2vec, word_history = architectures.train_word2vec(epochs=3)
words = word_history["words"]


def nearest_alike(vectors, words):
    """The share of the words whose nearest word is of their own family."""
    family = {word: name for name, group in data.FAMILIES.items() for word in group}
    family |= dict.fromkeys((*data.FAMILIES["women"], *data.FAMILIES["men"]), "people")
    known = [i for i, word in enumerate(words) if word in family]
    v = vectors[known] / np.linalg.norm(vectors[known], axis=1, keepdims=True)
    cosine = v @ v.T - 2 * np.eye(len(known))
    own = [family[words[i]] for i in known]
    return np.mean([own[i] == own[j] for i, j in enumerate(cosine.argmax(axis=1))])


blind = architectures.Word2Vec(len(words), 16, np.random.default_rng(0))
at_first, at_last = (nearest_alike(net.vectors, words) for net in (blind, word2vec))
print(f"nearest word of the same family: {at_first:.0%} before training, {at_last:.0%} after it")
assert at_last > 0.85 and at_first < 0.5
title = "16 numbers a word, in a plane"
figures.architectures.word_map(word2vec.vectors, words, data.FAMILIES, title)

# %% [markdown]
# **The mathematics.** *Skip-gram*: from the center word guess each word at most `window` places away. *Negative sampling*: guessing among all words is slow, so the network only has to tell the true neighbor from a few random words. With center vector $v$, the neighbor's vector $u$ and random ones $u_1, \dots, u_K$,
#
# $$L = -\log\sigma(u\cdot v) - \sum_{k=1}^{K} \log\sigma(-u_k \cdot v) .$$
#
# You met this loss in chapter 5. New here is only the data: the pairs.
#
# **The code.** The sentence *the goat sleeps near the barn* with a window of 2. Each word is the center once.

# %% tags=["demo"]
from course_lib.architectures.words import skip_grams as course_skip_grams

sentence = ["the", "goat", "sleeps", "near", "the", "barn"]
ids = np.array([0, 1, 2, 3, 0, 4])  # "the" has the id 0, twice
centers, contexts, _ = course_skip_grams([ids], window=2)
vocabulary = ["the", "goat", "sleeps", "near", "barn"]
for place in (0, 1, 2, 3, 4):
    print(f"{vocabulary[centers[place]]:>7s} -> {vocabulary[contexts[place]]}")
print(f"… {len(centers)} pairs in all")
assert len(centers) == 2 + 3 + 4 + 4 + 3 + 2  # words at the edges have fewer neighbors


# %% [markdown] exercise="ch14.skip_grams" minutes=8 difficulty=1
# ### Exercise: the pairs of a text
# Write `skip_grams(ids, window)`. It returns two lists or arrays of the same length, `return centers, contexts`: the centers, and beside each its context. A context is a word at most `window` places before or after the center, in the same text.
#
# The order: the centers from left to right; for each center its contexts from left to right. A place is no context of itself, but another place with the same word is.
#
# <details><summary>Hint 1</summary>
#
# Two loops: `i` over all places of the text, `j` over the places near `i`. Note down `ids[i]` and `ids[j]`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The places near `i` go from `max(0, i - window)` to `min(len(ids), i + window + 1)`, the end not included. Leave out `j == i`.
# </details>
#
# <details><summary>My result is an error: the function returned 8 things; expected 2</summary>
#
# You return one list of pairs. Keep two lists from the start, append `ids[i]` to the one and `ids[j]` to the other, and return both.
# </details>
#
# <details><summary>My result is longer than expected, and has the last word beside the first</summary>
#
# `ids[-1]` is the last word. Do not let `j` become negative.
# </details>
#
# <details><summary>My result is empty for a text of one word, and I am not sure that this is right</summary>
#
# It is right: one word has no neighbor. Two empty lists are the answer.
# </details>

# %% exercise="ch14.skip_grams"
def skip_grams(ids, window):
    """Pairs of words at most `window` places apart: by center, then by context, left to right.

    ids (T,): whole numbers, one for each word of a text; window: a whole number, 1 or more
    -> center (P,) and context (P,), two lists or arrays of ids.
    """
    ### BEGIN SOLUTION
    center, context = [], []
    for i in range(len(ids)):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if i != j:
                center.append(ids[i])
                context.append(ids[j])
    return center, context
    ### END SOLUTION


# %% check="ch14.skip_grams" points=5
check("ch14.skip_grams", skip_grams)

# %% [markdown]
# **Remember.** No labels: the text is its own teacher. Words in the same places get vectors in the same place.

# %% [markdown]
# ## 14.4 GloVe: count first, then fit the logarithm
#
# **The question.** Word2Vec walks through the text again and again. But all it can ever learn is how often words stand together. Why not count once, and fit the counts? (Pennington, Socher and Manning, 2014.)
#
# **The picture.** The same sentences, counted once: $X_{ij}$ is how often word $j$ stands near word $i$.

# %% tags=["demo"]
glove_model, glove_history = architectures.train_glove()
for name, model in {"Word2Vec": word2vec, "GloVe": glove_model}.items():
    print(f"{name:9s} nearest word of the same family: {nearest_alike(model.vectors, words):.0%}")
assert glove_history["words"] == words
assert nearest_alike(glove_model.vectors, words) > 0.7
falling = glove_history["loss"]
print(f"loss: {falling[0]:.0f} at first, {falling[-1]:.0f} after {len(falling)} steps")
assert falling[-1] < 0.02 * falling[0]
title = "GloVe: vectors from counts"
figures.architectures.word_map(glove_model.vectors, words, data.FAMILIES, title)

# %% [markdown]
# **The mathematics.** Vectors $w_i$ and $u_j$ with biases $b_i$ and $c_j$ are fitted so that their product is the logarithm of the count:
#
# $$L = \sum_{i,j:\ X_{ij} > 0} f(X_{ij})\,\bigl(w_i\cdot u_j + b_i + c_j - \log X_{ij}\bigr)^2, \qquad f(X) = \min\left(1, \frac{X}{X_{max}}\right)^{3/4} .$$
#
# Why the weight $f$? A pair that occurs once is mostly chance, so it weighs little. A pair with *the* occurs thousands of times and would drown all others, so no weight exceeds 1. A pair that never occurs has no logarithm, and $f(0) = 0$ takes it out.
#
# **The code.** The weights of five counts, with $X_{max} = 10$:

# %% tags=["demo"]
counts = np.array([0.0, 1.0, 5.0, 10.0, 500.0])
f = np.minimum(1, counts / 10) ** 0.75
print("counts ", counts, "\nweights", f.round(3))
assert f[0] == 0 and f[3] == f[4] == 1 and f[1] > 1 / 10  # a rare pair weighs more than its share


# %% [markdown] exercise="ch14.glove" minutes=10 difficulty=2
# ### Exercise: the weights and the loss of GloVe
# Write `weighting(counts, largest)`, the $f$ above with $X_{max}$ = `largest`, for a whole array at once. Then `glove_loss`, the sum over all pairs that occur. Row $i$ of `counts` belongs to `word[i]` and `word_bias[i]`, column $j$ to `context[j]` and `context_bias[j]`.
#
# <details><summary>Hint 1</summary>
#
# `np.minimum(1, counts / largest)` is the fraction, held at 1. The power comes last.
# </details>
#
# <details><summary>Hint 2</summary>
#
# All products at once: `word @ context.T`, of the shape of `counts`. The biases of the rows need a new last axis: `word_bias[:, None]`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.where(counts > 0, counts, 1)` is what the logarithm may safely be taken of. The weight is 0 there anyhow.
# </details>
#
# <details><summary>My result is nan</summary>
#
# Somewhere a count is 0. `0 * np.log(0)` is 0 times minus infinity, and that is not a number.
# </details>

# %% exercise="ch14.glove"
def weighting(counts, largest):
    """min(1, X/largest)^0.75 for every count.

    counts: an array of any shape, 0 or more; largest: a number -> an array of the same shape.
    """
    ### BEGIN SOLUTION
    return np.minimum(1, counts / largest) ** 0.75
    ### END SOLUTION


def glove_loss(counts, word, context, word_bias, context_bias, largest):
    """Σ f(X)(w·u + b + c − log X)² over the pairs that occur.

    counts (V, V), word and context (V, D), word_bias and context_bias (V,), largest a number
    -> a number.
    """
    ### BEGIN SOLUTION
    logs = np.log(np.where(counts > 0, counts, 1))
    error = word @ context.T + word_bias[:, None] + context_bias - logs
    return (weighting(counts, largest) * error**2).sum()
    ### END SOLUTION


# %% check="ch14.glove" points=4
check("ch14.glove", weighting, glove_loss)

# %% [markdown]
# **Remember.** Word2Vec predicts, GloVe counts; both end with vectors whose products say who stands beside whom.

# %% [markdown]
# ## 14.5 Autoencoders: say it again through a narrow place
#
# **The question.** A network shall answer its own input. That is easy: hand it on. What if there is a place in the middle that is too narrow for it?
#
# **The picture.** 64 pixels in, 8 numbers in the middle, 64 pixels out. What survives is what the network thinks is important. D1 counts autoencoders among the high-level architectures: they need no labels. (Hinton and Salakhutdinov, 2006. Shortened: 20 epochs in place of 60.)

# %% tags=["demo"]
squeezer, squeezed = architectures.train_autoencoder(code=8, epochs=20)
(ink, ink_labels), (new_ink, new_labels) = data.digits(np.random.default_rng(0))
again = squeezer.forward(new_ink)

# the best that straight lines can do with 8 numbers: principal components
middle = ink.mean(axis=0)
axes = np.linalg.svd(ink - middle, full_matrices=False)[2][:8]
linear = (new_ink - middle) @ axes.T @ axes + middle
errors = {"8 principal components": np.mean((linear - new_ink) ** 2)}
errors["autoencoder, 8 numbers"] = squeezed["error"][-1]
for name, error in errors.items():
    print(f"{name:24s} mean squared error {error:.4f} on new digits")
assert errors["autoencoder, 8 numbers"] < 0.8 * errors["8 principal components"]
eight = {"64 pixels": new_ink[:9], "linear": linear[:9], "network": again[:9]}
figures.architectures.image_rows(eight, "New digits, said again from 8 numbers", new_labels[:9])

# %% [markdown]
# **The mathematics.** An encoder $g$ and a decoder $h$, each with one hidden layer:
#
# $$z = W_2\,\mathrm{relu}(W_1 x + b_1) + b_2, \qquad \hat x = \sigma\bigl(W_4\,\mathrm{relu}(W_3 z + b_3) + b_4\bigr), \qquad L = \mathrm{mean}\,(\hat x - x)^2 .$$
#
# The code $z$ has no activation: it may be any number. The answer has a sigmoid, because pixels lie between 0 and 1. Without the two ReLUs the whole would be linear, and the principal components would be the best it could ever do.
#
# **The code.** A chain of layers is a layer. So is a chain of chains, and the gradient goes back through both.

# %% tags=["demo"]
rng = np.random.default_rng(0)
first = layers.Sequential(layers.Dense(6, 4, rng), activations.ReLU(), layers.Dense(4, 2, rng))
second = layers.Sequential(layers.Dense(2, 6, rng), activations.Sigmoid())
some = rng.random((5, 6))
answer = second.forward(first.forward(some))
back = first.backward(second.backward(np.ones((5, 6))))
print("answer", answer.shape, " gradient for x", back.shape)
print("parameters of the first:", list(first.params))
assert answer.shape == back.shape == (5, 6)


# %% [markdown] exercise="ch14.autoencoder" minutes=10 difficulty=2
# ### Exercise: assemble an autoencoder
# Build the two chains of the formula from `layers.Sequential`, `layers.Dense`, `activations.ReLU` and `activations.Sigmoid`: from `inputs` over `hidden` to `features` numbers, and back over `hidden` to `inputs`.
#
# `forward` returns the answer and keeps the code as `self.code`, before the decoder sees it. `backward` takes the gradient for the answer and returns the gradient for `x`.
#
# All dense layers draw their weights from the one `rng`. **Make them in the order in which x passes them.** Then your weights are those of the check.
#
# <details><summary>Hint 1</summary>
#
# The encoder is `Sequential(Dense, ReLU, Dense)`, the decoder `Sequential(Dense, ReLU, Dense, Sigmoid)`. Write the sizes beside each.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `backward` runs in the opposite order: first the decoder's, and what it answers goes into the encoder's.
# </details>
#
# <details><summary>My result is an error about shapes in backward</summary>
#
# The gradient for the answer has `inputs` columns. It must meet the decoder first: the encoder ends with `features` columns.
# </details>
#
# <details><summary>My result is a different number each time, or differs from the check everywhere</summary>
#
# Use the `rng` that you are given and no other, and make the encoder before the decoder.
# </details>

# %% exercise="ch14.autoencoder"
class Autoencoder:
    """x (N, inputs) -> code (N, features) -> x again (N, inputs), between 0 and 1."""

    def __init__(self, inputs, hidden, features, rng):
        """Three sizes, whole numbers; rng: a generator, for all dense layers in their order."""
        ### BEGIN SOLUTION
        dense, relu = layers.Dense, activations.ReLU
        self.encoder = layers.Sequential(
            dense(inputs, hidden, rng), relu(), dense(hidden, features, rng)
        )
        self.decoder = layers.Sequential(
            dense(features, hidden, rng), relu(), dense(hidden, inputs, rng), activations.Sigmoid()
        )
        ### END SOLUTION

    def forward(self, x):
        """x (N, inputs) -> (N, inputs); keeps self.code (N, features)."""
        ### BEGIN SOLUTION
        self.code = self.encoder.forward(x)
        return self.decoder.forward(self.code)
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, inputs), the gradient for the answer -> (N, inputs), the gradient for x."""
        ### BEGIN SOLUTION
        return self.encoder.backward(self.decoder.backward(dy))
        ### END SOLUTION


# %% check="ch14.autoencoder" points=4
check("ch14.autoencoder", Autoencoder)

# %% [markdown]
# **Remember.** A narrow place forces a description. Without activations the best description is linear.

# %% [markdown]
# ## 14.6 The denoising autoencoder: take away what I have added
#
# **The question.** A narrow place is one way to forbid mere copying. Is there another one, that leaves the middle wide?
#
# **The picture.** Add noise to the input, and ask for the clean picture. Copying is now wrong, because what comes in is not what is asked for. (Vincent and others, 2008. Shortened: 14 epochs in place of 60.)

# %% tags=["demo"]
cleaner, cleaned = architectures.train_denoising_autoencoder(code=32, epochs=14, noise=0.3)
noisy = new_ink + 0.3 * np.random.default_rng(1).normal(size=new_ink.shape)
error_of = {
    "the noisy picture itself": np.mean((noisy - new_ink) ** 2),
    "a plain autoencoder": np.mean((squeezer.forward(noisy) - new_ink) ** 2),
    "the denoising one": np.mean((cleaner.forward(noisy) - new_ink) ** 2),
}
for name, error in error_of.items():
    print(f"{name:26s} mean squared distance to the clean picture {error:.4f}")
np.testing.assert_allclose(error_of["the noisy picture itself"], 0.3**2, rtol=0.05)
assert error_of["the denoising one"] < 0.3 * error_of["the noisy picture itself"]
assert error_of["the denoising one"] < 0.75 * error_of["a plain autoencoder"]
wide, wide_history = architectures.train_denoising_autoencoder(code=96, epochs=6, noise=0.3)
print(f"with a code of 96 numbers for 64 pixels    {wide_history['error'][-1]:.4f} after 6 epochs")
assert wide_history["error"][-1] < 0.35 * 0.09  # wider than the input, and yet no copying
cleaning = {"noisy": noisy[:9], "cleaned": cleaner.forward(noisy)[:9], "true": new_ink[:9]}
figures.architectures.image_rows(cleaning, "New digits with noise of spread 0.3", new_labels[:9])

# %% [markdown]
# **The mathematics.** With noise $\varepsilon$ that is new for every batch, $L = \mathrm{mean}\,\bigl(h(g(x + \varepsilon)) - x\bigr)^2$. The noise is on the input and *never on the target*. If it were on both, the network would learn to copy noise. The answer that makes this loss smallest is the mean of all clean pictures that might have given the noisy one. To find that mean, the network must know what digits look like.
#
# The last line of the cell is worth a second look. D1 says that an encoder maps to a space of *lower dimension*. It need not: here the code is wider than the picture, and the noise alone keeps the network from copying.
#
# **Remember.** Noise in, clean out. The task is easy to make and hard to cheat.

# %% [markdown]
# ## 14.7 The variational autoencoder: a code with room around it
#
# **The question.** Draw a random code and decode it: a new digit? With a plain autoencoder mostly not. Its codes lie anywhere, with gaps between them that no decoder was ever asked about. How do we close the gaps?
#
# **The picture.** The encoder answers not a point but a cloud: a mean and a spread. The decoder sees a random point of the cloud. So it must be right for the neighborhood, too. And all clouds are pulled toward the same place. (Kingma and Welling, 2013. A code of two numbers, so that we can look at all of it; 10 epochs in place of 20.)

# %% tags=["demo"]
vae, vae_history = architectures_torch.train_variational(code=2, epochs=10)
tensor = torch.tensor(new_ink, dtype=torch.float32)
with torch.no_grad():
    code_mean, code_log_var = vae.encoder(tensor).chunk(2, dim=-1)
bound = vae_history["elbo"]
print(f"the bound on log p(x): {bound[0]:.1f} nats at first, {bound[-1]:.1f} after training")
assert bound[-1] > bound[0] + 20
overall = (code_mean.var(dim=0) + code_log_var.exp().mean(dim=0)).sqrt().numpy()
print("spread of all clouds together:", overall.round(2), "(asked for: 1)")
assert np.all((overall > 0.6) & (overall < 1.7))
title = "300 new digits by their code"
figures.architectures.spread_marks(code_mean.numpy()[:300], new_labels[:300], title)

# %% [markdown]
# No label was used, and yet the digits lie in groups. Now walk through the plane in even steps and decode. Every step gives something like a digit, and between two digits lies a mixture of both.

# %% tags=["demo"]
along = np.linspace(-1.8, 1.8, 11)
walk = {}
for height in (1.1, 0.0, -1.1):
    codes = torch.tensor(np.stack([along, np.full(11, height)], axis=1), dtype=torch.float32)
    with torch.no_grad():
        walk[f"second {height:+.1f}".replace("-", "−")] = vae.decoder(codes).sigmoid().numpy()
assert all(np.ptp(row, axis=0).mean() > 0.1 for row in walk.values())  # the pictures differ
marks = [f"{round(a, 1) + 0:.1f}" for a in along]
figures.architectures.image_rows(walk, "A walk through the codes", marks)

# %% [markdown]
# **The mathematics.** The encoder answers a mean $\mu$ and the logarithm of a variance, $\log\sigma^2$: a logarithm, because any number is allowed for it. A point of the cloud is drawn as
#
# $$z = \mu + \sigma\,\varepsilon, \qquad \varepsilon \text{ standard normal}, \qquad \sigma = e^{\frac12 \log \sigma^2} .$$
#
# This is called the *reparameterization trick*: the noise comes from outside, so a gradient can pass through $\mu$ and $\sigma$. The pull toward the standard normal is a divergence, in nats. Summed over the numbers of a code,
#
# $$\mathrm{KL} = \tfrac12 \sum_d \left( \mu_d^2 + \sigma_d^2 - 1 - \log \sigma_d^2 \right) .$$
#
# The loss of an example is the sum of two prices: $-\log p(x \mid z)$ for saying its pixels again, and KL for its cloud. The loss with its sign reversed is, averaged over the drawn $z$, never above $\log p(x)$. That is the *bound* which the first cell printed.
#
# **The code.** Zero for $\mu = 0, \sigma = 1$, and above zero everywhere else. Let us ask random points, too:

# %% tags=["demo"]
mu, log_var = 0.8, -0.6
rng = np.random.default_rng(0)
z = mu + np.exp(log_var / 2) * rng.normal(size=400_000)
log_q = -((z - mu) ** 2) / np.exp(log_var) / 2 - log_var / 2  # both without the same constant
measured = np.mean(log_q - (-(z**2) / 2))
formula = (mu**2 + np.exp(log_var) - 1 - log_var) / 2
print(f"KL by the formula {formula:.4f} nats, as a mean over 400 000 drawn codes {measured:.4f}")
np.testing.assert_allclose(measured, formula, rtol=0.02)
np.testing.assert_allclose([z.mean(), z.var()], [mu, np.exp(log_var)], rtol=0.02)


# %% [markdown] exercise="ch14.variational" minutes=9 difficulty=2
# ### Exercise: draw a code, and what it costs
# Write `sample_code(mean, log_var, noise)` for the first formula: the noise is given. Then `divergence(mean, log_var)`: **summed over the numbers of a code, averaged over the N examples.**
#
# <details><summary>Hint 1</summary>
#
# `log_var` is $\log\sigma^2$. So $\sigma^2$ is `np.exp(log_var)`, and $\sigma$ is `np.exp(log_var / 2)`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For one example with one number, mean 1 and `log_var` 0, the divergence is $\frac12(1 + 1 - 1 - 0) = \frac12$.
# </details>
#
# <details><summary>My result is N times too large, or too small by the length of the code</summary>
#
# Add everything up and divide by `len(mean)`. `np.mean` would also divide by the length of a code.
# </details>
#
# <details><summary>My result is negative</summary>
#
# A divergence never is. Look at the signs of the last two terms: both are subtracted.
# </details>

# %% exercise="ch14.variational"
def sample_code(mean, log_var, noise):
    """μ + σ·noise with log_var = log σ². All three (N, D) -> (N, D)."""
    ### BEGIN SOLUTION
    return mean + np.exp(log_var / 2) * noise
    ### END SOLUTION


def divergence(mean, log_var):
    """½ Σ(μ² + σ² − 1 − log σ²), summed over the code, mean over the examples.

    mean and log_var (N, D) -> a number, in nats.
    """
    ### BEGIN SOLUTION
    return (mean**2 + np.exp(log_var) - 1 - log_var).sum() / 2 / len(mean)
    ### END SOLUTION


# %% check="ch14.variational" points=5
check("ch14.variational", sample_code, divergence)

# %% [markdown]
# **Remember.** A cloud in place of a point, pulled toward one common cloud: then every code means something.

# %% [markdown]
# ## 14.8 The deconvolutional net: from small to large
#
# **The question.** Convolution with a stride makes pictures smaller. Decoders and generators need the opposite. Which layer makes a picture larger?
#
# **The picture.** Each number of the input *stamps* the kernel into the output, `stride` places after the one before. Where stamps overlap, they add up.

# %% tags=["demo"]
figures.architectures.stamps([1.0, -0.5, 2.0], [1.0, 2.0, 1.0], 2)

# %% [markdown]
# **What it is good for.** A net of one convolution, one such *transposed* convolution with stride 2, and one more convolution guesses digits of 8 × 8 from the means of their 2 × 2 squares. (Zeiler and others, 2010, gave the name; learning it from pairs like these is due to Dong and others, 2016. Shortened: 2 epochs in place of 8.)

# %% tags=["demo"]
enlarger, large_history = architectures_torch.train_deconvolution(epochs=2)
small = torch.nn.functional.avg_pool2d(tensor.reshape(-1, 1, 8, 8), 2)
with torch.no_grad():
    guessed = enlarger(small)[:, 0].numpy()
repeated = small[:, 0].numpy().repeat(2, axis=1).repeat(2, axis=2)
print(f"error of each mean said four times {large_history['repeated']:.4f}")
print(f"error of the net                   {large_history['validation_loss'][-1]:.4f}")
assert large_history["validation_loss"][-1] < 0.65 * large_history["repeated"]
enlarged = {"4 × 4": repeated[:9], "guessed": guessed[:9], "true": new_ink[:9].reshape(-1, 8, 8)}
figures.architectures.image_rows(enlarged, "From 16 numbers to 64", new_labels[:9])

# %% [markdown]
# **The mathematics.** In one dimension, with kernel $k$ of length $K$ and stride $s$,
#
# $$y_{s i + j} \mathrel{+}= x_i\, k_j, \qquad i = 0 \dots L-1,\; j = 0 \dots K-1 .$$
#
# The last stamp begins at $s(L-1)$ and is $K$ long, so the sum has $s(L-1) + K$ places. A padding $p$ cuts $p$ places off at *both* ends. Size: $s(L-1) + K - 2p$.
#
# The name is unlucky. It is not the inverse of a convolution: it is its *transpose*, the matrix that a convolution's backward pass multiplies by. The cell below checks that.

# %% tags=["demo"]
length, width, stride = 7, 3, 2
rng = np.random.default_rng(0)
kernel = rng.normal(size=width)
places = (length - width) // stride + 1
matrix = np.zeros((places, length))  # the convolution as a matrix: from 7 numbers to 3
for row in range(places):
    matrix[row, row * stride : row * stride + width] = kernel
transpose = torch.nn.functional.conv_transpose1d(
    torch.tensor(np.eye(places))[:, None], torch.tensor(kernel)[None, None], stride=stride
)[:, 0].numpy()
np.testing.assert_allclose(transpose, matrix)  # row i is what input i stamps
inverse_off = np.abs(matrix.T @ matrix - np.eye(length)).max()
print(f"there and back is not the identity: off by {inverse_off:.2f}")
assert inverse_off > 0.5


# %% [markdown] exercise="ch14.transposed" minutes=11 difficulty=2
# ### Exercise: stamps
# Write `transposed_size(length, kernel_size, stride, padding)`, and `transposed(x, kernel, stride, padding)` in one dimension. The kernel is stamped as it is, not turned round. Padding cuts off at both ends.
#
# <details><summary>Hint 1</summary>
#
# Begin with zeros of the size *without* padding. Add one stamp after the other. Cut at the very end.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The stamp of `x[i]` lies at `y[i * stride : i * stride + len(kernel)]`. Use `+=`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `y[padding : len(y) - padding]` cuts both ends and works for padding 0, too.
# </details>
#
# <details><summary>My result is empty when the padding is 0</summary>
#
# `y[0:-0]` is `y[0:0]`, which is empty. Count the end from the front: `len(y) - padding`.
# </details>

# %% exercise="ch14.transposed"
def transposed_size(length, kernel_size, stride, padding):
    """The length of the output of a transposed convolution. Whole numbers -> a whole number."""
    ### BEGIN SOLUTION
    return stride * (length - 1) + kernel_size - 2 * padding
    ### END SOLUTION


def transposed(x, kernel, stride, padding):
    """y[s·i + j] += x[i]·kernel[j], then `padding` places cut off at both ends.

    x (L,), kernel (K,), stride and padding whole numbers -> (size,).
    """
    ### BEGIN SOLUTION
    y = np.zeros(transposed_size(len(x), len(kernel), stride, 0))
    for i in range(len(x)):
        y[i * stride : i * stride + len(kernel)] += x[i] * kernel
    return y[padding : len(y) - padding]
    ### END SOLUTION


# %% check="ch14.transposed" points=4
check("ch14.transposed", transposed_size, transposed)

# %% [markdown]
# **Remember.** Stamp and add. The transpose of a convolution makes large what the convolution made small; it does not undo it.

# %% [markdown]
# ## 14.9 GANs: one invents, the other judges
#
# **The question.** How good is an invented picture? No formula says so. Could a network say it, one that learns at the same time?
#
# **The picture.** The real points lie on a ring. A *generator* turns random numbers into points. A *discriminator* sees points, real and invented, and says which is which. The generator learns from its verdicts alone: it never sees a real point. (Goodfellow and others, 2014. Shortened: 600 steps in place of 1500.)

# %% tags=["demo"]
from course_lib import losses_torch, optimizers_torch
from course_lib.architectures_torch import adversarial

numbers, rng = np.random.default_rng(0), torch.Generator().manual_seed(0)
generator = architectures_torch.Generator(4, 64, 2, rng)
discriminator = architectures_torch.Discriminator(2, 64, rng)
verdict_loss = losses_torch.BinaryCrossEntropyWithLogits()
invent = optimizers_torch.Adam(generator.parameters(), 0.001, beta1=0.5)
judge = optimizers_torch.Adam(discriminator.parameters(), 0.002, beta1=0.5)
real, fake = torch.ones(128, 1), torch.zeros(128, 1)
clouds, distances, fooling = [], [], []
moments = (0, 100, 200, 400, 600)
for step in range(601):
    if step in moments:
        clouds.append(generator.sample(250).detach().numpy())
        distances.append(adversarial.distance(generator, numbers))
    points = generator.sample(128)
    truth = verdict_loss(discriminator(adversarial.real_points(numbers, 128)), real)
    adversarial.take_step(judge, truth + verdict_loss(discriminator(points.detach()), fake))
    fooled = verdict_loss(discriminator(points), real)  # the generator wants to hear "real"
    adversarial.take_step(invent, fooled)
    fooling.append(fooled.item())
print("distance to the ring:", [f"{gap:.2f}" for gap in distances])
assert distances[-1] < 0.5 * distances[0]
figures.architectures.invented_points(data.ring(numbers, 250), clouds, moments, distances)

# %% [markdown]
# Look at the two calls of the discriminator. For its own step the invented points are `detach`ed: the generator must not move to please it. For the generator's step they are not: the gradient goes *through* the discriminator into the generator.
#
# **Can you read the loss?** In all chapters so far a falling loss was good news. Here the two losses are a tug of war. While the points came nearer to the ring, the generator's loss did not fall:

# %% tags=["demo"]
early, late = np.mean(fooling[:20]), np.mean(fooling[-100:])
print(f"generator's loss: {early:.2f} in the first 20 steps, {late:.2f} in the last 100")
assert late > 0.8 * early  # no better, though its points are
smooth_loss = np.convolve(fooling, np.ones(20) / 20, "valid")
tug = {"the generator's loss, mean of 20 steps": {"GAN": smooth_loss}}
figures.architectures.curves(tug, "step")

# %% [markdown]
# **The Wasserstein GAN** (Arjovsky, Chintala and Bottou, 2017) asks for a number that can be read. Its *critic* gives scores, with a slope of at most 1: real points high, invented ones low. The best difference of the two means is the Wasserstein distance: how far, on average, the invented points must be carried to become the real ones. A penalty holds the slope near 1 (Gulrajani and others, 2017).
#
# Is it a distance? Two heaps of points that lie 1, 2 or 4 apart. A discriminator and a critic learn to tell them apart, 80 steps each.

# %% tags=["demo"]
def judged(apart, critic):
    """What a judge says of two heaps: the discriminator's loss, or the critic's estimate."""
    rng = torch.Generator().manual_seed(0)
    net = architectures_torch.Discriminator(2, 64, rng)
    adam = optimizers_torch.Adam(net.parameters(), 0.005 if critic else 0.002, beta1=0.5, beta2=0.9)
    for _ in range(80):
        here, there = (0.3 * torch.randn(64, 2, generator=rng) for _ in range(2))
        there[:, 0] += apart
        if critic:
            value = losses_torch.Wasserstein("critic")(net(there), net(here))
            penalty = adversarial.slope_penalty(net, here, there, rng)
            adversarial.take_step(adam, value + 20 * penalty)
        else:
            value = verdict_loss(net(here), real[:64]) + verdict_loss(net(there), fake[:64])
            adversarial.take_step(adam, value)
    return -value.item() if critic else value.item()


verdicts = {apart: (judged(apart, False), judged(apart, True)) for apart in (1.0, 2.0, 4.0)}
for apart, (loss_said, estimate) in verdicts.items():
    print(f"{apart:g} apart: the discriminator's loss {loss_said:.3f}", end=", ")
    print(f"the critic's estimate {estimate:.2f}")
assert verdicts[2.0][0] < 0.1 and verdicts[4.0][0] < 0.1  # far or very far: no difference
assert verdicts[1.0][1] + 0.5 < verdicts[2.0][1] < verdicts[4.0][1] - 1  # the critic tells

# %% [markdown]
# The discriminator is sure in both cases, so its loss is near 0, and a generator that learns from it gets hardly a gradient. The critic goes on to say how far it is. Now it teaches a generator. (Shortened: 100 steps in place of 400, each with four steps of the critic and at a larger rate.)

# %% tags=["demo"]
taught, critic_history = architectures_torch.train_wasserstein_gan(
    steps=100, critic_steps=4, lr=0.005, penalty=0.5
)
carried = critic_history["distance"]
print("distance to the ring after 0, 50, 100 steps:", [f"{gap:.2f}" for gap in carried])
assert carried[-1] < 0.6 * carried[0]
untaught = architectures_torch.Generator(4, 64, 2, torch.Generator().manual_seed(0))
before_after = [net.sample(250).detach().numpy() for net in (untaught, taught)]
figures.architectures.invented_points(
    data.ring(numbers, 250), before_after, (0, 100), (carried[0], carried[-1])
)

# %% [markdown]
# **Remember.** The loss of a GAN is a verdict of an opponent who learns, too. Watch the samples, or use a critic whose number is a distance.

# %% [markdown]
# ## 14.10 The residual net: learn the difference
#
# **The question.** Eighteen layers should be at least as good as four: the others could simply hand on what they get. Why are they worse in practice, and what helps?
#
# **The picture.** Two nets of eighteen layers on the digits, with the same parameters. One has, around each pair of convolutions, a road that passes $x$ on as it is. (He and others, 2015. One epoch each.)

# %% tags=["demo"]
deep, deep_history = architectures_torch.train_residual(epochs=1)
plain, plain_history = architectures_torch.train_residual(epochs=1, skip=False)
right = {"with skips": deep_history, "without": plain_history}
for name, run in right.items():
    print(f"{name:10s} {run['validation_accuracy'][0]:.1%} of the new digits after one epoch")
assert deep_history["validation_accuracy"][0] > plain_history["validation_accuracy"][0] + 0.15
assert [p.shape for p in deep.parameters()] == [p.shape for p in plain.parameters()]
five = np.ones(5) / 5
smooth = {name: np.convolve(run["step_loss"], five, "valid") for name, run in right.items()}
figures.architectures.curves({"loss, 18 layers": smooth}, "step")

# %% [markdown]
# **The mathematics.** A block answers $y = \mathrm{relu}\bigl(x + f(x)\bigr)$. With $f = 0$ it hands $x$ on (as far as it is positive). So doing nothing is easy to learn, and $f$ only has to learn the *difference* to doing nothing: the residual. On the way back a gradient has two roads, and the sum passes it on whole:
#
# $$\frac{\partial L}{\partial x} = d + f'(x)^{T} d, \qquad d = \text{what comes back through the last ReLU} .$$
#
# What if the block changes the size? Then $x$ and $f(x)$ cannot be added. A dense layer on the shortcut, a *projection*, brings $x$ to the new size; its gradient takes the place of the first $d$.
#
# **The code.** D1 counts skip connections among the cures for vanishing gradients. The gradient that arrives at the first layer of 30, with and without them:

# %% tags=["demo"]
def first_gradient(skip, depth=30, seed=0):
    """The length of the gradient for x through `depth` small dense blocks; upstream it is 1."""
    rng = np.random.default_rng(seed)
    chain = []
    for _ in range(depth):
        f = layers.Dense(16, 16, rng)
        f.params["weight"] *= 0.3
        chain.append(layers.Residual(f) if skip else f)
    net = layers.Sequential(*chain)
    net.forward(rng.normal(size=(1, 16)))
    return np.linalg.norm(net.backward(np.full((1, 16), 0.25)))


print(f"with skips {first_gradient(True):.2g}, without {first_gradient(False):.2g}")
assert first_gradient(True) > 0.1 and first_gradient(False) < 1e-6


# %% [markdown] exercise="ch14.residual_block" minutes=14 difficulty=3
# ### Exercise: assemble a residual block
# Build $y = \mathrm{relu}(f(x) + \text{shortcut}(x))$ with $f$ = Dense from `inputs` to `hidden`, ReLU, Dense from `hidden` to `outputs`. Where `inputs == outputs` the shortcut is $x$ itself. Otherwise it is one Dense from `inputs` to `outputs`.
#
# Write `forward` and `backward`. Make the layers of $f$ first, in their order, then the shortcut's, if there is one, all with the given `rng`.
#
# <details><summary>Hint 1</summary>
#
# You need an `activations.ReLU()` object for the last ReLU: it remembers where it cut, and its `backward` needs that. It is another object than the one inside $f$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In `backward`, send `dy` through the last ReLU first. What comes out, call it `d`, goes back on both roads, and the two results are added.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Without a projection, what comes back on the shortcut is `d` itself.
# </details>
#
# <details><summary>My result is right, but my gradient is not</summary>
#
# Did the shortcut's road go through the last ReLU, too? It must: the sum lies before it. And did you use one ReLU object twice? Then it has forgotten its first input.
# </details>

# %% exercise="ch14.residual_block"
class ResidualBlock:
    """y = ReLU(f(x) + shortcut(x)), x (N, inputs) -> (N, outputs); f = Dense, ReLU, Dense."""

    def __init__(self, inputs, hidden, outputs, rng):
        """Three whole numbers; rng: a generator, for the layers of f, then for the shortcut's."""
        ### BEGIN SOLUTION
        dense = layers.Dense
        self.f = layers.Sequential(
            dense(inputs, hidden, rng), activations.ReLU(), dense(hidden, outputs, rng)
        )
        self.shortcut = activations.Identity() if inputs == outputs else dense(inputs, outputs, rng)
        self.relu = activations.ReLU()
        ### END SOLUTION

    def forward(self, x):
        """x (N, inputs) -> (N, outputs)."""
        ### BEGIN SOLUTION
        return self.relu.forward(self.f.forward(x) + self.shortcut.forward(x))
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, outputs) -> the gradient for x, (N, inputs)."""
        ### BEGIN SOLUTION
        d = self.relu.backward(dy)
        return self.f.backward(d) + self.shortcut.backward(d)
        ### END SOLUTION


# %% check="ch14.residual_block" points=6
check("ch14.residual_block", ResidualBlock)

# %% [markdown]
# **Remember.** Two roads, one sum: doing nothing is easy, and the gradient always has a way home.

# %% [markdown]
# ## 14.11 Transfer learning: freeze, then tune
#
# **The question.** You have thirty labels. A network that was trained on another task knows what strokes look like. Can it lend you that?
#
# **The picture.** Task one: which digit is this, with all its labels. Task two: odd or even, with thirty labels. From scratch; with the features of task one kept (*frozen*) and a new last layer; then with everything allowed to move a little (*fine-tuned*). The pictures are noisy, to make it hard. (Yosinski and others, 2014; D0 dates transfer learning with Bengio, 2012. Shortened: five epochs for task one, 45 for task two.)

# %% tags=["demo"]
tuned_net, tasks = architectures_torch.train_transfer(source_epochs=5, epochs=45)
curves_seen = {"from scratch": tasks["scratch"], "frozen features": tasks["frozen"]}
curves_seen["then fine-tuned"] = tasks["frozen"][-1:] + tasks["tuned"]
later = {"then fine-tuned": len(tasks["frozen"])}
for name, seen in curves_seen.items():
    print(f"{name:16s} {seen[-1]:.1%} of 500 new digits told odd from even")
assert tasks["tuned"][-1] > tasks["scratch"][-1] + 0.02
accuracy_seen = {"accuracy, 30 labels": curves_seen}
figures.architectures.curves(accuracy_seen, level=(0.5, "guessing"), starts=later)

# %% [markdown]
# The borrowed features are worth several points of accuracy. Fine-tuning has added next to nothing on top: here the two tasks see the same pictures, so there is little left to tune. It pays when the new pictures differ from the old ones.
#
# **The code.** *To freeze* means: the optimizer does not get these parameters. Which ones change in a step? Ask them.

# %% tags=["demo"]
rng = torch.Generator().manual_seed(0)
borrowed = tuned_net.with_new_head(2, rng)
few = x[:30], labels[:30] % 2


def changed(net):
    """Names of the parameters that one epoch of training changes."""
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    supervised.train_classifier(net, few, few, rng, 1, 0.001)
    return [name for name, p in net.named_parameters() if not torch.equal(p, before[name])]


borrowed.freeze()
moved_frozen = changed(borrowed)
borrowed.freeze(False)
moved_tuned = changed(borrowed)
print("frozen:    ", moved_frozen)
print(f"fine-tuned: all {len(moved_tuned)}, {moved_tuned[0]} to {moved_tuned[-1]}")
assert moved_frozen == ["head.weight", "head.bias"]
assert len(moved_tuned) == len(list(borrowed.parameters()))

# %% [markdown]
# Why first freeze and then tune? The new head begins with random weights. Its first gradients are large and mean nothing, and they would spoil the features. Let the head settle first. And tune with a small rate (here a sixth): the features are good already.
#
# **Remember.** Freeze, train the head, then tune everything slowly. It pays where labels are few.

# %% [markdown]
# ## 14.12 Learning to act: deep Q-learning and the policy gradient
#
# **The question.** Nobody says which action is right. There are only rewards, and they come late. How does a network learn from them?
#
# **The picture.** A grid with walls, a pit and a goal. Each step costs 0.04, the goal pays 1, the pit −1. A network promises a return for each cell and action: *deep Q-learning* (Mnih and others, 2013; we follow their paper of 2015). Beside it the true values, computed with full knowledge. (Shortened: 800 steps in place of 1500.)

# %% tags=["demo"]
q_net, q_history = architectures_torch.train_q_learning(steps=800)
world = data.GridWorld()
with torch.no_grad():
    promised = q_net(torch.arange(world.size)).numpy()
true = world.pay + 0.98 * np.where(world.ends, 0, world.values(0.98)[world.next])
walked, best = q_history["return"][-1], q_history["best"]
print(f"return of the greedy walk, mean over all starts: {walked:.3f}; best possible {best:.3f}")
assert walked > best - 0.3
free = world.starts
reached = world.next[free, promised[free].argmax(axis=1)]
assert not np.any(world.letters.flat[reached] == "P")  # nobody walks into the pit
both = {"learned from rewards": promised, "computed with the map": true}
figures.architectures.best_ways(both, world.letters, world.moves)

# %% [markdown]
# Look at the cells around the pit: no arrow leads into it. Where two ways are equally long the arrows may differ.
#
# **The policy gradient** (Williams, 1992) asks the network for the action itself. It plays, and afterwards makes those actions likelier that were followed by more than usual. Here it balances a pole on a cart; 200 steps are the longest possible. (Shortened: 26 rounds in place of 70.)

# %% tags=["demo"]
_, pole_history = architectures_torch.train_policy(episodes=26)
balanced = pole_history["return"]
at_last = np.mean(balanced[-5:])
print(f"steps balanced: {balanced[0]:.0f} at first, {at_last:.0f} in the last five rounds")
assert at_last > 4 * balanced[0]
acting = {
    "grid world: return": {"deep Q-learning": q_history["return"]},
    "pole: steps balanced": {"policy gradient": balanced},
}
figures.architectures.curves(acting, "round")

# %% [markdown]
# **The mathematics.** The *return* of a step is its reward and all rewards that follow in the same episode, each step farther away multiplied once more by $\gamma < 1$:
#
# $$G_t = r_t + \gamma\, r_{t+1} + \gamma^2 r_{t+2} + \dots \qquad\text{so}\qquad G_t = r_t + \gamma\,(1 - \mathrm{end}_t)\,G_{t+1} .$$
#
# $\mathrm{end}_t$ is 1 where step $t$ ends an episode: what comes after it belongs to another one. Q-learning learns $Q(s, a)$, the return that action $a$ in state $s$ promises, from $r + \gamma \max_{a'} Q(s', a')$. The policy gradient weighs $\log \pi(a \mid s)$ by the return.
#
# Both must try things out. *Epsilon-greedy*: with probability $\varepsilon$ a random action, otherwise the one with the largest $Q$.
#
# **The code.** By hand, two episodes in a row, $\gamma = \frac12$:

# %% tags=["demo"]
rewards_seen, episode_ends = np.array([1.0, 0.0, 4.0, 2.0, 2.0]), np.array([0, 0, 1, 0, 1])
by_hand = np.array([1 + 0.5 * (0 + 0.5 * 4), 0 + 0.5 * 4, 4, 2 + 0.5 * 2, 2])
for reward, ends, g in zip(rewards_seen, episode_ends, by_hand):
    print(f"reward {reward:g}, return {g:g}" + ("   end of an episode" if ends else ""))
assert by_hand.tolist() == [2.0, 2.0, 4.0, 3.0, 2.0]


# %% [markdown] exercise="ch14.returns" minutes=10 difficulty=3
# ### Exercise: returns, and epsilon-greedy
# Write `discounted_returns(rewards, ends, gamma)` for a run of steps in which episodes follow each other. After the last step of the run nothing follows.
#
# Write `epsilon_greedy(q, u, random_action, epsilon)` for N walkers at once. `u` holds a uniform number between 0 and 1 for each: **where it is below `epsilon`, the walker takes its `random_action`**, otherwise the action with the largest `q` in its row.
#
# <details><summary>Hint 1</summary>
#
# Walk from the last step to the first: `for t in reversed(range(len(rewards)))`. Keep the return of the step after it in a variable that begins with 0.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where(condition, one, other)` chooses for each walker. The best action of each row is `q.argmax(axis=1)`.
# </details>
#
# <details><summary>My result is right for one episode and wrong for several</summary>
#
# Multiply what follows by `1 - ends[t]`: at an end nothing follows. The reward of that step itself still counts.
# </details>

# %% exercise="ch14.returns"
def discounted_returns(rewards, ends, gamma):
    """G_t = r_t + γ(1 − end_t)G_{t+1}. rewards (T,), ends (T,) of 0 and 1, gamma number -> (T,)."""
    ### BEGIN SOLUTION
    returns, following = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        following = rewards[t] + gamma * (1 - ends[t]) * following
        returns[t] = following
    return returns
    ### END SOLUTION


def epsilon_greedy(q, u, random_action, epsilon):
    """The random action where u < epsilon, else the best one.

    q (N, A), u (N,), random_action (N,) whole numbers, epsilon a number -> (N,) whole numbers.
    """
    ### BEGIN SOLUTION
    return np.where(u < epsilon, random_action, q.argmax(axis=1))
    ### END SOLUTION


# %% check="ch14.returns" points=5
check("ch14.returns", discounted_returns, epsilon_greedy)

# %% [markdown]
# **Remember.** A return looks forward and is computed backward. Who never tries something new learns nothing new.

# %% [markdown]
# ## 14.13 The Hopfield net: memories are valleys
#
# **The question.** You hear three notes and know the song. How can a net complete what it has seen, without a loss, without a gradient, without layers?
#
# **The picture.** 64 units, each 1 or −1, each joined to all others. The net has stored three letters. It is shown one of them with a quarter of its units turned over, and left alone. (Hopfield, 1982.)

# %% tags=["demo"]
shapes = {
    "A": "00011000 00100100 01000010 01000010 01111110 01000010 01000010 01000010",
    "X": "10000001 01000010 00100100 00011000 00011000 00100100 01000010 10000001",
    "L": "11000000 11000000 11000000 11000000 11000000 11000000 11111111 11111111",
}
rows = [[2.0 * int(bit) - 1 for bit in bits.replace(" ", "")] for bits in shapes.values()]
letters = np.array(rows)
net = architectures.Hopfield(64)
net.store(letters)
rng = np.random.default_rng(3)
state = letters[0].copy()
state[rng.permutation(64)[:16]] *= -1
states, energies = [state.copy()], [net.energy(state)]
for k, unit in enumerate(rng.permutation(64), start=1):
    state[unit] = np.sign(net.weight[unit] @ state) or state[unit]
    if k % 16 == 0:
        states.append(state.copy())
        energies.append(net.energy(state))
wrong = [int((seen != letters[0]).sum()) for seen in states]
print("wrong units:", wrong)
print("energy:     ", [round(float(energy), 1) for energy in energies])
assert wrong[0] == 16 and wrong[-1] == 0
assert np.all(np.diff(energies) <= 1e-12)  # it never climbs
figures.architectures.recall(states, energies, letters[0])

# %% [markdown]
# **The mathematics.** Hebb's rule: units that are alike in a pattern are joined by a positive weight. With $P$ patterns $p$ of $n$ units,
#
# $$W = \frac1n \sum_{p} p\,p^{T}, \quad W_{ii} = 0, \qquad\qquad E(s) = -\tfrac12\, s^{T} W s .$$
#
# A unit follows its *field* $\sum_j W_{ij} s_j$: it becomes its sign, and stays as it is where the field is 0. One unit after the other. Then each change lowers the energy, by twice the size of the field. There are finitely many states, so the net must come to rest, in a valley. The stored patterns are valleys, as long as there are few of them.
#
# **How many?** Random patterns of 100 units, a tenth of the units flipped:

# %% tags=["demo"]
def recalled_share(count, seed=0, units=100):
    """The share of `count` random patterns that come back without a single mistake."""
    rng = np.random.default_rng(seed)
    stored = data.patterns(rng, count, units)
    net = architectures.Hopfield(units)
    net.store(stored)
    flipped = np.where(rng.random(stored.shape) < 0.1, -stored, stored)
    return np.mean((net.recall(flipped, rng, sweeps=6)[0] == stored).all(axis=1))


loads = (2, 5, 8, 11, 14, 18, 24)
shares = [np.mean([recalled_share(count, seed) for seed in range(4)]) for count in loads]
for count, share in zip(loads, shares):
    print(f"{count:3d} patterns: {share:4.0%} come back whole")
assert min(shares[:3]) > 0.9 and shares[-1] < 0.2

# %% [markdown]
# About 0.14 patterns for each unit, says theory for large nets in which a few mistakes are allowed. Up to a tenth nearly all is well here, and soon beyond it memory falls apart. There are also valleys that nobody has stored: the opposite of each pattern, and mixtures.
#
# **All at once is not the same.** If all units look at the old state and change together, the energy may rise, and the net may blink for ever between two states:

# %% tags=["demo"]
pair = np.array([[0.0, -1.0], [-1.0, 0.0]])  # two units that want to differ
blinking = np.array([1.0, 1.0])
for _ in range(3):
    print(blinking, "energy", -0.5 * blinking @ pair @ blinking)
    blinking = np.sign(pair @ blinking)
twice = np.sign(pair @ np.sign(pair @ blinking))
assert np.array_equal(twice, blinking)  # back after two steps, and so for ever


# %% [markdown] exercise="ch14.hopfield" minutes=13 difficulty=3
# ### Exercise: store, energy, recall
# Write three functions. `store(patterns)` returns $W$, with zeros on its diagonal. `energy(weight, state)` is one number. `recall(weight, state, order)` visits the units in the given order, **one after the other**: each becomes the sign of its field, and stays as it is where the field is exactly 0. It returns a new state and leaves the given one alone.
#
# <details><summary>Hint 1</summary>
#
# `patterns` has one pattern a row, (P, n). The sum over the patterns of all products of two units is `patterns.T @ patterns`. `np.fill_diagonal(w, 0)` changes `w` itself and returns nothing.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Begin `recall` with a copy. In the loop the field of unit `i` is `weight[i] @ new`, with the *new* state.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.sign(0)` is 0, and that is no state of a unit. Ask `if field != 0` first.
# </details>
#
# <details><summary>My result is None</summary>
#
# `np.fill_diagonal` returns nothing. Call it on a line of its own, and then return the weight.
# </details>

# %% exercise="ch14.hopfield"
def store(patterns):
    """Σ p pᵀ / n with zeros on the diagonal. patterns (P, n), of −1 and 1 -> (n, n)."""
    ### BEGIN SOLUTION
    weight = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(weight, 0)
    return weight
    ### END SOLUTION


def energy(weight, state):
    """−½ sᵀWs. weight (n, n), state (n,) -> a number."""
    ### BEGIN SOLUTION
    return -state @ weight @ state / 2
    ### END SOLUTION


def recall(weight, state, order):
    """Each unit in turn becomes the sign of its field; it stays where the field is 0.

    weight (n, n), state (n,), order: numbers of units -> (n,), a new array.
    """
    ### BEGIN SOLUTION
    new = state.copy()
    for i in order:
        field = weight[i] @ new
        if field != 0:
            new[i] = np.sign(field)
    return new
    ### END SOLUTION


# %% check="ch14.hopfield" points=6
check("ch14.hopfield", store, energy, recall)

# %% [markdown]
# **Remember.** Memories are valleys of an energy. One unit at a time, always downhill, and not too many memories.

# %% [markdown]
# ## 14.14 The restricted Boltzmann machine: dream, and compare
#
# **The question.** The Hopfield net repeats what it was told. Could a net with an energy learn what its examples have in common, and dream up new ones?
#
# **The picture.** Visible units are the pixels. Hidden units look at them. Between the two sides every pair is joined; within a side none is: that is the *restriction*, and it makes each side easy to draw, given the other. (Smolensky, 1986; the training is Hinton's, 2002. Shortened: 20 epochs in place of 30.)

# %% tags=["demo"]
machine, machine_history = architectures.train_boltzmann(epochs=20)
black = (new_ink > 0.5).astype(float)
seen_again = machine.visible_probs(machine.hidden_probs(black))
after_dreaming = machine.dream(black[:9], 30)
noise = (np.random.default_rng(1).random(black.shape) < black.mean()).astype(float)
mistakes = machine_history["error"]
print(f"error of a digit seen again: {mistakes[0]:.3f} after one epoch, {mistakes[-1]:.3f} at last")
gap = machine.free_energy(noise).mean() - machine.free_energy(black).mean()
print(f"the free energy of noise lies {gap:.1f} above that of digits")
assert mistakes[-1] < 0.6 * mistakes[0] and gap > 8
dreams = {"given": black[:9], "once": seen_again[:9], "30 times": after_dreaming}
title = "Digits, and what the machine dreams of them"
figures.architectures.image_rows(dreams, title, new_labels[:9])

# %% [markdown]
# The second row is the machine's view of the first. The third row has gone to and fro thirty times: still something like a digit, but often another one.
#
# **The mathematics.** The energy of a pair is $E(v, h) = -h^{T} W v - a\cdot v - b\cdot h$, and its probability is proportional to $e^{-E}$. So
#
# $$p(h_j = 1 \mid v) = \sigma(W v + b)_j, \qquad p(v_i = 1 \mid h) = \sigma(W^{T} h + a)_i .$$
#
# Is a picture alone likely, whatever the hidden units do? That says its *free energy* $F(v) = -\log\sum_h e^{-E(v, h)}$, which the cell above printed: the lower, the likelier. To make the examples likelier, lower the energy of what is *seen* and raise it where the machine *dreams*. The exact dream would take for ever. Contrastive divergence (CD-1) dreams for one step, from the example on:
#
# 1. $h$: the hidden probabilities of the example $v$.
# 2. Draw hidden 0s and 1s: 1 where a uniform number is below $h$.
# 3. From the drawn ones, the visible probabilities; draw again: the dream $v'$.
# 4. $h'$: the hidden probabilities of $v'$. These are not drawn.
#
# Gradients for descent, means over the $N$ examples: dreamed less seen.
#
# $$g_W = \frac{1}{N}\left(h'^{T} v' - h^{T} v\right), \qquad g_a = \mathrm{mean}(v' - v), \qquad g_b = \mathrm{mean}(h' - h) .$$
#
# In step 1 and step 4 probabilities are used, in the products as well: drawing would add noise and tell nothing new.
#
# **The code.** How to draw 0s and 1s with uniform numbers:

# %% tags=["demo"]
p = np.array([0.1, 0.5, 0.9])
u = np.random.default_rng(0).random((20_000, 3))
print("shares of 1s:", (u < p).mean(axis=0).round(3))
np.testing.assert_allclose((u < p).mean(axis=0), p, atol=0.02)


# %% [markdown] exercise="ch14.contrastive_divergence" minutes=13 difficulty=4
# ### Exercise: one step of contrastive divergence
# Write the four steps and return the three gradients, in the order weight, visible biases, hidden biases. Examples are rows: for all of them at once the hidden probabilities are $\sigma(v W^T + b)$, the visible ones $\sigma(h W + a)$. The uniform numbers are given: `hidden_u` for step 2, `visible_u` for step 3.
#
# `activations.Sigmoid().forward(z)` is a sigmoid that you may use.
#
# <details><summary>Hint 1</summary>
#
# Write the shapes beside each line: `v` (N, V), `weight` (H, V), the hidden side (N, H).
# </details>
#
# <details><summary>Hint 2</summary>
#
# `(hidden_u < h).astype(float)` draws. The drawn numbers go into the dream only; the products use `h` and `dream_h`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `dream_h.T @ dream_v` sums over the examples already. Divide by `len(v)`. For the biases, `mean(axis=0)`.
# </details>
#
# <details><summary>My result is right for the biases and wrong for the weights</summary>
#
# The weight's gradient has the shape of the weight, (H, V): the hidden side comes first, transposed. And it is divided by the number of examples.
# </details>

# %% exercise="ch14.contrastive_divergence"
def contrastive_divergence(v, weight, visible_bias, hidden_bias, hidden_u, visible_u):
    """CD-1: gradients for descent, what is dreamed less what is seen, means over the examples.

    v (N, V) of 0 and 1; weight (H, V), visible_bias (V,), hidden_bias (H,); uniform numbers
    hidden_u (N, H) and visible_u (N, V)
    -> gradients for the weight (H, V), the visible biases (V,) and the hidden biases (H,).
    """
    ### BEGIN SOLUTION
    sigmoid = activations.Sigmoid().forward
    h = sigmoid(v @ weight.T + hidden_bias)
    drawn = (hidden_u < h).astype(float)
    dream_v = (visible_u < sigmoid(drawn @ weight + visible_bias)).astype(float)
    dream_h = sigmoid(dream_v @ weight.T + hidden_bias)
    grad_weight = (dream_h.T @ dream_v - h.T @ v) / len(v)
    return grad_weight, (dream_v - v).mean(axis=0), (dream_h - h).mean(axis=0)
    ### END SOLUTION


# %% check="ch14.contrastive_divergence" points=5
check("ch14.contrastive_divergence", contrastive_divergence)

# %% [markdown]
# **Remember.** Lower the energy of what you see, raise it where you dream. One step of dreaming is enough to learn from.

# %% [markdown]
# ## 14.15 Sequence models: RNN, LSTM, GRU
#
# **The question.** A digit is read row by row, from top to bottom, eight steps of eight pixels. Only after the last row comes the question. Who still knows the first one?
#
# **The picture.** Three cells, the same network around them: RNN (Elman, 1990), LSTM (Hochreiter and Schmidhuber, 1997), GRU (Cho and others, 2014). (Shortened: 3 epochs in place of 10.)

# %% tags=["demo"]
readers, reading = {}, {}
for cell in ("RNN", "LSTM", "GRU"):
    readers[cell], history = architectures_torch.train_sequence(cell=cell, epochs=3)
    reading[cell] = history["validation_accuracy"]
    parameters = sum(p.numel() for p in readers[cell].parameters())
    print(f"{cell:5s} {reading[cell][-1]:.1%} of the new digits, {parameters} parameters")
    assert reading[cell][-1] > 0.75
row_by_row = {"accuracy on new digits, row by row": reading}
assert reading["RNN"][-1] > reading["LSTM"][-1] - 0.05
figures.architectures.curves(row_by_row, level=(0.1, "guessing"))

# %% [markdown]
# Eight steps are few. Here the plain RNN, with a quarter of the LSTM's parameters, keeps up. The gates pay on long ways. The measurement: how much of the last state still depends on the first input, after 8 and after 60 steps, in cells that have not been trained but whose gates are set to remember.

# %% tags=["demo"]
def remembers(cell, steps, seed=0):
    """How much the last state moves with the first input, over how much with the last one."""
    rng = np.random.default_rng(seed)
    layer = {"RNN": layers.RNN, "LSTM": layers.LSTM}[cell](4, 16, rng)
    if cell == "LSTM":
        layer.params["bias"][16:32] = 4.0  # the forget gate, nearly open: σ(4) = 0.98
    layer.forward(rng.normal(size=(1, steps, 4)))
    dy = np.zeros((1, steps, 16))
    dy[:, -1] = rng.normal(size=16)
    dx = np.abs(layer.backward(dy)[0]).max(axis=1)
    return dx[0] / dx[-1]


for cell in ("RNN", "LSTM"):
    print(f"{cell:5s} 8 steps: {remembers(cell, 8):.1e}   60 steps: {remembers(cell, 60):.1e}")
assert remembers("LSTM", 60) > 100 * remembers("RNN", 60)

# %% [markdown]
# D0 advises against LSTMs where something else will do: their steps come one after the other, and a GPU has nothing to do meanwhile. Section 14.17 has what replaced them.
#
# **Remember.** A recurrent net carries a state along. Gates decide what to keep; without them the past fades.

# %% [markdown]
# ## 14.16 The neural Turing machine: a tape that can be learned
#
# **The question.** A computer copies a list of any length with the same short program. Can a network learn a *procedure* like this, rather than lists of a length it has seen?
#
# **The picture.** A small network with a memory of 20 rows and two heads, one that writes and one that reads. It sees 1 to 3 rows of bits, then a mark, and has to say them again. (Graves, Wayne and Danihelka, 2014. Shortened: 100 steps of training, with shorter lists than the course's own.) We ask it for eight rows, more than twice as many as it has ever seen:

# %% tags=["demo"]
from course_lib.architectures_torch import turing

copier, copier_history = architectures_torch.train_turing(longest=3, steps=100)
for rows in (2, 4, 8):
    print(f"{rows} rows: {turing.bits_right(copier, rows):.1%} of the bits right")
assert turing.bits_right(copier, 2) > 0.9 and turing.bits_right(copier, 8) > 0.65
shown, _ = turing.copies(np.random.default_rng(5), 1, 8)
with torch.no_grad():
    spoken = torch.sigmoid(copier(shown))[0]
writes, reads = (torch.cat(path).numpy() for path in zip(*copier.path))
figures.architectures.heads(shown[0], spoken, writes, reads)

# %% [markdown]
# Read the lower half. While it listens, the write head moves row by row (the tape is a ring, so either direction will do). From the mark on the read head goes over the same rows, in the same order. Nobody has told it to. That is why it can do eight rows: a procedure does not care about the length.
#
# **The mathematics.** A head does not point at one row. It has a *share* of each row, so that everything can be differentiated. Four steps make the new shares:
#
# 1. **By content.** A key $k$ and a strength $\beta$: softmax over the rows of $\beta\cos(M_i, k)$, the cosine of the angle between the row and the key.
# 2. **Gate** $g$: $g$ times what was found, and $1-g$ times the shares of the step before.
# 3. **Shift** $s = (s_{-1}, s_0, s_{1})$, three shares: so much moves one row up, stays, moves one row on. The tape is a ring: $\;w_i \leftarrow s_{-1} w_{i+1} + s_0 w_i + s_1 w_{i-1}$.
# 4. **Sharpen** with $\gamma \ge 1$: $w_i^\gamma$, divided by the sum. A shift blurs, this undoes it.
#
# **The code.** `np.roll(w, 1)` moves every entry one place on, and the last one to the front.

# %% tags=["demo"]
at = np.array([0.0, 0.0, 1.0, 0.0])
print("on:", np.roll(at, 1), " up:", np.roll(at, -1))
blurred = 0.1 * np.roll(at, -1) + 0.8 * at + 0.1 * np.roll(at, 1)
sharp = blurred**3 / (blurred**3).sum()
print("blurred:", blurred, " sharpened:", sharp.round(4))
assert sharp[2] > 0.99
wrapped = np.roll(np.array([0.0, 0.0, 0.0, 1.0]), 1)
assert wrapped.tolist() == [1.0, 0.0, 0.0, 0.0]  # after the last row comes the first


# %% [markdown] exercise="ch14.addressing" minutes=13 difficulty=4
# ### Exercise: where does the head go?
# Write `by_content(memory, key, strength)` for step 1, and `move(found, before, gate, shift, sharpness)` for the steps 2 to 4, in this order. `shift[0]` is the share that moves one row up (to the lower number), `shift[1]` stays, `shift[2]` moves one row on.
#
# No row of the memory and no key is all zeros.
#
# <details><summary>Hint 1</summary>
#
# The cosine is the product divided by *both* lengths. The lengths of all rows: `np.linalg.norm(memory, axis=1)`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A softmax of a vector `z`: the exponentials of `z - z.max()`, divided by their sum. Without the maximum it overflows where the strength is great.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Three terms: `shift[0] * np.roll(w, -1) + shift[1] * w + shift[2] * np.roll(w, 1)`.
# </details>
#
# <details><summary>My result is right but for the shift: it goes the other way</summary>
#
# `np.roll(w, 1)[i]` is `w[i - 1]`: what was at row i − 1 is now at row i. So `np.roll(w, 1)` moves on, toward higher numbers.
# </details>

# %% exercise="ch14.addressing"
def by_content(memory, key, strength):
    """softmax(strength · cosine of each row and the key).

    memory (R, W), key (W,), strength a number, also a great one -> (R,), sum 1.
    """
    ### BEGIN SOLUTION
    lengths = np.linalg.norm(memory, axis=1) * np.linalg.norm(key)
    z = strength * (memory @ key) / lengths
    e = np.exp(z - z.max())
    return e / e.sum()
    ### END SOLUTION


def move(found, before, gate, shift, sharpness):
    """Gate, shift, sharpen.

    found (R,), before (R,), gate a number, shift (3,), sharpness a number -> (R,), sum 1.
    """
    ### BEGIN SOLUTION
    w = gate * found + (1 - gate) * before
    w = shift[0] * np.roll(w, -1) + shift[1] * w + shift[2] * np.roll(w, 1)
    w = w**sharpness
    return w / w.sum()
    ### END SOLUTION


# %% check="ch14.addressing" points=6
check("ch14.addressing", by_content, move)

# %% [markdown]
# **Remember.** Shares in place of a place: then even a tape can be learned. A procedure goes on where examples end.

# %% [markdown]
# ## 14.17 The transformer: look back at everything
#
# **The question.** A recurrent net squeezes the whole past into one state. What if every step could look at all steps before it, each time anew?
#
# **The picture.** A model of the next character, for our made-up language: two blocks, four heads, 32 features. (Vaswani and others, 2017. Shortened: three epochs on 600 sentences, with a context of 24 characters, in place of eight epochs on 800 with 48.) To beat: tables of *n-grams*, which have counted what follows each string of $n - 1$ characters.

# %% tags=["demo"]
writer, writer_history = architectures_torch.train_transformer(
    context=24, epochs=3, texts=(600, 100)
)
tables, reached = writer_history["ngrams"], writer_history["test"][0]
for n in (1, 2, 3, 6, 8):
    print(f"{n}-grams     {tables[n - 1]:.3f} nats for each character of new sentences")
print(f"transformer {reached:.3f}")
print("it writes:", writer.write("the ", 80))
assert reached < tables[3]
against = {"n-grams, n = 1 to 8": tables, "transformer": [reached] * len(tables)}
figures.architectures.curves({"nats a character, on new text": against}, "n")

# %% [markdown]
# After these few epochs it is about as good as a table of 6-grams. Trained in full, `architectures_torch.train_transformer()`, it beats all eight tables: try it when you have a minute.
#
# **What does it look at?** Each row is a character that is about to be followed by another one; dark columns are those it looks at. Nothing is dark to the right of the diagonal: the mask forbids it.

# %% tags=["demo"]
text = "the cat sleeps near the "
with torch.no_grad():
    writer(writer.encode(text)[None])
first_block = writer.blocks.layers[0]
looks = first_block.attention.attention.weights[0].numpy()  # (heads, T, T)
np.testing.assert_allclose(looks.sum(axis=-1), 1, rtol=1e-4)
assert np.all(np.triu(looks, 1) == 0)  # nobody looks ahead
back = np.arange(len(text))[:, None] - np.arange(len(text))
for number, head in enumerate(looks, start=1):
    far = np.sum(head * back, axis=1)[8:].mean()
    print(f"head {number} looks {far:.1f} characters back on average")
figures.architectures.who_looks_where(looks, list(text), "The first block")

# %% [markdown]
# **What it costs.** D1 calls the transformer one of the most efficient architectures. It is quick on a GPU, since all steps are computed at once. But each step looks at all steps: twice as long a text has four times as many pairs. A recurrent net has twice as many steps, no more. Counted, not timed:

# %% tags=["demo"]
def pairs_and_steps(length):
    """How many products of a query with a key one head needs, and how many steps an RNN."""
    attention = layers.ScaledDotProductAttention()
    recurrent = layers.RNN(4, 4, np.random.default_rng(0))
    x = np.zeros((length, 4))
    attention.forward(x, x, x)
    return attention.weights.size, recurrent.forward(x[None]).shape[1]


for length in (64, 128, 256):
    pairs, steps = pairs_and_steps(length)
    print(f"{length:4d} characters: {pairs:6d} pairs, {steps:4d} steps of an RNN")
assert pairs_and_steps(256)[0] == 4 * pairs_and_steps(128)[0]
assert pairs_and_steps(256)[1] == 2 * pairs_and_steps(128)[1]

# %% [markdown]
# **The mathematics.** One block, as in the paper of 2017. First attention, then two dense layers; around each a skip; each sum is normalized *afterwards*:
#
# $$h = \mathrm{norm}_1\bigl(x + \mathrm{attention}(x)\bigr), \qquad y = \mathrm{norm}_2\bigl(h + \mathrm{dense}(h)\bigr), \qquad \mathrm{dense} = \text{Dense, ReLU, Dense} .$$
#
# This is called *post-norm*. The course's own `layers.TransformerBlock` has the later form, *pre-norm*: $x + \mathrm{attention}(\mathrm{norm}(x))$, which learns without a warm-up of the rate (Xiong and others, 2020). You will assemble the older one.
#
# *Causal* means: step $t$ may look at step $s$ only where $s \le t$. The mask is a square of booleans, with `mask[t, s]` True where $t$ may look at $s$.
#
# **The code.** The parts you are given: `layers.MultiHeadAttention(features, heads, rng)` with `forward(x, mask)`, `layers.LayerNorm(features)`, `layers.Dense`, `layers.Sequential`. The mask for four steps, and what it does:

# %% tags=["demo"]
mask = np.tril(np.ones((4, 4), bool))
print(mask.astype(int))
rng = np.random.default_rng(0)
attention = layers.MultiHeadAttention(8, 2, rng)
sequence = rng.normal(size=(1, 4, 8))
later = sequence.copy()
later[0, 3] += 1.0  # change the last step
moved = np.abs(attention.forward(sequence, mask) - attention.forward(later, mask))[0].max(axis=1)
print("how much each step's answer moves when the last step changes:", moved.round(3))
assert np.all(moved[:3] == 0) and moved[3] > 0


# %% [markdown] exercise="ch14.causal_block" minutes=15 difficulty=5
# ### Exercise: assemble the transformer block of 2017
# Build the block of the formula, causal, with `forward` and `backward`. Make the attention first, then the two dense layers (from `features` to `hidden` and back, a ReLU between them), all with the given `rng`. The norms draw nothing.
#
# <details><summary>Hint 1</summary>
#
# The number of steps is `x.shape[1]`. The mask is a lower triangle *with* its diagonal.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two skips, two norms, two objects of `LayerNorm`: an object remembers one input only.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Backward, from the end: the second norm first. What its `backward` answers, call it `d`, goes both roads of the sum: `d + self.dense.backward(d)` is the gradient for `h`. Then the same once more with the first norm and the attention.
# </details>
#
# <details><summary>My result is right for the first step of a sequence only</summary>
#
# The first step sees only itself, whatever happens to the others. Look at your mask: is it the lower triangle? The upper one would look at the future.
# </details>
#
# <details><summary>My result is nearly constant, or its rows have mean 0, and yet it is wrong</summary>
#
# Post-norm answers have mean 0 over the features of each step. If yours have not, the last norm is missing; if they have, look at what was added before it.
# </details>

# %% exercise="ch14.causal_block"
class CausalBlock:
    """h = norm1(x + attention(x)), y = norm2(h + dense(h)); no step sees what comes after it."""

    def __init__(self, features, heads, hidden, rng):
        """Sizes, whole numbers; rng: a generator, for the attention and then the dense layers."""
        ### BEGIN SOLUTION
        self.attention = layers.MultiHeadAttention(features, heads, rng)
        first, second = layers.Dense(features, hidden, rng), layers.Dense(hidden, features, rng)
        self.dense = layers.Sequential(first, activations.ReLU(), second)
        self.norm1, self.norm2 = layers.LayerNorm(features), layers.LayerNorm(features)
        ### END SOLUTION

    def forward(self, x):
        """x (N, T, features) -> (N, T, features)."""
        ### BEGIN SOLUTION
        steps = x.shape[1]
        mask = np.tril(np.ones((steps, steps), bool))
        h = self.norm1.forward(x + self.attention.forward(x, mask))
        return self.norm2.forward(h + self.dense.forward(h))
        ### END SOLUTION

    def backward(self, dy):
        """dy (N, T, features) -> the gradient for x, (N, T, features)."""
        ### BEGIN SOLUTION
        d = self.norm2.backward(dy)
        d = self.norm1.backward(d + self.dense.backward(d))
        return d + self.attention.backward(d)
        ### END SOLUTION


# %% check="ch14.causal_block" points=6
check("ch14.causal_block", CausalBlock)

# %% [markdown]
# **Remember.** Attention looks back at everything, the mask keeps it from looking ahead, and skips and norms make it deep.

# %% [markdown]
# ## 14.18 The same in PyTorch
#
# **The question.** Half of the networks above are NumPy, half are PyTorch. How do we know that both mean the same layers?
#
# **The code.** Same weights in, same answers out. Each NumPy chain is loaded with the weights of the trained PyTorch network, or the other way round. Difference and time of a forward pass for 256 inputs, on the GPU where there is one.

# %% tags=["demo"]
import copy

from course_lib import activations_torch, layers_torch

devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def load(unit, twin):
    """Copy the parameters of a PyTorch network into a NumPy one with the same names."""
    for name, p in twin.state_dict().items():
        unit.params[name] = p.detach().cpu().double().numpy()


def fastest(call, repeats=5):
    """-> the answer, and the milliseconds of the fastest of several calls"""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        answer = call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(1000 * (time.perf_counter() - began))
    return answer, min(taken)


rng = np.random.default_rng(0)
numpy_cnn = layers.Sequential(
    layers.Conv2d(1, 8, 3, rng, padding=1), activations.ReLU(), layers.MaxPool2d(2),
    layers.Conv2d(8, 16, 3, rng, padding=1), activations.ReLU(), layers.MaxPool2d(2),
    layers.Flatten(), layers.Dense(64, 10, rng),
)
load(numpy_cnn, cnn)
numpy_block, torch_block = layers.TransformerBlock(32, 4, 128, rng), first_block
load(numpy_block, torch_block)
relu, sigmoid = activations_torch.ReLU, activations_torch.Sigmoid
dense = layers_torch.Dense
torch_coder = layers_torch.Sequential(
    layers_torch.Sequential(dense(64, 128, None), relu(), dense(128, 8, None)),
    layers_torch.Sequential(dense(8, 128, None), relu(), dense(128, 64, None), sigmoid()),
).to(torch.float64)
state = {name: torch.tensor(squeezer.params[name]) for name in torch_coder.state_dict()}
torch_coder.load_state_dict(state)
pairs = {
    "CNN": (numpy_cnn, cnn, new_ink[:256].reshape(-1, 1, 8, 8)),
    "transformer block": (numpy_block, torch_block, rng.normal(size=(256, 16, 32))),
    "autoencoder": (squeezer, torch_coder, new_ink[:256]),
}
for name, (unit, twin, given) in pairs.items():
    here, milliseconds = fastest(lambda unit=unit, given=given: unit.forward(given))
    for device in devices:
        copied = copy.deepcopy(twin).to(device, torch.float64)
        there = torch.tensor(given, device=device)
        with torch.no_grad():
            answer, theirs = fastest(lambda copied=copied, there=there: copied(there))
        off = np.abs(answer.cpu().numpy() - here).max()
        print(f"{name:18s} {device:5s} Δ {off:.1e}", end="   ")
        print(f"NumPy {milliseconds:6.2f} ms, PyTorch {theirs:6.2f} ms")
        assert off < 1e-9
if devices == ["cpu"]:
    print("no GPU here: the CPU only")

# %% [markdown]
# **And the way back.** The autoencoder's gradient for its input, by our `backward` and by `autograd`:

# %% tags=["demo"]
dy = np.random.default_rng(1).normal(size=(256, 64))
squeezer.forward(new_ink[:256])
ours = squeezer.backward(dy)
leaf = torch.tensor(new_ink[:256], requires_grad=True)
torch_coder(leaf).backward(torch.tensor(dy))
off = np.abs(leaf.grad.cpu().numpy() - ours).max()
print(f"largest difference of the gradients {off:.1e}")
assert off < 1e-9

# %% [markdown]
# **Remember.** Names and shapes are the contract. With the same weights, two libraries must give the same answers.

# %% [markdown]
# ## 14.19 What each is for
#
# | you have | and you want | begin with |
# |---|---|---|
# | a table of numbers and labels | a prediction | MLP |
# | images and labels | a class | CNN, then a residual net |
# | few labels, and a network trained on something similar | a class | transfer learning: freeze, then tune |
# | sequences | a class, or the next step | a CNN over time (D0), GRU, LSTM |
# | much text | the next word | transformer |
# | text | vectors of words | Word2Vec, GloVe |
# | no labels | a short description | autoencoder |
# | noisy data | clean data | denoising autoencoder |
# | no labels | new examples | variational autoencoder, GAN, Wasserstein GAN |
# | small images | large ones | deconvolutional net |
# | a few patterns, damaged | the whole ones | Hopfield net |
# | black and white data | features and probabilities | restricted Boltzmann machine |
# | a procedure with a memory | its generalization to longer inputs | neural Turing machine |
# | rewards, a few actions | a strategy | deep Q-learning |
# | rewards, actions of any kind | a strategy | policy gradient |
#
# D0's advice stands above all of it: begin with a simple net and build your intuition. The table of the map knows more about each:

# %% tags=["demo"]
for plant in jungle.values():
    print(f"{plant.year}  {plant.name:22s} {plant.serves}")
assert all(plant.people and plant.paper and plant.serves for plant in jungle.values())

# %% [markdown]
# ## 14.20 Play
#
# A Hopfield net of 100 units. Choose how many random patterns it holds, and how many units of each are flipped before it recalls them.

# %% tags=["demo"]
figures.architectures.hopfield_explorer()

# %% [markdown]
# - With five patterns, how many flipped units does it forgive?
# - With ten flipped units, how many patterns can it hold before the first one is lost?
# - Flip 50 units: half of them. Why can nothing be recalled, whatever the net?

# %% [markdown]
# ## 14.21 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | an autoencoder maps to a space of lower dimension | a narrow code is one way to forbid copying; noise is another, and then the code may be wider than the input | 14.6 |
# | D1 | the transformer is one of the most efficient architectures | its steps are computed at once, which suits a GPU; but the work grows with the square of the length | 14.17 |
# | D1 | three main architectures by the mechanism of their neurons: MLP, CNN, RNN | a fourth mechanism is attention; D1 itself has the transformer among the high-level ones | 14.17 |
#
# One more that no cell can measure. D0 dates the embedding layer 2003 with *Quick Training of Probabilistic Neural Nets by Importance Sampling*. That paper trains such a network faster; the embedding itself stands in *A Neural Probabilistic Language Model* by Bengio and others, of the same year.

# %% [markdown]
# ## 14.22 The chapter on one screen
#
# | network | the one idea |
# |---|---|
# | MLP, CNN | an architecture is a claim about the data |
# | Word2Vec, GloVe | words in the same places get vectors in the same place |
# | autoencoder | say it again through a narrow place |
# | denoising autoencoder | noise in, clean out |
# | variational autoencoder | $z = \mu + \sigma\varepsilon$, pulled toward the standard normal by $\frac12\sum(\mu^2 + \sigma^2 - 1 - \log\sigma^2)$ |
# | deconvolutional net | stamp and add: size $s(L-1) + K - 2p$ |
# | GAN | one invents, one judges; with a critic the loss is a distance |
# | residual net | $\mathrm{relu}(x + f(x))$: learn the difference |
# | transfer learning | freeze, train the head, tune slowly |
# | deep Q-learning, policy gradient | $G_t = r_t + \gamma(1 - \mathrm{end}_t)G_{t+1}$ |
# | Hopfield net | $W = \frac1n\sum pp^T$, $E = -\frac12 s^TWs$, one unit at a time, downhill |
# | restricted Boltzmann machine | dreamed less seen |
# | RNN, LSTM, GRU | a state that is carried along, with gates |
# | neural Turing machine | shares of rows: content, gate, shift, sharpen |
# | transformer | look back at everything, and not ahead |
#
# - Most of the jungle needs no labels.
# - Say against what a network is measured: principal components, n-grams, repeated pixels, guessing.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. What becomes of an autoencoder without activations?</summary>
#
# A linear map. The best it can do is what as many principal components do.
# </details>
#
# <details><summary>2. Why does the encoder of a variational autoencoder answer the logarithm of the variance?</summary>
#
# A logarithm may be any number, and its exponential is always positive. So no activation has to force it.
# </details>
#
# <details><summary>3. In a Hopfield net, why one unit after the other?</summary>
#
# Because then every change lowers the energy, and the net must come to rest. All at once it may blink between two states.
# </details>
#
# <details><summary>4. The generator's loss does not fall. Is the GAN broken?</summary>
#
# Not necessarily: the discriminator learns, too, and becomes harder to fool. Look at the samples, or use a critic whose number is a distance.
# </details>
#
# <details><summary>5. What does the mask of a transformer forbid, and what goes wrong without it?</summary>
#
# To look at later steps. Without it a model of the next character reads the answer from its input, and is worth nothing when it has to write.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My autoencoder answers the same gray picture for all inputs</summary>
#
# It has found the mean and stays there. Look at the code: if it hardly differs between inputs, the rate was too high at the start and the ReLUs have died, or a ReLU sits on the code.
# </details>
#
# <details><summary>My variational autoencoder ignores its code</summary>
#
# The divergence is nearly 0: the pull was too strong, often because it was summed where the reconstruction was averaged over the pixels. Both belong in the same unit, nats for an example.
# </details>
#
# <details><summary>My GAN invents the same few points again and again</summary>
#
# This is called mode collapse. The discriminator is too weak or too strong. Try other rates for the two, a larger batch, or the Wasserstein critic.
# </details>
#
# <details><summary>My transformer has a loss near 0 and writes nonsense</summary>
#
# It looks ahead. Change the last character of the input and see whether an earlier answer moves: none may.
# </details>
#
# <details><summary>My fine-tuned network is worse than the frozen one</summary>
#
# The rate is too high, or the new head was random when everything began to move. Train the head alone first; then a rate several times smaller for all.
# </details>

# %% [markdown]
# ### Where to read more
#
# - John Hopfield, 1982, *Neural Networks and Physical Systems with Emergent Collective Computational Abilities*.
# - Geoffrey Hinton, 2002, *Training Products of Experts by Minimizing Contrastive Divergence*.
# - Geoffrey Hinton and Ruslan Salakhutdinov, 2006, *Reducing the Dimensionality of Data with Neural Networks*.
# - Diederik Kingma and Max Welling, 2014, *Auto-Encoding Variational Bayes*.
# - Ian Goodfellow and others, 2014, *Generative Adversarial Nets*.
# - Alex Graves, Greg Wayne and Ivo Danihelka, 2014, *Neural Turing Machines*.
# - Kaiming He and others, 2015, *Deep Residual Learning for Image Recognition*.
# - Volodymyr Mnih and others, 2015, *Human-Level Control through Deep Reinforcement Learning*.
# - Ashish Vaswani and others, 2017, *Attention Is All You Need*.
