"""Makes the models that ship: `make models`."""
