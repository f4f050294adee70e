"""The exercises of chapter 02: modules and chains of them, forward and by hand, and the mistakes that students make."""

from itertools import pairwise

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch02_modules_cases as cases
from autograder.sandbox.protocols import Call, Module, Program
from course_lib import activations, layers

# A dense layer.


def _forward(x, weight, bias):
    return x @ weight.T + bias


def _dense(
    scale=lambda inputs, outputs: np.sqrt(2 / inputs),
    bias=lambda outputs, rng: np.zeros(outputs),
    forward=_forward,
    stale=False,
    draw=lambda inputs, outputs, rng: rng.normal(size=(outputs, inputs)),
):
    """A dense layer with one of its lines replaced: what it starts with, and what it answers with given parameters."""

    def try_dense(inputs, outputs, rng, weight, bias_given, x):
        start_weight = draw(inputs, outputs, rng) * scale(inputs, outputs)
        start_bias = bias(outputs, rng)
        used = (start_weight, start_bias) if stale else (weight, bias_given)
        return start_weight, start_bias, forward(x, *used)

    return try_dense


def _started(reference, inputs):
    layer = reference(inputs["inputs"], inputs["outputs"], np.random.default_rng(inputs["rng"]))
    start = dict(layer.params)
    layer.params = {"weight": inputs["weight"], "bias": inputs["bias"]}
    return {"start_weight": start["weight"], "start_bias": start["bias"], "y": layer.forward(inputs["x"])}


dense = Exercise(
    id="ch02.dense",
    reference="layers.Dense",
    protocol=Program(("inputs", "outputs", "rng", "weight", "bias", "x"), ("start_weight", "start_bias", "y")),
    cases=cases.dense(),
    answers=_started,
    parts=[
        Part("weights at the start", 1, "start_weight"),
        Part("biases at the start", 0.5, "start_bias"),
        Part("forward", 2, "y"),
        Part("forward for x of three axes", 0.5, "y", where="more axes"),
    ],
    read_again="2.2 Dense: what does a fully connected layer compute?",
    misconceptions=[
        misconception(
            "no transpose: x W for x Wᵀ, or weights kept as (inputs, outputs)",
            "Weights have the shape (outputs, inputs): one row for each output. Write (N, inputs) · (?, ?) = (N, outputs). What must stand at the question marks?",
            "If you drew them as (inputs, outputs): in this course, as in PyTorch, row k belongs to output k, and forward turns the table over.",
            unit=_dense(forward=lambda x, w, b: x @ w + b),
        ),
        misconception(
            "a transposed answer: outputs in the rows",
            "One row of y is one example, as one row of x is. Let x come first in the product.",
            unit=_dense(forward=lambda x, w, b: (x @ w.T + b).T),
        ),
        misconception(
            "a forgotten bias",
            "With x = 0 your layer answers 0. It should answer the bias.",
            unit=_dense(forward=lambda x, w, b: x @ w.T),
        ),
        misconception(
            "a bias that is subtracted",
            "The bias is added to the weighted sum. A threshold would be subtracted; chapter 1 had both.",
            unit=_dense(forward=lambda x, w, b: x @ w.T - b),
        ),
        misconception(
            "an activation inside the layer",
            "This layer answers sums of both signs. In this course the activation is a module of its own, behind the layer.",
            unit=_dense(forward=lambda x, w, b: np.maximum(x @ w.T + b, 0)),
        ),
        misconception(
            "a forward that uses the numbers of the start, not those in params",
            "Training replaces the arrays in self.params. Look there at every call; a copy under another name does not hear of it.",
            unit=_dense(stale=True),
        ),
        misconception(
            "biases that start at random",
            "The biases start at 0. Only the weights must differ from each other at the start.",
            unit=_dense(bias=lambda outputs, rng: rng.normal(size=outputs)),
        ),
        misconception(
            "weights of size 1, without the factor √(2/inputs)",
            "A sum of many weights of size 1 grows with the number of inputs. Multiply by √(2/inputs) at the start.",
            unit=_dense(scale=lambda inputs, outputs: 1.0),
        ),
        misconception(
            "weights scaled by 2/inputs without the root",
            "The variance is 2/inputs. What multiplies a standard normal number is its root.",
            unit=_dense(scale=lambda inputs, outputs: 2 / inputs),
        ),
        misconception(
            "weights drawn as (inputs, outputs)",
            "In this course, as in PyTorch, row k of the weight belongs to output k: its shape is (outputs, inputs).",
            unit=_dense(draw=lambda inputs, outputs, rng: rng.normal(size=(inputs, outputs))),
        ),
        misconception(
            "weights drawn as (inputs, outputs) and turned over afterwards",
            "The shape is right, but each number stands at another place. Draw them as (outputs, inputs) at once.",
            unit=_dense(draw=lambda inputs, outputs, rng: rng.normal(size=(inputs, outputs)).T),
        ),
        misconception(
            "weights scaled by inputs and outputs together",
            "That is another rule, which chapter 7 has as well. Here the factor is √(2/inputs).",
            unit=_dense(scale=lambda inputs, outputs: np.sqrt(2 / (inputs + outputs))),
        ),
        misconception(
            "weights scaled by the number of outputs",
            "An output is a sum over the inputs. So it is their number that matters.",
            unit=_dense(scale=lambda inputs, outputs: np.sqrt(2 / outputs)),
        ),
    ],
)


# A network by hand.


def _relu(z):
    return np.maximum(z, 0)


def _mlp(
    first=lambda x, w, b: _relu(_forward(x, w, b)),
    second=lambda h1, w, b, x: _relu(_forward(h1, w, b)),
    last=lambda h2, w, b: _forward(h2, w, b),
    told=lambda h1, h2, y: (h1, h2, y),
    skip=False,
):
    """Three layers with one of them replaced."""

    def feed_forward(x, weight1, bias1, weight2, bias2, weight3, bias3):
        h1 = first(x, weight1, bias1)
        h2 = second(h1, weight2, bias2, x)
        return told(h1, h2, last(h1 if skip else h2, weight3, bias3))

    return feed_forward


def _by_modules(reference, inputs):
    """course_lib's own layers with the parameters of the case."""
    made = []
    for i in (1, 2, 3):
        made.append(_given_dense(inputs[f"weight{i}"], inputs[f"bias{i}"]))
    h1 = _relu(made[0].forward(inputs["x"]))
    h2 = _relu(made[1].forward(h1))
    return {"h1": h1, "h2": h2, "y": made[2].forward(h2)}


def _given_dense(weight, bias):
    layer = layers.Dense(weight.shape[1], weight.shape[0], np.random.default_rng(0))
    layer.params = {"weight": weight, "bias": bias}
    return layer


