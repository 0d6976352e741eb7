"""E-mail to our own people, when Slack is the trouble. A mail cannot be looked for: sent again it carries the same Message-ID."""

import smtplib

from django.core.mail import EmailMessage, get_connection

from escalations.gateways.base import Deadline, DeliveryError, Fenced, Receipt


def send(*, sender: str, to: str, subject: str, body: str, key: str, deadline: Deadline, fence=None) -> Receipt:
    """Hand one plain text to the mail server; raises DeliveryError. `key` makes the Message-ID, the same at every attempt."""
    message_id = f"<{key}@{sender.rpartition('@')[2] or 'portal'}>"
    mail = EmailMessage(subject, body, sender, [to], headers={"Message-ID": message_id})
    try:
        if fence:
            fence()
        get_connection(timeout=max(deadline.remaining, 0.1)).send_messages([mail])
    except Fenced as fenced:
        raise DeliveryError(str(fenced), outcome="fenced", code="fenced") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        raise DeliveryError("The mail server refused the address.", outcome="permanent", code="refused") from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise DeliveryError("The mail server refused the portal.", outcome="paused", code="credentials") from error
    except (ConnectionRefusedError, smtplib.SMTPConnectError) as error:
        text = "The mail server could not be reached."
        raise DeliveryError(text, outcome="not_sent", code="unreachable") from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError("The mail server did not answer clearly.", outcome="ambiguous", code="failed") from error
    return Receipt(message_id, "")
