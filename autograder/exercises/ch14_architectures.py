"""The exercises of chapter 14: famous networks, assembled of the course's parts, and the step that made each famous."""

from functools import partial
from typing import Any

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch14_architectures_cases as cases
from autograder.sandbox.protocols import Call, Module, Program
from course_lib.activations import ReLU, Sigmoid
from course_lib.architectures import Autoencoder, GloVe, Hopfield
from course_lib.layers import Dense, LayerNorm, MultiHeadAttention, Sequential

Loosely = partial(Part, rtol=1e-4, atol=1e-5)  # for several layers in float32

# Words.


def _pairs(ids, window, places=None, keep=lambda i, j, ids: i != j):
    n = len(ids)
    places = places or (lambda i: range(max(0, i - window), min(n, i + window + 1)))
    found = [(ids[i], ids[j]) for i in range(n) for j in places(i) if keep(i, j, ids)]
    return np.array([center for center, _ in found]), np.array([context for _, context in found])


def _negative_places(ids, window):
    n = len(ids)
    return _pairs(ids, window, lambda i: range(i - window, min(n, i + window + 1)))


def _by_distance(ids, window):
    places = [(i, i + step) for step in range(1, window + 1) for i in range(len(ids) - step)]
    both = [pair for i, j in places for pair in ((ids[i], ids[j]), (ids[j], ids[i]))]
    return np.array([center for center, _ in both]), np.array([context for _, context in both])


def _nearest_first(ids, window):
    n = len(ids)
    steps = [side * step for step in range(1, window + 1) for side in (-1, 1)]
    return _pairs(ids, window, lambda i: [i + step for step in steps if 0 <= i + step < n])


skip_grams = Exercise(
    id="ch14.skip_grams",
    reference="",
    protocol=Program(("ids", "window"), ("center", "context")),
    cases=cases.sentences,
    parts=[
        Part("centers", 2, "center"),
        Part("contexts", 2, "context"),
        Part("short texts", 1, "context", where="short"),
    ],
    read_again="14.3 Word2Vec: a word is known by its neighbors",
    answers=lambda reference, inputs: dict(
        zip(("center", "context"), _pairs(np.asarray(inputs["ids"]), inputs["window"]))
    ),
    withholds=("losses.NegativeSampling",),
    misconceptions=[
        misconception(
            "neighbors on the right only",
            "A word has neighbors on both sides. With the window 2 the places i − 2 to i + 2 count, those before the word, too.",
            unit=lambda ids, window: _pairs(ids, window, lambda i: range(i + 1, min(len(ids), i + window + 1))),
        ),
        misconception(
            "the last place of the window is left out",
            "In Python the end of a range does not belong to it. The last neighbor stands at i + window, so the range ends at i + window + 1.",
            unit=lambda ids, window: _pairs(
                ids, window, lambda i: range(max(0, i - window), min(len(ids), i + window))
            ),
        ),
        misconception(
            "a word is paired with itself",
            "The place i itself is no neighbor. Leave it out, but leave out no other place.",
            unit=lambda ids, window: _pairs(ids, window, keep=lambda i, j, ids: True),
        ),
        misconception(
            "equal words are left out: words compared, not places",
            "A word may stand beside itself, as in 'very very good'. What is left out is the place i, so compare i with j.",
            unit=lambda ids, window: _pairs(ids, window, keep=lambda i, j, ids: ids[i] != ids[j]),
        ),
        misconception(
            "places before the first word: negative numbers count from the end",
            "In Python ids[-1] is the last word. Begin the range at max(0, i − window).",
            unit=_negative_places,
        ),
        misconception(
            "center and context are exchanged",
            "First comes the word in the middle, then its neighbor. In your first array the center should stay the same for several entries.",
            unit=lambda ids, window: _pairs(ids, window)[::-1],
        ),
        misconception(
            "the pairs are ordered by distance, not by center",
            "The pairs are right, but their order is another one. The outer loop runs over the centers, the inner one over the neighbors of this center.",
            unit=_by_distance,
        ),
        misconception(
            "the contexts of a center come with the nearest first",
            "All pairs are there, and each center has its own. Its contexts stand in the order of the text, from left to right: i − 2, i − 1, i + 1, i + 2.",
            unit=_nearest_first,
        ),
        misconception(
            "words near the edges are no centers",
            "The first and the last words have fewer neighbors, and those count. Let every place be a center, and cut the window where the text ends.",
            unit=lambda ids, window: _pairs(
                ids, window, keep=lambda i, j, ids: i != j and window <= i < len(ids) - window
            ),
        ),
        misconception(
            "the nearest places only: the window is 1 whatever is asked for",
            "The window says how far away a neighbor may be. With the window 3 six places count, three on each side.",
            unit=lambda ids, window: _pairs(ids, 1),
        ),
    ],
)


def _f(counts, largest):
    return np.minimum(1, counts / largest) ** 0.75


def _glove(
    counts,
    word,
    context,
    word_bias,
    context_bias,
    largest,
    *,
    f=_f,
    log=None,
    reduce=np.sum,
    biases=True,
    swap=False,
    power=2,
):
    logs = np.log(np.where(counts > 0, counts, 1)) if log is None else log(counts)
    error = word @ context.T - logs
    if biases:
        rows, columns = (context_bias, word_bias) if swap else (word_bias, context_bias)
        error = error + rows[:, None] + columns
    return reduce(f(counts, largest) * error**power)


def _glove_answers(reference, inputs):
    counts, word, context, word_bias, context_bias, largest = inputs.values()
    model = GloVe(len(word), word.shape[1], np.random.default_rng(0), largest)
    model.params = {"word": word, "context": context, "word_bias": word_bias, "context_bias": context_bias}
    loss = model.forward(counts)
    return {"weighting": model.f, "loss": loss}


