"""Refusals of the services, each with a sentence for the person who asked."""


class PlanError(Exception):
    """A change of a plan or a calendar that is refused."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence
