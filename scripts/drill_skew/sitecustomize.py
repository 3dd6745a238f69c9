"""Sets the clock of a Python process wrong by DRILL_SKEW seconds, for `make drill`.

Python imports this by its name at the start, where the folder is on PYTHONPATH.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(os.environ["DRILL_SKEW"]))).start()
