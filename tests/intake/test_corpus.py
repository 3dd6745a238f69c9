"""Every mail of the corpus is read as the table beside it says."""

import pytest

from .reading_corpus import PAGE, differences, names, page, read


@pytest.mark.parametrize("name", names())
def test_a_mail_of_the_corpus_is_read_as_expected(name):
    mail, expected = read(name)

    assert differences(mail, expected) == {}


def test_the_corpus_has_at_least_eighty_mails():
    assert len(names()) >= 80


def test_the_page_of_results_is_up_to_date():
    assert PAGE.read_text("utf-8") == page()
