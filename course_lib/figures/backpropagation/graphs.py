"""Graphs of `autodiff.Scalar`s, and how many roads lead through them."""

from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, VERMILLION, Picture, drawn


def _said(number):
    return f"{number:.3g}".replace("-", "−")


@drawn
def graph(output, places, backward=True) -> Picture:
    """A graph with the value and the slope at each node, and the slope of each edge on it.

    output: a Scalar; places: label -> (Scalar, x, y), where it is drawn. Nodes without a place are left out.
    """
    output.backward()
    at = {node: (x, y) for node, x, y in places.values()}
    told = [
        f"{label} is {_said(node.value)}" + (f" with slope {_said(node.grad)}" if backward else "")
        for label, (node, *_) in places.items()
    ]
    columns, rows = zip(*at.values())
    picture = Picture(f"A graph of {len(at)} numbers. {'; '.join(told)}.", height=1.2 + 1.1 * (max(rows) - min(rows)))
    (panel,) = picture.panels("")
    panel.axis("off")
    panel.set(xticks=[], yticks=[])
    panel.set(xlim=(min(columns) - 0.5, max(columns) + 0.5), ylim=(min(rows) - 0.55, max(rows) + 0.55))
    for label, (node, x, y) in places.items():
        for parent, slope in node.parents:
            if parent in at:
                arrow = {"arrowstyle": "->", "color": GRAY, "shrinkA": 18, "shrinkB": 18}
                panel.annotate("", (x, y), at[parent], arrowprops=arrow)
                if backward:
                    middle = (at[parent][0] + x) / 2, (at[parent][1] + y) / 2
                    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
                    panel.text(*middle, f"×{_said(slope)}", ha="center", va="center", fontsize=9, color=GRAY, bbox=box)
        panel.plot(x, y, "o", markersize=34, color="white", markeredgecolor=BLUE)
        panel.text(x, y, _said(node.value), ha="center", va="center", color=BLUE, fontsize=9.5)
        for text, color, side in ((label, BLACK, 1), (f"slope {_said(node.grad)}", VERMILLION, -1)):
            if side > 0 or backward:
                panel.annotate(
                    text, (x, y), (0, 20 * side), textcoords="offset points", ha="center",
                    va="bottom" if side > 0 else "top", fontsize=9.5, color=color,
                )  # fmt: skip
    return picture


@drawn
def roads(depths, chain, forks) -> Picture:
    """Multiplications of one backward pass over the depth; chain and forks: depth by depth (with, without) memory."""
    picture = Picture(
        f"Multiplications over the depth, to a depth of {depths[-1]}. In a chain {chain[-1][0]} with memory and "
        f"{chain[-1][1]} without; where every number is used twice {forks[-1][0]} with and {forks[-1][1]} without.",
        height=3.1,
    )
    panels = picture.panels("A chain", "Every number is used twice", sharey=True)
    for panel, counts in zip(panels, (chain, forks)):
        kept, lost = zip(*counts)
        panel.plot(depths, lost, color=VERMILLION, linestyle=DASHED, marker="s", markersize=4, label="road by road")
        panel.plot(depths, kept, color=BLUE, marker="o", markersize=4, label="with memoization")
        panel.set(xlabel="depth", yscale="log")
        panel.set_xticks(depths[:: 1 + len(depths) // 9])
    panels[0].set_ylabel("multiplications")
    picture.legend_above(panels[0])
    return picture
