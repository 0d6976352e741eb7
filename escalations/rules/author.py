"""Who sends."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Author:
    """Who sends. `slack_id` is "" when Slack does not know them."""

    name: str
    email: str = ""
    slack_id: str = ""
    title: str = "Support"
