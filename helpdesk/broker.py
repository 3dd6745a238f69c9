"""How worker and beat come back to a broker that was away."""

from celery.app.amqp import AMQP
from kombu import Connection


class SteadyConnection(Connection):
    """Tries again each second, later each three, for as long as it takes: the library waits up to
    half a minute, in which a broker that is back has nobody who sends."""

    def ensure_connection(self, *args, **kwargs):
        steady = {"interval_start": 1, "interval_step": 1, "interval_max": 3}
        return super().ensure_connection(*args, **steady | kwargs)


class SteadyAMQP(AMQP):
    """What Celery asks for its connections."""

    Connection = SteadyConnection
    BrokerConnection = SteadyConnection
