"""The exercises of chapter 07: what keeps gradients alive in deep networks, and the mistakes that students make with it."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch07_gradient_flow_cases as cases
from autograder.exercises.cases import LARGE
from autograder.exercises.ch07_gradient_flow_cases import CONSTANT, DRAWN, EVALUATION, SMALL, ZERO
from autograder.sandbox.protocols import Call, Module, Program
from course_lib import activations, initializers, layers

# The measuring instrument.


def _deep_tanh(reference, inputs):
    """The same network of `course_lib`'s layers, without biases."""
    chain: list = []
    for weight in inputs["weights"]:
        chain.append(layers.Dense(weight.shape[1], weight.shape[0], np.random.default_rng(0)))
        chain[-1].params["weight"] = weight
        chain.append(activations.Tanh())
    network = layers.Sequential(*chain)
    network.forward(inputs["x"])
    network.backward(inputs["dy"])
    return {"value": [np.linalg.norm(dense.grads["weight"]) for dense in chain[::2]]}


def _measured(
    bend=lambda d, y: d * (1 - y**2),
    pair=lambda dz, x, y: dz.T @ x,
    size=np.linalg.norm,
    onward=lambda dz, weight, d: dz @ weight,
    order=-1,
):
    """The norms with one of the lines replaced."""

    def gradient_norms(x, weights, dy):
        steps = []
        for weight in weights:
            steps.append((x, weight, np.tanh(x @ weight.T)))
            x = steps[-1][2]
        norms, d = [], dy
        for before, weight, y in reversed(steps):
            dz = bend(d, y)
            norms.append(size(pair(dz, before, y)))
            d = onward(dz, weight, d)
        return np.array(norms[::order])

    return gradient_norms


gradient_norms = Exercise(
    id="ch07.gradient_norms",
    reference="",
    protocol=Call(value=("x", "weights", "dy")),
    cases=cases.deep_nets(),
    answers=_deep_tanh,
    parts=[Part("norms", 4)],
    read_again="7.1 How deep is too deep?",
    withholds=("layers.Dense", "layers.Sequential", "activations.Tanh"),
    misconceptions=[
        misconception(
            "the slope of tanh is left out",
            "Between z and h stands a tanh, and its slope 1 − h² is a factor on the way back. Without it your chain is that of a "
            "linear network.",
            value=_measured(bend=lambda d, y: d),
        ),
        misconception(
            "the slope of tanh is taken of its output: tanh is applied twice",
            "The slope of tanh at z is 1 − tanh²(z), and h is tanh(z) already. So it is 1 − h².",
            value=_measured(bend=lambda d, y: d * (1 - np.tanh(y) ** 2)),
        ),
        misconception(
            "the norms come from the last layer to the first",
            "The backward pass meets the last layer first. Turn your list around before you return it.",
            "Is the number of the first layer at index 0?",
            value=_measured(order=1),
        ),
        misconception(
            "the gradients for the layers' sums z, not those for the weights",
            "A weight's gradient is dz times the input that the weight was multiplied by, summed over the examples: dz.T @ x.",
            value=_measured(pair=lambda dz, x, y: dz),
        ),
        misconception(
            "the squared norm: the root is missing",
            "Twice the gradient must give twice the norm. Yours gives four times as much.",
            value=_measured(size=lambda g: np.sum(g**2)),
        ),
        misconception(
            "the mean size of an entry, not the norm of all",
            "The norm is the root of the sum of the squares. Yours divides by the number of weights before it takes the root.",
            value=_measured(size=lambda g: np.sqrt(np.mean(g**2))),
        ),
        misconception(
            "the weight is left out on the way back",
            "What arrives at the layer below has gone through the weights: dz @ weight. With the same number for all inputs, no weight "
            "has a say.",
            value=_measured(
                onward=lambda dz, weight, d: np.broadcast_to(dz.sum(axis=1, keepdims=True), (len(dz), weight.shape[1]))
            ),
        ),
        misconception(
            "a layer's gradient is made with its output instead of its input",
            "The weights of a layer were multiplied by what came in. Keep that on the way forward, not only what went out.",
            value=_measured(pair=lambda dz, x, y: dz.T @ y),
        ),
        misconception(
            "the slope is left out of what is handed on",
            "The gradient that goes down is dz @ weight, and dz has the slope of tanh in it. Yours hands on d @ weight.",
            value=_measured(onward=lambda dz, weight, d: d @ weight),
        ),
        misconception(
            "the slope of tanh is taken of z: 1 − z²",
            "What is squared is tanh(z), which is the layer's answer h: the slope is 1 − h².",
            value=_measured(bend=lambda d, y: d * (1 - np.arctanh(y) ** 2)),
        ),
        misconception(
            "the spectral norm of the table",
            "With `np.linalg.norm(table, 2)` only the longest direction is measured. Without the 2 it is the root of all squares.",
            value=_measured(size=lambda g: np.linalg.norm(g, 2)),
        ),
        misconception(
            "the sum of the absolute values is taken for the norm",
            "Length is measured with squares: the root of their sum. For (3, 4) that is 5, not 7.",
            value=_measured(size=lambda g: np.abs(g).sum()),
        ),
        misconception(
            "the gradient is averaged over the examples",
            "The examples' shares are summed: dz.T @ h does that. If the loss is a mean, its 1/N is in dy already.",
            value=_measured(pair=lambda dz, x, y: dz.T @ x / len(x)),
        ),
    ],
)


# Initializers. Their answers are random: spread and form are measured, and small ones are compared entry by entry.


def _spread(weights):
    return np.array([weights.std()])


def _form(weights):
    """The mean, shifted to 1, and the tails: 1 for a normal distribution, 0.6 for a uniform one."""
    z = weights / (weights.std() or 1.0)
    return np.array([1 + z.mean(), np.mean((z - z.mean()) ** 4) / 3])


def _random(result, shares):
    spread, form, drawn = shares
    name = "" if result == "value" else f" of the {result} one"
    return [
        Part(f"spread{name}", spread, result, rtol=0.05, measure=_spread),
        Part(f"form{name}", form, result, rtol=0.12, measure=_form),
        Part(f"drawn with the given rng{name}", drawn, result, where=DRAWN),
    ]


def _two(name):
    def answers(reference, inputs):
        def drawn(kind):
            return getattr(initializers, f"{name}_{kind}")(inputs["shape"], np.random.default_rng(inputs["rng"]))

        return {"normal": drawn("normal"), "uniform": drawn("uniform")}

    return answers


def _normal(std):
    return lambda shape, rng: rng.normal(0, std(shape[1], shape[0]), shape)


def _uniform(high, low=None):
    def drawn(shape, rng):
        a = high(shape[1], shape[0])
        return rng.uniform(-a if low is None else low, a, shape)

    return drawn


OTHERS = tuple(f"initializers.{name}" for name in ("normal", "lecun_uniform"))
ROOT = "NumPy's normal wants the standard deviation. Take the root of the variance."