glove = Exercise(
    id="ch14.glove",
    reference="",
    protocol=Call(
        weighting=("counts", "largest"),
        loss=("counts", "word", "context", "word_bias", "context_bias", "largest"),
    ),
    cases=cases.word_counts,
    parts=[
        Part("weighting", 1, "weighting"),
        Part("loss", 2, "loss"),
        Part("pairs that never occur", 1, "loss", where="zero"),
    ],
    read_again="14.4 GloVe: count first, then fit the logarithm",
    answers=_glove_answers,
    misconceptions=[
        misconception(
            "the weight is not held at 1",
            "A pair that is counted more often than the largest count weighs 1, not more. Take the smaller of 1 and the fraction.",
            weighting=lambda counts, largest: (counts / largest) ** 0.75,
        ),
        misconception(
            "the power ¾ is missing",
            "The fraction is raised to the power 0.75. With it, rare pairs weigh a little more than their share.",
            weighting=lambda counts, largest: np.minimum(1, counts / largest),
        ),
        misconception(
            "the count itself is raised to the power, and the fraction taken afterwards",
            "First the fraction of the largest count, then the power of it: (X/largest) ** 0.75.",
            weighting=lambda counts, largest: np.minimum(1, counts**0.75 / largest),
        ),
        misconception(
            "the logarithm of 0: pairs that never occur make it infinite",
            "Their weight is 0, but 0 times infinity is not a number. Take the logarithm of 1 there, or sum over the pairs that occur.",
            loss=lambda *given: _glove(*given, log=np.log),
        ),
        misconception(
            "log(1 + X) where log X is fitted",
            "The products of vectors are fitted to the logarithm of the count itself. A pair counted once has the logarithm 0.",
            loss=lambda *given: _glove(*given, log=np.log1p),
        ),
        misconception(
            "the mean over all pairs in place of the sum",
            "GloVe adds up over the pairs of words. Yours is smaller by the number of pairs.",
            loss=lambda *given: _glove(*given, reduce=np.mean),
        ),
        misconception(
            "the biases are left out",
            "A frequent word is often beside everything. Its bias takes that up: word_bias goes with the rows, context_bias with the columns.",
            loss=lambda *given: _glove(*given, biases=False),
        ),
        misconception(
            "the biases are exchanged: the words' bias runs along the columns",
            "Row i belongs to word i, so word_bias needs a new last axis: word_bias[:, None]. The other one is added as it is.",
            loss=lambda *given: _glove(*given, swap=True),
        ),
        misconception(
            "the error is not squared",
            "Errors of both signs would cancel each other. Square each error before it is weighted and added.",
            loss=lambda *given: _glove(*given, power=1),
        ),
        misconception(
            "every pair weighs 1",
            "The squared error of a pair is multiplied by its weight before the sum.",
            loss=lambda *given: _glove(*given, f=lambda counts, largest: 1.0 * (counts > 0)),
        ),
        misconception(
            "the weight is squared together with the error",
            "The weight stands before the bracket: first the square of the error, then times f. In f * error ** 2 Python does it in this order.",
            loss=lambda *given: _glove(*given, f=lambda counts, largest: _f(counts, largest) ** 2),
        ),
    ],
)

# Autoencoders.


class _Squeeze:
    """The right autoencoder, with places to go wrong."""

    middle: Any = ReLU
    last: Any = Sigmoid
    narrow: Any = None
    decoder_first = False

    def __init__(self, inputs, hidden, features, rng):
        def encoder():
            chain = [Dense(inputs, hidden, rng), self.middle(), Dense(hidden, features, rng)]
            return Sequential(*chain, *([self.narrow()] if self.narrow else []))

        def decoder():
            chain = [Dense(features, hidden, rng), self.middle(), Dense(hidden, inputs, rng)]
            return Sequential(*chain, *([self.last()] if self.last else []))

        if self.decoder_first:
            self.decoder, self.encoder = decoder(), encoder()
        else:
            self.encoder, self.decoder = encoder(), decoder()

    def forward(self, x):
        self.code = self.encoder.forward(x)
        return self.decoder.forward(self.code)

    def backward(self, dy):
        return self.encoder.backward(self.decoder.backward(dy))


class _Nothing:
    """Passes everything on."""

    def forward(self, x):
        return x

    def backward(self, dy):
        return dy


class _StraightSqueeze(_Squeeze):
    middle = _Nothing


class _ClippedCode(_Squeeze):
    narrow = ReLU


class _SigmoidCode(_Squeeze):
    narrow = Sigmoid


class _OpenEnd(_Squeeze):
    last = None


class _ReluEnd(_Squeeze):
    last = ReLU


class _Shallow(_Squeeze):
    """The decoder leaps from the code to the pixels."""

    def __init__(self, inputs, hidden, features, rng):
        self.encoder = Sequential(Dense(inputs, hidden, rng), ReLU(), Dense(hidden, features, rng))
        self.decoder = Sequential(Dense(features, inputs, rng), Sigmoid())


class _DecoderFirst(_Squeeze):
    decoder_first = True


class _HalfWayBack(_Squeeze):
    def backward(self, dy):
        return self.decoder.backward(dy)


class _AnswerAsCode(_Squeeze):
    def forward(self, x):
        answer = super().forward(x)
        self.code = answer
        return answer


class _HiddenAsCode(_Squeeze):
    def forward(self, x):
        answer = super().forward(x)
        self.code = self.encoder.layers[1].forward(self.encoder.layers[0].forward(x))
        return answer


def _autoencoder_answers(reference, inputs):
    model = Autoencoder(inputs["inputs"], inputs["hidden"], inputs["features"], np.random.default_rng(inputs["rng"]))
    value = model.forward(inputs["x"])
    gradient = model.backward(inputs["dy"])
    return {"value": value, "gradient": gradient, "code": model.encoder.forward(inputs["x"])}


autoencoder = Exercise(
    id="ch14.autoencoder",
    reference="",
    protocol=Module(("inputs", "hidden", "features", "rng"), ("x",), (), "dy", reads=("code",)),
    cases=cases.to_be_said_again,
    parts=[
        Loosely("reconstruction", 2),
        Loosely("code", 1, "code"),
        Loosely("gradient", 1, "gradient"),
    ],
    read_again="14.5 Autoencoders: say it again through a narrow place",
    answers=_autoencoder_answers,
    misconceptions=[
        misconception(
            "no ReLU between the layers: all is one linear map",
            "Two dense layers without an activation between them are one matrix. Put a ReLU after the first layer of each half.",
            unit=_StraightSqueeze,
        ),
        misconception(
            "a ReLU on the code",
            "The code may be negative. Behind the narrow layer there is no activation; a ReLU there would throw half of it away.",
            unit=_ClippedCode,
        ),
        misconception(
            "a sigmoid on the code",
            "The sigmoid belongs to the end of the decoder, where pixels lie between 0 and 1. The code has no such bounds.",
            unit=_SigmoidCode,
        ),
        misconception(
            "no sigmoid at the end",
            "Pixels lie between 0 and 1. The decoder's last layer has a sigmoid behind it, so that the answers do, too.",
            unit=_OpenEnd,
        ),
        misconception(
            "a ReLU at the end in place of the sigmoid",
            "A ReLU has no upper bound, and where it is 0 no gradient comes back. The pixels want a sigmoid.",
            unit=_ReluEnd,
        ),
        misconception(
            "the decoder has no hidden layer",
            "The way back has as many steps as the way there: from the code to the hidden size, and from there to the pixels.",
            unit=_Shallow,
        ),
        misconception(
            "the decoder is made before the encoder, and so draws its weights first",
            "The layers share one rng, and each draws its weights when it is made. Make them in the order in which x passes them.",
            unit=_DecoderFirst,
        ),
        misconception(
            "backward ends at the code",
            "What the decoder's backward answers is the gradient for the code. Hand it on to the encoder's backward.",
            unit=_HalfWayBack,
        ),
        misconception(
            "the answer is kept as the code",
            "The code is what the encoder answers, before the decoder has seen it. It has as many columns as there are features.",
            unit=_AnswerAsCode,
        ),
        misconception(
            "the hidden layer is kept as the code",
            "The code is the output of the whole encoder, its narrow last layer, not of the wide one before it.",
            unit=_HiddenAsCode,
        ),
    ],
)


