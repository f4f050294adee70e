"""A verdict for eyes: one HTML block in a notebook, the same words in a terminal. No meaning is told by color alone."""

from html import escape

from autograder.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, RIGHT, WRONG, PartVerdict, Verdict

MARKS = {RIGHT: "✓", WRONG: "✗", NOT_ATTEMPTED: "○", COULD_NOT_RUN: "!"}
COLORS = {RIGHT: "#1a7f5a", WRONG: "#b4540a", NOT_ATTEMPTED: "#6b7280", COULD_NOT_RUN: "#a3195b"}


def _points(points: float) -> str:
    return f"{round(points, 2):g}"


def headline(verdict: Verdict) -> str:
    """ "2 of 4 points", or why there are none."""
    if verdict.state == NOT_ATTEMPTED:
        return f"not attempted yet · {verdict.max_points:g} points to earn"
    if verdict.state == COULD_NOT_RUN:
        return f"could not run · 0 of {verdict.max_points:g} points"
    return f"{_points(verdict.points)} of {_points(verdict.max_points)} points"


def _lead(verdict: Verdict) -> str:
    several = len(verdict.mistakes) > 1 and len({id(part) for part in verdict.parts if part.mistakes}) == 1
    return "This looks like one of these" if several else "This looks like"


def as_text(verdict: Verdict) -> str:
    lines = [f"{verdict.exercise} · {headline(verdict)}"]
    if verdict.message:
        lines.append(f"! {verdict.message}")
    width = max((len(part.name) for part in verdict.parts), default=0)
    for part in verdict.parts:
        lines.append(f"{MARKS[RIGHT if part.right else WRONG]} {part.name:<{width}}  {part.message}")
        if part.example:
            lines.append(f"  {'':<{width}}  {part.example}")
    for mistake in verdict.mistakes:
        lines.append(f"  {_lead(verdict)}: {mistake.name}.")
        lines.extend(f"  {'Try' if first else 'Then'}: {hint}" for first, hint in _numbered(mistake.hints))
    if verdict.mistakes and verdict.read_again:
        lines.append(f"  Read again: {verdict.read_again}")
    lines.extend(f"  Note: {note}" for note in verdict.notes)
    return "\n".join(lines)


def _numbered(hints: tuple[str, ...]) -> list[tuple[bool, str]]:
    return [(i == 0, hint) for i, hint in enumerate(hints)]


# Colors come from JupyterLab's theme where there is one, so the block is readable in the light and in the dark theme.
_INK = "color:var(--jp-content-font-color1,#1f2328);"
_SOFT = "color:var(--jp-content-font-color2,#57606a);"
_BOX = "background:var(--jp-layout-color1,#fff);border:1px solid var(--jp-border-color2,#d0d7de);"


def as_html(verdict: Verdict, linked: bool = True) -> str:
    """The block. `linked`: it stands in the chapter, where "read again" can lead to the section."""
    color = COLORS[verdict.state]
    rows = "".join(_part(part) for part in verdict.parts)
    return (
        f'<div role="status" style="{_INK}{_BOX}border-left:6px solid {color};border-radius:6px;padding:10px 14px;'
        "margin:4px 0;max-width:62em;line-height:1.5;font-size:14px;"
        'font-family:var(--jp-ui-font-family,system-ui,sans-serif)">'
        f'<div><span style="{_badge(color)}">{MARKS[verdict.state]} {escape(verdict.state)}</span> '
        f"<b>{escape(verdict.exercise)}</b> · {escape(headline(verdict))}</div>"
        + (f'<div style="margin-top:6px">{_code(verdict.message)}</div>' if verdict.message else "")
        + (f'<div style="margin-top:8px">{rows}</div>' if rows else "")
        + _mistakes(verdict, linked)
        + "".join(
            f'<div style="{_SOFT}margin-top:6px;white-space:pre-wrap">Note: {escape(note)}</div>'
            for note in verdict.notes
        )
        + "</div>"
    )


def _badge(color: str) -> str:
    return (
        f"display:inline-block;background:{color};color:#fff;border-radius:4px;"
        "padding:0 8px;margin-right:6px;font-weight:600"
    )


def _code(text: str) -> str:
    return (
        '<code style="white-space:pre-wrap;background:transparent;color:inherit;padding:0;'
        f'font-family:var(--jp-code-font-family,monospace);font-size:13px">{escape(text)}</code>'
    )


def _mark(state: str) -> str:
    """The color of a mark on the page's own ground, which may be dark."""
    return f"var(--jp-{'success' if state == RIGHT else 'error'}-color1,{COLORS[state]})"


def _part(part: PartVerdict) -> str:
    state = RIGHT if part.right else WRONG
    earned = f"{_points(part.points)} of {_points(part.max_points)}"
    example = f'<div style="{_SOFT}">{_code(part.example)}</div>' if part.example else ""
    return (
        '<div style="display:flex;gap:10px;margin:2px 0">'
        f'<span style="color:{_mark(state)};font-weight:700;flex:none;width:1em" aria-label="{state}">'
        f"{MARKS[state]}</span>"
        f'<span style="font-weight:600;flex:none;width:14em">{escape(part.name)}</span>'
        f'<span style="{_SOFT}flex:none;width:6.5em;white-space:nowrap">{earned}</span>'
        f'<span style="overflow-wrap:anywhere">{escape(part.message)}{example}</span></div>'
    )


def _mistakes(verdict: Verdict, linked: bool) -> str:
    if not verdict.mistakes:
        return ""
    blocks = []
    for mistake in verdict.mistakes:
        first, *more = mistake.hints or ("",)
        hints = f"<div>Try: {escape(first)}</div>" if first else ""
        for number, hint in enumerate(more, start=2):
            hints += (
                f'<details><summary style="cursor:pointer">Hint {number}</summary>'
                f'<div style="padding-left:1.2em">{escape(hint)}</div></details>'
            )
        blocks.append(
            f'<div style="margin-top:6px"><div>{_lead(verdict)}: <b>{escape(mistake.name)}</b>.</div>{hints}</div>'
        )
    again = ""
    if verdict.read_again:
        anchor = escape("#" + verdict.read_again.replace(" ", "-"))
        text = f"Read again: {escape(verdict.read_again)}"
        again = f'<div style="margin-top:6px">{f"""<a href="{anchor}">{text}</a>""" if linked else text}</div>'
    return (
        '<div style="margin-top:8px;padding-top:2px;border-top:1px dashed var(--jp-border-color2,#d0d7de)">'
        + "".join(blocks)
        + again
        + "</div>"
    )