glorot = Exercise(
    id="ch07.glorot",
    reference="initializers.glorot_normal",
    protocol=Call(normal=("shape", "rng"), uniform=("shape", "rng")),
    cases=cases.shapes(),
    answers=_two("glorot"),
    parts=[*_random("normal", (1, 0.5, 0.5)), *_random("uniform", (1, 0.5, 0.5))],
    read_again="7.3 Glorot: how large must a weight be?",
    withholds=("initializers.glorot_uniform", *OTHERS),
    misconceptions=[
        misconception(
            "the variance given where the standard deviation belongs",
            ROOT,
            "For 60 outputs and 700 inputs the standard deviation is √(2/760) ≈ 0.051. Yours is 0.0026.",
            normal=_normal(lambda i, o: 2 / (i + o)),
        ),
        misconception(
            "the 2 is missing in the normal one",
            "The mean of the two fans is (in + out)/2, and the variance is 1 over it: 2/(in + out).",
            normal=_normal(lambda i, o: np.sqrt(1 / (i + o))),
        ),
        misconception(
            "only the inputs are counted: that is LeCun's rule",
            "Glorot's is a compromise between the way forward, which counts inputs, and the way back, which counts outputs.",
            normal=_normal(lambda i, o: np.sqrt(1 / i)),
        ),
        misconception(
            "the fans are multiplied instead of added",
            "The sum of inputs and outputs stands below the 2, not the number of weights.",
            normal=_normal(lambda i, o: np.sqrt(2 / (i * o))),
        ),
        misconception(
            "the normal one is drawn in the shape (in, out)",
            "The shape that was asked for is (out, in), and the array must have it. The two fans are the same either way round.",
            normal=lambda shape, rng: rng.normal(0, np.sqrt(2 / sum(shape)), shape[::-1]),
        ),
        misconception(
            "the border of the uniform one is the standard deviation",
            "Numbers spread evenly from −a to a have the variance a²/3. So the border is √3 times the standard deviation.",
            uniform=_uniform(lambda i, o: np.sqrt(2 / (i + o))),
        ),
        misconception(
            "the border is 6/(in + out), without its root",
            "The variance is a²/3. Solve a²/3 = 2/(in + out) for a; there is a root in it.",
            uniform=_uniform(lambda i, o: 6 / (i + o)),
        ),
        misconception(
            "from 0 to a: no weight is negative",
            "The mean must be 0, or all units of the next layer move the same way. Draw from −a to a.",
            uniform=_uniform(lambda i, o: np.sqrt(6 / (i + o)), 0.0),
        ),
        misconception(
            "√6 is missing: the border is 1/√(in + out)",
            "Solve a²/3 = 2/(in + out): the 3 and the 2 come together as 6 under the root.",
            uniform=_uniform(lambda i, o: np.sqrt(1 / (i + o))),
        ),
        misconception(
            "the root reaches only the 2",
            "Under the root stands the whole fraction, 2 over the sum of the fans. Look at your parentheses.",
            normal=_normal(lambda i, o: np.sqrt(2) / (i + o)),
        ),
        misconception(
            "the sum of the fans has no parentheses",
            "Python reads 2 / a + b as (2 / a) + b. Write 2 / (a + b).",
            normal=_normal(lambda i, o: np.sqrt(2 / o + i)),
        ),
        misconception(
            "the 2 is missing in the uniform one: the border is √(3/(in + out))",
            "Solve a²/3 = 2/(in + out): the 3 and the 2 come together as 6 under the root.",
            uniform=_uniform(lambda i, o: np.sqrt(3 / (i + o))),
        ),
    ],
)

he = Exercise(
    id="ch07.he",
    reference="initializers.he_normal",
    protocol=Call(normal=("shape", "rng"), uniform=("shape", "rng")),
    cases=cases.shapes(),
    answers=_two("he"),
    parts=[*_random("normal", (1, 0.5, 0.5)), *_random("uniform", (1, 0.5, 0.5))],
    read_again="7.4 He: what does ReLU throw away?",
    withholds=("initializers.he_uniform", *OTHERS),
    misconceptions=[
        misconception(
            "the outputs are counted instead of the inputs",
            "The shape is (out, in). One sum z runs over the inputs, so its variance grows with their number: shape[1].",
            normal=_normal(lambda i, o: np.sqrt(2 / o)),
        ),
        misconception(
            "the 2 is missing: that is LeCun's rule",
            "ReLU throws away half of the mean square in every layer. The 2 gives it back.",
            normal=_normal(lambda i, o: np.sqrt(1 / i)),
        ),
        misconception(
            "both fans are counted: that is Glorot's rule",
            "For He only the inputs count. For a square layer his variance is twice that of Glorot.",
            normal=_normal(lambda i, o: np.sqrt(2 / (i + o))),
        ),
        misconception(
            "the variance given where the standard deviation belongs",
            ROOT,
            normal=_normal(lambda i, o: 2 / i),
        ),
        misconception(
            "the root reaches only the 2",
            "Under the root stands the whole fraction, 2 over the inputs. Look at your parentheses.",
            normal=_normal(lambda i, o: np.sqrt(2) / i),
        ),
        misconception(
            "the border of the uniform one is the standard deviation",
            "Numbers spread evenly from −a to a have the variance a²/3. Which a gives 2/in?",
            uniform=_uniform(lambda i, o: np.sqrt(2 / i)),
        ),
        misconception(
            "the border of LeCun's uniform one, √(3/in)",
            "With a = √(3/in) the variance is 1/in. For ReLU it must be twice that.",
            uniform=_uniform(lambda i, o: np.sqrt(3 / i)),
        ),
        misconception(
            "the uniform one counts the outputs",
            "The shape is (out, in), and what counts is the number of inputs: shape[1].",
            uniform=_uniform(lambda i, o: np.sqrt(6 / o)),
        ),
        misconception(
            "the border is 6/in, without its root",
            "Solve a²/3 = 2/in for a. There is a root in it: for 6 inputs the border is 1.",
            uniform=_uniform(lambda i, o: 6 / i),
        ),
        misconception(
            "twice Glorot's variance",
            "He is Glorot with a factor of 2 for square layers only. In general he counts the inputs alone: 2/in.",
            normal=_normal(lambda i, o: np.sqrt(4 / (i + o))),
            uniform=_uniform(lambda i, o: np.sqrt(12 / (i + o))),
        ),
        misconception(
            "the border is √(12/in)",
            "A width squared over 12 is the variance, too, but the width is 2a: (2a)²/12 = a²/3. Which a gives 2/in?",
            uniform=_uniform(lambda i, o: np.sqrt(12 / i)),
        ),
    ],
)


def _kernel(fan, std=lambda fan: np.sqrt(1 / fan)):
    return lambda shape, rng: rng.normal(0, std(fan(list(shape))), shape)


def _inputs(shape):
    return np.prod(shape[1:])