def _divergence(mean, log_var, half=2, var=np.exp, log=1, one=1, n=len):
    return (mean**2 + var(log_var) - one - log * log_var).sum() / half / n(mean)


variational = Exercise(
    id="ch14.variational",
    reference="",
    protocol=Call(code=("mean", "log_var", "noise"), divergence=("mean", "log_var")),
    cases=cases.codes,
    parts=[Part("code", 2, "code"), Part("divergence", 3, "divergence")],
    read_again="14.7 The variational autoencoder: a code with room around it",
    answers=lambda reference, inputs: {
        "code": inputs["mean"] + np.exp(inputs["log_var"] / 2) * inputs["noise"],
        "divergence": _divergence(inputs["mean"], inputs["log_var"]),
    },
    misconceptions=[
        misconception(
            "the variance multiplies the noise, not the standard deviation",
            "What exp(log_var) gives is σ². Noise is multiplied by σ, its square root: exp(log_var / 2).",
            code=lambda mean, log_var, noise: mean + np.exp(log_var) * noise,
        ),
        misconception(
            "the logarithm itself multiplies the noise",
            "The given log_var is the logarithm of a variance and may be negative. Take it back with exp, and halve it first.",
            code=lambda mean, log_var, noise: mean + log_var * noise,
        ),
        misconception(
            "the square root of the logarithm multiplies the noise",
            "The given log_var is not σ² but its logarithm, and may be negative. First take the exponential, then the root: both at once are exp(log_var / 2).",
            code=lambda mean, log_var, noise: mean + np.sqrt(log_var) * noise,
        ),
        misconception(
            "the noise is added as it is",
            "Each code has a spread of its own. Multiply the noise by σ = exp(log_var / 2) before you add the mean.",
            code=lambda mean, log_var, noise: mean + noise,
        ),
        misconception(
            "the mean is multiplied by the noise, too",
            "Only the spread is random. The mean stands alone and σ times the noise is added to it.",
            code=lambda mean, log_var, noise: (mean + np.exp(log_var / 2)) * noise,
        ),
        misconception(
            "no ½ in the divergence",
            "The whole sum is halved. With mean 1 and variance 1 the divergence of one number is ½.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, half=1),
        ),
        misconception(
            "plus log σ² where minus belongs",
            "With mean 0 and variance 1 the divergence is 0, and it must be positive everywhere else. With a plus it would fall for ever as the spread shrinks.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, log=-1),
        ),
        misconception(
            "the 1 is not subtracted",
            "A code that is already standard normal costs nothing. Without the −1 it costs ½ for each number.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, one=0),
        ),
        misconception(
            "log_var is taken for the variance itself",
            "Where the formula has σ², write exp(log_var); where it has log σ², write log_var as it is given.",
            divergence=lambda mean, log_var: (mean**2 + log_var - 1 - np.log(log_var)).sum() / 2 / len(mean),
        ),
        misconception(
            "the standard deviation where the variance belongs",
            "The formula has σ² in it, and exp(log_var) is σ² already. Nothing is halved inside.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, var=lambda log_var: np.exp(log_var / 2)),
        ),
        misconception(
            "summed over the examples instead of averaged",
            "Add up over the numbers of a code, and take the mean over the N examples.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, n=lambda mean: 1),
        ),
        misconception(
            "averaged over the numbers of the code, too",
            "A code of four numbers can hide more than one of two, so their divergences add up. Only the examples are averaged.",
            divergence=lambda mean, log_var: _divergence(mean, log_var, n=np.size),
        ),
    ],
)

# Images from little.


def _spread(x, kernel, stride, padding, *, cut=None, put=None, turn=False):
    kernel = kernel[::-1] if turn else kernel
    y = np.zeros((len(x) - 1) * stride + len(kernel))
    for i, value in enumerate(x):
        place = slice(i * stride, i * stride + len(kernel))
        y[place] = value * kernel if put else y[place] + value * kernel
    return y[padding : len(y) - padding] if cut is None else cut(y, padding)


def _size(length, kernel_size, stride, padding):
    return (length - 1) * stride + kernel_size - 2 * padding


def _side_by_side(x, kernel, stride, padding):
    y = np.zeros((len(x) - 1) * stride + len(kernel))
    near = np.convolve(x, kernel)
    y[: len(near)] = near
    return y[padding : len(y) - padding]


def _gathered(x, kernel, stride, padding):
    return np.convolve(x, kernel)[::stride]


