"""Where a lesson will be published, as far as its publisher has said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.errors import BadInput


@dataclass(frozen=True, slots=True)
class Site:
    """The address of the lesson's directory, and the day it is published, as in 2026-01-31.

    Pages refer to each other by relative addresses, wherever they are. What is read out of its
    page, by search engines or for a link's preview, has whole ones, if ``base_url`` is known.

    Raises :class:`BadInput` for an address that is not one of the web, and for no day.
    """

    base_url: str = ""
    published: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        usual = parts.scheme in ("http", "https") and parts.netloc
        if self.base_url and (not usual or parts.query or parts.fragment):
            raise BadInput(
                f"{self.base_url!r} is no address of a directory; it should be like "
                "https://example.org/dpo/"
            )
        try:
            date.fromisoformat(self.published or "2023-05-29")
        except ValueError as error:
            raise BadInput(f"{self.published!r} is no day; write it as 2026-01-31") from error

    def __call__(self, path: str) -> str:
        """The address of a file of the lesson."""
        return urljoin(self.base_url.rstrip("/") + "/", path) if self.base_url else path

    def as_dict(self) -> dict[str, Any]:
        """What a manifest says of it: nothing, if nothing is known."""
        known = {"base_url": self.base_url, "published": self.published}
        told = {name: value for name, value in known.items() if value}
        return {"site": told} if told else {}
