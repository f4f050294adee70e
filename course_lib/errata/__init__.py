"""Where a text of the course is wrong, as printed in our copy: the printed line, the mended one, and an experiment.

D0 is the overview of units, losses and activations, D1 the slides on deep learning basics, D2 the chapter on the
fundamentals, D3 the slides on networks of modules, D4 the article on building blocks in PyTorch.
Each row's `show()` gives the numbers that tell printed and mended apart. Rows come by chapter.
"""

from course_lib.errata import losses, training, units
from course_lib.errata.erratum import Erratum

__all__ = ["ERRATA", "Erratum"]

ERRATA: tuple[Erratum, ...] = tuple(sorted(units.ROWS + losses.ROWS + training.ROWS, key=lambda row: row.chapter))