lecun_normal = Exercise(
    id="ch07.lecun_normal",
    reference="initializers.lecun_normal",
    protocol=Call(value=("shape", "rng")),
    cases=cases.shapes(kernels=True),
    answers=lambda reference, inputs: {
        "value": reference(inputs["shape"], np.random.default_rng(inputs["rng"])),
    },
    parts=_random("value", (2, 0.5, 0.5)),
    read_again="7.6 SELU: can an activation keep the spread by itself?",
    withholds=OTHERS,
    misconceptions=[
        misconception(
            "the kernel is not counted: only shape[1]",
            "An output of a convolution adds up all places of the kernel, in every input channel. Multiply all sizes but the first.",
            value=_kernel(lambda shape: shape[1]),
        ),
        misconception(
            "all sizes are multiplied, the outputs too",
            "The first size is the number of outputs. Another output does not add a term to the sum of this one.",
            value=_kernel(np.prod),
        ),
        misconception(
            "the outputs are counted instead of the inputs",
            "The first size counts outputs. What is added up in one sum are the inputs: all sizes but the first.",
            value=_kernel(lambda shape: shape[0] * np.prod(shape[2:])),
        ),
        misconception(
            "the sizes are added instead of multiplied",
            "A kernel of 9 by 11 places has 99 of them, not 20, and each input channel has its own.",
            value=_kernel(lambda shape: sum(shape[1:])),
        ),
        misconception(
            "a variance of 2/in: that is He's rule",
            "The 2 makes good what ReLU throws away. SELU throws nothing away.",
            value=_kernel(_inputs, lambda fan: np.sqrt(2 / fan)),
        ),
        misconception(
            "the variance given where the standard deviation belongs",
            ROOT,
            value=_kernel(_inputs, lambda fan: 1 / fan),
        ),
        misconception(
            "a uniform distribution with the right spread",
            "The spread is right. But the form is not: this one is asked to be normal, with rare large weights.",
            value=lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(3 / np.prod(shape[1:])),
        ),
        misconception(
            "only the last size is counted",
            "For a dense layer the last size is the number of inputs. A kernel has further sizes after the input channels.",
            value=_kernel(lambda shape: shape[-1]),
        ),
        misconception(
            "the number of outputs is taken for the number of terms",
            "The first size counts outputs. One output adds up all input channels and all places: the product of the other sizes.",
            value=_kernel(lambda shape: shape[0]),
        ),
        misconception(
            "the input channels are not counted, only the places of the kernel",
            "Each input channel has a kernel of its own, and one output adds up all of them. For (8, 3, 5, 5) that is 75, not 25.",
            value=_kernel(lambda shape: np.prod(shape[2:])),
        ),
    ],
)


# SELU.

ALPHA, LAMBDA = 1.6732632423543772, 1.0507009873554805


def _wrong_selu(value=None, slope=None, back=lambda slope, dy: dy * slope):
    def right_value(x):
        return LAMBDA * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0)))

    def right_slope(x):
        return LAMBDA * np.where(x > 0, 1, ALPHA * np.exp(np.minimum(x, 0)))

    class SELU:
        def forward(self, x):
            self.slope = (slope or right_slope)(x)
            return (value or right_value)(x)

        def backward(self, dy):
            return back(self.slope, dy)

    return SELU


selu = Exercise(
    id="ch07.selu",
    reference="activations.SELU",
    protocol=Module(backward="dy"),
    cases=cases.activations_and_upstream(),
    parts=[
        Part("value", 1.5),
        Part("value of large inputs", 0.5, where=LARGE),
        Part("gradient", 1.5, "gradient"),
        Part("gradient of large inputs", 0.5, "gradient", where=LARGE),
    ],
    read_again="7.6 SELU: can an activation keep the spread by itself?",
    withholds=("activations.ELU",),
    misconceptions=[
        misconception(
            "λ is missing on the negative side",
            "The λ stands before the brace: it multiplies both branches. Far to the left SELU rests at −λα ≈ −1.758.",
            unit=_wrong_selu(value=lambda x: np.where(x > 0, LAMBDA * x, ALPHA * np.expm1(np.minimum(x, 0)))),
        ),
        misconception(
            "λ is missing on the positive side",
            "The λ stands before the brace: it multiplies both branches. On the right SELU is steeper than 1.",
            unit=_wrong_selu(value=lambda x: np.where(x > 0, x, LAMBDA * ALPHA * np.expm1(np.minimum(x, 0)))),
        ),
        misconception(
            "neither λ nor its α: that is ELU",
            "With λ = 1 and α = 1 the spread shrinks from layer to layer. The two constants are what makes it SELU.",
            unit=_wrong_selu(
                value=lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
                slope=lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
            ),
        ),
        misconception(
            "the constants are exchanged",
            "The slope on the right is λ ≈ 1.0507. α ≈ 1.6733 belongs to the exponential only.",
            unit=_wrong_selu(
                value=lambda x: ALPHA * np.where(x > 0, x, LAMBDA * np.expm1(np.minimum(x, 0))),
                slope=lambda x: ALPHA * np.where(x > 0, 1, LAMBDA * np.exp(np.minimum(x, 0))),
            ),
        ),
        misconception(
            "the −1 is missing: the curve jumps at 0",
            "Come to 0 from the left: your curve arrives at λα, from the right it arrives at 0. What must be taken off eˣ?",
            unit=_wrong_selu(value=lambda x: LAMBDA * np.where(x > 0, x, ALPHA * np.exp(np.minimum(x, 0)))),
        ),
        misconception(
            "λ is missing in the slope",
            "What multiplies the value multiplies the slope: on the right it is λ, not 1.",
            unit=_wrong_selu(slope=lambda x: np.where(x > 0, 1, ALPHA * np.exp(np.minimum(x, 0)))),
        ),
        misconception(
            "the slope keeps the −1",
            "The −1 is a constant, and its derivative is 0. Left of 0 the slope is λαeˣ, which is positive.",
            unit=_wrong_selu(slope=lambda x: LAMBDA * np.where(x > 0, 1, ALPHA * np.expm1(np.minimum(x, 0)))),
        ),
        misconception(
            "the gradient does not look at dy",
            "Backward answers the gradient of the loss: what comes in, dy, times the slope here.",
            unit=_wrong_selu(back=lambda slope, dy: slope),
        ),
        misconception(
            "the slope is made of the value, and λ is forgotten",
            "Left of 0 the value is λαeˣ − λα. So the slope is the value plus λα, not plus α.",
            unit=_wrong_selu(
                slope=lambda x: np.where(x > 0, LAMBDA, LAMBDA * ALPHA * np.expm1(np.minimum(x, 0)) + ALPHA)
            ),
        ),
        misconception(
            "the slope on the right grows with x",
            "Right of 0 SELU is the line λx. Its slope is λ everywhere.",
            unit=_wrong_selu(slope=lambda x: LAMBDA * np.where(x > 0, x, ALPHA * np.exp(np.minimum(x, 0)))),
        ),
        misconception(
            "α multiplies eˣ only, not the −1",
            "Look at the parentheses: α·(eˣ − 1). At 0 it must be 0, and yours is λ(α − 1).",
            unit=_wrong_selu(value=lambda x: LAMBDA * np.where(x > 0, x, ALPHA * np.exp(np.minimum(x, 0)) - 1)),
        ),
        misconception(
            "the slope on the right where x is exactly 0",
            "The definition puts 0 on the left branch: the slope there is λα, not λ.",
            unit=_wrong_selu(slope=lambda x: LAMBDA * np.where(x >= 0, 1, ALPHA * np.exp(np.minimum(x, 0)))),
        ),
        misconception(
            "0 times inf: the branch that is not wanted overflows before it is multiplied by 0",
            "For x = 5000, eˣ is inf, and 0 · inf is nan. Let np.where choose, and give exp only what is not positive: np.minimum(x, 0).",
            unit=_wrong_selu(
                value=lambda x: LAMBDA * ((x > 0) * x + (x <= 0) * ALPHA * (np.exp(x) - 1)),
                slope=lambda x: LAMBDA * ((x > 0) + (x <= 0) * ALPHA * np.exp(x)),
            ),
        ),
    ],
)


# Clipping.

BOTH = ("weight", "bias")


def _each(change):
    """Every array changed by itself."""
    return lambda grads, limit: {name: change(g, limit) for name, g in grads.items()}


def _all_together(norm, scale=lambda limit, norm: min(1.0, limit / norm)):
    """All arrays times one number, which comes of one norm."""

    def clip(grads, limit):
        flat = np.concatenate([np.ravel(g) for g in grads.values()])
        factor = scale(limit, norm(flat))
        return {name: g * factor for name, g in grads.items()}

    return clip


clip_by_value = Exercise(
    id="ch07.clip_by_value",
    reference="gradients.clip_by_value",
    protocol=Program(("grads", "limit"), BOTH),
    cases=cases.gradients_to_clip(norm=False),
    answers=lambda reference, inputs: reference(inputs["grads"], inputs["limit"]),
    parts=[
        Part("weight", 1, "weight"),
        Part("bias", 0.5, "bias"),
        Part("gradients within the limit stay", 0.5, "weight", where=SMALL),
    ],
    read_again="7.7 Clipping: may a gradient be cut?",
    misconceptions=[
        misconception(
            "only upwards: large negative entries stay",
            "An entry of −10 is as large as one of 10. Cut on both sides: at −limit and at limit.",
            unit=_each(lambda g, limit: np.minimum(g, limit)),
        ),
        misconception(
            "the signs are lost",
            "The size is limited, the sign stays: −10 becomes −limit.",
            unit=_each(lambda g, limit: np.minimum(np.abs(g), limit)),
        ),
        misconception(
            "negative entries become 0: the lower limit is 0",
            "A gradient of −1 is not too large, it points the other way. The lower limit is −limit.",
            unit=_each(lambda g, limit: np.clip(g, 0, limit)),
        ),
        misconception(
            "entries beyond the limit become 0",
            "Where the slope is steepest the weight must not stop. An entry beyond the limit becomes the limit.",
            unit=_each(lambda g, limit: np.where(np.abs(g) > limit, 0, g)),
        ),
        misconception(
            "every entry becomes the limit, small ones too",
            "An entry within the limit stays as it is. Only the sign of a gradient is left in yours.",
            unit=_each(lambda g, limit: np.sign(g) * limit),
        ),
        misconception(
            "everything is scaled by the largest entry",
            "That keeps the direction, and is not what is asked here: each entry is cut for itself, the others stay.",
            unit=_all_together(lambda flat: np.abs(flat).max()),
        ),
        misconception(
            "the bias is not clipped",
            "The dictionary holds all gradients of a layer. Go through all its entries.",
            unit=lambda grads, limit: {"weight": np.clip(grads["weight"], -limit, limit), "bias": grads["bias"]},
        ),
        misconception(
            "each array is scaled by its norm: that is clipping by norm",
            "Here each entry is cut for itself, whatever the others are.",
            unit=_each(lambda g, limit: g * min(1.0, limit / np.linalg.norm(g))),
        ),
        misconception(
            "large negative entries become the positive limit",
            "The size is limited, the sign stays: −10 becomes −limit, not limit.",
            unit=_each(lambda g, limit: np.where(np.abs(g) > limit, limit, g)),
        ),
    ],
)

clip_by_norm = Exercise(
    id="ch07.clip_by_norm",
    reference="gradients.clip_by_norm",
    protocol=Program(("grads", "max_norm"), BOTH),
    cases=cases.gradients_to_clip(norm=True),
    answers=lambda reference, inputs: reference(inputs["grads"], inputs["max_norm"]),
    parts=[
        Part("weight", 1.5, "weight"),
        Part("bias", 1, "bias"),
        Part("small gradients stay", 1, "weight", where=SMALL),
        Part("a gradient of 0", 0.5, "weight", where=ZERO),
    ],
    read_again="7.7 Clipping: may a gradient be cut?",
    misconceptions=[
        misconception(
            "each array has a norm of its own",
            "All gradients together are one arrow, and one number scales them all. With a number for each array the arrow turns.",
            "Add up the squares of all arrays first, then take the root once. The largest of the norms is not enough either.",
            unit=_each(lambda g, limit: g * min(1.0, limit / max(np.linalg.norm(g), 1e-300))),
        ),
        misconception(
            "small gradients are blown up to the limit",
            "A gradient within the limit stays as it is: the factor is never above 1.",
            unit=_all_together(np.linalg.norm, lambda limit, norm: limit / max(norm, 1e-300)),
        ),
        misconception(
            "the squared norm: the root is missing",
            "The norm is the root of the sum of the squares. For (3, 4) it is 5, not 25.",
            unit=_all_together(lambda flat: max(np.sum(flat**2), 1e-300)),
        ),
        misconception(
            "the norms of the arrays are added",
            "Norms do not add up, squares do: 3 and 4 make 5, not 7.",
            unit=lambda grads, limit: {
                name: g * min(1.0, limit / max(sum(np.linalg.norm(h) for h in grads.values()), 1e-300))
                for name, g in grads.items()
            },
        ),
        misconception(
            "the largest entry is taken for the norm",
            "The norm is the length of the arrow: the root of the sum of all squares. A thousand small entries are long, too.",
            unit=_all_together(lambda flat: max(np.abs(flat).max(), 1e-300)),
        ),
        misconception(
            "the sum of the absolute values is taken for the norm",
            "Length is measured with squares: the root of their sum. For (3, 4) that is 5, not 7.",
            unit=_all_together(lambda flat: max(np.abs(flat).sum(), 1e-300)),
        ),
        misconception(
            "each entry is cut for itself: that is clipping by value",
            "Cut entries turn the arrow. Here all entries are multiplied by the same number.",
            unit=_each(lambda g, limit: np.clip(g, -limit, limit)),
        ),
        misconception(
            "long gradients get the length 1, not the limit",
            "A gradient divided by its norm has the length 1. It must have the length max_norm.",
            unit=_all_together(np.linalg.norm, lambda limit, norm: 1.0 if norm <= limit else 1 / norm),
        ),
        misconception(
            "the factor is upside down: norm over limit",
            "A gradient that is ten times too long must be multiplied by a tenth: max_norm / norm. Yours makes long ones longer.",
            unit=_all_together(np.linalg.norm, lambda limit, norm: 1.0 if norm <= limit else norm / limit),
        ),
        misconception(
            "0 divided by 0 where the gradient is 0",
            "A gradient of 0 has the norm 0. Ask whether the norm is above the limit before you divide.",
            unit=_all_together(np.linalg.norm, lambda limit, norm: norm / norm * min(1.0, limit / norm)),
        ),
    ],
)


# Batch normalization.


