"""What the domain refuses, in words for the person who asked."""


class OrganizationError(Exception):
    """A refusal that carries a translated sentence; `code` names it for tests and forms."""

    def __init__(self, sentence, code="refused"):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
