"""Two presses at the same moment, without threads and so for certain: the other one falls between
two statements of the first."""

from django.db import connection, transaction


def answers_between(press, other):
    """The answers to `press`, a call that gives one, where `other` happens before each of its
    statements in turn; the last where it happened after all. What each has written is taken back.

    Inside a transaction of `press` nothing happens: there it holds locks, for which others wait.
    """
    answers, is_after = [], False
    while not is_after:
        with transaction.atomic():
            between = _Between(other, place=len(answers) + 1)
            with connection.execute_wrapper(between):
                answer = press()
            if is_after := not between.has_happened:
                other()
            transaction.set_rollback(True)
        answers.append(answer)
    return answers


class _Between:
    def __init__(self, other, place):
        self.other, self.left, self.depth = other, place, len(connection.savepoint_ids)

    @property
    def has_happened(self):
        return self.left <= 0

    def __call__(self, execute, *arguments):
        if not self.has_happened and len(connection.savepoint_ids) == self.depth:
            self.left -= 1
            if self.has_happened:
                self.other()
        return execute(*arguments)