def _normalized(
    mean=lambda x: x.mean(axis=0),
    var=lambda x: x.var(axis=0),
    std=lambda var, eps: np.sqrt(var + eps),
    scaled=lambda x_hat, weight, bias: weight * x_hat + bias,
):
    """Forward in training, with one of its lines replaced."""

    def batch_norm_forward(x, weight, bias, eps):
        divisor = std(var(x), eps)
        x_hat = (x - mean(x)) / divisor
        return scaled(x_hat, weight, bias), x_hat, divisor

    return batch_norm_forward


def _forward_answer(reference, inputs):
    unit = reference(inputs["x"].shape[1], inputs["eps"])
    unit.params = {"weight": inputs["weight"], "bias": inputs["bias"]}
    y = unit.forward(inputs["x"])
    return {"y": y, "x_hat": unit.x_hat, "std": unit.std.ravel()}


def _over_rows(x, weight, bias, eps):
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return weight * x_hat + bias, x_hat, std[:, 0]


batch_norm_forward = Exercise(
    id="ch07.batch_norm_forward",
    reference="layers.BatchNorm",
    protocol=Program(("x", "weight", "bias", "eps"), ("y", "x_hat", "std")),
    cases=cases.batches(),
    answers=_forward_answer,
    parts=[
        Part("y", 1.5, "y"),
        Part("a constant feature", 1, "y", where=CONSTANT),
        Part("x_hat", 1, "x_hat"),
        Part("std", 0.5, "std"),
    ],
    read_again="7.8 Batch normalization: why not set the spread anew in each layer?",
    withholds=("layers.LayerNorm", "layers.GroupNorm", "layers.InstanceNorm"),
    misconceptions=[
        misconception(
            "the mean and the spread of each row: over the features, not over the batch",
            "Each feature is normalized by itself, over the examples: axis=0. Over the rows it is layer normalization, another unit.",
            unit=_over_rows,
        ),
        misconception(
            "divided by σ, without ε: the formula as D1 prints it",
            "A feature that is the same for all examples has σ = 0. The small ε under the root keeps the division alive.",
            "It belongs into the std that is returned, too: the way back needs what was really divided by.",
            unit=_normalized(std=lambda var, eps: np.sqrt(var)),
        ),
        misconception(
            "ε is added after the root",
            "The ε is added to the variance, under the root: √(σ² + ε).",
            "With σ = 0 and ε = 0.01 the divisor is 0.1; yours is 0.01.",
            unit=_normalized(std=lambda var, eps: np.sqrt(var) + eps),
        ),
        misconception(
            "the variance with n − 1",
            "To normalize the batch its own variance is taken, Σ(x − μ)²/n. The n − 1 comes later, in the running statistics.",
            unit=_normalized(var=lambda x: x.var(axis=0, ddof=1)),
        ),
        misconception(
            "the variance where its root belongs",
            "To bring the spread to 1, divide by the spread: the root of the variance. That root is what is returned as std, too.",
            unit=_normalized(std=lambda var, eps: var + eps),
        ),
        misconception(
            "the mean is not taken off",
            "First x − μ, then the division. Otherwise the mean is scaled, not removed.",
            unit=_normalized(mean=lambda x: 0.0),
        ),
        misconception(
            "one mean for the whole table",
            "Every feature has a mean of its own. Give mean an axis.",
            unit=_normalized(mean=lambda x: x.mean()),
        ),
        misconception(
            "one mean and one spread for the whole table",
            "Every feature has a mean and a variance of its own. Give both an axis: axis=0.",
            unit=_normalized(mean=lambda x: x.mean(), var=lambda x: x.var()),
        ),
        misconception(
            "weight and bias are left out",
            "The answer is weight · x̂ + bias. With them the layer may undo the normalization where that is better.",
            unit=_normalized(scaled=lambda x_hat, weight, bias: x_hat),
        ),
        misconception(
            "the bias is added before the scale",
            "First scale, then shift: weight · x̂ + bias. Yours is weight · (x̂ + bias).",
            unit=_normalized(scaled=lambda x_hat, weight, bias: weight * (x_hat + bias)),
        ),
    ],
)


def _back(
    through=lambda dy, weight: dy * weight,
    level=lambda g: g.mean(axis=0),
    tilt=lambda g, x_hat: x_hat * (g * x_hat).mean(axis=0),
    over=lambda g, std: g / std,
    d_weight=lambda dy, x_hat: (dy * x_hat).sum(axis=0),
    d_bias=lambda dy: dy.sum(axis=0),
):
    """Backward in training, with one of its terms replaced."""

    def batch_norm_backward(dy, x_hat, std, weight):
        g = through(dy, weight)
        return over(g - level(g) - tilt(g, x_hat), std), d_weight(dy, x_hat), d_bias(dy)

    return batch_norm_backward


def _exchanged(dy, x_hat, std, weight):
    dx, d_weight, d_bias = _back()(dy, x_hat, std, weight)
    return dx, d_bias, d_weight


def _dy_in_the_tilt(dy, x_hat, std, weight):
    g = dy * weight
    dx = (g - g.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)) / std
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def _weight_everywhere(dy, x_hat, std, weight):
    dx, d_weight, d_bias = _back()(dy, x_hat, std, weight)
    return dx, d_weight * weight, d_bias * weight


def _backward_answer(reference, inputs):
    unit = reference(inputs["x"].shape[1], inputs["eps"])
    unit.params["weight"] = inputs["weight"]
    unit.forward(inputs["x"])
    dx = unit.backward(inputs["dy"])
    return {"dx": dx, "d_weight": unit.grads["weight"], "d_bias": unit.grads["bias"]}