transposed = Exercise(
    id="ch14.transposed",
    reference="",
    protocol=Call(
        size=("length", "kernel_size", "stride", "padding"),
        value=("x", "kernel", "stride", "padding"),
    ),
    cases=cases.signals,
    parts=[
        Part("size", 1, "size"),
        Part("value", 2, "value"),
        Part("value with padding", 1, "value", where="padded"),
    ],
    read_again="14.8 The deconvolutional net: from small to large",
    answers=lambda reference, inputs: {
        "size": _size(*(inputs[name] for name in ("length", "kernel_size", "stride", "padding"))),
        "value": _spread(*(inputs[name] for name in ("x", "kernel", "stride", "padding"))),
    },
    misconceptions=[
        misconception(
            "one stride too many: L · s in place of (L − 1) · s",
            "Between L numbers there are L − 1 strides. Draw three numbers and count the gaps.",
            size=lambda length, kernel_size, stride, padding: length * stride + kernel_size - 2 * padding,
        ),
        misconception(
            "the size of the ordinary convolution",
            "A convolution divides by the stride, its transpose multiplies by it. Here the output is the longer one.",
            size=lambda length, kernel_size, stride, padding: (length + 2 * padding - kernel_size) // stride + 1,
        ),
        misconception(
            "the padding is taken off once",
            "The padding is cut off on both sides, so it counts twice.",
            size=lambda length, kernel_size, stride, padding: (length - 1) * stride + kernel_size - padding,
        ),
        misconception(
            "the padding is added",
            "A convolution adds padding to its input. On the way back the same places are cut off, so the output is shorter.",
            size=lambda length, kernel_size, stride, padding: (length - 1) * stride + kernel_size + 2 * padding,
        ),
        misconception(
            "where stamps overlap the later one wins",
            "The stamps add up. Use += in place of =, and start from zeros.",
            value=lambda *given: _spread(*given, put=True),
        ),
        misconception(
            "the kernel is turned round",
            "Each number of x stamps the kernel as it is, from its first entry to its last. With one x you should see the kernel itself.",
            value=lambda *given: _spread(*given, turn=True),
        ),
        misconception(
            "nothing is cut off",
            "With padding p the first p and the last p places do not belong to the output.",
            value=lambda *given: _spread(*given, cut=lambda y, padding: y),
        ),
        misconception(
            "cut off at the front only",
            "The padding has two sides. Cut p places off at the end, too.",
            value=lambda *given: _spread(*given, cut=lambda y, padding: y[padding:]),
        ),
        misconception(
            "empty where the padding is 0",
            "With a padding of 0, y[padding:-padding] is y[0:0]. Count the end from the front: y[padding : len(y) - padding].",
            value=lambda *given: _spread(*given, cut=lambda y, padding: y[padding:-padding]),
        ),
        misconception(
            "the stamps lie one place apart, whatever the stride",
            "The stride says how far apart the stamps lie: that of x[i] begins at i · stride, not at i.",
            value=_side_by_side,
        ),
        misconception(
            "the stride leaves out results in place of spreading the inputs",
            "Here the stride says how far apart the stamps lie: that of x[i] begins at i · stride. Nothing is left out.",
            value=_gathered,
        ),
    ],
)

# Depth.


class _Block:
    """The right residual block, with places to go wrong."""

    projects = staticmethod(lambda inputs, outputs: inputs != outputs)
    shortcut_first = False

    def __init__(self, inputs, hidden, outputs, rng):
        def shortcut():
            return Dense(inputs, outputs, rng) if self.projects(inputs, outputs) else _Nothing()

        self.shortcut: Any = shortcut() if self.shortcut_first else None
        self.f = Sequential(Dense(inputs, hidden, rng), ReLU(), Dense(hidden, outputs, rng))
        self.shortcut = self.shortcut or shortcut()
        self.relu = ReLU()

    def forward(self, x):
        return self.relu.forward(self.f.forward(x) + self.shortcut.forward(x))

    def backward(self, dy):
        d = self.relu.backward(dy)
        return self.f.backward(d) + self.shortcut.backward(d)


class _Early(_Block):
    def forward(self, x):
        return self.relu.forward(self.f.forward(x)) + self.shortcut.forward(x)

    def backward(self, dy):
        return self.f.backward(self.relu.backward(dy)) + self.shortcut.backward(dy)


class _NoEnd(_Block):
    def forward(self, x):
        super().forward(x)
        return self.f.forward(x) + self.shortcut.forward(x)


class _Plain(_Block):
    def forward(self, x):
        return self.relu.forward(self.f.forward(x))

    def backward(self, dy):
        return self.f.backward(self.relu.backward(dy))


class _LostRoad(_Block):
    def backward(self, dy):
        return self.f.backward(self.relu.backward(dy))


class _PastTheRelu(_Block):
    def backward(self, dy):
        return self.f.backward(dy) + self.shortcut.backward(dy)


class _HalfPastTheRelu(_Block):
    def backward(self, dy):
        return self.f.backward(self.relu.backward(dy)) + self.shortcut.backward(dy)


class _OneRelu(_Block):
    """The last ReLU is the object inside f, and remembers one input only."""

    def __init__(self, inputs, hidden, outputs, rng):
        super().__init__(inputs, hidden, outputs, rng)
        self.relu = self.f.layers[1]


class _AlwaysProjects(_Block):
    projects = staticmethod(lambda inputs, outputs: True)


class _ShortcutFirst(_Block):
    shortcut_first = True


class _NeverProjects(_Block):
    projects = staticmethod(lambda inputs, outputs: False)


def _module_answers(unit, constructor):
    def answers(reference, inputs):
        given = {name: np.random.default_rng(inputs[name]) if name == "rng" else inputs[name] for name in constructor}
        model = unit(*given.values())
        return {"value": model.forward(inputs["x"]), "gradient": model.backward(inputs["dy"])}

    return answers


_BLOCK = ("inputs", "hidden", "outputs", "rng")

residual_block = Exercise(
    id="ch14.residual_block",
    reference="",
    protocol=Module(_BLOCK, ("x",), (), "dy"),
    cases=cases.blocks,
    parts=[
        Loosely("same size", 2),
        Loosely("another size", 1, where="wider"),
        Loosely("gradient, same size", 2, "gradient"),
        Loosely("gradient, another size", 1, "gradient", where="wider"),
    ],
    read_again="14.10 The residual net: learn the difference",
    answers=_module_answers(_Block, _BLOCK),
    misconceptions=[
        misconception(
            "the last ReLU comes before the sum",
            "He's block adds first: ReLU(f(x) + shortcut). With the ReLU inside, a block could only ever add, never take away.",
            unit=_Early,
        ),
        misconception(
            "no ReLU after the sum",
            "The block ends with a ReLU on the sum. Your answers have negative numbers.",
            unit=_NoEnd,
        ),
        misconception(
            "the shortcut is missing",
            "What is added to f(x)? With all weights of f at 0 the block must still let x through, as far as it is positive.",
            unit=_Plain,
        ),
        misconception(
            "backward forgets the shortcut's road",
            "The input x went two ways into the sum, so two gradients come back, and they are added: that of f and that of the shortcut.",
            unit=_LostRoad,
        ),
        misconception(
            "backward does not go through the last ReLU",
            "The sum was cut at 0. First send dy back through that ReLU; what comes out belongs to both roads.",
            unit=_PastTheRelu,
        ),
        misconception(
            "the shortcut's gradient goes past the ReLU",
            "Both roads end in the sum, and the sum lies before the ReLU. The gradient for both is relu.backward(dy).",
            unit=_HalfPastTheRelu,
        ),
        misconception(
            "one ReLU object for both ReLUs",
            "A ReLU object remembers where it cut its latest input. Used twice, it has forgotten the first one when backward asks. Make two.",
            unit=_OneRelu,
        ),
        misconception(
            "a dense layer on the shortcut even where the sizes are equal",
            "Where inputs and outputs have the same size the shortcut is x itself: nothing to learn, nothing in the gradient's way.",
            unit=_AlwaysProjects,
        ),
        misconception(
            "no dense layer on the shortcut where the sizes differ",
            "Arrays of different widths cannot be added. Where outputs is not inputs, a dense layer brings x to the new width.",
            unit=_NeverProjects,
        ),
        misconception(
            "the shortcut's layer is made before f, and so draws its weights first",
            "The layers share one rng. Make those of f first, then the shortcut's.",
            unit=_ShortcutFirst,
        ),
    ],
)

