"""What goes out: messages to their targets, and rows to the warehouse."""
