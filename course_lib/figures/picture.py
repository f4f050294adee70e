"""What all pictures share: one look, colors for every kind of color vision, and words for who does not see them."""

import base64
import html
import io
import re
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito (2008): eight colors that stay apart for every kind of color vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GRAY, PALE = "#6b6b6b", "#b9b9b9"
# Color is never alone: every curve has a line style too.
SOLID, DASHED, DOTTED, DASHDOT = "-", (0, (5, 2)), (0, (1.2, 1.5)), (0, (6, 2, 1.5, 2))
SERIES = ((BLUE, SOLID), (VERMILLION, DASHED), (GREEN, DASHDOT), (PURPLE, DOTTED), (BLACK, (0, (9, 2))))

# Everything that decides how a picture looks, so that a reader's own matplotlib style (a dark one, say) does not.
STYLE: Any = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": "standard",
    "text.color": "#1a1a1a",
    "axes.labelcolor": "#1a1a1a",
    "axes.edgecolor": GRAY,
    "xtick.color": "#1a1a1a",
    "ytick.color": "#1a1a1a",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e3e3",
    "grid.linestyle": "-",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "lines.linewidth": 2.0,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
}
SHORTEST_ALT = 40
WIDTH = 7.2  # inches, of a picture that fills its card


class Picture(Figure):
    """A figure that says in words what it shows. It is made without pyplot, so it leaves no global state."""

    def __init__(self, alt: str, width: float = WIDTH, height: float = 3.2):
        """alt is the text for readers who do not see the picture; width and height in inches."""
        if len(alt) < SHORTEST_ALT:
            raise ValueError(
                f"alt has {len(alt)} characters; say in a sentence what the picture shows, with its numbers"
            )
        super().__init__(figsize=(width, height), dpi=144, layout="constrained")
        self.alt = re.sub(r"(?<!\w)-(?=\d)", "−", alt)  # a minus, which is read aloud, not a hyphen

    def panels(self, *titles: str, **subplots) -> list[Axes]:
        """One panel beside another, each with its title."""
        axes = self.subplots(1, len(titles), squeeze=False, **subplots)[0]
        for panel, title in zip(axes, titles):
            panel.set_title(title)
        return list(axes)

    def legend_above(self, panel: Axes, columns: int = 4) -> None:
        """The legend of one panel, above them all: it never covers a curve."""
        handles, labels = panel.get_legend_handles_labels()
        self.legend(handles, labels, loc="outside upper center", ncols=max(1, min(columns, len(labels))))

    def png(self) -> bytes:
        buffer = io.BytesIO()
        with matplotlib.rc_context(STYLE):
            self.savefig(buffer, format="png")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        """A white card, so that the picture can be read on a dark page too."""
        image = base64.b64encode(self.png()).decode()
        return (
            '<figure style="background: white; border-radius: 10px; padding: 10px; margin: 8px 0; max-width: 740px">'
            f'<img alt="{html.escape(self.alt, quote=True)}" src="data:image/png;base64,{image}" '
            f'style="display: block; width: {shown_width(self):.0f}%; height: auto; margin: 0 auto"></figure>'
        )


def shown_width(picture: Figure) -> float:
    """Percent of the card, so that letters have one size in all pictures."""
    return min(100.0, 100 * picture.get_figwidth() / WIDTH)


def note(panel, text, at, shift, **options):
    """A short text beside a point of the panel; shift in points."""
    panel.annotate(text, at, shift, textcoords="offset points", **{"fontsize": 9.5} | options)


drawn = matplotlib.rc_context(STYLE)  # the decorator of every function that makes a picture