# Acting.


def _returns(rewards, ends, gamma):
    g, total = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * (1 - ends[t]) * total
        g[t] = total
    return g


def _from_the_start(rewards, ends, gamma):
    weighted = rewards * gamma ** np.arange(len(rewards))
    return np.cumsum(weighted[::-1])[::-1]


def _forward_sums(rewards, ends, gamma):
    g, total = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards)):
        total = rewards[t] + gamma * total
        g[t] = total
        total = total * (1 - ends[t])
    return g


def _loop_forward(rewards, ends, gamma):
    g, total = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards)):
        total = rewards[t] + gamma * (1 - ends[t]) * total
        g[t] = total
    return g


def _without_own(rewards, ends, gamma):
    g = _returns(rewards, ends, gamma)
    return g - rewards


def _end_cuts_before(rewards, ends, gamma):
    g, total = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        total = (rewards[t] + gamma * total) * (1 - ends[t])
        g[t] = total
    return g


def _choice(q, u, random_action, epsilon):
    return np.where(u < epsilon, random_action, q.argmax(axis=1))


returns = Exercise(
    id="ch14.returns",
    reference="",
    protocol=Call(
        returns=("rewards", "ends", "gamma"),
        action=("q", "u", "random_action", "epsilon"),
    ),
    cases=cases.episodes,
    parts=[
        Part("returns of one episode", 2, "returns"),
        Part("returns of several", 1, "returns", where="several"),
        Part("actions", 2, "action"),
    ],
    read_again="14.12 Learning to act: deep Q-learning and the policy gradient",
    withholds=("losses.PolicyGradient", "losses.BellmanMSE"),
    answers=lambda reference, inputs: {
        "returns": _returns(inputs["rewards"], inputs["ends"], inputs["gamma"]),
        "action": _choice(inputs["q"], inputs["u"], inputs["random_action"], inputs["epsilon"]),
    },
    misconceptions=[
        misconception(
            "the return runs across the end of an episode",
            "After an end another episode begins, and its rewards are not this one's. Where ends[t] is 1, nothing of the future counts.",
            returns=lambda rewards, ends, gamma: _returns(rewards, 0 * ends, gamma),
        ),
        misconception(
            "nothing is discounted",
            "Each step further away multiplies a reward by γ once more.",
            returns=lambda rewards, ends, gamma: _returns(rewards, ends, 1.0),
        ),
        misconception(
            "discounted from the start of the run, not from each step",
            "The return of step t gives its own reward the full weight 1. In yours a late step's own reward is already shrunk.",
            returns=_from_the_start,
        ),
        misconception(
            "summed forwards: the past in place of the future",
            "A return is what is still to come. Walk from the last step to the first, so that g[t + 1] is known when g[t] is asked for.",
            returns=_forward_sums,
        ),
        misconception(
            "the loop begins at the first step",
            "The return of step t needs that of step t + 1. So begin at the last step: for t in reversed(range(len(rewards))).",
            returns=_loop_forward,
        ),
        misconception(
            "the returns stand in reverse order",
            "You walk from the last step to the first and append: then the last return comes first. Turn the list round at the end, or write to g[t].",
            returns=lambda rewards, ends, gamma: _returns(rewards, ends, gamma)[::-1],
        ),
        misconception(
            "what follows counts at an end only: ends[t] where 1 − ends[t] belongs",
            "Where ends[t] is 1 the factor must be 0, and elsewhere 1. That is 1 - ends[t].",
            returns=lambda rewards, ends, gamma: _returns(rewards, 1 - ends, gamma),
        ),
        misconception(
            "the step's own reward is left out",
            "The reward that step t brings is the first term of its return, with the weight 1.",
            returns=_without_own,
        ),
        misconception(
            "the end takes away the step's own reward",
            "The step that ends the episode still brings its reward. Only what would come after it is cut off.",
            returns=_end_cuts_before,
        ),
        misconception(
            "epsilon is the share of greedy actions",
            "With probability ε the action is random. So the random one is taken where u is below ε, the best one elsewhere.",
            action=lambda q, u, random_action, epsilon: np.where(u < epsilon, q.argmax(axis=1), random_action),
        ),
        misconception(
            "random where u is above ε",
            "The action is random with the probability ε, and u is below ε in a share ε of all cases: np.where(u < epsilon, random_action, …).",
            action=lambda q, u, random_action, epsilon: np.where(u > epsilon, random_action, q.argmax(axis=1)),
        ),
        misconception(
            "random also where u is exactly ε",
            "Below means below: u < epsilon. With an epsilon of 0 nobody acts at random, not even where u is 0.",
            action=lambda q, u, random_action, epsilon: np.where(u <= epsilon, random_action, q.argmax(axis=1)),
        ),
        misconception(
            "one largest q of the whole table in place of one in each row",
            "Without an axis argmax looks at the table as one long row. Each walker has a row of its own: q.argmax(axis=1).",
            action=lambda q, u, random_action, epsilon: np.where(u < epsilon, random_action, q.argmax()),
        ),
        misconception(
            "the worst action in place of the best",
            "The table q promises a return, and more is better: argmax, not argmin.",
            action=lambda q, u, random_action, epsilon: np.where(u < epsilon, random_action, q.argmin(axis=1)),
        ),
        misconception(
            "the value of the best action, not its number",
            "An action is a whole number, the place of the largest q in its row. Use argmax, not max.",
            action=lambda q, u, random_action, epsilon: np.where(u < epsilon, random_action, q.max(axis=1)),
        ),
        misconception(
            "never random",
            "A greedy walker never finds out what it has not tried. Where u is below ε take random_action.",
            action=lambda q, u, random_action, epsilon: q.argmax(axis=1),
        ),
    ],
)

