"""Word vectors: Word2Vec, which guesses the neighbours of a word, and GloVe, which counts them first."""

import numpy as np

from course_lib.architectures.data import sentences
from course_lib.layers import Embedding
from course_lib.losses import NegativeSampling
from course_lib.optimizers import AdaGrad, Adam

__all__ = ["GloVe", "Word2Vec", "cooccurrence", "skip_grams", "train_glove", "train_word2vec", "vocabulary"]


class Word2Vec:
    """Skip-gram with negative sampling: center·context large for a word beside another, small for a random one.

    Two Embeddings of the vocabulary; after training `vectors` are the centers'. Mikolov et al. (2013), Distributed
    representations of words and phrases and their compositionality, arXiv:1310.4546.
    """

    def __init__(self, count, features, rng):
        self.center, self.context, self.loss = (
            Embedding(count, features, rng),
            Embedding(count, features, rng),
            NegativeSampling(),
        )
        self.center.params["weight"] /= features  # short vectors at first: no sigmoid is far from ½
        self.context.params["weight"] /= features

    @property
    def vectors(self):
        return self.center.params["weight"]

    @property
    def params(self):
        return {"center": self.center.params["weight"], "context": self.context.params["weight"]}

    @property
    def grads(self):
        return {"center": self.center.grads["weight"], "context": self.context.grads["weight"]}

    def forward(self, center, context, negatives):
        """Ids (N,), (N,) and (N, K) -> the mean loss"""
        beside = self.context.forward(np.concatenate([context[:, None], negatives], axis=1))
        return self.loss.forward(self.center.forward(center), beside[:, 0], beside[:, 1:])

    def backward(self):
        dcenter, dcontext, dnegatives = self.loss.backward()
        self.center.backward(dcenter)
        self.context.backward(np.concatenate([dcontext[:, None], dnegatives], axis=1))


class GloVe:
    """Σ_ij f(X_ij)(w_i·u_j + b_i + c_j − log X_ij)², f(X) = min(1, X/largest)^0.75; X_ij how often j stands near i.

    `vectors` are w + u, as the paper has it. Pennington, Socher and Manning (2014), GloVe: global vectors for word
    representation, doi:10.3115/v1/D14-1162.
    """

    def __init__(self, count, features, rng, largest=100.0):
        self.largest, self.grads = largest, {}
        vectors = {name: rng.uniform(-0.5, 0.5, (count, features)) / features for name in ("word", "context")}
        self.params = {**vectors, "word_bias": np.zeros(count), "context_bias": np.zeros(count)}

    @property
    def vectors(self):
        return self.params["word"] + self.params["context"]

    def forward(self, counts):
        """counts (V, V) -> the sum over the pairs that occur"""
        w, u, b, c = self.params.values()
        self.f = np.minimum(1, counts / self.largest) ** 0.75
        self.error = w @ u.T + b[:, None] + c - np.log(np.where(counts > 0, counts, 1))  # f is 0 where no count is
        return float((self.f * self.error**2).sum())

    def backward(self):
        d = 2 * self.f * self.error
        self.grads["word"], self.grads["context"] = d @ self.params["context"], d.T @ self.params["word"]
        self.grads["word_bias"], self.grads["context_bias"] = d.sum(axis=1), d.sum(axis=0)


def vocabulary(texts):
    """-> the words, sorted, and each text's ids as an array"""
    split = [text.replace(".", " .").split() for text in texts]
    words = sorted({word for text in split for word in text})
    place = {word: i for i, word in enumerate(words)}
    return words, [np.array([place[word] for word in text]) for text in split]


def skip_grams(texts, window=3):
    """-> center (N,), context (N,) and their distance (N,): all pairs of words at most `window` apart in a text"""
    pairs = [
        (text[i], text[j], abs(i - j))
        for text in texts
        for i in range(len(text))
        for j in range(max(0, i - window), min(len(text), i + window + 1))
        if i != j
    ]
    return np.array(pairs).T


def cooccurrence(texts, count, window=3):
    """X (count, count), symmetric: a pair that stands d apart counts 1/d."""
    center, context, distance = skip_grams(texts, window)
    counts = np.zeros((count, count))
    np.add.at(counts, (center, context), 1 / distance)
    return counts


def train_word2vec(seed=0, features=16, epochs=5, lr=0.01, negatives=5):
    """-> a Word2Vec of the made-up language, and its history: words, and the loss of each step.

    Random words are drawn by their frequency to the power of ¾, as in the paper.
    """
    rng = np.random.default_rng(seed)
    words, texts = vocabulary(sentences(rng, 800))
    center, context, _ = skip_grams(texts)
    model, optimizer = Word2Vec(len(words), features, rng), Adam(lr)
    often = np.bincount(np.concatenate(texts)) ** 0.75
    losses = []
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(center)), len(center) // 128):
            others = rng.choice(len(words), size=(len(batch), negatives), p=often / often.sum())
            losses.append(float(model.forward(center[batch], context[batch], others)))
            model.backward()
            optimizer.step(model.params, model.grads)
    return model, {"words": words, "loss": losses}


def train_glove(seed=0, features=16, steps=300, lr=0.05):
    """-> a GloVe of the made-up language, and its history: words, and the loss of each step, over all pairs at once."""
    rng = np.random.default_rng(seed)
    words, texts = vocabulary(sentences(rng, 800))
    counts = cooccurrence(texts, len(words))
    model, optimizer, losses = GloVe(len(words), features, rng, largest=10.0), AdaGrad(lr), []
    for _ in range(steps):
        losses.append(model.forward(counts))
        model.backward()
        optimizer.step(model.params, model.grads)
    return model, {"words": words, "loss": losses}
