"""One run: from sources through the dataflow to the warehouse; and the reference runner, `replay`."""
