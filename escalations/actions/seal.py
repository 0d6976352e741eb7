"""The seal over what was reviewed: signed {draft, digest, user}, valid for a quarter of an hour."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing

SALT = "escalations.review"


class BadSeal(Exception):
    """`code` is missing, forged, expired or foreign; the text is for the page."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Reviewed:
    draft: str
    digest: str
    user: str


def make(*, draft: str, digest: str, user: str) -> str:
    return signing.dumps([draft, digest, user], salt=SALT)


def open_seal(text: str, *, draft: str, user: str) -> Reviewed:
    """Raises BadSeal; an expired one means: review again, the text is kept."""
    if not text:
        raise BadSeal("missing", "Nothing was reviewed yet. Read what will be sent, then press Send.")
    try:
        held = Reviewed(*signing.loads(text, salt=SALT, max_age=settings.SEAL_SECONDS))
    except signing.SignatureExpired:
        raise BadSeal(
            "expired", "You reviewed this more than 15 minutes ago. Here it is as it would be sent now."
        ) from None
    except (signing.BadSignature, TypeError, ValueError):
        raise BadSeal("forged", "This form was not made by the portal. Here is what would be sent.") from None
    if (held.draft, held.user) != (draft, user):
        raise BadSeal("foreign", "This review belongs to another draft or person. Here is what would be sent.")
    return held
