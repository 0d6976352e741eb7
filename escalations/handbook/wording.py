"""How alike two texts are, by their words: rare words weigh more, endings and the names of roles do not count."""

import math
import re
from collections import Counter
from collections.abc import Iterable

_STOP = frozenset(re.findall(r"\w+", """
    a an and are as at be by for from has have if in is it of on or our that the their them they this to we who with
"""))  # fmt: skip
_STEM = 5


def words(text: str) -> Counter[str]:
    found = re.findall(r"[^\W_]+", text.casefold())
    return Counter(word[:_STEM] for word in found if word not in _STOP)


def slug(text: str, limit: int = 50) -> str:
    """Small letters, digits and single hyphens; never empty."""
    text = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return text[:limit].strip("-") or "row"


def same(one: str, other: str) -> bool:
    return normal(one) == normal(other)


def normal(text: str) -> str:
    """Capitals, punctuation and blanks do not count: `Self Managed` is `self-managed`."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def neutral(text: str, names: Iterable[str]) -> str:
    """The text with every name of the role replaced by one word, so that a renamed role changes nothing."""
    known = sorted({name for name in names if name}, key=len, reverse=True)
    if not known:
        return " ".join(text.split())
    pattern = "|".join(re.escape(name) for name in known)
    return " ".join(re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", "ROLE", text).split())


class Likeness:
    """Likeness of texts, from 0 to 1, weighed by how rare each word is among `texts`."""

    def __init__(self, texts: Iterable[str]):
        counted = [words(text) for text in texts]
        seen = Counter(word for one in counted for word in one)
        self.weight = {word: math.log((1 + len(counted)) / n) + 0.1 for word, n in seen.items()}
        self.rarest = math.log(1 + len(counted)) + 0.1

    def vector(self, text: str) -> dict[str, float]:
        raw = {word: self.weight.get(word, self.rarest) for word in words(text)}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / length for word, value in raw.items()}

    @staticmethod
    def of(one: dict[str, float], other: dict[str, float]) -> float:
        return sum(value * other.get(word, 0.0) for word, value in one.items())
