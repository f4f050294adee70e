"""Pictures of units whose linear maps multiply, or compete."""

import numpy as np

from course_lib.figures.picture import BLUE, DASHED, DOTTED, GRAY, VERMILLION, Picture, drawn


@drawn
def gates_of_one_input(x, parts) -> Picture:
    """A panel for each unit: what is multiplied or compared, and the answer; parts: unit -> (lines, answer).

    x (P,); lines: name -> (P,), answer (P,)
    """
    told = "; ".join(
        f"{name} is {answer[0]:.3g} at {x[0]:g} and {answer[-1]:.3g} at {x[-1]:g}, lowest {np.min(answer):.3g}"
        for name, (_, answer) in parts.items()
    )
    picture = Picture(f"Units of a single input: {told}.", height=3.0)
    for panel, (lines, answer) in zip(picture.panels(*parts), parts.values()):
        for (name, line), style in zip(lines.items(), (DASHED, DOTTED, DASHED, DOTTED)):
            panel.plot(
                x, line, color=VERMILLION if "gate" in name else GRAY, linestyle=style, label=name, linewidth=1.5
            )
        panel.plot(x, answer, color=BLUE, label="answer")
        panel.legend(loc="upper left", fontsize=8)
        low, high = np.min(answer), np.max(answer)
        panel.set(xlabel="input", ylim=(low - 0.35 * (high - low), high + 0.6 * (high - low)))
    return picture