feed_forward = Exercise(
    id="ch02.feed_forward",
    reference="layers.Dense",
    protocol=Program(("x", "weight1", "bias1", "weight2", "bias2", "weight3", "bias3"), ("h1", "h2", "y")),
    cases=cases.mlps(((1, 2, 3, 4, 2), (3, 3, 3, 3, 3), (5, 4, 4, 3, 2), (8, 2, 4, 4, 3))),
    answers=_by_modules,
    parts=[Part("first hidden layer", 1, "h1"), Part("second hidden layer", 1, "h2"), Part("output", 2, "y")],
    read_again="2.3 Feed-forward: what becomes of one example on its way?",
    withholds=("activations.ReLU",),
    misconceptions=[
        misconception(
            "a ReLU at the output",
            "Your output is never negative. The last layer answers plain sums; what is done with them depends on the task (2.12).",
            unit=_mlp(last=lambda h2, w, b: _relu(_forward(h2, w, b))),
        ),
        misconception(
            "no ReLU at all",
            "Your hidden units answer negative numbers. Then three layers are one (2.6).",
            "If only the hidden layers are wrong and the output is right: you returned the sums from before the ReLU.",
            unit=_mlp(first=_forward, second=lambda h1, w, b, x: _forward(h1, w, b)),
        ),
        misconception(
            "no ReLU behind the second layer",
            "Both hidden layers bend. Only the last layer does not.",
            "If the output is right all the same: you returned the second sums from before their ReLU.",
            unit=_mlp(second=lambda h1, w, b, x: _forward(h1, w, b)),
        ),
        misconception(
            "a bias added behind the ReLU",
            "The bias decides where the unit bends, so it must be in the sum before the ReLU sees it.",
            unit=_mlp(
                first=lambda x, w, b: _relu(x @ w.T) + b,
                second=lambda h1, w, b, x: _relu(h1 @ w.T) + b,
            ),
        ),
        misconception(
            "hidden layers without their biases",
            "Each of the three layers adds its own bias.",
            unit=_mlp(first=lambda x, w, b: _relu(x @ w.T), second=lambda h1, w, b, x: _relu(h1 @ w.T)),
        ),
        misconception(
            "a second layer that reads x again",
            "What the first layer answered, h1, is what the second layer is given.",
            unit=_mlp(second=lambda h1, w, b, x: _relu(_forward(x, w, b))),
        ),
        misconception(
            "a last layer that reads h1 again",
            "What the second layer answered, h2, is what the last layer is given.",
            unit=_mlp(skip=True),
        ),
        misconception(
            "the answers in another order: the output comes first",
            "The three answers are asked for in the order in which they are made: h1, h2, y.",
            unit=_mlp(told=lambda h1, h2, y: (y, h1, h2)),
        ),
        misconception(
            "an absolute value in place of the ReLU",
            "The ReLU answers 0 for a negative sum. It does not turn its sign.",
            unit=_mlp(first=lambda x, w, b: abs(_forward(x, w, b)), second=lambda h1, w, b, x: abs(_forward(h1, w, b))),
        ),
        misconception(
            "weights that are not transposed",
            "Write the shapes: (N, D) times what is (N, H1)? The weights lie as (H1, D).",
            unit=_mlp(
                first=lambda x, w, b: _relu(x @ w + b),
                second=lambda h1, w, b, x: _relu(h1 @ w + b),
                last=lambda h2, w, b: h2 @ w + b,
            ),
        ),
    ],
)


# Counting.


def _count(each=lambda wide, narrow: wide * narrow + narrow, total=sum, pairs=None):
    def count_parameters(sizes):
        counts = [each(a, b) for a, b in (pairs or _pairs)(sizes)]
        return counts, total(counts)

    return count_parameters


def _pairs(sizes):
    return list(pairwise(sizes))


def _front(first):
    """The right counts with one more number in front."""

    def count_parameters(sizes):
        counts = [first(sizes), *_count()(sizes)[0]]
        return counts, sum(counts)

    return count_parameters


def _counted(reference, inputs):
    """The sizes of the arrays that course_lib's layers hold."""
    rng = np.random.default_rng(0)
    each = [sum(array.size for array in reference(a, b, rng).params.values()) for a, b in pairwise(inputs["sizes"])]
    return {"each": np.array(each), "total": sum(each)}


count_parameters = Exercise(
    id="ch02.count_parameters",
    reference="layers.Dense",
    protocol=Program(("sizes",), ("each", "total")),
    cases=cases.sizes(),
    answers=_counted,
    parts=[Part("layer by layer", 2, "each"), Part("in all", 1, "total")],
    read_again="2.4 Counting: how many numbers does a network learn?",
    misconceptions=[
        misconception(
            "weights without biases",
            "Each output has one more number, its bias. A layer from 64 to 10 has 640 weights and 10 biases.",
            unit=_count(each=lambda a, b: a * b),
        ),
        misconception(
            "one bias for each input",
            "A bias belongs to an output: it shifts that unit's sum. A layer from 64 to 10 has 10 of them.",
            unit=_count(each=lambda a, b: a * b + a),
        ),
        misconception(
            "one bias for a whole layer",
            "Each output unit has a bias of its own. The array is (outputs,).",
            unit=_count(each=lambda a, b: a * b + 1),
        ),
        misconception(
            "biases of inputs and outputs",
            "The inputs of a layer are numbers that come in; they have no biases here.",
            unit=_count(each=lambda a, b: a * b + a + b),
        ),
        misconception(
            "a count of units instead of numbers",
            "A unit holds as many weights as it has inputs, and a bias.",
            unit=_count(each=lambda a, b: b),
        ),
        misconception(
            "an input layer that is counted, too",
            "The first entry of sizes is the number of features. Nothing is learned there: there are as many layers as neighbors, one less than the sizes.",
            unit=lambda sizes: _count(pairs=lambda s: [(s[0], s[0]), *_pairs(s)])(sizes),
        ),
        misconception(
            "the inputs counted as a layer",
            "The first entry of sizes is the number of features. They are given, not learned: there are as many layers as neighbors, one less than the sizes.",
            unit=_front(lambda sizes: sizes[0]),
        ),
        misconception(
            "the last layer left out",
            "Three sizes make two layers. Where does your loop end? `zip(sizes, sizes[1:])` meets every pair of neighbors.",
            unit=_count(pairs=lambda sizes: _pairs(sizes)[:-1]),
        ),
        misconception(
            "a bias for the inputs and one for the outputs: (D + 1)(K + 1)",
            "Only the outputs have biases: K rows of D weights and one bias each, K(D + 1).",
            unit=_count(each=lambda a, b: (a + 1) * (b + 1)),
        ),
        misconception(
            "the sum in front of the list",
            "First the list, one count for each layer, then their sum: `return counts, total`.",
            unit=lambda sizes: _count()(sizes)[::-1],
        ),
        misconception(
            "layers that are multiplied: a product in place of the sum",
            "Ten numbers here and twenty there are thirty numbers. The counts of the layers add up.",
            unit=_count(total=lambda counts: int(np.prod(counts))),
        ),
    ],
)


