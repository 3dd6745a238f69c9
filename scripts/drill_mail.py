"""The mail server of `make drill`: notes each mail that it takes, one line of JSON a mail.

While there is a file named "cut" beside the list it takes mails and is gone before it says so, as a
line that breaks between the mail and its acknowledgement.
"""

import asyncio
import json
import signal
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import UnthreadedController


class Sink:
    def __init__(self, path):
        self.path, self.cut = path, path.with_name("cut")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - as aiosmtpd calls it
        message, is_cut = message_from_bytes(envelope.content), self.cut.exists()
        line = {
            "at": time.time(),
            "id": message["Message-ID"],
            "to": envelope.rcpt_tos,
            "cut": is_cut,
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        if is_cut:
            server.transport.abort()
        return "250 OK"


def main(host, path):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(Sink(Path(path)), hostname=host, port=2525, loop=loop)
    controller.begin()
    # Within one turn of the loop a mail is noted and acknowledged: none is left between the two.
    loop.add_signal_handler(signal.SIGTERM, loop.stop)
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
