"""A circle of corrections: refused where it would really be one, for some role on some day."""

from datetime import date, timedelta

import pytest

from escalations.rules.corrections import Correction, circle
from escalations.rules.facts import Person

TODAY = date(2026, 3, 2)
DANA, JOEL, MIA = (Person(f"{name} X", f"{name.lower()}@example.com") for name in ("Dana", "Joel", "Mia"))


def cover(whom, use, *, begins=0, ends=None, instead="person", **more):
    """In days from today."""
    days = {"valid_from": (TODAY + timedelta(begins)).isoformat(), "valid_until": (TODAY + timedelta(ends)).isoformat() if ends is not None else ""}
    return Correction("c", instead, email=whom.email, name=whom.name, use=use, **days, **more)


ACME = {"account_id": "0015e0000000001AAA"}
CIRCLES = {
    "two": ([cover(JOEL, DANA)], cover(DANA, JOEL), "Dana X → Joel X → Dana X"),
    "three": ([cover(JOEL, MIA), cover(MIA, DANA)], cover(DANA, JOEL), "Dana X → Joel X → Mia X → Dana X"),
    "oneself": ([], cover(DANA, DANA), "Dana X → Dana X"),
    "from some day on": ([cover(JOEL, DANA, begins=5, ends=9)], cover(DANA, JOEL, ends=5), "Dana X → Joel X → Dana X"),
    "begun before": ([cover(JOEL, DANA, begins=-9)], cover(DANA, JOEL, begins=-3), "Dana X → Joel X → Dana X"),
    "in one role of all": ([cover(JOEL, DANA, role="csm")], cover(DANA, JOEL), "Dana X → Joel X → Dana X"),
    "in one role, others in all": ([cover(JOEL, DANA)], cover(DANA, JOEL, role="csm"), "Dana X → Joel X → Dana X"),
    "as soon as a newer one has ended": (
        [cover(JOEL, DANA), cover(JOEL, MIA, ends=3)], cover(DANA, JOEL, ends=9), "Dana X → Joel X → Dana X",
    ),
    "until the end of time": ([cover(JOEL, DANA, ends=(date.max - TODAY).days)], cover(DANA, JOEL), "Dana X → Joel X → Dana X"),
    "on one account, by what counts for every": ([cover(JOEL, DANA, **ACME)], cover(DANA, JOEL), "Dana X → Joel X → Dana X"),
    "on one account, half of it for every": (
        [cover(JOEL, MIA), cover(MIA, DANA, **ACME)], cover(DANA, JOEL), "Dana X → Joel X → Mia X → Dana X",
    ),
    "the account's own before any": ([cover(JOEL, DANA, **ACME), cover(JOEL, MIA)], cover(DANA, JOEL, **ACME), "Dana X → Joel X → Dana X"),
}  # fmt: skip
NONE = {
    "in turns": ([cover(DANA, JOEL, ends=7)], cover(JOEL, DANA, begins=10, ends=17)),
    "three who never meet": ([cover(JOEL, MIA, ends=4), cover(MIA, DANA, begins=5)], cover(DANA, JOEL)),
    "in two roles": ([cover(JOEL, DANA, role="ao")], cover(DANA, JOEL, role="csm")),
    "three roles that never meet": ([cover(DANA, JOEL, role="csm"), cover(JOEL, MIA, role="ao")], cover(MIA, DANA)),
    "a newer one leads elsewhere": ([cover(JOEL, DANA), cover(JOEL, None, instead="nobody")], cover(DANA, JOEL)),
    "on two accounts, which never meet": (
        [cover(JOEL, MIA, **ACME), cover(MIA, DANA, account_id="0015e0000000002AAA")], cover(DANA, JOEL),
    ),
    "elsewhere for every account": ([cover(JOEL, DANA, **ACME), cover(DANA, MIA, **ACME)], cover(DANA, JOEL)),
    "elsewhere on the account": ([cover(JOEL, DANA), cover(JOEL, MIA, **ACME)], cover(DANA, JOEL, **ACME)),
    "another circle, which it only leads to": ([cover(JOEL, MIA), cover(MIA, JOEL)], cover(DANA, JOEL)),
}  # fmt: skip


@pytest.mark.parametrize(("others", "new", "names"), CIRCLES.values(), ids=CIRCLES)
def test_a_circle_is_named(others, new, names):
    assert circle(new, others, TODAY) == names


@pytest.mark.parametrize(("others", "new"), NONE.values(), ids=NONE)
def test_what_never_meets_is_none(others, new):
    assert circle(new, others, TODAY) == ""
