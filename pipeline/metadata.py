"""What machines read of the page: JSON-LD in the vocabulary of schema.org."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from dpo_math.paper import PAPER
from pipeline.site import Site

Node = dict[str, Any]
PAGE = "index.html"
SUBJECTS = (
    "Direct Preference Optimization",
    "reinforcement learning from human feedback",
    "Bradley-Terry model",
    "Kullback-Leibler divergence",
    "partition function",
)


def json_ld(manifest: dict[str, Any], about: str, site: Site) -> Markup:
    """The page as linked data, for a script element; ``about`` says in a sentence what it is.

    ``manifest`` is what the lesson's manifest says. Nothing in the text ends the element.
    """
    videos = [_video(scene, manifest, site) for scene in manifest["scenes"]]
    whole = [_whole(manifest, about, site)] if "lesson" in manifest else []
    resource = _resource(manifest, about, [*whole, *videos], site)
    data = {"@context": "https://schema.org", "@graph": [resource, *whole, *videos]}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def duration(seconds: float) -> str:
    """A length of time as ISO 8601 writes it, to the millisecond."""
    minutes, thousandths = divmod(round(1000 * seconds), 60_000)
    hours, minutes = divmod(minutes, 60)
    parts = [(f"{hours}H", hours), (f"{minutes}M", minutes)]
    told = "".join(text for text, amount in parts if amount)
    return f"PT{told}{thousandths / 1000:g}S" if thousandths or not told else f"PT{told}"


def _resource(manifest: dict[str, Any], about: str, videos: list[Node], site: Site) -> Node:
    seconds = sum(scene["seconds"] for scene in manifest["scenes"])
    return {
        "@type": "LearningResource",
        "@id": site(f"{PAGE}#lesson"),
        "url": site(PAGE),
        "name": manifest["title"],
        "description": about,
        "inLanguage": manifest["language"],
        "learningResourceType": "lesson",
        "educationalLevel": "advanced",
        "isAccessibleForFree": True,
        "timeRequired": duration(seconds),
        "teaches": list(SUBJECTS),
        "image": site(manifest["card"]["image"]["path"]),
        "isBasedOn": _paper(),
        "hasPart": [{"@id": video["@id"]} for video in videos],
        **_dated(site, "datePublished"),
    }


def _paper() -> Node:
    return {
        "@type": "ScholarlyArticle",
        "headline": PAPER.title,
        "alternativeHeadline": PAPER.subtitle,
        "author": [{"@type": "Person", "name": author} for author in PAPER.authors],
        "publication": {"@type": "PublicationEvent", "name": PAPER.venue},
        "url": f"https://arxiv.org/abs/{PAPER.arxiv}",
    }


def _video(scene: dict[str, Any], manifest: dict[str, Any], site: Site) -> Node:
    language = manifest["language"]
    told = [beat["narration"][language] for beat in scene["beats"]]
    return {
        **_film(scene, scene["profile"], site),
        "@id": site(f"{PAGE}#{scene['id']}"),
        "name": scene["title"],
        "description": told[0],
        "thumbnailUrl": site(scene["poster"]["path"]),
        "inLanguage": language,
        "transcript": " ".join(told),
        "isPartOf": {"@id": site(f"{PAGE}#lesson")},
        "hasPart": [_beat_clip(beat, told, i, site) for i, beat in enumerate(scene["beats"])],
        **_dated(site, "datePublished", "uploadDate"),
    }


def _whole(manifest: dict[str, Any], about: str, site: Site) -> Node:
    lesson, scenes = manifest["lesson"], manifest["scenes"]
    ends = [*list(lesson["starts"].values())[1:], lesson["seconds"]]
    return {
        **_film(lesson, scenes[0]["profile"], site),
        "@id": site(f"{PAGE}#film"),
        "name": manifest["title"],
        "description": about,
        "thumbnailUrl": site(manifest["card"]["image"]["path"]),
        "inLanguage": manifest["language"],
        "isPartOf": {"@id": site(f"{PAGE}#lesson")},
        "hasPart": [
            _clip(scene["title"], start, end, site(f"{PAGE}#{scene['id']}"), position)
            for position, (scene, start, end) in enumerate(
                zip(scenes, lesson["starts"].values(), ends, strict=True), start=1
            )
        ],
        **_dated(site, "datePublished", "uploadDate"),
    }


def _film(filmed: dict[str, Any], profile: dict[str, Any], site: Site) -> Node:
    """What is said alike of the film of a scene and of the lesson."""
    return {
        "@type": "VideoObject",
        "contentUrl": site(filmed["film"]["path"]),
        "encodingFormat": "video/mp4",
        "contentSize": f"{filmed['film']['bytes']} B",
        "sha256": filmed["film"]["sha256"],
        "duration": duration(filmed["seconds"]),
        "width": profile["width"],
        "height": profile["height"],
        "isFamilyFriendly": True,
        "caption": list(_captions(filmed["captions"], site)),
    }


def _captions(tracks: dict[str, Any], site: Site) -> Iterable[Node]:
    for code, file in tracks.items():
        yield {
            "@type": "MediaObject",
            "contentUrl": site(file["path"]),
            "encodingFormat": "text/vtt",
            "inLanguage": code,
        }


def _beat_clip(beat: dict[str, Any], told: list[str], place: int, site: Site) -> Node:
    address = site(f"{PAGE}#{beat['id']}")
    return _clip(told[place] or beat["id"], beat["start"], beat["end"], address, place + 1)


def _clip(name: str, start: float, end: float, url: str, position: int) -> Node:
    return {
        "@type": "Clip",
        "name": name,
        "position": position,
        "startOffset": round(start, 3),
        "endOffset": round(end, 3),
        "url": url,
    }


def _dated(site: Site, *names: str) -> Node:
    return dict.fromkeys(names, site.published) if site.published else {}
