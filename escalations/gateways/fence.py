"""The last question before a write: does this worker still own the delivery?

Asked when the connection is open and nothing has been sent, so that little time passes between the answer and the
first byte. Without a clear and fresh yes not one byte leaves.
"""

import logging
from collections.abc import Callable

from escalations.gateways.base import Fenced
from escalations.gateways.troubles import FencedOff, FenceTooOld

logger = logging.getLogger(__name__)
FENCE_SECONDS = 2.0


class Fence:
    """`ask` raises when the answer is no; `clock` counts seconds, in the same way as the deadline's."""

    def __init__(self, ask: Callable[[], None], clock: Callable[[], float]):
        self._ask, self._clock = ask, clock
        self._asked_at: float | None = None

    def hold(self) -> None:
        """Called before any bytes of the request: asks the first time. Raises FencedOff or FenceTooOld."""
        if self._asked_at is None:
            self._asked_at = self._clock()
            self._question()
        if self._clock() - self._asked_at > FENCE_SECONDS:
            raise FenceTooOld

    def _question(self):
        try:
            self._ask()
        except Fenced as no:
            raise FencedOff(no.text, no.code) from None
        except Exception as error:  # whoever cannot be asked has not said yes
            logger.warning("the fence could not be asked: %s", type(error).__name__)
            raise FencedOff from None
