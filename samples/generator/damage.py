"""Harm done to one place of a document, with a note of it; the truth stays that of the whole.

erased   the words of one cell are gone, its border stands
swapped  two digits of one printed time have changed places
covered  something lies over a day's name or a time in the header
smudge   a stain lies over the words of one cell (pictures only)
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from samples.generator.page import Area, Block, Drawing, Page, Shape, Text

DAMAGES = ("erased", "swapped", "covered", "smudge")
CELLS = ("cell", "timed")
TIMES = ("time", "timed", "key")
TIME = re.compile(r"(?<!\d)(\d{1,2})([:.]?)(\d{2})(?!\d)")
FIRST_HOUR, LAST_HOUR = 7, 18


class NothingToDamageError(ValueError):
    """The document has no place this damage can be done to."""


@dataclass(frozen=True)
class Damage:
    """What was done, where (points from the page's top left corner), and to which lessons."""

    what: str
    page: int
    box: tuple[float, float, float, float]
    printed: str
    now: str
    blocks: tuple[Block, ...]
    visible: bool
    """Whether a careful reader can see on the page that something is wrong."""
    page_size: tuple[float, float]


def _places(drawing: Drawing, roles: tuple[str, ...]) -> list[tuple[int, int]]:
    """Page and mark numbers of marks in these roles that have words."""
    return [
        (number, mark)
        for number, page in enumerate(drawing.pages)
        for mark, entry in enumerate(page.marks)
        if entry.role in roles
        and any(isinstance(i, Text) and i.mark == mark and i.text.strip() for i in page.ink)
    ]


def _words(page: Page, mark: int) -> str:
    return " ".join(ink.text for ink in page.ink if isinstance(ink, Text) and ink.mark == mark)


def _box(area: Area) -> tuple[float, float, float, float]:
    return (
        round(area.x, 1),
        round(area.y, 1),
        round(area.x + area.w, 1),
        round(area.y + area.h, 1),
    )


def _without_words(page: Page, mark: int) -> None:
    page.ink = [ink for ink in page.ink if not (isinstance(ink, Text) and ink.mark == mark)]


def _erase(rng: Random, drawing: Drawing) -> Damage:
    number, mark = rng.choice(_places(drawing, CELLS))
    page = drawing.pages[number]
    entry, printed = page.marks[mark], _words(page, mark)
    _without_words(page, mark)
    return Damage(
        "erased", number, _box(entry.area), printed, "", entry.blocks, entry.missed, page.size
    )


def _swaps(text: str) -> list[str]:
    """The text with two neighbouring, different digits of one time changed round; every way."""
    found = []
    for time in TIME.finditer(text):
        spots = [i for i in range(time.start(), time.end()) if text[i].isdigit()]
        for left, right in pairwise(spots):
            if text[left] != text[right]:
                changed = list(text)
                changed[left], changed[right] = changed[right], changed[left]
                found.append("".join(changed))
    return found


def _odd(text: str) -> bool:
    """Whether a time in the text is one that no school prints."""
    times = [(int(t[1]), int(t[3])) for t in TIME.finditer(text)]
    hours = [hour if hour >= FIRST_HOUR else hour + 12 for hour, _ in times]
    if any(minute > 59 or minute % 5 for _, minute in times):
        return True
    if any(not FIRST_HOUR <= hour <= LAST_HOUR for hour in hours):
        return True
    minutes = [h * 60 + m for h, (_, m) in zip(hours, times, strict=True)]
    return minutes != sorted(minutes)


def _swap(rng: Random, drawing: Drawing) -> Damage:
    lines = []
    for number, mark in _places(drawing, TIMES):
        page = drawing.pages[number]
        lines += [
            (number, mark, index, changed)
            for index, ink in enumerate(page.ink)
            if isinstance(ink, Text) and ink.mark == mark
            for changed in _swaps(ink.text)
        ]
    if not lines:
        raise NothingToDamageError("no printed time has two different digits")
    number, mark, index, changed = rng.choice(lines)
    page = drawing.pages[number]
    ink, entry = page.ink[index], page.marks[mark]
    assert isinstance(ink, Text)
    page.ink[index] = replace(ink, text=changed)
    return Damage(
        "swapped",
        number,
        _box(entry.area),
        ink.text,
        changed,
        entry.blocks,
        _odd(changed),
        page.size,
    )


def _cover(rng: Random, drawing: Drawing) -> Damage:
    """A note stuck over a header: what lies under it is not in the text layer either."""
    places = _places(drawing, ("day",)) + (
        _places(drawing, ("time",)) if rng.random() < 0.4 else []
    )
    places = places or _places(drawing, ("time", "key", "timed"))
    number, mark = rng.choice(places)
    page = drawing.pages[number]
    entry, printed = page.marks[mark], _words(page, mark)
    _without_words(page, mark)
    area = entry.area.inset(min(4.0, entry.area.w * 0.05), min(2.0, entry.area.h * 0.08))
    page.ink.append(Shape(area, rng.choice(("#fff59a", "#ffffff", "#d8d8d8", "#f9c6d3"))))
    return Damage("covered", number, _box(area), printed, "", entry.blocks, True, page.size)


def _place_smudge(rng: Random, drawing: Drawing) -> Damage:
    number, mark = rng.choice(_places(drawing, CELLS))
    page = drawing.pages[number]
    entry = page.marks[mark]
    return Damage(
        "smudge", number, _box(entry.area), _words(page, mark), "", entry.blocks, True, page.size
    )


def apply(rng: Random, drawing: Drawing, what: str, kind: str) -> Damage:
    """Does the harm to the drawing; a smudge only chooses its place, `smudge` stains it."""
    if what not in DAMAGES:
        raise NothingToDamageError(f"no damage {what!r}; there are: {', '.join(DAMAGES)}")
    if not drawing.blocks:
        raise NothingToDamageError("a document that is no timetable has no cells to damage")
    if what == "smudge" and kind == "pdf_text":
        raise NothingToDamageError(
            "a smudge stains a picture; a text layer has none: take another kind"
        )
    return {"erased": _erase, "swapped": _swap, "covered": _cover, "smudge": _place_smudge}[what](
        rng, drawing
    )


def smudge(rng: Random, picture: Image.Image, harm: Damage) -> Image.Image:
    """The rendered page with a stain over the damaged place's words."""
    scale = picture.width / harm.page_size[0]
    left, top, right, bottom = (side * scale for side in harm.box)
    noise = np.random.default_rng(rng.getrandbits(64))
    wide, tall = max(8, int(right - left)), max(8, int(bottom - top))
    small = Image.fromarray(noise.uniform(0.55, 1.0, (4, 6)).astype(np.float32), mode="F")
    thick = np.asarray(small.resize((wide, tall), Image.Resampling.BICUBIC))
    shape = Image.new("L", (wide, tall), 0)
    inner = Image.new("L", (max(2, wide * 8 // 10), max(2, tall * 8 // 10)), 255)
    shape.paste(inner, ((wide - inner.width) // 2, (tall - inner.height) // 2))
    soft = np.asarray(shape.filter(ImageFilter.GaussianBlur(tall / 12)), np.float32) / 255
    cover = np.clip(soft * thick * 1.15, 0, 1)[..., None]
    field = np.asarray(picture, np.float32).copy()
    box = (slice(int(top), int(top) + tall), slice(int(left), int(left) + wide))
    spot = field[box]
    cover = cover[: spot.shape[0], : spot.shape[1]]
    stain = np.array(rng.choice(((96, 72, 48), (70, 70, 74), (120, 96, 60))), np.float32)
    field[box] = spot * (1 - cover) + stain * cover
    return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
