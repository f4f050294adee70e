"""Pictures of the history: the table as a timeline, and events counted by decade."""

from matplotlib.ticker import MaxNLocator

from course_lib.figures.introduction.history import KINDS, events
from course_lib.figures.picture import BLUE, GRAY, GREEN, ORANGE, PALE, PURPLE, Picture, drawn

LOOKS = {  # color and marker of each kind; the marker alone tells them apart, too
    "model": (BLUE, "s"),
    "unit": (GREEN, "o"),
    "training": (PURPLE, "^"),
    "system": (ORANGE, "D"),
}


@drawn
def timeline(shown=None) -> Picture:
    """One row for each event, the first at the top; shown: a list of events, as `events` answers it (all without)."""
    shown = events() if shown is None else list(shown)
    if not shown:
        return nothing_to_show()
    first, last = shown[0].year, shown[-1].year
    counts = [f"{sum(event.kind == kind for event in shown)} of the kind {kind}" for kind in KINDS]
    told = "; ".join(f"{event.year} {event.name}" for event in shown)
    picture = Picture(
        f"Timeline of {len(shown)} events from {first} to {last}, {', '.join(counts)}: {told}.",
        height=1.0 + 0.235 * max(len(shown), 4),
    )
    (panel,) = picture.panels("")
    middle, room = (first + last) / 2, max(last - first, 4)
    for kind, (color, marker) in LOOKS.items():
        rows = [row for row, event in enumerate(shown) if event.kind == kind]
        if rows:
            panel.plot([shown[row].year for row in rows], rows, marker, color=color, markersize=7, label=kind)
    for row, event in enumerate(shown):
        early = event.year < middle
        panel.annotate(
            f"{event.year}  {event.name}" if early else f"{event.name}  {event.year}",
            (event.year, row),
            (9 if early else -9, 0),
            textcoords="offset points",
            ha="left" if early else "right",
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
    panel.set(xlim=(first - 0.04 * room, last + 0.04 * room), ylim=(len(shown) - 0.2, -0.8), xlabel="year")
    panel.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    picture.legend_above(panel)
    return picture


def nothing_to_show():
    picture = Picture("An empty timeline: 0 events of the table fit what was asked for.", height=1.6)
    (panel,) = picture.panels("")
    panel.text(0.5, 0.5, "no event of the table fits", transform=panel.transAxes, ha="center", color=GRAY)
    panel.set_axis_off()
    return picture


@drawn
def per_decade(first, counts) -> Picture:
    """Bars: how many events each decade has; counts: numbers for the decades from `first` on."""
    decades = [f"{first + 10 * k}s" for k in range(len(counts))]
    told = ", ".join(f"{decade} {count}" for decade, count in zip(decades, counts))
    picture = Picture(f"Events of our table in each decade: {told}.", height=2.6)
    (panel,) = picture.panels("Events in each decade")
    bars = panel.bar(decades, counts, color=[PALE if count < max(counts) else BLUE for count in counts])
    panel.bar_label(bars, fontsize=9)
    panel.margins(y=0.15)
    panel.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.grid(visible=False, axis="x")
    return picture
