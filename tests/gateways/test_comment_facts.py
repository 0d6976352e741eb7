"""Whose comment it is: told by the author's role in Zendesk, and by nothing else."""

import pytest

from escalations.gateways.zendesk_shapes import comment_facts

AUTHORS = [
    ({"id": 7, "name": "Tom Okafor", "role": "agent"}, True),
    ({"id": 7, "name": "Sam Idowu", "role": "admin"}, True),
    ({"id": 7, "name": "Rin Sato", "role": "end-user"}, False),
    ({"id": 7, "name": "Rin Sato"}, None),
    ({"id": 7, "name": "Rin Sato", "role": "something new"}, None),
    ({"id": 8, "name": "Tom Okafor", "role": "agent"}, None),
]


def said(number, author=7, public=True):
    return {"id": number, "author_id": author, "public": public, "created_at": "2026-03-02T10:00:00Z", "body": f"{number}"}


@pytest.mark.parametrize(("user", "from_support"), AUTHORS)
def test_from_support_is_who_is_an_agent_or_an_admin(user, from_support):
    [comment] = comment_facts({"comments": [said(1)], "users": [user]})
    assert comment["from_support"] is from_support


def test_of_older_ones_the_newest_that_may_be_an_answer_is_kept():
    """Somebody unknown may be Support: what is older than theirs is not the last answer for certain."""
    users = [{"id": 1, "role": "end-user"}, {"id": 2, "role": "agent"}]
    newest = [said(number, author=1) for number in range(20, 10, -1)]
    older = [said(10, author=1), said(9, author=2, public=False), said(8, author=3), said(7, author=2)]
    kept = comment_facts({"comments": [*older, *newest], "users": users})
    assert [one["body"] for one in kept] == [str(number) for number in (*range(20, 10, -1), 8)]
    assert comment_facts({"comments": [*newest, *older[:2]], "users": users}) == kept[:10]
