"""The tables of moves as diagrams, for docs/reference/states.md: drawn from `states`, so that they cannot drift from it."""

from . import states

INTRODUCTION = """# States and moves

Drawn by `python manage.py draw_states` from `escalations/rules/states.py`, the only place that knows; a test compares the two.
The database refuses every other move of an escalation, its follow-up or a delivery as well (`escalations/models/triggers.py`).
"""
WHO = {
    "draft": "The author moves it; a draft that nobody touched for a week expires.",
    "escalation": "Nobody sets it: it is a function of its deliveries' states, written in the same transaction.",
    "follow-up": "What became of it, as told by people.",
    "delivery": "A worker sends, the reconciler looks, the sweeper lets go of what a worker that is gone had in hand, a team "
    "lead settles what nobody can tell.",
}


def document() -> str:
    """The whole page, in Markdown with Mermaid diagrams."""
    parts = [INTRODUCTION]
    for kind, moves in states.MOVES.items():
        parts.append(f"\n## {kind.capitalize()}\n\n{WHO[kind]}\n\n```mermaid\n{_diagram(moves)}\n```\n")
    return "".join(parts)


def _diagram(moves: dict[str, tuple[str, ...]]) -> str:
    first = next(iter(moves))
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    for before, targets in moves.items():
        lines += [f"    {before} --> {after}" for after in targets] or [f"    {before} --> [*]"]
    return "\n".join(lines)
