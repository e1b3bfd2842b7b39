"""Population coverage. See docs and `definitions`: being written."""
