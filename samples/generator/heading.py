"""What stands above and below the table: title, school, term, reminders, footers."""

from dataclasses import dataclass

from samples.generator.look import Look
from samples.generator.page import Area, Page
from samples.generator.stock import Stock
from samples.generator.typeset import set_line


@dataclass(frozen=True)
class Heading:
    """The words around a table; all of them are no blocks."""

    title: str
    school: str
    under: str
    reminder: str
    footer: str


def pick_heading(stock: Stock, flavour: str, *, title: str = "") -> Heading:
    rng = stock.rng
    school = stock.school(flavour)
    under = rng.choice(
        (
            f"{school} · {stock.term()}",
            f"{school} | {stock.term()} | {stock.person()}",
            f"{stock.person()}, {stock.term()}",
            school,
            "",
        )
    )
    return Heading(
        title=title or stock.title(flavour),
        school=school,
        under=under,
        reminder=stock.reminder() if rng.random() < 0.6 else "",
        footer=stock.footer(school) if rng.random() < 0.5 else "",
    )


def head_and_foot(
    page: Page, stock: Stock, look: Look, heading: Heading, *, extra: str = "", margin: float = 36
) -> Area:
    """Sets the lines above and below and answers the room that is left for the table."""
    rng = stock.rng
    align = rng.choice(("left", "centre"))
    x = margin if align == "left" else page.width / 2
    room = page.width - 2 * margin
    y = margin + 14
    mark = page.mark("title", Area(margin, y - 16, room, 22))
    set_line(
        page,
        x,
        y,
        heading.title,
        look.bold,
        rng.uniform(15, 20),
        "#111111",
        align=align,
        mark=mark,
        room=room,
    )
    if heading.under:
        y += 15
        set_line(page, x, y, heading.under, look.face, 9, "#444444", align=align, room=room)
    bottom = page.height - margin
    if heading.footer:
        set_line(page, margin, bottom, heading.footer, look.face, 7.5, "#555555", room=room)
        bottom -= 13
    if heading.reminder:
        set_line(page, margin, bottom, heading.reminder, look.face, 9, "#222222", room=room)
        bottom -= 14
    if extra:
        mark = page.mark("key", Area(margin, bottom - 9, room, 12))
        set_line(page, margin, bottom, extra, look.face, 9.5, "#111111", room=room, mark=mark)
        bottom -= 15
    return Area(margin, y + 12, room, bottom - 3 - (y + 12))
