"""E-mail to our own people, when Slack is the trouble. A mail cannot be looked for: sent again it carries the same Message-ID."""

import smtplib

from django.core.mail import EmailMessage, get_connection

from escalations.gateways.base import Deadline, DeliveryError, Receipt
from escalations.gateways.fence import Fence
from escalations.gateways.troubles import NotSent

PASSING = range(400, 500)  # what SMTP calls a temporary failure: greylisting, a full queue


def send(*, sender: str, to: str, subject: str, body: str, key: str, deadline: Deadline, fence=None) -> Receipt:
    """Hand one plain text to the mail server; raises DeliveryError. `key` makes the Message-ID, the same at every attempt."""
    message_id = f"<{key}@{sender.rpartition('@')[2] or 'portal'}>"
    mail = EmailMessage(subject, body, sender, [to], headers={"Message-ID": message_id})
    server = get_connection(timeout=max(deadline.remaining / 4, 0.1))
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _before_the_mail(error) from error
    try:
        if fence:
            Fence(fence, deadline.clock).hold()
        server.send_messages([mail])
    except NotSent as no:
        raise DeliveryError(no.sentence("the mail server"), outcome=no.write, code=no.code) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _of_the_mail(error) from error
    finally:
        server.close()
    return Receipt(message_id, "")


def _before_the_mail(error: Exception) -> DeliveryError:
    """Connecting and signing in: nothing was handed over."""
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)):
        return DeliveryError("The mail server refused the portal.", outcome="paused", code="credentials")
    return DeliveryError("The mail server could not be reached.", outcome="not_sent", code="unreachable")


def _of_the_mail(error: Exception) -> DeliveryError:
    """By the server's own number: 4xx is for later, 5xx for good; without a number it may have been taken."""
    codes = [getattr(error, "smtp_code", 0)]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    if any(code in PASSING for code in codes):
        return DeliveryError("The mail server asks us to come back later.", outcome="not_sent", code="later")
    if any(code >= 500 for code in codes):
        return DeliveryError("The mail server refused the mail.", outcome="permanent", code="refused")
    return DeliveryError("The mail server did not answer clearly.", outcome="ambiguous", code="failed")
