"""The demo's attachments: texts from `papers/`, generated images and one-page PDFs."""

from functools import cache
from io import BytesIO
from math import sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PAPERS = Path(__file__).parent / "papers"
INK, MUTED, LINE, GROUND, ACCENT = "#1f2937", "#6b7280", "#d1d5db", "#ffffff", "#1d5dc9"
TERMINAL, TERMINAL_INK, ALARM = "#10151c", "#d5dde8", "#c2261c"

# Charts: title, unit, and the values from left to right as a function of 0..1.
CHARTS = {
    "throughput.png": (
        "Upload throughput, arya-db",
        "MB/s",
        lambda x: 46 + 4 * sin(40 * x) if x < 0.55 else 2.4 + sin(60 * x),
    ),
    "latency.png": (
        "Response time, 95th percentile",
        "ms",
        lambda x: 90 + 12 * sin(33 * x) + (310 * max(0, x - 0.45) if x < 0.9 else 140),
    ),
    "usage.png": (
        "Credit used this month",
        "% of budget",
        lambda x: 6 + 18 * x if x < 0.6 else min(97, 17 + 200 * (x - 0.6)),
    ),
}
# Screens: the line at the top, then the lines below it.
SCREENS = {
    "browser-warning.png": (
        "https://shop.pars.example",
        [
            "Your connection is not private",
            "",
            "Attackers might be trying to steal your information",
            "from shop.pars.example (for example, passwords).",
            "",
            "NET::ERR_CERT_DATE_INVALID",
        ],
    ),
    "panel-502.png": (
        "Load balancer lb-shop · Listeners",
        [
            "https-443 · mahoor-fullchain (new) · active",
            "",
            "Responses, last hour",
            "  2xx   61.8 %",
            "  3xx    4.1 %",
            "  502   34.1 %",
        ],
    ),
    "console.png": (
        "Serial console",
        [
            "[ 3141.592014] Out of memory: killed process 2210",
            "[ 3141.592377] oom_reaper: reaped process 2210",
            "[ 3142.004518] Kernel panic - not syncing:",
            "[ 3142.004520]   Fatal exception in interrupt",
            "[ 3142.004529] Rebooting in 10 seconds..",
        ],
    ),
}
# Papers of one page: title, then the lines.
PAGES = {
    "introduction-letter.pdf": (
        "LETTER OF INTRODUCTION",
        [
            "To: the cloud support desk",
            "",
            "The bearer represents the company in all matters of",
            "the account named above.",
            "",
            "Signed and sealed",
        ],
    ),
    "incident-report.pdf": (
        "INCIDENT REPORT",
        [
            "1. What happened",
            "2. Timeline",
            "3. Cause: no automatic failover of the second path",
            "4. What was done",
            "5. What changes: monthly failover test, alert to both shifts",
        ],
    ),
    "quote-mahoor.pdf": (
        "QUOTATION",
        [
            "8 x server, medium, 12 months",
            "1 x managed database, 12 months",
            "Discount: 15 % + 5 %",
            "Valid for 14 days",
        ],
    ),
    "contract-draft.pdf": (
        "SUPPORT CONTRACT (DRAFT)",
        ["Plan: SME", "Term: 12 months", "7. Adjustment of prices: at most 20 % a year"],
    ),
    "pentest-form.pdf": (
        "NOTICE OF A PENETRATION TEST",
        [
            "From / to:",
            "Source addresses:",
            "Targets:",
            "Contact by telephone:",
            "",
            "Load tests and volumetric attacks are not allowed.",
        ],
    ),
    "receipt.pdf": ("RECEIPT OF PAYMENT", ["Reference: 7740 1185 2296", "Status: settled"]),
}


@cache
def content(name):
    """The bytes of the file of that name. Raises KeyError or OSError for an unknown one."""
    if name in CHARTS:
        return _png(_chart(*CHARTS[name]))
    if name.endswith(".png"):
        return _png(_screen(*SCREENS[name]))
    if name.startswith("invoice-"):
        number = Path(name).stem.removeprefix("invoice-")
        return _pdf(f"INVOICE INV-{number}", ["Cloud services of the month", "VAT included"])
    if name.endswith(".pdf"):
        return _pdf(*PAGES[name])
    return (PAPERS / name).read_bytes()


def _chart(title, unit, value):
    width, height, left, bottom = 880, 360, 60, 320
    image = Image.new("RGB", (width, height), GROUND)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    draw.text((left, 14), title, INK, ImageFont.load_default(20))
    values = [value(x / 160) for x in range(161)]
    top = max(values) * 1.15
    for step in range(5):
        y = bottom - step * 62
        draw.line((left, y, width - 20, y), LINE)
        draw.text((12, y - 9), f"{top * step / 4:.0f}", MUTED, font)
    draw.text((width - 110, 18), unit, MUTED, font)
    points = [(left + 5 * x, bottom - each / top * 248) for x, each in enumerate(values)]
    draw.line(points, ACCENT, width=3, joint="curve")
    return image


def _screen(title, lines):
    image = Image.new("RGB", (760, 110 + 34 * len(lines)), TERMINAL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 760, 46), LINE)
    for place, colour in enumerate([ALARM, "#e0a13c", "#17663a"]):
        draw.ellipse((16 + 26 * place, 15, 32 + 26 * place, 31), colour)
    draw.text((110, 13), title, INK, ImageFont.load_default(17))
    for row, line in enumerate(lines):
        draw.text((28, 72 + 34 * row), line, TERMINAL_INK, ImageFont.load_default(19))
    return image


def _png(image):
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _pdf(title, lines):
    """A page with a title and some lines of Latin text, as plain PDF objects."""
    rows = [f"BT /F1 18 Tf 72 760 Td ({_escaped(title)}) Tj ET"]
    rows += [
        f"BT /F1 11 Tf 72 {720 - 20 * row} Td ({_escaped(line)}) Tj ET"
        for row, line in enumerate(lines)
    ]
    page = "\n".join(rows).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        starts.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def _escaped(text):
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
