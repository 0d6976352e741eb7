"""Pages to read: one of the project's own, and the real one where it lies beside the checkout."""

from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "handbook" / "sales-and-customer-success-escalations.md"
DAY = date(2026, 12, 1)


@pytest.fixture(scope="session")
def sample() -> str:
    return (Path(__file__).parent / "pages" / "sample.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def real() -> str:
    if not REAL.is_file():
        pytest.skip("the real page is not beside the checkout")
    return REAL.read_text(encoding="utf-8")


@pytest.fixture(scope="session", params=["sample", "real"])
def text(request) -> str:
    return request.getfixturevalue(request.param)
