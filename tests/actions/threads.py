"""Run one call in several threads at once, each with a database connection of its own."""

import threading

from django.db import connections


def at_once(call, times: int) -> list:
    """What each thread's `call()` returned, or the exception it raised; all start together."""
    start, results = threading.Barrier(times), []

    def run():
        try:
            start.wait(10)
            results.append(call())
        except Exception as error:  # the caller asserts on it
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