batch_norm_backward = Exercise(
    id="ch07.batch_norm_backward",
    reference="layers.BatchNorm",
    protocol=Program(("dy", "x_hat", "std", "weight"), ("dx", "d_weight", "d_bias")),
    cases=cases.batches_back(),
    answers=_backward_answer,
    parts=[
        Part("gradient for x", 3, "dx"),
        Part("gradient for weight", 1, "d_weight"),
        Part("gradient for bias", 1, "d_bias"),
    ],
    read_again="7.9 Batch normalization, backward: who moved the mean?",
    withholds=("layers.LayerNorm", "layers.GroupNorm", "layers.InstanceNorm"),
    misconceptions=[
        misconception(
            "mean and spread are taken for constants: only g/std is left",
            "If x grows, so do μ and σ of its batch, and both pull back. Shift a whole feature by 1: y does not change, so the sum of dx "
            "over the batch must be 0. Is yours?",
            unit=_back(level=lambda g: 0.0, tilt=lambda g, x_hat: 0.0),
        ),
        misconception(
            "the road through the mean is missing",
            "Shift a whole feature by 1: y does not change. So the sum of dx over the batch must be 0. Which term makes it so?",
            unit=_back(level=lambda g: 0.0),
        ),
        misconception(
            "the road through the spread is missing",
            "Stretch a feature to twice its spread: y does not change. So Σ dx · x̂ must be almost 0. Which term makes it so?",
            unit=_back(tilt=lambda g, x_hat: 0.0),
        ),
        misconception(
            "sums where means belong",
            "The μ is a mean: an example moves it by 1/N only. The two roads back carry this 1/N, so they are means of g and of g · x̂.",
            unit=_back(level=lambda g: g.sum(axis=0), tilt=lambda g, x_hat: x_hat * (g * x_hat).sum(axis=0)),
        ),
        misconception(
            "the two means are taken over the features",
            "What the examples of a batch share is μ and σ of one feature. So the means run over the examples: axis=0.",
            unit=_back(
                level=lambda g: g.mean(axis=1, keepdims=True),
                tilt=lambda g, x_hat: x_hat * (g * x_hat).mean(axis=1, keepdims=True),
            ),
        ),
        misconception(
            "the two means are one number for the whole table",
            "Each feature has its own μ and σ, so it has its own two means, too: axis=0.",
            unit=_back(level=lambda g: g.mean(), tilt=lambda g, x_hat: x_hat * (g * x_hat).mean()),
        ),
        misconception(
            "the division by std is missing",
            "All three roads end with a division by std: forward divided by it.",
            unit=_back(over=lambda g, std: g),
        ),
        misconception(
            "divided by the variance, not by std",
            "What comes in as `std` is the root already. Divide by it once.",
            unit=_back(over=lambda g, std: g / std**2),
        ),
        misconception(
            "the weight is missing in the mean of g·x̂",
            "Both means are means of g = dy · weight, not of dy.",
            unit=_dy_in_the_tilt,
        ),
        misconception(
            "the weight is in the gradients for weight and bias",
            "From y = weight · x̂ + bias: the slope for weight is dy · x̂, that for bias is dy. Only x̂ is behind the weight.",
            unit=_weight_everywhere,
        ),
        misconception(
            "the road through the spread with a plus",
            "Both roads are subtracted: a larger spread makes every x̂ smaller.",
            unit=_back(tilt=lambda g, x_hat: -x_hat * (g * x_hat).mean(axis=0)),
        ),
        misconception(
            "the mean of g·x̂ is not multiplied by x̂",
            "An example moves the spread the more the farther out it lies. So its share of that road is x̂ times the mean of g · x̂.",
            unit=_back(tilt=lambda g, x_hat: (g * x_hat).mean(axis=0)),
        ),
        misconception(
            "the weight is left out of dx",
            "On the way to x̂ the gradient passes the scale: g = dy · weight.",
            unit=_back(through=lambda dy, weight: dy),
        ),
        misconception(
            "multiplied by the spread instead of divided",
            "Where x was divided by std, so is the gradient: a feature with a large spread must move far to change x̂ at all.",
            unit=_back(over=lambda g, std: g * std),
        ),
        misconception(
            "means of the examples for weight and bias",
            "One weight served all N examples, and collects the sum of their gradients. The 1/N is in dy already.",
            unit=_back(d_weight=lambda dy, x_hat: (dy * x_hat).mean(axis=0), d_bias=lambda dy: dy.mean(axis=0)),
        ),
        misconception(
            "the gradients for weight and bias are exchanged",
            "The weight multiplies x̂, so x̂ is in its gradient. The bias multiplies nothing.",
            unit=_exchanged,
        ),
    ],
)


def _unit(
    batch_stats=lambda unit, x: (x.mean(axis=0), x.var(axis=0)),
    new_mean=lambda old, x, m: (1 - m) * old + m * x.mean(axis=0),
    new_var=lambda old, x, m: (1 - m) * old + m * x.var(axis=0, ddof=1),
    later_stats=lambda unit, x: (unit.running_mean, unit.running_var),
    moves=lambda training, x: training,
    at_once=False,
    scaled=lambda x_hat, weight, bias: weight * x_hat + bias,
    back=None,
):
    """A BatchNorm with one of its habits replaced."""

    class BatchNorm:
        def __init__(self, channels, eps, momentum):
            self.eps, self.momentum, self.training = eps, momentum, True
            self.params = {"weight": np.ones(channels), "bias": np.zeros(channels)}
            self.grads = {}
            self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)

        def forward(self, x):
            mean, var = (batch_stats if self.training else later_stats)(self, x)
            if moves(self.training, x):
                self.running_mean = new_mean(self.running_mean, x, self.momentum)
                self.running_var = new_var(self.running_var, x, self.momentum)
            if at_once and not self.training:
                mean, var = later_stats(self, x)
            self.std = np.sqrt(var + self.eps)
            self.x_hat = (x - mean) / self.std
            weight, bias = self.params["weight"], self.params["bias"]
            return weight * self.x_hat + bias if self.training else scaled(self.x_hat, weight, bias)

        def backward(self, dy):
            told = (back or _back())(dy, self.x_hat, self.std, self.params["weight"])
            dx, self.grads["weight"], self.grads["bias"] = told
            return dx

    return BatchNorm


batch_norm = Exercise(
    id="ch07.batch_norm",
    reference="layers.BatchNorm",
    protocol=Module(
        constructor=("channels", "eps", "momentum"),
        parameters=("weight", "bias"),
        backward="dy",
        before="earlier",
        reads=("running_mean", "running_var"),
    ),
    cases=cases.batch_after_batch(),
    parts=[
        Part("training", 1),
        Part("evaluation", 2, where=EVALUATION),
        Part("running mean", 1, "running_mean"),
        Part("running variance", 1, "running_var"),
        Part("gradient for x in training", 0.5, "gradient", but=EVALUATION),
        Part("gradient for weight in training", 0.25, "grad weight", but=EVALUATION),
        Part("gradient for bias in training", 0.25, "grad bias", but=EVALUATION),
    ],
    read_again="7.10 Training and evaluation: what if there is no batch?",
    builds_on=("ch07.batch_norm_forward", "ch07.batch_norm_backward"),
    withholds=("layers.LayerNorm", "layers.GroupNorm", "layers.InstanceNorm"),
    misconceptions=[
        misconception(
            "the batch's own statistics in evaluation, too",
            "One example alone has no spread: your answer is the bias, whatever the example is. In evaluation take the running statistics.",
            "Ask self.training.",
            unit=_unit(later_stats=lambda unit, x: (x.mean(axis=0), x.var(axis=0))),
        ),
        misconception(
            "the running statistics in training, too",
            "While training, the batch is normalized by its own mean and variance. The running ones are only kept for later.",
            unit=_unit(batch_stats=lambda unit, x: (unit.running_mean, unit.running_var)),
        ),
        misconception(
            "the running statistics are never updated",
            "After training they still say mean 0 and variance 1. Move them a little towards the batch at each forward pass in training.",
            unit=_unit(new_mean=lambda old, x, m: old, new_var=lambda old, x, m: old),
        ),
        misconception(
            "the momentum the other way round, as Keras counts it",
            "Here momentum is the share of the new batch: (1 − momentum) · running + momentum · batch.",
            unit=_unit(
                new_mean=lambda old, x, m: m * old + (1 - m) * x.mean(axis=0),
                new_var=lambda old, x, m: m * old + (1 - m) * x.var(axis=0, ddof=1),
            ),
        ),
        misconception(
            "the two modes are exchanged",
            "In training self.training is True: then the batch's own numbers count. Read your if once more.",
            unit=_unit(
                batch_stats=lambda unit, x: (unit.running_mean, unit.running_var),
                later_stats=lambda unit, x: (x.mean(axis=0), x.var(axis=0)),
                moves=lambda training, x: not training,
            ),
        ),
        misconception(
            "only the last batch is remembered",
            "An average over the batches is wanted. Keep 1 − momentum of the old value.",
            unit=_unit(new_mean=lambda old, x, m: x.mean(axis=0), new_var=lambda old, x, m: x.var(axis=0, ddof=1)),
        ),
        misconception(
            "the running variance with n, not with n − 1",
            "The running variance is an estimate for all data, not for this batch: x.var(axis=0, ddof=1).",
            unit=_unit(new_var=lambda old, x, m: (1 - m) * old + m * x.var(axis=0)),
        ),
        misconception(
            "the running average is taken of σ, not of σ²",
            "The variance is kept, and the root is taken when it is used: √(running_var + ε).",
            unit=_unit(new_var=lambda old, x, m: (1 - m) * old + m * x.std(axis=0, ddof=1)),
        ),
        misconception(
            "evaluation updates the running statistics",
            "Evaluation must leave no trace: the same example must get the same answer tomorrow. Update in training only.",
            unit=_unit(moves=lambda training, x: training or len(x) > 1),
        ),
        misconception(
            "evaluation updates the running statistics, even from one example",
            "Evaluation must leave no trace. One example has no variance with N − 1: 0/0 is nan, and nan stays.",
            unit=_unit(moves=lambda training, x: True, at_once=True),
        ),
        misconception(
            "ε is left out in evaluation",
            "The formula is the same in both modes: √(running_var + ε).",
            unit=_unit(later_stats=lambda unit, x: (unit.running_mean, unit.running_var - unit.eps)),
        ),
        misconception(
            "divided by the variance in evaluation, not by its root",
            "What is kept is a variance. Divide by √(running_var + ε).",
            unit=_unit(later_stats=lambda unit, x: (unit.running_mean, (unit.running_var + unit.eps) ** 2 - unit.eps)),
        ),
        misconception(
            "weight and bias are left out in evaluation",
            "They belong to both modes: weight · x̂ + bias, with the running statistics in x̂.",
            unit=_unit(scaled=lambda x_hat, weight, bias: x_hat),
        ),
        misconception(
            "the running variance is made of std², with its ε and with n",
            "What batch_norm_forward returns is √(σ² + ε). For the running variance ask x itself: x.var(axis=0, ddof=1).",
            unit=_unit(new_var=lambda old, x, m: (1 - m) * old + m * (x.var(axis=0) + cases.EPS)),
        ),
        misconception(
            "the gradients for weight and bias are exchanged",
            "Your batch_norm_backward answers three things in this order: for x, for weight, for bias.",
            unit=_unit(back=_exchanged),
        ),
        misconception(
            "the old value is not faded: batch after batch is added",
            "Without the factor 1 − momentum the sum grows and grows. The two shares must add up to 1.",
            unit=_unit(
                new_mean=lambda old, x, m: old + m * x.mean(axis=0),
                new_var=lambda old, x, m: old + m * x.var(axis=0, ddof=1),
            ),
        ),
        misconception(
            "backward takes mean and spread for constants",
            "In training they depend on x. Call your batch_norm_backward with what forward has kept.",
            unit=_unit(back=_back(level=lambda g: 0.0, tilt=lambda g, x_hat: 0.0)),
        ),
    ],
)


# The shortcut.


def _around(forward=lambda x, f: x + f, backward=lambda dy, inner, x: dy + inner(dy)):
    """A layer tanh(x Wᵀ) with a shortcut, there and back, one of the two ways replaced."""

    def around_a_layer(x, dy, weight):
        f = np.tanh(x @ weight.T)
        d_weight = np.zeros_like(weight)

        def inner(d):
            dz = d * (1 - f**2)
            d_weight[...] = dz.T @ x
            return dz @ weight

        return forward(x, f), backward(dy, inner, x), d_weight

    return around_a_layer


def _answered(reference, inputs):
    d = len(inputs["weight"])
    dense = layers.Dense(d, d, np.random.default_rng(0))
    dense.params["weight"] = inputs["weight"]
    unit = reference(layers.Sequential(dense, activations.Tanh()))
    y, dx = unit.forward(inputs["x"]), unit.backward(inputs["dy"])
    return {"y": y, "dx": dx, "d_weight": dense.grads["weight"]}


residual = Exercise(
    id="ch07.residual",
    reference="layers.Residual",
    protocol=Program(("x", "dy", "weight"), ("y", "dx", "d_weight")),
    cases=cases.around_a_layer(),
    answers=_answered,
    parts=[
        Part("forward", 1, "y"),
        Part("gradient for x", 2, "dx"),
        Part("gradient for the layer's weight", 1, "d_weight"),
    ],
    read_again="7.11 Residual connections: is there a way around?",
    withholds=("layers.Sequential", "layers.Dense", "activations.Tanh"),
    misconceptions=[
        misconception(
            "the way back has no shortcut",
            "There are two roads from x to y: through the layer and past it. What comes back on two roads is added: dy + layer.backward(dy).",
            unit=_around(backward=lambda dy, inner, x: inner(dy)),
        ),
        misconception(
            "the way back leaves the layer out",
            "The gradient dy also goes back through the layer, or its weights never learn. Call its backward.",
            unit=_around(backward=lambda dy, inner, x: dy),
        ),
        misconception(
            "the way there has no shortcut",
            "The answer is x plus what the layer makes of it. A layer that answers 0 must leave x as it is; does yours?",
            unit=_around(forward=lambda x, f: f),
        ),
        misconception(
            "the two roads are multiplied on the way there",
            "The answer is x plus f(x). A layer that answers 0 must leave x as it is, and yours makes 0 of it.",
            unit=_around(forward=lambda x, f: x * f),
        ),
        misconception(
            "dy is multiplied in twice",
            "What the layer's backward returns is f′ times dy already. So the other road brings dy, and the two are added.",
            unit=_around(backward=lambda dy, inner, x: dy * (1 + inner(dy))),
        ),
        misconception(
            "the two roads back are multiplied",
            "Along one road slopes multiply. Where two roads meet, gradients add up.",
            unit=_around(backward=lambda dy, inner, x: dy * inner(dy)),
        ),
        misconception(
            "x is added on the way back, where dy belongs",
            "On the way back no x is added: the derivative of x + f(x) is 1 + f′, and the 1 is multiplied by dy.",
            unit=_around(backward=lambda dy, inner, x: x + inner(dy)),
        ),
        misconception(
            "a 1 is added on the way back, not dy",
            "The derivative of x for itself is 1, and the chain rule multiplies it by dy.",
            unit=_around(backward=lambda dy, inner, x: 1 + inner(dy)),
        ),
        misconception(
            "the mean of the two roads",
            "The two are added, not averaged: halving in each of 30 layers would make the gradient vanish again.",
            unit=_around(forward=lambda x, f: (x + f) / 2, backward=lambda dy, inner, x: inner(dy / 2) + dy / 2),
        ),
        misconception(
            "the gradient goes twice through the layer",
            "The gradient dy goes through the layer once and past it once. Yours hands the layer a gradient that has been there already.",
            unit=_around(backward=lambda dy, inner, x: dy + inner(inner(dy))),
        ),
        misconception(
            "the shortcut is subtracted on the way back",
            "The answer is x + f(x), with a plus. So both gradients come back with a plus.",
            unit=_around(backward=lambda dy, inner, x: inner(dy) - dy),
        ),
    ],
)


# The block: normalization, ReLU and weights, with a shortcut around all three.

