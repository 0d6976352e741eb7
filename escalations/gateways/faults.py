"""Whatever a client library throws becomes a LookupFailed or a DeliveryError here, and nothing else gets out."""

import logging
from contextlib import contextmanager

from escalations.gateways.base import DeliveryError, LookupFailed
from escalations.gateways.troubles import NotJson, Trouble

logger = logging.getLogger(__name__)
# The outcome of a write whose preparation (a read) ended like this: a read applies nothing, so it is never ambiguous.
BEFORE_THE_WRITE = {"credentials": "paused", "forbidden": "refused", "not_found": "permanent", "deleted": "permanent"}
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@contextmanager
def reading(service: str):
    """Every exception inside becomes LookupFailed."""
    try:
        yield
    except LookupFailed:
        raise
    except Exception as error:
        trouble = _trouble(service, error)
        why = {"retry_after": trouble.retry_after, "cause": trouble.code}
        raise LookupFailed(service, trouble.read, trouble.words, **why) from None


@contextmanager
def preparing(service: str):
    """Reads that come before a write: every exception becomes a DeliveryError that is never ambiguous."""
    try:
        yield
    except DeliveryError:
        raise
    except LookupFailed as error:
        outcome = BEFORE_THE_WRITE.get(error.code, "not_sent")
        text = f"{service.capitalize()} {error.detail or error.code}."
        raise DeliveryError(text, outcome=outcome, code=error.cause, retry_after=error.retry_after) from None
    except Exception as error:
        raise _delivery_error(service, error, before=True) from None


@contextmanager
def writing(service: str):
    """The write itself: every exception becomes DeliveryError, ambiguous unless it is certain that nothing happened."""
    try:
        yield
    except DeliveryError:
        raise
    except Exception as error:
        raise _delivery_error(service, error) from None


def _delivery_error(service, error, before=False):
    trouble = _trouble(service, error)
    outcome = "not_sent" if before and trouble.write == "ambiguous" else trouble.write
    return DeliveryError(trouble.sentence(service), outcome=outcome, code=trouble.code, retry_after=trouble.retry_after)


def _trouble(service, error):
    if isinstance(error, Trouble):
        return error
    # The text may hold anything (addresses, queries, tokens), so only where it happened is logged.
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
    logger.warning("%s: unexpected %s in %s", service, type(error).__name__, where)
    return NotJson() if isinstance(error, SHAPE_ERRORS) else Trouble()
