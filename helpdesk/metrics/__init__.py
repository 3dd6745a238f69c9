"""What Prometheus reads of web processes and workers; without METRICS_TOKEN nothing is loaded."""