# Energies.


def _store(patterns, diagonal=0.0, over=None):
    weight = patterns.T @ patterns / (patterns.shape[1] if over is None else over(patterns))
    if diagonal is not None:
        np.fill_diagonal(weight, diagonal)
    return weight


def _energy(weight, state):
    return -0.5 * state @ weight @ state


def _recall(weight, state, order, sign=1, see=None):
    new = state.copy()
    for i in order:
        field = sign * weight[i] @ (new if see is None else see(state))
        if field != 0:
            new[i] = np.sign(field)
    return new


def _recall_to_zero(weight, state, order):
    new = state.copy()
    for i in order:
        new[i] = np.sign(weight[i] @ new)
    return new


def _recall_up(weight, state, order):
    new = state.copy()
    for i in order:
        new[i] = 1.0 if weight[i] @ new >= 0 else -1.0
    return new


hopfield = Exercise(
    id="ch14.hopfield",
    reference="",
    protocol=Call(store=("patterns",), energy=("weight", "state"), recall=("weight", "state", "order")),
    cases=cases.memories,
    parts=[
        Part("store", 2, "store"),
        Part("energy", 1, "energy"),
        Part("recall", 2, "recall"),
        Part("recall where the field is 0", 1, "recall", where="tie"),
    ],
    read_again="14.13 The Hopfield net: memories are valleys",
    answers=lambda reference, inputs: {
        "store": _stored(inputs["patterns"]),
        "energy": _energy(inputs["weight"], inputs["state"]),
        "recall": _recall(inputs["weight"], inputs["state"], inputs["order"]),
    },
    misconceptions=[
        misconception(
            "units are joined to themselves: the diagonal is not 0",
            "Every unit agrees with itself in every pattern, so the diagonal only makes it stubborn. Set it to 0.",
            store=lambda patterns: _store(patterns, None),
        ),
        misconception(
            "divided by the number of patterns, not of units",
            "The sum over the patterns is divided by the number of units, the length of a pattern.",
            store=lambda patterns: _store(patterns, over=len),
        ),
        misconception(
            "not divided by the number of units",
            "The sum over the patterns is divided by the number of units, so that the numbers stay near 1 however large the net is.",
            store=lambda patterns: _store(patterns, over=lambda patterns: 1),
        ),
        misconception(
            "patterns joined to patterns: p pᵀ in place of pᵀ p",
            "A weight joins two units, so W has a row and a column for each unit. Sum over the patterns: pᵀ @ p.",
            store=lambda patterns: _store(patterns.T, over=lambda p: len(p)),
        ),
        misconception(
            "no ½ in the energy",
            "Every pair of units appears twice in the double sum. The ½ makes up for it.",
            energy=lambda weight, state: -state @ weight @ state,
        ),
        misconception(
            "the energy without its minus: memories would be hills",
            "Units that agree with their weight should lower the energy. Remembering is rolling down.",
            energy=lambda weight, state: 0.5 * state @ weight @ state,
        ),
        misconception(
            "all units at once: each sees the old state",
            "One unit after another: the second one already sees what the first one has become. All at once, the energy may rise.",
            recall=lambda weight, state, order: _recall(weight, state, order, see=lambda state: state),
        ),
        misconception(
            "the order is ignored: from the first unit to the last",
            "Visit the units in the order that is given. With another order the net may end elsewhere.",
            recall=lambda weight, state, order: _recall(weight, state, np.sort(order)),
        ),
        misconception(
            "the sign of the field is reversed",
            "A unit follows its field: a positive sum makes it 1. Yours climbs in energy.",
            recall=lambda weight, state, order: _recall(weight, state, order, sign=-1),
        ),
        misconception(
            "a unit becomes 0 where its field is 0",
            "For a field of 0 np.sign answers 0, and that is no state of a unit. Where the field is 0 the unit stays as it is.",
            recall=_recall_to_zero,
        ),
        misconception(
            "a field of 0 makes the unit 1",
            "Where the field is 0 nobody pulls: the unit stays as it is, be it 1 or −1.",
            recall=_recall_up,
        ),
    ],
)


def _stored(patterns):
    net = Hopfield(patterns.shape[1])
    net.store(patterns)
    return net.weight


def _contrast(
    v, weight, visible_bias, hidden_bias, hidden_u, visible_u,
    *, draw=lambda u, p: (u < p) * 1.0, draw_h=None, draw_v=None, positive=None, last=None, sign=1, over=None,
):  # fmt: skip
    sigmoid = Sigmoid().forward
    h = sigmoid(v @ weight.T + hidden_bias)
    drawn = (draw_h or draw)(hidden_u, h)
    dream_v = (draw_v or draw)(visible_u, sigmoid(drawn @ weight + visible_bias))
    dream_h = h if last == "h" else sigmoid(dream_v @ weight.T + hidden_bias)
    if last == "drawn":
        dream_h = draw(hidden_u, dream_h)
    if positive == "drawn":
        h = drawn
    n = len(v) if over is None else over
    dw, da, db = dream_h.T @ dream_v - h.T @ v, (dream_v - v).sum(axis=0), (dream_h - h).sum(axis=0)
    return sign * dw / n, sign * da / n, sign * db / n


