"""One table a run: what was done to the portal, what became of it, and what the figures do not say."""

import os
import platform
import time
from collections import Counter

from tests.faults import checker, weather
from tests.faults.proof import BY_A_LEAD, STATES, STOPPED, SUBMITTING, called_off, not_proved, not_told, stopped
from tests.faults.sources import sent_to
from tests.faults.stopping import STOPS

LEAST_BY_THEMSELVES = 0.97


def report(run) -> tuple[int, str]:
    """(0 green, 1 red, 2 it proved nothing; the table as Markdown)."""
    done, every, others = checker.by_themselves(run.history)
    share = done / every if every else 0.0
    missing = not_proved(run)
    broken = broken_answers(run) if run.clicks else 0
    red = not run.findings.green or share < LEAST_BY_THEMSELVES or bool(broken)
    code = 1 if red else 2 if missing else 0
    lines = [
        f"### {run.database}, N = {run.n}, seed {run.seed}: {('green', 'RED', 'NOT PROVED')[code]}", "",
        "| | |", "|--|--|", *(f"| {name} | {value} |" for name, value in _facts(run, done, every, share)), "",
        "| count | |", "|--|--|", *(f"| {name} | {len(found)} |" for name, found in run.findings.items()), "",
        "| fault | before or after it is applied | Zendesk write | read | token | Slack write | read | E-mail |",
        "|--|--|--|--|--|--|--|--|", *_fired(run), "",
        "| kills that found | pending | in its hands / sending | uncertain | a submit under way |", "|--|--|--|--|--|",
        *_states(run), "",
    ]  # fmt: skip
    lines += [f"* {many} x {cause}" for cause, many in checker.causes(others).most_common(20)]
    lines += [f"* **{name}**: {words}" for name, found in run.findings.items() for words in found[:10]]
    lines += [f"* not proved: {words}" for words in missing]
    return code, "\n".join(lines)


def _facts(run, done: int, every: int, share: float):
    did, rows = run.nemesis.did, run.history.tables
    clicks = Counter("5xx" if a.state >= 500 else a.state or "no answer" for a in run.history.answers)
    yield "date", time.strftime("%Y-%m-%d")
    yield "machine", f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.0f}, {platform.system()}, Python {platform.python_version()}"
    yield "seconds", ", ".join(f"{name} {took:.0f}" for name, took in run.took.items())
    yield (
        "drafts, escalations, deliveries",
        f"{len(run.history.intents)}, {len(rows['Escalation'])}, {len(rows['Delivery'])}",
    )
    yield "attempts, looks", f"{len(rows['Attempt'])}, {len(rows['Look'])}"
    yield "presses of Send at once on one draft", run.clicks or "1, of each fifth 2"
    yield "clicks answered with", ", ".join(f"{state}: {many}" for state, many in sorted(clicks.items(), key=str))
    yield "kills of workers, of web servers", f"{did['kill worker']}, {did['kill web']}"
    yield "workers stopped and continued, accounts handed over", f"{did['pause worker']}, {did['hand over']}"
    yield "immediate stops of the database", did["stop database"]
    asked, done_so = stopped(run.history)
    yield "undone, withdrawn, not theirs, closed: asked for", ", ".join(str(asked[what]) for what in STOPS)
    yield "undone, withdrawn, not theirs, closed: done", ", ".join(str(done_so[what]) for what in ("escalation.undone", *STOPPED))
    yield "deliveries that were called off by that while they waited", called_off(run.history)
    yield "corrected: asked for, confirmed, deliveries not sent because of that", f"{asked['corrected']}, {_confirmed(run.history)}, {not_told(run.history)}"
    yield "sent again, closed, sent elsewhere by a team lead", ", ".join(str(done_so[what]) for what in BY_A_LEAD)
    yield "deliveries to a target that was gone", _gone(run.history)
    yield "one worker's clock", run.clock or "right"
    yield "delivered without a person", f"{done} of {every} ({share:.1%})"
    yield "0 of n bounds the rate (95 %)", f"{3 / every:.2%}" if every else "-"


def _gone(history) -> str:
    legs = [leg for intent in history.intents for leg in intent.legs if leg.gone]
    return f"{len(legs)}, of which a team lead mended {sum(leg.mended for leg in legs)}"


def _confirmed(history) -> int:
    return len({answer.draft for answer in history.answers if answer.what == "corrected" and answer.state == 302})


def broken_answers(run) -> int:
    """In fair weather every press of Send leads to the one escalation: no error of ours, and nothing refused."""
    return sum(not sent_to(answer) for answer in run.history.answers)


def _fired(run):
    columns = [("zendesk", "write"), ("zendesk", "read"), ("zendesk", "token"), ("slack", "write"), ("slack", "read"), (weather.MAIL, "write")]
    rows = dict.fromkeys((when, kind) for _, kind, when, _ in run.fired)
    for when, kind in sorted(rows, reverse=True):
        cells = [str(run.fired.get((service, kind, when, on), "-")) for service, on in columns]
        yield f"| {kind} | {when} | {' | '.join(cells)} |"
    totals = [sum(n for (s, _, _, o), n in run.fired.items() if (s, o) == column) for column in columns]
    yield f"| all | | {' | '.join(map(str, totals))} |"
    yield f"| of calls | | {' | '.join(str(run.calls.get(column, '-')) for column in columns)} |"


def _states(run):
    for what in ("worker", "web", "database"):
        cells = [run.nemesis.states[what, state] for state in (*STATES, SUBMITTING)]
        yield f"| {what} | {' | '.join(map(str, cells))} |"
