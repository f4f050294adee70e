"""Pictures of who sees what: the windows of one layer, and the field of an output of several."""

from matplotlib.patches import Rectangle

from course_lib.figures.picture import BLUE, GRAY, ORANGE, PALE, SERIES, VERMILLION, Picture, drawn


def starts(size, kernel_size, stride, padding, dilation):
    """Where the windows start, counted from the first real entry."""
    last = size + padding - dilation * (kernel_size - 1) - 1
    return list(range(-padding, last + 1, stride))


@drawn
def windows(size, kernel_size, stride=1, padding=0, dilation=1) -> Picture:
    """A signal, and below it a row for each place: dots where the kernel's entries lie."""
    begin = starts(size, kernel_size, stride, padding, dilation)
    reach = dilation * (kernel_size - 1) + 1
    alt = (
        f"A signal of {size} entries with padding {padding}. A kernel of {kernel_size} with dilation {dilation} "
        f"reaches over {reach}; with stride {stride} it has {len(begin)} places."
    )
    if not begin:
        alt += " It is wider than what it should slide over."
    picture = Picture(alt, height=1.25 + 0.24 * max(len(begin), 3))
    (panel,) = picture.panels(f"{size} entries, {len(begin)} places")
    for at in range(-padding, size + padding):
        real = 0 <= at < size
        cell = Rectangle((at - 0.45, 0.1), 0.9, 0.8, edgecolor=GRAY, linestyle="-" if real else ":")
        cell.set_facecolor(PALE if real else "white")
        panel.add_patch(cell)
        panel.text(at, 0.5, str(at) if real else "", ha="center", va="center", fontsize=8.5)
    for row, start in enumerate(begin):
        color, _ = SERIES[row % 3]
        met = [start + dilation * entry for entry in range(kernel_size)]
        panel.plot([met[0], met[-1]], [-row - 0.5] * 2, color=color, linewidth=1, alpha=0.6)
        panel.plot(met, [-row - 0.5] * kernel_size, "o", color=color, markersize=6)
    panel.set(xlim=(-padding - 0.8, size + padding - 0.2), ylim=(-max(len(begin), 3) - 0.2, 1.1), xticks=[], yticks=[])
    panel.set(xlabel="entries; dotted ones are padded", ylabel="places")
    panel.grid(visible=False)
    return picture


@drawn
def field(kernel_sizes, strides, dilations, outputs=3) -> Picture:
    """What the middle one of some outputs sees, layer by layer down to the input."""
    places = [list(range(outputs))]
    for k, s, d in reversed(list(zip(kernel_sizes, strides, dilations))):
        places.append(list(range(places[-1][0] * s, places[-1][-1] * s + d * (k - 1) + 1)))
    seen, edges = [{outputs // 2}], []
    for k, s, d in reversed(list(zip(kernel_sizes, strides, dilations))):
        pairs = {(place, s * place + d * entry) for place in seen[-1] for entry in range(k)}
        edges.append(pairs)
        seen.append({below for _, below in pairs})
    widths = [max(each) - min(each) + 1 for each in seen]
    told = ", then ".join(str(width) for width in widths[1:])
    alt = (
        f"{len(kernel_sizes)} layers with kernels {list(kernel_sizes)}, strides {list(strides)} and dilations "
        f"{list(dilations)}. Going down from one output, it sees {told} entries."
    )
    picture = Picture(alt, height=0.8 + 0.75 * len(kernel_sizes))
    (panel,) = picture.panels("")
    wide, depth = len(places[-1]), len(places) - 1
    scale = [(1 if len(row) == 1 else (wide - 1) / (len(row) - 1)) for row in places]
    spot = [{place: i * scale[level] for i, place in enumerate(row)} for level, row in enumerate(places)]
    for level, pairs in enumerate(edges):
        for above, below in pairs:
            xs = [spot[level][above], spot[level + 1][below]]
            panel.plot(xs, [depth - level, depth - level - 1], color=ORANGE, linewidth=1.2)
    for level, row in enumerate(places):
        for place in row:
            color = (VERMILLION if level == 0 else BLUE) if place in seen[level] else PALE
            panel.plot(spot[level][place], depth - level, "o", color=color, markersize=7)
    panel.set(xticks=[], ylim=(-0.35, depth + 0.35))
    names = ["input", *(f"layer {number}" for number in range(1, depth + 1))]
    panel.set_yticks(range(depth + 1), names)
    panel.grid(visible=False)
    return picture