contrastive_divergence = Exercise(
    id="ch14.contrastive_divergence",
    reference="",
    protocol=Program(
        ("v", "weight", "visible_bias", "hidden_bias", "hidden_u", "visible_u"),
        ("grad_weight", "grad_visible", "grad_hidden"),
    ),
    cases=cases.seen_and_dreamed,
    parts=[
        Part("gradient for the weights", 3, "grad_weight"),
        Part("gradient for the visible biases", 1, "grad_visible"),
        Part("gradient for the hidden biases", 1, "grad_hidden"),
    ],
    read_again="14.14 The restricted Boltzmann machine: dream, and compare",
    answers=lambda reference, inputs: dict(
        zip(("grad_weight", "grad_visible", "grad_hidden"), _contrast(*inputs.values()))
    ),
    misconceptions=[
        misconception(
            "what is seen less what is dreamed: the sign is reversed",
            "The optimizer subtracts the gradient. To make what is seen likelier, the gradient is what is dreamed less what is seen.",
            unit=lambda *given: _contrast(*given, sign=-1),
        ),
        misconception(
            "summed over the examples instead of averaged",
            "Each gradient is a mean over the N examples, so that the learning rate does not depend on the batch.",
            unit=lambda *given: _contrast(*given, over=1),
        ),
        misconception(
            "the hidden side is not drawn: its probabilities dream",
            "Draw 0 or 1 for each hidden unit before it dreams: 1 where hidden_u is below the probability.",
            unit=lambda *given: _contrast(*given, draw_h=lambda u, p: p),
        ),
        misconception(
            "the dreamed visible side is not drawn",
            "What is dreamed is drawn, too: 1 where visible_u is below the probability. Pixels are black or white.",
            unit=lambda *given: _contrast(*given, draw_v=lambda u, p: p),
        ),
        misconception(
            "drawn the wrong way round: 1 where u is above the probability",
            "A uniform number is below p in a share p of all cases. So the unit is 1 where u < p.",
            unit=lambda *given: _contrast(*given, draw=lambda u, p: (u > p) * 1.0),
        ),
        misconception(
            "drawn numbers in place of probabilities for what is seen",
            "For the statistics of what is seen take the hidden probabilities. The drawn 0s and 1s are for the dream only, and carry noise.",
            unit=lambda *given: _contrast(*given, positive="drawn"),
        ),
        misconception(
            "the dream keeps the old hidden side",
            "After the dream the hidden side is asked again, now for what has been dreamed.",
            unit=lambda *given: _contrast(*given, last="h"),
        ),
        misconception(
            "the last hidden side is drawn",
            "Nobody dreams of it any more, so its probabilities are enough, and they carry less noise.",
            unit=lambda *given: _contrast(*given, last="drawn"),
        ),
        misconception(
            "the two gradients for the biases are exchanged",
            "The order is weight, visible biases, hidden biases. The second one has as many numbers as there are pixels.",
            unit=lambda *given: tuple(_contrast(*given)[k] for k in (0, 2, 1)),
        ),
    ],
)

# Memory and attention.


def _softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def _bare_softmax(z):
    return np.exp(z) / np.exp(z).sum()


def _alike(memory, key):
    return memory @ key / (np.linalg.norm(memory, axis=1) * np.linalg.norm(key))


def _content(memory, key, strength):
    return _softmax(strength * _alike(memory, key))


def _move(
    found, before, gate, shift, sharpness, *, turn=1, roll=np.roll, early=False, mix=None, sharpen=None, norm=True
):
    at = gate * found + (1 - gate) * before if mix is None else mix(found, before, gate)
    if early:
        at = at**sharpness
    at = sum(share * roll(at, turn * (k - 1)) for k, share in enumerate(shift))
    if not early:
        at = at**sharpness if sharpen is None else sharpen(at, sharpness)
    return at / at.sum() if norm else at


def _roll_off(at, by):
    """A roll that lets the ends fall off."""
    moved = np.zeros_like(at)
    if by > 0:
        moved[by:] = at[:-by]
    elif by < 0:
        moved[:by] = at[-by:]
    else:
        moved[:] = at
    return moved


addressing = Exercise(
    id="ch14.addressing",
    reference="",
    protocol=Call(content=("memory", "key", "strength"), move=("found", "before", "gate", "shift", "sharpness")),
    cases=cases.tapes,
    parts=[
        Part("by content", 2, "content"),
        Part("by content, great strength", 1, "content", where="great", rtol=5e-3),
        Part("by place", 3, "move"),
    ],
    read_again="14.16 The neural Turing machine: a tape that can be learned",
    answers=lambda reference, inputs: {
        "content": _content(*(inputs[name] for name in ("memory", "key", "strength"))),
        "move": _move(*(inputs[name] for name in ("found", "before", "gate", "shift", "sharpness"))),
    },
    misconceptions=[
        misconception(
            "products in place of cosines: long rows win",
            "Divide the product by the lengths of both, that of the row and that of the key. Two rows of the same direction get the same share.",
            content=lambda memory, key, strength: _softmax(strength * (memory @ key)),
        ),
        misconception(
            "divided by the row's length only, not by the key's",
            "A cosine has both lengths in it. Without the key's, a long key works like a great strength.",
            content=lambda memory, key, strength: _softmax(strength * (memory @ key) / np.linalg.norm(memory, axis=1)),
        ),
        misconception(
            "the strength is left out",
            "The strength multiplies the cosines before the softmax. The greater it is, the more the best row takes.",
            content=lambda memory, key, strength: _softmax(_alike(memory, key)),
        ),
        misconception(
            "the strength multiplies after the softmax",
            "Inside the softmax it sharpens; outside it only makes the shares add up to something else than 1.",
            content=lambda memory, key, strength: strength * _softmax(_alike(memory, key)),
        ),
        misconception(
            "the length of the whole memory in place of each row's",
            "Every row has a length of its own: np.linalg.norm(memory, axis=1), one number for each row.",
            content=lambda memory, key, strength: _softmax(
                strength * (memory @ key) / (np.linalg.norm(memory) * np.linalg.norm(key))
            ),
        ),
        misconception(
            "the exponential overflows where the strength is great",
            "The exponential of 1000 is infinite, and infinite by infinite is not a number. Subtract the largest first: np.exp(z - z.max()).",
            content=lambda memory, key, strength: _bare_softmax(strength * _alike(memory, key)),
        ),
        misconception(
            "the gate is the wrong way round",
            "A gate of 1 takes what was found by content; a gate of 0 stays with where the head was before.",
            move=lambda *given: _move(*given, mix=lambda found, before, gate: (1 - gate) * found + gate * before),
        ),
        misconception(
            "the shift goes the other way",
            "In shift[0] is the share that moves one row up, to the lower number; shift[2] goes on to the next row. np.roll(at, 1) goes on.",
            move=lambda *given: _move(*given, turn=-1),
        ),
        misconception(
            "what moves over the edge is lost",
            "The tape is a ring: after the last row comes the first. np.roll does that.",
            move=lambda *given: _move(*given, roll=_roll_off),
        ),
        misconception(
            "sharpened before it is shifted",
            "The shift blurs, so the sharpening comes after it.",
            move=lambda *given: _move(*given, early=True),
        ),
        misconception(
            "not normalized at the end",
            "Powers of shares do not add up to 1. Divide by their sum.",
            move=lambda *given: _move(*given, norm=False),
        ),
        misconception(
            "the sharpness multiplies where it is an exponent",
            "Multiplying all shares by the same number and normalizing changes nothing. Raise each to the power of the sharpness.",
            move=lambda *given: _move(*given, sharpen=lambda at, sharpness: at * sharpness),
        ),
        misconception(
            "a softmax where each share is raised to a power",
            "The softmax is for step 1. Here the shares themselves are raised to the power γ, w ** sharpness, and a share of 0 stays 0.",
            move=lambda *given: _move(*given, sharpen=lambda at, sharpness: np.exp(sharpness * at)),
        ),
        misconception(
            "the gate is left out: only what was found counts",
            "Mix what was found with where the head was before, in the shares gate and 1 − gate.",
            move=lambda *given: _move(*given, mix=lambda found, before, gate: found),
        ),
    ],
)