# A chain.


class _Chain:
    """A right chain, to be spoiled in one place; below it the network that the notebook makes of it."""

    def __init__(self, *links):
        self.layers = links

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def named(self, i, name):
        return f"{i}.{name}"

    @property
    def params(self):
        return {
            self.named(i, name): array for i, layer in enumerate(self.layers) for name, array in layer.params.items()
        }


class _Link:
    def __init__(self, weight, bias):
        self.params = {"weight": weight, "bias": bias}

    def forward(self, x):
        return x @ self.params["weight"].T + self.params["bias"]


class _Bend:
    def __init__(self):
        self.params = {}

    def forward(self, x):
        return np.maximum(x, 0)


def _network(chain, dense=_Link, relu=_Bend):
    class Network(chain):  # type: ignore[valid-type, misc]
        def __init__(self, weight1, bias1, weight2, bias2):
            super().__init__(dense(weight1, bias1), chain(relu(), dense(weight2, bias2)), relu())

        @property
        def table(self):
            return _places(self.params)

    return Network


def _places(params, sides=None):
    """One row for each array: what its name says of its two places, −1 where that is nothing, and the sum of its numbers.

    The first place is a number, or one of `sides`.
    """
    rows = []
    for name, array in sorted(params.items()):
        first, second = (name.split(".")[:-1] + ["", ""])[:2]  # noqa: RUF005
        outer, inner = (int(part) if part.isdigit() else -1 for part in (first, second))
        if sides:
            outer = sides.get(first, -1)
        rows.append([outer, inner, array.sum()])
    return np.array(rows)


class _FromX(_Chain):
    def forward(self, x):
        for layer in self.layers:
            y = layer.forward(x)
        return y


class _Backwards(_Chain):
    def forward(self, x):
        for layer in reversed(self.layers):
            x = layer.forward(x)
        return x


class _FirstOnly(_Chain):
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
            return x


class _Summed(_Chain):
    def forward(self, x):
        total = 0
        for layer in self.layers:
            x = layer.forward(x)
            total = total + x
        return total


class _LastLeftOut(_Chain):
    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer.forward(x)
        return x


class _FromOne(_Chain):
    def named(self, i, name):
        return f"{i + 1}.{name}"


class _Unprefixed(_Chain):
    def named(self, i, name):
        return name


class _OwnOnly(_Chain):
    """Counts the layers that have parameters, as if the others had no place."""

    @property
    def params(self):
        found = [layer.params for layer in self.layers if layer.params]
        return {f"{i}.{name}": array for i, each in enumerate(found) for name, array in each.items()}


class _NameFirst(_Chain):
    def named(self, i, name):
        return f"{name}.{i}"


class _LastNames(_Chain):
    """The dictionary is made anew for each module; the last one of the network, a ReLU, has nothing to tell."""

    @property
    def params(self):
        i, layer = list(enumerate(self.layers))[-1]
        return {f"{i}.{name}": array for name, array in layer.params.items()}


class _FirstNames(_Chain):
    @property
    def params(self):
        return {f"0.{name}": array for name, array in self.layers[0].params.items()}


class _Undotted(_Chain):
    def named(self, i, name):
        return f"{i}_{name}"


def _named(reference, inputs):
    """course_lib's own chain in a chain."""

    def bend():
        return layers.Lambda(_relu)

    first, second = (_given_dense(inputs[f"weight{i}"], inputs[f"bias{i}"]) for i in (1, 2))
    network = reference(first, reference(bend(), second), bend())
    return {"value": network.forward(inputs["x"]), "table": _places(network.params)}


NESTED = ("weight1", "bias1", "weight2", "bias2")

sequential = Exercise(
    id="ch02.sequential",
    reference="layers.Sequential",
    protocol=Module(NESTED, ("x",), reads=("table",)),
    cases=cases.nested(),
    answers=_named,
    parts=[
        Part("forward", 2),
        Part("names of the arrays", 2, "table"),
    ],
    read_again="2.5 Sequential: when is a chain of modules a module?",
    builds_on=("ch02.dense",),
    misconceptions=[
        misconception(
            "one x for all modules: what a module answers is not handed on",
            "The second module is given what the first one answered. Which name in your loop should change?",
            unit=_network(_FromX),
        ),
        misconception(
            "a chain that runs from the last module to the first",
            "Modules stand in the order in which x meets them.",
            unit=_network(_Backwards),
        ),
        misconception(
            "a return inside the loop: only the first module is asked",
            "The loop must come to its end before you return. Look at how far your return is indented.",
            unit=_network(_FirstOnly),
        ),
        misconception(
            "answers that are added up",
            "A chain hands on; it does not collect. Only the last answer counts.",
            unit=_network(_Summed),
        ),
        misconception(
            "a last module that is left out",
            "All modules are asked. Where does your loop end?",
            unit=_network(_LastLeftOut),
        ),
        misconception(
            "places that are counted from 1",
            "The first module has the number 0, as in every list of Python.",
            unit=_network(_FromOne),
        ),
        misconception(
            "names without the place: two modules' weights fight for one name",
            "Two dense layers both have a weight. In your dictionary the second one overwrites the first. Put the place in front: 0.weight, 1.weight.",
            unit=_network(_Unprefixed),
        ),
        misconception(
            "the module's own name in front of its place",
            "First the place, then the dot, then the name: read 1.1.weight from the outside to the inside.",
            unit=_network(_NameFirst),
        ),
        misconception(
            "a place that counts only modules with parameters",
            "A ReLU has no parameters, and it has a place all the same. If it is number 0 of its chain, the module behind it is number 1.",
            unit=_network(_OwnOnly),
        ),
        misconception(
            "another sign in place of the dot",
            "The name is the place, a dot, the module's own name: 0.weight, and 1.1.weight in a chain of chains.",
            unit=_network(_Undotted),
        ),
        misconception(
            "params of the first module only: a return inside the loop",
            "Both loops must come to their end before you return the dictionary. Look at how far your return is indented.",
            unit=_network(_FirstNames),
        ),
        misconception(
            "params of one module only: the dictionary is made anew at each step of the loop",
            "Make the empty dictionary before the loop, fill it inside, return it after.",
            unit=_network(_LastNames),
        ),
    ],
)


# Linear layers, and one matrix.


def _collapsed(
    onto=lambda w, weight: w @ weight,
    carried=lambda w, b, bias, before: w @ bias + b,
    last=lambda weights, biases, answer: answer,
):
    def collapse(weights, biases):
        weight, bias = weights[0], biases[0]
        for w, b in zip(weights[1:], biases[1:]):
            weight, bias = onto(w, weight), carried(w, b, bias, weight)
        return last(weights, biases, (weight, bias))

    return collapse


