"""One file per remote service; the only importers of its SDK."""
