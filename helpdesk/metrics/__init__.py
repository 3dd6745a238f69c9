"""What Prometheus reads of a web process. Off, and not even imported, without METRICS_TOKEN."""
