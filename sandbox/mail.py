"""A mail server that keeps what it receives: each mail is an effect in the ledger, under its Message-ID."""

import asyncio
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Inbox:
    """What aiosmtpd hands each mail to."""

    def __init__(self, box):
        self.box, self.world = box, box.world

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        """Record the mail before the answer leaves, unless a fault comes before that."""
        fault = self.box.faults.choose("email", "DATA", envelope.rcpt_tos[0])
        if fault is None or fault.is_after:
            self._keep(envelope)
        return "250 Kept" if fault is None else await _badly(fault, server)

    def _keep(self, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(preferencelist=("plain",))
        text = f"{mail['Subject'] or ''}\n\n{body.get_content() if body else ''}".strip()
        key = str(mail["Message-ID"] or "").strip("<>").partition("@")[0]
        with self.world.lock:
            for address in envelope.rcpt_tos:
                self.world.record(_entry(address, text, key))


async def _badly(fault, server):
    """Answer as the fault has it: with a status, in lines that come ever later, or with the end of the connection, at once or after a while."""
    if fault.status:
        return f"{fault.status} Not now"
    if fault.base == "drip":
        while server.transport and not server.transport.is_closing():
            await server.push("250-Kept, and there is more to say")
            await asyncio.sleep(fault.seconds)
    if fault.base == "hang":
        await asyncio.sleep(fault.seconds)
    if server.transport:
        server.transport.abort()
    return "421 Gone"


def _entry(address, text, key):
    return {
        "system": "email", "instance": None, "kind": "email", "target": address, "target_name": f"E-mail to {address}",
        "text": text, "blocks": None, "metadata": None, "key": key, "public": None, "user_name": "the portal",
    }  # fmt: skip


def serve(box, host, port):
    """Start it in a thread of its own; returns what has a `stop()`. OSError when the port is taken."""
    controller = Controller(Inbox(box), hostname=host, port=port)
    controller.start()
    return controller
