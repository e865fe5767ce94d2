"""A year of real sales with a simulated supply side: what `lowtide demo` runs on."""
