"""Sliders and buttons above a picture."""


def played(picture, *controls):
    """The controls above the picture of their values. Where no widget can be shown, the first picture stands in."""
    import ipywidgets

    def draw():
        return picture(*(control.value for control in controls))._repr_html_()

    class Played(ipywidgets.VBox):
        def _repr_mimebundle_(self, **options):
            return super()._repr_mimebundle_(**options) | {"text/html": shown.value}

    def redraw(change):
        shown.value = draw()

    shown = ipywidgets.HTML(draw())
    for control in controls:
        control.layout.width = "460px"
        control.style.description_width = "130px"
        control.observe(redraw, names="value")
    return Played([*controls, shown])
