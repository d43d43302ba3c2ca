"""One document: from (set, family, seed, kind, damage) to its bytes and its truth."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from PIL import Image

from samples.generator import camera, letters, picture
from samples.generator import damage as damages
from samples.generator.clock import truth_time
from samples.generator.families import FAMILIES, of_set
from samples.generator.page import Block, Drawing, Text
from samples.generator.paint import paint
from samples.generator.stock import SETS, Stock, dice
from samples.generator.words import DAYS

TIMETABLE_KINDS = ("pdf_text", "pdf_scan", "png_clean", "png_scan", "jpg_photo", "fax")
KINDS = (*TIMETABLE_KINDS, "not_timetable")
LETTERS = "letter"
LEVELS = ("easy", "medium", "hard")
# How much harder than its layout a kind makes a document.
HARDER = {
    "pdf_text": 0,
    "pdf_scan": 1,
    "png_clean": 0,
    "png_scan": 1,
    "jpg_photo": 1,
    "fax": 2,
    "not_timetable": 0,
}
ORIENTATION = 0x0112
TURNED_RIGHT = 6


@dataclass(frozen=True)
class Document:
    """A drawn document and everything known about it."""

    name: str
    data: bytes
    truth: dict[str, Any]


class UnknownChoiceError(ValueError):
    """A set, family, kind or damage that is not there."""


def _choose(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise UnknownChoiceError(f"no {what} {value!r}; there are: {', '.join(known)}")


def _block(block: Block) -> dict[str, Any]:
    entry = {
        "day": block.day,
        "start": truth_time(block.start),
        "end": truth_time(block.end),
        "title": block.title,
    }
    if block.notes:
        entry["notes"] = ", ".join(block.notes)
    return entry


def blocks_in_order(blocks: list[Block]) -> list[dict[str, Any]]:
    return [_block(b) for b in sorted(blocks, key=lambda b: (DAYS.index(b.day), b.start, b.title))]


def _beside(pages: list[Image.Image]) -> Image.Image:
    """Pages laid beside each other on the table."""
    gap = pages[0].width // 40
    sheet = Image.new(
        "RGB", (sum(p.width + gap for p in pages) - gap, max(p.height for p in pages)), "#8a8178"
    )
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width + gap
    return sheet


def _one_picture(pages: list[Image.Image]) -> Image.Image:
    """Pages under each other: what a person gets who joins two screenshots."""
    if len(pages) == 1:
        return pages[0]
    sheet = Image.new("RGB", (max(p.width for p in pages), sum(p.height for p in pages)), "white")
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height
    return sheet


def _photo(rng: Random, pages: list[Image.Image], layout: list[str], *, careless: bool) -> bytes:
    sheet = _beside(pages)
    long, short = (2200, 1650) if len(pages) == 1 else (2800, 2100)
    size = (long, short) if sheet.width > sheet.height else (short, long)
    taken = camera.photo(rng, sheet, size, careless=careless)
    layout += ["perspective", "bowed"] if careless else ["perspective"]
    quality, turn = rng.randrange(78, 92), rng.random()
    if careless and turn > 0.84:
        how = rng.choice((Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270))
        layout.append("rotated-180" if how is Image.Transpose.ROTATE_180 else "rotated-270")
        return picture.jpeg(taken.transpose(how), quality)
    if turn < 0.12:
        layout.append("rotated-90")
        return picture.jpeg(taken.transpose(Image.Transpose.ROTATE_90), quality)
    if turn < 0.24:
        layout.append("exif-rotation")
        exif = Image.Exif()
        exif[ORIENTATION] = TURNED_RIGHT
        return picture.jpeg(taken.transpose(Image.Transpose.ROTATE_90), quality, exif)
    return picture.jpeg(taken, quality)


def _ink(
    rng: Random,
    drawing: Drawing,
    kind: str,
    layout: list[str],
    harm: damages.Damage | None,
    *,
    careless: bool,
) -> tuple[bytes, str]:
    pdf = paint(drawing.pages, title=drawing.title)
    if kind == "pdf_text":
        return pdf, "pdf"
    dpi = {
        "pdf_scan": 150,
        "png_clean": rng.choice((150, 180, 200)),
        "png_scan": 170,
        "jpg_photo": 170,
        "fax": rng.choice((110, 150)),
    }
    pages = picture.render(pdf, dpi[kind])
    if harm is not None:
        pages[harm.page] = damages.smudge(rng, pages[harm.page], harm)
    if kind == "pdf_scan":
        skew, colour = rng.uniform(-1.6, 1.6), rng.random() < 0.5
        scans = [picture.scan(rng, page, colour=colour, skew=skew) for page in pages]
        return picture.scan_pdf(scans, dpi[kind], rng.randrange(68, 85)), "pdf"
    if kind == "png_clean":
        return picture.png(_one_picture(pages)), "png"
    if kind == "png_scan":
        return picture.png(picture.copier(rng, _one_picture(pages), rng.uniform(-0.5, 0.5))), "png"
    if kind == "fax":
        layout.append("one-bit")
        return picture.png(picture.fax(rng, _one_picture(pages))), "png"
    return _photo(rng, pages, layout, careless=careless), "jpg"


def document(
    family: str,
    seed: int,
    kind: str,
    *,
    set_name: str = "development",
    damage: str | None = None,
    name: str | None = None,
) -> Document:
    """Draws one document.

    The same arguments give the same truth, and on the same library versions the same bytes.
    """
    _choose(set_name, SETS, "set")
    _choose(kind, KINDS, "kind")
    wanted = kind != "not_timetable"
    _choose(family, of_set(set_name) if wanted else letters.KINDS, "family")
    ink_dice = dice(set_name, family, seed, kind, "ink")
    stock = Stock.of(set_name, family, seed)
    drawing = FAMILIES[family].draw(stock) if wanted else letters.draw(stock, family)
    harm = (
        damages.apply(dice(set_name, family, seed, damage), drawing, damage, kind)
        if damage
        else None
    )
    layout = list(drawing.layout)
    shown = kind if wanted else ink_dice.choice(("pdf_text", "pdf_scan", "png_clean", "jpg_photo"))
    data, ending = _ink(
        ink_dice,
        drawing,
        shown,
        layout,
        harm if harm and harm.what == "smudge" else None,
        careless=dice(set_name, family, seed, "careless").random() < 0.5,
    )
    level = min(2, LEVELS.index(drawing.difficulty) + HARDER[kind])
    stem = name or "-".join(
        filter(None, (set_name[0] + str(seed), family, kind.replace("_", "-"), damage))
    )
    truth: dict[str, Any] = {
        "file": f"{stem}.{ending}",
        "is_timetable": wanted,
        "title": drawing.title if wanted else "",
        "blocks": blocks_in_order(drawing.blocks),
        "kind": kind,
        "difficulty": LEVELS[level],
        "notes_scored": False,
        "family": family,
        "seed": seed,
        "set": set_name,
        "layout": layout,
        "pages": len(drawing.pages) if ending == "pdf" else 1,
        "fonts": sorted(
            {ink.face for page in drawing.pages for ink in page.ink if isinstance(ink, Text)}
        ),
        "damage": None,
    }
    if harm is not None:
        note = asdict(harm)
        note["blocks"] = blocks_in_order(list(harm.blocks))
        truth["damage"] = note
    return Document(truth["file"], data, truth)
