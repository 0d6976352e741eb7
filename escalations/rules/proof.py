"""What makes a row unusable before anybody meets it: problems of a mapping, as sentences for its editors."""

from .mapping import SIGNAL_KINDS, UNKNOWN, Question, Scenario, Signal

# What a pattern may be where only certain words mean something; the other kinds take any text.
PATTERNS = {
    "priority": ("urgent", "high", "normal", "low"),
    "organization": ("known", "unknown"),
    "csm": ("named", "scale", "none", "unknown"),
}
MOST_DAYS = 3650


def unknown_problems(scenario: Scenario) -> list[str]:
    """Every question takes "I do not know": what it counts as has to be one answer, and the message has to say it."""
    return [f"The question “{question.text}” {why}." for question in scenario.questions for why in _against(question)]


def _against(question: Question):
    counted = [choice for choice in question.choices if choice.if_unknown]
    if not counted:
        yield "does not say what “I do not know” counts as: tick it at one of its choices"
    if len(counted) > 1:
        yield "counts “I do not know” as more than one answer: leave the tick at one of them"
    if len(counted) == 1 and not counted[0].stop and not question.unknown_says.strip():
        yield "does not say what the message tells when nobody knows the answer"
    if question.choice(UNKNOWN):
        yield f"has an answer with the key “{UNKNOWN}”: “{UNKNOWN}” is kept for “I do not know”"


def signal_problem(signal: Signal) -> str:
    """Why the signal could never speak for its row, as a sentence; "" when it can."""
    pattern = signal.pattern.strip().casefold()
    known = PATTERNS.get(signal.kind)
    if known and pattern not in known:
        return f"“{SIGNAL_KINDS[signal.kind]}” never holds for “{signal.pattern}”: use {', '.join(known)}."
    if signal.kind == "renewal" and not (pattern.isdecimal() and len(pattern) < 5 and 0 < int(pattern) <= MOST_DAYS):
        return f"“{SIGNAL_KINDS['renewal']}” needs a number of days from 1 to {MOST_DAYS}, not “{signal.pattern}”."
    return ""
