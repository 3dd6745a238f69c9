"""The body of a request, which arrives whole or counts as not arrived."""

from io import IOBase

from django.http import UnreadablePostError

# True in the environment of a request for whose end the web process had no room on its disk.
BODY_IS_CUT = "helpdesk.body_is_cut"


class WholeBody(IOBase):
    """The stream of a body of `length` bytes; one that ends before raises UnreadablePostError.

    Django takes what came of a form that was cut off on the way for all of it: the text would be
    sent without the files behind it. A web process that receives requests whole never cuts one.
    """

    def __init__(self, stream, length):
        self._stream, self._left = stream, length

    def read(self, size=-1):
        """As the stream reads."""
        return self._counted(self._stream.read(size), is_last=size is None or size < 0, size=size)

    def readline(self, size=-1):
        """As the stream reads."""
        return self._counted(self._stream.readline(size), is_last=False, size=size)

    def _counted(self, part, *, is_last, size):
        self._left -= len(part)
        if self._left > 0 and size != 0 and (is_last or not part):
            raise UnreadablePostError("the request was cut off")
        return part
