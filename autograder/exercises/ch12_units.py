"""The exercises of chapter 12: the units that networks are built of, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch12_units_cases as cases
from autograder.exercises.cases import LARGE
from autograder.sandbox.protocols import Call, Module, Program

SHARED = "What is used N times collects a plain sum of N gradients. The 1/N of a mean is in dy already: the loss put it there."


def _loaded(unit, inputs, *names):
    """The unit with its parameters taken from the case."""
    for name in names:
        unit.params[name] = inputs[name]
    return unit


def _window_view(x, reach):
    return np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(range(2, x.ndim)))


# Convolution along one axis.


def _conv1d(
    stride=lambda s: s,
    pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, p))),
    places=lambda size, k, s: (size - k) // s + 1,
    weight=lambda w: w,
    join=lambda window, w: (window * w).sum(axis=(1, 2)),
    bias=1,
    start=lambda place, s: place * s,
):
    def conv1d(x, w, b, s, p):
        x, s, w = pad(x, p), stride(s), weight(w)
        y = np.zeros((len(x), len(w), places(x.shape[2], w.shape[2], s)))
        for place in range(y.shape[2]):
            window = x[:, :, start(place, s) : start(place, s) + w.shape[2]]
            for out in range(len(w)):
                y[:, out, place] = join(window, w[out]) + bias * b[out]
        return y

    return conv1d


conv1d = Exercise(
    id="ch12.conv1d",
    reference="layers.Conv1d",
    protocol=Call(value=("x", "weight", "bias", "stride", "padding")),
    cases=cases.sequences_to_slide_over,
    answers=lambda reference, inputs: {"value": _by_layer(reference, inputs, inputs["stride"], inputs["padding"])},
    parts=[
        Part("every place, nothing padded", 2),
        Part("strides", 1, where="stride"),
        Part("padding", 1, where="padding"),
    ],
    read_again="12.2 Convolution: the same small question at every place",
    withholds=("layers.Conv2d",),
    misconceptions=[
        misconception(
            "the kernel is turned round, as np.convolve does it",
            "The first entry of the kernel meets the first entry of the window. Nothing is turned round here.",
            "Mathematics calls this a cross-correlation. All deep learning libraries call it a convolution.",
            value=_conv1d(weight=lambda w: w[:, :, ::-1]),
        ),
        misconception(
            "the bias is missing",
            "Each output channel has a bias. It is added at every place.",
            value=_conv1d(bias=0),
        ),
        misconception(
            "only the first input channel is looked at",
            "The sum runs over the input channels, too: a window is C × K numbers, and so is the kernel of one output.",
            value=_conv1d(join=lambda window, w: (window[:, 0] * w[0]).sum(axis=1)),
        ),
        misconception(
            "averaged over the window instead of summed",
            "A convolution is a sum of products, without a division. With a kernel of ones it is K times the mean.",
            value=_conv1d(join=lambda window, w: (window * w).mean(axis=(1, 2))),
        ),
        misconception(
            "the last place is missing",
            "A signal of length 5 has room for a kernel of 3 at three places: it starts at 0, 1 and 2. Five minus three is two, and one more.",
            value=_conv1d(places=lambda size, k, s: (size - k) // s),
        ),
        misconception(
            "the stride is ignored",
            "With stride s the window starts at 0, s, 2s and so on. Which of your places would be left?",
            value=_conv1d(stride=lambda s: 1),
        ),
        misconception(
            "the right number of places, but the windows start one place apart",
            "The window of place l starts at l times the stride, not at l. Yours never comes to the end of the signal.",
            value=_conv1d(start=lambda place, s: place),
        ),
        misconception(
            "the examples are summed, too",
            "Each example has answers of its own. Sum over channels and entries of the window, the last two axes, and leave axis 0 alone.",
            value=_conv1d(join=lambda window, w: (window * w).sum()),
        ),
        misconception(
            "nothing is padded",
            "Before anything else, p zeros are put in front of the signal and p behind it. That makes room for more places.",
            value=_conv1d(pad=lambda x, p: x),
        ),
        misconception(
            "all the padding stands on one side",
            "The padding p is put on both sides: p zeros in front and p zeros behind, so the signal stays in the middle.",
            value=_conv1d(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (0, 2 * p)))),
        ),
        misconception(
            "the padding stands in front only",
            "The padding p is put on both sides: p zeros in front and as many behind. Yours has fewer places at the end.",
            value=_conv1d(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, 0)))),
        ),
        misconception(
            "the padding goes around the examples and the channels, too",
            "A single number pads all three axes. Only the last one is padded: np.pad(x, ((0, 0), (0, 0), (p, p))).",
            value=_conv1d(pad=lambda x, p: np.pad(x, p)),
        ),
        misconception(
            "the bias is added once for each input channel",
            "First the sum over all channels, then the bias, once for each answer. Yours stands inside the loop over the channels.",
            value=lambda x, w, b, s, p: _conv1d()(x, w, w.shape[1] * b, s, p),
        ),
        misconception(
            "the border is repeated where zeros belong",
            "What is padded here is 0, not a copy of the first and last entry. In np.pad that is the mode it has without asking.",
            value=_conv1d(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, p)), mode="edge")),
        ),
    ],
)


def _by_layer(reference, inputs, *options):
    """What a convolution of course_lib answers with the weights of the case."""
    out, channels, *kernel = inputs["weight"].shape
    size = kernel[0] if len(kernel) == 1 else tuple(kernel)
    layer = reference(channels, out, size, np.random.default_rng(0), *options)
    return _loaded(layer, inputs, "weight", "bias").forward(inputs["x"])


# Sizes.


def _places(size, kernel_size, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


def _field(
    kernel_sizes, strides, dilations, start=1, jump=lambda before, s: before * s, reach=lambda k, d: d * (k - 1)
):
    field, step = start, 1
    for k, s, d in zip(kernel_sizes, strides, dilations):
        field, step = field + reach(k, d) * step, jump(step, s)
    return field


def _early_field(kernel_sizes, strides, dilations):
    """The stride of a layer counts for its own kernel already."""
    field, step = 1, 1
    for k, s, d in zip(kernel_sizes, strides, dilations):
        step *= s
        field += d * (k - 1) * step
    return field


def _field_from_the_wrong_end(kernel_sizes, strides, dilations):
    """The rule for a walk from the last layer down, with the first layer first."""
    field = 1
    for k, s, d in zip(kernel_sizes, strides, dilations):
        field = (field - 1) * s + d * (k - 1) + 1
    return field


def _sized(reference, inputs):
    asked = [inputs[name] for name in ("size", "kernel_size", "stride", "padding", "dilation")]
    stack = [inputs[name] for name in ("kernel_sizes", "strides", "dilations")]
    return {"places": _places(*asked), "field": _field(*stack)}


sizes = Exercise(
    id="ch12.sizes",
    reference="",
    protocol=Call(
        places=("size", "kernel_size", "stride", "padding", "dilation"), field=("kernel_sizes", "strides", "dilations")
    ),
    cases=cases.stacks,
    answers=_sized,
    parts=[
        Part("places", 1, "places"),
        Part("places with dilation", 1, "places", where="dilated"),
        Part("receptive field", 1, "field"),
        Part("receptive field with dilation", 1, "field", where="dilated"),
    ],
    read_again="12.4 How far does one output see?",
    misconceptions=[
        misconception(
            "the + 1 is missing",
            "A kernel as wide as the signal fits once, not zero times. Count the starts: from 0 up to and with the last one.",
            places=lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s,
        ),
        misconception(
            "the padding is counted once",
            "The padding stands on both sides, so the signal grows by 2p.",
            places=lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
        ),
        misconception(
            "rounded up",
            "A window that would hang over the end is left out. So round down, with two slashes.",
            places=lambda n, k, s, p, d: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1,
        ),
        misconception(
            "not rounded down",
            "Half a place is no place. A window that would hang over the end is left out: divide with two slashes.",
            places=lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
        ),
        misconception(
            "the stride is left out of the places",
            "With stride 2 only every second start is used: divide by the stride before the + 1.",
            places=lambda n, k, s, p, d: n + 2 * p - d * (k - 1),
        ),
        misconception(
            "the kernel's size is taken for its reach",
            "A dilated kernel has gaps. From its first to its last entry it reaches over d·(k − 1) + 1 places.",
            places=lambda n, k, s, p, d: _places(n, k, s, p, 1),
        ),
        misconception(
            "the reach is taken to be d·k",
            "Between k entries there are only k − 1 gaps: the reach is d·(k − 1) + 1. With k = 3 and d = 2 it is 5, not 6.",
            places=lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
        ),
        misconception(
            "the strides of the layers before do not count",
            "After a stride of 2 two neighbors are two input places apart. So the kernels of all later layers reach twice as far.",
            field=lambda k, s, d: _field(k, s, d, jump=lambda before, stride: before),
        ),
        misconception(
            "a stride counts for its own layer already",
            "The stride of a layer moves its windows apart; it does not make them wider. It counts from the next layer on.",
            field=_early_field,
        ),
        misconception(
            "only the stride of the layer just before counts",
            "Strides multiply: after 2 and then 3 neighbors are 6 input places apart.",
            field=lambda k, s, d: _field(k, s, d, jump=lambda before, stride: stride),
        ),
        misconception(
            "the reaches of the layers are multiplied",
            "Neighboring windows overlap, so fields do not multiply: two kernels of 3 see 5 entries, not 9. Each layer adds d·(k − 1) jumps.",
            field=lambda k, s, d: int(np.prod([_field([one], [1], [gap]) for one, gap in zip(k, d)])),
        ),
        misconception(
            "the walk goes down from the top, and the lists are read from the bottom",
            "The rule (F − 1)·s + r is for a walk from the last layer to the first: turn the lists round for it.",
            "Or walk upwards with two numbers, the field and the jump.",
            field=_field_from_the_wrong_end,
        ),
        misconception(
            "the receptive field starts from 0",
            "Before the first layer an entry sees itself: one place. Each layer adds to that.",
            field=lambda k, s, d: _field(k, s, d, start=0),
        ),
        misconception(
            "each layer adds the whole size of its kernel",
            "A kernel of 3 adds one place on either side, two in all: k − 1, as the middle one was seen before.",
            field=lambda k, s, d: _field(k, s, d, reach=lambda k, d: d * (k - 1) + 1),
        ),
        misconception(
            "the dilation is left out of the receptive field",
            "A dilated kernel of size k adds d·(k − 1) steps, not k − 1.",
            field=lambda k, s, d: _field(k, s, d, reach=lambda k, d: k - 1),
        ),
    ],
)


# Convolution over an image.


def _conv2d(
    pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))),
    reach=lambda k, d: d * (k - 1) + 1,
    steps=lambda s, d: (s, s, d, d),
    weight=lambda w: w,
    join="nchwkl,ockl->nohw",
    bias=lambda b: b[:, None, None],
    sides=lambda w: w.shape[2:],
):
    def conv2d(x, w, b, s, p, d):
        windows = _window_view(pad(x, p), [reach(k, d) for k in sides(w)])
        down, right, k, m = steps(s, d)
        windows = windows[:, :, ::down, ::right, ::k, ::m]
        return np.einsum(join, windows, weight(w)) + bias(b)

    return conv2d


conv2d = Exercise(
    id="ch12.conv2d",
    reference="layers.Conv2d",
    protocol=Call(value=("x", "weight", "bias", "stride", "padding", "dilation")),
    cases=cases.images_to_slide_over,
    answers=lambda reference, inputs: {
        "value": _by_layer(reference, inputs, *(inputs[name] for name in ("stride", "padding", "dilation")))
    },
    parts=[
        Part("every place, nothing padded", 2),
        Part("strides", 1, where="stride"),
        Part("padding", 1, where="padding"),
        Part("dilation", 1, where="dilation"),
    ],
    read_again="12.5 Images: one view, one product",
    withholds=("layers.Conv1d",),
    misconceptions=[
        misconception(
            "the kernel is turned upside down",
            "The upper left entry of the kernel meets the upper left entry of the window. Nothing is turned round.",
            value=_conv2d(weight=lambda w: w[:, :, ::-1, ::-1]),
        ),
        misconception(
            "rows and columns of the kernel are exchanged",
            "In the view the last two axes are the window's rows and columns, in this order. The kernel has the same order: name both with the same letters.",
            value=_conv2d(join="nchwkl,oclk->nohw"),
        ),
        misconception(
            "the bias is missing",
            "One bias for each output channel, added at every place: give it the shape (O, 1, 1).",
            value=_conv2d(bias=lambda b: 0),
        ),
        misconception(
            "the bias is added along the columns",
            "A bias of shape (O,) meets the last axis, the columns of the answer. Give it the shape (O, 1, 1): then it meets the channels.",
            value=_conv2d(bias=lambda b: b),
        ),
        misconception(
            "the kernel is taken to be square",
            "A kernel has K rows and L columns, and they may differ. The windows need a reach for each.",
            value=_conv2d(sides=lambda w: (w.shape[2], w.shape[2])),
        ),
        misconception(
            "the reach is taken to be d·K",
            "Between K entries there are only K − 1 gaps: the reach is d·(K − 1) + 1. With K = 3 and d = 2 it is 5, not 6.",
            value=_conv2d(reach=lambda k, d: d * k),
        ),
        misconception(
            "the stride acts down the rows only",
            "The same stride is taken down and to the right. Slice both axes of the places.",
            value=_conv2d(steps=lambda s, d: (s, 1, d, d)),
        ),
        misconception(
            "the stride is ignored",
            "The view holds a window for every place. Keep every s-th one, down and to the right.",
            value=_conv2d(steps=lambda s, d: (1, 1, d, d)),
        ),
        misconception(
            "nothing is padded",
            "Pad first, then make the view: p zeros above, below, to the left and to the right.",
            value=_conv2d(pad=lambda x, p: x),
        ),
        misconception(
            "the border is repeated where zeros belong",
            "What is padded is 0. In np.pad that is what you get without asking for a mode.",
            value=_conv2d(pad=lambda x, p: np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")),
        ),
        misconception(
            "the dilation is ignored",
            "With dilation d the entries of a kernel meet every d-th entry of a wider window: d·(k − 1) + 1 wide.",
            value=_conv2d(reach=lambda k, d: k, steps=lambda s, d: (s, s, 1, 1)),
        ),
        misconception(
            "the windows are not widened before they are sliced by the dilation",
            "If you slice a window of K entries by the dilation, fewer than K are left. Make windows of d·(K − 1) + 1 entries first: then K are left.",
            value=_conv2d(reach=lambda k, d: k),
        ),
        misconception(
            "dilation and stride are exchanged",
            "The stride goes from window to window, so it slices the axes of the places. The dilation goes from entry to entry inside a window, so it slices the last two axes.",
            value=_conv2d(reach=lambda k, d: k, steps=lambda s, d: (d, d, s, s)),
        ),
    ],
)


def _conv2d_gradients(
    row=lambda k, p, s: slice(k, k + s * p, s),
    weight_from=lambda k, size: k,
    share=1,
    d_weight=lambda dy, patch: np.einsum("nohw,nchw->oc", dy, patch),
    d_bias=lambda dy: dy.sum(axis=(0, 2, 3)),
    add=True,
):
    def conv2d_gradients(x, weight, dy, s):
        dx, dw = np.zeros_like(x), np.zeros_like(weight)
        (height, width), (rows, columns) = weight.shape[2:], dy.shape[2:]
        for k in range(height):
            for m in range(width):
                at = (..., row(k, rows, s), row(m, columns, s))
                dw[:, :, k, m] = d_weight(dy, x[at]) / (len(x) if share == "N" else 1)
                used = weight[:, :, weight_from(k, height), weight_from(m, width)]
                passed = np.einsum("nohw,oc->nchw", dy, used)
                dx[at] = dx[at] + passed if add else passed
        return dx, dw, d_bias(dy)

    return conv2d_gradients


def _weights_first(*inputs):
    dx, dweight, dbias = _conv2d_gradients()(*inputs)
    return dweight, dx, dbias


def _gradients_of(reference, inputs):
    out, channels, *kernel = inputs["weight"].shape
    layer = reference(channels, out, tuple(kernel), np.random.default_rng(0), inputs["stride"])
    _loaded(layer, inputs, "weight").forward(inputs["x"])
    dx = layer.backward(inputs["dy"])
    return {"dx": dx, "dweight": layer.grads["weight"], "dbias": layer.grads["bias"]}


conv2d_gradients = Exercise(
    id="ch12.conv2d_gradients",
    reference="layers.Conv2d",
    protocol=Program(("x", "weight", "dy", "stride"), ("dx", "dweight", "dbias")),
    cases=cases.images_and_upstream,
    answers=_gradients_of,
    parts=[
        Part("gradient for x", 2, "dx"),
        Part("gradient for the weights", 2, "dweight"),
        Part("gradient for the biases", 1, "dbias"),
        Part("gradient for x with a stride", 1, "dx", where="stride"),
        Part("gradient for the weights with a stride", 1, "dweight", where="stride"),
    ],
    read_again="12.6 The way back: who was looked at by whom?",
    withholds=("layers.Conv1d", "layers.ConvTranspose2d"),
    misconceptions=[
        misconception(
            "the last window wins: gradients of x are overwritten, not added",
            "Windows overlap, so one entry of x was used several times. Its gradient is the sum over all its uses: add.",
            unit=_conv2d_gradients(add=False),
        ),
        misconception(
            "the kernel is turned round on the way to x",
            "What entry (k, l) of the kernel multiplied on the way forward gets dy times that same entry back.",
            "The kernel turns round only if you write the way back as a convolution of a padded dy.",
            unit=_conv2d_gradients(weight_from=lambda k, size: size - 1 - k),
        ),
        misconception(
            "the weights' gradient divided by N",
            SHARED,
            unit=_conv2d_gradients(share="N"),
        ),
        misconception(
            "the weights' gradient averaged over the places",
            "A weight was used at every place of every example. Its gradient is the sum over all of them, not a mean.",
            unit=_conv2d_gradients(d_weight=lambda dy, patch: np.einsum("nohw,nchw->oc", dy, patch) / dy[0, 0].size),
        ),
        misconception(
            "dy and x are summed one by one before they meet",
            "The dy of a place meets the x of the window at that place only. Multiply first, then sum over examples and places.",
            unit=_conv2d_gradients(
                d_weight=lambda dy, patch: np.einsum("no,nc->oc", dy.sum(axis=(2, 3)), patch.sum(axis=(2, 3)))
            ),
        ),
        misconception(
            "the biases' gradient summed over the examples only",
            "A bias was added at every place of every example. The gradient has the shape (O,), so sum over the other three axes.",
            unit=_conv2d_gradients(d_bias=lambda dy: dy.sum(axis=0)),
        ),
        misconception(
            "the biases' gradient summed over the places only",
            "Every example added the same bias, so the sum runs over the examples, too. The shape (O,) is left.",
            unit=_conv2d_gradients(d_bias=lambda dy: dy.sum(axis=(2, 3))),
        ),
        misconception(
            "one number for all biases",
            "Each output channel has a bias of its own. Sum over the axes 0, 2 and 3 of dy, and leave axis 1.",
            unit=_conv2d_gradients(d_bias=np.sum),
        ),
        misconception(
            "the gradients are returned in another order: the weights first",
            "The order is that of the exercise: for x, for the weights, for the bias.",
            unit=_weights_first,
        ),
        misconception(
            "the biases' gradient averaged over examples and places",
            SHARED,
            unit=_conv2d_gradients(d_bias=lambda dy: dy.mean(axis=(0, 2, 3))),
        ),
        misconception(
            "the stride is forgotten on the way back",
            "With stride s, the entry (k, l) of the kernel met the rows k, k + s, k + 2s and so on. Slice x and dx with that step.",
            unit=_conv2d_gradients(row=lambda k, p, s: slice(k, k + p)),
        ),
    ],
)


# Pooling.


def _first_of(window):
    flat = window.reshape(*window.shape[:2], -1)
    return (flat.argmax(axis=2)[..., None] == np.arange(flat.shape[2])).reshape(window.shape)


def _last_of(window):
    return _first_of(window[:, :, ::-1, ::-1])[:, :, ::-1, ::-1]


def _largest(window):
    return window == window.max(axis=(2, 3), keepdims=True)


def _pool(join=lambda window: window.max(axis=(2, 3)), taken=_first_of, stride=lambda k, s: s, add=True, ceil=False):
    class MaxPool2d:
        def __init__(self, kernel_size, stride):
            self.k, self.s = kernel_size, stride_of(kernel_size, stride)

        def windows(self, shape):
            rows, columns = (((n - self.k) + (self.s - 1 if ceil else 0)) // self.s + 1 for n in shape[2:])
            for i in range(rows):
                for j in range(columns):
                    top, left = i * self.s, j * self.s
                    yield (i, j), (..., slice(top, top + self.k), slice(left, left + self.k))
            self.size = rows, columns

        def forward(self, x):
            self.x = x
            values = {place: join(x[at]) for place, at in self.windows(x.shape)}
            y = np.zeros((*x.shape[:2], *self.size))
            for (i, j), value in values.items():
                y[:, :, i, j] = value
            return y

        def backward(self, dy):
            dx = np.zeros_like(self.x)
            for (i, j), at in self.windows(self.x.shape):
                if i >= dy.shape[2] or j >= dy.shape[3]:
                    continue
                chosen = taken(self.x[at])
                passed = chosen * dy[:, :, i, j, None, None]
                if add == "winner":
                    dx[at] = np.where(chosen, passed, dx[at])
                else:
                    dx[at] = dx[at] + passed if add else passed
            return dx

    stride_of = stride
    return MaxPool2d


max_pool2d = Exercise(
    id="ch12.max_pool2d",
    reference="layers.MaxPool2d",
    protocol=Module(("kernel_size", "stride"), ("x",), (), "dy"),
    cases=cases.images_to_pool,
    parts=[
        Part("forward", 2),
        Part("gradient", 1, "gradient"),
        Part("gradient where windows overlap", 1, "gradient", where="overlap"),
        Part("gradient where entries are equal", 1, "gradient", where="ties"),
    ],
    read_again="12.7 Pooling: what may be forgotten?",
    withholds=("layers.MaxPool1d", "layers.AveragePool2d"),
    misconceptions=[
        misconception(
            "the mean of each window",
            "That is average pooling. Here the largest entry of the window is the answer.",
            unit=_pool(lambda window: window.mean(axis=(2, 3))),
        ),
        misconception(
            "the smallest entry of each window",
            "Max pooling keeps the largest entry, whatever its sign.",
            unit=_pool(lambda window: window.min(axis=(2, 3))),
        ),
        misconception(
            "the largest by absolute value",
            "The largest entry, sign included: of −3 and 1 that is 1.",
            unit=_pool(lambda window: np.abs(window).max(axis=(2, 3))),
        ),
        misconception(
            "the stride is ignored: windows side by side",
            "Windows start every stride places. They stand side by side only if the stride is the kernel's size.",
            unit=_pool(stride=lambda k, s: k),
        ),
        misconception(
            "windows that hang over the edge are kept",
            "What the last whole window leaves over is not looked at: (H − k) // s + 1 places, rounded down.",
            unit=_pool(ceil=True),
        ),
        misconception(
            "every entry of a window gets the gradient",
            "Only the largest entry decided the answer. A small change of the others changes nothing, so their gradient is 0.",
            unit=_pool(taken=np.ones_like),
        ),
        misconception(
            "the gradient is shared out, as average pooling does",
            "The mean passes a k²-th part to everyone. The maximum passes all of it to the largest entry.",
            unit=_pool(taken=lambda window: np.ones_like(window) / window[0, 0].size),
        ),
        misconception(
            "the last window wins: gradients are overwritten, not added",
            "Where windows overlap, one entry may be the largest of several. It collects the gradients of all of them.",
            unit=_pool(add=False),
        ),
        misconception(
            "a second window overwrites what its largest entry had collected",
            "One entry may be the largest of several windows. It collects from all of them: += and not =.",
            unit=_pool(add="winner"),
        ),
        misconception(
            "rows and columns of the largest entry are exchanged",
            "Entry number `at` of the flat window lies at // k rows down and at % k columns to the right.",
            unit=_pool(taken=lambda window: _first_of(window).swapaxes(2, 3)),
        ),
        misconception(
            "equal entries share the gradient",
            "A fair division, but not the one that is asked for: of several equal entries the first takes all of it.",
            unit=_pool(taken=lambda window: _largest(window) / _largest(window).sum(axis=(2, 3), keepdims=True)),
        ),
        misconception(
            "all equal entries take the gradient",
            "If two entries are equal and largest, only the first takes it, row after row. Otherwise the gradient would be counted twice.",
            unit=_pool(taken=_largest),
        ),
        misconception(
            "the last of equal entries takes the gradient",
            "The first one does, row after row: argmax of the flat window gives it.",
            unit=_pool(taken=_last_of),
        ),
    ],
)


# Recurrence.


def _rnn(
    bend=np.tanh,
    slope=lambda h, before: 1 - h**2,
    recur=lambda h, u: h @ u.T,
    back=lambda da, u: da @ u,
    carry=1,
    bias=1,
    only_last=False,
    late=0,
    forget=False,
    order=reversed,
    answer=lambda h: h[:, 1:].copy(),
    join=lambda dy, dh, slope: (dy + dh) * slope,
):
    class RNN:
        def __init__(self, inputs, hidden):
            shapes = {"input_weight": (hidden, inputs), "hidden_weight": (hidden, hidden), "bias": (hidden,)}
            self.params, self.grads = {name: np.zeros(shape) for name, shape in shapes.items()}, {}

        def forward(self, x):
            self.x, (n, t, _) = x, x.shape
            w, u, b = self.params.values()
            self.h = np.zeros((n, t + 1, len(u)))
            for step in range(t):
                before = 0 * self.h[:, step] if forget else self.h[:, step]
                self.h[:, step + 1] = bend(x[:, step] @ w.T + recur(before, u) + bias * b)
            return answer(self.h)

        def backward(self, dy):
            w, u, _ = self.params.values()
            da, dh = np.zeros_like(dy), 0
            for step in order(range(dy.shape[1])):
                da[:, step] = join(dy[:, step], carry * dh, slope(self.h[:, step + 1], self.h[:, step]))
                dh = back(da[:, step], u)
            seen = da[:, -1:] if only_last else da
            x, h = (self.x[:, -1:], self.h[:, -2:-1]) if only_last else (self.x, self.h[:, late : late + len(da[0])])
            self.grads["input_weight"] = np.einsum("nta,ntd->ad", seen, x)
            self.grads["hidden_weight"] = np.einsum("nta,nth->ah", seen, h)
            self.grads["bias"] = seen.sum(axis=(0, 1))
            return da @ w

    return RNN


RNN_PARAMETERS = ("input_weight", "hidden_weight", "bias")


def _there_and_back(reference, inputs):
    layer = _loaded(reference(inputs["inputs"], inputs["hidden"], np.random.default_rng(0)), inputs, *RNN_PARAMETERS)
    told = {"value": layer.forward(inputs["x"]), "gradient": layer.backward(inputs["dy"])}
    return told | {f"grad {name}": layer.grads[name] for name in RNN_PARAMETERS}


rnn = Exercise(
    id="ch12.rnn",
    reference="layers.RNN",
    protocol=Module(("inputs", "hidden"), ("x",), RNN_PARAMETERS, "dy"),
    cases=cases.sequences_with_upstream,
    answers=_there_and_back,
    parts=[
        Part("forward", 2),
        Part("gradient for x", 2, "gradient"),
        Part("gradient for the input weights", 1, "grad input_weight"),
        Part("gradient for the hidden weights", 1, "grad hidden_weight"),
        Part("gradient for the biases", 1, "grad bias"),
    ],
    read_again="12.9 Recurrence: the same layer at every step",
    withholds=("layers.LSTM", "layers.GRU"),
    misconceptions=[
        misconception(
            "the state is never handed on: every step starts from 0",
            "Step t needs the state that step t − 1 left. Overwrite h in the loop, or read it from where you kept it.",
            unit=_rnn(forget=True),
        ),
        misconception(
            "the hidden weights transposed on the way forward",
            "Each row of the hidden weights belongs to one new unit. With states in rows that is h @ U.T.",
            unit=_rnn(recur=lambda h, u: h @ u),
        ),
        misconception(
            "the tanh is missing",
            "Each step bends its sum by tanh before it becomes the state. Without it the layer is linear, and its state can grow without end.",
            unit=_rnn(bend=lambda a: a),
        ),
        misconception(
            "the bias is missing",
            "The bias is added at every step, before the tanh.",
            unit=_rnn(bias=0),
        ),
        misconception(
            "only the last state is answered",
            "The answer holds the states of all steps, (N, T, H). Keep each of them.",
            unit=_rnn(answer=lambda h: h[:, -1].copy()),
        ),
        misconception(
            "what comes from later steps does not pass the slope of tanh",
            "Both gradients arrive at the state, behind the tanh. Add them first, then multiply the sum by the slope.",
            unit=_rnn(join=lambda dy, dh, slope: dy * slope + dh),
        ),
        misconception(
            "no gradient travels back through time",
            "A state has two uses: the answer of its step, and the next step. What came back from the later step must be added to this step's dy.",
            unit=_rnn(carry=0),
        ),
        misconception(
            "the loop runs from the first step to the last on the way back",
            "Step t needs what came back from step t + 1. So the way back begins at the last step: reversed(range(T)).",
            unit=_rnn(order=list),
        ),
        misconception(
            "the hidden weights transposed on the way back",
            "Forward is h @ U.T, so what goes back to the state before is da @ U.",
            unit=_rnn(back=lambda da, u: da @ u.T),
        ),
        misconception(
            "the slope of tanh at the state before",
            "The slope of tanh is 1 − h², with the state that this tanh answered: the new one.",
            unit=_rnn(slope=lambda h, before: 1 - before**2),
        ),
        misconception(
            "the slope of tanh is left out",
            "By the chain rule, what passes the tanh backward is multiplied by its slope 1 − h².",
            unit=_rnn(slope=lambda h, before: 1),
        ),
        misconception(
            "the weights' gradients of the last step only",
            "The same weights served all T steps, so their gradients are sums over the steps. Does your loop overwrite where it should add?",
            unit=_rnn(only_last=True),
        ),
        misconception(
            "the hidden weights meet the new state instead of the one before",
            "On the way forward the hidden weights multiplied the state before the step. So that one comes with their gradient.",
            unit=_rnn(late=1),
        ),
    ],
)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _lstm(
    split=lambda i, f, g, o: (i, f, g, o),
    bend=np.tanh,
    gate=_sigmoid,
    cell=lambda i, f, g, c: f * c + i * g,
    answer=lambda o, c: o * np.tanh(c),
    fed=lambda h, c: h,
    kept=1,
    cut=lambda a: np.split(a, 4, axis=1),
    shown=lambda old, new: new,
    axis=1,
    told=lambda h, c: (h, c),
):
    def lstm(x, input_weight, hidden_weight, bias):
        (n, t, _), hidden = x.shape, hidden_weight.shape[1]
        h, c = np.zeros((n, hidden)), np.zeros((n, hidden))
        states, cells = [], []
        for step in range(t):
            a = x[:, step] @ input_weight.T + fed(h, c) @ hidden_weight.T + bias
            i, f, g, o = split(*cut(a))
            i, f, g, o = gate(i), gate(f), bend(g), gate(o)
            old, c = c, cell(i, f, g, kept * c)
            h = answer(o, shown(old, c))
            states.append(h)
            cells.append(c)
        return told(np.stack(states, axis=axis), np.stack(cells, axis=axis))

    return lstm


def _states_and_cells(reference, inputs):
    _, hidden = inputs["hidden_weight"].shape
    layer = reference(inputs["x"].shape[2], hidden, np.random.default_rng(0))
    h = _loaded(layer, inputs, "input_weight", "hidden_weight", "bias").forward(inputs["x"])
    return {"h": h, "c": layer.c[:, 1:]}


lstm = Exercise(
    id="ch12.lstm",
    reference="layers.LSTM",
    protocol=Program(("x", "input_weight", "hidden_weight", "bias"), ("h", "c")),
    cases=lambda rng: cases.gated_sequences(rng, 4, False),
    answers=_states_and_cells,
    parts=[
        Part("the first step's state", 1, "h", where="first"),
        Part("states of several steps", 2, "h"),
        Part("the first step's cell", 1, "c", where="first"),
        Part("cells of several steps", 1, "c"),
    ],
    read_again="12.11 LSTM: a cell with three doors",
    withholds=("layers.RNN", "layers.GRU", "activations.Sigmoid"),
    misconceptions=[
        misconception(
            "the blocks are read as i, f, o, g",
            "Here the rows hold i, f, g, o in this order: the candidate g is the third block, the output gate o the fourth.",
            unit=_lstm(lambda i, f, g, o: (i, f, o, g)),
        ),
        misconception(
            "the blocks are read as f, i, g, o",
            "Here the first block of rows is the input gate i, the second the forget gate f. Some papers begin with f.",
            unit=_lstm(lambda i, f, g, o: (f, i, g, o)),
        ),
        misconception(
            "every fourth row is taken for a gate",
            "The blocks stand one below the other: first all H rows of i, then all H rows of f. Cut the sum into four pieces side by side.",
            unit=_lstm(cut=lambda a: [a[:, k::4] for k in range(4)]),
        ),
        misconception(
            "the state comes from the old cell",
            "First the new cell, then the state from the new cell. In your first step the state is 0, since the old cell is.",
            unit=_lstm(shown=lambda old, new: old),
        ),
        misconception(
            "the candidate g is bent by a sigmoid",
            "Three gates open between 0 and 1, by a sigmoid. The candidate is a value, not a gate: it needs both signs, so it is bent by tanh.",
            unit=_lstm(bend=_sigmoid),
        ),
        misconception(
            "the gates are bent by tanh",
            "A gate is a share between 0 and 1, so it comes from a sigmoid. A tanh can be negative.",
            unit=_lstm(gate=np.tanh),
        ),
        misconception(
            "the state is o·c, without tanh",
            "The cell may grow beyond 1. Before the output gate lets it out it is bent by tanh.",
            unit=_lstm(answer=lambda o, c: o * c),
        ),
        misconception(
            "the input gate does not act",
            "What is added to the cell is i·g: the input gate decides how much of the candidate is written.",
            unit=_lstm(cell=lambda i, f, g, c: f * c + g),
        ),
        misconception(
            "the forget gate forgets what it should keep: 1 − f",
            "Its name misleads: f multiplies the old cell, so f = 1 keeps everything and f = 0 forgets.",
            unit=_lstm(cell=lambda i, f, g, c: (1 - f) * c + i * g),
        ),
        misconception(
            "the cell is never handed on",
            "The old cell, times f, is the memory. Does your loop begin each step with a cell of zeros?",
            unit=_lstm(kept=0),
        ),
        misconception(
            "the gates see the cell instead of the state",
            "The hidden weights multiply the state h of the step before. The cell stays inside, behind the output gate.",
            unit=_lstm(fed=lambda h, c: c),
        ),
        misconception(
            "states and cells are returned in the other order",
            "The first result holds the states h, the second the cells c. Both have the same shape, so only the numbers tell.",
            unit=_lstm(told=lambda h, c: (c, h)),
        ),
        misconception(
            "the steps stand first, the examples second",
            "A stack makes a new axis, and np.stack puts it first unless you say axis=1. The answers are (N, T, H).",
            unit=_lstm(axis=0),
        ),
        misconception(
            "only the last state and the last cell are returned",
            "Both results hold all steps, (N, T, H). Collect h and c in every turn of the loop.",
            unit=_lstm(told=lambda h, c: (h[:, -1], c[:, -1])),
        ),
    ],
)


def _gru(
    split=lambda r, z, n: (r, z, n),
    mix=lambda z, n, h: (1 - z) * n + z * h,
    candidate=lambda an, r, h, u, c: an + r * (h @ u.T + c),
    bend=np.tanh,
    recur=lambda h, u: h @ u.T,
    everywhere=0,
    told=lambda states: np.stack(states, axis=1),
):
    def gru(x, input_weight, hidden_weight, bias, hidden_bias):
        (count, t, _), hidden = x.shape, len(hidden_bias)
        h, states = np.zeros((count, hidden)), []
        ur, uz, un = split(*np.split(hidden_weight, 3))
        for step in range(t):
            ar, az, an = split(*np.split(x[:, step] @ input_weight.T + bias, 3, axis=1))
            second = everywhere * hidden_bias
            r, z = _sigmoid(ar + recur(h, ur) + second), _sigmoid(az + recur(h, uz) + second)
            n = bend(candidate(an, r, h, un, hidden_bias))
            h = mix(z, n, h)
            states.append(h)
        return told(states)

    return gru


def _states(reference, inputs):
    _, hidden = inputs["hidden_weight"].shape
    layer = reference(inputs["x"].shape[2], hidden, np.random.default_rng(0))
    names = ("input_weight", "hidden_weight", "bias", "hidden_bias")
    return {"value": _loaded(layer, inputs, *names).forward(inputs["x"])}


gru = Exercise(
    id="ch12.gru",
    reference="layers.GRU",
    protocol=Call(value=("x", "input_weight", "hidden_weight", "bias", "hidden_bias")),
    cases=lambda rng: cases.gated_sequences(rng, 3, True),
    answers=_states,
    parts=[Part("one step", 1, where="first"), Part("several steps", 3)],
    read_again="12.12 GRU: the same idea with fewer doors",
    withholds=("layers.RNN", "layers.LSTM", "activations.Sigmoid"),
    misconceptions=[
        misconception(
            "the update gate the other way round: z lets the new in",
            "In this course z keeps: h = (1 − z)·n + z·h. With z = 1 nothing changes. Some papers have it the other way round.",
            value=_gru(mix=lambda z, n, h: z * n + (1 - z) * h),
        ),
        misconception(
            "the reset gate acts before the product",
            "Here r multiplies the product, r·(U h + c), as in PyTorch. The paper of 2014 multiplies h first. Both are GRUs, and their weights cannot be exchanged.",
            value=_gru(candidate=lambda an, r, h, u, c: an + (r * h) @ u.T + c),
        ),
        misconception(
            "the reset gate does not act",
            "The reset gate r decides how much of the old state the candidate sees.",
            value=_gru(candidate=lambda an, r, h, u, c: an + h @ u.T + c),
        ),
        misconception(
            "the hidden bias stands outside the reset gate",
            "The parenthesis holds both: r·(U h + c). That is why c is a bias of its own.",
            value=_gru(candidate=lambda an, r, h, u, c: an + r * (h @ u.T) + c),
        ),
        misconception(
            "the hidden bias is missing",
            "Inside the reset gate stands U h + c, with the hidden bias c.",
            value=_gru(candidate=lambda an, r, h, u, c: an + r * (h @ u.T)),
        ),
        misconception(
            "the hidden bias is added to the gates, too",
            "The hidden bias belongs to the candidate alone, inside the parenthesis that r multiplies. The gates have one bias each.",
            value=_gru(everywhere=1),
        ),
        misconception(
            "the reset gate multiplies the input's share, too",
            "Only what comes from the old state is reset. W x + b stays as it is.",
            value=_gru(candidate=lambda an, r, h, u, c: r * (an + h @ u.T + c)),
        ),
        misconception(
            "the blocks are read as z, r, n",
            "Here the first block of rows is the reset gate r, the second the update gate z. Some papers have it the other way round.",
            value=_gru(lambda r, z, n: (z, r, n)),
        ),
        misconception(
            "the candidate is bent by a sigmoid",
            "The gates r and z are shares, so they come from a sigmoid. The candidate n is a state: tanh.",
            value=_gru(bend=_sigmoid),
        ),
        misconception(
            "the hidden weights of the gates transposed",
            "Each row of the hidden weights belongs to one unit: with states in rows that is h @ U.T, for all three blocks.",
            value=_gru(recur=lambda h, u: h @ u),
        ),
        misconception(
            "the steps stand first, the examples second",
            "A stack makes a new axis, and np.stack puts it first unless you say axis=1. The states are (N, T, H).",
            value=_gru(told=np.stack),
        ),
        misconception(
            "only the last state is answered",
            "The answer holds the states of all steps, (N, T, H). Keep each of them.",
            value=_gru(told=lambda states: states[-1]),
        ),
    ],
)


# Attention.


def _may_look(join=lambda past, real: past & real, past=lambda i, j: j <= i, real=lambda i, j, n: j < n):
    def may_look(lengths, steps):
        i, j = np.arange(steps)[:, None], np.arange(steps)
        n = np.asarray(lengths)[:, None, None]
        shape = (len(n), steps, steps)
        return join(np.broadcast_to(past(i, j), shape), np.broadcast_to(real(i, j, n), shape))

    return may_look


look_mask = Exercise(
    id="ch12.may_look",
    reference="",
    protocol=Call(value=("lengths", "steps")),
    cases=cases.lengths,
    answers=lambda reference, inputs: {"value": _may_look()(inputs["lengths"], inputs["steps"])},
    parts=[Part("value", 3)],
    read_again="12.15 Masks: who may look where?",
    misconceptions=[
        misconception(
            "a step may not look at itself",
            "At step i the symbol of step i is known. The mask says j ≤ i, with the diagonal.",
            value=_may_look(past=lambda i, j: j < i),
        ),
        misconception(
            "each step looks at the future instead of the past",
            "Rows are those that look, columns what is looked at. The first row may look at the first column only.",
            value=_may_look(past=lambda i, j: j >= i),
        ),
        misconception(
            "True where looking is forbidden",
            "In this course True means may look. Yours is the opposite at every entry.",
            value=_may_look(lambda past, real: ~(past & real)),
        ),
        misconception(
            "either one is enough: or in place of and",
            "A step must be in the past and must be real. Both conditions have to hold.",
            value=_may_look(lambda past, real: past | real),
        ),
        misconception(
            "the lengths are ignored",
            "Behind its length a sequence is only filled up. Nobody may look at what is not there.",
            value=_may_look(lambda past, real: past),
        ),
        misconception(
            "the order is ignored: only the lengths count",
            "A step must not see what comes after it. Where is j ≤ i?",
            value=_may_look(lambda past, real: real),
        ),
        misconception(
            "the lengths cut the rows, not the columns",
            "What is filled up must not be looked at: that is a column. A row behind the length is nobody's business; its answer is thrown away.",
            value=_may_look(real=lambda i, j, n: i < n),
        ),
        misconception(
            "one step too many is taken for real",
            "A length of 3 means the steps 0, 1 and 2. So j < length, without the equals sign.",
            value=_may_look(real=lambda i, j, n: j <= n),
        ),
    ],
)


def _softmax(scores, axis=-1):
    largest = scores.max(axis=axis, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(largest), 0, largest))
    return e / np.maximum(e.sum(axis=axis, keepdims=True), np.finfo(float).tiny)


def _bare_softmax(scores, axis=-1):
    e = np.exp(scores)
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _hopeless_softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_of_all(scores):
    """One softmax for the whole table of a query and its neighbors."""
    e = np.exp(scores - np.where(np.isinf(scores.max()), 0, scores.max()))
    return e / e.sum(axis=(-2, -1), keepdims=True)


def _shifted_by_one_number(scores):
    e = np.exp(scores - scores.max())
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _shifted_by_one_number_and_divided(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=-1, keepdims=True)


def _attend(
    scale=lambda query, key: np.sqrt(query.shape[-1]),
    turn=lambda key: np.swapaxes(key, -1, -2),
    close=lambda scores, mask: np.where(mask, scores, -np.inf),
    softmax=_softmax,
    after=lambda weights, mask: weights,
):
    def attention(query, key, value, mask=None):
        scores = query @ turn(key) / scale(query, key)
        if mask is not None:
            scores = close(scores, mask)
        weights = softmax(scores)
        return (weights if mask is None else after(weights, mask)) @ value

    return attention


attention = Exercise(
    id="ch12.attention",
    reference="layers.ScaledDotProductAttention",
    protocol=Call(value=("query", "key", "value", "mask")),
    cases=cases.look_ups,
    answers=lambda reference, inputs: {"value": reference().forward(*inputs.values())},
    parts=[
        Part("all may look everywhere", 2),
        Part("a mask", 2, where="masked"),
        Part("a query that may look nowhere", 1, where="nowhere"),
        Part("large scores", 1, where=LARGE),
    ],
    read_again="12.14 Attention: look wherever you like",
    withholds=("layers.MultiHeadAttention", "layers.TransformerBlock", "activations.Softmax", "activations.LogSoftmax"),
    misconceptions=[
        misconception(
            "the scores are not scaled",
            "A sum of D products grows like √D. Divide by it, so that the softmax does not get harder with every feature.",
            value=_attend(lambda query, key: 1),
        ),
        misconception(
            "divided by D instead of its root",
            "The spread of a sum of D products is √D, not D. With 64 features you divide by 64 where 8 is right.",
            value=_attend(lambda query, key: query.shape[-1]),
        ),
        misconception(
            "divided by the root of the number of keys",
            "D counts the features of a query, its last axis: so many products are summed in a score. How many keys there are does not matter.",
            value=_attend(lambda query, key: np.sqrt(key.shape[-2])),
        ),
        misconception(
            "key.T turns the axes of the batch round, too",
            "With .T all axes change places. With a batch only the last two may: `np.swapaxes(key, -1, -2)` leaves the others alone.",
            value=_attend(turn=lambda key: key.T),
        ),
        misconception(
            "the softmax runs over the queries",
            "Each query shares out its own attention: its weights over the keys sum to 1. That is the last axis.",
            value=_attend(softmax=lambda scores: _softmax(scores, -2)),
        ),
        misconception(
            "one softmax for the whole table",
            "The weights of each query sum to 1, not those of all queries together. Sum along the last axis only, with keepdims=True.",
            value=_attend(softmax=_softmax_of_all),
        ),
        misconception(
            "the same number is subtracted from all rows before the exponential",
            "Each row needs the largest of its own scores. With one number for all, a row of smaller scores becomes 0 altogether.",
            value=_attend(softmax=_shifted_by_one_number),
        ),
        misconception(
            "the same number is subtracted from all rows, and 0 is divided by 0",
            "Each row needs the largest of its own scores: max(axis=-1, keepdims=True). And a row whose sum is 0 must be divided by 1.",
            value=_attend(softmax=_shifted_by_one_number_and_divided),
        ),
        misconception(
            "no softmax: the scores themselves are the weights",
            "Weights are positive and sum to 1. The softmax makes them so.",
            value=_attend(close=lambda scores, mask: np.where(mask, scores, 0), softmax=lambda scores: scores),
        ),
        misconception(
            "the mask the other way round",
            "True means may look. Where the mask is False, the score becomes −∞.",
            value=_attend(close=lambda scores, mask: np.where(mask, -np.inf, scores)),
        ),
        misconception(
            "a score of 0 where the mask forbids to look",
            "The exponential of 0 is 1, so such a key still gets a share. The exponential of −∞ is 0.",
            value=_attend(close=lambda scores, mask: np.where(mask, scores, 0)),
        ),
        misconception(
            "masked after the softmax: the weights no longer sum to 1",
            "What is taken away after the softmax is missing in the sum. Close the doors before the softmax, with a score of −∞.",
            value=_attend(close=lambda scores, mask: scores, after=lambda weights, mask: weights * mask),
        ),
        misconception(
            "nan for a query that may look nowhere",
            "If all scores of a row are −∞, so is the largest, and −∞ minus −∞ is nan. Such a row must answer zeros: treat its maximum and its sum on their own.",
            value=_attend(softmax=_hopeless_softmax),
        ),
        misconception(
            "a query that may look nowhere gets the mean of all values",
            "With a large negative number in place of −∞ all scores of such a row are equal, and so are its weights. It has seen nothing: its answer is zeros.",
            value=_attend(close=lambda scores, mask: np.where(mask, scores, -1e9)),
        ),
        misconception(
            "a query that may look nowhere looks everywhere",
            "If the same number is added to all scores of a row, the softmax does not notice. Such a row has seen nothing: its answer is zeros.",
            value=_attend(close=lambda scores, mask: scores - 1e6 * ~mask),
        ),
        misconception(
            "the softmax is not shifted and overflows",
            "The exponential of 1000 is infinite. Subtract the largest score of the row first: the weights stay the same.",
            value=_attend(softmax=_bare_softmax),
        ),
    ],
)


# Normalization.


def _layer_norm(
    mean_axis=-1,
    spread=lambda x, eps: np.sqrt(x.var(axis=-1, keepdims=True) + eps),
    back=lambda g, x_hat: g - g.mean(axis=-1, keepdims=True) - x_hat * (g * x_hat).mean(axis=-1, keepdims=True),
    g=lambda dy, weight: dy * weight,
    d_weight=lambda dy, x_hat, x: dy * x_hat,
    total=lambda d, axes: d.sum(axis=axes),
):
    class LayerNorm:
        def __init__(self, features, eps):
            self.params, self.grads = {"weight": np.ones(features), "bias": np.zeros(features)}, {}
            self.eps = eps

        def forward(self, x):
            self.x, self.std = x, spread(x, self.eps)
            self.x_hat = (x - x.mean(axis=mean_axis, keepdims=True)) / self.std
            return self.params["weight"] * self.x_hat + self.params["bias"]

        def backward(self, dy):
            axes = tuple(range(dy.ndim - 1))
            self.grads["weight"] = total(d_weight(dy, self.x_hat, self.x), axes)
            self.grads["bias"] = total(dy, axes)
            return back(g(dy, self.params["weight"]), self.x_hat) / self.std

    return LayerNorm


layer_norm = Exercise(
    id="ch12.layer_norm",
    reference="layers.LayerNorm",
    protocol=Module(("features", "eps"), ("x",), ("weight", "bias"), "dy"),
    cases=cases.rows_to_normalize,
    parts=[
        Part("forward", 2),
        Part("gradient for x", 2, "gradient"),
        Part("gradient for the weights", 1, "grad weight"),
        Part("gradient for the biases", 1, "grad bias"),
    ],
    read_again="12.17 Normalization: the mean over what?",
    withholds=("layers.BatchNorm", "layers.InstanceNorm", "layers.GroupNorm"),
    misconceptions=[
        misconception(
            "normalized over the examples, as batch normalization does",
            "Here each example is normalized by itself: mean and variance along the last axis. An example must not notice its neighbors.",
            unit=_layer_norm(0, lambda x, eps: np.sqrt(x.var(axis=0, keepdims=True) + eps)),
        ),
        misconception(
            "one mean and one variance for the whole array",
            "Each row has a mean and a variance of its own: axis=-1, and keepdims=True so that it can be subtracted.",
            unit=_layer_norm(None, lambda x, eps: np.sqrt(x.var(keepdims=True) + eps)),
        ),
        misconception(
            "the variance divided by D − 1",
            "Here the variance is the plain mean of the squared deviations, divided by D: `var` without ddof.",
            unit=_layer_norm(spread=lambda x, eps: np.sqrt(x.var(axis=-1, keepdims=True, ddof=1) + eps)),
        ),
        misconception(
            "eps is added to the root, not under it",
            "The formula has √(σ² + ε). With ε = 0.25 and a variance of 0 that is 0.5, and not 0.25.",
            unit=_layer_norm(spread=lambda x, eps: x.std(axis=-1, keepdims=True) + eps),
        ),
        misconception(
            "divided by the variance",
            "Divide by its root, the standard deviation. Otherwise the spread of the answer is 1/σ, not 1.",
            unit=_layer_norm(spread=lambda x, eps: x.var(axis=-1, keepdims=True) + eps),
        ),
        misconception(
            "mean and variance are taken for constants on the way back",
            "If x moves, its mean and its spread move with it. Two terms are missing: −mean(g) and −x̂·mean(g·x̂).",
            unit=_layer_norm(back=lambda g, x_hat: g),
        ),
        misconception(
            "on the way back only the mean moves, not the spread",
            "The spread of the row depends on x, too. That is the term −x̂·mean(g·x̂).",
            unit=_layer_norm(back=lambda g, x_hat: g - g.mean(axis=-1, keepdims=True)),
        ),
        misconception(
            "sums on the way back where means belong",
            "The two terms that are taken off hold means over the features. With sums they are D times too large.",
            unit=_layer_norm(
                back=lambda g, x_hat: (
                    g - g.sum(axis=-1, keepdims=True) - x_hat * (g * x_hat).sum(axis=-1, keepdims=True)
                )
            ),
        ),
        misconception(
            "the weights are forgotten on the way back to x",
            "Before dy reaches x̂ it passes the weights: g = dy · weight.",
            unit=_layer_norm(g=lambda dy, weight: dy),
        ),
        misconception(
            "the weights' gradient with x instead of the normalized x",
            "A weight multiplied x̂ on the way forward. So x̂ comes with its gradient.",
            unit=_layer_norm(d_weight=lambda dy, x_hat, x: dy * x),
        ),
        misconception(
            "the weights' gradient with x − μ: the division by the root is missing",
            "A weight multiplied x̂, and x̂ is divided by the root. Keep x̂ in forward and use the same in backward.",
            unit=_layer_norm(d_weight=lambda dy, x_hat, x: dy * (x - x.mean(axis=-1, keepdims=True))),
        ),
        misconception(
            "on the way back one mean for the whole array",
            "The two means in the gradient run over the same entries as μ: one for each row, along the last axis, with keepdims=True.",
            unit=_layer_norm(back=lambda g, x_hat: g - g.mean() - x_hat * (g * x_hat).mean()),
        ),
        misconception(
            "the gradients of weights and biases averaged over the rows",
            SHARED,
            unit=_layer_norm(total=lambda d, axes: d.mean(axis=axes)),
        ),
    ],
)


# Gates.


def _swish_slope(z, s):
    return s * (1 + z * (1 - s))


def _swiglu(
    opened=lambda z, s: z * s,
    slope=_swish_slope,
    join=lambda opened, value: opened * value,
    d_gate=lambda dy, opened, value, slope: dy * value * slope,
    d_value=lambda dy, opened, value: dy * opened,
    d_weight=lambda d, x: d.T @ x,
    d_bias=lambda d: d.sum(axis=0),
    roads=lambda gate, value: gate + value,
    exchanged=False,
):
    class SwiGLU:
        def __init__(self):
            self.params, self.grads = {}, {}

        def forward(self, x):
            self.x, names = x, ("value", "gate") if exchanged else ("gate", "value")
            self.z, self.value = (x @ self.params[f"{n}_weight"].T + self.params[f"{n}_bias"] for n in names)
            self.s = _sigmoid(self.z)
            self.opened = opened(self.z, self.s)
            return join(self.opened, self.value)

        def backward(self, dy):
            gate = d_gate(dy, self.opened, self.value, slope(self.z, self.s))
            value = d_value(dy, self.opened, self.value)
            ways = {"value": gate, "gate": value} if exchanged else {"gate": gate, "value": value}
            for name, d in ways.items():
                self.grads[f"{name}_weight"], self.grads[f"{name}_bias"] = d_weight(d, self.x), d_bias(d)
            back = {name: d @ self.params[f"{name}_weight"] for name, d in ways.items()}
            return roads(back["gate"], back["value"])

    return SwiGLU


SWIGLU_PARAMETERS = ("gate_weight", "gate_bias", "value_weight", "value_bias")


def _gated(reference, inputs):
    out, features = inputs["gate_weight"].shape
    unit = _loaded(reference(features, out, rng=np.random.default_rng(0)), inputs, *SWIGLU_PARAMETERS)
    told = {"value": unit.forward(inputs["x"]), "gradient": unit.backward(inputs["dy"])}
    return told | {f"grad {name}": unit.grads[name] for name in SWIGLU_PARAMETERS}


swiglu = Exercise(
    id="ch12.swiglu",
    reference="activations.SwiGLU",
    protocol=Module((), ("x",), SWIGLU_PARAMETERS, "dy"),
    cases=cases.gated_rows,
    answers=_gated,
    parts=[
        Part("forward", 2),
        Part("gradient for x", 1, "gradient"),
        Part("gradient for the gate's weights", 1, "grad gate_weight"),
        Part("gradient for the gate's biases", 0.5, "grad gate_bias"),
        Part("gradient for the value's weights", 1, "grad value_weight"),
        Part("gradient for the value's biases", 0.5, "grad value_bias"),
    ],
    read_again="12.18 Gates without time: GLU, SwiGLU, Maxout",
    withholds=("activations.GLU", "activations.Swish", "activations.Sigmoid"),
    misconceptions=[
        misconception(
            "gate and value are exchanged",
            "The Swish bends the product with the gate's weights. The value passes straight.",
            unit=_swiglu(exchanged=True),
        ),
        misconception(
            "a sigmoid for the gate: that is GLU",
            "SwiGLU opens its gate by Swish, z·σ(z). What you have is the older GLU, with σ(z).",
            unit=_swiglu(lambda z, s: s),
        ),
        misconception(
            "the gate is not bent at all",
            "Without Swish the unit is a product of two linear maps. The gate is z·σ(z).",
            unit=_swiglu(lambda z, s: z, lambda z, s: np.ones_like(z)),
        ),
        misconception(
            "gate and value are added",
            "A gate multiplies: where it is 0, nothing passes, whatever the value is.",
            unit=_swiglu(join=lambda opened, value: opened + value),
        ),
        misconception(
            "the slope of Swish is taken to be that of the sigmoid",
            "Swish is a product, z·σ(z), so its slope has two terms: σ + z·σ·(1 − σ).",
            unit=_swiglu(slope=lambda z, s: s * (1 - s)),
        ),
        misconception(
            "the slope of Swish without its second term",
            "By the product rule the slope of z·σ(z) is σ plus z·σ·(1 − σ). Yours has only the first.",
            unit=_swiglu(slope=lambda z, s: s),
        ),
        misconception(
            "the gate's gradient without the value",
            "The gate was multiplied by the value, so on the way back dy is multiplied by the value before it reaches the gate.",
            unit=_swiglu(d_gate=lambda dy, opened, value, slope: dy * slope),
        ),
        misconception(
            "the value's gradient without the gate",
            "The value was multiplied by the opened gate. So is its gradient.",
            unit=_swiglu(d_value=lambda dy, opened, value: dy),
        ),
        misconception(
            "the gradient for x through the value only",
            "The same x went into both maps. Its gradient is the sum of both roads.",
            unit=_swiglu(roads=lambda gate, value: value),
        ),
        misconception(
            "the gradient for x through the gate only",
            "The same x went into both maps. Its gradient is the sum of both roads.",
            unit=_swiglu(roads=lambda gate, value: gate),
        ),
        misconception(
            "the slope of Swish with σ in place of the sigmoid's slope",
            "The second term is z times the slope of σ, and that is σ·(1 − σ), not σ.",
            unit=_swiglu(slope=lambda z, s: s + z * s),
        ),
        misconception(
            "the slope of Swish without its first term",
            "By the product rule the slope of z·σ(z) is σ plus z·σ·(1 − σ). Yours has only the second: at z = 0 it is 0, and ½ is right.",
            unit=_swiglu(slope=lambda z, s: z * s * (1 - s)),
        ),
        misconception(
            "the weights' gradients transposed",
            "A gradient has the shape of what it belongs to: (M, D). That is the transposed d times x.",
            unit=_swiglu(d_weight=lambda d, x: x.T @ d),
        ),
        misconception(
            "the biases' gradients averaged over the examples",
            SHARED,
            unit=_swiglu(d_bias=lambda d: d.mean(axis=0)),
        ),
    ],
)