def _probed(reference, inputs):
    """What the chain of linear layers answers to 0 and to one 1 after another: its bias, and its weight column by column."""
    chain = []
    for weight, bias in zip(inputs["weights"], inputs["biases"]):
        chain += [_given_dense(weight, bias), reference()]
    network = layers.Sequential(*chain)
    wide = inputs["weights"][0].shape[1]
    bias = network.forward(np.zeros((1, wide)))[0]
    return {"weight": (network.forward(np.eye(wide)) - bias).T, "bias": bias}


collapse = Exercise(
    id="ch02.collapse",
    reference="activations.Identity",
    protocol=Program(("weights", "biases"), ("weight", "bias")),
    cases=cases.stacks(),
    answers=_probed,
    parts=[
        Part("weight of one or two layers", 1, "weight"),
        Part("weight of more layers", 1, "weight", where="deep"),
        Part("bias of one or two layers", 1, "bias"),
        Part("bias of more layers", 1, "bias", where="deep"),
    ],
    read_again="2.6 Collapse: what do layers without a bend add?",
    withholds=("layers.Dense",),
    misconceptions=[
        misconception(
            "the product in the order of reading: W₁W₂ for W₂W₁",
            "The first layer meets x first, so it stands next to x: W₂(W₁x). Each new layer comes in from the left.",
            unit=_collapsed(onto=lambda w, weight: weight @ w),
        ),
        misconception(
            "biases that are only added up",
            "The first bias goes through all later layers, as x does: W₂(W₁x + b₁) + b₂. Multiply out.",
            unit=_collapsed(carried=lambda w, b, bias, before: bias + b),
        ),
        misconception(
            "the last bias alone",
            "Put x = 0 into two layers by hand. What arrives is W₂b₁ + b₂, not b₂.",
            unit=_collapsed(carried=lambda w, b, bias, before: b),
        ),
        misconception(
            "the earlier biases without the last one",
            "After the product with W₂ the layer still adds its own b₂.",
            unit=_collapsed(carried=lambda w, b, bias, before: w @ bias),
        ),
        misconception(
            "a bias that goes through the product of all weights so far",
            "The bias b₁ is added behind W₁. So it passes W₂, and not W₂W₁.",
            unit=_collapsed(carried=lambda w, b, bias, before: w @ before @ bias + b),
        ),
        misconception(
            "the bias on the wrong side: bias @ W₂",
            "The bias takes the way of x through the later layer, which is W₂ b₁. In code: w @ bias, or bias @ w.T.",
            unit=_collapsed(carried=lambda w, b, bias, before: bias @ w + b),
        ),
        misconception(
            "the first layer is taken in twice",
            "You begin with the arrays of the first layer, and the loop begins with it, too. Let the loop start behind it: weights[1:].",
            unit=lambda weights, biases: _collapsed()([weights[0], *weights], [biases[0], *biases]),
        ),
        misconception(
            "a product entry by entry",
            "In NumPy * multiplies entry by entry. One layer behind the other is the matrix product, @.",
            unit=_collapsed(onto=lambda w, weight: w * weight),
        ),
        misconception(
            "a weight that lies on its side",
            "The answer has the shape of a layer's weight, (outputs, inputs), so that x Wᵀ + b works with it.",
            unit=_collapsed(last=lambda weights, biases, answer: (answer[0].T, answer[1])),
        ),
        misconception(
            "the first two layers only",
            "There may be any number of layers. After the second one the loop goes on.",
            unit=lambda weights, biases: _collapsed()(weights[:2], biases[:2]),
        ),
    ],
)


# XOR.


def _xor_by(
    hidden_weight=((1, 1), (1, 1)), hidden_bias=(0, -1), output=lambda off, on: ([on - off, 2 * (off - on)], off)
):
    def answers_of_xor(x, off, on):
        hidden = np.maximum(x @ np.array(hidden_weight, float).T + np.array(hidden_bias, float), 0)
        weight, bias = output(off, on)
        y = hidden @ np.array([weight], float).T + np.array([bias], float)
        return y, [2, 2, 2, 1, 2, 1]

    return answers_of_xor


def _exclusive(reference, inputs):
    differ = inputs["x"][:, 0] != inputs["x"][:, 1]
    y = np.where(differ, inputs["on"], inputs["off"])[:, None]
    return {"answers": y, "sizes": np.array([2, 2, 2, 1, 2, 1])}


xor_network = Exercise(
    id="ch02.xor",
    reference="",
    protocol=Program(("x", "off", "on"), ("answers", "sizes")),
    cases=cases.corners(),
    answers=_exclusive,
    parts=[
        Part("answers 0 and 1", 2, "answers"),
        Part("other answers", 1, "answers", where="scaled"),
        Part("sizes of the layers", 1, "sizes"),
    ],
    read_again="2.7 XOR: what can a hidden layer see?",
    misconceptions=[
        misconception(
            "both inputs on are answered as one input on",
            "At (1, 1) the first hidden unit says 2 and the second 1. The second one must take back all of that 2.",
            "With an output weight of −1 for the second unit 1 is left over: that is OR.",
            unit=_xor_by(output=lambda off, on: ([on - off, off - on], off)),
        ),
        misconception(
            "on and off exchanged: the network of XNOR",
            "Where the inputs differ the answer is on; where they agree it is off.",
            unit=_xor_by(output=lambda off, on: ([off - on, 2 * (on - off)], on)),
        ),
        misconception(
            "an output bias of 0: off is forgotten",
            "Where all hidden units are silent the network answers its output bias. At (0, 0) this must be off.",
            unit=_xor_by(output=lambda off, on: ([on - off, 2 * (off - on)], 0)),
        ),
        misconception(
            "a step as high as on, not on − off",
            "The output starts from off and must climb to on. How high is that step?",
            unit=_xor_by(output=lambda off, on: ([on, -2 * on], off)),
        ),
        misconception(
            "off and on that are not heard: always 0 and 1",
            "The last layer is linear: multiply its weights by on − off and begin at off.",
            unit=_xor_by(output=lambda off, on: ([1, -2], 0)),
        ),
        misconception(
            "the biases of step units, −½ and −1½, in a network of ReLUs",
            "Chapter 1's units answer 0 or 1, whatever their sum. A ReLU answers the sum itself: at (1, 0) yours says ½ and at (1, 1) it says 1½ and ½.",
            unit=_xor_by(hidden_bias=(-0.5, -1.5), output=lambda off, on: ([on - off, off - on], off)),
        ),
        misconception(
            "two hidden units that are alike",
            "Two units with the same weights and the same bias see the same. Let one of them wake only when both inputs are on.",
            unit=_xor_by(hidden_bias=(0, 0)),
        ),
        misconception(
            "an output bias of on",
            "At (0, 0) both hidden units are silent and the network answers its output bias. The inputs agree there: off.",
            unit=_xor_by(output=lambda off, on: ([on - off, 2 * (off - on)], on)),
        ),
        misconception(
            "on and off themselves as output weights",
            "An output weight says how far the answer moves for each 1 of its hidden unit. From off to on: how far is that?",
            unit=_xor_by(output=lambda off, on: ([on, off], off)),
        ),
        misconception(
            "a hidden bias of +1 for the second unit",
            "With +1 it is awake at every corner, also at (0, 0). It should wake only when both inputs are on: −1.",
            unit=_xor_by(hidden_bias=(0, 1)),
        ),
        misconception(
            "the network of AND",
            "Yours speaks only when both inputs are on.",
            unit=_xor_by(output=lambda off, on: ([0, on - off], off)),
        ),
    ],
)


