"""Demo data: people, organizations and conversations that `manage.py demo` plays."""
