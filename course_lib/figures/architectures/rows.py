"""Pictures of small images in rows, and of stamps that overlap."""

import numpy as np

from course_lib.figures.picture import BLUE, PALE, SERIES, Picture, drawn


@drawn
def image_rows(rows, title="", marks=()) -> Picture:
    """Small gray images, one row of them for each name; rows: name -> images (n, side, side) or (n, side²).

    marks: words above the columns, "" for none.
    """
    arrays = {name: _square(images) for name, images in rows.items()}
    count = max(len(images) for images in arrays.values())
    told = "; ".join(
        f"{name}, {len(images)} images of {images.shape[1]} by {images.shape[2]} with a mean of {images.mean():.2f}"
        for name, images in arrays.items()
    )
    columns = f" Columns: {', '.join(map(str, marks))}." if len(marks) else ""
    picture = Picture(
        f"{title or 'Small images in rows'}: {told}.{columns}",
        height=0.25 * bool(title) + 0.3 * bool(len(marks)) + len(arrays) * 6.3 / (count + 2.2),
    )
    panels = picture.subplots(len(arrays), count, squeeze=False)
    for line, (name, images) in zip(panels, arrays.items()):
        low, high = min(0.0, images.min()), max(1.0, images.max())
        for column, panel in enumerate(line):
            panel.set(xticks=[], yticks=[])
            panel.grid(visible=False)
            if column >= len(images):
                panel.axis("off")
                continue
            panel.imshow(images[column], cmap="gray_r", vmin=low, vmax=high)
            for spine in panel.spines.values():
                spine.set(visible=True, color="#dddddd")
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9.5)
    for panel, mark in zip(panels[0], marks):
        panel.set_title(mark, loc="center", fontsize=9.5, color=BLUE)
    if title:
        picture.suptitle(title, fontsize=10.5, x=0.01, ha="left")
    return picture


def _square(images):
    images = np.asarray(images, float)
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        images = images.reshape(-1, side, side)
    return images


@drawn
def stamps(x, kernel, stride) -> Picture:
    """A transposed convolution: each number of x stamps the kernel, `stride` places apart, and the stamps add up."""
    x, kernel = np.asarray(x, float), np.asarray(kernel, float)
    places = np.arange((len(x) - 1) * stride + len(kernel))
    y = np.zeros(len(places))
    picture = Picture(
        f"Transposed convolution with stride {stride}: {len(x)} numbers each stamp a kernel of {len(kernel)}, and the "
        f"sum has {len(places)} places, {', '.join(f'{value:.3g}' for value in _sum(x, kernel, stride))}.",
        height=2.7,
    )
    above, below = picture.panels("the stamps", "their sum", sharey=True)
    for i, value in enumerate(x):
        color, _ = SERIES[i % len(SERIES)]
        at = i * stride + np.arange(len(kernel))
        above.bar(
            at + 0.16 * (i % 3 - 1),
            value * kernel,
            width=0.28,
            color=color,
            label=f"{value:g} · kernel".replace("-", "−"),
        )
        y[at] += value * kernel
    below.bar(places, y, width=0.6, color=BLUE)
    for panel in (above, below):
        panel.axhline(0, color=PALE, linewidth=1)
        panel.set(xlabel="place of the output", xticks=places)
    picture.legend_above(above)
    return picture


def _sum(x, kernel, stride):
    y = np.zeros((len(x) - 1) * stride + len(kernel))
    for i, value in enumerate(x):
        y[i * stride : i * stride + len(kernel)] += value * kernel
    return y
