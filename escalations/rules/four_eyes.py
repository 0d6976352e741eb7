"""A publisher publishes what somebody else changed."""

from collections.abc import Set

from .permissions import Actor, NotAllowed


def check_can_publish_changes_of(actor: Actor, editors: Set[str]) -> None:
    """`editors`: the user names behind the unpublished changes. One other person among them is enough; administrators are exempt."""
    if editors == {actor.username} and not actor.is_any_of({"administrator"}):
        raise NotAllowed("Every change since the last version is your own: somebody else has to publish them.")
