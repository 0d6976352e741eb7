"""A mail server that keeps what it receives: each mail is an effect in the ledger, under its Message-ID."""

from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Inbox:
    """What aiosmtpd hands each mail to."""

    def __init__(self, world):
        self.world = world

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        """Record the mail before the answer leaves."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(preferencelist=("plain",))
        text = f"{mail['Subject'] or ''}\n\n{body.get_content() if body else ''}".strip()
        key = str(mail["Message-ID"] or "").strip("<>").partition("@")[0]
        with self.world.lock:
            for address in envelope.rcpt_tos:
                self.world.record(_entry(address, text, key))
        return "250 Kept"


def _entry(address, text, key):
    return {
        "system": "email", "instance": None, "kind": "email", "target": address, "target_name": f"E-mail to {address}",
        "text": text, "blocks": None, "metadata": None, "key": key, "public": None, "user_name": "the portal",
    }  # fmt: skip


def serve(world, host, port):
    """Start it in a thread of its own; returns what has a `stop()`. OSError when the port is taken."""
    controller = Controller(Inbox(world), hostname=host, port=port)
    controller.start()
    return controller
