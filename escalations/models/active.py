"""The one allowed cache: the mapping in force, immutable, re-checked against the database at most once a second."""

import threading
import time
from dataclasses import dataclass

from escalations.rules.mapping import Mapping, from_dict

from .mapping import MappingVersion


@dataclass(frozen=True)
class Active:
    number: int
    mapping: Mapping


class NothingPublished(LookupError):
    """No version of the mapping exists yet: `manage.py prepare` publishes the default one."""


_lock = threading.Lock()
_held: tuple[float, str, Active] | None = None


def active() -> Active:
    """The version in force. Raises NothingPublished on a database that was never prepared."""
    global _held
    held = _held
    if held and time.monotonic() - held[0] < 1:
        return held[2]
    newest = MappingVersion.objects.values_list("number", "content_hash").first()
    if newest is None:
        raise NothingPublished
    stamp = f"{newest[0]}:{newest[1]}"
    with _lock:
        if _held is None or _held[1] != stamp:
            content = MappingVersion.objects.values_list("content", flat=True).get(number=newest[0])
            _held = (0.0, stamp, Active(newest[0], from_dict(content)))
        _held = (time.monotonic(), stamp, _held[2])
        return _held[2]


def forget() -> None:
    """Read the database again on the next call: after publishing, and between tests."""
    global _held
    _held = None


def version(number: int) -> Mapping:
    """The mapping as it was at that version."""
    return from_dict(MappingVersion.objects.values_list("content", flat=True).get(number=number))
