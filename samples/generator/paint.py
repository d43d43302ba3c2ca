"""Pages to a PDF with a text layer: the same pages always give the same bytes."""

from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from samples.generator.page import Page, Rule, Shape, Text


def _shape(canvas: Canvas, height: float, shape: Shape) -> None:
    if shape.fill:
        canvas.setFillColor(HexColor(shape.fill))
    if shape.line:
        canvas.setStrokeColor(HexColor(shape.line))
        canvas.setLineWidth(shape.width)
    area = shape.area
    bottom = height - area.y - area.h
    fill, stroke = int(bool(shape.fill)), int(bool(shape.line))
    if shape.radius:
        canvas.roundRect(area.x, bottom, area.w, area.h, shape.radius, fill=fill, stroke=stroke)
    else:
        canvas.rect(area.x, bottom, area.w, area.h, fill=fill, stroke=stroke)


def _rule(canvas: Canvas, height: float, rule: Rule) -> None:
    canvas.setStrokeColor(HexColor(rule.colour))
    canvas.setLineWidth(rule.width)
    canvas.setDash(list(rule.dash))
    canvas.line(rule.x0, height - rule.y0, rule.x1, height - rule.y1)
    canvas.setDash([])


def _text(canvas: Canvas, height: float, text: Text) -> None:
    canvas.setFillColor(HexColor(text.colour))
    canvas.setFont(text.face, text.size)
    if not text.angle:
        canvas.drawString(text.x, height - text.y, text.text)
        return
    canvas.saveState()
    canvas.translate(text.x, height - text.y)
    canvas.rotate(text.angle)
    canvas.drawString(0, 0, text.text)
    canvas.restoreState()


def paint(pages: list[Page], *, title: str = "") -> bytes:
    """The PDF of these pages."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=pages[0].size, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("samples.generator")
    for page in pages:
        canvas.setPageSize(page.size)
        if page.paper != "#ffffff":
            canvas.setFillColor(HexColor(page.paper))
            canvas.rect(0, 0, page.width, page.height, fill=1, stroke=0)
        for ink in page.ink:
            if isinstance(ink, Shape):
                _shape(canvas, page.height, ink)
            elif isinstance(ink, Rule):
                _rule(canvas, page.height, ink)
            else:
                _text(canvas, page.height, ink)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
