"""What `collectstatic` makes of our stylesheets and scripts."""

from django.core.files.base import ContentFile

from helpdesk.static_files import StaticFilesStorage, minified

STYLE = "/* Why. */\n.menu {\n  color: red;\n}\n"


def test_files_of_ours_are_minified_when_they_are_collected(tmp_path):
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")

    storage.save("css/menu.css", ContentFile(STYLE.encode()))

    assert (tmp_path / "css" / "menu.css").read_text() == ".menu{color:red}"


def test_what_is_vendored_keeps_its_bytes():
    assert minified("vendor/menu-1.0/menu.css", STYLE) == STYLE
    assert minified("icons.svg", STYLE) == STYLE