# Folds.


def _folded(fold=lambda x: 1 - np.abs(2 * x - 1), times=lambda depth: depth):
    def zigzag(x, depth):
        for _ in range(times(depth)):
            x = fold(x)
        return x

    return zigzag


zigzag = Exercise(
    id="ch02.zigzag",
    reference="",
    protocol=Call(value=("x", "depth")),
    cases=cases.folds(),
    answers=lambda reference, inputs: {"value": _folded()(inputs["x"], inputs["depth"])},
    parts=[Part("one fold", 2), Part("several folds", 2, where="deep")],
    read_again="2.8 Depth and width: how many pieces does a network have?",
    misconceptions=[
        misconception(
            "one fold, whatever the depth",
            "The answer of the first fold is the input of the second. Put the fold into a loop.",
            "If there is a loop: does every turn start from the first x again, or does a return stand inside?",
            value=_folded(times=lambda depth: 1),
        ),
        misconception(
            "one fold too many",
            "With depth = 1 there is one fold. `range(depth)` has depth steps.",
            value=_folded(times=lambda depth: depth + 1),
        ),
        misconception(
            "one fold too few",
            "With depth = 1 there is one fold already.",
            value=_folded(times=lambda depth: depth - 1),
        ),
        misconception(
            "a roof that does not come down: output weights 2 and −2",
            "Beyond ½ both units are awake. The slopes are then 2 and −2, which is flat. To fall as fast as it rose the second weight must outweigh the first.",
            value=_folded(lambda x: 2 * np.maximum(x, 0) - 2 * np.maximum(x - 0.5, 0)),
        ),
        misconception(
            "one fold, times the depth",
            "To fold again is to put the answer into t once more, t(t(x)). A factor only makes the roof higher.",
            value=lambda x, depth: depth * _folded()(x, 1),
        ),
        misconception(
            "np.max in place of np.maximum",
            "The largest number of an array is what np.max looks for. The ReLU of each entry is np.maximum(x, 0).",
            value=_folded(lambda x: 2 * np.max(x) - 4 * np.max(x - 0.5)),
        ),
        misconception(
            "x is overwritten before the second unit has read it",
            "Both units look at the same x. Write the fold in one line, or give the first sum a name of its own.",
            value=_folded(lambda x: 2 * np.maximum(x, 0) - 4 * np.maximum(2 * x - 0.5, 0)),
        ),
        misconception(
            "a second unit that wakes at 0, not at ½",
            "Its bias is −½: it stays silent until x has reached the middle.",
            value=_folded(lambda x: 2 * np.maximum(x, 0) - 4 * np.maximum(x, 0)),
        ),
        misconception(
            "a saw in place of a fold: it jumps back to 0",
            "A fold comes down as it went up. Nothing jumps: sums of ReLUs have corners, not cliffs.",
            value=_folded(lambda x: 2 * x % 1),
        ),
        misconception(
            "a roof half as high: output weights 1 and −2",
            "The fold must reach 1 in the middle, or the next one has only half the way to fold.",
            value=_folded(lambda x: np.maximum(x, 0) - 2 * np.maximum(x - 0.5, 0)),
        ),
        misconception(
            "a line without the ReLU",
            "Without the ReLU the two units are straight lines, and so is their sum: −2x + 2 everywhere.",
            value=_folded(lambda x: 2 * x - 4 * (x - 0.5)),
        ),
    ],
)


# Embedding.


def _scatter(weight, ids, dy):
    grads = np.zeros_like(weight)
    np.add.at(grads, ids, dy)
    return grads


def _embedding(look=lambda weight, ids: weight[ids], grads=_scatter):
    class Embedding:
        def __init__(self, count, features, rng):
            self.params, self.grads = {"weight": np.zeros((count, features))}, {}

        def forward(self, ids):
            self.ids = ids
            return look(self.params["weight"], ids)

        def backward(self, dy):
            self.grads["weight"] = grads(self.params["weight"], self.ids, dy)

    return Embedding


def _last_wins(weight, ids, dy):
    grads = np.zeros_like(weight)
    grads[ids] = dy
    return grads


def _row_by_row(weight, ids, dy):
    grads = np.zeros_like(weight)
    for i, row in zip(ids, dy):
        grads[i] += row
    return grads


def _shared(weight, ids, dy):
    times = np.bincount(ids.ravel(), minlength=len(weight))
    return _scatter(weight, ids, dy) / np.maximum(times, 1)[:, None]


def _everywhere(weight, ids, dy):
    return np.broadcast_to(dy.reshape(-1, weight.shape[1]).sum(axis=0), weight.shape)


