"""What has been applied, in order: an append-only list, with a JSON-lines file behind it if one is given.

The file is read again at start, so a restarted sandbox has everything it had received. Its lines are of three sorts:
the day the world was seeded, effects (they have an `n`), and changes made through the control API.
"""

import json


class Ledger:
    """Effects in memory and in the file at `path` (None: memory only). Not locked: the World's lock guards it."""

    def __init__(self, path=None):
        self.path = path
        self.entries = []
        self.file = None

    def read(self):
        """Return the lines of the file, oldest first. A last line cut short by a kill is dropped from the file."""
        if not self.path or not self.path.exists():
            return []
        lines, good = [], 0
        rows = self.path.read_bytes().splitlines(keepends=True)
        for number, raw in enumerate(rows, 1):
            try:
                line = json.loads(raw.decode("utf-8"))
            except ValueError:
                line = None
            if line is None or not raw.endswith(b"\n"):
                if number < len(rows):
                    raise ValueError(f"line {number} of the ledger is not JSON")
                break
            lines.append(line)
            good += len(raw)
        with self.path.open("r+b") as file:
            file.truncate(good)
        return lines

    def write(self, *records):
        """Append records to the file in one write, so that the effects of one request stay together."""
        if not self.path:
            return
        if self.file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("a", encoding="utf-8")
        self.file.write("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
        self.file.flush()

    def clear(self):
        """Forget everything, in memory and on disk."""
        self.entries.clear()
        if self.file:
            self.file.close()
            self.file = None
        if self.path and self.path.exists():
            self.path.write_text("")

    def after(self, n, limit):
        """Return the first `limit` effects with a number above `n`; it costs the same however many came before."""
        return self.entries[n : n + limit]
