"""What the webhooks app refuses."""


class WebhookError(Exception):
    """A refusal with a sentence for the person; `code` may name the field that it is about."""

    def __init__(self, sentence, *, code="refused"):
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


class AddressError(Exception):
    """An address that no request is sent to. `trouble` says why."""

    def __init__(self, trouble):
        super().__init__(trouble)
        self.trouble = trouble
