"""How numbers, times, texts and forms are shown. Knows no domain and has no models."""