embedding = Exercise(
    id="ch02.embedding",
    reference="layers.Embedding",
    protocol=Module(("count", "features", "rng"), ("ids",), ("weight",), "dy", gradient=False),
    cases=cases.lookups(),
    parts=[
        Part("forward", 1),
        Part("forward with repeated ids", 0.5, where="repeats"),
        Part("gradient", 1, "grad weight"),
        Part("gradient with repeated ids", 1.5, "grad weight", where="repeats"),
    ],
    read_again="2.9 Embedding: how does a word become numbers?",
    misconceptions=[
        misconception(
            "a repeated id keeps only its last gradient",
            "A word that occurs twice is blamed twice, and both count. What does your line do with the first when the second comes?",
            "Even `grads[ids] += dy` adds once for each id, not once for each time. `np.add.at(grads, ids, dy)` adds every time; so does a loop.",
            unit=_embedding(grads=_last_wins),
        ),
        misconception(
            "a loop over the first axis of the ids alone",
            "In a table of ids your loop takes whole rows, and within a row a repeated id counts once again only. Walk over all ids: `ids.ravel()`, and dy as (all, features).",
            unit=_embedding(grads=_row_by_row),
        ),
        misconception(
            "a repeated id gets the average of its gradients",
            "One row serves every place where its word stands. What all of them ask for is added up, not averaged.",
            unit=_embedding(grads=_shared),
        ),
        misconception(
            "a gradient divided by the number of ids",
            "If the loss is a mean, its 1/N is in dy already. Here is a plain sum.",
            unit=_embedding(grads=lambda weight, ids, dy: _scatter(weight, ids, dy) / ids.size),
        ),
        misconception(
            "a gradient for all rows: words that did not occur move, too",
            "The loss has not seen the other rows. Their gradient is 0.",
            unit=_embedding(grads=_everywhere),
        ),
        misconception(
            "dy itself as the gradient of the table",
            "A gradient has the shape of what it belongs to. The table has count rows; dy has one for each id.",
            unit=_embedding(grads=lambda weight, ids, dy: dy),
        ),
        misconception(
            "a gradient multiplied by the row of the table",
            "The output is the row itself, with slope 1. So dy arrives as it is.",
            unit=_embedding(grads=lambda weight, ids, dy: _scatter(weight, ids, dy * weight[ids])),
        ),
        misconception(
            "a count of the ids in place of dy",
            "How often a word occurred is only half of it. What is added is its dy, each time.",
            unit=_embedding(grads=lambda weight, ids, dy: _scatter(weight, ids, np.ones_like(dy))),
        ),
        misconception(
            "ids that are counted from 1",
            "The word with the id 0 has the first row. Python's index counts as the ids do.",
            unit=_embedding(
                look=lambda weight, ids: weight[ids - 1],
                grads=lambda weight, ids, dy: _scatter(weight, (ids - 1) % len(weight), dy),
            ),
        ),
    ],
)


# Masking.


def _present(x, value):
    return (x != value).any(axis=-1)


def _complete(x, value):
    present = _present(x, value)
    return np.broadcast_to(present.all(axis=1, keepdims=True), present.shape)


def _masking(
    mask=_present,
    fill=lambda x, keep, value: np.where(keep, x, 0),
    back=lambda dy, keep: np.where(keep, dy, 0),
    told=lambda mask: mask,
):
    class Masking:
        def __init__(self, value):
            self.value, self.params = value, {}

        def forward(self, x):
            found = mask(x, self.value)
            self.keep = found if found.ndim == x.ndim else found[..., None]
            self.mask = told(found)
            return fill(x, self.keep, self.value)

        def backward(self, dy):
            return back(dy, self.keep)

    return Masking


masking = Exercise(
    id="ch02.masking",
    reference="layers.Masking",
    protocol=Module(("value",), ("x",), (), "dy", reads=("mask",)),
    cases=cases.padded(),
    parts=[
        Part("forward", 1),
        Part("forward where one feature has the value", 1, where="some"),
        Part("mask", 1, "mask"),
        Part("gradient", 1, "gradient"),
    ],
    read_again="2.10 Masking: what if something is missing?",
    misconceptions=[
        misconception(
            "a step is dropped as soon as one of its features has the value",
            "A single 0 among the features may be a real measurement. A step is missing only if all its features have the value.",
            unit=_masking(mask=lambda x, value: (x != value).all(axis=-1)),
        ),
        misconception(
            "a mask for single numbers, not for steps",
            "The mask says for each step whether it is there: (N, T), without the axis of the features.",
            unit=_masking(mask=lambda x, value: x != value),
        ),
        misconception(
            "only one feature is looked at: the first",
            "A step that is there may have the value in its first feature. Compare all of them: missing is where all are equal to it.",
            unit=_masking(mask=lambda x, value: x[..., 0] != value),
        ),
        misconception(
            "the missing steps are taken out, not set to 0",
            "The answer has the shape of x, so that the batch stays one array. Put zeros where a step is missing.",
            unit=_masking(fill=lambda x, keep, value: x[keep[..., 0]]),
        ),
        misconception(
            "missing steps that keep their value",
            "With the value −9 a −9 would go on into the network as if it had been measured. Put 0 there.",
            "If the mask is wrong as well: do you compare with self.value, or with 0?",
            unit=_masking(mask=lambda x, value: (x != 0).any(axis=-1)),
        ),
        misconception(
            "a mask that is True where a step is missing",
            "In this course True says present: that step counts.",
            unit=_masking(told=lambda mask: ~mask),
        ),
        misconception(
            "a gradient that passes where nothing is",
            "The output was 0 there whatever x held. So x had no say, and its gradient is 0.",
            unit=_masking(back=lambda dy, keep: dy),
        ),
        misconception(
            "a mask that keeps an axis for the features",
            "The mask is (N, T). Add the last axis only where you need it, inside forward: `mask[..., None]`.",
            unit=_masking(told=lambda mask: mask[..., None]),
        ),
        misconception(
            "a whole example that is dropped because one of its steps is missing",
            "Each step is judged by itself: the mask has an entry for every step, (N, T).",
            unit=_masking(mask=_complete),
        ),
    ],
)


def _averaged(
    total=lambda x, mask: (x * mask[..., None]).sum(axis=1),
    count=lambda x, mask: np.maximum(mask.sum(axis=1), 1)[:, None],
):
    def masked_mean(x, mask):
        with np.errstate(all="ignore"):
            return total(x, mask) / count(x, mask)

    return masked_mean


masked_mean = Exercise(
    id="ch02.masked_mean",
    reference="",
    protocol=Call(value=("x", "mask")),
    cases=cases.averages(),
    answers=lambda reference, inputs: {"value": _averaged()(inputs["x"], inputs["mask"])},
    parts=[Part("means", 2), Part("an example without any step", 1, where="empty")],
    read_again="2.10 Masking: what if something is missing?",
    misconceptions=[
        misconception(
            "a division by all T steps, the missing ones, too",
            "A short sentence would seem weaker than a long one. Divide by the number of steps that are there.",
            value=_averaged(count=lambda x, mask: x.shape[1]),
        ),
        misconception(
            "missing steps that are averaged with the others",
            "What stands at a missing step is no measurement. Multiply by the mask before you add.",
            value=_averaged(total=lambda x, mask: x.sum(axis=1)),
        ),
        misconception(
            "the mask is not used: the plain mean over all steps",
            "What stands at a missing step is no measurement, and it does not count as a step either.",
            value=lambda x, mask: x.mean(axis=1),
        ),
        misconception(
            "divided by the number of features as well",
            "The D features stay apart, each with a mean of its own. Divide by the number of present steps only.",
            value=lambda x, mask: _averaged()(x, mask) / x.shape[2],
        ),
        misconception(
            "a sum without the division",
            "A mean is the sum over the present steps, divided by their number.",
            value=_averaged(count=lambda x, mask: 1),
        ),
        misconception(
            "a division by the steps of the whole batch",
            "Each example has its own number of steps: `mask.sum(axis=1)`, one for each row.",
            value=_averaged(count=lambda x, mask: max(mask.sum(), 1)),
        ),
        misconception(
            "0/0 for an example without any step",
            "Nothing divided by nothing is nan, and one nan spoils the loss of the whole batch. Divide by 1 at least: then 0 is left.",
            value=_averaged(count=lambda x, mask: mask.sum(axis=1)[:, None]),
        ),
        misconception(
            "the missing steps averaged, not the present ones",
            "True in the mask says that the step is there.",
            value=_averaged(
                total=lambda x, mask: (x * ~mask[..., None]).sum(axis=1),
                count=lambda x, mask: np.maximum((~mask).sum(axis=1), 1)[:, None],
            ),
        ),
        misconception(
            "features averaged as well",
            "The D features of an example stay apart. Only the steps, axis 1, are averaged.",
            value=lambda x, mask: _averaged()(x, mask).mean(axis=1),
        ),
        misconception(
            "one mean for all examples",
            "Each example gets a mean of its own: the axis of the examples stays.",
            value=lambda x, mask: (x * mask[..., None]).sum(axis=(0, 1)) / max(mask.sum(), 1),
        ),
    ],
)