class _Paper:
    """The right block, norms after the sums, with places to go wrong."""

    mask = staticmethod(lambda steps: np.tril(np.ones((steps, steps), bool)))
    dense_first = False

    def __init__(self, features, heads, hidden, rng):
        if not self.dense_first:
            self.attention = MultiHeadAttention(features, heads, rng)
        self.dense = Sequential(Dense(features, hidden, rng), ReLU(), Dense(hidden, features, rng))
        if self.dense_first:
            self.attention = MultiHeadAttention(features, heads, rng)
        self.first, self.second = LayerNorm(features), LayerNorm(features)

    def attend(self, x):
        return self.attention.forward(x, self.mask(x.shape[1]))

    def forward(self, x):
        h = self.first.forward(x + self.attend(x))
        return self.second.forward(h + self.dense.forward(h))

    def backward(self, dy):
        d = self.second.backward(dy)
        d = self.first.backward(d + self.dense.backward(d))
        return d + self.attention.backward(d)


class _SeesAll(_Paper):
    mask = staticmethod(lambda steps: np.ones((steps, steps), bool))


class _SeesFuture(_Paper):
    mask = staticmethod(lambda steps: np.triu(np.ones((steps, steps), bool)))


class _Strict(_Paper):
    mask = staticmethod(lambda steps: np.tril(np.ones((steps, steps), bool), -1))


class _PreNorm(_Paper):
    def forward(self, x):
        h = x + self.attend(self.first.forward(x))
        return h + self.dense.forward(self.second.forward(h))

    def backward(self, dy):
        dh = dy + self.second.backward(self.dense.backward(dy))
        return dh + self.first.backward(self.attention.backward(dh))


class _NoFirstSkip(_Paper):
    def forward(self, x):
        h = self.first.forward(self.attend(x))
        return self.second.forward(h + self.dense.forward(h))

    def backward(self, dy):
        d = self.second.backward(dy)
        return self.attention.backward(self.first.backward(d + self.dense.backward(d)))


class _NoSecondSkip(_Paper):
    def forward(self, x):
        h = self.first.forward(x + self.attend(x))
        return self.second.forward(self.dense.forward(h))

    def backward(self, dy):
        d = self.first.backward(self.dense.backward(self.second.backward(dy)))
        return d + self.attention.backward(d)


class _SkipFromX(_Paper):
    """The second skip begins at x."""

    def forward(self, x):
        h = self.first.forward(x + self.attend(x))
        return self.second.forward(x + self.dense.forward(h))

    def backward(self, dy):
        dsum = self.second.backward(dy)
        d = self.first.backward(self.dense.backward(dsum))
        return dsum + d + self.attention.backward(d)


class _NoSecondNorm(_Paper):
    def forward(self, x):
        h = self.first.forward(x + self.attend(x))
        return h + self.dense.forward(h)

    def backward(self, dy):
        d = self.first.backward(dy + self.dense.backward(dy))
        return d + self.attention.backward(d)


class _LosesSkips(_Paper):
    def backward(self, dy):
        d = self.first.backward(self.dense.backward(self.second.backward(dy)))
        return self.attention.backward(d)


class _OneNorm(_Paper):
    """One object for both norms: it remembers one input only."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.second = self.first


class _PastTheNorms(_Paper):
    """The skips' gradients go past the norms."""

    def backward(self, dy):
        d = dy + self.dense.backward(self.second.backward(dy))
        return d + self.attention.backward(self.first.backward(d))


class _DenseFirst(_Paper):
    dense_first = True


_CAUSAL = ("features", "heads", "hidden", "rng")

causal_block = Exercise(
    id="ch14.causal_block",
    reference="",
    protocol=Module(_CAUSAL, ("x",), (), "dy"),
    cases=cases.sequences,
    parts=[Loosely("value", 4), Loosely("gradient", 2, "gradient")],
    read_again="14.17 The transformer: look back at everything",
    answers=_module_answers(_Paper, _CAUSAL),
    misconceptions=[
        misconception(
            "no mask: every step sees what comes after it",
            "A model of the next character must not see it. Give the attention a mask that is True where column ≤ row.",
            unit=_SeesAll,
        ),
        misconception(
            "the mask is turned round: steps see the future only",
            "The entry mask[t, s] says whether step t may look at step s. It may where s ≤ t: the lower triangle, np.tril.",
            unit=_SeesFuture,
        ),
        misconception(
            "a step may not look at itself",
            "The diagonal belongs to the mask: s ≤ t, with the equals sign. Otherwise the first step sees nothing at all.",
            unit=_Strict,
        ),
        misconception(
            "the norms come first, as in layers.TransformerBlock",
            "That is the later order. The paper of 2017 adds first and normalizes the sum: norm(x + attention(x)).",
            unit=_PreNorm,
        ),
        misconception(
            "no skip around the attention",
            "The sum that is normalized first is x + attention(x).",
            unit=_NoFirstSkip,
        ),
        misconception(
            "no skip around the dense layers",
            "The sum that is normalized second is h + dense(h).",
            unit=_NoSecondSkip,
        ),
        misconception(
            "the second skip begins at x",
            "The second half takes h for its input, on both roads: h + dense(h).",
            unit=_SkipFromX,
        ),
        misconception(
            "the second norm is missing",
            "Both sums are normalized, each by a LayerNorm of its own.",
            unit=_NoSecondNorm,
        ),
        misconception(
            "backward leaves out the skips",
            "Each sum sends its gradient down two roads. What the norm's backward answers is added to what comes back through the layer.",
            unit=_LosesSkips,
        ),
        misconception(
            "the skips' gradients go past the norms",
            "Each sum lies before its norm, so both roads get what the norm's backward answers: d + dense.backward(d), not dy + dense.backward(d).",
            unit=_PastTheNorms,
        ),
        misconception(
            "one LayerNorm object for both norms",
            "A LayerNorm object remembers its latest input. Used twice, it has forgotten the first one when backward asks. Make two.",
            unit=_OneNorm,
        ),
        misconception(
            "the dense layers are made before the attention, and so draw their weights first",
            "The layers share one rng. Make the attention first, then the two dense layers.",
            unit=_DenseFirst,
        ),
    ],
)
