"""A picture of what the bits of a floating point number are for."""

from matplotlib.patches import Rectangle

from course_lib.figures.picture import BLUE, GRAY, PALE, VERMILLION, Picture, drawn

KINDS = (("sign", GRAY), ("exponent: how large", VERMILLION), ("fraction: how exact", BLUE))


@drawn
def number_formats(formats) -> Picture:
    """Bits of sign, exponent and fraction; formats: name -> (exponent bits, fraction bits, largest, step after 1)."""
    told = [
        f"{name}: 1 + {exponent} + {fraction} bits, up to {largest:.2g}, next number after 1 is {step:.2g} further"
        for name, (exponent, fraction, largest, step) in formats.items()
    ]
    picture = Picture(f"Sign, exponent and fraction. {'; '.join(told)}.", height=0.8 + 0.55 * len(formats))
    (panel,) = picture.panels("")
    for row, (exponent, fraction, largest, step) in enumerate(reversed(list(formats.values()))):
        at = 0
        for bits, (_, color) in zip((1, exponent, fraction), KINDS):
            for _ in range(bits):
                panel.add_patch(Rectangle((at, row - 0.27), 0.9, 0.54, color=color, lw=0))
                at += 1
        panel.text(at + 0.5, row, f"up to {largest:.0e}, step {step:.0e}".replace("e+", "e").replace("-", "−"),
                   va="center", fontsize=9.5)  # fmt: skip
    panel.set(xlim=(-0.5, 46), ylim=(-0.6, len(formats) - 0.4))
    panel.set_yticks(range(len(formats)), list(reversed(list(formats))))
    panel.set_xticks([])
    panel.grid(visible=False)
    panel.spines[["left", "bottom"]].set_visible(False)
    panel.tick_params(length=0)
    handles = [Rectangle((0, 0), 1, 1, color=color) for _, color in KINDS]
    picture.legend(handles, [words for words, _ in KINDS], loc="outside upper center", ncols=3)
    panel.axhline(-0.6, color=PALE, linewidth=0)
    return picture
