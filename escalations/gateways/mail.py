"""E-mail to our own people, when Slack is the trouble. A mail cannot be looked for: sent again it carries the same Message-ID."""

import smtplib
from contextlib import suppress
from functools import partial

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from escalations.gateways.base import Deadline, DeliveryError, Receipt
from escalations.gateways.fence import Fence
from escalations.gateways.transport import CONNECT_SECONDS
from escalations.gateways.troubles import Broken, NoTimeLeft, TooLate, Trouble
from escalations.gateways.watchdog import Watchdog

SERVER = "the mail server"
PASSING = range(400, 500)  # what SMTP calls a temporary failure: greylisting, a full queue


def send(*, sender: str, to: str, subject: str, body: str, key: str, deadline: Deadline, fence=None) -> Receipt:
    """Hand one plain text to the mail server; raises DeliveryError. `key` makes the Message-ID, the same at every attempt."""
    message_id = f"<{key}@{sender.rpartition('@')[2] or 'portal'}>"
    mail = EmailMessage(subject, body, sender, [to], headers={"Message-ID": message_id})
    left = deadline.remaining
    if left <= 0:
        raise _says(NoTimeLeft(), sent=False)
    with Watchdog(left, Fence(fence, deadline.clock) if fence else None) as watchdog:
        server = get_connection(timeout=left, watchdog=watchdog)
        try:
            _hand_over(server, mail, watchdog)
        finally:
            with suppress(OSError):  # however it says goodbye: what it said of the mail counts
                server.close()
    return Receipt(message_id, "")


def _hand_over(server, mail: EmailMessage, watchdog: Watchdog) -> None:
    try:
        server.open()
    except OSError as error:
        raise _before_the_mail(error) from error
    try:
        server.send_messages([mail])
    except OSError as error:
        raise _of_the_mail(error, watchdog) from (None if watchdog.refusal else error)


def _before_the_mail(error: OSError) -> DeliveryError:
    """Connecting and signing in: nothing was handed over."""
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)):
        return DeliveryError("The mail server refused the portal.", outcome="paused", code="credentials")
    return DeliveryError("The mail server could not be reached.", outcome="not_sent", code="unreachable")


def _of_the_mail(error: OSError, watchdog: Watchdog) -> DeliveryError:
    """By the server's own number: 4xx is for later, 5xx for good; without a number the mail may have been taken, once it has left."""
    if watchdog.refusal:
        return _says(watchdog.refusal, watchdog.sent)
    codes = [getattr(error, "smtp_code", 0)]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    if any(code in PASSING for code in codes):
        return DeliveryError("The mail server asks us to come back later.", outcome="not_sent", code="later")
    if any(code >= 500 for code in codes):
        return DeliveryError("The mail server refused the mail.", outcome="permanent", code="refused")
    if watchdog.fired or "timed out" in str(error):
        return _says(TooLate(), watchdog.sent)
    broken = isinstance(error, smtplib.SMTPServerDisconnected)
    return _says(Broken() if broken else Trouble("did not answer clearly"), watchdog.sent)


def _says(trouble: Trouble, sent: bool) -> DeliveryError:
    outcome = "not_sent" if trouble.write == "ambiguous" and not sent else trouble.write
    return DeliveryError(trouble.sentence(SERVER), outcome=outcome, code=trouble.code)


class Backend(EmailBackend):
    """Django's own, with its connection under watch; without a `watchdog`, as for `manage.py sendtestemail`, it is Django's own."""

    def __init__(self, *args, watchdog: Watchdog | None = None, **options):
        super().__init__(*args, **options)
        self.watchdog = watchdog

    @property
    def connection_class(self):
        if self.watchdog is None:
            return super().connection_class
        return partial(_TLS if self.use_ssl else _Plain, self.watchdog)


class _Watched:
    """Mixed into smtplib's connections: the fence stands before the mail itself, and what comes after it is in doubt."""

    def __init__(self, watchdog: Watchdog, *args, **options):
        self.watchdog = watchdog
        super().__init__(*args, **options)

    def data(self, msg):
        self.watchdog.sending(self.sock)
        return super().data(msg)


class _Socket(smtplib.SMTP):
    """Under watch from its first moment: `SMTP_SSL` gets it from here, and shakes hands over it."""

    def _get_socket(self, host, port, timeout):
        sock = super()._get_socket(host, port, min(timeout, CONNECT_SECONDS))
        self.watchdog.watch(sock)
        sock.settimeout(timeout)
        return sock


class _Plain(_Watched, _Socket):
    pass


class _TLS(_Watched, smtplib.SMTP_SSL, _Socket):
    pass