# Two branches.


class _Both:
    """A right module with two inputs, to be spoiled; below it the network that the notebook makes of it."""

    def __init__(self, left, right):
        self.left, self.right = left, right

    def forward(self, a, b):
        return np.concatenate([self.left.forward(a), self.right.forward(b)], axis=1)

    @property
    def params(self):
        both = (("left", self.left), ("right", self.right))
        return {f"{side}.{name}": array for side, branch in both for name, array in branch.params.items()}


SIDES = {"left": 0, "right": 1}


def _pair(both):
    class Pair(both):  # type: ignore[valid-type, misc]
        def __init__(self, left_weight, left_bias, right_weight, right_bias):
            super().__init__(_Link(left_weight, left_bias), _Chain(_Link(right_weight, right_bias), _Bend()))

        @property
        def table(self):
            return _places(self.params, SIDES)

    return Pair


class _RightFirst(_Both):
    def forward(self, a, b):
        return np.concatenate([self.right.forward(b), self.left.forward(a)], axis=1)


class _Stacked(_Both):
    def forward(self, a, b):
        return np.concatenate([self.left.forward(a), self.right.forward(b)], axis=0)


class _Added(_Both):
    def forward(self, a, b):
        return self.left.forward(a) + self.right.forward(b)


class _OneBranch(_Both):
    def forward(self, a, b):
        return np.concatenate([self.left.forward(a), self.left.forward(b)], axis=1)


class _OnlyA(_Both):
    def forward(self, a, b):
        return np.concatenate([self.left.forward(a), self.right.forward(a)], axis=1)


class _NotJoined(_Both):
    def forward(self, a, b):
        return self.left.forward(a), self.right.forward(b)


class _Crossed(_Both):
    def forward(self, a, b):
        return np.concatenate([self.left.forward(b), self.right.forward(a)], axis=1)


class _RawRight(_Both):
    def forward(self, a, b):
        return np.concatenate([self.left.forward(a), b], axis=1)


class _FlatNames(_Both):
    @property
    def params(self):
        return {**self.left.params, **self.right.params}


def _sided(left, right):
    """A right module but for what stands in front of its names."""

    class Sided(_Both):
        @property
        def params(self):
            both = ((left, self.left), (right, self.right))
            return {side + name: array for side, branch in both for name, array in branch.params.items()}

    return Sided


class _LeftNames(_Both):
    @property
    def params(self):
        return {f"left.{name}": array for name, array in self.left.params.items()}


def _joined(reference, inputs):
    """course_lib's own modules; their names under "left." and "right."."""
    left = _given_dense(inputs["left_weight"], inputs["left_bias"])
    right = reference(_given_dense(inputs["right_weight"], inputs["right_bias"]), activations.ReLU())
    join = layers.Lambda(lambda a, b: np.concatenate([a, b], axis=1))
    params = {f"left.{k}": p for k, p in left.params.items()} | {f"right.{k}": p for k, p in right.params.items()}
    return {
        "value": join.forward(left.forward(inputs["a"]), right.forward(inputs["b"])),
        "table": _places(params, SIDES),
    }


two_inputs = Exercise(
    id="ch02.two_inputs",
    reference="layers.Sequential",
    protocol=Module(("left_weight", "left_bias", "right_weight", "right_bias"), ("a", "b"), reads=("table",)),
    cases=cases.branches(),
    answers=_joined,
    parts=[
        Part("forward", 1.5),
        Part("forward for inputs of different widths", 0.5, where="widths"),
        Part("names of the arrays", 2, "table", but="widths"),
    ],
    read_again="2.11 Lambda and subclass: what if no module does what you need?",
    builds_on=("ch02.dense", "ch02.sequential"),
    misconceptions=[
        misconception(
            "the right branch in front",
            "The left branch's answer comes first, then the right one's.",
            unit=_pair(_RightFirst),
        ),
        misconception(
            "answers below one another: joined along the examples",
            "One row stays one example. Its two answers stand side by side: axis=1.",
            unit=_pair(_Stacked),
        ),
        misconception(
            "answers that are added, not put side by side",
            "Adding works only if both are equally wide, and it mixes what the branches found. `np.concatenate` keeps all of it.",
            unit=_pair(_Added),
        ),
        misconception(
            "one branch for both inputs",
            "The right branch has weights of its own, made for b. Yours are never asked.",
            unit=_pair(_OneBranch),
        ),
        misconception(
            "one input for both branches",
            "The right branch is given b. In yours nobody ever looks at b.",
            unit=_pair(_OnlyA),
        ),
        misconception(
            "two answers that are not joined",
            "The answers are to be one array, (N, L + R): np.concatenate puts them side by side.",
            unit=_pair(_NotJoined),
        ),
        misconception(
            "branches that are crossed: a goes right and b goes left",
            "The left branch is given a, the first input; the right one is given b.",
            unit=_pair(_Crossed),
        ),
        misconception(
            "a right input that is passed on raw",
            "Both inputs go through their branch before they are joined.",
            unit=_pair(_RawRight),
        ),
        misconception(
            "names without the branch in front",
            "Say whose array it is: left.weight, right.0.weight. If both branches were dense layers, one would overwrite the other.",
            unit=_pair(_FlatNames),
        ),
        misconception(
            "numbers in place of left and right",
            "The places in a chain have numbers; the sides of this module have names: left.weight, right.0.weight.",
            unit=_pair(_sided("0.", "1.")),
        ),
        misconception(
            "another sign in place of the dot behind the side",
            "The name is the side, a dot, and the name inside the branch: left.weight, right.0.weight.",
            unit=_pair(_sided("left_", "right_")),
        ),
        misconception(
            "left and right exchanged in the names",
            "The arrays of self.left come under left, those of self.right under right.",
            unit=_pair(_sided("right.", "left.")),
        ),
        misconception(
            "a right branch whose arrays are not told",
            "An optimizer sees what params tells, and nothing else. A branch that is missing there will never learn.",
            unit=_pair(_LeftNames),
        ),
    ],
)


