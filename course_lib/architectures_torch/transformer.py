"""The transformer, as a model of the next character."""

from collections import Counter
from math import log

import numpy as np
import torch
from torch import nn

from course_lib.activations_torch import Softmax
from course_lib.architectures.data import sentences
from course_lib.layers_torch import Dense, Embedding, LayerNorm, Sequential, TransformerBlock
from course_lib.losses_torch import CrossEntropy
from course_lib.optimizers_torch import Adam
from course_lib.schedules import one_cycle
from course_lib.training_torch import fit

__all__ = ["CharacterTransformer", "ngram_cross_entropy", "train_transformer"]


class CharacterTransformer(nn.Module):
    """ids (N, T) -> logits (N, T, characters) of the character that follows each; no step sees what comes after it.

    characters: a string of those it knows. Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, with
    its sines for the place of a character, and LayerNorm before each part instead of after it.
    """

    def __init__(self, characters, context, features, heads, blocks, rng):
        super().__init__()
        self.characters, self.context, self.rng = characters, context, rng
        self.character = Embedding(len(characters), features, rng)
        self.blocks = Sequential(*(TransformerBlock(features, heads, 4 * features, rng) for _ in range(blocks)))
        self.norm, self.output = LayerNorm(features), Dense(features, len(characters), rng)

    def forward(self, ids):
        steps = torch.arange(ids.shape[1], device=ids.device)
        x = self.character(ids)
        x = x + places(steps, x.shape[-1]).to(x)
        for block in self.blocks.layers:
            x = block(x, mask=steps[:, None] >= steps)
        return self.output(self.norm(x))

    def encode(self, text):
        return torch.tensor([self.characters.index(character) for character in text])

    @torch.no_grad()
    def write(self, text, length):
        """text with `length` characters more, each drawn from what the model expects"""
        for _ in range(length):
            logits = self(self.encode(text[-self.context :])[None])[0, -1]
            text += self.characters[int(torch.multinomial(Softmax()(logits), 1, generator=self.rng))]
        return text


def ngram_cross_entropy(text, test, n, prior=0.5):
    """Nats for each character of test when the n − 1 before it are looked up in text: the model to beat.

    p(c | before) = (count(before + c) + prior·p(c | one less before)) / (count(before) + prior), and at last all alike.
    """
    counts = [Counter(text[i : i + k] for i in range(len(text) - k + 1)) for k in range(n + 1)]
    followed = [Counter(text[i : i + k] for i in range(len(text) - k)) for k in range(n)]
    characters = len(set(text))

    def p(seen):
        if not seen:
            return 1 / characters
        befores = followed[len(seen) - 1][seen[:-1]]
        return (counts[len(seen)][seen] + prior * p(seen[1:])) / (befores + prior)

    costs = [-log(p(test[i : i + n])) for i in range(len(test) - n + 1)]
    return sum(costs) / len(costs)


def train_transformer(seed=0, context=48, features=32, blocks=2, epochs=8, lr=0.01, texts=(800, 200)):
    """-> a CharacterTransformer of the made-up language, and its history, as `training.fit` keeps it.

    texts: how many sentences to learn from, and to be tested on. Losses are nats for each character; test is that of
    the trained model on the other sentences, ngrams those of n-grams there, n from 1 to 8.
    """
    numbers, rng = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    text, test = (" ".join(sentences(numbers, n)) for n in texts)
    model, loss = CharacterTransformer("".join(sorted(set(text))), context, features, 4, blocks, rng), CrossEntropy()
    x, target = windows(model.encode(text), context, context // 2)
    history = fit(
        model,
        lambda prediction, target: loss(prediction.flatten(0, 1), target.flatten()),
        Adam(model.parameters(), lr),
        x,
        target,
        epochs,
        batch_size=16,
        schedule=one_cycle(lr, epochs * -(-len(x) // 16)),
        rng=rng,
    )
    history["test"] = [held_out_loss(model, model.encode(test))]
    history["ngrams"] = [ngram_cross_entropy(text, test, n) for n in range(1, 9)]
    return model, history


def places(steps, features):
    """sin and cos of each step, from fast to slow, (T, features): a step from any place to the next is a rotation."""
    angle = steps[:, None] / 1e4 ** (torch.arange(0, features, 2, device=steps.device) / features)
    return torch.cat([angle.sin(), angle.cos()], dim=1)


@torch.no_grad()
def held_out_loss(model, ids):
    """The loss of the second half of each window, so that no character is guessed from few before it."""
    half = model.context // 2
    x, target = windows(ids, model.context, half)
    return CrossEntropy()(model(x)[:, half:].flatten(0, 1), target[:, half:].flatten()).item()


def windows(ids, context, stride):
    """-> x (N, context) and, one step on, target (N, context)"""
    each = ids.unfold(0, context + 1, stride)
    return each[:, :-1], each[:, 1:]
