"""Carries a call out, or does what a fault makes of it: before its effect, after it, or much later."""

import selectors
import socket
import struct
import time

from sandbox import calls, faults_answers, salesforce, slack, zendesk

SERVICES = {"zendesk": zendesk.answer, "salesforce": salesforce.answer, "slack": slack.answer}


class Serving:
    """Mixed into the HTTP handler, which brings `box`, `send(answer)`, `head(answer)` and `carry_out(work)`."""

    def serve(self, service, request):
        """Answer a call to one of the services, well or badly."""
        name = slack.method_of(request) if service == "slack" else f"{request.method} {request.path}"
        target = calls.target_of(service, request)
        time.sleep(self.box.delays.seconds(service, name))
        wait = self.box.limits.wait(service, request.host, name, target)
        if wait:
            return self.send(faults_answers.too_many(service, self.box.limits.retry_after(wait)))
        fault = self.box.faults.choose(service, name, target)
        if fault is None:
            return self.send(self._apply(service, request))
        if fault.is_twist:
            request.twist[fault.kind] = fault.seconds if fault.kind == "delayed_visibility" else True
            return self.send(self._apply(service, request))
        if fault.is_late:
            return self._late(fault, service, request)
        return self._after(fault, service, request) if fault.is_after else self._before(fault, service)

    def _apply(self, service, request):
        return self.carry_out(lambda: SERVICES[service](self.box.world, self.box.tokens, request))

    def _before(self, fault, service):
        if fault.kind == "hang":
            self._until_hung_up(fault.seconds)
        wrong = fault.answer(service)
        self.send(wrong) if wrong else self._reset()

    def _after(self, fault, service, request):
        answer = self._apply(service, request)
        wrong = fault.answer(service)
        if wrong:
            return self.send(wrong)
        if fault.kind == "hang_after":
            self._until_hung_up(fault.seconds)
        if fault.kind in ("hang_after", "reset_after"):
            return self._reset()
        if fault.kind == "malformed":
            answer.body = answer.body[: max(1, len(answer.body) // 2)]
            return self.send(answer)
        return self._in_part(answer, None if fault.kind == "truncated" else fault.seconds)

    def _late(self, fault, service, request):
        """Apply the request when its caller has gone, so many seconds after it came, and not too long after the cut."""
        world, epoch = self.box.world, self.box.world.epoch
        with self.box.to_be_applied():
            if fault.kind == "reset_late":
                self._reset()
                left = fault.seconds
            else:
                left = self._until_hung_up(fault.seconds)
            time.sleep(self.box.limits.late(left))
            with world.lock:
                if world.epoch == epoch:  # what belongs to the time before a reset is gone with it
                    self._apply(service, request)
        if fault.kind != "reset_late":
            self._reset()

    def _until_hung_up(self, seconds):
        """Wait so long, or until the other side hangs up; return how many seconds were left then."""
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            if selector.select(seconds) and not self._has_hung_up():
                time.sleep(max(0.0, end - time.monotonic()))
        return max(0.0, end - time.monotonic())

    def _has_hung_up(self):
        try:
            return self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def _in_part(self, answer, pause):
        """Promise the whole body, then send half of it (no pause) or one byte every `pause` seconds."""
        self.close_connection = True
        self.head(answer)
        if pause is None:
            self.wfile.write(answer.body[: len(answer.body) // 2])
        for place in range(len(answer.body) if pause is not None else 0):
            self.wfile.flush()
            time.sleep(pause)
            self.wfile.write(answer.body[place : place + 1])
        self.wfile.flush()

    def _reset(self):
        """Close so that the other side gets a reset instead of an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())
