"""What `collectstatic` makes of our stylesheets and scripts."""

from django.core.files.base import ContentFile
from django.test import Client

from helpdesk.static_files import StaticFilesStorage, minified

STYLE = "/* Why. */\n.menu {\n  color: red;\n}\n"


def test_files_of_ours_are_minified_when_they_are_collected(tmp_path):
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")

    storage.save("css/menu.css", ContentFile(STYLE.encode()))

    assert (tmp_path / "css" / "menu.css").read_text() == ".menu{color:red}"


def test_what_is_vendored_keeps_its_bytes():
    assert minified("vendor/menu-1.0/menu.css", STYLE) == STYLE
    assert minified("icons.svg", STYLE) == STYLE


def test_no_other_site_reads_files_of_ours(settings):
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True

    response = Client().get("/static/icons.svg", headers={"Origin": "https://evil.example"})

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
