"""The declarative side: one folder per survey, and the models that read and check them."""