# Outputs.


def _sigmoid(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def _softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _above_half(p):
    return (p > 0.5) * 1.0


def _head(**replaced):
    """Heads for the four tasks, some of them replaced: name -> (activation, decision of its answer)."""
    heads = {
        "regression": (lambda z: z, lambda p: p),
        "binary": (_sigmoid, _above_half),
        "multi_label": (_sigmoid, _above_half),
        "multi_class": (_softmax, lambda p: p.argmax(axis=1)),
    } | replaced

    def output_head(scores, task):
        activation, decide = heads[task.replace("-", "_")]
        prediction = activation(scores)
        return prediction, decide(prediction)

    return output_head


def _told(reference, inputs):
    scores, task = inputs["scores"], inputs["task"]
    unit = {"regression": activations.Identity, "multi-class": reference}.get(task, activations.Sigmoid)
    prediction = unit().forward(scores)
    if task == "multi-class":
        return {"prediction": prediction, "decision": scores.argmax(axis=1)}
    return {"prediction": prediction, "decision": scores if task == "regression" else (scores > 0) * 1.0}


output_head = Exercise(
    id="ch02.output_head",
    reference="activations.Softmax",
    protocol=Program(("scores", "task"), ("prediction", "decision")),
    cases=cases.scores(),
    answers=_told,
    parts=[
        *(Part(f"prediction, {task}", 1, "prediction", where=task) for task in cases.TASKS),
        *(Part(f"decision, {task}", 0.5, "decision", where=task) for task in cases.TASKS),
    ],
    read_again="2.12 Outputs: what should the last layer say?",
    misconceptions=[
        misconception(
            "a softmax for several labels at once",
            "With a softmax the labels share one cake: a beach at sunset could not be both with 0.9. Each label is a yes or no of its own.",
            unit=_head(multi_label=(_softmax, _above_half)),
        ),
        misconception(
            "sigmoids for classes that exclude each other",
            "Exactly one class is right, so the probabilities of a row must add up to 1. Do yours?",
            unit=_head(multi_class=(_sigmoid, lambda p: p.argmax(axis=1))),
        ),
        misconception(
            "a softmax over the examples",
            "The classes of one example share the 1, so each row adds up to 1: axis=1.",
            unit=_head(multi_class=(lambda z: _softmax(z, axis=0), lambda p: p.argmax(axis=1))),
        ),
        misconception(
            "a softmax over the whole table",
            "Each row is an example of its own and adds up to 1. Keep the axis: `sum(axis=1, keepdims=True)`.",
            unit=_head(multi_class=(lambda z: np.exp(z) / np.exp(z).sum(), lambda p: p.argmax(axis=1))),
        ),
        misconception(
            "scores divided by their sum, without the exponential",
            "Scores may be negative, and then shares of their sum are no probabilities. The exponential makes them positive first.",
            unit=_head(multi_class=(lambda z: z / z.sum(axis=1, keepdims=True), lambda p: p.argmax(axis=1))),
        ),
        misconception(
            "a sigmoid for a regression",
            "A temperature or a price is not between 0 and 1. The scores of a regression are the prediction.",
            unit=_head(regression=(_sigmoid, lambda p: p)),
        ),
        misconception(
            "a ReLU for a regression",
            "A target may be negative, and a ReLU could never say so. The scores of a regression are the prediction.",
            unit=_head(regression=(lambda z: np.maximum(z, 0), lambda p: p)),
        ),
        misconception(
            "a yes or no for each class, where the number of one class is asked for",
            "One of the classes is right, so the decision is one number for each example: the place of the largest, `argmax(axis=1)`.",
            "If you took those above ½: among ten classes the best may have 0.3, and then nobody is chosen.",
            unit=_head(multi_class=(_softmax, _above_half)),
        ),
        misconception(
            "a class counted from 1",
            "Classes are numbered from 0, as the columns are. `argmax` counts so by itself.",
            unit=_head(multi_class=(_softmax, lambda p: p.argmax(axis=1) + 1)),
        ),
        misconception(
            "one largest label where several may be right",
            "Each label is decided by itself: 1 where its probability is above ½.",
            unit=_head(multi_label=(_sigmoid, lambda p: p.argmax(axis=1))),
        ),
        misconception(
            "the largest probability, not the place where it stands",
            "With `max` you get how large the largest is, with `argmax` where it stands. The class is the place.",
            unit=_head(multi_class=(_softmax, lambda p: p.max(axis=1))),
        ),
        misconception(
            "one class for the whole batch",
            "Each row is an example of its own and has a largest of its own: axis=1.",
            unit=_head(multi_class=(_softmax, lambda p: p.argmax())),
        ),
        misconception(
            "scores compared with ½, not probabilities",
            "A probability of ½ belongs to a score of 0. Compare the prediction with ½, or the score with 0.",
            unit=_head(
                binary=(_sigmoid, lambda p: (p > _sigmoid(0.5)) * 1.0),
                multi_label=(_sigmoid, lambda p: (p > _sigmoid(0.5)) * 1.0),
            ),
        ),
        misconception(
            "a yes or no for a regression",
            "Nothing is to be decided about a temperature. The decision of a regression is the score itself.",
            unit=_head(regression=(lambda z: z, _above_half)),
        ),
        misconception(
            "a tanh in place of the sigmoid",
            "A tanh goes from −1 to 1, and a probability is never below 0. The sigmoid is 1/(1 + e⁻ᶻ).",
            unit=_head(binary=(np.tanh, lambda p: (p > 0) * 1.0), multi_label=(np.tanh, lambda p: (p > 0) * 1.0)),
        ),
        misconception(
            "a probability in place of a decision",
            "The decision is 1 or 0: is the probability above ½?",
            unit=_head(binary=(_sigmoid, lambda p: p), multi_label=(_sigmoid, lambda p: p)),
        ),
        misconception(
            "a sigmoid of −z: yes and no exchanged",
            "A large positive score speaks for yes. In 1/(1 + e⁻ᶻ) the exponent has a minus.",
            unit=_head(binary=(lambda z: _sigmoid(-z), _above_half), multi_label=(lambda z: _sigmoid(-z), _above_half)),
        ),
        misconception(
            "decisions that take 0 in place of ½ as the border",
            "A probability is never below 0, so all your answers are yes. The border is ½ for probabilities, and 0 for scores.",
            unit=_head(binary=(_sigmoid, lambda p: (p > 0) * 1.0), multi_label=(_sigmoid, lambda p: (p > 0) * 1.0)),
        ),
    ],
)
