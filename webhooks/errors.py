"""What the webhooks app refuses."""


class WebhookError(Exception):
    """A refusal with a sentence for the person; `code` may name the field that it is about, `row`
    is what was found under lock instead of what the person saw."""

    def __init__(self, sentence, *, code="refused", row=None):
        super().__init__(sentence)
        self.sentence, self.code, self.row = sentence, code, row


class AddressError(Exception):
    """An address that no request is sent to. `trouble` says why."""

    def __init__(self, trouble):
        super().__init__(trouble)
        self.trouble = trouble
