"""Sizes are read as people write them, and written as people read them."""

from __future__ import annotations

import pytest

from pipeline.errors import BadInput
from pipeline.sizes import bytes_of, told_size


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("12", 12), ("500MB", 500e6), ("1.5 G", 1.5e9), ("2 GiB", 2e9), ("3kb", 3000)],
)
def test_a_size_is_read(text, count):
    assert bytes_of(text) == count


@pytest.mark.parametrize("text", ["", "MB", "-1", "1 XB", "1,5GB", "many"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(BadInput, match="is not a size such as 500MB"):
        bytes_of(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e6, "2.5 MB"), (3e12, "3000.0 GB")],
)
def test_a_size_is_told(count, text):
    assert told_size(count) == text