OF_A_BLOCK = ("y", "dx", "d_weight", "d_gamma", "d_beta")


def _block(
    onward=lambda n, h, x, weight: x + h @ weight.T,
    bend=lambda n: np.maximum(n, 0),
    before=lambda x: x,
    down=lambda dy, weight: dy @ weight,
    gate=lambda dh, n, x: dh * (n > 0),
    through=lambda dn, dx: dx,
    together=lambda dy, dx: dy + dx,
    d_weight=lambda dy, h, x, n: dy.T @ h,
    parameters=lambda d_gamma, d_beta: (d_gamma, d_beta),
):
    """A block with one of its lines replaced."""

    def block(x, weight, gamma, beta, eps, dy):
        n, x_hat, std = _normalized()(before(x), gamma, beta, eps)
        h = bend(n)
        dn = gate(down(dy, weight), n, x)
        dx, d_gamma, d_beta = _back()(dn, x_hat, std, gamma)
        y = onward(n, h, x, weight)
        return (y, together(dy, through(dn, dx)), d_weight(dy, h, x, n), *parameters(d_gamma, d_beta))

    return block


def _weights_first(x, weight, gamma, beta, eps, dy):
    n, x_hat, std = _normalized()(x @ weight.T, gamma, beta, eps)
    dz, d_gamma, d_beta = _back()(dy * (n > 0), x_hat, std, gamma)
    return x + np.maximum(n, 0), dy + dz @ weight, dz.T @ x, d_gamma, d_beta


def _of_layers(reference, inputs):
    d = len(inputs["weight"])
    norm, dense = layers.BatchNorm(d, inputs["eps"]), layers.Dense(d, d, np.random.default_rng(0))
    norm.params = {"weight": inputs["gamma"], "bias": inputs["beta"]}
    dense.params["weight"] = inputs["weight"]
    unit = reference(layers.Sequential(norm, activations.ReLU(), dense))
    y, dx = unit.forward(inputs["x"]), unit.backward(inputs["dy"])
    return dict(zip(OF_A_BLOCK, (y, dx, dense.grads["weight"], norm.grads["weight"], norm.grads["bias"])))


block = Exercise(
    id="ch07.block",
    reference="layers.Residual",
    protocol=Program(("x", "weight", "gamma", "beta", "eps", "dy"), OF_A_BLOCK),
    cases=cases.blocks(),
    answers=_of_layers,
    parts=[
        Part("y", 1, "y"),
        Part("gradient for x", 2, "dx"),
        Part("gradient for the weight", 1, "d_weight"),
        Part("gradient for gamma", 0.5, "d_gamma"),
        Part("gradient for beta", 0.5, "d_beta"),
    ],
    read_again="7.12 A block: how do shortcuts stay small?",
    builds_on=("ch07.batch_norm_forward", "ch07.batch_norm_backward"),
    withholds=("layers.Sequential", "layers.Dense", "layers.BatchNorm", "activations.ReLU"),
    misconceptions=[
        misconception(
            "the way back has no shortcut",
            "There are two roads from x to y, and the straight one brings back dy. Add it to what comes through the branch.",
            unit=_block(together=lambda dy, dx: dx),
        ),
        misconception(
            "the slope of ReLU is missing on the way back",
            "Where a unit was closed, nothing came through, and nothing goes back. Multiply by n > 0.",
            unit=_block(gate=lambda dh, n, x: dh),
        ),
        misconception(
            "the gate looks at x instead of the normalized numbers",
            "ReLU saw what the normalization answered. Whether it was open there is decided by that, not by x.",
            unit=_block(gate=lambda dh, n, x: dh * (x > 0)),
        ),
        misconception(
            "the weight's gradient is made with x",
            "The weight was multiplied by h, what ReLU answered. Its gradient is dy.T @ h.",
            unit=_block(d_weight=lambda dy, h, x, n: dy.T @ x),
        ),
        misconception(
            "the weight's gradient is transposed",
            "In h Wᵀ the rows of W belong to the outputs. Row j of the gradient belongs to output j: dy.T @ h.",
            unit=_block(d_weight=lambda dy, h, x, n: h.T @ dy),
        ),
        misconception(
            "the weight is transposed on the way back",
            "Forward it is h @ weight.T, so back it is dy @ weight. A square table does not complain; test with one that is not "
            "symmetric.",
            unit=_block(down=lambda dy, weight: dy @ weight.T),
        ),
        misconception(
            "the way back leaves the normalization out",
            "Between ReLU and x stands the normalization. Give its backward what came through the gate, and take the first of its "
            "three answers.",
            unit=_block(through=lambda dn, dx: dn),
        ),
        misconception(
            "ReLU comes first, then the normalization",
            "Here the order is normalize, then ReLU, then weights: y = x + ReLU(BN(x)) Wᵀ.",
            unit=_block(before=lambda x: np.maximum(x, 0), bend=lambda n: n),
        ),
        misconception(
            "ReLU is applied to the sum, after the shortcut",
            "The first residual networks did that. In this block nothing stands on the straight road: x comes through as it is.",
            unit=_block(onward=lambda n, h, x, weight: np.maximum(x + h @ weight.T, 0)),
        ),
        misconception(
            "the shortcut begins after the normalization",
            "Add x itself, not the normalized x. The straight road must have nothing on it.",
            unit=_block(onward=lambda n, h, x, weight: n + h @ weight.T),
        ),
        misconception(
            "the way there has no shortcut",
            "The branch is added to x: y = x + h Wᵀ. Yours is the branch alone.",
            unit=_block(onward=lambda n, h, x, weight: h @ weight.T),
        ),
        misconception(
            "the weight is not transposed on the way there",
            "The formula says h Wᵀ: `h @ weight.T`. A square table does not complain; test with one that is not symmetric.",
            unit=_block(onward=lambda n, h, x, weight: x + h @ weight),
        ),
        misconception(
            "the weight's gradient is made with what came before ReLU",
            "The weight was multiplied by h, what ReLU answered, not by what went into ReLU. Its gradient is dy.T @ h.",
            unit=_block(d_weight=lambda dy, h, x, n: dy.T @ n),
        ),
        misconception(
            "the gate of ReLU is in the weight's gradient",
            "Weights come last in the branch, so dy meets them first, before any ReLU: dy.T @ h.",
            unit=_block(d_weight=lambda dy, h, x, n: (dy * (n > 0)).T @ h),
        ),
        misconception(
            "the normalization's backward is given dy",
            "On its way from y to the normalization dy goes through the weights and through ReLU: (dy @ weight) · (n > 0).",
            unit=_block(down=lambda dy, weight: dy, gate=lambda dh, n, x: dh),
        ),
        misconception(
            "weights first, then normalization and ReLU",
            "Here the order is normalize, ReLU, weights: y = x + ReLU(BN(x)) Wᵀ. Yours is x + ReLU(BN(x Wᵀ)).",
            unit=_weights_first,
        ),
        misconception(
            "the gradients for gamma and beta are exchanged",
            "Your batch_norm_backward answers three things in this order: for x, for weight (gamma), for bias (beta).",
            unit=_block(parameters=lambda d_gamma, d_beta: (d_beta, d_gamma)),
        ),
    ],
)
