"""Pictures that move: frames in one animated PNG, which every browser plays without a script."""

import base64
import html
import io
from collections.abc import Sequence

from course_lib.figures.picture import Picture, shown_width


class Moving:
    """Frames of one size, shown one after the other, again and again; the last one stays longer.

    alt says in words what happens from the first frame to the last. In the notebook, `frames[i]` is a Picture to
    look at calmly.
    """

    def __init__(self, alt: str, frames: Sequence[Picture], seconds: float = 0.4, rest: float = 2.0) -> None:
        if len(frames) < 2:
            raise ValueError(f"{len(frames)} frames do not move; expected two or more")
        self.alt = Picture(alt).alt  # the same demands as on any picture
        self.frames, self.seconds, self.rest = list(frames), seconds, rest

    def png(self) -> bytes:
        from PIL import Image

        stills = [Image.open(io.BytesIO(frame.png())) for frame in self.frames]
        images = [still.convert("P", palette=Image.Palette.ADAPTIVE) for still in stills]
        lasting = [int(1000 * self.seconds)] * (len(images) - 1) + [int(1000 * self.rest)]
        buffer = io.BytesIO()
        images[0].save(buffer, format="PNG", save_all=True, append_images=images[1:], duration=lasting, loop=0)
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        image = base64.b64encode(self.png()).decode()
        return (
            '<figure style="background: white; border-radius: 10px; padding: 10px; margin: 8px 0; max-width: 740px">'
            f'<img alt="{html.escape(self.alt, quote=True)}" src="data:image/png;base64,{image}" '
            f'style="display: block; width: {shown_width(self.frames[0]):.0f}%; height: auto; margin: 0 auto"></figure>'
        )
