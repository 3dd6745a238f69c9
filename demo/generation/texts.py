"""Titles and messages of about the length that people write, always the same ones for a seed."""

from tickets.search.folding import alphabetical, fold

WORDS = """
سرور دامنه گواهی نسخه پشتیبان شبکه کندی خطا صفحه ورود رمز فاکتور پرداخت دیسک حافظه فضای ابری
به‌روزرسانی اتصال پایگاه داده قطع شد نمی‌شود از دیروز دوباره لطفاً بررسی کنید ممنون سلام آدرس پنل
server domain backup timeout error nginx disk certificate cluster volume invoice latency DNS
"""
POOL = 500


class Texts:
    """A pool of titles and one of message bodies, each as its rows hold it."""

    def __init__(self, dice):
        titles = [_with_folded(_sentence(dice, 3, 8)) for _ in range(POOL)]
        self.titles = [(title, folded, alphabetical(folded)) for title, folded in titles]
        self.bodies = [_with_folded(_sentence(dice, 8, 30) + ".") for _ in range(POOL)]


def _sentence(dice, least, most):
    return " ".join(dice.choices(WORDS.split(), k=dice.randint(least, most)))


def _with_folded(text):
    return text, fold(text)
