"""A channel of the tests: carrier pigeons, by HTTP. It shows what a new channel consists of."""
