"""A run: which scenarios, against which product, recorded, judged and written down."""
